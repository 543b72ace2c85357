"""Demography of one year: ageing, deaths, births, couples and new homes, arrivals from outside, households that end.

Nothing here depends on policy, so a person's uid and life events are the same in every scenario.
Not here: moves for work and settling (`work.py`), the rights of those who leave (`rights.py`).
"""
import numpy as np

from sim.compiled import exp, part, row, sweep
from sim.kernels.homes import sell_home
from sim.kernels.rows import first_household, first_person
from sim.kernels.year import H
from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.rng import EVENT, HOUSEHOLD, INDEX_BITS, PERSON, lognormal, mix, normal, uniform
from sim.tables import COLLECTIVE, FREE, MORTGAGE, NO_LOAN, RURAL, URBAN

DEATH, BIRTH, CHILD_SEX, CHILD_ABILITY, CHILD_SCHOOL = (EVENT[e] for e in ("death", "birth", "child_sex", "child_ability", "child_school"))
PARTNER, PARTNER_ORDER, NEW_HOME = (EVENT[e] for e in ("partner", "partner_order", "new_home"))
ARRIVAL, ARRIVAL_AGE, ARRIVAL_SEX, ARRIVAL_ABILITY, ARRIVAL_SCHOOL = (EVENT[e] for e in (
    "arrival", "arrival_age", "arrival_sex", "arrival_ability", "arrival_school"))
BIRTHS, BIRTHS_OUTSIDE, DEATHS, DEATHS_OUTSIDE, ARRIVALS = (H[n] for n in ("births", "births_outside", "deaths", "deaths_outside", "arrivals"))
NEW_HOUSEHOLDS, DISSOLVED, AREA_LAPSED, PLOTS_LAPSED = (H[n] for n in ("new_households", "dissolved", "contract_area_lapsed", "plots_lapsed"))
QUALIFICATIONS_LAPSED, SHARES_LAPSED = H["qualifications_lapsed"], H["shares_lapsed"]
SPACE = np.uint32((1 << 30) - 1)
OLDEST, BEARS = 110, 2


@row
def mortality(age, female, b):
    """Chance to die within the year, 1 - exp(-a e^(b age + s)); s = -sex spread for women, + for men."""
    sex = b.mortality_sex if female == 0 else -b.mortality_sex
    return 1.0 - exp(-b.mortality_level * exp(b.mortality_slope * age + sex))


@row
def birth_chance(age, total_fertility, b):
    """Births per woman and year: total fertility times a normal density over age."""
    z = (age - b.fertility_age) / b.fertility_spread
    return total_fertility * 0.3989423 / b.fertility_spread * exp(-0.5 * z * z)


@part
def sector_of(residence):
    """Sector of a household by residence: 0 rural, 1 urban, 2 outside."""
    if residence == VILLAGE:
        return 0
    return 2 if residence == OUTSIDE else 1


@part
def move_wealth(volume, s, deposits, debt, source, target):
    """Book deposits and debt that change sector without a payment (reclassification, inheritance, departure)."""
    if source != target:
        volume[s, source, 0] -= deposits
        volume[s, target, 0] += deposits
        volume[s, source, 1] -= debt
        volume[s, target, 1] += debt


@sweep
def tabulate_chances(chances, year, b):
    """Chances by age, once for all persons: rows of chances (3, OLDEST + 1) are death of men, death of women, birth."""
    for age in range(OLDEST + 1):
        chances[0, age], chances[1, age] = mortality(np.float32(age), 0, b), mortality(np.float32(age), 1, b)
        chances[BEARS, age] = birth_chance(np.float32(age), year.fertility, b) if 16 <= age <= 49 else np.float32(0.0)


@sweep
def age_and_die(s, spans, persons, chances, happened, year):
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if persons.age[p] < 0:
            continue
        age = min(persons.age[p] + 1, OLDEST)
        persons.age[p] = age
        if uniform(mix(persons.uid[p]), year.key[DEATH]) < chances[persons.female[p], age]:
            persons.age[p] = -1
            happened[s, DEATHS_OUTSIDE if persons.residence[p] == OUTSIDE else DEATHS] += 1.0


@part
def free_person(s, spans, persons, start):
    """Row of a free person of the span from `start` on, else the row after the last."""
    p = start
    while p < first_person(spans, s + 1) and persons.age[p] >= 0:
        p += 1
    return p


