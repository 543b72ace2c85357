"""Cooperatives of small farms: they buy inputs and sell harvests together; a household joins by its own gain, a village has one as long as it pays.

    worth_h   = quality (input margin x inputs + sales margin x sales) of the year: what dealing together is worth on the household's trade, yuan
    surplus S = sum of worth + fee x members - running cost;    patronage rate pi = S/sum of worth
    due_h     = worth_h pi - fee: shared out by patronage after the accounts are closed, so paid in the next year; a loss is borne alike
    gain_h    = worth_h pi - fee - own cost - risk,   own cost lasting, lognormal: meetings, delivery on terms, trust;  risk of pi as in `crops.py`
A keyed share of farms reviews and is a member where gain > 0 at the last rate. A keyed share of villages without one meets each year and reckons the
largest membership in which everybody gains; it begins with the least number by law. It is dissolved with fewer members or at a loss.
Family farms deal for themselves. Not here: payment (`income.py`), what districts pay for quality (`institutions/farms.py`).
"""
import numpy as np

from sim.compiled import part, row, sweep
from sim.kernels.crops import risk_price
from sim.kernels.rows import first_household
from sim.places import VILLAGE
from sim.rng import EVENT, lognormal, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import FREE, RURAL

MEETING, REVIEW, COST = (EVENT[e] for e in ("coop_meeting", "coop_review", "coop_cost"))
QUALITY = RULE_INDEX["coop_quality"]
WORTH, OWN_COST, IN = range(3)


@row
def trade_worth(quality, inputs, sales, b):
    """What dealing together is worth on a household's trade, yuan a year."""
    return quality * (b.coop_input_margin * inputs + b.coop_sales_margin * sales)


@row
def patronage_rate(worth, members, b):
    """pi: surplus shared out over what dealing together is worth; below 0 where running cost is above all income."""
    return (worth + b.coop_fee * members - b.coop_running) / max(worth, 1.0)


@part
def member_gain(h, worth, own_cost, rate, households, b):
    """What membership is worth to household h at this patronage rate, certain yuan a year."""
    paid = np.float32(worth) * rate
    return paid - b.coop_fee - np.float32(own_cost) - risk_price(np.float32(0.0), paid, b.coop_spread, households.permanent_income[h], b)


@part
def reckon_trade(s, spans, households, farm, year, b):
    """What dealing together would be worth to each small farm of the village, and its own cost; who farms no more or at scale leaves."""
    quality = year.rules[QUALITY, spans.district[s]]
    start = first_household(spans, s)
    for h in range(start, first_household(spans, s + 1)):
        i = h - start
        farm[i, WORTH] = 0.0
        households.coop_due[h] = 0.0
        small = households.kind[h] != FREE and households.kind[h] <= RURAL and households.residence[h] == VILLAGE and households.family_farm[h] == 0
        if not small or households.farm_labour[h] <= 0:
            households.coop_member[h] = 0
            continue
        farm[i, WORTH] = trade_worth(quality, households.farm_inputs[h], households.grain_sales[h] + households.other_sales[h], b)
        farm[i, OWN_COST] = b.coop_own_cost * lognormal(mix(households.uid[h]), year.first[COST], b.coop_cost_spread)


@part
def share_out(s, spans, households, farm, year, b):
    """Accounts of the year: what each member is due; then who is a member in the next year, or the end of the cooperative."""
    start, end = first_household(spans, s), first_household(spans, s + 1)
    worth, members = 0.0, 0.0
    for h in range(start, end):
        worth += farm[h - start, WORTH] * households.coop_member[h]
        members += households.coop_member[h]
    rate = patronage_rate(np.float32(worth), np.float32(members), b)
    ends = rate < 0 or members < b.coop_least
    spans.coop_rate[s] = np.float32(0.0) if ends else rate
    spans.coop[s] = not ends
    for h in range(start, end):
        i = h - start
        if households.coop_member[h]:
            households.coop_due[h] = np.float32(farm[i, WORTH]) * rate - b.coop_fee
        if ends:
            households.coop_member[h] = 0
        elif farm[i, WORTH] > 0 and uniform(mix(households.uid[h]), year.key[REVIEW]) < b.coop_review:
            households.coop_member[h] = member_gain(h, farm[i, WORTH], farm[i, OWN_COST], rate, households, b) > 0


@part
def meet(s, spans, households, farm, b):
    """Begin a cooperative with the largest membership in which everybody gains, if that is large enough."""
    start, end = first_household(spans, s), first_household(spans, s + 1)
    for i in range(end - start):
        farm[i, IN] = farm[i, WORTH] > 0
    rate, members, left = np.float32(0.0), 0.0, 1.0
    while left > 0:
        worth, members, left = 0.0, 0.0, 0.0
        for i in range(end - start):
            worth += farm[i, WORTH] * farm[i, IN]
            members += farm[i, IN]
        rate = patronage_rate(np.float32(worth), np.float32(members), b)
        for h in range(start, end):
            i = h - start
            if farm[i, IN] > 0 and member_gain(h, farm[i, WORTH], farm[i, OWN_COST], rate, households, b) <= 0:
                farm[i, IN] = 0.0
                left += 1.0
    if members < b.coop_least or rate < 0:
        return
    spans.coop[s], spans.coop_rate[s] = 1, rate
    for h in range(start, end):
        households.coop_member[h] = farm[h - start, IN] > 0


@sweep
def run_cooperatives(first, last, spans, households, farm, chance, year, b):
    """The year's accounts, members, beginnings and ends of cooperatives. chance: of a meeting in a village without one."""
    for s in range(first, last):
        if spans.urban[s]:
            continue
        reckon_trade(s, spans, households, farm, year, b)
        if spans.coop[s]:
            share_out(s, spans, households, farm, year, b)
        elif uniform(mix(spans.uid[s]), year.key[MEETING]) < chance:
            meet(s, spans, households, farm, b)
