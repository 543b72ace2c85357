"""Who becomes a family farm, stays one, or gives up: a decision of farming households at home by their own reckoning.

A keyed share reviews each year, and whoever's machines have worn out. As a farm of either sort the household would work, at last year's rent r
    A_f = min(cap, max(A*(lessee's price), min(own, A*(lessor's price)))),   A* and prices of the rental market, with and without own machines
    V_f = Kc_f A_f^eta - lessee's price x (A_f - own)+ + lessor's price x (own - A_f)+ - (hired pay + own days x day's pay) A_f,   yuan a year
    gain = V_1 - V_0 - risk,   risk: half the aversion x rise of the variance of grain revenue/income
It buys machines where A_1 is at least the smallest family farm, gain - capital (outlay, wear) - hurdle + taste > 0, and half the deposits and a loan pay.
    place   a farm that takes part in the district's programme has a part of the hurdle taken off by training and a grant for its outlay. Whoever would
            begin with a place asks for one; places are few, a keyed lottery; who would begin anyway begins without
The hurdle is sunk, and the outlay as long as the machines hold: it stays while gain + taste > 0, and buys again where that is above the capital's
cost. Who leaves the village or the farm gives up.
Not here: technology (`machines.py`), what it rents (`land_rental.py`), the grants paid (`institutions/farms.py`).
"""
import numpy as np

from sim.compiled import part, power, row, sweep
from sim.kernels.credit import borrow
from sim.kernels.crops import capital_price, day_value, risk_price
from sim.kernels.land_rental import (
    LOWEST_RENT,
    demand_constant,
    elasticity,
    grain_land,
    insured,
    land_money,
    lease_share,
    own_price,
    profit_constant,
    risk_share,
)
from sim.kernels.machines import days_per_mu, handled, hired_pay, services_price
from sim.kernels.rows import first_household
from sim.kernels.year import H
from sim.places import VILLAGE
from sim.rng import EVENT, mix, normal, uniform
from sim.rules import RULE_INDEX
from sim.tables import FREE, RURAL

REVIEW, WORN, TASTE, PLACE = (EVENT[e] for e in ("farm_review", "machines_worn", "farm_taste", "farm_place"))
PLACES, GRANT = RULE_INDEX["farm_places"], RULE_INDEX["farm_grant"]
FOUNDED, HELPED = H["farms_founded"], H["farms_helped"]
LEAST_LOAN = 1000.0
NOTHING, WITH_A_PLACE, ANYWAY = range(3)


@row
def farm_value(constant, area, own, lessee, lessor, per_mu, b):
    """Restricted profit less rent paid, plus rent received, less what each mu takes besides, yuan a year."""
    profit = constant * power(max(area, 1e-6), b.land_share / (1.0 - b.service_share))
    return profit - lessee * max(area - own, 0.0) + lessor * max(own - area, 0.0) - per_mu * area


@row
def revenue_spread(steadied, b):
    """Spread of a farm's grain revenue less what insurance takes away; floods are not in it."""
    common = b.yield_spread_zone * b.yield_spread_zone + b.yield_spread_district * b.yield_spread_district + b.price_spread * b.price_spread
    own = b.yield_spread_village * b.yield_spread_village + b.yield_spread_household * b.yield_spread_household
    return max((common + own) ** 0.5 - steadied, 0.0)


@part
def farming(family, h, s, spans, households, year, b):
    """(mu worked, value in yuan a year, grain revenue) of household h with (1) or without (0) own machines, at last year's rent."""
    d, labour = spans.district[s], households.farm_labour[h]
    log_skill = b.farm_skill_spread * households.farm_skill[h]
    price = own_price(h, s, spans, households, year, b)                # net of materials
    constant = profit_constant(handled(labour, family, b), log_skill, spans.quality[s] * year.farm_growth, price,
                               services_price(year.inputs_price, family, b), b)
    wanted, k = demand_constant(constant, b), elasticity(b)
    rent, t = max(spans.rent[s] - b.producer_subsidy, np.float32(LOWEST_RENT)), lease_share(np.float32(spans.exchange[s]), b)
    lessee = rent * (np.float32(1.0) + t + b.ability_wedge * max(log_skill, np.float32(0.0)))
    lessor = rent * max(np.float32(1.0) - t - risk_share(np.float32(spans.titled[s]), b), np.float32(0.05))
    hired = family * hired_pay(year.expected_wage[d], b)
    own = np.float32(grain_land(households.contract_area[h], households.cash_crop_area[h], labour))
    cap = own + np.float32(land_money(h, s, family, spans, households, year, b) / np.float64(b.working_capital))
    area = min(cap, max(wanted * power(lessee + hired, -k), min(own, wanted * power(lessor + hired, -k))))
    days = min(days_per_mu(family, b) * area, b.farm_days_limit * labour)
    day = day_value(year.expected_wage[d], year.expected_unemployment[d], b)
    value = farm_value(constant, area, own, lessee, lessor, hired, b) - days * day
    revenue = constant * power(max(area, np.float32(1e-6)), b.land_share / (np.float32(1.0) - b.service_share))
    return area, value, revenue * year.grain_price / ((np.float32(1.0) - b.service_share) * price)


