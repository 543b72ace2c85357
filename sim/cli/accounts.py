"""`ronghe accounts`: the matrices of a year on a terminal, with `--loans` the book of loans to households, and both as JSON.

Not here: what the matrices hold and what must balance (`sim/study/matrices.py`), what the book of loans holds (`sim/study/loan_book.py`).
"""

import shutil
import textwrap
from typing import Annotated

import typer

from sim.cli import show
from sim.cli.options import RUNS, AsJson, Out, RunName, one_run
from sim.errors import IDENTITY
from sim.words import CATALOGUE, language, pick, say

SCALE = {"zh": (1e8, 2), "en": (1e6, 1)}  # yuan of one shown unit, digits
HEAD_WIDTH = 11
WIDE = (180, 24)  # where nothing tells how wide the screen is


def add(app: typer.Typer) -> None:
    """Put the command into the application."""
    app.command("accounts", help="cli.accounts")(accounts)


def accounts(
    run: RunName,
    year: Annotated[int | None, typer.Option("--year", metavar="Y", help="cli.accounts.year")] = None,
    loans: Annotated[bool, typer.Option("--loans", help="cli.accounts.loans")] = False,
    out: Out = RUNS,
    as_json: AsJson = False,
):
    from sim.study.loan_book import loan_book
    from sim.study.matrices import matrices

    opened = one_run(run, out)
    found = matrices(opened, year)
    if as_json:
        show.emit(_object(opened, found) | {"loans": _loans_object(loan_book(opened, found.year))})
    elif loans:
        _print_loans(found.year, loan_book(opened, found.year))
    else:
        _print(opened, found)
    return IDENTITY if found.gaps else 0


def _object(run, found) -> dict:
    from sim.accounts import SECTOR_WORDS
    from sim.files import plain

    def rows(listed):
        return [{"id": r.id, "kind": r.kind, "words": _both(r.id), "values": dict(zip(found.sectors, r.values)), "sum": r.sum} for r in listed]

    return plain(
        {
            "run": run.id,
            "year": found.year,
            "unit": "yuan2019",
            "seeds": run.seeds,
            "balanced": not found.gaps,
            "with_stocks": found.with_stocks,
            "sectors": [{"id": id, "words": dict(zip(("zh", "en"), SECTOR_WORDS[id]))} for id in found.sectors],
            "flows": rows(found.flows),
            "flow_sums": dict(zip(found.sectors, found.column_sums(found.flows))),
            "stocks": rows(found.stocks),
            "net_worth": dict(zip(found.sectors, found.column_sums(found.stocks))) if found.stocks else None,
            "product": [
                {"id": way.id, "words": _both(f"gdp.{way.id}"), "sum": way.sum, "lines": [_line(id, yuan) for id, yuan in way.lines.items()]}
                for way in found.product
            ],
            "gaps": [gap._asdict() for gap in found.gaps],
        }
    )


def _both(id: str) -> dict:
    from sim.accounts import CODE

    code = CODE.get(id)
    return dict(zip(("zh", "en"), (code.zh, code.en) if code else CATALOGUE[f"accounts.{id}"]))


def _line(id: str, yuan: float) -> dict:
    return {"id": id, "words": _both(f"gdp.{id}"), "yuan": yuan}


def _print(run, found) -> None:
    words = {"year": found.year, "unit": say("accounts.unit"), "seeds": len(run.seeds)}
    show.result(say("accounts.title.flows", **words) + "\n")
    show.result(_matrix(found, _with_heads(found.flows), (say("accounts.sum"), found.column_sums(found.flows))) + "\n")
    if found.stocks:
        show.result(say("accounts.title.stocks", **words) + "\n")
        show.result(_matrix(found, [_cells(row) for row in found.stocks], (say("accounts.net_worth"), found.column_sums(found.stocks))) + "\n")
    if found.product:
        show.result(say("accounts.title.product", **words) + "\n")
        show.result(_product(found.product) + "\n")
    show.result(say("accounts.note"))
    if not found.with_stocks:
        show.result(say("accounts.no_stocks"))
    for gap in found.gaps:
        show.result(say("accounts.gap", identity=say(f"accounts.gap.{gap.identity}"), place=_place(gap.place), seed=gap.seed, yuan=f"{gap.yuan:+,.0f}"))
    if found.with_stocks and not found.gaps:
        show.result(say("accounts.balanced"))


def _loans_object(book) -> list | None:
    from sim.results import plain

    return None if book is None else plain([cell._asdict() for cell in book])


