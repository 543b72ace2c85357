"""Every rule that agents read: the input of a mechanism, one value per year and district, in model units (shares 0-1, yuan of 2019, m2).

A rule is owned by exactly one lever parameter, or by nobody yet; then its base holds everywhere and always.
Not here: who writes them (`sim/policies`), when an order reaches the ground (`sim/policies/deliver.py`).
"""
from typing import NamedTuple


class Rule(NamedTuple):
    name: str
    unit: str
    base: float       # for rules that no lever owns; a lever's own base stands where one does
    sentence: str


RULES = (
    Rule("offer_rate", "share of villages per year", 0.002, "chance that a village gets a funded homestead project in a year"),
    Rule("plot_price", "yuan per m2 of plot", 0.0, "compensation for the homestead plot"),
    Rule("house_price", "yuan per m2 of building", 300.0, "compensation for the house"),
    Rule("qualification_price", "yuan per household", 0.0, "compensation for giving up the homestead qualification"),
    Rule("project_households", "households per project", 20.0, "households that one project can pay for"),
    Rule("grant_share", "share of cost", 0.5, "part of a project's cost that the upper government grants"),
    Rule("keep_rights_allowed", "0 or 1", 0.0, "plot may be returned while the qualification is kept"),
    Rule("keep_share", "share of plot compensation", 0.9, "part of the plot compensation paid when the qualification is kept"),
    Rule("reentry_multiple", "multiple of the administrative plot cost", 1.2, "price at which a kept qualification is turned into a plot again"),
    Rule("bundles_allowed", "0 or 1", 0.0, "contract right, homestead and share may be exited in one agreement"),
    Rule("contract_multiple", "multiple of capitalised rent", 1.0, "compensation for the contract right"),
    Rule("share_multiple", "multiple of capitalised dividend", 1.0, "compensation for the collective share"),
    Rule("bundle_bonus", "share of the cash", 0.05, "addition to the cash where two or more rights are exited together"),
    Rule("farmland_ltv", "share of value", 0.40, "loan to value of land management rights"),
    Rule("house_ltv", "share of value", 0.0, "loan to value of farm houses"),
    Rule("share_ltv", "share of value", 0.0, "loan to value of collective shares"),
    Rule("collective_land_ltv", "share of value", 0.40, "loan to value of collective construction land"),
    Rule("cooling_years", "years", 1.0, "years between signing an exit and carrying it out"),
    Rule("forecast_error", "sd of log error", 0.30, "error of a household's own forecast of what it gives up"),
    Rule("three_rights", "0 or 1", 0.0, "homestead ownership, qualification and use rights are separated in law"),
    Rule("title_coverage", "share of villages", 0.70, "land titled and certificated"),
    Rule("exchange_coverage", "share of townships", 0.30, "property exchange within reach"),
    Rule("house_lessees", "houses per 1,000 urban households per year", 0.10, "urban households that look for a farm house to rent"),
    Rule("land_entry_open", "0 or 1", 0.0, "collective construction land may enter the market"),
    Rule("entry_months", "months", 12.0, "time that the procedure of an entry takes"),
    Rule("relocation_allowed", "0 or 1", 0.0, "land reclaimed in the village may enter the market in a park instead"),
    Rule("relocation_cost", "yuan per m2", 45.0, "cost of clearing and reclaiming land that enters in a park"),
    Rule("equity_allowed", "0 or 1", 0.0, "land may enter as a share in the firm that uses it"),
    Rule("equity_floor", "share of the lease", 0.6, "least yearly payment on equity"),
    Rule("lease_years", "years", 40.0, "term of land leases"),
    Rule("negative_list", "share of villages", 0.3, "villages in which planning bars entry"),
    Rule("least_parcel", "m2", 6700.0, "smallest parcel that may enter"),
    Rule("mixed_use_premium", "log", 0.0, "what mixed use adds to firms' willingness to pay"),
    Rule("recover_share", "share", 0.2, "plots returned and abandoned public land that may be recovered for the market"),
    Rule("own_use_share", "share of available land per year", 0.02, "available collective land that villages may put to their own use"),
    Rule("adjustment_share", "share of value added", 0.30, "adjustment fund that the district takes"),
    Rule("reserve_share", "share of net income", 0.40, "land income that collectives keep back"),
    Rule("leakage", "share of net income", 0.05, "land income lost without supervision"),
    Rule("benchmark_prices", "0 or 1", 0.0, "benchmark prices of collective land are published"),
    Rule("bargaining", "share of the gain", 0.4, "what a village takes of the gain over its reservation price with one bidder"),
    Rule("platform_deals", "share of deals", 0.2, "deals of collectives made on the exchange"),
    Rule("split_registration", "0 or 1", 0.0, "buildings on collective land are registered unit by unit"),
    Rule("resale_rate", "share per year", 0.01, "parcels resold in a year"),
    Rule("ownership_discount", "log", 0.35, "what collective ownership takes off the price of land"),
    Rule("unified_land_market", "0 or 1", 0.0, "any firm may use collective land; one price with discounts for ownership and place"),
    Rule("new_land", "multiple", 1.0, "new state land of a year against the allotment of 2019"),
    Rule("stock_use", "share per year", 0.01, "idle state land brought back into use"),
    Rule("interprovincial_quota", "0 or 1", 0.0, "quota may be sold to other provinces"),
    Rule("interprovincial_price", "yuan per m2", 450.0, "price of quota sold to other provinces"),
    Rule("interprovincial_cap", "m2 per year", 300000.0, "most quota that the zone may sell to other provinces"),
    Rule("renewal_area", "m2 per year", 0.0, "collective construction land of urban villages renewed in the district"),
    Rule("farmland_floor", "share of 2019", 0.97, "farmland that the district must hold"),
    Rule("permanent_share", "share of 2019", 0.80, "farmland of a village that may never be taken"),
    Rule("grain_floor", "share of 2019", 0.95, "grain that the district's farmland must be able to bring"),
    Rule("leasing_rate", "share of villages per year", 0.002, "villages that offer idle houses to lessees"),
    Rule("house_lease_cost", "share of rent", 0.30, "rent of a farm house lost to search and mediation"),
    Rule("funds_to_shares", "share", 0.0, "public money for village projects that becomes members' shares"),
    Rule("trusteeship_coverage", "share of villages", 0.20, "a provider works farmland in trusteeship"),
    Rule("insurance_coverage", "share of farms", 0.60, "farms that carry insurance of grain"),
    Rule("insurance_level", "share of expected revenue", 0.40, "revenue below which the insurance pays"),
    Rule("service_equalising", "share per year", 0.02, "gap between services per villager and per townsperson that a year closes"),
    Rule("rural_services", "yuan per head per year", 0.0, "services for villagers beyond their part of the district's budget"),
    Rule("village_roads", "yuan per village per year", 200000.0, "outlay for roads and networks of a village"),
    Rule("works_grant", "yuan per year", 0.0, "grant of province and centre to the district for services and public works"),
    Rule("bond_limit", "yuan per year", 0.0, "bonds that the district may issue in a year"),
    Rule("guarantee_share", "share", 0.20, "part of a loss on a household's loan that the guarantor bears"),
    Rule("guarantee_fee", "share per year", 0.01, "yearly fee for what is guaranteed"),
    Rule("packaged_collateral", "0 or 1", 0.0, "several rights may be valued together and secure one loan"),
    Rule("package_diversification", "share", 0.10, "what packing adds to the collateral and takes off the loss on it"),
    Rule("package_cost", "yuan", 600.0, "cost of valuing a package"),
    Rule("bank_capital", "yuan", 0.0, "equity that province and centre put into the rural commercial banks, once"),
    Rule("bond_rate", "share per year", 0.035, "nominal interest on new bonds of the districts"),
    Rule("yields_insured", "0 or 1", 1.0, "the insurance of grain covers a fall of the yield"),
    Rule("prices_insured", "0 or 1", 0.0, "the insurance of grain covers a fall of the price against its path"),
    Rule("premium_subsidy", "share of premium", 0.65, "part of insurance premiums that governments pay"),
    Rule("crop_insurance", "share of growers", 0.05, "growers whose cash crops are insured"),
    Rule("crop_bases", "share of villages", 0.0, "a planting base helps growers of cash crops"),
    Rule("greenhouse_grant", "yuan per greenhouse", 0.0, "grant of the district to who builds a greenhouse"),
    Rule("nongrain_cap", "share of contract land", 0.15, "land of a village that may be under cash crops"),
    Rule("cold_chain", "share of output", 0.0, "cash crops that a better cold chain saves from loss"),
)
RULE_NAMES = tuple(rule.name for rule in RULES)
RULE_INDEX = {name: i for i, name in enumerate(RULE_NAMES)}
