"""The evidence: the plan's figures are there to the digit, bad rows are refused with file and line, real paths are what they say."""
import math
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from sim import evidence
from sim.places import DISTRICT_IDS

PLAN = {
    "zone_area_2019": (11_081, "km2"),
    "zone_pop_2019": (3_330_000, "persons"),
    "zone_construction_land_2019": (89_400, "ha"),
    "zone_gdp_2019": (216_500_000_000, "yuan"),
    "zone_fiscal_all_2019": (23_710_000_000, "yuan"),
    "zone_fiscal_local_2019": (8_142_000_000, "yuan"),
    "zone_grain_2019": (2_731_000, "t"),
    "zone_agri_value_2019": (9_000_000_000, "yuan"),
    "zone_rural_income_2019": (15_107, "yuan"),
    "zone_plots_entered_2019": (222, "parcels"),
    "zone_plots_value_2019": (150_000_000, "yuan"),
    "zone_homesteads_used": (273, "homesteads"),
    "zone_reclaimed_ha": (73, "ha"),
}


@pytest.fixture
def copy(tmp_path):
    """A copy of the data that may be spoilt."""
    return shutil.copytree(evidence.DATA, tmp_path / "data")


def spoil(path, pattern, replacement):
    """Change the one line that matches; its number."""
    lines = path.read_text(encoding="utf-8").split("\n")
    [index] = [i for i, line in enumerate(lines) if re.search(pattern, line)]
    lines[index] = re.sub(pattern, replacement, lines[index])
    path.write_text("\n".join(lines), encoding="utf-8")
    return index + 1


@pytest.mark.parametrize("id", PLAN)
def test_the_plan_stands_to_the_digit(id):
    one = evidence.figure(id)
    assert (one.value, one.unit) == PLAN[id]
    assert (one.source, one.quality) == ("吉政办函〔2020〕118号", "official")
    assert one.place == ("jiutai" if one.year == 2020 else "zone")          # the pilot's counts to mid-2020 are Jiutai's


@pytest.mark.parametrize("pattern, replacement, says", [
    (r"^(zone_area_2019,.*?,zone),2019,11081,", r"\1,2019,eleven,", "value is 'eleven', not a number"),
    (r"^(zone_area_2019,.*?,zone),2019,11081,", r"\1,2019,nan,", "value is 'nan', not a number"),
    (r"^(zone_area_2019,.*?,zone),2019,11081,", r"\1,H1 2019,11081,", "year is 'H1 2019', not a number"),
    (r"^(zone_area_2019,.*?,zone),2019,11081,", r"\1,219,11081,", "year is '219'"),
    (r"^(zone_area_2019.*),km2,", r"\1,sq km,", "unit is 'sq km', which is not known"),
    (r"^(zone_area_2019.*),official,", r"\1,certain,", "quality is 'certain', which is not known"),
    (r"^(zone_area_2019.*),calibrate,", r"\1,fit,", "use is 'fit', which is not known"),
    (r"^(zone_area_2019.*)吉政办函〔2020〕118号", r"\1", "source is empty"),
    (r"^(zone_area_2019,.*?),zone,", r"\1,,", "place is empty"),
    (r"^(zone_area_2019.*),$", r"\1", "does not have 14 cells"),
    (r"^zone_area_2019,", "zone_pop_2019,", "zone_pop_2019 stands twice"),
])
def test_a_bad_row_is_refused_with_file_and_line(copy, pattern, replacement, says):
    line = spoil(copy / "statistics.csv", pattern, replacement)
    if "twice" in says:
        line += 1
    with pytest.raises(evidence.EvidenceError, match=re.escape(says)) as caught:
        evidence.figures(copy)
    assert str(caught.value).startswith(f"{copy / 'statistics.csv'}:{line}: ")
    assert (caught.value.file, caught.value.line) == (str(copy / "statistics.csv"), line)


def test_a_value_outside_its_own_range_is_refused(copy):
    spoil(copy / "assumptions.csv", r"^(zone_urban_inc_2019,.*),33200,", r"\1,332000,")
    with pytest.raises(evidence.EvidenceError, match="value 332000 lies outside its range, 31000 to 36500"):
        evidence.figures(copy)


