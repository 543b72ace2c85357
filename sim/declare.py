"""The declaring machinery: a column or a parameter is written once, and allocation, checks and documentation read that line.

Not here: any column (`sim/tables.py`) or parameter (`sim/behaviour.py`).
"""
from collections import namedtuple
from functools import cached_property
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


class Record:
    """What a NamedTuple of columns and numbers has besides, so that compiled code takes it by one pointer (`sim/compiled_tables.py`)."""

    @cached_property
    def address(self):
        """Address of slots of 8 bytes in the order of the fields: of a column the address of its numbers, of two dimensions then its width; or a number.

        Raises TypeError for a column that is not contiguous.
        """
        slots = np.zeros(sum(max(np.ndim(value), 1) for value in self), np.int64)
        at = 0
        for name, value in zip(self._fields, self):
            if isinstance(value, np.ndarray):
                if not value.flags.c_contiguous:
                    raise TypeError(f"{type(self).__name__}.{name}: not contiguous. Give np.ascontiguousarray of it.")
                slots[at:at + value.ndim] = (value.ctypes.data, *value.shape[1:])
                at += value.ndim
            else:
                number = np.asarray(value)
                slots.view(np.uint8)[8 * at:8 * at + number.itemsize] = np.frombuffer(number.tobytes(), np.uint8)
                at += 1
        self.slots = slots      # kept as long as the record
        return slots.ctypes.data

    def __getstate__(self):
        """Nothing beside the fields is copied or pickled: another record has other addresses."""
        return None


def record(name, names, module):
    """A NamedTuple class that compiled code takes by one pointer."""
    return type(name, (Record, namedtuple(name, names)), {"__module__": module})


def table(name, columns):
    """A NamedTuple class of numpy arrays with the declared columns as `columns`."""
    names = [column.name for column in columns]
    repeated = {n for n in names if names.count(n) > 1}
    if repeated:
        raise ValueError(f"{name}: column {sorted(repeated)[0]!r} is declared twice. Remove one line.")
    made = record(name, names, "sim.tables")
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


def flow_columns(made):
    """The arrays of a table's flow columns."""
    return [array for column, array in zip(made.columns, made) if column.kind == "flow"]


def zero_flows(made):
    """Set every flow column of a table to 0 (start of a year)."""
    for array in flow_columns(made):
        array.fill(0)
