"""The Mesa model on a toy zone of two years: Python of the guide word for word, sets of rows, institutions, memory."""

import gc
import inspect
import weakref

import mesa
import numpy as np
import pandas as pd
import pytest
from mesa.agent import AgentSet

import sim
from sim.agents.household import Household, HouseholdSet, Person, PersonSet
from sim.agents.institutions import Bank, Branch, Collective, DistrictGovernment, ProvinceAndCentre, SocialInsuranceFund
from sim.errors import InvalidValueError, LedgerError, ScenarioError, UsageError
from sim.places import DISTRICT_IDS
from sim.scenario import load
from sim.schedule import PHASES
from sim.simulation import simulate

SMALL = 2000


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """The baseline for two years, as a file."""
    file = tmp_path_factory.mktemp("short") / "short.yaml"
    file.write_text("schema: 1\nid: short\nextends: baseline\nhorizon: {start: 2019, end: 2020, report: [2020]}\n", encoding="utf-8")
    return str(file)


@pytest.fixture(scope="module")
def walked(short):
    """A model after its first year; tests that change it make their own."""
    with sim.Model.from_scenario(short, households=SMALL, seed=1) as model:
        model.step()
        yield model


# ---------------------------------------------------------------------------------------------------- the guide, word for word
def test_first_lines_of_the_guide(short):
    model = sim.Model.from_scenario("baseline", households=SMALL, seed=1); model.step()  # noqa: E702
    mean = model.households.select(lambda h: h.member_count > 2).agg("disposable_income", "mean")
    assert 20_000 < mean < 200_000 and model.year == 2019 and model.running
    model.close()


def test_batch_run_in_one_process(short):
    rows = mesa.batch_run(sim.Model, {"scenario": [short], "households": SMALL, "rng": range(2)}, display_progress=False)
    assert [row["rng"] for row in rows] == [0, 1] and {row["year"] for row in rows} == {2020}
    assert rows[0]["income_gap_ratio"] != rows[1]["income_gap_ratio"] and all(row["toy"] for row in rows)
    assert {"seed", "rng"} <= set(inspect.signature(sim.Model).parameters)  # Mesa 3.5 passes seed=None where both are there, and keeps rng
    assert not any(isinstance(key, sim.Model) for key in getattr(mesa.Agent, "_ids", {}))


def test_batch_run_in_two_processes_gives_the_same(short):
    call = {"scenario": [short], "households": SMALL, "rng": [1, 2]}
    alone = mesa.batch_run(sim.Model, call, display_progress=False)
    both = mesa.batch_run(sim.Model, call, number_processes=2, display_progress=False)
    assert sorted(both, key=lambda row: row["rng"]) == sorted(alone, key=lambda row: row["rng"])


# ---------------------------------------------------------------------------------------------------- the run
def test_the_model_adds_nothing_to_the_numbers(short):
    with sim.Model(short, SMALL, rng=3) as model:
        while model.running:
            model.step()
        mine = model.result()
        with pytest.raises(UsageError, match="last year"):
            model.step()
    assert mine.digest == simulate(load(short), households=SMALL, seed=3, threads=1).digest


def test_data_collector_takes_a_row_a_year(short):
    with sim.Model(short, SMALL) as model:
        assert model.year == 2018 and model.datacollector.get_model_vars_dataframe().empty
        with pytest.raises(UsageError, match="ends in 2020"):
            model.result()
        while model.running:
            model.step()
        table = model.datacollector.get_model_vars_dataframe()
        assert list(table["year"]) == [2019, 2020] and table.notna().all().all()
        assert table["disposable_income_rural"].iloc[-1] == model.indicator("disposable_income", "rural")
        assert np.isnan(model.indicator("regret_rate")) and model.indicator("gini", district="jiutai") != model.indicator("gini")
        with pytest.raises(UsageError, match="not known"):
            model.indicator("happiness")
    assert len(model.datacollector.get_model_vars_dataframe()) == 2  # stays after closing
    with pytest.raises(UsageError, match="closed"):
        model.step()


def test_micro_takes_households_and_refuses_too_many(short):
    with sim.Model(short, 500, end=2019, micro=True) as model:
        model.step()
        taken = model.datacollector.get_agenttype_vars_dataframe(Household)
        assert len(taken) == len(model.households) and set(taken["district"]) == set(DISTRICT_IDS)
    with pytest.raises(UsageError, match="--snapshot"):
        sim.Model("baseline", 6500, micro=True)
    with sim.Model("baseline", 3000) as model:  # a collector of one's own is held to the same
        model.datacollector = mesa.DataCollector(agenttype_reporters={Person: {"age": "age"}})
        with pytest.raises(UsageError, match="reporters of Person"):
            model.step()


