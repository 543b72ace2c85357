"""Visitors, e-commerce, beautiful villages and new businesses: nothing moves in 2019, gravity, who pays, what it brings and to whom."""
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from sim.accounts import DISTRICT, FIRMS
from sim.institutions import tourism
from sim.institutions.land import by_district
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import RURAL

LAST = 2023


def kept(state):
    """What the tests read of a year."""
    hh, spans = state.households, state.spans
    return SimpleNamespace(
        year=state.year, trade=spans.trade.copy(), beautiful=spans.beautiful.copy(), visits=by_district(spans, state.collectives.visits).sum(),
        living=state.living, other_sales=hh.other_sales.copy(), own=hh.own_account_income.copy(), grant=hh.venture_grant.copy(),
        outlay=hh.venture_outlay.copy(), position=hh.wealth_effect.copy(), kind=hh.kind.copy(), housing=hh.housing_outlay.copy(),
        weight=spans.weight[hh.span], counts={name: value.copy() for name, value in state.counts.items()}, village=spans.urban == 0, uid=hh.uid.copy(),
        postings={k: v.copy() for k, v in state.books.postings.items()}, span_weight=spans.weight.copy(), district=spans.district.copy())


@cache
def lived(levers="", assumptions=""):
    """The years of a toy zone under these levers from 2021 on; the books close in each, or the run stops."""
    import tempfile
    from pathlib import Path
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "toy.yaml"
        text = f"schema: 1\nid: toy\ntitle: {{zh: 检验, en: Check}}\nhorizon: {{start: 2019, end: {LAST}, report: [{LAST}]}}\nextends: baseline\n"
        steps = ", ".join(f"{name}: {{steps: [{{from: 2021, districts: all, {values}}}]}}" for name, values in levers)
        text += f"levers: {{{steps}}}\n" if levers else ""
        text += f"assumptions: {{{assumptions}}}\n" if assumptions else ""
        path.write_text(text, encoding="utf-8")
        run = Simulation(load(str(path)), households=3_000, seed=2, threads=1)
    years = {}
    while not run.finished:
        run.step()
        years[run.state.year] = kept(run.state)
    run.close()
    return years


def paid(year, code, payer=None, receiver=None):
    return sum((a for (c, p, r), a in year.postings.items() if c == code and payer in (None, p) and receiver in (None, r)), np.zeros(9))


@pytest.fixture(scope="module")
def state():
    run = Simulation(load("baseline"), households=3_000, threads=1)
    run.step()
    yield run.state
    run.close()


# ---------------------------------------------------------------------------------------------------- visitors
def test_nothing_moves_in_2019(state):
    b = state.behaviour
    assert (state.spans.trade == 1).all() and not tourism.demand_shift(state).any()
    np.testing.assert_array_equal(tourism.more_visits(state), np.ones(9))
    people = state.base["townspeople"].sum()
    np.testing.assert_allclose(by_district(state.spans, state.collectives.visits).sum(), float(b.visits_per_head) * people, rtol=1e-9)
    village = state.spans.urban == 0
    assert (state.base["visit_part"][~village] == 0).all() and 0 < state.base["visit_part"][village].max() <= float(b.visitor_part) + 1e-9


def test_gravity(state):
    """Visits rise in proportion to people, a bus raises them by its saving to the power of the elasticity, nearer villages have more."""
    b, village = state.behaviour, state.spans.urban == 0
    none, every = np.zeros_like(village), village
    people = state.base["townspeople"]
    plain = tourism.pull(state, people, none, none)
    np.testing.assert_allclose(tourism.pull(state, 1.1 * people, none, none), 1.1 * plain)
    np.testing.assert_allclose(tourism.pull(state, people, every, none)[village], plain[village] * (1 - float(b.bus_saving)) ** float(b.visit_elasticity))
    np.testing.assert_allclose(tourism.pull(state, people, none, every)[village], plain[village] * np.exp(float(b.beautiful_appeal)))
    assert (tourism.pull(state, people, none, none, np.full(9, 0.8)) > plain)[village].all()
    assert (plain[~village] == 0).all() and (tourism.minutes(state, tourism.AS_IN_2019)[village] > 15).all()


@pytest.mark.parametrize("elasticity", [-2.0, -0.3])
def test_distance_matters_more_with_the_elasticity(state, elasticity):
    """Against a search village by village, in plain numbers."""
    b = state.behaviour._replace(visit_elasticity=np.float32(elasticity), appeal_spread=np.float32(0.0))
    seen = SimpleNamespace(spans=state.spans, distance=state.distance, behaviour=b, population_seed=state.population_seed)
    none = np.zeros(len(state.spans.uid), bool)
    found = tourism.pull(seen, np.eye(9)[3], none, none)
    for s in np.flatnonzero(state.spans.urban == 0):
        d, road = state.spans.district[s], float(state.spans.distance[s])
        km = road if d == 3 else float(state.distance[d, 3]) + road / 2
        assert found[s] == pytest.approx(((15 + 1.5 * km) / 60) ** float(b.visit_elasticity), rel=1e-5)


def test_spending_only_moves(state):
    """What visitors spend more in villages they spend less elsewhere: in yuan of 2019 the shifts of demand add up to nothing."""
    from sim.institutions.firms import cell_share
    before = state.collectives.visits.copy()
    state.collectives.visits[:] = before * np.where(state.spans.district == 0, 1.5, 1.1)
    shift = tourism.demand_shift(state)
    state.collectives.visits[:] = before
    value = state.base["value_added"].sum(1, keepdims=True) * cell_share()
    moved = value * np.expm1(shift)
    assert abs(moved.sum()) < 1e-6 * np.abs(moved).sum() and (shift[:, 5] > 0).all() and (shift[:, 6] < 0).all()


