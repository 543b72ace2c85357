"""What districts build and put up for firms: serviced sites, shared facilities, characteristic towns, ties with development zones, funds, lead firms.

    stock      dS = outlay - `site_wear` S of platforms, parks, towns and ties each; the year's outlays are cut pro rata to what `project_cash_share`
               of the cash bears
    sites      S/`site_cost` of platforms, parks and towns, over their branches by firms of 2019: free sites that new firms may take (`firms.turn_over`)
    facilities T = ((G + S)/G)^e of a cell, G public capital that serves it, `public_capital` x value added of 2019, e `public_capital_elasticity`;
               platforms and parks
    towns      T = exp(a D x), a `agglomeration`, D `town_density`, x firms' part that stands in a town, sites over firms of 2019, at most 1
    ties       T_d = prod_j (V_j/V_j 2019)^(e x_d exp(-km/reach)) over development zones j other than d; V real value added of last year, x part of firms
               with ties, S/(`linkage_need` V_d 2019), at most 1
    lead firms a part g of their investment is borne by the district: wanted capital K*/(1 - g); their capital against 2019 is their capacity for contracts
    funds      equity for growing firms that wait for money: up to the gap K* - K that the year's investment leaves, in proportion to it, public and private
               money together; public equity has its part of dividends and of what is left when the firm ends, the rest is written off
All is nothing, or 1, as in 2019. Not here: what firms make of it (`firms.py`), who enters (`firms.turn_over`).
"""
import numpy as np

from sim import evidence
from sim.accounts import DISTRICT, FIRMS, UPPER, WORLD
from sim.institutions import firms
from sim.institutions.land import by_district, rule
from sim.places import DISTRICT_IDS, DISTRICTS
from sim.sums import product
from sim.tables import DistrictIndustry, allocate

NINE = len(DISTRICTS)
# Branches that each kind of site is for, after the plan's words: biomedicine, food and processing, tourism, farming; processing and lead firms;
# one town, one trade.
BRANCHES_OF = {
    "platforms": ("agri_processing", "high_tech", "tourism_catering", "lead_agribusiness"),
    "parks": ("agri_processing", "lead_agribusiness"),
    "towns": ("agri_processing", "trade_logistics", "tourism_catering", "other_services"),
}
RULE_OF = {"platforms": "platform_investment", "parks": "park_investment", "towns": "town_investment", "ties": "linkage_investment"}
LEAD, FUNDED = ("lead_agribusiness",), ("agri_processing", "high_tech", "lead_agribusiness")
AGRICULTURAL = ("agri_processing", "lead_agribusiness")
ZONES = ("changchun_new_area", "food_zone")            # 长春新区、中新食品区 (三(二)2)
OWNERS = {"fund": DISTRICT, "national": UPPER}         # column of public equity in `Firms`: who holds it


def chosen(names):
    """Branches of these names, bool (B,)."""
    return np.isin(evidence.branches().ids, names)


def open_industry(state):
    """Nothing built yet; capital of lead firms on the first 1 January."""
    state.industry = allocate(DistrictIndustry, NINE, {})
    number = firms.by_cell(state.firms, state.firms.present)
    state.base |= {"firm_number": number, "lead_capital": _lead_capital(state)}


def _lead_capital(state):
    return firms.by_cell(state.firms, state.firms.capital)[:, chosen(LEAD)].sum(1)


def lead_capacity(state):
    """Capacity of lead firms for contracts against 2019, by district: their capital."""
    return _lead_capital(state) / state.base["lead_capital"]


def room(state):
    """Yuan that a district's cash bears for outlays of this file at a time, (9,)."""
    return float(state.behaviour.project_cash_share) * np.maximum(state.books.balances[DISTRICT], 0.0)


def affordable(wanted, room):
    """The part of what is wanted, (9,), that there is room for."""
    return np.minimum(np.divide(room, wanted, out=np.ones(NINE), where=wanted > 0), 1.0)


def build(state):
    """The year's outlays for platforms, parks, towns and ties, and the stocks that they leave."""
    b, made = state.behaviour, state.industry
    wanted = {name: rule(state, rule_name) for name, rule_name in RULE_OF.items()}
    part = affordable(sum(wanted.values()), room(state))
    made.paid[:] = part * sum(wanted.values())
    state.books.pay("industrial_works", DISTRICT, FIRMS, made.paid)
    for name, yuan in wanted.items():
        stock = getattr(made, name)
        stock += part * yuan - float(b.site_wear) * stock


# ---------------------------------------------------------------------------------------------------- sites
def _over_branches(state, name):
    """Each branch's part of the sites of a kind, by firms of 2019, (9, B)."""
    number = state.base["firm_number"] * chosen(BRANCHES_OF[name])
    return number / number.sum(1, keepdims=True)


def sites(state, name):
    """Serviced sites of a kind by cell, (9, B), not whole."""
    return (getattr(state.industry, name) / float(state.behaviour.site_cost))[:, None] * _over_branches(state, name)


def open_sites(state):
    """Whole sites that were not there yet stand free from this year on; they bear the uid of their number in the cell."""
    built = np.floor(sum(sites(state, name) for name in BRANCHES_OF)).astype(int).ravel()
    there = np.bincount(state.firms.cell[state.firms.uid >= firms.SERVICED], minlength=len(built))
    more = np.maximum(built - there, 0)
    if more.any():
        state.firms = firms.add_sites(state.firms, there, more)
        state.base["policy_loans"] = np.append(state.base["policy_loans"], np.zeros(more.sum()))


