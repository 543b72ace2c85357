"""Farmland rental market of each village, cleared every year.

Restricted profit of a farm      Pi(A) = Kc A^eta,  eta = land/(1 - services) = .439,  Kc from labour, ability, net price and land quality
Desired land at price p          A*(p) = (eta Kc / p)^k,  k = 1/(1 - eta) = 1.78
Lessee pays r (1 + t + rho max(0, ln s)), lessor keeps r (1 - t - q), nobody trades between the two: with R = r^-k
    A(R) = min(cap, max(d R, min(e, l R))),   d, l demand constants at the lessee's and the lessor's price, e endowment
The subsidy to the operator passes into the rent at par: rent = r + subsidy, wedges act on r.
Positions adjust by a third a year. Clearing: sum A(R) = land on offer, monotone in R: false position from last year's R on; rounded to m2, the last
to the largest tenant.
Where a provider works (`trusteeship.py`), a household in the zone keeps the part x of its own land e0 that is worth more entrusted than let:
    A(R) = min(cap, max(d R, min(e, l R + x(R) e0))),  x falls in the rent, so the sum stays monotone
A keyed part of lessors lends to kin without rent outside the market. Not here: harvest (`farm.py`), rent payments (`income.py`).
"""
import numpy as np

from sim.compiled import exp, log, part, power, row, sweep
from sim.kernels.crops import added_work
from sim.kernels.machines import days_per_mu, handled, hired_pay, services_price, with_machines
from sim.kernels.orders import expected_price
from sim.kernels.rows import first_household, first_person
from sim.kernels.trusteeship import best_return, crew_value, entrusted_share, entrusted_yield, machine_price, return_slope, split
from sim.places import OUTSIDE, VILLAGE
from sim.rng import EVENT, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import FARMLAND_LOAN, FREE, RURAL

KIN, INSURED = EVENT["kin_lender"], EVENT["insured"]
FARMLAND_LTV, INSURANCE = RULE_INDEX["farmland_ltv"], RULE_INDEX["insurance_coverage"]
MU = 2000.0 / 3.0
LOWEST_RENT, HIGHEST_RENT, STEPS, EXACT = 10.0, 3000.0, 60, 1e-8


@row
def elasticity(b):
    """k = (1 - services) / (1 - services - land)."""
    return (1.0 - b.service_share) / (1.0 - b.service_share - b.land_share)


@row
def profit_constant(labour, log_skill, quality, net_price, inputs_price, b):
    """Kc = (1-v) B^(1/(1-v)) (v/pk)^(v/(1-v)), B = pn theta (s L)^operator share, v = services; yuan per mu^eta. log_skill: ln s."""
    v = b.service_share
    value = log(net_price * b.farm_productivity * quality) + b.operator_share * (log_skill + log(max(labour, 1e-6)))
    return (1.0 - v) * exp((value + v * log(v / inputs_price)) / (1.0 - v))


@row
def demand_constant(profit_constant, b):
    """Area (mu) desired at rent 1: (eta Kc)^k."""
    return power(max(b.land_share / (1.0 - b.service_share) * profit_constant, 1e-6), elasticity(b))


@row
def net_grain_price(grain_price, inputs_price, b):
    """Price less materials, yuan/kg, at least 0.1."""
    return max(grain_price - b.materials_cost * inputs_price, 0.1)


@part
def own_price(h, s, spans, households, year, b):
    """Price less materials that household h reckons with for its own grain, yuan/kg."""
    return net_grain_price(expected_price(h, s, spans, households, year, b), year.inputs_price, b)


@row
def lease_share(exchange, b):
    """t: cost of a lease to each side, a share of the rent; an exchange saves part."""
    return b.lease_cost * (1.0 - b.exchange_saving * exchange)


@row
def risk_share(titled, b):
    """q: share of the rent that an untitled lessor feels at risk."""
    return b.tenure_risk * (1.0 - titled)


@part
def position(scale, tenant, lessor, endowment, cap, entrusted):
    """A(R) = min(cap, max(d R, min(e, l R + x e0)))."""
    return min(cap, max(tenant * scale, min(endowment, lessor * scale + entrusted)))


@part
def trusted_land(h, s, spans, households):
    """Own land of household h for which a provider is within reach, mu: none where the family lives outside the zone or has machines of its own."""
    if spans.trustee[s] == 0 or households.residence[h] == OUTSIDE or households.family_farm[h] > 0:
        return 0.0
    return grain_land(households.contract_area[h], households.cash_crop_area[h], households.farm_labour[h])


@part
def crew_output(s, spans, net_price, year, b):
    """Expected output per mu of the provider's crew in village s, net of materials, yuan."""
    quality, services = spans.quality[s] * year.farm_growth, year.inputs_price * machine_price(b)
    return crew_value(profit_constant(b.trusteeship_crew, np.float32(0.0), quality, net_price, services, b), b)