def _print_loans(year: int, book) -> None:
    """By vintage and by holder: what is owed on each collateral, and in brackets the percent of it in default."""
    from sim.study.loan_book import summed
    from sim.tables import LOAN_CLASSES

    if not book:
        show.result(say("accounts.loans.none"))
        return
    columns = summed(book, "collateral")
    used = [name for name in LOAN_CLASSES if (name,) in columns]
    heads = [say(f"trace.loan.{LOAN_CLASSES.index(name)}") for name in used]
    show.result(say("accounts.loans.title", year=year, unit=say("accounts.unit")) + "\n")
    for key, label in (("vintage", str), ("holder", _holder)):
        cells, lines = summed(book, key, "collateral"), summed(book, key)
        rows = [[label(line), *(_owed(cells.get((line, name))) for name in used), _owed(sums)] for (line,), sums in sorted(lines.items())]
        rows.append([say("accounts.sum"), *(_owed(columns[name,]) for name in used), _owed(summed(book)[()])])
        show.result(show.table([say(f"accounts.loans.{key}"), *heads, say("accounts.sum")], rows, right=range(1, len(used) + 2)) + "\n")


def _owed(cell) -> str:
    """A sum and the percent of it in default."""
    return "" if cell is None else f"{_number(cell[0])} ({100 * cell[1]:.1f})"


def _holder(id: str) -> str:
    """A bank, or the property companies, in words."""
    from sim import evidence
    from sim.accounts import SECTOR_WORDS

    banks = evidence.banks()
    return pick(dict(zip(banks.ids, zip(banks.zh, banks.en))).get(id) or SECTOR_WORDS[id])


def _product(ways) -> str:
    """The three ways one under the other, each line with its part of the product."""
    rows = []
    for way in ways:
        rows.append([say(f"accounts.gdp.{way.id}"), _number(way.sum), "100.0"])
        rows += [["  " + say(f"accounts.gdp.{id}"), _number(yuan), f"{100 * yuan / way.sum:.1f}"] for id, yuan in way.lines.items()]
    return show.table([say("accounts.code"), say("accounts.unit"), "%"], rows, right=(1, 2))


def _place(name: str) -> str:
    """A sector, a code or an item in words."""
    from sim.accounts import SECTOR_WORDS

    return pick(SECTOR_WORDS[name]) if name in SECTOR_WORDS else pick(_both(name))


def _with_heads(rows) -> list[tuple]:
    """(label, values or None): the rows under a line for each kind, kinds in the order of a book, transfers that are no payments last."""
    kinds = [kind for kind in ("current", "capital", "loan", "change", "volume") if any(row.kind == kind for row in rows)]
    lines = []
    for kind in kinds:
        lines.append((say(f"accounts.kind.{kind}"), None))
        lines += [("  " + label, values) for label, values in (_cells(row) for row in rows if row.kind == kind)]
    return lines


def _cells(row) -> tuple:
    return pick(_both(row.id)), row.values


def _matrix(found, lines, last) -> str:
    """The lines as tables that fit the screen side by side one under the other; sectors without any entry are left out, each row ends with its sum."""
    import numpy as np

    from sim.accounts import SECTOR_WORDS

    used = [i for i in range(len(found.sectors)) if any(values is not None and values[i] == values[i] for _, values in lines)]
    head = ["", *(_wrapped(pick(SECTOR_WORDS[found.sectors[i]])) for i in used), say("accounts.sum")]
    body = []
    for label, values in lines:
        numbers = [""] * (len(used) + 1) if values is None else [*(_number(values[i]) for i in used), _number(np.nansum(values))]
        body.append([label, *numbers])
    body.append([last[0], *(_number(last[1][i]) for i in used), _number(last[1].sum())])
    return "\n\n".join(show.blocks(head, body, shutil.get_terminal_size(WIDE).columns))


def _number(value: float) -> str:
    """On the reading scale; empty where there is none, and no minus before a zero."""
    divisor, digits = SCALE[language()]
    return "" if value != value else f"{round(float(value) / divisor, digits) + 0.0:,.{digits}f}"


def _wrapped(text: str) -> str:
    """A head on several short lines: Chinese in equal parts, else broken at spaces."""
    if not text.isascii():
        size = -(-len(text) // -(-show.width(text) // HEAD_WIDTH))
        return "\n".join(text[i : i + size] for i in range(0, len(text), size))
    return textwrap.fill(text, HEAD_WIDTH, break_long_words=False, break_on_hyphens=False)
