"""Farm insurance of yields, prices and incomes: premium and spread against drawn years, indemnities of households, incomes and loans, the insurer's money."""
from functools import cache

import numpy as np
import pytest
from test_kernels_economics import numbers

from sim import behaviour
from sim.accounts import DISTRICT, FIRMS, GUARANTOR, UPPER
from sim.institutions import insurance
from sim.places import DISTRICTS
from sim.policies.rulebook import base_rules
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation

B = behaviour.load()
OWN = 1 - 0.65                # producers' part of premiums in 2019
LEVELS = np.array([0.3, 0.5, 0.7, 0.8, 0.85])


def drawn(count, yields=True, prices=False):
    """What is insured against its expectation, drawn as the year draws it."""
    b, dice = numbers(B), np.random.default_rng(4)
    price = np.exp(b.price_spread * dice.standard_normal(count) - b.price_spread ** 2 / 2) if prices else np.ones(count)
    if not yields:
        return price
    flood = np.where(dice.random(count) < b.flood_chance, 1 - b.flood_loss, 1.0) / (1 - b.flood_chance * b.flood_loss)
    for of in ("zone", "district", "village", "household"):
        s = getattr(b, f"yield_spread_{of}")
        flood = flood * np.exp(s * dice.standard_normal(count) - s * s / 2)
    return flood * price


def ordered(level, yields=1.0, prices=0.0):
    """Rules with these terms of insurance, by district."""
    rules = base_rules()
    for name, value in (("insurance_level", level), ("yields_insured", yields), ("prices_insured", prices)):
        rules[RULE_INDEX[name]] = value
    return rules


@pytest.mark.parametrize("yields, prices", [(True, False), (False, True), (True, True)])
def test_premium_is_fair_and_insurance_steadies(yields, prices):
    """The fair rate is the mean indemnity of drawn years within three standard errors; the spread is that of max(level, measure)."""
    of, levels = drawn(400_000, yields, prices), LEVELS if yields else np.array([0.85, 0.9, 0.95, 1.0])
    measure = insurance.measures(B)[yields, prices]
    fair, spread = insurance.fair_rate(levels, *measure), insurance.insured_spread(levels, *measure)
    for level, rate, sd in zip(levels, fair, spread):
        paid = np.maximum(level - of, 0)
        assert abs(paid.mean() - rate) < 3 * paid.std() / len(of) ** 0.5 + 1e-6
        np.testing.assert_allclose(np.maximum(level, of).std(), sd, rtol=5e-3)
    assert (np.diff(fair) > 0).all() and (np.diff(spread) < 0).all()
    for level, rate, sd in zip(levels, fair, spread):
        made = insurance.figures(ordered(level, yields, prices), B)
        np.testing.assert_allclose(made["premium_rate"], rate * (1 + float(B.premium_loading)))
        np.testing.assert_allclose(made["spread_insured"], of.std() - sd, atol=2e-3)


def test_income_insurance_costs_more_than_either_part_and_nothing_insured_costs_nothing():
    rate = {(y, p): insurance.figures(ordered(0.85, y, p), B)["premium_rate"][0] for y in (0.0, 1.0) for p in (0.0, 1.0)}
    assert rate[1.0, 1.0] > rate[1.0, 0.0] > rate[0.0, 1.0] > 0 == rate[0.0, 0.0]


@cache
def insured_years(level, farms, yields=True, prices=False):
    """Rows and books of 2021-2026 in a toy zone at this level and coverage from 2021 on."""
    import tempfile
    from pathlib import Path
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "insured.yaml"
        path.write_text("schema: 1\nid: insured\ntitle: {zh: 检验, en: Check}\nhorizon: {start: 2019, end: 2026, report: [2025]}\nextends: baseline\n"
                        f"levers:\n  farm_insurance: {{steps: [{{from: 2021, districts: all, farms_percent: {farms}, level_percent: {level}, "
                        f"yields_insured: {str(yields).lower()}, prices_insured: {str(prices).lower()}}}]}}\n"
                        "  crop_insurance: {steps: [{from: 2021, districts: all, growers_percent: 0}]}\n",
                        encoding="utf-8")
        run = Simulation(load(str(path)), households=3_000, seed=2, threads=1)
    years = []
    while not run.finished:
        run.step()
        hh, state = run.state.households, run.state
        if state.year >= 2021:
            years.append({"uid": hh.uid.copy(), "sales": hh.grain_sales.astype(float), "grain": hh.grain.astype(float), "premium": hh.premium.astype(float),
                          "indemnity": hh.indemnity.astype(float), "weight": state.spans.weight[hh.span], "rate": state.published.premium_rate.copy(),
                          "price": float(state.published.grain_price), "shock": float(state.published.price_shock),
                          "district": state.spans.district[hh.span].copy(),
                          "postings": {k: v.copy() for k, v in state.books.postings.items()},
                          "balance": state.books.balances[GUARANTOR] - state.public.guarantee_fund})
    run.close()
    return years


