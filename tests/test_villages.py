"""Villages and the districts' land in a small zone: the poll against the second reckoning of rights, land by class, red lines, dividends, slots."""
import numpy as np
import pytest

from sim.institutions import collectives, land as districts_land
from sim.kernels import poll as polls
from sim.places import VILLAGE
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation
from sim.study import twin_rights
from sim.tables import CONTRACT, IDLE, LAND_CLASSES, NO_PROJECT, SEASONAL

PLAN = [f"{lever}.{name}@2020:{{}}={value}" for lever, name, value in (
    ("collective_land_entry", "open", "true"), ("collective_land_entry", "relocation", "true"), ("collective_land_entry", "equity", "true"),
    ("collective_land_entry", "least_parcel_ha", "0.07"), ("collective_land_entry", "procedure_months", "3"),
    ("homestead_withdrawal", "villages_with_offer_percent", "30"), ("homestead_withdrawal", "compensation_yuan_per_m2", "200"),
    ("homestead_withdrawal", "grant_percent", "100"))]
ALL = "jiutai,shuangyang,changchun_new_area,jingyue,food_zone,chuanying,changyi,fengman,yongji"


def walked(settings=(), last=2023, households=6_000, seed=1):
    """A small zone after some years of the baseline with settings."""
    moving = Simulation(load("baseline", [text.format(ALL) for text in settings]).ending(last), households=households, seed=seed, threads=1)
    while not moving.finished:
        moving.step()
    return moving


@pytest.fixture(scope="module")
def busy():
    """A zone in which land enters the market everywhere from 2020 and homesteads are asked for."""
    moving = walked(PLAN)
    yield moving.state
    moving.close()


# ---------------------------------------------------------------------------------------------------- the poll
def test_the_poll_is_the_rights_rule_turned_round():
    """Each ask by the twin's own gains, linear in the plot price; the histogram holds them and nobody else."""
    moving = Simulation(load("four-instruments"), households=3_000, seed=1, threads=1)
    for _ in range(3):
        moving.step()
    state = moving.state
    spans, hh, b = state.spans, state.households, state.behaviour
    spans.candidate[:] = spans.urban == 0
    state.runner.run(polls.poll_members, spans, hh, state.persons, "terms", state.poll, state.published, b)
    rows = np.flatnonzero((hh.kind == CONTRACT) & (hh.plot_area > 0) & (hh.qualification > 0) & (hh.signed == 0))
    settled = (hh.residence[rows] != VILLAGE) & (hh.settled_year[rows] < state.year)
    rows = rows[settled | np.isin(hh.house_use[rows], (IDLE, SEASONAL))]
    units = twin_rights.trace(state, rows)
    worth = twin_rights.valuation(units, b, state.population_seed)
    price = units.rule("plot_price")
    asks = []
    for use, part in ((3, 1.0), (2, units.rule("keep_share"))):
        gain = twin_rights.cash_and_gain(units, worth, 0, use, 0)[1]
        asks.append(price + (1 - gain) / ((1 - worth["fee"]) * part * hh.plot_area[rows]))
    keep = (units.rule("keep_rights_allowed") > 0) & (units.rule("three_rights") > 0)
    ask = np.where(keep, np.minimum(*asks), asks[0])
    expected = np.zeros((len(spans.uid), polls.BINS))
    np.add.at(expected, (hh.span[rows], np.clip(np.ceil(ask / polls.BIN), 0, polls.BINS - 1).astype(int)), 1)
    found = state.poll[:, :polls.BINS]
    assert len(rows) > 300 and np.array_equal(found.sum(1), expected.sum(1))
    assert np.abs(np.cumsum(found, 1) - np.cumsum(expected, 1)).max() <= 1, "only an ask at the very edge of a bin may fall beside it"
    area = state.poll[:, polls.ASKED_AREA:polls.ASKED_AREA + polls.BINS].sum(1)
    assert np.array_equal(area, np.bincount(hh.span[rows], hh.plot_area[rows].astype(float), len(spans.uid)))
    pp = state.persons
    voters = (pp.age >= polls.ADULT) & (hh.kind[pp.household] > 0) & (hh.shares[pp.household] > 0)
    span = hh.span[pp.household]
    village = spans.urban == 0
    assert np.array_equal(state.poll[village, polls.VOTERS], np.bincount(span[voters], minlength=len(spans.uid))[village])
    assert np.array_equal(state.poll[village, polls.VOTERS_PRESENT],
                          np.bincount(span[voters & (pp.residence == VILLAGE)], minlength=len(spans.uid))[village])
    moving.close()


def test_only_villages_with_a_slot_are_polled(busy):
    asked = busy.poll.sum(1) > 0
    assert asked.any() and (busy.spans.candidate[asked] == 1).all() and (busy.spans.urban[asked] == 0).all()


