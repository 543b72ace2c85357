"""What happens when: the view in the URL is the one state; controls write it, everything shown is read from it.

Not here: the address itself (`address.py`), what is shown (`pages.py`, `parts.py`, `levers.py`), the server (`server.py`).
"""

import time
import uuid
from pathlib import Path

import dash_mantine_components as dmc
from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sim.dashboard import address as addresses, files, levers, pages, parts
from sim.dashboard.address import Address, parse, read_name, read_value
from sim.dashboard.desk import FEW_SEEDS, Desk, Standing
from sim.dashboard.whole import Whole
from sim.errors import RongheError
from sim.policies.catalogue import levers as declared
from sim.report.tables import tell
from sim.report.view import FONT
from sim.results import list_runs

WHOLE_MILLISECONDS = 1000
LONGEST_TRAIL = 100
GREEN = ["#edf6f2", "#dcebe4", "#b5d6c8", "#8bc0ab", "#68ae92", "#51a282", "#3f957a", "#2d8267", "#1b6b57", "#0f5a48"]
THEME = {
    "fontFamily": FONT, "primaryColor": "green", "colors": {"green": GREEN}, "primaryShade": 8, "defaultRadius": "sm",
    "headings": {"fontFamily": FONT}, "respectReducedMotion": True,
}
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'"
)


class Room:
    """What the callbacks of one server share."""

    def __init__(self, desk: Desk, whole: Whole | None, runs: Path, language: str):
        self.desk, self.whole, self.runs, self.language = desk, whole, Path(runs), language
        self.read_only = whole is None

    def address(self, query: str | None) -> Address:
        """The view of a query in its own or the server's language."""
        return parse(query, self.language)[0]


def create(desk: Desk, whole: Whole | None, runs: Path, language: str = "zh") -> Dash:
    """The application. whole: None where the dashboard is read-only; language: of a page whose address names none."""
    room = Room(desk, whole, runs, language)
    app = Dash(
        __name__, title="ronghe 融合", update_title=None, serve_locally=True, suppress_callback_exceptions=True,
        assets_folder=str(Path(__file__).parent / "assets"), add_log_handler=False,
    )
    app.layout = lambda: _frame(room)
    for add in (_add_pages, _add_levers, _add_history, _add_explore, _add_compare, _add_data):
        add(app, room)
    if whole is not None:
        _add_whole(app, room)
    files.add(app.server, desk, room.runs)

    @app.server.after_request
    def guard(response):
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app


def _frame(room: Room):
    """What stands on every page."""
    return dmc.MantineProvider(
        [
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="client", data=uuid.uuid4().hex),
            *(dcc.Store(id=id) for id in ("frame", "held", "trail")),
            dcc.Interval(id="whole-tick", interval=WHOLE_MILLISECONDS, disabled=room.read_only),
            html.Header(
                [
                    html.Div(id="brand", className="brand"),
                    html.Nav(id="navigation"),
                    html.Div(id="whole-status", className="whole"),
                    html.Button(id="language", type="button", className="language"),
                ]
            ),
            html.Main(id="page"),
            dmc.Drawer(id="drawer", position="left", size=460, opened=False, transitionProps={"duration": 120}),
            dmc.Modal(id="whole-modal", opened=False, centered=True),
        ],
        theme=THEME, forceColorScheme="light",
    )


