"""美丽乡村建设: how many villages are brought up to the standard, at the district's cost. They are nicer to live in and to visit; nothing else."""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="beautiful_villages",
    zh="美丽乡村", en="Beautiful villages",
    group=("乡村发展", "Villages"),
    clauses=(Clause("四(三)", "美丽乡村建设工程"),),
    watch=Watch("beautiful_village_share", +1),
    parameters=(
        Parameter(name="villages_percent", unit="percent", base=8.0, plan=30.0, low=0.0, high=100.0, kind="reach", grade="A",
                  source="吉政办函〔2020〕118号 四(三): 30 % in 2021-25, all by 2035; 8 % in 2019 assumed", zh="达标村占比",
                  en="villages that meet the standard", rule="beautiful_villages", scale=0.01),
        Parameter(name="cost_yuan", unit="yuan", base=3e6, plan=3e6, low=1e6, high=1e7, kind="terms", grade="D", source="assumed; per village",
                  zh="每村投入", en="cost per village", rule="beautiful_cost"),
    ),
)
