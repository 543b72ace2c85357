"""Formulas against analytic limits; declarations complete."""

import re
from math import erf

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from sim import indicators
from sim.indicators import INDICATORS, decile_means, gini, indicator_of, since_start, theil, theil_between

CONTRACT = """disposable_income wage_income operating_income property_income transfer_income consumption income_gap_ratio
income_gap_ratio_fixed_membership income_gap_ratio_registered income_gap_ratio_real consumption_gap_ratio gini theil theil_between
population households urbanisation_rate settled_migrants migrant_workers farm_workers farmland_mu land_transfer_share land_rent_yuan_per_mu
grain_output_t homesteads_withdrawn qualification_retained contract_rights_exited_mu shares_exited combined_exits idle_homesteads
homestead_reclaimed_ha parcels_entered parcels_value_yuan collective_dividend_yuan construction_land_ha loans_outstanding_yuan loans_new
npl_ratio capital_ratio firms nonfarm_jobs gdp_yuan fiscal_cost_yuan fiscal_balance_yuan regret_rate voluntariness_violations
beautiful_village_share public_service_index""".split()


def test_every_id_of_the_contract_is_declared():
    assert set(CONTRACT) <= set(INDICATORS)


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda i: i.id)
def test_declaration_is_complete(indicator):
    assert re.fullmatch(r"[a-z0-9_]+", indicator.id)
    assert indicator.unit in indicators.UNIT_WORDS and indicator.scale in indicators.SCALES and indicator.group in indicators.GROUPS
    assert indicator.better in (-1, 0, 1) and indicator.kind in ("level", "stock", "flow")
    assert re.search("[一-鿿]", indicator.zh) and indicator.sentence_zh.endswith("。")
    assert not re.search("[一-鿿]", indicator.en + indicator.sentence_en) and indicator.sentence_en.endswith(".")
    assert indicator.id.endswith("_yuan") <= (indicator.unit == "yuan2019")


def test_equal_incomes_have_no_inequality():
    assert gini(np.full(7, 3.0)) == pytest.approx(0, abs=1e-15)
    assert theil(np.full(7, 3.0), np.arange(1, 8)) == pytest.approx(0, abs=1e-15)


def test_one_person_with_everything():
    values = np.zeros(1000)
    values[3] = 5.0
    assert gini(values) == pytest.approx(1 - 1 / 1000)
    assert theil(values) == pytest.approx(np.log(1000))


@pytest.mark.parametrize("sigma", [0.3, 0.56, 0.9])
def test_lognormal_limits(sigma):
    """Gini = 2 Phi(sigma / sqrt 2) - 1 = erf(sigma / 2), Theil = sigma^2 / 2, at the quantiles of a lognormal."""
    from scipy.special import ndtri

    values = np.exp(sigma * ndtri((np.arange(400_000) + 0.5) / 400_000))
    assert gini(values) == pytest.approx(erf(sigma / 2), abs=2e-4)
    assert theil(values) == pytest.approx(sigma**2 / 2, rel=2e-3)


weighted = st.lists(st.tuples(st.floats(0, 1e6, allow_subnormal=False), st.integers(1, 5), st.integers(0, 2)), min_size=2, max_size=40).filter(
    lambda rows: sum(v for v, _, _ in rows) > 1
)


@given(weighted)
def test_gini_against_the_double_sum(rows):
    values, weights, _ = map(np.array, zip(*rows))
    spread = np.abs(values[:, None] - values[None, :]) * weights[:, None] * weights[None, :]
    assert gini(values, weights) == pytest.approx(spread.sum() / (2 * weights.sum() * np.dot(values, weights)), abs=1e-9)


@given(weighted)
def test_a_weight_is_a_number_of_copies(rows):
    values, weights, _ = map(np.array, zip(*rows))
    copies = np.repeat(values, weights)
    assert gini(values, weights) == pytest.approx(gini(copies), abs=1e-9)
    assert theil(values, weights) == pytest.approx(theil(copies), abs=1e-9)
    assert gini(np.tile(copies, 3)) == pytest.approx(gini(copies), abs=1e-9)
    assert decile_means(values, weights) == pytest.approx(decile_means(copies), rel=1e-9, abs=1e-6)


@given(weighted)
def test_theil_is_between_plus_within(rows):
    values, weights, groups = map(np.array, zip(*rows))
    total = np.dot(values, weights)
    within = sum(
        np.dot(values[g], weights[g]) / total * theil(values[g], weights[g])
        for g in (groups == k for k in range(3))
        if g.any() and np.dot(values[g], weights[g]) > 0
    )
    between = theil_between(values, weights, groups)
    assert between + within == pytest.approx(theil(values, weights), abs=1e-9)
    assert between >= -1e-12


def test_deciles_divide_a_row_on_the_border():
    assert decile_means([1.0, 2.0, 3.0], parts=2) == pytest.approx([(1 + 1) / 1.5, (1 + 3) / 1.5])
    values = np.arange(100.0)
    assert decile_means(values) == pytest.approx(np.arange(4.5, 100, 10))
    assert np.isnan(decile_means([])).all()


def test_nobody_is_nan_and_wrong_shapes_are_refused():
    assert np.isnan(gini([])) and np.isnan(theil([0.0, 0.0]))
    with pytest.raises(ValueError, match="2 values and 3 weights"):
        gini([1, 2], [1, 1, 1])


def test_reading_scales():
    gdp = INDICATORS["gdp_yuan"]
    assert gdp.reading("zh") == (1e8, "亿元") and gdp.show(2.165e11, "zh") == "2,165.0"
    assert gdp.reading("en") == (1e6, "million yuan") and gdp.show(2.165e11, "en") == "216,500"
    ratio = INDICATORS["income_gap_ratio"]
    assert ratio.show(-1e-9, "zh", signed=True) == "0.000" and ratio.show(-0.0412, "zh", signed=True) == "-0.041"
    assert ratio.show(None, "zh") == ratio.show(float("nan"), "en") == "–"


def test_flows_are_summed_from_the_start():
    rows = [
        (1, year, "zone", "all", id, value, unit)
        for year in (2019, 2020, 2021)
        for id, value, unit in (("homesteads_withdrawn", 10.0, "plots"), ("population", 5.0, "persons"))
    ]
    frame = pd.DataFrame(rows, columns=["seed", "year", "district", "sector", "indicator", "value", "unit"])
    summed = since_start(frame)
    assert list(summed["value"]) == [10, 20, 30] and set(summed["indicator"]) == {"homesteads_withdrawn_since_start"}
    assert indicator_of("homesteads_withdrawn_since_start").zh == "累计宅基地退出"
    assert indicator_of("of_a_user").title("zh") == "of_a_user"
