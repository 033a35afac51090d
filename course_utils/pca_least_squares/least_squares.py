"""Least squares, ridge and lasso (CS7150-L1, "Linear Least Squares"; HPML-L3, "Linear Regression").

Rows are equations and columns are unknowns, as in the lecture: `A: (m, n)`, `b: (m,)`, `x: (n,)`.
"""

from __future__ import annotations

from functools import cache
from typing import cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from sklearn.datasets import load_diabetes
from sklearn.linear_model import lars_path
from sklearn.utils import Bunch

from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Picture,
    finish,
    new_figure,
    three_digits,
)

RIDGE, LASSO = "ridge: λ‖x‖²", "lasso: λ‖x‖₁"
MANY_ROWS, ONE_ROW = "m = 20 equations, n = 2 unknowns", "m = 1 equation, n = 2 unknowns"

# Colour and line style of each of the ten features.
LINES = [(colour, "-") for colour in (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK, GREY)]
LINES += [(BLUE, "--"), (VERMILION, "--")]

# The initial position (t, y) of the last of the `scattered_points`, which can be moved.
MOVABLE = (1.4, 1.9)


def scattered_points(last_t: float, last_y: float) -> tuple[np.ndarray, np.ndarray]:
    """Return t, (21,), and y, (21,): 20 points near the line y = t, with noise as large as the signal, and one more."""
    rng = np.random.default_rng(27)
    t = rng.normal(size=20)
    y = t + rng.normal(size=20)
    return np.append(t, last_t), np.append(y, last_y)


@cache
def diabetes() -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return scikit-learn's diabetes data: A, (442, 10), columns of mean 0 and length 1; b, (442,), centred; names."""
    study = cast(Bunch, load_diabetes())
    return study.data, study.target - study.target.mean(), tuple(study.feature_names)


@cache
def two_unknowns(rows: str) -> tuple[np.ndarray, np.ndarray]:
    """Return A, (m, 2), and b, (m,), of a problem with two unknowns; `rows` is MANY_ROWS or ONE_ROW."""
    if rows == ONE_ROW:
        return np.array([[1.0, 2.0]]), np.array([2.0])
    rng = np.random.default_rng(3)
    A = rng.normal(size=(20, 2)) @ np.array([[1.0, 0.3], [0.0, 0.9]])
    return A, A @ [1.2, 0.5] + 0.5 * rng.normal(size=20)


