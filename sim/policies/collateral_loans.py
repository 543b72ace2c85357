"""农村产权抵押担保: what part of the value of a rural property right a bank may lend on."""
from sim.policies.base import Clause, Lever, Parameter, Watch

SOURCE = "levers of 三(一)3; the plan names no loan-to-value: assumed from bank practice"

LEVER = Lever(
    id="collateral_loans",
    zh="农村产权抵押担保权能", en="Loans on rural property rights",
    group=("农村金融", "Rural finance"),
    clauses=(
        Clause("三(一)3", "推进农村集体经营性建设用地使用权、承包地经营权、集体资产股权抵押担保融资"),
        Clause("三(一)3", "在深化农村宅基地制度改革试点地区探索开展农民住房财产权、宅基地使用权抵押贷款"),
    ),
    watch=Watch("loans_new", +1),
    parameters=(
        Parameter(name="farmland_ltv_percent", unit="percent", base=40.0, plan=60.0, low=0.0, high=70.0,
                  kind="terms", grade="C", source=SOURCE,
                  zh="承包地经营权抵押率", en="loan to value of land management rights", rule="farmland_ltv", scale=0.01),
        Parameter(name="house_ltv_percent", unit="percent", base={"default": 0.0, "jiutai": 30.0}, plan=50.0, low=0.0, high=60.0,
                  kind="terms", grade="C",
                  source="吉政办函〔2020〕118号 一(三)4: Jiutai's pilot of loans on farm houses; the ratio is assumed",
                  zh="农民住房财产权抵押率", en="loan to value of farm houses", rule="house_ltv", scale=0.01, needs="three_rights"),
        Parameter(name="share_ltv_percent", unit="percent", base=0.0, plan=30.0, low=0.0, high=50.0,
                  kind="terms", grade="D", source=SOURCE,
                  zh="集体资产股权抵押率", en="loan to value of collective shares", rule="share_ltv", scale=0.01),
        Parameter(name="collective_land_ltv_percent", unit="percent", base=40.0, plan=60.0, low=0.0, high=70.0,
                  kind="terms", grade="C", source=SOURCE,
                  zh="集体经营性建设用地抵押率", en="loan to value of collective construction land",
                  rule="collective_land_ltv", scale=0.01),
    ),
)
