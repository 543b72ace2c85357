"""The equations a second time: float64 numpy twins of what the fast core computes, written from docs/model.md and the module docstrings, using
nothing of `sim.kernels`; and comparative statics that must hold whatever the parameters are. A toy zone of 3,000 households.

Values agree to 1e-5, choices except where the best two are nearer than rounding.
"""
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.optimize import brentq

from sim import evidence, rng, state as state_module
from sim.places import DISTRICTS, FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.policies.rulebook import base_rules
from sim.rules import RULE_INDEX
from sim.study import twin_rights
from sim.tables import CONTRACT, FARMLAND_LOAN, HOUSE_LOAN, RURAL, SHARE_LOAN, URBAN
from sim.units import M2_PER_MU

YEAR, SEED, OPENING = 2021, 5, 2018
PUSHED = {"offer_rate": 0.3, "plot_price": 200.0, "house_price": 300.0, "qualification_price": 10_000.0, "keep_rights_allowed": 1.0, "keep_share": 0.95,
          "three_rights": 1.0, "bundles_allowed": 1.0, "contract_multiple": 2.2, "share_multiple": 2.0, "farmland_ltv": 0.6, "house_ltv": 0.5,
          "share_ltv": 0.3}


# ---------------------------------------------------------------------------------------------------- a zone to compute on
@pytest.fixture(scope="module")
def zone():
    """A toy zone on 1 January 2019."""
    made = state_module.build(households=3_000, seed=SEED, population_seed=1, sample=1, first_year=2019, last_year=2035, rules_start=base_rules(),
                              assumptions={}, threads=1)
    yield made
    made.runner.close()


def copied(zone, **figures):
    """The zone with tables of its own, rules as pushed, and the figures of one year."""
    tables = [type(table)(*(array.copy() for array in table)) for table in zone.people[:3]]
    rules = base_rules()
    for name, value in PUSHED.items():
        rules[RULE_INDEX[name]] = value
    rules_given = figures.pop("rules", {})
    for name, value in rules_given.items():
        rules[RULE_INDEX[name]] = value
    year, seed = figures.pop("year", YEAR), figures.pop("seed", SEED)
    figures = state_module.opening_figures(zone) | figures
    published = state_module.publish(zone, year, seed, rules, **figures)
    return SimpleNamespace(spans=tables[0], households=tables[1], persons=tables[2], published=published, delivered=rules, behaviour=zone.behaviour,
                           happened=np.zeros_like(zone.happened), volume=np.zeros_like(zone.volume), seekers=np.zeros_like(zone.seekers),
                           runner=zone.runner, figures=figures)


def rent_land(one, opening):
    from sim.kernels import land_rental
    one.runner.run(land_rental.clear_farmland, one.spans, one.households, one.persons, "farm", opening, one.published, one.behaviour)


def choose_work(one):
    from sim.kernels import place_choice
    one.runner.run(place_choice.choose_work, one.spans, one.households, one.persons, *place_choice.SCRATCH, one.seekers, one.happened, one.volume, True, False,
                   one.published, one.behaviour)


def numbers(behaviour):
    """Behaviour as float64."""
    return SimpleNamespace(**{name: float(value) for name, value in behaviour._asdict().items()})


def lasting(uid, event):
    return rng.uniform_array(uid, rng.key(1, OPENING, event))


def gumbel(uid, event, k, year=YEAR, seed=SEED):
    return -np.log(-np.log(rng.uniform_array(uid, rng.key(seed, year, event, k))))


# ---------------------------------------------------------------------------------------------------- equations on numbers
def capital_twin(age, schooling, ability, position, b):
    """h = exp(m_edu edu + m1 exp - m2 exp^2 + ability + chi ln position - norm), exp = max(age - edu - 6, 0)."""
    years = np.maximum(age - schooling - 6, 0)
    return np.exp(b.return_to_schooling * schooling + b.return_to_experience * years - b.experience_squared * years ** 2 + ability
                  + b.income_position * np.log(position) - b.human_capital_norm)


