"""A scenario over seeds: which cells are there, which are missing, and the missing ones computed here, one process each or one after the other.

Not here: other machines and shards (`sim/study/schedulers`), differences between scenarios (`sim/study/comparison.py`), the year itself (`sim/schedule.py`).
"""

import os
import queue
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sim import cells, files, results, warm
from sim.errors import InvalidValueError, MachineError, PartialError, RongheError
from sim.results import Run
from sim.run_options import read_households, read_seeds, read_years
from sim.study import provenance
from sim.words import say

BYTES_PER_HOUSEHOLD = 2_200  # of a running cell: tables, scratch and one year's results, per household row
BYTES_PER_PROCESS = 400_000_000  # interpreter, machine code and libraries
ZONE_HOUSEHOLDS = 1_410_000  # rows of the whole zone


class Plan(NamedTuple):
    """What a call of `run` comes down to, before anything is computed."""

    scenario: Any
    households: int | None  # None: the whole zone
    seeds: tuple[int, ...]
    missing: tuple[int, ...]  # seeds of which no finished cell stands
    folder: Path
    keys: dict[int, dict]  # seed -> the full key of its cell
    population_seed: int
    sample: int
    snapshot: tuple[int, ...]
    jobs: int
    threads: int

    @property
    def bytes_needed(self) -> int:
        return self._together * (BYTES_PER_PROCESS + BYTES_PER_HOUSEHOLD * (self.households or ZONE_HOUSEHOLDS))

    @property
    def _together(self) -> int:
        return min(self.jobs, len(self.missing))


class Progress(NamedTuple):
    """What the caller's `progress` receives: `kind` is started, year, done or failed."""

    kind: str
    seed: int
    year: int
    done: float  # share of all missing years that are computed, 0-1
    seconds_left: float | None


class Cancelled(Exception):
    """Raised inside a worker at the end of a year once the caller has been interrupted."""


def run(
    source,
    households=None,
    seeds=None,
    years=None,
    jobs=None,
    threads=None,
    out="runs",
    settings=(),
    force=False,
    sample=1,
    snapshot=(),
    progress: Callable[[Progress], None] | None = None,
    simulate=None,
) -> Run:
    """Compute what is missing of a scenario and open its run.

    source: an id, a path or a loaded scenario; households: a number or `all`; seeds: a number n (1 to n), a text as on the command line, or a list;
    years: `2019-2030` or a last year; snapshot: years whose every household is kept. What is not given comes from the scenario's file, then 60,000 and 8.
    jobs: cells at the same time, each in a process of its own (then a script needs `if __name__ == "__main__":`); one after the other, on all
    cores, where none are given. Numbers do not depend on it.
    Raises PartialError where some cells failed (the others are kept), MachineError for disk, memory and permission.
    """
    plan = prepare(source, households, seeds, years, jobs or 1, threads, out, settings, force, sample, snapshot)
    return carry_out(plan, progress, simulate)


def prepare(
    source, households=None, seeds=None, years=None, jobs=None, threads=None, out="runs", settings=(), force=False, sample=1, snapshot=()
) -> Plan:
    """Resolve a call into a Plan; touches the disk only to look."""
    scenario = provenance.scenario_of(source, settings, _years(years))
    households = _households(scenario.run.households if households is None else households)
    seeds = seeds_of(scenario.run.seeds if seeds is None else seeds)
    population_seed = scenario.run.population_seed
    snapshot = tuple(sorted({int(year) for year in snapshot}))
    outside = [y for y in snapshot if not scenario.horizon.start <= y <= scenario.horizon.end]
    if outside:
        raise InvalidValueError(
            say("ensemble.snapshot_outside", years=", ".join(map(str, outside)), first=scenario.horizon.start, last=scenario.horizon.end),
            where="--snapshot",
            hint=say("ensemble.snapshot_outside.hint"),
        )
    key = provenance.cell_key(scenario, households=households, seed=seeds[0], population_seed=population_seed, sample=sample)
    keys = {seed: {**key, "seed": seed} for seed in seeds}
    folder = Path(out) / f"{scenario.id}-{provenance.folder_hex(keys[seeds[0]])}"
    missing = seeds if force else tuple(s for s in seeds if not cells.finished(folder, s, keys[s], snapshot))
    jobs, threads = _workers(jobs, threads, households, len(missing))
    return Plan(scenario, households, seeds, missing, folder, keys, population_seed, sample, snapshot, jobs, threads)


