"""观光农业提升: weekend buses that bring townspeople to villages, and tourism complexes that draw them. Who comes follows from distance and appeal; what it brings from their spending."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="village_tourism",
    zh="乡村旅游", en="Village tourism",
    group=("乡村发展", "Villages"),
    clauses=(Clause("四(四)", "观光农业提升工程"), Clause("四(四)", "积极探索开通“周末公交”，提升市民消费意愿和消费体验"),
             Clause("四(三)", "推进马鞍山田园综合体、友好乡村旅游综合体等项目建设")),
    watch=Watch("village_visits", +1),
    parameters=(
        Parameter(name="bus_routes", unit="routes", base=0.0, plan=2.0, low=0.0, high=11.0, kind="reach", grade="D",
                  source="吉政办函〔2020〕118号 四(四) names the buses, not how many: assumed 20 in the zone", zh="每县区周末公交线路",
                  en="weekend bus routes per district", rule="bus_routes"),
        Parameter(name="complexes_percent", unit="percent", base=0.0, plan=1.5, low=0.0, high=20.0, kind="reach", grade="D",
                  source="四(三) and 四(四) name eleven complexes, parks and resorts, about 1.5 % of villages", zh="建旅游综合体的村", en="villages with a tourism complex",
                  rule="tourism_sites", scale=0.01),
    ),
)
