"""What the prose of unit 02 says, computed again; each test is named after its cell."""

from functools import cache
from itertools import pairwise, product

import numpy as np
import pytest
import scipy
from matplotlib.patches import Rectangle
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Lasso, LinearRegression, Ridge
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from course_utils.drawing.geometry import angle_of, unit_vector
from course_utils.pca_least_squares import least_squares, pca, subspaces

# --- 1 Dependence, span, subspace -------------------------------------------------------------------------------------


def test_span_see_the_dot_never_leaves_the_plane_and_comes_to_any_place_of_it():
    normal = np.cross(*subspaces.PLANE.T)
    for weights in product(np.arange(-2, 2.1, 0.5), repeat=2):
        assert normal @ (subspaces.PLANE @ weights) == pytest.approx(0, abs=1e-12)
    for seed in range(10):
        place = np.random.default_rng(seed).normal(size=3)
        place -= normal * (normal @ place) / (normal @ normal)
        assert subspaces.PLANE @ np.linalg.lstsq(subspaces.PLANE, place)[0] == pytest.approx(place)


def test_span_see_the_blue_dots_have_whole_number_weights():
    space = subspaces.draw_combination(1.5, -1.0).figure.axes[0]
    clouds = [np.array(vars(group)["_offsets3d"]).T for group in space.collections if "_offsets3d" in vars(group)]
    (dots,) = [cloud for cloud in clouds if len(cloud) > 1]
    weights = np.array([np.linalg.lstsq(subspaces.PLANE, dot)[0] for dot in dots])
    assert np.allclose(weights, weights.round())
    assert len(dots) == 25


def rank_of(*places):
    """Return the rank of three arrows by their determinant and their cross products."""
    x, y, z = (subspaces.on_globe(*place) for place in places)
    if abs(x @ np.cross(y, z)) > 1e-9:
        return 3
    return 2 if max(np.linalg.norm(np.cross(a, b)) for a, b in ((x, y), (x, z), (y, z))) > 1e-9 else 1


def test_independence_see_any_latitude_but_0_makes_the_rank_3():
    floor = (10, 0), (75, 0)
    ranks = {latitude: rank_of(*floor, (150, latitude)) for latitude in range(-90, 91, 5)}
    assert [latitude for latitude, rank in ranks.items() if rank == 2] == [0]
    assert set(ranks.values()) == {2, 3}
    for latitude, rank in ranks.items():
        X = np.column_stack([subspaces.on_globe(*place) for place in (*floor, (150, latitude))])
        assert subspaces.rank(X) == rank
    third = [
        np.linalg.svd(np.column_stack([subspaces.on_globe(*place) for place in (*floor, (150, latitude))]))[1][2]
        for latitude in range(0, 91, 5)
    ]
    assert (np.diff(third) > 0).all()  # it says how nearly they are dependent
    pairs = [subspaces.on_globe(longitude, 0) for longitude in (10, 75, 150)]
    assert all(np.linalg.matrix_rank(np.stack(two)) == 2 for two in pairwise([*pairs, pairs[0]]))


@pytest.mark.parametrize("longitude", [-170, 0, 10, 90])
def test_independence_see_with_one_longitude_the_plane_stands_upright(longitude):
    places = [(longitude, latitude) for latitude in (-40, 5, 60)]
    assert rank_of(*places) == 2
    X = np.column_stack([subspaces.on_globe(*place) for place in places])
    assert subspaces.rank(X) == 2
    assert np.linalg.svd(X)[0][2, 2] == pytest.approx(0, abs=1e-9)  # the normal of the plane lies on the floor


@pytest.mark.parametrize("seed", range(20))
def test_too_many_see_the_first_three_are_new_and_the_fourth_and_fifth_never(seed):
    for dimension in range(1, 8):
        X = np.random.default_rng(seed).normal(size=(dimension, 8))
        ranks = [np.linalg.matrix_rank(X[:, : count + 1]) for count in range(8)]
        assert ranks == [min(count + 1, dimension) for count in range(8)]
        new = subspaces.new_directions(X)
        assert new == [count < dimension for count in range(8)]
    assert "rank 3." in subspaces.draw_rank_counter(5, 3).description


