"""Rules of work: at those of 2019 nothing moves; at both bounds matching, pay gap, insurance, registration and training push the way they say."""
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from sim import behaviour
from sim.accounts import DISTRICT, FIRMS, INSURANCE, URBAN
from sim.institutions import labour_policy
from sim.institutions.labour_policy import figures, labour_cost, of_2019
from sim.kernels.work import GAINED
from sim.markets import labour
from sim.policies.rulebook import base_rules
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import EMPLOYED, RURAL, UNEMPLOYED

B = behaviour.load()
LAST = 2023


def rules(**values):
    made = base_rules()
    for name, value in values.items():
        made[RULE_INDEX[name]] = value
    return made


def test_rules_of_2019_change_nothing():
    found = figures(base_rules(), B)
    assert (found["migrant_pay"] == 1).all() and (found["migrant_benefit"] == float(B.benefit)).all() and not found["move_ease"].any()


@pytest.mark.parametrize("rule, figure, low, high", [
    ("migrant_pay_gap", "migrant_pay", 0.25, 0.0), ("insured_migrants", "migrant_benefit", 0.0, 1.0), ("insurance_pay", "migrant_benefit", 0.2, 0.7),
    ("registration_barrier", "move_ease", 0.6, 0.0)])  # fmt: skip
def test_both_bounds(rule, figure, low, high):
    usual = figures(base_rules(), B)[figure]
    assert (figures(rules(**{rule: low}), B)[figure] < usual).all() and (figures(rules(**{rule: high}), B)[figure] > usual).all()


def test_insured_workers_get_the_pay_of_the_insurance():
    """All insured: the whole pay instead of the usual benefit, beyond what those of 2019 get."""
    every = figures(rules(insured_migrants=1.0), B)["migrant_benefit"]
    pay, usual = of_2019("insurance_pay") * float(B.town_wage), float(B.benefit)
    np.testing.assert_allclose(every, usual + (1 - of_2019("insured_migrants")) * (pay - usual))


# ---------------------------------------------------------------------------------------------------- the market
def markets(years=40, matching=0.0, cost=1.0, plain=False):
    share, elasticity = np.array([[0.45, 0.55]]), np.array([4.0, 1.5])
    market, one = labour.at_rest(1, 2, B), np.ones((1, 2))
    seen = []
    for _ in range(years):
        more = () if plain else (np.array([matching]), np.array([cost]))
        market = labour.clear(market, one, np.ones(1), 0 * one, 0.0, share, elasticity, B, *more)
        seen.append(market)
    return seen


def test_the_market_without_these_rules_is_the_same_to_the_last_bit():
    for one, other in zip(markets(plain=True), markets()):
        for left, right in zip(one, other):
            np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("matching", [0.1, 0.3])
def test_matching_lowers_unemployment_at_rest_and_adds_output(matching):
    """Posts are filled at once, so unemployment falls to u* e^-m in the first year; more hands make more."""
    first, rest = markets(1, matching)[0], markets(1)[0]
    assert first.unemployment[0] == pytest.approx(float(B.unemployment) * np.exp(-matching), rel=1e-6)
    assert (first.output > rest.output).all()
    late = markets(60, matching)[-1]
    assert float(B.unemployment) * np.exp(-matching) * 0.8 < late.unemployment[0] < float(B.unemployment)


def test_firms_hire_less_where_labour_costs_more():
    """A dearer hour is answered by fewer hires, and by a lower wage in the years after: firms do not bear all of it."""
    dear, cheap, usual = markets(30, cost=1.05), markets(30, cost=0.95), markets(30)
    assert (dear[0].hired < usual[0].hired).all() and (cheap[0].hired > usual[0].hired).all()
    assert dear[-1].unemployment[0] > usual[-1].unemployment[0] > cheap[-1].unemployment[0]
    assert dear[-1].wage[0] < usual[-1].wage[0]


# ---------------------------------------------------------------------------------------------------- a toy zone
@cache
def lived(lever="", values="", assumptions=""):
    """Years of a toy zone with one lever from 2021 on."""
    import tempfile
    from pathlib import Path
    costs = {}          # as firms meet them, when they hire

    def watch(phase, state, before):
        if phase == "clear labour" and before:
            costs[state.year] = labour_cost(state)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "toy.yaml"
        text = f"schema: 1\nid: toy\ntitle: {{zh: 检验, en: Check}}\nhorizon: {{start: 2019, end: {LAST}, report: [{LAST}]}}\nextends: baseline\n"
        text += f"assumptions: {{{assumptions}}}\n" if assumptions else ""
        path.write_text(text + (f"levers: {{{lever}: {{steps: [{{from: 2021, districts: all, {values}}}]}}}}\n" if lever else ""), encoding="utf-8")
        run = Simulation(load(str(path)), households=3_000, seed=2, threads=1, watch=watch)
    years = {}
    while not run.finished:
        run.step()
        state, hh, pp = run.state, run.state.households, run.state.persons
        kind = hh.kind[pp.household]
        years[state.year] = SimpleNamespace(
            uid=pp.uid.copy(), age=pp.age.copy(), ability=pp.ability.copy(), trained=pp.trained.copy(),
            schooling=pp.schooling.copy(), courses=pp.adult_schooling.copy(), wage=pp.wage.copy(), work=pp.work.copy(),
            base=pp.base.copy(), residence=pp.residence.copy(), home=hh.residence[pp.household], rural=(kind > 0) & (kind <= RURAL),
            counts={name: value.copy() for name, value in state.counts.items()}, cost=costs[state.year], year=state.published,
            unemployed=state.totals["unemployed"][:2].sum(), spent=state.books.total("labour_services", DISTRICT, FIRMS).sum(),
            other=hh.other_transfer.copy(), household=pp.household.copy(), members=hh.members.copy(), weight=state.spans.weight[hh.span[pp.household]],
            to_towns=state.books.total("social_transfers", INSURANCE, URBAN), own=state.totals["other_transfer"][1],
            apart={name: state.totals[f"mini_{name}"].copy() for name in ("wage", "remittance", "benefit")})
    run.close()
    return years


