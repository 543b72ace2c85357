"""A comparison as an Excel workbook: a sheet per report year and a sheet of sources.

The rows are those of the tables (`sim/report/tables.py`), on their reading scale (万元, 亿元; thousand, million) with the unit beside the name and as
many digits shown; the cells hold the whole numbers. Without `by` each row ends with the nine districts in the plan's order, with `by` there is a row
per district or group. Not here: the numbers (`sim/study/comparison.py`). openpyxl comes with `ronghe[report]`.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.places import DISTRICTS
from sim.report import tables
from sim.report.exports import need, save
from sim.report.tables import tell
from sim.results import Run
from sim.study.comparison import MANY_SEEDS, compare

HEAD_ROWS = 4  # title, how, groups of columns, names of columns
UNSURE = "808080"  # colour of a difference that cannot be told from chance
FILL = "E8EEF4"


class Column(NamedTuple):
    """One column of a year's sheet: its head, its width, what stands in it for a row, and whether it is a difference (shown with its sign)."""

    head: str
    width: int
    value: object  # (Line) -> str, number or None
    signed: bool = False
    number: bool = True


class Line(NamedTuple):
    """One row of a sheet: the scenario, the group (with `by`) and the row of the tables; `places` are the values of the districts."""

    scenario: str
    group: str
    row: tables.SheetRow
    places: dict


def write_workbook(runs: list[Run], years, path: Path, language: str, by: str | None = None) -> Path:
    """Write the comparison of `runs` (the first is the reference; one alone shows its values) and return the path."""
    openpyxl = need("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for year in years:
        lines = [line for run in runs[1:] or runs for line in _lines(runs[0], run, year, language, by)]
        _year_sheet(book.create_sheet(str(year)), runs, year, lines, _columns(runs, by, language), language)
    _source_sheet(book.create_sheet(tell(language, "table.sources")), runs, language)
    return save(book, path)


# ---------------------------------------------------------------------------------------------------- a year
def _lines(reference: Run, run: Run, year: int, language: str, by: str | None) -> list[Line]:
    title = run.title(language)
    if by:
        return [Line(title, group, row, {}) for group, row in tables.group_rows(reference, run, year, by, language)]
    other = None if run is reference else run
    table = compare(*([reference, run] if other else [reference]), at=[year], by="district")
    table = table[table["run"] == run.id]
    found = {(r.indicator, r.sector, r.district): r.mean if other else r.value for r in table.itertuples()}
    rows = tables.sheet(reference, other, year, language)
    return [Line(title, "", row, {d.id: found.get((row.indicator, row.sector, d.id)) for d in DISTRICTS}) for row in rows]


def _columns(runs: list[Run], by: str | None, language: str) -> list[Column]:
    alone, many = len(runs) == 1, len(runs) > 2

    def raw(name):
        return lambda line: _scaled(line.row.raw[name], line.row.divisor)

    columns = [Column(tell(language, "brief.scenario"), 18, lambda line: line.scenario, number=False)] if many else []
    if by:
        head = "table.district" if by == "district" else "table.group"
        columns.append(Column(tell(language, head), 22, lambda line: line.group, number=False))
    columns.append(Column(tell(language, "table.named"), 30 if language == "zh" else 54, lambda line: _named(line.row, language), number=False))
    if alone:
        columns.append(Column(runs[0].title(language), 15, raw("value")))
    else:
        low, high = ("table.low.many", "table.high.many") if tables.common_seeds(*runs) >= MANY_SEEDS else ("table.low.few", "table.high.few")
        columns += [
            Column(runs[0].title(language), 15, raw("reference")),
            Column(tell(language, "brief.scenario") if many else runs[1].title(language), 15, raw("value")),
            Column(tell(language, "table.difference"), 12, raw("mean"), signed=True),
            Column(tell(language, low), 12, raw("low"), signed=True),
            Column(tell(language, high), 12, raw("high"), signed=True),
            Column(tell(language, "table.seeds"), 8, lambda line: line.row.raw["n"] or None),
            Column(tell(language, "table.verdict"), 18, lambda line: line.row.verdict, number=False),
        ]
    if not by:
        for place in DISTRICTS:
            head = getattr(place, language)
            columns.append(Column(head, 13, lambda line, id=place.id: _scaled(line.places[id], line.row.divisor), signed=not alone))
    return columns


def _named(row: tables.SheetRow, language: str) -> str:
    """农户贷款余额（亿元）; Loans outstanding (million yuan)."""
    if not row.unit:
        return row.label
    return f"{row.label}（{row.unit}）" if language == "zh" else f"{row.label} ({row.unit})"


def _scaled(value, divisor: float):
    return None if value is None or not np.isfinite(value) else float(value) / divisor


def _year_sheet(sheet, runs: list[Run], year: int, lines: list[Line], columns: list[Column], language: str) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter

    first = 1 + next(i for i, column in enumerate(columns) if column.number)  # position of the first column of numbers
    _text(sheet, 1, 1, _title(runs, year, language)).font = _font(bold=True, size=14)
    _text(sheet, 2, 1, tables.how(runs[0], runs[-1], language)).font = _font(color=UNSURE)
    _heads(sheet, columns, language, first, not lines or bool(lines[0].places), len(runs) == 1)
    for i, line in enumerate(lines, HEAD_ROWS + 1):
        sure = line.row.raw["distinguishable"] or len(runs) == 1
        for j, column in enumerate(columns, 1):
            value = column.value(line)
            cell = _text(sheet, i, j, value) if isinstance(value, str) else sheet.cell(i, j, value)
            if isinstance(value, float):
                cell.number_format = _format(line.row, column.signed)
            cell.font = _font(color=UNSURE) if not sure and (column.signed or value == line.row.verdict) else _font()
            cell.alignment = Alignment(wrap_text=not column.number, vertical="center", horizontal="center" if isinstance(value, int) else None)
    for j, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(j)].width = column.width
    sheet.freeze_panes = sheet.cell(HEAD_ROWS + 1, first)
    sheet.auto_filter.ref = f"A{HEAD_ROWS}:{get_column_letter(len(columns))}{HEAD_ROWS + len(lines)}"
    _for_paper(sheet)


