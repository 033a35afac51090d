"""Pictures of classification losses: softmax and cross entropy, hinge loss, regularization.

Sources: CS7643-BACKPROP, "Recap: Multiclass SVM loss" to "Q: Why softmax?". The scores (logits) of n samples are rows,
`scores: (n, C)` float64; labels are class indices, `labels: (n,)` int64.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.datasets import make_blobs
from sklearn.svm import LinearSVC

from course_utils.drawing.activations import sigmoid
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure

ByMargin = Callable[[Any, int], Any]  # a function of the margin, a number or an array, and the number of other classes

FLOOR = 0.01  # the smallest probability of the clipped score
RATE = 1.0  # the learning rate of the three runs of `draw_why`
WHY = {"−ln clip(x)": VERMILION, "−σ(x)": ORANGE, "−ln σ(x)": BLUE}


def softmax(scores: ArrayLike) -> np.ndarray:
    """Return the softmax e^s_j / sum_k e^s_k along the last axis.

    scores: (..., C). Returns float64 probabilities of the same shape. The largest score is subtracted first, so that
    the exponential does not overflow.
    """
    scores = np.asarray(scores, dtype=float)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def cross_entropy(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return -ln softmax(scores)[label] per sample, (n,); scores: (n, C), labels: (n,)."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]


def hinge(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return sum over j != y of max(0, s_j - s_y + 1) per sample, (n,); scores: (n, C), labels: (n,)."""
    rows = np.arange(len(labels))
    margins = np.maximum(0, scores - scores[rows, labels][:, None] + 1)
    margins[rows, labels] = 0  # j = y would add exactly 1
    return margins.sum(axis=1)


def draw_softmax(score_1: float, score_2: float, score_3: float, label: str) -> Picture:
    """Draw three scores, their softmax with the one-hot label, and the gradient of the loss with respect to the scores.

    label: "1", "2" or "3", the class of the sample.
    """
    scores, y = np.array([score_1, score_2, score_3]), int(label) - 1
    p, one_hot = softmax(scores), np.eye(3)[y]
    figure, (left, middle, right) = new_figure(1, 3, size=(9, 3.2))
    classes = np.arange(1, 4)
    colours = [GREEN if j == y else GREY for j in range(3)]
    left.bar(classes, scores, color=colours)
    left.set(ylabel="score s", title="scores", ylim=(-6, 6), yticks=[-5, 0, 5])
    middle.bar(classes, one_hot, color="none", edgecolor=BLACK, ls="--")
    middle.bar(classes, p, color=colours)
    middle.set(
        ylabel="probability",
        title=f"softmax; loss −ln {p[y]:.3f} = {-np.log(p[y]):.3f}",
        ylim=(0, 1.05),
        yticks=[0, 0.5, 1],
    )
    right.bar(classes, p - one_hot, color=colours)
    right.set(ylabel="∂L/∂s", title="gradient p − one-hot", ylim=(-1.05, 1.05), yticks=[-1, 0, 1])
    for panel in (left, middle, right):
        panel.set(xlabel="class", xticks=classes)
        panel.axhline(0, color=BLACK, lw=0.8)
    values = ", ".join(f"{v:z.2f}" for v in p - one_hot)
    return finish(
        figure,
        f"Scores {score_1:z.1f}, {score_2:z.1f}, {score_3:z.1f} become probabilities {p[0]:.3f}, {p[1]:.3f}, "
        f"{p[2]:.3f}. For label {label} the loss is {-np.log(p[y]):.3f} and its gradient with respect to the "
        f"scores {values}.",
    )