def test_equal_pay_reaches_rural_workers_and_firms_pay_it():
    base, equal = lived(), lived("equal_work", "pay_gap_log_percent: 0")
    year, then = equal[2021], base[2021]
    same = (year.work == EMPLOYED) & (then.work == EMPLOYED) & (year.base == then.base) & (year.base > 1) & (year.base < 11) & (year.age >= 16)
    relative = year.wage[same] / then.wage[same] / (year.year.wage / then.year.wage)[year.base[same] - 2]
    np.testing.assert_allclose(relative[year.rural[same]], np.exp(0.12), rtol=1e-4)
    np.testing.assert_allclose(relative[~year.rural[same]], 1, rtol=1e-4)
    assert (then.cost == 1).all() and (year.cost >= 1).all() and 1.005 < year.cost.max() < np.exp(0.12)


def test_insurance_pays_rural_workers_without_work():
    base, insured = lived(), lived("equal_work", "insured_percent: 100")
    year = insured[2021]
    assert (year.year.migrant_benefit > base[2021].year.migrant_benefit).all()
    out = np.flatnonzero((year.work == UNEMPLOYED) & year.rural & (year.residence == year.home))
    both = out[(base[2021].work[out] == UNEMPLOYED) & (base[2021].residence[out] == year.home[out]) & (base[2021].uid[out] == year.uid[out])]
    assert len(both) > 3
    more = year.other[year.household[both]] - base[2021].other[base[2021].household[both]]
    extra = float(year.year.migrant_benefit[0] - base[2021].year.migrant_benefit[0])
    assert (np.round(more / extra) >= 1).mean() > 0.8


@pytest.mark.parametrize("lever", [(), ("equal_work", "insured_percent: 100")])
def test_members_who_live_apart_get_the_benefit_where_they_live(lever):
    """Summed anew from the rows: each unemployed member apart from the household, rural or urban, by district of residence; the fund pays it there."""
    seen = 0
    for year in lived(*lever).values():
        out = np.flatnonzero((year.work == UNEMPLOYED) & (year.age >= 0) & (year.residence != year.home) & (year.residence < 11))
        benefit = np.where(year.rural[out], year.year.migrant_benefit[year.base[out] - 2], B.benefit).astype(float)
        due = np.bincount(year.residence[out] - 2, benefit * year.weight[out], 9)
        np.testing.assert_allclose(year.apart["benefit"][1], due, rtol=1e-9)
        assert not year.apart["benefit"][0].any() and not year.apart["benefit"][2].any()
        np.testing.assert_allclose(year.to_towns, year.own + due, rtol=1e-9)
        seen += year.rural[out].sum()
    assert seen > 3


def test_registration_moves_families_both_ways():
    hard, base, easy = lived("registration", "barrier_log_percent: 60"), lived(), lived("registration", "barrier_log_percent: 0")
    settled = [sum(years[y].counts["settled"].sum() for y in range(2021, LAST + 1)) for years in (hard, base, easy)]
    assert settled[0] < settled[1] < settled[2]


def pay_of_trained(years):
    """Mean pay in 2023, against the market's, of workers of little ability, same work, whom the lever had trained by 2022 and the base never."""
    much, base = lived("training", "workers_percent: 20"), lived()
    rows = (much[LAST - 1].trained == GAINED) & (base[LAST].trained == 0) & (much[LAST].uid == base[LAST].uid)
    rows &= (much[LAST].work == EMPLOYED) & (base[LAST].work == EMPLOYED) & (much[LAST].base == base[LAST].base)
    rows &= (base[LAST].base > 1) & (base[LAST].base < 11)
    assert rows.sum() > 20
    return (years[LAST].wage[rows] / years[LAST].year.wage[years[LAST].base[rows] - 2]).mean()


