"""The zone book of the bank and its guarantor: interest on its claim outside, write-offs against equity, dividends above the capital buffer."""
import numpy as np

from sim import accounts
from sim.accounts import BANK, DISTRICT, FIRMS, GUARANTOR, UPPER, URBAN, WORLD


def risk_weighted(state, claim):
    """Loans of households and firms at full weight, the claim outside at its supervisory weight, yuan."""
    return state.totals["debt"].sum() + state.firms.loan.sum() + float(state.behaviour.claim_weight) * max(claim, 0.0)


def _claim(state):
    """What the bank has outside the zone: deposits of households and firms that are not lent, yuan."""
    x = state.totals
    return x["deposits"].sum() - x["debt"].sum() + state.books.balances[FIRMS].sum() - state.firms.loan.sum()


def open_book(state):
    """Equity of the first 1 January, from the capital ratio of the zone's book."""
    b = state.behaviour
    state.bank = {"equity": float(b.opening_capital_ratio) * risk_weighted(state, _claim(state))}


def settle(state):
    """The bank's year: guarantees called, interest, write-offs, dividend; its capital ratio and its room for new loans."""
    b, books, x, bank = state.behaviour, state.books, state.totals, state.bank
    called = float(b.guarantee_share) * state.counts["written_off"]
    books.pay("guarantee_grant", DISTRICT, GUARANTOR, called)
    books.pay("guarantee", GUARANTOR, BANK, called)
    claim = _claim(state)
    weight = x["persons"][:2].sum(0) / x["persons"][:2].sum()
    books.post("interest", WORLD, BANK, (float(b.deposit_rate) + float(b.interbank_spread)) * claim * weight)
    for sector, written in zip((accounts.RURAL, URBAN, WORLD), x["written_off"]):
        books.post("written_off", BANK, sector, written)
    lost = x["written_off"].sum() + books.total("written_off", payer=BANK, receiver=FIRMS).sum()
    profit = books.net(BANK).sum() - lost
    weighted = risk_weighted(state, claim)
    ratio = (bank["equity"] + profit) / weighted
    dividend = float(b.bank_payout) * profit if profit > 0 and ratio > float(b.opening_capital_ratio) else 0.0
    public = float(b.bank_public_share)
    books.pay("bank_dividend", BANK, UPPER, public * dividend * weight)
    books.post("bank_dividend", BANK, WORLD, (1 - public) * dividend * weight)
    bank["equity"] += profit - dividend
    bank["ratio"] = bank["equity"] / weighted
    bank["room"] = bank["equity"] / float(b.capital_ratio) - weighted


def publish_next(state):
    """Next year's share of loan requests that capital allows: all while the room is at least what was lent this year."""
    wanted = max(state.counts["loan_amount"].sum(), 1.0)
    room = state.bank["room"]
    return {"lending": float(np.clip((room + wanted) / (2 * wanted), 0.0, 1.0)) if room < wanted else 1.0}
