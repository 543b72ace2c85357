"""The synthetic population of 1 January 2019: spans, households and persons whose totals are the evidence's.

Every attribute is a function of a keyed draw of the row's own uid, so a span is the same in the whole zone and in any sample.
    sizes     quantiles of the size distribution at stratified ranks within span and kind, so that span means hit the totals
    incomes   a lasting position of the household drawn from the fitted shapes (Dagum rural, shifted lognormal urban), mean 1
    sample    whole spans in one keyed order of each (district, sector); a small sample is a prefix of a larger one
Not here: where people work in 2019 (the model's own choice rule places them, `sim/model.py`), nor any behaviour.
"""
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim import behaviour, evidence, rng
from sim.places import DISTRICTS, FIRST_DISTRICT, OUTSIDE, VILLAGE
from sim.rng import uniform_array
from sim.sums import product
from sim.tables import COLLECTIVE, CONTRACT, FREE, IDLE, OCCUPIED, RURAL, SEASONAL, URBAN, Households, Persons, Spans, allocate
from sim.units import M2_PER_HA, M2_PER_MU

# Register units and households of 2019 (docs/decisions/nine-units.md): assumed, made to add up with the plan's 3.33 M people.
HOUSEHOLDS = {"village": 355_000, "settled": 85_000, "outside": 30_000, "no_contract": 125_000}
PERSONS_AWAY = {"town": 90_000, "outside": 50_000}
COLLECTIVE_PERSONS = 272_000
SIZES = {  # shares of 1, 2, ... members
    "village": (.172, .321, .259, .159, .069, .020), "settled": (.23, .36, .28, .10, .03), "urban": (.28, .38, .24, .08, .02),
    "collective": (0, 0, .4, .5, .1)}
MEAN_SIZE = {kind: sum((n + 1) * p for n, p in enumerate(shares)) for kind, shares in SIZES.items()}
COLLECTIVE_DISTRICTS = {"changchun_new_area": .38, "jingyue": .32, "chuanying": .10, "changyi": .08, "fengman": .06, "jiutai": .04, "shuangyang": .02}
CONTRACT_MU = 6.26e6          # grain 5.96 M mu and cash crops 0.30 M mu
CASH_CROP_MU = 0.30e6
CROP_SPREAD = 1.36            # wanted over grown: a grower has at most nine tenths of its land for cash crops, and some growers of 2019 leave the farm
COLLECTIVE_LAND_SHARE = 0.20  # collective construction land beside the plots, of their area
OTHER_FARMLAND_SHARE = 0.10   # farmland outside contracts, of contracted land
OPENING_TERM = 10             # years for which debts of the start were granted
URBAN_SPAN = 150              # households in an urban block
SLACK_PERSONS, SLACK_HOUSEHOLDS = 1.13, 1.16
SMALLEST_SAMPLE = 20_000
BUILD_YEAR = 2018


class Population(NamedTuple):
    spans: object
    households: object
    persons: object
    toy: bool
    whole: bool          # every span of the zone
    span_total: int      # spans of the whole zone
    targets: dict        # persons by district: rural (9,), urban (9,)


class Plan(NamedTuple):
    """How many households of each kind every span of the zone has: arrays over the zone's spans."""
    district: np.ndarray
    urban: np.ndarray
    counts: np.ndarray    # (S, 6): village, settled, outside, no_contract, urban, collective
    rural_persons: np.ndarray
    urban_persons: np.ndarray


def _share_out(total, weights):
    """`total` as whole numbers in proportion to `weights` (largest remainder)."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    left = int(round(total)) - whole.sum()
    whole[np.argsort(-(exact - whole), kind="stable")[:left]] += 1
    return whole


def settle_matrix():
    """Where a district's settled families and absent members live: rows sum to 1, (9, 9). Own district 0.55, the rest by people and distance."""
    d = evidence.districts()
    town = d.population - d.rural_population
    pull = town[None, :] * np.exp(-evidence.distances() / 50.0)
    np.fill_diagonal(pull, 0.0)
    matrix = 0.45 * pull / pull.sum(1, keepdims=True)
    np.fill_diagonal(matrix, 0.55)
    return matrix


