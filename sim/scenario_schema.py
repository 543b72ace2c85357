"""The JSON Schema of scenario files, generated from the declarations: what editors use to complete and check them.

Not here: what a schema cannot say (inheritance, overlapping steps, years outside the horizon): `ronghe validate` checks those.
"""

from sim.places import CITIES, DISTRICTS
from sim.policies.base import Lever, Parameter
from sim.policies.catalogue import levers
from sim.run_options import FIRST_YEAR, LAST_YEAR, SMALLEST_ZONE
from sim.scenario_shape import IDENTIFIER, SCHEMA
from sim.scenario_values import behavioural_parameters
from sim.words import assumption_words

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FILE_NAME = "ronghe-scenario.schema.json"


def scenario_schema() -> dict:
    """The schema as a plain dictionary; every object is closed."""
    year = {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR}
    text = {"type": "string", "minLength": 1}
    known = levers()
    return {
        "$schema": DRAFT,
        "title": "ronghe scenario",
        **_closed(
            {
                "schema": {"const": SCHEMA},
                "id": {
                    "type": "string",
                    "pattern": f"^(?:{IDENTIFIER.pattern.replace('a-z', 'A-Za-z')})$",
                    "description": "ASCII, names the folder of the run",
                },
                "extends": {"anyOf": [text, {"type": "array", "items": text, "minItems": 1}]},
                "title": _closed({"zh": text, "en": text}),
                "horizon": _closed({"start": {"const": FIRST_YEAR}, "end": year, "report": {"type": "array", "items": year}}),
                "levers": _closed({name: _lever(lever) for name, lever in known.items()}),
                "off": {"type": "array", "items": {"enum": list(known)}},
                "delivery": _closed({"rate_percent_per_year": {"type": "number", "minimum": 1, "maximum": 100, "default": 100}}),
                "assumptions": _closed(
                    {name: _assumption(one) for name, one in behavioural_parameters().items()}
                ),
                "run": _closed(
                    {
                        "households": {"anyOf": [{"const": "all"}, {"type": "integer", "minimum": SMALLEST_ZONE}]},
                        "seeds": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9, -]+$"}]},
                        "population_seed": {"type": "integer", "minimum": 0},
                    }
                ),
            },
            required=["schema", "id"],
        ),
    }


def _closed(properties: dict, required=()) -> dict:
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _assumption(parameter) -> dict:
    return {"type": "number", "minimum": parameter.low, "maximum": parameter.high, "default": parameter.default, "description": assumed(parameter)}


def _lever(lever: Lever) -> dict:
    step = _closed(
        {
            "from": {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
            "until": {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
            "districts": _districts(),
            "ramp_years": {"type": "integer", "minimum": 1, "maximum": LAST_YEAR - FIRST_YEAR},
            "preset": {"const": "plan"},
            **{parameter.name: _parameter(parameter) for parameter in lever.parameters},
        },
        required=["from", "districts"],
    )
    step["anyOf"] = [{"required": [name]} for name in ("preset", *lever.by_name)]
    steps = {"type": "array", "items": step}
    places = "; ".join(dict.fromkeys(clause.place for clause in lever.clauses))
    return {
        **_closed({"steps": steps, "steps_append": steps}),
        "minProperties": 1,
        "maxProperties": 1,
        "description": f"{lever.zh} / {lever.en} ({places})",
    }


def assumed(parameter) -> str:
    """A parameter of behaviour in both languages, with its range."""
    return f"{assumption_words(parameter, 'zh')} / {assumption_words(parameter, 'en')}; {parameter.low:g}-{parameter.high:g} {parameter.unit}".rstrip()


def _parameter(parameter: Parameter) -> dict:
    words = f"{parameter.zh} / {parameter.en}"
    if parameter.is_switch:
        return {"type": "boolean", "description": f"{words}; plan {str(parameter.plan).lower()}"}
    kind = "integer" if parameter.whole else "number"
    return {
        "type": kind,
        "minimum": parameter.low,
        "maximum": parameter.high,
        "description": f"{words}; {parameter.bounds}; plan {parameter.plan:g}",
    }


def _districts() -> dict:
    names = ["all", "全部", *CITIES, *(names[0] for names in CITIES.values())]
    one = {"enum": [*names, *(district.id for district in DISTRICTS), *(district.zh for district in DISTRICTS)]}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
