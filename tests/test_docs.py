"""The documentation is true: generated pages fresh, YAML blocks valid, commands and links existing, Python blocks of names that are there.

A YAML block that is only a part of a file says so after the fence: ```yaml fragment.
"""
import ast
import re
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "experiments").glob("*.md")])
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
GLOBAL_OPTIONS = {"--lang", "--help", "-h", "--version"}


def blocks(kind):
    """(page, words after the kind, text) of every fenced block of a kind."""
    found = []
    for page in PAGES:
        for head, text in BLOCK.findall(page.read_text(encoding="utf-8")):
            words = head.split()
            if words and words[0] == kind:
                found.append(pytest.param(page, words[1:], text, id=f"{page.relative_to(ROOT)}:{len(found)}"))
    return found


def test_generated_pages_are_what_the_declarations_say():
    from sim.report import generated

    assert generated.stale() == [], "run `python dev.py docs`"


def test_check_names_stale_and_surplus_pages(tmp_path, monkeypatch, capsys):
    from sim.report import generated

    generated.write(tmp_path)
    assert generated.stale(tmp_path) == []
    (tmp_path / "rules.md").write_text("by hand", encoding="utf-8")
    (tmp_path / "old.md").write_text("gone", encoding="utf-8")
    assert generated.stale(tmp_path) == ["rules.md", "old.md"]
    monkeypatch.setattr(generated, "stale", lambda: ["rules.md"])
    assert generated.main(["--check"]) == generated.STALE
    assert "rules.md" in capsys.readouterr().err


def test_without_a_checkout_nothing_is_written(tmp_path, monkeypatch, capsys):
    from sim.errors import INVALID
    from sim.report import generated

    monkeypatch.setattr(generated, "FOLDER", tmp_path / "docs" / "generated")
    assert generated.main([]) == INVALID and not (tmp_path / "docs").exists()
    assert "checkout" in capsys.readouterr().err


def test_postings_and_events_are_read_from_the_code():
    from sim.report import generated

    source = ('for code, amount in (("income_tax", 1), ("wages", 2)):\n    books.pay(code, FIRMS, UPPER, amount)\n'
              'books.post("grain", accounts.WORLD, FARMS, 1)\n'
              'for who, amount in zip((RURAL, accounts.URBAN), x):\n    books.post("written_off", BANK, who, amount)\n')
    assert generated.institution_postings(source) == [
        ("wages", "firms", "upper_government"), ("income_tax", "firms", "upper_government"), ("grain", "rest_of_world", "farms"),
        ("written_off", "bank", "rural_households"), ("written_off", "bank", "urban_households")]
    assert generated.events_in('A = EVENT["death"]\nB, C = (EVENT[e] for e in ("birth", "place"))\nrng.key(1, 2, "offer")\nx = "settle"') == {
        "death", "birth", "place", "offer"}


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_first_scenario_changes_what_the_readme_says(name, tmp_path):
    from sim.policies.differences import values
    from sim.scenario import load

    text = next(block for head, block in BLOCK.findall((ROOT / name).read_text(encoding="utf-8")) if head.split() == ["yaml"])
    path = tmp_path / "my-four-instruments.yaml"
    path.write_text(text, encoding="utf-8")
    changed = values(load("four-instruments"), load(str(path)))
    assert [(row["parameter"], row["district"], row["first_year"], row["last_year"], row["values"]) for row in changed] == [
        ("compensation_yuan_per_m2", district, 2026, 2035, [100.0, 200.0]) for district in ("jiutai", "yongji")]


@pytest.mark.parametrize(("page", "words", "text"), blocks("yaml"))
def test_yaml_blocks_are_scenarios_or_studies(page, words, text, tmp_path):
    from sim.scenario import load
    from sim.study.study_file import is_study, load_study

    if "fragment" in words:
        return
    path = tmp_path / "block.yaml"
    path.write_text(text, encoding="utf-8")
    (load_study if is_study(path) else load)(str(path))


def command_lines(text):
    """The commands of a shell block: lines joined at a backslash, without comments and output redirections."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield words


def check_ronghe(words):
    """Refuse a command, subcommand or option that `ronghe` does not have."""
    import typer

    from sim.cli import build

    command, rest = build(), list(words)
    while rest and rest[0] in GLOBAL_OPTIONS:
        rest = rest[2 if rest[0] == "--lang" else 1:]
    while rest and hasattr(command, "commands"):
        assert rest[0] in command.commands, f"ronghe has no command {rest[0]}"
        command = command.commands[rest.pop(0)]
    known = {name for parameter in command.params for name in parameter.opts} | GLOBAL_OPTIONS
    for word in rest:
        if word.startswith("-"):
            assert word.split("=")[0] in known, f"{command.name} has no option {word}"
    assert typer


@pytest.mark.parametrize(("page", "words", "text"), blocks("sh"))
def test_shell_blocks_name_what_exists(page, words, text):
    sys.path.insert(0, str(ROOT))
    import dev

    for line in command_lines(text):
        name = Path(line[0]).name
        if name == "ronghe":
            check_ronghe(line[1:])
        elif name == "make" or line[:2] == ["python", "dev.py"]:
            command = line[1] if name == "make" else line[2]
            assert command in dev.COMMANDS, f"{page.name}: dev.py has no command {command}"
        elif line[:2] == ["python", "-m"] or line[1:2] == ["-m"]:
            module = ROOT.joinpath(*line[2].split("."))
            assert module.with_suffix(".py").exists() or (module / "__main__.py").exists(), f"{page.name}: no module {line[2]}"
        else:
            assert name in ("pip", "cd", "git"), f"{page.name}: unknown command {name}"


@pytest.mark.parametrize(("page", "words", "text"), blocks("python"))
def test_python_blocks_name_what_exists(page, words, text):
    """Every block parses, and every `sim.something` in it is a public name."""
    import sim

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sim":
            assert node.attr in sim.__all__, f"{page.name}: sim.{node.attr}"


def test_links_lead_somewhere():
    broken = [f"{page.relative_to(ROOT)}: {target}" for page in PAGES
              for target, _ in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8")))
              if "://" not in target and not (page.parent / target).exists()]
    assert broken == []


def test_readmes_show_the_same_commands():
    """Both READMEs walk the same way: same commands and same scenario, comments aside."""
    def commands(name):
        text = (ROOT / name).read_text(encoding="utf-8")
        return [line for head, block in BLOCK.findall(text) if head.startswith("sh") for line in command_lines(block)]
    assert commands("README.md") == commands("README.zh.md")


def test_every_parameter_named_in_the_model_is_declared():
    """Names in code type of docs/model.md are parameters, rules, indicators, columns, levers, files, commands or words of the declared tables."""
    from sim import behaviour, tables
    from sim.indicators import INDICATORS
    from sim.policies.catalogue import levers
    from sim.rules import RULE_NAMES

    text = BLOCK.sub("", (ROOT / "docs" / "model.md").read_text(encoding="utf-8"))
    known = {*behaviour.DEFAULTS, *RULE_NAMES, *INDICATORS, *levers(),
             *(c.name for t in (tables.Spans, tables.Households, tables.Persons, tables.Collectives, tables.DistrictLand,
                                       tables.DistrictPublic) for c in t.columns)}
    named = {name for name in re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", text)}
    functions = {"fund_projects", "settle_institutions"}
    assert named - known - functions == set()
