"""The commands of a checkout, with the standard library alone: `python dev.py run`, `test`, `check` ... (`make X` only calls this).

Each command finds a Python that works, makes `.venv`, installs what is declared once per change of pyproject.toml and constraints.txt,
and then hands over. Not here: anything of the simulator itself; this file runs before it is installed, on any Python 3.6 or newer, so
that it can say what to install where nothing fits.
"""
import difflib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "ronghe-installed.json"
OLDEST = (3, 11)
NEWEST_TESTED = (3, 13)
VARIABLES = ("HOUSEHOLDS", "SEEDS")  # of `run`
WRONG_USE = 2                        # exit code: the line cannot be understood
TO_INSTALL = 6                       # exit code: something to install, the message says what

PROBE = """
import sys
sys.stdout.write("%d.%d.%d " % tuple(sys.version_info[:3]))
try:
    import venv, ensurepip
    sys.stdout.write("venv")
except ImportError:
    pass
"""


class Unknown(Exception):
    """A word of the line that no command understands; the text is the whole message."""


class Missing(Exception):
    """Something has to be installed by hand; the text is the whole message."""


def candidate_interpreters():
    """Commands that may start a Python: this one, then names on the PATH, then folders where version managers keep them."""
    minors = range(NEWEST_TESTED[1], OLDEST[1] - 1, -1)
    names = ["python3"] + [f"python3.{minor}" for minor in minors] + ["python"]
    found = [[sys.executable]] if sys.executable else []
    found += [[shutil.which(name)] for name in names if shutil.which(name)]
    if shutil.which("py"):
        found += [["py", f"-3.{minor}"] for minor in minors]
    pyenv = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))) / "versions"
    for minor in minors:
        found += [[str(path)] for path in sorted(pyenv.glob(f"3.{minor}.*/bin/python"), reverse=True)]
    unique = []
    for command in found:
        if command not in unique:
            unique.append(command)
    return unique


