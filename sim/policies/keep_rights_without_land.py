"""留权不留地: the plot goes back, the qualification for a homestead is kept and can be turned into a plot again at a price.

The share applies to the compensation for the plot only; the house is paid in full. It needs the separation of the three rights
and offers of withdrawal.
"""
from sim.policies.base import Clause, Law, Lever, Parameter, Watch

LEVER = Lever(
    id="keep_rights_without_land",
    zh="留权不留地", en="Keeping the right without the land",
    group=("农村权益退出", "Exit from rural rights"),
    clauses=(Clause("三(一)1", "探索采取“留权不留地”方式保留进城农民宅基地资格权"),),
    watch=Watch("qualification_retained", +1),
    law=Law(2021, "须先争取国家改革授权，推进宅基地“三权分置”", "needs the state's authorisation of the separated homestead rights first"),
    parameters=(
        Parameter(name="allowed", unit="switch", base=False, plan=True, kind="terms", grade="A",
                  source="吉政办函〔2020〕118号 三(一)1", zh="允许留权不留地", en="the qualification may be kept",
                  rule="keep_rights_allowed", needs="three_rights"),
        Parameter(name="compensation_share_percent", unit="percent", base=90.0, plan=90.0, low=50.0, high=100.0, kind="terms", grade="D",
                  source="assumed; below about 85 hardly any household keeps the right",
                  zh="留权时宅基地补偿比例", en="part of the plot compensation paid when the right is kept",
                  rule="keep_share", scale=0.01),
        Parameter(name="reentry_price_percent", unit="percent", base=120.0, plan=120.0, low=100.0, high=300.0, kind="terms", grade="D",
                  source="assumed; percent of the administrative plot cost (60 yuan/m2 x 330 m2)",
                  zh="重新取得宅基地价格", en="price of a plot for a kept right", rule="reentry_multiple", scale=0.01),
    ),
)
