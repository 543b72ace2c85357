"""Writes docs/baseline.md: the path of the income ratio in the baseline, split exactly, with what moves each part in the model.

    python -m sim.study.baseline_page [--households 60000] [--seeds 4]
Numbers are means over runs of the baseline on a sample; the sentences beside them name mechanisms, never sizes. To be run again when numbers change.
Not here: the split (`sim/study/gap_path.py`).
"""
import argparse
import sys
from pathlib import Path

from sim.indicators import INCOME_COMPONENTS, indicator_of
from sim.scenario import load
from sim.simulation import simulate
from sim.study import fit
from sim.study.gap_path import FIXED, GAP, gap_path, largest, yearly_changes

PAGE = Path(__file__).parents[2] / "docs" / "baseline.md"
SHOWN = (2020, 2025, 2030, 2035)
MOVERS = {
    ("urban", "wage_income"): "productivity and capital of firms, unemployment, and who works: towns age, and newcomers earn less than those who are there",
    ("urban", "operating_income"): "own-account work follows pay in the district",
    ("urban", "property_income"): "dividends of firms (cut while firms invest), interest on deposits, imputed rent per head",
    ("urban", "transfer_income"): "pensions by the declared path and the growing part of people above pension age",
    ("rural", "wage_income"): "commuters and off-farm days at the pay of the district; those who leave take their wages into the town's mean",
    ("rural", "operating_income"): "grain prices by the declared path, growth of yields, inputs, more land per farmer who stays, own-account work",
    ("rural", "property_income"): "rents for land that more families let, dividends of the collective, interest",
    ("rural", "transfer_income"): "pensions and other transfers by the declared paths, ageing villages, remittances of members away",
}


def written(reading, households):
    """The text of the page."""
    splits = {split.last: split for split in gap_path(reading)}
    years = [year for year in SHOWN if year in splits]
    last = splits[years[-1]]
    ratio = {id: reading.one(id, year=last.last) / reading.one(id) for id in (GAP, FIXED)}
    parts = [_head(reading, households, last), _ratios(reading, years), _components(splits, years), _levels(reading, years), _reasons(last)]
    parts += [_membership(splits, years, ratio), _prices(splits, years), _changes(reading)]
    return "\n".join(parts)


def _table(head, rows):
    lines = ["| " + " | ".join(map(str, head)) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"


def _points(value):
    return f"{100 * value:+.1f}"


def _name(sector, component):
    return f"{sector} {indicator_of(component).en[0].lower()}{indicator_of(component).en[1:]}"


def _head(reading, households, last):
    order = sorted(last.components.items(), key=lambda item: -abs(item[1]))
    first, now = (f"{reading.one(GAP, year=year):.3f}" for year in (last.first, last.last))
    told = "; ".join(f"{_name(*key)} {_points(value)}" for key, value in order[:4])
    return f"""# The baseline's income ratio, and why it moves

Written by `python -m sim.study.baseline_page`: means over {reading.seeds} seeds of the baseline, {households:,} households each. Not edited by hand; run it
again when numbers change. Log points are 100 times the change of a logarithm, about percent; a positive part widens the ratio.

From {last.first} to {last.last} the ratio of urban to rural income goes from {first} to {now}, {_points(last.change)} log points, of which people kept in
the sector of {last.first} account for {_points(last.fixed)} and who is counted where for {_points(last.reclassified)}. By component the largest parts are:
{told}.
No instrument of the plan acts in the baseline: what follows is the course of declared drivers, of people's choices and of ageing.
"""


def _ratios(reading, years):
    rows = [(indicator_of(id).en, *(f"{reading.one(id, year=year):.3f}" for year in (fit.BASE, *years)))
            for id in (GAP, FIXED, "income_gap_ratio_registered", "income_gap_ratio_real") if reading.one(id) == reading.one(id)]
    return "## The ratio\n\n" + _table(("", fit.BASE, *years), rows)


def _components(splits, years):
    keys = splits[years[0]].components
    rows = [("all", *(_points(splits[year].change) for year in years))]
    rows += [(_name(*key), *(_points(splits[year].components[key]) for year in years)) for key in keys]
    return f"## By component, log points since {splits[years[0]].first}\n\n" + _table(("", *years), rows)


def _levels(reading, years):
    rows = [(_name(sector, name), *(f"{reading.one(name, sector, year=year):,.0f}" for year in (fit.BASE, *years)))
            for sector in ("urban", "rural") for name in (*INCOME_COMPONENTS, "disposable_income")]
    return "## Incomes per head, yuan of 2019\n\n" + _table(("", fit.BASE, *years), rows)


def _reasons(last):
    order = sorted(last.components.items(), key=lambda item: -abs(item[1]))
    rows = [f"- **{_name(*key)}**, {_points(value)}: {MOVERS[key]}." for key, value in order]
    return f"## What moves each part in the model, {last.first}-{last.last}, largest first\n\n" + "\n".join(rows) + "\n"


def _membership(splits, years, ratio):
    rows = [("people kept in the sector of 2019", *(_points(splits[year].fixed) for year in years)),
            ("who is counted where", *(_points(splits[year].reclassified) for year in years))]
    way = "widens" if splits[years[-1]].reclassified > 0 else "narrows"
    return f"""## By membership, log points

{_table(("", *years), rows)}
With people kept where they lived in 2019 the ratio becomes {ratio[FIXED]:.3f} times what it was, as published {ratio[GAP]:.3f} times: who moves, and so is
counted in the other sector, {way} the published ratio. Both splits add up to the same change; they are two views of it.
"""


def _prices(splits, years):
    rows = [("change of the ratio", *(_points(splits[year].change) for year in years))]
    rows += [(f"{sector} cost of living", *(_points(splits[year].prices[sector]) for year in years)) for sector in splits[years[0]].prices]
    rows += [("ratio at local prices", *(_points(splits[year].real) for year in years))]
    return f"""## With local prices, log points

{_table(("", *years), rows)}
Town costs move with rents of dwellings and local services, those of villages with services and food. Each side deflated by its own, the ratio changes by
the last row, which is the sum of the others.
"""


def _changes(reading):
    changes = yearly_changes(reading)
    beyond = [change for change in changes if change.beyond]
    rows = [(indicator_of(change.indicator).en, change.sector, change.year, _size(change.size, change.kind), _size(change.bound, change.kind).lstrip("+"))
            for change in (beyond or largest(changes))]
    said = f"{len(beyond)} yearly changes are beyond the bounds declared beside the indicators." if beyond else (
        "No yearly change is beyond the bounds declared beside the indicators; the largest of each:")
    head = "## Yearly changes\n\nOf the means over seeds; of one run, with its own weather: `ronghe fit RUN --path`. "
    return head + said + "\n\n" + _table(("", "sector", "year", "change", "bound"), rows)


def _size(value, kind):
    return f"{100 * value:+.1f} log points" if kind == "growth" else f"{value:+.3g}"


def main(words=None):
    asked = argparse.ArgumentParser(prog="python -m sim.study.baseline_page", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--households", type=int, default=fit.HOUSEHOLDS)
    asked.add_argument("--seeds", type=int, default=4)
    asked = asked.parse_args(words)
    runs = [simulate(load("baseline"), households=asked.households, seed=seed + 1) for seed in range(asked.seeds)]
    PAGE.write_text(written(fit.Reading.of_results(*runs), asked.households), encoding="utf-8")
    print(PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
