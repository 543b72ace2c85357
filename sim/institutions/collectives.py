"""Village collectives: which of them put a funded homestead project to their members, what their assets earn, what is shared out."""
import numpy as np

from sim import rng
from sim.accounts import COLLECTIVES, DISTRICT, FIRMS, PROPERTY, UPPER
from sim.kernels.year import H
from sim.places import DISTRICTS
from sim.rules import RULE_INDEX

NINE = len(DISTRICTS)


def fund_projects(state):
    """Villages draw projects at the offer rate, cut to what the district's cash can pay in expectation: no cash, no project."""
    spans, rules, b = state.spans, state.delivered, state.behaviour
    district = spans.district
    luck = rng.uniform_array(spans.uid, rng.key(state.seed, state.year, "offer"))
    rule = {name: rules[RULE_INDEX[name]] for name in ("plot_price", "house_price", "qualification_price", "project_households", "grant_share",
                                                       "bundles_allowed", "offer_rate")}
    offered = (rule["plot_price"] > 0) | (rule["bundles_allowed"] > 0)
    plot, house = float(b.project_plot), float(b.project_house)
    unit = rule["plot_price"] * plot + rule["house_price"] * house + rule["qualification_price"] + plot * float(b.reclaim_cost)
    cost = unit * rule["project_households"] * (1 - rule["grant_share"])
    villages = np.bincount(district, np.where(spans.urban == 0, spans.weight, 0.0), NINE)
    rate = rule["offer_rate"] * offered
    expected = rate * villages * cost
    money = np.maximum(state.project_cash, 0.0) * float(b.project_cash_share)
    part = np.minimum(1.0, np.divide(money, expected, out=np.ones(NINE), where=expected > 0))
    for d in np.flatnonzero(part < 1.0):
        state.log.append({"year": state.year, "event": "projects cut for want of money", "district": DISTRICTS[d].id, "part": float(part[d])})
    drawn = (spans.urban == 0) & (luck < (rate * part)[district])
    spans.offer[:] = np.where(drawn, np.round(rule["project_households"][district]), 0)
    state.happened[:, H["projects"]] = spans.offer > 0


def settle(state):
    """Project grants and reclamation works; rents of collective assets; the property company spends what it takes in."""
    books, counts, b = state.books, state.counts, state.behaviour
    cost = counts["exit_cost"] + counts["reclaimed_cost"]
    books.pay("project_grant", UPPER, DISTRICT, state.delivered[RULE_INDEX["grant_share"]] * cost)
    books.pay("reclaim", DISTRICT, FIRMS, counts["reclaimed_cost"])
    books.pay("collective_land_rent", FIRMS, COLLECTIVES, state.base["shares"] * float(b.share_dividend) * state.market.wage)
    books.pay("lease_services", PROPERTY, FIRMS, books.total("lease_services", receiver=PROPERTY))


def publish_next(state):
    """Next year's dividend per share by district: this year's rents of collective assets and of land in the pool."""
    income = state.books.total("collective_land_rent", receiver=COLLECTIVES) + state.counts["rent_to_collective"]
    return {"share_dividend": np.maximum(income, 0.0) / np.maximum(state.totals["shares"].sum(0), 1.0)}
