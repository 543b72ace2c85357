"""The rights bundle: what a register unit answers when a funded project offers to buy rights back.

24 bundles = contract right {keep, lease out, exit} x homestead {keep, lease the house, return the plot and keep the qualification, exit} x
share {keep, exit}. Own expected gain of a bundle, yuan:
    dCE = cash (1 - fee) + lease gains - mk (W_C[C] + W_U[H2,H3] + W_Q[H3] + W_S[S]) - SEC_C[C] - SEC_U (1 for H3, .5 for H2) - ATT[H2,H3]
    mk  = max(H_eff, loss aversion),  H_eff = 1 + (H - 1) a/(a + r): waiting is worth more where another offer is likely
A unit takes part only in bundles it is entitled to, that are on offer, with dCE >= 1 yuan (strict participation, on its own beliefs); among them
and keeping everything it takes the highest dCE + peers + keyed noise. Noise belongs to each right given up, not to the package.
Signed in year t, carried out after the cooling-off years if dCE still holds. Not here: which village gets a project (`sim/schedule.py`).
"""
import numpy as np

from sim.compiled import exp, part, row, sweep
from sim.kernels.income import own_discount
from sim.kernels.land_rental import MU, lease_share, risk_share
from sim.kernels.rows import first_household
from sim.kernels.year import H
from sim.places import VILLAGE
from sim.rng import EVENT, gumbel, lognormal, mix, normal, uniform
from sim.rules import RULE_INDEX
from sim.tables import CONTRACT, EXIT_CONTRACT, EXIT_PLOT, EXIT_QUALIFICATION, EXIT_SHARE, IDLE, LEASED, OCCUPIED, SEASONAL

(PLOT_PRICE, HOUSE_PRICE, QUALIFICATION_PRICE, KEEP_ALLOWED, KEEP_SHARE, REENTRY, BUNDLES, CONTRACT_MULTIPLE, SHARE_MULTIPLE, BONUS, COOLING,
 FORECAST, THREE_RIGHTS, OFFER_RATE, HOUSE_LEASE_COST) = (RULE_INDEX[r] for r in (
     "plot_price", "house_price", "qualification_price", "keep_rights_allowed", "keep_share", "reentry_multiple", "bundles_allowed",
     "contract_multiple", "share_multiple", "bundle_bonus", "cooling_years", "forecast_error", "three_rights", "offer_rate", "house_lease_cost"))
LOTTERY, BELIEF, SECURITY, ATTACHMENT = (EVENT[e] for e in ("lottery", "belief", "security", "attachment"))
AVERSION, AVERSION_SIZE, DISCOUNT, HOPE = (EVENT[e] for e in ("loss_aversion", "aversion_size", "discount", "return_hope"))
(WILLING, ELIGIBLE, SIGNED, LAPSED, WITHDRAWN, RETAINED, CONTRACTS, AREA, SHARES, COMBINED, RECLAIMED, Q_EXITS, LEASES, LEAST, COST, RECLAIM_COST,
 DOMINATED, LEAVERS, KEPT, KEPT_COST) = (H[n] for n in (
     "willing", "eligible", "signed", "lapsed", "homesteads_withdrawn", "qualification_retained", "contract_exits", "contract_area_exited",
     "shares_exited", "combined_exits", "plots_reclaimed", "qualifications_exited", "house_leases", "least_gain", "exit_cost", "reclaimed_cost",
     "keep_dominated", "leavers_estate", "plots_kept", "kept_cost"))
KEEP_C, LEASE_C, EXIT_C = range(3)
KEEP_H, LEASE_H, RETURN_H, EXIT_H = range(4)
BUNDLE_COUNT = 24
# Terms of a unit's own valuation, in the order of `terms`.
TERMS = ("worth_contract", "worth_house", "worth_qualification", "worth_share", "markup", "security_land", "refuge", "attachment", "lease_gain",
         "house_gain", "pay_contract", "pay_plot", "pay_house", "pay_qualification", "pay_share")
