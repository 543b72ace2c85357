"""A certificate for one scenario: what must hold whatever the parameters are, each from runs computed afresh in a toy zone.

    placebo         a lever at its base changes nothing, bit for bit
    anticipation    a lever changes nothing before its first year
    locality        with prices, wages, credit limits and budgets held at the parent's path, a lever in one district changes no decision elsewhere;
                    one that changes nothing in the district itself then is not tested
    order           one thread, two threads and shuffled spans give the same bits
    ledger          the books of every run close
    voluntariness   every exit leaves the unit better off by the twin of the rights rule; a rule that forces exits is seen
Not here: whether the numbers fit the evidence (`sim/study/fit.py`), how the certificate is printed (`sim/cli/checks.py`).
"""
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim import recording, scenario as scenarios
from sim.errors import LedgerError
from sim.places import DISTRICT_IDS, DISTRICTS
from sim.policies.catalogue import levers
from sim.policies.rulebook import order
from sim.scenario_shape import Step
from sim.simulation import Simulation
from sim.study import twin_rights
from sim.words import language, say

HOUSEHOLDS = 5_000
YEARS_AFTER = 5            # years simulated after the last lever has begun
# What a span reads of others: the paths a held run takes from its parent.
FIGURES = (*recording.PUBLISHED, "project_cash", *recording.LAND_PATHS)
FORCED = 3                 # units a year that the broken rule forces out
# Offers that many accept and many refuse, for the check of voluntariness.
PUSHED = {
    "homestead_withdrawal": {"villages_with_offer_percent": 30.0, "compensation_yuan_per_m2": 200.0, "house_compensation_yuan_per_m2": 300.0,
                             "qualification_compensation_yuan": 10_000.0, "households_per_project": 200.0, "grant_percent": 100.0},
    "keep_rights_without_land": {"allowed": True, "compensation_share_percent": 95.0}, "three_rights_separation": {"separated": True},
    "combined_exit": {"allowed": True, "contract_compensation_percent": 220.0, "share_compensation_percent": 200.0}}


class Check(NamedTuple):
    """One line of the certificate. passed: None where there was nothing to test, which is no pass."""
    name: str
    passed: bool | None
    detail: str


class Walk(NamedTuple):
    """One run: the digest after each year, the digest of each district's rows after each year, the saved paths, the rows at the end."""
    digests: dict
    places: dict
    paths: dict
    result: object
    state: object


class Certifier:
    """The runs of one scenario with common options; `run` walks a variant of it."""

    def __init__(self, scenario, households, seed):
        firsts = [step.first for steps in scenario.levers.values() for step in steps]
        last = min(scenario.horizon.end, max(firsts, default=scenario.horizon.start) + YEARS_AFTER)
        self.scenario, self.households, self.seed = scenario.ending(last), households, seed
        self.runs, self.worst = 0, {}

    def run(self, levers_of=None, *, threads=2, shuffle=None, held=None, free=None, watch=None):
        """Walk the scenario with these levers instead of its own."""
        spec = self.scenario if levers_of is None else replace(self.scenario, levers=levers_of)
        moving = Simulation(spec, households=self.households, seed=self.seed, threads=threads, shuffle=shuffle, held=held, free=free, watch=watch)
        digests, places = {}, {}
        try:
            while not moving.finished:
                moving.step()
                digests[moving.year] = recording.digest(moving.state, moving.recorder)
                places[moving.year] = place_digests(moving.state)
            result = moving.result()
        finally:
            moving.close()
        self.runs += 1
        for name, worst in moving.state.checks.items():
            self.worst[name] = max(self.worst.get(name, 0.0), worst)
        return Walk(digests, places, result.paths, result, moving.state)

    def without(self, name):
        """The scenario's levers less one."""
        return {key: steps for key, steps in self.scenario.levers.items() if key != name}


