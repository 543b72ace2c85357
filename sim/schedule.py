"""THE YEAR: a list of phases in order. Each is a verb with the tables it reads and writes; `ronghe schedule` prints it.

Not here: the equations (`sim/kernels`, `sim/markets`), the checks (`sim/ledger.py`), what is recorded (`sim/recording.py`).
"""
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim import rng
from sim.accounts import DISTRICT, post_households
from sim.institutions import (
    banks,
    businesses,
    collectives,
    crops,
    disposal,
    evaluation,
    farms,
    firms,
    governments,
    industry,
    insurance,
    labour_policy,
    land,
    nonfarm,
    orders,
    prices,
    tourism,
)
from sim.kernels import collect, cooperatives, credit, crop_choice, family_farms, land_rental, people, place_choice, poll, rights, tally
from sim.kernels.year import HAPPENINGS, TALLY
from sim.ledger import close_books, take_stock
from sim.markets import labour
from sim.places import DISTRICTS
from sim.policies.deliver import deliver
from sim.rules import RULE_INDEX
from sim.state import publish, seekers_by_district, title_and_exchange, town_sizes
from sim.sums import product
from sim.tables import FLOWS, flow_columns, zero_flows

NINE = len(DISTRICTS)
# Published figures that a run with held prices takes from its parent's saved path: prices, wages, credit limits, dividends, services, and the terms on
# which the towns of a district take people from all others.
HELD = ("dividend_per_unit", "expected_wage", "expected_unemployment", "expected_outside_wage", "public_services", "living_cost",
        "house_chance", "rural_services", "village_time", "crop_price", "townspeople", "migrant_pay", "migrant_benefit", "move_ease",
        "expected_loss", "haircut", "talent_ease", "dwelling_price", "dwelling_rent", "trunk_time")
# Those among them that only the villages of the district itself read: there a lever's own doing, which such a run leaves free in `state.free`.
OWN = ("rural_services", "village_time")


class Phase(NamedTuple):
    name: str
    run: Callable
    reads: tuple
    writes: tuple
    doc: str


def begin(state, order, rate):
    """Deliver the year's orders, zero the flows, draw the common shocks, publish prices and figures."""
    b = state.behaviour
    t = state.year - state.first_year
    state.public.effort[:] = state.public.effort_next if state.held is None else state.held["effort"][t]
    state.delivered = deliver(order, state.delivered, evaluation.delivery_rate(rate, state.public.effort))
    state.ordered = order
    open_spans(state)
    for table in (state.collectives, state.land, state.public, state.industry):
        zero_flows(table)
    if state.year > state.first_year:
        state.spans.dividend[:] = state.collectives.dividend_next
    state.books.open_year()
    d = state.drivers
    state.project_cash = state.books.balances[DISTRICT].copy() if state.held is None else state.held["project_cash"][t]
    shock = _shocks(state) if t > 0 else {"zone_yield": 1.0, "price_shock": 1.0, "district_yield": np.ones(NINE)}
    fertility = b.fertility_start + (b.fertility_end - b.fertility_start) * min(t / 3, 1.0)
    nxt = state.published_next
    trunk_time = np.asarray(nxt.get("trunk_time", np.ones(NINE)) if state.held is None else state.held["trunk_time"][t], np.float32)   # as it is saved
    state.distance = np.ascontiguousarray(state.centre_km * np.sqrt(np.outer(trunk_time, trunk_time)), np.float32)
    state.published = publish(
        state, state.year, state.seed, state.delivered, grain_price=d["grain_price"][t], inputs_price=d["inputs_price"][t],
        farm_growth=np.exp(float(b.farm_tfp_growth) * t),
        outside_wage=d["outside_wage"][t], expected_outside_wage=d["outside_wage"][0] * np.exp(state.expected_outside),
        rural_pension=d["rural_pension"][t], urban_pension=float(b.urban_pension) * d["urban_pension"][t],
        other_transfers=d["other_rural_transfers"][t], loan_rate=d["real_lpr"][t], rate_limit=_rate_limit(state, t), fertility=fertility,
        highest_rate=nxt.get("highest_rate", banks.UNBOUND), dividend_per_unit=nxt.get("dividend_per_unit", 0.0),
        public_services=nxt.get("public_services", 1.0), rural_services=nxt.get("rural_services", 1.0), village_time=nxt.get("village_time", 1.0),
        living_cost=nxt.get("living_cost", 1.0), trunk_time=trunk_time, **prices.dwelling_figures(state.living, b),
        house_chance=house_chance(state), jobs=town_sizes(),
        **insurance.figures(state.delivered, b), **crops.figures(state, t), **orders.figures(state), **labour_policy.figures(state.delivered, b),
        **labour_policy.chances(state),
        townspeople=nxt.get("townspeople", 1.0), expected_loss=nxt.get("expected_loss", disposal.first_losses(b)), haircut=nxt.get("haircut", float(b.haircut)),
        pledge_price=1.0,
        expected_wage=float(b.town_wage) * np.exp(state.expected_wage), expected_unemployment=state.expected_unemployment,
        wage=float(b.town_wage) * state.market.wage, unemployment=state.market.unemployment, **shock)
    if state.held is not None:
        state.published = state.published._replace(**_held_figures(state, t))
    tourism.receive(state)


