"""The page of a study: what its sentences, tables and curves say is what the cells say; it opens without a network."""

import re

import fake_cells
import fake_studies
import numpy as np
import pytest
from fake_studies import ATTACHMENT, PRICE
from test_report import BROWSER, seen_by_browser

from sim.report.study_charts import chart
from sim.report.study_page import page
from sim.report.study_view import StudyView
from sim.study import cell_files, sweep_table
from sim.study.sweep_plan import plan_study

SAMPLED = fake_studies.GRID.replace("[50, 100, 200]", "{start: 0, stop: 400}").replace("stop: 300, n: 2", "stop: 300").replace("id: toy", "id: sampled") \
    .replace("run:", "design: {kind: latin_hypercube, samples: 12, seed: 1}\nrun:")
TEXTS = {
    "grid": fake_studies.GRID,
    "latin_hypercube": SAMPLED,
    "one_at_a_time": fake_studies.GRID.replace("run:", "design: {kind: one_at_a_time}\nrun:"),
    "switch": fake_studies.GRID.replace(f"{ATTACHMENT}: {{start: 60, stop: 300, n: 2}}", "combined_exit.allowed: [false, true]"),
}


@pytest.fixture(scope="module", params=TEXTS)
def view(request, tmp_path_factory):
    """A finished study of each design, computed in this process, in English."""
    folder = tmp_path_factory.mktemp(request.param)
    plan = plan_study(fake_studies.write(folder, TEXTS[request.param]), folder)
    for cell in plan.cells:
        result = fake_studies.responding(cell.setting.scenario, seed=cell.seed, households=2000)
        cell_files.write_cell(plan.folder, cell.setting.cell_key(cell.seed), result)
    return StudyView(plan, sweep_table.tidy(plan), "en")


def outcome_of(view, id):
    return next(outcome for outcome in view.outcomes if outcome.id == id)


def test_the_effect_of_the_price_is_found_and_that_of_the_attachment_cancels(view):
    """Withdrawals of four years are 40 per yuan of price above the reference; the attachment is in both, so it moves no difference."""
    outcome = outcome_of(view, "homesteads_withdrawn_since_start")
    price, other = view.study.variables
    effect = view.effects[price.name, outcome.id, outcome.sector]
    slope = (effect.mean[-1] - effect.mean[0]) / (effect.at[-1] - effect.at[0])
    assert slope == pytest.approx(40) and effect.size > 0
    assert abs(view.effects[other.name, outcome.id, outcome.sector].size) < 1e-6 * effect.size
    assert view.strongest(outcome).variable is price


def test_an_outcome_that_nothing_moves_is_said_so(view):
    """The ratio of the made-up cells differs from the baseline by reform alone, the same at every point."""
    outcome = outcome_of(view, "income_gap_ratio")
    assert view.strongest(outcome) is None and "what matters most" not in view.sentence(outcome)


def test_the_axis_holds_zero_and_every_mark(view):
    for outcome in view.outcomes:
        figure = chart(view, outcome).figure
        spans = [axis["range"] for name, axis in figure["layout"].items() if name.startswith("yaxis")]
        marks = np.concatenate([trace["y"] for trace in figure["data"] if "markers" in trace["mode"]])
        assert all(low <= min(0, marks.min()) and high >= max(0, marks.max()) for low, high in spans)


def test_sentence_and_download_say_the_same(view):
    outcome = outcome_of(view, "homesteads_withdrawn_since_start")
    rows = view.of(outcome, view.points)
    said = [float(text.replace(",", "")) for text in re.findall(r"[+-]?\d[\d,]*", view.sentence(outcome).split(":")[1])[:2]]
    assert said == [round(rows["mean"].min()), round(rows["mean"].max())]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_whole_in_both_languages(view, language):
    text = page(view.plan, sweep_table.tidy(view.plan), language)
    assert text.count('class="plot"') == len(view.outcomes) and view.study.title[language] in text
    assert ("演示用的小样本" if language == "zh" else "toy sample") in text and PRICE in text
    assert "study.page" not in text.split("<script>")[0]


def test_an_unfinished_page_says_so(view):
    table = sweep_table.tidy(view.plan)
    assert "this page is unfinished" in page(view.plan, table[table["point"] < 2], "en")
    assert "this page is unfinished" not in page(view.plan, table, "en")


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="no browser")
def test_a_browser_draws_every_chart_and_asks_nobody(view, tmp_path):
    dom, asked = seen_by_browser(page(view.plan, sweep_table.tidy(view.plan), "zh"), tmp_path / "page")
    assert dom.count('class="main-svg"') >= len(view.outcomes) and f'data-drawn="{len(view.outcomes)}"' in dom and asked == set()


def test_one_seed_has_no_band_and_tells_nothing_apart(tmp_path):
    plan = plan_study(fake_studies.write(tmp_path, fake_studies.GRID.replace("seeds: 3", "seeds: 1")), tmp_path)
    for cell in plan.cells:
        result = fake_cells.simulate(cell.setting.scenario, seed=cell.seed, households=2000)
        cell_files.write_cell(plan.folder, cell.setting.cell_key(cell.seed), result)
    view = StudyView(plan, sweep_table.tidy(plan), "en")
    assert all("not distinguishable with so few seeds" in view.sentence(outcome) for outcome in view.outcomes)
    assert page(plan, sweep_table.tidy(plan), "en")
