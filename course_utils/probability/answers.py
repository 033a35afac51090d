"""Draw the answers to assignment 03 (CS7150-L1, "Transform of a random variable/vector" to "Mixture of Gaussian")."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from scipy.special import logsumexp

from course_utils import check
from course_utils.drawing.geometry import principal_directions
from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLUE, GREY, PURPLE, SKY, VERMILION, Picture, arrow, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled
from course_utils.probability import gaussians

Function = Callable[..., object]

SIGMA = gaussians.covariance_of(2.0, 1.0, 0.7)
MASS = 0.8

# Weights, (3,), and means, (3, 2), of the mixture; its covariance matrices are those of the lecture.
WEIGHTS, MEANS = np.array([0.5, 0.3, 0.2]), np.array([[-2.0, 0.5], [0.5, -0.5], [2.5, 0.0]])


def directions(polar_pdf: Function) -> Picture:
    """Draw the directions of 20,000 samples of a Gaussian, and the density that `polar_pdf` gives them."""
    X = np.random.default_rng(1).normal(size=(20_000, 2)) @ np.linalg.cholesky(SIGMA).T
    degrees = np.linspace(-179.75, 179.75, 720)
    theta = np.radians(degrees)
    reference = _density_of_the_direction(theta)

    def angle(*given: np.ndarray) -> np.ndarray:
        return check.Received(polar_pdf(*given), "`polar_pdf`").key("angle").value

    angle.__name__ = "polar_pdf"
    yours, problem = guarded_call(angle, SIGMA, np.ones_like(theta), theta, np.tan(theta), like=reference)

    figure, axes = new_figure(size=(6.8, 4.0))
    sampled = np.degrees(np.arctan2(X[:, 1], X[:, 0]))
    heights, edges = np.histogram(np.radians(sampled), np.linspace(-np.pi, np.pi, 73), density=True)
    axes.stairs(heights, np.degrees(edges), fill=True, color=SKY, alpha=0.6, label="samples")
    axes.plot(degrees, reference, label="reference", **REFERENCE_STYLE)
    _draw_yours(axes, degrees, yours)
    axes.set(xlabel="direction θ, in degrees", ylabel="density of Θ, per radian", xlim=(-180, 180))
    axes.set(ylim=(0, 1.3 * reference.max()), xticks=range(-180, 181, 90))
    axes.set_title(titled("The directions of a correlated Gaussian", problem))
    axes.legend()
    return finish(
        figure,
        f"The directions of samples, and their density. Reference: {_curve_in_words(degrees, reference)} "
        f"{problem if yours is None else 'Yours: ' + _curve_in_words(degrees, yours)}",
    )


def _density_of_the_direction(theta: np.ndarray) -> np.ndarray:
    """Return the slope of P(Theta <= theta) by differences: a sector of a round Gaussian has the share of its angle."""
    step = 1e-5
    turned = [
        np.linalg.solve(np.linalg.cholesky(SIGMA), [np.cos(at), np.sin(at)]) for at in (theta - step, theta + step)
    ]
    before, after = (x + 1j * y for x, y in turned)
    return np.angle(after / before) / (2 * np.pi * 2 * step)


def gaussian_ellipse(ellipse_axes: Function) -> Picture:
    """Draw 1,000 samples of a Gaussian in the plane, and the ellipse that should hold MASS of them."""
    X = gaussians.standard_samples(1000) @ np.linalg.cholesky(SIGMA).T
    U, values = principal_directions(SIGMA)
    reference = (np.sqrt(-2 * np.log(1 - MASS) * values), U)
    yours, problem = guarded_call(ellipse_axes, SIGMA, MASS, like=reference)

    figure, axes = new_figure(size=(6.8, 4.4))
    axes.plot(*X.T, "o", color=GREY, ms=2, alpha=0.5)
    axes.plot(*_border(*reference), label="reference", **REFERENCE_STYLE)
    if yours is not None:
        half_lengths, columns = yours
        axes.plot(*_border(*yours), color=BLUE, linewidth=1.5, label="yours")
        for i, (colour, name) in enumerate(((VERMILION, "first"), (PURPLE, "second"))):
            arrow(axes, np.clip(half_lengths[i] * columns[:, i], -1e3, 1e3), colour, f"your {name} half axis")
    axes.set(xlim=(-8, 8), ylim=(-5, 5), aspect="equal", xlabel="x₁", ylabel="x₂")
    axes.set_title(titled(f"The ellipse that holds {MASS:.0%}", problem))
    axes.legend(loc="upper left")
    return finish(
        figure,
        f"Samples of a correlated Gaussian and an ellipse that should hold {MASS:.0%} of them. "
        f"Reference: {_ellipse_in_words(X, *reference)} "
        f"{problem if yours is None else 'Yours: ' + _ellipse_in_words(X, *yours)}",
    )


def gaussian_mixture(gmm: Function) -> Picture:
    """Draw the density of a mixture of three Gaussians along a line, and the responsibilities."""
    line = np.linspace(-6.0, 6.0, 241)
    X = np.stack([line, np.zeros_like(line)], axis=1)
    terms = gaussians.mixture_terms(X, WEIGHTS, MEANS, gaussians.COVARIANCES)
    reference = (np.asarray(logsumexp(terms, axis=1)), gaussians.responsibilities(terms))
    yours, problem = guarded_call(gmm, X, WEIGHTS, MEANS, gaussians.COVARIANCES, like=reference)

    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    left.plot(line, np.exp(reference[0]), label="reference", **REFERENCE_STYLE)
    right.plot(line, reference[1], **REFERENCE_STYLE)
    if yours is not None:
        _draw_yours(left, line, _density(yours[0]))
        for column, colour, name in zip(yours[1].T, gaussians.COLOURS, gaussians.NAMES, strict=True):
            right.plot(line, np.clip(column, -1e3, 1e3), color=colour, linewidth=1.5, label=name)
        right.legend(loc="upper center", ncols=3, title="your components")
    left.set(xlabel="x₁, where x₂ = 0", ylabel="p(x)", title="density", ylim=(0, 0.2))
    right.set(xlabel="x₁, where x₂ = 0", ylabel="p(c|x)", title="responsibilities", ylim=(-0.05, 1.45))
    left.legend(loc="upper left")
    figure.suptitle(titled("A mixture of three Gaussians", problem), fontsize="medium")
    return finish(
        figure,
        "A mixture of three Gaussians along a line: its density and the largest responsibility at x₁ = -3, 0 and "
        f"3. Reference: {_mixture_in_words(*reference)} "
        f"{problem if yours is None else 'Yours: ' + _mixture_in_words(*yours)}",
    )


def _draw_yours(axes: Axes, x: np.ndarray, curve: np.ndarray | None) -> None:
    if curve is not None:
        axes.plot(x, np.clip(curve, -1e3, 1e3), color=BLUE, linewidth=1.5, label="yours")


def _curve_in_words(degrees: np.ndarray, density: np.ndarray) -> str:
    top = int(np.argmax(np.round(density, 6)))  # opposite directions have the same density, up to rounding
    area = np.trapezoid(density, np.radians(degrees))
    return f"its largest value is {density[top]:.3f} at {degrees[top]:.1f} degrees; the area is {area:z.3f}."


def _border(half_lengths: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return points of an ellipse about 0, (2, 121), from its half lengths, (2,), and directions, (2, 2) columns."""
    return np.clip(columns @ (half_lengths[:, None] * gaussians.CIRCLE), -1e3, 1e3)


def _ellipse_in_words(X: np.ndarray, half_lengths: np.ndarray, columns: np.ndarray) -> str:
    angle = np.degrees(np.arctan2(columns[1, 0], columns[0, 0])) % 180
    with np.errstate(all="ignore"):  # a wrong answer may have a half length of 0
        inside = np.sum((X @ columns / half_lengths) ** 2, axis=1) <= 1
    return (
        f"half axes {half_lengths[0]:.2f} and {half_lengths[1]:.2f}, the first at {angle:.0f} degrees; "
        f"{inside.mean():.1%} of the samples are inside."
    )


def _density(logpdf: np.ndarray) -> np.ndarray:
    """Return exp(logpdf) without overflow: an answer may be anything."""
    return np.exp(np.minimum(logpdf, 10.0))


def _mixture_in_words(logpdf: np.ndarray, resp: np.ndarray) -> str:
    return ", ".join(f"{_density(logpdf)[i]:.3f} and {resp[i].max():.3f}" for i in (60, 120, 180)) + "."