def test_levers_and_assumptions_are_plain_values(short):
    with sim.Model(short, SMALL, **{"collateral_loans.house_ltv_percent@2019": 30, "assumptions.discount": 0.06}) as model:
        assert float(model.state.behaviour.discount) == pytest.approx(0.06)
        assert model.simulation.rulebook.ordered[0].max() >= 0.3
    with pytest.raises(ScenarioError, match="colateral_loans"):
        sim.Model(short, SMALL, **{"colateral_loans.house_ltv_percent": 30})
    with pytest.raises(UsageError, match="takes no settings"):
        sim.Model(load(short), SMALL, **{"assumptions.discount": 0.06})


@pytest.mark.parametrize("given", [{"seed": 1, "rng": 2}, {"rng": np.random.default_rng(1)}, {"seed": -1}, {"seed": True}, {"households": 12}])
def test_bad_arguments(given):
    with pytest.raises((InvalidValueError, UsageError)):
        sim.Model(**{"households": SMALL, **given})


def test_closed_models_give_their_memory_back(short):
    kept = []
    for seed in range(5):
        model = sim.Model(short, SMALL, seed=seed)
        model.step()
        kept.append((weakref.ref(model), weakref.ref(model.state.persons.age)))
        model.close()
        model.close()
        del model
    gc.collect()
    assert [ref() for pair in kept for ref in pair] == [None] * 10


# ---------------------------------------------------------------------------------------------------- sets of rows
def test_a_set_is_one_of_mesas(walked):
    households = walked.households
    assert isinstance(households, AgentSet) and isinstance(households[0], mesa.Agent) and isinstance(walked.persons, PersonSet)
    assert walked.agents_by_type[Household].get("uid") == households.get("uid") and Household in walked.agent_types
    assert not any(isinstance(agent, Household) for agent in walked.agents) and len(walked.agents) < 200
    assert (walked.state.households.kind[households.rows] != 0).all() and (walked.state.persons.age[walked.persons.rows] >= 0).all()


def test_whole_set_and_view_by_view_give_the_same(walked):
    for at_once, one_by_one in (
        (lambda h: h.member_count > 2, lambda h: len(h.persons) > 2),
        (lambda h: (h.kind == 1) & (h.disposable_income > 50_000.1), lambda h: h.kind == 1 and h.disposable_income > 50_000.1),
        (lambda h: h.kind - 2 < 0, lambda h: True if h.kind - 2 < 0 else False),
        (lambda h: h.district == "jiutai", lambda h: h.district in ("jiutai",)),
    ):
        fast, slow = walked.households.select(at_once), walked.households.select(one_by_one)
        assert 0 < len(fast) < len(walked.households) and fast.get("uid") == slow.get("uid")
    with pytest.raises(AttributeError, match="Did you mean 'member_count'"):
        walked.households.select(lambda h: h.membercount > 2)


def test_select_sort_group(walked):
    households = walked.households
    assert len(households.select(at_most=7)) == 7 and len(households.select(at_most=0.5)) == len(households) // 2
    assert len(households.select(agent_type=Person)) == 0 and len(households.select(agent_type=mesa.Agent)) == len(households)
    rich = households.sort("deposits")
    assert (np.diff(rich.deposits) <= 0).all() and households.sort(lambda h: h.deposits, ascending=True)[0].deposits == rich.deposits.min()
    groups = households.groupby("district")
    assert set(groups.groups) == set(DISTRICT_IDS) and sum(groups.count().values()) == len(households)
    assert groups.agg("deposits", "sum").keys() == groups.agg("deposits", np.sum).keys()
    assert sum(groups.agg("deposits", "sum").values()) == pytest.approx(households.agg("deposits", "sum"))
    assert households.groupby(lambda h: len(h.persons)).count() == households.groupby("member_count").count()
    assert isinstance(households.groupby("kind", result_type="list").groups[1], list)
    mixed = households.shuffle()
    assert mixed.get("uid") != households.get("uid") and set(mixed.get("uid")) == set(households.get("uid"))
    assert households.map(lambda h: h.kind) == households.get("kind") and households[3] in households and len(households[:3]) == 3
    assert households.get(["uid", "kind"])[0] == [households[0].unique_id, households[0].kind]
    assert households.get("colour", handle_missing="default", default_value="red")[0] == "red"


