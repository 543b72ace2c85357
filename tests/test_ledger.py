"""Every identity of the ledger stops a run: something is moved to nowhere in the middle of a year, and the error names account, place and amount.

Counts, land and rights are moved by one unit. Money is moved by three times the identity's tolerance (1e-8 of the zone's yearly turnover, which is
thousands of yuan), so that a test fails where a tolerance grows. The zone is a toy of 2,000 households; every year before the leak closes.
"""
import numpy as np
import pytest

from sim import ledger, schedule
from sim.accounts import BANK, FIRMS, HOUSEHOLD_SECTORS, INSTITUTIONS, WORLD
from sim.errors import IDENTITY, LedgerError
from sim.places import DISTRICT_IDS, OUTSIDE, VILLAGE
from sim.scenario import load
from sim.simulation import Simulation
from sim.tables import CONTRACT, FLOWS, FREE

LEAK_YEAR = 2020


@pytest.fixture
def zone():
    moving = Simulation(load("four-instruments"), households=2_000, threads=1)
    yield moving
    moving.close()


def run_with(zone, monkeypatch, act, after):
    """Two years; in the second `act` is a phase behind the phase `after`. Returns the LedgerError."""
    zone.step()
    told = {}
    names = [phase.name for phase in schedule.PHASES]
    at = names.index(after) + 1

    def leak(state):
        told.update(act(state))
    leaking = (*schedule.PHASES[:at], schedule.Phase("leak", leak, (), (), "a leak"), *schedule.PHASES[at:])
    monkeypatch.setattr(schedule, "PHASES", leaking)
    with pytest.raises(LedgerError) as caught:
        zone.step()
    assert caught.value.year == LEAK_YEAR and caught.value.exit_code == IDENTITY
    assert str(LEAK_YEAR) in str(caught.value) and told["place"] in str(caught.value)
    return caught.value, told


def unit(state):
    """A contract household with people in the village, and its span."""
    hh = state.households
    h = int(np.flatnonzero((hh.kind == CONTRACT) & (hh.residence == VILLAGE) & (hh.members > 0) & (hh.contract_area > 1_000) & (hh.qualification == 1))[7])
    return h, int(hh.span[h])


def span_name(state, s):
    return f"{DISTRICT_IDS[int(state.spans.district[s])]}, span {int(state.spans.uid[s]) & 0x3FFFFFFF}"


def turnover(state):
    return sum(np.abs(state.totals[flow.name]).sum() for flow in FLOWS)


def money(state):
    """Three times the tolerance of money, yuan of the zone."""
    return 3 * ledger.MONEY * turnover(state)


def into_deposits(state):
    h, s = unit(state)
    state.households.deposits[h] += money(state) / state.spans.weight[s]
    return {"place": HOUSEHOLD_SECTORS[0], "amount": money(state)}


def off_debt(state):
    h, s = unit(state)
    state.households.debt[h] -= money(state) / state.spans.weight[s]
    return {"place": HOUSEHOLD_SECTORS[0], "amount": -money(state)}


def off_firm_loan(state):
    state.firms.loan[0] -= money(state)
    return {"place": DISTRICT_IDS[0], "amount": -money(state)}


def into_firm_deposits(state):
    state.firms.deposits[0] += money(state)
    return {"place": DISTRICT_IDS[0], "amount": money(state)}


def into_equity(state):
    state.banks = state.banks._replace(equity=state.banks.equity + money(state) / 4)
    return {"place": "zone", "amount": money(state)}


def into_bank_deposits(state):
    state.banks = state.banks._replace(deposits=state.banks.deposits + money(state) / 4)
    return {"place": "deposits", "amount": money(state)}


def from_nowhere_to_bank(state):
    state.books.postings["interest", "nowhere", BANK] = np.full(9, money(state) / 9)
    return {"place": "zone", "amount": money(state)}


def onto_bonds(state):
    state.public.bonds[4] += money(state)
    return {"place": DISTRICT_IDS[4], "amount": money(state)}


