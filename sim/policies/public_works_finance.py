"""财政资金与专项债券: what province and centre grant each district for public works, and the bonds that it may issue in a year.

A district that lacks money for what it wants to spend issues bonds up to the limit; beyond it services and works are cut.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="public_works_finance",
    zh="财政资金与专项债券", en="Grants and bonds for public works",
    group=("公共服务与财政", "Services and public finance"),
    clauses=(
        Clause("五(二)", "给予财政资金支持"),
        Clause("五(二)", "给予专项债券支持"),
    ),
    watch=Watch("district_bonds_yuan", +1),
    parameters=(
        Parameter(name="grant_yuan", unit="yuan", base=0.0, plan=20_000_000.0, low=0.0, high=1_000_000_000.0,
                  kind="reach", grade="D", source="the plan names no amount: assumed",
                  zh="每个县区每年财政补助", en="grant to each district and year", rule="works_grant"),
        Parameter(name="bond_limit_yuan", unit="yuan", base=0.0, plan=200_000_000.0, low=0.0, high=1_200_000_000.0,
                  kind="terms", grade="D", source="the plan names no limit: assumed, about 2 bn yuan a year in the nine districts",
                  zh="每个县区每年发债上限", en="bonds that each district may issue in a year", rule="bond_limit"),
        Parameter(name="bond_rate_percent", unit="percent", base=3.5, plan=3.5, low=2.5, high=5.0,
                  kind="terms", grade="C", source="yields of local government bonds about 2019 (recalled)",
                  zh="债券名义利率", en="nominal interest on bonds", rule="bond_rate", scale=0.01),
    ),
)
