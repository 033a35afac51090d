"""Draw the answers to assignment 04 (HPML-L3, "Forward Propagation – Cost Function" and "Training - Gradient
Descent"; CS7643-BACKPROP, "Calculate gradients: finite differences"; CIS5190-L15, "Gradient Descent").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from scipy.special import expit

from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLACK, BLUE, GREY, SKY, VERMILION, Picture, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled
from course_utils.losses_gradients.losses import gaussian_clouds

Function = Callable[..., Any]

# The form that `guarded_call` demands where an answer is one number.
NUMBER = np.array(0.0)
# The curvatures of the bowl of `descent` along its two axes, and the number of updates that are drawn.
CURVATURES, UPDATES = (1.0, 10.0), 25
# How many gradients `boundary` offers.
BUDGET = 30


def loss_of_a_logit(bce_with_logits: Function) -> Picture:
    """Draw loss and slope for one sample of class 1 against its logit, from -8 to 8."""
    logits = np.linspace(-8, 8, 65)
    reference = np.stack([np.logaddexp(0, -logits), expit(logits) - 1])
    form = (NUMBER, np.zeros(1))
    results = [guarded_call(bce_with_logits, np.array([z]), np.ones(1), like=form) for z in logits]
    problem = next((failed for _, failed in results if failed), None)
    yours = None if problem else np.array([(float(loss), dz[0]) for (loss, dz), _ in results]).T

    figure, panels = new_figure(1, 2, size=(7.2, 3.4))
    for row, (axes, name) in enumerate(zip(panels, ("loss", "slope of the loss"), strict=True)):
        _reference_and_yours(axes, logits, reference[row], None if yours is None else yours[row])
        axes.set(xlabel="logit z", ylabel=name)
    panels[0].legend()
    figure.suptitle(titled("One sample of class 1", problem), fontsize="medium")
    return finish(
        figure,
        f"One sample of class 1. Reference: {_curve_in_words(*reference)} "
        f"{problem if yours is None else f'Yours: {_curve_in_words(*yours)}'}",
    )


def error_against_h(numerical_jacobian: Function) -> Picture:
    """Draw the relative error of a numerical Jacobian of f(x) = exp(x_1) sin(x_2) against h, from 1e-12 to 0.1."""
    x = np.array([1.0, 0.5])
    exact = np.exp(x[0]) * np.array([np.sin(x[1]), np.cos(x[1])])
    steps = np.logspace(-12, -1, 34)
    results = [guarded_call(_given_a_copy(numerical_jacobian), _wave_as_a_vector, x, h, like=x[None]) for h in steps]
    problem = next((failed for _, failed in results if failed), None)
    central = _errors([_differences(x, h, h) / (2 * h) for h in steps], exact)
    forward = _errors([_differences(x, h, 0.0) / h for h in steps], exact)
    yours = None if problem else _errors([J[0] for J, _ in results], exact)

    figure, axes = new_figure(size=(6.8, 4.2))
    axes.plot(steps, forward, color=GREY, linewidth=1.5, linestyle=":", label="forward difference")
    _reference_and_yours(axes, steps, central, yours, "central difference")
    axes.set(xscale="log", yscale="log", xlabel="h", ylabel="relative error")
    axes.set_title(titled("Error of the numerical Jacobian", problem))
    axes.legend(loc="upper center")
    return finish(
        figure,
        f"The error of a numerical Jacobian against h. A forward difference: {_slope_in_words(steps, forward)} "
        f"Reference, a central difference: {_slope_in_words(steps, central)} "
        f"{problem if yours is None else f'Yours: {_slope_in_words(steps, yours)}'}",
    )


def descent(gradient_descent: Function, lr: float) -> Picture:
    """Draw the first UPDATES updates down a bowl with CURVATURES along its axes, one of which is steep."""
    turn = np.array([[0.8, -0.6], [0.6, 0.8]])
    A = turn * CURVATURES @ turn.T
    start = turn @ np.array([4.0, 1.5])
    factors = (1 - lr * np.array(CURVATURES)) ** np.arange(UPDATES + 1)[:, None]
    reference = factors * (start @ turn) @ turn.T
    form = (start, NUMBER)
    results = [
        guarded_call(gradient_descent, lambda x: A @ x, start, lr=lr, max_iter=k, tol=0.0, like=form)
        for k in range(UPDATES + 1)
    ]
    problem = next((failed for _, failed in results if failed), None)
    yours = None if problem else np.array([x for (x, _), _ in results])

    figure, axes = new_figure(size=(6.4, 4.6))
    grid = np.stack(np.meshgrid(np.linspace(-2, 4.5, 80), np.linspace(-2, 4.5, 80)), axis=-1)
    axes.contour(grid[..., 0], grid[..., 1], _height(A, grid), levels=2.0 ** np.arange(-3, 7), colors=SKY, linewidths=1)
    axes.plot(*reference.T, label="reference", **REFERENCE_STYLE)
    if yours is not None:
        axes.plot(*yours.T, color=BLUE, linewidth=1.5, marker="o", markersize=3, label="yours")
    axes.plot(*start, marker="s", color=BLACK, linestyle="", label="start")
    axes.set(xlim=(-2, 4.5), ylim=(-2, 4.5), aspect="equal", xlabel="x₁", ylabel="x₂")
    axes.set_title(titled(f"{UPDATES} updates with lr = {lr:g}", problem))
    axes.legend(loc="lower right")
    return finish(
        figure,
        f"Gradient descent in a valley, {CURVATURES[1] / CURVATURES[0]:.0f} times as steep across as along. "
        f"Reference: {_descent_in_words(A, reference)} "
        f"{problem if yours is None else f'Yours: {_descent_in_words(A, yours)}'}",
    )


def boundary(fit_logistic: Function) -> Picture:
    """Draw two overlapping classes in the plane, and the line w^T x + b = 0 that BUDGET gradients lead to."""
    X, y = gaussian_clouds(90, [[1.0, 3.0], [3.5, 1.5]], spread=1.1, seed=4)
    y = y.astype(float)

    def gradient(w: np.ndarray, b: float) -> tuple[np.ndarray, float]:
        error = expit(X @ w + b) - y
        return X.T @ error / len(y), float(error.mean())

    reference = _fitted(X, y, lr=0.3, n_iter=10_000)
    yours, problem = guarded_call(fit_logistic, gradient, X.mean(axis=0), X.std(axis=0), BUDGET, like=reference)

    figure, axes = new_figure(size=(7.2, 4.4))
    for label, colour, marker in ((0, BLUE, "o"), (1, VERMILION, "^")):
        axes.plot(*X[y == label].T, marker, color=colour, markersize=4, alpha=0.7, label=f"class {label}")
    _line(axes, X, *reference, label="reference", **REFERENCE_STYLE)
    if yours is not None:
        _line(axes, X, *yours, label="yours", color=BLACK, linewidth=1.5)
    low, high = X.min(axis=0) - 0.3, X.max(axis=0) + 0.3
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="feature 1", ylabel="feature 2")
    axes.set_title(titled("Decision boundary: probability 1/2", problem))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return finish(
        figure,
        f"90 samples of two classes that overlap. Reference: {_line_in_words(X, y, *reference)} "
        f"{problem if yours is None else f'Yours: {_line_in_words(X, y, *yours)}'}",
    )


def _reference_and_yours(
    axes: Axes, x: np.ndarray, reference: np.ndarray, yours: np.ndarray | None, name: str = "reference"
) -> None:
    axes.plot(x, reference, label=name, **REFERENCE_STYLE)
    if yours is not None:
        axes.plot(x, yours, color=BLUE, linewidth=1.5, label="yours")


def _curve_in_words(loss: np.ndarray, slope: np.ndarray) -> str:
    shown = [0, len(loss) // 2, -1]
    first, middle, last = loss[shown].round(2) + 0.0  # turns -0 into 0
    left, centre, right = slope[shown].round(2) + 0.0
    return (
        f"the loss is {first:.2f} at z = -8, {middle:.2f} at 0 and {last:.2f} at 8; "
        f"the slope there is {left:.2f}, {centre:.2f} and {right:.2f}."
    )


def _given_a_copy(function: Function) -> Function:
    """Return `function` of a copy of x: the picture does not depend on whether the answer restores x exactly."""

    @wraps(function)
    def called(f: Function, x: np.ndarray, h: float) -> Any:
        return function(f, x.copy(), h)

    return called


def _wave(x: np.ndarray) -> float:
    return float(np.exp(x[0]) * np.sin(x[1]))


def _wave_as_a_vector(x: np.ndarray) -> np.ndarray:
    return np.array([_wave(x)])


def _differences(x: np.ndarray, up: float, down: float) -> np.ndarray:
    """Return f(x + up e_i) - f(x - down e_i) for every coordinate i of x, (d,)."""
    return np.array([_wave(x + up * e) - _wave(x - down * e) for e in np.eye(len(x))])


def _errors(gradients: Sequence[np.ndarray], exact: np.ndarray) -> np.ndarray:
    """Return the relative errors, at least 1e-16, so that an exact result has a place on a logarithmic axis."""
    return np.maximum(np.linalg.norm(np.array(gradients) - exact, axis=1) / np.linalg.norm(exact), 1e-16)


def _slope_in_words(steps: np.ndarray, errors: np.ndarray) -> str:
    coarse = steps >= 1e-3
    power = np.polyfit(np.log(steps[coarse]), np.log(errors[coarse]), 1)[0]
    return f"for large h the error grows as h to the power {abs(power):.1f}; the smallest error is {errors.min():.0e}."


def _height(A: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return f = x^T A x / 2 for points along the last axis."""
    return np.einsum("...i,ij,...j->...", x, A, x) / 2


