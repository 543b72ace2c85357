"""Every indicator once: what it is called, its unit, one sentence, which way is better, how it is read; and the formulas of inequality.

Declared here are the ids that results, charts and tables speak. A run may emit fewer: an indicator that it does not emit is absent, never zero.
Not here: how a year is summed from households (`sim/model.py`), how runs are compared (`sim/study/comparison.py`).
"""
from typing import NamedTuple

import numpy as np

SECTORS = {"rural": ("农村", "rural"), "urban": ("城镇", "urban"), "all": ("全体", "all")}
GROUPS = {
    "people": ("人口", "People"), "land": ("土地", "Land"), "labour": ("劳动与收入", "Labour and incomes"),
    "capital": ("资金", "Capital"), "rights": ("权益", "Rights"), "public": ("公共", "Public"),
}
# What is kept of every span of a sample, so that sampling errors of differences can be told (`sim/study/sampling_error.py`).
SAMPLE_QUANTITIES = tuple(f"{name}_{sector}" for sector in ("rural", "urban") for name in (
    "persons", "disposable_income", "wage_income", "operating_income", "property_income", "transfer_income", "consumption")) + (
    "contract_area", "rented_area", "homesteads_withdrawn", "qualification_retained", "contract_rights_exited_mu", "shares_exited", "combined_exits",
    "homestead_reclaimed_ha", "parcels_entered", "parcels_value_yuan", "loans_new", "loans_outstanding_yuan", "settled_migrants", "grain_output_t", "fiscal_cost_yuan",
    "village_projects_funded", "village_projects_dropped")
INCOME_COMPONENTS = ("wage_income", "operating_income", "property_income", "transfer_income")

# A reading scale: how many base units one shown unit holds, and its word, for Chinese and for English.
SCALES = {
    "one": ((1, ""), (1, "")),
    "wan": ((1e4, "万"), (1e3, "thousand ")),
    "yi": ((1e8, "亿"), (1e6, "million ")),
}
UNIT_WORDS = {
    "yuan2019": ("元", "yuan"), "yuan2019 per mu": ("元/亩", "yuan per mu"), "yuan2019 per m2": ("元/平方米", "yuan per m²"), "percent": ("%", "%"), "ratio": ("", ""),
    "index": ("", ""), "nats": ("", ""), "persons": ("人", "persons"), "households": ("户", "households"), "mu": ("亩", "mu"),
    "ha": ("公顷", "ha"), "t": ("吨", "t"), "plots": ("宗", "plots"), "houses": ("处", "houses"), "rights": ("份", "shares"),
    "agreements": ("份", "agreements"), "parcels": ("宗", "parcels"), "loans": ("笔", "loans"), "firms": ("家", "firms"),
    "jobs": ("个", "jobs"), "sites": ("处", "sites"), "projects": ("个", "projects"), "visits": ("人次", "visits"), "businesses": ("个", "businesses"), "cases": ("件", "cases"),
    "minutes": ("分钟", "minutes"), "districts": ("个", "districts"), "homes": ("套", "homes"), "cooperatives": ("家", "cooperatives"),
}


