"""A stand-in for the model: cells with plausible, made-up numbers in the shape of the real ones, for tests of files, tables and the brief.

The numbers depend on the scenario's id and the seed only: `baseline` has no reform,
an id that begins with `tiny` almost none and luck of its own, every other id a small one.
"""

import hashlib
import os
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from sim import cells, files, results, snapshots
from sim.indicators import INDICATORS
from sim.places import DISTRICT_IDS
from sim.rules import RULES
from sim.scenario import Horizon, Scenario
from sim.tables import Households, Persons, Spans


def scenario(id="baseline", zh="基线", en="Baseline", end=2035, **fields):
    """A resolved scenario without a file."""
    return Scenario(id, {"zh": zh, "en": en}, {}, Horizon(2019, end, tuple(y for y in (2025, 2035) if y <= end)), **fields)


def simulate(scenario, *, households=None, seed=1, progress=None, snapshot_years=(), folder=None, **_):
    """One made-up cell. An id that begins with `fails-on-3` fails for seed 3; `slow` takes time; `stuck` never ends,
    `stuck-from-3` from seed 3 on; `dies` ends its process for seed 2."""
    if scenario.id.startswith("fails-on-3") and seed == 3:
        raise ZeroDivisionError("made up")
    if scenario.id.startswith("dies") and seed == 2:
        os._exit(9)
    stuck = scenario.id.startswith("stuck") and (seed > 2 or not scenario.id.startswith("stuck-from-3"))
    years = range(scenario.horizon.start, scenario.horizon.end + 1)
    for year in years:
        if scenario.id.startswith("slow"):
            time.sleep(0.3)
        while True:
            if progress:
                progress(year)
            if not stuck:
                break
            time.sleep(0.05)
    reform = 0.0 if scenario.id.startswith("baseline") else 0.02 if scenario.id.startswith("tiny") else 1.0
    luck = np.random.default_rng([seed, 8 if scenario.id.startswith("tiny") else 7]).normal(0, 1, (len(years), 40))
    indicators = [row for i, year in enumerate(years) for row in _year(year, luck[i], reform)]
    shape = (len(years), len(RULES), len(DISTRICT_IDS))
    ordered = np.broadcast_to(np.array([rule.base for rule in RULES])[None, :, None], shape).copy()
    digest = hashlib.sha256(repr(indicators).encode()).hexdigest()
    return cells.CellResult(
        indicators=indicators,
        distribution=_distribution(years, luck, reform),
        flows=_flows(years, reform),
        accounts=_accounts(years),
        balances=_balances(years),
        loans=_loans(years),
        checks={"identities": {"money": {"worst": 0.0, "ok": True}}, "fit": float("nan")},
        paths={"district_wage": np.full((len(years), 9), 42000.0)},
        snapshots={year: _snapshot(Path(folder) / f"snapshot-{year}.parquet", seed) for year in snapshot_years},
        ordered=ordered,
        delivered=ordered,
        spans=64,
        households=households or 1_380_000,
        weighted=households is not None,
        toy=households is not None and households < 20_000,
        seconds=0.01,
        digest=digest,
        log=[{"event": "start", "seed": seed}],
    )


class Simulation:
    """A stand-in for `sim.simulation.Simulation`: its years pass at once, its result is that of `simulate` above."""

    def __init__(self, scenario, *, open_state=None, standing=None, watch=None, **options):
        self.scenario, self.options, self.year = scenario, options, scenario.horizon.start - 1
        self.state = SimpleNamespace(log=[])

    def fork(self, scenario, *, watch=None, folder=None):
        made = Simulation(scenario, **{**self.options, "folder": folder})
        made.year = self.year
        return made

    def step(self):
        self.year += 1

    @property
    def finished(self):
        return self.year >= self.scenario.horizon.end

    def result(self):
        return simulate(self.scenario, **self.options)

    def close(self):
        pass


