"""The command line's inputs side: languages, exit codes, JSON, what is imported, and what is written where."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import sim
from sim import cli, errors
from sim.cli import inputs, show
from sim.scenario import load, shipped_folder, shipped_ids
from sim.scenario_schema import scenario_schema
from sim.scenario_text import read

ROOT = Path(sim.__file__).resolve().parents[1]
HEAVY = ("mesa", "numba", "pandas", "plotly")


@pytest.fixture(autouse=True)
def _quiet_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("RONGHE_LANG", raising=False)


@pytest.fixture
def ronghe(capsys):
    """Run a command line: (exit code, stdout, stderr)."""

    def run(*line):
        code = cli.main(list(line))
        out, err = capsys.readouterr()
        return code, out, err

    return run


def child(*line, **environment):
    """The same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "import sys; from sim.cli import main; sys.exit(main())", *line],
        capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, timeout=600,
    )  # fmt: skip


# Language


@pytest.mark.parametrize("line", [["--lang", "zh", "--help"], ["--help", "--lang=zh"]])
def test_help_in_chinese_anywhere_on_the_line(ronghe, line):
    code, out, _ = ronghe(*line)
    assert code == 0 and "检查情景文件，一次列出全部问题。" in out and "显示帮助" in out and "选项" in out


def test_help_in_english_and_by_environment(ronghe, monkeypatch):
    assert "Check scenario files; all problems at once." in ronghe("--help")[1]
    assert "Only this lever." in ronghe("levers", "-h")[1]
    monkeypatch.setenv("RONGHE_LANG", "zh")
    assert "只看一个政策工具" in ronghe("levers", "--help")[1]


def test_every_help_text_is_a_sentence_in_both_languages(ronghe):
    for code in ("zh", "en"):
        names = ("init", "levers", "clauses", "validate", "explain", "diff", "schema", "schedule")
        out = "".join(ronghe(name, "--help", "--lang", code)[1] for name in names)
        assert "cli." not in out and "Show this message" not in out


def test_unknown_language(ronghe):
    assert ronghe("levers", "--lang", "fr") == (2, "", "--lang: there is no language 'fr'. Write zh or en.\n")


