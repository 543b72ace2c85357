"""Commands that compute and show runs: run, compare, report.

Not here: scenarios and levers (`sim/cli/inputs.py`), how missing cells are computed (`sim/cli/computing.py`), the work itself (`sim/study`, `sim/report`).
"""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli import show
from sim.cli.computing import carry_out, carry_out_together, open_all, prepare, show_plans, show_profile
from sim.cli.options import RUNS, AsJson, Force, Households, Jobs, Out, Quiet, Seeds, Settings, Threads, Years, call_of, years_of
from sim.errors import PartialError, RongheError, UsageError
from sim.words import language, say

FORMATS = ("table", "csv", "md", "json", "xlsx")


def add(app: typer.Typer) -> None:
    """Put the commands of this module into the application."""
    for name, function in (("run", run), ("compare", compare), ("report", report)):
        app.command(name, help=f"cli.{name}")(function)


def run(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="cli.option.files")],
    settings: Settings = [],  # noqa: B006
    households: Households = "",
    seeds: Seeds = "",
    years: Years = "",
    jobs: Jobs = 0,
    threads: Threads = 0,
    out: Out = RUNS,
    snapshot: Annotated[str, typer.Option(metavar="2025,2035", help="cli.run.snapshot")] = "",
    checkpoint: Annotated[str, typer.Option(metavar="2025,2030", help="cli.run.checkpoint")] = "",
    origin: Annotated[str, typer.Option("--from", metavar="RUN@YEAR", help="cli.run.from")] = "",
    sample: Annotated[int, typer.Option(min=1, metavar="N", help="cli.run.sample")] = 1,
    as_json: AsJson = False,
    quiet: Quiet = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="cli.run.dry")] = False,
    force: Force = False,
    profile: Annotated[bool, typer.Option("--profile", help="cli.run.profile")] = False,
):
    call = call_of(households, seeds, years, jobs, threads, out, force)
    kept = {"snapshot": years_of(snapshot, "--snapshot"), "checkpoint": years_of(checkpoint, "--checkpoint")}
    plans = prepare(files, {**call, "settings": settings, "sample": sample, **kept, "origin": origin or None})
    if dry_run:
        show_plans(plans, as_json)
        return
    found = carry_out_together(plans, quiet or as_json)
    done = [one for one in found if not isinstance(one, RongheError)]
    failed = [one for one in found if isinstance(one, RongheError)]
    if as_json:
        show.emit({"runs": [one.card() for one in done]})
    for one in done if not as_json else ():
        show.result(
            say(
                "runs.cached" if one.cached else "runs.computed",
                run=one.id,
                title=one.title(language()),
                households=f"{one.households:,}",
                kind=_kind(one),
                seeds=len(one.seeds),
                seconds=f"{one.seconds:.1f}",
                path=one.path,
                digest=one.digest[:16],
            )
        )
        for year in plans[0].snapshot:
            show.narrate(say("runs.snapshot", year=year, path=one.path / "seed-*" / f"snapshot-{year}.parquet"))
        for year in plans[0].checkpoint:
            show.narrate(say("runs.checkpoint", run=one.path, year=year))
    for one in done if profile else ():
        show_profile(one)
    if failed:
        raise (
            failed[0]
            if len(failed) == 1
            else PartialError("\n".join(str(one) for one in failed), failed=sum((getattr(one, "failed", ()) for one in failed), ()))
        )


def compare(
    runs: Annotated[list[str], typer.Argument(metavar="A B...", help="cli.compare.runs")],
    at: Annotated[str, typer.Option(metavar="2025,2035", help="cli.compare.at")] = "",
    by: Annotated[str, typer.Option(metavar="district|decile|type", help="cli.compare.by")] = "",
    format: Annotated[str, typer.Option("--format", metavar="|".join(FORMATS), help="cli.compare.format")] = "",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="cli.compare.output")] = None,
    settings: Settings = [],  # noqa: B006
    households: Households = "",
    seeds: Seeds = "",
    years: Years = "",
    jobs: Jobs = 0,
    threads: Threads = 0,
    out: Out = RUNS,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
):
    format = _format("json" if as_json else format, output)
    wanted = years_of(at, "--at")
    from sim.study.comparison import BY

    if by and by not in BY:
        raise UsageError(say("compare.by", by=by), where="--by", hint=say("compare.by.hint", known=", ".join(BY)))
    opened = open_all(runs, {**call_of(households, seeds, years, jobs, threads, out, force), "settings": settings}, quiet, wanted)
    from sim.report import exports
    from sim.study.comparison import check

    check(opened)
    wanted = wanted or tuple(year for year in opened[0].report_years if year <= opened[0].years[1]) or opened[0].years[1:]
    if format == "xlsx":
        from sim.report.workbook import write_workbook

        write_workbook(opened, wanted, output, language(), by or None)
        show.narrate(say("runs.written", path=output))
        return
    text = _screen(opened, wanted, by or None) if format == "table" else exports.as_text(opened, wanted, by or None, format, language())
    if output is None:
        show.result(text.rstrip("\n"))
    else:
        from sim.files import write_text

        write_text(output, "\ufeff" + text if format == "csv" else text)
        show.narrate(say("runs.written", path=output))


