"""Searching for hyperparameters, drawn: splits, grid and random search, coarse to fine.

Sources: CIS5190-L15, "Hyperparameter Optimization" and "Hyperparameter Optimization Tips"; Bergstra and Bengio, "Random
Search for Hyper-Parameter Optimization" (2012), for grid against random.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from scipy.interpolate import RegularGridInterpolator

from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.regularization_tuning import noisy_digits

HELD_OUT, FOLDS = "one held-out validation set", "5-fold cross-validation"
# Values per axis of the grid; draws on which the two searches are compared; numbers of parameters.
SIDE, DRAWS, PARAMETERS = 3, 500, (1, 2, 3, 4)

RATE_EXPONENTS, STRENGTH_EXPONENTS = np.linspace(-2, 0.5, 11), np.linspace(-5, -1.5, 8)
EPOCHS = 30
WORST = 2.5  # the loss of a run that diverged; guessing has ln 10 = 2.3
WIDE, LOW, HIGH = "the whole map", "small rates only", "large rates only"
# First windows: exponents of the learning rate (low, high) and of lambda (low, high).
WINDOWS = {WIDE: (-2.0, 0.5, -5.0, -1.5), LOW: (-2.0, -1.4, -5.0, -3.5), HIGH: (0.0, 0.5, -5.0, -3.5)}

EDGE = 0.2  # nearer to a border than this share of the window is "near the boundary"


def standard_error(accuracy: float, n: float | np.ndarray) -> np.ndarray:
    """Return the standard error of an accuracy measured on n samples, sqrt(a (1 - a) / n).

    n: a scalar or an array of any shape, which is the shape of the result.
    """
    return np.sqrt(accuracy * (1 - accuracy) / n)


def draw_split(exponent: float, share: int, kind: str) -> Picture:
    """Draw how 10^exponent samples are split, `share` percent each for validation and test, and the standard error.

    kind: HELD_OUT or FOLDS.
    """
    n, accuracy = round(10**exponent), 0.95
    figure, (left, right) = new_figure(1, 2, size=(9, 3.2), width_ratios=[4, 3])
    rows = 1 if kind == HELD_OUT else 5
    rest = 100 - share
    for row in range(rows):
        spans = [(0, rest - share, SKY)] if rows == 1 else [(0, rest, SKY)]
        held = (rest - share, share) if rows == 1 else (row * rest / 5, rest / 5)
        for start, width, colour in [*spans, (*held, ORANGE), (rest, share, GREY)]:
            left.barh(row, width, left=start, height=0.7, color=colour, edgecolor=BLACK, lw=0.6)
    left.set(xlabel="share of the samples (percent)", ylabel="run", yticks=range(rows), yticklabels=range(1, rows + 1))
    left.set(xlim=(0, 100), ylim=(rows - 0.4, -0.6), xticks=range(0, 101, 20))
    left.set_title("train (blue), validate (orange), test (grey)", fontsize=10)
    validated = n * (share if rows == 1 else rest) / 100
    error = float(standard_error(accuracy, validated))
    sizes = np.linspace(1.5, 6, 50)
    right.plot(sizes, 100 * standard_error(accuracy, 10**sizes), color=BLACK)
    right.plot(np.log10(validated), 100 * error, "o", color=VERMILION, ms=9)
    right.set(xlabel="validation samples", ylabel="standard error (points)", xlim=(1.4, 6.1), ylim=(-0.1, 4))
    right.set_xticks(range(2, 7), ["100", "1000", "10⁴", "10⁵", "10⁶"])
    right.set_title(f"95% ± {100 * error:.2f} points")
    return finish(
        figure,
        f"{n} samples, {kind}, {share}% for the test. {rows} {'run' if rows == 1 else 'runs'} with "
        f"{validated:.0f} validation samples in all, so that a true accuracy of 95% is measured with a standard error "
        f"of {100 * error:.2f} points.",
    )


def grid_points() -> np.ndarray:
    """Return the nine points of a 3 x 3 grid in the unit square, (9, 2): the centres of nine equal squares."""
    axis = (np.arange(SIDE) + 0.5) / SIDE
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def quality(points: np.ndarray, peak: np.ndarray, weight: float) -> np.ndarray:
    """Return the quality of points, (..., 2): (...), 1 at `peak`, (2,), and less away from it.

    The second parameter has `weight` times the influence of the first.
    """
    away = (points - peak) * [1.0, weight]
    return np.exp(-12 * np.sum(away**2, axis=-1))


@cache
def random_wins(weight: float, parameters: int) -> float:
    """Return the share of DRAWS problems, peak and random points drawn anew, in which random search beats the grid.

    Both have 3^parameters trials. Each parameter but the first has `weight` times the influence of the first.
    """
    rng = np.random.default_rng(0)
    weights = np.array([1.0] + [weight] * (parameters - 1))
    axis, wins = (np.arange(SIDE) + 0.5) / SIDE, 0
    for _ in range(DRAWS):
        peak, trials = rng.random(parameters), rng.random((SIDE**parameters, parameters))
        nearest = np.sum((weights * np.abs(axis[:, None] - peak).min(axis=0)) ** 2)  # of the grid: axis by axis
        wins += np.sum((weights * (trials - peak)) ** 2, axis=1).min() < nearest
    return wins / DRAWS


def draw_search(weight: float, problem: int) -> Picture:
    """Draw nine trials of a grid and nine random ones, their projections on the first axis, and which are better."""
    rng = np.random.default_rng(problem)
    peak, trials = rng.random(2), {"grid": grid_points(), "random": rng.random((SIDE**2, 2))}
    figure, axes = new_figure(1, 3, size=(9.6, 3.5), width_ratios=[1, 1, 1])
    ticks = np.linspace(0, 1, 40)
    surface = quality(np.stack(np.meshgrid(ticks, ticks), axis=-1), peak, weight)
    best = {}
    for panel, (name, points), colour in zip(axes, trials.items(), (ORANGE, BLUE), strict=False):
        found = quality(points, peak, weight)
        best[name] = found.max()
        panel.imshow(surface, cmap="Greys", origin="lower", extent=(0, 1, 0, 1), vmin=0, vmax=1.6, aspect="auto")
        panel.plot(*points.T, "o", color=colour, mec=BLACK, ms=7)
        panel.plot(*points[found.argmax()], "*", color=GREEN, mec=BLACK, ms=16)
        panel.plot(points[:, 0], np.full(9, -0.09), "|", color=colour, ms=13, mew=2, clip_on=False)
        values = len(np.unique(points[:, 0]))
        panel.set(xlim=(0, 1), ylim=(-0.15, 1), xticks=[0, 1], yticks=[0, 1], xlabel="first parameter", ylabel="second")
        panel.set_title(f"{name}: {values} values, best {best[name]:.2f}")
        panel.grid(visible=False)
    wins = [100 * random_wins(round(float(weight), 2), count) for count in PARAMETERS]
    axes[2].bar(PARAMETERS, wins, color=[BLUE if count == 2 else SKY for count in PARAMETERS])
    axes[2].axhline(50, color=GREY, lw=1, ls=":")
    axes[2].set(
        xlabel="number of parameters d, 3ᵈ trials", ylabel="random beats grid (%)", ylim=(0, 105), xticks=PARAMETERS
    )
    axes[2].set_title(f"of {DRAWS} draws, for 2: {wins[1]:.0f}%")
    summary = ", ".join(f"{share:.1f}% for {count}" for count, share in zip(PARAMETERS, wins, strict=True))
    return finish(
        figure,
        f"Nine trials each where the second parameter has weight {weight:.1f}. Problem {problem}: the grid tries 3 "
        f"values of the first parameter and finds {best['grid']:.3f}, random search tries 9 and finds "
        f"{best['random']:.3f}, of at most 1. Random search wins, by the number of parameters: {summary}.",
    )


@cache
def loss_map() -> np.ndarray:
    """Return the validation loss of 88 runs, (8, 11), at most WORST: rows for the lambdas, columns for the rates."""
    rates, strengths = np.meshgrid(10**RATE_EXPONENTS, 10**STRENGTH_EXPONENTS)
    history = noisy_digits.train(rates.ravel(), strengths.ravel(), EPOCHS, measure=False)
    return np.minimum(history.validation_loss[-1], WORST).reshape(rates.shape)


def loss_at(rate_exponent: float | np.ndarray, strength_exponent: float | np.ndarray) -> np.ndarray:
    """Return the validation loss between the runs of `loss_map`, interpolated linearly; outside, that of its border.

    rate_exponent, strength_exponent: scalars or arrays of one shape, which is the shape of the result.
    """
    place = np.stack(
        [
            np.clip(strength_exponent, STRENGTH_EXPONENTS[0], STRENGTH_EXPONENTS[-1]),
            np.clip(rate_exponent, RATE_EXPONENTS[0], RATE_EXPONENTS[-1]),
        ],
        axis=-1,
    )
    return RegularGridInterpolator((STRENGTH_EXPONENTS, RATE_EXPONENTS), loss_map())(place).reshape(
        np.shape(rate_exponent)
    )


def next_window(low: float, high: float, best: float, factor: float) -> tuple[float, float]:
    """Return the next window of exponents about `best`: as wide as before if it lies near a border, else narrower."""
    width = high - low
    if min(best - low, high - best) > EDGE * width:
        width *= factor
    return best - width / 2, best + width / 2


def search_rounds(start: str, rounds: int, factor: float) -> list[tuple[tuple[float, ...], np.ndarray, np.ndarray]]:
    """Return for each round its window, its nine random trials, (9, 2), and their losses, (9,).

    start: a name of WINDOWS. The best trial so far is the centre of the next window. The trials are exponents of the
    learning rate and of lambda, uniform in the window; one outside the map is moved to its border.
    """
    rng, window, log = np.random.default_rng(3), WINDOWS[start], []
    best, least = np.zeros(2), np.inf
    for _ in range(rounds):
        trials = rng.uniform((window[0], window[2]), (window[1], window[3]), size=(9, 2))
        corners = np.stack([RATE_EXPONENTS[[0, -1]], STRENGTH_EXPONENTS[[0, -1]]], axis=1)  # low, high
        trials = np.clip(trials, corners[0], corners[1])
        losses = loss_at(*trials.T)
        log.append((window, trials, losses))
        if losses.min() < least:
            best, least = trials[losses.argmin()], losses.min()
        window = (*next_window(*window[:2], best[0], factor), *next_window(*window[2:], best[1], factor))
    return log


def draw_windows(rounds: int, factor: float, start: str) -> Picture:
    """Draw the windows of a coarse-to-fine search on the map of losses, and the best loss after each round.

    start: a name of WINDOWS.
    """
    log = search_rounds(start, rounds, factor)
    figure, (left, right) = new_figure(1, 2, size=(9, 4.0), width_ratios=[3, 2])
    _map(left)
    for i, (window, trials, _) in enumerate(log, start=1):
        last = i == rounds
        corner, size = (window[0], window[2]), (window[1] - window[0], window[3] - window[2])
        left.add_patch(Rectangle(corner, *size, fill=False, ec=VERMILION, lw=2.5 if last else 1))
        left.plot(*trials.T, "o", color=ORANGE if last else GREY, mec=BLACK, mew=0.5, ms=6 if last else 4)
    bests = np.minimum.accumulate([losses.min() for *_, losses in log])
    window = log[-1][0]
    left.set_title(f"round {rounds}: 9 trials in the thick window")
    right.plot(range(1, rounds + 1), bests, "o-", color=BLUE)
    right.axhline(loss_map().min(), color=GREY, ls=":", label=f"minimum of the map, {loss_map().min():.3f}")
    right.set(
        xlabel="round", ylabel="best validation loss so far", xticks=range(1, 7), xlim=(0.5, 6.5), ylim=(0.5, 1.6)
    )
    right.set_title(f"best after {9 * rounds} trials: {bests[-1]:.3f}")
    right.legend(loc="upper right", fontsize=8)
    return finish(
        figure,
        f"Coarse to fine from {start}, round {rounds}: learning rates from {10 ** window[0]:.3g} to "
        f"{10 ** window[1]:.3g}, lambda from {10 ** window[2]:.2g} to {10 ** window[3]:.2g}. Best validation "
        f"loss after {9 * rounds} trials {bests[-1]:.3f}; the minimum of the map is {loss_map().min():.3f}.",
    )


def _map(axes: Axes) -> None:
    """Draw the validation losses over learning rate and lambda, light where the loss is small."""
    half = np.diff(RATE_EXPONENTS)[0] / 2, np.diff(STRENGTH_EXPONENTS)[0] / 2
    extent = (RATE_EXPONENTS[0] - half[0], RATE_EXPONENTS[-1] + half[0])
    extent += (STRENGTH_EXPONENTS[0] - half[1], STRENGTH_EXPONENTS[-1] + half[1])
    axes.imshow(loss_map(), cmap="Blues", origin="lower", extent=extent, vmin=0.4, vmax=2.4, aspect="auto")
    axes.set(xlim=extent[:2], ylim=extent[2:], xlabel="learning rate", ylabel="λ")
    axes.set_xticks([-2, -1, 0], ["0.01", "0.1", "1"])
    axes.set_yticks([-5, -4, -3, -2], ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²"])
    axes.grid(visible=False)
