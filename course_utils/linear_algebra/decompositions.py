"""Singular values and eigenvalues of 2 x 2 matrices.

Sources: CS7150-L1, "Singular Value decomposition" and "Eigen Value Decomposition".
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from matplotlib.axes import Axes

from course_utils.drawing.geometry import angle_of, unit_vector
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
    in_space,
    new_figure,
)
from course_utils.linear_algebra.matrices import givens

# Angles in degrees, (121,), and the points of the unit circle at these angles, (2, 121).
TURN = np.arange(0.0, 361.0, 3.0)
CIRCLE = np.stack([np.cos(np.radians(TURN)), np.sin(np.radians(TURN))])

# The corners of a small shape inside the circle, (2, 6): a reflection is visible in it.
FLAG = np.array([[0.3, 0.3, 0.7, 0.7, 0.42, 0.42], [-0.5, 0.4, 0.4, 0.2, 0.2, -0.5]])

# Half the width of the axes in the picture of the SVD, so that the columns of the matrix have room to be dragged.
REACH = 2.4

# Matrices by name; each is invertible, so that A x always has a direction.
PRESETS = MappingProxyType(
    {
        "symmetric [[2, 1], [1, 2]]": ((2, 1), (1, 2)),
        "diagonal [[1, 0], [0, -5]]": ((1, 0), (0, -5)),
        "triangular [[2, 1], [0, 1]]": ((2, 1), (0, 1)),
        "Jordan block [[1, 1], [0, 1]]": ((1, 1), (0, 1)),
        "rotation [[0, -1], [1, 0]]": ((0, -1), (1, 0)),
    }
)


def svd_with_turn(A: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return U, (2, 2), s, (2,), and Vt, (2, 2), of A, (2, 2), with signs such that V^T rotates by at most 90 degrees.

    U contains a reflection if det A < 0. If det A = 0, both are possible; then U is a rotation.
    """
    U, s, Vt = np.linalg.svd(A)
    if Vt[0, 0] < 0:  # (U_i, V_i) and (-U_i, -V_i) are both valid
        U, Vt = U * [-1, 1], Vt * [[-1], [1]]
    if np.linalg.det(Vt) < 0:
        U, Vt = U * [1, -1], Vt * [[1], [-1]]
    if s[1] <= 1e-12 * max(s[0], 1) and np.linalg.det(U) < 0:  # U_2 is multiplied by 0
        U = U * [1, -1]
    return U, s, Vt


def turn_of(Q: np.ndarray) -> float:
    """Return the angle, above -180 to 180 degrees, by which an orthogonal Q, (2, 2), rotates e_1.

    If Q contains a reflection, it first changes the sign of coordinate 2 and then rotates by this angle.
    """
    return float(np.degrees(np.arctan2(Q[1, 0], Q[0, 0])))


def symmetric(first: float, second: float, angle: float) -> np.ndarray:
    """Return the symmetric matrix, (2, 2), with eigenvalue `first` at `angle` degrees, `second` at right angles."""
    Q = givens(angle)
    return Q @ np.diag([first, second]) @ Q.T


