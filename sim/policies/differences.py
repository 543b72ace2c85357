"""Where two resolved scenarios differ: by parameter, district and years, and in horizon, delivery and assumptions.

Not here: how it is shown (`sim/cli/diff.py`, `sim/report/differences.py`), how results differ (`sim/study/comparison.py`).
"""

from typing import NamedTuple

from sim.behaviour import DEFAULTS
from sim.places import DISTRICTS
from sim.policies.catalogue import levers
from sim.policies.rulebook import timeline


class Change(NamedTuple):
    """A parameter of a lever with two values, in the districts and years where both stand."""

    lever: object
    parameter: object
    districts: list[str]
    first_year: int
    last_year: int
    values: tuple

    @property
    def years(self) -> str:
        return str(self.first_year) if self.first_year == self.last_year else f"{self.first_year}-{self.last_year}"


def settings(first, second) -> list[dict]:
    """What differs outside the levers: name, value of the first, value of the second."""
    pairs = [
        ("horizon.end", first.horizon.end, second.horizon.end),
        ("horizon.report", list(first.horizon.report), list(second.horizon.report)),
        ("delivery.rate_percent_per_year", first.delivery_rate, second.delivery_rate),
    ]
    for name in sorted({*first.assumptions, *second.assumptions}):
        pairs.append((f"assumptions.{name}", *(float(one.assumptions.get(name, DEFAULTS[name])) for one in (first, second))))
    return [{"name": name, "values": [left, right]} for name, left, right in pairs if left != right]


def values(first, second) -> list[dict]:
    """One row per lever, parameter, district and span of years (those that both simulate) with the same two values."""
    import numpy as np

    years = np.arange(first.horizon.start, min(first.horizon.end, second.horizon.end) + 1)
    rows = []
    for lever in levers().values():
        for parameter in lever.parameters:
            left, right = (timeline(parameter, one.levers.get(lever.id, ()), years) for one in (first, second))
            for place, unit in enumerate(DISTRICTS):
                for start, end in _spans(left[:, place], right[:, place]):
                    found = [left[start, place].item(), right[start, place].item()]
                    rows.append({
                        "lever": lever.id, "parameter": parameter.name, "unit": parameter.unit, "district": unit.id,
                        "first_year": int(years[start]), "last_year": int(years[end]),
                        "values": [bool(value) for value in found] if parameter.is_switch else found,
                    })  # fmt: skip
    return rows


def changes(first, second) -> list[Change]:
    """`values` with districts that agree in one."""
    found: dict[tuple, list[str]] = {}
    for row in values(first, second):
        key = (row["lever"], row["parameter"], row["first_year"], row["last_year"], *row["values"])
        found.setdefault(key, []).append(row["district"])
    made = []
    for (lever, name, start, end, *pair), districts in found.items():
        declared = levers()[lever]
        made.append(Change(declared, next(p for p in declared.parameters if p.name == name), districts, start, end, tuple(pair)))
    return made


def _spans(left, right):
    """(first, last) positions of runs where the two differ and neither moves."""
    found, start = [], None
    for i in range(len(left)):
        moved = i and (left[i] != left[i - 1] or right[i] != right[i - 1])
        if start is not None and (moved or left[i] == right[i]):
            found.append((start, i - 1))
            start = None
        if start is None and left[i] != right[i]:
            start = i
    return found if start is None else [*found, (start, len(left) - 1)]
