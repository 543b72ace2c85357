"""Pieces of Markdown pages: numbers as people write them, tables, code type. Not here: what stands in the pages."""


def number(value):
    """A declared number as people write it: 0.2, 18,000,000,000, 2.1e-05; switches as true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    value = float(value)
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    return f"{value:.6g}"


def cell(value):
    """Text that keeps within one cell of a Markdown table."""
    return str(value).replace("|", "\\|").replace("\n", " ")


def table(head, rows, right=()):
    """A Markdown table; columns named in `right` are aligned to the right."""
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join("---:" if name in right else "---" for name in head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]) + "\n"


def code(text):
    """Text in code type; nothing where there is none."""
    return f"`{text}`" if text else ""


def page(title, source, intro, *parts):
    """A whole page with the line that says where it comes from."""
    head = f"<!-- Written by `python dev.py docs` from {source}. Do not edit: change the declaration. -->\n\n# {title}\n\n{intro}\n"
    return head + "\n" + "\n".join(parts)
