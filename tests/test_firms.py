"""Firms: at rest they stay, shares and sums agree with the cell, finance follows its order and agrees with a loop in plain Python, entry answers
to returns, and what entry and exit move closes firm by firm."""
import numpy as np
import pytest

from sim import behaviour
from sim.institutions import firms

YEAR = 2019
B = behaviour.load({"firm_shock": 0.0}, calibration=False)
VALUE = 2e11 * np.linspace(0.5, 1.5, 9)[:, None] / 9 * firms.cell_share()


@pytest.fixture(scope="module")
def made():
    return firms.found(VALUE, B, 1, YEAR)


def own_value(made):
    """Value added of each firm where cells stand at their levels of 2019."""
    z = firms.weights(made, B)
    return VALUE.ravel()[made.cell] * z / firms.by_cell(made, z).ravel()[made.cell]


def test_firms_start_at_rest(made):
    """Capital is what value added wants; so nobody invests beyond wear, and the cells' sums are the levels given."""
    value = own_value(made)
    np.testing.assert_allclose(firms.by_cell(made, value), VALUE, rtol=1e-9)
    np.testing.assert_allclose(made.capital, firms.capital_output(B) * value, rtol=1e-6)
    new, result = firms.finance(made, value, 0.35 * value, 1.0, B)
    np.testing.assert_allclose(result.investment, float(B.depreciation) * made.capital, rtol=1e-6)
    np.testing.assert_allclose(new.capital, made.capital, rtol=1e-6)
    assert not result.distress.any() and made.present.sum() > 7_000 and (~made.present).sum() > 1_000


def test_sizes_are_unequal_and_keyed(made):
    again, other = firms.found(VALUE, B, 1, YEAR), firms.found(VALUE, B, 2, YEAR)
    for one, two in zip(made, again):
        np.testing.assert_array_equal(one, two)
    assert (other.capital != made.capital).any()
    size = np.log(made.capital[made.present] / made.capital[made.present].mean())
    assert 1.0 < size.std() < 2.0
    assert len(np.unique(made.uid)) == len(made.uid) and (made.uid >> 30 == 3).all()


def finance_by_hand(k, loan, deposits, value, profit, aim_loan, lending):
    """The rule for one firm, step by step. Returns capital, loan, deposits, dividend, investment."""
    wear = float(B.depreciation) * k
    dividend = float(B.firm_payout) * max(profit - wear, 0)
    investment = max(wear + float(B.capital_speed) * (firms.capital_output(B) * value - k), 0)
    aim = float(B.firm_liquidity) * value
    cash = deposits + profit - dividend - investment
    more = aim_loan - loan
    if cash < aim:
        room = max(float(B.firm_loan_limit) * k - loan, 0) * lending
        borrowed = min(max(aim - cash, min(max(more, 0) * lending, room)), room)
    else:
        borrowed = more * lending if more > 0 else max(more, -(cash - aim))
    cash += borrowed
    if cash < 0:
        cut = min(-cash, investment)
        investment, cash = investment - cut, cash + cut
    if cash < 0:
        held = min(-cash, dividend)
        dividend, cash = dividend - held, cash + held
    arrears = max(-cash, 0)
    surplus = max(cash - aim, 0)
    return k - wear + investment, loan + borrowed + arrears, cash + arrears - surplus, dividend + surplus, investment


@pytest.mark.parametrize("lending", [0.0, 0.4, 1.0])
def test_finance_agrees_with_a_loop(made, lending):
    draw = np.random.default_rng(7)
    value = own_value(made) * draw.lognormal(0, 0.4, len(made.uid))
    profit = value * draw.normal(0.2, 0.4, len(value))
    new, result = firms.finance(made, value, profit, lending, B)
    aims = firms.leverage(made.uid, B) * made.capital
    for i in draw.choice(np.flatnonzero(made.present), 400, replace=False):
        hand = finance_by_hand(made.capital[i], made.loan[i], made.deposits[i], value[i], profit[i], aims[i], lending)
        np.testing.assert_allclose([new.capital[i], new.loan[i], new.deposits[i], result.dividend[i], result.investment[i]], hand, rtol=1e-9, atol=1e-3)
    moved = profit - result.dividend - result.investment + result.borrowed
    np.testing.assert_allclose(new.deposits, made.deposits + moved, rtol=1e-9, atol=1e-2)
    np.testing.assert_allclose(new.loan, made.loan + result.borrowed, rtol=1e-9, atol=1e-2)
    assert (new.deposits >= 0).all() and result.distress.any()


def test_more_credit_never_means_less_investment(made):
    value = 1.5 * own_value(made)
    profit = 0.05 * value
    tight, easy = (firms.finance(made, value, profit, lending, B)[1].investment for lending in (0.2, 1.0))
    assert (easy >= tight - 1e-6).all() and (easy > tight + 1).any()


def turned(made, profit_share, **more):
    b = behaviour.load({"firm_shock": 0.0, **more}, calibration=False)
    value = own_value(made)
    new, result = firms.finance(made, value, profit_share * value, 1.0, b)
    return new, result, *firms.turn_over(new, result, 0.08, b, 1, YEAR)


def test_turnover_closes(made):
    """Equity and estates, loans and deposits: what is reported is what each row lost and won."""
    before, _, after, moved = turned(made, 0.35)
    def change(name):
        return getattr(after, name) - getattr(before, name)
    np.testing.assert_allclose(change("loan"), -moved.repaid - moved.written_off, atol=1.0)
    np.testing.assert_allclose(change("deposits"), moved.equity - moved.fitted + moved.scrap - moved.estate - moved.repaid, atol=1.0)
    assert moved.ended.sum() > 300 and moved.entered.sum() > 300
    assert after.present.sum() == before.present.sum() + moved.entered.sum() - moved.ended.sum()
    assert (after.capital[~after.present] == 0).all() and (after.productivity[after.present] > 0).all()


def test_entry_answers_to_returns_and_only_adds(made):
    low, high = turned(made, 0.30)[2], turned(made, 0.45)[2]
    born = [(f.founded == YEAR + 1) for f in (low, high)]
    assert (born[1] | ~born[0]).all() and born[1].sum() > born[0].sum() + 20


def test_nothing_turns_over_where_nobody_ends_or_enters(made):
    before, _, after, moved = turned(made, 0.35, firm_exit=0.0, free_entry=0.0)
    for one, two in zip(before, after):
        np.testing.assert_array_equal(one, two)
    assert not any(np.any(part) for part in moved)


def test_learning_adds_the_common_growth_only(made):
    """Shocks differ by firm and leave the weighted mean of its cell alone."""
    b = behaviour.load({"firm_shock": 0.05, "tfp_growth": 0.02}, calibration=False)
    new = firms.learn(made, b, 1, YEAR)
    on = made.present
    step, z = np.log(new.productivity[on] / made.productivity[on]), firms.weights(made, b)[on]
    mean = np.bincount(made.cell[on], step * z) / np.bincount(made.cell[on], z)
    np.testing.assert_allclose(mean, 0.02, atol=1e-6)
    assert step.std() > 0.03


def test_a_branch_does_not_die_out(made):
    """Where every firm ends at once, the sites find successors."""
    _, _, after, moved = turned(made, 0.35, firm_exit=1e6, site_taken=0.0, free_entry=0.0)
    assert (firms.by_cell(after, after.present) > 0).all() and moved.ended.sum() > 2_000
