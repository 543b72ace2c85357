"""产业引导基金: equity that public funds put, with private money beside, into growing firms of processing, high technology and agribusiness.

It goes where capital lacks most against what the firm wants. Dividends come back; equity of firms that end is lost but for what their estates leave.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="investment_funds",
    zh="产业引导基金", en="Investment funds",
    group=("产业", "Industry"),
    clauses=(
        Clause("四(六)", "用好用活吉林省现代农业和新兴产业投资基金、长春市产业引导基金"),
        Clause("五(三)", "探索国家城乡融合发展基金在吉林省设立子基金"),
    ),
    watch=Watch("public_equity_yuan", +1),
    parameters=(
        Parameter(name="district_fund_yuan", unit="yuan", base=0.0, plan=11_000_000.0, low=0.0, high=110_000_000.0, kind="reach", grade="D",
                  source="assumed: about 100 m yuan a year in the nine districts", zh="每县区每年出资", en="equity for firms of each district and year",
                  rule="fund_investment"),
        Parameter(name="national_fund_yuan", unit="yuan", base=0.0, plan=55_000_000.0, low=0.0, high=330_000_000.0, kind="reach", grade="D",
                  source="assumed: about 500 m yuan a year in the nine districts", zh="国家子基金每县区每年出资",
                  en="equity of the national fund for firms of each district and year", rule="national_fund"),
        Parameter(name="private_per_public", unit="ratio", base=1.5, plan=1.5, low=0.5, high=4.0, kind="terms", grade="D",
                  source="assumed", zh="社会资本配比", en="private yuan beside a public one", rule="fund_coinvestment"),
    ),
)
