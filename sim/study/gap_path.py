"""Why the urban-rural income ratio changes: its change split exactly, from recorded indicators alone.

    by component     ln G_t - ln G_0 = sum_k (u_kt - u_k0) / L(U_t, U_0)  -  sum_k (r_kt - r_k0) / L(R_t, R_0)
                     u_k, r_k components of income per head of town and village, U, R their sums, L(a, b) = (a - b) / ln(a / b)
    by membership    ln G_t - ln G_0 = (ln F_t - ln F_0)  +  (ln G_t/F_t - ln G_0/F_0)
                     F the ratio of those who were town and village in 2019: the rest is who is counted where, migration and reclassification
    at local prices  ln Q_t - ln Q_0 = (ln G_t - ln G_0)  -  (ln C_ut - ln C_u0)  +  (ln C_rt - ln C_r0)
                     Q the ratio at local cost of living, C_u, C_r the cost of living of town and village: the last two terms are prices
By component and by membership add up to the same change exactly; they are two views of it, not nine terms of one sum, since components of fixed
members are not kept. Prices stand beside either: eight components and prices, or members, reclassification and prices, are the change of Q.
Components may be negative or zero: only sums are logged. Of several seeds the means are split.
Not here: causes of a difference between two scenarios (`sim/study/comparison.py`).
"""
import math
from typing import NamedTuple

from sim.indicators import BOUNDS, INCOME_COMPONENTS

GAP, FIXED, COST = "income_gap_ratio", "income_gap_ratio_fixed_membership", "living_cost_index"


class Split(NamedTuple):
    """The change of the log of the ratio from one year to another. components: {(sector, component): part}; the others in logs.

    prices: {sector: part} of local costs of living; real: the change of the ratio at local cost of living, change + both prices.
    """
    first: int
    last: int
    change: float
    components: dict
    fixed: float
    reclassified: float
    prices: dict
    real: float


class Change(NamedTuple):
    """A yearly change of an indicator. `size` is in logs for `growth`, in units of the indicator for `step`; beyond: it is above the bound."""
    indicator: str
    sector: str
    year: int
    size: float
    kind: str
    bound: float
    beyond: bool


def log_mean(a, b):
    """(a - b) / ln(a / b) of two positive numbers; a where they are equal."""
    return a if math.isclose(a, b, rel_tol=1e-12) else (a - b) / math.log(a / b)


def split_gap(before, after, first, last):
    """Split of the change between two years. before, after: {(indicator, sector): value} of what `needed` names."""
    parts, prices, change = {}, {}, 0.0
    for sector, sign in (("urban", 1.0), ("rural", -1.0)):
        now, then = (sum(values[name, sector] for name in INCOME_COMPONENTS) for values in (after, before))
        change += sign * math.log(now / then)
        for name in INCOME_COMPONENTS:
            parts[sector, name] = sign * (after[name, sector] - before[name, sector]) / log_mean(now, then)
        prices[sector] = -sign * math.log(after[COST, sector] / before[COST, sector])
    fixed = math.log(after[FIXED, "all"] / before[FIXED, "all"])
    return Split(first, last, change, parts, fixed, change - fixed, prices, change + sum(prices.values()))


def needed():
    """(indicator, sector) that a split reads."""
    return [(name, sector) for sector in ("urban", "rural") for name in (*INCOME_COMPONENTS, COST)] + [(FIXED, "all")]


def gap_path(reading):
    """[Split] from the first year to every later one, of a `sim.study.fit.Reading`; empty where a figure is missing."""
    values = {year: {key: reading.one(*key, year=year) for key in needed()} for year in map(int, reading.years)}
    values = {year: found for year, found in values.items() if all(value == value for value in found.values())}
    if not values:
        return []
    first = min(values)
    return [split_gap(values[first], values[year], first, year) for year in sorted(values) if year > first]


def yearly_changes(reading):
    """[Change] of every indicator that has a bound, every sector and year of the zone, in the order of declaration."""
    found, years = [], list(map(int, reading.years))
    for id, bound in BOUNDS.items():
        for sector in ("all", "rural", "urban"):
            for before, year in zip(years, years[1:]):
                old, new = reading.one(id, sector, year=before), reading.one(id, sector, year=year)
                if bound.kind == "growth":
                    size = math.log(new / old) if old > 0 and new > 0 else math.nan
                else:
                    size = new - old
                if size == size:
                    found.append(Change(id, sector, year, size, bound.kind, bound.most, abs(size) > bound.most))
    return found


def largest(changes):
    """The largest yearly change of each indicator and sector."""
    found = {}
    for change in changes:
        key = change.indicator, change.sector
        if key not in found or abs(change.size) > abs(found[key].size):
            found[key] = change
    return list(found.values())