# ---------------------------------------------------------------------------------------------------- pages, language
def _add_pages(app: Dash, room: Room) -> None:
    @app.callback(
        Output("page", "children"), Output("frame", "data"), Output("brand", "children"), Output("language", "children"),
        Input("url", "pathname"), Input("url", "search"), State("frame", "data"),
    )
    def frame(path, search, held):
        address = room.address(search)
        now = f"{path} {address.language}"
        if now == held:
            raise PreventUpdate
        said = lambda key: tell(address.language, key)  # noqa: E731
        kind = pages.PAGES.get(path)
        page = (
            pages.explore(address, room.read_only) if kind == "explore"
            else pages.compare(address, list_runs(room.runs), room.runs) if kind == "compare"
            else pages.data(address, path) if kind == "data"
            else html.Div(html.P(said("dash.not_found")), className="panel empty")
        )
        read_only = [html.Span(said("dash.read_only"), className="chip")] if room.read_only else []
        brand = [html.B(said("dash.brand")), html.Span(said("dash.subtitle")), *read_only]
        return page, now, brand, said("dash.other_language")

    @app.callback(Output("navigation", "children"), Input("url", "pathname"), Input("url", "search"))
    def navigate(path, search):
        return pages.navigation(room.address(search), path)

    @app.callback(Output("url", "search", allow_duplicate=True), Input("language", "n_clicks"), State("url", "search"), prevent_initial_call=True)
    def speak(_, search):
        address = room.address(search)
        return address._replace(language="en" if address.language == "zh" else "zh").query

    @app.callback(
        Output("url", "search", allow_duplicate=True), Input("year-early", "value"), Input("year-late", "value"), State("url", "search"),
        prevent_initial_call=True,
    )
    def choose_years(early, late, search):
        address = room.address(search)
        years = tuple(sorted({int(early), int(late)})) if early and late else ()
        if len(years) != 2 or years == address.years:
            raise PreventUpdate
        return address._replace(years=years).query

    app.clientside_callback(ClientsideFunction("ronghe", "bear"), Input("frame", "data"))


