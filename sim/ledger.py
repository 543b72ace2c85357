"""Closes the books: every identity of money, land, people, rights and goods, each year, from two sides computed apart.

    one side    stocks counted afresh from the rows of households, persons and spans, and the balances institutions keep
    other side  last year's stocks and what was posted or reported as happening
A leak stops the run with the account, the place and the amount. Tolerances: counts exact, land 1e-9, money 1e-8 of the turnover.
"""
from typing import NamedTuple

import numpy as np

from sim import national_accounts
from sim.accounts import BANK, COLLECTIVES, FIRMS, HOUSEHOLD_FLOWS, HOUSEHOLD_SECTORS, INSTITUTIONS, PROPERTY, RURAL, URBAN, WORLD
from sim.errors import LedgerError
from sim.institutions.disposal import company_loans
from sim.institutions.firms import by_cell
from sim.kernels.counting import COUNTED, C, count_rows
from sim.places import DISTRICT_IDS
from sim.sums import product
from sim.tables import FLOWS, FREE, LAND_CLASSES

MONEY, LAND, PRODUCT = 1e-8, 1e-9, 1e-8


class Stocks(NamedTuple):
    """Stocks of one 31 December. Households by sector of residence (3,), spans (S,), institutions by district."""
    deposits: np.ndarray
    debt: np.ndarray
    balances: dict
    claim: float
    contract: np.ndarray
    operated: np.ndarray
    plots: np.ndarray
    construction: np.ndarray
    farmland: np.ndarray
    persons: np.ndarray
    qualifications: np.ndarray
    shares: np.ndarray
    firm_loans: np.ndarray
    firm_deposits: np.ndarray
    other_classes: np.ndarray      # construction land of the village beside members' plots, class by class, (S,)
    parks: np.ndarray              # land that collectives hold in parks, by district
    collective_debt: np.ndarray    # by district
    quota: np.ndarray              # by district
    state_land: np.ndarray         # in firms' use, by district
    bonds: np.ndarray              # of districts
    company_loans: np.ndarray      # debts of households to property companies, by district
    rows: np.ndarray               # all that was counted, (S, COUNTED)


def take_stock(state):
    """Count the rows."""
    spans = state.spans
    counted = np.zeros((len(spans.uid), len(COUNTED)))
    state.runner.run(count_rows, spans, state.households, state.persons, counted)
    deposits, debt = (product(spans.weight, counted[:, [C[f"{kind}_{home}"] for home in ("village", "town", "outside")]]) for kind in ("deposits", "debt"))
    firms, c = state.firms, state.collectives
    loans, cash = (by_cell(firms, column).sum(1) for column in (firms.loan, firms.deposits))
    owed = _by_district(state, c.debt)
    companies = company_loans(state)
    claim = (deposits.sum() + sum(b.sum() for b in state.books.balances.values()) + state.banks.equity.sum()
             - debt.sum() + companies.sum() - loans.sum() - owed.sum())
    return Stocks(deposits, debt, {k: v.copy() for k, v in state.books.balances.items()}, claim,
                  counted[:, C["contract"]] + spans.pool, counted[:, C["operated"]] + spans.idle_land, counted[:, C["plots"]],
                  spans.construction.copy(), spans.farmland.copy(), counted[:, C["residents"]],
                  counted[:, C["qualifications"]], counted[:, C["shares"]], loans, cash, spans.returned + sum(getattr(c, name) for name in LAND_CLASSES),
                  _by_district(state, c.park), owed, state.land.quota_stock.copy(), state.land.state_land.copy(), state.public.bonds.copy(), companies, counted)


def _by_district(state, values):
    return np.bincount(state.spans.district, state.spans.weight * values, len(DISTRICT_IDS))


def _refuse(account, place, gap, year):
    raise LedgerError(account, place, float(gap), int(year))


def _equal(state, account, left, right, scale, tolerance, places):
    """Compare two arrays; the worst place is named."""
    left, right = np.atleast_1d(left), np.atleast_1d(right)
    gap = left - right
    worst = int(np.argmax(np.abs(gap)))
    bound = tolerance * np.maximum(np.abs(np.broadcast_to(scale, gap.shape)[worst]), 1.0)
    state.checks[account] = max(state.checks.get(account, 0.0), float(np.abs(gap[worst]) / max(abs(np.broadcast_to(scale, gap.shape)[worst]), 1.0)))
    if not np.abs(gap[worst]) <= bound:
        _refuse(account, places(worst) if callable(places) else places[worst], gap[worst], state.year)


def close_books(state):
    """Check every identity of the year and keep the stocks for the next."""
    before, now = state.stocks, take_stock(state)
    _money(state, before, now)
    _land(state, before, now)
    _people(state, before, now)
    _rights(state, before, now)
    _goods(state)
    _product(state, before, now)
    if state.full_spans:
        _refuse("free rows of a span", f"{state.full_spans} spans", state.full_spans, state.year)
    state.stocks = now


