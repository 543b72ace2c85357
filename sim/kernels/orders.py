"""Order farming: a lead firm buys a farm's grain at the market price and a premium, never below a floor.

    offer     lasting draw < scale_d x pull_v, pull = land quality x exp(-km/reach); the scale fills the firms' capacity (`institutions/orders.py`)
    price     max(floor, S (1 + premium)) + profit share x margin of the price on its path, S the market's price of the year against it
    accepted  where the expected price less 1 is above the own cost of the terms (grading, delivery), a lasting lognormal share of the price
    sold past the firm, at the market price and without that cost, with a keyed yearly chance
Expected gain counts in what land and services are worth to the farm. Not here: payment and harvest (`income.py`).
"""
import numpy as np

from sim.compiled import exp, part, row
from sim.rng import EVENT, lognormal, mix, uniform
from sim.rules import RULE_INDEX

OFFERED, COST, PAST = (EVENT[e] for e in ("order", "order_cost", "side_selling"))
PREMIUM, FLOOR, PROFIT = (RULE_INDEX[r] for r in ("order_premium", "order_floor", "order_profit"))


@row
def pull(quality, distance, b):
    """How much lead firms want a village's grain: land quality, and the road to the centre."""
    return quality * exp(-distance / b.order_reach)


@row
def order_price(market, premium, floor):
    """Price under contract, of the price on its path; market: the year's price against that path."""
    return max(floor, market * (1.0 + premium))


@part
def contract_cost(h, s, spans, households, year, b):
    """Own cost of meeting the terms, share of the price, where household h has accepted a contract; else -1."""
    stream, d = mix(households.uid[h]), spans.district[s]
    if year.order_worth[d] <= 0 or uniform(stream, year.first[OFFERED]) >= year.order_scale[d] * pull(spans.quality[s], spans.distance[s], b):
        return np.float32(-1.0)
    cost = b.order_cost * lognormal(stream, year.first[COST], b.order_cost_spread)
    return cost if cost < year.order_worth[d] else np.float32(-1.0)


@part
def expected_price(h, s, spans, households, year, b):
    """Grain price that household h reckons with, yuan/kg: with a contract its worth less its cost, as far as it delivers."""
    cost = contract_cost(h, s, spans, households, year, b)
    if cost < 0:
        return year.grain_price
    return year.grain_price * (np.float32(1.0) + (np.float32(1.0) - b.side_selling) * (year.order_worth[spans.district[s]] - cost))


@part
def order_gain(h, s, spans, households, year, b):
    """Yuan above the market price, less the cost of the terms, for the year's grain of household h."""
    cost = contract_cost(h, s, spans, households, year, b)
    if cost < 0 or uniform(mix(households.uid[h]), year.key[PAST]) < b.side_selling:
        return np.float32(0.0)
    d = spans.district[s]
    paid = order_price(year.price_shock, year.rules[PREMIUM, d], year.rules[FLOOR, d])
    return households.grain[h] * year.grain_price * (paid - year.price_shock - cost + year.rules[PROFIT, d] * b.order_margin)
