"""District governments: a budget of revenue, bonds and spending, services of villages and towns, village roads; social insurance.

    wanted     services G = target - upkeep + extra for villagers;  roads = outlay per village x villages;  target grows with non-farm value added
    owed       real interest on bonds, 1/`bond_years` of them redeemed
    gap        cash - wanted - owed - aim.  Short of it, `cash_repair` of the gap is closed: by bonds up to the year's limit, beyond by cutting what is
               wanted pro rata, never below what money there is. Above it, the same part of the surplus redeems bonds, then adds to services
    services   per head q of a townsperson's for a villager, q moves to 1 by the equalising rule;  f = spending per head against 2019 and the zone's
               target per head;  stock s += wear (f - s);  index PS = f^.6 s^.4, 1 in 2019
    roads      dR = outlay - wear R;  minutes per km (R/R_2019)^-e_t;  trunk roads Q by residents of 2019, part `trunk_upper` paid by province and centre,
               alike: the road between two districts takes ((Q_1/Q_1,2019)(Q_2/Q_2,2019))^-e_q/2 of its time
    firms      technology ((K + R + Q - Q_2019)/(K + R_2019))^e_k, K other public capital, trunk roads of 2019 among it
    effort     E of the evaluation moves (E - 1) x `effort_budget` of the common services to villagers (`evaluation.py`)
Grants of province and centre fill the gap between the target and own taxes. Bonds are held outside the zone. Not here: the districts' land account
(`land.py`), what villages' projects cost them (`collectives.py`), guarantees (`banks.py`).
"""
from typing import NamedTuple

import numpy as np

from sim.accounts import DISTRICT, FIRMS, INSURANCE, UPPER, WORLD
from sim.institutions.labour_policy import of_2019
from sim.institutions.land import by_district, rule
from sim.places import DISTRICTS
from sim.tables import DistrictPublic, allocate

NINE = len(DISTRICTS)
LOWEST, HIGHEST = 0.3, 3.0            # of a published service index


def open_cash(state):
    """Spending target of 2019 by residents, services per head, village roads at rest and the cash of each district on the first 1 January."""
    b = state.behaviour
    rural, urban = state.totals["persons"][:2]
    residents = rural + urban
    spending = float(b.district_spending) * residents / residents.sum()
    state.books.balances[DISTRICT] = float(b.cash_share) * spending
    villages = by_district(state.spans, state.spans.urban == 0)
    roads, ratio = rule(state, "village_roads") * villages / float(b.road_wear), float(b.rural_service_ratio)
    trunk = rule(state, "trunk_outlay") * residents / float(b.trunk_wear)
    services = spending - float(b.road_wear) * roads - (1 - rule(state, "trunk_upper")) * float(b.trunk_wear) * trunk
    per_head = _ratio(services, urban + ratio * rural)
    state.public = allocate(DistrictPublic, NINE, dict(
        villages=villages, rural_start=ratio * per_head, urban_start=per_head, roads_start=roads, roads=roads.copy(),
        heads_start=residents, trunk_start=trunk, trunk=trunk.copy(), rural_ratio=np.full(NINE, ratio)))
    state.base = {"spending": spending, "service_norm": services.sum() / (urban + ratio * rural).sum()}


def _ratio(over, under):
    """over/under, 1 where there is nobody."""
    return np.divide(over, under, out=np.ones(NINE), where=under > 0)


class Budget(NamedTuple):
    """What a district pays and borrows in a year, yuan (9,)."""
    spent: np.ndarray             # on what it wants to spend
    issued: np.ndarray
    redeemed: np.ndarray          # beyond what is due


def budget(cash, wanted, owed, aim, limit, bonds, repair):
    """The Budget of districts with this cash. wanted: services and roads; owed: interest and bonds due; aim of cash; bonds left after those due."""
    gap = cash - wanted - owed - aim
    short, surplus = (repair * np.maximum(sign * gap, 0.0) for sign in (-1, 1))
    issued, redeemed = np.minimum(short, limit), np.minimum(surplus, bonds)
    spent = wanted + surplus - redeemed - (short - issued)
    return Budget(np.clip(spent, 0.0, np.maximum(cash + issued - owed, 0.0)), issued, redeemed)


