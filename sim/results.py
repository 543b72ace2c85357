"""A run on disk, read: its manifest and the tables of its cells.

    runs/<scenario id>-<12 hex>/
        manifest.json  scenario.resolved.yaml  seed-0001/ (a cell, `sim/cells.py`)  seed-0002/  ...

Files are read when they are asked for; nothing here imports pandas before that.
Not here: how cells are written (`sim/cells.py`), who computes them (`sim/study/ensemble.py`), differences between runs (`sim/study/comparison.py`).
"""

import contextlib
import json
import os
import shutil
from functools import cached_property
from pathlib import Path

import numpy as np

from sim.cells import SCHEMA_VERSION, cell_folder
from sim.errors import DataError
from sim.files import disk, plain, read_json, unfinished
from sim.words import say


class Run:
    """A run folder, opened: its manifest and its tables over the seeds chosen. `cached` says whether it was there before it was asked for."""

    def __init__(self, path: Path, manifest: dict, seeds: tuple[int, ...], cells: dict[int, dict], cached: bool = True):
        self.path, self.manifest, self.seeds, self.cached = Path(path), manifest, seeds, cached
        self._cells = cells
        self.worked_out: dict = {}  # what readers have made of the tables; the tables of a finished run do not change

    def __repr__(self) -> str:
        return f"<Run {self.id}: {len(self.seeds)} seeds, {self.households:,} households>"

    id = property(lambda self: self.path.name)
    scenario = property(lambda self: self.manifest["scenario"])
    years = property(lambda self: (self.manifest["first_year"], self.manifest["last_year"]))
    report_years = property(lambda self: tuple(self.manifest["report_years"]))
    sample = property(lambda self: self.manifest["sample"])
    population_seed = property(lambda self: self.manifest["population_seed"])
    households = property(lambda self: self._first["households"])
    spans = property(lambda self: self._first["spans"])
    weighted = property(lambda self: self._first["weighted"])
    toy = property(lambda self: self._first["toy"])
    seconds = property(lambda self: sum(self._cells[s]["seconds"] for s in self.seeds))
    _first = property(lambda self: self._cells[self.seeds[0]])

    def title(self, language: str) -> str:
        words = self.manifest["title"]
        return (
            (words.get(language) or words.get("en") or words.get("zh") or self.scenario)
            if isinstance(words, dict)
            else str(words or self.scenario)
        )

    @property
    def digests(self) -> dict[int, str]:
        """The digest of each seed opened."""
        return {seed: self._cells[seed]["digest"] for seed in self.seeds}

    @property
    def digest(self) -> str:
        """One digest over the seeds opened, in their order."""
        import hashlib

        return hashlib.sha256("\n".join(f"{seed} {digest}" for seed, digest in self.digests.items()).encode()).hexdigest()

    def table(self, name: str):
        """A DataFrame over the seeds: indicators, distribution, flows, accounts, balances, loans or rulebook."""
        import pandas as pd

        return pd.concat([self._read(seed, f"{name}.parquet", pd.read_parquet) for seed in self.seeds], ignore_index=True)

    def _read(self, seed: int, name: str, reader):
        """What `reader` makes of a file of a cell. Raises DataError where it is not there or cannot be read."""
        path = cell_folder(self.path, seed) / name
        if not path.exists():
            year = name.removeprefix("snapshot-").removesuffix(".parquet")
            hint = say("results.no_snapshot.hint", year=year) if name != f"{year}.parquet" else say("results.unreadable.hint")
            raise DataError(say("results.no_table", table=name), file=str(path), hint=hint)
        try:
            return reader(path)
        except (OSError, ValueError) as problem:
            raise DataError(say("results.unreadable", problem=str(problem)), file=str(path), hint=say("results.unreadable.hint")) from problem

    indicators = cached_property(lambda self: self.table("indicators"))
    distribution = cached_property(lambda self: self.table("distribution"))
    flows = cached_property(lambda self: self.table("flows"))
    accounts = cached_property(lambda self: self.table("accounts"))
    balances = cached_property(lambda self: self.table("balances"))
    rulebook = cached_property(lambda self: self.table("rulebook"))

    def snapshot(self, year: int):
        """(households, persons): every one at 31 December of a year that `--snapshot` asked for, two DataFrames over the seeds."""
        import pandas as pd

        from sim.snapshots import Snapshot, read

        read_of = [self._read(seed, f"snapshot-{year}.parquet", read) for seed in self.seeds]
        return Snapshot(*(pd.concat(tables, ignore_index=True) for tables in zip(*read_of, strict=True)))

    def paths(self, seed: int | None = None, names=None) -> dict[str, np.ndarray]:
        """Every price, wage, limit and budget that a span reads, of one seed; or those of `names` that are there."""
        with np.load(cell_folder(self.path, self.seeds[0] if seed is None else seed) / "paths.npz", allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files if names is None or name in names}

    def checks(self, seed: int | None = None) -> dict:
        return read_json(cell_folder(self.path, self.seeds[0] if seed is None else seed) / "checks.json")

    def log(self, seed: int | None = None) -> list[dict]:
        path = cell_folder(self.path, self.seeds[0] if seed is None else seed) / "log.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def card(self) -> dict:
        """The entry of `--json`."""
        return plain(
            {
                "id": self.id,
                "path": str(self.path),
                "scenario": self.scenario,
                "title": self.manifest["title"],
                "households": self.households,
                "spans": self.spans,
                "seeds": list(self.seeds),
                "sample": self.sample,
                "seconds": round(self.seconds, 3),
                "cached": self.cached,
                "digest": self.digest,
            }
        )


def open_run(path, seeds=None, cached: bool = True) -> Run:
    """Open a run folder, all its finished cells or those of `seeds`. Raises DataError where it is none or lacks a seed."""
    path = Path(path)
    if not (path / "manifest.json").exists():
        raise DataError(say("results.no_run"), file=str(path), hint=say("results.no_run.hint"))
    manifest = read_json(path / "manifest.json")
    if manifest.get("schema_version") != SCHEMA_VERSION:
        raise DataError(
            say("results.other_schema", found=manifest.get("schema_version"), known=SCHEMA_VERSION),
            file=str(path),
            hint=say("results.other_schema.hint"),
        )
    there = {int(p.parent.name.removeprefix("seed-")): p for p in sorted(path.glob("seed-*/cell.json"))}
    chosen = tuple(sorted(there)) if seeds is None else tuple(seeds)
    missing = [s for s in chosen if s not in there]
    if missing or not chosen:
        raise DataError(say("results.no_seed", seeds=", ".join(map(str, missing)) or "–"), file=str(path), hint=say("results.no_seed.hint"))
    return Run(path, manifest, chosen, {s: read_json(there[s]) for s in chosen}, cached)


def list_runs(out) -> list[Run]:
    """Every run under a folder that has a finished cell, by name; what is no run is passed over."""
    found = []
    for manifest in sorted(Path(out).glob("*/manifest.json")):
        with contextlib.suppress(DataError):
            found.append(open_run(manifest.parent))
    return found


def remove_run(path) -> None:
    """Remove one run folder; refuses a folder that is no run."""
    path = Path(path)
    if not (path / "manifest.json").exists():
        raise DataError(say("results.no_run"), file=str(path), hint=say("results.no_run.hint"))
    with disk(path):
        aside = unfinished(path)
        os.replace(path, aside)
        shutil.rmtree(aside)
