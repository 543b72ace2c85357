"""Small texts of `trace` in the language in use: places, people, bundles, events, amounts; and lines that know the width of Chinese letters.

Not here: how a page is laid out (`trace_page.py`, `trace_beside.py`).
"""

import re

from sim.cli.show import width
from sim.places import DISTRICTS, FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.study.trace_rights import BUNDLES
from sim.tables import FARMING, UNEMPLOYED
from sim.words import language, say

DAY_JOBS = 1_000        # yuan a year; less is no day labour
ADULT = 16
NOTHING = "–"


def yuan(value, sign=False) -> str:
    """A whole amount; never -0."""
    value = round(float(value))
    return f"{value:+,}" if sign and value else f"{value:,}"


def place(code) -> str:
    if FIRST_DISTRICT <= code < OUTSIDE:
        return getattr(DISTRICTS[code - FIRST_DISTRICT], language())
    return say({HOME: "trace.place.home", VILLAGE: "trace.place.village", OUTSIDE: "trace.place.outside"}[code])


def who(female, age) -> str:
    return say(("trace.woman" if female else "trace.man") if age >= ADULT else "trace.girl" if female else "trace.boy")


def doing(one, home) -> str:
    """What a member does, and where."""
    if home == OUTSIDE and one.base in (HOME, OUTSIDE):
        return say("trace.doing.lives_outside")
    if one.age < 6:
        return say("trace.doing.child")
    if one.age < max(ADULT, one.schooling + 6):
        return say("trace.doing.school")
    if one.base == HOME:
        return say("trace.doing.home")
    if one.base == VILLAGE:
        return say("trace.doing.farm_jobs" if one.work == FARMING and one.wage >= DAY_JOBS else "trace.doing.farm")
    if one.base == OUTSIDE:
        return say("trace.doing.outside")
    key = "seeks" if one.work == UNEMPLOYED else "commutes" if one.residence == VILLAGE else "town"
    return say(f"trace.doing.{key}", place=place(one.base))


def member(one, home) -> str:
    """One member in a line."""
    facts = {"who": who(one.female, one.age), "age": one.age, "doing": doing(one, home)}
    text = say("trace.member", school=one.schooling, **facts) if one.age >= ADULT else say("trace.child", **facts)
    return text if one.residence == home else text + say("trace.away", place=place(one.residence))


def bundle(number) -> str:
    """The name of a bundle: the rights that move, joined."""
    c, use, share = BUNDLES[number]
    parts = [say(f"trace.bundle.{sort}{step}") for sort, step in (("c", c), ("u", use), ("s", share)) if step]
    return " + ".join(parts) if parts else say("trace.bundle.keep")


def event(name, fields) -> str:
    """One event as a sentence."""
    given = dict(fields)
    if "female" in given:
        given["who"] = who(given["female"], given["age"])
    if "place" in given:
        given["place"] = place(given["place"])
    if "rights" in given:
        given["rights"] = say("trace.and").join(say(f"trace.right.{right}") for right in given["rights"])
    if "bundle" in given:
        given["bundle"] = bundle(given["bundle"])
    if "loan_class" in given:
        given["collateral"] = say(f"trace.loan.{given['loan_class']}")
        given["percent"] = f"{given['percent']:.1f}"
    for amount in ("yuan", "gain", "forgone", "rent"):
        if amount in given:
            given[amount] = yuan(given[amount])
    if "mu" in given:
        given["mu"] = f"{given['mu']:.1f}"
    return say(f"trace.event.{name}", **given)


def amount(value, unit) -> str:
    """A parameter's value with its unit."""
    if unit == "switch":
        return say(f"trace.unit.switch.{int(value)}")
    text = f"{value:,.0f}" if abs(value - round(value)) < 0.05 else f"{value:,.1f}"
    return say(f"trace.unit.{unit}", value=text)


def aligned(rows, wide) -> list[str]:
    """Rows of texts in columns, the first set to the left and the others to the right; the first row is the head.

    A column in which nothing stands under the head is left out. Columns stand two apart, or one where the lines would be wider than `wide`.
    """
    kept = [i for i in range(len(rows[0])) if i == 0 or any(row[i] not in (NOTHING, "0", "") for row in rows[1:])]
    sizes = [max(width(row[i]) for row in rows) for i in kept]
    gap = "  " if sum(sizes) + 2 * len(sizes) - 2 <= wide else " "

    def line(row):
        cells = [row[i] for i in kept]
        return gap.join([cells[0] + " " * (sizes[0] - width(cells[0])), *(" " * (size - width(cell)) + cell for cell, size in zip(cells[1:], sizes[1:]))])
    return [line(row).rstrip() for row in rows]


def wrap(text, wide, first="", then="") -> list[str]:
    """The text in lines of at most `wide` columns, the first after `first`, the others after `then`."""
    pieces = re.findall(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+|\s+", text)
    lines, line, empty = [], first, True
    for i, piece in enumerate(pieces):
        closing = i + 1 < len(pieces) and pieces[i + 1] in "，。；：、）”》" and len(pieces[i + 1]) == 1
        if not empty and not piece.isspace() and width(line + piece) + (2 if closing else 0) > wide and piece not in "，。；：、）”》":
            lines.append(line.rstrip())
            line, empty = then, True
        if piece.isspace() and empty:
            continue
        line, empty = line + piece, False
    return [*lines, line.rstrip()]
