"""Who reconsiders where to spend the working year, and which base has the highest utility: alternatives outside, persons inside.

The persons of a span who reconsider are gathered into a scratch table; each place is then weighed for all of them in one loop that vectorises
    best_i = max_j ( U_ij + G_ij ),   U the terms of `work.py`, G_ij keyed Gumbel of person and place
and what they chose is written back. Old values are read before the comparison, and the three lines that keep the better one stand in each loop: in a
helper, or with a read in one branch only, LLVM does not vectorise. Villagers and townspeople have other alternatives and go apart.
Not here: the terms of utility and family decisions (`work.py`), what a year pays (`work.work_and_earn`, `income.py`).
"""
import numpy as np

from sim.compiled import log, sweep
from sim.declare import record
from sim.kernels.rows import first_household, first_person
from sim.kernels.ventures import keeps_business
from sim.kernels.work import (
    CAME_BACK,
    COMMUTING,
    DISTRICTS,
    LEFT,
    MOVING,
    distance_cost,
    expected_earnings,
    exposure,
    home_value,
    idle_chance,
    living_cost_term,
    network_pull,
    offfarm_days,
    offfarm_part,
    outside_pay,
    pension_of,
    place_terms,
    remember,
    rural_home_taste,
    settle_or_return,
    skills,
    urban_home_taste,
    village_amenity,
    village_services_term,
    village_taste,
    village_value,
)
from sim.kernels.year import H
from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.rng import EVENT, gumbel, mix, uniform
from sim.tables import URBAN

RECONSIDER, SKILLED_MOVES = EVENT["reconsider"], H["skilled_moves"]

# Persons of one span who reconsider, one row each: scratch of a thread.
COLUMNS = {"person": np.int64, "stream": np.uint32, "age": np.float32, "skill": np.float32, "pension": np.float32, "lost": np.float32, "rural": np.float32,
           "skilled": np.float32, "exposed": np.float32, "farm_days": np.float32, "farm_income": np.float32, "home": np.uint8, "best": np.float32,
           "base": np.uint8, "residence": np.uint8}
SCRATCH = ("places", "towns", "forced", "family", "skill", "villagers", "townspeople", "counts")      # what `choose_work` takes of a thread's tables
Choosers = record("Choosers", COLUMNS, __name__)


def choosers(rows):
    """An empty scratch table for up to `rows` persons."""
    return Choosers(*(np.zeros(rows, dtype) for dtype in COLUMNS.values()))


@sweep
def gather(n, s, skill, spans, households, persons, choosers, year, b):
    """Fill the first n rows of choosers, whose `person` is given, with what their choice reads."""
    first = first_person(spans, s)
    insecure = b.tenure_risk * (np.float32(1.0) - np.float32(spans.titled[s]))
    for i in range(n):
        p = choosers.person[i]
        h = np.int64(persons.household[p])
        age = np.float32(persons.age[p])
        urban = households.kind[h] >= URBAN
        choosers.stream[i] = mix(persons.uid[p])
        choosers.age[i] = age
        choosers.skill[i] = skill[p - first]
        choosers.pension[i] = pension_of(age, persons.female[p], urban, year.rural_pension, year.urban_pension)
        choosers.lost[i] = households.land_income[h] * insecure
        choosers.rural[i] = np.float32(0.0) if urban else np.float32(1.0)
        choosers.exposed[i] = exposure(skill[p - first], b)
        choosers.skilled[i] = np.float32(persons.schooling[p] >= b.skilled_schooling)
        choosers.farm_days[i] = households.farm_days[h]
        choosers.farm_income[i] = households.farm_income[h]
        choosers.home[i] = households.residence[h]


