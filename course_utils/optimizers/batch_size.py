"""Batch size: the noise of a mini-batch gradient, the noise scale, batch against learning rate, sharp and flat minima.

Sources: HPML-L3, "SGD with Mini-batch", "What Batch size to choose?" and "Learning rate and Batch size"; Smith et al.,
"Don't Decay the Learning Rate, Increase the Batch Size" (2018).
"""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeVar

import numpy as np
from matplotlib.axes import Axes

from course_utils.drawing.digit_network import History, train
from course_utils.drawing.pictures import (  # fmt: skip
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    Picture,
    arrow,
    finish,
    new_figure,
    powers_of_ten,
)
from course_utils.optimizers.update_rules import momentum

Number = TypeVar("Number", float, np.ndarray)  # what goes in comes out

N = 512
BEST = np.array([2.0, -1.0])  # weight and bias that the data are made with


@cache
def line_data() -> tuple[np.ndarray, np.ndarray]:
    """Return X, (512, 2), with a feature and a column of ones, and targets y, (512,), with noise of deviation 2."""
    rng = np.random.default_rng(4)
    X = np.stack([rng.normal(size=N), np.ones(N)], axis=1)
    return X, X @ BEST + 2 * rng.normal(size=N)


@cache
def minimum() -> np.ndarray:
    """Return the least-squares solution, (2,)."""
    X, y = line_data()
    return np.linalg.lstsq(X, y)[0]


def sample_gradients(w: np.ndarray) -> np.ndarray:
    """Return the gradient of each sample's loss (x . w - y)^2 / 2 at w, (2,): (512, 2)."""
    X, y = line_data()
    return (X @ w - y)[:, None] * X


@cache
def permutations(count: int) -> np.ndarray:
    """Return `count` random orders of the samples, (count, 512)."""
    return np.random.default_rng(0).random((count, N)).argsort(axis=1)


def batch_gradients(w: np.ndarray, size: int, count: int) -> np.ndarray:
    """Return gradients at w, (2,), of `count` mini-batches of `size` samples drawn without replacement: (count, 2)."""
    return sample_gradients(w)[permutations(count)[:, :size]].mean(axis=1)


def expected_deviation(w: np.ndarray, size: float | np.ndarray) -> np.ndarray:
    """Return the root of the summed variances of a mini-batch gradient: sigma / sqrt(B) times sqrt((N - B) / (N - 1)).

    w: (2,). size: the batch size B, a scalar or an array of any shape, which is the shape of the result.
    sigma^2 is the summed variance (divided by N) of the samples' gradients.
    """
    variance = sample_gradients(w).var(axis=0).sum()
    return np.sqrt(variance / size * (N - size) / (N - 1))


SIZES = 2 ** np.arange(10)


@cache
def deviations(distance: float) -> np.ndarray:
    """Return the measured deviation of 300 mini-batch gradients for each of SIZES, (10,)."""
    w = minimum() + [distance, 0.0]
    return np.array([np.sqrt(batch_gradients(w, int(size), 300).var(axis=0).sum()) for size in SIZES])


