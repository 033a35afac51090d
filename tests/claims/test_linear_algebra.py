"""What the prose of unit 01 says, computed again; each test is named after its cell."""

import numpy as np
import pytest
import scipy
import torch

from course_utils.drawing.geometry import unit_vector
from course_utils.linear_algebra import conditioning, decompositions, matrices, norms_and_rank, vectors

DEGREES = np.arange(0.0, 360.0, 5.0)  # the places of the sliders of angles

# --- 1 Vectors --------------------------------------------------------------------------------------------------------


def inner_products(length):
    """Return x . y of the picture for y of a length, at every angle of the slider."""
    return np.array([vectors.X_OF_PICTURE @ (length * unit_vector(angle)) for angle in DEGREES])


def test_inner_see_the_product_is_zero_at_110_and_290_degrees_only_and_largest_at_20():
    products = inner_products(1.5)
    assert DEGREES[np.isclose(products, 0)].tolist() == [110, 290]
    assert DEGREES[products.argmax()] == 20
    left, _ = vectors.draw_inner_product(tuple(1.5 * unit_vector(110))).figure.axes
    (shadow,) = [line for line in left.lines if line.get_label() == "shadow of y on x"]
    assert np.allclose(shadow.get_xydata(), 0)


def test_inner_see_twice_the_length_gives_twice_the_number_and_6_at_length_3():
    assert np.allclose(inner_products(3.0), 2 * inner_products(1.5))
    assert inner_products(3.0).max() == pytest.approx(6)
    assert "x . y = 6.00" in vectors.draw_inner_product(tuple(3 * unit_vector(20))).description


def dent(p):
    """Return the largest p-norm halfway between two points of the unit sphere; above 1 the ball has a dent."""
    points = vectors.sphere(p).T[::8]
    return max(vectors.lp((a + b) / 2, p) for a in points for b in points)


def test_ball_see_a_diamond_a_disc_and_a_square_that_grow_and_meet_on_the_axes():
    angles = np.radians(np.arange(0, 360, 7.5))
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1).round(14)  # with zeros on the axes
    reach = {p: [1 / vectors.lp(x, p) for x in directions] for p in (0.1, 0.5, 1, 2, 3, 10, np.inf)}
    assert np.allclose(reach[2], 1)
    assert np.allclose(np.abs(directions).sum(axis=1) * reach[1], 1)
    assert np.allclose(np.abs(directions).max(axis=1) * reach[np.inf], 1)
    assert (np.diff(list(reach.values()), axis=0) >= -1e-12).all()
    together = np.isclose(np.ptp(list(reach.values()), axis=0), 0)
    assert directions[together].tolist() == [[1, 0], [0, 1], [-1, 0], [0, -1]]


def test_ball_see_a_ball_is_orange_and_has_dents_below_1_only():
    face = lambda p: vectors.draw_unit_ball(p, vectors.SLIDER_P, False).figure.axes[0].patches[0].get_facecolor()
    assert all(dent(p) <= 1 + 1e-9 for p in (1.0, 1.1, 2.0, 10.0))
    assert dent(0.3) > dent(0.6) > dent(0.9) > 1.01
    assert face(0.9) == face(0.3) != face(1.0) == face(2.0)


def test_ball_see_the_arms_of_the_star_become_thinner():
    half_way_out = [(1 - 0.5**p) ** (1 / p) for p in (0.9, 0.5, 0.2, 0.1)]  # x_2 of the sphere above x_1 = 0.5
    assert np.allclose([vectors.lp([0.5, x], p) for x, p in zip(half_way_out, (0.9, 0.5, 0.2, 0.1), strict=True)], 1)
    assert (np.diff(half_way_out) < 0).all()
    assert half_way_out[-1] < 1e-10


def test_triangle_see_the_sum_has_length_4_at_one_half_2_at_1_and_1024_at_one_tenth():
    lengths = {p: float(np.linalg.norm([1, 1], p)) for p in (0.1, 0.5, 0.9, 1, 1.1, 2, 10, np.inf)}
    assert [vectors.lp([1, 1], p) for p in lengths] == pytest.approx(list(lengths.values()))
    assert [lengths[p] for p in (0.5, 1, 0.1)] == pytest.approx([2 * (1 + 1), 2, 1024])
    assert all((length > 2) == (p < 1) and (length < 2) == (p > 1) for p, length in lengths.items())


