"""One zone on two processes, each with the households of half of the spans: the same bits as one process, and what they tell each other.

    python -m benchmarks.halves [--households 60000] [--years 3]

Both processes know every span (the table of spans and what was summed or polled in each) and do the sums of markets, banks and governments alike; rows of
households and persons are swept only where their span lives. After a sweep each tells the other what it changed of the spans it holds. So that nothing
of the other half is read unseen, its rows are overwritten with nonsense at the start; at the end the first process is given them for the digest.
Some figures still come from rows and not from sums by span (ROWS below, and the keys that the distribution is sorted by); they are told row by row.
A measurement and a proof, no way to run: docs/scale.md says what shards on several machines would be made of it.
"""
import argparse
import json
import sys
import time

import numpy as np

from sim.runner import Runner

FIRST_YEAR = 2019
LOANS = ("uid", "kind", "debt", "loan_class", "arrears", "deposits", "contract_area", "house_area", "plot_area", "certificate", "shares", "house_use",
         "pledge_years", "pledge_class", "pledge_rent", "pledge_sale")
# phase -> {table: columns that it reads of all rows, beside the sweeps}; "" : the recording of the year
ROWS = {
    "allot credit": {"households": (*LOANS, "loan_asked", "loan_drawn", "loan_rate", "written_off")},
    "sell pledges": {"households": LOANS},
    "settle institutions": {"persons": ("work", "base", "wage", "household"), "households": (*LOANS, "recovered", "written_off")},
    "": {"households": ("exited", "exit_year", "exit_gain")},
}


