"""Times of the simulator on this machine, in one run: `python dev.py bench [--quick] [--short]`.

    whole zone, one seed, 17 years        seconds, ns per household-year, peak memory     (not with --quick)
    60,000 households, three seeds        the same, median
    phases of the year                    share of the time of the run
    population, start cold and cached     seconds; bytes per household
    sweeps                                ns per household (`benchmarks/sweeps.py`), place choice against plain numpy
    bits                                  one digest whatever computes it (`benchmarks/bits.py`), two halves of a zone on two processes (`halves.py`)
    a province                            seven times the zone's households in one run (`province.py`)          (not with --quick)

Each run is a child process, so that memory is its own. Compare numbers of one call only: the same sweep can differ twofold within an hour on a shared
machine. Writes benchmarks/results.json and build/benchmarks.html, and docs/benchmarks.md when nothing is left out. Not here: tests; none asserts a time.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
YEARS = (2019, 2035)
QUICK_ZONE = 60_000
HALVES_YEARS = 3
PROVINCE_COPIES = 7       # of the whole zone: 9.9 million households


def child(households, seed, threads):
    """One run in this process: what it took, as a dictionary."""
    import resource

    from sim.scenario import load
    from sim.simulation import Simulation
    from sim.tables import FREE

    start = time.perf_counter()
    phases, entered = {}, [0.0]

    def watch(name, state, before):
        if before:
            entered[0] = time.perf_counter()
        else:
            phases[name] = phases.get(name, 0.0) + time.perf_counter() - entered[0]
    run = Simulation(load("four-instruments"), households=households, seed=seed, threads=threads, watch=watch)
    built = time.perf_counter()
    tables = run.state.people[:3]
    count = int((run.state.households.kind != FREE).sum())
    persons = int((run.state.persons.age >= 0).sum())
    while not run.finished:
        run.step()
    years = time.perf_counter() - built
    digest = run.result().digest
    done = time.perf_counter()
    run.close()
    return {
        "households": count, "persons": persons, "spans": len(tables[0].uid), "years": YEARS[1] - YEARS[0] + 1, "seed": seed, "threads": threads,
        "build_seconds": built - start, "years_seconds": years, "seconds": done - start, "phases": phases | {"recording": years - sum(phases.values())},
        "ns_per_household_year": 1e9 * years / count / (YEARS[1] - YEARS[0] + 1), "digest": digest,
        "bytes_per_household": sum(array.nbytes for made in tables for array in made) / count,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)}


def in_child(households, seed, threads, **environment):
    """`child` in a process of its own, with the seconds of the process besides."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks", "--child", json.dumps([households, seed, threads])]
    done = subprocess.run(command, cwd=FOLDER.parent, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True)
    return {**json.loads(done.stdout.decode().splitlines()[-1]), "process_seconds": time.perf_counter() - start}


def start_times(threads):
    """Seconds until 500 households have lived 17 years: with an empty cache of compiled code, and again."""
    with tempfile.TemporaryDirectory() as folder:
        cold, cached = (in_child(500, 1, threads, RONGHE_CACHE=folder)["process_seconds"] for _ in range(2))
    return {"cold_seconds": cold, "cached_seconds": cached}


