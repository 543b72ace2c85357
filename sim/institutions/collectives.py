"""Village collectives: slots and poll, entry into the land market, projects on members' plots, and the village's year of money.

    slots      keyed draws: projects on plots at the offer rate, as far as the district's money goes; entry at the rate at which cases are handled; leasing
    entry      idle land, and the recoverable part of returned plots and abandoned public land, in one parcel; where it lies or in a park
    plots      reclaim for the quota (public money bears what the quota does not) or recover and enter the market; highest worth, two thirds, money
    dividend   of next year: rents of assets, pool, leases and equity of this year, a part of cash beyond them, over the shares held
A village decides from its own rows and the district's published figures. Formulas: `village_projects.py`. Not here: prices (`land.py`, `markets`).
"""
import numpy as np
from scipy.special import ndtri

from sim import rng
from sim.accounts import BANK, COLLECTIVES, DISTRICT, FIRMS, PROPERTY, UPPER
from sim.institutions import evaluation, land as districts_land, village_projects as choice
from sim.institutions.land import by_district, place_discount, rule
from sim.kernels import poll as polls
from sim.kernels.year import H, T
from sim.markets import construction_land
from sim.places import DISTRICTS
from sim.tables import ENTER, EQUITY, LEASE, NO_PROJECT, RECLAIM, SALE, Collectives, allocate
from sim.units import M2_PER_MU

NINE = len(DISTRICTS)
LASTING_YEAR = 2018
LEAST_OWN_USE = 100.0          # m2: less is not worth the works


def open_collectives(state):
    """Land by class, assets and dividend of each village on the first 1 January."""
    spans, hh, b = state.spans, state.households, state.behaviour
    village = spans.urban == 0
    plots = np.bincount(hh.span, np.where(hh.kind > 0, hh.plot_area, 0).astype(float), len(spans.uid))
    beside = np.where(village, spans.construction - plots, 0.0)
    part = {name: float(getattr(b, f"{name}_part")) for name in ("operating", "idle", "waste")}
    areas = {name: beside * share for name, share in part.items()}
    state.collectives = allocate(Collectives, len(spans.uid), dict(
        areas, public=beside - sum(areas.values()), asset_income=np.where(village, spans.shares * float(b.share_dividend), 0.0),
        farmland_start=np.where(village, spans.farmland, 0.0), shares_start=spans.shares.copy()))
    spans.dividend[:] = np.where(village, float(b.share_dividend), 0.0)
    state.poll = np.zeros((len(spans.uid), polls.POLL_COLUMNS))


# ---------------------------------------------------------------------------------------------------- slots and poll
def luck(state, event, k=0):
    """Keyed uniform of each span for an event of the year, (S,)."""
    return rng.uniform_array(state.spans.uid, rng.key(state.seed, state.year, event, k))


def lasting(state, event, k=0):
    """The same for life: it does not depend on the run's seed."""
    return rng.uniform_array(state.spans.uid, rng.key(state.population_seed, LASTING_YEAR, event, k))


def draw_slots(state):
    """Villages draw slots: for a project on plots at the offer rate, cut to what the district's cash can pay in expectation; for entry; for leasing.

    One draw decides on both: a village below the cut rate has a slot, one between it and the offer rate is `short`: dropped for want of money.
    """
    spans, b = state.spans, state.behaviour
    district, village = spans.district, spans.urban == 0
    spans.offer[:] = 0
    paused = evaluation.offers_stopped(state)
    drawn, wanted = luck(state, "offer"), rule(state, "offer_rate") * plots_on_offer(state) * ~paused
    plots = village & (drawn < (wanted * money_part(state))[district])
    short = village & (drawn < wanted[district]) & ~plots
    rate = np.minimum(float(b.entry_slots) * 12 / np.maximum(rule(state, "entry_months"), 1), 1) * rule(state, "land_entry_open")
    barred = lasting(state, "land_slot", 1) < rule(state, "negative_list")[district]
    entry = village & ~barred & (luck(state, "land_slot") < rate[district])
    spans.leasing[:] = village & (luck(state, "leasing_slot") < rule(state, "leasing_rate")[district])
    spans.candidate[:] = plots | entry
    state.slots = {"plots": plots, "entry": entry, "short": short, "paused": paused.astype(float)}