@part
def cropped(cash_crop_area, farm_labour):
    """Area under cash crops, m2: the household's own, as long as somebody farms."""
    return np.int64(cash_crop_area) if farm_labour > 0 else np.int64(0)


@part
def grain_land(area, cash_crop_area, farm_labour):
    """Land of `area` m2 that is not under cash crops, mu: of contracted land the endowment for grain, of operated land what grain stands on."""
    return max(np.float64(np.int64(area) - cropped(cash_crop_area, farm_labour)) / MU, 0.0)


@part
def worked_land(h, households):
    """Grain land that household h operates and works itself, mu."""
    operated = grain_land(households.operated_area[h], households.cash_crop_area[h], households.farm_labour[h])
    return operated - np.float64(households.entrusted_area[h]) / MU


@row
def output(profit_constant, area, b):
    """Expected grain less materials, yuan: pn y = Kc A^eta / (1 - services)."""
    return profit_constant * power(max(area, 1e-6), b.land_share / (1.0 - b.service_share)) / (1.0 - b.service_share)


@part
def land_money(h, s, family, spans, households, year, b):
    """Money with which household h can work land beyond its own, yuan: half the deposits, credit on its land; a family farm's name besides."""
    ltv = np.float64(year.rules[FARMLAND_LTV, spans.district[s]])
    credit = ltv * np.float64(spans.rent[s]) * np.float64(b.land_years) * np.float64(households.contract_area[h]) / MU
    name = np.float64(family) * max(np.float64(b.credit_line * households.permanent_income[h]) - households.debt[h], 0.0)
    return 0.5 * max(households.deposits[h], 0.0) + credit * (1.0 - np.float64(year.haircut[FARMLAND_LOAN])) + name


@part
def own_constant(h, s, price, spans, households, year, b):
    """Profit constant of household h with the labour and machines it has; price: net grain price that it reckons with."""
    family, log_skill = with_machines(h, households), b.farm_skill_spread * households.farm_skill[h]
    return profit_constant(handled(households.farm_labour[h], family, b), log_skill, spans.quality[s] * year.farm_growth, price,
                           services_price(year.inputs_price, family, b), b)


@part
def entrusted_harvest(h, s, spans, households, year, b):
    """Expected grain of the land of household h that a provider works, kg."""
    if households.entrusted_area[h] == 0:
        return np.float32(0.0)
    area = np.float32(np.float64(households.entrusted_area[h]) / MU)
    own = np.float32(grain_land(households.contract_area[h], households.cash_crop_area[h], households.farm_labour[h]))
    net_price = net_grain_price(year.grain_price, year.inputs_price, b)
    return area * spans.crew_output[s] / net_price * entrusted_yield(area, own, b)


@part
def insured(h, s, spans, households, year):
    """Whether household h carries yield insurance: a lasting draw, so that more coverage only adds farms."""
    return uniform(mix(households.uid[h]), year.first[INSURED]) < year.rules[INSURANCE, spans.district[s]]


@sweep
def labour_of_farms(s, spans, households, persons):
    """Farm labour of each household: members whose base is the village, 1 below 60, 0.7 above."""
    for h in range(first_household(spans, s), first_household(spans, s + 1)):
        households.farm_labour[h] = np.float32(0.0)
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if persons.age[p] >= 16 and persons.base[p] == VILLAGE:
            households.farm_labour[persons.household[p]] += np.float32(1.0) if persons.age[p] < 60 else np.float32(0.7)


@sweep
def demanded(count, farm, scale, lessor_price, top, slope, phi, k):
    """Land that the farms of a village hold at R = scale, mu: each into farm[:, 5]; the sum."""
    share = entrusted_share(lessor_price * np.float32(scale ** (-1.0 / k)), top, slope)
    total = 0.0
    for i in range(count):
        if farm[i, 4] >= 0 and (farm[i, 0] > 0 or farm[i, 6] > 0):
            farm[i, 5] = farm[i, 4] + phi * position(scale, farm[i, 0], farm[i, 1], farm[i, 2], farm[i, 3], share * farm[i, 6])
        total += farm[i, 5]
    return total


