"""The dashboard in a real browser: the number in a title is the last point, the cell of the table and what the command line says; nothing leaves the machine.

One server with a toy zone serves all tests. Skipped where no browser or Chinese font is installed; `python dev.py test` installs them where it may.
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import fake_cells
import pytest

from sim.cli import main
from sim.indicators import indicator_of

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FONTS = shutil.which("fc-list") and subprocess.run(["fc-list", ":lang=zh"], capture_output=True).stdout.strip()
ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 300_000  # milliseconds: the machine may be busy
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not BROWSER or not FONTS, reason="needs chromium and a Chinese font: apt install chromium fonts-noto-cjk"),
]
READY = """() => {
    const drawn = document.querySelector('#explore-results:not(.stale) > .centre');
    return drawn && drawn.dataset.view === decodeURIComponent(location.search) && drawn.dataset.seeds === '2' && drawn.querySelector('.js-plotly-plot');
}"""
PLOTS = [  # chart, indicator in the sheet, sector, whether its last point is read from a line
    ("gap", "income_gap_ratio", "all", True),
    ("income", "disposable_income", "rural", False),
    ("exits", "homesteads_withdrawn_since_start", "all", True),
    ("loans", "loans_outstanding_yuan", "all", True),
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    out = tmp_path_factory.mktemp("dashboard") / "runs"
    specs = (
        fake_cells.scenario(),
        fake_cells.scenario("reform", "四项改革方案", "Four reforms"),
        fake_cells.scenario("other-years", "别的年份", "Other years", end=2030),
    )
    return {spec.id: fake_cells.write_run(out, spec) for spec in specs}


@pytest.fixture(scope="module")
def server(runs):
    folder = next(iter(runs.values())).path.parent
    words = ["dashboard", "--port", "0", "--runs", str(folder), "--households", "2000", "--seeds", "2", "--lang", "zh"]
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; from sim.cli import main; sys.exit(main())", *words],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )
    line = process.stdout.readline()
    assert "http://localhost:" in line, "the server did not start"
    address = "http://localhost:" + line.split("http://localhost:")[1].split("/")[0]
    with urllib.request.urlopen(f"{address}/files/explore/scores.csv", timeout=900) as first:  # new sources are compiled first
        assert first.status == 200
    yield address
    process.terminate()
    assert process.wait(600) == 130


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield made
        made.close()


@pytest.fixture
def page(request, browser, server):
    """A new page; afterwards every request it made was to the server and nothing went wrong in it. `strict` keeps the page's own policy in force,
    under which a browser refuses to go elsewhere and tests cannot wait for an expression."""
    strict = getattr(request, "param", "") == "strict"
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", accept_downloads=True, base_url=server, bypass_csp=not strict
    )
    page, asked, wrong = context.new_page(), [], []
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert asked and all(url.startswith(server) or urlsplit(url).scheme in ("data", "blob") for url in asked)
    assert not wrong


def open_explore(page, query="?lang=zh"):
    page.goto(f"/{query}")
    page.wait_for_function(READY)


def number_of(page, chart):
    return page.locator(f"#chart-{chart}").get_attribute("data-number")


def title_of(page, chart):
    return page.locator(f"#chart-{chart} .sentence").inner_text()


def last_point(page, chart, name):
    return page.evaluate(
        "([chart, name]) => { const plot = document.querySelector(`#plot-${chart} .js-plotly-plot`);"
        " const line = plot.data.find(t => t.name === name && t.mode === 'lines'); return Number(line.y[line.y.length - 1]); }",
        [chart, name],
    )


def cell_of(page, indicator, sector, year):
    return page.locator(f"#scores tr[data-indicator='{indicator}'][data-sector='{sector}'] td.value[data-year='{year}']").inner_text()


def agree(page, name, language):
    """Every number in a title is in its sentence, at its last point and in its cell."""
    for chart, indicator, sector, line in PLOTS:
        number = number_of(page, chart)
        assert number in title_of(page, chart)
        assert cell_of(page, indicator, sector, 2035) == number
        if line:
            divisor = 1.0 if chart == "gap" else indicator_of(indicator).reading(language)[0]
            assert indicator_of(indicator).show(last_point(page, chart, name) * divisor, language) == number
        assert page.evaluate("chart => document.querySelector(`#plot-${chart} .js-plotly-plot`).layout.transition", chart) is None


def set_number(page, lever, name, value):
    field = page.locator(f"input[id*='\"lever\":\"{lever}\"'][id*='\"name\":\"{name}\"'][id*='\"type\":\"value\"']")
    if not field.is_visible():
        page.locator(f"div.lever[id*='{lever}'] button.open").click()
    field.fill(str(value))
    field.press("Enter")
    page.wait_for_function("value => location.search.includes(':' + value)", arg=str(value))
    page.wait_for_function(READY)


def test_a_moved_lever_gives_the_numbers_of_the_command_line(page, tmp_path, capsys):
    open_explore(page)
    before = page.locator("#scores").inner_text()
    set_number(page, "homestead_withdrawal", "compensation_yuan_per_m2", 250)
    assert page.locator("#scores").inner_text() != before
    agree(page, "本方案", "zh")
    with page.expect_download() as waiting:
        page.locator("#yaml").click()
    plan = tmp_path / "my-plan.yaml"
    waiting.value.save_as(plan)
    options = ["--households", "2000", "--seeds", "2", "--jobs", "1", "--at", "2035", "--out", str(tmp_path / "runs"), "--format", "json"]
    code = main(["compare", "baseline", str(plan), *options])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    mine = next(run["id"] for run in told["runs"] if run["scenario"] == "my-plan")
    for chart, indicator, sector, _ in PLOTS:
        value = next(r["values"][mine] for r in told["rows"] if r["indicator"] == indicator and r["sector"] == sector)
        assert indicator_of(indicator).show(value, "zh") == number_of(page, chart), indicator
    digest = next(run["digest"] for run in told["runs"] if run["id"] == mine)
    page.locator("nav a", has_text="数据与复现").click()
    page.wait_for_selector("#data-results table.facts")
    assert digest in page.locator("#data-results table.facts").first.inner_text()


def test_a_view_is_its_url_and_can_be_undone(page, browser, server):
    open_explore(page)
    first = title_of(page, "gap"), page.locator("#scores").inner_text()
    set_number(page, "homestead_withdrawal", "compensation_yuan_per_m2", 400)
    second = title_of(page, "gap"), page.locator("#scores").inner_text()
    assert second != first
    other = browser.new_page(bypass_csp=True)
    other.goto(page.url, timeout=PATIENCE)
    other.wait_for_function(READY, timeout=PATIENCE)
    assert (title_of(other, "gap"), other.locator("#scores").inner_text()) == second
    other.close()
    page.locator("#undo").click()
    page.wait_for_function("!location.search.includes('400')")
    page.wait_for_function(READY)
    assert (title_of(page, "gap"), page.locator("#scores").inner_text()) == first
    page.wait_for_function("document.querySelector('#undo').disabled")


def test_a_switched_off_lever_comes_back_by_reset(page):
    open_explore(page)
    page.locator("div.lever[id*='collateral_loans'] .mantine-Switch-root").click()
    page.wait_for_function("location.search.includes('collateral_loans=off')")
    page.wait_for_function(READY)
    page.wait_for_function("document.querySelector('#count').innerText.startsWith('5/')")
    page.locator("#reset").click()
    page.wait_for_function("!location.search.includes('off')")
    page.wait_for_function("document.querySelector('#count').innerText.startsWith('6/')")


def test_the_language_is_switched_and_kept(page):
    open_explore(page)
    number = number_of(page, "gap")
    page.locator("div.lever[id*='homestead_withdrawal'] button.open").click()
    page.get_by_text("宅基地补偿单价").wait_for()
    page.locator("#language").click()
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.wait_for_function(READY)
    assert "lang=en" in page.url and number in title_of(page, "gap") and "income ratio" in title_of(page, "gap")
    agree(page, "this plan", "en")
    page.locator("div.lever[id*='homestead_withdrawal'] .body label", has_text="compensation for the plot").wait_for()  # the lever stays open
    page.wait_for_function("!/[\\u4e00-\\u9fff]/.test(document.body.innerText.replace('中文', ''))")  # the parts of a page come one by one


def test_the_drawer_says_what_a_lever_rests_on(page):
    open_explore(page)
    page.locator("div.lever[id*='homestead_withdrawal'] button.info").click()
    drawer = page.locator(".drawer")
    drawer.wait_for()
    text = drawer.inner_text()
    for word in ("三(一)1", "homestead_withdrawal.compensation_yuan_per_m2", "元/平方米", "0–450", "证据", "EXIT02"):
        assert word in text


def test_every_chart_gives_its_numbers_and_pictures(page):
    open_explore(page)
    for chart, *_ in PLOTS:
        box = page.locator(f"#chart-{chart}")
        assert "2 个" in box.locator(".source").inner_text() and "演示" in box.locator(".source").inner_text()
        with page.expect_download() as waiting:
            box.locator("a.file").click()
        content = Path(waiting.value.path()).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf") and waiting.value.suggested_filename == f"{chart}.csv"
        assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) > 10
    with page.expect_download() as waiting:
        page.locator("#chart-gap [data-picture=svg]").click()
    drawing = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "<svg" in drawing and number_of(page, "gap") in drawing and "演示" in drawing
    with page.expect_download() as waiting:
        page.locator("#chart-gap [data-picture=png]").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("page", ["strict"], indirect=True)
def test_the_pages_work_under_their_own_policy(page, runs):
    answer = page.goto("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"] and "unsafe-eval" not in answer.headers["content-security-policy"]
    page.wait_for_selector("#explore-results > .centre[data-seeds='2'] #chart-loans .js-plotly-plot")
    page.goto(f"/compare?runs={runs['baseline'].id},{runs['reform'].id}")
    page.wait_for_selector("#opened #chart-loans .js-plotly-plot")
    for path in ("/data", "/data/runs"):
        page.goto(f"{path}?runs={runs['baseline'].id},{runs['reform'].id}")
        page.wait_for_selector("#rows .ag-row [col-id=value]")


def test_run_folders_are_opened_and_compared(page, runs):
    page.goto(f"/compare?lang=zh&runs={runs['baseline'].id},{runs['reform'].id}")
    page.wait_for_selector("#opened #chart-gap .js-plotly-plot")
    agree(page, "四项改革方案", "zh")
    assert "四项改革方案使城乡居民收入比下降" in title_of(page, "gap")
    page.goto(f"/compare?lang=zh&runs={runs['baseline'].id},{runs['other-years'].id}")
    assert "不能相减" in page.locator("#opened .warning").inner_text()
    page.goto("/compare?lang=zh&runs=no-such-run")
    assert "no-such-run" in page.locator("#opened .warning").inner_text()


def test_runs_are_chosen_by_hand(page, runs):
    page.goto("/compare?lang=zh")
    page.locator("#reference").click()
    page.locator(".mantine-Select-option", has_text=runs["baseline"].id).click()
    page.wait_for_function("location.search.includes('runs=')")
    page.locator("#against").click()
    page.locator(".mantine-MultiSelect-option", has_text=runs["reform"].id).click()
    page.wait_for_function("id => location.search.includes(id)", arg=runs["reform"].id)
    page.wait_for_selector("#opened #chart-gap .js-plotly-plot")
    assert number_of(page, "gap") in title_of(page, "gap")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 1024])
def test_nothing_runs_out_of_the_page(page, width, language):
    page.set_viewport_size({"width": width, "height": 900})
    open_explore(page, f"?lang={language}")
    wide = page.evaluate(
        "() => [document.documentElement, document.querySelector('.main'), ...document.querySelectorAll('.scroll, .card, .levers-panel, header')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className || e.tagName)"
    )
    assert not wide
