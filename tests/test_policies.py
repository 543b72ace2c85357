"""Levers, the rulebook that they write, how orders arrive, and what makes a cell the same cell."""

import dataclasses
import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from sim import identity, words
from sim.errors import DeclarationError
from sim.places import DISTRICT_IDS
from sim.policies import catalogue
from sim.policies.base import Clause, Lever, Parameter, Watch
from sim.policies.clauses import WITHOUT_LEVER, clauses
from sim.policies.deliver import deliver
from sim.policies.dominance import keep_rights
from sim.policies.rulebook import base_rules, order, reach_rules, timeline
from sim.rules import RULE_INDEX, RULES
from sim.scenario import load
from sim.scenario_shape import Step

YEARS = np.arange(2019, 2036)
PARAMETERS = [(lever, parameter) for lever in catalogue.levers().values() for parameter in lever.parameters]
NUMBERS = [parameter for _, parameter in PARAMETERS if not parameter.is_switch and not parameter.whole]
few = settings(max_examples=25, deadline=None)


def parameter(**changes):
    plain = {"name": "cover_percent", "unit": "percent", "base": 70.0, "plan": 100.0, "low": 0.0, "high": 100.0, "kind": "reach", "grade": "C",
             "source": "test", "zh": "覆盖", "en": "cover", "rule": "title_coverage", "scale": 0.01}  # fmt: skip
    return Parameter(**{**plain, **changes})


def lever(id="titling", **changes):
    plain = {"zh": "确权", "en": "Titling", "group": ("测试", "Test"), "clauses": (Clause("三(一)1", "确权"),), "watch": Watch("farmland_mu", 1),
             "parameters": (parameter(),)}  # fmt: skip
    return Lever(id=id, **{**plain, **changes})


# Declarations


@pytest.mark.parametrize(("changes", "message"), [
    ({"kind": "sort"}, "parameter cover_percent: kind 'sort' is not known. Write reach or terms."),
    ({"grade": "E"}, "parameter cover_percent: grade 'E' is not known. Write A, B, C or D."),
    ({"rule": "cover"}, "parameter cover_percent: rule 'cover' is not one that agents read. Choose one of sim.rules.RULE_NAMES."),
    ({"rule": ""}, "parameter cover_percent: it writes no rule. Name one of sim.rules.RULE_NAMES."),
    ({"needs": "cover"}, "parameter cover_percent: rule 'cover' is not one that agents read. Choose one of sim.rules.RULE_NAMES."),
    ({"unit": "share"}, "parameter cover_percent: the name ends with _percent and the unit is 'share'. Write percent."),
    ({"low": 100.0}, "parameter cover_percent: bounds 100 to 100 are empty. low must be below high."),
    ({"plan": 101.0}, "parameter cover_percent: plan value 101 is outside 0 to 100 percent. Move the value or the bounds."),
    ({"base": -1.0}, "parameter cover_percent: base value -1 is outside 0 to 100 percent. Move the value or the bounds."),
    ({"base": {"jiutai": 1.0}}, "parameter cover_percent: base by district needs 'default' and names of districts, not []."),
    ({"base": {"default": 1.0, "beijing": 1.0}}, "parameter cover_percent: base by district needs 'default' and names of districts, not ['beijing']."),
    ({"plan": True}, "parameter cover_percent: plan value True does not fit the unit 'percent'. Switches are True or False, everything else is a number."),
    ({"plan": 0.5, "whole": True}, "parameter cover_percent: plan value 0.5 is not whole."),
])  # fmt: skip
def test_wrong_declarations_say_what_is_wrong(changes, message):
    with pytest.raises(DeclarationError) as caught:
        parameter(**changes)
    assert str(caught.value) == message


def test_a_lever_needs_parameters_with_different_names():
    for wrong in ((), (parameter(), parameter())):
        with pytest.raises(DeclarationError, match="lever titling: parameters"):
            lever(parameters=wrong)


def test_the_shipped_levers_agree_with_the_rules():
    assert list(catalogue.levers())[:2] == ["homestead_withdrawal", "keep_rights_without_land"]
    for owning, one in PARAMETERS:
        rule = RULES[RULE_INDEX[one.rule]]
        assert float(one.base_in("yongji")) * one.scale == pytest.approx(rule.base), f"{owning.id}.{one.name}: its base is not that of {rule.name}"
        assert one.zh and one.en and one.source


def test_jiutai_keeps_its_pilots_at_the_base():
    base = base_rules()
    jiutai, yongji = DISTRICT_IDS.index("jiutai"), DISTRICT_IDS.index("yongji")
    for rule, pilot, elsewhere in (("offer_rate", 0.01, 0.002), ("plot_price", 100.0, 0.0), ("house_ltv", 0.30, 0.0)):
        assert base[RULE_INDEX[rule], [jiutai, yongji]] == pytest.approx([pilot, elsewhere])


