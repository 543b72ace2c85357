"""The page of one household: who it is, what it has, its years in a table with what happened under them, and every offer with the reasons.

Not here: two lives side by side (`trace_beside.py`).
"""

import shutil

from sim.cli.show import width
from sim.cli.trace_words import NOTHING, aligned, amount, bundle, event, member, place, wrap, yuan
from sim.places import DISTRICTS
from sim.policies.catalogue import owner
from sim.study import trace_rights
from sim.study.trace_life import COMPONENTS
from sim.study.trace_rights import BUNDLES, LEASE_C
from sim.words import language, pick, say

NARROWEST, WIDEST = 80, 110
SHOWN = 4                # bundles of an offer in the table
COLUMNS = ("home", "away", "farmed", "let", "rented", *COMPONENTS, "income", "deposits", "debt")
OFFER_COLUMNS = ("paid", "given_up", "ties", "letting", "gain", "luck", "value")


def screen() -> int:
    """Columns of the page."""
    return min(max(shutil.get_terminal_size((100, 24)).columns, NARROWEST), WIDEST)


def page(story, picked=None) -> list[str]:
    """The lines of the page. picked: (kind, further uids) where the household was searched for."""
    wide = screen()
    return [*heading(story, picked, wide), "", *_first_year(story, wide), "", say("trace.head.life"), *_years(story, wide), "",
            *wrap(say("trace.table.note"), wide), *(wrap(say("trace.legend"), wide) if any(year.answer for year in story.years) else ())]


def heading(story, picked, wide) -> list[str]:
    """Who, where, in which run, and the proof."""
    facts, run, replay = story.span, story.run, story.replay
    where = say("trace.where.block" if facts["urban"] else "trace.where.village", district=getattr(DISTRICTS[story.district], language()),
                households=facts["households"], km=f"{facts['distance_km']:.0f}")
    lines = [f"{say('trace.title', uid=story.uid)} · {where}",
             *wrap(say("trace.run", run=run.id, title=run.title(language()), seed=story.seed, weight=f"{facts['weight']:.1f}"), wide),
             *wrap(say("trace.proof", spans=f"{story.spans:,}", first=replay.first, last=replay.last, digest=story.digest,
                       seconds=f"{story.seconds:.1f}"), wide)]
    if picked:
        kind, others = picked
        lines += wrap(say("trace.picked", kind=kind, uid=story.uid), wide)
        lines += wrap(say("trace.others", uids=say("trace.and").join(map(str, others))), wide) if others else []
    return lines


def _first_year(story, wide) -> list[str]:
    """Its first year's members, belongings and temper."""
    year, traits = story.years[0], story.traits
    lines = [say("trace.head.who", year=year.year)]
    for one in year.members:
        lines += wrap(member(one, year.residence), wide, "  ", "    ")
    lines += ["  " + say("trace.family_in", place=place(year.residence))]
    money = {"deposits": yuan(year.deposits), "debt": yuan(year.debt)}
    if year.contract_mu or year.plot_m2 or year.qualification:
        has = say("trace.has", mu=f"{year.contract_mu:.1f}", plot=f"{year.plot_m2:.0f}", house=f"{year.house_m2:.0f}", use=say(f"trace.use.{year.house_use}"),
                  qualification=say("trace.qualified" if year.qualification else "trace.not_qualified"), shares=f"{year.shares:g}", **money)
    else:
        has = say("trace.has.town", **money)
    temper = [say("trace.temper.discount", percent=f"{100 * traits['discount']:.1f}")]
    temper += [say("trace.temper.averse", times=f"{traits['loss_aversion']:.1f}") if traits["loss_aversion"] > 1 else say("trace.temper.calm")]
    lines += [say("trace.head.has"), *wrap(has, wide, "  ", "  "), say("trace.head.temper"), "  " + say("trace.beside.join").join(temper)]
    return lines


# ---------------------------------------------------------------------------------------------------- the years
def eventful(year) -> bool:
    return bool(year.events or year.answer)


def folded(years):
    """Runs of years: each eventful one alone, quiet ones together."""
    groups = []
    for year in years:
        if groups and not eventful(year) and not eventful(groups[-1][-1]):
            groups[-1].append(year)
        else:
            groups.append([year])
    return groups


def label(group) -> str:
    return str(group[0].year) if len(group) == 1 else f"{group[0].year}-{group[-1].year % 100:02d}"


def _cells(group) -> list[str]:
    """One line of the table: means of the group's flows, stocks at its end."""
    last = group[-1]

    def mean(value):
        return sum(value(year) for year in group) / len(group)
    mu = [f"{mean(lambda year, n=name: getattr(year, n)):.1f}" for name in ("operated_mu", "let_mu", "rented_mu")]
    return [label(group), str(last.at_home), str(len(last.members) - last.at_home), *(NOTHING if text == "0.0" else text for text in mu),
            *(yuan(mean(lambda year, n=name: year.income[n])) for name in COMPONENTS), yuan(mean(lambda year: year.disposable_income)),
            yuan(last.deposits), yuan(last.debt) if last.debt else NOTHING]


def _years(story, wide) -> list[str]:
    groups = folded(story.years)
    rows = [_cells(group) for group in groups]
    head = [say("trace.col.year"), *(say(f"trace.col.{name}") for name in COLUMNS)]
    table = aligned([head, *rows], wide)
    lines = [table[0], "-" * max(map(width, table))]
    for group, row in zip(groups, table[1:]):
        lines.append(row)
        for name, fields in group[0].events:
            if name != "signed" or not group[0].answer:            # the answer says so itself
                lines += wrap(event(name, fields), wide, "      · ", "        ")
        if group[0].answer:
            lines += ["", *offer(group[0].answer, wide), ""]
    if story.years[-1].year < story.replay.last:
        lines.append(say("trace.ended"))
    return lines


