"""What the pages are made of: a chart with its sentence and its files, cards, the score sheet, notes. Each shows what a report's View holds.

Not here: levers (`levers.py`), whole pages (`pages.py`), how the numbers come about (`sim/report`, `sim/study`).
"""

from dash import dcc, html

from sim.dashboard.pieces import still
from sim.files import plain
from sim.indicators import SINCE_START
from sim.report import charts, sentences, tables
from sim.report.projects import fewer_projects
from sim.report.tables import SheetRow, tell, tone
from sim.report.view import Chart, View
from sim.results import Run

CARDS = (
    ("income_gap_ratio", "all"),
    ("disposable_income", "rural"),
    (f"homesteads_withdrawn{SINCE_START}", "all"),
    (f"contract_rights_exited_mu{SINCE_START}", "all"),
    ("loans_outstanding_yuan", "all"),
    (f"fiscal_cost_yuan{SINCE_START}", "all"),
)
GRAPH = {"displayModeBar": False, "responsive": True, "showSendToCloud": False}
GAP_HEIGHT = 380
COMPONENTS = ("wage_income", "operating_income", "property_income", "transfer_income")
GROUP_STARTS = ("disposable_income", "gini", f"homesteads_withdrawn{SINCE_START}", "land_transfer_share", f"fiscal_cost_yuan{SINCE_START}")


def drawn(view: View) -> list[Chart]:
    """The charts of a page that these runs have numbers for."""
    gap = charts.gap(view)._replace(title=sentences.gap_sentence(view))
    return [chart for chart in (gap, charts.income(view), charts.exits(view), charts.loans(view)) if chart is not None]


def heading(view: View) -> html.Div:
    """Why a small effect is small, where higher pay funds fewer projects, and where the measures of the ratio disagree; empty where none is so."""
    texts = (sentences.small_reason(view), fewer_projects(view.reference, view.focus, view.end, view.language), sentences.disagreement(view))
    return still(*(html.P(text, className="reason") for text in texts if text), id="reasons")


# ---------------------------------------------------------------------------------------------------- charts
def figure(view: View, chart: Chart, files: str, query: str) -> html.Figure:
    """A chart under its computed sentence, with what it rests on and its numbers; `files` is the page's part of their address."""
    content = plain(chart.figure)
    if chart.id == "gap":
        content["layout"]["height"] = GAP_HEIGHT
    buttons = [
        html.A(tell(view.language, "dash.csv"), href=f"/files/{files}/{chart.id}.csv{query}", download=f"{chart.id}.csv", className="file")
    ]
    for kind in ("png", "svg"):
        data = {"data-picture": kind, "data-chart": chart.id}
        buttons.append(html.Button(tell(view.language, f"dash.{kind}"), type="button", className="file", **data))
    note = html.P(chart.note, className="note") if chart.note else None
    source = html.Span(chart.source or tables.source_line(view.focus, view.language), className="source")
    return html.Figure(
        [
            still(html.H2(chart.title, className="sentence"), id=f"head-{chart.id}"),
            dcc.Graph(
                id=f"plot-{chart.id}",
                figure=content,
                config=GRAPH,
                responsive=True,
                style={"height": f"{content['layout']['height']}px"},
            ),
            still(note, html.Div([source, html.Span(buttons)], className="foot"), id=f"foot-{chart.id}"),
        ],
        id=f"chart-{chart.id}",
        className="panel",
        **({"data-number": chart.number} if chart.number is not None else {}),
    )


# ---------------------------------------------------------------------------------------------------- cards and sheet
def sheets(view: View, run: Run | None = None) -> dict[int, list[SheetRow]]:
    """The key rows of every report year, of one run against the reference."""
    run = run or view.focus
    other = None if view.alone else run
    return {year: tables.sheet(view.reference, other, year, view.language, view.table) for year in view.report_years}


def reading(view: View, row: SheetRow) -> str:
    """What a difference says, in a few words."""
    fields = {"reference": view.reference.title(view.language), "difference": row.difference}
    if tables.reading_of(row.raw) == "same":
        return view.say("dash.cards.same", **fields)
    return row.verdict if tone(row) == "unsure" else view.say("dash.cards.against", **fields)


def cards(view: View, rows: dict[int, list[SheetRow]]) -> html.Div:
    """Six results at the last report year, with the earlier one below."""
    last = view.report_years[-1]
    found = {year: {(row.indicator, row.sector): row for row in rows[year]} for year in rows}
    made = [_card(view, found, key, last) for key in CARDS if key in found[last]]
    return still(html.Div(made, className="cards"), id="cards")


