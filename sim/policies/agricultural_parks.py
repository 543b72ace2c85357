"""现代农业产业园: what a district spends on serviced sites and shared facilities for agricultural processing and lead agribusiness.

What parks do to incomes of villagers is a check, not an input: the national programme of parks raised them by a few percent at most.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="agricultural_parks",
    zh="现代农业产业园", en="Agricultural parks",
    group=("产业", "Industry"),
    clauses=(
        Clause("三(一)4", "重点建设岔路河、万昌、桦皮厂、左家四个现代农业产业园"),
        Clause("三(一)4", "推进双阳区梅花鹿产业园……等特色产业园区建设"),
        Clause("五(四)", "支持创建现代农业产业园"),
    ),
    watch=Watch("agri_industry_yuan", +1),
    parameters=(
        Parameter(name="investment_yuan", unit="yuan", base=0.0, plan=50_000_000.0, low=0.0, high=1_000_000_000.0, kind="reach", grade="D",
                  source="the plan names no amount: assumed", zh="每县区每年投入", en="outlay for each district and year", rule="park_investment"),
    ),
)
