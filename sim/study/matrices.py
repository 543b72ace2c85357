"""The two matrices of a year: who paid whom for what (transaction flows), and who holds and owes what on 31 December (balance sheet).

Transaction flows: a row per code and one per change of a stock, a column per sector; a receipt is positive, a payment negative, putting money into
a deposit is a use and so negative. Balance sheet: a row per item, an asset positive, a debt negative. What must hold is read from two files that are
written apart, what was posted (accounts.parquet) and what was counted (balances.parquet):
    every column of the flows sums to zero      what a sector received less what it paid went into its deposits (the bank: its books outside)
    every row of the flows sums to zero         one sector's payment is another's receipt
    every row of the balance sheet sums to zero one sector's debt is another's asset
    loans                                       the change of each sector's debt is drawn less repaid, recovered and written off, and moved
    product                                     gross domestic product is the same by production, income and expenditure
    equity                                      the bank's equity moves by its income less what it wrote off, and is its assets less its debts
Figures are zone-wide, yuan of 2019 prices, means over the seeds of the run; identities are checked seed by seed.
Not here: the identities inside a run, by district and span (`sim/ledger.py`), how the matrices are printed (`sim/cli/accounts.py`).
"""

from typing import NamedTuple

import numpy as np

from sim.accounts import BANK, CODE, CODES, SECTORS
from sim.balance_sheet import ITEMS
from sim.errors import DataError, InvalidValueError
from sim.study.three_ways import three_ways
from sim.words import say

TOLERANCE = 1e-7  # of all that was paid in the year, or of all that is held
PAID = ("current", "capital", "loan")  # kinds of codes that are payments
OTHER_ITEMS = ("equity", "deposits_moved", "loans_moved")


class Row(NamedTuple):
    """One row of a matrix: a code, `change_in_ITEM` or an item; `values` (sectors,) in yuan, NaN where the cell is empty."""

    id: str
    kind: str
    values: np.ndarray

    @property
    def sum(self) -> float:
        return float(np.nansum(self.values))


class Gap(NamedTuple):
    """An identity that does not hold: which, where, for which seed, by how many yuan."""

    identity: str
    place: str
    seed: int
    yuan: float


class Matrices(NamedTuple):
    """Both matrices of a year over `sectors`, and the gross domestic product by its `three_ways`, empty where the run kept one way only.

    `with_stocks` is False where the run kept no stocks: then flows need not sum to zero by sector.
    """

    year: int
    sectors: tuple[str, ...]
    flows: list[Row]
    stocks: list[Row]
    gaps: list[Gap]
    with_stocks: bool
    product: list = []

    def column_sums(self, rows: list[Row]) -> np.ndarray:
        """What is left of each sector's column, (sectors,); transfers that are no payments do not count."""
        return np.nansum([row.values for row in rows if row.kind != "volume"], axis=0)


def matrices(run, year: int | None = None) -> Matrices:
    """The matrices of a year of a run, the last year where none is named. Raises InvalidValueError outside its years, DataError for strange rows."""
    first, last = run.years
    year = last if year is None else year
    if not first <= year <= last:
        raise InvalidValueError(say("accounts.year", year=year, first=first, last=last), where="--year", hint=say("accounts.year.hint"))
    flows = _flows(run, year)  # (seeds, codes, sectors)
    found = _balances(run, year)
    gaps = _row_gaps(run.seeds, flows)
    rows = [Row(code.name, code.kind, _mean(flows[:, i])) for i, code in enumerate(CODES) if flows[:, i].any()]
    stocks = []
    if found is not None:
        before, now = found
        changes = _changes(before, now)
        gaps += _stock_gaps(run.seeds, flows, changes, before, now)
        rows += [Row(f"change_in_{item}", "change", _mean(values)) for item, values in changes.items()]
        stocks = [Row(item, "stock", _mean(now[item])) for item in ITEMS]
    product, apart = three_ways(run, year)
    gaps += [Gap("product", f"gdp.{way}", seed, yuan) for way, seed, yuan in apart]
    return Matrices(year, SECTORS, rows, stocks, gaps, found is not None, product)


def _mean(values) -> np.ndarray:
    """Mean over seeds (first axis); cells that hold less than a yuan for every seed, the dust of adding, are empty."""
    return np.where((np.abs(values) >= 1.0).any(0), values.mean(0), np.nan)


