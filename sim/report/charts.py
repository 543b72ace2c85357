"""Charts of runs as plain Plotly figures (dicts), each with a computed sentence as title and its numbers as rows for download.

`View` holds what all charts of a brief share. Titles, tables and last points take their numbers from the same comparison, so they cannot disagree.
`layout.transition` is never set: it leaves the old title standing. Not here: the page (`sim/report/brief.py`), single tables (`sim/report/tables.py`).
"""
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.indicators import INCOME_COMPONENTS, SINCE_START, indicator_of
from sim.report.tables import district_name, group_name, label, range_word, tell
from sim.results import Run
from sim.study.comparison import MANY_SEEDS, compare, seed_values

GAP = "income_gap_ratio"
GAP_SPAN = 0.6               # the axis of the ratio spans at least this much
TILE_SPAN = 0.05             # colours of ratio changes reach full strength no earlier than here
SMALL_GAP = 0.02             # below this a change of the ratio is said to be small, with its reason
INK, QUIET, GRID = "#1f2a30", "#8b949a", "#e4e7e6"
COLOURS = ("#1b6b57", "#b5532d", "#3c5c8f", "#8a6d1f", "#7a4a78")
PART_COLOURS = {"wage_income": "#2f5d73", "operating_income": "#4f8a5b", "property_income": "#c9962f", "transfer_income": "#a9b4b8"}
FONT = '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Hiragino Sans GB","Microsoft YaHei","Segoe UI","Helvetica Neue",Arial,sans-serif'


class Chart(NamedTuple):
    """A figure with its sentence and its numbers. `number` is the one in the title and at the last point, None where the title has none."""

    id: str
    title: str
    figure: dict
    columns: list[str]
    rows: list[list]
    note: str = ""
    number: str | None = None


class View:
    """Runs seen in one language: the first is the reference, the second the scenario in focus (the reference itself where it is alone)."""

    def __init__(self, runs: list[Run], language: str):
        self.runs, self.language = runs, language
        self.reference, self.focus = runs[0], runs[1] if len(runs) > 1 else runs[0]
        self.alone = len(runs) == 1
        self.first, self.last = self.focus.years
        self.report_years = [y for y in self.focus.report_years if self.first <= y <= self.last] or [self.last]
        self.end = self.report_years[-1]

    table = cached_property(lambda self: compare(*self.runs))
    districts = cached_property(lambda self: compare(*self.runs, by="district"))
    deciles = cached_property(lambda self: compare(*self.runs, by="decile"))
    types = cached_property(lambda self: compare(*self.runs, by="type"))
    colours = property(lambda self: {run.id: QUIET if i == 0 and not self.alone else COLOURS[(i - 1) % len(COLOURS)] for i, run in enumerate(self.runs)})

    def say(self, key: str, **fields) -> str:
        return tell(self.language, key, **fields)

    def one(self, id: str, year: int, sector: str = "all", run: Run | None = None):
        """The row of the zone, or None where the run does not emit it."""
        found = self.table[(self.table["run"] == (run or self.focus).id) & (self.table["indicator"] == id) & (self.table["year"] == year)
                           & (self.table["sector"] == sector)]
        return next(found.itertuples(), None)

    def series(self, id: str, run: Run, sector: str = "all"):
        """Years, mean, low and high over seeds (arrays) of an indicator of the zone."""
        frame = seed_values(run)
        frame = frame[(frame["indicator"] == id) & (frame["sector"] == sector)].pivot_table(index="year", columns="seed", values="value")
        values = frame.to_numpy()
        low, high = (np.percentile(values, [5, 95], axis=1) if values.shape[1] >= MANY_SEEDS else (values.min(axis=1), values.max(axis=1))) if values.size else ([], [])
        return [int(y) for y in frame.index], values.mean(axis=1) if values.size else np.array([]), np.asarray(low), np.asarray(high)

    def show(self, id: str, value, signed: bool = False) -> str:
        return indicator_of(id).show(value, self.language, signed)


def layout(height: int, **more) -> dict:
    axis = {"gridcolor": GRID, "zeroline": False, "linecolor": "#c6cccb", "ticks": "", "fixedrange": True, "tickfont": {"size": 11, "color": "#5a656b"}}
    base = {"height": height, "margin": {"l": 56, "r": 16, "t": 10, "b": 30}, "font": {"family": FONT, "size": 12, "color": INK}, "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)", "hoverlabel": {"font": {"family": FONT}}, "showlegend": False, "xaxis": {**axis, "showgrid": False}, "yaxis": dict(axis)}
    for key, value in more.items():
        base[key] = {**base.get(key, axis if key[1:5] == "axis" else {}), **value} if isinstance(value, dict) else value
    return base


