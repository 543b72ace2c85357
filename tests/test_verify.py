"""The certificate: it passes for the shipped scenarios, and each of its checks sees what it is there for when that is broken on purpose."""
import numpy as np
import pytest

from sim import schedule
from sim.cli import main
from sim.errors import IDENTITY
from sim.scenario import load
from sim.study import twin_rights, verify
from sim.words import use_language

HOUSEHOLDS = 1_200


@pytest.fixture(autouse=True)
def english():
    use_language("en")
    yield
    use_language(None)


def certifier(id="four-instruments", households=HOUSEHOLDS):
    made = verify.Certifier(load(id), households, 1)
    return made, made.run(threads=1)


def only(checks):
    assert len(checks) == 1
    return checks[0]


@pytest.fixture(scope="module")
def certificate():
    use_language("en")
    return {check.name: check for check in verify.verify("four-instruments", households=HOUSEHOLDS)}


def test_the_four_instruments_pass(certificate):
    assert [check for check in certificate.values() if check.passed is False] == []
    named = " ".join(certificate)
    for lever in (verify.levers()[name] for name in load("four-instruments").levers):
        assert f"placebo: {lever.en} at its base" in named and f"no anticipation: {lever.en}" in named and f"locality: {lever.en} in Jiutai" in named


def test_enough_exits_are_checked(certificate):
    checked = int(certificate["voluntary: exits under pushed offers"].detail.split()[0].replace(",", ""))
    assert checked > 100
    local = certificate["locality: pushed exit offers in Jiutai only"].detail
    assert "held: 0 households differ there" not in local and ", 0 elsewhere" in local and "project_cash" in local


def test_a_scenario_without_levers_has_a_certificate_too():
    made, full = certifier("baseline")
    assert only(verify.check_anticipation(made, full, {})).passed is None
    assert [check.passed for check in verify.check_locality(made, full, {})] == [True]


def one_lever(tmp_path, name):
    """A certifier of a scenario with this lever alone at its plan value from 2020 on, its run and the run without it."""
    path = tmp_path / "one-lever.yaml"
    path.write_text(f"schema: 1\nid: one-lever\ntitle: {{zh: 检验, en: Check}}\nextends: baseline\n"
                    f"levers:\n  {name}: {{steps: [{{from: 2020, districts: all, preset: plan}}]}}\n", encoding="utf-8")
    made = verify.Certifier(load(str(path)), HOUSEHOLDS, 1)
    return made, made.run(), made.run(made.without(name))


@pytest.mark.parametrize("name", ["order_farming", "rural_services", "rural_infrastructure"])
def test_a_district_moves_by_its_own_figures(tmp_path, monkeypatch, name):
    made, full, parent = one_lever(tmp_path, name)
    monkeypatch.setattr(verify, "pushed", lambda scenario, districts: scenario.levers)
    check = verify.check_locality(made, full, {name: parent})[0]
    assert check.passed is True and ", 0 elsewhere" in check.detail


def test_what_works_only_through_what_is_held_is_not_tested(tmp_path, monkeypatch):
    made, full, parent = one_lever(tmp_path, "registration")
    monkeypatch.setattr(verify, "pushed", lambda scenario, districts: scenario.levers)
    check = verify.check_locality(made, full, {"registration": parent})[0]
    assert check.passed is None and "nothing to test; free:" in check.detail and "townspeople (2021)" in check.detail


def test_a_placebo_that_does_something_is_seen(monkeypatch):
    made, full = certifier("baseline")
    base = verify.steps_at_base

    def cheat(name, first):
        steps = base(name, first)
        if name == "training":
            for step in steps:
                step.values["workers_percent"] = 20.0
        return steps
    monkeypatch.setattr(verify, "steps_at_base", cheat)
    checks = verify.check_placebo(made, full, {})
    assert [check.name for check in checks if not check.passed] == ["placebo: Training at its base"]


def test_anticipation_is_seen(monkeypatch):
    walk, simulation = schedule.walk, verify.Simulation

    def foresee(state, year, order, rate, watch=None):
        walk(state, year, foresee.book[min(year + 1 - 2019, len(foresee.book) - 1)], rate, watch)

    class Knowing(simulation):
        def step(self):
            foresee.book = self.rulebook.ordered
            super().step()
    monkeypatch.setattr(verify, "Simulation", Knowing)
    monkeypatch.setattr(schedule, "walk", foresee)
    made, full = certifier("collateral-loans", 3_000)        # in fewer nobody needs collateral in the year before
    parents = {name: made.run(made.without(name)) for name in made.scenario.levers}
    checks = verify.check_anticipation(made, full, parents)
    assert not all(check.passed for check in checks)


def test_what_is_not_held_is_seen(monkeypatch):
    monkeypatch.setattr(schedule, "HELD", tuple(name for name in schedule.HELD if name not in ("public_services", "dividend_per_unit")))
    made, full = certifier("baseline")
    check = verify._local(made, "pushed", full, verify.pushed(made.scenario, ("jiutai",)), 0)
    assert not check.passed and "with prices held, rows of" in check.detail


def test_threads_that_matter_are_seen(monkeypatch):
    made, full = certifier("baseline")
    run = made.run
    monkeypatch.setattr(made, "run", lambda *a, **o: full._replace(digests={**full.digests, 2021: "other"}) if o.get("shuffle") else run(*a, **o))
    assert [check.passed for check in verify.check_order(made, full, {})] == [False, True]


def test_a_ledger_that_does_not_close_ends_the_certificate(monkeypatch):
    monkeypatch.setattr(verify.twin_rights, "executed", lambda *a: pytest.fail("not reached"))
    leak = schedule.Phase("leak", lambda state: state.households.contract_area.__setitem__(0, state.households.contract_area[0] + 1), (), (), "")
    monkeypatch.setattr(schedule, "PHASES", (*schedule.PHASES[:-1], leak, schedule.PHASES[-1]))
    check = only(verify.verify("baseline", households=HOUSEHOLDS))
    assert (check.name, check.passed) == ("ledger", False) and "contracted land" in check.detail and "2019 jiutai" in check.detail


def test_units_that_nobody_entitled_are_seen(monkeypatch):
    monkeypatch.setattr(twin_rights, "entitled", lambda units, *bundle: np.zeros(units.row.shape, bool))
    exits = verify.Exits()
    made = verify.Certifier(load("baseline"), HOUSEHOLDS, 1)
    made.run(verify.pushed(made.scenario), watch=exits)
    assert exits.unlawful == exits.checked > 0


@pytest.mark.parametrize(("language", "word"), [("zh", "自愿：加大出价后的退出"), ("en", "voluntary: exits under pushed offers")])
def test_the_command_prints_it(monkeypatch, capsys, language, word):
    monkeypatch.setattr(verify, "check_placebo", lambda *a: [])
    monkeypatch.setattr(verify.verify, "__defaults__", (HOUSEHOLDS, 1))
    assert main(["--lang", language, "verify", "baseline"]) == 0
    assert word in capsys.readouterr().out


def test_the_command_ends_with_the_code_of_an_identity(monkeypatch, capsys):
    monkeypatch.setattr("sim.study.verify.verify", lambda file: [verify.Check("ledger", False, "a leak")])
    assert main(["verify", "baseline"]) == IDENTITY