def draw_margin(margin: float, classes: int) -> Picture:
    """Draw hinge loss and cross entropy against the margin of the correct score over the others, which are equal."""
    others = classes - 1
    grid = np.linspace(-3, 5, 321)
    figure, (left, right) = new_figure(1, 2, size=(8.8, 3.8))
    left.plot(grid, np.where(grid > 0, 0, 1), color=GREY, lw=1.2, label="error: 1 if wrong")
    for name, colour, loss, slope in _BY_MARGIN:
        left.plot(grid, loss(grid, others), color=colour, label=name)
        right.plot(grid, slope(grid, others), color=colour, label=name)
        left.plot(margin, loss(margin, others), "o", color=colour, mec=BLACK, ms=8)
        right.plot(margin, slope(margin, others), "o", color=colour, mec=BLACK, ms=8)
    for panel in (left, right):
        panel.axvline(1, color=GREY, lw=0.8, ls=":")
        panel.set(xlabel="margin: correct score − each other score", xlim=(-3, 5), xticks=range(-3, 6, 2))
    left.set(ylabel="loss", ylim=(-0.2, 4 * others + 0.5), title=f"margin {margin:z.1f}, {classes} classes")
    right.set(ylabel="|∂L/∂(correct score)|", ylim=(-0.1, others + 0.4), title="size of the gradient")
    left.legend(loc="upper right", fontsize=8)
    (hinge_loss, hinge_slope), (entropy, entropy_slope) = (
        (float(loss(margin, others)), float(slope(margin, others))) for *_, loss, slope in _BY_MARGIN
    )
    return finish(
        figure,
        f"With {classes} classes and margin {margin:z.1f} the hinge loss is {hinge_loss:.3f} with a gradient of size "
        f"{hinge_slope:.3f}; the cross entropy is {entropy:.3f} with a gradient of size {entropy_slope:.3f}.",
    )


# Name, colour, loss and |dL/d(correct score)| for margin m over k other classes.
_BY_MARGIN: tuple[tuple[str, str, ByMargin, ByMargin], ...] = (
    ("hinge", VERMILION, lambda m, k: k * np.maximum(0, 1 - m), lambda m, k: k * np.where(np.asarray(m) < 1, 1.0, 0.0)),
    ("cross entropy", BLUE, lambda m, k: np.log1p(k * np.exp(-m)), lambda m, k: k / (k + np.exp(m))),
)


