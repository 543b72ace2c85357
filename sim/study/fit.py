"""How near the built population and the simulated 2019 come to the evidence: one row per figure, with how firm the figure is.

    built        people, districts, land, households, deposits on 1 January 2019
    simulated    output, taxes, grain, incomes by component, their shapes, and every target of the calibration
With a run folder its own 2019 is read (built figures that a run does not keep are left out); without one a sample is built and simulated.
Not here: finding the constants (`sim/study/calibration.py`), evidence that is kept for checking causes (`sim/data/reforms.csv`).
"""
import math

import numpy as np

from sim import evidence
from sim.accounts import DISTRICT, RURAL, UPPER, URBAN
from sim.indicators import gini
from sim.places import DISTRICT_IDS, OUTSIDE, VILLAGE
from sim.tables import CONTRACT, FREE
from sim.units import M2_PER_HA, M2_PER_MU

COLUMNS = ("target", "unit", "value", "reached", "error_percent", "quality", "source")
HOUSEHOLDS = 60_000
BASE = 2019
COMPONENTS = ("wage_income", "operating_income", "property_income", "transfer_income")
SECTORS = ("rural", "urban")
FIFTHS = ("low", "lower_middle", "middle", "upper_middle", "high")
GRAIN_INDEX = {2020: "jl_grain_2020", 2021: "jl_grain_2021", 2023: "jl_grain_2023"}
GDP_INDEX = {year: f"cc_gdp_{year}" for year in range(2020, 2025)}
LATER = {("population", 2035): "zone_population_2035", ("urbanisation_rate", 2035): "zone_urban_share_2035"}


class Reading:
    """The recorded tables of a run or of one simulation, means over its seeds."""

    def __init__(self, indicators, distribution, accounts, seeds=1):
        self.seeds = seeds
        self.years = tuple(sorted(indicators["year"].unique()))
        self._indicators = indicators.groupby(["year", "indicator", "sector", "district"])["value"].sum() / seeds
        deciles = distribution[distribution["group"].str.startswith("decile")]
        self._deciles = deciles.groupby(["year", "sector", "group"])["value"].sum() / seeds
        self._accounts = accounts[accounts["year"] == BASE].groupby(["code", "payer", "receiver"])["yuan"].sum() / seeds

    @classmethod
    def of_run(cls, run):
        return cls(run.indicators, run.distribution, run.accounts, len(run.seeds))

    @classmethod
    def of_results(cls, *results):
        """Of simulations of one scenario, one per seed."""
        import pandas as pd

        from sim.cells import TABLES
        tables = ([row for result in results for row in getattr(result, name)] for name in ("indicators", "distribution", "accounts"))
        return cls(*(pd.DataFrame(rows, columns=TABLES[name]) for name, rows in zip(("indicators", "distribution", "accounts"), tables)), len(results))

    def one(self, id, sector="all", district="zone", year=BASE):
        """An indicator; NaN where the run does not have it."""
        return float(self._indicators.get((year, id, sector, district), math.nan))

    def paid(self, *codes, receivers):
        """Payments of 2019 under these codes to these sectors, yuan."""
        return float(sum(amount for (code, _, receiver), amount in self._accounts.items() if code in codes and receiver in receivers))

    def fifths(self, sector):
        """Mean incomes of the fifths of a sector, (5,)."""
        deciles = np.array([self._deciles.get((BASE, sector, f"decile {k}"), math.nan) for k in range(1, 11)])
        return deciles.reshape(5, 2).mean(1)


def fit_table(run=None):
    """A DataFrame with COLUMNS, one row per figure. run: an opened run, or None."""
    import pandas as pd
    reading, built, moments = (Reading.of_run(run), {}, {}) if run is not None else simulate_base(BASE)
    rows = [*built_rows(built, reading), *simulated_rows(reading), *shape_rows(reading), *target_rows(moments)]
    return pd.DataFrame([row for row in rows if row[3] == row[3]], columns=COLUMNS)


def read_path(run=None):
    """The Reading of a run, or of the baseline to 2035 on a sample where none is given."""
    return Reading.of_run(run) if run is not None else simulate_base(2035)[0]


def path_table(reading):
    """Figures year by year beside the evidence there is for them: COLUMNS with `year` in front."""
    import pandas as pd
    return pd.DataFrame(by_year(reading), columns=("year", *COLUMNS))


