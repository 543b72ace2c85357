"""What a lever is: a named instrument of the plan with its parameters, each of which writes one rule that agents read.

Not here: which levers exist (`catalogue`), what a scenario asks of them (`rulebook`), how an order reaches the ground (`deliver`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

from sim.errors import DeclarationError
from sim.places import DISTRICT_IDS
from sim.rules import RULE_INDEX, Rule

UNIT_SUFFIXES = {"_percent": "percent", "_yuan": "yuan", "_yuan_per_m2": "yuan/m2", "_years": "years", "_ha": "ha", "_months": "months"}
KINDS = ("reach", "terms")
GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number or switch of a lever.

    base      value of 2019; a dict {district: value, 'default': value} where districts differ (pilots)
    plan      value that the plan's own terms amount to
    low, high bounds of sliders, sweeps and files, in the unit
    kind      `reach` (coverage, offers, spending: moves at the delivery rate) or `terms` (prices, shares, switches: applies as ordered)
    grade     quality of the evidence, A to D; `source` says where it is from
    rule      the name of the rule of `sim.rules` that it writes, or a `Rule` of its own that behaviour rules from outside read (then
              `own_rule` keeps it and `rule` is its name); `scale` turns the unit into the rule's (0.01 for percent)
    whole     only whole numbers mean something
    needs     a switch rule without which leaving the base has no effect (a warning, never an error)
    Raises DeclarationError.
    """

    name: str
    unit: str
    base: float | bool | Mapping[str, float | bool]
    plan: float | bool
    kind: str
    grade: str
    source: str
    zh: str
    en: str
    rule: str | Rule
    low: float = 0.0
    high: float = 1.0
    scale: float = 1.0
    whole: bool = False
    needs: str = ""
    own_rule: Rule | None = None

    def __post_init__(self):
        if isinstance(self.rule, Rule):
            object.__setattr__(self, "own_rule", self.rule)
            object.__setattr__(self, "rule", self.rule.name)
        if self.own_rule and self.rule in RULE_INDEX:
            raise self._wrong(f"rule '{self.rule}' is one of the model's. Write its name to steer it, or give the own rule another name.")
        if not self.rule:
            raise self._wrong("it writes no rule. Name one of sim.rules.RULE_NAMES.")
        if self.kind not in KINDS:
            raise self._wrong(f"kind '{self.kind}' is not known. Write reach or terms.")
        if self.grade not in GRADES:
            raise self._wrong(f"grade '{self.grade}' is not known. Write A, B, C or D.")
        for rule in filter(None, ("" if self.own_rule else self.rule, self.needs)):
            if rule not in RULE_INDEX:
                raise self._wrong(f"rule '{rule}' is not one that agents read. Choose one of sim.rules.RULE_NAMES.")
        for suffix, unit in UNIT_SUFFIXES.items():
            if self.name.endswith(suffix) and self.unit != unit:
                raise self._wrong(f"the name ends with {suffix} and the unit is '{self.unit}'. Write {unit}.")
        if not (isfinite(self.low) and isfinite(self.high) and self.low < self.high):
            raise self._wrong(f"bounds {self.low:g} to {self.high:g} are empty. low must be below high.")
        for place, value in {**self._bases(), "plan": self.plan}.items():
            if isinstance(value, bool) != self.is_switch:
                raise self._wrong(
                    f"{place} value {value!r} does not fit the unit '{self.unit}'. Switches are True or False, everything else is a number."
                )
            if not self.low <= value <= self.high:
                raise self._wrong(
                    f"{place} value {value:g} is outside {self.low:g} to {self.high:g} {self.unit}. Move the value or the bounds."
                )
            if self.whole and value != int(value):
                raise self._wrong(f"{place} value {value:g} is not whole.")

    def _wrong(self, what: str) -> DeclarationError:
        return DeclarationError(what, where=f"parameter {self.name}")

    def _bases(self) -> dict[str, float | bool]:
        if not isinstance(self.base, Mapping):
            return {"base": self.base}
        unknown = set(self.base) - {*DISTRICT_IDS, "default"}
        if unknown or "default" not in self.base:
            raise self._wrong(f"base by district needs 'default' and names of districts, not {sorted(unknown)}.")
        return {f"base of {place}": value for place, value in self.base.items()}

    @property
    def bounds(self) -> str:
        """The allowed range in words of the file: `0-450 yuan/m2`, `true / false`."""
        return "true / false" if self.is_switch else f"{self.low:g}-{self.high:g} {self.unit}"

    @property
    def is_switch(self) -> bool:
        return self.unit == "switch"

    def base_in(self, district: str) -> float | bool:
        """Value of 2019 in a district."""
        return self.base.get(district, self.base["default"]) if isinstance(self.base, Mapping) else self.base

    @property
    def words(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Clause:
    """A place in the plan, as 三(一)1, and the plan's own phrase there."""

    place: str
    phrase: str


@dataclass(frozen=True)
class Watch:
    """What a lever moves first: an indicator id and the expected sign (+1 or -1)."""

    indicator: str
    sign: int


@dataclass(frozen=True)
class Law:
    """From when the law authorises a lever: earlier use is a warning, never an error."""

    first_year: int
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Lever:
    """A lever of the plan. `amend_with` replaces the plain conversion where rules need more than a scale."""

    id: str
    zh: str
    en: str
    group: tuple[str, str]
    clauses: tuple[Clause, ...]
    parameters: tuple[Parameter, ...]
    watch: Watch
    law: Law | None = None
    amend_with: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None

    def __post_init__(self):
        names = [parameter.name for parameter in self.parameters]
        if not names or len(set(names)) < len(names):
            raise DeclarationError(f"parameters {names}: at least one is needed and each name stands once.", where=f"lever {self.id}")

    @cached_property
    def by_name(self) -> dict[str, Parameter]:
        return {parameter.name: parameter for parameter in self.parameters}

    @property
    def title(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(parameter.rule for parameter in self.parameters)

    def amend(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """{rule: value in model units} from {parameter: value in its unit}; values may be numbers or arrays of any one shape."""
        if self.amend_with:
            return self.amend_with(values)
        return {parameter.rule: values[parameter.name] * parameter.scale for parameter in self.parameters}