# ---------------------------------------------------------------------------------------------------- levers
def _add_levers(app: Dash, room: Room) -> None:
    app.clientside_callback(
        ClientsideFunction("ronghe", "together"),
        Output({"type": "value", "lever": MATCH, "name": MATCH}, "value"), Output({"type": "slide", "lever": MATCH, "name": MATCH}, "value"),
        Input({"type": "value", "lever": MATCH, "name": MATCH}, "value"), Input({"type": "slide", "lever": MATCH, "name": MATCH}, "value"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("url", "search", allow_duplicate=True), Output("held", "data", allow_duplicate=True),
        Input({"type": "on", "lever": ALL}, "checked"), Input({"type": "first", "lever": ALL}, "value"), Input({"type": "places", "lever": ALL}, "value"),
        Input({"type": "value", "lever": ALL, "name": ALL}, "value"), Input({"type": "switch", "lever": ALL, "name": ALL}, "value"),
        State("url", "search"), prevent_initial_call=True,
    )
    def move(*given):
        address = room.address(given[-1])
        controls = {(one["id"]["type"], one["id"]["lever"], one["id"].get("name")): one.get("value") for group in ctx.inputs_list for one in group}
        moved, held = moved_by(address, controls)
        if moved == address:
            raise PreventUpdate
        return moved.query, held.query

    @app.callback(
        Output({"type": "lever", "lever": ALL}, "children"), Output("held", "data"),
        Input("url", "search"), Input({"type": "lever", "lever": ALL}, "id"), State("held", "data"), State({"type": "lever", "lever": ALL}, "children"),
    )
    def fill(search, boxes, held, there):
        address, before = room.address(search), room.address(held) if held else None
        made = [
            no_update
            if content and before is not None and before.choice(box["lever"]) == address.choice(box["lever"])
            and before.start == address.start and before.language == address.language and _is_changed(before, box) == _is_changed(address, box)
            else levers.box(declared()[box["lever"]], address)
            for box, content in zip(boxes, there)
        ]
        return made, address.query

    @app.callback(
        Output("notes", "children"), Output("count", "children"), Output("start", "value"), Output("yaml", "href"), Output("reset", "disabled"),
        Input("url", "search"),
    )
    def describe(search):
        address, unread = parse(search, room.language)
        count = tell(address.language, "dash.lever.count", on=levers.in_force(address), all=len(declared()))
        yaml = f"/files/explore/{addresses.PLAN}.yaml{address.query}"
        return _notes(room, address, unread), count, address.start, yaml, not address.changes

    @app.callback(
        Output("drawer", "children"), Output("drawer", "title"), Output("drawer", "opened"),
        Input({"type": "info", "lever": ALL}, "n_clicks"), State("url", "search"), prevent_initial_call=True,
    )
    def inform(clicks, search):
        if not any(clicks):
            raise PreventUpdate
        lever, language = declared()[ctx.triggered_id["lever"]], room.address(search).language
        return html.Div(levers.drawer(lever, language), className="drawer"), lever.title[language], True

    @app.callback(Output("url", "search", allow_duplicate=True), Input("start", "value"), State("url", "search"), prevent_initial_call=True)
    def begin_from(start, search):
        address = room.address(search)
        if not start or start == address.start:
            raise PreventUpdate
        return address._replace(start=start, changes=()).query

    @app.callback(Output("url", "search", allow_duplicate=True), Input("name", "value"), State("url", "search"), prevent_initial_call=True)
    def call_it(name, search):
        address = room.address(search)
        if read_name(name or "") == address.name:
            raise PreventUpdate
        return address._replace(name=read_name(name or "")).query


def _is_changed(address: Address, box: dict) -> bool:
    return box["lever"] in dict(address.changes)


def moved_by(address: Address, controls: dict) -> tuple[Address, Address]:
    """(the view that the controls say, the view that they show): a lever just switched takes its plan values, which its controls do not show yet."""
    moved = held = address
    for lever in declared().values():
        if ("on", lever.id, None) not in controls:
            continue
        was, on = address.choice(lever.id), bool(controls["on", lever.id, None])
        if on != (was is not None):
            moved = moved.with_choice(lever.id, addresses.at_plan(lever) if on else None)
        elif was is not None:
            now = _read(lever, was, controls)
            if now != was:
                moved, held = moved.with_choice(lever.id, now), held.with_choice(lever.id, now)
    return moved, held


def _read(lever, was, controls: dict):
    """A choice as the controls of its lever stand; what they hold beyond the bounds is not taken."""
    now = was
    first = controls.get(("first", lever.id, None))
    if isinstance(first, (int, float)) and addresses.EARLIEST <= first <= addresses.LAST:
        now = now._replace(first=int(first))
    places = controls.get(("places", lever.id, None)) or addresses.DISTRICT_IDS
    now = now._replace(districts=tuple(id for id in addresses.DISTRICT_IDS if id in places))
    for parameter in lever.parameters:
        value = read_value(parameter, controls.get(("switch" if parameter.is_switch else "value", lever.id, parameter.name)))
        if value is not None and value != levers.shown(parameter, was):
            now = now.changed(lever, parameter.name, value)
    return now


def _notes(room: Room, address: Address, unread) -> list:
    """What is odd about the plan: levers ahead of the law, values without the reform that they need, parts of the address that nobody understands."""
    from sim.scenario import load

    notes = [tell(address.language, "dash.unread", parts=", ".join(unread))] if unread else []
    try:
        with parts.speaking(address.language):
            notes += dict.fromkeys(problem.message for problem in load(room.desk.scenario_file(address.plan)).warnings)
    except RongheError as problem:
        notes.append(str(problem))
    return [html.P(note, className="warning") for note in notes]


# ---------------------------------------------------------------------------------------------------- undo, reset
def _add_history(app: Dash, room: Room) -> None:
    @app.callback(Output("trail", "data"), Input("url", "search"), State("trail", "data"))
    def remember(search, trail):
        now, trail = room.address(search).plan.query, list(trail or [])
        if trail and trail[-1] == now:
            raise PreventUpdate
        if len(trail) > 1 and trail[-2] == now:  # went back
            return trail[:-1]
        return [*trail, now][-LONGEST_TRAIL:]

    @app.callback(Output("undo", "disabled"), Input("trail", "data"), Input("page", "children"))
    def can_undo(trail, _):
        return len(trail or []) < 2

    @app.callback(
        Output("url", "search", allow_duplicate=True), Input("undo", "n_clicks"), Input("reset", "n_clicks"), State("trail", "data"), State("url", "search"),
        prevent_initial_call=True,
    )
    def go_back(undo, reset, trail, search):
        address = room.address(search)
        if not (undo or reset):
            raise PreventUpdate
        if ctx.triggered_id == "reset":
            return address._replace(changes=()).query
        if len(trail or []) < 2:
            raise PreventUpdate
        before = room.address(trail[-2])
        return address._replace(start=before.start, changes=before.changes).query


# ---------------------------------------------------------------------------------------------------- Explore, Data
def _look(room: Room, client: str, search: str, shown, draw):
    """(content, class, status, answer, what is shown now) of a page that waits for the desk.

    draw(view, address) makes the content; the answer is None where there is nothing more to wait for.
    """
    address = room.address(search)
    try:
        with parts.speaking(address.language):
            standing = room.desk.ask(client, address)
    except RongheError as problem:
        return no_update, "stale", html.Span(str(problem), className="worse"), None, no_update
    status = _status(room, address, standing)
    answer = None if standing.phase in ("ready", "failed") else time.monotonic()
    enough = standing.phase == "ready" or len(standing.seeds) >= min(FEW_SEEDS, len(room.desk.seeds))
    now = [address.query, list(standing.seeds)]
    if shown == now:
        return no_update, "", status, answer, no_update
    if not enough:
        return no_update, "" if shown and shown[0] == address.query else "stale", status, answer, no_update
    return draw(room.desk.view(address, standing.seeds), address), "", status, answer, now


def _status(room: Room, address: Address, standing: Standing) -> list:
    percent, few = f"{100 * standing.share:.0f}", FEW_SEEDS <= len(standing.seeds) < len(room.desk.seeds)
    key = "partial" if standing.phase == "computing" and few else standing.phase
    seeds = len(room.desk.seeds)
    words = tell(
        address.language, f"dash.status.{key}", households=f"{room.desk.households:,}", percent=percent, done=len(standing.seeds),
        all=seeds, seeds=seeds, problem=standing.problem,
    )
    busy = standing.phase in ("compiling", "computing")
    bar = [html.Span(html.Span(style={"width": f"{percent}%"}), className="bar")] if busy else []
    return [html.Span(words, className="worse" if standing.phase == "failed" else ""), *bar]


def _waiting(page: str) -> dict:
    """Outputs and inputs of a page that waits for the desk, by the names that `pages.waits` gives them.

    A page asks again a little after each answer, never before it: an answer that is overtaken by the next question would be thrown away.
    """
    results = [Output(f"{page}-results", "children"), Output(f"{page}-results", "className")]
    progress = [Output(f"{page}-status", "children"), Output(f"{page}-answer", "data"), Output(f"{page}-shown", "data")]
    states = [State("url", "pathname"), State(f"{page}-shown", "data"), State("client", "data")]
    return {"output": [*results, *progress], "inputs": [Input("url", "search"), Input(f"{page}-again", "data")], "state": states}


def _add_explore(app: Dash, room: Room) -> None:
    for page in ("explore", "data"):
        app.clientside_callback(ClientsideFunction("ronghe", "later"), Input(f"{page}-answer", "data"), State(f"{page}-again", "id"))

    @app.callback(**_waiting("explore"))
    def look(search, _, __, shown, client):
        return _look(room, client, search, shown, pages.explored)


def _add_data(app: Dash, room: Room) -> None:
    @app.callback(**_waiting("data"))
    def look(search, _, path, shown, client):
        if path == "/data/runs":
            return *_opened(room, search, _opened_facts), "", None, None
        return _look(room, client, search, shown, lambda view, address: _live_facts(room, view, address))


def _live_facts(room: Room, view, address: Address) -> list:
    seeds, years = addresses.seeds_text(room.desk.seeds), ",".join(map(str, address.years))
    options = f"--households {room.desk.households} --seeds {seeds} --at {years}"
    command = f"ronghe compare {addresses.REFERENCE} {addresses.PLAN}.yaml {options}"
    text = addresses.scenario_text(address, room.desk.households, room.desk.seeds)
    return pages.facts(view, address, "explore", [command], text)


def _opened_facts(room: Room, view, address: Address) -> list:
    folders = " ".join(str(room.runs / run.id) for run in view.runs)
    years = ",".join(map(str, address.years))
    return pages.facts(view, address, "compare", [f"ronghe compare {folders} --at {years}", f"ronghe report {folders}"])


# ---------------------------------------------------------------------------------------------------- Compare
def _opened(room: Room, search: str, draw) -> tuple[list, str]:
    """(content, class) of the run folders of a view, or why there is none."""
    address = room.address(search)
    known = {run.id for run in list_runs(room.runs)}
    missing = [name for name in address.runs if name not in known]
    if missing:
        return [html.P(tell(address.language, "dash.compare.missing", runs=", ".join(missing)), className="warning")], "alone"
    if not address.runs:
        return [html.P(tell(address.language, "dash.compare.choose"), className="empty")], "alone"
    try:
        with parts.speaking(address.language):
            view = files.opened_view(room.runs, address)
    except RongheError as problem:
        return [html.P(str(problem), className="warning")], "alone"
    return draw(room, view, address), ""


def _add_compare(app: Dash, room: Room) -> None:
    @app.callback(
        Output("opened", "children"), Output("opened", "className"), Output("against", "data"), Input("url", "search"), Input("opened", "id"),
    )
    def show(search, _):
        address, runs = room.address(search), list_runs(room.runs)
        content, kind = _opened(room, search, lambda room, view, address: pages.opened(view, address))
        reference = next((run for run in runs if address.runs and run.id == address.runs[0]), None)
        return content, kind, pages.options(runs, address, reference)

    @app.callback(
        Output("url", "search", allow_duplicate=True), Input("reference", "value"), Input("against", "value"), State("url", "search"),
        prevent_initial_call=True,
    )
    def choose(reference, against, search):
        address = room.address(search)
        runs = tuple(dict.fromkeys([reference, *(against or [])])) if reference else ()
        if runs == address.runs or address.runs and not reference:
            raise PreventUpdate
        return address._replace(runs=runs).query


# ---------------------------------------------------------------------------------------------------- the whole zone
def _add_whole(app: Dash, room: Room) -> None:
    from sim.study.ensemble import BYTES_PER_HOUSEHOLD, BYTES_PER_PROCESS, ZONE_HOUSEHOLDS

    @app.callback(
        Output("whole-modal", "opened"), Output("whole-modal", "title"), Output("whole-modal", "children"), Input("whole-ask", "n_clicks"),
        State("url", "search"), prevent_initial_call=True,
    )
    def ask(clicks, search):
        if not clicks:
            raise PreventUpdate
        said = lambda key, **fields: tell(room.address(search).language, key, **fields)  # noqa: E731
        gigabytes = f"{(BYTES_PER_PROCESS + BYTES_PER_HOUSEHOLD * ZONE_HOUSEHOLDS) / 1e9:.1f}"
        text = said("dash.whole.ask", seeds=len(room.whole.seeds), folder=room.runs, gigabytes=gigabytes)
        buttons = [
            html.Button(said("dash.whole.start"), id="whole-start", type="button", className="button main"),
            html.Button(said("dash.whole.cancel"), id="whole-cancel", type="button", className="button"),
        ]
        return True, said("dash.whole"), [html.P(text), html.Div(buttons, className="buttons")]

    @app.callback(
        Output("whole-modal", "opened", allow_duplicate=True), Output("whole-tick", "disabled"),
        Input("whole-start", "n_clicks"), Input("whole-cancel", "n_clicks"), State("url", "search"), prevent_initial_call=True,
    )
    def begin(start, cancel, search):
        if not (start or cancel):
            raise PreventUpdate
        if ctx.triggered_id == "whole-cancel":
            return False, no_update
        address = room.address(search)
        room.whole.start([addresses.REFERENCE, str(room.desk.scenario_file(address))])
        return False, False

    @app.callback(
        Output("whole-status", "children"), Output("whole-tick", "disabled", allow_duplicate=True), Input("whole-tick", "n_intervals"), Input("url", "search"),
        prevent_initial_call="initial_duplicate",
    )
    def follow(_, search):
        address, now = room.address(search), room.whole.progress
        said = lambda key, **fields: tell(address.language, key, **fields)  # noqa: E731
        button = lambda key: html.Button(said(f"dash.whole.{key}"), id="whole-stop", type="button")  # noqa: E731
        percent = f"{100 * now.share:.0f}"
        if now.kind == "running":
            left = None if now.seconds_left is None else max(1, round(now.seconds_left / 60))
            text = said("dash.whole.running", percent=percent) if left is None else said("dash.whole.left", percent=percent, minutes=left)
            content = [html.Span(text), html.Span(html.Span(style={"width": f"{percent}%"}), className="bar"), button("stop")]
        elif now.kind == "done":
            link = address._replace(runs=now.runs).query
            content = [html.Span(said("dash.whole.done")), dcc.Link(said("dash.whole.open"), href=f"/compare{link}", refresh=False), button("close")]
        elif now.kind in ("failed", "stopped"):
            content = [html.Span(said(f"dash.whole.{now.kind}", problem=now.problem), className="worse"), button("close")]
        else:
            content = []
        return content, now.kind != "running"

    @app.callback(Output("whole-tick", "disabled", allow_duplicate=True), Input("whole-stop", "n_clicks"), prevent_initial_call=True)
    def end(clicks):
        if not clicks:
            raise PreventUpdate
        room.whole.end()
        return False
