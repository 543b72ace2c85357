"""Whether keeping the right without the land can be worth it: the inequality behind 留权不留地, in closed form.

A household that leaves its plot keeps the qualification iff
    (1 - keep) P_U plot + P_Q  <  W_Q mk + SEC_U / 2
    left: what keeping costs in compensation; right: what the kept qualification is worth, and the half of the refuge that stays.
    W_Q = pi / (pi + delta) max(0, plot_standard plot_cost + build_right - reentry plot_standard plot_cost)    option to come back, yuan
    SEC_U = min(cap, security_home (1 - cover) persons / delta)                                                refuge of the homestead, yuan
    mk = 1 + share (loss aversion - 1)                                                                         mean mark-up of loss-averse households
It says what to expect of a settled family with a mean plot, over the spread of pi, the yearly chance of wanting to return. The simulation itself does not use it.
"""
import math
from functools import cache
from statistics import NormalDist
from typing import NamedTuple

QUANTILES = 2_000
NEARLY_EVERYONE = 0.95
# Of the population, not of behaviour: means of a settled family. Source: synthetic population (assumed; the legal limit of 330 m2 binds new plots only).
MEAN_PLOT_M2 = 500.0
MEAN_PERSONS = 2.6
# Stand in where `sim.behaviour` does not name them; the defaults there are the same (all assumed, grade D, except loss aversion: Liu et al. 2021).
DEFAULTS = {
    "return_rate": 0.02, "return_spread": 0.8, "discount": 0.05, "plot_standard": 330.0, "plot_cost": 60.0, "build_right": 40_000.0,
    "security_home": 1_000.0, "security_home_cap": 40_000.0, "cover_settled": 0.85, "loss_averse_share": 0.71, "loss_aversion": 1.6,
}


class Dominance(NamedTuple):
    """cost and worth of keeping the right in yuan (worth at the median of pi); dominated: share of settled families for whom keeping loses."""

    cost: float
    worth: float
    dominated: float

    @property
    def nearly_everyone(self) -> bool:
        return self.dominated > NEARLY_EVERYONE


@cache
def _defaults() -> dict[str, float]:
    from sim.scenario_shape import behavioural_parameters

    declared = behavioural_parameters()
    return {name: float(declared[name].default) if name in declared else value for name, value in DEFAULTS.items()}


@cache
def _normals() -> tuple[float, ...]:
    normal = NormalDist()
    return tuple(normal.inv_cdf((i + 0.5) / QUANTILES) for i in range(QUANTILES))


def keep_rights(keep_share: float, plot_price: float, qualification_price: float, reentry_multiple: float, assumptions=None) -> Dominance:
    """The inequality at given rules (shares 0-1, yuan) and default behaviour, or that of a scenario's assumptions."""
    b = {**_defaults(), **{name: value for name, value in (assumptions or {}).items() if name in DEFAULTS}}
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
