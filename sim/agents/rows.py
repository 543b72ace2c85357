"""Agents without objects: a view of one row of a table, and a set of rows that answers as Mesa's AgentSet does.

A view is made when it is asked for and kept by nobody; it never calls `Agent.__init__`, so Mesa neither registers nor numbers it. Reading
gives plain numbers; a column of a set is a read-only copy, widened to int64 or float64 so that one line means the same for a view and a set.
Writing goes through a view or `set`. The books watch: land, money, people or rights that come from nowhere stop the run at the end of the year.
Not here: which tables there are (`household.py`).
"""

import difflib
from collections.abc import Callable

import mesa
import numpy as np

try:  # Mesa 3.4 and later
    from mesa.agentset import AgentSet, GroupBy
except ImportError:
    from mesa.agent import AgentSet, GroupBy

NAMED = ("mean", "sum", "count", "std", "median", "min", "max")  # functions that `agg` knows by name


def widen(array):
    """A copy in int64 or float64; texts stay."""
    array = np.asarray(array)
    return array.astype(np.float64 if array.dtype.kind == "f" else array.dtype if array.dtype.kind in "UO" else np.int64)


class Row(mesa.Agent):
    """A view of one row. Class fields: `table` its name in the state, `columns` {name: Column}, `derived` {name: f(state, rows)}, `alive`."""

    table: str
    columns: dict
    derived: dict

    def __init__(self, model, row: int):
        uid = int(getattr(model.state, self.table).uid[row])
        self.__dict__.update(model=model, pos=None, _row=int(row), _uid=uid)

    @property
    def unique_id(self) -> int:
        """The uid of the row: the same in every sample and scenario, and never numbered by Mesa."""
        return self._uid

    @property
    def ended(self) -> bool:
        """True once the row belongs to nobody, or to another."""
        table = getattr(self.model.state, self.table)
        return not (self.alive(table, np.array([self._row]))[0] and int(table.uid[self._row]) == self._uid)

    def __getattr__(self, name):
        kind = type(self)
        if name.startswith("_") or not (name in kind.columns or name in kind.derived):
            raise AttributeError(unknown(kind, name))
        if self.ended:
            raise LookupError(f"{self!r}: it ended. Ask the model again for those that live.")
        return read(kind, self.model.state, np.array([self._row]), name)[0].item()

    def __setattr__(self, name, value):
        if name not in type(self).columns and name not in ("model", "pos"):
            raise AttributeError(
                f"{type(self).__name__}: a view keeps no field of its own, so {name!r} would be lost. Keep an array or a dict by unique_id."
            )
        if name in ("model", "pos"):
            self.__dict__[name] = value
        elif self.ended:
            raise LookupError(f"{self!r}: it ended. Ask the model again for those that live.")
        else:
            write(type(self), self.model.state, np.array([self._row]), name, value)

    def __dir__(self):
        return sorted({*super().__dir__(), *self.columns, *self.derived})

    def __eq__(self, other):
        return type(other) is type(self) and other.model is self.model and other._uid == self._uid

    def __hash__(self):
        return hash((type(self).__name__, id(self.model), self._uid))

    def __repr__(self):
        return f"<{type(self).__name__} {self._uid}>"

    def remove(self):
        """Raises TypeError: demography ends a row, nothing else does."""
        raise TypeError(f"{type(self).__name__}.remove: a row ends by demography. Rights are given up through a lever, never by hand.")


def unknown(kind, name) -> str:
    near = difflib.get_close_matches(name, [*kind.columns, *kind.derived], n=1)
    return f"{kind.__name__} has no column {name!r}." + (f" Did you mean {near[0]!r}?" if near else " See docs/generated/columns.md.")


def read(kind, state, rows, name):
    """Column or derived figure of these rows, a new array."""
    if name in kind.derived:
        return widen(kind.derived[name](state, rows))
    return widen(getattr(getattr(state, kind.table), name)[rows])


def write(kind, state, rows, name, value):
    """Write a column of these rows. Raises AttributeError for names that cannot be written, ValueError for what does not fit the column."""
    if name not in kind.columns:
        raise AttributeError(unknown(kind, name) if name not in kind.derived else f"{kind.__name__}.{name} is computed. Write what it comes from.")
    if kind.columns[name].kind == "fixed":
        raise AttributeError(f"{kind.__name__}.{name} never changes. Choose a stock or a flow.")
    column = getattr(getattr(state, kind.table), name)
    given = np.broadcast_to(np.asarray(value), len(rows))
    with np.errstate(invalid="ignore"):
        cast = given.astype(column.dtype)
    if column.dtype.kind in "iu" and not np.array_equal(cast, given):
        raise ValueError(f"{kind.__name__}.{name}: {value!r} does not fit. It holds whole numbers ({column.dtype}).")
    if column.dtype.kind == "f" and not np.isfinite(cast).all():
        raise ValueError(f"{kind.__name__}.{name}: {value!r} is not finite. It holds {kind.columns[name].unit or 'numbers'}.")
    column[rows] = cast