def _year(year, z, reform):
    t, on = year - 2019, reform * max(0, year - 2020)
    rows = []

    def add(id, value, sector="all", district="zone"):
        rows.append((year, district, sector, id, float(value), INDICATORS[id].unit))

    components = {"rural": (5740, 6190, 450, 2727), "urban": (19900, 2300, 2050, 8950)}
    growth = {"rural": (0.055, 0.021, 0.03, 0.058), "urban": (0.042, 0.02, 0.03, 0.041)}
    lift = {"rural": (9, 6, 14, 3), "urban": (1, 0, 0, 0)}
    total = {}
    for k, sector in enumerate(components):
        parts = [
            v * (1 + g) ** t * (1 + 0.001 * z[4 * k + j] * (t > 0)) + on * lift[sector][j]
            for j, (v, g) in enumerate(zip(components[sector], growth[sector]))
        ]
        for name, value in zip(("wage_income", "operating_income", "property_income", "transfer_income"), parts):
            add(name, value, sector)
        total[sector] = sum(parts)
        add("disposable_income", total[sector], sector)
        add("consumption", 0.78 * total[sector], sector)
    gap = total["urban"] / total["rural"]
    for id, shift in (
        ("income_gap_ratio", 0),
        ("income_gap_ratio_fixed_membership", -0.06 + 0.001 * t),
        ("income_gap_ratio_registered", -0.22),
    ):
        add(id, gap + shift)
    cost = {"urban": 102 + 0.5 * t, "rural": 100 + 0.2 * t}
    for sector, value in cost.items():
        add("living_cost_index", value, sector)
    add("income_gap_ratio_real", gap * cost["rural"] / cost["urban"])
    add("gini", 0.41 - 0.0005 * t - 0.0001 * on)
    add("theil", 0.28 - 0.001 * t)
    add("theil_between", 0.06 - 0.0005 * t)
    add("population", 3.33e6 * (1 - 0.006 * t))
    add("urbanisation_rate", 65.5 + 0.55 * t + 0.01 * on)
    add("settled_migrants", 85_000 + 5200 * t + 90 * on)
    add("land_transfer_share", 40 + 0.9 * t + 0.08 * on + 0.05 * z[10])
    add("land_rent_yuan_per_mu", 320 + 4 * t)
    add("grain_output_t", 2.731e6 * (1 + 0.004 * t) + 1500 * on + 4000 * z[11])
    add("homesteads_withdrawn", 55 + on * 14 + round(3 * z[12]))
    add("qualification_retained", on * 9)
    add("contract_rights_exited_mu", on * 110)
    add("shares_exited", on * 6)
    add("combined_exits", on * 5)
    add("homestead_reclaimed_ha", 2.4 + 0.8 * on)
    add("loans_outstanding_yuan", 6e9 * (1 + 0.03 * t) + 2.1e7 * on)
    add("loans_new", 21_000 + 160 * on + round(40 * z[13]))
    add("npl_ratio", 3.6 + 0.02 * z[14])
    add("fiscal_cost_yuan", 9e6 + 5.5e6 * on)
    add("gdp_yuan", 2.165e11 * 1.025**t)
    for d, id in enumerate(DISTRICT_IDS):
        add("income_gap_ratio", gap * (1 + 0.02 * (d - 4)) - 0.0004 * on * d, district=id)
        add("homesteads_withdrawn", (55 if d == 0 else 0) + on * (d + 1) * 0.3, district=id)
        add("disposable_income", total["rural"] * (1 - 0.03 * (d - 4)) + on * d, "rural", id)
    return rows


def _distribution(years, luck, reform):
    rows = [
        (
            year,
            "rural",
            f"decile {k}",
            "disposable_income",
            (2600 + 3600 * k**1.25) * 1.04 ** (year - 2019) + reform * (year - 2019) * (4.0 * k - 9) + 0.5 * luck[i, k],
            "yuan2019",
        )
        for i, year in enumerate(years)
        for k in range(1, 11)
    ]
    types = ("settled", "farming", "mixed", "migrant", "urban")
    rows += [
        (year, "all", group, "disposable_income", 14000 * (1 + 0.3 * k) + reform * (year - 2019) * (12 - 6 * k), "yuan2019")
        for year in years
        for k, group in enumerate(types)
    ]
    return pd.DataFrame(rows, columns=["year", "sector", "group", "indicator", "value", "unit"])


