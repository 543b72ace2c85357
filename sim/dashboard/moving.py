"""Moving: what levers, undo and reset do to the address.

Not here: the controls themselves (`levers.py`), what the address then shows (`looking.py`).
"""

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from dash.exceptions import PreventUpdate

from sim.dashboard import address as addresses, levers
from sim.dashboard.address import Address, parse, read_name, read_value
from sim.dashboard.room import Room
from sim.errors import RongheError
from sim.policies.base import Lever
from sim.policies.catalogue import levers as declared
from sim.report.tables import tell
from sim.words import again

LONGEST_TRAIL = 100


def add_levers(app: Dash, room: Room) -> None:
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
        Output({"type": "switch-box", "lever": ALL}, "children"), Output({"type": "open", "lever": ALL}, "data-html"),
        Output({"type": "body", "lever": ALL}, "children"), Output("held", "data"),
        Input("url", "search"), Input({"type": "open", "lever": ALL}, "n_clicks"), State({"type": "open", "lever": ALL}, "id"),
        State({"type": "open", "lever": ALL}, "data-html"), State({"type": "body", "lever": ALL}, "children"), State("held", "data"),
    )
    def fill(search, clicks, boxes, heads, bodies, held):
        address, before = room.address(search), room.address(held)
        made = [filled(declared()[box["lever"]], address, before, *there) for box, *there in zip(boxes, clicks, heads, bodies)]
        if held == address.query and all(one is no_update for lever in made for one in lever):
            raise PreventUpdate
        return *map(list, zip(*made)), address.query

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


def filled(lever: Lever, address: Address, before: Address, clicks: int | None, head: str, body: list | None) -> tuple:
    """(switch, head, body) of a lever, each `no_update` where it is as it should be. before: the view that the controls show."""
    wanted, opened = levers.head(lever, address), levers.is_open(clicks)
    same = before.choice(lever.id) == address.choice(lever.id) and before.start == address.start and before.language == address.language
    content = levers.body(lever, address) if opened and not (body and same) else [] if body and not opened else no_update
    return no_update if same else levers.switch(lever, address), no_update if wanted == head else wanted, content


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
    if ("places", lever.id, None) in controls:  # a lever that is closed has no controls
        places = controls["places", lever.id, None] or addresses.DISTRICT_IDS
        now = now._replace(districts=tuple(id for id in addresses.DISTRICT_IDS if id in places))
    for parameter in lever.parameters:
        value = read_value(parameter, controls.get(("switch" if parameter.is_switch else "value", lever.id, parameter.name)))
        if value is not None and value != levers.shown(parameter, was):
            now = now.changed(lever, parameter.name, value)
    return now


def _notes(room: Room, address: Address, unread) -> list:
    """What is odd about the plan: levers ahead of the law, values without the reform that they need, parts of the address that nobody understands."""
    notes = [tell(address.language, "dash.unread", parts=", ".join(unread))] if unread else []
    try:
        warnings = room.desk.plan(address).scenario.warnings
        notes += dict.fromkeys(str(again(problem.message, address.language)) for problem in warnings)
    except RongheError as problem:
        notes.append(problem.told_in(address.language))
    return [html.P(note, className="warning") for note in notes]


# ---------------------------------------------------------------------------------------------------- undo, reset
def add_history(app: Dash, room: Room) -> None:
    @app.callback(Output("trail", "data"), Input("url", "search"), State("trail", "data"))
    def remember(search, trail):
        now, trail = room.address(search).plan.query, list(trail or [])
        if trail and trail[-1] == now:
            raise PreventUpdate
        if len(trail) > 1 and trail[-2] == now:  # went back
            return trail[:-1]
        return [*trail, now][-LONGEST_TRAIL:]

    @app.callback(Output("undo", "disabled"), Input("trail", "data"))
    def can_undo(trail):
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
