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
    """Aligned columns under a head, whose names may have several lines; `right` names the columns (by position) that are set to the right."""
    names = [str(name).split("\n") for name in head]
    high = max(map(len, names))
    heads = [[lines[i - high] if i - high >= -len(lines) else "" for lines in names] for i in range(high)]
    body = [[str(cell) for cell in row] for row in rows]
    widths = [max(width(row[i]) for row in (*heads, *body)) for i in range(len(head))]

    def line(row) -> str:
        return "  ".join(
            (" " * (wide - width(cell)) + cell) if i in right else cell + " " * (wide - width(cell))
            for i, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()

    return "\n".join([*map(line, heads), "  ".join("-" * wide for wide in widths), *map(line, body)])


def blocks(head, rows, columns: int) -> list[str]:
    """Tables of numbers that fit a screen of `columns`: the same first column of names, then as many of the others as there is room for."""
    widths = [max(width(line) for row in (head, *rows) for line in str(row[i]).split("\n")) for i in range(len(head))]
    parts = _shared_out(widths, columns, len(head))
    parts = _shared_out(widths, columns, -(-(len(head) - 1) // len(parts)))  # as many tables, about equally wide
    return [table([head[i] for i in (0, *part)], [[row[i] for i in (0, *part)] for row in rows], right=range(1, len(part) + 1)) for part in parts]


def _shared_out(widths, columns: int, most: int) -> list[list[int]]:
    """Positions of columns by table: as many as fit beside the first column, and not more than `most`."""
    parts, room = [], 0
    for i in range(1, len(widths)):
        if not parts or room < widths[i] + 2 or len(parts[-1]) == most:
            parts.append([])
            room = columns - widths[0]
        parts[-1].append(i)
        room -= widths[i] + 2
    return parts


def number(value) -> str:
    """A value as a scenario file writes it: true, 120, 0.2."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}"
