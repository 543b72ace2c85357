"""Sectors, codes and the books: every transfer of money of a year, by code, payer, receiver and district.

A household flow is posted once a year from the weighted sums of its column (`HOUSEHOLD_FLOWS`: who stands on the other side). Institutions pay
through `Books.pay`, which posts and moves their balance. Not here: the checks (`sim/ledger.py`).
"""
from typing import NamedTuple

import numpy as np

from sim.places import DISTRICTS

SECTORS = ("rural_households", "urban_households", "collectives", "farms", "firms", "bank", "guarantor", "property_company", "districts",
           "social_insurance", "upper_government", "rest_of_world")
RURAL, URBAN, COLLECTIVES, FARMS, FIRMS, BANK, GUARANTOR, PROPERTY, DISTRICT, INSURANCE, UPPER, WORLD = SECTORS
SECTOR_WORDS = {
    RURAL: ("农村住户", "rural households"), URBAN: ("城镇住户", "urban households"), COLLECTIVES: ("村集体", "collectives"),
    FARMS: ("农业企业与合作社", "farm firms and cooperatives"), FIRMS: ("非农企业", "non-farm firms"), BANK: ("银行", "bank"),
    GUARANTOR: ("保险与担保", "insurer and guarantor"), PROPERTY: ("物权公司与产权交易所", "property company and exchange"),
    DISTRICT: ("县区政府", "district governments"), INSURANCE: ("社会保险基金", "social insurance fund"),
    UPPER: ("省与中央", "province and centre"), WORLD: ("区外", "rest of the world")}


class Code(NamedTuple):
    """A sort of transfer. kind: current, capital, loan (deposits and debt move together) or volume (no payment)."""
    name: str
    kind: str
    zh: str
    en: str


