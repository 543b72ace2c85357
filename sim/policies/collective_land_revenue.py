"""入市收益分配与监管: how the income of entering land is shared between district, reserve and members, and how much of it is lost."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="collective_land_revenue",
    zh="入市收益分配与监管", en="Sharing the income of collective land",
    group=("土地要素", "Land"),
    clauses=(
        Clause("三(一)2", "健全集体经营性建设用地入市收益分配及使用监管机制"),
        Clause("三(一)5", "创新涉农财政性建设资金使用方式"),
    ),
    watch=Watch("collective_dividend_yuan", +1),
    parameters=(
        Parameter(name="adjustment_fund_percent", unit="percent", base=30.0, plan=30.0, low=20.0, high=50.0, kind="terms", grade="A",
                  source="财税〔2016〕41号: 20-50 % of value added (CCL01); the level is assumed", zh="调节金（占增值收益）",
                  en="adjustment fund, of value added", rule="adjustment_share", scale=0.01),
        Parameter(name="reserve_percent", unit="percent", base=40.0, plan=40.0, low=10.0, high=70.0, kind="terms", grade="B",
                  source="30-40 % retention recommended (CCL02)", zh="集体提留", en="kept back by the collective", rule="reserve_share", scale=0.01),
        Parameter(name="loss_percent", unit="percent", base=5.0, plan=1.0, low=0.0, high=20.0, kind="terms", grade="D",
                  source="assumed", zh="收益流失", en="income lost for want of supervision", rule="leakage", scale=0.01),
        Parameter(name="funds_to_shares_percent", unit="percent", base=0.0, plan=30.0, low=0.0, high=100.0, kind="reach", grade="D",
                  source="assumed; of public money for village projects", zh="财政建设资金折股量化", en="public project money turned into members' shares",
                  rule="funds_to_shares", scale=0.01),
    ),
)
