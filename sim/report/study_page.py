"""The page of a study: one HTML file that works offline, with a chart per outcome, a table of what matters, and its numbers as CSV inside.

Not here: the numbers (`sim/report/study_view.py`), figures (`sim/report/study_charts.py`), the look (`brief.css`).
"""

from pathlib import Path

from sim.files import disk, write_text
from sim.report import brief, study_charts
from sim.report.study_view import StudyView
from sim.report.tables import range_word, shows
from sim.study.study_file import ZONE


def write_page(plan, table, path, language: str) -> Path:
    """Write the page of a plan and its table of results; returns the path."""
    path = Path(path)
    text = page(plan, table, language)
    with disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)
    return path


def page(plan, table, language: str) -> str:
    """The HTML of the page."""
    import jinja2

    view = StudyView(plan, table, language)
    loader = jinja2.FileSystemLoader(brief.FOLDER)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    facts = _facts(plan)
    return environment.get_template("study.html.jinja").render(
        view=view,
        say=view.say,
        charts=[study_charts.chart(view, outcome) for outcome in view.outcomes],
        plotly=brief.plotly_source(),
        css=(brief.FOLDER / "brief.css").read_text(encoding="utf-8"),
        csv_link=brief.csv_link,
        figure_json=brief._script_json,
        summary=view.sentence(view.outcomes[0]) if view.outcomes else "",
        facts=facts,
        design=_design(view),
        matters=_matters(view),
        points_csv=_points(view),
        range=range_word(len(plan.study.seeds), language),
        place="" if view.place == ZONE else brief.tables.district_name(view.place, language),
        source=_source(view, facts),
        computed=len(table["point"].unique()),
    )


def _facts(plan) -> dict:
    """What the first finished cell says of the simulation: rows, spans, sample or toy."""
    from sim.study.cell_files import read_cell

    cell = next(cell for cell in plan.cells if plan.finished(cell))
    return read_cell(plan.folder, cell.setting.cell_key(cell.seed)).facts


def _source(view: StudyView, facts: dict) -> str:
    kind = view.say("kind.toy" if facts["toy"] else "kind.sample" if facts["weighted"] else "kind.exact")
    return view.say("brief.source", households=f"{facts['households']:,}", kind=kind, seeds=len(view.study.seeds))


def _design(view: StudyView) -> list[dict]:
    """What varies: name, the text that `--set` takes, unit and values."""
    rows = []
    for variable in view.study.variables:
        start, stop = variable.span or (0, 0)
        values = ", ".join(study_charts.value_text(value) for value in variable.values)
        rows.append({"name": view.name(variable), "path": variable.name, "unit": view.unit(variable),
                     "values": values or view.say("study.page.span", start=f"{start:g}", stop=f"{stop:g}")})
    return rows


def _matters(view: StudyView) -> list[dict]:
    """A row per variable: what it moves each outcome by, from its lowest to its highest effect; None where that is not told from chance."""
    rows = []
    for variable in view.study.variables:
        effects = [view.effects[variable.name, outcome.id, outcome.sector] for outcome in view.outcomes]
        shown = [outcome.indicator.show(one.size, view.language, signed=True) for outcome, one in zip(view.outcomes, effects, strict=True)]
        rows.append({"name": view.name(variable), "cells": [text if one.told and shows(text) else None for text, one in zip(shown, effects, strict=True)]})
    return rows


def _points(view: StudyView) -> tuple[list[str], list[list]]:
    """Every point with its settings and the differences of what the page shows, for download."""
    names = [variable.name for variable in view.study.variables]
    columns = ["point", *names, "indicator", "sector", "unit", "year", "value", "difference", "low", "high", "se", "n", "distinguishable"]
    rows = []
    for outcome in view.outcomes:
        for row in view.of(outcome, view.points).itertuples():
            point = view.plan.points[row.point]
            given = [point.get(name, "") for name in names]
            what = [row.indicator, row.sector, row.unit, row.year]
            rows.append([row.point, *given, *what, row.value, row.mean, row.low, row.high, row.se, row.n, row.distinguishable])
    return columns, rows