def singles(low, high):
    """Numbers that single precision holds."""
    return st.floats(low, high).map(lambda x: float(np.float32(x)))


positive, share = singles(1e-3, 1e6), singles(0, 1)


@given(age=st.integers(16, 75), schooling=st.integers(0, 19), ability=singles(-1.5, 1.5), position=singles(0.05, 20))
def test_human_capital(zone, age, schooling, ability, position):
    from sim.kernels.work import human_capital
    found = human_capital(np.float32(age), np.float32(schooling), np.float32(ability), np.float32(position), zone.behaviour)
    np.testing.assert_allclose(found, capital_twin(age, schooling, ability, position, numbers(zone.behaviour)), rtol=1e-5)


@given(service=positive, income=positive, ltv=share, steadied=singles(0, 0.3))
def test_default_chance_and_price(zone, service, income, ltv, steadied):
    """PD = logistic(a0 + a1 min(service/income, 2) - a2 steadied + a3 LTV); rate = prime + margin (1 - saved) + charge + PD LGD (1-g)/(1-PD) + g fee."""
    from sim.kernels.credit import default_chance, loan_price
    b = numbers(zone.behaviour)
    x = b.default_constant + b.default_service * min(service / max(income, 1_000), 2) - b.default_variance * steadied + b.default_ltv * ltv
    chance = 1 / (1 + np.exp(-x))
    found = default_chance(np.float32(service), np.float32(income), np.float32(ltv), np.float32(steadied), zone.behaviour)
    np.testing.assert_allclose(found, chance, rtol=1e-5)
    one = np.float32
    for guaranteed, fee, saved in ((0.0, 0.01, 0.0), (0.5, 0.01, 0.3)):
        price = loan_price(one(0.02), one(found), one(1 - b.recovery), one(guaranteed), one(fee), one(saved), zone.behaviour)
        risk = chance * (1 - b.recovery) * (1 - guaranteed) / (1 - chance)
        np.testing.assert_allclose(price, 0.02 + b.loan_margin * (1 - saved) + b.capital_charge + risk + guaranteed * fee, rtol=1e-5)


@given(permanent=singles(500, 1e6), years=singles(0, 20))
def test_consumption_rule(zone, permanent, years):
    """C = P max(1 - s + k (M/P - m*), 0.33)."""
    from sim.kernels.income import consumption_rule
    b = numbers(zone.behaviour)
    wish = permanent * max(1 - b.saving + b.wealth_response * (years - b.wealth_target), 0.33)
    np.testing.assert_allclose(consumption_rule(np.float32(permanent), np.float32(years), zone.behaviour), wish, rtol=1e-5)


# ---------------------------------------------------------------------------------------------------- the farmland market
def trusteeship_twin(one, s):
    """(return of the best entrusted plot, fall to the worst, fee, output) per mu in village s, yuan: the provider is a farm of its scale and crew."""
    b, y = numbers(one.behaviour), one.published
    v, eta = b.service_share, b.land_share / (1 - b.service_share)
    net = max(float(y.grain_price) - b.materials_cost * float(y.inputs_price), 0.1)
    services = float(y.inputs_price) * (b.trusteeship_scale / b.machine_size) ** -b.machine_scale
    value = net * b.farm_productivity * float(one.spans.quality[s]) * float(y.farm_growth) * b.trusteeship_crew ** b.operator_share
    profit = (1 - v) * value ** (1 / (1 - v)) * (v / services) ** (v / (1 - v))
    output = profit * b.trusteeship_scale ** (eta - 1) / (1 - v)
    fee = (b.operator_share + v) * (1 + b.trusteeship_margin) * output
    return output - fee, 2 * b.trusteeship_loss * output, fee, output


