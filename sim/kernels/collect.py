"""Counts of rows by span, and weighted sums over spans in span order, so that they do not depend on threads."""

import numpy as np

from sim.compiled import sweep
from sim.kernels.rows import first_household
from sim.kernels.year import CELLS, OUTSIDE_CELL, VILLAGE_CELL
from sim.places import VILLAGE
from sim.tables import FREE, IDLE, LEASED, RURAL, URBAN


@sweep
def count_houses(first, last, spans, households, counts):
    """Urban households, farm houses on offer and idle farm houses of each span: counts (S, 3)."""
    for s in range(first, last):
        counts[s] = 0.0
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            counts[s, 0] += households.kind[h] == URBAN
            counts[s, 1] += households.house_use[h] == LEASED
            counts[s, 2] += households.house_use[h] == IDLE and households.plot_area[h] > 0


@sweep
def sum_businesses(first, last, spans, households, sums):
    """Own businesses of families that live in the village, yuan: sums (S,)."""
    for s in range(first, last):
        sums[s] = 0.0
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            if households.kind[h] != FREE and households.kind[h] <= RURAL and households.residence[h] == VILLAGE:
                sums[s] += np.float64(households.business[h])


@sweep
def collect(spans, tally, totals):
    """totals (3, 9, K): rural by district of the village, urban by district of residence, outside by district of registration."""
    for s in range(tally.shape[0]):
        w = spans.weight[s]
        for c in range(CELLS):
            sector, d = 1, c - 1
            if c == VILLAGE_CELL:
                sector, d = 0, spans.district[s]
            elif c == OUTSIDE_CELL:
                sector, d = 2, spans.district[s]
            for k in range(tally.shape[2]):
                totals[sector, d, k] += w * tally[s, c, k]


@sweep
def collect_by_district(spans, values, totals):
    """totals (9, K) of values (S, K)."""
    for s in range(values.shape[0]):
        for k in range(values.shape[1]):
            totals[spans.district[s], k] += spans.weight[s] * values[s, k]
