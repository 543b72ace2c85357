"""Slower delivery in the brief: the same sample and seeds at each rate, ordinary runs that are made once, and sentences that say what cannot be told."""

import sys
from types import SimpleNamespace

import fake_cells
import pytest

from sim.cli import main
from sim.policies.catalogue import owner
from sim.report import brief
from sim.report.delivery import EXITS, Section, arrived
from sim.report.view import View
from sim.results import open_run
from sim.study import delivery, ensemble

LEVERS = {
    "reform": "levers:\n  homestead_withdrawal:\n    steps: [{from: 2021, districts: all, preset: plan}]\n",
    "credit": "levers:\n  collateral_loans:\n    steps: [{from: 2021, districts: all, preset: plan}]\n",
    "baseline-mine": "",
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Scenarios with and without orders that take time, a made-up model, and keys that need no evidence."""
    monkeypatch.setitem(sys.modules, "sim.simulation", SimpleNamespace(Simulation=fake_cells.Simulation))
    monkeypatch.setattr("sim.identity.evidence_hash", lambda: "e")
    monkeypatch.setattr("sim.identity.source_hash", lambda root=None: "s")
    monkeypatch.chdir(tmp_path)
    for id, levers in LEVERS.items():
        (tmp_path / f"{id}.yaml").write_text(f"schema: 1\nid: {id}\ntitle: {{zh: {id}, en: {id}}}\n{levers}", encoding="utf-8")
    return tmp_path


def runs_of(*ids, households="all", **call):
    return [ensemble.run(f"{id}.yaml", households=households, seeds=3, jobs=1, simulate=fake_cells.simulate, **call) for id in ids]


def test_every_rate_shares_the_sample_the_seeds_and_the_place(place):
    runs = runs_of("baseline-mine", "reform")
    ((run, reference, rates),) = delivery.plans([runs[0], open_run(runs[1].path, (2, 3))])
    assert list(rates) == [100.0, 60.0, 30.0] and run.id == runs[1].id
    for plan in (reference, *rates.values()):
        assert plan.households == 60_000 and plan.seeds == (2, 3) and plan.folder.parent == runs[1].path.parent
    assert [plan.scenario.delivery_rate for plan in rates.values()] == [100.0, 60.0, 30.0]
    assert len({plan.folder for plan in rates.values()}) == 3


def test_a_smaller_run_is_its_own_full_delivery_and_nothing_is_made_twice(place):
    runs = runs_of("baseline-mine", "reform", households=20_000)
    ((_, reference, rates),) = made = delivery.plans(runs)
    assert reference.folder == runs[0].path and rates[100.0].folder == runs[1].path and not rates[100.0].missing
    assert rates[30.0].missing == (1, 2, 3) and not rates[30.0].folder.exists()
    (found,) = delivery.simulate(made, lambda plan: ensemble.carry_out(plan, simulate=fake_cells.simulate))
    assert found.rates[30.0].manifest["delivery_rate_percent_per_year"] == 30 and found.rates[30.0].households == 20_000
    assert found.rates[30.0].path.name.startswith("delivery-30-reform-") and found.reference.id == runs[0].id
    assert not any(plan.missing for plan in delivery.plans(runs)[0][2].values())


def test_a_rate_of_its_own_stands_among_the_others(place):
    (place / "slow.yaml").write_text(f"schema: 1\nid: slow\ndelivery: {{rate_percent_per_year: 45}}\n{LEVERS['reform']}", encoding="utf-8")
    _, slow = runs = runs_of("baseline-mine", "slow", households=20_000)
    rates = delivery.plans(runs)[0][2]
    assert list(rates) == [100.0, 60.0, 45.0, 30.0] and rates[45.0].folder == slow.path


def test_prices_and_switches_do_not_depend_on_the_rate(place):
    runs = runs_of("baseline-mine", "credit", households=20_000)
    ((_, _, rates),) = made = delivery.plans(runs)
    assert rates == {}
    page = brief.brief(runs, "zh", delivery.simulate(made, lambda plan: pytest.fail("nothing is to be computed")))
    assert "落地快慢不改变结果" in page


def test_runs_of_another_version_are_not_mixed_in(place, monkeypatch):
    (run,) = runs_of("reform", households=20_000)
    assert delivery.can_be_repeated(run)
    monkeypatch.setattr("sim.identity.source_hash", lambda root=None: "another")
    assert not delivery.can_be_repeated(run)


def test_the_command_computes_once_says_so_and_can_leave_it_out(place, capsys):
    words = ["report", *(str(run.path) for run in runs_of("baseline-mine", "reform")), "-o", "b.html", "--jobs", "1", "--lang", "en"]
    assert main(words) == 0
    assert "60,000 households with 3 seeds, 12 cells to compute" in capsys.readouterr().err
    page = (place / "b.html").read_text(encoding="utf-8")
    assert "If orders arrive slowly" in page and "sample of 60,000 households" in page and "delivery-1-2035.csv" in page
    assert main(words) == 0 and capsys.readouterr().err == ""
    assert main([*words, "--no-delivery"]) == 0
    assert "If orders arrive slowly" not in (place / "b.html").read_text(encoding="utf-8")


# ---------------------------------------------------------------------------------------------------- the section
def slower(factor, luck=0.0):
    """A change of cells that scales the homesteads withdrawn, and adds `luck` for even seeds, takes it away for odd ones."""

    def change(result):
        extra = luck if result.log[0]["seed"] % 2 == 0 else -luck
        rows = [(*r[:4], factor * r[4] + extra, r[5]) if r[3] == "homesteads_withdrawn" else r for r in result.indicators]
        return result._replace(indicators=rows)

    return change


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(reference, {rate: run}) where slow delivery means fewer exits."""
    out = tmp_path_factory.mktemp("runs")
    rates = {
        rate: fake_cells.write_run(out, fake_cells.scenario(f"reform-{rate:g}", "改革", "Reform"), households=60_000, change=slower(factor))
        for rate, factor in ((100.0, 1.0), (60.0, 0.95), (30.0, 0.7))
    }
    return fake_cells.write_run(out, fake_cells.scenario(), households=60_000), rates


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentence_table_and_chart_show_the_same_numbers(made, language):
    reference, rates = made
    section = Section(delivery.Delivery(rates[100.0], reference, rates), View([reference, rates[100.0]], language), 1)
    table = section.tables[-1]
    line = next(line for line in table.lines if line.by_rate[0].indicator == EXITS)
    assert line.by_rate[0].difference in section.sentence and line.by_rate[2].difference in section.sentence
    assert line.slow.raw["mean"] == pytest.approx(line.by_rate[2].raw["mean"] - line.by_rate[0].raw["mean"]) and line.slow.raw["distinguishable"]
    last = [row for row in section.chart.rows if row[3] == 2035 and row[0] == section.chart.rows[0][0]]
    assert {row[4] for row in last} == {line.by_rate[0].raw["reference"], *(row.raw["value"] for row in line.by_rate)}
    assert any("60,000" in note and ("抽样" in note or "Sample" in note) for note in section.notes)
    names, rows = table.csv
    assert len(rows) == 4 * len(table.lines) and all(len(row) == len(names) for row in rows)


def test_what_cannot_be_told_is_said(made, tmp_path):
    reference, rates = made
    lucky = fake_cells.write_run(tmp_path, fake_cells.scenario("reform-lucky"), households=60_000, change=slower(0.99, luck=9.0))
    alike = {100.0: rates[100.0], 30.0: lucky}
    section = Section(delivery.Delivery(rates[100.0], reference, alike), View([reference, rates[100.0]], "zh"), 1)
    assert "不能分辨" in section.sentence and section.sentence.startswith("即使每年只落地30%")


def test_the_share_that_has_arrived_is_read_from_the_rulebook(tmp_path):
    def half(result):
        lever, parameter = owner("offer_rate")
        rule = [one.name for one in fake_cells.RULES].index("offer_rate")
        ordered, delivered = result.ordered.copy(), result.delivered.copy()
        base = [float(parameter.base_in(district)) * parameter.scale for district in fake_cells.DISTRICT_IDS]
        ordered[2:, rule], delivered[2:, rule] = [one + 0.04 for one in base], [one + 0.02 for one in base]
        return result._replace(ordered=ordered, delivered=delivered)

    run = fake_cells.write_run(tmp_path, fake_cells.scenario("reform"), change=half)
    assert arrived(run, 2035) == pytest.approx(0.5)
