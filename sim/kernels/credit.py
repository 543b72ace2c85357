"""Collateral loans: need, collateral, price, default and recovery, household by household.

    need     = max(0, outlay - half the deposits),  outlay = working capital on land above own, a keyed business project or family outlay,
               a plot of cash crops or a greenhouse (`crop_choice.py`)
    limit    = small credit on the name of the household + LTV_c V_c (1 - haircut) of the best lawful class;
               a project that the limit does not cover is not begun
    PD       = logistic(a0 + a1 service/income - a2 steadied + a3 loan/value), steadied: spread of income that yield insurance
             takes away;  rate = real prime + margin + PD LGD/(1-PD) + capital charge; refused above the cap
    default  the loan is worked out: each year what the collateral brings (rent of the contracted land, dividend of the shares, rent of the house) and a part
             of income, as far as deposits go; after `workout_years` the rest is written off
Not here: how much each bank can lend in all (`year.lending`, `institutions/banks.py`).
"""
import numpy as np

from sim.compiled import exp, part, row, sweep
from sim.kernels.land_rental import MU, entrusted_harvest, grain_land, insured, own_harvest
from sim.kernels.rows import first_household
from sim.kernels.year import H
from sim.places import OUTSIDE
from sim.rng import EVENT, key, lognormal, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import FARMLAND_LOAN, FREE, HOUSE_LOAN, NO_LOAN, RURAL, SHARE_LOAN

FARMLAND, HOUSE, SHARE, THREE_RIGHTS = (RULE_INDEX[r] for r in ("farmland_ltv", "house_ltv", "share_ltv", "three_rights"))
IDEA, SIZE, DEFAULT, LOTTERY = (EVENT[e] for e in ("project_idea", "project_size", "default", "lottery"))
BANK_KEY = key(0, 0, "bank")
NEW, AMOUNT, REFUSED, DEFAULTS, WRITTEN = (H[n] for n in ("loans_new", "loan_amount", "loan_refused", "defaults", "written_off"))
SHORT_TERM, NAME_TERM, LONG_TERM = 3, 10, 10


@row
def default_chance(service, income, ltv, steadied, b):
    """PD = 1 / (1 + exp(-(a0 + a1 service/income - a2 steadied + a3 LTV))); steadied: spread of income that insurance takes away."""
    x = b.default_constant + b.default_service * min(service / max(income, 1000.0), 2.0) - b.default_variance * steadied + b.default_ltv * ltv
    return 1.0 / (1.0 + exp(-x))


@row
def loan_price(prime, default, b):
    """Real rate: prime + margin + PD LGD / (1 - PD) + capital charge."""
    return prime + b.loan_margin + default * (1.0 - b.recovery) / (1.0 - default) + b.capital_charge


@row
def farmland_value(rent, contract_mu, b):
    """Rent times the years that lenders count."""
    return rent * b.land_years * contract_mu


@row
def bank_of(u, b):
    """Bank of a household by its lasting draw u: rural commercial 0, regional 1, large 2, policy 3."""
    regional = b.customers_rural + b.customers_regional
    return (0 if u < b.customers_rural else 1) if u < regional else (2 if u < regional + b.customers_large else 3)


@part
def steadied(h, s, spans, households, year, b):
    """By how much yield insurance lowers the spread of the income of household h: part of income that is grain (at most 1) x fall of its spread."""
    if not insured(h, s, spans, households, year):
        return np.float32(0.0)
    grain = (own_harvest(h, s, spans, households, year, b) + entrusted_harvest(h, s, spans, households, year, b)) * year.grain_price
    return min(grain / max(households.permanent_income[h], np.float32(1000.0)), np.float32(1.0)) * year.spread_insured[spans.district[s]]


@part
def best_collateral(h, s, spans, households, year, b):
    """(class, limit in yuan, value in yuan) of the collateral that carries most."""
    d = spans.district[s]
    land = farmland_value(spans.rent[s], np.float32(np.float64(households.contract_area[h]) / MU), b)
    house = b.house_value * households.house_area[h] if households.plot_area[h] > 0 and households.certificate[h] else np.float32(0.0)
    share = spans.dividend[s] * households.shares[h] / b.capitalisation
    kept = np.float32(1.0) - b.haircut
    lawful_house = np.float32(1.0) if year.rules[HOUSE, d] > 0 else np.float32(0.0)
    best, limit, value = NO_LOAN, np.float32(0.0), np.float32(0.0)
    if year.rules[FARMLAND, d] * land * kept > limit:
        best, limit, value = FARMLAND_LOAN, year.rules[FARMLAND, d] * land * kept, land
    if year.rules[HOUSE, d] * house * kept * lawful_house > limit:
        best, limit, value = HOUSE_LOAN, year.rules[HOUSE, d] * house * kept, house
    if year.rules[SHARE, d] * share * kept > limit:
        best, limit, value = SHARE_LOAN, year.rules[SHARE, d] * share * kept, share
    return best, limit, value


