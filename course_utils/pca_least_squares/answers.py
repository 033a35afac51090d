"""Draw the answers to assignment 02 (CS7150-L1, "Principal Component Analysis" and "Linear Least Squares")."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from sklearn.decomposition import PCA
from sklearn.linear_model import lasso_path as lasso_reference
from sklearn.linear_model import ridge_regression

from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLUE, GREY, VERMILION, Picture, arrow, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled
from course_utils.pca_least_squares.least_squares import diabetes

Function = Callable[..., object]


def principal_axes(pca_fit: Function) -> Picture:
    """Draw 80 samples and both principal axes as arrows of two standard deviations from the mean."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(80, 2)) * [3.0, 1.0] @ np.array([[0.8, 0.6], [-0.6, 0.8]]) + [6.0, 4.0]
    fit = PCA(2).fit(X)
    reference = (fit.mean_, np.asarray(fit.components_), np.asarray(fit.explained_variance_))
    yours, problem = guarded_call(pca_fit, X, 2, like=reference)

    figure, axes = new_figure(size=(5.6, 4.6))
    axes.scatter(*X.T, s=12, color=GREY, label="samples")
    for tip in _tips(*reference):
        axes.plot(*np.stack([fit.mean_, tip], axis=1), **REFERENCE_STYLE)
    axes.plot([], [], label="reference", **REFERENCE_STYLE)
    if yours is not None:
        for tip, colour, name in zip(_tips(*yours), (BLUE, VERMILION), ("first", "second"), strict=True):
            arrow(axes, tip, colour, f"your {name} axis", start=yours[0])
    axes.set(xlabel="feature 1", ylabel="feature 2", aspect="equal")
    axes.set_title(titled("Principal axes", problem))
    axes.legend()
    return finish(
        figure,
        f"80 samples. Reference: {_axes_in_words(*reference)} "
        f"{problem if yours is None else 'Yours: ' + _axes_in_words(*yours)}",
    )


def ridge_coefficients(ridge: Function) -> Picture:
    """Draw the coefficients of ridge regression on the diabetes data for 25 values of lam."""
    A, b, _ = diabetes()
    lams = np.logspace(-3, 2, 25)
    reference = np.array([ridge_regression(A, b, lam) for lam in lams])
    return _path("Ridge: all coefficients shrink", ridge, lams, reference)


def lasso_coefficients(lasso_ista: Function) -> Picture:
    """Draw the coefficients of the lasso on the diabetes data for 15 values of lam."""
    A, b, _ = diabetes()
    lams = np.logspace(0, 3.3, 15)
    # scikit-learn divides the first term by 2 m and takes the penalties in descending order.
    alphas = lams[::-1] / (2 * len(A))
    # pyright infers the types of the penalties from their default, a string.
    _, reference, *_ = lasso_reference(A, b, alphas=alphas, tol=1e-8, max_iter=100_000)  # pyright: ignore[reportArgumentType]
    return _path("Lasso: coefficients become 0 one by one", lasso_ista, lams, reference.T[::-1])


def _path(title: str, solve: Function, lams: np.ndarray, reference: np.ndarray) -> Picture:
    """Draw one line per coefficient against `lams`, (k,), on a logarithmic axis; `reference` is (k, 10)."""
    A, b, names = diabetes()
    attempts = [guarded_call(solve, A, b, lam, like=reference[0]) for lam in lams]
    problem = next((failed for _, failed in attempts if failed), None)
    yours = None if problem else np.array([x for x, _ in attempts])

    figure, axes = new_figure(size=(6.8, 4.2))
    axes.plot(lams, reference, **REFERENCE_STYLE)
    axes.plot([], [], label="reference", **REFERENCE_STYLE)
    if yours is not None:
        axes.plot(lams, yours, color=BLUE, linewidth=1.5)
        axes.plot([], [], color=BLUE, linewidth=1.5, label="yours")
    _name_the_lines(axes, lams[0], reference[0], names)
    axes.set(xscale="log", xlabel="lam", ylabel="coefficient")
    axes.set_title(titled(title, problem))
    axes.legend(loc="upper right")
    return finish(
        figure,
        f"Ten coefficients against lam from {lams[0]:.3g} to {lams[-1]:.4g}. Reference: {_path_in_words(reference)} "
        f"{problem if yours is None else 'Yours: ' + _path_in_words(yours)}",
    )


def _tips(mean: np.ndarray, components: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return the tips of arrows of two standard deviations, (2, 2), which point to the right: signs are arbitrary."""
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
        f"the largest absolute value goes from {largest[0]:.0f} to {largest[-1]:.0f}, "
        f"the number of exact zeros from {zeros[0]} to {zeros[-1]}."
    )


def _name_the_lines(axes: Axes, x: float, heights: np.ndarray, names: tuple[str, ...]) -> None:
    """Write the names of the five largest coefficients at the left ends of their lines."""
    for j in np.argsort(-np.abs(heights))[:5]:
        axes.annotate(names[j], (x, heights[j]), xytext=(-4, 0), textcoords="offset points", ha="right", va="center")
    axes.margins(x=0.1)
