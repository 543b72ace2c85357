"""The heaviest sweeps at full size, in ns per household, and the choice of place against the same rule in plain numpy.

    python -m benchmarks.sweeps [--households N] [--rounds 5]

Each round starts from the same state (the opening of 2019, a copy), rounds of the variants are interleaved, medians are reported. The rights
sweep runs with a live offer and the plan's terms in every village, which no scenario does: it is the upper end of its cost.
"""
import argparse
import statistics
import time

import numpy as np

THREADS = (1, 2)


def opened(households, threads):
    """A state of 1 January 2019 under the plan's terms, with the year's figures published and an offer in every village."""
    from sim import schedule, state
    from sim.policies.rulebook import base_rules, order
    from sim.rules import RULE_INDEX
    from sim.scenario import load

    book = order(load("four-instruments"))
    st = state.build(households=households, seed=1, population_seed=1, sample=1, first_year=2019, last_year=2035,
                     rules_start=base_rules(), assumptions={}, threads=threads)
    schedule.open_institutions(st)
    st.year = 2025
    schedule.begin(st, book.at(2025), 100)
    st.spans.offer[:] = np.where(st.spans.urban == 0, st.delivered[RULE_INDEX["project_households"], st.spans.district], 0)
    return st


def keep(st):
    """Copies of the tables, to start every round from the same rows."""
    return [[array.copy() for array in made] for made in st.people[:3]]


def put_back(st, kept):
    for made, copies in zip(st.people[:3], kept):
        for array, copy in zip(made, copies):
            array[:] = copy
    st.happened[:] = 0
    st.volume[:] = 0


def sweeps(st):
    """{name: function} of the sweeps, each as the year calls it."""
    from sim.kernels import income, land_rental, people, place_choice, rights, tally

    run, three, b = st.runner.run, (st.spans, st.households, st.persons), st.behaviour
    year = st.published
    return {
        "people": lambda: run(people.live_a_year, *three, "chances", "single", st.happened, st.volume, year, b),
        "work and place": lambda: run(place_choice.choose_work, *three, *place_choice.SCRATCH, st.seekers, st.happened, st.volume, False, True,
                                         year, b),
        "work and place, everybody reconsiders": lambda: run(place_choice.choose_work, *three, *place_choice.SCRATCH, st.seekers, st.happened,
                                                             st.volume, True, False, year, b),
        "rental market": lambda: run(land_rental.clear_farmland, *three, "farm", False, year, b),
        "rights, an offer in every village": lambda: run(rights.sign_offers, st.spans, st.households, "terms", "answers", st.happened, year, b),
        "income and saving": lambda: run(income.live_on_income, *three, st.happened, year, b),
        "sums": lambda: run(tally.add_up, *three, "skill", "whereabouts", st.tally, year.migrant_benefit, year.dwelling_price, b),
    }


def place_choice_numpy(st):
    """The base of every villager who may choose, by the same rule in plain numpy float64: (base, persons who choose)."""
    from sim import rng
    from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
    from sim.tables import RURAL

    spans, hh, pp = st.people[:3]
    b = {name: float(value) for name, value in st.behaviour._asdict().items()}
    year, nu = st.published, float(st.behaviour.migration_elasticity)
    h = pp.household
    rows = np.flatnonzero((pp.age >= 16) & (pp.age <= 75) & (pp.age >= pp.schooling + 6) & (hh.residence[h] == VILLAGE) & (hh.kind[h] <= RURAL))
    h, age = h[rows], pp.age[rows].astype(float)
    s = hh.span[h]
    o = spans.district[s]
    experience = np.maximum(age - pp.schooling[rows] - 6, 0)
    skill = np.exp(b["return_to_schooling"] * pp.schooling[rows] + b["return_to_experience"] * experience - b["experience_squared"] * experience ** 2
                   + pp.ability[rows] + b["income_position"] * np.log(hh.wealth_effect[h]) - b["human_capital_norm"])
    pension = np.where(age >= 60, float(year.rural_pension), 0.0)

    def by_age(name):
        return np.where(age < 35, b[f"{name}_young"], np.where(age < 50, b[f"{name}_middle"], b[f"{name}_old"]))

    def noise(place):
        return -np.log(-np.log(rng.uniform_array(pp.uid[rows], year.place_keys[place])))
    free = np.maximum(b["farm_days_limit"] - hh.farm_days[h], 0)
    able = np.where(age < 60, 1.0, np.where(age <= 70, b["old_work"], 0.0))
    off = b["offfarm_access"] * (1 - year.expected_unemployment[o]) / (1 - b["unemployment"]) * free * able
    pay = skill * b["local_wage"] * year.expected_wage[o] / b["town_wage"] / 264 * off
    best = nu * np.log(np.maximum(pension, b["home_floor"])) + by_age("home_taste") + noise(HOME)
    base = np.full(len(rows), HOME)
    value = nu * np.log(np.maximum(hh.farm_income[h] + pay + pension, 500)) + by_age("village_taste") + noise(VILLAGE)
    base, best = np.where(value > best, VILLAGE, base), np.maximum(value, best)
    net = min(nu * b["network"], 2.4) * ((spans.away_1 + spans.away_2 + spans.away_3) / 3)[s]
    lost = hh.land_income[h] * b["tenure_risk"] * (1.0 - spans.titled[s])
    for d in range(9):
        km = np.where(o == d, spans.distance[s], st.distance[o, d] + 0.5 * spans.distance[s])
        earned = np.log(np.maximum(year.expected_wage[d] * skill * (1 - year.expected_unemployment[d]) + b["benefit"] * year.expected_unemployment[d], 500))
        living = b["public_services"] * np.log(year.public_services[d]) - b["housing_share"] * np.log(year.living_cost[d])
        moving = nu * (earned - b["land_loss"] * lost / np.exp(earned) + living - b["distance_cost"] * np.log(1 + km / 100)) - b["town_barrier"] + net
        minutes = 15 + 1.5 * km
        commuting = np.where(minutes <= b["commute_limit"], nu * (earned - b["commute_cost"] * 2 * minutes / 480) - b["commute_barrier"], -1e9)
        value = np.maximum(moving, commuting) + np.log(year.jobs[d]) + noise(FIRST_DISTRICT + d)
        base, best = np.where(value > best, FIRST_DISTRICT + d, base), np.maximum(value, best)
    away = np.maximum(float(year.expected_outside_wage) * np.exp(b["outside_premium"]) * skill * (1 - b["outside_unemployment"]), 500)
    value = nu * np.log(away) - b["outside_barrier"] + net - nu * b["land_loss"] * lost / away + noise(OUTSIDE)
    return np.where(value > best, OUTSIDE, base), rows


