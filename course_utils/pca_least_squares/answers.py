"""Pictures of the answers to assignment 02 (CS7150-L1, "Principal Component Analysis" and "Linear Least Squares")."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from sklearn.datasets import load_diabetes, load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import lasso_path as lasso_reference
from sklearn.linear_model import ridge_regression

from course_utils.drawing.pictures import BLUE, GREY, VERMILION, Picture, arrow, finish, new_figure
from course_utils.exercises.attempt import attempt
from course_utils.exercises.reference_style import GHOST, titled

Function = Callable[..., object]


def principal_axes(pca_fit: Function) -> Picture:
    """Draw 80 samples and both principal axes, each two standard deviations long, from the mean."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(80, 2)) * [3.0, 1.0] @ np.array([[0.8, 0.6], [-0.6, 0.8]]) + [6.0, 4.0]
    fit = PCA(2).fit(X)
    reference = (fit.mean_, fit.components_, fit.explained_variance_)
    yours, trouble = attempt(pca_fit, X, 2, like=reference)

    figure, axes = new_figure(size=(5.6, 4.6))
    axes.scatter(*X.T, s=12, color=GREY, label="samples")
    for tip in _tips(*reference):
        axes.plot(*np.stack([fit.mean_, tip], axis=1), **GHOST)
    axes.plot([], [], label="reference", **GHOST)
    if yours is not None:
        for tip, colour, name in zip(_tips(*yours), (BLUE, VERMILION), ("first", "second"), strict=True):
            arrow(axes, tip, colour, f"your {name} axis", start=yours[0])
    axes.set(xlabel="feature 1", ylabel="feature 2", aspect="equal")
    axes.set_title(titled("Principal axes", trouble))
    axes.legend()
    return finish(
        figure, f"80 samples. Reference: {_axes_in_words(*reference)} {trouble or f'Yours: {_axes_in_words(*yours)}'}"
    )


def digit(pca_transform: Function, pca_inverse: Function, k: int) -> Picture:
    """Draw a digit, and what is left of its 64 pixels when it goes through k scores and back; one row of data."""
    X = load_digits().data
    fit = PCA(k, svd_solver="full").fit(X[1:])
    x = X[:1]
    scores = fit.transform(x)
    reference = fit.inverse_transform(scores)
    yours, trouble = attempt(pca_transform, x, fit.mean_, fit.components_, like=scores)
    if yours is not None:
        yours, trouble = attempt(pca_inverse, yours, fit.mean_, fit.components_, like=x)

    figure, panels = new_figure(1, 3, size=(7.2, 3.4))
    pictures = (x, reference, np.zeros_like(x) if yours is None else yours)
    titles = ("64 pixels", f"reference, k = {k}", "no answer to draw" if yours is None else f"yours, k = {k}")
    for panel, picture, title in zip(panels, pictures, titles, strict=True):
        panel.imshow(picture.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
        panel.set(title=title, xlabel="pixel column", ylabel="pixel row")
        panel.grid(False)
    figure.suptitle(titled(f"A digit from {k} numbers", trouble), fontsize="medium")
    return finish(
        figure,
        f"A handwritten 0 of 8 by 8 pixels with values from 0 to 16. From {k} scores the reference restores it up to "
        f"{_rms(reference - x):.2f} a pixel (root mean square). "
        f"{trouble or f'Yours is off by {_rms(yours - x):.2f}.'}",
    )


def ridge_path(ridge: Function) -> Picture:
    """Draw the coefficients of ridge regression on the diabetes data for 25 values of lam."""
    A, b, names = _diabetes()
    lams = np.logspace(-3, 2, 25)
    reference = np.array([ridge_regression(A, b, lam) for lam in lams])
    return _path("Ridge: coefficients shrink together", ridge, (A, b, names), lams, reference)


def lasso_path(lasso_ista: Function) -> Picture:
    """Draw the coefficients of the lasso on the diabetes data for 15 values of lam."""
    A, b, names = _diabetes()
    lams = np.logspace(0, 3.3, 15)
    # scikit-learn divides the first term by 2 m and wants the penalties in descending order.
    _, reference, _ = lasso_reference(A, b, alphas=lams[::-1] / (2 * len(A)), tol=1e-8, max_iter=100_000)
    return _path("Lasso: coefficients become 0 one by one", lasso_ista, (A, b, names), lams, reference.T[::-1])


def _path(title: str, solve: Function, data: tuple, lams: np.ndarray, reference: np.ndarray) -> Picture:
    """Draw a line for each coefficient over log lam; data is (A, b, names), reference (n_lams, n_features)."""
    A, b, names = data
    attempts = [attempt(solve, A, b, lam, like=reference[0]) for lam in lams]
    trouble = next((failed for _, failed in attempts if failed), None)
    yours = None if trouble else np.array([x for x, _ in attempts])

    figure, axes = new_figure(size=(6.8, 4.2))
    axes.plot(lams, reference, **GHOST)
    axes.plot([], [], label="reference", **GHOST)
    if yours is not None:
        axes.plot(lams, yours, color=BLUE, linewidth=1.5)
        axes.plot([], [], color=BLUE, linewidth=1.5, label="yours")
    _name_the_lines(axes, lams[0], reference[0], names)
    axes.set(xscale="log", xlabel="lam", ylabel="coefficient")
    axes.set_title(titled(title, trouble))
    axes.legend(loc="upper right")
    return finish(
        figure,
        f"Ten coefficients against lam from {lams[0]:.3g} to {lams[-1]:.4g}. Reference: {_path_in_words(reference)} "
        f"{trouble or f'Yours: {_path_in_words(yours)}'}",
    )


def _diabetes() -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return (A, b, names): 442 patients, ten centred features of length 1, the centred progression of the disease."""
    data = load_diabetes()
    return data.data, data.target - data.target.mean(), data.feature_names


def _tips(mean: np.ndarray, components: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return where arrows of two standard deviations end, (2, 2); each points to the right, for signs are free."""
    turned = components * np.where(components[:, :1] < 0, -1.0, 1.0)
    return mean + 2 * np.sqrt(np.abs(variance))[:, None] * turned


def _axes_in_words(mean: np.ndarray, components: np.ndarray, variance: np.ndarray) -> str:
    angles = np.degrees(np.arctan2(components[:, 1], components[:, 0])) % 180
    axes = " and ".join(
        f"at {angle:.0f} degrees with variance {v:.2f}" for angle, v in zip(angles, variance, strict=True)
    )
    return f"axes through ({mean[0]:.2f}, {mean[1]:.2f}) {axes}."


def _path_in_words(path: np.ndarray) -> str:
    largest, zeros = np.abs(path).max(axis=1), np.count_nonzero(path == 0, axis=1)
    return (
        f"the largest goes from {largest[0]:.0f} to {largest[-1]:.0f} in size, "
        f"the number of exact zeros from {zeros[0]} to {zeros[-1]}."
    )


def _name_the_lines(axes: Axes, x: float, heights: np.ndarray, names: list[str]) -> None:
    """Write the names of the five largest coefficients at the left ends of their lines."""
    for j in np.argsort(-np.abs(heights))[:5]:
        axes.annotate(names[j], (x, heights[j]), xytext=(-4, 0), textcoords="offset points", ha="right", va="center")
    axes.margins(x=0.1)


def _rms(difference: np.ndarray) -> float:
    return float(np.sqrt(np.mean(difference**2)))
