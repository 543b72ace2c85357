"""签约前咨询: an independent adviser in the village looks at every exit contract.

Nobody in the model reads the rule that it writes but the behaviour rule beside this file.
"""

from sim.policies.base import Clause, Lever, Parameter, Watch
from sim.rules import Rule

COVERAGE = Rule("adviser_coverage", "share of villages", 0.0, "an independent adviser looks at exit contracts")

LEVER = Lever(
    id="contract_advice",
    zh="签约前独立咨询", en="Advice before signing",
    group=("农村权益退出", "Exit from rural rights"),
    clauses=(Clause("二(二)", "充分尊重农民意愿，切实保护农民权益"),),
    watch=Watch("homesteads_withdrawn", -1),
    parameters=(
        Parameter(name="villages_with_adviser_percent", unit="percent", base=0.0, plan=50.0, low=0.0, high=100.0, kind="reach", grade="D",
                  source="assumed for the example", zh="有独立咨询员的村占比", en="villages with an independent adviser",
                  rule=COVERAGE, scale=0.01),
    ),
)  # fmt: skip
