"""Own machines of a family farm (家庭农场): what they change in the technology of a household's farming.

    workers   L (1 + family (reach - 1)):  with own machines a worker handles `machine_reach` times the land at the same yield
    services  price of the rest of machine services as at the scale of a provider (`trusteeship.py`)
    days      `machine_days` a mu instead of `farm_days_per_mu`, and `hired_days` a mu of crews hired for sowing and harvest at the full day's pay
Not here: who becomes a family farm (`family_farms.py`), the market in which it rents land (`land_rental.py`).
"""
import numpy as np

from sim.compiled import part, row
from sim.kernels.trusteeship import machine_price

PAID_DAYS = 264.0


@row
def handled(labour, family, b):
    """Workers that the labour of a farm counts for; family: 1 with own machines, else 0."""
    return labour * (1.0 + family * (b.machine_reach - 1.0))


@row
def services_price(inputs_price, family, b):
    """Price of machine services, index."""
    return inputs_price * (1.0 + family * (machine_price(b) - 1.0))


@row
def days_per_mu(family, b):
    """Own labour days that a mu takes."""
    return b.farm_days_per_mu + family * (b.machine_days - b.farm_days_per_mu)


@row
def hired_pay(wage, b):
    """Pay of hired crews, yuan per mu; wage: net pay of a mean worker in the district's firms, yuan a year."""
    return b.hired_days * b.local_wage / PAID_DAYS * wage / b.town_wage


@part
def with_machines(h, households):
    """1 for a family farm, else 0."""
    return np.float32(households.family_farm[h])
