"""Trace: a span lived again alone is the span of the full run, bit for bit; what is told of a household is what the model did; tips tip."""
import json
from pathlib import Path
from types import SimpleNamespace

import fake_cells
import jsonschema
import numpy as np
import pytest
from hypothesis import given, strategies as st

from sim.behaviour_rules import BehaviourRule
from sim.cli import main
from sim.cli.show import width
from sim.cli.trace_words import wrap
from sim.errors import DataError, IncomparableError, VerificationError
from sim.places import OUTSIDE
from sim.policies.catalogue import owner
from sim.results import open_run
from sim.rules import RULE_INDEX
from sim.scenario import load
from sim.simulation import Simulation
from sim.study import ensemble, trace, trace_life, trace_rights, trace_span, twin_rights
from sim.tables import CONTRACT, FREE
from sim.words import use_language

SCHEMA = json.loads((Path(__file__).parents[1] / "sim" / "schemas" / "trace.json").read_text())
EXITS = """schema: 1
id: exits
extends: four-instruments
levers:
  homestead_withdrawal:
    steps: [{from: 2021, districts: all, villages_with_offer_percent: 30, compensation_yuan_per_m2: 160, qualification_compensation_yuan: 10000,
             households_per_project: 30, grant_percent: 100}]
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trace")
    (folder / "exits.yaml").write_text(EXITS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def toy(place):
    """A toy zone with many exits."""
    return ensemble.run(str(place / "exits.yaml"), households=3_000, seeds="1", years="2019-2029", out=place / "runs")


@pytest.fixture(scope="module")
def calm(place):
    """The same toy zone without the instruments."""
    return ensemble.run("baseline", households=3_000, seeds="1", years="2019-2029", out=place / "runs")


@pytest.fixture(scope="module")
def sample(place):
    return ensemble.run(str(place / "exits.yaml"), households=20_000, seeds="1", years="2019-2024", out=place / "runs")


@pytest.fixture(scope="module")
def replay(toy):
    """Every span of the toy zone that had an offer, lived again."""
    paths = toy.paths()
    return trace_span.Replay(toy, 1, paths["span_uid"][(paths["offer"] > 0).any(0)])


@pytest.fixture(autouse=True)
def english():
    use_language("en")
    yield
    use_language(None)


def call(capsys, *words):
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def doctored(run, tmp_path, change):
    """A copy of a run with one array of its saved paths changed in place."""
    import shutil

    folder = tmp_path / run.id
    shutil.copytree(run.path, folder)
    paths = dict(run.paths())
    change(paths)
    np.savez_compressed(folder / "seed-0001" / "paths.npz", **paths)
    return open_run(folder)


# ---------------------------------------------------------------------------------------------------- the same bits
def same_rows(full, alone):
    """Do the rows of the one span of `alone` stand in the full run's tables, bit for bit?"""
    s = int(np.flatnonzero(full.spans.uid == alone.spans.uid[0])[0])
    for name, first in (("households", "first_household"), ("persons", "first_person")):
        begin, end = (int(getattr(full.spans, first)[i]) for i in (s, s + 1))
        for column, mine, whole in zip(type(getattr(full, name))._fields, getattr(alone, name), getattr(full, name)):
            part = whole[begin:end]
            if column == "household":
                part = part - full.spans.first_household[s]
            if column != "span" and not np.array_equal(mine, part):
                return False
    return True


def test_a_span_of_a_sample_lived_alone_has_the_rows_of_the_full_run(sample, place):
    full = Simulation(load(str(place / "exits.yaml")).ending(2024), households=20_000, seed=1)
    while not full.finished:
        full.step()
    full.close()
    exits = np.bincount(full.state.households.span, full.state.households.exited > 0, len(full.state.spans.uid))
    block = int(np.flatnonzero(full.state.spans.urban == 1)[3])
    chosen = [int(exits.argmax()), block, 0]
    assert exits[chosen[0]] > 5
    for s in chosen:
        assert same_rows(full.state, trace_span.Replay(sample, 1, [full.state.spans.uid[s]]).state)


def test_a_span_lives_with_the_trunk_roads_of_its_years(place):
    built = ensemble.run("baseline", settings=["trunk_roads.per_head_yuan=1000"], households=3_000, seeds="1", years="2019-2024", out=place / "runs")
    assert (built.paths()["trunk_time"][-1] < 0.99).any()
    trace_span.Replay(built, 1, built.paths()["span_uid"][::9])          # raises where a year or the rows differ


