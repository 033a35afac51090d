"""Batch normalization of one layer, and its running statistics, drawn.

CIS5190-L15, "Batch Normalization"; HPML-L3, "Batch normalization" (Ioffe and Szegedy, "Batch Normalization", 2015).
Samples are rows: `x: (n, d)`; every column is normalized on its own.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes

from course_utils import check
from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.drawing.yours import YOURS, Function, clipped, compared, finish_with


def batch_norm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5) -> tuple[np.ndarray, np.ndarray]:
    """Return y = gamma xhat + beta and xhat = (x - mean) / sqrt(var + eps), both (n, d), var divided by n.

    x: (n, d), gamma and beta: (d,). eps is above 0, or no column is constant.
    """
    xhat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
    return gamma * xhat + beta, xhat


def batch_norm_backward(
    grad_output: np.ndarray, xhat: np.ndarray, gamma: np.ndarray, var: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients with respect to x, (n, d), gamma, (d,), and beta, (d,), of the layer in training.

    grad_output: the upstream gradient, (n, d); xhat: (n, d); gamma, var: (d,).
    """
    dxhat = grad_output * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / np.sqrt(var + eps)
    return dx, (grad_output * xhat).sum(axis=0), grad_output.sum(axis=0)


@cache
def skewed() -> np.ndarray:
    """Return 128 samples of two features, (128, 2): far from 0, of different scale, skewed, and strongly correlated."""
    rng = np.random.default_rng(1)
    first, second = rng.exponential(size=128), rng.normal(size=128)
    return np.column_stack([2 + 1.2 * first, -1 + 0.1 * first + 0.035 * second])


def draw_layer(gamma: float, beta: float, eps: float, batch: int) -> Picture:
    """Draw a batch of two features before and after batch normalization in training mode."""
    x = skewed()[:batch]
    y, _ = batch_norm(x, np.full(2, gamma), np.full(2, beta), eps)
    figure, (left, right) = new_figure(1, 2, size=(9, 4.2))
    for axes, points, colour in ((left, x, GREY), (right, y, BLUE)):
        axes.axhline(0, color=BLACK, lw=0.8)
        axes.axvline(0, color=BLACK, lw=0.8)
        axes.plot(*points.T, "o", color=colour, ms=4, alpha=0.7)
        axes.plot(*points.mean(axis=0), "+", color=VERMILION, ms=14, mew=2)
        axes.set(xlim=(-4, 8), ylim=(-4, 8), aspect="equal", xlabel="feature 1", ylabel="feature 2")
        axes.set(xticks=[-4, 0, 4, 8], yticks=[-4, 0, 4, 8])
    left.set_title(f"before: std {x[:, 0].std():.2f} and {x[:, 1].std():.3f}")
    right.set_title(f"after: std {y[:, 0].std():.2f} and {y[:, 1].std():.3f}")
    return finish(
        figure,
        f"A batch of {batch}: feature means {_pair(x.mean(axis=0))}, standard deviations {_pair(x.std(axis=0))}. After "
        f"batch norm with gamma {gamma:g}, beta {beta:g}, eps {eps:.1e}: means {_pair(y.mean(axis=0))}, standard "
        f"deviations {_pair(y.std(axis=0))}{_correlations(x, y)}.",
    )


def _correlations(x: np.ndarray, y: np.ndarray) -> str:
    if min(x.std(axis=0).min(), y.std(axis=0).min()) < 1e-9:
        return ""
    before, after = (np.corrcoef(points.T)[0, 1] for points in (x, y))
    return f"; the correlation was {before:.3f} and is {after:.3f}"


def _pair(values: np.ndarray) -> str:
    return f"{values[0]:z.2f} and {values[1]:z.3f}"


# --- running statistics ----------------------------------------------------------------------------------------------


def running(x: np.ndarray, momentum: float) -> tuple[np.ndarray, np.ndarray]:
    """Return running_mean and running_var after each batch of x, (steps, n), from 0 and 1: (steps,) and (steps,).

    momentum is the weight of the new batch; its variance is the unbiased one, as in PyTorch.
    """
    mean, var, means, variances = 0.0, 1.0, [], []
    for batch in x:
        mean = (1 - momentum) * mean + momentum * batch.mean()
        var = (1 - momentum) * var + momentum * batch.var(ddof=1)
        means.append(mean)
        variances.append(var)
    return np.array(means), np.array(variances)


