"""Whether keeping the right without the land can be worth it: the inequality behind 留权不留地, in closed form.

A household that leaves its plot keeps the qualification iff
    (1 - keep) P_U plot + P_Q  <  W_Q mk + SEC_U / 2
    left: what keeping costs in compensation; right: what the kept qualification is worth, and the half of the refuge that stays.
    W_Q = pi / (pi + delta) max(0, plot_standard plot_cost + build_right - reentry plot_standard plot_cost)    coming back, yuan
    SEC_U = min(cap, security_home (1 - cover) persons / delta)                                                refuge, yuan
    mk = 1 + share (loss aversion - 1)                                                                         mean mark-up
It says what to expect of a settled family with a mean plot, over the spread of pi, the yearly chance of wanting to return.
Not here: the choice itself, which the simulation makes household by household.
"""

import math
from functools import cache
from statistics import NormalDist
from typing import NamedTuple

from sim.behaviour import DEFAULTS

QUANTILES = 2_000
NEARLY_EVERYONE = 0.95
# Means of a settled family in the synthetic population (assumed: the legal limit of 330 m2 binds new plots only).
MEAN_PLOT_M2 = 500.0
MEAN_PERSONS = 2.6


class Dominance(NamedTuple):
    """Cost and worth of keeping the right, yuan (worth at the median of pi); `dominated`: share of families for whom it loses."""

    cost: float
    worth: float
    dominated: float

    @property
    def nearly_everyone(self) -> bool:
        return self.dominated > NEARLY_EVERYONE


@cache
def _normals() -> tuple[float, ...]:
    normal = NormalDist()
    return tuple(normal.inv_cdf((i + 0.5) / QUANTILES) for i in range(QUANTILES))


def keep_rights(keep_share: float, plot_price: float, qualification_price: float, reentry_multiple: float, assumptions=None) -> Dominance:
    """The inequality at given rules (shares 0-1, yuan) and default behaviour, or that of a scenario's assumptions."""
    b = {**DEFAULTS, **(assumptions or {})}
    cost = (1.0 - keep_share) * plot_price * MEAN_PLOT_M2 + qualification_price
    plot = b["plot_standard"] * b["plot_cost"]
    option = max(0.0, plot + b["build_right"] - reentry_multiple * plot)
    refuge = min(b["security_home_cap"], b["security_home"] * (1.0 - b["cover_settled"]) * MEAN_PERSONS / b["discount"])
    markup = 1.0 + b["loss_averse_share"] * (b["loss_aversion"] - 1.0)

    def worth(chance: float) -> float:
        return chance / (chance + b["discount"]) * option * markup + 0.5 * refuge

    centre = math.log(b["return_rate"]) - 0.5 * b["return_spread"] ** 2
    losing = sum(cost >= worth(math.exp(centre + b["return_spread"] * normal)) for normal in _normals())
    return Dominance(cost, worth(math.exp(centre)), losing / QUANTILES)