def money_part(state):
    """Part of the drawn projects that a district's cash can pay: its part of what the quota does not bear, in expectation, 1 where none is offered, (9,)."""
    spans, b = state.spans, state.behaviour
    offered = plots_on_offer(state)
    plot, house = float(b.project_plot), float(b.project_house)
    unit = (rule(state, "plot_price") * plot + rule(state, "house_price") * house + rule(state, "qualification_price")
            + plot * (float(b.reclaim_cost) - state.land.quota_price * (1 - float(b.quota_loss))))
    cost = np.maximum(unit, 0.0) * rule(state, "project_households") * (1 - rule(state, "grant_share"))
    expected = rule(state, "offer_rate") * offered * by_district(spans, spans.urban == 0) * cost
    money = np.maximum(state.project_cash, 0.0) * float(b.project_cash_share)
    part = np.minimum(1.0, np.divide(money, expected, out=np.ones(NINE), where=expected > 0))
    for d in np.flatnonzero(part < 1.0):
        state.log.append({"year": state.year, "event": "projects cut for want of money", "district": DISTRICTS[d].id, "part": float(part[d])})
    return part


def plots_on_offer(state):
    """Districts in which rights are bought at all, (9,) of 0 or 1."""
    return ((rule(state, "plot_price") > 0) | (rule(state, "bundles_allowed") > 0)).astype(float)


def yes(state, gain):
    """Whether two thirds of a village's members agree to a gain for members of this size, yuan (S,)."""
    b, poll = state.behaviour, state.poll
    share = choice.yes_share(poll[:, polls.VOTERS_PRESENT], poll[:, polls.VOTERS], gain, state.spans.shares, float(b.proxy_part), float(b.vote_unease),
                             float(b.vote_spread))
    return share >= float(b.vote_needed)


def means(state, price):
    """Money that a village can bring up: cash, reserve and a loan on its operating land at these local prices, yuan (S,)."""
    c, b = state.collectives, state.behaviour
    limit = rule(state, "collective_land_ltv")[state.spans.district] * (1 - float(b.haircut)) * (c.operating + c.own_use) * price
    return np.maximum(c.cash + c.reserve + np.maximum(limit - c.debt, 0.0), 0.0)


# ---------------------------------------------------------------------------------------------------- entry into the market
def available(state):
    """Collective land that could enter: idle, and the recoverable part of returned plots and abandoned public land, m2 (S,)."""
    c, spans = state.collectives, state.spans
    return c.idle + rule(state, "recover_share")[spans.district] * (spans.returned + c.waste)


def willingness(state):
    """What firms pay above the plain local price for the terms of the district, in logs (9,): mixed use, unit registration, chance of resale."""
    b = state.behaviour
    return (rule(state, "mixed_use_premium") + float(b.split_value) * rule(state, "split_registration")
            + float(b.resale_value) * rule(state, "resale_rate") - rule(state, "ownership_discount"))


def bidders(state):
    """Firms that bid for the parcel of each village, (S,): several on the exchange, elsewhere one."""
    on_platform = luck(state, "land_deal") < rule(state, "platform_deals")[state.spans.district]
    return np.where(on_platform, float(state.behaviour.platform_bidders), 1.0)


def agreed_price(state, least, market):
    """The bargain at a local market price, yuan/m2 (S,)."""
    d = state.spans.district
    floor = rule(state, "benchmark_prices")[d] * float(state.behaviour.benchmark_floor)
    return choice.bargain(least, market, rule(state, "bargaining")[d], bidders(state), floor)


