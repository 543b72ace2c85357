"""Every column of every table, once. A table is a NamedTuple of plain numpy arrays in their natural dtypes and goes straight into numba.

Rows through time: a household keeps its place in the span of its registration (rural: village; urban: neighbourhood block) for life;
residence is a column. Members stand within the span of their household and point to it. A free row has kind 0 (household) or age -1
(person). Household flows marked `cash` move the household's deposits with the sign given: the ledger reads that line.
Not here: what the numbers mean for behaviour (`sim/kernels`), nor where they come from (`sim/population.py`).
"""
from typing import NamedTuple

import numpy as np

from sim.declare import Column, Parameter, allocate, flow_columns, table, zero_flows  # noqa: F401  (the public names of declaring)

# Kinds of household rows.
FREE, CONTRACT, RURAL, URBAN, COLLECTIVE = range(5)
KINDS = ("free", "contract household", "rural household without contract", "urban household", "collective household")
# Use of the house.
OCCUPIED, SEASONAL, IDLE, LEASED = range(4)
# What a person does in a year.
NOT_WORKING, FARMING, EMPLOYED, UNEMPLOYED = range(4)
# Rights exited (bits of `exited`).
EXIT_CONTRACT, EXIT_PLOT, EXIT_QUALIFICATION, EXIT_SHARE = 1, 2, 4, 8
# Collateral classes.
NO_LOAN, FARMLAND_LOAN, HOUSE_LOAN, SHARE_LOAN, PACKAGE_LOAN, MORTGAGE = range(6)
LOAN_CLASSES = ("none", "farmland", "house", "share", "package", "mortgage")

Spans = table("Spans", (
    Column("uid", "u4", "", "identity in every sample and scenario", "fixed"),
    Column("district", "i8", "index", "district of the span", "fixed"),
    Column("urban", "u1", "0 or 1", "urban neighbourhood block (1) or village (0)", "fixed"),
    Column("first_household", "u4", "row", "first household row; one entry more than spans", "fixed"),
    Column("first_person", "u4", "row", "first person row; one entry more than spans", "fixed"),
    Column("weight", "f8", "", "how many like it the zone has", "fixed"),
    Column("distance", "f4", "km", "road to the centre of its district", "fixed"),
    Column("quality", "f4", "", "land quality, mean 1", "fixed"),
    Column("other_farmland", "f8", "m2", "farmland outside contracts"),
    Column("construction", "f8", "m2", "construction land"),
    Column("farmland", "f8", "m2", "farmland of all classes"),
    Column("pool", "i8", "m2", "contract land that came back to the collective and is let by it", start=0),
    Column("idle_land", "i8", "m2", "contract land that nobody operates", start=0),
    Column("rent", "f4", "yuan/mu", "cleared rent of the year"),
    Column("away_1", "f4", "share", "members of working age away, last year"),
    Column("away_2", "f4", "share", "the same, a year before"),
    Column("away_3", "f4", "share", "the same, two years before"),
    Column("exit_share", "f4", "share", "register units that have exited their homestead", start=0),
    Column("offer", "f4", "households", "households the year's project can still pay for (0: no live offer)", start=0),
    Column("exchange", "u1", "0 or 1", "property exchange within reach", start=0),
    Column("titled", "u1", "0 or 1", "land titled", start=0),
    Column("trustee", "u1", "0 or 1", "a provider of trusteeship services within reach", start=0),
    Column("crew_output", "f4", "yuan/mu", "expected output per mu of the provider's crew, net of materials", start=0.0),
    Column("crop_base", "u1", "0 or 1", "a planting base that helps growers of cash crops", start=0),
    Column("coop", "u1", "0 or 1", "small farms of the village have a cooperative", start=0),
    Column("coop_rate", "f4", "share", "patronage rate of its last accounts", start=0.0),
    Column("beautiful", "u1", "0 or 1", "meets the beautiful-village standard", start=0),
    Column("trade", "f4", "", "own-account work of the village against 2019 for the visitors who come, 1 in 2019", start=1.0),
    Column("local_jobs", "f4", "", "off-farm work of the village against 2019 for the workers that own businesses hire, 1 in 2019", start=1.0),
    Column("business_start", "f8", "yuan", "own businesses of the village's families on 1 January of the first year", "fixed", 0.0),
    Column("offfarm_start", "f8", "workers", "off-farm work on offer in the village on that day", "fixed", 0.0),
    Column("shares", "f8", "shares", "shares held by members"),
    Column("treasury", "f8", "shares", "shares bought back by the collective", start=0),
    Column("next_person", "u4", "index", "next free person index of the span's uids"),
    Column("next_household", "u4", "index", "next free household index of the span's uids"),
    Column("full", "u1", "0 or 1", "a birth, arrival or split found no free row", start=0),
    Column("dividend", "f4", "yuan/share", "dividend that the collective pays per share in the year", start=0.0),
    Column("candidate", "u1", "0 or 1", "the district has a slot for a project of the village this year: members are polled", start=0),
    Column("leasing", "u1", "0 or 1", "the village offers idle houses to lessees this year", start=0),
    Column("plot_use", "u1", "code", "what becomes of plots given up: farmland again (0), construction land of the collective (1)", start=0),
    Column("returned", "f8", "m2", "plots that came back to the collective and are still construction land", start=0.0),
))

