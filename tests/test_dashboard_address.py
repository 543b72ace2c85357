"""A view is its URL: it reads back as it was written, what cannot be read is said, and the plan in it is the scenario that a file would be."""

import pytest
from hypothesis import given, strategies as st

from sim.dashboard import address as addresses
from sim.dashboard.address import Address, Choice, parse, read_choice, scenario_text, written
from sim.dashboard.moving import moved_by
from sim.places import DISTRICT_IDS
from sim.policies.catalogue import levers
from sim.policies.rulebook import order
from sim.scenario import load, shipped_ids


@st.composite
def choices(draw, lever):
    """A lever off, or one step of it with all or some parameters anywhere within their bounds."""
    if draw(st.booleans()):
        return None
    values = {}
    for name in draw(st.sets(st.sampled_from(list(lever.by_name)), min_size=1)):
        p = lever.by_name[name]
        steps = st.integers(0, 1 if p.whole else 1000).map(lambda k, p=p: p.low + (p.high - p.low) * (k if p.whole else k / 1000))
        values[name] = draw(st.booleans() if p.is_switch else steps.map(lambda x: float(f"{x:.8g}")))
    places = draw(st.sets(st.sampled_from(DISTRICT_IDS), min_size=1))
    return Choice(draw(st.integers(2020, 2035)), tuple(d for d in DISTRICT_IDS if d in places), tuple((n, values[n]) for n in lever.by_name if n in values))


@st.composite
def views(draw):
    address = Address(draw(st.sampled_from(["zh", "en"])), draw(st.sampled_from(shipped_ids())))
    for lever in levers().values():
        if draw(st.booleans()):
            address = address.with_choice(lever.id, draw(choices(lever)))
    name = addresses.read_name(draw(st.text(max_size=50)))
    return address._replace(years=draw(st.sampled_from([(2025, 2035), (2021, 2030)])), runs=draw(st.sampled_from([(), ("a-1", "b-2")])), name=name)


@given(views())
def test_a_view_reads_back_as_it_was_written(view):
    assert parse(view.query) == (view, ())


@given(views())
def test_the_scenario_file_of_a_view_says_what_its_controls_say(tmp_path_factory, view):
    path = tmp_path_factory.mktemp("plan") / "my-plan.yaml"
    path.write_text(scenario_text(view, 20_000, (1, 2, 3, 4)), encoding="utf-8")
    scenario = load(path)
    for id, lever in levers().items():
        choice = view.choice(id)
        if choice is None:
            assert id not in scenario.levers
        elif id in dict(view.changes):
            (step,) = scenario.levers[id]
            assert (step.first, step.districts) == (choice.first, choice.districts)
            assert step.values == dict(choice.values), lever.id
    assert scenario.title["zh"] == view.title["zh"] and scenario.horizon.report == view.years
    assert (scenario.run.households, scenario.run.seeds) == (20_000, (1, 2, 3, 4))


@pytest.mark.parametrize("start", shipped_ids())
def test_an_unchanged_view_orders_what_its_start_orders(tmp_path, start):
    path = tmp_path / "my-plan.yaml"
    path.write_text(scenario_text(Address(start=start), 20_000, (1,)), encoding="utf-8")
    assert order(load(path)).non_base_entries() == order(load(start)).non_base_entries()


@pytest.mark.parametrize(
    "text",
    [
        "homestead_withdrawal=2026",
        "homestead_withdrawal=2026@nowhere;plan",
        "homestead_withdrawal=2026@all;plan;compensation_yuan_per_m2:451",
        "homestead_withdrawal=2026@all;plan;compensation_yuan_per_m2:nan",
        "homestead_withdrawal=2026@all;no_such:1",
        "homestead_withdrawal=1990@all;plan",
        "voluntariness=2021@all;cooling_off_years:1.5",
        "keep_rights_without_land=2021@all;allowed:1",
        "start=../secret",
        "years=2035,2025",
        "runs=../../etc",
        "lang=fr",
    ],
)
def test_what_cannot_be_read_is_left_out_and_told(text):
    address, unread = parse("?" + text)
    assert address == Address() and unread == (text,)


def test_a_name_of_the_plan_cannot_break_the_file(tmp_path):
    view = Address(name=addresses.read_name('a"b: {c}\n# 甲'))
    path = tmp_path / "my-plan.yaml"
    path.write_text(scenario_text(view, 20_000, (1,)), encoding="utf-8")
    assert load(path).title["zh"] == 'a"b: {c} # 甲'


@pytest.mark.parametrize("lever", levers().values(), ids=lambda lever: lever.id)
def test_a_switched_lever_takes_its_plan_values(lever):
    off = Address(start="baseline")
    moved, held = moved_by(off, {("on", lever.id, None): True})
    assert moved.choice(lever.id) == addresses.at_plan(lever) and held == off
    assert read_choice(lever, written(lever, moved.choice(lever.id))) == (True, moved.choice(lever.id))
    assert moved_by(moved, {("on", lever.id, None): False})[0] == off


def test_a_control_beyond_its_bounds_changes_nothing():
    controls = {("on", "homestead_withdrawal", None): True, ("value", "homestead_withdrawal", "compensation_yuan_per_m2"): 4500}
    assert moved_by(Address(), controls)[0] == Address()
    controls["value", "homestead_withdrawal", "compensation_yuan_per_m2"] = 450
    assert moved_by(Address(), controls)[0].choice("homestead_withdrawal").value("compensation_yuan_per_m2") == 450
