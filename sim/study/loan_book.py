"""Debts of households on 31 December by holder, collateral and vintage, out of loans.parquet: means over the seeds of a run.

Not here: how a loan comes and goes (`sim/kernels/credit.py`), how the tables are printed (`sim/cli/accounts.py`).
"""

from typing import NamedTuple

from sim.errors import DataError

TABLE = "loans"


class Loans(NamedTuple):
    """One cell of the book: yuan owed, and yuan of it in default."""

    holder: str
    collateral: str
    vintage: int
    yuan: float
    yuan_in_default: float


def loan_book(run, year: int) -> list[Loans] | None:
    """Every cell of the book of a year, by holder, collateral and vintage; None where the run was made by a version that kept none."""
    try:
        frame = run.table(TABLE)
    except DataError:
        return None
    found = frame[frame["year"] == year].groupby(["holder", "collateral", "vintage"], sort=False)[["yuan", "yuan_in_default"]].sum() / len(run.seeds)
    return [Loans(*keys, *map(float, values)) for keys, values in zip(found.index, found.to_numpy())]


def summed(book: list[Loans], *keys: str) -> dict[tuple, tuple[float, float]]:
    """{values of these fields: (yuan, share in default)} of a book."""
    sums: dict[tuple, list[float]] = {}
    for cell in book:
        at = sums.setdefault(tuple(getattr(cell, key) for key in keys), [0.0, 0.0])
        at[0] += cell.yuan
        at[1] += cell.yuan_in_default
    return {key: (yuan, bad / yuan if yuan else 0.0) for key, (yuan, bad) in sums.items()}