def plan_zone(population_seed=1):
    """The spans of the whole zone and what each holds."""
    d = evidence.districts()
    rural, people = d.rural_population.astype(float), d.population.astype(float)
    share = rural / rural.sum()
    by_kind = {kind: _share_out(total, share) for kind, total in HOUSEHOLDS.items()}
    matrix = settle_matrix()
    arrivals = product(by_kind["settled"] * MEAN_SIZE["settled"] + PERSONS_AWAY["town"] * share, matrix)
    collective_persons = np.array([COLLECTIVE_DISTRICTS.get(x.id, 0.0) for x in DISTRICTS]) * COLLECTIVE_PERSONS
    collective = np.round(collective_persons / MEAN_SIZE["collective"]).astype(int)
    urban = np.round((people - rural - arrivals - collective * MEAN_SIZE["collective"]) / MEAN_SIZE["urban"]).astype(int)
    districts, sectors, counts = [], [], []
    number = 0
    for i in range(len(DISTRICTS)):
        villages = int(d.villages[i])
        uid = _span_uid(np.arange(number, number + villages))
        size = np.exp(0.25 * ndtri(uniform_array(uid, rng.key(population_seed, BUILD_YEAR, "build", 0))))
        rows = np.zeros((villages, 6), np.int64)
        for k, kind in enumerate(("village", "settled", "outside", "no_contract")):
            rows[:, k] = _share_out(by_kind[kind][i], size)
        blocks = max(2, int(round((urban[i] + collective[i]) / URBAN_SPAN)))
        town = np.zeros((blocks, 6), np.int64)
        town[:, 4], town[:, 5] = _share_out(urban[i], np.ones(blocks)), _share_out(collective[i], np.ones(blocks))
        counts += [rows, town]
        districts += [i] * (villages + blocks)
        sectors += [0] * villages + [1] * blocks
        number += villages + blocks
    return Plan(np.array(districts), np.array(sectors), np.vstack(counts), rural, people - rural)


def _span_uid(number):
    return (np.uint32(rng.SPAN) | np.asarray(number).astype(np.uint32)).astype(np.uint32)


def choose_spans(plan, households, sample, population_seed):
    """Numbers of the spans in the sample, ascending: a prefix of one keyed order in which two spans of each stratum stand first."""
    if households is None or households >= plan.counts.sum():
        return np.arange(len(plan.district))
    luck = uniform_array(_span_uid(np.arange(len(plan.district))), rng.key(population_seed, sample, "span_order"))
    stratum = plan.district * 2 + plan.urban
    rank = np.empty(len(luck))
    for s in np.unique(stratum):
        rows = np.flatnonzero(stratum == s)
        order = np.argsort(luck[rows], kind="stable")
        rank[rows[order]] = np.where(np.arange(len(rows)) < 2, -1.0, (np.arange(len(rows)) + 0.5) / len(rows))
    order = np.lexsort((luck, rank))
    taken = np.cumsum(plan.counts.sum(1)[order])
    count = max(int((rank < 0).sum()), int(np.searchsorted(taken, households, side="right")))
    return np.sort(order[:count])


def toy_plan(plan, households):
    """Two small villages and one small block per district: for tests and tutorials, not nested in anything."""
    keep = np.concatenate([np.concatenate([np.flatnonzero((plan.district == i) & (plan.urban == 0))[:2],
                                           np.flatnonzero((plan.district == i) & (plan.urban == 1))[:2]]) for i in range(len(DISTRICTS))])
    counts = plan.counts[keep].astype(float)
    counts *= households / counts.sum()
    return keep, np.where(counts > 0, np.maximum(np.round(counts), 1), 0).astype(np.int64)


def build(households=None, population_seed=1, sample=1, only=None, b=None):
    """The population: tables of whole spans with their weights. households None: all. only: uids of spans of it, the others are left out.

    b: Behaviour, of which debts and own businesses at rest are read; None: the declared one.
    """
    b = behaviour.load() if b is None else b
    plan = plan_zone(population_seed)
    toy = households is not None and households < SMALLEST_SAMPLE
    if toy:
        number, counts = toy_plan(plan, households)
    else:
        number = choose_spans(plan, households, sample, population_seed)
        counts = plan.counts[number]
    if only is not None:
        kept = np.isin(_span_uid(number), only)
        number, counts = number[kept], counts[kept]
    return fill(plan, number, counts, population_seed, b, toy)