# What a village decided in the year about plots that members give up.
NO_PROJECT, RECLAIM, ENTER = range(3)
PROJECTS = ("none", "reclaim for the quota", "enter the market with recovered plots")
# Forms in which collective construction land enters the market.
SALE, LEASE, EQUITY = range(3)

# The collective of each span, row by row as Spans (urban blocks hold zeros). Land is of the collective beside the members' plots and `returned`.
Collectives = table("Collectives", (
    Column("cash", "f8", "yuan", "money at hand", start=0.0),
    Column("reserve", "f8", "yuan", "money kept back for works and projects", start=0.0),
    Column("debt", "f8", "yuan", "debt to the bank", start=0.0),
    Column("asset_income", "f8", "yuan/year", "rent of operating assets at the wages of 2019"),
    Column("lease_income", "f8", "yuan/year", "rent of land that entered the market on lease", start=0.0),
    Column("equity_income", "f8", "yuan/year", "rent at which land entered the market for equity was valued", start=0.0),
    Column("operating", "f8", "m2", "collective construction land in operation"),
    Column("idle", "f8", "m2", "collective operating land that lies idle"),
    Column("public", "f8", "m2", "land of public facilities in use"),
    Column("waste", "f8", "m2", "land of abandoned public facilities"),
    Column("own_use", "f8", "m2", "land put to the village's own use (tourism, processing)", start=0.0),
    Column("entered", "f8", "m2", "land whose use right entered the market where it lies", start=0.0),
    Column("converted", "f8", "m2", "farmland of the village turned into state land or into plots of a park", start=0.0),
    Column("park", "f8", "m2", "land that the collective holds in a park of its district", start=0.0),
    Column("farmland_start", "f8", "m2", "farmland of the village on 1 January of the first year", "fixed"),
    Column("shares_start", "f8", "shares", "shares held by members on that day", "fixed"),
    Column("project", "u1", "code", "decision of the year on members' plots: " + ", ".join(PROJECTS), start=0),
    Column("parcel", "f8", "parcels", "parcels that entered the market", "flow", 0.0),
    Column("parcel_area", "f8", "m2", "their area", "flow", 0.0),
    Column("parcel_value", "f8", "yuan", "their price, of a lease or equity the price that it stands for", "flow", 0.0),
    Column("parcel_form", "u1", "code", "their form: sale, lease, equity", "flow", 0),
    Column("relocated", "f8", "m2", "their area that was reclaimed in the village and entered in a park", "flow", 0.0),
    Column("recovered", "f8", "m2", "returned plots among what entered the market", "flow", 0.0),
    Column("sold", "f8", "yuan", "received for land sold", "flow", 0.0),
    Column("works", "f8", "yuan", "spent on levelling, relocation and own use", "flow", 0.0),
    Column("taken", "f8", "m2", "farmland taken for state land and parks", "flow", 0.0),
    Column("renewed", "f8", "m2", "collective construction land that became state land by renewal", "flow", 0.0),
    Column("renewal_pay", "f8", "yuan", "received for it", "flow", 0.0),
    Column("quota", "f8", "m2", "quota issued for plots reclaimed", "flow", 0.0),
    Column("public_part", "f8", "yuan", "cost of exits and reclamation that public money bears", "flow", 0.0),
    Column("visits", "f8", "visits", "visits of townspeople", "flow", 0.0),
    Column("renewal_cost", "f8", "yuan", "what the district pays to bring the village up to the beautiful-village standard", "flow", 0.0),
    Column("service_cost", "f8", "yuan", "what the district pays for weekend buses to the village and its e-commerce station", "flow", 0.0),
    Column("dividend_next", "f8", "yuan/share", "dividend of the next year", start=0.0),
))
# Classes of collective construction land; with the plots of households and `returned` they make up `construction` of a village.
LAND_CLASSES = ("operating", "idle", "public", "waste", "own_use", "entered", "converted")

