"""Commands about where numbers come from: `ronghe cite`, `ronghe reproduce`.

Not here: keys (`sim/identity.py`), manifests (`sim/study/provenance.py`), computing again (`sim/study/reproduction.py`).
"""

import tempfile
from typing import Annotated

import typer

from sim.cli import show
from sim.cli.options import RUNS, AsJson, Jobs, Out, Quiet, RunName, Threads, one_run
from sim.errors import IDENTITY, DataError
from sim.words import say

SHORT = 16  # digits of a digest on a screen


def add(app: typer.Typer) -> None:
    """Put the commands of this module into the application."""
    for name, function in (("reproduce", reproduce), ("cite", cite)):
        app.command(name, help=f"cli.{name}")(function)


# ---------------------------------------------------------------------------------------------------- cite
def cite(run: Annotated[str, typer.Argument(metavar="[RUN]", help="cli.cite.run")] = "", out: Out = RUNS, as_json: AsJson = False):
    import sim
    from sim.study.provenance import git_state

    text, git = _citation(), git_state()
    version = sim.__version__
    card = _run_card(one_run(run, out)) if run else None
    bibtex = _bibtex(text, version, git, card)
    if as_json:
        show.emit({"version": version, "git": git, "citation": text, "bibtex": bibtex, "run": card})
        return
    show.result(f"{text.rstrip()}\n\n{bibtex}\n")
    show.result(f"{say('cite.version')}: {version}")
    show.result(f"{say('cite.commit')}: {_commit(git)}")
    if card:
        for name in ("run", "key", "digest"):
            show.result(f"{say(f'cite.{name}')}: {card[name]}")
        show.result(f"{say('cite.seeds')}: {', '.join(map(str, card['seeds']))}")
        show.result(f"{say('cite.made')}: ronghe {card['version']}, {_commit(card['git'])}")
        if not card["same_sources"]:
            show.narrate(say("cite.other"))


def _citation() -> str:
    """The text of CITATION.cff."""
    from sim.shipped_files import shipped

    path = shipped() / "CITATION.cff"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as problem:
        raise DataError(say("cite.missing"), file=str(path), hint=say("cite.missing.hint")) from problem


def _run_card(run) -> dict:
    """What a paper needs of a run: its folder's name, the key of its cells, its numbers and the code that made it."""
    from sim.identity import group_key, source_hash

    git = {name: run.manifest["git"].get(name) for name in ("commit", "date", "dirty")}
    return {
        "run": run.id,
        "key": group_key(run.manifest["key"]),
        "digest": run.digest,
        "seeds": list(run.seeds),
        "version": run.manifest["versions"]["ronghe"],
        "git": git,
        "same_sources": run.manifest["key"]["sources"] == source_hash(),
    }


def _bibtex(text: str, version: str, git: dict, card: dict | None) -> str:
    """A @software entry made of CITATION.cff, the version and the commit; of the run's, where one is named."""
    from ruamel.yaml import YAML

    cff = YAML(typ="safe").load(text)
    if card:
        version, git = card["version"], card["git"]
    notes = [f"commit {git['commit']}"] if git["commit"] else []
    notes += [f"run {card['run']}, key {card['key']}"] if card else []
    day = str(cff.get("date-released") or git["date"] or "")
    fields = {
        "title": f"{{{cff['title']}}}",
        "author": " and ".join(f"{{{author['name']}}}" for author in cff["authors"]),
        "version": version,
        "year": day[:4],
        "note": "; ".join(notes),
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@software{{ronghe-{version},\n{body}\n}}"


def _commit(git: dict) -> str:
    if not git["commit"]:
        return say("cite.no_commit")
    return f"{git['commit']} ({say('cite.dirty')})" if git["dirty"] else git["commit"]


# ---------------------------------------------------------------------------------------------------- reproduce
def reproduce(
    run: RunName,
    seeds: Annotated[str, typer.Option(metavar="8|8,|1,2,5-9", help="cli.reproduce.seeds")] = "",
    jobs: Jobs = 0,
    threads: Threads = 0,
    out: Out = RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
):
    from sim.cli.computing import carry_out
    from sim.results import open_run
    from sim.study.ensemble import seeds_of
    from sim.study.reproduction import compare_cells, plan_again

    opened = one_run(run, out)
    if seeds:
        opened = open_run(opened.path, seeds_of(seeds))
    with tempfile.TemporaryDirectory(prefix="ronghe-reproduce-") as place:
        plan, other = plan_again(opened, place, jobs or None, threads or None)
        for line in _warnings(other):
            show.narrate(line)
        cells = compare_cells(opened, carry_out(plan, quiet or as_json))
    same = all(cell.same for cell in cells)
    if as_json:
        cards = [{"same": cell.same, **cell._asdict()} for cell in cells]
        show.emit({"run": opened.id, "same": same, **_circumstances(other), "cells": cards})
    else:
        for cell in cells:
            show.result(_line(cell))
        differ = sum(not cell.same for cell in cells)
        show.result(say("reproduce.all_same", cells=len(cells)) if same else say("reproduce.some_differ", cells=len(cells), differ=differ))
    return 0 if same else IDENTITY


def _line(cell) -> str:
    if cell.same:
        return say("reproduce.same", seed=cell.seed, digest=cell.now[:SHORT])
    tables = say("reproduce.tables", names=", ".join(cell.tables)) if cell.tables else ""
    return say("reproduce.differs", seed=cell.seed, then=cell.then[:SHORT], now=cell.now[:SHORT], tables=tables)


def _warnings(other) -> list[str]:
    """What is other than it was, before anybody wonders at other numbers."""
    lines = []
    if not other.same_sources:
        then, now = (commit[:12] if commit else say("cite.no_commit") for commit in (other.commit_then, other.commit_now))
        lines.append(say("reproduce.other_sources", then=then, now=now))
    if not other.same_evidence:
        lines.append(say("reproduce.other_evidence"))
    if other.versions:
        names = ", ".join(f"{name} {then or '–'} -> {now or '–'}" for name, (then, now) in other.versions.items())
        lines.append(say("reproduce.other_versions", names=names))
    return lines


def _circumstances(other) -> dict:
    return {
        "same_sources": other.same_sources,
        "same_evidence": other.same_evidence,
        "commits": {"then": other.commit_then, "now": other.commit_now},
        "versions": {name: {"then": then, "now": now} for name, (then, now) in other.versions.items()},
    }
