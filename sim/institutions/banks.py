"""The zone books of four banks (rural commercial, regional, large, policy) and the guarantor: interest, costs, losses, dividends, room to lend.

    assets     loans of households and firms, the claim on banks outside            liabilities   deposits, equity
    income     interest on loans and claim + guarantees called - interest on deposits - running costs
    capital    ratio = equity / (loans + weight x claim);  above its target a bank pays its owners, below the rule province and centre put in equity
    room       equity / rule - weighted assets of 31 December + what falls due in the year: what the bank may lend anew. Households and firms share it
               in proportion to what they ask for (firms: asked last year) where it does not do for both; loans for crops come before, at last year's cut-off
    cut-off    m*: households' requests up to the highest rate at which they fit into their part are granted; the riskiest go without first.
               Firms pay one margin, so each gets the same share of its request, the largest that fits into what households left
    guarantor  keeps exposure / `guarantee_leverage` of money, exposure the guaranteed part of households' debt: takes fees from banks, pays its part of
               what they write off and lose by sales of bad loans, districts put in what is missing; what is over stays
Who banks where is a lasting keyed trait of a household or a site, so it differs in no scenario. A household in default is worked out over years (see
`kernels/credit.py`): its debt stays on the book as non-performing until it is recovered, sold or written off.
Not here: the households' side (`sim/kernels/credit.py`), that of firms (`sim/institutions/firms.py`), disposal of bad loans (`disposal.py`).
"""
from typing import NamedTuple

import numpy as np

from sim import evidence, rng
from sim.accounts import BANK, COLLECTIVES, DISTRICT, FIRMS, GUARANTOR, PROPERTY, RURAL, UPPER, URBAN, WORLD
from sim.institutions import disposal, policy_bank
from sim.institutions.land import rule
from sim.kernels import collect, loans
from sim.kernels.year import BANKS
from sim.places import DISTRICTS
from sim.sums import product
from sim.tables import LOAN_CLASSES

NINE = len(DISTRICTS)
VINTAGES = 11          # years left of a loan, the last column all that run longer
UNBOUND, NO_LOANS = 1.0, -1.0          # highest rates: capital cuts nobody off, and everybody
HALVINGS = 40          # of the interval in which the share for firms lies


class Banks(NamedTuple):
    """Books of 31 December, yuan, (4,) each; ratio and npl_ratio are shares."""
    households: np.ndarray         # loans to households
    firms: np.ndarray              # loans to firms
    villages: np.ndarray           # loans to collectives, all of the first bank
    arrears: np.ndarray            # loans to households in default
    deposits: np.ndarray
    equity: np.ndarray
    claim: np.ndarray              # outside the zone: deposits + equity - loans, required reserves with the central bank among it
    reserves: np.ndarray           # required of deposits; without risk weight, at the rate of deposits
    room: np.ndarray

    @property
    def loans(self):
        return self.households + self.firms + self.villages


def customers(uids, shares):
    """Bank of each uid, (N,): lasting, by keyed draw from shares (4,)."""
    return np.searchsorted(np.cumsum(shares)[:-1], rng.uniform_array(uids, rng.key(0, 0, "bank")), side="right")


def bank_of_households(state, rows):
    """Bank of each household of these rows (an index of any sort), (N,)."""
    uids = state.households.uid[rows]
    found = np.empty(len(uids), np.int64)
    loans.find_banks(uids, state.behaviour, found)
    return found


def sum_loans(state):
    """Read what households owe their banks from the rows, by district and bank, into `state.loans`."""
    count, names = len(state.spans.uid), loans.LOAN_SUMS
    sums, totals = np.empty((count, BANKS, len(names))), np.zeros((NINE, BANKS * len(names)))
    state.runner.run(loans.sum_loans, state.spans, state.households, sums, state.behaviour)
    collect.collect_by_district(state.spans, sums.reshape(count, -1), totals)
    state.loans = dict(zip(names, np.moveaxis(totals.reshape(NINE, BANKS, -1), 2, 0)))
    _part_with(state, disposal.rows_of_companies(state))