@pytest.mark.parametrize(("m", "n"), [(1, 2), (3, 5), (4, 7), (6, 4)])
def test_erratum_too_many_the_equations_have_a_solution_other_than_zero(m, n):
    for seed in range(5):
        X = np.random.default_rng(seed).integers(-3, 4, size=(m, n)) * 1.0
        assert np.linalg.matrix_rank(X) <= min(m, n)
        null = scipy.linalg.null_space(X)
        assert null.shape[1] == n - np.linalg.matrix_rank(X)
        if n > m:
            assert null.shape[1] > 0
            assert np.allclose(X @ null, 0) and np.allclose(np.linalg.norm(null, axis=0), 1)


def test_projection_see_the_smallest_distance_its_weights_and_two_right_angles():
    distance = lambda weights: float(np.linalg.norm(subspaces.POINT - subspaces.PLANE @ weights))
    best = scipy.optimize.minimize(distance, [1.0, 0.0], tol=1e-9).x
    assert round(distance(best), 2) == 0.80
    assert best.round(1).tolist() == [0.7, 1.4]
    assert np.allclose((subspaces.POINT - subspaces.PLANE @ best) @ subspaces.PLANE, 0, atol=1e-6)
    assert "angles of 90, 90 degrees" in subspaces.draw_projection(best).description
    assert (np.linalg.eigvalsh(subspaces.PLANE.T @ subspaces.PLANE) > 0).all()  # a bowl with one lowest point
    for start in product((-1.0, 2.0), repeat=2):
        assert scipy.optimize.minimize(distance, start, tol=1e-9).x == pytest.approx(best, abs=1e-4)


# --- 2 Principal component analysis -----------------------------------------------------------------------------------


def first_direction(X):
    """Return the direction of largest variance of the rows of X, by scikit-learn."""
    return np.asarray(PCA().fit(X).components_)[0]


def test_direction_see_where_the_variance_is_largest_and_smallest_with_and_without_the_mean():
    X = pca.flat_cloud()
    around = np.array([np.var(X @ unit_vector(angle), ddof=1) for angle in range(180)])
    assert (around.argmax(), round(around.max(), 2)) == (26, 2.60)
    assert around.argmin() == 26 + 90
    assert angle_of(first_direction(X)) == pytest.approx(26, abs=0.5)
    from_zero = np.array([np.mean((X @ unit_vector(angle)) ** 2) for angle in range(180)])
    assert from_zero.argmax() == 107
    assert round(angle_of(X.mean(axis=0))) == 108
    assert "V₁ of this matrix: 107" in pca.draw_direction(75, False).figure.axes[1].get_legend_handles_labels()[1][0]


@pytest.mark.parametrize("seed", range(5))
def test_erratum_centred_an_offset_turns_the_first_direction_and_centring_turns_it_back(seed):
    widest = np.array([1.0, 0, 0])
    for offset in np.eye(3)[1:] * 50:
        cloud = np.random.default_rng(seed).normal(size=(200, 3)) * [3, 1, 0.5]
        moved = cloud + offset
        first = lambda samples: np.linalg.svd(samples)[2][0]
        assert abs(first(cloud) @ widest) > 0.99
        assert abs(first(moved) @ offset) / 50 > 0.99
        assert abs(first(pca.centred(moved)) @ widest) > 0.99
        assert np.allclose(np.cov(moved.T), np.cov(cloud.T))  # spread as before


def test_greedy_see_a_plane_a_line_and_nothing_are_left_and_the_bars_fill_the_outlines():
    X = pca.round_cloud()
    found = [pca.greedy(X, rounds) for rounds in range(1, 5)]
    largest = np.abs(X).max()
    assert [np.linalg.matrix_rank(rest, tol=1e-9 * largest) for _, rest in found] == [2, 1, 0, 0]
    assert np.allclose(found[0][1] @ found[0][0][:, 0], 0)  # orthogonal to the first direction
    shares = [np.var(X @ g, ddof=1) for g in found[2][0].T]
    assert shares == pytest.approx(PCA().fit(X).explained_variance_)
    assert found[2][1] @ found[3][0][:, 3] == pytest.approx(np.zeros(120))  # a fourth round finds no variance
    drawn = pca.draw_greedy(3).figure.axes[0]
    bars = [bar.get_bbox().height for bar in drawn.patches if isinstance(bar, Rectangle)]
    assert bars[:3] == pytest.approx(shares) == bars[3:]


