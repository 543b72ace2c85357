"""A YAML file read into plain nodes that know their line and column, or the reason why it cannot be read.

YAML 1.2 without tags, anchors and aliases; texts stay as written, so that `no`, `30%` and `012` can be told from a switch or a number.
The file is built from the parser's events, so that a file made to be large (aliases, brackets, thousands of entries) is left early.
Not here: what the parser stumbled over, in words (`sim/scenario_syntax.py`), what the keys mean (`sim/scenario_shape.py`).
"""

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from sim import scenario_syntax
from sim.errors import Problem
from sim.words import say

LARGEST = 1_000_000  # bytes
NESTED = 20  # a scenario needs six levels
MOST_ENTRIES = 20_000  # keys, values and items: far more than every parameter of every lever in every district and year of reform
SHOWN = 40  # characters of a value that a message repeats
SHOWN_PATH = 300  # and of a path


@dataclass(frozen=True)
class Node:
    """A piece of a file: a map {key: Node}, a list of Nodes or a text; `quoted` texts are never numbers. Lines and columns count from 1."""

    value: dict | list | str
    line: int
    column: int
    quoted: bool = False
    keys: dict = field(default_factory=dict)  # {key: (line, column)} of a map

    @property
    def is_map(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def is_nothing(self) -> bool:
        """Whether no value is written, or one of YAML's words for nothing."""
        return self.is_text and not self.quoted and self.value in ("", "~", "null", "Null", "NULL")

    @property
    def shown(self) -> str:
        """How a message repeats the value."""
        return shown(self.value) if self.is_text else "[...]" if self.is_list else "{...}"


def plain(text: str) -> str:
    """Full-width letters, digits and signs turned into the plain ones."""
    return unicodedata.normalize("NFKC", text)


def shown(text: str, most: int = SHOWN) -> str:
    """A text of the user for a message: cut where it is long, what cannot be seen or printed as <U+200B>."""
    text = text if len(text) <= most else text[: most - 3] + "..."
    return "".join(one if one.isprintable() else f"<U+{ord(one):04X}>" for one in text)


def read(path: Path, name: str) -> tuple[Node | None, list[Problem]]:
    """The top map of a file and its problems; None where nothing can be made of it."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
            size = max(len(data), path.stat().st_size)
    except OSError as error:
        return None, [
            Problem(name, 0, 0, "", "unreadable", say("file.unreadable", reason=error.strerror or str(error)), say("file.unreadable.hint"))
        ]
    if size > LARGEST:
        return None, [Problem(name, 0, 0, "", "too-large", say("file.too_large", size=size / 1e6), say("file.too_large.hint"))]
    return read_bytes(data, name)


def read_bytes(data: bytes, name: str) -> tuple[Node | None, list[Problem]]:
    """The same from the bytes of a file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [scenario_syntax.not_utf8(data, error, name)]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    odd = scenario_syntax.odd_character(text, data, name)
    return (None, [odd]) if odd else _build(text, name)


def _build(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError

    builder = _Builder(name)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _Enough:
        return None, builder.problems
    except MarkedYAMLError as error:
        return None, [scenario_syntax.explain(error, text, name)]
    top = builder.top
    if top is None and not builder.problems or top is not None and top.is_nothing:
        return None, [Problem(name, 0, 0, "", "empty", say("file.empty"), say("file.empty.hint"))]
    if top is not None and not top.is_map and not builder.problems:
        message = say("file.top_list") if top.is_list else say("file.top_text")
        builder.problems.append(
            scenario_syntax.full_width_colon(text, top.line, top.line, name)
            or scenario_syntax.missing_space(text, top.line, top.line, name)
            or Problem(name, top.line, top.column, "", "not-a-map", message, say("file.top.hint"))
        )
    return (top if top is not None and top.is_map else None), builder.problems


class _Enough(Exception):
    """What has been read of a file is enough to refuse it."""


@dataclass
class _Frame:
    """A map or list that is being read. `key` waits for its value; `silent` frames are read for their end alone."""

    node: Node
    path: str
    silent: bool = False
    key: str | None = None
    place: tuple[int, int] = (0, 0)  # of `key`, where an empty value is said to stand
    expects_key: bool = False

    def inner(self) -> str:
        """The path of the next value."""
        if self.node.is_list:
            return f"{self.path}[{len(self.node.value)}]"
        return f"{self.path}.{self.key}" if self.path else self.key or ""


class _Builder:
    """Takes the parser's events one by one and puts nodes together; `top` is the whole, `problems` what was refused on the way."""

    def __init__(self, name: str):
        self.name, self.top, self.problems = name, None, []
        self.frames: list[_Frame] = []
        self.anchors: set[str] = set()
        self.documents = self.entries = 0

    def wrong(self, mark, path: str, code: str, message: str, hint: str) -> None:
        self.problems.append(Problem(self.name, mark.line + 1, mark.column + 1, path, code, message, hint))

    def take(self, event) -> None:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                self.problems.clear()
                self.wrong(event.start_mark, "", "documents", say("yaml.documents"), say("yaml.documents.hint"))
                raise _Enough
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            frame = self.frames.pop()
            self._put(None if frame.silent else frame.node)
        elif kind in ("ScalarEvent", "AliasEvent", "MappingStartEvent", "SequenceStartEvent"):
            self._begin(event, kind)

    def _begin(self, event, kind: str) -> None:
        mark, frame = event.start_mark, self.frames[-1] if self.frames else None
        self.entries += 1
        if self.entries > MOST_ENTRIES:
            self.wrong(mark, "", "too-many", say("file.too_many", most=MOST_ENTRIES), say("file.too_many.hint"))
            raise _Enough
        if frame and frame.expects_key:
            self._take_key(event, kind, frame)
            return
        path = frame.inner() if frame else ""
        silent = bool(frame and (frame.silent or frame.node.is_map and frame.key is None))
        refused = silent or self._refuse(event, kind, path)
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._open(event, kind, path, refused)
        elif kind == "ScalarEvent" and not refused:
            quoted = event.style in ("'", '"', "|", ">")
            line, column = mark.line + 1, mark.column + 1
            if not event.value and not quoted and frame and frame.node.is_map:
                line, column = frame.place
            self._put(Node(event.value, line, column, quoted=quoted))
        else:
            self._put(None)

    def _open(self, event, kind: str, path: str, silent: bool) -> None:
        mark, is_map = event.start_mark, kind == "MappingStartEvent"
        if len(self.frames) > NESTED:
            self.problems.clear()
            self.wrong(mark, path, "too-deep", say("file.too_deep"), say("file.too_deep.hint"))
            raise _Enough
        node = Node({} if is_map else [], mark.line + 1, mark.column + 1)
        self.frames.append(_Frame(node, path, silent, expects_key=is_map))

    def _refuse(self, event, kind: str, path: str) -> bool:
        """Whether a value is an alias, has an anchor or a tag, or hides a control character: each is a problem, said once."""
        mark = event.start_mark
        if kind == "AliasEvent":
            if event.anchor not in self.anchors:
                self.wrong(mark, path, "alias", say("yaml.alias"), say("yaml.alias.hint"))
            return True
        if event.anchor:
            self.anchors.add(event.anchor)
            self.wrong(mark, path, "alias", say("yaml.alias"), say("yaml.alias.hint"))
            return True
        if event.tag is not None:
            tag = scenario_syntax.short_tag(str(event.tag))
            self.wrong(mark, path, "foreign-tag", say("yaml.tag", tag=shown(tag)), say("yaml.tag.hint"))
            return True
        hidden = scenario_syntax.CONTROL.search(event.value) if kind == "ScalarEvent" else None
        if hidden:
            code = f"U+{ord(hidden.group()):04X}"
            self.wrong(mark, path, "character", say("yaml.control", code=code), say("yaml.control.hint"))
        return bool(hidden)

    def _take_key(self, event, kind: str, frame: _Frame) -> None:
        mark = event.start_mark
        frame.expects_key, frame.key = False, None
        if kind != "ScalarEvent" or event.anchor or event.tag is not None:
            if not frame.silent:
                self.wrong(mark, frame.path, "not-a-name", say("yaml.key"), say("yaml.key.hint"))
            if kind in ("MappingStartEvent", "SequenceStartEvent"):
                self._open(event, kind, frame.path, True)
                self.frames[-2].expects_key = True  # the end of this key is no value: see _put
            return
        key, place = event.value, (mark.line + 1, mark.column + 1)
        keys = frame.node.keys
        if key not in keys:
            keys[key] = place
            frame.key, frame.place = key, (event.end_mark.line + 1, event.end_mark.column + 2)
        elif not frame.silent:
            inner = f"{frame.path}.{key}" if frame.path else key
            where = {"first": keys[key][0], "second": place[0]}
            said = say("yaml.duplicate_here" if keys[key][0] == place[0] else "yaml.duplicate", key=shown(key), **where)
            self.wrong(mark, inner, "duplicate-key", said, say("yaml.duplicate.hint"))

    def _put(self, node: Node | None) -> None:
        """Hand a finished value (None: refused) to the map or list around it."""
        if not self.frames:
            self.top = node
            return
        frame = self.frames[-1]
        if frame.node.is_list:
            if node is not None:
                frame.node.value.append(node)
        elif frame.expects_key:
            frame.expects_key = False
        else:
            if node is not None and frame.key is not None:
                frame.node.value[frame.key] = node
            frame.expects_key = True