def simulate_base(last):
    """Build and simulate the baseline from 2019 on a sample: (Reading, built figures, moments of the calibration)."""
    from sim.scenario import load
    from sim.simulation import Simulation
    from sim.study.calibration import opening_moments, year_moments
    moving = Simulation(load("baseline").ending(last), households=HOUSEHOLDS)
    built, moments = built_figures(moving.state), opening_moments(moving.state)
    while not moving.finished:
        moving.step()
        if moving.year == BASE:
            moments |= year_moments(moving.state)
    result = moving.result()
    moving.close()
    return Reading.of_results(result), built, moments


def built_figures(state):
    """Totals of the built population, weighted: {id of the evidence: value}."""
    spans, hh, pp = state.people[:3]
    weight, held = spans.weight[hh.span], hh.kind != FREE
    inside, units = held & (hh.residence != OUTSIDE), hh.kind == CONTRACT
    person = np.where((pp.age >= 0) & (pp.residence != OUTSIDE), spans.weight[hh.span[pp.household]], 0.0)
    village = pp.residence == VILLAGE
    by_place = np.bincount(np.maximum(pp.residence.astype(int) - 2, 0), person * ~village, len(DISTRICT_IDS))[:len(DISTRICT_IDS)]
    by_place += np.bincount(spans.district[hh.span[pp.household]], person * village, len(DISTRICT_IDS))
    out = {"zone_pop_2019": person.sum(), "zone_rural_population_2019": person[village].sum()}
    out |= {f"start_{id}_population": people for id, people in zip(DISTRICT_IDS, by_place)}
    out |= {
        "zone_area_2019": evidence.districts().area_km2.sum(), "zone_construction_land_2019": (spans.construction * spans.weight).sum() / M2_PER_HA,
        "zone_contract_land_2019": (hh.contract_area * weight).sum() / M2_PER_MU, "zone_cash_crop_area_2019": (hh.cash_crop_area * weight).sum() / M2_PER_MU,
        "zone_hh_2019": weight[inside].sum(), "zone_contract_units_2019": weight[units].sum(),
        "zone_contract_units_village_2019": weight[units & (hh.residence == VILLAGE)].sum(),
        "zone_contract_units_town_2019": weight[units & (hh.residence > VILLAGE) & (hh.residence < OUTSIDE)].sum(),
        "zone_contract_units_outside_2019": weight[units & (hh.residence == OUTSIDE)].sum(),
        "zone_deposits_2019": (hh.deposits * weight)[inside].sum(), "zone_rural_loans_2019": (hh.debt * weight)[inside].sum(),
        "zone_own_dwelling_plot_2019": np.average(hh.plot_area[units], weights=weight[units]),
        "zone_house_area_2019": np.average(hh.house_area[units], weights=weight[units])}
    return {name: float(value) for name, value in out.items()}


def _row(target, unit, value, reached, quality, source):
    error = round(100 * (reached / value - 1), 4) + 0.0 if value and value == value else math.nan
    return target, unit, float(value), float(reached), error, quality, source


def _figure_row(id, reached, scale=1.0):
    """A row for a figure of the evidence by its id; scale turns what was reached into the figure's unit."""
    figure = evidence.figure(id)
    return _row(id, figure.unit, figure.value, reached * scale, figure.quality, figure.source)


def built_rows(built, reading):
    """People, land, households and balances. Of a run, what its indicators of 2019 hold: stocks of the end of that year."""
    if built:
        return [_figure_row(id, value) for id, value in built.items()]
    rows = [_figure_row("zone_pop_2019", reading.one("population")), _figure_row("zone_rural_population_2019", reading.one("population", "rural"))]
    rows += [_figure_row(f"start_{id}_population", reading.one("population", district=id)) for id in DISTRICT_IDS]
    return rows + [_figure_row("zone_construction_land_2019", reading.one("construction_land_ha")),
                   _figure_row("zone_contract_land_2019", reading.one("farmland_mu")), _figure_row("zone_hh_2019", reading.one("households")),
                   _figure_row("zone_rural_loans_2019", reading.one("loans_outstanding_yuan"))]