(W_C, W_U, W_Q, W_S, MK, SEC_C, SEC_U, ATT, LEASE, HOUSE, PAY_C, PAY_U, PAY_B, PAY_Q, PAY_S) = range(len(TERMS))


@row
def waiting_markup(chance, discount, b):
    """H_eff = 1 + (H - 1) a/(a + r): the option to wait, with a the yearly chance of another offer."""
    return 1.0 + (b.waiting_markup - 1.0) * chance / (chance + discount)


@row
def worth_of_land(area_mu, best_use, discount, b):
    """W_C = A max(farm, net rent) / max(delta - g, .03)."""
    return area_mu * best_use / max(discount - b.rent_growth, 0.03)


@row
def worth_of_qualification(return_hope, discount, reentry_multiple, b):
    """W_Q = pi/(pi + delta) max(0, standard x cost + right to build - re-entry price)."""
    plot = b.plot_standard * b.plot_cost
    return return_hope / (return_hope + discount) * max(0.0, plot + b.build_right - reentry_multiple * plot)


@row
def gain(cash, lost, markup, security, b):
    """dCE = cash (1 - fee) - mk lost - security and attachment."""
    return cash * (1.0 - b.transaction_fee) - markup * lost - security


@part
def value_rights(h, s, spans, households, terms, year, b):
    """Fill terms with unit h's own valuation and the pay on offer, yuan."""
    hh = households
    d = spans.district[s]
    stream = mix(hh.uid[h])
    discount = own_discount(uniform(stream, year.first[DISCOUNT]), b)
    spread = year.rules[FORECAST, d]
    belief = exp(spread * normal(stream, year.first[BELIEF]) - np.float32(0.5) * spread * spread)
    t, q = lease_share(np.float32(spans.exchange[s]), b), risk_share(np.float32(spans.titled[s]), b)
    rent = spans.rent[s] * belief
    area = np.float32(np.float64(hh.contract_area[h]) / MU)
    net_rent = rent * max(np.float32(1.0) - t - q, np.float32(0.05))
    farm = np.float32(0.0)
    if hh.farm_labour[h] > 0:                       # own land is worth its marginal product to who works it: between lessor's and lessee's price
        farm = rent * (np.float32(1.0) + t)
    cover = np.float32(0.0)
    if hh.residence[h] != VILLAGE:
        cover = b.cover_settled
    elif hh.away[h] > 0:
        cover = b.cover_partly
    averse = uniform(stream, year.first[AVERSION]) < b.loss_averse_share
    aversion = b.loss_aversion * lognormal(stream, year.first[AVERSION_SIZE], np.float32(0.4)) if averse else np.float32(1.0)
    terms[MK] = max(waiting_markup(year.rules[OFFER_RATE, d], discount, b), aversion)
    terms[W_C] = worth_of_land(area, max(farm, net_rent), discount, b)
    use = hh.house_use[h]
    service = b.house_service if use == OCCUPIED else (b.house_service_seasonal if use == SEASONAL else b.house_service_idle)
    held = np.float32(hh.plot_area[h] > 0)
    terms[W_U] = held * service / discount
    hope = b.return_rate * lognormal(stream, year.first[HOPE], b.return_spread)
    terms[W_Q] = np.float32(hh.qualification[h]) * worth_of_qualification(hope, discount, year.rules[REENTRY, d], b)
    terms[W_S] = hh.shares[h] * spans.dividend[s] / discount
    terms[SEC_C] = b.security_land * (np.float32(1.0) - cover) * area * lognormal(stream, year.first[SECURITY], np.float32(0.5)) / discount
    terms[SEC_U] = held * min(b.security_home * (np.float32(1.0) - cover) * max(hh.members[h], np.float32(1.0)) / discount, b.security_home_cap)
    tie = b.attachment if use == OCCUPIED else (b.attachment_seasonal if use == SEASONAL else b.attachment_idle)
    terms[ATT] = tie * np.float32(hh.plot_area[h]) * lognormal(stream, year.first[ATTACHMENT], np.float32(0.35))
    terms[LEASE] = area * min(net_rent - max(farm, net_rent), np.float32(0.0)) / max(discount - b.rent_growth, np.float32(0.03))
    terms[HOUSE] = -terms[W_U] - np.float32(0.3) * terms[ATT]
    if use == IDLE:
        terms[HOUSE] = year.house_chance[d] * b.house_lease_rent * (np.float32(1.0) - year.rules[HOUSE_LEASE_COST, d]) / discount
    terms[PAY_C] = year.rules[CONTRACT_MULTIPLE, d] * spans.rent[s] / b.capitalisation * area
    terms[PAY_U] = year.rules[PLOT_PRICE, d] * np.float32(hh.plot_area[h])
    terms[PAY_B] = year.rules[HOUSE_PRICE, d] * hh.house_area[h] * held
    terms[PAY_Q] = year.rules[QUALIFICATION_PRICE, d] * np.float32(hh.qualification[h])
    terms[PAY_S] = year.rules[SHARE_MULTIPLE, d] * spans.dividend[s] / b.capitalisation * hh.shares[h]