def _part_with(state, rows):
    """Take bad debts of these rows, which property companies hold, out of what the banks are owed."""
    if not len(rows):
        return
    hh, span = state.households, state.households.span[rows]
    place, weight = (state.spans.district[span], bank_of_households(state, rows)), state.spans.weight[span]
    debts, kinds = weight * hh.debt[rows], hh.loan_class[rows]
    for name, amount in (("arrears", debts), ("written_off", weight * hh.written_off[rows]),
                         *((f"debt_{kind}", np.where(kinds == k, debts, 0.0)) for k, kind in enumerate(LOAN_CLASSES))):
        np.subtract.at(state.loans[name], place, amount)


def by_class(state):
    """Loans of households by district, bank and collateral class, yuan (9, 4, classes)."""
    return np.stack([state.loans[f"debt_{name}"] for name in LOAN_CLASSES], axis=2)


def _books(state, equity):
    """The four books from the sums of households' loans and the rows of sites; equity (4,)."""
    b, x, banks = state.behaviour, state.totals, evidence.banks()
    households, arrears = by_class(state).sum((0, 2)), state.loans["arrears"].sum(0)
    site = customers(state.firms.uid, banks.firm_loans)
    policy = state.base["policy_loans"]
    firms, cash = np.bincount(site, state.firms.loan - policy, BANKS), np.bincount(site, state.firms.deposits, BANKS)
    firms[policy_bank.POLICY] += policy.sum()
    public = sum(balance.sum() for sector, balance in state.books.balances.items() if sector != FIRMS)
    deposits = (banks.rural_deposits * x["deposits"][0].sum() + banks.urban_deposits * x["deposits"][1:].sum() + banks.public_deposits * public + cash)
    villages = np.zeros(BANKS)
    villages[0] = (state.spans.weight * state.collectives.debt).sum()
    loans = households + firms + villages
    claim = deposits + equity - loans
    reserves = float(b.reserve_ratio) * deposits
    weighted = _weighted(loans, claim, reserves, b)
    return Banks(households, firms, villages, arrears, deposits, equity, claim, reserves, equity / float(b.capital_ratio) - weighted), weighted


def _weighted(loans, claim, reserves, b):
    """Risk-weighted assets, yuan."""
    return loans + float(b.claim_weight) * np.maximum(claim - reserves, 0.0)


def open_books(state):
    """Books of the first 1 January: equity from the capital ratio of each bank's own assets."""
    b, state.disposal = state.behaviour, disposal.begin()
    sum_loans(state)
    state.public.guarantee_fund[:] = exposure(state) / float(b.guarantee_leverage)
    state.books.balances[GUARANTOR] = state.public.guarantee_fund.copy()
    first, _ = _books(state, np.zeros(BANKS))
    ratio, weight = float(b.opening_capital_ratio), float(b.claim_weight)
    free = first.claim - first.reserves
    equity = ratio * (first.loans + weight * np.maximum(free, 0.0)) / (1 - ratio * weight * (free > 0))
    state.banks, _ = _books(state, equity)


def by_collateral(state):
    """Loans of households by bank, collateral class and years left, yuan (4, classes, VINTAGES)."""
    hh = state.households
    owing = np.setdiff1d(np.flatnonzero(hh.debt), state.disposal.rows, assume_unique=True)
    left = np.minimum(hh.loan_years[owing].astype(np.int64), VINTAGES - 1)
    cell = (bank_of_households(state, owing) * len(LOAN_CLASSES) + hh.loan_class[owing]) * VINTAGES + left
    return np.bincount(cell, hh.debt[owing] * state.spans.weight[hh.span[owing]], BANKS * len(LOAN_CLASSES) * VINTAGES).reshape(BANKS, -1, VINTAGES)


