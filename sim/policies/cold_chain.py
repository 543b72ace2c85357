"""仓储保鲜冷链物流: part of the cash crops that is no longer lost between field and buyer.

Growers sell more of what they grow; the added supply lowers the district's price in turn.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="cold_chain",
    zh="农产品仓储保鲜冷链物流", en="Cold storage and cold chain",
    group=("农业经营", "Farming"),
    clauses=(Clause("五(四)", "加快农产品仓储保鲜冷链物流设施建设，指导申报国家骨干冷链物流基地"),),
    watch=Watch("cash_crop_area_mu", +1),
    parameters=(
        Parameter(name="saved_percent", unit="percent", base=0.0, plan=5.0, low=0.0, high=15.0, kind="reach", grade="C",
                  source="五(四) names no figure; perishables lose about a fifth: assumed", zh="减少的产后损失（占产量）",
                  en="output saved from loss after harvest", rule="cold_chain", scale=0.01),
    ),
)
