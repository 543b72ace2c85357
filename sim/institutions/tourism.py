"""Visits of townspeople to villages, what they bring there, and what districts pay for weekend buses, beautiful villages, complexes and e-commerce
stations.

    visits_v = k a_v sum_d N_d t_vd^e          N_d townspeople of d, t minutes by road (less with a bus and on better village roads), a appeal
                                               (more where the standard is met and where a complex stands),
                                               e elasticity < 0, k from the visits of 2019
    receipts   = spending x visits;  (1 - leak) x margin of them is own-account income in the village
    trade_v    = 1 + s_v (visits_v / visits_v of 2019 - 1),   s_v visitors' part of the village's own-account income of 2019: what the kernel reads
    demand     what is spent above 2019 is demand of the tourism branch where it is spent, and less of the other local branches at home
    lodging    a part of those who look for a farm house put up visitors: they look where visits rise
Everything is 1 in 2019. Not here: own-account income of a household (`kernels/income.py`), cost of living (`prices.py`).
"""
import numpy as np
from scipy.special import ndtri

from sim import evidence, rng
from sim.accounts import DISTRICT, FIRMS
from sim.institutions.firms import cell_share
from sim.institutions.labour_policy import of_2019
from sim.institutions.land import by_district, rule
from sim.kernels.work import DOOR_MINUTES, MINUTES_PER_KM
from sim.places import DISTRICTS, OUTSIDE, VILLAGE
from sim.sums import product
from sim.tables import RURAL

NINE = len(DISTRICTS)
LASTING_YEAR = 2018
AS_IN_2019 = np.ones(NINE)


def lasting(state, k):
    """Keyed uniform of each span for life, (S,)."""
    return rng.uniform_array(state.spans.uid, rng.key(state.population_seed, LASTING_YEAR, "appeal", k))


def minutes(state, road_time):
    """Door to door from each district's town to each village, (S, 9): as commuters count, other districts by their centres and half the village's road.

    road_time (9,): time on village roads, 1 in 2019.
    """
    spans = state.spans
    road = spans.distance.astype(float) * road_time[spans.district]
    km = state.distance.astype(float)[spans.district] + 0.5 * road[:, None]
    km[np.arange(len(km)), spans.district] = road
    return DOOR_MINUTES + MINUTES_PER_KM * km


def served(state, routes):
    """Villages on a weekend bus route, (S,) bool: `bus_villages` a route, keyed, so that more routes only add villages. routes (9,)."""
    spans = state.spans
    village = spans.urban == 0
    part = routes * float(state.behaviour.bus_villages) / np.maximum(by_district(spans, village), 1.0)
    return village & (lasting(state, 1) < part[spans.district])


def pull(state, people, bus, beautiful, road_time=AS_IN_2019, sited=False):
    """Visits before the constant k, (S,). people (9,): townspeople; bus, beautiful, sited (S,) bool."""
    b = state.behaviour
    spread = float(b.appeal_spread)
    appeal = np.exp(spread * ndtri(lasting(state, 0)) - spread * spread / 2 + float(b.beautiful_appeal) * beautiful
                    + float(b.site_appeal) * sited)
    time = minutes(state, road_time) * (1 - float(b.bus_saving) * bus)[:, None]
    return np.where(state.spans.urban == 0, appeal * product((time / 60) ** float(b.visit_elasticity), people), 0.0)


