"""The sums of the year by span and cell of residence: people, work, stocks, and every flow of households.

Not here: what is summed over spans (`collect.py`), what the ledger counts on its own side (`counting.py`).
"""
import numpy as np

from sim.compiled import part, sweep
from sim.compiled_tables import numbers
from sim.kernels.income import live_on_income
from sim.kernels.land_rental import MU, grain_land
from sim.kernels.rows import first_household, first_person
from sim.kernels.training import study
from sim.kernels.work import skills, work_and_earn
from sim.kernels.year import CELLS, OUTSIDE_CELL, VILLAGE_CELL, T
from sim.places import FIRST_DISTRICT, OUTSIDE, VILLAGE
from sim.tables import CONTRACT, EMPLOYED, FARMING, FLOW_NAMES, FREE, IDLE, LEASED, MORTGAGE, RURAL, UNEMPLOYED, URBAN, Households

SMALL_FARM, LARGE_FARM = np.int64(30 * MU), np.int64(100 * MU)      # m2: below 30 mu, from 100 mu on
FLOW_COUNT = len(FLOW_NAMES)
FLOW_PLACES = tuple(Households._fields.index(name) for name in FLOW_NAMES)
NO_CELL = 255


@part
def cell_of(residence):
    """Cell of a place of residence: 0 village, 1-9 districts, 10 outside."""
    if residence == VILLAGE:
        return VILLAGE_CELL
    return OUTSIDE_CELL if residence == OUTSIDE else residence - FIRST_DISTRICT + 1


(T_PERSONS, T_HOUSEHOLDS, T_CHILDREN, T_AGED, T_WORKING_AGE, T_EMPLOYED, T_UNEMPLOYED, T_FARM_WORKERS, T_COMMUTERS, T_DEPOSITS, T_DEBT, T_MINI_WAGE,
 T_MINI_REMITTANCE, T_AWAY, T_SETTLED, T_REG_INCOME, T_REG_PERSONS, T_FIX_R, T_FIX_RP, T_FIX_U, T_FIX_UP, T_LABOUR, T_CONTRACT, T_OPERATED, T_RENTED,
 T_IDLE, T_PLOTS, T_QUALIFICATIONS, T_SHARES, T_UNITS, T_EQUITY, T_REGRETTED, T_JUDGED, T_LOANS, T_OUTSIDE, T_SETTLED_MEMBERS) = (T[n] for n in (
     "persons", "households", "children", "aged", "working_age", "employed", "unemployed", "farm_workers", "commuters", "deposits", "debt", "mini_wage",
     "mini_remittance", "members_away", "settled_units", "registered_income", "registered_persons", "fixed_rural_income", "fixed_rural_persons",
     "fixed_urban_income", "fixed_urban_persons", "labour", "contract_area", "operated_area", "rented_area", "idle_homesteads", "plots",
     "qualifications", "shares", "units", "equity", "regretted", "judged", "loans", "members_outside", "settled_members"))
T_ENTRUSTED, T_CASH_CROPS, T_GREENHOUSES, T_ORDERED = (T[n] for n in ("entrusted_area", "cash_crops", "greenhouses", "ordered_grain"))
T_FARMS, T_FAMILY_FARMS, T_FAMILY_LAND, T_SMALL_LAND, T_LARGE_LAND, T_COOP = (T[n] for n in (
    "farms", "family_farms", "family_farm_area", "small_farm_area", "large_farm_area", "coop_members"))
T_MINI_BENEFIT, T_HOMES, T_HOME_WORTH, T_MORTGAGES = (T[n] for n in ("mini_benefit", "settled_homes", "home_worth", "mortgages"))


@part
def most_cell(s, spans):
    """The cell where most of a span's people live: its village, or its town."""
    return VILLAGE_CELL if spans.urban[s] == 0 else spans.district[s] + 1


@part
def count_person(p, s, c, persons, tally):
    """Person p, who lives in cell c, by age and work."""
    age, work = persons.age[p], persons.work[p]
    tally[s, c, T_PERSONS] += 1.0
    tally[s, c, T_CHILDREN] += age < 15
    tally[s, c, T_AGED] += age >= 60
    tally[s, c, T_WORKING_AGE] += 16 <= age <= 64
    tally[s, c, T_EMPLOYED] += work == EMPLOYED
    tally[s, c, T_UNEMPLOYED] += work == UNEMPLOYED
    tally[s, c, T_FARM_WORKERS] += work == FARMING
    tally[s, c, T_COMMUTERS] += persons.residence[p] == VILLAGE and FIRST_DISTRICT <= persons.base[p] < OUTSIDE


