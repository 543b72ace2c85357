"""The command line `ronghe`: language, exit codes and what happens to errors. Commands stand in `inputs` and `runs`.

stdout is the result, stderr the narration. Not here: what a command does.
"""

import difflib
import errno
import importlib
import importlib.util
import json
import os
import re
import sys
import tempfile
import time
import traceback
from pathlib import Path

from sim.errors import BUG, INSTALL, INTERRUPTED, MACHINE, OK, USAGE, RongheError, ScenarioError, UsageError
from sim.words import CATALOGUE, LANGUAGES, say, use_language

HELP_OPTIONS = ["-h", "--help"]
COMMAND_MODULES = (
    "sim.cli.inputs",
    "sim.cli.runs",
    "sim.cli.folders",
    "sim.cli.accounts",
    "sim.cli.checks",
    "sim.cli.origin",
    "sim.cli.completion",
    "sim.cli.trace",
    "sim.cli.studies",
    "sim.cli.dashboard",
)
EXTRAS = {
    "dash": "dashboard",
    "dash_mantine_components": "dashboard",
    "dash_ag_grid": "dashboard",
    "waitress": "dashboard",
    "openpyxl": "report",
    "kaleido": "report",
    "docx": "report",
    "duckdb": "study",
    "SALib": "study",
    "distributed": "study",
    "dask": "study",
    "optuna": "study",
    "sklearn": "study",
    "dask_jobqueue": "cluster",
}
# What the option parser says (its wording differs by version) and the key of the same in our words.
PARSER_MESSAGES = (
    (r"Invalid value for '?(?P<name>[^':]+)'?: .*valid int", "cli.whole_number"),
    (r"Invalid value for '?(?P<name>[^':]+)'?: .*valid (float|number)", "cli.number"),
    (r"Invalid value for '?(?P<name>[^':]+)'?: .*greater than or equal to (?P<limit>-?\d+)", "cli.at_least"),
    (r"Invalid value for '?(?P<name>[^':]+)'?: .*less than or equal to (?P<limit>-?\d+)", "cli.at_most"),
    (r"Option '(?P<name>[^']+)' requires an argument", "cli.needs_value"),
    (r"Option '(?P<name>[^']+)' does not take a value", "cli.no_value"),
    (r"unexpected extra arguments?(\(s\))? \((?P<words>.+)\)", "cli.surplus"),
)
MACHINE_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EADDRINUSE, errno.ENOMEM, errno.EMFILE}


