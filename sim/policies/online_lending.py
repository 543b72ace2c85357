"""线上信贷与抵押融资信息系统: what part of the cost of examining and watching a loan to a household banks save by doing it online.

Banks pass the saving on in the price of new loans and spend that much less themselves.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="online_lending",
    zh="线上信贷与融资信息系统", en="Online lending and information system",
    group=("农村金融", "Rural finance"),
    clauses=(
        Clause("三(一)3", "健全完善农村产权交易市场农村产权抵押融资信息系统"),
        Clause("五(三)", "鼓励大型商业银行有针对性地研发线上金融产品"),
    ),
    watch=Watch("loan_refusals", -1),
    parameters=(
        Parameter(name="saving_percent", unit="percent", base=0.0, plan=30.0, low=0.0, high=60.0,
                  kind="reach", grade="D", source="assumed; of the operating and monitoring cost in the price of a loan",
                  zh="节省的办贷和监管成本", en="cost of handling and monitoring that is saved", rule="handling_saving", scale=0.01),
    ),
)
