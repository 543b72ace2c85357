"""Every view's numbers as files, at addresses that repeat the view's own: CSV with BOM, the scenario as YAML.

    /files/explore/gap.csv?lang=zh&...   /files/explore/scores.csv   /files/explore/all.csv   /files/explore/my-plan.yaml   /files/compare/gap.csv?runs=a,b
Not here: pictures, which the browser makes of what it shows (`assets/dashboard.js`).
"""

from pathlib import Path

from sim.dashboard import address as addresses, parts
from sim.errors import DataError, RongheError
from sim.report.brief import csv_text
from sim.report.view import View
from sim.results import Run, open_run


def open_runs(folder: Path, address: addresses.Address) -> list[Run]:
    """The run folders of a view under the server's folder. Raises DataError for one that is not there."""
    return [open_run(Path(folder) / name) for name in address.runs]


def opened_view(folder: Path, address: addresses.Address) -> View:
    """The runs opened, in the view's language and years. Raises RongheError where they are not there or cannot be compared."""
    from sim.dashboard.desk import dressed
    from sim.study.comparison import check

    if not address.runs:
        raise DataError("")
    runs = open_runs(folder, address)
    check(runs)
    return View([dressed(run, address) for run in runs], address.language)


def content(view: View, name: str) -> str | None:
    """The text of a CSV file of a view: a chart's id, `scores`, `scores-RUN` or `all`; None where it has no such file."""
    if name == "all":
        return "\ufeff" + view.table.to_csv(index=False, lineterminator="\r\n")
    if name == "scores":
        return csv_text(*parts.score_rows(view))
    if name.startswith("scores-"):
        run = next((run for run in view.runs if run.id == name.removeprefix("scores-")), None)
        return csv_text(*parts.score_rows(view, run)) if run else None
    chart = next((chart for chart in parts.drawn(view) if chart.id == name), None)
    return csv_text(chart.columns, chart.rows) if chart else None


def add(server, desk, folder: Path) -> None:
    """Put the addresses into a Flask server."""
    from flask import Response, request

    def answer(text: str | None, name: str, kind: str):
        if text is None:
            return Response("", 404)
        return Response(text, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @server.get("/files/explore/my-plan.yaml")
    def yaml():
        address, _ = addresses.parse(request.query_string.decode("ascii", "replace"))
        return answer(addresses.scenario_text(address, desk.households, desk.seeds), f"{addresses.PLAN}.yaml", "application/yaml; charset=utf-8")

    @server.get("/files/<page>/<name>.csv")
    def table(page: str, name: str):
        address, _ = addresses.parse(request.query_string.decode("ascii", "replace"))
        try:
            if page == "compare":
                view = opened_view(folder, address)
            elif page == "explore" and (standing := desk.wait(address)).phase == "ready":
                view = desk.view(address, standing.seeds)
            else:
                problem = standing.problem.told_in(address.language) if page == "explore" and standing.problem else ""
                return Response(problem, 503 if page == "explore" else 404)
        except RongheError as problem:
            return Response(problem.told_in(address.language), 404, mimetype="text/plain; charset=utf-8")
        return answer(content(view, name), f"{name}.csv", "text/csv; charset=utf-8")
