"""What is wrong with a file that YAML cannot read, in words that name the line, the column and what to write instead.

Not here: files that can be read (`sim/scenario_text.py`).
"""

import re

from sim.errors import Problem
from sim.words import say

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
NAME = r"^[\s\-{\[,]*[A-Za-z_][\w\-]*"
# Signs of a Chinese keyboard and the plain ones that YAML wants.
FULL_WIDTH = {
    "：": ": ", "，": ", ", "、": ", ", "；": ", ", "｛": "{", "｝": "}", "［": "[", "］": "]", "【": "[", "】": "]", "“": '"', "”": '"',
    "\u3000": " ", "\xa0": " ",
}  # fmt: skip
CLOSING = {"[": "]", "{": "}"}


def short_tag(tag: str) -> str:
    """A tag as people write it: !!int."""
    return tag.replace("tag:yaml.org,2002:", "!!")


def full_width(character: str) -> tuple[str, str]:
    """(message, hint) about a full-width sign."""
    if character == "：":
        return say("yaml.colon"), say("yaml.colon.hint")
    if not character.isprintable() or character.isspace():
        return say("yaml.full_width_space"), say("yaml.full_width_space.hint")
    return say("yaml.full_width", character=character), say("yaml.full_width.hint", plain=FULL_WIDTH[character])


def first_full_width(text: str) -> int:
    """Where the first full-width sign of a text stands; -1 where there is none."""
    return next((at for at, character in enumerate(text) if character in FULL_WIDTH), -1)


def not_utf8(data: bytes, error: UnicodeDecodeError, name: str) -> Problem:
    """Which encoding the bytes seem to have, and where the first of them stands that is not UTF-8."""
    line = data.count(b"\n", 0, error.start) + 1
    start = data.rfind(b"\n", 0, error.start) + 1
    column = len(data[start : error.start].decode("utf-8", "replace")) + 1
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        guess = "UTF-16"
    elif CONTROL.search(data.decode("latin-1").translate(dict.fromkeys(range(0x7F, 0xA0), " "))):
        return Problem(name, 0, 0, "", "not-text", say("file.not_text"), say("file.not_text.hint"))
    else:
        guess = "GBK" if _looks_like_gbk(data) else ""
    message = say("file.encoding", guess=guess) if guess else say("file.not_utf8")
    return Problem(name, line, column, "", "not-utf8", message, say("file.encoding.hint"))


def _looks_like_gbk(data: bytes) -> bool:
    """Whether the bytes are GBK text in which the common characters (GB 2312) are more than half."""
    try:
        letters = [one for one in data.decode("gb18030") if ord(one) > 127]
    except UnicodeDecodeError:
        return False
    common = "".join(letters).encode("gb2312", "ignore").decode("gb2312")
    return 2 * len(common) > len(letters)


def odd_character(text: str, data: bytes, name: str) -> Problem | None:
    """The first control character of a text; many zero bytes are a file that is no text, or one in UTF-16."""
    found = CONTROL.search(text)
    if not found:
        return None
    zeros = data.count(b"\0")
    if 5 * zeros > 2 * len(data) and zeros < len(data):
        return Problem(name, 1, 1, "", "not-utf8", say("file.encoding", guess="UTF-16"), say("file.encoding.hint"))
    if zeros > 3:
        return Problem(name, 0, 0, "", "not-text", say("file.not_text"), say("file.not_text.hint"))
    at = found.start()
    code = f"U+{ord(found.group()):04X}"
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return Problem(name, line, column, "", "character", say("yaml.control", code=code), say("yaml.control.hint"))


def full_width_colon(text: str, first: int, last: int, name: str) -> Problem | None:
    """A line `key：value`, where the colon should be a plain one followed by a space."""
    for number, line in _lines(text, first, last):
        found = re.match(NAME + "(：)", line)
        if found:
            return Problem(name, number, found.start(1) + 1, "", "full-width-colon", say("yaml.colon"), say("yaml.colon.hint"))
    return None


