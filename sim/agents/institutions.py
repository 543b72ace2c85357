"""The institutions that decide, as Mesa agents: faces of the state, each with the phases of the year in which it acts.

The year decides for all of a kind at once (`decides` names the phases). A method here asks the same code for one case and changes nothing:
what rent a lease would pay, what loan a household could have, whom a branch would hire. Money is yuan of 2019, by year.
Not here: those decisions themselves (`sim/schedule.py`, `sim/markets`, `sim/kernels`).
"""

import mesa
import numpy as np

from sim import accounts, evidence, schedule
from sim.institutions import banks, firms, nonfarm
from sim.kernels import credit, land_rental, work
from sim.markets import labour
from sim.places import DISTRICTS
from sim.policies.catalogue import rules
from sim.policies.deliver import deliver
from sim.rules import RULE_INDEX
from sim.state import seekers_by_district
from sim.tables import LOAN_CLASSES, NO_LOAN, URBAN, Collectives, Spans

SPAN_COLUMNS = {column.name: column for column in Spans.columns}
VILLAGE_COLUMNS = {column.name: column for column in Collectives.columns}


class Institution(mesa.Agent):
    """What all have: the phases in which it acts, and its side of the year's books. Class fields: `sector` in the accounts, `decides`."""

    sector: str
    decides: tuple[str, ...] = ()
    district = None  # index of the district, None for institutions of the whole zone

    @property
    def phases(self):
        """The phases of the year in which it acts, as `sim.schedule.Phase`."""
        return tuple(phase for phase in schedule.PHASES if phase.name in self.decides)

    @property
    def state(self):
        return self.model.state

    @property
    def published(self):
        """The figures of the year that everybody reads. Raises LookupError before the first year."""
        if self.state.published is None:
            raise LookupError(f"{type(self).__name__}: no year has begun, so nothing is published. Step the model first.")
        return self.state.published

    def received(self) -> dict[str, float]:
        """{code: yuan} that its sector received in the year, of its district."""
        return self._lines(2)

    def paid(self) -> dict[str, float]:
        """{code: yuan} that its sector paid in the year, of its district."""
        return self._lines(1)

    def _lines(self, side: int) -> dict[str, float]:
        found: dict[str, float] = {}
        for line, amount in self.state.books.postings.items():
            if line[side] == self.sector:
                found[line[0]] = found.get(line[0], 0.0) + self._own(amount)
        return found

    @property
    def balance(self) -> float:
        """What its sector holds, of its district."""
        return self._own(self.state.books.balances[self.sector])

    def _own(self, by_district) -> float:
        return float(by_district.sum() if self.district is None else by_district[self.district])

    def __repr__(self):
        where = "" if self.district is None else f" {DISTRICTS[self.district].id}"
        return f"<{type(self).__name__}{where}>"


class Collective(Institution):
    """The collective of one village: lets the land that came back, brings land to the market, decides on projects, shares out what it earns.

    Every column of the village (`rent`, `pool`, `offer`, `shares` ...) and of its collective (`cash`, `idle`, `parcel_value` ...) is an attribute.
    `received` and `paid` are those of all collectives of its district: the books know no village. `balance` is the village's own.
    """

    sector = accounts.COLLECTIVES
    decides = ("rent land", "poll villages", "clear construction land", "fund projects", "exchange rights", "settle institutions")

    def __init__(self, model, span: int):
        super().__init__(model)
        self.span, self.district = int(span), int(model.state.spans.district[span])

    def __getattr__(self, name):
        if name not in SPAN_COLUMNS and name not in VILLAGE_COLUMNS:
            raise AttributeError(f"Collective has no field {name!r}. Village columns: {', '.join((*SPAN_COLUMNS, *VILLAGE_COLUMNS))}.")
        return getattr(self.state.spans if name in SPAN_COLUMNS else self.state.collectives, name)[self.span].item()

    @property
    def balance(self) -> float:
        """Cash and reserve of the village, yuan."""
        return self.cash + self.reserve

    @property
    def households(self):
        """Households registered in the village."""
        from sim.agents.household import HouseholdSet

        spans = self.state.spans
        return HouseholdSet(self.model, np.arange(spans.first_household[self.span], spans.first_household[self.span + 1]))

    @property
    def dividend(self) -> float:
        """Dividend per share of the year, yuan."""
        return float(self.state.spans.dividend[self.span])

    def lease_terms(self) -> dict[str, float]:
        """What a lease at the cleared rent costs the lessee and leaves the lessor, yuan per mu, before the lessee's own cost of expansion."""
        b, rent = self.state.behaviour, self.rent
        cost = float(land_rental.lease_share(np.float32(self.exchange), b))
        risk = float(land_rental.risk_share(np.float32(self.titled), b))
        return {"rent": rent, "lessee_pays": rent * (1 + cost), "lessor_keeps": rent * (1 - cost - risk)}


