"""What an offer was worth to one household: every bundle in yuan, what it chose and why, and what would have tipped it.

The valuation and the choice are the model's own (`sim/kernels/rights.py`), asked once more for one row of a replayed span. A tipping value is the
least step of one lever, within its bounds and all else as it was, at which the answer turns.
Not here: the sentences (`sim/cli/trace_page.py`).
"""
from typing import NamedTuple

import numpy as np

from sim.kernels import rights
from sim.kernels.rights import EXIT_C, EXIT_H, LEASE_C, LEASE_H, RETURN_H
from sim.places import FIRST_DISTRICT, VILLAGE
from sim.policies.catalogue import owner
from sim.rng import gumbel, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import CONTRACT, IDLE, OCCUPIED, SEASONAL

LEAST = 1.0            # yuan by which a bundle must gain
BUNDLES = tuple((c, use, share) for c in range(3) for use in range(4) for share in range(2))
# Terms of an offer that a household's answer depends on, in the order in which they are tried.
PRICES = ("plot_price", "house_price", "qualification_price", "keep_share", "contract_multiple", "share_multiple", "bundle_bonus")
SWITCHES = (("keep_rights_allowed", "three_rights"), ("bundles_allowed",))
# Why a household did what it did.
NOT_ENTITLED, TOO_LITTLE, LUCK_AGAINST, LEASED_OUT, NOT_DRAWN, SIGNED = "not_entitled", "too_little", "luck_against", "leased", "not_drawn", "signed"


class Bundle(NamedTuple):
    """One bundle in a household's own eyes, yuan: cash less fee = paid; worth of what is given up with its markup; refuge and attachment; what
    letting brings or costs; gain = paid - given_up - ties + letting; luck: draw of the moment and neighbours who exited."""

    number: int
    open: bool
    paid: float
    given_up: float
    ties: float
    letting: float
    gain: float
    luck: float

    @property
    def value(self):
        """What decides among bundles that gain."""
        return self.gain + self.luck

    @property
    def yields_rights(self):
        return yields_rights(self.number)


class Tip(NamedTuple):
    """One lever, or switch, at which the answer turns. `value` and `was` in the parameter's unit.

    says_yes, signed, carried_out: what the household did when its village was lived again with the value from that year on; years or None.
    """

    rule: str
    lever: str
    parameter: str
    unit: str
    was: float
    value: float
    low: float
    high: float
    says_yes: bool
    signed: int | None
    carried_out: int | None


class Answer(NamedTuple):
    """One household's answer to one offer."""

    year: int
    bundles: tuple
    chosen: int
    reason: str
    settled: bool      # lives in a town or outside, for a year at least
    newly_settled: bool
    house_use: int
    places: int
    takers: int        # units of the village that said yes
    rank: int          # of this one in the draw among them, 0 where it said no
    if_settled: int    # the bundle it would have chosen had it settled in town before
    tips: tuple = ()
    tried: tuple = ()  # rules that were tried


def yields_rights(bundle):
    """Does a bundle give up a right (so that the project pays and the household signs)?"""
    c, use, share = BUNDLES[bundle]
    return c == EXIT_C or use >= RETURN_H or share > 0


def asked(moment, row):
    """Does the village's project ask this household?"""
    hh, spans = moment.households, moment.spans
    return bool(spans.offer[hh.span[row]] > 0 and hh.kind[row] == CONTRACT and hh.signed[row] == 0
                and (hh.qualification[row] or hh.contract_area[row]))


