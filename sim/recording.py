"""What is kept of a year: indicators by district and sector, distribution, flows of the four factors, accounts, published paths.

Every figure is read from the weighted sums of the year, the books and the household columns. Not here: files (`sim/cells.py`).
"""
import hashlib

import numpy as np

from sim.accounts import DISTRICT, UPPER
from sim.indicators import INDICATORS, SAMPLE_QUANTITIES
from sim.institutions import businesses, disposal, farms, industry, labour_policy
from sim.institutions.banks import by_class, capital_ratio, loan_book
from sim.institutions.firms import by_cell
from sim.institutions.governments import policy_cost
from sim.institutions.land import by_district, rule
from sim.institutions.nonfarm import spent_apart
from sim.kernels import inequality
from sim.kernels.counting import stamp_rows, stamp_sums
from sim.kernels.work import DOOR_MINUTES, MINUTES_PER_KM
from sim.kernels.year import BANK_SCALARS, CLASS_SCALARS, DISTRICT_SCALARS, SCALARS, H, T
from sim.national_accounts import INDICATOR_OF, product
from sim.places import DISTRICT_IDS
from sim.rules import RULE_INDEX
from sim.units import KG_PER_TONNE, M2_PER_HA, M2_PER_MU

OPERATING = (("grain_sales", 1), ("order_gain", 1), ("coop_gain", 1), ("other_sales", 1), ("own_account_income", 1), ("farm_inputs", -1),
             ("rent_paid", -1), ("lease_cost", -1), ("trusteeship_fee", -1), ("premium", -1), ("indemnity", 1))
PROPERTY = (("rent_received", 1), ("interest", 1), ("loan_interest", -1), ("pledge_rent", -1), ("dividend", 1), ("profit", 1),
            ("house_rent", 1), ("imputed_rent", 1))
TRANSFER = (("producer_subsidy", 1), ("fertility_subsidy", 1), ("pension", 1), ("other_transfer", 1), ("remittance_zone", 1), ("remittance_outside", 1))
PUBLISHED = SCALARS + DISTRICT_SCALARS + BANK_SCALARS + CLASS_SCALARS
# What districts pay for policies, with what province and centre give back of grants to projects.
POLICY_COSTS = ("project_grant", "quota", "guarantee_grant", "company_capital", "premium_subsidy", "crop_grant", "farm_grant", "coop_support",
                "village_works", "village_services", "labour_services", "venture_grant", "industrial_works", "lead_grant", "fund_equity")
# What province and centre pay for them, beside the grant for public works.
UPPER_COSTS = ("project_grant", "premium_subsidy", "reinsurance", "recapitalisation", "trunk_roads", "evaluation_award", "fund_equity")
# What the collective of a span decides and households of the span read, year by year.
SPAN_PATHS = ("offer", "leasing", "plot_use", "dividend", "recovered", "relocated", "trade")
LAND_PATHS = {"state_land_price": "state_price", "collective_land_price": "collective_price", "quota_price": "quota_price"}
LOANS_BY_CLASS = tuple(f"loans_{name}_yuan" for name in ("on_name", "farmland", "house", "share", "packaged", "mortgage"))      # in the order of LOAN_CLASSES


def income_components(x):
    """Sums of the four NBS components, {name: (2, 9)}: residents' households and, in towns, members living apart from them."""
    def signed(names):
        return sum(sign * x[name][:2] for name, sign in names)
    apart, sent = np.zeros_like(x["mini_wage"][:2]), np.zeros_like(x["mini_wage"][:2])       # pay; remittances less unemployment benefit
    apart[1], sent[1] = x["mini_wage"][1], x["mini_remittance"][1] - x["mini_benefit"][1]
    return {"wage_income": x["wage_income"][:2] + apart, "operating_income": signed(OPERATING), "property_income": signed(PROPERTY),
            "transfer_income": signed(TRANSFER) - sent}


