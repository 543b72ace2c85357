"""Real simulations of a toy zone, killed with -9: a worker, the whole runner; the same command finishes, and the table is the same to the last bit."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import PATIENCE, gone, until, workers

ROOT = Path(__file__).resolve().parents[1]
STUDY = """
study: 1
id: toy
scenario: four-instruments
reference: baseline
vary:
  homestead_withdrawal.compensation_yuan_per_m2: [50, 300]
run: {households: 2000, seeds: 2, years: 2019-2025}
outcomes: {indicators: all, years: [2025], districts: all}
"""
CELLS = 6
# The command line, whose workers hold back seed 2 while a file stands, so that a study is killed in its midst however busy the machine is.
RUNNER = """
import os, sys, time
from pathlib import Path

from sim import simulation
from sim.cli import main

whole, held = simulation.simulate, Path(os.environ["HELD"])

def simulate(scenario, *, seed, progress, **more):
    while seed == 2 and held.exists():
        held.with_suffix(f".{os.getpid()}").touch()
        progress(scenario.horizon.start)
        time.sleep(0.1)
    return whole(scenario, seed=seed, progress=progress, **more)

simulation.simulate = simulate
if __name__ == "__main__":
    sys.exit(main())
"""
pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "toy.yaml"
    path.write_text(STUDY, encoding="utf-8")
    path.with_name("runner.py").write_text(RUNNER, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def uninterrupted(file):
    """The bytes of the table of a study that nothing happened to; makes the machine code where it is not there."""
    out = file.parent / "uninterrupted"
    done = start(file, out)
    assert done.wait(PATIENCE) == 0, done.stderr.read()
    return (out / "toy" / "results.parquet").read_bytes()


def start(file, out):
    words = ["study", "run", str(file), "--out", str(out), "--runs", str(out / "none"), "--jobs", "2", "--lang", "en"]
    return subprocess.Popen(
        [sys.executable, str(file.with_name("runner.py")), *words], env={**os.environ, "PYTHONPATH": str(ROOT), "HELD": str(out / "held")},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a suite run in the background ignores it, and children inherit that
    )


def cells(out):
    return sorted((out / "toy" / "cells").glob("*.parquet"))


def start_and_hold(file, out):
    """A runner whose first half is done and whose workers are held in the second."""
    (out / "held").touch()
    runner = start(file, out)
    until(lambda: len(cells(out)) == CELLS // 2 and len(waiting(out)) == 2, runner)
    return runner


def waiting(out) -> list[int]:
    """Workers that are held back."""
    return [int(path.suffix[1:]) for path in out.glob("held.*")]


def finish(file, out):
    (out / "held").unlink()
    runner = start(file, out)
    assert runner.wait(PATIENCE) == 0, runner.stderr.read()
    return (out / "toy" / "results.parquet").read_bytes(), runner.stderr.read()


def test_a_killed_worker_is_replaced(file, uninterrupted, tmp_path):
    runner = start_and_hold(file, tmp_path)
    os.kill(waiting(tmp_path)[0], signal.SIGKILL)
    (tmp_path / "held").unlink()
    assert runner.wait(PATIENCE) == 0, runner.stderr.read()
    assert "SIGKILL" in runner.stderr.read()
    assert (tmp_path / "toy" / "results.parquet").read_bytes() == uninterrupted and not list((tmp_path / "toy").glob("failed/*"))


def test_after_the_runner_is_killed_the_same_command_finishes(file, uninterrupted, tmp_path):
    runner = start_and_hold(file, tmp_path)
    orphans = workers(runner)
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()
    assert orphans and gone(orphans), "workers outlive their runner"
    before = {path: path.stat().st_mtime_ns for path in cells(tmp_path)}
    assert len(before) == CELLS // 2 and not (tmp_path / "toy" / "results.parquet").exists()
    table, told = finish(file, tmp_path)
    assert table == uninterrupted and f"{CELLS - len(before)} of {CELLS} cells missing" in told
    assert all(path.stat().st_mtime_ns == time for path, time in before.items()), "a finished cell was written again"
    assert not list((tmp_path / "toy").rglob(".writing-*"))


def test_an_interrupt_ends_with_130_and_keeps_what_is_done(file, uninterrupted, tmp_path):
    runner = start_and_hold(file, tmp_path)
    orphans = workers(runner)
    os.killpg(runner.pid, signal.SIGINT)
    assert runner.wait(PATIENCE) == 130 and "the same command goes on" in runner.stderr.read()
    assert gone(orphans) and len(cells(tmp_path)) == CELLS // 2
    assert finish(file, tmp_path)[0] == uninterrupted
