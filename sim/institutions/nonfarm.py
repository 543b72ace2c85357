"""The non-farm sector's year in yuan: levels of 2019, wages, taxes, profits, what its firms invest and borrow, dividends, trade with outside.

    value added   V = V_2019 P Y by district and branch          gross wages = net wages / (1 - labour wedge)
Not here: indices of the market (`sim/markets/labour.py`), what single firms decide (`sim/institutions/firms.py`).
"""
import numpy as np

from sim import evidence, national_accounts
from sim.accounts import BANK, DISTRICT, FIRMS, INSURANCE, UPPER, URBAN, WORLD
from sim.institutions import banks, firms, governments, industry, policy_bank, tourism
from sim.institutions.land import rule
from sim.markets import labour
from sim.places import DISTRICTS

NINE = len(DISTRICTS)


def plan_levels(b):
    """Non-farm value added and all taxes of 2019 from the plan's figures, yuan."""
    gdp, farm, taxes = (evidence.figure(id).value for id in ("zone_gdp_2019", "zone_agri_value_2019", "zone_fiscal_all_2019"))
    return gdp - farm * float(b.farm_value_share), taxes


def open_sector(state):
    """Firms at rest on the first 1 January: value added of 2019 over districts by labour on offer and over branches by their share."""
    b = state.behaviour
    nonfarm, taxes = plan_levels(b)
    place = state.seekers_start / state.seekers_start.sum()
    value_added = nonfarm * place[:, None] * firms.cell_share()
    state.firms = firms.found(value_added, b, state.population_seed, state.first_year)
    state.market = labour.at_rest(NINE, value_added.shape[1], b)
    state.base |= {"value_added": value_added, "technology": firms.technology(state.firms, b), "taxes": taxes}
    industry.open_industry(state)
    policy_bank.open_line(state)
    state.books.balances[FIRMS] = firms.by_cell(state.firms, state.firms.deposits).sum(1)
    wear = float(b.depreciation) * firms.capital_output(b)
    interest = _loan_rate(state, state.drivers["real_lpr"][0]) * state.firms.loan.sum()
    profit = nonfarm * (1 - float(b.wage_share)) - taxes - interest
    return {"dividend_per_unit": _resident_dividend(state, profit - wear * nonfarm)}


def _loan_rate(state, prime):
    return float(prime) + float(state.behaviour.firm_loan_margin)


def _resident_dividend(state, dividends):
    """Dividend per unit of equity that residents hold, yuan."""
    return float(state.behaviour.resident_equity) * max(dividends, 0.0) / max(state.totals["equity"].sum(), 1.0)


def technology(state):
    """Index of each cell's technology, (9, B): its firms against those of 2019, with land, village roads and what is built for firms in the district."""
    z = firms.technology(state.firms, state.behaviour) / state.base["technology"] * governments.technology_gain(state)[:, None]
    return z * industry.technology_gain(state) * state.land_index[:, None] ** float(state.behaviour.firm_land_share)


def demand_growth(state, t):
    """Change of the log of demand by cell, (9, B): declared path for what is sold outside, last year's consumption for what is sold in the zone.

    What visitors of villages spend elsewhere than before shifts it between districts and branches.
    """
    if t == 0:
        return np.zeros_like(state.base["technology"])
    outside = state.drivers["demand_growth"][t] + state.drivers["demand_shock"][t]
    local = state.published_next.get("services_growth", np.zeros(NINE))
    shift = tourism.demand_shift(state)
    moved, state.base["demand_shift"] = shift - state.base["demand_shift"], shift
    return np.where(evidence.branches().outside, outside, local[:, None]) + moved


def spent_apart(x):
    """What members who live in town apart from their household spend, yuan (9,): their pay and benefit less what they send home."""
    return x["mini_wage"][1] + x["mini_benefit"][1] - x["mini_remittance"][1]


def produce_and_pay(state):
    """Value added of the year; members living apart are paid and spend; wages, contributions, taxes."""
    b, books, x, base = state.behaviour, state.books, state.totals, state.base
    books.pay("wages", FIRMS, URBAN, x["mini_wage"][1])
    books.pay("social_transfers", INSURANCE, URBAN, x["mini_benefit"][1])
    books.pay("consumption", URBAN, FIRMS, spent_apart(x))
    value_added = base["value_added"] * state.market.price * state.market.output
    nonfarm = value_added.sum(1)
    net_wages = x["wage_income"][:2].sum(0) + x["mini_wage"][1]
    gross = net_wages / (1 - float(b.labour_wedge))
    tax_on_income = (gross - net_wages) * float(b.income_tax_part)
    if "tax_rate" not in base:
        share = net_wages / net_wages.sum()
        base |= {"tax_rate": (base["taxes"] - tax_on_income.sum()) / nonfarm.sum(),
                 "incommuter_wages": np.maximum(float(b.wage_share) * nonfarm.sum() - gross.sum(), 0) * share,
                 "consumption": x["consumption"][:2].sum(0) + spent_apart(x)}
    incommuters = base["incommuter_wages"] * state.market.wage
    books.pay("wages_incommuters", FIRMS, WORLD, incommuters)
    books.pay("contributions", FIRMS, INSURANCE, gross - net_wages - tax_on_income)
    production_tax = base["tax_rate"] * nonfarm
    local = float(b.local_tax_part)
    for code, amount in (("income_tax", tax_on_income), ("production_tax", production_tax)):
        books.pay(code, FIRMS, DISTRICT, local * amount)
        books.pay(code, FIRMS, UPPER, (1 - local) * amount)
    base |= {"nonfarm": nonfarm, "value_added_now": value_added, "wage_bill": gross + incommuters}


