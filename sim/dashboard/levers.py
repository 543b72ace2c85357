"""The levers on the left: every lever of the catalogue in the plan's groups, its controls, and the drawer that says what it rests on.

Not here: what a moved control means for the address (`app.py`), which levers there are (`sim/policies`).
"""

import dash_mantine_components as dmc
from dash import html

from sim.dashboard.address import EARLIEST, LAST, Address, Choice, is_intricate, number
from sim.dashboard.pieces import markup
from sim.indicators import indicator_of
from sim.places import DISTRICT_IDS, DISTRICTS
from sim.policies.base import Lever, Parameter
from sim.policies.catalogue import levers
from sim.report.tables import district_name, tell
from sim.words import source_words, unit_word

SMALLEST_STEPS = 100  # a slider has at least so many positions


def by_group() -> dict[tuple[str, str], list[Lever]]:
    """The levers by group, groups in the order in which their first lever stands in the catalogue."""
    groups: dict[tuple[str, str], list[Lever]] = {}
    for lever in levers().values():
        groups.setdefault(tuple(lever.group), []).append(lever)
    return groups


def is_open(clicks: int | None) -> bool:
    """A lever is open after an odd number of clicks on its head; a closed one holds nothing."""
    return bool((clicks or 0) % 2)


def panel(address: Address, opened=()) -> list:
    """All groups with the head of every lever. What is in a lever is made when it is opened: a page is the quicker the less it holds."""
    at = 0 if address.language == "zh" else 1
    return [
        html.Section([html.H3(group[at]), *(_lever(lever, address, lever.id in opened) for lever in found)], className="group")
        for group, found in by_group().items()
    ]


def _lever(lever: Lever, address: Address, opened: bool) -> html.Div:
    """The head of a lever, and what is in it where it is open."""
    id, title = {"lever": lever.id}, lever.title[address.language]
    return html.Div(
        [
            html.Div(switch(lever, address), id={"type": "switch-box", **id}, className="switch-box"),
            html.Button(id={"type": "open", **id}, type="button", className="open", n_clicks=int(opened), **{"data-html": head(lever, address)}),
            html.Button(
                "i", id={"type": "info", **id}, type="button", className="info", title=tell(address.language, "dash.lever.info", lever=title)
            ),
            html.Div(body(lever, address) if opened else None, id={"type": "body", **id}, className="body"),
        ],
        id={"type": "lever", **id}, className="lever",
    )


def switch(lever: Lever, address: Address) -> dmc.Switch:
    """Whether a lever is in force."""
    words = {"aria-label": tell(address.language, "dash.lever.switch", lever=lever.title[address.language])}
    return dmc.Switch(id={"type": "on", "lever": lever.id}, checked=address.choice(lever.id) is not None, size="sm", **words)


def head(lever: Lever, address: Address) -> str:
    """Name of a lever, whether it was changed, from when and where it is in force, as HTML."""
    language, choice = address.language, address.choice(lever.id)
    when = "" if choice is None else tell(language, "dash.lever.since.short", year=choice.first, places=_places(choice, language))
    changed = html.Span(tell(language, "dash.changed"), className="mark") if lever.id in dict(address.changes) else None
    return markup([html.Span(lever.title[language], className="name"), changed, html.Span(when, className="when")])


def body(lever: Lever, address: Address) -> list:
    """What is in a lever that is opened: from when and where, and its parameters."""
    language, choice = address.language, address.choice(lever.id)
    made = [html.P(tell(language, "dash.lever.off"), className="note")] if choice is None else []
    if choice is not None and is_intricate(address.start, lever.id) and lever.id not in dict(address.changes):
        made.append(html.P(tell(language, "dash.lever.intricate"), className="note"))
    return [*made, _when(lever, choice, language), *(control(lever, parameter, choice, language) for parameter in lever.parameters)]


def _places(choice: Choice, language: str) -> str:
    if choice.districts == DISTRICT_IDS:
        return tell(language, "dash.lever.all")
    if len(choice.districts) <= 2:
        return ("、" if language == "zh" else ", ").join(district_name(id, language) for id in choice.districts)
    return tell(language, "dash.lever.places", count=len(choice.districts))


def _when(lever: Lever, choice: Choice | None, language: str) -> html.Div:
    everywhere = choice is None or choice.districts == DISTRICT_IDS
    return html.Div(
        [
            dmc.NumberInput(
                id={"type": "first", "lever": lever.id}, label=tell(language, "dash.lever.since"), value=choice.first if choice else 2021,
                min=EARLIEST, max=LAST, step=1, allowDecimal=False, clampBehavior="blur", debounce=600, size="xs", disabled=choice is None,
            ),
            dmc.MultiSelect(
                id={"type": "places", "lever": lever.id}, label=tell(language, "dash.lever.where"),
                data=[{"value": d.id, "label": getattr(d, language)} for d in DISTRICTS], value=[] if everywhere else list(choice.districts),
                placeholder=tell(language, "dash.lever.all") if everywhere else "", size="xs", disabled=choice is None, clearable=True,
            ),
        ],
        className="when-where",
    )


