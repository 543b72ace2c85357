"""The computed sentences of a report: each says what a number did, or that it cannot be told from chance.

Not here: the words (`sim/words/report.py`), sentences on groups and districts (`sim/report/gains.py`).
"""

import numpy as np

from sim.indicators import INCOME_COMPONENTS, SINCE_START, indicator_of
from sim.report.tables import shows
from sim.report.view import GAP, SMALL_GAP, View


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
        "signed": view.show(GAP, row.mean, signed=True),
    }
    if row.mean == 0 and row.low == row.high:
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
        return view.say("brief.income.not", **fields)
    parts = {id: view.one(id, view.end, "rural") for id in INCOME_COMPONENTS}
    part = max((id for id in parts if parts[id]), key=lambda id: abs(parts[id].mean))
    return view.say(
        "brief.income.rural",
        more=view.say("brief.more" if row.mean > 0 else "brief.less"),
        size=view.show("disposable_income", abs(row.mean)),
        part=indicator_of(part).title(view.language) if view.language == "zh" else indicator_of(part).title("en").lower(),
        partly=view.show(part, parts[part].mean, signed=True),
        **fields,
    )


def small_reason(view: View) -> str:
    """Why the effect is small, from the rules in force and the exits that came of them; empty where it is not small."""
    if view.alone:
        return ""
    row = view.one(GAP, view.end)
    if row.distinguishable and abs(row.mean) >= SMALL_GAP:
        return ""
    exits = view.one(f"homesteads_withdrawn{SINCE_START}", view.end)
    book = view.focus.rulebook
    offers = book[(book["rule"] == "offer_rate") & (book["year"] > view.first)]["delivered"].mean()
    uses_offers = any(card["id"] == "homestead_withdrawal" for card in view.focus.manifest["levers"])
    if exits is None or not uses_offers or not np.isfinite(offers):
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
        "more": view.say("brief.more" if row.mean > 0 else "brief.less"),
    }
    told = row.distinguishable and shows(fields["size"])
    return view.say(f"{key}.{'alone' if view.alone else 'title' if told else 'not'}", **fields), value