def gap(view: View) -> Chart:
    """The income ratio over the years: scenario against the dotted reference, band over seeds, lines at the report years."""
    traces, rows, seen, ends = [], [], [], []
    for run in view.runs:
        years, mean, low, high = view.series(GAP, run)
        dotted = run is view.reference and not view.alone
        colour, name = view.colours[run.id], run.title(view.language)
        seen += [*low, *high]
        ends.append((float(mean[-1]), name, colour))
        traces.append({"type": "scatter", "x": years + years[::-1], "y": [*high, *low[::-1]], "fill": "toself", "fillcolor": _faint(colour), "line": {"width": 0},
                       "hoverinfo": "skip", "mode": "lines"})
        traces.append({"type": "scatter", "x": years, "y": list(mean), "mode": "lines", "name": name, "line": {"color": colour, "width": 2.2, "dash": "dot" if dotted else "solid"},
                       "hovertemplate": f"{name} %{{x}}: %{{y:.3f}}<extra></extra>"})
        rows += [[name, y, float(m), float(a), float(b)] for y, m, a, b in zip(years, mean, low, high, strict=True)]
    middle, span = (max(seen) + min(seen)) / 2, max(GAP_SPAN, 1.15 * (max(seen) - min(seen)))
    figure = {"data": traces, "layout": layout(300, margin={"l": 44, "r": 150, "t": 12, "b": 30}, yaxis={"range": [middle - span / 2, middle + span / 2], "tickformat": ".2f"},
                                               xaxis={"range": [view.first - 0.3, view.last + 0.3], "dtick": 2, "tick0": view.first},
                                               shapes=_year_lines(view), annotations=_labels(ends, span))}
    band = range_word(len(view.focus.seeds), view.language)
    return Chart("gap", gap_sentence(view), figure, [view.say("brief.scenario"), view.say("table.year"), indicator_of(GAP).title(view.language), "low", "high"], rows,
                 "" if view.alone else view.say("brief.gap.note", reference=view.reference.title(view.language), range=band, span=GAP_SPAN),
                 view.show(GAP, view.one(GAP, view.end).value))


