"""Income per head of every resident household, sorted once: deciles, Gini and Theil of villages, towns and the zone, and means by type of household.

    Gini   G = sum_i w_i (2 F_i - w_i - W) y_i / (W sum_i w_i y_i),  F_i the cumulated weight with i, W the total weight, y at least 100 yuan
    Theil  T = sum_i w_i (y_i / m) ln(y_i / m) / W = sum_i w_i y_i ln y_i / sum_i w_i y_i - ln m,  m the weighted mean of y
A household stands for its members. The same formulas in plain numpy, which the tests hold these to, are in `sim/indicators.py`.
"""
import math

import numpy as np

from sim.compiled import bits, sweep
from sim.kernels.rows import first_household
from sim.places import OUTSIDE, VILLAGE
from sim.tables import FREE, RURAL

TYPES = ("farming", "mixed", "migrant", "settled", "urban")
FARMING, MIXED, MIGRANT, SETTLED, TOWN = range(len(TYPES))
VILLAGES, TOWNS, ZONE = range(3)
DECILES = 10
LEAST = 100.0      # yuan per head; Theil needs positive incomes, fewer than one household in a thousand is below
# What `spread` gives of each group: weight, income, income of at least LEAST, Gini, Theil, then the means of the tenths.
WEIGHT, INCOME, POSITIVE, GINI, THEIL, FIRST_DECILE = range(6)
MEASURES = FIRST_DECILE + DECILES


@sweep
def gather_incomes(first, last, spans, households, keys, heads, weights, groups, types):
    """Fill keys, heads, weights, groups (N,) with the households that count and give their number; add weight and income by type to types (5, 2).

    keys order by income per head, then by row, so that they are all different and every sort of them is the same.
    """
    n = 0
    for s in range(first, last):
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            members = households.members[h]
            if households.kind[h] == FREE or households.residence[h] == OUTSIDE or members <= 0:
                continue
            head = households.disposable_income[h] / members
            code = np.int64(bits(head))
            if code < 0:
                code = np.int64(-2147483648) - code - 1
            keys[n] = np.uint64((code + np.int64(2147483648)) * np.int64(4294967296) + n)
            weight = np.float64(members) * spans.weight[s]
            village = households.residence[h] == VILLAGE
            heads[n], weights[n], groups[n] = head, weight, VILLAGES if village else TOWNS
            kind = MIXED
            if households.kind[h] > RURAL:
                kind = TOWN
            elif not village:
                kind = SETTLED
            elif households.away_wage[h] + households.outside_wage[h] > 0:
                kind = MIGRANT
            elif households.grain_sales[h] + households.other_sales[h] - households.farm_inputs[h] > 0.5 * households.disposable_income[h]:
                kind = FARMING
            types[kind, 0] += weight
            types[kind, 1] += weight * np.float64(head)
            n += 1
    return n


@sweep
def spread(keys, heads, weights, groups, passed, tenth, measures):
    """measures (3, MEASURES) of villages, towns and the zone, from sorted keys (n,). Scratch, from zero: passed (3,) weight gone by, tenth (3,)."""
    row = np.uint64(4294967295)
    for i in range(keys.shape[0]):
        y, w = np.float64(heads[i]), weights[i]
        for both in range(2):
            k = ZONE if both else np.int64(groups[i])
            measures[k, WEIGHT] += w
            measures[k, INCOME] += w * y
            measures[k, POSITIVE] += w * max(y, LEAST)
    for i in range(keys.shape[0]):
        j = np.int64(keys[i] & row)
        y, w = np.float64(heads[j]), weights[j]
        positive = max(y, LEAST)
        told = w * positive * math.log(positive)
        for both in range(2):
            k = ZONE if both else np.int64(groups[j])
            total, left = measures[k, WEIGHT], w
            measures[k, GINI] += w * (2.0 * passed[k] + w - total) * positive
            measures[k, THEIL] += told
            while tenth[k] < DECILES - 1 and passed[k] + left > total / DECILES * (tenth[k] + 1):      # a household on a border is divided
                part = max(total / DECILES * (tenth[k] + 1) - passed[k], 0.0)
                measures[k, FIRST_DECILE + tenth[k]] += part * y
                passed[k] += part
                left -= part
                tenth[k] += 1
            measures[k, FIRST_DECILE + tenth[k]] += left * y
            passed[k] += left
    for k in range(3):
        total, positive = measures[k, WEIGHT], measures[k, POSITIVE]
        measures[k, GINI] /= total * positive
        measures[k, THEIL] = measures[k, THEIL] / positive - math.log(positive / total)
        for d in range(DECILES):
            measures[k, FIRST_DECILE + d] /= total / DECILES


def measure(spans, households):
    """(measures (3, MEASURES), weight and income by type (5, 2)) of the households as they stand."""
    rows = len(households.uid)
    keys, heads, weights, groups = np.empty(rows, np.uint64), np.empty(rows, np.float32), np.empty(rows), np.empty(rows, np.uint8)
    types, measures = np.zeros((len(TYPES), 2)), np.zeros((3, MEASURES))
    count = gather_incomes(0, len(spans.uid), spans, households, keys, heads, weights, groups, types)
    spread(np.sort(keys[:count]), heads[:count], weights[:count], groups[:count], np.zeros(3), np.zeros(3, np.int64), measures)
    return measures, types


def between(measures):
    """The part of the Theil index of the zone that comes from the means of villages and towns."""
    weight, income = measures[:ZONE, WEIGHT], measures[:ZONE, POSITIVE]
    share, relative = weight / weight.sum(), income / weight * weight.sum() / income.sum()
    return float(np.sum(share * relative * np.log(relative)))