@part
def new_person(s, p, spans, persons):
    """Give free row p the next uid of the span."""
    persons.uid[p] = np.uint32(PERSON | np.uint32(np.uint32(np.uint32(spans.uid[s] & SPACE) << np.uint32(INDEX_BITS)) | spans.next_person[s]))
    spans.next_person[s] += np.uint32(1)
    persons.partner[p] = persons.trained[p] = persons.adult_schooling[p] = persons.years_away[p] = persons.owner[p] = 0
    persons.months[p] = 12
    persons.wage[p] = 0.0
    persons.work[p] = 0


@sweep
def bear(s, spans, households, persons, chances, happened, year):
    place = first_person(spans, s)
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        age = persons.age[p]
        if age < 16 or age > 49 or persons.female[p] == 0:
            continue
        if uniform(mix(persons.uid[p]), year.key[BIRTH]) >= chances[BEARS, age]:
            continue
        place = free_person(s, spans, persons, place)
        if place >= first_person(spans, s + 1):
            spans.full[s] = 1
            return
        h = persons.household[p]
        new_person(s, place, spans, persons)
        stream = mix(persons.uid[place])
        persons.household[place] = h
        persons.age[place] = 0
        persons.female[place] = np.uint8(uniform(stream, year.key[CHILD_SEX]) < 0.485)
        persons.ability[place] = np.float32(0.15) * normal(stream, year.key[CHILD_ABILITY]) + np.float32(0.5) * persons.ability[p]
        persons.schooling[place] = np.int8(min(max(np.int64(np.float32(12.5) + np.float32(2.0) * normal(stream, year.key[CHILD_SCHOOL])), 6), 19))
        persons.base[place] = HOME
        persons.residence[place] = households.residence[h]
        persons.sector_2019[place] = persons.sector_2019[p]
        happened[s, BIRTHS_OUTSIDE if households.residence[h] == OUTSIDE else BIRTHS] += 1.0


@sweep
def new_household(s, spans, households, start):
    """Row of a free household of the span, given the next uid and cleared; the row after the last if there is none."""
    h = start
    while h < first_household(spans, s + 1) and households.kind[h] != FREE:
        h += 1
    if h >= first_household(spans, s + 1):
        return h
    households.uid[h] = np.uint32(HOUSEHOLD | np.uint32(np.uint32(np.uint32(spans.uid[s] & SPACE) << np.uint32(INDEX_BITS)) | spans.next_household[s]))
    spans.next_household[s] += np.uint32(1)
    households.contract_area[h] = households.operated_area[h] = households.kin_area[h] = households.entrusted_area[h] = households.cash_crop_area[h] = 0
    households.greenhouses[h] = households.crop_plots[h] = households.family_farm[h] = 0
    households.coop_member[h], households.coop_due[h] = 0, 0.0
    households.plot_area[h], households.house_area[h], households.house_use[h], households.certificate[h] = 0, 0.0, 0, 0
    households.qualification[h], households.shares[h], households.own_account[h], households.livestock[h] = 0, 0.0, 0.0, 0.0
    households.firm_share[h], households.business[h], households.deposits[h], households.debt[h] = 0.0, 0.0, 0.0, 0.0
    households.loan_class[h] = households.loan_years[h] = households.arrears[h] = households.signed[h] = households.exited[h] = households.regret[h] = 0
    households.loan_vintage[h] = households.pledge_class[h] = households.pledge_years[h] = 0
    households.exit_year[h], households.exit_area[h], households.exit_cash[h], households.forgone[h] = 0, 0, 0.0, 0.0
    households.farm_income[h], households.farm_days[h], households.land_income[h] = 0.0, 0.0, 0.0
    households.land_demand[h], households.own_harvest[h], households.farm_labour[h] = 0.0, 0.0, 0.0
    households.away[h], households.settled_year[h] = 0.0, 0
    households.home[h] = households.saving_for_home[h] = 0
    return h