def into_company_loans(state):
    """A property company holds a debt that it never bought; the banks' books lack it."""
    hh = state.households
    h = int(np.flatnonzero((hh.debt > 0) & (state.spans.district[hh.span] == 1))[0])
    own = state.disposal
    state.disposal = own._replace(rows=np.array([h]), uids=hh.uid[[h]], debts=hh.debt[[h]])
    return {"place": DISTRICT_IDS[1], "amount": hh.debt[h] * state.spans.weight[hh.span[h]]}


def no_number(state):
    state.books.post("written_off", BANK, WORLD, np.full(9, np.nan))
    return {"place": "zone", "amount": np.nan}


def unproduced_income(state):
    """Villagers of a district earn what nobody made."""
    yuan = 3 * ledger.PRODUCT * state.base["nonfarm"].sum()
    state.totals["disposable_income"][0, 1] += yuan
    return {"place": DISTRICT_IDS[1], "amount": yuan}


def unproduced_use(state):
    """Firms hand each other public services: no balance moves, yet they are bought."""
    yuan = 3 * ledger.PRODUCT * state.base["nonfarm"].sum()
    state.books.post("public_services", FIRMS, FIRMS, np.eye(9)[2] * yuan)
    return {"place": DISTRICT_IDS[2], "amount": yuan}


def one(table, column, amount):
    """Add `amount` to a column of a contract household or of its span."""
    def act(state):
        h, s = unit(state)
        array = getattr(getattr(state, table), column)
        array[h if table == "households" else s] += amount
        return {"place": span_name(state, s), "amount": float(amount)}
    return act


def qualification_gone(state):
    h, s = unit(state)
    state.households.qualification[h] = 0
    return {"place": span_name(state, s), "amount": -1.0}


def person_appears(residence):
    """A free row becomes a person who was neither born nor came."""
    def act(state):
        h, s = unit(state)
        pp = state.persons
        first, last = int(state.spans.first_person[s]), int(state.spans.first_person[s + 1])
        p = first + int(np.flatnonzero(pp.age[first:last] < 0)[0])
        pp.age[p], pp.household[p], pp.residence[p] = 30, h, residence
        return {"place": "zone" if residence == OUTSIDE else span_name(state, s), "amount": -1.0 if residence == OUTSIDE else 1.0}
    return act


def person_homeless(state):
    h, s = unit(state)
    hh, pp = state.households, state.persons
    p = int(np.flatnonzero((pp.household == h) & (pp.age >= 0))[0])
    first, last = int(state.spans.first_household[s]), int(state.spans.first_household[s + 1])
    pp.household[p] = first + int(np.flatnonzero(hh.kind[first:last] == FREE)[0])
    return {"place": f"person {int(pp.uid[p])}", "amount": 1.0}


def grain_unsold(state):
    kg = 3e-5 * state.totals["grain"][:, 1].sum()
    state.totals["grain"][0, 1] += kg
    return {"place": DISTRICT_IDS[1], "amount": -kg}


def entrusted_beyond(state):
    h, s = unit(state)
    state.households.entrusted_area[h] = state.households.operated_area[h] + 1
    return {"place": span_name(state, s), "amount": 1.0}


def no_room(state):
    state.spans.full[unit(state)[1]] = 1
    return {"place": "1 spans", "amount": 1.0}


def of_district(column, amount):
    """Add square metres to a column of the districts' construction land, as many as three times the tolerance and one at least."""
    def act(state):
        moved = amount * max(1.0, 3 * ledger.LAND * state.land.state_start[3])
        getattr(state.land, column)[3] += moved
        return {"place": DISTRICT_IDS[3], "amount": moved}
    return act


def park_appears(state):
    _, s = unit(state)
    state.collectives.park[s] += 1
    return {"place": DISTRICT_IDS[int(state.spans.district[s])], "amount": float(state.spans.weight[s])}


def into_village(column):
    """Money appears in a village."""
    def act(state):
        _, s = unit(state)
        getattr(state.collectives, column)[s] += money(state) / state.spans.weight[s]
        return {"place": DISTRICT_IDS[int(state.spans.district[s])], "amount": money(state)}
    return act


