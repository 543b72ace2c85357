"""Own businesses of rural families, village by village: the villagers that they hire.

    hired       B / `venture_job_capital`, B what families in the village have in own businesses, by their founders' hands
    local_jobs  1 + hired/W - the same of 2019, W off-farm work that villagers have free for others at the access of 2019;
                from a half to where they have no free day left
Not here: who begins one (`kernels/ventures.py`), what it brings its family (`kernels/income.py`).
"""
import numpy as np

from sim.institutions.land import by_district
from sim.kernels import collect

LEAST_JOBS = 0.5


def by_span(state):
    """Own businesses of families that live in the village, yuan (S,), unweighted."""
    sums = np.empty(len(state.spans.uid))
    state.runner.run(collect.sum_businesses, state.spans, state.households, sums)
    return sums


def jobs(state):
    """Villagers whom own businesses hire, by district, (9,)."""
    return by_district(state.spans, by_span(state)) / float(state.behaviour.venture_job_capital)


def open_businesses(state):
    """Own businesses and off-farm work of the first 1 January."""
    state.spans.business_start[:], state.spans.offfarm_start[:] = by_span(state), state.seekers[:, :, 1].sum(1)


def hire(state):
    """Off-farm work of each village in the year against 2019: by businesses and free work of last year."""
    spans, b = state.spans, state.behaviour
    work = state.seekers[:, :, 1].sum(1) / spans.local_jobs
    now, before = _ratio(by_span(state), work), _ratio(spans.business_start, spans.offfarm_start)
    spans.local_jobs[:] = np.clip(1 + (now - before) / float(b.venture_job_capital), LEAST_JOBS, 1 / float(b.offfarm_access))


def _ratio(over, under):
    """over/under, 0 where there is nothing."""
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)
