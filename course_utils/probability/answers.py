"""Draw the answers to assignment 03 (CS7150-L1, "Transform of a random variable/vector" to "Entropy")."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from scipy.special import logsumexp
from scipy.stats import lognorm

from course_utils.drawing.geometry import principal_directions
from course_utils.drawing.pictures import BLUE, GREY, ORANGE, PURPLE, SKY, VERMILION, Picture, arrow, finish, new_figure
from course_utils.exercises.guarded_call import guarded_call
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled
from course_utils.probability import gaussians, information
from course_utils.probability.distributions import NORMAL, pdf

Function = Callable[..., object]

# The form of a result that is one finite number.
NUMBER = np.zeros(())

# Mean and standard deviation of the normal X in `decreasing_transform`, where Y = exp(-X).
MEAN, DEVIATION = -0.5, 0.7

SIGMA = gaussians.covariance_of(2.0, 1.0, 0.7)
MASS = 0.8

# Weights, (3,), and means, (3, 2), of the mixture; its covariance matrices are those of the lecture.
WEIGHTS, MEANS = np.array([0.5, 0.3, 0.2]), np.array([[-2.0, 0.5], [0.5, -0.5], [2.5, 0.0]])

# The q(heads) for which the code in `coin_entropies` is optimal.
COIN = 0.7


def decreasing_transform(transform_pdf: Function) -> Picture:
    """Draw 20,000 samples of Y = exp(-X) for a normal X, and the density that `transform_pdf` gives Y."""
    samples = np.exp(-MEAN - DEVIATION * np.random.default_rng(1).normal(size=20_000))
    y = np.linspace(0.02, 8.0, 400)
    reference = lognorm.pdf(y, DEVIATION, scale=np.exp(-MEAN))
    given = (lambda x: pdf(NORMAL, MEAN, DEVIATION, x), lambda y: -np.log(y), lambda y: -1 / y)
    yours, problem = guarded_call(transform_pdf, *given, y, like=reference)

    figure, axes = new_figure(size=(6.8, 4.0))
    axes.hist(samples, np.linspace(0, 8, 81).tolist(), density=True, color=SKY, alpha=0.6, label="samples of Y")
    axes.plot(y, reference, label="reference", **REFERENCE_STYLE)
    _draw_yours(axes, y, yours)
    top = 1.3 * reference.max()
    axes.set(xlabel="y", ylabel="density of Y", xlim=(0, 8), ylim=(-top if _below_0(yours) else 0, top))
    axes.set_title(titled("Y = exp(-X) for a normal X", problem))
    axes.legend()
    return finish(
        figure,
        f"A histogram of Y = exp(-X), and its density. Reference: {_curve_in_words(y, reference)} "
        f"{problem if yours is None else 'Yours: ' + _curve_in_words(y, yours)}",
    )


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


def coin_entropies(entropy: Function, cross_entropy: Function, kl: Function) -> Picture:
    """Draw entropy, cross entropy and KL divergence of a coin in bits, with a code that is optimal for another coin."""
    chances = np.linspace(0, 1, 41)
    coins = np.stack([chances, 1 - chances], axis=1)
    q = np.array([COIN, 1 - COIN])
    names, colours = ("H(p)", "H(p, q)", "KL(p‖q)"), (BLUE, ORANGE, VERMILION)
    reference = [
        [information.entropy(p) for p in coins],
        [information.cross_entropy(p, q) for p in coins],
        [information.kl(p, q) for p in coins],
    ]
    attempts = [
        [guarded_call(entropy, p, like=NUMBER) for p in coins],
        [guarded_call(cross_entropy, p, q, like=NUMBER) for p in coins],
        [guarded_call(kl, p, q, like=NUMBER) for p in coins],
    ]
    problem = next((failed for row in attempts for _, failed in row if failed), None)

    figure, axes = new_figure(size=(6.8, 4.2))
    for curve in reference:
        axes.plot(chances, curve, **REFERENCE_STYLE)
    axes.plot([], [], label="reference", **REFERENCE_STYLE)
    if problem is None:
        yours = [[float(value) for value, _ in row] for row in attempts]
        for curve, name, colour in zip(yours, names, colours, strict=True):
            axes.plot(chances, np.clip(curve, -10, 10), color=colour, linewidth=1.5, label=f"your {name}")
    axes.set(xlabel="p(heads)", ylabel="bits", ylim=(-0.3, 2.2))
    axes.set_title(titled(f"A coin, and a code that is optimal for q(heads) = {COIN}", problem))
    axes.legend(loc="upper right")
    return finish(
        figure,
        f"{', '.join(names)} of a coin in bits, where q(heads) is {COIN}, at p(heads) = 0, 0.5, 0.7 and 1. "
        f"Reference: {_coin_in_words(names, reference)} {problem or f'Yours: {_coin_in_words(names, yours)}'}",
    )


def _draw_yours(axes: Axes, x: np.ndarray, curve: np.ndarray | None) -> None:
    if curve is not None:
        axes.plot(x, np.clip(curve, -1e3, 1e3), color=BLUE, linewidth=1.5, label="yours")


def _below_0(curve: np.ndarray | None) -> bool:
    return curve is not None and bool(curve.min() < 0)


def _curve_in_words(y: np.ndarray, density: np.ndarray) -> str:
    top = int(np.argmax(np.abs(density)))
    area = np.trapezoid(density, y)
    return f"its extreme is {density[top]:.3f} at y = {y[top]:.2f}; the area up to {y[-1]:.0f} is {area:z.3f}."


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


def _coin_in_words(names: Sequence[str], curves: Sequence[Sequence[float]]) -> str:
    values = (", ".join(f"{curve[i]:z.3f}" for i in (0, 20, 28, 40)) for curve in curves)
    return "; ".join(f"{name} {numbers}" for name, numbers in zip(names, values, strict=True)) + "."