def _year_lines(view: View) -> list[dict]:
    return [{"type": "line", "x0": y, "x1": y, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": "#b9c0bf", "width": 1}, "layer": "below"} for y in view.report_years]


def _labels(ends, span: float) -> list[dict]:
    """Names at the right end of lines, pushed apart where they would overlap."""
    notes, last = [], None
    for value, name, colour in sorted(ends, key=lambda e: -e[0]):
        place = value if last is None else min(value, last - 0.09 * span)
        last = place
        short = name if len(name) <= 11 or name.isascii() and len(name) <= 20 else name[:10 if not name.isascii() else 19] + "…"
        notes.append({"x": 1, "xref": "paper", "y": place, "xanchor": "left", "xshift": 8, "showarrow": False, "align": "left",
                      "text": f"{short} <b>{value:.3f}</b>", "font": {"size": 11.5, "color": colour}})
    return notes


def _faint(colour: str) -> str:
    r, g, b = (int(colour[i:i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r},{g},{b},0.16)"


def gap_sentence(view: View) -> str:
    """What happens to the ratio by the last report year, in one sentence."""
    row, year, name = view.one(GAP, view.end), view.end, view.focus.title(view.language)
    value = view.show(GAP, row.value)
    if view.alone:
        return view.say("brief.sentence.alone", year=year, scenario=name, value=value, first=view.first, base=view.show(GAP, view.one(GAP, view.first).value))
    fields = {"year": year, "scenario": name, "value": value, "reference": view.reference.title(view.language),
              "base": view.show(GAP, view.one(GAP, year, run=view.reference).value), "size": view.show(GAP, abs(row.mean)), "signed": view.show(GAP, row.mean, signed=True)}
    if row.mean == 0 and row.low == row.high:
        return view.say("brief.sentence.same", **fields)
    if not row.distinguishable:
        return view.say("brief.sentence.not", **fields)
    return view.say("brief.sentence.lower" if row.mean < 0 else "brief.sentence.higher", **fields)


def small_reason(view: View) -> str:
    """Why the effect is small, from the rules in force and the exits that came of them; empty where it is not small."""
    if view.alone:
        return ""
    row = view.one(GAP, view.end)
    if row.distinguishable and abs(row.mean) >= SMALL_GAP:
        return ""
    exits = view.one(f"homesteads_withdrawn{SINCE_START}", view.end)
    book = view.focus.rulebook
    offers = book[(book["rule"] == "offer_rate") & (book["year"] > view.first)]["delivered"].mean()
    uses_offers = any(card["id"] == "homestead_withdrawal" for card in view.focus.manifest["levers"])
    if exits is None or not uses_offers or not np.isfinite(offers):
        return view.say("brief.small.plain")
    return view.say("brief.small", offers=f"{offers:.1f}", year=view.end, exits=view.show("homesteads_withdrawn", exits.mean))


def disagreement(view: View) -> str:
    """A sentence where the three measures of the ratio move in different directions; else empty."""
    if view.alone:
        return ""
    found = {id: view.one(id, view.end) for id in (GAP, f"{GAP}_fixed_membership", f"{GAP}_registered")}
    known = [row for row in found.values() if row is not None and row.distinguishable]
    if len({np.sign(row.mean) for row in known}) < 2:
        return ""
    fixed, registered = (view.show(GAP, getattr(found[f"{GAP}_{k}"], "mean", None), True) for k in ("fixed_membership", "registered"))
    return view.say("brief.opposite", fixed=fixed, registered=registered)


def income(view: View) -> Chart:
    """The four components by sector in the first and the report years, reference and scenario."""
    bars, rows = [], []
    for sector in ("urban", "rural"):
        for year in reversed([view.first, *view.report_years]):
            for run in [view.focus] if view.alone or year == view.first else [view.focus, view.reference]:
                parts = {id: view.one(id, year, sector, run) for id in INCOME_COMPONENTS}
                if all(parts.values()):
                    name = f"{indicator_sector(sector, view.language)} {year}" + ("" if view.alone or year == view.first else f" · {_short(run.title(view.language))}")
                    bars.append((name, {id: row.value for id, row in parts.items()}, run is view.reference and year != view.first and not view.alone))
                    rows += [[indicator_sector(sector, view.language), year, run.title(view.language), indicator_of(id).title(view.language), row.value] for id, row in parts.items()]
    traces = [{"type": "bar", "orientation": "h", "y": [b[0] for b in bars], "x": [b[1][id] for b in bars], "name": indicator_of(id).title(view.language),
               "marker": {"color": PART_COLOURS[id], "opacity": [0.55 if b[2] else 1 for b in bars]}, "text": [f"{b[1][id]:,.0f}" if b[1][id] > 2200 else "" for b in bars],
               "textposition": "inside", "insidetextanchor": "middle", "textfont": {"color": INK if id == "transfer_income" else "white", "size": 10.5}, "textangle": 0,
               "hovertemplate": f"%{{y}} {indicator_of(id).title(view.language)}: %{{x:,.0f}}<extra></extra>"} for id in INCOME_COMPONENTS]
    totals = [{"x": sum(b[1].values()), "y": b[0], "text": f"<b>{sum(b[1].values()):,.0f}</b>", "showarrow": False, "xanchor": "left", "xshift": 5, "font": {"size": 11}} for b in bars]
    figure = {"data": traces, "layout": layout(64 + 27 * len(bars), barmode="stack", bargap=0.28, showlegend=True, margin={"l": 170, "r": 56, "t": 34, "b": 8}, annotations=totals,
                                               legend={"orientation": "h", "x": -0.3, "y": 1.0, "yanchor": "bottom", "traceorder": "normal", "font": {"size": 11.5}},
                                               xaxis={"visible": False}, yaxis={"showgrid": False, "automargin": False})}
    return Chart("income", income_sentence(view), figure, [view.say("brief.kind"), view.say("table.year"), view.say("brief.scenario"), view.say("table.indicator"), "yuan2019"],
                 rows, view.say("brief.income.note"), view.show("disposable_income", view.one("disposable_income", view.end, "rural").value))


def indicator_sector(sector: str, language: str) -> str:
    from sim.indicators import SECTORS
    word = SECTORS[sector][0 if language == "zh" else 1]
    return word if language == "zh" else word.capitalize()


def _short(name: str) -> str:
    limit = 18 if name.isascii() else 9
    return name if len(name) <= limit else name[:limit - 1] + "…"


def income_sentence(view: View) -> str:
    row, urban = view.one("disposable_income", view.end, "rural"), view.one("disposable_income", view.end, "urban")
    value = view.show("disposable_income", row.value)
    if view.alone:
        return view.say("brief.income.alone", year=view.end, value=value, urban=view.show("disposable_income", urban.value))
    fields = {"year": view.end, "value": value, "reference": view.reference.title(view.language)}
    if not row.distinguishable:
        return view.say("brief.income.not", **fields)
    parts = {id: view.one(id, view.end, "rural") for id in INCOME_COMPONENTS}
    part = max((id for id in parts if parts[id]), key=lambda id: abs(parts[id].mean))
    return view.say("brief.income.rural", more=view.say("brief.more" if row.mean > 0 else "brief.less"), size=view.show("disposable_income", abs(row.mean)),
                    part=indicator_of(part).title(view.language) if view.language == "zh" else indicator_of(part).title("en").lower(),
                    partly=view.show(part, parts[part].mean, signed=True), **fields)


def small_lines(view: View, chart_id: str, ids: list[str], title: str, note: str, number: str | None) -> Chart:
    """Small multiples, at most four abreast: each indicator over the years, every axis from zero."""
    present = [id for id in ids if len(view.series(id, view.focus)[0])]
    traces, rows, extra, notes = [], [], {}, []
    for k, id in enumerate(present):
        indicator, suffix = indicator_of(id), "" if k == 0 else str(k + 1)
        divisor, unit = indicator.reading(view.language)
        top = 0.0
        for run in view.runs:
            years, mean, low, high = view.series(id, run)
            name, colour = run.title(view.language), view.colours[run.id]
            top = max(top, *(mean / divisor)) if len(mean) else top
            traces.append({"type": "scatter", "mode": "lines", "x": years, "y": list(mean / divisor), "name": name, "xaxis": f"x{suffix}", "yaxis": f"y{suffix}",
                           "line": {"color": colour, "width": 2, "dash": "dot" if run is view.reference and not view.alone else "solid"},
                           "hovertemplate": f"{name} %{{x}}: %{{y:,.{indicator.decimals}f}} {unit}<extra></extra>"})
            rows += [[indicator.title(view.language), unit, name, y, float(m / divisor), float(a / divisor), float(b / divisor)] for y, m, a, b in zip(years, mean, low, high, strict=True)]
        left, right = k / len(present), (k + 1) / len(present) - 0.055
        extra[f"xaxis{suffix}"] = {"domain": [left + 0.02, right], "anchor": f"y{suffix}", "showgrid": False, "range": [view.first, view.last], "tickvals": [view.first, *view.report_years],
                                   "tickangle": 0, "tickfont": {"size": 10, "color": "#5a656b"}}
        extra[f"yaxis{suffix}"] = {"anchor": f"x{suffix}", "range": [0, 1.08 * top or 1], "nticks": 5, "tickfont": {"size": 10, "color": "#5a656b"}}
        heading = f"<b>{_wrap(indicator.title(view.language).removeprefix('累计').removesuffix(' since the start'), view.language, len(present))}</b><br><span style='color:#5a656b'>{unit}</span>"
        notes.append({"x": left + 0.02, "xref": "paper", "y": 1.04, "yref": "paper", "yanchor": "bottom", "xanchor": "left", "align": "left", "showarrow": False, "font": {"size": 11.5},
                      "text": heading})
    figure = {"data": traces, "layout": layout(250, margin={"l": 24, "r": 4, "t": 66, "b": 26}, annotations=notes, **extra)}
    return Chart(chart_id, title, figure, [view.say("table.indicator"), view.say("table.unit"), view.say("brief.scenario"), view.say("table.year"), "mean", "low", "high"], rows, note, number)


def _wrap(text: str, language: str, panels: int) -> str:
    """Break a panel's heading where it would run into the next."""
    if language == "zh" or panels < 3:
        return text
    words, lines = text.split(), [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > 18:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def sentence(view: View, key: str, id: str) -> tuple[str, str | None]:
    """(sentence, number) of `KEY.title`, `KEY.not` or `KEY.alone`; an empty sentence where the run does not emit the indicator."""
    row = view.one(id, view.end)
    if row is None:
        return "", None
    value, unit = view.show(id, row.value), indicator_of(id).reading(view.language)[1]
    fields = {"year": view.end, "value": value, "unit": unit, "reference": view.reference.title(view.language), "size": view.show(id, abs(row.mean)),
              "more": view.say("brief.more" if row.mean > 0 else "brief.less")}
    return view.say(f"{key}.{'alone' if view.alone else 'title' if row.distinguishable else 'not'}", **fields), value


def exits(view: View) -> Chart | None:
    ids = [f"{id}{SINCE_START}" for id in ("homesteads_withdrawn", "qualification_retained", "contract_rights_exited_mu", "homestead_reclaimed_ha")]
    title, number = sentence(view, "brief.exits", ids[0])
    return small_lines(view, "exits", ids, title, view.say("brief.exits.note", first=view.first), number) if title else None


def loans(view: View) -> Chart | None:
    title, number = sentence(view, "brief.loans", "loans_outstanding_yuan")
    return small_lines(view, "loans", ["loans_outstanding_yuan", "loans_new", "npl_ratio"], title, "", number) if title else None


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
    spread = {"type": "data", "symmetric": False, "array": [_gap(r.high, r.mean) for r in found], "arrayminus": [_gap(r.mean, r.low) for r in found], "thickness": 1,
              "width": 3, "color": "#5a656b"}
    trace = {"type": "bar", "orientation": "h", "y": names, "x": means, "error_x": spread,
             "marker": {"color": [t if s else "rgba(255,255,255,0)" for t, s in zip(tints, sure, strict=True)], "line": {"color": tints, "width": 1.2}},
             "hovertemplate": "%{y}: %{x:+,.0f}<extra></extra>"}
    reach = max(100.0, *(abs(v) for r in found for v in (r.mean, r.low, r.high) if np.isfinite(v)))
    notes = [{"x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "y": n, "text": view.show("disposable_income", r.mean, signed=True), "showarrow": False, "font": {"size": 11}}
             for n, r in zip(names, found, strict=True)]
    widest = 12 * max(len(n) for n in names) if view.language == "zh" else 7 * max(len(n) for n in names)
    figure = {"data": [trace], "layout": layout(48 + 24 * len(found), bargap=0.35, margin={"l": min(230, max(80, widest + 12)), "r": 60, "t": 4, "b": 30}, annotations=notes,
                                                xaxis={"range": [min(0, *means) and -reach * 1.1, reach * 1.1], "showgrid": True, "zeroline": True, "zerolinecolor": "#5a656b", "tickformat": ",d",
                                                       "title": {"text": view.say("brief.per_head"), "font": {"size": 11}}},
                                                yaxis={"autorange": "reversed", "showgrid": False, "type": "category"})}
    rows = [[n, r.reference if hasattr(r, "reference") else r.value - r.mean, r.value, r.mean, r.low, r.high, r.n, r.distinguishable] for n, r in zip(names, found, strict=True)]
    columns = [view.say("table.group"), view.reference.title(view.language), view.focus.title(view.language), "difference", "low", "high", "n", "distinguishable"]
    return Chart(f"gains_{sort}", _gains_sentence(view, sort, found, names), figure, columns, rows, view.say("brief.gains.note") if sort == "decile" else "")


def _gap(above, below) -> float:
    return float(above - below) if np.isfinite(above - below) else 0.0


def _gains_sentence(view: View, sort: str, found, names) -> str:
    losers = sum(r.distinguishable and r.mean < 0 for r in found)
    fields = {"year": view.end, "losers": losers, "worst": names[0], "best": names[-1],
              "low": view.show("disposable_income", found[0].mean, signed=True), "high": view.show("disposable_income", found[-1].mean, signed=True)}
    if sort == "type":
        return view.say("brief.types", **fields)
    return view.say("brief.gains.losers" if losers else "brief.gains.none", **fields)


class Tile(NamedTuple):
    id: str
    name: str
    column: int
    row: int
    value: str
    colour: str
    sure: bool


# Rough directions only: Changchun's units to the west, Jilin City's to the east.
PLACES = {"changchun_new_area": (1, 1), "jingyue": (1, 2), "shuangyang": (1, 3), "jiutai": (2, 1), "food_zone": (2, 2), "yongji": (2, 3),
          "changyi": (3, 1), "chuanying": (3, 2), "fengman": (3, 3)}


def tiles(view: View, id: str, least: float, year: int | None = None) -> list[Tile]:
    """The nine units as tiles coloured by the difference (the value where the run is alone); grey where it cannot be told from chance."""
    table = view.districts
    table = table[(table["run"] == view.focus.id) & (table["indicator"] == id) & (table["year"] == (year or view.end)) & (table["sector"] == "all")]
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
        return "" if view.alone else view.say("brief.districts.none", year=view.end)
    most = max(table.itertuples(), key=lambda r: abs(r.mean))
    return view.say("brief.districts.title", year=view.end, count=len(table), name=district_name(most.district, view.language), value=view.show(GAP, most.mean, signed=True))


def district_rows(view: View) -> tuple[list[str], list[list]]:
    """All district differences of the last report year, for download."""
    table = view.districts[(view.districts["run"] == view.focus.id) & (view.districts["year"] == view.end)]
    rows = [[district_name(r.district, view.language), label(r.indicator, r.sector, view.language), r.unit, r.value, r.mean, r.low, r.high, r.n] for r in table.itertuples()]
    return [view.say("table.district"), view.say("table.indicator"), view.say("table.unit"), view.focus.title(view.language), "difference", "low", "high", "n"], rows
