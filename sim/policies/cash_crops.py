"""棚膜经济与种植基地: villages with a planting base, and a grant for each greenhouse.

A base takes part of what learning and finding buyers is worth to a household off its reckoning; the grant lowers its outlay. Who takes up
a plot or a greenhouse is the household's choice, and more supply lowers the district's price.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="cash_crops",
    zh="特色种植基地与棚膜经济", en="Planting bases and greenhouses",
    group=("农业经营", "Farming"),
    clauses=(
        Clause("三(一)4", "打造岔路河植物标准化种植基地、左家万亩中草药种植基地、一拉溪—岔路河紫苏产业集聚区"),
        Clause("三(一)4", "发展岔路河—万昌棚膜经济产业带"),
    ),
    watch=Watch("greenhouse_mu", +1),
    parameters=(
        Parameter(name="villages_with_base_percent", unit="percent", base=0.0, plan=1.5, low=0.0, high=30.0, kind="reach", grade="D",
                  source="万亩 at Zuojia, a ninth of the farmland of twelve of the 830 villages: assumed", zh="设种植基地的村", en="villages with a planting base",
                  rule="crop_bases", scale=0.01),
        Parameter(name="greenhouse_grant_yuan", unit="yuan", base=0.0, plan=5000.0, low=0.0, high=20000.0, kind="terms", grade="D",
                  source="三(一)4 names no amount: assumed", zh="每座温室补助", en="grant for each greenhouse", rule="greenhouse_grant"),
    ),
)
