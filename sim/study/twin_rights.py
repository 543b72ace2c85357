"""The rights rule a second time, in float64 numpy from the documented equations, to judge what the fast rule did. Nothing of `sim.kernels` is used.

    dCE = cash (1 - fee) + lease gains - mk (W_C[C] + W_U[H2,H3] + W_Q[H3] + W_S[S]) - SEC_C[C] - SEC_U (1 for H3, .5 for H2) - ATT[H2,H3]
    mk  = max(1 + (H - 1) a/(a + r), loss aversion)
    W_C = A max(own use, net rent)/max(delta - g, .03)    W_U = service/delta    W_Q = pi/(pi + delta) max(0, plot + build - re-entry)    W_S = dividend/delta
A bundle is (c, use, share): contract right kept 0, leased 1, exited 2; homestead kept 0, house leased 1, plot returned 2, all exited 3; share exited 1.
Not here: who gets an offer, the lottery, the cooling-off years.
"""
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from sim import rng
from sim.places import VILLAGE
from sim.rules import RULE_INDEX
from sim.tables import EXIT_CONTRACT, EXIT_PLOT, EXIT_QUALIFICATION, EXIT_SHARE, IDLE, LEASED, OCCUPIED, SEASONAL
from sim.units import M2_PER_MU

LASTING_YEAR = 2018        # lasting traits are drawn with the keys of the opening
COLUMNS = ("uid", "residence", "contract_area", "plot_area", "house_area", "house_use", "qualification", "shares", "farm_labour", "members",
           "away", "settled_year", "signed", "signed_year", "exited", "exit_payment")
SPAN_COLUMNS = ("district", "rent", "exchange", "titled", "exit_share")
BUNDLES = tuple((c, use, share) for c in range(3) for use in range(4) for share in range(2))


class Units(NamedTuple):
    """Traced inputs of n register units: columns of households and of their spans, the delivered rules (R, n), the dividend per share and
    the chance to let a house (n,), the year."""
    row: np.ndarray
    household: dict
    span: dict
    rules: np.ndarray
    dividend: np.ndarray
    house_chance: np.ndarray
    year: int

    def rule(self, name):
        return self.rules[RULE_INDEX[name]]


def trace(state, rows):
    """Copy what the rule reads of these household rows."""
    hh, spans = state.households, state.spans
    s = hh.span[rows]
    d = spans.district[s]
    return Units(np.asarray(rows), {c: np.array(getattr(hh, c)[rows], np.float64 if c != "uid" else np.uint32) for c in COLUMNS},
                 {c: np.array(getattr(spans, c)[s], np.float64) for c in SPAN_COLUMNS}, np.asarray(state.delivered, np.float64)[:, d],
                 np.array(spans.dividend[s], np.float64), np.asarray(state.published.house_chance, np.float64)[d], int(state.published.year))


def _luck(uid, population_seed, event):
    return rng.uniform_array(uid, rng.key(population_seed, LASTING_YEAR, event))


def _lognormal(uid, population_seed, event, spread):
    return np.exp(spread * ndtri(_luck(uid, population_seed, event)) - spread * spread / 2)


def valuation(units, behaviour, population_seed):
    """Each unit's own worth of its rights and the pay on offer, yuan: {name: (n,)}."""
    b = {name: float(value) for name, value in behaviour._asdict().items()}
    h, s = units.household, units.span
    uid = h["uid"]

    def lasting(event, spread):
        return _lognormal(uid, population_seed, event, spread)
    discount = b["discount"] + b["discount_spread"] * (2 * _luck(uid, population_seed, "discount") - 1)
    capital = np.maximum(discount - b["rent_growth"], 0.03)
    rent = s["rent"] * lasting("belief", units.rule("forecast_error"))
    area = h["contract_area"] / M2_PER_MU
    cost = b["lease_cost"] * (1 - b["exchange_saving"] * s["exchange"])
    net = rent * np.maximum(1 - cost - b["tenure_risk"] * (1 - s["titled"]), 0.05)
    best = np.maximum(np.where(h["farm_labour"] > 0, rent * (1 + cost), 0.0), net)
    cover = np.where(h["residence"] != VILLAGE, b["cover_settled"], np.where(h["away"] > 0, b["cover_partly"], 0.0))
    averse = _luck(uid, population_seed, "loss_aversion") < b["loss_averse_share"]
    aversion = np.where(averse, b["loss_aversion"] * lasting("aversion_size", 0.4), 1.0)
    again = units.rule("offer_rate")
    use, held = h["house_use"], h["plot_area"] > 0
    service = np.select([use == OCCUPIED, use == SEASONAL], [b["house_service"], b["house_service_seasonal"]], b["house_service_idle"])
    tie = np.select([use == OCCUPIED, use == SEASONAL], [b["attachment"], b["attachment_seasonal"]], b["attachment_idle"])
    hope = b["return_rate"] * lasting("return_hope", b["return_spread"])
    plot = b["plot_standard"] * b["plot_cost"]
    again_house = np.maximum(0, plot + b["build_right"] - units.rule("reentry_multiple") * plot)
    worth_house = held * service / discount
    attachment = tie * h["plot_area"] * lasting("attachment", 0.35)
    return {
        "markup": np.maximum(1 + (b["waiting_markup"] - 1) * again / (again + discount), aversion), "worth_contract": area * best / capital,
        "worth_house": worth_house, "worth_qualification": h["qualification"] * hope / (hope + discount) * again_house,
        "worth_share": h["shares"] * units.dividend / discount,
        "security_land": b["security_land"] * (1 - cover) * area * lasting("security", 0.5) / discount,
        "refuge": held * np.minimum(b["security_home"] * (1 - cover) * np.maximum(h["members"], 1) / discount, b["security_home_cap"]),
        "attachment": attachment, "lease_gain": area * np.minimum(net - best, 0) / capital,
        "house_gain": np.where(use == IDLE, units.house_chance * b["house_lease_rent"] * (1 - units.rule("house_lease_cost")) / discount,
                               -worth_house - 0.3 * attachment),
        "pay_contract": units.rule("contract_multiple") * s["rent"] / b["capitalisation"] * area, "pay_plot": units.rule("plot_price") * h["plot_area"],
        "pay_house": units.rule("house_price") * h["house_area"] * held, "pay_qualification": units.rule("qualification_price") * h["qualification"],
        "pay_share": units.rule("share_multiple") * units.dividend / b["capitalisation"] * h["shares"], "fee": b["transaction_fee"]}


