"""A brief whose reference is a plan itself: what differs is listed, and higher pay that funds fewer projects is said where it happens."""

import fake_cells
import pytest

from sim.places import DISTRICT_IDS
from sim.report import brief, differences, sentences, tables
from sim.report.projects import better_paid, fewer_projects
from sim.report.view import View
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.study.provenance import resolved_yaml

PLACES = ("jiutai", "yongji")
HERE = [DISTRICT_IDS.index(id) for id in PLACES]


def made(out, id, *, pay=100.0, funded=3.0, dropped=1.0, exits=40.0, seeds=(1, 2, 3, 4), luck=0.1):
    """A made-up run of a plan with figures of its projects in two districts; they differ a little from seed to seed."""

    def change(result):
        seed = result.log[0]["seed"]
        rows = [row for row in result.indicators if row[1] not in PLACES or row[3] != "homesteads_withdrawn"]
        for year in range(2019, 2036):
            for place in PLACES:
                for name, unit, value in (("village_projects_funded", "projects", funded), ("village_projects_dropped", "projects", dropped),
                                          ("homesteads_withdrawn", "plots", exits)):
                    rows.append((year, place, "all", name, value + luck * seed, unit))
        book = result.delivered.copy()
        book[2:, RULE_INDEX["plot_price"], HERE] = pay
        return result._replace(indicators=rows, ordered=book, delivered=book)

    return fake_cells.write_run(out, fake_cells.scenario(id), seeds=seeds, change=change)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return made(tmp_path_factory.mktemp("runs"), "plan")


def test_higher_pay_that_funds_fewer_projects_is_said(plan, tmp_path):
    dear = made(tmp_path, "dear", pay=200.0, funded=2.0, dropped=2.0, exits=35.0)
    assert better_paid(plan, dear, 2035) == list(PLACES) and better_paid(dear, plan, 2035) == []
    english, chinese = (fewer_projects(plan, dear, 2035, language) for language in ("en", "zh"))
    years, luck = 17, 2 * 0.25 * 17  # of two districts with a mean luck of 0.1 x 2.5
    assert english.startswith("Jiutai, Yongji:") and f"funds fewer projects: {round(2 * years * 2 + luck)} village projects by 2035" in english
    assert f"{2 * years * 5} fewer homesteads are withdrawn there" in english and "hint" not in english
    assert "九台区、永吉县提高了补偿" in chinese and f"少 {2 * years * 5} 宗" in chinese
    page = brief.brief([plan, dear], "zh")
    assert chinese in page and chinese in tables.markdown([plan, dear], (2025, 2035), "zh")


def test_few_seeds_are_said_there_too(plan, tmp_path):
    short = made(tmp_path / "a", "plan", seeds=(1, 2))
    dear = made(tmp_path / "b", "dear", pay=200.0, funded=2.0, dropped=2.0, exits=44.0, seeds=(1, 2), luck=0.4)
    assert "With so few seeds" in fewer_projects(short, dear, 2035, "en")


@pytest.mark.parametrize("what", [
    {"pay": 100.0, "funded": 2.0, "dropped": 2.0},  # fewer, but not for pay
    {"pay": 200.0, "funded": 3.0, "dropped": 1.0},  # higher pay, as many projects
    {"pay": 200.0, "funded": 2.0, "dropped": 1.0},  # fewer, but not for want of money
    {"pay": 50.0, "funded": 2.0, "dropped": 2.0},   # lower pay
])  # fmt: skip
def test_nothing_is_said_where_it_does_not_happen(plan, tmp_path, what):
    assert fewer_projects(plan, made(tmp_path, "other", **what), 2035, "en") == ""


def test_two_plans_are_listed_by_what_differs(plan, tmp_path):
    settings = ["homestead_withdrawal.compensation_yuan_per_m2@2026:jiutai,yongji=200", "assumptions.discount=0.06"]
    dear = made(tmp_path, "dear")
    for run, scenario in ((plan, load("four-instruments")), (dear, load("four-instruments", settings))):
        (run.path / "scenario.resolved.yaml").write_text(resolved_yaml(scenario), encoding="utf-8")
        run.manifest["levers"] = [{"id": "homestead_withdrawal", "title": {"zh": "宅基地", "en": "Homesteads"}, "clauses": [], "steps": [{"from": 2021}]}]
    for language, name, pay in (("zh", "九台区、永吉县", "元/平方米"), ("en", "Jiutai, Yongji", "yuan/m2")):
        (table,) = differences.tables_of(View([plan, dear], language))
        lever, assumption = table["rows"]
        assert lever[1:] == [name, "2026-2035", "100", "200", pay]
        assert assumption[3:5] == ["0.05", "0.06"] and ("贴现" in assumption[0] if language == "zh" else "discount rate" in assumption[0])
        page = brief.brief([plan, dear], language)
        assert table["caption"] in page and lever[0] in page
        assert sentences.common_path(View([plan, dear], language)).endswith("不是二者之差。" if language == "zh" else "no difference between them.")
    (plan.path / "scenario.resolved.yaml").write_text("schema: 9", encoding="utf-8")
    (table,) = differences.tables_of(View([plan, dear], "en"))
    assert not table["rows"] and "compute it again" in table["note"]
    plan.manifest["levers"] = []
    assert differences.tables_of(View([plan, dear], "en")) == []
