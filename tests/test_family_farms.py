"""Family farms: the technology's limits, who begins against a naive twin, places and grants, credit, and the books of a toy zone."""
from types import SimpleNamespace

import numpy as np
import pytest
from test_kernels_economics import copied, lasting, numbers, zone  # noqa: F401  (zone is a fixture)

from sim.accounts import DISTRICT, FIRMS
from sim.kernels.year import H
from sim.places import VILLAGE
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import RURAL
from sim.units import M2_PER_MU

FREE_CHOICE = {"family_farm_hurdle": 5_000.0, "machine_wear": 1e-6, "least_family_farm": 50.0}


def prepared(zone, rules=(), rich=True, behaviour=(), keep=False, **figures):  # noqa: F811
    """The zone on the eve of the choice, without family farms unless `keep`; nobody lacks money unless `rich` is off."""
    one = copied(zone, rules=dict(rules), **figures)
    one.behaviour = zone.behaviour._replace(**{name: np.float32(value) for name, value in (FREE_CHOICE | dict(behaviour)).items()})
    if not keep:
        one.households.family_farm[:] = 0
    if rich:
        one.households.deposits[:] = 1e6
        one.households.debt[:] = 0
    return one


def choose(one, low=0.0, high=1.0):
    """Who is a family farm afterwards (by row)."""
    from sim.kernels import family_farms
    one.runner.run(family_farms.choose_farms, one.spans, one.households, "farm", one.happened, np.float32(low), np.float32(high), False, one.published,
                   one.behaviour)
    return one.households.family_farm > 0


def farmers(one):
    hh = one.households
    return (hh.kind > 0) & (hh.kind <= RURAL) & (hh.residence == VILLAGE) & (hh.farm_labour > 0)


def reckoning(one):
    """(mu with machines, gain before hurdle, taste and capital) of every household, plain numpy, float64."""
    b, hh, y, spans = numbers(one.behaviour), one.households, one.published, one.spans
    s, v = hh.span, b.service_share
    eta, labour, skill = b.land_share / (1 - v), hh.farm_labour.astype(float), b.farm_skill_spread * hh.farm_skill.astype(float)
    k, d = 1 / (1 - eta), spans.district[s]
    pn = float(y.grain_price) - b.materials_cost * float(y.inputs_price)
    rent = np.maximum(spans.rent[s].astype(float) - b.producer_subsidy, 10)
    t = b.lease_cost * (1 - b.exchange_saving * spans.exchange[s])
    lessee = rent * (1 + t + b.ability_wedge * np.maximum(skill, 0))
    lessor = rent * np.maximum(1 - t - b.tenure_risk * (1 - spans.titled[s].astype(float)), 0.05)
    own = np.maximum(hh.contract_area - np.where(labour > 0, hh.cash_crop_area, 0), 0) / M2_PER_MU
    credit = one.delivered[RULE_INDEX["farmland_ltv"]][d] * spans.rent[s] * b.land_years * hh.contract_area / M2_PER_MU * (1 - b.haircut)
    wage = y.expected_wage.astype(float)[d] / b.town_wage
    day = b.offfarm_access * (1 - y.expected_unemployment.astype(float)[d]) / (1 - b.unemployment) * b.local_wage / 264 * wage

    def farm(family):
        workers = np.exp(skill) * labour * (b.machine_reach if family else 1)
        services = float(y.inputs_price) * ((b.trusteeship_scale / b.machine_size) ** -b.machine_scale if family else 1)
        value = pn * b.farm_productivity * spans.quality[s] * float(y.farm_growth) * np.maximum(workers, 1e-6) ** b.operator_share
        constant = (1 - v) * value ** (1 / (1 - v)) * (v / services) ** (v / (1 - v))
        crews = b.hired_days * b.local_wage / 264 * wage if family else 0.0
        money = 0.5 * np.maximum(hh.deposits, 0) + credit + family * np.maximum(b.credit_line * hh.permanent_income - hh.debt, 0)
        wanted = (eta * constant) ** k
        area = np.minimum(own + money / b.working_capital, np.maximum(wanted * (lessee + crews) ** -k, np.minimum(own, wanted * (lessor + crews) ** -k)))
        days = np.minimum((b.machine_days if family else b.farm_days_per_mu) * area, b.farm_days_limit * labour)
        worth = (constant * area ** eta - lessee * np.maximum(area - own, 0) + lessor * np.maximum(own - area, 0) - crews * area - days * day)
        return area, worth, constant * area ** eta / ((1 - v) * pn) * float(y.grain_price)
    (area, worth, sales), (_, without, small) = farm(True), farm(False)
    spread = np.sqrt(sum(getattr(b, f"yield_spread_{of}") ** 2 for of in ("zone", "district", "village", "household")) + b.price_spread ** 2)
    covered = lasting(hh.uid, "insured") < one.delivered[RULE_INDEX["insurance_coverage"]][d]
    spread = spread - covered * np.asarray(y.spread_insured, float)[d]
    risk = 0.5 * b.risk_aversion * spread ** 2 * (sales ** 2 - small ** 2) / np.maximum(hh.permanent_income, 1_000)
    return area, worth - without - risk


