"""城中村改造: collective construction land near town centres becomes state land for firms, paid for."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="urban_village_renewal",
    zh="城中村改造", en="Renewal of urban villages",
    group=("土地要素", "Land"),
    clauses=(Clause("三(一)", "搭建城中村改造合作平台"),),
    watch=Watch("land_renewed_ha", +1),
    parameters=(
        Parameter(name="renewed_ha", unit="ha", base=0.0,
                  plan=6.0, low=0.0, high=40.0, kind="reach", grade="D",
                  source="assumed: about 30 ha a year in the five city districts; write the districts in the step", zh="每区每年改造面积",
                  en="renewed in each district named, per year", rule="renewal_area", scale=10_000.0),
    ),
)
