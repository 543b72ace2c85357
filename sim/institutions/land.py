"""Construction land of the districts: new state land under the red lines, quota, renewal, prices, and the district's land account.

    new land     rate x multiple x firms' land of 2019, from farmland outside contracts, nearer villages first; none in the first year
    red lines    farmland >= floor x 2019;  grain: growth of yields x farmland >= floor x 2019;  a village keeps its permanent part
    quota        plots reclaimed x (1 - loss) are issued; sold to other provinces as far as allowed, else half of the stock a year becomes state land
    account      state land sold at (1 - markdown) x price pays requisition and quota; what is left is spent on servicing land
Not here: how the market clears (`sim/markets/construction_land.py`), what villages offer (`collectives.py`).
"""
import numpy as np

from sim.accounts import COLLECTIVES, DISTRICT, FIRMS, UPPER
from sim.places import DISTRICTS
from sim.rules import RULE_INDEX
from sim.tables import DistrictLand, allocate

NINE = len(DISTRICTS)
CITY = {"changchun_new_area", "jingyue", "chuanying", "changyi", "fengman"}
QUOTA_USED_A_YEAR = 0.5


def by_district(spans, values):
    """Weighted sum of a span column by district, (9,)."""
    return np.bincount(spans.district, spans.weight * values, NINE)


def rule(state, name):
    """The delivered rule by district, (9,)."""
    return state.delivered[RULE_INDEX[name]]


def place_discount(spans, b):
    """x of each span: what the road to the centre takes off the price of land, in logs, (S,)."""
    return spans.distance.astype(float) / float(b.land_decay)


def collective_land_in_use(state):
    """Collective land that firms use, by district, in metres at the edge of the town."""
    spans, c, b = state.spans, state.collectives, state.behaviour
    near = np.exp(-place_discount(spans, b))
    park = np.exp(-float(b.park_distance) / float(b.land_decay))
    return by_district(spans, (c.operating + c.entered) * near + c.park * park)


def open_land(state):
    """State land, prices and farmland of the first 1 January."""
    b, spans = state.behaviour, state.spans
    town = by_district(spans, np.where(spans.urban == 1, spans.construction, 0.0))
    firms = np.maximum(town * float(b.firm_land_part), 1.0)
    price = np.array([float(b.city_land_price if place.id in CITY else b.town_land_price) for place in DISTRICTS])
    state.land = allocate(DistrictLand, NINE, dict(
        state_start=firms, collective_start=np.maximum(collective_land_in_use(state), 1.0), price_start=price,
        farmland_start=by_district(spans, np.where(spans.urban == 0, spans.farmland, 0.0)), state_land=firms.copy(),
        idle_state=firms * float(b.idle_state_part), state_price=price.copy(), collective_price=price * float(b.land_access),
        quota_price=np.full(NINE, float(b.quota_price))))


def land_index(state):
    """Land that firms use against 2019, (9,)."""
    land = state.land
    return (land.state_land + collective_land_in_use(state)) / (land.state_start + land.collective_start)


def publish_quota_price(state):
    """What villages are paid for quota in the year: the price within the province, more as far as other provinces are likely to take it."""
    land, b = state.land, state.behaviour
    ready = land.quota_stock
    room = sellable(state, ready)
    part = np.divide(room, ready, out=np.ones(NINE), where=ready > 0) * (rule(state, "interprovincial_quota") > 0)
    gain = np.maximum(rule(state, "interprovincial_price") - float(b.quota_price), 0.0)
    land.quota_price[:] = float(b.quota_price) + float(b.quota_pass) * part * gain


def sellable(state, stock):
    """Quota that each district may sell to other provinces: the zone's cap in proportion to stocks, at most the stock, (9,)."""
    share = np.divide(stock, stock.sum(), out=np.zeros(NINE), where=stock.sum() > 0)
    return np.minimum(stock, rule(state, "interprovincial_cap") * share) * (rule(state, "interprovincial_quota") > 0)


def farmland_room(state):
    """Farmland (m2) that each district may still give up under its floors of area and of grain, (9,)."""
    spans, land = state.spans, state.land
    held = by_district(spans, np.where(spans.urban == 0, spans.farmland, 0.0))
    grain = rule(state, "grain_floor") / max(float(state.published.farm_growth), 1e-6)
    floor = np.maximum(rule(state, "farmland_floor"), grain) * land.farmland_start
    return np.maximum(held - floor, 0.0)


