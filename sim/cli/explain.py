"""`ronghe explain`: every resolved value of a scenario with the file:line that set it, and what follows for 留权不留地.

Not here: resolving (`sim.policies.rulebook`), the inequality (`sim.policies.dominance`).
"""

from sim.cli import show
from sim.places import DISTRICTS
from sim.policies.catalogue import levers
from sim.policies.dominance import keep_rights
from sim.policies.rulebook import order, timeline
from sim.rules import RULE_INDEX
from sim.words import district_names, language, pick, say, unit_word

KEEP = ("keep_share", "plot_price", "qualification_price", "reentry_multiple")


def values(scenario, at: int | None = None, district: str | None = None) -> list[dict]:
    """One row per lever, parameter, district and span of years with one value: all at the year `at`, else those that a step sets."""
    book = order(scenario)
    years = book.years
    rows = []
    for lever in levers().values():
        for parameter in lever.parameters:
            table = timeline(parameter, scenario.levers.get(lever.id, ()), years)
            for place, unit in enumerate(DISTRICTS):
                if district and unit.id != district:
                    continue
                origins = [book.origin(parameter.rule, unit.id, int(year)) for year in years]
                series = list(zip(table[:, place].tolist(), origins, strict=True))
                if at is None and not any(origins):
                    continue
                for first, last in _runs(series, years, at):
                    value, origin = series[first - int(years[0])]
                    rows.append(
                        {
                            "lever": lever.id,
                            "parameter": parameter.name,
                            "unit": parameter.unit,
                            "district": unit.id,
                            "first_year": first,
                            "last_year": last,
                            "value": bool(value) if parameter.is_switch else value,
                            "base": parameter.base_in(unit.id),
                            "origin": origin or None,
                        }
                    )
    return rows


def _runs(series, years, at):
    """(first, last) years of equal neighbours, or the one year asked for."""
    if at is not None:
        return [(at, at)]
    starts = [i for i in range(len(series)) if i == 0 or series[i] != series[i - 1]]
    return [(int(years[i]), int(years[j - 1])) for i, j in zip(starts, [*starts[1:], len(series)], strict=True)]


def keep_rights_notes(scenario, at: int | None = None, district: str | None = None) -> list[dict]:
    """Where the right may be kept: the share of settled families for whom that loses, per group of districts, in one year."""
    book = order(scenario)
    year = int(book.years[-1]) if at is None else at
    table = book.at(year)
    found: dict[tuple, dict] = {}
    for place, unit in enumerate(DISTRICTS):
        lawful = table[RULE_INDEX["keep_rights_allowed"], place] > 0 and table[RULE_INDEX["three_rights"], place] > 0
        if not lawful or (district and unit.id != district):
            continue
        rules = tuple(float(table[RULE_INDEX[name], place]) for name in KEEP)
        entry = found.setdefault(rules, {"districts": [], "year": year})
        entry["districts"].append(unit.id)
    for rules, entry in found.items():
        outcome = keep_rights(*rules, assumptions=scenario.assumptions)
        entry.update(
            cost_yuan=round(outcome.cost),
            worth_yuan=round(outcome.worth),
            dominated_percent=round(100 * outcome.dominated, 1),
            nearly_everyone=outcome.nearly_everyone,
        )
    return list(found.values())


def text(scenario, at: int | None = None, district: str | None = None) -> str:
    """The whole explanation for a person."""
    horizon = scenario.horizon
    lines = [
        f"{scenario.id}  {pick(scenario.title)}",
        say(
            "explain.horizon",
            first=horizon.start,
            last=horizon.end,
            report=", ".join(map(str, horizon.report)),
            origin=scenario.origins.get("horizon", say("explain.default")),
        ),
        say("explain.delivery", rate=show.number(scenario.delivery_rate), origin=scenario.origins.get("delivery", say("explain.default"))),
    ]
    lines += [f"{name} = {show.number(value)}  ({scenario.origins[f'assumptions.{name}']})" for name, value in scenario.assumptions.items()]
    rows = values(scenario, at, district)
    if rows:
        head = [say(f"explain.head.{name}") for name in ("parameter", "districts", "years", "value", "unit", "base", "origin")]
        lines += ["", show.table(head, _grouped(rows), right=(3,))]
    else:
        lines += ["", say("explain.all_base")]
    for note in keep_rights_notes(scenario, at, district):
        fields = {
            "districts": district_names(note["districts"], language()),
            "year": note["year"],
            "cost": f"{note['cost_yuan']:,}",
            "worth": f"{note['worth_yuan']:,}",
            "share": f"{note['dominated_percent']:g}",
        }
        lines += ["", say("explain.keep", **fields)]
        if note["nearly_everyone"]:
            lines.append(say("explain.dominated", **fields))
    return "\n".join(lines)


def _grouped(rows) -> list[tuple]:
    """Rows of districts that agree in everything else become one."""
    groups: dict[tuple, list[str]] = {}
    for row in rows:
        years = str(row["first_year"]) if row["first_year"] == row["last_year"] else f"{row['first_year']}-{row['last_year']}"
        key = (
            f"{row['lever']}.{row['parameter']}",
            years,
            show.number(row["value"]),
            unit_word(row["unit"], language()),
            show.number(row["base"]),
            row["origin"] or say("explain.base"),
        )
        groups.setdefault(key, []).append(row["district"])
    return [(key[0], district_names(districts, language()), *key[1:]) for key, districts in groups.items()]
