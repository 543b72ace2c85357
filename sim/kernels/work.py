"""Work and place: where each person spends the working year, and whether a family settles in town or returns.

A person who reconsiders (a keyed fifth each year, and everyone after a life event) takes the base with the highest
    U_j = nu V_j - barrier_j + G_j,      V in log yuan of expected yearly income, G keyed standard Gumbel redrawn at each reconsideration
among home, the village, the nine districts (the better of moving and, within the commuting limit, commuting) and outside.
Not here: wages and unemployment (`markets/labour.py`), what the year finally pays (`income.py`).
"""
import numpy as np

from sim.compiled import exp, log, part, row, sweep
from sim.kernels.homes import gain_of_owning
from sim.kernels.people import move_wealth
from sim.kernels.rows import first_household, first_person
from sim.kernels.year import H
from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.rng import EVENT, lognormal, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import EMPLOYED, FARMING, FREE, NOT_WORKING, OCCUPIED, RURAL, SEASONAL, UNEMPLOYED, URBAN

RECONSIDER, SETTLE_NOW, SETTLE, RETURN, EMPLOYED_EVENT = (EVENT[e] for e in ("reconsider", "settle_now", "settle", "return", "employed"))
RETURN_HOPE = EVENT["return_hope"]
SETTLED, RETURNED, LEFT, CAME_BACK, GRANTED = H["settled"], H["returned"], H["left_zone"], H["came_back"], H["plots_granted"]
REENTRY = RULE_INDEX["reentry_multiple"]
DISTRICTS = OUTSIDE - FIRST_DISTRICT
MOVING, COMMUTING = 0, 1
GAINED = 2                             # trained with gain
ADULTS, GAIN, TOWN = range(3)          # columns of the scratch table of families
DOOR_MINUTES, MINUTES_PER_KM = 15.0, 1.5   # of a commute, assumed
HIGHEST_PULL = 2.4                     # network x elasticity: above it villages tip


@row
def human_capital(age, schooling, ability, position, b):
    """h = exp(m_edu edu + m1 exp - m2 exp^2 + ability + chi ln position - norm), 1 for the mean worker of 2019."""
    experience = max(age - schooling - 6.0, 0.0)
    return exp(b.return_to_schooling * schooling + b.return_to_experience * experience - b.experience_squared * experience * experience
               + ability + b.income_position * log(position) - b.human_capital_norm)


@row
def exposure(skill, b):
    """Chance of a person with human capital h to be without work against the mean worker's, h^-s: firms fill their posts from the more skilled first."""
    return exp(-b.skill_rationing * log(skill))


@row
def idle_chance(unemployment, exposed):
    """Chance to be without work, at most 0.9: unemployment of the district x exposure."""
    return min(unemployment * exposed, 0.9)


@row
def expected_earnings(wage, unemployment, skill, benefit):
    """Expected yearly pay, w h (1-u) + benefit u, at least 500 yuan."""
    return max(wage * skill * (1.0 - unemployment) + benefit * unemployment, 500.0)


@row
def outside_pay(wage, skill, b):
    """Yearly pay outside the zone: w e^premium h (1-u)."""
    return wage * exp(b.outside_premium) * skill * (1.0 - b.outside_unemployment)


@row
def offfarm_days(farm_days, age, unemployment, b):
    """Off-farm days of a village worker: access (1-u)/(1-u*) max(0, 270 - D) work(age)."""
    able = 1.0 if age < 60.0 else (b.old_work if age <= 70.0 else 0.0)
    return b.offfarm_access * (1.0 - unemployment) / (1.0 - b.unemployment) * max(b.farm_days_limit - farm_days, 0.0) * able


@row
def village_value(farm_income, offfarm_income, pension):
    """ln(m D + h w/264 off + pension), at least 500 yuan."""
    return log(max(farm_income + offfarm_income + pension, 500.0))


@row
def home_value(pension, b):
    """ln(max(pension, floor))."""
    return log(max(pension, b.home_floor))


@row
def distance_cost(km, b):
    """kappa ln(1 + km/100), log income."""
    return b.distance_cost * log(1.0 + km / 100.0)


