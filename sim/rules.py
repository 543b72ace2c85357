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
    Rule("trusteeship_coverage", "share of villages", 0.20, "a provider works farmland in trusteeship"),
    Rule("insurance_coverage", "share of farms", 0.60, "farms that carry yield insurance of grain"),
    Rule("insurance_level", "share of expected revenue", 0.40, "revenue below which the insurance pays"),
)
RULE_NAMES = tuple(rule.name for rule in RULES)
RULE_INDEX = {name: i for i, name in enumerate(RULE_NAMES)}
