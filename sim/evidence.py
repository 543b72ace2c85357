"""The evidence: every measured, recalled or assumed figure of `sim/data` with unit, place, year, source and quality, checked when read.

    figures()     all figures by id; `figure(id)` one of them       calibration_targets()   those that may be fitted to
    assumed()     what no page was found for                        deflate(value, year)    money of a year in yuan of 2019
    districts()   start values of the nine units                    distances()             km of road between their centres
    income_shapes()   quintiles and fitted shapes                   drivers(first, last)    common paths of prices, wages, transfers
    content_hash()    one hash of all of it, part of a run's key

Not here: behavioural parameters (`sim/behaviour.py`), levers (`sim/policies`), the population made from this (`sim/population.py`).
"""
import difflib
import hashlib
import math
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from .data_files import table
from .errors import DataError as EvidenceError
from .places import DISTRICT_IDS

DATA = Path(__file__).resolve().parent / "data"
FIGURE_FILES = ("statistics.csv", "reforms.csv", "assumptions.csv")
FIGURE_COLUMNS = (
    "id", "zh", "en", "place", "year", "value", "low", "high", "unit", "source", "source_url", "quality", "use", "note",
)
QUALITIES = ("official", "paper", "news", "memory", "assumed", "derived")
USES = ("calibrate", "validate", "context")
UNITS = frozenset((
    "persons", "households", "homesteads", "parcels", "count", "years", "km2", "ha", "mu", "m2", "t", "kg per ha", "yuan",
    "yuan per month", "yuan per mu", "yuan per m2", "yuan per hour", "mu per person", "percent", "percentage points", "per mille",
    "log points", "ratio", "index", "elasticity", "sign",
))
BASE_YEAR = 2019
LAST_YEAR = 2050
MADE_TO_ADD_UP = "made to add up to the zone, docs/decisions/nine-units.md"
GRAIN_SHARES = {"maize_price": 0.77, "rice_price": 0.23}         # of grain output by weight
DRIVER_UNITS = {
    "maize_price": "yuan per kg", "rice_price": "yuan per kg", "inputs_price": "index", "outside_wage": "yuan per month",
    "rural_pension": "yuan per year", "urban_pension_growth": "percent", "other_rural_transfers_growth": "percent",
    "consumer_price_growth": "percent", "lending_rate": "percent", "tradable_demand_growth": "percent",
    "demand_shock": "log points times 100",
}


class Figure(NamedTuple):
    """One figure. `low` and `high` are its plausible or reported range, NaN where none is given; money is in yuan of `year`."""

    id: str
    zh: str
    en: str
    place: str
    year: int
    value: float
    unit: str
    source: str
    quality: str
    use: str
    note: str
    low: float = math.nan
    high: float = math.nan
    source_url: str = ""


class Quantity(NamedTuple):
    """What is known of each district at the start: its words, unit, and the figure of the zone it adds up to."""

    zh: str
    en: str
    unit: str
    zone: str


DISTRICT_QUANTITIES = {
    "area": Quantity("面积(去重)", "Area", "km2", "zone_area_2019"),
    "population": Quantity("常住人口(去重)", "Residents", "persons", "zone_pop_2019"),
    "rural_population": Quantity("农村常住人口", "Rural residents", "persons", "zone_rural_population_2019"),
    "villages": Quantity("行政村", "Villages", "count", "zone_villages_2019"),
}


class Districts(NamedTuple):
    """Start values of the nine units at 1 January 2019, in the plan's order, without overlaps; shapes (9,)."""

    area_km2: np.ndarray
    population: np.ndarray
    rural_population: np.ndarray
    villages: np.ndarray


class IncomeShape(NamedTuple):
    """Incomes per head by fifths of the people (5,), the Gini of the fifths, and two shapes fitted to them.

    Dagum with scale 1 (a, p), and a lognormal (sigma) shifted by a multiple of the mean.
    """

    id: str
    place: str
    year: int
    quintiles: np.ndarray
    gini: float
    dagum_a: float
    dagum_p: float
    shift: float
    sigma: float
    quality: str
    source: str


