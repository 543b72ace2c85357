"""The opening that runs share: a copy of it gives the bits of one built afresh, whatever was run from it before."""

import os

import numpy as np
import pytest

from sim import opening_files
from sim.opening import Keeper, build
from sim.policies.rulebook import base_rules
from sim.scenario import load
from sim.simulation import simulate

SMALL = {"households": 2_000, "threads": 1}


def run(scenario, seed, **options):
    return simulate(load(scenario).ending(2022), seed=seed, **SMALL, **options)


@pytest.fixture
def counted(monkeypatch):
    """How many openings are built."""
    made = []
    monkeypatch.setattr("sim.opening.build", lambda **what: made.append(what) or build(**what))
    return made


def test_copies_give_the_bits_of_an_opening_built_afresh(counted):
    keeper = Keeper()
    for scenario, seed, threads in (("baseline", 1, 1), ("four-instruments", 2, 1), ("four-instruments", 2, 1), ("baseline", 3, 2)):
        afresh = simulate(load(scenario).ending(2022), seed=seed, households=2_000, threads=1)
        copied = simulate(load(scenario).ending(2022), seed=seed, households=2_000, threads=threads, open_state=keeper.state)
        assert copied.digest == afresh.digest
        assert all(np.array_equal(copied.paths[name], values) for name, values in afresh.paths.items())
    assert len(counted) == 1, "four runs of one population under the same assumptions begin with the same opening"


def test_seeds_differ_after_a_common_opening():
    keeper = Keeper()
    assert run("baseline", 1, open_state=keeper.state).digest != run("baseline", 2, open_state=keeper.state).digest


@pytest.mark.parametrize("change", [{"population_seed": 2}, {"assumptions": {"discount": 0.08}}, {"households": 3_000}, {"sample": 2}])
def test_another_population_or_assumption_has_an_opening_of_its_own(counted, change):
    what = {"households": 2_000, "population_seed": 1, "sample": 1, "first_year": 2019, "last_year": 2022, "assumptions": {}}
    keeper = Keeper()
    keeper.state(seed=1, threads=1, **what)
    keeper.state(seed=1, threads=1, **{**what, **change})
    assert len(counted) == 2


@pytest.fixture
def filed(monkeypatch, tmp_path):
    """Openings of any size are filed, in a folder of their own."""
    monkeypatch.setenv("RONGHE_CACHE", str(tmp_path))
    monkeypatch.setattr("sim.opening_files.LEAST_HOUSEHOLDS", 0)
    return tmp_path / "openings"


def test_an_opening_read_from_its_file_gives_the_bits_of_one_built_afresh(counted, filed):
    afresh = run("four-instruments", 2).digest
    keeper = Keeper()
    for _ in range(3):      # built and filed, then mapped: what a run does to its opening stays its own
        assert run("four-instruments", 2, open_state=keeper.state).digest == afresh
    assert run("four-instruments", 2, open_state=Keeper().state).digest == afresh
    assert len(counted) == 1 and keeper.kept is None and len(list(filed.glob("*.pickle"))) == 1


@pytest.mark.parametrize("spoil", [lambda old: old[:len(old) // 2], lambda old: b"", lambda old: b"no pickle"], ids=["cut off", "empty", "other"])
def test_a_spoilt_file_is_built_again(counted, filed, spoil):
    what = {"households": 2_000, "population_seed": 1, "sample": 1, "first_year": 2019, "last_year": 2022, "assumptions": {}}
    Keeper().state(seed=1, threads=1, **what)
    file, = filed.glob("*.pickle")
    file.write_bytes(spoil(file.read_bytes()))
    Keeper().state(seed=1, threads=1, **what)
    assert len(counted) == 2 and len(list(filed.iterdir())) == 1
    Keeper().state(seed=1, threads=1, **what)
    assert len(counted) == 2, "the file is whole again"


def test_other_sources_or_evidence_have_another_file_and_the_oldest_goes(filed, monkeypatch):
    what = {"households": 2_000, "population_seed": 1, "sample": 1, "first_year": 2019, "last_year": 2022, "assumptions": {}}
    made = build(seed=1, threads=1, **what)
    made.runner.close()
    names = []
    for turn in range(6):
        monkeypatch.setattr("sim.opening_files.source_hash", lambda turn=turn: f"sources {turn}")
        file = opening_files.place(what, base_rules())
        names.append(file.name)
        opening_files.write(file, made)
        os.utime(file, (turn, turn))
    assert len(set(names)) == 6 and {path.name for path in filed.iterdir()} == set(names[-opening_files.KEPT:])
