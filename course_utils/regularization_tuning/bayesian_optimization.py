"""Bayesian optimization in one dimension, drawn: a Gaussian process and the acquisition function.

Sources: CIS5190-L15, "Hyperparameter Optimization Tips"; Jones, Schonlau and Welch, "Efficient Global Optimization of
Expensive Black-Box Functions" (1998), for expected improvement.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, SKY, VERMILION, Picture, finish, new_figure
from course_utils.regularization_tuning.hyperparameter_search import RATE_EXPONENTS, loss_at

IMPROVEMENT, BOUND = "expected improvement", "lower confidence bound"
STRENGTH = -2.5  # the exponent of lambda along which the learning rate is searched
GRID = np.linspace(RATE_EXPONENTS[0], RATE_EXPONENTS[-1], 126)
FIRST = (-1.75, 0.25)  # exponents of the first two trials
LENGTH, SCALE, JITTER = 0.5, 0.5, 1e-6  # length scale (decades), standard deviation and noise variance of the prior


def surrogate(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation, (126,) each, of the Gaussian process on GRID after trials x and losses y.

    x, y: (trials,). The kernel is SCALE^2 exp(-(x - x')^2 / (2 LENGTH^2)); the prior mean is that of y.
    """
    kernel = ConstantKernel(SCALE**2) * RBF(LENGTH)
    process = GaussianProcessRegressor(
        kernel,
        alpha=JITTER,
        optimizer=None,  # pyright: ignore[reportArgumentType] - scikit-learn documents None: the kernel stays as it is
    ).fit(x[:, None], y - y.mean())
    mean, std, *_ = process.predict(GRID[:, None], return_std=True)
    return np.asarray(mean) + y.mean(), np.asarray(std)


def expected_improvement(mean: np.ndarray, std: np.ndarray, best: float) -> np.ndarray:
    """Return E max(0, best - f) for f normal with `mean` and `std` > 0, of one shape, which is that of the result.

    It is the mean improvement of a trial on `best`.
    """
    z = (best - mean) / std
    return std * (z * norm.cdf(z) + norm.pdf(z))


def acquisition(mean: np.ndarray, std: np.ndarray, best: float, rule: str, beta: float) -> np.ndarray:
    """Return the acquisition function for a mean and a std, (126,) each: (126,). The next trial is at its maximum.

    rule: IMPROVEMENT, the expected improvement on best - beta / 100; BOUND, -(mean - beta std).
    """
    if rule == IMPROVEMENT:
        return expected_improvement(mean, np.maximum(std, 1e-9), best - 0.01 * beta)
    return beta * std - mean


@cache
def search(trials: int, rule: str, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the exponents tried and their losses, (trials,) each: first FIRST, then the trials of the rule.

    rule: IMPROVEMENT or BOUND.
    """
    if trials == len(FIRST):
        x = np.array(FIRST)
        return x, loss_at(x, np.full(len(x), STRENGTH))
    x, y = search(trials - 1, rule, beta)
    mean, std = surrogate(x, y)
    free = np.abs(GRID[:, None] - x).min(axis=1) > 0.01  # the same point again is no new information
    place = GRID[np.where(free, acquisition(mean, std, y.min(), rule, beta), -np.inf).argmax()]
    return np.append(x, place), np.append(y, loss_at(place, STRENGTH))


def draw_bayes(trials: int, rule: str, beta: float) -> Picture:
    """Draw the trials so far, the Gaussian process fitted to them, and the next trial.

    rule: IMPROVEMENT or BOUND.
    """
    x, y = search(trials, rule, beta)
    mean, std = surrogate(x, y)
    following, _ = search(trials + 1, rule, beta)
    figure, (top, bottom) = new_figure(2, 1, size=(7.2, 4.6), sharex=True, height_ratios=[3, 1.4])
    truth = loss_at(GRID, np.full(len(GRID), STRENGTH))
    top.plot(GRID, truth, color=GREY, lw=1, ls="--", label="validation loss (hidden from the search)")
    top.fill_between(GRID, mean - 2 * std, mean + 2 * std, color=SKY, alpha=0.5, lw=0)
    top.plot(GRID, mean, color=BLUE, label="mean ± 2 std")
    top.plot(x, y, "o", color=BLACK, ms=7, label=f"{trials} trials")
    top.plot(x[y.argmin()], y.min(), "*", color=GREEN, mec=BLACK, ms=15)
    top.set(
        ylabel="validation loss",
        xlabel="learning rate",
        ylim=(-0.6, 3.9),
        title=f"best so far {y.min():.3f} at {10 ** x[y.argmin()]:.3g}",
    )
    top.legend(loc="upper right", fontsize=8, ncols=3)
    values = acquisition(mean, std, y.min(), rule, beta)
    bottom.plot(GRID, (values - values.min()) / max(np.ptp(values), 1e-300), color=VERMILION)
    for panel in (top, bottom):
        panel.axvline(following[-1], color=VERMILION, ls=":", lw=1.5)
    bottom.set(xlabel="learning rate", ylabel="acquisition", yticks=[], title=f"{rule}: next {10 ** following[-1]:.3g}")
    bottom.set_xticks([-2, -1, 0], ["0.01", "0.1", "1"])
    return finish(
        figure,
        f"{trials} trials, {rule} with beta {beta:.1f}: the best so far is a validation loss of {y.min():.3f} at "
        f"learning rate {10 ** x[y.argmin()]:.3g}; the next trial is at {10 ** following[-1]:.3g}. The minimum of "
        f"the curve is {truth.min():.3f} at {10 ** GRID[truth.argmin()]:.3g}.",
    )
