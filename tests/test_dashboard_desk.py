"""Live runs: a plan asked for gets computed under the command line's own keys, an outdated one is stopped, a failure is said; the whole zone as a job."""

import time
from dataclasses import replace
from types import SimpleNamespace

import fake_cells
import pytest
from dash import html, no_update

from sim import cells, files, results
from sim.dashboard import looking, pages, pieces
from sim.dashboard.address import Address, at_plan, parse
from sim.dashboard.desk import Desk, Standing
from sim.dashboard.whole import Whole
from sim.errors import MachineError
from sim.policies.catalogue import levers
from sim.study import ensemble
from sim.words import say

PATIENCE = 600  # seconds: the machine may be busy


def endless_at_150(scenario, **options):
    """Made-up cells; those of a plan that pays 150 go on until they are stopped."""
    endless = any(step.values.get("compensation_yuan_per_m2") == 150 for steps in scenario.levers.values() for step in steps)
    return fake_cells.simulate(replace(scenario, id="stuck") if endless else scenario, **options)


def failing_for_plans(scenario, **options):
    if scenario.id == "my-plan":
        raise ZeroDivisionError("made up")
    return fake_cells.simulate(scenario, **options)


def refusing_plans(scenario, **options):
    if scenario.id == "my-plan":
        raise MachineError(say("ensemble.died", seed=1), where="here", hint=say("ensemble.died.hint"))
    return fake_cells.simulate(scenario, **options)


@pytest.fixture
def desk(request):
    made = Desk(3000, (1, 2), workers=2, simulate=request.param)
    yield made
    made.close()
    assert not made.folder.exists(), "live runs stay behind"


def changed(value) -> Address:
    lever = levers()["homestead_withdrawal"]
    return Address().with_choice(lever.id, at_plan(lever).changed(lever, "compensation_yuan_per_m2", value))


@pytest.mark.parametrize("desk", [fake_cells.simulate], indirect=True)
def test_a_live_run_is_the_command_lines_own_run(desk, tmp_path):
    address = changed(200.0)
    standing = desk.wait(address, PATIENCE)
    assert (standing.phase, standing.seeds, standing.share) == ("ready", (1, 2), 1.0)
    view = desk.view(address, standing.seeds)
    plan = ensemble.prepare(desk.scenario_file(address.plan), households=3000, seeds=2, out=tmp_path)
    assert view.focus.id == plan.folder.name
    for seed in (1, 2):
        facts = files.read_json(cells.cell_folder(view.focus.path, seed) / "cell.json")
        assert facts["key"] == files.plain(plan.keys[seed])
    assert view.reference.scenario == "baseline" and view.focus.title("zh") == "本方案"


@pytest.mark.parametrize("desk", [fake_cells.simulate], indirect=True)
def test_years_and_name_of_a_view_need_no_new_run(desk):
    address = changed(200.0)
    seeds = desk.wait(address, PATIENCE).seeds
    other = address._replace(years=(2022, 2030), name="九台加码", language="en")
    assert desk.ask("page", other).phase == "ready"
    view = desk.view(other, seeds)
    assert view.report_years == [2022, 2030] and view.end == 2030 and view.focus.title("en") == "九台加码"


@pytest.mark.parametrize("desk", [fake_cells.simulate], indirect=True)
def test_one_seed_alone_is_drawn_and_the_next_changes_only_pieces(desk):
    address = changed(200.0)._replace(language="en")
    seeds = desk.wait(address, PATIENCE).seeds
    one, both = (pages.explored(desk.view(address, some), address) for some in ((1,), seeds))
    whole, first = pieces.change(one, None, [address.query, [1]])
    assert whole is one and "too few seeds" in pieces.apart(one)[1]["scores-sheet"]["data-html"]
    whole, second = pieces.change(both, first["now"], [address.query, list(seeds)])
    assert whole is None and {"plot-gap", "scores-sheet", "explore-centre"} <= second["pieces"].keys()


