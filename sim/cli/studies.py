"""Commands about studies: study run, status, export.

Not here: study files, the pool and the table (`sim/study`), the page (`sim/report/study_page.py`).
"""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import show
from sim.cli.options import RUNS, AsJson, Quiet
from sim.errors import DataError, UsageError
from sim.words import language, say

STUDIES = Path("studies")
PAGE = "study.html"
StudyFile = Annotated[str, typer.Argument(metavar="FILE", help="cli.study.file")]
StudyOut = Annotated[Path, typer.Option("--out", metavar="DIR", help="cli.study.out")]


def add(app: typer.Typer) -> None:
    """Put the commands of this module into the application."""
    group = typer.Typer(help="cli.study", no_args_is_help=True)
    for name, function in (("run", run), ("status", status), ("export", export)):
        group.command(name, help=f"cli.study.{name}")(function)
    app.add_typer(group, name="study")


def run(
    file: StudyFile,
    scheduler: Annotated[str, typer.Option(metavar="local", help="cli.study.scheduler")] = "local",
    shard: Annotated[str, typer.Option(metavar="I/N", help="cli.study.shard")] = "",
    jobs: Annotated[int, typer.Option(min=0, metavar="N", help="cli.study.jobs", show_default=False)] = 0,
    out: StudyOut = STUDIES,
    runs: Annotated[Path, typer.Option(metavar="DIR", help="cli.study.runs")] = RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
):
    if scheduler != "local":
        raise UsageError(say("study.scheduler", name=scheduler), where="--scheduler", hint=say("study.scheduler.hint"))
    part = _shard(shard)
    plan = _plan(file, out)
    from sim import warm
    from sim.study import sweep

    missing = plan.missing(part)
    quiet = quiet or as_json
    if not quiet and missing:
        _begin(plan, len(missing), sweep.workers(plan, len(missing), jobs or None))
        if not warm.is_warm():
            show.narrate(say("runs.first_time"))
    line = None if quiet else _Line(plan.study.id)
    try:
        now = sweep.run(plan, shard=part, jobs=jobs or None, runs=runs, progress=line.tell if line else None)
    finally:
        if line:
            line.clear()
    written = _write_all(plan) if now.done == len(plan.cells) else []
    if as_json:
        show.emit(_object(now, written))
        return
    if not written:
        show.narrate(say("study.left", missing=now.missing + len(now.failed), file=file))
    elif not missing and not quiet:
        show.narrate(say("study.complete", id=plan.study.id, cells=now.done, folder=plan.folder))
    for path in written:
        show.result(str(path))


def status(file: StudyFile, out: StudyOut = STUDIES, as_json: AsJson = False):
    plan = _plan(file, out)
    from sim.study import sweep

    now = sweep.status(plan)
    if as_json:
        show.emit(_object(now, [path for path in (plan.folder / name for name in (_table_name(), PAGE)) if path.exists()]))
        return
    study = plan.study
    counts = {"cells": len(plan.cells), "done": now.done, "missing": now.missing, "failed": len(now.failed)}
    show.result(say("study.status", id=study.id, points=len(plan.points), seeds=len(study.seeds), households=study.households, **counts))
    show.result(say("study.status.folder", folder=plan.folder))
    if now.running:
        show.result(say("study.status.running"))
    for cell, reason in now.failed:
        show.result(say("study.status.failed", seed=cell.seed, point=_names(plan, cell), reason=reason))


def export(
    file: StudyFile,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="cli.study.output")] = None,
    out: StudyOut = STUDIES,
):
    ending = output.suffix.lower() if output is not None else ".parquet"
    if ending not in (".parquet", ".csv", ".html"):
        raise UsageError(say("study.format", value=output), where="-o", hint=say("study.format.hint"))
    plan = _plan(file, out)
    from sim.study import sweep

    now = sweep.status(plan)
    if now.done < len(plan.cells):
        show.narrate(say("study.partly", done=now.done, cells=len(plan.cells)))
    for path in _write_all(plan, output):
        show.result(str(path))


