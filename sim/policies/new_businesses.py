"""农村双创: parks and guidance through which rural households begin own businesses, and a grant to each.

Who begins one is the household's means: the chance rises with its income position, the outlay comes from deposits, loan and grant.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="new_businesses",
    zh="农村双创", en="New rural businesses",
    group=("乡村发展", "Villages"),
    clauses=(Clause("四(九)", "农村“双创”培育工程"), Clause("五(五)", "鼓励农民工返乡创业")),
    watch=Watch("new_businesses", +1),
    parameters=(
        Parameter(name="begun_per_1000_households", unit="households", base=5.0, plan=10.0, low=0.0, high=40.0, kind="reach", grade="B",
                  source="sign from returnee studies; size assumed", zh="每千户每年新办", en="businesses that parks bring, per 1,000 households and year",
                  rule="venture_rate"),
        Parameter(name="grant_yuan", unit="yuan", base=0.0, plan=10_000.0, low=0.0, high=50_000.0, kind="terms", grade="D", source="assumed",
                  zh="创业补助", en="grant to each", rule="venture_grant"),
    ),
)