def test_a_foreign_lever_may_claim_a_free_rule_only():
    try:
        catalogue.register(lever())
        assert catalogue.owner("title_coverage")[0].id == "titling" and reach_rules()[RULE_INDEX["title_coverage"]]
        with pytest.raises(DeclarationError, match="lever other: rule 'title_coverage' belongs to titling already. Use that lever"):
            catalogue.register(lever("other"))
        with pytest.raises(DeclarationError, match="lever titling: this id is taken. Give the lever another one."):
            catalogue.register(lever(parameters=(parameter(rule="exchange_coverage"),)))
        with pytest.raises(DeclarationError, match="belongs to combined_exit already"):
            catalogue.register(lever("other", parameters=(parameter(rule="bundle_bonus"),)))
        scenario = load("baseline", ["titling.cover_percent=90"])
        assert order(scenario).at(2021)[RULE_INDEX["title_coverage"]] == pytest.approx(0.9)
    finally:
        catalogue.withdraw("titling")
    assert catalogue.owner("title_coverage") is None


def test_a_lever_may_compute_its_rules():
    own = lever(amend_with=lambda values: {"title_coverage": 1.0 - values["cover_percent"] / 100.0})
    assert own.amend({"cover_percent": np.array([0.0, 40.0])})["title_coverage"] == pytest.approx([1.0, 0.6])


# The rulebook


def step(first, values, districts=DISTRICT_IDS, **more):
    return Step(first, districts, values, "here:1", origins=dict.fromkeys(values, "here:1"), **more)


def line(one, *steps, district="yongji"):
    return timeline(one, steps, YEARS)[:, DISTRICT_IDS.index(district)]


def test_the_baseline_orders_nothing():
    book = order(load("baseline"))
    assert book.non_base_entries() == [] and (book.ordered == base_rules()).all() and book.origins == {}
    assert book.years.tolist() == YEARS.tolist() and book.ordered.shape == (17, len(RULES), 9)
    with pytest.raises(KeyError, match="2019 to 2035"):
        book.at(2036)


def test_the_plan_holds_for_all_of_2021():
    plan = load("four-instruments")
    book = order(plan)
    assert (book.at(2020) == base_rules()).all()
    used = [(owning, one) for owning, one in PARAMETERS if owning.id in plan.levers]
    assert len(used) > 10
    for owning, one in used:
        assert book.at(2021)[RULE_INDEX[one.rule]] == pytest.approx(float(one.plan) * one.scale), f"{owning.id}.{one.name}"
    assert book.origin("offer_rate", "jiutai", 2021) == "scenarios/homestead-withdrawal.yaml:10"
    assert book.origin("offer_rate", "jiutai", 2020) == "" and book.origin("title_coverage", "jiutai", 2030) == ""
    frame = book.to_frame()
    assert len(frame) == book.ordered.size and set(frame.columns) >= {"year", "rule", "district", "value", "lever", "parameter"}


@few
@given(st.sampled_from(PARAMETERS), st.booleans(), st.integers(2019, 2035), st.sampled_from(DISTRICT_IDS))
def test_both_bounds_of_every_parameter_reach_their_rule_and_no_other(pair, upper, first, district):
    owning, one = pair
    value = (one.high if upper else one.low) if not one.is_switch else upper
    text = str(value).lower() if one.is_switch else f"{value:g}"
    book = order(load("baseline", [f"{owning.id}.{one.name}@{first}:{district}={text}"]))
    place = DISTRICT_IDS.index(district)
    expected = np.repeat(base_rules()[None], len(YEARS), axis=0)
    expected[first - 2019 :, RULE_INDEX[one.rule], place] = float(value) * one.scale
    assert np.array_equal(book.ordered, expected)


@few
@given(st.sampled_from(NUMBERS), st.floats(0, 1), st.integers(2019, 2035), st.integers(1, 20))
def test_ramp_arithmetic(one, part, first, n):
    value = one.low + part * (one.high - one.low)
    found = line(one, step(first, {one.name: value}, ramp_years=n))
    base = one.base_in("yongji")
    for year, got in zip(YEARS, found, strict=True):
        k = year - first
        expected = base if k < 0 else value if k >= n - 1 else base + (value - base) * (k + 1) / n
        assert got == pytest.approx(expected, rel=1e-12, abs=1e-12)