def test_several_spans_together_are_the_same_as_alone(toy, replay):
    uid = replay.state.spans.uid[2]
    assert same_rows(replay.state, trace_span.Replay(toy, 1, [uid]).state)


@pytest.mark.parametrize("name", ["wage", "delivered", "offer", "expected_wage", "dividend"])
def test_changed_paths_are_seen(toy, tmp_path, name):
    """Also those that few read: each is raised by a tenth in one year, everywhere."""
    def change(paths):
        paths[name][6] += 20 if name == "offer" else paths[name][6] / 10
    changed = doctored(toy, tmp_path, change)
    with pytest.raises(VerificationError, match="2025 lived again.*has been changed") as seen:
        trace_span.Replay(changed, 1, toy.paths()["span_uid"][:4])
    assert seen.value.exit_code == 4


def test_rows_that_differ_in_the_end_only_are_seen(toy, tmp_path):
    changed = doctored(toy, tmp_path, lambda paths: paths["span_rows"].__setitem__(0, 1))
    with pytest.raises(VerificationError, match="2029"):
        trace_span.Replay(changed, 1, toy.paths()["span_uid"][:1])


def test_another_version_of_the_code_is_named(toy, tmp_path, monkeypatch):
    changed = doctored(toy, tmp_path, lambda paths: paths["wage"].__imul__(1.1))
    monkeypatch.setattr(trace_span, "source_hash", lambda: "another")
    with pytest.raises(VerificationError, match="another version of the code"):
        trace_span.Replay(changed, 1, toy.paths()["span_uid"][:1])


def test_runs_without_paths_say_so(tmp_path, capsys):
    fake = fake_cells.write_run(tmp_path, fake_cells.scenario(), seeds=(1,))
    code, _, err = call(capsys, "trace", str(fake.path), "--pick", "exited")
    assert code == 3 and "span_digest" in err and "--force" in err
    (fake.path / "seed-0001" / "paths.npz").write_bytes(b"PK no zip")
    assert call(capsys, "trace", str(fake.path), "--household", "1")[0] == 3


def think_again(now):
    """A behaviour rule from outside: every third household that signed thinks better of it."""
    now.households.signed[(now.households.signed > 0) & (now.uniform(now.households.uid) < now.parameters.third)] = 0


def test_a_behaviour_rule_from_outside_is_lived_again_too(place, tmp_path):
    import sim
    from sim import behaviour_rules
    from sim.declare import Parameter

    rule = BehaviourRule(id="think_again", zh="再想想", en="think again", after="exchange rights", act=think_again, writes={"households": ("signed",)},
                         parameters=(Parameter("third", "share", 0.0, 0.0, 1.0, "D", "assumed", "households that think better of it"),))
    sim.register(rule)
    try:
        (tmp_path / "exits.yaml").write_text(EXITS + "assumptions: {third: 0.34}\n", encoding="utf-8")
        run = ensemble.run(str(tmp_path / "exits.yaml"), households=3_000, seeds="1", years="2019-2024", out=tmp_path / "runs")
        spans = run.paths()["span_uid"]
        trace_span.Replay(run, 1, spans)
    finally:
        behaviour_rules.withdraw("think_again")
    with pytest.raises(DataError, match="think_again"):
        trace_span.Replay(run, 1, spans)


# ---------------------------------------------------------------------------------------------------- what is told
def asked_rows(replay):
    for lived in replay.years:
        hh = lived.asked.households
        yield from ((lived, int(row)) for row in np.flatnonzero(hh.kind == CONTRACT) if trace_rights.asked(lived.asked, row))


def test_every_member_who_comes_or_goes_is_an_event(replay):
    uids = np.unique(replay.years[5].end.households.uid[replay.years[5].end.households.kind != FREE])[::29]
    comes, goes, told = {"born", "arrived", "married_in"}, {"died", "married_away"}, 0
    for uid in uids.tolist():
        years = trace_life.life(replay, uid, tipped=False)
        for before, now in zip(years, years[1:]):
            names = [name for name, _ in now.events]
            assert len(now.members) - len(before.members) == sum(n in comes for n in names) - sum(n in goes for n in names)
            told += len(names)
    assert told > 50


