"""What a text in a scenario means: a number, districts, the nearest known name. Shared by files, `--set` and the command line.

Not here: which keys there are (`sim/scenario_shape.py`).
"""

import difflib
import math
import re

from sim.places import CITIES, DISTRICT_IDS, DISTRICTS
from sim.scenario_text import plain
from sim.words import say

LISTED = 20  # names in a hint
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)?(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def behavioural_parameters() -> dict[str, object]:
    """{name: parameter} that `assumptions` may set; read only where a scenario has assumptions."""
    from sim.behaviour import PARAMETERS
    from sim.behaviour_rules import own_parameters

    return {parameter.name: parameter for parameter in PARAMETERS} | own_parameters()


def nearest(name: str, known) -> str:
    """A hint with the nearest known name, or the known ones where nothing is near."""
    by_form = {one.lower().replace("-", "_"): one for one in known}
    form = plain(name).lower().replace("-", "_")
    near = [one for one in by_form if len(form) > 3 and one.startswith(form)] or difflib.get_close_matches(form, by_form, n=1, cutoff=0.55)
    if near:
        return say("hint.nearest", name=by_form[near[0]])
    listed = list(by_form.values())
    return say("hint.known", names=", ".join([*listed[:LISTED], *["..."][: len(listed) > LISTED]])) if listed else say("hint.none")


def parse_number(text: str, quoted: bool = False) -> tuple[float | None, str, str, str]:
    """(value, code, message, hint) of a text that should be a number; value None where it is none."""
    if quoted:
        return None, "not-a-number", say("number.quoted", value=text), say("number.quoted.hint")
    if any(character.isdigit() for character in text) and NUMBER.fullmatch(text):
        value = float(text)
        if math.isfinite(value):
            return value, "", "", ""
        return None, "not-finite", say("number.infinite", value=text), ""
    lowered = plain(text).strip().lower()
    if lowered.lstrip("+-.") in ("nan", "inf", "infinity"):
        return None, "not-finite", say("number.infinite", value=text), ""
    if lowered in ("true", "false"):
        return None, "not-a-number", say("number.switch", value=text), ""
    if lowered in ("", "null", "~"):
        return None, "not-a-number", say("number.nothing"), ""
    hint = ""
    if lowered.endswith("%") and NUMBER.fullmatch(lowered[:-1]):
        hint = say("number.percent.hint", value=lowered[:-1])
    elif lowered[-1] in "万亿" and NUMBER.fullmatch(lowered[:-1] or "x"):
        hint = say("number.write", value=f"{float(lowered[:-1]) * {'万': 1e4, '亿': 1e8}[lowered[-1]]:.0f}")
    elif re.fullmatch(r"[+-]?[0-9][0-9,_ ]*(\.[0-9]+)?", lowered):
        digits = re.sub("[,_ ]", "", lowered).lstrip("+")
        hint = say("number.write", value=f"{float(digits):g}" if abs(float(digits)) < 1e6 else f"{float(digits):.0f}")
    return None, "not-a-number", say("number.not", value=text), hint


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