class Weighing:
    """The model's own rights rule for one row at one moment."""

    def __init__(self, moment, row, published, behaviour):
        self.hh, self.spans, self.year, self.b = moment.households, moment.spans, published, behaviour
        self.row, self.span = np.int64(row), np.int64(moment.households.span[row])
        self.district = np.int64(self.spans.district[self.span])
        self.terms, self.happened = np.zeros(16, np.float32), np.zeros((len(self.spans.uid), len(rights.H)))
        self.value(published)

    def value(self, published):
        rights.value_rights(self.row, self.span, self.spans, self.hh, self.terms, published, self.b)

    def choose(self, published=None):
        """The bundle that the household takes, under other terms where they are given."""
        published = self.year if published is None else published
        self.value(published)
        return int(rights.choose_bundle(self.row, self.span, self.spans, self.hh, self.terms, self.happened, published, self.b)[0])

    def with_rules(self, **values):
        """The published figures with other rules (model units) in the household's district."""
        rules = self.year.rules.copy()
        for name, value in values.items():
            rules[RULE_INDEX[name], self.district] = value
        return self.year._replace(rules=rules)

    def bundle(self, number):
        """One bundle as the household sees it."""
        c, use, share = BUNDLES[number]
        t, b = self.terms, self.b
        given = {name: float(value) for name, value in zip(rights.TERMS, t)}
        gives = (c == EXIT_C, use >= RETURN_H, use == EXIT_H, bool(share))
        lost = sum(given[name] for name, on in zip(("worth_contract", "worth_house", "worth_qualification", "worth_share"), gives) if on)
        ties = gives[0] * given["security_land"] + gives[1] * given["attachment"]
        ties += given["refuge"] * (1.0 if gives[2] else 0.5 if gives[1] else 0.0)
        letting = (c == LEASE_C) * given["lease_gain"] + (use == LEASE_H) * given["house_gain"]
        cash = float(rights.bundle_cash(c, use, share, self.district, t, self.year))
        gain = float(rights.bundle_gain(c, use, share, self.district, t, self.year, b))
        entitled = bool(rights.may_take(c, use, share, self.row, self.district, self.hh, self.year))
        return Bundle(number, entitled, cash * (1 - float(b.transaction_fee)), given["markup"] * lost, ties, letting, gain, self._luck(gives))

    def _luck(self, gives):
        """The keyed draws of the rights given up, and what neighbours who exited add to three of them."""
        stream, noise = np.uint32(mix(self.hh.uid[self.row])), float(self.b.rights_noise)
        peer = float(self.b.peer_effect) * noise * float(self.spans.exit_share[self.span])
        drawn = (noise * float(gumbel(stream, self.year.right_keys[k])) for k in range(4))
        return sum(g + (peer if k != 2 else 0.0) for k, (g, on) in enumerate(zip(drawn, gives)) if on)


def answer(lived, row, behaviour):
    """The Answer of a household that was asked in a year, without tips."""
    weighing = Weighing(lived.asked, row, lived.published, behaviour)
    bundles = tuple(weighing.bundle(number) for number in range(len(BUNDLES)))
    chosen = weighing.choose()
    hh = weighing.hh
    away = hh.residence[row] != VILLAGE
    settled = bool(away and lived.year > hh.settled_year[row])
    places, takers, rank = int(weighing.spans.offer[weighing.span]), 0, 0
    if yields_rights(chosen):
        takers, rank = _draw(lived, row, behaviour)
    return Answer(lived.year, bundles, chosen, _reason(bundles, chosen, rank, places), settled, bool(away and not settled), int(hh.house_use[row]),
                  places, takers, rank, _if_settled(lived, row, behaviour))


def _if_settled(lived, row, behaviour):
    """The choice at the same terms if the family had settled in the town of its district two years before, its house used in season."""
    moment = lived.asked
    hh = type(moment.households)(*(column.copy() for column in moment.households))
    hh.settled_year[row] = lived.year - 2
    if hh.residence[row] == VILLAGE:
        hh.residence[row] = FIRST_DISTRICT + moment.spans.district[hh.span[row]]
        hh.house_use[row] = SEASONAL if hh.house_use[row] == OCCUPIED else hh.house_use[row]
    return Weighing(moment._replace(households=hh), row, lived.published, behaviour).choose()


def _reason(bundles, chosen, rank, places):
    if yields_rights(chosen):
        return SIGNED if rank <= places else NOT_DRAWN
    if chosen and BUNDLES[chosen][1] == LEASE_H:
        return LEASED_OUT
    giving = [one for one in bundles if one.open and one.yields_rights]
    if not giving:
        return NOT_ENTITLED
    return LUCK_AGAINST if any(one.gain >= LEAST for one in giving) else TOO_LITTLE


