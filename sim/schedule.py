"""THE YEAR: a list of phases in order. Each is a verb with the tables it reads and writes; `ronghe schedule` prints it.

Not here: the equations (`sim/kernels`, `sim/markets`), the checks (`sim/ledger.py`), what is recorded (`sim/recording.py`).
"""
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim import accounts, evidence, rng
from sim.accounts import BANK, COLLECTIVES, DISTRICT, FIRMS, GUARANTOR, INSURANCE, PROPERTY, UPPER, URBAN, WORLD, post_households
from sim.kernels import collect, credit, income, land_rental, people, rights, work
from sim.kernels.year import HAPPENINGS, TALLY, H
from sim.ledger import close_books, take_stock
from sim.markets import labour
from sim.places import DISTRICTS
from sim.policies.deliver import deliver
from sim.rules import RULE_INDEX
from sim.state import (
    BANK_CLAIM_WEIGHT,
    BANK_LOANS_WEIGHT,
    OPENING_CAPITAL_RATIO,
    OPENING_CASH_SHARE,
    publish,
    seekers_by_district,
    title_and_exchange,
    town_sizes,
)
from sim.tables import FLOWS, zero_flows

# Simple rules of institutions, assumed; the actors that decide will replace them.
PRIMARY_SHARE = 0.6                    # value added in agricultural output
INTERBANK_SPREAD = 0.004               # the bank earns it on its claim outside, above the deposit rate
GUARANTEE_SHARE = 0.2                  # of write-offs, called from the guarantor
IMPORT_CONSUMPTION, IMPORT_INVESTMENT, IMPORT_MATERIALS = 0.45, 0.5, 0.7     # imported parts
CAPITAL_OUTPUT = 2.477                 # capital share / ((1 + markup) x user cost)
CASH_REPAIR = 0.5                      # of a district's gap to its cash target, closed in a year
EXPECTED_PLOT, EXPECTED_HOUSE = 500.0, 80.0     # m2 on which a project's cost is estimated
NINE = len(DISTRICTS)
# Published figures that a run with held prices takes from its parent's saved path: prices, wages, credit limits and dividends.
HELD = ("lending", "dividend_per_unit", "expected_wage", "expected_unemployment", "expected_outside_wage", "public_services", "living_cost",
        "share_dividend")


class Phase(NamedTuple):
    name: str
    run: Callable
    reads: tuple
    writes: tuple
    doc: str


def begin(state, order, rate):
    """Deliver the year's orders, zero the flows, draw the common shocks, publish prices and figures."""
    b, spans = state.behaviour, state.spans
    state.delivered = deliver(order, state.delivered, rate)
    state.ordered = order
    title_and_exchange(state, state.delivered)
    for table in (state.households, state.persons):
        zero_flows(table)
    state.happened[:] = 0
    state.volume[:] = 0
    state.books.open_year()
    spans.offer[:] = 0
    t, d = state.year - state.first_year, state.drivers
    state.project_cash = state.books.balances[DISTRICT].copy() if state.held is None else state.held["project_cash"][t]
    shock = _shocks(state) if t > 0 else {"zone_yield": 1.0, "price_shock": 1.0, "flood": np.ones(NINE)}
    fertility = b.fertility_start + (b.fertility_end - b.fertility_start) * min(t / 3, 1.0)
    nxt = state.published_next
    state.published = publish(
        state, state.year, state.seed, state.delivered, grain_price=d["grain_price"][t], inputs_price=d["inputs_price"][t],
        farm_growth=np.exp(float(b.farm_tfp_growth) * t),
        outside_wage=d["outside_wage"][t], expected_outside_wage=d["outside_wage"][0] * np.exp(state.expected_outside),
        rural_pension=d["rural_pension"][t], urban_pension=float(b.urban_pension) * d["urban_pension"][t],
        other_transfers=d["other_rural_transfers"][t], loan_rate=d["real_lpr"][t], rate_limit=_rate_limit(state, t), fertility=fertility,
        lending=nxt.get("lending", 1.0), dividend_per_unit=nxt.get("dividend_per_unit", 0.0), public_services=nxt.get("public_services", 1.0),
        living_cost=nxt.get("living_cost", 1.0), share_dividend=nxt.get("share_dividend", float(b.share_dividend)), jobs=town_sizes(),
        expected_wage=float(b.town_wage) * np.exp(state.expected_wage), expected_unemployment=state.expected_unemployment,
        wage=float(b.town_wage) * state.firms.wage, unemployment=state.firms.unemployment, **shock)
    if state.held is not None:
        state.published = state.published._replace(**{name: state.held[name][t] for name in HELD})


