"""What unit 02 computes and draws, held against scikit-learn, scipy, torch and the definitions."""

import re

import numpy as np
import pytest
import scipy
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import Lasso, Ridge

from course_utils.drawing.geometry import principal_directions
from course_utils.pca_least_squares import least_squares, pca, subspaces
from course_utils.pca_least_squares.least_squares import LASSO, MANY_ROWS, ONE_ROW, RIDGE

NUMBER = r"(-?\d+(?:\.\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number) for number in found.groups()]


def of_rank(r: int, m: int, n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(m, r)) @ rng.normal(size=(r, n))


# --- subspaces -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("r", "m", "n"), [(1, 3, 3), (2, 3, 5), (3, 3, 7), (2, 6, 2), (4, 5, 9)])
@pytest.mark.parametrize("scale", [1, 1e-6, 1e6])
def test_rank_is_that_of_torch_at_every_scale(r, m, n, scale):
    X = scale * of_rank(r, m, n)
    assert subspaces.rank(X) == r == torch.linalg.matrix_rank(torch.tensor(X), rtol=1e-10)


@pytest.mark.parametrize(("r", "m", "n"), [(1, 3, 3), (2, 3, 5), (3, 3, 7), (2, 6, 2), (4, 5, 9)])
def test_new_directions_are_as_many_as_the_rank_and_span_the_same(r, m, n):
    X = of_rank(r, m, n)
    kept = X[:, subspaces.new_directions(X)]
    assert kept.shape[1] == r
    one, other = (scipy.linalg.orth(columns, rcond=1e-10) for columns in (kept, X))
    assert np.allclose(one @ one.T, other @ other.T)


@pytest.mark.parametrize(
    ("place", "vector"), [((0, 0), (1, 0, 0)), ((90, 0), (0, 1, 0)), ((123, 90), (0, 0, 1)), ((180, -45), (-1, 0, -1))]
)
def test_places_on_the_globe_are_vectors_of_length_one(place, vector):
    assert np.allclose(subspaces.on_globe(*place), np.array(vector) / np.linalg.norm(vector))


@pytest.mark.parametrize("places", np.random.default_rng(1).integers(-18, 18, size=(12, 6)) * 5)
def test_the_span_picture_tells_the_rank_and_a_dependence_that_holds(places):
    X = np.column_stack([subspaces.on_globe(*places[i : i + 2]) for i in (0, 2, 4)])
    check_span_description(subspaces.draw_span(*places).description, X)


@pytest.mark.parametrize("places", [(10, 0, 75, 0, 150, 0), (10, 0, 10, 0, -170, 0), (40, 10, 40, 50, 40, -70)])
def test_the_span_picture_of_dependent_arrows_tells_the_truth(places):
    X = np.column_stack([subspaces.on_globe(*places[i : i + 2]) for i in (0, 2, 4)])
    description = subspaces.draw_span(*places).description
    assert " x_1" in description
    check_span_description(description, X)


def check_span_description(description: str, X: np.ndarray) -> None:
    assert numbers(rf"rank {NUMBER}", description) == [torch.linalg.matrix_rank(torch.tensor(X), rtol=1e-10)]
    values = numbers(rf"values {NUMBER}, {NUMBER}, {NUMBER}", description)
    assert np.allclose(values, scipy.linalg.svdvals(X), atol=0.006)
    if "None of them" in description:
        assert np.linalg.matrix_rank(X) == 3
        return
    equation = re.search(r"x_(\d) = (.+)\.$", description)
    assert equation
    target, weights = equation.groups()
    total = sum(
        float(sign.replace(" ", "")) * X[:, int(index) - 1]
        for sign, index in re.findall(r"([+-]? ?\d+\.\d+) x_(\d)", weights)
    )
    assert np.allclose(total, X[:, int(target) - 1], atol=0.02)


@pytest.mark.parametrize("how_many", range(1, 9))
@pytest.mark.parametrize("dimension", range(1, 8))
def test_the_rank_counter_stops_at_the_smaller_of_m_and_n(how_many, dimension):
    description = subspaces.draw_rank_counter(how_many, dimension).description
    new, dependent, rank = numbers(rf"{NUMBER} of them bring .* {NUMBER} depend .* rank {NUMBER}", description)
    assert new == rank == min(how_many, dimension)
    assert dependent == how_many - rank


def test_a_combination_stays_in_the_plane():
    for weights in np.random.default_rng(0).uniform(-2, 2, size=(5, 2)):
        assert "has distance 0.00 from the plane" in subspaces.draw_combination(*weights).description


