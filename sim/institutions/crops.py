"""Cash crops of the districts: the price that follows last year's supply, common shocks, insurance of growers, grants for greenhouses.

    supply   Q_d = (1 + what the cold chain saves) x (field yield x mu + greenhouse sales x n) of farming households, at the prices of 2019
    demand   D = (consumption of the zone's households/that of 2019)^elasticity
    price    p_d = (Q_d/Q_d of 2019/D)^-response, so that fewer growers raise it too; the ratio is held to a quarter and four times that of 2019
Growers sell and decide at the price that last year's supply made. Not here: who grows what (`sim/kernels/crop_choice.py`).
"""
import numpy as np

from sim import rng
from sim.accounts import DISTRICT, FIRMS
from sim.institutions import insurance
from sim.places import DISTRICTS
from sim.rules import RULE_INDEX
from sim.units import M2_PER_MU

NINE = len(DISTRICTS)


def supply(area, greenhouses, saved, b):
    """Q, yuan of 2019 by district: area under cash crops in m2, greenhouses among it, saved the share that a better cold chain keeps from loss."""
    field = np.maximum(area / M2_PER_MU - greenhouses * float(b.greenhouse_area), 0.0)
    return (float(b.cash_crop_yield) * field + float(b.greenhouse_sales) * greenhouses) * (1 + saved / (1 - float(b.crop_loss)))


def price(now, start, consumption, b):
    """p, 1 in 2019; consumption of the zone over that of 2019. Districts without growers in 2019 keep 1."""
    ratio = np.divide(now, start, out=np.ones(NINE), where=start > 0)
    ratio = np.where(start > 0, np.clip(ratio / consumption ** float(b.crop_demand), 0.25, 4.0), 1.0)
    return ratio ** -float(b.crop_price_response)


def figures(state, t):
    """What is published of cash crops for year t, by district: price, common shock (1 in the first year), premium rate, spread that insurance takes away."""
    b = state.behaviour
    weather = np.ones(NINE)
    if t > 0:
        from scipy.special import ndtri
        districts = np.uint32(rng.INSTITUTION) + np.arange(1, NINE + 1, dtype=np.uint32)
        spread = float(b.crop_spread_district)
        weather = np.exp(spread * ndtri(rng.uniform_array(districts, rng.key(state.seed, state.year, "crop_weather"))) - spread ** 2 / 2)
    spread = float(np.hypot(float(b.crop_spread_district), float(b.crop_spread_household)))
    rate, steadied = insurance.terms(state.delivered[RULE_INDEX["insurance_level"]], spread, insurance.NO_FLOOD, b)
    return {"crop_price": state.published_next.get("crop_price", 1.0), "crop_weather": weather, "crop_premium_rate": rate, "crop_steadied": steadied}


def settle(state):
    """Districts pay their grants to those who build greenhouses."""
    grants = state.delivered[RULE_INDEX["greenhouse_grant"]] * state.counts["greenhouses_built"]
    state.books.pay("crop_grant", DISTRICT, FIRMS, grants)


def publish_next(state):
    """The price of next year from this year's supply and consumption against those of the first year."""
    x, b = state.totals, state.behaviour
    now = supply(x["cash_crops"].sum(0), x["greenhouses"].sum(0), state.delivered[RULE_INDEX["cold_chain"]], b)
    eaten = x["consumption"][:2].sum()
    state.base.setdefault("crop_supply", now)
    state.base.setdefault("crop_consumption", eaten)
    return {"crop_price": price(now, state.base["crop_supply"], eaten / state.base["crop_consumption"], b)}
