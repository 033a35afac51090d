"""Batch norm, layer norm and RMS norm: over which numbers of a batch each takes its statistics, drawn.

Sources: Ioffe and Szegedy (2015); Ba, Kiros and Hinton, "Layer Normalization" (2016); Zhang and Sennrich, "Root Mean
Square Layer Normalization" (2019). Samples are rows. The gain is 1 and the shift 0, as they are at the start.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.drawing.pictures import BLACK, ORANGE, Picture, finish, new_figure
from course_utils.init_normalization.batch_norm import batch_norm

BATCH_NORM, LAYER_NORM, RMS_NORM = "batch norm", "layer norm", "RMS norm"
NORMS = (BATCH_NORM, LAYER_NORM, RMS_NORM)
SAMPLES, FEATURES = 6, 5


def layer_norm(x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Return x, (n, d), with mean 0 and variance 1 in each row."""
    centred = x - x.mean(axis=1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)


def rms_norm(x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Return x, (n, d), with mean square 1 in each row."""
    return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)


def normalized(norm: str, x: np.ndarray) -> np.ndarray:
    """Return x, (n, d), normalized by one of NORMS; batch norm as in training."""
    if norm == BATCH_NORM:
        return batch_norm(x, np.ones(x.shape[1]), np.zeros(x.shape[1]))[1]
    return {LAYER_NORM: layer_norm, RMS_NORM: rms_norm}[norm](x)


def numbers(batch: int, factor: float = 1.0, added: float = 0.0) -> np.ndarray:
    """Return `batch` samples, (batch, FEATURES), of which the first one is multiplied by `factor`, then moved."""
    x = np.random.default_rng(3).integers(-4, 9, size=(SAMPLES, FEATURES)).astype(float)[:batch]
    x[0] = factor * x[0] + added
    return x


def draw_axes(norm: str, batch: int, factor: float, added: float) -> Picture:
    """Draw a batch and the batch normalized by one of NORMS, and which numbers share a mean and a variance.

    norm: one of NORMS. batch: the number of samples. factor, added: what the first sample is multiplied by, and what is
    added to it.
    """
    before, x = numbers(batch), numbers(batch, factor, added)
    y = normalized(norm, x)
    change = np.abs(y - normalized(norm, before)).max(axis=1)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.9))
    _table(left, x, 20.0, ".0f")
    _table(right, y, 2.5, ".2f")
    width, height = (1, batch) if norm == BATCH_NORM else (FEATURES, 1)
    left.add_patch(_frame(width, height))
    left.set_title("x; framed: numbers with common statistics", fontsize=10)
    others = f", others by {change[1:].max():.2f}" if batch > 1 else ""
    right.set_title(f"{norm}: sample 1 moved by {change[0]:.2f}{others}", fontsize=10)
    told = ", ".join(f"{value:z.2f}" for value in y[0])
    moved = f" and that of the other samples by up to {change[1:].max():.2f}" if batch > 1 else ""
    return finish(
        figure,
        f"A batch of {batch} with {FEATURES} features; sample 1 is multiplied by {factor:g}, and {added:g} is added. "
        f"After {norm} its numbers are {told}: mean {y[0].mean():z.2f}, mean square {np.mean(y[0] ** 2):.2f}. The "
        f"change of sample 1 moves its own output by up to {change[0]:.2f}{moved}.",
    )


def _table(axes: Axes, table: np.ndarray, limit: float, digits: str) -> None:
    """Draw numbers, (n, d), as coloured fields of the same size for every n."""
    axes.imshow(table, cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")
    for (i, j), value in np.ndenumerate(table):
        axes.text(
            j, i, f"{value:z{digits}}", ha="center", va="center", color="white" if abs(value) > 0.7 * limit else BLACK
        )
    axes.set(ylim=(SAMPLES - 0.5, -0.5), xlabel="feature", ylabel="sample")
    axes.set_xticks(range(FEATURES), [str(j) for j in range(1, FEATURES + 1)])
    axes.set_yticks(range(len(table)), [str(i) for i in range(1, len(table) + 1)])
    axes.grid(visible=False)


def _frame(width: int, height: int) -> Rectangle:
    return Rectangle((-0.46, -0.46), width - 0.08, height - 0.08, fill=False, edgecolor=ORANGE, lw=4)
