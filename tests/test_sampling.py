"""The study of sampling error says what it should of figures that are known."""
import csv
from types import SimpleNamespace

import pytest

from sim.study import sampling


def result(value, events):
    """A result with every level equal to `value` in 2035 and `events` of each rare event in each of two years."""
    rows = [(year, "zone", sector, indicator, value, "") for year in (2034, 2035) for indicator, sector in sampling.LEVELS]
    rows += [(year, "zone", "all", name, events, "") for year in (2034, 2035) for name in sampling.RARE]
    rows += [(2035, "jiutai", "all", "gini", -1.0, "")]
    return SimpleNamespace(indicators=rows, households=1_000, seconds=1.0)


def test_figures_take_the_last_year_of_levels_and_the_sum_of_events_of_the_zone():
    found = sampling.figures(result(2.0, 5.0))
    assert found["gini all"] == 2.0 and found["loans_new since start"] == 10.0


def test_spread_is_against_the_whole_zone():
    one = sampling.spread("x", 100.0, [98.0, 102.0, 104.0])
    assert one.mean == pytest.approx(101.333, abs=1e-3) and one.sd == pytest.approx(3.055, abs=1e-3) and one.worst == 4.0


def test_the_study_prints_its_tables_and_writes_every_run(tmp_path, monkeypatch, capsys):
    asked = []

    def simulate(scenario, *, households, sample, threads):
        asked.append((scenario.id, households, sample))
        plan = scenario.id == "four-instruments"
        return result(100.0 + plan + (sample - 1) * 4.0 * (households is not None), 10.0 + sample)
    monkeypatch.setattr(sampling, "simulate", simulate)
    out = tmp_path / "sampling.csv"
    assert sampling.main(["--samples", "2", "--households", "60000", "--out", str(out)]) == 0
    assert asked == [(name, size, sample) for size, sample in ((None, 1), (60_000, 1), (60_000, 2)) for name in sampling.SCENARIOS]
    printed = capsys.readouterr().out
    assert "| gini all | 100 | 102 | 2.83 | 4.00 | no |" in printed
    assert "| gini all | +1 | +1 | 0 | yes |" in printed
    with open(out, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 * (len(sampling.LEVELS) + len(sampling.RARE)) and {row["sample"] for row in rows} == {"zone", "1", "2"}
