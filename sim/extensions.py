"""Levers and behaviour rules from outside the package, together: registering, which of them a scenario wakes, and what they add to its identity.

Not here: what each is (`sim/policies/base.py`, `sim/behaviour_rules.py`).
"""

import hashlib
import inspect
import sys
from functools import cache
from pathlib import Path

from sim import behaviour_rules
from sim.behaviour_rules import BehaviourRule
from sim.errors import DeclarationError
from sim.policies import catalogue
from sim.policies.base import Lever
from sim.policies.rulebook import reach_rules
from sim.rules import RULES


def register(thing, replace: bool = False):
    """Add a Lever or a BehaviourRule for this process and return it. Raises DeclarationError for anything else and for taken names."""
    if isinstance(thing, Lever):
        return catalogue.register(thing, replace)
    if isinstance(thing, BehaviourRule):
        return behaviour_rules.register(thing, replace)
    raise DeclarationError(
        f"{type(thing).__name__} is neither a Lever nor a BehaviourRule. Make one with sim.policies.base or sim.behaviour_rules.", where="register"
    )


def registered() -> tuple:
    """What was registered in this process, for processes that it starts. Raises DeclarationError for functions that these could not import."""
    levers, rules = catalogue.registered(), behaviour_rules.registered()
    for lever in levers:
        if lever.amend_with:
            _check_importable(lever.amend_with, f"lever {lever.id}")
    for rule in rules:
        _check_importable(rule.act, f"behaviour rule {rule.id}")
    return (*levers, *rules)


def awake(scenario, book) -> list[tuple[BehaviourRule, dict[str, float]]]:
    """Behaviour rules that a scenario wakes, with the values of their parameters; `book` is its ordered rulebook.

    Raises DeclarationError where one reads a rule that nobody writes.
    """
    found = []
    for rule in behaviour_rules.behaviour_rules().values():
        values = {one.name: float(scenario.assumptions.get(one.name, one.default)) for one in rule.parameters}
        moved = any(values[one.name] != one.default for one in rule.parameters)
        for name in rule.rules:
            if name not in catalogue.rule_index():
                raise DeclarationError(f"there is no rule {name!r}. A lever brings it: register that first.", where=f"behaviour rule {rule.id}")
            row = catalogue.rule_index()[name]
            moved = moved or bool((book.ordered[:, row] != book.base[row]).any())
        if moved:
            found.append((rule, values))
    return found


def of_the_model(assumptions) -> dict[str, float]:
    """The assumptions that are not parameters of behaviour rules from outside."""
    own = behaviour_rules.own_parameters()
    return {name: value for name, value in assumptions.items() if name not in own}


# ---------------------------------------------------------------------------------------------------- identity
def identity(scenario, book) -> dict:
    """What extensions add to the key of a cell: empty where the scenario uses none and none moves a base of 2019.

    levers      of those in use: by rule how it is delivered and its base by district; what they order stands in the rulebook itself
    behaviours  of those awake: the hash of the sources of the package, or of the file, that they stand in
    """
    rules = [rule for rule, _ in awake(scenario, book)]
    reach = reach_rules()
    levers = {}
    for lever in catalogue.foreign():
        rows = [catalogue.rule_index()[name] for name in lever.rules]
        moved = any(row < len(RULES) and (book.base[row] != RULES[row].base).any() for row in rows)
        if moved or lever.id in scenario.levers or any(set(rule.rules) & set(lever.rules) for rule in rules):
            levers[lever.id] = {name: [bool(reach[row]), *book.base[row].tolist()] for name, row in zip(lever.rules, rows, strict=True)}
    found = {"levers": levers, "behaviours": {rule.id: source_hash(rule.act) for rule in rules}}
    return {name: part for name, part in found.items() if part}


@cache
def source_hash(function) -> str:
    """SHA-256 of every file of the package that a function stands in, or of its one file. Raises DeclarationError where it is in no file."""
    _check_importable(function, function.__name__)
    module = sys.modules[function.__module__]
    package = sys.modules[module.__name__.partition(".")[0]]
    folders = [Path(folder) for folder in getattr(package, "__path__", ())]
    files = [(folder, path) for folder in folders for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    total = hashlib.sha256()
    for folder, path in files or [(Path(module.__file__).parent, Path(module.__file__))]:
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()


def _check_importable(function, where: str) -> None:
    """Refuse functions that no other process could import and whose source cannot be told from another's."""
    module = sys.modules.get(getattr(function, "__module__", ""))
    if not inspect.isfunction(function) or "<" in function.__qualname__ or not getattr(module, "__file__", None):
        raise DeclarationError(
            "its function stands at the top of no file, so finished runs could not be told apart and other processes could not import it.",
            where=where, hint="Put it into a .py file and import it; `sim.Model` in this process takes it as it is.",
        )  # fmt: skip

