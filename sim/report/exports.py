"""Comparisons and charts in other forms: text, Word, PNG. They show the numbers of the tables and charts, nothing of their own.

Not here: what is shown (`sim/report/tables.py`, `sim/report/charts.py`), Excel (`sim/report/workbook.py`). python-docx and kaleido come with `ronghe[report]`.
"""

import json
import os
import uuid
from pathlib import Path

from sim.errors import InstallError, MachineError
from sim.files import disk
from sim.report import delivery, differences, sentences, tables
from sim.report.brief import drawn, limits, summary, title, warning
from sim.report.fonts import need_chinese_font
from sim.report.projects import fewer_projects
from sim.report.tables import tell
from sim.report.view import View
from sim.results import Run
from sim.study.comparison import compare, to_object
from sim.words import say


def as_text(runs: list[Run], years, by: str | None, format: str, language: str) -> str:
    """A comparison as `csv` (the tidy rows), `md` or `json`."""
    if format == "md":
        return tables.markdown(runs, years, language, by)
    table = compare(*runs, at=years, by=by)
    if format == "json":
        return json.dumps(to_object(runs, table), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return table.to_csv(index=False, lineterminator="\n")


# ---------------------------------------------------------------------------------------------------- Word and pictures
def write_document(runs: list[Run], path: Path, language: str, deliveries=()) -> Path:
    """The brief's sentences and score sheets as a Word file, for offices that go on writing there."""
    docx = need("docx", "python-docx")
    view, document = View(list(runs), language), docx.Document()
    _east_asian_font(document)
    document.add_heading(title(view), 0)
    projects = [fewer_projects(view.reference, run, view.end, language) for run in view.runs[1:]]
    for text in filter(None, (summary(view), sentences.small_reason(view), warning(view), sentences.disagreement(view), *projects)):
        document.add_paragraph(text)
    for table in differences.tables_of(view):
        document.add_heading(table["caption"], 2)
        if table["rows"]:
            _document_table(document, [table["header"], *table["rows"]])
        else:
            document.add_paragraph(table["note"])
    for chart in drawn(view)[1:]:
        document.add_paragraph(chart.title, style="List Bullet")
    for run in runs[1:] or runs:
        for year in view.report_years:
            document.add_heading(f"{year} · {run.title(language)}", 2)
            _document_table(
                document,
                [
                    tables.header(view.reference, run, language),
                    *map(tables.cells, tables.sheet(view.reference, None if view.alone else run, year, language, view.table)),
                ],
            )
    document.add_paragraph(tables.how(view.reference, view.focus, language))
    slower = delivery.sections(deliveries, view)
    for section in slower:
        document.add_heading(tell(language, "delivery.head"), 2)
        for text in (section.sentence, *section.notes):
            document.add_paragraph(text)
        for table in section.tables:
            document.add_heading(table.caption, 3)
            _document_table(document, [table.header, *section.cells(table)])
    document.add_heading(tell(language, "brief.limits"), 2)
    for text in limits(view, slower):
        document.add_paragraph(text, style="List Bullet")
    return save(document, path)


def _east_asian_font(document) -> None:
    """Chinese in one face that every office has: without it Word mixes faces within a line."""
    from docx.oxml.ns import qn

    for style in document.styles:
        if getattr(style, "font", None) is not None:
            style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")


def _document_table(document, rows) -> None:
    """Rows of texts, the first one the header; numbers stand to the right."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Light List")
    for line, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, cells, strict=True):
            cell.text = text
            if text and text.lstrip("+-–")[:1].isdigit():
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(8)


def write_pictures(runs: list[Run], folder: Path, language: str, deliveries=()) -> list[Path]:
    """Every chart as PNG with its sentence as title."""
    import logging

    need("kaleido")
    need_chinese_font()
    logging.getLogger("choreographer").setLevel(logging.CRITICAL)  # it logs every line that a browser's start script prints
    import plotly.io

    view, made = View(list(runs), language), []
    with disk(folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
    for chart in drawn(view, delivery.sections(deliveries, view)):
        layout = _picture_layout(chart, view)
        path = Path(folder) / f"{chart.id}.png"
        try:
            with disk(path):
                plotly.io.write_image({"data": chart.figure["data"], "layout": layout}, path, width=820, height=layout["height"], scale=2)
        except RuntimeError as problem:
            raise InstallError(say("report.no_browser", problem=str(problem).splitlines()[0]), "apt-get install chromium") from problem
        made.append(path)
    return made


def _picture_layout(chart, view: View) -> dict:
    """The chart's layout with room above for its sentence, in lines that fit, and for what runs it is made of."""
    import textwrap

    breadth = sum(15 if ord(character) > 0x2E80 else 8 for character in chart.title)  # pixels
    lines = textwrap.wrap(chart.title, max(1, int(780 * len(chart.title) / breadth)))
    lines.append(f"<span style='font-size:11.5px;color:#5a656b'>{chart.source or tables.source_line(view.focus, view.language)}</span>")
    old, room = chart.figure["layout"], 14 + 21 * len(lines)
    heading = {
        "text": "<br>".join(lines),
        "font": {"size": 15},
        "showarrow": False,
        "align": "left",
        **{"xref": "paper", "x": 0, "xanchor": "left", "xshift": 16 - old["margin"]["l"]},
        **{"yref": "paper", "y": 1, "yanchor": "top", "yshift": room + old["margin"]["t"] - 8},
    }
    return {
        **old,
        "paper_bgcolor": "white",
        "annotations": [*old.get("annotations", ()), heading],
        "margin": {**old["margin"], "t": room + old["margin"]["t"]},
        "height": old["height"] + room,
    }


def need(module: str, package: str = ""):
    """The module of an optional package, or the line that installs it."""
    import importlib

    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as problem:
        raise InstallError(say("report.package", package=package or module), 'pip install "ronghe[report]"') from problem


def save(document, path: Path) -> Path:
    """Save beside and rename, so that no half file remains."""
    path = Path(path)
    beside = path.with_name(f".writing-{uuid.uuid4().hex[:8]}-{path.name}")
    try:
        with disk(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            document.save(beside)
            os.replace(beside, path)
    except FileNotFoundError as problem:
        raise MachineError(say("results.read_only"), kind="permission", where=str(path), hint=say("results.read_only.hint")) from problem
    finally:
        beside.unlink(missing_ok=True)
    return path
