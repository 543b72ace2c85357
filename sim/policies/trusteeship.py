"""土地托管服务: how many villages a provider of farm work for a fee reaches.

Reach only adds villages; whether a household entrusts a plot is its own choice among working, letting and entrusting it.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="trusteeship",
    zh="托管服务", en="Trusteeship of farmland",
    group=("农业经营", "Farming"),
    clauses=(Clause("三(一)5", "通过订单农业、入股分红、托管服务等方式"),),
    watch=Watch("entrusted_land_share", +1),
    parameters=(
        Parameter(name="villages_percent", unit="percent", base=20.0, plan=50.0, low=0.0, high=90.0,
                  kind="reach", grade="D", source="吉政办函〔2020〕118号 三(一)5 names the service, not its reach: assumed",
                  zh="托管服务覆盖的村", en="villages that a provider reaches", rule="trusteeship_coverage", scale=0.01),
    ),
)
