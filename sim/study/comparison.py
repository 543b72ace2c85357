"""Runs side by side: means over seeds, and differences to the first run paired by seed, with their range and whether they can be told from chance.

A seed drives the years and never the population, and every scenario meets the same luck, so that a difference is taken seed by seed.
A difference is `distinguishable` where its size exceeds the 97.5 % point of Student's t (never less than 2) times its standard error. `reading` alone says in
one word what a difference may be called; with fewer than ENOUGH_SEEDS that point is so far out that what is not told is for want of seeds.
That error has two parts: the spread over seeds and, for a sample, the sampling error of the difference over the spans that both runs share
(`sampling_error.py`); districts and groups have only the first.
Not here: the tables of the command line (`sim/report/tables.py`).
"""

from typing import NamedTuple

import numpy as np

from sim.errors import IncomparableError, InvalidValueError, UsageError
from sim.files import plain
from sim.indicators import SINCE_START, since_start
from sim.results import Run
from sim.study.sampling_error import standard_errors
from sim.words import say

KEY = ["indicator", "year", "district", "sector", "group", "unit"]
BY = ("district", "decile", "type")
ENOUGH_SEEDS = 4  # with fewer, Student's t asks for 4.3 (three seeds) or 12.7 (two) standard errors; with one there is no error at all
MANY_SEEDS = 20  # from here on low and high are the 5th and 95th percentile, below the smallest and largest
COSTS = {  # result -> what a unit of it is called; cost per result is the difference of the policies' cost over the difference of the result
    "homesteads_withdrawn": "plot",
    "contract_rights_exited_mu": "mu",
}


class Difference(NamedTuple):
    """Of one run to the reference, over the seeds that both have. Numbers that do not exist are NaN."""

    mean: float
    low: float
    high: float
    se: float
    n: int
    distinguishable: bool


def difference(paired, sample_se: float = float("nan")) -> Difference:
    """The summary of differences by seed (n,); `sample_se` is the sampling error of their mean, NaN where there is none."""
    mean, low, high, se, n, told = (column[0] for column in differences(np.atleast_2d(np.asarray(paired, dtype=np.float64)), np.array([sample_se])))
    return Difference(float(mean), float(low), float(high), float(se), int(n), bool(told))


def differences(paired, sample_se) -> Difference:
    """The same for many rows at once: paired (R, n), sample_se (R,); every field of what comes back is an array (R,)."""
    rows, n = paired.shape
    nothing = np.full(rows, np.nan)
    known = np.isfinite(paired).all(1) & (n > 0)
    mean = np.where(known, paired.mean(1), np.nan) if n else nothing
    if n < 2:
        return Difference(mean, nothing, nothing, nothing, np.full(rows, n), np.zeros(rows, bool))
    low, high = np.percentile(paired, [5, 95], axis=1) if n >= MANY_SEEDS else (paired.min(1), paired.max(1))
    by_luck = paired.std(1, ddof=1) / np.sqrt(n)
    low, high, se = (np.where(known, values, np.nan) for values in (low, high, np.hypot(by_luck, np.nan_to_num(sample_se))))
    return Difference(mean, low, high, se, np.full(rows, n), known & (np.abs(mean) > _threshold(n) * se))


def reading(found) -> str:
    """What a difference may be called: `same`, `apart`, `few` (too few seeds to tell), `not` (not distinguishable); empty for the reference itself.

    `found` has the fields of `Difference`.
    """
    if found.n == 0:
        return ""
    if found.mean == 0 and not (found.low > 0 or found.low < 0 or found.high > 0 or found.high < 0):
        return "same"
    if found.distinguishable:
        return "apart"
    return untold(found.n)


def untold(seeds: int) -> str:
    """Why a difference over so many seeds that is not told is not: `few` seeds, or `not` distinguishable by a sound test."""
    return "few" if seeds < ENOUGH_SEEDS else "not"


def _threshold(n: int) -> float:
    from scipy.special import stdtrit

    return max(2.0, float(stdtrit(n - 1, 0.975)))


def check(runs: list[Run]) -> None:
    """Raise IncomparableError where runs have no common difference: other years, households, sample or population, or no seed in common."""
    first = runs[0]
    for other in runs[1:]:
        for name in ("years", "households", "weighted", "sample", "population_seed"):
            mine, theirs = getattr(first, name), getattr(other, name)
            if mine != theirs:
                raise IncomparableError(
                    say(
                        "compare.differ",
                        what=say("compare.years_of" if name == "years" else f"compare.{name}"),
                        a=_shown(mine),
                        b=_shown(theirs),
                        first=first.id,
                    ),
                    where=other.id,
                    hint=say("compare.differ.hint"),
                )
    if len(runs) > 1 and not set.intersection(*(set(run.seeds) for run in runs)):
        raise IncomparableError(say("compare.no_seed"), where=" ".join(run.id for run in runs), hint=say("compare.no_seed.hint"))
    if len({run.id for run in runs}) < len(runs):
        raise IncomparableError(say("compare.twice"), where=" ".join(run.id for run in runs), hint=say("compare.twice.hint"))


def _shown(value) -> str:
    return (
        "-".join(map(str, value))
        if isinstance(value, tuple)
        else f"{value:,}"
        if isinstance(value, int) and not isinstance(value, bool)
        else str(value)
    )


