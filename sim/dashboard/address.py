"""A view of the dashboard as the query of its URL, and the plan in it as a scenario file.

    ?lang=zh&start=four-instruments&homestead_withdrawal=2026@jiutai,yongji;plan;compensation_yuan_per_m2:200&collateral_loans=off&years=2025,2035
A lever stands in the query where it differs from the scenario one started from. `plan` says that every parameter is at its plan value first.
Not here: what is computed from a view (`desk.py`), how it looks (`pages.py`).
"""

import json
import math
import re
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote

from sim.places import DISTRICT_IDS
from sim.policies.base import Lever, Parameter
from sim.policies.catalogue import levers
from sim.scenario import load, shipped_ids
from sim.words import LANGUAGES

REFERENCE = "baseline"
START = "four-instruments"
PLAN = "my-plan"  # id of the scenario that a view stands for
TITLE = {"zh": "本方案", "en": "this plan"}
FIRST, LAST = 2019, 2035
EARLIEST = 2020  # the first year in which a lever may be moved here; the files allow 2019 too
REPORT_YEARS = (2025, 2035)
MOST_RUNS = 5
LONGEST_NAME = 40
OFF = "off"


class Choice(NamedTuple):
    """One step of a lever: from which year, where, and the parameters that it names."""

    first: int
    districts: tuple[str, ...]
    values: tuple[tuple[str, float | bool], ...]  # in the order of the lever's parameters

    def value(self, name: str):
        """What the step says of a parameter, None where the base holds."""
        return dict(self.values).get(name)

    def changed(self, lever: Lever, name: str, value) -> "Choice":
        """The same with one parameter at another value."""
        found = {**dict(self.values), name: value}
        return self._replace(values=tuple((one, found[one]) for one in lever.by_name if one in found))


class Address(NamedTuple):
    """What a URL says: language, the plan (`start` and what differs from it), the two report years, the run folders opened."""

    language: str = "zh"
    start: str = START
    changes: tuple[tuple[str, Choice | None], ...] = ()  # in the order of the levers; None: the lever is off
    years: tuple[int, int] = REPORT_YEARS
    runs: tuple[str, ...] = ()
    name: str = ""  # what the user calls the plan

    @property
    def title(self) -> dict[str, str]:
        """The plan's name in both languages."""
        return {"zh": self.name, "en": self.name} if self.name else TITLE

    def choice(self, lever: str) -> Choice | None:
        """What the plan does with a lever; None where it stays at its base."""
        changes = dict(self.changes)
        return changes[lever] if lever in changes else started(self.start).get(lever)

    def with_choice(self, lever: str, choice: Choice | None) -> "Address":
        """The same view with another choice for a lever; what equals the start is not kept."""
        changes = {**dict(self.changes), lever: choice}
        if choice == started(self.start).get(lever) and not is_intricate(self.start, lever):
            changes.pop(lever)
        return self._replace(changes=tuple((id, changes[id]) for id in levers() if id in changes))

    @property
    def plan(self) -> "Address":
        """Only what decides numbers: the same for every language and year shown."""
        return Address(start=self.start, changes=self.changes)

    @property
    def query(self) -> str:
        """The query of the URL, with its question mark; what is as usual is left out, except for the language."""
        pairs = [("lang", self.language)]
        pairs += [("start", self.start)] if self.start != START else []
        pairs += [(lever, written(levers()[lever], choice)) for lever, choice in self.changes]
        pairs += [("years", ",".join(map(str, self.years)))] if self.years != REPORT_YEARS else []
        pairs += [("runs", ",".join(self.runs))] if self.runs else []
        pairs += [("name", self.name)] if self.name else []
        return "?" + "&".join(f"{key}={quote(value, safe=':;,@._-')}" for key, value in pairs)


def parse(query: str | None, language: str = "zh") -> tuple[Address, tuple[str, ...]]:
    """(address, what could not be read and is left out) of a query; `language` where it names none. Words that nobody knows are passed over."""
    address, unread = Address(language=language), []
    pairs = dict(parse_qsl((query or "").lstrip("?"), keep_blank_values=True))
    for key, reader in (("lang", _language), ("start", _start), ("years", _years), ("runs", _runs), ("name", read_name)):
        if key not in pairs:
            continue
        found = reader(pairs[key])
        if found is None:
            unread.append(f"{key}={pairs[key]}")
        else:
            address = address._replace(**{"language" if key == "lang" else key: found})
    for lever in levers().values():
        if lever.id in pairs:
            known, choice = read_choice(lever, pairs[lever.id])
            if known:
                address = address.with_choice(lever.id, choice)
            else:
                unread.append(f"{lever.id}={pairs[lever.id]}")
    return address, tuple(unread)


def _language(text: str) -> str | None:
    return text if text in LANGUAGES else None


def _start(text: str) -> str | None:
    return text if text in shipped_ids() else None


def _years(text: str) -> tuple[int, int] | None:
    found = re.fullmatch("([0-9]{4}),([0-9]{4})", text)
    years = tuple(int(year) for year in found.groups()) if found else ()
    return years if years and FIRST < years[0] < years[1] <= LAST else None


def _runs(text: str) -> tuple[str, ...] | None:
    names = tuple(dict.fromkeys(name for name in text.split(",") if name))
    fits = all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) for name in names)
    return names if fits and len(names) <= MOST_RUNS else None


