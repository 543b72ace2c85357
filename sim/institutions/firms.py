"""Non-farm firms: sites of production in each district and branch, with a firm on each that hires, invests, borrows, pays, and may give way to another.

    technology  z_i = A_i K_i^.38 (land index)^.07;   of a cell (district x branch): Z = (sum z_i^(1/.45))^.45, an index, 1 in 2019
    share       s_i = z_i^(1/.45) / sum: of the cell's labour, value added and wages (one wage, one price: marginal products are equal)
    profit      = V s_i - wages - taxes - interest - own-account and land incomes paid out of the branch's value added
    investment  = wear K + .2 (K* - K), K* = capital-output ratio x V s_i; from cash first, then loans up to the limit, else it is cut
    exit        in distress, or by the keyed hazard (lower for large firms); entry on its site or on a free one, likelier where returns are high
Value added in yuan is V_2019 P Y with prices and outputs of the market (`sim/markets/labour.py`). Not here: labour and prices themselves, trade and
the sector's payments (`sim/institutions/nonfarm.py`).
"""
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim import rng
from sim.evidence import branches
from sim.places import DISTRICTS

NINE = len(DISTRICTS)
SITE = rng.INSTITUTION + np.uint32(1 << 20)       # uids of sites follow those of districts and other institutions
SERVICED = SITE + np.uint32(1 << 19)               # those of serviced sites: the cell and the number in it
SITES_OF_CELL = 1 << 12


class Firms(NamedTuple):
    """One row per site, (F,): cell = district x branches + branch; money in yuan of 2019; a site without a firm has no capital and founded 0."""
    uid: np.ndarray
    cell: np.ndarray
    productivity: np.ndarray       # A, index
    capital: np.ndarray
    loan: np.ndarray
    deposits: np.ndarray
    founded: np.ndarray            # year; 0: no firm
    fund: np.ndarray               # equity of the district's fund, at what it paid
    national: np.ndarray           # of a fund of province and centre

    @property
    def present(self):
        return self.founded > 0


def cell_share():
    """Value added and employment of 2019 by branch, the same in every district: (9, B)."""
    share = branches().value_share
    return np.tile(share / share.sum(), (NINE, 1))


def demand_elasticity(b):
    """Elasticity of demand to price by branch, (B,): what is sold outside, what is sold in the zone."""
    return np.where(branches().outside, float(b.demand_elasticity_tradable), float(b.demand_elasticity_services))


def capital_output(b):
    """Capital over value added at rest: capital share / ((1 + markup) x user cost)."""
    return float(b.capital_share) / ((1 + float(b.markup)) * float(b.capital_cost))


def lognormal_size(u, spread):
    """Size by a keyed uniform: lognormal with mean 1."""
    return np.exp(spread * ndtri(u) - spread * spread / 2)


def leverage(uid, b):
    """Loans over capital that the firm on a site aims at, (F,): a lasting trait, lognormal with the declared mean, below the banks' limit."""
    part = lognormal_size(rng.uniform_array(uid, rng.key(0, 0, "firm_size", 3)), float(b.firm_leverage_spread))
    return np.minimum(float(b.firm_leverage) * part, 0.9 * float(b.firm_loan_limit))


def found(value_added, b, seed, year):
    """Firms of the first 1 January at rest. value_added (9, B): yuan of 2019.

    Sizes within a cell are lognormal; capital is what each size wants; A follows, so that z is in proportion to size^.45. Free sites stand beside.
    """
    made = branches()
    per_district = value_added.sum(1, keepdims=True) / value_added.sum() * made.firms            # (9, B)
    count = np.maximum(np.round(per_district).astype(int), 5)
    free = np.maximum(np.round(per_district * float(b.free_sites)).astype(int), 1)
    cell = np.concatenate([np.repeat(np.arange(count.size), count.ravel()), np.repeat(np.arange(count.size), free.ravel())])
    present = np.arange(len(cell)) < count.sum()
    order = np.lexsort((~present, cell))
    cell, present = cell[order], present[order]
    uid = (SITE + np.arange(len(cell), dtype=np.uint32)).astype(np.uint32)
    size = np.where(present, lognormal_size(rng.uniform_array(uid, rng.key(seed, year, "firm_size")), float(b.firm_size_spread)), 0.0)
    part = size / np.bincount(cell, size, count.size)[cell]
    value = value_added.ravel()[cell] * part
    capital = capital_output(b) * value
    productivity = np.where(present, np.maximum(part, 1e-12) ** (1 - float(b.labour_share)) / np.maximum(capital, 1.0) ** float(b.capital_share), 0.0)
    return Firms(uid, cell, productivity, capital, leverage(uid, b) * capital, float(b.firm_liquidity) * value, np.where(present, year, 0),
                 np.zeros(len(cell)), np.zeros(len(cell)))


