"""How the command line writes: results to stdout, narration to stderr, tables that know the width of Chinese letters.

Not here: what is said (`sim/words`).
"""

import json
import sys
import unicodedata

JSON_VERSION = 1


def result(text: str = "") -> None:
    """A line of the result."""
    print(text, file=sys.stdout)


def narrate(text: str) -> None:
    """A line for the person in front of the screen."""
    print(text, file=sys.stderr)


def emit(content: dict) -> None:
    """One JSON object with `schema_version`; a number that does not exist must be None by now."""
    print(json.dumps({"schema_version": JSON_VERSION, **content}, ensure_ascii=False, indent=2, allow_nan=False), file=sys.stdout)


def width(text: str) -> int:
    """Columns that a text takes on a screen: Chinese letters take two."""
    return sum(0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def table(head, rows, right=()) -> str:
    """Aligned columns under a head; `right` names the columns (by position) that are set to the right."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(width(row[i]) for row in cells) for i in range(len(head))]

    def line(row) -> str:
        return "  ".join(
            (" " * (wide - width(cell)) + cell) if i in right else cell + " " * (wide - width(cell))
            for i, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()

    return "\n".join([line(cells[0]), "  ".join("-" * wide for wide in widths), *map(line, cells[1:])])


def number(value) -> str:
    """A value as a scenario file writes it: true, 120, 0.2."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}"