@sweep
def clear_market(count, farm, supply, scale, lessor_price, top, slope, phi, k):
    """(R, demand there): the R at which demand meets supply, or the bound where it does not within the bounds of the rent.

    From last year's R the interval grows until demand crosses supply; then false position, the end that stays counting half (Illinois).
    """
    least, most = HIGHEST_RENT ** -k, LOWEST_RENT ** -k
    low = high = min(max(scale, least), most)
    below = above = demanded(count, farm, low, lessor_price, top, slope, phi, k) - supply
    step = 1.1
    while above < 0 and high < most:
        low, below = high, above
        high, step = min(high * step, most), step * step
        above = demanded(count, farm, high, lessor_price, top, slope, phi, k) - supply
    while below > 0 and low > least:
        high, above = low, below
        low, step = max(low / step, least), step * step
        below = demanded(count, farm, low, lessor_price, top, slope, phi, k) - supply
    if above <= 0:
        return high, above + supply
    if below >= 0:
        return low, below + supply
    side, gap = 0, 0.0
    for _ in range(STEPS):
        scale = (low * above - high * below) / (above - below)
        gap = demanded(count, farm, scale, lessor_price, top, slope, phi, k) - supply
        if abs(gap) <= EXACT * supply or scale <= low or scale >= high:
            break
        if gap > 0:
            high, above = scale, gap
            below *= 0.5 if side > 0 else 1.0
            side = 1
        else:
            low, below = scale, gap
            above *= 0.5 if side < 0 else 1.0
            side = -1
    return scale, gap + supply


@sweep
def clear_farmland(first, last, spans, households, persons, farm, opening, year, b):
    """Clear each village. farm: scratch (rows, 9) float64: tenant, lessor, endowment, cap, held, position, land that may be entrusted, profit
    constant, own net price.
    """
    for s in range(first, last):
        if spans.urban[s]:
            continue
        labour_of_farms(s, spans, households, persons)
        start, end = first_household(spans, s), first_household(spans, s + 1)
        k = elasticity(b)
        net_price = net_grain_price(year.grain_price, year.inputs_price, b)
        t, q = lease_share(np.float32(spans.exchange[s]), b), risk_share(np.float32(spans.titled[s]), b)
        lessor_price = max(np.float32(1.0) - t - q, np.float32(0.05))
        last_rent = np.float64(spans.rent[s])
        last_scale = max(last_rent - np.float64(b.producer_subsidy), LOWEST_RENT) ** -np.float64(k)
        crews = hired_pay(year.expected_wage[spans.district[s]], b) / max(np.float32(last_rent) - b.producer_subsidy, np.float32(LOWEST_RENT))
        phi = 1.0 if opening else np.float64(b.lease_turnover)
        crew = spans.crew_output[s] = crew_output(s, spans, net_price, year, b)
        top, slope = best_return(crew, b), return_slope(crew, b)
        share = entrusted_share(lessor_price * max(np.float32(last_rent) - b.producer_subsidy, np.float32(LOWEST_RENT)), top, slope)
        kin_pool, kin_weight, supply, fixed = 0.0, 0.0, np.float64(spans.pool[s]) / MU, 0.0
        for h in range(start, end):
            i = h - start
            for c in range(farm.shape[1]):
                farm[i, c] = 0.0
            households.kin_area[h] = 0
            households.land_demand[h] = 0.0
            if households.kind[h] == FREE or households.kind[h] > RURAL:
                continue
            own = grain_land(households.contract_area[h], households.cash_crop_area[h], households.farm_labour[h])
            labour = households.farm_labour[h]
            if labour > 0:
                price = own_price(h, s, spans, households, year, b)
                profits = own_constant(h, s, price, spans, households, year, b)
                constant = demand_constant(profits, b)
                households.land_demand[h] = constant
                farm[i, 7], farm[i, 8] = profits, price
                hired = with_machines(h, households) * crews                 # a mark-up on the rent of the year before
                expand = np.float32(1.0) + t + b.ability_wedge * max(b.farm_skill_spread * households.farm_skill[h], np.float32(0.0))
                farm[i, 0] = np.float64(constant * power(expand + hired, -k))
                farm[i, 1] = np.float64(constant * power(lessor_price + hired, -k))
            farm[i, 2] = own
            farm[i, 6] = trusted_land(h, s, spans, households)
            supply += own
            if own > 0 and uniform(mix(households.uid[h]), year.first[KIN]) < b.kin_share:
                lent = max(own - farm[i, 1] * last_scale - share * farm[i, 6], 0.0)
                if lent > 0:
                    kin_pool += lent
                    farm[i, 2] = own - lent
                    farm[i, 0] = farm[i, 1] = 0.0      # a kin lender works what is left and stays out of the market
                    farm[i, 3] = -1.0
                    households.kin_area[h] = -np.int32(lent * MU)
            if farm[i, 3] == 0.0 and labour > 0:
                kin_weight += farm[i, 0]
        for h in range(start, end):
            i = h - start
            if farm[i, 3] < 0:
                farm[i, 5] = farm[i, 2]
                farm[i, 3] = farm[i, 2]
                farm[i, 4] = -1.0
                continue
            if kin_weight > 0 and farm[i, 0] > 0:
                kin = kin_pool * farm[i, 0] / kin_weight
                farm[i, 2] += kin
                households.kin_area[h] = np.int32(kin * MU)
            money = land_money(h, s, with_machines(h, households), spans, households, year, b)
            farm[i, 3] = farm[i, 2] + money / np.float64(b.working_capital)
            held = grain_land(households.operated_area[h], households.cash_crop_area[h], households.farm_labour[h])
            if farm[i, 0] == 0.0:                     # without labour only what is entrusted is held
                held = min(np.float64(households.entrusted_area[h]) / MU, farm[i, 6])
            farm[i, 4] = (1.0 - phi) * max(held, 0.0)
            fixed += farm[i, 4]
        if kin_weight <= 0:
            kin_pool = 0.0
        scale, total = clear_market(end - start, farm, supply, last_scale, lessor_price, top, slope, phi, np.float64(k))
        spans.rent[s] = np.float32(scale ** (-1.0 / np.float64(k))) + b.producer_subsidy
        # fallback where even the extreme rent does not clear: tenants share what is missing in proportion; too much land stays idle
        ratio = supply / total if total > supply and total > 0 else 1.0
        taken, largest, most = np.int64(0), start, -1.0
        room = np.int64(spans.pool[s])
        for h in range(start, end):
            i = h - start
            if households.kind[h] == FREE or households.kind[h] > RURAL:
                households.operated_area[h] = households.entrusted_area[h] = 0
                continue
            room += np.int64(households.contract_area[h])
            area = np.int64(np.floor(farm[i, 5] * ratio * MU)) + np.int64(cropped(households.cash_crop_area[h], households.farm_labour[h]))
            households.operated_area[h] = np.int32(area)
            taken += area
            if farm[i, 5] > most and farm[i, 0] > 0:
                largest, most = h, farm[i, 5]
        left = room - taken
        spans.idle_land[s] = 0
        if most >= 0 and (left < 0 or np.float64(left) < 0.02 * np.float64(room) + 2000.0):
            households.operated_area[largest] += np.int32(left)
        else:
            spans.idle_land[s] = left
        for h in range(start, end):
            if households.kind[h] == FREE or households.kind[h] > RURAL:
                continue
            own = grain_land(households.contract_area[h], households.cash_crop_area[h], households.farm_labour[h])
            households.land_income[h] = np.float32(own * np.float64(spans.rent[s])) * lessor_price
            entrust(h, households, np.float32(farm[h - start, 6]), top, slope, b)
            value_of_farm_work(h, s, spans, households, own, np.float32(farm[h - start, 7]), np.float32(farm[h - start, 8]), year, b)


