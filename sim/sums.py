"""Sums of products and small linear systems whose last bits do not depend on the processor.

numpy hands `a @ b` and `np.linalg` to a matrix library, which adds in another order on every sort of processor; numpy's own sums do not. The year and
the opening use these instead: their arrays are small. Not here: sums over rows (`sim/kernels`), whose order is that of the spans.
"""
import numpy as np


def product(a, b):
    """a @ b in float64: a (..., n), b (n,) or (n, ...), summed over n in numpy's order."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    if b.ndim == 1:
        return (a * b).sum(-1)
    return (a.reshape(*a.shape, *[1] * (b.ndim - 1)) * b).sum(a.ndim - 1)


def solve(matrix, right, cutoff=0.0):
    """x of matrix x = right, (n, n) and (n,), by elimination with the largest pivot first.

    cutoff: a pivot of at most this part of the largest is none; the unknowns that are left are 0 (a system that says the same thing twice).
    Raises LinAlgError where the matrix has no inverse and there is no cutoff.
    """
    left, x = np.column_stack([np.array(matrix, float), right]), np.zeros(len(right))
    n = len(x)
    columns, done = np.arange(n), n
    for k in range(n):
        size = np.abs(left[k:, k:n])
        row, column = np.unravel_index(size.argmax(), size.shape)
        if k == 0:
            largest = size[row, column]
        if size[row, column] <= cutoff * largest:
            if not cutoff:
                raise np.linalg.LinAlgError("singular matrix")
            done = k
            break
        left[[k, k + row]] = left[[k + row, k]]
        left[:, [k, k + column]] = left[:, [k + column, k]]
        columns[[k, k + column]] = columns[[k + column, k]]
        left[k + 1:, k:] -= left[k + 1:, k:k + 1] / left[k, k] * left[k, k:]
    for k in reversed(range(done)):
        x[columns[k]] = (left[k, n] - (left[k, k + 1:done] * x[columns[k + 1:done]]).sum()) / left[k, k]
    return x
