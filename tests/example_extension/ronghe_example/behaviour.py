"""Second thoughts: where a village has an adviser, some of those who signed an exit in the year take their word back before it is carried out."""

from sim.behaviour_rules import BehaviourRule
from sim.declare import Parameter
from sim.tables import FREE


def think_again(now):
    """A signature of the year is withdrawn with the chance `second_thoughts` in villages that the advisers reach."""
    households, spans = now.households, now.spans
    advised = now.uniform(spans.uid, 1) < now.rule("adviser_coverage")[spans.district]
    signed = (households.kind != FREE) & (households.signed > 0) & (households.signed_year == now.year)
    withdrawn = signed & advised[households.span] & (now.uniform(households.uid) < now.parameters.second_thoughts)
    households.signed[withdrawn] = 0


RULE = BehaviourRule(
    id="think_again",
    zh="签约后反悔", en="Second thoughts",
    after="exchange rights",
    act=think_again,
    writes={"households": ("signed",)},
    parameters=(
        Parameter("second_thoughts", "share", 0.3, 0.0, 1.0, "D", "assumed for the example",
                  "advised households that take back the signature of the year"),
    ),
    rules=("adviser_coverage",),
)  # fmt: skip