def main(arguments=None) -> int:
    """Run a command line and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _write_utf8()
    try:
        return _run(_take_language(words))
    except RongheError as error:
        return _tell(error)
    except KeyboardInterrupt:
        print(say("cli.interrupted"), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone; say nothing at exit either
        return OK
    except ModuleNotFoundError as error:
        return _missing_package(error, words)
    except MemoryError:
        print(say("cli.memory"), file=sys.stderr)
        return MACHINE
    except OSError as error:
        if error.errno not in MACHINE_ERRNOS:
            return _bug(error, words)
        print(say("cli.machine", where=error.filename or "ronghe", reason=error.strerror), file=sys.stderr)
        return MACHINE
    except Exception as error:
        return _bug(error, words)
    finally:
        use_language(None)


def build():
    """The click command with the commands of every module present, its helps in the language in use."""
    import typer

    app = typer.Typer(
        name="ronghe",
        help="cli.help",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": HELP_OPTIONS},
    )
    for name in COMMAND_MODULES:
        if importlib.util.find_spec(name):
            importlib.import_module(name).add(app)
    command = typer.main.get_command(app)
    _translate(command)
    return command


def _translate(command) -> None:
    """Help texts are written as keys of the catalogue; here they become sentences. Switches and arguments show no type."""
    import typer

    helper = command.get_help_option(typer.Context(command, help_option_names=HELP_OPTIONS))
    for item in (command, helper, *command.params):
        for attribute in ("help", "short_help", "epilog"):
            text = getattr(item, attribute, None)
            if text in CATALOGUE:
                setattr(item, attribute, say(text))
        if getattr(item, "is_flag", False):
            item.metavar = ""
        if getattr(item, "param_type_name", "") == "argument":
            item.display_type_rich = lambda ctx: None
    helper.help = say("cli.option.help")
    _translate_usage(command)
    for inner in getattr(command, "commands", {}).values():
        _translate(inner)


def _translate_usage(command) -> None:
    """The line `Usage: ronghe run [OPTIONS] FILE...` in the language in use, without the brackets that some parsers add to names."""
    usage = command.get_usage
    words = {"Usage:": say("cli.usage.head"), "[OPTIONS]": say("cli.usage.options"), "COMMAND [ARGS]...": say("cli.usage.command")}

    def in_our_words(context):
        text = usage(context)
        for theirs, ours in words.items():
            text = text.replace(theirs, ours)
        text = text.replace(" [words]...", "")  # of `completion`, for the shells
        return re.sub(r"\[(\[\w+\])\]", r"\1", re.sub(r"\{([^}]+?)\}(\.\.\.)?", r"\1", text))

    command.get_usage = in_our_words


def _run(words: list[str]) -> int:
    if {"-h", "--help"} & set(words) or len(words) < 2:  # a group of commands alone shows its help
        from typer import rich_utils

        rich_utils.ARGUMENTS_PANEL_TITLE, rich_utils.OPTIONS_PANEL_TITLE = say("cli.panel.arguments"), say("cli.panel.options")
        rich_utils.COMMANDS_PANEL_TITLE = say("cli.panel.commands")
        rich_utils.DEFAULT_STRING, rich_utils.REQUIRED_LONG_STRING = say("cli.default", value="{}"), say("cli.required")
    command = build()
    try:
        code = command.main(args=words, prog_name="ronghe", standalone_mode=False)
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError):
            raise left.__context__ from None  # of which the parser makes exit code 1, ours for a bug
        raise
    except Exception as error:
        kind = type(error).__name__
        if kind == "NoArgsIsHelpError":
            return OK if not words else USAGE
        if kind == "Abort":
            raise KeyboardInterrupt from error
        if hasattr(error, "format_message"):
            raise _usage(error, command) from error
        raise
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    return code if isinstance(code, int) and not isinstance(code, bool) else OK


def _usage(error, command) -> UsageError:
    """What the option parser could not read, in the user's language."""
    from sim.scenario_values import nearest

    kind, text = type(error).__name__, error.format_message()
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "ronghe"
    hint = say("cli.try_help", command=where)
    unknown = re.match(r"No such command '(.+?)'", text)
    if unknown:
        known = (context.command if context else command).commands
        return UsageError(say("cli.no_command", name=unknown[1]), where=where, hint=nearest(unknown[1], sorted(known)))
    if kind == "NoSuchOption":
        known = ["--lang", *(name for parameter in context.command.params for name in parameter.opts if name.startswith("--"))]
        near = difflib.get_close_matches(error.option_name, known, n=1)
        return UsageError(
            say("cli.no_option", name=error.option_name), where=where, hint=say("hint.nearest", name=near[0]) if near else hint
        )
    if kind == "MissingParameter" and getattr(error, "param", None) is not None:
        name = error.param.opts[-1]
        return UsageError(say("cli.missing", name=name if name.startswith("-") else name.upper()), where=where, hint=hint)
    for pattern, key in PARSER_MESSAGES:
        found = re.search(pattern, text)
        if found:
            return UsageError(say(key, **found.groupdict()), where=where, hint=hint)
    return UsageError(say("cli.usage", reason=text), where=where, hint=hint)


def _take_language(words: list[str]) -> list[str]:
    """Choose the language of `--lang zh` anywhere on the line and return the other words."""
    use_language(None)
    rest, i = [], 0
    while i < len(words):
        word = words[i]
        if word == "--":
            return rest + words[i:]
        if word == "--lang" or word.startswith("--lang="):
            code = word[7:] if "=" in word else words[i + 1] if i + 1 < len(words) else ""
            if code not in LANGUAGES:
                raise UsageError(say("cli.language", code=code), where="--lang", hint=say("cli.language.hint"))
            use_language(code)
            i += 1 if "=" in word else 2
            continue
        rest.append(word)
        i += 1
    return rest


def _write_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _tell(error: RongheError) -> int:
    sys.stdout.flush()
    if isinstance(error, ScenarioError):
        for problem in error.problems:
            print(problem, file=sys.stderr)
    else:
        print(error, file=sys.stderr)
    return error.exit_code


def _missing_package(error: ModuleNotFoundError, words) -> int:
    package = (error.name or "").split(".")[0]
    if package in ("", "sim"):
        return _bug(error, words)
    wanted = f"ronghe[{EXTRAS[package]}]" if package in EXTRAS else package
    print(say("cli.install", package=package, wanted=wanted), file=sys.stderr)
    return INSTALL


def log_file() -> Path:
    """log.jsonl of the command line, in the user's cache folder or, where that cannot be written, among temporary files."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    folder = (Path(base) if base else Path.home() / ".cache") / "ronghe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK)
    except OSError:
        usable = False
    return folder / "log.jsonl" if usable else Path(tempfile.gettempdir()) / "ronghe-log.jsonl"


def _bug(error: BaseException, words) -> int:
    """One line to the user, the traceback to the log."""
    line = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "command": ["ronghe", *words],
        "python": sys.version.split()[0],
        "error": f"{type(error).__name__}: {error}",
        "traceback": "".join(traceback.format_exception(error)),
    }
    path = log_file()
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
        where = str(path)
    except OSError:
        where = ""
        traceback.print_exception(error)
    print(say("cli.bug", error=line["error"], log=where), file=sys.stderr)
    return BUG
