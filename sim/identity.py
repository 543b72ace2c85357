"""What makes a cell the same cell: canonical JSON of everything that can change its numbers, and the SHA-256 of it.

Titles, comments, report years, file names, threads and the state of git are not in it. Not here: where cells are kept (`sim/cells.py`).
"""

import hashlib
import json
import math
from functools import cache
from pathlib import Path

from sim.extensions import identity as extensions_in_use
from sim.policies.rulebook import order
from sim.run_options import DEFAULT_POPULATION_SEED

KEY_VERSION = 1
# Parts of `sim` that only show or store numbers.
WITHOUT_NUMBERS = (
    "__init__.py",
    "agents",
    "model.py",
    "cli",
    "report",
    "dashboard",
    "words",
    "study",
    "shipped",
    "data",
    "cells.py",
    "files.py",
    "results.py",
    "errors.py",
    "shipped_files.py",
    "identity.py",
    "scenario.py",
    "scenario_text.py",
    "scenario_syntax.py",
    "scenario_shape.py",
    "scenario_checks.py",
    "scenario_settings.py",
    "scenario_values.py",
    "scenario_schema.py",
    "run_options.py",
    "policies/dominance.py",
    "policies/clauses.py",
)


def canonical(value) -> str:
    """JSON with sorted keys, no spaces and every number written so that it reads back exactly. Raises ValueError for NaN and infinities."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _plain(value):
    """Numpy scalars and tuples as plain Python; whole floats as whole numbers, so that 1 and 1.0 are the same."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    if isinstance(value, float) and math.isfinite(value) and value == int(value) and abs(value) < 2**53:
        return int(value)
    return value


def digest(value) -> str:
    """SHA-256 of the canonical JSON, 64 hex digits."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


@cache
def source_hash(root: Path | None = None) -> str:
    """SHA-256 of the sources of `sim` that can change numbers, in the order of their names; line ends do not count."""
    root = root or Path(__file__).resolve().parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*.py"), key=lambda path: path.relative_to(root).as_posix()):
        name = path.relative_to(root).as_posix()
        if name in WITHOUT_NUMBERS or name.split("/")[0] in WITHOUT_NUMBERS:
            continue
        total.update(name.encode("utf-8") + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()


def evidence_hash() -> str:
    """SHA-256 of the evidence that the model reads. Raises DataError where a data file is missing or not the one that was shipped."""
    from sim.data_files import check_sums
    from sim.evidence import DATA, content_hash

    check_sums(DATA)
    return content_hash()


def cell_content(scenario, *, households, seed: int, spans=None, population_seed: int | None = None, sample=None, options=None) -> dict:
    """Everything that can change the numbers of a cell, ready for canonical JSON; the manifest keeps it whole.

    spans     the spans simulated (None: all of them)
    sample    how rows were drawn from the whole zone, as the population says it
    options   further model options by name
    Levers and behaviour rules from outside the package stand under `extensions`, which is absent where the scenario uses none.
    """
    if population_seed is None:
        population_seed = getattr(scenario.run, "population_seed", DEFAULT_POPULATION_SEED)
    book = order(scenario)
    extensions = extensions_in_use(scenario, book)
    return {
        "version": KEY_VERSION,
        "rules": book.non_base_entries(),
        "assumptions": dict(scenario.assumptions),
        "delivery_rate_percent": scenario.delivery_rate,
        "options": dict(options or {}),
        "first_year": scenario.horizon.start,
        "last_year": scenario.horizon.end,
        "households": households,
        "spans": spans,
        "population_seed": population_seed,
        "sample": sample,
        "seed": seed,
        "evidence": evidence_hash(),
        "sources": source_hash(),
        **({"extensions": extensions} if extensions else {}),
    }


def cell_key(scenario, **cell) -> str:
    """The key of a cell, 64 hex digits; the arguments are those of `cell_content`."""
    return digest(cell_content(scenario, **cell))


def group_key(content: dict) -> str:
    """The key of a run folder: that of its cells without the seed."""
    return digest({name: value for name, value in content.items() if name != "seed"})
