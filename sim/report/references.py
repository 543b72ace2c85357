"""The reference pages for users, in both languages: scenario files from their schema, levers and indicators from their declarations.

`sim/report/generated.py` writes them with the other generated pages. Not here: quick starts (`docs/guides`).
"""

from collections.abc import Callable

from sim.places import CITIES, DISTRICTS
from sim.policies.catalogue import foreign, levers as declared, owner
from sim.report.markdown import code, number, page, table
from sim.words import LANGUAGES, assumption_words, language, pick, say, source_words, unit_word, use_language

EXAMPLE = """```yaml
schema: 1
id: keep-rights-2035
extends: four-instruments
title: {zh: 留权不留地强化方案, en: Stronger keep-rights-without-land}
horizon: {start: 2019, end: 2035, report: [2025, 2035]}
levers:
  homestead_withdrawal:
    steps:
      - {from: 2021, districts: all, compensation_yuan_per_m2: 120}
      - {from: 2026, districts: [jiutai, yongji], compensation_yuan_per_m2: 200, ramp_years: 3}
  keep_rights_without_land:
    steps: [{from: 2026, districts: [jiutai], preset: plan, compensation_share_percent: 90}]
off: [collateral_loans]
delivery: {rate_percent_per_year: 100}
assumptions: {migration_elasticity: 2.0}
run: {households: all, seeds: 8, population_seed: 1}
```
"""


def pages() -> dict[str, Callable[[], str]]:
    """{file name: function that writes the page}; its docstring is the line in the list of pages."""
    made = {}
    for name, write in (("scenario", scenario), ("levers", levers), ("indicators", indicators)):
        for one in LANGUAGES:
            made[f"{name}.{one}.md"] = _in_language(one, write)
    return made


def _in_language(one: str, write: Callable[[], str]) -> Callable[[], str]:
    def written() -> str:
        use_language(one)
        try:
            return write()
        finally:
            use_language(None)

    written.__doc__ = f"{write.__doc__.rstrip('.')}, {'Chinese' if one == 'zh' else 'English'}"
    return written


def _page(name: str, source: str, intro: str, *parts: str) -> str:
    other = say("reference.other", page=name)
    return page(say(f"reference.{name}.title"), source, f"{other}\n\n{intro}", *parts)


def _heads(*names: str) -> list[str]:
    return [say(f"reference.head.{name}") for name in names]


def _shipped_levers() -> list:
    """Levers of the package itself, whatever else is installed here."""
    others = {lever.id for lever in foreign()}
    return [lever for lever in declared().values() if lever.id not in others]


# ---------------------------------------------------------------------------------------------------- scenario files
def scenario() -> str:
    """Scenario files: every key, what may stand there and what it means."""
    from sim.behaviour import PARAMETERS
    from sim.scenario_schema import scenario_schema

    schema = scenario_schema()
    keys = schema["properties"]
    lever = _shipped_levers()[0]
    step = keys["levers"]["properties"][lever.id]["properties"]["steps"]["items"]
    of_step = {name: node for name, node in step["properties"].items() if name not in lever.by_name}
    assumed = [
        (code(p.name), assumption_words(p, language()), _unit(p.unit), number(keys["assumptions"]["properties"][p.name]["default"]),
         f"{number(p.low)} - {number(p.high)}", p.grade)
        for p in PARAMETERS
    ]  # fmt: skip
    places = [(code(one.id), one.zh, one.en, f"{CITIES[one.city][0]} {code(one.city)}") for one in DISTRICTS]
    levers_page = f"levers.{language()}.md"
    return _page(
        "scenario", "the schema of scenario files (`sim/scenario_schema.py`)", say("reference.scenario.intro"),
        f"## {say('reference.scenario.keys')}\n\n" + table(_heads("key", "value", "meaning"), _key_rows(keys, schema["required"])),
        f"## {say('reference.scenario.steps')}\n\n{say('reference.scenario.steps.intro', levers=levers_page)}\n\n"
        + table(_heads("key", "value", "meaning"), _key_rows(of_step, step["required"], "step")),
        f"## {say('reference.scenario.levers')}\n\n" + "\n".join(f"- {code(one.id)} {pick(one.title)}" for one in _shipped_levers()) + "\n",
        f"## {say('reference.scenario.districts')}\n\n{say('reference.scenario.districts.intro')}\n\n"
        + table(["id", "中文", "English", say("reference.head.city")], places),
        f"## assumptions\n\n{say('reference.scenario.assumptions')}\n\n"
        + table(_heads("name", "meaning", "unit", "default", "range", "grade"), assumed, _heads("default")),
        f"## {say('reference.scenario.example')}\n\n{EXAMPLE}",
    )  # fmt: skip


