"""The brief: the number in a title is the last point and the table's cell; nothing is fetched; small effects stay small; both languages whole."""

import base64
import csv
import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import fake_cells
import numpy as np
import pytest

from sim.errors import MachineError
from sim.report import brief, charts, gains, sentences, tables
from sim.report.view import GAP, GAP_SPAN, View
from sim.words import CATALOGUE, report as words

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    specs = (
        fake_cells.scenario(),
        fake_cells.scenario("reform", "四项改革方案", "Four reforms"),
        fake_cells.scenario("tiny", "微弱方案", "A faint scheme"),
    )
    return {spec.id: fake_cells.write_run(out, spec) for spec in specs}


@pytest.fixture(scope="module")
def pages(runs):
    return {language: brief.brief([runs["baseline"], runs["reform"]], language) for language in ("zh", "en")}


def own_part(page: str) -> str:
    """The page without the embedded library."""
    return page.replace(brief.plotly_source(), "")


class Reader(HTMLParser):
    """Texts by the attribute that names them: chart titles and cells of the score sheets."""

    def __init__(self, page):
        super().__init__()
        self.titles, self.cells, self.numbers, self.links = {}, {}, {}, {}
        self.figure = self.year = self.row = self.into = None
        self.feed(own_part(page))

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "figure":
            self.figure = a.get("id")
            self.numbers[self.figure] = a.get("data-number")
        elif tag == "table":
            self.year = a.get("data-year")
        elif tag == "tr":
            self.row = (a.get("data-indicator"), a.get("data-sector"))
        elif tag == "h3":
            self.into = (self.titles, self.figure)
        elif tag == "td" and "value" in a.get("class", "").split():
            self.into = (self.cells, (self.year, *self.row))
        elif tag == "a":
            self.links[a["download"]] = a["href"]

    def handle_endtag(self, tag):
        if tag in ("h3", "td"):
            self.into = None

    def handle_data(self, data):
        if self.into:
            self.into[0][self.into[1]] = data.strip()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "chart, indicator, sector",
    [
        ("gap", "income_gap_ratio", "all"),
        ("income", "disposable_income", "rural"),
        ("exits", "homesteads_withdrawn_since_start", "all"),
        ("loans", "loans_outstanding_yuan", "all"),
    ],
)
def test_number_in_the_title_is_the_last_point_and_the_cell(runs, pages, language, chart, indicator, sector):
    page = Reader(pages[language])
    number = page.numbers[chart]
    assert number in page.titles[chart]
    assert page.cells["2035", indicator, sector] == number
    view = View([runs["baseline"], runs["reform"]], language)
    figure = next(c for c in brief.drawn(view) if c.id == chart).figure
    drawn = figure["data"]
    if chart == "income":
        bar = next(
            i
            for i, name in enumerate(drawn[0]["y"])
            if "2035" in name and (name.startswith("农村") or name.startswith("Rural")) and runs["reform"].title(language)[:8] in name
        )
        last = sum(trace["x"][bar] for trace in drawn)
    else:
        last = next(t for t in drawn if t.get("name") == runs["reform"].title(language))["y"][-1]
        divisor = tables.indicator_of(indicator).reading(language)[0]
        last = last * (divisor if chart in ("exits", "loans") else 1)
    assert tables.indicator_of(indicator).show(last, language) == number


def test_nothing_is_fetched(pages):
    for page in pages.values():
        found = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'<)]*", re.sub(r"data:[^\"]*", "", own_part(page))))
        assert not found
        assert page.count("<script>") == 2 and "src=" not in own_part(page) and "@import" not in page.split("</style>")[0]
        assert "default-src 'none'" in page


def test_layout_never_asks_for_a_transition(runs):
    for chart in brief.drawn(View([runs["baseline"], runs["reform"]], "zh")):
        assert "transition" not in json.dumps(chart.figure, default=float)


@pytest.mark.parametrize("other", ["reform", "tiny"])
def test_the_axis_of_the_ratio_keeps_its_span(runs, other):
    low, high = charts.gap(View([runs["baseline"], runs[other]], "zh")).figure["layout"]["yaxis"]["range"]
    assert high - low >= GAP_SPAN - 1e-9


