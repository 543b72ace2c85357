"""Harvest, incomes by the four NBS components, debt service, consumption and saving; then the sums of the year.

Deposits move by the cash flows of the row, each as the float32 that is also summed and posted: both sides close to the last bits.
Not here: wages (`work.py`), rents and areas (`land_rental.py`), who pays the other side of a flow (`sim/accounts.py`).
"""
import numpy as np

from sim.compiled import part, row, sweep
from sim.compiled_tables import numbers
from sim.kernels.credit import serve_debt
from sim.kernels.crops import sell_crops
from sim.kernels.homes import worth_of_owning
from sim.kernels.land_rental import (
    MU,
    cropped,
    entrusted_harvest,
    grain_land,
    insured,
    lease_share,
    own_price,
)
from sim.kernels.machines import hired_pay
from sim.kernels.orders import order_gain
from sim.kernels.rows import first_household, first_person
from sim.kernels.training import study, train
from sim.kernels.trusteeship import fee
from sim.kernels.work import pension_of, skills, work_and_earn
from sim.kernels.year import CELLS, OUTSIDE_CELL, VILLAGE_CELL, H, T
from sim.places import FIRST_DISTRICT, OUTSIDE, VILLAGE
from sim.rng import EVENT, lognormal, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import (
    COLLECTIVE,
    CONTRACT,
    EMPLOYED,
    EXIT_CONTRACT,
    EXIT_PLOT,
    EXIT_SHARE,
    FARMING,
    FLOW_NAMES,
    FREE,
    IDLE,
    LEASED,
    MORTGAGE,
    RURAL,
    UNEMPLOYED,
    URBAN,
    Households,
)

YIELD_VILLAGE, YIELD_HOUSEHOLD, LESSEE, DISCOUNT = (EVENT[e] for e in ("yield_village", "yield_household", "house_lessee", "discount"))
HOUSE_LEASE_COST = RULE_INDEX["house_lease_cost"]
REGRET_YEARS = 5
TO_COLLECTIVE = H["rent_to_collective"]
LEVEL, SUBSIDY, YIELDS, PRICES = (RULE_INDEX[r] for r in ("insurance_level", "premium_subsidy", "yields_insured", "prices_insured"))


@row
def consumption_rule(permanent, deposits_years, b):
    """C = P (1 - s + k (M/P - m*)), at least a third of P."""
    return permanent * max(1.0 - b.saving + b.wealth_response * (deposits_years - b.wealth_target), 0.33)


@sweep
def gather_members(s, spans, households, persons, year, b):
    """Pool members' wages, pensions and transfers; remittances of members elsewhere."""
    for h in range(first_household(spans, s), first_household(spans, s + 1)):
        households.members[h] = np.float32(0.0)
        households.away[h] = np.float32(0.0)
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if persons.age[p] < 0:
            continue
        h = persons.household[p]
        home = households.residence[h]
        where = persons.residence[p]
        if where == home:
            households.members[h] += np.float32(1.0)
            if home == OUTSIDE:
                continue
            households.wage_income[h] += persons.wage[p]
            urban = np.uint8(households.kind[h] >= URBAN)
            households.pension[h] += pension_of(np.float32(persons.age[p]), persons.female[p], urban, year.rural_pension, year.urban_pension)
            each = b.urban_other_transfer if urban else b.other_transfer
            households.other_transfer[h] += each * year.other_transfers
            if persons.work[p] == UNEMPLOYED:
                households.other_transfer[h] += b.benefit if urban else year.migrant_benefit[persons.base[p] - FIRST_DISTRICT]
            continue
        households.away[h] += np.float32(1.0)
        if where == OUTSIDE:
            if home != OUTSIDE:
                households.outside_wage[h] += persons.wage[p]
                households.remittance_outside[h] += persons.wage[p] * (b.remit_close if home == VILLAGE else b.remit_far)
        else:
            households.away_wage[h] += persons.wage[p]
            households.remittance_zone[h] += persons.wage[p] * (b.remit_close if home == VILLAGE else b.remit_far)


