"""Study files and made-up simulations for tests of studies: what a cell says depends on scenario, levers, assumptions and seed, and takes no time."""

import os
import time
from pathlib import Path

import fake_cells

PRICE = "homestead_withdrawal.compensation_yuan_per_m2"
ATTACHMENT = "assumptions.attachment"
GRID = f"""
study: 1
id: toy
title: {{zh: 试算, en: A trial}}
scenario: four-instruments
reference: baseline
vary:
  {PRICE}: [50, 100, 200]
  {ATTACHMENT}: {{start: 60, stop: 300, n: 2}}
run: {{households: 2000, seeds: 3, years: 2019-2022}}
outcomes: {{indicators: [homesteads_withdrawn_since_start, income_gap_ratio, disposable_income], years: [2021, 2022], districts: [zone, jiutai]}}
"""


def write(folder: Path, text: str = GRID, name: str = "study.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def price(scenario) -> float:
    """Compensation in the last step of a scenario; 0 in the baseline."""
    steps = scenario.levers.get("homestead_withdrawal", ())
    return float(steps[-1].values[PRICE.split(".")[1]]) if steps else 0.0


def responding(scenario, *, seed, **more):
    """Withdrawals of a year: 10 per yuan of compensation, less a tenth of the attachment, plus luck that all scenarios share."""
    result = fake_cells.simulate(scenario, seed=seed, **more)
    attachment = scenario.assumptions.get("attachment", 180.0)
    count = lambda row: 10 * price(scenario) - 0.1 * attachment + seed  # noqa: E731
    rows = [(*row[:4], count(row), row[5]) if row[3] == "homesteads_withdrawn" else row for row in result.indicators]
    return result._replace(indicators=rows)


def counted(scenario, *, seed, **more):
    """The same, leaving a file for each call in the folder that COUNTED names."""
    Path(os.environ["COUNTED"], f"{scenario.id}-{price(scenario)}-{scenario.assumptions.get('attachment')}-{seed}-{time.monotonic_ns()}").touch()
    return responding(scenario, seed=seed, **more)


def failing(scenario, *, seed, **more):
    """Cannot be computed for a price of 100 and seed 2, while the file that FAILING names exists."""
    if price(scenario) == 100 and seed == 2 and Path(os.environ["FAILING"]).exists():
        raise ZeroDivisionError("made up")
    return counted(scenario, seed=seed, **more)


def deadly(scenario, *, seed, **more):
    """Ends its process for a price of 100 and seed 2, while the file that FAILING names exists; once only where its name ends in `once`."""
    path = Path(os.environ["FAILING"])
    if price(scenario) == 100 and seed == 2 and path.exists():
        if path.name.endswith("once"):
            path.unlink()
        os._exit(9)
    return counted(scenario, seed=seed, **more)
