"""Cash crops and greenhouses: the choice against a naive twin, its limits and signs, credit and cap, the price, and the books of a toy zone."""
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from test_kernels_economics import copied, lasting, numbers, singles, zone  # noqa: F401  (zone is a fixture)

from sim import rng
from sim.accounts import DISTRICT, FIRMS
from sim.institutions import crops
from sim.places import VILLAGE
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import RURAL
from sim.units import M2_PER_MU

YEAR, SEED = 2021, 5
OPEN = {"nongrain_cap": 1.0}
FREE_CHOICE = {"crop_review": 1.0, "greenhouse_wear": 1e-6, "crop_hurdle": 4_000.0, "cash_crop_yield": 8_000.0}


def prepared(zone, rules=(), rich=True, behaviour=(), **figures):  # noqa: F811
    """The zone on the eve of the choice: everybody reviews, nobody lacks money unless `rich` is off."""
    one = copied(zone, rules=OPEN | dict(rules), **figures)
    one.behaviour = zone.behaviour._replace(**{name: np.float32(value) for name, value in (FREE_CHOICE | dict(behaviour)).items()})
    if rich:
        one.households.deposits[:] = 1e6
        one.households.debt[:] = 0
    return one


def choose(one):
    """What each household took up: plots, greenhouses and m2 (arrays by row)."""
    from sim.kernels import crop_choice
    hh = one.households
    before = hh.crop_plots.astype(int), hh.greenhouses.astype(int), hh.cash_crop_area.astype(float)
    one.runner.run(crop_choice.choose_crops, one.spans, hh, one.persons, "farm", one.happened, one.published, one.behaviour)
    return SimpleNamespace(plots=hh.crop_plots - before[0], greenhouses=hh.greenhouses - before[1], area=hh.cash_crop_area - before[2])


def taste(uid, event):
    from scipy.special import ndtri
    return ndtri(lasting(uid, event))


def reckoning(one):
    """Gains of taking up a plot, a greenhouse, and of keeping the last plot, in yuan; -inf where land or days are short. Plain numpy, float64."""
    b, hh, y = numbers(one.behaviour), one.households, one.published
    s = hh.span
    d = one.spans.district[s]
    rules = {name: np.asarray(one.delivered[RULE_INDEX[name]], float)[d] for name in (
        "cold_chain", "crop_insurance", "premium_subsidy", "greenhouse_grant")}
    price = np.asarray(y.crop_price, float)[d] * (1 + rules["cold_chain"] / (1 - b.crop_loss))
    pay = b.offfarm_access * b.local_wage / 264                                    # at the wage and unemployment of 2019
    rent, income = one.spans.rent[s].astype(float), np.maximum(hh.permanent_income.astype(float), 1_000)
    covered = lasting(hh.uid, "insured") < rules["crop_insurance"]
    rate, steadied = np.asarray(y.crop_premium_rate, float)[d], np.asarray(y.crop_steadied, float)[d]
    spread = np.hypot(b.crop_spread_district, b.crop_spread_household) - covered * steadied
    insurance = covered * rate * (1 / (1 + b.premium_loading) - 1 + rules["premium_subsidy"])
    field_mu = np.maximum(hh.cash_crop_area / M2_PER_MU - hh.greenhouses * b.greenhouse_area, 0)
    held = (b.cash_crop_yield * field_mu + b.greenhouse_sales * hh.greenhouses) * price

    def standing(sales, cost, days, land, before):
        risk = 0.5 * b.risk_aversion * spread ** 2 * ((before + sales * price) ** 2 - before ** 2) / income
        return sales * (price - cost * float(y.inputs_price)) + insurance * sales * price - days * pay - land * rent - risk
    labour = hh.farm_labour.astype(float)
    land = np.maximum(hh.contract_area - np.where(labour > 0, hh.cash_crop_area, 0), 0) / M2_PER_MU
    spare = labour * (b.farm_days_limit - hh.farm_days)
    met = 1 - b.base_help * one.spans.crop_base[s]
    per_year = float(y.loan_rate) + b.loan_margin
    plot = (b.cash_crop_yield * b.crop_plot, b.cash_crop_cost, b.crop_days * b.crop_plot, b.crop_plot)
    house = (b.greenhouse_sales, b.greenhouse_cost, b.greenhouse_days, b.greenhouse_area)
    field = (standing(*plot, held) - b.crop_plot_outlay * b.crop_plot * per_year - b.crop_hurdle * met + b.crop_taste * taste(hh.uid, "field_taste"))
    greenhouse = (standing(*house, held) - np.maximum(b.greenhouse_outlay - rules["greenhouse_grant"], 0) * (per_year + b.greenhouse_wear)
                  + b.crop_taste * taste(hh.uid, "greenhouse_taste"))
    field = np.where((land >= b.crop_plot) & (spare >= b.crop_days * b.crop_plot), field, -np.inf)
    greenhouse = np.where((land >= b.greenhouse_area) & (spare >= b.greenhouse_days), greenhouse, -np.inf)
    keep = np.where(field_mu > 0, standing(*plot, np.maximum(held - plot[0] * price, 0)), np.inf)
    return field, greenhouse, keep