def open_tourism(state):
    """Visits of 2019 by village and the part of own-account income that they bring, as the first year begins."""
    b, spans, hh = state.behaviour, state.spans, state.households
    people = state.totals["persons"][1]
    bus, beautiful = served(state, rule(state, "bus_routes")), spans.beautiful > 0
    drawn = pull(state, people, bus, beautiful)
    visits = drawn * float(b.visits_per_head) * people.sum() / max((drawn * spans.weight).sum(), 1e-30)
    local = (1 - float(b.visit_leak)) * float(b.visit_margin) * float(b.visit_spending) * visits
    at_work = (hh.kind > 0) & (hh.kind <= RURAL) & (hh.residence != OUTSIDE) & ((hh.residence != VILLAGE) | (hh.farm_labour > 0))
    own = float(b.own_account_level) * np.bincount(hh.span, np.where(at_work, hh.own_account, 0).astype(float), len(visits))
    state.base |= {"townspeople": people, "visits": visits, "visit_part": np.divide(np.minimum(local, float(b.visitor_part) * own), own,
                                                                                  out=np.zeros_like(own), where=own > 0),
                   "visit_pull": drawn, "beautiful": beautiful.copy(), "sited": np.zeros(len(visits), bool),
                   "demand_shift": np.zeros((NINE, evidence.branches().count))}


def receive(state):
    """Visits of the year, the trade that they bring, and the year's cost of buses, stations and beautiful villages to the districts."""
    b, spans, c, base = state.behaviour, state.spans, state.collectives, state.base
    d, village, bus = spans.district, spans.urban == 0, served(state, rule(state, "bus_routes"))
    people, roads = state.published.townspeople.astype(float) * base["townspeople"], state.published.village_time.astype(float)
    sited = base["sited"] | (village & (lasting(state, 3) < rule(state, "tourism_sites")[d]))
    more = np.divide(pull(state, people, bus, spans.beautiful > 0, roads, sited), base["visit_pull"], out=np.ones(len(d)), where=base["visit_pull"] > 0)
    c.visits[:] = base["visits"] * more
    spans.trade[:] = 1 + base["visit_part"] * (more - 1)
    works = rule(state, "beautiful_cost")[d] * ((spans.beautiful > 0) & ~base["beautiful"])
    c.renewal_cost[:] = works + float(b.site_outlay) * (sited & ~base["sited"])
    base["beautiful"], base["sited"] = spans.beautiful > 0, sited
    stations = float(b.online_cost) * np.maximum(rule(state, "online_coverage") - of_2019("online_coverage"), 0.0)
    c.service_cost[:] = float(b.bus_cost) / float(b.bus_villages) * bus + stations[d] * village


def more_visits(state):
    """Visits to the villages of each district against 2019, (9,)."""
    before = by_district(state.spans, state.base["visits"])
    return np.divide(by_district(state.spans, state.collectives.visits), before, out=np.ones(NINE), where=before > 0)


def demand_shift(state):
    """Log shift of demand by cell against 2019 for what visitors spend elsewhere than they did, (9, B); value added of it where it is spent.

    Visitors of a district come in proportion to its townspeople in the sum over all villages' pulls; what they spend more on visits they spend less at home.
    """
    b, spans = state.behaviour, state.spans
    branches = evidence.branches()
    tourism = np.array([name == "tourism_catering" for name in branches.ids])
    others = ~branches.outside & ~tourism
    kept = (1 - float(b.import_consumption)) * float(b.visit_spending)
    gained = kept * (by_district(spans, state.collectives.visits) - by_district(spans, state.base["visits"]))
    home = state.base["townspeople"] / state.base["townspeople"].sum()
    value = state.base["value_added"].sum(1, keepdims=True) * cell_share()
    shift = np.zeros_like(value)
    shift[:, tourism] = np.log1p(gained[:, None] / value[:, tourism])
    shift[:, others] = np.log1p(-home * gained.sum() / value[:, others].sum(1))[:, None]
    return shift


def settle(state):
    """Districts pay for works in beautiful villages and complexes, for buses and stations."""
    spans, c, books = state.spans, state.collectives, state.books
    books.pay("village_works", DISTRICT, FIRMS, by_district(spans, c.renewal_cost))
    books.pay("village_services", DISTRICT, FIRMS, by_district(spans, c.service_cost))


def publish_next(state):
    """Townspeople and visits of each district against 2019, as next year's visitors and lessees find them."""
    return {"townspeople": state.totals["persons"][1] / state.base["townspeople"], "more_visits": more_visits(state)}
