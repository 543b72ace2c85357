"""Own businesses of rural families: who weighs one, what it is worth to the founder, the return home of those away, and who gives it up.

A household considers a business in a year with chance `venture_chance` x rule `venture_rate`/that of 2019: parks and guidance bring more to
weigh one. An outlay K stands with the idea; the member who would gain most by it is the founder. A member of 18-59 with work and no business,
here or away, would gain a year
    gain = R K e - (r + m + wear)(K - grant) - forgone,       e = h^s exp(x min(X, 10) + tau)
    R     `venture_return`, r + m real prime rate and `loan_margin`: own money costs as much as lent money
    e     the founder's hand: h human capital, X years that were worked away from the village, tau ~ N(0, `venture_talent`) lasting and keyed
    forgone   in the village `venture_time` of the pay of off-farm days; for commuters and those away (1 - a) of the expected pay there, less what
              farming and the off-farm days that are left bring at home, at least 0;  a what living away is felt to cost, a lasting keyed lognormal of
              mean `away_toll`, at most 0.9 (commuters: 0)
It is begun where the gain is positive and deposits, grant and loan cover K (`credit.py`). The founder then works in the village and does not
reconsider as long as the business, R x what is left of it, brings the off-farm pay of the time it takes, to the age of 60 or till the family leaves.
Businesses hire: off-farm work of the village is `local_jobs` times that of 2019 (`sim/institutions/businesses.py`).
"""
import numpy as np

from sim.compiled import exp, log, part, row, sweep
from sim.kernels.rows import first_household, first_person
from sim.kernels.work import expected_earnings, exposure, human_capital, idle_chance, learnt, offfarm_days, outside_pay
from sim.kernels.year import H
from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.rng import EVENT, lognormal, mix, normal, uniform
from sim.rules import RULE_INDEX, RULES
from sim.tables import FREE, RURAL

VENTURE_RATE, VENTURE_GRANT = RULE_INDEX["venture_rate"], RULE_INDEX["venture_grant"]
VENTURE_RATE_2019 = np.float32(RULES[VENTURE_RATE].base)
IDEA, SIZE, TALENT, PAST, BEEN, TOLL = (EVENT[e] for e in (
    "project_idea", "project_size", "venture_talent", "years_away", "been_away", "away_toll"))
VENTURES, RETURNEES, CAME_BACK = (H[n] for n in ("ventures", "ventures_returnees", "came_back"))
YOUNGEST, OLDEST = 18, 59
HIGHEST_TOLL = 0.9


@row
def venture_chance(rate, b):
    """Chance that a household considers an own business in a year: in proportion to how many begin one at the conditions of 2019."""
    return min(b.venture_chance * rate / VENTURE_RATE_2019, 1.0)


@row
def founder_hand(skill, years_away, talent, b):
    """e = h^s exp(x min(X, 10) + tau): income of a business against that of a founder of mean skill who never was away."""
    return exp(b.venture_skill * log(skill) + b.venture_experience * min(years_away, 10.0) + talent)


@row
def venture_gain(outlay, hand, granted, forgone, prime, b):
    """Own expected gain of a business, yuan a year: R K e - (r + m + wear)(K - grant) - forgone."""
    return b.venture_return * outlay * hand - (prime + b.loan_margin + b.business_wear) * (outlay - granted) - forgone


@part
def outlay_in_mind(h, d, households, year, b):
    """Outlay of the business that household h of district d has in mind this year, yuan: it grows with wages."""
    return b.venture_size * year.expected_wage[d] / b.town_wage * lognormal(mix(households.uid[h]), year.key[SIZE], b.venture_spread)


@part
def offfarm_pay(p, h, s, skill, spans, households, persons, year, b):
    """Expected yearly pay of the off-farm days of a person at home in the village, without a business."""
    o = spans.district[s]
    off = offfarm_days(households.farm_days[h], np.float32(persons.age[p]), year.expected_unemployment[o], b)
    return skill * b.local_wage * year.expected_wage[o] / b.town_wage / np.float32(264.0) * off * spans.local_jobs[s]


@part
def forgone(p, h, s, skill, spans, households, persons, year, b):
    """What person p gives up a year for a business at home, yuan."""
    here = offfarm_pay(p, h, s, skill, spans, households, persons, year, b)
    base = persons.base[p]
    if base == VILLAGE:
        return b.venture_time * here
    if base == OUTSIDE:
        elsewhere = outside_pay(year.expected_outside_wage, skill, b)
    else:
        d = base - FIRST_DISTRICT
        idle = idle_chance(year.expected_unemployment[d], exposure(skill, b))
        elsewhere = expected_earnings(year.expected_wage[d] * year.migrant_pay[d], idle, skill, year.migrant_benefit[d])
    if persons.residence[p] != VILLAGE:
        felt = b.away_toll * lognormal(mix(persons.uid[p]), year.first[TOLL], b.away_toll_spread)
        elsewhere *= np.float32(1.0) - min(felt, np.float32(HIGHEST_TOLL))
    return max(elsewhere - households.farm_income[h] - (np.float32(1.0) - b.venture_time) * here, np.float32(0.0))