@part
def bundle_cash(c, use, share, d, terms, year):
    """Cash of a bundle before the fee."""
    cash = np.float32(0.0)
    rights = 0
    if c == EXIT_C:
        cash += terms[PAY_C]
        rights += 1
    if use == RETURN_H:
        cash += year.rules[KEEP_SHARE, d] * terms[PAY_U] + terms[PAY_B]
        rights += 1
    elif use == EXIT_H:
        cash += terms[PAY_U] + terms[PAY_B] + terms[PAY_Q]
        rights += 1
    if share:
        cash += terms[PAY_S]
        rights += 1
    if rights >= 2:
        cash *= np.float32(1.0) + year.rules[BONUS, d]
    return cash


@part
def bundle_gain(c, use, share, d, terms, year, b):
    """dCE of a bundle for the valuation in terms, yuan."""
    lost, security = np.float32(0.0), np.float32(0.0)
    extra = np.float32(0.0)
    if c == EXIT_C:
        lost += terms[W_C]
        security += terms[SEC_C]
    elif c == LEASE_C:
        extra += terms[LEASE]
    if use == LEASE_H:
        extra += terms[HOUSE]
    elif use >= RETURN_H:
        lost += terms[W_U]
        security += terms[ATT]
        security += terms[SEC_U] * (np.float32(0.5) if use == RETURN_H else np.float32(1.0))
        if use == EXIT_H:
            lost += terms[W_Q]
    if share:
        lost += terms[W_S]
    return gain(bundle_cash(c, use, share, d, terms, year), lost, terms[MK], security, b) + extra


@part
def may_take(c, use, share, h, d, households, year):
    """Is the unit entitled to the bundle, and is the bundle on offer? (law and levers, not willingness)"""
    hh = households
    settled = hh.residence[h] != VILLAGE and year.year > hh.settled_year[h]      # a year in town or outside
    if c == EXIT_C and not (settled and hh.contract_area[h] > 0 and year.rules[BUNDLES, d] > 0):
        return False
    if share and not (settled and hh.shares[h] > 0 and year.rules[BUNDLES, d] > 0):
        return False
    if use == LEASE_H and not (hh.plot_area[h] > 0 and hh.house_use[h] != LEASED):
        return False
    if use >= RETURN_H:
        if not (hh.plot_area[h] > 0 and hh.qualification[h] and year.rules[PLOT_PRICE, d] > 0):
            return False
        if not (settled or hh.house_use[h] == IDLE or hh.house_use[h] == SEASONAL):
            return False
        if use == RETURN_H and not (year.rules[KEEP_ALLOWED, d] > 0 and year.rules[THREE_RIGHTS, d] > 0):
            return False
    return True


