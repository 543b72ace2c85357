"""Who gains: groups of households and the nine units, losers first. Not here: the charts over years (`sim/report/charts.py`)."""

from typing import NamedTuple

import numpy as np

from sim.indicators import indicator_of
from sim.report.tables import district_name, group_name, label
from sim.report.view import GAP, INK, QUIET, Chart, View, layout


def gains(view: View, sort: str = "decile") -> Chart | None:
    """Who gains in the last report year: one bar per group, losers first; hollow where the difference cannot be told from chance."""
    table = view.deciles if sort == "decile" else view.types
    table = table[(table["run"] == view.focus.id) & (table["year"] == view.end) & (table["indicator"] == "disposable_income")]
    rural = table[table["sector"] == "rural"]
    found = sorted((rural if len(rural) else table).itertuples(), key=lambda r: r.mean)
    if view.alone or not found:
        return None
    names = [group_name(r.group, view.language) for r in found]
    sure = [r.distinguishable for r in found]
    tints = ["#b5532d" if r.mean < 0 else "#1b6b57" for r in found]
    means = [r.mean for r in found]
    spread = {
        "type": "data",
        "symmetric": False,
        "array": [_gap(r.high, r.mean) for r in found],
        "arrayminus": [_gap(r.mean, r.low) for r in found],
        "thickness": 1,
        "width": 3,
        "color": "#5a656b",
    }
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": means,
        "error_x": spread,
        "marker": {
            "color": [t if s else "rgba(255,255,255,0)" for t, s in zip(tints, sure, strict=True)],
            "line": {"color": tints, "width": 1.2},
        },
        "hovertemplate": "%{y}: %{x:+,.0f}<extra></extra>",
    }
    ends = [v for r in found for v in (r.mean, r.low, r.high) if np.isfinite(v)]
    reach = max(100.0, *map(abs, ends))
    notes = [
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 6,
            "y": n,
            "text": view.show("disposable_income", r.mean, signed=True),
            "showarrow": False,
            "font": {"size": 11, "color": INK if r.distinguishable else QUIET},
        }
        for n, r in zip(names, found, strict=True)
    ]
    widest = 12 * max(len(n) for n in names) if view.language == "zh" else 7 * max(len(n) for n in names)
    figure = {
        "data": [trace],
        "layout": layout(
            48 + 24 * len(found),
            bargap=0.35,
            margin={"l": min(230, max(80, widest + 12)), "r": 60, "t": 4, "b": 30},
            annotations=notes,
            xaxis={
                "range": [-reach * 1.1 if min(ends) < 0 else 0, reach * 1.1],
                "showgrid": True,
                "zeroline": True,
                "zerolinecolor": "#5a656b",
                "tickformat": ",d",
                "title": {"text": view.say("brief.per_head"), "font": {"size": 11}},
            },
            yaxis={"autorange": "reversed", "showgrid": False, "type": "category"},
        ),
    }
    rows = [
        [n, r.reference if hasattr(r, "reference") else r.value - r.mean, r.value, r.mean, r.low, r.high, r.n, r.distinguishable]
        for n, r in zip(names, found, strict=True)
    ]
    columns = [
        view.say("table.group"),
        view.reference.title(view.language),
        view.focus.title(view.language),
        "difference",
        "low",
        "high",
        "n",
        "distinguishable",
    ]
    return Chart(
        f"gains_{sort}",
        _gains_sentence(view, sort, found, names),
        figure,
        columns,
        rows,
        _note(view) if sort == "decile" else "",
    )


def _note(view: View) -> str:
    """How the groups are made and, for a sample, what their readings leave out."""
    parts = [view.say("brief.gains.note", unsure=view.unsure), *([view.say("brief.sample.groups")] if view.focus.weighted else [])]
    return ("" if view.language == "zh" else " ").join(parts)


def _gap(above, below) -> float:
    return float(above - below) if np.isfinite(above - below) else 0.0


def _gains_sentence(view: View, sort: str, found, names) -> str:
    losers, gainers = (sum(r.distinguishable and r.mean * sign > 0 for r in found) for sign in (-1, 1))
    fields = {
        "year": view.end,
        "losers": losers,
        "gainers": gainers,
        "unsure": view.unsure,
        "rest": len(found) - losers - gainers,
        "worst": names[0],
        "best": names[-1],
        "low": view.show("disposable_income", found[0].mean, signed=True),
        "high": view.show("disposable_income", found[-1].mean, signed=True),
    }
    kind = "title" if losers or gainers else "none"
    return view.say(f"brief.{'types' if sort == 'type' else 'gains'}.{kind}", **fields)


class Tile(NamedTuple):
    id: str
    name: str
    column: int
    row: int
    value: str
    colour: str
    sure: bool


# Rough directions only: Changchun's units to the west, Jilin City's to the east.
PLACES = {
    "changchun_new_area": (1, 1),
    "jingyue": (1, 2),
    "shuangyang": (1, 3),
    "jiutai": (2, 1),
    "food_zone": (2, 2),
    "yongji": (2, 3),
    "changyi": (3, 1),
    "chuanying": (3, 2),
    "fengman": (3, 3),
}


def tiles(view: View, id: str, least: float, year: int | None = None) -> list[Tile]:
    """The nine units as tiles coloured by the difference (the value where the run is alone); grey where it cannot be told from chance."""
    table = view.districts
    table = table[
        (table["run"] == view.focus.id) & (table["indicator"] == id) & (table["year"] == (year or view.end)) & (table["sector"] == "all")
    ]
    found = {r.district: r for r in table.itertuples()}
    if not found:
        return []
    better = indicator_of(id).better or 1
    reach = max(least, *(abs(r.mean) for r in found.values())) if not view.alone else 1.0
    made = []
    for place, (column, row) in PLACES.items():
        r = found.get(place)
        sure = bool(r and r.distinguishable)
        strength = 0.0 if r is None or view.alone or not sure else r.mean * better / reach
        shown = view.show(id, None if r is None else r.value if view.alone else r.mean, signed=not view.alone)
        made.append(Tile(place, district_name(place, view.language), column, row, shown, _tint(strength), sure or view.alone))
    return made


def _tint(strength: float) -> str:
    """From brick (worse) through paper grey to green (better)."""
    end = (27, 107, 87) if strength > 0 else (181, 83, 45)
    share = 0.0 if strength == 0 else 0.12 + 0.5 * min(1.0, abs(strength))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip((238, 240, 239), end, strict=True))


def district_sentence(view: View) -> str:
    table = view.districts
    table = table[(table["run"] == view.focus.id) & (table["indicator"] == GAP) & (table["year"] == view.end) & table["distinguishable"]]
    if view.alone or not len(table):
        return "" if view.alone else view.say("brief.districts.none", year=view.end, unsure=view.unsure)
    most = max(table.itertuples(), key=lambda r: abs(r.mean))
    return view.say(
        "brief.districts.title",
        year=view.end,
        count=len(table),
        name=district_name(most.district, view.language),
        value=view.show(GAP, most.mean, signed=True),
    )


def district_rows(view: View) -> tuple[list[str], list[list]]:
    """All district differences of the last report year, for download."""
    table = view.districts[(view.districts["run"] == view.focus.id) & (view.districts["year"] == view.end)]
    rows = [
        [district_name(r.district, view.language), label(r.indicator, r.sector, view.language), r.unit, r.value, r.mean, r.low, r.high, r.n]
        for r in table.itertuples()
    ]
    return [
        view.say("table.district"),
        view.say("table.indicator"),
        view.say("table.unit"),
        view.focus.title(view.language),
        "difference",
        "low",
        "high",
        "n",
    ], rows