def net_part(state):
    """Part of value added that stays with members, (9,)."""
    b = state.behaviour
    return (1 - rule(state, "adjustment_share") - float(b.township_part)) * (1 - rule(state, "leakage"))


def parcel_sizes(state):
    """The parcel that a village would bring, whole m2 (S,): keyed size, at least the least parcel, within what there is; else 0."""
    b, d = state.behaviour, state.spans.district
    least = rule(state, "least_parcel")[d]
    spread = float(b.parcel_spread)
    size = float(b.parcel_mean) * np.exp(spread * ndtri(luck(state, "parcel_size")) - spread * spread / 2)
    area = np.floor(np.minimum(np.maximum(size, least), available(state)))
    return np.where(area >= least, area, 0.0)


def enter_market(state):
    """Villages with a slot offer a parcel if it pays at last year's prices and members agree; the market clears; sold parcels change class."""
    b, spans, land = state.behaviour, state.spans, state.land
    d, area = spans.district, np.where(state.slots["entry"], parcel_sizes(state), 0.0)
    premium = willingness(state)[d]
    here, park = place_discount(spans, b) - premium, float(b.park_distance) / float(b.land_decay) - premium
    before_here, before_park = land.collective_price[d] * np.exp(-here), land.collective_price[d] * np.exp(-park)
    cost_here = float(b.levelling_cost) * np.ones(len(d))
    cost_park = rule(state, "relocation_cost")[d] + float(b.requisition_pay)
    spare = by_district(spans, districts_land.farmland_to_take(state))
    moves = ((rule(state, "relocation_allowed") > 0) & (spare > 2 * by_district(spans, area)))[d] & (before_park - cost_park > before_here - cost_here)
    cost = np.where(moves, cost_park, cost_here)
    fixed = np.divide(float(b.project_fixed), area, out=np.zeros(len(d)), where=area > 0)
    least = cost + fixed + float(b.holdout) * before_here
    market = np.where(moves, before_park, before_here)
    gain = (agreed_price(state, least, market) - cost - fixed) * area * net_part(state)[d]
    offered = np.flatnonzero((area > 0) & (market >= least) & yes(state, np.maximum(gain, 0.0)))
    discount = np.where(moves, park, here)
    weighted = spans.weight * area * np.exp(-np.where(moves, float(b.park_distance) / float(b.land_decay), place_discount(spans, b)))
    parcels = construction_land.Parcels(d[offered], weighted[offered], discount[offered], least[offered])
    sold = offered[clear_prices(state, parcels)]
    price = np.zeros(len(d))
    price[sold] = agreed_price(state, least, land.collective_price[d] * np.exp(-discount))[sold]
    hand_over(state, sold, area, moves, price, cost * area + np.where(area > 0, float(b.project_fixed), 0.0))
    use_own_land(state)


def clear_prices(state, parcels):
    """Prices of the year, held ones in a run with held prices; which of the parcels are sold."""
    b, land, base = state.behaviour, state.land, state.base
    growth = base["nonfarm"] / base["value_added"].sum(1) if "nonfarm" in base else np.ones(NINE)
    total = land.state_start + land.collective_start
    demand = construction_land.Demand(total, land.price_start, np.maximum(growth, 0.01), float(b.land_demand_elasticity))
    part = land.collective_start / total
    state_price, collective_price, sold = construction_land.clear(
        demand, land.state_land, districts_land.collective_land_in_use(state), 1 - part,
        part * float(b.land_access) ** float(b.land_demand_elasticity), rule(state, "unified_land_market") > 0, parcels)
    if state.held is not None:
        t = state.year - state.first_year
        state_price, collective_price = state.held["state_land_price"][t], state.held["collective_land_price"][t]
        sold = parcels.pays(collective_price)
    land.state_price[:], land.collective_price[:] = state_price, collective_price
    return sold


