"""Who takes up, keeps or gives up cash crops: a plot of field crops or a greenhouse, one step a year, by its own reckoning.

A keyed share of farming households at home reviews its crops each year, and everyone whose greenhouse has worn out: it may build anew.
One plot or greenhouse more is worth, in certain yuan a year,

    gain = margin + insurance - days x day - land x rent - capital - risk - hurdle + taste
    hurdle  what learning and finding buyers for a plot is worth to the mean household, less in a village with a planting base; greenhouses have none:
            their labour and outlay hold back enough;  taste  lasting, normal, per household and sort: skill, liking, acquaintance
It is wanted where gain > 0, land and spare days suffice, the better sort first. It is taken up where the village's non-grain cap leaves room (keyed lottery;
what is refused for it is counted with its gain: the shadow price of the cap) and half the deposits and a loan pay for it. Who reviews and wants nothing more
gives up a plot, else a greenhouse, that no longer covers its running cost (margin + insurance - days - land - risk < 0). A greenhouse wears out with a yearly
chance. Prices are those of last year's supply.
Not here: technology and prices (`crops.py`), the loan (`credit.py`).
"""
import numpy as np

from sim.compiled import part, row, sweep
from sim.kernels.credit import borrow
from sim.kernels.crops import SUBSIDY, capital_price, covered, day_value, harvested, local_price, margin, risk_price
from sim.kernels.land_rental import MU, grain_land, labour_of_farms
from sim.kernels.rows import first_household
from sim.kernels.year import H
from sim.places import VILLAGE
from sim.rng import EVENT, mix, normal, uniform
from sim.rules import RULE_INDEX
from sim.tables import FREE, RURAL

REVIEW, PERMIT, WORN, FIELD_TASTE, GREENHOUSE_TASTE = (EVENT[e] for e in ("crop_review", "crop_permit", "greenhouse_worn", "field_taste", "greenhouse_taste"))
CAP, GRANT = RULE_INDEX["nongrain_cap"], RULE_INDEX["greenhouse_grant"]
BUILT, REFUSED_MU, REFUSED_GAIN = H["greenhouses_built"], H["nongrain_refused_mu"], H["nongrain_refused_gain"]
NOTHING, FIELD, GREENHOUSE = range(3)
MOST_PIECES = 250
LEAST_LOAN = 1000.0


@row
def running_gain(brings, insurance, days, day, land, rent, risk):
    """What a plot or greenhouse that stands brings in certain yuan a year."""
    return brings + insurance - days * day - land * rent - risk


@part
def spread_of(h, d, households, year, b):
    """(spread of cash-crop sales, insurance's gain per yuan of expected sales) of household h."""
    spread = np.sqrt(b.crop_spread_district * b.crop_spread_district + b.crop_spread_household * b.crop_spread_household)
    if not covered(h, d, households, year):
        return spread, np.float32(0.0)
    own = np.float32(1.0) - year.rules[SUBSIDY, d]
    return spread - year.crop_steadied[d], year.crop_premium_rate[d] * (np.float32(1.0) / (np.float32(1.0) + b.premium_loading) - own)


@part
def standing_gain(sort, more, h, s, spans, households, year, b):
    """Running gain of one piece of this sort, yuan a year: of one more (more = 1) or of the last there is (0)."""
    d = spans.district[s]
    price, day = local_price(d, year, b), day_value(year.expected_wage[d], year.expected_unemployment[d], b)
    spread, insurance = spread_of(h, d, households, year, b)
    field, greenhouse = harvested(h, households.cash_crop_area[h], households, b)
    if sort == FIELD:
        sales, cost, days, land = b.cash_crop_yield * b.crop_plot, b.cash_crop_cost, b.crop_days * b.crop_plot, b.crop_plot
    else:
        sales, cost, days, land = b.greenhouse_sales, b.greenhouse_cost, b.greenhouse_days, b.greenhouse_area
    held = (field + greenhouse) * price
    if more == 0:
        held = max(held - sales * price, np.float32(0.0))
    risk = risk_price(held, sales * price, spread, households.permanent_income[h], b)
    return running_gain(margin(sales, cost, price, year.inputs_price), insurance * sales * price, days, day, land, spans.rent[s], risk)


@part
def wish(h, s, spans, households, year, b):
    """(what household h wants to take up, its outlay after the grant in yuan, its gain in yuan a year)."""
    stream, d = mix(households.uid[h]), spans.district[s]
    land = np.float32(grain_land(households.contract_area[h], households.cash_crop_area[h], households.farm_labour[h]))
    spare = households.farm_labour[h] * (b.farm_days_limit - households.farm_days[h])
    hurdle = b.crop_hurdle * (np.float32(1.0) - b.base_help * np.float32(spans.crop_base[s]))
    best, found, outlay = np.float32(0.0), NOTHING, np.float32(0.0)
    if land >= b.crop_plot and spare >= b.crop_days * b.crop_plot and households.crop_plots[h] < MOST_PIECES:
        cost = b.crop_plot_outlay * b.crop_plot
        gain = (standing_gain(FIELD, 1, h, s, spans, households, year, b) - capital_price(cost, np.float32(0.0), year.loan_rate, b)
                - hurdle + b.crop_taste * normal(stream, year.first[FIELD_TASTE]))
        if gain > best:
            best, found, outlay = gain, FIELD, cost
    if land >= b.greenhouse_area and spare >= b.greenhouse_days and households.greenhouses[h] < MOST_PIECES:
        cost = max(b.greenhouse_outlay - year.rules[GRANT, d], np.float32(0.0))
        gain = (standing_gain(GREENHOUSE, 1, h, s, spans, households, year, b) - capital_price(cost, b.greenhouse_wear, year.loan_rate, b)
                + b.crop_taste * normal(stream, year.first[GREENHOUSE_TASTE]))
        if gain > best:
            best, found, outlay = gain, GREENHOUSE, cost
    return found, outlay, best


