"""农业保险: how many farms carry yield insurance of grain, and for what share of the expected revenue.

The premium follows from the declared shocks of yields, so a higher level costs more; governments carry the part the producer does not.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="farm_insurance",
    zh="农业产量保险", en="Yield insurance of grain",
    group=("农村金融", "Rural finance"),
    clauses=(Clause("三(一)3", "鼓励保险机构开展产量保险、价格保险、收入保险等业务"),),
    watch=Watch("indemnities_yuan", +1),
    parameters=(
        Parameter(name="farms_percent", unit="percent", base=60.0, plan=90.0, low=0.0, high=100.0,
                  kind="reach", grade="D", source="吉政办函〔2020〕118号 三(一)3 names no coverage: assumed",
                  zh="投保农户", en="farms insured", rule="insurance_coverage", scale=0.01),
        Parameter(name="level_percent", unit="percent", base=40.0, plan=80.0, low=30.0, high=85.0,
                  kind="terms", grade="C", source="from direct costs to the whole cost and income of a field: assumed",
                  zh="保障水平（占预期产值）", en="level: share of the expected revenue insured", rule="insurance_level", scale=0.01),
    ),
)