def test_a_faint_effect_is_said_and_explained(runs):
    view = View([runs["baseline"], runs["tiny"]], "zh")
    assert not view.one(GAP, 2035).distinguishable
    assert "不能分辨" in sentences.gap_sentence(view) and sentences.small_reason(view).startswith("影响小")
    assert "不能分辨" in brief.brief([runs["baseline"], runs["tiny"]], "zh")
    big = View([runs["baseline"], runs["reform"]], "zh")
    assert "下降 0.033" in sentences.gap_sentence(big) and sentences.small_reason(big) == ""


def test_too_few_seeds_are_said_instead_of_not_distinguishable(tmp_path):
    """Two seeds with opposite luck beside a large difference: no sentence and no cell may say that it cannot be distinguished and stop there."""
    def shaken(result):
        luck = result.log[0]["seed"]
        return result._replace(indicators=[(*row[:4], row[4] * (1 + 0.05 * luck), row[5]) for row in result.indicators])

    a = fake_cells.write_run(tmp_path, fake_cells.scenario(), seeds=(1, 2))
    b = fake_cells.write_run(tmp_path, fake_cells.scenario("reform"), seeds=(1, 2), change=shaken)
    words = (("zh", "种子太少", "因种子太少难以分辨", "不能分辨"), ("en", "too few seeds", "with so few seeds", "not distinguishable"))
    for language, cell, phrase, bare in words:
        view = View([a, b], language)
        assert phrase in sentences.gap_sentence(view) and phrase in sentences.income_sentence(view)
        rows = tables.sheet(a, b, 2035, language)
        assert {row.verdict for row in rows if row.indicator == GAP} == {cell}
        assert bare not in {row.verdict for row in rows}
        page = own_part(brief.brief([a, b], language))
        told = page.count("不能分辨") if language == "zh" else page.count("not distinguishable") - page.count(phrase)
        assert told <= 1 and cell in page  # once, where the score sheets explain the word
        assert cell in tables.how(a, b, language)


def test_the_reason_names_the_offers_where_the_scenario_makes_any(runs, monkeypatch):
    monkeypatch.setitem(
        runs["tiny"].manifest,
        "levers",
        [{"id": "homestead_withdrawal", "title": {"zh": "退出", "en": "exit"}, "clauses": [], "steps": [{"from": 2021}]}],
    )
    book = runs["tiny"].rulebook
    offers = book[(book.rule == "offer_rate") & (book.year > 2019)].delivered.mean()
    assert f"{offers:.1f} % of villages" in sentences.small_reason(View([runs["baseline"], runs["tiny"]], "en"))


def test_measures_that_disagree_are_named(tmp_path, runs):
    def turned(result):
        rows = [(*row[:4], row[4] + 0.2, row[5]) if row[3].endswith("_registered") and row[0] > 2030 else row for row in result.indicators]
        return result._replace(indicators=rows)

    odd = fake_cells.write_run(tmp_path, fake_cells.scenario("odd"), change=turned)
    assert "方向不一" in sentences.disagreement(View([runs["baseline"], odd], "zh"))
    assert sentences.disagreement(View([runs["baseline"], runs["reform"]], "zh")) == ""


def test_losers_come_first(runs):
    chart = gains.gains(View([runs["baseline"], runs["reform"]], "zh"))
    means = chart.figure["data"][0]["x"]
    assert means == sorted(means) and means[0] < 0 and "2 组下降" in chart.title
    assert gains.gains(View([runs["baseline"]], "zh")) is None


def test_tiles_are_grey_where_nothing_can_be_told(runs):
    for other, sure in (("reform", True), ("tiny", False)):
        made = gains.tiles(View([runs["baseline"], runs[other]], "zh"), GAP, 0.05)
        assert len({(t.column, t.row) for t in made}) == 9 == len(made)
        if not sure:
            assert all(t.sure or t.colour == gains._tint(0) for t in made) and not all(t.sure for t in made)
        else:
            assert all(t.sure and t.colour != gains._tint(0) for t in made)