class RowSet:
    """An ordered set of rows that Mesa's tools accept. A subclass names its `row_type`.

    `select`, `groupby` and `sort` first call a function with the whole set, so that `lambda h: h.member_count > 2` is one numpy line; where
    that gives no answer row by row they ask view by view. Rows that have ended since the set was made drop out of it.
    """

    row_type: type[Row]

    def __init__(self, model, rows=None):
        self.model, self.random = model, model.random
        table = self._table
        every = np.arange(len(table.uid)) if rows is None else np.asarray(rows, dtype=np.int64)
        self._rows = every[self.row_type.alive(table, every)]
        self._uids, self._year = table.uid[self._rows], model.year

    @property
    def _table(self):
        return getattr(self.model.state, self.row_type.table)

    @property
    def rows(self):
        """Row numbers of those that live, in the order of the set."""
        table = self._table
        if self._year != self.model.year:
            keep = self.row_type.alive(table, self._rows) & (table.uid[self._rows] == self._uids)
            self._rows, self._uids, self._year = self._rows[keep], self._uids[keep], self.model.year
        return self._rows

    def _with(self, rows, inplace=False):
        if not inplace:
            return type(self)(self.model, rows)
        self._rows = np.asarray(rows, dtype=np.int64)
        self._uids, self._year = self._table.uid[self._rows], self.model.year
        return self

    # ---- as a sequence
    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return (self.row_type(self.model, row) for row in self.rows.tolist())

    def __contains__(self, agent):
        return isinstance(agent, self.row_type) and agent.model is self.model and not agent.ended and bool((self.rows == agent._row).any())

    def __getitem__(self, item):
        rows = self.rows[item]
        return [self.row_type(self.model, row) for row in rows.tolist()] if isinstance(item, slice) else self.row_type(self.model, int(rows))

    def index(self, agent):
        """Place of an agent in the set. Raises ValueError where it is not in it."""
        if agent not in self:
            raise ValueError(f"{agent!r} is not in the set.")
        return int(np.flatnonzero(self.rows == agent._row)[0])

    def count(self, agent) -> int:
        """1 where the agent is in the set, else 0."""
        return int(agent in self)

    # ---- as a set
    def _same_sort(self, other) -> bool:
        return type(other) is type(self) and other.model is self.model

    def __eq__(self, other):
        return self._same_sort(other) and np.array_equal(np.sort(self.rows), np.sort(other.rows))

    __hash__ = None

    def __and__(self, other):
        return self._with(self.rows[np.isin(self.rows, other.rows)]) if self._same_sort(other) else NotImplemented

    def __sub__(self, other):
        return self._with(self.rows[~np.isin(self.rows, other.rows)]) if self._same_sort(other) else NotImplemented

    def __or__(self, other):
        return self._with(np.concatenate([self.rows, (other - self).rows])) if self._same_sort(other) else NotImplemented

    def isdisjoint(self, other) -> bool:
        """True where no row is in both."""
        return len(self & other) == 0

    def __repr__(self):
        return f"<{type(self).__name__}: {len(self):,} rows>"

    def __dir__(self):
        return sorted({*super().__dir__(), *self.row_type.columns, *self.row_type.derived})

    def __copy__(self):
        return self._with(self.rows)

    copy = __copy__

    def to_list(self):
        """Views of all rows."""
        return list(self)

    def to_frame(self):
        """A pandas DataFrame with every column and the derived figures, indexed by uid."""
        import pandas as pd

        names = [name for name in (*self.row_type.columns, *self.row_type.derived) if name != "uid"]
        return pd.DataFrame({name: self.column(name) for name in names}, index=pd.Index(self.column("uid"), name="uid"))

    # ---- columns
    def column(self, name):
        """A column or derived figure, (N,), a read-only copy."""
        if name == "unique_id":
            name = "uid"
        if name not in self.row_type.columns and name not in self.row_type.derived:
            raise AttributeError(unknown(self.row_type, name))
        values = read(self.row_type, self.model.state, self.rows, name)
        values.flags.writeable = False
        return values

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self.column(name)

    def get(self, attr_names, handle_missing="error", default_value=None):
        """Values as plain Python: a list for one name, a list of lists for several, as Mesa gives them."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"get: handle_missing {handle_missing!r} is not known. Write 'error' or 'default'.")
        if not isinstance(attr_names, str):
            return [list(row) for row in zip(*(self.get(name, handle_missing, default_value) for name in attr_names), strict=True)]
        if handle_missing == "default" and not (attr_names in self.row_type.columns or attr_names in self.row_type.derived or attr_names == "unique_id"):
            return [default_value] * len(self)
        return self.column(attr_names).tolist()

    def set(self, attr_name, value):
        """Write a stock or flow column: one value for all, or one per row in the order of the set."""
        write(self.row_type, self.model.state, self.rows, attr_name, value)
        return self

    # ---- figures
    def weights(self):
        """How many of the zone each row stands for, (N,)."""
        return self.column("weight")

    def agg(self, attribute, func):
        """A figure of a column. A name (mean, sum, count, std, median, min, max) counts each row by its weight and so speaks of the zone.

        A function, or several in a list, gets the plain values, as in Mesa. The mean of nothing is NaN.
        """
        values = self.column(attribute)
        if isinstance(func, str):
            return named(func, values, self.weights())
        if isinstance(func, Callable):
            return func(values)
        return [self.agg(attribute, one) for one in func]

    # ---- subsets
    def select(self, filter_func=None, at_most=float("inf"), inplace=False, agent_type=None):
        """The rows for which filter_func is true, in order; at most so many, or (a float up to 1) such a share of the set."""
        rows = self.rows
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(rows) * at_most)
        if agent_type is not None and not issubclass(self.row_type, agent_type):
            rows = rows[:0]
        elif filter_func is not None:
            rows = rows[self._ask(filter_func, bool)]
        return self._with(rows if at_most == float("inf") else rows[: int(at_most)], inplace)

    def _ask(self, function, wanted=None):
        """f for every row: of the whole set where that answers row by row, else view by view."""
        try:
            answer = np.asarray(function(self))
            if answer.shape == (len(self),) and (wanted is None or answer.dtype == wanted):
                return answer
        except Exception:  # a function of one agent may do anything to a set; asked view by view below, its own errors show
            pass
        answers = [function(view) for view in self]
        return np.array([bool(a) for a in answers], dtype=bool) if wanted is bool else answers

    def sort(self, key, ascending=False, inplace=False):
        """By a column or a function, largest first unless ascending; equal ones keep their order."""
        values = self.column(key).tolist() if isinstance(key, str) else list(self._ask(key))
        order = sorted(range(len(values)), key=values.__getitem__, reverse=not ascending)
        return self._with(self.rows[order], inplace)

    def shuffle(self, inplace=False):
        """In random order by the model's `random`, which the year itself never uses."""
        rows = self.rows.tolist()
        self.random.shuffle(rows)
        return self._with(rows, inplace)

    def groupby(self, by, result_type="agentset"):
        """Groups by the values of a column or of a function, in the order of the values; a Mesa GroupBy."""
        answers = self.column(by) if isinstance(by, str) else self._ask(by)
        members: dict = {}
        for row, value in zip(self.rows.tolist(), answers.tolist() if isinstance(answers, np.ndarray) else answers, strict=True):
            members.setdefault(value, []).append(row)
        try:
            order = sorted(members)
        except TypeError:  # values of several types have no order
            order = list(members)
        groups = {value: self._with(members[value]) for value in order}
        return Groups(groups if result_type == "agentset" else {value: list(group) for value, group in groups.items()})

    # ---- view by view
    def do(self, method, *args, **kwargs):
        """Call a method, by name or as a function, with every view."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method, *args, **kwargs):
        """The same in random order."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def map(self, method, *args, **kwargs):
        """What a method, by name or as a function, returns for every view."""
        return [getattr(view, method)(*args, **kwargs) if isinstance(method, str) else method(view, *args, **kwargs) for view in self]

    # ---- what a set of rows is not
    def _refuse(self, *_, **__):
        raise TypeError(f"{type(self).__name__}: rows come and go by demography. Use select to choose some of them.")

    add = discard = remove = pop = clear = _refuse