def test_the_projection_picture_knows_the_nearest_point_and_the_angles():
    best, (square,), *_ = np.linalg.lstsq(subspaces.PLANE, subspaces.POINT)
    description = subspaces.draw_projection((best[0], best[1])).description
    assert numbers(rf"angles of {NUMBER}, {NUMBER} degrees", description) == [90, 90]
    assert np.allclose(numbers(rf"distance {NUMBER} from x", description), np.sqrt(square), atol=0.006)
    elsewhere = subspaces.draw_projection((-1, 2)).description
    told = numbers(rf"weights \({NUMBER}, {NUMBER}\) and distance {NUMBER}", elsewhere)
    assert np.allclose(told, [*best, np.sqrt(square)], atol=0.006)
    away = subspaces.POINT - subspaces.PLANE @ [-1, 2]
    assert np.allclose(numbers(rf"distance {NUMBER} from x", elsewhere), np.linalg.norm(away), atol=0.006)
    cosines = [1 - scipy.spatial.distance.cosine(away, x) for x in subspaces.PLANE.T]
    assert numbers(rf"angles of {NUMBER}, {NUMBER} degrees", elsewhere) == list(
        np.round(np.degrees(np.arccos(cosines)))
    )


# --- principal components --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "d"), [(40, 3), (5, 5), (4, 6)])
def test_directions_are_those_of_scikit_learn_and_do_not_depend_on_signs(n, d):
    X = pca.centred(np.random.default_rng(d).normal(size=(n, d)) * np.arange(1, d + 1))
    V, values = principal_directions(X)
    fitted = PCA(2).fit(X)
    assert np.allclose(np.abs((fitted.components_ @ V[:, :2]).diagonal()), 1)
    assert np.allclose(values[:2] ** 2 / (n - 1), fitted.explained_variance_)
    assert np.allclose(principal_directions(-X)[0], V)
    assert np.all(V[np.abs(V).argmax(axis=0), range(V.shape[1])] > 0)


def test_the_greedy_loop_finds_what_scikit_learn_finds_and_leaves_nothing():
    X = pca.round_cloud()
    found, left_over = pca.greedy(X, 3)
    assert np.allclose(np.abs(PCA().fit(X).components_ @ found), np.eye(3), atol=1e-8)
    assert np.abs(left_over).max() < 1e-12
    assert np.allclose(pca.greedy(X, 1)[1], X - np.outer(X @ found[:, 0], found[:, 0]))


@pytest.mark.parametrize("subtract_mean", [True, False])
def test_the_direction_picture_names_the_angle_of_the_eigenvector(subtract_mean):
    X = pca.flat_cloud()
    X = X - X.mean(axis=0) if subtract_mean else X
    eigenvalues, eigenvectors = np.linalg.eigh(X.T @ X / (len(X) - 1))
    angle = np.degrees(np.arctan2(*eigenvectors[::-1, -1])) % 180
    description = pca.draw_direction(40, subtract_mean).description
    told, where = numbers(rf"largest, {NUMBER}, is at {NUMBER} degrees", description)
    assert where == round(angle)
    assert abs(told - eigenvalues[-1]) < 0.006


@pytest.mark.parametrize("angle", [0, 33, 90, 171, 180])
def test_the_direction_picture_tells_the_variance_of_the_shadows(angle):
    X = pca.flat_cloud()
    shadows = np.cos(np.radians(angle)) * X[:, 0] + np.sin(np.radians(angle)) * X[:, 1]
    told = numbers(rf"variance {NUMBER}\.", pca.draw_direction(angle, True).description)
    assert abs(told[0] - np.var(shadows, ddof=1)) < 0.006


@pytest.mark.parametrize("round_number", [1, 2, 3])
def test_the_greedy_picture_tells_shares_of_variance(round_number):
    fitted = PCA().fit(pca.round_cloud())
    taken, total, percent = numbers(
        rf"has {NUMBER} of the total {NUMBER}\. .* explain {NUMBER}%", pca.draw_greedy(round_number).description
    )
    assert abs(taken - fitted.explained_variance_[round_number - 1]) < 0.006
    assert abs(total - fitted.explained_variance_.sum()) < 0.006
    assert abs(percent / 100 - fitted.explained_variance_ratio_[:round_number].sum()) < 6e-4


@pytest.mark.parametrize(("axes_shown", "columns"), [("1 and 2", [0, 1]), ("3 and 4", [2, 3])])
def test_the_map_of_digits_names_the_nearest_class(axes_shown, columns):
    X, labels = pca.digits()
    Z = PCA(4).fit_transform(X)[:, columns]
    means = np.stack([Z[labels == label].mean(axis=0) for label in range(10)])
    apart = scipy.spatial.distance.squareform(scipy.spatial.distance.pdist(means))
    np.fill_diagonal(apart, np.inf)
    told = numbers(rf"that of 7 is that of {NUMBER}, {NUMBER} away", pca.draw_digit_map("7", axes_shown).description)
    assert told[0] == apart[7].argmin()
    assert abs(told[1] - apart[7].min()) < 0.06
    one, other, distance = numbers(
        rf"those of {NUMBER} and {NUMBER}, {NUMBER} apart", pca.draw_digit_map("all", axes_shown).description
    )
    assert apart[int(one), int(other)] == apart.min()
    assert abs(distance - apart.min()) < 0.06


