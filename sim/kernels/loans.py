"""Loans of households as their banks see them: sums by span and bank, one pass over the rows.

Not here: how loans are asked for, priced, served and lost (`credit.py`), the banks' books (`sim/institutions/banks.py`).
"""
import numpy as np

from sim.compiled import sweep
from sim.kernels.credit import BANK_KEY, bank_of
from sim.kernels.rows import first_household
from sim.rng import mix, uniform
from sim.tables import LOAN_CLASSES, MORTGAGE

# Due: the year's part of what stood before the year's loans, of debt that is not in default. Served: the same debt without mortgages, which nobody
# guarantees. Then debt by collateral class.
LOAN_SUMS = ("arrears", "bad_mortgages", "served", "due", "drawn", "interest", "written_off", "lost_mortgages") + tuple(f"debt_{name}" for name in LOAN_CLASSES)
ARREARS, BAD_MORTGAGES, SERVED, DUE, DRAWN, INTEREST, WRITTEN_OFF, LOST_MORTGAGES, FIRST_CLASS = range(len(LOAN_SUMS) - len(LOAN_CLASSES) + 1)


@sweep
def find_banks(uids, b, found):
    """Bank of each household, (N,): a lasting keyed trait."""
    for i in range(len(uids)):
        found[i] = bank_of(uniform(mix(uids[i]), BANK_KEY), b)


@sweep
def sum_loans(first, last, spans, households, sums, b):
    """LOAN_SUMS of every span and bank, yuan: sums (S, BANKS, len(LOAN_SUMS)) float64."""
    for s in range(first, last):
        sums[s] = 0.0
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            debt, drawn, interest, lost = households.debt[h], households.loan_drawn[h], households.loan_interest[h], households.written_off[h]
            if debt == 0 and drawn == 0 and interest == 0 and lost == 0:
                continue
            bank = sums[s, bank_of(uniform(mix(households.uid[h]), BANK_KEY), b)]
            bank[DRAWN] += np.float64(drawn)
            bank[INTEREST] += np.float64(interest)
            bank[WRITTEN_OFF] += np.float64(lost)
            rural = households.loan_class[h] != MORTGAGE
            bank[LOST_MORTGAGES] += np.float64(lost) * (not rural)
            bank[FIRST_CLASS + households.loan_class[h]] += debt
            if households.arrears[h] > 0:
                bank[ARREARS] += debt
                bank[BAD_MORTGAGES] += debt * (not rural)
            else:
                bank[SERVED] += debt * rural
                if drawn == 0:
                    bank[DUE] += debt / max(households.loan_years[h], 1)
