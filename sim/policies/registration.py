"""人口迁徙制度: what rules of registration cost a family that moves from the village to a town of the zone. They say nothing of who then moves."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="registration",
    zh="户籍迁徙", en="Registration in town",
    group=("就业", "Work"),
    clauses=(Clause("三(一)", "积极大胆探索建立城乡有序流动的人口迁徙制度"),),
    watch=Watch("settled_migrants", +1),
    parameters=(
        Parameter(name="barrier_log_percent", unit="percent", base=25.0, plan=5.0, low=0.0, high=60.0, kind="terms", grade="B",
                  source="sign from two studies of registration reform; size assumed", zh="户籍门槛（相当于对数收入，%）",
                  en="cost of registration rules, in logs of income", rule="registration_barrier", scale=0.01),
    ),
)
