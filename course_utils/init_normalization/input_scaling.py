"""Scales of input features, and what they do to gradient descent, drawn (HPML-L3, "Normalizing Input Data").

Samples are rows: `X: (n, d)`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from sklearn.linear_model import LogisticRegression

from course_utils.drawing.digits import all_digits
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure

RAW, STANDARDIZED = "raw features", "standardized features"
TRAIN, TEST, BOTH = "the training set", "the test set itself", "both together"
START = np.array([-1.5, 1.0])  # of the pictured gradient descent, measured from the minimum


@cache
def standardized_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the digits with every pixel standardized, (1797, 64), constant pixels 0; and the labels, (1797,)."""
    X, labels = all_digits()
    return standardize(X, *mean_and_std(X)), labels


def mean_and_std(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the standard deviation (divided by n) of each column of X, (n, d): (d,) and (d,).

    The deviation of a constant column is exactly 0. The computed one rarely is, because the mean is rounded.
    """
    is_constant = X.max(axis=0) == X.min(axis=0)
    return X.mean(axis=0), np.where(is_constant, 0.0, X.std(axis=0))


def standardize(X: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Return (X - mean) / std, (n, d), for X, (n, d), mean and std, (d,); a std of 0 counts as 1."""
    return (X - mean) / np.where(std > 0, std, 1)


def min_max(X: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return (X - low) / (high - low), (n, d), which maps low to 0 and high to 1; a range of 0 counts as 1.

    X: (n, d); low, high: (d,).
    """
    return (X - low) / np.where(high > low, high - low, 1)


def two_features(scale: float) -> np.ndarray:
    """Return 100 samples of two features, (100, 2), with standard deviations near 1 and `scale`, nearly independent."""
    return np.random.default_rng(0).normal(size=(100, 2)) * [1, scale]


def path(H: np.ndarray, steps: int) -> np.ndarray:
    """Return w_t - w*, (steps + 1, 2), of gradient descent from START on a quadratic loss with Hessian H, (2, 2).

    The learning rate is the best constant one, 2 over the sum of the eigenvalues (Polyak, 1987).
    """
    curvatures, Q = np.linalg.eigh(H)
    shrink = 1 - 2 * curvatures / curvatures.sum()
    return (shrink ** np.arange(steps + 1)[:, None] * (Q.T @ START)) @ Q.T


def steps_needed(H: np.ndarray, share: float = 1e-6) -> int:
    """Return after how many steps of `path`, for the Hessian H, (2, 2), the distance is below `share` of the first."""
    low, high = np.linalg.eigvalsh(H)
    slowest = (high - low) / (high + low)  # of the distance, each step leaves at most this much
    distances = np.linalg.norm(path(H, 2 + int(np.log(share) / np.log(slowest))), axis=1)
    return int(np.argmax(distances < share * distances[0]))


def draw_contours(scale: float, features: str, steps: int) -> Picture:
    """Draw the squared loss over the two weights of a linear model, and gradient descent on it.

    features: RAW or STANDARDIZED.
    """
    X = two_features(scale)
    if features == STANDARDIZED:
        X = standardize(X, *mean_and_std(X))
    H = X.T @ X / len(X)
    kappa, needed = np.linalg.cond(H), steps_needed(H)
    descent = path(H, steps)
    left_over = np.linalg.norm(descent[-1]) / np.linalg.norm(START)
    figure, (left, right) = new_figure(1, 2, size=(9, 4))
    grid = np.stack(np.meshgrid(np.linspace(-2, 2, 81), np.linspace(-2, 2, 81)), axis=-1)
    height = np.sqrt(np.einsum("abi,ij,abj->ab", grid, H, grid))
    left.contour(*grid.T, height.T, levels=7, colors=GREY, linewidths=0.7)
    left.plot(*descent.T, "o-", color=BLUE, ms=3, lw=0.8)
    left.plot(0, 0, "*", color=GREEN, ms=13)
    left.set(xlim=(-2, 2), ylim=(-2, 2), aspect="equal", xlabel="w₁ − w₁*", ylabel="w₂ − w₂*", xticks=[-1, 0, 1])
    left.set(yticks=[-1, 0, 1], title=f"κ = {kappa:.3g}: {steps} of {needed:,} steps")
    _needed(right, scale, features, needed)
    return finish(
        figure,
        f"Contours of a squared loss, {features}, feature 2 {scale:g} times as wide as feature 1 before scaling: "
        f"condition number {kappa:.3g}. {steps} steps leave {left_over:.1%} of the distance; "
        f"a millionth takes {needed:,}.",
    )


@cache
def _steps_for_all_scales() -> tuple[np.ndarray, np.ndarray]:
    scales = np.geomspace(1, 30, 25)
    return scales, np.array([steps_needed(X.T @ X / len(X)) for X in map(two_features, scales)])


def _needed(axes: Axes, scale: float, features: str, needed: int) -> None:
    scales, raw = _steps_for_all_scales()
    X = two_features(1)
    Z = standardize(X, *mean_and_std(X))
    flat = steps_needed(Z.T @ Z / len(Z))
    axes.plot(np.log10(scales), np.log10(raw), color=BLUE if features == RAW else GREY, label=RAW)
    axes.axhline(np.log10(flat), color=BLUE if features == STANDARDIZED else GREY, ls="--", label=STANDARDIZED)
    axes.plot(np.log10(scale), np.log10(needed), "o", color=ORANGE, mec=BLACK, ms=9)
    axes.set_xticks(np.log10([1, 3, 10, 30]), ["1", "3", "10", "30"])
    axes.set_yticks(range(5), ["1", "10", "100", "1,000", "10,000"])
    axes.set(
        xlabel="scale of feature 2", ylabel="steps to a millionth", ylim=(0, 4.5), title=f"{needed:,} steps needed"
    )
    axes.legend(loc="upper left", fontsize=8)


@cache
def two_classes() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return 200 training samples of two classes, (200, 2), 100 test samples of each, (2, 100, 2); labels (200,)."""
    rng = np.random.default_rng(3)
    middle = np.array([[-1.2, 20.0], [1.2, 60.0]])  # two classes, two features of different scale
    samples = middle[:, None] + rng.normal(size=(2, 200, 2)) * [0.8, 15]
    return samples[:, :100].reshape(200, 2), samples[:, 100:], np.repeat([0, 1], 100)


@cache
def _classifier() -> tuple[np.ndarray, float]:
    X, _, labels = two_classes()
    model = LogisticRegression().fit(standardize(X, *mean_and_std(X)), labels)
    return model.coef_[0], float(model.intercept_[0])


def draw_ruler(fitted_on: str, rows: int, second: int) -> Picture:
    """Draw `rows` test samples, `second` percent of class 1, standardized with the statistics of one of three sets.

    fitted_on: TRAIN, TEST or BOTH.
    """
    train, test, _ = two_classes()
    many = round(rows * second / 100)
    X, labels = np.concatenate([test[0, : rows - many], test[1, :many]]), np.repeat([0, 1], [rows - many, many])
    fitted = {TRAIN: train, TEST: X, BOTH: np.concatenate([train, X])}[fitted_on]
    mean, std = mean_and_std(fitted)
    Z = standardize(X, mean, std)
    weight, bias = _classifier()
    correct = int(np.sum((Z @ weight + bias > 0) == labels))
    figure, axes = new_figure(size=(6.6, 4.2))
    line = np.array([-5.0, 5.0])
    axes.plot(line, -(bias + weight[0] * line) / weight[1], color=BLACK, label="boundary of the classifier")
    for label, marker, colour in ((0, "o", BLUE), (1, "s", VERMILION)):
        axes.plot(*Z[labels == label].T, marker, color=colour, ms=6, alpha=0.7, label=f"class {label}")
    axes.set(xlim=(-4, 4), ylim=(-4, 4), xlabel="feature 1, scaled", ylabel="feature 2, scaled")
    axes.set(title=f"mean and std of {fitted_on}: {correct} of {rows} correct", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    axes.legend(loc="lower left", fontsize=8)
    return finish(
        figure,
        f"Test samples: {rows - many} of class 0 and {many} of class 1, standardized with mean and standard deviation "
        f"of {fitted_on}. The classifier, fitted to the standardized training set, is correct on {correct} of {rows}.",
    )
