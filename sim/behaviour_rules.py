"""Behaviour rules from outside the package: what one is, and which there are by registration or entry point of group `ronghe.behaviour`.

A behaviour rule is a function of one year that is called right after a phase and changes columns that it has declared. It sleeps until a
scenario moves a number that it declares: a parameter of its own off the default (under `assumptions`), or a rule that it reads off its base.
So installing one changes no run. Not here: what such a function sees (`sim/moment.py`), when it is called (`sim/simulation.py`).
"""

import difflib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from sim import tables
from sim.declare import Parameter
from sim.errors import DeclarationError
from sim.policies.catalogue import admit, load_entries

GROUP = "ronghe.behaviour"
TABLES = {"spans": tables.Spans, "households": tables.Households, "persons": tables.Persons}
# Stocks that the books count: they change with an entry or not at all.
BOOKED = {
    "spans": {"construction", "farmland", "pool", "idle_land", "shares", "treasury", "next_person", "next_household", "full"},
    "households": {"kind", "residence", "contract_area", "operated_area", "plot_area", "qualification", "shares", "deposits", "debt"},
    "persons": {"household", "age", "base", "residence"},
}
_registered: dict[str, "BehaviourRule"] = {}


@dataclass(frozen=True, kw_only=True)
class BehaviourRule:
    """A decision of one's own in the year.

    id          its name in logs and keys
    after       the phase after which it acts: a name of `ronghe schedule`, but the last
    act         function of a `sim.moment.Moment`, at the top of a module
    writes      {table: columns that it may change}: stocks of households, persons or spans that the books do not count
    parameters  numbers of its own, `sim.declare.Parameter`, that `assumptions` of a scenario may set
    rules       names of rules of levers that it reads
    Parameters at their defaults and rules at their bases must mean that it does nothing: then it is not called. Raises DeclarationError.
    """

    id: str
    zh: str
    en: str
    after: str
    act: Callable
    writes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    rules: tuple[str, ...] = ()

    def __post_init__(self):
        if not inspect.isfunction(self.act):
            raise self._wrong(f"act is a {type(self.act).__name__}. Write a function of one argument, the moment.")
        if not self.parameters and not self.rules:
            raise self._wrong("nothing can wake it. Declare a parameter of its own, or a rule of a lever that it reads.")
        for table, columns in self.writes.items():
            if table not in TABLES:
                raise self._wrong(f"there is no table {table!r}. Write {', '.join(TABLES)}.")
            for column in columns:
                self._check_column(table, column)
        for one in self.parameters:
            if not one.low <= one.default <= one.high:
                raise self._wrong(f"parameter {one.name}: default {one.default:g} is outside {one.low:g} to {one.high:g}.")

    def _check_column(self, table, name):
        known = {column.name: column for column in TABLES[table].columns}
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise self._wrong(f"{table} has no column {name!r}. " + (f"Did you mean {near[0]!r}?" if near else "See docs/generated/columns.md."))
        if name in BOOKED[table]:
            instead = "Use `place` of the moment." if name in ("base", "residence") else "A phase changes it with its entry."
            raise self._wrong(f"{table}.{name} is counted by the books. {instead}")
        if known[name].kind != "stock":
            raise self._wrong(f"{table}.{name} is {'what the year pays' if known[name].kind == 'flow' else 'fixed'}. Choose a stock.")

    def check_phase(self, phases) -> None:
        """Refuse a rule that acts after none of these phases of the year."""
        if self.after not in phases:
            raise self._wrong(f"it acts after {self.after!r}. Choose one of: {', '.join(phases)}.")

    def _wrong(self, what: str) -> DeclarationError:
        return DeclarationError(what, where=f"behaviour rule {self.id}")

    @property
    def title(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


@cache
def behaviour_rules() -> dict[str, BehaviourRule]:
    """{id: rule}, of entry points and registered in this process. They act in the order of their ids, however they came. Raises DeclarationError."""
    found = [*load_entries(GROUP, BehaviourRule), *_registered.values()]
    _check_names(found)
    return {one.id: one for one in sorted(found, key=lambda one: one.id)}


def own_parameters() -> dict[str, Parameter]:
    """{name: parameter} that behaviour rules from outside add to `assumptions`."""
    return {parameter.name: parameter for one in behaviour_rules().values() for parameter in one.parameters}


def _check_names(found) -> None:
    """Refuse an id or a parameter's name that is taken."""
    from sim.behaviour import DEFAULTS

    ids, owners = set(), dict.fromkeys(DEFAULTS, "the model")
    for one in found:
        if one.id in ids:
            raise DeclarationError("this id is taken. Give the rule another one, or register it with replace=True.", where=f"behaviour rule {one.id}")
        ids.add(one.id)
        for parameter in one.parameters:
            if parameter.name in owners:
                raise DeclarationError(
                    f"parameter {parameter.name!r} belongs to {owners[parameter.name]} already. Give it another name.",
                    where=f"behaviour rule {one.id}",
                )
            owners[parameter.name] = one.id


def register(rule: BehaviourRule, replace: bool = False) -> BehaviourRule:
    """Add a behaviour rule for this process; the same once more changes nothing. Raises DeclarationError where its id or a name is taken."""
    if admit(rule, _registered, behaviour_rules().values(), _check_names, replace):
        behaviour_rules.cache_clear()
    return rule


def registered() -> tuple[BehaviourRule, ...]:
    """The behaviour rules registered in this process."""
    return tuple(_registered.values())


def withdraw(rule_id: str) -> None:
    """Take a registered rule out again."""
    _registered.pop(rule_id, None)
    behaviour_rules.cache_clear()
