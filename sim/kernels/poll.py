"""The poll of a village with a slot for a project: at what price per m2 members would give up the homestead, and who is there to vote.

    ask = ( (mk lost + security + 1)/(1 - fee) - pay for house and qualification ) / (part of the plot price paid x plot)
the least plot price at which giving up the plot gains a yuan by the unit's own reckoning, the better of keeping the qualification and not. It is the
same reckoning as in `rights.py`; here it is only counted. Not here: what the village makes of it (`sim/institutions/village_projects.py`).
"""
import numpy as np

from sim.compiled import part, row, sweep
from sim.kernels.rights import (
    ATT,
    KEEP_ALLOWED,
    KEEP_SHARE,
    MK,
    PAY_B,
    PAY_Q,
    SEC_U,
    THREE_RIGHTS,
    W_Q,
    W_U,
    value_rights,
)
from sim.kernels.rows import first_household, first_person
from sim.places import VILLAGE
from sim.tables import CONTRACT, FREE, IDLE, SEASONAL

BINS, BIN = 64, 10.0                    # bin k: asks above (k - 1) x 10 and up to k x 10 yuan/m2; the last one: all above
ASKED_HOUSEHOLDS, ASKED_AREA, VOTERS_PRESENT, VOTERS = 0, BINS, 2 * BINS, 2 * BINS + 1
POLL_COLUMNS = 2 * BINS + 2
ADULT = 18


@row
def least_price(lost, markup, security, other_pay, plot, paid_part, b):
    """Plot price (yuan/m2) from which giving up gains a yuan."""
    return ((markup * lost + security + 1.0) / (1.0 - b.transaction_fee) - other_pay) / (paid_part * plot)


@row
def bin_of(ask):
    """Bin of an ask: the first whose upper edge is not below it."""
    at = np.int32(max(ask, 0.0) / BIN)
    if np.float32(at) * BIN < ask:
        at += np.int32(1)
    return min(at, np.int32(BINS - 1))


@part
def ask_of(h, d, households, terms, year, b):
    """The ask of unit h for the valuation in terms, yuan/m2."""
    plot = np.float32(households.plot_area[h])
    ask = least_price(terms[W_U] + terms[W_Q], terms[MK], terms[ATT] + terms[SEC_U], terms[PAY_B] + terms[PAY_Q], plot, np.float32(1.0), b)
    if year.rules[KEEP_ALLOWED, d] > 0 and year.rules[THREE_RIGHTS, d] > 0:
        kept = least_price(terms[W_U], terms[MK], terms[ATT] + np.float32(0.5) * terms[SEC_U], terms[PAY_B], plot, year.rules[KEEP_SHARE, d], b)
        ask = min(ask, kept)
    return ask


@sweep
def poll_members(first, last, spans, households, persons, terms, poll, year, b):
    """Fill poll (S, 2 x 64 + 2) of candidate villages: households and plot area by ask, adult members present, adult members."""
    for s in range(first, last):
        for k in range(POLL_COLUMNS):
            poll[s, k] = 0.0
        if spans.urban[s] or spans.candidate[s] == 0:
            continue
        d = spans.district[s]
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            hh = households
            if hh.kind[h] != CONTRACT or hh.plot_area[h] == 0 or hh.qualification[h] == 0 or hh.signed[h] > 0:
                continue
            settled = hh.residence[h] != VILLAGE and year.year > hh.settled_year[h]
            if not (settled or hh.house_use[h] == IDLE or hh.house_use[h] == SEASONAL):
                continue
            value_rights(h, s, spans, households, terms, year, b)
            at = np.int64(bin_of(ask_of(h, d, households, terms, year, b)))
            poll[s, ASKED_HOUSEHOLDS + at] += 1.0
            poll[s, ASKED_AREA + at] += np.float64(hh.plot_area[h])
        for p in range(first_person(spans, s), first_person(spans, s + 1)):
            h = persons.household[p]
            if persons.age[p] >= ADULT and households.kind[h] != FREE and households.shares[h] > 0:
                poll[s, VOTERS] += 1.0
                poll[s, VOTERS_PRESENT] += persons.residence[p] == VILLAGE
