"""Order farming: where capacity goes, what a contract is worth, who accepts, what is paid, and what farms make of the price."""
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.optimize import brentq
from scipy.stats import norm
from test_kernels_economics import copied, lasting, numbers, rent_land, zone  # noqa: F401  (zone is a fixture)

from sim import behaviour, rng
from sim.accounts import FIRMS
from sim.institutions import orders
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import RURAL

B = behaviour.load()


@given(st.lists(st.tuples(st.floats(0.01, 2), st.floats(0.1, 10)), min_size=1, max_size=30), st.floats(0.001, 1.2))
def test_the_scale_fills_the_capacity(villages, capacity):
    pulls, amounts = (np.array(column) for column in zip(*villages))
    found = orders.scale(capacity, pulls, amounts)
    taken = (amounts * np.minimum(found * pulls, 1)).sum() / amounts.sum()
    np.testing.assert_allclose(taken, min(capacity, 1), rtol=1e-9)
    if capacity < 0.99:
        other = brentq(lambda scale: (amounts * np.minimum(scale * pulls, 1)).sum() / amounts.sum() - capacity, 0, 1 / pulls.min(), xtol=1e-14)
        np.testing.assert_allclose(found, other, rtol=1e-6)
    assert orders.scale(0.0, pulls, amounts) == 0 and orders.scale(capacity / 2, pulls, amounts) <= found


@pytest.mark.parametrize("premium, floor", [(0.0, 0.8), (0.0, 1.05), (0.05, 0.9), (0.15, 0.95)])
def test_a_contract_is_worth_its_expected_price(premium, floor):
    spread = float(B.price_spread)
    z = np.linspace(-8, 8, 400_001)
    price = np.exp(spread * z - spread ** 2 / 2)
    expected = np.trapezoid(norm.pdf(z) * np.maximum(floor, price * (1 + premium)), z)
    np.testing.assert_allclose(orders.worth(np.array([premium]), np.array([floor]), B), expected - 1, atol=1e-7)
    assert orders.worth(np.array([premium]), np.array([0.01]), B)[0] == pytest.approx(premium, abs=1e-9)


def accepted(one, worth, reach):
    """Own cost of the terms where a household has a contract, -1 elsewhere: a naive twin. reach: scale of the offers."""
    from scipy.special import ndtri
    b, hh, spans = numbers(one.behaviour), one.households, one.spans
    pull = spans.quality.astype(float) * np.exp(-spans.distance.astype(float) / b.order_reach)
    cost = b.order_cost * np.exp(b.order_cost_spread * ndtri(lasting(hh.uid, "order_cost")) - b.order_cost_spread ** 2 / 2)
    return np.where((lasting(hh.uid, "order") < reach * pull[hh.span]) & (cost < worth), cost, -1.0)


def test_a_contract_draws_land_to_its_farms_and_no_offer_changes_nothing(zone):  # noqa: F811
    plain, idle, with_orders = copied(zone), copied(zone, order_scale=0.0, order_worth=0.05), copied(zone, order_scale=1.0, order_worth=0.05)
    for one in (plain, idle, with_orders):
        rent_land(one, True)
    np.testing.assert_array_equal(plain.households.operated_area, idle.households.operated_area)
    np.testing.assert_array_equal(plain.spans.rent, idle.spans.rent)
    hh, cost = with_orders.households, accepted(with_orders, 0.05, 1.0)
    farms = (hh.kind > 0) & (hh.kind <= RURAL) & (plain.households.land_demand > 0)
    b, y = numbers(zone.behaviour), with_orders.published
    net = float(y.grain_price) * (1 + np.where(cost < 0, 0, (1 - b.side_selling) * (0.05 - cost))) - b.materials_cost * float(y.inputs_price)
    v = b.service_share
    k = (1 - v) / (1 - v - b.land_share)
    rise = (net / (float(y.grain_price) - b.materials_cost * float(y.inputs_price))) ** (k / (1 - v))
    np.testing.assert_allclose(hh.land_demand[farms] / plain.households.land_demand[farms], rise[farms], rtol=2e-4)
    assert (cost[farms] >= 0).sum() > 50
    bound = farms & (cost >= 0)
    assert hh.operated_area[bound].sum() > 1.01 * plain.households.operated_area[bound].sum()            # neighbours with contracts bid against each other
    assert hh.operated_area[farms & ~bound].sum() < plain.households.operated_area[farms & ~bound].sum()
    village = with_orders.spans.urban == 0
    assert (with_orders.spans.rent[village] >= plain.spans.rent[village] * (1 - 1e-4)).all()


def lived(tmp_path, text, years=3):
    path = tmp_path / "orders.yaml"
    path.write_text("schema: 1\nid: orders\ntitle: {zh: 检验, en: Check}\nhorizon: {start: 2019, end: 2026, report: [2025]}\nextends: baseline\n"
                    f"levers:\n  order_farming: {{steps: [{{from: 2020, districts: all, {text}}}]}}\n", encoding="utf-8")
    run = Simulation(load(str(path)), households=3_000, seed=2, threads=1)
    for _ in range(years):
        run.step()
        yield run.state
    run.close()


def test_what_is_paid_is_what_the_contract_says(tmp_path):
    """Every accepted farm that does not sell past the firm gets the contract's price less the market's and its cost; firms pay it."""
    for state in lived(tmp_path, "grain_percent: 60, premium_percent: 8, floor_percent: 100, profit_percent: 10"):
        hh, y, b = state.households, state.published, numbers(state.behaviour)
        d = state.spans.district[hh.span]
        rules = {name: state.delivered[RULE_INDEX[name]] for name in ("order_premium", "order_floor", "order_profit")}
        one = SimpleNamespace(behaviour=state.behaviour, households=hh, spans=state.spans)
        worth, reach = np.asarray(y.order_worth, float)[d], np.asarray(y.order_scale, float)[d]
        cost = accepted(one, worth, reach)
        past = rng.uniform_array(hh.uid, rng.key(2, state.year, "side_selling")) < b.side_selling
        shock = float(y.price_shock)
        paid = (np.maximum(rules["order_floor"], shock * (1 + rules["order_premium"])) + rules["order_profit"] * b.order_margin)[d]
        due = np.where((cost < 0) | past, 0, hh.grain.astype(float) * float(y.grain_price) * (paid - shock - cost))
        np.testing.assert_allclose(hh.order_gain, due, rtol=2e-3, atol=1)
        weight = state.spans.weight[hh.span]
        np.testing.assert_allclose(state.books.total("order_premiums", payer=FIRMS).sum(), (hh.order_gain * weight).sum(), rtol=1e-6)
    assert (hh.order_gain > 0).sum() > 50


def test_share_lies_near_the_capacity_and_falls_to_nothing_without_gain(tmp_path):
    def share(text):
        state = list(lived(tmp_path, text))[-1]
        return state.totals["ordered_grain"].sum() / state.totals["grain"].sum()
    none, some, more = (share(f"grain_percent: {percent}, premium_percent: 15") for percent in (0, 30, 70))
    assert none == 0 < some < more and 0.15 < some < 0.4
    assert share("grain_percent: 70, premium_percent: 0, floor_percent: 80") == 0