def machine():
    """What the numbers were measured on."""
    import numba
    import numpy

    model, flags = platform.processor() or platform.machine(), ""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
        flags = next((line for line in lines if line.startswith("flags")), "")
    except OSError:
        pass
    wide = [name for name in ("avx512f", "avx2") if f" {name} " in f"{flags} "]
    return {"cpu": model, "cores": os.cpu_count(), "vectors": wide[0] if wide else "", "python": platform.python_version(),
            "numba": numba.__version__, "numpy": numpy.__version__, "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None}


def run(quick, threads, short=False):
    """All measurements as one dictionary."""
    from benchmarks import bits, halves, province, sweeps

    tell(f"warming: {QUICK_ZONE:,} households")
    in_child(QUICK_ZONE, 1, threads)
    results = {"machine": machine(), "runs": {}}
    samples = [in_child(QUICK_ZONE, seed, threads) for seed in (1, 2, 3)]
    middle = sorted(samples, key=lambda one: one["years_seconds"])[1]
    results["runs"]["sample"] = {**middle, "seconds_of_all": [one["years_seconds"] for one in samples]}
    tell(f"{QUICK_ZONE:,} households: {middle['years_seconds']:.1f} s")
    if not quick:
        results["runs"]["zone"] = in_child(None, 1, threads)
        tell(f"whole zone: {results['runs']['zone']['years_seconds']:.1f} s")
        tell("cold start: compiles everything anew")
        results["start"] = start_times(threads)
    rows, twin = sweeps.measure(QUICK_ZONE if quick else None, 3, tell)
    results["sweeps"], results["twin"] = rows, {**twin, "ratio_of_medians": twin["numpy_seconds"] / twin["sweep_seconds"]}
    results["bits"] = [line._asdict() for line in bits.measure(QUICK_ZONE, quick or short, tell)]
    results["halves"] = halves.measure(QUICK_ZONE, HALVES_YEARS)
    tell(f"two halves: {'the same bits' if results['halves']['same'] else 'OTHER BITS'}")
    if not quick and not short:
        results["province"] = province.measure(PROVINCE_COPIES, threads)
        tell(f"province: {results['province'].get('years_seconds', results['province'].get('reason'))}")
    return results


def tell(text):
    print(text, file=sys.stderr, flush=True)


def lines(results):
    """The table that is printed, in Markdown."""
    m = results["machine"]
    yield f"{m['cpu']}, {m['cores']} cores, {m['vectors']}; Python {m['python']}, numba {m['numba']}, numpy {m['numpy']}; load {m['load']:.1f}"
    yield ""
    yield "| run | households | spans | threads | build s | 17 years s | ns per household-year | peak MB | bytes per household |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, one in results["runs"].items():
        yield (f"| {name} | {one['households']:,} | {one['spans']:,} | {one['threads']} | {one['build_seconds']:.1f} | {one['years_seconds']:.1f} | "
               f"{one['ns_per_household_year']:,.0f} | {one['peak_mb']:,.0f} | {one['bytes_per_household']:,.0f} |")
    largest = list(results["runs"].values())[-1]
    yield ""
    yield "| phase | seconds | share |"
    yield "|---|---:|---:|"
    for name, seconds in largest["phases"].items():
        yield f"| {name} | {seconds:.2f} | {seconds / largest['years_seconds']:.0%} |"
    if "start" in results:
        yield ""
        yield f"Start of a toy zone: cold {results['start']['cold_seconds']:.0f} s, cached {results['start']['cached_seconds']:.1f} s."
    yield ""
    yield "| sweep | per | 1 thread, ns | 2 threads, ns |"
    yield "|---|---|---:|---:|"
    by_name = {}
    for row in results["sweeps"]:
        by_name.setdefault(row["sweep"], {})[row["threads"]] = row
    for name, row in by_name.items():
        yield f"| {name} | {'contract unit' if name.startswith('rights') else 'household'} | {row[1]['ns']:,.0f} | {row[2]['ns']:,.0f} |"
    t = results["twin"]
    yield ""
    yield (f"Place choice of {t['persons']:,} villagers, 1 thread: plain numpy {t['numpy_seconds']:.2f} s, the sweep of all villages "
           f"{t['sweep_seconds']:.2f} s, ratio {t['ratio_of_medians']:.1f}. Choices that differ: {t['differ']}. "
           "The twin does not know rationing by skill and the ease of settling for skilled persons yet.")
    yield from _lines_of_bits_and_scale(results)


def _lines_of_bits_and_scale(results):
    from benchmarks import bits, halves, province

    yield ""
    yield from bits.table([bits.Line(**line) for line in results["bits"]])
    yield ""
    yield from halves.lines(results["halves"])
    yield ""
    if "province" in results:
        yield from province.table([results["province"]])
    else:
        yield "A province was not measured in this call."


def page(results):
    """The same as one offline page with bars."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    largest = list(results["runs"].values())[-1]
    figure = make_subplots(rows=2, cols=1, subplot_titles=(
        f"Seconds of each phase, {largest['households']:,} households, 17 years", "Sweeps, ns per household or contract unit, by threads"))
    figure.add_trace(go.Bar(x=list(largest["phases"]), y=list(largest["phases"].values()), name="seconds"), 1, 1)
    for threads in sorted({row["threads"] for row in results["sweeps"]}):
        rows = [row for row in results["sweeps"] if row["threads"] == threads]
        figure.add_trace(go.Bar(x=[row["sweep"] for row in rows], y=[row["ns"] for row in rows], name=f"{threads} thread(s)"), 2, 1)
    figure.update_layout(height=900, title=lines(results).__next__())
    return figure.to_html(include_plotlyjs=True)


HEAD = """# Times

Written by `python dev.py bench` on the machine named below, in one call; not edited by hand. Compare numbers of one call only: the same sweep can differ
twofold within an hour on a shared machine, and a load above the number of cores stretches every second. No test asserts a time. Runs are of the four
instruments, one seed, 17 years. What was tried, kept and dropped: [performance](performance.md).
"""


def main(words=None):
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="60,000 households only")
    asked.add_argument("--short", action="store_true", help="leave out the province, and what compiles everything anew to compare bits")
    asked.add_argument("--threads", type=int, default=min(os.cpu_count() or 1, 16))
    asked.add_argument("--child", help=argparse.SUPPRESS)
    given = asked.parse_args(words)
    if given.child:
        print(json.dumps(child(*json.loads(given.child))))
        return 0
    results = run(given.quick, given.threads, given.short)
    (FOLDER / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (FOLDER.parent / "build").mkdir(exist_ok=True)
    (FOLDER.parent / "build" / "benchmarks.html").write_text(page(results), encoding="utf-8")
    told = "\n".join(lines(results))
    if not given.quick:
        (FOLDER.parent / "docs" / "benchmarks.md").write_text(f"{HEAD}\n{told}\n", encoding="utf-8")
    print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