def carry_out(plan: Plan, progress=None, simulate=None) -> Run:
    """Compute the missing cells of a plan and open the run."""
    with files.disk(plan.folder):
        plan.folder.parent.mkdir(parents=True, exist_ok=True)
        files.clean(plan.folder.parent)
    if not plan.missing:
        return results.open_run(plan.folder, plan.seeds, cached=True)
    check_memory(plan)
    with files.disk(plan.folder):
        plan.folder.mkdir(exist_ok=True)
    provenance.write_manifest(plan)
    watch = _Watch(plan, progress)
    failed = _one_by_one(plan, watch, simulate) if plan.jobs == 1 else _in_pool(plan, watch, simulate)
    provenance.write_manifest(plan)
    if failed:
        first = next(iter(failed))
        kept = len(plan.seeds) - len(failed)
        if isinstance(failed[first], RongheError) and kept == 0:
            raise failed[first]
        raise PartialError(
            say(
                "ensemble.partial",
                failed=", ".join(map(str, failed)),
                scenario=plan.scenario.id,
                kept=kept,
                of=len(plan.seeds),
                problem=f"{type(failed[first]).__name__}: {failed[first]}",
            ),
            failed=tuple(failed),
            hint=say("ensemble.partial.hint"),
        ) from failed[first]
    return results.open_run(plan.folder, plan.seeds, cached=False)


# ---------------------------------------------------------------------------------------------------- reading the call
def _households(value) -> int | None:
    read = read_households(value)
    if read is None:
        raise InvalidValueError(say("run.households.bad", value=value), where="--households", hint=say("run.households.hint"))
    return None if read == "all" else read


def seeds_of(value) -> tuple[int, ...]:
    if isinstance(value, (str, int)):
        read = read_seeds(value)
        if read is None:
            raise InvalidValueError(say("run.seeds.bad", value=value), where="--seeds", hint=say("run.seeds.hint"))
        return read
    return tuple(sorted({int(seed) for seed in value}))


