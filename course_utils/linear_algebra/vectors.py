"""Inner products and vector norms (CS7150-L1, "Linear algebra: vectors").

Vectors are arrays of shape (n,).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_utils.drawing.geometry import unit_vector
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

SLIDER_P, COUNT, MAXIMUM = "p of the slider", "p = 0: count the non-zeros", "p = ∞: the largest entry"

# The fixed vector x, (2,), in the picture of inner products.
X_OF_PICTURE = 2 * unit_vector(20)

# Position of p = ∞ on an axis that ends at 10.
PLACE_OF_INFINITY = 11.0


def lp(x: ArrayLike, p: float) -> float:
    """Return (sum_i |x_i|^p)^(1/p) of x, (n,); the largest |x_i| for p = inf, the number of non-zeros for p = 0.

    For 0 <= p < 1 it is not a norm. Raises ValueError for p < 0.
    """
    if p < 0:
        raise ValueError(f"p is {p}; it cannot be negative")
    size = np.abs(np.asarray(x, dtype=float))
    if p == 0:
        return float(np.count_nonzero(size))
    largest = size.max()
    if largest == 0 or np.isinf(p):
        return float(largest)
    return float(largest * np.sum((size / largest) ** p) ** (1 / p))  # scaled, so that no power overflows


def sphere(p: float, quarter: int = 60) -> np.ndarray:
    """Return points with ||x||_p = 1 in the plane, (2, k), once around, for 0 < p <= inf; `quarter` steps per quarter.

    With s = sin^2 t and c = cos^2 t the point (s^(1/p), c^(1/p)) is on the sphere, since s + c = 1. Each quarter starts
    and ends on an axis, where a sphere with p < 1 has its tips.
    """
    if np.isinf(p):
        return np.array([[0, 1, 1, 1, 0, -1, -1, -1, 0], [1, 1, 0, -1, -1, -1, 0, 1, 1]], dtype=float)
    s = np.sin(np.linspace(0, np.pi / 2, quarter + 1)) ** 2
    right, up = s ** (1 / p), s[::-1] ** (1 / p)
    return np.concatenate([[right, up], [up, -right], [-right, -up], [-up, right]], axis=1)


@in_browser("vectors.js", "innerProduct", lambda: {"x": X_OF_PICTURE})
def draw_inner_product(y: tuple[float, float]) -> Picture:
    """Draw x, y, the projection of y on x, and x . y for every vector with the length of y."""
    length, angle = float(np.hypot(*y)), float(np.degrees(np.arctan2(y[1], y[0])) % 360)
    product = float(X_OF_PICTURE @ y)
    figure, (left, right) = new_figure(1, 2, size=(9, 4.2))
    _shadow(left, np.array(y))
    angles = np.arange(0, 361, 2)
    products = [length * X_OF_PICTURE @ unit_vector(float(a)) for a in angles]
    right.plot(angles, products, color=BLACK, gid=moving("products"))
    right.axhline(0, color=GREY, lw=1)
    right.plot([110, 290], [0, 0], "s", color=GREEN, ms=7, label="y orthogonal to x")
    right.plot(angle, product, "o", color=BLUE, ms=9, label="this y", gid=moving("product"))
    right.set(xlabel="angle of y (degrees)", ylabel="x · y", xticks=range(0, 361, 90), ylim=(-7, 9))
    right.set_yticks([-6, 0, 6])
    right.set_title(f"x · y = {product:z.2f}")
    right.legend(loc="upper center")
    between = abs((angle - 20 + 180) % 360 - 180)
    return finish(
        figure,
        f"x has length 2.00, y has length {length:.2f}, the angle between them is {between:.0f} degrees. "
        f"x . y = {product:z.2f}: {_sign_in_words(product)}.",
    )


def draw_unit_ball(p: float, kind: str, triangle: bool) -> Picture:
    """Draw all x of the plane with ||x||_p <= 1, and ||e_1 + e_2||_p for every p.

    kind: SLIDER_P, COUNT (p = 0) or MAXIMUM (p = inf); for the last two `p` is not used.
    triangle: draw e_1, e_2, their sum, and the ball of radius ||e_1|| + ||e_2|| = 2, which contains the sum if ||.||_p
    is a norm.
    """
    p = {SLIDER_P: p, COUNT: 0.0, MAXIMUM: np.inf}[kind]
    figure, (left, right) = new_figure(1, 2, size=(9, 4.4))
    _ball(left, p)
    if triangle:
        _triangle(left, p)
    _length_of_the_sum(right, p)
    return finish(figure, f"The unit ball of L^{_name(p)} in the plane. {_what_the_sum_says(p)}")


def _shadow(axes: Axes, y: np.ndarray) -> None:
    """Draw x, y, (2,), and the projection of y on the line of x."""
    along = X_OF_PICTURE / np.linalg.norm(X_OF_PICTURE)
    foot = along * (along @ y)
    axes.axline((0, 0), tuple(along), color=GREY, lw=1)
    axes.plot(*np.stack([y, foot], axis=1), "--", color=GREY, lw=1, gid=moving("drop"))
    shadow = {"color": ORANGE, "lw": 6, "alpha": 0.7, "label": "shadow of y on x", "gid": moving("shadow")}
    axes.plot(*np.stack([np.zeros(2), foot], axis=1), **shadow)
    arrow(axes, X_OF_PICTURE, BLACK, "x")
    arrow(axes, y, BLUE, "y", gid=moving("y"))
    axes.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), aspect="equal", xlabel="coordinate 1", ylabel="coordinate 2")
    axes.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    axes.set_title("x · y = length of x times shadow of y")
    axes.legend(loc="lower left")


def _ball(axes: Axes, p: float) -> None:
    for other in (1.0, 2.0, np.inf):
        axes.plot(*sphere(other), color=GREY, lw=0.8)
    if p == 0:
        axes.plot([-3, 3], [0, 0], color=VERMILION, lw=4)
        axes.plot([0, 0], [-3, 3], color=VERMILION, lw=4)
    else:
        face, edge = (SKY, BLUE) if p >= 1 else (ORANGE, VERMILION)
        axes.fill(*sphere(p), facecolor=face, edgecolor=edge, alpha=0.6, lw=2)
    axes.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), aspect="equal", xlabel="x₁", ylabel="x₂")
    axes.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    axes.set_title(f"all x with ‖x‖ ≤ 1 for p = {_name(p)}" + ("" if p >= 1 else ": not a norm"))


def _triangle(axes: Axes, p: float) -> None:
    """Draw e_1 + e_2 and the ball of radius 2; for p = 0 that ball is the whole plane."""
    if p > 0:
        axes.plot(*(2 * sphere(p)), "--", color=BLUE if p >= 1 else VERMILION, lw=1.5, label="‖x‖ = 2")
    corners = [(0, 0), (1, 0), (1, 1)]
    for start, tip in pairwise(corners):
        arrow(axes, tip, BLACK, start=start)
    arrow(axes, (1, 1), GREEN, "e₁ + e₂")
    axes.set(xlim=(-2.3, 2.3), ylim=(-2.3, 2.3))
    axes.legend(loc="lower left")


def _length_of_the_sum(axes: Axes, p: float) -> None:
    """Draw ||e_1 + e_2||_p over p, with the bound that the triangle inequality sets."""
    grid = np.linspace(0.1, 10, 400)
    axes.axvspan(-0.5, 1, color=ORANGE, alpha=0.15, lw=0)
    axes.semilogy(grid, 2 ** (1 / grid), color=BLACK)
    axes.plot([0, PLACE_OF_INFINITY], [lp([1, 1], 0), lp([1, 1], np.inf)], "o", color=BLACK, ms=5)
    axes.axhline(2, color=GREEN, ls="--", label="‖e₁‖ + ‖e₂‖ = 2")
    place = min(p, PLACE_OF_INFINITY)
    axes.plot(place, lp([1, 1], p), "o", color=BLUE if p >= 1 else VERMILION, ms=10, label=f"p = {_name(p)}")
    axes.set(xlim=(-0.5, 11.5), ylim=(0.8, 2000), xlabel="p", ylabel="‖e₁ + e₂‖", title=f"‖e₁ + e₂‖ = {_length(p)}")
    axes.minorticks_off()
    axes.set_xticks([0, 1, 2, 5, 10, PLACE_OF_INFINITY], ["0", "1", "2", "5", "10", "∞"])
    axes.set_yticks([1, 2, 4, 32, 1024], ["1", "2", "4", "32", "1024"])
    axes.legend(loc="upper right")


def _name(p: float) -> str:
    return "∞" if np.isinf(p) else f"{p:.3g}"


def _length(p: float) -> str:
    """Write ||e_1 + e_2||_p = 2^(1/p)."""
    return f"{lp([1, 1], p):.4g}"


def _sign_in_words(product: float) -> str:
    if abs(product) < 1e-6:
        return "they are orthogonal"
    return "the angle between them is acute" if product > 0 else "the angle between them is obtuse"


def _what_the_sum_says(p: float) -> str:
    if p == 0:
        return "It is both whole axes, since 2 e_1 has as many non-zero entries as e_1. Not a norm."
    verdict = "inside the ball of radius 2, as a norm requires" if p >= 1 else "more than 1 + 1 = 2: not a norm"
    return f"e_1 + e_2 has length {_length(p)}, {verdict}."