@row
def commute_minutes(km):
    """Door to door, one way: 15 + 1.5 per km (assumed)."""
    return DOOR_MINUTES + MINUTES_PER_KM * km


@row
def network_pull(away, b):
    """Utility of going away where a share `away` of the village has gone: phi nu away, phi nu at most 2.4."""
    return min(b.migration_elasticity * b.network, HIGHEST_PULL) * away


@row
def by_age(age, young, middle, old):
    return young if age < 35.0 else (middle if age < 50.0 else old)


@row
def rural_home_taste(age, b):
    return by_age(age, b.home_taste_young, b.home_taste_middle, b.home_taste_old)


@row
def village_taste(age, b):
    return by_age(age, b.village_taste_young, b.village_taste_middle, b.village_taste_old)


@row
def urban_home_taste(age, b):
    return by_age(age, b.urban_home_taste_young, b.urban_home_taste_middle, b.urban_home_taste_old)


@row
def pension_of(age, female, urban, rural_pension, urban_pension):
    """Pension by age: rural from 60; urban from 60 (men) and 55 (women)."""
    if urban:
        return urban_pension if age >= (55.0 if female else 60.0) else 0.0
    return rural_pension if age >= 60.0 else 0.0


@part
def living_cost_term(d, year, b):
    """psi ln PS_d - ln P_d of a district's towns, log income."""
    return b.public_services * log(year.public_services[d]) - b.housing_share * log(year.living_cost[d])


@part
def village_services_term(o, year, b):
    """psi ln PS of the villages of district o, log income: what a villager who leaves gives up."""
    return b.public_services * log(year.rural_services[o])


@part
def rural_pay(d, skill, year, b):
    """ln of the yearly pay that a rural worker expects in the firms of district d."""
    idle = idle_chance(year.expected_unemployment[d], exposure(skill, b))
    return log(expected_earnings(year.expected_wage[d] * year.migrant_pay[d], idle, skill, year.migrant_benefit[d]))


@part
def village_amenity(s, spans, b):
    """Utility that living in village s has where it meets the beautiful-village standard."""
    return b.beautiful_amenity * np.float32(spans.beautiful[s])


@part
def learnt(p, persons, b):
    """What training and schooling as an adult add to the log of pay of person p."""
    return b.training_effect * np.float32(persons.trained[p] == GAINED) + b.return_to_schooling * np.float32(persons.adult_schooling[p])


@part
def offfarm_part(p, persons, b):
    """Part of the off-farm days that person p works for others: the founder of an own business needs `venture_time` of them for it."""
    return np.float32(1.0) - b.venture_time * np.float32(persons.owner[p])


@sweep
def skills(s, spans, households, persons, skill, b):
    """Human capital of every person row of span s into skill (rows of the span); of a free row it means nothing."""
    first = first_person(spans, s)
    for p in range(first, first_person(spans, s + 1)):
        skill[p - first] = human_capital(np.float32(persons.age[p]), np.float32(persons.schooling[p]), persons.ability[p] + learnt(p, persons, b),
                                         households.wealth_effect[persons.household[p]], b)


@sweep
def remember(s, spans, households, persons):
    """Move the three-year memory of the village's share away one year on; farm labour counts nothing yet."""
    away, adults = np.float32(0.0), np.float32(0.0)
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if 16 <= persons.age[p] <= 64 and households.kind[persons.household[p]] <= RURAL:
            h = persons.household[p]
            if households.residence[h] == VILLAGE:
                adults += np.float32(1.0)
                away += np.float32(persons.residence[p] != VILLAGE)
    spans.away_3[s], spans.away_2[s] = spans.away_2[s], spans.away_1[s]
    spans.away_1[s] = away / max(adults, np.float32(1.0))


