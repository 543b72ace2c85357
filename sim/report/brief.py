"""The brief: one HTML file on two or more runs that works offline, prints on A4 and shows nothing that is not in the run folders.

Plotly is embedded once; every chart and table has its numbers as a CSV link inside the file (with BOM, so that Excel reads Chinese). No address is ever asked.
Not here: charts (`sim/report/charts.py`), the sheet of indicators (`sim/report/tables.py`), Word and PNG (`sim/report/exports.py`).
"""

import base64
import csv
import io
import json
import math
from functools import cache
from pathlib import Path

from sim.files import plain, write_text
from sim.indicators import INCOME_COMPONENTS, SINCE_START
from sim.report import charts, delivery, differences, gains, sentences, tables
from sim.report.projects import fewer_projects
from sim.report.view import GAP, TILE_SPAN, Chart, View
from sim.results import Run
from sim.study.comparison import ENOUGH_SEEDS
from sim.words import language as current_language

FOLDER = Path(__file__).resolve().parent
LIMITS = ("causes", "shocks", "level", "behaviour", "delivery", "place", "law")


def write_brief(runs: list[Run], path, language: str | None = None, deliveries=()) -> Path:
    """Write the brief of runs (the first is the reference) and return its path; `deliveries` are those of `sim.study.delivery.simulate`."""
    path = Path(path)
    text = brief(runs, language, deliveries)
    from sim.files import disk

    with disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
    return path


def brief(runs: list[Run], language: str | None = None, deliveries=()) -> str:
    """The HTML of the brief."""
    import jinja2

    view = View(list(runs), language or current_language())
    slower = delivery.sections(deliveries, view)
    figures = {chart.id: chart for chart in drawn(view, slower)}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    page = environment.get_template("brief.html.jinja")
    return page.render(
        view=view,
        say=view.say,
        charts=figures,
        plotly=plotly_source(),
        css=(FOLDER / "brief.css").read_text(encoding="utf-8"),
        csv_link=csv_link,
        tone=tables.tone,
        enough_seeds=ENOUGH_SEEDS,
        component=lambda row: tables.component_name(row.indicator, view.language),
        parts=INCOME_COMPONENTS,
        figure_json=lambda chart: _script_json(chart.figure),
        title=title(view),
        summary=summary(view),
        warning=warning(view),
        reason=sentences.small_reason(view),
        projects=[text for run in view.runs[1:] if (text := fewer_projects(view.reference, run, view.end, view.language))],
        differences=differences.tables_of(view),
        disagreement=sentences.disagreement(view),
        sheets=_sheets(view),
        maps=_maps(view),
        district_sentence=gains.district_sentence(view),
        district_csv=gains.district_rows(view),
        slower=slower,
        limits=limits(view, slower),
        source=tables.source_line(view.focus, view.language),
        levers=_levers(view),
        provenance=_provenance(view),
        quality=_quality(view),
    )


def limits(view: View, slower=()) -> list[str]:
    """What the model cannot say, with the delivery rate that the scenario in focus bears; `slower` is the section on other rates."""
    rate = float(view.focus.manifest["delivery_rate_percent_per_year"])
    words = {"delivery": "limit.delivery.partial" if rate < 100 else "limit.delivery.shown" if slower else "limit.delivery"}
    absent = [tables.label(id, sector, view.language) for id, sector in tables.KEY_ROWS if view.one(id, view.end, sector) is None]
    names = ("、" if view.language == "zh" else ", ").join(absent)
    return [
        *(view.say(words.get(id, f"limit.{id}"), rate=f"{rate:g}") for id in LIMITS),
        *([view.say("limit.absent", names=names)] if absent else []),
    ]


def drawn(view: View, slower=()) -> list[Chart]:
    """Every chart that these runs have numbers for, in the order of the page."""
    made = [charts.gap(view), charts.income(view), charts.exits(view), charts.loans(view), gains.gains(view), gains.gains(view, "type")]
    made += [section.chart for section in slower]
    return [chart for chart in made if chart is not None]


