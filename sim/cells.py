"""One cell of a run: one scenario and one seed, written under a temporary name and renamed into place when it is whole; present means done.

    runs/<scenario id>-<12 hex>/seed-0001/
        cell.json  rulebook.parquet  indicators.parquet  distribution.parquet  flows.parquet  accounts.parquet  balances.parquet
        loans.parquet  checks.json  paths.npz  snapshot-2025.parquet  checkpoint-2025.arrow  log.jsonl

Every table bears a column `seed`, so that a glob over the cells is one long table.
Not here: what makes two cells the same (`sim/identity.py`), who computes them (`sim/study/ensemble.py`), how they are read (`sim/results.py`).
"""

import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.errors import DataError
from sim.files import disk, plain, read_json, to_json, unfinished
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
    "loans": ("year", "holder", "collateral", "vintage", "yuan", "yuan_in_default"),
}


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
    checkpoints: Any = {}  # year -> file of the whole state (sim/checkpoints.py), moved into the cell
    loans: Any = ()  # a table as those above (sim/institutions/banks.py: loan_book)


def cell_folder(folder: Path, seed: int) -> Path:
    return Path(folder) / f"seed-{seed:04d}"


@contextlib.contextmanager
def workspace(folder: Path, seed: int):
    """A folder in the run's folder for what a cell writes while it is computed; removed afterwards, and by `clean` where the process was killed."""
    made = unfinished(cell_folder(folder, seed))
    try:
        with disk(folder):
            made.mkdir(parents=True)
            yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def write_cell(folder: Path, seed: int, first_year: int, key: dict, result: CellResult) -> Path:
    """Write one cell under a temporary name in the run's folder and rename it last. A cell that stands there is replaced."""
    final = cell_folder(folder, seed)
    beside = unfinished(final)
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
    for made in (*result.snapshots.values(), *result.checkpoints.values()):
        os.replace(made, cell / Path(made).name)
    (cell / "checks.json").write_text(to_json(result.checks), encoding="utf-8")
    np.savez_compressed(cell / "paths.npz", **result.paths)
    (cell / "log.jsonl").write_text("".join(json.dumps(plain(line), ensure_ascii=False) + "\n" for line in result.log), encoding="utf-8")
    facts = {
        "schema_version": SCHEMA_VERSION,
        "seed": seed,
        "key": key,
        "snapshots": sorted(result.snapshots),
        "checkpoints": sorted(result.checkpoints),
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
        number = {"year": pa.int32(), "vintage": pa.int32(), "value": pa.float64(), "yuan": pa.float64(), "yuan_in_default": pa.float64()}
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
def finished(folder: Path, seed: int, key: dict, snapshots=(), checkpoints=()) -> bool:
    """True where the cell stands and has every snapshot and checkpoint asked for. Raises DataError where it was made from another key."""
    path = cell_folder(folder, seed) / "cell.json"
    if not path.exists():
        return False
    facts = read_json(path)
    if facts.get("schema_version") != SCHEMA_VERSION:
        return False
    wanted = plain(key)
    if facts["key"] != wanted:
        other = sorted(k for k in {*wanted, *facts["key"]} if wanted.get(k) != facts["key"].get(k))
        raise DataError(say("results.other_key", fields=", ".join(other)), file=str(path.parent), hint=say("results.other_key.hint"))
    return all(set(years) <= set(facts.get(name, ())) for name, years in (("snapshots", snapshots), ("checkpoints", checkpoints)))


def kept_years(folder: Path, seed: int, name: str) -> tuple[int, ...]:
    """The years of which a cell keeps `snapshots` or `checkpoints`; none where there is no cell."""
    path = cell_folder(folder, seed) / "cell.json"
    return tuple(read_json(path).get(name, ())) if path.exists() else ()
