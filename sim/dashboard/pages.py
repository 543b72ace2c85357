"""The pages: Explore, Compare, Data. Each is a frame that stands still and, inside, what is drawn anew for every view.

Not here: what happens when something is moved (`app.py`), the single parts (`parts.py`, `levers.py`).
"""

import dash_mantine_components as dmc
from dash import dcc, html

from sim.dashboard import address as addresses, levers, parts
from sim.dashboard.address import FIRST, LAST, MOST_RUNS, Address
from sim.files import plain
from sim.indicators import SECTORS, UNIT_WORDS, indicator_of
from sim.report import differences, tables
from sim.report.tables import tell
from sim.report.view import View
from sim.results import Run
from sim.scenario import load, shipped_ids
from sim.study.comparison import reading

PAGES = {"/": "explore", "/compare": "compare", "/data": "data", "/data/runs": "data"}
NAVIGATION = ("/", "/compare", "/data")
NUMBERS = ("value", "mean", "low", "high", "se")
SHOWN_NUMBER = "params.value == null ? '' : d3.format(',.5~g')(params.value)"
COLUMNS = (  # field, word of its head, width
    ("run", "brief.scenario", 130), ("indicator", "table.indicator", 240), ("sector", "dash.data.sector", 90), ("year", "table.year", 90),
    ("unit", "table.unit", 110), ("value", "dash.data.value", 120), ("mean", "dash.data.mean", 120), ("low", "dash.data.low", 120),
    ("high", "dash.data.high", 120), ("se", "dash.data.se", 110), ("n", "table.seeds", 90), ("read", "dash.data.read", 120),
)
GRID_WORDS = {"filterOoo": "filter", "noRowsToShow": "empty", "contains": "contains", "equals": "equals", "greaterThan": "more", "lessThan": "less"}


def navigation(address: Address, path: str) -> list:
    """Links to the pages; each keeps the view."""
    return [
        dcc.Link(
            tell(address.language, f"dash.page.{PAGES[one]}"), href=one + address.query,
            className="here" if PAGES[one] == PAGES.get(path) else "", refresh=False,
        )
        for one in NAVIGATION
    ]


def years_of(address: Address) -> html.Div:
    """The two report years to choose."""
    data = [str(year) for year in range(FIRST + 1, LAST + 1)]
    made = [
        dmc.Select(id=f"year-{which}", data=data, value=str(year), size="xs", allowDeselect=False, w=78)
        for which, year in zip(("early", "late"), address.years)
    ]
    return html.Div([html.Label(tell(address.language, "dash.result.years")), *made], className="years")


def waits(page: str) -> list:
    """What a page needs that waits for the desk: a line that says how far it is, the last answer, when to ask again, what changes and what is shown."""
    stores = [dcc.Store(id=f"{page}-{name}") for name in ("answer", "again", "change", "shown")]
    return [html.Div(id=f"{page}-status", className="status", role="status"), *stores]


# ---------------------------------------------------------------------------------------------------- Explore
def explore(address: Address, read_only: bool, opened=()) -> html.Div:
    """Levers on the left, results on the right. opened: ids of the levers that stand open, as where the language is changed."""
    said = lambda key, **fields: tell(address.language, key, **fields)  # noqa: E731
    starts = [{"value": id, "label": load(id).title[address.language]} for id in shipped_ids()]
    head = html.Div(
        [
            html.Div([html.H2(said("dash.levers")), html.Span(id="count", className="count")], className="title"),
            dmc.Select(id="start", label=said("dash.start"), data=starts, value=address.start, size="xs", allowDeselect=False),
            html.Div(
                [
                    html.Button(said("dash.undo"), id="undo", type="button", disabled=True),
                    html.Button(said("dash.reset"), id="reset", type="button"),
                ],
                className="buttons",
            ),
            html.Div(id="notes"),
        ],
        className="levers-head",
    )
    tools = [
        *waits("explore"),
        years_of(address),
        dmc.TextInput(
            id="name", value=address.name, placeholder=address.title[address.language], debounce=800, size="xs", w=120,
            **{"aria-label": said("dash.name")},
        ),
        html.A(said("dash.yaml"), id="yaml", className="button", download=f"{addresses.PLAN}.yaml", title=said("dash.yaml.note")),
    ]
    if not read_only:
        tools.append(html.Button(said("dash.whole"), id="whole-ask", type="button", className="button"))
    return html.Div(
        [
            dcc.Store(id="held", data=address.query),  # the view that the controls show
            html.Aside([head, html.Div(levers.panel(address, opened), id="levers")], className="levers-panel"),
            html.Div(
                [
                    html.Div(tools, className="tools"),
                    html.Div(html.Div(html.P(said("dash.waiting"), className="empty"), id="explore-results"), className="results"),
                ],
                className="main",
            ),
        ],
        className="explore",
    )


