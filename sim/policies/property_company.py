"""县级物权公司: a company of the district that buys bad loans with collateral from banks, with capital that the district pays in as it is needed.

Banks are rid of the loans at once and learn a lower loss; what debtors and collateral do not bring is the district's loss.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="property_company",
    zh="县级物权公司", en="County property companies",
    group=("农村金融", "Rural finance"),
    clauses=(Clause("三(一)3", "支持成立或完善县级物权公司或涉农资产管理机构"),),
    watch=Watch("npl_ratio", -1),
    parameters=(
        Parameter(name="capital_yuan", unit="yuan", base=0.0, plan=100_000_000.0, low=0.0, high=1_000_000_000.0,
                  kind="terms", grade="C", source="assumed; the plan names no amount", zh="每个县区物权公司认缴资本",
                  en="capital that each district named pays in as it is needed", rule="company_capital"),
        Parameter(name="price_percent", unit="percent", base=60.0, plan=60.0, low=30.0, high=90.0,
                  kind="terms", grade="C", source="assumed; of the appraisal of the collateral, the debt at most", zh="收购价格（占评估值）",
                  en="price of a bad loan, of the appraisal of its collateral", rule="company_price", scale=0.01),
    ),
)