@sweep
def count_persons(s, spans, persons, cells, tally):
    """As `count_person`, all persons of span s whose cell in `cells` (rows of the span) is the one of most: a loop over numbers that vectorises."""
    first, most = first_person(spans, s), most_cell(s, spans)
    one, no = np.int32(1), np.int32(0)
    people = children = aged = working_age = employed = unemployed = farming = commuting = no
    for p in range(first, first_person(spans, s + 1)):
        here = one if cells[p - first] == most else no
        age, work = persons.age[p], persons.work[p]
        people += here
        children += here & np.int32(age < 15)
        aged += here & np.int32(age >= 60)
        working_age += here & np.int32(age >= 16) & np.int32(age <= 64)
        employed += here & np.int32(work == EMPLOYED)
        unemployed += here & np.int32(work == UNEMPLOYED)
        farming += here & np.int32(work == FARMING)
        commuting += here & np.int32(persons.residence[p] == VILLAGE) & np.int32(persons.base[p] >= FIRST_DISTRICT) & np.int32(persons.base[p] < OUTSIDE)
    row = tally[s, most]
    row[T_PERSONS], row[T_CHILDREN], row[T_AGED], row[T_WORKING_AGE] = people, children, aged, working_age
    row[T_EMPLOYED], row[T_UNEMPLOYED], row[T_FARM_WORKERS], row[T_COMMUTERS] = employed, unemployed, farming, commuting


@sweep
def tally_persons(s, spans, households, persons, skill, cells, tally, benefit, b):
    """People, work and pay by cell of residence. Members who live apart in town have a purse of their own: pay + benefit - what they send home."""
    first, most = first_person(spans, s), most_cell(s, spans)
    skills(s, spans, households, persons, skill, b)
    fixed_rural = fixed_urban = 0.0                 # of those in the cell of most
    rural_2019 = urban_2019 = all_registered = 0
    for p in range(first, first_person(spans, s + 1)):
        cells[p - first] = NO_CELL
        if persons.age[p] < 0:
            continue
        h, work = persons.household[p], persons.work[p]
        where, home = persons.residence[p], households.residence[h]
        c = cell_of(where)
        cells[p - first] = c
        if c != most:
            count_person(p, s, c, persons, tally)
        registered = households.kind[h] <= RURAL and home != OUTSIDE
        all_registered += registered
        kept = np.float32(0.0)
        if where != home:
            tally[s, cell_of(home), T_AWAY] += 1.0
            tally[s, cell_of(home), T_OUTSIDE] += where == OUTSIDE
            share = b.remit_close if home == VILLAGE else b.remit_far
            kept = persons.wage[p] - persons.wage[p] * share
            if where != OUTSIDE:
                tally[s, c, T_MINI_WAGE] += np.float64(persons.wage[p])
                tally[s, c, T_MINI_REMITTANCE] += np.float64(persons.wage[p] * share)
                if work == UNEMPLOYED:
                    paid = b.benefit if households.kind[h] >= URBAN else benefit[persons.base[p] - FIRST_DISTRICT]
                    tally[s, c, T_MINI_BENEFIT] += np.float64(paid)
                    tally[s, VILLAGE_CELL, T_REG_INCOME] += np.float64(paid) * registered
                    kept += paid
        elif registered and home != VILLAGE:
            tally[s, c, T_SETTLED_MEMBERS] += 1.0
        if where == home and households.members[h] > 0:
            kept = households.disposable_income[h] / households.members[h]
        sector = persons.sector_2019[p]
        if c == most:
            fixed_rural += np.float64(kept) * (sector == 1)
            fixed_urban += np.float64(kept) * (sector == 2)
            rural_2019 += sector == 1
            urban_2019 += sector == 2
        elif where != OUTSIDE:
            tally[s, c, T_FIX_R] += np.float64(kept) * (sector == 1)
            tally[s, c, T_FIX_RP] += sector == 1
            tally[s, c, T_FIX_U] += np.float64(kept) * (sector == 2)
            tally[s, c, T_FIX_UP] += sector == 2
        if work == EMPLOYED and where != OUTSIDE and FIRST_DISTRICT <= persons.base[p] < OUTSIDE:
            tally[s, persons.base[p] - FIRST_DISTRICT + 1, T_LABOUR] += np.float64(skill[p - first])
    tally[s, VILLAGE_CELL, T_REG_PERSONS] += all_registered
    row = tally[s, most]
    row[T_FIX_R], row[T_FIX_RP], row[T_FIX_U], row[T_FIX_UP] = fixed_rural, rural_2019, fixed_urban, urban_2019
    count_persons(s, spans, persons, cells, tally)