def _held_figures(state, t):
    """The parent's figures of year t, with the district's own where one is left free."""
    figures = {name: state.held[name][t] for name in HELD}
    if state.free is not None:
        for name in OWN:
            figures[name] = figures[name].copy()
            figures[name][state.free] = getattr(state.published, name)[state.free]
    return figures


def open_spans(state):
    """What begins anew in every span: titles and exchanges by the delivered rules, flows and counts at zero, no offer."""
    title_and_exchange(state, state.delivered)
    businesses.hire(state)
    state.runner.each(lambda flow: flow.fill(0), flow_columns(state.households) + flow_columns(state.persons))
    state.happened[:] = 0
    state.volume[:] = 0
    state.spans.offer[:] = 0


def _rate_limit(state, t):
    """Highest real loan rate: the cap on the nominal prime rate less inflation."""
    return float(state.behaviour.rate_cap) * (state.drivers["real_lpr"][t] + state.inflation) - state.inflation


def house_chance(state):
    """Chance that a farm house on offer is let in the year, (9,): with lessees who look for one, at most lessees over houses on offer.

    Lessees are urban households; they spread over districts with villages' idle houses and nearness, those who put up visitors where last year's
    visits rose.
    """
    b, rate = state.behaviour, state.delivered[RULE_INDEX["house_lessees"]]
    counts, totals = np.empty((len(state.spans.uid), 3)), np.zeros((NINE, 3))
    state.runner.run(collect.count_houses, state.spans, state.households, counts)
    collect.collect_by_district(state.spans, counts, totals)
    urban, offered, idle = totals.T
    idle = offered + idle
    pull = idle * np.exp(-state.distance.astype(float) / float(b.lessee_reach))
    lodging = 1 + float(b.lodging_part) * (state.published_next.get("more_visits", 1.0) - 1)
    looking = lodging * product(rate * urban / 1000 * float(b.house_lease_years), pull / np.maximum(pull.sum(1, keepdims=True), 1.0))
    usual = lodging * float(b.house_lease_chance) * rate / float(b.usual_lessees)
    return np.minimum(np.minimum(usual, 0.9), np.divide(looking, offered, out=np.ones(NINE), where=offered > 0))


def _shocks(state):
    """Keyed common shocks of the year: zone, district and price lognormal with mean 1; floods by district, over their mean."""
    from scipy.special import ndtri
    b, zone = state.behaviour, np.array([rng.INSTITUTION], np.uint32)
    districts = (np.uint32(rng.INSTITUTION) + np.arange(1, NINE + 1).astype(np.uint32)).astype(np.uint32)

    def uniform(uids, event, k=0):
        return rng.uniform_array(uids, rng.key(state.seed, state.year, event, k))

    def lognormal(u, spread):
        return np.exp(spread * ndtri(u) - spread * spread / 2)
    chance, loss = float(b.flood_chance), float(b.flood_loss)
    flood = np.where(uniform(districts, "flood") < chance, 1 - loss, 1.0) / (1 - chance * loss)
    return {"zone_yield": float(lognormal(uniform(zone, "yield_zone")[0], float(b.yield_spread_zone))),
            "price_shock": float(lognormal(uniform(zone, "price_zone")[0], float(b.price_spread))),
            "district_yield": flood * lognormal(uniform(districts, "flood", 1), float(b.yield_spread_district))}


def live(state):
    """Ageing, deaths, births, couples and new homes, arrivals; households without members end."""
    state.runner.run(people.live_a_year, state.spans, state.households, state.persons, "chances", "single", state.happened, state.volume, state.published,
                     state.behaviour)


def choose(state):
    """Families settle or return; persons who reconsider choose home, village, a district or outside."""
    state.runner.run(place_choice.choose_work, state.spans, state.households, state.persons, *place_choice.SCRATCH, state.seekers, state.happened,
                     state.volume, False, True, state.published, state.behaviour)


def choose_crops(state):
    """Farming households take up, keep or give up field cash crops and greenhouses; from the second year on."""
    if state.year > state.first_year:
        state.runner.run(crop_choice.choose_crops, state.spans, state.households, state.persons, "farm", state.happened, state.published, state.behaviour)