class Half(Runner):
    """Sweeps the spans of one of two parts and exchanges what the sweeps have written of each span."""

    def __init__(self, spans, part, connection):
        super().__init__(spans, threads=1)
        self.part, self.connection, self.spans = part, connection, len(spans.uid)
        rows = spans.first_person.astype(np.int64)
        middle = int(np.searchsorted(rows, rows[-1] // 2))
        self.edges = {self.spans: (0, middle, self.spans)}                  # rows of a table -> where the halves begin and end
        for first in (spans.first_household, spans.first_person):
            self.edges[int(first[-1])] = (0, int(first[middle]), int(first[-1]))
        if len(self.edges) < 3:
            raise ValueError("two tables have as many rows, so that an array does not say to which it belongs. Take another number of households.")
        first, last = self.edges[self.spans][part:part + 2]
        self.chunks = [(max(a, first), min(b, last)) for a, b in self.chunks if b > first and a < last]
        self.told = {"spans": 0, "rows": 0}        # bytes sent

    def piece(self, array, part):
        first, last = self.edges[len(array)][part:part + 2]
        return array[first:last]

    def run(self, sweep, *arguments):
        """The sweep over this part's spans; then both know what it wrote beside the tables of households and persons."""
        shared = []
        for argument in arguments:
            if type(argument).__name__ == "Spans":
                shared += [column for column in argument if len(column) in self.edges]
            elif isinstance(argument, np.ndarray) and len(argument) in self.edges:
                shared.append(argument)
        before = [self.piece(array, self.part).copy() for array in shared]
        super().run(sweep, *arguments)
        changed = [i for i, (array, old) in enumerate(zip(shared, before)) if self.piece(array, self.part).tobytes() != old.tobytes()]
        self.exchange(shared, changed)

    def exchange(self, arrays, changed=None):
        """Tell the other part this part's rows of the arrays (of those whose number is in `changed`) and take its own."""
        changed = list(range(len(arrays))) if changed is None else changed
        mine = [(i, np.ascontiguousarray(self.piece(arrays[i], self.part))) for i in changed]
        for i, values in mine:
            self.told["spans" if len(arrays[i]) == self.spans else "rows"] += values.nbytes
        for i, values in self._swap(mine):
            self.piece(arrays[i], 1 - self.part)[...] = values

    def _swap(self, mine):
        """One part speaks first, so that neither waits for the other to listen."""
        if self.part == 0:
            self.connection.send(mine)
            return self.connection.recv()
        theirs = self.connection.recv()
        self.connection.send(mine)
        return theirs


def forget(state, half):
    """Overwrite the other part's households and persons with nonsense, all but where each row's span is, which never changes."""
    for table in (state.households, state.persons):
        for column in (column for name, column in zip(table._fields, table) if name != "span"):
            half.piece(column, 1 - half.part)[...] = np.nan if column.dtype.kind == "f" else 77


def opened(households, years):
    from dataclasses import replace

    from sim.scenario import load
    from sim.simulation import Simulation
    from sim.study.verify import pushed

    spec = load("four-instruments").ending(FIRST_YEAR + years - 1)
    return Simulation(replace(spec, levers=pushed(spec)), households=households, threads=1)


def one_half(part, connection, households, years, answer):
    """A process: the whole opening, then the years of its part; tells {digest, seconds, bytes} at the end (the digest only by the first part)."""
    from sim import recording

    run = opened(households, years)
    run.state.runner.close()
    half = run.state.runner = Half(run.state.spans, part, connection)
    forget(run.state, half)

    def tell_rows(phase, state, before):
        for table, columns in ROWS.get(phase, {}).items() if before else ():
            half.exchange([getattr(getattr(state, table), name) for name in columns])
        if phase == "check" and not before:
            tell_rows("", state, True)

    run.watch = tell_rows
    began, busy = time.perf_counter(), time.process_time()
    while not run.finished:
        run.step()
    seconds, busy, told = time.perf_counter() - began, time.process_time() - busy, dict(half.told)
    for table in (run.state.households, run.state.persons):
        half.exchange(list(table))
    answer.put((part, {"digest": recording.digest(run.state, run.recorder), "seconds": seconds, "busy_seconds": busy, "bytes": told}))


def whole(households, years):
    """The same run in one process on one thread."""
    run = opened(households, years)
    began, busy = time.perf_counter(), time.process_time()
    while not run.finished:
        run.step()
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    told = {"digest": run.result().digest, "seconds": seconds, "busy_seconds": busy, "spans": len(run.state.spans.uid), "households": run.households}
    run.close()
    return told


def measure(households, years):
    """Both ways: a dictionary with the digests, seconds and bytes."""
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    one = whole(households, years)
    ends, answer = context.Pipe(), context.Queue()
    parts = [context.Process(target=one_half, args=(part, end, households, years, answer), daemon=True) for part, end in enumerate(ends)]
    for process in parts:
        process.start()
    for end in ends:
        end.close()                 # a part that ends early then ends the other, too
    found = {}
    while len(found) < 2 and (answer_is_there := _wait(answer, parts)):
        part, told = answer_is_there
        found[part] = told
    for process in parts:
        process.join()
    if len(found) < 2:
        raise RuntimeError("a half ended before its years were over; its message stands above.")
    digests = {one["digest"], *(half["digest"] for half in found.values())}
    return {"years": years, "one": one, "halves": [found[0], found[1]], "same": len(digests) == 1}


def _wait(answer, parts):
    """The next answer; None where no process is left to give one."""
    import queue

    while True:
        try:
            return answer.get(timeout=1.0)
        except queue.Empty:
            if all(process.exitcode is not None for process in parts):
                return None


def lines(found):
    """Markdown."""
    one, halves, years = found["one"], found["halves"], found["years"]
    yield f"{one['households']:,} households in {one['spans']:,} spans, {years} years; two halves give {'the same bits' if found['same'] else 'OTHER BITS'}"
    yield ""
    yield "| | seconds | busy seconds | bytes told per year: of spans | of rows | digest |"
    yield "|---|---:|---:|---:|---:|---|"
    yield f"| one process | {one['seconds']:.2f} | {one['busy_seconds']:.2f} | – | – | {one['digest'][:16]} |"
    for part, half in enumerate(halves):
        told = half["bytes"]
        yield (f"| half {part + 1} | {half['seconds']:.2f} | {half['busy_seconds']:.2f} | {told['spans'] / years:,.0f} | {told['rows'] / years:,.0f} | "
               f"{half['digest'][:16]} |")


def main(words=None):
    asked = argparse.ArgumentParser(prog="python -m benchmarks.halves", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--households", type=int, default=60_000)
    asked.add_argument("--years", type=int, default=3)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args(words)
    found = measure(given.households, given.years)
    print(json.dumps(found) if given.json else "\n".join(lines(found)))
    return int(not found["same"])


if __name__ == "__main__":
    sys.exit(main())