def test_triangle_see_the_count_has_a_cross_without_end_as_its_ball():
    for far in (1.0, 1e3, 1e9):
        assert vectors.lp([far, 0], 0) == vectors.lp([0, -far], 0) == 1
        assert vectors.lp([far, 1e-9], 0) == 2
    axes = vectors.draw_unit_ball(2.0, vectors.COUNT, True).figure.axes[0]
    cross = [np.asarray(line.get_xydata()) for line in axes.lines if line.get_linewidth() == 4]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert len(cross) == 2
    assert np.min(cross[0][:, 0]) < left < right < np.max(cross[0][:, 0])
    assert np.min(cross[1][:, 1]) < bottom < top < np.max(cross[1][:, 1])


def test_erratum_zero_the_count_does_not_double_and_is_no_limit_of_the_formula():
    rng = np.random.default_rng(0)
    for x in rng.normal(size=(10, 4)) * (rng.random((10, 4)) < 0.6):
        count = np.linalg.norm(x, 0)
        assert np.linalg.norm(2 * x, 0) == count
        if count >= 2:
            assert np.linalg.norm(x, 0.01) > 1e20
        assert (np.abs(x) ** 1e-6).sum() == pytest.approx(count, abs=1e-4)  # without the root


@pytest.mark.parametrize("p", [0.1, 0.5, 0.99])
def test_erratum_zero_the_triangle_inequality_fails_below_1(p):
    assert np.linalg.norm([1, 1], p) > np.linalg.norm([1, 0], p) + np.linalg.norm([0, 1], p)


# --- 2 Matrices -------------------------------------------------------------------------------------------------------


def test_product_see_the_shape_the_multiplications_and_entry_2_3():
    A, B = matrices.A_OF_PRODUCT, matrices.B_OF_PRODUCT
    product, multiplications = np.zeros((2, 4)), 0
    for i, j in np.ndindex(2, 4):
        for k in range(3):
            product[i, j] += A[i, k] * B[k, j]
            multiplications += 1
    assert np.array_equal(product, A @ B)
    assert (product.size, multiplications // product.size, multiplications) == (8, 3, 24)
    assert (A[1].tolist(), B[:, 2].tolist(), product[1, 2]) == ([-1, 3, 1], [0, -1, 4], 1)
    with pytest.raises(ValueError, match="mismatch"):
        B @ A


def words(kind, n):
    """Return the words of the gallery that fit a matrix, by definition and not by the tests of the picture."""
    A = np.asarray(matrices.MATRICES[kind](n), dtype=float)
    i, j = np.indices((n, n))
    same = lambda key: all(np.ptp(A[key == value]) == 0 for value in np.unique(key))
    fits = {
        "diagonal": not A[i != j].any(),
        "symmetric": np.array_equal(A, A.T),
        "orthogonal": np.allclose(A @ A.T, np.eye(n)),
        "Toeplitz": same(i - j),
        "circulant": same((i - j) % n),
    }
    return {word for word, does_fit in fits.items() if does_fit}


@pytest.mark.parametrize("n", range(3, 9))
def test_gallery_see_all_five_words_fit_the_identity_and_three_the_cyclic_shift(n):
    assert len(words("identity", n)) == len(matrices.PROPERTIES) == 5
    assert words("cyclic shift", n) == {"orthogonal", "circulant", "Toeplitz"}
    assert all("Toeplitz" in words(kind, n) for kind in matrices.MATRICES if "circulant" in words(kind, n))
    for kind, make in matrices.MATRICES.items():
        A = np.asarray(make(n), dtype=float)
        assert ("orthogonal" in words(kind, n)) == np.allclose(A.T @ A, np.eye(n))  # the third picture
    picture = matrices.draw_special("cyclic shift", n)
    assert "3 of the five" in picture.description


def test_convolution_why_a_layer_of_torch_neither_flips_the_weights_nor_joins_the_ends():
    weights = np.array([1.0, 2.0, -1.0])
    layer = torch.nn.Conv1d(1, 1, 3, padding=1, bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[:] = torch.tensor(weights)
    identity = torch.eye(20, dtype=torch.float64)[:, None]  # 20 signals of one channel
    matrix = layer(identity)[:, 0].T.detach().numpy()  # column j is the layer's output for e_j
    correlation = scipy.linalg.toeplitz([2.0, 1.0] + 18 * [0.0], [2.0, -1.0] + 18 * [0.0])
    assert np.array_equal(matrix, correlation)
    circulant = scipy.linalg.circulant([2.0, -1.0, *17 * [0.0], 1.0])  # flipped, ends joined
    assert not np.array_equal(matrix, circulant)
    assert not np.array_equal(matrix, circulant.T)


def test_convolution_see_the_weights_of_row_1_and_where_the_last_entry_is_felt():
    C = scipy.linalg.circulant(matrices.kernel_column("mean of three neighbours"))
    assert (np.flatnonzero(C[0]) + 1).tolist() == [1, 2, 20]
    assert (np.flatnonzero(C[:, -1]) + 1).tolist() == [1, 19, 20]


def test_convolution_see_the_mean_smooths_the_difference_finds_edges_and_the_shift_moves():
    x = matrices.SIGNAL
    mean, difference, shifted = (scipy.linalg.circulant(matrices.kernel_column(name)) @ x for name in matrices.KERNELS)
    jumps = lambda signal: np.abs(signal - np.roll(signal, 1)).max()
    assert jumps(mean) < jumps(x) / 2
    assert np.array_equal(difference != 0, x != np.roll(x, 1))
    assert shifted[:4].tolist() == x[-4:].tolist()
    assert shifted[4:].tolist() == x[:-4].tolist()


def signed_area(corners):
    """Return the area of a polygon, (2, n), negative where its corners go round clockwise."""
    x, y = corners
    return 0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))