def add_sites(firms, there, more):
    """The same firms with free serviced sites more, (cells,), beside those there are of each cell, (cells,)."""
    cell = np.repeat(np.arange(len(more)), more)
    number = np.arange(len(cell)) - np.repeat(np.cumsum(more) - more, more) + there[cell]
    free = {"uid": (SERVICED + cell * SITES_OF_CELL + number).astype(np.uint32), "cell": cell}
    return Firms(*(np.concatenate([column, free.get(name, np.zeros(len(cell))).astype(column.dtype)]) for name, column in zip(firms._fields, firms)))


def weights(firms, b):
    """z^(1/.45) of every firm without land and growth common to its cell, (F,)."""
    z = firms.productivity * firms.capital ** float(b.capital_share)
    return np.where(firms.present, z, 0.0) ** (1 / (1 - float(b.labour_share)))


def by_cell(firms, column):
    """Sum by cell, (9, B)."""
    return np.bincount(firms.cell, column, NINE * branches().count).reshape(NINE, -1)


def technology(firms, b):
    """Z of each cell, (9, B); its ratio to that of 2019 is the market's index."""
    return by_cell(firms, weights(firms, b)) ** (1 - float(b.labour_share))


class Result(NamedTuple):
    """What the year was for each firm, yuan (F,)."""
    value_added: np.ndarray
    profit: np.ndarray
    dividend: np.ndarray
    investment: np.ndarray
    borrowed: np.ndarray          # less what was repaid
    distress: np.ndarray          # bool


def wanted_investment(firms, value_added, b, grant=0.0, cost=1.0):
    """wear K + speed (K*/((1 - g) c) - K), not below 0: what each firm would invest with money enough where g of it is borne by others.

    cost: expected user cost of capital c against the usual one.
    """
    gap = capital_output(b) * value_added / ((1 - grant) * cost) - firms.capital
    return np.maximum(float(b.depreciation) * firms.capital + float(b.capital_speed) * gap, 0.0)


def finance(firms, value_added, profit, lending, b, grant=0.0, cost=1.0):
    """Dividends, investment and loans of every firm: the new Firms and the Result.

    value_added, profit (F,) yuan; lending: share of loan requests that banks meet; grant: part g of investment that others bear; cost: expected user
    cost of capital c against the usual one. Cash M, capital K, loans B:
    dividend = payout max(0, profit - wear K);  wanted = wear K + speed (K*/((1 - g) c) - K), not below 0, of which the firm pays 1 - g
    a firm aims at loans of leverage x K and cash of liquidity x value added; short of cash it may borrow up to its limit x K;
    still short, it invests less, then pays no dividend, then runs into arrears (distress); cash above its aim repays loans above theirs, the rest
    goes to owners
    """
    k, wear = firms.capital, float(b.depreciation) * firms.capital
    dividend = float(b.firm_payout) * np.maximum(profit - wear, 0.0)
    investment = (1 - grant) * wanted_investment(firms, value_added, b, grant, cost)
    aim = float(b.firm_liquidity) * value_added
    cash = firms.deposits + profit - dividend - investment
    target = leverage(firms.uid, b) * k - firms.loan
    room = np.maximum(float(b.firm_loan_limit) * k - firms.loan, 0.0) * lending
    borrowed = np.where(cash < aim, np.clip(aim - cash, np.minimum(np.maximum(target, 0.0) * lending, room), room),
                        np.maximum(target, -(cash - aim)) * np.where(target > 0, lending, 1.0))
    cash = cash + borrowed
    cut = np.clip(-cash, 0.0, investment)
    investment, cash = investment - cut, cash + cut
    held = np.clip(-cash, 0.0, dividend)
    dividend, cash = dividend - held, cash + held
    arrears = np.maximum(-cash, 0.0)
    surplus = np.maximum(cash - aim, 0.0)
    dividend = dividend + surplus
    investment = investment / (1 - grant)
    new = firms._replace(capital=k - wear + investment, loan=firms.loan + borrowed + arrears, deposits=cash + arrears - surplus)
    return new, Result(value_added, profit, dividend, investment, borrowed + arrears, firms.present & (arrears > 1.0))


