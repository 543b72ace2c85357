"""Calibration of the constants of 2019: one documented, repeatable procedure; its result is kept as data with provenance.

    python -m sim.study.calibration [--households all] [--rounds 8]
Each constant has one target and one rule of correction; all are corrected together from one build and one simulated 2019, round by round.
Shares of places are matched by log ratios (exact for a logit at the margin), levels by ratios. Evidence marked `validate` is never a target.
Not here: the report of what was reached (`sim/study/fit.py`).
"""
import argparse
import csv
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim import behaviour, schedule, state
from sim.data_files import write_sums
from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.tables import FREE, RURAL, URBAN

FILE = Path(__file__).parents[1] / "data" / "calibration.csv"
SPLIT_STEP = 0.12
CASH_CROPS = 2.4e9      # yuan of cash crops in 2019, about: how far their yield moves the output of farming
AGES = ((16, 34, "young"), (35, 49, "middle"), (50, 75, "old"))


class Target(NamedTuple):
    """A moment of 2019, its value, how firm it is, where it comes from, and the constant it fixes."""
    name: str
    value: float
    unit: str
    quality: str
    source: str
    constant: str


TARGETS = (
    Target("rural_home_young", 0.10, "share", "assumed", "zone amendments: home shares by age", "home_taste_young"),
    Target("rural_home_middle", 0.08, "share", "assumed", "the same", "home_taste_middle"),
    Target("rural_home_old", 0.35, "share", "assumed", "the same", "home_taste_old"),
    Target("rural_move_young", 0.372, "share", "assumed", "migrants and commuters by age, younger more; scaled to the totals below", "all barriers"),
    Target("rural_move_middle", 0.205, "share", "assumed", "the same", "village_taste_middle"),
    Target("rural_move_old", 0.071, "share", "assumed", "the same", "village_taste_old"),
    Target("members_in_towns", 90_000, "persons", "assumed", "0.09 M members away in the zone's towns", "town_barrier"),
    Target("members_outside", 50_000, "persons", "assumed", "0.05 M members outside; 0.40 of those away (0.25-0.55)", "outside_barrier"),
    Target("commuters", 55_000, "persons", "assumed", "25.7 % of rural labour are migrants or local non-farm workers (Jilin 2015)", "commute_barrier"),
    Target("urban_home_young", 0.14, "share", "assumed", "not in work, not at school", "urban_home_taste_young"),
    Target("urban_home_middle", 0.12, "share", "assumed", "the same", "urban_home_taste_middle"),
    Target("urban_home_old", 0.60, "share", "assumed", "retired or not in work, 50-75", "urban_home_taste_old"),
    Target("urban_elsewhere", 0.020, "share", "assumed", "town people who live in another district than their block", "urban_move_barrier"),
    Target("urban_outside", 0.003, "share", "assumed", "town people outside the zone", "urban_outside_barrier"),
    Target("settled_families", 9_000, "households", "assumed", "urban share +0.9 points a year (Changchun 2010-2020), less natural change", "settle_barrier"),
    Target("mean_human_capital", 1.0, "", "definition", "wages are those of the mean worker", "human_capital_norm"),
    Target("grain", 2.731e9, "kg", "official", "吉政办函〔2020〕118号", "farm_productivity"),
    Target("livestock_output", 1.36e9, "yuan", "assumed", "9.0 bn yuan less 5.24 of grain and 2.4 of cash crops (amended components)", "livestock_level"),
    Target("agricultural_output", 9.0e9, "yuan", "official", "吉政办函〔2020〕118号", "cash_crop_yield"),
    Target("family_farms", 3_500, "households", "assumed",
           "one in a hundred farming households; large growers of the north-east are 7 % (census of 2016, recalled)", "family_farm_hurdle"),
    Target("transfer_share", 0.40, "share", "memory", "Jilin 2020: 38-45 %", "lease_cost"),
    Target("rural_wage_income", 5_740, "yuan/head", "assumed", "38 % of 15,107", "offfarm_access"),
    Target("urban_wage_income", 19_900, "yuan/head", "assumed", "60 % of 33,200", "town_wage"),
    Target("urban_transfer_income", 8_950, "yuan/head", "assumed", "27 % of 33,200", "urban_pension"),
    Target("rural_operating_income", 6_190, "yuan/head", "assumed", "41 % of 15,107", "own_account_level"),
    Target("remittances", 1_040, "yuan/head", "assumed", "part of rural transfer income", "remit_close"),
    Target("rural_income", 15_107, "yuan/head", "official", "吉政办函〔2020〕118号", "other_transfer"),
    Target("urban_operating_income", 2_300, "yuan/head", "assumed", "7 % of 33,200", "urban_own_account_level"),
    Target("urban_property_income", 2_050, "yuan/head", "assumed", "6 % of 33,200", "urban_imputed_rent"),
)
TARGET = {target.name: target for target in TARGETS}
TARGET_VALUES = {target.name: target.value for target in TARGETS}


