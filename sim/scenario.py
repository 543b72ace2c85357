"""A scenario: which levers, from when, where and at what values, with the place in a file that says each.

`load` reads a shipped scenario or a user's file with everything it extends, or raises ScenarioError with all problems at once.
Not here: reading YAML (`scenario_text`), keys and values of one file (`scenario_shape`), `--set` (`scenario_settings`),
values by year (`policies/rulebook`).
"""

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.errors import Problem, ScenarioError
from sim.policies.catalogue import levers, owner
from sim.run_options import DEFAULT_HOUSEHOLDS, DEFAULT_POPULATION_SEED, DEFAULT_SEEDS
from sim.scenario_checks import MOST_PROBLEMS
from sim.scenario_settings import apply_settings
from sim.scenario_shape import Checker, Draft, Step
from sim.scenario_text import SHOWN_PATH, read, shown
from sim.scenario_values import nearest
from sim.shipped_files import shipped
from sim.words import district_names, language, pick, say

DEFAULT_END = 2035
DEFAULT_REPORT = (2025, 2035)
SUFFIXES = (".yaml", ".yml")
LONGEST_CHAIN = 20  # files that extend each other


@dataclass(frozen=True)
class Horizon:
    """First and last simulated year and the years that reports show."""

    start: int = 2019
    end: int = DEFAULT_END
    report: tuple[int, ...] = DEFAULT_REPORT