def _rate_limit(state, t):
    """Highest real loan rate: the cap on the nominal prime rate less inflation."""
    prime = state.drivers["real_lpr"][t]
    cpi = state.drivers["cpi"]
    inflation = cpi[t] / cpi[t - 1] - 1 if t > 0 else 0.029
    return float(state.behaviour.rate_cap) * (prime + inflation) - inflation


def _shocks(state):
    """Keyed common shocks of the year: zone and price lognormal with mean 1, flood by district."""
    b, zone = state.behaviour, np.array([rng.INSTITUTION], np.uint32)

    def lognormal(event, spread):
        u = rng.uniform_array(zone, rng.key(state.seed, state.year, event))[0]
        from scipy.special import ndtri
        return float(np.exp(spread * ndtri(u) - spread * spread / 2))
    uid = (np.uint32(rng.INSTITUTION) + np.arange(1, NINE + 1).astype(np.uint32)).astype(np.uint32)
    flooded = rng.uniform_array(uid, rng.key(state.seed, state.year, "flood")) < float(b.flood_chance)
    mean = 1 - float(b.flood_chance) * float(b.flood_loss)
    return {"zone_yield": lognormal("yield_zone", float(b.yield_spread_zone)), "price_shock": lognormal("price_zone", float(b.price_spread)),
            "flood": np.where(flooded, 1 - float(b.flood_loss), 1.0) / mean}


def live(state):
    """Ageing, deaths, births, couples and new homes, arrivals; households without members end."""
    state.runner.run(people.live_a_year, state.spans, state.households, state.persons, "single", state.happened, state.volume, state.published,
                     state.behaviour)


def choose(state):
    """Families settle or return; persons who reconsider choose home, village, a district or outside."""
    state.runner.run(work.choose_work, state.spans, state.households, state.persons, "places", "forced", "family", state.seekers, state.happened, state.volume,
                     False, True, state.published, state.behaviour)


def rent_land(state):
    """The farmland rental market of each village clears."""
    state.runner.run(land_rental.clear_farmland, state.spans, state.households, state.persons, "farm", False, state.published, state.behaviour)


def fund_projects(state):
    """Villages draw projects at the offer rate, cut to what the district's cash can pay in expectation: no cash, no project."""
    spans, rules = state.spans, state.delivered
    district = spans.district
    luck = rng.uniform_array(spans.uid, rng.key(state.seed, state.year, "offer"))
    offered = (rules[RULE_INDEX["plot_price"]] > 0) | (rules[RULE_INDEX["bundles_allowed"]] > 0)
    rule = {name: rules[RULE_INDEX[name]] for name in ("plot_price", "house_price", "qualification_price", "project_households", "grant_share",
                                                       "bundles_allowed", "contract_multiple")}
    unit = rule["plot_price"] * EXPECTED_PLOT + rule["house_price"] * EXPECTED_HOUSE + rule["qualification_price"]
    unit = unit + EXPECTED_PLOT * float(state.behaviour.reclaim_cost)
    cost = unit * rule["project_households"] * (1 - rule["grant_share"])
    villages = np.bincount(district, np.where(spans.urban == 0, spans.weight, 0.0), NINE)
    rate = rules[RULE_INDEX["offer_rate"]] * offered
    expected = rate * villages * cost
    money = np.maximum(state.project_cash, 0.0) * float(state.behaviour.project_cash_share)
    part = np.minimum(1.0, np.divide(money, expected, out=np.ones(NINE), where=expected > 0))
    for d in np.flatnonzero(part < 1.0):
        state.log.append({"year": state.year, "event": "projects cut for want of money", "district": DISTRICTS[d].id, "part": float(part[d])})
    drawn = (spans.urban == 0) & (luck < (rate * part)[district])
    spans.offer[:] = np.where(drawn, np.round(rule["project_households"][district]), 0)
    state.happened[:, H["projects"]] = spans.offer > 0


