"""Banks: who banks where is the same in kernel and books, books add up and differ by bank, capital binds by bank, a default is worked out over years."""
import numpy as np
import pytest

from sim import evidence
from sim.institutions import banks
from sim.kernels import credit
from sim.kernels.year import BANKS
from sim.rng import key, uniform_array
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import FREE


@pytest.fixture(scope="module")
def zone():
    moving = Simulation(load("baseline").ending(2025), households=5_000, threads=1)
    moving.step()
    yield moving
    moving.close()


def test_kernel_and_books_agree_who_banks_where(zone):
    state = zone.state
    u = uniform_array(state.households.uid, key(0, 0, "bank")).astype(np.float32)
    by_kernel = np.array([credit.bank_of(one, state.behaviour) for one in u[:4_000]])
    np.testing.assert_array_equal(by_kernel, banks.bank_of_households(state)[:4_000])
    held = state.households.kind != FREE
    share = np.bincount(banks.bank_of_households(state)[held], minlength=BANKS) / held.sum()
    np.testing.assert_allclose(share, evidence.banks().rural_loans, atol=0.02)


def test_books_add_up(zone):
    state = zone.state
    held = state.households.kind != FREE
    weight = state.spans.weight[state.households.span]
    np.testing.assert_allclose(state.banks.households.sum(), (state.households.debt * weight)[held].sum())
    np.testing.assert_allclose(state.banks.firms.sum(), state.firms.loan.sum())
    np.testing.assert_allclose(state.banks.loans + state.banks.claim, state.banks.deposits + state.banks.equity)
    by_class = banks.by_collateral(state)
    np.testing.assert_allclose(by_class.sum((1, 2)), state.banks.households)
    assert (by_class[0] > 0).any(1).sum() >= 2
    ratio, whole = banks.capital_ratio(state)
    assert (ratio > 0.08 - 1e-9).all() and 0.08 < whole < 0.2


def test_a_bank_short_of_capital_lends_less_and_only_it(zone):
    state = zone.state
    whole = banks.publish_next(state)["lending"]
    before = state.banks
    state.banks = before._replace(room=before.room - np.array([1e12, 0, 0, 0]))
    short = banks.publish_next(state)["lending"]
    state.banks = before
    assert short[0] == 0 and (short[1:] == whole[1:]).all() and (whole > 0).all()


def worked_out(debt, brings, deposits, years):
    """One debt by hand: recovered each year, and what is written off at the end."""
    recovered = []
    for _ in range(years):
        part = min(brings, debt, max(deposits, 0.0))
        recovered.append(part)
        debt -= part
        if debt < 1:
            return recovered, 0.0
    return recovered, debt


@pytest.mark.parametrize("deposits", [0.0, 500.0, 1e6])
def test_a_default_is_worked_out_over_years(zone, deposits):
    """Each year a part of income, as far as deposits go; after the declared years the rest is written off, and nothing is left."""
    state, b = zone.state, zone.state.behaviour
    hh = state.households
    h = int(np.flatnonzero((hh.kind != FREE) & (hh.debt == 0) & (hh.permanent_income > 20_000))[0])
    kept = [(column, column[h].copy()) for column in hh]
    try:
        s, years = int(hh.span[h]), int(b.workout_years)
        hh.debt[h], hh.arrears[h], hh.loan_class[h], hh.deposits[h] = 30_000.0, 1, 0, deposits
        brings = float(b.garnish) * float(hh.permanent_income[h])
        recovered, lost = worked_out(30_000.0, brings, deposits, years)
        seen = []
        for _ in recovered:
            hh.recovered[h] = hh.written_off[h] = 0
            credit.work_out(h, s, state.spans, hh, state.happened, state.published, b)
            seen.append(float(hh.recovered[h]))
        np.testing.assert_allclose(seen, recovered, rtol=1e-5)
        np.testing.assert_allclose(float(hh.written_off[h]), lost, rtol=1e-5)
        assert hh.debt[h] == 0 and hh.arrears[h] == 0
    finally:
        for column, value in kept:
            column[h] = value
