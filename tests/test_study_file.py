"""Study files: what a good one means, and that each mistake is told at its line and column with a way out."""

import fake_studies
import pytest
from fake_studies import GRID

from sim.cli import main
from sim.errors import ScenarioError
from sim.scenario import shipped_folder
from sim.study.study_file import is_study, load_study

GOOD = """study: 1
id: mine
scenario: four-instruments
reference: baseline
vary:
  homestead_withdrawal.compensation_yuan_per_m2: [50, 100]
"""


def problems(tmp_path, text):
    with pytest.raises(ScenarioError) as error:
        load_study(fake_studies.write(tmp_path, text))
    return error.value.problems


def test_what_a_file_says_is_what_is_meant(tmp_path):
    study = load_study(fake_studies.write(tmp_path, GRID))
    price, attachment = study.variables
    assert (price.values, price.unit, price.world) == ((50.0, 100.0, 200.0), "yuan/m2", False)
    assert (attachment.values, attachment.world) == ((60.0, 300.0), True)
    assert (study.points, study.kind, study.seeds, study.rows, study.last_year) == (6, "grid", (1, 2, 3), 2000, 2022)
    assert (study.years, study.districts) == ((2021, 2022), ("zone", "jiutai"))


def test_what_is_not_said_has_a_default(tmp_path):
    study = load_study(fake_studies.write(tmp_path, GOOD))
    assert (study.households, study.seeds, study.years, study.indicators, study.districts) == (60_000, tuple(range(1, 9)), (2025, 2035), None, ("zone",))
    assert study.title == {"zh": "mine", "en": "mine"}


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("{start: 50, stop: 200, step: 50}", (50, 100, 150, 200)),
        ("{start: 50, stop: 200, step: 60}", (50, 110, 170)),
        ("{start: 0, stop: 0.3, step: 0.1}", (0, 0.1, 0.2, 0.3)),
        ("{start: 50, stop: 200, n: 4}", (50, 100, 150, 200)),
    ],
)
def test_ranges_have_both_ends_where_they_land_there(tmp_path, given, values):
    assert load_study(fake_studies.write(tmp_path, GOOD.replace("[50, 100]", given))).variables[0].values == values


def test_other_scenarios_are_found_from_the_study_file(tmp_path, monkeypatch):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "mine.yaml").write_text("schema: 1\nid: my-own\nextends: four-instruments\n", encoding="utf-8")
    path = fake_studies.write(tmp_path / "inner", GOOD.replace("scenario: four-instruments", "scenario: mine.yaml"))
    monkeypatch.chdir("/")
    assert load_study(path).scenario == tmp_path / "inner" / "mine.yaml"