BATCHES = 60  # of `draw_running`


def batches_of_a_feature(size: int) -> np.ndarray:
    """Return BATCHES batches of `size` samples, drawn at random from the first feature of `skewed`: (60, size)."""
    return np.random.default_rng(5).choice(skewed()[:, 0], size=(BATCHES, size))


def weights_of_batches(momentum: float, count: int) -> np.ndarray:
    """Return the weights of the initial 0 and of each of `count` batches in the running mean after them, (count + 1,).

    With momentum m that of batch i is m (1 - m)^(count - i), and that of the start (1 - m)^count.
    """
    kept = (1 - momentum) ** np.arange(count, -1, -1.0)
    return kept * np.where(np.arange(count + 1) > 0, momentum, 1.0)


def draw_running(momentum: float, size: int, step: int, yours: Function | None = None) -> Picture:
    """Draw the running mean of a feature batch by batch, and the weights of the batches in it after `step` of them.

    momentum: the weight of a new batch. size: samples per batch. yours: the student's `bn_forward`.
    """
    x, seen = batches_of_a_feature(size), np.arange(BATCHES + 1)
    means = np.append(0.0, running(x, momentum)[0])
    weights, truth = weights_of_batches(momentum, step), skewed()[:, 0].mean()
    figure, (left, right) = new_figure(1, 2, size=(9, 3.6))
    left.axhline(truth, color=GREEN, lw=1.2, ls="--", label="mean of the data")
    left.plot(seen[1:], x.mean(axis=1), "o", color=GREY, ms=3, label="mean of a batch")
    left.plot(seen[: step + 1], means[: step + 1], color=BLUE, lw=2, label="running mean")
    left.plot(step, means[step], "o", color=ORANGE, mec=BLACK, ms=8)
    said = "" if yours is None else _draw_yours(left, x, momentum, yours)
    left.set(xlim=(-1, BATCHES + 1), ylim=(-0.3, 6.3), xlabel="batches seen", ylabel="feature 1", yticks=[0, 2, 4, 6])
    left.set(xticks=[0, 20, 40, 60], title=f"running mean {means[step]:z.2f}, data {truth:.2f}")
    left.legend(loc="upper right", fontsize=8, ncols=2)
    right.stairs(weights[1:], np.arange(step + 1) + 0.5, fill=True, color=BLUE, label="each batch")
    right.stairs(weights[:1], [-0.5, 0.5], fill=True, color=VERMILION, label="the initial 0")
    right.set(xlim=(-1, BATCHES + 1), ylim=(0, 1.05), xlabel="batch", ylabel="weight in the running mean")
    right.set(xticks=[0, 20, 40, 60], yticks=[0, 0.5, 1], title=f"the initial 0 has the weight {weights[0]:.1%}")
    right.legend(loc="upper right", fontsize=8)
    return finish_with(
        figure,
        f"Running mean with momentum {momentum:.2f} after {step} batches of {size}: {means[step]:z.2f}; the mean of "
        f"the data is {truth:.2f}. The initial 0 has the weight {weights[0]:.1%}, the last batch {weights[-1]:.1%}.",
        said,
    )


def _draw_yours(axes: Axes, x: np.ndarray, momentum: float, yours: Function) -> str:
    """Draw the running means that the student's `bn_forward` returns for batches x, (steps, n), and compare them."""
    name = f"`{getattr(yours, '__name__', 'your function')}`"

    def statistics() -> tuple[np.ndarray, np.ndarray]:
        one, found = np.ones(1), [(np.zeros(1), np.ones(1))]
        for i, batch in enumerate(x, start=1):
            result = yours(batch[:, None].copy(), one, 0 * one, *(part.copy() for part in found[-1]), True, momentum)
            y, mean, var = check.Received(result, f"{name} in batch {i}").unpack("y", "running_mean", "running_var")
            y.has_shape(len(batch), 1)
            found.append((mean.has_shape(1).value.copy(), var.has_shape(1).value.copy()))
        means, variances = np.array(found)[1:, :, 0].T
        return means, variances

    statistics.__doc__ = name
    reference = running(x, momentum)
    own = guarded_call(check.driver(statistics), like=reference)
    if own.problem is None:
        axes.plot(np.arange(len(x)) + 1, clipped(own.value[0]), **YOURS)
    return compared(own, reference)
