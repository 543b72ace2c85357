"""The whole state of a run at the end of a year, as one Arrow file: `ronghe run --checkpoint 2025`; `--from RUN@2025` goes on from it.

Every array is a column of one row, a list of numbers in its own type; how they hang together (which record, which field, what shape) is JSON in the
schema's metadata, with the SHA-256 of all of it. Nothing is pickled: a file names records of `sim` and their fields, and one whose records have other
fields now is refused. Flows of households and persons are left out, because a year begins by setting them to 0.
Not here: which years (`sim/study/ensemble.py`), whether a scenario may go on from there (`sim/study/branching.py`).
"""
import hashlib
import importlib
import json
from dataclasses import fields, is_dataclass

import numpy as np

from sim.accounts import Books
from sim.errors import DataError
from sim.recording import Recorder
from sim.state import State
from sim.tables import Households, Persons
from sim.words import say

VERSION = 1
COMPRESSION = "lz4"         # as fast as none and a third of the size; zstd takes several times as long for a fifth less
STRUCTURE, DIGEST = b"ronghe.structure", b"ronghe.digest"
PLAIN = (type(None), bool, int, float, str)
NUMBERS = "biuf"                # kinds of numpy that a file holds
OBJECTS = (Books, Recorder)     # plain objects: what `vars` says of them
NOT_KEPT = {State: ("runner", "held", "free", "drivers")}     # of a process, or given anew


def name(year):
    """The file name of a year's checkpoint."""
    return f"checkpoint-{year}.arrow"


def write(path, standing):
    """Write a `sim.simulation.Standing` to `path`."""
    import pyarrow as pa

    arrays = []
    structure = json.dumps({"version": VERSION, "standing": _apart(standing, arrays, {})})
    schema = pa.schema([pa.field(str(i), pa.large_list(pa.from_numpy_dtype(array.dtype))) for i, array in enumerate(arrays)],
                       metadata={STRUCTURE: structure.encode(), DIGEST: _digest(structure, arrays).encode()})
    columns = [pa.LargeListArray.from_arrays(pa.array([0, array.size], pa.int64()), pa.array(array)) for array in arrays]
    with pa.ipc.new_file(path, schema, options=pa.ipc.IpcWriteOptions(compression=COMPRESSION)) as file:
        file.write_table(pa.table(columns, schema=schema))


def read(path):
    """The Standing of a file, without a runner and without drivers. Raises DataError where it is damaged or of another version."""
    import pyarrow as pa

    try:
        with pa.OSFile(str(path)) as source:
            table = pa.ipc.open_file(source).read_all()
        structure = table.schema.metadata[STRUCTURE].decode()
        arrays = [column.chunk(0).values.to_numpy(zero_copy_only=False) for column in table.columns]
        told = json.loads(structure)
        whole = table.schema.metadata[DIGEST].decode() == _digest(structure, arrays)
    except (OSError, pa.ArrowException, KeyError, ValueError, IndexError, TypeError) as problem:
        raise _unreadable(path, f"{type(problem).__name__}: {problem}") from problem
    if not whole:
        raise _unreadable(path, "SHA-256")
    try:
        if told["version"] != VERSION:
            raise ValueError(told["version"])
        return _together(told["standing"], arrays, {})
    except (KeyError, ValueError, TypeError, AttributeError, ImportError) as problem:
        raise DataError(say("checkpoint.other_layout", problem=str(problem)), file=str(path), hint=say("checkpoint.hint")) from problem


def _unreadable(path, problem):
    return DataError(say("checkpoint.unreadable", problem=problem), file=str(path), hint=say("checkpoint.hint"))


def _digest(structure, arrays):
    made = hashlib.sha256(structure.encode())
    for array in arrays:
        made.update(array)
    return made.hexdigest()