def test_training_helps_those_of_less_than_mean_ability_once():
    base, much, none = lived(), lived("training", "workers_percent: 20"), lived("training", "workers_percent: 0")
    effect = float(B.training_effect)
    assert not (none[LAST].trained > base[LAST].trained).any() and none[LAST].counts["trained"].sum() == 0
    for year in range(2021, LAST + 1):
        before, after = much[year - 1], much[year]
        new = (after.trained > before.trained) & (after.uid == before.uid) & (after.age >= 16)
        low = before.ability[new] < 0
        assert low.any() and (~low).any() and (after.trained[new] == np.where(low, GAINED, 1)).all()
        stayed = (after.uid == before.uid) & (after.age > 1)
        np.testing.assert_array_equal(after.ability[stayed], before.ability[stayed])
    paid = [pay_of_trained(years) for years in (much, base)]
    assert paid[0] / paid[1] == pytest.approx(np.exp(effect), rel=0.01)
    assert 0 < base[2020].counts["trained"].sum() < much[2021].counts["trained"].sum()
    first = (base[2021].trained == 1) & (base[2021].uid == much[2021].uid)
    assert (much[2021].trained[first] == 1).all()


def test_districts_pay_for_courses_beyond_those_of_2019_and_for_matching():
    base, much = lived(), lived("training", "workers_percent: 20")
    assert base[LAST].spent == 0
    np.testing.assert_allclose(much[2021].spent, float(B.training_cost) * 0.9 * much[2021].counts["trained"].sum(), rtol=1e-6)
    matched = lived("job_matching", "matching_log_percent: 30")
    assert matched[2021].unemployed < base[2021].unemployed and matched[2021].spent > 0


def test_costs_by_span_are_those_of_the_books():
    run = Simulation(load("baseline", ["training.workers_percent=20", "job_matching.matching_log_percent=20"]), households=3_000, seed=1, threads=1)
    for _ in range(3):
        run.step()
    state = run.state
    by_span = (labour_policy.cost_by_span(state) * state.spans.weight).sum()
    np.testing.assert_allclose(by_span, state.books.total("labour_services", DISTRICT, FIRMS).sum(), rtol=1e-9)
    assert by_span > 0
    run.close()


# ---------------------------------------------------------------------------------------------------- schooling and skilled persons
def test_adult_courses_cost_time_and_money_and_bring_schooling():
    base, courses = lived(), lived("schooling", "adult_courses: 2000, vocational_places: 0")
    year, then, before = courses[2021], base[2021], courses[2020]
    new = (year.courses > before.courses) & (year.uid == before.uid) & (year.age >= 16)
    assert new.any() and (year.courses[new] == int(B.course_years)).all() and (before.schooling[new] < float(B.full_schooling)).all()
    assert not base[LAST].courses.any()
    np.testing.assert_allclose(year.wage[new], then.wage[new] * (1 - float(B.study_time)), rtol=1e-5)
    np.testing.assert_array_equal(year.wage[~new], then.wage[~new])
    assert year.spent == pytest.approx(then.spent + float(B.course_cost) * year.counts["adult_courses"].sum(), rel=1e-9)
    assert 0 < year.counts["adult_courses"].sum() <= 9 * 2000 * 1.2


def test_vocational_places_keep_youths_at_school():
    base, seats = lived(), lived("schooling", "adult_courses: 0, vocational_places: 1000")
    for year in range(2021, LAST + 1):
        more = (seats[year].schooling > base[year].schooling) & (seats[year].uid == base[year].uid) & (base[year].age >= 0)
        assert (seats[year].schooling[more] == 12).all() and (seats[year].age[more] <= 15 + year - 2021).all()
        assert (seats[year].wage[more & (seats[year].age < 18)] == 0).all()
    assert more.sum() > 3 and sum(seats[y].counts["vocational_pupils"].sum() for y in range(2021, LAST + 1)) > 0


def test_skilled_persons_move_to_towns_where_settlement_is_easy():
    moves = [sum(years[y].counts["skilled_moves"].sum() for y in range(2021, LAST + 1)) for years in (
        lived("talent_settlement", "barrier_log_percent: 30"), lived(), lived("talent_settlement", "barrier_log_percent: 0"))]
    assert moves[0] < moves[1] < moves[2]


def test_unemployment_falls_with_skill():
    """Of those who look for work in a town, the more skilled half is without work less often; without rationing by skill the halves are alike."""
    base, plain = lived(), lived(assumptions="skill_rationing: 0")
    rates = []
    for years in (base, plain):
        out = np.zeros((2, 2))
        for year in range(2019, LAST + 1):
            seen = years[year]
            looks = (seen.age >= 25) & (seen.age <= 55) & ((seen.work == EMPLOYED) | (seen.work == UNEMPLOYED)) & (seen.base > 1) & (seen.base < 11)
            high = seen.schooling + 10 * seen.ability > np.median((seen.schooling + 10 * seen.ability)[looks])
            for k, half in enumerate((~high, high)):
                out[k] += (looks & half).sum(), (looks & half & (seen.work == UNEMPLOYED)).sum()
        rates.append(out[:, 1] / out[:, 0])
    rationed, alike = (less / more for less, more in rates)
    assert rationed > 1.2 and 0.8 < alike < 1.25 and rationed > 1.15 * alike          # a toy zone: some two hundred without work
    assert 0.8 < rates[0].mean() / rates[1].mean() < 1.3
