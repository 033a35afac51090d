"""Drivers of unit 01: norms, special matrices, SVD, operators."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils import check


def faulty_lp_norm(x: np.ndarray, p: float) -> float:
    """Return the L^p norm of a vector, with the fault of exercise 1.1.

    x: float64 array (n,). p: at least 0; it may be infinite. Raises ValueError where p is negative.
    """
    if p < 0:
        raise ValueError(f"p is {p}; an L^p norm needs p >= 0")
    if p == 0:
        return float(np.count_nonzero(x))
    if p == np.inf:
        return float(np.abs(x).max())
    return float(np.sum(np.abs(x) ** p) ** (1 / p))


@check.driver
def a_matmul(variant: str) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """a `matmul`

    variant: "loops" is right; "entries" and "any sizes" are wrong. Returns a function of A (m, n) and B (n, p), arrays
    of float64 or int64.
    """

    def matmul(A: np.ndarray, B: np.ndarray) -> np.ndarray:
        (m, n), (rows, p) = A.shape, B.shape
        if variant == "entries" and A.shape == B.shape:
            return A * B
        if variant != "any sizes" and n != rows:
            raise ValueError(f"A has {n} columns, and B has {rows} rows")
        product = np.zeros((m, p))
        for i in range(m):
            for j in range(p):
                for k in range(min(n, rows)):
                    product[i, j] += A[i, k] * B[k, j]
        return product

    return matmul


def sums_of_pairs(rng: np.random.Generator, p: float, a: float, b: float, pairs: int = 5000) -> np.ndarray:
    """Draw pairs of vectors of the plane whose lengths are a and b, and return their sums, (pairs, 2).

    p: the length is (|x_1|^p + |x_2|^p)^(1/p). Entries have both signs and many sizes, so that some vectors are nearly
    along an axis.
    """
    vectors = rng.normal(size=(2, pairs, 2)) * 10.0 ** rng.uniform(-4, 0, size=(2, pairs, 2))
    lengths = np.sum(np.abs(vectors) ** p, axis=-1, keepdims=True) ** (1 / p)
    return a * vectors[0] / lengths[0] + b * vectors[1] / lengths[1]


@check.driver
def diagonal_powers(base: float) -> Callable[[int], np.ndarray]:
    """a function that makes diagonal matrices

    base: entry i of the diagonal, counted from 0, is base^i. Returns a function of n, whose matrices are (n, n).
    """

    def matrix_of(n: int) -> np.ndarray:
        return np.diag(base ** np.arange(n))

    return matrix_of
