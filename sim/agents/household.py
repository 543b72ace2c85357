"""Households and their members: views of the rows of two tables.

    model.households.select(lambda h: h.member_count > 2).agg("disposable_income", "mean")
    model.households[0].persons[0].age
Columns are those of `sim/tables.py`; `members` counts who lives with the household, `member_count` all living members wherever they spend the year.
Not here: what households decide (`sim/kernels`).
"""

import numpy as np

from sim.agents.rows import Row, RowSet
from sim.places import DISTRICT_IDS, FIRST_DISTRICT, OUTSIDE
from sim.tables import FREE, Households, Persons

PLACE_NAMES = np.array(("home", "village", *DISTRICT_IDS, "outside"))
SECTOR_NAMES = np.array(("rural", "urban", "outside"))


def sector_of(residence):
    """rural, urban or outside, by place of residence."""
    return SECTOR_NAMES[np.where(residence == OUTSIDE, 2, np.where(residence >= FIRST_DISTRICT, 1, 0))]


def member_count(state, rows):
    """Living members of households, wherever they spend the year."""
    spans, persons = state.spans, state.persons
    if len(rows) == 1:  # members stand within the span of their household
        span = int(state.households.span[rows[0]])
        within = slice(int(spans.first_person[span]), int(spans.first_person[span + 1]))
        return np.array([np.count_nonzero((persons.household[within] == rows[0]) & (persons.age[within] >= 0))])
    return np.bincount(persons.household[persons.age >= 0], minlength=len(state.households.uid))[rows]


def income_per_head(state, rows):
    """Disposable income over the members who live with the household, yuan; NaN where nobody does."""
    hh = state.households
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(hh.members[rows] > 0, hh.disposable_income[rows].astype(np.float64) / hh.members[rows], np.nan)


class Household(Row):
    """One household; `persons` are its members and `collective` is the institution of its village."""

    table = "households"
    columns = {column.name: column for column in Households.columns}
    derived = {
        "member_count": member_count,
        "income_per_head": income_per_head,
        "district": lambda state, rows: np.array(DISTRICT_IDS)[state.spans.district[state.households.span[rows]]],
        "sector": lambda state, rows: sector_of(state.households.residence[rows]),
        "lives_in": lambda state, rows: PLACE_NAMES[state.households.residence[rows]],
        "weight": lambda state, rows: state.spans.weight[state.households.span[rows]],
    }

    @staticmethod
    def alive(table, rows):
        return table.kind[rows] != FREE

    @property
    def persons(self) -> list["Person"]:
        """Its living members."""
        state, span = self.model.state, int(self.span)
        first, last = int(state.spans.first_person[span]), int(state.spans.first_person[span + 1])
        mine = (state.persons.household[first:last] == self._row) & (state.persons.age[first:last] >= 0)
        return [Person(self.model, first + i) for i in np.flatnonzero(mine).tolist()]

    @property
    def collective(self):
        """The Collective of its village, None for households registered in a town."""
        return self.model.collective_of(int(self.span))


class Person(Row):
    """One person."""

    table = "persons"
    columns = {column.name: column for column in Persons.columns}
    derived = {
        "district": lambda state, rows: np.array(DISTRICT_IDS)[state.spans.district[state.households.span[state.persons.household[rows]]]],
        "sector": lambda state, rows: sector_of(state.persons.residence[rows]),
        "lives_in": lambda state, rows: PLACE_NAMES[state.persons.residence[rows]],
        "works_in": lambda state, rows: PLACE_NAMES[state.persons.base[rows]],
        "weight": lambda state, rows: state.spans.weight[state.households.span[state.persons.household[rows]]],
    }

    @staticmethod
    def alive(table, rows):
        return table.age[rows] >= 0

    @property
    def home(self) -> Household:
        """The household of the person; `household` is its row."""
        return Household(self.model, self.household)


class HouseholdSet(RowSet):
    """Households of the model, all that live or a choice of them."""

    row_type = Household


class PersonSet(RowSet):
    """Persons of the model, all that live or a choice of them."""

    row_type = Person