# ---------------------------------------------------------------------------------------------------- productivity
def technology_gain(state):
    """What facilities, towns and ties make of the technology of each cell, a factor (9, B)."""
    b, value = state.behaviour, state.base["value_added"]
    gain = np.ones_like(value)
    for name in ("platforms", "parks"):
        serves = chosen(BRANCHES_OF[name])
        capital = float(b.public_capital) * (value * serves).sum(1)
        gain *= np.where(serves, (1 + getattr(state.industry, name) / capital)[:, None] ** float(b.public_capital_elasticity), 1.0)
    stands = np.minimum(np.divide(sites(state, "towns"), state.base["firm_number"]), 1.0)
    gain *= np.exp(float(b.agglomeration) * float(b.town_density) * stands)
    return gain * spill_over(state)[:, None]


def spill_over(state):
    """What development zones near by make of the technology of firms with ties, a factor (9,)."""
    b, value = state.behaviour, state.base["value_added"].sum(1)
    grown = np.log(np.maximum(state.base.get("nonfarm", value), 1.0) / value)
    zone = np.isin(DISTRICT_IDS, ZONES)
    near = np.exp(-state.distance.astype(float) / float(b.linkage_reach)) * zone * ~np.eye(NINE, dtype=bool)
    tied = np.minimum(state.industry.ties / (float(b.linkage_need) * value), 1.0)
    return np.exp(float(b.linkage_elasticity) * tied * product(near, grown))


# ---------------------------------------------------------------------------------------------------- lead firms and funds
def lead_grant(state, value_added):
    """Part of the investment of each firm that its district bears, (F,): the rule for lead firms, less where cash does not bear the highest it may come to."""
    f, b = state.firms, state.behaviour
    part = rule(state, "lead_grant")
    if not part.any():
        return np.zeros(len(f.cell))
    d, branch = np.divmod(f.cell, evidence.branches().count)
    asked = np.where(chosen(LEAD)[branch], part[d], 0.0)
    most = np.bincount(d, asked * firms.wanted_investment(f, value_added, b, asked), NINE)
    return asked * affordable(most, room(state))[d]


def pay_lead_grant(state, grant, investment):
    """The districts' part of what lead firms invested."""
    d = state.firms.cell // evidence.branches().count
    state.industry.lead_paid[:] = np.bincount(d, grant * investment, NINE)
    state.books.pay("lead_grant", DISTRICT, FIRMS, state.industry.lead_paid)


def put_equity(state, value_added):
    """Funds put equity into growing firms: what was put into each, yuan (F,)."""
    f, b, books = state.firms, state.behaviour, state.books
    public = {"fund": np.minimum(rule(state, "fund_investment"), room(state)), "national": rule(state, "national_fund")}
    offered = sum(public.values()) * (1 + rule(state, "fund_coinvestment"))
    if not offered.any():
        return np.zeros(len(f.cell))
    d, branch = np.divmod(f.cell, evidence.branches().count)
    gap = np.where(f.present & chosen(FUNDED)[branch], np.maximum(firms.capital_output(b) * value_added - f.capital, 0.0), 0.0)
    put = gap * affordable(np.bincount(d, gap, NINE), offered)[d]
    in_all = np.bincount(d, put, NINE)
    part = {name: np.divide(yuan, offered, out=np.zeros(NINE), where=offered > 0) for name, yuan in public.items()}
    for name, owner in OWNERS.items():
        books.pay("fund_equity", owner, FIRMS, part[name] * in_all)
    books.pay("firm_equity", WORLD, FIRMS, (1 - sum(part.values())) * in_all)
    state.firms = f._replace(capital=f.capital + put, **{name: getattr(f, name) + part[name][d] * put for name in OWNERS})
    return put


def settle_equity(state, held, made, moved):
    """Public owners get their part of dividends and of estates of firms that ended; what is left of their equity is written off.

    held: the Firms before entry and exit; made, moved: Result and Turnover of the year. Leaves the dividend and the estate of the other owners.
    """
    d = held.cell // evidence.branches().count
    worth = np.maximum(held.capital + held.deposits - held.loan, 1.0)
    left = {"dividend": np.bincount(d, made.dividend, NINE), "estate": np.bincount(d, moved.estate, NINE)}
    for name, owner in OWNERS.items():
        equity = getattr(held, name)
        part = np.minimum(equity / worth, 1 / len(OWNERS))
        dividend, estate = np.bincount(d, part * made.dividend, NINE), np.bincount(d, part * moved.estate, NINE)
        state.books.pay("fund_dividend", FIRMS, owner, dividend)
        state.books.pay("fund_equity", FIRMS, owner, estate)
        state.books.post("fund_written_off", owner, FIRMS, np.bincount(d, np.where(moved.ended, equity, 0.0), NINE) - estate)
        left = {"dividend": left["dividend"] - dividend, "estate": left["estate"] - estate}
    return left


# ---------------------------------------------------------------------------------------------------- figures
def public_equity(state):
    """Equity that public funds hold in firms, at what they paid, by district."""
    return firms.by_cell(state.firms, state.firms.fund + state.firms.national).sum(1)


def serviced_sites(state):
    """Serviced sites that stand, by district."""
    return sum(sites(state, name).sum(1) for name in BRANCHES_OF)


def agricultural_value(state):
    """Value added of agricultural processing and lead agribusiness, yuan by district."""
    return state.base["value_added_now"][:, chosen(AGRICULTURAL)].sum(1)


def cost_by_span(state):
    """What districts paid by this file, over their villages, yuan (S,), unweighted."""
    spans, made = state.spans, state.industry
    village = spans.urban == 0
    paid = made.paid + made.lead_paid + state.books.total("fund_equity", DISTRICT, FIRMS)
    each = paid / np.maximum(by_district(spans, village), 1.0)
    return np.where(village, each[spans.district], 0.0)