def hand_over(state, sold, area, moves, price, cost):
    """Parcels sold: form, income, land classes. sold: rows; the others (S,)."""
    b, c, spans = state.behaviour, state.collectives, state.spans
    d = spans.district
    value = price * area
    noise = float(b.form_noise) * np.stack([-np.log(-np.log(luck(state, "land_form", k))) for k in range(3)])
    values = choice.form_values(rule(state, "lease_years")[d], rule(state, "equity_floor")[d], float(b.capitalisation), float(b.collective_discount),
                                float(b.equity_mean), float(b.equity_spread))
    form = choice.choose_form(values, rule(state, "equity_allowed")[d] > 0, noise)
    form = np.where(means(state, price) < cost, SALE, form)         # without a price in hand the works need money of the village's own
    yearly = choice.annuity(float(b.capitalisation), rule(state, "lease_years")[d]) * value
    on = np.zeros(len(d), bool)
    on[sold] = True
    c.parcel[on], c.parcel_area[on], c.parcel_value[on], c.parcel_form[on] = 1.0, area[on], value[on], form[on]
    c.sold[:] = np.where(on & (form == SALE), value, 0.0)
    c.lease_income[:] += np.where(on & (form == LEASE), yearly, 0.0)
    c.equity_income[:] += np.where(on & (form == EQUITY), yearly, 0.0)
    c.works[on] += (cost - np.where(moves, float(b.requisition_pay) * area, 0.0))[on]
    leave_classes(state, np.where(on, area, 0.0))
    moved = np.where(on & moves, area, 0.0)
    c.entered[:] += np.where(on & ~moves, area, 0.0)
    relocate(state, moved)


def leave_classes(state, area):
    """Take land out of what is available: idle land first, then abandoned public land, then returned plots as far as they may be recovered."""
    c, spans = state.collectives, state.spans
    share = rule(state, "recover_share")[spans.district]
    left = area - np.minimum(area, c.idle)
    c.idle[:] -= np.minimum(area, c.idle)
    from_waste = np.minimum(left, share * c.waste)
    c.waste[:] -= from_waste
    c.recovered[:] = left - from_waste
    spans.returned[:] -= c.recovered


def relocate(state, moved):
    """Land that leaves the village for a park: farmland again here, as much farmland taken near the town."""
    c, spans = state.collectives, state.spans
    whole = moved.astype(np.int64)
    spans.construction[:] -= moved
    spans.farmland[:] += moved
    spans.pool[:] += whole
    spans.idle_land[:] += whole
    c.relocated[:], c.park[:] = moved, c.park + moved
    if moved.any():
        districts_land.take_farmland(state, by_district(spans, moved))


def use_own_land(state):
    """Villages put a part of their available land to own use where its income pays and there is cash for it."""
    b, c, spans = state.behaviour, state.collectives, state.spans
    area = np.minimum(np.floor(rule(state, "own_use_share")[spans.district] * available(state)), np.floor(c.idle))
    income = float(b.own_use_income) * np.exp(-place_discount(spans, b)) * area
    cost = float(b.own_use_cost) * area
    does = (area >= LEAST_OWN_USE) & (income > float(b.collective_discount) * cost) & (c.cash + c.reserve - c.works >= cost)
    c.works[:] += np.where(does, cost, 0.0)
    c.asset_income[:] += np.where(does, income, 0.0)
    c.idle[:] -= np.where(does, area, 0.0)
    c.own_use[:] += np.where(does, area, 0.0)


