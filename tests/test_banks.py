"""Banks: books add up and differ by bank, capital cuts off the riskiest loans first, the guarantor's money, packages, defaults over years."""
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.optimize import brentq

from sim import evidence, recording
from sim.accounts import BANK, DISTRICT, GUARANTOR
from sim.institutions import banks
from sim.kernels import credit
from sim.kernels.year import BANKS
from sim.rng import key, uniform_array
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.schedule import walk
from sim.simulation import Simulation
from sim.tables import CONTRACT, FREE, LOAN_CLASSES, MORTGAGE, PACKAGE_LOAN
from sim.units import M2_PER_MU


@pytest.fixture(scope="module")
def zone():
    moving = Simulation(load("baseline").ending(2025), households=5_000, threads=1)
    moving.step()
    yield moving
    moving.close()


def test_everybody_banks_where_the_declared_shares_say(zone):
    """The compiled draw against numpy, and its shares against those declared."""
    state, b = zone.state, zone.state.behaviour
    found = banks.bank_of_households(state, slice(None))
    u = uniform_array(state.households.uid, key(0, 0, "bank")).astype(np.float32)
    limits = np.cumsum([b.customers_rural, b.customers_regional, b.customers_large], dtype=np.float32)
    clear = (np.abs(u[:, None] - limits) > 1e-6).all(1)
    np.testing.assert_array_equal(found[clear], np.searchsorted(limits, u, side="right")[clear])
    held = state.households.kind != FREE
    np.testing.assert_allclose(np.bincount(found[held], minlength=BANKS) / held.sum(), evidence.banks().rural_loans, atol=0.02)


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
    np.testing.assert_allclose(banks.by_class(state).sum(0), by_class.sum(2))
    ratio, whole = banks.capital_ratio(state)
    assert (ratio > 0.08 - 1e-9).all() and 0.08 < whole < 0.2


requests = st.lists(st.tuples(st.floats(0.01, 0.08), st.floats(1e3, 1e5)), min_size=1, max_size=30)


@given(requests, st.floats(0, 1.2))
def test_cut_off_is_where_what_is_asked_up_to_it_fills_the_room(asked, part):
    """Against the root of (sum of requests up to m) - room: the first rate that does not fit lies there, the cut-off is the rate before it."""
    rates, amounts = (np.array(column) for column in zip(*asked))
    room = part * amounts.sum()
    found = banks.cut_off(rates, amounts, room)
    if amounts.sum() <= room:
        assert found == banks.UNBOUND
        return
    root = brentq(lambda m: amounts[rates <= m].sum() - room - 1e-9, 0.0, 0.085, xtol=1e-12)
    before = rates[rates < root - 1e-9]
    assert found == (before.max() if len(before) else banks.NO_LOANS)
    assert amounts[rates <= found].sum() <= room + 1e-6


@given(requests, st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_room_never_lowers_the_cut_off(asked, room, more):
    rates, amounts = (np.array(column) for column in zip(*asked))
    assert banks.cut_off(rates, amounts, room) <= banks.cut_off(rates, amounts, room + more)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(1e3, 1e6), st.floats(0, 1e6)), min_size=1, max_size=40), st.floats(0, 1.5))
def test_share_for_firms_against_scipy(sites, part):
    """Each site borrows min(share x wanted, limit), concave and rising; the root of each bank's sum apart."""
    bank, wanted, limit = (np.array(column) for column in zip(*sites))

    def borrowed(share):
        return np.minimum(share[bank] * wanted, limit)
    room = part * np.bincount(bank, borrowed(np.ones(BANKS)), BANKS)
    found = banks.share_for_firms(room, bank, borrowed)
    for k in np.unique(bank):
        mine = bank == k

        def over(share, mine=mine, k=k):
            return np.minimum(share * wanted[mine], limit[mine]).sum() - room[k]
        if over(1.0) <= 0:
            assert found[k] == 1
        elif room[k] > 0:
            np.testing.assert_allclose(over(found[k]), over(brentq(over, 0.0, 1.0)), atol=1e-3 * room[k] + 1e-3)
    assert (np.bincount(bank, borrowed(found), BANKS) <= room * (1 + 1e-9) + 1e-6).all()


