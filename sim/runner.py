"""Sweeps over spans on a pool of threads. A span belongs to one thread; sums are taken per span, so bits do not depend on threads or order."""
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sim.kernels.people import OLDEST
from sim.kernels.place_choice import choosers

CHUNKS = 48
CHUNK_ROWS = 20_000   # of persons: a smaller chunk spends its time on being called
CHUNKS_PER_THREAD = 4


class Runner:
    """Runs sweeps chunk by chunk. threads: how many; order: None or a permutation of chunk numbers (for tests)."""

    def __init__(self, spans, threads=2, shuffle=None):
        count = len(spans.uid)
        rows = np.diff(spans.first_person.astype(np.int64)).cumsum()
        self.most_persons = int(np.diff(spans.first_person.astype(np.int64)).max()) + 1
        self.threads = max(1, int(threads))
        least = CHUNKS if shuffle is not None else CHUNKS_PER_THREAD if self.threads > 1 else 1
        chunks = min(CHUNKS, max(least, int(rows[-1]) // CHUNK_ROWS))
        edges = np.searchsorted(rows, np.linspace(0, rows[-1], chunks + 1)[1:-1])
        edges = np.unique(np.concatenate([[0], edges, [count]]))
        self.chunks = list(zip(edges[:-1].tolist(), edges[1:].tolist()))
        if shuffle is not None:
            self.chunks = [self.chunks[i] for i in np.random.default_rng(shuffle).permutation(len(self.chunks))]
        self.longest = int(np.diff(spans.first_household.astype(np.int64)).max()) + 1
        self.pool = ThreadPoolExecutor(self.threads - 1) if self.threads > 1 else None      # the calling thread works too
        self.local = threading.local()

    def scratch(self):
        """This thread's scratch tables."""
        if not hasattr(self.local, "tables"):
            rows, people = self.longest, self.most_persons
            self.local.tables = {
                "chances": np.zeros((3, OLDEST + 1), np.float32), "single": np.zeros((512, 2)),
                "places": np.zeros((9, 2), np.float32), "towns": np.zeros((9, 9), np.float32),
                "skill": np.zeros(people, np.float32), "villagers": choosers(people), "townspeople": choosers(people),
                "counts": np.zeros(2, np.int64), "forced": np.zeros(rows, np.uint8), "family": np.zeros((rows, 3)), "farm": np.zeros((rows, 9)),
                "cells": np.zeros(rows, np.uint8), "whereabouts": np.zeros(people, np.uint8), "lanes": np.zeros(8),
                "terms": np.zeros(16, np.float32), "answers": np.zeros((rows, 3))}
        return self.local.tables

    def run(self, sweep, *arguments):
        """sweep(first, last, *arguments) over every chunk; a string among the arguments stands for this thread's scratch table of that name."""
        left = iter(self.chunks)
        for argument in arguments:
            getattr(argument, "address", None)      # of a record: found once, before several threads ask for it

        def work():
            tables = self.scratch()
            given = [tables[a] if isinstance(a, str) else a for a in arguments]
            for first, last in left:
                sweep(first, last, *given)
        self._together(work)

    def each(self, do, things):
        """do(thing) for every one of the things, for functions that let other threads work meanwhile (numpy on large arrays)."""
        left = iter(things)

        def work():
            for thing in left:
                do(thing)
        self._together(work)

    def later(self, do, *given):
        """do(*given) beside what the caller does next, where there is another thread; the function returned waits for its result."""
        if self.pool is None:
            made = do(*given)
            return lambda: made
        return self.pool.submit(do, *given).result

    def _together(self, work):
        """work() in every thread; each takes what is left of the same list until nothing is. What one of them raises is raised here."""
        others = [self.pool.submit(work) for _ in range(self.threads - 1)]
        try:
            work()
        finally:
            for other in others:
                other.result()

    def close(self):
        if self.pool is not None:
            self.pool.shutdown()
