"""What is built and put up for firms: nothing in 2019, limits and signs of each mechanism, sites that new firms take, equity and grants that close."""
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from sim.accounts import DISTRICT, FIRMS, UPPER
from sim.institutions import firms, industry
from sim.places import DISTRICT_IDS
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation

LAST = 2024


@cache
def lived(levers=()):
    """The states' figures of a toy zone by year, levers from 2021 on; the books close in each year, or the run stops."""
    import tempfile
    from pathlib import Path
    steps = ", ".join(f"{name}: {{steps: [{{from: 2021, districts: all, {values}}}]}}" for name, values in levers)
    text = f"schema: 1\nid: toy\ntitle: {{zh: 检验, en: Check}}\nhorizon: {{start: 2019, end: {LAST}, report: [{LAST}]}}\nextends: baseline\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "toy.yaml"
        path.write_text(text + (f"levers: {{{steps}}}\n" if levers else ""), encoding="utf-8")
        run = Simulation(load(str(path)), households=2_000, seed=2, threads=1)
    years = {}
    while not run.finished:
        run.step()
        state = run.state
        years[state.year] = SimpleNamespace(
            firms=firms.Firms(*(column.copy() for column in state.firms)), gain=industry.technology_gain(state), spill=industry.spill_over(state),
            stocks={name: getattr(state.industry, name).copy() for name in industry.RULE_OF}, paid=state.industry.paid.copy(),
            lead_paid=state.industry.lead_paid.copy(), capacity=industry.lead_capacity(state), equity=industry.public_equity(state).sum(),
            postings={k: v.copy() for k, v in state.books.postings.items()}, cash=state.books.balances[DISTRICT].copy())
    years["state"] = state
    run.close()
    return years


def paid(year, code, payer=None, receiver=None):
    return sum(a.sum() for (c, p, r), a in year.postings.items() if c == code and payer in (None, p) and receiver in (None, r))


def test_nothing_is_built_without_a_lever():
    for year in range(2019, LAST + 1):
        seen = lived()[year]
        assert (seen.gain == 1).all() and (seen.spill == 1).all() and seen.equity == 0 and not seen.paid.any()
        assert (seen.firms.uid < firms.SERVICED).all()
    assert lived()[2019].capacity == pytest.approx(np.ones(9), rel=0.2)


@pytest.fixture
def state():
    """A state whose stocks a test may set; it starts without any."""
    made = lived()["state"]
    kept = {name: getattr(made.industry, name).copy() for name in industry.RULE_OF}
    yield made
    for name, values in kept.items():
        getattr(made.industry, name)[:] = values


def test_facilities_are_public_capital_of_their_branches(state):
    """T = ((G + S)/G)^e on the branches served, 1 elsewhere; doubling the public capital that serves them brings 2^e."""
    b, serves = state.behaviour, industry.chosen(industry.BRANCHES_OF["platforms"])
    state.industry.platforms[:] = float(b.public_capital) * (state.base["value_added"] * serves).sum(1)
    gain = industry.technology_gain(state)
    np.testing.assert_allclose(gain[:, serves], 2 ** float(b.public_capital_elasticity))
    assert (gain[:, ~serves] == 1).all()


def test_towns_bring_density_as_far_as_sites_reach(state):
    """Sites for every firm and many more: a D at most; sites for a tenth of them: a tenth of that in logs."""
    b, served = state.behaviour, industry.chosen(industry.BRANCHES_OF["towns"])
    number = (state.base["firm_number"] * served).sum(1)
    logs = []
    for part in (0.1, 1.0, 5.0):
        state.industry.towns[:] = part * number * float(b.site_cost)
        gain = industry.technology_gain(state)
        assert (gain[:, ~served] == 1).all()
        logs.append(np.log(gain[:, served]))
    highest = float(b.agglomeration) * float(b.town_density)
    np.testing.assert_allclose(logs[0], 0.1 * highest)
    np.testing.assert_allclose(logs[1], highest)
    np.testing.assert_allclose(logs[2], highest)


def test_zones_lift_their_neighbours_by_a_loop(state):
    b, value = state.behaviour, state.base["value_added"].sum(1)
    state.industry.ties[:] = np.linspace(0, 2, 9) * float(b.linkage_need) * value
    kept = state.base["nonfarm"]
    state.base["nonfarm"] = value * 1.5
    found = industry.spill_over(state)
    for d in range(9):
        log = 0.0
        for j, name in enumerate(DISTRICT_IDS):
            if name in industry.ZONES and j != d:
                near = np.exp(-float(state.distance[d, j]) / float(b.linkage_reach))
                log += float(b.linkage_elasticity) * min(np.linspace(0, 2, 9)[d], 1) * near * np.log(1.5)
        assert found[d] == pytest.approx(np.exp(log))
    state.base["nonfarm"] = value
    assert (industry.spill_over(state) == 1).all()
    state.base["nonfarm"] = kept


