"""人才落户: what rules of settlement, housing and employment cost a skilled person who moves to a town of the zone.

Skilled persons weigh towns with less of this cost; who moves, and from where, is their own choice of place.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="talent_settlement",
    zh="人才落户", en="Settlement of skilled persons",
    group=("就业", "Work"),
    clauses=(Clause("五(五)", "人才落户不受购房、就业等条件限制"),),
    watch=Watch("skilled_moves", +1),
    parameters=(
        Parameter(name="barrier_log_percent", unit="percent", base=10.0, plan=0.0, low=0.0, high=30.0, kind="terms", grade="C",
                  source="sign: conditions of settlement keep the skilled away; size assumed", zh="落户障碍（对数收入）", en="barrier, percent of log income",
                  rule="talent_barrier", scale=0.01),
    ),
)
