"""What every sector holds and owes on 31 December, and what moved between sectors without a payment: rows for balances.parquet.

An asset is positive, a debt negative, so that each item sums to zero over the sectors:
    deposits        held by households and institutions, owed by the bank
    loans           owed by households, firms and collectives, held by the bank, bad ones that were bought by the property companies; bonds of
                    districts, held outside
    foreign_claim   the bank's claim on the rest of the world
    equity          what the bank keeps as its own, beside the items above: it must equal their sum for the bank
    deposits_moved, loans_moved   of the year: taken along by families that move, and inherited; the sector where it arrives is positive
Figures are yuan of the whole zone; districts have none, because a family that moves takes its deposits across them.
Not here: the identities (`sim/ledger.py`), the matrices made of these rows (`sim/study/matrices.py`).
"""
from sim.accounts import BANK, COLLECTIVES, DISTRICT, FIRMS, HOUSEHOLD_SECTORS, PROPERTY, WORLD
from sim.sums import product

ITEMS = ("deposits", "loans", "foreign_claim")


def balance_rows(state, year):
    """[(year, item, sector, yuan)] of the books as they stand; before the first year they are those of the start."""
    stocks = state.stocks
    rows = [(year, "deposits", sector, float(held)) for sector, held in zip(HOUSEHOLD_SECTORS, stocks.deposits)]
    rows += [(year, "deposits", sector, float(held.sum())) for sector, held in stocks.balances.items()]
    rows.append((year, "deposits", BANK, -sum(yuan for *_, yuan in rows)))
    rows += [(year, "loans", sector, -float(owed)) for sector, owed in zip(HOUSEHOLD_SECTORS, stocks.debt)]
    rows.append((year, "loans", FIRMS, -float(stocks.firm_loans.sum())))
    rows.append((year, "loans", COLLECTIVES, -float(stocks.collective_debt.sum())))
    bought = float(stocks.company_loans.sum())
    rows.append((year, "loans", PROPERTY, bought))
    rows.append((year, "loans", BANK, float(stocks.debt.sum() + stocks.firm_loans.sum() + stocks.collective_debt.sum()) - bought))
    rows += [(year, "loans", DISTRICT, -float(stocks.bonds.sum())), (year, "loans", WORLD, float(stocks.bonds.sum()))]
    rows += [(year, "foreign_claim", BANK, float(stocks.claim)), (year, "foreign_claim", WORLD, -float(stocks.claim))]
    rows.append((year, "equity", BANK, float(state.banks.equity.sum())))
    moved = product(state.spans.weight, state.volume)     # (3 sectors, deposits and debt)
    for column, item, sign in ((0, "deposits_moved", 1.0), (1, "loans_moved", -1.0)):
        rows += [(year, item, sector, sign * float(yuan)) for sector, yuan in zip(HOUSEHOLD_SECTORS, moved[:, column])]
    return rows
