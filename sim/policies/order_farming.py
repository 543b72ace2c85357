"""订单农业: how much grain lead firms can take under contract, at what premium and with what floor.

Capacity goes to villages near the centre and with good land first; whether a farm accepts is its own reckoning of the terms.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="order_farming",
    zh="订单农业与农业产业化联合体", en="Order farming with lead firms",
    group=("农业经营", "Farming"),
    clauses=(Clause("三(一)5", "通过订单农业、入股分红、托管服务等方式"),),
    watch=Watch("contracted_farming_share", +1),
    parameters=(
        Parameter(name="grain_percent", unit="percent", base=10.0, plan=30.0, low=0.0, high=70.0, kind="reach", grade="D",
                  source="三(一)5 names no amount: assumed", zh="龙头企业可签约的粮食占比", en="grain that lead firms can contract", rule="order_share", scale=0.01),
        Parameter(name="premium_percent", unit="percent", base=5.0, plan=5.0, low=0.0, high=15.0, kind="terms", grade="B",
                  source="sign: members of contracts receive more; 18-70 % in studies is selection, so 5 %", zh="订单溢价", en="premium on the market price",
                  rule="order_premium", scale=0.01),
        Parameter(name="floor_percent", unit="percent", base=90.0, plan=95.0, low=80.0, high=105.0, kind="terms", grade="D",
                  source="assumed: 保底收购价", zh="保底价（占预期价格）", en="floor, of the expected price", rule="order_floor", scale=0.01),
        Parameter(name="profit_percent", unit="percent", base=0.0, plan=5.0, low=0.0, high=20.0, kind="terms", grade="D",
                  source="三(一)5 names no amount: assumed", zh="与签约农户分享的利润（入股分红）", en="profit shared with contracted farms", rule="order_profit",
                  scale=0.01),
    ),
)
