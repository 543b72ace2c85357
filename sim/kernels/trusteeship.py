"""Trusteeship (托管): a provider does all the work on a plot for a fee; the household stays operator, keeps the harvest and the subsidy.

Provider's crew, village v, per mu     g = Kc(crew, ability 1, quality, pn, m pk) scale^(eta - 1) / (1 - services),  m = (scale/size)^-`machine_scale`
Fee per mu                             (operator share + services) g (1 + margin): what labour and machines earn in farming, and the provider's margin
Return of the plot at rank u           eps(u) = top - slope u,  top = g (1 - (operator share + services)(1 + margin)),  slope = 2 loss g
                                       u in (0, 1): from the plot that is easiest to oversee to the hardest; `loss` yield lost on the mean plot
Each own plot goes where it brings most: self-farmed, let or entrusted. Where letting keeps p a mu, the share x(p) = clip((top - p)/slope, 0, 1) of the
own land is worth more entrusted than let. Not here: the market that finds p (`land_rental.py`), harvest and payments (`income.py`).
"""
import numpy as np

from sim.compiled import part, power, row

HALVINGS = 22


@row
def machine_price(b):
    """m: price of machine services at the provider's scale against that of a farm of mean size."""
    return power(b.trusteeship_scale / b.machine_size, -b.machine_scale)


@row
def crew_value(constant, b):
    """g: expected output of a mu worked by the provider, net of materials, yuan; `constant` is its profit constant."""
    return constant * power(b.trusteeship_scale, b.land_share / (1.0 - b.service_share) - 1.0) / (1.0 - b.service_share)


@row
def fee(value, b):
    """Fee per mu, yuan."""
    return (b.operator_share + b.service_share) * (1.0 + b.trusteeship_margin) * value


@row
def best_return(value, b):
    """top: what the best plot brings its household after the fee, yuan per mu."""
    return (1.0 - (b.operator_share + b.service_share) * (1.0 + b.trusteeship_margin)) * value


@row
def return_slope(value, b):
    """slope: how much less the worst plot brings, yuan per mu."""
    return max(2.0 * b.trusteeship_loss * value, 1.0)


@row
def entrusted_share(kept, top, slope):
    """x: part of the own land worth more entrusted than let at `kept` yuan per mu."""
    return min(max((top - kept) / slope, 0.0), 1.0)


@row
def entrusted_yield(area, own, b):
    """Mean yield of the best `area` of `own` mu against the crew's: 1 - loss area/own."""
    return 1.0 - b.trusteeship_loss * min(area / max(own, 1e-6), 1.0)


@part
def split(operated, own, demand, top, slope, b):
    """Mu of the operated land that the household entrusts: marginal product of the rest, (demand/rest)^(1/k), equals the return of the last plot."""
    most = min(operated, own)
    exponent = np.float32(1.0) - b.land_share / (np.float32(1.0) - b.service_share)
    if most <= 0 or power(demand / max(operated, np.float32(1e-3)), exponent) >= top:
        return np.float32(0.0)
    low, high = np.float32(0.0), most
    for _ in range(HALVINGS):
        middle = np.float32(0.5) * (low + high)
        if power(demand / max(operated - middle, np.float32(1e-3)), exponent) < top - slope * middle / own:
            low = middle
        else:
            high = middle
    return low