def taste(one):
    from scipy.special import ndtri
    return float(one.behaviour.family_farm_taste) * ndtri(lasting(one.households.uid, "farm_taste"))


def capital(one, grant=0.0):
    b = numbers(one.behaviour)
    return (b.machine_outlay - grant) * (float(one.published.loan_rate) + b.loan_margin + b.machine_wear)


def test_with_machines_a_worker_handles_so_many_times_the_land_at_the_same_yield(zone):  # noqa: F811
    """Without hired crews and with services at their price desired land is `machine_reach` times as much, and so is the harvest."""
    from sim.kernels.land_rental import demand_constant, net_grain_price, output, profit_constant
    from sim.kernels.machines import handled, services_price
    one = np.float32
    b = zone.behaviour._replace(machine_scale=one(0.0))
    net = one(net_grain_price(one(1.9), one(1.0), b))
    found = []
    for family in (one(0), one(1)):
        constant = one(profit_constant(one(handled(one(1.7), family, b)), one(np.log(1.2)), one(1.0), net, one(services_price(one(1.0), family, b)), b))
        area = one(demand_constant(constant, b) * 300.0 ** (-1 / (1 - float(b.land_share) / (1 - float(b.service_share)))))
        found.append((area, output(constant, area, b) / net / area))
    assert found[1][0] / found[0][0] == pytest.approx(float(b.machine_reach), rel=1e-3)          # constant returns to labour, land and services
    assert found[1][1] == pytest.approx(found[0][1], rel=1e-4)


@pytest.mark.parametrize("figures", [{}, {"grain_price": 2.4}, {"inputs_price": 1.3}, {"spread_insured": 0.03}], ids=str)
def test_who_begins_as_a_naive_twin_reckons(zone, figures):  # noqa: F811
    one = prepared(zone, {"insurance_coverage": 0.5}, **figures)
    area, gain = reckoning(one)
    net, may = gain + taste(one) - numbers(one.behaviour).family_farm_hurdle - capital(one), farmers(one)
    sure = may & (np.abs(net) > 20) & (np.abs(area - 50) > 0.1)
    found = choose(one)
    assert sure.sum() > 0.95 * may.sum() and 10 < found.sum() < 0.9 * may.sum()
    np.testing.assert_array_equal(found[sure], ((net > 0) & (area > 50))[sure])
    assert not found[~may].any()
    assert one.happened[:, H["farms_founded"]].sum() == found.sum() and not one.happened[:, H["farms_helped"]].any()
    np.testing.assert_allclose(one.households.venture_outlay[found], float(one.behaviour.machine_outlay))


