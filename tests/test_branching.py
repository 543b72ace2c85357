"""Years that scenarios share are computed once, and each scenario has the numbers it has alone: forks, checkpoints, what is refused."""

import copy
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from sim import cells, checkpoints
from sim.cli import main
from sim.errors import DataError, InvalidValueError
from sim.policies.rulebook import order
from sim.scenario import load
from sim.scenario_shape import Step
from sim.simulation import Simulation, simulate
from sim.study import branching, ensemble, provenance
from sim.study.reproduction import _other_tables
from sim.study.verify import PUSHED
from sim.tables import Households, Persons

SMALL, LAST = 600, 2023


def scenario(id, first=None, **values):
    """A scenario with pushed offers from a year on, and a price of its own."""
    base = load("baseline").ending(LAST)
    pushed = {name: (Step(first=first, districts=("jiutai", "yongji"), values=own, origin="test"),) for name, own in PUSHED.items()} if first else {}
    if values:
        (step,) = pushed["homestead_withdrawal"]
        pushed["homestead_withdrawal"] = (step, replace(step, first=first + 1, values=values))
    return replace(base, id=id, levers={**base.levers, **pushed})


BASE = scenario("base")
EARLY = scenario("early", 2021)
LATER = scenario("later", 2021, compensation_yuan_per_m2=150.0)  # as `early` until 2021
LAST_ONE = scenario("last-one", 2023)
ALL = (BASE, EARLY, LATER, LAST_ONE)