def explored(view: View, address: Address, hint: str = "") -> list:
    """Charts in the middle, cards and score sheet on the right. hint: what helps where a difference cannot be told."""
    rows, query = parts.sheets(view), address.query
    marks = {"data-view": query, "data-seeds": str(len(view.focus.seeds))}  # what is drawn, for whoever waits for it
    side = [parts.cards(view, rows), parts.sheet(view, rows, "explore", query, more=hint)]
    return [_centre(view, "explore", query, **marks), html.Div(side, className="side")]


def _centre(view: View, page: str, query: str, **marks) -> html.Div:
    """The gap first, then what is to be said of it, then the other charts."""
    first, *others = [parts.figure(view, chart, page, query) for chart in parts.drawn(view)]
    warning = [html.P(view.say("dash.toy"), className="warning")] if view.focus.toy else []
    return html.Div([*warning, first, parts.heading(view), *others], id=f"{page}-centre", className="centre", **marks)


# ---------------------------------------------------------------------------------------------------- Compare
def compare(address: Address, runs: list[Run], folder) -> html.Div:
    """Which run folders are opened, and below what they say."""
    said = lambda key, **fields: tell(address.language, key, **fields)  # noqa: E731
    if not runs:
        hint = html.P(said("dash.compare.none.hint"), className="note")
        return html.Div(html.Div([html.P(said("dash.compare.none", folder=folder)), hint], className="panel empty"), className="main alone")
    reference = address.runs[0] if address.runs else None
    known = {run.id: run for run in runs}
    tools = [
        dmc.Select(
            id="reference", label=said("dash.compare.reference"), data=options(runs, address), value=reference if reference in known else None,
            placeholder=said("dash.compare.choose"), searchable=True, size="xs", w=340,
        ),
        dmc.MultiSelect(
            id="against", label=said("dash.compare.with", most=MOST_RUNS - 1), data=options(runs, address, known.get(reference)),
            value=[id for id in address.runs[1:] if id in known], placeholder=said("dash.compare.choose"), searchable=True, size="xs",
            maxValues=MOST_RUNS - 1, className="against", clearable=True,
        ),
        years_of(address),
    ]
    return html.Div([html.Div(tools, className="tools"), html.Div(html.Div(id="opened"), className="results")], className="main alone")


def options(runs: list[Run], address: Address, reference: Run | None = None) -> list[dict]:
    """Runs to choose from; those without a difference to the reference cannot be chosen, and say why."""
    found = []
    for run in runs:
        if reference is not None and run.id == reference.id:
            continue
        text = tell(
            address.language, "dash.compare.option", title=run.title(address.language), households=f"{run.households:,}",
            kind=tell(address.language, f"dash.kind.{'toy' if run.toy else 'sample' if run.weighted else 'exact'}"),
            seeds=len(run.seeds), id=run.id,
        )
        alike = reference is None or _alike(reference, run)
        text = text if alike else tell(address.language, "dash.compare.unlike", option=text)
        found.append({"value": run.id, "label": text, "disabled": not alike})
    return found


def _alike(reference: Run, run: Run) -> bool:
    from sim.errors import IncomparableError
    from sim.study.comparison import check

    try:
        check([reference, run])
    except IncomparableError:
        return False
    return True


def opened(view: View, address: Address) -> list:
    """The charts of the runs opened, and a score sheet for each against the first."""
    query, focus = address.query, parts.sheets(view)
    sheets = [parts.sheet(view, focus, "compare", query)]
    sheets += [parts.sheet(view, parts.sheets(view, run), "compare", query, run) for run in view.runs[2:]]
    return [_centre(view, "compare", query), html.Div([parts.cards(view, focus), *sheets], className="side")]


# ---------------------------------------------------------------------------------------------------- Data
def data(address: Address, path: str) -> html.Div:
    """Whose numbers: the plan that is explored, or the runs opened."""
    said = lambda key: tell(address.language, key)  # noqa: E731
    ways = [("/data", "dash.data.live"), *([("/data/runs", "dash.data.opened")] if address.runs else [])]
    links = [dcc.Link(said(key), href=one + address.query, className="here" if one == path else "", refresh=False) for one, key in ways]
    tools = html.Div([html.Span(said("dash.data.source"), className="note"), *links, *waits("data")], className="tools pills")
    empty = html.Div(html.P(said("dash.waiting"), className="empty"), id="data-results")
    return html.Div([tools, html.Div(empty, className="facts-page")], className="main alone")


