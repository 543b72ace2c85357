"""One household of a run: found, lived again with its village alone, told year by year, and set beside itself in another run.

Not here: living a span again (`trace_span.py`), its events (`trace_life.py`), its answers to offers (`trace_rights.py`), the page (`sim/cli/trace_page.py`).
"""
import time
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from sim import rng
from sim.errors import DataError, IncomparableError, UsageError
from sim.kernels import credit, income, rights
from sim.kernels.year import BANK_SCALARS, CLASS_SCALARS
from sim.places import DISTRICTS
from sim.policies.catalogue import owner, rule_index
from sim.recording import PUBLISHED
from sim.rng import lognormal, mix, uniform, uniform_array
from sim.study import trace_life, trace_rights, twin_rights
from sim.study.trace_span import Replay, saved_paths, span_of
from sim.tables import CONTRACT, FREE
from sim.words import say

KINDS = ("exited", "stayed", "settled", "regret")
BATCH = 12             # spans lived again at once when a household is looked for
CANDIDATES = 24        # households of a batch whose lives are read to choose among them
OTHERS = 4             # further ones that are named
SPAN_INPUTS = ("offer", "leasing", "dividend", "titled", "exchange", "rent", "exit_share")


class Story(NamedTuple):
    """A household's life in one run. `span` has what its village or block is; `traits` its lasting temper; `seconds` what living it again took."""

    run: object
    seed: int
    uid: int
    district: int
    span: dict
    traits: dict
    years: tuple
    digest: str
    seconds: float
    spans: int
    replay: Replay
    row: int


class Parting(NamedTuple):
    """Where the same household's lives in two runs part: the first year, what differs then, and the inputs that do: (sort, name, here, there).

    happens: the first year in which something else happens to it, or it answers otherwise, and not just amounts differ; None: never.
    """

    year: int | None
    differs: tuple
    through: tuple
    happens: int | None


def tell(run, uid, seed=None):
    """The Story of a household. Raises DataError where no such household lives in the run, VerificationError where a digest differs."""
    seed = run.seeds[0] if seed is None else seed
    started = time.perf_counter()
    span, paths = span_of(uid), saved_paths(run, seed)
    known = paths["span_uid"]
    if int(uid) >> 30 != int(rng.HOUSEHOLD) >> 30 or span not in known:
        raise _unknown(run, uid, known)
    replay = Replay(run, seed, [span], paths)
    row, there = trace_life.rows_of(replay, uid)
    if row is None or not there:
        raise _unknown(run, uid, known, replay)
    seconds = time.perf_counter() - started
    end = replay.years[there[-1]].end
    return Story(run, seed, int(uid), int(end.spans.district[0]), _span_facts(replay), traits(replay, uid), tuple(trace_life.life(replay, uid)),
                 f"{int(paths['span_rows'][replay.rows[0]]):016x}", seconds, len(known), replay, row)


def _unknown(run, uid, known, replay=None):
    """No such household: what uids look like here."""
    if replay is None:
        example = int(rng.HOUSEHOLD) | ((int(known[0]) & ((1 << 30) - 1)) << rng.INDEX_BITS)
        return DataError(say("trace.unknown", uid=uid, run=run.id), file=str(run.path), hint=say("trace.unknown.hint", spans=len(known), example=example))
    uids = np.concatenate([moment.households.uid[moment.households.kind != FREE] for moment in (replay.opening, replay.years[-1].end)])
    return DataError(say("trace.unknown_here", uid=uid), file=str(run.path), hint=say("trace.unknown_here.hint", first=int(uids.min()), last=int(uids.max())))


def _span_facts(replay):
    spans = replay.opening.spans
    return {"uid": int(spans.uid[0]), "urban": bool(spans.urban[0]), "weight": float(replay.weight[0]),
            "households": int((replay.opening.households.kind != FREE).sum()), "distance_km": float(spans.distance[0])}


