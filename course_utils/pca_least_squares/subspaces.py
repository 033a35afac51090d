"""Spans, rank and projection in R^3 (CS7150-L1, "Linear dependency" and "Subspace").

Vectors are columns, as in the lecture: `X: (m, n)` holds n vectors of R^m.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from course_utils.drawing.moving import moving
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    VERMILION,
    Picture,
    finish,
    in_space,
    new_figure,
)

COLOURS = (BLUE, VERMILION, GREEN)
NAMES = ("x₁", "x₂", "x₃")
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SPANS = ("the origin alone", "a line", "a plane", "the whole space")
RTOL = 1e-10  # a singular value below RTOL times the largest one is rounding noise

# Two independent vectors of R^3 as columns, (3, 2): the plane of the pictures.
PLANE = np.array([[1.0, -0.2], [0.1, 0.9], [0.2, 0.5]])

# A point of R^3 that is not in the plane, (3,).
POINT = np.array([0.3, 0.9, 1.5])

ORIGIN = np.zeros(3)


def on_globe(longitude: float, latitude: float) -> np.ndarray:
    """Return the unit vector, (3,), with this longitude and latitude, both in degrees."""
    theta, phi = np.radians([longitude, latitude])
    return np.array([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


def rank(X: np.ndarray) -> int:
    """Return the dimension of the span of the columns of X, (m, n)."""
    return int(np.linalg.matrix_rank(X, rtol=RTOL))


def new_directions(X: np.ndarray) -> list[bool]:
    """Return for each column of X, (m, n), whether it is outside the span of the columns before it: n values."""
    ranks = [0] + [rank(X[:, : j + 1]) for j in range(X.shape[1])]
    return [after > before for before, after in itertools.pairwise(ranks)]


def nearest(x: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the weights, (n,), of the linear combination of the columns of X, (m, n), nearest to x, (m,)."""
    return np.linalg.lstsq(X, x, rcond=RTOL)[0]


def shade_span(space: Axes3D, X: np.ndarray, reach: float = 1.0) -> None:
    """Shade the span of the columns of X, (3, n), within a distance `reach` of the origin."""
    U = np.linalg.svd(X)[0] * reach
    if rank(X) == 1:
        space.plot(*np.column_stack([-U[:, 0], U[:, 0]]), color=SKY, lw=6, alpha=0.4)
    elif rank(X) == 2:
        turn = np.linspace(0, 2 * np.pi, 40)
        disc = U[:, :2] @ np.array([np.cos(turn), np.sin(turn)])
        space.add_collection3d(Poly3DCollection([disc.T], facecolor=SKY, edgecolor=BLUE, alpha=0.3))
    elif rank(X) == 3:
        low, high = np.full(3, -reach), np.full(3, reach)
        space.bar3d(*low, *(high - low), color=SKY, alpha=0.15, edgecolor=BLUE, shade=False)


def draw_combination(weight_1: float, weight_2: float) -> Picture:
    """Draw weight_1 x_1 + weight_2 x_2 in R^3, which is in the same plane for all weights."""
    steps = PLANE * [weight_1, weight_2]
    tip = steps.sum(axis=1)
    figure, axes = new_figure(size=(6.4, 4.8))
    space = in_space(axes, reach=2.4)
    shade_span(space, PLANE, reach=2.4)
    _lattice(space, PLANE)
    _vector(space, steps[:, 0], BLUE, f"{weight_1:z.1f} x₁", label_at=0.5)
    _vector(space, steps[:, 1], VERMILION, f"{weight_2:z.1f} x₂", start=steps[:, 0], label_at=0.5)
    space.scatter(*tip, color=BLACK, s=50)
    space.set_title(f"{weight_1:z.1f} x₁ + ({weight_2:z.1f}) x₂ is in the plane of x₁ and x₂")
    off = np.linalg.norm(tip - PLANE @ nearest(tip, PLANE))
    return finish(
        figure,
        f"A plane through the origin of R^3 with a lattice of whole-number combinations of x_1 and x_2. The point "
        f"{_combination([weight_1, weight_2])} = {_point(tip)} has distance {off:z.2f} from the plane.",
    )


def draw_span(
    longitude_1: float, latitude_1: float, longitude_2: float, latitude_2: float, longitude_3: float, latitude_3: float
) -> Picture:
    """Draw three unit vectors in R^3, their span, and their singular values; all angles in degrees."""
    places = ((longitude_1, latitude_1), (longitude_2, latitude_2), (longitude_3, latitude_3))
    X = np.column_stack([on_globe(*place) for place in places])
    figure, (left, right) = new_figure(1, 2, size=(8.8, 4.4), width_ratios=[3, 2])
    space = in_space(left)
    shade_span(space, X)
    for j, colour in enumerate(COLOURS):
        _vector(space, X[:, j], colour, NAMES[j])
    space.set_title(f"rank {rank(X)}: the span is {SPANS[rank(X)]}")
    values = np.linalg.svd(X, compute_uv=False)
    _singular_values(right, values)
    return finish(
        figure,
        f"Three arrows in R^3 with singular values {', '.join(f'{v:z.2f}' for v in values)}: "
        f"rank {rank(X)}, so they span {SPANS[rank(X)]}. {_dependence_in_words(X)}",
    )


