"""Dwellings in town: costs and mortgages against plain numpy, who buys and how, sales and defaults in the books, limits and signs."""
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from sim import behaviour, rng, schedule
from sim.accounts import FIRMS
from sim.kernels import homes
from sim.places import FIRST_DISTRICT, OUTSIDE, VILLAGE
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import MORTGAGE, RURAL

B = behaviour.load()
CHEAP = ("assumptions.dwelling_price=3000", "assumptions.town_dwelling_price=3000", "assumptions.owning_taste=1.0", "assumptions.owning_review=1.0")


def owning_by_hand(price, prime, b):
    """Yuan per m2 and year."""
    loan, own = float(b.mortgage_ltv), 1 - float(b.mortgage_ltv)
    rate = loan * (prime + float(b.mortgage_margin)) + own * float(b.deposit_rate) + float(b.dwelling_wear) - float(b.dwelling_growth)
    return max(price * rate, 1.0)


@given(st.floats(2000, 15_000), st.floats(0.0, 0.05))
def test_cost_of_an_own_dwelling(price, prime):
    np.testing.assert_allclose(homes.owning_cost(np.float32(price), np.float32(prime), B), owning_by_hand(price, prime, B), rtol=1e-4)


@given(st.floats(0, 60_000), st.floats(5_000, 300_000), st.floats(0, 0.8), st.floats(0, 0.05))
def test_default_and_price_of_a_mortgage(service, income, ltv, prime):
    x = float(B.mortgage_default) + float(B.default_service) * min(service / income, 2) + float(B.default_ltv) * ltv
    chance = 1 / (1 + np.exp(-x))
    found = homes.mortgage_default(np.float32(service), np.float32(income), np.float32(ltv), B)
    np.testing.assert_allclose(found, chance, rtol=1e-4)
    rate = prime + float(B.mortgage_margin) + chance * 0.15 / (1 - chance)
    np.testing.assert_allclose(homes.mortgage_price(np.float32(prime), np.float32(found), np.float32(0.15), B), rate, rtol=1e-4)


@cache
def lived(*settings, end=2023):
    """Years of a toy zone: rows before loans are asked for and at the end of each year."""
    run = Simulation(load("baseline", settings), households=4_000, seed=2, threads=1)
    after = ("home", "debt", "loan_class", "loan_years", "loan_drawn", "home_purchase", "home_sale", "imputed_rent", "members", "recovered", "residence",
             "arrears")
    years, before = [], []

    def watch(phase, state, begins):
        if phase == "ask for loans" and begins:
            before.append({f"{name}_before": getattr(state.households, name).copy() for name in (
                "home", "debt", "deposits", "permanent_income", "exit_payment", "exit_fee", "residence", "kind", "home_sale")})
    for year in range(2019, end + 1):
        schedule.walk(run.state, year, run.rulebook.ordered[year - 2019], run.rate, watch)
        state, hh = run.state, run.state.households
        years.append(SimpleNamespace(
            figures=state.published, uid=hh.uid.copy(), **before[-1], **{name: getattr(hh, name).copy() for name in after},
            weight=state.spans.weight[hh.span], counts=state.counts, homes=state.books.total("homes", receiver=FIRMS),
            back=state.books.total("homes", payer=FIRMS), prime=float(state.published.loan_rate)))
    run.close()
    return years


def wants_and_can(year, b):
    """(wants, loan; -1 where it cannot) of every row by plain numpy, for those in town without a dwelling; b float64."""
    d = np.clip(year.residence_before.astype(int) - FIRST_DISTRICT, 0, 8)
    price, rent = year.figures.dwelling_price.astype(float)[d], year.figures.dwelling_rent.astype(float)[d]
    keyed = year.figures.first[rng.EVENT["owning_taste"]]
    from scipy.special import ndtri
    taste = b.owning_taste + b.owning_taste_spread * ndtri(rng.uniform_array(year.uid, keyed).astype(float))
    worth = np.log(rent / np.array([owning_by_hand(p, year.prime, b) for p in price])) + taste
    value = price * b.dwelling_area
    free = year.deposits_before + year.exit_payment_before - year.exit_fee_before - b.dwelling_reserve * year.permanent_income_before
    loan = np.maximum(value - free, 0)
    service = loan * (1 / b.mortgage_years + year.prime + b.mortgage_margin)
    bears = (loan <= b.mortgage_ltv * value) & (service <= b.mortgage_service * year.permanent_income_before) & (year.debt_before == 0)
    return worth, np.where((loan == 0) | bears, loan, -1)