@sweep
def tally_households(s, spans, households, tally, price, b):
    for h in range(first_household(spans, s), first_household(spans, s + 1)):
        if households.kind[h] == FREE:
            continue
        hh = households
        c = cell_of(hh.residence[h])
        row = tally[s, c]
        row[T_HOUSEHOLDS] += 1.0
        row[T_DEPOSITS] += hh.deposits[h]
        row[T_DEBT] += hh.debt[h]
        row[T_LOANS] += hh.debt[h] > 0
        row[T_MORTGAGES] += hh.debt[h] * (hh.loan_class[h] == MORTGAGE)
        row[T_CONTRACT] += hh.contract_area[h]
        row[T_OPERATED] += hh.operated_area[h]
        row[T_ENTRUSTED] += hh.entrusted_area[h]
        row[T_ORDERED] += np.float64(hh.grain[h]) * (hh.order_gain[h] != 0)
        crops, labour = hh.cash_crop_area[h], hh.farm_labour[h]
        if labour > 0:
            row[T_CASH_CROPS] += crops
            row[T_GREENHOUSES] += hh.greenhouses[h]
        row[T_RENTED] += max(grain_land(hh.operated_area[h], crops, labour) - grain_land(hh.contract_area[h], crops, labour), 0.0) * MU
        row[T_PLOTS] += hh.plot_area[h]
        row[T_QUALIFICATIONS] += hh.qualification[h]
        row[T_SHARES] += np.float64(hh.shares[h])
        row[T_EQUITY] += np.float64(hh.firm_share[h])
        row[T_REGRETTED] += hh.regret[h] == 1
        row[T_JUDGED] += hh.regret[h] > 0
        if hh.kind[h] <= RURAL:
            worked = np.int64(hh.operated_area[h])
            row[T_FARMS] += worked > 0
            row[T_FAMILY_FARMS] += hh.family_farm[h]
            row[T_COOP] += hh.coop_member[h]
            row[T_FAMILY_LAND] += worked * np.int64(hh.family_farm[h])
            row[T_SMALL_LAND] += worked * np.int64(worked < SMALL_FARM)
            row[T_LARGE_LAND] += worked * np.int64(worked >= LARGE_FARM)
            row[T_UNITS] += hh.kind[h] == CONTRACT
            unlet = hh.house_use[h] == LEASED and hh.house_rent[h] == 0        # on offer, but nobody took it
            row[T_IDLE] += hh.plot_area[h] > 0 and (hh.house_use[h] == IDLE or unlet)
            settled = FIRST_DISTRICT <= hh.residence[h] < OUTSIDE
            row[T_SETTLED] += settled
            if hh.home[h] > 0:
                row[T_HOMES] += hh.home[h] == hh.residence[h]
                row[T_HOME_WORTH] += np.float64(price[np.int64(hh.home[h]) - FIRST_DISTRICT] * b.dwelling_area)
            if hh.residence[h] != OUTSIDE:
                tally[s, VILLAGE_CELL, T_REG_INCOME] += (
                    np.float64(hh.disposable_income[h]) + np.float64(hh.away_wage[h]) - np.float64(hh.remittance_zone[h])
                    + np.float64(hh.outside_wage[h]) - np.float64(hh.remittance_outside[h]))


@sweep
def add_up(first, last, spans, households, persons, skill, whereabouts, tally, benefit, price, b):
    """Sums of the year by span and cell of residence: tally (S, 11, len(TALLY)) float64, household flows first.

    benefit (9,): yuan a year of a rural worker without work, price (9,): yuan per m2 of dwellings in town, by district.
    """
    for s in range(first, last):
        for c in range(CELLS):
            for k in range(tally.shape[2]):
                tally[s, c, k] = 0.0
        tally_persons(s, spans, households, persons, skill, whereabouts, tally, benefit, b)
        tally_households(s, spans, households, tally, price, b)


@sweep
def add_up_flows(first, last, spans, households, cells, lanes, tally):
    """Every household flow by span and cell: the first columns of tally.

    Most rows of a span live in one cell: their flows are added column by column in eight lanes, the rows elsewhere one by one.
    cells (rows of a span) and lanes (8,): scratch.
    """
    for s in range(first, last):
        begin, end = first_household(spans, s), first_household(spans, s + 1)
        most = most_cell(s, spans)
        for h in range(begin, end):
            cells[h - begin] = NO_CELL if households.kind[h] == FREE else cell_of(households.residence[h])
        for k in range(FLOW_COUNT):
            column = numbers(households, FLOW_PLACES[k])
            for lane in range(8):
                lanes[lane] = 0.0
            whole = begin + (end - begin) // 8 * 8
            for h in range(begin, whole, 8):
                for lane in range(8):
                    lanes[lane] += np.float64(column[h + lane]) if cells[h + lane - begin] == most else 0.0
            for h in range(whole, end):
                lanes[0] += np.float64(column[h]) if cells[h - begin] == most else 0.0
            tally[s, most, k] += ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]))
        for h in range(begin, end):
            c = cells[h - begin]
            if c != most and c != NO_CELL:
                for k in range(FLOW_COUNT):
                    tally[s, c, k] += np.float64(numbers(households, FLOW_PLACES[k])[h])


@sweep
def earn_and_add_up(first, last, spans, households, persons, skill, whereabouts, cells, lanes, happened, tally, year, b):
    """Pay, harvest, incomes and saving, then all sums, span after span: what a span holds stays in the processor's cache."""
    for s in range(first, last):
        work_and_earn(s, s + 1, spans, households, persons, skill, year, b)
        study(s, spans, households, persons, happened, year, b)
        live_on_income(s, s + 1, spans, households, persons, happened, year, b)
        add_up(s, s + 1, spans, households, persons, skill, whereabouts, tally, year.migrant_benefit, year.dwelling_price, b)
        add_up_flows(s, s + 1, spans, households, cells, lanes, tally)