@cache
def plotly_source() -> str:
    """The Plotly library, without its link to a source map."""
    from plotly.offline import get_plotlyjs

    lines = [line for line in get_plotlyjs().splitlines() if not line.startswith("//# sourceMappingURL")]
    return "\n".join(lines).replace("</script", "<\\/script")


def _script_json(value) -> str:
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False).replace("</", "<\\/")


def csv_text(columns: list[str], rows: list[list]) -> str:
    """CSV with BOM; a number that does not exist is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([["" if isinstance(v, float) and not math.isfinite(v) else v for v in row] for row in rows])
    return "\ufeff" + out.getvalue()


def csv_link(columns: list[str], rows: list[list]) -> str:
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(csv_text(columns, rows).encode("utf-8")).decode("ascii")


def summary(view: View) -> str:
    """What happens to the ratio, to rural incomes and to public spending, a sentence each."""
    stop, space = ("。", "") if view.language == "zh" else (".", " ")
    more = [text + stop for text in (sentences.income_sentence(view), sentences.cost_sentence(view)) if text]
    return space.join([sentences.gap_sentence(view), *more])


def warning(view: View) -> str:
    """That the numbers come from a toy sample or a sample; empty for the whole zone."""
    if view.focus.toy:
        return view.say("brief.toy")
    return view.say("brief.sample", households=f"{view.focus.households:,}") if view.focus.weighted else ""


def title(view: View) -> str:
    names = {"scenario": view.focus.title(view.language), "reference": view.reference.title(view.language), "year": view.last}
    return view.say("brief.title" if view.alone else "brief.title.against", **names)


def _sheets(view: View) -> list[dict]:
    """One per scenario and report year: caption, header, rows, numbers for download."""
    made = []
    for run in view.runs[1:] or view.runs:
        for year in view.report_years:
            rows = tables.sheet(view.reference, None if view.alone else run, year, view.language, view.table)
            made.append(
                {
                    "caption": tables.caption(view.reference, run, year, view.language),
                    "year": year,
                    "header": tables.header(view.reference, run, view.language),
                    "rows": rows,
                    "how": tables.how(view.reference, run, view.language),
                    "csv": ([*tables.header(view.reference, run, view.language)], [tables.cells(row) for row in rows]),
                }
            )
    return made


def _maps(view: View) -> list[dict]:
    exits = f"homesteads_withdrawn{SINCE_START}"
    wanted = ((GAP, TILE_SPAN, "brief.districts.gap"), (exits, 10.0, "brief.districts.exits"))
    made = [{"title": view.say(key, year=view.end), "tiles": gains.tiles(view, id, least)} for id, least, key in wanted]
    return [one for one in made if one["tiles"]]


def _levers(view: View) -> list[dict]:
    """The levers of the scenario in focus with their clauses and first year."""
    cards = view.focus.manifest["levers"] or []
    return [
        {
            "name": card["title"][view.language],
            "clauses": ("；" if view.language == "zh" else "; ").join(f"{c['place']} {c['phrase']}" for c in card["clauses"]),
            "since": min(step["from"] for step in card["steps"]),
        }
        for card in cards
    ]


def _provenance(view: View) -> list[dict]:
    return [
        {
            "name": run.title(view.language),
            "id": run.id,
            "households": f"{run.households:,}",
            "kind": tables.kind_of(run, view.language),
            "seeds": ", ".join(map(str, run.seeds)),
            "digest": run.digest[:16],
            "made": str(run.manifest.get("finished", ""))[:10],
            "code": f"ronghe {run.manifest['versions'].get('ronghe') or ''} {(run.manifest['git']['commit'] or '')[:10]}".strip(),
            "dirty": bool(run.manifest["git"]["dirty"]),
        }
        for run in view.runs
    ]


def _quality(view: View) -> str:
    """How many figures of the evidence are official, printed or only recalled."""
    from collections import Counter

    from sim.evidence import figures

    found = figures()
    count = Counter(figure.quality for figure in (found.values() if hasattr(found, "values") else found))
    return view.say(
        "brief.quality.row",
        official=count["official"],
        paper=count["paper"],
        news=count["news"],
        memory=count["memory"] + count["assumed"] + count["derived"],
    )
