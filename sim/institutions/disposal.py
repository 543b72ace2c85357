"""Bad loans: sale of the use of pledged rights through the exchange, purchase by the districts' property companies, and what banks learn from both.

    bad loan   not served for 90 days: a default of the year stands in the stock of bad loans on 31 December and can be disposed of from then on
    auction    in a year the use of the collateral is sold with chance s e, s rule `pledge_sale_rate`, e 1 with an exchange within reach of the village,
               else `sale_apart`. The buyer has its income for `land_years` (land) or `pledge_term` years (house, share, package). The household keeps the
               right itself, its qualification and its membership, lives in the house and may work the land, and passes that income on
    price      V (1 - `sale_cost`)/(1 + Q/M): V appraisal as at lending, Q = sum of s e V of all bad loans of the district,
               M = `sale_depth` x sum over villages of e x (rent x `land_years` x land let): the deeper the market, the less a sale presses the price
    company    of the district: offers min(`company_price` V, debt) for the bad loans of the year; the bank sells where it expects less by keeping them,
               (1 - LGD) debt. Bought in keyed order as far as money goes: its cash, then capital that the district pays in when it is needed, up to
               `company_capital`. It has what its debtors pay and what is sold, bears the rest, and pays `company_cost` of its book a year
    learning   LGD of a class = (K (1 - `recovery`) + lost)/(K + closed), haircut = (K `haircut` + missed)/(K + appraised), K `loss_weight` yuan: closed is
               what was recovered, written off or sold in a year, lost what of it was not fetched, with the delay since the default discounted at the rate
               of loans; missed is V - price of what was sold. The sums fade by `loss_memory` a year
Not here: the work-out of a debt, year by year (`sim/kernels/credit.py`), the banks' books (`banks.py`).
"""
from typing import NamedTuple

import numpy as np

from sim import rng
from sim.accounts import BANK, DISTRICT, FIRMS, PROPERTY
from sim.institutions.land import by_district, rule
from sim.kernels.year import T
from sim.places import DISTRICTS
from sim.rules import RULE_INDEX
from sim.tables import FARMLAND_LOAN, FREE, HOUSE_LOAN, LEASED, LOAN_CLASSES, MORTGAGE, NO_LOAN, OCCUPIED, PACKAGE_LOAN, SHARE_LOAN
from sim.units import M2_PER_MU

NINE, CLASSES = len(DISTRICTS), len(LOAN_CLASSES)
SOLD_APART = (FARMLAND_LOAN, HOUSE_LOAN, SHARE_LOAN)
LTV = [RULE_INDEX[name] for name in ("farmland_ltv", "house_ltv", "share_ltv")]


class Bad(NamedTuple):
    """Debts in default when the year's collateral is put up for sale, (N,): household row, years since the default, class, appraisal in yuan, whether sold."""
    rows: np.ndarray
    years: np.ndarray
    kinds: np.ndarray
    worth: np.ndarray
    goes: np.ndarray


class Disposal(NamedTuple):
    """What banks have seen, yuan by class of collateral, fading; and the loans of the property companies, (N,), debt per row on 31 December."""
    closed: np.ndarray
    lost: np.ndarray
    appraised: np.ndarray
    missed: np.ndarray
    rows: np.ndarray
    uids: np.ndarray
    debts: np.ndarray
    bought: np.ndarray             # debts bought in the year, yuan by district (9,)


def begin():
    """Nothing seen and nothing bought."""
    none = np.zeros(CLASSES)
    return Disposal(none, none, none, none, np.zeros(0, np.int64), np.zeros(0, np.uint32), np.zeros(0), np.zeros(NINE))


# ---------------------------------------------------------------------------------------------------- collateral
def _behind(state, rows, kinds):
    """Whether land, house and share stand behind these debts, (3, N): of a package what may be pledged."""
    allowed = state.published.rules[LTV][:, state.spans.district[state.households.span[rows]]] > 0
    return np.stack([(kinds == kind) | ((kinds == PACKAGE_LOAN) & may) for kind, may in zip(SOLD_APART, allowed)])


def appraise(state, rows, kinds):
    """Value of the collateral, as banks count it at lending, yuan (N,)."""
    hh, spans, b = state.households, state.spans, state.behaviour
    s = hh.span[rows]
    land = spans.rent[s].astype(float) * float(b.land_years) * hh.contract_area[rows] / M2_PER_MU
    house = float(b.house_value) * hh.house_area[rows] * ((hh.plot_area[rows] > 0) & (hh.certificate[rows] > 0))
    share = spans.dividend[s].astype(float) * hh.shares[rows] / float(b.capitalisation)
    return (_behind(state, rows, kinds) * np.stack([land, house, share])).sum(0)


def yearly_income(state, rows, kinds):
    """What the collateral brings in a year, yuan (N,): rent of the land, of a house that is lived in or let, dividend of the shares."""
    hh, spans, b = state.households, state.spans, state.behaviour
    s, use = hh.span[rows], hh.house_use[rows]
    land = spans.rent[s].astype(float) * hh.contract_area[rows] / M2_PER_MU
    house = float(b.house_lease_rent) * ((hh.plot_area[rows] > 0) & ((use == OCCUPIED) | (use == LEASED)))
    share = spans.dividend[s].astype(float) * hh.shares[rows]
    return (_behind(state, rows, kinds) * np.stack([land, house, share])).sum(0)


