"""Scenarios over seeds: which cells are there, which are missing, and the runs they make up once the missing ones are computed.

Scenarios of one call that agree up to a year share the years till then (`sim/study/branching.py`).
Not here: the computing (`sim/study/computing.py`), studies of many points (`sim/study/sweep.py`), differences between scenarios
(`sim/study/comparison.py`), the year itself (`sim/schedule.py`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sim import cells, files, results
from sim.errors import InvalidValueError, MachineError, PartialError, RongheError
from sim.results import Run
from sim.run_options import read_households, read_seeds, read_years
from sim.study import branching, provenance
from sim.study.computing import Progress, Watch, compute_missing
from sim.study.machine import BYTES_PER_FORK, BYTES_PER_HOUSEHOLD, BYTES_PER_PROCESS, ZONE_HOUSEHOLDS, available_memory, cores
from sim.words import say


class Plan(NamedTuple):
    """What a call of `run` comes down to, before anything is computed."""

    scenario: Any
    households: int | None  # None: the whole zone
    seeds: tuple[int, ...]
    missing: tuple[int, ...]  # seeds of which no finished cell stands
    folder: Path
    keys: dict[int, dict]  # seed -> the full key of its cell
    population_seed: int
    sample: int
    snapshot: tuple[int, ...]
    checkpoint: tuple[int, ...]
    origin: branching.Origin | None  # where the cells go on from; None: from the opening
    jobs: int
    threads: int

    @property
    def bytes_needed(self) -> int:
        return self.together * (BYTES_PER_PROCESS + BYTES_PER_HOUSEHOLD * (self.households or ZONE_HOUSEHOLDS))

    @property
    def together(self) -> int:
        return min(self.jobs, len(self.missing))


def run(
    source,
    households=None,
    seeds=None,
    years=None,
    jobs=None,
    threads=None,
    out="runs",
    settings=(),
    force=False,
    sample=1,
    snapshot=(),
    checkpoint=(),
    origin=None,
    progress: Callable[[Progress], None] | None = None,
    simulate=None,
) -> Run:
    """Compute what is missing of a scenario and open its run.

    source: an id, a path or a loaded scenario; households: a number or `all`; seeds: a number n (1 to n), a text as on the command line, or a list;
    years: `2019-2030` or a last year. What is not given comes from the scenario's file, then 60,000 and 8.
    snapshot: years whose every household is kept; checkpoint: years at whose end the whole state is kept; origin: `RUN@YEAR`, such a run to go on from.
    jobs: cells at the same time, each in a process of its own (then a script needs `if __name__ == "__main__":`); one after the other, on all
    cores, where none are given. Numbers do not depend on it.
    Raises PartialError where some cells failed (the others are kept), MachineError for disk, memory and permission.
    """
    plan = prepare(source, households, seeds, years, jobs or 1, threads, out, settings, force, sample, snapshot, checkpoint, origin)
    return carry_out(plan, progress, simulate)


def prepare(
    source, households=None, seeds=None, years=None, jobs=None, threads=None, out="runs", settings=(), force=False, sample=1, snapshot=(),
    checkpoint=(), origin=None,
) -> Plan:  # fmt: skip
    """Resolve a call into a Plan; touches the disk only to look."""
    scenario = provenance.scenario_of(source, settings, _years(years))
    households = _households(scenario.run.households if households is None else households)
    seeds = seeds_of(scenario.run.seeds if seeds is None else seeds)
    population_seed = scenario.run.population_seed
    snapshot, checkpoint = (_kept(years, scenario, f"--{name}") for name, years in (("snapshot", snapshot), ("checkpoint", checkpoint)))
    key = provenance.cell_key(scenario, households=households, seed=seeds[0], population_seed=population_seed, sample=sample)
    keys = {seed: {**key, "seed": seed} for seed in seeds}
    folder = Path(out) / f"{scenario.id}-{provenance.folder_hex(keys[seeds[0]])}"
    missing = seeds if force else tuple(s for s in seeds if not cells.finished(folder, s, keys[s], snapshot, checkpoint))
    jobs, threads = _workers(jobs, threads, households, len(missing))
    if origin is not None:
        origin = branching.origin_of(origin, out, key)
        there = {year for seed in missing for name in ("snapshots", "checkpoints") for year in cells.kept_years(folder, seed, name)}
        branching.check_origin(origin, scenario, key, missing, sorted({*snapshot, *checkpoint, *there}))      # what is there already is kept
    return Plan(scenario, households, seeds, missing, folder, keys, population_seed, sample, snapshot, checkpoint, origin, jobs, threads)


def carry_out(plan: Plan, progress=None, simulate=None) -> Run:
    """Compute the missing cells of a plan and open the run."""
    (found,) = carry_out_together([plan], progress, simulate)
    if isinstance(found, RongheError):
        raise found
    return found


def carry_out_together(plans: list[Plan], progress=None, simulate=None) -> list[Run | RongheError]:
    """Compute the missing cells of several plans, seed by seed, and open each run; in its place stands the error of a plan whose cells failed.

    Years that scenarios share are walked once. Raises MachineError for disk, memory and permission.
    """
    for plan in plans:
        with files.disk(plan.folder):
            plan.folder.parent.mkdir(parents=True, exist_ok=True)
            files.clean(plan.folder.parent)
    watch = Watch(plans, progress)
    failed: dict[tuple[Path, int], Exception] = {}
    for group in _groups(plans):
        for plan in group:
            check_memory(plan)
            with files.disk(plan.folder):
                plan.folder.mkdir(exist_ok=True)
            provenance.write_manifest(plan)
        failed |= compute_missing(group, watch, max(plan.jobs for plan in group), simulate)
        for plan in group:
            provenance.write_manifest(plan)
    return [_opened(plan, {seed: failed[plan.folder, seed] for seed in plan.seeds if (plan.folder, seed) in failed}) for plan in plans]


def _groups(plans: list[Plan]) -> list[list[Plan]]:
    """Plans with missing cells, each folder once; together where they may share years and memory holds what is forked."""
    waiting = {plan.folder: plan for plan in plans if plan.missing}.values()
    found: dict[tuple, list[Plan]] = {}
    free = available_memory()
    for plan in waiting:
        forks = (len(waiting) - 1) * plan.together * BYTES_PER_FORK * (plan.households or ZONE_HOUSEHOLDS)
        roomy = free is None or free > plan.bytes_needed + forks
        place = (plan.households, plan.sample, plan.population_seed, plan.origin) if roomy else (plan.folder,)
        found.setdefault(place, []).append(plan)
    return list(found.values())


def _opened(plan: Plan, failed: dict[int, Exception]) -> Run | RongheError:
    """The run of a plan that was carried out, or what is to be raised of it."""
    if not failed:
        return results.open_run(plan.folder, plan.seeds, cached=not plan.missing)
    first = next(iter(failed))
    kept = len(plan.seeds) - len(failed)
    if isinstance(failed[first], RongheError) and kept == 0:
        return failed[first]
    error = PartialError(
        say(
            "ensemble.partial",
            failed=", ".join(map(str, failed)),
            scenario=plan.scenario.id,
            kept=kept,
            of=len(plan.seeds),
            problem=f"{type(failed[first]).__name__}: {failed[first]}",
        ),
        failed=tuple(failed),
        hint=say("ensemble.partial.hint"),
    )
    error.__cause__ = failed[first]
    return error


# ---------------------------------------------------------------------------------------------------- reading the call
def _kept(years, scenario, option: str) -> tuple[int, ...]:
    """Years that something is kept of, sorted. Raises InvalidValueError where one is not simulated."""
    years = tuple(sorted({int(year) for year in years}))
    first, last = scenario.horizon.start, scenario.horizon.end
    outside = [year for year in years if not first <= year <= last]
    if outside:
        text = say("ensemble.snapshot_outside", years=", ".join(map(str, outside)), first=first, last=last)
        raise InvalidValueError(text, where=option, hint=say("ensemble.snapshot_outside.hint"))
    return years


def _households(value) -> int | None:
    read = read_households(value)
    if read is None:
        raise InvalidValueError(say("run.households.bad", value=value), where="--households", hint=say("run.households.hint"))
    return None if read == "all" else read


def seeds_of(value) -> tuple[int, ...]:
    if isinstance(value, (str, int)):
        read = read_seeds(value)
        if read is None:
            raise InvalidValueError(say("run.seeds.bad", value=value), where="--seeds", hint=say("run.seeds.hint"))
        return read
    return tuple(sorted({int(seed) for seed in value}))


def _years(value) -> int | None:
    """The last year of `2019-2030`, 2030 or (2019, 2030); None where the scenario's own stands."""
    if value is None:
        return None
    if isinstance(value, int):
        value = f"2019-{value}"
    elif not isinstance(value, str):
        value = "-".join(map(str, value))
    read = read_years(value)
    if read is None:
        raise InvalidValueError(say("ensemble.years", value=value), where="--years", hint=say("ensemble.years.hint"))
    return read[1]


def _workers(jobs, threads, households, cells: int) -> tuple[int, int]:
    """(jobs, threads): for the whole zone one cell at a time on all cores, for samples a cell per core on one thread each."""
    if jobs is None:
        jobs = 1 if households is None else cores() if threads is None else max(1, cores() // threads)
    jobs = max(1, min(int(jobs), max(cells, 1)))
    return jobs, max(1, int(threads if threads is not None else cores() // jobs if households is None or jobs < cores() else 1))


def check_memory(plan: Plan) -> None:
    """Refuse what would not fit, before anything is computed."""
    free = available_memory()
    if free is not None and plan.bytes_needed > free:
        raise MachineError(
            say(
                "ensemble.memory", needed=f"{plan.bytes_needed / 1e9:.1f}", free=f"{free / 1e9:.1f}", jobs=min(plan.jobs, len(plan.missing))
            ),
            kind="memory",
            hint=say("ensemble.memory.hint"),
        )
