"""The computed sentences of a report: each says what a number did, or that it cannot be told from chance.

Not here: the words (`sim/words/report.py`), sentences on groups and districts (`sim/report/gains.py`).
"""

import numpy as np

from sim.indicators import INCOME_COMPONENTS, SINCE_START, indicator_of
from sim.report.tables import component_name, cost_words, shows
from sim.report.view import GAP, SMALL_GAP, View
from sim.study.comparison import cost_per_result, reading


def gap_sentence(view: View) -> str:
    """What happens to the ratio by the last report year, in one sentence."""
    row, year, name = view.one(GAP, view.end), view.end, view.focus.title(view.language)
    value = view.show(GAP, row.value)
    if view.alone:
        return view.say(
            "brief.sentence.alone",
            year=year,
            scenario=name,
            value=value,
            first=view.first,
            base=view.show(GAP, view.one(GAP, view.first).value),
        )
    fields = {
        "year": year,
        "scenario": name,
        "value": value,
        "reference": view.reference.title(view.language),
        "base": view.show(GAP, view.one(GAP, year, run=view.reference).value),
        "size": view.show(GAP, abs(row.mean)),
        "unsure": view.unsure,
        "signed": view.show(GAP, row.mean, signed=True),
    }
    if reading(row) == "same":
        return view.say("brief.sentence.same", **fields)
    if not row.distinguishable:
        return view.say("brief.sentence.not", **fields)
    if not shows(fields["signed"]):
        return view.say("brief.sentence.tiny", **fields)
    return view.say("brief.sentence.lower" if row.mean < 0 else "brief.sentence.higher", **fields)


def income_sentence(view: View) -> str:
    row, urban = view.one("disposable_income", view.end, "rural"), view.one("disposable_income", view.end, "urban")
    value = view.show("disposable_income", row.value)
    if view.alone:
        return view.say("brief.income.alone", year=view.end, value=value, urban=view.show("disposable_income", urban.value))
    fields = {"year": view.end, "value": value, "reference": view.reference.title(view.language)}
    if not row.distinguishable:
        return view.say("brief.income.not", unsure=view.unsure, **fields)
    parts = {id: view.one(id, view.end, "rural") for id in INCOME_COMPONENTS}
    part = max((id for id in parts if parts[id]), key=lambda id: abs(parts[id].mean))
    return view.say(
        "brief.income.rural",
        more=view.say("brief.more" if row.mean > 0 else "brief.less"),
        size=view.show("disposable_income", abs(row.mean)),
        part=component_name(part, view.language).lower(),
        partly=view.show(part, parts[part].mean, signed=True),
        **fields,
    )


def path_sentence(view: View) -> str:
    """Where the ratio begins and ends, for the chart that shows its path."""
    if view.alone:
        return gap_sentence(view)
    return view.say(
        "brief.path",
        first=view.first,
        start=view.show(GAP, view.one(GAP, view.first).value),
        year=view.end,
        scenario=view.focus.title(view.language),
        value=view.show(GAP, view.one(GAP, view.end).value),
        reference=view.reference.title(view.language),
        base=view.show(GAP, view.one(GAP, view.end, run=view.reference).value),
    )


def common_path(view: View) -> str:
    """How much of the ratio's path happens without any policy; empty where the run is alone."""
    if view.alone:
        return ""
    change = view.one(GAP, view.end, run=view.reference).value - view.one(GAP, view.first, run=view.reference).value
    return view.say(
        "brief.path.common.plan" if view.reference.manifest["levers"] else "brief.path.common",
        first=view.first,
        year=view.end,
        turn=view.say("brief.path.up" if change > 0 else "brief.path.down"),
        change=view.show(GAP, abs(change)),
        reference=view.reference.title(view.language),
    )