def test_missing_unreadable_and_misshapen_files_are_refused(copy):
    (copy / "reforms.csv").write_text((copy / "reforms.csv").read_text(encoding="utf-8").replace("quality", "grade", 1), encoding="utf-8")
    with pytest.raises(evidence.EvidenceError, match="has no column quality"):
        evidence.figures(copy)
    (copy / "statistics.csv").write_bytes("总面积".encode("gbk"))
    with pytest.raises(evidence.EvidenceError, match="cannot be read"):
        evidence.figures(copy)
    (copy / "statistics.csv").unlink()
    evidence.figures.cache_clear()
    with pytest.raises(evidence.EvidenceError, match="cannot be read"):
        evidence.figures(copy)
    with pytest.raises(evidence.EvidenceError, match="is not a table"):
        (copy / "distances.csv").write_text('from,to,km,quality,source\n"jiutai" x,jiutai,0,assumed,x\n')
        evidence.distances(copy)


def test_an_unknown_figure_names_the_nearest():
    with pytest.raises(evidence.EvidenceError, match="zone_gdp_2019"):
        evidence.figure("zone_gdp_2018")


def test_the_nine_units_add_up_to_the_zone():
    units = evidence.districts()
    assert units.area_km2.sum() == 11_081
    assert units.population.sum() == 3_330_000
    assert units.rural_population.sum() == 1_152_000
    assert units.villages.sum() == 830
    assert (units.rural_population < units.population).all()
    assert units.population[DISTRICT_IDS.index("jiutai")] == 585_000


def test_units_that_do_not_add_up_or_lack_a_row_are_refused(copy):
    spoil(copy / "districts.csv", r"^(food_zone,population),72000,", r"\1,73000,")
    with pytest.raises(evidence.EvidenceError, match="population of the nine units adds up to 3,331,000, but zone_pop_2019 is 3,330,000"):
        evidence.districts(copy)
    evidence.figures.cache_clear()
    spoil(copy / "districts.csv", r"^food_zone,population,", "food_zone,rural_population,")
    with pytest.raises(evidence.EvidenceError, match="start_food_zone_rural_population stands twice"):
        evidence.districts(copy)
    evidence.figures.cache_clear()
    lines = (copy / "districts.csv").read_text(encoding="utf-8").split("\n")
    (copy / "districts.csv").write_text("\n".join(line for line in lines if not line.startswith("food_zone,rural")), encoding="utf-8")
    with pytest.raises(evidence.EvidenceError, match="there is no row for start_food_zone_population"):
        evidence.districts(copy)


def test_a_stated_difference_from_the_evidence_must_be_true(copy):
    spoil(copy / "districts.csv", r"^(jiutai,area,3200,km2,jiutai_area),-5.1,", r"\1,-1.5,")
    with pytest.raises(evidence.EvidenceError, match=r"difference_percent is -1.5, but jiutai_area is 3371.52. Write -5.1."):
        evidence.figures(copy)
    spoil(copy / "districts.csv", r"^(jiutai,area,3200,km2),jiutai_area,", r"\1,jiutai_size,")
    with pytest.raises(evidence.EvidenceError, match="near is 'jiutai_size', no figure with that id"):
        evidence.figures(copy)


def test_distances_are_a_metric():
    km = evidence.distances()
    assert km.shape == (9, 9)
    assert (km == km.T).all() and not km.diagonal().any() and (km[~np.eye(9, dtype=bool)] > 0).all()
    through = (km[:, :, None] + km[None, :, :]).min(axis=1)
    assert (km <= through).all()
    place = DISTRICT_IDS.index
    assert 90 <= km[place("changchun_new_area"), place("chuanying")] <= 120
    assert km[place("jiutai"), place("chuanying")] < km[place("changchun_new_area"), place("chuanying")]


def test_lopsided_distances_are_refused(copy):
    spoil(copy / "distances.csv", r"^jiutai,shuangyang,90,", "jiutai,shuangyang,91,")
    with pytest.raises(evidence.EvidenceError, match="is not symmetric"):
        evidence.distances(copy)