def exchange_rights(state):
    """Units of villages with a project answer and sign; exits past their cooling-off years are carried out."""
    common = (state.spans, state.households, "terms")
    state.runner.run(rights.sign_offers, *common, "answers", state.happened, state.published, state.behaviour)
    state.runner.run(rights.carry_out, *common, state.happened, state.published, state.behaviour)


def lend_money(state):
    """Rural households borrow against land, houses and shares."""
    state.runner.run(credit.lend, state.spans, state.households, state.happened, state.published, state.behaviour)


def clear_labour(state):
    """Firms hire from the labour on offer; wages and unemployment of the year follow; expectations learn."""
    b, t, d = state.behaviour, state.year - state.first_year, state.drivers
    share = np.tile([float(b.tradable_share), 1 - float(b.tradable_share)], (NINE, 1))
    services = state.published_next.get("services_growth", np.zeros(NINE))
    growth = np.column_stack([np.full(NINE, d["demand_growth"][t] + d["demand_shock"][t]), services]) if t > 0 else np.zeros((NINE, 2))
    outside = d["outside_wage_growth"][t] if t > 0 else 0.0
    tfp = float(b.tfp_growth) if t > 0 else 0.0
    state.firms = labour.clear(state.firms, seekers_by_district(state) / state.seekers_start, growth, outside, tfp, share, b)
    state.published = state.published._replace(
        wage=(float(b.town_wage) * state.firms.wage).astype(np.float32), unemployment=state.firms.unemployment.astype(np.float32))
    if state.held is not None:
        state.published = state.published._replace(wage=state.held["wage"][t], unemployment=state.held["unemployment"][t])
    gain = float(b.expectation_gain)
    following = d["outside_wage_growth"][min(t + 1, len(d["outside_wage_growth"]) - 1)]
    state.expected_wage = gain * np.log(state.firms.wage) + (1 - gain) * state.expected_wage + following
    state.expected_unemployment = gain * state.firms.unemployment + (1 - gain) * state.expected_unemployment
    state.expected_outside = gain * np.log(d["outside_wage"][t] / d["outside_wage"][0]) + (1 - gain) * state.expected_outside + following


def earn(state):
    """Who works where and is paid what; harvest, incomes, debt service, consumption and saving of every household."""
    common = (state.spans, state.households, state.persons)
    state.runner.run(work.work_and_earn, *common, state.published, state.behaviour)
    state.runner.run(income.live_on_income, *common, state.happened, state.published, state.behaviour)
    state.runner.run(income.add_up, *common, state.tally, state.behaviour)
    hh = state.households
    flows = tuple(getattr(hh, flow.name) for flow in FLOWS)
    state.runner.run(income.add_up_flows, state.spans, hh.kind, hh.residence, flows, state.tally)
    state.totals = _totals(state)
    counts = np.zeros((NINE, len(HAPPENINGS)))
    collect.collect_by_district(state.spans, state.happened, counts)
    state.counts = {name: counts[:, i] for i, name in enumerate(HAPPENINGS)}
    state.full_spans = int(state.spans.full.sum())