def traits(replay, uid):
    """The lasting temper of a household: its own discount rate and how often a loss counts."""
    b, year = replay.state.behaviour, replay.years[0].published
    stream = np.uint32(mix(np.uint32(uid)))
    averse = uniform(stream, year.first[rights.AVERSION]) < b.loss_averse_share
    return {"discount": float(income.own_discount(np.float32(uniform(stream, year.first[rights.DISCOUNT])), b)),
            "loss_aversion": float(b.loss_aversion * lognormal(stream, year.first[rights.AVERSION_SIZE], np.float32(0.4))) if averse else 1.0}


# ---------------------------------------------------------------------------------------------------- finding telling households
def pick(run, kind, seed=None):
    """uids of telling households of a kind, the most telling first. Raises DataError where the run has none.

    exited   gave up a right      stayed   was asked, could have taken part and kept everything: the nearest miss first
    settled  moved to town        regret   would not do it again, five years after
    """
    if kind not in KINDS:
        raise UsageError(say("trace.kind", kind=kind), where="--pick", hint=say("trace.kind.hint", known=", ".join(KINDS)))
    seed = run.seeds[0] if seed is None else seed
    paths = saved_paths(run, seed)
    offers = paths["offer"] > 0
    first = np.where(offers.any(0), offers.argmax(0), len(offers))
    villages = np.flatnonzero(paths["span_stratum"] % 2 == 0)
    wanted = villages if kind == "settled" else villages[offers.any(0)[villages]]
    wanted = wanted[np.lexsort((paths["span_uid"][wanted], first[wanted]))]
    for start in range(0, len(wanted), BATCH):
        replay = Replay(run, seed, paths["span_uid"][wanted[start:start + BATCH]], paths)
        found = _stayers(replay) if kind == "stayed" else _by_events(replay, _who(replay, kind))
        if found:
            return found[:1 + OTHERS]
    raise DataError(say(f"trace.none.{kind}", first=replay.first if len(wanted) else run.years[0], last=run.years[1]), file=str(run.path),
                    hint=say("trace.none.hint"))


def _who(replay, kind):
    """uids of the households of a kind, in the order of their rows."""
    found = {}
    for lived in replay.years:
        hh, asked = lived.end.households, lived.asked.households
        rows = {"exited": (hh.kind == CONTRACT) & (hh.exit_payment > 0), "regret": (hh.regret == 1) & (asked.regret == 0),
                "settled": (hh.kind == CONTRACT) & (hh.settled_year == lived.year)}[kind]
        found |= dict.fromkeys(hh.uid[rows].tolist(), lived.year)
    return list(found)


