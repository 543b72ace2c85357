"""Policy credit: what the policy bank lends to firms at a discount, up to a line a year and district, beside what it lends as any other bank.

    part     p = min(1, line / new loans of the district) of every new loan comes from the line, at the firms' rate less the discount
    cost     a firm that borrows in such a district expects a user cost of capital of c - discount p leverage, p of last year: it wants more capital
    owed     policy loans fall due over `policy_years`; what then is still owed goes on as an ordinary loan
    capital  the head office puts `opening_capital_ratio` of the growth of policy loans into the zone book (a flow of province and centre), so that the line
             takes no room from the bank's other borrowers
What firms borrow in all follows from their own investment and cash (`firms.py`): what the line adds to it is an outcome, the rest is crowded out. Where
banks are short of capital, the line is an added supply.
"""
import numpy as np

from sim.accounts import BANK, UPPER
from sim.institutions import firms
from sim.institutions.land import rule
from sim.kernels.year import BANKS
from sim.places import DISTRICTS

NINE, POLICY = len(DISTRICTS), BANKS - 1


def open_line(state):
    """Nothing is owed at the discount on the first 1 January."""
    state.base |= {"policy_loans": np.zeros(len(state.firms.uid)), "policy_interest": 0.0, "policy_written_off": 0.0, "policy_growth": np.zeros(NINE)}


def part(line, borrowed, d):
    """What of each firm's new loan comes from the line of its district, yuan (F,). line (9,) yuan; borrowed (F,), below zero repaid; d (F,) district."""
    new = np.maximum(borrowed, 0.0)
    wanted = np.bincount(d, new, NINE)
    return np.divide(np.minimum(line, wanted), wanted, out=np.zeros(NINE), where=wanted > 0)[d] * new


def user_cost(state, d):
    """User cost of capital that each firm expects with the line against the usual one, (F,)."""
    b = state.behaviour
    asked = state.base.get("firm_asked", np.zeros(NINE))
    share = np.divide(np.minimum(rule(state, "policy_credit"), asked), asked, out=np.zeros(NINE), where=asked > 0)
    return 1 - (rule(state, "policy_discount") * share)[d] * firms.leverage(state.firms.uid, b) / float(b.capital_cost)


def owe(state, granted, loans, ended, written_off, d):
    """Move policy loans by a year. granted (F,) new ones; loans (F,) of all sorts before firms ended; ended (F,) and what was written off of them."""
    base = state.base
    before = base["policy_loans"]
    owed = np.minimum(before * (1 - 1 / float(state.behaviour.policy_years)) + granted, loans)
    lost = np.divide(owed, loans, out=np.zeros(len(owed)), where=loans > 0) * written_off
    base["policy_loans"] = np.where(ended, 0.0, owed)
    base["policy_growth"] = np.bincount(d, base["policy_loans"] - before, NINE)
    base["policy_written_off"] = lost.sum()
    return lost


def put_in_capital(state):
    """The head office's equity for the year's growth of policy loans, yuan; in the books by district."""
    amount = float(state.behaviour.opening_capital_ratio) * np.maximum(state.base["policy_growth"], 0.0)
    state.books.pay("recapitalisation", UPPER, BANK, amount)
    return amount.sum()
