"""The public names of the package: light to import, working as the guide says, on toy runs of two years."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim


def test_import_is_light():
    heavy = ("numpy", "numba", "mesa", "pandas", "plotly", "pyarrow", "ruamel", "sim.study", "sim.model")
    code = f"import sys, sim; sim.__version__, dir(sim); print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(sim.__file__).parents[1])
    assert done.stdout.strip() == "[]"


def test_running_does_not_import_mesa():
    code = "import sys, sim; sim.run, sim.compare; import sim.simulation; print('mesa' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(sim.__file__).parents[1])
    assert done.stdout.strip() == "False"


def test_public_names():
    modules = {module.name for module in pkgutil.iter_modules(sim.__path__)}
    assert not modules & set(sim.__all__) and set(sim.__all__) <= set(dir(sim))
    assert all(getattr(sim, name) for name in sim.__all__) and (sim.shipped() / "scenarios" / "baseline.yaml").exists()
    with pytest.raises(AttributeError, match="Public names"):
        sim.simulate  # noqa: B018


def test_run_and_compare(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    short = "horizon: {start: 2019, end: 2021, report: [2021]}\n"
    Path("base.yaml").write_text(f"schema: 1\nid: base\nextends: baseline\n{short}", encoding="utf-8")
    Path("my-plan.yaml").write_text(f"schema: 1\nid: my-plan\nextends: four-instruments\n{short}", encoding="utf-8")
    base, plan = sim.run("base.yaml", households=2000, seeds=2), sim.run("my-plan.yaml", households=2000, seeds=2)
    table = sim.compare(base, plan, at=[2019, 2021])
    assert not base.cached and base.toy and base.weighted and base.seeds == (1, 2) and base.households == plan.households
    ratio = table[(table["run"] == plan.id) & (table["indicator"] == "income_gap_ratio")].set_index("year")
    assert ratio.loc[2019, "mean"] == 0 and ratio.loc[2021, "n"] == 2
    again = sim.run("base.yaml", households=2000, seeds=2)
    assert again.cached and again.digest == base.digest
    from sim.study.profile import profile

    shares = profile(base)
    assert shares[0].phase == "build" and {"earn", "record"} <= {one.phase for one in shares}
    assert sum(one.share for one in shares) == pytest.approx(1)
    # the same cells in two processes: the same numbers
    assert sim.run("base.yaml", households=2000, seeds=2, jobs=2, force=True).digest == base.digest
