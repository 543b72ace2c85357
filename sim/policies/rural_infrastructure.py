"""城乡基础设施一体化: what districts spend on roads and networks of each village and year.

Roads wear; the outlay of 2019 keeps them as they are. Better ones shorten the way to town and help firms of the district a little.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="rural_infrastructure",
    zh="农村道路与管网", en="Village roads and networks",
    group=("公共服务与财政", "Services and public finance"),
    clauses=(
        Clause("三(一)", "建立城乡基础设施一体化发展体制机制"),
        Clause("四(十)", "推动农村基础设施提档升级"),
    ),
    watch=Watch("road_minutes", -1),
    parameters=(
        Parameter(name="village_yuan", unit="yuan", base=200_000.0, plan=500_000.0, low=0.0, high=3_000_000.0,
                  kind="reach", grade="D", source="the plan names no amount: assumed",
                  zh="每村每年投入", en="outlay for each village and year", rule="village_roads"),
    ),
)
