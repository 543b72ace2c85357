"""Districts: the budget against a slow twin and its limits, services and roads at rest and away from it, bonds in the books, levers at both bounds."""
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from sim import behaviour
from sim.accounts import DISTRICT, FIRMS, UPPER, WORLD, Books
from sim.institutions import governments
from sim.places import DISTRICTS
from sim.policies.rulebook import base_rules
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import DistrictPublic, allocate

B = behaviour.load()
NINE = len(DISTRICTS)
YUAN = st.floats(0, 1e9)


def budget_by_hand(cash, wanted, owed, aim, limit, bonds, repair):
    """One district: (spent, issued, redeemed)."""
    gap = cash - wanted - owed - aim
    issued = redeemed = 0.0
    spent = wanted
    if gap < 0:
        to_close = -gap * repair
        issued = min(to_close, limit)
        spent -= to_close - issued
    else:
        to_use = gap * repair
        redeemed = min(to_use, bonds)
        spent += to_use - redeemed
    money = cash + issued - owed
    return min(max(spent, 0.0), max(money, 0.0)), issued, redeemed


@given(st.floats(-1e8, 1e9), YUAN, st.floats(0, 1e8), st.floats(0, 1e8), YUAN, YUAN, st.floats(0.1, 1.0))
def test_budget_agrees_with_one_district_by_hand(cash, wanted, owed, aim, limit, bonds, repair):
    made = governments.budget(*(np.array([x]) for x in (cash, wanted, owed, aim, limit, bonds)), repair)
    np.testing.assert_allclose([float(x[0]) for x in made], budget_by_hand(cash, wanted, owed, aim, limit, bonds, repair), rtol=1e-9, atol=1e-3)


@given(st.floats(1e8, 1e9), st.floats(1e8, 1e9), st.floats(0, 1e8), st.floats(0.1, 1.0))
def test_without_bonds_services_follow_cash_as_target_plus_repair_of_the_gap(cash, target, aim, repair):
    made = governments.budget(*(np.array([x]) for x in (cash, target, 0.0, aim, 0.0, 0.0)), repair)
    np.testing.assert_allclose(made.spent[0], np.clip(target + repair * (cash - target - aim), 0, cash), rtol=1e-9)
    assert made.issued[0] == made.redeemed[0] == 0


@given(st.floats(0, 1e9), YUAN, st.floats(0, 1e8), st.floats(0, 1e8), YUAN, st.floats(1, 1e8))
def test_a_higher_bond_limit_never_lowers_spending_and_money_is_never_made(cash, wanted, owed, aim, limit, more):
    low, high = (governments.budget(*(np.array([x]) for x in (cash, wanted, owed, aim, each, 0.0)), 0.5) for each in (limit, limit + more))
    assert high.spent[0] >= low.spent[0] - 1e-6
    for made in (low, high):
        assert made.spent[0] <= max(cash + made.issued[0] - owed, 0.0) + 1e-6


def districts(rules=(), ratio=None, people=(40_000.0, 100_000.0), villages=50.0):
    """A state with nine alike districts, enough for the governments' own functions."""
    delivered = base_rules()
    for name, value in rules:
        delivered[RULE_INDEX[name]] = value
    start = float(B.rural_service_ratio)
    rural, urban = (np.full(NINE, each) for each in people)
    services = np.full(NINE, 1e9)
    town = services / (urban + start * rural)
    roads = np.full(NINE, villages * 200_000 / float(B.road_wear))
    trunk = np.full(NINE, 60 * sum(people) / float(B.trunk_wear))
    public = allocate(DistrictPublic, NINE, dict(villages=np.full(NINE, villages), heads_start=rural + urban, trunk_start=trunk, trunk=trunk.copy(),
                                                 rural_start=start * town, urban_start=town, roads_start=roads,
                                                 roads=roads.copy(), rural_ratio=np.full(NINE, start if ratio is None else ratio)))
    return SimpleNamespace(behaviour=B, delivered=delivered, public=public, books=Books(), inflation=0.02,
                           totals={"persons": np.stack([rural, urban, 0 * rural])},
                           base={"service_norm": services.sum() / (urban + start * rural).sum(), "value_added": np.full((NINE, 2), 1e10)}), services


