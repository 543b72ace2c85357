"""The state on 1 January of the first year, before any policy: built once, and copied or mapped for every run that begins with it.

An opening is what the population, the rules' base of 2019 and the model's assumptions come to. The seed of the years and the levers begin to
matter in the first year walked, so runs that differ by these alone begin with the same bits.
Not here: how it is built (`sim/state.py`, `open_institutions` of `sim/schedule.py`), who keeps one (`sim/study/computing.py`), files of them
(`sim/opening_files.py`).
"""
import copy

from sim import opening_files, schedule, state
from sim.policies.rulebook import base_rules
from sim.runner import Runner


def build(*, seed, threads, shuffle=None, **what):
    """An opening made afresh. what: households, population_seed, sample, first_year, last_year, assumptions."""
    made = state.build(seed=seed, threads=threads, shuffle=shuffle, rules_start=base_rules(), **what)
    schedule.open_institutions(made)
    return made


class Keeper:
    """Gives openings: large ones from their files, of small ones copies of the last one made; one process needs one."""

    def __init__(self):
        self.key, self.kept = None, None

    def state(self, *, seed, threads, shuffle=None, **what):
        """The opening of a run as `build` makes it, bit for bit."""
        rules = base_rules()
        file = opening_files.place(what, rules)
        if file:
            made = opening_files.read(file)
            if made is None:
                made = _without_runner(seed, threads, what)
                opening_files.write(file, made)
        else:
            key = ({**what, "assumptions": dict(what["assumptions"])}, rules.tobytes())
            if key != self.key:
                self.kept = _without_runner(seed, threads, what)
                self.key = key
            made = copy.deepcopy(self.kept)
        made.seed, made.runner = seed, Runner(made.spans, threads, shuffle)
        return made


def _without_runner(seed, threads, what):
    made = build(seed=seed, threads=threads, **what)
    made.runner.close()
    made.runner = None
    return made
