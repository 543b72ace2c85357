"""How a village values and decides: bargain, form of entry, split of land income, vote, worth of a project on members' plots. Equations on arrays only.

    bargain   P = r + (1 - (1 - phi)^n) (M - r), at least the benchmark floor x M where benchmark prices are published
              r least price asked, M local market price, phi share of the gain taken with one bidder, n bidders
    split     value added less adjustment fund and township's part, less leakage; of the rest a part stays in the reserve
    vote      yes = (present + proxy x absent)/members x Phi(ln(gain per share / unease) / spread), needs two thirds
    form      highest ln CE + keyed noise;  CE against a sale: lease annuity(firms' rate)/annuity(own rate), equity that x exp(E ln max(floor, X))
Not here: which village, with what money and land (`collectives.py`).
"""
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from sim.tables import EQUITY


class Split(NamedTuple):
    """Where value added goes, yuan (V,)."""
    public: np.ndarray       # adjustment fund and township's part
    leaked: np.ndarray
    reserve: np.ndarray
    free: np.ndarray         # for dividends and cash


def bargain(least, market, share, bidders, floor):
    """Price agreed, yuan/m2; floor: least price against the market, 0 where no benchmark is published."""
    taken = 1 - (1 - share) ** bidders
    return np.maximum(least + taken * (market - least), floor * market)


def split(value_added, adjustment, township, leakage, reserve):
    """Split of value added (V,), which is not below 0."""
    public = (adjustment + township) * value_added
    leaked = leakage * (value_added - public)
    left = value_added - public - leaked
    return Split(public, leaked, reserve * left, (1 - reserve) * left)


def annuity(rate, years):
    """Yearly payment for a price of 1 at this rate over these years."""
    return rate / (1 - (1 + rate) ** -years)


def mean_log_above(floor, mean, spread):
    """E ln max(floor, X) for X lognormal with this mean and log spread."""
    centre = np.log(mean) - spread ** 2 / 2
    if np.all(np.asarray(floor) <= 0):
        return centre
    low = np.log(np.maximum(floor, 1e-9))
    k = (low - centre) / spread
    density = np.exp(-k * k / 2) / np.sqrt(2 * np.pi)
    return low * ndtr(k) + centre * (1 - ndtr(k)) + spread * density


def form_values(years, floor, firm_rate, own_rate, equity_mean, equity_spread):
    """ln of the certainty equivalents of sale, lease and equity against a sale, with relative risk aversion 1: (3, V)."""
    lease = np.log(annuity(firm_rate, years) / annuity(own_rate, years))
    return np.stack([np.zeros_like(lease), lease, lease + mean_log_above(floor, equity_mean, equity_spread)])


def choose_form(values, equity_allowed, noise):
    """Form of each entry: argmax of values (3, V) and noise (3, V)."""
    total = values + noise
    total[EQUITY] = np.where(equity_allowed, total[EQUITY], -np.inf)
    return np.argmax(total, 0).astype(np.uint8)


def yes_share(present, members, gain, shares, proxy, unease, spread):
    """Share of members who agree to a project that brings members `gain` in all, yuan. Absent members without a proxy count as no."""
    there = np.divide(present + proxy * (members - present), members, out=np.zeros_like(members), where=members > 0)
    each = np.divide(gain, shares, out=np.zeros_like(gain), where=shares > 0)
    return np.where(each > 0, there * ndtr(np.log(np.maximum(each, 1e-9) / unease) / spread), 0.0)


def demand_at(histogram, bin_width, price):
    """How much of a histogram of asks (V, B) is at or below a price (V,): whole bins, and the next one in proportion."""
    bins = histogram.shape[1]
    below = np.concatenate([np.zeros((len(histogram), 1)), np.cumsum(histogram, 1)], 1)      # below[:, k]: bins 0 .. k - 1, upper edge (k - 1) width
    place = np.clip(price / bin_width, 0.0, bins - 1.001)
    whole = np.floor(place).astype(np.int64)
    row = np.arange(len(histogram))
    got = below[row, whole + 1] + (place - whole) * histogram[row, np.minimum(whole + 1, bins - 1)]
    return np.where(price > 0, got, 0.0)

