"""`ronghe diff`: where two resolved scenarios differ, for a person.

Not here: finding the differences (`sim/policies/differences.py`), how results differ (`ronghe compare`).
"""

from sim.cli import show
from sim.policies.differences import changes, settings
from sim.words import district_names, language, pick, say, unit_word


def text(first, second) -> str:
    """One row for districts that agree."""
    lines = [f"{one.id}  {pick(one.title)}" for one in (first, second)]
    rows = [
        (f"{one.lever.id}.{one.parameter.name}", district_names(one.districts, language()), one.years, *map(show.number, one.values),
         unit_word(one.parameter.unit, language()))
        for one in changes(first, second)
    ]  # fmt: skip
    rows += [(one["name"], "", "", *map(_shown, one["values"]), "") for one in settings(first, second)]
    if not rows:
        return "\n".join([*lines, "", say("diff.none")])
    head = [*(say(f"explain.head.{name}") for name in ("parameter", "districts", "years")), first.id, second.id, say("explain.head.unit")]
    return "\n".join([*lines, "", show.table(head, rows, right=(3, 4))])


def _shown(value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else show.number(value)