# Construction land of each district, nine rows.
DistrictLand = table("DistrictLand", (
    Column("state_start", "f8", "m2", "state land in firms' use in 2019", "fixed"),
    Column("collective_start", "f8", "m2", "collective land in firms' use in 2019, in metres at the edge of the town", "fixed"),
    Column("price_start", "f8", "yuan/m2", "price of land at the edge of the town in 2019", "fixed"),
    Column("farmland_start", "f8", "m2", "farmland of 2019", "fixed"),
    Column("state_land", "f8", "m2", "state land in firms' use"),
    Column("idle_state", "f8", "m2", "state land of firms that lies idle"),
    Column("state_price", "f8", "yuan/m2", "price of state land"),
    Column("collective_price", "f8", "yuan/m2", "price of collective land at the edge of the town, before discounts"),
    Column("quota_price", "f8", "yuan/m2", "price that villages are paid for quota"),
    Column("quota_stock", "f8", "m2", "quota held by the district", start=0.0),
    Column("quota_issued", "f8", "m2", "quota issued in the year", "flow", 0.0),
    Column("quota_used", "f8", "m2", "quota used for state land in the year", "flow", 0.0),
    Column("quota_sold", "f8", "m2", "quota sold to other provinces in the year", "flow", 0.0),
    Column("new_land", "f8", "m2", "farmland turned into state land in the year", "flow", 0.0),
    Column("recycled", "f8", "m2", "idle state land brought back into use in the year", "flow", 0.0),
    Column("renewed", "f8", "m2", "state land out of urban villages in the year", "flow", 0.0),
    Column("vetoed", "f8", "m2", "new land refused for the red lines in the year", "flow", 0.0),
    Column("shadow_price", "f8", "yuan/m2", "what a metre more under the red lines would have brought", "flow", 0.0),
))