@sweep
def weigh_for_villagers(n, s, spans, choosers, terms, year, b):
    """Best base of the first n choosers, who live in village s: home, the village, each district (moving or commuting), outside."""
    nu, o = b.migration_elasticity, spans.district[s]
    services = nu * village_services_term(o, year, b) + village_amenity(s, spans, b)
    pull = network_pull((spans.away_1[s] + spans.away_2[s] + spans.away_3[s]) / np.float32(3.0), b)
    local_pay = b.local_wage * year.expected_wage[o] / b.town_wage / np.float32(264.0) * spans.local_jobs[s]
    slack = year.expected_unemployment[o]
    home_key, village_key = year.place_keys[HOME], year.place_keys[VILLAGE]
    for i in range(n):
        age, pension = choosers.age[i], choosers.pension[i]
        home = nu * home_value(pension, b) + rural_home_taste(age, b) + services + gumbel(choosers.stream[i], home_key)
        offfarm = choosers.skill[i] * local_pay * offfarm_days(choosers.farm_days[i], age, slack, b)
        village = (nu * village_value(choosers.farm_income[i], offfarm, pension) + village_taste(age, b) + services
                   + gumbel(choosers.stream[i], village_key))
        choosers.best[i] = max(home, village)
        choosers.base[i] = np.uint8(VILLAGE) if village > home else np.uint8(HOME)
        choosers.residence[i] = np.uint8(VILLAGE)
    for d in range(DISTRICTS):
        place = np.uint8(FIRST_DISTRICT + d)
        wage, unemployment, key = year.expected_wage[d] * year.migrant_pay[d], year.expected_unemployment[d], year.place_keys[place]
        benefit, ease = year.migrant_benefit[d], nu * year.talent_ease[d]
        to_move, to_commute = terms[d, MOVING] + pull, terms[d, COMMUTING]
        for i in range(n):
            earned = expected_earnings(wage, idle_chance(unemployment, choosers.exposed[i]), choosers.skill[i], benefit)
            pay = nu * log(earned)
            moving = pay - nu * b.land_loss * choosers.lost[i] / earned + to_move + ease * choosers.skilled[i]
            commuting = pay + to_commute
            value = max(moving, commuting) + gumbel(choosers.stream[i], key)
            where = place if moving >= commuting else np.uint8(VILLAGE)
            best, base, residence = choosers.best[i], choosers.base[i], choosers.residence[i]
            better = value > best
            choosers.best[i] = value if better else best
            choosers.base[i] = place if better else base
            choosers.residence[i] = where if better else residence
    key = year.place_keys[OUTSIDE]
    for i in range(n):
        earned = max(outside_pay(year.expected_outside_wage, choosers.skill[i], b), np.float32(500.0))
        value = nu * log(earned) - nu * b.land_loss * choosers.lost[i] / earned + pull - b.outside_barrier + gumbel(choosers.stream[i], key)
        base, residence = choosers.base[i], choosers.residence[i]
        better = value > choosers.best[i]
        choosers.base[i] = np.uint8(OUTSIDE) if better else base
        choosers.residence[i] = np.uint8(OUTSIDE) if better else residence


@sweep
def weigh_for_townspeople(n, choosers, town_terms, year, b):
    """Best base of the first n choosers, who live in a town: home, a job here or in another district, outside. Rural families keep rural workers' pay."""
    nu = b.migration_elasticity
    home_key = year.place_keys[HOME]
    for i in range(n):
        home = nu * home_value(choosers.pension[i], b) + urban_home_taste(choosers.age[i], b) + gumbel(choosers.stream[i], home_key)
        choosers.best[i] = home
        choosers.base[i] = np.uint8(HOME)
        choosers.residence[i] = choosers.home[i]
    for d in range(DISTRICTS):
        place = np.uint8(FIRST_DISTRICT + d)
        wage, unemployment, key = year.expected_wage[d], year.expected_unemployment[d], year.place_keys[place]
        more, benefit, ease = year.migrant_pay[d] - np.float32(1.0), year.migrant_benefit[d] - b.benefit, nu * year.talent_ease[d]
        for i in range(n):
            rural = choosers.rural[i]
            idle = idle_chance(unemployment, choosers.exposed[i])
            pay = log(expected_earnings(wage * (np.float32(1.0) + rural * more), idle, choosers.skill[i], b.benefit + rural * benefit))
            value = nu * pay + town_terms[np.int64(choosers.home[i]) - FIRST_DISTRICT, d] + gumbel(choosers.stream[i], key)
            value += ease * choosers.skilled[i] * np.float32(choosers.home[i] != place)
            best, base, residence = choosers.best[i], choosers.base[i], choosers.residence[i]
            better = value > best
            choosers.best[i] = value if better else best
            choosers.base[i] = place if better else base
            choosers.residence[i] = place if better else residence
    key = year.place_keys[OUTSIDE]
    for i in range(n):
        earned = max(outside_pay(year.expected_outside_wage, choosers.skill[i], b), np.float32(500.0))
        value = nu * log(earned) - b.urban_outside_barrier + gumbel(choosers.stream[i], key)
        base, residence = choosers.base[i], choosers.residence[i]
        better = value > choosers.best[i]
        choosers.base[i] = np.uint8(OUTSIDE) if better else base
        choosers.residence[i] = np.uint8(OUTSIDE) if better else residence


@sweep
def between_towns(town_terms, year, b):
    """Utility terms (9, 9) of a job in district d for people of the towns of district k; within a district nobody moves."""
    for k in range(DISTRICTS):
        for d in range(DISTRICTS):
            town_terms[k, d] = b.migration_elasticity * living_cost_term(d, year, b)
            if d != k:
                town_terms[k, d] += log(year.jobs[d]) - b.urban_move_barrier - b.migration_elasticity * distance_cost(year.distance[k, d], b)


