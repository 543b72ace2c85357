"""Labour that persons offer, person by person: for behaviour rules from outside that change a base after everybody has chosen.

Not here: the choice itself and the labour on offer of everybody (`work.choose_work`).
"""
import numpy as np

from sim.compiled import sweep
from sim.kernels.work import human_capital, learnt, offfarm_days, offfarm_part
from sim.places import FIRST_DISTRICT, OUTSIDE, VILLAGE


@sweep
def offer_labour(rows, sign, spans, households, persons, seekers, b):
    """Add (sign 1) or take back (sign -1) the labour that persons `rows` offer at their bases to seekers (S, 9, 2), as `choose_work` counts it."""
    for i in range(len(rows)):
        p = rows[i]
        h = persons.household[p]
        s, base, age = households.span[h], persons.base[p], np.float32(persons.age[p])
        skill = human_capital(age, np.float32(persons.schooling[p]), persons.ability[p] + learnt(p, persons, b),
                              households.wealth_effect[h], b)
        if FIRST_DISTRICT <= base < OUTSIDE:
            seekers[s, base - FIRST_DISTRICT, 0] += sign * skill
        elif base == VILLAGE:
            off = offfarm_days(households.farm_days[h], age, np.float32(0.0), b) * spans.local_jobs[s] * offfarm_part(p, persons, b)
            seekers[s, spans.district[s], 1] += sign * skill * off / np.float32(264.0)