def timed(function, st, kept, rounds):
    """Median seconds of `rounds` calls, each from the kept rows."""
    taken = []
    for _ in range(rounds):
        put_back(st, kept)
        start = time.perf_counter()
        function()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def measure(households=None, rounds=5, tell=print):
    """Rows of (name, threads, households, seconds, ns per household) and the check and ratio of the numpy twin."""
    from sim.tables import CONTRACT, FREE

    rows, twin = [], {}
    for threads in THREADS:
        st = opened(households, threads)
        kept = keep(st)
        count = int((st.households.kind != FREE).sum())
        units = int((st.households.kind == CONTRACT).sum())
        work = sweeps(st)
        for function in work.values():
            put_back(st, kept)
            function()
        for name, function in work.items():
            seconds = timed(function, st, kept, rounds)
            per = units if name.startswith("rights") else count
            rows.append({"sweep": name, "threads": threads, "rows": per, "seconds": seconds, "ns": 1e9 * seconds / per})
            tell(f"{name:40s} {threads} thread{'s' * (threads > 1):1s} {1e9 * seconds / per:9.1f} ns per {'unit' if per == units else 'household'}")
        if threads == 1:
            twin = compare(st, kept, rounds)
            tell(f"place choice of {twin['persons']:,} villagers, 1 thread: numpy {twin['numpy_seconds']:.2f} s, the sweep of all villages "
                 f"{twin['sweep_seconds']:.2f} s; choices that differ: {twin['differ']}")
        st.runner.close()
    return rows, twin


def village_ranges(spans):
    """(first, last) of every run of villages among the spans."""
    edges = np.flatnonzero(np.diff(np.concatenate([[1], spans.urban, [1]]).astype(int)))
    return [tuple(map(int, pair)) for pair in edges.reshape(-1, 2)]


def compare(st, kept, rounds):
    """The numpy twin against the sweep over the villages from the same state: choices that differ, and both times.

    The sweep does more than the twin: families settled in town, memory of the village, labour on offer.
    """
    from sim.kernels import place_choice

    scratch, ranges = st.runner.scratch(), village_ranges(st.spans)

    def sweep():
        for first, last in ranges:
            place_choice.choose_work(first, last, st.spans, st.households, st.persons, *(scratch[name] for name in place_choice.SCRATCH),
                             st.seekers, st.happened, st.volume, True, False, st.published, st.behaviour)
    put_back(st, kept)
    base, rows = place_choice_numpy(st)
    numpy_seconds = timed(lambda: place_choice_numpy(st), st, kept, rounds)
    put_back(st, kept)
    sweep()
    differ = int((st.persons.base[rows] != base).sum())
    return {"persons": len(rows), "differ": differ, "numpy_seconds": numpy_seconds, "sweep_seconds": timed(sweep, st, kept, rounds)}


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--households", type=int, default=None)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    measure(given.households, given.rounds)


if __name__ == "__main__":
    main()
