"""合作社质量提升: how much of the gain of dealing together cooperatives realise.

Better management makes a cooperative pay out more on the same trade; who joins, and whether a village has one, follows from that.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="cooperatives",
    zh="农民合作社质量提升", en="Better cooperatives",
    group=("农业经营", "Farming"),
    clauses=(Clause("三(一)5", "抓好长春市双阳区、九台区农民合作社质量提升整县试点"),),
    watch=Watch("cooperative_members", +1),
    parameters=(
        Parameter(name="quality_percent", unit="percent", base=30.0, plan=60.0, low=0.0, high=100.0, kind="reach", grade="D",
                  source="assumed; members gain 18 % of the income of a greenhouse in one study, the poorest nothing in another", zh="合作社质量",
                  en="gain of dealing together that is realised", rule="coop_quality", scale=0.01),
    ),
)