# ---------------------------------------------------------------------------------------------------- projects on members' plots
def fund_projects(state):
    """Polled villages with a slot choose what to do with plots that members would give up; a project lives if it has worth, votes and money."""
    b, c, spans, land = state.behaviour, state.collectives, state.spans, state.land
    d, slot = spans.district, state.slots["plots"]
    places = np.round(rule(state, "project_households")[d])
    price = rule(state, "plot_price")[d]
    willing = choice.demand_at(state.poll[:, :polls.BINS], polls.BIN, price)
    willing_area = choice.demand_at(state.poll[:, polls.ASKED_AREA:polls.ASKED_AREA + polls.BINS], polls.BIN, price)
    takers = np.minimum(willing, places)
    area = np.divide(willing_area * takers, willing, out=np.zeros(len(d)), where=willing > 0)
    pay = price * area + takers * (rule(state, "house_price")[d] * float(b.project_house) + rule(state, "qualification_price")[d])
    rent = spans.rent.astype(float) / M2_PER_MU / float(b.collective_discount)                      # worth of a metre let for ever
    units = np.maximum(spans.shares + spans.treasury, 1.0)
    contracts = rule(state, "bundles_allowed")[d] * places * rent * np.maximum(spans.farmland - spans.other_farmland - spans.pool, 0.0) / units
    quota = land.quota_price[d] * (1 - float(b.quota_loss)) * area
    net = net_part(state)[d]
    reclaim = rent * area + contracts + net * np.maximum(quota - pay - float(b.reclaim_cost) * area, 0.0)
    usable = rule(state, "recover_share")[d] * area
    local = land.collective_price[d] * np.exp(willingness(state)[d] - place_discount(spans, b))
    deal = agreed_price(state, np.minimum(float(b.levelling_cost) + float(b.holdout) * local, local), local)
    profit = (deal - float(b.levelling_cost)) * usable - pay - float(b.project_fixed)
    may_enter = (rule(state, "land_entry_open")[d] > 0) & (usable >= rule(state, "least_parcel")[d]) & (means(state, local) >= pay)
    enter = np.where(may_enter & (profit > 0), net * profit + contracts, -np.inf)
    worth = np.maximum(reclaim, enter)
    lives = slot & (worth > 0) & yes(state, np.maximum(worth, 0.0))
    c.project[:] = np.where(~lives, NO_PROJECT, np.where(enter > reclaim, ENTER, RECLAIM))
    spans.offer[:] = np.where(lives, places, 0)
    spans.plot_use[:] = np.where(lives, c.project == ENTER, spans.plot_use)
    state.happened[:, H["projects"]] = spans.offer > 0


# ---------------------------------------------------------------------------------------------------- the village's year of money
def settle(state):
    """Every village receives and pays; the books follow by district; next year's dividend."""
    b, books, spans, c = state.behaviour, state.books, state.spans, state.collectives
    d, year = spans.district, state.published
    flow = {name: state.tally[:, :, T[name]].sum(1) for name in ("rent_paid", "rent_received", "reentry_payment", "dividend", "exit_payment")}
    pool = flow["rent_paid"] - flow["rent_received"]
    spread = float(b.equity_spread)
    fortune = float(b.equity_mean) * np.exp(spread * ndtri(luck(state, "land_profit")) - spread * spread / 2)
    assets = c.asset_income * (year.wage.astype(float) / float(b.town_wage))[d]
    land_income = c.lease_income + c.equity_income * np.maximum(rule(state, "equity_floor")[d], fortune)
    quota_income, surplus = settle_exits(state, flow["exit_payment"])
    terms = (rule(state, "adjustment_share")[d], float(b.township_part), rule(state, "leakage")[d], rule(state, "reserve_share")[d])
    yearly = choice.split(land_income, *terms)
    once = choice.split(np.maximum(c.sold - c.works, 0.0) + surplus, *terms)
    moved = float(b.requisition_pay) * c.relocated
    requisition = float(b.requisition_pay) * c.taken
    public, leaked = yearly.public + once.public, yearly.leaked + once.leaked
    reserved = yearly.reserve + once.reserve
    interest = (float(year.loan_rate) + float(b.loan_margin)) * c.debt
    received = assets + land_income + c.sold + pool + flow["reentry_payment"] + quota_income + c.public_part + c.renewal_pay
    paid = flow["dividend"] + flow["exit_payment"] + reclaim_works(state) + c.works + moved + public + leaked + interest
    c.cash[:] += received - paid - reserved
    c.reserve[:] += reserved + requisition
    drawn, repaid = finance(state)
    for code, payer, amount in (("collective_land_rent", FIRMS, assets + land_income), ("land_sale", FIRMS, c.sold), ("project_grant", DISTRICT, c.public_part),
                                ("loan_drawn", BANK, drawn)):
        books.pay(code, payer, COLLECTIVES, by_district(spans, amount))
    for code, receiver, amount in (("reclaim", FIRMS, reclaim_works(state)), ("land_works", FIRMS, c.works), ("adjustment_fund", DISTRICT, public),
                                   ("leakage", FIRMS, leaked), ("interest", BANK, interest), ("loan_repaid", BANK, repaid), ("requisition", DISTRICT, moved)):
        books.pay(code, COLLECTIVES, receiver, by_district(spans, amount))
    books.pay("project_grant", UPPER, DISTRICT, rule(state, "grant_share") * by_district(spans, c.public_part))
    books.pay("lease_services", PROPERTY, FIRMS, books.total("lease_services", receiver=PROPERTY))
    settle_between_districts(state, pool + flow["reentry_payment"] - flow["dividend"] - flow["exit_payment"])
    turn_funds_into_shares(state)
    current = assets + pool + yearly.free - interest
    extra = c.cash - pool - yearly.free
    budget = current + np.where(extra > 0, float(b.cash_payout) * extra, extra)
    c.dividend_next[:] = np.divide(np.maximum(budget, 0.0), spans.shares, out=np.zeros(len(d)), where=spans.shares > 0)


