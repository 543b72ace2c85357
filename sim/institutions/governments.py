"""District governments and social insurance: services up to a target, cash repaired over years, gaps granted by province and centre."""
import numpy as np

from sim.accounts import DISTRICT, FIRMS, INSURANCE, UPPER


def open_cash(state):
    """Spending target of 2019 by residents and the cash of each district on the first 1 January."""
    b = state.behaviour
    residents = state.totals["persons"][:2].sum(0)
    state.base = {"spending": float(b.district_spending) * residents / residents.sum()}
    state.books.balances[DISTRICT] = float(b.cash_share) * state.base["spending"]


def spend(state):
    """Districts: services up to the target, repaired cash; grants fill the gap between target and own revenue. Social insurance: its gap is granted."""
    b, books, base = state.behaviour, state.books, state.base
    taxes = sum(books.total(code, payer=FIRMS) for code in ("income_tax", "production_tax"))
    target = base["spending"] * base["nonfarm"].sum() / base["value_added"].sum()
    books.pay("grants", UPPER, DISTRICT, np.maximum(target - float(b.local_tax_part) * taxes, 0.0))
    gap = books.balances[DISTRICT] - target - float(b.cash_share) * target
    services = np.maximum(target + float(b.cash_repair) * gap, 0.0)
    books.pay("public_services", DISTRICT, FIRMS, services)
    base["service_index"] = services / target
    shortfall = (books.total("pensions", payer=INSURANCE) + books.total("social_transfers", payer=INSURANCE)
                 - books.total("contributions", receiver=INSURANCE))
    books.pay("insurance_grant", UPPER, INSURANCE, shortfall)


def publish_next(state):
    """Next year's index of public services by district."""
    return {"public_services": np.clip(state.base["service_index"], 0.3, 3.0)}
