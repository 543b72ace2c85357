"""Years that scenarios share: computed once, and gone on with from there, bit for bit as if each had been computed alone.

Two cells share the years till the first in which their rulebooks order something else, where all else in their keys is the same: seed, households,
sample, population, assumptions, delivery, evidence, sources. What is shared is walked once; where orders part, the run forks (`Simulation.fork`). The
shared years may also come from a finished run that has a checkpoint (`sim/checkpoints.py`): `--from RUN@YEAR`.
Not here: what a key holds (`sim/identity.py`), which cells are missing and where they go (`sim/study/ensemble.py`).
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sim import checkpoints, results
from sim.cells import cell_folder, kept_years
from sim.errors import DataError, InvalidValueError, MachineError
from sim.files import plain
from sim.identity import canonical
from sim.words import say

OF_THE_YEARS = ("rules", "last_year")  # parts of a key that may differ after the shared years


class Origin(NamedTuple):
    """A finished run and the year at whose end another goes on from it."""

    run: Path
    year: int

    def file(self, seed: int) -> Path:
        return cell_folder(self.run, seed) / checkpoints.name(self.year)


class Cell(NamedTuple):
    """A cell to be computed here: its key, the folder for its files, where its years and its result (or why there is none) are told."""

    scenario: Any
    key: dict
    folder: Path
    clock: Any  # `sim.study.profile.Clock`, or None
    year_over: Callable[[int], None]
    done: Callable[[Any], None]  # takes the CellResult
    failed: Callable[[Exception], None]


# ---------------------------------------------------------------------------------------------------- what is shared
def beginning(key: dict) -> str:
    """What cells must have in common to share any year, as text."""
    return canonical({name: part for name, part in key.items() if name not in OF_THE_YEARS})


def parting(one: dict, other: dict) -> int | None:
    """The first year in which two rulebooks order something else; None where there is none."""
    rules, others = ({tuple(rule) for rule in key["rules"]} for key in (one, other))
    return min((year for _, _, year, _ in rules ^ others), default=None)


def sorts(cells: list[Cell], year: int) -> list[list[Cell]]:
    """Cells by what they order in a year, in the order given."""
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(canonical([rule for rule in cell.key["rules"] if rule[2] == year]), []).append(cell)
    return list(found.values())


def families(cells: list[Cell]) -> list[list[Cell]]:
    """Cells that begin alike and have the same last year, in the order given."""
    found: dict[tuple, list[Cell]] = {}
    for cell in cells:
        found.setdefault((beginning(cell.key), cell.key["last_year"]), []).append(cell)
    return list(found.values())


# ---------------------------------------------------------------------------------------------------- walking together
def walk(start: Callable, cells: list[Cell]) -> None:
    """Compute a family of cells; start() gives the run they begin with, a `Simulation`."""
    begun = []

    def first():
        begun.append(start())
        return begun[0]

    try:
        _grow(first, cells)
    finally:
        for run in begun:
            run.close()


def _grow(start: Callable, cells: list[Cell]) -> None:
    """Walk a run for cells that have agreed so far: where their orders part it goes on as the first sort, after it has forked into the others.

    A failure is that of the cells that the run stands for at that moment; what the machine refuses ends all.
    """
    try:
        run = start()
        while not run.finished:
            sort, *others = sorts(cells, run.year + 1)
            cells = sort
            for other in others:
                _grow(partial(_fork, run, other[0]), other)
            run.step()
            if cells[0].clock:
                cells[0].clock.year_over(run.year)
            for cell in cells:
                cell.year_over(run.year)
        others, cells = cells[1:], cells[:1]
        for cell in others:  # the same simulation under another name
            _grow(partial(_fork, run, cell), [cell])
        cells[0].done(run.result())
    except MachineError:
        raise
    except Exception as problem:
        for cell in cells:
            cell.failed(problem)


def _fork(run, cell: Cell):
    if cell.clock:
        cell.clock.begin()
    made = run.fork(cell.scenario, watch=cell.clock, folder=cell.folder)
    made.state.log.append({"event": "forked", "scenario": run.scenario.id, "year": run.year})
    return made


# ---------------------------------------------------------------------------------------------------- from a finished run
def origin_of(text: str, out, key: dict) -> Origin:
    """RUN@YEAR, RUN a folder, the name of one under `out`, or a scenario with a run there that begins as cells of this key do.

    Raises InvalidValueError and DataError.
    """
    name, at, year = str(text).rpartition("@")
    if not (name and at and year.isdecimal()):
        raise InvalidValueError(say("branch.form", value=text), where="--from", hint=say("branch.form.hint"))
    folder = next((path for path in (Path(name), Path(out) / name) if (path / "manifest.json").exists()), None)
    if folder is None:
        wanted = beginning({**plain(key), "seed": None})
        alike = (run.path for run in results.list_runs(out) if run.scenario == name and beginning({**run.manifest["key"], "seed": None}) == wanted)
        folder = next((path for path in alike if any(path.glob(f"seed-*/{checkpoints.name(int(year))}"))), Path(name))
    return Origin(results.open_run(folder).path, int(year))


def check_origin(origin: Origin, scenario, key: dict, seeds, kept=()) -> None:
    """Raise DataError where cells of this key cannot go on from `origin`: another version or world, other orders before, no checkpoint.

    kept: years of which something is to be kept. Raises InvalidValueError where one of them is not walked.
    """
    parent = results.open_run(origin.run).manifest["key"]
    mine = {name: part for name, part in plain(key).items() if name != "seed"}
    other = sorted(name for name in {*mine, *parent} - {*OF_THE_YEARS} if mine.get(name) != parent.get(name))
    if {"sources", "version"} & set(other):
        raise _refused(origin, "branch.version")
    if other:
        raise _refused(origin, "branch.other", fields=", ".join(other))
    parted = parting(mine, parent)
    if parted is not None and parted <= origin.year:
        names = {rule for rule, _, year, _ in _either(mine, parent) if year == parted}
        raise _refused(origin, "branch.parted", id=scenario.id, parted=parted, rules=", ".join(sorted(names)))
    if origin.year >= scenario.horizon.end:
        raise _refused(origin, "branch.over", id=scenario.id, end=scenario.horizon.end)
    early = [year for year in kept if year <= origin.year]
    if early:
        text = say("branch.early", years=", ".join(map(str, early)), year=origin.year)
        raise InvalidValueError(text, where="--from", hint=say("branch.early.hint"))
    absent = [seed for seed in seeds if not origin.file(seed).exists()]
    if absent:
        there = sorted({year for seed in seeds for year in kept_years(origin.run, seed, "checkpoints")})
        raise _refused(origin, "branch.no_checkpoint", seeds=", ".join(map(str, absent)), there=", ".join(map(str, there)) or "–")


def _either(one: dict, other: dict) -> set:
    return {tuple(rule) for rule in one["rules"]} ^ {tuple(rule) for rule in other["rules"]}


def _refused(origin: Origin, word: str, **values) -> DataError:
    return DataError(say(word, year=origin.year, **values), file=str(origin.run), hint=say(f"{word}.hint", year=origin.year))


def standing_of(origin: Origin, seed: int):
    """Where the run of `origin` stood at the end of its year under a seed. Raises DataError for a damaged file."""
    standing = checkpoints.read(origin.file(seed))
    standing.state.log.append({"event": "continued", "run": origin.run.name, "year": origin.year})
    return standing
