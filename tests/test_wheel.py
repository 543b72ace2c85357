"""The wheel works outside the checkout: it carries scenarios, study files and evidence, and its command line reads them."""
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built without reaching for anything."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)],
                   check=True, stderr=subprocess.PIPE)
    [path] = folder.glob("ronghe-*.whl")
    return path


@pytest.fixture(scope="module")
def ronghe(wheel, tmp_path_factory):
    """The installed command, in an environment of its own that borrows only the other packages of this one."""
    folder = tmp_path_factory.mktemp("空 环境")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "env")], check=True)
    python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
                   check=True, stderr=subprocess.PIPE)
    where = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    packages = subprocess.run([str(python), "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    Path(packages, "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def call(*words):
        code = "import sys; from sim.cli import main; sys.exit(main())"
        return subprocess.run([str(python), "-c", code, *words], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")

    call.folder, call.python, call.environment = folder, python, environment
    return call


def test_the_wheel_carries_scenarios_studies_and_evidence(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "scenarios").glob("*.yaml"):
        assert f"sim/shipped/scenarios/{path.name}" in names
    for path in (ROOT / "experiments").iterdir():
        assert f"sim/shipped/experiments/{path.name}" in names
    assert "sim/shipped/CITATION.cff" in names
    for path in (ROOT / "sim" / "data").glob("*.csv"):
        assert f"sim/data/{path.name}" in names
    assert not [name for name in names if name.startswith("tests") or ".venv" in name]


def test_the_installed_package_is_the_wheel_and_finds_what_it_carries(ronghe):
    code = "import sim.shipped_files as s, sim.evidence as e; print(s.__file__); print(s.shipped()); print(e.figure('zone_area_2019').value)"
    done = subprocess.run([str(ronghe.python), "-c", code], cwd=ronghe.folder, env=ronghe.environment, capture_output=True, text=True, check=True,
                          encoding="utf-8")
    module, shipped, area = done.stdout.splitlines()
    assert str(ROOT) not in module
    assert Path(shipped, "scenarios", "baseline.yaml").is_file()
    assert area == "11081.0"


def test_init_and_validate_outside_the_checkout(ronghe):
    done = ronghe("init", "mine")
    assert done.returncode == 0, done.stderr
    files = sorted(str(path) for path in (ronghe.folder / "mine").rglob("*.yaml"))
    assert files
    done = ronghe("validate", *[path for path in files if "scenarios" in path or Path(path).parent == ronghe.folder / "mine"])
    assert done.returncode == 0, done.stdout + done.stderr


def test_doctor_finds_what_is_needed_outside_the_checkout(ronghe):
    done = ronghe("doctor", "--json", "--out", "runs")
    found = json.loads(done.stdout)
    lacking = [check["what"] for check in found["checks"] if check["needed"] and not check["ok"]]
    assert done.returncode == 0 and found["ok"], f"{lacking}\n{done.stderr}"
    assert all(check["remedy"] for check in found["checks"] if not check["ok"])


def test_run_outside_the_checkout(ronghe):
    done = ronghe("run", "baseline", "--households", "2000", "--seeds", "1", "--years", "2019-2020", "--out", "runs")
    assert done.returncode == 0, done.stderr
    assert list((ronghe.folder / "runs").glob("baseline-*/manifest.json"))