class Indicator(NamedTuple):
    """One indicator. `kind` says what a year's value is: a `stock` of 31 December, a `flow` of the year, or a `level` (mean, share, ratio)."""

    id: str
    unit: str
    zh: str
    en: str
    sentence_zh: str
    sentence_en: str
    better: int          # +1 more is better, -1 less is better, 0 neither
    decimals: int        # shown after the decimal point, on the reading scale
    scale: str           # key of SCALES
    group: str           # key of GROUPS
    kind: str = "level"

    def title(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def sentence(self, language: str) -> str:
        return self.sentence_zh if language == "zh" else self.sentence_en

    def reading(self, language: str) -> tuple[float, str]:
        """(divisor, unit word) of the shown number: 1.2e8 yuan2019 reads 1.2 亿元 or 120 million yuan."""
        at = 0 if language == "zh" else 1
        divisor, word = SCALES[self.scale][at]
        return divisor, word + UNIT_WORDS[self.unit][at]

    def show(self, value: float | None, language: str, signed: bool = False) -> str:
        """The number as people read it, without its unit; a dash where there is none."""
        if value is None or not np.isfinite(value):
            return "–"
        divisor, _ = self.reading(language)
        decimals = self.decimals if language == "zh" or self.scale == "one" else max(0, self.decimals - (1 if self.scale == "wan" else 2))
        shown = round(value / divisor, decimals) + 0.0      # + 0.0: no minus before a zero
        return f"{shown:+,.{decimals}f}" if signed and shown else f"{shown:,.{decimals}f}"


_DECLARED = (
    # ---- labour and incomes
    Indicator("disposable_income", "yuan2019", "人均可支配收入", "Disposable income per head",
              "常住居民四项收入之和，2019年不变价；退出补偿是资本性所得，不计入。", "The four components of residents' income in yuan of 2019; exit compensation is a capital receipt and stays out.", 1, 0, "one", "labour"),
    Indicator("wage_income", "yuan2019", "人均工资性收入", "Wage income per head",
              "常住成员的工资，含季节性务工。", "Wages of resident members, seasonal work included.", 1, 0, "one", "labour"),
    Indicator("operating_income", "yuan2019", "人均经营净收入", "Operating income per head",
              "种植、养殖和自营非农的净收入。", "Net income of crops, livestock and own-account business.", 1, 0, "one", "labour"),
    Indicator("property_income", "yuan2019", "人均财产净收入", "Property income per head",
              "地租、红利、利息和自有住房净租金折算。", "Land rent, dividends, interest and the imputed net rent of own houses.", 1, 0, "one", "labour"),
    Indicator("transfer_income", "yuan2019", "人均转移净收入", "Transfer income per head",
              "养老金、补贴、救助和外出成员寄带回的钱。", "Pensions, subsidies, assistance and remittances of members away.", 1, 0, "one", "labour"),
    Indicator("consumption", "yuan2019", "人均消费支出", "Consumption per head",
              "居民用于生活消费的支出，2019年不变价。", "What residents spend on living, in yuan of 2019.", 1, 0, "one", "labour"),
    Indicator("income_gap_ratio", "ratio", "城乡居民收入比", "Urban-rural income ratio",
              "城镇与农村常住居民人均可支配收入之比；人口流动会改变两边的构成。", "Mean disposable income of urban over rural residents; migration changes who is counted on either side.", -1, 3, "one", "labour"),
    Indicator("income_gap_ratio_fixed_membership", "ratio", "城乡收入比（固定成员）", "Income ratio, fixed membership",
              "按2019年居住地把人固定在城或乡，新生儿随母。", "Persons stay in the sector of their 2019 residence, newborns in their mother's.", -1, 3, "one", "labour"),
    Indicator("income_gap_ratio_registered", "ratio", "城乡收入比（户籍口径）", "Income ratio, by registration",
              "按户籍家庭计算，外出成员的工资全额计入，无论住在哪里。", "Registered families wherever they live, migrants' full wages counted.", -1, 3, "one", "labour"),
    Indicator("income_gap_ratio_real", "ratio", "城乡收入比（扣除生活成本）", "Income ratio, at local cost of living",
              "城乡收入各按当地生活成本折实后之比。", "Each side deflated by its own cost of living.", -1, 3, "one", "labour"),
    Indicator("living_cost_index", "index", "生活成本指数", "Cost of living",
              "当地生活成本相对全国价格，2019年为100。", "Local cost of living against national prices, 100 in 2019.", 0, 1, "one", "labour"),
    Indicator("consumption_gap_ratio", "ratio", "城乡消费比", "Urban-rural consumption ratio",
              "城镇与农村居民人均消费之比。", "Mean consumption of urban over rural residents.", -1, 3, "one", "labour"),
    Indicator("gini", "ratio", "基尼系数", "Gini coefficient",
              "按人计的可支配收入不平等，0为完全平均。", "Inequality of disposable income among persons; 0 is full equality.", -1, 3, "one", "labour"),
    Indicator("theil", "nats", "泰尔指数", "Theil index",
              "可支配收入的泰尔指数，可分解为城乡之间与城乡内部。", "Theil index of disposable income; it splits into between and within sectors.", -1, 4, "one", "labour"),
    Indicator("theil_between", "nats", "泰尔指数：城乡之间", "Theil index between sectors",
              "泰尔指数中由城乡均值差造成的部分。", "The part of the Theil index that comes from the two sector means.", -1, 4, "one", "labour"),
    Indicator("migrant_workers", "persons", "外出务工人员", "Migrant workers",
              "一年中六个月以上在村外工作居住的农村户籍劳动者。", "Registered rural workers who work and live outside the village for six months or more.", 0, 1, "wan", "labour", "stock"),
    Indicator("farm_workers", "persons", "务农劳动者", "Farm workers",
              "以本村为基地、从事农业的劳动者。", "Workers based in their village who farm.", 0, 1, "wan", "labour", "stock"),
    Indicator("nonfarm_jobs", "jobs", "非农就业岗位", "Non-farm jobs",
              "片区内企业雇用的岗位。", "Jobs that firms in the zone fill.", 1, 1, "wan", "labour", "stock"),
    Indicator("unemployment_rate", "percent", "失业率", "Unemployment",
              "以区内企业为工作地的居民中没有工作的比重。", "Residents who seek work in the zone's firms and have none, as a share of those who work or seek it.", -1, 1, "one", "labour"),
    Indicator("trained_workers", "persons", "培训人数", "Workers trained",
              "当年参加就业技能培训的农村劳动者。", "Rural workers who were trained in the year.", 1, 2, "wan", "labour", "flow"),
    Indicator("adult_courses", "persons", "成人学历提升人数", "Adults who caught up on schooling",
              "当年参加学历提升的农村劳动者。", "Rural workers who took a course of adult schooling in the year.", 1, 2, "wan", "labour", "flow"),
    Indicator("vocational_pupils", "persons", "新增中职学生", "New pupils of vocational schools",
              "当年因新增学位升入中等职业学校的少年。", "Youths who went on to a vocational school on a new place in the year.", 1, 2, "wan", "labour", "flow"),
    Indicator("skilled_moves", "persons", "人才迁入城镇人数", "Skilled persons who moved to a town",
              "大专及以上学历者当年迁入片区某一城镇的人数。", "Persons with at least junior college who moved to a town of the zone in the year.", 1, 2, "wan", "labour", "flow"),
    Indicator("new_businesses", "businesses", "新办自营生意", "New own businesses",
              "农户当年开办的自营生意。", "Own businesses that rural households began in the year.", 1, 0, "one", "labour", "flow"),
    Indicator("new_businesses_returnees", "businesses", "其中有外出经历者创办", "Of them by founders who worked away",
              "创业者有外出务工经历的自营生意。", "Own businesses whose founder has worked while living away from the village.", 1, 0, "one", "labour", "flow"),
    Indicator("own_business_jobs", "jobs", "自营生意带动就业", "Jobs in own businesses",
              "农户自营生意雇用的村民，年末数。", "Villagers whom own businesses of rural households hire, at year end.", 1, 0, "one", "labour", "stock"),
    Indicator("village_visits", "visits", "乡村旅游人次", "Visits to villages",
              "城镇居民当年到村游玩的人次。", "Visits of townspeople to villages in the year.", 1, 1, "wan", "labour", "flow"),
    # ---- people
    Indicator("population", "persons", "常住人口", "Resident population",
              "在片区居住六个月以上的人口，年末数。", "Persons who live in the zone for six months or more, at year end.", 0, 1, "wan", "people", "stock"),
    Indicator("households", "households", "常住户数", "Resident households",
              "片区内的常住家庭户和集体户，年末数。", "Family and collective households resident in the zone, at year end.", 0, 1, "wan", "people", "stock"),
    Indicator("urbanisation_rate", "percent", "常住人口城镇化率", "Urban share of residents",
              "城镇常住人口占常住人口的比重。", "Urban residents as a share of all residents.", 0, 1, "one", "people"),
    Indicator("settled_migrants", "persons", "进城落户人口", "Settled migrants",
              "全家已在城镇定居、农村权益仍保留或已退出的登记户成员。", "Members of registered rural families that live in town as a whole, whether or not they keep their rural rights.", 1, 2, "wan", "people", "stock"),
    # ---- land
    Indicator("farmland_mu", "mu", "承包耕地", "Contract farmland",
              "承包耕地面积。", "Area of farmland under contract.", 0, 1, "wan", "land", "stock"),
    Indicator("land_transfer_share", "percent", "承包地流转率", "Share of contract land transferred",
              "流转出去的承包地占承包地的比重。", "Contract land farmed by others as a share of contract land.", 1, 1, "one", "land"),
    Indicator("entrusted_land_share", "percent", "托管耕地占比", "Share of contract land entrusted",
              "由农户自主经营、交服务主体托管作业的承包地占比。", "Contract land that its holder operates and a provider works for a fee, as a share of contract land.", 0, 1, "one", "land"),
    Indicator("contracted_farming_share", "percent", "订单粮食占比", "Share of grain under contract",
              "按订单交售给龙头企业的粮食占粮食产量的比重。", "Grain delivered to lead firms under contract as a share of the harvest.", 0, 1, "one", "land"),
    Indicator("family_farms", "households", "家庭农场", "Family farms",
              "有自有农机、规模经营的农户，年末数。", "Households that farm at scale with machines of their own, at year end.", 1, 0, "one", "land", "stock"),
    Indicator("family_farms_new", "households", "新办家庭农场", "New family farms",
              "当年新办的家庭农场。", "Family farms begun in the year.", 1, 0, "one", "land", "flow"),
    Indicator("family_farm_land_share", "percent", "家庭农场经营土地比重", "Land of family farms",
              "家庭农场经营的土地占农户经营土地的比重。", "Land that family farms operate, of what households operate.", 0, 1, "one", "land"),
    Indicator("farm_size_mu", "mu", "农场平均规模", "Mean farm size",
              "经营土地的农户平均经营面积，含托管。", "Land operated by a household that operates any, entrusted land with it.", 0, 1, "one", "land"),
    Indicator("small_farm_land_share", "percent", "30亩以下农户经营比重", "Land in farms below 30 mu",
              "经营不足30亩的农户所经营的土地比重。", "Land operated by households with less than 30 mu, of what households operate.", 0, 1, "one", "land"),
    Indicator("large_farm_land_share", "percent", "百亩以上农户经营比重", "Land in farms of 100 mu and more",
              "经营100亩及以上的农户所经营的土地比重。", "Land operated by households with 100 mu and more, of what households operate.", 0, 1, "one", "land"),
    Indicator("cooperatives", "cooperatives", "农民合作社", "Cooperatives",
              "有合作社的村，年末数。", "Villages whose small farms have a cooperative, at year end.", 1, 0, "one", "land", "stock"),
    Indicator("cooperative_members", "households", "合作社成员户", "Members of cooperatives",
              "加入本村合作社的农户，年初数。", "Households in the cooperative of their village, as the year's accounts find them.", 1, 0, "one", "land", "stock"),
    Indicator("patronage_yuan", "yuan2019", "合作社盈余返还", "Patronage of cooperatives",
              "合作社当年返还成员的盈余，已减年费。", "What cooperatives paid to their members in the year, less fees.", 1, 3, "yi", "capital", "flow"),
    Indicator("nongrain_shadow_price_yuan_per_mu", "yuan2019 per mu", "非粮化上限影子价格", "Shadow price of the non-grain cap",
              "因村内非粮面积上限未能种植的经济作物，每亩每年本可带来的净收益（农户自己的估算）；没有被拒的为零。",
              "What a mu of cash crops refused for the cap would have brought in a year, net, by the households' reckoning; zero where none is refused.",
              0, 0, "one", "land"),
    Indicator("cash_crop_area_mu", "mu", "经济作物面积", "Land under cash crops",
              "种植经济作物（含温室）的耕地。", "Land under cash crops, greenhouses among it.", 0, 1, "wan", "land", "stock"),
    Indicator("greenhouse_mu", "mu", "新建温室占地", "Land under new greenhouses",
              "2019年以后新建且仍在使用的温室占地。", "Land under greenhouses built after 2019 and still in use.", 0, 0, "one", "land", "stock"),
    Indicator("land_rent_yuan_per_mu", "yuan2019 per mu", "流转租金", "Land rent",
              "流转市场出清的每亩年租金，2019年不变价。", "Yearly rent that clears the rental market, in yuan of 2019.", 0, 0, "one", "land"),
    Indicator("grain_output_t", "t", "粮食产量", "Grain output",
              "当年粮食总产量。", "Grain harvested in the year.", 1, 1, "wan", "land", "flow"),
    Indicator("idle_homesteads", "plots", "闲置宅基地", "Idle homesteads",
              "全年无人居住的宅基地。", "Homesteads in which nobody lives all year.", -1, 2, "wan", "land", "stock"),
    Indicator("homestead_reclaimed_ha", "ha", "宅基地复垦面积", "Homestead land reclaimed",
              "退出后复垦为耕地的宅基地。", "Homestead land turned back into farmland.", 1, 1, "one", "land", "flow"),
    Indicator("parcels_entered", "parcels", "集体经营性建设用地入市宗数", "Collective parcels entering the market",
              "当年入市的集体经营性建设用地宗数。", "Parcels of collective construction land that entered the market in the year.", 1, 0, "one", "land", "flow"),
    Indicator("parcels_value_yuan", "yuan2019", "入市成交额", "Value of parcels entering",
              "当年入市地块的成交价款。", "What was paid for the parcels that entered in the year.", 1, 3, "yi", "land", "flow"),
    Indicator("construction_land_ha", "ha", "建设用地", "Construction land",
              "城乡建设用地面积，年末数。", "Rural and urban construction land at year end.", 0, 0, "one", "land", "stock"),
    Indicator("state_land_ha", "ha", "企业使用的国有建设用地", "State land in firms' use",
              "企业在用的国有建设用地，年末数。", "State construction land that firms use, at year end.", 0, 0, "one", "land", "stock"),
    Indicator("land_converted_ha", "ha", "占用耕地", "Farmland taken for construction",
              "当年转为国有建设用地或产业园地块的耕地。", "Farmland that became state construction land or plots of a park in the year.", -1, 1, "one", "land", "flow"),
    Indicator("land_renewed_ha", "ha", "城中村改造面积", "Urban-village land renewed",
              "当年经改造转为国有的城中村集体建设用地。", "Collective construction land of urban villages that became state land in the year.", 0, 1, "one", "land", "flow"),
    Indicator("quota_issued_ha", "ha", "增减挂钩指标产生", "Construction quota issued",
              "宅基地复垦当年产生的指标，已扣损耗。", "Quota that reclaimed homesteads gave in the year, less losses.", 0, 1, "one", "land", "flow"),
    Indicator("quota_sold_ha", "ha", "跨省调剂指标", "Quota sold to other provinces",
              "当年跨省域调剂的指标。", "Quota sold to other provinces in the year.", 0, 1, "one", "land", "flow"),
    Indicator("state_land_price_yuan_per_m2", "yuan2019 per m2", "国有建设用地价格", "Price of state land",
              "城镇边缘企业用地的市场价格，2019年不变价。", "Market price of firms' land at the edge of towns, in yuan of 2019.", 0, 0, "one", "land"),
    Indicator("collective_land_price_yuan_per_m2", "yuan2019 per m2", "集体建设用地成交单价", "Price of collective land",
              "当年入市地块按面积平均的成交单价；无成交则无值。", "Mean price by area of the parcels that entered in the year; absent without any.", 0, 0, "one", "land"),
    Indicator("red_line_shadow_price_yuan_per_m2", "yuan2019 per m2", "红线影子价格", "Shadow price of the red lines",
              "因耕地或粮食红线被否决的用地每平方米本可带来的净收益；未否决为零，片区取各县区最高。",
              "What a square metre refused for the farmland or grain floor would have brought, net; zero where none is refused, the highest district for the zone.", 0, 0, "one", "land"),
    # ---- rights
    Indicator("homesteads_withdrawn", "plots", "宅基地退出", "Homesteads withdrawn",
              "当年有偿自愿退出的宅基地，含留权与不留权。", "Homesteads given up for pay and by choice in the year, with or without the qualification.", 0, 0, "one", "rights", "flow"),
    Indicator("qualification_retained", "households", "留权不留地", "Qualification kept, land returned",
              "当年退地但保留资格权的户。", "Households that returned the plot in the year and keep the qualification.", 0, 0, "one", "rights", "flow"),
    Indicator("contract_rights_exited_mu", "mu", "承包权退出面积", "Contract rights exited",
              "当年有偿退出承包权的面积。", "Contract land whose right was given up for pay in the year.", 0, 0, "one", "rights", "flow"),
    Indicator("house_rent_yuan", "yuan2019", "农房租金收入", "Rent of farm houses",
              "农户当年出租农房得到的租金。", "Rent that households received for farm houses in the year.", 1, 3, "yi", "rights", "flow"),
    Indicator("shares_exited", "rights", "集体股权退出", "Collective shares exited",
              "当年有偿退出的集体收益分配权。", "Collective shares given up for pay in the year.", 0, 0, "one", "rights", "flow"),
    Indicator("combined_exits", "agreements", "组合式退出", "Combined exits",
              "当年一次退出两项以上权益的协议。", "Agreements of the year that give up two rights or more at once.", 0, 0, "one", "rights", "flow"),
    Indicator("village_projects_funded", "projects", "获得出资的退出项目", "Village projects funded",
              "当年经成员表决通过、有钱支付的村级宅基地退出项目；户只能向本村的项目退出。", "Projects of villages on members' homesteads that passed the vote and had the money in the year; households give up homesteads to such projects only.", 0, 0, "one", "rights", "flow"),
    Indicator("village_projects_dropped", "projects", "因缺钱未开展的退出项目", "Village projects dropped for want of money",
              "当年抽中、但县区可用资金不够支付而没有开展的村级项目。", "Projects of villages that were drawn in the year and that their district's money could not pay.", -1, 0, "one", "rights", "flow"),
    Indicator("regret_rate", "percent", "退出后悔率", "Regret rate",
              "退出五年后，放弃的年收益高于补偿年金的户的比重；未满五年的不计。", "Of those who exited five years ago, the share whose forgone flow exceeds the annuity of the pay; later exits are not counted.", -1, 1, "one", "rights"),
    Indicator("voluntariness_violations", "cases", "违背自愿的退出", "Exits against own interest",
              "签约时按本户自己的估值并不划算的退出；应为零。", "Exits that did not pay by the household's own reckoning when signed; must be zero.", -1, 0, "one", "rights", "flow"),
    Indicator("collective_dividend_yuan", "yuan2019", "集体分红", "Collective dividends",
              "集体经济组织当年分给成员的红利。", "What collectives paid out to their members in the year.", 1, 3, "yi", "rights", "flow"),
    # ---- capital
    Indicator("collective_debt_yuan", "yuan2019", "集体经济组织贷款余额", "Debt of collectives",
              "村集体的银行贷款年末余额。", "What collectives owe the bank at year end.", 0, 3, "yi", "capital", "stock"),
    Indicator("loans_outstanding_yuan", "yuan2019", "农户贷款余额", "Rural loans outstanding",
              "农户贷款年末余额，含有抵押和无抵押的。", "Loans of rural households at year end, with and without collateral.", 0, 2, "yi", "capital", "stock"),
    Indicator("loans_new", "loans", "新增农户贷款", "New loans",
              "当年新发放的农户贷款笔数，含有抵押和无抵押的。", "Loans granted to rural households in the year, with and without collateral.", 1, 0, "one", "capital", "flow"),
    Indicator("loans_on_name_yuan", "yuan2019", "无抵押农户贷款余额", "Loans without collateral",
              "农户信用贷款年末余额，含不良。", "Loans on a household's name at year end, bad ones with them.", 0, 2, "yi", "capital", "stock"),
    Indicator("loans_farmland_yuan", "yuan2019", "承包地经营权抵押贷款余额", "Loans on land management rights",
              "以承包地经营权抵押的贷款年末余额，含不良。", "Loans against land management rights at year end, bad ones with them.", 0, 2, "yi", "capital", "stock"),
    Indicator("loans_house_yuan", "yuan2019", "农房抵押贷款余额", "Loans on farm houses",
              "以农民住房财产权抵押的贷款年末余额，含不良。", "Loans against farm houses at year end, bad ones with them.", 0, 2, "yi", "capital", "stock"),
    Indicator("loans_share_yuan", "yuan2019", "集体股权抵押贷款余额", "Loans on collective shares",
              "以集体资产股权抵押的贷款年末余额，含不良。", "Loans against collective shares at year end, bad ones with them.", 0, 2, "yi", "capital", "stock"),
    Indicator("loans_packaged_yuan", "yuan2019", "打包抵押贷款余额", "Loans on packaged rights",
              "以多种权利打包抵押的贷款年末余额，含不良。", "Loans against several rights together at year end, bad ones with them.", 0, 2, "yi", "capital", "stock"),
    Indicator("loans_mortgage_yuan", "yuan2019", "进城农户住房按揭余额", "Mortgages of settled families",
              "进城农村家庭购买城镇住房的按揭贷款年末余额，含不良。", "Mortgages of families from the village on dwellings in town at year end, bad ones with them.", 0, 2, "yi", "capital", "stock"),
    Indicator("home_ownership_rate", "percent", "进城农户住房自有率", "Settled families that own their dwelling",
              "全家进城的农村家庭中拥有所住城镇住房的比重，年末数。", "Families from the village settled in town that own a dwelling where they live, at year end.", 1, 1, "one", "capital"),
    Indicator("homes_bought", "homes", "进城农户购房", "Dwellings bought by settled families",
              "进城农村家庭当年购买的城镇住房套数。", "Dwellings in town that families from the village bought in the year.", 1, 0, "one", "capital", "flow"),
    Indicator("home_wealth_yuan", "yuan2019", "进城农户住房净值", "Housing wealth of settled families",
              "农村家庭拥有的城镇住房按年初价格的价值减去按揭余额。", "Dwellings in town owned by families from the village at the year's price, less their mortgages.", 1, 2, "yi", "capital", "stock"),
    Indicator("home_price_index", "index", "城镇住房价格指数", "Price of dwellings in town",
              "城镇住房价格，2019年为100，与全国物价相比。", "Price of dwellings in town, 100 in 2019, against national prices.", 0, 1, "one", "capital"),
    Indicator("loan_refusals", "loans", "被拒贷款申请", "Loans refused",
              "因风险价格超过上限或银行资本不足而被拒的农户贷款申请笔数。", "Requests of households refused in the year, for a price above the cap or the bank's want of capital.", -1, 0, "one", "capital", "flow"),
    Indicator("npl_ratio", "percent", "不良贷款率", "Non-performing loans",
              "银行农户贷款中不良余额的比重。", "Bad loans as a share of the banks' loans to households.", -1, 2, "one", "capital"),
    Indicator("collateral_loss_percent", "percent", "抵押贷款预计损失率", "Expected loss of bad loans with collateral",
              "银行按处置经验预计的有抵押不良贷款损失比重，担保分担之前。", "Part of a bad loan with collateral that banks expect to lose by what they have seen, before guarantees.", -1, 1, "one", "capital"),
    Indicator("pledge_sales_yuan", "yuan2019", "抵押权利处置额", "Pledged rights sold",
              "当年为清偿不良贷款而出让的抵押权利使用收益的价款。", "Price of the use of pledged rights sold in the year for bad loans.", 0, 3, "yi", "capital", "flow"),
    Indicator("bad_loans_bought_yuan", "yuan2019", "物权公司收购不良贷款", "Bad loans bought by property companies",
              "县级物权公司当年收购的不良贷款本金。", "Bad loans of households that the districts' property companies bought in the year, at face.", 0, 3, "yi", "capital", "flow"),
    Indicator("company_loans_yuan", "yuan2019", "物权公司持有不良贷款", "Bad loans of property companies",
              "县级物权公司年末持有的农户不良贷款余额。", "Bad loans of households that property companies hold at year end.", 0, 3, "yi", "capital", "stock"),
    Indicator("company_liability_yuan", "yuan2019", "物权公司或有负债", "Contingent liability of property companies",
              "县区已注资而物权公司的现金和贷款预计价值不能覆盖的部分，年末数。", "Capital paid in by districts that the companies' money and the expected worth of their loans do not cover, at year end.", -1, 3, "yi", "public", "stock"),
    Indicator("capital_ratio", "percent", "资本充足率", "Capital ratio",
              "农村商业银行片区账的资本与风险资产之比。", "Capital over risk-weighted assets of the rural banks' zone book.", 1, 2, "one", "capital"),
    Indicator("indemnities_yuan", "yuan2019", "农业保险赔款", "Farm insurance indemnities",
              "农业保险当年付给农户的赔款，2019年不变价。", "What farm insurance paid to households in the year, in yuan of 2019.", 0, 2, "yi", "capital", "flow"),
    Indicator("firm_loans_yuan", "yuan2019", "企业贷款余额", "Loans of firms",
              "企业贷款年末余额，含政策性贷款。", "Loans of firms at year end, policy loans with them.", 0, 1, "yi", "capital", "stock"),
    Indicator("policy_loans_yuan", "yuan2019", "政策性企业贷款余额", "Policy loans of firms",
              "政策性银行按优惠利率发放的企业贷款年末余额。", "Loans that the policy bank granted to firms at a discount, at year end.", 0, 2, "yi", "capital", "stock"),
    Indicator("firms", "firms", "企业数", "Firms",
              "片区内的企业，年末数。", "Firms in the zone at year end.", 1, 0, "one", "capital", "stock"),
    Indicator("agri_industry_yuan", "yuan2019", "农业产业化增加值", "Value added of agricultural industry",
              "农产品加工业和农业龙头企业的增加值。", "Value added of agricultural processing and lead agribusiness.", 1, 2, "yi", "capital", "flow"),
    Indicator("serviced_sites", "sites", "配套场地", "Serviced sites",
              "平台、园区和小镇建成的配套场地，扣除折旧，年末数。", "Serviced sites that platforms, parks and towns have built, after wear, at year end.", 0, 0, "one", "capital", "stock"),
    Indicator("public_equity_yuan", "yuan2019", "产业基金持股", "Equity of public funds in firms",
              "公共基金在企业中的股权，按出资额计，年末数。", "Equity that public funds hold in firms, at what they paid, at year end.", 0, 2, "yi", "capital", "stock"),
    Indicator("gdp_yuan", "yuan2019", "地区生产总值", "Gross domestic product",
              "片区增加值之和，2019年不变价。", "Sum of value added in the zone, in yuan of 2019.", 1, 1, "yi", "capital", "flow"),
    Indicator("gdp_income_yuan", "yuan2019", "地区生产总值（收入法）", "GDP by income",
              "劳动报酬、生产税净额、混合收入与企业盈余之和；与生产法、支出法相等，由账目分别加出。", "Pay, net taxes, mixed income and firms' surplus; equal to production and expenditure, each summed from its own books.", 1, 1, "yi", "capital", "flow"),
    Indicator("gdp_expenditure_yuan", "yuan2019", "地区生产总值（支出法）", "GDP by expenditure",
              "居民消费、政府服务、投资与净调出之和；与生产法、收入法相等。", "Consumption, government services, investment and net exports; equal to production and income.", 1, 1, "yi", "capital", "flow"),
    # ---- public
    Indicator("adjustment_fund_yuan", "yuan2019", "土地增值收益调节金", "Adjustment fund",
              "县区和乡镇当年从集体土地入市增值收益中提取的资金。", "What districts and townships took of the value added of entering land in the year.", 0, 3, "yi", "public", "flow"),
    Indicator("fiscal_cost_yuan", "yuan2019", "政策财政支出", "Fiscal cost of policies",
              "县区财政当年为本情景的政策付出的钱，2019年不变价，已扣除省与中央的项目补助。",
              "What the districts paid for the scenario's policies in the year, in yuan of 2019, less what province and centre granted them for projects.", -1, 2, "yi", "public", "flow"),
    Indicator("upper_fiscal_cost_yuan", "yuan2019", "省与中央政策支出", "Cost of policies to province and centre",
              "省与中央当年为项目补助、保费补贴、再保险、公共建设补助、干线公路、考核奖励、银行资本和基金出资付出的钱，2019年不变价。",
              "What province and centre paid in the year for grants to projects and public works, insurance premiums, reinsurance, trunk roads, awards, capital of banks and equity of funds, in yuan of 2019.", -1, 2, "yi", "public", "flow"),
    Indicator("fiscal_balance_yuan", "yuan2019", "财政收支差额", "Fiscal balance",
              "县区财政当年收入减支出。", "Revenue less spending of the districts in the year.", 1, 2, "yi", "public", "flow"),
    Indicator("beautiful_village_share", "percent", "美丽乡村达标率", "Beautiful villages",
              "达到美丽乡村标准的村的比重。", "Villages that meet the beautiful-village standard.", 1, 1, "one", "public"),
    Indicator("public_service_index", "index", "基本公共服务指数", "Public service index",
              "人均公共服务支出及其形成的学校、医院和队伍，剔除全片区的普遍增长，2019年本县区城镇为1。",
              "Spending on services per head and the schools, clinics and staff built up with it, against the growth of the zone; towns of the district in 2019 are 1.", 1, 3, "one", "public"),
    Indicator("public_service_gap_ratio", "ratio", "城乡公共服务之比", "Urban-rural ratio of public services",
              "城镇与农村居民人均公共服务指数之比。", "Public service index of townspeople over that of villagers.", -1, 3, "one", "public"),
    Indicator("infrastructure_yuan", "yuan2019", "农村道路与管网投入", "Outlay for village roads and networks",
              "县区当年用于村庄道路和管网的支出，2019年不变价。", "What districts spent on roads and networks of villages in the year, in yuan of 2019.", 0, 2, "yi", "public", "flow"),
    Indicator("road_minutes", "minutes", "村到县区中心用时", "Road from a village to its centre",
              "从村里出门到本县区中心的时间，各村平均。", "Time from door to door between a village and the centre of its district, mean over villages.", -1, 2, "one", "public"),
    Indicator("trunk_minutes", "minutes", "县区之间用时", "Road between districts",
              "从本县区中心到其他县区中心门到门的时间，各县区平均。", "Time from door to door between the centre of a district and those of the others, mean.", -1, 1, "one", "public"),
    Indicator("trunk_roads_yuan", "yuan2019", "干线公路投入", "Outlay for trunk roads",
              "当年用于县区之间干线公路的支出，含省与中央承担的部分。", "What was spent on trunk roads between districts in the year, the part of province and centre with it.", 0, 2, "yi", "public", "flow"),
    Indicator("evaluation_awards_yuan", "yuan2019", "评价奖补资金", "Awards of the evaluation",
              "省里当年按评价结果付给县区的奖补资金。", "What the province paid the districts in the evaluation of the year.", 0, 2, "yi", "public", "flow"),
    Indicator("delivery_effort", "ratio", "落实力度", "Effort of delivery",
              "上年评价使县区落实政策加快的倍数，没有评价为1。", "Factor on the rate at which orders reach the ground that last year's evaluation is worth, 1 without one.", 1, 4, "one", "public"),
    Indicator("offers_paused", "districts", "暂停退出项目的县区", "Districts where offers pause",
              "因后悔率超过上限，当年暂停退出项目的县区数。", "Districts in which offers to buy rights pause in the year, because more leavers than allowed regret.", 0, 0, "one", "rights", "flow"),
    Indicator("district_bonds_yuan", "yuan2019", "县区政府债券余额", "Bonds of the districts",
              "县区政府债券年末余额，2019年不变价。", "Bonds that the districts owe at year end, in yuan of 2019.", 0, 2, "yi", "public", "stock"),
)
INDICATORS = {indicator.id: indicator for indicator in _DECLARED}


class Bound(NamedTuple):
    """The highest plausible yearly change of an indicator of the zone: `growth` in logs, `step` in its own unit."""

    kind: str
    most: float
    source: str


# Every path is read against these (`ronghe fit --path`): a larger change is looked into, never cut.
BOUNDS = {
    "disposable_income": Bound("growth", 0.12, "assumed"), "wage_income": Bound("growth", 0.15, "assumed"),
    "operating_income": Bound("growth", 0.25, "assumed: one year of weather and grain prices"),
    "property_income": Bound("growth", 0.25, "assumed"), "transfer_income": Bound("growth", 0.15, "assumed"), "consumption": Bound("growth", 0.12, "assumed"),
    "income_gap_ratio": Bound("step", 0.12, "assumed; the country's ratio fell by about 0.10 from 2009 to 2010 (recalled)"),
    "income_gap_ratio_fixed_membership": Bound("step", 0.12, "the same"), "income_gap_ratio_real": Bound("step", 0.12, "the same"),
    "consumption_gap_ratio": Bound("step", 0.12, "assumed"),
    "gini": Bound("step", 0.015, "assumed"), "theil": Bound("step", 0.02, "assumed"), "theil_between": Bound("step", 0.015, "assumed"),
    "migrant_workers": Bound("growth", 0.15, "assumed"), "farm_workers": Bound("growth", 0.15, "assumed"), "nonfarm_jobs": Bound("growth", 0.08, "assumed"),
    "population": Bound("growth", 0.04, "villagers of Jilin: -3.5 % a year from 2010 to 2020 (censuses, recalled)"), "households": Bound("growth", 0.03, "assumed"),
    "urbanisation_rate": Bound("step", 1.5, "assumed; Changchun gained 0.9 points a year from 2010 to 2020"),
    "land_transfer_share": Bound("step", 5.0, "assumed; the country's share rose by 4.9 points from 2013 to 2014 (recalled)"),
    "land_rent_yuan_per_mu": Bound("growth", 0.25, "assumed: rents follow grain prices"), "grain_output_t": Bound("growth", 0.2, "assumed: weather"),
    "family_farm_land_share": Bound("step", 3.0, "assumed"),
    "cash_crop_area_mu": Bound("growth", 0.1, "assumed"),
    "idle_homesteads": Bound("growth", 0.15, "assumed"), "construction_land_ha": Bound("growth", 0.03, "assumed"),
    "collective_dividend_yuan": Bound("growth", 0.5, "assumed"), "loans_outstanding_yuan": Bound("growth", 0.25, "assumed"),
    "npl_ratio": Bound("step", 2.0, "assumed"), "capital_ratio": Bound("step", 2.0, "assumed"), "firms": Bound("growth", 0.12, "assumed"),
    "gdp_yuan": Bound("growth", 0.1, "assumed"),
}
SINCE_START = "_since_start"
"""A flow summed from the first year of the run: made when it is read (`since_start`), never stored."""


def indicator_of(id: str) -> Indicator:
    """The declaration of an id; of `X_since_start` too; of an id that nobody declared, a plain one that shows the id itself."""
    if id in INDICATORS:
        return INDICATORS[id]
    base = INDICATORS.get(id.removesuffix(SINCE_START))
    if base is not None:
        return base._replace(id=id, zh=f"累计{base.zh}", en=f"{base.en} since the start", kind="stock",
                             sentence_zh=f"自起始年累计：{base.sentence_zh}", sentence_en=f"Summed from the first year: {base.sentence_en}")
    return Indicator(id, "index", id, id, "", "", 0, 3, "one", "public")


# ---------------------------------------------------------------------------------------------------- formulas of inequality
def _prepared(values, weights):
    """Both as float64 (N,), weights of one where none are given; rows without weight leave."""
    values = np.asarray(values, dtype=np.float64)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=np.float64)
    if values.shape != weights.shape:
        raise ValueError(f"indicators: {values.size} values and {weights.size} weights. One weight per value would be right.")
    kept = weights > 0
    return values[kept], weights[kept]


