"""Commands about what goes in: init, levers, clauses, validate, explain, diff, schema, schedule, and --version.

They read declarations and files only; none imports the model. Not here: runs and what comes out of them (`sim/cli/runs.py`, `sim/cli/folders.py`).
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import show
from sim.errors import INVALID, DataError, InvalidValueError, MachineError, ScenarioError, UsageError, told
from sim.places import DISTRICT_IDS
from sim.words import district_names, language, pick, say, source_words, unit_word

AsJson = Annotated[bool, typer.Option("--json", help="cli.option.json")]


def add(app: typer.Typer) -> None:
    """Put the commands of this module into the application."""
    app.callback()(root)
    for name, function in (
        ("init", init),
        ("levers", levers),
        ("clauses", clauses),
        ("validate", validate),
        ("explain", explain),
        ("diff", diff),
        ("schema", schema),
        ("schedule", schedule),
    ):
        app.command(name, help=f"cli.{name}")(function)


def root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help="cli.option.version", callback=lambda wanted: _version() if wanted else None)
    ] = False,
    lang: Annotated[str, typer.Option("--lang", metavar="zh|en", help="cli.option.lang")] = "",
):
    """`--lang` is taken from the line before it comes here; it stands in this place for the help."""


def _version() -> None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("ronghe")
    except PackageNotFoundError:
        found = "0"
    show.result(f"ronghe {found}")
    raise typer.Exit()


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="cli.init.folder")]):
    from sim.scenario import shipped_folder, shipped_ids
    from sim.scenario_schema import FILE_NAME, scenario_schema
    from sim.study.study_schema import FILE_NAME as STUDY_FILE_NAME, study_schema

    files = {FILE_NAME: _pretty(scenario_schema())}
    for name in shipped_ids():
        text = (shipped_folder() / f"{name}.yaml").read_text(encoding="utf-8")
        files[f"my-{name}.yaml"] = f"# yaml-language-server: $schema=./{FILE_NAME}\n" + text.replace(
            f"\nid: {name}\n", f"\nid: my-{name}\n"
        )
    files[STUDY_FILE_NAME] = _pretty(study_schema())
    for path in sorted((shipped_folder().parent / "experiments").glob("*.yaml")):
        text = path.read_text(encoding="utf-8").replace(f"\nid: {path.stem}\n", f"\nid: my-{path.stem}\n")
        files[f"studies/my-{path.name}"] = f"# yaml-language-server: $schema=../{STUDY_FILE_NAME}\n" + text
    files[".vscode/settings.json"] = _pretty({"yaml.schemas": {f"./{FILE_NAME}": ["*.yaml"]}, "files.encoding": "utf8"})
    _write_new(folder, files)
    show.result(say("init.done", folder=folder, count=len(files)))
    show.result(say("init.next", file=folder / "my-four-instruments.yaml"))


def _write_new(folder: Path, files: dict[str, str]) -> None:
    """Write files that are not there yet; what exists is left as it is and named."""
    try:
        for name, text in files.items():
            path = folder / name
            if path.exists():
                show.narrate(say("init.kept", path=path))
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    except (FileExistsError, NotADirectoryError) as error:
        raise UsageError(say("init.not_a_folder"), where=str(folder), hint=say("init.not_a_folder.hint")) from error
    except OSError as error:
        raise MachineError(
            say("cli.cannot_write", reason=error.strerror), kind="permission", where=str(error.filename or folder)
        ) from error


def _pretty(content) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def levers(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="cli.levers.name")] = "",
    district: Annotated[str, typer.Option(metavar="DISTRICT", help="cli.option.district")] = "",
    as_json: AsJson = False,
):
    from sim.policies.catalogue import levers as declared
    from sim.scenario_values import nearest

    known = declared()
    titles = {title.lower(): lever.id for lever in known.values() for title in lever.title.values()}
    name = titles.get(name.strip().lower(), name)
    if name and name not in known:
        raise InvalidValueError(say("unknown.name", what=say("label.lever"), name=name), where="levers", hint=nearest(name, known, titles.items()))
    place = _district(district)
    chosen = [known[name]] if name else list(known.values())
    if as_json:
        show.emit({"levers": [_lever_json(lever, place) for lever in chosen]})
        return
    for lever in chosen:
        show.result(f"{lever.id}  {pick(lever.title)}  [{pick(lever.group)}]")
        for clause in lever.clauses:
            show.result(f"  {clause.place} “{clause.phrase}”")
        head = [say(f"levers.head.{word}") for word in ("parameter", "words", "base", "plan", "range", "kind", "grade")]
        rows = [
            (p.name, pick(p.words), _base_text(p, place), show.number(p.plan), _bounds(p), say(f"levers.kind.{p.kind}"), p.grade)
            for p in lever.parameters
        ]
        show.result("\n".join("  " + line for line in show.table(head, rows).split("\n")))
        if name:
            for parameter in lever.parameters:
                show.result(f"  {parameter.name}: {source_words(parameter.source, language())}")
        show.result()


def _district(name: str) -> str | None:
    """The id of one district from an id or a Chinese name; None where none is asked for."""
    from sim.scenario_values import named_districts, nearest_district

    if not name:
        return None
    found = named_districts(name)
    if found is None or len(found) != 1:
        raise InvalidValueError(
            say("unknown.name", what=say("label.district"), name=name) if found is None else say("district.one", name=name),
            where="--district",
            hint=nearest_district(name, ()) if found is None else say("district.one.hint"),
        )
    return found[0]


def _base_text(parameter, district: str | None) -> str:
    if district or not isinstance(parameter.base, dict):
        return show.number(parameter.base_in(district or DISTRICT_IDS[0]))
    special = ", ".join(f"{district_names([place], language())} {show.number(value)}" for place, value in parameter.base.items() if place != "default")
    return f"{show.number(parameter.base['default'])} ({special})"


def _bounds(parameter) -> str:
    """The allowed range with its unit in words; a switch as a file writes it."""
    return parameter.bounds if parameter.is_switch else f"{parameter.low:g}-{parameter.high:g} {unit_word(parameter.unit, language())}"


def _lever_json(lever, district: str | None) -> dict:
    return {
        "id": lever.id,
        "title": lever.title,
        "group": {"zh": lever.group[0], "en": lever.group[1]},
        "clauses": [{"clause": clause.place, "phrase": clause.phrase} for clause in lever.clauses],
        "watch": {"indicator": lever.watch.indicator, "sign": lever.watch.sign},
        "parameters": [
            {
                "name": p.name,
                "unit": p.unit,
                "base": p.base_in(district) if district else dict(p.base) if isinstance(p.base, dict) else p.base,
                "plan": p.plan,
                "low": None if p.is_switch else p.low,
                "high": None if p.is_switch else p.high,
                "kind": p.kind,
                "grade": p.grade,
                "source": p.source,
                "words": p.words,
            }
            for p in lever.parameters
        ],
    }


def clauses(as_json: AsJson = False):
    from sim.policies.clauses import clauses as listed

    rows = listed()
    if as_json:
        show.emit(
            {"clauses": [{"clause": row.place, "phrase": row.phrase, "levers": list(row.levers), "reason": row.reason} for row in rows]}
        )
        return
    head = [say(f"clauses.head.{word}") for word in ("place", "phrase", "levers")]
    show.result(show.table(head, [(row.place, row.phrase, ", ".join(row.levers) or f"({pick(row.reason)})") for row in rows]))


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="cli.option.files")],
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="LEVER.PARAM=VALUE", help="cli.option.set")] = None,
    as_json: AsJson = False,
):
    from sim.scenario import load
    from sim.study.study_file import is_study, load_study

    found = []
    for file in files:
        if settings and is_study(file):
            raise UsageError(say("study.no_settings"), where="--set", hint=say("study.no_settings.hint"))
        try:
            read, fine = (load_study(file), _fine_study) if is_study(file) else (load(file, settings or ()), _fine)
            found.append((file, fine(file, read), (), read.warnings))
        except ScenarioError as error:
            found.append((file, None, error.problems, error.warnings))
    if as_json:
        show.emit(
            {
                "files": [
                    {
                        "file": file,
                        "ok": not errors,
                        "errors": [_problem_json(one) for one in errors],
                        "warnings": [_problem_json(one) for one in warnings],
                    }
                    for file, _, errors, warnings in found
                ]
            }
        )
    else:
        for file, fine, errors, warnings in found:
            for problem in errors:
                show.result(str(problem))
            for problem in warnings:
                show.result(_warning(problem))
            show.result(fine or say("validate.bad", file=file, count=len(errors)))
    return INVALID if any(errors for _, _, errors, _ in found) else None


def _warning(problem) -> str:
    return told(f"{problem.place}: {say('validate.warning')} {problem.message}", problem.hint)


def _fine(file: str, scenario) -> str:
    return say("validate.ok", file=file, levers=len(scenario.levers), first=scenario.horizon.start, last=scenario.horizon.end)


def _fine_study(file: str, study) -> str:
    return say("validate.study", file=file, points=study.points, seeds=len(study.seeds))


def _problem_json(problem) -> dict:
    content = {
        "line": problem.line or None,
        "column": problem.column or None,
        "path": problem.path,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }
    return {"file": problem.file, **content}


def explain(
    file: Annotated[str, typer.Argument(metavar="FILE", help="cli.option.file")],
    at: Annotated[int | None, typer.Option(metavar="YEAR", help="cli.explain.at")] = None,
    district: Annotated[str, typer.Option(metavar="DISTRICT", help="cli.option.district")] = "",
    settings: Annotated[list[str] | None, typer.Option("--set", metavar="LEVER.PARAM=VALUE", help="cli.option.set")] = None,
    as_json: AsJson = False,
):
    from sim.cli import explain as explained
    from sim.scenario import load

    scenario, place = load(file, settings or ()), _district(district)
    if at is not None and not scenario.horizon.start <= at <= scenario.horizon.end:
        raise InvalidValueError(
            say("year.outside", year=at, first=scenario.horizon.start, last=scenario.horizon.end),
            where="--at",
            hint=say("year.outside.hint"),
        )
    for problem in scenario.warnings:
        show.narrate(_warning(problem))
    if not as_json:
        show.result(explained.text(scenario, at, place))
        return
    show.emit(
        {
            "scenario": scenario.id,
            "title": scenario.title,
            "horizon": {"start": scenario.horizon.start, "end": scenario.horizon.end, "report": list(scenario.horizon.report)},
            "delivery_rate_percent": scenario.delivery_rate,
            "assumptions": scenario.assumptions,
            "origins": scenario.origins,
            "values": explained.values(scenario, at, place),
            "keep_rights": explained.keep_rights_notes(scenario, at, place),
        }
    )


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="cli.option.file")],
    second: Annotated[str, typer.Argument(metavar="B", help="cli.option.file")],
    as_json: AsJson = False,
):
    from sim.cli import diff as shown
    from sim.policies import differences
    from sim.scenario import load

    left, right = load(first), load(second)
    if not as_json:
        show.result(shown.text(left, right))
        return
    show.emit({"scenarios": [left.id, right.id], "settings": differences.settings(left, right), "values": differences.values(left, right)})


def schema(
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="cli.schema.output")] = None,
    study: Annotated[bool, typer.Option("--study", help="cli.schema.study")] = False,
):
    from sim.scenario_schema import scenario_schema
    from sim.study.study_schema import study_schema

    text = _pretty(study_schema() if study else scenario_schema())
    if output is None:
        show.result(text.rstrip())
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise MachineError(say("cli.cannot_write", reason=error.strerror), kind="permission", where=str(output)) from error
    show.narrate(say("schema.written", path=output))


def schedule(as_json: AsJson = False):
    try:
        from sim.schedule import PHASES
    except ModuleNotFoundError as error:
        if error.name != "sim.schedule":
            raise
        raise DataError(say("schedule.missing")) from error
    if as_json:
        show.emit(
            {
                "phases": [
                    {"name": phase.name, "doc": phase.doc, "reads": list(phase.reads), "writes": list(phase.writes)} for phase in PHASES
                ]
            }
        )
        return
    for i, phase in enumerate(PHASES, 1):
        show.result(f"{i:2}  {phase.name}  {phase.doc.strip().splitlines()[0]}")
        show.result(f"      {say('schedule.reads')} {', '.join(map(str, phase.reads)) or '-'}")
        show.result(f"      {say('schedule.writes')} {', '.join(map(str, phase.writes)) or '-'}")
