"""Bad loans: collateral is sold and not the right itself, prices answer the market's depth, companies buy within their money, banks learn what they see."""
import numpy as np
import pytest

from sim.accounts import BANK, DISTRICT, PROPERTY, WORLD
from sim.institutions import banks, disposal
from sim.kernels import credit
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.schedule import walk
from sim.simulation import Simulation
from sim.tables import CONTRACT, FARMLAND_LOAN, HOUSE_LOAN, LOAN_CLASSES, NO_LOAN, PACKAGE_LOAN, RURAL, SHARE_LOAN
from sim.units import M2_PER_MU


def opened():
    """A toy zone after its first year, in which one in forty rural debts, pledged with land or house, is in default since last year."""
    run = Simulation(load("baseline").ending(2026), households=3_000, threads=1)
    run.step()
    hh = run.state.households
    rows = np.flatnonzero((hh.kind == CONTRACT) & (hh.debt > 0) & (hh.plot_area > 0) & (hh.contract_area > 0))[::10]
    hh.arrears[rows], hh.certificate[rows] = 1, 1
    hh.loan_class[rows] = np.where(np.arange(len(rows)) % 2, FARMLAND_LOAN, HOUSE_LOAN)
    return run, rows


def order(run, **rules):
    """Rules of the model at their base, these set in every district."""
    given = run.rulebook.at(run.state.year + 1).copy()
    for name, value in rules.items():
        given[RULE_INDEX[name]] = value
    return given


def year_with(watch=None, **rules):
    """(state after the second year under these rules, rows in default before it)."""
    run, rows = opened()
    walk(run.state, run.state.year + 1, order(run, **rules), run.rate, watch)
    run.close()
    return run.state, rows


@pytest.fixture(scope="module")
def sold():
    seen = {}

    def watch(phase, state, before):
        hh = state.households
        if phase == "sell pledges":
            if before:
                rows, kinds, worth, chance = disposal.for_sale(state)
                seen.update(rows=rows, kinds=kinds, worth=worth, chance=chance, price=state.published.pledge_price.astype(float),
                            rights=[column.copy() for column in (hh.contract_area, hh.plot_area, hh.qualification, hh.shares)], debt=hh.debt.copy())
            else:
                after = (hh.contract_area, hh.plot_area, hh.qualification, hh.shares)
                seen.update(kept=all((a == b).all() for a, b in zip(seen["rights"], after)))
    state, _ = year_with(watch, pledge_sale_rate=1.0, exchange_coverage=1.0)
    return state, seen


def test_the_use_is_sold_and_every_right_stays(sold):
    state, seen = sold
    assert len(seen["rows"]) > 15 and seen["kept"]
    hh, sale = state.households, seen["rows"][seen["worth"] > 0]
    district = state.spans.district[hh.span[sale]]
    np.testing.assert_allclose(hh.pledge_sale[sale], seen["worth"][seen["worth"] > 0] * seen["price"][district], rtol=1e-5)
    land = hh.pledge_class[sale] == FARMLAND_LOAN
    b = state.behaviour
    np.testing.assert_array_equal(hh.pledge_years[sale], np.where(land, int(b.land_years), int(b.pledge_term)))
    assert land.any() and not land.all()


def test_a_sale_pays_the_debt_and_what_is_over_is_the_households(sold):
    """What is recovered is never below the price, the debt at most; the buyer outside pays all of it."""
    state, seen = sold
    hh = state.households
    sale = seen["rows"][seen["worth"] > 0]
    least = np.minimum(hh.pledge_sale[sale], seen["debt"][sale])
    assert (hh.recovered[sale] >= least * (1 - 1e-5)).all() and (hh.recovered[sale] <= seen["debt"][sale] * (1 + 1e-5)).all()
    assert (hh.pledge_sale[sale] > seen["debt"][sale]).any()
    weight = state.spans.weight[hh.span]
    np.testing.assert_allclose(state.books.total("pledge_sale", payer=WORLD).sum(), (weight * hh.pledge_sale).sum(dtype=float), rtol=1e-6)