# ---------------------------------------------------------------------------------------------------- taking apart
def _apart(value, arrays, seen):
    """`value` as JSON; its arrays go to `arrays`, one that appears twice goes there once."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if isinstance(value, np.generic):
        return {"number": _put(np.asarray(value), arrays)}
    if isinstance(value, np.ndarray):
        if id(value) not in seen:
            seen[id(value)] = {"array": _put(value, arrays)}
        return seen[id(value)]
    if kind is dict:
        keys = [_apart(key, arrays, seen) for key in value]
        return {"keys": keys, **_several(list(value.values()), arrays, seen)}
    if kind in (list, tuple):
        return {kind.__name__: _several(value, arrays, seen)}
    return {"record": f"{kind.__module__}:{kind.__qualname__}",
            "fields": {name: _apart(part, arrays, seen) for name, part in _parts(value).items()}}


def _parts(value):
    """{field: part} of a record, less what is not kept. Raises TypeError for what is none."""
    kind = type(value)
    if kind in (Households, Persons):
        return {column.name: array for column, array in zip(kind.columns, value) if column.kind != "flow"}
    if hasattr(kind, "_fields"):
        return value._asdict()
    if is_dataclass(kind):
        return {one.name: getattr(value, one.name) for one in fields(kind) if one.name not in NOT_KEPT.get(kind, ())}
    if kind in OBJECTS:
        return vars(value)
    raise TypeError(f"a checkpoint holds records, arrays and plain values, not {kind.__module__}.{kind.__qualname__}.")


def _several(values, arrays, seen):
    """Values side by side: arrays of one shape as one, rows of plain values as they are, others one by one."""
    if len(values) > 1 and all(isinstance(one, np.ndarray) for one in values) and len({(one.shape, one.dtype) for one in values}) == 1:
        return {"stack": _put(np.stack(values), arrays)}
    if values and all(type(row) is tuple and all(type(part) in PLAIN for part in row) for row in values):
        return {"rows": values}
    return {"each": [_apart(one, arrays, seen) for one in values]}


def _put(array, arrays):
    """(number, shape, type) of an array that joins `arrays`, flat, truth values as bytes."""
    if array.dtype.kind not in NUMBERS:
        raise TypeError(f"a checkpoint holds numbers, not an array of {array.dtype}.")
    flat = np.ascontiguousarray(array).reshape(-1)
    arrays.append(flat.view(np.uint8) if flat.dtype == bool else flat)
    return [len(arrays) - 1, list(array.shape), array.dtype.str]


# ---------------------------------------------------------------------------------------------------- putting together
def _together(told, arrays, seen):
    """What `_apart` took apart; arrays are copies that can be written to."""
    if type(told) in PLAIN:
        return told
    if "number" in told:
        return _get(told["number"], arrays)[()]
    if "array" in told:
        place = told["array"][0]
        if place not in seen:
            seen[place] = _get(told["array"], arrays)
        return seen[place]
    if "keys" in told:
        return dict(zip((_together(key, arrays, seen) for key in told["keys"]), _values(told, arrays, seen)))
    if "list" in told or "tuple" in told:
        kind, content = (list, told["list"]) if "list" in told else (tuple, told["tuple"])
        return kind(_values(content, arrays, seen))
    return _made(_class(told["record"]), {name: _together(part, arrays, seen) for name, part in told["fields"].items()})


def _values(told, arrays, seen):
    if "stack" in told:
        return list(_get(told["stack"], arrays))
    if "rows" in told:
        return [tuple(row) for row in told["rows"]]
    return [_together(one, arrays, seen) for one in told["each"]]


def _get(place, arrays):
    number, shape, dtype = place
    return arrays[number].view(dtype).reshape(shape).copy()


def _class(text):
    """A record of `sim` by its module and name; nothing else is loaded."""
    module, _, name = text.partition(":")
    if module.partition(".")[0] != "sim":
        raise ValueError(text)
    kind = getattr(importlib.import_module(module), name)
    if not (hasattr(kind, "_fields") or is_dataclass(kind) or kind in OBJECTS):
        raise ValueError(text)
    return kind


def _made(kind, parts):
    """A record of these parts. Raises ValueError where it has other fields, or columns of other types, now."""
    if kind in (Households, Persons):
        rows = len(next(iter(parts.values())))
        parts |= {column.name: np.zeros(rows, column.dtype) for column in kind.columns if column.kind == "flow"}
        if any(array.dtype != column.dtype for column in kind.columns if (array := parts.get(column.name)) is not None):
            raise ValueError(kind.__name__)
    parts |= dict.fromkeys(NOT_KEPT.get(kind, ()))
    empty = kind() if kind in OBJECTS else None
    known = set(vars(empty)) if empty else set(kind._fields) if hasattr(kind, "_fields") else {one.name for one in fields(kind)}
    if set(parts) != known:
        raise ValueError(f"{kind.__name__}: {', '.join(sorted(set(parts) ^ known))}")
    if empty is None:
        return kind(**parts)
    vars(empty).update(parts)
    return empty