def choose_farms(state):
    """Farming households buy machines and become family farms, stay such or give up; from the second year on."""
    if state.year > state.first_year:
        review = np.float32(0.0), np.float32(state.behaviour.family_farm_review)
        state.runner.run(family_farms.choose_farms, state.spans, state.households, "farm", state.happened, *review, False, state.published, state.behaviour)


def rent_land(state):
    """The farmland rental market of each village clears."""
    state.runner.run(land_rental.clear_farmland, state.spans, state.households, state.persons, "farm", False, state.published, state.behaviour)


def supply_land(state):
    """Districts bring new state land to the market within the red lines, use and sell quota, renew urban villages."""
    land.supply(state)


def poll_villages(state):
    """Villages draw slots; members of those with one say at what price they would give up the homestead, and who is there to vote."""
    collectives.draw_slots(state)
    state.runner.run(poll.poll_members, state.spans, state.households, state.persons, "terms", state.poll, state.published, state.behaviour)


def clear_construction_land(state):
    """Villages offer parcels, the land market of each district clears, parcels that pay change hands."""
    collectives.enter_market(state)


def fund_projects(state):
    """Villages choose what to do with plots that members would give up; a project lives if it has worth, two thirds of the votes and money."""
    collectives.fund_projects(state)


def exchange_rights(state):
    """Units of villages with a project answer and sign; exits past their cooling-off years are carried out."""
    common = (state.spans, state.households, "terms")
    state.runner.run(rights.sign_offers, *common, "answers", state.happened, state.published, state.behaviour)
    state.runner.run(rights.carry_out, *common, state.happened, state.published, state.behaviour)


def ask_for_loans(state):
    """Rural households ask their banks for loans on their name, on land, houses and shares."""
    state.runner.run(credit.request_loans, state.spans, state.households, state.persons, state.happened, state.published, state.behaviour)


def allot_credit(state):
    """Each bank finds the highest rate up to which requests fit into what its capital allows; buyers of collateral find their price."""
    found = {"highest_rate": banks.allot_credit(state), "pledge_price": disposal.price_level(state).astype(np.float32)}
    if state.held is not None:
        found = {name: state.held[name][state.year - state.first_year] for name in found}
    state.published = state.published._replace(**found)


def lend_money(state):
    """Banks grant loans up to their highest rate; what they pay for is begun."""
    state.runner.run(credit.grant_loans, state.spans, state.households, state.persons, state.happened, state.published, state.behaviour)


def sell_pledges(state):
    """The use of collateral of debts in default is sold through the exchange; buyers of earlier years get its income."""
    disposal.sell_pledges(state)


def clear_labour(state):
    """Firms hire from the labour on offer; prices, wages and unemployment of the year follow; expectations learn."""
    b, t, d = state.behaviour, state.year - state.first_year, state.drivers
    outside = d["outside_wage_growth"][t] if t > 0 else 0.0
    industry.open_sites(state)
    state.market = labour.clear(state.market, nonfarm.technology(state), seekers_by_district(state) / state.seekers_start, nonfarm.demand_growth(state, t),
                                outside, firms.cell_share(), firms.demand_elasticity(b), b, state.delivered[RULE_INDEX["matching"]],
                                labour_policy.labour_cost(state))
    state.published = state.published._replace(
        wage=(float(b.town_wage) * state.market.wage).astype(np.float32), unemployment=state.market.unemployment.astype(np.float32))
    if state.held is not None:
        state.published = state.published._replace(wage=state.held["wage"][t], unemployment=state.held["unemployment"][t])
    gain = float(b.expectation_gain)
    following = d["outside_wage_growth"][min(t + 1, len(d["outside_wage_growth"]) - 1)]
    state.expected_wage = gain * np.log(state.market.wage) + (1 - gain) * state.expected_wage + following
    state.expected_unemployment = gain * state.market.unemployment + (1 - gain) * state.expected_unemployment
    state.expected_outside = gain * np.log(d["outside_wage"][t] / d["outside_wage"][0]) + (1 - gain) * state.expected_outside + following


def earn(state):
    """Who works where and is paid what; harvest, incomes, debt service, consumption and saving of every household."""
    state.runner.run(tally.earn_and_add_up, state.spans, state.households, state.persons, "skill", "whereabouts", "cells", "lanes", state.happened,
                     state.tally, state.published, state.behaviour)
    state.totals = _totals(state)
    counts = np.zeros((NINE, len(HAPPENINGS)))
    collect.collect_by_district(state.spans, state.happened, counts)
    state.counts = {name: counts[:, i] for i, name in enumerate(HAPPENINGS)}
    state.full_spans = int(state.spans.full.sum())


def run_cooperatives(state):
    """Cooperatives close their accounts; farms join and leave, villages begin and end them. What members are due is paid in the next year."""
    b = state.behaviour
    chance = b.coop_founding if state.year > state.first_year else b.coop_started
    state.runner.run(cooperatives.run_cooperatives, state.spans, state.households, "farm", chance, state.published, b)


