"""The condition number: growth of errors, and speed of gradient descent (CS7150-L1, "Operators")."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from course_utils.drawing.geometry import unit_vector
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
    powers_of_ten,
    three_digits,
)
from course_utils.linear_algebra.decompositions import CIRCLE
from course_utils.linear_algebra.matrices import givens

# Angles in degrees of U_1 and V_1 of the drawn matrices.
LEFT, RIGHT = 30.0, -20.0

# Starting point of the drawn gradient descent, (2,).
START = np.array([1.0, 1.0])


def conditioned(kappa: float) -> np.ndarray:
    """Return a matrix, (2, 2), with singular values 1 and 1 / kappa, U_1 at LEFT and V_1 at RIGHT degrees."""
    return givens(LEFT) @ np.diag([1, 1 / kappa]) @ givens(RIGHT).T


def relative(change: np.ndarray, vector: np.ndarray) -> float:
    """Return ||change|| / ||vector||, both (n,); the vector is not 0."""
    return float(np.linalg.norm(change) / np.linalg.norm(vector))


def quadratic_descent(kappa: float, steps: int) -> np.ndarray:
    """Return w_0, ..., w_steps, (2, steps + 1), of gradient descent on (w_1^2 / kappa + w_2^2) / 2 from START.

    The learning rate 2 / (1 + 1 / kappa) is the best constant one in the worst direction; each step then multiplies
    the distance to the minimum by (kappa - 1) / (kappa + 1) (Polyak, "Introduction to Optimization", 1987).
    """
    curvature = np.array([1 / kappa, 1.0])
    learning_rate = 2 / curvature.sum()
    return START[:, None] * (1 - learning_rate * curvature)[:, None] ** np.arange(steps + 1)


def draw_perturbation(kappa: float, angle_b: float, e_1: float, e_2: float, worst_case: bool) -> Picture:
    """Draw b and b + e, the solutions of A x = b and A x = b + e, and the factor by which the relative error grows.

    angle_b: direction of b in degrees. worst_case: b has the direction of U_1 and e that of U_2.
    """
    A = conditioned(kappa)
    b, e = unit_vector(angle_b), np.array([e_1, e_2])
    if worst_case:
        b, e = unit_vector(LEFT), np.linalg.norm(e) * unit_vector(LEFT + 90)
    x, change = np.linalg.solve(A, b), np.linalg.solve(A, e)
    figure, (left, middle, right) = new_figure(1, 3, size=(10, 3.7), width_ratios=[4, 4, 3])
    _before_and_after(left, b, e, np.linalg.norm(e) * CIRCLE, "b", "b + e")
    _before_and_after(middle, x, change, np.linalg.solve(A, np.linalg.norm(e) * CIRCLE), "x", "x + A⁻¹e")
    left.set_title(f"relative error of b: {three_digits(relative(e, b))}")
    middle.set_title(f"relative error of x: {three_digits(relative(change, x))}")
    growth = relative(change, x) / relative(e, b) if e.any() else None
    _draw_growth(right, growth, kappa)
    return finish(figure, _errors_in_words(relative(e, b), relative(change, x), growth, kappa))


def draw_descent(kappa: float, steps: int) -> Picture:
    """Draw gradient descent on a quadratic with condition number `kappa`, and its distance to the minimum."""
    path = quadratic_descent(kappa, steps)
    distance = np.linalg.norm(path, axis=0) / np.linalg.norm(START)
    rate, noun = (kappa - 1) / (kappa + 1), "step" if steps == 1 else "steps"
    figure, (left, right) = new_figure(1, 2, size=(9, 3.9))
    w1, w2 = np.meshgrid(np.linspace(-1.3, 1.3, 41), np.linspace(-1.3, 1.3, 41))
    left.contour(w1, w2, w1**2 / kappa + w2**2, levels=np.linspace(0.15, 1.6, 6) ** 2, colors=GREY, linewidths=0.7)
    left.plot(*path, "o-", color=BLUE, ms=4, lw=1)
    left.plot(0, 0, "*", color=GREEN, ms=13)
    left.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), aspect="equal", xlabel="w₁", ylabel="w₂")
    left.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1], title=f"κ = {kappa:.3g}, {steps} {noun}")
    right.semilogy(np.maximum(distance, 1e-9), "o-", color=BLUE, ms=4, lw=1)
    right.set(xlim=(-1, 51), ylim=(1e-6, 2), xlabel="step", ylabel="distance to the minimum", xticks=[0, 25, 50])
    powers_of_ten(right.yaxis, (-6, -4, -2, 0))
    right.set_title(f"factor per step (κ − 1)/(κ + 1) = {rate:.3f}")
    return finish(
        figure,
        f"Gradient descent on a quadratic with condition number {kappa:.3g}: after {steps} {noun} the distance to the "
        f"minimum is {_share(distance[-1])} of the initial distance; each step multiplies it by {rate:.3f}.",
    )


def _before_and_after(
    axes: Axes, before: np.ndarray, change: np.ndarray, reached: np.ndarray, name: str, changed_name: str
) -> None:
    """Draw a vector, (2,), the changed vector, and the results of other changes, `before + reached`, (2, k)."""
    axes.fill(*(before[:, None] + reached), facecolor=SKY, edgecolor=BLUE, alpha=0.35, lw=1)
    arrow(axes, before + change, VERMILION, changed_name)
    arrow(axes, before, BLACK, name)
    reach = 1.25 * max(np.abs(before[:, None] + reached).max(), np.abs(before).max())
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="coordinate 1", ylabel="coordinate 2")
    tick = _round_below(reach)
    axes.set_xticks([-tick, 0, tick])
    axes.set_yticks([-tick, 0, tick])
    axes.legend(loc="lower left", fontsize=8)


def _errors_in_words(of_b: float, of_x: float, growth: float | None, kappa: float) -> str:
    system = f"A x = b with condition number {three_digits(kappa)}"
    if growth is None:
        return f"{system}, and e = 0: both relative errors are 0."
    return (
        f"{system}: the relative error of b is {three_digits(of_b)}, that of x is {three_digits(of_x)}. "
        f"It grew by a factor of {three_digits(growth)}; at most {three_digits(kappa)} is possible."
    )


def _draw_growth(axes: Axes, growth: float | None, kappa: float) -> None:
    """Draw the factor by which the relative error grew, and kappa, on a logarithmic scale."""
    # Before anything is drawn: two numbers that differ in their last digit give no range to begin with.
    axes.set(yscale="log", xlim=(-1, 1), ylim=(1e-6, 1e5), xticks=[], xlabel="this b and e", ylabel="factor")
    axes.axhline(kappa, color=ORANGE, lw=4, label=f"κ = {three_digits(kappa)}")
    if growth is not None:
        axes.plot(0, growth, "o", color=VERMILION, ms=11, label=f"factor {three_digits(growth)}")
    powers_of_ten(axes.yaxis, (-4, -2, 0, 2, 4))
    axes.set_title("growth of the error")
    axes.legend(loc="lower left", fontsize=8)


def _round_below(value: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, ... (and 0.5, 0.2, ...) that is at most `value`, which is positive."""
    power = 10.0 ** np.floor(np.log10(value))
    return power * max(step for step in (1, 2, 5) if step * power <= value)


def _share(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "less than 0.001"
