"""Whatever stands in a scenario file or after `--set`: exit 0 or 3, a sentence with a remedy, no traceback, nothing written.

Files are shipped scenarios spoilt in ways that people, editors and disks spoil them, and plain noise. 25 examples of each, 500 in `make test-deep`.
What was found once stands as a row in tests/bad_files.py or tests/test_bad_input.py.
"""

import contextlib
import io
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from sim.cli import main
from sim.policies.catalogue import levers
from sim.scenario import shipped_folder, shipped_ids

EVERYTHING = """\
# yaml-language-server: $schema=./ronghe-scenario.schema.json
schema: 1
id: keep-rights-2035
extends: [four-instruments, parent.yaml]
title: {zh: 留权不留地强化方案, en: Stronger keep-rights-without-land}
horizon: {start: 2019, end: 2035, report: [2025, 2035]}
levers:
  homestead_withdrawal:
    steps:
      - {from: 2021, districts: all, compensation_yuan_per_m2: 120}
      - from: 2026
        until: 2030
        districts: [jiutai, 永吉县]
        compensation_yuan_per_m2: 200
        ramp_years: 3
  keep_rights_without_land:
    steps_append: [{from: 2026, districts: [jiutai], preset: plan, compensation_share_percent: 90}]
off: [collateral_loans]
delivery: {rate_percent_per_year: 100}
assumptions: {migration_elasticity: 2.0}
run: {households: 20000, seeds: '1,2,5-9', population_seed: 1}
"""
PARENT = "schema: 1\nid: parent\nlevers:\n  combined_exit:\n    steps: [{from: 2022, districts: changchun, allowed: true}]\n"
TEXTS = [EVERYTHING, PARENT, *((shipped_folder() / f"{name}.yaml").read_text(encoding="utf-8") for name in shipped_ids())]
WORDS = sorted({*re.findall(r"\w+", EVERYTHING), *levers(), *(name for lever in levers().values() for name in lever.by_name)})
VALUES = [
    "", "~", "null", "true", "no", "on", "0", "-1", "1e400", "-0.0", ".nan", ".inf", "012", "0x1F", "1_000", "1:30", "30%", "5万", "４０",
    "2019", "2050", "2051", "2021-01-01", "9" * 400, "all", "jiutai", "[]", "{}", "[[]]", "{a: {b: [c]}}", "'", '"', "'a'", '"\\ud800"',
    '"\\0"', "&a x", "*a", "!!int 3", "!x", "|", ">-", "[1, 2", "{a", "]", "}", ":", "：", "，", "- - -", "? x", "<<", "---", "...",
    "%YAML 1.1", "@", "`", "#", "baseline", "plan.yaml", "parent.yaml", "../x.yaml",
]  # fmt: skip
PIECES = [
    "\t", "\r", "\n", "\n\n", " ", "  ", "\x00", "\x1b[31m", "\x85", "\u2028", "\u3000", "\u200b", "\ufeff", "\ud7ff", "\U0001f600",
    "：", "\xa0", "e\u0301",
]  # fmt: skip


@st.composite
def spoilt(draw, text=None):
    """The bytes of a scenario after one to four accidents."""
    data = (draw(st.sampled_from(TEXTS)) if text is None else text).encode("utf-8")
    for _ in range(draw(st.integers(1, 4))):
        data = draw(st.sampled_from(ACCIDENTS))(draw, data)
    return data


def a_line(draw, lines):
    return draw(st.integers(0, len(lines) - 1))


def lose_a_line(draw, data):
    lines = data.split(b"\n")
    del lines[a_line(draw, lines)]
    return b"\n".join(lines)


def repeat_a_line(draw, data):
    lines = data.split(b"\n")
    lines.insert(a_line(draw, lines), lines[a_line(draw, lines)])
    return b"\n".join(lines)


def swap_two_lines(draw, data):
    lines = data.split(b"\n")
    first, second = a_line(draw, lines), a_line(draw, lines)
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def indent_a_line(draw, data):
    lines = data.split(b"\n")
    at = a_line(draw, lines)
    lines[at] = b" " * draw(st.integers(0, 9)) + lines[at].lstrip()
    return b"\n".join(lines)


def change_a_value(draw, data):
    places = list(re.finditer(rb"(?<=[:\[,] )[^\s,\]}]+|(?<=- )\S+", data))
    return change(draw, data, places, VALUES + WORDS)