def land_twin(one, s, opening):
    """Rent of village s from the same excess demand, by brentq in ln R; and the area of each household of the village, mu.

    A(R) = min(cap, max(d R, min(e, l R))), R = r^-k; d at the lessee's price r (1 + t + rho max(0, ln skill)), l at the lessor's r (1 - t - q).
    A keyed share of lessors lends what it would not work itself to kin without rent, in proportion to the kin's demand.
    Where a provider works, the part x(p) of a household's own land is kept and entrusted: that worth more so than let at p.
    A family farm counts for more labour, pays hired crews (a mark-up on the rent before), borrows on its name and entrusts nothing.
    """
    b, hh, pp, y = numbers(one.behaviour), one.households, one.persons, one.published
    rows = np.arange(int(one.spans.first_household[s]), int(one.spans.first_household[s + 1]))
    people = np.arange(int(one.spans.first_person[s]), int(one.spans.first_person[s + 1]))
    farming = people[(pp.age[people] >= 16) & (pp.base[people] == VILLAGE)]
    labour = np.bincount(pp.household[farming] - rows[0], np.where(pp.age[farming] < 60, 1.0, 0.7), len(rows))
    registered = (hh.kind[rows] > 0) & (hh.kind[rows] <= RURAL)
    v, share_of_land = b.service_share, b.land_share
    k = (1 - v) / (1 - v - share_of_land)
    net = max(float(y.grain_price) - b.materials_cost * float(y.inputs_price), 0.1)
    t = b.lease_cost * (1 - b.exchange_saving * float(one.spans.exchange[s]))
    q = b.tenure_risk * (1 - float(one.spans.titled[s]))
    keeps = max(1 - t - q, 0.05)
    skill, family = b.farm_skill_spread * hh.farm_skill[rows].astype(float), hh.family_farm[rows] > 0
    workers = np.exp(skill) * labour * np.where(family, b.machine_reach, 1.0)
    value = net * b.farm_productivity * float(one.spans.quality[s]) * float(y.farm_growth) * np.maximum(workers, 1e-6) ** b.operator_share
    services = float(y.inputs_price) * np.where(family, (b.trusteeship_scale / b.machine_size) ** -b.machine_scale, 1.0)
    profit = (1 - v) * value ** (1 / (1 - v)) * (v / services) ** (v / (1 - v))
    works = registered & (labour > 0)
    wanted = np.where(works, (share_of_land / (1 - v) * profit) ** k, 0.0)
    rent_before = float(one.spans.rent[s])
    crews = b.hired_days * b.local_wage / 264 * float(y.expected_wage[one.spans.district[s]]) / b.town_wage
    hired = family * crews / max(rent_before - b.producer_subsidy, 10.0)
    tenant = wanted * (1 + t + b.ability_wedge * np.maximum(skill, 0) + hired) ** -k
    lessor = wanted * (keeps + hired) ** -k
    contract, cash = hh.contract_area[rows] / M2_PER_MU, np.where(works, hh.cash_crop_area[rows], 0) / M2_PER_MU
    own = np.where(registered, contract - cash, 0.0)
    own_trusted = np.where((one.spans.trustee[s] == 1) & (hh.residence[rows] != OUTSIDE) & ~family, own, 0.0)
    top, slope = trusteeship_twin(one, s)[:2]

    def share(scale):
        return np.clip((top - keeps * scale ** (-1 / k)) / slope, 0, 1)
    scale_before = max(rent_before - b.producer_subsidy, 10.0) ** -k
    supply = own.sum() + one.spans.pool[s] / M2_PER_MU
    asked = registered & (own > 0) & (lasting(hh.uid[rows], "kin_lender") < b.kin_share)
    lent = np.where(asked, np.maximum(own - lessor * scale_before - share(scale_before) * own_trusted, 0), 0.0)
    lender = lent > 0
    takes = np.where(lender, 0.0, tenant)
    kin = lent.sum() * takes / takes.sum() if takes.sum() > 0 else 0 * takes
    endowment = own - lent + kin
    credit = one.delivered[RULE_INDEX["farmland_ltv"], one.spans.district[s]] * rent_before * b.land_years * contract
    name = family * np.maximum(b.credit_line * hh.permanent_income[rows] - hh.debt[rows], 0)
    cap = endowment + (0.5 * np.maximum(hh.deposits[rows], 0) + credit * (1 - b.haircut) + name) / b.working_capital
    phi = 1.0 if opening else b.lease_turnover
    held = np.where(works & ~lender, np.maximum(hh.operated_area[rows] / M2_PER_MU - cash, 0), 0.0)
    held = np.where(works, held, np.minimum(hh.entrusted_area[rows] / M2_PER_MU, own_trusted))

    def areas(log_scale):
        scale = np.exp(log_scale)
        position = np.minimum(cap, np.maximum(takes * scale, np.minimum(endowment, lessor * scale + share(scale) * own_trusted)))
        return np.where(lender, endowment, np.where(works | (own_trusted > 0), (1 - phi) * held + phi * position, 0.0))
    low, high = -k * np.log(3_000.0), -k * np.log(10.0)

    def excess(log_scale):
        return areas(log_scale).sum() - supply
    if excess(low) > 0 or excess(high) < 0:
        return None
    best = brentq(excess, low, high, xtol=1e-13)
    return np.exp(-best / k) + b.producer_subsidy, areas(best) + np.where(works, cash, 0), supply