def opening_moments(st):
    """Shares of places on 1 January 2019, weighted."""
    hh, pp = st.households, st.persons
    alive = pp.age >= 0
    h = pp.household
    weight = st.spans.weight[hh.span[h]]
    adult = alive & (pp.age >= 16) & (pp.age <= 75) & (pp.age >= pp.schooling + 6)
    villager = (hh.kind[h] <= RURAL) & (hh.kind[h] != FREE) & (hh.residence[h] == VILLAGE)
    town = (hh.kind[h] >= URBAN) | ((hh.kind[h] <= RURAL) & (hh.residence[h] >= FIRST_DISTRICT) & (hh.residence[h] < OUTSIDE))
    out = {}
    for low, high, name in AGES:
        group = adult & villager & (pp.age >= low) & (pp.age <= high)
        total = weight[group].sum()
        out[f"rural_home_{name}"] = weight[group & (pp.base == HOME)].sum() / total
        out[f"rural_move_{name}"] = weight[group & (pp.base >= FIRST_DISTRICT)].sum() / total
        group = adult & town & (pp.age >= low) & (pp.age <= high)
        out[f"urban_home_{name}"] = weight[group & (pp.base == HOME)].sum() / weight[group].sum()
    away = alive & villager & (pp.residence >= FIRST_DISTRICT)
    out["members_in_towns"] = weight[away & (pp.residence < OUTSIDE)].sum()
    out["members_outside"] = weight[away & (pp.residence == OUTSIDE)].sum()
    out["commuters"] = weight[alive & villager & (pp.residence == VILLAGE) & (pp.base >= FIRST_DISTRICT)].sum()
    group = adult & town
    out["urban_elsewhere"] = weight[group & (pp.residence != hh.residence[h]) & (pp.residence < OUTSIDE)].sum() / weight[group].sum()
    out["urban_outside"] = weight[group & (pp.residence == OUTSIDE)].sum() / weight[group].sum()
    return out


def year_moments(st):
    """Levels of the simulated 2019."""
    x = st.totals
    rural, urban = x["persons"][0].sum(), x["persons"][1].sum()
    mini, sent = x["mini_wage"][1].sum(), (x["mini_remittance"] - x["mini_benefit"])[1].sum()      # pay; remittances less benefit

    def head(names, sector, persons):
        return sum(sign * x[name][sector].sum() for name, sign in names) / persons
    operating = (("grain_sales", 1), ("order_gain", 1), ("coop_gain", 1), ("other_sales", 1), ("own_account_income", 1), ("farm_inputs", -1), ("rent_paid", -1),
                 ("lease_cost", -1), ("trusteeship_fee", -1), ("premium", -1), ("indemnity", 1))
    transfer = (("producer_subsidy", 1), ("fertility_subsidy", 1), ("pension", 1), ("other_transfer", 1), ("remittance_zone", 1), ("remittance_outside", 1))
    property_ = (("rent_received", 1), ("interest", 1), ("loan_interest", -1), ("pledge_rent", -1), ("dividend", 1), ("profit", 1),
                 ("house_rent", 1), ("imputed_rent", 1))
    return {
        "settled_families": max(st.counts["settled"].sum(), 1.0),
        "mean_human_capital": x["labour"].sum() / np.maximum(x["employed"][:2].sum(), 1),
        "grain": x["grain"].sum(), "livestock_output": livestock_output(st), "agricultural_output": (x["grain_sales"] + x["other_sales"]).sum(),
        "family_farms": x["family_farms"].sum(), "transfer_share": x["rented_area"].sum() / x["contract_area"].sum(),
        "rural_wage_income": head((("wage_income", 1),), 0, rural), "urban_wage_income": (x["wage_income"][1].sum() + mini) / urban,
        "rural_operating_income": head(operating, 0, rural), "urban_operating_income": head(operating, 1, urban),
        "rural_property_income": head(property_, 0, rural), "urban_property_income": head(property_, 1, urban),
        "rural_transfer_income": head(transfer, 0, rural), "urban_transfer_income": head(transfer, 1, urban) - sent / urban,
        "remittances": head((("remittance_zone", 1), ("remittance_outside", 1)), 0, rural),
        "rural_income": head((("disposable_income", 1),), 0, rural),
        "urban_income": (x["disposable_income"][1].sum() + mini - sent) / urban,
    }