def probe(command):
    """Run a candidate: its version and whether it can make environments; None where it does not start (a shim may exist and fail)."""
    try:
        done = subprocess.run(command + ["-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    words = done.stdout.decode("ascii", "replace").split()
    if done.returncode or not words:
        return None
    try:
        version = tuple(int(part) for part in words[0].split("."))
    except ValueError:
        return None
    return version, "venv" in words[1:]


def find_interpreter(candidates=None, run=probe):
    """The first candidate that fits and was tested, else the first that is newer than tested.

    Raises Missing with what was seen and what to install.
    """
    seen, newer = [], None
    for command in candidate_interpreters() if candidates is None else candidates:
        answer = run(command)
        shown = " ".join(command)
        if answer is None:
            seen.append(f"  {shown}: does not start")
            continue
        version, has_venv = answer
        text = dotted(version)
        if version[:2] < OLDEST:
            seen.append(f"  {shown}: Python {text} is too old")
        elif not has_venv:
            seen.append(f"  {shown}: Python {text} lacks its venv module")
        elif version[:2] > NEWEST_TESTED:
            newer = newer or command
        else:
            return command
    if newer:
        say(f"{' '.join(newer)} is newer than what was tested (Python {dotted(NEWEST_TESTED)}); going on with it.")
        return newer
    raise Missing("\n".join(
        [f"python: no Python {dotted(OLDEST)} or newer that can make an environment."] + seen + [
            "Install one, then give the same command again:",
            "  Debian, Ubuntu   apt install python3 python3-venv",
            "  macOS            brew install python@3.13",
            "  any system       https://www.python.org/downloads/",
        ]))


def environment_python():
    """The interpreter inside `.venv`."""
    folder = "Scripts" if os.name == "nt" else "bin"
    return ENVIRONMENT / folder / ("python.exe" if os.name == "nt" else "python")


def declared_hash():
    """What an installation depends on, as one SHA-256."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        path = ROOT / name
        digest.update(name.encode() + b"\0" + (path.read_bytes() if path.exists() else b"") + b"\0")
    return digest.hexdigest()


def installed_extras(stamp=None):
    """Extras that the stamp says are installed for the files as they are now; empty set for none, None where nothing is installed."""
    try:
        kept = json.loads((stamp or STAMP).read_text(encoding="utf-8"))
        return set(kept["extras"]) if kept["hash"] == declared_hash() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_stamp(extras, stamp=None):
    """Say that these extras are installed for the files as they are now."""
    (stamp or STAMP).write_text(json.dumps({"hash": declared_hash(), "extras": sorted(extras)}) + "\n", encoding="utf-8")


def make_environment():
    """`.venv` with a Python that fits; kept where it works, made anew where it does not."""
    python = environment_python()
    if python.exists():
        answer = probe([str(python)])
        if answer and answer[0][:2] >= OLDEST:
            return
        say("The environment in .venv does not work here; making it anew.")
    command = find_interpreter()
    say("Making the environment .venv with " + " ".join(command))
    if subprocess.call(command + ["-m", "venv", "--clear", str(ENVIRONMENT)]):
        raise Missing(f"environment: `{' '.join(command)} -m venv` failed. On Debian or Ubuntu: apt install python3-venv")


def install(*extras):
    """Install the package as it stands here with these extras; nothing happens where the stamp says it is done. pip's own settings hold."""
    make_environment()
    done = installed_extras()
    if done is not None and set(extras) <= done:
        return
    wanted = sorted(set(extras) | (done or set()))
    say("Installing ronghe" + (" with " + ", ".join(wanted) if wanted else "") + " (once; a few minutes at first)")
    target = str(ROOT) + (f"[{','.join(wanted)}]" if wanted else "")
    command = [str(environment_python()), "-m", "pip", "install", "--quiet", "--editable", target]
    if (ROOT / "constraints.txt").exists():
        command += ["--constraint", str(ROOT / "constraints.txt")]
    if subprocess.call(command, cwd=str(ROOT)):
        raise Missing("install: pip failed, its message stands above. Set an index that can be reached, then the same command again.")
    link_relatively()
    write_stamp(wanted)


def link_relatively():
    """Let the environment name this checkout by a relative path.

    Python reads the line in the encoding of the locale: under an ASCII one it would not start where the path has Chinese letters.
    """
    for pattern in ("lib/*/site-packages/*ronghe*.pth", "Lib/site-packages/*ronghe*.pth"):
        for path in ENVIRONMENT.glob(pattern):
            if path.read_text(encoding="utf-8").strip() == str(ROOT):
                path.write_text(os.path.relpath(str(ROOT), str(path.parent)) + "\n", encoding="utf-8")


def dotted(version):
    """(3, 11) as 3.11."""
    return ".".join(str(part) for part in version)


def say(text):
    """Narration goes to stderr: stdout is for results."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def call(*command, **options):
    """Run a command of the environment from the root of the checkout; its exit code."""
    return subprocess.call([str(part) for part in command], cwd=str(ROOT), **options)


def module(*words):
    """Run `python -m ...` of the environment."""
    return call(environment_python(), "-m", *words)


def ronghe(*words):
    """The command line of the simulator, from its module: a script's first line breaks on long paths and blanks."""
    return [str(environment_python()), "-c", "import sys; from sim.cli import main; sys.exit(main())"] + list(words)


def has_module(name):
    """Whether the checkout holds this module of the package."""
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def run(arguments):
    """Baseline against the four instruments: table and brief. HOUSEHOLDS=20000 is the quick form, SEEDS=n the number of seeds."""
    install("report")
    job = ["compare", "baseline", "four-instruments",
           "--households", os.environ.get("HOUSEHOLDS") or "all", "--seeds", os.environ.get("SEEDS") or "4"] + arguments
    failed = call(*ronghe(*job))
    if failed:
        return failed
    answer = subprocess.run(ronghe(*(job + ["--format", "json"])), cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if answer.returncode:
        return answer.returncode
    folders = [entry["path"] for entry in json.loads(answer.stdout.decode("utf-8"))["runs"]]
    return call(*ronghe(*(["report"] + folders + ["-o", str(ROOT / "brief.html")])))       # prints the path of the brief


def system_pieces():
    """A browser and a Chinese font for the tests of pages: installed where this user may, else it is said that those tests skip."""
    def absent():
        wanted = []
        if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
            wanted.append("chromium")
        try:
            fonts = subprocess.run(["fc-list", ":lang=zh"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        except OSError:
            fonts = b""
        return wanted if fonts.strip() else wanted + ["fontconfig", "fonts-noto-cjk"]

    wanted = absent()
    may = getattr(os, "geteuid", lambda: 1)() == 0 and shutil.which("apt-get")
    if wanted and may:
        say("Installing for the browser tests: " + " ".join(wanted))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": dict(os.environ, DEBIAN_FRONTEND="noninteractive")}
        order = ["apt-get", "install", "-y", "--no-install-recommends"] + wanted
        if subprocess.call(order, **quiet):
            subprocess.call(["apt-get", "update"], **quiet)
            subprocess.call(order, **quiet)
        wanted = absent()
    if wanted:
        say(f"NOTE: browser tests will be SKIPPED, missing: {' '.join(wanted)}. To run them: apt install {' '.join(wanted)}")
    return wanted


def test(arguments, deep=False):
    """Tests, two at a time; what they need is installed first and compiled kernels are built once. More words go to pytest."""
    install("all")
    system_pieces()
    if deep:
        os.environ["HYPOTHESIS_PROFILE"] = "deep"
    if has_module("sim.warm"):
        say("Building the kernel caches")
        failed = module("sim.warm")
        if failed:
            return failed
    return module("pytest", "-n", "2", "--durations=10", *arguments)


def test_deep(arguments):
    """All tests with 500 examples for each property, and the slow ones."""
    return test(arguments, deep=True)


def check(arguments):
    """Style and import contracts; under a minute."""
    install("all")
    failed = module("ruff", "check", ".", *arguments)
    contracts = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return call(environment_python(), "-c", contracts, env=dict(os.environ, PYTHONPATH=str(ROOT))) or failed


def bench(arguments):
    """Speed: kernels, a year, a run, scaling. Prints times; tests never assert them."""
    install("all")
    if not (ROOT / "benchmarks").is_dir():
        raise Missing("benchmarks: this copy has no folder benchmarks. Take a full checkout of the repository.")
    return module("benchmarks", *arguments) if has_module("benchmarks.__main__") else module("pytest", "benchmarks", *arguments)


def docs(arguments):
    """Write the generated pages, then build the documentation where Sphinx is set up for it."""
    install("all")
    if has_module("sim.report.generated") and module("sim.report.generated"):
        return 1
    if not (ROOT / "docs" / "conf.py").exists():
        say("docs/ is plain Markdown and reads as it is; there is no Sphinx set-up (docs/conf.py) in this copy.")
        return 0
    return module("sphinx", "-b", "html", "docs", "docs/_build/html", *arguments)


def setup(arguments):
    """Make the environment with everything in it and stop there."""
    install("all")
    say(f"Ready: {environment_python()}")
    return 0


def show_help(arguments):
    """This list."""
    print("python dev.py COMMAND, or make COMMAND\n")
    for name, function in COMMANDS.items():
        print(f"  {name:10} {function.__doc__.splitlines()[0]}")
    return 0


COMMANDS = {
    "run": run, "test": test, "check": check, "bench": bench, "docs": docs, "test-deep": test_deep, "setup": setup, "help": show_help,
}


def take_variables(command, words):
    """Put HOUSEHOLDS=... and SEEDS=... of a line into the environment; the words that are left.

    Raises Unknown for another variable, or one that the command does not read: a misspelt one would otherwise be passed over, and a job of hours begin.
    """
    rest = []
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.isidentifier() or name == "PYTHON":
            rest += [word] if name != "PYTHON" else []
            continue
        if name not in VARIABLES or command != "run":
            near = difflib.get_close_matches(name.upper(), VARIABLES, 1, 0.5)
            known = ", ".join(f"{one}=..." for one in VARIABLES)
            raise Unknown(f"{word}: `{command}` takes no variable '{name}'. " + (
                "Only `run` takes variables." if command != "run" else f"Did you mean {near[0]}={value}?" if near else f"It takes {known}."))
        os.environ[name] = value
    return rest


def main(words):
    """Walk one command; the exit code."""
    name = words[0] if words else "help"
    name = "help" if name in ("-h", "--help") else name
    if name not in COMMANDS:
        say(f"dev.py: no command '{name}'. The commands are: {', '.join(COMMANDS)}")
        return WRONG_USE
    try:
        return COMMANDS[name](take_variables(name, words[1:]))
    except Unknown as unknown:
        say(str(unknown))
        return WRONG_USE
    except Missing as missing:
        say(str(missing))
        return TO_INSTALL
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
