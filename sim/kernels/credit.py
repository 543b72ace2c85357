"""Collateral loans: need, collateral, price, grant, default and recovery, household by household.

    need     = max(0, outlay - grant - half the deposits),  outlay = working capital on land above own, an own business (`ventures.py`), a keyed family outlay,
               a plot of cash crops or a greenhouse (`crop_choice.py`)
    limit    = small credit on the name of the household + LTV_c V_c (1 - haircut) of the best lawful class;
               a business that the limit does not cover is not begun;  several classes may be packed together where that is allowed
    PD       = logistic(a0 + a1 service/income - a2 steadied + a3 loan/value), steadied: spread of income that yield insurance
             takes away;  rate = real prime + margin (1-saved) + capital charge + PD LGD (1-g)/(1-PD) + g fee, g the guaranteed part
    grant    where the rate is lawful and not above the highest at which the household's bank has capital left: the riskiest go without first
    default  the loan is worked out: each year what the collateral brings (rent of the contracted land, dividend of the shares, rent of the house) and a part
             of income, as far as deposits go, and the price of the collateral's use where it is sold; after `workout_years` the rest is written off
Haircut and LGD of each class of collateral are what banks have learnt (`year.haircut`, `year.expected_loss`). Not here: the highest rate at which each bank
lends (`year.highest_rate`, `institutions/banks.py`), sales of collateral and what they teach (`institutions/disposal.py`).
"""
import numpy as np

from sim.compiled import exp, part, row, sweep
from sim.kernels.homes import (
    buy_home,
    dwelling_value,
    looks_for_home,
    mortgage_default,
    mortgage_needed,
    mortgage_price,
    sell_home,
    worth_of_owning,
)
from sim.kernels.land_rental import MU, entrusted_harvest, grain_land, insured
from sim.kernels.rows import first_household
from sim.kernels.ventures import VENTURE_GRANT, found_business, outlay_in_mind, weigh_businesses
from sim.kernels.year import H
from sim.places import FIRST_DISTRICT, OUTSIDE, VILLAGE
from sim.rng import EVENT, key, lognormal, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import FARMLAND_LOAN, FREE, HOUSE_LOAN, MORTGAGE, NO_LOAN, PACKAGE_LOAN, RURAL, SHARE_LOAN

FARMLAND, HOUSE, SHARE = (RULE_INDEX[r] for r in ("farmland_ltv", "house_ltv", "share_ltv"))
PACKAGE, DIVERSIFICATION, PACKAGE_COST = (RULE_INDEX[r] for r in ("packaged_collateral", "package_diversification", "package_cost"))
GUARANTEE, GUARANTEE_FEE, SAVING = (RULE_INDEX[r] for r in ("guarantee_share", "guarantee_fee", "handling_saving"))
IDEA, SIZE, DEFAULT = (EVENT[e] for e in ("project_idea", "project_size", "default"))
BANK_KEY = key(0, 0, "bank")
NEW, AMOUNT, REFUSED, DEFAULTS, WRITTEN = (H[n] for n in ("loans_new", "loan_amount", "loan_refused", "defaults", "written_off"))
SHORT_TERM, NAME_TERM, LONG_TERM = 3, 10, 10


@row
def default_chance(service, income, ltv, steadied, b):
    """PD = 1 / (1 + exp(-(a0 + a1 service/income - a2 steadied + a3 LTV))); steadied: spread of income that insurance takes away."""
    x = b.default_constant + b.default_service * min(service / max(income, 1000.0), 2.0) - b.default_variance * steadied + b.default_ltv * ltv
    return 1.0 / (1.0 + exp(-x))


@row
def loan_price(prime, default, loss, guaranteed, fee, saved, b):
    """Real rate: prime + margin (1 - saved) + capital charge + PD LGD (1 - g) / (1 - PD) + g fee; loss: LGD before the guarantee, g guaranteed part."""
    return prime + b.loan_margin * (1.0 - saved) + b.capital_charge + default * loss * (1.0 - guaranteed) / (1.0 - default) + guaranteed * fee


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
    grain = (households.own_harvest[h] + entrusted_harvest(h, s, spans, households, year, b)) * year.grain_price
    return min(grain / max(households.permanent_income[h], np.float32(1000.0)), np.float32(1.0)) * year.spread_insured[spans.district[s]]


@part
def sold(kind, h, households):
    """Whether the use of collateral of this class was sold for an earlier debt of household h and is not yet its own again."""
    gone = households.pledge_class[h]
    return households.pledge_years[h] > 0 and (gone == kind or gone == PACKAGE_LOAN or kind == PACKAGE_LOAN)


