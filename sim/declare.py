"""The declaring machinery: a column or a parameter is written once, and allocation, checks and documentation read that line.

Not here: any column (`sim/tables.py`) or parameter (`sim/behaviour.py`).
"""
from collections import namedtuple
from typing import NamedTuple

import numpy as np

GIVEN = object()   # the population must provide it


class Column(NamedTuple):
    """One column of a table. kind: `fixed` (never changes), `stock` (31 December) or `flow` (zeroed at the start of each year)."""
    name: str
    dtype: str
    unit: str
    sentence: str
    kind: str = "stock"
    start: object = GIVEN   # GIVEN, or the constant it starts from


class Parameter(NamedTuple):
    """One behavioural parameter. grade: A causal estimate or rule, B observational, C other country or sign only, D judgement."""
    name: str
    unit: str
    default: float
    low: float
    high: float
    grade: str
    source: str
    sentence: str


def table(name, columns):
    """A NamedTuple class of numpy arrays with the declared columns as `columns`."""
    names = [column.name for column in columns]
    repeated = {n for n in names if names.count(n) > 1}
    if repeated:
        raise ValueError(f"{name}: column {sorted(repeated)[0]!r} is declared twice. Remove one line.")
    made = namedtuple(name, names)
    made.__module__ = "sim.tables"
    made.columns = tuple(columns)
    return made


def allocate(kind, rows, given):
    """A table of `rows` rows from the arrays `given`; missing and surplus columns are refused by name."""
    names = {column.name for column in kind.columns}
    must = {column.name for column in kind.columns if column.start is GIVEN}
    if missing := must - set(given):
        raise ValueError(f"{kind.__name__}: missing column {', '.join(sorted(missing))}. The population must give it.")
    if surplus := set(given) - names:
        raise ValueError(f"{kind.__name__}: unknown column {', '.join(sorted(surplus))}. Declare it in sim/tables.py.")
    arrays = []
    for column in kind.columns:
        if column.name in given:
            array = np.ascontiguousarray(given[column.name], column.dtype)
            extra = array.shape[0] - rows
            if extra not in (0, 1):
                raise ValueError(f"{kind.__name__}.{column.name}: {array.shape[0]} rows. It has {rows}.")
        else:
            array = np.full(rows, column.start, column.dtype)
        arrays.append(array)
    return kind(*arrays)


def zero_flows(made):
    """Set every flow column of a table to 0 (start of a year)."""
    for column, array in zip(made.columns, made):
        if column.kind == "flow":
            array[:] = 0
