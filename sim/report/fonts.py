"""Whether this machine has a font with Chinese letters, which pictures and PDF need. Not here: the brief itself, which uses the reader's fonts."""

import shutil
import subprocess
from pathlib import Path

from sim.errors import InstallError
from sim.words import say

PLACES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
NAMES = ("NotoSansCJK", "NotoSerifCJK", "SourceHanSans", "PingFang", "msyh", "simsun", "wqy", "STHeiti", "DroidSansFallback")
INSTALL_LINE = "apt-get install fonts-noto-cjk"


def chinese_font() -> str:
    """Such a font by fontconfig or by the names of files in the usual places; empty where there is none."""
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, timeout=20, check=False).stdout
        if listed.strip():
            return listed.splitlines()[0]
    for folder in (Path(place).expanduser() for place in PLACES):
        found = next((path.name for path in folder.rglob("*") if path.name.startswith(NAMES)), "") if folder.is_dir() else ""
        if found:
            return found
    return ""


def need_chinese_font() -> None:
    """Raises InstallError with the line that installs one where there is none: letters would be empty boxes."""
    if not chinese_font():
        raise InstallError(say("report.no_font"), INSTALL_LINE)