# ---------------------------------------------------------------------------------------------------- offers
def offer(answer, wide, indent="      ") -> list[str]:
    """One offer: what each choice is worth, the reason, what would have tipped it."""
    choices = [one for one in answer.bundles[1:] if BUNDLES[one.number][0] != LEASE_C or one.number == answer.chosen]   # letting land gives up nothing
    ranked = sorted((one for one in choices if one.open and (one.yields_rights or one.number == answer.chosen)),
                    key=lambda one: (one.gain < trace_rights.LEAST, -one.value))
    top = [one for i, one in enumerate(ranked) if i < SHOWN or one.number == answer.chosen]
    lines = wrap(say("trace.offer" if top else "trace.offer.nothing", places=answer.places), wide, indent, indent)
    if top:
        lines += [indent + line for line in _offer_table(answer, [*top, answer.bundles[0]], wide - len(indent))]
        closed = sum(not one.open for one in choices)
        less = len(choices) - closed - len(top)
        rest = [say(f"trace.offer.{key}", number=number) for key, number in (("less", less), ("closed", closed)) if number]
        lines += wrap(say("trace.offer.rest", rest=say("trace.and").join(rest)), wide, indent, indent) if rest else []
    lines += wrap(reason(answer), wide, indent, indent)
    return [*lines, *_tips(answer, wide, indent)]


def _offer_table(answer, shown, wide) -> list[str]:
    """The choices with what decides among them."""
    rows = [[bundle(one.number), *_worth(one), "<-" if one.number == answer.chosen else ""] for one in shown]
    head = [say("trace.offer.col.bundle"), *(say(f"trace.offer.col.{name}") for name in OFFER_COLUMNS), ""]
    return aligned([head, *rows], wide)


def _worth(one) -> list[str]:
    if one.number == 0:
        return [NOTHING] * 6 + ["0"]
    decides = yuan(one.value, True) if one.gain >= trace_rights.LEAST else say("trace.offer.out")
    return [yuan(one.paid), yuan(-one.given_up, True), yuan(-one.ties, True), yuan(one.letting, True), yuan(one.gain, True), yuan(one.luck, True), decides]


def reason(answer) -> str:
    """Why it chose what it chose, in a sentence or two."""
    giving = [one for one in answer.bundles if one.open and one.yields_rights]
    chosen = answer.bundles[answer.chosen]
    if answer.reason == trace_rights.NOT_ENTITLED:
        why = "new" if answer.newly_settled else "home" if not trace_rights.house_may_go(answer) else "nothing"
        return say(f"trace.why.not_entitled.{why}")
    best = max(giving, key=lambda one: one.gain) if giving else chosen
    if answer.reason == trace_rights.TOO_LITTLE:
        return say("trace.why.too_little", bundle=bundle(best.number), paid=yuan(best.paid), given_up=yuan(best.given_up), ties=yuan(best.ties),
                   short=yuan(-best.gain))
    if answer.reason == trace_rights.LUCK_AGAINST:
        return say("trace.why.luck_against", bundle=bundle(best.number), gain=yuan(best.gain), luck=yuan(best.luck, True))
    if answer.reason == trace_rights.LEASED_OUT:
        return say("trace.why.leased", gain=yuan(chosen.gain))
    text = say(f"trace.why.{answer.reason}", bundle=bundle(chosen.number), gain=yuan(chosen.gain))
    space = " " if language() == "en" else ""
    drawn = "all" if answer.takers <= answer.places else "draw"
    text += space + say(f"trace.why.{drawn}", takers=answer.takers, places=answer.places, rank=answer.rank)
    if best.gain > chosen.gain + 1:
        text += space + say("trace.why.moment", bundle=bundle(best.number), gain=yuan(best.gain))
    return text


def _tips(answer, wide, indent) -> list[str]:
    """What would have tipped it, one lever a line; else what was tried."""
    way = "stay" if trace_rights.yields_rights(answer.chosen) and answer.reason == trace_rights.SIGNED else "sign"
    lines = []
    if answer.tips:
        lines += [indent + say(f"trace.tip.{way}")]
        for tip in answer.tips:
            key = "switch" if tip.unit == "switch" else "instead"
            text = say(f"trace.tip.{key}", parameter=pick(owner(tip.rule)[1].words), value=amount(tip.value, tip.unit), was=amount(tip.was, tip.unit))
            lines += wrap(text + outcome(tip, answer.year), wide, indent + "  · ", indent + "    ")
    elif answer.reason == trace_rights.NOT_ENTITLED:
        lines += wrap(say("trace.tip.closed"), wide, indent, indent)
    else:
        lines += wrap(say(f"trace.tip.none.{way}", tried=say("trace.and").join(_tried(answer))), wide, indent, indent)
    if answer.reason == trace_rights.NOT_ENTITLED:
        lines += wrap(say("trace.tip.settled", bundle=bundle(answer.if_settled)), wide, indent, indent)
    return lines


def _tried(answer):
    for rule in answer.tried:
        one = owner(rule)[1]
        if one.is_switch:
            yield pick(one.words)
        else:
            yield say("trace.tip.tried", parameter=pick(one.words), low=f"{one.low:,.0f}", high=amount(one.high, one.unit))


def outcome(tip, year) -> str:
    """What became of it when its village was lived again with the tipping value."""
    if not tip.says_yes:
        return say("trace.outcome.later", year=tip.signed) if tip.signed else say("trace.outcome.keeps")
    if tip.signed != year:
        return say("trace.outcome.passed")
    if tip.carried_out:
        return say("trace.outcome.signed", year=tip.signed, carried=tip.carried_out)
    return say("trace.outcome.pending", year=tip.signed)