@part
def borrow(h, s, need, whole, spans, households, happened, year, b):
    """Loan of household h towards `need`, yuan: nothing where it is refused, or where `whole` and its limit is less."""
    stream = mix(households.uid[h])
    collateral, limit, value = best_collateral(h, s, spans, households, year, b)
    line = b.credit_line * households.permanent_income[h]
    if need <= line:                          # small credit on the household's name
        collateral, limit, value = NO_LOAN, line, np.float32(2.0) * line
    else:
        limit += line
    amount = min(need, limit)
    if amount < 1000 or (whole and amount < need):
        return np.float32(0.0)
    term = LONG_TERM if collateral == HOUSE_LOAN else (NAME_TERM if collateral == NO_LOAN else SHORT_TERM)
    ltv = amount / max(value, np.float32(1.0))
    risk = default_chance(amount / np.float32(term) + amount * year.loan_rate, households.permanent_income[h], ltv,
                          steadied(h, s, spans, households, year, b), b)
    rate = loan_price(year.loan_rate, risk, b)
    if rate > year.rate_limit or uniform(stream, year.key[LOTTERY]) > year.lending[bank_of(uniform(stream, BANK_KEY), b)]:
        happened[s, REFUSED] += 1.0
        return np.float32(0.0)
    households.debt[h] = np.float64(amount)
    households.loan_drawn[h] = amount
    households.loan_class[h], households.loan_years[h], households.loan_rate[h] = collateral, term + 1, rate
    happened[s, NEW] += 1.0
    happened[s, AMOUNT] += np.float64(amount)
    return amount


@sweep
def lend(first, last, spans, households, happened, year, b):
    """New loans of the spans: working capital first, else a business project."""
    for s in range(first, last):
        if spans.urban[s]:
            continue
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            if households.kind[h] == FREE or households.kind[h] > RURAL or households.residence[h] == OUTSIDE or households.debt[h] > 0:
                continue
            stream = mix(households.uid[h])
            crops, labour = households.cash_crop_area[h], households.farm_labour[h]
            above = max(grain_land(households.operated_area[h], crops, labour) - grain_land(households.contract_area[h], crops, labour), 0.0)
            free = households.deposits[h] - np.float64(households.venture_outlay[h])
            need = np.float32(max(above * np.float64(b.working_capital) - 0.5 * free, 0.0))
            outlay, business = np.float32(0.0), False
            idea = uniform(stream, year.key[IDEA])
            if need < 1000 and idea < b.venture_chance + b.family_outlay_chance:
                business = idea < b.venture_chance
                mean = b.venture_size if business else b.family_outlay
                outlay = mean * lognormal(stream, year.key[SIZE], b.venture_spread)
                need = np.float32(max(np.float64(outlay) - 0.5 * free, 0.0))
            if need < 1000:
                if outlay > 0:
                    spend_outlay(h, households, outlay, business)
                continue
            lent = borrow(h, s, need, outlay > 0, spans, households, happened, year, b)
            if lent > 0 and outlay > 0:
                spend_outlay(h, households, outlay, business)


@part
def spend_outlay(h, households, outlay, business):
    """Spend the outlay: in an own business, where it brings income from now on, or on the house and the family."""
    if business:
        households.venture_outlay[h] += outlay
        households.business[h] += outlay
    else:
        households.housing_outlay[h] = outlay


@part
def serve_debt(h, s, spans, households, happened, year, b):
    """Interest and repayment of household h, its default, or a year of working out its defaulted debt."""
    if households.arrears[h] > 0:
        work_out(h, s, spans, households, happened, year, b)
        return
    debt = households.debt[h]
    years = max(households.loan_years[h], 1)
    due = households.loan_drawn[h] == 0
    service = np.float32(debt / years) if due else np.float32(0.0)
    chance = default_chance(service + np.float32(debt) * households.loan_rate[h], households.permanent_income[h], np.float32(0.4),
                            steadied(h, s, spans, households, year, b), b)
    if due and uniform(mix(households.uid[h]), year.key[DEFAULT]) < chance:
        happened[s, DEFAULTS] += 1.0
        households.arrears[h] = 1
        return
    households.loan_interest[h] = np.float32(debt) * households.loan_rate[h]
    if due:
        repaid = service if years > 1 else np.float32(debt)
        households.loan_repaid[h] = repaid
        households.debt[h] = debt - np.float64(repaid) if years > 1 else 0.0
    households.loan_years[h] = years - 1
    if households.loan_years[h] == 0:
        households.loan_class[h] = NO_LOAN


@part
def work_out(h, s, spans, households, happened, year, b):
    """A year of a defaulted debt: recovered what collateral and income bring, at the end the rest is written off."""
    debt = households.debt[h]
    brings = b.garnish * households.permanent_income[h]
    if households.loan_class[h] == FARMLAND_LOAN:
        brings += spans.rent[s] * np.float32(np.float64(households.contract_area[h]) / MU)
    elif households.loan_class[h] == HOUSE_LOAN and households.plot_area[h] > 0:
        brings += b.house_lease_rent
    elif households.loan_class[h] == SHARE_LOAN:
        brings += spans.dividend[s] * households.shares[h]
    recovered = np.float32(min(np.float64(brings), debt, max(households.deposits[h], 0.0)))
    households.recovered[h] = recovered
    rest = max(debt - np.float64(recovered), 0.0)
    households.arrears[h] += 1
    if rest < 1.0 or households.arrears[h] > b.workout_years:
        households.written_off[h] = np.float32(rest)
        happened[s, WRITTEN] += np.float64(households.written_off[h])
        # what the two float32 flows leave by rounding is recovered too
        households.recovered[h] = np.float32(debt - np.float64(households.written_off[h]))
        rest = 0.0
        households.loan_class[h] = households.loan_years[h] = households.arrears[h] = 0
    households.debt[h] = rest