def growers_to_be(one):
    hh = one.households
    return (hh.kind > 0) & (hh.kind <= RURAL) & (hh.residence == VILLAGE) & (hh.farm_labour > 0)


@pytest.mark.parametrize("price, rules", [(1.0, {}), (1.25, {"crop_insurance": 0.6, "greenhouse_grant": 15_000.0, "cold_chain": 0.1}), (0.45, {})])
def test_who_takes_up_what_as_a_naive_twin_reckons(zone, price, rules):  # noqa: F811
    one = prepared(zone, rules, crop_price=price, crop_premium_rate=0.02, crop_steadied=0.03)
    one.spans.crop_base[::3] = one.spans.urban[::3] == 0
    field, greenhouse, keep = reckoning(one)
    may, best = growers_to_be(one), np.maximum(field, greenhouse)
    found = choose(one)
    with np.errstate(invalid="ignore"):
        sure = may & (np.abs(best) > 3) & ((best <= 0) | (np.abs(field - greenhouse) > 3)) & (np.abs(keep) > 3)
    assert sure.sum() > 0.95 * may.sum()
    np.testing.assert_array_equal(found.plots[sure & (best > 0)], (field > greenhouse)[sure & (best > 0)])
    np.testing.assert_array_equal(found.greenhouses[sure & (best > 0)], (greenhouse > field)[sure & (best > 0)])
    rest = sure & (best <= 0)
    assert (found.plots[rest] == 0).all() and (found.greenhouses[rest] == 0).all()
    np.testing.assert_array_equal(found.area[rest] < 0, keep[rest] < 0)
    assert not found.area[~may].any()
    if price < 1:
        assert (found.area < 0).sum() > 10
    else:
        assert (found.plots > 0).sum() > 10 and (found.greenhouses > 0).sum() > 10


def test_limits(zone):  # noqa: F811
    """Nobody reviews, or the hurdle is out of reach: nothing moves; all greenhouses wear out where wear is certain, and it does not pay to build anew."""
    assert not choose(prepared(zone, behaviour={"crop_review": 0.0})).area.any()
    still = choose(prepared(zone, behaviour={"crop_hurdle": 1e7}))
    assert not still.plots.any() and still.greenhouses.any()
    standing = prepared(zone, behaviour={"crop_review": 0.0, "greenhouse_wear": 1.0, "crop_hurdle": 1e7, "offfarm_access": 0.0, "risk_aversion": 0.0})
    rows = np.flatnonzero(growers_to_be(standing) & (standing.households.contract_area > 10 * M2_PER_MU))[:50]
    before = standing.households.cash_crop_area[rows].astype(float)
    standing.households.greenhouses[rows] = 1
    standing.households.cash_crop_area[rows] += int(2 * M2_PER_MU)
    choose(standing)
    assert not standing.households.greenhouses.any()
    np.testing.assert_allclose(standing.households.cash_crop_area[rows], before, atol=1)


