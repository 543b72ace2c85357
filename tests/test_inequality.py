"""Deciles, Gini, Theil and means by type, which the compiled core takes from one sort, against the formulas of `sim/indicators.py` in plain numpy."""
import numpy as np
import pytest

from sim.indicators import decile_means, gini, theil, theil_between
from sim.kernels import inequality
from sim.places import OUTSIDE, VILLAGE
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import FREE, URBAN


@pytest.fixture(scope="module")
def state():
    run = Simulation(load("baseline").ending(2020), households=3000, threads=1)
    run.step()
    yield run.state
    run.close()


def test_one_sort_gives_what_the_formulas_give(state):
    spans, hh = state.spans, state.households
    hh.disposable_income[np.flatnonzero(hh.members > 0)[::97]] = -500.0      # a loss is in the deciles, and counts 100 yuan in the indices
    measures, types = inequality.measure(state.runner, spans, hh)()
    rows = np.flatnonzero((hh.kind != FREE) & (hh.residence != OUTSIDE) & (hh.members > 0))
    head = (hh.disposable_income[rows] / hh.members[rows]).astype(float)
    weight = hh.members[rows].astype(float) * spans.weight[hh.span[rows]]
    village, floored = hh.residence[rows] == VILLAGE, np.maximum(head, 100.0)
    for k, group in ((inequality.VILLAGES, village), (inequality.TOWNS, ~village), (inequality.ZONE, village | True)):
        found = measures[k]
        assert found[inequality.WEIGHT] == pytest.approx(weight[group].sum(), rel=1e-12)
        assert found[inequality.GINI] == pytest.approx(gini(floored[group], weight[group]), abs=1e-10)
        assert found[inequality.THEIL] == pytest.approx(theil(floored[group], weight[group]), abs=2e-6)      # logarithms in single precision
        assert found[inequality.FIRST_DECILE:] == pytest.approx(decile_means(head[group], weight[group]), rel=1e-9)
    assert inequality.between(measures) == pytest.approx(theil_between(floored, weight, village.astype(int)), abs=1e-10)
    town = hh.kind[rows] >= URBAN
    assert types[inequality.TOWN] == pytest.approx([weight[town].sum(), (weight * head)[town].sum()], rel=1e-9)
    assert types.sum(0) == pytest.approx([weight.sum(), (weight * head).sum()], rel=1e-9)


def test_the_order_of_equal_incomes_is_that_of_the_rows(state):
    """The same numbers whatever sort the machine has: keys are all different."""
    spans, hh = state.spans, state.households
    hh.disposable_income[:] = hh.members * np.float32(20_000)
    rows, count = len(hh.uid), len(spans.uid)
    keys, counts = np.empty(rows, np.uint64), np.empty(count, np.int64)
    state.runner.run(inequality.gather_incomes, spans, hh, keys, np.empty(rows), counts, np.zeros((count, 2, inequality.MEASURES)), np.zeros((count, 5, 2)))
    counted = keys[keys != inequality.NO_INCOME]
    assert len(counted) == counts.sum() > 1000 and (np.diff(counted.astype(np.int64)) > 0).all()
    measures, _ = inequality.measure(state.runner, spans, hh)()
    assert measures[:, inequality.FIRST_DECILE:] == pytest.approx(20_000, rel=1e-6) and measures[:, inequality.GINI] == pytest.approx(0, abs=1e-6)