def test_sets_of_rows_are_combined(walked):
    large, farming = walked.households.select(lambda h: h.member_count > 2), walked.households.select(lambda h: h.contract_area > 0)
    both, either, only = large & farming, large | farming, large - farming
    assert len(both) + len(only) == len(large) and len(either) == len(farming) + len(only) and only.isdisjoint(farming) and not both.isdisjoint(large)
    assert both == farming & large == walked.households.select(lambda h: (h.member_count > 2) & (h.contract_area > 0)) != large
    assert both.index(both[3]) == 3 and both.count(both[3]) == 1 and only.count(both[3]) == 0 and large != walked.persons
    with pytest.raises(ValueError, match="not in the set"):
        only.index(both[3])
    with pytest.raises(TypeError):
        large & walked.persons


def test_a_set_answers_what_mesas_sets_answer():
    names = {name for name in dir(AgentSet) if not name.startswith("_")}
    assert {name for name in names if not hasattr(HouseholdSet, name)} == set()


def test_named_figures_are_weighted(walked):
    households = walked.households
    weight, income = households.weight, households.disposable_income
    assert not np.allclose(weight, 1) and households.agg("uid", "count") == pytest.approx(weight.sum())
    assert households.agg("disposable_income", "mean") == pytest.approx(np.average(income, weights=weight))
    assert households.agg("disposable_income", np.mean) == pytest.approx(income.mean())
    low, high = households.agg("disposable_income", [min, "max"])
    assert low == income.min() and high == income.max()
    median = households.agg("disposable_income", "median")
    assert weight[income < median].sum() <= 0.5 * weight.sum() <= weight[income <= median].sum()
    assert walked.persons.select(lambda p: p.lives_in != "outside").agg("age", "count") == pytest.approx(walked.indicator("population"))
    assert np.isnan(households.select(at_most=0).agg("deposits", "mean")) and households.select(at_most=0).agg("deposits", "sum") == 0
    for name, column in (("sumup", "deposits"), ("mean", "district")):
        with pytest.raises(ValueError, match="agg"):
            households.agg(column, name)


def test_no_column_hides_behind_a_name_of_the_class():
    for row, rows in ((Household, HouseholdSet), (Person, PersonSet)):
        names = {*row.columns, *row.derived}
        assert not names & {*vars(mesa.Agent), *vars(row.__mro__[1]), *vars(row)} and not names & {*vars(rows.__mro__[1]), *vars(rows)}


def test_columns_are_read_only_copies(walked):
    column = walked.households.deposits
    assert column.dtype == np.float64 and walked.households.kind.dtype == np.int64
    with pytest.raises(ValueError):
        column[0] = 1
    frame = walked.households.to_frame()
    assert isinstance(frame, pd.DataFrame) and len(frame) == len(walked.households) and {"member_count", "weight"} <= set(frame)


def test_views_of_rows(walked):
    household = walked.households[5]
    assert household == walked.households[5] and hash(household) == hash(walked.households[5]) and household != walked.households[6]
    assert household.unique_id == household.uid and household.member_count == len(household.persons)
    person = household.persons[0]
    assert person.home == household and person.household == household._row and person in walked.persons
    assert household.collective.households.select(lambda h: h.uid == household.uid)[0] == household
    assert walked.households.select(lambda h: h.kind == 3)[0].collective is None
    for change in (lambda: household.remove(), lambda: walked.households.remove(household), lambda: walked.households.add(household)):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(AttributeError, match="keeps no field"):
        household.mood = "good"
    with pytest.raises(AttributeError, match="never changes"):
        household.uid = 3
    with pytest.raises(AttributeError, match="is computed"):
        walked.households.set("member_count", 3)
    with pytest.raises(ValueError, match="whole numbers"):
        household.kind = 300
    with pytest.raises(ValueError, match="not finite"):
        household.deposits = float("nan")


def test_what_is_written_reaches_the_run_and_the_books_see_it(short):
    with sim.Model(short, SMALL) as model:
        chosen = model.households.select(lambda h: h.kind == 1).select(at_most=3)
        chosen.set("own_account", 1000.0)
        assert chosen.get("own_account") == [1000.0] * 3 == model.state.households.own_account[chosen.rows].tolist()
        model.step()
        chosen[0].deposits += 1e6
        with pytest.raises(LedgerError):
            model.step()


