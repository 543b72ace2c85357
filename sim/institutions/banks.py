"""The zone books of four banks (rural commercial, regional, large, policy) and the guarantor: interest, costs, losses, dividends, room to lend.

    assets     loans of households and firms, the claim on banks outside            liabilities   deposits, equity
    income     interest on loans and claim + guarantees called - interest on deposits - running costs
    capital    ratio = equity / (loans + weight x claim);  above its target a bank pays its owners, below the rule province and centre put in equity
    room       equity / rule - weighted assets: what the bank may still lend. Short of it, requests are met by keyed lottery next year
Who banks where is a lasting keyed trait of a household or a site, so it differs in no scenario. A household in default is worked out over years (see
`kernels/credit.py`): its debt stays on the book as non-performing until it is recovered or written off.
Not here: the households' side (`sim/kernels/credit.py`), that of firms (`sim/institutions/firms.py`).
"""
from typing import NamedTuple

import numpy as np

from sim import evidence, rng
from sim.accounts import BANK, COLLECTIVES, DISTRICT, FIRMS, GUARANTOR, RURAL, UPPER, URBAN, WORLD
from sim.kernels.year import BANKS
from sim.tables import LOAN_CLASSES

VINTAGES = 11          # years left of a loan, the last column all that run longer


class Banks(NamedTuple):
    """Books of 31 December, yuan, (4,) each; ratio and npl_ratio are shares."""
    households: np.ndarray         # loans to households
    firms: np.ndarray              # loans to firms
    villages: np.ndarray           # loans to collectives, all of the first bank
    arrears: np.ndarray            # loans to households in default
    deposits: np.ndarray
    equity: np.ndarray
    claim: np.ndarray              # outside the zone: deposits + equity - loans
    room: np.ndarray

    @property
    def loans(self):
        return self.households + self.firms + self.villages


def customers(uids, shares):
    """Bank of each uid, (N,): lasting, by keyed draw from shares (4,)."""
    return np.searchsorted(np.cumsum(shares)[:-1], rng.uniform_array(uids, rng.key(0, 0, "bank")), side="right")


def bank_of_households(state):
    """Bank of every household row, (H,). The kernel's `bank_of` draws the same."""
    b = state.behaviour
    shares = np.array([b.customers_rural, b.customers_regional, b.customers_large], np.float32)
    limits = np.array([shares[0], np.float32(shares[0] + shares[1]), np.float32(np.float32(shares[0] + shares[1]) + shares[2])])
    return np.searchsorted(limits, rng.uniform_array(state.households.uid, rng.key(0, 0, "bank")).astype(np.float32), side="right")


def _books(state, equity):
    """The four books from the rows of households and sites; equity (4,)."""
    b, hh, x, banks = state.behaviour, state.households, state.totals, evidence.banks()
    owing = np.flatnonzero(hh.debt)
    weight = (state.spans.weight[hh.span[owing]] * hh.debt[owing])
    bank = bank_of_households(state)[owing]
    households, arrears = np.bincount(bank, weight, BANKS), np.bincount(bank, weight * (hh.arrears[owing] > 0), BANKS)
    site = customers(state.firms.uid, banks.firm_loans)
    firms, cash = np.bincount(site, state.firms.loan, BANKS), np.bincount(site, state.firms.deposits, BANKS)
    public = sum(balance.sum() for sector, balance in state.books.balances.items() if sector != FIRMS)
    deposits = (banks.rural_deposits * x["deposits"][0].sum() + banks.urban_deposits * x["deposits"][1:].sum() + banks.public_deposits * public + cash)
    villages = np.zeros(BANKS)
    villages[0] = (state.spans.weight * state.collectives.debt).sum()
    loans = households + firms + villages
    claim = deposits + equity - loans
    weighted = loans + float(b.claim_weight) * np.maximum(claim, 0.0)
    return Banks(households, firms, villages, arrears, deposits, equity, claim, equity / float(b.capital_ratio) - weighted), weighted


