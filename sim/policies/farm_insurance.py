"""农业保险: how many farms carry insurance of grain, for what share of the expected revenue, against falls of the yield, of the price or of both.

The premium follows from the declared shocks, so a higher level or a wider cover costs more; governments carry the part the producer does not.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="farm_insurance",
    zh="农业保险（产量、价格、收入）", en="Insurance of grain: yields, prices, incomes",
    group=("农村金融", "Rural finance"),
    clauses=(
        Clause("三(一)3", "鼓励保险机构开展产量保险、价格保险、收入保险等业务"),
        Clause("四(六)", "推动政策性保险扩面、增品、提标"),
        Clause("五(二)", "给予保费补贴支持"),
    ),
    watch=Watch("indemnities_yuan", +1),
    parameters=(
        Parameter(name="farms_percent", unit="percent", base=60.0, plan=90.0, low=0.0, high=100.0,
                  kind="reach", grade="D", source="吉政办函〔2020〕118号 三(一)3 names no coverage: assumed",
                  zh="投保农户", en="farms insured", rule="insurance_coverage", scale=0.01),
        Parameter(name="level_percent", unit="percent", base=40.0, plan=80.0, low=30.0, high=85.0,
                  kind="terms", grade="C", source="from direct costs to the whole cost and income of a field: assumed",
                  zh="保障水平（占预期产值）", en="level: share of the expected revenue insured", rule="insurance_level", scale=0.01),
        Parameter(name="yields_insured", unit="switch", base=True, plan=True, kind="terms", grade="A", source="三(一)3: 产量保险; what is insured in 2019",
                  zh="保产量", en="falls of the yield are insured", rule="yields_insured"),
        Parameter(name="prices_insured", unit="switch", base=False, plan=True, kind="terms", grade="A",
                  source="三(一)3: 价格保险; with yields it is 收入保险", zh="保价格", en="falls of the price against its path are insured",
                  rule="prices_insured"),
        Parameter(name="premium_subsidy_percent", unit="percent", base=65.0, plan=70.0, low=0.0, high=70.0, kind="terms", grade="A",
                  source="rule: producers pay at least 30 %; the level of 2019 recalled", zh="保费补贴比例（粮食与经济作物）",
                  en="part of premiums that governments pay, of cash crops too", rule="premium_subsidy", scale=0.01),
    ),
)
