"""The quick starts are true: every block runs, in the order of its page and on a toy zone; both languages show the same blocks.

A block's words after the fence: a path (the block is that file), `fragment` (a part of a file), `long` (it takes minutes or installs: commands
that know --dry-run run with it, the others are checked by name in `tests/test_docs.py`).
"""

import ast
import os
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from test_docs import BLOCK, ROOT, command_lines

from sim import behaviour_rules
from sim.policies import catalogue
from sim.scenario import load

GUIDES = ROOT / "docs" / "guides"
ENGLISH = sorted(GUIDES.glob("*.en.md"))
SMALLER = (  # what makes a block quick: a toy zone and two seeds
    (re.compile(r'(--households |households=|"households": )(20_?000|60_?000|5_?000)'), r"\g<1>2000"),
    (re.compile(r"(--seeds |seeds=)[48]\b"), r"\g<1>2"),
    (re.compile(r'("rng": )range\(4\)'), r"\g<1>range(2)"),
    (re.compile(r"\.venv/bin/"), ""),
)


def smaller(text):
    for pattern, quick in SMALLER:
        text = pattern.sub(quick, text)
    return text


def blocks(page):
    """(kind, words after it, text) of every fenced block of a page."""
    return [(head.split()[0], head.split()[1:], text) for head, text in BLOCK.findall(page.read_text(encoding="utf-8")) if head.split()]


def dry(text):
    """The commands of a long block that can say what they would do, with --dry-run."""
    return "\n".join(" ".join([*words, "--dry-run"]) for words in command_lines(text) if words[:2] == ["ronghe", "run"])


class Reader:
    """Somebody who follows a page, in a folder of its own."""

    def __init__(self, folder, language):
        self.folder, self.names = folder, {"__name__": "guide"}
        commands = folder / ".commands"
        commands.mkdir()
        (commands / "ronghe").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sim.cli "$@"\n', encoding="utf-8")
        (commands / "ronghe").chmod(0o755)
        self.environment = {
            **os.environ, "PATH": os.pathsep.join([str(commands), os.environ["PATH"]]), "PYTHONPATH": str(ROOT), "RONGHE_LANG": language,
        }  # fmt: skip

    def follow(self, page, number, kind, words, text):
        where, file = f"{page.name}, block {number}", next((word for word in words if "." in word), None)
        if file:
            (self.folder / file).parent.mkdir(exist_ok=True)
            (self.folder / file).write_text(text, encoding="utf-8")
        if kind == "sh":
            self.command(where, dry(smaller(text)) if "long" in words else smaller(text))
        elif kind == "yaml" and "fragment" not in words and file:
            load(str(self.folder / file))
        elif kind == "toml":
            tomllib.loads(text)
        elif kind == "python" and not file:
            exec(compile(smaller(text), where, "exec"), self.names)

    def command(self, where, text):
        done = subprocess.run(["sh", "-e", "-c", text], cwd=self.folder, env=self.environment, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, f"{where}:\n{text}\n{done.stdout}\n{done.stderr}"


@pytest.fixture
def own_things():
    """What a page registers or imports is gone after it."""
    before = set(sys.modules)
    yield
    for lever in catalogue.registered():
        catalogue.withdraw(lever.id)
    for rule in behaviour_rules.registered():
        behaviour_rules.withdraw(rule.id)
    for name in set(sys.modules) - before:
        if not getattr(sys.modules[name], "__file__", None) or Path(sys.modules[name].__file__).is_relative_to(os.environ["PYTEST_GUIDE"]):
            del sys.modules[name]


@pytest.mark.parametrize("page", [ROOT / "README.md", *ENGLISH], ids=lambda page: page.name)
def test_every_block_of_a_page_runs(page, tmp_path, monkeypatch, own_things):
    monkeypatch.setenv("PYTEST_GUIDE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    reader = Reader(tmp_path, "en")
    for number, (kind, words, text) in enumerate(blocks(page), 1):
        reader.follow(page, number, kind, words, text)


def test_the_notebook_runs(tmp_path, capsys):
    script = tmp_path / "notebook.py"
    script.write_text(smaller((GUIDES / "notebook.py").read_text(encoding="utf-8")), encoding="utf-8")
    runpy.run_path(str(script), run_name="__main__")
    assert "toy zone: True" in capsys.readouterr().out


def spoken(kind, words, text):
    """A block without what may differ by language: comments, docstrings, and the names zh and en."""
    if kind == "python":
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
                node.body = node.body[1:]
        return kind, words, ast.dump(tree).replace("'zh'", "'en'")
    if kind == "sh":
        return kind, words, list(command_lines(text))
    if kind == "yaml":
        return kind, words, YAML(typ="safe", pure=True).load(text)
    return kind, words, text


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.name)
def test_both_languages_show_the_same(page):
    other = GUIDES / page.name.replace(".en.md", ".zh.md")
    assert [spoken(*block) for block in blocks(page)] == [spoken(*block) for block in blocks(other)]
    for one, back in ((page, other), (other, page)):
        assert f"]({back.name})" in one.read_text(encoding="utf-8"), f"{one.name} does not lead to {back.name}"
    assert len(re.findall(r"^#", page.read_text(encoding="utf-8"), re.MULTILINE)) == len(
        re.findall(r"^#", other.read_text(encoding="utf-8"), re.MULTILINE)
    )


def test_every_guide_is_led_to():
    for name, readme in (("en", "README.md"), ("zh", "README.zh.md")):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert not [page.name for page in GUIDES.glob(f"*.{name}.md") if f"docs/guides/{page.name})" not in text]
