"""家庭农场培育计划: places for those who would begin a family farm, with training and a grant for the machines.

A place takes part of the hurdle and of the outlay off a household's reckoning; whether it begins is its own choice, and land has to be rented.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="family_farms",
    zh="家庭农场培育计划", en="Programme for family farms",
    group=("农业经营", "Farming"),
    clauses=(Clause("三(一)5", "实施家庭农场培育计划"), Clause("三(一)5", "示范家庭农场高质量创建经验")),
    watch=Watch("family_farms", +1),
    parameters=(
        Parameter(name="places_per_1000_households", unit="households", base=0.0, plan=5.0, low=0.0, high=20.0, kind="reach",
                  grade="C", source="the plan names no number: assumed, at most so many begin with help", zh="培育名额（每千农户每年）",
                  en="places for new family farms", rule="farm_places"),
        Parameter(name="new_farm_grant_yuan", unit="yuan", base=0.0, plan=10000.0, low=0.0, high=50000.0, kind="terms", grade="D",
                  source="the plan names no amount: assumed", zh="新办家庭农场补助", en="grant for each new family farm with a place", rule="farm_grant"),
    ),
)
