"""Looking: what a page shows of an address, asked again while the desk computes; and the job of the whole zone.

Not here: how it looks (`pages.py`, `parts.py`), who computes (`desk.py`, `whole.py`).
"""

import time

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from sim.dashboard import address as addresses, files, pages, parts, pieces
from sim.dashboard.address import Address
from sim.dashboard.desk import Standing
from sim.dashboard.room import Room
from sim.errors import RongheError
from sim.report.tables import reading_of, tell
from sim.report.view import View
from sim.results import list_runs

PATIENCE = 1.0  # seconds for which an answer is held back until there is something new; each answer costs the browser a redraw


def _look(room: Room, client: str, search: str, shown, draw):
    """(content, class, status, answer, change) of a page that waits for the desk.

    draw(view, address) makes the content, which is sent whole only where its frame differs from what is shown, else as a change; the answer is
    None where there is nothing more to wait for. One seed is shown at once, the others refine the band.
    """
    address = room.address(search)
    try:
        standing = room.desk.ask(client, address, PATIENCE if str(ctx.triggered_id).endswith("-again") else 0.0)
    except RongheError as problem:
        return no_update, "stale", html.Span(problem.told_in(address.language), className="worse"), None, no_update
    status = _status(room, address, standing)
    answer = None if standing.phase in ("ready", "failed") else time.monotonic()
    there = shown["view"] if shown else None
    view = [address.query, list(standing.seeds)]
    if there == view:
        return no_update, "", status, answer, no_update
    if not standing.seeds:
        return no_update, "" if there and there[0] == address.query else "stale", status, answer, no_update
    content, change = pieces.change(draw(room.desk.view(address, standing.seeds), address), shown, view)
    return no_update if content is None else content, "", status, answer, change


def _status(room: Room, address: Address, standing: Standing) -> list:
    percent, few = f"{100 * standing.share:.0f}", 0 < len(standing.seeds) < len(room.desk.seeds)
    key = "partial" if standing.phase == "computing" and few else standing.phase
    seeds = len(room.desk.seeds)
    words = tell(
        address.language, f"dash.status.{key}", households=f"{room.desk.households:,}", percent=percent, done=len(standing.seeds),
        all=seeds, seeds=seeds, problem=standing.problem and standing.problem.told_in(address.language),
    )
    busy = standing.phase in ("compiling", "computing")
    bar = [html.Span(html.Span(style={"width": f"{percent}%"}), className="bar")] if busy else []
    return [html.Span(words, className="worse" if standing.phase == "failed" else ""), *bar]


def _waiting(page: str) -> dict:
    """Outputs and inputs of a page that waits for the desk, by the names that `pages.waits` gives them.

    A page asks again a little after each answer, never before it: an answer that is overtaken by the next question would be thrown away.
    """
    results = [Output(f"{page}-results", "children"), Output(f"{page}-results", "className")]
    progress = [Output(f"{page}-status", "children"), Output(f"{page}-answer", "data"), Output(f"{page}-change", "data")]
    states = [State("url", "pathname"), State(f"{page}-shown", "data"), State("client", "data")]
    return {"output": [*results, *progress], "inputs": [Input("url", "search"), Input(f"{page}-again", "data")], "state": states}


def add_explore(app: Dash, room: Room) -> None:
    for page in ("explore", "data"):
        app.clientside_callback(ClientsideFunction("ronghe", "later"), Input(f"{page}-answer", "data"), State(f"{page}-again", "id"))
        app.clientside_callback(
            ClientsideFunction("ronghe", "change"), Output(f"{page}-shown", "data"),
            Input(f"{page}-change", "data"), State(f"{page}-shown", "data"), State(f"{page}-again", "id"), prevent_initial_call=True,
        )

    @app.callback(**_waiting("explore"))
    def look(search, _, __, shown, client):
        return _look(room, client, search, shown, lambda view, address: pages.explored(view, address, _hint(room, view)))


def _hint(room: Room, view: View) -> str:
    """Where to check what a sample with all its seeds cannot tell; empty where it tells everything, or more seeds follow anyway."""
    untold = (reading_of(row.raw) in ("few", "not") for rows in parts.sheets(view).values() for row in rows)
    if room.read_only or len(view.focus.seeds) < len(room.desk.seeds) or not any(untold):
        return ""
    return view.say("dash.sheet.whole", button=view.say("dash.whole"), seeds=len(room.whole.seeds))


def add_data(app: Dash, room: Room) -> None:
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
        view = files.opened_view(room.runs, address)
    except RongheError as problem:
        return [html.P(problem.told_in(address.language), className="warning")], "alone"
    return draw(room, view, address), ""


def add_compare(app: Dash, room: Room) -> None:
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
def add_whole(app: Dash, room: Room) -> None:
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
            key = "begins" if not now.share else "running" if left is None else "left"
            text = said(f"dash.whole.{key}", percent=percent, minutes=left)
            content = [html.Span(text), html.Span(html.Span(style={"width": f"{percent}%"}), className="bar"), button("stop")]
        elif now.kind == "done":
            link = address._replace(runs=now.runs).query
            content = [html.Span(said("dash.whole.done")), dcc.Link(said("dash.whole.open"), href=f"/compare{link}", refresh=False), button("close")]
        elif now.kind in ("failed", "stopped"):
            text = said(f"dash.whole.{now.kind}", problem=now.problem and now.problem.told_in(address.language))
            content = [html.Span(text, className="worse"), button("close")]
        else:
            content = []
        return content, now.kind != "running"

    @app.callback(Output("whole-tick", "disabled", allow_duplicate=True), Input("whole-stop", "n_clicks"), prevent_initial_call=True)
    def end(clicks):
        if not clicks:
            raise PreventUpdate
        room.whole.end()
        return False