@sweep
def place_terms(s, spans, year, b, terms):
    """Utility terms of each district for a villager of span s: [d, MOVING] and [d, COMMUTING] (-1e9: too far)."""
    o = spans.district[s]
    for d in range(DISTRICTS):
        km = spans.distance[s] if d == o else year.distance[o, d] + np.float32(0.5) * spans.distance[s]
        road = spans.distance[s] * year.village_time[o]
        size = log(year.jobs[d])
        terms[d, MOVING] = b.migration_elasticity * (living_cost_term(d, year, b) - distance_cost(km, b) + year.move_ease[d]) - b.town_barrier + size
        minutes = commute_minutes(road if d == o else year.distance[o, d] + np.float32(0.5) * road)
        terms[d, COMMUTING] = -np.float32(1e9)
        if minutes <= b.commute_limit:
            time = b.commute_cost * np.float32(2.0) * minutes / np.float32(480.0)
            terms[d, COMMUTING] = b.migration_elasticity * (village_services_term(o, year, b) - time) - b.commute_barrier + size
            terms[d, COMMUTING] += village_amenity(s, spans, b)


@sweep
def settle_or_return(s, spans, households, persons, skill, terms, forced, family, happened, volume, year, b):
    """Families decide to settle where their away members are, or to come back: U_town - U_village > logistic noise.

    Settling: mean over adults of nu (V_town - V_now) - barrier; returning: the keyed yearly hope of the family, if a plot is held or can be bought.
    """
    nu = b.migration_elasticity
    o = spans.district[s]
    first_h, first_p = first_household(spans, s), first_person(spans, s)
    for h in range(first_h, first_household(spans, s + 1)):
        forced[h - first_h] = 0
        if households.kind[h] == FREE or households.kind[h] > RURAL:
            continue
        stream = mix(households.uid[h])
        if households.residence[h] == VILLAGE:
            if uniform(stream, year.key[SETTLE_NOW]) < b.reconsider_share:
                forced[h - first_h] = 1                      # candidate
        elif households.residence[h] != OUTSIDE:
            hope = b.return_rate * lognormal(stream, year.first[RETURN_HOPE], b.return_spread)
            price = np.float64(year.rules[REENTRY, o] * b.plot_cost * b.plot_standard)
            free_plot = spans.returned[s] >= np.float64(b.plot_standard)
            may = households.plot_area[h] > 0 or (households.qualification[h] and households.deposits[h] >= price and free_plot)
            if households.kind[h] == RURAL and households.plot_area[h] == 0:
                may = False
            if may and uniform(stream, year.key[RETURN]) < hope:
                forced[h - first_h] = 3
                if households.plot_area[h] == 0:
                    households.reentry_payment[h] += np.float32(price)
                    households.plot_area[h] = np.int32(b.plot_standard)
                    households.house_area[h] = np.float32(80.0)
                    happened[s, GRANTED] += np.float64(households.plot_area[h])
                    spans.returned[s] -= np.float64(households.plot_area[h])
    # evaluate candidates: gain[h] mean over adults, destination by the most away members
    for h in range(first_h, first_household(spans, s + 1)):
        if forced[h - first_h] == 1:
            family[h - first_h, ADULTS] = family[h - first_h, GAIN] = 0.0
            family[h - first_h, TOWN] = FIRST_DISTRICT + o
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if persons.age[p] < 16:
            continue
        h = persons.household[p]
        if forced[h - first_h] == 1 and FIRST_DISTRICT <= persons.residence[p] < OUTSIDE:
            family[h - first_h, TOWN] = persons.residence[p]
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if persons.age[p] < 16:
            continue
        h = persons.household[p]
        if forced[h - first_h] != 1:
            continue
        d = np.int64(family[h - first_h, TOWN]) - FIRST_DISTRICT
        age = np.float32(persons.age[p])
        able = skill[p - first_p]
        pension = pension_of(age, persons.female[p], 0, year.rural_pension, year.urban_pension)
        town_home = nu * home_value(pension, b) + urban_home_taste(age, b)
        town = town_home
        if age <= 75:
            town = max(town, nu * (rural_pay(d, able, year, b) + living_cost_term(d, year, b)))
        services = nu * village_services_term(o, year, b) + village_amenity(s, spans, b)
        now = nu * home_value(pension, b) + services + rural_home_taste(age, b)
        if persons.base[p] == VILLAGE and age <= 75:
            off = offfarm_days(households.farm_days[h], age, year.expected_unemployment[o], b)
            pay = able * b.local_wage * year.expected_wage[o] / b.town_wage / np.float32(264.0) * off * spans.local_jobs[s]
            now = nu * village_value(households.farm_income[h], pay, pension) + services + village_taste(age, b)
        elif FIRST_DISTRICT <= persons.base[p] < OUTSIDE and age <= 75:
            k = np.int64(persons.base[p]) - FIRST_DISTRICT
            mode = COMMUTING if persons.residence[p] == VILLAGE else MOVING
            now = nu * rural_pay(k, able, year, b) + terms[k, mode]
        family[h - first_h, ADULTS] += 1.0
        family[h - first_h, GAIN] += np.float64(town - now)
    for h in range(first_h, first_household(spans, s + 1)):
        if forced[h - first_h] == 1:
            forced[h - first_h] = 0
            if family[h - first_h, ADULTS] > 0:
                stream = mix(households.uid[h])
                u = uniform(stream, year.key[SETTLE])
                d = np.int64(family[h - first_h, TOWN]) - FIRST_DISTRICT
                ease = nu * (year.move_ease[d] + gain_of_owning(h, d, households, year, b))
                gain = np.float32(family[h - first_h, GAIN] / family[h - first_h, ADULTS]) - b.settle_barrier + ease
                if gain + log(u / (np.float32(1.0) - u)) > 0:
                    forced[h - first_h] = 2
            if forced[h - first_h] == 2:
                move_wealth(volume, s, households.deposits[h], households.debt[h], 0, 1)
                households.residence[h] = np.uint8(family[h - first_h, TOWN])
                households.settled_year[h] = year.year
                happened[s, SETTLED] += 1.0
                if households.plot_area[h] > 0 and households.house_use[h] == OCCUPIED:
                    households.house_use[h] = SEASONAL
        elif forced[h - first_h] == 3:
            move_wealth(volume, s, households.deposits[h], households.debt[h], 1, 0)
            households.residence[h] = VILLAGE
            households.house_use[h] = OCCUPIED
            happened[s, RETURNED] += 1.0
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if persons.age[p] >= 0:
            h = persons.household[p]
            if forced[h - first_h] >= 2 and persons.residence[p] != OUTSIDE:
                persons.residence[p] = households.residence[h]
                if persons.base[p] == VILLAGE or forced[h - first_h] == 3:
                    persons.base[p] = households.residence[h]