def draw_rank_counter(how_many: int, dimension: int) -> Picture:
    """Draw the rank of a growing set of random vectors in R^dimension."""
    X = np.random.default_rng(0).normal(size=(dimension, how_many))
    new = np.array(new_directions(X))
    count, ranks = np.arange(1, how_many + 1), np.cumsum(new)
    figure, axes = new_figure(size=(6.4, 3.8))
    axes.plot([0, 8], [0, 8], "--", color=GREY, lw=1, label="if all were independent")
    axes.axhline(dimension, color=ORANGE, label=f"m = {dimension}, the dimension of the space")
    axes.plot(np.append(0, count), np.append(0, ranks), color=BLACK, lw=1, drawstyle="steps-post")
    axes.plot(count[new], ranks[new], "o", color=BLUE, ms=8, label="a new direction")
    axes.plot(count[~new], ranks[~new], "X", color=VERMILION, ms=9, label="dependent on the previous ones")
    axes.set(xlim=(0, 8.4), ylim=(0, 8.4), xlabel="number of vectors so far", ylabel="rank")
    axes.set_title(f"n = {how_many} vectors in ℝ{SUPERSCRIPTS[dimension]}: rank {ranks[-1]}")
    axes.legend(loc="upper left")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    return finish(
        figure,
        f"The rank of n = {how_many} random vectors in R^{dimension}, one after the other. {new.sum()} of them bring a "
        f"new direction, {(~new).sum()} depend on the previous ones: rank {ranks[-1]}.",
    )


def draw_projection(weights: tuple[float, float]) -> Picture:
    """Draw a point y of a plane, with weights of x_1 and x_2, and its distance from a point x outside the plane."""
    y, best = PLANE @ weights, nearest(POINT, PLANE)
    figure, (left, right) = new_figure(1, 2, size=(8.8, 4.4), width_ratios=[3, 2])
    space = in_space(left, reach=2)
    shade_span(space, PLANE, reach=2)
    _vector(space, POINT, BLACK, "x")
    _vector(space, y, BLUE, "y")
    space.plot(*np.column_stack([y, POINT]), "--", color=VERMILION)
    space.scatter(*(PLANE @ best), color=GREEN, marker="*", s=90)
    space.set_title(f"distance of x from y: {np.linalg.norm(POINT - y):.2f}  (star: the projection)")
    _distances(right, np.array(weights), best)
    angles = ", ".join(f"{_angle(POINT - y, x):.0f}" for x in PLANE.T)
    return finish(
        figure,
        f"The point {_combination(weights)} of a plane has distance {np.linalg.norm(POINT - y):.2f} from x. "
        f"The line between them has angles of {angles} degrees with x_1 and x_2. The nearest point of the plane, the "
        f"projection, has weights {_point(best)} and distance {np.linalg.norm(POINT - PLANE @ best):.2f}.",
    )


def _lattice(space: Axes3D, X: np.ndarray) -> None:
    """Draw the combinations of the columns of X, (3, 2), with whole-number weights from -2 to 2 as dots."""
    weights = np.stack(np.meshgrid(np.arange(-2, 3), np.arange(-2, 3))).reshape(2, -1)
    space.scatter(*(X @ weights), color=BLUE, s=8, depthshade=False)


def _vector(
    space: Axes3D, step: np.ndarray, colour: str, label: str, start: np.ndarray = ORIGIN, label_at: float = 1.15
) -> None:
    """Draw `step`, (3,), from `start`, (3,), with its name at the fraction `label_at` of its length."""
    space.quiver(*start, *step, color=colour, arrow_length_ratio=0.12, lw=2)
    x, y, z = start + label_at * step
    space.text(x, y, z, label, color=colour, ha="center", va="bottom", weight="bold")


def _singular_values(axes: Axes, values: np.ndarray) -> None:
    zero = values <= RTOL * values[0]
    axes.bar(np.arange(1, len(values) + 1), values, color=BLUE, width=0.5)
    for i in np.flatnonzero(zero):
        axes.text(float(i + 1), 0.03, "0", ha="center", va="bottom", color=VERMILION, fontsize=14)
    axes.set(xlabel="index i", ylabel="σᵢ", xticks=range(1, len(values) + 1), yticks=[0, 0.5, 1, 1.5], ylim=(0, 1.8))
    axes.set_title("singular values")


def _distances(axes: Axes, weights: np.ndarray, best: np.ndarray) -> None:
    """Draw the distance from POINT as a function of two weights, and mark `weights`, (2,), and `best`, (2,)."""
    first, second = np.meshgrid(np.linspace(-1, 2, 60), np.linspace(-1, 2.5, 60))
    distance = np.linalg.norm(POINT[:, None, None] - np.tensordot(PLANE, np.stack([first, second]), 1), axis=0)
    axes.contourf(first, second, distance, levels=np.arange(0.5, 4.1, 0.25), cmap="Greys")
    axes.plot(*weights, "o", color=BLUE, ms=9, gid=moving("weights"))
    axes.plot(*best, "*", color=GREEN, ms=13)
    axes.set(xlabel="weight of x₁", ylabel="weight of x₂", title="distance (darker: larger)")
    axes.set(xticks=[-1, 0, 1, 2], yticks=[-1, 0, 1, 2])
    axes.grid(visible=False)


def _dependence_in_words(X: np.ndarray) -> str:
    """Write the last column of X, (3, n), that depends on the columns before it as their combination."""
    dependent = [j for j, new in enumerate(new_directions(X)) if not new]
    if not dependent:
        return "None of them is a combination of the others."
    j = dependent[-1]
    return f"x_{j + 1} = {_combination(nearest(X[:, j], X[:, :j]))}."


def _combination(weights: Iterable[float]) -> str:
    """Write weights 1.5 and -1 as "1.50 x_1 - 1.00 x_2"."""
    terms = [f"{w:+z.2f} x_{i + 1}".replace("+", "+ ").replace("-", "- ") for i, w in enumerate(weights)]
    return " ".join(terms).removeprefix("+ ")


def _angle(a: np.ndarray, b: np.ndarray) -> float:
    """Return the angle between two vectors in degrees."""
    return float(np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))))


def _point(values: np.ndarray) -> str:
    return "(" + ", ".join(f"{v:z.2f}" for v in values) + ")"
