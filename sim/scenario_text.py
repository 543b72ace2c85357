"""A YAML file read into plain nodes that know their line and column, or the reason why it cannot be read.

YAML 1.2 without tags, anchors and aliases; texts stay as written, so that `no`, `30%` and `012` can be told from a switch or a number.
Not here: what the keys mean (`sim/scenario_shape.py`).
"""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import Problem
from sim.words import say

LARGEST = 1_000_000
NESTED = 20  # a scenario needs six levels


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


def plain(text: str) -> str:
    """Full-width letters, digits and signs turned into the plain ones."""
    return unicodedata.normalize("NFKC", text)


def read(path: Path, name: str) -> tuple[Node | None, list[Problem]]:
    """The top map of a file and its problems; None where nothing can be made of it."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            return None, [Problem(name, 0, 0, "", "too-large", say("file.too_large", size=size / 1e6), say("file.too_large.hint"))]
        data = path.read_bytes()
    except OSError as error:
        return None, [
            Problem(name, 0, 0, "", "unreadable", say("file.unreadable", reason=error.strerror or str(error)), say("file.unreadable.hint"))
        ]
    return read_bytes(data, name)


def read_bytes(data: bytes, name: str) -> tuple[Node | None, list[Problem]]:
    """The same from the bytes of a file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(data, error, name)]
    return _compose(text.replace("\r\n", "\n"), name)


def _not_utf8(data: bytes, error: UnicodeDecodeError, name: str) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    column = error.start - data.rfind(b"\n", 0, error.start)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        guess = "UTF-16"
    else:
        try:
            data.decode("gb18030")
            guess = "GBK"
        except UnicodeDecodeError:
            guess = ""
    message = say("file.encoding", guess=guess) if guess else say("file.not_utf8")
    return Problem(name, line, column, "", "not-utf8", message, say("file.encoding.hint"))