def _money(state, before, now):
    books, x, year = state.books, state.totals, state.year
    volume = product(state.spans.weight, state.volume)                # (3, 2)
    loans = ("current", "capital", "loan")
    flows = np.zeros(3)
    for flow in FLOWS:
        if flow.name in HOUSEHOLD_FLOWS:
            flows += flow.sign * x[flow.name].sum(1)
    posted = np.array([books.net(RURAL, loans).sum(), books.net(URBAN, loans).sum(), flows[2]])
    turnover = np.array([sum(abs(x[f.name][i]).sum() for f in FLOWS) for i in range(3)])
    _equal(state, "money: deposits of households", now.deposits, before.deposits + posted + volume[:, 0], turnover, MONEY, HOUSEHOLD_SECTORS)
    change = (x["loan_drawn"] - x["loan_repaid"] - x["recovered"] - x["written_off"]).sum(1)
    _equal(state, "money: debt of households", now.debt, before.debt + change + volume[:, 1], turnover, MONEY, HOUSEHOLD_SECTORS)
    for sector in INSTITUTIONS:
        _equal(state, f"money: balance of {sector}", now.balances[sector], before.balances[sector] + books.net(sector, loans), turnover.sum(), MONEY,
               DISTRICT_IDS)
    lent = (books.total("loan_drawn", BANK, FIRMS) - books.total("loan_repaid", FIRMS, BANK) - books.total("written_off", BANK, FIRMS))
    _equal(state, "money: loans of firms", now.firm_loans, before.firm_loans + lent, turnover.sum(), MONEY, DISTRICT_IDS)
    _equal(state, "money: deposits of firms", now.firm_deposits, now.balances[FIRMS], turnover.sum(), MONEY, DISTRICT_IDS)
    held = _by_district(state, state.collectives.cash + state.collectives.reserve)
    _equal(state, "money: cash and reserve of villages", held, now.balances[COLLECTIVES], turnover.sum(), MONEY, DISTRICT_IDS)
    lent = books.total("loan_drawn", receiver=COLLECTIVES) - books.total("loan_repaid", payer=COLLECTIVES)
    _equal(state, "money: debt of villages", now.collective_debt, before.collective_debt + lent, turnover.sum(), MONEY, DISTRICT_IDS)
    lent = books.total("bad_loans", PROPERTY, BANK) - books.total("bad_loans", BANK, PROPERTY)
    lent = lent + books.total("written_off", BANK, PROPERTY) - books.total("written_off", PROPERTY, BANK)
    _equal(state, "money: loans of property companies", now.company_loans, before.company_loans + lent, turnover.sum(), MONEY, DISTRICT_IDS)
    outside = flows[2] - (x["loan_drawn"] - x["loan_repaid"] - x["recovered"]).sum(1)[2]
    bonds = books.total("bonds_issued", payer=WORLD) - books.total("bonds_redeemed", receiver=WORLD)
    _equal(state, "money: bonds of districts", now.bonds, before.bonds + bonds, turnover.sum(), MONEY, DISTRICT_IDS)
    claim = before.claim - (books.net(WORLD).sum() - outside) + bonds.sum()
    _equal(state, "money: claim on the rest of the world", now.claim, claim, turnover.sum(), MONEY, ("zone",))
    banks = state.banks
    kept = np.array([banks.loans.sum(), banks.deposits.sum(), banks.claim.sum()])
    counted = np.array([now.debt.sum() - now.company_loans.sum() + now.firm_loans.sum() + now.collective_debt.sum(),
                        now.deposits.sum() + sum(b.sum() for b in now.balances.values()), now.claim])
    _equal(state, "money: books of the banks", kept, counted, turnover.sum(), MONEY, ("loans", "deposits", "claim outside"))
    for (code, payer, receiver), amount in books.postings.items():
        if not np.isfinite(amount).all():
            _refuse(f"money: {code} from {payer} to {receiver}", "zone", float("nan"), year)
    _equal(state, "money: transfers sum to zero", sum(books.net(s, loans).sum() for s in (*INSTITUTIONS, RURAL, URBAN, BANK, WORLD)), 0.0,
           turnover.sum(), MONEY, ("zone",))


def _span_name(state):
    return lambda s: f"{DISTRICT_IDS[int(state.spans.district[s])]}, span {int(state.spans.uid[s]) & 0x3FFFFFFF}"


