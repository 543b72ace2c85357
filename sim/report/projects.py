"""Why paying more can bring fewer homesteads: where pay rises and a district's money does not, it funds fewer village projects.

Told only where all of it happens between two runs: higher pay, more projects dropped for want of money, fewer funded.
Not here: how projects are drawn and paid (`sim/institutions/collectives.py`), the other sentences (`sim/report/sentences.py`).
"""

import numpy as np

from sim.indicators import SINCE_START, indicator_of
from sim.places import DISTRICT_IDS
from sim.report.tables import tell
from sim.results import Run
from sim.study.comparison import Difference, difference, reading, seed_values, untold
from sim.study.sampling_error import errors_of_sums
from sim.words import district_names

PAY = ("plot_price", "house_price", "qualification_price")
FLOWS = ("village_projects_funded", "village_projects_dropped", "homesteads_withdrawn")
FUNDED, DROPPED, EXITS = (f"{id}{SINCE_START}" for id in FLOWS)


def better_paid(reference: Run, run: Run, year: int) -> list[str]:
    """Districts where a run has paid more than the reference for some part of a homestead by a year, and for none less."""
    key = ["rule", "district", "year", "seed"]
    books = []
    for one in (reference, run):
        book = one.rulebook
        books.append(book[book["rule"].isin(PAY) & (book["year"] <= year)].set_index(key)["delivered"].astype(float))
    moved = (books[1] - books[0]).dropna().reset_index()
    found = moved.groupby("district")["delivered"].agg(["min", "max"])
    return [id for id in DISTRICT_IDS if id in found.index and found.loc[id, "max"] > 0 and found.loc[id, "min"] >= 0]


def _by_district(run: Run):
    """What a run says of projects and exits since the start: a row per indicator, year and district, a column per seed; worked out once."""
    if "projects" not in run.worked_out:
        frame = seed_values(run, "district", FLOWS)
        frame = frame[frame["indicator"].isin((FUNDED, DROPPED, EXITS))]
        run.worked_out["projects"] = frame.pivot_table(index=["indicator", "year", "district"], columns="seed", values="value")
    return run.worked_out["projects"]


def _differences(reference: Run, run: Run, year: int, districts) -> dict[str, tuple[float, float, Difference]]:
    """{indicator: (reference, run, difference paired by seed)} summed over districts, with their sampling error; what a run does not emit is left out."""
    errors = errors_of_sums(reference, run, FLOWS, year, [DISTRICT_IDS.index(id) for id in districts])
    sums = []
    for one in (reference, run):
        rows = _by_district(one)
        here = rows.index.isin([year], level="year") & rows.index.isin(districts, level="district")
        sums.append(rows[here].groupby(level="indicator").sum(min_count=1))
    found = {}
    for id in sums[1].index.intersection(sums[0].index):
        seeds = sums[0].columns.intersection(sums[1].columns)
        mine, base = sums[1].loc[id, seeds].to_numpy(), sums[0].loc[id, seeds].to_numpy()
        found[id] = (float(np.mean(base)), float(np.mean(mine)), difference(mine - base, errors[id.removesuffix(SINCE_START)]))
    return found


def fewer_projects(reference: Run, run: Run, year: int, language: str) -> str:
    """A sentence where higher pay means fewer funded projects and so few exits; else empty."""
    if run is reference:
        return ""
    districts = better_paid(reference, run, year)
    found = _differences(reference, run, year, districts) if districts else {}
    if set(found) != {FUNDED, DROPPED, EXITS}:
        return ""
    base, mine, fewer = found[FUNDED]
    if not fewer.mean < 0 < found[DROPPED][2].mean:
        return ""
    exits = found[EXITS][2]
    show = lambda id, value: indicator_of(id).show(value, language)  # noqa: E731
    way = "unsure" if reading(exits) == "not" else "fewer" if exits.mean < 0 else "more"
    unsure = tell(language, f"unsure.{untold(exits.n)}")
    told = tell(language, f"projects.exits.{way}", size=show(EXITS, abs(exits.mean)), unsure=unsure, reference=reference.title(language))
    few = tell(language, f"projects.{reading(fewer)}") if reading(fewer) in ("few", "not") else ""
    return tell(
        language, "projects.fewer", districts=district_names(districts, language), year=year, funded=show(FUNDED, mine), base=show(FUNDED, base),
        dropped=show(DROPPED, found[DROPPED][1]), before=show(DROPPED, found[DROPPED][0]), exits=told, few=few, scenario=run.title(language),
        reference=reference.title(language),
    )  # fmt: skip