def farmland_to_take(state):
    """Farmland outside contracts that is not permanent, of each village, (S,) m2."""
    spans = state.spans
    permanent = rule(state, "permanent_share")[spans.district] * state.collectives.farmland_start
    return np.where(spans.urban == 0, np.minimum(np.maximum(spans.farmland - permanent, 0.0), spans.other_farmland), 0.0)


def take_farmland(state, wanted):
    """Take farmland outside contracts from the villages of each district, in proportion to what may be taken and to nearness: taken (S,) in m2."""
    spans, c, b = state.spans, state.collectives, state.behaviour
    free = farmland_to_take(state)
    pull = free * np.exp(-place_discount(spans, b))
    total = by_district(spans, pull)
    share = np.divide(wanted, total, out=np.zeros(NINE), where=total > 0)[spans.district]
    taken = np.minimum(pull * share, free)
    spans.other_farmland[:] -= taken
    spans.farmland[:] -= taken
    spans.construction[:] += taken
    c.converted[:] += taken
    c.taken[:] += taken
    return taken


def supply(state):
    """The year's new state land: farmland within the red lines, quota, idle land of firms, urban villages renewed."""
    b, land = state.behaviour, state.land
    publish_quota_price(state)
    started = state.year > state.first_year
    wanted = float(b.new_land_rate) * rule(state, "new_land") * land.state_start * started
    allowed = np.minimum(wanted, farmland_room(state))
    land.new_land[:] = by_district(state.spans, take_farmland(state, allowed))
    land.vetoed[:] = wanted - allowed
    worth = (1 - float(b.state_markdown)) * land.state_price - float(b.requisition_pay) - float(b.development_cost)
    land.shadow_price[:] = np.where(land.vetoed > 0, np.maximum(worth, 0.0), 0.0)
    land.quota_sold[:] = sellable(state, land.quota_stock)
    used = np.where(worth > 0, QUOTA_USED_A_YEAR * (land.quota_stock - land.quota_sold), 0.0)
    land.quota_used[:] = by_district(state.spans, take_farmland(state, used))
    land.recycled[:] = rule(state, "stock_use") * land.idle_state * started
    land.idle_state[:] -= land.recycled
    land.renewed[:] = renew(state)
    land.state_land[:] += land.new_land + land.quota_used + land.recycled + land.renewed
    land.quota_stock[:] -= land.quota_sold + land.quota_used


def renew(state):
    """Urban villages: collective construction land near the centre becomes state land, paid at half the local price: m2 by district (9,)."""
    spans, c, b, land = state.spans, state.collectives, state.behaviour, state.land
    wanted = rule(state, "renewal_area")
    if not wanted.any():
        return np.zeros(NINE)
    classes = (c.operating, c.idle, c.public, c.waste)
    stock = sum(classes)
    pull = stock * np.exp(-spans.distance.astype(float) / float(b.park_distance))
    total = by_district(spans, pull)
    part = np.divide(wanted, total, out=np.zeros(NINE), where=total > 0)[spans.district] * np.exp(-spans.distance.astype(float) / float(b.park_distance))
    part = np.minimum(part, 1.0) * (stock > 0)
    c.renewed[:] = part * stock
    c.renewal_pay[:] = 0.5 * land.state_price[spans.district] * np.exp(-place_discount(spans, b)) * c.renewed
    c.asset_income[:] *= 1 - part
    for area in classes:
        area *= 1 - part
    c.converted[:] += c.renewed
    return by_district(spans, c.renewed)


def settle(state):
    """The districts' land account and the year's quota."""
    b, books, spans, c, land = state.behaviour, state.books, state.spans, state.collectives, state.land
    sold = (1 - float(b.state_markdown)) * land.state_price * (land.new_land + land.quota_used + land.renewed)
    requisition = float(b.requisition_pay) * by_district(spans, c.taken)
    quota = land.quota_price * by_district(spans, c.quota)
    renewal = by_district(spans, c.renewal_pay)
    books.pay("state_land", FIRMS, DISTRICT, sold)
    books.pay("requisition", DISTRICT, COLLECTIVES, requisition + renewal)
    books.pay("quota", DISTRICT, COLLECTIVES, quota)
    books.pay("quota", UPPER, DISTRICT, rule(state, "interprovincial_price") * land.quota_sold)
    books.pay("land_works", DISTRICT, FIRMS, np.maximum(sold - requisition - renewal - quota, 0.0))
    land.quota_issued[:] = by_district(spans, c.quota)
    land.quota_stock[:] += land.quota_issued
    state.land_index = land_index(state)