def settle_institutions(state):
    """Firms, governments, social insurance, collectives, the bank and the rest of the world pay what they owe; next year's figures follow."""
    b, books, x = state.behaviour, state.books, state.totals
    post_households(books, x, FLOWS)
    books.pay("wages", FIRMS, URBAN, x["mini_wage"][1])
    books.pay("consumption", URBAN, FIRMS, x["mini_wage"][1] - x["mini_remittance"][1])
    net_wages = x["wage_income"][:2].sum(0) + x["mini_wage"][1]
    if "value_added" not in state.base:
        _open_levels(state, net_wages)
    base, f = state.base, state.firms
    value_added = base["value_added"] * f.price * f.output                         # (9, 2)
    nonfarm = value_added.sum(1)
    gross = net_wages / (1 - float(b.labour_wedge))
    tax_on_income = (gross - net_wages) * float(b.income_tax_part)
    incommuters = base["incommuter_wages"] * f.wage
    contributions = gross - net_wages - tax_on_income
    books.pay("wages_incommuters", FIRMS, WORLD, incommuters)
    books.pay("contributions", FIRMS, INSURANCE, contributions)
    production_tax = base["tax_rate"] * nonfarm
    local = float(b.local_tax_part)
    for code, amount in (("income_tax", tax_on_income), ("production_tax", production_tax)):
        books.pay(code, FIRMS, DISTRICT, local * amount)
        books.pay(code, FIRMS, UPPER, (1 - local) * amount)
    investment = base["capital"] * (f.capital - base["capital_before"]).sum(1) / 2 + float(b.depreciation) * base["capital"] * base["capital_before"].mean(1)
    _governments(state, production_tax + tax_on_income, nonfarm)
    _collectives_and_projects(state)
    _goods(state, nonfarm, investment)
    profit = nonfarm - gross - incommuters - production_tax - investment
    resident = books.total("firm_dividend", payer=FIRMS)
    world = profit - resident - books.total("collective_land_rent", payer=FIRMS) - books.total("own_account", payer=FIRMS)
    books.pay("firm_dividend", FIRMS, WORLD, 0.75 * world)
    books.pay("firm_dividend", FIRMS, UPPER, 0.25 * world)
    _bank(state)
    base["capital_before"] = f.capital.copy()
    base["profit"] = profit
    state.base["nonfarm"], state.base["investment"] = nonfarm, investment
    _next_year(state)


def _plan_levels():
    """Non-farm value added and all taxes of 2019 from the plan's figures, yuan."""
    gdp, farm, taxes = (evidence.figure(id).value for id in ("zone_gdp_2019", "zone_agri_value_2019", "zone_fiscal_all_2019"))
    return gdp - farm * PRIMARY_SHARE, taxes


def _open_levels(state, net_wages):
    """Levels of 2019 from the plan's figures: value added by district in proportion to pay, taxes, spending, cash, the bank's book."""
    b, x = state.behaviour, state.totals
    nonfarm, taxes = _plan_levels()
    share = net_wages / net_wages.sum()
    tradable = float(b.tradable_share)
    gross = net_wages / (1 - float(b.labour_wedge))
    bill = float(b.wage_share) * nonfarm
    tax_on_income = ((gross - net_wages) * float(b.income_tax_part)).sum()
    state.base |= {
        "value_added": nonfarm * share[:, None] * np.array([tradable, 1 - tradable]), "incommuter_wages": np.maximum(bill - gross.sum(), 0) * share,
        "tax_rate": (taxes - tax_on_income) / nonfarm, "capital": CAPITAL_OUTPUT * nonfarm * share, "capital_before": np.ones((NINE, 2)),
        "consumption": x["consumption"][:2].sum(0)
        + x["mini_wage"][1] - x["mini_remittance"][1], "shares": x["shares"].sum(0)}