def test_rotation_see_no_angle_gives_the_mirror_image_and_the_lengths_stay():
    letter, mirror = matrices.LETTER, np.diag([1.0, -1.0])
    assert np.allclose(matrices.givens(180) @ letter, -letter)
    for angle in DEGREES:
        for Q, sign in ((matrices.givens(angle), 1), (matrices.givens(angle) @ mirror, -1)):
            assert signed_area(Q @ letter) == pytest.approx(sign * signed_area(letter))
            assert np.linalg.det(Q) == pytest.approx(sign)
            counter_clockwise = Q[0, 0] * Q[1, 1] - Q[1, 0] * Q[0, 1] > 0  # from column 1 to column 2
            assert counter_clockwise == (sign == 1)
            assert np.allclose(scipy.spatial.distance.pdist((Q @ letter).T), scipy.spatial.distance.pdist(letter.T))
    assert "det = -1" in matrices.draw_orthogonal(40, True).figure.axes[0].get_title()


# --- 3 Decompositions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_svd_see_circle_circle_ellipse_ellipse_mirrored_where_the_determinant_is_negative(seed):
    signs = set()
    for A in np.random.default_rng(seed).uniform(-2, 2, size=(10, 2, 2)):
        U, s, Vt = decompositions.svd_with_turn(A)
        stages = [decompositions.CIRCLE, Vt @ decompositions.CIRCLE, np.diag(s) @ Vt @ decompositions.CIRCLE]
        assert all(np.allclose(np.linalg.norm(stage, axis=0), 1) for stage in stages[:2])
        assert np.allclose(np.sum((stages[2] / s[:, None]) ** 2, axis=0), 1)  # an ellipse along the axes
        assert np.allclose(U @ stages[2], A @ decompositions.CIRCLE)
        assert np.allclose(Vt @ Vt.T, np.eye(2)) and np.linalg.det(Vt) > 0  # V_1 and V_2 come to the axes
        assert np.allclose(A @ Vt.T, U * s)
        assert (np.linalg.det(U) < 0) == (np.linalg.det(A) < 0)
        assert (signed_area(A @ decompositions.FLAG) * signed_area(decompositions.FLAG) < 0) == (np.linalg.det(A) < 0)
        signs.add(np.linalg.det(A) > 0)
    assert signs == {True, False}


