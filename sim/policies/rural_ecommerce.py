"""农村电商: stations for delivery and trade over the net. Villagers who buy there live cheaper; a trial found no gain for those who sell.

What producers gain is an assumption (`online_income`, 0 by default), not a term of the lever.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="rural_ecommerce",
    zh="农村电商", en="Rural e-commerce",
    group=("乡村发展", "Villages"),
    clauses=(Clause("四(五)", "农村电商发展工程"), Clause("四(五)", "力争实现电商物流服务“村村通”")),
    watch=Watch("income_gap_ratio_real", -1),
    parameters=(
        Parameter(name="villages_percent", unit="percent", base=40.0, plan=100.0, low=0.0, high=100.0, kind="reach", grade="C",
                  source="吉政办函〔2020〕118号 四(五): every village; 40 % in 2019 assumed", zh="设站点的村占比", en="villages with a station",
                  rule="online_coverage", scale=0.01),
    ),
)
