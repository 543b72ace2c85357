"""Costs of living: at rest they stay, rents rise with people and fall as dwellings follow, townspeople alone pay them."""
import numpy as np

from sim import behaviour
from sim.institutions import prices

B = behaviour.load(calibration=False)
ONE = np.ones(9)


def years(residents, count, wage=ONE, services=ONE, grain=1.0, b=B, land=1.0):
    living, seen = prices.at_rest(), []
    for _ in range(count):
        living = prices.next_living(living, residents, wage, services, grain, b, land=land)
        seen.append(living)
    return seen


def test_rest_stays():
    for column in years(ONE, 5)[-1]:
        np.testing.assert_array_equal(column, ONE)


def test_rents_rise_with_people_and_building_follows():
    seen = years(1.1 * ONE, 40)
    rents = [living.rent[0] for living in seen]
    assert np.isclose(rents[0], 1.1 ** (1 / float(B.rent_elasticity))) and all(a > b for a, b in zip(rents, rents[1:6]))
    assert abs(rents[-1] - 1) < 0.01 and np.isclose(seen[-1].dwellings[0], 1.1, atol=0.002)


def test_with_prices_at_once_and_no_land_builders_answer_rents():
    """Limit: ln S grows by the response x last year's ln R, dwelling for dwelling."""
    b = B._replace(dwelling_price_speed=np.float32(1), dwelling_land_part=np.float32(0))
    seen = years(1.1 * ONE, 20, b=b, land=2.0)
    stock, rent = 1.0, 1.0
    for living in seen:
        stock *= np.exp(np.clip(float(b.build_response) * np.log(rent), -float(b.dwelling_decay), float(b.build_limit)))
        rent = (1.1 / stock) ** (1 / float(b.rent_elasticity))
        np.testing.assert_allclose([living.dwellings[0], living.rent[0], living.price[0]], [stock, rent, rent], rtol=1e-6)


def test_prices_follow_rents_and_dear_land_holds_building_back():
    seen = years(1.1 * ONE, 40)
    assert 1 < seen[0].price[0] < seen[0].rent[0]
    dear = years(1.1 * ONE, 40, land=2.0)
    assert dear[-1].dwellings[0] < seen[-1].dwellings[0] and dear[-1].price[0] > seen[-1].price[0]
    np.testing.assert_allclose(dear[-1].price[0], 1 + float(B.dwelling_land_part), rtol=0.01)      # at rest a dwelling is worth what it costs to build


def test_dwellings_outlast_people():
    """Where people leave, rents fall at once; dwellings only decay."""
    b = B._replace(dwelling_price_speed=np.float32(1))
    seen = years(0.8 * ONE, 5, b=b)
    assert seen[0].rent[0] < 0.75 and np.isclose(seen[4].dwellings[0], np.exp(-4 * float(B.dwelling_decay)))


def test_who_pays_what():
    dear = years(1.2 * ONE, 1)[0]
    assert (dear.town > 1.01).all() and (dear.village == 1).all()
    food = years(ONE, 1, grain=1.5)[0]
    np.testing.assert_allclose(np.log(food.village), float(B.food_weight) * float(B.farm_part) * np.log(1.5))
    np.testing.assert_array_equal(food.town, food.village)
    served = years(ONE, 1, services=1.1 * ONE)[0]
    np.testing.assert_allclose(np.log(served.town), float(B.services_weight) * np.log(1.1))
