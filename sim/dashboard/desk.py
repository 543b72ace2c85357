"""Live runs on a sample: who waits for which plan, its cells computed on processes that stay warm, and what nobody waits for any more stopped.

Every browser page asks for one plan at a time. The reference and the plan are ordinary run folders in a temporary place, with the keys, digests and
numbers that the command line gives. Not here: the whole zone (`whole.py`), what is drawn (`parts.py`), the simulation (`sim/study/ensemble.py`).
"""

import copy
import hashlib
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple

from sim import files, results, warm
from sim.dashboard import address as addresses
from sim.dashboard.address import Address
from sim.errors import RongheError
from sim.report.view import View
from sim.results import Run
from sim.study import ensemble, provenance
from sim.study.computing import Cancelled, belong_to_parent, compute_cell
from sim.study.machine import cores
from sim.words import say

SLOTS = 256  # cells that may be under way at once, far more than there are cores
MOST_PLANS = 60  # live runs that are kept; beyond it the oldest that nobody looks at goes
MOST_VIEWS = 24  # comparisons that are kept in memory
GONE_SECONDS = 60.0  # a page that has not asked for so long has been closed


class Standing(NamedTuple):
    """How far a plan is: `seeds` are those of which both the reference and the plan stand."""

    phase: str  # compiling, computing, ready, failed
    seeds: tuple[int, ...] = ()
    share: float = 0.0  # of its years that are computed, 0-1
    problem: RongheError | None = None