def livestock_output(st):
    """Animals sold by farming households of the year, yuan."""
    hh, b = st.households, st.behaviour
    sold = np.where((hh.kind != FREE) & (hh.kind <= RURAL) & (hh.farm_labour > 0), hh.livestock.astype(float), 0)
    return float(b.livestock_level) / (1 - float(b.livestock_cost)) * (st.spans.weight[hh.span] * sold).sum()


def measure(values, households, population_seed=1, years=1):
    """Build with these constants, simulate 2019 under the baseline and return every moment."""
    from sim.policies.rulebook import order
    from sim.scenario import load
    book = order(load("baseline"))
    st = state.build(households=households, seed=1, population_seed=population_seed, sample=1, first_year=2019, last_year=2035,
                     rules_start=book.ordered[0], assumptions=values)
    moments = opening_moments(st)
    schedule.open_institutions(st)
    for t in range(years):
        schedule.walk(st, 2019 + t, book.ordered[t], 100)
    moments |= year_moments(st)
    st.runner.close()
    return moments


def _ratio(moments, name):
    return TARGET[name].value / max(moments[name], 1e-9)


def _odds(moments, name):
    target, value = TARGET[name].value, min(max(moments[name], 1e-6), 1 - 1e-6)
    return math.log(target / (1 - target)) - math.log(value / (1 - value))


def _village(shares, age):
    """Share of an age group that works in the village."""
    return max(1 - shares[f"rural_home_{age}"] - shares[f"rural_move_{age}"], 1e-3)


def _against_village(moments, what, age):
    """Step of the log odds of a place against the village: exact for a logit."""
    target, value = TARGET[f"rural_{what}_{age}"].value, max(moments[f"rural_{what}_{age}"], 1e-4)
    return math.log(target / _village(TARGET_VALUES, age)) - math.log(value / _village(moments, age))


def correct(values, moments, damping=0.7):
    """New constants from this round's moments."""
    new = dict(values)

    def add(name, step):
        p = next(p for p in behaviour.PARAMETERS if p.name == name)
        new[name] = float(min(max(new[name] + damping * step, p.low), p.high))

    def scale(name, ratio):
        p = next(p for p in behaviour.PARAMETERS if p.name == name)
        new[name] = float(min(max(new[name] * ratio ** damping, p.low), p.high))
    ages = ("young", "middle", "old")
    for age in ages:
        add(f"home_taste_{age}", _against_village(moments, "home", age))
        add(f"urban_home_taste_{age}", _odds(moments, f"urban_home_{age}"))
    young = _against_village(moments, "move", "young")
    for age in ages[1:]:
        add(f"village_taste_{age}", -(_against_village(moments, "move", age) - young))
    village = sum(math.log(_village(TARGET_VALUES, age) / _village(moments, age)) for age in ages) / len(ages)
    # moving and commuting to a district share one noise: their split answers several times as strongly as a logit
    towns, commuters = "members_in_towns", "commuters"
    near = (TARGET_VALUES[towns] + TARGET_VALUES[commuters]) / (moments[towns] + moments[commuters])
    split = SPLIT_STEP * (math.log(_ratio(moments, towns)) - math.log(_ratio(moments, commuters)))
    add("town_barrier", village - math.log(near) - split)
    add("commute_barrier", village - math.log(near) + split)
    add("outside_barrier", village - math.log(_ratio(moments, "members_outside")))
    add("urban_move_barrier", -_odds(moments, "urban_elsewhere"))
    add("urban_outside_barrier", -_odds(moments, "urban_outside"))
    add("settle_barrier", -1.2 * math.log(_ratio(moments, "settled_families")))
    add("human_capital_norm", math.log(moments["mean_human_capital"]))
    scale("farm_productivity", _ratio(moments, "grain") ** 0.82)
    scale("livestock_level", _ratio(moments, "livestock_output"))
    sales = TARGET["agricultural_output"].value
    scale("cash_crop_yield", 1 + (sales - moments["agricultural_output"]) / CASH_CROPS)
    add("family_farm_hurdle", -1.5 * float(behaviour.load().family_farm_taste) * math.log(_ratio(moments, "family_farms")))
    add("lease_cost", 0.6 * (moments["transfer_share"] - TARGET["transfer_share"].value))
    scale("offfarm_access", _ratio(moments, "rural_wage_income"))
    scale("town_wage", _ratio(moments, "urban_wage_income"))
    scale("remit_close", _ratio(moments, "remittances"))
    new["urban_pension"] *= 1 + damping * (TARGET["urban_transfer_income"].value - moments["urban_transfer_income"]) / 7_500
    new["own_account_level"] = max(0.05, new["own_account_level"] + damping * (
        TARGET["rural_operating_income"].value - moments["rural_operating_income"]) / 1_300)
    new["urban_own_account_level"] *= _ratio(moments, "urban_operating_income") ** damping
    new["urban_imputed_rent"] += damping * (TARGET["urban_property_income"].value - moments["urban_property_income"])
    new["other_transfer"] = max(new["other_transfer"] + damping * (TARGET["rural_income"].value - moments["rural_income"]), 0.0)
    return new