def _flows(years, reform):
    return [
        (year, factor, source, target, value * (1 + 0.2 * reform), unit)
        for year in years
        for factor, source, target, value, unit in (
            ("people", "village", "town", 21_000.0, "persons"),
            ("land", "homestead", "farmland", 2.4, "ha"),
            ("labour", "farm", "non-farm", 9_000.0, "persons"),
            ("capital", "bank", "rural household", 1.1e9, "yuan2019"),
        )
    ]


def _accounts(years):
    """Firms pay wages to villagers, who spend 80 % of them; every family keeps the rest in the bank."""
    return [
        (year, "jiutai", code, payer, receiver, yuan)
        for year in years
        for code, payer, receiver, yuan in (("wages", "firms", "rural_households", 1e9), ("consumption", "rural_households", "firms", 8e8))
    ]


def _balances(years):
    """The stocks that follow from `_accounts`, from 2 billion yuan at the start."""
    rows = []
    for n, year in enumerate((years[0] - 1, *years)):
        held = {"rural_households": 2e9 + 2e8 * n, "firms": -2e8 * n, "bank": -2e9}
        rows += [(year, "deposits", sector, yuan) for sector, yuan in held.items()]
        rows += [(year, "foreign_claim", "bank", 2.1e9), (year, "foreign_claim", "rest_of_world", -2.1e9), (year, "equity", "bank", 1e8)]
    return rows


def _loans(years):
    """Loans on the name and on farmland, a tenth of the older ones in default."""
    return [(year, holder, collateral, year - age, 1e8 / (1 + age), 5e6 * age) for year in years for holder in ("rural_commercial", "policy")
            for collateral in ("none", "farmland") for age in (0, 3)]


def _snapshot(path, seed):
    """Three households of which one row is free, and four persons."""
    households, persons, spans = (kind(*(np.zeros(n, c.dtype) for c in kind.columns)) for kind, n in ((Households, 3), (Persons, 5), (Spans, 2)))
    households.kind[:2], households.uid[:], spans.uid[:], spans.weight[:] = 1, (11, 12, 13), (7, 8), 1.5
    persons.age[:], persons.uid[:], persons.household[:] = (40, 38, 9, 70, -1), (21, 22, 23, 24, 25), (0, 0, 0, 1, 0)
    snapshots.write(path, SimpleNamespace(households=households, persons=persons, spans=spans), seed)
    return path


def write_run(out, spec, seeds=(1, 2, 3, 4), households=None, sample=1, change=None):
    """A finished run folder of a made-up scenario, opened; `change(result)` may alter each cell."""
    key = {"scenario": spec.id, "households": households, "sample": sample, "end": spec.horizon.end}
    folder = out / f"{spec.id}-{hashlib.sha256(repr(key).encode()).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    files.write_text(
        folder / "manifest.json",
        files.to_json(
            {
                "schema_version": 1,
                "scenario": spec.id,
                "title": spec.title,
                "first_year": spec.horizon.start,
                "last_year": spec.horizon.end,
                "report_years": list(spec.horizon.report),
                "sample": sample,
                "population_seed": 1,
                "levers": [],
                "versions": {"ronghe": "0"},
                "git": {"commit": "0" * 40, "dirty": False},
                "finished": "2020-01-01T00:00:00+0000",
                "delivery_rate_percent_per_year": spec.delivery_rate,
                "assumptions": {},
            }
        ),
    )
    for seed in seeds:
        result = simulate(spec, households=households, seed=seed, sample=sample)
        cells.write_cell(folder, seed, spec.horizon.start, {**key, "seed": seed}, change(result) if change else result)
    return results.open_run(folder)