@part
def hand_of(p, h, skill, households, persons, year, b):
    """e of person p; the talent is lasting."""
    talent = b.venture_talent * normal(mix(persons.uid[p]), year.first[TALENT])
    return founder_hand(skill, np.float32(persons.years_away[p]), talent, b)


@part
def skill_of(p, h, households, persons, b):
    """Human capital of person p, member of household h."""
    return human_capital(np.float32(persons.age[p]), np.float32(persons.schooling[p]), persons.ability[p] + learnt(p, persons, b),
                         households.wealth_effect[h], b)


@sweep
def weigh_businesses(s, spans, households, persons, year, b):
    """Founder and gain of every household of village s that considers a business: `venture_gain` is above 0 where somebody wants it."""
    d, first_p = spans.district[s], first_person(spans, s)
    chance = venture_chance(year.rules[VENTURE_RATE, d], b)
    for h in range(first_household(spans, s), first_household(spans, s + 1)):
        at_home = households.kind[h] != FREE and households.kind[h] <= RURAL and households.residence[h] == VILLAGE and households.debt[h] == 0
        considers = at_home and uniform(mix(households.uid[h]), year.key[IDEA]) < chance
        households.venture_gain[h] = np.float32(-1.0) if considers else np.float32(0.0)
    for p in range(first_p, first_person(spans, s + 1)):
        h = persons.household[p]
        if persons.age[p] < YOUNGEST or persons.age[p] > OLDEST or households.venture_gain[h] == 0 or persons.base[p] == HOME or persons.owner[p]:
            continue
        skill = skill_of(p, h, households, persons, b)
        outlay = outlay_in_mind(h, d, households, year, b)
        granted = min(year.rules[VENTURE_GRANT, d], outlay)
        gain = venture_gain(outlay, hand_of(p, h, skill, households, persons, year, b), granted,
                            forgone(p, h, s, skill, spans, households, persons, year, b), year.loan_rate, b)
        if gain > max(households.venture_gain[h], np.float32(0.0)):
            households.venture_gain[h] = gain
            households.founder[h] = p - first_p


@part
def found_business(h, s, spans, households, persons, happened, year, b):
    """Household h begins the business it has in mind: the outlay counts by the founder's hand, a founder who was away comes home."""
    outlay = households.loan_outlay[h]
    p = first_person(spans, s) + np.int64(households.founder[h])
    households.venture_outlay[h] += outlay
    households.venture_grant[h] = min(year.rules[VENTURE_GRANT, spans.district[s]], outlay)
    households.business[h] += outlay * hand_of(p, h, skill_of(p, h, households, persons, b), households, persons, year, b)
    happened[s, VENTURES] += 1.0
    happened[s, RETURNEES] += persons.years_away[p] > 0
    happened[s, CAME_BACK] += persons.residence[p] == OUTSIDE
    persons.owner[p] = np.uint8(1)
    persons.base[p] = persons.residence[p] = np.uint8(VILLAGE)


@part
def keeps_business(p, h, s, skill, spans, households, persons, year, b):
    """Whether owner p goes on: the business brings the off-farm pay of the time it takes, the family lives in the village, the owner is below 60."""
    if persons.age[p] > OLDEST or households.residence[h] != VILLAGE or persons.base[p] != VILLAGE:
        return False
    return b.venture_return * households.business[h] >= b.venture_time * offfarm_pay(p, h, s, skill, spans, households, persons, year, b)


@row
def past_years(u, luck, age, away, b):
    """Years worked away by who is away, or has been with `returned_share`: 1 - m ln u, m `away_years`, at most those since 16."""
    been = away or luck < b.returned_share
    return min(1.0 - b.away_years * log(u), max(age - 16.0, 0.0)) if been else 0.0


@sweep
def remember_past(first, last, spans, households, persons, year, b):
    """Opening: years that persons of rural families worked away before 2019."""
    for s in range(first, last):
        if spans.urban[s]:
            continue
        for p in range(first_person(spans, s), first_person(spans, s + 1)):
            if persons.age[p] > 16 and households.kind[persons.household[p]] <= RURAL:
                stream = mix(persons.uid[p])
                away = persons.residence[p] != VILLAGE
                persons.years_away[p] = np.uint8(past_years(uniform(stream, year.first[PAST]), uniform(stream, year.first[BEEN]),
                                                     np.float32(persons.age[p]), away, b))
