"""What a span reads besides its own rows: the published figures of one year. Saved with the run, they let one span be re-simulated alone.

Not here: where the figures come from (`sim/schedule.py`, markets, drivers).
"""
import numpy as np

from sim.declare import record
from sim.rng import EVENTS, key, keys
from sim.tables import FLOW_NAMES

SCALARS = ("grain_price", "price_shock", "inputs_price", "farm_growth", "outside_wage", "expected_outside_wage", "rural_pension", "urban_pension",
           "other_transfers", "loan_rate", "rate_limit", "fertility", "dividend_per_unit", "zone_yield")
DISTRICT_SCALARS = ("expected_wage", "expected_unemployment", "wage", "unemployment", "public_services", "living_cost", "district_yield",
                    "house_chance", "jobs", "premium_rate", "spread_insured", "rural_services", "village_time", "crop_price", "crop_weather",
                    "crop_premium_rate", "crop_steadied", "order_scale", "order_worth", "townspeople", "migrant_pay", "migrant_benefit", "move_ease",
                    "pledge_price", "talent_ease", "course_chance", "vocational_chance", "dwelling_price", "dwelling_rent", "trunk_time")
BANKS, BANK_SCALARS = 4, ("highest_rate",)
CLASS_SCALARS = ("expected_loss", "haircut")          # by class of collateral, in the order of `LOAN_CLASSES`

Year = record("Year", ("year", "first", "key", "place_keys", "right_keys", "rules", "distance", *SCALARS, *DISTRICT_SCALARS, *BANK_SCALARS, *CLASS_SCALARS),
              "sim.kernels.year")

# Cells of residence within a span: the village, the nine districts' towns, outside.
VILLAGE_CELL, OUTSIDE_CELL, CELLS = 0, 10, 11
# What is summed over the members and households of a cell, beside every household flow.
MEASURES = ("persons", "households", "children", "aged", "working_age", "employed", "unemployed", "farm_workers", "commuters", "deposits", "debt",
            "mini_wage", "mini_remittance", "members_away", "settled_units", "registered_income", "registered_persons",
            "fixed_rural_income", "fixed_rural_persons", "fixed_urban_income", "fixed_urban_persons", "labour", "contract_area", "operated_area",
            "rented_area", "grain", "idle_homesteads", "plots", "qualifications", "shares", "units", "equity", "regretted", "judged", "loans",
            "members_outside", "settled_members", "entrusted_area", "cash_crops", "greenhouses", "ordered_grain", "mini_benefit",
            "farms", "family_farms", "family_farm_area", "small_farm_area", "large_farm_area",
            "settled_homes", "home_worth", "mortgages", "coop_members")
TALLY = FLOW_NAMES + tuple(m for m in MEASURES if m not in FLOW_NAMES)
T = {name: i for i, name in enumerate(TALLY)}
# Things that happen within a span in a year.
HAPPENINGS = ("births", "deaths", "deaths_outside", "births_outside", "arrivals", "left_zone", "came_back", "settled", "returned", "new_households",
              "dissolved", "willing", "eligible", "signed", "lapsed", "homesteads_withdrawn", "qualification_retained", "contract_exits",
              "contract_area_exited", "shares_exited", "combined_exits", "plots_reclaimed", "plots_lapsed", "plots_granted", "house_leases",
              "contract_area_lapsed", "qualifications_lapsed", "qualifications_exited", "shares_lapsed", "loans_new", "loan_amount", "loan_refused", "defaults",
              "written_off", "rent_to_collective", "projects", "least_gain", "reclaimed_cost", "exit_cost", "exit_cost_plot", "violations_kernel",
              "keep_dominated", "leavers_estate", "plots_kept", "kept_cost", "greenhouses_built", "ventures", "trained", "farms_founded",
              "farms_helped", "ventures_returnees", "adult_courses", "vocational_pupils", "skilled_moves", "homes_bought", "homes_sold",
              "nongrain_refused_mu", "nongrain_refused_gain")
H = {name: i for i, name in enumerate(HAPPENINGS)}


def first_keys(seed, year):
    """Keys of every event (alternative 0), of the places and of the rights: uint32 arrays."""
    from sim.places import PLACE_COUNT
    return (np.array([key(seed, year, event) for event in EVENTS], np.uint32), keys(seed, year, "place", PLACE_COUNT), keys(seed, year, "right", 4))