def test_the_four_components_are_the_disposable_income(replay):
    hh = replay.years[-1].end.households
    for row in np.flatnonzero((hh.kind != FREE) & (hh.residence != OUTSIDE))[::11].tolist():
        assert sum(trace_life.components(hh, row).values()) == pytest.approx(float(hh.disposable_income[row]), abs=0.1)


def test_bundles_are_those_of_the_twin_and_the_choice_is_the_best_of_them(replay):
    kinds = set()
    for lived, row in list(asked_rows(replay))[::17]:
        reply = trace_rights.answer(lived, row, replay.state.behaviour)
        moment, t = lived.asked, lived.year - replay.first
        traced = twin_rights.trace(SimpleNamespace(households=moment.households, spans=moment.spans, published=lived.published,
                                                   delivered=replay.paths["delivered"][t]), np.array([row]))
        worth = twin_rights.valuation(traced, replay.state.behaviour, replay.state.population_seed)
        for one, (c, use, share) in zip(reply.bundles, twin_rights.BUNDLES):
            assert one.open == twin_rights.entitled(traced, c, use, share)[0] or one.number == 0
            assert one.gain == pytest.approx(twin_rights.cash_and_gain(traced, worth, c, use, share)[1][0], rel=1e-4, abs=2)
            assert one.gain == pytest.approx(one.paid - one.given_up - one.ties + one.letting, rel=1e-4, abs=2)
        live = [one for one in reply.bundles[1:] if one.open and one.gain >= trace_rights.LEAST]
        best = max((one.value for one in live), default=0.0)
        assert max(best, 0.0) == pytest.approx(reply.bundles[reply.chosen].value if reply.chosen else 0.0, rel=1e-5, abs=1)
        kinds.add(reply.reason)
    assert kinds >= {trace_rights.SIGNED, trace_rights.NOT_DRAWN, trace_rights.TOO_LITTLE, trace_rights.NOT_ENTITLED}


def test_who_signs_is_told_so(replay):
    for lived, row in list(asked_rows(replay))[::29]:
        signed = lived.end.households.signed_year[row] == lived.year
        assert (trace_rights.answer(lived, row, replay.state.behaviour).reason == trace_rights.SIGNED) == signed


# ---------------------------------------------------------------------------------------------------- tipping
def signs(replay, lived, row, rule, value):
    """Does the model's own sweep make the household sign when its village is lived again with a rule at a value and places for all?"""
    delivered, offer = replay.paths["delivered"].copy(), replay.offer.copy()
    span, t = int(lived.asked.households.span[row]), lived.year - replay.first
    delivered[t:, RULE_INDEX[rule], lived.asked.spans.district[span]] = value
    offer[t, span] = 10_000
    return replay.again(lived.year, delivered, offer)[0].end.households.signed[row] > 0


def test_a_tipping_value_tips_and_a_step_less_does_not(replay):
    found = {trace_rights.TOO_LITTLE: 0, trace_rights.SIGNED: 0}
    for lived, row in list(asked_rows(replay))[::11]:
        reply = trace_rights.answer(lived, row, replay.state.behaviour)
        if found.get(reply.reason, 9) >= 2:
            continue
        found[reply.reason] += 1
        tips, tried = trace_rights.tips(replay, lived, row, reply)
        assert {tip.rule for tip in tips} <= set(tried)
        wanted = reply.reason == trace_rights.TOO_LITTLE
        for tip in tips:
            scale, step = owner(tip.rule)[1].scale, 100 if tip.unit == "yuan" else 1
            assert tip.low <= tip.value <= tip.high
            assert signs(replay, lived, row, tip.rule, tip.value * scale) == wanted == tip.says_yes
            assert signs(replay, lived, row, tip.rule, (tip.value + (-step if wanted else step)) * scale) != wanted
    assert min(found.values()) == 2


def test_with_as_many_places_as_its_rank_a_household_is_drawn(replay):
    lived, row, reply = next((lived, row, reply) for lived, row in asked_rows(replay)
                             for reply in [trace_rights.answer(lived, row, replay.state.behaviour)] if reply.reason == trace_rights.NOT_DRAWN)
    (tip,), _ = trace_rights.tips(replay, lived, row, reply)
    assert tip.value == reply.rank > reply.places and tip.signed == lived.year


def test_living_again_leaves_the_years_as_they_were(toy, replay):
    before = replay.years[-1].end.households.deposits.copy()
    lived, row = next(asked_rows(replay))
    signs(replay, lived, row, "plot_price", 400.0)
    assert np.array_equal(before, replay.years[-1].end.households.deposits) and toy.paths()["delivered"][3:, RULE_INDEX["plot_price"]].max() == 160