def _screen(runs, years, by: str | None) -> str:
    """One aligned table per scenario with a section per year."""
    from sim.report import tables
    from sim.report.projects import fewer_projects

    reference, parts = runs[0], []
    for run in runs[1:] or runs:
        for year in years:
            if by:
                head, body = tables.groups(reference, run, year, by, language())
            else:
                head = tables.header(reference, run, language())
                body = [tables.cells(row) for row in tables.sheet(reference, None if run is reference else run, year, language())]
            parts.append(
                f"{tables.caption(reference, run, year, language())}\n{show.table(head, body, right=(3, 4, 5) if by else (2, 3, 4))}\n"
            )
        parts += [text + "\n" for text in (fewer_projects(reference, run, max(years), language()), tables.how(reference, run, language())) if text]
    return "\n".join(parts)


def _format(format: str, output: Path | None) -> str:
    """The format asked for, else the one that the file's name tells, else the table."""
    told = (
        {".csv": "csv", ".md": "md", ".json": "json", ".xlsx": "xlsx"}.get(output.suffix.lower(), "table")
        if output is not None
        else "table"
    )
    format = format or told
    if format not in FORMATS:
        raise UsageError(say("runs.format", value=format), where="--format", hint=say("runs.format.hint", known=", ".join(FORMATS)))
    if format == "xlsx" and output is None:
        raise UsageError(say("runs.xlsx_file"), where="--format xlsx", hint=say("runs.xlsx_file.hint"))
    return format


def report(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="cli.report.runs")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="cli.report.output")] = Path("brief.html"),
    docx: Annotated[Path | None, typer.Option(metavar="FILE", help="cli.report.docx")] = None,
    png: Annotated[Path | None, typer.Option(metavar="DIR", help="cli.report.png")] = None,
    households: Households = "",
    seeds: Seeds = "",
    jobs: Jobs = 0,
    out: Out = RUNS,
    delivery: Annotated[bool, typer.Option("--delivery/--no-delivery", help="cli.report.delivery")] = True,
    quiet: Quiet = False,
):
    opened = open_all(runs, call_of(households, seeds, "", jobs, 0, out, False), quiet)
    from sim.report.brief import write_brief
    from sim.study.comparison import check

    check(opened)
    deliveries = _deliveries(opened, jobs or None, quiet) if delivery else []
    written = [write_brief(opened, output, language(), deliveries)]
    if docx is not None or png is not None:
        from sim.report import exports

        written += [exports.write_document(opened, docx, language(), deliveries)] if docx is not None else []
        written += exports.write_pictures(opened, png, language(), deliveries) if png is not None else []
    for path in written:
        show.result(str(path))


def _deliveries(opened, jobs: int | None, quiet: bool) -> list:
    """The scenarios of a brief at other delivery rates, computed where they are missing; none where the runs come from another version."""
    from sim.study import delivery

    strange = next((run for run in opened if not delivery.can_be_repeated(run)), None)
    if strange or len(opened) == 1:
        if strange:
            show.narrate(say("delivery.other_version", run=strange.id))
        return []
    made = delivery.plans(opened, jobs)
    missing = {(plan.folder, seed) for _, reference, rates in made if rates for plan in (reference, *rates.values()) for seed in plan.missing}
    if missing and not quiet:
        plan = made[0][1]
        show.narrate(
            say(
                "delivery.running",
                households=f"{plan.households:,}",
                seeds=len(plan.seeds),
                rates=" / ".join(f"{rate:g}" for rate in next(rates for _, _, rates in made if rates)),
                missing=len(missing),
            )
        )
    return delivery.simulate(made, lambda plan: carry_out(plan, quiet or not plan.missing))


def _kind(run) -> str:
    from sim.report.tables import kind_of

    return kind_of(run, language())