def test_svd_see_the_title_says_reflected_and_a_determinant_of_zero_is_a_flat_ellipse():
    title = lambda *columns: decompositions.draw_svd(*columns).figure.axes[3].get_title()
    assert "reflected" in title((1.0, 2.0), (2.0, 1.0))
    assert "reflected" not in title((2.0, 1.0), (1.0, 2.0))
    flat = np.array([[1.0, 2.0], [0.5, 1.0]]) @ decompositions.CIRCLE
    assert np.linalg.matrix_rank(flat) == 1


@pytest.mark.parametrize("seed", range(3))
def test_erratum_mirror_one_of_the_two_must_reflect_if_the_determinant_is_negative(seed):
    for A in np.random.default_rng(seed).normal(size=(40, 3, 3)):
        U, s, Vt = np.linalg.svd(A)
        det_U, det_V = round(np.linalg.det(U)), round(np.linalg.det(Vt))
        assert {det_U, det_V} <= {1, -1}
        assert (det_U * det_V < 0) == (np.linalg.det(A) < 0)
        assert s[0] == pytest.approx(np.linalg.norm(A, 2))  # first of the descending ones
        other_U, other_Vt = U * [-1, 1, 1], Vt * [[-1], [1], [1]]  # an SVD as well, in which the other one reflects
        assert np.allclose(other_U * s @ other_Vt, A)
        assert [round(np.linalg.det(Q)) for Q in (other_U, other_Vt)] == [-det_U, -det_V]


def test_eigen_see_the_lines_that_each_matrix_keeps():
    kept = [decompositions.eigen_angles(np.array(A, dtype=float)) for A in decompositions.PRESETS.values()]
    symmetric, diagonal, triangular, jordan, rotation = kept
    assert (symmetric, diagonal, triangular, jordan, rotation) == ([45, 135], [0, 90], [0, 135], [0], [])
    grid = np.arange(0, 180, 0.5)
    x = np.stack([np.cos(np.radians(grid)), np.sin(np.radians(grid))])
    for (name, A), lines in zip(decompositions.PRESETS.items(), kept, strict=True):
        y = np.array(A) @ x
        bent = np.degrees(np.arctan2(np.abs(x[0] * y[1] - x[1] * y[0]), np.abs((x * y).sum(axis=0))))
        assert grid[bent < 1e-6].tolist() == lines
        if "rotation" in name:
            assert np.allclose(bent, 90)


def test_erratum_diagonalizable_a_jordan_block_has_too_few_eigenvectors_and_a_rotation_complex_ones():
    for n in (2, 3, 4):
        jordan = np.eye(n) + np.diag(np.ones(n - 1), 1)
        assert n - np.linalg.matrix_rank(jordan - np.eye(n)) == 1  # one independent eigenvector
    for angle in range(5, 180, 5):
        values, U = np.linalg.eig(matrices.givens(angle))
        assert (np.abs(np.imag(values)) > 0.01).all()
        assert np.allclose(U @ np.diag(values) @ np.linalg.inv(U), matrices.givens(angle))


def lengths_around(first, second, angle):
    """Return ||A x|| for x at 0, 1, ..., 179 degrees."""
    A = decompositions.symmetric(first, second, angle)
    return np.array([np.linalg.norm(A @ unit_vector(degrees)) for degrees in range(180)])


def test_symmetric_see_where_ax_is_longest():
    positive, mixed = lengths_around(3, 1, 30), lengths_around(3, -5, 30)
    assert (positive.argmax(), positive.argmin()) == (30, 120)
    assert (positive.max(), positive.min()) == pytest.approx((3, 1))
    values, U = decompositions.descending(decompositions.symmetric(3, -5, 30))
    assert values == pytest.approx([3, -5])
    assert abs(U[:, 1] @ unit_vector(float(mixed.argmax()))) == pytest.approx(1)
    assert mixed.max() == pytest.approx(5)


