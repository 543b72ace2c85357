"""年度综合评价与奖补: the province scores the districts each year on declared indicators and pays an award, more to the best three.

Districts try as hard as the award is worth to them: orders reach the ground faster, and services move to what is scored. What they then achieve is an outcome.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="evaluation",
    zh="年度评价与奖补", en="Yearly evaluation and awards",
    group=("公共服务与财政", "Services and public finance"),
    clauses=(
        Clause("六(四)", "评价结果作为相关资金奖补分配的参考依据,对排名靠前的县区加大奖励力度"),
        Clause("六(四)", "加强评估督查"),
    ),
    watch=Watch("public_service_gap_ratio", -1),
    parameters=(
        Parameter(name="pool_yuan", unit="yuan", base=0.0, plan=11_000_000.0, low=0.0, high=55_000_000.0,
                  kind="reach", grade="D", source="assumed: about 100 million yuan in the nine districts",
                  zh="每个参评县区每年的奖补资金", en="award money for each district that takes part and year", rule="evaluation_pool"),
        Parameter(name="best_three_percent", unit="percent", base=50.0, plan=50.0, low=33.0, high=90.0,
                  kind="terms", grade="D", source="the plan: more to those who rank first; the part is assumed",
                  zh="前三名所得份额", en="part that goes to the best three", rule="evaluation_top", scale=0.01),
        Parameter(name="income_weight_percent", unit="percent", base=40.0, plan=40.0, low=0.0, high=100.0,
                  kind="terms", grade="D", source="assumed; what the two weights leave goes to the delivered share of orders",
                  zh="农民增收权重", en="weight of the growth of rural incomes", rule="evaluation_income", scale=0.01),
        Parameter(name="services_weight_percent", unit="percent", base=30.0, plan=30.0, low=0.0, high=100.0,
                  kind="terms", grade="D", source="assumed; what the two weights leave goes to the delivered share of orders",
                  zh="缩小服务差距权重", en="weight of closing the service gap", rule="evaluation_services", scale=0.01),
    ),
)