def verify(file, households=HOUSEHOLDS, seed=1):
    """The certificate of a scenario (id, path or loaded): a list of Check. A ledger that does not close ends it, with what was found till then."""
    scenario = file if isinstance(file, scenarios.Scenario) else scenarios.load(file)
    certifier, found = Certifier(scenario, households, seed), []
    try:
        full = certifier.run(threads=1)
        parents = {}
        for part in (check_order, check_placebo, check_anticipation, check_locality, check_voluntariness):
            found += part(certifier, full, parents)
    except LedgerError as leak:
        return [*found, Check(say("verify.ledger"), False, str(leak))]
    worst = max(certifier.worst, key=certifier.worst.get)
    found.append(Check(say("verify.ledger"), True, say("verify.ledger.detail", runs=certifier.runs, identities=len(certifier.worst), worst=worst,
                                                       size=f"{certifier.worst[worst]:.1e}")))
    return found


# ---------------------------------------------------------------------------------------------------- comparing runs
def place_digests(state):
    """A digest of the household and person rows of each district: (9,) text."""
    import hashlib
    made = [hashlib.sha256() for _ in DISTRICTS]
    by_household = state.spans.district[state.households.span]
    for table, district in ((state.households, by_household), (state.persons, by_household[state.persons.household])):
        rows = [np.flatnonzero(district == d) for d in range(len(DISTRICTS))]
        for array in table:
            for digest, chosen in zip(made, rows):
                digest.update(np.ascontiguousarray(array[chosen]).tobytes())
    return tuple(digest.hexdigest() for digest in made)


def first_difference(a, b):
    """The first year in which two {year: digest} differ; None where they are the same."""
    return next((year for year in sorted(a) if a[year] != b[year]), None)


def changed_households(a, b, districts):
    """How many household rows of these districts differ in any column, their own or one of their persons'."""
    one, other = a.state.households, b.state.households
    differs = np.zeros(len(one.uid), bool)
    for left, right in zip(one, other):
        differs |= left != right
    people, others = a.state.persons, b.state.persons
    for left, right in zip(people, others):
        rows = left != right
        differs[people.household[rows]] = differs[others.household[rows]] = True
    return int((differs & np.isin(a.state.spans.district[one.span], districts)).sum())


def moved_figures(a, b, elsewhere, first):
    """Names of the published figures that differ outside a district, with the first year in which they do."""
    found = {}
    for name in FIGURES:
        left, right = a.paths[name], b.paths[name]
        differ = left != right
        if left.ndim > 1:                        # by district, or by bank of the whole zone
            differ = (differ[:, elsewhere] if left.shape[1] == len(DISTRICTS) else differ).any(1)
        if differ.any():
            found[name] = first + int(np.argmax(differ))
    return found


# ---------------------------------------------------------------------------------------------------- the checks
def title(name):
    return levers()[name].title[language()]


def check_order(certifier, full, parents):
    """One thread, two threads, shuffled spans; and the run held at its own path."""
    years = f"{certifier.scenario.horizon.start}-{certifier.scenario.horizon.end}"
    two, shuffled = certifier.run(), certifier.run(shuffle=11)
    same = full.digests == two.digests == shuffled.digests
    held = first_difference(full.digests, certifier.run(held=full.paths).digests)
    detail = say("verify.threads.detail", digest=full.result.digest[:16], years=years, households=f"{full.result.households:,}")
    return [Check(say("verify.threads"), same, detail), Check(say("verify.held"), held is None, say("verify.held.detail", year=held or "–"))]


def steps_at_base(name, first):
    """Steps that order every parameter of a lever to its base in each district, from the first year on."""
    lever = levers()[name]
    return tuple(Step(first=first, districts=(district,), values={p.name: p.base_in(district) for p in lever.parameters}, origin="verify")
                 for district in DISTRICT_IDS)


