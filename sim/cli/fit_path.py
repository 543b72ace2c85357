"""What `ronghe fit --path` says beside the evidence: yearly changes against their bounds, and why the income ratio moves.

Not here: how they are worked out (`sim/study/gap_path.py`), the bounds (`sim/indicators.py`).
"""

from sim.cli import show
from sim.words import language, say


def as_object(reading) -> dict:
    """{changes, breaches, gap}: the largest change of each indicator, all beyond their bound, the split of the gap by year."""
    from sim.study import gap_path

    changes = gap_path.yearly_changes(reading)
    return {
        "changes": [change._asdict() for change in gap_path.largest(changes)],
        "breaches": [change._asdict() for change in changes if change.beyond],
        "gap": [_split(split) for split in gap_path.gap_path(reading)],
    }


def _split(split) -> dict:
    parts = [{"sector": sector, "component": name, "log": value} for (sector, name), value in split.components.items()]
    prices = [{"sector": sector, "log": value} for sector, value in split.prices.items()]
    return {**split._asdict(), "components": parts, "prices": prices}


def show_path(reading) -> None:
    """Three tables: largest yearly changes, those beyond their bound, the split of the gap."""
    from sim.study import gap_path

    changes = gap_path.yearly_changes(reading)
    beyond = [change for change in changes if change.beyond]
    show.result("\n" + say("fit.changes") + "\n")
    show.result(_changes(gap_path.largest(changes)))
    show.result("\n" + (say("fit.beyond", number=len(beyond)) if beyond else say("fit.beyond.none")) + "\n")
    if beyond:
        show.result(_changes(beyond))
    splits = gap_path.gap_path(reading)
    if splits:
        show.result("\n" + say("fit.gap") + "\n")
        show.result(gap_table(splits))
        show.result("\n" + say("fit.gap.note"))


def _changes(changes) -> str:
    from sim.indicators import BOUNDS, SECTORS, indicator_of

    at = 0 if language() == "zh" else 1
    head = [say(f"fit.head.{name}") for name in ("target", "sector", "year", "change", "bound", "source")]
    rows = [[indicator_of(c.indicator).title(language()), SECTORS[c.sector][at], c.year, _size(c.size, c.kind, True), _size(c.bound, c.kind, False),
             BOUNDS[c.indicator].source] for c in changes]  # fmt: skip
    return show.table(head, rows, right=(3, 4))


def _size(value, kind, signed) -> str:
    """Growth in log points (100 ln), a step in the unit of the indicator."""
    sign = "+" if signed else ""
    return f"{100 * value:{sign}.1f} {say('fit.log_points')}" if kind == "growth" else f"{value:{sign}.3g}"


def gap_table(splits) -> str:
    """A row per part, a column per year: log points (100 ln) of the ratio; positive widens."""
    from sim.indicators import SECTORS, indicator_of

    at = 0 if language() == "zh" else 1
    shown = [split for split in splits if (split.last - split.first) % 2 == 0 or split is splits[-1]]
    rows = [[say("fit.gap.change"), *(_points(split.change) for split in shown)]]
    for sector, name in splits[0].components:
        rows.append([f"  {SECTORS[sector][at]} {indicator_of(name).title(language())}", *(_points(split.components[sector, name]) for split in shown)])
    rows.append([say("fit.gap.fixed"), *(_points(split.fixed) for split in shown)])
    rows.append([say("fit.gap.reclassified"), *(_points(split.reclassified) for split in shown)])
    for sector in splits[0].prices:
        rows.append([say("fit.gap.prices", sector=SECTORS[sector][at]), *(_points(split.prices[sector]) for split in shown)])
    rows.append([say("fit.gap.real"), *(_points(split.real) for split in shown)])
    return show.table([f"{splits[0].first} →", *(split.last for split in shown)], rows, right=range(1, len(shown) + 1))


def _points(value) -> str:
    return f"{100 * value:+.1f}"