def asking(short):
    """A toy zone of two years, in the second of which banks `short` have lost their room: the state after loans are granted."""
    run = Simulation(load("baseline").ending(2020), households=5_000, threads=1)
    run.step()
    state, seen = run.state, {}
    room = state.banks.room.copy()
    for bank, left in short.items():
        room[bank] = left
    state.banks = state.banks._replace(room=room)

    def watch(phase, state, before):
        hh = state.households
        if phase == "allot credit" and before:
            served = (hh.debt > 0) & (hh.arrears == 0) & (hh.loan_drawn == 0)
            seen.update(early=hh.loan_drawn.copy())
            due = np.where(served, hh.debt / np.maximum(hh.loan_years, 1), 0.0) * state.spans.weight[hh.span]
            at = banks.customers(state.firms.uid, evidence.banks().firm_loans)
            seen.update(due=due, firms=np.bincount(at, state.base["firm_drawn"], BANKS))
        if phase == "allot credit" and not before:
            seen.update(asked=np.where(hh.loan_drawn > 0, 0.0, hh.loan_asked), rate=hh.loan_rate.copy(), highest=state.published.highest_rate.copy())
        if phase == "lend money" and not before:
            seen.update(drawn=hh.loan_drawn - seen["early"], houses=hh.housing_outlay.copy())
    walk(state, 2020, run.rulebook.at(2020), run.rate, watch)
    weight = state.spans.weight[state.households.span]
    seen.update(bank=banks.bank_of_households(state, slice(None)), weight=weight, lawful=float(state.published.rate_limit),
                firm_room=state.base["firm_room"].copy())
    run.close()
    return seen


def test_nobody_is_refused_for_capital_where_none_binds():
    seen = asking({k: 1e15 for k in range(BANKS)})
    assert (seen["highest"] == banks.UNBOUND).all()
    refused = (seen["asked"] > 0) & (seen["drawn"] == 0)
    assert (seen["rate"][refused] > seen["lawful"]).all()


def test_a_bank_short_of_capital_refuses_the_riskiest_first_and_only_it():
    seen = asking({0: -1e15, 1: 1e15, 2: 1e15, 3: 1e15})
    mine, asked = seen["bank"] == 0, seen["asked"] > 0
    assert seen["highest"][0] == banks.NO_LOANS and (seen["drawn"][mine] == 0).all() and asked[mine].any()
    assert (seen["houses"][mine & asked] == 0).all()
    assert (seen["highest"][1:] == banks.UNBOUND).all() and (seen["drawn"][~mine & asked] > 0).any()


def test_loans_of_a_short_bank_fit_its_room():
    """Room for half of what households and firms ask for: households get half, the cheapest first, and not one more fits."""
    free = asking({k: 1e15 for k in range(BANKS)})
    mine = (free["bank"] == 0) & (free["rate"] <= free["lawful"]) & (free["asked"] > 0)
    asked = free["asked"].astype(float) * free["weight"]
    wanted, due = asked[mine].sum(), free["due"][free["bank"] == 0].sum()
    capacity = 0.5 * (wanted + free["firms"][0])
    early = (free["early"] * free["weight"])[free["bank"] == 0].sum()
    seen = asking({0: capacity - due + early, 1: 1e15, 2: 1e15, 3: 1e15})
    granted, refused = mine & (seen["drawn"] > 0), mine & (seen["drawn"] == 0)
    assert granted.any() and refused.any() and seen["rate"][granted].max() < seen["rate"][refused].min()
    first = np.flatnonzero(refused)[np.argmin(seen["rate"][refused])]
    assert asked[granted].sum() <= 0.5 * wanted * (1 + 1e-6) < asked[granted].sum() + asked[first]
    np.testing.assert_allclose(seen["firm_room"][0], capacity - asked[granted].sum(), rtol=1e-6)


