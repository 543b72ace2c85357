"""A small baseline, exactly: a zone of 2,000 households for three years gives the figures kept beside this file, to nine digits. Not what they
should be (other tests), only that nothing moved them unseen.

A change of results is renewed with `python tests/test_pinned.py`: it prints what moved and writes `tests/pinned_baseline.json`. The commit is then
marked [results] and says why. Nothing here compares digests: another processor may round the last bits of a row otherwise.
"""
import json
import math
from pathlib import Path

from sim.scenario import load
from sim.simulation import simulate

KEPT = Path(__file__).parent / "pinned_baseline.json"
HOUSEHOLDS, LAST_YEAR, DIGITS = 2_000, 2021, 9


def figures():
    """{"year indicator sector": value} of the zone, rounded; None where there is no number."""
    found = simulate(load("baseline").ending(LAST_YEAR), households=HOUSEHOLDS, seed=1, threads=1)
    return {f"{year} {indicator} {sector}": None if math.isnan(value) else float(f"{value:.{DIGITS}g}")
            for year, district, sector, indicator, value, *_ in found.indicators if district == "zone"}


def differences(kept, found):
    """A line for each figure that moved, came or went."""
    return [f"{name}: {kept.get(name, 'not there')} -> {found.get(name, 'not there')}" for name in [*kept, *(n for n in found if n not in kept)]
            if kept.get(name, "not there") != found.get(name, "not there")]


def test_the_small_baseline_is_what_it_was():
    moved = differences(json.loads(KEPT.read_text(encoding="utf-8")), figures())
    assert not moved, f"{len(moved)} figures moved. If that is meant: python tests/test_pinned.py\n" + "\n".join(moved)


def test_differences_name_figures_that_move_come_and_go():
    assert differences({"a": 1.0, "b": 2.0, "c": None}, {"a": 1.0, "b": 2.5, "d": 4.0, "c": None}) == ["b: 2.0 -> 2.5", "d: not there -> 4.0"]
    assert differences({"a": 1.0}, {}) == ["a: 1.0 -> not there"]


if __name__ == "__main__":
    found = figures()
    print("\n".join(differences(json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}, found)) or "Nothing moved.")
    KEPT.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