@dataclass(frozen=True)
class RunOptions:
    """How to run where the command line does not say otherwise. `given` names what the file itself says."""

    households: int | str = DEFAULT_HOUSEHOLDS
    seeds: tuple[int, ...] = DEFAULT_SEEDS
    population_seed: int = DEFAULT_POPULATION_SEED
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A resolved scenario. `levers` has the steps of each lever that is used; `origins` tells file:line of everything else."""

    id: str
    title: dict[str, str]
    levers: dict[str, tuple[Step, ...]]
    horizon: Horizon = Horizon()
    off: tuple[str, ...] = ()
    delivery_rate: float = 100.0
    assumptions: dict[str, float] = field(default_factory=dict)
    run: RunOptions = RunOptions()
    origins: dict[str, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    file: str = ""

    def ending(self, year: int) -> "Scenario":
        """The same scenario simulated to another last year, with the report years that remain (or that year)."""
        report = tuple(one for one in self.horizon.report if one <= year) or (year,)
        return replace(self, horizon=Horizon(self.horizon.start, year, report))


def shipped_folder() -> Path:
    """The folder of the shipped scenarios."""
    return Path(shipped()) / "scenarios"


def shipped_ids() -> tuple[str, ...]:
    """Ids of the shipped scenarios, sorted, baseline first."""
    return tuple(sorted((path.stem for path in shipped_folder().glob("*.yaml")), key=lambda name: (name != "baseline", name)))


def load(source, settings=(), *, resolved: bool = False) -> Scenario:
    """The scenario of a shipped id or a path, with `--set` texts applied.

    resolved   the file was written by a run: it may bear a shipped id
    Raises ScenarioError with every problem found.
    """
    return load_each(source, [settings], resolved=resolved)[0]


def load_each(source, many, *, resolved: bool = False) -> list[Scenario]:
    """The same scenario once per list of `--set` texts, its files read only once. Raises as `load`, for the first list with a problem."""
    problems: list[Problem] = []
    path = find(source, Path.cwd())
    if path is None:
        raise ScenarioError([_not_found(source)])
    draft = _read_with_parents(path, problems, (), {}, resolved)
    return [_resolve(_copy(draft), settings, list(problems), resolved) for settings in many]


def _copy(draft: Draft) -> Draft:
    """A draft that settings may change without touching this one; steps and places are never changed in place."""
    parts = ("horizon", "steps", "off", "assumptions", "run", "origins")
    return replace(draft, **{name: dict(getattr(draft, name)) for name in parts})


def _resolve(draft: Draft, settings, problems: list[Problem], resolved: bool) -> Scenario:
    """The scenario of a draft with settings laid over it; raises ScenarioError with the problems so far and its own."""
    apply_settings(draft, settings, problems)
    if not problems:
        problems += [problem for name, steps in draft.steps.items() for problem in _conflicts(name, steps)]
    horizon = _horizon(draft, problems)
    warnings = [] if problems else _warnings(draft, horizon)
    problems += _outside(draft, horizon, warnings, resolved)
    if problems:
        raise ScenarioError(sorted(set(problems), key=lambda one: (one.file, one.line, one.column)))
    steps = {
        name: tuple(sorted(draft.steps[name], key=lambda step: (step.first, step.commanded))) for name in levers() if draft.steps.get(name)
    }
    run = RunOptions(**{key: value for key, value in draft.run.items() if value is not None}, given=tuple(draft.run))
    rate = 100.0 if draft.delivery_rate is None else draft.delivery_rate
    return Scenario(
        draft.id,
        _title(draft),
        steps,
        horizon,
        tuple(draft.off),
        rate,
        dict(sorted(draft.assumptions.items())),
        run,
        draft.origins,
        tuple(warnings),
        draft.file,
    )


def _title(draft: Draft) -> dict[str, str]:
    """The title in both languages; the other one, else the id, stands in where one is missing."""
    some = draft.title.get("zh") or draft.title.get("en") or draft.id
    return {code: draft.title.get(code) or some for code in ("zh", "en")}


def find(source, folder: Path) -> Path | None:
    """The file of a shipped id or of a path seen from a folder; None where there is none."""
    text = os.fspath(source)
    if text in shipped_ids():
        return shipped_folder() / f"{text}.yaml"
    if not text.lower().endswith(SUFFIXES) and not isinstance(source, Path):
        return None
    path = folder / text
    return path if _is_file(path) else None


def _is_file(path: Path) -> bool:
    """Whether a file stands there; one in a folder that may not be entered counts, so that reading it says why it cannot be read."""
    try:
        return path.is_file()
    except PermissionError:
        return True
    except (OSError, ValueError):  # a name that is too long, a circle of links, a zero byte
        return False


def _not_found(source) -> Problem:
    """Why a source is no scenario: a folder, a file with another ending, or nothing at all."""
    name = shown(str(source), SHOWN_PATH) or "''"
    path = Path.cwd() / os.fspath(source)
    if str(source) and os.path.isdir(path):
        return Problem(name, 0, 0, "", "missing-file", say("source.folder"), say("source.folder.hint"))
    if str(source) and _is_file(path) and not path.name.lower().endswith(SUFFIXES):
        hint = say("source.suffix.hint", name=shown(path.with_suffix(".yaml").name))
        return Problem(name, 0, 0, "", "missing-file", say("source.suffix"), hint)
    return Problem(name, 0, 0, "", "missing-file", say("source.missing"), nearest(str(source), shipped_ids()))


def display(path: Path) -> str:
    """How a file is called in messages: from the working folder where it lies below it, shipped ones as scenarios/NAME."""
    full, here = path.resolve(), Path.cwd().resolve()
    if full.is_relative_to(here):
        return full.relative_to(here).as_posix()
    return f"scenarios/{path.name}" if _is_shipped(full) else full.as_posix()


def _is_shipped(path: Path) -> bool:
    return path.resolve().parent == shipped_folder().resolve()


def _read_with_parents(
    path: Path, problems: list[Problem], chain: tuple[Path, ...], drafts: dict[Path, Draft], resolved: bool = False
) -> Draft:
    """The draft of a file merged over the drafts that it extends, left to right; `drafts` keeps those already read."""
    name, full = display(path), path.resolve()
    if full in drafts:
        return drafts[full]
    node, found = read(path, name)
    problems += found
    if node is None:
        return drafts.setdefault(full, Draft(name))
    checker = Checker(name)
    own = checker.draft(node)
    base = Draft(name)
    with checker.within_reason():
        if own.id.lower() in shipped_ids() and not _is_shipped(path) and not resolved:
            hint = say("id.shipped.hint", id=own.id.lower())
            checker.wrong(node.value["id"], "id", "shipped-id", say("id.shipped", id=own.id), hint)
        for parent, place in own.extends:
            found_path = _parent(parent, place, path, (*chain, full), checker)
            if found_path:
                _merge(base, _read_with_parents(found_path, problems, (*chain, full), drafts))
        for lever, place in own.off.items():
            if lever not in base.steps and lever not in own.steps and lever not in own.append and not checker.problems:
                checker.wrong(place, f"off.{lever}", "off-not-inherited", say("off.unknown", name=lever), say("off.unknown.hint"))
    problems += checker.problems
    _merge(base, own)
    base.file, base.id, base.title = name, own.id, own.title
    drafts[full] = base
    return base


def _parent(parent: str, place, path: Path, chain: tuple[Path, ...], checker: Checker) -> Path | None:
    """The file that a file extends; None and a problem where there is none, where it closes a circle or the chain has no end."""
    found = find(parent, path.parent)
    if found is None and parent.lower().endswith(SUFFIXES):
        stem = Path(parent).stem
        hint = say("hint.nearest", name=stem) if stem in shipped_ids() else say("extends.no_file.hint")
        checker.wrong(place, "extends", "unknown-parent", say("extends.no_file", name=shown(parent, SHOWN_PATH)), hint)
    elif found is None:
        hint = nearest(parent, shipped_ids())
        checker.wrong(place, "extends", "unknown-parent", say("extends.unknown", name=shown(parent)), hint)
    elif found.resolve() in chain:
        names = [display(one) for one in (*chain[chain.index(found.resolve()) :], found)]
        checker.wrong(place, "extends", "cycle", say("extends.cycle", chain=" -> ".join(names)), say("extends.cycle.hint"))
    elif len(chain) >= LONGEST_CHAIN:
        checker.wrong(place, "extends", "too-long", say("extends.too_long", most=LONGEST_CHAIN), say("extends.too_long.hint"))
    else:
        return found
    return None


def _merge(base: Draft, over: Draft) -> None:
    """Lay a draft over another: maps merge, `steps` replaces, `steps_append` adds, `off` returns to base."""
    base.horizon.update(over.horizon)
    base.assumptions.update(over.assumptions)
    base.run.update(over.run)
    base.origins.update({key: value for key, value in over.origins.items() if key not in ("id", "title", "schema", "extends")})
    base.delivery_rate = base.delivery_rate if over.delivery_rate is None else over.delivery_rate
    for name, steps in over.steps.items():
        base.steps[name] = list(steps)
        base.off.pop(name, None)
    for name, steps in over.append.items():
        base.steps[name] = [*base.steps.get(name, ()), *steps]
        base.off.pop(name, None)
    for name, place in over.off.items():
        base.steps.pop(name, None)
        base.off[name] = place


def _conflicts(lever: str, steps: list[Step]) -> list[Problem]:
    """Steps that set what another has set for the same district and year, or that begin inside another's from ... until."""
    problems: list[Problem] = []
    earlier: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        places = [(name, district) for name in step.values for district in step.districts]
        met = ((key, other) for key in places for other in earlier.get(key, ()))
        found = next(filter(None, (_conflict(lever, *key, step, other) for key, other in met)), None)
        if found and len(problems) == MOST_PROBLEMS:
            said = say("file.more_problems", most=MOST_PROBLEMS)
            return [*problems, Problem(*step.place, "more-problems", said, say("file.more_problems.hint"))]
        problems += [found] if found else []
        for key in places if not found else ():
            earlier.setdefault(key, []).append(step)
    return problems