def spend(state):
    """The districts' year: revenue, debt service, services and roads; then social insurance, whose gap is granted."""
    b, books, public = state.behaviour, state.books, state.public
    taxes = sum(books.total(code, payer=FIRMS) for code in ("income_tax", "production_tax"))
    target = state.base["spending"] * state.base["nonfarm"].sum() / state.base["value_added"].sum()
    books.pay("grants", UPPER, DISTRICT, np.maximum(target - float(b.local_tax_part) * taxes, 0.0) + rule(state, "works_grant"))
    public.target[:] = target
    own, trunk = 1 - rule(state, "trunk_upper"), rule(state, "trunk_outlay") * public.heads_start
    services = target - float(b.road_wear) * public.roads_start - (1 - of_2019("trunk_upper")) * float(b.trunk_wear) * public.trunk_start
    rural = state.totals["persons"][0]
    shifted = np.clip(float(b.effort_budget) * (public.effort - 1), 0.0, 1.0) * services * (rural > 0)
    wanted = np.stack([services - shifted, rule(state, "rural_services") * rural, rule(state, "village_roads") * public.villages, shifted, own * trunk])
    interest = np.maximum(public.bond_rate - state.inflation, 0.0) * public.bonds
    due = public.bonds / float(b.bond_years)
    made = budget(books.balances[DISTRICT], wanted.sum(0), interest + due, float(b.cash_share) * target, rule(state, "bond_limit"), public.bonds - due,
                  float(b.cash_repair))
    part = np.minimum(_ratio(made.spent, wanted.sum(0)), 1.0)
    beyond = np.maximum(made.spent - wanted.sum(0), 0.0)                    # goes to the services of everybody
    common, public.extra_paid[:], public.roads_paid[:], public.shifted_paid[:], public.trunk_own[:] = part * wanted
    public.trunk_paid[:] = part * trunk
    books.pay("public_services", DISTRICT, FIRMS, common + public.shifted_paid + public.extra_paid + beyond)
    books.pay("infrastructure", DISTRICT, FIRMS, public.roads_paid)
    books.pay("trunk_roads", DISTRICT, FIRMS, public.trunk_own)
    books.pay("trunk_roads", UPPER, FIRMS, public.trunk_paid - public.trunk_own)
    _move_bonds(state, interest, due + made.redeemed, made.issued)
    public.roads[:] += public.roads_paid - float(b.road_wear) * public.roads
    public.trunk[:] += public.trunk_paid - float(b.trunk_wear) * public.trunk
    _move_services(state, common + beyond, services)
    shortfall = (books.total("pensions", payer=INSURANCE) + books.total("social_transfers", payer=INSURANCE)
                 - books.total("contributions", receiver=INSURANCE))
    books.pay("insurance_grant", UPPER, INSURANCE, shortfall)


def _move_bonds(state, interest, redeemed, issued):
    """Interest, redemption and issue of the districts' bonds; the rate is the mean of those outstanding."""
    books, public = state.books, state.public
    books.pay("bond_interest", DISTRICT, WORLD, interest)
    books.pay("bonds_redeemed", DISTRICT, WORLD, redeemed)
    books.pay("bonds_issued", WORLD, DISTRICT, issued)
    left = public.bonds - redeemed
    public.bond_rate[:] = np.divide(left * public.bond_rate + issued * rule(state, "bond_rate"), left + issued, out=np.zeros(NINE), where=left + issued > 0)
    public.bonds[:] = left + issued


def _move_services(state, paid, target):
    """Service indices of villagers and townspeople from what the common budget paid and what it was to pay, yuan (9,)."""
    b, public = state.behaviour, state.public
    rural, urban = state.totals["persons"][:2]
    start = float(b.rural_service_ratio)
    growth = target.sum() / (urban + start * rural).sum() / state.base["service_norm"]
    town = _ratio(paid, urban + public.rural_ratio * rural)
    village = public.rural_ratio * town + np.divide(public.extra_paid + public.shifted_paid, rural, out=np.zeros(NINE), where=rural > 0)
    weight, wear = float(b.service_flow), float(b.service_wear)
    for per_head, here, people in ((village, "rural", rural), (town, "urban", urban)):
        flow = np.where(people > 0, per_head / (growth * getattr(public, f"{here}_start")), 1.0)
        stock = getattr(public, f"{here}_stock")
        stock += wear * (flow - stock)
        getattr(public, f"{here}_index")[:] = flow ** weight * stock ** (1 - weight)
    public.rural_ratio[:] += rule(state, "service_equalising") * (1 - public.rural_ratio)


def road_minutes(state):
    """Minutes per km on the road of a village against 2019, (9,)."""
    return _ratio(state.public.roads, state.public.roads_start) ** -float(state.behaviour.road_time)


def trunk_time(state):
    """Time on the trunk roads of a district against 2019, (9,); between two districts it is the geometric mean of both."""
    return _ratio(state.public.trunk, state.public.trunk_start) ** -float(state.behaviour.trunk_time)


def technology_gain(state):
    """What village and trunk roads beyond those of 2019 add to the technology of the district's firms, a factor (9,)."""
    b, public = state.behaviour, state.public
    other = np.maximum(float(b.public_capital) * state.base["value_added"].sum(1), 1.0)
    return ((other + public.roads + public.trunk - public.trunk_start) / (other + public.roads_start)) ** float(b.public_capital_elasticity)


def policy_cost(state):
    """What districts paid beyond the rules of 2019 for roads and for villagers' services, yuan (9,)."""
    public, b = state.public, state.behaviour
    trunk = (1 - of_2019("trunk_upper")) * float(b.trunk_wear) * public.trunk_start
    return (np.maximum(public.roads_paid - float(b.road_wear) * public.roads_start, 0.0) + np.maximum(public.trunk_own - trunk, 0.0)
            + public.extra_paid)


def publish_next(state):
    """Next year's service indices of towns and villages and the time on village roads, by district."""
    public = state.public
    return {"public_services": np.clip(public.urban_index, LOWEST, HIGHEST), "rural_services": np.clip(public.rural_index, LOWEST, HIGHEST),
            "village_time": road_minutes(state), "trunk_time": trunk_time(state)}
