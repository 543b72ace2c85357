"""Labour and product markets of each district: the branches share one labour pool and sell at a price of their own.

All quantities are indices, 1 in 2019. In year t, with labour on offer S (seekers), u* = .05, matching m (u' = u* e^-m, q = (1 - u')/(1 - u*)), Z_s
what technology and capital of the branch's firms come to (`institutions/firms.py`), c the cost of labour against the market's wage:
    employed  E_s = H_s min(q, S .998/.95 / sum share_s H_s)                    u = clip(1 - .95 sum share_s E_s / S, .01, .9)
    output    Y_s = Z_s E_s^(.55 + agglomeration)                               price P_s = (Y_s / D_s)^(-1/sigma_s)
    hiring    H_s <- (H_s^.5 wanted_s^.5)^(1-f) S^f,  wanted_s = P_s Z_s H_s^(.55+agg) / (c w)
    wage      w <- (w e^g)^.5 (sum P Y / sum E (u/u')^-.10)^.5,  g the declared real growth of outside wages
The form is stable where a Phillips curve, learnt drifts or constant returns are not: docs/model.md, "Choices". Not here: who seeks work
(`kernels/work.py`), what firms are made of.
"""
from typing import NamedTuple

import numpy as np

HIGHEST_EMPLOYMENT = 0.998
LOWEST_UNEMPLOYMENT, HIGHEST_UNEMPLOYMENT = 0.01, 0.9
CURVE_FLOOR, CURVE_CAP = 0.3, 4.0


class Market(NamedTuple):
    """Labour and product markets of each district: arrays (D, B) by branch, but wage and unemployment (D,)."""
    hired: np.ndarray
    demand: np.ndarray
    employed: np.ndarray
    output: np.ndarray
    price: np.ndarray
    wage: np.ndarray
    unemployment: np.ndarray


def at_rest(districts, branches, behaviour):
    """Every index 1, unemployment at rest."""
    ones = np.ones((districts, branches))
    return Market(*(ones.copy() for _ in range(5)), np.ones(districts), np.full(districts, float(behaviour.unemployment)))


def clear(market, technology, seekers, demand_growth, outside_growth, share, elasticity, behaviour, matching=0.0, cost=1.0):
    """One year of the labour and product markets: the new Market.

    technology (D, B) index of what firms are made of; seekers (D,) index of labour on offer; demand_growth (D, B) and outside_growth: changes
    of logs; share (D, B): employment of 2019, sums to 1; elasticity (B,): of demand to price; matching (D,): fall of the log of unemployment at rest,
    by which firms fill more of the posts that they have; cost (D,): of labour against the wage, 1 in 2019.
    """
    b = behaviour
    rest = float(b.unemployment)
    matched = rest * np.exp(-np.broadcast_to(matching, market.wage.shape))
    exponent = float(b.labour_share) + float(b.agglomeration)
    follow = float(b.follow_seekers)
    seekers = np.maximum(seekers, 0.01)
    demand = market.demand * np.exp(demand_growth)
    hired_all = (share * market.hired).sum(1)
    ration = np.minimum((1 - matched) / (1 - rest), seekers * HIGHEST_EMPLOYMENT / (1 - rest) / hired_all)
    employed = market.hired * ration[:, None]
    employed_all = (share * employed).sum(1)
    unemployment = np.clip(1 - (1 - rest) * employed_all / seekers, LOWEST_UNEMPLOYMENT, HIGHEST_UNEMPLOYMENT)
    output = technology * employed ** exponent
    price = (output / demand) ** (-1 / elasticity)
    wanted = price * technology * market.hired ** exponent / (market.wage * cost)[:, None]
    hired = (market.hired ** 0.5 * wanted ** 0.5) ** (1 - follow) * seekers[:, None] ** follow
    worth = (share * price * output).sum(1) / employed_all * np.clip(unemployment / matched, CURVE_FLOOR, CURVE_CAP) ** -float(b.wage_curve)
    inertia = float(b.wage_inertia)
    wage = (market.wage * np.exp(outside_growth)) ** inertia * worth ** (1 - inertia)
    return Market(hired, demand, employed, output, price, wage, unemployment)