def descending(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues, (n,), largest first, and their eigenvectors as columns, (n, n), of a symmetric A, (n, n)."""
    values, vectors = np.linalg.eigh(A)
    return values[::-1], vectors[:, ::-1]


def eigen_angles(A: np.ndarray) -> list[float]:
    """Return the angles, from 0 to below 180 degrees, of the lines that A, (2, 2), maps to themselves."""
    values, vectors = np.linalg.eig(A)
    real = np.abs(np.imag(values)) < 1e-9
    return sorted({round(angle_of(v), 4) % 180 for v in np.real(vectors)[:, real].T})


def line_angle(A: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the angles, (k,), in degrees between the lines of the columns of x, (2, k), and of A x; A is (2, 2)."""
    y = A @ x
    cosine = np.abs((x * y).sum(axis=0)) / np.linalg.norm(x, axis=0) / np.linalg.norm(y, axis=0)
    return np.degrees(np.arccos(np.minimum(cosine, 1)))


@in_browser("decompositions.js", "svd", lambda: {"circle": CIRCLE.T, "flag": FLAG.T})
def draw_svd(column_1: tuple[float, float], column_2: tuple[float, float]) -> Picture:
    """Draw the effect of V^T, Sigma and U on the unit circle, one after the other, for A with these columns."""
    A = np.column_stack([column_1, column_2])
    U, s, Vt = svd_with_turn(A)
    steps = [np.eye(2), Vt, np.diag(s) @ Vt, A]
    first, second = turn_of(Vt), turn_of(U)
    mirror = np.linalg.det(U) < 0
    names = ["x, the unit circle", f"Vᵀx: rotated by {first:z.0f}°", f"ΣVᵀx: scaled by {s[0]:.2f}, {s[1]:.2f}"]
    names.append(f"UΣVᵀx: reflected, rotated {second:z.0f}°" if mirror else f"UΣVᵀx: rotated by {second:z.0f}°")
    figure, axes = new_figure(1, 4, size=(11, 3.3))
    for stage, (panel, M, name) in enumerate(zip(axes, steps, names, strict=True)):
        _stage(panel, M, Vt, stage)
        panel.set_title(name, fontsize=10)
    for i, column in enumerate(A.T, start=1):
        arrow(axes[3], column, BLACK, gid=moving(f"column_{i}"))
    if mirror:
        axes[3].title.set_color(VERMILION)
    return finish(
        figure,
        f"The unit circle under A = [[{A[0, 0]:z.1f}, {A[0, 1]:z.1f}], [{A[1, 0]:z.1f}, {A[1, 1]:z.1f}]]: "
        f"V^T rotates by {first:z.0f} degrees, Sigma scales by {s[0]:.2f} and {s[1]:.2f}, "
        f"U {'reflects and ' if mirror else ''}rotates by {second:z.0f} degrees. "
        f"det A = {np.linalg.det(A):z.2f}, det V = 1, det U = {-1 if mirror else 1}.",
    )


@in_browser("decompositions.js", "amplification")
def draw_symmetric(first: float, second: float, turn: float, angle: float) -> Picture:
    """Draw a unit vector x at `angle` degrees and A x for a symmetric A, and the length of A x for every angle."""
    A = symmetric(first, second, turn)
    values, _ = descending(A)
    U1, U2 = (turn, turn + 90) if first >= second else (turn + 90, turn)
    length = np.linalg.norm(A @ CIRCLE, axis=0)
    y = A @ unit_vector(angle)
    figure, (left, right) = new_figure(1, 2, size=(9, 4.2))
    _circle_and_image(left, A, unit_vector(angle), reach=5.2)
    for direction, colour in ((U1, GREEN), (U2, ORANGE)):
        left.axline((0, 0), tuple(unit_vector(direction)), color=colour, lw=1)
    left.set_title(f"λ₁ = {values[0]:z.1f} (green), λ₂ = {values[1]:z.1f} (orange)")
    right.plot(TURN[:61], length[:61], color=BLACK)
    right.axvline(U1 % 180, color=GREEN, label="U₁")
    right.axvline(U2 % 180, color=ORANGE, label="U₂")
    right.plot(angle % 180, np.linalg.norm(y), "o", color=BLUE, ms=9, gid=moving("length"))
    right.set(xlabel="angle of x (degrees)", ylabel="‖Ax‖", xticks=[0, 90, 180], yticks=[0, 1, 3, 5], ylim=(-0.2, 6.4))
    right.set_title(f"‖Ax‖ = {np.linalg.norm(y):.2f}")
    right.legend(loc="upper right", ncols=2)
    return finish(figure, _amplification_in_words(values, U1 % 180, angle, float(np.linalg.norm(y))))


@in_browser("decompositions.js", "eigenvector", lambda: {"presets": PRESETS})
def draw_preset(preset: str, angle: float) -> Picture:
    """Draw x at `angle` degrees and A x, and the angle between their lines, for the matrix PRESETS[preset]."""
    A, x = np.array(PRESETS[preset], dtype=float), unit_vector(angle)
    here = float(line_angle(A, x[:, None])[0])
    lines = eigen_angles(A)
    figure, (left, right) = new_figure(1, 2, size=(9, 4.2))
    _circle_and_image(left, A, x, reach=5.2 if "-5" in preset else 3.4)
    for line in lines:
        left.axline((0, 0), tuple(unit_vector(line)), color=GREEN, lw=1)
    left.set_title(preset)
    right.plot(TURN[:61], line_angle(A, CIRCLE[:, :61]), color=BLACK)
    right.plot(lines, np.zeros(len(lines)), "s", color=GREEN, ms=8, label="eigenvector: 0 degrees")
    right.plot(angle % 180, here, "o", color=BLUE, ms=9, label="this x", gid=moving("here"))
    right.set(xlabel="angle of x (degrees)", ylabel="between the lines of x and Ax (degrees)")
    right.set(
        xticks=[0, 45, 90, 135, 180], yticks=[0, 45, 90], ylim=(-5, 125), title=f"angle between x and Ax: {here:.0f}°"
    )
    right.legend(loc="upper right")
    return finish(
        figure,
        f"{preset}: for x at {angle:.0f} degrees the angle between the lines of x and A x is {here:.0f} degrees. "
        f"{_lines_in_words(lines)}",
    )


def draw_form(first: float, second: float, turn: float) -> Picture:
    """Draw the quadratic form q^T A q of a symmetric A as a surface, and its values on the unit circle."""
    A = symmetric(first, second, turn)
    values, _ = descending(A)
    q1, q2 = np.meshgrid(np.linspace(-1, 1, 17), np.linspace(-1, 1, 17))
    form = A[0, 0] * q1**2 + 2 * A[0, 1] * q1 * q2 + A[1, 1] * q2**2
    figure, (left, right) = new_figure(1, 2, size=(9, 4.2))
    space = in_space(left)
    space.plot_surface(q1, q2, form, rstride=1, cstride=1, cmap="PuOr", vmin=-4, vmax=4, edgecolor=GREY, lw=0.2)
    space.set(zlim=(-4, 4), zticks=[-4, 0, 4], xticks=[-1, 1], yticks=[-1, 1], xlabel="q₁", ylabel="q₂", zlabel="qᵀAq")
    space.set_title(f"{_kind(values)}: λ = {values[0]:z.1f}, {values[1]:z.1f}")
    around = ((A @ CIRCLE) * CIRCLE).sum(axis=0)
    right.plot(TURN[:61], around[:61], color=BLACK)
    right.axhline(0, color=GREY, lw=1)
    for value, colour in zip(values, (GREEN, ORANGE), strict=True):
        right.axhline(value, color=colour, ls="--")
    right.set(xlabel="angle of q (degrees), length 1", ylabel="qᵀAq", xticks=[0, 90, 180], yticks=[-2, 0, 2])
    right.set(ylim=(-2.3, 2.3), title="between λ₂ (orange) and λ₁ (green)")
    return finish(
        figure,
        f"The surface q^T A q of a symmetric matrix with eigenvalues {values[0]:z.1f} and {values[1]:z.1f}: "
        f"{_kind(values)}. On the unit circle it goes from {values[1]:z.1f} to {values[0]:z.1f}.",
    )


def _stage(axes: Axes, M: np.ndarray, Vt: np.ndarray, stage: int) -> None:
    """Draw the images under M, (2, 2), of the circle, of the flag, and of V_1 and V_2, the rows of `Vt`, (2, 2)."""
    axes.plot(*(M @ CIRCLE), color=BLACK, lw=1.5, gid=moving(f"circle {stage}"))
    axes.fill(*(M @ FLAG), facecolor=SKY, edgecolor=BLUE, lw=1, gid=moving(f"flag {stage}"))
    for i, (v, colour) in enumerate(zip(Vt, (GREEN, ORANGE), strict=True), start=1):
        axes.plot(*np.stack([np.zeros(2), M @ v], axis=1), color=colour, lw=2.5, gid=moving(f"V_{i} {stage}"))
        axes.plot(*(M @ v), "o", color=colour, ms=6, gid=moving(f"tip of V_{i} {stage}"))
    axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal", xlabel="coordinate 1", ylabel="coordinate 2")
    axes.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2])


