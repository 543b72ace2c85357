"""The matrices of a year: they balance where the books do, and a file that was changed by hand is seen."""

import json
from pathlib import Path

import fake_cells
import jsonschema
import numpy as np
import pandas as pd
import pytest

from sim import cells, results
from sim.accounts import BANK, FIRMS, RURAL, SECTORS, URBAN
from sim.cli import main
from sim.errors import DataError, InvalidValueError
from sim.scenario import load
from sim.simulation import simulate
from sim.study.matrices import TOLERANCE, matrices

SCHEMA = json.loads((Path(__file__).parents[1] / "sim" / "schemas" / "accounts.json").read_text())


@pytest.fixture
def run(tmp_path):
    return fake_cells.write_run(tmp_path, fake_cells.scenario(), seeds=(1, 2))


@pytest.fixture(scope="module")
def real():
    """Two years of a toy zone, with exits, loans and moves."""
    return simulate(load("four-instruments").ending(2020), households=600, threads=1)


@pytest.fixture
def real_run(real, tmp_path):
    """The same as a run folder of its own, which a test may change."""
    spec = fake_cells.scenario(end=2020)
    return fake_cells.write_run(tmp_path / "real", spec, seeds=(1,), change=lambda made: real)


def change(run, name, alter, seed=1):
    """Change a table of a cell on disk and open the run anew."""
    path = cells.cell_folder(run.path, seed) / f"{name}.parquet"
    frame = pd.read_parquet(path)
    alter(frame)
    frame.to_parquet(path, index=False)
    return results.open_run(run.path)


def test_the_model_s_books_balance_in_every_year(real_run):
    for year in (2019, 2020):
        found = matrices(real_run, year)
        turnover = sum(np.nansum(np.abs(row.values)) for row in found.flows)
        assert found.gaps == [] and found.with_stocks
        assert np.abs(found.column_sums(found.flows)).max() < TOLERANCE * turnover
        ids = {row.id for row in found.flows}
        assert {"wages", "consumption", "loan_drawn", "change_in_deposits", "change_in_foreign_claim"} <= ids
        assert [row.id for row in found.stocks] == ["deposits", "loans", "foreign_claim"]


def test_values_are_what_was_posted(run):
    found = matrices(run, 2030)
    wages = next(row for row in found.flows if row.id == "wages")
    assert wages.values[SECTORS.index(RURAL)] == 1e9 and wages.values[SECTORS.index(FIRMS)] == -1e9 and wages.sum == 0
    assert np.isnan(wages.values[SECTORS.index(URBAN)])  # no such transfer: empty, not zero
    deposits = next(row for row in found.flows if row.id == "change_in_deposits")
    assert deposits.values[SECTORS.index(RURAL)] == pytest.approx(-2e8)
    assert found.column_sums(found.stocks)[SECTORS.index(BANK)] == pytest.approx(1e8)
    assert matrices(run).year == 2035


def raised(item, sector, by):
    def alter(frame):
        rows = (frame["year"] == 2020) & (frame["item"] == item) & (frame["sector"] == sector)
        assert rows.any()
        frame.loc[rows, "yuan"] += by

    return alter


@pytest.mark.parametrize(
    "item, sector, seen",
    [
        ("deposits", RURAL, {("flows_column", RURAL), ("stock_row", "deposits")}),
        ("loans", RURAL, {("loans", RURAL), ("stock_row", "loans")}),
        ("foreign_claim", BANK, {("flows_column", BANK), ("stock_row", "foreign_claim"), ("equity", BANK)}),
        ("equity", BANK, {("equity_change", BANK), ("equity", BANK)}),
        ("deposits_moved", URBAN, {("flows_column", URBAN)}),
        ("loans_moved", URBAN, {("loans", URBAN)}),
    ],
)
def test_a_stock_changed_by_hand_is_seen_where_it_was_changed(real_run, item, sector, seen):
    found = matrices(change(real_run, "balances", raised(item, sector, 5e7)), 2020)
    assert {(gap.identity, gap.place) for gap in found.gaps} == seen
    assert all(abs(abs(gap.yuan) - 5e7) < 1e5 for gap in found.gaps)


@pytest.mark.parametrize("code", ["wages", "loan_drawn", "written_off"])
def test_a_posting_changed_by_hand_is_seen(real_run, code):
    def alter(frame):
        rows = frame.index[(frame["year"] == 2020) & (frame["code"] == code)]
        frame.loc[rows[0], "yuan"] += 5e7

    assert matrices(change(real_run, "accounts", alter), 2020).gaps
    assert not matrices(results.open_run(real_run.path), 2019).gaps  # the other year is as it was


