"""Data files: whether they are the ones that were shipped, and their rows, each of which knows where it stands when it is refused.

Not here: what the columns mean (`sim/evidence.py`).
"""
import csv
import hashlib
import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .errors import DataError
from .words import say

SUMS = "SHA256SUMS"


class Row(NamedTuple):
    """One row of a table: its file, its line (the last one, where a cell has line breaks) and its cells by column."""

    path: Path
    line: int
    cells: dict

    def refuse(self, what, hint):
        """Raise DataError for this row."""
        raise DataError(what, file=str(self.path), line=self.line, hint=hint)

    def text(self, column):
        """A cell that must not be empty."""
        if not self.cells[column].strip():
            self.refuse(f"{column} is empty.", "Every row says it.")
        return self.cells[column]

    def number(self, column, default=None):
        """A finite number; `default` where the cell is empty and a default is given."""
        text = self.cells[column]
        if default is not None and not text.strip():
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.refuse(f"{column} is '{text}', not a number.", "Write digits, as in 15107 or 0.057.")
        return value

    def choice(self, column, allowed):
        """One of the words allowed."""
        if self.cells[column] not in allowed:
            self.refuse(f"{column} is '{self.cells[column]}', which is not known.", f"Write one of: {', '.join(sorted(allowed))}.")
        return self.cells[column]

    def year(self, column="year"):
        """A year of four digits."""
        value = self.number(column)
        if value != int(value) or not 1900 <= value <= 2100:
            self.refuse(f"{column} is '{self.cells[column]}'.", "Write four digits; a period goes to the note.")
        return int(value)


def table(path, columns):
    """All rows of a CSV file that has these columns. Raises DataError for a file that is missing, ragged or of another shape."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(say("data.unreadable", reason=error), file=str(path), hint=say("data.unreadable.hint")) from error
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    absent = [name for name in columns if name not in (reader.fieldnames or ())]
    if absent:
        raise DataError(f"has no column {', '.join(absent)}.", file=str(path), line=1, hint=f"The columns are {', '.join(columns)}.")
    found = []
    try:
        for cells in reader:
            row = Row(path, reader.line_num, cells)
            if None in cells or None in cells.values():
                row.refuse(f"the row does not have {len(reader.fieldnames)} cells.", "Put a text that holds a comma in quotation marks.")
            found.append(row)
    except csv.Error as error:
        raise DataError(f"is not a table ({error}).", file=str(path), line=reader.line_num, hint="Close every quotation mark.") from error
    return found


def sums(folder):
    """{file name: SHA-256} of the data files of a folder as they are now; the line ends of a checkout do not count."""
    return {path.name: hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest() for path in sorted(folder.glob("*.csv"))}


def sums_text(folder):
    """The same as the file that `sha256sum --check` reads."""
    return "".join(f"{digest}  {name}\n" for name, digest in sums(folder).items())


def write_sums(folder):
    """Say that the data files of a folder are meant as they are now."""
    (folder / SUMS).write_text(sums_text(folder), encoding="utf-8", newline="\n")


@cache
def check_sums(folder):
    """Raises DataError where data files are missing, surplus or not those that were shipped; all of them at once, with the hash expected."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        found = sums(folder)
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(say("data.unreadable", reason=error), file=str(folder / SUMS), hint=say("data.unreadable.hint")) from error
    expected = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines if line.count(" "))}
    wrong = [say("data.missing", name=name, expected=expected[name]) for name in expected if name not in found]
    wrong += [
        say("data.changed", name=name, expected=expected.get(name, "-"), found=digest)
        for name, digest in found.items() if expected.get(name) != digest
    ]
    if wrong:
        raise DataError("".join(f"\n  {one}" for one in wrong) + "\n ", file=str(folder), hint=say("data.changed.hint"))