class DistrictGovernment(Institution):
    """The government of one district: carries out orders at its delivery rate, funds projects as far as its cash goes, pays for services."""

    sector = accounts.DISTRICT
    decides = ("begin", "supply land", "poll villages", "settle institutions")

    def __init__(self, model, district: int):
        super().__init__(model)
        self.district = int(district)

    id = property(lambda self: DISTRICTS[self.district].id)
    name = property(lambda self: {"zh": DISTRICTS[self.district].zh, "en": DISTRICTS[self.district].en})

    @property
    def rules(self) -> dict[str, float]:
        """The rules in force in the district, in model units (shares 0-1)."""
        return _by_name(self.state.delivered[:, self.district])

    def deliver(self, year: int) -> dict[str, float]:
        """What would be in force here if the orders of `year` came next: `sim.policies.deliver`. Raises KeyError outside the horizon."""
        run = self.model.simulation
        return _by_name(deliver(run.rulebook.at(year), self.state.delivered, run.rate)[:, self.district])

    @property
    def projects(self) -> list[Collective]:
        """Villages of the district with a funded project in the year."""
        spans = self.state.spans
        live = np.flatnonzero((spans.offer > 0) & (spans.district == self.district) & (spans.urban == 0))
        return [self.model.collective_of(span) for span in live.tolist()]


def _by_name(values) -> dict[str, float]:
    """{rule: value} of one district; rules of levers that were registered after the run began are not in it."""
    return {rule.name: float(value) for rule, value in zip(rules(), values, strict=False)}


class ProvinceAndCentre(Institution):
    """Province and centre: write the orders, grant what districts and social insurance lack."""

    sector = accounts.UPPER
    decides = ("begin", "settle institutions")

    def orders(self, year: int | None = None) -> dict[str, np.ndarray]:
        """{rule: value by district (9,)} as ordered for a year, of the current year where none is given. Raises KeyError outside the horizon."""
        rulebook = self.model.simulation.rulebook
        ordered = rulebook.at(self.model.year if year is None else year)
        return {rule.name: values.copy() for rule, values in zip(rules(), ordered, strict=False)}


class Bank(Institution):
    """One of the four banks of the zone: lends against land, houses and shares and to firms, works out bad loans, keeps its capital above the rule.

    `received` and `paid` are those of all banks: the books know no single bank.
    """

    sector = accounts.BANK
    decides = ("allot credit", "lend money", "settle institutions")

    def __init__(self, model, kind: str):
        super().__init__(model)
        self.kind, self._place = kind, evidence.banks().ids.index(kind)

    @property
    def balance(self) -> float:
        """Its equity, yuan."""
        return float(self.state.banks.equity[self._place])

    @property
    def books(self) -> dict[str, float]:
        """Loans, arrears, deposits, equity, claim outside and room to lend on 31 December, yuan."""
        return {name: float(values[self._place]) for name, values in self.state.banks._asdict().items()}

    @property
    def capital_ratio(self) -> float:
        """Equity over risk-weighted assets at the end of the year, share. Raises LookupError before the first."""
        self.published  # noqa: B018  (raises before the first year)
        return float(banks.capital_ratio(self.state)[0][self._place])

    def collateral(self, household) -> dict:
        """The best lawful collateral of a household: class, limit of the loan on it and value of it, yuan."""
        kind, limit, value = credit.best_collateral(
            household._row, int(household.span), self.state.spans, self.state.households, self.published, self.state.behaviour
        )
        return {"class": LOAN_CLASSES[int(kind)], "limit": float(limit), "value": float(value)}

    @property
    def loans_by_collateral(self) -> dict[str, np.ndarray]:
        """{collateral class: yuan by years left, the last entry all that run longer} of its loans to households."""
        return dict(zip(LOAN_CLASSES, banks.by_collateral(self.state)[self._place], strict=True))

    def price(self, service: float, income: float, loan_to_value: float, district: int = 0) -> dict:
        """Default chance and real rate of a loan by yearly service and income in yuan; `granted` is False above the highest rate of the bank.

        district: index of the borrower's, whose guarantor bears a part of the loss.
        """
        year, b = self.published, self.state.behaviour
        chance = credit.default_chance(np.float32(service), np.float32(income), np.float32(loan_to_value), np.float32(0.0), b)
        share, fee, saved = (year.rules[RULE_INDEX[name], district] for name in ("guarantee_share", "guarantee_fee", "handling_saving"))
        rate = credit.loan_price(np.float32(year.loan_rate), np.float32(chance), year.expected_loss[NO_LOAN], share, fee, saved, b)
        return {"default_chance": float(chance), "rate": float(rate), "granted": bool(rate <= min(year.rate_limit, year.highest_rate[self._place]))}


