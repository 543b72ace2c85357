"""Commands about what comes out: run, compare, report, runs list|show|rm, fit, verify, doctor.

Not here: scenarios and levers (`sim/cli/inputs.py`), studies and the dashboard; the work itself (`sim/study`, `sim/report`).
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import show
from sim.errors import IDENTITY, PartialError, UsageError
from sim.words import language, say

AsJson = Annotated[bool, typer.Option("--json", help="cli.option.json")]
Households = Annotated[str, typer.Option(metavar="all|N", help="cli.runs.households")]
Seeds = Annotated[str, typer.Option(metavar="8|8,|1,2,5-9", help="cli.runs.seeds")]
Years = Annotated[str, typer.Option(metavar="2019-2035", help="cli.runs.years")]
Settings = Annotated[list[str], typer.Option("--set", metavar="LEVER.PARAM=VALUE", help="cli.option.set")]
Jobs = Annotated[int, typer.Option(min=0, metavar="N", help="cli.runs.jobs", show_default=False)]
Threads = Annotated[int, typer.Option(min=0, metavar="N", help="cli.runs.threads", show_default=False)]
Out = Annotated[Path, typer.Option(metavar="DIR", help="cli.runs.out")]
Force = Annotated[bool, typer.Option("--force", help="cli.runs.force")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="cli.runs.quiet")]
RUNS = Path("runs")
FORMATS = ("table", "csv", "md", "json", "xlsx")


def add(app: typer.Typer) -> None:
    """Put the commands of this module into the application."""
    for name, function in (("run", run), ("compare", compare), ("report", report), ("fit", fit), ("verify", verify), ("doctor", doctor)):
        app.command(name, help=f"cli.{name}")(function)
    group = typer.Typer(help="cli.runs", no_args_is_help=True)
    for name, function in (("list", runs_list), ("show", runs_show), ("rm", runs_rm)):
        group.command(name, help=f"cli.runs.{name}")(function)
    app.add_typer(group, name="runs")


# ---------------------------------------------------------------------------------------------------- run and compare
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
    sample: Annotated[int, typer.Option(min=1, help="cli.run.sample")] = 1,
    as_json: AsJson = False,
    quiet: Quiet = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="cli.run.dry")] = False,
    force: Force = False,
    profile: Annotated[bool, typer.Option("--profile", help="cli.run.profile")] = False,
):
    call = _call(households, seeds, years, jobs, threads, out, force)
    plans = _prepare(files, {**call, "settings": settings, "sample": sample, "snapshot": _years(snapshot, "--snapshot")})
    if dry_run:
        _show_plans(plans, as_json)
        return
    done, failed = [], []
    for plan in plans:
        try:
            done.append(_carry_out(plan, quiet or as_json))
        except PartialError as problem:
            failed.append(problem)
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
    for one in done if profile else ():
        _show_profile(one)
    if failed:
        raise (
            failed[0]
            if len(failed) == 1
            else PartialError("\n".join(str(one) for one in failed), failed=sum((one.failed for one in failed), ()))
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
    wanted = _years(at, "--at")
    opened = _open(runs, {**_call(households, seeds, years, jobs, threads, out, force), "settings": settings}, quiet)
    from sim.report import exports
    from sim.study.comparison import check

    check(opened)
    wanted = wanted or tuple(year for year in opened[0].report_years if year <= opened[0].years[1]) or opened[0].years[1:]
    if format == "xlsx":
        exports.write_workbook(opened, wanted, output, language())
        show.narrate(say("runs.written", path=output))
        return
    text = _screen(opened, wanted, by or None) if format == "table" else exports.as_text(opened, wanted, by or None, format, language())
    if output is None:
        show.result(text.rstrip("\n"))
    else:
        from sim.results import write_text

        write_text(output, "\ufeff" + text if format == "csv" else text)
        show.narrate(say("runs.written", path=output))


def _screen(runs, years, by: str | None) -> str:
    """One aligned table per scenario with a section per year."""
    from sim.report import tables

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
        parts.append(tables.how(run, tables.common_seeds(reference, run), language()) + "\n")
    return "\n".join(parts)


def report(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="cli.report.runs")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="cli.report.output")] = Path("brief.html"),
    docx: Annotated[Path | None, typer.Option(metavar="FILE", help="cli.report.docx")] = None,
    png: Annotated[Path | None, typer.Option(metavar="DIR", help="cli.report.png")] = None,
    out: Out = RUNS,
):
    opened = _open(runs, _call("", "", "", 0, 0, out, False), quiet=False)
    from sim.report.brief import write_brief
    from sim.study.comparison import check

    check(opened)
    written = [write_brief(opened, output, language())]
    if docx is not None or png is not None:
        from sim.report import exports

        written += [exports.write_document(opened, docx, language())] if docx is not None else []
        written += exports.write_pictures(opened, png, language()) if png is not None else []
    for path in written:
        show.result(str(path))


def _call(households, seeds, years, jobs, threads, out, force) -> dict:
    """The options of a run that were given; the others come from the scenario and from the machine."""
    given = {"households": households, "seeds": seeds, "years": years, "jobs": jobs, "threads": threads}
    return {**{name: value for name, value in given.items() if value}, "out": out, "force": force}


def _prepare(sources, call) -> list:
    """Plans of all scenarios before any is computed; the problems of all files together."""
    from sim.errors import ScenarioError
    from sim.study import ensemble

    plans, problems = [], []
    for source in sources:
        try:
            plans.append(ensemble.prepare(source, **call))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    for plan in plans:
        for warning in getattr(plan.scenario, "warnings", ()):
            show.narrate(str(warning))
    return plans


def _open(names, call, quiet: bool) -> list:
    """Runs by folder, by id under --out, or by scenario; scenarios are computed where they are not there."""
    from sim.results import open_run
    from sim.study.ensemble import seeds_of

    folders = {name: next((p for p in (Path(name), Path(call["out"]) / name) if (p / "manifest.json").exists()), None) for name in names}
    plans = dict(zip((n for n in names if folders[n] is None), _prepare([n for n in names if folders[n] is None], call), strict=True))
    seeds = seeds_of(call["seeds"]) if "seeds" in call else None
    return [_carry_out(plans[name], quiet) if name in plans else open_run(folders[name], seeds) for name in names]


def _carry_out(plan, quiet: bool):
    from sim import warm
    from sim.study import ensemble

    if not quiet and plan.missing:
        show.narrate(
            say(
                "runs.computing",
                id=plan.scenario.id,
                cells=len(plan.missing),
                of=len(plan.seeds),
                folder=plan.folder,
                jobs=plan.jobs,
                threads=plan.threads,
            )
        )
    if not quiet and plan.missing and not warm.is_warm():
        show.narrate(say("runs.first_time"))
    line = None if quiet or not sys.stderr.isatty() else _Line(plan)
    try:
        found = ensemble.carry_out(plan, line.tell if line else None)
    finally:
        if line:
            line.clear()
    if not quiet and not plan.missing:
        show.narrate(say("runs.found", id=plan.scenario.id, folder=plan.folder))
    return found


class _Line:
    """One line on the terminal that says how far the cells are and how long it will take."""

    def __init__(self, plan):
        self.plan, self.finished = plan, 0

    def tell(self, progress) -> None:
        self.finished += progress.kind in ("done", "failed")
        left = "" if progress.seconds_left is None else f"{int(progress.seconds_left // 60)}:{int(progress.seconds_left % 60):02d}"
        text = say(
            "runs.progress",
            id=self.plan.scenario.id,
            percent=f"{100 * progress.done:.0f}",
            done=self.finished,
            cells=len(self.plan.missing),
            left=left or "–",
        )
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    def clear(self) -> None:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _show_plans(plans, as_json: bool) -> None:
    cards = [
        {
            "scenario": p.scenario.id,
            "path": str(p.folder),
            "households": p.households or "all",
            "seeds": list(p.seeds),
            "missing": list(p.missing),
            "jobs": p.jobs,
            "threads": p.threads,
            "bytes_needed": p.bytes_needed,
        }
        for p in plans
    ]
    if as_json:
        show.emit({"plans": cards})
        return
    for card in cards:
        show.result(
            say(
                "runs.plan",
                **{**card, "seeds": len(card["seeds"]), "missing": len(card["missing"]), "gigabytes": f"{card['bytes_needed'] / 1e9:.1f}"},
            )
        )


def _show_profile(run) -> None:
    """Seconds, nanoseconds per household and year, and share of each phase of the year, from the logs of the cells."""
    from sim.study.profile import profile

    shares = profile(run)
    if not shares:
        show.narrate(say("runs.no_profile"))
        return
    total = sum(one.nanoseconds or 0.0 for one in shares)
    rows = [(one.phase, f"{one.seconds:.2f}", "–" if one.nanoseconds is None else f"{one.nanoseconds:,.0f}", f"{100 * one.share:.1f}") for one in shares]
    rows.append((say("runs.total"), f"{sum(one.seconds for one in shares):.2f}", f"{total:,.0f}", "100.0"))
    show.narrate(show.table([say("runs.phase"), "s", say("runs.per_household"), "%"], rows, right=(1, 2, 3)))


def _kind(run) -> str:
    from sim.report.tables import kind_of

    return kind_of(run, language())


def _years(text: str, option: str) -> tuple[int, ...]:
    try:
        return tuple(sorted({int(part) for part in text.split(",") if part.strip()}))
    except ValueError:
        raise UsageError(say("runs.years", value=text), where=option, hint=say("runs.years.hint")) from None


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


# ---------------------------------------------------------------------------------------------------- folders
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


def runs_show(run: Annotated[str, typer.Argument(metavar="RUN", help="cli.runs.run")], out: Out = RUNS, as_json: AsJson = False):
    found = _one(run, out)
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

    found = [_one(name, out) for name in runs]
    for one in found:
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(say("runs.rm.ask"), where=one.id, hint=say("runs.rm.ask.hint"))
            if input(say("runs.rm.really", run=one.id)).strip().lower() not in ("y", "yes", "是"):
                continue
        remove_run(one.path)
        show.narrate(say("runs.rm.done", run=one.id))


def _one(name: str, out: Path):
    from sim.results import open_run

    path = Path(name)
    return open_run(path if (path / "manifest.json").exists() else Path(out) / name)


# ---------------------------------------------------------------------------------------------------- checks
def fit(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="cli.fit.run")] = "",
    path: Annotated[bool, typer.Option("--path", help="cli.fit.path")] = False,
    out: Out = RUNS,
    as_json: AsJson = False,
):
    from sim.results import plain
    from sim.study.fit import fit_table

    table = fit_table(_one(run, out) if run else None, path=path)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]
    if as_json:
        show.emit({"run": run or None, "rows": plain(rows)})
    else:
        head = [_fit_words("head", name) for name in table.columns]
        body = [[_fit_words(key, value) if isinstance(value, str) else _cell(value) for key, value in row.items()] for row in rows]
        show.result(show.table(head, body, right=[i for i, name in enumerate(table.columns) if table[name].dtype.kind in "fi" and name != "year"]))


def _fit_words(column: str, text: str) -> str:
    """A head or target of the fit in the language in use: its own words, else those of the evidence, else the text itself."""
    from sim import evidence
    from sim.places import DISTRICTS
    from sim.words import CATALOGUE, pick

    if f"fit.{column}.{text}" in CATALOGUE:
        return say(f"fit.{column}.{text}")
    figure = evidence.figures().get(text) if column == "target" else None
    if figure is None:
        return text
    place = next((f"{pick((d.zh, d.en))} " for d in DISTRICTS if d.id == figure.place), "")
    return place + pick((figure.zh, figure.en))


def _cell(value) -> str:
    if isinstance(value, float):
        return "–" if value != value else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def verify(file: Annotated[str, typer.Argument(metavar="FILE", help="cli.option.file")], as_json: AsJson = False):
    """`sim.study.verify.verify` hands over checks with name, passed and detail; exit 4 where one failed."""
    from sim.results import plain
    from sim.study.verify import verify as certify

    checks = [dict(check) if isinstance(check, dict) else check._asdict() for check in certify(file)]
    if as_json:
        show.emit({"file": file, "ok": all(check["passed"] for check in checks), "checks": plain(checks)})
    for check in checks if not as_json else ():
        show.result(f"{say('runs.passed') if check['passed'] else say('runs.failed')}  {check['name']}  {check['detail']}")
    return 0 if all(check["passed"] for check in checks) else IDENTITY


def doctor(as_json: AsJson = False, out: Out = RUNS):
    from sim.cli.doctor import examine

    findings = examine(out)
    if as_json:
        show.emit({"ok": all(f.ok or not f.needed for f in findings), "checks": [f._asdict() for f in findings]})
    else:
        for f in findings:
            mark = say("doctor.ok") if f.ok else say("doctor.missing") if f.needed else say("doctor.optional")
            show.result(f"{mark}  {f.what}: {f.found}" + (f"\n      -> {f.remedy}" if f.remedy and not f.ok else ""))
    return max((f.exit_code for f in findings if f.needed and not f.ok), default=0)
