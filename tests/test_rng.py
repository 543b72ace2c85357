"""`draw` behaves like luck: every neighbour in uid, year, event, seed and alternative is uncorrelated, nothing is ever 0 or 1, uids of different
kinds never meet, counts vary over seeds as a binomial does, and numpy gives the bits that the fast core gives.
"""
import itertools

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import chi2

from sim import rng
from sim.compiled import sweep

COUNT = 200_000
BOUND = 4.5 / np.sqrt(COUNT)        # of a correlation of independent draws
UIDS = (np.uint32(rng.PERSON) | np.arange(COUNT, dtype=np.uint32)).astype(np.uint32)


def correlation(a, b):
    return abs(np.corrcoef(a, b)[0, 1])


def uniform_enough(*draws, cells=16):
    """Chi-square of the joint counts of two series on a grid, as a probability."""
    table, _, _ = np.histogram2d(*draws, bins=cells, range=((0, 1), (0, 1)))
    expected = len(draws[0]) / cells ** 2
    return 1 - chi2.cdf(((table - expected) ** 2 / expected).sum(), cells ** 2 - 1)


BASE = ("seed", 1), ("year", 2021), ("event", "reconsider"), ("k", 0)
NEIGHBOURS = [
    {"seed": 2}, {"seed": 1 << 20}, {"year": 2022}, {"year": 2018}, {"event": "place"}, {"event": "death"}, {"event": "birth"}, {"k": 1}, {"k": 11},
    {"seed": 2, "year": 2020}, {"event": "offer", "k": 1}]


@pytest.mark.parametrize("change", NEIGHBOURS, ids=str)
def test_neighbouring_keys_are_unrelated(change):
    one, other = dict(BASE), dict(BASE) | change
    a, b = rng.uniform_array(UIDS, rng.key(*one.values())), rng.uniform_array(UIDS, rng.key(*other.values()))
    assert correlation(a, b) < BOUND and correlation(a, 1 / b) < 3 * BOUND
    assert uniform_enough(a, b) > 1e-4
    assert abs((a < b).mean() - 0.5) < 2.5 / np.sqrt(COUNT)


@pytest.mark.parametrize("step", [1, 2, 3, 1 << rng.INDEX_BITS, 12_345])
def test_neighbouring_uids_are_unrelated(step):
    key = rng.key(1, 2021, "birth")
    a, b = rng.uniform_array(UIDS, key), rng.uniform_array((UIDS + np.uint32(step)).astype(np.uint32), key)
    assert correlation(a, b) < BOUND and uniform_enough(a, b) > 1e-4


def test_a_person_and_the_household_with_the_same_number_are_unrelated():
    key = rng.key(1, 2021, "birth")
    index = np.arange(COUNT, dtype=np.uint32)
    drawn = [rng.uniform_array((np.uint32(space) | index).astype(np.uint32), key) for space in (rng.PERSON, rng.HOUSEHOLD, rng.SPAN, rng.INSTITUTION)]
    for a, b in itertools.combinations(drawn, 2):
        assert correlation(a, b) < BOUND


def test_namespaces_are_disjoint():
    spaces = [int(space) for space in (rng.PERSON, rng.HOUSEHOLD, rng.SPAN, rng.INSTITUTION)]
    assert len({space >> 30 for space in spaces}) == 4 and all(space & ((1 << 30) - 1) == 0 for space in spaces)
    assert len(set(rng.EVENTS)) == len(rng.EVENTS) == len(set(rng.EVENT.values()))
    made = {int(rng.key(seed, year, event, k)) for seed in (1, 2) for year in range(2018, 2051) for event in rng.EVENTS for k in (0, 1)}
    assert len(made) == 2 * 33 * len(rng.EVENTS) * 2


def test_an_unknown_event_is_refused():
    with pytest.raises(KeyError, match="draw: no event 'brith'"):
        rng.key(1, 2021, "brith")


