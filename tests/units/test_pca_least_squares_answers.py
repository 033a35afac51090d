"""The pictures of assignment 02 against what is known of them, and with answers that are far from right."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.text import Annotation
from sklearn.linear_model import Lasso, Ridge

from course_utils.drawing.pictures import Picture
from course_utils.pca_least_squares import answers as yours
from course_utils.pca_least_squares.least_squares import diabetes


def told(picture: Picture) -> tuple[list[float], list[float]]:
    """Return the numbers of the reference and those of the student's own."""
    reference, own = picture.description.split("Reference:")[1].split("Yours")
    number = re.compile(r"\d[\d.]*(?<!\.)")
    return [float(n) for n in number.findall(reference)], [float(n) for n in number.findall(own)]


def curves(picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    """Return the heights of the broad lines of the reference and of the thin lines of the student, one row per line."""
    lines = [line for line in picture.figure.axes[0].lines if len(np.asarray(line.get_xdata()))]
    broad = np.array([line.get_linewidth() > 2 for line in lines])
    heights = np.array([line.get_ydata() for line in lines])
    return heights[broad], heights[~broad]


def arrows_and_names(picture: Picture) -> list[Annotation]:
    """Return the arrows and labels of the first panel."""
    return [text for text in picture.figure.axes[0].texts if isinstance(text, Annotation)]


def fit(X, k):
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return mean, Vt[:k], s[:k] ** 2 / (len(X) - 1)


def ridge(A, b, lam):
    return np.linalg.solve(A.T @ A + lam * np.eye(A.shape[1]), A.T @ b)


def lasso(A, b, lam):
    return Lasso(alpha=lam / (2 * len(A)), fit_intercept=False, tol=1e-8, max_iter=100_000).fit(A, b).coef_


def unimplemented(*_):
    raise NotImplementedError


def test_the_axes_have_the_angles_and_variances_of_the_covariance_matrix():
    seen = []

    def recorded(X, k):
        seen.append(X)
        return fit(X, k)

    picture = yours.principal_axes(recorded)
    reference, own = told(picture)
    assert own == reference
    values, vectors = np.linalg.eigh(np.cov(seen[0].T))
    angles = np.degrees(np.arctan2(vectors[1], vectors[0])) % 180
    assert own[:2] == pytest.approx(seen[0].mean(axis=0), abs=0.006)
    assert own[2::2] == pytest.approx(angles[::-1], abs=0.6)
    assert own[3::2] == pytest.approx(values[::-1], abs=0.006)


def test_arrows_end_two_standard_deviations_from_the_mean_whatever_the_signs():
    samples = []

    def mirrored(X, k):
        samples.append(X)
        mean, components, variance = fit(X, k)
        return mean, -components, variance

    picture = yours.principal_axes(mirrored)
    mean, components, variance = fit(samples[0], 2)
    arrows = arrows_and_names(picture)
    for arrow, direction, size in zip(arrows, components, np.sqrt(variance), strict=True):
        step = np.subtract(arrow.xy, arrow.xyann)
        assert arrow.xyann == pytest.approx(mean)
        assert np.linalg.norm(step) == pytest.approx(2 * size)
        assert step[0] > 0 and np.linalg.det([step, direction]) == pytest.approx(0)
    assert told(picture)[0] == told(picture)[1]


def test_axes_in_ascending_order_differ_from_the_reference():
    def ascending(X, k):
        mean, components, variance = fit(X, k)
        return mean, components[::-1], variance[::-1]

    reference, own = told(yours.principal_axes(ascending))
    assert own == reference[:2] + reference[4:] + reference[2:4]


def test_ridge_is_that_of_scikit_learn_for_every_strength():
    picture = yours.ridge_coefficients(ridge)
    reference, own = curves(picture)
    A, b, _ = diabetes()
    lams = picture.figure.axes[0].lines[0].get_xdata()
    expected = np.array([Ridge(alpha=lam, fit_intercept=False).fit(A, b).coef_ for lam in np.asarray(lams)])
    assert reference == pytest.approx(expected.T, abs=1e-6)
    assert own == pytest.approx(reference, abs=1e-6)
    assert told(picture)[1] == told(picture)[0]


def test_lasso_meets_its_conditions_of_optimality_and_ends_with_zeros():
    picture = yours.lasso_coefficients(lasso)
    reference, own = curves(picture)
    assert own == pytest.approx(reference, abs=0.01)
    A, b, _ = diabetes()
    for lam, x in zip(np.asarray(picture.figure.axes[0].lines[0].get_xdata()), reference.T, strict=True):
        pull = 2 * A.T @ (b - A @ x)
        assert np.abs(pull).max() <= lam * (1 + 1e-4)
        assert pull[x != 0] == pytest.approx(lam * np.sign(x[x != 0]), rel=1e-3)
    assert told(picture)[0] == told(picture)[1]
    assert told(picture)[1][-1] > told(picture)[1][-2]


def test_the_largest_coefficients_at_the_weakest_regularization_have_names():
    picture = yours.ridge_coefficients(ridge)
    reference, _ = curves(picture)
    places = {text.get_text(): text.xy[1] for text in arrows_and_names(picture)}
    _, _, names = diabetes()
    largest = np.argsort(-np.abs(reference[:, 0]))[:5]
    assert places == {names[j]: pytest.approx(reference[j, 0]) for j in largest}


def test_a_strength_divided_by_the_number_of_samples_shrinks_less():
    picture = yours.ridge_coefficients(lambda A, b, lam: ridge(A, b, lam / len(A)))
    reference, own = curves(picture)
    assert np.abs(own[:, -1]).max() > np.abs(reference[:, -1]).max()
    assert told(picture)[1] != told(picture)[0]


def modifying(function):
    """Return an answer that modifies every array that it gets."""

    def modifies(*args):
        result = function(*args)
        for array in args:
            if isinstance(array, np.ndarray):
                array *= -2
        return result

    return modifies


DRAWN = {
    "axes": (yours.principal_axes, [fit]),
    "ridge": (yours.ridge_coefficients, [ridge]),
    "lasso": (yours.lasso_coefficients, [lasso]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_an_answer_that_modifies_its_argument_leaves_the_reference_unchanged(name):
    draw, answers = DRAWN[name]
    none = [unimplemented] * len(answers)
    before = draw(*none).png()
    draw(*map(modifying, answers))
    assert draw(*none).png() == before


@pytest.mark.parametrize(
    "picture",
    [
        lambda: yours.principal_axes(unimplemented),
        lambda: yours.principal_axes(lambda X, k: fit(X, k)[:2]),
        lambda: yours.principal_axes(lambda X, k: (X.mean(), *fit(X, k)[1:])),
        lambda: yours.ridge_coefficients(lambda A, b, lam: np.full(A.shape[1], np.nan)),
        lambda: yours.ridge_coefficients(lambda A, b, lam: 1 / 0),
        lambda: yours.lasso_coefficients(lambda A, b, lam: lasso(A, b, lam)[:, None]),
    ],
)
def test_what_cannot_be_drawn_leaves_the_reference_and_a_sentence(picture):
    picture = picture()
    title = picture.figure.get_suptitle() + picture.figure.axes[0].get_title()
    assert "only the reference" in title
    assert "Yours" not in picture.description
    assert picture.png()
