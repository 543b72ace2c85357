"""The market for construction land against scipy's root finder, its limits and comparative statics; and the equations by which villages decide."""
import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import lognorm, norm

from sim.institutions import village_projects as choice
from sim.markets import construction_land as market
from sim.markets.construction_land import NO_PARCELS, Demand, Parcels, clear, price_of
from sim.tables import EQUITY, LEASE, SALE

DISTRICTS = 9
positive = st.floats(0.2, 5.0)


def demand(growth=1.0, elasticity=1.0):
    """Firms of nine districts of unlike size and price."""
    return Demand(np.linspace(1e6, 4e7, DISTRICTS), np.linspace(150.0, 700.0, DISTRICTS), np.full(DISTRICTS, growth), elasticity)


def parcels(seed=1, count=200, area=2e4):
    draw = np.random.default_rng(seed)
    return Parcels(draw.integers(0, DISTRICTS, count), area * draw.uniform(0.2, 2, count), draw.uniform(0, 1.5, count), draw.uniform(5, 400, count))


def excess(price, d, part, land, firms, offered):
    """Z(p) of one district, the slow way: a loop over its parcels."""
    supply = land[d]
    for i in range(len(offered.area)):
        if offered.district[i] == d and price * np.exp(-offered.discount[i]) >= offered.least[i]:
            supply += offered.area[i]
    return part[d] * firms.land[d] * firms.growth[d] * (price / firms.price[d]) ** -firms.elasticity - supply


@given(part=st.floats(0.02, 1.0), land=positive, growth=positive, elasticity=st.floats(0.5, 1.5), seed=st.integers(0, 50))
def test_prices_are_those_of_brentq(part, land, growth, elasticity, seed):
    firms, offered = demand(growth, elasticity), parcels(seed)
    parts, lands = np.full(DISTRICTS, part), land * part * firms.land
    found = price_of(firms, parts, lands, offered)
    for d in range(DISTRICTS):
        expected = brentq(excess, firms.price[d] / 1e4, firms.price[d] * 1e4, args=(d, parts, lands, firms, offered), xtol=1e-10, rtol=1e-12)
        assert found[d] == pytest.approx(expected, rel=1e-9)


def test_without_parcels_the_price_has_a_closed_form():
    """p = p0 (part v D0 / L)^(1/e)."""
    firms = demand(1.7, 0.8)
    land, part = 0.6 * firms.land, np.full(DISTRICTS, 0.5)
    assert price_of(firms, part, land, NO_PARCELS) == pytest.approx(firms.price * (0.5 * 1.7 / 0.6) ** (1 / 0.8), rel=1e-9)


@given(seed=st.integers(0, 50), more=st.floats(1.01, 3.0))
def test_more_land_lowers_prices_and_more_demand_raises_them(seed, more):
    firms, offered = demand(), parcels(seed)
    part, land = np.full(DISTRICTS, 0.1), 0.1 * firms.land
    price = price_of(firms, part, land, offered)
    assert (price_of(firms, part, land * more, offered) <= price).all()
    assert (price_of(demand(more), part, land, offered) >= price).all()
    eager = offered._replace(least=offered.least / more)
    assert (price_of(firms, part, land, eager) <= price * (1 + 1e-9)).all()


def test_one_market_has_one_price_and_two_markets_do_not_touch():
    firms, offered = demand(), parcels()
    state_land, collective = 0.9 * firms.land, 0.1 * firms.land
    one = clear(firms, state_land, collective, np.full(DISTRICTS, 0.9), np.full(DISTRICTS, 0.05), np.ones(DISTRICTS, bool), offered)
    two = clear(firms, state_land, collective, np.full(DISTRICTS, 0.9), np.full(DISTRICTS, 0.05), np.zeros(DISTRICTS, bool), offered)
    assert np.array_equal(one[0], one[1])
    assert two[0] == pytest.approx(firms.price, rel=1e-9) and (two[1] < two[0]).all(), "rationed: half of the users, so a lower price"
    assert (one[1] > two[1]).all() and one[2].sum() > two[2].sum(), "where all firms may use it collective land is worth more and more of it sells"
    assert (one[0] <= two[0] * (1 + 1e-9)).all()


