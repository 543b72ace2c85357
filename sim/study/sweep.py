"""Working through a study: what is missing is computed by a pool of workers on this machine, what is there stays.

Every cell is in its place as soon as it is done, so that after an interrupt, a kill or a failure the same call goes on where it stopped.
Not here: reading the file (`study_file`), points (`design`), which cells (`sweep_plan`), processes (`pool`), the tables at the end (`sweep_table`).
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sim import files, warm
from sim.errors import DataError, MachineError, PartialError
from sim.study import cell_files, lock, machine
from sim.study.computing import openings
from sim.study.pool import Failure, work_through
from sim.study.sweep_plan import Cell, Plan
from sim.words import say


class Progress(NamedTuple):
    """What the caller's `progress` receives: `kind` is taken, started, year, again, done or failed; counts are of the cells that were missing."""

    kind: str
    cell: str
    finished: int
    of: int
    share: float  # of all missing years that are computed, 0-1
    seconds_left: float | None
    reason: str = ""


class Status(NamedTuple):
    """How far a study is, in cells. `failed` holds (cell, reason) of those that could not be computed."""

    plan: Plan
    done: int
    failed: tuple[tuple[Cell, str], ...]
    running: bool  # a process works on the folder now

    @property
    def missing(self) -> int:
        """Cells that do not stand, failed ones apart."""
        return len(self.plan.cells) - self.done - len(self.failed)


class Task(NamedTuple):
    """One cell as a worker gets it."""

    name: str
    folder: Path
    scenario: Any
    key: dict
    households: int | None
    population_seed: int
    simulate: Callable | None


def status(plan: Plan) -> Status:
    """Look at what stands on disk."""
    done = [plan.finished(cell) for cell in plan.cells]
    failed = [cell for cell, there in zip(plan.cells, done, strict=True) if not there and plan.failed(cell)]
    reasons = tuple((cell, cell_files.read_failure(plan.folder, cell.name)) for cell in failed)
    return Status(plan, sum(done), reasons, lock.is_held(plan.folder))


def workers(plan: Plan, cells: int, jobs: int | None = None) -> int:
    """How many workers of one thread each: as asked, else one per core as far as memory goes. Raises MachineError where one is too many."""
    each = machine.BYTES_PER_PROCESS + machine.BYTES_PER_HOUSEHOLD * (plan.study.rows or machine.ZONE_HOUSEHOLDS)
    free = machine.available_memory()
    fit = cells if free is None else int(free // each)
    wanted = max(1, min(jobs or min(machine.cores(), max(fit, 1)), cells))
    if wanted > fit and cells:
        text = say("ensemble.memory", needed=f"{wanted * each / 1e9:.1f}", free=f"{(free or 0) / 1e9:.1f}", jobs=wanted)
        raise MachineError(text, kind="memory", hint=say("ensemble.memory.hint"))
    return wanted


def run(plan: Plan, *, shard=None, jobs=None, runs="runs", progress: Callable[[Progress], None] | None = None, simulate=None) -> Status:
    """Compute what is missing of a study, or of shard (i, n) of it, and say how far it is then.

    runs: a folder of runs whose cells with the same key are taken over instead of being computed.
    Raises PartialError where cells failed (the others are kept), MachineError for disk, memory and a folder that another process works on.
    """
    with lock.held(plan.folder, shard):
        files.clean(plan.folder)
        for cell in plan.missing(shard):
            cell_files.take_over(plan.folder, cell.setting.cell_key(cell.seed), Path(runs))
        missing = plan.missing(shard)
        jobs = workers(plan, len(missing), jobs)
        if missing and simulate is None:
            warm.up()
        _compute(plan, missing, jobs, _Watch(plan, len(missing), progress), simulate)
    now = status(plan)
    mine = {cell.name for cell in missing}
    failed = [(cell, reason) for cell, reason in now.failed if cell.name in mine]
    if failed:
        kept = len(missing) - len(failed)
        text = say("study.partial", failed=len(failed), of=len(missing), kept=kept, problem=failed[0][1])
        raise PartialError(text, failed=tuple(cell.name for cell, _ in failed), hint=say("study.partial.hint"))
    return now


def _compute(plan: Plan, missing: list[Cell], jobs: int, watch, simulate) -> None:
    """Work through the missing cells; a failed one is noted in the study's folder and stops no other."""
    tasks = [
        Task(cell.name, plan.folder, cell.setting.scenario, cell.setting.cell_key(cell.seed), plan.study.rows, plan.study.population_seed, simulate)
        for cell in missing
    ]
    events = work_through(tasks, jobs, compute, _Beginning.of_this_process())
    try:
        for event in events:
            if event.kind == "failed":
                _settle(plan, event.task.name, event.content)
            watch.say(event)
    finally:
        events.close()


def _settle(plan: Plan, name: str, failure: Failure) -> None:
    """Note a failure; what the machine refuses, and a program that changed meanwhile, ends the whole run."""
    if isinstance(failure.error, (MachineError, DataError)):
        raise failure.error
    cell_files.write_failure(plan.folder, name, failure.reason, failure.traceback)


class _Beginning(NamedTuple):
    """What a worker does first: know the levers and rules that were registered in the process that starts it, and speak its language."""

    extensions: tuple
    language: str

    @classmethod
    def of_this_process(cls):
        from sim.extensions import registered
        from sim.words import language

        return cls(registered(), language())

    def __call__(self) -> None:
        from sim.extensions import register
        from sim.words import use_language

        use_language(self.language)
        for extension in self.extensions:
            register(extension)


def compute(task: Task, note: Callable[[int], None]) -> None:
    """Simulate one cell in a worker, on one thread, and put it on disk. Raises DataError where the program has changed since the key was made."""
    from sim.identity import evidence_hash, source_hash

    if cell_files.cell_path(task.folder, task.name).exists():  # a runner of another shard was faster
        return
    if (source_hash(), evidence_hash()) != (task.key["sources"], task.key["evidence"]):
        raise DataError(say("study.changed"), file="sim", hint=say("study.changed.hint"))
    simulate, options = task.simulate, {}
    if simulate is None:
        from sim.simulation import simulate

        options = {"open_state": openings().state}  # points with the same assumptions begin alike
    result = simulate(
        task.scenario,
        households=task.households,
        seed=task.key["seed"],
        population_seed=task.population_seed,
        sample=task.key["sample"],
        threads=1,
        progress=note,
        **options,
    )
    if task.simulate is None:
        warm.mark()
    cell_files.write_cell(task.folder, task.key, result)


class _Watch:
    """Counts finished years over all missing cells and estimates the time left from the pace so far."""

    def __init__(self, plan: Plan, cells: int, tell):
        self.tell, self.cells, self.finished = tell, cells, 0
        self.started = time.monotonic()
        self.first, last = plan.years
        self.years = last - self.first + 1
        self.at: dict[str, int] = {}  # years done of the cells begun

    def say(self, event) -> None:
        name, content = event.task.name, event.content
        kind = "year" if event.kind == "note" else event.kind
        self.at[name] = content - self.first + 1 if kind == "year" else self.years if kind in ("done", "failed") else 0
        self.finished += kind in ("done", "failed")
        if self.tell is None:
            return
        share = sum(self.at.values()) / (self.cells * self.years)
        spent = time.monotonic() - self.started
        reason = content.reason if kind == "failed" else content if kind == "again" else ""
        self.tell(Progress(kind, name, self.finished, self.cells, share, spent * (1 - share) / share if share else None, reason))