def open_institutions(state):
    """Stocks of the first 1 January: what households hold, a tenth of a year's spending in each district's cash, the bank's book."""
    state.runner.run(income.add_up, state.spans, state.households, state.persons, state.tally, state.behaviour)
    x = _totals(state)
    residents = x["persons"][:2].sum(0)
    state.base = {"spending": float(state.behaviour.district_spending) * residents / residents.sum()}
    state.books.balances[DISTRICT] = OPENING_CASH_SHARE * state.base["spending"]
    loans, deposits = x["debt"].sum(), x["deposits"].sum()
    state.bank = {"equity": OPENING_CAPITAL_RATIO * (BANK_LOANS_WEIGHT * loans + BANK_CLAIM_WEIGHT * deposits)}
    nonfarm, taxes = _plan_levels()
    profit = nonfarm * (1 - float(state.behaviour.wage_share) - float(state.behaviour.depreciation) * CAPITAL_OUTPUT) - taxes
    state.published_next = {"dividend_per_unit": float(state.behaviour.resident_equity) * profit / max(x["equity"].sum(), 1.0)}
    state.totals = x
    state.stocks = take_stock(state)


def _totals(state):
    totals = np.zeros((3, NINE, len(TALLY)))
    collect.collect(state.spans, state.tally, totals)
    return {name: totals[:, :, i] for i, name in enumerate(TALLY)}


def _governments(state, taxes, nonfarm):
    """Districts: services up to the target, repaired cash; grants fill the gap between target and own revenue. SIF: the gap is granted."""
    books, base = state.books, state.base
    growth = nonfarm.sum() / base["value_added"].sum()
    target = base["spending"] * growth
    cash_target = OPENING_CASH_SHARE * target
    grant = np.maximum(target - float(state.behaviour.local_tax_part) * taxes, 0.0)
    books.pay("grants", UPPER, DISTRICT, grant)
    services = np.maximum(target + CASH_REPAIR * (books.balances[DISTRICT] - target - cash_target), 0.0)
    books.pay("public_services", DISTRICT, FIRMS, services)
    base["services"] = services
    base["service_index"] = services / target
    shortfall = (books.total("pensions", payer=INSURANCE) + books.total("social_transfers", payer=INSURANCE)
                 - books.total("contributions", receiver=INSURANCE))
    books.pay("insurance_grant", UPPER, INSURANCE, shortfall)


def _collectives_and_projects(state):
    """Project grants and reclamation works; the collective's rents and dividends; the property company spends what it takes in."""
    books, counts, b = state.books, state.counts, state.behaviour
    grant_share = state.delivered[RULE_INDEX["grant_share"]]
    cost = counts["exit_cost"] + counts["reclaimed_cost"]
    books.pay("project_grant", UPPER, DISTRICT, grant_share * cost)
    books.pay("reclaim", DISTRICT, FIRMS, counts["reclaimed_cost"])
    books.pay("collective_land_rent", FIRMS, COLLECTIVES, state.base["shares"] * float(b.share_dividend) * state.firms.wage)
    fees = books.total("lease_services", receiver=PROPERTY)
    books.pay("lease_services", PROPERTY, FIRMS, fees)
    lost = GUARANTEE_SHARE * counts["written_off"]
    books.pay("guarantee_grant", DISTRICT, GUARANTOR, lost)
    books.pay("guarantee", GUARANTOR, BANK, lost)


def _goods(state, nonfarm, investment):
    """Imports by use; exports close the product account: value added = domestic sales + investment + exports - imports."""
    books = state.books
    consumption = books.total("consumption", receiver=FIRMS)
    materials = books.total("farm_inputs", receiver=FIRMS)
    imports = IMPORT_CONSUMPTION * consumption + IMPORT_INVESTMENT * investment + IMPORT_MATERIALS * materials
    bought = ("public_services", "reclaim", "investment", "housing", "lease_services")
    domestic = consumption + materials + sum(books.total(code, receiver=FIRMS) for code in bought)
    books.pay("imports", FIRMS, WORLD, imports)
    books.pay("exports", WORLD, FIRMS, nonfarm + imports - domestic - investment)


