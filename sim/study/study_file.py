"""A study file read and checked: which scenario is varied, in which values, against which reference, over which seeds, and what is looked at.

    study: 1
    id: first-sweep
    scenario: four-instruments
    reference: baseline
    vary:
      homestead_withdrawal.compensation_yuan_per_m2: [50, 100, 200]
      assumptions.attachment: {start: 60, stop: 300, n: 5}
    design: {kind: grid}
    run: {households: 20000, seeds: 2}
    outcomes: {indicators: [income_gap_ratio], years: [2025, 2035]}
What varies is named as `--set` names it (`sim/scenario_settings.py`), and its values are checked by the same code.
Not here: the points of a design (`sim/study/design.py`), the cells behind them (`sim/study/sweep_plan.py`).
"""

import math
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import Problem, ScenarioError
from sim.indicators import INDICATORS, SINCE_START, indicator_of
from sim.places import CITIES
from sim.policies.catalogue import levers
from sim.run_options import DEFAULT_HOUSEHOLDS, DEFAULT_POPULATION_SEED, DEFAULT_SEEDS, read_households, read_seeds, read_years
from sim.scenario import display, find, load, shipped_ids
from sim.scenario_settings import GRAMMAR, apply_settings
from sim.scenario_shape import IDENTIFIER, Checker, Draft
from sim.scenario_text import Node, read
from sim.scenario_values import behavioural_parameters, named_districts, nearest, nearest_district
from sim.words import CATALOGUE, LANGUAGES, assumption_words, say

STUDY = 1
TOP_KEYS = ("study", "id", "title", "scenario", "reference", "vary", "design", "run", "outcomes")
KINDS = ("grid", "latin_hypercube", "one_at_a_time")
RANGE_KEYS = ("start", "stop", "step", "n")
RUN_KEYS = ("households", "seeds", "population_seed", "years")
OUTCOME_KEYS = ("indicators", "years", "districts")
ZONE = "zone"
NAME_CODES = ("bad-setting", "unknown-lever", "unknown-parameter", "unknown-key", "unknown-assumption", "unknown-district", "year-outside")
MOST_POINTS = 20_000
MOST_VALUES = 1_000  # of one variable


@dataclass(frozen=True)
class Variable:
    """One thing that varies: a list of values, or a span that a Latin hypercube samples. `world` is true for assumptions."""

    name: str
    values: tuple[float | bool, ...] = ()
    span: tuple[float, float] | None = None
    whole: bool = False
    unit: str = ""
    words: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> bool:
        return self.name.startswith("assumptions.")


@dataclass(frozen=True)
class Study:
    """A study file as meant. None for indicators, years or districts stands for all of them."""

    id: str
    title: dict[str, str]
    scenario: str | Path
    reference: str | Path | None  # None: the scenario itself, as its file says
    variables: tuple[Variable, ...]
    kind: str = "grid"
    samples: int = 0
    design_seed: int = 1
    households: int | str = DEFAULT_HOUSEHOLDS
    seeds: tuple[int, ...] = DEFAULT_SEEDS
    population_seed: int = DEFAULT_POPULATION_SEED
    last_year: int | None = None
    indicators: tuple[str, ...] | None = None
    years: tuple[int, ...] | None = ()
    districts: tuple[str, ...] | None = (ZONE,)
    file: str = ""
    warnings: tuple[Problem, ...] = ()

    @property
    def rows(self) -> int | None:
        """Households to simulate; None for the whole zone."""
        return None if self.households == "all" else self.households

    @property
    def points(self) -> int:
        """How many points the design has."""
        if self.kind == "latin_hypercube":
            return self.samples
        counts = [len(variable.values) for variable in self.variables]
        return math.prod(counts) if self.kind == "grid" else 1 + sum(counts)


def is_study(path) -> bool:
    """Whether a file is meant as a study: it has `study` among its top fields."""
    path = Path(path)
    if path.suffix.lower() not in (".yaml", ".yml") or not path.is_file():
        return False
    top, _ = read(path, str(path))
    return top is not None and "study" in top.keys


def load_study(source) -> Study:
    """The study of a file. Raises ScenarioError with every problem found."""
    path = Path(source)
    if not path.is_file():
        raise ScenarioError([Problem(str(source), 0, 0, "", "missing-file", say("study.missing"), say("study.missing.hint"))])
    name = display(path)
    top, problems = read(path, name)
    if problems or top is None:
        raise ScenarioError(problems)
    checker = Checker(name)
    reader = _Reader(checker, path.resolve().parent)
    with checker.within_reason():
        reader.read(top)
    if checker.problems:
        raise ScenarioError(sorted(set(checker.problems), key=lambda one: (one.line, one.column)))
    return Study(file=name, warnings=reader.warnings, **reader.found)


