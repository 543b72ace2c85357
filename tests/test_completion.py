"""Completion: what may stand at the cursor comes from the commands themselves, and the scripts work in the shells they are for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim import cli
from sim.cli import main
from sim.cli.completion import SCRIPTS, candidates
from sim.places import DISTRICT_IDS
from sim.words import use_language

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A folder with a scenario, a run and a folder, and the command `ronghe` on the path."""
    monkeypatch.setenv("RONGHE_LANG", "en")
    (tmp_path / "reform.yaml").write_text("schema: 1\nid: reform\n")
    (tmp_path / "notes.txt").write_text("")
    run = tmp_path / "runs" / "reform-0123456789ab"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text("{}")
    program = tmp_path / "bin" / "ronghe"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m sim.cli "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def words(*line):
    """The words offered at the end of a line."""
    *before, current = line
    return [one.word for one in candidates(cli.build(), before, current)]


def test_every_command_and_option_is_offered():
    command = cli.build()
    assert words("") == list(command.commands)
    for name, inner in command.commands.items():
        offered = set(words(name, "-"))
        listed = {o for p in inner.params if p.param_type_name == "option" and not p.hidden for o in (*p.opts, *p.secondary_opts) if o.startswith("--")}
        assert not hasattr(inner, "commands") or words(name, "") == list(inner.commands)
        assert hasattr(inner, "commands") or offered == listed | {"--lang", "--help"}, name


@pytest.mark.parametrize(
    "line, some, never",
    [
        (("run", ""), {"baseline", "four-instruments", "reform.yaml", "runs/"}, {"notes.txt", "runs/reform-0123456789ab"}),
        (("run", "baseline", "re"), {"reform.yaml"}, {"baseline"}),
        (("compare", ""), {"runs/reform-0123456789ab", "baseline"}, {"notes.txt"}),
        (("accounts", ""), {"runs/reform-0123456789ab"}, {"baseline"}),
        (("runs", ""), {"list", "show", "rm"}, {"run"}),
        (("runs", "rm", ""), {"runs/reform-0123456789ab"}, {"list"}),
        (("run", "baseline", "--set", "homestead_withdrawal."), {"homestead_withdrawal.compensation_yuan_per_m2="}, {"baseline"}),
        (("run", "--quiet", ""), {"baseline"}, {"--quiet"}),
        (("levers", "--district", ""), set(DISTRICT_IDS), {"all"}),
        (("levers", "comb"), {"combined_exit"}, {"collateral_loans"}),
        (("run", "--lang", ""), {"zh", "en"}, {"baseline"}),
        (("diff", "baseline", ""), {"four-instruments"}, set()),
        (("diff", "baseline", "baseline", ""), set(), {"baseline"}),
        (("run", "--out", ""), set(), {"baseline"}),
        (("completion", ""), set(SCRIPTS), {"baseline"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_values_fit_their_place(line, some, never):
    offered = set(words(*line))
    assert some <= offered and not never & offered
    assert some or not offered


def test_help_comes_in_the_language_in_use():
    use_language("zh")
    try:
        found = {one.word: one.help for one in candidates(cli.build(), [], "")}
        assert "推演" in found["run"]
    finally:
        use_language(None)


def test_an_unknown_shell_is_refused(capsys):
    assert main(["completion", "tcsh"]) == 2
    assert "bash, zsh, fish" in capsys.readouterr().err


def shell(name, program):
    if not shutil.which(name, path="/usr/bin:/bin:/usr/local/bin"):
        pytest.skip(f"no {name} here")
    done = subprocess.run([name, "-c", program], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.splitlines()


def test_bash(capsys):
    main(["completion", "bash"])
    script = capsys.readouterr().out
    ask = 'COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); compopt() {{ echo "$@"; }}; _ronghe; printf "%s\\n" "${{COMPREPLY[@]}}"'
    assert shell("bash", script + ask.format(line="ronghe rep")) == ["report", "reproduce"]
    assert shell("bash", script + ask.format(line="ronghe run base")) == ["baseline"]
    assert shell("bash", script + ask.format(line="ronghe run x --set combined_exit.bonus")) == ["-o nospace", "combined_exit.bonus_percent="]


def test_zsh(capsys):
    main(["completion", "zsh"])
    script = capsys.readouterr().out
    stubs = 'compdef() { }\n_files() { print files }\ncompadd() { print -l -- "$@" $values }\n'
    ask = "words=({line}); CURRENT=$#words; _ronghe"
    found = shell("zsh", stubs + script + ask.format(line="ronghe rep"))
    assert found[-2:] == ["report", "reproduce"]
    assert shell("zsh", stubs + script + ask.format(line="ronghe run --out ''")) == ["files"]


def test_fish(capsys):
    main(["completion", "fish"])
    script = capsys.readouterr().out
    found = shell("fish", script + 'complete -C "ronghe rep"')
    assert [line.split("\t")[0] for line in found] == ["report", "reproduce"] and "\t" in found[0]
