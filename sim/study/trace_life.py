"""The life of one household in a replayed span, year by year: who it is, what it has and earns, and what happened to it.

Everything is read off the rows of the replay, by comparing one 31 December with the one before. Money is yuan of 2019, land mu and square metres.
Not here: what an offer was worth to it (`trace_rights.py`), the words (`sim/words/trace.py`).
"""
from typing import NamedTuple

import numpy as np

from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.recording import OPERATING, PROPERTY, TRANSFER
from sim.study import trace_rights
from sim.tables import FREE, LEASED
from sim.units import M2_PER_MU

COMPONENTS = {"wage_income": (("wage_income", 1),), "operating_income": OPERATING, "property_income": PROPERTY, "transfer_income": TRANSFER}
SOME_LAND = 0.1            # mu; less let or rented is no event
RIGHTS = ("contract_area", "plot_area", "qualification", "shares")


class Member(NamedTuple):
    """One living member on 31 December."""

    uid: int
    age: int
    female: bool
    schooling: int
    residence: int
    base: int
    work: int
    wage: float


class Year(NamedTuple):
    """A household on 31 December and what the year brought. `events`: (name, fields) in the order of the year."""

    year: int
    residence: int
    members: tuple
    contract_mu: float
    operated_mu: float
    let_mu: float
    rented_mu: float
    rent: float
    plot_m2: float
    house_m2: float
    house_use: int
    qualification: int
    shares: float
    income: dict
    disposable_income: float
    deposits: float
    debt: float
    events: tuple
    answer: trace_rights.Answer | None

    @property
    def at_home(self):
        """Members who live with the household."""
        return sum(one.residence == self.residence for one in self.members)


def rows_of(replay, uid):
    """(row, indices of the years on whose 31 December the household lives): (None, ()) where it never does."""
    for moment in (replay.opening, *(lived.end for lived in replay.years)):
        row = np.flatnonzero((moment.households.uid == uid) & (moment.households.kind != FREE))
        if len(row):
            break
    else:
        return None, ()
    row = int(row[0])
    return row, tuple(t for t, lived in enumerate(replay.years)
                      if lived.end.households.uid[row] == uid and lived.end.households.kind[row] != FREE)


def life(replay, uid, tipped=True):
    """Every Year of a household, [] where its uid never lives in the span. tipped: solve what would have tipped its answers."""
    row, there = rows_of(replay, uid)
    found = []
    for t in there:
        before = replay.years[t - 1].end if t else replay.opening
        known = before if before.households.uid[row] == uid and before.households.kind[row] != FREE else None
        found.append(_year(replay, row, replay.years[t], known, before, tipped))
    return found


def members(moment, row):
    """The living members of a row, oldest first."""
    pp, first = moment.persons, _people(moment, row).start
    mine = first + np.flatnonzero((pp.household[_people(moment, row)] == row) & (pp.age[_people(moment, row)] >= 0))
    mine = mine[np.argsort(-pp.age[mine].astype(int), kind="stable")]
    return tuple(Member(int(pp.uid[p]), int(pp.age[p]), bool(pp.female[p]), int(pp.schooling[p]), int(pp.residence[p]), int(pp.base[p]),
                        int(pp.work[p]), float(pp.wage[p])) for p in mine)


def _people(moment, row):
    """The person rows of a household's span."""
    s = int(moment.households.span[row])
    return slice(int(moment.spans.first_person[s]), int(moment.spans.first_person[s + 1]))


def components(hh, row):
    """The four components of disposable income, {id: yuan}."""
    return {name: float(sum(sign * float(getattr(hh, flow)[row]) for flow, sign in flows)) for name, flows in COMPONENTS.items()}


def _year(replay, row, lived, known, before, tipped):
    hh, spans = lived.end.households, lived.end.spans
    rent = float(spans.rent[hh.span[row]])
    reply = None
    if trace_rights.asked(lived.asked, row):
        reply = trace_rights.answer(lived, row, replay.state.behaviour)
        if tipped:
            found, tried = trace_rights.tips(replay, lived, row, reply)
            reply = reply._replace(tips=found, tried=tried)
    return Year(
        lived.year, int(hh.residence[row]), members(lived.end, row), float(hh.contract_area[row]) / M2_PER_MU, float(hh.operated_area[row]) / M2_PER_MU,
        *_leased(hh, row, rent), rent, float(hh.plot_area[row]), float(hh.house_area[row]), int(hh.house_use[row]), int(hh.qualification[row]),
        float(hh.shares[row]), components(hh, row), float(hh.disposable_income[row]), float(hh.deposits[row]), float(hh.debt[row]),
        tuple(_events(row, lived, known, before)), reply)


def _leased(hh, row, rent):
    """(mu let, mu rented) in the village's market."""
    return (float(hh.rent_received[row]) / rent, float(hh.rent_paid[row]) / rent) if rent > 0 else (0.0, 0.0)


# ---------------------------------------------------------------------------------------------------- events
def _events(row, lived, known, before):
    """What happened: the members, the home, the land, the rights, the money."""
    now = lived.end
    if known is None:
        return [("founded", {})]
    return [*_member_events(row, before, now), *_home_events(row, before.households, now.households), *_land_events(row, before, now),
            *_right_events(row, lived, before.households, now.households), *_money_events(row, before.households, now.households)]


