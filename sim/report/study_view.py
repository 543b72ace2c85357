"""A study seen in one language: its outcomes, main effects and sentences, all from the one table of results.

A main effect of a variable is the mean difference to the reference at each of its values, over all points that have it. In a Latin hypercube, whose
points differ in everything at once, it is the slope of a linear regression on all variables. Bands are the range over seeds.
Not here: figures (`sim/report/study_charts.py`), the page (`sim/report/study_page.py`), the table (`sim/study/sweep_table.py`).
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.indicators import Indicator, indicator_of
from sim.report.tables import label, tell
from sim.study import sweep_table
from sim.study.comparison import ENOUGH_SEEDS, difference, untold
from sim.study.study_file import ZONE, Variable
from sim.words import unit_word

SHOWN = 8  # outcomes on a page; the table has all
HEADLINE = ("income_gap_ratio", "homesteads_withdrawn_since_start", "qualification_retained_since_start", "contract_rights_exited_mu_since_start",
            "loans_new_since_start", "settled_migrants", "land_transfer_share", "fiscal_cost_yuan_since_start")


class Outcome(NamedTuple):
    """One indicator of one sector in the last year shown."""

    id: str
    sector: str
    indicator: Indicator


class Effect(NamedTuple):
    """The main effect of a variable on an outcome: arrays over its values, differences to the reference in the indicator's own unit."""

    variable: Variable
    at: list
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    told: bool  # whether it is more than chance: luck between seeds, or what a regression leaves over
    dots: tuple = ((), ())  # of a regression: places and heights of the points, the other variables' effects taken off

    @property
    def size(self) -> float:
        """From the lowest to the highest mean difference, with the sign of the way from the first to the last value."""
        if not len(self.at):
            return 0.0
        ends = float(self.mean[-1] - self.mean[0])
        return float(np.copysign(self.mean.max() - self.mean.min(), ends if ends else 1.0))


def _last_digit(values: np.ndarray) -> float:
    """Below it an effect on these differences is the last digit of a float."""
    return float(sweep_table.LAST_DIGIT * np.abs(values).max())