class Branch(Institution):
    """The firms of one branch in a district: they hire, invest, borrow and pay; some end and others begin. Market figures are indices, 1 in 2019.

    `received` and `paid` are those of all branches of the district: the books know no branch. Single firms are rows of `firms`.
    """

    sector = accounts.FIRMS
    decides = ("clear labour", "settle institutions")

    def __init__(self, model, district: int, branch: str):
        super().__init__(model)
        self.district, self.branch = int(district), branch
        self._place = evidence.branches().ids.index(branch)

    def __getattr__(self, name):
        if name not in labour.Market._fields:
            raise AttributeError(f"Branch has no field {name!r}. Fields: firms, count, {', '.join(labour.Market._fields)}.")
        return self._of(self.state.market, name, self.district)

    def _of(self, market, name, row):
        values = getattr(market, name)
        return float(values[row] if values.ndim == 1 else values[row, self._place])

    @property
    def firms(self):
        """Its firms as `sim.institutions.firms.Firms`: productivity (index), capital, loan, deposits (yuan), founded (year)."""
        table = self.state.firms
        rows = (table.cell == self.district * evidence.branches().count + self._place) & table.present
        return firms.Firms(*(column[rows] for column in table))

    @property
    def count(self) -> int:
        """How many firms it has."""
        return len(self.firms.uid)

    def hire(self, seekers: float | None = None) -> dict[str, float]:
        """What the branch would do next if only labour on offer changed: one clearing of `sim.markets.labour` without growth.

        seekers: index of labour on offer in the district, 1 in 2019; as it is where none is given.
        """
        state, d = self.state, slice(self.district, self.district + 1)
        now = float((seekers_by_district(state) / state.seekers_start)[self.district]) if seekers is None else float(seekers)
        share = firms.cell_share()[d]
        cleared = labour.clear(
            labour.Market(*(values[d] for values in state.market)), nonfarm.technology(state)[d], np.array([now]), np.zeros_like(share), 0.0,
            share, firms.demand_elasticity(state.behaviour), state.behaviour,
        )  # fmt: skip
        return {name: self._of(cleared, name, 0) for name in labour.Market._fields}


class SocialInsuranceFund(Institution):
    """The social insurance of the zone: pays pensions and transfers out of contributions and the grant that fills the gap."""

    sector = accounts.INSURANCE
    decides = ("earn", "settle institutions")

    def pension(self, person) -> float:
        """Yearly pension of a person by age in the current year, yuan: urban where the household is one of a town, else rural."""
        year, urban = self.published, person.home.kind >= URBAN
        return float(
            work.pension_of(np.float32(person.age), person.female, urban, np.float32(year.rural_pension), np.float32(year.urban_pension))
        )


def found(model) -> None:
    """Create the institutions of a model, once: Mesa registers and numbers them. Collectives by village, branches by district."""
    spans = model.state.spans
    for span in np.flatnonzero(spans.urban == 0).tolist():
        Collective(model, span)
    for d in range(len(DISTRICTS)):
        DistrictGovernment(model, d)
        for branch in evidence.branches().ids:
            Branch(model, d, branch)
    for kind in evidence.banks().ids:
        Bank(model, kind)
    for kind in (ProvinceAndCentre, SocialInsuranceFund):
        kind(model)

