"""The market for construction land of each district: state land and collective land, apart or together.

Demand of firms, m2 at the edge of the town        D(p) = D0 v (p/p0)^-e          v  value added against 2019, e elasticity
A metre at a place is worth exp(-x) metres at the edge, and its price is p exp(-x - o): x of the place, o of ownership.
    apart      state land        s D(p) = L                                        s  part of demand that takes state land
               collective land   c D(p) = C + parcels that pay at p                c  part that may and will take collective land
    together   one price           D(p)       = L + C + parcels that pay at p
A parcel pays where its price p exp(-x - o) reaches what its village asks. Parcels come whole: the price is the highest at which they do not exceed what
demand leaves. Not here: who offers which parcel at what least price, and the bargain (`sim/institutions/collectives.py`).
"""
from typing import NamedTuple

import numpy as np

STEPS = 60
WIDEST = 1e4            # prices are looked for between p0 / WIDEST and p0 x WIDEST


class Demand(NamedTuple):
    """Firms of each district, (D,): land in use in 2019 (m2 at the edge), price of 2019 (yuan/m2), value added against 2019, elasticity (a number)."""
    land: np.ndarray
    price: np.ndarray
    growth: np.ndarray
    elasticity: float

    def at(self, price):
        """Land wanted at a price, m2 at the edge."""
        return self.land * self.growth * (price / self.price) ** -self.elasticity


class Parcels(NamedTuple):
    """Parcels on offer, (V,): district, weighted area in metres at the edge, total log discount (place and ownership), least price asked (yuan/m2)."""
    district: np.ndarray
    area: np.ndarray
    discount: np.ndarray
    least: np.ndarray

    def pays(self, price):
        """Which parcels reach their least price at the district prices (D,)."""
        return price[self.district] * np.exp(-self.discount) >= self.least


def price_of(demand, part, land, parcels):
    """Price (D,) at which a part (D,) of demand takes land (D,) and the parcels that pay: bisection in logs, demand falls and parcels rise in the price."""
    low, high = np.log(demand.price / WIDEST), np.log(demand.price * WIDEST)
    for _ in range(STEPS):
        middle = (low + high) / 2
        price = np.exp(middle)
        offered = np.bincount(parcels.district, parcels.area * parcels.pays(price), len(demand.price))
        scarce = part * demand.at(price) > land + offered
        low, high = np.where(scarce, middle, low), np.where(scarce, high, middle)
    return np.exp(low)


def clear(demand, state_land, collective_land, state_part, collective_part, unified, parcels):
    """(state price (D,), collective price at the edge before the ownership discount (D,), parcels sold (V,)).

    state_land, collective_land (D,) m2 at the edge in use already; their parts (D,) of demand; unified (D,) True where the markets are one.
    """
    one = np.asarray(unified, bool)
    apart = price_of(demand, state_part, state_land, NO_PARCELS)
    collective = price_of(demand, np.where(one, 1.0, collective_part), collective_land + np.where(one, state_land, 0.0), parcels)
    return np.where(one, collective, apart), collective, parcels.pays(collective)


NO_PARCELS = Parcels(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))