def test_one_changed_seed_among_several_is_named(run):
    def alter(frame):
        frame.loc[(frame["year"] == 2030) & (frame["code"] == "wages"), "yuan"] *= 1.01

    gaps = matrices(change(run, "accounts", alter, seed=2), 2030).gaps
    assert {(gap.seed, gap.place) for gap in gaps} == {(2, RURAL), (2, FIRMS)}


def test_strange_rows_and_years_are_refused(run):
    def alter(frame):
        frame.loc[0, "payer"] = "martians"

    with pytest.raises(InvalidValueError, match="2040"):
        matrices(run, 2040)
    with pytest.raises(DataError, match="martians"):
        matrices(change(run, "accounts", alter), 2019)


def test_without_stocks_the_flows_are_shown_and_it_is_said(run, capsys):
    for seed in run.seeds:
        (cells.cell_folder(run.path, seed) / "balances.parquet").unlink()
    assert main(["accounts", str(run.path), "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "kept no stocks" in out and "consumption" in out and "Balanced" not in out


def test_the_command_in_both_languages_and_as_json(run, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["accounts", str(run.path), "--year", "2030", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "亿元" in out and "农村住户" in out and "平衡：" in out
    assert next(line for line in out.splitlines() if line.startswith("  工资")).split() == ["工资", "10.00", "-10.00", "0.00"]
    assert main(["accounts", str(run.path), "--year", "2030", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    assert found["balanced"] and found["flow_sums"][RURAL] == 0 and found["flows"][0]["values"]["urban_households"] is None


def test_the_book_of_loans_by_vintage_and_holder(run, capsys):
    assert main(["accounts", str(run.path), "--year", "2030", "--loans", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if line.startswith("2027")).split()
    assert row[1:3] == ["50.0", "(60.0)"] and row[-2:] == ["100.0", "(60.0)"] and "policy bank" in out
    assert main(["accounts", str(run.path), "--year", "2030", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    assert sum(cell["yuan"] for cell in found["loans"]) == 4 * (1e8 + 0.25e8) and {cell["vintage"] for cell in found["loans"]} == {2030, 2027}


def test_a_run_without_a_book_of_loans_says_so(run, capsys):
    for seed in run.seeds:
        (cells.cell_folder(run.path, seed) / "loans.parquet").unlink()
    assert main(["accounts", str(run.path), "--loans", "--lang", "en"]) == 0
    assert "no book of loans" in capsys.readouterr().out
    assert main(["accounts", str(run.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["loans"] is None


def test_unbalanced_books_are_exit_4_and_name_the_place(real_run, capsys):
    change(real_run, "balances", raised("deposits", RURAL, 5e7))
    assert main(["accounts", str(real_run.path), "--lang", "en"]) == 4
    assert "NOT BALANCED" in (out := capsys.readouterr().out) and "rural households" in out and "Balanced:" not in out
    assert main(["accounts", str(real_run.path), "--json"]) == 4
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, SCHEMA)
    assert not found["balanced"] and {gap["place"] for gap in found["gaps"]} == {"rural_households", "deposits"}


def test_no_line_is_wider_than_the_screen(real_run, capsys, monkeypatch):
    from sim.cli import show

    for columns in (80, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        for code in ("zh", "en"):
            main(["accounts", str(real_run.path), "--lang", code])
            body = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
            assert body and max(map(show.width, body)) <= columns


def test_the_product_stands_in_lines_of_three_ways(real_run):
    found = matrices(real_run, 2020)
    ways = {way.id: way for way in found.product}
    recorded = real_run.indicators.query("year == 2020 and district == 'zone' and indicator == 'gdp_yuan'")["value"].mean()
    assert list(ways) == ["production", "income", "expenditure"]
    assert [way.sum for way in found.product] == pytest.approx([recorded] * 3, rel=1e-7)
    posted = real_run.accounts.query("year == 2020")
    bought = posted[posted["code"].isin(["public_services"])]["yuan"].sum()
    assert ways["expenditure"].lines["government"] == pytest.approx(bought) and ways["expenditure"].lines["imports"] < 0
    assert ways["income"].lines["pay"] > posted[(posted["code"] == "wages") & (posted["payer"] == FIRMS)]["yuan"].sum() > 0
    assert all(way.lines[line] > 0 for way in found.product for line in way.lines if line != "imports")


def test_a_product_that_differs_is_named(real_run):
    def alter(frame):
        frame.loc[(frame["year"] == 2020) & (frame["district"] == "zone") & (frame["indicator"] == "gdp_income_yuan"), "value"] *= 1.001

    gaps = matrices(change(real_run, "indicators", alter), 2020).gaps
    assert [(gap.identity, gap.place) for gap in gaps] == [("product", "gdp.income")]