def draw_cloud(power: int, distance: float) -> Picture:
    """Draw gradients of 300 mini-batches of 2^power samples, and how their spread falls with the batch size."""
    size, w = 2**power, minimum() + [distance, 0.0]
    cloud, full = batch_gradients(w, size, 300), sample_gradients(w).mean(axis=0)
    measured = deviations(round(distance, 6))
    figure, (left, right) = new_figure(1, 2, size=(8.5, 3.4))
    left.plot(*cloud.T, ".", color=BLUE, ms=4, alpha=0.6, label="300 mini-batches")
    arrow(left, full, VERMILION, "all 512 samples")
    left.set(xlim=(-8, 8), ylim=(-8, 8), xlabel="∂J/∂weight", ylabel="∂J/∂bias", xticks=[-8, 0, 8], yticks=[-8, 0, 8])
    left.set_title(f"B = {size}: deviation {measured[power]:.2f}")
    left.legend(loc="upper left", fontsize=8)
    grid = np.geomspace(1, 511, 60)
    right.loglog(grid, expected_deviation(w, grid), color=ORANGE, lw=1.5, label="formula")
    right.loglog(grid, expected_deviation(w, 1) / np.sqrt(grid), color=GREY, lw=1, ls="--", label="σ / √B")
    right.plot(SIZES[:-1], measured[:-1], ".", color=BLUE, ms=8, label="measured")
    right.plot(size, max(measured[power], 0.02), "o", color=ORANGE, mec=BLACK, ms=9)
    right.set(xlabel="batch size B", ylabel="deviation of the gradient", ylim=(0.02, 20), xlim=(0.8, 640))
    right.set_xticks([1, 4, 16, 64, 256], ["1", "4", "16", "64", "256"])
    right.xaxis.minorticks_off()
    powers_of_ten(right.yaxis, (-1, 0, 1))
    right.set_title(f"deviation × √B = {measured[power] * np.sqrt(size):.2f}")
    right.legend(loc="lower left", fontsize=8)
    return finish(
        figure,
        f"Gradients of 300 mini-batches of {size} among {N} samples, {distance:.1f} from the minimum, where the full "
        f"gradient has length {np.linalg.norm(full):.2f}: their standard deviation is {measured[power]:.2f}; "
        f"multiplied by the root of the batch size it is {measured[power] * np.sqrt(size):.2f}.",
    )


# --- noise scale -----------------------------------------------------------------------------------------------------

RATES, POWERS, WARM_UP, MEASURED = (0.02, 0.05, 0.1), tuple(range(9)), 400, 1500


def noise_scale(learning_rate: float, n: int, size: int, mu: float = 0.0) -> float:
    """Return g = epsilon (N / B - 1) / (1 - mu) (Smith and Le, 2018); the lecture leaves the momentum out."""
    return learning_rate * (n / size - 1) / (1 - mu)


@cache
def sgd_paths(size: int, mu: float) -> np.ndarray:
    """Return the iterates of SGD on the line data for each of RATES, (1901, 3, 2), from the minimum + (-2, 2)."""
    X, y = line_data()
    rng = np.random.default_rng(size)
    w, rho, rates = np.tile(minimum() + [-2.0, 2.0], (len(RATES), 1)), 0.0, np.array(RATES)[:, None]
    path = [w]
    for _ in range(WARM_UP + MEASURED):
        batch = rng.permutation(N)[:size]
        g = (w @ X[batch].T - y[batch]) @ X[batch] / size
        rho = mu * rho - rates * g
        w = w + rho
        path.append(w)
    return np.array(path)


def excess_loss(w: np.ndarray) -> np.ndarray:
    """Return J(w) - J(minimum) of half the mean squared error, (...), for w, (..., 2)."""
    X, _ = line_data()
    away = w - minimum()
    return np.einsum("...i,ij,...j->...", away, X.T @ X / N, away) / 2


def predicted_excess(g: Number) -> Number:
    """Return the excess loss that noise of scale g keeps up, for small learning rates: g tr(S) / (4 (N - 1)).

    g: a scalar or an array of any shape, which is the shape of the result.
    S is the covariance of the samples' gradients at the minimum. The balance of noise and descent gives the iterates
    the covariance g S H^-1 / (2 (N - 1)) where S and H commute; the excess is half the trace of it times H.
    """
    return g * sample_gradients(minimum()).var(axis=0).sum() / (4 * (N - 1))


@cache
def floors(mu: float) -> tuple[np.ndarray, np.ndarray]:
    """Return noise scales and the mean excess loss after the warm-up, both (9, 3): POWERS by RATES."""
    scales = np.array([[noise_scale(rate, N, 2**k, mu) for rate in RATES] for k in POWERS])
    return scales, np.array([excess_loss(sgd_paths(2**k, mu)[WARM_UP:]).mean(axis=0) for k in POWERS])