def _unshift(y, shift):
    x = y
    for _ in range(32 // shift + 1):
        x = y ^ (x >> shift)
    return x


def unmix(y):
    """The number whose mix is y."""
    y = _unshift(int(y), 15)
    y = _unshift(y * pow(0xD35A2D97, -1, 1 << 32) & 0xFFFFFFFF, 15)
    return _unshift(y * pow(0x21F0AAAD, -1, 1 << 32) & 0xFFFFFFFF, 16)


def test_mix_is_a_bijection():
    numbers = np.random.default_rng(1).integers(0, 1 << 32, 2_000, dtype=np.uint64)
    mixed = rng.mix_array(numbers.astype(np.uint32))
    assert [unmix(m) for m in mixed] == numbers.tolist()


def test_uniform_is_never_0_or_1():
    """The draws whose bits are all 0 and all 1 are the smallest and the largest there are."""
    for bits, value in ((0, 2.0 ** -24), (0xFFFFFFFF, 1 - 2.0 ** -24)):
        stream_and_key = unmix(bits)
        for uid in (0, 77, 0xFFFFFFFF):
            key = np.uint32((stream_and_key - int(rng.mix_array(np.array([uid], np.uint32))[0])) % (1 << 32))
            found = rng.uniform_array(np.array([uid], np.uint32), key)[0]
            assert found == value and np.float32(found) == found and 0 < np.float32(found) < 1
    drawn = rng.uniform_array(np.arange(1 << 22, dtype=np.uint32), rng.key(3, 2030, "offer"))
    assert 0 < drawn.min() and drawn.max() < 1 and abs(drawn.mean() - 0.5) < 1e-3


@pytest.fixture(scope="module")
def fast():
    """mix, uniform, normal, gumbel and lognormal of many uids by the fast core."""
    @sweep
    def draw_all(uids, key, mixed, uniform, normal, gumbel, lognormal):
        for i in range(uids.shape[0]):
            stream = rng.mix(uids[i])
            mixed[i], uniform[i], normal[i] = stream, rng.uniform(stream, key), rng.normal(stream, key)
            gumbel[i], lognormal[i] = rng.gumbel(stream, key), rng.lognormal(stream, key, np.float32(0.5))
    uids = np.concatenate([UIDS, UIDS | np.uint32(rng.INSTITUTION)])
    out = {name: np.zeros(len(uids), np.uint32 if name == "mixed" else np.float32) for name in ("mixed", "uniform", "normal", "gumbel", "lognormal")}
    draw_all(uids, rng.key(4, 2025, "belief"), *out.values())
    return uids, out


def test_numpy_and_the_fast_core_give_the_same_bits(fast):
    uids, out = fast
    np.testing.assert_array_equal(rng.mix_array(uids), out["mixed"])
    np.testing.assert_array_equal(rng.uniform_array(uids, rng.key(4, 2025, "belief")).astype(np.float32), out["uniform"])


def test_distributions(fast):
    _, out = fast
    wide = out["uniform"].astype(np.float64)
    np.testing.assert_allclose(out["normal"], ndtri(wide), atol=2e-6)
    np.testing.assert_allclose(out["gumbel"], -np.log(-np.log(wide)), rtol=2e-6, atol=2e-6)
    np.testing.assert_allclose(out["lognormal"], np.exp(0.5 * ndtri(wide) - 0.125), rtol=4e-6)
    n = len(wide)
    assert abs(out["normal"].mean()) < 4.5 / np.sqrt(n) and abs(out["normal"].std() - 1) < 4.5 / np.sqrt(2 * n)
    assert abs(out["gumbel"].mean() - np.euler_gamma) < 4.5 * np.pi / np.sqrt(6 * n) and abs(out["lognormal"].mean() - 1) < 4.5 * 0.54 / np.sqrt(n)


def test_counts_vary_over_seeds_as_a_binomial_does():
    """A village's and a zone's count of an event of 5 % over 50 seeds: variances of 400 villages by chi-square, and of their sum."""
    villages, persons, chance, seeds = 400, 300, 0.05, 50
    uids = ((np.arange(villages, dtype=np.uint32)[:, None] << np.uint32(rng.INDEX_BITS)) + np.arange(persons, dtype=np.uint32)).astype(np.uint32)
    counts = np.array([(rng.uniform_array(uids.ravel(), rng.key(seed, 2024, "reconsider")) < chance).reshape(villages, persons).sum(1)
                       for seed in range(1, seeds + 1)])
    variance = persons * chance * (1 - chance)
    ratio = counts.var(0, ddof=1).sum() / variance * (seeds - 1)
    low, high = chi2.ppf([1e-4, 1 - 1e-4], villages * (seeds - 1))
    assert low < ratio < high
    total = counts.sum(1)
    low, high = chi2.ppf([1e-4, 1 - 1e-4], seeds - 1)
    assert low < total.var(ddof=1) / (variance * villages) * (seeds - 1) < high
    assert abs(total.mean() - villages * persons * chance) < 4.5 * np.sqrt(variance * villages / seeds)
    assert correlation(counts[0], counts[1]) < 4.5 / np.sqrt(villages)
