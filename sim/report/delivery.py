"""The section on delivery: what the scenarios give where orders reach the ground more slowly, on a marked sample.

It reads runs that stand already. Not here: how they came about (`sim/study/delivery.py`), the page (`sim/report/brief.py`).
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.indicators import SINCE_START, indicator_of
from sim.policies.catalogue import owner
from sim.report import charts, tables
from sim.report.tables import SheetRow
from sim.report.view import GAP, Chart, View
from sim.results import Run
from sim.study.comparison import compare

EXITS = f"homesteads_withdrawn{SINCE_START}"
ROWS = (
    (GAP, "all"),
    ("disposable_income", "rural"),
    (EXITS, "all"),
    (f"contract_rights_exited_mu{SINCE_START}", "all"),
    (f"homestead_reclaimed_ha{SINCE_START}", "all"),
    ("loans_outstanding_yuan", "all"),
    (f"fiscal_cost_yuan{SINCE_START}", "all"),
)
DRAWN = (EXITS, f"contract_rights_exited_mu{SINCE_START}", f"fiscal_cost_yuan{SINCE_START}")


class Line(NamedTuple):
    """An indicator in a year: its row against the reference for each rate, and that of the slowest rate against the fastest."""

    label: str
    unit: str
    reference: str
    by_rate: list[SheetRow]
    slow: SheetRow


class Table(NamedTuple):
    year: int
    caption: str
    header: list[str]
    lines: list[Line]
    csv: tuple[list[str], list[list]]


class Section:
    """One scenario of the brief at several delivery rates. `rates` is empty where its orders do not depend on the rate."""

    def __init__(self, delivery, view: View, number: int):
        self.run, self.number, self.rates = delivery.run, number, list(delivery.rates)
        self.language, self.years, self.end = view.language, view.report_years, view.end
        self._runs = list(delivery.rates.values())
        self._view = View([delivery.reference, *self._runs], view.language) if self._runs else None
        self._apart = bool(self._runs) and view.focus.households != delivery.reference.households

    def say(self, key: str, **fields) -> str:
        unsure = self._view.unsure if self._view else ""
        return tables.tell(self.language, f"delivery.{key}", unsure=unsure, **fields)

    @cached_property
    def sentence(self) -> str:
        """What the slowest rate does to the homesteads withdrawn, or that nothing depends on the rate."""
        name = self.run.title(self.language)
        if not self._runs:
            return self.say("same", scenario=name)
        fast, slow = (self._view.one(EXITS, self.end, run=run) for run in (self._runs[0], self._runs[-1]))
        apart = self._less(EXITS, "all", self.end)
        if fast is None or apart is None:
            return self.say("plain", scenario=name)
        show = indicator_of(EXITS).show
        fields = {"reference": self._view.reference.title(self.language), "year": self.end, "slow": f"{self.rates[-1]:g}", "fast": f"{self.rates[0]:g}"}
        fields |= {"at_slow": show(slow.mean, self.language, True), "at_fast": show(fast.mean, self.language, True)}
        return self.say("sentence" if apart.raw["distinguishable"] else "not", **fields)

    @cached_property
    def notes(self) -> list[str]:
        """What a rate means here, what it does to the ratio, and what sample this rests on."""
        if not self._runs:
            return []
        reference = self._view.reference
        found = [self._meaning(), self._ratio()]
        where = "sample.toy" if reference.toy else "sample.apart" if self._apart else "sample.same"
        found.append(self.say(where, households=f"{reference.households:,}", seeds=len(reference.seeds), reference=reference.title(self.language)))
        return [text for text in found if text]

    def _meaning(self) -> str:
        shares = [arrived(self._runs[-1], year) for year in (self.years[0], self.end)]
        if None in shares or len(self.years) < 2:
            return ""
        first, last = (f"{round(100 * share, 1):g}" for share in shares)
        return self.say("meaning", rate=f"{self.rates[-1]:g}", first_year=self.years[0], first=first, last_year=self.end, last=last)

    def _ratio(self) -> str:
        found = {rate: self._view.one(GAP, self.end, run=run) for rate, run in zip(self.rates, self._runs, strict=True)}
        reference = self._view.reference.title(self.language)
        if not any(row.distinguishable for row in found.values()):
            return self.say("ratio.none", year=self.end, reference=reference)
        apart = self._less(GAP, "all", self.end)
        values = [f"{rate:g}% {self._view.show(GAP, row.mean, True)}" for rate, row in found.items()]
        key = "ratio.apart" if apart.raw["distinguishable"] else "ratio.alike"
        return self.say(key, year=self.end, reference=reference, values=("，" if self.language == "zh" else ", ").join(values))

    @cached_property
    def chart(self) -> Chart | None:
        if not self._runs:
            return None
        id = "delivery" if self.number == 1 else f"delivery_{self.number}"
        return charts.small_lines(self._view, id, list(DRAWN), self.say("chart"), "", None)._replace(source=self.source)

    @property
    def source(self) -> str:
        return tables.source_line(self._runs[0], self.language)

    @cached_property
    def tables(self) -> list[Table]:
        return [self._table(year) for year in self.years] if self._runs else []

    def _table(self, year: int) -> Table:
        by_rate = [self._rows(self._view.reference, run, year, self._view.table) for run in self._runs]
        lines = []
        for key in ROWS:
            rows = [found.get(key) for found in by_rate]
            if all(rows):
                lines.append(Line(rows[0].label, rows[0].unit, rows[0].reference, rows, self._less(*key, year)))
        reference = self._view.reference.title(self.language)
        slow = self.say("column.slow", slow=f"{self.rates[-1]:g}", fast=f"{self.rates[0]:g}")
        names = [tables.tell(self.language, "table.indicator"), tables.tell(self.language, "table.unit"), reference]
        header = [*names, *(self.say("column", rate=f"{rate:g}") for rate in self.rates), slow]
        return Table(year, self.say("caption", year=year, reference=reference), header, lines, self._csv(lines, names))

    def cells(self, table: Table) -> list[list[str]]:
        """The rows of a table where a cell holds one text: difference, range and reading below one another."""

        def told(row: SheetRow) -> str:
            return "\n".join(filter(None, (row.difference, row.range, row.verdict)))

        return [[line.label, line.unit, line.reference, *map(told, [*line.by_rate, line.slow])] for line in table.lines]

    def _csv(self, lines: list[Line], names: list[str]) -> tuple[list[str], list[list]]:
        columns = [*names[:2], self.say("rate"), names[2], *(tables.tell(self.language, f"table.{k}") for k in ("difference", "range", "verdict"))]
        rows = []
        for line in lines:
            pairs = [*zip((f"{rate:g}" for rate in self.rates), line.by_rate, strict=True), (f"{self.rates[-1]:g} - {self.rates[0]:g}", line.slow)]
            rows += [[line.label, line.unit, rate, "" if row is line.slow else row.reference, row.difference, row.range, row.verdict] for rate, row in pairs]
        return columns, rows

    @cached_property
    def _slow_table(self):
        return compare(self._runs[0], self._runs[-1])

    def _less(self, id: str, sector: str, year: int) -> SheetRow | None:
        """The slowest rate less the fastest."""
        return self._rows(self._runs[0], self._runs[-1], year, self._slow_table).get((id, sector))

    def _rows(self, reference: Run, run: Run, year: int, table) -> dict[tuple[str, str], SheetRow]:
        return {(row.indicator, row.sector): row for row in tables.sheet(reference, run, year, self.language, table)}


def sections(deliveries, view: View) -> list[Section]:
    """A section for each scenario that was run at several rates."""
    return [Section(delivery, view, k) for k, delivery in enumerate(deliveries, 1)]


def arrived(run: Run, year: int) -> float | None:
    """The share of what is ordered beyond the base that has been delivered by a year, 0-1, mean over rules and districts; None where nothing is."""
    book = run.rulebook[(run.rulebook["year"] == year) & (run.rulebook["seed"] == run.seeds[0])]
    shares = []
    for row in book.itertuples():
        lever, parameter = owner(row.rule) or (None, None)
        if lever and parameter.kind == "reach":
            base = float(parameter.base_in(row.district)) * parameter.scale * (100.0 if row.unit.startswith("percent") else 1.0)
            if not np.isclose(row.ordered, base):
                shares.append((row.delivered - base) / (row.ordered - base))
    return float(np.mean(shares)) if shares else None