def _flows(run, year: int) -> np.ndarray:
    """(seeds, codes, sectors) in yuan: received less paid."""
    frame = run.accounts[run.accounts["year"] == year]
    names = {"code": list(CODE), "payer": list(SECTORS), "receiver": list(SECTORS), "seed": list(run.seeds)}
    at = {column: _positions(run, frame[column], known) for column, known in names.items()}
    flows = np.zeros((len(run.seeds), len(CODES), len(SECTORS)))
    for side, sign in (("payer", -1.0), ("receiver", 1.0)):
        np.add.at(flows, (at["seed"], at["code"], at[side]), sign * frame["yuan"].to_numpy())
    return flows


def _balances(run, year: int):
    """({item: (seeds, sectors)} a year before, the same of the year), None where the run was made by a version that kept none."""
    try:
        frame = run.balances
    except DataError:
        return None
    items = (*ITEMS, *OTHER_ITEMS)
    found = []
    for when in (year - 1, year):
        part = frame[frame["year"] == when]
        table = np.zeros((len(run.seeds), len(items), len(SECTORS)))
        at = [_positions(run, part[c], known) for c, known in (("seed", list(run.seeds)), ("item", list(items)), ("sector", list(SECTORS)))]
        np.add.at(table, tuple(at), part["yuan"].to_numpy())
        found.append({item: table[:, i] for i, item in enumerate(items)})
    return found


def _positions(run, column, known: list) -> np.ndarray:
    """Where each value of a column stands in `known`. Raises DataError for a value that is not there."""
    place = {value: i for i, value in enumerate(known)}
    strange = [value for value in column.unique() if value not in place]
    if strange:
        raise DataError(say("accounts.strange", column=column.name, value=strange[0]), file=str(run.path), hint=say("results.unreadable.hint"))
    return column.map(place).to_numpy(dtype=np.int64)


def _changes(before: dict, now: dict) -> dict[str, np.ndarray]:
    """{item: (seeds, sectors)}: what went into deposits and the bank's claim outside, as a use; loans stand under their own codes."""
    return {
        "deposits": -(now["deposits"] - before["deposits"] - now["deposits_moved"]),
        "foreign_claim": -(now["foreign_claim"] - before["foreign_claim"]),
    }


def _row_gaps(seeds, flows) -> list[Gap]:
    scale = np.abs(flows).sum((1, 2)) / 2
    return _gaps("flows_row", seeds, flows.sum(2), scale, [code.name for code in CODES])


def _stock_gaps(seeds, flows, changes, before, now) -> list[Gap]:
    paid = np.array([code.kind in PAID for code in CODES])
    turnover = np.abs(flows[:, paid]).sum((1, 2)) / 2
    columns = flows[:, paid].sum(1) + sum(changes.values())
    gaps = _gaps("flows_column", seeds, columns, turnover, SECTORS)
    held = sum(np.abs(now[item]).sum(1) for item in ITEMS) / 2
    for item in ITEMS:
        gaps += _gaps("stock_row", seeds, now[item].sum(1)[:, None], held, [item])
    lent = flows[:, [code.kind == "loan" for code in CODES]].sum(1)  # positive where a sector receives a loan or its own back
    forgiven = flows[:, [code.name == "written_off" for code in CODES]].sum(1)
    gaps += _gaps("loans", seeds, now["loans"] - before["loans"] - now["loans_moved"] + lent - forgiven, turnover, SECTORS)
    bank = SECTORS.index(BANK)
    earned = (flows[:, [code.kind in ("current", "capital") for code in CODES]].sum(1) + forgiven)[:, bank]
    gaps += _gaps("equity_change", seeds, (now["equity"][:, bank] - before["equity"][:, bank] - earned)[:, None], turnover, [BANK])
    gaps += _gaps("equity", seeds, (sum(now[item][:, bank] for item in ITEMS) - now["equity"][:, bank])[:, None], held, [BANK])
    return gaps


def _gaps(identity, seeds, left, scale, places) -> list[Gap]:
    """The identities left (seeds, places) that are not zero, NaN among them; scale (seeds,) in yuan."""
    wrong = ~(np.abs(left) <= TOLERANCE * np.maximum(scale, 1.0)[:, None])
    return [Gap(identity, places[place], int(seeds[seed]), float(left[seed, place])) for seed, place in zip(*np.nonzero(wrong))]
