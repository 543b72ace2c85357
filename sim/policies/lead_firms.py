"""龙头企业: the part of lead firms' investment in plant and stores that the district bears.

They invest more for it; capacity for contracts with farms grows with their capital. Terms of contracts are those of order farming.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="lead_firms",
    zh="龙头企业做大做强", en="Lead firms",
    group=("产业", "Industry"),
    clauses=(Clause("三(一)4", "引导国信现代农业、嘉美食品、东福集团、卓远农业、省旅游控股集团等龙头企业做大做强"),),
    watch=Watch("contracted_farming_share", +1),
    parameters=(
        Parameter(name="investment_grant_percent", unit="percent", base=0.0, plan=20.0, low=0.0, high=40.0, kind="terms", grade="D",
                  source="the plan names no amount: assumed", zh="投资补助比例", en="part of lead firms' investment", rule="lead_grant", scale=0.01),
    ),
)
