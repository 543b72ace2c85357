"""就业技能培训: how many rural workers are trained in a year. Whom it helps is the model's: those of less than mean ability, once."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="training",
    zh="技能培训", en="Training",
    group=("就业", "Work"),
    clauses=(Clause("三(一)5", "分类组织实施就业技能培训、岗位技能提升培训"),),
    watch=Watch("trained_workers", +1),
    parameters=(
        Parameter(name="workers_percent", unit="percent", base=2.0, plan=6.0, low=0.0, high=20.0, kind="reach", grade="D", source="assumed; a year",
                  zh="每年参训劳动者占比", en="rural workers trained in a year", rule="training_cover", scale=0.01),
    ),
)