CODES = tuple(Code(*row) for row in (
    ("wages", "current", "工资", "wages, net"), ("wages_incommuters", "current", "区外通勤者工资", "wages of in-commuters"),
    ("contributions", "current", "社保缴费", "social contributions"), ("income_tax", "current", "个人所得税", "income tax"),
    ("production_tax", "current", "企业税收", "taxes on firms"), ("grain", "current", "粮食销售", "grain sales"),
    ("other_farm_sales", "current", "经济作物与畜产品销售", "cash crops and livestock"), ("own_account", "current", "自营净收入", "own-account income"),
    ("farm_inputs", "current", "农业投入", "farm inputs"), ("land_rent", "current", "土地租金", "land rent"),
    ("lease_services", "current", "流转服务费", "lease services"), ("subsidies", "current", "农业补贴", "farm subsidies"),
    ("pensions", "current", "养老金", "pensions"), ("social_transfers", "current", "医疗低保失业", "medical, minimum living, unemployment"),
    ("remittances", "current", "家庭汇款", "remittances"), ("interest", "current", "利息", "interest"),
    ("collective_dividend", "current", "集体分红", "collective dividend"), ("firm_dividend", "current", "企业分红", "dividends of firms"),
    ("house_rent", "current", "农房租金", "rent of farm houses"), ("consumption", "current", "消费", "consumption"),
    ("public_services", "current", "公共服务支出", "public services"), ("exports", "current", "调出", "exports"), ("imports", "current", "调入", "imports"),
    ("grants", "current", "转移支付", "grants between governments"), ("insurance_grant", "current", "社保补助", "grant to social insurance"),
    ("collective_land_rent", "current", "集体资产租金", "rent of collective assets"), ("bank_dividend", "current", "银行分红", "dividends of the banks"),
    ("bank_costs", "current", "银行运营成本", "running costs of the banks"), ("recapitalisation", "capital", "银行注资", "new equity of the banks"),
    ("firm_equity", "capital", "企业出资与清算", "equity of new firms, estates of ended ones"), ("scrap", "capital", "旧设备出售", "used equipment"),
    ("guarantee", "capital", "担保代偿", "guarantees called"), ("guarantee_grant", "capital", "担保资金", "districts' money in the guarantor"),
    ("guarantee_fee", "current", "担保费", "fees of guarantees"),
    ("exit_compensation", "capital", "退出补偿", "compensation for exited rights"), ("project_grant", "capital", "项目补助", "project grants"),
    ("reclaim", "capital", "复垦工程", "reclamation works"), ("plot_price", "capital", "宅基地重新取得", "price of a plot on re-entry"),
    ("investment", "capital", "自营投资", "investment in own business"),
    ("housing", "capital", "住房等资产支出", "housing and other assets"),
    ("firm_investment", "capital", "企业投资", "investment of firms"),
    ("homes", "capital", "城镇住房买卖", "dwellings in town"),
    ("loan_drawn", "loan", "贷款发放", "loans drawn"), ("loan_repaid", "loan", "贷款偿还", "loans repaid"),
    ("recovered", "loan", "不良贷款回收", "recovered of debts in default"),
    ("pledge_sale", "capital", "抵押权利处置价款", "use of pledged rights sold"),
    ("pledge_rent", "current", "已处置权利的收益", "income of pledged rights sold"),
    ("bad_loans", "loan", "不良贷款收购与回款", "bad loans bought, and what they bring"),
    ("company_capital", "capital", "物权公司注资", "capital of the property companies"),
    ("company_costs", "current", "物权公司运营成本", "running costs of the property companies"),
    ("land_sale", "capital", "集体建设用地出让价款", "collective land sold"), ("state_land", "capital", "国有建设用地出让价款", "state land sold"),
    ("requisition", "capital", "征地补偿", "compensation for land taken"), ("land_works", "capital", "土地整治与开发", "land works"),
    ("adjustment_fund", "capital", "土地增值收益调节金", "adjustment fund and township's part"),
    ("leakage", "capital", "集体收益流失", "income of collectives lost"),
    ("quota", "capital", "增减挂钩指标价款", "quota sold"), ("settlement", "current", "县区间结算", "settlement between districts"),
    ("farm_services", "current", "托管服务费", "fees of trusteeship services"),
    ("order_premiums", "current", "订单溢价", "premiums of contracts with lead firms"),
    ("patronage", "current", "合作社盈余返还（减年费）", "patronage of cooperatives less fees"),
    ("crop_grant", "capital", "温室建设补助", "grants for greenhouses"), ("farm_grant", "capital", "家庭农场补助", "grants to new family farms"),
    ("coop_support", "current", "合作社质量提升", "support of cooperatives' quality"),
    ("premiums", "current", "农业保险保费", "farm insurance premiums"), ("premium_subsidy", "current", "保费补贴", "premium subsidies"),
    ("indemnities", "current", "农业保险赔款", "farm insurance indemnities"), ("insurance_costs", "current", "保险运营成本", "running costs of insurance"),
    ("reinsurance", "current", "再保险赔付", "reinsurance of the insurer"),
    ("infrastructure", "capital", "农村道路与管网建设", "roads and networks of villages"),
    ("trunk_roads", "capital", "干线公路建设", "trunk roads"), ("evaluation_award", "current", "评价奖补资金", "awards of the evaluation"),
    ("bonds_issued", "loan", "政府债券发行", "bonds issued"), ("bonds_redeemed", "loan", "政府债券偿还", "bonds redeemed"),
    ("bond_interest", "current", "政府债券利息", "interest on bonds"),
    ("village_works", "capital", "美丽乡村建设", "beautiful-village works"),
    ("village_services", "current", "乡村客运与电商站点", "rural buses and e-commerce stations"),
    ("labour_services", "current", "就业培训与对接服务", "training and matching services"),
    ("venture_grant", "capital", "创业补助", "grants to new businesses"),
    ("industrial_works", "capital", "园区平台与小镇建设", "works of platforms, parks and towns"),
    ("lead_grant", "capital", "龙头企业投资补助", "grants to lead firms' investment"),
    ("fund_equity", "capital", "产业基金出资与收回", "equity of public funds in firms"),
    ("fund_dividend", "current", "产业基金分红", "dividends of public funds"),
    ("fund_written_off", "volume", "产业基金核销", "equity of public funds written off"),
    ("written_off", "volume", "贷款核销", "loans written off"), ("reclassified", "volume", "迁移与继承", "moves and inheritance"),
))
CODE = {code.name: code for code in CODES}


class Posting(NamedTuple):
    """How a household flow is posted: code and the sector on the other side."""
    code: str
    counterpart: str


