"""Where the scenarios and study files that come with the package lie, in a checkout and in an installed wheel.

Not here: reading them (`sim/scenario.py`, `sim/study`).
"""
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def shipped():
    """The folder that holds `scenarios/`, `experiments/` and CITATION.cff: the root of a checkout, else `sim/shipped` of the installed package."""
    checkout = PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "scenarios").is_dir():
        return checkout
    return PACKAGE / "shipped"
