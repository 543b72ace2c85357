"""The sheet of key indicators for a report year: one list of rows that the terminal, Markdown, Excel and the brief all show.

Not here: the tidy numbers themselves (`sim/study/comparison.py`), drawing (`sim/report/charts.py`).
"""

from typing import NamedTuple

import numpy as np

from sim.indicators import INCOME_COMPONENTS, SECTORS, SINCE_START, indicator_of
from sim.results import Run
from sim.study.comparison import COSTS, ENOUGH_SEEDS, MANY_SEEDS, Difference, compare, cost_per_result, reading
from sim.study.sampling_error import knows_its_error
from sim.words import CATALOGUE, LANGUAGES

KEY_ROWS = (
    ("income_gap_ratio", "all"),
    ("income_gap_ratio_fixed_membership", "all"),
    ("income_gap_ratio_registered", "all"),
    *((id, sector) for sector in ("rural", "urban") for id in ("disposable_income", *INCOME_COMPONENTS)),
    ("gini", "all"),
    ("settled_migrants", "all"),
    *(
        (f"{id}{SINCE_START}", "all")
        for id in (
            "homesteads_withdrawn",
            "village_projects_funded",
            "village_projects_dropped",
            "qualification_retained",
            "contract_rights_exited_mu",
            "shares_exited",
            "combined_exits",
            "homestead_reclaimed_ha",
            "parcels_entered",
        )
    ),
    ("land_transfer_share", "all"),
    ("grain_output_t", "all"),
    ("loans_outstanding_yuan", "all"),
    (f"loans_new{SINCE_START}", "all"),
    (f"fiscal_cost_yuan{SINCE_START}", "all"),
    (f"upper_fiscal_cost_yuan{SINCE_START}", "all"),
)


class SheetRow(NamedTuple):
    """One row of a sheet. Texts are ready to show; `divisor` turns the raw numbers into the shown scale."""

    indicator: str
    sector: str
    label: str
    unit: str
    reference: str
    value: str
    difference: str
    range: str
    verdict: str
    raw: dict  # reference, value, mean, low, high, se, n, distinguishable
    divisor: float
    better: int


def tell(language: str, key: str, **fields) -> str:
    """The sentence of a key in a given language, whatever the process speaks."""
    return CATALOGUE[key][LANGUAGES.index(language)].format_map(fields)


def label(id: str, sector: str, language: str) -> str:
    """Name of an indicator with its sector: 农村人均可支配收入; Disposable income per head, rural."""
    title = indicator_of(id).title(language)
    if sector == "all":
        return title
    word = SECTORS[sector][LANGUAGES.index(language)]
    return f"{word}{title}" if language == "zh" else f"{title}, {word}"


def component_name(id: str, language: str) -> str:
    """Name of an income component where `per head` is said already: 工资性收入; Wage income."""
    return indicator_of(id).title(language).removeprefix("人均").removesuffix(" per head")


def verdict(raw: dict, better: int, language: str, spending: bool = False) -> str:
    """better, worse or changed where the difference can be told from chance; else why not. Of spending only whether it is more or less."""
    read = reading_of(raw)
    if read != "apart":
        return tell(language, f"verdict.{read}") if read else ""
    if spending:
        return tell(language, "table.spends_more" if raw["mean"] > 0 else "table.spends_less")
    if better == 0:
        return tell(language, "table.changed")
    return tell(language, "table.better" if raw["mean"] * better > 0 else "table.worse")


def reading_of(raw: dict) -> str:
    """`reading` of the numbers that a row of a sheet holds."""
    return reading(Difference(**{name: raw[name] for name in Difference._fields}))


def shows(number: str) -> bool:
    """Whether a printed difference has a digit other than zero."""
    return any(character in "123456789" for character in number)


def tone(row: SheetRow) -> str:
    """How a difference is coloured: better, worse, plain (`d`) or unsure."""
    if not (row.raw["distinguishable"] and shows(row.difference)):
        return "unsure"
    good = row.raw["mean"] * row.better
    return "better" if good > 0 else "worse" if good < 0 else "d"


