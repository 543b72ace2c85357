"""How an order reaches the ground: coverage, offers and spending move at the delivery rate; prices, shares and switches apply as ordered.

Not here: what is ordered (`rulebook`). At a rate of 100 percent what is ordered is delivered, bit for bit.
"""
import numpy as np

from sim.policies.rulebook import reach_rules


def deliver(ordered_year: np.ndarray, delivered_before: np.ndarray, rate_percent) -> np.ndarray:
    """The rules that agents read in a year, (R, 9).

    ordered_year      (R, 9) orders of the year
    delivered_before  (R, 9) what was delivered the year before; the base in the first year
    rate_percent      0 to 100, one number or one per district (9,)
    delivered = before + rate (ordered - before) for reach rules, ordered for the others.
    """
    rate = np.broadcast_to(np.asarray(rate_percent, dtype=np.float64) / 100.0, (ordered_year.shape[1],))
    if not ((rate >= 0.0) & (rate <= 1.0)).all():
        raise ValueError(f"deliver: rate {rate_percent} is outside 0 to 100 percent. Give one number, or nine.")
    moved = delivered_before + rate * (ordered_year - delivered_before)
    at_once = ~np.array(reach_rules()[: len(ordered_year)])[:, None] | (rate >= 1.0)[None, :]
    return np.where(at_once, ordered_year, moved)
