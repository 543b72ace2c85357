"""组合“打包”抵押: land, house and share of a household valued together and securing one loan.

Only classes that may be pledged at all go into the package, so it does something where two of them have a loan to value above zero.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="packaged_collateral",
    zh="农村产权打包抵押", en="Packaged collateral",
    group=("农村金融", "Rural finance"),
    clauses=(Clause("四(六)", "支持以组合“打包”抵押的方式将多种农村产权进行综合评估、抵押"),),
    watch=Watch("loans_packaged_yuan", +1),
    parameters=(
        Parameter(name="allowed", unit="switch", base=False, plan=True,
                  kind="terms", grade="D", source="吉政办函〔2020〕118号 四(六)",
                  zh="允许打包抵押", en="packages are accepted", rule="packaged_collateral"),
        Parameter(name="diversification_percent", unit="percent", base=10.0, plan=10.0, low=0.0, high=30.0,
                  kind="terms", grade="D", source="no estimate found: assumed",
                  zh="风险分散", en="added to the collateral and taken off the loss on it", rule="package_diversification", scale=0.01,
                  needs="packaged_collateral"),
        Parameter(name="valuation_yuan", unit="yuan", base=600.0, plan=600.0, low=0.0, high=2000.0,
                  kind="terms", grade="D", source="assumed",
                  zh="一次评估费用", en="cost of valuing a package once", rule="package_cost", needs="packaged_collateral"),
    ),
)
