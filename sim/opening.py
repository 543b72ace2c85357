"""The state on 1 January of the first year, before any policy: built once and copied for every run that begins with it.

An opening is what the population, the rules' base of 2019 and the model's assumptions come to. The seed of the years and the levers begin to
matter in the first year walked, so runs that differ by these alone begin with the same bits.
Not here: how it is built (`sim/state.py`, `open_institutions` of `sim/schedule.py`), who keeps one (`sim/study/ensemble.py`).
"""
import copy

from sim import schedule, state
from sim.policies.rulebook import base_rules
from sim.runner import Runner


def build(*, seed, threads, shuffle=None, **what):
    """An opening made afresh. what: households, population_seed, sample, first_year, last_year, assumptions."""
    made = state.build(seed=seed, threads=threads, shuffle=shuffle, rules_start=base_rules(), **what)
    schedule.open_institutions(made)
    return made


class Keeper:
    """Keeps the last opening made and gives copies of it; one process needs one."""

    def __init__(self):
        self.key, self.kept = None, None

    def state(self, *, seed, threads, shuffle=None, keep=True, **what):
        """The opening of a run as `build` makes it, bit for bit. keep: False where memory holds no second one; a kept one is used all the same."""
        key = ({**what, "assumptions": dict(what["assumptions"])}, base_rules().tobytes())
        if key != self.key:
            self.key = self.kept = None        # before the next one is built: memory holds one at a time
            made = build(seed=seed, threads=threads, shuffle=shuffle, **what)
            if not keep:
                return made
            made.runner.close()
            self.key, self.kept = key, made
        runner = Runner(self.kept.spans, threads, shuffle)
        copied = copy.deepcopy(self.kept, {id(self.kept.runner): runner})
        copied.seed = seed
        return copied