def test_what_is_kept_for_checking_cannot_be_fitted_to():
    targets = evidence.calibration_targets()
    assert all(one.use == "calibrate" for one in targets.values())
    kept = {one.id for one in evidence.figures().values() if one.use == "validate"}
    assert {"MIG02", "MIG03", "CCL03", "COL08", "ECOM01", "jl_grain_2021"} <= kept
    assert not kept & set(targets)
    assert {"zone_rural_income_2019", "zone_homesteads_used", "MIG01"} <= set(targets)


def test_no_local_income_after_2019_is_fitted_to():
    local = {"zone", "jilin_province", "changchun", "jilin_city", *DISTRICT_IDS}
    assert not [one.id for one in evidence.calibration_targets().values()
                if one.place in local and one.year > 2019 and re.search(r"_(inc|income|cons|ratio|grain)", one.id)]


def test_what_is_assumed_is_marked():
    found = {one.id for one in evidence.assumed()}
    assert {"zone_urban_inc_2019", "jl_rent_2019", "zone_contract_units_2019", "start_jiutai_area"} <= found
    assert not any(one.quality == "official" for one in evidence.assumed())
    urban = evidence.figure("zone_urban_inc_2019")
    assert (urban.low, urban.high) == (31_000, 36_500)
    assert math.isnan(evidence.figure("zone_area_2019").low)


def test_assumed_income_components_add_up():
    parts = ("wage", "operating", "property", "transfer")
    assert sum(evidence.figure(f"zone_rural_{part}_2019").value for part in parts) == 15_107
    assert sum(evidence.figure(f"zone_urban_{part}_2019").value for part in parts) == evidence.figure("zone_urban_inc_2019").value


def test_household_counts_add_up():
    value = {one: evidence.figure(f"zone_{one}_2019").value for one in (
        "contract_units_village", "contract_units_town", "rural_households_without_contract", "urban_households_without_rights",
        "collective_units", "family_households", "hh")}
    assert value["contract_units_village"] + value["rural_households_without_contract"] == evidence.figure("zone_rural_hh_2019").value
    assert value["family_households"] + value["collective_units"] == value["hh"]
    assert sum(value.values()) == 2 * value["hh"] + value["family_households"]


def test_no_row_speaks_of_how_it_was_found():
    for path in evidence.DATA.glob("*.csv"):
        assert not re.search(r"seed file|find_string|corpus|search excerpt|\{\{|\.\./", path.read_text(encoding="utf-8"))


def test_drivers_start_exactly_at_2019():
    start = {name: path[0] for name, path in evidence.drivers(2019, 2019).items()}
    assert start["grain_price"] == 0.77 * 1.72 + 0.23 * 2.60
    assert abs(start["grain_price"] - 1.9224) < 1e-12
    assert start["outside_wage"] == 12 * 4427
    assert start["rural_pension"] == 1300
    for index in ("inputs_price", "urban_pension", "other_rural_transfers", "cpi"):
        assert start[index] == 1
    for change in ("outside_wage_growth", "demand_growth", "demand_shock"):
        assert start[change] == 0
    assert start["real_lpr"] == pytest.approx(0.013)


def test_drivers_of_2021_by_hand():
    at = {name: path[2] for name, path in evidence.drivers(2019, 2035).items()}
    cpi = 1.025 * 1.009
    assert at["cpi"] == pytest.approx(cpi)
    assert at["grain_price"] == pytest.approx((0.77 * 2.55 + 0.23 * 2.70) / cpi)
    assert at["inputs_price"] == pytest.approx(1.15 / cpi)
    assert at["outside_wage"] == pytest.approx(12 * 5013 / cpi)
    assert at["outside_wage_growth"] == pytest.approx(math.log(5013 / 4549 / 1.009))
    assert at["rural_pension"] == pytest.approx(1300 * 1.05 ** 2 / cpi)
    assert at["urban_pension"] == pytest.approx(1.05 * 1.045 / cpi)
    assert at["other_rural_transfers"] == pytest.approx(1.08 ** 2 / cpi)
    assert at["real_lpr"] == pytest.approx(0.029)
    assert at["demand_growth"] == pytest.approx(math.log(1.033))
    assert at["demand_shock"] == pytest.approx(0.05)