class Desk:
    """The live runs of one server. households: rows of the sample; seeds: of every run; workers: processes, one per core where None."""

    def __init__(self, households: int, seeds: tuple[int, ...], workers: int | None = None, simulate=None):
        self.households, self.seeds, self.simulate = households, tuple(seeds), simulate
        self.workers = workers or min(cores(), 2 * len(seeds))
        self.folder = Path(tempfile.mkdtemp(prefix="ronghe-live-"))
        self.lock = threading.RLock()
        self.news = threading.Condition(self.lock)  # a cell has come to its end, or a page asks for another plan
        self.phase = "compiling"
        self.plans: OrderedDict[Address, ensemble.Plan] = OrderedDict()
        self.wanted: dict[str, tuple[Address, float]] = {}
        self.running: dict[tuple[Path, int], int] = {}  # cell -> ticket
        self.done: set[tuple[Path, int]] = set()
        self.failed: dict[tuple[Path, int], RongheError] = {}
        self.views: OrderedDict[tuple, View] = OrderedDict()
        self.references: dict[tuple[int, ...], Run] = {}
        self.ticket, self.pool, self.closed = 0, None, False
        self.reference = ensemble.prepare(addresses.REFERENCE, **self._call)
        threading.Thread(target=self._begin, daemon=True, name="desk").start()

    @property
    def _call(self) -> dict:
        return {"households": self.households, "seeds": self.seeds, "jobs": 1, "threads": 1, "out": self.folder}

    def _begin(self) -> None:
        """Machine code first, in one process, so that the workers do not each make it."""
        if self.simulate is None:
            warm.up()
        with self.lock:
            if not self.closed:
                self.phase = "computing"
                self._open_pool()
                self._dispatch()

    def _open_pool(self) -> None:
        import multiprocessing

        from sim.extensions import registered

        context = multiprocessing.get_context("spawn")
        self.stopped, self.years = context.Array("q", SLOTS), context.Array("i", SLOTS)
        given = (self.stopped, self.years, registered())
        self.pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_begin_worker, initargs=given)

    def close(self) -> None:
        """Stop what is under way and remove the live runs."""
        with self.lock:
            self.closed, self.wanted, pool = True, {}, self.pool
            for cell in self.running:
                self._stop(cell)
        if pool:
            pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------------------------------------------ asking
    def scenario_file(self, address: Address) -> Path:
        """The plan of a view written as a scenario file, in the temporary place."""
        text = addresses.scenario_text(address, self.households, self.seeds)
        path = self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.yaml"
        if not path.exists():
            files.write_text(path, text)
        return path

    def plan(self, address: Address) -> ensemble.Plan:
        """The plan of computing for a view. Raises ScenarioError."""
        key = address.plan
        with self.lock:
            if key not in self.plans:
                self.plans[key] = ensemble.prepare(self.scenario_file(key), **self._call)
                self._forget()
            self.plans.move_to_end(key)
            return self.plans[key]

    def ask(self, client: str, address: Address, patience: float = 0.0) -> Standing:
        """From now on this page waits for this plan and for no other. Raises ScenarioError.

        patience: seconds for which the answer is held back until a further cell has come to its end.
        """
        plan = self.plan(address)
        with self.lock:
            now = time.monotonic()
            before = self.wanted.get(client)
            if before is None or before[0] != address.plan:  # asked anew: what failed is tried again
                for cell in [cell for cell in self.failed if cell[0] in (plan.folder, self.reference.folder)]:
                    del self.failed[cell]
            self.wanted[client] = (address.plan, now)
            self.wanted = {id: one for id, one in self.wanted.items() if now - one[1] < GONE_SECONDS}
            if before is None or before[0] != address.plan:
                self.news.notify_all()  # who held an answer back for the plan before
            self._stop_outdated()
            self._dispatch()
            known = set(self.done)
            if patience and self._standing(plan).phase in ("compiling", "computing"):
                self.news.wait_for(lambda: self.done != known or self.failed or self.wanted.get(client, (None,))[0] != address.plan, patience)
            return self._standing(plan)

    def wait(self, address: Address, seconds: float = 900.0) -> Standing:
        """Block until a plan is ready or has failed; for files that are asked for by their address alone."""
        client, end = f"file-{threading.get_ident()}", time.monotonic() + seconds
        try:
            while (standing := self.ask(client, address)).phase in ("compiling", "computing") and time.monotonic() < end:
                time.sleep(0.1)
            return standing
        finally:
            with self.lock:
                self.wanted.pop(client, None)

    def _standing(self, plan: ensemble.Plan) -> Standing:
        cells = [(folder, seed) for folder in (self.reference.folder, plan.folder) for seed in self.seeds]
        both = tuple(s for s in self.seeds if (self.reference.folder, s) in self.done and (plan.folder, s) in self.done)
        problems = [self.failed[cell] for cell in cells if cell in self.failed]
        length = plan.scenario.horizon.end - plan.scenario.horizon.start + 1
        years = sum(length if c in self.done else self.years[self.running[c] % SLOTS] if c in self.running else 0 for c in cells)
        phase = "failed" if problems else "ready" if len(both) == len(self.seeds) else self.phase
        return Standing(phase, both, years / (length * len(cells)), problems[0] if problems else None)

    # ------------------------------------------------------------------------------------------------ computing
    def _folders_wanted(self) -> list[ensemble.Plan]:
        newest_first = sorted(self.wanted.values(), key=lambda one: -one[1])
        return list({self.plans[key].folder: self.plans[key] for key, _ in newest_first if key in self.plans}.values())

    def _dispatch(self) -> None:
        """Give every free worker the most urgent cell: the newest plan asked for, the reference of the same seed before it."""
        if self.pool is None or self.closed:
            return
        wanted = self._folders_wanted()
        cells = [(plan, seed) for one in wanted for seed in self.seeds for plan in (self.reference, one)]
        cells += [(self.reference, seed) for seed in self.seeds]
        for plan, seed in cells:
            if len(self.running) >= self.workers:
                return
            cell = (plan.folder, seed)
            if cell in self.done or cell in self.running or cell in self.failed:
                continue
            self.ticket += 1
            self.running[cell], self.years[self.ticket % SLOTS] = self.ticket, 0
            try:
                future = self.pool.submit(_compute, plan, seed, self.ticket, self.simulate)
            except BrokenProcessPool:
                self.running.pop(cell)
                self._open_pool()
                return self._dispatch()
            future.add_done_callback(lambda future, plan=plan, seed=seed: self._hand_over(plan, seed, future))

    def _stop_outdated(self) -> None:
        keep = {self.reference.folder, *(plan.folder for plan in self._folders_wanted())}
        for cell in self.running:
            if cell[0] not in keep:
                self._stop(cell)

    def _stop(self, cell) -> None:
        ticket = self.running[cell]
        self.stopped[ticket % SLOTS] = ticket

    def _hand_over(self, plan: ensemble.Plan, seed: int, future) -> None:
        """Settle in a thread of its own: the pool may hold its own lock while it calls back, and settling submits to the pool."""
        threading.Thread(target=self._settle, args=(plan, seed, future), daemon=True).start()

    def _settle(self, plan: ensemble.Plan, seed: int, future) -> None:
        problem = None if future.cancelled() else future.exception()
        with self.lock:
            self.running.pop((plan.folder, seed), None)
            if self.closed or future.cancelled():
                return
            if isinstance(problem, BrokenProcessPool):
                self.failed[plan.folder, seed] = RongheError(say("ensemble.died", seed=seed), hint=say("ensemble.died.hint"))
            elif isinstance(problem, RongheError):
                self.failed[plan.folder, seed] = problem
            elif problem is not None and not isinstance(problem, Cancelled):
                self.failed[plan.folder, seed] = RongheError(f"{type(problem).__name__}: {problem}")
            elif problem is None:
                self.done.add((plan.folder, seed))
            self._dispatch()
            self.news.notify_all()

    def _forget(self) -> None:
        """Remove the oldest live runs that nobody looks at."""
        busy = {key for key, _ in self.wanted.values()}
        for key in [key for key in self.plans if key not in busy][: max(0, len(self.plans) - MOST_PLANS)]:
            folder = self.plans.pop(key).folder
            if folder == self.reference.folder or any(plan.folder == folder for plan in self.plans.values()):
                continue
            self.done = {cell for cell in self.done if cell[0] != folder}
            shutil.rmtree(folder, ignore_errors=True)

    # ------------------------------------------------------------------------------------------------ seeing
    def view(self, address: Address, seeds: tuple[int, ...]) -> View:
        """The reference and the plan over these seeds, in the view's language and years."""
        plan = self.plan(address)
        read = self._compared((plan.folder, seeds), lambda: self._opened(plan, seeds))
        return View([dressed(read.reference, address), dressed(read.focus, address, address.title)], address.language).share(read)

    def _opened(self, plan: ensemble.Plan, seeds) -> View:
        reference = self.references.setdefault(seeds, results.open_run(self.reference.folder, seeds))  # its tables are read once
        return View([reference, results.open_run(plan.folder, seeds)], addresses.Address().language)

    def _compared(self, key, make) -> View:
        with self.lock:
            found = self.views.get(key)
        if found is None:
            found = make()
        with self.lock:
            self.views[key] = found
            self.views.move_to_end(key)
            while len(self.views) > MOST_VIEWS:
                self.views.popitem(last=False)
        return found


def dressed(run: Run, address: Address, title: dict[str, str] | None = None) -> Run:
    """The same run under the years, and where given the title, of a view; its tables are shared."""
    same = copy.copy(run)
    years = [year for year in address.years if year <= run.years[1]] or [run.years[1]]
    same.manifest = {**run.manifest, "report_years": years, **({"title": title} if title else {})}
    return same


# ---------------------------------------------------------------------------------------------------- in a worker
_worker: dict = {}


def _begin_worker(stopped, years, extensions) -> None:
    """The interrupt key is the server's affair; where the server dies the worker goes too."""
    from sim.extensions import register

    belong_to_parent()
    for extension in extensions:
        register(extension)
    _worker.update(stopped=stopped, years=years)


def _compute(plan: ensemble.Plan, seed: int, ticket: int, simulate) -> None:
    """One cell, given up at the end of a year once nobody waits for it."""
    slot = ticket % SLOTS

    def on_year(year: int) -> None:
        if _worker["stopped"][slot] == ticket:
            raise Cancelled
        _worker["years"][slot] = year - plan.scenario.horizon.start + 1

    if _worker["stopped"][slot] == ticket:
        raise Cancelled
    compute_cell(plan, seed, simulate, on_year)
    provenance.write_manifest(plan)