@part
def machines_gain(h, s, spans, households, year, b):
    """(mu that household h would work with own machines, what they bring in certain yuan a year)."""
    area, value, revenue = farming(np.float32(1.0), h, s, spans, households, year, b)
    _, without, small = farming(np.float32(0.0), h, s, spans, households, year, b)
    steadied = year.spread_insured[spans.district[s]] if insured(h, s, spans, households, year) else np.float32(0.0)
    risk = risk_price(small, revenue - small, revenue_spread(steadied, b), households.permanent_income[h], b)
    return area, value - without - risk


@part
def affordable(h, outlay, households, b):
    """Whether half the deposits and a loan on the name would have paid for machines: how farms of the opening bought theirs."""
    need = np.float64(outlay) - 0.5 * households.deposits[h]
    return need < LEAST_LOAN or (households.debt[h] == 0 and need <= np.float64(b.credit_line * households.permanent_income[h]))


@part
def found(h, s, outlay, opening, spans, households, happened, year, b):
    """Household h buys machines, unless deposits and a loan do not pay for them. True where it is a family farm now."""
    if opening:
        households.family_farm[h] = affordable(h, outlay, households, b)
        return households.family_farm[h] > 0
    need = np.float32(max(np.float64(outlay) - 0.5 * households.deposits[h], 0.0))
    if need >= LEAST_LOAN and (households.debt[h] > 0 or borrow(h, s, need, True, spans, households, happened, year, b) == 0):
        return False
    households.venture_outlay[h] += outlay
    households.family_farm[h] = 1
    return True


@part
def wish(h, worn, s, spans, households, year, b):
    """What household h, without machines, would do: nothing, begin with a place in the programme, begin anyway (again, where they are worn out)."""
    area, gain = machines_gain(h, s, spans, households, year, b)
    gain += b.family_farm_taste * normal(mix(households.uid[h]), year.first[TASTE])
    if households.family_farm[h] > 0:
        households.family_farm[h] = gain >= 0
        return NOTHING
    capital = capital_price(b.machine_outlay, b.machine_wear, year.loan_rate, b)
    if worn:
        return ANYWAY if gain > capital else NOTHING
    if area < b.least_family_farm:
        return NOTHING
    if gain - b.family_farm_hurdle > capital:
        return ANYWAY
    granted = min(year.rules[GRANT, spans.district[s]], b.machine_outlay)
    hurdle = b.family_farm_hurdle * (np.float32(1.0) - b.family_farm_training)
    return WITH_A_PLACE if gain - hurdle > capital_price(b.machine_outlay - granted, b.machine_wear, year.loan_rate, b) else NOTHING


@sweep
def choose_farms(first, last, spans, households, farm, happened, low, high, opening, year, b):
    """The year's beginnings and ends of family farms. Those review whose keyed draw lies in low ... high; farm: scratch, what is wished."""
    for s in range(first, last):
        if spans.urban[s]:
            continue
        start, end, d = first_household(spans, s), first_household(spans, s + 1), spans.district[s]
        living, asked = 0.0, 0.0
        for h in range(start, end):
            farm[h - start, 0] = NOTHING
            if households.kind[h] == FREE or households.kind[h] > RURAL:
                continue
            living += households.residence[h] == VILLAGE
            if households.residence[h] != VILLAGE or households.farm_labour[h] <= 0:
                households.family_farm[h] = 0
                continue
            stream = mix(households.uid[h])
            worn = not opening and households.family_farm[h] > 0 and uniform(stream, year.key[WORN]) < b.machine_wear
            if worn:
                households.family_farm[h] = 0
            draw = uniform(stream, year.key[REVIEW])
            if worn or (low <= draw and draw < high):
                wanted = wish(h, worn, s, spans, households, year, b)
                farm[h - start, 0], farm[h - start, 1] = wanted, worn
                asked += wanted > NOTHING and not worn
        places = np.floor(np.float64(year.rules[PLACES, d]) * living / 1000.0 + np.float64(uniform(mix(spans.uid[s]), year.key[PLACE])))
        chance = np.float32(min(places / max(asked, 1.0), 1.0))
        granted = min(year.rules[GRANT, d], b.machine_outlay)
        for h in range(start, end):
            wanted = farm[h - start, 0]
            if wanted == NOTHING:
                continue
            place = farm[h - start, 1] == 0 and places >= 1 and (chance >= 1 or uniform(mix(households.uid[h]), year.key[PLACE]) < chance)
            outlay = b.machine_outlay - granted if place else b.machine_outlay
            if (place or wanted == ANYWAY) and found(h, s, outlay, opening, spans, households, happened, year, b):
                happened[s, FOUNDED] += farm[h - start, 1] == 0
                happened[s, HELPED] += place
                places -= place