def test_drivers_of_2032_by_hand():
    at = {name: path[0] for name, path in evidence.drivers(2032, 2050).items()}
    cpi = 1.025 * 1.009 * 1.02 * 1.002 * 1.002 * 1.01 ** 6 * 1.015 ** 2
    assert at["grain_price"] == pytest.approx((0.77 * 2.15 * 1.01 ** 5 * 1.015 ** 2 + 0.23 * 2.70 * 1.01 ** 8) / cpi, rel=1e-5)
    assert at["outside_wage"] == pytest.approx(12 * 5634 * 1.038 ** 6 * 1.032 ** 2 / cpi, rel=1e-6)
    assert at["rural_pension"] == pytest.approx(1300 * 1.05 ** 2 * 1.06 ** 2 * 1.15 * 1.06 ** 6 * 1.05 ** 2 / cpi, rel=1e-6)
    assert at["real_lpr"] == pytest.approx(0.015)
    assert at["demand_growth"] == pytest.approx(math.log(1.015))
    assert all(len(path) == 19 and path.dtype == np.float64 and np.isfinite(path).all() for path in evidence.drivers(2032, 2050).values())


def test_drivers_outside_their_years_are_refused(copy):
    with pytest.raises(evidence.EvidenceError, match="no drivers from 2018 to 2035"):
        evidence.drivers(2018, 2035)
    with pytest.raises(evidence.EvidenceError, match="no drivers from 2019 to 2051"):
        evidence.drivers(2019, 2051)
    spoil(copy / "drivers.csv", r"^2021,maize_price,", "2020,maize_price,")
    with pytest.raises(evidence.EvidenceError, match="maize_price of 2020 stands twice"):
        evidence.nominal_drivers(copy)
    lines = (copy / "drivers.csv").read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if ",maize_price," not in line or line[:4] == "2019"]
    (copy / "drivers.csv").write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(evidence.EvidenceError, match="maize_price has no value for 2020"):
        evidence.nominal_drivers(copy)


def test_drivers_are_copies():
    evidence.drivers()["cpi"][:] = 0
    assert evidence.drivers()["cpi"][0] == 1


def test_money_of_other_years_in_yuan_of_2019():
    assert evidence.deflate(100, 2019) == 100
    assert evidence.deflate(102.5, 2020) == pytest.approx(100)
    assert evidence.deflate(100, 2018) == pytest.approx(102.9)
    with pytest.raises(evidence.EvidenceError, match="no consumer price for 1978"):
        evidence.deflate(100, 1978)


def test_income_shapes_fit_their_fifths():
    rural = evidence.income_shapes()["cn_q_rural_2019"]
    assert (rural.dagum_a, rural.dagum_p, rural.quality) == (3.331, 0.4616, "memory")
    rank = (np.arange(500_000) + 0.5) / 500_000
    income = ((rank ** (-1 / rural.dagum_p)) - 1) ** (-1 / rural.dagum_a)
    shares = income.reshape(5, -1).sum(axis=1) / income.sum()
    assert np.abs(shares - rural.quintiles / rural.quintiles.sum()).max() < 0.003


def test_the_hash_changes_with_a_figure_and_not_with_line_ends(copy):
    before = evidence.content_hash(copy)
    assert before == evidence.content_hash()
    path = copy / "statistics.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    evidence.content_hash.cache_clear()
    assert evidence.content_hash(copy) == before
    spoil(path, r"^(zone_area_2019,.*),11081,", r"\1,11082,")
    evidence.content_hash.cache_clear()
    assert evidence.content_hash(copy) != before


def test_reading_the_evidence_is_light():
    heavy = ("pandas", "numba", "mesa", "plotly", "scipy")
    code = f"import sys, sim.evidence; sim.evidence.figures(); print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=evidence.DATA.parent.parent)
    assert done.stdout.strip() == "[]"