@pytest.mark.parametrize("opening", [True, False])
def test_farmland_clears_where_demand_is_supply(zone, opening):
    one = copied(zone)
    before = copied(zone)
    rent_land(one, opening)
    compared = 0
    for s in np.flatnonzero(one.spans.urban == 0):
        found = land_twin(before, s, opening)
        if found is None:
            continue
        rent, area, supply = found
        np.testing.assert_allclose(one.spans.rent[s], rent, rtol=2e-4)
        rows = slice(int(one.spans.first_household[s]), int(one.spans.first_household[s + 1]))
        gap = np.sort(np.abs(one.households.operated_area[rows] / M2_PER_MU - area))
        assert gap[:-1].max(initial=0) < 1e-3 * supply and gap[-1] < 0.03 * supply + 3.1         # the last rounding goes to the largest tenant
        room = one.households.contract_area[rows].sum() + one.spans.pool[s]
        assert one.households.operated_area[rows].sum() + one.spans.idle_land[s] == room
        compared += 1
    assert compared >= 12


# ---------------------------------------------------------------------------------------------------- places
def town_people():
    """Residents of towns by district in the evidence."""
    d = evidence.districts()
    return d.population - d.rural_population


def place_twin(one):
    """Utilities of every place (n, 12) for adults who choose, with their noise: the choice rule of docs/model.md at the published figures."""
    b, hh, pp, y, spans = numbers(one.behaviour), one.households, one.persons, one.published, one.spans
    age, school = pp.age.astype(float), pp.schooling.astype(float)
    h = pp.household
    rows = np.flatnonzero((pp.age >= 16) & (pp.age <= 75) & (age >= school + 6) & (hh.residence[h] != OUTSIDE))
    h, age = h[rows], age[rows]
    s = hh.span[h]
    o, home = spans.district[s], hh.residence[h].astype(int)
    skill = capital_twin(age, school[rows], pp.ability[rows].astype(float), hh.wealth_effect[h].astype(float), b)
    urban, villager = hh.kind[h] >= URBAN, home == VILLAGE
    old = np.where(urban, age >= np.where(pp.female[rows], 55, 60), age >= 60)
    pension = np.where(old, np.where(urban, float(y.urban_pension), float(y.rural_pension)), 0.0)

    def taste(name):
        return np.where(age < 35, getattr(b, f"{name}_young"), np.where(age < 50, getattr(b, f"{name}_middle"), getattr(b, f"{name}_old")))
    nu, wage, jobless = b.migration_elasticity, y.expected_wage.astype(float), y.expected_unemployment.astype(float)
    rural = b.public_services * np.log(y.rural_services.astype(float))[o]
    value = np.full((len(rows), OUTSIDE + 1), -np.inf)
    where = np.zeros((len(rows), OUTSIDE + 1), int)
    rural = nu * rural + b.beautiful_amenity * spans.beautiful[s]
    value[:, HOME] = nu * np.log(np.maximum(pension, b.home_floor)) + np.where(villager, taste("home_taste") + rural, taste("urban_home_taste"))
    where[:, HOME] = home
    able = np.where(age < 60, 1.0, np.where(age <= 70, b.old_work, 0.0))
    off = b.offfarm_access * (1 - jobless[o]) / (1 - b.unemployment) * np.maximum(b.farm_days_limit - hh.farm_days[h], 0) * able
    pay = skill * b.local_wage * wage[o] / b.town_wage / 264 * off
    village = nu * np.log(np.maximum(hh.farm_income[h] + pay + pension, 500)) + taste("village_taste") + rural
    value[:, VILLAGE] = np.where(villager, village, -np.inf)
    where[:, VILLAGE] = VILLAGE
    pull = min(nu * b.network, 2.4) * (spans.away_1[s].astype(float) + spans.away_2[s] + spans.away_3[s]) / 3
    size = np.log(town_people() / town_people().mean())
    lost = hh.land_income[h].astype(float) * b.tenure_risk * (1 - spans.titled[s].astype(float))
    for d in range(len(DISTRICTS)):
        place = FIRST_DISTRICT + d
        paid, benefit = np.where(urban, 1.0, float(y.migrant_pay[d])), np.where(urban, b.benefit, float(y.migrant_benefit[d]))
        idle = np.minimum(jobless[d] * skill ** -float(b.skill_rationing), 0.9)
        town = np.log(np.maximum(wage[d] * paid * skill * (1 - idle) + benefit * idle, 500))
        skilled = (school[rows] >= float(b.skilled_schooling)) * float(y.talent_ease[d])
        living = b.public_services * np.log(float(y.public_services[d])) - b.housing_share * np.log(float(y.living_cost[d]))
        km = np.where(d == o, spans.distance[s], one.published.distance[o, d] + 0.5 * spans.distance[s])
        ease = living - b.distance_cost * np.log1p(km / 100) + y.move_ease[d] + skilled
        moving = nu * (town - b.land_loss * lost / np.exp(town)) + nu * ease - b.town_barrier + pull
        road = spans.distance[s] * y.village_time[o].astype(float)
        minutes = 15 + 1.5 * np.where(d == o, road, one.published.distance[o, d] + 0.5 * road)
        commuting = np.where(minutes <= b.commute_limit, nu * town + rural - nu * b.commute_cost * 2 * minutes / 480 - b.commute_barrier, -np.inf)
        k = np.clip(home - FIRST_DISTRICT, 0, len(DISTRICTS) - 1)
        apart = one.published.distance[k, d]
        townsman = nu * (town + living) - np.where(home == place, 0.0, nu * b.distance_cost * np.log1p(apart / 100) + b.urban_move_barrier)
        townsman += np.where(home == place, 0.0, size[d] + nu * skilled)
        value[:, place] = np.where(villager, np.maximum(moving, commuting) + size[d], townsman)
        where[:, place] = np.where(villager & (commuting > moving), home, place)
    away = np.log(np.maximum(float(y.expected_outside_wage) * np.exp(b.outside_premium) * skill * (1 - b.outside_unemployment), 500))
    value[:, OUTSIDE] = nu * away - np.where(villager, b.outside_barrier, b.urban_outside_barrier)
    value[:, OUTSIDE] += np.where(villager, pull - nu * b.land_loss * lost / np.exp(away), 0.0)
    where[:, OUTSIDE] = OUTSIDE
    noise = np.stack([gumbel(pp.uid[rows], "place", j) for j in range(OUTSIDE + 1)], 1)
    return rows, value + noise, where


