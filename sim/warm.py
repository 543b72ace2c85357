"""The machine code of the kernels, made once into numba's cache: `python -m sim.warm`. Runs are right without it, the first one only takes minutes.

Not here: where that cache is (`sim/compiled.py`).
"""

import contextlib
import hashlib
import subprocess
import sys
from pathlib import Path


def stamp():
    """A file that stands in the cache once a whole year has gone through it: of these sources in this place by this Python."""
    from numba import config

    from sim import compiled  # sets the folder

    place = hashlib.sha256(str(Path(__file__).resolve().parent).encode()).hexdigest()[:8]
    return Path(config.CACHE_DIR or compiled.cache_folder()) / f"whole-{sys.implementation.cache_tag}-{place}"


def is_warm():
    """True where a run of these sources has been through here."""
    return stamp().exists()


def mark():
    """Say that a run has been through; a cache that cannot be written stays unmarked."""
    with contextlib.suppress(OSError):
        stamp().parent.mkdir(parents=True, exist_ok=True)
        stamp().touch()


def up():
    """Make the code once, in a process of its own, before several workers would each make it at the same time."""
    if not is_warm():
        subprocess.run([sys.executable, "-m", "sim.warm"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    """A toy zone for two years."""
    from sim.scenario import load
    from sim.simulation import Simulation

    run = Simulation(load("four-instruments"), households=2000, threads=1)
    run.step()
    run.step()
    run.close()
    mark()


if __name__ == "__main__":
    main()