def test_the_guarantor_keeps_its_multiple_and_its_money_adds_up(zone):
    state = zone.state
    books, fund = state.books, state.public.guarantee_fund.copy()
    needed = banks.exposure(state) / float(state.behaviour.guarantee_leverage)
    assert (fund >= needed * (1 - 1e-9)).all() and (books.total("guarantee_grant", payer=DISTRICT) >= 0).all()
    short = books.total("guarantee_grant", payer=DISTRICT) > 0
    np.testing.assert_allclose(fund[short], needed[short])      # districts pay no more than is missing; a surplus of fees stays
    zone_debt = banks.exposure(state).sum() / 0.2
    assert 0.8 * state.banks.households.sum() < zone_debt <= state.banks.households.sum() * (1 + 1e-9)
    assert books.total("guarantee_fee", BANK, GUARANTOR).sum() > 0
    assert (state.books.balances[GUARANTOR] >= fund - 1e-3).all()


def test_what_handling_saves_lowers_price_and_costs_alike(zone):
    """A yuan of debt that is served pays and costs less by the same part of the margin."""
    state, b, one = zone.state, zone.state.behaviour, np.float32
    prices = [float(credit.loan_price(one(0.02), one(0.05), one(0.5), one(0.2), one(0.01), one(saved), b)) for saved in (0.0, 0.3, 0.6)]
    np.testing.assert_allclose(-np.diff(prices), 0.3 * float(b.loan_margin), rtol=1e-4)
    kept = state.delivered
    state.delivered = kept.copy()
    state.delivered[RULE_INDEX["handling_saving"]] = 0.3
    hh = state.households
    weight, served = state.spans.weight[hh.span], (hh.debt > 0) & (hh.arrears == 0) & (hh.loan_class != MORTGAGE)
    saved = banks._saved(state)
    state.delivered = kept
    np.testing.assert_allclose(saved.sum(), 0.3 * float(b.loan_margin) * (hh.debt * weight)[served].sum(), rtol=1e-9)
    assert (banks._saved(state) == 0).all()


def test_more_guarantee_makes_loans_cheaper_where_the_fee_is_below_the_loss(zone):
    b = zone.state.behaviour
    one = np.float32

    def price(share, fee, chance=0.05):
        return float(credit.loan_price(one(0.02), one(chance), one(0.5), one(share), one(fee), one(0.0), b))
    assert price(0.8, 0.005) < price(0.5, 0.005) < price(0.0, 0.005)
    assert price(0.8, 0.03, 0.01) > price(0.0, 0.03, 0.01)                      # a fee above the loss that it spares


def test_a_package_carries_its_classes_together(zone):
    """Against the sum by hand; one class alone, or none allowed, is no package."""
    state, hh, spans = zone.state, zone.state.households, zone.state.spans
    b = state.behaviour
    rules = state.published.rules.copy()
    for name, value in (("farmland_ltv", 0.6), ("house_ltv", 0.5), ("share_ltv", 0.3), ("packaged_collateral", 1.0)):
        rules[RULE_INDEX[name]] = value
    packed = state.published._replace(rules=rules)
    single = rules.copy()
    single[RULE_INDEX["packaged_collateral"]] = 0
    apart = state.published._replace(rules=single)
    rows = np.flatnonzero((hh.kind == CONTRACT) & (hh.contract_area > 0) & (hh.plot_area > 0) & (hh.certificate > 0))[:200]
    assert len(rows) > 50
    for h in rows:
        s = int(hh.span[h])
        land = float(spans.rent[s]) * float(b.land_years) * hh.contract_area[h] / M2_PER_MU
        house, share = float(b.house_value) * float(hh.house_area[h]), float(spans.dividend[s]) * float(hh.shares[h]) / float(b.capitalisation)
        carried = (0.6 * land + 0.5 * house + 0.3 * share) * (1 - float(b.haircut)) * 1.1 - 600
        kind, limit, value = credit.best_collateral(h, s, spans, hh, packed, b)
        assert kind == PACKAGE_LOAN
        np.testing.assert_allclose([limit, value], [carried, land + house + share], rtol=1e-4)
        kind, best, _ = credit.best_collateral(h, s, spans, hh, apart, b)
        assert kind != PACKAGE_LOAN and best < limit


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


