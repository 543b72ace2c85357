"""Everything the year works on: tables, institutions, memory of markets. Built once per run; phases read and write its fields.

Not here: the order of the year (`sim/schedule.py`) and what is recorded of it (`sim/recording.py`).
"""
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim import behaviour as behaviour_module, evidence, population, rng
from sim.accounts import Books
from sim.institutions import businesses, collectives, land, prices
from sim.kernels import family_farms, land_rental, people, place_choice, ventures
from sim.kernels.year import BANK_SCALARS, BANKS, CELLS, CLASS_SCALARS, DISTRICT_SCALARS, HAPPENINGS, SCALARS, TALLY, Year, first_keys
from sim.markets import labour
from sim.places import DISTRICTS, FIRST_DISTRICT, OUTSIDE, VILLAGE
from sim.rules import RULE_INDEX
from sim.runner import Runner
from sim.sums import product, solve
from sim.tables import CONTRACT, LOAN_CLASSES, RURAL, zero_flows

SAMPLE_TOTALS = Path(__file__).parent / "data" / "sample_totals.csv"
OPENING_YEAR = 2018
FIRST_INFLATION = 0.029
OPENING_ROUNDS = 5
STICKY_ROUNDS = 8
FARM_ROUNDS = 10


@dataclass
class State:
    """One run in motion."""
    people: population.Population
    behaviour: object
    drivers: dict
    first_year: int
    seed: int
    population_seed: int
    runner: Runner
    centre_km: np.ndarray               # road between the centres of districts, (9, 9)
    distance: np.ndarray                # the same in kilometres of 2019: less where trunk roads are better
    year: int = 0
    published: Year = None
    ordered: np.ndarray = None           # (R, 9) of the year
    delivered: np.ndarray = None
    market: labour.Market = None         # labour and products, indices
    firms: object = None                 # institutions.firms.Firms, one row per site
    living: object = None               # institutions.prices.Living
    land_index: np.ndarray = None        # land of firms by district, 1 in 2019
    expected_wage: np.ndarray = None     # log index (9,)
    expected_unemployment: np.ndarray = None
    expected_outside: float = 0.0        # log
    seekers: np.ndarray = None           # (S, 9, 2)
    seekers_start: np.ndarray = None     # (9,)
    base: dict = field(default_factory=dict)      # levels of 2019: value added by district and sector, spending, taxes
    books: Books = field(default_factory=Books)
    banks: object = None                 # institutions.banks.Banks
    loans: dict = field(default_factory=dict)     # kernels.loans.LOAN_SUMS -> (9, banks), yuan
    disposal: object = None              # institutions.disposal.Disposal
    bad: object = None                   # institutions.disposal.Bad: debts in default of the year
    collectives: object = None           # the table Collectives, aligned with spans
    land: object = None                  # the table DistrictLand, (9,)
    public: object = None                # the table DistrictPublic, (9,)
    industry: object = None              # the table DistrictIndustry, (9,)
    slots: dict = field(default_factory=dict)     # villages with a slot of the year, by sort (S,)
    poll: np.ndarray = None              # what the members of polled villages answered (S, K)
    tally: np.ndarray = None
    happened: np.ndarray = None
    volume: np.ndarray = None
    totals: dict = field(default_factory=dict)    # name -> (3, 9)
    counts: dict = field(default_factory=dict)    # happening -> (9,)
    published_next: dict = field(default_factory=dict)
    log: list = field(default_factory=list)
    held: dict = None                    # a parent's saved paths, where prices are held
    free: int = None                     # then the district whose own figures move (`schedule.OWN`)
    project_cash: np.ndarray = None      # cash of the districts when the year's projects are decided
    stocks: object = None                # the ledger's stocks of the last 31 December
    checks: dict = field(default_factory=dict)
    product: dict = field(default_factory=dict)   # way -> line -> (9,): gross domestic product of the year
    full_spans: int = 0

    @property
    def inflation(self):
        """Rise of consumer prices in the year; in the first year that of 2019."""
        t, prices = self.year - self.first_year, self.drivers["cpi"]
        return prices[t] / prices[t - 1] - 1 if t > 0 else FIRST_INFLATION

    @property
    def spans(self):
        return self.people.spans

    @property
    def households(self):
        return self.people.households

    @property
    def persons(self):
        return self.people.persons


