"""What a text in a scenario means: a number, districts, the nearest known name. Shared by files, `--set` and the command line.

Not here: which keys there are (`sim/scenario_shape.py`).
"""

import difflib
import math
import re
from functools import lru_cache

from sim.places import CITIES, DISTRICT_IDS, DISTRICTS
from sim.scenario_text import plain, shown
from sim.words import assumption_words, language, say, unit_word

LISTED = 20  # names in a hint
LONGEST = 64  # characters of a name or number that is worth a guess
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)?(\.[0-9]+)?([eE][-+]?[0-9]+)?")
LOOSE_NUMBER = re.compile(r"[+-]?[0-9](?:[0-9,_ ]*[0-9])?(?:\.[0-9]+)?")
MULTIPLES = {"万": 1e4, "亿": 1e8, "成": 10.0}  # 成 are tenths, in percent
DISTRICT_WORDS = (*((district.zh, district.id) for district in DISTRICTS), *((names[0], city) for city, names in CITIES.items()))
CHINESE_NUMERALS = "〇零一二两三四五六七八九十百千万亿"


def behavioural_parameters() -> dict[str, object]:
    """{name: parameter} that `assumptions` may set; read only where a scenario has assumptions."""
    from sim.behaviour import PARAMETERS
    from sim.behaviour_rules import own_parameters

    return {parameter.name: parameter for parameter in PARAMETERS} | own_parameters()


def nearest_district(name: str, more=(*CITIES,)) -> str:
    """A hint with the nearest district, by its Chinese name and its id where Chinese is spoken; `more` are other words that may stand there."""
    known = (*more, *DISTRICT_IDS)
    words = [(word, id) for word, id in DISTRICT_WORDS if id in known]
    return nearest(name, known, words, {id: f"{word}（{id}）" for word, id in words} if language() == "zh" else {})


def assumption_names() -> list[tuple[str, str]]:
    """(what it is in Chinese, name) of every parameter of behaviour, for hints."""
    return [(assumption_words(one, "zh"), one.name) for one in behavioural_parameters().values()]


def nearest(name: str, known, aliases=(), shown_as=()) -> str:
    """A hint with the nearest known name, or the known ones where nothing is near. `aliases` are pairs (other word, known name).

    shown_as: {known name: how it is written in the hint}, where that is not the name itself.
    """
    shown_as = dict(shown_as)
    by_form = {one.lower().replace("-", "_"): one for one in known}
    form = plain(name).lower().replace("-", "_")
    words = dict(aliases)
    if form in words:
        return say("hint.nearest", name=shown_as.get(words[form], words[form]))
    near = _near(form, tuple(by_form))
    if near:
        return say("hint.nearest", name=shown_as.get(by_form[near], by_form[near]))
    meant = _near(form, tuple(words), least=2) or min((one for one in words if len(form) >= 2 and form in one), key=len, default=None)
    if meant:
        return say("hint.nearest", name=shown_as.get(words[meant], words[meant]))
    listed = [shown_as.get(one, one) for one in by_form.values()]
    return say("hint.known", names=", ".join([*listed[:LISTED], *["..."][: len(listed) > LISTED]])) if listed else say("hint.none")


@lru_cache(maxsize=4096)
def _near(form: str, known: tuple[str, ...], least: int = 4) -> str | None:
    """The known word that begins with a word of some length, else the most similar one."""
    if len(form) > LONGEST:
        return None
    begins = sorted((one for one in known if len(form) >= least and one.startswith(form)), key=len)
    begins += sorted((one for one in known if len(one) >= 4 and form.startswith(f"{one}_")), key=len, reverse=True)
    return (begins or difflib.get_close_matches(form, known, n=1, cutoff=0.55) or [None])[0]


def number_text(value: float) -> str:
    """A number as a message shows it: without exponent where people would not write one."""
    return f"{value:g}" if abs(value) < 1e6 or not math.isfinite(value) else f"{value:.0f}"


def unit_text(unit: str) -> str:
    """A unit in the language in use; one without words of its own as it is declared."""
    return unit_word(unit, language())


def parse_number(text: str, quoted: bool = False) -> tuple[float | None, str, str, str]:
    """(value, code, message, hint) of a text that should be a number; value None where it is none. The hint is empty where there is none better
    than the allowed range."""
    if quoted:
        return None, "not-a-number", say("number.quoted", value=shown(text)), say("number.quoted.hint")
    if len(text) <= LONGEST and any(character.isdigit() for character in text) and NUMBER.fullmatch(text):
        value = float(text)
        if math.isfinite(value):
            return value, "", "", ""
        return None, "not-finite", say("number.infinite", value=shown(text)), ""
    if len(text) > LONGEST:
        return None, "not-a-number", say("number.not", value=shown(text)), ""
    lowered = plain(text).strip().lower()
    if lowered.lstrip("+-.") in ("nan", "inf", "infinity"):
        return None, "not-finite", say("number.infinite", value=shown(text)), ""
    if lowered in ("true", "false"):
        return None, "not-a-number", say("number.switch", value=shown(text)), ""
    if lowered in ("", "null", "~"):
        return None, "not-a-number", say("number.nothing"), ""
    return None, "not-a-number", say("number.not", value=shown(text)), _number_hint(lowered)


def _number_hint(text: str) -> str:
    """What was probably meant by a text that is no number: thousands, percent signs, 万, units, Chinese numerals; empty where nothing is plain."""
    found = LOOSE_NUMBER.match(text)
    if not found:
        return say("number.digits.hint") if any(one in CHINESE_NUMERALS or one.isdigit() and not one.isascii() for one in text) else ""
    digits = re.sub("[,_ ]", "", found[0]).lstrip("+")
    rest = text[found.end() :].strip()
    value = float(digits)
    if rest == "%":
        return say("number.percent.hint", value=number_text(value))
    if rest in MULTIPLES:
        return say("number.write", value=number_text(value * MULTIPLES[rest]))
    if not rest or rest == ".":
        return say("number.write", value=number_text(value))
    if rest.isalpha() and rest != "e":
        return say("number.unit.hint", value=number_text(value))
    return ""


def named_districts(name: str) -> tuple[str, ...] | None:
    """Ids meant by `all`, a city, an id or a Chinese name; None where nothing is."""
    name = name.strip()
    if name in ("all", "全部", "全区"):
        return DISTRICT_IDS
    for city, names in CITIES.items():
        if name in (city, names[0]):
            return tuple(district.id for district in DISTRICTS if district.city == city)
    alias = {
        "净月高新技术产业开发区": "jingyue",
        "净月高新区": "jingyue",
        "吉林(中国—新加坡)食品区": "food_zone",
        "吉林（中国—新加坡）食品区": "food_zone",
    }
    for district in DISTRICTS:
        if name in (district.id, district.zh) or alias.get(name) == district.id:
            return (district.id,)
    return None
