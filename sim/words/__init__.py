"""The language of the user and `say`, the one way to a user-facing sentence.

The catalogue stands beside this file, by audience: `units` (for all), `inputs` (scenarios, levers, command line), `outputs` (runs, comparisons),
`report` (brief, charts), `delivery` (the same scenarios delivered slowly), `checks` (certificate, fit), `records` (accounts, origin), `dashboard`, `references` (the reference pages). Each of these modules has one dictionary `WORDS = {key: (zh, en)}`; a key stands in one of them only.
Not here: names of single districts (`sim/places.py`) and of levers (`sim/policies`), which carry their own words.
"""

import importlib
import importlib.util
import locale
import os
from numbers import Number

LANGUAGES = ("zh", "en")
AUDIENCES = ("units", "inputs", "outputs", "report", "delivery", "checks", "records", "dashboard", "references", "studies", "trace")
_chosen: str | None = None


def _join(parts: dict[str, dict[str, tuple[str, str]]]) -> dict[str, tuple[str, str]]:
    """One catalogue from {module: WORDS}. Raises ValueError where a key stands twice or lacks a language."""
    catalogue: dict[str, tuple[str, str]] = {}
    owner: dict[str, str] = {}
    for module, words in parts.items():
        for key, pair in words.items():
            if key in owner:
                raise ValueError(f"sim.words.{module}: key '{key}' stands in sim.words.{owner[key]} already. Give it another name.")
            if len(pair) != 2 or not all(isinstance(text, str) and text for text in pair):
                raise ValueError(f"sim.words.{module}: key '{key}' needs a Chinese and an English text.")
            owner[key], catalogue[key] = module, pair
    return catalogue


def _load() -> dict[str, tuple[str, str]]:
    present = [name for name in AUDIENCES if importlib.util.find_spec(f"{__name__}.{name}")]
    return _join({name: importlib.import_module(f"{__name__}.{name}").WORDS for name in present})


def _of_locale() -> str:
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), None)
    if named is None:
        try:
            named = locale.getlocale()[0] or ""
        except ValueError:
            named = ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def language() -> str:
    """`zh` or `en`: what `use_language` chose, else RONGHE_LANG, else Chinese where the locale is Chinese, else English."""
    if _chosen:
        return _chosen
    wished = os.environ.get("RONGHE_LANG", "").lower()[:2]
    return wished if wished in LANGUAGES else _of_locale()


def use_language(code: str | None) -> None:
    """Choose the language of this process; None returns to the environment. Raises ValueError for another code."""
    global _chosen
    if code is not None and code not in LANGUAGES:
        raise ValueError(f"language: '{code}' is not known. Write zh or en.")
    _chosen = code


def pick(words) -> str:
    """The text of `{'zh': ..., 'en': ...}` or of a pair (zh, en) in the language in use; the other one where it is missing."""
    pair = words if isinstance(words, dict) else dict(zip(LANGUAGES, words, strict=True))
    return pair.get(language()) or pair.get("en") or pair.get("zh") or ""


class Said(str):
    """A sentence of the catalogue that remembers what it says, so that `again` can say it in another language."""

    def __new__(cls, key: str, fields: dict, code: str):
        said = super().__new__(cls, CATALOGUE[key][LANGUAGES.index(code)].format_map({name: again(value, code) for name, value in fields.items()}))
        said.key, said.code = key, code
        said.fields = {name: value if isinstance(value, (str, Number)) else str(value) for name, value in fields.items()}
        return said

    def __reduce__(self):
        return Said, (self.key, self.fields, self.code)     # as errors of workers are handed over


def again(text, code: str):
    """A sentence in another language, with what it names; anything else as it is."""
    return Said(text.key, text.fields, code) if isinstance(text, Said) else text


def say(key: str, /, **fields) -> str:
    """The sentence of a key in the language in use, its {fields} filled in. Raises KeyError for an unknown key."""
    return Said(key, fields, language())


def unit_word(unit: str, language: str) -> str:
    """A declared unit in words."""
    pair = CATALOGUE.get(f"unit.{unit}")
    return unit if pair is None else pair[LANGUAGES.index(language)]


def source_words(source: str, language: str) -> str:
    """The source of a lever's value; in Chinese where it has words of its own."""
    from sim.words.sources import CHINESE

    return CHINESE.get(source, source) if language == "zh" else source


def assumption_words(parameter, language: str) -> str:
    """What a parameter of behaviour is: the Chinese of `sim/words/assumptions.py`, the English of its declaration; one from outside has English only."""
    from sim.words.assumptions import CHINESE

    return CHINESE.get(parameter.name, parameter.sentence) if language == "zh" else parameter.sentence


def district_names(districts, language: str) -> str:
    """Districts in words: the whole zone, all but some, or their names."""
    from sim.places import DISTRICTS

    at, comma = LANGUAGES.index(language), "、" if language == "zh" else ", "
    if len(districts) == len(DISTRICTS):
        return CATALOGUE["name.zone"][at]
    rest = len(districts) > len(DISTRICTS) // 2
    names = comma.join(getattr(unit, language) for unit in DISTRICTS if (unit.id in districts) != rest)
    return CATALOGUE["explain.all_but"][at].format(names=names) if rest else names


CATALOGUE = _load()
