"""The solutions of the assignment compute what the formulas and functions of the lecture do."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeCV
from support.references import solution

from course_utils.checks import pca_least_squares as drive
from course_utils.drawing.geometry import principal_directions
from course_utils.pca_least_squares import least_squares, pca, subspaces

UNIT = "02_pca_least_squares"
BASIS = solution(UNIT, "orthonormal_basis")["orthonormal_basis"]
PROJECT = solution(UNIT, "project")["project"]
COVARIANCE = solution(UNIT, "covariance")["covariance"]
PCA_FIT = solution(UNIT, "pca_fit")["pca_fit"]
TEST_MAPS = solution(UNIT, "test_pca_maps")["test_pca_maps"]
LEADING = solution(UNIT, "leading_direction")["leading_direction"]
NEAREST = solution(UNIT, "lstsq_nearest")["lstsq_nearest"]
RIDGE = solution(UNIT, "ridge")["ridge"]
RIDGE_FIT = solution(UNIT, "ridge")["ridge_fit"]
LASSO = solution(UNIT, "lasso_ista")["lasso_ista"]

shapes = pytest.mark.parametrize("m, n", [(5, 3), (3, 5), (4, 4)])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2)


def of_rank(r: int, m: int, n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(m, r)) @ rng.normal(size=(r, n))


def same_up_to_sign(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Say whether the columns of two matrices (m, k) are the same up to their signs."""
    return np.allclose(np.abs(np.sum(found * wanted, axis=0)), np.sum(wanted**2, axis=0), rtol=1e-9)


@shapes
@pytest.mark.parametrize("r", [1, 2, 3])
def test_the_span_has_the_rank_and_the_directions_of_the_lecture(r, m, n, rng):
    X = of_rank(r, m, n, rng)
    Q = BASIS(X)
    assert Q.shape[1] == subspaces.rank(X) == sum(subspaces.new_directions(X))
    U = principal_directions(X.T)[0][:, :r]
    np.testing.assert_allclose(Q @ Q.T, U @ U.T, atol=1e-9)


@shapes
def test_the_projection_is_the_nearest_combination_of_the_lecture(m, n, rng):
    X, x = of_rank(2, m, n, rng), rng.normal(size=m)
    root = np.sqrt(rng.uniform(0.5, 2.0, size=m))
    of_the_lecture = X @ subspaces.nearest(root * x, root[:, None] * X)
    np.testing.assert_allclose(PROJECT(x, X, root**2), of_the_lecture, atol=1e-9)


@shapes
def test_the_covariance_holds_the_variances_along_directions_of_the_lecture(m, n, rng):
    X, g = rng.normal(size=(m, n)) + 3, rng.normal(size=n)
    A, C = pca.centred(X), COVARIANCE(X, np.ones(m, int))
    assert g @ C @ g == pytest.approx(pca.variance_along(A, g))
    assert np.trace(C) == pytest.approx(pca.total_variance(A))


def test_the_fit_is_that_of_the_lecture(rng):
    X = rng.normal(size=(9, 4)) * [4, 3, 2, 1] + 5
    mean, components, variance = PCA_FIT(X, 3)
    A = pca.centred(X)
    np.testing.assert_allclose(X - A, np.tile(mean, (9, 1)), atol=1e-12)
    V, values = principal_directions(A)
    assert same_up_to_sign(components.T, V[:, :3])
    np.testing.assert_allclose(variance, values[:3] ** 2 / 8)
    np.testing.assert_allclose(variance, [pca.variance_along(A, g) for g in components])


def test_scores_and_reconstructions_of_the_lecture_pass_the_test_of_the_exercise():
    def maps(X, mean, components):
        V = components.T
        return (X - mean) @ V, mean + (X - mean) @ V @ V.T

    TEST_MAPS(maps)
    mean, V, _ = pca.digit_directions()
    X, _ = pca.digits()
    scores = (X - mean) @ V[:, :20]
    rebuilt = maps(X, mean, V[:, :20].T)[1]
    np.testing.assert_allclose(rebuilt, mean + scores @ V[:, :20].T, atol=1e-9)


