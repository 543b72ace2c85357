"""One run from a resolved scenario to its results: build, walk the years, record. The Mesa model (`sim/model.py`) drives the same object.

Not here: ensembles and caching (`sim/study/ensemble.py`), files (`sim/cells.py`).
"""
import time
from pathlib import Path

import numpy as np

from sim import extensions, moment, opening, recording, schedule, snapshots
from sim.balance_sheet import balance_rows
from sim.cells import CellResult
from sim.policies.rulebook import order


class Simulation:
    """A run in motion: `step()` walks one year; `result()` after the last gives everything that is kept."""

    def __init__(self, scenario, *, households=None, seed=1, population_seed=1, sample=1, threads=2, shuffle=None, held=None, free=None,
                 watch=None, snapshot_years=(), snapshot_folder=None, open_state=opening.build):
        """held, free: see `State`. open_state: makes or copies the opening; `sim.opening.Keeper` has one for many runs."""
        self.scenario, self.seed, self.watch = scenario, seed, watch
        self.first, self.last = scenario.horizon.start, scenario.horizon.end
        self.rulebook = order(scenario)
        self.rate = scenario.delivery_rate
        self.own_rules = extensions.awake(scenario, self.rulebook)
        for rule, _ in self.own_rules:
            rule.check_phase([phase.name for phase in schedule.PHASES[:-1]])
        self.started = time.perf_counter()
        self.state = open_state(
            households=households, seed=seed, population_seed=population_seed, sample=sample, first_year=self.first, last_year=self.last,
            assumptions=extensions.of_the_model(scenario.assumptions), threads=threads, shuffle=shuffle)
        self.state.held, self.state.free = held, free
        self.households = int((self.state.households.kind != 0).sum())   # at the start, the same for every scenario and seed
        self.recorder = recording.Recorder()
        self.snapshot_years, self.snapshot_folder = tuple(snapshot_years), snapshot_folder
        self.snapshots, self.delivered = {}, []
        self.year = self.first - 1
        self.balances = balance_rows(self.state, self.year)

    def step(self):
        """Walk the next year and record it."""
        self.year += 1
        schedule.walk(self.state, self.year, self.rulebook.ordered[self.year - self.first], self.rate, self._at_phase)
        self.delivered.append(self.state.delivered.copy())
        self.recorder.record(self.state)
        self.balances += balance_rows(self.state, self.year)
        if self.year in self.snapshot_years:
            self.snapshots[self.year] = Path(self.snapshot_folder) / f"snapshot-{self.year}.parquet"
            snapshots.write(self.snapshots[self.year], self.state, self.seed)

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
        """The CellResult of a finished run."""
        made, kept = self.state.people, self.recorder
        paths = {name: np.array(values) for name, values in kept.paths.items()}
        paths["span_uid"], paths["span_weight"] = made.spans.uid, made.spans.weight
        paths["span_rows"] = recording.row_digests(self.state)
        paths["span_stratum"] = made.spans.district * 2 + made.spans.urban
        checks = {"identities": {name: {"worst": worst, "ok": True} for name, worst in self.state.checks.items()}}
        return CellResult(
            indicators=kept.indicators, distribution=kept.distribution, flows=kept.flows, accounts=kept.accounts, checks=checks, paths=paths,
            snapshots=self.snapshots, ordered=self.rulebook.ordered, delivered=np.array(self.delivered), spans=len(made.spans.uid),
            households=self.households, weighted=not made.whole, toy=made.toy, seconds=time.perf_counter() - self.started,
            digest=recording.digest(self.state, kept), log=self.state.log, balances=self.balances)

    def close(self):
        self.state.runner.close()


def simulate(scenario, *, households=None, seed=1, population_seed=1, sample=1, threads=2, progress=None, snapshot_years=(), snapshot_folder=None, **options):
    """Run a resolved scenario once. households None: the whole zone. progress(year) is called after each year. Returns a CellResult.

    Every household and person of `snapshot_years` goes to snapshot-YEAR.parquet in `snapshot_folder` at once: nothing of it stays in memory.
    """
    run = Simulation(scenario, households=households, seed=seed, population_seed=population_seed, sample=sample, threads=threads,
                     snapshot_years=snapshot_years, snapshot_folder=snapshot_folder, **options)
    try:
        while not run.finished:
            run.step()
            if progress:
                progress(run.year)
        return run.result()
    finally:
        run.close()