@part
def grain_farming(h, s, spans, households, weather, year, b):
    """Grain of household h: harvest and sales, materials and services, subsidy, fee of what is entrusted, insurance."""
    own, entrusted = households.own_harvest[h], entrusted_harvest(h, s, spans, households, year, b)
    expected = own + entrusted
    if expected <= 0:
        return
    households.grain[h] = expected * weather * lognormal(mix(households.uid[h]), year.key[YIELD_HOUSEHOLD], b.yield_spread_household)
    households.grain_sales[h] = households.grain[h] * year.grain_price * year.price_shock
    households.order_gain[h] = order_gain(h, s, spans, households, year, b)
    services = own * b.service_share * own_price(h, s, spans, households, year, b)
    households.farm_inputs[h] = expected * b.materials_cost * year.inputs_price + services
    grown = grain_land(households.operated_area[h], households.cash_crop_area[h], households.farm_labour[h])
    households.producer_subsidy[h] = b.producer_subsidy * np.float32(grown)
    if households.entrusted_area[h] > 0:
        area = np.float32(np.float64(households.entrusted_area[h]) / MU)
        households.trusteeship_fee[h] = fee(spans.crew_output[s], b) * area
    d = spans.district[s]
    if households.family_farm[h] > 0:
        households.trusteeship_fee[h] += hired_pay(year.wage[d], b) * np.float32(grown)
    if insured(h, s, spans, households, year):
        worth = expected * year.grain_price
        households.premium[h] = (np.float32(1.0) - year.rules[SUBSIDY, d]) * year.premium_rate[d] * worth
        measured = households.grain[h] * year.grain_price if year.rules[YIELDS, d] > 0 else worth
        if year.rules[PRICES, d] > 0:
            measured *= year.price_shock
        if year.rules[YIELDS, d] + year.rules[PRICES, d] > 0:
            households.indemnity[h] = max(year.rules[LEVEL, d] * worth - measured, np.float32(0.0))


@part
def farm_and_land(h, s, spans, households, weather, year, b):
    """Harvest, sales, inputs, rents and subsidies of a registered rural household."""
    contract_mu = np.float32(np.float64(households.contract_area[h]) / MU)
    households.fertility_subsidy[h] = b.fertility_subsidy * contract_mu
    households.coop_gain[h] = households.coop_due[h]
    area = np.float32(grain_land(households.operated_area[h], households.cash_crop_area[h], households.farm_labour[h]))
    grain_farming(h, s, spans, households, weather, year, b)
    if households.farm_labour[h] > 0:
        animals = b.livestock_level * households.livestock[h] / (np.float32(1.0) - b.livestock_cost)
        households.other_sales[h] = animals
        households.farm_inputs[h] += animals * b.livestock_cost * year.inputs_price
        sell_crops(h, spans.district[s], cropped(households.cash_crop_area[h], households.farm_labour[h]), households, year, b)
    own = np.float32(grain_land(households.contract_area[h], households.cash_crop_area[h], households.farm_labour[h]) + np.float64(households.kin_area[h]) / MU)
    t = lease_share(np.float32(spans.exchange[s]), b)
    taken, let = max(area - own, np.float32(0.0)), max(own - area, np.float32(0.0))
    households.rent_paid[h] = spans.rent[s] * taken
    households.rent_received[h] = spans.rent[s] * let
    households.lease_cost[h] = spans.rent[s] * t * (taken + let)


@part
def dwell(h, households, year, b):
    """Imputed rent of an own dwelling in town; whether a tenant there wants one and saves for it."""
    if households.home[h] > 0 and households.home[h] == households.residence[h]:
        households.imputed_rent[h] = b.urban_imputed_rent * households.members[h]
    tenant = households.residence[h] != VILLAGE and households.home[h] == 0
    wants = tenant and worth_of_owning(h, np.int64(households.residence[h]) - FIRST_DISTRICT, households, year, b) > 0
    households.saving_for_home[h] = np.uint8(wants)


