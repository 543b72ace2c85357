"""Openings of large populations, kept in the user's cache: a later run maps one into its memory instead of building it.

A file's name stands for everything that an opening depends on: sources, evidence, assumptions, rules of 2019, population. A file that cannot be read is
built again, one that cannot be written is left out; the newest KEPT stay. RONGHE_CACHE names another parent folder.
    head     pickle of (pickle of the opening without its arrays' contents, length of each array in bytes)
    arrays   each from a multiple of ALIGNED bytes on
A mapped page is copied where a run first writes to it, so that processes share what none of them has changed.
Not here: what an opening is (`sim/opening.py`).
"""
import contextlib
import copy
import hashlib
import mmap
import os
import pickle
import sys
from pathlib import Path

import numpy as np

from sim.compiled import cache_parent
from sim.files import clean, unfinished
from sim.identity import evidence_hash, source_hash

KEPT = 4
ALIGNED = 64
LEAST_HOUSEHOLDS = 20_000      # a smaller population is built faster than looked for


def place(what, rules):
    """The file of an opening (whether it is there or not); None for a population too small to be worth one."""
    if what["households"] is not None and what["households"] < LEAST_HOUSEHOLDS:
        return None
    parts = (source_hash(), evidence_hash(), sys.version, np.__version__, sorted(what.items(), key=lambda item: item[0]), rules.tobytes())
    return Path(cache_parent()) / "openings" / f"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}.pickle"


def read(file):
    """The opening in `file` without a runner, or None."""
    try:
        with open(file, "rb") as stream:
            head, lengths = pickle.load(stream)
            mapped = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY))
            place, arrays = stream.tell(), []
        for length in lengths:
            place += -place % ALIGNED
            arrays.append(mapped[place:place + length])
            place += length
        made = pickle.loads(head, buffers=arrays)
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError, TypeError, KeyError, IndexError):
        return None
    with contextlib.suppress(OSError):
        os.utime(file)      # the newest is what was last used
    return made


def write(file, made):
    """Keep an opening under its name, whole or not at all, and let the oldest go."""
    bare = copy.copy(made)
    bare.runner = None
    begun = unfinished(file)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        clean(file.parent)
        try:
            with open(begun, "wb") as stream:
                arrays = []
                head = pickle.dumps(bare, protocol=5, buffer_callback=arrays.append)
                arrays = [array.raw() for array in arrays]
                pickle.dump((head, [array.nbytes for array in arrays]), stream, protocol=5)
                for array in arrays:
                    stream.write(bytes(-stream.tell() % ALIGNED))
                    stream.write(array)
            os.replace(begun, file)
        finally:
            begun.unlink(missing_ok=True)
        for old in sorted(file.parent.glob("*.pickle"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