def test_outlays_become_stocks_that_wear_within_the_cash_there_is():
    lever = (("industrial_platforms", "investment_yuan: 100000000"), ("characteristic_towns", "investment_yuan: 20000000"))
    years, b = lived(lever), lived()["state"].behaviour
    assert not lived(lever)[2020].paid.any()
    stock = np.zeros(9)
    for year in range(2021, LAST + 1):
        seen = years[year]
        assert (seen.paid <= 120e6 + 1e-3).all() and (seen.paid > 0).any()
        np.testing.assert_allclose(paid(seen, "industrial_works", DISTRICT, FIRMS), seen.paid.sum())
        stock = stock + seen.paid * 100 / 120 - float(b.site_wear) * stock
        np.testing.assert_allclose(seen.stocks["platforms"], stock, rtol=1e-9)
    most = lived((("industrial_platforms", "investment_yuan: 2000000000"),))
    assert (most[2021].paid < 2e9).all()          # no district's cash bears it


def test_new_firms_take_serviced_sites():
    """Sites have uids of their own, are never more than what was built, and only add: firms elsewhere stay those of the base."""
    years, base = lived((("industrial_platforms", "investment_yuan: 300000000"),)), lived()
    last = years[LAST].firms
    serviced = last.uid >= firms.SERVICED
    assert serviced.sum() > 20 and 0 < last.present[serviced].sum() < serviced.sum() and len(np.unique(last.uid)) == len(last.uid)
    served = industry.chosen(industry.BRANCHES_OF["platforms"])
    assert served[last.cell[serviced] % len(served)].all()
    assert (last.uid[~serviced] == base[LAST].firms.uid).all()
    assert last.present.sum() > base[LAST].firms.present.sum()


def test_lead_firms_invest_more_and_the_district_pays_its_part():
    grant, base, none = lived((("lead_firms", "investment_grant_percent: 40"),)), lived(), lived((("lead_firms", "investment_grant_percent: 0"),))
    assert (grant[LAST].capacity > base[LAST].capacity).all() and (none[LAST].capacity == base[LAST].capacity).all()
    for year in range(2021, LAST + 1):
        assert paid(grant[year], "lead_grant", DISTRICT, FIRMS) == pytest.approx(grant[year].lead_paid.sum()) and grant[year].lead_paid.sum() > 0


def test_a_grant_raises_wanted_capital_and_spares_the_firm_its_part(state):
    b = state.behaviour
    made = firms.found(state.base["value_added"], b, 1, 2019)
    z = firms.weights(made, b)
    value = state.base["value_added"].ravel()[made.cell] * z / firms.by_cell(made, z).ravel()[made.cell]
    part = np.full(len(made.cell), 0.25)
    plain, helped = (firms.finance(made, value, 0.35 * value, 1.0, b, g) for g in (0.0, part))
    more = float(b.capital_speed) * firms.capital_output(b) * value / 3          # K*/(1 - g) - K* = K*/3
    np.testing.assert_allclose(helped[1].investment, plain[1].investment + more, rtol=1e-6)
    moved = 0.35 * value - helped[1].dividend - 0.75 * helped[1].investment + helped[1].borrowed
    np.testing.assert_allclose(helped[0].deposits, made.deposits + moved, rtol=1e-9, atol=1e-2)


def test_funds_put_equity_where_capital_lacks_and_get_their_part():
    years, base = lived((("investment_funds", "district_fund_yuan: 50000000, national_fund_yuan: 100000000"),)), lived()
    before = 0.0
    for year in range(2021, LAST + 1):
        seen = years[year]
        put = paid(seen, "fund_equity", DISTRICT, FIRMS) + paid(seen, "fund_equity", UPPER, FIRMS)
        back = paid(seen, "fund_equity", FIRMS, DISTRICT) + paid(seen, "fund_equity", FIRMS, UPPER)
        lost = paid(seen, "fund_written_off")
        assert 0 < put <= 9 * 150e6 + 1 and back >= 0
        assert seen.equity == pytest.approx(before + put - back - lost, rel=1e-9)
        before = seen.equity
    assert paid(years[LAST], "fund_dividend", FIRMS, UPPER) > 0 and lost > 0
    funded = industry.chosen(industry.FUNDED)
    held = years[LAST].firms
    assert funded[held.cell[held.fund > 0] % len(funded)].all()
    assert held.capital.sum() > base[LAST].firms.capital.sum()


def test_every_rule_of_this_file_has_a_lever():
    from sim.policies.catalogue import owner
    for name in (*industry.RULE_OF.values(), "lead_grant", "fund_investment", "national_fund", "fund_coinvestment"):
        assert name in RULE_INDEX and owner(name)