def compare(*runs, at=None, by: str | None = None):
    """A tidy DataFrame: one row per run, indicator, year, district, sector and group.

    Columns: run, indicator, year, district, sector, group, unit, value (mean over the run's seeds), and of the difference to the first run
    mean, low, high, se, n, distinguishable (NaN, 0 and False for the first run itself).
    at: years, all where None; by: `district` (the nine units), `decile`, `type` (groups of households), or None for the zone.
    Flows come as X and X_since_start.
    """
    runs = list(runs[0]) if len(runs) == 1 and not isinstance(runs[0], Run) else list(runs)
    if not runs:
        raise UsageError(say("compare.none"), where="compare", hint=say("compare.none.hint"))
    if by is not None and by not in BY:
        raise UsageError(say("compare.by", by=by), where="--by", hint=say("compare.by.hint", known=", ".join(BY)))
    check(runs)
    years = _years(runs[0], at)
    frames = [by_seed(run, by) for run in runs]
    return _tidy(runs, [frame[frame.index.isin(years, level="year")] for frame in frames])


def _years(run: Run, at) -> list[int]:
    first, last = run.years
    years = list(range(first, last + 1)) if at is None else [int(year) for year in at]
    within(years, first, last)
    return years


def within(years, first: int, last: int) -> None:
    """Raise InvalidValueError where a year is not one of those simulated."""
    outside = [year for year in years if not first <= year <= last]
    if outside:
        raise InvalidValueError(
            say("compare.years", years=", ".join(map(str, outside)), first=first, last=last), where="--at", hint=say("compare.years.hint")
        )


def seed_values(run: Run, by: str | None = None, only=None):
    """Long: KEY, seed and value; of the zone, of the nine units, or of one sort of household groups. only: indicators of the zone or the units."""
    if by in (None, "district"):
        import pandas as pd

        frame = run.indicators
        frame = frame[((frame["district"] == "zone") == (by is None)) & (only is None or frame["indicator"].isin(only))]
        return pd.concat([frame, since_start(frame)], ignore_index=True).assign(group="")
    frame = run.distribution
    return frame[frame["group"].str.startswith("decile ") == (by == "decile")].assign(district="zone")


def by_seed(run: Run, by: str | None = None):
    """`seed_values` with a row per KEY and a column per seed; worked out once per run, since a reference is compared again and again."""
    if by not in run.worked_out:
        run.worked_out[by] = seed_values(run, by).pivot_table(index=KEY, columns="seed", values="value", sort=False, observed=True)
    return run.worked_out[by]


def _tidy(runs, frames):
    import pandas as pd

    pieces, reference = [], frames[0]
    for run, values in zip(runs, frames, strict=True):
        rows = pd.DataFrame({"run": run.id, "value": values.mean(axis=1)}, index=values.index)
        if run is runs[0]:
            summary = Difference(*[float("nan")] * 4, 0, False)
        else:
            seeds = [seed for seed in reference.columns if seed in values.columns]
            paired = values[seeds] - reference.reindex(values.index)[seeds]
            sampling = _sampling(runs[0], run, values.index)
            noise = 1e-9 * rows["value"].abs()  # below it a difference is the last digit of a float
            paired = paired.where(paired.abs().gt(noise, axis=0) | paired.isna(), 0.0)
            summary = differences(paired.to_numpy(), sampling)
        pieces.append(rows.assign(**summary._asdict()).reset_index())
    return pd.concat(pieces, ignore_index=True)[["run", *KEY, "value", *Difference._fields]]


def _sampling(reference, run, index):
    """Sampling error of the differences in these rows (R,), NaN where there is none: the whole zone, a district, an indicator that is not summed."""
    errors = standard_errors(reference, run) or {}
    keys = zip(*(index.get_level_values(name) for name in ("indicator", "year", "sector", "district", "group")), strict=True)
    return np.array([errors.get((id, year, sector), np.nan) if (district, group) == ("zone", "") else np.nan for id, year, sector, district, group in keys])


def cost_per_result(reference: Run, run: Run, year: int, table=None) -> dict[str, float | None]:
    """{indicator: yuan of 2019 spent on policies per unit of it}, both as differences to the reference; `table` is their comparison where it is made already.

    Flows are summed from the start, stocks taken at the year; means over common seeds.

    None where the result does not grow by a distinguishable amount, or no cost is known: a cost of almost nothing is no number.
    """
    table = compare(reference, run, at=[year]) if table is None else table
    rows = table[(table["run"] == run.id) & (table["year"] == year)].set_index("indicator")
    cost = rows.loc[f"fiscal_cost_yuan{SINCE_START}"] if f"fiscal_cost_yuan{SINCE_START}" in rows.index else None
    found: dict[str, float | None] = {}
    for id in COSTS:
        name = next((n for n in (id + SINCE_START, id) if n in rows.index), None)
        good = name is not None and cost is not None and rows.loc[name, "distinguishable"] and rows.loc[name, "mean"] > 0
        found[id] = float(cost["mean"] / rows.loc[name, "mean"]) if good and np.isfinite(cost["mean"]) else None
    return found


def to_object(runs: list[Run], table) -> dict:
    """The object of `compare --json`."""
    rows = []
    for key, part in table.groupby(KEY, sort=False):
        values = {r.run: r.value for r in part.itertuples()}
        differences = {
            r.run: {"mean": r.mean, "low": r.low, "high": r.high, "se": r.se, "n": r.n, "distinguishable": r.distinguishable, "reading": reading(r)}
            for r in part.itertuples()
            if r.run != runs[0].id
        }
        rows.append({**dict(zip(KEY, key, strict=True)), "values": values, "differences": differences})
    return plain({"schema_version": 1, "runs": [run.card() for run in runs], "reference": runs[0].id, "rows": rows})
