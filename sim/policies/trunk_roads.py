"""国道与快速路: what is spent on trunk roads between the districts, and the part that province and centre bear.

Roads wear; the outlay of 2019 keeps them as they are. Better ones shorten the ways between districts for commuters, movers and visitors and help firms.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="trunk_roads",
    zh="干线公路", en="Trunk roads",
    group=("公共服务与财政", "Services and public finance"),
    clauses=(Clause("四(十)", "推进国道饶盖线、长双快速路、长春经济圈环线高速、珲阿公路等项目建设"),),
    watch=Watch("trunk_minutes", -1),
    parameters=(
        Parameter(name="per_head_yuan", unit="yuan", base=60.0, plan=200.0, low=0.0, high=1000.0,
                  kind="reach", grade="D", source="the plan names no amount: assumed",
                  zh="每年投入（按2019年常住人口每人）", en="outlay a year for each resident of 2019", rule="trunk_outlay"),
        Parameter(name="upper_percent", unit="percent", base=50.0, plan=50.0, low=0.0, high=100.0,
                  kind="terms", grade="D", source="assumed; national roads are paid by province and centre in part",
                  zh="省与中央承担比例", en="part that province and centre pay", rule="trunk_upper", scale=0.01),
    ),
)
