"""Own businesses: each founder's reckoning against a twin in plain numpy, who begins them, what they bring, who gives them up, whom they hire."""
import numpy as np
import pytest
from scipy.special import ndtri

from sim.institutions import businesses
from sim.kernels import ventures
from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.rng import uniform_array
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import RURAL

YEARS = 4


@pytest.fixture(scope="module")
def lived():
    """Copies of the tables around the phase in which businesses are weighed, year by year."""
    run = Simulation(load("baseline"), households=4_000, seed=5, threads=1)
    state, years = run.state, []
    start = {"years_away": state.persons.years_away.copy(), "residence": state.persons.residence.copy()}

    def watch(name, state, before):
        if name == "choose":
            if before:
                years.append({})
            years[-1]["before choice" if before else "after choice"] = copied(state)
        if name == "ask for loans" and before:
            years[-1]["before"] = copied(state)
        if name == "lend money" and not before:
            years[-1]["after"] = copied(state)
    run.watch = watch
    for _ in range(YEARS):
        run.step()
        years[-1] |= {"end": copied(run.state), "seekers": run.state.seekers.copy(), "counts": dict(run.state.counts)}
    yield run.state, start, years
    run.close()


def copied(state):
    tables = {name: type(table)(*(c.copy() for c in table)) for name, table in (("spans", state.spans), ("hh", state.households), ("pp", state.persons))}
    return tables | {"published": state.published, "behaviour": state.behaviour}


def skill_of(p, seen, b):
    """Human capital of person p: the Mincer equation in plain numbers."""
    hh, pp = seen["hh"], seen["pp"]
    x = max(pp.age[p] - pp.schooling[p] - 6.0, 0.0)
    learnt = b["training_effect"] * (pp.trained[p] == 2) + b["return_to_schooling"] * pp.adult_schooling[p]
    return np.exp(b["return_to_schooling"] * pp.schooling[p] + b["return_to_experience"] * x - b["experience_squared"] * x * x + pp.ability[p] + learnt
                  + b["income_position"] * np.log(hh.wealth_effect[pp.household[p]]) - b["human_capital_norm"])


def reckon(seen):
    """Gain and founder of each household by loops over its members in plain numpy: the equations once more."""
    spans, hh, pp, year = seen["spans"], seen["hh"], seen["pp"], seen["published"]
    b = {name: float(value) for name, value in zip(seen["behaviour"]._fields, seen["behaviour"])}
    rate = np.asarray(year.rules, float)[ventures.VENTURE_RATE]
    considers = uniform_array(hh.uid, year.key[ventures.IDEA]) < (b["venture_chance"] * rate / float(ventures.VENTURE_RATE_2019))[spans.district[hh.span]]
    considers &= (hh.kind > 0) & (hh.kind <= RURAL) & (hh.residence == VILLAGE) & (hh.debt == 0) & (spans.urban[hh.span] == 0)
    s = b["venture_spread"]
    grown = np.asarray(year.expected_wage, float)[spans.district[hh.span]] / b["town_wage"]
    outlay = b["venture_size"] * grown * np.exp(s * ndtri(uniform_array(hh.uid, year.key[ventures.SIZE])) - s * s / 2)
    found = {}
    for p in np.flatnonzero((pp.age >= 18) & (pp.age <= 59) & considers[pp.household] & (pp.base != HOME) & (pp.owner == 0)):
        h = pp.household[p]
        o = spans.district[hh.span[h]]
        skill = skill_of(p, seen, b)
        free = max(b["farm_days_limit"] - hh.farm_days[h], 0) * b["offfarm_access"] * (1 - float(year.expected_unemployment[o])) / (1 - b["unemployment"])
        here = skill * b["local_wage"] * float(year.expected_wage[o]) / b["town_wage"] / 264 * free * spans.local_jobs[hh.span[h]]
        if pp.base[p] == VILLAGE:
            forgone = b["venture_time"] * here
        else:
            if pp.base[p] == OUTSIDE:
                pay = float(year.expected_outside_wage) * np.exp(b["outside_premium"]) * skill * (1 - b["outside_unemployment"])
            else:
                d = pp.base[p] - FIRST_DISTRICT
                u = min(float(year.expected_unemployment[d]) * skill ** -b["skill_rationing"], 0.9)
                pay = max(float(year.expected_wage[d] * year.migrant_pay[d]) * skill * (1 - u) + float(year.migrant_benefit[d]) * u, 500)
            if pp.residence[p] != VILLAGE:
                t = b["away_toll_spread"]
                toll = b["away_toll"] * np.exp(t * ndtri(uniform_array(pp.uid[p:p + 1], year.first[ventures.TOLL])[0]) - t * t / 2)
                pay *= 1 - min(toll, 0.9)
            forgone = max(pay - hh.farm_income[h] - (1 - b["venture_time"]) * here, 0)
        talent = b["venture_talent"] * ndtri(uniform_array(pp.uid[p:p + 1], year.first[ventures.TALENT])[0])
        hand = skill ** b["venture_skill"] * np.exp(b["venture_experience"] * min(pp.years_away[p], 10) + talent)
        gain = b["venture_return"] * outlay[h] * hand - (float(year.loan_rate) + b["loan_margin"] + b["business_wear"]) * outlay[h] - forgone
        if gain > max(found.get(h, (0.0,))[0], 0.0):
            found[h] = (gain, p, hand, outlay[h])
    return considers, found