def gaussian_clouds(
    n: int, centres: Sequence[Sequence[float]], spread: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return n points of Gaussian clouds, (n, 2) float64, and the indices of their clouds, (n,) int64.

    centres: the mean (x, y) of each cloud. spread: the standard deviation of all clouds.
    """
    X, labels = make_blobs(n, centers=centres, cluster_std=spread, random_state=seed)[:2]
    return np.asarray(X), np.asarray(labels)


@cache
def separated() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return three separated clouds X, (90, 2), their labels, (90,), and W, (3, 2), whose smallest margin is 1.25.

    The clouds lie about the origin, so that no bias is needed.
    """
    X, labels = gaussian_clouds(90, [[0, 3], [-3, -2], [3, -2]], spread=0.7, seed=0)
    W = LinearSVC(multi_class="crammer_singer", fit_intercept=False, C=10, random_state=0).fit(X, labels).coef_
    scores = X @ W.T
    correct = scores[np.arange(90), labels]
    best_other = np.where(np.eye(3, dtype=bool)[labels], -np.inf, scores).max(axis=1)
    return X, labels, W * 1.25 / (correct - best_other).min()


def scaled_losses(factors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean hinge loss, mean cross entropy and squared Frobenius norm of k W, for W of `separated`.

    factors: the values of k, (n,). Returns three arrays, (n,) each.
    """
    X, labels, W = separated()
    scores = [k * X @ W.T for k in factors]
    hinges = np.array([hinge(s, labels).mean() for s in scores])
    entropies = np.array([cross_entropy(s, labels).mean() for s in scores])
    return hinges, entropies, factors**2 * np.sum(W**2)


@cache
def _scaled_curves() -> tuple[np.ndarray, ...]:
    factors = np.linspace(0, 4, 161)
    return factors, *scaled_losses(factors)


def draw_scale(factor: float, strength: float) -> Picture:
    """Draw data loss, penalty and their sum along the ray k W, for the hinge loss and the cross entropy."""
    factors, *losses, penalty = _scaled_curves()
    *here, penalty_here = scaled_losses(np.array([factor]))
    figure, axes = new_figure(1, 2, size=(9, 3.8), sharey=True)
    best = []
    for panel, name, loss, value in zip(axes, ("hinge", "cross entropy"), losses, here, strict=True):
        total = loss + strength * penalty
        best.append(factors[total.argmin()])
        panel.plot(factors, loss, color=BLUE, label="data loss")
        panel.plot(factors, strength * penalty, color=ORANGE, label="λR(kW)")
        panel.plot(factors, total, color=BLACK, label="sum")
        panel.plot(best[-1], total.min(), "*", color=GREEN, ms=14, label=f"minimum: k = {best[-1]:.2f}")
        panel.plot(factor, value[0] + strength * penalty_here[0], "o", color=BLACK, ms=8)
        inset = panel.inset_axes((0.5, 0.16, 0.46, 0.28))  # the minimum is close to the axis
        near = np.abs(factors - best[-1]) <= 1
        inset.plot(factors[near], total[near], color=BLACK)
        inset.plot(best[-1], total.min(), "*", color=GREEN, ms=10)
        inset.set(ylim=(0.8 * total.min(), 2 * total.min()), xticks=[], yticks=[])
        panel.set(xlabel="k: the weights are kW", ylabel="loss", ylim=(-0.05, 2.5), title=name)
        panel.set(xticks=range(5), yticks=[0, 1, 2])
        panel.legend(loc="upper right", fontsize=8)
    return finish(
        figure,
        f"Losses along k W for lambda = {strength:.4f}. At k = {factor:.2f} the data loss is {here[0][0]:.3f} for "
        f"hinge and {here[1][0]:.3f} for cross entropy. The sum is smallest at k = {best[0]:.2f} for hinge and at "
        f"k = {best[1]:.2f} for cross entropy.",
    )


def why_losses(x: np.ndarray) -> list[np.ndarray]:
    """Return the three losses of the slide for the score x of the correct class (CS7643-BACKPROP, "Q: Why softmax?").

    x: any shape. Returns three arrays of that shape, in the order of WHY.
    """
    return [-np.log(np.clip(x, FLOOR, 1)), -sigmoid(x), np.logaddexp(0, -x)]


def why_slopes(x: np.ndarray) -> list[np.ndarray]:
    """Return the derivatives of `why_losses` at x, three arrays of the shape of x."""
    inside = (x > FLOOR) & (x < 1)
    return [np.where(inside, -1 / np.where(inside, x, 1), 0.0), -sigmoid(x) * sigmoid(-x), -sigmoid(-x)]


def after_steps(start: float, steps: int) -> list[float]:
    """Return the scores that `steps` steps of gradient descent with RATE reach from `start` on the three losses."""
    ends = []
    for i in range(3):
        x = start
        for _ in range(steps):
            x -= RATE * float(why_slopes(np.array(x))[i])
        ends.append(x)
    return ends


def draw_why(start: float, steps: int) -> Picture:
    """Draw three losses of the score of the correct class, their negative slopes, and gradient descent on each."""
    grid = np.linspace(-6, 6, 481)
    ends = after_steps(start, steps)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    for (name, colour), loss, slope, end in zip(WHY.items(), why_losses(grid), why_slopes(grid), ends, strict=True):
        left.plot(grid, loss, color=colour, label=f"{name}: x = {end:z.2f}")
        right.plot(grid, -slope, color=colour, label=name)
    for i, (end, colour) in enumerate(zip(ends, WHY.values(), strict=True)):
        left.plot(end, why_losses(np.array(end))[i], "o", color=colour, mec=BLACK, ms=8)
        right.plot(end, -why_slopes(np.array(end))[i], "o", color=colour, mec=BLACK, ms=8)
    left.axvline(start, color=GREY, lw=1, ls=":")
    left.set(xlabel="x, score of the correct class", ylabel="loss", title=f"from x = {start:z.1f} in {steps} steps")
    right.set(xlabel="x, score of the correct class", ylabel="−dL/dx", title="negative slope", ylim=(-0.05, 2))
    left.set(xlim=(-6.5, 6.5), ylim=(-1.3, 6.5), xticks=range(-6, 7, 3), yticks=range(0, 7, 2))
    left.legend(loc="upper right", fontsize=8)
    right.set(xlim=(-6.5, 6.5), xticks=range(-6, 7, 3), yticks=[0, 0.5, 1, 1.5, 2])
    return finish(
        figure,
        f"Three losses of a score x. {steps} steps of gradient descent from x = {start:z.1f} lead to {ends[0]:z.2f} on "
        f"-ln clip(x), {ends[1]:z.2f} on -sigma(x) and {ends[2]:z.2f} on -ln sigma(x).",
    )
