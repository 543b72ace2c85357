"""What the callbacks of one server share: its desk, its job of the whole zone, its run folders, its language."""

from pathlib import Path

from sim.dashboard.address import Address, parse
from sim.dashboard.desk import Desk
from sim.dashboard.whole import Whole


class Room:
    """whole: None where the dashboard is read-only; language: of a page whose address names none."""

    def __init__(self, desk: Desk, whole: Whole | None, runs: Path, language: str):
        self.desk, self.whole, self.runs, self.language = desk, whole, Path(runs), language
        self.read_only = whole is None

    def address(self, query: str | None) -> Address:
        """The view of a query in its own or the server's language."""
        return parse(query, self.language)[0]