# Public services, roads and debt of each district, nine rows. Indices are 1 in 2019, against spending per head that grows as the zone's target does.
DistrictPublic = table("DistrictPublic", (
    Column("villages", "f8", "villages", "villages of the district", "fixed"),
    Column("rural_start", "f8", "yuan/head", "services per villager, 2019", "fixed"),
    Column("urban_start", "f8", "yuan/head", "services per townsperson, 2019", "fixed"),
    Column("roads_start", "f8", "yuan", "roads and networks of villages, 2019", "fixed"),
    Column("roads", "f8", "yuan", "roads and networks of villages"),
    Column("rural_ratio", "f8", "ratio", "services per villager against services per townsperson out of the common budget"),
    Column("rural_stock", "f8", "index", "what services for villagers have built up", start=1.0),
    Column("urban_stock", "f8", "index", "what services for townspeople have built up", start=1.0),
    Column("rural_index", "f8", "index", "public services of villagers", start=1.0),
    Column("urban_index", "f8", "index", "public services of townspeople", start=1.0),
    Column("bonds", "f8", "yuan", "bonds outstanding", start=0.0),
    Column("bond_rate", "f8", "share/year", "mean nominal interest on them", start=0.0),
    Column("guarantee_fund", "f8", "yuan", "money of the district's guarantor", start=0.0),
    Column("bank_capital", "f8", "yuan", "equity put into the rural commercial banks so far", start=0.0),
    Column("company_capital", "f8", "yuan", "capital that the district has paid into its property company", start=0.0),
    Column("company_cash", "f8", "yuan", "money of the property company", start=0.0),
    Column("heads_start", "f8", "persons", "residents of 2019", "fixed"),
    Column("trunk_start", "f8", "yuan", "trunk roads, 2019", "fixed"),
    Column("trunk", "f8", "yuan", "trunk roads"),
    Column("target", "f8", "yuan/year", "spending that the district aims at", start=0.0),
    Column("rural_income", "f8", "yuan/head", "income per villager of the last year that was scored", start=0.0),
    Column("service_gap", "f8", "ratio", "services of townspeople over those of villagers, indices of the last year that was scored", start=1.0),
    Column("score", "f8", "", "score of the year in the evaluation of districts", start=0.0),
    Column("effort", "f8", "ratio", "effort that the last evaluation is worth: factor on the rate of delivery", start=1.0),
    Column("effort_next", "f8", "ratio", "the same of the next year", start=1.0),
    Column("award", "f8", "yuan", "award of the province in the evaluation", "flow", 0.0),
    Column("trunk_paid", "f8", "yuan", "outlay for trunk roads, the part of province and centre with it", "flow", 0.0),
    Column("trunk_own", "f8", "yuan", "the district's part of it", "flow", 0.0),
    Column("shifted_paid", "f8", "yuan", "common services that effort moves to villagers", "flow", 0.0),
    Column("roads_paid", "f8", "yuan", "outlay for roads and networks of villages", "flow", 0.0),
    Column("extra_paid", "f8", "yuan", "outlay for villagers beyond their part of the budget", "flow", 0.0),
))

# What each district has built and put up for firms, nine rows.
DistrictIndustry = table("DistrictIndustry", (
    Column("platforms", "f8", "yuan", "serviced sites and shared works of industrial platforms, after wear", start=0.0),
    Column("parks", "f8", "yuan", "serviced sites and shared facilities of agricultural parks, after wear", start=0.0),
    Column("towns", "f8", "yuan", "sites and works of characteristic towns, after wear", start=0.0),
    Column("ties", "f8", "yuan", "ties of the district's firms with development zones, after wear", start=0.0),
    Column("paid", "f8", "yuan", "outlay for these in the year", "flow", 0.0),
    Column("lead_paid", "f8", "yuan", "grants to lead firms' investment in the year", "flow", 0.0),
))