def missing_space(text: str, first: int, last: int, name: str) -> Problem | None:
    """A line `key:value` without the space that YAML wants."""
    for number, line in _lines(text, first, last):
        found = re.match(NAME + r"(:)[^\s:/]", line)
        if found:
            return Problem(name, number, found.start(1) + 1, "", "colon-space", say("yaml.colon_space"), say("yaml.colon_space.hint"))
    return None


def _lines(text: str, first: int, last: int):
    """(number, line) of the lines from first to last, both counted from 1 and included."""
    lines = text.split("\n")
    return [(number, lines[number - 1]) for number in range(max(first, 1), min(last, len(lines)) + 1)]


def explain(error, text: str, name: str) -> Problem:
    """What the parser stumbled over: a full-width sign, a tab, an open bracket or quote, else the character it could not read."""
    mark = error.problem_mark or error.context_mark
    begun = error.context_mark or mark
    line, column, start = mark.line + 1, mark.column + 1, begun.line + 1
    lines = text.split("\n")
    here = lines[mark.line] if mark.line < len(lines) else ""
    problem, context = error.problem or "", error.context or ""

    def at(line: int, column: int, code: str, key: str, **fields) -> Problem:
        return Problem(name, line, column, "", code, say(key, **fields), say(f"{key}.hint", **fields))

    colon = full_width_colon(text, min(start, line - 2), line, name)
    if colon:
        return colon
    tab = here.find("\t")
    if tab >= 0 and not here[:tab].strip():
        return at(line, tab + 1, "tab", "yaml.tab")
    if here[mark.column : mark.column + 1] == "\t":
        return at(line, column, "tab", "yaml.tab_inside")
    if "alias" in context or "anchor" in context:
        return at(line, max(column - 1, 1), "alias", "yaml.alias")
    if "quoted" in context:
        if "escape" in problem or "escape" in context:
            return at(line, column, "escape", "yaml.escape")
        quote = _character(lines, begun)
        return at(start, begun.column + 1, "unclosed", "yaml.unclosed", opened=quote, closing=quote)
    signs = _full_width_sign(here, mark.column, begun.column if start == line else 0)
    if signs >= 0:
        message, hint = full_width(here[signs])
        return Problem(name, line, signs + 1, "", "full-width", message, hint)
    opened = _open_bracket(lines, line, column)
    if opened and ("flow" in context or "<stream end>" in problem):
        character = lines[opened[0] - 1][opened[1] - 1]
        return at(*opened, "unclosed", "yaml.unclosed", opened=character, closing=CLOSING[character])
    if "expected ':'" in problem:
        return missing_space(text, start, start, name) or at(start, begun.column + 1, "no-colon", "yaml.no_colon")
    character = here[mark.column : mark.column + 1]
    shown = say("yaml.character", character=character) if character.strip() else say("yaml.line_end")
    return at(line, column, "yaml-syntax", "yaml.syntax", shown=shown)


def _character(lines: list[str], mark) -> str:
    return lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""


def _full_width_sign(line: str, column: int, start: int) -> int:
    """Where a full-width sign stands that a line stumbles over: a bracket that begins a value, or a comma before the column; -1 for none."""
    bracket = re.search(r"[:\-]\s+([｛［【])", line)
    if bracket and bracket.start(1) <= column:
        return bracket.start(1)
    comma = max(line.rfind(sign, start, column) for sign in "，、；\u3000")
    return comma if comma >= 0 and line[column : column + 1] == ":" else -1


def _open_bracket(lines: list[str], last: int, column: int) -> tuple[int, int] | None:
    """(line, column) of the innermost bracket that is open where reading stopped; quotes and comments do not count."""
    opened: list[tuple[int, int]] = []
    quote = ""
    for number, line in enumerate(lines[:last], 1):
        before = " "
        for at, character in enumerate(line, 1):
            if number == last and at >= column:
                break
            if quote:
                quote = "" if character == quote else quote
            elif character in "'\"" and before in " [{,":
                quote = character
            elif character == "#" and before in " \t":
                break
            elif character in CLOSING and (opened or before in " [{,"):
                opened.append((number, at))
            elif character in "]}" and opened:
                opened.pop()
            before = character
    return opened[-1] if opened else None
