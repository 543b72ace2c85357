"""Where a run comes from: the keys of its cells and the manifest that stands in its folder.

Not here: what belongs to a key (`sim/identity.py`), the cells themselves (`sim/cells.py`).
"""

import os
import platform
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

from sim import cells, files
from sim.errors import DataError, UsageError
from sim.words import say

PACKAGES = ("ronghe", "numpy", "scipy", "numba", "pandas", "mesa", "pyarrow", "pydantic")


def git_state() -> dict:
    """Commit, its day and whether files differ from it; None for all where ronghe does not run from its own repository."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "pyproject.toml").is_file():  # installed: a repository above it is the user's own
        return {"commit": None, "date": None, "dirty": None}

    def ask(*words):
        return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=10, check=True).stdout.strip()

    try:
        commit, day = ask("log", "-1", "--format=%H %cs").split()
        return {"commit": commit, "date": day, "dirty": bool(ask("status", "--porcelain", "--untracked-files=no"))}
    except (OSError, subprocess.SubprocessError):
        return {"commit": None, "date": None, "dirty": None}


def versions() -> dict[str, str | None]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def command() -> str:
    """The command line without the place of the program."""
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]) if sys.argv and sys.argv[0] else ""


# ---------------------------------------------------------------------------------------------------- what a call names
def scenario_of(source, settings=(), last_year: int | None = None):
    """The resolved scenario of an id, a path or a scenario that is loaded already."""
    if isinstance(source, (str, os.PathLike)):
        from sim.scenario import load

        source = load(source, settings)
    elif settings:
        raise UsageError(say("ensemble.settings"), where="settings", hint=say("ensemble.settings.hint"))
    return source if last_year is None else source.ending(last_year)


def cell_key(scenario, *, households: int | None, seed: int, population_seed: int, sample) -> dict:
    """Everything that can change the numbers of a cell; it is kept whole in the cell and in the manifest."""
    from sim.identity import cell_content

    return cell_content(
        scenario, households="all" if households is None else households, seed=seed, population_seed=population_seed, sample=sample
    )


def folder_hex(key: dict) -> str:
    """The twelve digits in the name of the folder that holds the cells of all seeds."""
    from sim.identity import group_key

    return group_key(key)[:12]


# ---------------------------------------------------------------------------------------------------- what is written
def write_manifest(plan) -> None:
    """manifest.json and scenario.resolved.yaml of a plan's folder; facts of cells computed earlier stay."""
    scenario, folder = plan.scenario, plan.folder
    there = sorted(int(path.parent.name.removeprefix("seed-")) for path in folder.glob("seed-*/cell.json"))
    now = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    before = _before(folder / "manifest.json")
    key = {name: value for name, value in plan.keys[plan.seeds[0]].items() if name != "seed"}
    files.write_text(folder / "scenario.resolved.yaml", resolved_yaml(scenario))
    files.write_text(
        folder / "manifest.json",
        files.to_json(
            {
                "schema_version": cells.SCHEMA_VERSION,
                "scenario": scenario.id,
                "title": scenario.title,
                "first_year": scenario.horizon.start,
                "last_year": scenario.horizon.end,
                "report_years": list(scenario.horizon.report),
                "households": "all" if plan.households is None else plan.households,
                "seeds": there,
                "sample": plan.sample,
                "population_seed": plan.population_seed,
                "delivery_rate_percent_per_year": scenario.delivery_rate,
                "assumptions": scenario.assumptions,
                "levers": lever_cards(scenario),
                "key": key,
                "git": git_state(),
                "versions": versions(),
                "python": platform.python_version(),
                "platform": platform.platform(),
                "cpu": processor(),
                "jobs": plan.jobs,
                "threads": plan.threads,
                "command": command(),
                "started": before.get("started", now),
                "finished": now,
            }
        ),
    )


def _before(path: Path) -> dict:
    try:
        return files.read_json(path) if path.exists() else {}
    except DataError:
        return {}


def lever_cards(scenario) -> list[dict]:
    """What a reader needs of each lever in use: names, clauses, from when and where, values."""
    from sim.policies.catalogue import levers

    cards = []
    for id, steps in scenario.levers.items():
        lever = levers()[id]
        cards.append(
            {
                "id": id,
                "title": lever.title,
                "clauses": [{"place": c.place, "phrase": c.phrase} for c in lever.clauses],
                "steps": [
                    {
                        "from": s.first,
                        "until": s.until,
                        "districts": list(s.districts),
                        "ramp_years": s.ramp_years,
                        "values": [
                            {"name": n, "value": v, "unit": lever.by_name[n].unit, "words": lever.by_name[n].words}
                            for n, v in s.values.items()
                        ],
                    }
                    for s in steps
                ],
            }
        )
    return cards


def resolved_yaml(scenario) -> str:
    """The scenario with everything inherited and set written out; `sim.scenario.load(path, resolved=True)` reads it back."""
    import json

    title = {k: v for k, v in scenario.title.items() if v}
    lines = (
        ["schema: 1", f"id: {scenario.id}", f"title: {json.dumps(title, ensure_ascii=False)}"]
        if title
        else ["schema: 1", f"id: {scenario.id}"]
    )
    lines.append(f"horizon: {{start: {scenario.horizon.start}, end: {scenario.horizon.end}, report: {list(scenario.horizon.report)}}}")
    lines += ["levers:"] if scenario.levers else []
    for lever, steps in scenario.levers.items():
        lines += [f"  {lever}:", "    steps:", *(f"      - {_step(*step)}" for step in _without_doubles(steps))]
    lines.append(f"delivery: {{rate_percent_per_year: {scenario.delivery_rate:g}}}")
    lines += (
        [f"assumptions: {{{', '.join(f'{k}: {_number(v)}' for k, v in scenario.assumptions.items())}}}"] if scenario.assumptions else []
    )
    return "\n".join(lines) + "\n"


def _number(value) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if float(f"{value:g}") == value else repr(float(value))


def _step(first, until, ramp, districts, values) -> str:
    parts = [
        f"from: {first}",
        *([f"until: {until}"] if until else []),
        f"districts: [{', '.join(districts)}]",
        *([f"ramp_years: {ramp}"] if ramp > 1 else []),
        *(f"{name}: {_number(value)}" for name, value in values),
    ]
    return "{" + ", ".join(parts) + "}"


def _without_doubles(steps) -> list[tuple]:
    """(first, until, ramp, districts, values) where no parameter of a district stands twice in a year: the later step, from the command line, wins."""
    written: dict[tuple, list[str]] = {}
    for i, step in enumerate(steps):
        for district in step.districts:
            over = {name for other in steps[i + 1 :] if other.first == step.first and district in other.districts for name in other.values}
            values = tuple((name, value) for name, value in step.values.items() if name not in over)
            if values:
                written.setdefault((i, step.first, step.until, step.ramp_years, values), []).append(district)
    return [(first, until, ramp, districts, values) for (_, first, until, ramp, values), districts in written.items()]
