"""Working through a study on made-up cells: nothing twice, nothing lost, nothing silently; and what the table says."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import fake_studies
import jsonschema
import numpy as np
import pandas as pd
import pytest
from fake_studies import ATTACHMENT, PRICE

from sim.cli import main
from sim.errors import DataError, MachineError, PartialError
from sim.study import cell_files, ensemble, lock, machine, sweep, sweep_table
from sim.study.sweep_plan import plan_study

SCHEMA = Path(__file__).parents[1] / "sim" / "schemas" / "study.json"


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """The folder in which `fake_studies.counted` leaves a file for each cell it computes."""
    folder = tmp_path / "calls"
    folder.mkdir()
    monkeypatch.setenv("COUNTED", str(folder))
    monkeypatch.setenv("FAILING", str(tmp_path / "failing"))
    return folder


def plan_in(tmp_path, text=fake_studies.GRID):
    return plan_study(fake_studies.write(tmp_path, text), tmp_path / "studies")


def run(plan, simulate=fake_studies.counted, **more):
    return sweep.run(plan, jobs=2, simulate=simulate, runs=plan.folder.parent / "runs", **more)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished study."""
    folder = tmp_path_factory.mktemp("whole")
    plan = plan_in(folder)
    run(plan, fake_studies.responding)
    return plan


# ---------------------------------------------------------------------------------------------------- working through
def test_a_second_call_and_more_seeds_compute_only_what_is_missing(tmp_path, calls):
    plan = plan_in(tmp_path)
    assert sweep.status(plan)[1:] == (0, (), False) and sweep.status(plan).missing == 24
    assert run(plan).done == 24 and len(list(calls.iterdir())) == 24
    assert run(plan).done == 24 and len(list(calls.iterdir())) == 24
    more = plan_in(tmp_path, fake_studies.GRID.replace("seeds: 3", "seeds: 4"))
    assert sweep.status(more).done == 24 and sweep.status(more).missing == 8
    assert run(more).done == 32 and len(list(calls.iterdir())) == 32
    names = {path.name.rsplit("-", 1)[0] for path in calls.iterdir()}
    assert len(names) == 32, "a cell was computed twice"


def test_what_a_killed_writer_left_is_swept_away(tmp_path, calls):
    plan = plan_in(tmp_path)
    left = plan.folder / "cells" / f".writing-x.parquet-{socket.gethostname().replace('-', '_')}-999999999-abcdef"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    run(plan)
    assert not left.exists() and len(list(left.parent.iterdir())) == 24


def test_a_failed_cell_is_kept_apart_and_tried_again_by_the_next_call(tmp_path, calls):
    plan, failing = plan_in(tmp_path), tmp_path / "failing"
    failing.touch()
    with pytest.raises(PartialError) as error:
        run(plan, fake_studies.failing)
    assert error.value.exit_code == 5 and len(error.value.failed) == 2
    now = sweep.status(plan)
    assert (now.done, now.missing, len(now.failed)) == (22, 0, 2)
    assert {cell.seed for cell, _ in now.failed} == {2} and all(reason == "ZeroDivisionError: made up" for _, reason in now.failed)
    kept = json.loads(cell_files.failure_path(plan.folder, now.failed[0][0].name).read_text(encoding="utf-8"))
    assert "Traceback" in kept["traceback"]
    failing.unlink()
    assert run(plan, fake_studies.failing).done == 24 and sweep.status(plan).failed == ()


@pytest.mark.parametrize(("name", "done"), [("failing", 22), ("failing-once", 24)])
def test_a_dying_worker_takes_no_other_cell_with_it(tmp_path, calls, monkeypatch, name, done):
    monkeypatch.setenv("FAILING", str(tmp_path / name))
    (tmp_path / name).touch()
    plan, said = plan_in(tmp_path), []
    if done == 24:
        run(plan, fake_studies.deadly, progress=said.append)
    else:
        with pytest.raises(PartialError):
            run(plan, fake_studies.deadly, progress=said.append)
        assert all("exit 9" in reason for _, reason in sweep.status(plan).failed)
    assert sweep.status(plan).done == done and "again" in [one.kind for one in said]