def read_figure(row):
    """The Figure of a row, each of its cells checked."""
    value, low, high = row.number("value"), row.number("low", math.nan), row.number("high", math.nan)
    if low > high or value < low or value > high:
        row.refuse(f"value {value:g} lies outside its range, {low:g} to {high:g}.", "Correct the value or the range.")
    return Figure(
        row.text("id"), row.text("zh"), row.text("en"), row.text("place"), row.year(), value, row.choice("unit", UNITS), row.text("source"),
        row.choice("quality", QUALITIES), row.choice("use", USES), row.cells["note"], low, high, row.cells["source_url"])


def read_district_figure(row, published):
    """A start value of a district as a Figure; the difference it states from a published figure is checked against that figure."""
    district, quantity = row.choice("district", DISTRICT_IDS), row.choice("quantity", DISTRICT_QUANTITIES)
    words = DISTRICT_QUANTITIES[quantity]
    value, note, near = row.number("value"), row.cells["note"], row.cells["near"]
    if near:
        if near not in published:
            row.refuse(f"near is '{near}', no figure with that id.", "Write an id of statistics.csv.")
        difference = 100 * (value / published[near].value - 1)
        if abs(difference - row.number("difference_percent")) > 0.051:
            row.refuse(f"difference_percent is {row.cells['difference_percent']}, but {near} is {published[near].value:g}.",
                       f"Write {difference:.1f}.")
        note = f"{difference:+.1f} % from {near}" + (f"; {note}" if note else "")
    return Figure(f"start_{district}_{quantity}", words.zh, words.en, district, BASE_YEAR, value, row.choice("unit", (words.unit,)),
                  MADE_TO_ADD_UP, row.choice("quality", QUALITIES), "context", note)


@lru_cache(maxsize=4)
def figures(folder=DATA):
    """All figures by id, the start values of the districts among them as `start_<district>_<quantity>`. Raises EvidenceError."""
    found, where = {}, {}

    def keep(one, row):
        if one.id in found:
            row.refuse(f"{one.id} stands twice.", f"The other one is {where[one.id]}.")
        found[one.id], where[one.id] = one, f"{row.path}:{row.line}"

    for name in FIGURE_FILES:
        for row in table(folder / name, FIGURE_COLUMNS):
            keep(read_figure(row), row)
    for row in table(folder / "districts.csv", ("district", "quantity", "value", "unit", "near", "difference_percent", "quality", "note")):
        keep(read_district_figure(row, found), row)
    return MappingProxyType(found)


def figure(id):
    """One figure by its id. Raises EvidenceError with the nearest ids."""
    known = figures()
    if id not in known:
        near = difflib.get_close_matches(id, known, 3, 0.5)
        raise EvidenceError(f"no figure has the id '{id}'.", file="sim/data", hint=f"Near it: {', '.join(near) or 'none'}.")
    return known[id]


def calibration_targets():
    """Figures by id that a calibration may be fitted to; what is kept for checking cannot be reached from here."""
    return {one.id: one for one in figures().values() if one.use == "calibrate"}


def assumed():
    """Figures that no page was found for, recalled or assumed: swept or given low weight, and never shown as facts."""
    return [one for one in figures().values() if one.quality in ("memory", "assumed")]


@lru_cache(maxsize=1)
def income_shapes():
    """Income shapes by id, `cn_q_rural_2019` and `cn_q_urban_2019` among them."""
    fifths, fitted = ("low", "lower_middle", "middle", "upper_middle", "high"), ("dagum_a", "dagum_p", "shift_c_over_mean", "shift_sigma")
    found = {}
    for row in table(DATA / "income_shapes.csv", ("id", "place", "year", *fifths, "gini_grouped", *fitted, "quality", "source")):
        quintiles = np.array([row.number(name) for name in fifths])
        found[row.text("id")] = IncomeShape(
            row.text("id"), row.text("place"), row.year(), quintiles, row.number("gini_grouped"), *(row.number(name) for name in fitted),
            row.choice("quality", QUALITIES), row.text("source"))
    return MappingProxyType(found)


