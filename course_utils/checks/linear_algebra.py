"""Drivers of unit 01: norms, special matrices, SVD, operators."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

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


@check.driver
def norm_by_products(spectral_norm: Callable[..., float], A: np.ndarray, k: int) -> float:
    """what `spectral_norm` returns for a matrix that it cannot see

    A: (m, n). k: how many products with A and its transpose the function may ask for, both together.
    """
    (m, n), left = A.shape, [k]

    def product(B: np.ndarray, v: np.ndarray) -> np.ndarray:
        if np.shape(v) != (B.shape[1],):
            raise ValueError(f"one product takes one vector of shape ({B.shape[1]},), not {np.shape(v)}")
        if not left[0]:
            raise RuntimeError(f"all {k} products are used up")
        left[0] -= 1
        return B @ np.asarray(v, dtype=float)

    return spectral_norm(lambda v: product(A, v), lambda u: product(A.T, u), m, n, k)


def matrices_with_norms(rng: np.random.Generator, count: int) -> Iterator[tuple[np.ndarray, float]]:
    """Yield so many matrices (m, n) of 100 to 250 rows and columns, each with its largest singular value.

    In turn: singular values that fall slowly; singular values at random, up to the largest; normal numbers. The largest
    singular value is anything from 0.001 to 1,000.
    """
    for number in range(count):
        m, n = (int(size) for size in rng.integers(100, 251, size=2))
        values = (1 + np.arange(min(m, n))) ** -0.25 if number % 3 == 0 else rng.uniform(size=min(m, n))
        U, V = (np.linalg.qr(rng.normal(size=(side, len(values))))[0] for side in (m, n))
        A = rng.normal(size=(m, n)) if number % 3 == 2 else U * values @ V.T
        A *= 10 ** rng.uniform(-3, 3) / np.linalg.norm(A, 2)
        yield A, float(np.linalg.norm(A, 2))


def mean_error(found: Sequence[float], norms: Sequence[float]) -> float:
    """Return the geometric mean of the relative errors of so many numbers; an error below 1e-9 counts as 1e-9."""
    errors = np.abs(np.array(found) / np.array(norms) - 1)
    return float(np.exp(np.mean(np.log(np.maximum(errors, 1e-9)))))