def test_a_worn_out_greenhouse_is_built_anew_at_once_where_it_pays(zone):  # noqa: F811
    def after(price):
        one = prepared(zone, behaviour={"crop_review": 0.0, "greenhouse_wear": 0.3, "crop_hurdle": 1e7, "risk_aversion": 0.0}, crop_price=price)
        hh, b = one.households, one.behaviour
        spare = hh.farm_labour * (b.farm_days_limit - hh.farm_days)
        rows = np.flatnonzero(growers_to_be(one) & (hh.contract_area - hh.cash_crop_area > 10 * M2_PER_MU) & (spare > b.greenhouse_days))[:200]
        hh.greenhouses[rows] = 1
        hh.cash_crop_area[rows] += int(2 * M2_PER_MU)
        choose(one)
        return hh.greenhouses[rows], hh.venture_outlay[rows]
    dear, cheap = after(2.0), after(0.5)
    worn = cheap[0] == 0
    assert 30 < worn.sum() < 90 and not cheap[1].any()
    assert (dear[0] == 1).all()
    np.testing.assert_allclose(dear[1], np.where(worn, float(zone.behaviour.greenhouse_outlay), 0))


@pytest.mark.parametrize("name, figures, rules, behaviour", [
    ("price", {"crop_price": 1.2}, {}, {}),
    ("grant", {}, {"greenhouse_grant": 20_000.0}, {}),
    ("cold chain", {}, {"cold_chain": 0.15}, {}),
    ("insurance", {"crop_premium_rate": 0.02, "crop_steadied": 0.08}, {"crop_insurance": 0.9, "premium_subsidy": 0.7}, {}),
    ("calm", {}, {}, {"crop_spread_household": 0.0}),
    ("idle hands", {}, {}, {"offfarm_access": 0.1}),
])
def test_what_raises_the_gain_only_adds_growers(zone, name, figures, rules, behaviour):  # noqa: F811
    first = choose(prepared(zone, {"crop_insurance": 0.0}))
    more = choose(prepared(zone, {"crop_insurance": 0.0} | rules, behaviour=behaviour, **figures))
    took, takes = first.plots + first.greenhouses, more.plots + more.greenhouses
    assert (takes >= took).all() and takes.sum() > took.sum(), name


def test_a_base_only_adds_growers_in_its_villages(zone):  # noqa: F811
    one, helped = prepared(zone), prepared(zone)
    helped.spans.crop_base[::2] = 1
    first, more = choose(one), choose(helped)
    gained = (more.plots + more.greenhouses) - (first.plots + first.greenhouses)
    assert (gained >= 0).all() and gained.sum() > 0 and not gained[helped.spans.crop_base[helped.households.span] == 0].any()


def test_the_cap_holds_in_every_village_and_none_is_passed_over_without_need(zone):  # noqa: F811
    taken = {}
    for cap in (0.0, 0.08, 0.5):
        one = prepared(zone, {"nongrain_cap": cap})
        hh, count = one.households, len(one.spans.uid)
        land = np.bincount(hh.span, hh.contract_area, count)
        before = np.bincount(hh.span, hh.cash_crop_area, count)
        made = choose(one)
        added = np.bincount(hh.span, np.maximum(made.area, 0), count)
        after = np.bincount(hh.span, hh.cash_crop_area, count)
        assert ((after <= cap * land + 1) | (added == 0)).all() and (after <= np.maximum(before, cap * land) + 1).all()
        taken[cap] = added.sum()
    assert taken[0.0] == 0 and 0 < taken[0.08] < taken[0.5]


