"""Gross domestic product of a year three ways, each from its own books, yuan by district.

    production     value added of firms (market: prices x output) + farming, animals and let farm houses: sales less what they buy
    income         pay, taxes on production less subsidies, mixed income of households (what is left of their disposable income without pay,
                   property and transfers) and what firms' surplus went into: payments, own investment, the change of deposits on their rows
    expenditure    what is bought from firms for final use, by use, + exports - imports, from the postings
Services of banks and insurer carry no price: they count at their running costs as consumption. Premiums and indemnities move income, not product.
Fees of trusteeship are bought by farming; the value added of the crews is part of that of firms, which does not grow with it. The service of an own house is
in none of the three; farm subsidies are a negative tax and part of mixed income. Not here: the check (`sim/ledger.py`), the table (`sim/study`).
"""
import numpy as np

from sim.accounts import CODE, FIRMS, UPPER, WORLD

INTERMEDIATE, CONSUMPTION, GOVERNMENT, INVESTMENT = "intermediate", "consumption", "government", "investment"
# What is bought from firms, and for which use: whoever buys from firms under another code stands here, or the product does not close.
USES = {
    "farm_inputs": INTERMEDIATE, "lease_services": INTERMEDIATE, "farm_services": INTERMEDIATE, "consumption": CONSUMPTION,
    "bank_costs": CONSUMPTION, "insurance_costs": CONSUMPTION, "company_costs": CONSUMPTION,
    "public_services": GOVERNMENT,
    "investment": INVESTMENT, "housing": INVESTMENT, "homes": INVESTMENT, "reclaim": INVESTMENT, "crop_grant": INVESTMENT, "farm_grant": INVESTMENT,
    "land_works": INVESTMENT, "infrastructure": INVESTMENT, "trunk_roads": INVESTMENT, "leakage": CONSUMPTION, "village_works": INVESTMENT,
    "village_services": GOVERNMENT,
    "labour_services": GOVERNMENT, "industrial_works": INVESTMENT, "coop_support": GOVERNMENT,
}
PAY = ("wages", "wages_incommuters", "contributions", "income_tax")
OWN_SALES = ("grain", "other_farm_sales", "house_rent")      # sold by households themselves, all of it outside the zone
PROPERTY_INCOME = ("rent_received", "interest", "dividend", "profit", "imputed_rent")
TRANSFERS = ("producer_subsidy", "fertility_subsidy", "pension", "other_transfer", "remittance_zone", "remittance_outside")
INDICATOR_OF = {"production": "gdp_yuan", "income": "gdp_income_yuan", "expenditure": "gdp_expenditure_yuan"}
LINES = {
    "production": ("firms", "households"), "income": ("pay", "taxes", "mixed", "surplus"),
    "expenditure": ("consumption", "government", "investment", "exports", "imports"),
}


def sold(books, code):
    """What firms sell under a code less what they buy back (dwellings), yuan (9,)."""
    return books.total(code, receiver=FIRMS) + books.total(code, FIRMS, FIRMS) - books.total(code, payer=FIRMS)


def sold_to_users(books):
    """What firms sell inside the zone and to its households away, yuan (9,)."""
    return sum(sold(books, code) for code in USES)


def household_product(books):
    """Value added of farming, animals and let farm houses: sales less inputs and services bought, yuan (9,)."""
    bought = sum(books.total(code, receiver=FIRMS) for code, use in USES.items() if use == INTERMEDIATE)
    return sum(books.total(code, payer=WORLD) for code in OWN_SALES) - bought


def by_production(books, value_added):
    """{line: yuan (9,)}; value_added of firms (9,)."""
    return {"firms": value_added, "households": household_product(books)}


def by_income(books, totals, deposits_change):
    """{line: yuan (9,)}. totals: sums of household columns (3, 9); deposits_change of firms, counted on their rows (9,)."""
    x = {name: totals[name].sum(0) for name in ("disposable_income", "wage_income", "loan_interest", "pledge_rent", "rent_paid", "exit_fee", "premium",
                                                     "indemnity", *PROPERTY_INCOME, *TRANSFERS)}
    other = x["wage_income"] - x["loan_interest"] - x["pledge_rent"] + sum(x[name] for name in (*PROPERTY_INCOME, *TRANSFERS))
    subsidies = books.total("subsidies", payer=UPPER)
    mixed = x["disposable_income"] - other + x["rent_paid"] - x["exit_fee"] + x["premium"] - x["indemnity"] + subsidies
    return paid_out(books) | {"mixed": mixed, "surplus": surplus_used(books) + deposits_change}


def paid_out(books):
    """Pay and taxes on production less subsidies, yuan (9,) each."""
    taxes = books.total("production_tax", payer=FIRMS) - books.total("subsidies", payer=UPPER)
    return {"pay": sum(books.total(code, payer=FIRMS) for code in PAY), "taxes": taxes}


def surplus_used(books):
    """What firms paid, net, out of their surplus beside pay, taxes and own account, own investment with it; without their deposits, yuan (9,)."""
    elsewhere = {*USES, *PAY, "production_tax", "own_account", "order_premiums", "patronage", "exports", "imports", "firm_investment"}
    used = books.total("firm_investment")
    for (code, payer, receiver), amount in books.postings.items():
        if CODE[code].kind != "volume" and code not in elsewhere:
            used = used + (payer == FIRMS) * amount - (receiver == FIRMS) * amount
    return used


def by_expenditure(books):
    """{line: yuan (9,)}; what buyers outside take of any use is exported, used equipment too."""
    lines = {use: np.zeros_like(books.total("exports")) for use in (CONSUMPTION, GOVERNMENT, INVESTMENT)}
    exports = sum(books.total(code, payer=WORLD) for code in ("exports", "scrap", *OWN_SALES))
    for code, use in USES.items():
        if use != INTERMEDIATE:
            outside = books.total(code, WORLD, FIRMS) - books.total(code, FIRMS, WORLD)
            lines[use] = lines[use] + sold(books, code) - outside
            exports = exports + outside
    lines[INVESTMENT] = lines[INVESTMENT] + books.total("firm_investment") - books.total("scrap", receiver=FIRMS)
    return lines | {"exports": exports, "imports": -books.total("imports", receiver=WORLD)}


def product(lines):
    """The sum of one way, yuan (9,)."""
    return sum(lines.values())