def span_quantities(state):
    """SAMPLE_QUANTITIES of every span, unweighted, (S, K)."""
    tally, happened = state.tally, state.happened
    x = {name: np.stack([tally[:, 0, i], tally[:, 1:10, i].sum(1)])[:, :, None] for name, i in T.items()}      # (2, S, 1): village, towns
    parts = {name: sums[:, :, 0] for name, sums in income_components(x).items()}
    parts["disposable_income"] = sum(parts.values())
    apart = np.stack([np.zeros(len(tally)), spent_apart(x)[:, 0]])
    parts["consumption"] = x["consumption"][:, :, 0] + x["imputed_rent"][:, :, 0] + apart
    parts["persons"] = x["persons"][:, :, 0]
    found = {f"{name}_{sector}": values[i] for name, values in parts.items() for i, sector in enumerate(("rural", "urban"))}
    every = {name: tally[:, :, i].sum(1) for name, i in T.items()}
    found |= {name: every[name] for name in ("contract_area", "rented_area")}
    found |= {name: happened[:, H[name]] for name in ("homesteads_withdrawn", "qualification_retained", "shares_exited", "combined_exits", "loans_new")}
    found |= {"village_projects_funded": happened[:, H["projects"]], "village_projects_dropped": state.slots["short"]}
    found["contract_rights_exited_mu"] = happened[:, H["contract_area_exited"]] / M2_PER_MU
    found["homestead_reclaimed_ha"] = happened[:, H["plots_reclaimed"]] / M2_PER_HA
    found["loans_outstanding_yuan"], found["grain_output_t"] = every["debt"] - every["mortgages"], every["grain"] / KG_PER_TONNE
    found["settled_migrants"] = tally[:, 1:10, T["settled_members"]].sum(1)
    b = state.behaviour
    public, d, village = state.public, state.spans.district, state.collectives
    paid = state.delivered[RULE_INDEX["premium_subsidy"], d]
    subsidy = paid / (1 - paid) * float(b.premium_district_share)
    helped = (("greenhouse_grant", "greenhouses_built"), ("farm_grant", "farms_helped"))
    grants = every["venture_grant"] + farms.quality_cost(state)[d] * state.spans.coop
    grants = grants + sum(state.delivered[RULE_INDEX[rule], d] * happened[:, H[done]] for rule, done in helped)
    roads = policy_cost(state)[d] * (state.spans.urban == 0) / np.maximum(public.villages, 1.0)[d]
    own_part = village.public_part * (1 - rule(state, "grant_share")[d])
    banking = sum(state.books.total(code, payer=DISTRICT) for code in ("guarantee_grant", "company_capital"))
    owed = by_district(state.spans, every["debt"])
    banking = np.divide(banking, owed, out=np.zeros(9), where=owed > 0)[d] * every["debt"]          # goes with what is owed
    found["fiscal_cost_yuan"] = (own_part + banking + village.renewal_cost + village.service_cost + labour_policy.cost_by_span(state) + roads
                                 + grants + industry.cost_by_span(state) + state.land.quota_price[d] * village.quota + subsidy * every["premium"])
    found |= {"parcels_entered": state.collectives.parcel, "parcels_value_yuan": state.collectives.parcel_value}
    return np.column_stack([found[name] for name in SAMPLE_QUANTITIES])


def collective_deal_price(village, spans, zone=False):
    """Mean price of the year's parcels by area, yuan/m2, by district or of the zone; NaN without any."""
    where = np.zeros_like(spans.district) if zone else spans.district
    value, area = (np.bincount(where, spans.weight * x, 9) for x in (village.parcel_value, village.parcel_area))
    price = np.divide(value, area, out=np.full(9, np.nan), where=area > 0)
    return price[0] if zone else price


