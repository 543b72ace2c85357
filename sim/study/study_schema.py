"""The JSON Schema of study files, generated from the declarations: what editors use to complete and check them.

Not here: what a schema cannot say (whether scenarios exist, ranges that are empty, how many points there are): `ronghe validate` checks those.
"""

from sim.indicators import INDICATORS, SINCE_START
from sim.places import CITIES, DISTRICTS
from sim.policies.catalogue import levers
from sim.run_options import SMALLEST_ZONE
from sim.scenario_schema import DRAFT, assumed
from sim.scenario_shape import FIRST_YEAR, IDENTIFIER, LAST_YEAR
from sim.scenario_values import behavioural_parameters
from sim.study.study_file import KINDS, MOST_POINTS, MOST_VALUES, STUDY, ZONE

FILE_NAME = "ronghe-study.schema.json"


def study_schema() -> dict:
    """The schema as a plain dictionary; every object is closed."""
    text = {"type": "string", "minLength": 1}
    return {
        "$schema": DRAFT,
        "title": "ronghe study",
        **_closed(
            {
                "study": {"const": STUDY},
                "id": {"type": "string", "pattern": f"^(?:{IDENTIFIER.pattern.replace('a-z', 'A-Za-z')})$", "description": "ASCII, names the study's folder"},
                "title": _closed({"zh": text, "en": text}),
                "scenario": {**text, "description": "a shipped id or a path seen from this file"},
                "reference": {**text, "description": "what every point is compared to; without it, the scenario as its file says"},
                "vary": _vary(),
                "design": _design(),
                "run": _closed(
                    {
                        "households": {"anyOf": [{"const": "all"}, {"type": "integer", "minimum": SMALLEST_ZONE}]},
                        "seeds": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9, -]+$"}]},
                        "population_seed": {"type": "integer", "minimum": 0},
                        "years": {"type": "string", "pattern": f"^{FIRST_YEAR} *- *20[1-5][0-9]$"},
                    }
                ),
                "outcomes": _outcomes(),
            },
            required=["study", "id", "scenario", "vary"],
        ),
    }


def _closed(properties: dict, required=()) -> dict:
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _vary() -> dict:
    """Every name that `--set` knows, with its range; names with a year and districts behind an @ by pattern."""
    names = {}
    for name, one in behavioural_parameters().items():
        names[f"assumptions.{name}"] = _values(one.low, one.high, assumed(one))
    names["delivery.rate_percent_per_year"] = _values(1, 100, "1-100 percent")
    placed = {}
    for lever in levers().values():
        for parameter in lever.parameters:
            words = f"{parameter.zh} / {parameter.en}; {parameter.bounds}"
            values = _switches(words) if parameter.is_switch else _values(parameter.low, parameter.high, words)
            names[f"{lever.id}.{parameter.name}"] = values
            placed[rf"^{lever.id}\.{parameter.name}@20[0-9][0-9](:.+)?$"] = values
    return {"type": "object", "properties": names, "patternProperties": placed, "additionalProperties": False, "minProperties": 1}


def _values(low: float, high: float, words: str) -> dict:
    number = {"type": "number", "minimum": low, "maximum": high}
    span = _closed(
        {"start": number, "stop": number, "step": {"type": "number", "exclusiveMinimum": 0}, "n": {"type": "integer", "minimum": 2, "maximum": MOST_VALUES}},
        required=["start", "stop"],
    )
    return {"description": words, "anyOf": [{"type": "array", "items": number, "minItems": 1, "uniqueItems": True}, span]}


def _switches(words: str) -> dict:
    return {"description": words, "type": "array", "items": {"type": "boolean"}, "minItems": 1, "uniqueItems": True}


def _design() -> dict:
    return _closed(
        {
            "kind": {"enum": list(KINDS), "default": KINDS[0]},
            "samples": {"type": "integer", "minimum": 2, "maximum": MOST_POINTS},
            "seed": {"type": "integer", "minimum": 0, "default": 1},
        },
        required=["kind"],
    )


def _outcomes() -> dict:
    """`all`, or names from a closed list."""
    ids = [*INDICATORS, *(f"{id}{SINCE_START}" for id, one in INDICATORS.items() if one.kind == "flow")]
    places = [ZONE, *CITIES, *(names[0] for names in CITIES.values()), *(name for one in DISTRICTS for name in (one.id, one.zh))]

    def chosen(item: dict) -> dict:
        return {"anyOf": [{"const": "all"}, {"type": "array", "items": item, "minItems": 1}]}

    return _closed(
        {
            "indicators": chosen({"enum": ids}),
            "years": chosen({"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR}),
            "districts": chosen({"enum": places}),
        }
    )