def publish(state, year, seed, rules, **given):
    """The Year that spans read: keys, rules and figures as float32."""
    key, places, rights = first_keys(seed, year)
    first, _, _ = first_keys(state.population_seed, OPENING_YEAR)
    values = {}
    for name in SCALARS:
        values[name] = np.float32(given[name])
    for name in DISTRICT_SCALARS:
        values[name] = np.ascontiguousarray(np.broadcast_to(given[name], len(DISTRICTS)), np.float32)
    for name in BANK_SCALARS:
        values[name] = np.ascontiguousarray(np.broadcast_to(given[name], BANKS), np.float32)
    for name in CLASS_SCALARS:
        values[name] = np.ascontiguousarray(np.broadcast_to(given[name], len(LOAN_CLASSES)), np.float32)
    return Year(np.int64(year), first, key, places, rights, np.ascontiguousarray(rules, np.float32), state.distance, **values)


def opening_figures(state):
    """Figures of the opening: 2019 prices, wages and unemployment at rest, no shocks."""
    b, d = state.behaviour, state.drivers
    return dict(grain_price=d["grain_price"][0], price_shock=1.0, inputs_price=1.0, farm_growth=1.0, outside_wage=d["outside_wage"][0],
                expected_outside_wage=d["outside_wage"][0], rural_pension=d["rural_pension"][0], urban_pension=float(b.urban_pension),
                other_transfers=1.0, loan_rate=d["real_lpr"][0], rate_limit=1.0, fertility=0.0, highest_rate=1.0, dividend_per_unit=0.0, zone_yield=1.0,
                expected_wage=float(b.town_wage), expected_unemployment=float(b.unemployment), wage=float(b.town_wage),
                unemployment=float(b.unemployment), public_services=1.0, rural_services=1.0, village_time=1.0, living_cost=1.0, district_yield=1.0,
                house_chance=float(b.house_lease_chance), jobs=town_sizes(), premium_rate=0.0, spread_insured=0.0,
                crop_price=1.0, crop_weather=1.0, crop_premium_rate=0.0, crop_steadied=0.0, order_scale=0.0, order_worth=0.0,
                townspeople=1.0, migrant_pay=1.0, migrant_benefit=float(b.benefit), move_ease=0.0, trunk_time=1.0,
                pledge_price=1.0, expected_loss=0.0, haircut=0.0, talent_ease=0.0, course_chance=0.0, vocational_chance=0.0,
                **prices.dwelling_figures(prices.at_rest(), b))


def build(*, households, seed, population_seed, sample, first_year, last_year, rules_start, assumptions, threads=2, shuffle=None,
          only=None):
    """The state on 1 January of the first year: population placed by the model's own choice rule, markets at rest.

    only: uids of the spans to build, for a re-simulation of these alone; their weights are 1.
    """
    b = behaviour_module.load(assumptions)
    made = population.build(households, population_seed, sample, only, b)
    state = State(people=made, behaviour=b, drivers=drivers(first_year, last_year), first_year=first_year, seed=seed,
                  population_seed=population_seed, runner=Runner(made.spans, threads, shuffle),
                  centre_km=evidence.distances(), distance=np.ascontiguousarray(evidence.distances(), np.float32))
    count = len(made.spans.uid)
    state.tally = np.zeros((count, CELLS, len(TALLY)))
    state.happened = np.zeros((count, len(HAPPENINGS)))
    state.volume = np.zeros((count, 3, 2))
    state.seekers = np.zeros((count, len(DISTRICTS), 2))
    state.delivered = np.array(rules_start, float)
    collectives.open_collectives(state)
    place_everyone(state)
    if only is None:
        weigh(state)
    state.land_index = np.ones(len(DISTRICTS))
    state.expected_wage = np.zeros(len(DISTRICTS))
    state.expected_unemployment = np.full(len(DISTRICTS), float(b.unemployment))
    state.seekers_start = seekers_by_district(state)
    land.open_land(state)
    return state


def drivers(first_year, last_year):
    """Common paths of a run, a year longer than is walked: expectations look a year ahead, so that a longer run has the same years."""
    return evidence.drivers(first_year, min(last_year + 1, evidence.LAST_YEAR))


def town_sizes():
    """Town people of each district against the mean district, (9,): a place draws in proportion to its jobs."""
    d = evidence.districts()
    town = d.population - d.rural_population
    return town / town.mean()


