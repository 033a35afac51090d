"""The density of a function of a random variable (CS7150-L1, "Transform of a random variable/vector")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from scipy.integrate import quad

from course_utils.drawing.pictures import BLACK, BLUE, ORANGE, SKY, VERMILION, Picture, arrow, finish, new_figure
from course_utils.probability.distributions import NORMAL, pdf

# One branch of the inverse of f, and the derivative of that branch; both elementwise.
Branch = tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]

WIDTH = 0.3  # width of the interval of x whose image is drawn
BINS = 80
UNIT_SQUARE = np.array([[0.0, 1, 1, 0, 0], [0.0, 0, 1, 1, 0]])  # corners, (2, 5), closed


class Map(NamedTuple):
    """A function f, the branches of its inverse, the interval of y that is drawn, and the range of f."""

    f: Callable[[np.ndarray], np.ndarray]
    branches: tuple[Branch, ...]
    shown: tuple[float, float]
    support: tuple[float, float]


SQUARE, AFFINE, EXP, DECREASING = "square: y = x²", "affine: y = 2x + 1", "exp: y = eˣ", "decreasing: y = −2x"
MAPS: Mapping[str, Map] = {
    SQUARE: Map(
        np.square,
        ((np.sqrt, lambda y: 0.5 / np.sqrt(y)), (lambda y: -np.sqrt(y), lambda y: -0.5 / np.sqrt(y))),
        (0.0, 5.0),
        (0.0, np.inf),
    ),
    AFFINE: Map(
        lambda x: 2 * x + 1,
        ((lambda y: (y - 1) / 2, lambda y: 0.5 * np.ones_like(y)),),
        (-5.0, 7.0),
        (-np.inf, np.inf),
    ),
    EXP: Map(np.exp, ((np.log, lambda y: 1 / y),), (0.0, 7.0), (0.0, np.inf)),
    DECREASING: Map(
        lambda x: -2 * x, ((lambda y: -y / 2, lambda y: -0.5 * np.ones_like(y)),), (-6.0, 6.0), (-np.inf, np.inf)
    ),
}


def transformed_pdf(name: str, y: np.ndarray, absolute: bool = True, all_branches: bool = True) -> np.ndarray:
    """Return the sum over branches of p(f^-1(y)) |d f^-1 / dy| for X ~ N(0, 1), with the shape of y.

    name: a key of MAPS. y: any shape, in the range of f. absolute: False omits the absolute value. all_branches: False
    uses only the first branch.
    """
    y = np.asarray(y, dtype=float)
    total = np.zeros_like(y)
    for inverse, derivative in MAPS[name].branches[: None if all_branches else 1]:
        slope = derivative(y)
        total = total + pdf(NORMAL, 0, 1, inverse(y)) * (np.abs(slope) if absolute else slope)
    return total


@cache
def area(name: str, absolute: bool = True, all_branches: bool = True) -> float:
    """Return the integral of `transformed_pdf` over all y, which is 1 for a density; `name` is a key of MAPS."""
    low, high = MAPS[name].support
    pieces = (quad(lambda y: transformed_pdf(name, y, absolute, all_branches), *ends) for ends in ((low, 1), (1, high)))
    return sum(value for value, _ in pieces)


@cache
def histogram(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return heights, (BINS,), and edges, (BINS + 1,), of a density histogram of f(x) for 20,000 samples x ~ N(0, 1).

    name: a key of MAPS.
    """
    samples = MAPS[name].f(np.random.default_rng(0).normal(size=20_000))
    counts, edges = np.histogram(samples, BINS, MAPS[name].shown)
    return counts / len(samples) / (edges[1] - edges[0]), edges


