"""The state on 1 January of the first year, before any policy: built once and copied for every run that begins with it.

An opening is what the population, the rules' base of 2019 and the model's assumptions come to. The seed of the years and the levers begin to
matter in the first year walked, so runs that differ by these alone begin with the same bits.
Not here: how it is built (`sim/state.py`, `open_institutions` of `sim/schedule.py`), who keeps one (`sim/study/ensemble.py`), files of them
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
    """Keeps the last opening made and gives copies of it; one process needs one."""

    def __init__(self):
        self.key, self.kept = None, None

    def state(self, *, seed, threads, shuffle=None, keep=True, **what):
        """The opening of a run as `build` makes it, bit for bit. keep: False where memory holds no second one; a kept one is used all the same."""
        rules = base_rules()
        key = ({**what, "assumptions": dict(what["assumptions"])}, rules.tobytes())
        if key != self.key:
            self.key = self.kept = None        # before the next one is made: memory holds one at a time
            made = _stored_or_built(seed, threads, rules, what)
            if not keep:
                return _begun(made, seed, threads, shuffle)
            self.key, self.kept = key, made
        return _begun(copy.deepcopy(self.kept), seed, threads, shuffle)


def _stored_or_built(seed, threads, rules, what):
    """An opening without a runner: from its file, or built and filed."""
    file = opening_files.place(what, rules)
    made = opening_files.read(file) if file else None
    if made is None:
        made = build(seed=seed, threads=threads, **what)
        made.runner.close()
        made.runner = None
        if file:
            opening_files.write(file, made)
    return made


def _begun(made, seed, threads, shuffle):
    """The opening as that of a run of this seed."""
    made.seed, made.runner = seed, Runner(made.spans, threads, shuffle)
    return made
