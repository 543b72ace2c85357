"""Where the rows of a span begin, as signed numbers, so that row arithmetic stays whole. No economics here."""
import numpy as np

from sim.compiled import part


@part
def first_household(spans, s):
    """First household row of span s; of s + 1: the row after the last of s."""
    return np.int64(spans.first_household[s])


@part
def first_person(spans, s):
    """First person row of span s; of s + 1: the row after the last of s."""
    return np.int64(spans.first_person[s])