def _card(view: View, found, key, last: int) -> html.Div:
    row = found[last][key]
    before = [found[year][key] for year in view.report_years[:-1] if key in found[year]]
    lines = [
        html.Div(row.label, className="label"),
        html.Div([html.B(row.value), html.Span(f" {row.unit}" if row.unit else "")], className="value"),
    ]
    if not view.alone:
        lines.append(html.Div(reading(view, row), className=f"reading {tone(row)}"))
    for year, one in zip(view.report_years, before):
        words = tell(view.language, "dash.cards.earlier", year=year, value=one.value, reading=reading(view, one)) if not view.alone else f"{year} {one.value}"
        lines.append(html.Div(words, className="earlier"))
    return html.Div(lines, className="card", **{"data-indicator": row.indicator, "data-sector": row.sector})


def sheet(view: View, rows: dict[int, list[SheetRow]], files: str, query: str, run: Run | None = None, more: str = "") -> html.Div:
    """The score sheet: value and difference of every report year side by side; a difference that cannot be told says so. more: a further note."""
    run = run or view.focus
    top = [html.Th(tell(view.language, "table.indicator"), rowSpan=2)]
    second = []
    for year in rows:
        top.append(html.Th(str(year), colSpan=1 if view.alone else 2, className="year"))
        second.append(html.Th(run.title(view.language), className="n value"))
        second += [] if view.alone else [html.Th(tell(view.language, "dash.sheet.difference"), className="n")]
    by_year = {year: {(row.indicator, row.sector): row for row in found} for year, found in rows.items()}
    keys = list(dict.fromkeys(key for found in by_year.values() for key in found))
    body = [_sheet_row(view, key, by_year) for key in keys]
    how = tables.how(view.reference, run, view.language)
    name = "scores" if run is view.focus else f"scores-{run.id}"
    link = html.A(tell(view.language, "dash.csv"), href=f"/files/{files}/{name}.csv{query}", download=f"{name}.csv", className="file")
    table = html.Table([html.Thead([html.Tr(top), html.Tr(second)]), html.Tbody(body)], className="sheet")
    caption = tell(view.language, "dash.sheet") + ("" if run is view.focus else f" · {run.title(view.language)}")
    foot = html.Div([html.Span(how, className="source"), html.Span(link)], className="foot")
    hint = html.P(more, className="note") if more else None
    content = [html.H2(caption, className="sentence"), html.Div(table, className="scroll"), hint, foot]
    return still(html.Figure(content, id=name, className="panel"), id=f"{name}-sheet")


def _sheet_row(view: View, key, by_year) -> html.Tr:
    some = next(found[key] for found in by_year.values() if key in found)
    cells = [html.Td([some.label, html.Span(f" {some.unit}" if some.unit else "", className="unit")])]
    for year, found in by_year.items():
        row = found.get(key)
        cells.append(html.Td(row.value if row else "–", className="n value", **{"data-year": str(year)}))
        if view.alone:
            continue
        if row is None or not row.raw["n"]:
            cells.append(html.Td("", className="n"))
            continue
        shown = row.verdict if tone(row) == "unsure" else row.difference
        more = ": ".join(filter(None, (row.difference, row.range)))
        cells.append(html.Td(shown, className=f"n difference {tone(row)}", title=more, **{"data-year": str(year)}))
    part = " part" if some.indicator in COMPONENTS else ""
    group = " group" if some.indicator in GROUP_STARTS else ""
    return html.Tr(cells, className=f"row{part}{group}", **{"data-indicator": some.indicator, "data-sector": some.sector})


def score_rows(view: View, run: Run | None = None) -> tuple[list[str], list[list]]:
    """(header, rows) of the score sheet for a file: plain numbers on the reading scale, every report year below the other."""
    run = run or view.focus
    head = [tell(view.language, "table.year"), "indicator", "sector", *tables.header(view.reference, run, view.language), "low", "high", "se", "n"]
    rows = []
    for year, found in sheets(view, run).items():
        for row in found:
            scale = [row.raw[k] / row.divisor for k in ("reference", "value", "mean")]
            spread = [row.raw[k] / row.divisor for k in ("low", "high", "se")]
            rows.append([year, row.indicator, row.sector, row.label, row.unit, *scale, row.range, row.verdict, *spread, row.raw["n"]])
    return head, rows