def _conflict(lever: str, name: str, district: str, step: Step, other: Step) -> Problem | None:
    """What is wrong with two steps that both set a parameter in a district; None where they follow one another."""
    fields = {"lever": lever, "name": name, "district": district_names([district], "zh") if language() == "zh" else district}
    early, late = sorted((other, step), key=lambda one: one.first)
    if early.first == late.first:
        if step.commanded != other.commanded:
            return None
        said = say("step.twice", first=step.first, other=other.origin, **fields)
        return Problem(*step.place, "twice", said, say("step.twice.hint"))
    if early.until is None or late.first > early.until:
        return None
    said = say("step.overlap", first=early.first, until=early.until, other=(early if step is late else late).origin, **fields)
    return Problem(*step.place, "overlap", said, say("step.overlap.hint"))


def _horizon(draft: Draft, problems: list[Problem]) -> Horizon:
    """The years of a draft; report years that a file names must be simulated, those by default are cut."""
    end = draft.horizon.get("end", DEFAULT_END)
    if "report" not in draft.horizon:
        return Horizon(2019, end, tuple(year for year in DEFAULT_REPORT if year <= end) or (end,))
    report = draft.horizon["report"]
    for year, line, column in report:
        file = draft.origins["horizon.report"].rsplit(":", 1)[0]
        if year > end and file == draft.file:
            problems.append(
                Problem(
                    file,
                    line,
                    column,
                    "horizon.report",
                    "year-outside",
                    say("horizon.report", year=year, end=end),
                    say("horizon.report.hint"),
                )
            )
    return Horizon(2019, end, tuple(sorted({year for year, _, _ in report if year <= end})) or (end,))