def test_services_rest_at_one_while_target_is_met_and_grows():
    state, services = districts(rules=[("service_equalising", 0.0)])
    for year in range(20):
        grown = services * 1.04 ** year
        governments._move_services(state, grown, grown)
        np.testing.assert_allclose([state.public.rural_index, state.public.urban_index], 1.0, rtol=1e-12)
    governments._move_services(state, 0.8 * grown, grown)                       # cut by a fifth: the stock carries the rest
    weight, wear = float(B.service_flow), float(B.service_wear)
    np.testing.assert_allclose(state.public.urban_index, 0.8 ** weight * (1 - 0.2 * wear) ** (1 - weight), rtol=1e-9)


@given(st.floats(0.01, 0.2), st.integers(1, 30))
def test_equalising_closes_the_gap_at_its_speed_and_towns_give_what_villages_gain(speed, years):
    state, services = districts(rules=[("service_equalising", speed)])
    rural, urban = state.totals["persons"][:2]
    for _ in range(years):
        ratio = state.public.rural_ratio.copy()
        governments._move_services(state, services, services)
    gap = (1 - float(B.rural_service_ratio)) * (1 - speed) ** (years - 1)
    np.testing.assert_allclose(1 - ratio, gap, rtol=1e-9)
    town = services / (urban + ratio * rural)
    np.testing.assert_allclose(town * urban + ratio * town * rural, services, rtol=1e-12)
    if years > 1:
        assert (state.public.rural_index > 1).all() and (state.public.urban_index < 1).all()


def test_roads_follow_the_closed_form():
    """dR = outlay - wear R:  R_t = R_2019 (k + (1 - k)(1 - wear)^t) under k times the outlay of 2019."""
    state, _ = districts()
    public, wear = state.public, float(B.road_wear)
    for k in (0.0, 1.0, 2.5):
        public.roads[:] = public.roads_start
        for _ in range(12):
            public.roads[:] += k * wear * public.roads_start - wear * public.roads
        np.testing.assert_allclose(public.roads / public.roads_start, k + (1 - k) * (1 - wear) ** 12, rtol=1e-12)
        minutes, gain = governments.road_minutes(state), governments.technology_gain(state)
        np.testing.assert_allclose(minutes, (public.roads / public.roads_start) ** -float(B.road_time), rtol=1e-12)
        assert (np.sign(1 - minutes) == np.sign(k - 1)).all() and (np.sign(np.round(gain - 1, 12)) == np.sign(k - 1)).all()


@pytest.mark.parametrize("k", [0.5, 1.0, 2.5])
def test_trunk_roads_shorten_the_way_by_both_their_districts_and_help_firms(k):
    """Q = k Q_2019 in the first district alone: its ways take k^-e/2 of their time, those of others all of it."""
    state, _ = districts()
    state.public.trunk[0] *= k
    time, gain = governments.trunk_time(state), governments.technology_gain(state)
    between = np.sqrt(np.outer(time, time))
    np.testing.assert_allclose(between[0, 1:], k ** (-float(B.trunk_time) / 2), rtol=1e-12)
    assert (between[1:, 1:] == 1).all() and (gain[1:] == 1).all() and np.sign(round(gain[0] - 1, 12)) == np.sign(k - 1)


# ---------------------------------------------------------------------------------------------------- toys
@cache
def lived(levers="", end=2025):
    """Years of a toy zone under these lines of levers: what districts hold and paid each year."""
    import tempfile
    from pathlib import Path
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "toy.yaml"
        path.write_text(f"schema: 1\nid: toy\ntitle: {{zh: 检验, en: Check}}\nhorizon: {{start: 2019, end: {end}, report: [2025]}}\nextends: baseline\n"
                        + (f"levers:\n{levers}" if levers else ""), encoding="utf-8")
        run = Simulation(load(str(path)), households=3_000, seed=2, threads=1)
    years = []
    while not run.finished:
        run.step()
        state, public = run.state, run.state.public
        years.append(SimpleNamespace(
            year=state.year, **{column.name: getattr(public, column.name).copy() for column in DistrictPublic.columns},
            figures={name: getattr(state.published, name).copy() for name in ("public_services", "rural_services", "village_time", "trunk_time")},
            distance=state.published.distance.copy(), trunk_of=[state.books.total("trunk_roads", payer, FIRMS) for payer in (DISTRICT, UPPER)],
            cash=state.books.balances[DISTRICT].copy(), services=state.books.total("public_services", payer=DISTRICT),
            works=state.books.total("infrastructure", DISTRICT, FIRMS), issued=state.books.total("bonds_issued", WORLD, DISTRICT),
            redeemed=state.books.total("bonds_redeemed", DISTRICT, WORLD), interest=state.books.total("bond_interest", DISTRICT, WORLD),
            people=state.totals["persons"][:2].copy(), bonds_counted=state.stocks.bonds.copy()))
    run.close()
    return years


