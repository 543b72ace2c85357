"""Harvest, incomes by the four NBS components, debt service, consumption and saving.

Deposits move by the cash flows of the row, each as the float32 that is also summed and posted: both sides close to the last bits.
Not here: wages (`work.py`), rents and areas (`land_rental.py`), the sums of the year (`tally.py`), who pays the other side of a flow (`sim/accounts.py`).
"""
import numpy as np

from sim.compiled import part, row, sweep
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
from sim.kernels.training import train
from sim.kernels.trusteeship import fee
from sim.kernels.work import pension_of
from sim.kernels.year import H
from sim.places import FIRST_DISTRICT, OUTSIDE, VILLAGE
from sim.rng import EVENT, lognormal, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import (
    COLLECTIVE,
    CONTRACT,
    EXIT_CONTRACT,
    EXIT_PLOT,
    EXIT_SHARE,
    FREE,
    LEASED,
    RURAL,
    UNEMPLOYED,
    URBAN,
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