@pytest.mark.parametrize("standing, kind, sent", [(Standing("computing", (1,), 0.3), "", True), (Standing("computing"), "stale", False)])
def test_a_page_shows_the_first_seed_at_once_and_asks_again(monkeypatch, standing, kind, sent):
    desk = SimpleNamespace(ask=lambda *_: standing, view=lambda address, seeds: seeds, seeds=(1, 2, 3, 4), households=20_000)
    room = SimpleNamespace(desk=desk, address=lambda query: parse(query)[0])
    monkeypatch.setattr(looking, "ctx", SimpleNamespace(triggered_id="url"))
    content, shown_as, _, answer, change = looking._look(room, "page", "?lang=en", None, lambda seeds, _: [html.P(str(seeds))])
    assert shown_as == kind and answer is not None
    assert (change["now"]["view"] == ["?lang=en", [1]] and content[0].children == "(1,)") if sent else (content is no_update and change is no_update)


@pytest.mark.parametrize("desk", [endless_at_150], indirect=True)
def test_an_outdated_request_is_stopped(desk):
    first, second = changed(150.0), changed(250.0)
    while desk.phase == "compiling" or not any(cell[0] == desk.plan(first).folder for cell in list(desk.running)):
        desk.ask("page", first)
        time.sleep(0.05)
    assert desk.ask("page", second).seeds == ()
    end = time.monotonic() + PATIENCE
    while (standing := desk.ask("page", second)).phase == "computing" and time.monotonic() < end:
        time.sleep(0.1)
    assert standing.phase == "ready" and standing.seeds == (1, 2)
    assert not [cell for cell in desk.done if cell[0] == desk.plan(first).folder], "nobody waited for the first plan any more"


@pytest.mark.parametrize("desk", [failing_for_plans], indirect=True)
def test_a_failure_is_said(desk):
    standing = desk.wait(changed(200.0), PATIENCE)
    assert standing.phase == "failed" and "made up" in str(standing.problem)


@pytest.mark.parametrize("desk", [refusing_plans], indirect=True)
def test_a_workers_error_is_told_in_the_language_of_whoever_asks(desk):
    problem = desk.wait(changed(200.0), PATIENCE).problem
    assert problem.told_in("zh") == "here: 算种子 1 的进程被系统终止。多半是内存不足：请减少 --jobs 或 --households。"
    assert problem.told_in("en") == "here: the process that computed seed 1 was killed. Most likely memory: use fewer --jobs or --households."


def test_the_whole_zone_is_a_job_with_progress(tmp_path, desk_file):
    whole = Whole(tmp_path / "runs", households=600, seeds=(1,))
    assert whole.start(["baseline", str(desk_file)])
    assert not whole.start(["baseline", str(desk_file)]), "one job at a time"
    shares = set()
    while whole.progress.kind == "running":
        shares.add(whole.progress.share)
        time.sleep(0.02)
    assert whole.progress.kind == "done", whole.progress.problem
    assert [results.open_run(tmp_path / "runs" / id).scenario for id in whole.progress.runs] == ["baseline", "my-plan"]
    assert any(0 < share < 1 for share in shares)


def test_a_stopped_job_says_so_and_another_can_begin(tmp_path, desk_file):
    whole = Whole(tmp_path / "runs", households=600, seeds=(1,))
    whole.start(["baseline", str(desk_file)])
    whole.end()
    whole.listener.join(PATIENCE)
    assert whole.process.exitcode is not None and whole.progress.kind == "stopped"
    whole.end()
    assert whole.progress.kind == "idle" and whole.start(["no-such-scenario"])
    while whole.progress.kind == "running":
        time.sleep(0.02)
    assert whole.progress.kind == "failed" and "no-such-scenario" in whole.progress.problem.told_in("zh")
    assert "既不是" in whole.progress.problem.told_in("zh") and "neither" in whole.progress.problem.told_in("en")


@pytest.fixture
def desk_file(tmp_path):
    from sim.dashboard.address import scenario_text

    path = tmp_path / "my-plan.yaml"
    path.write_text(scenario_text(changed(200.0), "all", (1,)), encoding="utf-8")
    return path
