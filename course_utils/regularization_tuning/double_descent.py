"""Least squares with more and more random features: the test error rises up to one feature per sample, then falls.

Sources: Belkin and others, "Reconciling modern machine-learning practice and the classical bias-variance trade-off"
(2019); Nakkiran and others, "Optimal Regularization Can Mitigate Double Descent" (2021); CIS5190-L15, "Regularization".

A feature is ReLU of a random direction, and only the last layer, W of shape (features, 10), is fitted. The data are 100
handwritten digits to train on, of which some have a wrong label, and 797 to test.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from course_utils.drawing.digits import CLASSES, PIXELS, digits
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
)

SAMPLES, SEEDS = 100, 8
WIDTHS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100, 105, 110, 120, 140, 170, 200, 300, 500, 1000, 2000)
RIDGES = {"0": 0.0, "0.001": 1e-3, "0.01": 1e-2, "0.1": 0.1, "1": 1.0, "10": 10.0}  # lambda of lambda ||W||^2


class Features(NamedTuple):
    """The features Phi = U diag(s) V^T of the `chosen` digits, and those of the test digits times V, (797, k)."""

    chosen: np.ndarray
    U: np.ndarray
    s: np.ndarray
    test: np.ndarray


def random_features(X: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Return ReLU(2 (X - mean) directions) / sqrt(p), (n, p), of digits X, (n, 64), for directions (64, p)."""
    mean = digits()[0].mean(axis=0)
    return np.maximum(2 * (X - mean) @ directions, 0) / np.sqrt(directions.shape[1])


@cache
def features(p: int, seed: int) -> Features:
    """Draw the training digits and p random directions; the digits are the same for every p."""
    X, _, X_new, _ = digits()
    chosen = np.random.default_rng(seed).permutation(len(X))[:SAMPLES]
    directions = np.random.default_rng([seed, p]).normal(size=(PIXELS, p))
    U, s, Vt = np.linalg.svd(random_features(X[chosen], directions), full_matrices=False)
    test = random_features(X_new, directions) @ Vt.T
    return Features(chosen, U, s, test.astype(np.float32))  # half of the memory


def noisy_labels(chosen: np.ndarray, noise: float, seed: int) -> np.ndarray:
    """Return the labels (n,) of the `chosen` training digits (n,), a share `noise` of them of another class."""
    labels = digits()[1][chosen]
    rng = np.random.default_rng([seed, 1])
    wrong = rng.permutation(len(labels))[: round(noise * len(labels))]
    shifts = rng.integers(1, CLASSES, size=len(labels))
    labels[wrong] = (labels[wrong] + shifts[wrong]) % CLASSES
    return labels


def fit(p: int, noise: float, ridge: float, seed: int) -> tuple[float, float, float]:
    """Fit W to one-hot labels by least squares with the penalty ridge ||W||_F^2; without it, the shortest solution.

    Returns the share of training labels that is not reproduced, that of test digits classified wrongly, and ||W||_F.
    """
    chosen, U, s, test = features(p, seed)
    labels = noisy_labels(chosen, noise, seed)
    coefficients = (s / (s**2 + ridge))[:, None] * (U.T @ (np.eye(CLASSES)[labels] - 1 / CLASSES))
    train_error = np.mean(((U * s) @ coefficients).argmax(axis=1) != labels)
    test_error = np.mean((test @ coefficients).argmax(axis=1) != digits()[3])
    return float(train_error), float(test_error), float(np.linalg.norm(coefficients))


@cache
def curves(noise: float, ridge: float, first: int = 0) -> np.ndarray:
    """Return training error, test error and norm for each of WIDTHS, (3, 21): means over SEEDS seeds from `first` on.

    The norm is a geometric mean.
    """
    runs = np.array([[fit(p, noise, ridge, seed) for p in WIDTHS] for seed in range(first, first + SEEDS)])
    errors, norms = runs[..., :2].mean(axis=0), np.exp(np.log(runs[..., 2]).mean(axis=0))
    return np.column_stack([errors, norms]).T


def draw_double_descent(noise: float, ridge: str, count: str) -> Picture:
    """Draw training and test error against the number of features, and the norm of the fitted weights.

    noise: the share of wrong labels. ridge: one of RIDGES. count: the number of features that is marked, one of WIDTHS.
    """
    noise = round(noise, 2)
    plain, (train, test, norm) = curves(noise, 0.0), curves(noise, RIDGES[ridge])
    p = int(count)
    width = WIDTHS.index(p)
    figure, (left, right) = new_figure(1, 2, size=(9.4, 3.8))
    for axes in (left, right):
        axes.axvline(SAMPLES, color=GREY, lw=1, ls=":")
        axes.set(xscale="log", xlabel="number of features p")
        powers_of_ten(axes.xaxis, (1, 2, 3))
    if RIDGES[ridge] > 0:
        left.plot(WIDTHS, plain[1], color=GREY, lw=1.2, label="test, λ = 0")
        right.plot(WIDTHS, plain[2], color=GREY, lw=1.2, label="λ = 0")
    left.plot(WIDTHS, train, color=ORANGE, label="training labels")
    left.plot(WIDTHS, test, color=BLUE, label="test digits")
    left.plot(p, test[width], "o", color=BLUE, mec=BLACK, ms=9)
    left.set(ylabel="share that is wrong", ylim=(-0.03, 1), yticks=[0, 0.5, 1])
    left.set_title(f"{p} features, λ = {ridge}: test error {test[width]:.0%}")
    left.legend(loc="upper right", fontsize=8)
    right.plot(WIDTHS, norm, color=VERMILION, label=f"λ = {ridge}")
    right.plot(p, norm[width], "o", color=VERMILION, mec=BLACK, ms=9)
    right.set(yscale="log", ylabel="norm of W", ylim=(0.1, 1000), title=f"norm of the weights {norm[width]:.3g}")
    powers_of_ten(right.yaxis, (-1, 0, 1, 2, 3))
    right.legend(loc="upper right", fontsize=8)
    worst = int(test.argmax())
    return finish(
        figure,
        f"Least squares on p random ReLU features of {SAMPLES} digits, {noise:.0%} of them with a wrong label, lambda "
        f"{ridge}; means over {SEEDS} seeds. With {p} features {train[width]:.0%} of the training labels are not "
        f"reproduced, {test[width]:.0%} of new digits are wrong, and the norm of the weights is {norm[width]:.3g}. "
        f"The test error is largest with {WIDTHS[worst]} features, {test[worst]:.0%}; with "
        f"{WIDTHS[-1]} it is {test[-1]:.0%}.",
    )