@part
def best_collateral(h, s, spans, households, year, b):
    """(class, limit in yuan, value in yuan) of the collateral that carries most: one class, or several in a package where that is allowed.

    A package carries the sum of its classes, more by the diversification of risks, less the cost of valuing them together once. What was sold is not there.
    """
    d = spans.district[s]
    land = farmland_value(spans.rent[s], np.float32(np.float64(households.contract_area[h]) / MU), b)
    house = b.house_value * households.house_area[h] if households.plot_area[h] > 0 and households.certificate[h] else np.float32(0.0)
    share = spans.dividend[s] * households.shares[h] / b.capitalisation
    best, limit, value = NO_LOAN, np.float32(0.0), np.float32(0.0)
    packed, carried, classes = np.float32(0.0), np.float32(0.0), 0
    for kind in range(FARMLAND_LOAN, SHARE_LOAN + 1):
        worth = land if kind == FARMLAND_LOAN else (house if kind == HOUSE_LOAN else share)
        if sold(kind, h, households):
            worth = np.float32(0.0)
        kept = np.float32(1.0) - year.haircut[kind]
        lent = year.rules[FARMLAND if kind == FARMLAND_LOAN else (HOUSE if kind == HOUSE_LOAN else SHARE), d] * worth * kept
        if lent > 0:
            packed, carried, classes = packed + worth, carried + lent, classes + 1
        if lent > limit:
            best, limit, value = kind, lent, worth
    carried = carried * (np.float32(1.0) + year.rules[DIVERSIFICATION, d]) - year.rules[PACKAGE_COST, d]
    if year.rules[PACKAGE, d] > 0 and classes > 1 and carried > limit:
        best, limit, value = PACKAGE_LOAN, carried, packed
    return best, limit, value


@part
def ask(h, s, need, whole, spans, households, year, b):
    """What household h asks its bank for towards `need`, noted on its row with collateral, term and price: 0 where `whole` and its limit is less."""
    d = spans.district[s]
    collateral, limit, value = best_collateral(h, s, spans, households, year, b)
    line = b.credit_line * households.permanent_income[h]
    if need <= line:                          # small credit on the household's name
        collateral, limit, value = NO_LOAN, line, np.float32(2.0) * line
    else:                                     # the name stands for its line beside what is pledged
        limit, value = limit + line, value + np.float32(2.0) * line
    amount = min(need, limit)
    if amount < 1000 or (whole and amount < need):
        return np.float32(0.0)
    with_house = collateral == HOUSE_LOAN or (collateral == PACKAGE_LOAN and year.rules[HOUSE, d] > 0)
    term = LONG_TERM if with_house else (NAME_TERM if collateral == NO_LOAN else SHORT_TERM)
    ltv = amount / max(value, np.float32(1.0))
    risk = default_chance(amount / np.float32(term) + amount * year.loan_rate, households.permanent_income[h], ltv,
                          steadied(h, s, spans, households, year, b), b)
    loss = year.expected_loss[collateral]
    if collateral == PACKAGE_LOAN:
        loss *= np.float32(1.0) - year.rules[DIVERSIFICATION, d]
    households.loan_asked[h] = amount
    households.loan_class[h], households.loan_years[h] = collateral, term + 1
    households.loan_rate[h] = loan_price(year.loan_rate, risk, loss, year.rules[GUARANTEE, d], year.rules[GUARANTEE_FEE, d], year.rules[SAVING, d], b)
    return amount


@part
def grant(h, s, households, happened, year, b):
    """Give household h the loan it asked for if the price is lawful and not above the highest rate of its bank: whether it got it."""
    highest = year.highest_rate[bank_of(uniform(mix(households.uid[h]), BANK_KEY), b)]
    if households.loan_rate[h] > min(year.rate_limit, highest):
        happened[s, REFUSED] += 1.0
        households.loan_class[h] = households.loan_years[h] = 0
        households.loan_asked[h] = 0.0
        return False
    amount = households.loan_asked[h]
    households.debt[h], households.loan_vintage[h] = np.float64(amount), year.year
    households.loan_drawn[h] = amount
    if households.loan_class[h] != MORTGAGE:
        happened[s, NEW] += 1.0
        happened[s, AMOUNT] += np.float64(amount)
    return True


@part
def borrow(h, s, need, whole, spans, households, happened, year, b):
    """Loan of household h towards `need` before the banks' cut-off of the year is known, at that of last year, yuan: 0 where there is none."""
    amount = ask(h, s, need, whole, spans, households, year, b)
    return amount if amount > 0 and grant(h, s, households, happened, year, b) else np.float32(0.0)


@part
def seek_home(h, s, households, happened, year, b):
    """Family h, in town without a dwelling, buys one with its own money or asks for a mortgage, where it wants to and can: does it?"""
    d = np.int64(households.residence[h]) - FIRST_DISTRICT
    if not looks_for_home(h, households, year, b) or worth_of_owning(h, d, households, year, b) <= 0:
        return False
    loan = mortgage_needed(h, d, households, year, b)
    if loan == 0:
        buy_home(h, s, households, happened, year, b)
    if loan > 0:
        service = loan * (np.float32(1.0) / b.mortgage_years + year.loan_rate + b.mortgage_margin)
        risk = mortgage_default(service, households.permanent_income[h], loan / dwelling_value(d, year, b), b)
        households.loan_asked[h], households.loan_rate[h] = loan, mortgage_price(year.loan_rate, risk, year.expected_loss[MORTGAGE], b)
        households.loan_class[h], households.loan_years[h] = MORTGAGE, np.uint8(b.mortgage_years) + 1
    return loan >= 0


