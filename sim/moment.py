"""What a behaviour rule from outside sees of the year, and what it may do: read everything, write the columns it has declared, place persons.

    def second_thoughts(now):
        unsure = (now.households.signed > 0) & (now.uniform(now.households.uid) < now.parameters.second_thoughts)
        now.households.signed[unsure] = 0
Not here: declaring such a rule (`sim/behaviour_rules.py`), the year itself (`sim/schedule.py`).
"""

from types import SimpleNamespace

import numpy as np

from sim import rng
from sim.errors import DeclarationError
from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.policies.catalogue import rule_index
from sim.tables import FREE

CHOOSING = "choose"  # the phase in which persons choose their place: rules after it may change what they chose


class Moment:
    """One call of one rule in one year.

    year                         the year
    households, persons, spans   the tables of `sim/tables.py`, columns as numpy arrays; what the rule has not declared is read-only.
                                 Free rows are among them: mask with `living_households`, `living_persons`
    parameters                   the rule's own, by name
    behaviour, published         parameters of the model; figures of the year that everybody reads
    """

    def __init__(self, state, rule, values, residence_before=None):
        self._state, self._rule, self._before = state, rule, residence_before
        self.year = int(state.year)
        self.parameters = SimpleNamespace(**values)
        self.behaviour, self.published = state.behaviour, _guarded(state.published)
        self.spans, self.households, self.persons = (
            _guarded(getattr(state, name), rule.writes.get(name, ())) for name in ("spans", "households", "persons")
        )

    # ---- reading
    @property
    def living_households(self):
        """(H,) rows in use."""
        return self.households.kind != FREE

    @property
    def living_persons(self):
        """(P,) rows in use."""
        return self.persons.age >= 0

    @property
    def household_district(self):
        """(H,) index of the district of registration: `now.rule(name)[now.household_district]`."""
        return self.spans.district[self.households.span]

    @property
    def choosers(self):
        """(P,) persons who may choose a place: 16 to 75, out of school, of a family that does not live outside."""
        age = self.persons.age
        return (age >= 16) & (age <= 75) & (age >= self.persons.schooling + 6) & (self.households.residence[self.persons.household] != OUTSIDE)

    def rule(self, name):
        """What is in force of a rule of the rulebook, by district (9,), in model units. Raises DeclarationError for one not declared."""
        if name not in self._rule.rules:
            raise DeclarationError(f"it reads rule {name!r} and does not declare it. Add it to `rules`.", where=f"behaviour rule {self._rule.id}")
        return self._state.delivered[rule_index()[name]].copy()

    def uniform(self, uid, k=0):
        """Keyed luck in (0, 1) for uids, float64 (N,): the same for a uid, year and seed in every scenario; `k` tells several draws apart."""
        return rng.uniform_array(uid, rng.own_key(self._state.seed, self.year, self._rule.id, k))

    # ---- doing
    def place(self, persons, base, commuting=False):
        """Give persons another base for the year, and book what follows: residence, labour on offer, who left the zone and who came back.

        persons: rows, or a mask (P,); base: one place or one each, as in `sim/places.py` (HOME, VILLAGE, FIRST_DISTRICT + d, OUTSIDE);
        commuting: stay with the family where the base is a district. Only in a rule after `choose`.
        Raises ValueError for rows that do not choose and for a village base of town people.
        """
        if self._before is None:
            raise self._wrong(f"places persons after `{self._rule.after}`. Persons choose their place in `{CHOOSING}`: act after that.")
        persons = np.flatnonzero(persons) if np.asarray(persons).dtype == bool else np.asarray(persons, np.int64)
        base = np.broadcast_to(np.asarray(base, np.uint8), persons.shape)
        table, home = self._state.persons, self._state.households.residence[self._state.persons.household[persons]]
        if not self.choosers[persons].all():
            raise self._wrong("places a person who does not choose. Take rows of `choosers`.")
        if (base > OUTSIDE).any() or ((base == VILLAGE) & (home != VILLAGE)).any():
            raise self._wrong("places town people in a village, or anybody in no place. Bases are those of sim/places.py.")
        with_family = (base == HOME) | ((base >= FIRST_DISTRICT) & (base < OUTSIDE) & commuting)
        for sign in (-1.0, 1.0):
            if sign > 0:
                table.base[persons], table.residence[persons] = base, np.where(with_family, home, base)
            self._book(persons, sign)

    def _book(self, persons, sign):
        """Add (or take back) what the persons' places mean for labour on offer and for the counts of leaving and coming back."""
        from sim.kernels.placing import offer_labour
        from sim.kernels.year import H

        state = self._state
        offer_labour(persons, sign, state.spans, state.households, state.persons, state.seekers, state.behaviour)
        span = state.households.span[state.persons.household[persons]]
        before, now = self._before[persons] == OUTSIDE, state.persons.residence[persons] == OUTSIDE
        np.add.at(state.happened[:, H["left_zone"]], span, sign * (now & ~before))
        np.add.at(state.happened[:, H["came_back"]], span, sign * (before & ~now))

    def _wrong(self, what):
        return ValueError(f"behaviour rule {self._rule.id}: {what}")


def act(state, rule, values, residence_before=None):
    """Call a rule once. Raises DeclarationError where a column that it wrote holds what is no number."""
    rule.act(Moment(state, rule, values, residence_before))
    for table, columns in rule.writes.items():
        for name in columns:
            column = getattr(getattr(state, table), name)
            if column.dtype.kind == "f" and not np.isfinite(column).all():
                raise DeclarationError(
                    f"{table}.{name} holds NaN or infinity after {state.year}. Write finite numbers.", where=f"behaviour rule {rule.id}"
                )


def _guarded(table, writable=()):
    """The same table with every array read-only but those named."""
    views = {}
    for name, array in table._asdict().items():
        if isinstance(array, np.ndarray):
            views[name] = array.view()
            views[name].flags.writeable = name in writable
    return table._replace(**views)