def draw_noise_scale(rate: str, power: int, with_momentum: bool) -> Picture:
    """Draw the iterates of SGD around the minimum, and the excess loss against the noise scale.

    rate: one of RATES as text, "0.02", "0.05" or "0.1".
    """
    mu, column, size = 0.9 * with_momentum, [f"{r:g}" for r in RATES].index(rate), 2**power
    path, (scales, costs) = sgd_paths(size, mu)[:, column], floors(mu)
    g, cost = scales[power, column], costs[power, column]
    figure, (left, right) = new_figure(1, 2, size=(8.5, 3.4))
    center = minimum()
    turn = np.linspace(0, 2 * np.pi, 73)
    for radius in (1, 2, 3):
        left.plot(center[0] + radius * np.cos(turn), center[1] + radius * np.sin(turn), color=GREY, lw=0.5)
    left.plot(*path[:301].T, "-", color=BLUE, lw=0.8)
    left.plot(*path[0], "s", color=ORANGE, mec=BLACK, ms=8)
    left.plot(*center, "*", color=GREEN, mec=BLACK, ms=13)
    left.set(
        xlim=center[0] + np.array([-3.2, 3.2]), ylim=center[1] + np.array([-3.2, 3.2]), xlabel="weight", ylabel="bias"
    )
    left.set(xticks=[0, 2, 4], yticks=[-3, -1, 1], title=f"ε = {rate}, B = {size}, μ = {mu:g}: 300 updates")
    for j, (name, colour) in enumerate(zip(RATES, (BLUE, PURPLE, VERMILION), strict=True)):
        right.loglog(scales[:, j], costs[:, j], ".", color=colour, ms=8, label=f"ε = {name:g}")
    grid = np.geomspace(0.01, 1000, 9)
    right.loglog(grid, predicted_excess(grid), color=GREY, lw=1, label="theory, small ε")
    right.plot(g, cost, "o", color=ORANGE, mec=BLACK, ms=9)
    right.set(xlabel="noise scale g", ylabel="excess loss", xlim=(0.01, 1000), ylim=(1e-5, 10))
    right.set_xticks([0.1, 10, 1000], ["0.1", "10", "1000"])
    right.xaxis.minorticks_off()
    powers_of_ten(right.yaxis, (-4, -2, 0))
    right.set_title(f"g = {g:.3g}: excess {cost:.2g}")
    right.legend(loc="upper left", fontsize=8)
    return finish(
        figure,
        f"SGD with learning rate {rate}, batches of {size} among {N} samples and momentum {mu:g}: noise scale "
        f"{g:.3g}. The iterates fluctuate around the minimum, and the noise keeps the loss {cost:.2g} above it; the "
        f"theory for small learning rates predicts {predicted_excess(g):.2g}.",
    )


# --- a smaller rate or a larger batch --------------------------------------------------------------------------------

EPOCHS, TURNS, FIRST_RATE, FIRST_BATCH, WRONG = 18, (6, 12), 0.1, 20, 0.15
CONSTANT, DECAY, GROW = "neither", "rate falls", "batch grows"


