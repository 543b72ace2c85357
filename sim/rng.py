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
          "arrival_school", "child_school", "firm_size", "firm_exit", "firm_entry", "bank", "land_slot", "parcel_size", "land_deal", "land_form",
          "land_profit", "leasing_slot", "insured", "crop_review", "crop_permit", "greenhouse_worn", "field_taste", "greenhouse_taste",
          "crop_luck", "crop_weather", "order", "order_cost", "side_selling", "appeal", "training",
          "pledge_sale", "bad_loan",
          "farm_review", "machines_worn", "farm_taste", "farm_place", "venture_talent", "years_away", "adult_course", "vocational", "away_toll",
          "owning_taste", "owning_review",
          "coop_meeting", "coop_review", "coop_cost", "been_away")
EVENT = {name: i for i, name in enumerate(EVENTS)}


def key(seed, year, event, k=0):
    """The uint32 key of one event: a hash of seed, year, event and alternative."""
    return _key(seed, year, event if event in EVENT else _unknown(event), k)


def own_key(seed, year, name, k=0):
    """The key of a draw by a behaviour rule from outside: its name never meets that of an event."""
    return _key(seed, year, f"own {name}", k)


def _key(seed, year, name, k):
    text = f"{int(seed)}/{int(year)}/{name}/{int(k)}"
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
    """Standard normal noise: sqrt(2) erfinv(2u - 1) by Giles's polynomials for single precision, absolute error < 2e-6."""
    x = 2.0 * uniform(stream, key) - 1.0
    w = -log((1.0 - x) * (1.0 + x))
    if w < 5.0:
        w = w - 2.5
        z = w * w
        z2 = z * z
        p = ((1.50140941 + 0.246640727 * w) + (-0.00417768164 - 0.00125372503 * w) * z
             + ((0.00021858087 - 4.39150654e-06 * w) + (-3.5233877e-06 + 3.43273939e-07 * w) * z) * z2 + 2.81022636e-08 * (z2 * z2))
    else:
        w = w ** 0.5 - 3.0
        z = w * w
        z2 = z * z
        p = ((2.83297682 + 1.00167406 * w) + (0.00943887047 - 0.0076224613 * w) * z
             + ((0.00573950773 - 0.00367342844 * w) + (0.00134934322 + 0.000100950558 * w) * z) * z2 - 0.000200214257 * (z2 * z2))
    return 1.41421356237 * p * x


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