def _bank(state):
    """The bank's year: interest on its claim outside, write-offs against equity, dividend above the capital buffer."""
    books, x = state.books, state.totals
    rate = float(state.behaviour.deposit_rate) + INTERBANK_SPREAD
    claim = x["deposits"].sum() - x["debt"].sum()
    weight = x["persons"][:2].sum(0) / x["persons"][:2].sum()
    books.post("interest", WORLD, BANK, rate * claim * weight)
    books.post("written_off", BANK, accounts.RURAL, x["written_off"][0])
    books.post("written_off", BANK, URBAN, x["written_off"][1])
    books.post("written_off", BANK, WORLD, x["written_off"][2])
    profit = books.net(BANK).sum() - x["written_off"].sum()
    bank = state.bank
    weighted = BANK_LOANS_WEIGHT * x["debt"].sum() + BANK_CLAIM_WEIGHT * max(claim, 0.0)
    ratio = (bank["equity"] + profit) / weighted
    dividend = 0.3 * profit if profit > 0 and ratio > OPENING_CAPITAL_RATIO else 0.0
    books.pay("bank_dividend", BANK, UPPER, 0.6 * dividend * weight)
    books.post("bank_dividend", BANK, WORLD, 0.4 * dividend * weight)
    bank["equity"] += profit - dividend
    bank["ratio"] = bank["equity"] / weighted
    bank["room"] = bank["equity"] / float(state.behaviour.capital_ratio) - weighted


def _next_year(state):
    """Figures that next year's spans read: dividends, services, lending, demand for local services."""
    b, x, books, base = state.behaviour, state.totals, state.books, state.base
    paid = max(base["profit"].sum(), 0.0) * float(b.resident_equity)
    shares = np.maximum(x["shares"].sum(0), 1.0)
    asset_income = books.total("collective_land_rent", receiver=COLLECTIVES) + state.counts["rent_to_collective"]
    consumption = x["consumption"][:2].sum(0) + x["mini_wage"][1] - x["mini_remittance"][1]
    before = base.get("consumption_before", base["consumption"])
    base["consumption_before"] = consumption
    wanted = max(state.counts["loan_amount"].sum(), 1.0)
    state.published_next = {
        "dividend_per_unit": paid / max(x["equity"].sum(), 1.0), "public_services": np.clip(base["service_index"], 0.3, 3.0),
        "lending": float(np.clip((state.bank["room"] + wanted) / (2 * wanted), 0.0, 1.0)) if state.bank["room"] < wanted else 1.0,
        "share_dividend": np.maximum(asset_income, 0.0) / shares, "services_growth": np.log(consumption.sum() / before.sum()) * np.ones(NINE)}


def check(state):
    """Close the books: money, land, people and rights, each from two sides."""
    close_books(state)


PHASES = (
    Phase("begin", begin, ("orders", "drivers"), ("rulebook", "published figures", "flows"), begin.__doc__),
    Phase("live", live, ("persons", "households"), ("persons", "households", "spans"), live.__doc__),
    Phase("choose", choose, ("persons", "households", "published figures"), ("persons", "households", "spans"), choose.__doc__),
    Phase("rent land", rent_land, ("households", "persons"), ("households", "spans"), rent_land.__doc__),
    Phase("fund projects", fund_projects, ("rulebook", "district cash"), ("spans",), fund_projects.__doc__),
    Phase("exchange rights", exchange_rights, ("households", "spans", "rulebook"), ("households", "spans"), exchange_rights.__doc__),
    Phase("lend money", lend_money, ("households", "spans", "rulebook"), ("households",), lend_money.__doc__),
    Phase("clear labour", clear_labour, ("labour on offer", "firms"), ("firms", "published figures"), clear_labour.__doc__),
    Phase("earn", earn, ("persons", "households", "spans", "published figures"), ("persons", "households", "totals"), earn.__doc__),
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