def read_name(text: str) -> str:
    """A name for the plan: one line of at most 40 letters."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:LONGEST_NAME].strip()


# ---------------------------------------------------------------------------------------------------- one lever
def written(lever: Lever, choice: Choice | None) -> str:
    """A choice in the query: `2026@jiutai,yongji;plan;compensation_yuan_per_m2:200`, or `off`."""
    if choice is None:
        return OFF
    places = "all" if choice.districts == DISTRICT_IDS else ",".join(choice.districts)
    preset, named = _named(lever, choice)
    return ";".join([f"{choice.first}@{places}", *(["plan"] if preset else []), *(f"{name}:{number(value)}" for name, value in named)])


def read_choice(lever: Lever, text: str) -> tuple[bool, Choice | None]:
    """(readable, choice) of what `written` wrote."""
    if text == OFF:
        return True, None
    head, *parts = text.split(";")
    found = re.fullmatch(r"([0-9]{4})@([a-z_,]+)", head)
    if not found or not EARLIEST <= int(found[1]) <= LAST:
        return False, None
    places = DISTRICT_IDS if found[2] == "all" else tuple(id for id in DISTRICT_IDS if id in found[2].split(","))
    values = {p.name: p.plan for p in lever.parameters} if parts and parts[0] == "plan" else {}
    for part in parts[1:] if values else parts:
        name, _, word = part.partition(":")
        value = read_value(lever.by_name[name], word) if name in lever.by_name else None
        if value is None:
            return False, None
        values[name] = value
    if not values or not places or found[2] != "all" and len(places) != len(found[2].split(",")):
        return False, None
    return True, Choice(int(found[1]), places, tuple((name, values[name]) for name in lever.by_name if name in values))


def read_value(parameter: Parameter, word) -> float | bool | None:
    """A value within the parameter's bounds from a text or a control; None where it is none."""
    if parameter.is_switch:
        return {"true": True, "false": False, True: True, False: False}.get(word)
    try:
        value = float(word)
    except (TypeError, ValueError):
        return None
    if isinstance(word, bool) or not math.isfinite(value) or not parameter.low <= value <= parameter.high:
        return None
    return value if not parameter.whole or value == int(value) else None


def number(value) -> str:
    """A value as a scenario file writes it: true, 120, 0.2."""
    return str(value).lower() if isinstance(value, bool) else f"{value:.10g}"


def at_plan(lever: Lever) -> Choice:
    """A lever as the plan's own terms have it, from 2021 in all nine units."""
    from sim.scenario_settings import PLAN_BEGINS

    return Choice(PLAN_BEGINS, DISTRICT_IDS, tuple((p.name, p.plan) for p in lever.parameters))


def _named(lever: Lever, choice: Choice) -> tuple[bool, list[tuple[str, Any]]]:
    """(every parameter is named, the values to write): with all of them named, those at their plan value are left to the preset."""
    preset = len(choice.values) == len(lever.parameters)
    return preset, [(name, value) for name, value in choice.values if not preset or value != lever.by_name[name].plan]


# ---------------------------------------------------------------------------------------------------- the scenario
@cache
def started(start: str) -> dict[str, Choice]:
    """{lever: choice} of a shipped scenario; of a lever with several steps the last one."""
    return {id: Choice(steps[-1].first, steps[-1].districts, tuple(steps[-1].values.items())) for id, steps in load(start).levers.items()}


@cache
def is_intricate(start: str, lever: str) -> bool:
    """Whether a shipped scenario does more with a lever than one step for good: then a choice made here replaces all of it."""
    steps = load(start).levers.get(lever, ())
    return len(steps) > 1 or any(step.until or step.ramp_years > 1 for step in steps)


def scenario_text(address: Address, households: int | str, seeds: tuple[int, ...]) -> str:
    """The view's plan as a scenario file; from it the command line computes the same numbers."""
    changes = dict(address.changes)
    inherited = load(address.start).levers
    moved = {id: choice for id, choice in changes.items() if choice is not None}
    off = [id for id, choice in changes.items() if choice is None and id in inherited]
    lines = [
        "schema: 1",
        f"id: {PLAN}",
        f"extends: {address.start}",
        f"title: {json.dumps(address.title, ensure_ascii=False)}",
        f"horizon: {{report: [{', '.join(map(str, address.years))}]}}",
        *(["levers:"] if moved else []),
    ]
    for id, choice in moved.items():
        lever = levers()[id]
        places = "all" if choice.districts == DISTRICT_IDS else f"[{', '.join(choice.districts)}]"
        preset, named = _named(lever, choice)
        words = [f"from: {choice.first}", f"districts: {places}", *(["preset: plan"] if preset else [])]
        words += [f"{name}: {number(value)}" for name, value in named]
        lines += [f"  {id}:  # {lever.zh} {lever.clauses[0].place}", f"    steps: [{{{', '.join(words)}}}]"]
    lines += [f"off: [{', '.join(off)}]"] if off else []
    lines.append(f"run: {{households: {households}, seeds: {seeds_text(seeds, quoted=True)}}}")
    return "\n".join(lines) + "\n"


def seeds_text(seeds: tuple[int, ...], quoted: bool = False) -> str:
    """Seeds as `--seeds` and a file take them: 8 for 1 to 8, else a list."""
    if seeds == tuple(range(1, len(seeds) + 1)):
        return str(len(seeds))
    text = ",".join(map(str, seeds)) + ("," if len(seeds) == 1 else "")
    return f'"{text}"' if quoted else text
