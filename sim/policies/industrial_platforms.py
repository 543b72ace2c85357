"""城乡产业协同发展平台: what a district spends on serviced sites of industrial platforms.

New firms may take the sites, and the public capital that serves the branches there helps their firms a little; jobs follow from what firms then do.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="industrial_platforms",
    zh="城乡产业协同发展平台", en="Industrial platforms",
    group=("产业", "Industry"),
    clauses=(Clause("三(一)4", "搭建城乡产业协同发展平台"), Clause("三(一)4", "积极支持长春市九台区建设城乡产业协同发展先行区")),
    watch=Watch("firms", +1),
    parameters=(
        Parameter(name="investment_yuan", unit="yuan", base=0.0, plan=100_000_000.0, low=0.0, high=2_000_000_000.0, kind="reach", grade="D",
                  source="the plan names no amount: assumed", zh="每县区每年投入", en="outlay for each district and year", rule="platform_investment"),
    ),
)
