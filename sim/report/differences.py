"""What differs between the plans of two runs, for the dashboard and for a brief whose reference is a plan itself; read from the scenarios they keep.

Not here: finding the differences (`sim/policies/differences.py`), how results differ (`sim/report/tables.py`).
"""

from sim.errors import ScenarioError
from sim.policies.differences import changes, settings
from sim.report.tables import tell
from sim.report.view import View
from sim.results import Run
from sim.scenario_values import behavioural_parameters
from sim.words import CATALOGUE, assumption_words, district_names, unit_word


def tables_of(view: View) -> list[dict]:
    """A table for each scenario after the reference: caption, header and rows; none where the reference is no plan."""
    if view.alone or not view.reference.manifest["levers"]:
        return []
    return [table(view, run) for run in view.runs[1:]]


def table(view: View, run: Run) -> dict:
    """What differs between a run and the reference: caption, header, rows, and a note where there is no row."""
    say = view.say
    reference, name = view.reference.title(view.language), run.title(view.language)
    rows = _rows(view.reference, run, view.language)
    caption = say("differences.caption", scenario=name, reference=reference)
    header = [say("differences.what"), say("table.district"), say("differences.years"), reference, name, say("table.unit")]
    note = "" if rows else say("differences.unread" if rows is None else "differences.none")
    return {"caption": caption, "header": header, "rows": rows or [], "note": note}


def _rows(reference: Run, run: Run, language: str) -> list[list[str]] | None:
    """One row per parameter, years and districts that agree; None where a scenario cannot be read any more."""
    try:
        first, second = (_scenario(one) for one in (reference, run))
    except (OSError, ScenarioError):
        return None
    rows = []
    for one in changes(first, second):
        what = ("：" if language == "zh" else ": ").join((one.lever.title[language], one.parameter.words[language]))
        values = [tell(language, f"value.{str(v).lower()}") if isinstance(v, bool) else f"{v:,.6g}" for v in one.values]
        unit = "" if one.parameter.is_switch else unit_word(one.parameter.unit, language)
        rows.append([what, district_names(one.districts, language), one.years, *values, unit])
    for one in settings(first, second):
        values = [", ".join(map(str, v)) if isinstance(v, list) else f"{v:,.6g}" for v in one["values"]]
        rows.append([_setting(one["name"], language), "", "", *values, ""])
    return rows


def _scenario(run: Run):
    from sim.scenario import load

    return load(run.path / "scenario.resolved.yaml", resolved=True)


def _setting(name: str, language: str) -> str:
    """What a setting outside the levers is called."""
    key = f"setting.{name}"
    return tell(language, key) if key in CATALOGUE else assumption_words(behavioural_parameters()[name.removeprefix("assumptions.")], language)
