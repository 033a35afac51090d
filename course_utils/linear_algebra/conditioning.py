"""The condition number: how errors grow, and how slow gradient descent is, drawn (CS7150-L1, "Operators")."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

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
)
from course_utils.linear_algebra.decompositions import CIRCLE
from course_utils.linear_algebra.matrices import givens
from course_utils.linear_algebra.norms_and_rank import short
from course_utils.pca_least_squares.pca import towards

LEFT, RIGHT = 30.0, -20.0
"""Angles in degrees of U_1 and V_1 of the pictured matrices."""

START = np.array([1.0, 1.0])
"""Where the pictured gradient descent begins, (2,)."""


def conditioned(kappa: float) -> np.ndarray:
    """Return a matrix, (2, 2), with singular values 1 and 1 / kappa, U_1 at LEFT and V_1 at RIGHT degrees."""
    return givens(LEFT) @ np.diag([1, 1 / kappa]) @ givens(RIGHT).T


def relative(change: np.ndarray, vector: np.ndarray) -> float:
    """Return ||change|| / ||vector||; the vector is not 0."""
    return float(np.linalg.norm(change) / np.linalg.norm(vector))


def descend(kappa: float, steps: int) -> np.ndarray:
    """Return w_0, ..., w_steps, (2, steps + 1), of gradient descent on (w_1^2 / kappa + w_2^2) / 2 from START.

    The learning rate, 2 / (1 + 1 / kappa), is the constant one that is best in the worst direction; each step then
    leaves (kappa - 1) / (kappa + 1) of the distance to the minimum (Polyak, "Introduction to Optimization", 1987).
    """
    curvature = np.array([1 / kappa, 1.0])
    learning_rate = 2 / curvature.sum()
    return START[:, None] * (1 - learning_rate * curvature)[:, None] ** np.arange(steps + 1)


def draw_perturbation(kappa: float, angle_b: float, e_1: float, e_2: float, worst_case: bool) -> Picture:
    """Draw b, at `angle_b` degrees, and b + e; the solutions of A x = b and A x = b + e; and by what factor the
    relative error grows from the one to the other. With `worst_case` b turns to U_1 and e to U_2.
    """
    A = conditioned(kappa)
    b, e = towards(angle_b), np.array([e_1, e_2])
    if worst_case:
        b, e = towards(LEFT), np.linalg.norm(e) * towards(LEFT + 90)
    x, change = np.linalg.solve(A, b), np.linalg.solve(A, e)
    figure, (left, middle, right) = new_figure(1, 3, size=(10, 3.7), width_ratios=[4, 4, 3])
    _before_and_after(left, b, e, np.linalg.norm(e) * CIRCLE, "b", "b + e")
    _before_and_after(middle, x, change, np.linalg.solve(A, np.linalg.norm(e) * CIRCLE), "x", "x + A⁻¹e")
    left.set_title(f"relative error of b: {short(relative(e, b))}")
    middle.set_title(f"relative error of x: {short(relative(change, x))}")
    growth = relative(change, x) / relative(e, b) if e.any() else None
    _growth(right, growth, kappa)
    text = f"A x = b with condition number {short(kappa)}, and e = 0: both relative errors are 0."
    if growth is not None:
        text = (
            f"A x = b with condition number {short(kappa)}: the relative error of b is {short(relative(e, b))}, that "
            f"of x is {short(relative(change, x))}. It grew by a factor of {short(growth)}; at most {short(kappa)} is "
            "possible."
        )
    return finish(figure, text)


def draw_descent(kappa: float, steps: int) -> Picture:
    """Draw gradient descent on a quadratic bowl whose Hessian has condition number `kappa`, and its distance to 0."""
    path = descend(kappa, steps)
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
    right.set_title(f"each step keeps (κ − 1)/(κ + 1) = {rate:.3f}")
    return finish(
        figure,
        f"Gradient descent on a bowl with condition number {kappa:.3g}: after {steps} {noun} the distance to the "
        f"minimum is {_share(distance[-1])} of what it was; each step keeps {rate:.3f} of it.",
    )


def _before_and_after(
    axes: Axes, before: np.ndarray, change: np.ndarray, reached: np.ndarray, name: str, changed_name: str
) -> None:
    """Draw a vector, (2,), what it changes to, and where changes of that length in any direction, (2, k), lead."""
    axes.fill(*(before[:, None] + reached), facecolor=SKY, edgecolor=BLUE, alpha=0.35, lw=1)
    arrow(axes, before + change, VERMILION, changed_name)
    arrow(axes, before, BLACK, name)
    reach = 1.25 * max(np.abs(before[:, None] + reached).max(), np.abs(before).max())
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="coordinate 1", ylabel="coordinate 2")
    tick = _round_below(reach)
    axes.set_xticks([-tick, 0, tick])
    axes.set_yticks([-tick, 0, tick])
    axes.legend(loc="lower left", fontsize=8)


def _growth(axes: Axes, growth: float | None, kappa: float) -> None:
    """Draw the factor by which the relative error grew, and kappa, on a logarithmic scale."""
    axes.axhline(kappa, color=ORANGE, lw=4, label=f"κ = {short(kappa)}")
    if growth is not None:
        axes.plot(0, growth, "o", color=VERMILION, ms=11, label=f"factor {short(growth)}")
    axes.set(yscale="log", xlim=(-1, 1), ylim=(1e-6, 1e5), xticks=[], xlabel="this b and e", ylabel="factor")
    powers_of_ten(axes.yaxis, (-4, -2, 0, 2, 4))
    axes.set_title("growth of the error")
    axes.legend(loc="lower left", fontsize=8)


def _round_below(value: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, ... (and 0.5, 0.2, ...) that is at most `value`, which is positive."""
    power = 10.0 ** np.floor(np.log10(value))
    return power * max(step for step in (1, 2, 5) if step * power <= value)


def _share(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "less than 0.001"
