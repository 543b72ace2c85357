"""Weighted sums over spans in span order, so that they do not depend on threads."""

from sim.compiled import sweep
from sim.kernels.year import CELLS, OUTSIDE_CELL, VILLAGE_CELL


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