def loan_book(state):
    """Debts of households by holder, collateral and vintage: [(holder, class, year of the grant, yuan, yuan of it in default)]."""
    hh, count = state.households, len(LOAN_CLASSES)
    rows = np.flatnonzero(hh.debt)
    holder, vintage = bank_of_households(state, rows), hh.loan_vintage[rows].astype(np.int64)
    holder[np.searchsorted(rows, disposal.rows_of_companies(state))] = BANKS
    first = int(vintage.min(initial=state.year))
    years = state.year - first + 1
    cell, owed = (holder * count + hh.loan_class[rows]) * years + vintage - first, state.spans.weight[hh.span[rows]] * hh.debt[rows]
    yuan, bad = (np.bincount(cell, amount, (BANKS + 1) * count * years) for amount in (owed, owed * (hh.arrears[rows] > 0)))
    names = (*evidence.banks().ids, PROPERTY)
    cells = np.flatnonzero(yuan).tolist()
    return [(names[c // (count * years)], LOAN_CLASSES[c // years % count], first + c % years, float(yuan[c]), float(bad[c])) for c in cells]


def exposure(state):
    """The guaranteed part of households' debt that is served, yuan by district (9,)."""
    return rule(state, "guarantee_share") * state.loans["served"].sum(1)


def _guarantee(state):
    """The guarantor's year: fees, calls, and the districts' money where its fund falls short of what its exposure asks.

    lost: household rows on whose debt a bank lost, losses: yuan (N,). Returns what each bank gets less the fees it pays, yuan (4,).
    """
    books, fund = state.books, state.public.guarantee_fund
    share, fee = rule(state, "guarantee_share")[:, None], rule(state, "guarantee_fee")[:, None]
    calls, fees = share * (state.loans["written_off"] - state.loans["lost_mortgages"]), share * fee * state.loans["served"]
    called, paid = calls.sum(1), fees.sum(1)
    needed = exposure(state) / float(state.behaviour.guarantee_leverage)
    books.pay("guarantee_fee", BANK, GUARANTOR, paid)
    books.pay("guarantee", GUARANTOR, BANK, called)
    grant = np.maximum(needed - (fund + paid - called), 0.0)      # a surplus of fees stays in the fund
    books.pay("guarantee_grant", DISTRICT, GUARANTOR, grant)
    fund += paid - called + grant
    return calls.sum(0) - fees.sum(0)


def _saved(state):
    """What banks spend less on handling and monitoring their households' loans, yuan (4,): the saving rule's part of the margin on debt that is served."""
    return product(float(state.behaviour.loan_margin) * rule(state, "handling_saving"), state.loans["served"])


def _new_capital(state):
    """Equity that province and centre put into the rural commercial banks where it is newly ordered: yuan by district (9,)."""
    ordered = rule(state, "bank_capital")
    put_in = np.maximum(ordered - state.public.bank_capital, 0.0)
    state.public.bank_capital[:] = np.maximum(ordered, state.public.bank_capital)
    state.books.pay("recapitalisation", UPPER, BANK, put_in)
    return put_in


def _dispose(state):
    """Property companies buy bad loans of the year, and banks learn: what is sold leaves the books, what it fetches too little joins the losses."""
    kept = np.isin(state.bad.rows, state.disposal.rows, invert=True)
    disposal.collect(state)
    sold, loss = disposal.buy(state)
    disposal.learn(state, kept, sold, loss)
    span = state.households.span[sold]
    _part_with(state, sold)
    np.add.at(state.loans["written_off"], (state.spans.district[span], bank_of_households(state, sold)), state.spans.weight[span] * loss)


def settle(state):
    """The banks' year: guarantees, interest, costs, write-offs, dividends or new equity."""
    b, books, x, before = state.behaviour, state.books, state.totals, state.banks
    place = x["persons"][:2].sum(0) / x["persons"][:2].sum()
    sum_loans(state)
    _dispose(state)
    interest = state.loans["interest"].sum(0)
    interest[0] += books.total("interest", payer=COLLECTIVES).sum()
    lost = state.loans["written_off"].sum(0)
    guaranteed = _guarantee(state)
    for sector, written in zip((RURAL, URBAN, WORLD), x["written_off"]):
        books.post("written_off", BANK, sector, written)
    site = customers(state.firms.uid, evidence.banks().firm_loans)
    from_firms, firms_lost = (np.bincount(site, state.base[name], BANKS) for name in ("firm_interest", "firm_written_off"))
    from_firms[policy_bank.POLICY] += state.base["policy_interest"]
    firms_lost[policy_bank.POLICY] += state.base["policy_written_off"]
    on_claim = float(b.deposit_rate) * before.claim + float(b.interbank_spread) * (before.claim - before.reserves)
    costs = float(b.bank_costs) * (before.loans + np.maximum(before.claim, 0.0)) - _saved(state)
    books.post("interest", WORLD, BANK, on_claim.sum() * place)
    books.pay("bank_costs", BANK, FIRMS, costs.sum() * place)
    saved = before.deposits / before.deposits.sum()
    income = interest + from_firms + on_claim + guaranteed - costs - saved * x["interest"].sum()
    equity = before.equity + income - lost - firms_lost
    _, weighted = _books(state, equity)
    target = float(b.opening_capital_ratio) * weighted
    dividend = np.where(equity > target, np.maximum(float(b.bank_payout) * np.maximum(income - lost - firms_lost, 0.0),
                                                    equity - target * (1 + float(b.capital_buffer))), 0.0)
    needed = np.maximum(float(b.capital_floor) * weighted - equity, 0.0)
    public = float(b.bank_public_share)
    books.pay("bank_dividend", BANK, UPPER, public * dividend.sum() * place)
    books.post("bank_dividend", BANK, WORLD, (1 - public) * dividend.sum() * place)
    books.pay("recapitalisation", UPPER, BANK, needed.sum() * place)
    equity = equity - dividend + needed
    equity[0] += _new_capital(state).sum()
    equity[policy_bank.POLICY] += policy_bank.put_in_capital(state)
    state.banks = before._replace(equity=equity)


def close_books(state):
    """The books of 31 December, when everybody has paid: equity stands, deposits and loans are read from the rows."""
    state.banks, _ = _books(state, state.banks.equity)


def capital_ratio(state):
    """Equity over risk-weighted assets by bank, (4,), and of all."""
    books = state.banks
    weighted = _weighted(books.loans, books.claim, books.reserves, state.behaviour)
    return books.equity / weighted, books.equity.sum() / weighted.sum()


def cut_off(rates, amounts, room):
    """The highest rate at which a bank lends: all requests up to it fit into the room, which cuts nobody off where all do. rates, amounts (N,); room yuan."""
    order = np.argsort(rates, kind="stable")
    rates, total = rates[order], np.cumsum(amounts[order])
    if not len(rates) or total[-1] <= room:
        return UNBOUND
    alike = np.searchsorted(rates, rates, side="right") - 1          # those who pay the same are served together
    served = np.count_nonzero(total[alike] <= room)
    return rates[served - 1] if served else NO_LOANS


def allot_credit(state):
    """The highest rate at which each bank lends to households in the year, (4,), by its capital; keeps what is left for firms."""
    hh, f = state.households, state.firms
    sum_loans(state)                                                                # drawn so far: for crops, before this
    capacity = np.maximum(state.banks.room + state.loans["due"].sum(0) - state.loans["drawn"].sum(0), 0.0)
    asked = np.flatnonzero(hh.loan_asked)
    asked = asked[(hh.loan_drawn[asked] == 0) & (hh.loan_rate[asked] <= state.published.rate_limit)]
    rates, amounts, mine = hh.loan_rate[asked], hh.loan_asked[asked] * state.spans.weight[hh.span[asked]], bank_of_households(state, asked)
    wanted = np.bincount(mine, amounts, BANKS)
    firms = np.bincount(customers(f.uid, evidence.banks().firm_loans), state.base.get("firm_drawn", np.zeros(len(f.uid))), BANKS)
    part = np.divide(wanted, wanted + firms, out=np.ones(BANKS), where=wanted + firms > 0)
    room = np.where(wanted + firms <= capacity, capacity, capacity * part)
    highest = np.array([cut_off(rates[mine == k], amounts[mine == k], room[k]) for k in range(BANKS)], np.float32)
    state.base["firm_room"] = capacity - np.bincount(mine, amounts * (rates <= highest[mine]), BANKS)
    return highest


def share_for_firms(room, bank, borrowed):
    """The largest share of firms' requests that fits each bank's room, (4,), by bisection.

    room (4,) yuan; bank of each site (F,); borrowed(share (4,)): what each site then borrows less what it repays, (F,), rising in the share.
    """
    def fits(share):
        return np.bincount(bank, borrowed(share), BANKS) <= room
    every = fits(np.ones(BANKS))
    if every.all():
        return np.ones(BANKS)
    low, high = np.zeros(BANKS), np.ones(BANKS)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        fit = fits(np.where(every, 1.0, middle))
        low, high = np.where(fit, middle, low), np.where(fit, high, middle)
    return np.where(every, 1.0, low)


def publish_next(state):
    """The highest rates of the year stand until those of the next are found: who borrows for crops in spring meets them."""
    return {"highest_rate": state.published.highest_rate, **disposal.publish_next(state)}
