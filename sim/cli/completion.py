"""`ronghe completion bash|zsh|fish`: the script for a shell, and the words that could stand where the cursor is.

The script calls `ronghe completion SHELL --at N -- WORDS...` at each TAB; what may stand there is read from the commands as they are built, so that
a new command or option is known at once. Commands and options come with their help in the language in use where the shell can show it.
Not here: file names where any file may stand; the shells complete those themselves.
"""

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from sim.cli import show
from sim.cli.options import RUNS
from sim.errors import UsageError
from sim.words import LANGUAGES, pick, say

SCRIPTS = {
    "bash": """\
_ronghe() {
    local IFS=$'\\n' word
    COMPREPLY=()
    for word in $("${COMP_WORDS[0]/#\\~/$HOME}" completion bash --at "$COMP_CWORD" -- "${COMP_WORDS[@]}" 2>/dev/null); do
        COMPREPLY+=("$word")
        case $word in *=|*/) compopt -o nospace ;; esac
    done
}
complete -o default -F _ronghe ronghe
""",
    "zsh": """\
#compdef ronghe
_ronghe() {
    local line
    local -a values shown
    for line in "${(@f)$("${words[1]/#\\~/$HOME}" completion zsh --at $((CURRENT - 1)) -- "${words[@]}" 2>/dev/null)}"; do
        [[ -n $line ]] || continue
        values+=("${line%%$'\\t'*}")
        shown+=("${line/$'\\t'/  }")
    done
    if (( ! $#values )); then _files; return; fi
    case ${values[1]} in *=|*/) compadd -S '' -l -d shown -a values ;; *) compadd -l -d shown -a values ;; esac
}
compdef _ronghe ronghe
""",
    "fish": """\
function __ronghe
    set -l words (commandline -opc) (commandline -ct)
    $words[1] completion fish --at (math (count $words) - 1) -- $words 2>/dev/null
end
complete -c ronghe -f -a '(__ronghe)'
complete -c ronghe -n 'not string length -q -- (__ronghe)' -F
""",
}


class Candidate(NamedTuple):
    """A word that may stand at the cursor, and what it means."""

    word: str
    help: str = ""


def add(app: typer.Typer) -> None:
    """Put the command into the application."""
    app.command("completion", help="cli.completion")(completion)


def completion(
    context: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="cli.completion.shell")],
    at: Annotated[int, typer.Option("--at", hidden=True)] = -1,
    words: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
):
    if shell not in SCRIPTS:
        raise UsageError(say("completion.shell", name=shell), where="completion", hint=say("completion.shell.hint", known=", ".join(SCRIPTS)))
    if at < 0:
        show.result(SCRIPTS[shell].rstrip("\n"))
        return
    words = [*(words or []), *[""] * (at + 1)]
    for one in candidates(context.find_root().command, words[1:at], words[at]):
        show.result(f"{one.word}\t{one.help}" if one.help and shell != "bash" else one.word)


def candidates(command, before: list[str], current: str) -> list[Candidate]:
    """What may stand at the cursor after the words `before` and begins with `current`; nothing where any file may."""
    command, option, given = _walk(command, before)
    if option is not None:
        found = _values(option)
    elif current.startswith("-"):
        found = [Candidate("--lang", say("cli.option.lang")), *_options(command)]
    elif hasattr(command, "commands"):
        found = [Candidate(name, inner.help or "") for name, inner in command.commands.items() if not inner.hidden]
    else:
        found = _arguments(command, given, current)
    known = {one.word: one for one in found if one.word.startswith(current)}
    return list(known.values())


def _walk(command, before: list[str]):
    """(command reached, name of the option whose value is due or None, how many arguments stand already)."""
    option, given = None, 0
    for word in before:
        if option is not None:
            option = None
        elif word.startswith("-"):
            option = word if "=" not in word and _takes_value(command, word) else None
        elif hasattr(command, "commands"):
            command = command.commands.get(word, command)
        else:
            given += 1
    return command, option, given


def _takes_value(command, word: str) -> bool:
    return word == "--lang" or any(word in parameter.opts and not getattr(parameter, "is_flag", False) for parameter in command.params)


def _options(command) -> list[Candidate]:
    listed = [parameter for parameter in command.params if parameter.param_type_name == "option" and not parameter.hidden]
    names = [Candidate(name, parameter.help or "") for parameter in listed for name in (*parameter.opts, *parameter.secondary_opts)]
    return [*(one for one in names if one.word.startswith("--")), Candidate("--help", say("cli.option.help"))]


def _arguments(command, given: int, current: str) -> list[Candidate]:
    """Values of the argument that is due, by its name in the command: scenarios, runs, levers, shells."""
    listed = [parameter for parameter in command.params if parameter.param_type_name == "argument" and not getattr(parameter, "hidden", False)]
    if not listed or (given >= len(listed) and listed[-1].nargs != -1):
        return []
    name = listed[min(given, len(listed) - 1)].name
    if name in ("files", "file", "first", "second"):
        return _scenarios(current)
    if name == "run" or (name == "runs" and command.name == "rm"):
        return _runs()
    if name == "runs":
        return _runs() + _scenarios(current)
    if name == "name":
        return _levers()
    return [Candidate(shell) for shell in SCRIPTS] if name == "shell" else []


def _values(option: str) -> list[Candidate]:
    """Values of an option that has only some."""
    if option == "--lang":
        return [Candidate(code) for code in LANGUAGES]
    if option == "--district":
        from sim.places import DISTRICTS

        return [Candidate(place.id, pick((place.zh, place.en))) for place in DISTRICTS]
    if option == "--set":
        from sim.policies.catalogue import levers

        return [Candidate(f"{lever.id}.{p.name}=", pick(p.words)) for lever in levers().values() for p in lever.parameters]
    if option == "--by":
        return [Candidate(word) for word in ("district", "decile", "type")]
    if option == "--format":
        from sim.cli.runs import FORMATS

        return [Candidate(word) for word in FORMATS]
    return [Candidate("all")] if option == "--households" else []


def _scenarios(current: str) -> list[Candidate]:
    """Shipped scenarios, and YAML files and folders where the word points."""
    from sim.scenario import shipped_ids

    start = current[: current.rfind("/") + 1]
    try:
        near = sorted(path for path in Path(start or ".").iterdir() if not path.name.startswith("."))
    except OSError:
        near = []
    files = [Candidate(start + path.name + ("/" if path.is_dir() else "")) for path in near if path.is_dir() or path.suffix in (".yaml", ".yml")]
    return [Candidate(id) for id in shipped_ids()] + files


def _runs() -> list[Candidate]:
    return [Candidate(path.parent.as_posix()) for path in sorted(RUNS.glob("*/manifest.json"))]


def _levers() -> list[Candidate]:
    from sim.policies.catalogue import levers

    return [Candidate(lever.id, pick(lever.title)) for lever in levers().values()]
