"""Trusteeship of farmland: the choice plot by plot, its limits in the market, what is harvested and paid. The market's twin is in test_kernels_economics."""
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from test_kernels_economics import copied, numbers, rent_land, trusteeship_twin, zone  # noqa: F401  (zone is a fixture)

from sim.accounts import FIRMS
from sim.compiled import sweep
from sim.kernels.trusteeship import split
from sim.places import OUTSIDE
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import RURAL
from sim.units import M2_PER_MU


def villages(one):
    return np.flatnonzero(one.spans.urban == 0)


def cleared(zone, coverage, opening=True):  # noqa: F811
    """The market with a provider in every village or in none; figures per village."""
    one = copied(zone)
    one.spans.trustee[:] = coverage * (one.spans.urban == 0)
    one.households.entrusted_area[:] = 0
    rent_land(one, opening)
    hh = one.households
    grain = np.where(hh.farm_labour > 0, hh.cash_crop_area, 0)
    held, own = (np.maximum(column.astype(float) - grain, 0) for column in (hh.operated_area, hh.contract_area))
    count = len(one.spans.uid)
    rented = np.bincount(hh.span, np.where((hh.kind > 0) & (hh.kind <= RURAL), np.maximum(held - own, 0), 0), count)[villages(one)]
    return SimpleNamespace(one=one, hh=hh, rented=rented, rent=one.spans.rent[villages(one)].astype(float))


def test_without_a_provider_nothing_is_entrusted_and_its_terms_do_not_matter(zone):  # noqa: F811
    one, other = copied(zone), copied(zone)
    for made in (one, other):
        made.spans.trustee[:] = 0
        made.households.entrusted_area[:] = 0
    other.behaviour = zone.behaviour._replace(trusteeship_loss=np.float32(0.02), trusteeship_margin=np.float32(0.0), trusteeship_crew=np.float32(12.0))
    for made in (one, other):
        rent_land(made, False)
        assert made.households.entrusted_area.sum() == 0
    for name in ("operated_area", "kin_area", "farm_income", "land_income"):
        np.testing.assert_array_equal(getattr(one.households, name), getattr(other.households, name))
    np.testing.assert_array_equal(one.spans.rent, other.spans.rent)


def test_a_provider_never_raises_what_is_let_nor_lowers_the_rent(zone):  # noqa: F811
    without, with_one = cleared(zone, 0), cleared(zone, 1)
    land = np.bincount(without.hh.span, without.hh.contract_area, len(without.one.spans.uid))[villages(without.one)]
    assert (with_one.rent >= without.rent * (1 - 1e-4)).all()
    assert (with_one.rented <= without.rented + 0.03 * land + 2_000).all()                       # the last rounding goes to the largest tenant
    assert with_one.rented.sum() < 0.9 * without.rented.sum()
    assert with_one.hh.entrusted_area.sum() > 0.05 * land.sum()


def test_more_coverage_only_adds_villages(zone):  # noqa: F811
    from sim.state import title_and_exchange
    reached = []
    for coverage in (0.0, 0.3, 0.6, 1.0):
        rules = zone.delivered.copy()
        rules[RULE_INDEX["trusteeship_coverage"]] = coverage
        made = copied(zone)
        title_and_exchange(SimpleNamespace(spans=made.spans, population_seed=1), rules)
        reached.append(made.spans.trustee.astype(int))
    assert reached[0].sum() == 0 and (reached[-1] == (zone.spans.urban == 0)).all()
    for fewer, more in zip(reached, reached[1:]):
        assert (more >= fewer).all() and more.sum() > fewer.sum()


@sweep
def split_rows(operated, own, demand, top, slope, found, b):
    for i in range(found.shape[0]):
        found[i] = split(operated[i], own[i], demand[i], top, slope, b)


def test_each_plot_goes_where_it_brings_most(zone):  # noqa: F811
    """What is entrusted is the best of own profit of the rest plus returns of the plots, by a search over the amount."""
    b, made = numbers(zone.behaviour), copied(zone)
    top, slope = trusteeship_twin(made, villages(made)[0])[:2]
    dice = np.random.default_rng(2)
    operated, own, demand = dice.uniform(1, 60, 60), dice.uniform(1, 40, 60), np.exp(dice.uniform(9, 14, 60))
    found = np.zeros(60, np.float32)
    singles = [np.asarray(x, np.float32) for x in (operated, own, demand)]
    split_rows(*singles, np.float32(top), np.float32(slope), found, zone.behaviour)
    eta = b.land_share / (1 - b.service_share)

    def worth(entrusted, area, mine, d):
        own_work = d ** (1 - eta) / eta * max(area - entrusted, 0) ** eta                             # its derivative is (d/A)^(1 - eta)
        return own_work + quad(lambda a: top - slope * a / mine, 0, entrusted)[0]
    some = 0
    for area, mine, d, amount in zip(operated, own, demand, found):
        best = minimize_scalar(lambda e, *of: -worth(e, *of), args=(area, mine, d), bounds=(0, min(area, mine)), method="bounded", options={"xatol": 1e-7})
        assert worth(float(amount), area, mine, d) >= -best.fun - 1e-4 * abs(best.fun)
        some += 0.01 < amount < min(area, mine) - 0.01
    assert some > 5


@pytest.fixture(scope="module")
def year():
    run = Simulation(load("baseline"), households=3_000, threads=1)
    run.step()
    yield run.state
    run.close()


def test_fees_materials_and_books(year):
    """A household without labour pays the fee of its mu and the materials of the expected harvest; firms receive what households pay."""
    hh, b = year.households, numbers(year.behaviour)
    seen = SimpleNamespace(behaviour=year.behaviour, published=year.published, spans=year.spans)
    rows = np.flatnonzero((hh.entrusted_area > 0) & (hh.farm_labour == 0))
    assert len(rows) > 20 and (hh.residence[rows] != OUTSIDE).all()
    net = max(float(year.published.grain_price) - b.materials_cost * float(year.published.inputs_price), 0.1)
    for h in rows:
        _, _, fee, output = trusteeship_twin(seen, hh.span[h])
        area, own = hh.entrusted_area[h] / M2_PER_MU, hh.contract_area[h] / M2_PER_MU
        kilograms = area * output / net * (1 - b.trusteeship_loss * area / own)
        np.testing.assert_allclose(hh.trusteeship_fee[h], fee * area, rtol=1e-4)
        np.testing.assert_allclose(hh.farm_inputs[h], kilograms * b.materials_cost * float(year.published.inputs_price), rtol=1e-4)
        np.testing.assert_allclose(hh.producer_subsidy[h], b.producer_subsidy * area, rtol=1e-4)
    luck = hh.grain[rows] / (hh.farm_inputs[rows] / b.materials_cost)                                # weather and own luck: mean 1
    assert 0.5 < luck.min() and luck.max() < 2 and abs(luck.mean() - 1) < 0.1
    paid = (hh.trusteeship_fee * year.spans.weight[hh.span]).sum(dtype=float)
    np.testing.assert_allclose(year.books.total("farm_services", receiver=FIRMS).sum(), paid, rtol=1e-6)
    assert (hh.entrusted_area <= hh.operated_area).all() and (hh.entrusted_area <= hh.contract_area).all()