def fill(plan, number, counts, population_seed, b, toy=False, first_number=0):
    """The population of these spans of a plan, with counts (S, 6) households in each.

    first_number: what their uids count from; a copy of the zone has others.
    """
    draw, named = _Draws(population_seed), number + first_number
    district, urban = plan.district[number], plan.urban[number]
    hh = _households(named, district, urban, counts, draw, b)
    pp = _persons(hh, draw)
    spans = _spans(named, district, urban, counts, plan.counts[:, 4:].sum(), hh, pp, draw)
    table_h, table_p, spans = _lay_out(spans, hh, pp)
    spans["weight"] = np.ones(len(number))
    tables = allocate(Spans, len(number), spans), table_h, table_p
    targets = {"rural": plan.rural_persons, "urban": plan.urban_persons,
               "contract_area": np.bincount(plan.district, plan.counts[:, :3].sum(1), len(DISTRICTS)) * CONTRACT_MU
               / sum(HOUSEHOLDS[k] for k in ("village", "settled", "outside")) * M2_PER_MU}
    return Population(*tables, toy, len(number) == len(plan.district), len(plan.district), targets)


class _Draws:
    """Keyed draws of the build: uniform, normal and quantile functions by attribute number."""

    def __init__(self, population_seed):
        self.seed = population_seed

    def uniform(self, uid, attribute):
        return uniform_array(uid, rng.key(self.seed, BUILD_YEAR, "build", attribute))

    def normal(self, uid, attribute):
        return ndtri(self.uniform(uid, attribute))

    def lognormal(self, uid, attribute, spread):
        return np.exp(spread * self.normal(uid, attribute) - spread * spread / 2)


def rural_position(u):
    """Income position from the Dagum shape of rural incomes 2019 (a 3.331, p 0.4616), mean 1."""
    from scipy.special import beta
    a, p = 3.331, 0.4616
    mean = p * beta(p + 1 / a, 1 - 1 / a)
    return (u ** (-1 / p) - 1) ** (-1 / a) / mean


def urban_position(u):
    """Income position from the shifted lognormal of urban incomes 2019 (shift -0.101 of the mean, sigma 0.560), mean 1."""
    shift, sigma = -0.101, 0.560
    return np.maximum((1 - shift) * np.exp(sigma * ndtri(u) - sigma * sigma / 2) + shift, 0.05)


