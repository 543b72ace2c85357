"""A run computed afresh from its own record, and where its numbers differ from those that stand in its folder.

Not here: what makes a cell the same cell (`sim/identity.py`), whether a scenario behaves as it should (`sim/study/verify.py`).
"""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim import cells, files
from sim.errors import DataError
from sim.study import ensemble, provenance
from sim.words import say

MAY_DIFFER = ("sources", "evidence", "version")  # parts of a key that belong to this machine's ronghe, not to the scenario
COMPARED = (*cells.TABLES, "rulebook")


class Circumstances(NamedTuple):
    """What is other than when the run was made; `versions` {package: (then, now)}, commits None outside a repository."""

    same_sources: bool
    same_evidence: bool
    versions: dict
    commit_then: str | None
    commit_now: str | None


class CellAgain(NamedTuple):
    """One cell: its digest then and now, and the tables on disk that are not what was computed now."""

    seed: int
    then: str
    now: str
    tables: tuple[str, ...]

    @property
    def same(self) -> bool:
        return self.then == self.now and not self.tables


def plan_again(run, out, jobs=None, threads=None):
    """(Plan under `out`, Circumstances) of the cells opened in `run`. Raises DataError where the recorded scenario does not lead to the recorded key."""
    from sim.scenario import load

    record = run.manifest
    scenario = load(run.path / "scenario.resolved.yaml", resolved=True)
    scenario = replace(scenario, run=replace(scenario.run, population_seed=record["population_seed"]))
    plan = ensemble.prepare(scenario, record["households"], run.seeds, jobs=jobs, threads=threads, out=out, sample=record["sample"])
    key = files.plain({name: value for name, value in plan.keys[plan.seeds[0]].items() if name != "seed"})
    other = {name for name in {*key, *record["key"]} if key.get(name) != record["key"].get(name)}
    doctored = sorted(other - set(MAY_DIFFER))
    if doctored:
        raise DataError(say("reproduce.doctored", fields=", ".join(doctored)), file=str(run.path), hint=say("reproduce.doctored.hint"))
    now = provenance.versions()
    versions = {name: (then, now.get(name)) for name, then in record["versions"].items() if then != now.get(name)}
    return plan, Circumstances(
        "sources" not in other, "evidence" not in other, versions, record["git"]["commit"], provenance.git_state()["commit"]
    )


def compare_cells(run, again) -> list[CellAgain]:
    """Every cell of `run` beside the same seed of `again`."""
    mine, theirs = run.digests, again.digests
    return [CellAgain(seed, mine[seed], theirs[seed], _other_tables(run.path, again.path, seed)) for seed in run.seeds]


def _other_tables(first: Path, second: Path, seed: int) -> tuple[str, ...]:
    """Names of the tables and paths of a cell that are not equal, bit for bit, in two folders."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    def table(folder, name):
        try:
            return parquet.read_table(cells.cell_folder(folder, seed) / f"{name}.parquet")
        except (OSError, pa.ArrowInvalid):
            return None

    found = []
    for name in COMPARED:
        mine, theirs = table(first, name), table(second, name)
        if mine is None or theirs is None or not mine.equals(theirs):
            found.append(name)
    if not _same_paths(*(cells.cell_folder(folder, seed) / "paths.npz" for folder in (first, second))):
        found.append("paths")
    return tuple(found)


def _same_paths(first: Path, second: Path) -> bool:
    try:
        with np.load(first, allow_pickle=False) as mine, np.load(second, allow_pickle=False) as theirs:
            return set(mine.files) == set(theirs.files) and all(mine[name].tobytes() == theirs[name].tobytes() for name in mine.files)
    except (OSError, ValueError):
        return False