def parts_sentence(view: View) -> str:
    """Which components of rural incomes change, for the chart that shows them."""
    if view.alone:
        return income_sentence(view)
    fields = {"year": view.end, "value": view.show("disposable_income", view.one("disposable_income", view.end, "rural").value)}
    rows = {id: view.one(id, view.end, "rural") for id in INCOME_COMPONENTS}
    told = [
        view.say("brief.parts.one", part=component_name(id, view.language).lower(), size=view.show(id, row.mean, True))
        for id, row in rows.items()
        if row and row.distinguishable and shows(view.show(id, row.mean))
    ]
    if not told:
        return view.say("brief.parts.none", unsure=view.unsure, **fields)
    return view.say("brief.parts.some", parts=("、" if view.language == "zh" else ", ").join(told), **fields)


def cost_sentence(view: View) -> str:
    """What districts, and province and centre, spend more and what a homestead withdrawn costs districts; empty where districts' spending does not differ."""
    id = f"fiscal_cost_yuan{SINCE_START}"
    row = None if view.alone else view.one(id, view.end)
    if row is None or not row.distinguishable or row.mean <= 0:
        return ""
    above = view.one(f"upper_{id}", view.end)
    known = above is not None and above.distinguishable and above.mean > 0
    upper = view.say("brief.cost.upper", size=view.show(id, above.mean), unit=indicator_of(id).reading(view.language)[1]) if known else ""
    fields = {"year": view.end, "size": view.show(id, row.mean), "unit": indicator_of(id).reading(view.language)[1], "upper": upper}
    cost = cost_per_result(view.reference, view.focus, view.end, view.table).get("homesteads_withdrawn")
    if cost is None:
        return view.say("brief.cost.only", **fields)
    number, _, unit = cost_words("homesteads_withdrawn", cost, view.language)
    return view.say("brief.cost", cost=number, cost_unit=unit, **fields)


def small_reason(view: View) -> str:
    """Why the effect is small, from the rules in force and the exits that came of them; empty where it is not small."""
    if view.alone:
        return ""
    row = view.one(GAP, view.end)
    if abs(row.mean) >= SMALL_GAP and reading(row) != "not":
        return ""
    if view.reference.manifest["levers"]:
        return view.say("brief.small.plans")
    exits = view.one(f"homesteads_withdrawn{SINCE_START}", view.end)
    book = view.focus.rulebook
    offers = book[(book["rule"] == "offer_rate") & (book["year"] > view.first)]["delivered"].mean()
    uses_offers = any(card["id"] == "homestead_withdrawal" for card in view.focus.manifest["levers"])
    if exits is None or exits.mean <= 0 or not uses_offers or not np.isfinite(offers):
        return view.say("brief.small.plain")
    return view.say("brief.small", offers=f"{offers:.1f}", year=view.end, exits=view.show("homesteads_withdrawn", exits.mean))


def disagreement(view: View) -> str:
    """A sentence where the three measures of the ratio move in different directions; else empty."""
    if view.alone:
        return ""
    found = {id: view.one(id, view.end) for id in (GAP, f"{GAP}_fixed_membership", f"{GAP}_registered")}
    known = [row for row in found.values() if row is not None and row.distinguishable]
    if len({np.sign(row.mean) for row in known}) < 2:
        return ""
    fixed, registered = (view.show(GAP, getattr(found[f"{GAP}_{k}"], "mean", None), True) for k in ("fixed_membership", "registered"))
    return view.say("brief.opposite", fixed=fixed, registered=registered)


def sentence(view: View, key: str, id: str) -> tuple[str, str | None]:
    """(sentence, number) of `KEY.title`, `KEY.not` or `KEY.alone`; an empty sentence where the run does not emit the indicator."""
    row = view.one(id, view.end)
    if row is None:
        return "", None
    value, unit = view.show(id, row.value), indicator_of(id).reading(view.language)[1]
    fields = {
        "year": view.end,
        "value": value,
        "unit": unit,
        "reference": view.reference.title(view.language),
        "size": view.show(id, abs(row.mean)),
        "unsure": view.unsure,
        "more": view.say("brief.more" if row.mean > 0 else "brief.less"),
    }
    told = row.distinguishable and shows(fields["size"])
    return view.say(f"{key}.{'alone' if view.alone else 'title' if told else 'not'}", **fields), value
