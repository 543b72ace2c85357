"""The closed shape of a scenario file: nodes checked against the declarations, key by key, every problem noted with its place.

Not here: reading YAML (`sim/scenario_text.py`), inheritance and the meaning of steps together (`sim/scenario.py`).
"""

import math
import re
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.places import CITIES, DISTRICT_IDS
from sim.policies.base import Lever, Parameter
from sim.policies.catalogue import levers
from sim.run_options import read_households, read_seeds
from sim.scenario_text import Node
from sim.scenario_values import behavioural_parameters, named_districts, nearest, parse_number
from sim.words import pick, say

SCHEMA = 1
FIRST_YEAR, LAST_YEAR = 2019, 2050
TOP_KEYS = ("schema", "id", "extends", "title", "horizon", "levers", "off", "delivery", "assumptions", "run")
STEP_KEYS = ("from", "until", "districts", "ramp_years", "preset")
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


class Checker:
    """Turns the nodes of one file into a Draft and collects problems."""

    def __init__(self, file: str):
        self.file = file
        self.problems: list[Problem] = []

    def wrong(self, place, path: str, code: str, message: str, hint: str = "") -> None:
        line, column = (place.line, place.column) if isinstance(place, Node) else place
        self.problems.append(Problem(self.file, line, column, path, code, message, hint))

    def keys(self, node: Node, path: str, known, code: str = "unknown-key", label: str = "label.key") -> list[str]:
        """The known keys of a map; each other one is a problem."""
        good = []
        for key in node.keys:
            if key in known:
                if key in node.value:
                    good.append(key)
            elif "：" in key:
                line, column = node.keys[key]
                self.wrong((line, column + key.index("：")), path, "full-width-colon", say("yaml.colon"), say("yaml.colon.hint"))
            else:
                self.wrong(node.keys[key], _join(path, key), code, say("unknown.name", what=say(label), name=key), nearest(key, known))
        return good

    def map(self, node: Node, path: str) -> Node | None:
        if node.is_map:
            return node
        colon = "：" in node.value if node.is_text else False
        self.wrong(
            node,
            path,
            "full-width-colon" if colon else "wrong-type",
            say("yaml.colon") if colon else say("type.map", path=path),
            say("yaml.colon.hint") if colon else say("type.map.hint"),
        )
        return None

    def list(self, node: Node, path: str) -> list[Node]:
        if node.is_list:
            return node.value
        self.wrong(node, path, "wrong-type", say("type.list", path=path), say("type.list.hint"))
        return []

    def text(self, node: Node, path: str) -> str | None:
        if node.is_text and node.value.strip():
            return node.value
        self.wrong(node, path, "wrong-type", say("type.text", path=path), "")
        return None

    def number(
        self, node: Node, path: str, low: float, high: float, unit: str = "", meaning: str = "", whole: bool = False
    ) -> float | None:
        """A finite number within bounds, or None and a problem that says why not."""
        if not node.is_text:
            self.wrong(
                node,
                path,
                "not-a-number",
                say("number.shape", path=path),
                say("number.hint", low=f"{low:g}", high=f"{high:g}", unit=unit).rstrip(),
            )
            return None
        value, code, message, hint = parse_number(node.value, node.quoted)
        if value is None:
            self.wrong(node, path, code, message, hint or say("number.hint", low=f"{low:g}", high=f"{high:g}", unit=unit).rstrip())
            return None
        if not low <= value <= high:
            said = say("range.hint", low=f"{low:g}", high=f"{high:g}", unit=unit).replace(" .", ".").replace(" 。", "。")
            self.wrong(
                node, path, "out-of-range", say("range.out", value=node.value, name=path.rsplit(".", 1)[-1], meaning=meaning or path), said
            )
            return None
        if whole and value != int(value):
            self.wrong(node, path, "not-whole", say("number.whole", value=node.value), say("number.whole.hint"))
            return None
        return value

    def year(self, node: Node, path: str) -> int | None:
        value = self.number(node, path, -math.inf, math.inf, whole=True)
        if value is None:
            return None
        if not FIRST_YEAR <= value <= LAST_YEAR:
            self.wrong(
                node,
                path,
                "year-outside",
                say("year.outside", year=f"{value:g}", first=FIRST_YEAR, last=LAST_YEAR),
                say("year.outside.hint"),
            )
            return None
        return int(value)

    def value(self, node: Node, path: str, parameter: Parameter) -> float | bool | None:
        """The value of a lever's parameter."""
        if not parameter.is_switch:
            return self.number(node, path, parameter.low, parameter.high, parameter.unit, pick(parameter.words), parameter.whole)
        if node.is_text and not node.quoted and node.value in ("true", "false"):
            return node.value == "true"
        shown = node.value if node.is_text else "..."
        self.wrong(node, path, "not-a-switch", say("switch.wrong", name=parameter.name, value=shown), say("switch.hint"))
        return None

    def draft(self, top: Node) -> Draft:
        """The file as a Draft; problems are in `self.problems`."""
        draft = Draft(self.file)
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
        if not node.is_text or node.value != str(SCHEMA):
            self.wrong(
                node,
                "schema",
                "schema-version",
                say("schema.version", value=node.value if node.is_text else "..."),
                say("schema.version.hint", version=SCHEMA),
            )

    def _id(self, node: Node, draft: Draft) -> None:
        value = self.text(node, "id")
        if value is not None and not IDENTIFIER.fullmatch(value):
            self.wrong(node, "id", "bad-id", say("id.bad", value=value), say("id.bad.hint"))
        draft.id = value or ""

    def _extends(self, node: Node, draft: Draft) -> None:
        for item in node.value if node.is_list else [node]:
            value = self.text(item, "extends")
            if value:
                draft.extends.append((value, (item.line, item.column)))

    def _title(self, node: Node, draft: Draft) -> None:
        if self.map(node, "title"):
            for key in self.keys(node, "title", ("zh", "en")):
                draft.title[key] = self.text(node.value[key], f"title.{key}") or ""

    def _horizon(self, node: Node, draft: Draft) -> None:
        if not self.map(node, "horizon"):
            return
        for key in self.keys(node, "horizon", ("start", "end", "report")):
            item, path = node.value[key], f"horizon.{key}"
            draft.origins[path] = f"{self.file}:{item.line}"
            if key == "report":
                years = [(self.year(one, path), one) for one in self.list(item, path)]
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
        for name in self.keys(node, "levers", known, "unknown-lever", "label.lever"):
            entry, path = node.value[name], f"levers.{name}"
            if not self.map(entry, path):
                continue
            modes = self.keys(entry, path, ("steps", "steps_append"))
            if len(modes) != 1:
                self.wrong(node.keys[name], path, "wrong-type", say("steps.one_of", name=name), say("steps.one_of.hint"))
            for mode in modes[:1]:
                steps = [
                    self._step(item, f"{path}.{mode}[{i}]", known[name])
                    for i, item in enumerate(self.list(entry.value[mode], f"{path}.{mode}"))
                ]
                (draft.steps if mode == "steps" else draft.append)[name] = [step for step in steps if step]

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
            self.number(node.value["ramp_years"], f"{path}.ramp_years", 1, LAST_YEAR - FIRST_YEAR, "years", whole=True)
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
                name = item.value if item.is_text else "..."
                self.wrong(
                    item,
                    path,
                    "unknown-district",
                    say("unknown.name", what=say("label.district"), name=name),
                    nearest(name, ("all", *CITIES, *DISTRICT_IDS)),
                )
            else:
                chosen.update(found)
        if node.is_list and not node.value:
            self.wrong(node, path, "unknown-district", say("step.no_district"), say("missing.districts.hint"))
        return tuple(name for name in DISTRICT_IDS if name in chosen)

    def _off(self, node: Node, draft: Draft) -> None:
        for item in self.list(node, "off"):
            if item.is_text and item.value in levers():
                draft.off[item.value] = (item.line, item.column)
            else:
                name = item.value if item.is_text else "..."
                self.wrong(item, "off", "unknown-lever", say("unknown.name", what=say("label.lever"), name=name), nearest(name, levers()))

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
                value = self.number(item, path, 0, 2**31 - 1, whole=True)
                draft.run[key] = None if value is None else int(value)
                continue
            value = readers[key](item.value) if item.is_text else None
            if value is None:
                self.wrong(
                    item, path, "bad-option", say(f"run.{key}.bad", value=item.value if item.is_text else "..."), say(f"run.{key}.hint")
                )
            draft.run[key] = value


def ramps(parameter: Parameter) -> bool:
    """Whether a value can move in steps: numbers do, switches and whole numbers change at once."""
    return not parameter.is_switch and not parameter.whole


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
