"""What happens when: the view in the URL is the one state; controls write it, everything shown is read from it.

Here the frame of all pages, their links, language and years. Not here: levers and undo (`moving.py`), results (`looking.py`), the server (`server.py`).
"""

import uuid
from pathlib import Path

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from sim.dashboard import files, levers, looking, moving, pages
from sim.dashboard.desk import Desk
from sim.dashboard.room import Room
from sim.dashboard.whole import Whole
from sim.report.tables import tell
from sim.report.view import FONT
from sim.results import list_runs

WHOLE_MILLISECONDS = 3000
GREEN = ["#edf6f2", "#dcebe4", "#b5d6c8", "#8bc0ab", "#68ae92", "#51a282", "#3f957a", "#2d8267", "#1b6b57", "#0f5a48"]
THEME = {
    "fontFamily": FONT, "primaryColor": "green", "colors": {"green": GREEN}, "primaryShade": 8, "defaultRadius": "sm",
    "headings": {"fontFamily": FONT}, "respectReducedMotion": True,
}
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'"
)


def create(desk: Desk, whole: Whole | None, runs: Path, language: str = "zh") -> Dash:
    """The application. whole: None where the dashboard is read-only; language: of a page whose address names none."""
    room = Room(desk, whole, runs, language)
    app = Dash(
        __name__, title="ronghe 融合", update_title=None, serve_locally=True, suppress_callback_exceptions=True,
        assets_folder=str(Path(__file__).parent / "assets"), add_log_handler=False,
    )
    app.layout = lambda: _frame(room)
    for add in (_add_pages, moving.add_levers, moving.add_history, looking.add_explore, looking.add_compare, looking.add_data):
        add(app, room)
    if whole is not None:
        looking.add_whole(app, room)
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
            *(dcc.Store(id=id) for id in ("frame", "trail")),
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
        State({"type": "open", "lever": ALL}, "id"), State({"type": "open", "lever": ALL}, "n_clicks"),
    )
    def frame(path, search, held, heads, clicks):
        address = room.address(search)
        now = f"{path} {address.language}"
        if now == held:
            raise PreventUpdate
        said = lambda key: tell(address.language, key)  # noqa: E731
        kind, opened = pages.PAGES.get(path), {head["lever"] for head, count in zip(heads, clicks) if levers.is_open(count)}
        page = (
            pages.explore(address, room.read_only, opened) if kind == "explore"
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