def check_placebo(certifier, full, parents):
    """Every lever there is, ordered at its base, against the same scenario without it."""
    found = []
    for name in levers():
        parent = certifier.run(certifier.without(name)) if name in certifier.scenario.levers else full
        parents[name] = parent
        placebo = certifier.run({**certifier.without(name), name: steps_at_base(name, certifier.scenario.horizon.start)})
        year = first_difference(parent.digests, placebo.digests)
        found.append(Check(say("verify.placebo", lever=title(name)), year is None,
                           say("verify.same", digest=placebo.result.digest[:16]) if year is None else say("verify.differs", year=year)))
    return found


def check_anticipation(certifier, full, parents):
    """Years before a lever begins: rows and every recorded indicator as without it."""
    found = []
    for name, steps in certifier.scenario.levers.items():
        begins = min(step.first for step in steps)
        early = [year for year in full.digests if year < begins]
        differs = first_difference(full.digests, parents[name].digests)
        passed = (differs is None or differs >= begins) if early else None
        after = say("verify.never") if differs is None else str(differs)
        detail = say("verify.anticipation.detail", begins=begins, years=len(early), after=after) if early else say("verify.anticipation.none", begins=begins)
        found.append(Check(say("verify.anticipation", lever=title(name)), passed, detail))
    return found or [Check(say("verify.anticipation", lever="–"), None, say("verify.no_lever"))]


def check_locality(certifier, full, parents):
    """A lever in one district only: nothing changes elsewhere while what connects districts is held; then free, through what it changes.

    What works only through what is held (pay, benefits and registration in towns that all districts look to) is not tested and reported so.
    """
    found, base = [], order(certifier.scenario)
    for name, steps in certifier.scenario.levers.items():
        touched = (order(replace(certifier.scenario, levers=certifier.without(name))).ordered != base.ordered).any((0, 1))
        if not touched.any():
            found.append(Check(say("verify.locality", lever=title(name), district="–"), None, say("verify.locality.none")))
            continue
        d = int(np.argmax(touched))
        here = tuple(replace(step, districts=(DISTRICT_IDS[d],)) for step in steps if DISTRICT_IDS[d] in step.districts)
        found.append(_local(certifier, title(name), parents[name], {**certifier.without(name), name: here}, d))
    found.append(_local(certifier, say("verify.pushed"), full, pushed(certifier.scenario, DISTRICT_IDS[:1]), 0))
    return found


def _local(certifier, lever, parent, levers_of, d):
    """One check of locality: these levers differ from the parent's in district d only."""
    held, free = certifier.run(levers_of, held=parent.paths, free=d), certifier.run(levers_of)
    elsewhere = [i for i in range(len(DISTRICTS)) if i != d]
    wrong = [(year, DISTRICT_IDS[i]) for year in held.places for i in elsewhere if held.places[year][i] != parent.places[year][i]]
    inside = changed_households(parent, held, [d])
    passed = False if wrong else True if inside else None
    if wrong:
        detail = say("verify.locality.wrong", year=wrong[0][0], district=wrong[0][1], changed=changed_households(parent, held, elsewhere))
    else:
        figures = moved_figures(parent, free, elsewhere, certifier.scenario.horizon.start)
        through = ", ".join(f"{key} ({year})" for key, year in figures.items()) or "–"
        changed = f"{changed_households(parent, free, elsewhere):,}"
        detail = say("verify.locality.detail" if inside else "verify.locality.untested", inside=f"{inside:,}", changed=changed, through=through)
    return Check(say("verify.locality", lever=lever, district=getattr(DISTRICTS[d], language())), passed, detail)