def _land(state, before, now):
    from sim.kernels.year import H
    happened, place, c = state.happened, _span_name(state), state.collectives
    reclaimed, kept = happened[:, H["plots_reclaimed"]], happened[:, H["plots_kept"]]
    size = np.maximum(before.contract, 1.0)
    _equal(state, "land: contracted land", now.contract, before.contract + reclaimed + c.relocated, size, LAND, place)
    _equal(state, "land: operated land", now.operated, now.contract, size, LAND, place)
    _equal(state, "land: entrusted land", now.rows[:, C["entrusted"]], state.tally[:, :, _tally("entrusted_area")].sum(1), size, LAND, place)
    _equal(state, "land: entrusted land that is not operated", now.rows[:, C["entrusted_beyond"]], 0.0, size, LAND, place)
    _equal(state, "land: homestead plots", now.plots,
           before.plots - reclaimed - kept - happened[:, H["plots_lapsed"]] + happened[:, H["plots_granted"]], size, LAND, place)
    _equal(state, "land: construction land", now.construction, before.construction - reclaimed - c.relocated + c.taken, size, LAND, place)
    _equal(state, "land: dwellings in town", now.rows[:, C["homes"]],
           before.rows[:, C["homes"]] + happened[:, H["homes_bought"]] - happened[:, H["homes_sold"]], size, LAND, place)
    _equal(state, "land: farmland", now.farmland, before.farmland + reclaimed + c.relocated - c.taken, size, LAND, place)
    village = state.spans.urban == 0
    _equal(state, "land: classes of construction land", (now.plots + now.other_classes) * village, now.construction * village, size, LAND, place)
    _district_land(state, before, now)


def _district_land(state, before, now):
    """Land of firms, parks and quota by district: what districts keep against what villages gave and got."""
    land, c, b = state.land, state.collectives, state.behaviour
    size = np.maximum(land.state_start, 1.0)
    given = _by_district(state, c.taken + c.renewed - c.relocated)
    _equal(state, "land: state land", now.state_land, before.state_land + given + land.recycled, size, LAND, DISTRICT_IDS)
    _equal(state, "land: parks", now.parks, before.parks + _by_district(state, c.relocated), size, LAND, DISTRICT_IDS)
    from sim.kernels.year import H
    issued = (1 - float(b.quota_loss)) * _by_district(state, state.happened[:, H["plots_reclaimed"]])
    _equal(state, "land: quota", now.quota, before.quota + issued - land.quota_used - land.quota_sold, size, LAND, DISTRICT_IDS)


def _people(state, before, now):
    from sim.kernels.year import H
    event = {name: state.happened[:, H[name]] for name in ("births", "deaths", "arrivals", "left_zone", "came_back")}
    expected = before.persons + event["births"] - event["deaths"] + event["arrivals"] - event["left_zone"] + event["came_back"]
    _equal(state, "people: residents", now.persons, expected, 1.0, 1e-9, _span_name(state))
    lost = now.rows[:, C["homeless"]]
    if lost.any():
        pp = state.persons
        first = np.argmax((pp.age >= 0) & (state.households.kind[pp.household] == FREE))
        _refuse("people: persons without a household", f"person {int(pp.uid[first])}", lost.sum(), state.year)
    counted = now.rows[:, C["persons"]].sum()
    tallied = state.tally[:, :, _tally("persons")].sum()
    _equal(state, "people: persons counted by place", tallied, counted, 1.0, 1e-9, ("zone",))


def _tally(name):
    from sim.kernels.year import T
    return T[name]


def _rights(state, before, now):
    from sim.kernels.year import H
    happened, place, spans = state.happened, _span_name(state), state.spans
    _equal(state, "rights: homestead qualifications", now.qualifications,
           before.qualifications - happened[:, H["qualifications_exited"]] - happened[:, H["qualifications_lapsed"]], 1.0, 1e-9, place)
    _equal(state, "rights: shares held", now.shares, before.shares - happened[:, H["shares_exited"]] - happened[:, H["shares_lapsed"]], 1.0, 1e-9, place)
    _equal(state, "rights: shares on the register", spans.shares, now.shares, 1.0, 1e-9, place)
    paid = happened[:, H["exit_cost"]]
    _equal(state, "rights: exits paid", now.rows[:, C["exit_payment"]], paid, np.maximum(paid, 1.0), MONEY, place)


def _goods(state):
    x, year = state.totals, state.published
    price = float(year.grain_price) * float(year.price_shock)
    sold = state.books.total("grain") / price
    _equal(state, "goods: grain, kg", sold, x["grain"].sum(0), np.maximum(x["grain"].sum(0), 1.0), 1e-5, DISTRICT_IDS)


def _product(state, before, now):
    """Gross domestic product: what the market made against what was earned and against what was bought."""
    books = state.books
    made = national_accounts.by_production(books, state.base["value_added_now"].sum(1))
    earned = national_accounts.by_income(books, state.totals, now.firm_deposits - before.firm_deposits)
    bought = national_accounts.by_expenditure(books)
    state.product = {"production": made, "income": earned, "expenditure": bought}
    total = national_accounts.product(made)
    for way, lines in (("income", earned), ("expenditure", bought)):
        _equal(state, f"product: production and {way}", national_accounts.product(lines), total, total.sum(), PRODUCT, DISTRICT_IDS)
