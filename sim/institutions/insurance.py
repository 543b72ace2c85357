"""Farm insurance: premiums computed from the declared shocks, and the insurer's year.

    measure     M = W F of the expected revenue, mean 1: W lognormal with the summed variance of the shocks that are insured,
                F flood: (1 - loss)/n with chance p, else 1/n, n = 1 - p loss
                yields   zone, district, village and household shocks, and floods;  prices   the spread of the price of the year around its path, no floods
                incomes  both together;  cash crops (`crops.py`)  their own spread, no floods
    indemnity   max(0, L - M) of the expected revenue;  fair rate  E max(0, L - M);  premium = fair rate (1 + loading)
    steadied    standard deviation of M less that of max(L, M)
Governments pay a part of the premium, the producer the rest. Not here: who is insured and what a field loses (`kernels/income.py`).
"""
import numpy as np

from sim.accounts import DISTRICT, FIRMS, GUARANTOR, UPPER
from sim.rules import RULE_INDEX

NO_FLOOD = ((1.0, 1.0),)


def fair_rate(level, spread, floods):
    """E max(0, level - M); level (n,), floods ((chance, factor), ...)."""
    return sum(chance * value * _shortfall(level / value, spread) for chance, value in floods)


def insured_spread(level, spread, floods):
    """Standard deviation of max(level, M); level (n,)."""
    first = 1 + fair_rate(level, spread, floods)
    return np.sqrt(np.maximum(sum(c * value ** 2 * _second(level / value, spread) for c, value in floods) - first ** 2, 0.0))


def terms(level, spread, floods, b):
    """(premium rate, spread that insurance takes away) at this level, (n,) each."""
    level = np.maximum(np.asarray(level, float), 1e-3)
    return (fair_rate(level, spread, floods) * (1 + float(b.premium_loading)),
            insured_spread(np.full_like(level, 1e-3), spread, floods) - insured_spread(level, spread, floods))


def measures(b):
    """{(yields insured, prices insured): (spread, floods)} of grain."""
    spread, price = yield_spread(b), float(b.price_spread)
    return {(True, False): (spread, flood_years(b)), (False, True): (price, NO_FLOOD), (True, True): (float(np.hypot(spread, price)), flood_years(b))}


def figures(rules, b):
    """What is published of the insurance of grain, by district: premium rate and by how much insurance lowers the spread of the revenue."""
    level, yields, prices = (rules[RULE_INDEX[name]] for name in ("insurance_level", "yields_insured", "prices_insured"))
    rate, steadied = np.zeros(len(level)), np.zeros(len(level))
    for (of_yields, of_prices), (spread, floods) in measures(b).items():
        here = ((yields > 0) == of_yields) & ((prices > 0) == of_prices)
        if here.any():
            rate[here], steadied[here] = terms(level[here], spread, floods, b)
    return {"premium_rate": rate, "spread_insured": steadied}


def yield_spread(b):
    """Spread of a household's yield beside floods, log."""
    return float(np.sqrt(sum(float(getattr(b, f"yield_spread_{of}")) ** 2 for of in ("zone", "district", "village", "household"))))


def flood_years(b):
    """((chance, factor of the yield), ...) of years with flood or drought and without."""
    chance, loss = float(b.flood_chance), float(b.flood_loss)
    norm = 1 - chance * loss
    return (chance, (1 - loss) / norm), (1 - chance, 1 / norm)


def _quantile(limit, spread):
    spread = max(spread, 1e-6)          # without shocks: all or nothing at the limit
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
    paid, own = books.total("premiums", receiver=GUARANTOR), 1 - state.delivered[RULE_INDEX["premium_subsidy"]]
    subsidy, district = paid * (1 - own) / own, float(b.premium_district_share)
    books.pay("premium_subsidy", DISTRICT, GUARANTOR, district * subsidy)
    books.pay("premium_subsidy", UPPER, GUARANTOR, (1 - district) * subsidy)
    books.pay("insurance_costs", GUARANTOR, FIRMS, (paid + subsidy) * float(b.premium_loading) / (1 + float(b.premium_loading)))
    books.pay("reinsurance", UPPER, GUARANTOR, np.maximum(state.public.guarantee_fund - books.balances[GUARANTOR], 0.0))