def title_and_exchange(state, rules):
    """Villages titled, within reach of an exchange, of a trusteeship provider, of a planting base: keyed, so that more coverage only adds villages.

    A village that meets the beautiful-village standard keeps to it.
    """
    spans = state.spans
    luck = rng.uniform_array(spans.uid, rng.key(state.population_seed, OPENING_YEAR, "offer", 1))
    spans.titled[:] = luck < rules[RULE_INDEX["title_coverage"], spans.district]
    luck = rng.uniform_array(spans.uid, rng.key(state.population_seed, OPENING_YEAR, "offer", 2))
    spans.exchange[:] = luck < rules[RULE_INDEX["exchange_coverage"], spans.district]
    luck = rng.uniform_array(spans.uid, rng.key(state.population_seed, OPENING_YEAR, "offer", 3))
    bases = rng.uniform_array(spans.uid, rng.key(state.population_seed, OPENING_YEAR, "offer", 4))
    spans.crop_base[:] = (bases < rules[RULE_INDEX["crop_bases"], spans.district]) & (spans.urban == 0)
    spans.trustee[:] = (luck < rules[RULE_INDEX["trusteeship_coverage"], spans.district]) & (spans.urban == 0)
    luck = rng.uniform_array(spans.uid, rng.key(state.population_seed, OPENING_YEAR, "appeal", 2))
    spans.beautiful[:] |= (luck < rules[RULE_INDEX["beautiful_villages"], spans.district]) & (spans.urban == 0)


def place_everyone(state):
    """Opening: bases by the choice rule at 2019 values and farmland cleared without stickiness, a few rounds until both agree."""
    spans, hh, pp = state.people[:3]
    b = state.behaviour
    title_and_exchange(state, state.delivered)
    published = publish(state, OPENING_YEAR, state.population_seed, state.delivered, **opening_figures(state))
    spans.away_1[:] = spans.away_2[:] = spans.away_3[:] = np.where(spans.urban == 1, 0, 0.12)
    for _ in range(OPENING_ROUNDS):
        state.runner.run(land_rental.clear_farmland, spans, hh, pp, "farm", True, published, b)
        state.runner.run(place_choice.choose_work, spans, hh, pp, *place_choice.SCRATCH, state.seekers, state.happened, state.volume, True, False, published, b)
        adults = (pp.age >= 16) & (pp.age <= 64) & (hh.residence[pp.household] == VILLAGE) & (hh.kind[pp.household] <= RURAL)
        span = hh.span[pp.household]
        number = np.bincount(span[adults], minlength=len(spans.uid))
        away = np.bincount(span[adults], pp.residence[adults] != VILLAGE, minlength=len(spans.uid))
        spans.away_1[:] = spans.away_2[:] = spans.away_3[:] = away / np.maximum(number, 1)
    settle_crops(spans, hh)
    state.runner.run(land_rental.clear_farmland, spans, hh, pp, "farm", True, published, b)
    for i in range(FARM_ROUNDS):                  # family farms of the opening: part by part review at the rent that those before have left
        part = np.float32(i / FARM_ROUNDS), np.float32((i + 1) / FARM_ROUNDS)
        state.runner.run(family_farms.choose_farms, spans, hh, "farm", state.happened, *part, True, published, b)
        state.runner.run(land_rental.clear_farmland, spans, hh, pp, "farm", False, published, b)
    for _ in range(STICKY_ROUNDS):                # leases then adjust by a third a year: come to rest under that rule too
        state.runner.run(land_rental.clear_farmland, spans, hh, pp, "farm", False, published, b)
    alive = pp.age >= 0
    away = alive & (pp.residence != hh.residence[pp.household])
    hh.away[:] = np.bincount(pp.household[away], minlength=len(hh.uid))
    state.runner.run(ventures.remember_past, spans, hh, pp, published, b)
    businesses.open_businesses(state)
    pp.sector_2019[:] = np.where(~alive | (pp.residence == OUTSIDE), 0, np.where(pp.residence == VILLAGE, 1, 2))
    state.happened[:] = 0
    state.volume[:] = 0
    zero_flows(hh)
    zero_flows(pp)


def settle_crops(spans, households):
    """The cash crops of a village go to those of its growers who have labour on the farm, in proportion to what they hold, on land of their own."""
    hh, count = households, len(spans.uid)
    held = hh.cash_crop_area.astype(float)
    grown = np.where(hh.farm_labour > 0, held, 0.0)
    village, able = np.bincount(hh.span, held, count), np.bincount(hh.span, grown, count)
    more = np.divide(village, able, out=np.ones(count), where=able > 0)[hh.span]
    hh.cash_crop_area[:] = np.where(able[hh.span] > 0, np.minimum(grown * more, hh.contract_area), held)


def residents(state):
    """Residents by span and place, float64 (S, places)."""
    pp = state.persons
    alive = pp.age >= 0
    span = state.households.span[pp.household[alive]].astype(np.int64)
    places = OUTSIDE + 1
    return np.bincount(span * places + pp.residence[alive], minlength=len(state.spans.uid) * places).reshape(-1, places).astype(float)


