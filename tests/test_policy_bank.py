"""Policy credit: shares of the line, what it costs and who bears it; without a discount nothing but the lender changes; it adds where banks are short."""
import numpy as np
import pytest
from hypothesis import given, strategies as st

from sim.accounts import BANK, UPPER
from sim.institutions import policy_bank
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.schedule import walk
from sim.simulation import Simulation

NINE = 9


def lived(years=4, short=False, **rules):
    """A toy zone after these years under these rules in every district; `short`: no bank has room for firms."""
    run = Simulation(load("baseline").ending(2026), households=2_000, threads=1)

    def watch(phase, state, before):
        if short and phase == "allot credit" and not before:
            state.base["firm_room"] = np.zeros(4)
    for _ in range(years):
        order = run.rulebook.at(2019).copy()
        for name, value in rules.items():
            order[RULE_INDEX[name]] = value
        walk(run.state, run.state.year + 1 if run.state.year else 2019, order, run.rate, watch)
    run.close()
    return run.state


sites = st.lists(st.tuples(st.one_of(st.just(0.0), st.floats(1.0, 1e6), st.floats(-1e6, -1.0)), st.integers(0, NINE - 1)), min_size=1, max_size=40)


@given(sites, st.floats(0, 5e6))
def test_the_line_is_shared_by_what_is_borrowed(borrowed, line):
    """Naive: district by district, pro rata to new loans, never above the line nor above a loan."""
    amounts, d = (np.array(column) for column in zip(*borrowed))
    found = policy_bank.part(np.full(NINE, line), amounts, d)
    for k in range(NINE):
        new = np.maximum(amounts[d == k], 0.0)
        if new.sum() > 0:
            np.testing.assert_allclose(found[d == k], new * min(1.0, line / new.sum()))
    assert (found <= np.maximum(amounts, 0) * (1 + 1e-12)).all() and (np.bincount(d, found, NINE) <= line * (1 + 1e-9) + 1e-9).all()


def test_without_a_discount_firms_do_the_same_and_only_the_lender_changes():
    """The limit: complete crowding out."""
    usual, line = lived(), lived(policy_credit=2e8)
    np.testing.assert_array_equal(usual.firms.loan, line.firms.loan)
    np.testing.assert_array_equal(usual.firms.capital, line.firms.capital)
    owed = line.base["policy_loans"].sum()
    assert owed > 0 and usual.base["policy_loans"].sum() == 0
    assert line.banks.firms[policy_bank.POLICY] - usual.banks.firms[policy_bank.POLICY] > 0.8 * owed
    np.testing.assert_allclose(line.banks.firms.sum(), usual.banks.firms.sum())
    assert (line.base["policy_loans"] <= line.firms.loan + 1e-6).all()


def test_a_discount_moves_capital_and_costs_the_policy_bank():
    plain, cheap = lived(policy_credit=5e8), lived(policy_credit=5e8, policy_discount=0.03)
    assert cheap.firms.capital.sum() > plain.firms.capital.sum()
    assert cheap.base["policy_interest"] / cheap.base["policy_loans"].sum() < plain.base["policy_interest"] / plain.base["policy_loans"].sum()


def test_the_line_adds_where_banks_have_no_room():
    """Firms that no bank can lend to borrow from the line: more loans in all than without it."""
    none, line = lived(3, short=True), lived(3, short=True, policy_credit=5e8)
    assert line.firms.loan.sum() > none.firms.loan.sum() and line.base["policy_loans"].sum() > 0
    assert line.firms.loan.sum() - none.firms.loan.sum() <= 3 * NINE * 5e8            # three years of the line


def test_loans_fall_due_and_the_head_office_puts_in_capital():
    """A line of one year: owed (1 - 1/term) of it a year later; capital for its growth only."""
    run = Simulation(load("baseline").ending(2026), households=2_000, threads=1)
    for _ in range(2):
        run.step()
    state = run.state
    order = run.rulebook.at(2019).copy()
    order[RULE_INDEX["policy_credit"]] = 2e8
    walk(state, 2021, order, run.rate)
    b, owed, before = state.behaviour, state.base["policy_loans"].copy(), state.books.total("recapitalisation", UPPER, BANK).sum()
    np.testing.assert_allclose(before, float(b.opening_capital_ratio) * owed.sum(), rtol=1e-9)
    walk(state, 2022, run.rulebook.at(2019), run.rate)
    assert state.base["policy_loans"].sum() <= (1 - 1 / float(b.policy_years)) * owed.sum() * (1 + 1e-9)
    assert state.base["policy_loans"].sum() > 0.7 * owed.sum() and state.books.total("recapitalisation", UPPER, BANK).sum() == pytest.approx(0, abs=1e-6)
    run.close()