def settle_institutions(state):
    """Firms, collectives, governments, social insurance, the bank and the rest of the world pay what they owe; next year's figures follow."""
    post_households(state.books, state.totals, FLOWS)
    nonfarm.produce_and_pay(state)
    insurance.settle(state)
    crops.settle(state)
    farms.settle(state)
    tourism.settle(state)
    labour_policy.settle(state)
    industry.build(state)
    governments.spend(state)
    evaluation.evaluate(state)
    collectives.settle(state)
    land.settle(state)
    nonfarm.finance_firms(state)
    banks.settle(state)
    nonfarm.trade(state)
    nonfarm.pay_dividends(state)
    banks.close_books(state)
    prices.move(state)
    state.published_next = {name: value for part in (nonfarm, governments, banks, prices, crops, tourism, labour_policy)
                            for name, value in part.publish_next(state).items()}


def open_institutions(state):
    """Stocks of the first 1 January: what households hold, the districts' cash, the bank's book."""
    unread = np.zeros(NINE, np.float32)           # of benefits and of dwellings: no year has been lived yet
    state.runner.run(tally.add_up, state.spans, state.households, state.persons, "skill", "whereabouts", state.tally, unread, unread, state.behaviour)
    state.totals = _totals(state)
    governments.open_cash(state)
    state.published_next = nonfarm.open_sector(state)
    tourism.open_tourism(state)
    state.living = prices.at_rest()
    banks.open_books(state)
    state.stocks = take_stock(state)


def _totals(state):
    totals = np.zeros((3, NINE, len(TALLY)))
    collect.collect(state.spans, state.tally, totals)
    return {name: totals[:, :, i] for i, name in enumerate(TALLY)}


def check(state):
    """Close the books: money, land, people and rights, each from two sides."""
    close_books(state)


PHASES = (
    Phase("begin", begin, ("orders", "drivers"), ("rulebook", "published figures", "flows"), begin.__doc__),
    Phase("live", live, ("persons", "households"), ("persons", "households", "spans"), live.__doc__),
    Phase("choose", choose, ("persons", "households", "published figures"), ("persons", "households", "spans"), choose.__doc__),
    Phase("choose crops", choose_crops, ("households", "persons", "published figures"), ("households",), choose_crops.__doc__),
    Phase("choose farms", choose_farms, ("households", "spans", "published figures"), ("households",), choose_farms.__doc__),
    Phase("rent land", rent_land, ("households", "persons"), ("households", "spans"), rent_land.__doc__),
    Phase("supply land", supply_land, ("rulebook", "land", "spans"), ("land", "spans", "collectives"), supply_land.__doc__),
    Phase("poll villages", poll_villages, ("rulebook", "district cash", "households", "persons"), ("spans", "poll"), poll_villages.__doc__),
    Phase("clear construction land", clear_construction_land, ("poll", "land", "collectives", "firms"), ("land", "spans", "collectives"),
          clear_construction_land.__doc__),
    Phase("fund projects", fund_projects, ("rulebook", "poll", "land", "collectives"), ("spans", "collectives"), fund_projects.__doc__),
    Phase("exchange rights", exchange_rights, ("households", "spans", "rulebook"), ("households", "spans"), exchange_rights.__doc__),
    Phase("ask for loans", ask_for_loans, ("households", "spans", "rulebook"), ("households",), ask_for_loans.__doc__),
    Phase("allot credit", allot_credit, ("households", "banks"), ("published figures",), allot_credit.__doc__),
    Phase("lend money", lend_money, ("households", "published figures"), ("households",), lend_money.__doc__),
    Phase("sell pledges", sell_pledges, ("households", "spans", "rulebook", "published figures"), ("households",), sell_pledges.__doc__),
    Phase("clear labour", clear_labour, ("labour on offer", "firms"), ("firms", "published figures"), clear_labour.__doc__),
    Phase("earn", earn, ("persons", "households", "spans", "published figures"), ("persons", "households", "totals"), earn.__doc__),
    Phase("run cooperatives", run_cooperatives, ("households", "spans", "rulebook"), ("households", "spans"), run_cooperatives.__doc__),
    Phase("settle institutions", settle_institutions, ("totals", "firms"), ("books", "institutions", "figures of next year"), settle_institutions.__doc__),
    Phase("check", check, ("everything",), (), check.__doc__),
)


def walk(state, year, order, rate, watch=None):
    """One year: every phase in turn. watch(phase name, state, before: bool) sees each boundary (profiles, tests)."""
    state.year = year
    for phase in PHASES:
        if watch:
            watch(phase.name, state, True)
        if phase.name == "begin":
            phase.run(state, order, rate)
        else:
            phase.run(state)
        if watch:
            watch(phase.name, state, False)
