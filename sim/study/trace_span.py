"""Spans of a run lived again, alone, from the prices, wages, limits and offers that the run saved: bit for bit, or an error.

A span reads its own rows and the published figures of its district and zone, all of which stand in `paths.npz`. So a village of the whole zone is
lived again in a second, and the digests that the run kept of every span and year prove that nothing is different.
Not here: what became of a household in it (`trace_life.py`), what an offer was worth to it (`trace_rights.py`).
"""
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np

from sim import extensions, moment, rng, schedule, state as states
from sim.behaviour_rules import behaviour_rules
from sim.errors import DataError, VerificationError
from sim.identity import source_hash
from sim.institutions.banks import UNBOUND
from sim.kernels.year import BANK_SCALARS, CLASS_SCALARS, DISTRICT_SCALARS, SCALARS, H
from sim.policies.rulebook import base_rules
from sim.recording import PUBLISHED, SPAN_PATHS, row_digests, sum_digests
from sim.words import say

NEEDED = (*PUBLISHED, *SPAN_PATHS, "delivered", "span_uid", "span_digest", "span_rows")
# Phases in which districts and collectives decide: what a span reads of them is saved.
OF_OTHERS = ("supply land", "poll villages", "clear construction land", "settle institutions", "check")


class Moment(NamedTuple):
    """Copies of the tables of the spans at one moment."""

    spans: tuple
    households: tuple
    persons: tuple


class Lived(NamedTuple):
    """One year of the spans: the published figures, the rows when a project asks and on 31 December, and what happened (S, H)."""

    year: int
    published: tuple
    asked: Moment
    end: Moment
    happened: np.ndarray


def span_of(uid):
    """uid of the span in which households bear this uid."""
    number = (int(uid) & ((1 << 30) - 1)) >> rng.INDEX_BITS
    return int(rng.SPAN) | number