@sweep
def couple(s, spans, households, persons, single, happened, year, b):
    """Single persons of 22-35 pair with someone of the same place and span in keyed order; some couples found a home of their own."""
    n = 0
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if 22 <= persons.age[p] <= 35 and persons.partner[p] == 0 and persons.residence[p] != OUTSIDE:
            stream = mix(persons.uid[p])
            if n < single.shape[0] and uniform(stream, year.key[PARTNER]) < b.partner_rate:
                single[n, 0], single[n, 1] = uniform(stream, year.key[PARTNER_ORDER]), p
                n += 1
    for i in range(1, n):                       # few: insertion sort by keyed order
        order, p, j = single[i, 0], single[i, 1], i - 1
        while j >= 0 and single[j, 0] > order:
            single[j + 1, 0], single[j + 1, 1] = single[j, 0], single[j, 1]
            j -= 1
        single[j + 1, 0], single[j + 1, 1] = order, p
    home = first_household(spans, s)
    for i in range(n):
        man = np.uint32(single[i, 1])
        if persons.female[man] or persons.partner[man]:
            continue
        for j in range(n):
            woman = np.uint32(single[j, 1])
            if (persons.female[woman] == 0 or persons.partner[woman] or persons.residence[woman] != persons.residence[man]
                    or persons.household[woman] == persons.household[man]):
                continue
            persons.partner[man] = persons.partner[woman] = 1
            parents = persons.household[man]
            away = households.residence[parents] != persons.residence[man]
            own = away or households.kind[parents] == COLLECTIVE or uniform(mix(persons.uid[man]), year.key[NEW_HOME]) < b.new_home_share
            target = parents
            if own:
                home = new_household(s, spans, households, home)
                if home < first_household(spans, s + 1):
                    stream = mix(households.uid[home])
                    households.kind[home] = URBAN if spans.urban[s] else RURAL
                    households.residence[home] = persons.residence[man]
                    households.wealth_effect[home] = households.wealth_effect[parents]
                    households.farm_skill[home] = households.farm_skill[parents]
                    households.permanent_income[home] = persons.wage[man] + persons.wage[woman] + np.float32(2.0) * b.home_floor
                    if spans.urban[s] and uniform(stream, year.key[NEW_HOME]) < b.own_account_share:
                        households.own_account[home] = b.urban_own_account * lognormal(stream, year.key[PARTNER], np.float32(0.6))
                    elif spans.urban[s] == 0 and uniform(stream, year.key[NEW_HOME]) < b.herd_share:
                        households.livestock[home] = b.herd_income * lognormal(stream, year.key[PARTNER], np.float32(0.5))
                    target = home
                    happened[s, NEW_HOUSEHOLDS] += 1.0
                elif away:
                    spans.full[s] = 1
            persons.household[man] = persons.household[woman] = target
            break


@sweep
def arrive(s, spans, households, persons, happened, year, b):
    """People of 18-30 come from outside to the towns: whole ones and the keyed remainder of rate x residents."""
    if not spans.urban[s]:
        return
    residents = 0
    dorm = first_household(spans, s + 1)
    for h in range(first_household(spans, s), first_household(spans, s + 1)):
        if households.kind[h] == COLLECTIVE:
            dorm = min(dorm, h)
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        residents += persons.age[p] >= 0
    wanted = np.float32(residents) * np.float32(1.53) * b.arrival_rate      # the towns receive for the whole zone
    count = int(wanted + uniform(mix(spans.uid[s]), year.key[ARRIVAL]))
    home = first_household(spans, s)
    place = first_person(spans, s)
    for _ in range(count):
        place = free_person(s, spans, persons, place)
        if place >= first_person(spans, s + 1):
            spans.full[s] = 1
            return
        new_person(s, place, spans, persons)
        stream = mix(persons.uid[place])
        target = dorm
        if dorm >= first_household(spans, s + 1):
            home = new_household(s, spans, households, home)
            if home >= first_household(spans, s + 1):
                spans.full[s] = 1
                return
            households.kind[home], households.residence[home] = URBAN, FIRST_DISTRICT + spans.district[s]
            households.wealth_effect[home], households.permanent_income[home] = 0.8, 25_000.0
            happened[s, NEW_HOUSEHOLDS] += 1.0
            target = home
        persons.household[place] = target
        persons.age[place] = np.int8(np.float32(18.0) + np.float32(12.99) * uniform(stream, year.key[ARRIVAL_AGE]))
        persons.female[place] = np.uint8(uniform(stream, year.key[ARRIVAL_SEX]) < 0.48)
        persons.ability[place] = np.float32(0.3) * normal(stream, year.key[ARRIVAL_ABILITY])
        persons.schooling[place] = np.int8(min(max(np.int64(np.float32(12.0) + np.float32(2.4) * normal(stream, year.key[ARRIVAL_SCHOOL])), 6), 19))
        persons.residence[place] = households.residence[target]
        persons.base[place] = persons.residence[place]
        persons.sector_2019[place] = 0
        happened[s, ARRIVALS] += 1.0