Households = table("Households", (
    Column("uid", "u4", "", "identity", "fixed"),
    Column("span", "u4", "row", "span of registration", "fixed"),
    Column("kind", "u1", "code", "kind of row: " + ", ".join(KINDS)),
    Column("residence", "u1", "place", "village 1, district 2-10, outside 11"),
    Column("contract_area", "i4", "m2", "contracted land held"),
    Column("operated_area", "i4", "m2", "land operated this year", start=0),
    Column("kin_area", "i4", "m2", "borrowed from kin without rent (negative: lent)", start=0),
    Column("entrusted_area", "i4", "m2", "operated land that a provider works for a fee", start=0),
    Column("cash_crop_area", "i4", "m2", "land under cash crops and greenhouses, outside the grain rental market"),
    Column("greenhouses", "u1", "greenhouses", "greenhouses built since the start and still standing", start=0),
    Column("crop_plots", "u1", "plots", "plots of field cash crops taken up since the start", start=0),
    Column("family_farm", "u1", "0 or 1", "a family farm with machines of its own", start=0),
    Column("coop_member", "u1", "0 or 1", "member of the village's cooperative", start=0),
    Column("coop_due", "f4", "yuan", "patronage of the year's trade less the fee, paid in the next", start=0.0),
    Column("plot_area", "i4", "m2", "homestead plot held"),
    Column("house_area", "f4", "m2", "house on it"),
    Column("house_use", "u1", "code", "occupied, seasonal, idle, leased"),
    Column("certificate", "u1", "0 or 1", "house has a certificate"),
    Column("qualification", "u1", "0 or 1", "homestead qualification held"),
    Column("shares", "f4", "shares", "shares in the collective's assets"),
    Column("farm_skill", "f4", "log", "log farm ability"),
    Column("own_account", "f4", "yuan/year", "net income of non-farm own-account work at full presence"),
    Column("livestock", "f4", "yuan/year", "net income of livestock at full presence", "fixed"),
    Column("business", "f4", "yuan", "invested in own businesses, by the founder's hand and after wear", start=0.0),
    Column("firm_share", "f4", "share", "share of the dividends that non-farm firms pay to residents"),
    Column("wealth_effect", "f4", "", "lasting income position of the household, mean 1", "fixed"),
    Column("deposits", "f8", "yuan", "bank deposits"),
    Column("debt", "f8", "yuan", "debt to the bank"),
    Column("loan_class", "u1", "code", "collateral of the debt: " + ", ".join(LOAN_CLASSES), start=0),
    Column("loan_years", "u1", "years", "years left of the loan", start=0),
    Column("loan_vintage", "i2", "year", "year in which the loan was granted; 0: no loan yet"),
    Column("arrears", "u1", "years", "years since the default of the debt; 0: none"),
    Column("pledge_class", "u1", "code", "collateral whose use was sold for a debt, as `loan_class`", start=0),
    Column("pledge_years", "u1", "years", "years left for which it was sold; 0: none is sold", start=0),
    Column("loan_rate", "f4", "share/year", "real rate of the loan", start=0.03),
    Column("permanent_income", "f4", "yuan/year", "expected disposable income of the household"),
    Column("away", "f4", "persons", "members who live elsewhere", start=0.0),
    Column("settled_year", "i2", "year", "year in which the family settled in town; 0: before the start", start=0),
    Column("home", "u1", "place", "district 2-10 in whose towns the family from the village owns a dwelling; 0: none"),
    Column("saving_for_home", "u1", "0 or 1", "in town without a dwelling of its own, wants one and saves for it", start=0),
    Column("farm_income", "f4", "yuan/year", "value of one farm worker's year: marginal product x days", start=0.0),
    Column("farm_days", "f4", "days", "farm days of one farm worker", start=0.0),
    Column("land_income", "f4", "yuan/year", "net rent that the contracted land brings or could bring", start=0.0),
    Column("own_harvest", "f4", "kg/year", "grain that the household expects of the land it works itself, cleared with the rental market", start=0.0),
    Column("land_demand", "f4", "", "demand constant of the rental market: area at rent 1 to the power of the elasticity", start=0.0),
    Column("farm_labour", "f4", "workers", "farm labour in the village", start=0.0),
    Column("signed", "u1", "bundle", "bundle signed and waiting for the cooling-off years, plus 1; 0: none", start=0),
    Column("signed_year", "i2", "year", "year of signing", start=0),
    Column("exited", "u1", "bits", "rights given up: contract 1, plot 2, qualification 4, share 8", start=0),
    Column("exit_year", "i2", "year", "year of the first exit", start=0),
    Column("exit_area", "i4", "m2", "contract area given up", start=0),
    Column("exit_cash", "f8", "yuan", "cash received for exits", start=0.0),
    Column("exit_gain", "f4", "yuan", "own expected gain when the exit was carried out", start=0.0),
    Column("forgone", "f8", "yuan", "rent, subsidy, dividend and house service forgone since the exit", start=0.0),
    Column("regret", "u1", "0 none, 1 yes, 2 no", "five years after: forgone flow above the annuity of the cash", start=0),
    Column("venture_gain", "f4", "yuan", "own expected yearly gain of the business in mind this year; -1: considered, nobody would gain", "flow", 0),
    Column("founder", "u2", "row of the span", "member who would begin it", "flow", 0),
    Column("members", "f4", "persons", "members who live with the household", "flow", 0),
    # Flows of the year. Unit yuan/year; `+` or `-` in front of the sentence is the sign with which the flow moves deposits, `0` not at all.
    Column("wage_income", "f4", "yuan/year", "+ net wages of resident members", "flow", 0),
    Column("grain_sales", "f4", "yuan/year", "+ grain sold", "flow", 0),
    Column("order_gain", "f4", "yuan/year", "+ from lead firms above the market price, less the cost of their terms", "flow", 0),
    Column("coop_gain", "f4", "yuan/year", "+ patronage of the cooperative less its fee", "flow", 0),
    Column("other_sales", "f4", "yuan/year", "+ cash crops and livestock sold", "flow", 0),
    Column("own_account_income", "f4", "yuan/year", "+ net income of own-account work", "flow", 0),
    Column("farm_inputs", "f4", "yuan/year", "- seed, fertiliser, feed and machinery services bought", "flow", 0),
    Column("rent_paid", "f4", "yuan/year", "- land rent paid", "flow", 0),
    Column("rent_received", "f4", "yuan/year", "+ land rent received", "flow", 0),
    Column("lease_cost", "f4", "yuan/year", "- cost of making and keeping leases", "flow", 0),
    Column("trusteeship_fee", "f4", "yuan/year", "- fee for land worked by a provider, and crews hired by a family farm", "flow", 0),
    Column("premium", "f4", "yuan/year", "- own part of insurance premiums", "flow", 0),
    Column("indemnity", "f4", "yuan/year", "+ indemnities of farm insurance", "flow", 0),
    Column("producer_subsidy", "f4", "yuan/year", "+ subsidy to the operator", "flow", 0),
    Column("fertility_subsidy", "f4", "yuan/year", "+ subsidy to the contractor", "flow", 0),
    Column("pension", "f4", "yuan/year", "+ pensions", "flow", 0),
    Column("other_transfer", "f4", "yuan/year", "+ medical, minimum living and unemployment payments", "flow", 0),
    Column("remittance_zone", "f4", "yuan/year", "+ remittances of members elsewhere in the zone", "flow", 0),
    Column("remittance_outside", "f4", "yuan/year", "+ remittances of members outside the zone", "flow", 0),
    Column("interest", "f4", "yuan/year", "+ interest on deposits", "flow", 0),
    Column("loan_interest", "f4", "yuan/year", "- interest on debt", "flow", 0),
    Column("dividend", "f4", "yuan/year", "+ dividend of the collective", "flow", 0),
    Column("profit", "f4", "yuan/year", "+ dividend of firms", "flow", 0),
    Column("house_rent", "f4", "yuan/year", "+ rent of a leased farm house", "flow", 0),
    Column("imputed_rent", "f4", "yuan/year", "0 imputed net rent of the own house", "flow", 0),
    Column("exit_payment", "f4", "yuan/year", "+ compensation for exited rights", "flow", 0),
    Column("exit_fee", "f4", "yuan/year", "- fee on it", "flow", 0),
    Column("reentry_payment", "f4", "yuan/year", "- price of a plot on re-entry", "flow", 0),
    Column("loan_asked", "f4", "yuan/year", "0 loan asked for", "flow", 0),
    Column("loan_outlay", "f4", "yuan/year", "0 outlay in mind this year: in an own business, below zero on house and family", "flow", 0),
    Column("loan_drawn", "f4", "yuan/year", "+ loan drawn", "flow", 0),
    Column("venture_outlay", "f4", "yuan/year", "- invested in an own business, machines, plots of cash crops and greenhouses", "flow", 0),
    Column("venture_grant", "f4", "yuan/year", "+ grant to a new own business", "flow", 0),
    Column("loan_repaid", "f4", "yuan/year", "- loan repaid", "flow", 0),
    Column("recovered", "f4", "yuan/year", "- recovered by the lender of a debt in default", "flow", 0),
    Column("pledge_sale", "f4", "yuan/year", "+ price of the use of collateral sold for a debt in default", "flow", 0),
    Column("pledge_rent", "f4", "yuan/year", "- income of collateral whose use was sold, passed on to the buyer", "flow", 0),
    Column("consumption", "f4", "yuan/year", "- consumption bought", "flow", 0),
    Column("housing_outlay", "f4", "yuan/year", "- spent on housing and other assets out of deposits above the aim", "flow", 0),
    Column("home_purchase", "f4", "yuan/year", "- price of a dwelling bought in town", "flow", 0),
    Column("home_sale", "f4", "yuan/year", "+ price of a dwelling in town sold", "flow", 0),
    Column("written_off", "f4", "yuan/year", "0 debt written off", "flow", 0),
    Column("disposable_income", "f4", "yuan/year", "0 NBS disposable income of resident members", "flow", 0),
    Column("away_wage", "f4", "yuan/year", "0 net wages of members elsewhere in the zone", "flow", 0),
    Column("outside_wage", "f4", "yuan/year", "0 net wages of members outside the zone", "flow", 0),
    Column("grain", "f4", "kg/year", "0 grain harvested", "flow", 0),
))