def test_every_chart_and_sheet_gives_its_numbers(runs, pages):
    links = Reader(pages["zh"]).links
    assert {
        "gap.csv",
        "income.csv",
        "exits.csv",
        "loans.csv",
        "gains_decile.csv",
        "gains_type.csv",
        "districts.csv",
        "scores-2025.csv",
        "scores-2035.csv",
    } == set(links)
    for href in links.values():
        text = base64.b64decode(href.split(",", 1)[1]).decode("utf-8")
        assert text.startswith("\ufeff")
        rows = list(csv.reader(io.StringIO(text[1:])))
        assert len(rows) > 5 and len({len(row) for row in rows}) == 1 and "nan" not in text
    gap = list(csv.DictReader(io.StringIO(base64.b64decode(links["gap.csv"].split(",", 1)[1]).decode("utf-8-sig"))))
    last = [row for row in gap if row["情景"] == "四项改革方案" and row["年份"] == "2035"]
    expected = runs["reform"].indicators.query("indicator == 'income_gap_ratio' and year == 2035 and district == 'zone'").value
    assert float(last[0]["城乡居民收入比"]) == pytest.approx(expected.mean()) and float(last[0]["low"]) == pytest.approx(expected.min())


def test_one_run_and_three_runs(runs):
    alone = brief.brief([runs["baseline"]], "zh")
    page = Reader(alone)
    assert page.cells["2035", GAP, "all"] in page.titles["gap"]
    assert 'class="verdict' not in own_part(alone) and 'class="verdict' in own_part(brief.brief([runs["baseline"], runs["tiny"]], "zh"))
    three = own_part(brief.brief(list(runs.values()), "en"))
    assert three.count('<table class="scores"') == 4 and "A faint scheme" in three


def test_a_run_without_rights_or_loans_has_no_such_charts(tmp_path):
    def fewer(result):
        kept = [row for row in result.indicators if not row[3].startswith(("loans", "homestead"))]
        return result._replace(indicators=kept)

    a, b = (fake_cells.write_run(tmp_path, fake_cells.scenario(id), change=fewer) for id in ("baseline", "reform"))
    assert {chart.id for chart in brief.drawn(View([a, b], "zh"))} == {"gap", "income", "gains_decile", "gains_type"}
    page = brief.brief([a, b], "zh")
    assert 'data-indicator="homesteads' not in page and "不列：累计宅基地退出" in page


def test_a_title_cannot_break_the_page(tmp_path):
    evil = fake_cells.write_run(tmp_path, fake_cells.scenario("evil", "</script><b>坏</b>", "bad"))
    page = own_part(brief.brief([evil], "zh"))
    assert "&lt;/script&gt;&lt;b&gt;坏" in page and "</script><b>" not in page and page.count("<script>") == page.count("</script>") == 2


def test_the_page_says_what_it_is_made_of(pages, runs):
    for language, page in pages.items():
        text = own_part(page)
        for run in (runs["baseline"], runs["reform"]):
            assert run.id in text and run.digest[:16] in text
        assert all(CATALOGUE[f"limit.{id}"][0 if language == "zh" else 1] in text.replace("&#39;", "'") for id in brief.LIMITS)
        assert ("全区逐户" if language == "zh" else "household by household") in text


def test_catalogue_of_the_report_has_the_same_fields_in_both_languages():
    for key, (zh, en) in words.WORDS.items():
        assert set(re.findall(r"\{(\w+)\}", zh)) == set(re.findall(r"\{(\w+)\}", en)), key


def test_an_unwritable_place_is_the_machine_and_leaves_nothing(runs, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError):
        brief.write_brief([runs["baseline"]], tmp_path / "file" / "b.html", "zh")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


# What Chromium asks for its own sake, whatever the page.
OF_THE_BROWSER = ("google.com", "googleapis.com", "gvt1.com", "gstatic.com")


