"""What a Mesa user would write in a notebook: open it where cells (`# %%`) are known, or run it as a script."""

# %% A model of the zone, household by household. 5,000 households are a toy zone: fine for trying, no statement about the zone.
import mesa
import pandas as pd

import sim
from sim.agents.household import Household
from sim.agents.institutions import DistrictGovernment

model = sim.Model.from_scenario("four-instruments", households=5000, seed=1)
print("toy zone:", model.toy, "-", len(model.households), "households,", len(model.persons), "persons")

# %% Walk to 2025 and look at who has left the village for good.
while model.year < 2025:
    model.step()
settled = model.households.select(lambda h: (h.kind == 1) & (h.settled_year > 0))
print("settled families with contract land:", settled.select(lambda h: h.contract_area > 0).agg("uid", "count"))

# %% Groups are one line; named figures are weighted, functions see plain values.
incomes = model.households.groupby("sector").agg("income_per_head", "median")
print(pd.Series(incomes, name="median income per head, yuan").round(0))

# %% One household, as an agent: a view of its row.
household = settled[0] if len(settled) else model.households[0]
print(household, household.district, household.lives_in, [(person.age, person.base) for person in household.persons])

# %% Institutions are agents as well, with the phases of the year in which they act.
jiutai = next(iter(model.agents_by_type[DistrictGovernment].select(lambda d: d.id == "jiutai")))
print([phase.name for phase in jiutai.phases], f"balance {jiutai.balance:,.0f} yuan", f"{jiutai.rules['plot_price']:g} yuan per m2 of plot")

# %% The years so far, and the rest of them.
model.run_model()
years = model.datacollector.get_model_vars_dataframe().set_index("year")
print(years[["income_gap_ratio", "homesteads_withdrawn", "settled_migrants", "fiscal_cost_yuan"]].round(2).iloc[[0, 6, -1]])
model.close()

# %% A model of one's own: a subclass that follows households over the years. Notes are kept by uid, not on the views.


class Watched(sim.Model):
    """Keeps the uids of households whose income per head fell below half of the median in a year."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.poor_years = {}

    def step(self):
        super().step()
        rural = self.households.select(lambda h: (h.sector == "rural") & (h.members > 0))
        line = 0.5 * rural.agg("income_per_head", "median")
        for uid in rural.select(lambda h: h.income_per_head < line).get("unique_id"):
            self.poor_years.setdefault(uid, []).append(self.year)


with Watched("baseline", 2000, rng=1, end=2021) as watched:
    watched.run_model()
    lasting = [uid for uid, years in watched.poor_years.items() if len(years) == 3]
    print(len(watched.poor_years), "households were poor in a year,", len(lasting), "in all three")
    print("households as Mesa counts them:", len(watched.agents_by_type[Household]))

# %% A batch: levers and assumptions are plain values.
if __name__ == "__main__":
    rows = mesa.batch_run(
        sim.Model,
        {"scenario": "four-instruments", "households": 2000, "rng": [1, 2], "end": 2021, "collateral_loans.house_ltv_percent": [0, 30]},
        display_progress=False,
    )
    print(pd.DataFrame(rows)[["rng", "collateral_loans.house_ltv_percent", "year", "loans_new"]])
