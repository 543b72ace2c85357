"""Which levers there are: every file of this folder with a `LEVER`, what users registered, and the entry points of group `ronghe.levers`.

Each rule has at most one owner, so that two levers never write over each other. A lever from outside may bring rules of its own; they stand
behind those of the model. Not here: values (`rulebook`), behaviour rules from outside (`sim/behaviour_rules.py`).
"""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points

from sim.errors import DeclarationError
from sim.policies.base import Lever, Parameter
from sim.rules import RULES, Rule

GROUP = "ronghe.levers"
NOT_LEVERS = {"base", "catalogue", "rulebook", "deliver", "dominance", "clauses"}
ORDER = (
    "homestead_withdrawal",
    "keep_rights_without_land",
    "combined_exit",
    "offer_stop_rule",
    "idle_house_lease",
    "collective_land_entry",
    "collective_land_revenue",
    "collective_land_price",
    "land_quota",
    "urban_village_renewal",
    "red_lines",
    "collateral_loans",
    "packaged_collateral",
    "loan_guarantees",
    "online_lending",
    "integration_bank",
    "policy_bank",
    "pledge_market",
    "property_company",
    "three_rights_separation",
    "voluntariness",
    "rural_services",
    "rural_infrastructure",
    "trunk_roads",
    "public_works_finance",
    "evaluation",
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


def load_entries(group: str, kind: type) -> list:
    """What packages offer under an entry point group, by name. Raises DeclarationError for one that cannot be imported or is of another type."""
    found = []
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        where = f"entry point {entry.name} of {entry.dist.name if entry.dist else 'an unknown package'}"
        try:
            offered = entry.load()
        except Exception as problem:  # whatever a foreign module raises while it is imported
            raise DeclarationError(
                f"{entry.value} cannot be loaded: {type(problem).__name__}: {problem}", where=where, hint="Mend the package or uninstall it."
            ) from problem
        if not isinstance(offered, kind):
            raise DeclarationError(f"{entry.value} is of type {type(offered).__name__}. The group {group} takes a {kind.__name__}.", where=where)
        found.append(offered)
    return found


def admit(thing, registered: dict, known, check: Callable, replace: bool) -> bool:
    """Put a thing with an id into `registered` once `check` has seen it among the known ones; False where it is there already.

    With `replace` it takes the place of the one registered under its id.
    """
    before = registered.get(thing.id)
    if before == thing:
        return False
    check([*(one for one in known if not (replace and one is before)), thing])
    registered[thing.id] = thing
    return True


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
    found = [*_shipped(), *foreign()]
    check_owners(found)
    return {lever.id: lever for lever in found}


def foreign() -> list[Lever]:
    """Levers from outside the package: of entry points, then registered in this process."""
    return [*load_entries(GROUP, Lever), *_registered.values()]


@cache
def rules() -> tuple[Rule, ...]:
    """The rows of a rulebook: the rules that the model reads, then those that levers from outside bring with them."""
    return (*RULES, *(parameter.own_rule for lever in levers().values() for parameter in lever.parameters if parameter.own_rule))


@cache
def rule_index() -> dict[str, int]:
    """{rule: row of a rulebook}."""
    return {rule.name: row for row, rule in enumerate(rules())}


def register(lever: Lever, replace: bool = False) -> Lever:
    """Add a lever from outside the package for this process. Raises DeclarationError where its id or a rule is taken.

    The same lever once more changes nothing; `replace` puts this one in the place of one registered before under its id.
    """
    if admit(lever, _registered, levers().values(), check_owners, replace):
        _forget()
    return lever


def registered() -> tuple[Lever, ...]:
    """The levers registered in this process."""
    return tuple(_registered.values())


def withdraw(lever_id: str) -> None:
    """Take a registered lever out again; shipped ones stay."""
    _registered.pop(lever_id, None)
    _forget()


def _forget() -> None:
    for known in (levers, rules, rule_index):
        known.cache_clear()


def owner(rule: str) -> tuple[Lever, Parameter] | None:
    """The lever and parameter that write a rule, or None where its base holds always."""
    return next(((lever, parameter) for lever in levers().values() for parameter in lever.parameters if parameter.rule == rule), None)