def test_every_founder_by_hand(lived):
    """Who considers, who would found it and what it is worth, against the slow twin; nobody begins what nobody wants."""
    _, _, years = lived
    seen = 0
    for year in years[1:]:
        considers, found = reckon(year["before"])
        hh, spans = year["after"]["hh"], year["after"]["spans"]
        np.testing.assert_array_equal(hh.venture_gain != 0, considers)
        wants = {h: v for h, v in found.items() if v[0] > 1}
        assert set(np.flatnonzero(hh.venture_gain > 1)) == set(wants)
        for h, (gain, p, _, _) in wants.items():
            assert hh.venture_gain[h] == pytest.approx(gain, rel=2e-3, abs=5)
            assert spans.first_person[hh.span[h]] + hh.founder[h] == p
        seen += len(wants)
    assert seen > 10


def test_what_is_begun_is_paid_and_counts_by_the_founders_hand(lived):
    _, _, years = lived
    for year in years[1:]:
        _, found = reckon(year["before"])
        was, hh, pp = year["before"]["hh"], year["after"]["hh"], year["after"]["pp"]
        begun = np.flatnonzero((hh.venture_gain > 0) & (hh.loan_outlay > 0) & (hh.business > was.business))
        for h in begun:
            gain, p, hand, outlay = found[h]
            assert hh.business[h] - was.business[h] == pytest.approx(outlay * hand, rel=2e-3)
            assert pp.owner[p] == 1 and pp.base[p] == pp.residence[p] == VILLAGE
        assert (pp.owner.astype(int) - year["before"]["pp"].owner >= 0).all()
        weight = year["after"]["spans"].weight[hh.span[begun]]
        assert year["counts"]["ventures"].sum() == pytest.approx(weight.sum())
        away = np.array([year["before"]["pp"].years_away[found[h][1]] > 0 for h in begun], bool)
        assert year["counts"]["ventures_returnees"].sum() == pytest.approx((weight * away).sum())


def test_who_wants_a_business_is_more_skilled_and_who_begins_one_is_wealthier():
    """Over a larger zone: the founder's hand lifts the gain, deposits and credit decide who can pay for it."""
    run = Simulation(load("baseline"), households=20_000, seed=2, threads=1)
    wants, begins, position, means = [], [], [], []
    for _ in range(3):
        run.step()
        hh = run.state.households
        considered = (hh.venture_gain != 0) & (hh.kind > 0)
        wants.append(hh.venture_gain[considered] > 0)
        begins.append((hh.venture_gain[considered] > 0) & (hh.loan_outlay[considered] > 0) & (hh.venture_outlay[considered] > 0))
        position.append(hh.wealth_effect[considered])
        means.append(hh.permanent_income[considered])
    run.close()
    wants, begins, position, means = (np.concatenate(part) for part in (wants, begins, position, means))
    assert position[wants].mean() > position[~wants].mean() and means[begins].mean() > means[wants & ~begins].mean()
    assert 0.02 < begins.mean() < wants.mean() < 0.6


