"""The districts' programme for family farms: what is paid for those begun with a place in it.

Not here: who begins one (`sim/kernels/family_farms.py`).
"""
from sim.accounts import DISTRICT, FIRMS
from sim.rules import RULE_INDEX


def settle(state):
    """Districts pay their grants to new family farms, to whoever sells the machines."""
    state.books.pay("farm_grant", DISTRICT, FIRMS, state.delivered[RULE_INDEX["farm_grant"]] * state.counts["farms_helped"])