def _by_events(replay, uids):
    """Those in whose life most sorts of things happen first; of equals the smaller uid."""
    spread = uids[::max(1, len(uids) // CANDIDATES)][:CANDIDATES]
    sorts = {uid: len({name for year in trace_life.life(replay, uid, tipped=False) for name, _ in year.events}) for uid in spread}
    return sorted(spread, key=lambda uid: (-sorts[uid], uid))


def _stayers(replay):
    """Units that were asked, could have given up the homestead, lived on to the end and never signed: by how little was missing.

    The twin of the rights rule orders all of them at once; the model's own then says of the first whether that is why they stayed.
    """
    end = replay.years[-1].end.households
    missing = {}
    for lived in replay.years:
        hh = lived.asked.households
        here = (end.uid == hh.uid) & (end.kind == CONTRACT) & (end.signed_year == 0) & (lived.asked.spans.offer[hh.span] > 0)
        rows = np.array([row for row in np.flatnonzero(here) if trace_rights.asked(lived.asked, row)], np.int64)
        for row, gain in zip(rows.tolist(), _best_for_homestead(replay, lived, rows).tolist()):
            uid = int(hh.uid[row])
            if -np.inf < gain < trace_rights.LEAST and -gain < missing.get(uid, (np.inf,))[0]:
                missing[uid] = (-gain, row, lived)
    found = []
    for uid in sorted(missing, key=lambda uid: missing[uid][0]):
        _, row, lived = missing[uid]
        if trace_rights.answer(lived, row, replay.state.behaviour).reason == trace_rights.TOO_LITTLE:
            found.append(uid)
        if len(found) > OTHERS:
            break
    return found


def _best_for_homestead(replay, lived, rows):
    """The best gain of the bundles open to these rows that give up the homestead, yuan; -inf where none is open."""
    traced = twin_rights.trace(SimpleNamespace(households=lived.asked.households, spans=lived.asked.spans, published=lived.published,
                                               delivered=replay.paths["delivered"][lived.year - replay.first]), rows)
    worth = twin_rights.valuation(traced, replay.state.behaviour, replay.state.population_seed)
    gains = [np.where(twin_rights.entitled(traced, c, use, share), twin_rights.cash_and_gain(traced, worth, c, use, share)[1], -np.inf)
             for c, use, share in twin_rights.BUNDLES if use >= 2]
    return np.max(gains, 0)


# ---------------------------------------------------------------------------------------------------- beside another run
def beside(story, run):
    """The same household's Story in another run, and the Parting of the two. Raises IncomparableError where it is not the same population."""
    for name in ("population_seed", "sample", "toy"):
        if getattr(run, name) != getattr(story.run, name):
            raise IncomparableError(say("trace.other_population"), where=run.id, hint=say("trace.other_population.hint"))
    if run.toy and run.households != story.run.households:
        raise IncomparableError(say("trace.other_population"), where=run.id, hint=say("trace.other_population.hint"))
    if story.seed not in run.seeds:
        raise DataError(say("results.no_seed", seeds=story.seed), file=str(run.path), hint=say("results.no_seed.hint"))
    other = tell(run, story.uid, story.seed)
    return other, parting(story, other)


def parting(one, other):
    """The Parting of two stories of one household."""
    ours, theirs = ({year.year: year for year in story.years} for story in (one, other))
    years = range(one.replay.first, min(one.replay.last, other.replay.last) + 1)
    first = next((year for year in years if ours.get(year) != theirs.get(year)), None)
    if first is None:
        return Parting(None, (), (), None)
    here, there = ours.get(first), theirs.get(first)
    fields = tuple(name for name in here._fields if getattr(here, name) != getattr(there, name)) if here and there else ("life",)
    happens = next((year for year in years if not same_happens(ours.get(year), theirs.get(year))), None)
    return Parting(first, fields, _through(one, other, first), happens)


def same_happens(here, there):
    """Do the same things happen in both years, amounts aside, and does the household answer the same?"""
    return _happenings(here) == _happenings(there)


def _happenings(year):
    if year is None:
        return None
    answered = year.answer and (year.answer.reason, year.answer.chosen)
    return year.residence, tuple(name for name, _ in year.events), tuple((one.uid, one.residence, one.base) for one in year.members), answered


def _figure(story, lived, name):
    """A published figure as the household reads it: that of its district, of its bank, or of the zone; the mean over classes of collateral."""
    values = getattr(lived.published, name)
    if name in CLASS_SCALARS:
        return values.mean()
    if name in BANK_SCALARS:
        return values[credit.bank_of(np.float32(uniform_array(np.array([story.uid], np.uint32), credit.BANK_KEY)[0]), story.replay.state.behaviour)]
    return np.broadcast_to(values, len(DISTRICTS))[story.district]


def _through(one, other, year):
    """What its village, the figures and the rules of its district differ in that year: (sort, name, here, there), the nearest to it first."""
    sides = [(story, story.replay.years[year - story.replay.first]) for story in (one, other)]

    def differing(sort, names, value):
        for name in names:
            here, there = (float(value(story, lived, name)) for story, lived in sides)
            if here != there:
                yield sort, name, here, there

    def rule(story, lived, name):
        parameter = owner(name)[1] if owner(name) else None
        return story.replay.paths["delivered"][year - story.replay.first, rule_index()[name], story.district] / (parameter.scale if parameter else 1.0)
    return (*differing("village", SPAN_INPUTS, lambda story, lived, name: getattr(lived.asked.spans, name)[0]),
            *differing("figure", PUBLISHED, _figure),
            *differing("rule", rule_index(), rule))