Persons = table("Persons", (
    Column("uid", "u4", "", "identity", "fixed"),
    Column("household", "u4", "row", "household of the person"),
    Column("age", "i1", "years", "age on 31 December; -1: free row"),
    Column("female", "u1", "0 or 1", "sex", "fixed"),
    Column("schooling", "i1", "years", "years of schooling at school, completed by that age"),
    Column("ability", "f4", "log", "log ability beside schooling, experience and training", "fixed"),
    Column("trained", "u1", "0, 1 or 2", "has been trained: without (1) or with (2) gain", start=0),
    Column("adult_schooling", "u1", "years", "years of schooling caught up as an adult", start=0),
    Column("years_away", "u1", "years", "years worked while living away from the village", start=0),
    Column("owner", "u1", "0 or 1", "runs an own business in the village that was begun since the start", start=0),
    Column("partner", "u1", "0 or 1", "lives or has lived with a partner"),
    Column("base", "u1", "place", "where the working year is spent"),
    Column("residence", "u1", "place", "where the nights are spent, six months or more"),
    Column("months", "u1", "months", "months in the place of residence in the year", start=12),
    Column("work", "u1", "code", "not working, farming, employed, unemployed", start=0),
    Column("sector_2019", "u1", "0 none, 1 rural, 2 urban", "sector of residence at the start; of the mother for newborns"),
    Column("wage", "f4", "yuan/year", "net wage of the year", "flow", 0),
))


class CashFlow(NamedTuple):
    """A household flow that moves deposits: sign +1 receipt, -1 payment, 0 memo."""
    name: str
    sign: int
    index: int


FLOWS = tuple(CashFlow(c.name, {"+": 1, "-": -1, "0": 0}[c.sentence[0]], i) for i, c in enumerate(
    c for c in Households.columns if c.unit in ("yuan/year", "kg/year") and c.kind == "flow"))
FLOW_NAMES = tuple(flow.name for flow in FLOWS)


def free_rows(array, value):
    """How many rows carry `value`."""
    return int(np.count_nonzero(array == value))
