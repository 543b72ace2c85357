"""Options and arguments that several commands share, and the readers of their texts.

Not here: what the commands do with them.
"""

from pathlib import Path
from typing import Annotated

import typer

from sim.errors import InvalidValueError
from sim.words import say

AsJson = Annotated[bool, typer.Option("--json", help="cli.option.json")]
Households = Annotated[str, typer.Option(metavar="all|N", help="cli.runs.households")]
Seeds = Annotated[str, typer.Option(metavar="8|8,|1,2,5-9", help="cli.runs.seeds")]
Years = Annotated[str, typer.Option(metavar="2019-2035", help="cli.runs.years")]
Settings = Annotated[list[str], typer.Option("--set", metavar="LEVER.PARAM=VALUE", help="cli.option.set")]
Jobs = Annotated[int, typer.Option(min=0, metavar="N", help="cli.runs.jobs", show_default=False)]
Threads = Annotated[int, typer.Option(min=0, metavar="N", help="cli.runs.threads", show_default=False)]
Out = Annotated[Path, typer.Option(metavar="DIR", help="cli.runs.out")]
Force = Annotated[bool, typer.Option("--force", help="cli.runs.force")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="cli.runs.quiet")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="cli.runs.run")]
RUNS = Path("runs")


def call_of(households, seeds, years, jobs, threads, out, force) -> dict:
    """The options of a run that were given; the others come from the scenario and from the machine."""
    given = {"households": households, "seeds": seeds, "years": years, "jobs": jobs, "threads": threads}
    return {**{name: value for name, value in given.items() if value}, "out": out, "force": force}


def years_of(text: str, option: str) -> tuple[int, ...]:
    try:
        return tuple(sorted({int(part) for part in text.split(",") if part.strip()}))
    except ValueError:
        raise InvalidValueError(say("runs.years", value=text), where=option, hint=say("runs.years.hint")) from None


def one_run(name: str, out: Path):
    """The run of a folder's path, or of its name under `out`."""
    from sim.results import open_run

    path = Path(name)
    return open_run(path if (path / "manifest.json").exists() else Path(out) / name)
