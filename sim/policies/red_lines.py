"""耕地保护红线与粮食底线: new construction land that would break a floor is refused; the shadow price says what that costs.

Cash crops beyond the cap on non-grain land are not taken up.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="red_lines",
    zh="耕地红线与粮食底线", en="Floors of farmland and grain",
    group=("土地要素", "Land"),
    clauses=(
        Clause("二(二)", "坚决守住耕地保护红线和永久基本农田控制线"),
        Clause("二(二)", "切实保障粮食和重要农产品稳定供应"),
    ),
    watch=Watch("land_converted_ha", -1),
    parameters=(
        Parameter(name="farmland_percent", unit="percent", base=97.0, plan=100.0, low=90.0, high=102.0, kind="terms", grade="B",
                  source="assumed: the part of losses of 2019 that is balanced outside; the plan: hold the line", zh="耕地保有量（占2019年）",
                  en="farmland to be held, of 2019", rule="farmland_floor", scale=0.01),
        Parameter(name="permanent_percent", unit="percent", base=80.0, plan=80.0, low=50.0, high=100.0, kind="terms", grade="A",
                  source="永久基本农田 is 80 % of farmland at least (Land Administration Law)", zh="永久基本农田占比",
                  en="farmland of a village that may never be taken", rule="permanent_share", scale=0.01),
        Parameter(name="grain_percent", unit="percent", base=95.0, plan=100.0, low=90.0, high=110.0, kind="terms", grade="D",
                  source="assumed; grain that the farmland can bring, of 2019", zh="粮食产能底线（占2019年）", en="grain capacity to be held, of 2019",
                  rule="grain_floor", scale=0.01),
        Parameter(name="nongrain_percent", unit="percent", base=15.0, plan=15.0, low=0.0, high=50.0, kind="terms", grade="D",
                  source="assumed; cap on cash crops in each village (防止耕地非粮化)", zh="村内非粮种植面积上限", en="most of a village's contract land under cash crops",
                  rule="nongrain_cap", scale=0.01),
    ),
)
