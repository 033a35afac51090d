"""Batch normalization of one layer, and its running statistics, drawn.

CIS5190-L15, "Batch Normalization"; HPML-L3, "Batch normalization" (Ioffe and Szegedy, "Batch Normalization", 2015).
Samples are rows: `x: (n, d)`; every column is normalized on its own.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from course_utils.drawing.pictures import BLACK, BLUE, GREY, VERMILION, Picture, finish, new_figure


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
