"""The JSON Schemas that ship: each is a schema, every command with `--json` has one, and what the commands print satisfies it."""

import json
import subprocess
import sys
from pathlib import Path

import fake_cells
import pytest

from sim import cli
from sim.cli import main

SCHEMAS = Path(__file__).parents[1] / "sim" / "schemas"
# command -> schema, where it is not the command's name
OWN_NAMES = {"runs list": "run", "runs show": "run-show", "study run": "study", "study status": "study"}
CHECKED_ELSEWHERE = {"fit", "verify", "doctor", "validate", "run", "compare", "reproduce"}  # by their own tests, with made-up cells


def commands(command=None, path=()):
    """(words, command) of every command that takes --json."""
    command = command or cli.build()
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))
    if any("--json" in parameter.opts for parameter in command.params):
        yield " ".join(path)


def schema_of(name):
    return SCHEMAS / f"{OWN_NAMES.get(name, name.replace(' ', '-'))}.json"


def check(*words):
    """Run check-jsonschema without looking anything up."""
    return subprocess.run([sys.executable, "-m", "check_jsonschema", *map(str, words)], capture_output=True, text=True)


def test_every_schema_is_one():
    done = check("--check-metaschema", *sorted(SCHEMAS.glob("*.json")))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_with_json_has_a_schema():
    assert [name for name in commands() if not schema_of(name).exists()] == []


def test_every_schema_asks_for_its_version_and_refuses_what_it_does_not_know():
    for path in SCHEMAS.glob("*.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        assert schema["properties"]["schema_version"] == {"const": 1} and "schema_version" in schema["required"], path.name
        assert schema["additionalProperties"] is False, path.name


@pytest.fixture
def answers(tmp_path, capsys):
    """Files with what the commands print that need no model, by command."""
    run = fake_cells.write_run(tmp_path / "runs", fake_cells.scenario(), seeds=(1, 2))
    record = json.loads((run.path / "manifest.json").read_text()) | {"key": {"sources": "s"}}
    (run.path / "manifest.json").write_text(json.dumps(record))
    lines = {
        "levers": ("levers",),
        "clauses": ("clauses",),
        "explain": ("explain", "four-instruments"),
        "diff": ("diff", "baseline", "four-instruments"),
        "schedule": ("schedule",),
        "accounts": ("accounts", str(run.path)),
        "cite": ("cite", str(run.path)),
        "runs list": ("runs", "list", "--out", str(run.path.parent)),
        "runs show": ("runs", "show", str(run.path)),
    }
    made = {}
    for name, words in lines.items():
        assert main([*words, "--json"]) == 0
        made[name] = tmp_path / f"{name}.json"
        made[name].write_text(capsys.readouterr().out, encoding="utf-8")
    return made


def test_what_is_printed_satisfies_the_schema(answers):
    for name, path in answers.items():
        done = check("--schemafile", schema_of(name), path)
        assert done.returncode == 0, f"{name}: {done.stdout}"


def test_no_command_is_left_out(answers):
    own = {name for name in commands() if name.split()[0] in ("levers", "clauses", "explain", "diff", "schedule", "accounts", "cite", "runs")}
    assert own == set(answers) and CHECKED_ELSEWHERE <= set(commands())
