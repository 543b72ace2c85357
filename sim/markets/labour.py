"""Labour and product markets of each district: two representative firms (tradables, local services) share one labour pool.

All quantities are indices, 1 in 2019. In year t, with labour on offer S (seekers), u* = .05:
    employed  E_s = H_s min(1, S .998/.95 / sum share_s H_s)                    u = clip(1 - .95 sum share_s E_s / S, .01, .9)
    output    Y_s = A_s K_s^.38 E_s^(.55 + agglomeration)                       price P_s = (Y_s / D_s)^(-1/sigma_s)
    hiring    H_s <- (H_s^.5 wanted_s^.5)^(1-f) S^f,  wanted_s = P_s A_s K_s^.38 H_s^(.55+agg) / w
    wage      w <- (w e^g)^.5 (sum P Y / sum E (u/u*)^-.10)^.5,  g the declared real growth of outside wages
    capital   K_s <- K_s + .2 (P_s Y_s - K_s)
The form is stable where a Phillips curve, learnt drifts or constant returns are not: docs/model.md, "Choices". Not here: who seeks work
(`kernels/work.py`).
"""
from typing import NamedTuple

import numpy as np

SECTORS = ("tradables", "services")
HIGHEST_EMPLOYMENT = 0.998
LOWEST_UNEMPLOYMENT, HIGHEST_UNEMPLOYMENT = 0.01, 0.9
CURVE_FLOOR, CURVE_CAP = 0.3, 4.0
CAPITAL_SPEED = 0.2


class Firms(NamedTuple):
    """State of the firms of each district: arrays (D, 2) but wage, unemployment (D,)."""
    productivity: np.ndarray
    capital: np.ndarray
    hired: np.ndarray
    demand: np.ndarray
    employed: np.ndarray
    output: np.ndarray
    price: np.ndarray
    wage: np.ndarray
    unemployment: np.ndarray


def at_rest(districts, behaviour):
    """Every index 1, unemployment at rest."""
    ones = np.ones((districts, 2))
    return Firms(*(ones.copy() for _ in range(7)), np.ones(districts), np.full(districts, float(behaviour.unemployment)))


def clear(firms, seekers, demand_growth, outside_growth, tfp_growth, share, behaviour):
    """One year of the labour and product markets: the new Firms.

    seekers (D,) index of labour on offer; demand_growth (D, 2) and outside_growth, tfp_growth: changes of logs; share (D, 2): employment of 2019.
    """
    b = behaviour
    rest = float(b.unemployment)
    sigma = np.array([float(b.demand_elasticity_tradable), float(b.demand_elasticity_services)])
    exponent = float(b.labour_share) + float(b.agglomeration)
    follow = float(b.follow_seekers)
    seekers = np.maximum(seekers, 0.01)
    productivity = firms.productivity * np.exp(tfp_growth)
    demand = firms.demand * np.exp(demand_growth)
    hired_all = (share * firms.hired).sum(1)
    ration = np.minimum(1.0, seekers * HIGHEST_EMPLOYMENT / (1 - rest) / hired_all)
    employed = firms.hired * ration[:, None]
    employed_all = (share * employed).sum(1)
    unemployment = np.clip(1 - (1 - rest) * employed_all / seekers, LOWEST_UNEMPLOYMENT, HIGHEST_UNEMPLOYMENT)
    technology = productivity * firms.capital ** float(b.capital_share)
    output = technology * employed ** exponent
    price = (output / demand) ** (-1 / sigma)
    wanted = price * technology * firms.hired ** exponent / firms.wage[:, None]
    hired = (firms.hired ** 0.5 * wanted ** 0.5) ** (1 - follow) * seekers[:, None] ** follow
    capital = firms.capital + CAPITAL_SPEED * (price * output - firms.capital)
    worth = (share * price * output).sum(1) / employed_all * np.clip(unemployment / rest, CURVE_FLOOR, CURVE_CAP) ** -float(b.wage_curve)
    inertia = float(b.wage_inertia)
    wage = (firms.wage * np.exp(outside_growth)) ** inertia * worth ** (1 - inertia)
    return Firms(productivity, capital, hired, demand, employed, output, price, wage, unemployment)