def _outside(draft: Draft, horizon: Horizon, warnings: list[Problem], resolved: bool) -> list[Problem]:
    """Steps after the last year: a problem in the file that says so, a warning where they are inherited."""
    found = []
    for name, steps in draft.steps.items():
        for step in steps:
            late = step.first if step.first > horizon.end else step.until if step.until and step.until > horizon.end else None
            if late is None:
                continue
            problem = Problem(
                *step.place, "year-outside", say("step.outside", lever=name, year=late, end=horizon.end), say("step.outside.hint")
            )
            (found if (step.place[0] == draft.file or step.commanded) and not resolved else warnings).append(problem)
    return found


def _warnings(draft: Draft, horizon: Horizon) -> list[Problem]:
    """What is allowed and yet odd: a lever before the law, a value without the reform that it needs."""
    found = []
    for name, steps in draft.steps.items():
        lever = levers()[name]
        for step in steps:
            if lever.law and step.first < lever.law.first_year:
                clause = lever.clauses[0]
                found.append(
                    Problem(
                        *step.place,
                        "not-authorised",
                        say("law.early", lever=pick(lever.title), year=step.first, reason=pick({"zh": lever.law.zh, "en": lever.law.en})),
                        say("law.early.hint", year=lever.law.first_year, clause=clause.place, phrase=clause.phrase),
                    )
                )
            for key, value in step.values.items():
                needs = lever.by_name[key].needs
                moved = any(value > lever.by_name[key].base_in(district) for district in step.districts)
                if needs and moved and not _is_on(draft, needs, step):
                    needed, parameter = owner(needs)
                    found.append(
                        Problem(
                            *step.place,
                            "without-reform",
                            say("needs.missing", lever=pick(lever.title), name=key, needed=pick(needed.title)),
                            say("needs.missing.hint", lever=needed.id, name=parameter.name),
                        )
                    )
    return found


def _is_on(draft: Draft, rule: str, step: Step) -> bool:
    """Whether a switch rule is on in every district of a step by its first year."""
    owned = owner(rule)
    if owned is None:
        return True
    lever, parameter = owned
    covered = {
        district
        for other in draft.steps.get(lever.id, ())
        if other.first <= step.first and other.values.get(parameter.name) is True and (other.until is None or other.until >= step.first)
        for district in other.districts
    }
    return covered.issuperset(step.districts)
