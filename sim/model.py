"""The Mesa model: one run of a scenario, a year per step, with households and institutions as agents.

    model = sim.Model.from_scenario("baseline", households=20_000, seed=1)
    model.step()
    model.households.select(lambda h: h.member_count > 2).agg("disposable_income", "mean")
    mesa.batch_run(sim.Model, {"scenario": ["baseline"], "households": 5000, "rng": range(4)})
It drives `sim.simulation.Simulation` and adds nothing to its numbers. `Model.agents` holds the institutions only; households and persons are
rows (`sim/agents/rows.py`), in `agents_by_type` beside them. Not here: the year (`sim/schedule.py`), runs on disk (`sim.run`).
"""

from functools import partial

import mesa
import numpy as np

from sim import scenario as scenarios
from sim.agents.household import Household, HouseholdSet, Person, PersonSet
from sim.agents.institutions import Bank, Collective, found
from sim.errors import InvalidValueError, UsageError
from sim.indicators import INDICATORS, SECTORS
from sim.run_options import read_households
from sim.simulation import Simulation

MOST_ROWS = 100_000  # rows x years of households or persons that a DataCollector may take
MAIN = (  # indicators of the zone that the DataCollector takes; with a sector where one stands behind the point
    "income_gap_ratio", "income_gap_ratio_fixed_membership", "disposable_income", "disposable_income.rural", "disposable_income.urban",
    "wage_income.rural", "operating_income.rural", "property_income.rural", "transfer_income.rural", "consumption_gap_ratio", "gini", "theil",
    "population", "urbanisation_rate", "settled_migrants", "migrant_workers", "farm_workers", "nonfarm_jobs", "land_transfer_share",
    "land_rent_yuan_per_mu", "grain_output_t", "homesteads_withdrawn", "qualification_retained", "contract_rights_exited_mu", "shares_exited",
    "combined_exits", "idle_homesteads", "loans_outstanding_yuan", "loans_new", "npl_ratio", "collective_dividend_yuan", "gdp_yuan",
    "fiscal_cost_yuan", "voluntariness_violations",
)  # fmt: skip
MICRO = ("district", "lives_in", "kind", "member_count", "weight", "contract_area", "operated_area", "disposable_income", "exited")