def test_who_buys_and_with_which_loan():
    """Families in town without a dwelling that think of it, want it and can bear it, and nobody else; the loan is what their money lacks."""
    given = {name.split(".")[1]: float(value) for name, value in (setting.split("=") for setting in CHEAP)}
    b = SimpleNamespace(**{name: float(value) for name, value in behaviour.load(given)._asdict().items()})
    seen = 0
    for year in lived(*CHEAP):
        town = (year.kind_before > 0) & (year.kind_before <= RURAL) & (year.residence_before != VILLAGE) & (year.residence_before != OUTSIDE)
        worth, loan = wants_and_can(year, b)
        sure = (np.abs(worth) > 1e-3) & (year.arrears == 0)
        buys = town & (year.home_before == 0) & (worth > 0) & (loan >= 0)
        bought = year.home_purchase > 0
        np.testing.assert_array_equal(bought[sure & (loan != 0)] | False, (buys & ((year.loan_drawn > 0) | (loan == 0)))[sure & (loan != 0)])
        assert not bought[~town].any() and not (bought & (year.home_before > 0)).any()
        lent = bought & (loan > 0) & sure
        np.testing.assert_allclose(year.loan_drawn[lent], loan[lent], rtol=1e-3, atol=20)
        assert (year.loan_class[lent] == MORTGAGE).all() and (year.loan_years[lent] == 20).all()
        np.testing.assert_allclose(year.home_purchase[bought], year.figures.dwelling_price[year.residence_before[bought] - FIRST_DISTRICT] * 80, rtol=1e-6)
        assert (year.home[bought] == year.residence_before[bought]).all()
        np.testing.assert_allclose(year.homes.sum(), (year.home_purchase * year.weight).sum(), rtol=1e-9)
        np.testing.assert_allclose(year.counts["homes_bought"].sum(), (bought * year.weight).sum(), rtol=1e-9)
        seen += lent.sum()
    assert seen > 5


def test_owners_have_the_service_of_their_dwelling_as_income():
    for year in lived(*CHEAP):
        town = (year.residence != VILLAGE) & (year.residence != OUTSIDE) & (year.kind_before > 0) & (year.kind_before <= RURAL)
        owners = town & (year.home == year.residence)
        np.testing.assert_allclose(year.imputed_rent[owners], float(B.urban_imputed_rent) * year.members[owners], rtol=1e-6)
        assert not year.imputed_rent[town & (year.home == 0)].any() and owners.any()


def test_nobody_buys_where_owning_is_worth_less_than_rent():
    for year in lived("assumptions.owning_taste=-1.0", "assumptions.owning_taste_spread=0.1"):
        assert not year.home_purchase.any() and not (year.loan_class == MORTGAGE).any()


@pytest.mark.parametrize("less, more", [
    (CHEAP[2:], CHEAP),
    (("assumptions.mortgage_ltv=0.4", *CHEAP), ("assumptions.mortgage_ltv=0.8", *CHEAP)),
    (("assumptions.dwelling_reserve=1.0", *CHEAP), ("assumptions.dwelling_reserve=0", *CHEAP))], ids=["price", "loan to value", "reserve"])
def test_more_buy_where_it_is_easier(less, more):
    few, many = (sum(year.counts["homes_bought"].sum() for year in lived(*settings)) for settings in (less, more))
    assert few < many


def test_the_dwelling_of_a_defaulter_is_sold_for_the_bank():
    """Sold in the year after the default at the declared loss, no more recovered than owed; firms pay, and the product closes (else the run stops)."""
    sold = 0
    for year in lived("assumptions.mortgage_default=-4.0", *CHEAP, end=2025):
        forced = (year.home_sale > 0) & (year.recovered > 0)
        price = year.figures.dwelling_price[np.clip(year.home_before[forced].astype(int) - FIRST_DISTRICT, 0, 8)]
        np.testing.assert_allclose(year.home_sale[forced] - year.home_sale_before[forced], (1 - float(B.forced_sale)) * 80 * price, rtol=1e-5)
        assert (year.recovered[forced] <= year.debt_before[forced] + 1).all() and (year.home[forced] == 0).all()
        np.testing.assert_allclose(year.back.sum(), (year.home_sale * year.weight).sum(), rtol=1e-9)
        sold += forced.sum()
    assert sold > 0
