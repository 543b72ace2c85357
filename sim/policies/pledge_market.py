"""农村产权抵押资产处置: the use of pledged rights as goods of the exchange, so that bad loans find buyers sooner.

Sales bring banks money that they else collect year by year, and teach them a lower loss; the more is up for sale, the lower its price.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="pledge_market",
    zh="农村产权抵押资产处置", en="Market for pledged rights",
    group=("农村金融", "Rural finance"),
    clauses=(Clause("三(一)3", "将农村产权抵押资产纳入农村产权流转交易市场交易品种体系"),),
    watch=Watch("pledge_sales_yuan", +1),
    parameters=(
        Parameter(name="sold_percent", unit="percent", base=20.0, plan=50.0, low=5.0, high=80.0,
                  kind="terms", grade="C", source="assumed; per year and with an exchange within reach", zh="一年内处置的抵押权利",
                  en="collateral of bad loans that is sold in a year", rule="pledge_sale_rate", scale=0.01),
    ),
)
