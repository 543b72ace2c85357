"""How far a sample is from the whole zone: levels, differences between scenarios, and rare events.

    python -m sim.study.sampling [--households 60000] [--samples 8] [--out experiments/sampling.csv]

Runs the baseline and the four instruments once for the whole zone and once for each of several samples (other villages and blocks, same seed). Prints
Markdown tables and writes a row per figure, scenario and sample. Not here: bands over seeds (`sim/study/comparison.py`).
"""
import argparse
import csv
import statistics
import sys
from typing import NamedTuple

from sim.scenario import load
from sim.simulation import simulate

SCENARIOS = ("baseline", "four-instruments")
YEAR = 2035
TARGET_PERCENT = 3.0
LEVELS = (("disposable_income", "rural"), ("disposable_income", "urban"), ("income_gap_ratio", "all"), ("urbanisation_rate", "all"),
          ("land_transfer_share", "all"), ("grain_output_t", "all"), ("population", "all"), ("gini", "all"))
RARE = ("homesteads_withdrawn", "qualification_retained", "combined_exits", "contract_rights_exited_mu", "shares_exited", "loans_new")


class Spread(NamedTuple):
    """A figure over samples against the whole zone: error of a single sample as mean, largest and standard deviation."""
    name: str
    zone: float
    mean: float
    sd: float
    worst: float


def figures(result):
    """{name: value in 2035} of the levels, and the sums since the first year of the rare events, of one run."""
    rows = {(year, indicator, sector): value for year, district, sector, indicator, value, _ in result.indicators if district == "zone"}
    years = sorted({year for year, _, _ in rows})
    found = {f"{indicator} {sector}": rows[years[-1], indicator, sector] for indicator, sector in LEVELS}
    return found | {f"{name} since start": sum(rows.get((year, name, "all"), 0.0) for year in years) for name in RARE}


def spread(name, zone, values):
    """Spread of the values of samples around the value of the zone."""
    return Spread(name, zone, statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else float("nan"),
                  max(abs(value - zone) for value in values))


def run(households, samples, threads, tell):
    """{(scenario, sample): figures}; sample 0 is the whole zone."""
    found = {}
    for sample in range(samples + 1):
        for name in SCENARIOS:
            result = simulate(load(name), households=households if sample else None, sample=max(sample, 1), threads=threads)
            found[name, sample] = figures(result)
            tell(f"{name}, {'sample ' + str(sample) if sample else 'whole zone'}: {result.households:,} households, {result.seconds:.0f} s")
    return found


def differences(found, sample):
    """Figures of the four instruments less those of the baseline."""
    base, plan = (found[name, sample] for name in SCENARIOS)
    return {name: plan[name] - base[name] for name in base}


def level_lines(found, samples):
    yield f"| baseline, {YEAR} | whole zone | mean of samples | error of one sample: sd % | largest % | within {TARGET_PERCENT:g} % |"
    yield "|---|---:|---:|---:|---:|---|"
    for indicator, sector in LEVELS:
        name = f"{indicator} {sector}"
        one = spread(name, found["baseline", 0][name], [found["baseline", s][name] for s in samples])
        worst, scale = 100 * one.worst / abs(one.zone), 100 / abs(one.zone)
        kept = "yes" if worst <= TARGET_PERCENT else "no"
        yield f"| {name} | {one.zone:,.4g} | {one.mean:,.4g} | {scale * one.sd:.2f} | {worst:.2f} | {kept} |"


def difference_lines(found, samples):
    yield f"| four instruments less baseline, {YEAR} | whole zone | mean of samples | sd of one sample | seen in one sample |"
    yield "|---|---:|---:|---:|---|"
    for indicator, sector in LEVELS:
        name = f"{indicator} {sector}"
        one = spread(name, differences(found, 0)[name], [differences(found, s)[name] for s in samples])
        seen = "yes" if abs(one.zone) > 2 * one.sd else "not distinguishable"
        yield f"| {name} | {one.zone:+,.4g} | {one.mean:+,.4g} | {one.sd:,.3g} | {seen} |"


def rare_lines(found, samples):
    yield f"| four instruments, sum to {YEAR} | whole zone | mean of samples | relative standard error of one sample % |"
    yield "|---|---:|---:|---:|"
    for rare in RARE:
        name = f"{rare} since start"
        one = spread(name, found["four-instruments", 0][name], [found["four-instruments", s][name] for s in samples])
        yield f"| {name} | {one.zone:,.0f} | {one.mean:,.0f} | {100 * one.sd / one.mean if one.mean else float('nan'):.1f} |"


def main(words=None):
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--households", type=int, default=60_000)
    asked.add_argument("--samples", type=int, default=8)
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--out", default="experiments/sampling.csv")
    given = asked.parse_args(words)
    found = run(given.households, given.samples, given.threads, lambda text: print(text, file=sys.stderr, flush=True))
    with open(given.out, "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("scenario", "sample", "households", "figure", "value"))
        rows.writerows((name, sample or "zone", given.households if sample else "all", figure, f"{value:.8g}")
                       for (name, sample), values in found.items() for figure, value in values.items())
    samples = range(1, given.samples + 1)
    for part in (level_lines, difference_lines, rare_lines):
        print("\n".join(part(found, samples)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