class Recorder:
    """Collects the years of one run."""

    def __init__(self):
        self.indicators, self.distribution, self.flows, self.accounts, self.loans, self.paths = [], [], [], [], [], {}

    def record(self, state, snapshot=None):
        """Take down the year that has just closed."""
        measured = inequality.measure(state.runner, state.spans, state.households)
        self._indicators(state)
        self._distribution(state, *measured())
        self._flows(state)
        self.loans += [(state.year, *row) for row in loan_book(state)]
        for (code, payer, receiver), amount in state.books.postings.items():
            if np.any(amount):
                self.accounts += [(state.year, d, code, payer, receiver, float(a)) for d, a in zip(DISTRICT_IDS, amount)]
        for name in PUBLISHED:
            self.paths.setdefault(name, []).append(np.asarray(getattr(state.published, name)).copy())
        for name in SPAN_PATHS:
            table = state.spans if hasattr(state.spans, name) else state.collectives
            self.paths.setdefault(name, []).append(getattr(table, name).copy())
        for path, name in LAND_PATHS.items():
            self.paths.setdefault(path, []).append(getattr(state.land, name).copy())
        self.paths.setdefault("effort", []).append(state.public.effort.copy())
        self.paths.setdefault("project_cash", []).append(state.project_cash.copy())
        self.paths.setdefault("rent", []).append(state.spans.rent.copy())
        self.paths.setdefault("delivered", []).append(state.delivered.copy())
        self.paths.setdefault("span_digest", []).append(sum_digests(state))
        if not state.people.whole:
            self.paths.setdefault("sample_values", []).append(span_quantities(state))

    def _add(self, year, id, value, sector="all", district="zone"):
        if np.isfinite(value):
            self.indicators.append((year, district, sector, id, float(value), INDICATORS[id].unit))

    def _both(self, year, id, by_district, sector="all"):
        """A quantity that adds up: nine districts and the zone."""
        for d, value in zip(DISTRICT_IDS, by_district):
            self._add(year, id, value, sector, d)
        self._add(year, id, float(np.sum(by_district)), sector)

    def _indicators(self, state):
        year, x, add, both = state.year, state.totals, self._add, self._both
        people = x["persons"][:2]
        parts = income_components(x)
        parts["disposable_income"] = sum(parts.values())
        spent = x["consumption"][:2].copy()
        spent[1] += spent_apart(x)
        parts["consumption"] = spent + x["imputed_rent"][:2]
        mean = {}
        for name, sums in parts.items():
            for s, sector in enumerate(("rural", "urban")):
                for i, d in enumerate(DISTRICT_IDS):
                    if people[s, i] > 0:
                        add(year, name, sums[s, i] / people[s, i], sector, d)
                mean[name, sector] = sums[s].sum() / people[s].sum()
                add(year, name, mean[name, sector], sector)
            add(year, name, sums.sum() / people.sum())
        income = parts["disposable_income"]
        add(year, "income_gap_ratio", mean["disposable_income", "urban"] / mean["disposable_income", "rural"])
        for i, d in enumerate(DISTRICT_IDS):
            add(year, "income_gap_ratio", income[1, i] / people[1, i] / (income[0, i] / people[0, i]), "all", d)
        cost = {s: (getattr(state.living, place) * people[i]).sum() / people[i].sum() for i, (s, place) in enumerate((("rural", "village"), ("urban", "town")))}
        add(year, "income_gap_ratio_real", mean["disposable_income", "urban"] / cost["urban"] / (mean["disposable_income", "rural"] / cost["rural"]))
        for i, d in enumerate(DISTRICT_IDS):
            add(year, "living_cost_index", 100 * state.living.village[i], "rural", d)
            add(year, "living_cost_index", 100 * state.living.town[i], "urban", d)
        for s, value in cost.items():
            add(year, "living_cost_index", 100 * value, s)
        add(year, "consumption_gap_ratio", mean["consumption", "urban"] / mean["consumption", "rural"])
        fixed = {s: x[f"fixed_{s}_income"].sum() / max(x[f"fixed_{s}_persons"].sum(), 1.0) for s in ("rural", "urban")}
        add(year, "income_gap_ratio_fixed_membership", fixed["urban"] / fixed["rural"])
        registered, number = x["registered_income"].sum(), x["registered_persons"].sum()
        everyone, sent_outside = income.sum(), (x["outside_wage"] - x["remittance_outside"])[:2].sum()
        town = (everyone + sent_outside - registered) / max(people.sum() + x["members_outside"].sum() - number, 1.0)
        add(year, "income_gap_ratio_registered", town / (registered / number))
        both(year, "population", people[0], "rural")
        both(year, "population", people[1], "urban")
        both(year, "population", people.sum(0))
        both(year, "households", x["households"][:2].sum(0))
        for i, d in enumerate(DISTRICT_IDS):
            add(year, "urbanisation_rate", 100 * people[1, i] / people[:, i].sum(), "all", d)
        add(year, "urbanisation_rate", 100 * people[1].sum() / people.sum())
        both(year, "settled_migrants", x["settled_members"][1])
        both(year, "migrant_workers", x["members_away"][0])
        both(year, "farm_workers", x["farm_workers"][:2].sum(0))
        both(year, "nonfarm_jobs", x["employed"][1] + x["commuters"][0])
        self._work(state, add, both)
        self._land(state, add, both)
        self._rights(state, add, both)
        self._money(state, add, both)

    def _work(self, state, add, both):
        """Unemployment of those with a base in the zone's firms, training, own businesses, visits and the standard of villages."""
        year, x, c, spans = state.year, state.totals, state.counts, state.spans
        working, idle = (x[name][:2].sum(0) for name in ("employed", "unemployed"))
        for d, value, of in zip((*DISTRICT_IDS, "zone"), (*idle, idle.sum()), (*(working + idle), (working + idle).sum())):
            add(year, "unemployment_rate", 100 * value / max(of, 1.0), "all", d)
        both(year, "trained_workers", c["trained"])
        for id in ("adult_courses", "vocational_pupils", "skilled_moves"):
            both(year, id, c[id])
        both(year, "new_businesses", c["ventures"])
        both(year, "new_businesses_returnees", c["ventures_returnees"])
        both(year, "own_business_jobs", businesses.jobs(state))
        for id, values in (("serviced_sites", industry.serviced_sites), ("public_equity_yuan", industry.public_equity),
                           ("agri_industry_yuan", industry.agricultural_value)):
            both(year, id, values(state))
        both(year, "village_visits", by_district(spans, state.collectives.visits))
        village = (spans.urban == 0).astype(float)
        fine = by_district(spans, village * (spans.beautiful > 0))
        for d, value, of in zip(DISTRICT_IDS, fine, by_district(spans, village)):
            add(year, "beautiful_village_share", 100 * value / max(of, 1e-9), "all", d)
        add(year, "beautiful_village_share", 100 * fine.sum() / by_district(spans, village).sum())

    def _land(self, state, add, both):
        year, x, c, spans = state.year, state.totals, state.counts, state.spans
        land = x["contract_area"].sum(0)
        both(year, "farmland_mu", land / M2_PER_MU)
        for i, d in enumerate(DISTRICT_IDS):
            add(year, "land_transfer_share", 100 * x["rented_area"].sum(0)[i] / land[i], "all", d)
        add(year, "land_transfer_share", 100 * x["rented_area"].sum() / land.sum())
        for i, d in enumerate(DISTRICT_IDS):
            add(year, "entrusted_land_share", 100 * x["entrusted_area"].sum(0)[i] / land[i], "all", d)
        add(year, "entrusted_land_share", 100 * x["entrusted_area"].sum() / land.sum())
        for i, d in enumerate((*DISTRICT_IDS, "zone")):
            rows = slice(i, i + 1) if d != "zone" else slice(None)
            grain = x["grain"].sum(0)[rows].sum()
            add(year, "contracted_farming_share", 100 * x["ordered_grain"].sum(0)[rows].sum() / grain if grain > 0 else 0.0, "all", d)
        both(year, "family_farms", x["family_farms"].sum(0))
        both(year, "family_farms_new", c["farms_founded"])
        operated, farms = x["operated_area"].sum(0), x["farms"].sum(0)
        for i, d in enumerate((*DISTRICT_IDS, "zone")):
            rows = slice(i, i + 1) if d != "zone" else slice(None)
            land_of, number = operated[rows].sum(), farms[rows].sum()
            if number > 0:
                add(year, "farm_size_mu", land_of / number / M2_PER_MU, "all", d)
                for id, name in (("family_farm_land_share", "family_farm_area"), ("small_farm_land_share", "small_farm_area"),
                                 ("large_farm_land_share", "large_farm_area")):
                    add(year, id, 100 * x[name].sum(0)[rows].sum() / land_of, "all", d)
        village = spans.weight * spans.coop
        both(year, "cooperatives", np.bincount(spans.district, village, 9))
        both(year, "cooperative_members", x["coop_members"].sum(0))
        both(year, "patronage_yuan", state.books.total("patronage"))
        refused = c["nongrain_refused_mu"], c["nongrain_refused_gain"]
        for i, d in enumerate((*DISTRICT_IDS, "zone")):
            area, gain = (sums[i] if d != "zone" else sums.sum() for sums in refused)
            add(year, "nongrain_shadow_price_yuan_per_mu", gain / area if area > 0 else 0.0, "all", d)
        both(year, "cash_crop_area_mu", x["cash_crops"].sum(0) / M2_PER_MU)
        both(year, "greenhouse_mu", x["greenhouses"].sum(0) * float(state.behaviour.greenhouse_area))
        village = spans.urban == 0
        for i, d in enumerate((*DISTRICT_IDS, "zone")):
            rows = village & ((spans.district == i) | (d == "zone"))
            add(year, "land_rent_yuan_per_mu", np.average(spans.rent[rows], weights=spans.weight[rows]), "all", d)
        both(year, "grain_output_t", x["grain"].sum(0) / KG_PER_TONNE)
        both(year, "idle_homesteads", x["idle_homesteads"].sum(0))
        both(year, "homestead_reclaimed_ha", c["plots_reclaimed"] / M2_PER_HA)
        self._construction_land(state, add, both)
        both(year, "construction_land_ha", np.bincount(spans.district, spans.construction * spans.weight, 9) / M2_PER_HA)

    def _construction_land(self, state, add, both):
        year, spans, village, land = state.year, state.spans, state.collectives, state.land

        def by_district(values):
            return np.bincount(spans.district, values * spans.weight, 9)
        both(year, "parcels_entered", by_district(village.parcel))
        both(year, "parcels_value_yuan", by_district(village.parcel_value))
        both(year, "collective_debt_yuan", by_district(village.debt))
        both(year, "adjustment_fund_yuan", state.books.total("adjustment_fund"))
        for id, area in (("land_converted_ha", by_district(village.taken)), ("land_renewed_ha", land.renewed), ("quota_issued_ha", land.quota_issued),
                         ("quota_sold_ha", land.quota_sold), ("state_land_ha", land.state_land)):
            both(year, id, area / M2_PER_HA)
        for id, price in (("state_land_price_yuan_per_m2", land.state_price), ("collective_land_price_yuan_per_m2", collective_deal_price(village, spans)),
                          ("red_line_shadow_price_yuan_per_m2", land.shadow_price)):
            for d, value in zip(DISTRICT_IDS, price):
                add(year, id, value, "all", d)
        add(year, "state_land_price_yuan_per_m2", np.average(land.state_price, weights=land.state_land))
        add(year, "collective_land_price_yuan_per_m2", collective_deal_price(village, spans, zone=True))
        add(year, "red_line_shadow_price_yuan_per_m2", land.shadow_price.max())

    def _rights(self, state, add, both):
        year, x, c = state.year, state.totals, state.counts
        for id in ("homesteads_withdrawn", "qualification_retained", "shares_exited", "combined_exits"):
            both(year, id, c[id])
        both(year, "contract_rights_exited_mu", c["contract_area_exited"] / M2_PER_MU)
        both(year, "village_projects_funded", c["projects"])
        both(year, "village_projects_dropped", np.bincount(state.spans.district, state.slots["short"] * state.spans.weight, 9))
        judged = x["judged"].sum()
        if judged > 0:
            add(year, "regret_rate", 100 * x["regretted"].sum() / judged)
        hh = state.households
        add(year, "voluntariness_violations", float(((hh.exited > 0) & (hh.exit_year == year) & (hh.exit_gain < 0)).sum()))
        both(year, "collective_dividend_yuan", state.books.total("collective_dividend"))
        both(year, "house_rent_yuan", state.books.total("house_rent"))

    def _money(self, state, add, both):
        year, x, c, books = state.year, state.totals, state.counts, state.books
        debt = x["debt"].sum(0) - x["mortgages"].sum(0)
        both(year, "loans_outstanding_yuan", debt)
        both(year, "loans_new", c["loans_new"])
        if debt.sum() > 0:
            bad, rural = state.banks.arrears.sum() - state.loans["bad_mortgages"].sum(), state.banks.households.sum() - state.loans["debt_mortgage"].sum()
            add(year, "npl_ratio", 100 * bad / rural)
        add(year, "capital_ratio", 100 * capital_ratio(state)[1])
        both(year, "loan_refusals", c["loan_refused"])
        for id, loans in zip(LOANS_BY_CLASS, by_class(state).sum(1).T, strict=True):
            both(year, id, loans)
        add(year, "collateral_loss_percent", 100 * disposal.collateral_loss(state))
        for id, amount in (("pledge_sales_yuan", x["pledge_sale"].sum(0)), ("bad_loans_bought_yuan", state.disposal.bought),
                           ("company_loans_yuan", disposal.company_loans(state)), ("company_liability_yuan", disposal.contingent_liability(state))):
            both(year, id, amount)
        self._dwellings(state, add, both)
        both(year, "firms", by_cell(state.firms, state.firms.present).sum(1))
        for id, loans in (("firm_loans_yuan", state.firms.loan), ("policy_loans_yuan", state.base["policy_loans"])):
            both(year, id, by_cell(state.firms, loans).sum(1))
        for way, id in INDICATOR_OF.items():
            both(year, id, product(state.product[way]))
        cost = sum(books.total(code, payer=DISTRICT) for code in POLICY_COSTS) + policy_cost(state) - books.total("project_grant", UPPER, DISTRICT)
        upper = sum(books.total(code, payer=UPPER) for code in UPPER_COSTS) + rule(state, "works_grant")
        both(year, "indemnities_yuan", books.total("indemnities"))
        both(year, "fiscal_cost_yuan", cost)
        both(year, "upper_fiscal_cost_yuan", upper)
        both(year, "fiscal_balance_yuan", books.net(DISTRICT, ("current", "capital")))
        both(year, "infrastructure_yuan", books.total("infrastructure"))
        both(year, "district_bonds_yuan", state.public.bonds)
        both(year, "trunk_roads_yuan", state.public.trunk_paid)
        both(year, "evaluation_awards_yuan", state.public.award)
        both(year, "offers_paused", state.slots["paused"])
        for d, factor in zip((*DISTRICT_IDS, "zone"), (*state.public.effort, state.public.effort.mean())):
            add(year, "delivery_effort", factor, "all", d)
        self._services(state, add)

    def _dwellings(self, state, add, both):
        """Families from the village that own a dwelling in town, what it is worth beyond its mortgage, and prices of dwellings."""
        year, x = state.year, state.totals
        owners, settled = x["settled_homes"][1], x["settled_units"][1]
        both(year, "homes_bought", state.counts["homes_bought"])
        both(year, "home_wealth_yuan", x["home_worth"].sum(0) - x["mortgages"].sum(0))
        townspeople, price = x["persons"][1], 100 * state.living.price
        for d, value, own, of in zip((*DISTRICT_IDS, "zone"), (*price, np.average(price, weights=townspeople)), (*owners, owners.sum()),
                                     (*settled, settled.sum())):
            add(year, "home_price_index", value, "all", d)
            if of > 0:
                add(year, "home_ownership_rate", 100 * own / of, "all", d)

    def _services(self, state, add):
        """Service indices of villagers, townspeople and all, their gap, and the road from a village to its centre."""
        year, public, spans, people = state.year, state.public, state.spans, state.totals["persons"][:2]
        index = np.stack([float(state.behaviour.rural_service_ratio) * public.rural_index, public.urban_index])
        minutes = DOOR_MINUTES + MINUTES_PER_KM * spans.distance.astype(float) * state.published.village_time[spans.district]
        village = spans.urban == 0
        between = (DOOR_MINUTES + MINUTES_PER_KM * state.distance.astype(float)) * (1 - np.eye(len(DISTRICT_IDS))) / (len(DISTRICT_IDS) - 1)
        for d, value in zip((*DISTRICT_IDS, "zone"), (*between.sum(1), between.sum() / len(DISTRICT_IDS))):
            add(year, "trunk_minutes", value, "all", d)
        for i, d in enumerate((*DISTRICT_IDS, "zone")):
            here = slice(None) if d == "zone" else slice(i, i + 1)
            heads = people[:, here]
            if (heads.sum(1) > 0).all():
                rural, urban = (index[:, here] * heads).sum(1) / heads.sum(1)
                add(year, "public_service_index", rural, "rural", d)
                add(year, "public_service_index", urban, "urban", d)
                if rural > 0:
                    add(year, "public_service_gap_ratio", urban / rural, "all", d)
            add(year, "public_service_index", (index[:, here] * heads).sum() / heads.sum(), "all", d)
            rows = village & ((spans.district == i) | (d == "zone"))
            add(year, "road_minutes", np.average(minutes[rows], weights=spans.weight[rows]), "all", d)

    def _distribution(self, state, measures, types):
        """Decile means of income per head (persons as weights) and means by type of household; Gini and Theil of the zone."""
        year = state.year
        for k, sector in ((inequality.VILLAGES, "rural"), (inequality.TOWNS, "urban")):
            for tenth, value in enumerate(measures[k, inequality.FIRST_DECILE:]):
                self.distribution.append((year, sector, f"decile {tenth + 1}", "disposable_income", float(value), "yuan2019"))
        for name, (weight, income) in zip(inequality.TYPES, types):
            if weight > 0:
                self.distribution.append((year, "all", name, "disposable_income", float(income / weight), "yuan2019"))
        for k, sector in ((inequality.ZONE, "all"), (inequality.VILLAGES, "rural"), (inequality.TOWNS, "urban")):
            self._add(year, "gini", measures[k, inequality.GINI], sector)
        self._add(year, "theil", measures[inequality.ZONE, inequality.THEIL])
        self._add(year, "theil_between", inequality.between(measures))

    def _flows(self, state):
        year, x, c = state.year, state.totals, state.counts

        def flow(factor, source, target, value, unit):
            self.flows.append((year, factor, source, target, float(np.sum(value)), unit))
        flow("people", "village families", "town families", c["settled"], "households")
        flow("people", "town families", "village families", c["returned"], "households")
        flow("people", "outside", "zone", c["arrivals"] + c["came_back"], "persons")
        flow("people", "zone", "outside", c["left_zone"], "persons")
        flow("land", "contract holders", "tenants", x["rented_area"] / M2_PER_HA, "ha")
        flow("land", "contract holders", "collective", (c["contract_area_exited"] + c["contract_area_lapsed"]) / M2_PER_HA, "ha")
        flow("land", "homesteads", "farmland", c["plots_reclaimed"] / M2_PER_HA, "ha")
        flow("labour", "village", "farm", x["farm_workers"][0], "persons")
        flow("labour", "village", "commuting", x["commuters"][0], "persons")
        flow("labour", "village", "members away", x["members_away"][0], "persons")
        flow("capital", "bank", "rural households", c["loan_amount"], "yuan2019")
        flow("capital", "districts", "rural households", c["exit_cost"], "yuan2019")
        flow("capital", "town", "village", x["remittance_zone"][0] + x["remittance_outside"][0], "yuan2019")


