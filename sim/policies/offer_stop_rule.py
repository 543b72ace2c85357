"""改革政策动态调整: offers to buy rights back pause in a district while more of its leavers than this regret.

Regret is known five years after an exit. The rule buys time for mending the terms; it takes no exit back.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="offer_stop_rule",
    zh="退出项目暂停规则", en="Stop rule for exit offers",
    group=("农村权益退出", "Exit from rural rights"),
    clauses=(Clause("二(二)", "强化监测评估"),),
    watch=Watch("homesteads_withdrawn", -1),
    parameters=(
        Parameter(name="regret_percent", unit="percent", base=100.0, plan=10.0, low=0.0, high=100.0,
                  kind="terms", grade="D", source="assumed; the plan asks for adjustment and names no threshold",
                  zh="后悔率上限", en="leavers who regret above which offers pause", rule="regret_limit", scale=0.01),
    ),
)
