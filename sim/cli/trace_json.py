"""The object of `ronghe trace --json`: ids instead of words, amounts unrounded.

Not here: the page (`trace_page.py`).
"""

from sim.places import DISTRICT_IDS, FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.policies.catalogue import owner
from sim.study.trace_rights import BUNDLES
from sim.tables import LOAN_CLASSES

LAND, HOMESTEAD, SHARE = ("keep", "lease", "exit"), ("keep", "let", "return", "exit"), ("keep", "exit")
HOUSE_USES = ("occupied", "seasonal", "idle", "leased")
WORK = ("not_working", "farming", "employed", "unemployed")
YEAR = ("contract_mu", "operated_mu", "let_mu", "rented_mu", "rent", "plot_m2", "house_m2", "qualification", "shares", "income", "disposable_income",
        "deposits", "debt")


def story(one, picked, other, parting) -> dict:
    """The whole answer; `beside` is null where no other run was named."""
    beside = None
    if other is not None:
        beside = {"parting": {"year": parting.year, "happens": parting.happens, "differs": parting.differs,
                              "through": [dict(zip(("sort", "name", "here", "there"), each)) for each in parting.through]}, **_life(other)}
    found = {"kind": picked[0], "others": picked[1]} if picked else None
    return {"household": one.uid, "picked": found, **_life(one), "beside": beside}


def _life(one):
    return {"run": one.run.id, "scenario": one.run.scenario, "seed": one.seed, "digest": one.digest, "identical_years": [one.replay.first, one.replay.last],
            "district": DISTRICT_IDS[one.district], "span": one.span, "traits": one.traits, "years": [_year(year) for year in one.years]}


def place(code) -> str:
    if FIRST_DISTRICT <= code < OUTSIDE:
        return DISTRICT_IDS[code - FIRST_DISTRICT]
    return {HOME: "home", VILLAGE: "village", OUTSIDE: "outside"}[code]


def _year(year):
    people = [{**one._asdict(), "residence": place(one.residence), "base": place(one.base), "work": WORK[one.work]} for one in year.members]
    return {"year": year.year, "residence": place(year.residence), "members": people, **{name: getattr(year, name) for name in YEAR},
            "house_use": HOUSE_USES[year.house_use], "events": [{"event": name, **_fields(fields)} for name, fields in year.events],
            "offer": _offer(year.answer)}


def _fields(fields):
    given = dict(fields)
    if "place" in given:
        given["place"] = place(given["place"])
    if "bundle" in given:
        given["bundle"] = bundle(given["bundle"])
    if "loan_class" in given:
        given["loan_class"] = LOAN_CLASSES[given["loan_class"]]
    return given


def bundle(number) -> dict:
    c, use, share = BUNDLES[number]
    return {"contract_right": LAND[c], "homestead": HOMESTEAD[use], "share": SHARE[share]}


def _offer(answer):
    if answer is None:
        return None
    bundles = [{**bundle(one.number), "open": one.open, "value": one.value,
                **{name: getattr(one, name) for name in ("paid", "given_up", "ties", "letting", "gain", "luck")}} for one in answer.bundles]
    tips = [{name: value for name, value in tip._asdict().items() if name != "rule"} for tip in answer.tips]
    return {"places": answer.places, "takers": answer.takers, "rank": answer.rank, "reason": answer.reason, "chosen": bundle(answer.chosen),
            "if_settled": bundle(answer.if_settled), "bundles": bundles, "tips": tips,
            "tried": [{"lever": owner(rule)[0].id, "parameter": owner(rule)[1].name} for rule in answer.tried]}