def test_progress_goes_from_nothing_to_all(tmp_path, calls):
    plan, said = plan_in(tmp_path), []
    run(plan, progress=said.append)
    assert [one.kind for one in said].count("done") == 24 and [one.kind for one in said].count("year") == 24 * 4
    shares = [one.share for one in said]
    assert shares == sorted(shares) and shares[-1] == 1 and said[-1].finished == said[-1].of == 24 and said[-1].seconds_left == 0


def test_shards_complete_each_other(tmp_path, calls):
    plan = plan_in(tmp_path)
    assert run(plan, shard=(1, 3)).done == 8
    assert run(plan, shard=(3, 3)).done == 16
    assert run(plan).done == 24 and len(list(calls.iterdir())) == 24


def test_two_runners_keep_out_of_each_others_way(tmp_path, calls):
    plan = plan_in(tmp_path)
    with lock.held(plan.folder):
        assert sweep.status(plan).running
        for shard in (None, (1, 2)):
            with pytest.raises(MachineError) as error:
                _elsewhere(plan, shard)
            assert error.value.kind == "lock" and str(os.getpid()) in str(error.value)
    with lock.held(plan.folder, (1, 2)):
        assert _elsewhere(plan, (2, 2)) == "held"
        for shard in (None, (1, 2)):
            with pytest.raises(MachineError):
                _elsewhere(plan, shard)
    assert not sweep.status(plan).running and run(plan).done == 24


def _elsewhere(plan, shard):
    """Take the lock in another process; raises what it raised there."""
    program = "import sys, pickle; from pathlib import Path; from sim.study import lock\nfrom sim.errors import RongheError\n" \
        "try:\n    with lock.held(Path(sys.argv[1]), eval(sys.argv[2])):\n        answer = 'held'\n" \
        "except RongheError as error:\n    answer = error\nsys.stdout.buffer.write(pickle.dumps(answer))"
    import pickle

    done = subprocess.run([sys.executable, "-c", program, str(plan.folder), repr(shard)], capture_output=True, check=True, cwd=Path(__file__).parents[1])
    answer = pickle.loads(done.stdout)
    if isinstance(answer, Exception):
        raise answer
    return answer


def test_too_little_memory_means_fewer_workers_and_none_at_all_is_refused(tmp_path, monkeypatch):
    plan = plan_in(tmp_path)
    monkeypatch.setattr(machine, "cores", lambda: 8)
    monkeypatch.setattr(machine, "available_memory", lambda: 1_300_000_000)
    assert sweep.workers(plan, 24) == 3 and sweep.workers(plan, 2) == 2
    with pytest.raises(MachineError):
        sweep.workers(plan, 24, jobs=4)
    monkeypatch.setattr(machine, "available_memory", lambda: 100_000_000)
    with pytest.raises(MachineError):
        sweep.workers(plan, 24)
    monkeypatch.setattr(machine, "available_memory", lambda: None)
    assert sweep.workers(plan, 24) == 8


def test_cells_of_a_run_folder_are_taken_over(tmp_path, calls):
    """Point (100, 300) is four-instruments with one assumption: that run's cells need no computing."""
    ensemble.run("four-instruments", households=2000, seeds=3, years=2022, jobs=1, settings=(f"{ATTACHMENT}=300",),
                 out=tmp_path / "runs", simulate=fake_studies.responding)
    plan = plan_in(tmp_path)
    assert sweep.run(plan, jobs=2, simulate=fake_studies.counted, runs=tmp_path / "runs").done == 24
    assert len(list(calls.iterdir())) == 21
    other = plan_study(tmp_path / "study.yaml", tmp_path / "computed")
    run(other, fake_studies.responding)
    pd.testing.assert_frame_equal(sweep_table.tidy(plan), sweep_table.tidy(other))


def test_a_program_that_changed_meanwhile_stops_the_study(tmp_path, calls, monkeypatch):
    monkeypatch.setattr("sim.identity.source_hash", lambda root=None: "another")
    with pytest.raises(DataError, match="changed"):
        run(plan_in(tmp_path))
    assert not list(calls.iterdir())


