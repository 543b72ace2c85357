"""What all charts of a report share: the runs seen in one language, and the look of a figure.

Titles, tables and last points take their numbers from the same comparison, so they cannot disagree.
`layout.transition` is never set: it leaves the old title standing. Not here: the page (`sim/report/brief.py`), single tables (`sim/report/tables.py`).
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.indicators import indicator_of
from sim.report.tables import common_seeds, tell
from sim.results import Run
from sim.study.comparison import MANY_SEEDS, by_seed, compare, untold

GAP = "income_gap_ratio"
GAP_SPAN = 0.6  # the axis of the ratio spans at least this much
TILE_SPAN = 0.05  # colours of ratio changes reach full strength no earlier than here
SMALL_GAP = 0.02  # below this a change of the ratio is said to be small, with its reason
INK, QUIET, GRID = "#1f2a30", "#8b949a", "#e4e7e6"
COLOURS = ("#1b6b57", "#b5532d", "#3c5c8f", "#8a6d1f", "#7a4a78")
PART_COLOURS = {"wage_income": "#2f5d73", "operating_income": "#4f8a5b", "property_income": "#c9962f", "transfer_income": "#a9b4b8"}
FONT = '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Hiragino Sans GB","Microsoft YaHei","Segoe UI","Helvetica Neue",Arial,sans-serif'


class Chart(NamedTuple):
    """A figure with its sentence and its numbers. `number` is the one in the title and at the last point, None where the title has none.

    `source` says what runs it is made of, where they are not those of the page.
    """

    id: str
    title: str
    figure: dict
    columns: list[str]
    rows: list[list]
    note: str = ""
    number: str | None = None
    source: str = ""


class View:
    """Runs seen in one language: the first is the reference, the second the scenario in focus (the reference itself where it is alone)."""

    def __init__(self, runs: list[Run], language: str):
        self.runs, self.language = runs, language
        self._values: dict = {}  # run -> its values by seed, read once
        self.reference, self.focus = runs[0], runs[1] if len(runs) > 1 else runs[0]
        self.alone = len(runs) == 1
        self.first, self.last = self.focus.years
        self.report_years = [y for y in self.focus.report_years if self.first <= y <= self.last] or [self.last]
        self.end = self.report_years[-1]

    table = cached_property(lambda self: compare(*self.runs))
    _rows = cached_property(lambda self: {(r.run, r.indicator, r.year, r.sector): r for r in self.table.astype(object).itertuples()})
    districts = cached_property(lambda self: compare(*self.runs, by="district"))
    deciles = cached_property(lambda self: compare(*self.runs, by="decile"))
    types = cached_property(lambda self: compare(*self.runs, by="type"))
    colours = property(
        lambda self: {run.id: QUIET if i == 0 and not self.alone else COLOURS[(i - 1) % len(COLOURS)] for i, run in enumerate(self.runs)}
    )

    def share(self, other: "View") -> "View":
        """Take over what a view of the same runs has read: it depends on neither language nor years."""
        self.table, self._rows, self._values = other.table, other._rows, other._values
        return self

    def say(self, key: str, **fields) -> str:
        return tell(self.language, key, **fields)

    @property
    def unsure(self) -> str:
        """What a difference is called that these runs cannot tell from chance, within a sentence."""
        return self.say(f"unsure.{untold(common_seeds(self.reference, self.focus))}")

    def one(self, id: str, year: int, sector: str = "all", run: Run | None = None):
        """The row of the zone, or None where the run does not emit it."""
        return self._rows.get(((run or self.focus).id, id, year, sector))

    def series(self, id: str, run: Run, sector: str = "all"):
        """Years, mean, low and high over seeds (arrays) of an indicator of the zone."""
        if run.id not in self._values:
            self._values[run.id] = by_seed(run).droplevel(["district", "group", "unit"]).reorder_levels(["indicator", "sector", "year"]).sort_index()
        frame = self._values[run.id]
        frame = frame.loc[(id, sector)] if (id, sector) in frame.index else frame.iloc[:0]
        values = frame.to_numpy()
        low, high = (
            (np.percentile(values, [5, 95], axis=1) if values.shape[1] >= MANY_SEEDS else (values.min(axis=1), values.max(axis=1)))
            if values.size
            else ([], [])
        )
        return [int(y) for y in frame.index], values.mean(axis=1) if values.size else np.array([]), np.asarray(low), np.asarray(high)

    def show(self, id: str, value, signed: bool = False) -> str:
        return indicator_of(id).show(value, self.language, signed)


def layout(height: int, **more) -> dict:
    axis = {
        "gridcolor": GRID,
        "zeroline": False,
        "linecolor": "#c6cccb",
        "ticks": "",
        "fixedrange": True,
        "tickfont": {"size": 11, "color": "#5a656b"},
    }
    base = {
        "height": height,
        "margin": {"l": 56, "r": 16, "t": 10, "b": 30},
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"font": {"family": FONT}},
        "showlegend": False,
        "xaxis": {**axis, "showgrid": False},
        "yaxis": dict(axis),
    }
    for key, value in more.items():
        base[key] = {**base.get(key, axis if key[1:5] == "axis" else {}), **value} if isinstance(value, dict) else value
    return base