def test_chinese_is_written_as_utf8_on_any_locale():
    done = child("levers", "--lang", "zh", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "宅基地自愿有偿退出" in done.stdout


# Usage


@pytest.mark.parametrize(("line", "message"), [
    (["lever"], "ronghe: there is no command 'lever'. Did you mean levers?"),
    (["levers", "--jsn"], "ronghe levers: there is no option '--jsn'. Did you mean --json?"),
    (["validate"], "ronghe validate: FILES is missing. Try ronghe validate --help."),
    (["runs", "lst"], "ronghe runs: there is no command 'lst'. Did you mean list?"),
    (["run", "baseline", "--jobs", "-1"], "ronghe run: --jobs must be at least 0. Try ronghe run --help."),
    (["run", "baseline", "--jobs", "-1", "--lang", "zh"], "ronghe run: --jobs 不能小于 0。用 ronghe run --help 查看用法。"),
    (["dashboard", "--port", "70000"], "ronghe dashboard: --port must be at most 65535. Try ronghe dashboard --help."),
    (["run", "baseline", "--quiet=3"], "ronghe: --quiet takes no value. Try ronghe --help."),
    (["explain", "baseline", "--at", "soon"], "ronghe explain: --at needs a whole number. Try ronghe explain --help."),
    (["explain", "baseline", "--at"], "ronghe: --at needs a value. Try ronghe --help."),
    (["explain", "baseline", "more"], "ronghe explain: more is too much. Try ronghe explain --help."),
    (["explain", "baseline", "--at", "soon", "--lang", "zh"], "ronghe explain: --at 应为整数。用 ronghe explain --help 查看用法。"),
])  # fmt: skip
def test_usage_errors_are_one_line_and_exit_2(ronghe, line, message):
    code, out, err = ronghe(*line)
    assert (code, out, err) == (2, "", message + "\n")


def test_version(ronghe):
    code, out, _ = ronghe("--version")
    assert code == 0 and out.startswith("ronghe ") and len(out.split()) == 2


# Validate


def test_validate(ronghe, tmp_path):
    (tmp_path / "bad.yaml").write_text("schema: 1\nid: my-plan\nextra: 1\n", encoding="utf-8")
    code, out, err = ronghe("validate", "four-instruments", "bad.yaml")
    assert code == 3 and err == ""
    assert out.splitlines() == [
        "four-instruments: ok (6 levers, 2019-2035)",
        "bad.yaml:3:1: there is no field called 'extra'. Known: schema, id, extends, title, horizon, levers, off, delivery, assumptions, run.",
        "bad.yaml: problems found: 1",
    ]
    code, out, _ = ronghe("validate", "bad.yaml", "--json")
    assert code == 3
    assert json.loads(out) == {"schema_version": 1, "files": [{"file": "bad.yaml", "ok": False, "warnings": [], "errors": [{
        "file": "bad.yaml", "line": 3, "column": 1, "path": "extra", "code": "unknown-key",
        "message": "there is no field called 'extra'.",
        "hint": "Known: schema, id, extends, title, horizon, levers, off, delivery, assumptions, run."}]}]}  # fmt: skip


def test_validate_with_settings_and_warnings(ronghe):
    code, out, _ = ronghe("validate", "baseline", "--set", "collateral_loans.house_ltv_percent=50")
    assert code == 0 and "warning: Loans on rural property rights: house_ltv_percent has no effect without" in out
    code, out, _ = ronghe("validate", "baseline", "--set", "collateral_loans.house_ltv_percent=61")
    assert code == 3 and "Allowed: 0 to 60 percent." in out


def test_every_shipped_scenario_is_valid(ronghe):
    assert ronghe("validate", *shipped_ids())[0] == 0


# Levers, clauses, schema, schedule


def test_levers_json(ronghe):
    found = json.loads(ronghe("levers", "--json")[1])
    assert found["schema_version"] == 1 and [one["id"] for one in found["levers"]][0] == "homestead_withdrawal"
    for one in found["levers"]:
        assert set(one) == {"id", "title", "group", "clauses", "watch", "parameters"} and one["title"]["zh"] and one["title"]["en"]
        for parameter in one["parameters"]:
            assert set(parameter) == {"name", "unit", "base", "plan", "low", "high", "kind", "grade", "source", "words"}
    first = found["levers"][0]["parameters"][0]
    assert first["base"] == {"default": 0.2, "jiutai": 1.0} and (first["plan"], first["low"], first["high"]) == (5.0, 0.0, 30.0)
    jiutai = json.loads(ronghe("levers", "homestead_withdrawal", "--district", "九台区", "--json")[1])
    assert jiutai["levers"][0]["parameters"][0]["base"] == 1.0


def test_levers_table(ronghe):
    out = ronghe("levers", "combined_exit", "--lang", "zh")[1]
    assert "组合式退出" in out and "contract_compensation_percent" in out and "50-400 %" in out
    lines = [line for line in out.splitlines() if "percent  " in line or "---" in line]
    assert {show.width(line.split("terms")[0].split("条件")[0]) for line in lines[1:4]}, "columns are aligned by the width of letters"


def test_clauses(ronghe):
    found = json.loads(ronghe("clauses", "--json")[1])["clauses"]
    assert {"clause", "phrase", "levers", "reason"} == set(found[0])
    assert any(one["levers"] == ["combined_exit"] and one["reason"] is None for one in found)
    assert "(本版本尚未建模)" in ronghe("clauses", "--lang", "zh")[1]


def plain(node):
    """A scenario's nodes as an editor sees them: YAML 1.2 values."""
    if node.is_map:
        return {key: plain(value) for key, value in node.value.items()}
    if node.is_list:
        return [plain(item) for item in node.value]
    if not node.quoted:
        for kind in (json.loads,):
            try:
                return kind(node.value)
            except ValueError:
                pass
    return node.value


def test_the_schema_accepts_what_is_shipped_and_refuses_what_is_not_closed(ronghe, tmp_path):
    schema = json.loads(ronghe("schema")[1])
    assert schema == json.loads(json.dumps(scenario_schema()))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    for name in shipped_ids():
        validator.validate(plain(read(shipped_folder() / f"{name}.yaml", name)[0]))
    good = {"schema": 1, "id": "my-plan", "levers": {"combined_exit": {"steps": [{"from": 2021, "districts": ["永吉县"], "bonus_percent": 6}]}}}
    validator.validate(good)
    for change in ({"extra": 1}, {"id": "我"}, {"schema": 2}, {"levers": {"x": {}}}, {"off": ["x"]}, {"run": {"threads": 2}}, {"horizon": {"start": 2020}},
                   {"levers": {"combined_exit": {"steps": [{"from": 2021, "districts": "all"}]}}}, {"assumptions": {"x": 1}},
                   {"levers": {"combined_exit": {"steps": [{"from": 2021, "districts": "all", "bonus_percent": 31}]}}}):  # fmt: skip
        assert not validator.is_valid({**good, **change}), change
    assert ronghe("schema", "-o", "s.json") == (0, "", "written to s.json\n")
    assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8")) == schema
    code, _, err = ronghe("schema", "-o", "no/s.json")
    assert code in (1, 7) and "cannot be written" in err


def test_schedule(ronghe, monkeypatch):
    class Phase:
        name, doc, reads, writes = "farm", "Land is worked.", ("households.contract_area",), ("households.farm_income",)

    module = type(sys)("sim.schedule")
    module.PHASES = (Phase(),)
    monkeypatch.setitem(sys.modules, "sim.schedule", module)
    assert ronghe("schedule")[1].splitlines() == [
        " 1  farm  Land is worked.", "      reads households.contract_area", "      writes households.farm_income",
    ]  # fmt: skip
    assert json.loads(ronghe("schedule", "--json")[1])["phases"][0]["reads"] == ["households.contract_area"]


# Explain


def test_explain_names_the_line_that_set_each_value(ronghe, tmp_path):
    (tmp_path / "my.yaml").write_text(
        "schema: 1\nid: my-plan\nextends: keep-rights-without-land\nlevers:\n  keep_rights_without_land:\n    steps:\n"
        "      - {from: 2021, districts: jiutai, preset: plan}\n"
        "      - from: 2026\n        districts: all\n        compensation_share_percent: 50\n        ramp_years: 2\n", encoding="utf-8")  # fmt: skip
    found = json.loads(ronghe("explain", "my.yaml", "--json")[1])
    rows = {(one["parameter"], one["district"], one["first_year"]): one for one in found["values"] if one["lever"] == "keep_rights_without_land"}
    assert rows["allowed", "jiutai", 2021]["value"] is True and rows["allowed", "jiutai", 2021]["origin"] == "my.yaml:7"
    assert ("allowed", "yongji", 2021) not in rows
    ramp = rows["compensation_share_percent", "yongji", 2026]
    assert (ramp["value"], ramp["last_year"], ramp["origin"], ramp["base"]) == (70.0, 2026, "my.yaml:10", 90.0)
    assert [(one["districts"], one["nearly_everyone"]) for one in found["keep_rights"]] == [(["jiutai"], True)]
    code, out, _ = ronghe("explain", "my.yaml", "--at", "2030", "--district", "jiutai")
    assert code == 0 and "At these values hardly any family will keep the right." in out and "my.yaml:10" in out
    assert "几乎没有家庭会选择留权" in ronghe("explain", "my.yaml", "--lang", "zh")[1]
    assert "hardly any" not in ronghe("explain", "my.yaml", "--at", "2022")[1]


def test_explain_the_baseline(ronghe):
    assert "Every parameter is at its base." in ronghe("explain", "baseline")[1]
    out = ronghe("explain", "baseline", "--at", "2030", "--district", "jiutai")[1]
    assert "homestead_withdrawal.compensation_yuan_per_m2" in out and "base" in out


def test_explain_an_invalid_file_prints_problems_to_stderr(ronghe):
    code, out, err = ronghe("explain", "basline")
    assert (code, out) == (3, "") and err == "basline: neither a shipped scenario nor a file that exists. Did you mean baseline?\n"


# Init


def test_init_writes_examples_that_validate_and_keeps_what_is_there(ronghe, tmp_path):
    folder = tmp_path / "我的 方案"
    code, out, _ = ronghe("init", str(folder))
    assert code == 0 and "12 files" in out
    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == ".vscode" and "my-four-instruments.yaml" in names and "ronghe-scenario.schema.json" in names
    assert len(list(folder.rglob("*.yaml"))) == 9 and ronghe("validate", *[str(path) for path in folder.rglob("*.yaml")])[0] == 0
    text = (folder / "my-baseline.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=./ronghe-scenario.schema.json\n")
    (folder / "my-baseline.yaml").write_text("mine", encoding="utf-8")
    code, _, err = ronghe("init", str(folder))
    assert code == 0 and "my-baseline.yaml exists and was left as it is." in err
    assert (folder / "my-baseline.yaml").read_text(encoding="utf-8") == "mine"
    (tmp_path / "file").write_text("x")
    assert ronghe("init", "file") == (2, "", "file: this is a file, not a folder. Name another folder.\n")


def test_init_without_permission(ronghe, monkeypatch):
    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_text", refuse)
    name = os.path.join("closed", "ronghe-scenario.schema.json")
    assert ronghe("init", "closed") == (7, "", f"{name}: cannot be written (Permission denied).\n")


# What goes wrong


@pytest.mark.parametrize(("error", "code", "message"), [
    (errors.UsageError("no.", where="--x", hint="Yes."), 2, "--x: no. Yes."),
    (errors.DataError("changed.", file="a.csv", line=3), 3, "a.csv:3: changed."),
    (errors.IncomparableError("other years."), 3, "other years."),
    (errors.LedgerError("money", "jiutai", 1.0, 2021), 4, "2021 jiutai: money does not close: +1 left over."),
    (errors.VerificationError("differs."), 4, "differs."),
    (errors.PartialError("2 of 8 failed.", failed=(3, 4)), 5, "2 of 8 failed."),
    (errors.InstallError("duckdb is missing.", "pip install duckdb"), 6, "duckdb is missing. pip install duckdb"),
    (errors.MachineError("full.", kind="disk", where="runs"), 7, "runs: full."),
    (ModuleNotFoundError("x", name="dash.html"), 6, 'the package dash is missing. Run: pip install "ronghe[dashboard]"'),
    (ModuleNotFoundError("x", name="pyarrow"), 6, 'the package pyarrow is missing. Run: pip install "pyarrow"'),
    (PermissionError(13, "Permission denied", "runs"), 7, "runs: Permission denied. Check disk, permissions or port."),
    (OSError(28, "No space left on device", "runs"), 7, "runs: No space left on device. Check disk, permissions or port."),
    (MemoryError(), 7, "Out of memory. Use fewer --households or --jobs, or a larger machine."),
    (KeyboardInterrupt(), 130, "Interrupted. What was finished is kept; the same command goes on."),
])  # fmt: skip
def test_exit_codes(ronghe, monkeypatch, error, code, message):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(inputs, "_district", fail)
    assert ronghe("levers") == (code, "", message + "\n")


def test_errors_travel_between_processes_whole():
    problem = errors.Problem("a.yaml", 3, 1, "x", "unknown-key", "no.", "Yes.")
    for error in (errors.ScenarioError([problem]), errors.LedgerError("money", "jiutai", 1.0, 2021), errors.PartialError("2 failed.", failed=(3, 4)),
                  errors.DataError("changed.", file="a.csv", line=3), errors.InstallError("no duckdb.", "pip install duckdb")):  # fmt: skip
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is type(error) and str(copy) == str(error) and vars(copy) == vars(error)


def test_a_bug_is_logged_and_asks_for_a_report(ronghe, monkeypatch, tmp_path):
    monkeypatch.setattr(inputs, "_district", lambda name: 1 / 0)
    log = tmp_path / "cache" / "ronghe" / "log.jsonl"
    expected = f"internal error (ZeroDivisionError: division by zero). Please report it and attach {log}.\n"
    assert ronghe("levers") == (1, "", expected)
    line = json.loads(log.read_text(encoding="utf-8"))
    assert line["command"] == ["ronghe", "levers"] and "ZeroDivisionError" in line["traceback"]


def test_a_reader_who_leaves_early_is_no_error():
    done = subprocess.run(f'"{sys.executable}" -c "from sim.cli import main; import sys; sys.exit(main())" clauses --json | head -n 1', shell=True,
                          capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=600)  # fmt: skip
    assert done.stdout == "{\n" and done.stderr == ""
    program = "from sim.cli import main; import sys; sys.exit(main())"
    early = subprocess.Popen([sys.executable, "-c", program, "levers", "--json"], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    early.stdout.close()
    assert early.wait(600) == 0, "1 would say that it was a bug"


# Weight


@pytest.mark.parametrize("line", [["--help"], ["levers"], ["validate", "four-instruments"], ["validate", "missing.yaml"], ["explain", "baseline"]])
def test_light_commands_import_no_heavy_package(line):
    program = (
        "import sys, json; from sim.cli import main; main(sys.argv[1:]); "
        f"print('HEAVY', json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", program, *line], capture_output=True, encoding="utf-8",
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=600)  # fmt: skip
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_loading_from_python_needs_no_command_line():
    assert load("four-instruments").id == "four-instruments"


# Differences, and the shapes of all JSON


def test_diff(ronghe, tmp_path):
    (tmp_path / "my.yaml").write_text(
        "schema: 1\nid: my-plan\nextends: homestead-withdrawal\nhorizon: {end: 2030}\nassumptions: {discount: 0.06}\n"
        "levers: {homestead_withdrawal: {steps_append: [{from: 2026, until: 2027, districts: [jiutai, yongji], grant_percent: 60}]}}\n",
        encoding="utf-8")  # fmt: skip
    found = json.loads(ronghe("diff", "homestead-withdrawal", "my.yaml", "--json")[1])
    assert found["scenarios"] == ["homestead-withdrawal", "my-plan"]
    assert found["settings"] == [
        {"name": "horizon.end", "values": [2035, 2030]},
        {"name": "horizon.report", "values": [[2025, 2035], [2025]]},
        {"name": "assumptions.discount", "values": [0.05, 0.06]},
    ]
    assert [(one["district"], one["first_year"], one["last_year"], one["values"]) for one in found["values"]] == [
        ("jiutai", 2026, 2027, [50.0, 60.0]), ("yongji", 2026, 2027, [50.0, 60.0]),
    ]  # fmt: skip
    out = ronghe("diff", "homestead-withdrawal", "my.yaml")[1]
    assert "Jiutai, Yongji" in out and "2026-2027" in out and "assumptions.discount" in out
    assert "The two scenarios resolve to the same values." in ronghe("diff", "baseline", "baseline")[1]
    ramp = json.loads(ronghe("diff", "baseline", "four-instruments", "--json")[1])["values"]
    assert {(one["first_year"], one["last_year"]) for one in ramp} == {(2021, 2035)}


@pytest.mark.parametrize("line", [
    ["levers"], ["levers", "combined_exit", "--district", "jiutai"], ["clauses"], ["validate", "baseline", "missing.yaml"],
    ["validate", "baseline", "--set", "collateral_loans.house_ltv_percent=50"], ["explain", "four-instruments"],
    ["explain", "baseline", "--at", "2030"], ["diff", "baseline", "four-instruments"],
])  # fmt: skip
def test_json_has_the_shape_that_ships(ronghe, line):
    schema = json.loads((ROOT / "sim" / "schemas" / f"{line[0]}.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    validator.validate(json.loads(ronghe(*line, "--json")[1]))