def plans_of(scenarios, out, **call):
    return [ensemble.prepare(one, SMALL, "1,", jobs=1, threads=1, out=out, **call) for one in scenarios]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Each scenario computed by itself; the base keeps its state of 2020 and 2022."""
    out = tmp_path_factory.mktemp("alone")
    plans = [*plans_of((BASE,), out, checkpoint=(2020, 2022)), *plans_of(ALL[1:], out)]
    return {plan.scenario.id: ensemble.carry_out(plan) for plan in plans}


def same(mine, theirs):
    """Digests and every table and path equal, bit for bit."""
    return mine.digests == theirs.digests and not _other_tables(mine.path, theirs.path, 1)


def test_scenarios_of_one_call_walk_shared_years_once_and_keep_their_bits(alone, tmp_path, monkeypatch):
    walked = []
    step = Simulation.step
    monkeypatch.setattr(Simulation, "step", lambda self: (step(self), walked.append((self.scenario.id, self.year))))
    said = []
    found = ensemble.carry_out_together(plans_of(ALL, tmp_path), said.append)
    assert [run.scenario for run in found] == [one.id for one in ALL]
    assert all(same(run, alone[run.scenario]) for run in found)
    assert len({run.digest for run in found}) == 4  # what differs later differs
    # 2019 and 2020 once for all; 2021 for base (with last-one) and early (with later); 2022 for three; 2023 for four
    assert sorted(year for _, year in walked) == [2019, 2020, 2021, 2021, 2022, 2022, 2022, 2023, 2023, 2023, 2023]
    assert [one.kind for one in said].count("done") == 4 and [one.kind for one in said].count("year") == 4 * 5 and said[-1].done == 1
    assert {line["scenario"] for line in found[2].log() if line["event"] == "forked"} <= {"base", "early"}


def test_a_run_goes_on_from_a_checkpoint_with_the_bits_of_one_from_the_start(alone, tmp_path):
    origin = f"{alone['base'].path}@2022"
    (plan,) = plans_of((LAST_ONE,), tmp_path, origin=origin)
    found = ensemble.carry_out(plan)
    assert same(found, alone["last-one"])
    assert {"event": "continued", "run": alone["base"].id, "year": 2022} in found.log()
    assert {line["year"] for line in found.log() if line["event"] == "phase"} == {2023}
    both = ensemble.carry_out_together(plans_of((EARLY, LATER), tmp_path, origin=f"{alone['base'].path}@2020"))
    assert all(same(run, alone[run.scenario]) for run in both)


def test_a_longer_horizon_goes_on_from_the_last_year_of_a_shorter(tmp_path):
    short = ensemble.carry_out(plans_of((BASE.ending(2020),), tmp_path, checkpoint=(2020,))[0])
    long = ensemble.carry_out(plans_of((BASE.ending(2022),), tmp_path, origin=f"{short.path}@2020")[0])
    assert long.digests[1] == simulate(BASE.ending(2022), households=SMALL, seed=1, threads=1).digest


def test_a_checkpoint_holds_the_whole_state_but_the_flows(tmp_path):
    run = Simulation(EARLY, households=SMALL, threads=1)
    try:
        while run.year < 2021:
            run.step()
        file = tmp_path / checkpoints.name(2021)
        checkpoints.write(file, run.standing)
        read = checkpoints.read(file)
        assert read.year == 2021 and read.households == run.households and read.balances == run.balances
        assert read.recorder.indicators == run.recorder.indicators and read.state.books.postings.keys() == run.state.books.postings.keys()
        for kind, mine, theirs in ((Households, run.state.households, read.state.households), (Persons, run.state.persons, read.state.persons)):
            for column, left, right in zip(kind.columns, mine, theirs):
                assert right.dtype == left.dtype and (not right.any() if column.kind == "flow" else left.tobytes() == right.tobytes()), column.name
        for name, value in vars(run.state).items():
            if isinstance(value, np.ndarray):
                assert value.tobytes() == getattr(read.state, name).tobytes(), name
        assert all(mine.tobytes() == theirs.tobytes() for mine, theirs in zip(run.state.firms, read.state.firms))
    finally:
        run.close()


def test_a_fork_and_its_run_do_not_touch_each_other():
    run = Simulation(BASE.ending(2020), households=SMALL, threads=1)
    try:
        run.step()
        other = run.fork(EARLY.ending(2020))
        other.step()
        before = copy.deepcopy(other.recorder.indicators)
        run.step()
        assert run.result().digest == simulate(BASE.ending(2020), households=SMALL, seed=1, threads=1).digest == other.result().digest
        assert other.recorder.indicators == before and other.state.households.deposits is not run.state.households.deposits
    finally:
        run.close()


# ---------------------------------------------------------------------------------------------------- what is shared
def keys_of(*scenarios):
    return [provenance.cell_key(one, households=SMALL, seed=1, population_seed=1, sample=1) for one in scenarios]


def test_years_part_where_rulebooks_do():
    for one in ALL:
        for other in ALL:
            differ = (order(one).ordered != order(other).ordered).any((1, 2))
            assert branching.parting(*keys_of(one, other)) == (2019 + int(differ.argmax()) if differ.any() else None)


def test_nothing_is_shared_across_worlds():
    here, there, slow = keys_of(BASE, replace(BASE, assumptions={"discount": 0.06}), replace(BASE, delivery_rate=60.0))
    assert len({branching.beginning(key) for key in (here, there, slow, {**here, "seed": 2}, {**here, "sources": "other"})}) == 5
    assert branching.beginning(here) == branching.beginning(keys_of(LATER)[0])


# ---------------------------------------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"origin": "nowhere"}, InvalidValueError, "RUN@YEAR"),
        ({"origin": "{base}@soon"}, InvalidValueError, "RUN@YEAR"),
        ({"origin": "{base}@2021"}, DataError, "seeds 1 have no checkpoint of 2021; there are: 2020, 2022"),
        ({"origin": "{base}@2022", "scenario": EARLY}, DataError, "differs from it from 2021 on"),
        ({"origin": "{base}@2022", "households": 700}, DataError, "differ in households"),
        ({"origin": "{base}@2022", "scenario": BASE.ending(2022)}, DataError, "no year after 2022"),
        ({"origin": "{base}@2022", "seeds": "1-2"}, DataError, "seeds 2 have no checkpoint"),
        ({"origin": "{base}@2022", "snapshot": (2021,)}, InvalidValueError, "2021 is not simulated again"),
        ({"origin": "{base}@2022", "checkpoint": (2040,)}, InvalidValueError, "2040 is outside"),
    ],
    ids=str,
)
def test_what_cannot_go_on_is_refused_before_anything_is_computed(alone, tmp_path, change, error, words):
    call = {"scenario": LAST_ONE, "households": SMALL, "seeds": "1,", **change}
    call["origin"] = call["origin"].format(base=alone["base"].path)
    with pytest.raises(error, match=words.replace("(", r"\(")):
        ensemble.prepare(call.pop("scenario"), out=tmp_path, **call)
    assert not list(tmp_path.iterdir())


def test_what_a_cell_keeps_of_earlier_years_is_not_lost(tmp_path):
    run = ensemble.carry_out(plans_of((BASE.ending(2021),), tmp_path, checkpoint=(2020,))[0])
    with pytest.raises(InvalidValueError, match="2020 is not simulated again"):
        plans_of((BASE.ending(2021),), tmp_path, origin=f"{run.path}@2020", snapshot=(2021,))
    assert [file.name for file in run.path.rglob("checkpoint*")] == ["checkpoint-2020.arrow"]


def test_another_version_is_refused(alone, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.identity.source_hash", lambda root=None: "other")
    with pytest.raises(DataError, match="another version"):
        plans_of((LAST_ONE,), tmp_path, origin=f"{alone['base'].path}@2022")


def test_a_damaged_file_and_one_with_other_tables_are_refused(alone, tmp_path):
    file = branching.Origin(alone["base"].path, 2020).file(1)
    with pa.OSFile(str(file)) as source:
        table = pa.ipc.open_file(source).read_all()
    told = table.schema.metadata[checkpoints.STRUCTURE].decode()

    def with_structure(text, name):
        arrays = [column.chunk(0).values.to_numpy(zero_copy_only=False) for column in table.columns]
        metadata = {checkpoints.STRUCTURE: text.encode(), checkpoints.DIGEST: checkpoints._digest(text, arrays).encode()}
        with pa.ipc.new_file(tmp_path / name, table.schema.with_metadata(metadata)) as made:
            made.write_table(table.replace_schema_metadata(metadata))
        return tmp_path / name

    assert checkpoints.read(with_structure(told, "same")).year == 2020
    for text in (told.replace('"deposits"', '"savings"'), told.replace("sim.tables:Households", "os:system"), told.replace('"version": 1', '"version": 0')):
        with pytest.raises(DataError, match="other tables"):
            checkpoints.read(with_structure(text, "other"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    for bad in (bytes(content), file.read_bytes()[:5000], b""):
        (tmp_path / "damaged").write_bytes(bad)
        with pytest.raises(DataError, match="cannot be read"):
            checkpoints.read(tmp_path / "damaged")


def test_the_command_line_keeps_a_checkpoint_and_goes_on_from_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RONGHE_LANG", "en")
    words = ["--households", str(SMALL), "--seeds", "1,", "--years", "2019-2021", "--jobs", "1", "--threads", "1", "--json"]
    assert main(["run", "baseline", "--checkpoint", "2020", *words]) == 0
    run = json.loads(capsys.readouterr().out)["runs"][0]
    assert (cells.cell_folder(run["path"], 1) / "checkpoint-2020.arrow").exists()
    assert main(["run", "baseline", "--set", "homestead_withdrawal.compensation_yuan_per_m2@2021=150", "--from", "baseline@2020", *words]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["cached"] is False
    assert main(["run", "baseline", "--set", "homestead_withdrawal.compensation_yuan_per_m2@2020=150", "--from", f"{run['id']}@2020", *words]) == 3
    assert "2020" in capsys.readouterr().err