def weigh(state):
    """Span weights of a sample: least change from equal weights that meets the zone's totals of people, grain, rural income and served land.

    w = w0 (1 + x'l). Always met, by district: rural and urban residents. Grain and rural income (as opening proxies, `span_proxies`) are met by
    district from five villages on, else for the zone, served land (where a
    provider of trusteeship works) for the zone; where that would push a weight below a tenth of w0, fewer totals are met.
    """
    made = state.people
    if made.whole:
        return
    spans = made.spans
    people = residents(state)
    rows = np.flatnonzero(spans.urban == 0)
    district = spans.district[rows]
    rural = people[rows, VILLAGE]
    start = (made.targets["rural"] / np.bincount(district, rural, len(DISTRICTS)))[district]
    spans.weight[rows] = start
    if not made.toy:
        spans.weight[rows] = _calibrated_weights(start, district, rural, span_proxies(state)[rows], made.targets["rural"], sample_totals())
    village = spans.urban == 0
    arrivals = (people[village][:, FIRST_DISTRICT:OUTSIDE] * spans.weight[village, None]).sum(0)
    blocks = people[~village][:, FIRST_DISTRICT:OUTSIDE]
    own = spans.district[~village]
    # people of blocks who live in another district are few: solve once for the block factors of all districts
    matrix = np.array([[blocks[own == i, j].sum() for i in range(len(DISTRICTS))] for j in range(len(DISTRICTS))])
    factor = solve(matrix, made.targets["urban"] - arrivals)
    if factor.min() <= 0:
        factor = np.maximum(factor, 0.05 * np.abs(factor).max())
    spans.weight[~village] = factor[own]


ENOUGH_VILLAGES = 5
LOWEST_WEIGHT = 0.1


def _calibrated_weights(start, district, rural, proxies, residents_target, proxy_totals):
    """Weights of villages for the fullest set of totals that keeps every weight positive. proxies (V, 3), proxy_totals (9, 3)."""
    nine = len(DISTRICTS)
    by_district = np.equal.outer(district, np.arange(nine)).astype(float)          # (V, 9)
    people = by_district * rural[:, None]
    enough = by_district.sum(0) >= ENOUGH_VILLAGES
    local = np.concatenate([by_district[:, enough] * proxies[:, k:k + 1] for k in range(2)], 1)
    local_totals = np.concatenate([proxy_totals[enough, k] for k in range(2)])
    zone = proxy_totals.sum(0)
    fewer = (((people, proxies[:, some]), (residents_target, zone[some])) for some in ([0, 1, 2], [0, 2], [0, 1], [2], [0]))
    for columns, totals in (((people, proxies, local), (residents_target, zone, local_totals)), *fewer, ((people,), (residents_target,))):
        x, target = np.concatenate(columns, 1), np.concatenate(totals)
        scaled = x * start[:, None] / target
        lagrange = solve(product(scaled.T, x / target), 1 - scaled.sum(0), cutoff=1e-10)
        weight = start * (1 + product(x / target, lagrange))
        if (weight / start).min() > LOWEST_WEIGHT and np.allclose((x * weight[:, None]).sum(0), target, rtol=1e-6):
            return weight
    return start


def span_proxies(state):
    """Of a span, from the opening: farm profit and income of resident villagers in 2019, yuan; contract land where a provider works it, m2; (S, 3)."""
    b, hh, pp, spans = state.behaviour, state.households, state.persons, state.spans
    count = len(spans.uid)
    profit = np.bincount(hh.span, hh.farm_income.astype(float) * hh.farm_labour, count) / float(b.operator_share)
    commuting = (pp.age >= 0) & (pp.residence == VILLAGE) & (pp.base >= FIRST_DISTRICT) & (pp.base < OUTSIDE)
    jobs = np.bincount(hh.span[pp.household[commuting]], minlength=count)
    live = (hh.residence == VILLAGE) & (hh.kind != 0)
    own = float(b.own_account_level) * hh.own_account.astype(float) + float(b.livestock_level) * hh.livestock
    own = np.bincount(hh.span, np.where(live, own, 0), count)
    income = profit + state.seekers[:, :, 1].sum(1) * float(b.local_wage) + jobs * float(b.town_wage) + own
    served = np.bincount(hh.span, hh.contract_area.astype(float), count) * spans.trustee
    return np.column_stack([profit, income, served])


def sample_totals():
    """The same summed over the whole zone by district, (9, 3): kept by `python -m sim.study.calibration`, so that samples can be weighted."""
    import csv
    with open(SAMPLE_TOTALS, encoding="utf-8", newline="") as lines:
        return np.array([[float(r[name]) for name in ("farm_profit", "village_income", "served_land_m2")] for r in csv.DictReader(lines)])


def seekers_by_district(state):
    """Weighted labour on offer by district (9,): town jobs and off-farm days at rest unemployment."""
    each = state.seekers.sum(2)
    return (each * state.spans.weight[:, None]).sum(0)


__all__ = ["State", "build", "publish", "people", "CONTRACT"]
