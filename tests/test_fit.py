"""The table of fit: every figure once, with its words in both languages, read from a build or from a run folder."""
import math

import numpy as np
import pytest

from sim import evidence
from sim.cli import main
from sim.places import DISTRICT_IDS
from sim.study import ensemble, fit
from sim.study.calibration import TARGETS
from sim.words import CATALOGUE


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    monkeypatch.setattr(fit, "HOUSEHOLDS", 2_000)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return ensemble.run("baseline", households=2_000, seeds=2, years="2019-2020", jobs=1, threads=1, out=tmp_path_factory.mktemp("runs"))


def test_every_figure_once():
    table = fit.fit_table()
    assert tuple(table.columns) == fit.COLUMNS and table.target.is_unique and len(table) > 70
    assert {f"start_{id}_population" for id in DISTRICT_IDS} <= set(table.target)
    assert {f"calibration.{target.name}" for target in TARGETS} <= set(table.target)
    for id in ("zone_pop_2019", "zone_area_2019", "zone_construction_land_2019", "zone_contract_land_2019", "zone_deposits_2019", "zone_gdp_2019",
               "zone_fiscal_all_2019", "zone_fiscal_local_2019", "zone_grain_2019", "zone_rural_wage_2019", "zone_urban_transfer_2019"):
        row = table[table.target == id].iloc[0]
        figure = evidence.figure(id)
        assert (row.value, row.unit, row.quality, row.source) == (figure.value, figure.unit, figure.quality, figure.source)
    assert np.isfinite(table.reached).all()
    rows = table[table.value != 0]
    np.testing.assert_allclose(rows.error_percent, 100 * (rows.reached / rows.value - 1), atol=1e-4)


def test_what_is_built_or_opened_exactly_is_met():
    table = fit.fit_table().set_index("target")
    for id in ("zone_pop_2019", "zone_area_2019", "zone_rural_population_2019"):
        assert abs(table.error_percent[id]) < 5          # a toy: weights meet the totals as far as two villages a district can
    for id in ("zone_gdp_2019", "zone_fiscal_all_2019", "zone_fiscal_local_2019", "zone_fiscal_spending_2019"):
        assert abs(table.error_percent[id]) < 2


def test_shapes_are_shares_of_the_mean():
    table = fit.fit_table().set_index("target")
    for sector in fit.SECTORS:
        for column in ("value", "reached"):
            assert math.isclose(sum(table[column][f"{sector}_{name}"] for name in fit.FIFTHS), 5, rel_tol=1e-9)
            assert math.isclose(table[column][f"{sector}_high_over_low"], table[column][f"{sector}_high"] / table[column][f"{sector}_low"], rel_tol=1e-9)


def test_a_run_folder_is_read(run):
    table = fit.fit_table(run).set_index("target")
    zone = run.indicators.query("year == 2019 and sector == 'rural' and district == 'zone' and indicator == 'wage_income'")["value"].mean()
    assert math.isclose(table.reached["zone_rural_wage_2019"], zone) and "zone_gdp_2019" in table.index
    assert "calibration.grain" not in table.index and "zone_deposits_2019" not in table.index


def test_year_by_year(run):
    table = fit.path_table(fit.read_path(run))
    assert tuple(table.columns) == ("year", *fit.COLUMNS) and set(table.year) == {2019, 2020}
    grain = table[(table.target == "grain_index") & (table.year == 2020)].iloc[0]
    assert math.isclose(grain.value, 100 * 38.03 / 38.779, rel_tol=1e-6) and np.isfinite(grain.reached)
    assert table[(table.target == "income_gap_ratio")].value.isna().all()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_prints_it_in_both_languages(capsys, language):
    assert main(["--lang", language, "fit"]) == 0
    out = capsys.readouterr().out
    assert {"zh": "全口径财政收入", "en": "Fiscal revenue, all-inclusive"}[language] in out
    assert {"zh": "九台区 常住人口", "en": "Jiutai Residents"}[language] in out and "calibration." not in out
    assert {"zh": "误差 %", "en": "error %"}[language] in out.splitlines()[0]


def test_every_target_has_its_words():
    missing = [target.name for target in TARGETS if f"fit.target.calibration.{target.name}" not in CATALOGUE]
    assert not missing, missing