@part
def give_up(h, s, spans, households, year, b):
    """Household h turns the last plot, else a greenhouse, that no longer covers its running cost back into grain land."""
    field, greenhouse = harvested(h, households.cash_crop_area[h], households, b)
    if field > 0 and standing_gain(FIELD, 0, h, s, spans, households, year, b) < 0:
        field_area = np.float64(households.cash_crop_area[h]) - np.float64(households.greenhouses[h]) * np.float64(b.greenhouse_area) * MU
        households.cash_crop_area[h] -= np.int32(min(np.float64(b.crop_plot) * MU, max(field_area, 0.0)))
        households.crop_plots[h] = max(households.crop_plots[h], 1) - 1
    elif greenhouse > 0 and standing_gain(GREENHOUSE, 0, h, s, spans, households, year, b) < 0:
        lose_greenhouse(h, households, b)


@part
def lose_greenhouse(h, households, b):
    """One greenhouse less; its land grows grain again."""
    households.greenhouses[h] -= 1
    households.cash_crop_area[h] = np.int32(max(np.float64(households.cash_crop_area[h]) - np.float64(b.greenhouse_area) * MU, 0.0))


@part
def take_up(h, s, sort, outlay, spans, households, happened, year, b):
    """Pay with half the deposits and a loan; without the money nothing is begun. True where it was taken up."""
    need = np.float32(max(np.float64(outlay) - 0.5 * households.deposits[h], 0.0))
    if need >= LEAST_LOAN and (households.debt[h] > 0 or borrow(h, s, need, True, spans, households, happened, year, b) == 0):
        return False
    households.venture_outlay[h] += outlay
    if sort == FIELD:
        households.crop_plots[h] += 1
        households.cash_crop_area[h] += np.int32(np.float64(b.crop_plot) * MU)
    else:
        households.greenhouses[h] += 1
        households.cash_crop_area[h] += np.int32(np.float64(b.greenhouse_area) * MU)
        happened[s, BUILT] += 1.0
    return True


@sweep
def choose_crops(first, last, spans, households, persons, farm, happened, year, b):
    """The year's steps of every household of the spans. farm: scratch (rows, 7) float64: what is wanted, its outlay, its land in m2, its gain."""
    for s in range(first, last):
        if spans.urban[s]:
            continue
        labour_of_farms(s, spans, households, persons)
        start, end = first_household(spans, s), first_household(spans, s + 1)
        land, grown, wanted = 0.0, 0.0, 0.0
        for h in range(start, end):
            i = h - start
            farm[i, 0] = 0.0
            if households.kind[h] == FREE or households.kind[h] > RURAL:
                continue
            stream = mix(households.uid[h])
            worn = households.greenhouses[h] > 0 and uniform(stream, year.key[WORN]) < b.greenhouse_wear * np.float32(households.greenhouses[h])
            if worn:
                lose_greenhouse(h, households, b)
            if households.residence[h] == VILLAGE and households.farm_labour[h] > 0 and (worn or uniform(stream, year.key[REVIEW]) < b.crop_review):
                sort, outlay, gain = wish(h, s, spans, households, year, b)
                if sort == NOTHING:
                    give_up(h, s, spans, households, year, b)
                else:
                    farm[i, 0], farm[i, 1], farm[i, 3] = sort, np.float64(outlay), np.float64(gain)
                    farm[i, 2] = np.float64(b.crop_plot if sort == FIELD else b.greenhouse_area) * MU
                    wanted += farm[i, 2]
            land += np.float64(households.contract_area[h])
            grown += np.float64(households.cash_crop_area[h])
        room = max(np.float64(year.rules[CAP, spans.district[s]]) * land - grown, 0.0)
        chance = np.float32(min(room / max(wanted, 1.0), 1.0))
        for h in range(start, end):
            i = h - start
            if farm[i, 0] == 0:
                continue
            if farm[i, 2] > room or (chance < 1 and uniform(mix(households.uid[h]), year.key[PERMIT]) >= chance):
                happened[s, REFUSED_MU] += farm[i, 2] / MU
                happened[s, REFUSED_GAIN] += farm[i, 3]
            else:
                if take_up(h, s, np.int64(farm[i, 0]), np.float32(farm[i, 1]), spans, households, happened, year, b):
                    room -= farm[i, 2]
