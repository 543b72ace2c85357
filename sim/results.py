"""A run on disk: one folder per scenario, one cell inside per seed, each renamed into place when it is whole; present means done.

    runs/<scenario id>-<12 hex>/
        manifest.json  scenario.resolved.yaml
        seed-0001/  cell.json  rulebook.parquet  indicators.parquet  distribution.parquet  flows.parquet  accounts.parquet
                    balances.parquet  checks.json  paths.npz  snapshot-2025.parquet  log.jsonl

Every table bears a column `seed`, so that a glob over the cells is one long table.
Files are read when they are asked for; nothing here imports pandas before that.
Not here: what makes two cells the same (`sim/identity.py`), who computes them (`sim/study/ensemble.py`), differences between runs (`sim/study/comparison.py`).
"""

import contextlib
import errno
import json
import math
import os
import shutil
import socket
import time
import uuid
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.errors import DataError, MachineError
from sim.places import DISTRICT_IDS
from sim.policies.catalogue import rules
from sim.words import say

SCHEMA_VERSION = 1
TABLES = {
    "indicators": ("year", "district", "sector", "indicator", "value", "unit"),
    "distribution": ("year", "sector", "group", "indicator", "value", "unit"),
    "flows": ("year", "factor", "source", "target", "value", "unit"),
    "accounts": ("year", "district", "code", "payer", "receiver", "yuan"),
    "balances": ("year", "item", "sector", "yuan"),
}
_UNFINISHED = ".writing-"
_STALE_SECONDS = 24 * 3600.0


class CellResult(NamedTuple):
    """What one simulated cell hands over. The tables are DataFrames or lists of tuples with the columns of TABLES."""

    indicators: Any
    distribution: Any
    flows: Any
    accounts: Any
    checks: dict
    paths: dict  # name -> array: every price, wage, limit and budget that a span reads
    snapshots: dict  # year -> file of every household and person (sim/snapshots.py), moved into the cell
    ordered: np.ndarray  # (years, rules, districts) in model units
    delivered: np.ndarray  # the same shape
    spans: int
    households: int  # rows simulated
    weighted: bool  # True: a sample whose rows stand for more than themselves
    toy: bool  # True: too few rows for the zone; figures are no statement about it
    seconds: float
    digest: str  # of all numbers, equal for any number of threads
    log: list  # of dicts, one per line of log.jsonl
    balances: Any = ()  # a table as those above (sim/balance_sheet.py)


# ---------------------------------------------------------------------------------------------------- writing
@contextlib.contextmanager
def disk(where):
    """Turn what the machine refuses (full disk, permission) into a MachineError that names the place."""
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise MachineError(say("results.disk_full"), kind="disk", where=str(where), hint=say("results.disk_full.hint")) from problem
        if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise MachineError(
                say("results.read_only"), kind="permission", where=str(where), hint=say("results.read_only.hint")
            ) from problem
        if problem.errno in (errno.ENOTDIR, errno.EEXIST):
            raise MachineError(
                say("results.not_a_folder"), kind="permission", where=str(where), hint=say("results.not_a_folder.hint")
            ) from problem
        raise


def plain(value):
    """The same for JSON: numpy scalars and arrays become numbers and lists, NaN and infinity become None."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def to_json(value) -> str:
    return json.dumps(plain(value), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


@contextlib.contextmanager
def replacing(path: Path):
    """A temporary name beside a file, renamed over it in one step at the end; where writing fails it is removed and the file stays as it was."""
    beside = Path(path).with_name(f"{_UNFINISHED}{Path(path).name}-{_owner()}")
    with disk(path):
        try:
            yield beside
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def write_text(path: Path, text: str) -> None:
    """Replace a small file in one step."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")  # file names need not be UTF-8


def _owner() -> str:
    return f"{socket.gethostname().replace('-', '_')}-{os.getpid()}-{uuid.uuid4().hex[:6]}"


def cell_folder(folder: Path, seed: int) -> Path:
    return Path(folder) / f"seed-{seed:04d}"