def _households(number, district, urban, counts, draw, b):
    """Attributes of all households of these spans, in span order."""
    kinds = np.array([CONTRACT, CONTRACT, CONTRACT, RURAL, URBAN, COLLECTIVE])
    group = np.concatenate([np.repeat(np.arange(6), row) for row in counts])
    span = np.repeat(np.arange(len(number)), counts.sum(1))
    index = np.arange(len(span)) - np.repeat(np.concatenate([[0], np.cumsum(counts.sum(1))[:-1]]), counts.sum(1))
    uid = (np.uint32(rng.HOUSEHOLD) | (np.asarray(number[span], np.uint32) << np.uint32(rng.INDEX_BITS)) | index.astype(np.uint32)).astype(np.uint32)
    u = {name: draw.uniform(uid, i + 1) for i, name in enumerate(
        ("size", "position", "residence", "use", "certificate", "kin", "own", "livestock", "cash", "debt", "firms", "wealth"))}
    order = np.lexsort((u["size"], group, span))
    start = np.concatenate([[True], (span[order][1:] != span[order][:-1]) | (group[order][1:] != group[order][:-1])])
    first = np.maximum.accumulate(np.where(start, np.arange(len(order)), 0))
    in_group = np.arange(len(order)) - first
    length = np.diff(np.append(np.flatnonzero(start), len(order)))[np.cumsum(start) - 1]
    rank = np.empty(len(order))
    rank[order] = (in_group + draw.uniform(_span_uid(number), 90)[span[order]]) / length
    size = np.zeros(len(uid), np.int64)
    for g, name in enumerate(("village", "settled", "settled", "village", "urban", "collective")):
        rows = group == g
        size[rows] = 1 + np.searchsorted(np.cumsum(SIZES[name])[:-1], rank[rows], side="right")
    size[group == 3] = np.maximum(size[group == 3], 1)
    rural = group < 4
    position = np.where(rural, rural_position(u["position"]), urban_position(u["position"]))
    home = np.cumsum(settle_matrix(), 1)
    residence = np.where(group == 2, OUTSIDE, np.where((group == 0) | (group == 3), VILLAGE, FIRST_DISTRICT + district[span]))
    settled = group == 1
    residence[settled] = FIRST_DISTRICT + (u["residence"][settled, None] > home[district[span[settled]]][:, :-1]).sum(1)
    holder = group < 3
    raw = np.where(holder, draw.lognormal(uid, 20, 0.5), 0.0)
    mean_area = CONTRACT_MU / (HOUSEHOLDS["village"] + HOUSEHOLDS["settled"] + HOUSEHOLDS["outside"]) * M2_PER_MU
    total = np.bincount(span, raw, len(number))
    holders = np.bincount(span, holder, len(number))
    scale = np.divide(holders * mean_area, total, out=np.zeros(len(number)), where=total > 0)
    contract = np.round(raw * scale[span]).astype(np.int32)
    # a twelfth of the resident holders, able ones first by keyed chance, grow cash crops on part of their land
    grower = (group == 0) & (u["cash"] < 1 / 9)
    wanted = CASH_CROP_MU * M2_PER_MU / (HOUSEHOLDS["village"] / 9)
    cash = np.where(grower, np.minimum(contract * 0.9, wanted * draw.lognormal(uid, 21, 0.4) * CROP_SPREAD), 0).astype(np.int32)
    use_u, idle_share, part = u["use"], np.array([.03, .42, .60, .01, 0, 0])[group], np.array([.20, 1.0, 1.0, .0, 0, 0])[group]
    use = np.where(use_u < idle_share, IDLE, np.where(use_u < part, SEASONAL, OCCUPIED))
    own_share = np.where(rural, 0.15, 0.12)
    income_own = np.where(rural, 1300 * 2.4, 2300 * MEAN_SIZE["urban"]) / own_share
    resident = (group == 0) | (group == 3)
    return dict(
        uid=uid, span=span, kind=kinds[group], group=group, size=size, residence=residence, contract_area=contract, cash_crop_area=cash,
        plot_area=np.where(holder, 500 * draw.lognormal(uid, 22, 0.35), np.where(group == 3, 330, 0)).astype(np.int32),
        house_area=np.where(group < 4, 80 * draw.lognormal(uid, 23, 0.25), 0), house_use=use,
        certificate=(rural & (u["certificate"] < 0.7)), qualification=holder, shares=np.where(holder, 1.0, 0.0),
        farm_skill=np.where(rural, draw.normal(uid, 24), 0.0),
        own_account=np.where((u["own"] < own_share) & (group != 5) & (resident | ~rural | settled), income_own * draw.lognormal(uid, 25, 0.6), 0.0),
        livestock=np.where(resident & (u["livestock"] < 0.4), 590 * 2.4 / 0.4 * draw.lognormal(uid, 26, 0.5), 0.0),
        firm_share=np.where((group == 4) & (u["position"] > 0.8), size * position ** 1.5, 0.0), wealth_effect=position,
        wealth=draw.lognormal(uid, 27, 0.6),
        home=np.where(settled & (draw.uniform(uid, 33) < float(b.opening_owners) * position), residence, 0),
        **_at_rest(uid, resident, position, u["debt"], draw, b))


def _at_rest(uid, resident, position, u, draw, b):
    """Own businesses and debts as they stand when as much begins as ends: {column: (H,)}. resident: rural households in villages; u (H,): draw of debt.

    As many owe as borrow in a year times the years a loan runs; loans of every age, larger the less of them is repaid; debts in default of every age.
    """
    share = float(b.owing_share)
    owes, left = resident & (u < share), 1 + np.floor(u / share * OPENING_TERM).clip(0, OPENING_TERM - 1)
    bad = owes & (draw.uniform(uid, 31) < float(b.opening_default))
    years = 1 + np.floor(draw.uniform(uid, 32) * float(b.workout_years))
    debt = float(b.opening_debt) * position ** 0.9 * draw.lognormal(uid, 28, 0.4) * left / ((OPENING_TERM + 1) / 2)
    return dict(
        business=np.where(resident & (draw.uniform(uid, 29) < float(b.business_share)), float(b.opening_business) * draw.lognormal(uid, 30, 0.6), 0.0),
        debt=np.where(owes, debt, 0.0), loan_years=np.where(owes, left, 0), loan_vintage=np.where(owes, BUILD_YEAR + left - OPENING_TERM, 0),
        arrears=np.where(bad, years, 0))