def test_appraisal_by_hand(sold):
    state, seen = sold
    hh, spans, b = state.households, state.spans, state.behaviour
    for kind in (FARMLAND_LOAN, HOUSE_LOAN, SHARE_LOAN, NO_LOAN, PACKAGE_LOAN):
        rows = seen["rows"][:20]
        found = disposal.appraise(state, rows, np.full(len(rows), kind))
        for h, value in zip(rows, found):
            s, d = hh.span[h], spans.district[hh.span[h]]
            land = float(spans.rent[s]) * float(b.land_years) * hh.contract_area[h] / M2_PER_MU
            house = float(b.house_value) * float(hh.house_area[h]) * bool(hh.plot_area[h] > 0 and hh.certificate[h])
            share = float(spans.dividend[s]) * float(hh.shares[h]) / float(b.capitalisation)
            allowed = [state.published.rules[RULE_INDEX[f"{name}_ltv"], d] > 0 for name in ("farmland", "house", "share")]
            parts = {FARMLAND_LOAN: land, HOUSE_LOAN: house, SHARE_LOAN: share, NO_LOAN: 0.0,
                     PACKAGE_LOAN: sum(v for v, may in zip((land, house, share), allowed) if may)}
            np.testing.assert_allclose(value, parts[kind], rtol=1e-5)


def test_income_goes_to_the_buyer_until_the_term_ends():
    """Each year the use brings its income to the buyer and one year less is left; then the household has it again and may pledge it again."""
    run, rows = opened()
    state, hh = run.state, run.state.households
    h = int(rows[1])
    hh.arrears[h], hh.debt[h], hh.deposits[h] = 0, 0.0, 1e6
    hh.pledge_class[h], hh.pledge_years[h] = FARMLAND_LOAN, 2
    year = state.published._replace(rules=state.published.rules.copy())
    year.rules[RULE_INDEX["farmland_ltv"]] = 0.6
    year.rules[RULE_INDEX["house_ltv"]] = year.rules[RULE_INDEX["share_ltv"]] = 0.0
    s = int(hh.span[h])
    income = float(state.spans.rent[s]) * hh.contract_area[h] / M2_PER_MU
    for left in (1, 0):
        assert credit.best_collateral(h, s, state.spans, hh, year, state.behaviour)[1] == 0
        hh.pledge_rent[:] = 0
        disposal.sell_pledges(state)
        np.testing.assert_allclose(hh.pledge_rent[h], income, rtol=1e-5)
        assert hh.pledge_years[h] == left and income > 0
    hh.pledge_rent[:] = 0
    disposal.sell_pledges(state)
    assert hh.pledge_rent[h] == 0 and credit.best_collateral(h, s, state.spans, hh, year, state.behaviour)[0] == FARMLAND_LOAN
    run.close()


def test_a_higher_chance_sells_more_and_the_same_first():
    few, _ = year_with(pledge_sale_rate=0.2)
    many, _ = year_with(pledge_sale_rate=0.7)
    one, other = few.households.pledge_sale > 0, many.households.pledge_sale > 0
    assert one.sum() < other.sum() and (other | ~one).all()


def test_price_falls_with_what_is_up_for_sale_and_rises_with_depth():
    run, rows = opened()
    state, hh = run.state, run.state.households
    state.delivered[RULE_INDEX["pledge_sale_rate"]] = 0.2
    cost = float(state.behaviour.sale_cost)
    few = disposal.price_level(state)
    state.delivered[RULE_INDEX["pledge_sale_rate"]] = 0.8
    more = disposal.price_level(state)
    state.spans.exchange[:] = 1
    hh.arrears[:] = 0
    none = disposal.price_level(state)
    assert (more <= few).all() and (more < few).any() and (few < none).any()
    np.testing.assert_allclose(none, 1 - cost)
    run.close()


def test_depth_by_hand():
    """One village, one debt: (1 - cost) M/(M + Q)."""
    run, rows = opened()
    state, hh, spans, b = run.state, run.state.households, run.state.spans, run.state.behaviour
    h = int(rows[1])
    hh.arrears[:] = 0
    hh.arrears[h], hh.contract_area[h] = 1, 60_000
    s, d = int(hh.span[h]), int(spans.district[hh.span[h]])
    spans.exchange[:] = 1
    state.delivered[RULE_INDEX["pledge_sale_rate"]] = 0.5
    village = (spans.district == d) & (spans.urban == 0)
    from sim.kernels.year import T
    let = state.tally[:, :, T["rented_area"]].sum(1) / M2_PER_MU * spans.rent * float(b.land_years)
    depth = float(b.sale_depth) * (spans.weight * let)[village].sum()
    offered = 0.5 * spans.weight[s] * float(spans.rent[s]) * float(b.land_years) * 60_000 / M2_PER_MU
    np.testing.assert_allclose(disposal.price_level(state)[d], (1 - float(b.sale_cost)) * depth / (depth + offered), rtol=1e-5)
    run.close()


