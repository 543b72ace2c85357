"""The charts of a study: response curves over two variables, main effects over any number.

Every upright axis holds zero and spans at least four times the largest error of its points, so that a null result is not made large.
Not here: the numbers (`sim/report/study_view.py`).
"""

import numpy as np

from sim.report.study_view import Effect, Outcome, StudyView
from sim.report.view import COLOURS, INK, QUIET, Chart, layout

ACROSS = 3  # panels in a row
TOLD, DOT = 7, 4


def chart(view: StudyView, outcome: Outcome) -> Chart:
    """Response curves where a grid has one or two variables, else a panel of the main effect of each variable."""
    if view.study.kind == "grid" and len(view.study.variables) <= 2:
        return _response(view, outcome)
    return _effects(view, outcome)


def _response(view: StudyView, outcome: Outcome) -> Chart:
    """The difference over the variable with more values, a line for each value of the other."""
    ordered = sorted(view.study.variables, key=lambda variable: -len(variable.values))
    along, other = ordered[0], ordered[1] if len(ordered) > 1 else None
    divisor, unit = outcome.indicator.reading(view.language)
    rows = view.of(outcome, view.points)
    points = [view.plan.points[number] for number in rows["point"]]
    traces, table, ends = [], [], []
    for k, value in enumerate(other.values if other else (None,)):
        mine = np.array([other is None or point[other.name] == value for point in points])
        part = rows[mine]
        x = [_axis(point[along.name]) for point, chosen in zip(points, mine, strict=True) if chosen]
        colour, name = COLOURS[k % len(COLOURS)], "" if other is None else value_text(value)
        mean, low, high = (part[column].to_numpy(dtype=float) / divisor for column in ("mean", "low", "high"))
        traces += [_band(x, low, high, colour), _line(x, mean, colour, name, part["distinguishable"], unit)]
        ends.append((float(mean[-1]), name, colour))
        told = part["distinguishable"].tolist()
        table += [[value_text(at), name, *map(float, numbers), one] for at, *numbers, one in zip(x, mean, low, high, told, strict=True)]
    span = _span(rows, divisor)
    figure = {
        "data": traces,
        "layout": layout(
            330,
            margin={"l": 62, "r": 120 if other else 16, "t": 28, "b": 48},
            xaxis={"title": {"text": view.name(along, unit=True), "standoff": 8}, **_ticks(along)},
            yaxis={"range": span, "tickformat": ",", "zeroline": True, "zerolinecolor": QUIET},
            annotations=[_unit_note(unit), *(_end_labels(ends, span, view.name(other)) if other else [])],
        ),
    }
    columns = [view.name(along, unit=True), view.name(other, unit=True) if other else "", f"{view.label(outcome)} ({unit})", "low", "high", "distinguishable"]
    return Chart(_id(outcome), view.sentence(outcome), figure, columns, table, _note(view, outcome))