@sweep
def end_households(s, spans, households, persons, happened, volume, year, b):
    """Households without members end: land to the collective's pool, plot and qualification lapse, estate to the next household."""
    for h in range(first_household(spans, s), first_household(spans, s + 1)):
        households.members[h] = 0.0
        households.farm_labour[h] = 0.0
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if persons.age[p] >= 0:
            h = persons.household[p]
            households.farm_labour[h] = np.float32(max(households.farm_labour[h], np.float32(persons.residence[p] + 1)))   # some member's place + 1
            households.members[h] += persons.residence[p] == households.residence[h]
    for h in range(first_household(spans, s), first_household(spans, s + 1)):
        if households.kind[h] == FREE or households.members[h] > 0:
            continue
        place = np.int64(households.farm_labour[h])
        if place > 0:                                     # only members elsewhere are left: the household is where they are
            move_wealth(volume, s, households.deposits[h], households.debt[h], sector_of(households.residence[h]), sector_of(np.uint8(place - 1)))
            households.residence[h] = place - 1
            if place - 1 != VILLAGE:
                households.settled_year[h] = year.year
                if households.plot_area[h] > 0:
                    households.house_use[h] = 2
            continue
        heir = h
        for step in range(1, first_household(spans, s + 1) - first_household(spans, s)):
            other = h + step
            if other >= first_household(spans, s + 1):
                other -= first_household(spans, s + 1) - first_household(spans, s)
            if households.kind[other] != FREE and households.members[other] > 0:
                heir = other
                break
        if heir == h:
            continue
        move_wealth(volume, s, households.deposits[h], households.debt[h], sector_of(households.residence[h]), sector_of(households.residence[heir]))
        households.deposits[heir] += households.deposits[h]
        if households.debt[h] > 0 and households.debt[heir] == 0:
            households.loan_years[heir] = max(households.loan_years[h], 1)
            secured = households.loan_class[h] == MORTGAGE and households.home[h] > 0 and households.home[heir] == 0      # the dwelling comes with it
            households.loan_class[heir] = MORTGAGE if secured else NO_LOAN
            households.loan_rate[heir], households.loan_vintage[heir] = households.loan_rate[h], households.loan_vintage[h]
        households.debt[heir] += households.debt[h]
        if households.home[h] > 0 and households.home[heir] == 0 and households.kind[heir] <= RURAL:
            households.home[heir], households.home[h] = households.home[h], 0
        elif households.home[h] > 0:
            sell_home(h, heir, s, households, happened, np.float32(1.0), year, b)
        households.firm_share[heir] += households.firm_share[h]
        households.business[heir] += households.business[h]
        happened[s, DISSOLVED] += 1.0
        happened[s, AREA_LAPSED] += households.contract_area[h]
        happened[s, PLOTS_LAPSED] += households.plot_area[h]
        happened[s, QUALIFICATIONS_LAPSED] += households.qualification[h]
        happened[s, SHARES_LAPSED] += households.shares[h]
        spans.pool[s] += households.contract_area[h]
        spans.returned[s] += households.plot_area[h]
        spans.shares[s] -= households.shares[h]
        spans.treasury[s] += households.shares[h]
        households.kind[h] = FREE
        households.deposits[h] = households.debt[h] = 0.0
        households.contract_area[h] = households.plot_area[h] = households.qualification[h] = households.cash_crop_area[h] = 0
        households.greenhouses[h] = households.crop_plots[h] = households.family_farm[h] = 0
        households.coop_member[h], households.coop_due[h] = 0, 0.0
        households.shares[h] = households.firm_share[h] = households.own_account[h] = households.livestock[h] = households.business[h] = 0.0
        households.signed[h] = households.residence[h] = households.loan_years[h] = households.arrears[h] = households.exited[h] = 0
        households.pledge_years[h] = households.house_use[h] = 0


@sweep
def live_a_year(first, last, spans, households, persons, chances, single, happened, volume, year, b):
    """Ageing and deaths, births, couples, arrivals, ends: for the spans first ... last-1."""
    tabulate_chances(chances, year, b)
    for s in range(first, last):
        age_and_die(s, spans, persons, chances, happened, year)
        bear(s, spans, households, persons, chances, happened, year)
        couple(s, spans, households, persons, single, happened, year, b)
        arrive(s, spans, households, persons, happened, year, b)
        end_households(s, spans, households, persons, happened, volume, year, b)
