"""Costs of living: at rest they stay, rents rise with people and fall as dwellings follow, townspeople alone pay them."""
import numpy as np

from sim import behaviour
from sim.institutions import prices

B = behaviour.load(calibration=False)
ONE = np.ones(9)


def years(residents, count, wage=ONE, services=ONE, grain=1.0):
    living, seen = prices.at_rest(), []
    for _ in range(count):
        living = prices.next_living(living, residents, wage, services, grain, B)
        seen.append(living)
    return seen


def test_rest_stays():
    for column in years(ONE, 5)[-1]:
        np.testing.assert_array_equal(column, ONE)


def test_rents_rise_with_people_and_building_follows():
    seen = years(1.1 * ONE, 40)
    rents = [living.rent[0] for living in seen]
    assert np.isclose(rents[0], 1.1 ** (1 / float(B.rent_elasticity))) and all(a > b for a, b in zip(rents, rents[1:]))
    assert rents[-1] < 1.002 and np.isclose(seen[-1].dwellings[0], 1.1, atol=0.002)


def test_dwellings_outlast_people():
    """Where people leave, rents fall at once and dwellings only decay."""
    seen = years(0.8 * ONE, 5)
    assert seen[0].rent[0] < 0.75 and np.isclose(seen[4].dwellings[0], np.exp(-4 * float(B.dwelling_decay)))


def test_who_pays_what():
    dear = years(1.2 * ONE, 1)[0]
    assert (dear.town > 1.01).all() and (dear.village == 1).all()
    food = years(ONE, 1, grain=1.5)[0]
    np.testing.assert_allclose(np.log(food.village), float(B.food_weight) * float(B.farm_part) * np.log(1.5))
    np.testing.assert_array_equal(food.town, food.village)
    served = years(ONE, 1, services=1.1 * ONE)[0]
    np.testing.assert_allclose(np.log(served.town), float(B.services_weight) * np.log(1.1))