@part
def choose_bundle(h, s, spans, households, terms, happened, year, b):
    """(bundle, dCE) with bundle = c*8 + use*2 + share; 0 keeps everything."""
    d = spans.district[s]
    stream = mix(households.uid[h])
    noise = b.rights_noise
    peer = b.peer_effect * noise * spans.exit_share[s]
    best, bundle, best_gain = np.float32(0.0), 0, np.float32(0.0)
    best_return, best_exit = -np.float32(1e30), -np.float32(1e30)
    willing = False
    for c in range(3):
        for use in range(4):
            for share in range(2):
                if c + use + share == 0 or not may_take(c, use, share, h, d, households, year):
                    continue
                own = bundle_gain(c, use, share, d, terms, year, b)
                if use == RETURN_H:
                    best_return = max(best_return, own)
                elif use == EXIT_H:
                    best_exit = max(best_exit, own)
                if own < np.float32(1.0):            # strict participation, before noise and peers
                    continue
                value = own
                if c == EXIT_C:
                    value += noise * gumbel(stream, year.right_keys[0]) + peer
                    willing = True
                if use >= RETURN_H:
                    value += noise * gumbel(stream, year.right_keys[1]) + peer
                    willing = True
                if use == EXIT_H:
                    value += noise * gumbel(stream, year.right_keys[2])
                if share:
                    value += noise * gumbel(stream, year.right_keys[3]) + peer
                    willing = True
                if value > best:
                    best, bundle, best_gain = value, c * 8 + use * 2 + share, own
    if willing:
        happened[s, WILLING] += 1.0
    if best_return > -np.float32(1e29) and best_return < best_exit:
        happened[s, DOMINATED] += 1.0
    return bundle, best_gain


@sweep
def sign_offers(first, last, spans, households, terms, answers, happened, year, b):
    """Units of villages with a live offer answer; more takers than the project can pay: keyed lottery. Where the village only offers idle houses to
    lessees, no right is bought. answers: scratch (rows, 3) float64."""
    for s in range(first, last):
        if spans.urban[s] or (spans.offer[s] <= 0 and spans.leasing[s] == 0):
            continue
        n, d = 0, spans.district[s]
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            if households.kind[h] != CONTRACT or households.signed[h] > 0 or households.qualification[h] == 0 and households.contract_area[h] == 0:
                continue
            if spans.offer[s] <= 0:
                value_rights(h, s, spans, households, terms, year, b)
                if may_take(KEEP_C, LEASE_H, 0, h, d, households, year) and bundle_gain(KEEP_C, LEASE_H, 0, d, terms, year, b) >= np.float32(1.0):
                    households.house_use[h] = LEASED
                    happened[s, LEASES] += 1.0
                continue
            if households.residence[h] != VILLAGE or households.house_use[h] == IDLE or households.house_use[h] == SEASONAL:
                happened[s, ELIGIBLE] += 1.0
            value_rights(h, s, spans, households, terms, year, b)
            bundle, own = choose_bundle(h, s, spans, households, terms, happened, year, b)
            if bundle == 0:
                continue
            c, use, share = bundle // 8, bundle // 2 % 4, bundle % 2
            if use == LEASE_H and c != EXIT_C and share == 0:       # leasing costs the project nothing
                households.house_use[h] = LEASED
                happened[s, LEASES] += 1.0
                continue
            if c != EXIT_C and use < RETURN_H and share == 0:
                continue
            answers[n, 0], answers[n, 1], answers[n, 2] = uniform(mix(households.uid[h]), year.key[LOTTERY]), h, bundle
            n += 1
        places = int(spans.offer[s])
        for _ in range(min(places, n)):
            pick = 0
            for i in range(1, n):
                if answers[i, 0] < answers[pick, 0]:
                    pick = i
            h = np.int64(answers[pick, 1])
            households.signed[h] = np.uint8(answers[pick, 2] + 1)
            households.signed_year[h] = year.year
            happened[s, SIGNED] += 1.0
            answers[pick, 0] = 2.0


