"""`--set`: values from the command line laid over a scenario. The command line beats the file.

    LEVER.PARAM=VALUE                      in every step of that lever that names it; a lever without steps gets one from 2021 for all
    LEVER.PARAM@2026:jiutai,yongji=VALUE   one more step
    assumptions.NAME=VALUE    delivery.rate_percent_per_year=VALUE
Not here: `--households`, `--seeds`, `--years` (`run_options`).
"""

import re
from dataclasses import replace

from sim.errors import Problem
from sim.places import DISTRICT_IDS
from sim.policies.catalogue import levers
from sim.run_options import FIRST_YEAR, LAST_YEAR
from sim.scenario_shape import Checker, Draft, Step
from sim.scenario_text import Node
from sim.scenario_values import assumption_names, behavioural_parameters, named_districts, nearest
from sim.words import assumption_words, language, say

PLAN_BEGINS = 2021  # the plan was published in August 2020
GRAMMAR = re.compile(r"(?P<group>[^.@=:\s]+)\.(?P<name>[^@=:\s]+)(?:@(?P<year>[^:=]*)(?::(?P<districts>[^=]*))?)?=(?P<value>.*)", re.DOTALL)


def apply_settings(draft: Draft, settings, problems: list[Problem]) -> None:
    """Change the draft as the texts say; what cannot be read becomes a problem whose file is the text itself."""
    for text in settings:
        checker = Checker(f"--set {text}")
        with checker.within_reason():
            _apply(draft, text, checker)
        problems += checker.problems


def _apply(draft: Draft, text: str, checker: Checker) -> None:
    nowhere = (0, 0)
    found = GRAMMAR.fullmatch(text.strip())
    if not found:
        checker.wrong(nowhere, "", "bad-setting", say("set.grammar"), say("set.grammar.hint"))
        return
    group, name, value = found["group"], found["name"], Node(found["value"].strip(), 0, 0)
    known = ("assumptions", "delivery", *levers())
    if group not in known:
        checker.wrong(nowhere, group, "unknown-lever", say("unknown.name", what=say("label.lever"), name=group), nearest(group, known))
    elif group in ("assumptions", "delivery"):
        if found["year"] is not None:
            checker.wrong(nowhere, group, "bad-setting", say("set.no_year", group=group), say("set.no_year.hint", group=group, name=name))
        elif group == "delivery":
            _delivery(draft, name, value, checker)
        else:
            _assumption(draft, name, value, checker)
    elif name not in levers()[group].by_name:
        checker.wrong(
            nowhere,
            f"{group}.{name}",
            "unknown-parameter",
            say("unknown.name", what=say("label.parameter"), name=name),
            nearest(name, levers()[group].by_name),
        )
    else:
        _lever(draft, group, name, found, value, checker)


def _delivery(draft: Draft, name: str, value: Node, checker: Checker) -> None:
    path = "delivery.rate_percent_per_year"
    if f"delivery.{name}" != path:
        checker.wrong(
            (0, 0),
            f"delivery.{name}",
            "unknown-key",
            say("unknown.name", what=say("label.key"), name=name),
            nearest(name, ["rate_percent_per_year"]),
        )
        return
    rate = checker.number(value, path, 1, 100, "percent", say("meaning.delivery"))
    if rate is not None:
        draft.delivery_rate, draft.origins["delivery"] = rate, checker.file


def _assumption(draft: Draft, name: str, value: Node, checker: Checker) -> None:
    known = behavioural_parameters()
    if name not in known:
        checker.wrong(
            (0, 0),
            f"assumptions.{name}",
            "unknown-assumption",
            say("unknown.name", what=say("label.assumption"), name=name),
            nearest(name, known, assumption_names()),
        )
        return
    one = known[name]
    number = checker.number(value, f"assumptions.{name}", one.low, one.high, one.unit, assumption_words(one, language()))
    if number is not None:
        draft.assumptions[name], draft.origins[f"assumptions.{name}"] = number, checker.file


def _lever(draft: Draft, lever: str, name: str, found, node: Node, checker: Checker) -> None:
    value = checker.value(node, f"{lever}.{name}", levers()[lever].by_name[name])
    year, districts = PLAN_BEGINS, DISTRICT_IDS
    if found["year"] is not None:
        year = int(found["year"]) if re.fullmatch("[0-9]{4}", found["year"]) else 0
        if not FIRST_YEAR <= year <= LAST_YEAR:
            checker.wrong(
                (0, 0),
                f"{lever}.{name}",
                "year-outside",
                say("year.outside", year=found["year"], first=FIRST_YEAR, last=LAST_YEAR),
                say("year.outside.hint"),
            )
        if found["districts"] is not None:
            districts = _districts(found["districts"], checker)
    if value is None or checker.problems:
        return
    steps = draft.steps.get(lever, [])
    place = (checker.file, 0, 0, f"{lever}.{name}")
    if found["year"] is not None or not steps:
        new = Step(year, districts, {name: value}, checker.file, origins={name: checker.file}, place=place, commanded=True)
        same = [step for step in steps if step.commanded and step.first == year and step.districts == districts]
        steps = [step for step in steps if step not in same] + [_with(same[0], name, value, checker.file) if same else new]
    else:
        naming = [step for step in steps if name in step.values] or steps
        steps = [_with(step, name, value, checker.file) if step in naming else step for step in steps]
    draft.steps[lever] = steps
    draft.off.pop(lever, None)


def _with(step: Step, name: str, value, origin: str) -> Step:
    return replace(step, values={**step.values, name: value}, origins={**step.origins, name: origin})


def _districts(text: str, checker: Checker) -> tuple[str, ...]:
    chosen: set[str] = set()
    for name in text.split(","):
        ids = named_districts(name)
        if ids is None:
            checker.unknown_district(Node(name, 0, 0, quoted=True), "districts")
        chosen.update(ids or ())
    return tuple(name for name in DISTRICT_IDS if name in chosen)