@pytest.mark.parametrize("seed", range(5))
def test_erratum_order_u_1_is_amplified_most_only_if_lambda_1_has_the_largest_absolute_value(seed):
    B = np.random.default_rng(seed).normal(size=(4, 4))
    for A in (B + B.T, B @ B.T, -B @ B.T):  # any, positive, negative
        values, U = np.linalg.eigh(A)
        assert (np.diff(values) >= 0).all() and (torch.linalg.eigvalsh(torch.tensor(A)).diff() >= 0).all()
        reaches_most = np.isclose(np.linalg.norm(A @ U[:, -1]), np.linalg.norm(A, 2))
        assert reaches_most == (values[-1] == np.abs(values).max())
    assert np.linalg.eigvalsh(B @ B.T)[-1] == pytest.approx(np.linalg.norm(B @ B.T, 2))


def form_around(A):
    """Return q^T A q on half the unit circle."""
    q = decompositions.CIRCLE
    return (q * (A @ q)).sum(axis=0)


@pytest.mark.parametrize(
    ("first", "second", "shape"), [(2, 0.5, "bowl"), (1.5, -1, "saddle"), (2, 0, "valley")], ids=str
)
def test_form_see_the_shapes_and_the_bounds_whatever_the_angle(first, second, shape):
    for turn in (0, 30, 75, 120):
        A = decompositions.symmetric(first, second, turn)
        around = form_around(A)
        assert (around.min(), around.max()) == pytest.approx((second, first), abs=1e-9)
        assert (around.min() < -1e-9) == (shape == "saddle")
        floor = 3 * unit_vector(turn + 90)
        assert np.isclose(floor @ A @ floor, 0) == (shape == "valley")
    assert shape in decompositions.draw_form(first, second, 30).description


# --- 4 Operators ------------------------------------------------------------------------------------------------------


def test_erratum_det_the_product_of_singular_values_is_the_determinant_up_to_its_sign():
    rng = np.random.default_rng(0)
    determinants = []
    for _ in range(20):
        A = rng.normal(size=(3, 3))
        determinants.append(np.linalg.det(A))
        assert np.isclose(np.prod(np.linalg.svd(A)[1]), abs(determinants[-1]))
        assert np.isclose(np.prod(np.linalg.eigvals(A)).real, determinants[-1])
    assert min(determinants) < 0 < max(determinants)


def test_norms_see_the_sums_the_order_and_when_the_three_are_equal():
    A = np.array([[1.0, -2.0], [3.0, 4.0]])
    assert (np.abs(A).sum(axis=0).tolist(), np.abs(A).sum(axis=1).tolist()) == ([4, 6], [3, 7])
    assert [float(torch.linalg.matrix_norm(torch.tensor(A), p)) for p in (1, float("inf"))] == [6, 7]
    three = lambda A: [float(torch.linalg.matrix_norm(torch.tensor(A), name)) for name in (2, "fro", "nuc")]
    for A in np.random.default_rng(0).normal(size=(50, 2, 2)):
        s = np.linalg.svd(A, compute_uv=False)
        assert three(A) == pytest.approx([np.linalg.norm(s, p) for p in (np.inf, 2, 1)])
        assert three(A)[0] < three(A)[1] < three(A)[2]  # both singular values are positive
    assert three(np.full((2, 2), 1.5)) == pytest.approx([3, 3, 3])
    assert three(np.outer([1.0, -2.0], [3.0, 0.5])) == pytest.approx(3 * [np.sqrt(5 * 9.25)])


def test_erratum_torch_norm_takes_the_entries_as_one_vector_and_does_not_warn(recwarn):
    A = torch.tensor([[1.0, -2.0], [3.0, 4.0]])
    said = [torch.norm(A, p=p).item() for p in (1, float("inf"), 2)]
    assert said == pytest.approx([10, 4, torch.linalg.matrix_norm(A, ord="fro").item()])
    assert not np.isclose(said, [torch.linalg.matrix_norm(A, ord=p).item() for p in (1, float("inf"), 2)]).any()
    assert not recwarn.list
    assert torch.norm.__doc__ is not None
    assert "deprecated" in torch.norm.__doc__