def _title(runs: list[Run], year: int, language: str) -> str:
    """2025: A, B against the reference; a run alone is named without one."""
    if len(runs) == 1:
        return tables.caption(runs[0], runs[0], year, language)
    others = ("、" if language == "zh" else ", ").join(run.title(language) for run in runs[1:])
    return tell(language, "table.title", year=year, scenario=others, reference=runs[0].title(language))


def _heads(sheet, columns: list[Column], language: str, first: int, districts: bool, alone: bool) -> None:
    """The row that says zone or districts, and the row of names."""
    from openpyxl.styles import Alignment, Border, PatternFill, Side

    if districts:
        start = len(columns) - len(DISTRICTS) + 1
        by_district = "table.by_district" if alone else "table.by_district.difference"
        for position, last, key in ((first, start - 1, "table.zone"), (start, len(columns), by_district)):
            sheet.merge_cells(start_row=HEAD_ROWS - 1, end_row=HEAD_ROWS - 1, start_column=position, end_column=last)
            _text(sheet, HEAD_ROWS - 1, position, tell(language, key))
    for j, column in enumerate(columns, 1):
        _text(sheet, HEAD_ROWS, j, column.head)
        for i in (HEAD_ROWS - 1, HEAD_ROWS) if districts else (HEAD_ROWS,):
            cell = sheet.cell(i, j)
            cell.font, cell.fill = _font(bold=True), PatternFill("solid", fgColor=FILL)
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center" if column.number else "left")
        sheet.cell(HEAD_ROWS, j).border = Border(bottom=Side(style="thin"))
    sheet.row_dimensions[HEAD_ROWS].height = 48


def _text(sheet, row: int, column: int, text: str):
    """A cell that holds a text, also where it begins like a formula."""
    cell = sheet.cell(row, column, text)
    cell.data_type = "s"
    return cell


def _format(row: tables.SheetRow, signed: bool) -> str:
    """As many digits as the tables show of this row; of a difference the sign, unless it rounds to zero."""
    digits = len(row.value.partition(".")[2])
    shown = "#,##0" + ("." + "0" * digits if digits else "")
    last = f"{0.5 * 10**-digits:.{digits + 1}f}"
    return f"[>={last}]+{shown};[<=-{last}]-{shown};{shown.replace('#,##', '')}" if signed else shown


def _font(**style):
    from openpyxl.styles import Font

    return Font(**{"name": "Calibri", "size": 11, **style})


def _for_paper(sheet) -> None:
    """Landscape, one page wide, heads on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{HEAD_ROWS}"


# ---------------------------------------------------------------------------------------------------- sources
def _source_sheet(sheet, runs: list[Run], language: str) -> None:
    from openpyxl.styles import Alignment, PatternFill

    heads = ("scenario", "run", "households", "kind", "seeds", "digest", "code", "made")
    for j, name in enumerate(heads, 1):
        cell = _text(sheet, 1, j, tell(language, f"brief.{name}"))
        cell.font, cell.fill = _font(bold=True), PatternFill("solid", fgColor=FILL)
    for i, run in enumerate(runs, 2):
        git = run.manifest["git"]
        code = (git["commit"] or "") + (f" ({tell(language, 'brief.dirty')})" if git["dirty"] else "")
        seeds = ", ".join(map(str, run.seeds))
        facts = (run.title(language), run.id, run.households, tables.kind_of(run, language), seeds, run.digest, code, run.manifest["finished"])
        for j, fact in enumerate(facts, 1):
            _text(sheet, i, j, fact) if isinstance(fact, str) else sheet.cell(i, j, fact)
    texts = (
        tables.how(runs[0], runs[-1], language),
        tell(language, "brief.contents"),
        *(tell(language, f"limit.{name}") for name in ("causes", "shocks", "level")),
    )
    for i, text in enumerate(texts, len(runs) + 3):
        sheet.merge_cells(start_row=i, end_row=i, start_column=1, end_column=5)
        _text(sheet, i, 1, text).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[i].height = 34
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGH", (22, 36, 12, 34, 16, 68, 58, 27), strict=True):
        sheet.column_dimensions[letter].width = width
    _for_paper(sheet)
