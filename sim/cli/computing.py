"""From the names on a line to opened runs: planned, computed where they are missing, with progress for the person in front of the screen.

Not here: the computing itself (`sim/study/ensemble.py`), the commands (`sim/cli/runs.py`).
"""

import sys
from pathlib import Path

from sim.cli import show
from sim.errors import RongheError
from sim.words import say


def prepare(sources, call) -> list:
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


def open_all(names, call, quiet: bool, at=()) -> list:
    """Runs by folder, by id under --out, or by scenario; scenarios are computed where they are not there.

    `at` are years that all of them must have; they are refused before anything is computed.
    """
    from sim.results import open_run
    from sim.study.comparison import within
    from sim.study.ensemble import seeds_of

    folders = {name: next((p for p in (Path(name), Path(call["out"]) / name) if (p / "manifest.json").exists()), None) for name in names}
    plans = dict(zip((n for n in names if folders[n] is None), prepare([n for n in names if folders[n] is None], call), strict=True))
    seeds = seeds_of(call["seeds"]) if "seeds" in call else None
    standing = {name: open_run(folders[name], seeds) for name in names if folders[name]}
    for name in names if at else ():
        horizon = plans[name].scenario.horizon if name in plans else None
        within(at, *((horizon.start, horizon.end) if horizon else standing[name].years))
    made = dict(zip(plans, carry_out_together(list(plans.values()), quiet), strict=True))
    failed = next((one for one in made.values() if isinstance(one, RongheError)), None)
    if failed:
        raise failed
    return [made[name] if name in made else standing[name] for name in names]


def carry_out(plan, quiet: bool):
    """The run of one plan. Raises what went wrong."""
    (found,) = carry_out_together([plan], quiet)
    if isinstance(found, RongheError):
        raise found
    return found


def carry_out_together(plans, quiet: bool) -> list:
    """The run of each plan, or the error of one whose cells failed; years that they share are computed once."""
    from sim import warm
    from sim.study import ensemble

    missing = [plan for plan in plans if plan.missing]
    for plan in missing if not quiet else ():
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
    if not quiet and missing and not warm.is_warm():
        show.narrate(say("runs.first_time"))
    line = None if quiet or not missing or not sys.stderr.isatty() else _Line(missing)
    try:
        found = ensemble.carry_out_together(plans, line.tell if line else None)
    finally:
        if line:
            line.clear()
    for plan in plans if not quiet else ():
        if not plan.missing:
            show.narrate(say("runs.found", id=plan.scenario.id, folder=plan.folder))
    return found


class _Line:
    """One line on the terminal that says how far the cells are and how long it will take."""

    def __init__(self, plans):
        self.ids, self.cells, self.finished = " + ".join(plan.scenario.id for plan in plans), sum(len(plan.missing) for plan in plans), 0

    def tell(self, progress) -> None:
        self.finished += progress.kind in ("done", "failed")
        left = "" if progress.seconds_left is None else f"{int(progress.seconds_left // 60)}:{int(progress.seconds_left % 60):02d}"
        text = say(
            "runs.progress",
            id=self.ids,
            percent=f"{100 * progress.done:.0f}",
            done=self.finished,
            cells=self.cells,
            left=left or "–",
        )
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    def clear(self) -> None:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def show_plans(plans, as_json: bool) -> None:
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


def show_profile(run) -> None:
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