class Exits:
    """A watch that looks at every exit of a run with the twin of the rights rule. `broken`: force out units that lose, as a wrong rule would."""

    def __init__(self, broken=False):
        self.broken, self.before = broken, None
        self.checked, self.lapsed, self.violations, self.unlawful, self.least, self.apart = 0, 0, 0, 0, np.inf, 0.0

    def __call__(self, phase, state, before):
        if phase != "exchange rights":
            return
        rows = np.flatnonzero(state.households.kind == 1)
        if before:
            losers = self._sign_losers(state, rows) if self.broken else ()
            self.before = twin_rights.trace(state, rows)
            for row, gain in losers:
                _execute(state, row, gain)
        else:
            self._judge(state, twin_rights.trace(state, self.before.row))

    def _judge(self, state, after):
        units, b = self.before, state.behaviour
        done, (c, use, share) = twin_rights.executed(units, after)
        due = units.household["signed"] > 0
        self.lapsed += int((due & ~done & (after.household["signed"] == 0)).sum())
        if not done.any():
            return
        gain = twin_rights.cash_and_gain(units, twin_rights.valuation(units, b, state.population_seed), c, use, share)[1]
        self.checked += int(done.sum())
        self.violations += int((gain[done] < 0).sum())
        self.unlawful += int((~twin_rights.entitled(units, c, use, share))[done].sum())
        self.least = min(self.least, float(gain[done].min()))
        kept = state.households.exit_gain[units.row]
        self.apart = max(self.apart, float((np.abs(gain - kept) / np.maximum(np.abs(gain), 1e4))[done].max()))

    def _sign_losers(self, state, rows):
        """Units that would lose by giving up the homestead, written down as if they had signed long ago: (row, gain)."""
        units = twin_rights.trace(state, rows)
        gain = twin_rights.cash_and_gain(units, twin_rights.valuation(units, state.behaviour, state.population_seed), 0, 3, 0)[1]
        lose = np.flatnonzero(twin_rights.entitled(units, 0, 3, 0) & (gain < -1_000) & (units.household["signed"] == 0))[:FORCED]
        state.households.signed[rows[lose]], state.households.signed_year[rows[lose]] = 0 * 8 + 3 * 2 + 1, state.year - 9
        return [(int(row), float(g)) for row, g in zip(rows[lose], gain[lose])]


def _execute(state, row, gain):
    """Carry out the full homestead exit of one unit as the model's own phase would, without asking whether it gains."""
    from sim.kernels import rights
    hh, spans = state.households, state.spans
    terms = np.zeros(16, np.float32)
    s = np.int64(hh.span[row])
    hh.signed[row] = 0
    rights.value_rights(np.int64(row), s, spans, hh, terms, state.published, state.behaviour)
    cash = rights.bundle_cash(0, 3, 0, np.int64(spans.district[s]), terms, state.published)
    rights.execute(np.int64(row), s, 0, 3, 0, np.float32(cash), np.float32(gain), spans, hh, state.happened, state.published, state.behaviour)


def pushed(scenario, districts=DISTRICT_IDS):
    """The scenario's levers with offers in these districts, from the second year on, that many accept and many refuse."""
    def step(values):
        return Step(first=scenario.horizon.start + 1, districts=districts, values=values, origin="verify")

    def elsewhere(steps):
        kept = (replace(one, districts=tuple(d for d in one.districts if d not in districts)) for one in steps)
        return tuple(one for one in kept if one.districts)
    return {**scenario.levers, **{name: (*elsewhere(scenario.levers.get(name, ())), step(values)) for name, values in PUSHED.items()}}


def check_voluntariness(certifier, full, parents):
    """Exits of the scenario and of pushed offers by the twin; then a rule that forces exits, which must be seen."""
    found = []
    for key, levers_of, broken in (("ordered", None, False), ("pushed", pushed(certifier.scenario), False), ("broken", pushed(certifier.scenario), True)):
        exits = Exits(broken)
        certifier.run(levers_of, watch=exits)
        detail = say("verify.exits", checked=f"{exits.checked:,}", violations=f"{exits.violations:,}", unlawful=exits.unlawful, lapsed=f"{exits.lapsed:,}",
                     least="–" if exits.checked == 0 else f"{exits.least:,.0f}", apart=f"{exits.apart:.1e}")
        clean = exits.violations == exits.unlawful == 0
        passed = {"ordered": clean, "pushed": clean and exits.checked > 0, "broken": exits.violations > 0}[key]
        found.append(Check(say(f"verify.voluntary.{key}"), passed, detail))
    return found
