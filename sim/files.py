"""Files that are written whole or not at all: under a temporary name beside their place, renamed in one step; and JSON without NaN.

A temporary name says which process of which machine writes it, so that `clean` removes what killed writers left and nothing else.
Not here: what the files of a run are (`sim/cells.py`, `sim/results.py`).
"""

import contextlib
import errno
import json
import math
import os
import shutil
import socket
import time
import uuid
from pathlib import Path

import numpy as np

from sim.errors import DataError, MachineError
from sim.words import say

UNFINISHED = ".writing-"
_STALE_SECONDS = 24 * 3600.0


@contextlib.contextmanager
def disk(where):
    """Turn what the machine refuses (full disk, permission) into a MachineError that names the place."""
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise MachineError(say("results.disk_full"), kind="disk", where=str(where), hint=say("results.disk_full.hint")) from problem
        if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise MachineError(
                say("results.read_only"), kind="permission", where=str(where), hint=say("results.read_only.hint")
            ) from problem
        if problem.errno in (errno.ENOTDIR, errno.EEXIST):
            raise MachineError(
                say("results.not_a_folder"), kind="permission", where=str(where), hint=say("results.not_a_folder.hint")
            ) from problem
        raise


def plain(value):
    """The same for JSON: numpy scalars and arrays become numbers and lists, NaN and infinity become None."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def to_json(value) -> str:
    return json.dumps(plain(value), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def unfinished(path: Path) -> Path:
    """The temporary name of this process beside a file or folder."""
    return Path(path).with_name(f"{UNFINISHED}{Path(path).name}-{owner()}")


def owner() -> str:
    return f"{socket.gethostname().replace('-', '_')}-{os.getpid()}-{uuid.uuid4().hex[:6]}"


@contextlib.contextmanager
def replacing(path: Path):
    """A temporary name beside a file, renamed over it in one step at the end; where writing fails it is removed and the file stays as it was."""
    beside = unfinished(path)
    with disk(path):
        try:
            yield beside
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def write_text(path: Path, text: str) -> None:
    """Replace a small file in one step."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")  # file names need not be UTF-8


def clean(out: Path) -> int:
    """Remove what killed writers left under `out`; returns how many. Those of a live process of this machine stay."""
    removed = 0
    for left in [*Path(out).glob(f"{UNFINISHED}*"), *Path(out).glob(f"*/{UNFINISHED}*")]:
        if _abandoned(left):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
            removed += 1
    return removed


def _abandoned(path: Path) -> bool:
    parts = path.name.removesuffix("-old").split("-")
    host, process = parts[-3:-1] if len(parts) >= 4 else ("", "")
    if host == socket.gethostname().replace("-", "_") and process.isdigit() and os.name == "posix":
        try:
            os.kill(int(process), 0)  # signal 0 asks only whether the process lives
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime > _STALE_SECONDS
    return False


def read_json(path: Path) -> dict:
    """An object of a run folder. Raises DataError where it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise DataError(say("results.unreadable", problem=str(problem)), file=str(path), hint=say("results.unreadable.hint")) from problem
