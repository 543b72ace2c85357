"""Non-farm firms of each district: levels of 2019, wages, taxes, investment, dividends, and trade with outside.

The market itself (output, prices, wages as indices) clears in `sim/markets/labour.py`; here indices become yuan.
    value added   V = V_2019 P Y by district and market          gross wages = net wages / (1 - labour wedge)
    profit        = value added - gross wages - wages of in-commuters - taxes - investment, all of it paid out
"""
import numpy as np

from sim import evidence
from sim.accounts import DISTRICT, FIRMS, INSURANCE, UPPER, URBAN, WORLD
from sim.places import DISTRICTS

NINE = len(DISTRICTS)


def plan_levels(b):
    """Non-farm value added and all taxes of 2019 from the plan's figures, yuan."""
    gdp, farm, taxes = (evidence.figure(id).value for id in ("zone_gdp_2019", "zone_agri_value_2019", "zone_fiscal_all_2019"))
    return gdp - farm * float(b.farm_value_share), taxes


def capital_output(b):
    """Capital over value added at rest: capital share / ((1 + markup) x user cost)."""
    return float(b.capital_share) / ((1 + float(b.markup)) * float(b.capital_cost))


def opening_dividend(state):
    """Dividend per unit of firm equity that residents hold on 1 January of the first year, yuan."""
    b = state.behaviour
    nonfarm, taxes = plan_levels(b)
    profit = nonfarm * (1 - float(b.wage_share) - float(b.depreciation) * capital_output(b)) - taxes
    return float(b.resident_equity) * profit / max(state.totals["equity"].sum(), 1.0)


def open_levels(state, net_wages):
    """Levels of 2019 from the plan's figures: value added by district in proportion to pay, taxes, capital. net_wages (9,)."""
    b, x = state.behaviour, state.totals
    nonfarm, taxes = plan_levels(b)
    share = net_wages / net_wages.sum()
    tradable = float(b.tradable_share)
    gross = net_wages / (1 - float(b.labour_wedge))
    bill = float(b.wage_share) * nonfarm
    tax_on_income = ((gross - net_wages) * float(b.income_tax_part)).sum()
    state.base |= {
        "value_added": nonfarm * share[:, None] * np.array([tradable, 1 - tradable]), "incommuter_wages": np.maximum(bill - gross.sum(), 0) * share,
        "tax_rate": (taxes - tax_on_income) / nonfarm, "capital": capital_output(b) * nonfarm * share, "capital_before": np.ones((NINE, 2)),
        "consumption": x["consumption"][:2].sum(0) + x["mini_wage"][1] - x["mini_remittance"][1], "shares": x["shares"].sum(0)}


def pay_wages_and_taxes(state):
    """Members living apart are paid and spend; contributions and taxes follow; value added and investment of the year become known."""
    b, books, x = state.behaviour, state.books, state.totals
    books.pay("wages", FIRMS, URBAN, x["mini_wage"][1])
    books.pay("consumption", URBAN, FIRMS, x["mini_wage"][1] - x["mini_remittance"][1])
    net_wages = x["wage_income"][:2].sum(0) + x["mini_wage"][1]
    if "value_added" not in state.base:
        open_levels(state, net_wages)
    base, f = state.base, state.firms
    nonfarm = (base["value_added"] * f.price * f.output).sum(1)
    gross = net_wages / (1 - float(b.labour_wedge))
    tax_on_income = (gross - net_wages) * float(b.income_tax_part)
    incommuters = base["incommuter_wages"] * f.wage
    books.pay("wages_incommuters", FIRMS, WORLD, incommuters)
    books.pay("contributions", FIRMS, INSURANCE, gross - net_wages - tax_on_income)
    production_tax = base["tax_rate"] * nonfarm
    local = float(b.local_tax_part)
    for code, amount in (("income_tax", tax_on_income), ("production_tax", production_tax)):
        books.pay(code, FIRMS, DISTRICT, local * amount)
        books.pay(code, FIRMS, UPPER, (1 - local) * amount)
    growth, wear = (f.capital - base["capital_before"]).sum(1) / 2, float(b.depreciation) * base["capital_before"].mean(1)
    base["investment"] = base["capital"] * (growth + wear)
    base["capital_before"] = f.capital.copy()
    base["nonfarm"] = nonfarm
    base["profit"] = nonfarm - gross - incommuters - production_tax - base["investment"]


def trade(state):
    """Imports by use; exports close the product account: value added = domestic sales + investment + exports - imports."""
    b, books, base = state.behaviour, state.books, state.base
    consumption = books.total("consumption", receiver=FIRMS)
    materials = books.total("farm_inputs", receiver=FIRMS)
    imports = (float(b.import_consumption) * consumption + float(b.import_investment) * base["investment"] + float(b.import_materials) * materials)
    bought = ("public_services", "reclaim", "investment", "housing", "lease_services")
    domestic = consumption + materials + sum(books.total(code, receiver=FIRMS) for code in bought)
    books.pay("imports", FIRMS, WORLD, imports)
    books.pay("exports", WORLD, FIRMS, base["nonfarm"] + imports - domestic - base["investment"])


def pay_dividends(state):
    """Profit that residents' dividends, land rents and own-account incomes leave goes to owners outside and to province and centre."""
    books, public = state.books, float(state.behaviour.upper_equity)
    resident = books.total("firm_dividend", payer=FIRMS)
    left = state.base["profit"] - resident - books.total("collective_land_rent", payer=FIRMS) - books.total("own_account", payer=FIRMS)
    books.pay("firm_dividend", FIRMS, WORLD, (1 - public) * left)
    books.pay("firm_dividend", FIRMS, UPPER, public * left)


def publish_next(state):
    """Figures of next year that follow from this one's: dividend per unit of equity, growth of demand for local services."""
    b, x, base = state.behaviour, state.totals, state.base
    paid = max(base["profit"].sum(), 0.0) * float(b.resident_equity)
    consumption = x["consumption"][:2].sum(0) + x["mini_wage"][1] - x["mini_remittance"][1]
    before = base.get("consumption_before", base["consumption"])
    base["consumption_before"] = consumption
    return {"dividend_per_unit": paid / max(x["equity"].sum(), 1.0),
            "services_growth": np.log(consumption.sum() / before.sum()) * np.ones(NINE)}