# ---------------------------------------------------------------------------------------------------- the table
def test_the_table_has_a_row_for_every_point_seed_and_outcome(whole):
    table = sweep_table.tidy(whole)
    assert list(table.columns) == ["point", PRICE, ATTACHMENT, "seed", *sweep_table.KEY, "value", "reference", "difference", "sample_se"]
    assert len(table) == len(table[["point", "seed", *sweep_table.KEY]].drop_duplicates())
    assert set(table["year"]) == {2021, 2022} and set(table["district"]) == {"zone", "jiutai"} and set(table["point"]) == set(range(6))
    assert set(table["indicator"]) == {"homesteads_withdrawn_since_start", "income_gap_ratio", "disposable_income"}


def test_differences_are_paired_by_seed_against_the_reference_of_the_same_world(whole):
    table = sweep_table.tidy(whole)
    rows = table[(table["indicator"] == "homesteads_withdrawn_since_start") & (table["district"] == "zone") & (table["year"] == 2022)]
    assert np.allclose(rows["difference"], 4 * 10 * rows[PRICE])  # four years; the seed's luck and the attachment are in both
    assert np.allclose(rows["reference"], 4 * (rows["seed"] - 0.1 * rows[ATTACHMENT]))


def test_the_summary_counts_seeds_not_points(whole):
    table = sweep_table.tidy(whole)
    by_price = sweep_table.summary(table[table["district"] == "zone"], [PRICE])
    row = by_price[(by_price["indicator"] == "homesteads_withdrawn_since_start") & (by_price["year"] == 2022) & (by_price[PRICE] == 100)].iloc[0]
    assert (row["n"], row["mean"], row["distinguishable"]) == (3, 4000, True)


def test_a_missing_cell_leaves_its_rows_out(whole, tmp_path):
    import shutil
    from dataclasses import replace

    shutil.copytree(whole.folder, tmp_path / "toy")
    plan = replace(whole, folder=tmp_path / "toy")
    cell_files.cell_path(plan.folder, plan.of_point[2].name(2)).unlink()
    table = sweep_table.tidy(plan)
    assert set(table[table["point"] == 2]["seed"]) == {1, 3} and set(table[table["point"] == 3]["seed"]) == {1, 2, 3}
    for seed in (1, 2, 3):
        cell_files.cell_path(plan.folder, plan.beside[0].name(seed)).unlink()
    assert set(sweep_table.tidy(plan)["point"]) == {1, 3, 5}


def test_a_damaged_or_foreign_cell_is_refused_by_name(whole, tmp_path):
    import shutil
    from dataclasses import replace

    shutil.copytree(whole.folder, tmp_path / "toy")
    plan = replace(whole, folder=tmp_path / "toy")
    path = cell_files.cell_path(plan.folder, plan.of_point[0].name(1))
    shutil.copy(cell_files.cell_path(plan.folder, plan.of_point[1].name(1)), path)
    with pytest.raises(DataError) as error:
        sweep_table.tidy(plan)
    assert error.value.file == str(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError):
        sweep_table.tidy(plan)


def test_everything_can_be_asked_for(whole, tmp_path):
    from dataclasses import replace

    text = fake_studies.GRID.replace("outcomes: {", "outcomes: {indicators: all, years: all, districts: all}\n#")
    plan = replace(plan_in(tmp_path, text), folder=whole.folder)
    table = sweep_table.tidy(plan)
    assert set(table["year"]) == {2019, 2020, 2021, 2022} and {"zone", "jiutai", "yongji"} <= set(table["district"])
    assert {"homesteads_withdrawn", "homesteads_withdrawn_since_start", "gini"} <= set(table["indicator"])


# ---------------------------------------------------------------------------------------------------- the command line
@pytest.fixture
def ronghe(whole, tmp_path, capsys):
    """Run a command on the finished study; returns code, out, err."""

    def call(*words, file=None):
        path = file or whole.folder.parent.parent / "study.yaml"
        code = main(["study", words[0], str(path), "--out", str(whole.folder.parent), *words[1:], "--lang", "en"])
        return (code, *capsys.readouterr())

    return call


