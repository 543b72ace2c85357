"""Cooperatives: the accounts and the membership against a naive twin, limits and signs, and the books of a toy zone."""
import numpy as np
import pytest
from test_kernels_economics import copied, lasting, numbers, zone  # noqa: F401  (zone is a fixture)

from sim import rng
from sim.accounts import DISTRICT, FIRMS
from sim.places import VILLAGE
from sim.rules import RULE_INDEX, RULES
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import RURAL

YEAR, SEED = 2021, 5
SMALL_VILLAGES = {"coop_running": 3_000.0}              # a toy's villages have some fifty farms


def prepared(zone, quality=0.6, behaviour=(), **figures):  # noqa: F811
    """The zone at the end of a year of trade, without cooperatives."""
    one = copied(zone, rules={"coop_quality": quality}, **figures)
    one.behaviour = zone.behaviour._replace(**{name: np.float32(value) for name, value in (SMALL_VILLAGES | dict(behaviour)).items()})
    dice, hh = np.random.default_rng(1), one.households
    hh.farm_inputs[:] = dice.lognormal(8.3, 0.7, len(hh.uid))
    hh.grain_sales[:] = dice.lognormal(9.2, 0.7, len(hh.uid))
    hh.other_sales[:] = dice.lognormal(8.0, 1.0, len(hh.uid)) * (dice.random(len(hh.uid)) < 0.4)
    return one


def run(one, chance=1.0):
    from sim.kernels import cooperatives
    one.runner.run(cooperatives.run_cooperatives, one.spans, one.households, "farm", np.float32(chance), one.published, one.behaviour)
    return one.households.coop_member > 0


def small_farms(one):
    hh = one.households
    return (hh.kind > 0) & (hh.kind <= RURAL) & (hh.residence == VILLAGE) & (hh.farm_labour > 0) & (hh.family_farm == 0)


def trade(one):
    """(what dealing together is worth, own cost) of every household, yuan."""
    from scipy.special import ndtri
    b, hh = numbers(one.behaviour), one.households
    quality = np.asarray(one.delivered[RULE_INDEX["coop_quality"]], float)[one.spans.district[hh.span]]
    worth = quality * (b.coop_input_margin * hh.farm_inputs.astype(float) + b.coop_sales_margin * (hh.grain_sales.astype(float) + hh.other_sales))
    return worth * small_farms(one), b.coop_own_cost * np.exp(b.coop_cost_spread * ndtri(lasting(hh.uid, "coop_cost")) - b.coop_cost_spread ** 2 / 2)


def gain(one, worth, cost, rate):
    b, income = numbers(one.behaviour), np.maximum(one.households.permanent_income.astype(float), 1_000)
    return worth * rate - b.coop_fee - cost - 0.5 * b.risk_aversion * b.coop_spread ** 2 * (worth * rate) ** 2 / income


def founded(one):
    """(members, patronage rate by village) of the largest membership in which everybody gains: households are struck off until none would lose."""
    b, s, count = numbers(one.behaviour), one.households.span, len(one.spans.uid)
    worth, cost = trade(one)
    inside = worth > 0
    while True:
        total, number = (np.bincount(s, of * inside, count) for of in (worth, np.ones(len(s))))
        rate = (total + b.coop_fee * number - b.coop_running) / np.maximum(total, 1)
        lose = inside & (gain(one, worth, cost, rate[s]) <= 0)
        if not lose.any():
            alive = (number >= b.coop_least) & (rate >= 0) & (one.spans.urban == 0)
            return inside & alive[s], np.where(alive, rate, 0)
        inside &= ~lose


@pytest.mark.parametrize("quality", [0.3, 0.6, 1.0])
def test_who_begins_a_cooperative_as_a_naive_twin_reckons(zone, quality):  # noqa: F811
    one = prepared(zone, quality)
    expected, rate = founded(one)
    found = run(one)
    np.testing.assert_array_equal(one.spans.coop > 0, rate > 0)
    np.testing.assert_allclose(one.spans.coop_rate, rate, rtol=2e-3, atol=1e-6)
    assert (found != expected).sum() <= 2 and not one.households.coop_due.any()
    if quality > 0.5:
        assert 50 < found.sum() < small_farms(one).sum()


