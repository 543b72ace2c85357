"""The commands around runs, on made-up cells: what they print, their JSON against the shipped schemas, their exit codes."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import fake_cells
import jsonschema
import numpy as np
import pandas as pd
import pytest

from sim.cli import main
from sim.places import DISTRICTS

SCHEMAS = Path(__file__).parents[1] / "sim" / "schemas"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A folder with two scenarios, a made-up model and keys that need no evidence."""
    monkeypatch.setitem(sys.modules, "sim.simulation", SimpleNamespace(Simulation=fake_cells.Simulation))
    monkeypatch.setattr("sim.identity.evidence_hash", lambda: "e")
    monkeypatch.setattr("sim.identity.source_hash", lambda root=None: "s")
    monkeypatch.setenv("RONGHE_LANG", "en")
    monkeypatch.chdir(tmp_path)
    for id, title, levers in (
        ("baseline-mine", "照旧", ""),
        ("reform", "改革", "levers:\n  homestead_withdrawal:\n    steps: [{from: 2021, districts: all, preset: plan}]\n"),
        ("fails-on-3", "出错", "delivery: {rate_percent_per_year: 50}\n"),
    ):
        text = f"schema: 1\nid: {id}\ntitle: {{zh: {title}, en: {id.capitalize()}}}\n{levers}"
        (tmp_path / f"{id}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def call(capsys, *words):
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def answer(capsys, schema, *words):
    """The JSON of a command, valid against its schema."""
    code, out, _ = call(capsys, *words)
    found = json.loads(out)
    jsonschema.validate(found, json.loads((SCHEMAS / f"{schema}.json").read_text()))
    return code, found


ONE = ("--jobs", "1")  # in this process: others would not see the made-up model
RUN = (*ONE, "--seeds", "3")


def test_run_computes_once_and_says_so(capsys):
    code, first = answer(capsys, "run", "run", "reform.yaml", *RUN, "--json")
    assert code == 0 and first["runs"][0]["cached"] is False and first["runs"][0]["seeds"] == [1, 2, 3]
    assert first["runs"][0]["households"] == 60_000 and first["runs"][0]["scenario"] == "reform"
    code, again = answer(capsys, "run", "run", "reform.yaml", *RUN, "--json")
    assert again["runs"][0]["cached"] is True and again["runs"][0]["digest"] == first["runs"][0]["digest"]
    assert call(capsys, "run", "reform.yaml", *RUN)[1].startswith("cached ")
    assert call(capsys, "run", "reform.yaml", *RUN, "--force")[1].startswith("computed ")


def test_no_progress_bar_where_there_is_no_terminal(capsys):
    code, out, err = call(capsys, "run", "reform.yaml", *RUN)
    assert code == 0 and "\r" not in out + err and "\x1b" not in out + err and "computed" in err
    assert call(capsys, "run", "reform.yaml", *RUN, "--quiet", "--force")[2] == ""


def test_dry_run_computes_nothing(capsys, place):
    code, found = answer(capsys, "plan", "run", "reform.yaml", *RUN, "--dry-run", "--json")
    assert code == 0 and found["plans"][0]["missing"] == [1, 2, 3] and not (place / "runs").exists()
    assert "3 to compute" in call(capsys, "run", "reform.yaml", *RUN, "--dry-run")[1]


def test_set_changes_the_cell(capsys):
    _, plain = answer(capsys, "run", "run", "reform.yaml", *RUN, "--json")
    _, changed = answer(capsys, "run", "run", "reform.yaml", *RUN, "--json", "--set", "homestead_withdrawal.compensation_yuan_per_m2=150")
    assert plain["runs"][0]["id"] != changed["runs"][0]["id"]


def test_a_failed_seed_is_exit_5_and_the_other_scenario_is_computed(capsys):
    code, out, err = call(capsys, "run", "fails-on-3.yaml", "reform.yaml", *RUN)
    assert code == 5 and "seeds 3 failed" in err and "log.jsonl" in err and "Reform" in out


@pytest.mark.parametrize(
    "words, code",
    [
        (("run", "nowhere"), 3),
        (("run", "reform.yaml", "--seeds", "x"), 3),
        (("run", "reform.yaml", "--households", "5"), 3),
        (("run", "reform.yaml", "--years", "2030-2035"), 3),
        (("run", "reform.yaml", "--snapshot", "soon"), 3),
        (("run", "reform.yaml", "--snapshot", "2040"), 3),
        (("compare", "reform.yaml", "baseline-mine.yaml", "--format", "pdf"), 2),
        (("compare", "reform.yaml", "baseline-mine.yaml", "--format", "xlsx"), 2),
        (("compare", "reform.yaml", "baseline-mine.yaml", "--at", "2040"), 3),
        (("compare", "reform.yaml", "baseline-mine.yaml", "--by", "street"), 2),
        (("runs", "show", "nowhere"), 3),
        (("report", "nowhere"), 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_exit_codes(capsys, words, code):
    found, out, err = call(capsys, *words, *(RUN if words[0] == "compare" else ()))
    assert found == code and out == "" and err


def test_compare_as_table_shows_both_years_ranges_and_reading(capsys):
    code, out, _ = call(capsys, "compare", "baseline-mine.yaml", "reform.yaml", *RUN)
    assert code == 0
    assert "2025: Reform against Baseline-mine" in out and "2035: Reform against Baseline-mine" in out
    line = next(text for text in out.splitlines() if text.startswith("Urban-rural income ratio"))
    assert "-0.018" in line and "better" in line
    assert "Districts' cost per homestead withdrawn" in out and "3 seeds, differences paired by seed" in out
    chinese = call(capsys, "compare", "baseline-mine.yaml", "reform.yaml", *RUN, "--lang", "zh")[1]
    assert "城乡居民收入比" in chinese and "改善" in chinese


def test_a_year_outside_is_refused_before_anything_is_computed(capsys, place):
    wanted = ("compare", "baseline-mine.yaml", "reform.yaml", *ONE, "--at", "2025,2045", "--seeds", "7,")
    code, _, said = call(capsys, *wanted, "--out", "untouched", "--lang", "en")
    assert code == 3 and "2045 is outside the simulated years 2019-2035" in said and not (place / "untouched").exists()
    code, _, said = call(capsys, *wanted, "--out", "untouched", "--years", "2019-2024", "--lang", "zh")
    assert code == 3 and "2025, 2045 不在推演年份 2019-2024 之内" in said and not (place / "untouched").exists()


def test_compare_as_json(capsys):
    code, found = answer(capsys, "compare", "compare", "baseline-mine.yaml", "reform.yaml", *RUN, "--json", "--at", "2030")
    assert code == 0 and found["reference"] == found["runs"][0]["id"] and {row["year"] for row in found["rows"]} == {2030}
    by = answer(capsys, "compare", "compare", "baseline-mine.yaml", "reform.yaml", *RUN, "--json", "--by", "decile")[1]
    assert {row["group"] for row in by["rows"]} == {f"decile {k}" for k in range(1, 11)}


def test_not_distinguishable_is_said_in_every_output(capsys, place):
    (place / "tiny.yaml").write_text("schema: 1\nid: tiny\nassumptions: {}\ndelivery: {rate_percent_per_year: 40}\n")
    few = ("compare", "baseline-mine.yaml", "tiny.yaml", *RUN)
    assert "too few seeds" in call(capsys, *few)[1] and "种子太少" in call(capsys, *few, "--by", "decile", "--lang", "zh")[1]
    base = (*few, "--seeds", "4")
    assert "not distinguishable" in call(capsys, *base)[1]
    assert "not distinguishable" in call(capsys, *base, "--format", "md")[1]
    assert "不能分辨" in call(capsys, *base, "--by", "decile", "--lang", "zh")[1]
    rows = json.loads(call(capsys, *base, "--json")[1])["rows"]
    assert any(not difference["distinguishable"] for row in rows for difference in row["differences"].values())
    assert "False" in call(capsys, *base, "--format", "csv")[1]


def test_files_by_their_name(capsys, place):
    base = ("compare", "baseline-mine.yaml", "reform.yaml", *RUN, "-o")
    for name in ("a.csv", "a.md", "a.json"):
        code, out, _ = call(capsys, *base, name)
        assert code == 0 and out == "" and (place / name).stat().st_size > 1000
    assert (place / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf") and "**2025" in (place / "a.md").read_text()


def sheet_of(path, name):
    """(heads, {first cells of a row: its values}, sheet) of a sheet whose heads stand in row 4."""
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(path)[name]
    head, *rows = sheet.iter_rows(min_row=4, values_only=True)
    return head, rows, sheet


def test_workbook_holds_the_table_on_its_reading_scale_with_the_districts_in_order(capsys, place):
    base = ("compare", "baseline-mine.yaml", "reform.yaml", *RUN)
    assert call(capsys, *base, "-o", "a.xlsx", "--lang", "zh")[0] == 0
    head, rows, sheet = sheet_of(place / "a.xlsx", "2035")
    assert sheet.parent.sheetnames == ["2025", "2035", "来源与说明"] and sheet.freeze_panes == "B5"
    assert sheet["A1"].value == "2035年：改革与照旧" and "3 个随机种子" in sheet["A2"].value
    assert head[:8] == ("指标（单位）", "照旧", "改革", "差", "差的最小值", "差的最大值", "种子数", "判断")
    assert list(head[8:]) == [d.zh for d in DISTRICTS] and sheet.column_dimensions["A"].width >= 30
    found = {row[0]: row for row in rows}
    loans = found["农户贷款余额（亿元）"]
    assert 60 < loans[1] < 120 and "累计政策财政支出（亿元）" in found and "进城落户人口（万人）" in found
    ratio = found["城乡居民收入比"]
    assert ratio[3] == pytest.approx(ratio[2] - ratio[1]) and all(isinstance(value, float) for value in ratio[8:])
    tidy = {(r["indicator"], r["sector"]): r for r in json.loads(call(capsys, *base, "--json", "--at", "2035")[1])["rows"]}
    reference, other = tidy["loans_outstanding_yuan", "all"]["values"].values()
    assert loans[1] * 1e8 == pytest.approx(reference) and loans[2] * 1e8 == pytest.approx(other)  # the same numbers as --json
    printed = call(capsys, *base, "--at", "2035", "--lang", "zh")[1]
    line = next(text for text in printed.splitlines() if text.startswith("农户贷款余额"))
    assert line.split()[2] == f"{loans[1]:,.2f}" and sheet.cell(5 + rows.index(loans), 2).number_format == "#,##0.00"  # and digits as the table


def test_workbook_in_english_and_of_groups(capsys, place):
    base = ("compare", "baseline-mine.yaml", "reform.yaml", *RUN)
    call(capsys, *base, "-o", "b.xlsx", "--lang", "en")
    head, rows, sheet = sheet_of(place / "b.xlsx", "2025")
    assert [d.en for d in DISTRICTS] == list(head[8:]) and sheet.parent.sheetnames[-1] == "Sources"
    assert 5000 < next(row for row in rows if row[0] == "Rural loans outstanding (million yuan)")[1] < 10_000
    call(capsys, *base, "-o", "c.xlsx", "--by", "decile", "--lang", "en")
    head, rows, _ = sheet_of(place / "c.xlsx", "2025")
    assert head[0] == "Group" and [row[0] for row in rows][:2] == ["poorest tenth", "group 2"] and len(rows) == 10
    call(capsys, *base, "-o", "d.xlsx", "--by", "district", "--lang", "en")
    head, rows, _ = sheet_of(place / "d.xlsx", "2025")
    assert [row[0] for row in rows if row[1] == "Urban-rural income ratio"] == [d.en for d in DISTRICTS]


def test_workbook_of_one_and_of_three(capsys, place):
    call(capsys, "compare", "reform.yaml", *RUN, "-o", "one.xlsx", "--lang", "en")
    head, rows, _ = sheet_of(place / "one.xlsx", "2025")
    assert head[:3] == ("Indicator (unit)", "Reform", DISTRICTS[0].en) and rows[0][1] > 1
    (place / "third.yaml").write_text("schema: 1\nid: third\ntitle: {en: '=1+1'}\ndelivery: {rate_percent_per_year: 40}\n")
    call(capsys, "compare", "baseline-mine.yaml", "reform.yaml", "third.yaml", *RUN, "-o", "three.xlsx", "--lang", "en")
    head, rows, sheet = sheet_of(place / "three.xlsx", "2025")
    assert head[0] == "Scenario" and {row[0] for row in rows} == {"Reform", "=1+1"}
    assert {cell.data_type for cell in sheet["A"] if cell.value == "=1+1"} == {"s"}  # a title is no formula


def test_run_folders_can_be_named(capsys):
    _, found = answer(capsys, "run", "run", "baseline-mine.yaml", "reform.yaml", *RUN, "--json")
    a, b = found["runs"]
    assert call(capsys, "compare", a["path"], b["id"])[0] == 0
    code, out, err = call(capsys, "compare", a["path"], "reform.yaml", "--households", "20000", *RUN)
    assert code == 3 and "households" in err


def test_runs_list_show_rm(capsys):
    code, out, err = call(capsys, "runs", "list")
    assert code == 0 and out == "" and err
    call(capsys, "run", "reform.yaml", *RUN)
    _, found = answer(capsys, "run", "runs", "list", "--json")
    id = found["runs"][0]["id"]
    assert id in call(capsys, "runs", "list")[1]
    _, shown = answer(capsys, "run-show", "runs", "show", id, "--json")
    assert shown["manifest"]["levers"][0]["id"] == "homestead_withdrawal" and shown["checks"]["1"]["fit"] is None
    assert id in call(capsys, "runs", "show", id)[1]
    assert call(capsys, "runs", "rm", id)[0] == 2  # nobody there to say yes
    assert call(capsys, "runs", "rm", id, "--yes")[0] == 0
    assert call(capsys, "runs", "show", id)[0] == 3


def test_fit_and_verify_hand_on_what_the_studies_find(capsys, monkeypatch):
    table = pd.DataFrame([("population", 3.33e6, 3.331e6, float("nan"))], columns=["target", "evidence", "simulated", "z"])
    monkeypatch.setitem(sys.modules, "sim.study.fit", SimpleNamespace(fit_table=lambda run: table))
    assert answer(capsys, "fit", "fit", "--json")[1]["rows"][0]["z"] is None
    assert "3,330,000" in call(capsys, "fit")[1]
    checks = [{"name": "ledger", "passed": True, "detail": "17 years"}, {"name": "placebo", "passed": False, "detail": "moved"}]
    monkeypatch.setitem(sys.modules, "sim.study.verify", SimpleNamespace(verify=lambda file: checks))
    code, found = answer(capsys, "verify", "verify", "reform.yaml", "--json")
    assert code == 4 and found["ok"] is False
    checks[1]["passed"] = True
    checks.append({"name": "locality", "passed": None, "detail": "nobody moved"})
    code, found = answer(capsys, "verify", "verify", "reform.yaml", "--json")
    assert code == 0 and found["ok"] is True and found["checks"][2]["passed"] is None
    assert "not tested  locality" in call(capsys, "verify", "reform.yaml")[1]


def test_doctor(capsys, monkeypatch):
    code, found = answer(capsys, "doctor", "doctor", "--json")
    assert {"Python", "numba", "mesa"} <= {check["what"] for check in found["checks"]}
    assert code == max((c["exit_code"] for c in found["checks"] if c["needed"] and not c["ok"]), default=0)
    monkeypatch.setattr("sim.cli.doctor.NEEDED", ("a-package-that-nobody-has",))
    code, out, _ = call(capsys, "doctor")
    assert code == 6 and "pip install a-package-that-nobody-has" in out


# ---------------------------------------------------------------------------------------------------- where numbers come from
def cell(place, seed, name):
    return next((place / "runs").glob(f"*/seed-{seed:04d}/{name}"))


def test_reproduce_finds_the_same_numbers_and_leaves_nothing_behind(capsys, place, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(place / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (place / "temporary").mkdir()
    id = answer(capsys, "run", "run", "reform.yaml", *RUN, "--json")[1]["runs"][0]["id"]
    code, found = answer(capsys, "reproduce", "reproduce", id, *ONE, "--json")
    assert code == 0 and found["same"] and found["same_sources"] and [one["seed"] for one in found["cells"]] == [1, 2, 3]
    code, out, err = call(capsys, "reproduce", id, *ONE, "--seeds", "2,")
    assert code == 0 and out.startswith("same       seed 2") and "NOTE" not in err
    assert not list((place / "temporary").iterdir())


@pytest.mark.parametrize("name, table", [("indicators.parquet", "indicators"), ("accounts.parquet", "accounts"), ("paths.npz", "paths")])
def test_reproduce_sees_a_table_changed_by_hand(capsys, place, name, table):
    id = answer(capsys, "run", "run", "reform.yaml", *RUN, "--json")[1]["runs"][0]["id"]
    path = cell(place, 2, name)
    if name.endswith(".npz"):
        np.savez_compressed(path, district_wage=np.full((17, 9), 42001.0))
    else:
        frame = pd.read_parquet(path)
        frame.iloc[0, -1 if table == "accounts" else -2] += 1.0
        frame.to_parquet(path, index=False)
    code, found = answer(capsys, "reproduce", "reproduce", id, *ONE, "--json")
    assert code == 4 and not found["same"] and {c["seed"]: c["tables"] for c in found["cells"]} == {1: [], 2: [table], 3: []}
    code, out, _ = call(capsys, "reproduce", id, *ONE)
    assert code == 4 and f"tables that differ: {table}" in out and "1 of 3 cells differ" in out


def test_reproduce_with_other_code_says_so_and_names_both_digests(capsys, monkeypatch):
    id = answer(capsys, "run", "run", "reform.yaml", *RUN, "--json")[1]["runs"][0]["id"]
    monkeypatch.setattr("sim.identity.source_hash", lambda root=None: "other")
    other = type("Other", (fake_cells.Simulation,), {"result": lambda self: fake_cells.Simulation.result(self)._replace(digest="f" * 64)})
    monkeypatch.setitem(sys.modules, "sim.simulation", SimpleNamespace(Simulation=other))
    code, out, err = call(capsys, "reproduce", id, *ONE)
    assert code == 4 and "NOTE: this is other code" in err and "now ffffffffffffffff" in out
    found = answer(capsys, "reproduce", "reproduce", id, *ONE, "--json")[1]
    assert not found["same_sources"] and found["cells"][0]["then"] != found["cells"][0]["now"] == "f" * 64


def test_reproduce_refuses_a_record_that_was_changed(capsys, place):
    id = answer(capsys, "run", "run", "reform.yaml", *RUN, "--json")[1]["runs"][0]["id"]
    path = place / "runs" / id / "scenario.resolved.yaml"
    path.write_text(path.read_text().replace("rate_percent_per_year: 100", "rate_percent_per_year: 30"))
    code, out, err = call(capsys, "reproduce", id, *ONE)
    assert code == 3 and out == "" and "delivery_rate_percent" in err


def test_cite_names_version_commit_and_the_run(capsys, monkeypatch):
    code, found = answer(capsys, "cite", "cite", "--json")
    assert code == 0 and found["run"] is None and f"version = {{{found['version']}}}" in found["bibtex"]
    id = answer(capsys, "run", "run", "reform.yaml", *RUN, "--json")[1]["runs"][0]["id"]
    code, out, err = call(capsys, "cite", id)
    assert code == 0 and "cff-version" in out and f"run {id}, key {id.split('-')[-1]}" in out and err == ""
    run = answer(capsys, "cite", "cite", id, "--json")[1]["run"]
    assert run["key"].startswith(id.split("-")[-1]) and run["seeds"] == [1, 2, 3] and run["same_sources"]
    monkeypatch.setattr("sim.identity.source_hash", lambda root=None: "other")
    assert "made by other code" in call(capsys, "cite", id)[2]


def test_cite_without_its_file_says_what_to_do(capsys, monkeypatch, place):
    monkeypatch.setattr("sim.shipped_files.shipped", lambda: place)
    code, out, err = call(capsys, "cite")
    assert code == 3 and "CITATION.cff" in err and "Install ronghe again" in err


def test_an_installed_ronghe_does_not_name_the_commit_of_a_repository_around_it(monkeypatch, place):
    from sim.study import provenance

    monkeypatch.setattr(provenance, "__file__", str(place / "lib" / "sim" / "study" / "provenance.py"))
    assert provenance.git_state() == {"commit": None, "date": None, "dirty": None}


# ---------------------------------------------------------------------------------------------------- other outputs
def test_report_of_run_folders(capsys, place):
    _, found = answer(capsys, "run", "run", "baseline-mine.yaml", "reform.yaml", *RUN, "--json")
    pytest.importorskip("docx")
    code, out, _ = call(capsys, "report", *(one["path"] for one in found["runs"]), "-o", "b.html", "--docx", "b.docx", "--lang", "zh", "--jobs", "1")
    assert code == 0 and out.split() == ["b.html", "b.docx"]
    assert '<html lang="zh-CN">' in (place / "b.html").read_text(encoding="utf-8") and (place / "b.docx").stat().st_size > 10_000


def test_help_is_light():
    program = (
        "import sys; from sim.cli import main; main(['run', '--help']);"
        "assert not {'pandas', 'numba', 'mesa', 'plotly', 'pyarrow'} & set(sys.modules), set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_schemas_are_schemas():
    for path in SCHEMAS.glob("*.json"):
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))