def _reach(state):
    """Chance of a sale in each village against one with an exchange within reach, (S,)."""
    return np.where(state.spans.exchange > 0, 1.0, float(state.behaviour.sale_apart))


def for_sale(state):
    """(rows, kinds, appraisal, chance) of debts in default whose collateral is not sold yet."""
    hh = state.households
    rows = np.flatnonzero(hh.arrears)
    kinds = hh.loan_class[rows]
    worth = appraise(state, rows, kinds) * (hh.pledge_years[rows] == 0)
    s = hh.span[rows]
    return rows, kinds, worth, rule(state, "pledge_sale_rate")[state.spans.district[s]] * _reach(state)[s]


def price_level(state):
    """What buyers pay for a yuan of appraised collateral in each district, (9,)."""
    spans, b = state.spans, state.behaviour
    rows, _, worth, chance = for_sale(state)
    s = state.households.span[rows]
    offered = np.bincount(spans.district[s], spans.weight[s] * chance * worth, NINE)
    let = state.tally[:, :, T["rented_area"]].sum(1) / M2_PER_MU * spans.rent * float(b.land_years)
    depth = float(b.sale_depth) * by_district(spans, _reach(state) * let)
    return (1 - float(b.sale_cost)) * np.divide(depth, depth + offered, out=np.ones(NINE), where=depth + offered > 0)


def sell_pledges(state):
    """Buyers of earlier years get their income; the use of more collateral of debts in default is sold by keyed chance."""
    hh, b, year = state.households, state.behaviour, state.published
    gone = np.flatnonzero(hh.pledge_years)
    hh.pledge_rent[gone] = np.minimum(yearly_income(state, gone, hh.pledge_class[gone]), np.maximum(hh.deposits[gone], 0.0))
    rows, kinds, worth, chance = for_sale(state)
    luck = rng.uniform_array(hh.uid[rows], year.key[rng.EVENT["pledge_sale"]])
    goes = (worth > 0) & (luck < chance)
    hh.pledge_years[gone] -= 1
    sold = rows[goes]
    hh.pledge_sale[sold] = worth[goes] * year.pledge_price[state.spans.district[hh.span[sold]]]
    hh.pledge_class[sold] = kinds[goes]
    hh.pledge_years[sold] = np.where(kinds[goes] == FARMLAND_LOAN, float(b.land_years), float(b.pledge_term))
    state.bad = Bad(rows, hh.arrears[rows].copy(), kinds, worth, goes)


# ---------------------------------------------------------------------------------------------------- property companies
def _alive(state):
    """Whether the debtors of the companies are still the households that they were, (N,)."""
    own, hh = state.disposal, state.households
    return (hh.uid[own.rows] == own.uids) & (hh.kind[own.rows] != FREE)


def rows_of_companies(state):
    """Household rows whose debt the property companies hold."""
    return state.disposal.rows[_alive(state)]


def collect(state):
    """The companies' year: what their debtors paid and what was written off; debts that heirs took over go back to the banks at face, others' to them."""
    hh, spans, books, own = state.households, state.spans, state.books, state.disposal
    if not len(own.rows):
        return
    span = hh.span[own.rows]
    alive = _alive(state)

    def total(amount):
        return np.bincount(spans.district[span], spans.weight[span] * amount, NINE)
    debts = np.where(alive, hh.debt[own.rows], 0.0)
    paid, lost = (total(np.where(alive, flow[own.rows], 0.0).astype(float)) for flow in (hh.recovered, hh.written_off))
    moved = total(debts - own.debts) + paid + lost
    costs = np.minimum(float(state.behaviour.company_cost) * total(own.debts), np.maximum(state.public.company_cash, 0.0))
    books.pay("bad_loans", BANK, PROPERTY, paid)
    books.post("written_off", PROPERTY, BANK, lost)
    books.pay("bad_loans", PROPERTY, BANK, moved)
    books.pay("company_costs", PROPERTY, FIRMS, costs)
    state.public.company_cash[:] += paid - moved - costs
    left = debts > 0
    state.disposal = own._replace(rows=own.rows[left], uids=own.uids[left], debts=debts[left])


