"""A lever and a behaviour rule from outside the package: the example package, installed and used; what registering refuses; keys that never mix."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import behaviour_rules, extensions
from sim.behaviour_rules import BehaviourRule
from sim.declare import Parameter
from sim.errors import DeclarationError, LedgerError, ScenarioError
from sim.places import FIRST_DISTRICT, HOME, OUTSIDE, VILLAGE
from sim.policies import base, catalogue
from sim.policies.clauses import WITHOUT_LEVER, clauses
from sim.policies.rulebook import order
from sim.rules import RULES, Rule
from sim.scenario import load
from sim.simulation import Simulation, simulate
from sim.study import provenance

EXAMPLE = Path(__file__).parent / "example_extension"
OFFERS = tuple(
    f"homestead_withdrawal.{name}@2019={value}"
    for name, value in {"villages_with_offer_percent": 30, "compensation_yuan_per_m2": 450, "house_compensation_yuan_per_m2": 800,
                        "qualification_compensation_yuan": 50_000, "households_per_project": 200, "grant_percent": 100}.items()
)  # fmt: skip
ADVISED = "contract_advice.villages_with_adviser_percent@2019=100"
SMALL = {"households": 2000, "seed": 1, "threads": 1}


# ---------------------------------------------------------------------------------------------------- the example package, installed
@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A call of `python -m ...` or of `ronghe` where the example package is installed, in a folder of its own."""
    folder = tmp_path_factory.mktemp("扩展 extension")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target"]
    subprocess.run([*pip, str(folder / "packages"), str(EXAMPLE)], check=True, stderr=subprocess.PIPE)
    root = str(Path(sim.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder / "packages"), root]), "RONGHE_LANG": "en"}

    def call(*words):
        code = ["-c", "import sys; from sim.cli import main; sys.exit(main())"] if words[0] != "-c" else []
        return subprocess.run([sys.executable, *code, *words], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")

    call.folder = folder
    return call


def test_the_installed_lever_is_listed_and_its_scenario_is_valid_only_there(installed):
    done = installed("levers", "contract_advice", "--json")
    assert done.returncode == 0, done.stderr
    [lever] = json.loads(done.stdout)["levers"]
    assert lever["parameters"][0]["name"] == "villages_with_adviser_percent"
    schema = json.loads(installed("schema").stdout)
    assert "contract_advice" in schema["properties"]["levers"]["properties"] and "second_thoughts" in schema["properties"]["assumptions"]["properties"]
    done = installed("validate", str(EXAMPLE / "advice.yaml"), "--set", "assumptions.second_thoughts=2")
    assert done.returncode == 3 and "second_thoughts" in done.stdout + done.stderr, "its bounds are not checked"
    done = installed("validate", str(EXAMPLE / "advice.yaml"))
    assert done.returncode == 0, done.stdout + done.stderr
    with pytest.raises(ScenarioError, match="contract_advice"):
        load(str(EXAMPLE / "advice.yaml"))


def test_the_installed_rule_runs_in_workers_and_in_the_model(installed):
    words = ["run", str(EXAMPLE / "advice.yaml"), "--households", "2000", "--seeds", "2", "--years", "2019-2021", "--jobs", "2", "--json"]
    done = installed(*words, *(word for text in (*OFFERS, ADVISED) for word in ("--set", text)))
    assert done.returncode == 0, done.stderr
    [run] = json.loads(done.stdout)["runs"]
    key = json.loads((installed.folder / run["path"] / "manifest.json").read_text(encoding="utf-8"))["key"]
    assert set(key["extensions"]["behaviours"]) == {"think_again"} and set(key["extensions"]["levers"]) == {"contract_advice"}
    rules = "import pyarrow.parquet as p; print(sorted(set(p.read_table(r'%s').column('rule').to_pylist())))"
    assert "adviser_coverage" in installed("-c", rules % (installed.folder / run["path"] / "seed-0001" / "rulebook.parquet")).stdout
    settings = dict(text.split("=") for text in (*OFFERS, ADVISED))
    code = (
        f"import sim; m = sim.Model(r'{EXAMPLE / 'advice.yaml'}', 2000, seed=1, end=2021, **{settings!r})\n"
        "while m.running: m.step()\n"
        "print(m.result().digest, float(m.datacollector.get_model_vars_dataframe()['homesteads_withdrawn'].iloc[-1]))"
    )
    done = installed("-c", code)
    assert done.returncode == 0, done.stderr
    digest, withdrawn = done.stdout.split()
    cell = json.loads((installed.folder / run["path"] / "seed-0001" / "cell.json").read_text(encoding="utf-8"))
    assert digest == cell["digest"], "a worker and the Mesa model differ"
    alone = simulate(load("four-instruments", OFFERS).ending(2021), **SMALL)
    assert 0 < float(withdrawn) < last(alone, "homesteads_withdrawn"), "nobody thought again"


def last(result, indicator):
    return next(value for year, district, sector, id, value, *_ in reversed(result.indicators) if (id, district, sector) == (indicator, "zone", "all"))


# ---------------------------------------------------------------------------------------------------- registered in this process
def stay(now):
    """Some who have chosen to leave the zone stay at home."""
    leaving = now.choosers & (now.persons.base == OUTSIDE) & (now.uniform(now.persons.uid) < now.parameters.stay_chance)
    now.place(leaving, HOME)


CHANCE = Parameter("stay_chance", "share", 0.0, 0.0, 1.0, "D", "test", "of those who leave the zone stay")


def rule(**changes):
    return BehaviourRule(**{"id": "stay", "zh": "留下", "en": "Stay", "after": "choose", "act": stay, "parameters": (CHANCE,), **changes})


@pytest.fixture
def register():
    """`sim.register` whose things are gone after the test."""
    done = []

    def call(thing, **how):
        done.append(thing.id)
        return sim.register(thing, **how)

    yield call
    for id in done:
        catalogue.withdraw(id)
        behaviour_rules.withdraw(id)


def key_of(*settings):
    return provenance.cell_key(load("baseline", settings), households=2000, seed=1, population_seed=1, sample=1)


def test_a_rule_sleeps_until_its_number_moves_and_the_books_close_when_it_acts(register):
    before, key = simulate(load("baseline").ending(2020), **SMALL), key_of()
    assert register(rule()).id == "stay" and key_of() == key
    assert simulate(load("baseline").ending(2020), **SMALL).digest == before.digest, "a rule that nobody asked for acted"
    woken = Simulation(load("baseline", ["assumptions.stay_chance=1"]).ending(2020), **SMALL)
    while not woken.finished:
        woken.step()
    assert woken.state.counts["left_zone"].sum() == 0 and last(woken.result(), "population") > last(before, "population")
    assert not ((woken.state.persons.base == OUTSIDE) & (woken.state.persons.age.clip(16, 75) == woken.state.persons.age)
                & (woken.state.households.residence[woken.state.persons.household] != OUTSIDE) & (woken.state.persons.schooling + 6 <= woken.state.persons.age)
                & (woken.state.persons.age >= 0)).any()  # fmt: skip
    again = key_of("assumptions.stay_chance=1")
    assert again["extensions"]["behaviours"]["stay"] == extensions.source_hash(stay)


def test_placing_counts_labour_as_choosing_does(register):
    """Whoever is placed where he is already changes nothing, and labour on offer is that of the places in the end."""

    def where_they_are(now):
        rows = np.flatnonzero(now.choosers)
        base, family = now.persons.base[rows], now.households.residence[now.persons.household[rows]]
        for commuting in (True, False):
            mine = (commuting == ((base >= FIRST_DISTRICT) & (now.persons.residence[rows] == family))) & ((base != VILLAGE) | (family == VILLAGE))
            now.place(rows[mine], base[mine], commuting=commuting)

    plain = simulate(load("baseline").ending(2020), **SMALL)
    register(rule(id="same", act=where_they_are))
    same = simulate(load("baseline", ["assumptions.stay_chance=1"]).ending(2020), **SMALL)
    close = [(a, b) for a, b in zip(plain.indicators, same.indicators, strict=True) if a[4] == a[4] and abs(a[4] - b[4]) > 1e-6 * abs(a[4])]
    assert not close, close[:5]


def write_signed(now):
    now.households.own_account[:] = np.nan


def write_undeclared(now):
    now.households.deposits[0] += 1e6


def read_undeclared(now):
    now.rule("plot_price")


def place_babies(now):
    now.place(now.persons.age == 3, OUTSIDE)


def place_townspeople(now):
    now.place(now.choosers & (now.households.residence[now.persons.household] >= FIRST_DISTRICT), VILLAGE)


@pytest.mark.parametrize(("changes", "kind", "message"), [
    ({"act": write_signed, "writes": {"households": ("own_account",)}}, DeclarationError, "own_account holds NaN"),
    ({"act": write_undeclared}, ValueError, "read-only"),
    ({"act": read_undeclared}, DeclarationError, "does not declare it"),
    ({"act": place_babies}, ValueError, "does not choose"),
    ({"act": place_townspeople}, ValueError, "town people in a village"),
    ({"after": "live"}, ValueError, "after `live`. Persons choose"),
    ({"after": "check"}, DeclarationError, "acts after 'check'. Choose one of: begin"),
    ({"rules": ("nobody_has_it",)}, DeclarationError, "there is no rule 'nobody_has_it'"),
])  # fmt: skip
def test_a_rule_that_does_what_it_has_not_declared_stops_the_run(register, changes, kind, message):
    register(rule(**changes))
    with pytest.raises(kind, match=message):
        simulate(load("baseline", ["assumptions.stay_chance=1"]).ending(2019), **SMALL)


def give_money(now):
    now._state.households.deposits[now.living_households] += 1.0


def test_the_books_see_what_a_rule_does_behind_their_back(register):
    register(rule(act=give_money))
    with pytest.raises(LedgerError, match="deposits of households"):
        simulate(load("baseline", ["assumptions.stay_chance=1"]).ending(2019), **SMALL)


@pytest.mark.parametrize(("changes", "message"), [
    ({"act": "stay"}, "act is a str"),
    ({"parameters": ()}, "nothing can wake it"),
    ({"parameters": (CHANCE._replace(default=2.0),)}, "default 2 is outside 0 to 1"),
    ({"writes": {"firms": ("wage",)}}, "there is no table 'firms'. Write spans, households, persons"),
    ({"writes": {"households": ("sined",)}}, "Did you mean 'signed'"),
    ({"writes": {"households": ("deposits",)}}, "counted by the books. A phase changes it"),
    ({"writes": {"persons": ("base",)}}, "counted by the books. Use `place`"),
    ({"writes": {"households": ("consumption",)}}, "what the year pays. Choose a stock"),
    ({"writes": {"households": ("uid",)}}, "is fixed. Choose a stock"),
])  # fmt: skip
def test_wrong_declarations_of_behaviour(changes, message):
    with pytest.raises(DeclarationError, match=message):
        rule(**changes)


def test_names_are_taken_once(register):
    register(rule())
    assert register(rule()).id == "stay"  # the same once more
    other = rule(en="Another")
    with pytest.raises(DeclarationError, match="replace=True"):
        register(other)
    assert register(other, replace=True) is behaviour_rules.behaviour_rules()["stay"]
    with pytest.raises(DeclarationError, match="belongs to stay already"):
        register(rule(id="second"))
    with pytest.raises(DeclarationError, match="belongs to the model already"):
        register(rule(id="second", parameters=(CHANCE._replace(name="discount"),)))
    with pytest.raises(DeclarationError, match="neither a Lever nor a BehaviourRule"):
        extensions.register({"id": "second"})
    assert register(lever()) is catalogue.levers()["my_lever"] and register(lever()) == lever()
    with pytest.raises(DeclarationError, match="this id is taken"):
        register(lever(plan=0.5))
    assert register(lever(plan=0.5), replace=True) is catalogue.levers()["my_lever"] and catalogue.registered() == (lever(plan=0.5),)


def test_the_order_of_registering_does_not_matter(register):
    second = rule(id="ahead", parameters=(CHANCE._replace(name="other_chance"),))
    for one in (rule(), second):
        register(one)
    settings = ["assumptions.stay_chance=1", "assumptions.other_chance=1"]
    scenario = load("baseline", settings)
    assert [one.id for one, _ in extensions.awake(scenario, order(scenario))] == ["ahead", "stay"]


def lever(base_value=0.0, clause=("一", "试验"), **changes):
    number = {"name": "level", "unit": "ratio", "base": base_value, "plan": 1.0, "kind": "terms", "grade": "D", "source": "test", "zh": "水平",
              "en": "level", "rule": Rule("own_level", "ratio", 0.0, "for the test"), **changes}  # fmt: skip
    return base.Lever(id="my_lever", zh="我的政策工具", en="Mine", group=("测试", "test"), clauses=(base.Clause(*clause),),
                      parameters=(base.Parameter(**number),), watch=base.Watch("income_gap_ratio", -1))  # fmt: skip


def test_a_lever_with_a_rule_of_its_own_adds_a_row_and_no_number(register):
    plain = simulate(load("baseline").ending(2020), **SMALL)
    begun = Simulation(load("baseline").ending(2020), **SMALL)
    begun.step()
    register(lever())
    book = order(load("baseline", ["my_lever.level=0.5"]))
    assert book.ordered.shape[1] == len(RULES) + 1 and catalogue.rules()[-1].name == "own_level"
    assert book.ordered[2, -1].tolist() == [0.5] * 9 and book.non_base_entries()[0] == ["own_level", "jiutai", 2021, 0.5]
    assert set(book.to_frame()["rule"]) == {one.name for one in catalogue.rules()}
    assert simulate(load("baseline", ["my_lever.level=0.5"]).ending(2020), **SMALL).digest == plain.digest
    begun.step()  # a run that began before the lever came goes on
    assert begun.result().digest == plain.digest
    assert key_of().get("extensions") is None and key_of("my_lever.level=0.5")["extensions"]["levers"] == {"my_lever": {"own_level": [False, *[0.0] * 9]}}
    with pytest.raises(DeclarationError, match="is one of the model's"):
        lever(rule=Rule("plot_price", "yuan per m2 of plot", 0.0, "taken"))


def test_a_lever_that_moves_a_base_of_2019_has_keys_of_its_own(register):
    free = next((one for one in RULES if catalogue.owner(one.name) is None), None)
    if free is None:
        pytest.skip("every rule of the model has a lever")
    key = key_of()
    register(lever(base_value=free.base, rule=free.name, low=min(0.0, free.base), high=free.base + 1.0, plan=free.base + 0.5))
    assert key_of() == key
    register(lever(base_value=free.base + 0.25, rule=free.name, low=0.0, high=free.base + 1.0, plan=free.base + 0.5), replace=True)
    assert key_of() != key and key_of()["rules"] == key["rules"]


def test_a_clause_that_a_lever_from_outside_stands_for_is_listed_once(register):
    place, phrase, _ = WITHOUT_LEVER[0]
    register(lever(clause=(place, phrase)))
    assert [(row.levers, row.reason) for row in clauses() if (row.place, row.phrase) == (place, phrase)] == [(("my_lever",), None)]


def test_functions_that_no_file_holds_run_here_and_nowhere_else(register):
    register(rule(act=lambda now: stay(now)))
    assert simulate(load("baseline", ["assumptions.stay_chance=1"]).ending(2019), **SMALL).digest
    for ask in (lambda: key_of("assumptions.stay_chance=1"), extensions.registered):
        with pytest.raises(DeclarationError, match="stands at the top of no file"):
            ask()


def test_a_package_that_cannot_be_imported_is_named(tmp_path, monkeypatch):
    folder = tmp_path / "broken-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n", encoding="utf-8")
    (folder / "entry_points.txt").write_text("[test.levers]\none = no_such_module:LEVER\n[test.other]\ntwo = json:dumps\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(DeclarationError, match="entry point one of broken: .*No module named 'no_such_module'"):
        catalogue.load_entries("test.levers", base.Lever)
    with pytest.raises(DeclarationError, match="is of type function. The group test.other takes a Lever"):
        catalogue.load_entries("test.other", base.Lever)
