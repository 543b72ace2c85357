"""What a study comes down to: its points, the cells that they and their references need, and which of those stand on disk already.

A point and its reference meet the same seeds. The reference is another scenario in the same world (it takes the point's assumptions and none of its
levers), or, where the study names none, the scenario as its file says.
Not here: the points themselves (`sim/study/design.py`), computing (`sim/study/sweep.py`).
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.identity import group_key
from sim.scenario import load_each
from sim.study import cell_files, design, provenance
from sim.study.study_file import Study, load_study

SAMPLE = 1


@dataclass(frozen=True)
class Setting:
    """One resolved scenario of a study, under all seeds: `key` is that of its cells without the seed."""

    scenario: Any
    key: dict
    group: str  # the first digits of the key, as in file names

    def cell_key(self, seed: int) -> dict:
        return {**self.key, "seed": seed}

    def name(self, seed: int) -> str:
        return cell_files.seed_name(self.group, seed)


@dataclass(frozen=True)
class Cell:
    """One simulation that a study needs. `points` are the numbers of the points that it serves."""

    setting: Setting
    seed: int
    points: tuple[int, ...]

    @property
    def name(self) -> str:
        return self.setting.name(self.seed)


@dataclass(frozen=True)
class Plan:
    """A study with its settings: `of_point[i]` is what point i simulates, `beside[i]` what it is compared to."""

    study: Study
    folder: Path
    points: tuple[dict, ...]
    of_point: tuple[Setting, ...]
    beside: tuple[Setting, ...]
    cells: tuple[Cell, ...] = field(repr=False)

    @cached_property
    def years(self) -> tuple[int, int]:
        horizon = self.of_point[0].scenario.horizon
        return horizon.start, horizon.end

    def finished(self, cell: Cell) -> bool:
        return cell_files.cell_path(self.folder, cell.name).exists()

    def failed(self, cell: Cell) -> bool:
        return cell_files.failure_path(self.folder, cell.name).exists()

    def missing(self, shard: tuple[int, int] | None = None) -> list[Cell]:
        """Cells that do not stand, of all or of shard (i, n): every n-th cell from the i-th on."""
        mine = self.cells if shard is None else self.cells[shard[0] - 1 :: shard[1]]
        return [cell for cell in mine if not self.finished(cell)]


def plan_study(source, out="studies") -> Plan:
    """The plan of a study file; touches the disk only to look. Raises ScenarioError with every problem."""
    study = load_study(source)
    points = design.points(study)
    of_point = _settings(study, study.scenario, [design.settings(point) for point in points])
    worlds = [design.settings(point, world_only=True) if study.reference else () for point in points]
    beside = _settings(study, study.reference or study.scenario, worlds)
    return Plan(study, Path(out) / study.id, tuple(points), of_point, beside, _cells(study, of_point, beside))


def _settings(study: Study, source, many) -> tuple[Setting, ...]:
    """A Setting for each list of `--set` texts; the same list gives the same Setting."""
    different = list(dict.fromkeys(many))
    found = {}
    for texts, scenario in zip(different, load_each(source, different), strict=True):
        if study.last_year is not None:
            scenario = scenario.ending(study.last_year)
        key = provenance.cell_key(scenario, households=study.rows, seed=0, population_seed=study.population_seed, sample=SAMPLE)
        key.pop("seed")
        found[texts] = Setting(scenario, key, group_key(key)[: cell_files.DIGITS])
    return tuple(found[texts] for texts in many)


def _cells(study: Study, of_point, beside) -> tuple[Cell, ...]:
    """Each simulation once, references first, seed by seed: so that early results are already comparable."""
    settings: dict[str, Setting] = {}
    serves: dict[str, list[int]] = {}
    for number, setting in [*enumerate(beside), *enumerate(of_point)]:
        settings.setdefault(setting.group, setting)
        serves.setdefault(setting.group, []).append(number)
    return tuple(
        Cell(setting, seed, tuple(dict.fromkeys(serves[group]))) for seed in study.seeds for group, setting in settings.items()
    )