def gini(values, weights=None) -> float:
    """Gini coefficient of weighted values: 1 - 2 x the area under the Lorenz curve, by one sort.

    G = sum_i w_i (2 F_i - w_i - W) y_i / (W sum_i w_i y_i), F_i the cumulated weight with i, W the total weight.
    NaN where there is nobody or the mean is not positive. A weight of k is the same as k copies.
    """
    values, weights = _prepared(values, weights)
    total = np.dot(values, weights)
    if not values.size or total <= 0:
        return float("nan")
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    cumulated = np.cumsum(weights)
    return float(np.sum(weights * (2 * cumulated - weights - cumulated[-1]) * values) / (cumulated[-1] * total))


def theil(values, weights=None) -> float:
    """Theil index T = sum w (y/m) ln(y/m) / W in nats, m the weighted mean; a value of zero adds zero.

    Values below zero are counted as zero, since the index is not defined for them. NaN where the mean is not positive.
    """
    values, weights = _prepared(values, weights)
    values = np.maximum(values, 0.0)
    if not values.size or np.dot(values, weights) <= 0:
        return float("nan")
    relative = values * (weights.sum() / np.dot(values, weights))
    terms = np.where(relative > 0, relative * np.log(np.where(relative > 0, relative, 1.0)), 0.0)
    return float(np.dot(terms, weights) / weights.sum())


