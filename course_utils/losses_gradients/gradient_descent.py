"""Pictures of gradient descent: in one dimension, at stationary points, in the training loop, on a softmax classifier.

Sources: HPML-L3, "Training - Gradient Descent" and "Learning rate: large vs small"; CS7150-L1, "Gradient and
Hessian"; CS7643-BACKPROP, "Gradient Descent on Softmax Classifier!".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    VERMILION,
    Picture,
    arrow,
    finish,
    new_figure,
)
from course_utils.losses_gradients.logistic_regression import fit, tumours
from course_utils.losses_gradients.losses import cross_entropy, gaussian_clouds, softmax

RealFunction = Callable[[Any], Any]

# Name: a function of one number and its derivative; both also work elementwise on arrays.
LANDSCAPES: dict[str, tuple[RealFunction, RealFunction]] = {
    "hills": (lambda x: x**2 / 20 + x / 10 + np.cos(2 * x), lambda x: x / 10 + 0.1 - 2 * np.sin(2 * x)),
    "bowl": (lambda x: (x - 3) ** 2 / 5, lambda x: 2 * (x - 3) / 5),
}

STEP, GRADIENT, CAP = "step < 10⁻⁴ (Algorithm 1)", "gradient < 10⁻⁴", "none, only the cap"
TOLERANCE, MAX_UPDATES, FAR = 1e-4, 100, 1e3
RATES = (0.02, 0.4, 1.02)


def descent_path(slope: RealFunction, start: float, learning_rate: float, rule: str) -> tuple[np.ndarray, str]:
    """Return the points that gradient descent visits, (k + 1,), and the reason why it stopped after k updates.

    slope: the derivative of the function. rule: STEP, GRADIENT or CAP; under every rule it stops after MAX_UPDATES
    updates, or beyond FAR. The reason is "small gradient", "small step", "cap" or "diverged".
    """
    places = [start]
    while True:
        x = places[-1]
        after = x - learning_rate * slope(x)
        if rule == GRADIENT and abs(slope(x)) < TOLERANCE:
            return np.array(places), "small gradient"
        if len(places) > MAX_UPDATES:
            return np.array(places), "cap"
        if abs(x) > FAR:
            return np.array(places), "diverged"
        places.append(after)
        if rule == STEP and abs(after - x) < TOLERANCE:
            return np.array(places), "small step"


def _descent_constants() -> dict[str, Any]:
    return {"step": STEP, "gradient": GRADIENT, "tolerance": TOLERANCE, "most": MAX_UPDATES, "far": FAR}


@in_browser("gradient_descent.js", "descent", _descent_constants)
def draw_descent(start: float, learning_rate: float, landscape: str, rule: str) -> Picture:
    """Draw the points that gradient descent visits, and the sizes of gradients and steps against the tolerance.

    landscape: a key of `LANDSCAPES`. rule: STEP, GRADIENT or CAP.
    """
    f, slope = LANDSCAPES[landscape]
    places, reason = descent_path(slope, start, learning_rate, rule)
    k = len(places) - 1
    updates = f"{k} update" + ("" if k == 1 else "s")
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8), width_ratios=[5, 4])
    grid = np.linspace(-10, 10, 401)
    left.plot(grid, f(grid), color=GREY)
    inside = places[np.abs(places) <= 10]
    left.plot(inside, f(inside), "o-", color=BLUE, ms=4, lw=0.8, gid=moving("path"))
    left.plot(start, f(start), "s", color=ORANGE, mec=BLACK, ms=9, label="start", gid=moving("start"))
    end = inside[-1:] if abs(places[-1]) <= 10 else inside[:0]
    left.plot(end, f(end), "*", color=GREEN, mec=BLACK, ms=14, label="end", gid=moving("end"))
    left.set(xlabel="x", ylabel="f(x)", xlim=(-10, 10), xticks=range(-10, 11, 5), title=f"{updates}; stopped: {reason}")
    left.locator_params(axis="y", nbins=4)
    left.legend(loc="upper center", fontsize=8)
    sizes = {"|gradient|": (np.abs(slope(places)), VERMILION), "|step|": (np.abs(np.diff(places)), BLUE)}
    for name, (values, colour) in sizes.items():
        right.plot(np.log10(np.maximum(values, 1e-12)), ".-", color=colour, lw=1, label=name)
    right.axhline(np.log10(TOLERANCE), color=BLACK, lw=1, ls="--")
    right.set_yticks(range(-12, 5, 4), ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1", "10⁴"])
    right.set(xlabel="update", ylabel="size", ylim=(-12.5, 4.5), xlim=(-1, max(k, 10) + 1))
    right.locator_params(axis="x", nbins=4)
    right.set_title("dashed: the tolerance")
    right.legend(loc="lower left", fontsize=8)
    return finish(
        figure,
        f"Gradient descent on the {landscape} from x = {start:z.1f} with learning rate {learning_rate:.2g}: "
        f"{updates}, stopped by: {reason}, at x = {places[-1]:z.4g}, where the gradient is {slope(places[-1]):z.2g}.",
    )


def draw_rates(curvature: float) -> Picture:
    """Draw 12 steps on a parabola of the given curvature with a small, a medium and a large learning rate."""
    figure, axes = new_figure(1, 3, size=(9.2, 3.2), sharey=True)
    grid = np.linspace(-3, 3, 121)
    results = []
    for panel, rate in zip(axes, RATES, strict=True):
        factor = 1 - rate * curvature
        places = -2.5 * factor ** np.arange(13)
        kind = "slow" if factor > 0.5 else "good" if abs(factor) <= 0.5 else "zigzag" if factor > -1 else "diverges"
        results.append(f"{rate}: factor {factor:z.2f}, {kind}")
        panel.plot(grid, curvature * grid**2 / 2, color=GREY)
        inside = places[np.abs(places) <= 3]
        panel.plot(inside, curvature * inside**2 / 2, "o-", color=BLUE, ms=4, lw=0.8)
        panel.plot(-2.5, curvature * 2.5**2 / 2, "s", color=ORANGE, mec=BLACK, ms=9)
        panel.set(xlabel="x", ylabel="f(x)", xlim=(-3, 3), ylim=(-0.5, 18), title=f"α = {rate}: {kind}")
        panel.set(xticks=[-2, 0, 2], yticks=[0, 5, 10, 15])
    return finish(
        figure,
        f"Twelve steps on a bowl with curvature H = {curvature:.1f}, where the limit 2/H is {2 / curvature:.2f}. "
        f"Learning rate {'; '.join(results)}.",
    )


def draw_stationary(curvature_1: float, curvature_2: float) -> Picture:
    """Draw (c_1 w_1^2 + c_2 w_2^2) / 2 with its negative gradients, and 30 small steps from (1.6, 0.05)."""
    curvatures = np.array([curvature_1, curvature_2])
    figure, (left, right) = new_figure(1, 2, size=(8.6, 4.0))
    grid = np.linspace(-2, 2, 61)
    surface = (curvature_1 * grid**2 + curvature_2 * grid[:, None] ** 2) / 2
    left.imshow(surface, extent=(-2, 2, -2, 2), origin="lower", cmap="PuOr", vmin=-6, vmax=6)
    w = np.stack(np.meshgrid(np.linspace(-1.75, 1.75, 8), np.linspace(-1.75, 1.75, 8))).reshape(2, -1)
    left.quiver(*w, *(-curvatures[:, None] * w), angles="xy", scale_units="xy", scale=7, color=BLACK, width=0.005)
    path = np.array([1.6, 0.05]) * (1 - 0.1 * curvatures) ** np.arange(31)[:, None]
    path = path[(np.abs(path) <= 2).all(axis=1)]
    left.plot(*path.T, ".-", color=VERMILION, lw=1)
    left.plot(0, 0, "+", color=BLACK, ms=12)
    left.set(xlim=(-2, 2), ylim=(-2, 2), xlabel="w₁", ylabel="w₂", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    left.set_title(f"gradient 0 at +: {stationary(curvatures)}")
    left.grid(visible=False)
    for curvature, colour, name in zip(curvatures, (BLUE, ORANGE), ("along w₁", "along w₂"), strict=True):
        right.plot(grid, curvature * grid**2 / 2, color=colour, label=f"{name}: eigenvalue {curvature:z.1f}")
    right.set(xlabel="distance from +", ylabel="f", ylim=(-6, 6), title="two cuts through +")
    right.set(xticks=[-2, 0, 2], yticks=[-5, 0, 5])
    right.legend(loc="lower center", fontsize=8)
    end = path[-1]
    return finish(
        figure,
        f"A surface whose Hessian has eigenvalues {curvature_1:z.1f} and {curvature_2:z.1f}: the point with gradient "
        f"0 is a {stationary(curvatures)}. Descent from (1.60, 0.05) is at ({end[0]:z.2f}, {end[1]:z.2f}) after "
        f"{len(path) - 1} steps.",
    )


def stationary(eigenvalues: np.ndarray) -> str:
    """Classify a point with zero gradient by the eigenvalues, (d,), of its Hessian.

    Returns "minimum", "maximum", "saddle", or "degenerate point" where an eigenvalue is 0.
    """
    if (eigenvalues == 0).any():
        return "degenerate point"
    if (eigenvalues > 0).all():
        return "minimum"
    return "maximum" if (eigenvalues < 0).all() else "saddle"


# --- the training loop -----------------------------------------------------------------------------------------------

LOOP_STEPS, LOOP_RATE = 40, 1.0


def draw_loop(step: int) -> Picture:
    """Draw the training loop with its numbers at one update of logistic regression, and the cost so far.

    step: 0 to 40, the number of updates done.
    """
    x, y = tumours()
    places, costs = fit(x, y, LOOP_RATE, LOOP_STEPS + 1)
    (weight, bias), after = places[step], places[step + 1]
    gradient = (places[step] - after) / LOOP_RATE
    figure, (left, right) = new_figure(1, 2, size=(9.2, 3.8), width_ratios=[6, 4])
    boxes = {
        (0, 1): f"forward\na = σ({weight:z.2f} x {bias:+z.2f})",
        (1, 1): f"cost\nJ = {costs[step]:.4f}",
        (1, 0): f"backward\n∂J/∂w = {gradient[0]:z.4f}\n∂J/∂b = {gradient[1]:z.4f}",
        (0, 0): f"update\nw = {after[0]:z.2f}\nb = {after[1]:z.2f}",
    }
    _cycle(left, boxes)
    left.set(title=f"update {step + 1} of logistic regression", xlabel="569 tumours, learning rate 1", ylabel="loop")
    right.plot(costs[:-1], color=GREY)
    right.plot(costs[: step + 1], color=BLUE)
    right.plot(step, costs[step], "o", color=ORANGE, mec=BLACK, ms=8)
    right.set(xlabel="updates done", ylabel="cost J", title="mean cross entropy", ylim=(0.2, 0.75))
    right.set(xticks=range(0, 41, 20), yticks=[0.3, 0.5, 0.7])
    return finish(
        figure,
        f"The training loop after {step} updates: weight {weight:z.2f}, bias {bias:z.2f}, cost {costs[step]:.4f}, "
        f"gradient ({gradient[0]:z.4f}, {gradient[1]:z.4f}), next weight {after[0]:z.2f} and bias {after[1]:z.2f}.",
    )


def _cycle(axes: Axes, boxes: dict[tuple[int, int], str]) -> None:
    """Draw boxes at the corners of the unit square and an arrow from each to the next."""
    places = list(boxes)
    for here, after in zip(places, places[1:] + places[:1], strict=True):
        way = np.subtract(after, here)
        arrow(axes, here + 0.67 * way, BLACK, start=here + 0.33 * way)
    for place, text in boxes.items():
        box = {"boxstyle": "round,pad=0.6", "facecolor": SKY, "edgecolor": BLACK, "alpha": 0.6}
        axes.text(*place, text, ha="center", va="center", bbox=box, fontsize=9)
    axes.set(xlim=(-0.5, 1.5), ylim=(-0.4, 1.4), xticks=[], yticks=[])


# --- a softmax classifier --------------------------------------------------------------------------------------------

BLOB_STEPS = 200
CENTRES = ((-2.0, 0.0), (2.0, 0.5), (0.0, 2.8))
Centres = tuple[tuple[float, float], ...]
BLOB_RATES = {"0.01": 0.01, "0.1": 0.1, "1": 1.0}


@lru_cache(maxsize=64)
def blobs(centres: Centres = CENTRES) -> tuple[np.ndarray, np.ndarray]:
    """Return three clouds with these centres: X, (150, 2) float64, and labels, (150,) int64; at first they overlap."""
    return gaussian_clouds(150, centres, spread=0.9, seed=3)


def softmax_step(
    W: np.ndarray, b: np.ndarray, X: np.ndarray, labels: np.ndarray, learning_rate: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return W, (C, d), and b, (C,), after one step of gradient descent, and the mean loss before it.

    X: (n, d), labels: (n,). The scores are X W^T + b; the gradient of the mean loss with respect to them is
    (softmax - one-hot) / n.
    """
    scores = X @ W.T + b
    d_scores = (softmax(scores) - np.eye(len(b))[labels]) / len(X)
    loss = float(cross_entropy(scores, labels).mean())
    return W - learning_rate * d_scores.T @ X, b - learning_rate * d_scores.sum(axis=0), loss