def test_a_finished_study_is_written_out(ronghe, whole):
    code, out, err = ronghe("run")
    assert code == 0 and out.splitlines() == [str(whole.folder / "results.parquet"), str(whole.folder / "study.html")]
    assert "all 24 cells are there" in err
    pd.testing.assert_frame_equal(pd.read_parquet(whole.folder / "results.parquet"), sweep_table.tidy(whole))


def test_status_counts_and_its_json_is_as_declared(ronghe, tmp_path):
    assert ronghe("status")[1].splitlines()[0] == "toy: 6 points x 3 seeds, 2000 households; 24 cells: 24 done, 0 missing, 0 failed"
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    more = fake_studies.write(tmp_path, fake_studies.GRID.replace("seeds: 3", "seeds: 5"))
    for words in (("status", "--json"), ("run", "--json")):
        found = json.loads(ronghe(*words)[1])
        jsonschema.validate(found, schema)
        assert found["cells"] == {"all": 24, "done": 24, "missing": 0, "failed": 0}
    found = json.loads(ronghe("status", "--json", file=more)[1])
    assert found["cells"] == {"all": 40, "done": 24, "missing": 16, "failed": 0}


def test_export_writes_what_the_name_asks_for(ronghe, tmp_path, whole):
    assert ronghe("export", "-o", str(tmp_path / "t.csv"))[:2] == (0, f"{tmp_path / 't.csv'}\n")
    read = pd.read_csv(tmp_path / "t.csv", encoding="utf-8-sig")
    assert list(read.columns) == list(sweep_table.tidy(whole).columns) and np.array_equal(read["difference"], sweep_table.tidy(whole)["difference"])
    assert ronghe("export", "-o", str(tmp_path / "t.parquet"))[0] == 0 and (tmp_path / "t.parquet").exists()
    code, _, err = ronghe("export", "-o", "t.docx")
    assert code == 2 and ".parquet" in err
    more = fake_studies.write(tmp_path, fake_studies.GRID.replace("seeds: 3", "seeds: 5"))
    code, _, err = ronghe("export", "-o", str(tmp_path / "t.csv"), file=more)
    assert code == 0 and "24 of 40" in err
    other = fake_studies.write(tmp_path, fake_studies.GRID.replace("id: toy", "id: new"), "new.yaml")
    assert ronghe("export", file=other)[0] == 3 and "study run" in ronghe("export", file=other)[2]


@pytest.mark.parametrize("name", ["slurm", "tcp://head:8786", "none"])
def test_schedulers_that_are_not_there_are_refused(ronghe, name):
    code, out, err = ronghe("run", "--scheduler", name)
    assert (code, out) == (2, "") and name in err and "--shard 1/4" in err


@pytest.mark.parametrize("shard", ["3/2", "0/2", "1", "a/b", "1/0"])
def test_shards_that_cannot_be_read(ronghe, shard):
    code, _, err = ronghe("run", "--shard", shard)
    assert code == 2 and "2/4" in err


def test_the_schema_of_study_files_takes_what_is_good_only(capsys):
    from sim.scenario import shipped_folder
    from sim.scenario_text import read
    from sim.study.study_schema import study_schema

    assert main(["schema", "--study"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema == json.loads(json.dumps(study_schema()))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    for path in (shipped_folder().parent / "experiments").glob("*.yaml"):
        validator.validate(_values(read(path, path.name)[0]))
    good = {"study": 1, "id": "mine", "scenario": "baseline", "vary": {PRICE + "@2026:jiutai": [50, 100], "combined_exit.allowed": [True, False]}}
    validator.validate(good)
    for change in ({"study": 2}, {"vary": {}}, {"vary": {PRICE: [1000]}}, {"vary": {"x": [1]}}, {"vary": {"combined_exit.allowed": {"start": 0, "stop": 1}}},
                   {"design": {"kind": "x"}}, {"outcomes": {"indicators": ["x"]}}, {"run": {"threads": 2}}, {"extra": 1}):
        assert not validator.is_valid({**good, **change}), change


def _values(node):
    """The plain value of a node: numbers and switches as JSON has them."""
    if node.is_map:
        return {key: _values(value) for key, value in node.value.items()}
    if node.is_list:
        return [_values(item) for item in node.value]
    try:
        return node.value if node.quoted else json.loads(node.value)
    except ValueError:
        return node.value
