"""集体与国有建设用地同地同权同价: bargaining, benchmark prices, the exchange, unit registration, resale, equal rights, one market."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="collective_land_price",
    zh="城乡统一建设用地市场", en="One market for construction land",
    group=("土地要素", "Land"),
    clauses=(
        Clause("三(一)2", "探索建立相关价格体系"),
        Clause("三(一)2", "落实集体经营性建设用地使用权和地上建筑物所有权房地一体、单元分割有关政策"),
        Clause("三(一)2", "建立农村集体经营性建设用地使用权转让、出租、抵押二级市场"),
        Clause("三(一)3", "推进已入市集体经营性建设用地与国有建设用地在资本市场同地同权"),
        Clause("四(六)", "推进农村资源性资产、经营性资产等进场交易"),
    ),
    watch=Watch("parcels_value_yuan", +1),
    parameters=(
        Parameter(name="benchmark_prices", unit="switch", base=False, plan=True, kind="terms", grade="D", source="吉政办函〔2020〕118号 三(一)2",
                  zh="公布基准地价", en="benchmark prices are published", rule="benchmark_prices"),
        Parameter(name="bargaining_percent", unit="percent", base=40.0, plan=50.0, low=20.0, high=80.0, kind="terms", grade="D",
                  source="assumed: part of the gain that a village takes from one bidder", zh="村集体议价份额",
                  en="village's part in a bargain with one bidder", rule="bargaining", scale=0.01),
        Parameter(name="exchange_deals_percent", unit="percent", base=20.0, plan=90.0, low=0.0, high=100.0, kind="reach", grade="D", source="assumed",
                  zh="进场交易占比", en="deals made on the exchange", rule="platform_deals", scale=0.01),
        Parameter(name="unit_registration", unit="switch", base=False, plan=True, kind="terms", grade="A", source="吉政办函〔2020〕118号 三(一)2",
                  zh="允许单元分割登记", en="buildings are registered unit by unit", rule="split_registration"),
        Parameter(name="resale_percent", unit="percent", base=1.0, plan=5.0, low=0.0, high=15.0, kind="reach", grade="D",
                  source="assumed; parcels resold in a year", zh="二级市场年流转率", en="parcels resold in a year", rule="resale_rate", scale=0.01),
        Parameter(name="ownership_discount_percent", unit="percent", base=35.0, plan=5.0, low=0.0, high=60.0, kind="terms", grade="B",
                  source="collective ownership lowers the price (sign, CCL10); log points, the size is assumed", zh="集体所有折价",
                  en="discount for collective ownership", rule="ownership_discount", scale=0.01),
        Parameter(name="unified", unit="switch", base=False, plan=True, kind="terms", grade="A",
                  source="吉政办函〔2020〕118号 二(四): the unified market of 2035", zh="城乡统一市场", en="one market for state and collective land",
                  rule="unified_land_market"),
    ),
)