def sum_digests(state):
    """Of every span, 64 bits of the year's sums of every flow and stock and of what happened: uint64 (S,)."""
    stamps = np.zeros(len(state.spans.uid), np.uint64)
    sums, happened = (table.reshape(len(table), -1).view(np.uint64) for table in (state.tally, state.happened))
    state.runner.run(stamp_sums, sums, happened, stamps)
    return stamps


def row_digests(state):
    """Of every span, 64 bits of all its household and person rows, wherever the tables hold them: uint64 (S,)."""
    spans, hh, pp = state.spans, state.households, state.persons
    home = pp.household - spans.first_household[hh.span[pp.household]]
    stamps = np.zeros(len(spans.uid), np.uint64)
    for starts, table in ((spans.first_household, [column for name, column in zip(hh._fields, hh) if name != "span"]),
                          (spans.first_person, [home, *(column for name, column in zip(pp._fields, pp) if name != "household")])):
        for column in table:
            state.runner.run(stamp_rows, starts, column.view(f"u{column.itemsize}"), stamps)
    return stamps


def digest(state, recorder):
    """SHA-256 of every household and person column and every recorded indicator: equal for any threads and order of spans."""
    made = hashlib.sha256()
    for table in state.people[:3]:
        for array in table:
            made.update(np.ascontiguousarray(array).tobytes())
    for row in recorder.indicators:
        made.update(repr(row).encode())
    return made.hexdigest()