def _member_events(row, before, now):
    """Births, deaths, weddings; members who go, come back or take up other work."""
    was, is_now = ({one.uid: one for one in members(moment, row)} for moment in (before, now))
    within = _people(now, row)
    alive_then, alive_now = before.persons.age[within] >= 0, now.persons.age[within] >= 0
    elsewhere = dict(zip(now.persons.uid[within][alive_now].tolist(), now.persons.household[within][alive_now].tolist()))
    lived_before = set(before.persons.uid[within][alive_then].tolist())
    found = []
    for uid, one in was.items():
        person = {"female": one.female, "age": one.age + 1}
        if uid not in elsewhere:
            found.append(("died", person))
        elif elsewhere[uid] != row:
            found.append(("married_away", {**person, "household": int(now.households.uid[elsewhere[uid]])}))
    for uid, one in is_now.items():
        person = {"female": one.female, "age": one.age}
        if uid not in was:
            found.append(("married_in" if uid in lived_before else "born" if one.age == 0 else "arrived", person))
            continue
        moved = _move(was[uid], one, before.households.residence[row], now.households.residence[row])
        if moved:
            found.append((moved[0], {**person, **moved[1]}))
    return found


def _move(was, one, home_before, home_now):
    """How a member's place or work changed of its own accord: (event, fields) or None."""
    with_family = was.residence == home_before and one.residence == home_now
    if not with_family and was.residence != one.residence:
        if one.residence == OUTSIDE:
            return "left_zone", {}
        if one.residence == home_now:
            return ("came_back" if was.residence == OUTSIDE else "came_home"), {}
        return "went_to_town", {"place": one.residence}
    if was.base == one.base or one.age < 16 or home_before != home_now:
        return None
    if one.base == HOME:
        return ("stopped_working", {}) if was.base != HOME and one.age <= 75 else None
    if one.base == VILLAGE:
        return "works_in_village", {}
    if FIRST_DISTRICT <= one.base < OUTSIDE:
        return ("commutes" if one.residence == VILLAGE else "works_in_town"), {"place": one.base}
    return None


def _home_events(row, was, hh):
    """The family settles, moves or returns; the use of its house changes."""
    found, old, new = [], int(was.residence[row]), int(hh.residence[row])
    if old != new:
        name = "settled" if old == VILLAGE and hh.settled_year[row] > was.settled_year[row] else "returned" if new == VILLAGE else "moved"
        found.append((name, {"place": new}))
    if hh.reentry_payment[row] > 0:
        found.append(("plot_bought", {"yuan": float(hh.reentry_payment[row])}))
    if hh.house_use[row] == LEASED != was.house_use[row]:
        found.append(("house_let", {}))
    return found


def _land_events(row, before, now):
    """Letting and renting land begin and end."""
    found = []
    span = now.households.span[row]
    then, today = (_leased(moment.households, row, float(moment.spans.rent[span])) for moment in (before, now))
    for name, was, mu in (("let", then[0], today[0]), ("rents", then[1], today[1])):
        if was < SOME_LAND <= mu:
            found.append((name, {"mu": mu, "rent": float(now.spans.rent[span])}))
        elif mu < SOME_LAND <= was:
            found.append((f"{name}_no_more", {"mu": was}))
    return found


def _right_events(row, lived, was, hh):
    """Signed, handed over, withdrawn from; regret after five years."""
    found, year = [], lived.year
    if hh.exit_payment[row] > 0:
        found.append(("carried_out", {
            "rights": [name for name, left in zip(RIGHTS, (hh.contract_area, hh.plot_area, hh.qualification, hh.shares))
                       if _had(lived.asked.households, name, row) and not left[row]],
            "yuan": float(hh.exit_payment[row]), "gain": float(hh.exit_gain[row])}))
    elif was.signed[row] and not hh.signed[row]:
        found.append(("lapsed", {}))
    if hh.signed[row] and hh.signed_year[row] == year:
        found.append(("signed", {"bundle": int(hh.signed[row]) - 1}))
    if hh.regret[row] != was.regret[row]:
        found.append(("regrets" if hh.regret[row] == 1 else "regrets_nothing",
                      {"forgone": float(hh.forgone[row]) / (year - int(hh.exit_year[row])), "yuan": float(hh.exit_cash[row])}))
    return found


def _had(hh, name, row):
    return float(getattr(hh, name)[row]) > 0


def _money_events(row, was, hh):
    """Loans, their end, defaults, an own business."""
    found = []
    if hh.loan_drawn[row] > 0:
        found.append(("loan", {"yuan": float(hh.loan_drawn[row]), "loan_class": int(hh.loan_class[row]), "percent": 100 * float(hh.loan_rate[row])}))
    if hh.venture_outlay[row] > 0:
        found.append(("business", {"yuan": float(hh.venture_outlay[row])}))
    if hh.written_off[row] > 0:
        found.append(("default", {"yuan": float(hh.written_off[row])}))
    elif was.debt[row] > 0 and hh.debt[row] == 0 and hh.loan_repaid[row] > 0:
        found.append(("repaid", {}))
    return found
