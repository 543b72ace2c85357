"""Values read from the nodes of a file: names, texts, numbers, years, switches, districts, each with the problem where it is none.

Not here: which keys a file has (`sim/scenario_shape.py`, `sim/study/study_file.py`), reading YAML (`sim/scenario_text.py`).
"""

import contextlib
import re

from sim.errors import Problem
from sim.places import CITIES, DISTRICT_IDS
from sim.policies.base import Parameter
from sim.run_options import FIRST_YEAR, LAST_YEAR
from sim.scenario_syntax import first_full_width, full_width
from sim.scenario_text import Node, shown
from sim.scenario_values import NUMBER, named_districts, nearest, nearest_district, number_text, parse_number, unit_text
from sim.words import pick, say

MOST_PROBLEMS = 100  # of one file; who has mended these sees the rest


class _Enough(Exception):
    """A file with more problems than anyone reads."""


class NodeChecker:
    """Reads values from the nodes of one file and collects problems; what cannot be read is None or left out."""

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
            elif len(key) == 3 and key.isdigit() and value is not None and value.is_nothing and is_number(node.value.get(before)):
                number = node.value[before].value + key
                said = say("number.thousands", value=f"{node.value[before].value},{key}")
                self.wrong(node.value[before], join(path, before), "not-a-number", said, say("number.write", value=number))
            else:
                self.unknown(place, join(path, key), key, code, label, known, aliases)
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
        span = re.fullmatch(r"\s*([0-9]{4})\s*[-–—~～至到]\s*([0-9]{4})\s*", node.value) if node.is_text else None
        if span:
            self.wrong(node, path, "not-a-number", say("year.span", value=node.shown), say("year.span.hint", first=span[1], last=span[2]))
            return None
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
            said = say("unknown.name", what=say("label.district"), name=item.shown)
            self.wrong(item, path, "unknown-district", said, nearest_district(item.value, ("all", *CITIES)))


def _range(key: str, low: float, high: float, unit: str) -> str:
    """A hint with the allowed range, without a gap where there is no unit."""
    said = say(key, low=number_text(low), high=number_text(high), unit=unit_text(unit))
    return said.replace(" .", ".").replace(" 。", "。")


def is_number(node: Node | None) -> bool:
    """Whether YAML would read a number here."""
    return bool(node and node.is_text and not node.quoted and node.value[-1:].isdigit() and NUMBER.fullmatch(node.value))


def join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
