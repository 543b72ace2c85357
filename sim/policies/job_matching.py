"""劳务对接: exchanges between job seekers and firms, so that firms fill their posts sooner and fewer are out of work at rest."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="job_matching",
    zh="劳务对接", en="Matching of jobs and workers",
    group=("就业", "Work"),
    clauses=(Clause("三(一)5", "健全农民工输出输入地劳务对接机制"),),
    watch=Watch("unemployment_rate", -1),
    parameters=(
        Parameter(name="matching_log_percent", unit="percent", base=0.0, plan=10.0, low=0.0, high=30.0, kind="reach", grade="B",
                  source="networks raise job arrival by 40 %: an upper bound; size assumed", zh="匹配效率提升（对数，%）",
                  en="rise of matching efficiency, in logs", rule="matching", scale=0.01),
    ),
)
