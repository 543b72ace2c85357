"""开发性和政策性金融: loans of the policy bank to firms of a district, up to a line a year, at a discount.

Most of it takes the place of other banks' loans, since firms borrow for what they invest; where banks are short of capital it adds to what they can lend.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="policy_bank",
    zh="开发性和政策性金融", en="Policy credit",
    group=("农村金融", "Rural finance"),
    clauses=(Clause("五(三)", "加大开发性和政策性金融支持力度"),),
    watch=Watch("policy_loans_yuan", +1),
    parameters=(
        Parameter(name="line_yuan", unit="yuan", base=0.0, plan=110_000_000.0, low=0.0, high=1_100_000_000.0,
                  kind="reach", grade="C", source="assumed: about 1 bn yuan a year in the nine districts", zh="每个县区每年的政策性贷款额度",
                  en="policy loans a year for each district named", rule="policy_credit"),
        Parameter(name="discount_percent", unit="percent", base=0.0, plan=1.0, low=0.0, high=3.0,
                  kind="terms", grade="C", source="assumed; points below the rate of firms' loans", zh="利率优惠（百分点）",
                  en="discount on the rate of firms' loans, points", rule="policy_discount", scale=0.01),
    ),
)
