"""What this machine has to give: cores and free memory, and what a cell takes of it.

Not here: who asks for how much (`sim/study/ensemble.py`, `sim/study/sweep.py`).
"""

import os
from pathlib import Path

BYTES_PER_HOUSEHOLD = 2_200  # of a running cell: tables, scratch and one year's results, per household row
BYTES_PER_FORK = 520  # of a run that waits while another that has lived the same years goes on, per household row
BYTES_PER_PROCESS = 400_000_000  # interpreter, machine code and libraries
ZONE_HOUSEHOLDS = 1_410_000  # rows of the whole zone


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def available_memory() -> int | None:
    """Bytes that a new process can take without swapping, within a container's limit; None where the system does not say."""
    found = []
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) * 1024)
        limit, used = (Path("/sys/fs/cgroup") / name for name in ("memory.max", "memory.current"))
        if limit.exists() and limit.read_text().strip() != "max":
            found.append(int(limit.read_text()) - int(used.read_text()))
    except (OSError, ValueError):
        pass
    return min(found) if found else None
