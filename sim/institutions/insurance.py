"""Yield insurance of grain: the premium computed from the declared shocks, and the insurer's year.

    yield against its expectation   Y = W F,  W lognormal with mean 1 and the summed variance of zone, district, village and household shocks,
                                    F flood: (1 - loss)/n with chance p, else 1/n, n = 1 - p loss
    indemnity   max(0, L - Y) of the expected revenue;  fair rate  E max(0, L - Y);  premium = fair rate (1 + loading)
    spread      standard deviation of max(L, Y): what an insured harvest still varies, before the price
The producer pays a share of the premium, governments the rest. Not here: who is insured and what a field loses (`kernels/income.py`).
"""
import numpy as np

from sim.accounts import DISTRICT, FIRMS, GUARANTOR, UPPER


def fair_rate(level, b):
    """E max(0, level - Y); level (n,)."""
    return sum(chance * value * _shortfall(level / value, _spread(b)) for chance, value in _floods(b))


def insured_spread(level, b):
    """Standard deviation of max(level, Y); level (n,)."""
    first = 1 + fair_rate(level, b)
    return np.sqrt(np.maximum(sum(c * value ** 2 * _second(level / value, _spread(b)) for c, value in _floods(b)) - first ** 2, 0.0))


def figures(level, b):
    """What is published of the insurance, by district: the premium rate and by how much insurance lowers the spread of a harvest."""
    level = np.maximum(np.asarray(level, float), 1e-3)
    return {"premium_rate": fair_rate(level, b) * (1 + float(b.premium_loading)),
            "spread_insured": insured_spread(np.full_like(level, 1e-3), b) - insured_spread(level, b)}


def _spread(b):
    return float(np.sqrt(sum(float(getattr(b, f"yield_spread_{of}")) ** 2 for of in ("zone", "district", "village", "household"))))


def _floods(b):
    chance, loss = float(b.flood_chance), float(b.flood_loss)
    norm = 1 - chance * loss
    return (chance, (1 - loss) / norm), (1 - chance, 1 / norm)


def _quantile(limit, spread):
    return np.log(limit) / spread + spread / 2


def _shortfall(limit, spread):
    """E max(0, limit - W)."""
    from scipy.special import ndtr
    z = _quantile(limit, spread)
    return limit * ndtr(z) - ndtr(z - spread)


def _second(limit, spread):
    """E max(limit, W)^2."""
    from scipy.special import ndtr
    z = _quantile(limit, spread)
    return limit ** 2 * ndtr(z) + np.exp(spread ** 2) * ndtr(2 * spread - z)


def settle(state):
    """Governments pay their part of the premiums, the insurer its costs; where claims exceed what it holds, province and centre reinsure."""
    b, books = state.behaviour, state.books
    paid, own = books.total("premiums", receiver=GUARANTOR), float(b.premium_producer_share)
    subsidy, district = paid * (1 - own) / own, float(b.premium_district_share)
    books.pay("premium_subsidy", DISTRICT, GUARANTOR, district * subsidy)
    books.pay("premium_subsidy", UPPER, GUARANTOR, (1 - district) * subsidy)
    books.pay("insurance_costs", GUARANTOR, FIRMS, (paid + subsidy) * float(b.premium_loading) / (1 + float(b.premium_loading)))
    books.pay("reinsurance", UPPER, GUARANTOR, np.maximum(-books.balances[GUARANTOR], 0.0))