@sweep
def work_and_earn(first, last, spans, households, persons, skill, year, b):
    """What each person does and is paid, net: keyed employment in district firms, off-farm days in the village, pay outside."""
    for s in range(first, last):
        o, first_p = spans.district[s], first_person(spans, s)
        skills(s, spans, households, persons, skill, b)
        for p in range(first_p, first_person(spans, s + 1)):
            persons.wage[p] = 0.0
            persons.work[p] = NOT_WORKING
            persons.months[p] = 12
            age = persons.age[p]
            base = persons.base[p]
            if age < 16 or base == HOME:
                continue
            h = persons.household[p]
            able = skill[p - first_p]
            if households.kind[h] <= RURAL and persons.residence[p] != VILLAGE:
                persons.years_away[p] += np.uint8(persons.years_away[p] < 255)
            if base == VILLAGE:
                off = offfarm_days(households.farm_days[h], np.float32(age), year.unemployment[o], b)
                off *= spans.local_jobs[s] * offfarm_part(p, persons, b)
                persons.wage[p] = able * b.local_wage * year.wage[o] / b.town_wage / np.float32(264.0) * off
                persons.work[p] = FARMING
            elif base == OUTSIDE:
                persons.wage[p] = outside_pay(year.outside_wage, able, b)
                persons.work[p] = EMPLOYED
            else:
                d = base - FIRST_DISTRICT
                if uniform(mix(persons.uid[p]), year.key[EMPLOYED_EVENT]) > idle_chance(year.unemployment[d], exposure(able, b)):
                    persons.wage[p] = year.wage[d] * able * (np.float32(1.0) if households.kind[h] >= URBAN else year.migrant_pay[d])
                    persons.work[p] = EMPLOYED
                else:
                    persons.work[p] = UNEMPLOYED
