"""Randomness as a function: draw(seed, uid, year, event, k), no generator object.

    stream = mix(uid)      key = hash of (seed, year, event, k)      bits = mix(stream + key)
The seed is hashed into the key, never xor-ed with the uid, else every seed has the same luck. 23 bits, never 0 or 1.

uids are uint32 in disjoint spaces: person 0b00, household 0b01, span 0b10, institution 0b11, then 30 bits. Within a span a person or
household bears span number * 2**13 + index, so a uid is the same in every sample, seed and scenario. Not here: who draws what.
"""
import hashlib

import numpy as np

from sim.compiled import exp, log, row

PERSON, HOUSEHOLD, SPAN, INSTITUTION = (np.uint32(space << 30) for space in range(4))
INDEX_BITS = 13

# Events: one number per sort of draw. A number is never used twice; new ones go to the end.
EVENTS = ("birth", "child_sex", "child_ability", "death", "partner", "partner_order", "new_home", "arrival", "arrival_age", "arrival_sex",
          "arrival_ability", "reconsider", "place", "settle_now", "settle", "return", "employed", "kin_lender", "offer", "lottery", "right",
          "belief", "security", "attachment", "loss_aversion", "aversion_size", "discount", "return_hope", "house_lessee", "project_idea",
          "project_size", "default", "yield_village", "yield_household", "yield_zone", "flood", "price_zone", "span_order", "build",
          "arrival_school", "child_school")
EVENT = {name: i for i, name in enumerate(EVENTS)}


def key(seed, year, event, k=0):
    """The uint32 key of one event: a hash of seed, year, event and alternative."""
    text = f"{int(seed)}/{int(year)}/{event if event in EVENT else _unknown(event)}/{int(k)}"
    return np.uint32(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "little"))


def keys(seed, year, event, count):
    """`count` keys of one event, alternatives 0, 1, ...: uint32 (count,)."""
    return np.array([key(seed, year, event, k) for k in range(count)], np.uint32)


def _unknown(event):
    raise KeyError(f"draw: no event {event!r}. Events: {', '.join(EVENTS)}.")


@row
def mix(x):
    """A 32-bit hash with low bias (two multiplications): one bijection of uint32."""
    x = np.uint32(x ^ np.uint32(x >> np.uint32(16)))
    x = np.uint32(x * np.uint32(0x21F0AAAD))
    x = np.uint32(x ^ np.uint32(x >> np.uint32(15)))
    x = np.uint32(x * np.uint32(0xD35A2D97))
    return np.uint32(x ^ np.uint32(x >> np.uint32(15)))


@row
def uniform(stream, key):
    """A float32 in (0, 1), never 0 or 1."""
    return np.float32(np.int32(np.uint32(mix(np.uint32(stream + key)) >> np.uint32(9)))) * 1.1920928955078125e-07 + 5.960464477539063e-08


@row
def gumbel(stream, key):
    """Standard Gumbel noise, -ln(-ln u)."""
    return -log(-log(uniform(stream, key)))


@row
def normal(stream, key):
    """Standard normal noise: the inverse of the normal distribution at u (Acklam's rational form, relative error < 1.2e-9 before float32)."""
    u = uniform(stream, key)
    tail = min(u, 1.0 - u)
    if tail < 0.02425:
        q = (-2.0 * log(tail)) ** 0.5
        z = ((((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
               + 4.374664141464968) * q + 2.938163982698783)
             / ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1.0))
        return z if u < 0.5 else -z
    q = u - 0.5
    r = q * q
    return ((((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r + 1.383577518672690e+02) * r
              - 3.066479806614716e+01) * r + 2.506628277459239) * q
            / (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r + 6.680131188771972e+01) * r
                - 1.328068155288572e+01) * r + 1.0))


@row
def lognormal(stream, key, spread):
    """exp(N(-spread^2/2, spread)): mean 1."""
    return exp(spread * normal(stream, key) - 0.5 * spread * spread)


def mix_array(x):
    """`mix` on a uint32 array, in numpy: the same bits."""
    x = np.asarray(x, np.uint32).copy()
    with np.errstate(over="ignore"):
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x21F0AAAD)
        x ^= x >> np.uint32(15)
        x *= np.uint32(0xD35A2D97)
        x ^= x >> np.uint32(15)
    return x


def uniform_array(uid, key):
    """`uniform` for an array of uids, as float64: (N,) in (0, 1)."""
    with np.errstate(over="ignore"):
        drawn = mix_array(mix_array(uid) + np.uint32(key))
    return (drawn >> np.uint32(9)).astype(np.float64) * 2.0 ** -23 + 2.0 ** -24