def test_bound_see_the_transpose_reaches_the_bound_and_random_pairs_crowd_around_zero():
    for size in (2, 4, 12):
        assert "Aᵀ" in norms_and_rank.draw_trace(1.0, size).figure.axes[0].get_legend_handles_labels()[1][-1]
        assert norms_and_rank.draw_trace(1.0, size).description.endswith("it is 1.000.")
    spread = [norms_and_rank.trace_ratios(size).std() for size in range(2, 13)]
    assert (np.diff(spread) < 0).all()
    assert spread == pytest.approx([1 / n for n in range(2, 13)], rel=0.1)  # random directions of R^(n^2)
    for seed in range(3):
        A, B = np.random.default_rng(seed).normal(size=(2, 200, 5, 5))
        assert (np.einsum("kij,kji->k", A, B) <= np.linalg.norm(A, axis=(1, 2)) * np.linalg.norm(B, axis=(1, 2))).all()


def test_low_rank_see_from_85_on_the_sum_takes_more_numbers_than_the_photograph():
    A = norms_and_rank.grey_image("temple")
    m, n = A.shape
    assert (m, n) == (142, 213)
    numbers = lambda k: k * m + k * n + k  # the columns of U, the rows of V^T, the singular values
    assert numbers(84) < m * n < numbers(85)
    assert "from 30260 instead of 30246" in norms_and_rank.draw_low_rank("temple", 85).description


def terms_needed(A, share=0.99):
    """Return how many terms hold a share of the sum of squares of a picture."""
    s = np.linalg.svd(A, compute_uv=False) ** 2
    return int(np.searchsorted(np.cumsum(s) / s.sum(), share)) + 1


def test_low_rank_see_slanted_edges_need_many_terms_and_straight_ones_few():
    row, column = np.indices((142, 213))
    assert np.linalg.matrix_rank((row < 70) * 1.0) == np.linalg.matrix_rank((column < 70) * 1.0) == 1
    slanted = (column > 1.5 * row) * 1.0
    assert np.linalg.matrix_rank(slanted) > 100 and terms_needed(slanted) > 10
    assert np.linalg.matrix_rank(norms_and_rank.low_rank("temple", 10)) == 10


@pytest.mark.parametrize("seed", range(5))
def test_rank_see_which_tolerances_find_3_and_what_the_default_finds(seed):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(8, 3)) @ rng.normal(size=(3, 8))
    noisy = A + 1e-6 * rng.normal(size=A.shape)
    found = lambda matrix, exponents: {int(np.linalg.matrix_rank(matrix, rtol=10.0**e)) for e in exponents}
    for matrix, lowest in ((A, -15), (noisy, -6)):
        assert found(matrix, np.arange(lowest, -1, 0.25)) == {3}
        assert min(found(matrix, [lowest - 1.5])) > 3 > max(found(matrix, [-0.2]))
    assert -15 < np.log10(8 * np.finfo(float).eps) < -14.5  # the default of both libraries
    assert np.linalg.matrix_rank(A) == torch.linalg.matrix_rank(torch.tensor(A)) == 3
    assert np.linalg.matrix_rank(noisy) == torch.linalg.matrix_rank(torch.tensor(noisy)) == 8
    if seed == 0:
        assert np.allclose(norms_and_rank.nearly_of_low_rank(norms_and_rank.MEASURED), np.linalg.svd(noisy)[1])


def growth(A, b, e):
    """Return by how much the relative error grows, for columns b and e, (2, k)."""
    length = lambda v: np.linalg.norm(v, axis=0)
    return length(np.linalg.solve(A, e)) / length(np.linalg.solve(A, b)) / (length(e) / length(b))


