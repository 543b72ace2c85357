"""The scenarios of a report once more with orders that reach the ground more slowly, on one marked sample.

They are ordinary runs, kept beside those that they belong to: same population, sample and seeds, so that rates can be compared with one another.
Not here: what a rate does (`sim/policies/deliver.py`), the section of the brief (`sim/report/delivery.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from sim.errors import DeclarationError, ScenarioError
from sim.policies.rulebook import order, reach_rules
from sim.results import Run
from sim.study import ensemble

RATES = (100.0, 60.0, 30.0)  # percent of what is still missing that arrives in a year
HOUSEHOLDS = 60_000  # at most: fewer where the runs themselves have fewer


class Delivery(NamedTuple):
    """A scenario at several delivery rates. `rates` {rate: run}, the highest first; empty where no order of the scenario depends on the rate."""

    run: Run
    reference: Run
    rates: dict[float, Run]


def can_be_repeated(run: Run) -> bool:
    """Whether this program, as it stands, would compute the same cells: the same version of the model, the same evidence and levers."""
    try:
        return _plan(run, _scenario(run), run.manifest["households"], run.seeds).folder.name == run.id
    except (KeyError, OSError, ScenarioError, DeclarationError):
        return False


def plans(runs: list[Run], jobs: int | None = None) -> list[tuple[Run, ensemble.Plan, dict[float, ensemble.Plan]]]:
    """(run, plan of the reference, {rate: plan}) of every scenario after the first run. The reference is delivered as it is."""
    asked, seeds = runs[0].manifest["households"], sorted(set.intersection(*(set(run.seeds) for run in runs)))
    households = HOUSEHOLDS if asked == "all" else min(HOUSEHOLDS, asked)
    reference = _plan(runs[0], _scenario(runs[0]), households, seeds, jobs)
    found = []
    for run in runs[1:]:
        scenario = _scenario(run)
        rates = sorted({*RATES, scenario.delivery_rate}, reverse=True) if depends_on_rate(scenario) else []
        found.append((run, reference, {rate: _plan(run, at_rate(scenario, rate), households, seeds, jobs) for rate in rates}))
    return found


def simulate(made, compute: Callable[[ensemble.Plan], Run] = ensemble.carry_out) -> list[Delivery]:
    """Carry out what `plans` made; a run that several need is opened once."""
    opened: dict = {}

    def run_of(plan: ensemble.Plan) -> Run:
        if plan.folder not in opened:
            opened[plan.folder] = compute(plan)
        return opened[plan.folder]

    return [
        Delivery(run, run_of(reference) if rates else run, {rate: run_of(plan) for rate, plan in rates.items()}) for run, reference, rates in made
    ]


def depends_on_rate(scenario) -> bool:
    """Whether it orders coverage, offers or spending: prices, shares and switches apply at once at any rate."""
    book = order(scenario)
    return any(reach and (book.ordered[:, rule] != book.base[rule]).any() for rule, reach in enumerate(reach_rules()))


def at_rate(scenario, rate: float):
    """The scenario at another rate, under an id and a title that say so; itself at its own rate."""
    if rate == scenario.delivery_rate:
        return scenario
    title = {"zh": f"{scenario.title['zh']}（每年落地{rate:g}%）", "en": f"{scenario.title['en']} ({rate:g} % a year)"}
    return replace(scenario, id=f"delivery-{rate:g}-{scenario.id}".replace(".", "-"), title=title, delivery_rate=rate)


def _scenario(run: Run):
    """The scenario of a run, read back from its folder."""
    from sim.scenario import load

    scenario = load(run.path / "scenario.resolved.yaml", resolved=True)
    return replace(scenario, run=replace(scenario.run, population_seed=run.population_seed))


def _plan(run: Run, scenario, households, seeds, jobs=1) -> ensemble.Plan:
    return ensemble.prepare(scenario, households=households, seeds=list(seeds), jobs=jobs, out=run.path.parent, sample=run.sample)
