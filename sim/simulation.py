"""One run from a resolved scenario to its results: build, walk the years, record. The Mesa model (`sim/model.py`) drives the same object.

Not here: ensembles and caching (`sim/study/ensemble.py`), which scenarios share years (`sim/study/branching.py`), files (`sim/cells.py`).
"""
import copy
import shutil
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim import checkpoints, extensions, moment, opening, recording, schedule, snapshots
from sim.balance_sheet import balance_rows
from sim.cells import CellResult
from sim.files import disk
from sim.policies.rulebook import order
from sim.runner import Runner
from sim.state import State, drivers


class Standing(NamedTuple):
    """A run at the end of a year: all that its next years depend on, and all that is kept of the years so far."""
    year: int
    households: int                 # at the start, the same for every scenario and seed
    state: State
    recorder: recording.Recorder
    delivered: list                 # of every year, (R, 9)
    balances: list


class Simulation:
    """A run in motion: `step()` walks one year; `result()` after the last gives everything that is kept."""

    def __init__(self, scenario, *, households=None, seed=1, population_seed=1, sample=1, threads=2, shuffle=None, held=None, free=None,
                 watch=None, snapshot_years=(), checkpoint_years=(), folder=None, open_state=opening.build, standing=None):
        """held, free: see `State`; folder: where snapshots and checkpoints go; open_state: makes or copies the opening (`sim.opening.Keeper` has one
        for many runs); standing: where another run has come to with the same orders, instead of an opening.
        """
        began = time.perf_counter()
        self.seed, self.watch = seed, watch
        self._follow(scenario)
        for rule, _ in self.own_rules:
            rule.check_phase([phase.name for phase in schedule.PHASES[:-1]])
        if standing is None:
            state = open_state(
                households=households, seed=seed, population_seed=population_seed, sample=sample, first_year=self.first, last_year=self.last,
                assumptions=extensions.of_the_model(scenario.assumptions), threads=threads, shuffle=shuffle)
            year, rows = self.first - 1, int((state.households.kind != 0).sum())
            standing = Standing(year, rows, state, recording.Recorder(), [], balance_rows(state, year))
        else:
            standing.state.runner = Runner(standing.state.spans, threads, shuffle)
            standing.state.drivers = drivers(self.first, self.last)
        self.year, self.households, self.state, self.recorder, self.delivered, self.balances = standing
        self.state.held, self.state.free = held, free
        self.snapshot_years, self.checkpoint_years, self.folder = tuple(snapshot_years), tuple(checkpoint_years), folder
        self.snapshots, self.checkpoints = {}, {}
        self.seconds = time.perf_counter() - began

    def _follow(self, scenario):
        """Take the orders of a scenario."""
        self.scenario, self.rulebook, self.rate = scenario, order(scenario), scenario.delivery_rate
        self.first, self.last = scenario.horizon.start, scenario.horizon.end
        self.own_rules = extensions.awake(scenario, self.rulebook)

    @property
    def standing(self):
        """Where the run stands. It moves with the run: copy or write what is to stay."""
        return Standing(self.year, self.households, self.state, self.recorder, self.delivered, self.balances)

    def fork(self, scenario, *, watch=None, folder=None):
        """The run of another scenario that has lived the same years. It shares this one's threads, so that one of the two walks at a time.

        The caller answers for it that both agree up to now (`sim/study/branching.py`). Files written so far are copied to `folder`.
        """
        began, runner = time.perf_counter(), self.state.runner
        other = copy.copy(self)
        self.state.runner = None
        try:
            other.year, other.households, other.state, other.recorder, other.delivered, other.balances = copy.deepcopy(self.standing)
        finally:
            self.state.runner = runner
        other.state.runner = runner
        other._follow(scenario)
        other.watch, other.folder = watch, folder
        for name in ("snapshots", "checkpoints"):
            setattr(other, name, {year: Path(shutil.copy2(file, folder)) for year, file in getattr(self, name).items()})
        other.seconds = time.perf_counter() - began
        return other

    def step(self):
        """Walk the next year and record it."""
        began = time.perf_counter()
        self.year += 1
        schedule.walk(self.state, self.year, self.rulebook.ordered[self.year - self.first], self.rate, self._at_phase)
        self.delivered.append(self.state.delivered.copy())
        self.recorder.record(self.state)
        self.balances += balance_rows(self.state, self.year)
        with disk(self.folder):
            if self.year in self.snapshot_years:
                self.snapshots[self.year] = Path(self.folder) / f"snapshot-{self.year}.parquet"
                snapshots.write(self.snapshots[self.year], self.state, self.seed)
            if self.year in self.checkpoint_years:
                self.checkpoints[self.year] = Path(self.folder) / checkpoints.name(self.year)
                checkpoints.write(self.checkpoints[self.year], self.standing)
        self.seconds += time.perf_counter() - began

    def _at_phase(self, phase, state, before):
        """At both ends of a phase: tell the watch, then let the behaviour rules from outside act that come after it."""
        watch = self.watch or (lambda *_: None)
        watch(phase, state, before)
        own = [(rule, values) for rule, values in self.own_rules if rule.after == phase]
        if before and own and phase == moment.CHOOSING:
            self._residence_before = state.persons.residence.copy()
        for rule, values in () if before else own:
            watch(rule.id, state, True)
            moment.act(state, rule, values, self._residence_before if phase == moment.CHOOSING else None)
            watch(rule.id, state, False)

    @property
    def finished(self):
        return self.year >= self.last

    def result(self):
        """The CellResult of a finished run. Its seconds are its own: years lived with another run are that one's."""
        began = time.perf_counter()
        made, kept = self.state.people, self.recorder
        paths = {name: np.array(values) for name, values in kept.paths.items()}
        paths["span_uid"], paths["span_weight"] = made.spans.uid, made.spans.weight
        paths["span_rows"] = recording.row_digests(self.state)
        paths["span_stratum"] = made.spans.district * 2 + made.spans.urban
        checks = {"identities": {name: {"worst": worst, "ok": True} for name, worst in self.state.checks.items()}}
        return CellResult(
            indicators=kept.indicators, distribution=kept.distribution, flows=kept.flows, accounts=kept.accounts, checks=checks, paths=paths,
            snapshots=self.snapshots, checkpoints=self.checkpoints, ordered=self.rulebook.ordered, delivered=np.array(self.delivered),
            spans=len(made.spans.uid), households=self.households, weighted=not made.whole, toy=made.toy, digest=recording.digest(self.state, kept),
            seconds=self.seconds + time.perf_counter() - began, log=self.state.log, balances=self.balances, loans=kept.loans)

    def close(self):
        self.state.runner.close()


def simulate(scenario, *, progress=None, **options):
    """Run a resolved scenario once, with the options of `Simulation`. progress(year) is called after each year. Returns a CellResult.

    Every household and person of `snapshot_years` goes to snapshot-YEAR.parquet in `folder` at once: nothing of it stays in memory.
    """
    run = Simulation(scenario, **options)
    try:
        while not run.finished:
            run.step()
            if progress:
                progress(run.year)
        return run.result()
    finally:
        run.close()
