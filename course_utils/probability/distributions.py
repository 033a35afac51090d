"""Probability mass, density and distribution functions (CS7150-L1, "Probability Distribution")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from scipy.special import comb, ndtr

from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, SKY, VERMILION, Picture, finish, new_figure

MOST_TRIALS = 20
REACH = 4.0
PLACES = np.linspace(-REACH, REACH, 1601)


class Family(NamedTuple):
    """A continuous distribution with location 0 and scale 1: its density and its distribution function, elementwise."""

    pdf: Callable[[np.ndarray], np.ndarray]
    cdf: Callable[[np.ndarray], np.ndarray]


# The support of the uniform distribution is [0, 1], that of the exponential one [0, infinity).
NORMAL, UNIFORM, EXPONENTIAL = "normal", "uniform", "exponential"
FAMILIES: Mapping[str, Family] = {
    NORMAL: Family(lambda t: np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi), ndtr),
    UNIFORM: Family(lambda t: ((t >= 0) & (t <= 1)) * 1.0, lambda t: np.clip(t, 0, 1)),
    EXPONENTIAL: Family(lambda t: (t >= 0) * np.exp(-np.maximum(t, 0)), lambda t: -np.expm1(-np.maximum(t, 0))),
}


def binomial(n: int, p: float) -> np.ndarray:
    """Return P(X = 0), ..., P(X = n), (n + 1,), for the number X of successes in n trials of probability p each."""
    k = np.arange(n + 1)
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def pdf(family: str, location: float, scale: float, x: ArrayLike) -> np.ndarray:
    """Return the density at x of a distribution, shifted by `location` and stretched by `scale` > 0.

    family: a key of FAMILIES. x: any shape; the result has the shape of x. Stretching by `scale` divides the height by
    `scale`, so the area remains 1.
    """
    return FAMILIES[family].pdf((np.asarray(x) - location) / scale) / scale


def cdf(family: str, location: float, scale: float, x: ArrayLike) -> np.ndarray:
    """Return F(x) = P(X <= x) for the distribution with density `pdf`.

    family: a key of FAMILIES. x: any shape; the result has the shape of x.
    """
    return FAMILIES[family].cdf((np.asarray(x) - location) / scale)


def draw_binomial(n: int, p: float, x: int) -> Picture:
    """Draw the probabilities of 0 to n successes, with those up to x in blue, and their cumulative sum F."""
    masses = binomial(n, p)
    values = np.arange(n + 1)
    F = masses.cumsum()
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    counted = values <= x
    left.bar(values[counted], masses[counted], color=BLUE, label=f"values up to x = {x}")
    left.bar(values[~counted], masses[~counted], color=SKY, alpha=0.5)
    left.set(title="PMF: P(X = k)", xlabel="number of successes k", ylabel="probability", xlim=(-0.7, 20.7))
    left.set_ylim(0, 1.2 * masses.max())
    left.legend(loc="upper right")
    right.step([-1, *values, MOST_TRIALS + 1], [0, *F, 1], where="post", color=BLACK)
    here = F[min(x, n)]
    right.vlines(x, 0, here, color=BLUE, lw=4)
    right.plot(x, here, "o", color=BLUE, ms=8, label=f"F({x}) = {here:.3f}")
    right.set(title="CDF: F(x) = P(X ≤ x)", xlabel="x", ylabel="probability", xlim=(-0.7, 20.7), ylim=(0, 1.25))
    right.set_yticks([0, 0.5, 1])
    right.legend(loc="upper left")
    for axes in (left, right):
        axes.set_xticks(range(0, MOST_TRIALS + 1, 5))
    exactly = masses[x] if x <= n else 0.0
    return finish(
        figure,
        f"Successes in n = {n} trials of probability p = {p:.2f}: P(X = {x}) = {exactly:.3f}. The bars up to {x} add "
        f"up to F({x}) = {here:.3f}, all {n + 1} of them to {masses.sum():.3f}. The CDF jumps at whole numbers and is "
        f"constant between them.",
    )


def draw_density(family: str, location: float, scale: float, x: float) -> Picture:
    """Draw a density with the area up to x shaded, and the CDF, whose value is that area, with its tangent.

    family: a key of FAMILIES.
    """
    density, F = pdf(family, location, scale, PLACES), cdf(family, location, scale, PLACES)
    slope, here = float(pdf(family, location, scale, x)), float(cdf(family, location, scale, x))
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    left.plot(PLACES, density, color=BLACK)
    left.fill_between(PLACES, density, where=x >= PLACES, color=SKY, alpha=0.6, label=f"area {here:.3f}")
    left.plot(x, slope, "o", color=VERMILION, ms=8, label=f"p({x:.1f}) = {slope:.3f}")
    left.axhline(1, color=GREY, ls=":", lw=1)
    left.set(title="PDF: p(x)", xlabel="x", ylabel="probability per unit of x", xlim=(-REACH, REACH))
    left.set_ylim(0, 1.35 * max(1, density.max()))
    left.locator_params("y", nbins=5)
    left.legend(loc="upper left")
    right.plot(PLACES, F, color=BLACK)
    _tangent(right, x, here, slope)
    right.set(title="CDF: F(x) = P(X ≤ x)", xlabel="x", ylabel="probability", xlim=(-REACH, REACH), ylim=(-0.05, 1.4))
    right.set_yticks([0, 0.5, 1])
    right.legend(loc="upper left")
    for axes in (left, right):
        axes.set_xticks([-4, -2, 0, 2, 4])
    return finish(figure, _density_in_words(family, location, scale, x, slope, here, density.max()))


def _tangent(axes: Axes, x: float, height: float, slope: float) -> None:
    reach = min(0.8, 0.35 / max(slope, 0.1))
    ends = np.array([-reach, reach])
    axes.plot(x + ends, height + slope * ends, color=VERMILION, lw=3, label=f"slope p(x) = {slope:.3f}")
    axes.plot(x, height, "o", color=GREEN, ms=8, label=f"F({x:.1f}) = {height:.3f}")


def _density_in_words(
    family: str, location: float, scale: float, x: float, slope: float, area: float, peak: float
) -> str:
    above = "above 1 somewhere" if peak > 1 else "nowhere above 1"
    return (
        f"The {family} density with location {location:.1f} and scale {scale:.1f}: its peak is {peak:.3f}, so it is "
        f"{above}. At x = {x:.1f} it is {slope:.3f}, the slope of the CDF; the area up to there is F(x) = {area:.3f}."
    )
