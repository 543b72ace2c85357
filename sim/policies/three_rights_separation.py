"""宅基地“三权分置”: ownership, qualification and use right of the homestead are told apart.

It makes two things lawful: returning the plot while the qualification is kept, and a loan on the farm house.
Withdrawal itself was lawful throughout.
"""
from sim.policies.base import Clause, Law, Lever, Parameter, Watch

LEVER = Lever(
    id="three_rights_separation",
    zh="宅基地“三权分置”改革", en="Separation of the three homestead rights",
    group=("农村权益退出", "Exit from rural rights"),
    clauses=(Clause("三(一)1", "争取国家改革授权，探索推进宅基地“三权分置”改革"),),
    watch=Watch("qualification_retained", +1),
    law=Law(2021, "须先争取国家改革授权（方案于2020年8月印发）",
            "needs the state's authorisation first; the plan was published in August 2020"),
    parameters=(
        Parameter(name="separated", unit="switch", base=False, plan=True, kind="terms", grade="A",
                  source="吉政办函〔2020〕118号 三(一)1", zh="三权已分置", en="the three rights are separated", rule="three_rights"),
    ),
)
