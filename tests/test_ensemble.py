"""Cells over seeds: computed once, kept when others fail, refused before the machine is full."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import fake_cells
import pytest
from processes import PATIENCE, gone, until, workers

from sim.errors import DataError, InvalidValueError, MachineError, PartialError, UsageError
from sim.study import ensemble, provenance


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """Keys that need neither evidence nor the sources of the model."""
    monkeypatch.setattr("sim.identity.evidence_hash", lambda: "e")
    monkeypatch.setattr("sim.identity.source_hash", lambda root=None: "s")


def run(tmp_path, spec=None, **call):
    call = {"seeds": (1, 2), "jobs": 1, "simulate": fake_cells.simulate, "out": tmp_path / "runs", **call}
    return ensemble.run(spec or fake_cells.scenario("mine"), **call)


def test_second_call_computes_nothing(tmp_path):
    def never(*_, **__):
        raise AssertionError("computed again")

    first = run(tmp_path)
    again = run(tmp_path, simulate=never)
    assert (first.cached, again.cached) == (False, True)
    assert first.digest == again.digest and first.id == again.id and first.id.startswith("mine-")
    assert first.manifest["seeds"] == [1, 2] and first.manifest["households"] == 60_000 and first.manifest["key"]["last_year"] == 2035


def test_more_seeds_add_cells_and_fewer_read_a_part(tmp_path):
    seen = []

    def counted(scenario, *, seed, **more):
        seen.append(seed)
        return fake_cells.simulate(scenario, seed=seed, **more)

    run(tmp_path, simulate=counted)
    both = run(tmp_path, simulate=counted, seeds=4)
    assert seen == [1, 2, 3, 4] and both.seeds == (1, 2, 3, 4)
    assert run(tmp_path, simulate=counted, seeds="2,").seeds == (2,)
    assert run(tmp_path, simulate=counted, seeds="1,3-4").seeds == (1, 3, 4) and len(seen) == 4
    assert run(tmp_path, simulate=counted, seeds=(1,), force=True).cached is False and seen[-1] == 1


def test_other_inputs_are_other_folders(tmp_path):
    ids = {run(tmp_path, **call).id for call in ({}, {"households": 20_000}, {"households": "all"}, {"years": "2019-2030"}, {"sample": 2})}
    assert len(ids) == 5
    assert run(tmp_path, years=2030).years == (2019, 2030)


def test_snapshot_asked_for_later_is_made(tmp_path):
    run(tmp_path)
    with pytest.raises(DataError):
        run(tmp_path).snapshot(2025)
    later = run(tmp_path, snapshot=(2025,))
    assert not later.cached and len(later.snapshot(2025).households) == 4 and len(later.snapshot(2025).persons) == 8
    more = run(tmp_path, snapshot=(2030,))
    assert not more.cached and len(more.snapshot(2025).persons) == len(more.snapshot(2030).persons) == 8  # the earlier one is kept
    assert run(tmp_path, snapshot=(2025, 2030)).cached and not list(more.path.glob(".writing-*"))
    with pytest.raises(InvalidValueError, match="2036"):
        run(tmp_path, snapshot=(2036,))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failed_cell_leaves_the_others(tmp_path, jobs):
    spec = fake_cells.scenario("fails-on-3")
    with pytest.raises(PartialError) as error:
        run(tmp_path, spec, seeds=4, jobs=jobs)
    assert error.value.exit_code == 5 and error.value.failed == (3,)
    folder = next((tmp_path / "runs").iterdir())
    assert sorted(p.name for p in folder.glob("seed-*")) == ["seed-0001", "seed-0002", "seed-0004"]
    assert "ZeroDivisionError" in json.loads((folder / "log.jsonl").read_text().splitlines()[0])["traceback"]
    assert run(tmp_path, spec, seeds=(1, 2, 4)).cached


def test_pool_gives_what_one_process_gives(tmp_path):
    assert run(tmp_path, seeds=3, jobs=2).digest == run(tmp_path, seeds=3, jobs=1, force=True).digest


def test_a_killed_worker_takes_no_other_cell_with_it(tmp_path):
    with pytest.raises(PartialError) as error:
        run(tmp_path, fake_cells.scenario("dies"), seeds=3, jobs=2)
    assert error.value.failed == (2,)
    assert run(tmp_path, fake_cells.scenario("dies"), seeds=(1, 3)).cached


def test_progress_goes_from_nothing_to_all(tmp_path):
    for jobs in (1, 2):
        said = []
        run(tmp_path, progress=said.append, jobs=jobs, force=True)
        assert [p.kind for p in said].count("done") == 2 and said[-1].done == 1.0
        assert [p.kind for p in said].count("year") == 2 * 17
        shares = [p.done for p in said]
        assert shares == sorted(shares) and shares[0] == 0


def test_too_little_memory_is_said_before_anything_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr(ensemble, "available_memory", lambda: 2_000_000_000)
    assert run(tmp_path).households == 60_000
    with pytest.raises(MachineError) as error:
        run(tmp_path, households="all")
    assert error.value.kind == "memory" and error.value.exit_code == 7 and len(list((tmp_path / "runs").iterdir())) == 1
    monkeypatch.setattr(ensemble, "available_memory", lambda: None)
    assert run(tmp_path, households="all").households > 1e6


def test_workers_by_default(monkeypatch):
    monkeypatch.setattr(ensemble, "cores", lambda: 8)
    assert ensemble._workers(None, None, None, 4) == (1, 8)
    assert ensemble._workers(None, None, 60_000, 16) == (8, 1)
    assert ensemble._workers(None, None, 60_000, 3) == (3, 2)
    assert ensemble._workers(None, 4, 60_000, 16) == (2, 4)
    assert ensemble._workers(2, None, None, 16) == (2, 4)
    assert ensemble._workers(None, None, 60_000, 0)[0] == 1


@pytest.mark.parametrize(
    "call",
    [
        {"seeds": "one"},
        {"seeds": "5-2"},
        {"seeds": 0},
        {"households": "many"},
        {"households": 3},
        {"years": "2020-2030"},
        {"years": "all"},
        {"years": 2060},
    ],
)
def test_values_that_there_are_not(tmp_path, call):
    with pytest.raises(InvalidValueError) as error:
        run(tmp_path, **call)
    assert error.value.exit_code == 3 and not (tmp_path / "runs").exists()


def test_settings_need_a_file(tmp_path):
    with pytest.raises(UsageError):
        run(tmp_path, settings=("delivery.rate_percent_per_year=60",))


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(MachineError):
        run(tmp_path)


def test_a_killed_call_is_taken_up_again(tmp_path):
    """kill -9 in the middle of the second cell: the first is kept, the next call computes the rest and cleans up."""
    program = textwrap.dedent("""
        import sys; sys.path[:0] = [sys.argv[2]]
        import fake_cells, sim.identity as identity
        identity.evidence_hash, identity.source_hash = lambda: "e", lambda root=None: "s"
        from sim.study import ensemble
        ensemble.run(fake_cells.scenario("slow-mine"), seeds=2, jobs=1, out=sys.argv[1], simulate=fake_cells.simulate, years=2025)
    """)
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "runs"), str(Path(__file__).parent)], env=_environment())
    until(lambda: list((tmp_path / "runs").glob("*/seed-0001/cell.json")), child)
    child.kill()
    child.wait()
    folder = next((tmp_path / "runs").glob("slow-mine-*"))
    (folder / f".writing-seed-0002-{socket.gethostname().replace('-', '_')}-{child.pid}-abcdef").mkdir()
    found = run(tmp_path, fake_cells.scenario("slow-mine"), years=2025)
    assert found.seeds == (1, 2) and not list(folder.glob(".writing-*"))


LONG = """
import sys; sys.path[:0] = [sys.argv[2]]
import fake_cells, sim.identity as identity
if __name__ == "__main__":
    identity.evidence_hash, identity.source_hash = lambda: "e", lambda root=None: "s"
    from sim.study import ensemble
    try:
        ensemble.run(fake_cells.scenario("stuck-from-3"), seeds=6, jobs=2, out=sys.argv[1], simulate=fake_cells.simulate, years=2025)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def long_call(tmp_path):
    """A process with two workers that has finished seeds 1 and 2 and never comes to an end."""
    script = tmp_path / "long.py"
    script.write_text(LONG)
    child = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "runs"), str(Path(__file__).parent)],
        start_new_session=True,
        env=_environment(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a suite run in the background ignores it, and children inherit that
    )
    until(lambda: len(list((tmp_path / "runs").glob("*/seed-*/cell.json"))) == 2, child)
    return child


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_interrupt_keeps_finished_cells(tmp_path):
    child = long_call(tmp_path)
    os.killpg(child.pid, signal.SIGINT)
    assert child.wait(PATIENCE) == 130
    folder = next((tmp_path / "runs").glob("stuck-from-3-*"))
    assert [path.parent.name for path in sorted(folder.glob("seed-*/cell.json"))] == ["seed-0001", "seed-0002"] and not list(folder.glob(".writing-*"))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_workers_end_with_a_killed_call(tmp_path):
    child = long_call(tmp_path)
    orphans = workers(child)
    child.kill()
    child.wait()
    assert len(orphans) == 2 and gone(orphans)


def _environment():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}


def test_the_resolved_scenario_reads_back_to_the_same_rules(tmp_path):
    from sim.policies.rulebook import order
    from sim.scenario import load

    file = tmp_path / "mine.yaml"
    file.write_text(
        "schema: 1\nid: mine\nlevers:\n  homestead_withdrawal:\n    steps:\n      - {from: 2021, districts: all, preset: plan}\n"
        "      - {from: 2026, districts: [jiutai], compensation_yuan_per_m2: 200.5, ramp_years: 3}\n",
        encoding="utf-8",
    )
    scenario = load(file, ("homestead_withdrawal.compensation_yuan_per_m2@2021:jiutai=150", "delivery.rate_percent_per_year=60"))
    written = tmp_path / "scenario.resolved.yaml"
    written.write_text(provenance.resolved_yaml(scenario), encoding="utf-8")
    again = load(written, resolved=True)
    assert order(again).non_base_entries() == order(scenario).non_base_entries()
    assert again.delivery_rate == 60 and again.title == scenario.title
