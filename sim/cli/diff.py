"""`ronghe diff`: where two resolved scenarios differ, by parameter, district and years, and in horizon, delivery and assumptions.

Not here: how their results differ (`ronghe compare`).
"""

from sim.behaviour import DEFAULTS
from sim.cli import show
from sim.cli.explain import district_names
from sim.places import DISTRICTS
from sim.policies.catalogue import levers
from sim.policies.rulebook import timeline
from sim.words import pick, say


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


def text(first, second) -> str:
    """The differences for a person, one row for districts that agree."""
    lines = [f"{one.id}  {pick(one.title)}" for one in (first, second)]
    groups: dict[tuple, list[str]] = {}
    for row in values(first, second):
        years = str(row["first_year"]) if row["first_year"] == row["last_year"] else f"{row['first_year']}-{row['last_year']}"
        key = (f"{row['lever']}.{row['parameter']}", years, *(show.number(value) for value in row["values"]), row["unit"])
        groups.setdefault(key, []).append(row["district"])
    rows = [(key[0], district_names(districts), *key[1:]) for key, districts in groups.items()]
    rows += [(one["name"], "", "", *map(_shown, one["values"]), "") for one in settings(first, second)]
    if not rows:
        return "\n".join([*lines, "", say("diff.none")])
    head = [*(say(f"explain.head.{name}") for name in ("parameter", "districts", "years")), first.id, second.id, say("explain.head.unit")]
    return "\n".join([*lines, "", show.table(head, rows, right=(3, 4))])


def _shown(value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else show.number(value)