class Replay:
    """Some spans of one cell, lived from the first year to the last. `opening` and `years` hold every moment.

    run: a Run; seed: one of its seeds; spans: their uids, in any order; paths: its saved paths, where they have been read already.
    Raises DataError where the run lacks what is needed, VerificationError where a digest differs.
    """

    def __init__(self, run, seed, spans, paths=None):
        self.run, self.seed = run, seed
        self.paths = saved_paths(run, seed) if paths is None else paths
        self.rows = np.flatnonzero(np.isin(self.paths["span_uid"], np.asarray(list(spans), np.uint32)))
        key = run.manifest["key"]
        self.first, self.last = key["first_year"], key["last_year"]
        self.own_rules = _own_rules(run)
        households = None if key["households"] == "all" else key["households"]
        self.state = states.build(
            households=households, seed=seed, population_seed=key["population_seed"], sample=key["sample"], first_year=self.first,
            last_year=self.last, rules_start=base_rules(), assumptions=extensions.of_the_model(key["assumptions"]), threads=1,
            only=self.paths["span_uid"][self.rows])
        self.weight = self.paths["span_weight"][self.rows]
        self.opening = self._moment()
        self.offer = self.paths["offer"][:, self.rows]
        self.years = [self._live(year, self.paths["delivered"], self.offer) for year in range(self.first, self.last + 1)]
        if not np.array_equal(row_digests(self.state), self.paths["span_rows"][self.rows]):
            raise self._differs(self.last)

    def again(self, year, delivered, offer):
        """The years from `year` on once more with other delivered rules (Y, R, 9) and offers (Y, spans), all else as saved: what would have been."""
        before = self.opening if year == self.first else self.years[year - self.first - 1].end
        for table, kept in zip(self.state.people[:3], before):
            for column, values in zip(table, kept):
                column[:] = values
        return [self._live(each, delivered, offer, check=False) for each in range(year, self.last + 1)]

    def _moment(self):
        return Moment(*(type(table)(*(column.copy() for column in table)) for table in self.state.people[:3]))

    def _live(self, year, delivered, offer, check=True):
        state, paths, t = self.state, self.paths, year - self.first
        state.year, asked = year, None
        village = {name: paths[name][t, self.rows] for name in SPAN_PATHS}
        for phase in schedule.PHASES:
            residence = state.persons.residence.copy() if phase.name == moment.CHOOSING and self.own_rules else None
            if phase.name == "exchange rights":
                asked = self._moment()
            if phase.name == "begin":
                self._begin(t, delivered)
                state.spans.dividend[:], state.spans.trade[:] = village["dividend"], village["trade"]
            elif phase.name == "fund projects":
                state.spans.offer[:], state.spans.leasing[:], state.spans.plot_use[:] = offer[t], village["leasing"], village["plot_use"]
                state.spans.returned[:] -= village["recovered"]
                for land in (state.spans.pool, state.spans.idle_land):
                    land += village["relocated"].astype(np.int64)
                state.happened[:, H["projects"]] = state.spans.offer > 0
            elif phase.name == "clear labour":
                state.published = state.published._replace(wage=paths["wage"][t], unemployment=paths["unemployment"][t])
            elif phase.name == "allot credit":
                state.published = state.published._replace(highest_rate=paths["highest_rate"][t])
            elif phase.name not in OF_OTHERS:
                phase.run(state)
            for rule, values in self.own_rules:
                if rule.after == phase.name:
                    moment.act(state, rule, values, residence)
        if check and not np.array_equal(sum_digests(state), paths["span_digest"][t, self.rows]):
            raise self._differs(year)
        return Lived(year, state.published, asked, self._moment(), state.happened.copy())

    def _begin(self, t, delivered):
        """The saved figures of a year; wages, unemployment and highest rates are those of the year before until they are found."""
        state, paths = self.state, self.paths
        state.delivered = delivered[t]
        schedule.open_spans(state)
        state.distance = np.ascontiguousarray(state.centre_km * np.sqrt(np.outer(paths["trunk_time"][t], paths["trunk_time"][t])), np.float32)
        figures = {name: paths[name][t].astype(np.float64) for name in SCALARS + DISTRICT_SCALARS + BANK_SCALARS + CLASS_SCALARS}
        figures["highest_rate"] = paths["highest_rate"][t - 1].astype(np.float64) if t else UNBOUND
        figures["wage"] = paths["wage"][t - 1].astype(np.float64) if t else float(state.behaviour.town_wage)
        figures["unemployment"] = paths["unemployment"][t - 1].astype(np.float64) if t else float(state.behaviour.unemployment)
        state.published = states.publish(state, state.year, self.seed, state.delivered, **figures)

    def _differs(self, year):
        other = self.run.manifest["key"]["sources"] != source_hash()
        return VerificationError(say("trace.differs", year=year), where=str(self.run.path),
                                 hint=say("trace.differs.version" if other else "trace.differs.changed"))


def _own_rules(run):
    """Behaviour rules from outside that the run had awake, with their values. Raises DataError where one is not there any more."""
    key, known = run.manifest["key"], behaviour_rules()
    found = []
    for name in key.get("extensions", {}).get("behaviours", {}):
        if name not in known:
            raise DataError(say("trace.no_rule", name=name), file=str(run.path), hint=say("trace.no_rule.hint"))
        found.append((known[name], {one.name: float(key["assumptions"].get(one.name, one.default)) for one in known[name].parameters}))
    return found


def saved_paths(run, seed):
    """paths.npz of one seed. Raises DataError where it lacks what a span reads, as in runs of earlier versions."""
    try:
        paths = run.paths(seed)
    except (OSError, ValueError, BadZipFile) as problem:
        raise DataError(say("results.unreadable", problem=str(problem)), file=str(run.path), hint=say("trace.no_paths.hint")) from problem
    missing = [name for name in NEEDED if name not in paths]
    if missing or "key" not in run.manifest:
        raise DataError(say("trace.no_paths", names=", ".join(missing) or "key"), file=str(run.path), hint=say("trace.no_paths.hint"))
    return paths