def test_the_shadow_price_of_the_cap_counts_what_is_refused_and_what_it_would_have_brought(zone):  # noqa: F811
    """Without room everything wished is refused, at the gain that the naive twin reckons; with room for all nothing is."""
    from sim.kernels.year import H
    shut, wide = prepared(zone, {"nongrain_cap": 0.0}), prepared(zone, {"nongrain_cap": 1.0})
    field, greenhouse = reckoning(shut)[:2]
    made, count = choose(shut), choose(wide)
    assert not made.plots.any() and not made.greenhouses.any() and not wide.happened[:, H["nongrain_refused_mu"]].any()
    b = numbers(zone.behaviour)
    wished = count.plots * b.crop_plot + count.greenhouses * b.greenhouse_area
    brings = np.where(wished > 0, np.maximum(field, greenhouse), 0)
    for name, of in (("nongrain_refused_mu", wished), ("nongrain_refused_gain", brings)):
        np.testing.assert_allclose(shut.happened[:, H[name]].sum(), of.sum(), rtol=2e-3)
    assert wished.sum() > 50


def test_money_decides(zone):  # noqa: F811
    """Without deposits and without credit nobody begins; with credit those begin whom it covers; debtors need their own money."""
    def outcome(line, deposits=0.0, debt=0.0):
        one = prepared(zone, {"farmland_ltv": 0.0, "house_ltv": 0.0, "share_ltv": 0.0}, rich=False, behaviour={"credit_line": line}, rate_limit=10.0)
        one.households.deposits[:], one.households.debt[:] = deposits, debt
        one.households.loan_drawn[:] = 0
        return one, choose(one)
    none, credit, own, debtors = outcome(0.0), outcome(2.0), outcome(0.0, 1e6), outcome(2.0, 0.0, 500.0)
    assert not none[1].plots.any() and not none[1].greenhouses.any() and not debtors[1].plots.any() and not debtors[1].greenhouses.any()
    one, made = credit
    began = (made.plots + made.greenhouses) > 0
    outlay = numbers(one.behaviour).greenhouse_outlay * made.greenhouses + 3_000.0 * made.plots
    assert began.sum() > 10
    np.testing.assert_allclose(one.households.loan_drawn[began], outlay[began], rtol=1e-6)
    np.testing.assert_allclose(one.households.venture_outlay[began], outlay[began], rtol=1e-6)
    assert (one.households.loan_drawn[began] <= 2.0 * one.households.permanent_income[began] * (1 + 1e-6)).all()
    assert ((own[1].plots + own[1].greenhouses) >= (made.plots + made.greenhouses)).all()
    assert not own[0].households.loan_drawn.any()


@given(held=singles(0, 2e5), added=singles(0, 1e5), spread=singles(0, 0.5), income=singles(1e3, 3e5))
def test_risk_is_half_the_aversion_times_the_added_variance(zone, held, added, spread, income):  # noqa: F811
    from sim.kernels.crops import risk_price
    b = numbers(zone.behaviour)
    found = risk_price(*(np.float32(x) for x in (held, added, spread, income)), zone.behaviour)
    np.testing.assert_allclose(found, 0.5 * b.risk_aversion * spread ** 2 * ((held + added) ** 2 - held ** 2) / income, rtol=1e-4, atol=1e-3)


def test_the_price_falls_with_supply_and_rests_at_that_of_2019(zone):  # noqa: F811
    b, start = zone.behaviour, np.linspace(1e6, 9e6, 9)
    np.testing.assert_array_equal(crops.price(start, start, 1.0, b), np.ones(9))
    np.testing.assert_allclose(crops.price(1.1 * start, start, 1.0, b), 1.1 ** -float(b.crop_price_response))
    np.testing.assert_allclose(crops.price(1.3 ** float(b.crop_demand) * start, start, 1.3, b), np.ones(9))          # supply grows as demand does
    np.testing.assert_array_equal(crops.price(start, np.zeros(9), 1.3, b), np.ones(9))
    assert (crops.price(0 * start, start, 1.0, b) == crops.price(start / 4, start, 1.0, b)).all()
    area, number = np.full(9, 100 * M2_PER_MU), np.full(9, 3.0)
    n = numbers(b)
    np.testing.assert_allclose(crops.supply(area, number, 0.0, b), n.cash_crop_yield * (100 - 3 * n.greenhouse_area) + 3 * n.greenhouse_sales)
    assert (crops.supply(area, number, 0.05, b) > crops.supply(area, number, 0.0, b)).all()