def test_what_is_sold_pays_and_does_not_exceed_what_is_wanted():
    firms, offered = demand(), parcels(3, 400, 4e5)
    part, land = np.full(DISTRICTS, 0.3), 0.1 * firms.land
    _, price, sold = clear(firms, firms.land, land, 1 - part, part, np.zeros(DISTRICTS, bool), offered)
    supply = land + np.bincount(offered.district[sold], offered.area[sold], DISTRICTS)
    assert (supply <= part * firms.at(price) * (1 + 1e-9)).all() and sold.any() and not sold.all()
    assert (price[offered.district] * np.exp(-offered.discount) >= offered.least)[sold].all()
    assert market.STEPS >= 50


@given(least=st.floats(1, 100), gain=st.floats(0, 300), share=st.floats(0.2, 0.8), bidders=st.integers(1, 8))
def test_the_bargain_lies_between_ask_and_market_and_rises_with_bidders(least, gain, share, bidders):
    price = choice.bargain(np.array([least]), np.array([least + gain]), share, bidders, 0.0)[0]
    assert least - 1e-9 <= price <= least + gain + 1e-9
    assert price == pytest.approx(least + gain * (1 - (1 - share) ** bidders))
    assert choice.bargain(np.array([least]), np.array([least + gain]), share, bidders + 1, 0.0)[0] >= price
    assert choice.bargain(np.array([least]), np.array([least + gain]), share, 1, 0.7)[0] >= 0.7 * (least + gain) - 1e-9


@given(value=st.floats(0, 1e7), a=st.floats(0.2, 0.5), t=st.floats(0, 0.14), leak=st.floats(0, 0.2), reserve=st.floats(0.1, 0.7))
def test_the_split_loses_no_yuan(value, a, t, leak, reserve):
    parts = choice.split(np.array([value]), a, t, leak, reserve)
    assert sum(part[0] for part in parts) == pytest.approx(value, rel=1e-12, abs=1e-9) and all(part[0] >= 0 for part in parts)
    assert parts.public[0] == pytest.approx((a + t) * value)


@given(floor=st.floats(0.05, 1.2), mean=st.floats(0.8, 2.0), spread=st.floats(0.1, 1.0))
def test_the_mean_log_above_a_floor_is_its_integral(floor, mean, spread):
    shape = lognorm(spread, scale=mean * np.exp(-spread ** 2 / 2))
    above = quad(lambda x: np.log(x) * shape.pdf(x), floor, shape.ppf(1 - 1e-12), limit=200)[0]
    assert choice.mean_log_above(floor, mean, spread) == pytest.approx(np.log(floor) * shape.cdf(floor) + above, abs=1e-5)


def test_forms_follow_their_values():
    values = choice.form_values(np.array([40.0, 40.0]), np.array([0.6, 0.0]), 0.05, 0.06, 1.3, 0.5)
    assert values[SALE].tolist() == [0, 0] and (values[LEASE] < 0).all(), "a patient firm's rent is worth less to an impatient village than the price"
    assert values[EQUITY, 0] > values[EQUITY, 1], "a floor makes equity better"
    calm = np.zeros((3, 2))
    assert choice.choose_form(values.copy(), np.array([True, True]), calm)[0] == EQUITY
    assert (choice.choose_form(values.copy(), np.array([False, False]), calm) == SALE).all()
    assert choice.annuity(0.05, 40) * (1 - 1.05 ** -40) / 0.05 == pytest.approx(1)


def test_absent_members_count_as_no_and_gain_brings_votes():
    there, members = np.array([100.0, 50.0, 0.0]), np.array([100.0, 100.0, 100.0])
    shares, gain = np.full(3, 100.0), np.full(3, 5_000.0)
    votes = choice.yes_share(there, members, gain, shares, 0.0, 50.0, 1.0)
    assert votes == pytest.approx([norm.cdf(0), norm.cdf(0) / 2, 0])
    assert (choice.yes_share(there, members, gain * 2, shares, 0.5, 50.0, 1.0) > votes).all()
    assert (choice.yes_share(there, members, -gain, shares, 1.0, 50.0, 1.0) == 0).all(), "nobody votes for a loss"


@given(st.lists(st.integers(0, 9), min_size=64, max_size=64), st.floats(0, 700))
def test_the_histogram_counts_asks_at_or_below_a_price(counts, price):
    histogram = np.array([counts], float)
    got = choice.demand_at(histogram, 10.0, np.array([price]))[0]
    whole = sum(n for k, n in enumerate(counts) if k * 10 <= min(price, 629.9))
    assert (0 if price == 0 else whole) - 1e-6 <= got <= whole + counts[min(int(price // 10) + 1, 63)] + 1e-6
    assert got <= choice.demand_at(histogram, 10.0, np.array([price + 25.0]))[0] + 1e-9
