"""Every household and person at the end of a year, as one Parquet file: `ronghe run --snapshot 2025,2035`.

One row per household, then one per person; the column `table` tells them apart. Each row fills the columns of its own table, as declared in
`sim/tables.py`, in their own types, and leaves those of the other empty; unit and meaning stand in the metadata of each column. Besides: `seed`,
`district` of registration, `weight` (how many of the zone the row stands for), `span` (uid of village or block) and for persons `household` (its uid).
Rows are written in groups as they are read, so that the whole zone needs no second copy in memory.
Not here: which years (`sim/study/ensemble.py`), where the file goes (`sim/cells.py`).
"""
from typing import NamedTuple

import numpy as np

from sim.places import DISTRICT_IDS
from sim.tables import FREE

GROUP_ROWS = 200_000
HOUSEHOLD, PERSON = "household", "person"
COMMON = {
    "table": ("", "household or person"), "seed": ("", "seed of the run"), "uid": ("", "identity of the row in every sample and scenario"),
    "span": ("", "uid of the village or block of registration"), "district": ("", "district of registration"),
    "weight": ("", "how many like it the zone has"), "residence": ("place", "village 1, district 2-10, outside 11"),
    "household": ("", "uid of the person's household")}
REPLACED = {"uid", "span", "residence", "household"}       # declared columns that stand in COMMON, rows there being uids here


class Snapshot(NamedTuple):
    """The two tables of a year as DataFrames, each with its own columns."""
    households: object
    persons: object


def write(path, state, seed):
    """Write all rows in use of a state to `path`."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    households, persons, spans = state.households, state.persons, state.spans
    schema = _schema(households, persons)
    with parquet.ParquetWriter(path, schema, compression="zstd") as file:
        for name, table, rows, home in ((HOUSEHOLD, households, np.flatnonzero(households.kind != FREE), None),
                                        (PERSON, persons, np.flatnonzero(persons.age >= 0), persons.household)):
            for first in range(0, len(rows), GROUP_ROWS):
                part = rows[first:first + GROUP_ROWS]
                of = part if home is None else home[part]          # household rows that the rows belong to
                values = {column.name: values[part] for column, values in zip(table.columns, table) if column.name not in REPLACED}
                span = households.span[of]
                values |= {"seed": np.full(len(part), seed, np.int32), "uid": table.uid[part], "span": spans.uid[span],
                           "weight": spans.weight[span], "residence": table.residence[part]}
                if home is not None:
                    values["household"] = households.uid[of]
                labels = {"table": pa.DictionaryArray.from_arrays(np.zeros(len(part), np.int32), [name]),
                          "district": pa.DictionaryArray.from_arrays(spans.district[span].astype(np.int32), list(DISTRICT_IDS))}
                file.write_table(pa.table([labels.get(field.name) or _column(values.get(field.name), field, len(part)) for field in schema], schema=schema))


def _column(values, field, count):
    import pyarrow as pa
    return pa.nulls(count, field.type) if values is None else pa.array(values, type=field.type)


def _schema(households, persons):
    import pyarrow as pa

    types = {"table": pa.dictionary(pa.int32(), pa.string()), "seed": pa.int32(), "span": pa.uint32(), "household": pa.uint32(),
             "district": pa.dictionary(pa.int32(), pa.string()), "weight": pa.float64(), "uid": pa.uint32(), "residence": pa.uint8()}
    fields = [_field(name, types[name], PERSON if name == "household" else "both", *words) for name, words in COMMON.items()]
    for name, table in ((HOUSEHOLD, households), (PERSON, persons)):
        fields += [_field(c.name, pa.from_numpy_dtype(values.dtype), name, c.unit, c.sentence)
                   for c, values in zip(table.columns, table) if c.name not in REPLACED]
    return pa.schema(fields)


def _field(name, type, table, unit, sentence):
    import pyarrow as pa
    return pa.field(name, type, metadata={"table": table, "unit": unit, "sentence": sentence})


def read(path):
    """The Snapshot of a file, each table with its own columns in their own types."""
    import pyarrow.parquet as parquet

    schema = parquet.read_schema(path)
    parts = []
    for name in (HOUSEHOLD, PERSON):
        columns = [field.name for field in schema if field.metadata[b"table"] in (b"both", name.encode()) and field.name != "table"]
        parts.append(parquet.read_table(path, columns=columns, filters=[("table", "==", name)]).to_pandas())
    return Snapshot(*parts)