def reclaim_works(state):
    """Cost of turning returned plots into farmland, yuan (S,)."""
    return state.happened[:, H["reclaimed_cost"]]


def settle_exits(state, exits):
    """Quota for plots reclaimed, and who bears exits: public money what the quota does not, the village what it keeps as construction land.

    Returns the quota's price and what it leaves above the cost of reclaimed plots, yuan (S,). exits: what members received.
    """
    c, land, b = state.collectives, state.land, state.behaviour
    c.quota[:] = state.happened[:, H["plots_reclaimed"]] * (1 - float(b.quota_loss))
    income = land.quota_price[state.spans.district] * c.quota
    cost = exits - state.happened[:, H["kept_cost"]] + reclaim_works(state)
    c.public_part[:] = np.maximum(cost - income, 0.0)
    return income, np.maximum(income - cost, 0.0)


def finance(state):
    """Repay debt out of cash; cover what cash lacks from the reserve, then by a loan: (drawn, repaid), yuan (S,)."""
    c, b = state.collectives, state.behaviour
    repaid = np.minimum(c.debt / float(b.collective_loan_years), np.maximum(c.cash, 0.0))
    c.cash[:] -= repaid
    short = np.maximum(-c.cash, 0.0)
    from_reserve = np.minimum(short, c.reserve)
    drawn = short - from_reserve
    c.reserve[:] -= from_reserve
    c.cash[:] += short
    c.debt[:] += drawn - repaid
    return drawn, repaid


def settle_between_districts(state, own):
    """Members who live in another district were posted there; the village that pays stands here: the bank moves the difference. own (S,) yuan."""
    books = state.books
    posted = (books.total("land_rent", receiver=COLLECTIVES) - books.total("land_rent", payer=COLLECTIVES)
              + books.total("plot_price", receiver=COLLECTIVES) - books.total("collective_dividend", payer=COLLECTIVES)
              - books.total("exit_compensation", payer=COLLECTIVES))
    books.pay("settlement", BANK, COLLECTIVES, by_district(state.spans, own) - posted)


def turn_funds_into_shares(state):
    """Public project money that becomes members' shares is built into assets, by members, whose rent the village receives from next year on."""
    spans, c, b = state.spans, state.collectives, state.behaviour
    each = float(b.rural_funds) / max((spans.weight * c.shares_start).sum(), 1.0)
    c.asset_income[:] += rule(state, "funds_to_shares")[spans.district] * float(b.asset_yield) * each * c.shares_start
