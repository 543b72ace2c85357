"""Scenario files: what is accepted and what it comes to. What is refused, with its sentences: tests/test_bad_input.py."""

import pytest

from sim import words
from sim.errors import Problem, ScenarioError
from sim.places import DISTRICT_IDS
from sim.run_options import read_households, read_seeds, read_years
from sim.scenario import load, shipped_ids

HEAD = "schema: 1\nid: my-plan\n"
STEP = HEAD + "levers:\n  homestead_withdrawal:\n    steps:\n      - {from: 2021, districts: all, %s}\n"


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.delenv("RONGHE_LANG", raising=False)
    words.use_language("en")
    yield
    words.use_language(None)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder, and a way to write a file into it."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="plan.yaml"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return name

    return write


def problems(name, settings=()) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(name, settings)
    return caught.value.problems


def the_problem(name, settings=()) -> Problem:
    found = problems(name, settings)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def test_a_problem_in_a_parent_is_reported_with_its_file(here):
    here(STEP % "grant_percent: 101", "parent.yaml")
    here("schema: 1\nid: child\nextends: parent.yaml\n", "child.yaml")
    assert the_problem("child.yaml").place == "parent.yaml:6:53"


OVERLAP = HEAD + "levers:\n  homestead_withdrawal:\n    steps:\n      - {%s, grant_percent: 60}\n      - {%s, grant_percent: 70}\n"


def test_step_inside_another(here):
    name = here(OVERLAP % ("from: 2021, until: 2025, districts: all", "from: 2025, districts: changchun"))
    assert str(the_problem(name)) == (
        "plan.yaml:7:9: homestead_withdrawal.grant_percent in jiutai overlaps the step of plan.yaml:6 (2021-2025)."
        " A step begins after the until of the other."
    )
    load(here(OVERLAP % ("from: 2021, until: 2025, districts: all", "from: 2026, districts: all")))
    load(here(OVERLAP % ("from: 2021, until: 2025, districts: changchun", "from: 2022, districts: jilin_city")))


def test_shipped_scenarios():
    assert shipped_ids() == (
        "baseline", "collateral-loans", "combined-exit", "construction-land", "four-instruments", "homestead-withdrawal", "keep-rights-without-land",
    )  # fmt: skip
    for name in shipped_ids():
        scenario = load(name)
        assert scenario.id == name and scenario.warnings == () and scenario.title["zh"] and scenario.title["en"]
        assert (scenario.horizon.start, scenario.horizon.end, scenario.horizon.report) == (2019, 2035, (2025, 2035))
        whole = name != "construction-land"          # its market comes in two steps, its renewal in the cities only
        assert all(step.first == 2021 and step.districts == DISTRICT_IDS for steps in scenario.levers.values() for step in steps) == whole
        assert (name == "baseline") == (not scenario.levers) and ("three_rights_separation" in scenario.levers) == (name != "baseline" and whole)
    assert len(load("four-instruments").levers) == 6


def test_districts_by_name_city_and_list(here):
    def districts(written):
        return load(here(STEP.replace("all", written) % "grant_percent: 60")).levers["homestead_withdrawal"][0].districts

    assert districts("all") == DISTRICT_IDS
    assert districts("changchun") == districts("长春市") == DISTRICT_IDS[:4]
    assert districts("[永吉县, jiutai]") == ("jiutai", "yongji")
    assert districts("净月高新技术产业开发区") == ("jingyue",)


def test_inheritance(here):
    here(STEP % "grant_percent: 60" + "title: {zh: 甲, en: A}\nhorizon: {end: 2040}\nassumptions: {discount: 0.06}\n", "a.yaml")
    here(HEAD.replace("my-plan", "b") + "extends: a.yaml\nhorizon: {report: [2030]}\nassumptions: {rent_growth: 0.02}\n"
         "levers: {homestead_withdrawal: {steps_append: [{from: 2026, districts: all, grant_percent: 70}]}}\n", "b.yaml")  # fmt: skip
    scenario = load("b.yaml")
    assert scenario.title == {"zh": "b", "en": "b"}
    assert load(here(HEAD + "title: {zh: 甲}\n")).title == {"zh": "甲", "en": "甲"}
    assert (scenario.horizon.end, scenario.horizon.report) == (2040, (2030,))
    assert scenario.assumptions == {"discount": 0.06, "rent_growth": 0.02}
    assert [(step.first, step.values, step.origin) for step in scenario.levers["homestead_withdrawal"]] == [
        (2021, {"grant_percent": 60.0}, "a.yaml:6"),
        (2026, {"grant_percent": 70.0}, "b.yaml:6"),
    ]
    assert scenario.origins["horizon.end"] == "a.yaml:8" and scenario.origins["horizon.report"] == "b.yaml:4"
    here("schema: 1\nid: c\nextends: [b.yaml, four-instruments]\noff: [collateral_loans]\n", "c.yaml")
    scenario = load("c.yaml")
    assert [step.preset for step in scenario.levers["homestead_withdrawal"]] == [True], "steps of the last parent replace"
    assert "collateral_loans" not in scenario.levers and scenario.off == ("collateral_loans",)
    assert load(here("schema: 1\nid: d\nextends: c.yaml\n", "d.yaml")).off == ("collateral_loans",)


def test_a_parent_is_looked_for_beside_the_file_that_names_it(here, tmp_path):
    (tmp_path / "below").mkdir()
    here(STEP % "grant_percent: 60", "below/parent.yaml")
    here("schema: 1\nid: child\nextends: parent.yaml\n", "below/child.yaml")
    assert load("below/child.yaml").levers["homestead_withdrawal"][0].origin == "below/parent.yaml:6"
    assert load(tmp_path / "below" / "child.yaml").file == "below/child.yaml"