# ---------------------------------------------------------------------------------------------------- picking, beside
@pytest.mark.parametrize("kind", ["exited", "stayed", "settled"])
def test_what_is_picked_did_that(toy, kind):
    uid, *others = trace.pick(toy, kind)
    story = trace.tell(toy, uid)
    names = [name for year in story.years for name, _ in year.events]
    if kind == "stayed":
        assert {year.answer.reason for year in story.years if year.answer} >= {trace_rights.TOO_LITTLE} and "signed" not in names
    else:
        assert {"exited": "carried_out", "settled": "settled"}[kind] in names
    assert uid not in others and trace.pick(toy, kind) == [uid, *others]


def test_nobody_regrets_where_nobody_exits(calm):
    with pytest.raises(DataError, match="five years after an exit"):
        trace.pick(calm, "regret")


def test_beside_itself_and_beside_another(toy, calm, place):
    story = trace.tell(toy, trace.pick(toy, "exited")[0])
    assert trace.beside(story, toy)[1].year is None
    other, parting = trace.beside(story, calm)
    assert 2021 <= parting.year <= parting.happens <= 2029 and parting.through
    early = [tuple(year for year in one.years if year.year < parting.year) for one in (story, other)]
    assert early[0] == early[1] and early[0]
    small = ensemble.run("baseline", households=2_000, seeds="1", years="2019-2020", out=place / "runs")
    with pytest.raises(IncomparableError):
        trace.beside(story, small)


def test_unknown_households_are_told_what_uids_look_like(toy, capsys):
    number = int(toy.paths()["span_uid"][0]) & ((1 << 30) - 1)
    nobody = (1 << 30) | (number << 13) | 8191
    for uid, words in ((5, "is not part of it. The run has 36 villages"), (nobody, f"no household {nobody} in its village or block. Those of this")):
        code, out, err = call(capsys, "trace", str(toy.path), "--household", str(uid))
        assert (code, out) == (3, "") and words in err


# ---------------------------------------------------------------------------------------------------- the command
def test_the_page_in_both_languages(toy, calm, capsys):
    code, page, _ = call(capsys, "trace", str(toy.path), "--pick", "exited")
    uid = page.split()[1]
    assert code == 0 and page.startswith("Household ") and "bit for bit the same" in page and "It hands over" in page and "decides" in page
    assert f"--household {uid}" in page
    chinese = call(capsys, "trace", str(toy.path), "--household", uid, "--lang", "zh")[1]
    assert chinese.startswith(f"第 {uid} 号户") and "逐位一致" in chinese and "全部保留" in chinese and "trace." not in chinese
    assert max(map(width, chinese.splitlines())) <= 130
    both = call(capsys, "trace", str(toy.path), "--household", uid, "--beside", str(calm.path))[1]
    assert "The two lives part in" in both and "≠" in both


def test_json_fits_its_schema(toy, calm, capsys):
    code, out, _ = call(capsys, "trace", str(toy.path), "--pick", "exited", "--beside", str(calm.path), "--json")
    found = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    assert code == 0 and found["picked"]["kind"] == "exited" and found["beside"]["scenario"] == "baseline"
    assert [year["year"] for year in found["years"]] == list(range(found["years"][0]["year"], found["years"][-1]["year"] + 1))
    jsonschema.validate(json.loads(call(capsys, "trace", str(calm.path), "--pick", "settled", "--json")[1]), SCHEMA)


@pytest.mark.parametrize("words", [("--pick", "rich"), ("--pick", "exited", "--household", "3"), ("--household", "many")])
def test_what_cannot_be_read_is_exit_2(toy, capsys, words):
    assert call(capsys, "trace", str(toy.path), *words)[0] == 2


def test_a_seed_that_is_not_there_is_exit_3(toy, capsys):
    assert call(capsys, "trace", str(toy.path), "--seed", "7", "--pick", "exited")[0] == 3


@given(st.text(alphabet="村里有 a family of people，。（）123", max_size=120), st.integers(24, 60))
def test_wrapped_lines_fit_and_lose_nothing(text, wide):
    lines = wrap(text, wide, "· ", "  ")
    assert "".join(lines).replace(" ", "")[1:] == text.replace(" ", "")
    assert all(width(line) <= max(wide + 2, max((width(word) for word in text.split()), default=0) + 2) for line in lines)