def theil_between(values, weights, groups) -> float:
    """The part of `theil` that comes from group means: every member given the mean of its group. groups (N,): any codes."""
    values = np.maximum(np.asarray(values, dtype=np.float64), 0.0)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=np.float64)
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    weight = np.bincount(codes, weights)
    mean = np.bincount(codes, weights * values) / np.where(weight > 0, weight, 1.0)
    return theil(mean, weight)


def decile_means(values, weights=None, parts: int = 10) -> np.ndarray:
    """Mean of each tenth of the weight, poorest first (parts,); a row on a border is divided between the two tenths. NaN if nobody is there."""
    values, weights = _prepared(values, weights)
    if not values.size:
        return np.full(parts, np.nan)
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    edges = np.concatenate(([0.0], np.cumsum(weights)))
    sums = np.concatenate(([0.0], np.cumsum(weights * values)))
    cuts = np.linspace(0.0, edges[-1], parts + 1)
    return np.diff(np.interp(cuts, edges, sums)) / (edges[-1] / parts)


def since_start(frame):
    """The flows of an indicators DataFrame summed from its first year on, as rows `X_since_start`; one row per seed, year, district, sector."""
    flows = frame[frame["indicator"].isin([id for id, one in INDICATORS.items() if one.kind == "flow"])].sort_values("year")
    keys = [k for k in ("seed", "district", "sector", "indicator", "unit") if k in flows.columns]
    summed = flows.assign(value=flows.groupby(keys, dropna=False)["value"].cumsum())
    return summed.assign(indicator=summed["indicator"] + SINCE_START)
