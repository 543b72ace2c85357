"""The whole zone at the press of a button: the reference and a plan, household by household, into the run folders, one such job at a time.

It runs in a process of its own, so that it can be stopped at once; finished seeds are kept and the same press goes on.
Not here: live runs on a sample (`desk.py`).
"""

import multiprocessing
import threading
import time
from pathlib import Path
from typing import NamedTuple

from sim.errors import RongheError
from sim.words import say

PATIENCE = 5.0  # seconds between asking a job to end and ending it


class Progress(NamedTuple):
    """`kind`: idle, running, done, stopped or failed; `runs`: the folders made, the reference first."""

    kind: str = "idle"
    share: float = 0.0  # of all years, 0-1
    seconds_left: float | None = None
    runs: tuple[str, ...] = ()
    problem: RongheError | None = None


class Whole:
    """The job of one server. households: `all`, or fewer where a test asks; out: the folder of runs."""

    def __init__(self, out: Path, households="all", seeds: tuple[int, ...] = (1, 2, 3, 4)):
        self.out, self.households, self.seeds = Path(out), households, tuple(seeds)
        self.lock = threading.Lock()
        self.progress, self.process, self.listener = Progress(), None, None

    def start(self, sources: list[str]) -> bool:
        """Compute these scenarios (ids or files, the reference first); False where a job is under way already."""
        with self.lock:
            if self.progress.kind == "running":
                return False
            context = multiprocessing.get_context("spawn")
            messages = context.SimpleQueue()
            given = (sources, self.out, self.households, self.seeds, messages)
            self.process = context.Process(target=_work, args=given, daemon=True, name="whole")
            self.progress = Progress("running")
            self.process.start()
            self.listener = threading.Thread(target=self._listen, args=(self.process, messages), daemon=True, name="whole")
            self.listener.start()
        return True

    def end(self) -> None:
        """Give a job under way up (finished seeds stay); take note of one that is over."""
        with self.lock:
            under_way = self.progress.kind == "running"
            self.progress = Progress("stopped" if under_way else "idle")
            if under_way:
                self.process.terminate()

    def _listen(self, process, messages) -> None:
        """Take what a job reports until it is over or given up; a later job has a listener of its own.

        Nobody else asks after the process: of two threads that wait for one child, the second may be told that it still runs.
        """
        began = time.monotonic()
        while self._goes_on(process) and (process.is_alive() or not messages.empty()):
            if messages.empty():
                process.join(0.2)
            else:
                self._note(process, *messages.get(), time.monotonic() - began)
        if self._goes_on(process):
            self._note(process, "failed", RongheError(say("dash.whole.died")), 0.0)
        process.join(PATIENCE)
        process.kill()  # a signal that came before the new process could take it is lost
        process.join()

    def _goes_on(self, process) -> bool:
        return self.process is process and self.progress.kind == "running"

    def _note(self, process, kind: str, content, spent: float) -> None:
        with self.lock:
            if not self._goes_on(process):
                return
            if kind == "share":
                self.progress = Progress("running", content, spent * (1 - content) / content if content else None)
            elif kind == "done":
                self.progress = Progress("done", 1.0, 0.0, tuple(content))
            else:
                self.progress = Progress("failed", problem=content)


def _work(sources, out, households, seeds, messages) -> None:
    """In the process: plan all, then carry them out; years that they share are computed once."""
    from sim.study import ensemble
    from sim.study.computing import belong_to_parent

    belong_to_parent()
    try:
        plans = [ensemble.prepare(source, households=households, seeds=seeds, jobs=1, out=out) for source in sources]
        found = ensemble.carry_out_together(plans, lambda progress: messages.put(("share", progress.done)))
        failed = [one for one in found if isinstance(one, RongheError)]
        messages.put(("failed", failed[0]) if failed else ("done", [run.id for run in found]))
    except RongheError as problem:
        messages.put(("failed", problem))