@pytest.mark.parametrize("components", [1, 2, 10, 30, 61, 64])
def test_the_rebuilt_digit_is_that_of_scikit_learn(components):
    X, labels = pca.digits()
    fitted = PCA(components, svd_solver="full").fit(X)
    rebuilt = fitted.inverse_transform(fitted.transform(X[[7]]))[0]
    description = pca.draw_reconstruction(components, 7).description
    assert f"An image of a {labels[7]}" in description
    percent, error = numbers(rf"keep {NUMBER}% .* image is {NUMBER} of 16 grey", description)
    assert abs(percent / 100 - fitted.explained_variance_ratio_.sum()) < 6e-4
    assert abs(error - np.sqrt(np.mean((rebuilt - X[7]) ** 2))) < 0.006


def test_the_measured_shares_of_the_digits():
    _, _, values = pca.digit_directions()
    share = np.cumsum(values**2) / np.sum(values**2)
    assert [f"{share[k - 1]:.1%}" for k in (2, 10, 30)] == ["28.5%", "73.8%", "95.9%"]
    assert subspaces.rank(pca.centred(pca.digits()[0])) == 61


# --- least squares ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", [least_squares.MOVABLE, (3.0, -3.0), (-3.0, 0.4)])
def test_the_vertical_line_is_that_of_scipy_and_the_perpendicular_one_is_the_nearest(point):
    x, y = least_squares.scattered_points(*point)
    fit = scipy.stats.linregress(x, y)
    assert np.allclose(least_squares.vertical_line(x, y), (fit.intercept, fit.slope))

    def distances(line):
        return np.sum((y - line[0] - line[1] * x) ** 2) / (1 + line[1] ** 2)

    search = scipy.optimize.minimize(distances, (0, 1.5), options={"gtol": 1e-10})
    assert np.allclose(least_squares.perpendicular_line(x, y), search.x, atol=1e-4)
    told = numbers(
        rf"vertical residuals has slope {NUMBER}, .* slope {NUMBER}", least_squares.draw_residuals(point).description
    )
    assert np.allclose(told, (fit.slope, search.x[1]), atol=6e-4)


def test_the_measured_slopes():
    description = least_squares.draw_residuals(least_squares.MOVABLE).description
    assert "slope 1.007" in description
    assert "slope 1.520" in description


PROBLEMS = {
    "tall": (np.random.default_rng(0).normal(size=(30, 4)), np.random.default_rng(1).normal(size=30)),
    "wide": (np.random.default_rng(2).normal(size=(3, 7)), np.random.default_rng(3).normal(size=3)),
    "rank-deficient": (of_rank(2, 12, 4), np.random.default_rng(4).normal(size=12)),
    MANY_ROWS: least_squares.two_unknowns(MANY_ROWS),
    ONE_ROW: least_squares.two_unknowns(ONE_ROW),
}
LAMBDAS = np.array([0.05, 0.7, 3.0, 40.0])


@pytest.mark.parametrize("problem", PROBLEMS)
def test_ridge_is_that_of_scikit_learn(problem):
    A, b = PROBLEMS[problem]
    expected = [Ridge(alpha=lam, fit_intercept=False).fit(A, b).coef_ for lam in LAMBDAS]
    assert np.allclose(least_squares.ridge_path(A, b, LAMBDAS).T, expected)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_lasso_meets_its_conditions_of_optimality(problem):
    A, b = PROBLEMS[problem]
    for lam, x in zip(LAMBDAS, least_squares.lasso_path(A, b, LAMBDAS).T, strict=True):
        pull = 2 * A.T @ (b - A @ x)
        assert np.all(np.abs(pull) <= lam + 1e-8)
        assert np.allclose(pull[x != 0], lam * np.sign(x[x != 0]))


@pytest.mark.parametrize("problem", ["tall", MANY_ROWS, ONE_ROW])
def test_lasso_is_that_of_scikit_learn_at_lambda_over_2m(problem):
    A, b = PROBLEMS[problem]
    expected = [Lasso(alpha=lam / (2 * len(A)), fit_intercept=False, tol=1e-12).fit(A, b).coef_ for lam in LAMBDAS]
    assert np.allclose(least_squares.lasso_path(A, b, LAMBDAS).T, expected, atol=1e-6)


