"""The population of 2019: totals meet the evidence, samples are nested and weighted to the zone, and nothing of it depends on scenario or seed."""
import numpy as np
import pytest

from sim import evidence, population, rng, state
from sim.kernels.people import new_household
from sim.places import DISTRICT_IDS, OUTSIDE, VILLAGE
from sim.policies.rulebook import base_rules
from sim.study.fit import built_figures
from sim.tables import CONTRACT, FREE, RURAL, zero_flows


def build(households, seed=1, rules=None, **assumptions):
    made = state.build(households=households, seed=seed, population_seed=1, sample=1, first_year=2019, last_year=2035,
                       rules_start=base_rules() if rules is None else rules, assumptions=assumptions)
    made.runner.close()
    return made


@pytest.fixture(scope="session")
def whole():
    """The whole zone, everyone placed."""
    return build(None)


@pytest.fixture(scope="module")
def samples():
    return {households: population.build(households) for households in (20_000, 60_000)}


def uids(people, table="households"):
    if table == "spans":
        return people.spans.uid
    if table == "households":
        return people.households.uid[people.households.kind != FREE]
    return people.persons.uid[people.persons.age >= 0]


TOTALS = ("zone_pop_2019", "zone_construction_land_2019", "zone_contract_land_2019", "zone_area_2019", "zone_contract_units_2019",
          "zone_contract_units_village_2019", "zone_contract_units_town_2019", "zone_contract_units_outside_2019", "zone_own_dwelling_plot_2019",
          "zone_house_area_2019")


def test_totals_meet_the_evidence(whole):
    figures = built_figures(whole)
    for id in TOTALS:
        assert abs(figures[id] / evidence.figure(id).value - 1) < 0.005, id
    for id in ("zone_rural_population_2019", "zone_hh_2019"):
        assert abs(figures[id] / evidence.figure(id).value - 1) < 0.02, id


def test_districts_meet_the_evidence(whole):
    figures = built_figures(whole)
    districts = evidence.districts()
    for i, id in enumerate(DISTRICT_IDS):
        gap = figures[f"start_{id}_population"] - districts.population[i]
        # towns draw in proportion to their people, and members away choose by pay and distance besides: 4,000 too few in the food zone of 72,000
        assert abs(gap) < (0.06 if id == "food_zone" else 0.04) * districts.population[i], id
    villages = np.bincount(whole.spans.district[whole.spans.urban == 0], minlength=9)
    np.testing.assert_array_equal(villages, districts.villages)


def test_the_whole_zone_weighs_one(whole):
    assert whole.people.whole and not whole.people.toy and (whole.spans.weight == 1).all()


def test_land_plots_and_rights_stand_where_they_belong(whole):
    hh, spans = whole.households, whole.spans
    holder = hh.kind == CONTRACT
    assert (hh.contract_area[holder] > 0).all() and (hh.contract_area[~holder] == 0).all()
    assert (hh.qualification[holder] == 1).all() and (hh.qualification[~holder] == 0).all()
    assert (hh.plot_area[(hh.kind == FREE) | (hh.kind > RURAL)] == 0).all() and (hh.plot_area[holder] > 0).all()
    assert (hh.cash_crop_area <= hh.contract_area).all()
    np.testing.assert_array_equal(spans.shares, np.bincount(hh.span, hh.shares, len(spans.uid)))
    assert (spans.urban[hh.span[(hh.kind > 0) & (hh.kind <= RURAL)]] == 0).all()


def test_people_stand_in_the_span_of_their_household(whole):
    spans, hh, pp = whole.people[:3]
    alive = np.flatnonzero(pp.age >= 0)
    span = hh.span[pp.household[alive]]
    assert (alive >= spans.first_person[:-1][span]).all() and (alive < spans.first_person[1:][span]).all()
    assert (hh.kind[pp.household[alive]] != FREE).all() and pp.age[alive].max() < 111
    assert (pp.residence[alive] >= VILLAGE).all() and (pp.residence[alive] <= OUTSIDE).all()


@pytest.mark.parametrize("table", ["spans", "households", "persons"])
def test_uids_are_unique_and_of_their_kind(whole, table):
    found = uids(whole.people, table)
    assert len(np.unique(found)) == len(found)
    space = {"spans": rng.SPAN, "households": rng.HOUSEHOLD, "persons": rng.PERSON}[table]
    assert ((found >> np.uint32(30)) == (space >> np.uint32(30))).all()