@sweep
def write_back(n, s, persons, choosers, happened):
    """Bases and residences that the first n choosers took."""
    for i in range(n):
        p = choosers.person[i]
        was, now = persons.residence[p] == OUTSIDE, choosers.residence[i] == OUTSIDE
        happened[s, LEFT] += np.float64(now and not was)
        happened[s, CAME_BACK] += np.float64(was and not now)
        to_town = FIRST_DISTRICT <= choosers.residence[i] < OUTSIDE and choosers.residence[i] != persons.residence[p]
        happened[s, SKILLED_MOVES] += np.float64(choosers.skilled[i]) * np.float64(to_town)
        persons.base[p], persons.residence[p] = choosers.base[i], choosers.residence[i]


@sweep
def who_reconsiders(s, skill, spans, households, persons, forced, villagers, townspeople, counts, happened, everyone, year, b):
    """Persons who choose anew go into villagers and townspeople, counts (2,) of them; the others keep their base, and those past work their home."""
    first_h, first_p = first_household(spans, s), first_person(spans, s)
    counts[0] = counts[1] = 0
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        age = persons.age[p]
        if age < 0:
            continue
        h = np.int64(persons.household[p])
        home = households.residence[h]
        working_age = 16 <= age <= 75
        if working_age and age >= persons.schooling[p] + 6 and home != OUTSIDE:
            if persons.owner[p]:
                if forced[h - first_h] < 2 and keeps_business(p, h, s, skill[p - first_p], spans, households, persons, year, b):
                    continue
                persons.owner[p] = np.uint8(0)
            event = age == 16 or age == persons.schooling[p] + 6 or (age == 60 or (age == 55 and persons.female[p])) or age == 70
            if (everyone or event or forced[h - first_h] >= 2
                    or uniform(mix(persons.uid[p]), year.key[RECONSIDER]) < b.reconsider_share):
                if home == VILLAGE:
                    villagers.person[counts[0]] = p
                    counts[0] += 1
                else:
                    townspeople.person[counts[1]] = p
                    counts[1] += 1
            continue
        was_outside = persons.residence[p] == OUTSIDE
        if not working_age or age < persons.schooling[p] + 6:
            persons.base[p] = HOME
            if not working_age or persons.residence[p] == VILLAGE or persons.residence[p] == 0:
                persons.residence[p] = home
        else:
            persons.base[p] = persons.residence[p] = OUTSIDE
        outside = persons.residence[p] == OUTSIDE
        happened[s, LEFT] += np.float64(outside and not was_outside)
        happened[s, CAME_BACK] += np.float64(was_outside and not outside)


@sweep
def offer_work(s, skill, spans, households, persons, seekers, b):
    """Labour on offer from span s: seekers (S, 9, 2) in mean workers, [..., 0] for town jobs, [..., 1] for off-farm days of villagers."""
    for d in range(DISTRICTS):
        seekers[s, d, 0] = seekers[s, d, 1] = 0.0
    first, o = first_person(spans, s), spans.district[s]
    for p in range(first, first_person(spans, s + 1)):
        base = persons.base[p]
        if persons.age[p] < 0 or base == HOME:
            continue
        if FIRST_DISTRICT <= base < OUTSIDE:
            seekers[s, base - FIRST_DISTRICT, 0] += skill[p - first]
        elif base == VILLAGE:
            off = offfarm_days(households.farm_days[persons.household[p]], np.float32(persons.age[p]), np.float32(0.0), b)
            off *= spans.local_jobs[s] * offfarm_part(p, persons, b)
            seekers[s, o, 1] += skill[p - first] * off / np.float32(264.0)


@sweep
def choose_work(first, last, spans, households, persons, terms, town_terms, forced, family, skill, villagers, townspeople, counts, seekers, happened,
                volume, everyone, families, year, b):
    """Memory, family decisions, then the base of each person who reconsiders; last the labour on offer by district.

    everyone: reconsider all (opening). families: let families settle and return. The tables from terms to counts are scratch.
    """
    between_towns(town_terms, year, b)
    for s in range(first, last):
        if not everyone:
            remember(s, spans, households, persons)
        first_h = first_household(spans, s)
        for h in range(first_h, first_household(spans, s + 1)):
            forced[h - first_h] = 0
        skills(s, spans, households, persons, skill, b)
        if spans.urban[s] == 0:
            place_terms(s, spans, year, b, terms)
            if families:
                settle_or_return(s, spans, households, persons, skill, terms, forced, family, happened, volume, year, b)
        who_reconsiders(s, skill, spans, households, persons, forced, villagers, townspeople, counts, happened, everyone, year, b)
        gather(counts[0], s, skill, spans, households, persons, villagers, year, b)
        weigh_for_villagers(counts[0], s, spans, villagers, terms, year, b)
        write_back(counts[0], s, persons, villagers, happened)
        gather(counts[1], s, skill, spans, households, persons, townspeople, year, b)
        weigh_for_townspeople(counts[1], townspeople, town_terms, year, b)
        write_back(counts[1], s, persons, townspeople, happened)
        offer_work(s, skill, spans, households, persons, seekers, b)
