"""Training, schooling as an adult and vocational schooling: who takes part in a year, and what it changes of the person.

training     a keyed share (rule `training_cover` of the village's district) of rural workers of 16-59 who have not been trained yet; those of less than
             mean ability are paid `training_effect` (log) more from the next year on, the able gain nothing.  `trained` 1: without gain, 2: with it
adult course  rural workers of 18-45 at work in the zone with less than `full_schooling` years of school and no course yet, with the year's chance of the
             district (places over those who could take one): `course_years` of schooling more at the Mincer return, from the next year on;
             in the year of the course `study_time` of the pay is lost
vocational   at 15, those of less than 12 years of schooling stay at school for 12 with the year's chance of the district (seats over those): three years
             later on the labour market, with three years of schooling more
Ability stays as it was born: children inherit half of that. Firms pay for skill as for any other.
Not here: what it adds to pay (`work.learnt`), places and what they cost (`sim/institutions/labour_policy.py`).
"""
import numpy as np

from sim.compiled import part, sweep
from sim.kernels.rows import first_person
from sim.kernels.work import GAINED
from sim.kernels.year import H
from sim.places import HOME, OUTSIDE
from sim.rng import EVENT, mix, uniform
from sim.rules import RULE_INDEX
from sim.tables import FREE, RURAL

TRAINING, COURSE, VOCATIONAL = (EVENT[e] for e in ("training", "adult_course", "vocational"))
COVER = RULE_INDEX["training_cover"]
TRAINED, COURSES, PUPILS = (H[n] for n in ("trained", "adult_courses", "vocational_pupils"))
SCHOOL_AGE, VOCATIONAL_SCHOOLING = 15, 12       # age at which a vocational school is entered; schooling that it ends with
COURSE_FROM, COURSE_TO = 18, 45                 # ages at which adults take a course


@part
def at_work_here(p, persons):
    """Whether the working year of person p is spent in the zone."""
    return persons.base[p] != HOME and persons.base[p] != OUTSIDE


@sweep
def train(s, spans, households, persons, happened, year, b):
    """Train workers of span s."""
    if spans.urban[s]:
        return
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        if persons.age[p] < 16 or persons.age[p] > 59 or not at_work_here(p, persons) or persons.trained[p] or households.kind[persons.household[p]] > RURAL:
            continue
        if uniform(mix(persons.uid[p]), year.key[TRAINING]) < year.rules[COVER, spans.district[s]]:
            persons.trained[p] = np.uint8(GAINED if persons.ability[p] < 0 else 1)
            happened[s, TRAINED] += 1.0


@sweep
def study(s, spans, households, persons, happened, year, b):
    """Adults of span s take courses, pupils of 15 places at vocational schools: after the year's work is paid, before it is spent."""
    d = spans.district[s]
    if year.course_chance[d] == 0 and year.vocational_chance[d] == 0:
        return
    for p in range(first_person(spans, s), first_person(spans, s + 1)):
        age, schooling = persons.age[p], persons.schooling[p]
        if age == SCHOOL_AGE and schooling < VOCATIONAL_SCHOOLING:
            if uniform(mix(persons.uid[p]), year.key[VOCATIONAL]) < year.vocational_chance[d]:
                persons.schooling[p] = np.int8(VOCATIONAL_SCHOOLING)
                happened[s, PUPILS] += 1.0
        elif COURSE_FROM <= age <= COURSE_TO and schooling < b.full_schooling and persons.adult_schooling[p] == 0 and at_work_here(p, persons):
            kind = households.kind[persons.household[p]]
            if kind != FREE and kind <= RURAL and uniform(mix(persons.uid[p]), year.key[COURSE]) < year.course_chance[d]:
                persons.adult_schooling[p] = np.uint8(b.course_years)
                persons.wage[p] *= np.float32(1.0) - b.study_time
                happened[s, COURSES] += 1.0
