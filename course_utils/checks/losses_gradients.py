"""Drivers of unit 04: losses, finite differences and gradient descent."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit

from course_utils import check
from course_utils.check.floating_point import errors_raised


def faulty_bce_with_logits(z: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return what the code of exercise 4.3, which has a fault, makes of logits z and targets y, float64 (n,).

    Returns (loss, dz): a number and float64 (n,), the cost and its gradient with respect to z where they are right.
    """
    n = len(z)
    largest = np.maximum(np.max(z), 0.0)
    one, grown = np.exp(-largest), np.exp(z - largest)
    loss = np.mean(largest + np.log(one + grown) - y * z)
    a = grown / (one + grown)
    return loss, (a - y) / n


@check.driver
def sigmoid_without_overflow(sigmoid: Callable[..., Any], z: np.ndarray) -> Any:
    """`sigmoid(z)` (overflow is an error here).

    z: any shape. Returns what `sigmoid` returns.
    """
    with errors_raised():
        return sigmoid(z)


@check.driver
def a_numerical_gradient(variant: str) -> Callable[..., np.ndarray]:
    """a numerical gradient

    variant: "central" is right; "forward" and "divided by h" are wrong. Returns a function of f, which takes a float64
    array and returns a number; of x, float64 of any shape; and of h. It returns float64 of the shape of x.
    """

    def numerical_gradient(f: Callable[[np.ndarray], float], x: np.ndarray, h: float) -> np.ndarray:
        below = 0.0 if variant == "forward" else h
        gradient = np.empty_like(x)
        for index in np.ndindex(x.shape):
            x[index] += h
            up = f(x)
            x[index] -= h + below
            down = f(x)
            x[index] += below
            gradient[index] = (up - down) / (h if variant == "divided by h" else h + below)
        return gradient

    return numerical_gradient


@check.driver
def jacobian_of_a_linear_map(differentiate: Callable[..., Any], A: np.ndarray, x: np.ndarray) -> tuple[Any, np.ndarray]:
    """`numerical_jacobian` of f(x) = A x.

    A: (m, n); x: (n,). Returns the Jacobian, and x as it is afterwards.
    """
    x = x.copy()
    return differentiate(lambda x: A @ x, x), x


@check.driver
def jacobian_of_exponentials(
    differentiate: Callable[..., Any], A: np.ndarray, R: np.ndarray, x: np.ndarray, h: float | None
) -> tuple[Any, np.ndarray]:
    """`numerical_jacobian` of f(x) = A exp(R x).

    A: (m, k); R: (k, n); x: (n,); h: None where it is not given. Returns the Jacobian, and x as it is afterwards.
    """
    x, arguments = x.copy(), () if h is None else (h,)
    return differentiate(lambda x: A @ np.exp(R @ x), x, *arguments), x


@check.driver
def gradient_of_a_bowl(A: np.ndarray, centre: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The gradient A (x - centre) of a bowl.

    A: (n, n); centre: (n,). Returns a function of x, (n,), to (n,).
    """
    return lambda x: A @ (x - centre)


class Clinic(NamedTuple):
    """Samples of two classes: X, (2000, 5) float64, and y, (2000,) of 0.0 and 1.0, and as many to measure with."""

    X: np.ndarray
    y: np.ndarray
    X_hidden: np.ndarray
    y_hidden: np.ndarray


def clinic(rng: np.random.Generator) -> Clinic:
    """Draw the data of exercise 4.10: five dependent features, in units that differ by a factor of 100,000."""
    std = rng.permutation([0.01, 0.3, 4.0, 50.0, 1000.0])
    mean = std * rng.uniform(1.0, 4.0, size=5) * rng.choice([-1.0, 1.0], size=5)
    weights = rng.permutation([2.0, -1.5, 1.0, -0.5, 0.8])
    dependence = np.linalg.cholesky(np.full((5, 5), 0.7) + 0.3 * np.eye(5))
    u = rng.normal(size=(4000, 5)) @ dependence.T
    y = (rng.random(4000) < expit(2 * u @ weights - 0.7)).astype(float)
    X = mean + std * u
    return Clinic(X[:2000], y[:2000], X[2000:], y[2000:])


def gradient_on_a_budget(X: np.ndarray, y: np.ndarray, budget: int) -> Callable[..., tuple[np.ndarray, float]]:
    """Return the gradient of the mean binary cross entropy as a function of w and b that answers `budget` times.

    X: (n, d); y: (n,) of 0 and 1. The function takes w, (d,), and a number b, returns (dw, db), and raises
    RuntimeError when it has answered `budget` times.
    """
    calls = 0

    def gradient(w: np.ndarray, b: float) -> tuple[np.ndarray, float]:
        nonlocal calls
        calls += 1
        if calls > budget:
            raise RuntimeError(f"The budget is spent: `gradient` has answered {budget} times.")
        error = expit(X @ np.reshape(w, X.shape[1]) + float(b)) - y
        return X.T @ error / len(y), float(error.mean())

    return gradient


@check.driver
def fitted(fit_logistic: Callable[..., Any], X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """`fit_logistic` with a budget of 30 gradients

    X: (n, d); y: (n,) of 0 and 1. Returns (w, b): float64 (d,) and a number.
    """
    w, b = fit_logistic(gradient_on_a_budget(X, y, 30), X.mean(axis=0), X.std(axis=0), 30)
    return np.array(w, dtype=float), float(b)


def share_learnt(w: np.ndarray, b: float, data: Clinic) -> float:
    """Return how much of what can be learnt a model has learnt, on the hidden samples: 0 for w = 0, 1 for the optimum.

    w: (5,), the weights; b: the bias. A model that is worse than w = 0 has a negative share, at least -1.
    """

    def learnt(w: np.ndarray, b: float) -> float:
        z = data.X_hidden @ w + b
        return math.log(2) - float(np.mean(np.logaddexp(0, z) - data.y_hidden * z))

    share = learnt(w, b) / learnt(*_trained_to_the_end(data.X, data.y))
    return max(round(share, 6) + 0.0, -1.0)  # the sum turns -0 into 0


def _trained_to_the_end(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Return (w, b) of the smallest mean cross entropy on X, (n, d), and y, (n,), by Newton's method."""
    mean, std = X.mean(axis=0), X.std(axis=0)
    U, theta = np.column_stack([(X - mean) / std, np.ones(len(X))]), np.zeros(X.shape[1] + 1)
    for _ in range(20):
        a = expit(U @ theta)
        theta -= np.linalg.solve(U.T * (a * (1 - a)) @ U, U.T @ (a - y))
    w = theta[:-1] / std
    return w, float(theta[-1] - w @ mean)
