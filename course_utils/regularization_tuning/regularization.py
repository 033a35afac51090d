"""L1 and L2 on the weights of a network, and early stopping, drawn (CIS5190-L15, "Regularization", "Early Stopping").

The training runs are those of `noisy_digits`: 300 digits, a fifth of them with a wrong label.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes

from course_utils.drawing.digit_network import loss_and_accuracy
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.regularization_tuning import noisy_digits
from course_utils.regularization_tuning.noisy_digits import History

EXPONENTS = np.arange(-5, -1.4, 0.25)  # of the lambdas
RATE, EPOCHS = 0.3, 150
LONG = 200  # epochs of the runs for early stopping


@cache
def regularized(penalty: str) -> History:
    """Return one run for each lambda of EXPONENTS; `penalty` is `noisy_digits.L2` or `noisy_digits.L1`."""
    rates = np.full(len(EXPONENTS), RATE)
    return noisy_digits.train(rates, 10.0**EXPONENTS, EPOCHS, penalty, measure=False)


@cache
def train_accuracy(penalty: str) -> np.ndarray:
    """Return the share of the noisy training labels that each run of `regularized` reproduces, (runs,)."""
    s = noisy_digits.split()
    return loss_and_accuracy(regularized(penalty).w, s.X, s.labels)[1]


@cache
def unregularized(seed: int) -> History:
    """Return one run without regularizer, measured after each of LONG epochs."""
    return noisy_digits.train([RATE], [0.0], LONG, seed=seed)


def stopping_epoch(losses: np.ndarray, patience: int, min_delta: float) -> tuple[int, int]:
    """Return the epoch at which training stops and the best epoch until then, both counted from 0.

    losses: validation losses, (epochs,). An epoch improves if its loss is more than `min_delta` below the best so
    far; `patience` epochs in a row without improvement end the training. Without that it runs to the last epoch.
    """
    best, best_epoch = np.inf, 0
    for epoch, loss in enumerate(losses):
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
        elif epoch - best_epoch >= patience:
            return epoch, best_epoch
    return len(losses) - 1, best_epoch


def draw_penalty(strength: float, penalty: str) -> Picture:
    """Draw the weights of the network trained with the lambda nearest to `strength`, and its accuracies.

    penalty: `noisy_digits.L2` or `noisy_digits.L1`.
    """
    run = int(np.abs(EXPONENTS - np.log10(strength)).argmin())
    history = regularized(penalty)
    weights = history.w[run, noisy_digits.is_weight()]
    zeros, norm = np.mean(weights == 0), np.linalg.norm(weights)
    fitted, accuracy = train_accuracy(penalty), history.accuracy[-1]
    figure, (left, middle, right) = new_figure(1, 3, size=(10, 3.3), width_ratios=[4, 5, 4])
    left.hist(np.clip(weights, -1.2, 1.2), bins=np.linspace(-1.2, 1.2, 49), color=BLUE, histtype="stepfilled")
    left.set(yscale="log", ylim=(0.7, 3000), xticks=[-1, 0, 1], xlabel="weight", ylabel="number of weights")
    left.minorticks_off()
    left.set_title(f"norm {norm:.1f}, {zeros:.0%} exactly 0")
    _montage(middle, noisy_digits.first_layer(history.w)[run])
    right.plot(EXPONENTS, fitted, color=ORANGE, label="noisy training labels")
    right.plot(EXPONENTS, accuracy, color=BLUE, label="clean validation labels")
    for curve, colour in ((fitted, ORANGE), (accuracy, BLUE)):
        right.plot(EXPONENTS[run], curve[run], "o", color=colour, mec=BLACK, ms=8)
    right.set_xticks(range(-5, -1), ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²"])
    right.set(xlabel="λ", ylabel="accuracy", ylim=(0, 1.05), yticks=[0, 0.5, 1], title=penalty)
    right.legend(loc="lower left", fontsize=8)
    return finish(
        figure,
        f"A network of 2368 weights trained with {penalty.split(':')[0]} and lambda = {10 ** EXPONENTS[run]:.2g}: "
        f"norm of "
        f"the weights {norm:.2f}, {zeros:.0%} of them exactly 0. It reproduces {fitted[run]:.1%} of the noisy "
        f"training labels and {accuracy[run]:.1%} of the clean validation labels.",
    )


def draw_stopping(patience: int, min_delta: float, run: str) -> Picture:
    """Draw the losses of a run, where early stopping would have ended it, and the accuracy that it would have kept.

    run: its seed as text, such as "0".
    """
    history = unregularized(int(run))
    loss, accuracy = history.validation_loss[:, 0], history.accuracy[:, 0]
    stop, best = stopping_epoch(loss, patience, min_delta)
    epochs = np.arange(LONG + 1)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.7))
    left.plot(epochs, history.train_loss[:, 0], color=ORANGE, label="training (noisy labels)")
    for panel, curve, name in ((left, loss, "validation"), (right, accuracy, "validation accuracy")):
        panel.plot(epochs[: stop + 1], curve[: stop + 1], color=BLUE, label=name)
        panel.plot(epochs[stop:], curve[stop:], color=GREY, lw=1, label="never computed" if stop < LONG else None)
        panel.plot(stop, curve[stop], "X", color=VERMILION, ms=10, label=f"stops after epoch {stop}")
        panel.plot(best, curve[best], "o", color=GREEN, ms=9, label=f"keeps epoch {best}")
        panel.set(xlabel="epoch", xticks=range(0, LONG + 1, 50))
    left.set(ylabel="loss", ylim=(0, 2.5), title=f"kept: validation loss {loss[best]:.3f}")
    left.legend(loc="upper right", fontsize=8)
    right.set(
        ylabel="accuracy", ylim=(0.5, 1), title=f"accuracy: kept {accuracy[best]:.1%}, at the end {accuracy[-1]:.1%}"
    )
    return finish(
        figure,
        f"With patience {patience} and min_delta {min_delta:.3f} run {run} stops after epoch {stop} and keeps epoch "
        f"{best}: validation loss {loss[best]:.3f}, accuracy {accuracy[best]:.1%}. The minimum of all {LONG} epochs is "
        f"{loss.min():.3f} at epoch {loss.argmin()}; the last has {loss[-1]:.3f} and accuracy {accuracy[-1]:.1%}.",
    )


def stopped_descent(A: np.ndarray, b: np.ndarray, learning_rate: float, steps: int) -> np.ndarray:
    """Return x, (n,), after `steps` steps of gradient descent from 0 on ||Ax - b||^2, A (m, n), b (m,), in closed form.

    In the singular direction i the step count acts as a regularizer: the coefficient of plain least squares is
    multiplied by 1 - (1 - 2 alpha sigma_i^2)^steps, which is near 1 for large sigma_i and near 0 for small ones.
    """
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    return Vt.T @ ((1 - (1 - 2 * learning_rate * s**2) ** steps) / s * (U.T @ b))


def _montage(axes: Axes, images: np.ndarray) -> None:
    """Draw 32 images, (32, 8, 8), in four rows; negative weights are orange, positive ones purple."""
    framed = np.pad(images, ((0, 0), (0, 1), (0, 1)))
    rows = framed.reshape(4, 8, 9, 9).transpose(0, 2, 1, 3).reshape(36, 72)
    axes.imshow(rows, cmap="PuOr", vmin=-0.8, vmax=0.8)
    for edge in range(1, 8):
        axes.axvline(9 * edge - 1, color=GREY, lw=0.5)
        if edge < 4:
            axes.axhline(9 * edge - 1, color=GREY, lw=0.5)
    axes.set(title="weights into the 32 hidden units", xticks=[], yticks=[])
    axes.set(xlabel="8 × 8 pixels each", ylabel="4 rows of units")
    axes.grid(visible=False)
