"""Drivers of unit 02: subspaces, PCA, least squares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from sklearn.linear_model import ridge_regression

from course_utils import check

Fit = tuple[np.ndarray, np.ndarray, np.ndarray]
Table = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def faulty_orthonormal_basis(X: np.ndarray, rtol: float = 1e-10) -> np.ndarray:
    """Return an orthonormal basis of the span of the columns of X, with the fault of exercise 2.1.

    X: float64 array (m, n), not all zero. rtol: what counts as 0, next to the largest. Returns float64 (m, r).
    """
    # X = Q R with R upper triangular: column i of X is a combination of the first i columns of Q, and |R[i, i]| is
    # how much of it the columns before cannot make.
    Q, R = np.linalg.qr(X)
    new = np.abs(np.diag(R))
    return Q[:, new > rtol * new.max()]


def projected_by_the_faulty_basis(X: np.ndarray) -> np.ndarray:
    """Return Q Q^T X, (m, n), with the faulty Q: it is X, (m, n), where the columns of Q span those of X."""
    Q = faulty_orthonormal_basis(X)
    return Q @ (Q.T @ X)


def faulty_pca_fit(X: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, directions and variances of a principal component analysis, with the fault of exercise 2.4.

    X: float64 array (n, d); its rows are samples. k: how many directions. Returns float64 arrays (d,), (k, d) and (k,).
    """
    n, d = X.shape
    mean = X.mean(axis=0)
    A = X - mean
    if d <= n:
        values, vectors = np.linalg.eigh(A.T @ A)
        directions = vectors.T
    else:  # A A^T is smaller, and has the same eigenvalues: if A A^T u = c u, then A^T A (A^T u) = c (A^T u).
        values, vectors = np.linalg.eigh(A @ A.T)
        directions = (vectors.T @ A) / np.sqrt(n - 1)
    largest = np.argsort(values)[::-1][:k]
    return mean, directions[largest], values[largest] / (n - 1)


def told_without_signs(X: np.ndarray, fit: Fit) -> dict[str, np.ndarray]:
    """Return what a fit says, whatever the signs of its directions.

    X: float64 (n, d). fit: mean (d,), directions (k, d) and variance (k,). Returns "mean", "variance", and
    "projections" (n, n), the inner products of the projected samples.
    """
    mean, directions, variance = fit
    scores = (X - mean) @ directions.T
    return {"mean": mean, "variance": variance, "projections": scores @ scores.T}


@check.driver
def told_by_a_fit(pca_fit: Callable[[np.ndarray, int], Fit], X: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """what `pca_fit` says, whatever the signs of its directions

    X: float64 (n, d). k: how many directions. Returns what `told_without_signs` returns.
    """
    return told_without_signs(X, pca_fit(X, k))


def told_by_the_faulty_fit(X: np.ndarray, k: int) -> dict[str, np.ndarray]:
    """Return what the faulty fit says, whatever the signs: X is float64 (n, d), k at most min(n - 1, d)."""
    return told_without_signs(X, faulty_pca_fit(X, k))


def samples_with_variances(rng: np.random.Generator, variances: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Draw samples that have these variances along orthogonal directions, which are drawn, too.

    variances: d numbers, the largest first, divided by n - 1 as usual. Returns (X, v): X float64 (3 d, d), its rows
    are samples, with another mean than 0; v float64 (d,), the direction of the first variance.
    """
    d, n = len(variances), 3 * len(variances)
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
    scores = rng.normal(size=(n, d))
    scores = np.linalg.qr(scores - scores.mean(axis=0))[0] * np.sqrt((n - 1) * np.array(variances))
    return scores @ axes.T + rng.uniform(2.0, 5.0, size=d), axes[:, 0]


@check.driver
def a_pca_maps(variant: str) -> Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """a `pca_maps`

    variant: "formulas" is right; "no mean" and "no loss" are wrong. Returns a function of X (n, d), mean (d,) and
    components (k, d), float64.
    """

    def pca_maps(X: np.ndarray, mean: np.ndarray, components: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        centre = 0 * mean if variant == "no mean" else mean
        Z = (X - centre) @ components.T
        return Z, X.copy() if variant == "no loss" else Z @ components + centre

    return pca_maps


def noisy_tables(rng: np.random.Generator, count: int) -> Iterator[Table]:
    """Yield data sets for a linear model, whose noise grows from 1% of the signal to ten times the signal.

    Each has 50 to 100 samples of 10 to 80 features, which are correlated and whose units differ by up to a million.
    Yields X float64 (n, d), y float64 (n,), and likewise 1,000 new samples, (1000, d) and (1000,).
    """
    for noise in np.logspace(-2, 1, count):
        n, d = rng.integers(50, 101), rng.integers(10, 81)
        causes = max(3, d // 3)
        mix = rng.normal(size=(causes, d)) / np.sqrt(causes)
        features = rng.normal(size=(n + 1000, causes)) @ mix + 0.2 * rng.normal(size=(n + 1000, d)) + rng.normal(size=d)
        signal = features @ rng.normal(size=d)
        y = signal / signal.std() + noise * rng.normal(size=n + 1000) + rng.uniform(20.0, 40.0)
        X = features * 10 ** rng.uniform(-3.0, 3.0, size=d)
        yield X[:n], y[:n], X[n:], y[n:]


def times_the_best(w: np.ndarray, X: np.ndarray, y: np.ndarray, X_new: np.ndarray, y_new: np.ndarray) -> float:
    """Return the mean squared error of w on new samples, divided by that of the best lam in hindsight.

    w: float64 (d + 1,); the prediction for a sample x is w[0] + w[1:] @ x. X, y, X_new, y_new: as `noisy_tables` yields
    them. The best of 81 lam from 1e-5 to 1e5 is found with the new samples, for features that are standardized and a y
    that is centred.
    """
    mean, scale = X.mean(axis=0), X.std(axis=0)
    lams = np.logspace(-5, 5, 81)
    targets = np.repeat((y - y.mean())[:, None], len(lams), axis=1)
    weights = ridge_regression((X - mean) / scale, targets, alpha=lams, solver="svd")
    predictions = y.mean() + (X_new - mean) / scale @ weights.T
    best = np.mean((predictions - y_new[:, None]) ** 2, axis=0).min()
    return float(np.mean((w[0] + X_new @ w[1:] - y_new) ** 2) / best)