@sweep
def carry_out(first, last, spans, households, terms, happened, year, b):
    """Exits whose cooling-off is over and whose own gain still holds are carried out; others lapse. The terms of the year apply."""
    for s in range(first, last):
        if spans.urban[s]:
            continue
        d = spans.district[s]
        gone, units = np.float32(0.0), np.float32(0.0)
        for h in range(first_household(spans, s), first_household(spans, s + 1)):
            if households.kind[h] == CONTRACT:
                units += np.float32(1.0)
                gone += np.float32((households.exited[h] & EXIT_PLOT) > 0)
            if households.kind[h] != CONTRACT or households.signed[h] == 0:
                continue
            if year.year < households.signed_year[h] + np.int64(year.rules[COOLING, d]):
                continue
            bundle = np.int64(households.signed[h]) - 1
            c, use, share = bundle // 8, bundle // 2 % 4, bundle % 2
            households.signed[h] = 0
            value_rights(h, s, spans, households, terms, year, b)
            own = bundle_gain(c, use, share, d, terms, year, b)
            cash = bundle_cash(c, use, share, d, terms, year)
            if not may_take(c, use, share, h, d, households, year) or own < np.float32(1.0):
                happened[s, LAPSED] += 1.0
                continue
            if use >= RETURN_H and spans.plot_use[s] > 0:
                happened[s, KEPT_COST] += np.float64(cash) - np.float64(bundle_cash(c, KEEP_H, share, d, terms, year))
            execute(h, s, c, use, share, cash, own, spans, households, happened, year, b)
        spans.exit_share[s] = gone / max(units, np.float32(1.0))


@part
def execute(h, s, c, use, share, cash, own, spans, households, happened, year, b):
    """Hand over the rights and the cash of one exit."""
    hh = households
    bits, exits = 0, 0
    hh.exit_payment[h] += cash
    hh.exit_fee[h] += cash * b.transaction_fee
    happened[s, COST] += np.float64(cash)
    if c == EXIT_C:
        bits |= EXIT_CONTRACT
        exits += 1
        happened[s, CONTRACTS] += 1.0
        happened[s, AREA] += np.float64(hh.contract_area[h])
        spans.pool[s] += np.int64(hh.contract_area[h])
        hh.exit_area[h] = hh.contract_area[h]
        hh.contract_area[h] = hh.cash_crop_area[h] = hh.greenhouses[h] = hh.crop_plots[h] = 0
    if use >= RETURN_H:
        bits |= EXIT_PLOT
        exits += 1
        plot = np.float64(hh.plot_area[h])
        happened[s, WITHDRAWN] += 1.0
        if spans.plot_use[s] > 0:                    # the collective keeps it as construction land
            happened[s, KEPT] += plot
            spans.returned[s] += plot
        else:
            happened[s, RECLAIMED] += plot
            happened[s, RECLAIM_COST] += plot * np.float64(b.reclaim_cost)
            spans.construction[s] -= plot
            spans.farmland[s] += plot
            spans.pool[s] += np.int64(plot)          # let by the collective from next year on
            spans.idle_land[s] += np.int64(plot)
        hh.plot_area[h], hh.house_area[h], hh.house_use[h] = 0, np.float32(0.0), IDLE
        if use == EXIT_H:
            bits |= EXIT_QUALIFICATION
            happened[s, Q_EXITS] += 1.0
            hh.qualification[h] = 0
        else:
            happened[s, RETAINED] += 1.0
    elif use == LEASE_H:
        hh.house_use[h] = LEASED
        happened[s, LEASES] += 1.0
    if share:
        bits |= EXIT_SHARE
        exits += 1
        happened[s, SHARES] += np.float64(hh.shares[h])
        spans.shares[s] -= np.float64(hh.shares[h])
        spans.treasury[s] += np.float64(hh.shares[h])
        hh.shares[h] = np.float32(0.0)
    if exits >= 2:
        happened[s, COMBINED] += 1.0
    if hh.exit_year[h] == 0:
        hh.exit_year[h] = year.year
    hh.exited[h] |= bits
    hh.exit_cash[h] += np.float64(cash)
    hh.exit_gain[h] = own