@contextlib.contextmanager
def workspace(folder: Path, seed: int):
    """A folder in the run's folder for what a cell writes while it is computed; removed afterwards, and by `clean` where the process was killed."""
    made = Path(folder) / f"{_UNFINISHED}{cell_folder(folder, seed).name}-{_owner()}"
    try:
        with disk(folder):
            made.mkdir(parents=True)
            yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def write_cell(folder: Path, seed: int, first_year: int, key: dict, result: CellResult) -> Path:
    """Write one cell under a temporary name in the run's folder and rename it last. A cell that stands there is replaced."""
    final = cell_folder(folder, seed)
    beside = Path(folder) / f"{_UNFINISHED}{final.name}-{_owner()}"
    try:
        with disk(folder):
            beside.mkdir(parents=True)
            _fill(beside, seed, first_year, key, result)
            _put(beside, final)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return final


def _fill(cell: Path, seed: int, first_year: int, key: dict, result: CellResult) -> None:
    for name, columns in TABLES.items():
        _write_table(cell / f"{name}.parquet", getattr(result, name), columns, seed)
    _write_rulebook(cell / "rulebook.parquet", first_year, result.ordered, result.delivered, seed)
    for year, made in result.snapshots.items():
        os.replace(made, cell / f"snapshot-{year}.parquet")
    (cell / "checks.json").write_text(to_json(result.checks), encoding="utf-8")
    np.savez_compressed(cell / "paths.npz", **result.paths)
    (cell / "log.jsonl").write_text("".join(json.dumps(plain(line), ensure_ascii=False) + "\n" for line in result.log), encoding="utf-8")
    facts = {
        "schema_version": SCHEMA_VERSION,
        "seed": seed,
        "key": key,
        "snapshots": sorted(result.snapshots),
        **{name: getattr(result, name) for name in ("spans", "households", "weighted", "toy", "seconds", "digest")},
    }
    (cell / "cell.json").write_text(to_json(facts), encoding="utf-8")


def _put(beside: Path, final: Path) -> None:
    """Rename; where a cell stands already it steps aside first, and returns if the new one cannot take its place."""
    aside = beside.with_name(beside.name + "-old")
    if final.exists():
        os.replace(final, aside)
    try:
        os.replace(beside, final)
    except OSError:
        if final.exists():  # another process finished the same cell in between: the same numbers
            shutil.rmtree(beside, ignore_errors=True)
        else:
            if aside.exists():
                os.replace(aside, final)
            raise
    shutil.rmtree(aside, ignore_errors=True)


def _write_table(path: Path, rows, columns, seed: int) -> None:
    import pyarrow.parquet as parquet

    parquet.write_table(as_table(rows, columns, seed, path.name), path, compression="zstd")


def as_table(rows, columns, seed: int, where: str = ""):
    """The Arrow table of a DataFrame or a list of tuples, with a column `seed` before the others and no metadata; raises DataError."""
    import pyarrow as pa

    if hasattr(rows, "columns"):
        missing = [c for c in columns if c not in rows.columns]
        if missing:
            raise DataError(f"column {', '.join(missing)} is missing. It needs {', '.join(columns)}.", file=where)
        table = pa.Table.from_pandas(rows.drop(columns="seed", errors="ignore"), preserve_index=False)
    else:
        rows = list(rows)
        by_column = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
        if len(by_column) != len(columns):
            raise DataError(f"a row has {len(by_column)} fields. It needs {', '.join(columns)}.", file=where)
        number = {"year": pa.int32(), "value": pa.float64(), "yuan": pa.float64()}
        table = pa.table(
            [pa.array(list(c), type=number.get(n, pa.string())) for c, n in zip(by_column, columns, strict=True)], names=list(columns)
        )
    return table.replace_schema_metadata(None).add_column(0, "seed", pa.array(np.full(table.num_rows, seed, dtype=np.int32)))