def seen_by_browser(page: str, folder) -> tuple[str, set[str]]:
    """(the page after drawing, addresses that the page asked for)."""
    folder.mkdir()
    path, log = folder / "brief.html", folder / "net.json"
    path.write_text(page, encoding="utf-8")
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
        f"--user-data-dir={folder / 'profile'}",
    ]
    command = [BROWSER, *options, "--virtual-time-budget=20000", f"--log-net-log={log}", "--dump-dom", path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=600, check=True)
    asked = re.findall(r'"url":"(https?://([^/"]+)[^"]*)"', log.read_text(encoding="utf-8", errors="replace"))
    return done.stdout, {url for url, host in asked if not host.endswith(OF_THE_BROWSER)}


@pytest.mark.browser
@pytest.mark.skipif(not BROWSER, reason="no chromium: the brief is not drawn")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_browser_draws_every_chart_and_asks_nobody(pages, runs, tmp_path, language):
    dom, asked = seen_by_browser(pages[language], tmp_path / "page")
    drawn = brief.drawn(View([runs["baseline"], runs["reform"]], language))
    assert f'data-drawn="{len(drawn)}"' in dom and dom.count('class="plot js-plotly-plot"') == len(drawn)
    assert asked == set()


@pytest.mark.browser
@pytest.mark.skipif(not BROWSER, reason="no chromium")
def test_a_request_would_be_seen(tmp_path):
    page = '<!doctype html><body><img src="https://asked.invalid/x.png"></body>'
    assert seen_by_browser(page, tmp_path / "page")[1] == {"https://asked.invalid/x.png"}


def test_numbers_of_json_are_plain(runs):
    assert brief._script_json({"a": np.float64("nan"), "b": np.int64(3), "c": "</script>"}) == '{"a": null, "b": 3, "c": "<\\/script>"}'


@pytest.mark.browser
@pytest.mark.skipif(not BROWSER, reason="no chromium: pictures are not drawn")
def test_pictures(runs, tmp_path, monkeypatch):
    pytest.importorskip("kaleido")
    from sim.report import exports

    monkeypatch.setattr(exports, "drawn", lambda view, slower: [charts.gap(view)])
    made = exports.write_pictures([runs["baseline"], runs["reform"]], tmp_path / "png", "zh")
    assert [path.name for path in made] == ["gap.png"] and made[0].read_bytes().startswith(b"\x89PNG") and made[0].stat().st_size > 20_000


def test_word_file_has_the_sheets(runs, tmp_path):
    docx = pytest.importorskip("docx")
    from sim.report import exports

    written = docx.Document(exports.write_document([runs["baseline"], runs["reform"]], tmp_path / "b.docx", "zh"))
    assert len(written.tables) == 2
    found = {row.cells[0].text: row.cells[3].text for row in written.tables[1].rows}
    assert found["城乡居民收入比"] in sentences.gap_sentence(View([runs["baseline"], runs["reform"]], "zh"))


def test_missing_packages_say_their_line(runs, tmp_path, monkeypatch):
    import sys

    from sim.errors import InstallError
    from sim.report import workbook

    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InstallError) as error:
        workbook.write_workbook([runs["baseline"]], (2025,), tmp_path / "a.xlsx", "zh")
    assert error.value.exit_code == 6 and "ronghe[report]" in str(error.value)


def test_samples_and_toys_are_marked(tmp_path, runs):
    for households, words_of in ((60_000, "60,000 户的样本"), (5_000, "不能引用")):
        a, b = (fake_cells.write_run(tmp_path, fake_cells.scenario(id), households=households) for id in ("baseline", "reform"))
        page = own_part(brief.brief([a, b], "zh"))
        assert words_of in page and "抽样误差没有计入" in page
    exact = own_part(brief.brief([runs["baseline"], runs["reform"]], "zh"))
    assert "户的样本" not in exact and "抽样误差" not in exact and "不能引用" not in exact


def test_slower_delivery_is_said(tmp_path):
    slow = fake_cells.write_run(tmp_path, fake_cells.scenario("later", delivery_rate=30.0))
    assert any("每年 30%" in text for text in brief.limits(View([slow], "zh")))