def districts(folder=DATA):
    """Start values of the nine units. Raises EvidenceError where one is missing or a sum differs from the figure of the zone."""
    known, columns = figures(folder), []
    for quantity, words in DISTRICT_QUANTITIES.items():
        ids = [f"start_{district}_{quantity}" for district in DISTRICT_IDS]
        missing = [id for id in ids if id not in known]
        if missing:
            raise EvidenceError(f"there is no row for {', '.join(missing)}.", file=str(folder / "districts.csv"), hint="Each has four.")
        columns.append(np.array([known[id].value for id in ids]))
        total, zone = columns[-1].sum(), known[words.zone].value
        if total != zone:
            raise EvidenceError(f"{quantity} of the nine units adds up to {total:,.0f}, but {words.zone} is {zone:,.0f}.",
                                file=str(folder / "districts.csv"), hint="Change one of the units.")
    return Districts(*columns)


class Branches(NamedTuple):
    """Branches of the non-farm economy: ids and words, value added by share (B,), firms of the zone (B,), whether they sell outside (B,)."""

    ids: tuple
    zh: tuple
    en: tuple
    value_share: np.ndarray
    firms: np.ndarray
    outside: np.ndarray

    @property
    def count(self):
        return len(self.ids)


@lru_cache(maxsize=4)
def branches(folder=DATA):
    """The branches of `branches.csv`. Raises EvidenceError where shares do not add up to 1."""
    path = folder / "branches.csv"
    rows = list(table(path, ("branch", "zh", "en", "market", "value_share", "firms", "quality", "source")))
    outside = np.array([row.choice("market", ("outside", "zone")) == "outside" for row in rows])
    share, firms = (np.array([row.number(name) for row in rows]) for name in ("value_share", "firms"))
    if abs(share.sum() - 1) > 1e-9 or (share <= 0).any() or (firms < 1).any():
        raise EvidenceError(f"value shares add up to {share.sum():g}.", file=str(path), hint="They are positive and add up to 1.")
    for row in rows:
        row.choice("quality", QUALITIES)
    return Branches(*(tuple(row.text(name) for row in rows) for name in ("branch", "zh", "en")), share, firms, outside)


class BankShares(NamedTuple):
    """The banks of the zone: ids and words, and their shares of customers, deposits and loans, (4,) each."""

    ids: tuple
    zh: tuple
    en: tuple
    rural_loans: np.ndarray
    rural_deposits: np.ndarray
    urban_deposits: np.ndarray
    firm_loans: np.ndarray
    public_deposits: np.ndarray


@lru_cache(maxsize=4)
def banks(folder=DATA):
    """The banks of `banks.csv`. Raises EvidenceError where a share does not add up to 1."""
    path, shares = folder / "banks.csv", BankShares._fields[3:]
    rows = list(table(path, ("bank", "zh", "en", *shares, "quality", "source")))
    found = [np.array([row.number(name) for row in rows]) for name in shares]
    for name, share in zip(shares, found):
        if abs(share.sum() - 1) > 1e-9 or (share < 0).any():
            raise EvidenceError(f"{name} adds up to {share.sum():g}.", file=str(path), hint="Shares are not negative and add up to 1.")
    for row in rows:
        row.choice("quality", QUALITIES)
    return BankShares(*(tuple(row.text(name) for row in rows) for name in ("bank", "zh", "en")), *found)


def distances(folder=DATA):
    """Kilometres of road between the centres of the nine units: (9, 9), symmetric, zero on the diagonal. Assumed throughout (grade D)."""
    path = folder / "distances.csv"
    km = np.full((len(DISTRICT_IDS), len(DISTRICT_IDS)), np.nan)
    for row in table(path, ("from", "to", "km", "quality", "source")):
        i, j = (DISTRICT_IDS.index(row.choice(end, DISTRICT_IDS)) for end in ("from", "to"))
        km[i, j] = row.number("km")
    if np.isnan(km).any() or (km != km.T).any() or km.diagonal().any():
        raise EvidenceError("is not symmetric with 0 from a place to itself.", file=str(path), hint="Give every pair both ways.")
    return km


