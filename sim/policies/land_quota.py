"""新增用地指标、存量盘活与增减挂钩: how much state land comes to the market, and where quota from reclaimed homesteads may go."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="land_quota",
    zh="建设用地指标", en="Construction land quota",
    group=("土地要素", "Land"),
    clauses=(
        Clause("五(一)", "优先保障试验区内产业发展新增建设用地指标"),
        Clause("五(一)", "鼓励整合利用存量建设用地"),
        Clause("五(一)", "支持开展国土综合整治，对试验区内符合指标跨省调剂的土地整治项目，优先列入跨省域调剂范围"),
    ),
    watch=Watch("state_land_ha", +1),
    parameters=(
        Parameter(name="new_land_percent", unit="percent", base=100.0, plan=125.0, low=50.0, high=200.0, kind="terms", grade="C",
                  source="assumed; percent of the allotment of 2019", zh="新增建设用地指标（占2019年）", en="new state land against 2019",
                  rule="new_land", scale=0.01),
        Parameter(name="idle_state_land_percent", unit="percent", base=1.0, plan=3.0, low=0.0, high=10.0, kind="reach", grade="D",
                  source="assumed; of idle state land, a year", zh="盘活存量（占闲置国有地，每年）", en="idle state land brought back, per year",
                  rule="stock_use", scale=0.01),
        Parameter(name="interprovincial", unit="switch", base=False, plan=True, kind="terms", grade="A", source="吉政办函〔2020〕118号 五(一)",
                  zh="跨省域调剂", en="quota may go to other provinces", rule="interprovincial_quota"),
        Parameter(name="interprovincial_price_yuan_per_m2", unit="yuan/m2", base=450.0, plan=450.0, low=300.0, high=750.0, kind="terms", grade="D",
                  source="rules of 2018 on quota between provinces (recalled)", zh="跨省调剂价格", en="price of quota in other provinces",
                  rule="interprovincial_price", needs="interprovincial_quota"),
        Parameter(name="interprovincial_cap_ha", unit="ha", base=30.0, plan=30.0, low=0.0, high=500.0, kind="terms", grade="D",
                  source="assumed; the zone, a year", zh="跨省调剂上限（全区每年）", en="cap on it, the zone in a year",
                  rule="interprovincial_cap", scale=10_000.0, needs="interprovincial_quota"),
    ),
)
