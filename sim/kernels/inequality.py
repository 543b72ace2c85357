"""Income per head of every resident household, sorted once: deciles, Gini and Theil of villages, towns and the zone, and means by type of household.

    Gini   G = sum_i w_i (2 F_i - w_i - W) y_i / (W sum_i w_i y_i),  F_i the cumulated weight with i, W the total weight, y at least 100 yuan
    Theil  T = sum_i w_i (y_i / m) ln(y_i / m) / W = sum_i w_i y_i ln y_i / sum_i w_i y_i - ln m,  m the weighted mean of y
A household stands for its members. The same formulas in plain numpy, which the tests hold these to, are in `sim/indicators.py`.
"""
import numpy as np

from sim.compiled import bits, from_bits, log, sweep
from sim.kernels.rows import first_household
from sim.places import OUTSIDE, VILLAGE
from sim.tables import FREE, RURAL

TYPES = ("farming", "mixed", "migrant", "settled", "urban")
FARMING, MIXED, MIGRANT, SETTLED, TOWN = range(len(TYPES))
VILLAGES, TOWNS, ZONE = range(3)
DECILES = 10
LEAST = 100.0      # yuan per head; Theil needs positive incomes, fewer than one household in a thousand is below
NO_INCOME = np.uint64(0xFFFFFFFFFFFFFFFF)      # key of a row that does not count: behind all others
SIGN, ROW, HALF = np.int64(0x80000000), np.uint64(0xFFFFFFFF), np.uint64(32)
# What there is of each group: weight, income, income of at least LEAST, Gini, Theil, then the means of the tenths.
WEIGHT, INCOME, POSITIVE, GINI, THEIL, FIRST_DECILE = range(6)
MEASURES = FIRST_DECILE + DECILES


@sweep
def gather_incomes(first, last, spans, households, keys, weights, counts, sums, types):
    """Keys and weights (rows,) of the households; of each span how many count (S,), sums (S, 2, MEASURES) and weight and income by type (S, 5, 2).

    A key orders by income per head, then by row, so that all are different and every sort of them is the same. The weight of a villager is negative.
    """
    for s in range(first, last):
        counts[s] = 0
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            members = households.members[h]
            keys[h] = NO_INCOME
            if households.kind[h] == FREE or households.residence[h] == OUTSIDE or members <= 0:
                continue
            head = households.disposable_income[h] / members
            code = np.int64(bits(head))
            ordered = code + SIGN if code >= 0 else -SIGN - code - 1 + SIGN
            keys[h] = (np.uint64(ordered) << HALF) | np.uint64(h)
            weight = np.float64(members) * spans.weight[s]
            village = households.residence[h] == VILLAGE
            weights[h] = -weight if village else weight
            positive = max(head, np.float32(LEAST))
            k = VILLAGES if village else TOWNS
            counts[s] += 1
            sums[s, k, WEIGHT] += weight
            sums[s, k, INCOME] += weight * np.float64(head)
            sums[s, k, POSITIVE] += weight * np.float64(positive)
            sums[s, k, THEIL] += weight * np.float64(positive) * np.float64(log(positive))
            kind = MIXED
            if households.kind[h] > RURAL:
                kind = TOWN
            elif not village:
                kind = SETTLED
            elif households.away_wage[h] + households.outside_wage[h] > 0:
                kind = MIGRANT
            elif households.grain_sales[h] + households.other_sales[h] - households.farm_inputs[h] > np.float32(0.5) * households.disposable_income[h]:
                kind = FARMING
            types[s, kind, 0] += weight
            types[s, kind, 1] += weight * np.float64(head)


@sweep
def spread(keys, weights, passed, tenth, measures):
    """Gini and the means of the tenths into measures (3, MEASURES), which holds the sums. Scratch from zero: weight passed (3,) and tenth (3,)."""
    for i in range(keys.shape[0]):
        ordered = np.int64(keys[i] >> HALF)
        y = np.float64(from_bits(np.int32(ordered - SIGN if ordered >= SIGN else -ordered - 1)))
        signed = weights[np.int64(keys[i] & ROW)]
        w, positive = abs(signed), max(y, LEAST)
        for both in range(2):
            k = ZONE if both else (VILLAGES if signed < 0 else TOWNS)
            total, left = measures[k, WEIGHT], w
            measures[k, GINI] += w * (2.0 * passed[k] + w - total) * positive
            while tenth[k] < DECILES - 1 and passed[k] + left > total / DECILES * (tenth[k] + 1):      # a household on a border is divided
                part = max(total / DECILES * (tenth[k] + 1) - passed[k], 0.0)
                measures[k, FIRST_DECILE + tenth[k]] += part * y
                passed[k] += part
                left -= part
                tenth[k] += 1
            measures[k, FIRST_DECILE + tenth[k]] += left * y
            passed[k] += left


def measure(runner, spans, households):
    """A function that gives (measures (3, MEASURES), weight and income by type (5, 2)) of the households as they stand now.

    They are ranked meanwhile, where there is another thread.
    """
    rows, count = len(households.uid), len(spans.uid)
    keys, weights, counts = np.empty(rows, np.uint64), np.empty(rows), np.empty(count, np.int64)
    sums, types = np.zeros((count, 2, MEASURES)), np.zeros((count, len(TYPES), 2))
    runner.run(gather_incomes, spans, households, keys, weights, counts, sums, types)
    measures = np.zeros((3, MEASURES))
    measures[:ZONE] = sums.sum(0)
    measures[ZONE] = measures[:ZONE].sum(0)
    ranked = runner.later(_rank, keys, weights, counts.sum(), measures)
    return lambda: (ranked(), types.sum(0))


def _rank(keys, weights, count, measures):
    """Sort the keys and turn sums into measures."""
    keys.sort()
    spread(keys[:count], weights, np.zeros(3), np.zeros(3, np.int64), measures)
    with np.errstate(invalid="ignore", divide="ignore"):       # a group without anybody has no measure
        total, positive = measures[:, WEIGHT], measures[:, POSITIVE]
        measures[:, GINI] /= total * positive
        measures[:, THEIL] = measures[:, THEIL] / positive - np.log(positive / total)
        measures[:, FIRST_DECILE:] /= total[:, None] / DECILES
    return measures


def between(measures):
    """The part of the Theil index of the zone that comes from the means of villages and towns."""
    weight, income = measures[:ZONE, WEIGHT], measures[:ZONE, POSITIVE]
    share, relative = weight / weight.sum(), income / weight * weight.sum() / income.sum()
    return float(np.sum(share * relative * np.log(relative)))
