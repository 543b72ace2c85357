"""Sums of products and small systems that every processor computes alike: the values of numpy's, whatever their shapes."""
import numpy as np
import pytest

from sim.sums import product, solve


@pytest.mark.parametrize("shapes", [((7,), (7,)), ((5, 7), (7,)), ((7,), (7, 3)), ((5, 7), (7, 3)), ((7,), (7, 3, 2))])
def test_products_are_those_of_numpy(shapes):
    luck = np.random.default_rng(1)
    a, b = (luck.normal(size=shape) for shape in shapes)
    assert np.allclose(product(a, b), np.tensordot(a, b, 1), rtol=1e-12, atol=1e-12) and product(a, b).shape == np.tensordot(a, b, 1).shape


@pytest.mark.parametrize("n", [1, 2, 9, 30])
def test_a_system_is_solved(n):
    luck = np.random.default_rng(n)
    matrix, right = luck.normal(size=(n, n)), luck.normal(size=n)
    assert np.allclose(matrix @ solve(matrix, right), right)


def test_a_system_that_says_the_same_twice_is_solved_where_that_is_allowed():
    luck = np.random.default_rng(3)
    columns = luck.normal(size=(40, 5))
    columns = np.column_stack([columns, columns[:, :2].sum(1), columns[:, 3]])
    matrix = columns.T @ columns
    right = matrix @ luck.normal(size=7)
    found = solve(matrix, right, cutoff=1e-10)
    assert np.allclose(matrix @ found, right) and np.count_nonzero(found == 0) == 2
    with pytest.raises(np.linalg.LinAlgError):
        solve(np.zeros((2, 2)), np.ones(2))


def test_the_year_hands_no_sum_to_the_matrix_library():
    from pathlib import Path
    root = Path(__file__).parents[1] / "sim"
    year = [*root.glob("*.py"), *(root / "institutions").glob("*.py"), *(root / "markets").glob("*.py")]
    library = (" @ ", "np.dot(", "np.linalg.solve", "np.linalg.lstsq", "tensordot", "einsum", "matmul", "np.inner")
    found = [f"{path.name}: {word}" for path in year if path.name not in ("sums.py", "indicators.py") for word in library
             if word in path.read_text(encoding="utf-8")]
    assert not found, found