def _persons(hh, draw):
    """Members of these households: the first is the head, the second (from size 2 on, families) the partner, then child, child or elder."""
    size, rural = hh["size"], hh["group"] < 4
    home = np.repeat(np.arange(len(size)), size)
    order = np.arange(len(home)) - np.repeat(np.concatenate([[0], np.cumsum(size)[:-1]]), size)
    span = hh["span"][home]
    first = np.concatenate([[True], span[1:] != span[:-1]])
    index = np.arange(len(home)) - np.maximum.accumulate(np.where(first, np.arange(len(home)), 0))
    base = (hh["uid"][home] & np.uint32(0x3FFFFFFF)) >> np.uint32(rng.INDEX_BITS)
    uid = (np.uint32(rng.PERSON) | (base << np.uint32(rng.INDEX_BITS)) | index.astype(np.uint32)).astype(np.uint32)
    if index.max(initial=0) >= 1 << rng.INDEX_BITS:
        raise ValueError("population: a span has more persons than its uids can number. Make the spans smaller.")
    z, head_luck = draw.normal(uid, 40), draw.normal(hh["uid"], 41)
    old_single = draw.uniform(hh["uid"], 42) < np.where(rural, 0.75, 0.60)
    # families of three and more are young (children at home) or old (grown children at home); means and shares fitted to the age structure
    young = draw.uniform(hh["uid"], 51) < np.where(rural, 0.52, 0.66)
    mean = np.where(size <= 2, np.where(rural, 59.5, 56.5), np.where(young, np.where(rural, 38.5, 39), np.where(rural, 55.5, 54.5)))
    settled = (hh["group"] == 1) | (hh["group"] == 2)
    mean = np.where(settled, mean - 4, mean)
    spread = np.where(size == 2, 12.5, np.where(young, 4.5, 6.0))
    head_age = np.clip(mean + spread * head_luck, 22, 88)
    single_old = 60 + 22 * draw.uniform(hh["uid"], 43) ** 1.5
    head_age = np.where(size == 1, np.where(old_single & ~settled, single_old, 23 + 36 * draw.uniform(hh["uid"], 44) ** 0.7), head_age)
    head = head_age[home]
    elder = draw.uniform(hh["uid"], 45)[home] < 0.5
    child = np.clip(head - 28 + 3 * z, 0, 36)
    second = np.where(elder, np.clip(head + 25 + 2 * z, 58, 95), np.clip(head - 29 + 3 * z, 0, 30))
    third = np.where(elder, np.clip(head + 27 + 2 * z, 58, 95), np.clip(head - 31 + 2 * z, 0, 28))
    age = np.select([order == 0, order == 1, order == 2, order == 3], [head, np.clip(head - 2 + 2 * z, 20, 92), child, second], third)
    dorm = hh["kind"][home] == COLLECTIVE
    age = np.where(dorm, 18 + 37 * draw.uniform(uid, 46) ** 1.3, age)
    age = np.floor(age).astype(np.int64)
    female = np.where(dorm, draw.uniform(uid, 47) < 0.45, np.where(order == 0, draw.uniform(uid, 47) < 0.25, np.where(
        order == 1, True, draw.uniform(uid, 47) < 0.5)))
    female = np.where((order == 1) & ~dorm, ~female[np.maximum(np.arange(len(home)) - 1, 0)], female)
    female = np.where((order == 0) & (size[home] == 1), draw.uniform(uid, 48) < 0.5, female)
    school = np.where(rural[home] & ~dorm, 9.0, 12.2) - 0.045 * np.maximum(age - 40, 0) + np.where(age < 30, 1.0, 0.0)
    school = np.clip(np.round(school + 2.4 * draw.normal(uid, 49)), 0, 19)
    return dict(uid=uid, household=home, age=age, female=female, schooling=school, ability=0.30 * draw.normal(uid, 50),
                partner=(order < 2) & (size[home] > 1) & ~dorm)