def lever(name, **values):
    return f"  {name}: {{steps: [{{from: 2021, districts: all, {', '.join(f'{k}: {v}' for k, v in values.items())}}}]}}\n"


def test_the_baseline_starts_at_rest():
    years = lived()
    for name in ("public_services", "rural_services", "village_time", "trunk_time"):
        assert (years[0].figures[name] == 1).all()
    for year in years:
        np.testing.assert_allclose(year.trunk, year.trunk_start, rtol=0.01)
        np.testing.assert_allclose(year.roads, year.roads_start, rtol=0.01)
        assert (year.bonds == 0).all() and (year.issued == 0).all() and (year.interest == 0).all()


def test_village_roads_at_both_bounds():
    none, base, most = lived(lever("rural_infrastructure", village_yuan=0)), lived(), lived(lever("rural_infrastructure", village_yuan=3_000_000))
    last = none[-1].roads_start > 0
    assert (none[-1].roads < base[-1].roads)[last].all() and (base[-1].roads < most[-1].roads)[last].all()
    assert (none[-1].figures["village_time"] > 1)[last].all() and (most[-1].figures["village_time"] < 1)[last].all()
    assert most[-1].services.sum() < base[-1].services.sum()                   # without more money, roads come out of services


def test_trunk_roads_at_both_bounds_and_who_pays():
    none, base, most = lived(lever("trunk_roads", per_head_yuan=0)), lived(), lived(lever("trunk_roads", per_head_yuan=1000))
    away = ~np.eye(NINE, dtype=bool)
    for low, high in ((none, base), (base, most)):
        assert (low[-1].trunk < high[-1].trunk).all() and (low[-1].distance > high[-1].distance)[away].all()
    assert most[-1].services.sum() < base[-1].services.sum()
    for year in most:
        own, upper = year.trunk_of
        np.testing.assert_allclose(own, upper, rtol=1e-9)                          # half each under the rule of 2019
        np.testing.assert_allclose(own + upper, year.trunk_paid, rtol=1e-9)
    granted = lived(lever("trunk_roads", per_head_yuan=1000, upper_percent=100))[-1]
    assert granted.trunk_of[0].sum() == 0 and granted.services.sum() > most[-1].services.sum()


def test_services_for_villagers_at_both_bounds():
    low, high = lived(lever("rural_services", gap_closed_percent=0, extra_yuan=0)), lived(lever("rural_services", gap_closed_percent=20, extra_yuan=1000))
    both = (low[-1].people > 0).all(0)
    assert (high[-1].rural_index > low[-1].rural_index)[both].all() and (high[-1].urban_index < low[-1].urban_index)[both].all()
    assert high[-1].extra_paid.sum() > 0 and low[-1].extra_paid.sum() == 0


def test_bonds_bear_what_would_be_cut_and_are_redeemed_with_interest():
    roads = lever("rural_infrastructure", village_yuan=3_000_000)
    cut, lent = lived(roads), lived(roads + lever("public_works_finance", bond_limit_yuan=1_000_000_000))
    assert sum(year.issued.sum() for year in cut) == 0 and lent[2].issued.sum() > 0
    before = np.zeros(NINE)
    for year in lent:
        np.testing.assert_allclose(year.bonds, before + year.issued - year.redeemed, rtol=1e-9, atol=1e-3)
        np.testing.assert_array_equal(year.bonds, year.bonds_counted)
        assert (year.redeemed >= before / float(B.bond_years) - 1e-3).all() and (year.issued <= 1e9 + 1e-3).all()
        before = year.bonds
    assert (lent[2].services + lent[2].works).sum() > (cut[2].services + cut[2].works).sum()
    assert lent[3].interest.sum() > 0 and all((year.bonds >= 0).all() for year in lent)


@pytest.mark.parametrize("values", [dict(bond_limit_yuan=0), dict(bond_limit_yuan=0, bond_rate_percent=5)])
def test_a_limit_of_zero_changes_nothing(values):
    base, same = lived(), lived(lever("public_works_finance", **values))
    for one, other in zip(base, same):
        np.testing.assert_array_equal(one.services, other.services)
        np.testing.assert_array_equal(one.cash, other.cash)