def test_limits(zone):  # noqa: F811
    """Nobody reviews: nothing moves. A hurdle out of reach: nobody begins. Without labour or away: none stays.

    Worn machines: those to whom they bring less than their cost go.
    """
    assert not choose(prepared(zone), high=0.0).any()
    assert not choose(prepared(zone, behaviour={"family_farm_hurdle": 1e9})).any()
    left = prepared(zone, keep=True)
    left.households.family_farm[farmers(left)] = 1
    left.households.residence[::2] = 3
    assert not choose(left, high=0.0)[::2].any() and choose(left, high=0.0)[1::2].any()
    worn = prepared(zone, behaviour={"machine_wear": 1.0, "family_farm_hurdle": 1e9})
    worn.households.family_farm[farmers(worn)] = 1
    _, gain = reckoning(worn)
    worth = gain + taste(worn) - capital(worn)
    sure = farmers(worn) & (np.abs(worth) > 20)
    np.testing.assert_array_equal(choose(worn, high=0.0)[sure], (worth > 0)[sure])


def test_a_farm_stays_while_its_machines_bring_more_than_going_without(zone):  # noqa: F811
    one = prepared(zone, rich=False)
    one.households.family_farm[farmers(one)] = 1
    _, gain = reckoning(one)
    worth = gain + taste(one)
    sure = farmers(one) & (np.abs(worth) > 20)
    np.testing.assert_array_equal(choose(one)[sure], (worth >= 0)[sure])


@pytest.mark.parametrize("name, figures, rules, behaviour", [
    ("price", {"grain_price": 2.3}, {}, {}),
    ("calm", {}, {}, {"yield_spread_household": 0.0, "price_spread": 0.0}),
    ("hurdle", {}, {}, {"family_farm_hurdle": 0.0}),
    ("cheap machines", {}, {}, {"machine_outlay": 60_000.0}),
    ("crews", {}, {}, {"hired_days": 0.0}),
    ("places", {}, {"farm_places": 20.0}, {}),
    ("grants", {}, {"farm_places": 20.0, "farm_grant": 50_000.0}, {"family_farm_training": 0.0}),
])
def test_what_raises_the_gain_only_adds_farms(zone, name, figures, rules, behaviour):  # noqa: F811
    held = {"family_farm_hurdle": 30_000.0} | ({"risk_aversion": 0.0} if name in ("price", "crews") else {})
    first = choose(prepared(zone, behaviour=held))
    more = choose(prepared(zone, rules, behaviour=held | behaviour, **figures))
    # the size is chosen without thought of own days (and of risk), so that where it grows the gain of a few falls
    assert (first & ~more).sum() <= (0.02 * first.sum() if name in ("price", "crews") else 0) and more.sum() > first.sum(), name


def test_places_are_few_and_only_those_with_one_are_helped(zone):  # noqa: F811
    for rate in (0.0, 5.0, 1_000.0):
        one = prepared(zone, {"farm_places": rate, "farm_grant": 20_000.0})
        found, hh = choose(one), one.households
        living = np.bincount(hh.span, (hh.kind > 0) & (hh.kind <= RURAL) & (hh.residence == VILLAGE), len(one.spans.uid))
        helped = one.happened[:, H["farms_helped"]]
        assert (helped <= np.ceil(rate * living / 1000)).all()
        cheaper = found & (hh.venture_outlay < float(one.behaviour.machine_outlay) - 1)
        np.testing.assert_array_equal(np.bincount(hh.span, cheaper, len(one.spans.uid)), helped)
        np.testing.assert_allclose(hh.venture_outlay[cheaper], float(one.behaviour.machine_outlay) - 20_000)
        if rate == 1_000:
            assert cheaper.sum() == found.sum()                    # a place for everyone
    assert helped.sum() > 10


def test_money_decides(zone):  # noqa: F811
    """Without deposits and credit nobody begins; with credit those begin whom it covers; debtors need money of their own."""
    def outcome(line, deposits=0.0, debt=0.0):
        one = prepared(zone, {"farmland_ltv": 0.0, "house_ltv": 0.0, "share_ltv": 0.0}, rich=False,
                       behaviour={"credit_line": line, "least_family_farm": 1.0, "family_farm_hurdle": -1e6}, rate_limit=10.0)
        one.households.deposits[:], one.households.debt[:] = deposits, debt
        return one, choose(one)
    assert not outcome(0.0)[1].any() and not outcome(6.0, 0.0, 500.0)[1].any()
    one, found = outcome(6.0)
    assert found.sum() > 10
    np.testing.assert_allclose(one.households.loan_drawn[found], one.households.venture_outlay[found])
    assert (one.households.loan_drawn[found] <= 6.0 * one.households.permanent_income[found] * (1 + 1e-6)).all()
    own, rich = outcome(0.0, 1e6)
    assert rich[farmers(own)].mean() > 0.99 and not own.households.loan_drawn.any()


