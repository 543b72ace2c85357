"""The closed shape of a scenario file: nodes checked against the declarations, key by key, every problem noted with its place.

Not here: reading YAML (`sim/scenario_text.py`), inheritance and the meaning of steps together (`sim/scenario.py`).
"""

import contextlib
import re
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.places import CITIES, DISTRICT_IDS
from sim.policies.base import Lever, Parameter
from sim.policies.catalogue import levers
from sim.run_options import read_households, read_seeds
from sim.scenario_syntax import first_full_width, full_width
from sim.scenario_text import Node, shown
from sim.scenario_values import (
    DISTRICT_WORDS,
    NUMBER,
    behavioural_parameters,
    named_districts,
    nearest,
    number_text,
    parse_number,
    unit_text,
)
from sim.words import pick, say

SCHEMA = 1
FIRST_YEAR, LAST_YEAR = 2019, 2050
TOP_KEYS = ("schema", "id", "extends", "title", "horizon", "levers", "off", "delivery", "assumptions", "run")
STEP_KEYS = ("from", "until", "districts", "ramp_years", "preset")
LONGEST_TITLE = 200  # characters; charts and tables have no room for more
MOST_PROBLEMS = 100  # of one file; who has mended these sees the rest
IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """What one lever does from a year on. `origins` tells file:line of each value; `commanded` steps come from the command line."""

    first: int
    districts: tuple[str, ...]
    values: dict[str, float | bool]
    origin: str
    until: int | None = None
    ramp_years: int = 1
    preset: bool = False
    origins: dict[str, str] = field(default_factory=dict)
    place: tuple[str, int, int, str] = ("", 0, 0, "")  # file, line, column, path: for problems
    commanded: bool = False


@dataclass
class Draft:
    """One file as written, before inheritance. `at` gives the place of a path for problems."""

    file: str
    id: str = ""
    extends: list[tuple[str, tuple]] = field(default_factory=list)
    title: dict[str, str] = field(default_factory=dict)
    horizon: dict[str, object] = field(default_factory=dict)
    steps: dict[str, list[Step]] = field(default_factory=dict)
    append: dict[str, list[Step]] = field(default_factory=dict)
    off: dict[str, tuple] = field(default_factory=dict)
    delivery_rate: float | None = None
    assumptions: dict[str, float] = field(default_factory=dict)
    run: dict[str, object] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)


class _Enough(Exception):
    """A file with more problems than anyone reads."""


