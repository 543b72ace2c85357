"""One run from a resolved scenario to its results: build, walk the years, record. The Mesa model (`sim/model.py`) drives the same object.

Not here: ensembles and caching (`sim/study/ensemble.py`), files (`sim/results.py`).
"""
import time

import numpy as np

from sim import recording, schedule, state
from sim.policies.rulebook import order
from sim.results import CellResult


class Simulation:
    """A run in motion: `step()` walks one year; `result()` after the last gives everything that is kept."""

    def __init__(self, scenario, *, households=None, seed=1, population_seed=1, sample=1, threads=2, shuffle=None, held=None, watch=None,
                 snapshot_years=()):
        self.scenario, self.seed, self.watch = scenario, seed, watch
        self.first, self.last = scenario.horizon.start, scenario.horizon.end
        self.rulebook = order(scenario)
        self.rate = scenario.delivery_rate
        self.started = time.perf_counter()
        self.state = state.build(
            households=households, seed=seed, population_seed=population_seed, sample=sample, first_year=self.first, last_year=self.last,
            rules_start=self.base_rules(), assumptions=dict(scenario.assumptions), threads=threads, shuffle=shuffle)
        self.state.held = held
        schedule.open_institutions(self.state)
        self.households = int((self.state.households.kind != 0).sum())   # at the start, the same for every scenario and seed
        self.recorder = recording.Recorder()
        self.snapshot_years = tuple(snapshot_years)
        self.snapshots, self.delivered = {}, []
        self.year = self.first - 1

    def base_rules(self):
        """Every rule at its base, (R, 9): what is delivered before the first year."""
        from sim.policies.rulebook import base_rules
        return base_rules()

    def step(self):
        """Walk the next year and record it."""
        self.year += 1
        schedule.walk(self.state, self.year, self.rulebook.ordered[self.year - self.first], self.rate, self.watch)
        self.delivered.append(self.state.delivered.copy())
        self.recorder.record(self.state)
        if self.year in self.snapshot_years:
            self.snapshots[self.year] = snapshot(self.state)

    @property
    def finished(self):
        return self.year >= self.last

    def result(self):
        """The CellResult of a finished run."""
        made, kept = self.state.people, self.recorder
        paths = {name: np.array(values) for name, values in kept.paths.items()}
        paths["span_uid"], paths["span_weight"] = made.spans.uid, made.spans.weight
        paths["span_stratum"] = made.spans.district * 2 + made.spans.urban
        checks = {"identities": {name: {"worst": worst, "ok": True} for name, worst in self.state.checks.items()}}
        return CellResult(
            indicators=kept.indicators, distribution=kept.distribution, flows=kept.flows, accounts=kept.accounts, checks=checks, paths=paths,
            snapshots=self.snapshots, ordered=self.rulebook.ordered, delivered=np.array(self.delivered), spans=len(made.spans.uid),
            households=self.households, weighted=not made.whole, toy=made.toy, seconds=time.perf_counter() - self.started,
            digest=recording.digest(self.state, kept), log=self.state.log)

    def close(self):
        self.state.runner.close()


def snapshot(st):
    """Every person with the household it belongs to, as a DataFrame."""
    import pandas as pd
    pp, hh = st.persons, st.households
    alive = pp.age >= 0
    h = pp.household[alive]
    columns = {f"person_{c.name}": np.asarray(a)[alive] for c, a in zip(pp.columns, pp) if c.name != "household"}
    columns |= {f"household_{c.name}": np.asarray(a)[h] for c, a in zip(hh.columns, hh)}
    columns["district"], columns["weight"] = st.spans.district[hh.span[h]], st.spans.weight[hh.span[h]]
    return pd.DataFrame(columns)


def simulate(scenario, *, households=None, seed=1, population_seed=1, sample=1, threads=2, progress=None, snapshot_years=(), **options):
    """Run a resolved scenario once. households None: the whole zone. progress(year) is called after each year. Returns a CellResult."""
    run = Simulation(scenario, households=households, seed=seed, population_seed=population_seed, sample=sample, threads=threads,
                     snapshot_years=snapshot_years, **options)
    try:
        while not run.finished:
            run.step()
            if progress:
                progress(run.year)
        return run.result()
    finally:
        run.close()
