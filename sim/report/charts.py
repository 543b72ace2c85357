"""The charts over years: the ratio, incomes, exits and loans.

Titles, tables and last points take their numbers from the same comparison, so they cannot disagree.
Not here: groups and districts (`sim/report/gains.py`), the page (`sim/report/brief.py`).
"""

from sim.indicators import INCOME_COMPONENTS, SECTORS, SINCE_START, indicator_of
from sim.report.sentences import common_path, parts_sentence, path_sentence, sentence
from sim.report.tables import component_name, range_word
from sim.report.view import GAP, GAP_SPAN, INK, PART_COLOURS, Chart, View, layout


def gap(view: View) -> Chart:
    """The income ratio over the years: scenario against the dotted reference, band over seeds, lines at the report years."""
    traces, rows, seen, ends = [], [], [], []
    for run in reversed(view.runs):  # the dotted reference last, so that it shows where lines coincide
        years, mean, low, high = view.series(GAP, run)
        dotted = run is view.reference and not view.alone
        colour, name = view.colours[run.id], run.title(view.language)
        seen += [*low, *high]
        ends.append((float(mean[-1]), name, colour))
        traces.append(_band(years, low, high, colour))
        traces.append(
            {
                "type": "scatter",
                "x": years,
                "y": list(mean),
                "mode": "lines",
                "name": name,
                "line": {"color": colour, "width": 2.2, "dash": "dot" if dotted else "solid"},
                "hovertemplate": f"{name} %{{x}}: %{{y:.3f}}<extra></extra>",
            }
        )
        rows += [[name, y, float(m), float(a), float(b)] for y, m, a, b in zip(years, mean, low, high, strict=True)]
    middle, span = (max(seen) + min(seen)) / 2, max(GAP_SPAN, 1.15 * (max(seen) - min(seen)))
    figure = {
        "data": traces,
        "layout": layout(
            300,
            margin={"l": 44, "r": 150, "t": 12, "b": 30},
            yaxis={"range": [middle - span / 2, middle + span / 2], "tickformat": ".2f"},
            xaxis={"range": [view.first - 0.3, view.last + 0.3], "dtick": 2, "tick0": view.first},
            shapes=_year_lines(view),
            annotations=_labels(ends, span),
        ),
    }
    band = range_word(len(view.focus.seeds), view.language)
    reading = "" if view.alone else view.say("brief.gap.note", reference=view.reference.title(view.language), range=band, span=GAP_SPAN)
    note = ("" if view.language == "zh" else " ").join(filter(None, (common_path(view), reading)))
    return Chart(
        "gap",
        path_sentence(view),
        figure,
        [view.say("brief.scenario"), view.say("table.year"), indicator_of(GAP).title(view.language), "low", "high"],
        rows,
        note,
        view.show(GAP, view.one(GAP, view.end).value),
    )


def _band(years: list[int], low, high, colour: str, **axes) -> dict:
    """The range over seeds, filled."""
    return {
        "type": "scatter",
        "x": years + years[::-1],
        "y": [*high, *low[::-1]],
        "fill": "toself",
        "fillcolor": _faint(colour),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
        "mode": "lines",
        **axes,
    }


def _year_lines(view: View) -> list[dict]:
    return [
        {"type": "line", "x0": y, "x1": y, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": "#b9c0bf", "width": 1}, "layer": "below"}
        for y in view.report_years
    ]


def _labels(ends, span: float) -> list[dict]:
    """Names at the right end of lines, pushed apart where they would overlap."""
    notes, last = [], None
    for value, name, colour in sorted(ends, key=lambda e: -e[0]):
        place = value if last is None else min(value, last - 0.09 * span)
        last = place
        short = name if len(name) <= 11 or name.isascii() and len(name) <= 20 else name[: 10 if not name.isascii() else 19] + "…"
        notes.append(
            {
                "x": 1,
                "xref": "paper",
                "y": place,
                "xanchor": "left",
                "xshift": 8,
                "showarrow": False,
                "align": "left",
                "text": f"{short} <b>{value:.3f}</b>",
                "font": {"size": 11.5, "color": colour},
            }
        )
    return notes


def _faint(colour: str) -> str:
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r},{g},{b},0.16)"


def income(view: View) -> Chart:
    """The four components by sector in the first and the report years, reference and scenario."""
    bars, rows = [], []
    for sector in ("urban", "rural"):
        for year in reversed([view.first, *view.report_years]):
            for run in [view.focus] if view.alone or year == view.first else [view.focus, view.reference]:
                parts = {id: view.one(id, year, sector, run) for id in INCOME_COMPONENTS}
                if all(parts.values()):
                    name = f"{indicator_sector(sector, view.language)} {year}" + (
                        "" if view.alone or year == view.first else f" · {_short(run.title(view.language))}"
                    )
                    bars.append(
                        (
                            name,
                            {id: row.value for id, row in parts.items()},
                            run is view.reference and year != view.first and not view.alone,
                        )
                    )
                    rows += [
                        [
                            indicator_sector(sector, view.language),
                            year,
                            run.title(view.language),
                            indicator_of(id).title(view.language),
                            row.value,
                        ]
                        for id, row in parts.items()
                    ]
    widest = max((sum(b[1].values()) for b in bars), default=1.0)
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "y": [b[0] for b in bars],
            "x": [b[1][id] for b in bars],
            "name": component_name(id, view.language),
            "marker": {"color": PART_COLOURS[id], "opacity": [0.55 if b[2] else 1 for b in bars]},
            "text": [f"{b[1][id]:,.0f}" if b[1][id] > 0.1 * widest else "" for b in bars],
            "constraintext": "none",
            "cliponaxis": False,
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textfont": {"color": [INK if id == "transfer_income" or b[2] else "white" for b in bars], "size": 10.5},
            "textangle": 0,
            "hovertemplate": f"%{{y}} {indicator_of(id).title(view.language)}: %{{x:,.0f}}<extra></extra>",
        }
        for id in INCOME_COMPONENTS
    ]
    totals = [
        {
            "x": sum(b[1].values()),
            "y": b[0],
            "text": f"<b>{sum(b[1].values()):,.0f}</b>",
            "showarrow": False,
            "xanchor": "left",
            "xshift": 5,
            "font": {"size": 11},
        }
        for b in bars
    ]
    figure = {
        "data": traces,
        "layout": layout(
            64 + 27 * len(bars),
            barmode="stack",
            bargap=0.28,
            showlegend=True,
            margin={"l": 170, "r": 56, "t": 34, "b": 8},
            annotations=totals,
            legend={"orientation": "h", "x": -0.3, "y": 1.0, "yanchor": "bottom", "traceorder": "normal", "font": {"size": 11.5}},
            xaxis={"visible": False},
            yaxis={"showgrid": False, "automargin": False},
        ),
    }
    return Chart(
        "income",
        parts_sentence(view),
        figure,
        [view.say("brief.kind"), view.say("table.year"), view.say("brief.scenario"), view.say("table.indicator"), "yuan2019"],
        rows,
        view.say("brief.income.note"),
        view.show("disposable_income", view.one("disposable_income", view.end, "rural").value),
    )


