"""The command `dashboard`. Not here: the dashboard itself (`sim/dashboard`)."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli import show
from sim.cli.options import RUNS
from sim.errors import InvalidValueError
from sim.words import say

HOUSEHOLDS, SEEDS = 20_000, "6"  # seconds on two cores; with fewer seeds Student's t leaves exits and their cost unread
MOST_HOUSEHOLDS = 200_000
LOCAL = ("127.0.0.1", "localhost", "::1")


def add(app: typer.Typer) -> None:
    """Put the command into the application."""
    app.command("dashboard", help="cli.dashboard")(dashboard)


def dashboard(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="cli.dashboard.host")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="cli.dashboard.port")] = 8050,
    runs: Annotated[Path, typer.Option(metavar="DIR", help="cli.dashboard.runs")] = RUNS,
    read_only: Annotated[bool, typer.Option("--read-only", help="cli.dashboard.read_only")] = False,
    households: Annotated[str, typer.Option(metavar="N", help="cli.dashboard.households")] = str(HOUSEHOLDS),
    seeds: Annotated[str, typer.Option(metavar="8|8,|1,2,5-9", help="cli.dashboard.seeds")] = SEEDS,
):
    import dash  # noqa: F401
    import dash_ag_grid  # noqa: F401
    import dash_mantine_components  # noqa: F401
    import waitress  # noqa: F401

    from sim.dashboard.server import serve
    from sim.run_options import read_households
    from sim.study.ensemble import seeds_of

    sample = read_households(households)
    if not isinstance(sample, int) or sample > MOST_HOUSEHOLDS:
        raise InvalidValueError(say("dash.sample_only", value=households), where="--households", hint=say("dash.sample_only.hint"))

    def ready(address: str) -> None:
        show.result(say("dash.serving", address=address))
        if host not in LOCAL:
            show.narrate(say("dash.everyone", host=host))

    serve(host, port, runs, read_only, sample, seeds_of(seeds), ready)
