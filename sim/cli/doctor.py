"""What the machine has and lacks, each with its remedy. Nothing is installed or changed.

Not here: the packages' own tests.
"""

import os
import shutil
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from sim.errors import INSTALL, MACHINE
from sim.words import say

NEEDED = ("numpy", "scipy", "numba", "pandas", "mesa", "plotly", "pydantic", "ruamel.yaml", "typer", "rich", "pyarrow", "jinja2")
OPTIONAL = {
    "dash": "dashboard",
    "openpyxl": "report",
    "kaleido": "report",
    "python-docx": "report",
    "duckdb": "study",
    "SALib": "study",
    "distributed": "study",
    "optuna": "study",
}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
DISK_BYTES = 2_000_000_000
ZONE_BYTES = 3_600_000_000
SAMPLE_BYTES = 1_000_000_000


class Finding(NamedTuple):
    """One thing looked at. `needed`: without it the program does not work; else only what `what` says."""

    what: str
    ok: bool
    needed: bool
    found: str
    remedy: str
    exit_code: int = INSTALL


def examine(out=Path("runs")) -> list[Finding]:
    """Interpreter, packages, fonts, browser, folders, disk and memory, in this order."""
    return [
        _interpreter(),
        *(_package(name, "") for name in NEEDED),
        *(_package(name, extra) for name, extra in OPTIONAL.items()),
        _fonts(),
        _chromium(),
        _cache(),
        _disk(Path(out)),
        _memory(),
    ]


def _interpreter() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), True, f"{version} ({sys.executable})", say("doctor.python"))


def _package(name: str, extra: str) -> Finding:
    try:
        found, ok = metadata.version(name), True
    except metadata.PackageNotFoundError:
        found, ok = say("doctor.absent"), False
    return Finding(
        name, ok, not extra, found, say("doctor.install", line=f'pip install "ronghe[{extra}]"' if extra else f"pip install {name}")
    )


def _fonts() -> Finding:
    """A font with Chinese letters."""
    from sim.report.fonts import INSTALL_LINE, chinese_font

    found = chinese_font()
    return Finding(say("doctor.fonts"), bool(found), False, found or say("doctor.absent"), say("doctor.install", line=INSTALL_LINE))


def _chromium() -> Finding:
    found = next((path for path in map(shutil.which, CHROMIUM) if path), "")
    return Finding(
        say("doctor.chromium"), bool(found), False, found or say("doctor.absent"), say("doctor.install", line="apt-get install chromium")
    )


def _cache() -> Finding:
    """The folder of machine code, which must be writable."""
    named = os.environ.get("RONGHE_CACHE")
    folder = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ronghe"
    return Finding(say("doctor.cache"), _writable(folder), True, str(folder), say("doctor.cache.remedy"), MACHINE)


def _writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, or in the nearest one above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _disk(out: Path) -> Finding:
    place = out.resolve()
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    return Finding(
        say("doctor.disk", folder=out),
        free > DISK_BYTES and _writable(place),
        True,
        say("doctor.free", gigabytes=f"{free / 1e9:.1f}"),
        say("doctor.disk.remedy"),
        MACHINE,
    )


def _memory() -> Finding:
    from sim.study.ensemble import available_memory, cores

    free = available_memory()
    if free is None:
        return Finding(say("doctor.memory"), True, False, say("doctor.unknown"), "", MACHINE)
    text = say("doctor.free", gigabytes=f"{free / 1e9:.1f}") + f", {cores()} CPU"
    return Finding(say("doctor.memory"), free > ZONE_BYTES, free <= SAMPLE_BYTES, text, say("doctor.memory.remedy"), MACHINE)
