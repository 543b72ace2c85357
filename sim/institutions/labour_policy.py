"""Rules of work, registration and schooling: what a district's rules make of the pay, the benefit and the move of workers, and who pays for services.

    pay of a rural worker in town firms      w h exp(gap of 2019 - gap);  the mean pay of 2019 has the gap of 2019 in it, firms pay what is above
    benefit of an unemployed rural worker    B + c (i W - B) - the same of 2019,  c insured, i pay of the insurance over the mean pay W of 2019
    ease of a move to town                   barrier of registration of 2019 - barrier, log income
    ease of a move to town, skilled persons  barrier of settlement of 2019 - barrier, log income
    chances of adult course, vocational seat places of the district / those who could take one, at most 1
    unemployment at rest                     u* exp(-matching)
All are 1, B, 0, 0, 0 and u* at the rules of 2019. Not here: how people answer (`kernels/work.py`), how firms do (`markets/labour.py`).
"""
import numpy as np

from sim.accounts import DISTRICT, FIRMS
from sim.institutions.land import rule
from sim.kernels.training import COURSE_FROM, COURSE_TO, SCHOOL_AGE, VOCATIONAL_SCHOOLING
from sim.kernels.year import VILLAGE_CELL, H, T
from sim.places import DISTRICTS, FIRST_DISTRICT, HOME, OUTSIDE
from sim.rules import RULE_INDEX, RULES
from sim.sums import product
from sim.tables import EMPLOYED, RURAL

NINE = len(DISTRICTS)


def of_2019(name):
    """The rule of 2019."""
    return RULES[RULE_INDEX[name]].base


def figures(rules, b):
    """Published figures of the districts, (9,) each: factor on rural workers' pay, their benefit (yuan/year), ease of a move (log income)."""
    benefit, pay = float(b.benefit), float(b.town_wage)
    gap, insured, rate, barrier = (rules[RULE_INDEX[name]] for name in ("migrant_pay_gap", "insured_migrants", "insurance_pay", "registration_barrier"))
    usual = of_2019("insured_migrants") * (of_2019("insurance_pay") * pay - benefit)
    return {"migrant_pay": np.exp(of_2019("migrant_pay_gap") - gap), "move_ease": of_2019("registration_barrier") - barrier,
            "talent_ease": of_2019("talent_barrier") - rules[RULE_INDEX["talent_barrier"]],
            "migrant_benefit": np.maximum(benefit + insured * (rate * pay - benefit) - usual, 0.0)}


def chances(state):
    """Chances of the year of an adult course and of a seat at a vocational school for those who could take one, (9,) each."""
    courses, seats = rule(state, "adult_courses"), rule(state, "vocational_seats")
    if not courses.any() and not seats.any():
        return {"course_chance": np.zeros(NINE), "vocational_chance": np.zeros(NINE)}
    b, pp, hh = state.behaviour, state.persons, state.households
    young = (pp.age == SCHOOL_AGE - 1) & (pp.schooling < VOCATIONAL_SCHOOLING)          # on 1 January
    adult = ((pp.age >= COURSE_FROM - 1) & (pp.age < COURSE_TO) & (pp.schooling < b.full_schooling) & (pp.adult_schooling == 0)
             & (pp.base != HOME) & (pp.base != OUTSIDE) & (hh.kind[pp.household] <= RURAL))

    def chance(places, could):
        span = hh.span[pp.household[could]]
        number = np.bincount(state.spans.district[span], state.spans.weight[span], NINE)
        return np.minimum(places / np.maximum(number, 1.0), 1.0)
    return {"course_chance": chance(courses, adult), "vocational_chance": chance(seats, young)}


def labour_cost(state):
    """What a unit of labour costs the firms of each district against the market's wage, (9,): above 1 where rural workers are paid more than in 2019.

    c = 1/(1 - m + m/f), m rural workers' part of the pay of last year's staff, f the factor on it.
    """
    factor, part = state.published.migrant_pay.astype(float), state.published_next.get("rural_pay_part", np.zeros(NINE))
    return 1 / (1 - part + part / factor)


def publish_next(state):
    """Rural workers' part of the pay of each district's staff in the year, (9,): wages of persons begin anew with the next."""
    pp, hh = state.persons, state.households
    rows = np.flatnonzero((pp.work == EMPLOYED) & (pp.base >= FIRST_DISTRICT) & (pp.base < FIRST_DISTRICT + NINE))
    home, d = pp.household[rows], pp.base[rows] - FIRST_DISTRICT
    pay = pp.wage[rows].astype(float) * state.spans.weight[hh.span[home]]
    part = np.bincount(d, pay * (hh.kind[home] <= RURAL), NINE) / np.maximum(np.bincount(d, pay, NINE), 1.0)
    return {"rural_pay_part": part}


def school_cost(state, count):
    """Yuan for adult courses and vocational seats; count(name): how many there were."""
    b = state.behaviour
    return float(b.course_cost) * count("adult_courses") + float(b.vocational_cost) * count("vocational_pupils")


def unit_costs(state):
    """Yuan per person trained and per worker of the labour force, (9,) each: courses beyond those of 2019, which services of 2019 hold, and matching."""
    b, cover = state.behaviour, rule(state, "training_cover")
    beyond = np.divide(np.maximum(cover - of_2019("training_cover"), 0.0), cover, out=np.zeros(NINE), where=cover > 0)
    return float(b.training_cost) * beyond, float(b.matching_cost) * np.expm1(rule(state, "matching"))


def cost_by_span(state):
    """What districts pay for the workers of each span, yuan (S,), unweighted."""
    trained, worker = unit_costs(state)
    force = state.tally[:, :, T["employed"]] + state.tally[:, :, T["unemployed"]]
    d = state.spans.district
    courses = school_cost(state, lambda name: state.happened[:, H[name]]) + trained[d] * state.happened[:, H["trained"]]
    return courses + worker[d] * force[:, VILLAGE_CELL] + product(force[:, 1:1 + NINE], worker)


def settle(state):
    """Districts pay for training, matching, adult courses and vocational seats."""
    trained, worker = unit_costs(state)
    force = state.totals["employed"][:2].sum(0) + state.totals["unemployed"][:2].sum(0)
    state.books.pay("labour_services", DISTRICT, FIRMS, trained * state.counts["trained"] + worker * force
                    + school_cost(state, state.counts.get))