STEPS = np.linspace(0.8, 1.2, len(DISTRICTS))


@pytest.mark.parametrize("figures", [
    {}, {"rural_services": STEPS, "public_services": STEPS[::-1], "village_time": STEPS},
    {"migrant_pay": STEPS, "migrant_benefit": 15_000 * STEPS, "move_ease": STEPS - 1, "talent_ease": 1 - STEPS}],
    ids=["2019", "services and roads moved", "other rules of work"])
def test_everyone_takes_the_best_place(zone, figures):
    one = copied(zone, **figures)
    rent_land(one, True)
    rows, value, where = place_twin(one)
    choose_work(one)
    best = value.argmax(1)
    ordered = np.sort(value, 1)
    clear = ordered[:, -1] - ordered[:, -2] > 1e-4
    assert clear.mean() > 0.999 and len(rows) > 3_000 and len(np.unique(best)) == OUTSIDE + 1
    np.testing.assert_array_equal(one.persons.base[rows][clear], best[clear])
    at = np.take_along_axis(where, best[:, None], 1)[:, 0]
    agreed = one.persons.residence[rows] == at
    assert agreed[clear].mean() > 0.9995                     # moving and commuting can be as good as each other


@given(d=st.integers(0, 8), rise=st.floats(1.01, 1.5))
def test_a_higher_wage_only_draws_people_there(zone, d, rise):
    """At fixed prices: who changes goes to that district, or to a village of it (off-farm pay there follows the district's wage)."""
    low, high = copied(zone), copied(zone)
    wage = np.array(low.published.expected_wage)
    wage[d] *= np.float32(rise)
    high.published = high.published._replace(expected_wage=wage)
    choose_work(low)
    choose_work(high)
    changed = np.flatnonzero(low.persons.base != high.persons.base)
    local = high.spans.district[high.households.span[high.persons.household[changed]]] == d
    to = high.persons.base[changed]
    assert ((to == FIRST_DISTRICT + d) | ((to == VILLAGE) & local)).all()
    drawn = (high.persons.base == FIRST_DISTRICT + d).sum() - (low.persons.base == FIRST_DISTRICT + d).sum()
    assert drawn > 0 if rise > 1.25 else drawn >= 0          # the least town has a hundred of the toy's people, and few stand on the edge


