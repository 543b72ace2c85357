"""Commands that check: fit, verify, doctor.

Not here: the checks themselves (`sim/study`, `sim/cli/doctor.py`).
"""

from typing import Annotated

import typer

from sim.cli import fit_path, show
from sim.cli.options import RUNS, AsJson, Out, one_run
from sim.errors import IDENTITY
from sim.words import say

MARKS = {True: "runs.passed", False: "runs.failed", None: "runs.untested"}


def add(app: typer.Typer) -> None:
    """Put the commands of this module into the application."""
    for name, function in (("fit", fit), ("verify", verify), ("doctor", doctor)):
        app.command(name, help=f"cli.{name}")(function)


def fit(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="cli.fit.run")] = "",
    path: Annotated[bool, typer.Option("--path", help="cli.fit.path")] = False,
    out: Out = RUNS,
    as_json: AsJson = False,
):
    from sim.files import plain

    opened = one_run(run, out) if run else None
    if path:
        from sim.study.fit import path_table, read_path

        reading = read_path(opened)
        table = path_table(reading)
    else:
        from sim.study.fit import fit_table

        table = fit_table(opened)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]
    if as_json:
        show.emit({"run": run or None, "rows": plain(rows)} | (plain(fit_path.as_object(reading)) if path else {}))
    else:
        head = [_fit_words("head", name) for name in table.columns]
        body = [[_fit_words(key, value) if isinstance(value, str) else _cell(value) for key, value in row.items()] for row in rows]
        show.result(show.table(head, body, right=[i for i, name in enumerate(table.columns) if table[name].dtype.kind in "fi" and name != "year"]))
        if path:
            fit_path.show_path(reading)


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
    """`sim.study.verify.verify` hands over checks with name, passed (None: not tested) and detail; exit 4 where one failed."""
    from sim.files import plain
    from sim.study.verify import verify as certify

    checks = [dict(check) if isinstance(check, dict) else check._asdict() for check in certify(file)]
    ok = all(check["passed"] is not False for check in checks)
    if as_json:
        show.emit({"file": file, "ok": ok, "checks": plain(checks)})
    for check in checks if not as_json else ():
        show.result(f"{say(MARKS[check['passed']])}  {check['name']}  {check['detail']}")
    return 0 if ok else IDENTITY


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