class Turnover(NamedTuple):
    """What entry and exit moved on each site, yuan (F,); entered and ended: whether."""
    equity: np.ndarray            # paid in by owners of new firms
    estate: np.ndarray            # paid out to owners of firms that ended
    scrap: np.ndarray             # equipment sold outside
    fitted: np.ndarray            # equipment bought for free sites
    repaid: np.ndarray            # loans repaid from estates
    written_off: np.ndarray
    entered: np.ndarray
    ended: np.ndarray


def turn_over(firms, result, normal, b, seed, year):
    """Exit and entry at the end of a year: the new Firms and the Turnover.

    A firm ends in distress, or with chance hazard (V / mean V of its cell)^-.3. A new one takes its site with chance .9 (return/normal return)^elasticity
    and pays the resale share of its equipment; otherwise the equipment is scrapped. A free site is taken with chance free_entry x the same factor.
    What the estate cannot repay is written off. A new firm draws its productivity around those present, so that it expects their weight for its
    equipment. normal: return on capital of 2019 (after wear).
    """
    def luck(event, k=0):
        return rng.uniform_array(firms.uid, rng.key(seed, year, event, k))
    present = firms.present
    number = by_cell(firms, present)
    mean = (by_cell(firms, result.value_added) / np.maximum(number, 1.0)).ravel()[firms.cell]
    hazard = float(b.firm_exit) * np.clip(result.value_added / np.maximum(mean, 1.0), 0.02, 50.0) ** -0.3
    ends = present & (result.distress | (luck("firm_exit") < np.minimum(hazard, 0.5)))
    capital = np.maximum(by_cell(firms, firms.capital), 1.0)
    returns = (by_cell(firms, result.profit) / capital - float(b.depreciation)) / normal
    pull = (np.clip(returns, 0.2, 5.0) ** float(b.entry_elasticity)).ravel()[firms.cell]
    takes = ends & (luck("firm_entry") < np.minimum(float(b.site_taken) * pull, 1.0))
    opens = ~present & (luck("firm_entry") < np.minimum(float(b.free_entry) * pull, 1.0))
    left = by_cell(firms, (present & ~ends) | takes | opens).ravel()
    takes = takes | (ends & (left == 0)[firms.cell])                               # a branch does not die out in a district
    price = np.where(takes, float(b.resale_share), np.where(ends, float(b.scrap_share), 0.0)) * firms.capital
    typical = float(b.entrant_size) * (by_cell(firms, firms.capital) / np.maximum(number, 1.0)).ravel()[firms.cell]
    start = np.where(takes, firms.capital, np.where(opens, typical, 0.0))          # equipment of the new firm
    equity = np.where(takes, price, start)
    estate = np.where(ends, firms.deposits + price, 0.0)
    repaid = np.minimum(estate, np.where(ends, firms.loan, 0.0))
    written = np.where(ends, firms.loan, 0.0) - repaid
    z = weights(firms, b)
    centre = (by_cell(firms, np.where(present, firms.productivity, 0.0) * z) / np.maximum(by_cell(firms, z), 1e-30)).ravel()[firms.cell]
    spread = float(b.entrant_spread)
    drawn = centre * np.exp(spread * ndtri(luck("firm_size", 1)) - spread * spread / 2 / (1 - float(b.labour_share)))
    new = takes | opens
    stays = present & ~ends
    def after(fresh, old):
        return np.where(new, fresh, np.where(stays, old, 0))
    made = Firms(firms.uid, firms.cell, after(drawn, firms.productivity), after(start, firms.capital), after(0.0, firms.loan), after(0.0, firms.deposits),
                 after(year + 1, firms.founded), after(0.0, firms.fund), after(0.0, firms.national))
    return made, Turnover(equity, estate - repaid, np.where(ends & ~takes, price, 0.0), np.where(opens, start, 0.0), repaid, written, new, ends)


def learn(firms, b, seed, year):
    """Productivity of the year: common growth and a keyed shock of each firm whose weighted mean in its cell is zero."""
    shock = float(b.firm_shock) * ndtri(rng.uniform_array(firms.uid, rng.key(seed, year, "firm_size", 2)))
    z = weights(firms, b)
    mean = (by_cell(firms, shock * z) / np.maximum(by_cell(firms, z), 1e-30)).ravel()[firms.cell]
    return firms._replace(productivity=firms.productivity * np.exp(float(b.tfp_growth) + shock - mean))