@sweep
def request_loans(first, last, spans, households, persons, happened, year, b):
    """What each household asks its bank for: working capital first, else an own business or a family outlay. What needs no loan is spent at once."""
    for s in range(first, last):
        if spans.urban[s]:
            continue
        weigh_businesses(s, spans, households, persons, year, b)
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            if households.kind[h] == FREE or households.kind[h] > RURAL or households.residence[h] == OUTSIDE:
                continue
            if households.residence[h] != VILLAGE and households.home[h] == 0 and seek_home(h, s, households, happened, year, b):
                continue
            if households.debt[h] > 0:
                continue
            stream = mix(households.uid[h])
            crops, labour = households.cash_crop_area[h], households.farm_labour[h]
            above = max(grain_land(households.operated_area[h], crops, labour) - grain_land(households.contract_area[h], crops, labour), 0.0)
            free = households.deposits[h] - np.float64(households.venture_outlay[h])
            need = np.float32(max(above * np.float64(b.working_capital) - 0.5 * free, 0.0))
            outlay, d = np.float32(0.0), spans.district[s]
            idea = uniform(stream, year.key[IDEA])
            if need < 1000:
                business = households.venture_gain[h] > 0
                if business or idea > np.float32(1.0) - b.family_outlay_chance:
                    outlay = outlay_in_mind(h, d, households, year, b)
                    if not business:
                        outlay = b.family_outlay * households.permanent_income[h] * lognormal(stream, year.key[SIZE], b.venture_spread)
                    granted = min(year.rules[VENTURE_GRANT, d], outlay) if business else np.float32(0.0)
                    need = np.float32(max(np.float64(outlay - granted) - 0.5 * free, 0.0))
                    households.loan_outlay[h] = outlay if business else -outlay
            if need >= 1000:
                ask(h, s, need, outlay > 0, spans, households, year, b)
            elif outlay > 0:
                spend_outlay(h, s, spans, households, persons, happened, year, b)


@sweep
def grant_loans(first, last, spans, households, persons, happened, year, b):
    """Banks lend up to their highest rate; who is refused begins nothing."""
    for s in range(first, last):
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            if households.loan_asked[h] > 0 and households.loan_drawn[h] == 0 and grant(h, s, households, happened, year, b):
                if households.loan_class[h] == MORTGAGE:
                    buy_home(h, s, households, happened, year, b)
                else:
                    spend_outlay(h, s, spans, households, persons, happened, year, b)


@part
def spend_outlay(h, s, spans, households, persons, happened, year, b):
    """Spend what the household had in mind: in an own business, where it brings income from now on, or on the house and the family."""
    if households.loan_outlay[h] > 0:
        found_business(h, s, spans, households, persons, happened, year, b)
    else:
        households.housing_outlay[h] -= households.loan_outlay[h]


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
    if households.loan_class[h] == MORTGAGE and households.home[h] > 0:
        value = dwelling_value(np.int64(households.home[h]) - FIRST_DISTRICT, year, b)
        chance = mortgage_default(service + np.float32(debt) * households.loan_rate[h], households.permanent_income[h], np.float32(debt) / value, b)
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
    kind = np.uint8(NO_LOAN) if sold(households.loan_class[h], h, households) else households.loan_class[h]
    if kind == FARMLAND_LOAN or kind == PACKAGE_LOAN:
        brings += spans.rent[s] * np.float32(np.float64(households.contract_area[h]) / MU)
    if households.plot_area[h] > 0 and (kind == HOUSE_LOAN or (kind == PACKAGE_LOAN and year.rules[HOUSE, spans.district[s]] > 0)):
        brings += b.house_lease_rent
    if kind == SHARE_LOAN or kind == PACKAGE_LOAN:
        brings += spans.dividend[s] * households.shares[h]
    sale = np.float64(households.pledge_sale[h])
    if households.loan_class[h] == MORTGAGE and households.home[h] > 0:             # the bank has the dwelling sold
        before = households.home_sale[h]
        sell_home(h, h, s, households, happened, np.float32(1.0) - b.forced_sale, year, b)
        sale += np.float64(households.home_sale[h] - before)
    price = min(sale, debt)                                              # what is over is the household's
    recovered = np.float32(price + min(np.float64(brings), debt - price, max(households.deposits[h], 0.0)))
    households.recovered[h] = recovered
    rest = max(debt - np.float64(recovered), 0.0)
    households.arrears[h] += 1
    if rest < 1.0 or households.arrears[h] > b.workout_years:
        households.written_off[h] = np.float32(rest)
        happened[s, WRITTEN] += np.float64(households.written_off[h])
        # what the two float32 flows leave by rounding is recovered too
        households.recovered[h] = np.float32(debt - np.float64(households.written_off[h]))
        rest = 0.0
        households.loan_class[h] = MORTGAGE if households.loan_class[h] == MORTGAGE else NO_LOAN      # whose loss it was, for the banks' books of the year
        households.loan_years[h] = households.arrears[h] = 0
    households.debt[h] = rest