def kind_of(run: Run, language: str) -> str:
    return tell(language, "kind.toy" if run.toy else "kind.sample" if run.weighted else "kind.exact")


def source_line(run: Run, language: str) -> str:
    return tell(language, "brief.source", households=f"{run.households:,}", kind=kind_of(run, language), seeds=len(run.seeds))


def range_word(seeds: int, language: str) -> str:
    return tell(language, "table.range.many" if seeds >= MANY_SEEDS else "table.range.few")


def sheet(reference: Run, run: Run | None, year: int, language: str, table=None) -> list[SheetRow]:
    """The key rows of a year; with one run only, its values in `value`. Rows that the run does not emit are left out."""
    main = run or reference
    table = compare(*([reference, run] if run else [reference]), at=[year]) if table is None else table
    table = table[(table["year"] == year) & (table["district"] == "zone") & (table["group"] == "")]
    found = {(r.run, r.indicator, r.sector): r for r in table.itertuples()}
    rows = []
    for id, sector in KEY_ROWS:
        mine, base = found.get((main.id, id, sector)), found.get((reference.id, id, sector))
        if mine is None or base is None:
            continue
        raw = {"reference": base.value, **{f: getattr(mine, f) for f in ("value", "mean", "low", "high", "se", "n", "distinguishable")}}
        rows.append(_row(id, sector, label(id, sector, language), raw, language))
    if run:
        rows += _costs(reference, run, year, language, table)
    return rows


def _row(id: str, sector: str, name: str, raw: dict, language: str) -> SheetRow:
    indicator = indicator_of(id)
    divisor, unit = indicator.reading(language)

    def show(value, signed=False):
        return indicator.show(value, language, signed)

    spread = "" if not np.isfinite(raw["low"]) else tell(language, "table.span", low=show(raw["low"], True), high=show(raw["high"], True))
    size = show(raw["mean"], True) if raw["n"] else ""
    spending = id.removesuffix(SINCE_START) in ("fiscal_cost_yuan", "upper_fiscal_cost_yuan")  # the price of a policy, neither good nor bad of itself
    known = shows(size) or not raw["distinguishable"]
    read = verdict(raw, indicator.better, language, spending) if known else tell(language, "verdict.tiny")
    better = 0 if spending else indicator.better
    return SheetRow(id, sector, name, unit, show(raw["reference"]), show(raw["value"]), size, spread, read, raw, divisor, better)


def _costs(reference: Run, run: Run, year: int, language: str, table) -> list[SheetRow]:
    nothing = dict.fromkeys(("reference", "mean", "low", "high", "se"), float("nan"))
    rows = []
    for id, cost in cost_per_result(reference, run, year, table).items():
        if cost is None:
            continue
        shown, divisor, unit = cost_words(id, cost, language)
        rows.append(
            SheetRow(
                f"cost_per_{COSTS[id]}",
                "all",
                tell(language, f"table.cost.{COSTS[id]}"),
                unit,
                "–",
                shown,
                "",
                "",
                "",
                {**nothing, "value": cost, "n": 0, "distinguishable": False},
                divisor,
                -1,
            )
        )
    return rows


def cost_words(id: str, cost: float, language: str) -> tuple[str, float, str]:
    """(number, its divisor, unit) of a cost per result: 14.76, 10,000, 万元/宗; 147,642, 1, yuan per plot."""
    wan = language == "zh" and abs(cost) >= 1e4
    divisor = 1e4 if wan else 1.0
    unit = tell(language, "table.cost.unit.wan" if wan else "table.cost.unit", unit=tell(language, f"unit.{COSTS[id]}"))
    return f"{cost / divisor:,.{2 if wan else 0}f}", divisor, unit


def header(reference: Run, run: Run, language: str) -> list[str]:
    return [
        tell(language, "table.indicator"),
        tell(language, "table.unit"),
        reference.title(language),
        run.title(language),
        *(tell(language, f"table.{key}") for key in ("difference", "range", "verdict")),
    ]


def cells(row: SheetRow) -> list[str]:
    return [row.label, row.unit, row.reference, row.value, row.difference, row.range, row.verdict]


