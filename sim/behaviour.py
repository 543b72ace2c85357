"""Behavioural parameters: each with unit, default, bounds, evidence grade and source. `assumed` means that no figure was found.

A scenario's `assumptions` may set any of them. Constants found by calibration stand in `sim/data/calibration.csv` and are laid over the
defaults by `load`. Not here: policy levers (`sim/policies`), evidence (`sim/evidence.py`).
"""
from collections import namedtuple
from functools import cache

import numpy as np

from sim.declare import Parameter as P

PARAMETERS = (
    # work and place
    P("migration_elasticity", "", 1.5, 1.0, 3.0, "B", "Tombe & Zhu 2019 (value recalled)", "logit response of the base place to log income"),
    P("reconsider_share", "share/year", 0.20, 0.05, 1.0, "D", "assumed; stability of the labour loop", "persons who reconsider their base in a year"),
    P("distance_cost", "log income", 1.0, 0.5, 1.5, "B", "Zhang & Zhao 2013, rescaled to 100 km", "cost of changing residence per ln(1 + km/100)"),
    P("commute_cost", "share of time value", 0.5, 0.2, 1.0, "C", "assumed", "log income lost per working day share spent commuting"),
    P("commute_limit", "minutes", 75.0, 30.0, 120.0, "D", "assumed", "longest daily commute, door to door"),
    P("land_loss", "", 0.8, 0.0, 2.0, "B", "Tombe & Zhu: land income lost on leaving", "weight of land income lost on leaving"),
    P("network", "", 1.0, 0.0, 1.6, "A", "Chen, Jin & Yue: capped so that network x elasticity <= 2.4", "effect of the village's share away on going away"),
    P("public_services", "log income", 0.15, 0.0, 0.5, "D", "assumed", "effect of the log public service index of a place"),
    P("housing_share", "share", 0.18, 0.1, 0.3, "C", "assumed", "weight of relative house rents in the cost of living"),
    P("return_to_schooling", "log/year", 0.064, 0.02, 0.12, "B", "de Brauw & Rozelle", "Mincer return to a year of schooling"),
    P("return_to_experience", "log/year", 0.03, 0.0, 0.06, "C", "assumed", "return to a year of experience"),
    P("experience_squared", "log/year2", 0.0006, 0.0, 0.002, "C", "assumed", "its decline"),
    P("human_capital_norm", "log", 0.72, -1.0, 2.0, "D", "mean log human capital of workers, so that wages are per mean worker", "normalisation of human capital"),
    P("offfarm_access", "share", 0.35, 0.1, 0.9, "D", "assumed; calibrated to rural wage income", "share of free village days that find off-farm work"),
    P("farm_days_per_mu", "days/mu", 5.0, 2.0, 10.0, "C", "assumed", "labour days that a mu takes"),
    P("farm_days_limit", "days", 270.0, 200.0, 330.0, "D", "assumed", "most days a farm worker works"),
    P("old_work", "share", 0.5, 0.0, 1.0, "D", "assumed", "off-farm days of those of 60-70 against younger ones"),
    P("home_floor", "yuan/year", 3000.0, 1000.0, 6000.0, "D", "assumed", "least income of a person at home"),
    P("village_taste_young", "utility", 0.0, -12.0, 12.0, "D", "calibrated", "taste for the village, 16-34"),
    P("village_taste_middle", "utility", 0.0, -12.0, 12.0, "D", "calibrated", "taste for the village, 35-49"),
    P("village_taste_old", "utility", 0.0, -12.0, 12.0, "D", "calibrated", "taste for the village, 50-75"),
    P("home_taste_young", "utility", 0.0, -12.0, 12.0, "D", "calibrated", "taste for staying at home, 16-34, rural"),
    P("home_taste_middle", "utility", 0.0, -12.0, 12.0, "D", "calibrated", "taste for staying at home, 35-49, rural"),
    P("home_taste_old", "utility", 0.0, -12.0, 12.0, "D", "calibrated", "taste for staying at home, 50-75, rural"),
    P("urban_home_taste_young", "utility", 0.0, -12.0, 12.0, "D", "calibrated", "taste for staying at home, 16-34, urban"),
    P("urban_home_taste_middle", "utility", 0.0, -12.0, 12.0, "D", "calibrated", "taste for staying at home, 35-49, urban"),
    P("urban_home_taste_old", "utility", 0.0, -12.0, 12.0, "D", "calibrated", "taste for staying at home, 50-75, urban"),
    P("town_barrier", "utility", 2.0, -12.0, 12.0, "D", "calibrated", "cost of a move from a village to a town of the zone (hukou and all else)"),
    P("outside_barrier", "utility", 2.0, -12.0, 12.0, "D", "calibrated", "cost of leaving the zone from a village"),
    P("commute_barrier", "utility", 3.0, -12.0, 12.0, "D", "calibrated", "cost of a commuter's job in town"),
    P("urban_move_barrier", "utility", 3.0, -12.0, 12.0, "D", "calibrated", "cost of moving between districts for town people"),
    P("urban_outside_barrier", "utility", 3.0, -12.0, 12.0, "D", "calibrated", "cost of leaving the zone for town people"),
    P("settle_barrier", "utility", 4.0, -12.0, 20.0, "D", "calibrated to a balance of settling and return in 2019", "cost of settling the whole family"),
    P("return_rate", "share/year", 0.02, 0.005, 0.05, "D", "assumed", "yearly chance that a settled family wants to return"),
    P("return_spread", "log", 0.8, 0.2, 1.5, "D", "assumed", "spread of that chance over families"),
    # wages and firms
    P("unemployment", "share", 0.05, 0.02, 0.10, "C", "assumed", "unemployment at rest"),
    P("wage_curve", "elasticity", 0.10, 0.0, 0.25, "C", "Blanchflower & Oswald; sign in China WC26", "elasticity of pay to unemployment"),
    P("wage_inertia", "share", 0.5, 0.2, 0.9, "D", "assumed; stability of the labour loop", "weight of last year's wage"),
    P("expectation_gain", "share", 0.5, 0.1, 1.0, "D", "assumed", "weight of the newest observation in expectations"),
    P("follow_seekers", "share", 0.2, 0.0, 0.5, "D", "assumed; stability of the labour loop", "part of hiring that follows job seekers"),
    P("demand_elasticity_tradable", "", 4.0, 1.5, 8.0, "C", "assumed", "price elasticity of demand for tradables"),
    P("demand_elasticity_services", "", 1.5, 1.1, 4.0, "C", "assumed", "price elasticity of demand for local services"),
    P("agglomeration", "elasticity", 0.07, 0.03, 0.19, "B", "review of non-high-income estimates (AGG)", "effect of employment on productivity"),
    P("capital_share", "share", 0.38, 0.3, 0.5, "C", "assumed", "exponent of capital in non-farm production"),
    P("labour_share", "share", 0.55, 0.45, 0.6, "C", "assumed", "exponent of labour in non-farm production"),
    P("markup", "share", 0.18, 0.0, 0.4, "C", "assumed", "price over marginal cost of firms"),
    P("wage_share", "share", 0.45, 0.35, 0.55, "B", "compensation in value added", "labour compensation in non-farm value added in 2019"),
    P("depreciation", "share/year", 0.07, 0.04, 0.10, "C", "assumed", "wear of capital"),
    P("capital_cost", "share/year", 0.13, 0.08, 0.2, "C", "assumed", "user cost of capital"),
    P("capital_speed", "share/year", 0.2, 0.05, 0.5, "C", "assumed", "part of the gap to the wanted capital that is invested in a year"),
    P("firm_land_share", "share", 0.07, 0.0, 0.15, "C", "assumed: the shares .38, .55, .07", "exponent of land in non-farm production"),
    P("firm_size_spread", "log", 1.3, 0.5, 2.0, "D", "assumed", "spread of firm sizes within a branch and district, 2019"),
    P("firm_shock", "log/year", 0.02, 0.0, 0.1, "D", "assumed", "yearly shock to a firm's own productivity"),
    P("firm_exit", "share/year", 0.08, 0.0, 0.2, "D", "assumed", "firms of mean size that end in a year without distress"),
    P("site_taken", "share", 0.9, 0.0, 1.0, "D", "assumed", "sites of ended firms that a new one takes over at normal returns"),
    P("free_sites", "share of firms", 0.2, 0.0, 1.0, "D", "assumed", "free sites beside those in use, 2019"),
    P("free_entry", "share/year", 0.04, 0.0, 0.3, "D", "assumed: as many as end without a successor", "free sites that a new firm takes in a year at normal returns"),
    P("entry_elasticity", "", 1.0, 0.0, 4.0, "D", "assumed", "response of entry to returns over normal returns"),
    P("entrant_size", "share of mean", 0.5, 0.1, 1.0, "D", "assumed", "equipment of a new firm on a free site against the mean of its branch"),
    P("entrant_spread", "log", 0.09, 0.0, 0.3, "D", "assumed: gives the spread of sizes at returns to scale of .93", "spread of a new firm's productivity"),
    P("resale_share", "share", 0.4, 0.1, 1.0, "D", "assumed", "price of an ended firm's equipment for who takes its site"),
    P("scrap_share", "share", 0.2, 0.0, 0.5, "D", "assumed", "price of equipment that nobody takes over"),
    P("firm_payout", "share", 0.6, 0.2, 0.9, "C", "assumed (amended accounts)", "profit after wear that firms pay out"),
    P("firm_liquidity", "share of value added", 0.10, 0.02, 0.3, "D", "assumed", "cash that a firm aims at"),
    P("firm_leverage", "share of capital", 0.15, 0.0, 0.5, "D", "assumed: with deposits of 108 bn, loans near four fifths of them", "loans that a firm aims at"),
    P("firm_leverage_spread", "log", 0.8, 0.0, 1.5, "D", "assumed", "spread of it over firms"),
    P("firm_loan_limit", "share of capital", 0.5, 0.2, 0.8, "D", "assumed", "most that banks lend to a firm"),
    P("firm_loan_margin", "share/year", 0.02, 0.005, 0.05, "D", "assumed", "rate of firm loans above the prime rate"),
    P("tfp_growth", "log/year", 0.006, 0.0, 0.03, "C", "BVZ 1998-2007, slower since; entry and exit add near as much", "growth of productivity of non-farm firms that stay"),
    P("incommuter_share", "share", 0.29, 0.1, 0.4, "D", "assumed (amended balance of GDP and wages)", "wage bill that goes to workers from outside the zone, 2019"),
    P("labour_wedge", "share", 0.24, 0.15, 0.35, "C", "assumed", "social contributions and income tax in labour compensation"),
    P("income_tax_part", "share", 0.15, 0.0, 0.4, "D", "assumed", "part of that wedge that is income tax"),
    P("local_wage", "yuan/year", 42000.0, 30000.0, 55000.0, "B", "monitoring survey 2019: 3,500 a month", "pay of local off-farm work per year of work, before human capital"),
    P("town_wage", "yuan/year", 46000.0, 30000.0, 65000.0, "D", "calibrated to urban wage income", "net pay of a mean worker in a district's firms, 2019"),
    P("benefit", "yuan/year", 9000.0, 0.0, 20000.0, "C", "assumed", "unemployment benefit of an insured worker"),
    P("outside_premium", "log", 0.0, -0.5, 0.5, "D", "assumed", "pay outside against the survey's mean for outside workers"),
    P("outside_unemployment", "share", 0.05, 0.0, 0.1, "D", "assumed", "unemployment outside the zone"),
    P("remit_close", "share", 0.20, 0.05, 0.4, "D", "assumed", "share of net pay sent home where partner, child or parent stayed"),
    P("remit_far", "share", 0.10, 0.05, 0.4, "D", "assumed", "the same where nobody did"),
    # farming and land
    P("operator_share", "share", 0.46, 0.41, 0.51, "B", "Adamopoulos, Brandt, Leight & Restuccia (recalled)", "exponent of labour in farming"),
    P("land_share", "share", 0.36, 0.31, 0.41, "B", "the same", "exponent of land"),
    P("service_share", "share", 0.18, 0.13, 0.23, "B", "the same", "exponent of machinery services"),
    P("materials_cost", "yuan/kg", 0.48, 0.3, 0.7, "B", "220 yuan/mu of seed, fertiliser and chemicals at 458 kg/mu", "materials per kg of grain, 2019"),
    P("farm_productivity", "", 400.0, 0.01, 5000.0, "D", "calibrated to 2.731 Mt of grain", "level of farm productivity"),
    P("farm_tfp_growth", "log/year", 0.010, 0.0, 0.02, "C", "Jilin grain yield 432 (2018) to 479 kg/mu (2023), part of it weather", "growth of farm productivity"),
    P("farm_skill_spread", "log", 0.5, 0.3, 0.8, "D", "fitted to the farm-size tail (assumed)", "spread of log farm ability"),
    P("lease_cost", "share of rent", 0.20, 0.0, 0.4, "D", "calibrated to a transfer share of 40 %", "cost of a lease to each side where no exchange is near"),
    P("exchange_saving", "share", 0.5, 0.0, 0.9, "D", "assumed", "part of the lease cost that an exchange saves"),
    P("tenure_risk", "share of rent", 0.267, 0.0, 0.5, "D", "assumed: 8 % on average at 70 % titled", "rent that an untitled lessor feels at risk"),
    P("ability_wedge", "log per log", 0.8, 0.0, 1.2, "D", "own fit to output gains of tenure reform", "cost of expansion that rises with ability"),
    P("kin_share", "share", 0.40, 0.3, 0.5, "B", "rent-free transfers 30-50 % (Wang et al. 2019)", "lessors who lend to kin without rent"),
    P("lease_turnover", "share/year", 0.33, 0.1, 1.0, "D", "assumed: contracts of three years", "part of land positions that adjusts in a year"),
    P("yield_spread_zone", "log", 0.06, 0.0, 0.2, "D", "assumed", "zone-wide yield shock"),
    P("yield_spread_district", "log", 0.06, 0.0, 0.2, "D", "assumed: weather is regional; zone, district and village together .10", "yield shock of a district"),
    P("yield_spread_village", "log", 0.05, 0.0, 0.2, "D", "assumed", "village yield shock"),
    P("yield_spread_household", "log", 0.12, 0.0, 0.3, "D", "assumed", "household yield shock"),
    P("flood_chance", "share/year", 0.08, 0.0, 0.2, "D", "assumed", "chance of a flood or drought year in a district"),
    P("flood_loss", "share", 0.25, 0.0, 0.5, "D", "assumed", "yield lost in it"),
    P("price_spread", "log", 0.06, 0.0, 0.2, "D", "assumed", "yearly spread of the farm-gate price around its path"),
    P("cash_crop_yield", "yuan/mu", 8000.0, 4000.0, 12000.0, "D", "assumed: 2.4 bn yuan on 0.30 M mu", "gross output of cash crops"),
    P("cash_crop_cost", "share", 0.28, 0.1, 0.6, "D", "assumed", "inputs in cash-crop output"),
    P("livestock_cost", "share", 0.5, 0.3, 0.8, "D", "assumed", "inputs in livestock output"),
    P("producer_subsidy", "yuan/mu", 86.0, 0.0, 300.0, "C", "maize producer subsidy 2019 (recalled)", "subsidy to the operator, 2019 prices"),
    P("fertility_subsidy", "yuan/mu", 78.0, 0.0, 200.0, "C", "farmland fertility subsidy (recalled)", "subsidy to the contractor, 2019 prices"),
    P("other_transfer", "yuan/head", 487.0, 0.0, 2000.0, "D", "assumed", "medical and minimum-living payments per rural head, 2019"),
    P("urban_other_transfer", "yuan/head", 1300.0, 500.0, 3000.0, "D", "assumed", "the same per urban head"),
    P("urban_pension", "yuan/year", 34000.0, 15000.0, 60000.0, "D", "assumed; calibrated to urban transfers of 8,950 yuan", "pension of an urban retiree, 2019"),
    P("own_account_level", "", 1.0, 0.05, 5.0, "D", "calibrated to rural operating income", "level of rural own-account and livestock income"),
    P("urban_own_account_level", "", 1.0, 0.05, 5.0, "D", "calibrated to urban operating income", "level of urban own-account income"),
    P("own_account_share", "share", 0.12, 0.05, 0.25, "D", "assumed", "new urban households that work on own account"),
    P("urban_own_account", "yuan/year", 41800.0, 10000.0, 80000.0, "D", "assumed: 2,300 yuan per urban head", "net income of urban own-account work, mean"),
    P("income_position", "", 0.75, 0.3, 1.2, "D", "calibrated to the fitted income shapes", "how strongly lasting position shapes pay and own-account income"),
    # rights
    P("discount", "share/year", 0.05, 0.04, 0.08, "C", "assumed", "mean real discount rate of households"),
    P("discount_spread", "share/year", 0.02, 0.0, 0.03, "D", "assumed", "half width of its spread"),
    P("rent_growth", "share/year", 0.01, 0.0, 0.02, "D", "assumed", "expected growth of land income"),
    P("loss_averse_share", "share", 0.71, 0.3, 0.9, "B", "Liu et al. 2021: 70.62 % show endowment effects", "households with an endowment effect"),
    P("loss_aversion", "", 1.6, 1.0, 2.5, "C", "assumed", "mean size of the effect where present"),
    P("waiting_markup", "", 1.60, 1.37, 1.86, "C", "real option, r = dividend = .05, sigma .15", "hurdle of an irreversible exit"),
    P("security_land", "yuan/mu/year", 2500.0, 500.0, 4000.0, "D", "fitted to 10 % willing at 27,800 yuan/mu", "security that contracted land gives an uninsured household"),
    P("security_home", "yuan/person/year", 1000.0, 200.0, 2000.0, "D", "assumed", "refuge that the homestead gives"),
    P("security_home_cap", "yuan", 40000.0, 10000.0, 80000.0, "D", "assumed", "most that refuge is worth"),
    P("cover_partly", "share", 0.20, 0.0, 0.5, "D", "assumed", "social security cover of a family with members in town"),
    P("cover_settled", "share", 0.85, 0.5, 1.0, "D", "assumed", "the same of a settled family"),
    P("house_service", "yuan/year", 2500.0, 1000.0, 5000.0, "D", "assumed", "service of an occupied house"),
    P("house_service_seasonal", "yuan/year", 800.0, 200.0, 2000.0, "D", "assumed", "of a seasonal one"),
    P("house_service_idle", "yuan/year", 300.0, 0.0, 1000.0, "D", "assumed", "of an idle one"),
    P("attachment", "yuan/m2", 180.0, 60.0, 300.0, "D", "fitted to 30-37 % willing at 216.5 yuan/m2", "attachment to an occupied plot"),
    P("attachment_seasonal", "yuan/m2", 100.0, 30.0, 200.0, "D", "assumed", "to a seasonal one"),
    P("attachment_idle", "yuan/m2", 30.0, 0.0, 100.0, "D", "assumed", "to an idle one"),
    P("plot_standard", "m2", 330.0, 270.0, 330.0, "B", "Jilin limit per rural household (recalled)", "plot that a qualification gives"),
    P("plot_cost", "yuan/m2", 60.0, 20.0, 120.0, "D", "assumed", "administrative cost of a plot"),
    P("build_right", "yuan", 40000.0, 20000.0, 80000.0, "D", "assumed", "worth of being allowed to build again"),
    P("rights_noise", "yuan", 4000.0, 1000.0, 10000.0, "D", "assumed", "scale of the keyed noise of each right given up"),
    P("peer_effect", "share of noise", 0.3, 0.0, 1.0, "D", "assumed", "pull of neighbours' exits, after eligibility"),
    P("house_lease_rent", "yuan/year", 6000.0, 2000.0, 20000.0, "D", "assumed", "rent of a leased farm house"),
    P("house_lease_chance", "share/year", 0.1, 0.02, 0.5, "D", "assumed", "idle houses on offer that find a lessee in a year"),
    P("transaction_fee", "share", 0.01, 0.0, 0.05, "D", "assumed", "fee on exit payments"),
    P("reclaim_cost", "yuan/m2", 45.0, 20.0, 80.0, "D", "assumed", "cost of turning a plot into farmland"),
    P("share_dividend", "yuan/share/year", 120.0, 30.0, 400.0, "D", "assumed", "dividend of the collective per share, 2019"),
    P("capitalisation", "share/year", 0.05, 0.03, 0.08, "D", "assumed", "rate at which rents and dividends are capitalised in offers"),
    # credit
    P("deposit_rate", "share/year", 0.005, 0.0, 0.02, "D", "assumed, real", "interest on deposits"),
    P("loan_margin", "share/year", 0.015, 0.005, 0.03, "C", "assumed", "operating cost and monitoring of loans"),
    P("capital_charge", "share/year", 0.0105, 0.005, 0.02, "C", "10.5 % capital at 10 % return", "cost of capital held against loans"),
    P("default_constant", "logit", -4.2, -6.0, -3.0, "D", "fitted to loan losses of 3.6-5.9 %", "default: constant"),
    P("default_service", "logit", 2.0, 0.0, 4.0, "D", "assumed", "default: debt service over income"),
    P("default_ltv", "logit", 1.0, 0.0, 3.0, "D", "assumed", "default: loan to value"),
    P("haircut", "share", 0.1, 0.0, 0.4, "D", "assumed", "haircut on collateral"),
    P("recovery", "share", 0.5, 0.1, 0.9, "D", "assumed", "collateral value recovered after a default"),
    P("rate_cap", "multiple", 2.5, 1.5, 4.0, "C", "assumed", "highest loan rate against the nominal prime rate"),
    P("capital_ratio", "share", 0.105, 0.08, 0.13, "B", "rule (recalled)", "least capital over risk-weighted assets"),
    P("venture_chance", "share/year", 0.05, 0.0, 0.15, "D", "assumed", "households with a project that needs a loan"),
    P("venture_size", "yuan", 90000.0, 20000.0, 150000.0, "C", "mean loans of 39-123 thousand yuan in Tieling pilots", "mean outlay of it"),
    P("venture_spread", "log", 0.6, 0.2, 1.0, "D", "assumed", "spread of it"),
    P("family_outlay_chance", "share/year", 0.06, 0.0, 0.15, "D", "assumed: with the next keeps rural loans near 6 bn yuan", "families with a large outlay (house, wedding, schooling) in a year"),
    P("family_outlay", "yuan", 60000.0, 20000.0, 150000.0, "D", "assumed", "mean size of it"),
    P("credit_line", "years of income", 1.5, 0.0, 3.0, "D", "assumed: small credit without collateral keeps rural loans near 6 bn yuan", "credit that a household gets on its name"),
    P("venture_return", "share/year", 0.15, 0.0, 0.35, "D", "assumed", "yearly income of a yuan in an own business, before its wear"),
    P("business_wear", "share/year", 0.10, 0.0, 0.3, "D", "assumed", "wear of what is invested in an own business"),
    P("land_years", "years", 10.0, 3.0, 30.0, "D", "Hanshou rule: years of rent left", "years of rent that value land management rights as collateral"),
    P("working_capital", "yuan/mu", 450.0, 200.0, 800.0, "D", "assumed", "rent and inputs to be paid before harvest on a mu"),
    P("house_value", "yuan/m2", 800.0, 300.0, 1500.0, "D", "assumed", "value of a farm house as collateral"),
    # consumption
    P("saving", "share", 0.20, 0.05, 0.4, "C", "consumption over income of Jilin", "saving out of permanent income"),
    P("wealth_target", "years of income", 1.2, 0.6, 2.0, "D", "assumed", "deposits that households aim at"),
    P("wealth_response", "share/year", 0.10, 0.02, 0.4, "D", "assumed", "spending out of deposits above the aim"),
    P("housing_response", "share/year", 0.7, 0.0, 1.0, "D", "assumed: deposits stay near their aim, savings go into housing and other assets", "part of deposits above the aim that buys other assets"),
    P("income_memory", "share", 0.3, 0.1, 1.0, "D", "assumed", "weight of this year's income in permanent income"),
    P("imputed_rent", "yuan/m2", 2.2, 0.5, 10.0, "D", "assumed: 70 yuan per rural head", "net imputed rent of a farm house"),
    P("urban_imputed_rent", "yuan/head", 1100.0, 300.0, 3000.0, "D", "assumed", "net imputed rent per urban head"),
    # people
    P("fertility_start", "children/woman", 0.95, 0.65, 1.2, "C", "births of Jilin (assumed path)", "total fertility in 2019"),
    P("fertility_end", "children/woman", 0.76, 0.6, 1.0, "C", "births of Jilin 2024", "total fertility from 2022"),
    P("fertility_age", "years", 28.0, 25.0, 32.0, "C", "assumed", "mean age at birth"),
    P("fertility_spread", "years", 5.0, 3.0, 7.0, "C", "assumed", "its spread"),
    P("mortality_level", "1/year", 2.1e-5, 1e-5, 4e-5, "C", "deaths of Jilin 2024", "Gompertz level at age 0"),
    P("mortality_slope", "1/year", 0.098, 0.08, 0.11, "C", "the same", "Gompertz slope"),
    P("mortality_sex", "log", 0.25, 0.0, 0.5, "C", "assumed", "half the log ratio of male to female mortality"),
    P("partner_rate", "share/year", 0.10, 0.02, 0.3, "D", "calibrated to falling household size", "single persons of 22-35 who look for a partner in a year"),
    P("new_home_share", "share", 0.5, 0.2, 0.9, "D", "assumed", "couples who found a household of their own"),
    P("arrival_rate", "per head/year", 0.003, 0.0, 0.006, "D", "assumed", "gross in-migration of ages 18-30 from outside"),
    # institutions
    P("farm_value_share", "share", 0.6, 0.4, 0.8, "D", "assumed (amended components)", "value added in agricultural output"),
    P("import_consumption", "share", 0.45, 0.2, 0.7, "D", "assumed", "consumption that is brought in from outside"),
    P("import_investment", "share", 0.5, 0.2, 0.8, "D", "assumed", "investment that is brought in from outside"),
    P("import_materials", "share", 0.7, 0.3, 0.9, "D", "assumed", "farm inputs that are brought in from outside"),
    P("upper_equity", "share", 0.25, 0.0, 0.6, "D", "assumed", "part of non-resident firm dividends that goes to province and centre"),
    P("interbank_spread", "share/year", 0.004, 0.0, 0.02, "D", "assumed", "what the bank's claim outside earns above the deposit rate"),
    P("claim_weight", "share", 0.2, 0.0, 1.0, "C", "supervisory weight of claims on banks (recalled)", "risk weight of the bank's claim outside"),
    P("opening_capital_ratio", "share", 0.115, 0.09, 0.15, "D", "assumed", "capital over risk-weighted assets in 2019; above it the bank pays dividends"),
    P("bank_payout", "share", 0.3, 0.0, 0.6, "D", "assumed", "profit that the bank pays out"),
    P("bank_public_share", "share", 0.6, 0.0, 1.0, "D", "assumed", "equity of the bank that province and centre hold"),
    P("guarantee_share", "share", 0.2, 0.0, 0.8, "D", "assumed", "part of write-offs called from the guarantor"),
    # government
    P("cash_share", "share", 0.10, 0.0, 0.3, "D", "assumed", "cash that a district aims at, of a year's spending"),
    P("cash_repair", "share/year", 0.5, 0.1, 1.0, "D", "assumed", "part of a district's gap to its cash aim that is closed in a year"),
    P("project_plot", "m2", 500.0, 300.0, 800.0, "D", "assumed: mean plot", "plot on which a project's cost is estimated"),
    P("project_house", "m2", 80.0, 50.0, 150.0, "D", "assumed: mean house", "house on which a project's cost is estimated"),
    P("resident_equity", "share", 0.05, 0.0, 0.25, "D", "assumed: leaves urban property income at 2,050 yuan per head", "dividends of non-farm firms that go to residents"),
    P("local_tax_part", "share", 0.3434, 0.2, 0.6, "A", "8.142 of 23.71 bn yuan (plan)", "tax that stays with the districts"),
    P("district_spending", "yuan/year", 18e9, 12e9, 24e9, "D", "assumed: 1.5-2.5 times revenue", "spending target of the nine districts, 2019"),
    P("project_cash_share", "share", 0.05, 0.0, 0.5, "D", "assumed", "part of a district's cash that projects may use in a year"),
)
DEFAULTS = {p.name: p.default for p in PARAMETERS}
Behaviour = namedtuple("Behaviour", [p.name for p in PARAMETERS])
Behaviour.__module__ = "sim.behaviour"


@cache
def calibrated():
    """Constants found by calibration: {name: value}, from `sim/data/calibration.csv`."""
    import csv
    from pathlib import Path
    path = Path(__file__).parent / "data" / "calibration.csv"
    if not path.exists():
        return {}
    with open(path, encoding="utf-8", newline="") as lines:
        return {r["name"]: float(r["value"]) for r in csv.DictReader(lines)}


def load(assumptions=None, calibration=True):
    """Behaviour as float32 scalars: defaults, then calibrated constants, then a scenario's assumptions."""
    values = dict(DEFAULTS)
    if calibration:
        values.update({k: v for k, v in calibrated().items() if k in values})
    for name, value in (assumptions or {}).items():
        if name not in values:
            raise KeyError(f"assumptions: no parameter {name!r}. `ronghe schema` lists them.")
        values[name] = float(value)
    return Behaviour(*(np.float32(values[p.name]) for p in PARAMETERS))