def _write_rulebook(path: Path, first_year: int, ordered, delivered, seed: int) -> None:
    """Long: year, district, rule, unit, ordered, delivered. Shares are 0-1 inside the model and percent here."""
    import pyarrow as pa

    rows = rules()[: ordered.shape[1]]
    share = np.array([100.0 if rule.unit.startswith("share ") else 1.0 for rule in rows])[None, :, None]
    units = [rule.unit.replace("share ", "percent ", 1) if rule.unit.startswith("share ") else rule.unit for rule in rows]
    year, rule, district = (axis.ravel() for axis in np.indices(ordered.shape))
    import pyarrow.parquet as parquet

    parquet.write_table(
        pa.table(
            {
                "seed": pa.array(np.full(year.size, seed, dtype=np.int32)),
                "year": pa.array((first_year + year).astype(np.int32)),
                "district": pa.array(np.array(DISTRICT_IDS)[district]),
                "rule": pa.array(np.array([r.name for r in rows])[rule]),
                "unit": pa.array(np.array(units)[rule]),
                "ordered": pa.array((ordered * share).ravel()),
                "delivered": pa.array((delivered * share).ravel()),
            }
        ),
        path,
        compression="zstd",
    )


# ---------------------------------------------------------------------------------------------------- what is there already
def finished(folder: Path, seed: int, key: dict, snapshots=()) -> bool:
    """True where the cell stands and has every snapshot asked for. Raises DataError where it was made from another key."""
    path = cell_folder(folder, seed) / "cell.json"
    if not path.exists():
        return False
    facts = _read_json(path)
    if facts.get("schema_version") != SCHEMA_VERSION:
        return False
    wanted = plain(key)
    if facts["key"] != wanted:
        other = sorted(k for k in {*wanted, *facts["key"]} if wanted.get(k) != facts["key"].get(k))
        raise DataError(say("results.other_key", fields=", ".join(other)), file=str(path.parent), hint=say("results.other_key.hint"))
    return set(snapshots) <= set(facts["snapshots"])


def snapshots_there(folder: Path, seed: int) -> tuple[int, ...]:
    """The years of which a cell keeps every household and person; none where there is no cell."""
    path = cell_folder(folder, seed) / "cell.json"
    return tuple(_read_json(path)["snapshots"]) if path.exists() else ()


def clean(out: Path) -> int:
    """Remove what killed writers left under `out`; returns how many. Those of a live process of this machine stay."""
    removed = 0
    for left in [*Path(out).glob(f"{_UNFINISHED}*"), *Path(out).glob(f"*/{_UNFINISHED}*")]:
        if _abandoned(left):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
            removed += 1
    return removed


def _abandoned(path: Path) -> bool:
    parts = path.name.removesuffix("-old").split("-")
    host, process = parts[-3:-1] if len(parts) >= 4 else ("", "")
    if host == socket.gethostname().replace("-", "_") and process.isdigit() and os.name == "posix":
        try:
            os.kill(int(process), 0)  # signal 0 asks only whether the process lives
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime > _STALE_SECONDS
    return False


def _read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise DataError(say("results.unreadable", problem=str(problem)), file=str(path), hint=say("results.unreadable.hint")) from problem


# ---------------------------------------------------------------------------------------------------- reading
class Run:
    """A run folder, opened: its manifest and its tables over the seeds chosen. `cached` says whether it was there before it was asked for."""

    def __init__(self, path: Path, manifest: dict, seeds: tuple[int, ...], cells: dict[int, dict], cached: bool = True):
        self.path, self.manifest, self.seeds, self.cached = Path(path), manifest, seeds, cached
        self._cells = cells

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
        """A DataFrame over the seeds: indicators, distribution, flows, accounts, balances or rulebook."""
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
        return _read_json(cell_folder(self.path, self.seeds[0] if seed is None else seed) / "checks.json")

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
    manifest = _read_json(path / "manifest.json")
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
    return Run(path, manifest, chosen, {s: _read_json(there[s]) for s in chosen}, cached)


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
        aside = path.with_name(f"{_UNFINISHED}{path.name}-{_owner()}")
        os.replace(path, aside)
        shutil.rmtree(aside)