def shown(parameter: Parameter, choice: Choice | None):
    """What the control of a parameter stands at: what the lever says, else the base of most districts."""
    value = None if choice is None else choice.value(parameter.name)
    if value is None:
        value = parameter.base["default"] if isinstance(parameter.base, dict) else parameter.base
    return value


def control(lever: Lever, parameter: Parameter, choice: Choice | None, language: str) -> html.Div:
    """Name, unit, input and slider of a parameter, with its base, plan value and range."""
    id, value, disabled = {"lever": lever.id, "name": parameter.name}, shown(parameter, choice), choice is None
    name, unit = parameter.words[language], unit_word(parameter.unit, language)
    fields = {"base": base_text(parameter, language), "plan": shown_value(parameter.plan, language)}
    if parameter.is_switch:
        made = [
            dmc.SegmentedControl(
                id={"type": "switch", **id}, value=number(value), size="xs", disabled=disabled,
                data=[{"value": v, "label": tell(language, f"value.{v}")} for v in ("false", "true")],
            )
        ]
        foot = tell(language, "dash.value.switch", **fields)
    else:
        step = 1.0 if parameter.whole or parameter.high - parameter.low >= SMALLEST_STEPS else 0.1 if parameter.high - parameter.low >= 10 else 0.01
        marks = [{"value": one} for one in sorted({float(shown(parameter, None)), float(parameter.plan)})]
        common = {"value": value, "min": parameter.low, "max": parameter.high, "step": step, "disabled": disabled}
        made = [
            dmc.NumberInput(
                id={"type": "value", **id}, **common, clampBehavior="blur", debounce=600, size="xs", hideControls=True,
                allowDecimal=not parameter.whole, thousandSeparator=",", **{"aria-label": name},
            ),
            dmc.Slider(id={"type": "slide", **id}, **common, marks=marks, size="sm", label=None, updatemode="mouseup"),
        ]
        foot = tell(language, "dash.value", low=shown_value(parameter.low, language), high=shown_value(parameter.high, language), **fields)
    label = html.Label([name, html.Span(f" {unit}", className="unit") if not parameter.is_switch else None])
    moved = choice is not None and value != parameter.plan
    return html.Div([label, *made, html.Div(foot, className="foot-values")], className="parameter" + (" moved" if moved else ""))


def shown_value(value, language: str) -> str:
    """A value as a person reads it: 是, 0.2, 10,000."""
    if isinstance(value, bool):
        return tell(language, f"value.{str(value).lower()}")
    return f"{value:,.10g}"


def base_text(parameter: Parameter, language: str) -> str:
    """The value of 2019, with the districts that differ."""
    if not isinstance(parameter.base, dict):
        return shown_value(parameter.base, language)
    special = [f"{district_name(id, language)} {shown_value(v, language)}" for id, v in parameter.base.items() if id != "default"]
    value = shown_value(parameter.base["default"], language)
    return tell(language, "dash.value.places", value=value, special=("，" if language == "zh" else ", ").join(special))


# ---------------------------------------------------------------------------------------------------- the drawer
def drawer(lever: Lever, language: str) -> list:
    """What a lever is, where it comes from, and per parameter unit, base, plan value, range, evidence grade and source."""
    said = lambda key, **fields: tell(language, key, **fields)  # noqa: E731
    watch = indicator_of(lever.watch.indicator).title(language)
    parts = [
        html.H4(said("dash.info.clauses")),
        html.Ul([html.Li([html.B(clause.place), f" “{clause.phrase}”"]) for clause in lever.clauses]),
        html.H4(said("dash.info.watch")),
        html.P(said("dash.info.up" if lever.watch.sign > 0 else "dash.info.down", indicator=watch)),
    ]
    if lever.law:
        reason = lever.law.zh if language == "zh" else lever.law.en
        parts += [html.H4(said("dash.info.law")), html.P(said("dash.info.law.text", year=lever.law.first_year, reason=reason))]
    for parameter in lever.parameters:
        facts = [
            ("name", html.Code(f"{lever.id}.{parameter.name}")),
            ("unit", unit_word(parameter.unit, language)),
            ("base", base_text(parameter, language)),
            ("plan", shown_value(parameter.plan, language)),
            *([] if parameter.is_switch else [("range", f"{shown_value(parameter.low, language)}–{shown_value(parameter.high, language)}")]),
            ("kind", said(f"dash.info.{parameter.kind}")),
            ("grade", html.Span(said(f"dash.grade.{parameter.grade}"), className=f"grade grade-{parameter.grade}")),
            ("source", source_words(parameter.source, language)),
        ]
        rows = [html.Tr([html.Th(said(f"dash.info.{key}")), html.Td(content)]) for key, content in facts]
        parts += [html.H4(parameter.words[language]), html.Table(html.Tbody(rows), className="facts")]
    return parts


def in_force(address: Address) -> int:
    """How many levers the plan uses."""
    return sum(address.choice(id) is not None for id in levers())