def test_power_iteration_ends_at_the_first_direction_of_the_lectures_greedy_loop(rng):
    X = rng.normal(size=(12, 4)) * [5.0, 2.0, 1.0, 0.5] + 3
    g = LEADING(X, 200, 0)
    assert same_up_to_sign(g[:, None], pca.greedy(pca.centred(X), 1)[0])


@shapes
def test_the_shortest_solution_is_that_of_the_lecture(m, n, rng):
    A, b = of_rank(2, m, n, rng), rng.normal(size=m)
    np.testing.assert_allclose(NEAREST(A, b, np.zeros(A.shape[1]))["x"], subspaces.nearest(b, A), atol=1e-9)


def test_the_line_through_points_is_that_of_the_lecture():
    t, y = least_squares.scattered_points(2.0, -1.0)
    np.testing.assert_allclose(
        NEAREST(np.column_stack([np.ones_like(t), t]), y, np.ones(2))["x"], least_squares.vertical_line(t, y), rtol=1e-9
    )


@shapes
@pytest.mark.parametrize("lam", [0.1, 3.0])
def test_ridge_is_that_of_the_lecture(lam, m, n, rng):
    A, b = rng.normal(size=(m, n)), rng.normal(size=m)
    wanted = least_squares.ridge_path(A, b, np.array([lam]))[:, 0]
    np.testing.assert_allclose(RIDGE(A, b, lam), wanted, atol=1e-9)
    np.testing.assert_allclose(wanted, least_squares.solve(A, b, lam, least_squares.RIDGE), atol=1e-9)


def of_scikit_learn(model: Ridge | RidgeCV, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return intercept and weights, (d + 1,), of a model that was fitted to standardized features."""
    model.fit((X - X.mean(axis=0)) / X.std(axis=0), y)
    weights = np.asarray(model.coef_) / X.std(axis=0)
    return np.concatenate([[model.intercept_ - X.mean(axis=0) @ weights], weights])


def test_a_ratio_is_1_for_the_best_lam_in_hindsight(rng):
    for table in drive.noisy_tables(rng, 5):
        X, y, *_ = table
        ratios = [
            drive.times_the_best(of_scikit_learn(Ridge(alpha=lam, solver="svd"), X, y), *table)
            for lam in np.logspace(-5, 5, 81)
        ]
        assert min(ratios) == pytest.approx(1.0)


def test_the_noise_of_the_tables_grows_from_a_hundredth_to_ten_times_the_signal(rng):
    for noise, (X, y, X_new, y_new) in zip(np.logspace(-2, 1, 7), drive.noisy_tables(rng, 7), strict=True):
        assert X.shape == (len(y), X_new.shape[1]) and len(X_new) == len(y_new) == 1000
        with_intercept = np.column_stack([np.ones(1000), X_new / X_new.std(axis=0)])
        left = y_new - with_intercept @ np.linalg.lstsq(with_intercept, y_new, rcond=None)[0]
        assert left.std() == pytest.approx(noise, rel=0.2)
        assert y_new.std() == pytest.approx(np.hypot(1, noise), rel=0.2) and 15 < y_new.mean() < 45


def test_ridge_fit_is_as_good_as_the_choice_of_scikit_learn(rng):
    own, theirs = [], []
    for table in drive.noisy_tables(rng, 20):
        X, y, *_ = table
        own.append(np.log(drive.times_the_best(RIDGE_FIT(X, y), *table)))
        model = RidgeCV(np.logspace(-4, 4, 25), cv=5)
        theirs.append(np.log(drive.times_the_best(of_scikit_learn(model, X, y), *table)))
    assert np.exp(np.mean(own)) <= 1.2
    assert abs(np.mean(own) - np.mean(theirs)) < 0.05


@pytest.mark.parametrize("lam", [0.5, 4.0, 100.0])
def test_lasso_ends_where_the_path_of_the_lecture_is(lam, rng):
    A, b = rng.normal(size=(12, 4)), rng.normal(size=12)
    wanted = least_squares.lasso_path(A, b, np.array([lam]))[:, 0]
    np.testing.assert_allclose(LASSO(A, b, lam), wanted, atol=1e-8)
