"""Lead firms of the districts: how their contracting capacity reaches the villages, and what a contract is worth.

    capacity  a share of the district's grain (rule), measured as land x quality, in proportion to the capital of its lead firms against 2019
    offers    share of a village's farms min(1, scale x pull), pull = quality x exp(-km/reach): near and good land first;
              the scale fills the capacity
    worth     profit share x margin + E max(floor, S (1 + premium)) - 1,  S the price of the year, mean 1;
              the latter = (1 + premium) (1 + E max(0, floor/(1 + premium) - S)) - 1
Firms of the district bear the premiums in proportion to value added. Not here: who accepts (`sim/kernels/orders.py`).
"""
import numpy as np

from sim.institutions import industry, insurance
from sim.places import DISTRICTS
from sim.rules import RULE_INDEX

NINE = len(DISTRICTS)


def pull(spans, b):
    """How much lead firms want the grain of each village, (S,)."""
    return spans.quality.astype(float) * np.exp(-spans.distance.astype(float) / float(b.order_reach))


def scale(capacity, pulls, amounts):
    """The scale at which sum amounts min(1, scale x pull) is the capacity, a share of all: exact, from the village that is filled first."""
    if capacity <= 0 or amounts.sum() <= 0:
        return 0.0
    order = np.argsort(-pulls, kind="stable")
    pulls, amounts = pulls[order], amounts[order]
    wanted = min(capacity, 1.0) * amounts.sum()
    full = np.concatenate([[0.0], np.cumsum(amounts)[:-1]])          # amounts of the villages before each
    rest = np.cumsum((amounts * pulls)[::-1])[::-1]                   # weight of each and those behind
    taken = full + rest / pulls                                       # at the scale 1/pull of each village
    n = int(np.searchsorted(taken, wanted))
    return 1.0 / pulls[-1] if n >= len(pulls) else (wanted - full[n]) / rest[n]


def worth(premium, floor, b):
    """Expected price under contract over the price on its path, less 1; premium and floor (n,)."""
    limit = np.maximum(floor / (1 + premium), 1e-3)
    return (1 + premium) * (1 + insurance.fair_rate(limit, float(b.price_spread), insurance.NO_FLOOD)) - 1


def figures(state):
    """What is published of orders, by district: scale of the offers and worth of a contract."""
    b, spans, rules = state.behaviour, state.spans, state.delivered
    village = spans.urban == 0
    pulls, amounts = pull(spans, b), spans.weight * spans.farmland * spans.quality
    found, capacity = np.zeros(NINE), rules[RULE_INDEX["order_share"]] * industry.lead_capacity(state)
    for d in range(NINE):
        rows = village & (spans.district == d)
        found[d] = scale(capacity[d], pulls[rows], amounts[rows])
    shared = rules[RULE_INDEX["order_profit"]] * float(b.order_margin)
    return {"order_scale": found, "order_worth": worth(rules[RULE_INDEX["order_premium"]], rules[RULE_INDEX["order_floor"]], b) + shared}
