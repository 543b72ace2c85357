"""Long-lived worker processes that take one task after the other; one that dies is replaced, and its task tried once more.

Workers are spawned, ignore the interrupt key (that is the caller's affair) and end by themselves when the caller is gone, however it ended.
Not here: what a task is (`sim/study/sweep.py`); cells of one run over seeds (`sim/study/ensemble.py`).
"""

import contextlib
import os
import signal
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sim.errors import MachineError, RongheError
from sim.words import say

TRIES = 2
STILLBORN = 3  # workers in a row that end before they are ready: then no more are started
PATIENCE = 5.0  # seconds that a worker gets to end by itself


class Event(NamedTuple):
    """What happened to a task: `kind` is started, note, again, done or failed; `content` what the task said, why its worker died, or a Failure."""

    kind: str
    task: Any
    content: Any = None


class Failure(NamedTuple):
    """Why a task failed: a sentence, the traceback where there is one, and the error itself where it is one of ours."""

    reason: str
    traceback: str = ""
    error: RongheError | None = None


class _Worker:
    """A process with the caller's end of its pipe; `task` is what it is at, `ready` whether it has said hello."""

    def __init__(self, context, function, begin):
        self.connection, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other, function, begin), daemon=True)
        self.process.start()
        other.close()  # so that the end of the process is the end of the pipe
        self.number, self.task, self.ready = 0, None, False

    def give(self, number: int, task) -> None:
        self.number, self.task = number, task
        with contextlib.suppress(OSError):  # it has just died: the end of the pipe says so
            self.connection.send(task)

    def end(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.join(PATIENCE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def work_through(tasks, jobs: int, function: Callable, begin: Callable | None = None) -> Iterator[Event]:
    """Give every task to `jobs` workers at once and yield what happens, until each is done or failed.

    function(task, note)   computes one task in a worker; what it hands to `note` comes back as an Event; found by import, as its arguments are
    begin()                runs first in every worker
    An exception of the function fails its task; a worker that dies takes nothing with it but the task it was at. Raises MachineError where
    workers cannot start at all. Closing the iterator ends all workers at once.
    """
    import multiprocessing
    from multiprocessing.connection import wait

    context = multiprocessing.get_context("spawn")
    waiting, tries, stillborn = deque(enumerate(tasks)), Counter(), 0
    workers: list[_Worker] = []
    try:
        while waiting or any(worker.task is not None for worker in workers):
            busy = sum(worker.task is not None for worker in workers)
            while len(workers) < min(jobs, len(waiting) + busy):
                workers.append(_Worker(context, function, begin))
            for worker in workers:
                if worker.ready and worker.task is None and waiting:
                    worker.give(*waiting.popleft())
                    yield Event("started", worker.task)
            by_connection = {worker.connection: worker for worker in workers}
            for connection in wait(list(by_connection)):
                worker = by_connection[connection]
                try:
                    kind, content = connection.recv()
                except (EOFError, OSError):
                    workers.remove(worker)
                    stillborn = stillborn + 1 if not worker.ready else 0
                    if stillborn == STILLBORN:
                        raise MachineError(say("study.no_worker"), kind="process", hint=say("study.no_worker.hint")) from None
                    yield from _bury(worker, waiting, tries)
                    continue
                if kind == "ready":
                    worker.ready, stillborn = True, 0
                else:
                    yield Event(kind, worker.task, content)
                if kind != "note":
                    worker.task = None
    finally:
        for worker in workers:
            worker.end()


def _bury(worker: _Worker, waiting: deque, tries: Counter) -> Iterator[Event]:
    """Put the task of a dead worker back once; the second time it fails."""
    worker.process.join(PATIENCE)
    worker.end()
    if worker.task is None:
        return
    tries[worker.number] += 1
    if tries[worker.number] < TRIES:
        waiting.appendleft((worker.number, worker.task))
        yield Event("again", worker.task, _cause(worker.process.exitcode))
    else:
        yield Event("failed", worker.task, Failure(say("study.died", cause=_cause(worker.process.exitcode), tries=TRIES)))


def _cause(code: int | None) -> str:
    """How a process ended: the signal's name, else its exit code."""
    if code is not None and code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit {code}"


def _serve(connection, function, begin) -> None:
    """A worker's life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def tell(kind, content=None) -> None:
        try:
            connection.send((kind, content))
        except OSError:
            os._exit(0)  # the caller is gone: nobody waits for this task

    if begin:
        begin()
    tell("ready")
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer = function(task, lambda content: tell("note", content))
        except BaseException as problem:
            ours = problem if isinstance(problem, RongheError) else None
            reason = str(problem) if ours else f"{type(problem).__name__}: {problem}"
            tell("failed", Failure(reason, "".join(traceback.format_exception(problem)), ours))
        else:
            tell("done", answer)
