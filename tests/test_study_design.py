"""Points of a design: complete, reproducible, stratified; and the cells behind them, each simulation once."""

import fake_studies
import numpy as np
import pytest

from sim.study import design, provenance
from sim.study.study_file import load_study
from sim.study.sweep_plan import plan_study

SAMPLED = """
study: 1
id: sampled
scenario: four-instruments
vary:
  assumptions.attachment: {{start: 60, stop: 300}}
  homestead_withdrawal.compensation_yuan_per_m2: {{start: 0, stop: 400}}
  voluntariness.cooling_off_years: {{start: 0, stop: 3}}
  combined_exit.allowed: [false, true]
design: {{kind: latin_hypercube, samples: 20, seed: {seed}}}
run: {{households: 2000, seeds: 2}}
"""


def points(tmp_path, text):
    return design.points(load_study(fake_studies.write(tmp_path, text)))


def test_a_grid_has_every_combination_once(tmp_path):
    found = points(tmp_path, fake_studies.GRID)
    assert [tuple(point.values()) for point in found] == [(price, attachment) for price in (50, 100, 200) for attachment in (60, 300)]


def test_a_latin_hypercube_is_the_same_for_a_seed_and_another_for_the_next(tmp_path):
    first, again, other = (points(tmp_path, SAMPLED.format(seed=seed)) for seed in (1, 1, 2))
    assert first == again and first != other


@pytest.mark.parametrize("seed", [1, 7])
def test_a_latin_hypercube_meets_every_stratum_once(tmp_path, seed):
    found = points(tmp_path, SAMPLED.format(seed=seed))
    for name, start, stop in (("assumptions.attachment", 60, 300), (fake_studies.PRICE, 0, 400)):
        shares = (np.array([point[name] for point in found]) - start) / (stop - start)
        assert sorted(np.minimum((shares * 20 + 1e-4).astype(int), 19)) == list(range(20))
    assert sorted(point["voluntariness.cooling_off_years"] for point in found) == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5
    assert sum(point["combined_exit.allowed"] for point in found) == 10


def test_one_at_a_time_begins_with_the_scenario_itself(tmp_path):
    text = fake_studies.GRID.replace("reference: baseline", "design: {kind: one_at_a_time}")
    found = points(tmp_path, text)
    assert found[0] == {} and [len(point) for point in found[1:]] == [1] * 5
    assert [list(point.values())[0] for point in found[1:]] == [50, 100, 200, 60, 300]


def test_a_reference_shares_the_world_of_its_point_and_is_simulated_once(tmp_path):
    plan = plan_study(fake_studies.write(tmp_path), tmp_path / "studies")
    assert {one.scenario.id for one in plan.beside} == {"baseline"}
    assert [one.scenario.assumptions["attachment"] for one in plan.beside] == [60, 300] * 3
    assert len({one.group for one in plan.beside}) == 2 and len({one.group for one in plan.of_point}) == 6
    assert len(plan.cells) == (6 + 2) * 3 and len({cell.name for cell in plan.cells}) == len(plan.cells)
    assert all(one.scenario.horizon.end == 2022 for one in (*plan.of_point, *plan.beside))


def test_without_a_reference_points_are_compared_to_the_scenario_as_written(tmp_path):
    plan = plan_study(fake_studies.write(tmp_path, fake_studies.GRID.replace("reference: baseline\n", "")), tmp_path)
    assert len({one.group for one in plan.beside}) == 1 and plan.beside[0].scenario.assumptions == {}


def test_a_point_that_equals_a_scenario_is_the_same_cell(tmp_path):
    """The plan value of the compensation is 100: that point is four-instruments itself, whatever it is called."""
    from sim.scenario import load

    plan = plan_study(fake_studies.write(tmp_path), tmp_path)
    scenario = load("four-instruments", ("assumptions.attachment=300",)).ending(2022)
    key = provenance.cell_key(scenario, households=2000, seed=2, population_seed=1, sample=1)
    number = plan.points.index({fake_studies.PRICE: 100.0, fake_studies.ATTACHMENT: 300.0})
    assert plan.of_point[number].cell_key(2) == key and plan.of_point[number].group.startswith(provenance.folder_hex(key))


def test_shards_are_disjoint_and_complete(tmp_path):
    plan = plan_study(fake_studies.write(tmp_path), tmp_path)
    parts = [{cell.name for cell in plan.missing((i, 5))} for i in range(1, 6)]
    assert sum(map(len, parts)) == len(set.union(*parts)) == len(plan.cells)
