"""Snapshots: every household and person once, in the types of the tables, and the same sums as the run's own indicators."""

import numpy as np
import pyarrow.parquet as parquet
import pytest

from sim import snapshots
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import FREE, MORTGAGE, Households, Persons


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(simulation after 2019, file of its snapshot) of a toy zone."""
    folder = tmp_path_factory.mktemp("snapshots")
    run = Simulation(load("baseline").ending(2019), households=600, threads=1, snapshot_years=(2019,), folder=folder)
    run.step()
    yield run, folder / "snapshot-2019.parquet"
    run.close()


def test_every_row_in_use_is_there_once_and_no_free_one(made):
    run, path = made
    households, persons = snapshots.read(path)
    state = run.state
    assert households.uid.is_unique and set(households.uid) == set(state.households.uid[state.households.kind != FREE])
    assert persons.uid.is_unique and set(persons.uid) == set(state.persons.uid[state.persons.age >= 0])
    assert set(persons.household) <= set(households.uid)


def test_columns_are_the_declared_ones_in_their_own_types(made):
    households, persons = snapshots.read(made[1])
    for kind, frame in ((Households, households), (Persons, persons)):
        for column in kind.columns:
            if column.name not in ("span", "household"):
                assert frame[column.name].dtype == np.dtype(column.dtype), column.name
    assert len(set(households.columns)) == len(households.columns) and "age" not in households and "kind" not in persons


def test_values_belong_to_their_row(made):
    run, path = made
    households, persons = snapshots.read(path)
    state = run.state
    row = {uid: i for i, uid in enumerate(state.households.uid)}
    rows = [row[uid] for uid in households.uid]
    assert (households.deposits.to_numpy() == state.households.deposits[rows]).all()
    assert (households.weight.to_numpy() == state.spans.weight[state.households.span[rows]]).all()
    home = persons.merge(households, left_on="household", right_on="uid", suffixes=("", "_home"))
    assert (home.weight == home.weight_home).all() and (home.district == home.district_home).all() and (home.span == home.span_home).all()


def test_weighted_sums_are_those_of_the_run(made):
    run, path = made
    households, _ = snapshots.read(path)
    owed = next(v for y, d, s, id, v, _ in run.recorder.indicators if (y, d, s, id) == (2019, "zone", "all", "loans_outstanding_yuan"))
    rural = households.loan_class != MORTGAGE
    assert (households.debt * households.weight)[rural].sum() == pytest.approx(owed, rel=1e-9)


def test_a_file_tells_the_unit_of_each_column_and_is_written_in_groups(made, monkeypatch, tmp_path):
    run, path = made
    field = parquet.read_schema(path).field("deposits")
    assert field.metadata[b"unit"] == b"yuan" and field.metadata[b"table"] == b"household"
    monkeypatch.setattr(snapshots, "GROUP_ROWS", 100)
    snapshots.write(tmp_path / "groups.parquet", run.state, 1)
    assert parquet.ParquetFile(tmp_path / "groups.parquet").num_row_groups > 10
    whole, parts = snapshots.read(path), snapshots.read(tmp_path / "groups.parquet")
    for a, b in zip(whole, parts, strict=True):
        assert a.astype({"district": str}).equals(b.astype({"district": str}))