@cache
def trade(factor: int) -> dict[str, History]:
    """Train on the digits with momentum three times: CONSTANT, DECAY (the rate falls), GROW (the batch size grows).

    Rate and batch size change by `factor` at the epochs TURNS. A share WRONG of the training labels is wrong, so that
    there is noise at the minimum.
    """
    level = lambda epoch: sum(epoch >= turn for turn in TURNS)
    updates = 1000 // FIRST_BATCH
    fixed, sized = lambda t, losses: np.array([FIRST_RATE]), lambda epoch: FIRST_BATCH * factor ** level(epoch)
    falling = lambda t, losses: np.array([FIRST_RATE / factor ** level((t - 1) // updates)])
    same = lambda epoch: FIRST_BATCH
    return {
        CONSTANT: train(momentum, fixed, EPOCHS, same, WRONG),
        DECAY: train(momentum, falling, EPOCHS, same, WRONG),
        GROW: train(momentum, fixed, EPOCHS, sized, WRONG),
    }


def draw_trade(factor: int, axis: Literal["epochs", "updates"]) -> Picture:
    """Draw the validation loss with a falling rate and with a growing batch, against epochs or updates."""
    histories = trade(factor)
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.4), width_ratios=[3, 2])
    for (name, history), colour, style in zip(histories.items(), (GREY, BLUE, ORANGE), ("-", "-", "--"), strict=True):
        x = history.updates if axis == "updates" else np.arange(EPOCHS + 1)
        left.plot(x, history.validation_loss[:, 0], style, color=colour, lw=2, label=name)
    left.set(xlabel=axis, ylabel="validation loss", ylim=(0.2, 0.8), title=f"factor {factor} at epochs 6 and 12")
    left.set_xticks([0, 300, 600, 900] if axis == "updates" else [0, 6, 12, 18])
    left.legend(loc="upper right", fontsize=8)
    updates = [int(history.updates[-1]) for history in histories.values()]
    right.barh(range(3), updates, color=(GREY, BLUE, ORANGE), height=0.6)
    for i, count in enumerate(updates):
        right.text(count, i, f" {count}", va="center", fontsize=9)
    right.set(yticks=range(3), yticklabels=histories, xlim=(0, 1150), xlabel="updates", ylabel="run")
    right.set(xticks=[0, 500, 1000], title=f"updates in {EPOCHS} epochs")
    right.invert_yaxis()
    summary = "; ".join(
        f"{name}: validation loss {history.validation_loss[-1, 0]:.2g}, accuracy {history.accuracy[-1, 0]:.2f}, "
        f"{history.updates[-1]} updates"
        for name, history in histories.items()
    )
    return finish(figure, f"Digits after {EPOCHS} epochs, with factor {factor} at epochs 6 and 12. {summary}.")


# --- sharp and flat --------------------------------------------------------------------------------------------------

FLAT, PLACES = 0.5, (-2.0, 2.0)


def two_minima(w: np.ndarray, sharpness: float) -> np.ndarray:
    """Return a loss at w, any shape, with a flat minimum at -2, curvature 0.5, and a sharp one at 2; both are 0."""
    bowls = [curvature * (w - place) ** 2 / 2 for curvature, place in zip((FLAT, sharpness), PLACES, strict=True)]
    return np.minimum(*bowls)


def draw_sharp_and_flat(sharpness: float, shift: float) -> Picture:
    """Draw a training loss with two minima, and the test loss: the same, shifted a little."""
    w = np.linspace(-4.5, 4.5, 361)
    figure, axes = new_figure(size=(7.4, 3.6))
    axes.plot(w, two_minima(w, sharpness), color=BLUE, label="training loss")
    axes.plot(w, two_minima(w - shift, sharpness), color=ORANGE, ls="--", label="test loss")
    gaps = [float(two_minima(np.array(place) - shift, sharpness)) for place in PLACES]
    for place, gap, name in zip(PLACES, gaps, ("flat", "sharp"), strict=True):
        _gap(axes, place, gap, name)
    axes.set(
        xlim=(-4.5, 4.5), ylim=(-0.5, 3.1), xlabel="w", ylabel="loss", xticks=[-4, -2, 0, 2, 4], yticks=[0, 1, 2, 3]
    )
    axes.set_title(f"gap: flat {gaps[0]:.3f}, sharp {gaps[1]:.2f}")
    axes.legend(loc="upper left", fontsize=8)
    return finish(
        figure,
        f"A sketch of a training loss with a flat minimum (curvature 0.5) and a sharp one (curvature {sharpness:.1f}), "
        f"and a test loss shifted by {shift:.2f}. At the training minima the test loss is {gaps[0]:.3f} (flat) and "
        f"{gaps[1]:.3f} (sharp).",
    )


def _gap(axes: Axes, place: float, gap: float, name: str) -> None:
    axes.plot([place, place], [0, min(gap, 3)], color=VERMILION, lw=4)
    axes.plot(place, 0, "o", color=BLACK, ms=6)
    axes.text(place, -0.4, name, ha="center", fontsize=9)