class Model(mesa.Model):
    """A run of a scenario as a Mesa model: `step()` walks a year, `run_model()` all of them; `datacollector` has a row per year.

    scenario         a shipped id, a path or a loaded scenario
    households       a number from 500 on, or `all`; below 20,000 a toy zone whose figures do not speak for the zone (`toy`)
    seed, rng        the seed of the run, a whole number, under either name; 1 where neither is given
    population_seed  of the synthetic population, the scenario's own where none is given
    sample           which sample of villages and blocks
    threads          numbers do not depend on it
    end              the last year, the scenario's own where none is given
    micro            collect every household every year, up to 100,000 rows x years
    settings         values of levers as on the command line: {"homestead_withdrawal.compensation_yuan_per_m2": 120, "assumptions.discount": 0.06}
    Raises ScenarioError, UsageError and InvalidValueError.
    """

    def __init__(self, scenario="baseline", households=20_000, seed=None, rng=None, population_seed=None, sample=1, threads=1, end=None,
                 micro=False, **settings):  # fmt: skip
        run_seed = _seed(seed, rng)
        super().__init__(rng=run_seed)
        chosen = _scenario(scenario, settings)
        self.chosen_scenario = chosen if end is None else chosen.ending(int(end))
        self.simulation = Simulation(
            self.chosen_scenario, households=_households(households), seed=run_seed,
            population_seed=chosen.run.population_seed if population_seed is None else int(population_seed), sample=sample, threads=threads,
        )  # fmt: skip
        self._rows_of_year = {}
        found(self)
        self._collectives = {agent.span: agent for agent in self._agents_by_type[Collective]}
        self.datacollector = mesa.DataCollector(
            model_reporters={"year": "year", "toy": "toy"} | {name.replace(".", "_"): partial(reported, name=name) for name in MAIN},
            agenttype_reporters={Household: {name: name for name in MICRO}} if micro else None,
        )
        if micro:
            self._check_reporters()

    @classmethod
    def from_scenario(cls, source, households=None, seed=None, **options):
        """The model of a scenario; households: as the scenario's own `run` says where none are given."""
        if isinstance(source, scenarios.Scenario):
            own = source
        else:
            own = scenarios.load(source)
        return cls(source, own.run.households if households is None else households, seed, **options)

    # ---- the year
    @property
    def year(self) -> int:
        """The last year walked; the year before the first where none is."""
        return self._running_simulation.year

    def step(self):
        """Walk one year and collect at its end. Raises UsageError after the last year."""
        if self._running_simulation.finished:
            raise UsageError("the last year has been walked.", where=f"step after {self.year}", hint="Make a new model with a later `end`.")
        self._check_reporters()
        self.simulation.step()
        self.running = not self.simulation.finished
        first = len(self.simulation.recorder.indicators) - 1
        while first > 0 and self.simulation.recorder.indicators[first - 1][0] == self.year:
            first -= 1
        self._rows_of_year = {
            (id, sector, district): value for _, district, sector, id, value, _ in self.simulation.recorder.indicators[first:]
        }
        self.datacollector.collect(self)
        if not self.running:
            self._release()

    def indicator(self, id, sector="all", district="zone"):
        """An indicator of the last year walked; NaN where the year gives none. Raises UsageError for a name that is not known."""
        if id not in INDICATORS or sector not in SECTORS:
            raise UsageError(f"indicator {id!r} of sector {sector!r} is not known.", where="indicator", hint="`sim.indicators.INDICATORS` lists them.")
        return self._rows_of_year.get((id, sector, district), float("nan"))

    def result(self):
        """Everything that is kept of a finished run, a `sim.cells.CellResult`. Raises UsageError before the last year."""
        if not self._running_simulation.finished:
            raise UsageError(f"the run ends in {self.simulation.last}.", where=f"result in {self.year}", hint="Step on while `running`.")
        return self.simulation.result()

    # ---- agents
    @property
    def state(self):
        """Everything the year works on (`sim.state.State`)."""
        return self._running_simulation.state

    @property
    def households(self) -> HouseholdSet:
        """Every household that lives."""
        return HouseholdSet(self)

    @property
    def persons(self) -> PersonSet:
        """Every person who lives."""
        return PersonSet(self)

    @property
    def toy(self) -> bool:
        """True below 20,000 households: figures are no statement about the zone."""
        return self.state.people.toy

    @property
    def agents_by_type(self):
        """{type: agents}: institutions as Mesa keeps them, households and persons as sets of rows."""
        return {**self._agents_by_type, Household: self.households, Person: self.persons}

    @property
    def agent_types(self):
        """The types of all agents, households and persons among them."""
        return [*self._agents_by_type, Household, Person]

    @property
    def banks(self) -> list[Bank]:
        """The four banks of the zone."""
        return list(self._agents_by_type[Bank])

    def collective_of(self, span):
        """The collective of a village by the row of its span; None for a town's block."""
        return self._collectives.get(span)

    # ---- limits and end
    def _check_reporters(self):
        """Refuse reporters of every household or person where they would fill the memory."""
        kinds = self.datacollector.agenttype_reporters
        years = self.simulation.last - self.simulation.first + 1
        for kind in kinds:
            number = len(self.agents_by_type[kind]) if kind in (Household, Person) else 0
            if number * years > MOST_ROWS:
                raise UsageError(
                    f"{number:,} rows x {years} years are more than {MOST_ROWS:,}.", where=f"reporters of {kind.__name__}",
                    hint="Use `ronghe run --snapshot 2025,2035` and read the snapshots, or fewer households or years.",
                )  # fmt: skip

    @property
    def _running_simulation(self):
        if self.simulation is None:
            raise UsageError("the model is closed.", where="model", hint="Make a new one.")
        return self.simulation

    def _release(self):
        """Mesa 3.3 counts ids by model in a dictionary of its own and so would keep every model for ever."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def close(self):
        """Give back the memory: tables, agents and what Mesa holds. What the DataCollector has taken stays."""
        if self.simulation is not None:
            self.simulation.close()
            self.simulation, self.running = None, False
            self.remove_all_agents()
            self._collectives = {}
        self._release()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def reported(model, name):
    """A model reporter: `name` is an indicator of the zone, `indicator.sector` for one sector."""
    id, _, sector = name.partition(".")
    return model.indicator(id, sector or "all")


def _scenario(source, settings):
    if isinstance(source, scenarios.Scenario):
        if settings:
            raise UsageError("a loaded scenario takes no settings.", where=", ".join(settings), hint="Give its id or its path.")
        return source
    texts = [f"{name}={str(bool(value)).lower() if isinstance(value, (bool, np.bool_)) else value}" for name, value in settings.items()]
    return scenarios.load(source, texts)


def _households(value):
    read = read_households(value)
    if read is None:
        raise InvalidValueError(f"{value!r} is no number of households.", where="households", hint="Write a number from 500 on, or 'all'.")
    return None if read == "all" else read


def _seed(seed, rng) -> int:
    if seed is not None and rng is not None:
        raise UsageError("both are given.", where="seed and rng", hint="They are two names of the run's seed: give one.")
    given = rng if seed is None else seed
    if given is None:
        return 1
    if isinstance(given, (bool, np.bool_)) or not isinstance(given, (int, np.integer)) or given < 0:
        raise InvalidValueError(f"{given!r} is no seed.", where="seed", hint="Give a whole number from 0 on: every draw is a function of it.")
    return int(given)
