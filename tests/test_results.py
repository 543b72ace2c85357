"""Cells on disk: whole or absent, reused only for the same key, readable as one table."""

import errno
import json
import os
import subprocess
import sys

import fake_cells
import numpy as np
import pandas as pd
import pytest

from sim import cells, files, results
from sim.errors import DataError, MachineError

KEY = {"seed": 1, "scenario": "abc"}


def manifest(**more):
    return {
        "schema_version": 1,
        "scenario": "baseline",
        "title": {"zh": "基线", "en": "Baseline"},
        "first_year": 2019,
        "last_year": 2035,
        "report_years": [2025, 2035],
        "sample": 1,
        "population_seed": 1,
        **more,
    }


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "结果 runs" / "baseline-0123456789ab"
    folder.mkdir(parents=True)
    files.write_text(folder / "manifest.json", files.to_json(manifest()))
    return folder


def write(runs, seed=1, **more):
    return cells.write_cell(runs, seed, 2019, {**KEY, "seed": seed}, fake_cells.simulate(fake_cells.scenario(), seed=seed, **more))


def test_a_cell_comes_back_as_it_was(folder):
    result = fake_cells.simulate(fake_cells.scenario(), seed=1, snapshot_years=(2025,), folder=folder)
    cell = cells.write_cell(folder, 1, 2019, KEY, result)
    assert sorted(p.name for p in cell.iterdir()) == sorted(
        [
            "accounts.parquet",
            "balances.parquet",
            "cell.json",
            "checks.json",
            "distribution.parquet",
            "flows.parquet",
            "indicators.parquet",
            "loans.parquet",
            "log.jsonl",
            "paths.npz",
            "rulebook.parquet",
            "snapshot-2025.parquet",
        ]
    )
    run = results.open_run(folder)
    assert list(run.indicators.columns) == ["seed", *cells.TABLES["indicators"]]
    assert run.indicators.drop(columns="seed").values.tolist() == [list(row) for row in result.indicators]
    pd.testing.assert_frame_equal(run.distribution.drop(columns="seed"), result.distribution, check_dtype=False)
    assert (run.paths()["district_wage"] == 42000).all() and run.checks()["fit"] is None
    assert len(run.snapshot(2025).households) == 2 and run.log() == [{"event": "start", "seed": 1}]
    assert run.card()["households"] == 1_380_000 and run.title("zh") == "基线"


def test_rulebook_speaks_in_percent(folder):
    write(folder)
    book = results.open_run(folder).rulebook
    keep = book[(book.rule == "keep_share") & (book.year == 2035)]
    assert set(keep.ordered) == {90.0} and set(keep.unit) == {"percent of plot compensation"} and len(keep) == 9
    assert set(book[book.rule == "house_price"].ordered) == {300.0}


def test_seeds_are_one_table(folder):
    for seed in (1, 2, 5):
        write(folder, seed)
    assert results.open_run(folder).seeds == (1, 2, 5)
    assert set(results.open_run(folder, (2, 5)).indicators.seed) == {2, 5}
    assert results.open_run(folder, (1, 2)).digest != results.open_run(folder, (1, 5)).digest
    with pytest.raises(DataError, match="3"):
        results.open_run(folder, (1, 3))


def test_reuse_only_for_the_same_key_and_with_the_snapshots_asked_for(folder):
    assert not cells.finished(folder, 1, KEY)
    write(folder)
    assert cells.finished(folder, 1, KEY)
    assert not cells.finished(folder, 1, KEY, snapshots=(2025,))
    with pytest.raises(DataError, match="scenario"):
        cells.finished(folder, 1, {**KEY, "scenario": "def"})
    write(folder, snapshot_years=(2025,), folder=folder)
    assert cells.finished(folder, 1, KEY, snapshots=(2025,))
    assert [p.name for p in folder.iterdir() if p.name.startswith(".")] == []


def test_a_failed_write_leaves_the_cell_that_stood_there(folder, monkeypatch):
    write(folder)
    before = (folder / "seed-0001" / "cell.json").read_bytes()

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(MachineError) as error:
        write(folder)
    assert error.value.exit_code == 7 and error.value.kind == "disk"
    assert (folder / "seed-0001" / "cell.json").read_bytes() == before
    assert not list(folder.glob(".writing-*"))


@pytest.mark.parametrize(
    "code, kind", [(errno.EACCES, "permission"), (errno.EROFS, "permission"), (errno.ENOTDIR, "permission"), (errno.ENOSPC, "disk")]
)
def test_what_the_machine_refuses(code, kind):
    with pytest.raises(MachineError) as error, files.disk("there"):
        raise OSError(code, os.strerror(code))
    assert error.value.kind == kind and str(error.value).startswith("there: ")
    with pytest.raises(OSError), files.disk("there"):
        raise OSError(errno.EIO, "not for the user to mend")


def test_leftovers_of_a_killed_writer_go_and_those_of_a_live_one_stay(folder):
    program = (
        "import sys; from pathlib import Path; from sim.files import unfinished; folder = Path(sys.argv[1]);"
        "unfinished(folder / 'seed-0009').mkdir(); unfinished(folder.parent / 'x').mkdir();"
        "import os; os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=False)
    live = files.unfinished(folder / "seed-0002")
    live.mkdir()
    assert files.clean(folder.parent) == 2
    assert live.exists() and len(list(folder.parent.rglob(".writing-*"))) == 1


def test_what_is_no_run_is_refused(tmp_path, folder):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DataError):
            results.open_run(path)
        with pytest.raises(DataError):
            results.remove_run(path)
    with pytest.raises(DataError):  # a manifest, but no finished cell
        results.open_run(folder)
    assert results.list_runs(folder.parent) == []
    write(folder)
    assert [run.id for run in results.list_runs(folder.parent)] == ["baseline-0123456789ab"]
    (folder / "manifest.json").write_text(json.dumps(manifest(schema_version=99)))
    with pytest.raises(DataError, match="99"):
        results.open_run(folder)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(DataError):
        results.open_run(folder)
    results.remove_run(folder)
    assert list(folder.parent.iterdir()) == []


def test_tables_of_another_shape_are_refused(folder):
    good = fake_cells.simulate(fake_cells.scenario())
    with pytest.raises(DataError, match="3 fields"):
        cells.write_cell(folder, 1, 2019, KEY, good._replace(flows=[(2019, "people", "a")]))
    with pytest.raises(DataError, match="unit"):
        cells.write_cell(folder, 1, 2019, KEY, good._replace(distribution=good.distribution.drop(columns="unit")))
    cells.write_cell(folder, 1, 2019, KEY, good._replace(accounts=[]))
    assert len(results.open_run(folder).accounts) == 0


def test_pandas_stays_out_until_a_table_is_read():
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, sim.results, sim.indicators; assert not {'pandas', 'pyarrow', 'mesa', 'numba'} & set(sys.modules)",
        ],
        check=True,
    )