def _circle_and_image(axes: Axes, A: np.ndarray, x: np.ndarray, reach: float) -> None:
    axes.plot(*CIRCLE, color=GREY, lw=1)
    axes.plot(*(A @ CIRCLE), color=SKY, lw=1.5)
    arrow(axes, A @ x, BLUE, "Ax", gid=moving("Ax"))
    arrow(axes, x, BLACK, "x", gid=moving("angle"))
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="coordinate 1", ylabel="coordinate 2")
    axes.set(xticks=[-3, -1, 1, 3], yticks=[-3, -1, 1, 3])
    axes.legend(loc="upper left")


def _amplification_in_words(values: np.ndarray, place: float, angle: float, length: float) -> str:
    largest = max(abs(values))
    text = (
        f"A symmetric matrix with eigenvalues {values[0]:z.1f} and {values[1]:z.1f} in descending order, U_1 at "
        f"{place:.0f} degrees. x at {angle:.0f} degrees is stretched to {length:.2f}; at most {largest:.1f} is possible"
    )
    if np.isclose(abs(values[0]), abs(values[1])):
        return f"{text}, and every direction is stretched equally."
    return f"{text}, along {'U_1' if abs(values[0]) > abs(values[1]) else 'U_2, not U_1'}."


def _lines_in_words(lines: list[float]) -> str:
    if not lines:
        return "It maps no line to itself: it has no real eigenvectors."
    if len(lines) == 1:
        return f"It maps only the line at {lines[0]:.0f} degrees to itself: 1 eigenvector, too few for a basis."
    apart = min(lines[1] - lines[0], 180 - lines[1] + lines[0])
    how = "orthogonal" if round(apart) == 90 else f"{apart:.0f} degrees apart"
    return f"It maps the lines at {lines[0]:.0f} and {lines[1]:.0f} degrees to themselves: 2 eigenvectors, {how}."


def _kind(values: np.ndarray) -> str:
    """Name a symmetric matrix by the signs of its eigenvalues, given in descending order."""
    highest, lowest = values
    if lowest > 0:
        return "a bowl, positive definite"
    if highest < 0:
        return "a cap, negative definite"
    if lowest == 0:
        return "a valley, positive semi-definite" if highest > 0 else "flat, positive semi-definite"
    return "a ridge, negative semi-definite" if highest == 0 else "a saddle, indefinite"
