"""Paired differences: their values, their ranges, when they may be called a difference, and which runs have none."""

import fake_cells
import numpy as np
import pytest

from sim.errors import IncomparableError, InvalidValueError, UsageError
from sim.indicators import SAMPLE_QUANTITIES
from sim.study.comparison import ENOUGH_SEEDS, compare, cost_per_result, difference, reading, to_object
from sim.study.sampling_error import errors_of_sums, standard_errors


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def baseline(out):
    return fake_cells.write_run(out, fake_cells.scenario())


@pytest.fixture(scope="module")
def reform(out):
    return fake_cells.write_run(out, fake_cells.scenario("reform", "四项改革", "Four reforms"))


def row(table, run, indicator, year, sector="all", district="zone"):
    found = table[
        (table.run == run.id)
        & (table.indicator == indicator)
        & (table.year == year)
        & (table.sector == sector)
        & (table.district == district)
    ]
    assert len(found) == 1
    return found.iloc[0]


def test_difference_by_hand():
    d = difference([1.0, 2.0, 3.0, 2.0])
    assert (d.mean, d.low, d.high, d.n) == (2.0, 1.0, 3.0, 4)
    assert d.se == pytest.approx(np.std([1, 2, 3, 2], ddof=1) / 2)
    assert d.distinguishable  # 2 > 3.18 x 0.41
    assert not difference([1.0, 2.0, 3.0, 2.0], sample_se=0.7).distinguishable
    assert not difference([1.0, 1.3]).distinguishable  # two seeds: t is 12.7
    assert difference([1.0, 1.01]).distinguishable


def test_percentiles_from_twenty_seeds_on():
    values = np.arange(20.0)
    d = difference(values)
    assert (d.low, d.high) == tuple(np.percentile(values, [5, 95]))
    d = difference(values[:19])
    assert (d.low, d.high) == (0, 18)


def test_one_seed_nothing_and_gaps_have_no_range():
    d = difference([3.0])
    assert d.mean == 3 and d.n == 1 and np.isnan([d.low, d.high, d.se]).all() and not d.distinguishable
    for values in ([], [1.0, float("nan")]):
        assert np.isnan(difference(values).mean) and not difference(values).distinguishable
    assert not difference([0.0, 0.0, 0.0]).distinguishable


def test_the_error_of_a_sum_over_districts_is_that_of_their_spans(out):
    """Of two districts with ten drawn spans each only one counts: n/(n-1) (1 - n/N) sum of (z - mean z)^2, by hand."""
    rng = np.random.default_rng(0)
    more = rng.integers(0, 9, 20).astype(float)

    def with_spans(extra):
        def change(result):
            values = np.ones((17, 20, len(SAMPLE_QUANTITIES)))
            values[:, :, SAMPLE_QUANTITIES.index("homesteads_withdrawn")] = 0.0
            values[2, :, SAMPLE_QUANTITIES.index("homesteads_withdrawn")] = extra
            kept = {"sample_values": values, "span_uid": np.arange(20), "span_weight": np.full(20, 3.0), "span_stratum": np.repeat([0, 2], 10)}
            return result._replace(paths={**result.paths, **kept})
        return change

    a = fake_cells.write_run(out / "sums", fake_cells.scenario("baseline"), households=60_000, change=with_spans(0.0))
    b = fake_cells.write_run(out / "sums", fake_cells.scenario("reform"), households=60_000, change=with_spans(more))
    z = 3 * more[10:]
    by_hand = np.sqrt(10 / 9 * (1 - 1 / 3) * ((z - z.mean()) ** 2).sum())
    assert errors_of_sums(a, b, ["homesteads_withdrawn"], 2035, [1])["homesteads_withdrawn"] == pytest.approx(by_hand)
    assert errors_of_sums(a, b, ["homesteads_withdrawn"], 2020, [1])["homesteads_withdrawn"] == 0  # nothing has happened yet
    both = errors_of_sums(a, b, ["homesteads_withdrawn"], 2035, [0, 1])["homesteads_withdrawn"]
    assert both == pytest.approx(standard_errors(a, b)["homesteads_withdrawn_since_start", 2035, "all"])


