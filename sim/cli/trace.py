"""The command `trace`: one household's life in a run, and beside itself in another.

Not here: living it again (`sim/study/trace*.py`), the page (`trace_page.py`, `trace_beside.py`), the object of `--json` (`trace_json.py`).
"""

import contextlib
from typing import Annotated

import typer

from sim.cli import show
from sim.cli.options import RUNS, AsJson, Out, one_run
from sim.errors import DataError, UsageError
from sim.words import say


def add(app: typer.Typer) -> None:
    """Put the command into the application."""
    app.command("trace", help="cli.trace")(trace)


def trace(
    run: Annotated[str, typer.Argument(metavar="RUN", help="cli.trace.run")],
    household: Annotated[int | None, typer.Option(metavar="UID", help="cli.trace.household", show_default=False)] = None,
    pick: Annotated[str, typer.Option(metavar="exited|stayed|settled|regret", help="cli.trace.pick", show_default=False)] = "",
    beside: Annotated[str, typer.Option(metavar="RUN", help="cli.trace.beside", show_default=False)] = "",
    seed: Annotated[int | None, typer.Option(metavar="SEED", help="cli.trace.seed", show_default=False)] = None,
    out: Out = RUNS,
    as_json: AsJson = False,
):
    if household is not None and pick:
        raise UsageError(say("trace.both"), where="--pick", hint=say("trace.both.hint"))
    from sim.cli import trace_beside, trace_json, trace_page
    from sim.files import plain
    from sim.study import trace as traced

    opened = one_run(run, out) if seed is None else _with_seed(run, seed, out)
    kind, others = pick, ()
    if household is None:
        kind, (household, *others) = _found(traced, opened, pick)
    story = traced.tell(opened, household)
    other, parting = traced.beside(story, one_run(beside, out)) if beside else (None, None)
    picked = (kind, tuple(others)) if kind else None
    if as_json:
        show.emit(plain(trace_json.story(story, picked, other, parting)))
        return
    lines = trace_beside.page(story, picked, other, parting) if beside else trace_page.page(story, picked)
    for line in lines:
        show.result(line)


def _with_seed(run, seed, out):
    from sim.results import open_run

    return open_run(one_run(run, out).path, (seed,))


def _found(traced, run, kind):
    """(kind, uids): of the kind asked for, else of the first kind that the run has."""
    *before, last = (kind,) if kind else traced.KINDS
    for one in before:
        with contextlib.suppress(DataError):
            return one, traced.pick(run, one)
    return last, traced.pick(run, last)