# ---------------------------------------------------------------------------------------------------- land
def test_classes_of_land_are_never_negative_and_something_of_each_happened(busy):
    c, spans = busy.collectives, busy.spans
    for name in (*LAND_CLASSES, "park", "reserve", "debt"):
        assert getattr(c, name).min() >= 0, name
    assert spans.returned.min() >= 0 and spans.other_farmland.min() >= 0
    assert c.entered.sum() > 0 and c.converted.sum() > 0 and c.park.sum() > 0 and spans.returned.sum() > 0
    assert all(getattr(c, name)[spans.urban == 1].sum() == 0 for name in LAND_CLASSES)
    assert (c.lease_income.sum() > 0) and (c.equity_income.sum() > 0), "all forms of entry are taken by some"


def test_villages_pay_different_dividends_and_households_receive_their_own(busy):
    hh, spans = busy.households, busy.spans
    village = spans.urban == 0
    assert np.unique(spans.dividend[village].round(2)).size > 10
    held = (hh.kind == CONTRACT) & (hh.shares > 0)
    np.testing.assert_allclose(hh.dividend[held], hh.shares[held] * spans.dividend[hh.span[held]], rtol=1e-6)


def test_entry_stays_where_it_is_open():
    moving = walked(last=2021, households=20_000)
    c, spans = moving.state.collectives, moving.state.spans
    assert (c.entered + c.park)[spans.district != 0].sum() == 0
    moving.close()


def test_red_lines_refuse_what_breaks_them():
    """With the floor at the stock of 2019 farmland may only be taken as far as plots were reclaimed; the shadow price is what was refused."""
    bound = walked([f"red_lines.farmland_percent@2019:{ALL}=100"])
    free = walked()
    held = districts_land.by_district(bound.state.spans, np.where(bound.state.spans.urban == 0, bound.state.spans.farmland, 0.0))
    start = bound.state.land.farmland_start
    assert (held >= start * (1 - 1e-9)).all()
    assert bound.state.land.vetoed.sum() > 0 and bound.state.land.shadow_price.max() > 0
    assert bound.state.land.state_land.sum() < free.state.land.state_land.sum() and free.state.land.new_land.sum() > 0
    assert (bound.state.land.state_price >= free.state.land.state_price - 1e-6).all(), "less land, a higher price"
    grain = walked([f"red_lines.grain_percent@2019:{ALL}=110"])
    assert grain.state.land.new_land.sum() == 0, "no growth of yields reaches 110 % by 2023"
    for moving in (bound, free, grain):
        moving.close()


def test_permanent_farmland_of_a_village_stays():
    bound = walked([f"red_lines.permanent_percent@2019:{ALL}=100"])
    c, spans = bound.state.collectives, bound.state.spans
    village = spans.urban == 0
    assert (spans.farmland[village] >= c.farmland_start[village] * (1 - 1e-12)).all() and c.converted.sum() == 0
    bound.close()


def test_firms_land_is_the_index_of_2019_first():
    moving = walked(last=2019)
    assert moving.state.land_index[1:] == pytest.approx(np.ones(8)), "no new land in the first year; entry only in Jiutai"
    moving.close()


# ---------------------------------------------------------------------------------------------------- decisions
def test_a_project_needs_a_gain_votes_and_a_slot(busy):
    c, spans = busy.collectives, busy.spans
    assert (spans.offer[~busy.slots["plots"]] == 0).all() and (c.project[spans.offer == 0] == NO_PROJECT).all()
    assert (c.parcel[~busy.slots["entry"]] == 0).all()
    no_gain = collectives.yes(busy, np.zeros(len(spans.uid)))
    all_gain = collectives.yes(busy, np.full(len(spans.uid), 1e12))
    assert not no_gain.any() and all_gain[spans.candidate == 1].any()


def test_money_limits_projects():
    rich = walked(PLAN, last=2021)
    state = rich.state
    before = collectives.money_part(state)
    state.project_cash = state.project_cash * 0
    state.delivered[RULE_INDEX["grant_share"]] = 0.0
    assert (collectives.money_part(state) == 0).all() and (before == 1).all()
    rich.close()


def test_projects_dropped_for_want_of_money_are_counted():
    """The same draw with and without money: what had a slot is short, and nothing else; funded and dropped projects stand in the indicators."""
    rich = walked(PLAN, last=2021)
    state = rich.state
    collectives.draw_slots(state)
    slots = state.slots["plots"].copy()
    assert slots.any() and not state.slots["short"].any()
    state.project_cash = state.project_cash * 0
    state.delivered[RULE_INDEX["grant_share"]] = 0.0
    collectives.draw_slots(state)
    assert not state.slots["plots"].any() and (state.slots["short"] == slots).all()
    funded, dropped = (
        sum(row[4] for row in rich.recorder.indicators if row[3] == f"village_projects_{end}" and row[1] == "zone") for end in ("funded", "dropped"))
    assert funded > 0 and dropped == 0
    rich.close()


def test_more_collateral_means_more_means(busy):
    price = np.full(len(busy.spans.uid), 100.0)
    low = collectives.means(busy, price)
    busy.delivered[RULE_INDEX["collective_land_ltv"]] += 0.2
    high = collectives.means(busy, price)
    busy.delivered[RULE_INDEX["collective_land_ltv"]] -= 0.2
    assert (high >= low).all() and (high > low).any()
