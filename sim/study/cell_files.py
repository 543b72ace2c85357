"""One cell of a study: one Parquet file with every indicator of one scenario and one seed, written once; present means done.

    <study folder>/cells/<24 hex>-seed-0001.parquet      year, district, sector, indicator, value, unit, seed
    <study folder>/failed/<24 hex>-seed-0001.json        why a cell could not be computed, until it is
The 24 digits are those of the key without its seed, so that a cell is the same simulation as that of a run folder with the same key; the whole key
stands in the file, with the quantities of every span that sampling errors are told from.
Not here: run folders (`sim/cells.py`), which cells a study needs (`sim/study/sweep_plan.py`).
"""

import io
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim import cells, files
from sim.errors import DataError
from sim.identity import canonical, group_key
from sim.words import say

KEY, FACTS, SPANS = b"ronghe.key", b"ronghe.facts", b"ronghe.spans"
DIGITS = 24  # of the key, in file names
SPAN_ARRAYS = ("sample_values", "span_weight", "span_uid", "span_stratum")  # what `sampling_error` reads
FACT_NAMES = ("spans", "households", "weighted", "toy", "digest")


class Cell(NamedTuple):
    """A cell read back. `paths` holds what sampling errors are told from; it is empty for the whole zone."""

    indicators: object  # DataFrame
    facts: dict
    paths: dict


def cell_name(key: dict) -> str:
    """The file name of a key, without its ending."""
    return seed_name(group_key(key)[:DIGITS], key["seed"])


def seed_name(group: str, seed: int) -> str:
    """The same from the digits of the group and the seed."""
    return f"{group}-seed-{seed:04d}"


def cell_path(folder: Path, name: str) -> Path:
    return Path(folder) / "cells" / f"{name}.parquet"


def failure_path(folder: Path, name: str) -> Path:
    return Path(folder) / "failed" / f"{name}.json"


def write_cell(folder: Path, key: dict, result) -> Path:
    """Write the cell of a CellResult under a temporary name and rename it; forget an earlier failure."""
    facts = {name: getattr(result, name) for name in FACT_NAMES}
    return _write(folder, key, cells.as_table(result.indicators, cells.TABLES["indicators"], key["seed"]), facts, result.paths)


def take_over(folder: Path, key: dict, runs: Path) -> bool:
    """Copy a cell from a run folder that has computed the same key; False where there is none."""
    import pyarrow.parquet as parquet

    seed = key["seed"]
    for found in sorted(Path(runs).glob(f"*-{group_key(key)[:12]}")):
        cell = cells.cell_folder(found, seed)
        facts = _facts(cell / "cell.json")
        if facts is None or canonical(facts["key"]) != canonical(files.plain(key)):
            continue
        with np.load(cell / "paths.npz", allow_pickle=False) as paths:
            _write(folder, key, parquet.read_table(cell / "indicators.parquet"), {name: facts[name] for name in FACT_NAMES}, paths)
        return True
    return False


def _facts(path: Path) -> dict | None:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts if facts.get("schema_version") == cells.SCHEMA_VERSION else None


def _write(folder: Path, key: dict, table, facts: dict, paths) -> Path:
    import pyarrow.parquet as parquet

    name = cell_name(key)
    path = cell_path(folder, name)
    packed = io.BytesIO()
    np.savez_compressed(packed, **({one: paths[one] for one in SPAN_ARRAYS} if SPAN_ARRAYS[0] in paths else {}))
    metadata = {KEY: canonical(files.plain(key)).encode(), FACTS: canonical(files.plain(facts)).encode(), SPANS: packed.getvalue()}
    with files.disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with files.replacing(path) as beside:
        parquet.write_table(table.replace_schema_metadata(metadata), beside, compression="zstd")
    failure_path(folder, name).unlink(missing_ok=True)
    return path


def read_cell(folder: Path, key: dict) -> Cell:
    """Read a cell back. Raises DataError where the file is damaged or bears another key."""
    import pyarrow.parquet as parquet

    path = cell_path(folder, cell_name(key))
    try:
        table = parquet.read_table(path)
        metadata = table.schema.metadata
        facts, stored = json.loads(metadata[FACTS]), metadata[KEY].decode()
        with np.load(io.BytesIO(metadata[SPANS]), allow_pickle=False) as arrays:
            paths = {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise DataError(say("study.cell_unreadable", problem=str(problem)), file=str(path), hint=say("study.cell_unreadable.hint")) from problem
    if stored != canonical(files.plain(key)):
        raise DataError(say("study.cell_other_key"), file=str(path), hint=say("study.cell_unreadable.hint"))
    return Cell(table.replace_schema_metadata(None).to_pandas(), facts, paths)


def write_failure(folder: Path, name: str, reason: str, traceback: str) -> None:
    """Keep why a cell could not be computed."""
    path = failure_path(folder, name)
    with files.disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    files.write_text(path, files.to_json({"reason": reason, "traceback": traceback}))


def read_failure(folder: Path, name: str) -> str:
    """The reason kept for a cell."""
    try:
        return json.loads(failure_path(folder, name).read_text(encoding="utf-8"))["reason"]
    except (OSError, ValueError, KeyError):
        return ""