CONSTANTS = ("home_taste_young", "home_taste_middle", "home_taste_old", "village_taste_middle", "village_taste_old", "town_barrier", "outside_barrier",
             "commute_barrier", "urban_home_taste_young", "urban_home_taste_middle", "urban_home_taste_old", "urban_move_barrier",
             "urban_outside_barrier", "settle_barrier", "human_capital_norm", "farm_productivity", "livestock_level", "cash_crop_yield", "lease_cost",
             "family_farm_hurdle",
             "offfarm_access", "town_wage", "remit_close", "urban_pension", "own_account_level", "urban_own_account_level", "urban_imputed_rent",
             "other_transfer")


def solve(households=60_000, rounds=14, start=None, tell=print):
    """Constants that meet the targets on a sample: {name: value} and the last moments."""
    values = {name: float(behaviour.load()._asdict()[name]) for name in CONSTANTS} | (start or {})
    moments = {}
    for i in range(rounds):
        moments = measure(values, households)
        worst = max((abs(math.log(max(moments[t.name], 1e-9) / t.value)), t.name) for t in TARGETS)
        tell(f"round {i + 1}: worst {worst[1]} {moments[worst[1]]:.4g} against {TARGET[worst[1]].value:.4g}")
        if worst[0] < 0.004:
            break
        values = correct(values, moments, 0.8 if i < 4 else 0.4)
    return values, moments


def write(values, moments, households):
    """Keep the constants with what they were fitted to."""
    by_constant = {}
    for target in TARGETS:
        by_constant.setdefault(target.constant, target)
    with open(FILE, "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("name", "value", "target", "target_value", "reached", "quality", "source", "households"))
        for name, value in values.items():
            target = by_constant.get(name) or TARGET["rural_move_young"]
            rows.writerow((name, f"{value:.6g}", target.name, f"{target.value:g}", f"{moments[target.name]:.6g}", target.quality, target.source, households))
    write_sums(FILE.parent)


def write_sample_totals(values):
    """Keep the whole zone's opening proxies by district: samples are weighted to them."""
    from sim.places import DISTRICT_IDS
    from sim.policies.rulebook import base_rules
    st = state.build(households=None, seed=1, population_seed=1, sample=1, first_year=2019, last_year=2019, rules_start=base_rules(), assumptions=values)
    proxies = state.span_proxies(st)
    with open(state.SAMPLE_TOTALS, "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(("district", "farm_profit", "village_income", "served_land_m2", "unit", "source"))
        for i, d in enumerate(DISTRICT_IDS):
            totals = proxies[st.spans.district == i].sum(0)
            rows.writerow((d, *(f"{value:.8g}" for value in totals), "yuan2019; m2", "opening of the whole zone at the calibrated constants"))
    st.runner.close()
    write_sums(state.SAMPLE_TOTALS.parent)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--households", default="all", help="all, or a number: a sample to come near quickly")
    arguments.add_argument("--rounds", type=int, default=8)
    asked = arguments.parse_args()
    values, moments = solve(None if asked.households == "all" else int(asked.households), asked.rounds)
    write(values, moments, asked.households)
    write_sample_totals(values)
    for target in TARGETS:
        print(f"{target.name:26s} {target.value:14,.4g} {moments[target.name]:14,.4g} {target.unit:10s} {target.quality}")


if __name__ == "__main__":
    main()