def lived(tmp_path, levers="", assumptions="", years=4):
    """A toy zone up to 2018 + years; the ledger closes in each."""
    path = tmp_path / "crops.yaml"
    path.write_text("schema: 1\nid: crops\ntitle: {zh: 检验, en: Check}\nhorizon: {start: 2019, end: 2026, report: [2025]}\nextends: baseline\n"
                    + levers + assumptions, encoding="utf-8")
    run = Simulation(load(str(path)), households=3_000, seed=2, threads=1)
    for _ in range(years):
        run.step()
        yield run.state
    run.close()


def test_without_a_choice_cash_crops_are_the_fixed_area_of_2019(tmp_path):
    """No review, no shocks, no price response: sales are yield x area of farming households, year after year."""
    still = "assumptions: {crop_review: 0, crop_spread_district: 0, crop_spread_household: 0, crop_price_response: 0}\n"
    before = None
    for state in lived(tmp_path, assumptions=still):
        hh, b = state.households, numbers(state.behaviour)
        rows = (hh.kind > 0) & (hh.farm_labour > 0)
        animals = np.where(rows, b.livestock_level * hh.livestock.astype(float) / (1 - b.livestock_cost), 0)
        grown = np.where(rows, b.cash_crop_yield * hh.cash_crop_area / M2_PER_MU, 0)
        np.testing.assert_allclose(hh.other_sales, animals + grown, rtol=1e-5, atol=0.1)
        assert not hh.greenhouses.any() and not hh.crop_plots.any() and not hh.venture_outlay[(hh.business == 0) & (hh.family_farm == 0)].any()
        if before is not None:
            same = (hh.uid == before[0]) & (hh.cash_crop_area > 0)
            np.testing.assert_array_equal(hh.cash_crop_area[same], before[1][same])
        before = hh.uid.copy(), hh.cash_crop_area.copy()