def test_books_of_a_zone_with_a_programme(tmp_path):
    """Districts pay a grant for each farm with a place, firms receive the pay of hired crews, indicators are sums over the rows."""
    path = tmp_path / "farms.yaml"
    path.write_text("schema: 1\nid: farms\ntitle: {zh: 检验, en: Check}\nhorizon: {start: 2019, end: 2026, report: [2025]}\nextends: baseline\n"
                    "levers:\n  family_farms: {steps: [{from: 2020, districts: all, places_per_1000_households: 20, new_farm_grant_yuan: 30000}]}\n"
                    "assumptions: {family_farm_review: 1, family_farm_hurdle: 20000}\n", encoding="utf-8")
    run = Simulation(load(str(path)), households=3_000, seed=2, threads=1)
    helped = 0.0
    for _ in range(4):
        run.step()
        state = run.state
        hh, b, y = state.households, numbers(state.behaviour), state.published
        weight, family = state.spans.weight[hh.span], hh.family_farm > 0
        np.testing.assert_allclose(state.books.total("farm_grant", DISTRICT, FIRMS), state.delivered[RULE_INDEX["farm_grant"]] * state.counts["farms_helped"])
        helped += state.counts["farms_helped"].sum()
        crews = b.hired_days * b.local_wage / 264 * np.asarray(y.wage, float)[state.spans.district[hh.span]] / b.town_wage
        worked = np.maximum(hh.operated_area - hh.cash_crop_area, 0) / M2_PER_MU
        np.testing.assert_allclose(hh.trusteeship_fee[family], (crews * worked)[family], rtol=1e-4, atol=0.1)
        area = hh.operated_area * weight * (hh.kind > 0)
        for name, rows in (("family_farm_area", family), ("large_farm_area", hh.operated_area >= 100 * M2_PER_MU),
                           ("small_farm_area", hh.operated_area < int(30 * M2_PER_MU))):
            np.testing.assert_allclose(state.totals[name].sum(), (area * rows).sum(), rtol=1e-9)
        assert state.totals["family_farms"].sum() == pytest.approx((weight * family).sum())
        assert not hh.family_farm[(hh.residence != VILLAGE) | (hh.farm_labour == 0)].any()
    run.close()
    assert helped > 0 and family.sum() > 10


def test_large_farms_press_small_ones(zone):  # noqa: F811
    """More family farms in a village raise its rent and leave less land to the others."""
    from test_kernels_economics import rent_land
    few, many = prepared(zone, rich=False), prepared(zone, rich=False)
    rows = farmers(many) & (lasting(many.households.uid, "farm_taste") < 0.05)
    many.households.family_farm[rows] = 1
    for one in (few, many):
        for _ in range(4):
            rent_land(one, True)
    village = np.bincount(many.households.span, rows, len(many.spans.uid)) > 0
    assert village.sum() > 5 and (many.spans.rent[village] > few.spans.rent[village]).all()
    np.testing.assert_array_equal(many.spans.rent[~village & (many.spans.urban == 0)], few.spans.rent[~village & (many.spans.urban == 0)])
    others = farmers(many) & ~rows & village[many.households.span]
    assert many.households.operated_area[others].sum() < few.households.operated_area[others].sum()
    assert many.households.operated_area[rows].sum() > 1.5 * few.households.operated_area[rows].sum()


def test_the_opening_is_at_rest(zone):  # noqa: F811
    """Family farms of 2019 are those for which machines pay at the rent of 2019, found part by part."""
    hh = zone.households
    made = SimpleNamespace(behaviour=zone.behaviour, households=hh, published=copied(zone).published, spans=zone.spans, delivered=copied(zone).delivered)
    area, gain = reckoning(made)
    family = hh.family_farm > 0
    assert 0 < family.mean() < 0.05
    assert np.mean((gain + taste(made))[family] > 0) > 0.8