def test_owners_stay_while_the_business_brings_the_pay_of_its_time(lived):
    """Who goes on and who gives up, person by person; owners take no other work."""
    _, _, years = lived
    goes_on, gives_up = 0, 0
    for year in years[1:]:
        was, now = year["before choice"], year["after choice"]
        spans, hh, pp, published = now["spans"], now["hh"], now["pp"], now["published"]
        b = {name: float(value) for name, value in zip(now["behaviour"]._fields, now["behaviour"])}
        for p in np.flatnonzero((was["pp"].owner == 1) & (was["pp"].age >= 0)):
            h = pp.household[p]
            o = spans.district[hh.span[h]]
            slack = (1 - float(published.expected_unemployment[o])) / (1 - b["unemployment"])
            free = max(b["farm_days_limit"] - was["hh"].farm_days[h], 0) * b["offfarm_access"] * slack
            here = skill_of(p, was, b) * b["local_wage"] * float(published.expected_wage[o]) / b["town_wage"] / 264 * free * spans.local_jobs[hh.span[h]]
            keeps = pp.age[p] <= 59 and hh.residence[h] == VILLAGE and b["venture_return"] * hh.business[h] >= b["venture_time"] * here
            assert pp.owner[p] == keeps
            assert not keeps or pp.base[p] == VILLAGE
            goes_on, gives_up = goes_on + keeps, gives_up + (not keeps)
    assert goes_on > 20 and gives_up > 0


def test_years_away_grow_by_one_where_the_year_was_worked_away(lived):
    _, start, years = lived
    pp = years[0]["end"]["pp"]
    hh = years[0]["end"]["hh"]
    rural = (hh.kind[pp.household] > 0) & (hh.kind[pp.household] <= RURAL) & (pp.age > 16)
    grown = pp.years_away.astype(int) - start["years_away"]
    worked = rural & (pp.residence != VILLAGE) & (pp.base >= FIRST_DISTRICT)
    assert (grown[worked] == 1).all() and (grown[rural & ~worked] == 0).all()
    home = rural & (start["residence"] == VILLAGE)
    before = start["years_away"][home & (start["years_away"] > 0)]
    assert 5 < before.mean() < 9 and (before < 5).any()
    assert 0.1 < (start["years_away"][home] > 0).mean() < 0.3 and (start["years_away"][rural & (start["residence"] != VILLAGE)] > 0).mean() > 0.9


def test_businesses_hire_villagers(lived):
    """Off-farm work follows the businesses: in 2019 as in 2019; twice the businesses of a village give its workers more days and pay."""
    state, _, years = lived
    assert (years[0]["after"]["spans"].local_jobs == 1).all()
    spans, hh = state.spans, state.households
    village = np.flatnonzero(spans.urban == 0)[0]
    before = spans.local_jobs.copy()
    businesses.hire(state)
    usual = spans.local_jobs[village]
    mine = hh.span == village
    kept = hh.business.copy()
    spans.local_jobs[:] = before
    hh.business[mine] += np.float32(50_000)
    businesses.hire(state)
    more = spans.local_jobs[village]
    at_home = mine & (hh.kind > 0) & (hh.kind <= RURAL) & (hh.residence == VILLAGE)
    work = state.seekers[village, :, 1].sum() / before[village]
    expected = 50_000 * at_home.sum() / float(state.behaviour.venture_job_capital) / work
    assert more == pytest.approx(min(usual + expected, 1 / float(state.behaviour.offfarm_access)), rel=1e-5)
    hh.business[:], spans.local_jobs[:] = kept, before