def _compose(text: str, name: str) -> tuple[Node | None, list[Problem]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        top = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        return None, [_syntax(error, text, name)]
    except YAMLError as error:
        return None, [_odd_character(error, text, name)]
    except RecursionError:
        return None, [Problem(name, 0, 0, "", "too-deep", say("file.too_deep"), say("file.too_deep.hint"))]
    if top is None:
        return None, [Problem(name, 0, 0, "", "empty", say("file.empty"), say("file.empty.hint"))]
    problems: list[Problem] = []
    node = _convert(top, "", 0, problems, set(), name)
    if any(problem.code == "too-deep" for problem in problems):
        return None, problems
    if not problems and node is not None and not node.is_map:
        colon = _full_width_colon(text, node.line, node.line, name)
        problems.append(
            colon
            or Problem(
                name,
                node.line,
                node.column,
                "",
                "not-a-map",
                say("file.top_list") if node.is_list else say("file.top_text"),
                say("file.top.hint"),
            )
        )
    return (node if node is not None and node.is_map else None), problems


def _syntax(error, text: str, name: str) -> Problem:
    """What the parser stumbled over, in words: a full-width colon, a tab, an open bracket, else the character it could not read."""
    mark = error.problem_mark or error.context_mark
    line, column = mark.line + 1, mark.column + 1
    start = error.context_mark.line + 1 if error.context_mark else line
    lines = text.split("\n")
    here = lines[mark.line] if mark.line < len(lines) else ""
    colon = _full_width_colon(text, min(start, line - 2), line, name)
    if colon:
        return colon
    tab = here.find("\t")
    if tab >= 0 and not here[:tab].strip():
        return Problem(name, line, tab + 1, "", "tab", say("yaml.tab"), say("yaml.tab.hint"))
    opened = lines[start - 1][error.context_mark.column :][:1] if error.context_mark and start <= len(lines) else ""
    context = error.context or ""
    if opened and ("flow" in context or "quoted" in context):
        closing = {"[": "]", "{": "}"}.get(opened, opened)
        return Problem(
            name,
            start,
            error.context_mark.column + 1,
            "",
            "unclosed",
            say("yaml.unclosed", opened=opened),
            say("yaml.unclosed.hint", closing=closing),
        )
    if "single document" in context:
        return Problem(name, line, column, "", "documents", say("yaml.documents"), say("yaml.documents.hint"))
    if "undefined alias" in (error.problem or ""):
        return Problem(name, line, column, "", "alias", say("yaml.alias"), say("yaml.alias.hint"))
    character = here[mark.column : mark.column + 1]
    shown = say("yaml.character", character=character) if character.strip() else say("yaml.line_end")
    return Problem(name, line, column, "", "yaml-syntax", say("yaml.syntax", shown=shown), say("yaml.syntax.hint"))


def _odd_character(error, text: str, name: str) -> Problem:
    found = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", text)
    if not found:
        return Problem(name, 0, 0, "", "yaml-syntax", say("yaml.syntax", shown=str(error).split("\n")[0]), say("yaml.syntax.hint"))
    at = found.start()
    return Problem(
        name,
        text.count("\n", 0, at) + 1,
        at - text.rfind("\n", 0, at),
        "",
        "character",
        say("yaml.control", code=f"U+{ord(found.group()):04X}"),
        say("yaml.control.hint"),
    )


def _full_width_colon(text: str, first: int, last: int, name: str) -> Problem | None:
    """A line `key：value`, where the colon should be a plain one followed by a space."""
    lines = text.split("\n")
    for number in range(max(first, 1), min(last, len(lines)) + 1):
        found = re.match(r"^[\s\-{]*[A-Za-z_][\w\-]*(：)", lines[number - 1])
        if found:
            return Problem(name, number, found.start(1) + 1, "", "full-width-colon", say("yaml.colon"), say("yaml.colon.hint"))
    return None


def _convert(node, path: str, depth: int, problems: list[Problem], seen: set[int], name: str) -> Node | None:
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if id(node) in seen or node.anchor:
        if id(node) not in seen:
            problems.append(Problem(name, line, column, path, "alias", say("yaml.alias"), say("yaml.alias.hint")))
        seen.add(id(node))
        return None
    seen.add(id(node))
    if depth > NESTED:
        problems.append(Problem(name, line, column, path, "too-deep", say("file.too_deep"), say("file.too_deep.hint")))
        return None
    tag = str(node.tag or "")
    if not tag.startswith("tag:yaml.org,2002:") or _is_explicit(node):
        problems.append(Problem(name, line, column, path, "foreign-tag", say("yaml.tag", tag=_short(tag)), say("yaml.tag.hint")))
        return None
    if isinstance(node, ScalarNode):
        return Node(node.value, line, column, quoted=node.style in ("'", '"', "|", ">"))
    if isinstance(node, SequenceNode):
        items = [_convert(item, f"{path}[{i}]", depth + 1, problems, seen, name) for i, item in enumerate(node.value)]
        return Node([item for item in items if item is not None], line, column)
    assert isinstance(node, MappingNode)
    return _convert_map(node, path, depth, problems, seen, name)


def _convert_map(node, path: str, depth: int, problems: list[Problem], seen: set[int], name: str) -> Node:
    values: dict[str, Node] = {}
    keys: dict[str, tuple[int, int]] = {}
    for key_node, value_node in node.value:
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        if not isinstance(key_node.value, str):
            problems.append(Problem(name, line, column, path, "not-a-name", say("yaml.key"), say("yaml.key.hint")))
            continue
        key = key_node.value
        inner = f"{path}.{key}" if path else key
        if key in keys:
            problems.append(
                Problem(
                    name,
                    line,
                    column,
                    inner,
                    "duplicate-key",
                    say("yaml.duplicate", key=key, first=keys[key][0], second=line),
                    say("yaml.duplicate.hint"),
                )
            )
            continue
        keys[key] = (line, column)
        value = _convert(value_node, inner, depth + 1, problems, seen, name)
        if value is not None:
            values[key] = value
    return Node(values, node.start_mark.line + 1, node.start_mark.column + 1, keys=keys)


def _is_explicit(node) -> bool:
    """Whether the author wrote a tag (!!int, !python/object ...) instead of leaving the type to the reader."""
    mark = node.start_mark
    return mark.buffer is not None and mark.buffer[mark.pointer : mark.pointer + 1] == "!"


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")
