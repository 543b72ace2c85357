"""Where the time of a run goes: seconds by phase of the year, in the log of each cell and as a table.

Not here: benchmarks, which repeat and compare (`benchmarks/`).
"""

import time
from typing import NamedTuple

BUILD, RECORD = "build", "record"


class Share(NamedTuple):
    """One phase over all cells of a run. `nanoseconds` are per household and year; None for what happens once."""

    phase: str
    seconds: float
    nanoseconds: float | None
    share: float  # 0-1


class Clock:
    """Watches a simulation: call it at both ends of every phase and `year_over` after each year is recorded."""

    def __init__(self):
        self.lines = []
        self.begin()

    def begin(self):
        """What the first year waits for is built from now on."""
        self._since = time.perf_counter()

    def __call__(self, phase, state, before):
        now = time.perf_counter()
        if not before:
            self._note(phase, state.year, now)
        elif not self.lines:
            self._note(BUILD, state.year, now)
        else:
            self._since = now

    def year_over(self, year):
        """The time since the last phase went into recording the year."""
        self._note(RECORD, year, time.perf_counter())

    def _note(self, phase, year, now):
        self.lines.append({"event": "phase", "phase": phase, "year": year, "seconds": round(now - self._since, 6)})
        self._since = now


def profile(run) -> list[Share]:
    """Phases in the order of the year, over the cells of a run. Empty where its log has no times.

    The first year loads the fast code from its cache (or makes it), so it is left out of the years where there is another.
    """
    seconds: dict[str, float] = {}
    years = 0
    for seed in run.seeds:
        lines = [line for line in run.log(seed) if line.get("event") == "phase"]
        first = min((line["year"] for line in lines), default=0)
        counted = {line["year"] for line in lines} - {first} or {first}
        years += len(counted) if lines else 0
        for line in lines:
            if line["phase"] == BUILD or line["year"] in counted:
                seconds[line["phase"]] = seconds.get(line["phase"], 0.0) + line["seconds"]
    total = sum(seconds.values())
    each = 1e9 / (run.households * years) if years else 0.0
    return [Share(phase, spent, None if phase == BUILD else spent * each, spent / total) for phase, spent in seconds.items()]
