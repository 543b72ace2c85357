"""学历提升与职业教育: courses for adults beside work and new places at vocational schools, by district.

What a year of schooling is worth is the Mincer return; adults lose part of a year's pay, pupils enter work three years later.
"""
from sim.policies.base import Clause, Lever, Parameter, Watch

LEVER = Lever(
    id="schooling",
    zh="学历提升与中等职业教育", en="Adult and vocational schooling",
    group=("就业", "Work"),
    clauses=(Clause("五(五)", "实施“基层人才学历提升计划”"), Clause("五(五)", "支持试验区内中等职业学校加快发展")),
    watch=Watch("adult_courses", +1),
    parameters=(
        Parameter(name="adult_courses", unit="persons", base=0.0, plan=222.0, low=0.0, high=2_200.0, kind="reach", grade="D",
                  source="assumed: about 2,000 persons a year in the nine districts", zh="每县区每年学历提升人数", en="adults per district and year",
                  rule="adult_courses"),
        Parameter(name="vocational_places", unit="persons", base=0.0, plan=167.0, low=0.0, high=1_000.0, kind="reach", grade="D",
                  source="assumed: about 1,500 places a year in the nine districts", zh="每县区每年新增中职学位", en="new vocational places per district and year",
                  rule="vocational_seats"),
    ),
)