def _effects(view: StudyView, outcome: Outcome) -> Chart:
    """One panel per variable with the same upright axis; sampled points are shown as dots behind the line."""
    divisor, unit = outcome.indicator.reading(view.language)
    effects = [view.effects[variable.name, outcome.id, outcome.sector] for variable in view.study.variables]
    rows = view.of(outcome, view.points)
    span = _span(rows, divisor)
    down = -(-len(effects) // ACROSS)
    traces, table, axes, notes = [], [], {}, [_unit_note(unit)]
    for k, effect in enumerate(effects):
        suffix = "" if k == 0 else str(k + 1)
        place = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
        if len(effect.dots[0]):
            traces.append({**_dots(effect, divisor), **place})
        x = [_axis(value) for value in effect.at]
        traces += [{**_band(x, effect.low / divisor, effect.high / divisor, COLOURS[0]), **place}]
        traces += [{**_line(x, effect.mean / divisor, COLOURS[0], "", np.full(len(x), effect.told), unit), **place}]
        table += [
            [view.name(effect.variable), value_text(a), float(m), float(low), float(high)]
            for a, m, low, high in zip(effect.at, effect.mean / divisor, effect.low / divisor, effect.high / divisor, strict=True)
        ]
        column, row = k % ACROSS, k // ACROSS
        width = 1 / min(ACROSS, len(effects))
        bottom = 1 - (row + 1) / down
        axes[f"xaxis{suffix}"] = {
            "domain": [column * width + 0.02, (column + 1) * width - 0.03], "anchor": f"y{suffix}", "showgrid": False, **_ticks(effect.variable),
        }
        axes[f"yaxis{suffix}"] = {
            "domain": [bottom + 0.12 / down, bottom + (1 - 0.16) / down], "anchor": f"x{suffix}", "range": span, "tickformat": ",",
            "zeroline": True, "zerolinecolor": QUIET, "showticklabels": column == 0,
        }
        notes.append(_heading(view, effect, column * width + 0.02, bottom + (1 - 0.15) / down, width))
    figure = {"data": traces, "layout": layout(230 * down + 30, margin={"l": 56, "r": 4, "t": 26, "b": 14}, annotations=notes, **axes)}
    columns = [view.say("study.page.variable"), view.say("study.page.value"), f"{view.label(outcome)} ({unit})", "low", "high"]
    return Chart(_id(outcome), view.sentence(outcome), figure, columns, table, _note(view, outcome))


# ---------------------------------------------------------------------------------------------------- pieces
def _id(outcome: Outcome) -> str:
    return f"{outcome.id}-{outcome.sector}"


def _axis(value):
    """A switch stands on its axis as a word."""
    return value_text(value) if isinstance(value, (bool, np.bool_)) else float(value)


def value_text(value) -> str:
    """A value of a variable as a file writes it, in six digits."""
    return value if isinstance(value, str) else str(bool(value)).lower() if isinstance(value, (bool, np.bool_)) else f"{value:.6g}"


def _ticks(variable) -> dict:
    """Marks at the values of a short list of numbers; else as the chart finds."""
    if variable.values and isinstance(variable.values[0], bool):
        return {"type": "category"}
    return {"tickvals": [float(value) for value in variable.values]} if 0 < len(variable.values) <= 7 else {"nticks": 5}


def _band(x, low, high, colour: str) -> dict:
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return {
        "type": "scatter", "mode": "lines", "x": [*x, *x[::-1]], "y": [*low, *high[::-1]], "fill": "toself", "fillcolor": f"rgba({r},{g},{b},0.16)",
        "line": {"width": 0}, "hoverinfo": "skip",
    }


def _line(x, mean, colour: str, name: str, told, unit: str) -> dict:
    """A line with a full mark where the difference is told from chance and a hollow one where it is not."""
    return {
        "type": "scatter", "mode": "lines+markers", "x": x, "y": list(mean), "name": name, "line": {"color": colour, "width": 2.2},
        "marker": {"size": TOLD, "color": [colour if one else "white" for one in told], "line": {"color": colour, "width": 1.6}},
        "hovertemplate": f"{name} %{{x}}: %{{y:,.4g}} {unit}<extra></extra>",
    }


def _dots(effect: Effect, divisor: float) -> dict:
    x, y = effect.dots
    return {
        "type": "scatter", "mode": "markers", "x": x, "y": list(y / divisor), "marker": {"size": DOT, "color": QUIET, "opacity": 0.7},
        "hovertemplate": "%{x}: %{y:,.4g}<extra></extra>",
    }


def _span(rows, divisor: float) -> list[float]:
    """The upright axis: all points with their ranges and zero, and at least four times the largest error high."""
    error = float(np.nan_to_num(rows["se"]).max())
    low = np.nanmin(np.fmin(rows["mean"], rows["low"]))
    high = np.nanmax(np.fmax(rows["mean"], rows["high"]))
    low, high = min(low, 0.0), max(high, 0.0)
    short = max(4 * error - (high - low), 0.0)
    low, high = low - short / 2, high + short / 2
    room = 0.06 * (high - low) or divisor  # where nothing differs at all, one shown unit to either side
    return [float((low - room) / divisor), float((high + room) / divisor)]


def _unit_note(unit: str) -> dict:
    return {"x": 0, "xref": "paper", "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": "left", "xshift": -40, "yshift": 8, "showarrow": False,
            "text": unit or "&nbsp;", "font": {"size": 11, "color": "#5a656b"}}


def _end_labels(ends, span, head: str) -> list[dict]:
    """The value of the other variable at the right end of each line, pushed apart, under its name."""
    beside = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "showarrow": False}
    notes, last = [], None
    for height, name, colour in sorted(ends, key=lambda end: -end[0]):
        last = height if last is None else min(height, last - 0.07 * (span[1] - span[0]))
        notes.append({**beside, "y": last, "text": f"<b>{name}</b>", "font": {"size": 12, "color": colour}})
    text = _wrapped(head, 18 if head.isascii() else 9)
    return [*notes, {**beside, "y": notes[0]["y"], "yanchor": "bottom", "yshift": 12, "align": "left", "text": text, "font": {"size": 11, "color": INK}}]


def _heading(view: StudyView, effect: Effect, x: float, y: float, width: float) -> dict:
    name = view.name(effect.variable)
    return {"x": x, "xref": "paper", "y": y, "yref": "paper", "yanchor": "bottom", "xanchor": "left", "align": "left", "showarrow": False,
            "text": f"<b>{_wrapped(name, int(width * (50 if not name.isascii() else 95)))}</b>", "font": {"size": 11, "color": INK if effect.told else QUIET}}


def _wrapped(text: str, letters: int) -> str:
    """Broken into lines of so many letters, at spaces where there are any."""
    if not text.isascii():
        return "<br>".join(text[i : i + letters] for i in range(0, len(text), letters))
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _note(view: StudyView, outcome: Outcome) -> str:
    """The sampling error of a point, where there is one."""
    error = view.of(outcome, view.table)["sample_se"]
    if error.isna().all():
        return ""
    shown = outcome.indicator.show(float(error.median()), view.language)
    return view.say("study.page.sample_error", error=f"{shown} {outcome.indicator.reading(view.language)[1]}".strip())
