"""Gaussians in the plane as ellipses, and mixtures of Gaussians.

Sources: CS7150-L1, "(multivariate) Gaussian Distribution" and "Mixture of Gaussian".

Samples are rows here, as in scikit-learn and torch: `X: (n, d)`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from scipy.special import erf, logsumexp

from course_utils.drawing.geometry import principal_directions
from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    Picture,
    arrow,
    finish,
    new_figure,
)

TURN = np.linspace(0, 2 * np.pi, 121)
CIRCLE = np.stack([np.cos(TURN), np.sin(TURN)])
COLOURS = np.array([to_rgb(colour) for colour in (BLUE, ORANGE, GREEN)])
NAMES = ("blue", "orange", "green")
# The second coordinates of the three means, (3,); the first ones have sliders.
HEIGHTS = np.array([1.2, -1.0, 0.6])
COVARIANCES = np.array([[[0.7, 0.4], [0.4, 0.6]], [[1.2, -0.3], [-0.3, 0.3]], [[0.3, 0.0], [0.0, 0.9]]])


@cache
def standard_samples(n: int) -> np.ndarray:
    """Return n samples of N(0, I) in the plane, (n, 2)."""
    return np.random.default_rng(3).normal(size=(n, 2))


def covariance_of(sigma_1: float, sigma_2: float, rho: float) -> np.ndarray:
    """Return the covariance matrix, (2, 2), of two variables with these standard deviations and correlation."""
    return np.array([[sigma_1**2, rho * sigma_1 * sigma_2], [rho * sigma_1 * sigma_2, sigma_2**2]])


def log_density(X: np.ndarray, mu: np.ndarray, Sigma: np.ndarray) -> np.ndarray:
    """Return log N(x; mu, Sigma), (n,), for the rows of X, (n, d); mu is (d,), Sigma, (d, d), positive definite.

    With Sigma = L L^T the quadratic form is the squared length of L^-1 (x - mu), and log det Sigma is 2 sum log L_ii.
    Raises LinAlgError if Sigma is not positive definite.
    """
    L = np.linalg.cholesky(Sigma)
    z = np.linalg.solve(L, (X - mu).T)
    return -0.5 * (len(mu) * np.log(2 * np.pi) + np.sum(z**2, axis=0)) - np.log(np.diag(L)).sum()


def ellipse(Sigma: np.ndarray, k: float) -> np.ndarray:
    """Return points x, (2, 121), with x^T Sigma^-1 x = k^2 for Sigma, (2, 2): an ellipse with axes along U_i."""
    U, values = principal_directions(Sigma)
    return U @ (k * np.sqrt(values)[:, None] * CIRCLE)


def mass_inside(k: float | np.ndarray) -> float | np.ndarray:
    """Return the probability 1 - exp(-k^2 / 2) of the ellipse of k standard deviations of a Gaussian in the plane.

    k: of any shape; the result has the shape of k.
    """
    return -np.expm1(-(k**2) / 2)


def mixture_terms(X: np.ndarray, weights: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """Return log p(c) p(x|c), (n, C), for X (n, d), weights (C,), means (C, d), covariances (C, d, d)."""
    densities = [log_density(X, mu, Sigma) for mu, Sigma in zip(means, covariances, strict=True)]
    return np.log(weights) + np.stack(densities, axis=1)


def responsibilities(terms: np.ndarray) -> np.ndarray:
    """Return p(c|x), (n, C), from `terms`, log p(c) p(x|c), (n, C): each row divided by its sum, in logarithms."""
    return np.exp(terms - logsumexp(terms, axis=1, keepdims=True))


@cache
def mixture_noise() -> tuple[np.ndarray, np.ndarray]:
    """Return the random numbers behind 300 samples: uniform, (300,), for the component, and normal, (300, 2)."""
    rng = np.random.default_rng(5)
    return rng.random(300), rng.normal(size=(300, 2))


def mixture_samples(weights: np.ndarray, means: np.ndarray, covariances: np.ndarray) -> np.ndarray:
    """Return 300 samples, (300, 2): first the component c, then x from N(mu_c, Sigma_c).

    weights: (C,), means: (C, 2), covariances: (C, 2, 2).
    """
    choice, z = mixture_noise()
    c = np.searchsorted(weights.cumsum()[:-1], choice)
    return means[c] + np.einsum("nij,nj->ni", np.linalg.cholesky(covariances)[c], z)


@in_browser("gaussians.js", "ellipse", lambda: {"z": standard_samples(400), "circle": CIRCLE.T})
def draw_ellipse(sigma_1: float, sigma_2: float, rho: float, k: float) -> Picture:
    """Draw 400 samples of N(0, Sigma), the ellipse of k standard deviations with its axes, and its probability."""
    Sigma = covariance_of(sigma_1, sigma_2, rho)
    U, values = principal_directions(Sigma)
    z = standard_samples(400)
    inside = np.linalg.norm(z, axis=1) <= k  # x = L z has x^T Sigma^-1 x = ||z||^2
    X = z @ np.linalg.cholesky(Sigma).T
    figure, (left, right) = new_figure(1, 2, size=(9, 4.4), width_ratios=[1.15, 1])
    left.plot(*X[~inside].T, "o", color=GREY, ms=3, alpha=0.6, gid=moving("outside"))
    left.plot(*X[inside].T, "o", color=BLUE, ms=3, alpha=0.6, gid=moving("inside"))
    left.plot(*ellipse(Sigma, k), color=BLACK, gid=moving("ellipse"))
    left.plot([0, sigma_1], [0, 0], "-", color=GREY, lw=4, alpha=0.7, gid=moving("sigma_1"))
    left.plot([0, 0], [0, sigma_2], "-", color=GREY, lw=4, alpha=0.7, gid=moving("sigma_2"))
    for i, colour in enumerate((VERMILION, PURPLE)):
        half = k * np.sqrt(values[i])
        arrow(left, half * U[:, i], colour, f"k √λ{'₁₂'[i]} = {half:.2f}", gid=moving(f"axis {i + 1}"))
    left.set(title=f"k = {k:.2f} standard deviations", xlabel="x₁", ylabel="x₂", xlim=(-6, 6), ylim=(-6, 6))
    left.set(aspect="equal", xticks=[-6, -3, 0, 3, 6], yticks=[-6, -3, 0, 3, 6])
    left.legend(loc="upper left")
    _mass(right, k, inside.mean())
    return finish(
        figure,
        f"A Gaussian with eigenvalues {values[0]:.2f} and {values[1]:.2f}: the ellipse of k = {k:.2f} standard "
        f"deviations has half axes {k * np.sqrt(values[0]):.2f} and {k * np.sqrt(values[1]):.2f}, and its probability "
        f"is {mass_inside(k):.1%}. Of 400 samples {inside.mean():.1%} are inside.",
    )


def _mixture_constants() -> dict[str, Any]:
    ellipses = [[ellipse(Sigma, k).T for k in (1, 2)] for Sigma in COVARIANCES]
    return {"names": NAMES, "heights": HEIGHTS, "ellipses": ellipses}


@in_browser("gaussians.js", "mixture", _mixture_constants)
def draw_mixture(
    weight_1: float, weight_2: float, weight_3: float, mean_1: float, mean_2: float, mean_3: float
) -> Picture:
    """Draw samples of a mixture of three Gaussians, coloured by responsibility, and its density along a line.

    weight_1, ...: relative weights, positive; mean_1, ...: first coordinates of the means.
    """
    weights = np.array([weight_1, weight_2, weight_3]) / (weight_1 + weight_2 + weight_3)
    means = np.stack([[mean_1, mean_2, mean_3], HEIGHTS], axis=1)
    X = mixture_samples(weights, means, COVARIANCES)
    resp = responsibilities(mixture_terms(X, weights, means, COVARIANCES))
    figure, (left, right) = new_figure(1, 2, size=(9.4, 4), width_ratios=[1.25, 1])
    left.scatter(*X.T, c=resp @ COLOURS, s=14)
    for name, mu, Sigma, colour in zip(NAMES, means, COVARIANCES, COLOURS, strict=True):
        for k in (1, 2):
            left.plot(*(mu[:, None] + ellipse(Sigma, k)), color=colour, lw=1.5, gid=moving(f"{name} {k}"))
    left.axhline(0, color=BLACK, ls="--", lw=1)
    left.set(title="samples, coloured by p(c|x)", xlabel="x₁", ylabel="x₂", xlim=(-6, 6), ylim=(-4, 4), aspect="equal")
    left.set(xticks=[-6, -3, 0, 3, 6], yticks=[-3, 0, 3])
    _stacked(right, weights, means)
    sure = (resp.max(axis=1) > 0.95).sum()
    listed = ", ".join(f"{name} {weight:.2f}" for name, weight in zip(NAMES, weights, strict=True))
    return finish(
        figure,
        f"A mixture of three Gaussians with weights {listed}. Of 300 samples {sure} belong to one component "
        f"with probability above 0.95; for the least certain sample the largest responsibility is "
        f"{resp.max(axis=1).min():.2f}.",
    )


def _mass(axes: Axes, k: float, counted: float) -> None:
    radii = np.linspace(0, 3.2, 81)
    axes.plot(radii, mass_inside(radii), color=BLACK, label="ellipse in the plane")
    axes.plot(radii, erf(radii / np.sqrt(2)), color=GREY, ls="--", label="interval on a line")
    axes.plot(k, mass_inside(k), "o", color=BLACK, ms=9, label=f"formula: {mass_inside(k):.1%}")
    axes.plot(k, counted, "X", color=BLUE, ms=8, label=f"samples: {counted:.1%}")
    axes.set(title="probability within k", xlabel="k, standard deviations", ylabel="probability", ylim=(0, 1.05))
    axes.set(xticks=[0, 1, 2, 3], yticks=[0, 0.5, 1])
    axes.legend(loc="lower right")


def _stacked(axes: Axes, weights: np.ndarray, means: np.ndarray) -> None:
    """Draw p(c) p(x|c) along x_2 = 0, stacked; their sum is p(x)."""
    places = np.linspace(-6, 6, 241)
    terms = np.exp(mixture_terms(np.stack([places, 0 * places], axis=1), weights, means, COVARIANCES))
    axes.stackplot(places, terms.T, colors=COLOURS, alpha=0.7, labels=[f"p(c) p(x|c), {name}" for name in NAMES])
    axes.plot(places, terms.sum(axis=1), color=BLACK, label="p(x), their sum")
    axes.set(title="density along the dashed line", xlabel="x₁, where x₂ = 0", ylabel="density", xlim=(-6, 6))
    axes.set(xticks=[-6, -3, 0, 3, 6], ylim=(0, 1.5 * terms.sum(axis=1).max()))
    axes.locator_params("y", nbins=5)
    axes.legend(loc="upper center", ncols=2, fontsize=8.5)
