"""The fast core computes what its plain source says: for odd sizes, a row function edited in another file is never stale, a float64 in a row function
is refused. That every way to compute gives the same bits: `tests/test_bits.py`.
"""
import copy
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from numba.core.errors import TypingError

from sim.compiled import exp, log, power, row, sweep

ROOT = Path(__file__).parents[1]
def test_an_edited_row_function_is_never_stale(tmp_path):
    package = tmp_path / "tiny"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "compiled.py").write_text((ROOT / "sim" / "compiled.py").read_text(encoding="utf-8"), encoding="utf-8")
    rows = "from tiny.compiled import row\n\n@row\ndef price(x):\n    return 2.0 * x\n"
    (package / "sweeps.py").write_text(textwrap.dedent("""
        import numpy as np
        from tiny.compiled import sweep
        from tiny.rows import price

        @sweep
        def pay(given, paid):
            for i in range(given.shape[0]):
                paid[i] = price(given[i])

        paid = np.zeros(1, np.float32)
        pay(np.ones(1, np.float32), paid)
        print(paid[0])
        """))

    def told():
        return subprocess.run([sys.executable, "-m", "tiny.sweeps"], cwd=tmp_path, capture_output=True, text=True, check=True,
                              env={**os.environ, "PYTHONPATH": str(tmp_path), "RONGHE_CACHE": str(tmp_path / "cache")}).stdout.strip()
    (package / "rows.py").write_text(rows)
    assert told() == told() == "2.0"
    (package / "rows.py").write_text(rows.replace("2.0", "3.0"))
    assert told() == "3.0"


def test_a_float64_in_a_row_function_is_refused():
    @row
    def creeping(x, wide):
        return x * wide

    @row
    def whole(x):
        return x / 3
    assert creeping(np.float32(2), np.float32(3)) == 6
    with pytest.raises(TypingError, match="float64 in a row function"):
        creeping(np.float32(2), np.float64(3))
    with pytest.raises(TypingError, match="float64 in a row function"):
        whole(np.int64(3))


def test_log_exp_and_power_are_accurate():
    @sweep
    def all_three(x, y, logs, exps, powers):
        for i in range(x.shape[0]):
            logs[i], exps[i], powers[i] = log(x[i]), exp(y[i]), power(x[i], y[i] * np.float32(0.02))
    rng = np.random.default_rng(3)
    x = np.exp(rng.uniform(-30, 30, 200_000)).astype(np.float32)
    y = rng.uniform(-80, 80, 200_000).astype(np.float32)
    logs, exps, powers = (np.zeros(len(x), np.float32) for _ in range(3))
    all_three(x, y, logs, exps, powers)
    wide, step = x.astype(np.float64), y.astype(np.float64)
    np.testing.assert_allclose(logs, np.log(wide), rtol=2.5e-7, atol=1e-7)
    np.testing.assert_allclose(exps, np.exp(step), rtol=2.5e-7)
    np.testing.assert_allclose(powers, wide ** (step * 0.02), rtol=1e-5)
    held = np.zeros(2, np.float32)
    all_three(np.ones(2, np.float32), np.array([-1e9, 1e9], np.float32), np.zeros(2, np.float32), held, np.zeros(2, np.float32))
    assert np.isfinite(held).all() and held[0] < 1e-37 and held[1] > 1e38


@sweep
def _rules_and_rows(first, last, ground, figures, b):
    for i in range(first, last):
        if ground.kind[i] > 1:
            ground.area[i] += figures.rules[ground.kind[i], 2] * b.migration_elasticity
        ground.count[i] = ground.kind[i] + figures.year


def test_tables_pass_by_pointer_and_a_copy_has_its_own_rows():
    """Columns of three types, a table of two dimensions and numbers reach compiled code; a deep copy and a pickle never share addresses."""
    from sim import behaviour
    from sim.declare import record
    Ground, Figures = record("Ground", ("area", "kind", "count"), __name__), record("Figures", ("year", "rules"), __name__)
    first = Ground(np.ones(4, np.float32), np.array([0, 1, 2, 3], np.uint8), np.zeros(4, np.int64))
    figures, b = Figures(np.int64(2019), np.arange(16, dtype=np.float32).reshape(4, 4)), behaviour.load()
    _rules_and_rows(0, 4, first, figures, b)
    second = copy.deepcopy(first)
    _rules_and_rows(0, 4, second, figures, b)
    grown = np.where(first.kind > 1, figures.rules[first.kind, 2] * b.migration_elasticity, 0).astype(np.float32)
    assert (first.area == 1 + grown).all() and (second.area == first.area + grown).all() and (first.count == first.kind.astype(int) + 2019).all()
    assert second.address != first.address and first.address == first.address
    with pytest.raises(TypeError, match="Ground.area: not contiguous"):
        _rules_and_rows(0, 2, first._replace(area=np.ones(8, np.float32)[::2]), figures, b)
