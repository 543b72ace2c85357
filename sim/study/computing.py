"""Cells computed here, seed by seed: in this process or in spawned ones, with what is told meanwhile.

A seed is computed for all plans of a call at once, so that they share years (`sim/study/branching.py`). A cell is on disk as soon as it is done.
Not here: which cells are missing and what becomes of those that failed (`sim/study/ensemble.py`).
"""

import contextlib
import queue
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from sim import cells, files, warm
from sim.errors import MachineError
from sim.study import branching
from sim.words import say


class Progress(NamedTuple):
    """What the caller's `progress` receives: `kind` is started, year, done or failed."""

    kind: str
    seed: int
    year: int
    done: float  # share of all missing years that are computed, 0-1
    seconds_left: float | None


class Cancelled(Exception):
    """Raised inside a worker at the end of a year once the caller has been interrupted."""


def compute_missing(plans, watch, jobs: int, simulate=None) -> dict[tuple[Path, int], Exception]:
    """Compute what these plans lack, `jobs` seeds at once: {(folder, seed): exception} of the cells that failed."""
    return _one_by_one(plans, watch, simulate) if jobs == 1 else _in_pool(plans, jobs, watch, simulate)


@cache
def openings():
    """Gives this process its openings: seeds, and scenarios under the same assumptions, begin alike."""
    from sim.opening import Keeper

    return Keeper()


def compute_cell(plan, seed: int, simulate=None, on_year=None) -> None:
    """Simulate one seed and put its cell on disk."""

    def tell(kind: str, folder: Path, content=None) -> None:
        if kind == "year" and on_year:
            on_year(content)
        if kind == "failed":
            raise content

    compute_cells([plan._replace(missing=(seed,))], seed, tell, simulate)


def compute_cells(plans, seed: int, tell: Callable, simulate=None) -> None:
    """Simulate one seed of every plan that lacks it and put the cells on disk, each as soon as it is done.

    tell(kind, folder of the plan, content): started; year, the year that is over; done; failed, with the exception.
    """
    mine = [plan for plan in plans if seed in plan.missing]
    options = {}
    for name in ("snapshot", "checkpoint"):  # what was asked for earlier is kept
        years = {year for plan in mine for year in (*getattr(plan, name), *cells.kept_years(plan.folder, seed, f"{name}s"))}
        options |= {f"{name}_years": tuple(sorted(years))} if years else {}
    with contextlib.ExitStack() as places:
        missing = []
        for plan in mine:
            folder = places.enter_context(cells.workspace(plan.folder, seed))
            missing.append(_cell(plan, seed, partial(tell, folder=plan.folder), folder, clocked=simulate is None))
            tell("started", plan.folder)
        if simulate is None:
            _walk(mine[0], missing, options)
            warm.mark()
        for cell in missing if simulate is not None else ():
            _simulate(mine[0], cell, simulate, {**options, "folder": cell.folder} if options else {})


def _cell(plan, seed: int, tell: Callable, folder: Path, clocked: bool) -> branching.Cell:
    """A cell of a plan, with what happens when a year is over and when it is done."""
    from sim.study.profile import Clock

    clock = Clock() if clocked else None

    def done(result) -> None:
        if clock:
            result = result._replace(log=[*result.log, *clock.lines])
        cells.write_cell(plan.folder, seed, plan.scenario.horizon.start, plan.keys[seed], result)
        tell("done")

    def failed(problem: Exception) -> None:
        if not isinstance(problem, Cancelled):
            _note(plan, seed, problem)
        tell("failed", content=problem)

    return branching.Cell(plan.scenario, plan.keys[seed], folder, clock, lambda year: tell("year", content=year), done, failed)


def _walk(plan, missing: list[branching.Cell], options: dict) -> None:
    """Compute cells of one seed with the model, those that begin alike together. plan: one of theirs, for what all have in common."""
    from sim.simulation import Simulation

    common = {"households": plan.households, "population_seed": plan.population_seed, "sample": plan.sample, "threads": plan.threads, **options}
    for family in branching.families(missing):
        cell = family[0]
        seed = cell.key["seed"]

        def start(cell=cell, seed=seed):
            if cell.clock:
                cell.clock.begin()
            standing = branching.standing_of(plan.origin, seed) if plan.origin else None
            return Simulation(cell.scenario, seed=seed, folder=cell.folder, watch=cell.clock, open_state=openings().state, standing=standing, **common)

        branching.walk(start, family)


def _simulate(plan, cell: branching.Cell, simulate, options: dict) -> None:
    """Compute one cell by a function that stands in for the model."""
    try:
        cell.done(
            simulate(
                cell.scenario,
                households=plan.households,
                seed=cell.key["seed"],
                population_seed=plan.population_seed,
                sample=plan.sample,
                threads=plan.threads,
                progress=cell.year_over,
                **options,
            )
        )
    except MachineError:
        raise
    except Exception as problem:
        cell.failed(problem)


def _seeds(plans) -> list[int]:
    return sorted({seed for plan in plans for seed in plan.missing})