@pytest.mark.parametrize("strength", [1.0, 316.0, 1000.0, 5000.0])
def test_the_path_picture_counts_the_zeros_that_scikit_learn_finds(strength):
    A, b, names = least_squares.diabetes()
    x = Lasso(alpha=strength / (2 * len(A)), fit_intercept=False, tol=1e-12, max_iter=100_000).fit(A, b).coef_
    description = least_squares.draw_paths(strength, LASSO).description
    assert numbers(rf": {NUMBER} of 10 are exactly zero", description) == [np.count_nonzero(x == 0)]
    if x.any():
        largest = np.abs(x).argmax()
        assert f"the largest is {names[largest]} with {x[largest]:.0f}" in description
    assert ": 0 of 10 are exactly zero" in least_squares.draw_paths(strength, RIDGE).description


@pytest.mark.parametrize("strength", [0.05, 2.0, 20.0])
@pytest.mark.parametrize("regularizer", [RIDGE, LASSO])
@pytest.mark.parametrize("rows", [MANY_ROWS, ONE_ROW])
def test_the_ball_touches_the_contour_nothing_in_it_is_better(strength, regularizer, rows):
    A, b = least_squares.two_unknowns(rows)
    description = least_squares.draw_ball(strength, regularizer, rows).description
    x = least_squares.solve(A, b, strength, regularizer)
    (radius,) = numbers(rf"radius {NUMBER}", description)
    assert np.allclose(numbers(rf": x = \({NUMBER}, {NUMBER}\)", description), x, atol=0.006)
    points = np.random.default_rng(0).uniform(-1, 1, size=(2, 4000))
    order = 2 if regularizer == RIDGE else 1
    inside = np.linalg.norm(x, order) * points[:, np.linalg.norm(points, order, axis=0) <= 1]
    assert abs(radius - np.linalg.norm(x, order)) < 0.006
    assert np.sum((A @ inside - b[:, None]) ** 2, axis=0).min() >= np.sum((A @ x - b) ** 2) - 1e-9


def test_for_fewer_equations_ridge_goes_to_the_shortest_solution_and_lasso_to_a_corner():
    A, b = least_squares.two_unknowns(ONE_ROW)
    assert np.allclose(least_squares.solve(A, b, 1e-9, RIDGE), scipy.linalg.lstsq(A, b)[0])
    assert np.allclose(least_squares.solve(A, b, 1e-9, LASSO), [0, 1])


def test_a_strength_is_written_without_powers_of_ten():
    assert "lambda = 10000:" in least_squares.draw_paths(1e4, RIDGE).description
    assert "lambda = 0.001:" in least_squares.draw_paths(1e-3, RIDGE).description


PROMISES = [
    (subspaces.draw_projection, ((0.7, 1.4),), "distance 0.80"),
    (pca.draw_direction, (75, True), "largest, 2.60, is at 26 degrees"),
    (pca.draw_direction, (75, False), "is at 107 degrees"),
    (pca.draw_greedy, (3,), "100.0% of the variance"),
    (pca.draw_digit_map, ("5", "1 and 2"), "is that of 8"),
    (pca.draw_digit_map, ("1", "1 and 2"), "is that of 7"),
    (pca.draw_reconstruction, (27, 3), "keep 94."),
    (pca.draw_reconstruction, (28, 3), "keep 95.0%"),
    (pca.draw_reconstruction, (61, 3), "is 0.00 of 16 grey levels"),
    (least_squares.draw_residuals, ((3.0, -3.0),), "has slope 0.339,"),
    (least_squares.draw_residuals, ((3.0, -3.0),), "has slope 1.929."),
    (least_squares.draw_ball, (0.01, RIDGE, ONE_ROW), "x = (0.40, 0.80)"),
    (least_squares.draw_ball, (0.01, LASSO, ONE_ROW), "x = (0.00, 1.00), 1 of 2"),
    (least_squares.draw_ball, (7.9, LASSO, ONE_ROW), "1 of 2 entries"),
    (least_squares.draw_ball, (8.0, LASSO, ONE_ROW), "2 of 2 entries"),
    (least_squares.draw_ball, (20.0, LASSO, MANY_ROWS), "1 of 2 entries"),
    (least_squares.draw_paths, (316.0, LASSO), "6 of 10"),
    (least_squares.draw_paths, (1000.0, LASSO), "8 of 10"),
    (least_squares.draw_paths, (2000.0, LASSO), "10 of 10"),
]


@pytest.mark.parametrize(("draw", "places", "promise"), PROMISES)
def test_the_pictures_show_what_the_lecture_says_you_should_see(draw, places, promise):
    assert promise in draw(*places).description