HOUSEHOLD_FLOWS = {
    "wage_income": Posting("wages", FIRMS), "grain_sales": Posting("grain", WORLD), "other_sales": Posting("other_farm_sales", WORLD),
    "order_gain": Posting("order_premiums", FIRMS), "coop_gain": Posting("patronage", FIRMS),
    "own_account_income": Posting("own_account", FIRMS), "farm_inputs": Posting("farm_inputs", FIRMS), "rent_paid": Posting("land_rent", COLLECTIVES),
    "rent_received": Posting("land_rent", COLLECTIVES), "lease_cost": Posting("lease_services", PROPERTY),
    "trusteeship_fee": Posting("farm_services", FIRMS),
    "premium": Posting("premiums", GUARANTOR), "indemnity": Posting("indemnities", GUARANTOR),
    "producer_subsidy": Posting("subsidies", UPPER), "fertility_subsidy": Posting("subsidies", UPPER), "pension": Posting("pensions", INSURANCE),
    "other_transfer": Posting("social_transfers", INSURANCE), "remittance_zone": Posting("remittances", URBAN),
    "remittance_outside": Posting("remittances", WORLD), "interest": Posting("interest", BANK), "loan_interest": Posting("interest", BANK),
    "dividend": Posting("collective_dividend", COLLECTIVES), "profit": Posting("firm_dividend", FIRMS), "house_rent": Posting("house_rent", WORLD),
    "exit_payment": Posting("exit_compensation", COLLECTIVES), "exit_fee": Posting("lease_services", PROPERTY),
    "reentry_payment": Posting("plot_price", COLLECTIVES), "loan_drawn": Posting("loan_drawn", BANK), "venture_grant": Posting("venture_grant", DISTRICT),
    "venture_outlay": Posting("investment", FIRMS),
    "home_purchase": Posting("homes", FIRMS), "home_sale": Posting("homes", FIRMS),
    "housing_outlay": Posting("housing", FIRMS), "loan_repaid": Posting("loan_repaid", BANK), "recovered": Posting("recovered", BANK),
    "pledge_sale": Posting("pledge_sale", WORLD), "pledge_rent": Posting("pledge_rent", WORLD),
    "consumption": Posting("consumption", FIRMS),
}
HOUSEHOLD_SECTORS = (RURAL, URBAN, WORLD)     # by residence: village, town, outside the zone
INSTITUTIONS = tuple(s for s in SECTORS if s not in (RURAL, URBAN, BANK, WORLD))


class Books:
    """The postings of one year: {(code, payer, receiver): yuan by district (9,)}, and the balances of institutions by district."""

    def __init__(self):
        self.balances = {sector: np.zeros(len(DISTRICTS)) for sector in INSTITUTIONS}
        self.postings = {}

    def open_year(self):
        self.postings = {}

    def post(self, code, payer, receiver, amount):
        """Record a transfer: amount (9,) in yuan, negative amounts run the other way under the same payer."""
        if code not in CODE or payer not in SECTORS or receiver not in SECTORS:
            raise KeyError(f"post: {code!r} from {payer!r} to {receiver!r}. Use the codes and sectors of sim/accounts.py.")
        line = self.postings.setdefault((code, payer, receiver), np.zeros(len(DISTRICTS)))
        line += amount

    def pay(self, code, payer, receiver, amount):
        """Record a transfer and move the balances of the institutions in it."""
        self.post(code, payer, receiver, amount)
        for sector, sign in ((payer, -1.0), (receiver, 1.0)):
            if sector in self.balances:
                self.balances[sector] = self.balances[sector] + sign * np.asarray(amount)

    def net(self, sector, kinds=("current", "capital")):
        """What the sector received less what it paid under codes of these kinds, yuan by district (9,)."""
        total = np.zeros(len(DISTRICTS))
        for (code, payer, receiver), amount in self.postings.items():
            if payer != receiver and sector in (payer, receiver) and CODE[code].kind in kinds:
                total += amount if receiver == sector else -amount
        return total

    def total(self, code, payer=None, receiver=None):
        """Sum of the postings of a code, yuan by district (9,)."""
        return sum((amount for (c, p, r), amount in self.postings.items()
                    if c == code and payer in (None, p) and receiver in (None, r)), np.zeros(len(DISTRICTS)))


def post_households(books, totals, flows):
    """Post every household flow from its sums: totals[flow] is (3, 9), household sector by residence x district."""
    for flow in flows:
        posting = HOUSEHOLD_FLOWS.get(flow.name)
        if posting is None:
            continue
        for i, sector in enumerate(HOUSEHOLD_SECTORS):
            amount = totals[flow.name][i]
            if flow.sign > 0:
                books.pay(posting.code, posting.counterpart, sector, amount)
            else:
                books.pay(posting.code, sector, posting.counterpart, amount)
