"""组合式退出: contract right, homestead and collective share may be given up in one agreement, one or several of them."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="combined_exit",
    zh="组合式退出", en="Combined exit",
    group=("农村权益退出", "Exit from rural rights"),
    clauses=(
        Clause("三(一)1", "采取“组合式退出”方式保留承包地农户承包权、宅基地资格权、集体资产股权一项或多项权益"),
        Clause("三(一)1", "承包地农户承包权、宅基地资格权、集体资产股权退出的具体办法"),
    ),
    watch=Watch("combined_exits", +1),
    parameters=(
        Parameter(name="allowed", unit="switch", base=False, plan=True, kind="terms", grade="A",
                  source="吉政办函〔2020〕118号 三(一)1", zh="允许组合式退出", en="rights may be exited together",
                  rule="bundles_allowed"),
        Parameter(name="contract_compensation_percent", unit="percent", base=100.0, plan=160.0, low=50.0, high=400.0,
                  kind="terms", grade="B",
                  source="percent of rent capitalised at 5 %; Wang & Ye, Land 2020 9(3):80: 27,800 yuan/mu (EXIT10)",
                  zh="承包权补偿（占租金资本化值）", en="compensation for the contract right", rule="contract_multiple", scale=0.01),
        Parameter(name="share_compensation_percent", unit="percent", base=100.0, plan=120.0, low=50.0, high=300.0,
                  kind="terms", grade="D",
                  source="assumed; percent of the dividend capitalised at 5 %",
                  zh="股权补偿（占分红资本化值）", en="compensation for the collective share", rule="share_multiple", scale=0.01),
        Parameter(name="bonus_percent", unit="percent", base=5.0, plan=5.0, low=0.0, high=30.0, kind="terms", grade="D",
                  source="assumed; percent of the cash where two or more rights go together",
                  zh="组合退出奖励", en="addition where two or more rights go together", rule="bundle_bonus", scale=0.01),
    ),
)