def _draw(lived, row, behaviour):
    """(units of the village that said yes, place of this one in the keyed draw among them)."""
    hh, spans = lived.asked.households, lived.asked.spans
    s = int(hh.span[row])
    within = range(int(spans.first_household[s]), int(spans.first_household[s + 1]))
    lots = {h: float(uniform(np.uint32(mix(hh.uid[h])), lived.published.key[rights.LOTTERY])) for h in within
            if asked(lived.asked, h) and yields_rights(Weighing(lived.asked, h, lived.published, behaviour).choose())}
    return len(lots), 1 + sum(lot < lots[row] for lot in lots.values())


# ---------------------------------------------------------------------------------------------------- tipping
def tips(replay, lived, row, reply):
    """The tipping values of a reply, each lived again with it from that year on, and the rules that were tried: (tips, tried)."""
    if reply.reason == NOT_DRAWN:
        return _more_places(replay, lived, row, reply)
    weighing = Weighing(lived.asked, row, lived.published, replay.state.behaviour)
    wanted = not yields_rights(reply.chosen)
    found, tried = [], []
    for rule in PRICES:
        parameter = owner(rule)[1]
        tried.append(rule)
        was = float(replay.paths["delivered"][lived.year - replay.first, RULE_INDEX[rule], weighing.district]) / parameter.scale
        value = _turning(weighing, rule, parameter, was, wanted)
        if value is not None:
            found.append(_tip(replay, lived, row, {rule: value * parameter.scale}, was, value))
    for switched in SWITCHES if wanted else ():
        tried.append(switched[0])
        on = all(lived.published.rules[RULE_INDEX[rule], weighing.district] > 0 for rule in switched)
        if not on and yields_rights(weighing.choose(weighing.with_rules(**dict.fromkeys(switched, 1.0)))):
            found.append(_tip(replay, lived, row, dict.fromkeys(switched, 1.0), 0.0, 1.0))
    return tuple(found), tuple(tried)


def _more_places(replay, lived, row, reply):
    """A household that the draw passed over: as many places as reach it."""
    rule = "project_households"
    if reply.rank > owner(rule)[1].high:
        return (), (rule,)
    return (_tip(replay, lived, row, {rule: reply.rank}, reply.places, reply.rank),), (rule,)


def _turning(weighing, rule, parameter, was, wanted):
    """The value nearest to `was` in whole steps at which the household says yes (wanted) or no more; None where none within bounds does."""
    step = 100.0 if parameter.unit == "yuan" else 1.0

    def says_yes(value):
        return yields_rights(weighing.choose(weighing.with_rules(**{rule: value * parameter.scale})))
    way = 1 if wanted else -1
    near, far = (np.floor(was / step) + 1, np.floor(parameter.high / step)) if wanted else (np.ceil(was / step) - 1, np.ceil(parameter.low / step))
    if (far - near) * way < 0 or says_yes(far * step) != wanted:
        return None
    while near != far:                       # what is paid only ever draws the household to itself, so there is one turning point
        middle = near + way * (abs(far - near) // 2)
        if says_yes(middle * step) == wanted:
            far = middle
        else:
            near = middle + way
    return float(far * step)


def _tip(replay, lived, row, values, was, value):
    """A tip, with what became of the household when its span was lived again with these rules (model units) from that year on."""
    rule = next(iter(values))
    lever, parameter = owner(rule)
    span = lived.asked.households.span[row]
    district, t = int(lived.asked.spans.district[span]), lived.year - replay.first
    delivered, offer = replay.paths["delivered"].copy(), replay.offer.copy()
    for name, each in values.items():
        delivered[t:, RULE_INDEX[name], district] = each
    if rule == "project_households":
        offer[t, span] = value
    years = replay.again(lived.year, delivered, offer)
    uid = lived.asked.households.uid[row]
    mine = [each.end.households for each in years if each.end.households.uid[row] == uid]
    says_yes = yields_rights(Weighing(years[0].asked, row, years[0].published, replay.state.behaviour).choose())
    signed = next((int(hh.signed_year[row]) for hh in mine if hh.signed_year[row] >= lived.year), None)
    carried = next((each.year for each, hh in zip(years, mine) if hh.exit_payment[row] > 0), None)
    return Tip(rule, lever.id, parameter.name, parameter.unit, was, value, parameter.low, parameter.high, says_yes, signed, carried)


def house_may_go(reply):
    """Do projects take the house of this household: settled in town for a year, or the house empty or used in season?"""
    return reply.settled or reply.house_use in (IDLE, SEASONAL)
