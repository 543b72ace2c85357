"""One digest of the final state, whatever computes it: `python -m benchmarks.bits [--households N] [--quick]`.

Each line is a run of its own, in a child process, of the four instruments with offers that many accept: threads, the order of spans, the compiled code
for other processors (with caches of their own, so that each compiles everything anew), the same source as plain Python on a small zone, another
matrix library, another Python. The digest is that of every household and person column and of every indicator. What cannot run here says why.
Not here: what makes the bits the same (docs/performance.md), a test in a minute (`tests/test_bits.py`).
"""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
HOUSEHOLDS, SMALL, LAST_YEAR = 60_000, 577, 2021
NEEDED = "numpy, scipy, numba, pandas, pyarrow, pydantic, ruamel.yaml"     # what another Python must have to run the model
OTHER_PYTHON = "3.13"


class Variant(NamedTuple):
    """One way to compute the same run."""
    name: str
    environment: dict = {}
    options: dict = {}          # of the Simulation
    own_cache: bool = False     # compiles everything anew
    small: bool = False         # on the small zone
    flag: str = ""              # what the processor must have
    python: str = ""            # another interpreter


REFERENCE = Variant("1 thread, this processor")
VARIANTS = (
    Variant("2 threads", options={"threads": 2}),
    Variant("2 threads, spans in another order", options={"threads": 2, "shuffle": 11}),
    Variant("matrix library for an old processor", {"OPENBLAS_CORETYPE": "Nehalem"}),
    Variant("numpy without AVX", {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}),
    Variant("compiled for AVX2", {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""}, own_cache=True, flag="avx512f"),
    Variant("compiled for any x86-64", {"NUMBA_CPU_NAME": "generic"}, own_cache=True, flag="avx2"),
    Variant("plain Python", {"NUMBA_DISABLE_JIT": "1"}, small=True),
    Variant(f"Python {OTHER_PYTHON}", own_cache=True, python=OTHER_PYTHON),
)


class Line(NamedTuple):
    """What came of a variant: `digest` is empty where it was skipped, and `reason` says why."""
    name: str
    households: int
    digest: str
    same: bool | None
    reason: str = ""


def child(households, last_year, options):
    """The digest of the run in this process, and how many exits there were."""
    from dataclasses import replace

    from sim.scenario import load
    from sim.simulation import Simulation
    from sim.study.verify import pushed

    spec = load("four-instruments").ending(last_year)
    run = Simulation(replace(spec, levers=pushed(spec)), households=households, **{"threads": 1, **options})
    while not run.finished:
        run.step()
    told = {"digest": run.result().digest, "exits": int((run.state.households.exited > 0).sum())}
    run.close()
    return told


def digest_of(variant, households, last_year=LAST_YEAR):
    """The digest of a variant, computed in another process."""
    command = [interpreter(variant) or sys.executable, "-W", "ignore", "-m", "benchmarks.bits", "--child",
               json.dumps([households, last_year, variant.options])]
    with tempfile.TemporaryDirectory() as cache:
        own = {"RONGHE_CACHE": cache} if variant.own_cache else {}
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), **variant.environment, **own})
    if done.returncode:
        raise RuntimeError(f"{variant.name}: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    if not told["exits"]:
        raise RuntimeError(f"{variant.name}: nobody gave up a right, so the run says little.")
    return told["digest"]


def interpreter(variant):
    """The Python of a variant: RONGHE_OTHER_PYTHON, else one on the PATH; None where it is not there or lacks what the model needs."""
    if not variant.python:
        return sys.executable
    found = os.environ.get("RONGHE_OTHER_PYTHON") or shutil.which(f"python{variant.python}")
    ask = f"import sys, {NEEDED}; sys.exit(not sys.version.startswith('{variant.python}.'))"
    return found if found and subprocess.run([found, "-c", ask], capture_output=True).returncode == 0 else None


def why_not(variant):
    """Why a variant cannot run here; empty where it can."""
    if variant.flag and variant.flag not in processor_flags():
        return f"this processor has no {variant.flag}: its own code is no wider"
    if variant.python and f"{sys.version_info[0]}.{sys.version_info[1]}" == variant.python:
        return "this is that Python"
    if not interpreter(variant):
        return f"no Python {variant.python} with what the model needs; RONGHE_OTHER_PYTHON names one"
    return ""


def processor_flags():
    """Flags of this processor as Linux says them; none elsewhere."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return set()
    try:
        line = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags"))
    except (OSError, StopIteration):
        return set()
    return set(line.split())


def measure(households=HOUSEHOLDS, quick=False, tell=lambda text: None):
    """A Line for the reference on each zone and for every variant. quick: without those that compile everything anew."""
    references = {rows: digest_of(REFERENCE, rows) for rows in (households, SMALL)}
    lines = [Line(REFERENCE.name, rows, digest, None) for rows, digest in references.items()]
    for variant in VARIANTS:
        rows = SMALL if variant.small else households
        reason = "left out of the quick round" if quick and variant.own_cache else why_not(variant)
        found = "" if reason else digest_of(variant, rows)
        lines.append(Line(variant.name, rows, found, found == references[rows] if found else None, reason))
        tell(f"{variant.name}: {verdict(lines[-1])}")
    return lines


def verdict(line):
    """In a word."""
    return "reference" if line.digest and line.same is None else {True: "same", False: "DIFFERENT", None: f"skipped: {line.reason}"}[line.same]


def table(lines):
    """Markdown."""
    yield f"| computed by | households, 2019-{LAST_YEAR} | digest | bits |"
    yield "|---|---:|---|---|"
    for line in lines:
        yield f"| {line.name} | {line.households:,} | {line.digest[:16] or '–'} | {verdict(line)} |"


def main(words=None):
    asked = argparse.ArgumentParser(prog="python -m benchmarks.bits", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--households", type=int, default=HOUSEHOLDS)
    asked.add_argument("--quick", action="store_true", help="without what compiles everything anew")
    asked.add_argument("--child", help=argparse.SUPPRESS)
    given = asked.parse_args(words)
    if given.child:
        print(json.dumps(child(*json.loads(given.child))))
        return 0
    lines = measure(given.households, given.quick, lambda text: print(text, file=sys.stderr, flush=True))
    print("\n".join(table(lines)))
    return int(any(line.same is False for line in lines))


if __name__ == "__main__":
    sys.exit(main())
