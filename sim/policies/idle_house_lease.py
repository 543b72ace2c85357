"""闲置农房租赁: townspeople who look for a farm house, villages that bring them and owners together, and what the search costs."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="idle_house_lease",
    zh="闲置农房租赁利用", en="Leases of idle farm houses",
    group=("农村权益退出", "Exit from rural rights"),
    clauses=(
        Clause("三(一)1", "宅基地和农民房屋使用权流转"),
        Clause("三(一)5", "开发利用闲置宅基地和闲置农房"),
    ),
    watch=Watch("house_rent_yuan", +1),
    parameters=(
        Parameter(name="lessees_per_1000_households", unit="houses", base=0.1, plan=0.5, low=0.0, high=3.0, kind="reach", grade="D",
                  source="assumed; urban households that look for a farm house in a year", zh="每千户城镇家庭年求租数",
                  en="urban households that look for a house, per 1,000 and year", rule="house_lessees"),
        Parameter(name="villages_percent", unit="percent", base=0.2, plan=5.0, low=0.0, high=30.0, kind="reach", grade="D", source="assumed",
                  zh="每年组织租赁的村占比", en="villages that offer idle houses, per year", rule="leasing_rate", scale=0.01),
        Parameter(name="cost_percent", unit="percent", base=30.0, plan=15.0, low=0.0, high=50.0, kind="terms", grade="C", source="assumed; of the rent",
                  zh="租赁交易成本（占租金）", en="search and mediation, of the rent", rule="house_lease_cost", scale=0.01),
    ),
)