def cash_and_gain(units, worth, c, use, share):
    """(cash before the fee, dCE) of bundles: c, use, share numbers or arrays (n,)."""
    c, use, share = (np.broadcast_to(x, units.row.shape) for x in (c, use, share))
    gives_land, returns, leaves = c == 2, use == 2, use == 3
    cash = (gives_land * worth["pay_contract"] + returns * (units.rule("keep_share") * worth["pay_plot"] + worth["pay_house"])
            + leaves * (worth["pay_plot"] + worth["pay_house"] + worth["pay_qualification"]) + share * worth["pay_share"])
    together = gives_land.astype(int) + (use >= 2) + share
    cash = cash * np.where(together >= 2, 1 + units.rule("bundle_bonus"), 1.0)
    lost = gives_land * worth["worth_contract"] + (use >= 2) * worth["worth_house"] + leaves * worth["worth_qualification"] + share * worth["worth_share"]
    kept_safe = gives_land * worth["security_land"] + (use >= 2) * worth["attachment"] + (0.5 * returns + leaves) * worth["refuge"]
    extra = (c == 1) * worth["lease_gain"] + (use == 1) * worth["house_gain"]
    return cash, cash * (1 - worth["fee"]) - worth["markup"] * lost - kept_safe + extra


def entitled(units, c, use, share):
    """Whether law and levers let each unit take the bundle (n,)."""
    h = units.household
    c, use, share = (np.broadcast_to(x, units.row.shape) for x in (c, use, share))
    settled, on_offer = (h["residence"] != VILLAGE) & (h["settled_year"] < units.year), units.rule("bundles_allowed") > 0
    land = (c != 2) | (settled & (h["contract_area"] > 0) & on_offer)
    shares = (share == 0) | (settled & (h["shares"] > 0) & on_offer)
    lease = (use != 1) | ((h["plot_area"] > 0) & (h["house_use"] != LEASED))
    plot = ((h["plot_area"] > 0) & (h["qualification"] > 0) & (units.rule("plot_price") > 0)
            & (settled | np.isin(h["house_use"], (IDLE, SEASONAL))))
    keep = (units.rule("keep_rights_allowed") > 0) & (units.rule("three_rights") > 0)
    return land & shares & lease & ((use < 2) | plot) & ((use != 2) | keep)


def choose(units, behaviour, population_seed, seed, year, least=1.0):
    """(bundle number c*8 + use*2 + share, its dCE, whether the best two are nearer than a yuan) for units with a live offer."""
    worth = valuation(units, behaviour, population_seed)
    noise = float(behaviour.rights_noise)
    luck = [-np.log(-np.log(rng.uniform_array(units.household["uid"], rng.key(seed, year, "right", k)))) * noise for k in range(4)]
    peer = float(behaviour.peer_effect) * noise * units.span["exit_share"]
    values, gains = [np.zeros(units.row.shape)], [np.zeros(units.row.shape)]
    for c, use, share in BUNDLES[1:]:
        own = cash_and_gain(units, worth, c, use, share)[1]
        value = own + (c == 2) * (luck[0] + peer) + (use >= 2) * (luck[1] + peer) + (use == 3) * luck[2] + share * (luck[3] + peer)
        values.append(np.where(entitled(units, c, use, share) & (own >= least), value, -np.inf))
        gains.append(own)
    values, gains = np.array(values), np.array(gains)
    best = np.argmax(values, 0)
    ordered = np.sort(values[[c != 1 for c, _, _ in BUNDLES]], 0)      # leasing out gives up what keeping does, for no more: a tie of no account
    return best, np.take_along_axis(gains, best[None], 0)[0], ordered[-1] - ordered[-2] < 1.0


def executed(before, after):
    """Which units gave something up between two traces of the same rows, and the bundle (c, use, share) that they gave up."""
    was, now = before.household["exited"].astype(int), after.household["exited"].astype(int)
    fresh = (now & ~was) | (now & np.where(after.household["exit_payment"] > before.household["exit_payment"], now, 0))
    done = (now != was) | (after.household["exit_payment"] > before.household["exit_payment"])
    signed = before.household["signed"].astype(int)
    known = signed > 0
    bundle = np.maximum(signed - 1, 0)
    plot = fresh & EXIT_PLOT > 0
    c = np.where(known, bundle // 8, np.where(fresh & EXIT_CONTRACT > 0, 2, 0))
    use = np.where(known, bundle // 2 % 4, np.where(plot, np.where(fresh & EXIT_QUALIFICATION > 0, 3, 2), 0))
    share = np.where(known, bundle % 2, (fresh & EXIT_SHARE > 0).astype(int))
    return done, (c, use, share)
