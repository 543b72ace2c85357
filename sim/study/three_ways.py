"""Gross domestic product of a year of a run by production, income and expenditure, in lines: what `ronghe accounts` shows under the matrices.

Lines are summed from the files of the run: postings (accounts.parquet), deposits of firms (balances.parquet); what firms made and what households
earned stand in the recorded products themselves. Yuan of 2019 of the whole zone, means over seeds; ways are compared seed by seed.
Not here: what belongs to which line (`sim/national_accounts.py`), the check by district inside a run (`sim/ledger.py`).
"""

from typing import NamedTuple

import numpy as np

from sim import national_accounts
from sim.accounts import FIRMS, Books
from sim.errors import DataError
from sim.places import DISTRICT_IDS

TOLERANCE = 1e-7  # of the product


class Way(NamedTuple):
    """One way: production, income or expenditure; {line: yuan}."""

    id: str
    lines: dict[str, float]

    @property
    def sum(self) -> float:
        return sum(self.lines.values())


def three_ways(run, year: int):
    """([Way], [(way, seed, yuan)] that differ from production); ([], []) where the run was made by a version that kept one way only."""
    recorded = run.indicators
    recorded = recorded[(recorded["year"] == year) & (recorded["district"] == "zone") & recorded["indicator"].isin(national_accounts.INDICATOR_OF.values())]
    recorded = recorded.set_index(["seed", "indicator"])["value"]
    try:
        balances = run.balances
    except DataError:
        return [], []
    if any((seed, id) not in recorded.index for seed in run.seeds for id in national_accounts.INDICATOR_OF.values()):
        return [], []
    found, gaps = [], []
    for seed in run.seeds:
        product = {way: float(recorded[seed, id]) for way, id in national_accounts.INDICATOR_OF.items()}
        lines = _lines(_books(run.accounts, seed, year), product, _deposits_change(balances, seed, year))
        sums = {"production": product["production"], "income": product["income"], "expenditure": sum(lines["expenditure"].values())}
        gaps += [(way, int(seed), value - sums["production"]) for way, value in sums.items() if not abs(value / sums["production"] - 1) <= TOLERANCE]
        found.append(lines)
    means = {way: {line: float(np.mean([lines[way][line] for lines in found])) for line in order} for way, order in national_accounts.LINES.items()}
    return [Way(way, lines) for way, lines in means.items()], gaps


def _lines(books, product, deposits_change):
    """{way: {line: yuan of the zone}}: what is not posted is the recorded product less its other lines."""
    households = float(national_accounts.household_product(books).sum())
    paid = {line: float(amount.sum()) for line, amount in national_accounts.paid_out(books).items()}
    surplus = float(national_accounts.surplus_used(books).sum()) + deposits_change
    return {
        "production": {"firms": product["production"] - households, "households": households},
        "income": paid | {"surplus": surplus, "mixed": product["income"] - surplus - sum(paid.values())},
        "expenditure": {line: float(amount.sum()) for line, amount in national_accounts.by_expenditure(books).items()},
    }


def _books(frame, seed, year):
    """The postings of a year as books."""
    books = Books()
    frame = frame[(frame["seed"] == seed) & (frame["year"] == year)]
    for district, rows in frame.groupby("district"):
        at = np.zeros(len(DISTRICT_IDS))
        at[DISTRICT_IDS.index(district)] = 1.0
        for code, payer, receiver, yuan in zip(rows["code"], rows["payer"], rows["receiver"], rows["yuan"]):
            books.post(code, payer, receiver, yuan * at)
    return books


def _deposits_change(frame, seed, year) -> float:
    """Of firms in a year, yuan."""
    held = frame[(frame["seed"] == seed) & (frame["item"] == "deposits") & (frame["sector"] == FIRMS)].set_index("year")["yuan"]
    return float(held[year] - held[year - 1])
