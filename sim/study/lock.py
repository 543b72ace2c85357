"""Who works on a study folder: a lock that ends with its process, however that ends.

One runner takes a whole folder for itself; runners of different shards share it, each with its own shard. Cells are written in one step and named by
what they are, so where a lock is not known to the disk (some network disks) work is done twice and nothing is damaged.
This is the one place that knows how the system locks files.
"""

import contextlib
import os
import socket
import time
from pathlib import Path

from sim.errors import MachineError
from sim.files import disk
from sim.words import say

try:
    import fcntl
except ImportError:  # not POSIX: a runner has its shard for itself, and the whole folder is not shared
    fcntl = None


@contextlib.contextmanager
def held(folder: Path, shard: tuple[int, int] | None = None):
    """Hold a study folder, or one shard (i, n) of it, for this process. Raises MachineError where another process is at it."""
    whole = Path(folder) / "lock"
    with contextlib.ExitStack() as stack:
        with disk(folder):
            Path(folder).mkdir(parents=True, exist_ok=True)
            files = [(whole, shard is not None)]
            files += [(whole.with_name(f"lock-{shard[0]}-of-{shard[1]}"), False)] if shard else []
            for path, shared in files:
                file = stack.enter_context(path.open("a+", encoding="utf-8"))
                if not _take(file, shared):
                    raise _refusal(path, file)
                if not shared:
                    _sign(file)
        yield


def is_held(folder: Path) -> bool:
    """Whether a process works on the folder now."""
    path = Path(folder) / "lock"
    if not path.exists():
        return False
    with path.open("a+", encoding="utf-8") as file:
        return not _take(file, shared=False)


def _take(file, shared: bool) -> bool:
    """Lock an open file if nobody else has it; the lock goes when the file is closed or the process ends."""
    if fcntl is None:
        return shared or _take_elsewhere(file)
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a disk that knows no locks
        return True
    return True


def _take_elsewhere(file) -> bool:
    import msvcrt

    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


def _sign(file) -> None:
    """Say in the file who has it."""
    file.seek(0)
    file.truncate()
    file.write(f"{socket.gethostname()} {os.getpid()} {time.strftime('%Y-%m-%d %H:%M')}\n")
    file.flush()


def _refusal(path: Path, file) -> MachineError:
    file.seek(0)
    who = file.read().split(maxsplit=2)
    host, process, since = (*who, "–", "–", "–")[:3]
    return MachineError(
        say("study.locked", process=process, host=host, since=since.strip()), kind="lock", where=str(path.parent), hint=say("study.locked.hint")
    )