@lru_cache(maxsize=64)
def train_softmax(learning_rate: float, centres: Centres = CENTRES) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train a softmax classifier on the blobs, from zero, for BLOB_STEPS steps of gradient descent.

    Returns W, (201, 3, 2), b, (201, 3), and the mean loss, (201,), before each step and after the last.
    """
    X, labels = blobs(centres)
    W, b = np.zeros((3, 2)), np.zeros(3)
    weights, biases, losses = [], [], []
    for _ in range(BLOB_STEPS + 1):
        weights.append(W)
        biases.append(b)
        W, b, loss = softmax_step(W, b, X, labels, learning_rate)
        losses.append(loss)
    return np.array(weights), np.array(biases), np.array(losses)


def _blob_constants() -> dict[str, Any]:
    X, labels = blobs()
    return {"offsets": [X[labels == j] - CENTRES[j] for j in range(3)]}


@in_browser("gradient_descent.js", "blobs", _blob_constants)
def draw_blobs(
    step: int,
    rate: str,
    blue: tuple[float, float] = CENTRES[0],
    red: tuple[float, float] = CENTRES[1],
    green: tuple[float, float] = CENTRES[2],
) -> Picture:
    """Draw the decision regions of a softmax classifier after `step` steps (0 to 200), and its loss.

    rate: a key of `BLOB_RATES`, the learning rate as text. blue, red, green: the centres of the three clouds.
    """
    centres = (tuple(blue), tuple(red), tuple(green))
    X, labels = blobs(centres)
    weights, biases, losses = train_softmax(BLOB_RATES[rate], centres)
    W, b = weights[step], biases[step]
    accuracy = float(np.mean((X @ W.T + b).argmax(axis=1) == labels))
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    grid = np.stack(np.meshgrid(np.linspace(-5, 5, 80), np.linspace(-3, 6, 72)), axis=-1)
    colours = (BLUE, VERMILION, GREEN)
    regions = (grid @ W.T + b).argmax(axis=-1)
    left.imshow(regions, extent=(-5, 5, -3, 6), origin="lower", cmap=ListedColormap(colours), vmin=0, vmax=2, alpha=0.2)
    for j, (name, colour, marker) in enumerate(zip(("blue", "red", "green"), colours, "os^", strict=True)):
        left.plot(*X[labels == j].T, marker, color=colour, ms=4, gid=moving(f"{name} points"))
    left.set(xlim=(-5, 5), ylim=(-3, 6), xlabel="x₁", ylabel="x₂", title=f"after {step} steps: {accuracy:.0%} correct")
    left.set(xticks=[-4, 0, 4], yticks=[-2, 0, 2, 4])
    left.grid(visible=False)
    for (name, value), colour in zip(BLOB_RATES.items(), (SKY, GREEN, BLUE), strict=True):
        look = {"color": colour, "lw": 3 if name == rate else 1, "label": f"α = {name}"}
        right.plot(train_softmax(value, centres)[2], **look)
    right.plot(step, losses[step], "o", color=ORANGE, mec=BLACK, ms=8)
    right.set(xlabel="step", ylabel="mean cross entropy", ylim=(0, 1.2), title=f"α = {rate}: loss {losses[step]:.3f}")
    right.set(xticks=[0, 100, 200], yticks=[0, 0.5, 1])
    right.legend(loc="upper right", fontsize=8)
    return finish(
        figure,
        f"Softmax classifier on three clouds after {step} steps with learning rate {rate}: mean cross entropy "
        f"{losses[step]:.3f}, {accuracy:.1%} of 150 points classified correctly.",
    )