# ---------------------------------------------------------------------------------------------------- property companies
def buying(capital, price=0.6):
    """A zone at the end of its second year, many defaults of that year among its pledged debts, then a year with a property company: (state, seen)."""
    run, rows = opened()
    seen = {}

    def watch(phase, state, before):
        hh = state.households
        if phase == "settle institutions" and before:          # defaults of the year, pledged
            fresh = rows[(hh.debt[rows] > 0) & (hh.kind[rows] == CONTRACT)]
            hh.arrears[fresh] = 1
            hh.loan_class[fresh] = np.where(np.arange(len(fresh)) % 2, FARMLAND_LOAN, HOUSE_LOAN)
            every = np.flatnonzero((hh.arrears == 1) & (hh.loan_class > NO_LOAN))
            seen.update(rows=every, worth=disposal.appraise(state, every, hh.loan_class[every]), loss=disposal.expected_loss(state), debt=hh.debt[every].copy())
    walk(run.state, run.state.year + 1, order(run, company_capital=capital, company_price=price, pledge_sale_rate=0.0), run.rate, watch)
    return run, seen


def test_a_company_buys_what_pays_within_its_money():
    run, seen = buying(1e9)
    state, hh = run.state, run.state.households
    offer = np.minimum(0.6 * seen["worth"], seen["debt"])
    willing = (offer > 0) & (offer >= 0.99 * (1 - 0.6) * seen["debt"])
    bought = np.isin(seen["rows"], state.disposal.rows)
    assert bought.sum() > 5 and (willing | ~bought).all()
    weight = state.spans.weight[hh.span[seen["rows"]]]
    np.testing.assert_allclose(state.books.total("bad_loans", PROPERTY, BANK).sum(), (weight * offer)[bought].sum(), rtol=1e-6)
    np.testing.assert_allclose(state.books.total("written_off", BANK, PROPERTY).sum(), (weight * (seen["debt"] - offer))[bought].sum(), rtol=1e-6, atol=1)
    np.testing.assert_allclose(state.public.company_capital.sum(), (weight * offer)[bought].sum(), rtol=1e-6)
    np.testing.assert_allclose(state.disposal.bought.sum(), (weight * seen["debt"])[bought].sum(), rtol=1e-6)
    assert state.banks.households.sum() + disposal.company_loans(state).sum() == pytest.approx((state.spans.weight[hh.span] * hh.debt).sum())
    run.close()


def test_capital_bounds_what_is_bought_and_is_paid_in_only_as_needed():
    without, _ = buying(0.0)
    little, seen = buying(2e7)
    plenty, _ = buying(1e9)
    assert not len(without.state.disposal.rows) and without.state.books.total("company_capital").sum() == 0
    paid = little.state.books.total("company_capital", DISTRICT, PROPERTY)
    assert (paid <= 2e7 + 1e-6).all() and 0 < paid.sum() < plenty.state.books.total("company_capital", DISTRICT, PROPERTY).sum()
    assert set(little.state.disposal.rows) < set(plenty.state.disposal.rows)
    assert plenty.state.banks.arrears.sum() < little.state.banks.arrears.sum() < without.state.banks.arrears.sum()
    assert plenty.state.banks.equity.sum() != without.state.banks.equity.sum()
    for run in (without, little, plenty):
        run.close()