def finance_firms(state):
    """Profit of each firm, its dividend, investment and loans, and what they pay the bank; then exit and entry, and what the next year's firms know."""
    b, books, base, f = state.behaviour, state.books, state.base, state.firms
    value_added = base["value_added_now"]
    cell_value = value_added.ravel()
    z = firms.weights(f, b)
    part = z / np.maximum(firms.by_cell(f, z).ravel(), 1e-300)[f.cell]
    own = cell_value[f.cell] * part
    d = f.cell // value_added.shape[1]
    labour_part = (firms.cell_share() * state.market.employed)
    bill = (labour_part / labour_part.sum(1, keepdims=True) * base["wage_bill"][:, None]).ravel()[f.cell] * part
    others = sum(books.total(code, payer=FIRMS) for code in ("production_tax", "own_account", "order_premiums", "patronage", "collective_land_rent"))
    rate = _loan_rate(state, state.published.loan_rate)
    saved, policy = rule(state, "policy_discount")[d] * base["policy_loans"], rate * base["policy_loans"]
    profit = own - bill - (others / base["nonfarm"])[d] * own - rate * f.loan + saved
    base["firm_interest"], base["policy_interest"] = rate * f.loan - policy, (policy - saved).sum()
    books.pay("interest", FIRMS, BANK, np.bincount(d, rate * f.loan - saved, NINE))
    bank, grant = banks.customers(f.uid, evidence.banks().firm_loans), industry.lead_grant(state, own)
    line, cost = rule(state, "policy_credit"), policy_bank.user_cost(state, d)

    def of_others(share):
        borrowed = firms.finance(f, own, profit, share[bank], b, grant, cost)[1].borrowed
        return borrowed - policy_bank.part(line, borrowed, d)
    share = banks.share_for_firms(base["firm_room"], bank, of_others)
    state.firms, made = firms.finance(f, own, profit, share[bank], b, grant, cost)
    granted = policy_bank.part(line, made.borrowed, d)
    industry.pay_lead_grant(state, grant, made.investment)
    drawn, repaid = (np.bincount(d, np.maximum(sign * made.borrowed, 0.0), NINE) for sign in (1, -1))
    base["firm_drawn"], base["firm_asked"] = np.maximum(made.borrowed, 0.0) - granted, drawn
    books.pay("loan_drawn", BANK, FIRMS, drawn)
    books.pay("loan_repaid", FIRMS, BANK, repaid)
    base["investment"] = np.bincount(d, made.investment + industry.put_equity(state, own), NINE)
    base.setdefault("normal_return", made.profit.sum() / max(state.firms.capital.sum(), 1.0) - float(b.depreciation))
    held = state.firms
    state.firms, moved = firms.turn_over(state.firms, made, base["normal_return"], b, state.seed, state.year)
    d_sum = {name: np.bincount(d, getattr(moved, name), NINE) for name in moved._fields}
    others_own = industry.settle_equity(state, held, made, moved)
    base["dividend"] = others_own["dividend"]
    for owner, share in ((WORLD, 1 - float(b.upper_equity)), (UPPER, float(b.upper_equity))):
        books.pay("firm_equity", owner, FIRMS, share * d_sum["equity"])
        books.pay("firm_equity", FIRMS, owner, share * others_own["estate"])
    books.pay("scrap", WORLD, FIRMS, d_sum["scrap"])
    books.pay("loan_repaid", FIRMS, BANK, d_sum["repaid"])
    books.post("written_off", BANK, FIRMS, d_sum["written_off"])
    lost = policy_bank.owe(state, granted, held.loan, moved.ended, moved.written_off, d)
    base |= {"investment": base["investment"] + d_sum["fitted"], "firm_written_off": moved.written_off - lost}
    state.firms = firms.learn(state.firms, b, state.seed, state.year)


def trade(state):
    """Imports by use; exports close the product account: value added = domestic sales + investment + exports - imports."""
    b, books, base = state.behaviour, state.books, state.base
    consumption = books.total("consumption", receiver=FIRMS)
    materials = books.total("farm_inputs", receiver=FIRMS)
    imports = (float(b.import_consumption) * consumption + float(b.import_investment) * base["investment"] + float(b.import_materials) * materials)
    books.pay("imports", FIRMS, WORLD, imports)
    books.pay("firm_investment", FIRMS, FIRMS, base["investment"])
    books.pay("exports", WORLD, FIRMS, base["nonfarm"] + imports - national_accounts.sold_to_users(books) - base["investment"])


def pay_dividends(state):
    """What firms pay out beyond the dividends of residents goes to owners outside and to province and centre, who bear what firms pay for land."""
    books, public = state.books, float(state.behaviour.upper_equity)
    land = books.total("land_sale", payer=FIRMS) + books.total("state_land", payer=FIRMS)
    left = state.base["dividend"] - books.total("firm_dividend", payer=FIRMS) - land
    books.pay("firm_dividend", FIRMS, WORLD, (1 - public) * left)
    books.pay("firm_dividend", FIRMS, UPPER, public * left)


def publish_next(state):
    """Figures of next year that follow from this one's: dividend per unit of equity, growth of demand in the zone."""
    x, base = state.totals, state.base
    consumption = x["consumption"][:2].sum(0) + spent_apart(x)
    before = base.get("consumption_before", base["consumption"])
    base["consumption_before"] = consumption
    return {"dividend_per_unit": _resident_dividend(state, base["dividend"].sum()),
            "services_growth": np.log(consumption.sum() / before.sum()) * np.ones(NINE)}