class _Reader:
    """Collects the fields of one study file; problems go to the checker."""

    def __init__(self, checker: Checker, folder: Path):
        self.checker, self.folder = checker, folder
        self.found: dict = {"title": {}}
        self.warnings: tuple[Problem, ...] = ()
        self.end: int | None = None

    def read(self, top: Node) -> None:
        checker = self.checker
        fields = checker.keys(top, "", TOP_KEYS)
        for key in ("study", "id", "scenario", "vary"):
            if key not in top.keys:
                hint = "study.scenario_file.hint" if key == "study" and "schema" in top.keys else f"study.missing.{key}.hint"
                checker.wrong((1, 1), key, "missing", say("missing.key", key=key), say(hint))
        node = {key: top.value[key] for key in fields}
        if "study" in node and (node["study"].quoted or node["study"].value != str(STUDY)):
            checker.wrong(node["study"], "study", "schema-version", say("study.version"), say("study.version.hint", version=STUDY))
        if "id" in node:
            self._id(node["id"])
        if "title" in node and checker.map(node["title"], "title"):
            words = node["title"].value
            self.found["title"] = {key: checker.text(words[key], f"title.{key}") or "" for key in checker.keys(node["title"], "title", ("zh", "en"))}
        self._title()
        if "design" in node:
            self._design(node["design"])
        for key in ("scenario", "reference"):
            self.found[key] = self._source(node[key], key) if key in node else None
        if "vary" in node:
            self.found["variables"] = self._vary(node["vary"])
        if "run" in node:
            self._run(node["run"])
        if not checker.problems:
            self._resolves(node)
        self._outcomes(node.get("outcomes"))
        if not checker.problems:
            self._size(node)

    def _id(self, node: Node) -> None:
        value = self.checker.text(node, "id")
        if value is not None and not IDENTIFIER.fullmatch(value):
            self.checker.wrong(node, "id", "bad-id", say("study.id", value=value), say("study.id.hint"))
        self.found["id"] = value or ""

    def _title(self) -> None:
        some = self.found["title"].get("zh") or self.found["title"].get("en") or self.found.get("id", "")
        self.found["title"] = {code: self.found["title"].get(code) or some for code in ("zh", "en")}

    def _source(self, node: Node, key: str) -> str | Path | None:
        """A shipped id, or the file of a path seen from the study's folder."""
        value = self.checker.text(node, key)
        if value is None:
            return None
        path = find(value, self.folder)
        if path is None:
            said = say("study.no_scenario", name=value)
            self.checker.wrong(node, key, "unknown-scenario", said, nearest(value, shipped_ids()))
            return None
        return value if value in shipped_ids() else path

    # ------------------------------------------------------------------------------------------------ the design
    def _design(self, node: Node) -> None:
        checker = self.checker
        if not checker.map(node, "design"):
            return
        keys = checker.keys(node, "design", ("kind", "samples", "seed"))
        if "kind" not in node.keys:
            checker.wrong(node, "design.kind", "missing", say("missing.key", key="kind"), say("study.kind.hint", known=", ".join(KINDS)))
        if "kind" in keys:
            kind = checker.text(node.value["kind"], "design.kind")
            if kind is not None and kind not in KINDS:
                checker.wrong(node.value["kind"], "design.kind", "unknown-design", say("study.kind", value=kind), nearest(kind, KINDS))
            self.found["kind"] = kind
        sampled = self.found.get("kind") == "latin_hypercube"
        for key, name, low in (("samples", "samples", 2), ("seed", "design_seed", 0)):
            if key in keys and not sampled:
                checker.wrong(node.keys[key], f"design.{key}", "surplus", say("study.only_sampled", name=key), say("study.only_sampled.hint"))
            elif key in keys:
                value = checker.number(node.value[key], f"design.{key}", low, MOST_POINTS if key == "samples" else 2**31 - 1, whole=True)
                self.found[name] = int(value or 0)
        if sampled and "samples" not in node.keys:
            checker.wrong(node, "design.samples", "missing", say("missing.key", key="samples"), say("study.samples.hint"))

    # ------------------------------------------------------------------------------------------------ what varies
    def _vary(self, node: Node) -> tuple[Variable, ...]:
        if not self.checker.map(node, "vary"):
            return ()
        if not node.keys:
            self.checker.wrong(node, "vary", "empty", say("study.no_variable"), say("study.missing.vary.hint"))
        found = [self._variable(name, node.keys[name], value) for name, value in node.value.items()]
        return tuple(one for one in found if one is not None)

    def _variable(self, name: str, place: tuple[int, int], node: Node) -> Variable | None:
        path = f"vary.{name}"
        if not self._is_name(name, place, path):
            return None
        switch, facts = _declared(name)
        if node.is_map:
            return self._range(name, node, path, switch, facts)
        values = []
        for item in self.checker.items(node, path):
            value = self._value(name, item, path)
            if value is not None and value in values:
                self.checker.wrong(item, path, "twice", say("study.twice", value=item.value), say("study.twice.hint"))
            values.append(value)
        if node.is_list and not node.value:
            self.checker.wrong(node, path, "empty", say("study.no_values"), say("study.values.hint"))
        return Variable(name, tuple(value for value in values if value is not None), **facts)

    def _is_name(self, name: str, place: tuple[int, int], path: str) -> bool:
        """Whether `--set` would know the name; what it would say else, at its place in the file."""
        problems: list[Problem] = []
        apply_settings(Draft(self.checker.file), [f"{name}=0"], problems)
        wrong = [one for one in problems if one.code in NAME_CODES]
        for one in wrong:
            hint = say("study.name.hint") if one.code == "bad-setting" else one.hint
            self.checker.wrong(place, path, one.code, one.message, hint)
        return not wrong

    def _value(self, name: str, node: Node, path: str):
        """One value, checked as `--set NAME=VALUE` is; None where it is wrong."""
        if not node.is_text or node.quoted:
            self.checker.wrong(node, path, "not-a-number", say("study.value"), say("study.values.hint"))
            return None
        problems: list[Problem] = []
        draft = Draft(self.checker.file)
        apply_settings(draft, [f"{name}={node.value}"], problems)
        for one in problems:
            self.checker.wrong(node, path, one.code, one.message, one.hint)
        return None if problems else _written(draft, name)

    def _range(self, name: str, node: Node, path: str, switch: bool, facts: dict) -> Variable | None:
        checker = self.checker
        if switch:
            checker.wrong(node, path, "range-of-switch", say("study.range_switch"), say("study.range_switch.hint"))
            return None
        keys = checker.keys(node, path, RANGE_KEYS)
        for key in ("start", "stop"):
            if key not in node.keys:
                checker.wrong(node, f"{path}.{key}", "missing", say("missing.key", key=key), say("study.range.hint"))
        ends = [self._value(name, node.value[key], f"{path}.{key}") if key in keys else None for key in ("start", "stop")]
        if None in ends:
            return None
        start, stop = ends
        if start >= stop:
            checker.wrong(node.value["stop"], f"{path}.stop", "empty", say("study.backwards"), say("study.backwards.hint"))
            return None
        ways = [key for key in ("step", "n") if key in keys]
        if self.found.get("kind") == "latin_hypercube":
            for key in ways:
                checker.wrong(node.keys[key], f"{path}.{key}", "surplus", say("study.sampled_range", name=key), say("study.sampled_range.hint"))
            return Variable(name, span=(start, stop), **facts)
        if len(ways) != 1:
            checker.wrong(node, path, "range", say("study.range"), say("study.range.hint"))
            return None
        values = self._spaced(node, path, start, stop, ways[0])
        if facts.get("whole") and any(value != int(value) for value in values):
            checker.wrong(node, path, "not-whole", say("study.range_whole"), say("study.range_whole.hint"))
        return Variable(name, values, **facts)

    def _spaced(self, node: Node, path: str, start: float, stop: float, way: str) -> tuple[float, ...]:
        """Values from start to stop by step (stop itself where a step lands there), or n of them with both ends."""
        item, where = node.value[way], f"{path}.{way}"
        if way == "n":
            count = self.checker.number(item, where, 2, MOST_VALUES, whole=True)
            return () if count is None else tuple(_short(start + (stop - start) * k / (count - 1)) for k in range(int(count)))
        step = self.checker.number(item, where, (stop - start) / MOST_VALUES, stop - start)
        return () if step is None else tuple(_short(start + step * k) for k in range(int((stop - start) / step + 1e-9) + 1))

    # ------------------------------------------------------------------------------------------------ run and outcomes
    def _run(self, node: Node) -> None:
        checker = self.checker
        if not checker.map(node, "run"):
            return
        readers = {"households": read_households, "seeds": read_seeds, "years": read_years}
        for key in checker.keys(node, "run", RUN_KEYS):
            item = node.value[key]
            if key == "population_seed":
                value = checker.number(item, f"run.{key}", 0, 2**31 - 1, whole=True)
                self.found[key] = int(value or 0)
                continue
            value = readers[key](item.value) if item.is_text else None
            if value is None:
                shown = item.value if item.is_text else "..."
                checker.wrong(item, f"run.{key}", "bad-option", say(f"run.{key}.bad", value=shown), say(f"run.{key}.hint"))
            elif key == "years":
                self.found["last_year"] = value[1]
            else:
                self.found[key] = value

    def _outcomes(self, node: Node | None) -> None:
        checker = self.checker
        if node is None:
            return
        if not checker.map(node, "outcomes"):
            return
        for key in checker.keys(node, "outcomes", OUTCOME_KEYS):
            item, path = node.value[key], f"outcomes.{key}"
            if item.is_text and item.value == "all":
                self.found[key] = None
                continue
            items = checker.items(item, path)
            if item.is_list and not items:
                checker.wrong(item, path, "empty", say("study.no_values"), say(f"study.outcomes.{key}.hint"))
            read_one = {"indicators": self._indicator, "years": self._year, "districts": self._places}[key]
            self.found[key] = tuple(dict.fromkeys(value for one in items for value in read_one(one, path)))

    def _indicator(self, node: Node, path: str) -> list[str]:
        name = node.value if node.is_text else "..."
        known = [*INDICATORS, *(f"{id}{SINCE_START}" for id, one in INDICATORS.items() if one.kind == "flow")]
        if name not in known:
            said = say("unknown.name", what=say("label.indicator"), name=name)
            self.checker.wrong(node, path, "unknown-indicator", said, nearest(name, known))
            return []
        return [indicator_of(name).id]

    def _year(self, node: Node, path: str) -> list[int]:
        year = self.checker.year(node, path)
        if year is not None and self.end is not None and year > self.end:
            said = say("study.year_outside", year=year, end=self.end)
            self.checker.wrong(node, path, "year-outside", said, say("study.year_outside.hint"))
        return [] if year is None else [year]

    def _places(self, node: Node, path: str) -> list[str]:
        name = node.value if node.is_text else "..."
        if name == ZONE:
            return [ZONE]
        found = named_districts(name)
        if found is None:
            said = say("unknown.name", what=say("label.district"), name=name)
            self.checker.wrong(node, path, "unknown-district", said, nearest_district(name, (ZONE, *CITIES)))
        return list(found or ())

    # ------------------------------------------------------------------------------------------------ all together
    def _resolves(self, node: dict[str, Node]) -> None:
        """Scenario and reference load with the first value of everything that varies; their problems keep their own places."""
        settings = [f"{one.name}={written(one.values[0] if one.values else one.span[0])}" for one in self.found["variables"]]
        world = [text for one, text in zip(self.found["variables"], settings, strict=True) if one.world]
        problems: list[Problem] = []
        for key, laid_over in (("scenario", settings), ("reference", world)):
            if self.found[key] is None:
                continue
            try:
                scenario = load(self.found[key], laid_over)
            except ScenarioError as error:
                problems += error.problems
                continue
            self.warnings += tuple(one for one in scenario.warnings if one not in self.warnings)
            if key == "scenario":
                self.end = self.found.get("last_year") or scenario.horizon.end
                self.found.setdefault("years", tuple(year for year in scenario.horizon.report if year <= self.end) or (self.end,))
                self.found.setdefault("last_year", None)
        self.checker.problems += problems
        same = self.found["reference"] is not None and self.found["reference"] == self.found["scenario"]
        if same and all(one.world for one in self.found["variables"]):
            self.checker.wrong(node["reference"], "reference", "no-difference", say("study.no_difference"), say("study.no_difference.hint"))

    def _size(self, node: dict[str, Node]) -> None:
        study = Study(**self.found)
        if study.points > MOST_POINTS:
            said = say("study.too_many", points=f"{study.points:,}", most=f"{MOST_POINTS:,}")
            self.checker.wrong(node["vary"], "vary", "too-many", said, say("study.too_many.hint"))