def buy(state):
    """The companies buy bad loans of the year: household rows and what the banks lose on them, yuan (N,)."""
    hh, spans, public, books = state.households, state.spans, state.public, state.books
    money = public.company_cash + np.maximum(rule(state, "company_capital") - public.company_capital, 0.0)
    rows = np.flatnonzero((hh.arrears == 1) & (hh.loan_class > NO_LOAN)) if (money > 0).any() else np.zeros(0, np.int64)
    kinds, debts, span = hh.loan_class[rows], hh.debt[rows], hh.span[rows]
    d = spans.district[span]
    offer = np.minimum(rule(state, "company_price")[d] * appraise(state, rows, kinds), debts)
    willing = (offer > 0) & (offer >= (1 - expected_loss(state)[kinds]) * debts)
    order = np.lexsort((rng.uniform_array(hh.uid[rows], state.published.key[rng.EVENT["bad_loan"]]), ~willing, d))
    cost = np.where(willing, offer * spans.weight[span], 0.0)[order]
    before = np.concatenate([[0.0], np.cumsum(cost)])
    spent = before[1:] - before[np.searchsorted(d[order], d[order])]               # in its district so far
    taken = np.sort(order[willing[order] & (spent <= money[d[order]])])
    face, paid = (np.bincount(d[taken], spans.weight[span[taken]] * amount[taken], NINE) for amount in (debts, offer))
    called = np.maximum(paid - public.company_cash, 0.0)
    books.pay("company_capital", DISTRICT, PROPERTY, called)
    books.pay("bad_loans", PROPERTY, BANK, paid)
    books.post("written_off", BANK, PROPERTY, face - paid)
    public.company_capital[:] += called
    public.company_cash[:] += called - paid
    own = state.disposal
    every = np.concatenate([own.rows, rows[taken]])
    place = np.argsort(every, kind="stable")
    state.disposal = own._replace(rows=every[place], uids=np.concatenate([own.uids, hh.uid[rows[taken]]])[place],
                                  debts=np.concatenate([own.debts, debts[taken]])[place], bought=face)
    return rows[taken], (debts - offer)[taken]


def company_loans(state):
    """Debts of households to the property companies, counted on their rows, yuan by district (9,)."""
    hh, spans, rows = state.households, state.spans, state.disposal.rows
    return np.bincount(spans.district[hh.span[rows]], spans.weight[hh.span[rows]] * hh.debt[rows], NINE)


def contingent_liability(state):
    """Capital that the district has paid in and that the company's money and the worth of its loans do not cover, yuan (9,)."""
    hh, spans, rows, public = state.households, state.spans, state.disposal.rows, state.public
    worth = (1 - expected_loss(state)[hh.loan_class[rows]]) * hh.debt[rows] * spans.weight[hh.span[rows]]
    return np.maximum(public.company_capital - public.company_cash - np.bincount(spans.district[hh.span[rows]], worth, NINE), 0.0)


# ---------------------------------------------------------------------------------------------------- what banks learn
def learn(state, kept, sold, sold_loss):
    """Add the year to what banks have seen. kept: which of the year's bad debts were theirs; sold: rows sold to the companies, sold_loss: yuan lost on each."""
    hh, spans, b, own, bad = state.households, state.spans, state.behaviour, state.disposal, state.bad

    def by_class(rows, kinds, amount):
        return np.bincount(kinds, spans.weight[hh.span[rows]] * amount, CLASSES)
    rows, kinds, auctioned = bad.rows[kept], bad.kinds[kept], bad.rows[bad.goes]
    recovered, lost = (flow[rows].astype(float) for flow in (hh.recovered, hh.written_off))
    delay = 1 - (1 + float(state.published.loan_rate) + float(b.loan_margin)) ** -bad.years[kept].astype(float)
    worth = bad.worth[bad.goes]
    seen = {"closed": by_class(rows, kinds, recovered + lost) + by_class(sold, hh.loan_class[sold], hh.debt[sold]),
            "lost": by_class(rows, kinds, lost + delay * recovered) + by_class(sold, hh.loan_class[sold], sold_loss),
            "appraised": by_class(auctioned, bad.kinds[bad.goes], worth),
            "missed": by_class(auctioned, bad.kinds[bad.goes], worth - hh.pledge_sale[auctioned])}
    fade = 1 - float(b.loss_memory)
    state.disposal = own._replace(**{name: fade * getattr(own, name) + amount for name, amount in seen.items()})


def _learnt(start, lost, seen, b):
    return (float(b.loss_weight) * start + lost) / (float(b.loss_weight) + seen)


def first_losses(b):
    """Part of a bad loan that banks expect to lose before they have seen any, by class of collateral, (classes,)."""
    return np.where(np.arange(CLASSES) == MORTGAGE, float(b.mortgage_loss), 1 - float(b.recovery))


def expected_loss(state):
    """Part of a bad loan that banks expect to lose, by class of collateral, before a guarantee: (classes,)."""
    own, b = state.disposal, state.behaviour
    return _learnt(first_losses(b), own.lost, own.closed, b)


def collateral_loss(state):
    """The same of all loans on pledged rights together, share."""
    own, b = state.disposal, state.behaviour
    rights = slice(FARMLAND_LOAN, MORTGAGE)
    return _learnt(1 - float(b.recovery), own.lost[rights].sum(), own.closed[rights].sum(), b)


def haircuts(state):
    """What banks take off the appraisal of collateral, by class, (classes,); of a single right what packages with it taught is not counted."""
    own, b = state.disposal, state.behaviour
    return np.clip(_learnt(float(b.haircut), own.missed, own.appraised, b), 0.0, 0.9)


def publish_next(state):
    """What banks expect of collateral in the next year."""
    return {"expected_loss": expected_loss(state), "haircut": haircuts(state)}