def simulated_rows(reading):
    """Output, taxes, farming and incomes of 2019."""
    government, people = (DISTRICT, UPPER), (RURAL, URBAN)
    rows = [
        _figure_row("zone_gdp_2019", reading.one("gdp_yuan")),
        _figure_row("zone_fiscal_all_2019", reading.paid("production_tax", "income_tax", receivers=government)),
        _figure_row("zone_fiscal_local_2019", reading.paid("production_tax", "income_tax", receivers=(DISTRICT,))),
        _figure_row("zone_fiscal_spending_2019", reading.paid("public_services", "infrastructure", receivers=("firms",))),
        _figure_row("zone_grain_2019", reading.one("grain_output_t")),
        _figure_row("zone_agri_value_2019", reading.paid("grain", "other_farm_sales", receivers=people)),
        _figure_row("zone_rent_2019", reading.one("land_rent_yuan_per_mu")), _figure_row("zone_transfer_share_2019", reading.one("land_transfer_share")),
        _figure_row("zone_wages_to_residents_2019", reading.paid("wages", receivers=people)),
        _figure_row("zone_rural_income_2019", reading.one("disposable_income", "rural")),
        _figure_row("zone_urban_inc_2019", reading.one("disposable_income", "urban"))]
    return rows + [_figure_row(f"zone_{sector}_{name.removesuffix('_income')}_2019", reading.one(name, sector)) for sector in SECTORS for name in COMPONENTS]


def shape_rows(reading):
    """Inequality within each sector by fifths of the people, against the fifths of 2019 in the country."""
    rows = []
    for sector in SECTORS:
        shape, fifths = evidence.income_shapes()[f"cn_q_{sector}_2019"], reading.fifths(sector)
        ones = np.ones(5)
        rows.append(_row(f"{sector}_gini_of_fifths", "index", shape.gini, gini(fifths, ones), shape.quality, shape.source))
        for k, name in enumerate(FIFTHS):
            rows.append(_row(f"{sector}_{name}", "ratio", shape.quintiles[k] / shape.quintiles.mean(), fifths[k] / fifths.mean(), shape.quality, shape.source))
        rows.append(_row(f"{sector}_high_over_low", "ratio", shape.quintiles[4] / shape.quintiles[0], fifths[4] / fifths[0], shape.quality, shape.source))
    return rows


def target_rows(moments):
    """Every target of the calibration."""
    from sim.study.calibration import TARGETS
    return [_row(f"calibration.{t.name}", t.unit, t.value, moments[t.name], t.quality, t.source) for t in TARGETS if t.name in moments]


def by_year(reading):
    """Zone figures of every year beside the evidence there is for it; NaN where there is none. Indices: 2019 = 100, output of firms 2020 = 100."""
    rows = []
    anchors = {"population": "zone_pop_2019", "disposable_income.rural": "zone_rural_income_2019", "disposable_income.urban": "zone_urban_inc_2019"}
    price = evidence.price_levels()
    for year in map(int, reading.years):
        def add(target, unit, reached, id=None, value=None, year=year):
            figure = evidence.figure(id) if id else None
            value = math.nan if figure is None else figure.value if value is None else value
            rows.append((year, *_row(target, unit, value, reached, figure.quality if figure else "", figure.source if figure else "")))
        for target, unit in (("population", "persons"), ("urbanisation_rate", "percent"), ("disposable_income.rural", "yuan"),
                             ("disposable_income.urban", "yuan"), ("income_gap_ratio", "ratio")):
            id, _, sector = target.partition(".")
            figure = LATER.get((target, year), anchors.get(target) if year == BASE else None)
            add(target, unit, reading.one(id, sector or "all", year=year), figure)
        if year in GRAIN_INDEX:
            value = 100 * evidence.figure(GRAIN_INDEX[year]).value / evidence.figure("jl_grain_2019").value
            add("grain_index", "index", 100 * reading.one("grain_output_t", year=year) / reading.one("grain_output_t"), GRAIN_INDEX[year], value)
        if year in GDP_INDEX:
            first = evidence.figure(GDP_INDEX[2020]).value / price[2020]
            value = 100 * evidence.figure(GDP_INDEX[year]).value / price[year] / first
            add("gdp_index", "index", 100 * reading.one("gdp_yuan", year=year) / reading.one("gdp_yuan", year=2020), GDP_INDEX[year], value)
    return rows
