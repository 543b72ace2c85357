"""城乡融合发展银行: equity that province and centre put into the rural commercial banks, once, when it is first ordered.

It lets them lend more only where their capital binds; equity that no lending needs goes back to the owners in the following year.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="integration_bank",
    zh="城乡融合发展银行", en="Bank of urban-rural integration",
    group=("农村金融", "Rural finance"),
    clauses=(Clause("三(二)3", "探索打造全国首家城乡融合发展银行"),),
    watch=Watch("capital_ratio", +1),
    parameters=(
        Parameter(name="capital_yuan", unit="yuan", base=0.0, plan=200_000_000.0, low=0.0, high=2_000_000_000.0,
                  kind="terms", grade="D", source="assumed: about 2 bn yuan in the nine districts",
                  zh="每个县区注入资本", en="equity for each district named", rule="bank_capital"),
    ),
)