@part
def property_and_other(h, s, spans, households, year, b):
    """Interest, dividends, own-account work, house rent and imputed rent."""
    o = spans.district[s]
    households.interest[h] = np.float32(households.deposits[h]) * b.deposit_rate
    households.profit[h] = households.firm_share[h] * year.dividend_per_unit
    households.dividend[h] = households.shares[h] * spans.dividend[s]
    rural_kind = households.kind[h] <= RURAL
    if rural_kind:
        households.imputed_rent[h] = b.imputed_rent * households.house_area[h] if households.residence[h] == VILLAGE else np.float32(0.0)
        dwell(h, households, year, b)
        if households.house_use[h] == LEASED and uniform(mix(households.uid[h]), year.key[LESSEE]) < year.house_chance[o]:
            households.house_rent[h] = b.house_lease_rent * (np.float32(1.0) - year.rules[HOUSE_LEASE_COST, o])
    else:
        households.imputed_rent[h] = b.urban_imputed_rent * households.members[h]
    households.own_account_income[h] = b.venture_return * households.business[h]
    households.business[h] *= np.float32(1.0) - b.business_wear
    present = households.members[h] > 0 and (not rural_kind or households.residence[h] != VILLAGE or households.farm_labour[h] > 0)
    if present and households.kind[h] != COLLECTIVE:
        level = b.own_account_level if rural_kind else b.urban_own_account_level
        households.own_account_income[h] += level * spans.trade[s] * households.own_account[h] * year.wage[o] / b.town_wage


@row
def own_discount(u, b):
    """delta_i = delta + spread (2u - 1), u the household's lasting draw."""
    return b.discount + b.discount_spread * (2.0 * u - 1.0)


@row
def operating(grain_sales, contracts, other_sales, own_account, inputs, rent_paid, lease_cost, trusteeship_fee, insurance):
    """Net operating income; contracts: gain of orders and cooperatives, insurance: indemnity less premium."""
    return grain_sales + contracts + other_sales + own_account - inputs - rent_paid - lease_cost - trusteeship_fee + insurance


@part
def regret(h, s, spans, households, year, b):
    """Add the year's forgone flows of an exited unit; five years after, compare their mean with own discount x cash."""
    if households.exited[h] == 0 or households.regret[h] > 0 or year.year <= households.exit_year[h]:
        return
    lost = np.float32(0.0)
    if households.exited[h] & EXIT_CONTRACT:
        area = np.float32(np.float64(households.exit_area[h]) / MU)
        lost += area * (spans.rent[s] * (np.float32(1.0) - lease_share(np.float32(spans.exchange[s]), b)) + b.fertility_subsidy)
    if households.exited[h] & EXIT_PLOT:
        lost += b.house_service_idle
    if households.exited[h] & EXIT_SHARE:
        lost += spans.dividend[s]
    households.forgone[h] += np.float64(lost)
    if year.year >= households.exit_year[h] + REGRET_YEARS:
        mean = households.forgone[h] / (year.year - households.exit_year[h])
        own = own_discount(uniform(mix(households.uid[h]), year.first[DISCOUNT]), b)
        households.regret[h] = 1 if mean > np.float64(own) * households.exit_cash[h] else 2


@sweep
def live_on_income(first, last, spans, households, persons, happened, year, b):
    """Income, debt service, consumption and the new deposits of every household of the spans."""
    for s in range(first, last):
        gather_members(s, spans, households, persons, year, b)
        o = spans.district[s]
        weather = year.zone_yield * year.district_yield[o] * lognormal(mix(spans.uid[s]), year.key[YIELD_VILLAGE], b.yield_spread_village)
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            if households.kind[h] == FREE:
                continue
            if households.kind[h] <= RURAL:
                farm_and_land(h, s, spans, households, weather, year, b)
                happened[s, TO_COLLECTIVE] += np.float64(households.rent_paid[h]) - np.float64(households.rent_received[h])
            if households.residence[h] != OUTSIDE:
                property_and_other(h, s, spans, households, year, b)
            elif households.kind[h] == CONTRACT:
                households.dividend[h] = households.shares[h] * spans.dividend[s]
            if households.debt[h] > 0:
                serve_debt(h, s, spans, households, happened, year, b)
            regret(h, s, spans, households, year, b)
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            spend_and_save(h, households, b)
        train(s, spans, households, persons, happened, year, b)