def _key_rows(nodes: dict, required, kind: str = "key", above: str = "") -> list[tuple]:
    """Rows of a table of keys, those of inner maps behind their own; what has pages or tables of its own is not opened."""
    rows = []
    for name, node in nodes.items():
        path = f"{above}{name}"
        inner = {} if path in ("levers", "assumptions") else node.get("properties", {})
        value = _value(path, node) + (f" ({say('reference.required')})" if name in required else "")
        rows.append((code(path), value, say(f"reference.{kind}.{path}")))
        rows += _key_rows(inner, node.get("required", ()), kind, f"{path}.")
    return rows


def _value(path: str, node: dict) -> str:
    """What may stand there, in words."""
    if "const" in node:
        return code(node["const"])
    if "anyOf" in node:
        return say("reference.value.or").join(_value(path, one) for one in node["anyOf"])
    if "enum" in node:
        return say("reference.value.lever" if path == "off" else "reference.value.district")
    if node["type"] == "object":
        return say("reference.value.map")
    if node["type"] == "array":
        return say("reference.value.list", of=_value(path, node["items"]))
    if node["type"] in ("string", "boolean"):
        return say("reference.value.text" if node["type"] == "string" else "reference.value.switch")
    text = say("reference.value.whole" if node["type"] == "integer" else "reference.value.number")
    if "maximum" in node:
        return f"{text} {node['minimum']} - {node['maximum']}"
    return f"{text} {say('reference.value.least', low=node['minimum'])}"


# ---------------------------------------------------------------------------------------------------- levers
def levers() -> str:
    """Levers: what each may be set to, its base, its plan value and its evidence."""
    return _page("levers", "`sim/policies`", say("reference.levers.intro"), *map(_lever, _shipped_levers()))


def _lever(lever) -> str:
    clauses = "\n".join(f"- {one.place} “{one.phrase}”" for one in lever.clauses)
    sign = say("reference.levers.up" if lever.watch.sign > 0 else "reference.levers.down")
    more = [say("reference.levers.watch", indicator=lever.watch.indicator, sign=sign)]
    if lever.law:
        more.append(say("reference.levers.law", year=lever.law.first_year, words=pick((lever.law.zh, lever.law.en))))
    for one in lever.parameters:
        if one.needs:
            more.append(say("reference.levers.needs", name=one.name, lever=code(owner(one.needs)[0].id)))
    head = _heads("name", "meaning", "unit", "base", "plan", "range", "kind", "grade", "rule", "source")
    rows = [
        (code(p.name), pick(p.words), _unit(p.unit), _base(p), number(p.plan), "true / false" if p.is_switch else f"{number(p.low)} - {number(p.high)}",
         say(f"levers.kind.{p.kind}"), p.grade, f"[{code(p.rule)}](rules.md)", source_words(p.source, language()))
        for p in lever.parameters
    ]  # fmt: skip
    return f"## {pick(lever.title)} `{lever.id}`\n\n{clauses}\n\n" + " ".join(more) + "\n\n" + table(head, rows, _heads("base", "plan"))


def _unit(unit: str) -> str:
    return unit_word(unit, language())


def _base(parameter) -> str:
    """The value of 2019, with the districts where it differs."""
    if not isinstance(parameter.base, dict):
        return number(parameter.base)
    names = {one.id: pick((one.zh, one.en)) for one in DISTRICTS}
    special = ", ".join(f"{names[place]} {number(value)}" for place, value in parameter.base.items() if place != "default")
    return f"{number(parameter.base['default'])} ({special})"


# ---------------------------------------------------------------------------------------------------- indicators
def indicators() -> str:
    """Indicators: id, unit, which way is better, and what each says."""
    from sim.indicators import GROUPS, INDICATORS, SECTORS

    one_language = language()
    sectors = ", ".join(f"{code(name)} {pick(words)}" for name, words in SECTORS.items())
    parts = []
    for group, words in GROUPS.items():
        rows = [
            (code(one.id), one.title(one_language), one.unit, say(f"reference.kind.{one.kind}"),
             say(f"reference.better.{one.better}") if one.better else "", one.sentence(one_language))
            for one in INDICATORS.values() if one.group == group
        ]  # fmt: skip
        parts.append(f"## {pick(words)}\n\n" + table(_heads("indicator", "name", "unit", "kind", "better", "meaning"), rows))
    return _page("indicators", "`sim/indicators.py`", say("reference.indicators.intro", sectors=sectors), *parts)