def test_four_banks_keep_books_of_their_own(zone):
    """Deposits, reserves, loans, equity and claim of each differ, and each book balances by itself."""
    books, b = zone.state.banks, zone.state.behaviour
    np.testing.assert_allclose(books.loans + books.claim, books.deposits + books.equity)
    np.testing.assert_allclose(books.reserves, float(b.reserve_ratio) * books.deposits)
    for column in (books.households, books.firms, books.deposits, books.equity, books.claim):
        assert len(set(np.round(column))) == BANKS
    weighted = books.loans + float(b.claim_weight) * np.maximum(books.claim - books.reserves, 0)
    np.testing.assert_allclose(books.room, books.equity / float(b.capital_ratio) - weighted)


def second_year(watch=None, capital=0.0, **assumptions):
    """The state after two years under these assumptions, with this equity put into the rural commercial banks by each district in the second."""
    spec = load("baseline").ending(2020)
    run = Simulation(replace(spec, assumptions=dict(spec.assumptions) | assumptions), households=5_000, threads=1)
    run.step()
    order = run.rulebook.at(2020).copy()
    order[RULE_INDEX["bank_capital"]] = capital
    walk(run.state, 2020, order, run.rate)
    run.close()
    return run.state


def test_the_capacity_of_the_rural_commercial_banks_can_bind():
    """With capital at the rule's edge they cut off the riskiest and lend less than with room; new equity of the year before the next lets them lend again."""
    wide, tight = second_year(), second_year(capital_ratio=0.13, opening_capital_ratio=0.09)
    assert wide.published.highest_rate[0] == banks.UNBOUND and tight.banks.room[0] < 0
    assert tight.published.highest_rate[0] < banks.UNBOUND
    mine = banks.bank_of_households(wide, slice(None)) == 0
    new = [(state.households.loan_drawn * state.spans.weight[state.households.span])[mine].sum() for state in (wide, tight)]
    assert new[1] < new[0] and tight.counts["loan_refused"].sum() > wide.counts["loan_refused"].sum()
    helped = second_year(capital=2e9, capital_ratio=0.13, opening_capital_ratio=0.09)
    assert helped.banks.room[0] > tight.banks.room[0]


def test_the_book_of_loans_holds_every_debt_once(zone):
    """Against what the banks keep, by holder and by class; the vintages are years of grant."""
    state, rows = zone.state, banks.loan_book(zone.state)
    for k, name in enumerate(evidence.banks().ids):
        np.testing.assert_allclose(sum(yuan for holder, _, _, yuan, _ in rows if holder == name), state.banks.households[k])
        np.testing.assert_allclose(sum(bad for holder, _, _, _, bad in rows if holder == name), state.banks.arrears[k])
    for k, name in enumerate(LOAN_CLASSES):
        np.testing.assert_allclose(sum(yuan for _, kind, _, yuan, _ in rows if kind == name), banks.by_class(state)[:, :, k].sum())
    new = state.households.loan_drawn > 0
    drawn = (state.households.debt * state.spans.weight[state.households.span])[new].sum()
    np.testing.assert_allclose(sum(yuan for _, _, vintage, yuan, _ in rows if vintage == state.year), drawn)
    assert min(vintage for _, _, vintage, _, _ in rows) == state.year - 9 - (state.year - 2018)


def test_spans_carry_all_that_districts_pay_for_policies():
    """What a sample's error is reckoned from adds up to the indicator: guarantees, property companies and the own part of projects with it."""
    run = Simulation(load("four-instruments").ending(2022), households=3_000, threads=1)
    at = recording.SAMPLE_QUANTITIES.index("fiscal_cost_yuan")
    for year in range(2019, 2023):
        order = run.rulebook.at(year).copy()
        order[RULE_INDEX["company_capital"]], order[RULE_INDEX["guarantee_share"]] = 1e8, 0.5
        walk(run.state, year, order, run.rate)
        recorder = recording.Recorder()
        recorder.record(run.state)
        paid = next(value for _, district, sector, id, value, _ in recorder.indicators if (district, sector, id) == ("zone", "all", "fiscal_cost_yuan"))
        np.testing.assert_allclose((recording.span_quantities(run.state)[:, at] * run.state.spans.weight).sum(), paid, rtol=1e-9, atol=1)
    assert run.state.public.company_capital.sum() > 0
    run.close()
