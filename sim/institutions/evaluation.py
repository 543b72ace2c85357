"""The yearly evaluation of the districts: scores on declared indicators, the province's award to the best, and the effort that the award is worth.

    score    S_d = w_i z(growth of rural income per head) + w_s z(fall of the service gap) + (1 - w_i - w_s) z(delivered share of what was ordered),
             z standardised over the districts that take part
    award    part `evaluation_top` of the pool to the best three in equal parts, the rest to the others;  pool: what the rule sets for each that takes part
    prize    spread W of an award among the best over one among the others;  marginal reward R_d = W phi((S_d - cut)/s)/phi(0), s `evaluation_noise`:
             who is far above or below the cut has little to win by trying harder
    effort   E_d = (1 + R_d/(cash aim))^e, e `evaluation_effort`, from last year's scores; 1 without a pool
Effort raises the rate at which orders reach the ground, and moves (E - 1) x `effort_budget` of the common services to villagers, which towns go without.
Not here: delivery (`policies/deliver.py`), the districts' budget (`governments.py`), the stop of offers where leavers regret (`offers_stopped`).
"""
import numpy as np

from sim.accounts import DISTRICT, UPPER
from sim.institutions.land import rule
from sim.places import DISTRICTS
from sim.policies.rulebook import base_rules, reach_rules
from sim.tables import FREE

NINE, BEST = len(DISTRICTS), 3
NO_SPREAD = 1e-9


def delivered_share(ordered, delivered):
    """Mean over reach rules under order of how far the way from the base of 2019 has been gone, (9,); 1 where nothing is ordered."""
    base = base_rules()[: len(ordered)]
    reach = np.array(reach_rules()[: len(ordered)])[:, None] & (np.abs(ordered - base) > NO_SPREAD * np.maximum(np.abs(base), 1.0))
    gone = np.divide(delivered - base, ordered - base, out=np.zeros_like(ordered), where=reach)
    return np.where(reach.any(0), np.clip(gone, 0.0, 1.0).sum(0) / np.maximum(reach.sum(0), 1), 1.0)


def standardised(values, part):
    """z over the districts that take part, 0 for the others and where all are alike, (9,)."""
    usable = part & np.isfinite(values)
    if usable.sum() < 2 or values[usable].std() < NO_SPREAD:
        return np.zeros(NINE)
    return np.where(usable, (values - values[usable].mean()) / values[usable].std(), 0.0)


def awards(score, pool, top, part):
    """(award of each district (9,), spread W of the prize, score at the cut). Ties go to the first by name of the list."""
    count = int(part.sum())
    if count == 0:
        return np.zeros(NINE), 0.0, 0.0
    order = np.argsort(np.where(part, -score, np.inf), kind="stable")
    best, rest = order[:min(BEST, count)], order[min(BEST, count):count]
    share = top if len(rest) else 1.0
    paid = np.zeros(NINE)
    paid[best] = share * pool / len(best)
    paid[rest] = (1 - share) * pool / max(len(rest), 1)
    cut = (score[best[-1]] + score[rest[0]]) / 2 if len(rest) else score[best[-1]]
    return paid, max(paid[best[0]] - paid[rest[0]], 0.0) if len(rest) else 0.0, cut


def effort_of(score, spread, cut, part, aim, b):
    """E (9,) from the prize of last year's contest; aim: the cash that each district wants to hold, yuan."""
    near = np.exp(-0.5 * ((score - cut) / float(b.evaluation_noise)) ** 2)
    return np.where(part, (1 + spread * near / np.maximum(aim, 1.0)) ** float(b.evaluation_effort), 1.0)


def delivery_rate(rate, effort):
    """Percent a year at which orders reach the ground, (9,): more by effort, at most all of it."""
    return np.minimum(np.broadcast_to(np.asarray(rate, float), NINE) * effort, 100.0)


def score(state):
    """S of the year (9,), and keeps what next year's is measured against."""
    public, x = state.public, state.totals
    persons, income = x["persons"][0], x["disposable_income"][0]
    head = np.divide(income, persons, out=np.full(NINE, np.nan), where=persons > 0)
    gap = public.urban_index / np.maximum(public.rural_index, 1e-9)
    part = rule(state, "evaluation_pool") > 0
    with np.errstate(divide="ignore", invalid="ignore"):          # nobody to compare with, as in the first year: not scored
        growth = np.log(head / public.rural_income)
    closed = public.service_gap - gap
    public.rural_income[:], public.service_gap[:] = head, gap
    income_weight, service_weight = rule(state, "evaluation_income"), rule(state, "evaluation_services")
    left = np.maximum(1 - income_weight - service_weight, 0.0)
    done = delivered_share(state.ordered, state.delivered)
    return (income_weight * standardised(growth, part) + service_weight * standardised(closed, part) + left * standardised(done, part)), part


def evaluate(state):
    """The province pays the year's pool; what it was worth trying becomes next year's effort."""
    public, b = state.public, state.behaviour
    public.score[:], part = score(state)
    pool, top = rule(state, "evaluation_pool"), rule(state, "evaluation_top")
    paid, spread, cut = awards(public.score, pool[part].sum(), top[part].mean() if part.any() else 0.0, part)
    public.award[:] = paid
    state.books.pay("evaluation_award", UPPER, DISTRICT, paid)
    public.effort_next[:] = effort_of(public.score, spread, cut, part, float(b.cash_share) * public.target, b)


def offers_stopped(state):
    """Districts where offers to buy rights pause, (9,) bool: among the leavers judged so far more regret than the rule allows."""
    limit = rule(state, "regret_limit")
    if (limit >= 1).all():
        return np.zeros(NINE, bool)
    hh, spans = state.households, state.spans
    rows = np.flatnonzero((hh.regret > 0) & (hh.kind != FREE))
    d, weight = spans.district[hh.span[rows]], spans.weight[hh.span[rows]]
    judged, sorry = np.bincount(d, weight, NINE), np.bincount(d, weight * (hh.regret[rows] == 1), NINE)
    return sorry > limit * judged