@lru_cache(maxsize=4)
def nominal_drivers(folder=DATA):
    """The paths as they stand in drivers.csv, {driver: {year: value}}: prices of the year, rates in percent."""
    path, found = folder / "drivers.csv", {name: {} for name in DRIVER_UNITS}
    for row in table(path, ("year", "driver", "value", "unit", "quality", "source")):
        name, year = row.choice("driver", DRIVER_UNITS), row.year()
        row.choice("unit", (DRIVER_UNITS[name],))
        row.choice("quality", QUALITIES)
        row.text("source")
        if year in found[name]:
            row.refuse(f"{name} of {year} stands twice.", "Keep one of the two rows.")
        found[name][year] = row.number("value")
    for name, values in found.items():
        absent = [year for year in range(BASE_YEAR, LAST_YEAR + 1) if year not in values]
        if absent:
            raise EvidenceError(f"{name} has no value for {absent[0]}.", file=str(path), hint=f"Give {BASE_YEAR} to {LAST_YEAR}.")
    return found


@lru_cache(maxsize=1)
def price_levels():
    """Consumer prices by year, 2019 = 1, from their yearly growth in drivers.csv."""
    growth = nominal_drivers()["consumer_price_growth"]
    level = {BASE_YEAR: 1.0}
    for year in range(BASE_YEAR + 1, max(growth) + 1):
        level[year] = level[year - 1] * (1 + growth[year] / 100)
    for year in range(BASE_YEAR - 1, min(growth) - 2, -1):
        level[year] = level[year + 1] / (1 + growth[year + 1] / 100)
    return level


def deflate(value, year):
    """Money of a year in yuan of constant 2019 prices. Raises EvidenceError for a year without a consumer price."""
    level = price_levels()
    if year not in level:
        raise EvidenceError(f"there is no consumer price for {year}.", file=str(DATA / "drivers.csv"),
                            hint=f"Years {min(level)} to {max(level)} can be deflated.")
    return value / level[year]


def drivers(first=BASE_YEAR, last=LAST_YEAR):
    """Common paths of the years first to last in real terms: {name: (last - first + 1,) float64}, the same for every scenario and seed.

    grain_price            yuan of 2019 per kg, 0.77 maize and 0.23 rice
    inputs_price           index, 2019 = 1: seed, fertiliser, chemicals against consumer prices
    outside_wage           yuan of 2019 per year (12 months) outside the zone; outside_wage_growth is its change in logs
    rural_pension          yuan of 2019 per year for a person of 60 and over
    urban_pension          index, 2019 = 1; other_rural_transfers likewise (medical, minimum living)
    cpi                    index, 2019 = 1, for reports in current prices
    real_lpr               share per year: one-year lending rate less the growth of consumer prices
    demand_growth          change of the logarithm of real demand for tradables, without the shock
    demand_shock           addition to it, common to all firms
    The base year is the anchor: its changes are 0, so that the plan's flows of 2019 are met for every seed.
    """
    if not BASE_YEAR <= first <= last <= LAST_YEAR:
        raise EvidenceError(f"there are no drivers from {first} to {last}.", file=str(DATA / "drivers.csv"),
                            hint=f"They run from {BASE_YEAR} to {LAST_YEAR}.")
    years = range(BASE_YEAR, LAST_YEAR + 1)
    nominal = {name: np.array([values[year] for year in years]) for name, values in nominal_drivers().items()}
    cpi = np.array([price_levels()[year] for year in years])
    wage = 12 * nominal["outside_wage"] / cpi
    paths = {
        "grain_price": sum(share * nominal[name] for name, share in GRAIN_SHARES.items()) / cpi,
        "inputs_price": nominal["inputs_price"] / cpi,
        "outside_wage": wage,
        "outside_wage_growth": np.diff(np.log(wage), prepend=np.log(wage[0])),
        "rural_pension": nominal["rural_pension"] / cpi,
        "urban_pension": np.cumprod(1 + nominal["urban_pension_growth"] / 100) / cpi,
        "other_rural_transfers": np.cumprod(1 + nominal["other_rural_transfers_growth"] / 100) / cpi,
        "cpi": cpi,
        "real_lpr": (nominal["lending_rate"] - nominal["consumer_price_growth"]) / 100,
        "demand_growth": np.log1p(nominal["tradable_demand_growth"] / 100),
        "demand_shock": nominal["demand_shock"] / 100,
    }
    return {name: path[first - BASE_YEAR:last - BASE_YEAR + 1].copy() for name, path in paths.items()}


@lru_cache(maxsize=4)
def content_hash(folder=DATA):
    """SHA-256 over names and contents of the data files; the line ends of a checkout do not matter."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()
