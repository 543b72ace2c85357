"""The command `dashboard`: what stops it, in a sentence with the exit code of the contract."""

import socket
import sys

import pytest

from sim.cli import main
from sim.errors import INSTALL, INVALID, MACHINE


@pytest.fixture
def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


@pytest.mark.parametrize("language, said", [("zh", "已被别的程序占用"), ("en", "is in use by another program")])
def test_a_busy_port_is_said(busy_port, capsys, language, said):
    assert main(["dashboard", "--port", str(busy_port), "--lang", language]) == MACHINE
    seen = capsys.readouterr()
    assert said in seen.err and f"--port {busy_port + 1}" in seen.err and not seen.out


def test_an_address_of_another_machine_is_refused(capsys):
    assert main(["dashboard", "--host", "192.0.2.1", "--port", "0", "--lang", "en"]) == MACHINE
    assert "192.0.2.1" in capsys.readouterr().err


@pytest.mark.parametrize("package", ["dash", "dash_mantine_components", "dash_ag_grid", "waitress"])
def test_a_missing_package_is_named_with_the_line_that_installs_it(monkeypatch, capsys, package):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "sim.dashboard.server", raising=False)
    assert main(["dashboard", "--lang", "en"]) == INSTALL
    assert "ronghe[dashboard]" in capsys.readouterr().err


@pytest.mark.parametrize("households", ["all", "0", "1000000", "many"])
def test_live_runs_take_a_sample(capsys, households):
    assert main(["dashboard", "--households", households, "--lang", "en"]) == INVALID
    assert "--households" in capsys.readouterr().err