def vertical_line(t: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return (intercept, slope) of the line with the least squared vertical distances to the points t, y, both (n,)."""
    A = np.column_stack([np.ones_like(t), t])
    intercept, slope = np.linalg.lstsq(A, y)[0]
    return float(intercept), float(slope)


def perpendicular_line(t: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return (intercept, slope) of the line with the least squared perpendicular distances to t, y, both (n,)."""
    centre = np.array([t.mean(), y.mean()])
    along = np.linalg.svd(np.stack([t, y]) - centre[:, None])[0][:, 0]
    slope = along[1] / along[0]
    return float(centre[1] - slope * centre[0]), float(slope)


def ridge_path(A: np.ndarray, b: np.ndarray, lambdas: np.ndarray) -> np.ndarray:
    """Return the minimizers of ||Ax - b||^2 + lambda ||x||^2 for `lambdas`, (k,), as columns, (n, k).

    A: (m, n), b: (m,).
    """
    U, values, Vt = np.linalg.svd(A, full_matrices=False)
    shrunk = values[:, None] / (values[:, None] ** 2 + lambdas)
    return Vt.T @ (shrunk * (U.T @ b)[:, None])


def lasso_path(A: np.ndarray, b: np.ndarray, lambdas: np.ndarray) -> np.ndarray:
    """Return the minimizers of ||Ax - b||^2 + lambda ||x||_1 for `lambdas`, (k,), as columns, (n, k).

    A: (m, n), b: (m,). The path is piecewise linear, and `lars_path` finds its knots exactly (Efron et al., "Least
    Angle Regression", 2004); scikit-learn's alpha is lambda / (2 m).
    """
    knots, _, coefficients = lars_path(A, b, method="lasso")
    alphas = np.asarray(lambdas) / (2 * len(A))
    return np.array([np.interp(alphas, knots[::-1], path[::-1]) for path in coefficients])


def solve(A: np.ndarray, b: np.ndarray, strength: float, regularizer: str) -> np.ndarray:
    """Return the regularized solution, (n,), for A, (m, n), b, (m,), and lambda = `strength`.

    regularizer: RIDGE or LASSO.
    """
    path = ridge_path if regularizer == RIDGE else lasso_path
    return path(A, b, np.array([strength]))[:, 0]


def _fixed_points() -> dict[str, np.ndarray]:
    t, y = scattered_points(*MOVABLE)
    return {"t": t[:-1], "y": y[:-1]}


@in_browser("least_squares.js", "residuals", _fixed_points)
def draw_residuals(point: tuple[float, float]) -> Picture:
    """Draw 20 points and a movable one, and the lines with the least squared vertical and perpendicular distances."""
    t, y = scattered_points(*point)
    lines = {"vertical": vertical_line(t, y), "perpendicular": perpendicular_line(t, y)}
    figure, axes = new_figure(1, 2, size=(9, 4.8), sharey=True)
    for panel, (kind, (intercept, slope)) in zip(axes, lines.items(), strict=True):
        feet = t if kind == "vertical" else (t + slope * (y - intercept)) / (1 + slope**2)
        _residuals(panel, t, y, feet, intercept + slope * feet, kind)
        ends = np.array([-9.0, 9.0])
        panel.plot(ends, intercept + slope * ends, color=BLACK, gid=moving(f"{kind} line"))
        panel.plot(*point, "D", color=ORANGE, ms=9, mec=BLACK, gid=moving("point" if kind == "vertical" else "copy"))
        panel.set_title(f"least {kind} squares: slope {slope:.3f}")
    return finish(
        figure,
        f"The same 21 points twice, one of them moved to ({point[0]:z.1f}, {point[1]:z.1f}). The line with the least "
        f"squared vertical residuals has slope {lines['vertical'][1]:z.3f}, the line with the least squared "
        f"perpendicular residuals has slope {lines['perpendicular'][1]:z.3f}.",
    )


def variance_inflation(A: np.ndarray) -> np.ndarray:
    """Return by how much the other columns multiply the variance of each coefficient: 1 / (1 - R_j^2), (n,).

    A: (m, n). R_j^2 is that of the regression of column j on the others; the factors are the diagonal of the inverse
    of the correlation matrix.
    """
    return np.diag(np.linalg.inv(np.corrcoef(A, rowvar=False)))


def draw_paths(strength: float, regularizer: str) -> Picture:
    """Draw the ten coefficients for the diabetes data for every lambda, and as bars for lambda = `strength`.

    regularizer: RIDGE or LASSO.
    """
    A, b, names = diabetes()
    lambdas = np.logspace(-3, 4, 141)
    path = (ridge_path if regularizer == RIDGE else lasso_path)(A, b, lambdas)
    x = solve(A, b, strength, regularizer)
    figure, (left, right) = new_figure(1, 2, size=(9, 4.4), width_ratios=[3, 2])
    for coefficients, (colour, dash) in zip(path, LINES, strict=True):
        left.plot(np.log10(lambdas), coefficients, color=colour, ls=dash, lw=1.5)
    left.axvline(np.log10(strength), color=BLACK, lw=1, ls=":")
    left.set_xticks(range(-3, 5), ["0.001", "0.01", "0.1", "1", "10", "100", "1000", "10⁴"])
    left.set(xlabel="λ", ylabel="coefficient", title=regularizer, ylim=(-900, 900))
    _bars(right, x, names)
    right.set_title(f"λ = {three_digits(strength)}")
    return finish(figure, _coefficients_in_words(x, names, strength, regularizer))


def draw_ball(strength: float, regularizer: str, rows: str) -> Picture:
    """Draw the contours of ||Ax - b||^2 and the ball of the regularizer that touches them at the solution.

    regularizer: RIDGE or LASSO. rows: MANY_ROWS or ONE_ROW.
    """
    A, b = two_unknowns(rows)
    x = solve(A, b, strength, regularizer)
    plain = np.linalg.pinv(A) @ b
    figure, axes = new_figure(size=(6.4, 5.4))
    _contours(axes, A, b, x)
    radius = _ball(axes, x, regularizer)
    if rows == ONE_ROW:
        axes.axline((plain[0], plain[1]), slope=-A[0, 0] / A[0, 1], color=VERMILION, label="every x with Ax = b")
    axes.plot(*plain, "s", color=VERMILION, label="A⁺b" + (", the shortest of them" if rows == ONE_ROW else ""))
    axes.plot(*x, "o", color=BLUE, ms=9, label="solution with the regularizer")
    axes.set(xlim=(-1.5, 2), ylim=(-1.5, 2), aspect="equal", xlabel="x₁", ylabel="x₂")
    axes.set_title(f"{regularizer},  λ = {three_digits(strength)}")
    axes.legend(loc="lower left")
    norm, zeros = ("L2", "L1")[regularizer == LASSO], int(np.count_nonzero(np.abs(x) < 1e-9))
    return finish(
        figure,
        f"Contours of the squared error with {rows}, and the {norm} ball of radius {radius:.2f} that touches them at "
        f"the solution for lambda = {three_digits(strength)}: x = ({x[0]:z.2f}, {x[1]:z.2f}), {zeros} of 2 entries "
        f"exactly zero. Without a regularizer: ({plain[0]:z.2f}, {plain[1]:z.2f}).",
    )


def _bars(axes: Axes, x: np.ndarray, names: tuple[str, ...]) -> None:
    """Draw the coefficients x, (10,), as bars, labelled with `names` in the colours of their curves."""
    colours = [colour for colour, _ in LINES]
    labels = [name + (" (dashed)" if dash == "--" else "") for name, (_, dash) in zip(names, LINES, strict=True)]
    axes.barh(labels, x, color=colours)
    axes.set(xlabel="coefficient", ylabel="feature", xlim=(-900, 900))
    axes.invert_yaxis()
    for label, colour in zip(axes.get_yticklabels(), colours, strict=True):
        label.set(color=colour, weight="bold")


def _residuals(axes: Axes, t: np.ndarray, y: np.ndarray, feet_t: np.ndarray, feet_y: np.ndarray, kind: str) -> None:
    """Draw the points except the last, which is the movable one, and all residuals, which end at the feet on a line."""
    pairs = np.stack([np.stack([t, y], axis=1), np.stack([feet_t, feet_y], axis=1)], axis=1)
    axes.add_collection(LineCollection(list(pairs), colors=VERMILION, lw=1, gid=moving(f"{kind} residuals")))
    axes.plot(t[:-1], y[:-1], "o", color=BLUE, ms=5)
    axes.set(xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), aspect="equal", xlabel="t", ylabel="y")


