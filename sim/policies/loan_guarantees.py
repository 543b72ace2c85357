"""担保体系: what part of a loss on a household's loan the districts' guarantor bears, and the fee that banks pay for it.

A larger part makes loans cheaper as far as the fee is below the loss that it spares, and binds more of the districts' money in the guarantor.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="loan_guarantees",
    zh="农村贷款担保", en="Guarantees of rural loans",
    group=("农村金融", "Rural finance"),
    clauses=(Clause("五(三)", "支持采取联保、再担保的方式"),),
    watch=Watch("loans_new", +1),
    parameters=(
        Parameter(name="loss_percent", unit="percent", base=20.0, plan=50.0, low=0.0, high=80.0,
                  kind="terms", grade="C", source="pilots: 50 % of the loss in Shaxian, 35 % in Chongqing; the plan names none",
                  zh="担保分担的损失", en="part of a loss that the guarantor bears", rule="guarantee_share", scale=0.01),
        Parameter(name="fee_percent", unit="percent", base=1.0, plan=0.5, low=0.0, high=3.0,
                  kind="terms", grade="D", source="assumed",
                  zh="年担保费率", en="yearly fee for what is guaranteed", rule="guarantee_fee", scale=0.01),
    ),
)