def test_accounts_are_shared_out_by_patronage_and_members_review(zone):  # noqa: F811
    """What members are due sums to the worth of their trade less the running cost; who reviews stays or joins where it gains at that rate."""
    one = prepared(zone, behaviour={"coop_review": 0.5})
    dice, b, s = np.random.default_rng(2), numbers(one.behaviour), one.households.span
    one.spans.coop[:] = one.spans.urban == 0
    member = small_farms(one) & (dice.random(len(s)) < 0.6)
    one.households.coop_member[:] = member
    worth, cost = trade(one)
    found, hh, count = run(one, 0.0), one.households, len(one.spans.uid)
    total, number, due = (np.bincount(s, of, count) for of in (worth * member, member, hh.coop_due))
    some = number > 0
    np.testing.assert_allclose(due[some], (total - b.coop_running)[some], rtol=1e-4, atol=1)
    rate = (total + b.coop_fee * number - b.coop_running) / np.maximum(total, 1)
    np.testing.assert_allclose(hh.coop_due[member], (worth * rate[s] - b.coop_fee)[member], rtol=1e-4, atol=0.1)
    assert not hh.coop_due[~member].any()
    goes_on = (rate >= 0) & (number >= b.coop_least)
    np.testing.assert_array_equal(one.spans.coop > 0, goes_on & (one.spans.urban == 0))
    reviews = rng.uniform_array(hh.uid, rng.key(SEED, YEAR, "coop_review")) < 0.5
    sure = np.abs(gain(one, worth, cost, rate[s])) > 1
    wants = np.where(reviews & (worth > 0), gain(one, worth, cost, rate[s]) > 0, member) & goes_on[s]
    np.testing.assert_array_equal(found[sure], wants[sure])
    assert (found & ~member).any() and (member & ~found & goes_on[s]).any()


def test_limits(zone):  # noqa: F811
    """Without quality, meetings or trade there is none; one that runs at a loss, or has too few members, ends; who leaves the farm is no member."""
    assert not run(prepared(zone, 0.0)).any() and not run(prepared(zone), 0.0).any()
    assert not run(prepared(zone, behaviour={"coop_running": 1e6})).any() and not run(prepared(zone, behaviour={"coop_least": 1_000.0})).any()
    for ending in ({"coop_running": 1e6}, {"coop_least": 1_000.0}):
        one = prepared(zone)
        assert run(one).any()
        one.behaviour = one.behaviour._replace(**{name: np.float32(value) for name, value in ending.items()})
        assert not run(one, 0.0).any() and not one.spans.coop.any() and not one.spans.coop_rate.any()
        assert ((one.households.coop_due < 0).any()) == ("coop_running" in ending)              # a loss is borne by the members
    one = prepared(zone)
    rows = np.flatnonzero(run(one))
    one.households.residence[rows[:5]], one.households.family_farm[rows[5:10]] = 3, 1
    assert not run(one, 0.0)[rows[:10]].any()


@pytest.mark.parametrize("name, quality, behaviour", [
    ("quality", 0.9, {}), ("running", 0.6, {"coop_running": 500.0}), ("trust", 0.6, {"coop_own_cost": 50.0}), ("margins", 0.6, {"coop_sales_margin": 0.1})])
def test_what_raises_the_gain_only_adds_members(zone, name, quality, behaviour):  # noqa: F811
    first, more = run(prepared(zone)), run(prepared(zone, quality, behaviour))
    assert (more >= first).all() and more.sum() > first.sum(), name


def test_books_of_a_zone_with_better_cooperatives(tmp_path):
    """What is due of one year is paid in the next, by firms; districts pay for quality; small trade gains less often than large."""
    path = tmp_path / "coops.yaml"
    path.write_text("schema: 1\nid: coops\ntitle: {zh: 检验, en: Check}\nhorizon: {start: 2019, end: 2026, report: [2025]}\nextends: baseline\n"
                    "levers:\n  cooperatives: {steps: [{from: 2020, districts: all, quality_percent: 80}]}\n"
                    "assumptions: {coop_running: 5000, coop_founding: 0.5}\n", encoding="utf-8")
    made = Simulation(load(str(path)), households=3_000, seed=2, threads=1)
    due = None
    for _ in range(4):
        made.step()
        state = made.state
        hh, b, spans = state.households, numbers(state.behaviour), state.spans
        weight = spans.weight[hh.span]
        if due is not None:
            same = (hh.uid == due[0]) & (hh.kind > 0) & (hh.kind <= RURAL)
            np.testing.assert_array_equal(hh.coop_gain[same], due[1][same])
        np.testing.assert_allclose(state.books.total("patronage", payer=FIRMS).sum(), (hh.coop_gain * weight).sum(dtype=float), rtol=1e-5, atol=1)
        base = RULES[RULE_INDEX["coop_quality"]].base
        cost = b.coop_quality_cost * np.maximum(state.delivered[RULE_INDEX["coop_quality"]] - base, 0)
        np.testing.assert_allclose(state.books.total("coop_support", DISTRICT, FIRMS), cost * np.bincount(spans.district, spans.weight * spans.coop, 9))
        due = hh.uid.copy(), hh.coop_due.copy()
    made.close()
    farms, sold = (hh.kind > 0) & (hh.kind <= RURAL) & (hh.grain_sales > 0), hh.grain_sales + hh.other_sales
    large = sold > np.median(sold[farms])
    assert hh.coop_gain.sum() > 0 and hh.coop_member[farms & large].mean() > hh.coop_member[farms & ~large].mean()