def open_books(state):
    """Books of the first 1 January: equity from the capital ratio of each bank's own assets."""
    b = state.behaviour
    first, _ = _books(state, np.zeros(BANKS))
    ratio, weight = float(b.opening_capital_ratio), float(b.claim_weight)
    equity = ratio * (first.loans + weight * np.maximum(first.claim, 0.0)) / (1 - ratio * weight * (first.claim > 0))
    state.banks, _ = _books(state, equity)


def by_collateral(state):
    """Loans of households by bank, collateral class and years left, yuan (4, classes, VINTAGES)."""
    hh = state.households
    owing = np.flatnonzero(hh.debt)
    left = np.minimum(hh.loan_years[owing].astype(np.int64), VINTAGES - 1)
    cell = (bank_of_households(state)[owing] * len(LOAN_CLASSES) + hh.loan_class[owing]) * VINTAGES + left
    return np.bincount(cell, hh.debt[owing] * state.spans.weight[hh.span[owing]], BANKS * len(LOAN_CLASSES) * VINTAGES).reshape(BANKS, -1, VINTAGES)


def settle(state):
    """The banks' year: guarantees, interest, costs, write-offs, dividends or new equity."""
    b, books, x, hh, before = state.behaviour, state.books, state.totals, state.households, state.banks
    place = x["persons"][:2].sum(0) / x["persons"][:2].sum()
    bank, weight = bank_of_households(state), state.spans.weight[hh.span]
    paid = np.flatnonzero(hh.loan_interest)
    interest = np.bincount(bank[paid], hh.loan_interest[paid].astype(np.float64) * weight[paid], BANKS)
    interest[0] += books.total("interest", payer=COLLECTIVES).sum()
    lost_rows = np.flatnonzero(hh.written_off)
    lost = np.bincount(bank[lost_rows], hh.written_off[lost_rows].astype(np.float64) * weight[lost_rows], BANKS)
    called = float(b.guarantee_share) * state.counts["written_off"]
    books.pay("guarantee_grant", DISTRICT, GUARANTOR, called)
    books.pay("guarantee", GUARANTOR, BANK, called)
    for sector, written in zip((RURAL, URBAN, WORLD), x["written_off"]):
        books.post("written_off", BANK, sector, written)
    site = customers(state.firms.uid, evidence.banks().firm_loans)
    from_firms, firms_lost = (np.bincount(site, state.base[name], BANKS) for name in ("firm_interest", "firm_written_off"))
    on_claim = (float(b.deposit_rate) + float(b.interbank_spread)) * before.claim
    costs = float(b.bank_costs) * (before.loans + np.maximum(before.claim, 0.0))
    books.post("interest", WORLD, BANK, on_claim.sum() * place)
    books.pay("bank_costs", BANK, FIRMS, costs.sum() * place)
    saved = before.deposits / before.deposits.sum()
    guaranteed = called.sum() * np.divide(lost, lost.sum(), out=np.zeros(BANKS), where=lost.sum() > 0)
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
    state.banks = before._replace(equity=equity - dividend + needed)


def close_books(state):
    """The books of 31 December, when everybody has paid: equity stands, deposits and loans are read from the rows."""
    state.banks, _ = _books(state, state.banks.equity)


def capital_ratio(state):
    """Equity over risk-weighted assets by bank, (4,), and of all."""
    books = state.banks
    weighted = books.loans + float(state.behaviour.claim_weight) * np.maximum(books.claim, 0.0)
    return books.equity / weighted, books.equity.sum() / weighted.sum()


def publish_next(state):
    """Next year's share of loan requests that each bank's capital allows, (4,): all while its room is at least what it lent this year."""
    hh, f = state.households, state.firms
    drawn = np.flatnonzero(hh.loan_drawn)
    lent = np.bincount(bank_of_households(state)[drawn], hh.loan_drawn[drawn].astype(np.float64) * state.spans.weight[hh.span[drawn]], BANKS)
    lent = np.maximum(lent + np.bincount(customers(f.uid, evidence.banks().firm_loans), state.base["firm_drawn"], BANKS), 1.0)
    return {"lending": np.where(state.banks.room < lent, np.clip((state.banks.room + lent) / (2 * lent), 0.0, 1.0), 1.0)}