def facts(view: View, address: Address, files: str, again: list[str], scenario: str = "") -> list:
    """Where the numbers come from, how to get them again, and all of them."""
    said = view.say
    columns = [html.Th(""), *(html.Th(run.title(view.language)) for run in view.runs)]
    rows = [
        html.Tr([html.Th(head), *(html.Td(html.Code(text) if code else text) for text in texts)])
        for head, texts, code in _provenance(view)
    ]
    command = "\n".join(again)
    note = "dash.data.again.note" if scenario else "dash.data.again.runs"
    links = [html.A(f"{said('dash.data.rows')} CSV", href=f"/files/{files}/all.csv{address.query}", download="all.csv", className="button")]
    if scenario:
        yaml = f"/files/explore/{addresses.PLAN}.yaml{address.query}"
        links.append(html.A(said("dash.yaml"), href=yaml, download=f"{addresses.PLAN}.yaml", className="button"))
    return [
        html.Section(
            [html.H2(said("dash.data.runs")), html.Div(html.Table([html.Thead(html.Tr(columns)), html.Tbody(rows)], className="facts"), className="scroll")],
            className="panel",
        ),
        html.Section(
            [
                html.H2(said("dash.data.again")),
                *([html.Pre(scenario, id="scenario-text")] if scenario else []),
                html.P(said(note), className="note"),
                html.Pre(command, id="command-text"),
                html.Button(said("dash.copy"), type="button", className="button", **{"data-copy": "command-text", "data-copied": said("dash.copied")}),
            ],
            className="panel",
        ),
        *(_differing(view, run) for run in view.runs[1:]),
        html.Section(
            [
                html.Div([html.H2(said("dash.data.rows")), html.Span(links, className="links")], className="title"),
                html.P(said("dash.data.rows.note"), className="note"),
                _grid(view),
            ],
            className="panel wide",
        ),
    ]


def _differing(view: View, run: Run) -> html.Section:
    """What the plan of a run does otherwise than the reference's."""
    found = differences.table(view, run)
    rows = [html.Tr([html.Td(text) for text in row]) for row in found["rows"]]
    table = html.Table([html.Thead(html.Tr([html.Th(text) for text in found["header"]])), html.Tbody(rows)], className="facts differing")
    content = html.Div(table, className="scroll") if rows else html.P(found["note"], className="note")
    return html.Section([html.H2(found["caption"]), content], className="panel wide")


def _provenance(view: View) -> list[tuple[str, list[str], bool]]:
    """(head, a text per run, as code) of everything that says which numbers these are."""
    said = view.say
    key = lambda run, name: str((run.manifest.get("key") or {}).get(name, ""))  # noqa: E731

    def code(run: Run) -> str:
        git = run.manifest["git"]
        dirty = f" ({said('brief.dirty')})" if git["dirty"] else ""
        return f"ronghe {run.manifest['versions'].get('ronghe') or ''} {(git['commit'] or '')[:12]}".strip() + dirty

    lines = [
        (said("dash.data.id"), lambda run: run.id, True),
        (said("brief.households"), lambda run: f"{run.households:,} · {tables.kind_of(run, view.language)}", False),
        (said("dash.data.spans"), lambda run: f"{run.spans:,}", False),
        (said("dash.data.sample"), lambda run: str(run.sample) if run.weighted else "–", False),
        (said("dash.data.population"), lambda run: str(run.population_seed), False),
        (said("brief.seeds"), lambda run: addresses.seeds_text(run.seeds) if len(run.seeds) > 8 else ", ".join(map(str, run.seeds)), False),
        (said("dash.data.years"), lambda run: "–".join(map(str, run.years)), False),
        (said("brief.digest"), lambda run: run.digest, True),
        (said("dash.data.key"), lambda run: run.path.name.rsplit("-", 1)[-1], True),
        (said("dash.data.evidence"), lambda run: key(run, "evidence")[:16], True),
        (said("dash.data.sources"), lambda run: key(run, "sources")[:16], True),
        (said("brief.code"), code, True),
        (said("dash.data.seconds"), lambda run: f"{run.seconds:.1f}", False),
    ]
    return [(head, [read(run) for run in view.runs], as_code) for head, read, as_code in lines]


def _grid(view: View):
    """The tidy rows of the report years, to sort and filter; those with a difference first."""
    import dash_ag_grid as dag

    columns = [_column(view, *column) for column in COLUMNS]
    words = {name: view.say(f"dash.grid.{key}") for name, key in GRID_WORDS.items()}
    return dag.AgGrid(
        id="rows", rowData=plain(_tidy_rows(view)), columnDefs=columns,
        defaultColDef={"sortable": True, "resizable": True, "filter": True, "floatingFilter": True},
        dashGridOptions={"localeText": words, "animateRows": False}, style={"height": "520px"},
    )


def _column(view: View, field: str, key: str, width: int) -> dict:
    made = {"field": field, "headerName": view.say(key), "width": width}
    if field in NUMBERS:
        made |= {"type": "rightAligned", "filter": "agNumberColumnFilter", "valueFormatter": {"function": SHOWN_NUMBER}}
    return made


def _tidy_rows(view: View) -> list[dict]:
    titles, at = {run.id: run.title(view.language) for run in view.runs}, 0 if view.language == "zh" else 1
    table = view.table[view.table["year"].isin(view.report_years)]
    table = table.sort_values("run", key=lambda run: run == view.reference.id, kind="stable")
    return [
        {
            **{name: getattr(r, name) for name in ("year", *NUMBERS)},
            "unit": UNIT_WORDS[r.unit][at],
            "run": titles[r.run],
            "indicator": indicator_of(r.indicator).title(view.language),
            "sector": SECTORS[r.sector][at],
            "n": r.n or None,
            "read": view.say(f"verdict.{reading(r)}") if r.n else None,
        }
        for r in table.itertuples()
    ]