@part
def spend_and_save(h, households, b):
    """Disposable income, permanent income, consumption within the cash there is, new deposits; a free row has nothing and keeps nothing."""
    hh = households
    income = (hh.wage_income[h] + operating(hh.grain_sales[h], hh.order_gain[h] + hh.coop_gain[h], hh.other_sales[h], hh.own_account_income[h],
                                            hh.farm_inputs[h], hh.rent_paid[h], hh.lease_cost[h], hh.trusteeship_fee[h], hh.indemnity[h] - hh.premium[h])
              + hh.rent_received[h] + hh.interest[h] - hh.loan_interest[h] + hh.dividend[h] + hh.profit[h] + hh.house_rent[h] + hh.imputed_rent[h]
              + hh.producer_subsidy[h] + hh.fertility_subsidy[h] + hh.pension[h] + hh.other_transfer[h]
              + hh.remittance_zone[h] + hh.remittance_outside[h] - hh.pledge_rent[h])
    hh.disposable_income[h] = income
    cash = (np.float64(hh.wage_income[h]) + np.float64(hh.grain_sales[h]) + np.float64(hh.other_sales[h]) + np.float64(hh.own_account_income[h])
            + np.float64(hh.order_gain[h]) + np.float64(hh.coop_gain[h])
            - np.float64(hh.farm_inputs[h]) - np.float64(hh.rent_paid[h]) + np.float64(hh.rent_received[h]) - np.float64(hh.lease_cost[h])
            - np.float64(hh.trusteeship_fee[h]) - np.float64(hh.premium[h]) + np.float64(hh.indemnity[h])
            + np.float64(hh.producer_subsidy[h]) + np.float64(hh.fertility_subsidy[h]) + np.float64(hh.pension[h]) + np.float64(hh.other_transfer[h])
            + np.float64(hh.remittance_zone[h]) + np.float64(hh.remittance_outside[h]) + np.float64(hh.interest[h]) - np.float64(hh.loan_interest[h])
            + np.float64(hh.dividend[h]) + np.float64(hh.profit[h]) + np.float64(hh.house_rent[h]) + np.float64(hh.exit_payment[h])
            + np.float64(hh.venture_grant[h])
            - np.float64(hh.exit_fee[h]) - np.float64(hh.reentry_payment[h]) + np.float64(hh.loan_drawn[h])
            - np.float64(hh.venture_outlay[h]) - np.float64(hh.housing_outlay[h])
            - np.float64(hh.home_purchase[h]) + np.float64(hh.home_sale[h])
            - np.float64(hh.loan_repaid[h]) - np.float64(hh.recovered[h]) + np.float64(hh.pledge_sale[h]) - np.float64(hh.pledge_rent[h]))
    available = hh.deposits[h] + cash
    inside = np.float32(hh.residence[h] != OUTSIDE)               # no branch: the loop over the rows of a span vectorises
    before = hh.housing_outlay[h]                                 # already taken out of the cash
    earned = max(income - hh.imputed_rent[h], np.float32(0.0))
    expected = hh.permanent_income[h] + inside * b.income_memory * (earned - hh.permanent_income[h])
    permanent = max(expected, np.float32(500.0))
    wish = consumption_rule(permanent, np.float32(available - np.float64(earned)) / permanent, b)
    owns = np.float32((hh.home[h] > 0) & (hh.home[h] == hh.residence[h]))       # pays no rent
    wish *= np.float32(1.0) - owns * b.housing_share
    spent = inside * np.float32(min(np.float64(wish), max(available, 0.0) * 0.999))
    above = available - np.float64(spent) - np.float64(b.wealth_target * permanent)
    keeps = np.float32(1.0) - np.float32(hh.saving_for_home[h])
    outlay = before + keeps * inside * np.float32(max(above, 0.0)) * b.housing_response
    hh.permanent_income[h], hh.consumption[h], hh.housing_outlay[h] = expected, spent, outlay
    hh.deposits[h] = available + np.float64(before) - np.float64(spent) - np.float64(outlay)


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
