"""What the machine has and lacks, each with its remedy. Nothing is installed or changed.

Not here: the packages' own tests.
"""

import os
import shutil
import subprocess
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
FONT_PLACES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
FONT_NAMES = ("NotoSansCJK", "NotoSerifCJK", "SourceHanSans", "PingFang", "msyh", "simsun", "wqy", "STHeiti", "DroidSansFallback")
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
    """A font with Chinese letters, by fontconfig or by the names of files in the usual places."""
    found = ""
    if shutil.which("fc-list"):
        listed = subprocess.run(
            ["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=20, check=False
        ).stdout.splitlines()
        found = listed[0] if listed else ""
    for place in FONT_PLACES if not found else ():
        folder = Path(place).expanduser()
        found = (
            found or next((path.name for path in folder.rglob("*") if path.name.startswith(FONT_NAMES)), "") if folder.is_dir() else found
        )
    return Finding(
        say("doctor.fonts"), bool(found), False, found or say("doctor.absent"), say("doctor.install", line="apt-get install fonts-noto-cjk")
    )


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