@part
def entrust(h, households, own, top, slope, b):
    """What household h entrusts of the land it operates: all without labour, else what brings more than its own work would add."""
    households.entrusted_area[h] = 0
    if own <= 0:
        return
    if households.farm_labour[h] == 0:
        households.entrusted_area[h] = households.operated_area[h]
        return
    operated = np.float32(grain_land(households.operated_area[h], households.cash_crop_area[h], households.farm_labour[h]))
    households.entrusted_area[h] = np.int32(split(operated, own, households.land_demand[h], top, slope, b) * np.float32(MU))


@part
def value_of_farm_work(h, s, spans, households, own, constant, price, year, b):
    """What the household expects to harvest itself, the marginal value of a farm worker's year, .46 pn y / L, and the days it takes.

    constant, price: profit constant and net price of a household that farms; for one without farmers the value is that of one who would return.
    Cash crops taken up since the start add their days and what they bring.
    """
    labour = households.farm_labour[h]
    farms, workers = labour > 0, max(labour, np.float32(1.0))
    area = np.float32(worked_land(h, households) if farms else max(own, 0.0))
    days, brings = added_work(h, s, spans, households, year, b)
    households.own_harvest[h] = 0.0
    if area > 0.01 or farms and area > 0:
        family = with_machines(h, households)
        if not farms:
            log_skill, price = b.farm_skill_spread * households.farm_skill[h], own_price(h, s, spans, households, year, b)
            constant = profit_constant(handled(np.float32(1.0), family, b), log_skill, spans.quality[s] * year.farm_growth, price,
                                       services_price(year.inputs_price, family, b), b)
        worth = output(constant, area, b)
        if farms:
            households.own_harvest[h] = worth / price
        brings += b.operator_share * worth - family * hired_pay(year.expected_wage[spans.district[s]], b) * area
        days += days_per_mu(family, b) * area
    households.farm_income[h], households.farm_days[h] = brings / workers, min(b.farm_days_limit, days / workers)
