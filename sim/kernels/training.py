"""Training of rural workers: who is trained in a year, and what it adds to the pay of those who gain by it.

Each year a keyed share (rule `training_cover` of the village's district) of rural workers of 16-59 who have not been trained yet is. Those of less than
mean ability are paid `training_effect` (log) more from the next year on; those who are able already gain nothing. Firms pay it as they pay any skill.
Not here: who pays for the courses (`sim/institutions/labour_policy.py`).
"""
import numpy as np

from sim.compiled import sweep
from sim.kernels.rows import first_person
from sim.kernels.year import H
from sim.places import HOME, OUTSIDE
from sim.rng import EVENT, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import RURAL

TRAINING, COVER, TRAINED = EVENT["training"], RULE_INDEX["training_cover"], H["trained"]


@sweep
def train(s, spans, households, persons, happened, year, b):
    """Train workers of span s."""
    if spans.urban[s]:
        return
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        at_work_here = persons.base[p] != HOME and persons.base[p] != OUTSIDE
        if persons.age[p] < 16 or persons.age[p] > 59 or not at_work_here or persons.trained[p] or households.kind[persons.household[p]] > RURAL:
            continue
        if uniform(mix(persons.uid[p]), year.key[TRAINING]) < year.rules[COVER, spans.district[s]]:
            persons.trained[p] = np.uint8(1)
            happened[s, TRAINED] += 1.0
            if persons.ability[p] < 0:
                persons.ability[p] += b.training_effect
