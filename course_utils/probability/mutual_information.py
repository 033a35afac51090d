"""Mutual information, drawn as overlapping circles, and for Gaussians (CS7150-L1, "Mutual Information")."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from scipy.optimize import root_scalar
from scipy.special import xlogy

from course_utils.drawing.pictures import BLACK, BLUE, ORANGE, PURPLE, SKY, Picture, finish, new_figure
from course_utils.probability.gaussians import covariance_of, standard_samples
from course_utils.probability.information import BASE, entropy, normalised

SQUARE, COPY, NOISY, INDEPENDENT = "y = x²", "y = x", "y = x, with noise", "independent"
THREE = np.array([-1.0, 0.0, 1.0])
# Joint tables p(x, y), (3, ny), and the values of y, (ny,); the values of x are THREE.
PRESETS: Mapping[str, tuple[np.ndarray, np.ndarray]] = {
    SQUARE: (np.array([[0, 1], [1, 0], [0, 1]]) / 3, np.array([0.0, 1.0])),
    COPY: (np.eye(3) / 3, THREE),
    NOISY: (np.array([[4, 1, 0], [1, 4, 1], [0, 1, 4]]) / 16, THREE),
    INDEPENDENT: (np.outer([0.5, 0.3, 0.2], [0.1, 0.3, 0.6]), THREE),
}


def product_of_marginals(joint: np.ndarray) -> np.ndarray:
    """Return p(x) p(y), (nx, ny), of a joint table p(x, y), (nx, ny)."""
    return np.outer(joint.sum(axis=1), joint.sum(axis=0))


def mutual_information(joint: np.ndarray, base: float = 2) -> float:
    """Return I(X; Y) = KL(p(x, y) || p(x) p(y)) of a joint table, (nx, ny), that sums to 1."""
    px, py = joint.sum(axis=1, keepdims=True), joint.sum(axis=0)
    # Logarithms one by one: the product p(x) p(y) of two rare events may be 0 in floating point.
    return float(np.sum(xlogy(joint, joint) - xlogy(joint, px) - xlogy(joint, py)) / np.log(base))


def covariance(joint: np.ndarray, xs: np.ndarray, ys: np.ndarray) -> float:
    """Return Cov(X, Y) of a joint table, (nx, ny), over the values xs, (nx,), and ys, (ny,)."""
    return float(xs @ (joint - product_of_marginals(joint)) @ ys)


def gaussian_information(rho: float | np.ndarray, base: float = 2) -> float | np.ndarray:
    """Return I(X; Y) = -log(1 - rho^2) / 2 of two jointly Gaussian variables with correlation rho, |rho| < 1.

    rho: of any shape; the result has the shape of rho.
    """
    return -0.5 * np.log1p(-(rho**2)) / np.log(base)


def lens(r: float, s: float, d: float) -> float:
    """Return the area of the intersection of two circles of radii r and s whose centres are d apart."""
    if d >= r + s:
        return 0.0
    if d <= abs(r - s):
        return float(np.pi * min(r, s) ** 2)
    a, b = (d**2 + r**2 - s**2) / (2 * d), (d**2 + s**2 - r**2) / (2 * d)
    halves = [t**2 * np.arccos(np.clip(u / t, -1, 1)) - u * np.sqrt(max(t**2 - u**2, 0)) for t, u in ((r, a), (s, b))]
    return float(sum(halves))


def distance(r: float, s: float, shared: float) -> float:
    """Return the distance between the centres of circles of radii r and s whose intersection has the area `shared`."""
    nearest, farthest = abs(r - s), r + s
    if shared <= 1e-9 or farthest - nearest < 1e-9:
        return farthest
    if shared >= lens(r, s, nearest) - 1e-9:
        return nearest
    return root_scalar(lambda d: lens(r, s, d) - shared, bracket=(nearest, farthest), method="brentq").root


def draw_table(both_0: int, only_y: int, only_x: int, both_1: int, unit: str) -> Picture:
    """Draw a joint table of two variables with values 0 and 1, given by weights, and its entropies as circles.

    unit: BITS or NATS of `information`.
    """
    joint = normalised([both_0, only_y, only_x, both_1]).reshape(2, 2)
    return _three_panels(joint, np.array([0.0, 1.0]), np.array([0.0, 1.0]), unit)


def draw_preset(preset: str, luck: float, unit: str) -> Picture:
    """Draw the table PRESETS[preset], where y is replaced by an independent draw with probability `luck`.

    unit: BITS or NATS of `information`.
    """
    joint, ys = PRESETS[preset]
    return _three_panels((1 - luck) * joint + luck * product_of_marginals(joint), THREE, ys, unit)


def draw_gaussian(rho: float, unit: str) -> Picture:
    """Draw 400 samples of two standard normal variables with correlation rho, and their mutual information.

    unit: BITS or NATS of `information`.
    """
    base = BASE[unit]
    X = standard_samples(400) @ np.linalg.cholesky(covariance_of(1, 1, rho)).T
    here = float(gaussian_information(rho, base))
    figure, (left, right) = new_figure(1, 2, size=(8.6, 4))
    left.plot(*X.T, "o", color=SKY, ms=3)
    left.set(title=f"correlation {rho:.2f}", xlabel="x", ylabel="y", xlim=(-4, 4), ylim=(-4, 4), aspect="equal")
    left.set(xticks=[-4, -2, 0, 2, 4], yticks=[-4, -2, 0, 2, 4])
    places = np.linspace(-0.995, 0.995, 200)
    right.plot(places, gaussian_information(places, base), color=BLACK)
    right.plot(rho, here, "o", color=PURPLE, ms=9, label=f"I = {here:.3f} {unit}")
    right.set(title="I(X; Y) = −½ log(1 − ρ²)", xlabel="correlation ρ", ylabel=unit, xlim=(-1, 1), ylim=(0, 3.4))
    right.set(xticks=[-1, -0.5, 0, 0.5, 1], yticks=[0, 1, 2, 3])
    right.legend(loc="upper center")
    return finish(
        figure,
        f"Samples of two Gaussian variables with correlation {rho:.2f}. Their mutual information is {here:.3f} {unit}: "
        f"0 without correlation, and unbounded as the points approach a line.",
    )


def _three_panels(joint: np.ndarray, xs: np.ndarray, ys: np.ndarray, unit: str) -> Picture:
    """Draw p(x, y), p(x) p(y), and the entropies as circles that overlap in the mutual information."""
    base = BASE[unit]
    H_x, H_y = entropy(joint.sum(axis=1), base), entropy(joint.sum(axis=0), base)
    information = max(mutual_information(joint, base), 0.0)
    product = product_of_marginals(joint)
    apart = np.abs(joint - product).max()
    figure, (left, middle, right) = new_figure(1, 3, size=(9.4, 3.6), width_ratios=[1, 1, 1.3])
    _table(left, joint, xs, ys, "joint p(x, y)")
    _table(middle, product, xs, ys, "product p(x) p(y)")
    _circles(right, H_x, H_y, information, unit)
    return finish(
        figure,
        f"H(X) = {H_x:.3f}, H(Y) = {H_y:.3f}, H(X, Y) = {entropy(joint, base):.3f} and I(X; Y) = {information:.3f} "
        f"{unit}. The joint table differs from p(x) p(y) by {apart:.3f}: {'not ' if apart > 1e-9 else ''}independent. "
        f"The covariance is {covariance(joint, xs, ys):z.3f}.",
    )


def _table(axes: Axes, table: np.ndarray, xs: np.ndarray, ys: np.ndarray, title: str) -> None:
    """Draw a table of probabilities, one row per x; the tick labels give the sums of rows and columns."""
    axes.imshow(table, cmap="Blues", vmin=0, vmax=1)
    axes.grid(visible=False)
    for (i, j), value in np.ndenumerate(table):
        axes.text(j, i, f"{value:.3f}", ha="center", va="center", color="white" if value > 0.6 else "black")
    axes.set_xticks(range(len(ys)), [f"{y:.0f}\n{total:.2f}" for y, total in zip(ys, table.sum(axis=0), strict=True)])
    axes.set_yticks(range(len(xs)), [f"{x:.0f}\n{total:.2f}" for x, total in zip(xs, table.sum(axis=1), strict=True)])
    axes.set(title=title, xlabel="y, and p(y)", ylabel="x, and p(x)")


def _circles(axes: Axes, H_x: float, H_y: float, information: float, unit: str) -> None:
    """Draw circles of areas H_x and H_y whose intersection has the area `information`."""
    r, s = np.sqrt(H_x / np.pi), np.sqrt(H_y / np.pi)
    d = distance(r, s, information)
    start = (r - s - d) / 2  # centres both circles together at 0
    axes.add_patch(Circle((start, 0), r, color=BLUE, alpha=0.5, lw=0, label=f"H(X) = {H_x:.3f}"))
    axes.add_patch(Circle((start + d, 0), s, color=ORANGE, alpha=0.5, lw=0, label=f"H(Y) = {H_y:.3f}"))
    axes.plot([], [], " ", label=f"I = {information:.3f}")
    axes.set(xlim=(-1.5, 1.5), ylim=(-0.85, 1.35), aspect="equal", xticks=[], yticks=[])
    axes.set(title="intersection: I(X; Y)", xlabel=f"area: {unit}", ylabel="X left, Y right")
    axes.legend(loc="upper center", ncols=2, fontsize=9)