def named(name, values, weights):
    """A weighted figure by name. Raises ValueError for an unknown name."""
    if name not in NAMED:
        raise ValueError(f"agg: {name!r} is not known. Write one of {', '.join(NAMED)}, or give a function.")
    if name == "count":
        return float(weights.sum())
    if values.dtype.kind not in "if":
        raise ValueError(f"agg: {name!r} needs numbers. Use count, or groupby.")
    if len(values) == 0:
        return 0.0 if name == "sum" else float("nan")
    if name in ("min", "max"):
        return getattr(values, name)().item()
    if name == "sum":
        return float(values @ weights)
    mean = float(np.average(values, weights=weights))
    if name == "std":
        return float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))
    if name == "median":
        order = np.argsort(values, kind="stable")
        upto = np.cumsum(weights[order])
        return values[order][np.searchsorted(upto, 0.5 * upto[-1])].item()
    return mean


class Groups(GroupBy):
    """Mesa's GroupBy whose `agg` asks each set of rows, not view by view."""

    def agg(self, attr_name, func):
        """{group: figure} of a column, as `RowSet.agg` gives it."""
        if all(isinstance(group, RowSet) for group in self.groups.values()):
            return {name: group.agg(attr_name, func) for name, group in self.groups.items()}
        return super().agg(attr_name, func)


AgentSet.register(RowSet)