def _spans(number, district, urban, counts, zone_blocks, hh, pp, draw):
    d = evidence.districts()
    uid = _span_uid(number)
    far = np.sqrt(d.area_km2[district] / np.pi) * 0.8
    distance = np.where(urban == 1, 1.0, np.minimum(far, 60.0) * np.sqrt(draw.uniform(uid, 60)) + 2)
    contract = np.bincount(hh["span"], hh["contract_area"].astype(float), len(number))
    plots = np.bincount(hh["span"], hh["plot_area"].astype(float), len(number))
    # villages keep a fifth of their plots' area as collective construction land; the rest of the zone's stock is town land
    town = evidence_construction_land() - plot_land() * (1 + COLLECTIVE_LAND_SHARE)
    construction = np.where(urban == 1, counts[:, 4:].sum(1) / zone_blocks * town, plots * (1 + COLLECTIVE_LAND_SHARE))
    return dict(uid=uid, district=district, urban=urban, distance=distance, quality=draw.lognormal(uid, 61, 0.12),
                other_farmland=np.round(contract * OTHER_FARMLAND_SHARE), construction=construction,
                farmland=contract + np.round(contract * OTHER_FARMLAND_SHARE), rent=np.where(urban == 1, 0.0, 320.0),
                away_1=np.zeros(len(number)), away_2=np.zeros(len(number)), away_3=np.zeros(len(number)),
                shares=np.bincount(hh["span"], hh["shares"], len(number)),
                next_person=np.bincount(hh["span"][pp["household"]], minlength=len(number)), next_household=counts.sum(1))


def evidence_construction_land():
    """Construction land of the zone, m2."""
    return evidence.figure("zone_construction_land_2019").value * M2_PER_HA


def plot_land():
    """Expected area of all homestead plots, m2."""
    holders = HOUSEHOLDS["village"] + HOUSEHOLDS["settled"] + HOUSEHOLDS["outside"]
    return holders * 500.0 + HOUSEHOLDS["no_contract"] * 330.0


def _lay_out(spans, hh, pp):
    """Rows with spare places: span by span, first its own rows, then free ones."""
    count = len(spans["uid"])
    h_used = np.bincount(hh["span"], minlength=count)
    p_used = np.bincount(hh["span"][pp["household"]], minlength=count)
    h_room, p_room = np.ceil(h_used * SLACK_HOUSEHOLDS + 6).astype(np.int64), np.ceil(p_used * SLACK_PERSONS + 24).astype(np.int64)
    first_h, first_p = np.concatenate([[0], np.cumsum(h_room)]), np.concatenate([[0], np.cumsum(p_room)])
    row_h = np.arange(len(hh["span"])) + (first_h[:-1] - np.concatenate([[0], np.cumsum(h_used)[:-1]]))[hh["span"]]
    span_p = hh["span"][pp["household"]]
    row_p = np.arange(len(span_p)) + (first_p[:-1] - np.concatenate([[0], np.cumsum(p_used)[:-1]]))[span_p]

    def spread(values, rows, room, empty=0):
        out = np.full(room, empty, np.asarray(values).dtype if np.asarray(values).dtype != bool else np.uint8)
        out[rows] = values
        return out

    mean_income = np.where(hh["group"] < 4, 15_107.0, 33_200.0) * hh["size"]
    income = mean_income * np.maximum(hh["wealth_effect"], 0.1)
    h_given = {c: spread(hh[c], row_h, first_h[-1]) for c in (
        "uid", "kind", "residence", "contract_area", "cash_crop_area", "plot_area", "house_area", "house_use", "certificate", "qualification",
        "shares", "farm_skill", "own_account", "livestock", "business", "firm_share", "wealth_effect", "debt", "home",
        "loan_years", "loan_vintage", "arrears")}
    h_given["span"] = np.repeat(np.arange(count), h_room)
    h_given["deposits"] = spread(income * hh["wealth"] * 1.2, row_h, first_h[-1])
    h_given["permanent_income"] = spread(income, row_h, first_h[-1])
    p_given = {c: spread(pp[c], row_p, first_p[-1]) for c in ("uid", "female", "schooling", "ability", "partner")}
    p_given["age"] = spread(pp["age"], row_p, first_p[-1], -1)
    p_given["household"] = spread(row_h[pp["household"]], row_p, first_p[-1])
    free = np.ones(first_p[-1], bool)
    free[row_p] = False
    p_given["household"][free] = np.repeat(first_h[:-1], p_room)[free]
    p_given["residence"] = np.where(free, 0, h_given["residence"][p_given["household"]])
    p_given["base"] = np.where(free, 0, np.where(p_given["residence"] == VILLAGE, VILLAGE, p_given["residence"]))
    p_given["sector_2019"] = np.zeros(first_p[-1], np.uint8)
    spans = {**spans, "first_household": first_h, "first_person": first_p}
    assert FREE == 0
    return allocate(Households, first_h[-1], h_given), allocate(Persons, first_p[-1], p_given), spans