def test_more_routes_only_add_villages_and_the_district_pays(state):
    fewer, more = tourism.served(state, np.full(9, 1.0)), tourism.served(state, np.full(9, 4.0))
    assert (more >= fewer).all() and more.sum() > fewer.sum() and not tourism.served(state, np.zeros(9)).any()
    base, buses = lived(), lived((("village_tourism", "bus_routes: 11"),))
    for year, less in ((2021, 0.0), (LAST, 1e-4)):          # what buses cost is later missing for the roads of the other villages
        assert buses[year].visits > base[year].visits and (buses[year].trade >= base[year].trade - less).all()
        np.testing.assert_allclose(paid(base[year], "village_services").sum(), 0)
        assert paid(buses[year], "village_services", DISTRICT, FIRMS).sum() > 0
    assert buses[2020].postings.keys() == base[2020].postings.keys()
    assert (buses[2021].own * buses[2021].weight).sum() > (base[2021].own * base[2021].weight).sum()


def test_complexes_draw_visitors_cost_once_and_stay(state):
    """Where a complex stands the pull is e^appeal that of before; the district pays when it is built, and only then."""
    b, village = state.behaviour, state.spans.urban == 0
    none, every, people = np.zeros_like(village), village, state.base["townspeople"]
    drawn = [tourism.pull(state, people, none, none, sited=sited)[village] for sited in (none, every)]
    np.testing.assert_allclose(drawn[1], drawn[0] * np.exp(float(b.site_appeal)))
    years, base = lived((("village_tourism", "complexes_percent: 20"),)), lived()
    assert paid(years[2021], "village_works", DISTRICT, FIRMS).sum() > 0 and paid(years[2022], "village_works").sum() == 0
    assert years[LAST].visits > base[LAST].visits and (years[2021].trade >= base[2021].trade - 1e-6).all()


def test_where_all_leaks_nothing_is_earned():
    """With the highest leak villages earn a fifth of receipts, with the lowest four fifths: visits are the same, trade is not."""
    most, least = (lived((("village_tourism", "bus_routes: 11"),), f"visit_leak: {leak}") for leak in (0.8, 0.2))
    assert most[2021].visits == pytest.approx(least[2021].visits, rel=1e-6)
    assert most[2021].trade.max() < least[2021].trade.max() and (most[2021].trade <= least[2021].trade + 1e-6).all()


# ---------------------------------------------------------------------------------------------------- beautiful villages, e-commerce
def test_beautiful_villages_stay_and_cost_once():
    years = lived((("beautiful_villages", "villages_percent: 60, cost_yuan: 2000000"),))
    base = lived()
    assert (years[2020].beautiful == base[2020].beautiful).all() and (years[2021].beautiful >= years[2020].beautiful).all()
    new = (years[2021].beautiful > years[2020].beautiful) * years[2021].span_weight
    np.testing.assert_allclose(paid(years[2021], "village_works", DISTRICT, FIRMS), 2e6 * np.bincount(years[2021].district, new, 9), rtol=1e-9)
    assert new.sum() > 0 and paid(years[2022], "village_works").sum() == 0
    assert years[2022].visits > base[2022].visits
    fewer = lived((("beautiful_villages", "villages_percent: 0"),))
    assert all((fewer[year].beautiful == base[year].beautiful).all() for year in (2021, LAST)) and not fewer[LAST].beautiful[~fewer[LAST].village].any()


def test_stations_make_village_life_cheaper_and_sell_nothing():
    from sim.behaviour import load as behaviour
    base, all_, none = lived(), *(lived((("rural_ecommerce", f"villages_percent: {percent}"),)) for percent in (100, 0))
    b = behaviour()
    saving = float(b.online_users) * float(b.online_saving)
    common = base[2021].living.village
    np.testing.assert_allclose(all_[2021].living.village / common, np.exp(-0.6 * saving), rtol=1e-3)
    np.testing.assert_allclose(none[2021].living.village / common, np.exp(0.4 * saving), rtol=1e-3)
    np.testing.assert_array_equal(all_[2021].other_sales, base[2021].other_sales)
    village = all_[2021].span_weight * all_[2021].village
    np.testing.assert_allclose(paid(all_[2021], "village_services", DISTRICT, FIRMS).sum(), float(b.online_cost) * 0.6 * village.sum(), rtol=1e-5)
    assert paid(none[2021], "village_services").sum() == 0
    sold = lived((("rural_ecommerce", "villages_percent: 100"),), "online_income: 0.02")
    assert 1 < sold[2021].other_sales.sum() / base[2021].other_sales.sum() < 1 + 2 * 0.6 * 0.02             # the price, and a few more who grow for it


# ---------------------------------------------------------------------------------------------------- own businesses
def test_more_support_brings_more_businesses_of_better_placed_households():
    base, more = lived(), lived((("new_businesses", "begun_per_1000_households: 40, grant_yuan: 10000"),))
    none = lived((("new_businesses", "begun_per_1000_households: 0"),))
    begun = [sum(years[y].counts["ventures"].sum() for y in range(2021, LAST + 1)) for years in (none, base, more)]
    assert begun[0] < begun[1] < begun[2]
    year = more[2021]
    rows, rural = year.grant > 0, (year.kind > 0) & (year.kind <= RURAL)
    assert year.position[rows].mean() > year.position[rural].mean()
    np.testing.assert_allclose(year.weight[rows].sum(), year.counts["ventures"].sum(), rtol=1e-9)
    assert (year.grant[rows] <= np.minimum(10_000, year.outlay[rows])).all() and (year.grant == 10_000).sum() > 0.9 * rows.sum()
    assert not base[2021].grant.any()
    np.testing.assert_allclose(paid(year, "venture_grant", DISTRICT).sum(), (year.grant * year.weight).sum(), rtol=1e-6)
