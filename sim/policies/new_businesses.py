"""农村双创与返乡创业基地: guidance and parks that bring rural families to weigh an own business, and a grant to each that is begun.

Who begins one decides by the own gain against the present work, here or away; deposits, credit and grant must cover the outlay.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="new_businesses",
    zh="农村双创与返乡创业", en="New businesses of returnees and villagers",
    group=("乡村发展", "Villages"),
    clauses=(Clause("四(九)", "农村“双创”培育工程"), Clause("五(五)", "鼓励农民工返乡创业")),
    watch=Watch("new_businesses", +1),
    parameters=(
        Parameter(name="begun_per_1000_households", unit="households", base=5.0, plan=10.0, low=0.0, high=40.0, kind="reach", grade="B",
                  source="sign from returnee studies; size assumed", zh="每千户每年新办（按2019年条件计）",
                  en="businesses per 1,000 households and year at the conditions of 2019", rule="venture_rate"),
        Parameter(name="grant_yuan", unit="yuan", base=0.0, plan=10_000.0, low=0.0, high=50_000.0, kind="terms", grade="D", source="assumed",
                  zh="创业补助", en="grant to each", rule="venture_grant"),
    ),
)
