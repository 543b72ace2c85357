"""同工同酬与失业保险: what rural workers are paid in town firms against townspeople with the same skill, and how many are insured.

The narrower gap is paid by firms, whose labour costs more; benefits by the social insurance fund.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="equal_work",
    zh="同工同酬与失业保险", en="Equal pay and unemployment insurance",
    group=("就业", "Work"),
    clauses=(
        Clause("三(一)5", "落实农民工与城镇职工平等就业、同工同酬制度"),
        Clause("三(一)5", "支持农民工自愿参加失业保险"),
    ),
    watch=Watch("migrant_workers", +1),
    parameters=(
        Parameter(name="pay_gap_log_percent", unit="percent", base=12.0, plan=3.0, low=0.0, high=25.0, kind="terms", grade="C",
                  source="assumed; studies are mixed", zh="同岗工资差距（对数，%）", en="pay gap for the same work, in logs", rule="migrant_pay_gap", scale=0.01),
        Parameter(name="insured_percent", unit="percent", base=15.0, plan=60.0, low=0.0, high=100.0, kind="reach", grade="C", source="assumed",
                  zh="参加失业保险的农民工占比", en="rural workers in town who are insured", rule="insured_migrants", scale=0.01),
        Parameter(name="insurance_pay_percent", unit="percent", base=40.0, plan=40.0, low=20.0, high=70.0, kind="terms", grade="C",
                  source="assumed; of mean pay", zh="失业保险金（占平均工资）", en="pay of the insurance, of mean pay", rule="insurance_pay", scale=0.01),
    ),
)