@few
@given(st.sampled_from(PARAMETERS), st.integers(2019, 2035), st.integers(0, 16))
def test_until_is_inclusive_and_returns_to_base(pair, first, length):
    one = pair[1]
    found = line(one, step(first, {one.name: one.plan}, until=first + length), district="jiutai")
    inside = (first <= YEARS) & (first + length >= YEARS)
    assert (found[inside] == float(one.plan)).all() and (found[~inside] == float(one.base_in("jiutai"))).all()


def test_the_latest_step_rules_and_ramps_start_from_the_value_in_force():
    one = catalogue.levers()["homestead_withdrawal"].by_name["grant_percent"]
    found = line(one, step(2026, {"grant_percent": 90.0}, ramp_years=3), step(2021, {"grant_percent": 60.0}))
    assert found.tolist() == pytest.approx([50.0] * 2 + [60.0] * 5 + [70.0, 80.0] + [90.0] * 8)
    found = line(one, step(2021, {"grant_percent": 100.0}, ramp_years=5), step(2023, {"grant_percent": 0.0}, ramp_years=2))
    assert found[2:7].tolist() == pytest.approx([60.0, 70.0, 35.0, 0.0, 0.0])
    found = line(one, step(2021, {"grant_percent": 60.0}), step(2024, {"grant_percent": 80.0}, until=2025))
    assert found[2:9].tolist() == [60.0] * 3 + [80.0] * 2 + [50.0] * 2, "after until the base stands, not the step before"


def test_switches_and_whole_numbers_change_at_once():
    years = catalogue.levers()["voluntariness"].by_name["cooling_off_years"]
    assert line(years, step(2021, {"cooling_off_years": 3.0}, ramp_years=4))[:3].tolist() == [1.0, 1.0, 3.0]


def test_a_step_leaves_other_parameters_and_districts_alone():
    book = order(load("homestead-withdrawal", ["homestead_withdrawal.compensation_yuan_per_m2@2026:jiutai=200"]))
    before, after = book.at(2025), book.at(2026)
    assert [(RULES[rule].name, DISTRICT_IDS[place]) for rule, place in np.argwhere(before != after)] == [("plot_price", "jiutai")]


# Delivery


def test_delivery_at_full_rate_is_the_order_bit_for_bit():
    book = order(load("four-instruments"))
    assert np.array_equal(deliver(book.at(2021), book.base, 100), book.at(2021))
    assert np.array_equal(deliver(book.at(2021), book.base, np.full(9, 100.0)), book.at(2021))


@few
@given(st.floats(0, 99.9))
def test_only_reach_moves_slowly(rate):
    book = order(load("four-instruments"))
    ordered, before = book.at(2021), book.base
    reach = np.array(reach_rules())
    found = deliver(ordered, before, rate)
    assert np.array_equal(found[~reach], ordered[~reach])
    assert found[reach] == pytest.approx(before[reach] + rate / 100 * (ordered[reach] - before[reach]))
    assert [rule.name for rule, moves in zip(RULES, reach, strict=True) if moves] == [
        "offer_rate", "project_households", "house_lessees", "recover_share", "own_use_share", "platform_deals", "resale_rate", "stock_use", "renewal_area",
        "leasing_rate", "funds_to_shares", "trusteeship_coverage", "insurance_coverage", "service_equalising", "rural_services", "village_roads",
        "works_grant", "handling_saving", "crop_insurance", "crop_bases", "order_share", "cold_chain", "bus_routes", "beautiful_villages", "online_coverage",
        "matching", "training_cover", "insured_migrants", "venture_rate", "policy_credit", "farm_places", "adult_courses", "vocational_seats",
        "platform_investment", "park_investment", "town_investment", "linkage_investment", "fund_investment", "national_fund", "tourism_sites",
        "evaluation_pool", "trunk_outlay", "coop_quality"]


def test_delivery_by_district_and_over_years():
    book = order(load("homestead-withdrawal"))
    rates = np.where(np.arange(9) == 0, 100.0, 30.0)
    first = deliver(book.at(2021), book.base, rates)
    second = deliver(book.at(2022), first, rates)
    rule = RULE_INDEX["offer_rate"]
    assert [first[rule, 0], first[rule, 8], second[rule, 8]] == pytest.approx([0.05, 0.0164, 0.02648])
    for wrong in (-1, 101, np.nan):
        with pytest.raises(ValueError, match="outside 0 to 100 percent"):
            deliver(book.at(2021), book.base, wrong)


# The plan