def _years(value) -> int | None:
    """The last year of `2019-2030`, 2030 or (2019, 2030); None where the scenario's own stands."""
    if value is None:
        return None
    if isinstance(value, int):
        value = f"2019-{value}"
    elif not isinstance(value, str):
        value = "-".join(map(str, value))
    read = read_years(value)
    if read is None:
        raise InvalidValueError(say("ensemble.years", value=value), where="--years", hint=say("ensemble.years.hint"))
    return read[1]


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _workers(jobs, threads, households, cells: int) -> tuple[int, int]:
    """(jobs, threads): for the whole zone one cell at a time on all cores, for samples a cell per core on one thread each."""
    if jobs is None:
        jobs = 1 if households is None else cores() if threads is None else max(1, cores() // threads)
    jobs = max(1, min(int(jobs), max(cells, 1)))
    return jobs, max(1, int(threads if threads is not None else cores() // jobs if households is None or jobs < cores() else 1))


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


def check_memory(plan: Plan) -> None:
    """Refuse what would not fit, before anything is computed."""
    free = available_memory()
    if free is not None and plan.bytes_needed > free:
        raise MachineError(
            say(
                "ensemble.memory", needed=f"{plan.bytes_needed / 1e9:.1f}", free=f"{free / 1e9:.1f}", jobs=min(plan.jobs, len(plan.missing))
            ),
            kind="memory",
            hint=say("ensemble.memory.hint"),
        )


# ---------------------------------------------------------------------------------------------------- computing
@cache
def _openings():
    """Gives this process its openings: seeds, and scenarios under the same assumptions, begin alike."""
    from sim.opening import Keeper

    return Keeper()


def compute_cell(plan: Plan, seed: int, simulate=None, on_year=None) -> None:
    """Simulate one seed and put its cell on disk."""
    clock, options = None, {}
    if simulate is None:
        from sim.simulation import simulate
        from sim.study.profile import Clock

        clock = Clock()
        options = {"watch": clock, "open_state": _openings().state}

    def year_over(year: int) -> None:
        if clock:
            clock.year_over(year)
        if on_year:
            on_year(year)

    snapshots = tuple(sorted({*plan.snapshot, *cells.snapshots_there(plan.folder, seed)}))  # what was asked for earlier is kept
    with cells.workspace(plan.folder, seed) as folder:
        result = simulate(
            plan.scenario,
            households=plan.households,
            seed=seed,
            population_seed=plan.population_seed,
            sample=plan.sample,
            threads=plan.threads,
            progress=year_over,
            snapshot_years=snapshots,
            **({"snapshot_folder": folder} if snapshots else {}),
            **options,
        )
        if clock:
            result = result._replace(log=[*result.log, *clock.lines])
            warm.mark()
        cells.write_cell(plan.folder, seed, plan.scenario.horizon.start, plan.keys[seed], result)


def _one_by_one(plan: Plan, watch, simulate) -> dict[int, BaseException]:
    failed: dict[int, BaseException] = {}
    for seed in plan.missing:
        watch.say("started", seed)
        try:
            compute_cell(plan, seed, simulate, lambda year, seed=seed: watch.say("year", seed, year))
        except MachineError:
            raise
        except Exception as problem:
            failed[seed] = problem
            _note(plan, seed, problem)
        watch.say("failed" if seed in failed else "done", seed)
    return failed


_worker: dict[str, Any] = {}


def _begin_worker(plan: Plan, simulate, events, cancelled, extensions=()) -> None:
    """Runs first in every worker: the interrupt key is the parent's affair, levers and behaviour rules registered there are known here."""
    import signal

    from sim.extensions import register

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for extension in extensions:
        register(extension)
    _worker.update(plan=plan, simulate=simulate, events=events, cancelled=cancelled)


def _work(seed: int) -> int:
    def on_year(year: int) -> None:
        if _worker["cancelled"].is_set():
            raise Cancelled
        _worker["events"].put(("year", seed, year))

    _worker["events"].put(("started", seed, 0))
    compute_cell(_worker["plan"], seed, _worker["simulate"], on_year)
    return seed


def _in_pool(plan: Plan, watch, simulate) -> dict[int, BaseException]:
    """All missing cells in spawned workers. Where a worker dies, what it took with it is tried once more alone, so that one bad cell stops no other."""
    if simulate is None:
        warm.up()
    failed, lost = _pool(plan, plan.missing, plan.jobs, watch, simulate)
    for seed in lost:
        again, dead = _pool(plan, (seed,), 1, watch, simulate)
        failed.update(again)
        if dead:
            failed[seed] = MachineError(say("ensemble.died", seed=seed), kind="memory", hint=say("ensemble.died.hint"))
            _note(plan, seed, failed[seed])
            watch.say("failed", seed)
    return failed


def _pool(plan: Plan, seeds, jobs: int, watch, simulate) -> tuple[dict[int, BaseException], list[int]]:
    """(failed, lost): seeds with their exception, and seeds whose worker was killed."""
    import multiprocessing

    from sim.extensions import registered

    context = multiprocessing.get_context("spawn")
    events, cancelled = context.Queue(), context.Event()
    failed: dict[int, BaseException] = {}
    lost: list[int] = []
    given = (plan, simulate, events, cancelled, registered())
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin_worker, initargs=given)
    try:
        running = {pool.submit(_work, seed): seed for seed in seeds}
        while running:
            finished, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
            watch.drain(events)
            for future in finished:
                _settle(plan, running.pop(future), future.exception(), failed, lost, watch)
    except BaseException:
        cancelled.set()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()
    return failed, lost


def _settle(plan: Plan, seed: int, problem, failed: dict, lost: list, watch) -> None:
    if isinstance(problem, BrokenProcessPool):
        lost.append(seed)
    elif isinstance(problem, MachineError):
        raise problem
    elif problem is not None:
        failed[seed] = problem
        _note(plan, seed, problem)
        watch.say("failed", seed)
    else:
        watch.say("done", seed)


def _note(plan: Plan, seed: int, problem: BaseException) -> None:
    """Keep the traceback of a failed cell in the run's log.jsonl."""
    import json
    import traceback

    line = {
        "event": "failed",
        "seed": seed,
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "traceback": "".join(traceback.format_exception(problem)),
    }
    with files.disk(plan.folder), (plan.folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")


class _Watch:
    """Counts finished years over all missing cells and estimates the time left from the pace so far."""

    def __init__(self, plan: Plan, tell):
        self.tell, self.started = tell, time.monotonic()
        self.years = plan.scenario.horizon.end - plan.scenario.horizon.start + 1
        self.total = self.years * len(plan.missing)
        self.done = dict.fromkeys(plan.missing, 0)
        self.first = plan.scenario.horizon.start

    def drain(self, events) -> None:
        while True:
            try:
                self.say(*events.get_nowait())
            except queue.Empty:
                return

    def say(self, kind: str, seed: int, year: int = 0) -> None:
        self.done[seed] = {"started": 0, "year": year - self.first + 1}.get(kind, self.years)
        if self.tell:
            share = sum(self.done.values()) / self.total
            spent = time.monotonic() - self.started
            self.tell(Progress(kind, seed, year, share, spent * (1 - share) / share if share else None))