# ---------------------------------------------------------------------------------------------------- the call
def _shard(text: str) -> tuple[int, int] | None:
    """(i, n) of `i/n`; None for the whole."""
    if not text:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})", text.strip())
    if not found or int(found[1]) > int(found[2]):
        raise UsageError(say("study.shard", value=text), where="--shard", hint=say("study.shard.hint"))
    return int(found[1]), int(found[2])


def _plan(file: str, out: Path):
    from sim.study.sweep_plan import plan_study

    plan = plan_study(file, out)
    for warning in plan.study.warnings:
        show.narrate(f"{warning.place}: {say('validate.warning')} {warning.message} {warning.hint}".rstrip())
    return plan


def _begin(plan, missing: int, jobs: int) -> None:
    counts = {"points": len(plan.points), "seeds": len(plan.study.seeds), "cells": len(plan.cells), "missing": missing}
    show.narrate(say("study.begin", id=plan.study.id, jobs=jobs, folder=plan.folder, **counts))


# ---------------------------------------------------------------------------------------------------- what comes out
def _table_name() -> str:
    from sim.study.sweep_table import FILE_NAME

    return FILE_NAME


def _write_all(plan, output: Path | None = None) -> list[Path]:
    """Table and page of what is computed, into the study's folder, or the one that a file's name asks for."""
    from sim.report.study_page import write_page
    from sim.study import sweep_table

    table = sweep_table.tidy(plan)
    if table.empty:
        raise DataError(say("study.nothing"), file=str(plan.folder), hint=say("study.nothing.hint"))
    if output is None:
        return [sweep_table.write(table, plan.folder / _table_name()), write_page(plan, table, plan.folder / PAGE, language())]
    return [write_page(plan, table, output, language()) if output.suffix.lower() == ".html" else sweep_table.write(table, output)]


def _object(now, written) -> dict:
    """The object of `study run --json` and `study status --json`."""
    plan, study = now.plan, now.plan.study
    return {
        "study": study.id,
        "title": study.title,
        "folder": str(plan.folder),
        "design": study.kind,
        "points": len(plan.points),
        "seeds": list(study.seeds),
        "households": study.households,
        "cells": {"all": len(plan.cells), "done": now.done, "missing": now.missing, "failed": len(now.failed)},
        "running": now.running,
        "failed": [{"cell": cell.name, "seed": cell.seed, "points": list(cell.points), "reason": reason} for cell, reason in now.failed],
        "written": [str(path) for path in written],
    }


def _names(plan, cell) -> str:
    """What a cell simulates, in words: the settings of its first point, or that it is the reference."""
    from sim.study.design import settings

    of = next((number for number in cell.points if plan.of_point[number] is cell.setting or plan.of_point[number].group == cell.setting.group), None)
    return say("study.reference") if of is None else ", ".join(settings(plan.points[of])) or say("study.as_written")


class _Line:
    """One line on the terminal that says how far the cells are; failures and retries are told line by line, on a terminal or not."""

    def __init__(self, id: str):
        self.id, self.terminal = id, sys.stderr.isatty()

    def tell(self, progress) -> None:
        if progress.kind in ("again", "failed"):
            self.clear()
            show.narrate(say("study.again" if progress.kind == "again" else "study.cell_failed", cell=progress.cell, reason=progress.reason))
        if not self.terminal:
            return
        left = "–" if progress.seconds_left is None else f"{int(progress.seconds_left // 60)}:{int(progress.seconds_left % 60):02d}"
        counts = {"percent": f"{100 * progress.share:.0f}", "done": progress.finished, "cells": progress.of}
        sys.stderr.write(f"\r\x1b[K{say('study.progress', id=self.id, left=left, **counts)}")
        sys.stderr.flush()

    def clear(self) -> None:
        if self.terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
