"""城乡基本公共服务均等化: how fast services per villager move towards those per townsperson, and what districts add for villagers.

Equalising divides the common budget anew, so towns give what villages gain; what is added costs the district money that it lacks elsewhere.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="rural_services",
    zh="城乡基本公共服务均等化", en="Equal public services",
    group=("公共服务与财政", "Services and public finance"),
    clauses=(
        Clause("三(一)", "建立城乡基本公共服务均等化发展体制机制"),
        Clause("四(十)", "推动公共服务向农村倾斜"),
    ),
    watch=Watch("public_service_gap_ratio", -1),
    parameters=(
        Parameter(name="gap_closed_percent", unit="percent", base=2.0, plan=8.0, low=0.0, high=20.0,
                  kind="reach", grade="D", source="the plan names no speed: assumed",
                  zh="每年缩小的城乡人均服务差距", en="gap of services per head that a year closes", rule="service_equalising", scale=0.01),
        Parameter(name="extra_yuan", unit="yuan", base=0.0, plan=200.0, low=0.0, high=1000.0,
                  kind="reach", grade="D", source="the plan names no amount: assumed",
                  zh="每名农村居民每年新增服务支出", en="added for each villager and year", rule="rural_services"),
    ),
)
