"""The results of a study in one long table: a row per point, seed, indicator, year and district, with the reference and the paired difference.

Columns: point, one per variable (empty where a point leaves it as the scenario's file says), seed, year, district, sector, indicator, unit, value,
reference, difference, sample_se. sample_se is the sampling error of the point's mean difference over seeds (zone only; empty where the whole zone is
simulated or the indicator is not summed over spans). Rows of a seed that lacks a cell are absent, never estimated.
Not here: which cells there are (`sim/study/sweep_plan.py`), charts (`sim/report/study_page.py`).
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim import files
from sim.indicators import SINCE_START, since_start
from sim.study import cell_files
from sim.study.comparison import Difference, difference
from sim.study.sampling_error import standard_errors
from sim.study.study_file import ZONE
from sim.study.sweep_plan import Plan, Setting

KEY = ["year", "district", "sector", "indicator", "unit"]
LAST_DIGIT = 1e-9  # of a value: below it a difference is the last digit of a float
FILE_NAME = "results.parquet"


class _Cells(NamedTuple):
    """The cells of one setting as `standard_errors` reads a run."""

    found: dict[int, cell_files.Cell]
    years: tuple[int, int]

    seeds = property(lambda self: tuple(self.found))

    def paths(self, seed: int, names=None) -> dict:
        """Of one cell, all that it keeps: a study's cells keep little else than what sampling errors are told from."""
        return self.found[seed].paths


def tidy(plan: Plan):
    """The DataFrame of every point that has a cell and its reference for a seed; empty where none has."""
    import pandas as pd

    beside: dict[str, _Cells] = {}
    pieces = []
    for number, (point, setting, other) in enumerate(zip(plan.points, plan.of_point, plan.beside, strict=True)):
        if other.group not in beside:
            beside[other.group] = _open(plan, other)
        mine = _open(plan, setting)
        seeds = [seed for seed in plan.study.seeds if seed in mine.found and seed in beside[other.group].found]
        if seeds:
            pieces.append(_of_point(plan, number, point, _only(mine, seeds), _only(beside[other.group], seeds)))
    names = [variable.name for variable in plan.study.variables]
    columns = ["point", *names, "seed", *KEY, "value", "reference", "difference", "sample_se"]
    return pd.concat(pieces, ignore_index=True)[columns] if pieces else pd.DataFrame(columns=columns)


def _open(plan: Plan, setting: Setting) -> _Cells:
    there = [seed for seed in plan.study.seeds if cell_files.cell_path(plan.folder, setting.name(seed)).exists()]
    cells = {seed: cell_files.read_cell(plan.folder, setting.cell_key(seed)) for seed in there}
    return _Cells({seed: cell._replace(indicators=_chosen(plan, cell.indicators)) for seed, cell in cells.items()}, plan.years)


def _only(cells: _Cells, seeds) -> _Cells:
    return cells._replace(found={seed: cells.found[seed] for seed in seeds})


def _chosen(plan: Plan, frame):
    """The rows of the outcomes that the study asks for; flows summed from the start are made here."""
    import pandas as pd

    study = plan.study
    if study.indicators is None or any(id.endswith(SINCE_START) for id in study.indicators):
        frame = pd.concat([frame, since_start(frame)], ignore_index=True)
    for column, wanted in (("indicator", study.indicators), ("year", study.years), ("district", study.districts)):
        frame = frame if wanted is None else frame[frame[column].isin(wanted)]
    return frame


def _of_point(plan: Plan, number: int, point: dict, mine: _Cells, other: _Cells):
    import pandas as pd

    frames = []
    for seed in mine.seeds:
        both = mine.found[seed].indicators.merge(
            other.found[seed].indicators[[*KEY, "value"]].rename(columns={"value": "reference"}), on=KEY, how="left", validate="one_to_one"
        )
        change = both["value"] - both["reference"]
        frames.append(both.assign(seed=seed, difference=change.where(change.abs().gt(LAST_DIGIT * both["value"].abs()) | change.isna(), 0.0)))
    frame = pd.concat(frames, ignore_index=True)
    errors = standard_errors(other, mine) or {}
    of_zone = frame["district"].eq(ZONE)
    found = [errors.get(key, np.nan) for key in zip(frame["indicator"], frame["year"], frame["sector"], strict=True)]
    frame["sample_se"] = pd.Series(found, index=frame.index, dtype=float).where(of_zone)
    for variable in plan.study.variables:
        given = point.get(variable.name)
        frame[variable.name] = pd.Series([given] * len(frame), dtype="boolean" if isinstance(given, bool) else "Float64" if given is None else float)
    frame["point"] = np.int32(number)
    return frame


def summary(table, by: list[str]):
    """One row per group of `by` and outcome: the mean value and the summary of the differences paired by seed (`comparison.Difference`).

    Within a group the points of a seed are averaged first, so that n counts seeds and the range is that of luck alone.
    """
    import pandas as pd

    rows = []
    for key, part in table.groupby([*by, *KEY], sort=False, dropna=False):
        seeds = part.groupby("seed")[["value", "difference"]].mean()
        error = part["sample_se"].mean()  # points share their sample: their errors do not average out
        rows.append((*key, seeds["value"].mean(), seeds["value"].min(), seeds["value"].max(), *difference(seeds["difference"], error)))
    return pd.DataFrame(rows, columns=[*by, *KEY, "value", "value_low", "value_high", *Difference._fields])


def write(table, path: Path) -> Path:
    """Put the table on disk in one step: Parquet, or CSV (with BOM) where the file's name ends so."""
    path = Path(path)
    with files.disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() == ".csv":
        files.write_text(path, "\ufeff" + table.to_csv(index=False, lineterminator="\n"))
        return path
    import pyarrow as pa
    import pyarrow.parquet as parquet

    with files.replacing(path) as beside:
        parquet.write_table(pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None), beside, compression="zstd")
    return path