@pytest.mark.parametrize("kappa", [2.0, 10.0, 100.0, 10_000.0])
def test_condition_see_the_worst_case_is_kappa_and_b_along_u_2_is_harmless(kappa):
    A = conditioning.conditioned(kappa)
    U, s, Vt = np.linalg.svd(A)
    assert abs(U[:, 1] @ unit_vector(120)) == pytest.approx(1)
    around = np.stack([unit_vector(angle) for angle in np.arange(0, 180, 0.5)], axis=1)
    reached = np.linalg.solve(A, around)  # the disc becomes an ellipse
    longest = reached[:, np.linalg.norm(reached, axis=0).argmax()]
    assert abs(longest @ Vt[1]) / np.linalg.norm(longest) == pytest.approx(1)
    assert np.linalg.norm(A @ Vt[1]) == pytest.approx(s[1])  # shrunk most
    table = np.array([growth(A, np.tile(b[:, None], 360), around) for b in around.T])
    assert table.max() == pytest.approx(kappa)
    b, e = np.unravel_index(table.argmax(), table.shape)
    assert abs(around[:, b] @ U[:, 0]) == pytest.approx(1)
    assert abs(around[:, e] @ U[:, 1]) == pytest.approx(1)
    assert table[240].max() == pytest.approx(1)  # b at 120 degrees


@pytest.mark.parametrize("kappa", [10.0, 100.0, 10_000.0])
def test_condition_see_most_pairs_are_far_from_the_worst_case(kappa):
    b, e = np.random.default_rng(0).normal(size=(2, 2, 10_000))
    factors = growth(conditioning.conditioned(kappa), b, e)
    assert np.median(factors) < kappa / 5
    assert (factors > kappa / 2).mean() < 0.1


def test_descent_see_one_step_for_the_round_bowl_and_0_818_at_10():
    assert np.allclose(conditioning.quadratic_descent(1.0, 1)[:, 1], 0)
    path = conditioning.quadratic_descent(10.0, 20)
    assert np.linalg.norm(path[:, 1:], axis=0) / np.linalg.norm(path[:, :-1], axis=0) == pytest.approx(9 / 11)
    assert round(9 / 11, 3) == 0.818
    steep, flat = path[1], path[0]
    assert (steep[1:] * steep[:-1] < 0).all() and (flat > 0).all()  # from wall to wall, and along


def test_descent_see_more_than_a_third_is_left_after_50_steps_at_100():
    assert "0.818" in conditioning.draw_descent(10.0, 20).description
    path = conditioning.quadratic_descent(100.0, 50)
    assert 1 / 3 < np.linalg.norm(path[:, -1]) / np.linalg.norm(path[:, 0]) < 0.4


# --- Questions --------------------------------------------------------------------------------------------------------


def test_questions_an_orthogonal_matrix_of_four_rows():
    determinants = set()
    for Q in scipy.stats.ortho_group(4, seed=0).rvs(20):
        assert np.allclose(np.linalg.svd(Q, compute_uv=False), 1)
        assert [np.linalg.norm(Q, p) for p in (2, "fro", "nuc")] == pytest.approx([1, 2, 4])
        assert np.linalg.cond(Q) == pytest.approx(1)
        determinants.add(round(float(np.linalg.det(Q)), 9))
    assert determinants == {1, -1}


def test_questions_eigenvalues_2_1_and_minus_3():
    Q = scipy.stats.ortho_group(3, seed=1).rvs()
    A = Q @ np.diag([2.0, 1.0, -3.0]) @ Q.T
    assert (np.linalg.norm(A, 2), Q[:, 2] @ A @ Q[:, 2]) == pytest.approx((3, -3))
    assert np.trace(A) == pytest.approx(0)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_questions_a_thousand_times_the_matrix(n):
    A = np.random.default_rng(n).normal(size=(n, n))
    assert np.linalg.det(1000 * A) / np.linalg.det(A) == pytest.approx(1000**n)
    for B in (A, A - A[:, :1] * np.eye(n)[0]):  # of full rank, and with a first column of zeros
        assert np.linalg.matrix_rank(1000 * B) == np.linalg.matrix_rank(B)
    assert np.linalg.cond(1000 * A) == pytest.approx(np.linalg.cond(A))
    assert np.linalg.det(1e-3 * np.eye(20)) < 1e-50
    assert np.linalg.cond(1e-3 * np.eye(20)) == pytest.approx(1)