def _one_by_one(plans, watch, simulate) -> dict[tuple[Path, int], Exception]:
    """{(folder, seed): exception} of the cells that failed."""
    failed: dict[tuple[Path, int], Exception] = {}
    for seed in _seeds(plans):

        def tell(kind: str, folder: Path, content=None, seed=seed) -> None:
            if kind == "failed":
                failed[folder, seed] = content
            watch.say(kind, folder, seed, content if kind == "year" else 0)

        compute_cells(plans, seed, tell, simulate)
    return failed


def belong_to_parent() -> None:
    """Leave the interrupt key to the process that started this one, and end where that ends, killed too: else a worker would wait for ever."""
    import multiprocessing
    import os
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


_worker: dict[str, Any] = {}


def _begin_worker(plans, simulate, events, cancelled, extensions=()) -> None:
    """Runs first in every worker: the interrupt key is the parent's affair, levers and behaviour rules registered there are known here."""
    from sim.extensions import register

    belong_to_parent()
    for extension in extensions:
        register(extension)
    _worker.update(plans=plans, simulate=simulate, events=events, cancelled=cancelled)


def _work(seed: int) -> dict[tuple[Path, int], Exception]:
    """One seed of every plan that lacks it: what failed."""
    failed = {}

    def tell(kind: str, folder: Path, content=None) -> None:
        if _worker["cancelled"].is_set():
            raise Cancelled
        if kind == "failed":
            failed[folder, seed] = content
        _worker["events"].put((kind, folder, seed, content if kind == "year" else 0))

    compute_cells(_worker["plans"], seed, tell, _worker["simulate"])
    return failed


def _in_pool(plans, jobs: int, watch, simulate) -> dict[tuple[Path, int], Exception]:
    """All missing cells in spawned workers, each takes a seed after the other; what failed.

    The cells that a worker takes with it when it dies are tried once more, each alone, so that one bad cell stops no other.
    """
    if simulate is None:
        warm.up()
    failed, lost = _pool(plans, _seeds(plans), jobs, watch, simulate)
    for plan, seed in [(plan, seed) for seed in lost for plan in plans if seed in plan.missing]:
        again, dead = _pool([plan], [seed], 1, watch, simulate)
        failed.update(again)
        if dead:
            failed[plan.folder, seed] = MachineError(say("ensemble.died", seed=seed), kind="memory", hint=say("ensemble.died.hint"))
            _note(plan, seed, failed[plan.folder, seed])
            watch.say("failed", plan.folder, seed)
    return failed


def _pool(plans, seeds, jobs: int, watch, simulate) -> tuple[dict[tuple[Path, int], Exception], list[int]]:
    """(failed, lost): cells with their exception, and seeds whose worker was killed."""
    import multiprocessing

    from sim.extensions import registered

    context = multiprocessing.get_context("spawn")
    events, cancelled = context.Queue(), context.Event()
    failed: dict[tuple[Path, int], Exception] = {}
    lost: list[int] = []
    given = (plans, simulate, events, cancelled, registered())
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin_worker, initargs=given)
    try:
        running = {pool.submit(_work, seed): seed for seed in seeds}
        while running:
            finished, _ = wait(running, timeout=0.2, return_when=FIRST_COMPLETED)
            watch.drain(events)
            for future in finished:
                _settle(plans, running.pop(future), future, failed, lost, watch)
    except BaseException:
        cancelled.set()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()
    watch.drain(events)
    return failed, lost


def _settle(plans, seed: int, future, failed: dict, lost: list, watch) -> None:
    """Take what a seed came to; what its worker has told of its cells is not told again."""
    problem = future.exception()
    if isinstance(problem, BrokenProcessPool):
        lost.append(seed)
    elif isinstance(problem, MachineError):
        raise problem
    elif problem is not None:
        for plan in (plan for plan in plans if seed in plan.missing):
            failed[plan.folder, seed] = problem
            _note(plan, seed, problem)
            watch.say("failed", plan.folder, seed)
    else:
        failed.update(future.result())


def _note(plan, seed: int, problem: BaseException) -> None:
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


class Watch:
    """Counts finished years over all missing cells and estimates the time left from the pace so far."""

    def __init__(self, plans, tell):
        self.tell, self.started = tell, time.monotonic()
        self.first = {plan.folder: plan.scenario.horizon.start for plan in plans}
        self.years = {plan.folder: plan.scenario.horizon.end - plan.scenario.horizon.start + 1 for plan in plans}
        self.done = {(plan.folder, seed): 0 for plan in plans for seed in plan.missing}
        self.total = sum(self.years[folder] for folder, _ in self.done)

    def drain(self, events) -> None:
        while True:
            try:
                self.say(*events.get_nowait())
            except queue.Empty:
                return

    def say(self, kind: str, folder: Path, seed: int, year: int = 0) -> None:
        self.done[folder, seed] = {"started": 0, "year": year - self.first[folder] + 1}.get(kind, self.years[folder])
        if self.tell:
            share = sum(self.done.values()) / self.total
            spent = time.monotonic() - self.started
            self.tell(Progress(kind, seed, year, share, spent * (1 - share) / share if share else None))
