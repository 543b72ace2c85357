"""宅基地自愿有偿退出: paid, voluntary withdrawal from homesteads, after Jiutai's pilot.

Who may accept and who does is the household's matter (`sim.kernels`); the lever says where offers are made, at what price and who pays.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="homestead_withdrawal",
    zh="宅基地自愿有偿退出", en="Paid voluntary withdrawal from homesteads",
    group=("农村权益退出", "Exit from rural rights"),
    clauses=(
        Clause("三(一)1", "复制长春市九台区农村宅基地自愿有偿退出和闲置宅基地有效利用经验"),
        Clause("三(一)1", "宅基地资格权、集体资产股权退出的具体办法"),
    ),
    watch=Watch("homesteads_withdrawn", +1),
    parameters=(
        Parameter(name="villages_with_offer_percent", unit="percent", base={"default": 0.2, "jiutai": 1.0}, plan=5.0, low=0.0, high=30.0,
                  kind="reach", grade="B", source="吉政办函〔2020〕118号 一(三)2: 2.8 projects a year in 280 villages, the order of Jiutai's pilot; elsewhere assumed",
                  zh="每年轮到退出项目的村占比", en="villages whose turn for a project comes, per year", rule="offer_rate", scale=0.01),
        Parameter(name="compensation_yuan_per_m2", unit="yuan/m2", base={"default": 0.0, "jiutai": 100.0}, plan=100.0, low=0.0, high=450.0,
                  kind="terms", grade="C", source="Jiutai's pilot: 16.7 to about 100 yuan/m2; Yangzhou 216.5 paid (EXIT02)",
                  zh="宅基地补偿单价", en="compensation for the plot", rule="plot_price"),
        Parameter(name="house_compensation_yuan_per_m2", unit="yuan/m2", base=300.0, plan=300.0, low=0.0, high=800.0,
                  kind="terms", grade="D", source="assumed: depreciated building cost of a farm house",
                  zh="房屋补偿单价", en="compensation for the house", rule="house_price"),
        Parameter(name="qualification_compensation_yuan", unit="yuan", base=0.0, plan=10_000.0, low=0.0, high=50_000.0,
                  kind="terms", grade="D", source="assumed; the plan names no amount",
                  zh="宅基地资格权退出补偿（每户）", en="compensation for the homestead qualification, per household",
                  rule="qualification_price"),
        Parameter(name="households_per_project", unit="households", base=20.0, plan=20.0, low=5.0, high=200.0,
                  kind="reach", grade="B", source="吉政办函〔2020〕118号 一(三)2: 273 homesteads / 5 years / 2.8 projects a year = 19.5",
                  zh="每个项目可支付户数", en="households that one project can pay for", rule="project_households"),
        Parameter(name="grant_percent", unit="percent", base=50.0, plan=50.0, low=0.0, high=100.0,
                  kind="terms", grade="D", source="assumed: the part of the gap that land proceeds do not fund",
                  zh="上级补助占缺口比例", en="part of the unfunded cost granted by the upper government",
                  rule="grant_share", scale=0.01),
    ),
)