def _descent_in_words(A: np.ndarray, path: np.ndarray) -> str:
    heights = _height(A, path[[0, 1, 5, UPDATES]])
    shown = ", ".join(f"{height:.3g}" for height in heights)
    return f"at the start and after 1, 5 and {UPDATES} updates the function is {shown}."


def _fitted(X: np.ndarray, y: np.ndarray, lr: float, n_iter: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (w, b) of logistic regression by gradient descent on the mean loss, from zeros."""
    A, theta = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1)
    for _ in range(n_iter):
        theta -= lr * A.T @ (expit(A @ theta) - y) / len(y)
    return theta[:-1], np.array(theta[-1])


def _line(axes: Axes, X: np.ndarray, w: np.ndarray, b: float | np.ndarray, **look: Any) -> None:
    """Draw the line w^T x + b = 0 across the data; nothing where all weights are 0."""
    if np.any(w):
        scale = np.abs(w).max()  # scaled first, because the squares of diverging weights overflow
        length = np.linalg.norm(w / scale)
        unit, shift = w / scale / length, float(b) / scale / length
        middle = X.mean(axis=0)
        foot = middle - (middle @ unit + shift) * unit
        along = np.array([-unit[1], unit[0]])
        axes.plot(*np.stack([foot - 9 * along, foot + 9 * along], axis=1), **look)


def _line_in_words(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float | np.ndarray) -> str:
    z = X @ w + float(b)
    correct, loss = np.count_nonzero((z > 0) == (y == 1)), np.mean(np.logaddexp(0, z) - y * z)
    return f"the loss is {loss:.2g}; {correct} samples are classified correctly."
