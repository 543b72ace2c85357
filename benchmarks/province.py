"""A province on this machine: the zone with k times its households in one run, memory and time reported.

    python -m benchmarks.province --copies 7 [--households N] [--threads 2] [--years 17]

Every span stands k times, each copy with uids of its own and so with people and luck of its own, and each household weighs 1/k: the economy is that of
the zone, the rows are those of a province (7 copies of the whole zone: 9.9 million households). Evidence is never multiplied. A run is a child process,
so that its memory is its own. --households: copies of a sample instead of the whole zone; --curve: 1, 2 ... k copies one after the other.
Not here: shards on other machines (docs/scale.md, `benchmarks/halves.py`).
"""
import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
FIRST_YEAR = 2019
BYTES_PER_HOUSEHOLD = 1_000     # peak of a run, per household


def population_of(copies):
    """A function in the place of `sim.population.build`: the population k times over, copy by copy into tables made once."""
    from sim import behaviour, population

    def build(households=None, population_seed=1, sample=1, only=None, b=None):
        b = behaviour.load() if b is None else b
        plan = population.plan_zone(population_seed)
        zone, number = len(plan.district), population.choose_spans(plan, households, sample, population_seed)
        made, used = None, [0, 0, 0]
        for copy in range(copies):
            part = population.fill(plan, number, plan.counts[number], population_seed, b, first_number=copy * zone)
            made = made or _room(part, copies)
            used = _put(made, part, used)
        spans, households, persons = (_cut(table, rows) for table, rows in zip(made[:3], used))
        spans.weight[:] /= copies
        return made._replace(spans=spans, households=households, persons=persons, whole=len(number) == zone)

    return build


SPARE = 1.01        # persons of a copy that luck may give it more than the first


def _room(part, copies):
    """Tables with room for so many populations like this one."""
    def wide(table, rows):
        return type(table)(*(np.empty(int(rows * copies * SPARE) + 1, column.dtype) for column in table))
    return part._replace(spans=wide(part.spans, len(part.spans.uid)), households=wide(part.households, len(part.households.uid)),
                         persons=wide(part.persons, len(part.persons.uid)))


def _put(made, part, used):
    """Write a copy behind the rows used so far, (spans, households, persons); the rows used then."""
    shift = {"span": used[0], "household": used[1], "first_household": used[1], "first_person": used[2]}
    for table, own, at in zip(made[:3], part[:3], used):
        for name, column, values in zip(table._fields, table, own):
            column[at:at + len(values)] = values + values.dtype.type(shift.get(name, 0))
    return [at + len(own.uid) for own, at in zip(part[:3], used)]


def _cut(table, rows):
    """The rows in use; the first rows of spans have one more, where the last one ends."""
    return type(table)(*(column[:rows + (name in ("first_household", "first_person"))] for name, column in zip(table._fields, table)))


def child(copies, households, threads, years):
    """One run in this process: what it took."""
    import resource

    from sim import opening, population
    from sim.scenario import load
    from sim.simulation import Simulation
    from sim.tables import FREE

    population.build = population_of(copies)
    begun = time.perf_counter()
    run = Simulation(load("four-instruments").ending(FIRST_YEAR + years - 1), households=households, threads=threads, open_state=opening.build)
    opened, idle = time.perf_counter(), time.process_time()
    rows = int((run.state.households.kind != FREE).sum())
    persons, spans = int((run.state.persons.age >= 0).sum()), len(run.state.spans.uid)
    table_bytes = sum(array.nbytes for table in run.state.people[:3] for array in table)
    while not run.finished:
        run.step()
    walked, busy = time.perf_counter(), time.process_time() - idle
    digest = run.result().digest
    done = time.perf_counter()
    gap = next(value for year, district, sector, name, value, _ in reversed(run.recorder.indicators) if (name, district) == ("income_gap_ratio", "zone"))
    run.close()
    return {
        "copies": copies, "households": rows, "persons": persons, "spans": spans, "threads": threads, "years": years, "build_seconds": opened - begun,
        "years_seconds": walked - opened, "busy_seconds": busy, "result_seconds": done - walked, "income_gap_ratio": gap, "digest": digest,
        "ns_per_household_year": 1e9 * (walked - opened) / rows / years, "busy_ns": 1e9 * busy / rows / years, "table_mb": table_bytes / 1e6,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)}


def in_child(copies, households, threads, years):
    """`child` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.province", "--child", json.dumps([copies, households, threads, years])]
    done = subprocess.run(command, cwd=FOLDER.parent, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.decode().splitlines()[-1])


def measure(copies, threads, years=17):
    """The run of the whole zone so many times over, or {"reason": why not}."""
    from sim.study.machine import ZONE_HOUSEHOLDS, available_memory

    free, needed = available_memory(), copies * ZONE_HOUSEHOLDS * BYTES_PER_HOUSEHOLD
    if free is not None and free < needed:
        return {"copies": copies, "reason": f"skipped: {needed / 1e9:.0f} GB of memory are needed, {free / 1e9:.0f} are free"}
    return in_child(copies, None, threads, years)


def table(found):
    """Markdown, one line per run."""
    found, skipped = [one for one in found if "reason" not in one], [one for one in found if "reason" in one]
    yield from (f"A zone {one['copies']} times over {one['reason']}." for one in skipped)
    if not found:
        return
    yield ("| copies | households | persons | spans | build s | years | s | ns per household-year | busy ns, all threads | result s | tables MB | peak MB | "
           "income ratio at the end |")
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for one in found:
        yield (f"| {one['copies']} | {one['households']:,} | {one['persons']:,} | {one['spans']:,} | {one['build_seconds']:.1f} | {one['years']} | "
               f"{one['years_seconds']:.1f} | {one['ns_per_household_year']:,.0f} | {one['busy_ns']:,.0f} | "
               f"{one['result_seconds']:.1f} | {one['table_mb']:,.0f} | "
               f"{one['peak_mb']:,.0f} | {one['income_gap_ratio']:.4f} |")


def main(words=None):
    asked = argparse.ArgumentParser(prog="python -m benchmarks.province", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--copies", type=int, default=7)
    asked.add_argument("--households", type=int, help="a sample of this size k times; the whole zone where none is given")
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--years", type=int, default=17)
    asked.add_argument("--curve", action="store_true", help="1, 2 ... copies")
    asked.add_argument("--child", help=argparse.SUPPRESS)
    given = asked.parse_args(words)
    if given.child:
        print(json.dumps(child(*json.loads(given.child))))
        return 0
    found = []
    for copies in range(1, given.copies + 1) if given.curve else (given.copies,):
        found.append(in_child(copies, given.households, given.threads, given.years))
        print(f"{copies}: {found[-1]['years_seconds']:.1f} s, {found[-1]['peak_mb']:,.0f} MB", file=sys.stderr, flush=True)
    print("\n".join(table(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
