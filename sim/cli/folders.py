"""Commands about the runs that are there: runs list|show|rm.

Not here: computing them (`sim/cli/runs.py`).
"""

import sys
from typing import Annotated

import typer

from sim.cli import show
from sim.cli.options import RUNS, AsJson, Out, RunName, one_run
from sim.errors import UsageError
from sim.words import language, say


def add(app: typer.Typer) -> None:
    """Put the commands of this module into the application."""
    group = typer.Typer(help="cli.runs", no_args_is_help=True)
    for name, function in (("list", runs_list), ("show", runs_show), ("rm", runs_rm)):
        group.command(name, help=f"cli.runs.{name}")(function)
    app.add_typer(group, name="runs")


def runs_list(out: Out = RUNS, as_json: AsJson = False):
    from sim.results import list_runs

    found = list_runs(out)
    if as_json:
        show.emit({"runs": [one.card() for one in found]})
    elif not found:
        show.narrate(say("runs.none", folder=out))
    else:
        head = [say(f"runs.head.{key}") for key in ("id", "title", "households", "seeds", "years", "made")]
        rows = [
            (
                one.id,
                one.title(language()),
                f"{one.households:,}",
                len(one.seeds),
                "-".join(map(str, one.years)),
                one.manifest["finished"][:16].replace("T", " "),
            )
            for one in found
        ]
        show.result(show.table(head, rows, right=(2, 3)))


def runs_show(run: RunName, out: Out = RUNS, as_json: AsJson = False):
    found = one_run(run, out)
    if as_json:
        show.emit({"runs": [found.card()], "manifest": found.manifest, "checks": {str(seed): found.checks(seed) for seed in found.seeds}})
        return
    card = found.card()
    facts = {
        **{key: card[key] for key in ("id", "path", "scenario", "households", "spans", "sample", "seconds", "digest")},
        "title": found.title(language()),
        "seeds": ", ".join(map(str, found.seeds)),
        "years": "-".join(map(str, found.years)),
        "git": found.manifest["git"]["commit"],
        "command": found.manifest["command"],
    }
    for key, value in facts.items():
        show.result(f"{key:<12}{value}")


def runs_rm(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="cli.runs.run")],
    out: Out = RUNS,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="cli.runs.yes")] = False,
):
    from sim.results import remove_run

    found = [one_run(name, out) for name in runs]
    for one in found:
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(say("runs.rm.ask"), where=one.id, hint=say("runs.rm.ask.hint"))
            if input(say("runs.rm.really", run=one.id)).strip().lower() not in ("y", "yes", "是"):
                continue
        remove_run(one.path)
        show.narrate(say("runs.rm.done", run=one.id))