def test_a_company_lives_on_what_its_debtors_pay():
    """Years after the purchase, with auctions: the ledger closes, cash is what came in less costs, the rest of the capital is the district's risk."""
    run, _ = buying(1e9)
    state = run.state
    for _ in range(4):
        cash, before = state.public.company_cash.copy(), state.public.company_capital.copy()
        walk(state, state.year + 1, order(run, company_capital=1e9, pledge_sale_rate=0.5), run.rate)
        books = state.books
        flow = (books.total("bad_loans", BANK, PROPERTY) - books.total("bad_loans", PROPERTY, BANK) - books.total("company_costs", PROPERTY)
                + books.total("company_capital", DISTRICT, PROPERTY))
        np.testing.assert_allclose(state.public.company_cash, cash + flow, atol=1e-3)
        np.testing.assert_allclose(state.public.company_capital - before, books.total("company_capital", DISTRICT, PROPERTY), atol=1e-6)
    assert (state.public.company_cash > 0).any() and (disposal.contingent_liability(state) >= 0).all()
    run.close()


# ---------------------------------------------------------------------------------------------------- learning
def seen_for(years, recovered, written, memory=0.2):
    """Expected loss of the class after these years, each with a debt per year of which this was recovered and this written off, by hand."""
    start, weight = 0.5, 1e7
    closed = lost = 0.0
    for _ in range(years):
        closed, lost = 0.8 * closed + recovered + written, 0.8 * lost + written
    return (weight * start + lost) / (weight + closed)


@pytest.mark.parametrize(("recovered", "written"), [(1e6, 0.0), (0.0, 1e6), (3e5, 7e5)])
def test_banks_learn_what_they_see(recovered, written):
    """Against the sums by hand, without delay; what is always lost tends to a loss of one."""
    run, rows = opened()
    state, hh = run.state, run.state.households
    state.disposal = disposal.begin()
    h = int(rows[1])
    weight = state.spans.weight[hh.span[h]]
    hh.recovered[h], hh.written_off[h] = recovered / weight, written / weight
    state.bad = disposal.Bad(np.array([h]), np.array([0]), np.array([FARMLAND_LOAN]), np.zeros(1), np.zeros(1, bool))
    none = np.zeros(0, np.int64)
    for _ in range(10):
        disposal.learn(state, np.ones(1, bool), none, np.zeros(0))
    loss = disposal.expected_loss(state)
    np.testing.assert_allclose(loss[FARMLAND_LOAN], seen_for(10, recovered, written), rtol=1e-5)
    np.testing.assert_allclose(loss[[NO_LOAN, HOUSE_LOAN]], 0.5)
    state.bad = state.bad._replace(years=np.array([4]))
    disposal.learn(state, np.ones(1, bool), none, np.zeros(0))
    if recovered:
        assert disposal.expected_loss(state)[FARMLAND_LOAN] > seen_for(11, recovered, written)      # late money is worth less
    run.close()


def test_what_banks_learn_moves_price_and_limit():
    run, rows = opened()
    state, hh = run.state, run.state.households
    h = int(np.flatnonzero((hh.kind == CONTRACT) & (hh.debt == 0) & (hh.contract_area > 5_000) & (hh.plot_area > 0))[0])
    s = int(hh.span[h])
    rules = state.published.rules.copy()
    rules[RULE_INDEX["farmland_ltv"]] = 0.6
    def asked(loss, haircut):
        year = state.published._replace(rules=rules, expected_loss=np.full(len(LOAN_CLASSES), loss, np.float32),
                                        haircut=np.full(len(LOAN_CLASSES), haircut, np.float32))
        hh.loan_asked[h] = 0
        limit = credit.best_collateral(h, s, state.spans, hh, year, state.behaviour)[1]
        need = np.float32(1_500.0 + float(state.behaviour.credit_line) * float(hh.permanent_income[h]))
        credit.ask(h, s, need, False, state.spans, hh, year, state.behaviour)
        return float(hh.loan_rate[h]), float(limit)
    assert asked(0.8, 0.1)[0] > asked(0.3, 0.1)[0] and asked(0.5, 0.3)[1] < asked(0.5, 0.1)[1]
    assert hh.kind[h] <= RURAL
    run.close()


def test_debts_at_rest_hold_every_age_from_the_start():
    """Non-performing loans of the first year are those of later years: no climb out of nothing."""
    run, _ = opened()
    hh = run.state.households
    assert len(np.unique(hh.arrears[hh.arrears > 0])) >= 4
    assert (hh.loan_vintage[hh.debt > 0] > 2000).all() and (hh.loan_vintage[hh.debt > 0] <= run.state.year).all()
    ratio = banks.capital_ratio(run.state)[1]
    assert 0.08 < ratio < 0.2
    run.close()
