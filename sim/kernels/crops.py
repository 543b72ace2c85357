"""Cash crops of a household: field crops by the mu and greenhouses by the piece; what they bring, take and risk.

    sales     price x shock x (field yield x mu + greenhouse sales x n),  price: index of the district x what the cold chain saves from loss
    inputs    a share of the sales at the prices of 2019, moving with the price of inputs
    risk      1/2 RRA s^2 ((X + G)^2 - X^2)/M: what certainty is worth; X sales there are, G sales added, s their spread, M permanent income
    capital   outlay x (real prime + margin + wear) a year
    day       expected pay of a day off the farm: access x (1 - u)/(1 - u*) x local pay/264
Not here: who takes up a plot (`crop_choice.py`), the price (`institutions/crops.py`), the land market (`land_rental.py`).
"""
import numpy as np

from sim.compiled import part, row
from sim.rng import EVENT, lognormal, mix, uniform
from sim.rules import RULE_INDEX, RULES
from sim.units import M2_PER_MU

LUCK, INSURED = EVENT["crop_luck"], EVENT["insured"]
COVERAGE, LEVEL, SUBSIDY, SAVED = (RULE_INDEX[r] for r in ("crop_insurance", "insurance_level", "premium_subsidy", "cold_chain"))
ONLINE = RULE_INDEX["online_coverage"]
ONLINE_2019 = np.float32(RULES[ONLINE].base)
PAID_DAYS = 264.0


@row
def price_received(index, saved, b):
    """Price per unit grown, 1 in 2019: index x (1 - loss + saved)/(1 - loss)."""
    return index * (1.0 + saved / (1.0 - b.crop_loss))


@row
def day_value(wage, unemployment, b):
    """Expected pay of a day off the farm, yuan; wage: pay of a mean worker in the district's firms."""
    return b.offfarm_access * (1.0 - unemployment) / (1.0 - b.unemployment) * b.local_wage / PAID_DAYS * wage / b.town_wage


@row
def risk_price(held, added, spread, income, b):
    """Half the relative risk aversion x rise of the variance of income / income, yuan a year."""
    return 0.5 * b.risk_aversion * spread * spread * (2.0 * held * added + added * added) / max(income, 1000.0)


@row
def capital_price(outlay, wear, loan_rate, b):
    """Yearly cost of money tied up and worn, yuan."""
    return outlay * (loan_rate + b.loan_margin + wear)


@row
def margin(sales, cost, price, inputs_price):
    """Sales less inputs, yuan a year; sales at the prices of 2019."""
    return sales * (price - cost * inputs_price)


@part
def local_price(d, year, b):
    """Price index that growers of district d receive; sales over the net add `online_income` of it where there is a station, 0 by default."""
    online = np.float32(1.0) + b.online_income * (year.rules[ONLINE, d] - ONLINE_2019)
    return price_received(year.crop_price[d], year.rules[SAVED, d], b) * online


@part
def covered(h, d, households, year):
    """Whether the cash crops of household h are insured: the lasting draw of yield insurance, so that growers join in the same order."""
    return uniform(mix(households.uid[h]), year.first[INSURED]) < year.rules[COVERAGE, d]


@part
def harvested(h, area, households, b):
    """(sales of field crops, sales of greenhouses) at the prices of 2019, yuan; area: land under cash crops, m2."""
    greenhouses = np.float32(households.greenhouses[h]) if area > 0 else np.float32(0.0)
    field = max(np.float32(np.float64(area) / M2_PER_MU) - greenhouses * b.greenhouse_area, np.float32(0.0))
    return b.cash_crop_yield * field, b.greenhouse_sales * greenhouses


@part
def sell_crops(h, d, area, households, year, b):
    """Sales, inputs and insurance of the year's cash crops of household h; adds to its flows."""
    field, greenhouse = harvested(h, area, households, b)
    expected = (field + greenhouse) * local_price(d, year, b)
    sales = expected * year.crop_weather[d] * lognormal(mix(households.uid[h]), year.key[LUCK], b.crop_spread_household)
    households.other_sales[h] += sales
    households.farm_inputs[h] += (field * b.cash_crop_cost + greenhouse * b.greenhouse_cost) * year.inputs_price
    if expected > 0 and covered(h, d, households, year):
        households.premium[h] += (np.float32(1.0) - year.rules[SUBSIDY, d]) * year.crop_premium_rate[d] * expected
        households.indemnity[h] += max(year.rules[LEVEL, d] * expected - sales, np.float32(0.0))


@part
def added_work(h, s, spans, households, year, b):
    """(days, yuan a year for them) that what was taken up since 2019 gives to farm work: margin less the rent of its land."""
    plots, greenhouses = np.float32(households.crop_plots[h]) * b.crop_plot, np.float32(households.greenhouses[h])
    if plots + greenhouses <= 0:
        return np.float32(0.0), np.float32(0.0)
    price = local_price(spans.district[s], year, b)
    brings = (margin(b.cash_crop_yield * plots, b.cash_crop_cost, price, year.inputs_price)
              + margin(b.greenhouse_sales * greenhouses, b.greenhouse_cost, price, year.inputs_price))
    land = plots + b.greenhouse_area * greenhouses
    return b.crop_days * plots + b.greenhouse_days * greenhouses, max(brings - spans.rent[s] * land, np.float32(0.0))
