"""特色农产品保险: how many growers of cash crops are insured, at the level and with the premium subsidy of farm insurance.

Insurance takes risk out of a grower's reckoning, so that more households grow; the premium is fair plus the insurer's costs.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="crop_insurance",
    zh="特色农产品保险", en="Insurance of cash crops",
    group=("农村金融", "Rural finance"),
    clauses=(Clause("三(一)3", "支持将草莓、大樱桃、有机蔬菜、生态养鱼等农产品作为保险标的"),),
    watch=Watch("indemnities_yuan", +1),
    parameters=(
        Parameter(name="growers_percent", unit="percent", base=5.0, plan=50.0, low=0.0, high=90.0, kind="reach", grade="D",
                  source="三(一)3 names the goods, not how many growers: assumed", zh="投保种植户", en="growers insured",
                  rule="crop_insurance", scale=0.01),
    ),
)