def _contours(axes: Axes, A: np.ndarray, b: np.ndarray, x: np.ndarray) -> None:
    """Draw contours of ||Ax - b||^2 in the plane of the two unknowns, with the one through x, (2,), in black."""
    first, second = np.meshgrid(np.linspace(-1.5, 2, 90), np.linspace(-1.5, 2, 90))
    error = ((A @ np.stack([first.ravel(), second.ravel()]) - b[:, None]) ** 2).sum(axis=0).reshape(first.shape)
    axes.contour(first, second, error, levels=error.min() + np.ptp(error) * np.linspace(0.02, 1, 9) ** 2, colors=GREY,
                 linewidths=0.7)  # fmt: skip
    axes.contour(first, second, error, levels=[float(((A @ x - b) ** 2).sum())], colors=BLACK, linewidths=1.5)


def _ball(axes: Axes, x: np.ndarray, regularizer: str) -> float:
    """Draw the ball of the regularizer with x, (2,), on its boundary, and return its radius."""
    turn = np.linspace(0, 2 * np.pi, 201)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    order = 2 if regularizer == RIDGE else 1
    radius = float(np.linalg.norm(x, order))
    axes.fill(*(radius * circle / np.linalg.norm(circle, order, axis=0)), facecolor=SKY, edgecolor=BLUE, alpha=0.4)
    return radius


def _coefficients_in_words(x: np.ndarray, names: tuple[str, ...], strength: float, regularizer: str) -> str:
    zeros = int(np.count_nonzero(np.abs(x) < 1e-9))
    text = (
        f"Coefficients of {regularizer.split(':')[0]} on the diabetes data for lambda = {three_digits(strength)}: "
        f"{zeros} of {len(x)} are exactly zero"
    )
    if zeros == len(x):
        return text + "."
    largest = int(np.abs(x).argmax())
    return (
        f"{text}, the largest is {names[largest]} with {x[largest]:z.0f}, the length of x is {np.linalg.norm(x):.0f}."
    )
