"""Dwellings in town of families from the village: whether one is bought or rented, what it costs, its mortgage, its sale.

    own cost  O = P (ltv r + (1 - ltv) r_deposits + wear - growth)            yuan per m2 and year; P price, r prime + `mortgage_margin`
    worth     x = ln(rent / O) + taste,  taste N(`owning_taste`, `owning_taste_spread`), a lasting trait of the family;  rent yuan per m2 and year
    wants     x > 0
    can       loan = max(P A - free, 0) <= ltv P A  and  loan (1/term + r) <= `mortgage_service` x permanent income,  A `dwelling_area`
              free = deposits + cash of an exit - `dwelling_reserve` x permanent income;  a family that owes already gets no mortgage
    PD        logistic(m0 + a1 service/income + a3 loan/value);  price  prime + margin + PD LGD/(1 - PD), LGD what banks have learnt of mortgages
Asked in the year of settling, when an exit is paid, and in a keyed share of years besides. Firms build and sell dwellings, and buy back those of
defaulters and of those who inherit a second one. Not here: prices and rents (`institutions/prices.py`), the bank's cut-off (`credit.py`).
"""
import numpy as np

from sim.compiled import exp, log, part, row
from sim.kernels.year import H
from sim.places import FIRST_DISTRICT
from sim.rng import EVENT, mix, normal, uniform

TASTE, REVIEW = EVENT["owning_taste"], EVENT["owning_review"]
BOUGHT, SOLD = H["homes_bought"], H["homes_sold"]


@row
def owning_cost(price, prime, b):
    """Yuan per m2 and year of an own dwelling: loan, deposits forgone and wear, less the growth of its price that families count on."""
    rate = b.mortgage_ltv * (prime + b.mortgage_margin) + (1.0 - b.mortgage_ltv) * b.deposit_rate
    return max(price * (rate + b.dwelling_wear - b.dwelling_growth), 1.0)


@row
def mortgage_default(service, income, ltv, b):
    """Yearly chance of default on a mortgage."""
    x = b.mortgage_default + b.default_service * min(service / max(income, 1000.0), 2.0) + b.default_ltv * ltv
    return 1.0 / (1.0 + exp(-x))


@row
def mortgage_price(prime, default, loss, b):
    """Real rate of a mortgage; loss: LGD that banks expect."""
    return prime + b.mortgage_margin + default * loss / (1.0 - default)


@part
def dwelling_value(d, year, b):
    """Yuan of a dwelling in the towns of district d."""
    return year.dwelling_price[d] * b.dwelling_area


@part
def worth_of_owning(h, d, households, year, b):
    """x of family h in district d, log of its housing cost: what it gains by owning instead of renting."""
    taste = b.owning_taste + b.owning_taste_spread * normal(mix(households.uid[h]), year.first[TASTE])
    return log(year.dwelling_rent[d] / owning_cost(year.dwelling_price[d], year.loan_rate, b)) + taste


@part
def mortgage_needed(h, d, households, year, b):
    """Yuan that family h would borrow for a dwelling in district d; -1 where it cannot buy."""
    income, value = households.permanent_income[h], dwelling_value(d, year, b)
    free = np.float32(households.deposits[h]) + households.exit_payment[h] - households.exit_fee[h] - b.dwelling_reserve * income
    loan = max(value - free, np.float32(0.0))
    service = loan * (np.float32(1.0) / b.mortgage_years + year.loan_rate + b.mortgage_margin)
    bears = loan <= b.mortgage_ltv * value and service <= b.mortgage_service * income
    may = loan == 0 or (bears and households.debt[h] == 0)
    return loan if may else -np.float32(1.0)


@part
def gain_of_owning(h, d, households, year, b):
    """Log income that a family which could buy in district d gains there over renting: housing share x worth, 0 for others."""
    if households.home[h] > 0 or mortgage_needed(h, d, households, year, b) < 0:
        return np.float32(0.0)
    return b.housing_share * max(worth_of_owning(h, d, households, year, b), np.float32(0.0))


@part
def looks_for_home(h, households, year, b):
    """Does family h, in town and without a dwelling of its own, ask itself this year whether to buy?"""
    if households.settled_year[h] == year.year or households.exit_payment[h] > 0:
        return True
    return uniform(mix(households.uid[h]), year.key[REVIEW]) < b.owning_review


@part
def buy_home(h, s, households, happened, year, b):
    """Family h buys a dwelling where it lives."""
    d = np.int64(households.residence[h]) - FIRST_DISTRICT
    households.home_purchase[h] += dwelling_value(d, year, b)
    households.home[h] = households.residence[h]
    happened[s, BOUGHT] += 1.0


@part
def sell_home(h, seller, s, households, happened, kept, year, b):
    """The dwelling of row h is sold, with `kept` of its price, and the money goes to row `seller`."""
    d = np.int64(households.home[h]) - FIRST_DISTRICT
    households.home_sale[seller] += kept * dwelling_value(d, year, b)
    households.home[h] = 0
    happened[s, SOLD] += 1.0