def draw_transform(name: str, x: float, absolute: bool, all_branches: bool) -> Picture:
    """Draw f with an interval around x and its image, and samples of f(X) with the density formula of the slide.

    name: a key of MAPS. absolute, all_branches: as in `transformed_pdf`.
    """
    this = MAPS[name]
    values = this.f(x + WIDTH * np.linspace(-0.5, 0.5, 31))
    image = np.array([values.min(), values.max()])
    figure, (left, right) = new_figure(1, 2, size=(9, 4))
    _interval(left, this, x, image)
    heights, edges = histogram(name)
    right.stairs(heights, edges, fill=True, color=SKY, alpha=0.6, label="20 000 samples of f(X)")
    y = np.linspace(*this.shown, 402)[1:-1]
    formula = transformed_pdf(name, y, absolute, all_branches)
    top = 1.4 * heights.max()
    right.plot(y, np.clip(formula, -2 * top, 2 * top), color=VERMILION, label="formula")
    right.axvspan(*image, color=ORANGE, alpha=0.5, lw=0)
    right.set(
        title=f"the formula has area {area(name, absolute, all_branches):z.2f}", xlabel="y", ylabel="density of Y"
    )
    right.set(xlim=this.shown, ylim=(-top if formula.min() < 0 else 0, top))
    right.locator_params(nbins=5)
    right.legend(loc="upper right")
    return finish(figure, _transform_in_words(name, absolute, all_branches, image))


def draw_area(stretch: float, shear: float, mirror: bool) -> Picture:
    """Draw samples of N(0, I) and the unit square, and both after y = A x with A = [[stretch, shear], [0, 1 or -1]]."""
    A = np.array([[stretch, shear], [0.0, -1.0 if mirror else 1.0]])
    determinant = np.linalg.det(A)
    x = np.random.default_rng(1).normal(size=(2, 300))
    figure, axes = new_figure(1, 2, size=(8.6, 4.2))
    names = (("e₁", "e₂"), ("A e₁", "A e₂"))
    for panel, M, letter, labels in zip(axes, (np.eye(2), A), "xy", names, strict=True):
        panel.plot(*(M @ x), "o", color=SKY, ms=3)
        panel.fill(*(M @ UNIT_SQUARE), color=ORANGE, alpha=0.6)
        for column, colour, label in zip(M.T, (BLUE, VERMILION), labels, strict=True):
            arrow(panel, column, colour, label)
        size = abs(np.linalg.det(M))
        panel.set(title=f"square of area {size:.2f}, density at 0: {1 / (2 * np.pi * size):.3f}")
        panel.set(xlabel=f"{letter}₁", ylabel=f"{letter}₂", xlim=(-5, 5), ylim=(-5, 5), aspect="equal")
        panel.set(xticks=[-4, -2, 0, 2, 4], yticks=[-4, -2, 0, 2, 4])
        panel.legend(loc="upper right")
    return finish(
        figure,
        f"Samples of a standard normal x in the plane, and of y = A x with det A = {determinant:.2f}. The unit square "
        f"becomes a parallelogram of area {abs(determinant):.2f}, so the density at 0 goes from 0.159 to "
        f"0.159 / {abs(determinant):.2f} = {1 / (2 * np.pi * abs(determinant)):.3f}.",
    )


def _interval(axes: Axes, this: Map, x: float, image: np.ndarray) -> None:
    places = np.linspace(-3, 3, 121)
    axes.plot(places, this.f(places), color=BLACK)
    for inverse, _ in this.branches:
        axes.axvspan(*inverse(image), color=BLUE, alpha=0.15, lw=0)
    axes.axvspan(x - WIDTH / 2, x + WIDTH / 2, color=BLUE, alpha=0.4, lw=0)
    axes.axhspan(*image, color=ORANGE, alpha=0.5, lw=0)
    axes.set(title=f"a width of {WIDTH:.2f} in x becomes {image[1] - image[0]:.2f} in y", xlabel="x", ylabel="y = f(x)")
    axes.set(xlim=(-3, 3), ylim=this.shown, xticks=[-2, 0, 2])
    axes.locator_params("y", nbins=5)


def _transform_in_words(name: str, absolute: bool, all_branches: bool, image: np.ndarray) -> str:
    left_out = [
        text for text, kept in (("the absolute value", absolute), ("the second branch", all_branches)) if not kept
    ]
    how = f"without {' and '.join(left_out)}" if left_out else "in full"
    return (
        f"X is standard normal, {name}. The formula {how} has area {area(name, absolute, all_branches):z.2f}; "
        f"a density has area 1. An interval of width {WIDTH:.2f} in x becomes one of {image[1] - image[0]:.2f} in y."
    )
