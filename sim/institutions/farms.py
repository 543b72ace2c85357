"""The districts' programmes for family farms and cooperatives: what is paid for them.

Not here: who begins a family farm (`sim/kernels/family_farms.py`), who joins a cooperative (`sim/kernels/cooperatives.py`).
"""
import numpy as np

from sim.accounts import DISTRICT, FIRMS
from sim.places import DISTRICTS
from sim.rules import RULE_INDEX, RULES

QUALITY = RULE_INDEX["coop_quality"]
NINE = len(DISTRICTS)


def quality_cost(state):
    """What a district pays for one cooperative in the year, for its quality beyond that of 2019, yuan (9,)."""
    return float(state.behaviour.coop_quality_cost) * np.maximum(state.delivered[QUALITY] - RULES[QUALITY].base, 0.0)


def settle(state):
    """Districts pay their grants to new family farms, to whoever sells the machines, and those who advise cooperatives."""
    spans, books = state.spans, state.books
    books.pay("farm_grant", DISTRICT, FIRMS, state.delivered[RULE_INDEX["farm_grant"]] * state.counts["farms_helped"])
    books.pay("coop_support", DISTRICT, FIRMS, quality_cost(state) * np.bincount(spans.district, spans.weight * spans.coop, NINE))
