"""Beyond one zone and one process: two halves of a zone give the bits of one, copies of a zone are other people under the same totals."""

import numpy as np

from benchmarks import halves, province
from sim import population


def test_copies_of_a_zone_are_other_people_in_the_same_numbers():
    one, two = population.build(20_000), province.population_of(2)(20_000)
    spans, households, persons = (len(table.uid) for table in one[:3])
    for table, twice in zip(one[:3], two[:3]):
        for name, first, both in zip(table._fields, table, twice):
            assert both.dtype == first.dtype and both.flags.c_contiguous, name
            assert name == "weight" or (both[: len(first)] == first).all(), name  # the first copy is the zone itself
    assert len(two.spans.uid) == 2 * spans and len(two.households.uid) == 2 * households
    assert len(np.unique(two.spans.uid)) == 2 * spans and (two.spans.weight == 0.5).all()
    living = two.persons.age >= 0
    assert len(np.unique(two.persons.uid[living])) == living.sum() and (two.persons.age[: persons] == one.persons.age).all()
    home = two.households.span[two.persons.household[living]]
    assert (home == np.repeat(np.arange(2 * spans), np.diff(two.spans.first_person.astype(int)))[living]).all()
    assert two.spans.first_household[-1] == len(two.households.uid) and two.spans.first_person[-1] == len(two.persons.uid)
    assert (two.households.plot_area[:households] != two.households.plot_area[households:]).mean() > 0.2


def test_no_province_without_the_memory_for_it(monkeypatch):
    monkeypatch.setattr("sim.study.machine.available_memory", lambda: 2_000_000_000)
    found = province.measure(7, 2)
    assert "are free" in found["reason"] and "skipped" in "".join(province.table([found]))


def test_two_halves_give_the_bits_of_one():
    found = halves.measure(20_000, 2)
    assert found["same"], [found["one"]["digest"], *(half["digest"] for half in found["halves"])]
    assert all(half["bytes"]["spans"] > 0 for half in found["halves"]) and "the same bits" in "\n".join(halves.lines(found))