class Checker:
    """Turns the nodes of one file into a Draft and collects problems."""

    def __init__(self, file: str):
        self.file = file
        self.problems: list[Problem] = []

    def wrong(self, place, path: str, code: str, message: str, hint: str = "") -> None:
        line, column = (place.line, place.column) if isinstance(place, Node) else place
        if len(self.problems) >= MOST_PROBLEMS:
            if len(self.problems) == MOST_PROBLEMS:
                said = say("file.more_problems", most=MOST_PROBLEMS)
                self.problems.append(Problem(self.file, line, column, "", "more-problems", said, say("file.more_problems.hint")))
            raise _Enough
        self.problems.append(Problem(self.file, line, column, path, code, message, hint))

    def within_reason(self):
        """A block of checks that ends early where there are too many problems."""
        return contextlib.suppress(_Enough)

    def unknown(self, place: tuple[int, int], path: str, name: str, code: str, label: str, known, aliases=()) -> None:
        """A name that is not known: written with full-width signs, without the space after its colon, or another one than meant."""
        sign, colon = first_full_width(name), name.find(":")
        if sign >= 0:
            self.wrong((place[0], place[1] + sign), path, "full-width-colon" if name[sign] == "：" else "full-width", *full_width(name[sign]))
        elif colon > 0 and name[:colon].strip() in known:
            self.wrong((place[0], place[1] + colon), path, "colon-space", say("yaml.colon_space"), say("yaml.colon_space.hint"))
        else:
            hint = nearest(name, known, aliases)
            self.wrong(place, path, code, say("unknown.name", what=say(label), name=shown(name)), hint)

    def keys(self, node: Node, path: str, known, code: str = "unknown-key", label: str = "label.key", aliases=()) -> list[str]:
        """The known keys of a map; each other one is a problem."""
        good, before = [], ""
        for key, place in node.keys.items():
            value = node.value.get(key)
            if key in known:
                if value is not None:
                    good.append(key)
            elif len(key) == 3 and key.isdigit() and value is not None and value.is_nothing and _is_number(node.value.get(before)):
                number = node.value[before].value + key
                said = say("number.thousands", value=f"{node.value[before].value},{key}")
                self.wrong(node.value[before], _join(path, before), "not-a-number", said, say("number.write", value=number))
            else:
                self.unknown(place, _join(path, key), key, code, label, known, aliases)
            before = key
        return good

    def map(self, node: Node, path: str, hint: str = "type.map.hint") -> Node | None:
        """The node where it is a map."""
        if node.is_map:
            return node
        if not self._full_width_bracket(node, path, "：｛"):
            self.wrong(node, path, "wrong-type", say("type.map", path=path), say(hint))
        return None

    def items(self, node: Node, path: str) -> list[Node]:
        """The items of a list; none where it is none."""
        if node.is_list:
            return node.value
        if not self._full_width_bracket(node, path, "［【"):
            self.wrong(node, path, "wrong-type", say("type.list", path=path), say("type.list.hint"))
        return []

    def _full_width_bracket(self, node: Node, path: str, signs: str) -> bool:
        """Whether a text should have been a map or list and begins or is made with one of these signs: then that is the problem."""
        text = node.value if node.is_text and not node.quoted else ""
        at = next((at for at, one in enumerate(text) if one in signs and (one == "：" or at == 0)), -1)
        if at >= 0:
            code = "full-width-colon" if text[at] == "：" else "full-width"
            self.wrong((node.line, node.column + at), path, code, *full_width(text[at]))
        return at >= 0

    def text(self, node: Node, path: str, hint: str = "type.text.hint") -> str | None:
        """A text that says something."""
        if node.is_text and node.value.strip() and not node.is_nothing:
            return node.value
        self.wrong(node, path, "wrong-type", say("type.text", path=path), say(hint))
        return None

    def number(
        self, node: Node, path: str, low: float, high: float, unit: str = "", meaning: str = "", whole: bool = False
    ) -> float | None:
        """A finite number within bounds, or None and a problem that says why not."""
        value = self._finite(node, path, low, high, unit)
        if value is None:
            return None
        name = path.rsplit(".", 1)[-1]
        if not low <= value <= high:
            said = say("range.out_meaning" if meaning else "range.out", value=node.shown, name=name, meaning=meaning)
            self.wrong(node, path, "out-of-range", said, _range("range.hint", low, high, unit))
            return None
        if whole and value != int(value):
            self.wrong(node, path, "not-whole", say("number.whole", value=node.shown), say("number.whole.hint"))
            return None
        return value

    def _finite(self, node: Node, path: str, low: float, high: float, unit: str = "") -> float | None:
        """A finite number; the bounds are only said where it is none."""
        wanted = _range("number.hint", low, high, unit)
        if not node.is_text:
            self.wrong(node, path, "not-a-number", say("number.shape", path=path), wanted)
            return None
        value, code, message, hint = parse_number(node.value, node.quoted)
        if value is None:
            self.wrong(node, path, code, message, hint or wanted)
        return value

    def year(self, node: Node, path: str) -> int | None:
        """A year that can be simulated."""
        value = self._finite(node, path, FIRST_YEAR, LAST_YEAR)
        if value is None:
            return None
        if FIRST_YEAR <= value <= LAST_YEAR and value == int(value):
            return int(value)
        if FIRST_YEAR <= value <= LAST_YEAR:
            self.wrong(node, path, "not-whole", say("number.whole", value=node.shown), say("number.whole.hint"))
        else:
            said = say("year.outside", year=node.shown, first=FIRST_YEAR, last=LAST_YEAR)
            self.wrong(node, path, "year-outside", said, say("year.outside.hint"))
        return None

    def value(self, node: Node, path: str, parameter: Parameter) -> float | bool | None:
        """The value of a lever's parameter."""
        if not parameter.is_switch:
            return self.number(node, path, parameter.low, parameter.high, parameter.unit, pick(parameter.words), parameter.whole)
        if node.is_text and not node.quoted and node.value in ("true", "false"):
            return node.value == "true"
        if node.quoted and node.value in ("true", "false"):
            said, hint = say("switch.quoted", value=node.value), say("number.quoted.hint")
        elif node.is_nothing:
            said, hint = say("number.nothing"), say("switch.hint")
        else:
            said, hint = say("switch.wrong", name=parameter.name, value=node.shown), say("switch.hint")
        self.wrong(node, path, "not-a-switch", said, hint)
        return None

    def draft(self, top: Node) -> Draft:
        """The file as a Draft; problems are in `self.problems`."""
        draft = Draft(self.file)
        with self.within_reason():
            found = self.keys(top, "", TOP_KEYS)
            for key in ("schema", "id"):
                if key not in top.keys:
                    self.wrong((1, 1), key, "missing", say("missing.key", key=key), say(f"missing.{key}.hint"))
            for key in found:
                node = top.value[key]
                draft.origins[key] = f"{self.file}:{node.line}"
                getattr(self, f"_{key}")(node, draft)
            for name, place in draft.off.items():
                if name in draft.steps or name in draft.append:
                    self.wrong(place, f"off.{name}", "off-and-set", say("off.set", name=name), say("off.set.hint"))
        return draft

    def _schema(self, node: Node, draft: Draft) -> None:
        if node.quoted and node.value == str(SCHEMA):
            self.wrong(node, "schema", "schema-version", say("number.quoted", value=node.value), say("number.quoted.hint"))
        elif not node.is_text or node.value != str(SCHEMA):
            said = say("schema.version", value=node.shown)
            self.wrong(node, "schema", "schema-version", said, say("schema.version.hint", version=SCHEMA))

    def _id(self, node: Node, draft: Draft) -> None:
        value = self.text(node, "id", "missing.id.hint")
        if value is None:
            return
        if not IDENTIFIER.fullmatch(value):
            self.wrong(node, "id", "bad-id", say("id.bad", value=node.shown), say("id.bad.hint"))
        elif not node.quoted and (value in ("true", "false") or _is_number(node)):
            self.wrong(node, "id", "bad-id", say("id.not_text", value=value), say("id.not_text.hint", value=value))
        draft.id = value

    def _extends(self, node: Node, draft: Draft) -> None:
        if node.is_list and not node.value:
            self.wrong(node, "extends", "wrong-type", say("extends.empty"), say("extends.form.hint"))
        for item in node.value if node.is_list else [node]:
            value = self.text(item, "extends", "extends.form.hint")
            if value:
                draft.extends.append((value, (item.line, item.column)))

    def _title(self, node: Node, draft: Draft) -> None:
        if self.map(node, "title", "title.hint"):
            for key in self.keys(node, "title", ("zh", "en")):
                title = " ".join((self.text(node.value[key], f"title.{key}") or "").split())
                if len(title) > LONGEST_TITLE:
                    self.wrong(node.value[key], f"title.{key}", "too-long", say("title.long", most=LONGEST_TITLE), say("title.long.hint"))
                draft.title[key] = title

    def _horizon(self, node: Node, draft: Draft) -> None:
        if not self.map(node, "horizon"):
            return
        for key in self.keys(node, "horizon", ("start", "end", "report")):
            item, path = node.value[key], f"horizon.{key}"
            draft.origins[path] = f"{self.file}:{item.line}"
            if key == "report":
                years = [(self.year(one, path), one) for one in self.items(item, path)]
                draft.horizon[key] = [(year, one.line, one.column) for year, one in years if year is not None]
                continue
            year = self.year(item, path)
            if key == "start" and year not in (None, FIRST_YEAR):
                self.wrong(item, path, "year-outside", say("horizon.start", year=year), say("horizon.start.hint", first=FIRST_YEAR))
            elif year is not None:
                draft.horizon[key] = year

    def _levers(self, node: Node, draft: Draft) -> None:
        if not self.map(node, "levers"):
            return
        known = levers()
        for name in self.keys(node, "levers", known, "unknown-lever", "label.lever", _titles()):
            entry, path = node.value[name], f"levers.{name}"
            if not self.map(entry, path, "steps.form.hint"):
                continue
            modes = self._modes(entry, path, known[name])
            if modes is not None and len(modes) != 1:
                self.wrong(node.keys[name], path, "wrong-type", say("steps.one_of", name=name), say("steps.one_of.hint"))
            for mode in (modes or ())[:1]:
                steps = [
                    self._step(item, f"{path}.{mode}[{i}]", known[name])
                    for i, item in enumerate(self.items(entry.value[mode], f"{path}.{mode}"))
                ]
                (draft.steps if mode == "steps" else draft.append)[name] = [step for step in steps if step]

    def _modes(self, entry: Node, path: str, lever: Lever) -> list[str] | None:
        """Which of `steps` and `steps_append` a lever has; None where fields of a step stand in their place."""
        misplaced = [key for key in entry.keys if key in lever.by_name or key in STEP_KEYS]
        if not misplaced or {"steps", "steps_append"} & set(entry.keys):
            return self.keys(entry, path, ("steps", "steps_append"))
        key = misplaced[0]
        self.wrong(entry.keys[key], f"{path}.{key}", "wrong-type", say("steps.misplaced", name=key), say("steps.form.hint"))
        return None

    def _step(self, node: Node, path: str, lever: Lever) -> Step | None:
        if not self.map(node, path):
            return None
        found = self.keys(node, path, (*STEP_KEYS, *lever.by_name), "unknown-parameter", "label.parameter")
        for key in ("from", "districts"):
            if key not in node.keys:
                self.wrong(node, f"{path}.{key}", "missing", say("missing.key", key=key), say(f"missing.{key}.hint"))
        first = self.year(node.value["from"], f"{path}.from") if "from" in found else None
        until = self.year(node.value["until"], f"{path}.until") if "until" in found else None
        if first and until and first > until:
            self.wrong(
                node.value["until"],
                f"{path}.until",
                "from-after-until",
                say("step.backwards", first=first, until=until),
                say("step.backwards.hint"),
            )
        districts = self.districts(node.value["districts"], f"{path}.districts") if "districts" in found else ()
        ramp = (
            self.number(node.value["ramp_years"], f"{path}.ramp_years", 1, LAST_YEAR - FIRST_YEAR, "years", say("meaning.ramp"), whole=True)
            if "ramp_years" in found
            else 1
        )
        preset = "preset" in found
        if preset and node.value["preset"].value != "plan":
            self.wrong(node.value["preset"], f"{path}.preset", "wrong-type", say("step.preset"), say("step.preset.hint"))
        origin = f"{self.file}:{node.line}"
        values = {name: parameter.plan for name, parameter in lever.by_name.items()} if preset else {}
        origins = dict.fromkeys(values, f"{self.file}:{node.value['preset'].line}") if preset else {}
        named = [key for key in found if key in lever.by_name]
        for key in named:
            value = self.value(node.value[key], f"{path}.{key}", lever.by_name[key])
            if value is not None:
                values[key], origins[key] = value, f"{self.file}:{node.value[key].line}"
        if not preset and not [key for key in node.keys if key not in STEP_KEYS]:
            self.wrong(node, path, "empty-step", say("step.empty"), say("step.empty.hint", names=", ".join(lever.by_name)))
        if "ramp_years" in found and values and not any(ramps(lever.by_name[key]) for key in values):
            self.wrong(
                node.value["ramp_years"], f"{path}.ramp_years", "ramp-of-switch", say("step.ramp_switch"), say("step.ramp_switch.hint")
            )
        if first is None or not districts or not values:
            return None
        return Step(first, districts, values, origin, until, int(ramp or 1), preset, origins, (self.file, node.line, node.column, path))

    def districts(self, node: Node, path: str) -> tuple[str, ...]:
        """Ids in the order of the plan from `all`, a city, an id, a Chinese name, or a list of these."""
        chosen: set[str] = set()
        for item in node.value if node.is_list else [node]:
            found = named_districts(item.value) if item.is_text else None
            if found is None:
                self.unknown_district(item, path)
            else:
                chosen.update(found)
        if node.is_list and not node.value:
            self.wrong(node, path, "unknown-district", say("step.no_district"), say("missing.districts.hint"))
        return tuple(name for name in DISTRICT_IDS if name in chosen)

    def unknown_district(self, item: Node, path: str) -> None:
        """No district is called so: several in one text, no text at all, or a name that is near to one."""
        parts = re.split(r"[，、；;,\s]+", item.value.strip()) if item.is_text and len(item.value) <= 400 else []
        if len(parts) > 1 and all(named_districts(part) for part in parts):
            said = say("step.districts_in_one", value=item.shown)
            self.wrong(item, path, "unknown-district", said, say("step.districts_in_one.hint", names=", ".join(parts)))
        elif not item.is_text or item.is_nothing:
            self.wrong(item, path, "unknown-district", say("step.district_form", value=item.shown), say("missing.districts.hint"))
        else:
            known = ("all", *CITIES, *DISTRICT_IDS)
            hint = nearest(item.value, known, DISTRICT_WORDS)
            self.wrong(item, path, "unknown-district", say("unknown.name", what=say("label.district"), name=item.shown), hint)

    def _off(self, node: Node, draft: Draft) -> None:
        for i, item in enumerate(self.items(node, "off")):
            if item.is_text and item.value in levers():
                draft.off[item.value] = (item.line, item.column)
            elif item.is_text:
                self.unknown((item.line, item.column), "off", item.value, "unknown-lever", "label.lever", levers(), _titles())
            else:
                self.wrong(item, f"off[{i}]", "wrong-type", say("type.text", path=f"off[{i}]"), nearest("", levers()))

    def _delivery(self, node: Node, draft: Draft) -> None:
        if self.map(node, "delivery"):
            for key in self.keys(node, "delivery", ("rate_percent_per_year",)):
                draft.delivery_rate = self.number(node.value[key], f"delivery.{key}", 1, 100, "percent", say("meaning.delivery"))

    def _assumptions(self, node: Node, draft: Draft) -> None:
        if not self.map(node, "assumptions"):
            return
        known = behavioural_parameters()
        for name in self.keys(node, "assumptions", known, "unknown-assumption", "label.assumption"):
            value = self.number(node.value[name], f"assumptions.{name}", known[name].low, known[name].high, known[name].unit, known[name].sentence)
            if value is not None:
                draft.assumptions[name] = value
                draft.origins[f"assumptions.{name}"] = f"{self.file}:{node.value[name].line}"

    def _run(self, node: Node, draft: Draft) -> None:
        if not self.map(node, "run"):
            return
        readers = {"households": read_households, "seeds": read_seeds}
        for key in self.keys(node, "run", ("households", "seeds", "population_seed")):
            item, path = node.value[key], f"run.{key}"
            draft.origins[path] = f"{self.file}:{item.line}"
            if key == "population_seed":
                value = self.number(item, path, 0, 2**31 - 1, meaning=say("meaning.population_seed"), whole=True)
                draft.run[key] = None if value is None else int(value)
                continue
            value = readers[key](item.value) if item.is_text else None
            if value is None:
                self.wrong(item, path, "bad-option", say(f"run.{key}.bad", value=item.shown), say(f"run.{key}.hint"))
            draft.run[key] = value


def ramps(parameter: Parameter) -> bool:
    """Whether a value can move in steps: numbers do, switches and whole numbers change at once."""
    return not parameter.is_switch and not parameter.whole


def _titles() -> list[tuple[str, str]]:
    """(title, id) of every lever in both languages, for hints."""
    return [(word.lower(), lever.id) for lever in levers().values() for word in lever.title.values()]


def _range(key: str, low: float, high: float, unit: str) -> str:
    """A hint with the allowed range, without a gap where there is no unit."""
    said = say(key, low=number_text(low), high=number_text(high), unit=unit_text(unit))
    return said.replace(" .", ".").replace(" 。", "。")


def _is_number(node: Node | None) -> bool:
    """Whether YAML would read a number here."""
    return bool(node and node.is_text and not node.quoted and node.value[-1:].isdigit() and NUMBER.fullmatch(node.value))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