def _declared(name: str) -> tuple[bool, dict]:
    """(is it a switch, the fields of a Variable that its declaration gives)."""
    found = GRAMMAR.fullmatch(f"{name}=0")
    if found["group"] == "delivery":
        return False, {"unit": "percent", "words": dict(zip(LANGUAGES, CATALOGUE["meaning.delivery"], strict=True))}
    if found["group"] == "assumptions":
        one = behavioural_parameters()[found["name"]]
        return False, {"unit": one.unit, "words": {language: assumption_words(one, language) for language in LANGUAGES}}
    parameter = levers()[found["group"]].by_name[found["name"]]
    return parameter.is_switch, {"unit": parameter.unit, "whole": parameter.whole, "words": parameter.words}


def _written(draft: Draft, name: str) -> float | bool:
    """The value that a setting wrote into an empty draft."""
    found = GRAMMAR.fullmatch(f"{name}=0")
    if found["group"] == "delivery":
        return draft.delivery_rate
    if found["group"] == "assumptions":
        return draft.assumptions[found["name"]]
    return draft.steps[found["group"]][-1].values[found["name"]]


def _short(value: float) -> float:
    """Ten digits: 0.1 + 0.2 is written 0.3."""
    return float(f"{value:.10g}")


def written(value: float | bool) -> str:
    """A value as `--set` takes it."""
    return str(value).lower() if isinstance(value, bool) else f"{value:.10g}"
