"""开发区辐射带动: what a district spends to tie its firms to the development zones near it.

The output of the zones then lifts the productivity of firms with ties, less with distance. The elasticity is small: so is what it can do.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="zone_linkage",
    zh="开发区辐射带动", en="Links with development zones",
    group=("产业", "Industry"),
    clauses=(Clause("三(二)2", "充分发挥各类开发区带动和辐射作用"),),
    watch=Watch("gdp_yuan", +1),
    parameters=(
        Parameter(name="investment_yuan", unit="yuan", base=0.0, plan=20_000_000.0, low=0.0, high=500_000_000.0, kind="reach", grade="D",
                  source="the plan names no amount: assumed", zh="每县区每年投入", en="outlay for each district and year", rule="linkage_investment"),
    ),
)
