"""The evaluation of districts: awards against a slow twin, effort with its limits and its peak at the cut, orders that reach the ground faster, the
award in the books, and the stop of offers where leavers regret."""
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from sim import behaviour
from sim.accounts import DISTRICT, UPPER
from sim.institutions import evaluation
from sim.places import DISTRICTS
from sim.policies.rulebook import base_rules
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation

B = behaviour.load()
NINE = len(DISTRICTS)
SCORES = st.lists(st.floats(-3, 3), min_size=NINE, max_size=NINE, unique=True).map(np.array)


def awards_by_hand(score, pool, top, part):
    """{district: yuan}, the best three one by one."""
    contest = sorted((d for d in range(NINE) if part[d]), key=lambda d: -score[d])
    best, rest = contest[:3], contest[3:]
    if not rest:
        return {d: pool / len(best) for d in best}
    return {d: top * pool / 3 for d in best} | {d: (1 - top) * pool / len(rest) for d in rest}


@given(SCORES, st.floats(0, 5e8), st.floats(0.33, 0.9), st.lists(st.booleans(), min_size=NINE, max_size=NINE))
def test_awards_agree_with_a_list_by_hand(score, pool, top, part):
    paid, spread, _ = evaluation.awards(score, pool, top, np.array(part))
    given = awards_by_hand(score, pool, top, part) if any(part) else {}
    np.testing.assert_allclose(paid, [given.get(d, 0.0) for d in range(NINE)], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(paid.sum(), pool if any(part) else 0.0, rtol=1e-9, atol=1e-6)
    assert 0 <= spread <= pool


@given(SCORES, st.floats(1e6, 5e8), st.floats(1.1, 10))
def test_effort_rises_with_the_prize_and_most_at_the_cut(score, prize, more):
    part, aim = np.ones(NINE, bool), np.full(NINE, 1e8)
    cut = np.sort(score)[-3]
    low, high = (evaluation.effort_of(score, each, cut, part, aim, B) for each in (prize, more * prize))
    assert (low >= 1).all() and (high >= low).all()
    assert (low[np.abs(score - cut).argmin()] >= low).all()
    assert (evaluation.effort_of(score, 0.0, cut, part, aim, B) == 1).all()
    assert (evaluation.effort_of(score, prize, cut, ~part, aim, B) == 1).all()
    np.testing.assert_allclose(low[score == cut], (1 + prize / 1e8) ** float(B.evaluation_effort), rtol=1e-9)


def test_effort_never_delivers_more_than_all():
    effort = np.linspace(1, 1.5, NINE)
    assert (evaluation.delivery_rate(100.0, effort) == 100).all()
    np.testing.assert_allclose(evaluation.delivery_rate(30.0, effort), 30 * effort)
    assert (evaluation.delivery_rate(90.0, effort) <= 100).all()


def test_delivered_share_is_the_part_of_the_way_gone():
    """Two reach rules under order: one delivered whole, one half of the way up; a rule of terms does not count; nothing ordered is all delivered."""
    base = base_rules()
    ordered, delivered = base.copy(), base.copy()
    assert (evaluation.delivered_share(ordered, delivered) == 1).all()
    for name, to, gone in (("title_coverage", 1.0, 1.0), ("offer_rate", 0.0, 0.5), ("keep_share", 0.5, 0.0)):
        row = RULE_INDEX[name]
        ordered[row, 4] = to
        delivered[row, 4] = base[row, 4] + gone * (to - base[row, 4])
    share = evaluation.delivered_share(ordered, delivered)
    owned = evaluation.reach_rules()[RULE_INDEX["title_coverage"]]
    np.testing.assert_allclose(share[4], 0.75 if owned else 0.5)
    assert (np.delete(share, 4) == 1).all()


# ---------------------------------------------------------------------------------------------------- toys
@cache
def lived(levers="", end=2024, rate=100, households=2_000):
    import tempfile
    from pathlib import Path
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "toy.yaml"
        path.write_text(f"schema: 1\nid: toy\ntitle: {{zh: 检验, en: Check}}\nhorizon: {{start: 2019, end: {end}, report: [{end}]}}\nextends: baseline\n"
                        f"delivery: {{rate_percent_per_year: {rate}}}\n" + (f"levers:\n{levers}" if levers else ""), encoding="utf-8")
        run = Simulation(load(str(path)), households=households, seed=2, threads=1)
    years = []
    while not run.finished:
        run.step()
        state, public = run.state, run.state.public
        hh, spans = state.households, state.spans
        years.append(SimpleNamespace(
            year=state.year, score=public.score.copy(), effort=public.effort.copy(), next=public.effort_next.copy(), award=public.award.copy(),
            shifted=public.shifted_paid.copy(), posted=state.books.total("evaluation_award", UPPER, DISTRICT), delivered=state.delivered.copy(),
            deposits=hh.deposits.sum(), plots=state.slots["plots"] * spans.weight, district=spans.district.copy(), paused=state.slots["paused"].copy(),
            judged=np.bincount(spans.district[hh.span], hh.regret > 0, NINE), sorry=np.bincount(spans.district[hh.span], hh.regret == 1, NINE)))
    run.close()
    return years


def lever(name, **values):
    return f"  {name}: {{steps: [{{from: 2021, districts: all, {', '.join(f'{k}: {v}' for k, v in values.items())}}}]}}\n"


def test_the_province_pays_the_pool_and_effort_follows_a_year_later():
    years = lived(lever("evaluation", pool_yuan=50_000_000))
    for year in years:
        np.testing.assert_allclose(year.posted, year.award)
        np.testing.assert_allclose(year.award.sum(), 9 * 50e6 if year.year >= 2021 else 0.0)
        assert (year.effort >= 1).all() and (year.shifted >= 0).all() and (year.shifted > 0).any() == (year.year >= 2022)
    assert (years[2].effort == 1).all() and (years[3].effort > 1).any()
    np.testing.assert_array_equal(years[3].effort, years[2].next)
    third = np.sort(years[3].score)[-3]
    np.testing.assert_allclose(years[3].award[years[3].score >= third], 9 * 50e6 / 2 / 3)


def test_orders_reach_the_ground_faster_where_an_award_is_worth_it():
    orders = lever("rural_infrastructure", village_yuan=500_000)
    slow, driven = lived(orders, rate=30), lived(orders + lever("evaluation", pool_yuan=55_000_000), rate=30)
    row = RULE_INDEX["village_roads"]
    assert (driven[2].delivered[row] == slow[2].delivered[row]).all()
    faster = driven[3].effort > 1
    assert faster.any() and (driven[3].delivered[row] > slow[3].delivered[row])[faster].all()
    assert (driven[-1].delivered[row] <= 500_000).all()


@pytest.mark.parametrize("levers", [lever("evaluation", pool_yuan=0, best_three_percent=90), lever("offer_stop_rule", regret_percent=100)])
def test_without_a_pool_or_a_limit_nothing_changes(levers):
    for one, other in zip(lived(), lived(levers)):
        assert one.deposits == other.deposits and (one.delivered == other.delivered)[RULE_INDEX["village_roads"]].all()


def test_offers_pause_where_more_leavers_than_allowed_regret():
    offers = (lever("homestead_withdrawal", preset="plan", villages_with_offer_percent=30, compensation_yuan_per_m2=60)
              + lever("combined_exit", preset="plan", contract_compensation_percent=110))
    free, ruled = (lived(offers + lever("offer_stop_rule", regret_percent=limit), 2029, households=6_000) for limit in (100, 0))
    paused = 0
    for before, year in zip(ruled, ruled[1:]):
        np.testing.assert_array_equal(year.paused > 0, before.sorry > 0)
        assert (year.plots[(year.paused > 0)[year.district]] == 0).all()
        paused += year.paused.sum()
    assert paused > 0 and not any(year.paused.any() for year in free)
    assert sum(year.plots.sum() for year in ruled) < sum(year.plots.sum() for year in free)