def test_rows_that_end_drop_out(short):
    with sim.Model(short, SMALL) as model:
        everybody, views = model.persons, model.persons.to_list()
        before = len(everybody)
        model.step()
        assert len(everybody) < before and len(everybody) == sum(not view.ended for view in views)
        gone = next(view for view in views if view.ended)
        assert gone not in everybody
        with pytest.raises(LookupError, match="it ended"):
            gone.age  # noqa: B018
        with pytest.raises(LookupError, match="it ended"):
            gone.age = 3


# ---------------------------------------------------------------------------------------------------- institutions
def one(model, kind):
    return next(iter(model.agents_by_type[kind]))


def test_institutions_act_in_phases_that_exist(walked):
    names = {phase.name for phase in PHASES}
    kinds = (Bank, Branch, Collective, DistrictGovernment, ProvinceAndCentre, SocialInsuranceFund)
    for kind in kinds:
        assert kind.decides and set(kind.decides) <= names and len(one(walked, kind).phases) == len(kind.decides)
    assert len(walked.agents_by_type[DistrictGovernment]) == 9 and len(walked.agents_by_type[Branch]) == 72
    assert len(walked.agents_by_type[Collective]) == int((walked.state.spans.urban == 0).sum())
    assert len({agent.unique_id for agent in walked.agents}) == len(walked.agents)


def test_collective(walked):
    village = one(walked, Collective)
    terms = village.lease_terms()
    assert terms["lessor_keeps"] < terms["rent"] == village.rent < terms["lessee_pays"] and village.dividend > 0
    assert isinstance(village.households, HouseholdSet) and set(village.households.district) == {DISTRICT_IDS[village.district]}
    with pytest.raises(AttributeError, match="Village columns"):
        village.mayor  # noqa: B018


def test_governments(walked):
    district, centre = one(walked, DistrictGovernment), one(walked, ProvinceAndCentre)
    assert district.id == "jiutai" and district.balance == walked.state.books.balances["districts"][0]
    assert district.paid()["public_services"] > 0 and centre.paid()["grants"] > 0
    assert district.rules["plot_price"] == centre.orders()["plot_price"][0] == district.deliver(2020)["plot_price"]
    assert all(village.offer > 0 for village in district.projects)
    with pytest.raises(KeyError):
        centre.orders(2040)


def test_bank(walked, short):
    bank = one(walked, Bank)
    holder = walked.households.select(lambda h: (h.contract_area > 3000) & (h.lives_in == "village"))[0]
    found = bank.collateral(holder)
    assert found["class"] in ("farmland", "house") and 0 < found["limit"] < found["value"]
    safe, risky = bank.price(2000, 50_000, 0.3), bank.price(40_000, 20_000, 0.9)
    assert safe["rate"] < risky["rate"] and safe["default_chance"] < risky["default_chance"] and safe["granted"]
    assert bank.balance > 0 and 0 < bank.capital_ratio < 1 and bank.received()["interest"] > 0
    books = bank.books
    assert abs(books["households"] + books["firms"] + books["villages"] + books["claim"] - books["deposits"] - books["equity"]) < 1
    with sim.Model(short, SMALL) as fresh, pytest.raises(LookupError, match="no year has begun"):
        one(fresh, Bank).price(2000, 50_000, 0.3)


def test_branch_and_fund(walked):
    branch, fund = one(walked, Branch), one(walked, SocialInsuranceFund)
    few, many = branch.hire(0.9), branch.hire(1.1)
    assert few["unemployment"] < many["unemployment"] and few["wage"] > many["wage"]
    assert branch.hire() != few and branch.wage == walked.state.market.wage[0] and branch.output == walked.state.market.output[0, 0]
    assert branch.count == len(branch.firms.capital) > 2 and (branch.firms.capital > 0).all()
    old = walked.persons.select(lambda p: (p.age > 70) & (p.lives_in != "outside"))
    assert fund.pension(old[0]) > 0 and fund.pension(walked.persons.select(lambda p: p.age < 50)[0]) == 0
    assert fund.paid()["pensions"] > 0 and fund.received()["contributions"] > 0
    with pytest.raises(AttributeError, match="Fields"):
        branch.owner  # noqa: B018