LEAKS = {
    "money: deposits of households": (into_deposits, "earn"), "money: debt of households": (off_debt, "earn"),
    "money: loans of firms": (off_firm_loan, "settle institutions"), "money: deposits of firms": (into_firm_deposits, "settle institutions"),
    "money: loans of property companies": (into_company_loans, "settle institutions"),
    "money: bonds of districts": (onto_bonds, "settle institutions"), "money: books of the banks": (into_bank_deposits, "settle institutions"),
    "money: claim on the rest of the world": (into_equity, "settle institutions"),
    "money: transfers sum to zero": (from_nowhere_to_bank, "settle institutions"),
    "money: written_off from bank to rest_of_world": (no_number, "settle institutions"),
    "land: contracted land": (one("households", "contract_area", 1), "settle institutions"),
    "land: operated land": (one("households", "operated_area", -1), "settle institutions"),
    "land: entrusted land": (one("households", "entrusted_area", 1), "earn"),
    "land: entrusted land that is not operated": (entrusted_beyond, "rent land"),
    "land: homestead plots": (one("households", "plot_area", 1), "settle institutions"),
    "land: construction land": (one("spans", "construction", -1), "exchange rights"), "land: farmland": (one("spans", "farmland", 1), "exchange rights"),
    "land: classes of construction land": (one("collectives", "idle", 1), "exchange rights"),
    "land: dwellings in town": (one("households", "home", 1), "settle institutions"),
    "land: state land": (of_district("state_land", 1), "settle institutions"), "land: parks": (park_appears, "settle institutions"),
    "land: quota": (of_district("quota_stock", -1), "settle institutions"),
    "money: cash and reserve of villages": (into_village("reserve"), "settle institutions"),
    "money: debt of villages": (into_village("debt"), "settle institutions"),
    "people: residents": (person_appears(VILLAGE), "settle institutions"), "people: persons without a household": (person_homeless, "settle institutions"),
    "people: persons counted by place": (person_appears(OUTSIDE), "earn"),
    "rights: homestead qualifications": (qualification_gone, "settle institutions"),
    "rights: shares held": (one("households", "shares", -1), "settle institutions"),
    "rights: shares on the register": (one("spans", "shares", 1), "settle institutions"),
    "rights: exits paid": (one("households", "exit_payment", 1), "settle institutions"), "goods: grain, kg": (grain_unsold, "earn"),
    "product: production and income": (unproduced_income, "settle institutions"),
    "product: production and expenditure": (unproduced_use, "settle institutions"),
    "free rows of a span": (no_room, "live"),
}


@pytest.mark.parametrize("account", LEAKS)
def test_a_leak_stops_the_run(zone, monkeypatch, account):
    act, after = LEAKS[account]
    error, told = run_with(zone, monkeypatch, act, after)
    assert (error.account, error.place) == (account, told["place"])
    np.testing.assert_allclose(error.amount, told["amount"], rtol=0.05 if account.startswith("product") else 1e-3)


@pytest.mark.parametrize("sector", INSTITUTIONS)
def test_a_leak_from_an_institution_stops_the_run(zone, monkeypatch, sector):
    def act(state):
        state.books.balances[sector][3] += money(state)
        return {"place": DISTRICT_IDS[3], "amount": money(state)}
    error, told = run_with(zone, monkeypatch, act, "settle institutions")
    assert (error.account, error.place) == (f"money: balance of {sector}", told["place"])
    np.testing.assert_allclose(error.amount, told["amount"], rtol=1e-3)


def test_every_identity_has_its_leak(zone):
    zone.step()
    with_leak = {*LEAKS, *(f"money: balance of {sector}" for sector in INSTITUTIONS)}
    assert set(zone.state.checks) <= with_leak
    assert with_leak - set(zone.state.checks) == {"money: written_off from bank to rest_of_world", "people: persons without a household", "free rows of a span"}


def test_books_close_far_inside_their_tolerances():
    moving = Simulation(load("four-instruments").ending(2023), households=2_000, threads=1)
    while not moving.finished:
        moving.step()
    moving.close()
    for account, worst in moving.state.checks.items():
        assert worst < (1e-6 if account.startswith("goods") else 5e-9 if account.startswith("product") else 1e-9), account
