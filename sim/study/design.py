"""The points of a study: a grid, a Latin hypercube, or one thing at a time.

A point is {name: value} of what differs from the scenario's file; a name that is absent stays as the file says.
Not here: reading the file (`sim/study/study_file.py`), seeds and cells (`sim/study/sweep_plan.py`).
"""

import itertools

from sim.study.study_file import Study, Variable, written

DIGITS = 6  # of a sampled value: enough for any, short enough to read


def points(study: Study) -> list[dict[str, float | bool]]:
    """Every point of the design in its order; the same file always gives the same points."""
    return {"grid": _grid, "latin_hypercube": _latin_hypercube, "one_at_a_time": _one_at_a_time}[study.kind](study)


def settings(point: dict[str, float | bool], world_only: bool = False) -> tuple[str, ...]:
    """The `--set` texts of a point, or of its assumptions only."""
    return tuple(f"{name}={written(value)}" for name, value in point.items() if not world_only or name.startswith("assumptions."))


def _grid(study: Study) -> list[dict]:
    """Every combination; the last variable changes fastest."""
    names = [variable.name for variable in study.variables]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*(variable.values for variable in study.variables))]


def _one_at_a_time(study: Study) -> list[dict]:
    """The scenario as it is, then each variable alone at each of its values."""
    return [{}, *({variable.name: value} for variable in study.variables for value in variable.values)]


def _latin_hypercube(study: Study) -> list[dict]:
    """Each variable once in each of `samples` strata of equal width, the strata paired at random by the seed of the design."""
    from scipy.stats import qmc

    shares = qmc.LatinHypercube(len(study.variables), rng=study.design_seed).random(study.samples)
    return [{variable.name: _at(variable, float(share)) for variable, share in zip(study.variables, row, strict=True)} for row in shares]


def _at(variable: Variable, share: float) -> float | bool:
    """The value at a share of the way through a variable, 0 <= share < 1."""
    if variable.span is None:
        return variable.values[int(share * len(variable.values))]
    start, stop = variable.span
    if variable.whole:
        return start + int(share * (stop - start + 1))
    return float(f"{start + share * (stop - start):.{DIGITS}g}")
