"""Each lever moves its own observable with the expected sign: one toy zone, offers made frequent so that a toy sees them, same luck in all runs.

What a lever declares to watch (`Lever.watch`) is read from the catalogue; nothing here says by how much.
"""
from functools import cache

import numpy as np
import pytest

from sim.policies.catalogue import levers
from sim.scenario import load
from sim.simulation import simulate

YEARS = "horizon: {start: 2019, end: 2029, report: [2025]}"
OFFERS = "{from: 2021, districts: all, preset: plan, villages_with_offer_percent: 30, compensation_yuan_per_m2: 200}"
# A lever whose plan value reaches too few of a toy's 18 villages to be seen.
PUSHED = {"homestead_withdrawal": OFFERS}
LOW_OFFERS = "{from: 2021, districts: all, preset: plan, villages_with_offer_percent: 30, compensation_yuan_per_m2: 60}"
PLAN = "{from: 2021, districts: all, preset: plan}"
PARENT = {
    "collective_land_entry": {}, "idle_house_lease": {}, "urban_village_renewal": {}, "land_quota": {}, "red_lines": {},
    "collective_land_price": {"collective_land_entry": PLAN}, "collective_land_revenue": {"collective_land_entry": PLAN},
    "homestead_withdrawal": {},
    "keep_rights_without_land": {"homestead_withdrawal": OFFERS, "three_rights_separation": "{from: 2021, districts: all, preset: plan}"},
    "combined_exit": {"homestead_withdrawal": OFFERS},
    "collateral_loans": {"three_rights_separation": "{from: 2021, districts: all, preset: plan}"},
    "three_rights_separation": {"homestead_withdrawal": OFFERS, "keep_rights_without_land": "{from: 2021, districts: all, preset: plan}"},
    "trusteeship": {}, "village_tourism": {}, "beautiful_villages": {}, "rural_ecommerce": {}, "job_matching": {}, "training": {}, "equal_work": {},
    "registration": {}, "new_businesses": {}, "talent_settlement": {}, "schooling": {},
    "industrial_platforms": {}, "agricultural_parks": {}, "characteristic_towns": {}, "lead_firms": {}, "investment_funds": {}, "zone_linkage": {},
    "farm_insurance": {},
    "policy_bank": {},
    "pledge_market": {"collateral_loans": PLAN, "three_rights_separation": PLAN},
    "property_company": {"collateral_loans": PLAN, "three_rights_separation": PLAN},
    "packaged_collateral": {"collateral_loans": PLAN, "three_rights_separation": PLAN}, "loan_guarantees": {}, "online_lending": {}, "integration_bank": {},
    "rural_services": {}, "rural_infrastructure": {}, "public_works_finance": {"rural_infrastructure": PLAN},
    "crop_insurance": {"farm_insurance": PLAN}, "trunk_roads": {}, "evaluation": {},
    "cash_crops": {}, "cold_chain": {}, "order_farming": {}, "family_farms": {}, "cooperatives": {},
    # cheap contract rights: only those who expect little from their land sell, and errors of expectation show as regret
    "offer_stop_rule": {"homestead_withdrawal": LOW_OFFERS, "combined_exit": "{from: 2021, districts: all, preset: plan, contract_compensation_percent: 110}"},
    "voluntariness": {"homestead_withdrawal": LOW_OFFERS, "combined_exit": "{from: 2021, districts: all, preset: plan, contract_compensation_percent: 110}"},
}


@cache
def totals(text):
    """Zone flows summed over the years and the last value of rates, {indicator: value}, of a scenario given as text."""
    import tempfile
    from pathlib import Path
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "toy-lever.yaml"
        path.write_text(text, encoding="utf-8")
        result = simulate(load(str(path)), households=12_000, seed=3, threads=2)
    sums, last = {}, {}
    for _, district, sector, indicator, value, _ in result.indicators:
        if district == "zone" and sector == "all":
            sums[indicator] = sums.get(indicator, 0.0) + value
            last[indicator] = value
    return sums | {"regret_rate": last.get("regret_rate", 0.0)}


def scenario(steps):
    """A scenario file with these levers' steps."""
    lines = ["schema: 1", "id: toy-lever", "title: {zh: 检验, en: Check}", YEARS, "extends: baseline"]
    if steps:
        lines += ["levers:"] + [f"  {lever}: {{steps: [{step}]}}" for lever, step in steps.items()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("lever", list(levers().values()), ids=lambda lever: lever.id)
def test_lever_moves_what_it_watches(lever):
    parent = PARENT[lever.id]
    step = PUSHED.get(lever.id, "{from: 2021, districts: all, preset: plan}")
    base, moved = totals(scenario(parent)), totals(scenario({**parent, lever.id: step}))
    indicator, sign = lever.watch.indicator, lever.watch.sign
    change = moved.get(indicator, 0.0) - base.get(indicator, 0.0)
    assert np.sign(change) == sign, f"{lever.id}: {indicator} changes by {change:+.4g}"