def indicator_sector(sector: str, language: str) -> str:
    word = SECTORS[sector][0 if language == "zh" else 1]
    return word if language == "zh" else word.capitalize()


def _short(name: str) -> str:
    limit = 18 if name.isascii() else 9
    return name if len(name) <= limit else name[: limit - 1] + "…"


def small_lines(view: View, chart_id: str, ids: list[str], title: str, note: str, number: str | None) -> Chart:
    """Small multiples, at most four abreast: each indicator over the years, every axis from zero."""
    present = [id for id in ids if len(view.series(id, view.focus)[0])]
    traces, rows, extra, notes = [], [], {}, []
    for k, id in enumerate(present):
        indicator, suffix = indicator_of(id), "" if k == 0 else str(k + 1)
        divisor, unit = indicator.reading(view.language)
        top = 0.0
        for run in reversed(view.runs):
            years, mean, low, high = view.series(id, run)
            name, colour = run.title(view.language), view.colours[run.id]
            if not len(mean):
                continue
            top = max(top, *(high / divisor))
            axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
            traces.append(_band(years, low / divisor, high / divisor, colour, **axes))
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": years,
                    "y": list(mean / divisor),
                    "name": name,
                    "showlegend": k == 0,
                    "legendrank": view.runs.index(run),
                    **axes,
                    "line": {"color": colour, "width": 2, "dash": "dot" if run is view.reference and not view.alone else "solid"},
                    "hovertemplate": f"{name} %{{x}}: %{{y:,.{indicator.decimals}f}} {unit}<extra></extra>",
                }
            )
            rows += [
                [indicator.title(view.language), unit, name, y, float(m / divisor), float(a / divisor), float(b / divisor)]
                for y, m, a, b in zip(years, mean, low, high, strict=True)
            ]
        left, right = k / len(present) + 0.045, (k + 1) / len(present) - 0.045
        extra[f"xaxis{suffix}"] = {
            "domain": [left, right],
            "anchor": f"y{suffix}",
            "showgrid": False,
            "range": [view.first, view.last],
            "tickvals": [view.first, *view.report_years],
            "tickangle": 0,
            "tickfont": {"size": 10, "color": "#5a656b"},
        }
        extra[f"yaxis{suffix}"] = {
            "anchor": f"x{suffix}",
            "range": [0, 1.08 * top or 1],
            "nticks": 5,
            "tickformat": ",",
            "tickfont": {"size": 10, "color": "#5a656b"},
        }
        name = indicator.title(view.language).removeprefix("累计").removesuffix(" since the start")
        heading = f"<b>{_wrap(name, view.language, len(present))}</b><br><span style='color:#5a656b'>{unit}</span>"
        notes.append(
            {
                "x": left,
                "xref": "paper",
                "y": 1.04,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "left",
                "align": "left",
                "showarrow": False,
                "font": {"size": 11.5},
                "text": heading,
            }
        )
    legend = {"orientation": "h", "x": 0.02, "y": -0.14, "yanchor": "top", "font": {"size": 11.5}}
    below = 26 if view.alone else 52
    figure = {
        "data": traces,
        "layout": layout(
            224 + below, margin={"l": 24, "r": 4, "t": 66, "b": below}, annotations=notes, showlegend=not view.alone, legend=legend, **extra
        ),
    }
    return Chart(
        chart_id,
        title,
        figure,
        [view.say("table.indicator"), view.say("table.unit"), view.say("brief.scenario"), view.say("table.year"), "mean", "low", "high"],
        rows,
        note,
        number,
    )


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


def exits(view: View) -> Chart | None:
    ids = [
        f"{id}{SINCE_START}"
        for id in ("homesteads_withdrawn", "qualification_retained", "contract_rights_exited_mu", "homestead_reclaimed_ha")
    ]
    title, number = sentence(view, "brief.exits", ids[0])
    return small_lines(view, "exits", ids, title, view.say("brief.exits.note", first=view.first), number) if title else None


def loans(view: View) -> Chart | None:
    title, number = sentence(view, "brief.loans", "loans_outstanding_yuan")
    return small_lines(view, "loans", ["loans_outstanding_yuan", "loans_new", "npl_ratio"], title, view.say("brief.loans.note"), number) if title else None
