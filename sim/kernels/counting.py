"""What the rows of a span hold, counted afresh: the ledger's own side of its identities. And 64 bits that stand for a span's sums of the year, or for its rows.

Not here: the identities (`sim/ledger.py`), the sums that phases report (`tally.add_up`, `state.happened`).
"""
import numpy as np

from sim.compiled import sweep
from sim.kernels.rows import first_household, first_person
from sim.places import OUTSIDE, VILLAGE
from sim.tables import FREE

COUNTED = ("contract", "operated", "plots", "qualifications", "shares", "residents", "persons", "homeless", "entrusted", "entrusted_beyond", "exit_payment",
           "deposits_village", "deposits_town", "deposits_outside", "debt_village", "debt_town", "debt_outside", "homes")
C = {name: i for i, name in enumerate(COUNTED)}
(CONTRACT_AREA, OPERATED, PLOTS, QUALIFICATIONS, SHARES, RESIDENTS, PERSONS, HOMELESS, ENTRUSTED, BEYOND, EXIT_PAYMENT, DEPOSITS, _, _, DEBT, _,
 _, HOMES) = range(len(COUNTED))
FRACTION, PRIME, SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93), np.uint64(32)


@sweep
def count_rows(first, last, spans, households, persons, counted):
    """Sums over the rows of each span into counted (S, COUNTED): m2, rights, people, yuan."""
    for s in range(first, last):
        for k in range(counted.shape[1]):
            counted[s, k] = 0.0
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            counted[s, EXIT_PAYMENT] += np.float64(households.exit_payment[h])
            counted[s, ENTRUSTED] += households.entrusted_area[h]
            counted[s, BEYOND] += max(households.entrusted_area[h] - households.operated_area[h], 0)
            if households.kind[h] == FREE:
                continue
            counted[s, CONTRACT_AREA] += households.contract_area[h]
            counted[s, OPERATED] += households.operated_area[h]
            counted[s, PLOTS] += households.plot_area[h]
            counted[s, QUALIFICATIONS] += households.qualification[h]
            counted[s, SHARES] += np.float64(households.shares[h])
            home = 0 if households.residence[h] == VILLAGE else (2 if households.residence[h] == OUTSIDE else 1)
            counted[s, DEPOSITS + home] += households.deposits[h]
            counted[s, DEBT + home] += households.debt[h]
            counted[s, HOMES] += households.home[h] > 0
        for p in range(first_person(spans, s), first_person(spans, s + 1)):
            if persons.age[p] >= 0:
                counted[s, PERSONS] += 1.0
                counted[s, RESIDENTS] += persons.residence[p] != OUTSIDE
                counted[s, HOMELESS] += households.kind[persons.household[p]] == FREE


@sweep
def stamp_sums(first, last, sums, happened, stamps):
    """stamps (S,) uint64: 64 bits of the bit patterns of sums (S, K) and happened (S, M), both uint64."""
    for s in range(first, last):
        mark = FRACTION
        for k in range(sums.shape[1]):
            mark = (mark ^ sums[s, k]) * PRIME
            mark ^= mark >> SHIFT
        for k in range(happened.shape[1]):
            mark = (mark ^ happened[s, k]) * PRIME
            mark ^= mark >> SHIFT
        stamps[s] = mark


@sweep
def stamp_rows(first, last, starts, column, stamps):
    """Carry the stamps (S,) on by a column of unsigned integers; span s has its rows from starts[s] to starts[s + 1]."""
    for s in range(first, last):
        mark = stamps[s]
        for i in range(starts[s], starts[s + 1]):
            mark = (mark ^ np.uint64(column[i])) * PRIME
            mark ^= mark >> SHIFT
        stamps[s] = mark