class StudyView:
    """A plan and its table in one language; `place` is the zone where the study looks at it, else its first district."""

    def __init__(self, plan, table, language: str):
        self.plan, self.study, self.language = plan, plan.study, language
        self.place = ZONE if (table["district"] == ZONE).any() else str(table["district"].iloc[0])
        self.year = int(table["year"].max())
        self.table = table[(table["district"] == self.place) & (table["year"] == self.year)]

    def say(self, key: str, **fields) -> str:
        return tell(self.language, key, **fields)

    @property
    def unsure(self) -> str:
        """What a difference is called that the seeds of the study cannot tell from chance, within a sentence."""
        return self.say(f"unsure.{untold(len(self.study.seeds))}")

    @property
    def few_seeds(self) -> str:
        """That the study has too few seeds to tell much; empty where it has enough."""
        seeds = len(self.study.seeds)
        return self.say("table.few_seeds", seeds=seeds, enough=ENOUGH_SEEDS) if seeds < ENOUGH_SEEDS else ""

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """What the page shows: as the study lists it, else the headline indicators."""
        wanted = self.study.indicators or HEADLINE
        there = self.table[["indicator", "sector"]].drop_duplicates()
        found = [Outcome(id, sector, indicator_of(id)) for one in wanted for id, sector in there.itertuples(index=False) if id == one]
        return found[:SHOWN]

    @cached_property
    def points(self):
        """One row per point and outcome: mean over seeds and the summary of the paired differences."""
        return sweep_table.summary(self.table, ["point"])

    def of(self, outcome: Outcome, frame):
        return frame[(frame["indicator"] == outcome.id) & (frame["sector"] == outcome.sector)]

    def label(self, outcome: Outcome) -> str:
        return label(outcome.id, outcome.sector, self.language)

    def name(self, variable: Variable, unit: bool = False) -> str:
        """What a variable is called; places and years of its name stand behind it."""
        words, _, placed = variable.name.partition("@")
        text = variable.words.get(self.language) or words
        return text + (f" @{placed}" if placed else "") + (f" ({self.unit(variable)})" if unit and self.unit(variable) else "")

    def unit(self, variable: Variable) -> str:
        """The unit of a variable in words, empty for a switch and a bare number."""
        return "" if variable.unit == "switch" else unit_word(variable.unit, self.language)

    def title(self) -> str:
        return self.study.title[self.language]

    @cached_property
    def reference(self) -> str:
        """The reference's title; the scenario as its file says where the study names none."""
        return self.plan.beside[0].scenario.title[self.language] if self.study.reference else self.say("study.as_written")

    def effect(self, variable: Variable, outcome: Outcome) -> Effect:
        """The main effect of a variable on an outcome."""
        rows = self.of(outcome, self.table)
        if self.study.kind == "latin_hypercube":
            return self._slope(variable, rows)
        by_seed = rows[rows[variable.name].notna()].pivot_table(index=variable.name, columns="seed", values="difference", aggfunc="mean")
        by_seed = by_seed.reindex([value for value in variable.values if value in by_seed.index])
        values = by_seed.to_numpy()
        if not values.size:  # no point of it is computed yet
            return Effect(variable, [], *[np.array([])] * 3, told=False)
        mean = values.mean(1)
        step = values[int(mean.argmax())] - values[int(mean.argmin())]
        told = difference(step).distinguishable and bool(abs(step.mean()) > _last_digit(values))
        return Effect(variable, list(by_seed.index), mean, values.min(1), values.max(1), told)

    def _slope(self, variable: Variable, rows) -> Effect:
        """y = c + sum over variables of b x + e, least squares over points; told where |b| exceeds Student's 97.5 % point times its error."""
        from scipy.special import stdtrit

        values = rows.pivot_table(index="point", columns="seed", values="difference").dropna()
        given = [self.plan.points[number] for number in values.index]
        x = np.array([[float(point[one.name]) for one in self.study.variables] for point in given])
        k = list(self.study.variables).index(variable)
        centre, wide = x.mean(0), np.where(np.ptp(x, axis=0) > 0, np.ptp(x, axis=0), 1.0)
        design = np.column_stack([np.ones(len(x)), (x - centre) / wide])
        y = values.to_numpy()
        by_seed = np.linalg.lstsq(design, y, rcond=None)[0]  # (1 + variables, seeds)
        mean = by_seed.mean(1)
        left = y.mean(1) - design @ mean
        free = len(x) - design.shape[1]
        error = np.sqrt(left @ left / free * np.linalg.pinv(design.T @ design)[k + 1, k + 1]) if free > 0 else np.inf
        ends = np.array([x[:, k].min(), x[:, k].max()])
        lines = by_seed[0] + np.outer((ends - centre[k]) / wide[k], by_seed[k + 1])
        told = bool(free > 0 and abs(mean[k + 1]) > max(stdtrit(free, 0.975) * error, _last_digit(y)))
        dots = (list(x[:, k]), mean[0] + mean[k + 1] * design[:, k + 1] + left)
        return Effect(variable, list(ends), lines.mean(1), lines.min(1), lines.max(1), told, dots)

    @cached_property
    def effects(self) -> dict[tuple[str, str, str], Effect]:
        """{(variable, indicator, sector): its effect} of all that the page shows."""
        return {(v.name, o.id, o.sector): self.effect(v, o) for v in self.study.variables for o in self.outcomes}

    def strongest(self, outcome: Outcome) -> Effect | None:
        """The effect of the variable that moves an outcome most, None where none is told from luck."""
        found = [self.effects[variable.name, outcome.id, outcome.sector] for variable in self.study.variables]
        return max((one for one in found if one.told), key=lambda one: abs(one.size), default=None)

    def sentence(self, outcome: Outcome) -> str:
        """Where an outcome goes over all points, and what decides it."""
        rows = self.of(outcome, self.points)
        show = lambda value: outcome.indicator.show(value, self.language, signed=True)  # noqa: E731
        fields = {"outcome": self.label(outcome), "year": self.year, "reference": self.reference, "unit": outcome.indicator.reading(self.language)[1]}
        if not rows["distinguishable"].any():
            return self.say("study.page.none", unsure=self.unsure, **fields)
        text = self.say("study.page.range", low=show(rows["mean"].min()), high=show(rows["mean"].max()), **fields)
        most = self.strongest(outcome)
        return text if most is None or len(self.study.variables) == 1 else text + self.say("study.page.most", variable=self.name(most.variable))
