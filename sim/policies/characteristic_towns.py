"""特色产业小镇: what a district spends on sites and works of its characteristic towns.

Firms that stand together there gain by density as firms of a larger place do, as far as sites reach; the sites are open to new firms.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="characteristic_towns",
    zh="特色产业小镇", en="Characteristic towns",
    group=("产业", "Industry"),
    clauses=(
        Clause("四(二)", "特色产业小镇创建工程"),
        Clause("三(一)4", "抓好鹿乡梅花鹿小镇、大荒地稻香小镇等省级特色产业小镇建设"),
    ),
    watch=Watch("firms", +1),
    parameters=(
        Parameter(name="investment_yuan", unit="yuan", base=0.0, plan=20_000_000.0, low=0.0, high=400_000_000.0, kind="reach", grade="D",
                  source="assumed: 20 m yuan a year for each of nine towns", zh="每县区每年投入", en="outlay for each district and year", rule="town_investment"),
    ),
)
