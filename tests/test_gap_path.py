"""The path of the gap: its change adds up from its parts, and a jump is seen against its bound."""

import json
import math
from pathlib import Path

import fake_cells
import jsonschema
import pytest

from sim.cli import main
from sim.indicators import BOUNDS, INCOME_COMPONENTS, INDICATORS
from sim.study.fit import Reading
from sim.study.gap_path import COST, FIXED, GAP, gap_path, largest, log_mean, split_gap, yearly_changes

SCHEMA = json.loads((Path(__file__).parents[1] / "sim" / "schemas" / "fit.json").read_text())


def figures(urban, rural, fixed, cost=(100.0, 100.0)):
    found = {(name, sector): value for sector, values in (("urban", urban), ("rural", rural)) for name, value in zip(INCOME_COMPONENTS, values)}
    found |= {(COST, sector): value for sector, value in zip(("urban", "rural"), cost)}
    return found | {(GAP, "all"): sum(urban) / sum(rural), (FIXED, "all"): fixed}


@pytest.fixture
def run(tmp_path):
    return fake_cells.write_run(tmp_path, fake_cells.scenario(), seeds=(1, 2))


def test_parts_add_up_with_negative_and_vanishing_components():
    before, after = figures((20, 2, 2, 9), (6, 6, -1, 3), 2.4), figures((25, 3, 2, 9), (9, 0, 0, 5), 2.2)
    split = split_gap(before, after, 2019, 2030)
    assert math.isclose(sum(split.components.values()), split.change, rel_tol=1e-12) and math.isclose(split.fixed + split.reclassified, split.change)
    assert split.change == pytest.approx(math.log(after[GAP, "all"] / before[GAP, "all"]))
    assert split.components["urban", "property_income"] == split.components["urban", "transfer_income"] == 0
    assert split.components["urban", "wage_income"] > 0 > split.components["rural", "wage_income"]
    assert split.components["rural", "operating_income"] == pytest.approx(6 / log_mean(14, 14))


def test_what_does_not_change_contributes_nothing():
    same = figures((20, 2, 2, 9), (6, 6, 1, 3), 2.4)
    split = split_gap(same, same, 2019, 2020)
    assert split.change == split.fixed == split.reclassified == 0 and set(split.components.values()) == {0.0}
    assert log_mean(2.0, 2.0) == 2.0 and log_mean(2.0, 3.0) == pytest.approx(1 / math.log(1.5))


def test_one_component_alone_carries_the_whole_change():
    split = split_gap(figures((20, 2, 2, 9), (6, 6, 1, 3), 2.0), figures((20, 2, 2, 9), (8, 6, 1, 3), 1.9), 2019, 2020)
    assert split.components["rural", "wage_income"] == pytest.approx(math.log(16 / 18))


def test_prices_stand_beside_incomes():
    """Dear towns narrow the ratio at local prices, dear villages widen it; with the components they are its whole change."""
    incomes = (20, 2, 2, 9), (6, 6, 1, 3)
    before, after = figures(*incomes, 2.4), figures(*incomes, 2.4, (110.0, 104.0))
    split = split_gap(before, after, 2019, 2030)
    assert split.change == 0 and split.prices["urban"] == pytest.approx(-math.log(1.10)) and split.prices["rural"] == pytest.approx(math.log(1.04))
    moved = split_gap(before, figures((25, 3, 2, 9), (9, 0, 0, 5), 2.2, (110.0, 104.0)), 2019, 2030)
    assert moved.real == pytest.approx(math.log(39 / 110 * 104 / 14) - math.log(33 / 16))
    assert math.isclose(moved.real, sum(moved.components.values()) + sum(moved.prices.values()), rel_tol=1e-12)
    assert math.isclose(moved.real, moved.fixed + moved.reclassified + sum(moved.prices.values()), rel_tol=1e-12)


def test_the_path_of_a_run(run):
    reading = Reading.of_run(run)
    splits = gap_path(reading)
    assert [split.last for split in splits] == list(range(2020, 2036)) and {split.first for split in splits} == {2019}
    assert splits[-1].change == pytest.approx(math.log(reading.one(GAP, year=2035) / reading.one(GAP)), abs=1e-5)
    assert all(math.isclose(sum(split.components.values()), split.change, rel_tol=1e-9) for split in splits)
    real = [reading.one("income_gap_ratio_real", year=year) for year in (2019, 2035)]
    assert splits[-1].real == pytest.approx(math.log(real[1] / real[0]), abs=1e-5)


def test_a_jump_is_beyond_its_bound_in_its_year_only(run):
    frame = run.indicators.copy()
    frame.loc[(frame["year"] >= 2028) & (frame["indicator"] == "population"), "value"] *= 1.1
    smooth, jump = yearly_changes(Reading.of_run(run)), yearly_changes(Reading(frame, run.distribution, run.accounts, 2))
    assert not [change for change in smooth if change.beyond and change.indicator == "population"]
    beyond = [change for change in jump if change.beyond and change.indicator == "population"]
    assert [(change.year, change.sector) for change in beyond] == [(2028, "all")] and beyond[0].size == pytest.approx(math.log(1.1), abs=0.01)
    assert next(change.year for change in largest(jump) if change.indicator == "population") == 2028


def test_bounds_belong_to_indicators():
    assert set(BOUNDS) <= set(INDICATORS)
    assert all(bound.kind in ("growth", "step") and bound.most > 0 and bound.source for bound in BOUNDS.values())


@pytest.mark.parametrize(
    "language, words",
    [("zh", ("超出界限", "城乡收入比为什么变", "农村 人均工资性收入", "农村本地生活成本")),
     ("en", ("beyond", "Why the urban-rural", "rural Wage income", "rural cost of living"))],
)
def test_the_command_says_it_in_both_languages(run, capsys, language, words):
    assert main(["--lang", language, "fit", str(run.path), "--path"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in words)
    assert main(["fit", str(run.path), "--path", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    assert len(found["gap"]) == 16 and found["changes"]


def test_the_page_of_the_baseline_tells_what_was_split(run):
    from sim.study.baseline_page import written

    reading = Reading.of_run(run)
    text, last = written(reading, 60_000), gap_path(reading)[-1]
    assert f"from {reading.one(GAP):.3f} to {reading.one(GAP, year=2035):.3f}" in text and f"{100 * last.reclassified:+.1f}" in text
    assert text.count("- **") == 8
    assert "means over 2 seeds" in text and "## Yearly changes" in text
    assert f"| ratio at local prices | {100 * gap_path(reading)[0].real:+.1f} |" in text