@pytest.mark.parametrize("seed", range(5))
def test_erratum_layout_the_transpose_swaps_u_and_v_and_the_squared_length_is_n_variances(seed):
    X = pca.centred(np.random.default_rng(seed).normal(size=(40, 3)) * [3, 2, 1])
    on_the_slide = np.linalg.svd(X.T)[0]
    components = np.asarray(PCA().fit(X).components_)
    for u, v, component in zip(on_the_slide.T, np.linalg.svd(X)[2], components, strict=True):
        assert abs(u @ v) == pytest.approx(1) == abs(u @ component)
        squared_length = np.linalg.norm(v @ X.T) ** 2
        assert squared_length == pytest.approx(40 * np.var(X @ v)) == pytest.approx(39 * np.var(X @ v, ddof=1))


@cache
def four_components():
    """Return the digits as rows of their first four principal components, (1797, 4), by scikit-learn."""
    return PCA(4, svd_solver="full").fit_transform(pca.digits()[0])


def digits_in(components, count):
    """Return the first `count` digits as rows of two principal components, and their labels."""
    return four_components()[:count, components], pca.digits()[1][:count]


def pair_apart(components, count, pair):
    """Return the share of the images of two classes that a straight line tells apart."""
    Z, labels = digits_in(components, count)
    chosen = np.isin(labels, pair)
    return LinearDiscriminantAnalysis().fit(Z[chosen], labels[chosen]).score(Z[chosen], labels[chosen])


@pytest.mark.parametrize("count", [600, 1797])  # those that are drawn, and all
def test_map_see_0_4_and_6_have_corners_of_their_own(count):
    Z, labels = digits_in([0, 1], count)
    said = cross_val_predict(KNeighborsClassifier(15), Z, labels, cv=5)
    found = np.array([np.mean(said[labels == digit] == digit) for digit in range(10)])
    assert set(np.argsort(found)[-3:].tolist()) == {0, 4, 6}
    assert found[[0, 4, 6]].min() > 0.8
    means = np.stack([Z[labels == digit].mean(axis=0) for digit in range(10)])
    assert {0, 4, 6} <= set(scipy.spatial.ConvexHull(means).vertices.tolist())


@pytest.mark.parametrize("count", [600, 1797])
def test_map_see_5_and_8_overlap_most_1_and_7_less_and_components_3_and_4_separate_1_from_7(count):
    every = {pair: pair_apart([0, 1], count, pair) for pair in product(range(10), repeat=2) if pair[0] < pair[1]}
    assert min(every, key=lambda pair: every[pair]) == (5, 8)
    assert every[5, 8] < every[1, 7] < np.median(list(every.values())) - 0.1
    assert pair_apart([2, 3], count, (1, 7)) > 0.95 > 0.8 > every[1, 7]
    assert (np.diff(np.var(four_components(), axis=0)) < 0).all()


def test_rebuild_see_the_shares_the_rank_and_three_pixels_that_are_always_white():
    X, _ = pca.digits()
    kept = np.cumsum(PCA().fit(X).explained_variance_ratio_)
    assert (round(100 * kept[9], 1), round(100 * kept[27], 2)) == (73.8, 94.99)
    assert int((kept > 0.95).argmax()) + 1 == 29
    white = np.argwhere(X.max(axis=0).reshape(8, 8) == 0)
    assert len(white) == 3
    assert all(row in (0, 7) or column in (0, 7) for row, column in white.tolist())
    assert np.linalg.matrix_rank(X - X.mean(axis=0)) == 61
    s = pca.digit_directions()[2]
    left_out = np.sqrt([np.sum(s[k:] ** 2) for k in (60, 61)])
    assert left_out[0] > 0.5 > 1e-6 > left_out[1]


def test_rebuild_see_with_10_components_most_digits_can_be_read():
    X, labels = pca.digits()
    mean, V, _ = pca.digit_directions()
    reader = KNeighborsClassifier(3).fit(X[:1000], labels[:1000])  # reads other images than it has seen
    read = []
    for k in (2, 10, 64):
        rebuilt = mean + (X[1000:] - mean) @ V[:, :k] @ V[:, :k].T
        read.append(np.mean(reader.predict(rebuilt) == labels[1000:]))
    assert read[0] < 0.6 < 0.9 < read[1] <= read[2]


# --- 3 Least squares --------------------------------------------------------------------------------------------------


def slopes(t, y):
    """Return the slopes of the lines with the least vertical and perpendicular distances, by scikit-learn."""
    g = first_direction(np.stack([t, y], axis=1))
    return float(LinearRegression().fit(t[:, None], y).coef_[0]), float(g[1] / g[0])