def test_books_of_a_zone_where_everybody_grows(tmp_path):
    """Grants are paid for what was built; price and common shock are those of the formulas; insured growers get what their level leaves."""
    levers = ("levers:\n  cash_crops: {steps: [{from: 2020, districts: all, villages_with_base_percent: 30, greenhouse_grant_yuan: 20000}]}\n"
              "  crop_insurance: {steps: [{from: 2020, districts: all, growers_percent: 90}]}\n"
              "  farm_insurance: {steps: [{from: 2020, districts: all, level_percent: 85}]}\n"
              "  red_lines: {steps: [{from: 2020, districts: all, nongrain_percent: 50}]}\n"
              "  cold_chain: {steps: [{from: 2020, districts: all, saved_percent: 15}]}\n")
    loose = "assumptions: {crop_review: 1, crop_hurdle: 3000, cash_crop_yield: 8000}\n"
    supply, eaten, indemnities = {}, {}, 0.0
    for state in lived(tmp_path, levers, loose):
        hh, b, y = state.households, numbers(state.behaviour), state.published
        weight, d = state.spans.weight[hh.span], state.spans.district[hh.span]
        grows = (hh.kind > 0) & (hh.farm_labour > 0)
        built = state.counts["greenhouses_built"]
        np.testing.assert_allclose(state.books.total("crop_grant", DISTRICT, FIRMS), state.delivered[RULE_INDEX["greenhouse_grant"]] * built)
        field = np.maximum(hh.cash_crop_area / M2_PER_MU - hh.greenhouses * b.greenhouse_area, 0)
        level = np.where(grows, b.cash_crop_yield * field + b.greenhouse_sales * hh.greenhouses, 0)
        saved = 1 + state.delivered[RULE_INDEX["cold_chain"]] / (1 - b.crop_loss)
        supply[state.year] = np.bincount(d, weight * level, 9) * saved
        eaten[state.year] = state.totals["consumption"][:2].sum()
        demand = (eaten.get(state.year - 1, eaten[2019]) / eaten[2019]) ** b.crop_demand
        ratio = np.clip(supply.get(state.year - 1, supply[2019]) / supply[2019] / demand, 0.25, 4)
        np.testing.assert_allclose(y.crop_price, ratio ** -b.crop_price_response, rtol=1e-4)
        animals = np.where(grows, b.livestock_level * hh.livestock.astype(float) / (1 - b.livestock_cost), 0)
        expected = level * (np.asarray(y.crop_price, float) * saved)[d]
        np.testing.assert_allclose(np.average((hh.other_sales - animals)[level > 0] / expected[level > 0] / np.asarray(y.crop_weather)[d[level > 0]]),
                                   1, atol=5 * b.crop_spread_household / (level > 0).sum() ** 0.5)
        covered = (rng.uniform_array(hh.uid, rng.key(1, 2018, "insured")) < 0.9) & (expected > 0) & (hh.grain_sales == 0)
        loss = 0.85 * expected - (hh.other_sales - animals)
        if state.year > 2019:
            np.testing.assert_allclose(hh.indemnity[covered], np.maximum(loss, 0)[covered], rtol=1e-3, atol=2)
            indemnities += hh.indemnity.sum()
        assert (hh.cash_crop_area <= hh.contract_area + 1).all()
    assert built.sum() > 0 and indemnities > 0 and (supply[2022].sum() > supply[2019].sum()) and y.crop_price.mean() < 1


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    """Zone figures of 2026 in toy zones with a lever at a bound, {(lever, value): {indicator: value}}."""
    from sim.simulation import simulate
    made = {}
    for lever, parameter, bounds in (("cash_crops", "greenhouse_grant_yuan", (0, 20_000)), ("cash_crops", "villages_with_base_percent", (0, 30)),
                                     ("cold_chain", "saved_percent", (0, 15)), ("red_lines", "nongrain_percent", (0, 50))):
        for value in bounds:
            path = tmp_path_factory.mktemp("bounds") / "bound.yaml"
            path.write_text("schema: 1\nid: bound\ntitle: {zh: 检验, en: Check}\nhorizon: {start: 2019, end: 2026, report: [2025]}\nextends: baseline\n"
                            f"levers:\n  {lever}: {{steps: [{{from: 2020, districts: all, {parameter}: {value}}}]}}\n", encoding="utf-8")
            result = simulate(load(str(path)), households=8_000, seed=3, threads=1)
            made[parameter, value] = {i: v for year, district, sector, i, v, _ in result.indicators if (year, district, sector) == (2026, "zone", "all")}
    return made


@pytest.mark.parametrize("parameter, low, high, indicator", [
    ("greenhouse_grant_yuan", 0, 20_000, "greenhouse_mu"), ("villages_with_base_percent", 0, 30, "cash_crop_area_mu"),
    ("saved_percent", 0, 15, "cash_crop_area_mu"), ("nongrain_percent", 0, 50, "cash_crop_area_mu"), ("nongrain_percent", 0, 50, "greenhouse_mu")])
def test_each_lever_raises_its_figure_from_bound_to_bound(ends, parameter, low, high, indicator):
    assert ends[parameter, high][indicator] > ends[parameter, low][indicator]
    if (parameter, indicator) == ("nongrain_percent", "greenhouse_mu"):
        assert ends[parameter, low][indicator] == 0