def caption(reference: Run, run: Run, year: int, language: str) -> str:
    """Title of a sheet; a run alone is named without a reference."""
    if run is reference:
        return f"{year} · {run.title(language)}"
    return tell(language, "table.title", year=year, scenario=run.title(language), reference=reference.title(language))


def how(reference: Run, run: Run, language: str) -> str:
    """How the numbers came about, and what their ranges leave out."""
    seeds = common_seeds(reference, run)
    text = tell(language, "table.how", households=f"{run.households:,}", kind=kind_of(run, language), seeds=seeds, range=range_word(seeds, language))
    if 0 < seeds < ENOUGH_SEEDS and run is not reference:
        text += ("" if language == "zh" else " ") + tell(language, "table.few_seeds", seeds=seeds, enough=ENOUGH_SEEDS)
    if run.weighted:
        text += ("" if language == "zh" else " ") + tell(language, "table.sample_error" if knows_its_error(run) else "table.no_sample_error")
    return text


def common_seeds(*runs: Run) -> int:
    return len(set.intersection(*(set(run.seeds) for run in runs)))


def markdown(runs: list[Run], years, language: str, by: str | None = None) -> str:
    """The sheets of every scenario and year as Markdown; with `by`, one table of the groups' differences."""
    from sim.report.projects import fewer_projects  # it reads tables

    reference, parts = runs[0], []
    for run in runs[1:] or runs:
        for year in years:
            if by:
                names, body = groups(reference, run, year, by, language)
            else:
                names = header(reference, run, language)
                body = [cells(row) for row in sheet(reference, run if run is not reference else None, year, language)]
            lines = [
                f"| {' | '.join(names)} |",
                "|" + "---|" * 2 + "---:|" * (len(names) - 2),
                *(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in body),
            ]
            parts.append(f"**{caption(reference, run, year, language)}**\n\n" + "\n".join(lines) + "\n")
        parts += [text + "\n" for text in (fewer_projects(reference, run, max(years), language), how(reference, run, language)) if text]
    return "\n".join(parts)


def groups(reference: Run, run: Run, year: int, by: str, language: str) -> tuple[list[str], list[list[str]]]:
    """(header, rows) of the differences by district, decile or type of household, as texts."""
    rows = [[place, *cells(row)] for place, row in group_rows(reference, run, year, by, language)]
    return [tell(language, "table.district" if by == "district" else "table.group"), *header(reference, run, language)], rows


def group_rows(reference: Run, run: Run, year: int, by: str, language: str) -> list[tuple[str, SheetRow]]:
    """(name of the group, its row) for every district, decile or type of household."""
    table = compare(*([reference] if run is reference else [reference, run]), at=[year], by=by)
    base = {(r.indicator, r.district, r.sector, r.group): r.value for r in table[table["run"] == reference.id].itertuples()}
    order = {key: i for i, key in enumerate(KEY_ROWS)}
    found = list(table[table["run"] == run.id].itertuples())
    if by == "district":
        found = sorted((r for r in found if (r.indicator, r.sector) in order), key=lambda r: order[r.indicator, r.sector])
    rows = []
    for r in found:
        raw = {
            "reference": base.get((r.indicator, r.district, r.sector, r.group), float("nan")),
            **{f: getattr(r, f) for f in ("value", "mean", "low", "high", "se", "n", "distinguishable")},
        }
        place = district_name(r.district, language) if by == "district" else group_name(r.group, language)
        rows.append((place, _row(r.indicator, r.sector, label(r.indicator, r.sector, language), raw, language)))
    return rows


def district_name(id: str, language: str) -> str:
    from sim.places import DISTRICTS

    return next((getattr(d, language) for d in DISTRICTS if d.id == id), id)


def group_name(group: str, language: str) -> str:
    """`decile 1` in words; a type of household in words where the catalogue has it, else as the run names it."""
    if not group.startswith("decile "):
        return tell(language, f"type.{group}") if f"type.{group}" in CATALOGUE else group
    k = int(group.removeprefix("decile "))
    return tell(language, {1: "brief.decile.low", 10: "brief.decile.high"}.get(k, "brief.decile"), k=k)