def test_fit_see_the_slopes_at_the_start_and_with_the_diamond_in_the_corner():
    for place, said in ((least_squares.MOVABLE, [1.007, 1.520]), ((3.0, -3.0), [0.339, 1.929])):
        t, y = least_squares.scattered_points(*place)
        assert np.round(slopes(t, y), 3).tolist() == said
        ours = least_squares.vertical_line(t, y)[1], least_squares.perpendicular_line(t, y)[1]
        assert ours == pytest.approx(slopes(t, y))


@pytest.mark.parametrize("seed", range(20))
def test_fit_see_the_perpendicular_line_is_the_steeper_one(seed):
    rng = np.random.default_rng(seed)
    t = rng.normal(size=20)
    vertical, perpendicular = slopes(t, t + rng.normal(size=20))
    assert perpendicular > vertical > 0


def test_erratum_distance_each_line_is_best_for_its_own_distance():
    t, y = least_squares.scattered_points(*least_squares.MOVABLE)

    def vertical(line):
        return np.sum((y - line[0] - line[1] * t) ** 2)

    def perpendicular(line):
        return vertical(line) / (1 + line[1] ** 2)

    for distance, fitted in (
        (vertical, least_squares.vertical_line(t, y)),
        (perpendicular, least_squares.perpendicular_line(t, y)),
    ):
        searched = scipy.optimize.minimize(distance, [0.0, 1.0], tol=1e-12).x
        assert searched == pytest.approx(fitted, abs=1e-4)
    assert slopes(t, y)[0] != pytest.approx(slopes(t, y)[1], abs=0.1)


@pytest.mark.parametrize("seed", range(5))
def test_erratum_rank_the_formula_needs_full_column_rank_and_the_pseudo_inverse_does_not(seed):
    A = np.random.default_rng(seed).normal(size=(6, 3))
    assert np.linalg.pinv(A) == pytest.approx(np.linalg.inv(A.T @ A) @ A.T)
    dependent = np.column_stack([A[:, 0], 2 * A[:, 0], A[:, 1]])
    assert np.linalg.matrix_rank(dependent.T @ dependent) == 2  # no inverse
    U, s, Vt = np.linalg.svd(dependent, full_matrices=False)
    inverted = np.array([1 / value if value > 1e-10 else 0 for value in s])
    assert np.linalg.pinv(dependent) == pytest.approx(Vt.T * inverted @ U.T)
    wide = A.T  # full row rank
    assert np.linalg.matrix_rank(wide.T @ wide) < 6


def test_wide_see_the_disc_touches_at_0_4_and_0_8_and_the_diamond_with_a_corner_at_0_and_1():
    A, b = least_squares.two_unknowns(least_squares.ONE_ROW)
    assert np.linalg.pinv(A) @ b == pytest.approx([0.4, 0.8])
    on_the_line = np.stack([np.linspace(-4, 4, 8001), 1 - np.linspace(-4, 4, 8001) / 2], axis=1)
    assert np.allclose(on_the_line @ A[0], b)
    shortest = {p: on_the_line[np.linalg.norm(on_the_line, p, axis=1).argmin()] for p in (1, 2)}
    assert shortest[2] == pytest.approx([0.4, 0.8], abs=1e-3)
    assert shortest[1] == pytest.approx([0, 1], abs=1e-3)
    assert least_squares.solve(A, b, 0.01, least_squares.RIDGE) == pytest.approx([0.4, 0.8], abs=0.002)
    lasso = least_squares.solve(A, b, 0.01, least_squares.LASSO)
    assert lasso == pytest.approx([0, 1], abs=0.002) and lasso[0] == 0


def test_wide_see_both_shrink_lasso_is_zero_from_8_on_and_ridge_never():
    A, b = least_squares.two_unknowns(least_squares.ONE_ROW)
    for regularizer, order in ((least_squares.RIDGE, 2), (least_squares.LASSO, 1)):
        found = [least_squares.solve(A, b, strength, regularizer) for strength in np.logspace(-2, 2, 41)]
        length = np.array([np.linalg.norm(x, order) for x in found])
        assert (np.diff(length) <= 0).all() and (np.diff(length[:25]) < 0).all()
        assert all((A @ x)[0] < b[0] for x in found)  # they leave the line
    ridge = [Ridge(alpha=strength, fit_intercept=False).fit(A, b).coef_ for strength in (8, 100, 1e6)]
    assert all((x != 0).all() for x in ridge)
    gets_there = {
        strength: Lasso(alpha=strength / 2, fit_intercept=False, tol=1e-12).fit(A, b).coef_ for strength in (7.9, 8, 9)
    }
    assert [bool(x.any()) for x in gets_there.values()] == [True, False, False]
    assert [least_squares.solve(A, b, s, least_squares.LASSO).any() for s in (7.9, 8, 9)] == [True, False, False]


