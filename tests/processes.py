"""Processes that tests start and kill: waiting for what they do, finding their workers, seeing them gone."""

import time
from pathlib import Path

PATIENCE = 1200  # seconds: the machine may be busy


def until(met, runner):
    """Wait until something is so while a process runs."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert runner.poll() is None, f"ended with {runner.returncode}" + (f": {runner.stderr.read()}" if runner.stderr else "")
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def workers(runner) -> list[int]:
    """Processes that the runner has started to compute cells."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == runner.pid and b"spawn_main" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except (OSError, ValueError, IndexError):
            continue
    return found


def gone(processes) -> bool:
    """Whether all of them end."""
    deadline = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{process}").exists() for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
