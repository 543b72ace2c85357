"""Which levers there are: every file of this folder with a `LEVER`, what users registered, and the entry points of group `ronghe.levers`.

Each rule has at most one owner, so that two levers never write over each other. Not here: values (`rulebook`).
"""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points

from sim.errors import DeclarationError
from sim.policies.base import Lever, Parameter

GROUP = "ronghe.levers"
NOT_LEVERS = {"base", "catalogue", "rulebook", "deliver", "dominance", "clauses"}
ORDER = (
    "homestead_withdrawal",
    "keep_rights_without_land",
    "combined_exit",
    "collateral_loans",
    "three_rights_separation",
    "voluntariness",
)
_registered: dict[str, Lever] = {}


def _shipped() -> list[Lever]:
    package = importlib.import_module("sim.policies")
    names = sorted(
        (module.name for module in pkgutil.iter_modules(package.__path__)),
        key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name),
    )
    modules = (importlib.import_module(f"sim.policies.{name}") for name in names if name not in NOT_LEVERS)
    return [module.LEVER for module in modules if hasattr(module, "LEVER")]


def _foreign() -> list[Lever]:
    return [entry.load() for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)]


def check_owners(levers) -> dict[str, Lever]:
    """{rule: owner}. Raises DeclarationError where an id or a rule is claimed twice, naming the owner."""
    owners: dict[str, Lever] = {}
    ids: set[str] = set()
    for lever in levers:
        if lever.id in ids:
            raise DeclarationError("this id is taken. Give the lever another one.", where=f"lever {lever.id}")
        ids.add(lever.id)
        for rule in lever.rules:
            if rule in owners:
                raise DeclarationError(
                    f"rule '{rule}' belongs to {owners[rule].id} already. Use that lever, or choose a rule without an owner.",
                    where=f"lever {lever.id}",
                )
            owners[rule] = lever
    return owners


@cache
def levers() -> dict[str, Lever]:
    """{id: Lever} in the order of the plan, then by name. Raises DeclarationError."""
    found = [*_shipped(), *_foreign(), *_registered.values()]
    check_owners(found)
    return {lever.id: lever for lever in found}


def register(lever: Lever) -> Lever:
    """Add a lever from outside the package for this process. Raises DeclarationError where its id or a rule is taken."""
    check_owners([*levers().values(), lever])
    _registered[lever.id] = lever
    levers.cache_clear()
    return lever


def registered() -> tuple[Lever, ...]:
    """The levers registered in this process, for processes that it starts."""
    return tuple(_registered.values())


def withdraw(lever_id: str) -> None:
    """Take a registered lever out again; shipped ones stay."""
    _registered.pop(lever_id, None)
    levers.cache_clear()


def owner(rule: str) -> tuple[Lever, Parameter] | None:
    """The lever and parameter that write a rule, or None where its base holds always."""
    return next(((lever, parameter) for lever in levers().values() for parameter in lever.parameters if parameter.rule == rule), None)