@pytest.mark.parametrize("table", ["spans", "households", "persons"])
def test_samples_are_nested(whole, samples, table):
    small, large, everyone = uids(samples[20_000], table), uids(samples[60_000], table), uids(whole.people, table)
    assert np.isin(small, large).all() and np.isin(large, everyone).all() and len(small) < len(large) < len(everyone)


def test_a_row_is_the_same_in_every_sample(whole, samples):
    small, large = samples[20_000].households, whole.households
    order = np.argsort(large.uid)
    rows = np.flatnonzero(small.kind != FREE)
    at = order[np.searchsorted(large.uid, small.uid[rows], sorter=order)]
    for column in ("kind", "contract_area", "plot_area", "shares", "farm_skill", "wealth_effect", "deposits", "debt", "certificate"):
        np.testing.assert_array_equal(getattr(small, column)[rows], getattr(large, column)[at], err_msg=column)


@pytest.mark.parametrize("households", [20_000, 60_000])
def test_a_sample_has_the_size_asked_for(samples, households):
    number = len(uids(samples[households]))
    assert 0.97 * households < number <= households and not samples[households].toy and not samples[households].whole


@pytest.mark.parametrize("households", [20_000, 60_000, 120_000])
def test_weights_meet_people_by_district_and_sector(households):
    """Rural and urban residents of every district and the zone's farm profit and village income exactly; contracted land nearly."""
    made = build(households)
    people, weight, spans = state.residents(made), made.spans.weight, made.spans
    village = spans.urban == 0
    rural = np.bincount(spans.district[village], (people[:, VILLAGE] * weight)[village], 9)
    urban = (people[:, VILLAGE + 1:OUTSIDE] * weight[:, None]).sum(0)
    np.testing.assert_allclose(rural, made.people.targets["rural"], rtol=1e-9)
    np.testing.assert_allclose(urban, made.people.targets["urban"], rtol=1e-9)
    np.testing.assert_allclose(weight @ state.span_proxies(made), state.sample_totals().sum(0), rtol=1e-9)
    land = np.bincount(spans.district, np.bincount(made.households.span, made.households.contract_area.astype(float), len(weight)) * weight, 9)
    assert np.abs(land / made.people.targets["contract_area"] - 1).max() < 0.06
    usual = made.people.targets["rural"] / np.bincount(spans.district[village], people[village, VILLAGE], 9)
    assert (weight[village] > state.LOWEST_WEIGHT * usual[spans.district[village]]).all() and weight.min() > 0


def test_the_whole_zone_has_the_totals_that_samples_are_weighted_to(whole):
    totals = np.array([np.bincount(whole.spans.district, column, 9) for column in state.span_proxies(whole).T]).T
    np.testing.assert_allclose(totals, state.sample_totals(), rtol=1e-4)      # kept at constants of six digits


def test_a_small_zone_is_marked_as_a_toy():
    toy = population.build(2_000)
    assert toy.toy and not toy.whole and set(np.unique(toy.spans.district)) == set(range(9))
    assert not population.build(population.SMALLEST_SAMPLE).toy


def test_nothing_depends_on_scenario_or_seed():
    rules = base_rules()
    one, other = build(2_000, seed=1, rules=rules), build(2_000, seed=99, rules=rules)
    for left, right in zip(one.people[:3], other.people[:3]):
        for column, a, b in zip(left.columns, left, right):
            np.testing.assert_array_equal(a, b, err_msg=column.name)
    another = population.build(2_000, population_seed=2)
    assert (another.spans.uid == one.spans.uid).all() and not np.array_equal(another.households.contract_area, one.households.contract_area)


GIVEN = {"uid", "kind", "span", "residence", "farm_skill", "wealth_effect", "permanent_income"}        # by who founds the household
READ_LATER = {"loan_rate", "signed_year", "exit_gain", "members"}                                      # written before they are read


def test_a_row_used_again_is_as_new():
    """Whatever a household that ended has left in its row, the next one there starts with nothing of it."""
    made = population.build(500)
    hh, spans = made.households, made.spans
    row = int(np.flatnonzero(hh.kind == FREE)[0])
    span = int(hh.span[row])
    fresh = {column.name: array[row].copy() for column, array in zip(hh.columns, hh)}
    for column, array in zip(hh.columns, hh):
        if column.name not in GIVEN:
            array[row] = 1
    assert new_household(np.int64(span), spans, hh, np.int64(spans.first_household[span])) == row
    zero_flows(hh)
    stale = {column.name for column, array in zip(hh.columns, hh) if array[row] != fresh[column.name]} - GIVEN - READ_LATER
    assert not stale
