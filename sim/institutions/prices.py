"""Rents and prices of dwellings in town and the cost of living in each district; indices, 1 in 2019, real (national prices = 1).

    rent       R = (N w^i / S)^(1/e)          N town residents, w real pay in the district, S dwellings; i, e elasticities of demand to income and rent
    price      ln P moves to ln R by dwelling_price_speed a year: what a dwelling earns, at the yield of 2019
    dwellings  ln S grows by build_response x ln(P/C) a year, by no more than the fastest building and no less than dwellings decay;
               C = 1 - a + a l, what building costs: l price of the district's construction land against 2019, a dwelling_land_part
    services   P, what the branches that sell in the zone charge (`sim/markets/labour.py`);  food moves with the farm gate by the farmer's part of its price
    cost       ln C = services_weight ln P + food_weight farm_part ln g + (town) housing_share ln R;   villagers live in houses of their own
               and save users x saving x (coverage - coverage of 2019) by buying over the net where there is a station
Wages and incomes stay in national prices: the cost of living deflates them in `income_gap_ratio_real` and enters the choice of place by rents.
Not here: who lives where (`sim/kernels/work.py`).
"""
from typing import NamedTuple

import numpy as np

from sim import evidence
from sim.institutions.firms import cell_share
from sim.institutions.labour_policy import of_2019
from sim.institutions.land import CITY, rule
from sim.places import DISTRICTS

NINE = len(DISTRICTS)


class Living(NamedTuple):
    """Town dwellings and costs of living of the districts, (9,) each, 1 in 2019."""
    dwellings: np.ndarray
    rent: np.ndarray
    price: np.ndarray
    building: np.ndarray
    services: np.ndarray
    town: np.ndarray
    village: np.ndarray


def at_rest():
    """Every index 1."""
    return Living(*(np.ones(NINE) for _ in range(len(Living._fields))))


def next_living(before, residents, wage, services, grain, b, online=0.0, land=1.0):
    """Indices of a year: residents, wage, services (9,) and grain a number, all 1 in 2019; dwellings follow last year's prices over costs.

    online (9,): villages with a station, above 2019; land: price of construction land against 2019, a number or (9,).
    """
    grown = np.clip(float(b.build_response) * np.log(before.price / before.building), -float(b.dwelling_decay), float(b.build_limit))
    dwellings = before.dwellings * np.exp(grown)
    rent = (residents * wage ** float(b.rent_income_elasticity) / dwellings) ** (1 / float(b.rent_elasticity))
    price = before.price * (rent / before.price) ** float(b.dwelling_price_speed)
    building = np.ones(NINE) + float(b.dwelling_land_part) * (np.asarray(land) - 1)
    common = float(b.services_weight) * np.log(services) + float(b.food_weight) * float(b.farm_part) * np.log(grain)
    return Living(dwellings, rent, price, building, services, np.exp(common + float(b.housing_share) * np.log(rent)),
                  np.exp(common - float(b.online_users) * float(b.online_saving) * np.asarray(online)))


def dwelling_figures(living, b):
    """Price (yuan/m2) and rent (yuan/m2 and year) of dwellings in the towns of each district, (9,)."""
    start = np.array([float(b.dwelling_price if place.id in CITY else b.town_dwelling_price) for place in DISTRICTS])
    return {"dwelling_price": start * living.price, "dwelling_rent": float(b.dwelling_yield) * start * living.rent}


def move(state):
    """The year's rents and costs of living."""
    residents = state.totals["persons"][1]
    state.base.setdefault("town_residents", residents)
    share = cell_share() * ~evidence.branches().outside
    services = (share * state.market.price).sum(1) / share.sum(1)
    grain = float(state.drivers["grain_price"][state.year - state.first_year] / state.drivers["grain_price"][0])
    online = rule(state, "online_coverage") - of_2019("online_coverage")
    state.living = next_living(state.living, residents / state.base["town_residents"], state.market.wage, services, grain, state.behaviour, online,
                               state.land.state_price / state.land.price_start)


def publish_next(state):
    """Next year's rents of dwellings by district, as the choice of place reads them."""
    return {"living_cost": state.living.rent}