def test_every_clause_has_a_lever_or_a_reason_once():
    rows = clauses()
    shipped = {(clause.place, clause.phrase) for one in catalogue.levers().values() for clause in one.clauses}
    assert not shipped & {(place, phrase) for place, phrase, _ in WITHOUT_LEVER}
    assert len({(row.place, row.phrase) for row in rows}) == len(rows)
    assert all(bool(row.levers) != bool(row.reason) for row in rows)
    assert {name for row in rows for name in row.levers} == set(catalogue.levers())
    assert [row.place for row in rows][0] == "二(二)" and rows[-1].place == "六(四)"


def test_keeping_the_right_pays_at_the_plan_and_is_dominated_far_from_it():
    plan = keep_rights(0.90, 100.0, 10_000.0, 1.2)
    assert plan.cost == pytest.approx(15_000) and 0.2 < plan.dominated < 0.8 and not plan.nearly_everyone
    assert keep_rights(0.50, 150.0, 20_000.0, 1.2).nearly_everyone
    assert keep_rights(1.0, 100.0, 0.0, 1.2).dominated == 0.0
    shares = [keep_rights(share, 150.0, 10_000.0, 1.2).dominated for share in (0.5, 0.7, 0.9, 1.0)]
    assert shares == sorted(shares, reverse=True)
    assert keep_rights(0.9, 100.0, 10_000.0, 1.2, {"return_rate": 0.05}).dominated < plan.dominated


# Identity


CELL = {"households": 20_000, "seed": 1}


def test_a_key_does_not_know_titles_files_or_report_years():
    scenario = load("four-instruments")
    other = dataclasses.replace(scenario, id="x", title={"zh": "甲", "en": "A"}, origins={}, file="",
                                horizon=dataclasses.replace(scenario.horizon, report=(2030,)))  # fmt: skip
    assert identity.cell_key(scenario, **CELL) == identity.cell_key(other, **CELL)
    same = load("baseline", ["combined_exit.bonus_percent=5"])
    assert identity.cell_key(same, **CELL) == identity.cell_key(load("baseline"), **CELL), "an order of the base is no order"


def test_a_key_knows_everything_that_changes_numbers():
    scenario = load("baseline")
    keys = {identity.cell_key(scenario, **{**CELL, **more}) for more in
            ({}, {"seed": 2}, {"households": "all"}, {"spans": [1]}, {"population_seed": 2}, {"sample": 2}, {"options": {"memory": "small"}})}  # fmt: skip
    for setting in ("combined_exit.bonus_percent=6", "assumptions.discount=0.06", "delivery.rate_percent_per_year=30"):
        keys.add(identity.cell_key(load("baseline", [setting]), **CELL))
    keys.add(identity.cell_key(scenario.ending(2030), **CELL))
    assert len(keys) == 11
    contents = [identity.cell_content(scenario, **{**CELL, "seed": seed}) for seed in (1, 2)]
    assert identity.group_key(contents[0]) == identity.group_key(contents[1])


def test_canonical_json():
    assert identity.canonical({"b": np.float64(1.0), "a": (1, True, 0.1, None, "甲")}) == '{"a":[1,true,0.1,null,"甲"],"b":1}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        identity.canonical(float("nan"))


def test_the_source_hash_sees_numbers_and_not_words(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)

    def now():
        identity.source_hash.cache_clear()
        return identity.source_hash(Path(tmp_path))

    write("kernels/work.py", b"a = 1\n")
    first = now()
    write("cli/__init__.py", b"b = 1\n")
    write("words/inputs.py", b"c = 1\n")
    write("kernels/work.py", b"a = 1\r\n")
    assert now() == first
    write("kernels/work.py", b"a = 2\n")
    assert now() != first


# Words


def test_words_are_complete_and_unique():
    for pair in words.CATALOGUE.values():
        assert len(pair) == 2 and all(pair)
        names = [set(part for _, part, *_ in string.Formatter().parse(text) if part is not None) for text in pair]
        assert names[0] == names[1], pair
    with pytest.raises(ValueError, match=r"sim.words.b: key 'k' stands in sim.words.a already"):
        words._join({"a": {"k": ("甲", "a")}, "b": {"k": ("乙", "b")}})
    with pytest.raises(ValueError, match="needs a Chinese and an English text"):
        words._join({"a": {"k": ("甲", "")}})


def test_language(monkeypatch):
    words.use_language(None)
    for name in ("RONGHE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert words.language() == "zh" and words.say("name.zone") == "全试验区" and words.pick(("甲", "a")) == "甲"
    monkeypatch.setenv("RONGHE_LANG", "en")
    assert words.language() == "en" and words.pick({"zh": "甲", "en": ""}) == "甲"
    words.use_language("zh")
    assert words.language() == "zh"
    words.use_language(None)
    with pytest.raises(ValueError, match="language: 'fr' is not known. Write zh or en."):
        words.use_language("fr")