def replaced(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


MANY = ("attachment: {start: 60, stop: 300", "discount: {start: 0.04, stop: 0.08")
BAD = [
    (replaced("study: 1\n", ""), 1, 1, "missing", "study: 1"),
    (replaced("study: 1", "schema: 1"), 1, 1, "missing", "ronghe run"),
    (replaced("study: 1", "study: 2"), 1, 8, "schema-version", "study: 1"),
    (replaced("id: mine", "id: 我的"), 2, 5, "bad-id", "my-sweep"),
    (replaced("id: mine\n", ""), 1, 1, "missing", "my-sweep"),
    (replaced("four-instruments", "four-instrument"), 3, 11, "unknown-scenario", "four-instruments"),
    (replaced("scenario: four-instruments\n", ""), 1, 1, "missing", "scenario:"),
    (replaced("vary:\n", "varies:\n"), 5, 1, "unknown-key", "vary"),
    (replaced("vary:\n  homestead_withdrawal.compensation_yuan_per_m2: [50, 100]", "vary: {}"), 5, 7, "empty", "vary:"),
    (replaced("homestead_withdrawal.", "homestead_withdrawl."), 6, 3, "unknown-lever", "homestead_withdrawal"),
    (replaced("yuan_per_m2:", "yuan_per_m:"), 6, 3, "unknown-parameter", "compensation_yuan_per_m2"),
    (replaced("homestead_withdrawal.compensation_yuan_per_m2", "assumptions.attachmnt"), 6, 3, "unknown-assumption", "attachment"),
    (replaced("homestead_withdrawal.compensation_yuan_per_m2", "delivery.rate"), 6, 3, "unknown-key", "rate_percent_per_year"),
    (replaced("homestead_withdrawal.compensation_yuan_per_m2", "attachment"), 6, 3, "bad-setting", "assumptions.NAME"),
    (replaced("yuan_per_m2:", "yuan_per_m2@2026:jiutay:"), 6, 3, "unknown-district", "jiutai"),
    (replaced("yuan_per_m2:", "yuan_per_m2@1999:jiutai:"), 6, 3, "year-outside", "year"),
    (replaced("[50, 100]", "[50, 1000]"), 6, 55, "out-of-range", "450"),
    (replaced("[50, 100]", "[50, true]"), 6, 55, "not-a-number", "450"),
    (replaced("[50, 100]", "[50, 1e400]"), 6, 55, "not-finite", "450"),
    (replaced("[50, 100]", "[50, '100']"), 6, 55, "not-a-number", "[50, 100, 200]"),
    (replaced("[50, 100]", "[50, 50]"), 6, 55, "twice", "one"),
    (replaced("[50, 100]", "[]"), 6, 50, "empty", "[50, 100, 200]"),
    (replaced("[50, 100]", "50"), 6, 50, "wrong-type", "[a, b]"),
    (replaced("[50, 100]", "{start: 50, stop: 100}"), 6, 50, "range", "n: 4"),
    (replaced("[50, 100]", "{start: 50, stop: 100, n: 2, step: 50}"), 6, 50, "range", "n: 4"),
    (replaced("[50, 100]", "{start: 100, stop: 50, n: 2}"), 6, 69, "empty", "start"),
    (replaced("[50, 100]", "{start: 50, stop: 500, n: 2}"), 6, 68, "out-of-range", "450"),
    (replaced("[50, 100]", "{start: 50, stops: 100, n: 2}"), 6, 62, "unknown-key", "stop"),
    (GOOD + "  combined_exit.allowed: {start: 0, stop: 1, n: 2}\n", 7, 26, "range-of-switch", "[false, true]"),
    (GOOD + "  voluntariness.cooling_off_years: {start: 0, stop: 3, n: 3}\n", 7, 36, "not-whole", "whole"),
    (replaced("reference: baseline", "design: {kind: grit}"), 4, 16, "unknown-design", "grid"),
    (replaced("reference: baseline", "design: {samples: 3}"), 4, 9, "missing", "latin_hypercube"),
    (replaced("reference: baseline", "design: {kind: grid, samples: 3}"), 4, 22, "surplus", "latin_hypercube"),
    (replaced("reference: baseline", "design: {kind: latin_hypercube}"), 4, 9, "missing", "samples: 30"),
    (replaced("reference: baseline", "run: {seeds: no}"), 4, 14, "bad-option", "1,2,5-9"),
    (replaced("reference: baseline", "run: {households: 12}"), 4, 19, "bad-option", "500"),
    (replaced("reference: baseline", "run: {years: 2020-2030}"), 4, 14, "bad-option", "2019"),
    (replaced("reference: baseline", "outcomes: {indicators: [income_gap]}"), 4, 25, "unknown-indicator", "income_gap_ratio"),
    (replaced("reference: baseline", "outcomes: {years: [2040]}"), 4, 20, "year-outside", "2035|horizon.end"),
    (replaced("reference: baseline", "outcomes: {districts: [jiutay]}"), 4, 24, "unknown-district", "jiutai"),
    (GOOD + "".join(f"  assumptions.{name}, n: 1000}}\n" for name in MANY), 6, 3, "too-many", "latin_hypercube"),
]


@pytest.mark.parametrize(("text", "line", "column", "code", "hint"), BAD, ids=[f"{i}-{row[3]}" for i, row in enumerate(BAD)])
def test_a_mistake_is_told_at_its_place_with_a_way_out(tmp_path, text, line, column, code, hint, monkeypatch):
    monkeypatch.setenv("RONGHE_LANG", "en")
    found = problems(tmp_path, text)
    told = [one for one in found if one.code == code and one.line == line]
    assert told, [str(one) for one in found]
    assert told[0].column == column
    assert any(word in f"{told[0].message} {told[0].hint}" for word in hint.split("|")), str(told[0])


def test_all_mistakes_are_told_at_once_in_order(tmp_path):
    text = replaced("four-instruments", "none").replace("[50, 100]", "[5000, 1000]").replace("id: mine", "id: a b")
    assert [(one.line, one.code) for one in problems(tmp_path, text)] == [(2, "bad-id"), (3, "unknown-scenario"), (6, "out-of-range"), (6, "out-of-range")]


def test_a_study_without_any_difference_is_refused(tmp_path):
    text = GOOD.replace("reference: baseline", "reference: four-instruments").replace(fake_studies.PRICE, fake_studies.ATTACHMENT).replace("50", "70")
    assert [one.code for one in problems(tmp_path, text)] == ["no-difference"]
    load_study(fake_studies.write(tmp_path, text.replace("reference: four-instruments\n", "")))


def test_a_missing_file_and_broken_yaml(tmp_path):
    with pytest.raises(ScenarioError) as error:
        load_study(tmp_path / "none.yaml")
    assert error.value.exit_code == 3 and error.value.problems[0].code == "missing-file"
    assert problems(tmp_path, GOOD + "  x: [1")[0].code == "unclosed"
    assert problems(tmp_path, "")[0].code == "empty"


def test_validate_takes_studies_and_scenarios(tmp_path, capsys):
    good, bad = fake_studies.write(tmp_path, GOOD), fake_studies.write(tmp_path, replaced("[50, 100]", "[5000]"), "bad.yaml")
    assert is_study(good) and not is_study(shipped_folder() / "baseline.yaml") and not is_study(tmp_path)
    assert main(["validate", str(good), "baseline", "--lang", "en"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].endswith("ok (study: 2 points x 8 seeds)") and out[1].startswith("baseline: ok")
    assert main(["validate", str(bad), "--lang", "en"]) == 3
    assert ":6:51: " in capsys.readouterr().out
    assert main(["validate", str(good), "--set", f"{fake_studies.PRICE}=100", "--lang", "en"]) == 2


def test_the_shipped_studies_are_valid():
    found = sorted((shipped_folder().parent / "experiments").glob("*.yaml"))
    assert len(found) >= 2 and all(is_study(path) for path in found)
    for path in found:
        assert load_study(path).points >= 10