def change_a_name(draw, data):
    return change(draw, data, list(re.finditer(rb"[A-Za-z_]\w*(?=:)", data)), WORDS + VALUES)


def change(draw, data, places, others):
    if not places:
        return data
    place = draw(st.sampled_from(places))
    return data[: place.start()] + draw(st.sampled_from(others)).encode("utf-8") + data[place.end() :]


def insert_a_piece(draw, data):
    at = draw(st.integers(0, len(data)))
    piece = draw(st.one_of(st.sampled_from(PIECES + VALUES), st.text(max_size=4)))
    return data[:at] + piece.encode("utf-8") + data[at:]


def insert_bytes(draw, data):
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.binary(max_size=6)) + data[at + draw(st.integers(0, 6)) :]


def cut_short(draw, data):
    return data[: draw(st.integers(0, len(data)))]


def lose_a_piece(draw, data):
    at = draw(st.integers(0, len(data)))
    return data[:at] + data[at + draw(st.integers(1, 40)) :]


def write_otherwise(draw, data):
    return data.decode("utf-8", "replace").encode(draw(st.sampled_from(["gbk", "utf-16", "utf-8-sig", "utf-16-le", "big5"])), "replace")


ACCIDENTS = [lose_a_line, repeat_a_line, swap_two_lines, indent_a_line, change_a_value, change_a_name, insert_a_piece, insert_bytes,
             cut_short, lose_a_piece, write_otherwise]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working folder for all examples, with a scenario that others extend."""
    with pytest.MonkeyPatch.context() as patch:
        here = tmp_path_factory.mktemp("fuzz")
        patch.chdir(here)
        patch.setenv("XDG_CACHE_HOME", str(here.parent / "fuzz-cache"))
        (here / "parent.yaml").write_text(PARENT, encoding="utf-8")
        yield here


def call(*words):
    """(exit code, stdout, stderr) of a command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(words))
    return code, out.getvalue(), err.getvalue()


def check(folder, data, *more, language="en"):
    """Every command that reads a scenario agrees on whether it is one; each problem has a sentence and a remedy; nothing is written."""
    (folder / "plan.yaml").write_bytes(data)
    before = sorted(path.name for path in folder.iterdir())
    code, out, err = call("validate", "plan.yaml", "--json", "--lang", language, *more)
    assert code in (0, 3) and err == "", err
    [found] = json.loads(out)["files"]
    assert found["ok"] == (code == 0) == (not found["errors"])
    for problem in (*found["errors"], *found["warnings"]):
        assert problem["message"] and problem["hint"] and problem["code"], problem
    commands = [("validate", "plan.yaml", *more), ("explain", "plan.yaml", *more), ("run", "plan.yaml", "--dry-run", *more)]
    for words in [*commands, *([] if more else [("diff", "plan.yaml", "baseline")])]:
        again, out, err = call(*words, "--lang", language)
        assert again == code and "Traceback" not in out + err, (words, again, out, err)
        assert (out if words[0] == "validate" else err) or code == 0
    assert sorted(path.name for path in folder.iterdir()) == before


examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


@examples
@given(data=spoilt(), language=st.sampled_from(["zh", "en"]))
def test_spoilt_scenarios(folder, data, language):
    check(folder, data, language=language)


@examples
@given(data=spoilt(PARENT))
def test_a_spoilt_parent(folder, data):
    (folder / "parent.yaml").write_bytes(data)
    try:
        check(folder, EVERYTHING.encode("utf-8"))
    finally:
        (folder / "parent.yaml").write_text(PARENT, encoding="utf-8")


@examples
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_noise(folder, data):
    check(folder, data)


NAMES = st.sampled_from([*WORDS, *VALUES])
SETTINGS = st.one_of(
    st.text(max_size=30),
    st.builds("{}.{}={}".format, NAMES, NAMES, st.sampled_from(VALUES)),
    st.builds("{}.{}@{}:{}={}".format, NAMES, NAMES, NAMES, NAMES, st.sampled_from(VALUES)),
    st.builds("homestead_withdrawal.grant_percent@{}:{}={}".format, st.integers(2010, 2060), NAMES, st.integers(-10, 110)),
    st.builds("assumptions.migration_elasticity={}".format, st.one_of(st.floats(), st.sampled_from(VALUES))),
)


@examples
@given(setting=SETTINGS)
def test_spoilt_settings(folder, setting):
    check(folder, EVERYTHING.encode("utf-8"), f"--set={setting}")
