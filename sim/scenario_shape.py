"""The closed shape of a scenario file: nodes checked against the declarations, key by key, every problem noted with its place.

Not here: single values (`sim/scenario_checks.py`), reading YAML (`sim/scenario_text.py`), inheritance and the meaning of steps together (`sim/scenario.py`).
"""

import re
from dataclasses import dataclass, field, replace

from sim.policies.base import Lever, Parameter
from sim.policies.catalogue import levers
from sim.run_options import FIRST_YEAR, LAST_YEAR, read_households, read_seeds
from sim.scenario_checks import NodeChecker, is_number, join
from sim.scenario_text import Node
from sim.scenario_values import assumption_names, behavioural_parameters, nearest
from sim.words import assumption_words, language, say

SCHEMA = 1
TOP_KEYS = ("schema", "id", "extends", "title", "horizon", "levers", "off", "delivery", "assumptions", "run")
STEP_KEYS = ("from", "until", "districts", "ramp_years", "preset")
STEP_WORDS = (("to", "until"), ("end", "until"), ("till", "until"), ("through", "until"), ("截至", "until"), ("至", "until"), ("since", "from"),
              ("start", "from"), ("year", "from"), ("起始年", "from"), ("自", "from"), ("where", "districts"), ("place", "districts"), ("县区", "districts"),
              ("ramp", "ramp_years"), ("years", "ramp_years"), ("过渡年数", "ramp_years"))  # fmt: skip
LEVER_MODES = ("steps", "steps_append")
LONGEST_TITLE = 200  # characters; charts and tables have no room for more
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
    """One file as written, before inheritance. `extends` and `off` carry line and column, `origins` file:line of the rest."""

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


class Checker(NodeChecker):
    """Turns the nodes of one file into a Draft and collects problems."""

    def draft(self, top: Node) -> Draft:
        """The file as a Draft; problems are in `self.problems`."""
        draft = Draft(self.file)
        with self.within_reason():
            found = self.keys(self._without(top, "", LEVER_MODES, "steps.depth"), "", TOP_KEYS)
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
        elif not node.quoted and (value in ("true", "false") or is_number(node)):
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
        for name in self.keys(self._without(node, "levers", LEVER_MODES, "steps.depth"), "levers", known, "unknown-lever", "label.lever", _titles()):
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

    def _without(self, node: Node, path: str, misplaced, key: str, **fields) -> Node:
        """The map without keys that belong elsewhere; each of them is a problem that says where."""
        for name in misplaced:
            if name in node.keys:
                self.wrong(node.keys[name], join(path, name), "wrong-depth", say(key, name=name), say(f"{key}.hint", name=name, **fields))
        kept = {name: place for name, place in node.keys.items() if name not in misplaced}
        return replace(node, keys=kept)

    def _modes(self, entry: Node, path: str, lever: Lever) -> list[str] | None:
        """Which of `steps` and `steps_append` a lever has; None where fields of a step stand in their place."""
        misplaced = [key for key in entry.keys if key in lever.by_name or key in STEP_KEYS]
        if not misplaced or set(LEVER_MODES) & set(entry.keys):
            return self.keys(entry, path, LEVER_MODES)
        key = misplaced[0]
        self.wrong(entry.keys[key], f"{path}.{key}", "wrong-type", say("steps.misplaced", name=key), say("steps.form.hint"))
        return None

    def _step(self, node: Node, path: str, lever: Lever) -> Step | None:
        if not self.map(node, path):
            return None
        words = (*STEP_WORDS, *((text.lower(), one.name) for one in lever.parameters for text in one.words.values()))
        step = self._without(node, path, LEVER_MODES, "steps.inside", lever=lever.id)
        found = self.keys(step, path, (*STEP_KEYS, *lever.by_name), "unknown-parameter", "label.parameter", words)
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
        for name in self.keys(node, "assumptions", known, "unknown-assumption", "label.assumption", assumption_names()):
            one = known[name]
            value = self.number(node.value[name], f"assumptions.{name}", one.low, one.high, one.unit, assumption_words(one, language()))
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