@pytest.mark.parametrize("yields, prices", [(True, False), (True, True)])
def test_indemnities_fill_up_to_the_level(yields, prices):
    """Expected revenue from the premium; whose harvest, at the price insured, is below the level gets the rest, nobody else anything."""
    level, losses = 0.85, 0
    for year in insured_years(85, 100, yields, prices):
        rows = year["premium"] > 0
        expected = year["premium"][rows] / OWN / year["rate"][year["district"][rows]]
        due = np.maximum(level * expected - year["grain"][rows] * year["price"] * (year["shock"] if prices else 1), 0)
        np.testing.assert_allclose(year["indemnity"][rows], due, rtol=1e-3, atol=0.01 * np.median(expected) + 1)
        assert year["indemnity"][~rows].sum() == 0
        losses += (due > 0).sum()
    assert losses > 50


def test_insurance_of_prices_alone_pays_all_or_none():
    """The price falls for everybody at once: in a year each insured farm gets the same part of its expected revenue."""
    for year in insured_years(85, 100, False, True):
        rows = year["premium"] > 0
        expected = year["premium"][rows] / OWN / year["rate"][year["district"][rows]]
        np.testing.assert_allclose(year["indemnity"][rows], max(0.85 - year["shock"], 0) * expected, rtol=1e-3, atol=1)


def test_a_higher_level_steadies_revenue_and_nobody_insured_gets_nothing():
    def varies(years):
        """Spread of a farm's grain revenue with insurance against its expectation, at the price of the year."""
        ratios = []
        for year in years:
            rows = year["premium"] > 0
            expected = year["premium"][rows] / OWN / year["rate"][year["district"][rows]]
            ratios.append((year["grain"][rows] * year["price"] + year["indemnity"][rows] - year["premium"][rows]) / expected)
        return np.concatenate(ratios).std()
    assert varies(insured_years(85, 100)) < varies(insured_years(60, 100))
    assert all(year["indemnity"].sum() == 0 and year["premium"].sum() == 0 for year in insured_years(80, 0))


def test_coverage_only_adds_farms_and_lies_near_the_order():
    some, every = insured_years(85, 40), insured_years(85, 100)
    first, all_ = set(some[0]["uid"][some[0]["premium"] > 0]), set(every[0]["uid"][every[0]["premium"] > 0])
    assert first < all_ and 0.35 < len(first) / len(all_) < 0.45


def test_the_insurers_money():
    """Producers pay their share, districts and upper governments the rest; claims beyond what it holds are reinsured, so it is never short."""
    own, district, loading = OWN, float(B.premium_district_share), float(B.premium_loading)
    before = None
    for year in insured_years(85, 100):
        def total(code, payer=None, receiver=None, postings=year["postings"]):
            return sum((a for (c, p, r), a in postings.items() if c == code and payer in (None, p) and receiver in (None, r)), np.zeros(len(DISTRICTS)))
        paid = total("premiums", receiver=GUARANTOR)
        np.testing.assert_allclose(total("premium_subsidy", DISTRICT, GUARANTOR), district * (1 - own) / own * paid, rtol=1e-9)
        np.testing.assert_allclose(total("premium_subsidy", UPPER, GUARANTOR), (1 - district) * (1 - own) / own * paid, rtol=1e-9)
        np.testing.assert_allclose(total("insurance_costs", GUARANTOR, FIRMS), paid / own * loading / (1 + loading), rtol=1e-9)
        np.testing.assert_allclose(paid.sum(), (year["premium"] * year["weight"]).sum(), rtol=1e-6)
        np.testing.assert_allclose(total("indemnities", payer=GUARANTOR).sum(), (year["indemnity"] * year["weight"]).sum(), rtol=1e-6)
        assert (year["balance"] >= -1e-3).all()
        inflow = total("premiums") + total("premium_subsidy") + total("reinsurance") - total("indemnities") - total("insurance_costs")
        if before is not None:
            np.testing.assert_allclose(year["balance"] - before, inflow, atol=1.0)
        before = year["balance"]


@pytest.mark.parametrize("level", [0.4, 0.8])
def test_insurance_lowers_the_default_chance_only_above_the_base(level):
    """At the level of 2019 the chance is that without insurance; at the plan's it is lower."""
    from sim.kernels.credit import default_chance
    relief = insurance.figures(ordered(level), B)["spread_insured"][0]
    given = (np.float32(8_000), np.float32(20_000), np.float32(0.4))
    without, with_it = (float(default_chance(*given, np.float32(r), B)) for r in (0, relief))
    assert with_it == pytest.approx(without, rel=1e-5) if level == 0.4 else with_it < 0.99 * without