def test_one_word_says_what_a_difference_may_be_called():
    """Few seeds are no reason to say `not distinguishable`, and a clear difference is told with few seeds too."""
    assert reading(difference([])) == ""
    assert reading(difference([0.0])) == reading(difference([0.0, 0.0])) == reading(difference([0.0] * 9)) == "same"
    assert reading(difference([500.0])) == reading(difference([400.0, 900.0])) == reading(difference([1.0, 2.0, 9.0])) == "few"
    assert reading(difference([400.0, 401.0])) == "apart"
    assert reading(difference([1.0, -1.0] * (ENOUGH_SEEDS // 2))) == "not"
    assert reading(difference([1.0, 1.1] * ENOUGH_SEEDS)) == "apart"


def test_differences_are_taken_seed_by_seed(baseline, reform):
    table = compare(baseline, reform, at=[2025, 2035])
    found = row(table, reform, "wage_income", 2035, "rural")
    # the same luck on both sides: the made-up reform adds exactly 9 a year from 2021 on
    assert found["mean"] == pytest.approx(9 * 15) and found.se == pytest.approx(0, abs=1e-9) and found.distinguishable
    a, b = (
        r.indicators.query("indicator == 'wage_income' and sector == 'rural' and year == 2035 and district == 'zone'").value.mean()
        for r in (baseline, reform)
    )
    assert found.value == pytest.approx(b) and found["mean"] == pytest.approx(b - a)
    reference = row(table, baseline, "wage_income", 2035, "rural")
    assert np.isnan(reference["mean"]) and reference.n == 0 and not reference.distinguishable


def test_flows_since_the_start(baseline, reform):
    table = compare(baseline, reform, at=[2025])
    total = row(table, reform, "homesteads_withdrawn_since_start", 2025)["mean"]
    yearly = compare(baseline, reform)
    yearly = yearly[(yearly.run == reform.id) & (yearly.indicator == "homesteads_withdrawn") & (yearly.year <= 2025)]
    assert total == pytest.approx(yearly["mean"].sum()) == pytest.approx(14 * sum(range(1, 6)))


def test_groups(baseline, reform):
    districts = compare(baseline, reform, at=[2035], by="district")
    assert set(districts.district) == set(fake_cells.DISTRICT_IDS)
    deciles = compare(baseline, reform, at=[2035], by="decile")
    assert set(deciles.group) == {f"decile {k}" for k in range(1, 11)}
    assert set(compare(baseline, reform, at=[2035], by="type").group).isdisjoint(set(deciles.group))


def test_sampling_error_of_a_sample_enters(out):
    """Ten villages of one stratum; the reform pays 1,000 yuan a head in one of them: mean +100, standard error 100 by hand."""
    def with_spans(paid):
        def change(result):
            values = np.zeros((17, 10, len(SAMPLE_QUANTITIES)))
            values[:, :, SAMPLE_QUANTITIES.index("persons_rural")] = values[:, :, SAMPLE_QUANTITIES.index("persons_urban")] = 100.0
            values[:, :, SAMPLE_QUANTITIES.index("contract_area")] = 1.0
            for name in ("wage_income", "disposable_income", "consumption"):
                for sector in ("rural", "urban"):
                    values[:, :, SAMPLE_QUANTITIES.index(f"{name}_{sector}")] = 1e6
            values[:, 0, SAMPLE_QUANTITIES.index("wage_income_rural")] += paid
            kept = {"sample_values": values, "span_uid": np.arange(10), "span_weight": np.full(10, 1e9), "span_stratum": np.zeros(10)}
            return result._replace(paths={**result.paths, **kept})
        return change

    a = fake_cells.write_run(out, fake_cells.scenario("baseline"), households=60_000, change=with_spans(0.0))
    b = fake_cells.write_run(out, fake_cells.scenario("reform"), households=60_000, change=with_spans(1e5))
    errors = standard_errors(a, b)
    assert errors["wage_income", 2035, "rural"] == pytest.approx(100.0, rel=1e-6)
    assert errors["wage_income", 2035, "urban"] == 0.0
    assert standard_errors(a, a)["income_gap_ratio", 2035, "all"] == 0.0
    found = row(compare(a, b, at=[2035]), b, "wage_income", 2035, "rural")
    assert found.se >= 99.999 and not found.distinguishable


def test_only_common_seeds_are_paired(out, baseline):
    other = fake_cells.write_run(out, fake_cells.scenario("other"), seeds=(3, 4, 9))
    assert row(compare(baseline, other, at=[2035]), other, "gini", 2035).n == 2
    alone = fake_cells.write_run(out, fake_cells.scenario("alone"), seeds=(77,))
    with pytest.raises(IncomparableError):
        compare(baseline, alone)


@pytest.mark.parametrize("spec", [{"households": 60_000}, {"sample": 2}, {"end": 2030}], ids=str)
def test_runs_without_a_common_difference_are_refused(out, baseline, spec):
    other = fake_cells.write_run(out, fake_cells.scenario("elsewhere", end=spec.pop("end", 2035)), **spec)
    with pytest.raises(IncomparableError) as error:
        compare(baseline, other)
    assert error.value.exit_code == 3 and other.id in str(error.value) and baseline.id in str(error.value)


def test_calls_that_cannot_be_read(baseline):
    for call in (lambda: compare(), lambda: compare(baseline, by="village")):
        with pytest.raises(UsageError):
            call()
    with pytest.raises(InvalidValueError):
        compare(baseline, at=[2036])
    with pytest.raises(IncomparableError):
        compare(baseline, baseline)


def test_cost_per_result(baseline, reform):
    costs = cost_per_result(baseline, reform, 2035)
    assert costs["homesteads_withdrawn"] == pytest.approx(5.5e6 / 14)
    assert cost_per_result(baseline, reform, 2020)["homesteads_withdrawn"] is None  # nothing has begun: no cost per nothing


def test_json_has_null_and_never_nan(baseline, reform):
    import json

    found = to_object([baseline, reform], compare(baseline, reform, at=[2025]))
    text = json.dumps(found, allow_nan=False)
    assert found["reference"] == baseline.id and "NaN" not in text
    first = found["rows"][0]
    assert set(first["values"]) == {baseline.id, reform.id} and set(first["differences"]) == {reform.id}
