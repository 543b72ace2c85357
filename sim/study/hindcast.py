"""A check against Jiutai's pilot of 2015-2019: under the rules of 2019, how many parcels enter in five years, for how much, and how many homesteads go.

    python -m sim.study.hindcast [households] [seeds]
The plan (吉政办函〔2020〕118号 一(三)2) counts 222 parcels, 150 M yuan and 273 homesteads. The rules of the baseline are those of the pilot in Jiutai; the
population is that of 2019. No homestead is left in the first year, since nothing signed before it is known: homesteads are counted from the second
on. Two constants were fitted to these figures: the slots for entry and the price of land at the edge of a county town. The rest is a check, homesteads
among it. Not here: other places and years.
"""
import sys
from typing import NamedTuple

import numpy as np

from sim import evidence
from sim.kernels.year import H
from sim.places import DISTRICT_IDS
from sim.scenario import load
from sim.simulation import Simulation

YEARS = 5
HOUSEHOLDS, SEEDS = 240_000, 8
JIUTAI = DISTRICT_IDS.index("jiutai")


class Row(NamedTuple):
    """One figure: what the plan counts, the mean over seeds, the lowest and the highest."""
    figure: str
    plan: float
    mean: float
    low: float
    high: float


def pilot_years(seed, households):
    """(parcels, their value in yuan, homesteads) of Jiutai: parcels of the first five years, homesteads of the five after the first."""
    first = 2019
    moving = Simulation(load("baseline").ending(first + YEARS), households=households, seed=seed, sample=seed)
    found = np.zeros(3)
    while not moving.finished:
        moving.step()
        state = moving.state
        weight = state.spans.weight * (state.spans.district == JIUTAI)
        if moving.year < first + YEARS:
            found[:2] += (weight * state.collectives.parcel).sum(), (weight * state.collectives.parcel_value).sum()
        if moving.year > first:
            found[2] += (weight * state.happened[:, H["homesteads_withdrawn"]]).sum()
    moving.close()
    return found


def hindcast(households=HOUSEHOLDS, seeds=SEEDS):
    """The three figures, each over seeds and as many samples."""
    runs = np.array([pilot_years(seed, households) for seed in range(1, seeds + 1)])
    plan = [evidence.figure(id).value for id in ("zone_plots_entered_2019", "zone_plots_value_2019", "zone_homesteads_used")]
    names = ("parcels entered", "their value, yuan", "homesteads withdrawn")
    return [Row(name, value, *(float(f(runs[:, i])) for f in (np.mean, np.min, np.max))) for i, (name, value) in enumerate(zip(names, plan))]


def main(arguments):
    """Print the table."""
    for row in hindcast(*(int(text) for text in arguments)):
        print(f"{row.figure:24s} plan {row.plan:14,.0f}   model {row.mean:14,.0f}   ({row.low:,.0f} to {row.high:,.0f})")


if __name__ == "__main__":
    main(sys.argv[1:])
