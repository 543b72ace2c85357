"""The ordered rulebook: every rule for every year and district, resolved from a scenario before the first year begins.

Per parameter and district the latest `from` rules; a step that ends returns it to the base; a step does not touch what it does not name.
Not here: reading scenarios (`sim.scenario`), when an order reaches the ground (`deliver`).
"""

from dataclasses import dataclass, field

import numpy as np

from sim.places import DISTRICT_IDS
from sim.policies.base import Lever, Parameter
from sim.policies.catalogue import levers, owner, rule_index, rules


@dataclass(frozen=True)
class Rulebook:
    """years (Y,) int; ordered (Y, R, 9) float64 in model units, R rules of `catalogue.rules()`; base (R, 9) of 2019, where delivery begins.

    origins   {(rule, district): [(year, "file:line"), ...]} where a scenario says so
    """

    years: np.ndarray
    ordered: np.ndarray
    base: np.ndarray
    origins: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)

    def at(self, year: int) -> np.ndarray:
        """Orders of a year, (R, 9). Raises KeyError outside the years."""
        index = int(year) - int(self.years[0])
        if not 0 <= index < len(self.years):
            raise KeyError(f"year {year}: the rulebook holds {self.years[0]} to {self.years[-1]}.")
        return self.ordered[index]

    def origin(self, rule: str, district: str, year: int) -> str:
        """The file:line that set a rule's value in a year; empty where the base holds."""
        before = [origin for first, origin in self.origins.get((rule, district), ()) if first <= year]
        return before[-1] if before else ""

    def non_base_entries(self) -> list[list]:
        """[rule, district, year, value] of every entry off the base, by rule, district and year: for identity."""
        names = [one.name for one in rules()]
        rule, place, year = np.nonzero((self.ordered != self.base).transpose(1, 2, 0))
        return [
            [names[r], DISTRICT_IDS[d], int(self.years[y]), float(self.ordered[y, r, d])]
            for r, d, y in zip(rule, place, year, strict=True)
        ]

    def to_frame(self):
        """Long pandas table: year, rule, district, value, base, unit, lever, parameter."""
        import pandas as pd

        year, rule, place = (axis.ravel() for axis in np.indices(self.ordered.shape))
        every = rules()[: self.ordered.shape[1]]
        owners = [owner(one.name) for one in every]
        return pd.DataFrame(
            {
                "year": self.years[year],
                "rule": pd.Categorical.from_codes(rule, [one.name for one in every]),
                "district": pd.Categorical.from_codes(place, DISTRICT_IDS),
                "value": self.ordered.ravel(),
                "base": self.base[rule, place],
                "unit": pd.Categorical([every[r].unit for r in rule]),
                "lever": pd.Categorical([owners[r][0].id if owners[r] else "" for r in rule]),
                "parameter": pd.Categorical([owners[r][1].name if owners[r] else "" for r in rule]),
            }
        )


def base_rules() -> np.ndarray:
    """(R, 9) rules of 2019: the base of the owning lever, by district, or the rule's own where nobody owns it."""
    table = np.repeat(np.array([rule.base for rule in rules()])[:, None], len(DISTRICT_IDS), axis=1)
    for lever in levers().values():
        _write(table, lever, {parameter.name: _base(parameter) for parameter in lever.parameters})
    return table


def order(scenario) -> Rulebook:
    """The rulebook of a scenario."""
    years = np.arange(scenario.horizon.start, scenario.horizon.end + 1)
    base = base_rules()
    ordered = np.repeat(base[None], len(years), axis=0)
    origins: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for name, steps in scenario.levers.items():
        lever = levers()[name]
        values = {parameter.name: timeline(parameter, steps, years) for parameter in lever.parameters}
        _write(ordered, lever, values)
        _note(origins, lever, steps)
    return Rulebook(years, ordered, base, origins)


def timeline(parameter: Parameter, steps, years: np.ndarray) -> np.ndarray:
    """(Y, 9) values of a parameter in its own unit.

    A ramp over n years: in year from + k the value is v0 + (v1 - v0) (k + 1) / n, v0 the value in force the year before.
    Switches and whole numbers change at once.
    """
    base = _base(parameter)
    values = np.repeat(base[None], len(years), axis=0)
    can_ramp = not parameter.is_switch and not parameter.whole
    for step in sorted((step for step in steps if parameter.name in step.values), key=lambda step: (step.first, step.commanded)):
        start = step.first - int(years[0])
        if start >= len(years):
            continue
        places = [DISTRICT_IDS.index(name) for name in step.districts]
        before = (values[start - 1] if start else base)[places]
        target = float(step.values[parameter.name])
        passed = np.arange(1, len(years) - start + 1)[:, None] / (step.ramp_years if can_ramp else 1)
        values[start:, places] = np.where(passed < 1, before + (target - before) * passed, target)
        if step.until is not None:
            values[max(step.until + 1 - int(years[0]), 0) :, places] = base[places]
    return values


def _base(parameter: Parameter) -> np.ndarray:
    return np.array([float(parameter.base_in(district)) for district in DISTRICT_IDS])


def _write(table: np.ndarray, lever: Lever, values) -> None:
    """Put a lever's values into the last two axes of a table (..., R, 9)."""
    for rule, value in lever.amend(values).items():
        table[..., rule_index()[rule], :] = value


def _note(origins, lever: Lever, steps) -> None:
    """Who set which rule where, by year; the year after an `until` belongs to the base again."""
    for step in sorted(steps, key=lambda step: (step.first, step.commanded)):
        for name, origin in step.origins.items():
            for district in step.districts:
                entries = origins.setdefault((lever.by_name[name].rule, district), [])
                entries.append((step.first, origin))
                if step.until is not None:
                    entries.append((step.until + 1, ""))


def reach_rules() -> tuple[bool, ...]:
    """(R,) whether a rule is reach, that is, arrives at the district's delivery rate."""
    owners = (owner(rule.name) for rule in rules())
    return tuple(bool(one) and one[1].kind == "reach" for one in owners)