@given(rise=st.floats(1.01, 1.5))
def test_higher_pay_outside_only_draws_people_outside(zone, rise):
    low, high = copied(zone), copied(zone)
    high.published = high.published._replace(expected_outside_wage=np.float32(float(low.published.expected_outside_wage) * rise))
    choose_work(low)
    choose_work(high)
    changed = low.persons.base != high.persons.base
    assert changed.any() and (high.persons.base[changed] == OUTSIDE).all()


# ---------------------------------------------------------------------------------------------------- rights
def answers(one):
    """(units, bundle, own gain) of every contract unit by the compiled rule, at fixed noise."""
    from sim.kernels import rights
    rows = np.flatnonzero(one.households.kind == CONTRACT)
    terms, found = np.zeros(16, np.float32), []
    for h in rows:
        s = np.int64(one.households.span[h])
        rights.value_rights(np.int64(h), s, one.spans, one.households, terms, one.published, one.behaviour)
        found.append(rights.choose_bundle(np.int64(h), s, one.spans, one.households, terms, one.happened, one.published, one.behaviour))
    bundle, gain = np.array(found).T
    return rows, bundle.astype(int), gain


def traced(one, rows):
    return twin_rights.trace(one, rows)


def test_every_unit_takes_the_best_bundle(zone):
    one = copied(zone)
    rent_land(one, True)
    rows, bundle, gain = answers(one)
    best, own, close = twin_rights.choose(traced(one, rows), one.behaviour, 1, SEED, YEAR)
    chosen, wanted = bundle[~close], best[~close]
    assert (~close).mean() > 0.98
    same = chosen == wanted
    assert same.mean() > 0.998, np.flatnonzero(~same)
    np.testing.assert_allclose(gain[~close][same], own[~close][same], rtol=1e-4, atol=3.0)
    given_up = chosen // 2 % 4
    assert (chosen // 8 == 2).sum() > 20 and (given_up == 2).sum() > 20 and (given_up == 3).sum() > 20 and (chosen % 2).sum() > 20
    assert (chosen // 8 != 1).all()            # leasing out gives up what keeping does, for less: nobody takes it


PRICES = ("plot_price", "house_price", "qualification_price", "contract_multiple", "share_multiple")


@given(name=st.sampled_from(PRICES), rise=st.floats(1.05, 3.0))
def test_more_pay_never_makes_a_unit_unwilling(zone, name, rise):
    low = copied(zone)
    high = copied(zone, rules={name: PUSHED[name] * rise})
    rows = np.flatnonzero(low.households.kind == CONTRACT)

    def willing(one):
        units = traced(one, rows)
        worth = twin_rights.valuation(units, one.behaviour, 1)
        gains = [np.where(twin_rights.entitled(units, *x), twin_rights.cash_and_gain(units, worth, *x)[1], -np.inf) for x in twin_rights.BUNDLES
                 if x[0] == 2 or x[1] >= 2 or x[2]]
        return np.max(gains, 0) >= 1
    assert (willing(high) >= willing(low)).all()

    def counted(one):
        """Willing units by village, by the fast core."""
        from sim.kernels import rights
        from sim.kernels.year import H
        one.happened[:], one.spans.offer[:] = 0, np.where(one.spans.urban == 0, 1.0, 0.0)
        one.runner.run(rights.sign_offers, one.spans, one.households, "terms", "answers", one.happened, one.published, one.behaviour)
        return one.happened[:, H["willing"]]
    assert (counted(high) >= counted(low)).all()


@given(cut=st.floats(0.01, 5_000.0), bundle=st.sampled_from(twin_rights.BUNDLES[1:]))
def test_the_same_package_for_less_changes_nobody(zone, cut, bundle):
    """Noise belongs to what is given up: a second offer for the same rights at less pay is never the best one."""
    one = copied(zone)
    rows = np.flatnonzero(one.households.kind == CONTRACT)
    units = traced(one, rows)
    best, _, _ = twin_rights.choose(units, one.behaviour, 1, SEED, YEAR)
    worth = twin_rights.valuation(units, one.behaviour, 1)
    c, use, share_out = bundle
    own = twin_rights.cash_and_gain(units, worth, c, use, share_out)[1]
    noise = float(one.behaviour.rights_noise)
    luck = [gumbel(units.household["uid"], "right", k) * noise for k in range(4)]
    peer = float(one.behaviour.peer_effect) * noise * units.span["exit_share"]

    def value(gain):
        return gain + (c == 2) * (luck[0] + peer) + (use >= 2) * (luck[1] + peer) + (use == 3) * luck[2] + share_out * (luck[3] + peer)
    assert (value(own - cut) < value(own)).all() and set(np.unique(best // 8)) <= {0, 2}


# ---------------------------------------------------------------------------------------------------- credit
@given(farmland=st.floats(0, 0.7), house=st.floats(0, 0.6), part=st.floats(0, 0.5))
def test_no_loan_exceeds_its_collateral(zone, farmland, house, part):
    """A loan stays within LTV x value of its collateral, beside the small credit that a household gets on its name."""
    from sim.kernels import credit
    one = copied(zone, rules={"farmland_ltv": farmland, "house_ltv": house, "share_ltv": part})
    b, hh = numbers(one.behaviour), one.households
    hh.deposits[:] = 100.0
    hh.debt[:] = 0.0
    one.runner.run(credit.request_loans, one.spans, hh, one.persons, one.happened, one.published, one.behaviour)
    one.runner.run(credit.grant_loans, one.spans, hh, one.persons, one.happened, one.published, one.behaviour)
    s = hh.span
    land = one.spans.rent[s] * b.land_years * hh.contract_area / M2_PER_MU
    building = np.where((hh.plot_area > 0) & (hh.certificate > 0), b.house_value * hh.house_area, 0.0)
    shares = one.spans.dividend[s] * hh.shares / b.capitalisation
    limit = np.select([hh.loan_class == FARMLAND_LOAN, hh.loan_class == HOUSE_LOAN, hh.loan_class == SHARE_LOAN],
                      [farmland * land, house * building, part * shares], 0.0)
    drawn = hh.loan_drawn > 0
    on_name = b.credit_line * hh.permanent_income
    assert drawn.sum() > 20 and (hh.loan_drawn <= limit * (1 + 1e-5) + on_name * (1 + 1e-5)).all()
    if farmland > 0.05:
        assert (hh.loan_class[drawn] == FARMLAND_LOAN).any() or (hh.loan_class[drawn] == HOUSE_LOAN).any()


# ---------------------------------------------------------------------------------------------------- rent and people
@given(price=st.floats(1.5, 2.6), rise=st.floats(1.02, 1.5))
def test_rent_rises_with_the_demand_for_land(zone, price, rise):
    low, high = copied(zone, grain_price=price), copied(zone, grain_price=price * rise)
    for one in (low, high):
        for _ in range(4):                        # who lends to kin is told by the rent of the year before: compared where both are at rest
            rent_land(one, True)
    villages = low.spans.urban == 0
    assert (high.spans.rent[villages] > low.spans.rent[villages]).all()


def gompertz(age, female, b):
    """1 - exp(-a e^(b age +- s))."""
    return 1 - np.exp(-b.mortality_level * np.exp(b.mortality_slope * age + np.where(female, -1, 1) * b.mortality_sex))


def test_deaths_and_births_are_those_expected(zone):
    """Over twenty seeds, by age and sex, within four standard deviations of the binomial sum."""
    from sim.kernels import people
    b = numbers(zone.behaviour)
    fertility = 1.2
    groups = {(sex, low): [0.0, 0.0, 0.0] for sex in (0, 1) for low in (0, 40, 60, 75)}
    births, expected_births, spread = 0, 0.0, 0.0
    for seed in range(20):
        one = copied(zone, seed=seed, fertility=fertility)
        pp = one.persons
        alive, age, female = pp.age >= 0, np.minimum(pp.age + 1, 110), pp.female
        chance = np.where(alive, gompertz(age, female, b), 0.0)
        z = (age - b.fertility_age) / b.fertility_spread
        bears = alive & (female == 1) & (age >= 16) & (age <= 49)
        birth = np.where(bears, fertility / b.fertility_spread / np.sqrt(2 * np.pi) * np.exp(-z * z / 2), 0.0) * (1 - chance)
        uid = pp.uid.copy()
        one.runner.run(people.live_a_year, one.spans, one.households, pp, "chances", "single", one.happened, one.volume, one.published, one.behaviour)
        died = alive & ((pp.age < 0) | (pp.uid != uid))
        for (sex, low), sums in groups.items():
            rows = alive & (female == sex) & (age >= low) & (age < {0: 40, 40: 60, 60: 75, 75: 200}[low])
            sums[0] += died[rows].sum()
            sums[1] += chance[rows].sum()
            sums[2] += (chance * (1 - chance))[rows].sum()
        from sim.kernels.year import H
        births += one.happened[:, H["births"]].sum() + one.happened[:, H["births_outside"]].sum()
        expected_births, spread = expected_births + birth.sum(), spread + (birth * (1 - birth)).sum()
    for key, (found, expected, variance) in groups.items():
        assert abs(found - expected) < 4 * np.sqrt(variance) + 1e-9, key
    assert expected_births > 100 and abs(births - expected_births) < 4 * np.sqrt(spread)
