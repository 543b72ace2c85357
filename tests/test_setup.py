"""Setting up: dev.py finds an interpreter by running it, says what to install, installs once per change."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from sim.shipped_files import shipped

ROOT = Path(dev.__file__).parent


def test_the_running_interpreter_is_found_by_running_it():
    version, has_venv = dev.probe([sys.executable])
    assert version == tuple(sys.version_info[:3])
    assert has_venv
    assert dev.find_interpreter([["/no/such/python"], [sys.executable]]) == [sys.executable]


def test_a_shim_that_exists_and_then_fails_is_passed_over(tmp_path):
    shim = tmp_path / "python3"
    shim.write_text("#!/bin/sh\necho 'version not installed' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert dev.probe([str(shim)]) is None
    assert dev.find_interpreter([[str(shim)], [sys.executable]]) == [sys.executable]


def test_nothing_fits_says_what_was_seen_and_what_to_install():
    answers = {"old": ((3, 8, 1), True), "bare": ((3, 12, 0), False), "broken": None}
    with pytest.raises(dev.Missing) as caught:
        dev.find_interpreter([["old"], ["bare"], ["broken"]], run=lambda command: answers[command[0]])
    text = str(caught.value)
    assert "old: Python 3.8.1 is too old" in text
    assert "bare: Python 3.12.0 lacks its venv module" in text
    assert "broken: does not start" in text
    assert "apt install python3 python3-venv" in text


def test_exit_code_6_when_nothing_fits(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(dev, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(dev, "STAMP", tmp_path / ".venv" / "stamp.json")
    monkeypatch.setattr(dev, "candidate_interpreters", lambda: [["nothing-here"]])
    assert dev.main(["setup"]) == 6
    assert "nothing-here: does not start" in capsys.readouterr().err


def test_an_interpreter_newer_than_tested_is_the_last_choice(capsys):
    answers = {"new": ((3, 99, 0), True), "fit": ((3, 11, 4), True)}
    assert dev.find_interpreter([["new"], ["fit"]], run=lambda command: answers[command[0]]) == ["fit"]
    assert dev.find_interpreter([["new"]], run=lambda command: answers[command[0]]) == ["new"]
    assert "newer than what was tested" in capsys.readouterr().err


def test_the_stamp_holds_until_a_declaration_changes(monkeypatch, tmp_path):
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    stamp = tmp_path / "stamp.json"
    (tmp_path / "pyproject.toml").write_text("a")
    assert dev.installed_extras(stamp) is None
    dev.write_stamp({"report"}, stamp)
    assert dev.installed_extras(stamp) == {"report"}
    (tmp_path / "constraints.txt").write_text("numpy==1")
    assert dev.installed_extras(stamp) is None
    stamp.write_text("not json")
    assert dev.installed_extras(stamp) is None


def test_installing_happens_once_and_keeps_earlier_extras(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(dev, "make_environment", lambda: None)
    monkeypatch.setattr(dev.subprocess, "call", lambda command, **options: calls.append(command) or 0)
    dev.install("report")
    dev.install("report")
    assert len(calls) == 1
    dev.install("all")
    assert len(calls) == 2
    assert any(str(word).endswith("[all,report]") for word in calls[1])


@pytest.mark.skipif(os.name != "posix", reason="an ASCII locale")
def test_python_starts_under_an_ascii_locale_in_a_folder_with_chinese_letters(monkeypatch, tmp_path):
    root = tmp_path / "融合 试验"
    (root / "linked").mkdir(parents=True)
    (root / "linked" / "__init__.py").write_text("", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / ".venv")], check=True)
    [packages] = (root / ".venv" / "lib").glob("*/site-packages")
    (packages / "_editable_impl_ronghe.pth").write_text(f"{root}\n", encoding="utf-8")
    monkeypatch.setattr(dev, "ROOT", root)
    monkeypatch.setattr(dev, "ENVIRONMENT", root / ".venv")
    dev.link_relatively()
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run([str(root / ".venv" / "bin" / "python"), "-c", "import linked"], cwd=str(tmp_path), env=plain, capture_output=True)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


def test_a_failed_install_leaves_no_stamp_and_exits_6(monkeypatch, tmp_path):
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(dev, "make_environment", lambda: None)
    monkeypatch.setattr(dev.subprocess, "call", lambda command, **options: 1)
    assert dev.main(["setup"]) == 6
    assert not (tmp_path / "stamp.json").exists()


def test_unknown_command_is_a_usage_error(capsys):
    assert dev.main(["tests"]) == 2
    assert "no command 'tests'" in capsys.readouterr().err


def test_help_lists_every_command():
    done = subprocess.run([sys.executable, str(ROOT / "dev.py"), "help"], capture_output=True, text=True, check=True)
    for name in dev.COMMANDS:
        assert name in done.stdout


def test_shipped_files_are_found_in_the_checkout():
    assert (shipped() / "scenarios").is_dir()
    assert (shipped() / "experiments").is_dir()


@pytest.fixture
def handed_over(monkeypatch):
    """What dev.py would start, without starting it; compare answers with two run folders."""
    calls = []

    class Done:
        returncode = 0
        stdout = b'{"runs": [{"path": "runs/baseline-1"}, {"path": "runs/four-instruments-2"}]}'

    monkeypatch.setattr(dev, "install", lambda *extras: None)
    monkeypatch.setattr(dev, "system_pieces", lambda: [])
    monkeypatch.setattr(dev, "call", lambda *command, **options: calls.append([str(word) for word in command]) or 0)
    monkeypatch.setattr(dev.subprocess, "run", lambda command, **options: calls.append(command) or Done)
    return calls


def test_the_main_job_compares_and_writes_the_brief(handed_over, monkeypatch, capsys):
    monkeypatch.delenv("HOUSEHOLDS", raising=False)
    monkeypatch.delenv("SEEDS", raising=False)
    assert dev.main(["run"]) == 0
    compared, asked, reported = handed_over
    assert compared[3:] == ["compare", "baseline", "four-instruments", "--households", "all", "--seeds", "4"]
    assert asked[3:] == compared[3:] + ["--format", "json"]
    assert reported[3:] == ["report", "runs/baseline-1", "runs/four-instruments-2", "-o", str(ROOT / "brief.html")]
    assert capsys.readouterr().out == ""            # the report itself prints the path of the brief, once


def test_the_quick_form(handed_over, monkeypatch):
    monkeypatch.setenv("HOUSEHOLDS", "")            # make exports it empty where it is not given
    monkeypatch.setenv("SEEDS", "")
    assert dev.main(["run", "HOUSEHOLDS=20000"]) == 0
    assert handed_over[0][-4:] == ["--households", "20000", "--seeds", "4"]


@pytest.mark.parametrize(("words", "message"), [
    (["run", "HOUSEHOLD=20000"], "HOUSEHOLD=20000: `run` takes no variable 'HOUSEHOLD'. Did you mean HOUSEHOLDS=20000?"),
    (["run", "households=20000", "SEEDS=2"], "households=20000: `run` takes no variable 'households'. Did you mean HOUSEHOLDS=20000?"),
    (["run", "COLOUR=red"], "COLOUR=red: `run` takes no variable 'COLOUR'. It takes HOUSEHOLDS=..., SEEDS=..."),
    (["test", "SEEDS=2"], "SEEDS=2: `test` takes no variable 'SEEDS'. Only `run` takes variables."),
])  # fmt: skip
def test_a_misspelt_variable_is_refused_before_anything_begins(handed_over, capsys, words, message):
    assert dev.main(words) == 2
    assert message in capsys.readouterr().err and not handed_over


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_make_hands_its_variables_on():
    done = subprocess.run(["make", "run", "HOUSEHOLD=20000", f"PYTHON={sys.executable}"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Did you mean HOUSEHOLDS=20000?" in done.stderr


def test_a_failed_job_keeps_its_exit_code_and_writes_no_brief(monkeypatch):
    monkeypatch.setattr(dev, "install", lambda *extras: None)
    monkeypatch.setattr(dev, "call", lambda *command, **options: 5)
    monkeypatch.setattr(dev.subprocess, "run", lambda *command, **options: pytest.fail("went on after a failure"))
    assert dev.main(["run"]) == 5


def test_tests_run_two_at_a_time_and_pass_words_on(handed_over, monkeypatch):
    monkeypatch.setattr(dev, "has_module", lambda name: name == "sim.warm")
    assert dev.main(["test", "-k", "ledger"]) == 0
    assert handed_over[0][1:] == ["-m", "sim.warm"]
    assert handed_over[1][1:] == ["-m", "pytest", "-n", "2", "--durations=10", "-k", "ledger"]


def test_missing_pieces_for_browser_tests_are_said(monkeypatch, capsys):
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    monkeypatch.setattr(dev.subprocess, "run", lambda *command, **options: (_ for _ in ()).throw(FileNotFoundError()))
    assert dev.system_pieces() == ["chromium", "fontconfig", "fonts-noto-cjk"]
    assert "browser tests will be SKIPPED, missing: chromium fontconfig fonts-noto-cjk" in capsys.readouterr().err