def test_an_empty_list_of_steps_is_the_base(here):
    here("schema: 1\nid: b\nextends: combined-exit\nlevers: {combined_exit: {steps: []}}\n", "b.yaml")
    assert "combined_exit" not in load("b.yaml").levers


def test_a_lever_switched_off_by_a_parent_may_be_set_again(here):
    here("schema: 1\nid: a\nextends: combined-exit\noff: [combined_exit]\n", "a.yaml")
    here("schema: 1\nid: b\nextends: a.yaml\nlevers: {combined_exit: {steps_append: [{from: 2026, districts: all, preset: plan}]}}\n", "b.yaml")
    assert [step.first for step in load("b.yaml").levers["combined_exit"]] == [2026] and load("b.yaml").off == ()
    assert load("a.yaml", ["combined_exit.allowed=true"]).off == ()


def test_an_inherited_step_after_the_last_year_is_a_warning(here):
    here(STEP.replace("2021", "2030") % "grant_percent: 60", "a.yaml")
    scenario = load(here("schema: 1\nid: b\nextends: a.yaml\nhorizon: {end: 2025}\n", "b.yaml"))
    assert [one.code for one in scenario.warnings] == ["year-outside"]
    assert scenario.horizon.report == (2025,)


def test_law_and_needed_reform_are_warnings(here):
    text = HEAD + "levers: {keep_rights_without_land: {steps: [{from: 2020, districts: all, allowed: true}]}}\n"
    early, lonely = load(here(text)).warnings
    assert str(early) == (
        "plan.yaml:3:45: Keeping the right without the land: not authorised in 2020 (needs the state's authorisation of the separated"
        " homestead rights first). It is from 2021 on; see 三(一)1 “探索采取“留权不留地”方式保留进城农民宅基地资格权”."
    )
    assert str(lonely) == (
        "plan.yaml:3:45: Keeping the right without the land: allowed has no effect without “Separation of the three homestead rights”."
        " Set three_rights_separation: separated: true as well."
    )


def test_options_of_a_file(here):
    scenario = load(here(HEAD + "run: {households: all, seeds: '1,2,5-9', population_seed: 3}\ndelivery: {rate_percent_per_year: 30}\n"))
    assert scenario.run.households == "all" and scenario.run.seeds == (1, 2, 5, 6, 7, 8, 9) and scenario.run.population_seed == 3
    assert scenario.run.given == ("households", "seeds", "population_seed") and scenario.delivery_rate == 30.0
    assert load("baseline").run.households == 60_000 and load("baseline").run.seeds == tuple(range(1, 9))


def test_ending_elsewhere():
    assert load("baseline").ending(2030).horizon.report == (2025,)
    assert load("baseline").ending(2021).horizon.report == (2021,)


# --set


def lever(settings, name="homestead_withdrawal", source="baseline"):
    return [(step.first, step.districts, step.values) for step in load(source, settings).levers[name]]


def test_set_on_a_lever_without_steps_begins_in_2021_everywhere():
    assert lever(["homestead_withdrawal.grant_percent=60"]) == [(2021, DISTRICT_IDS, {"grant_percent": 60.0})]


def test_set_replaces_in_every_step_that_names_it(here):
    name = here(HEAD + "levers: {homestead_withdrawal: {steps: [{from: 2021, districts: all, grant_percent: 60},"
                " {from: 2026, until: 2028, districts: jiutai, compensation_yuan_per_m2: 200},"
                " {from: 2030, districts: all, grant_percent: 70}]}}\n")  # fmt: skip
    values = [step[2] for step in lever(["homestead_withdrawal.grant_percent=80"], source=name)]
    assert values == [{"grant_percent": 80.0}, {"compensation_yuan_per_m2": 200.0}, {"grant_percent": 80.0}]
    values = [step[2]["households_per_project"] for step in lever(["homestead_withdrawal.households_per_project=30"], source=name)]
    assert values == [30.0, 30.0, 30.0]


def test_set_with_year_and_districts_adds_a_step_and_beats_the_file():
    found = lever(["homestead_withdrawal.grant_percent@2026:jiutai,永吉县=80"], source="homestead-withdrawal")
    assert found[1] == (2026, ("jiutai", "yongji"), {"grant_percent": 80.0}) and len(found) == 2
    assert lever(["homestead_withdrawal.grant_percent@2021=80"], source="homestead-withdrawal")[-1][2] == {"grant_percent": 80.0}


def test_set_other_things(here):
    scenario = load("baseline", ["assumptions.migration_elasticity=2", "delivery.rate_percent_per_year=30", "combined_exit.allowed=true"])
    assert scenario.assumptions == {"migration_elasticity": 2.0} and scenario.delivery_rate == 30.0
    assert scenario.levers["combined_exit"][0].values == {"allowed": True}
    assert scenario.origins["assumptions.migration_elasticity"] == "--set assumptions.migration_elasticity=2"


# options of the command line


def test_seeds_households_years():
    assert read_seeds("8") == tuple(range(1, 9)) and read_seeds("8,") == (8,) and read_seeds("1,2,5-9") == (1, 2, 5, 6, 7, 8, 9)
    assert [read_seeds(text) for text in ("0", "", ",", "9-5", "1;2", "-3", "99999")] == [None] * 7
    assert read_households("all") == "all" and read_households("20000") == 20_000
    assert [read_households(text) for text in ("499", "2e4", "-1", "ALL")] == [None] * 4
    assert read_years("2019-2035") == (2019, 2035)
    assert [read_years(text) for text in ("2020-2035", "2019-2051", "2035", "2019-2018")] == [None] * 4