def test_lasso_see_at_20_the_right_corner_touches_and_ridge_makes_neither_zero():
    A, b = least_squares.two_unknowns(least_squares.MANY_ROWS)
    x = least_squares.solve(A, b, 20.0, least_squares.LASSO)
    assert x[0] > 0 == x[1]
    assert Lasso(alpha=20 / (2 * len(A)), fit_intercept=False, tol=1e-10).fit(A, b).coef_ == pytest.approx(x, abs=1e-6)
    ridge = least_squares.ridge_path(A, b, np.logspace(-2, 2, 81))
    assert (np.diff(ridge, axis=1) < 0).all()
    assert (ridge > 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_lasso_see_ellipses_from_many_sides_meet_a_corner_of_the_diamond_and_the_disc_has_none(seed):
    A, _ = least_squares.two_unknowns(least_squares.MANY_ROWS)
    corner = {least_squares.LASSO: 0, least_squares.RIDGE: 0}
    for angle in np.random.default_rng(seed).uniform(0, 360, size=100):
        b = A @ (1.3 * unit_vector(angle))
        for regularizer in corner:
            corner[regularizer] += bool((least_squares.solve(A, b, 20.0, regularizer) == 0).any())
    assert corner[least_squares.LASSO] > 33
    assert corner[least_squares.RIDGE] == 0


@pytest.mark.parametrize("strength", [0.5, 5.0, 20.0])
def test_erratum_alpha_ridge_has_the_same_lambda_and_lasso_divides_it_by_two_m(strength):
    A, b = least_squares.two_unknowns(least_squares.MANY_ROWS)
    m = len(A)

    def minimizer(price):  # u - v with u, v >= 0: no kink, for a general optimizer
        cost = lambda parts: np.sum((A @ (parts[:2] - parts[2:]) - b) ** 2) + price(parts)
        found = scipy.optimize.minimize(cost, np.full(4, 0.5), bounds=4 * [(0, None)], tol=1e-14).x
        return found[:2] - found[2:]

    lasso = minimizer(lambda parts: strength * parts.sum())
    ridge = minimizer(lambda parts: strength * np.sum((parts[:2] - parts[2:]) ** 2))
    assert Ridge(alpha=strength, fit_intercept=False).fit(A, b).coef_ == pytest.approx(ridge, abs=1e-4)
    ours = lambda alpha: Lasso(alpha=alpha, fit_intercept=False, tol=1e-12).fit(A, b).coef_
    assert ours(strength / (2 * m)) == pytest.approx(lasso, abs=1e-4)
    assert ours(strength) == pytest.approx(least_squares.solve(A, b, 2 * m * strength, least_squares.LASSO), abs=1e-6)


def columns(*names):
    A, b, every = least_squares.diabetes()
    return A[:, [every.index(name) for name in names]], b


def test_paths_see_five_columns_depend_on_one_another_and_not_one_pair():
    A, _, names = least_squares.diabetes()
    factors = dict(zip(names, least_squares.variance_inflation(A), strict=True))
    assert {name: round(factors[name]) for name in ("s1", "s2", "s3", "s4", "s5")} == {
        "s1": 59, "s2": 39, "s3": 15, "s4": 9, "s5": 10,
    }  # fmt: skip
    assert max(factors[name] for name in ("age", "sex", "bmi", "bp", "s6")) < 2
    for j, name in enumerate(names):  # 1 / (1 - R^2), by regressions
        others = np.delete(A, j, axis=1)
        assert factors[name] == pytest.approx(1 / (1 - LinearRegression().fit(others, A[:, j]).score(others, A[:, j])))


def test_paths_see_s1_and_s2_alone_are_neither_huge_nor_of_the_same_sign_as_before():
    assert least_squares.variance_inflation(columns("s1", "s2")[0]) == pytest.approx([5, 5], abs=0.2)
    few = np.linalg.lstsq(*columns("bmi", "bp", "s1", "s2"))[0]
    assert np.round(few[2:]).tolist() == [251, -221]
    A, b, names = least_squares.diabetes()
    all_ten = dict(zip(names, np.round(np.linalg.lstsq(A, b)[0]), strict=True))
    assert (all_ten["s1"], all_ten["s2"]) == (-792, 477)


def test_paths_predict_the_correlation_of_s1_and_s2():
    assert np.corrcoef(columns("s1", "s2")[0].T)[0, 1] == pytest.approx(0.90, abs=0.005)


@pytest.mark.parametrize(("strength", "left"), [(316, 4), (1000, 2), (2000, 0)])
def test_paths_see_lasso_switches_features_off_and_ridge_does_not(strength, left):
    A, b, names = least_squares.diabetes()
    lasso = least_squares.solve(A, b, strength, least_squares.LASSO)
    assert np.count_nonzero(lasso) == left
    if left == 2:
        assert set(np.array(names)[lasso != 0]) == {"bmi", "s5"}
    assert np.count_nonzero(least_squares.solve(A, b, strength, least_squares.RIDGE)) == 10


def test_paths_see_ridge_keeps_all_ten_at_every_strength_and_a_little_of_it_calms_all_five():
    A, b, names = least_squares.diabetes()
    path = least_squares.ridge_path(A, b, np.logspace(-3, 4, 141))
    assert (path != 0).all()
    assert [Ridge(alpha=strength, fit_intercept=False).fit(A, b).coef_.all() for strength in (1e-3, 1, 1e4)] == 3 * [
        True
    ]
    five = [names.index(name) for name in ("s1", "s2", "s3", "s4", "s5")]
    plain = np.linalg.lstsq(A, b)[0][five]
    little = least_squares.solve(A, b, 0.1, least_squares.RIDGE)[five]
    assert np.linalg.norm(little) < np.linalg.norm(plain) / 2
    assert np.abs(little[:2]).max() < 100


# --- Questions --------------------------------------------------------------------------------------------------------


def test_questions_seven_vectors_in_four_dimensions():
    rng = np.random.default_rng(0)
    U, V = (np.linalg.qr(rng.normal(size=(size, size)))[0] for size in (4, 7))
    X = U @ scipy.linalg.diagsvd([5, 3, 1e-15, 0], 4, 7) @ V.T
    assert np.linalg.matrix_rank(X) == subspaces.rank(X) == 2
    assert scipy.linalg.null_space(X, rcond=1e-10).shape[1] == 5


@pytest.mark.parametrize("feature", [0, 1, 2])
def test_questions_a_feature_in_millimetres_takes_the_first_direction(feature):
    cloud = np.random.default_rng(0).normal(size=(200, 3)) * [3, 1, 0.5] + 2
    units = np.ones(3)
    units[feature] = 1000
    larger = np.var(units * cloud, axis=0) / np.var(cloud, axis=0)
    assert larger[feature] == pytest.approx(1e6)
    first = lambda X: np.abs(first_direction(X))
    assert first(units * cloud).argmax() == feature and first(units * cloud)[feature] > 0.999
    assert first(pca.centred(units * cloud))[feature] > 0.999  # centring does not help
    scaled = lambda X: X / X.std(axis=0)
    assert first(scaled(units * cloud)) == pytest.approx(first(scaled(cloud)))


@pytest.mark.parametrize("strength", [1.0, 20.0])
def test_questions_each_measurement_listed_twice(strength):
    A, b = least_squares.two_unknowns(least_squares.MANY_ROWS)
    AA, bb = np.vstack([A, A]), np.append(b, b)
    assert np.linalg.lstsq(AA, bb)[0] == pytest.approx(np.linalg.lstsq(A, b)[0])
    for regularizer in (least_squares.RIDGE, least_squares.LASSO):
        twice = least_squares.solve(AA, bb, strength, regularizer)
        assert twice == pytest.approx(least_squares.solve(A, b, strength / 2, regularizer))
        assert twice != pytest.approx(least_squares.solve(A, b, strength, regularizer))
    fit = lambda model: [model.fit(*data).coef_ for data in ((A, b), (AA, bb))]
    once, twice = fit(Lasso(alpha=strength / 40, fit_intercept=False, tol=1e-12))
    assert once == pytest.approx(twice)
    once, twice = fit(Ridge(alpha=strength, fit_intercept=False))
    assert once != pytest.approx(twice)
