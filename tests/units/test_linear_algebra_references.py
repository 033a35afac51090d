"""The solutions of the assignment, and helpers of the lecture, against libraries and against each other."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.references import a_few, sizes, solution

from course_utils.checks import linear_algebra as drive
from course_utils.linear_algebra import conditioning, decompositions, matrices, norms_and_rank
from course_utils.linear_algebra.vectors import lp

of_any_size = st.floats(-1e150, 1e150)
LP_NORM = solution("01_linear_algebra", "lp_norm")["lp_norm"]
VIOLATING_PAIR = solution("01_linear_algebra", "violating_pair")["violating_pair"]
CIRCULANT = solution("01_linear_algebra", "toeplitz_circulant")["toeplitz_circulant"]
TWO_MIRRORS = solution("01_linear_algebra", "two_mirrors")["two_mirrors"]
SPECTRAL_NORM = solution("01_linear_algebra", "spectral_norm")["spectral_norm"]
SVD = solution("01_linear_algebra", "svd_from_eigh")["svd_from_eigh"]
SYM_EIG = solution("01_linear_algebra", "sym_eig")["sym_eig"]
AMPLIFICATION = solution("01_linear_algebra", "error_amplification")
SUMMARIES = solution("01_linear_algebra", "svd_summary")
SUMMARY = SUMMARIES["svd_summary"]


both_norms = pytest.mark.parametrize("norm", [LP_NORM, lp], ids=["solution", "lecture"])


@both_norms
@given(arrays(float, sizes, elements=of_any_size), st.floats(0.01, 1000))
@a_few
def test_a_norm_lies_between_the_largest_entry_and_its_bound_for_every_p(norm, x, p):
    size, largest = norm(x, p), np.abs(x).max()
    assume(np.log2(len(x)) / p < 1000 - max(0.0, np.log2(largest or 1.0)))
    assert largest * (1 - 1e-12) <= size <= largest * len(x) ** (1 / p) * (1 + 1e-9)


@both_norms
@given(arrays(float, sizes, elements=st.floats(0.01, 100)), st.floats(0.5, 8))
@a_few
def test_a_norm_is_that_of_numpy_where_nothing_overflows(norm, x, p):
    assert norm(x, p) == pytest.approx(np.linalg.norm(x, p), rel=1e-12)


@given(st.integers(1, 5), st.floats(1e-14, 1e-6))
@a_few
def test_the_rank_is_that_of_numpy_with_the_same_bound(n, small):
    A = np.diag(np.geomspace(1.0, small, n))
    assert SUMMARY(A, rtol=1e-9)["rank"] == np.linalg.matrix_rank(A, rtol=1e-9)


def test_hilbert_matrices_and_triangles_have_the_condition_numbers_of_the_explanation():
    found = [SUMMARY(scipy.linalg.hilbert(n), rtol=0.0)["cond"] for n in (5, 10)]
    assert found == pytest.approx([5e5, 1.6e13], rel=0.06)
    assert SUMMARIES["svd_summary_size"](scipy.linalg.hilbert) == 10
    triangle = lambda n: np.eye(n) - np.tril(np.ones((n, n)), -1)
    assert SUMMARIES["svd_summary_size"](triangle) == 37
    assert SUMMARY(triangle(37))["det"] == pytest.approx(1.0)
    each_further = (found[1] / found[0]) ** (1 / 5)
    assert 25 < each_further < 35


@given(st.integers(2, 90))
@a_few
def test_the_size_of_diagonal_powers_is_that_of_the_logarithm(n):
    base = 10 ** (-12 / (n - 1.5))
    assert SUMMARIES["svd_summary_size"](drive.diagonal_powers(base)) == n


@given(arrays(float, sizes, elements=of_any_size), st.sampled_from([0, 0.5, 1, 1.5, 2, 3, np.inf]))
@a_few
def test_the_norm_of_the_exercise_is_that_of_the_lecture(x, p):
    assert LP_NORM(x, p) == pytest.approx(lp(x, p), rel=1e-12)


@pytest.mark.parametrize("norm", [LP_NORM, lp], ids=["solution", "lecture"])
@given(st.floats(-100, -1e-9))
@a_few
def test_a_negative_p_is_refused_in_the_exercise_and_in_the_lecture(norm, p):
    with pytest.raises(ValueError):
        norm(np.ones(2), p)


@given(st.floats(0.2, 0.95), st.floats(0.1, 10), st.floats(0.1, 10), st.integers(0, 2**32 - 1))
@a_few
def test_no_random_pair_has_a_longer_or_a_shorter_sum_than_the_extreme_ones(p, a, b, seed):
    steps = VIOLATING_PAIR(p, a, b, 2)
    lengths = np.linalg.norm(drive.sums_of_pairs(np.random.default_rng(seed), p, a, b, pairs=200), p, axis=1)
    assert lengths.max() <= steps["longest"] * (1 + 1e-9)
    assert lengths.min() >= steps["shortest"] * (1 - 1e-9)
    for one, two, name in (("x", "y", "longest"), ("u", "v", "shortest")):
        for vector, length in ((steps[one], a), (steps[two], b)):
            assert np.linalg.norm(vector, p) == pytest.approx(length, rel=1e-9)
        assert np.linalg.norm(steps[one] + steps[two], p) == pytest.approx(steps[name], rel=1e-9)


@given(st.floats(0.2, 0.95), st.integers(1, 6), st.integers(0, 2**32 - 1))
@a_few
def test_no_sum_of_k_vectors_exceeds_the_detour_by_more_than_the_factor(p, k, seed):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(500, k, 6)) * 10.0 ** rng.uniform(-4, 0, size=(500, k, 6))
    vectors[0] = np.eye(k, 6)  # these reach it
    ratios = np.linalg.norm(vectors.sum(axis=1), p, axis=-1) / np.linalg.norm(vectors, p, axis=-1).sum(axis=-1)
    assert ratios.max() == pytest.approx(VIOLATING_PAIR(p, 1.0, 1.0, k)["factor"], rel=1e-9)


@pytest.mark.parametrize("kernel", matrices.KERNELS)
@given(st.integers(5, 12))
@a_few
def test_the_circulant_matrix_of_the_exercise_is_that_of_the_lecture(kernel, n):
    column = matrices.kernel_column(kernel, n)
    assert np.array_equal(CIRCULANT(column, column)[1], scipy.linalg.circulant(column))


@given(arrays(float, (6, 2), elements=st.floats(-100, 100)), st.floats(-7, 7), st.floats(-7, 7))
@a_few
def test_two_mirrors_turn_points_as_the_rotation_of_the_lecture_does(points, alpha, beta):
    P, on_the_lines = points[:4], points[4:]
    assume(abs(np.sin(beta - alpha)) > 0.01)
    steps = TWO_MIRRORS(P, on_the_lines[0], alpha, on_the_lines[1], beta)
    assert -np.pi < steps["theta"] <= np.pi
    G, centre = matrices.givens(np.degrees(steps["theta"])), steps["centre"]
    np.testing.assert_allclose(steps["twice"], (G @ (P - centre).T).T + centre, atol=1e-8)
    lengths = [np.linalg.norm(rows[1:] - rows[0], axis=1) for rows in (P, steps["once"], steps["twice"])]
    np.testing.assert_allclose(lengths[1], lengths[0], atol=1e-9)
    np.testing.assert_allclose(lengths[2], lengths[0], atol=1e-9)
    assert np.linalg.det(steps["H"]) == pytest.approx(-1)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
@a_few
def test_the_norm_of_a_small_matrix_is_that_of_the_lecture_once_the_products_reach_all_directions(m, n, seed):
    A = np.random.default_rng(seed).normal(size=(m, n))
    found = drive.norm_by_products(SPECTRAL_NORM, A, 2 * min(m, n) + 2)
    assert np.isclose(found, norms_and_rank.matrix_norms(A)[3], rtol=1e-9)


def test_a_matrix_that_answers_by_products_counts_them_and_takes_one_vector_at_a_time():
    A = np.arange(6.0).reshape(2, 3)
    with pytest.raises(RuntimeError, match="all 3 products are used up"):
        drive.norm_by_products(lambda times, *_: sum(times(np.ones(3))[0] for _ in range(4)), A, 3)
    with pytest.raises(ValueError, match=r"one vector of shape \(3,\)"):
        drive.norm_by_products(lambda times, *_: times(np.eye(3)), A, 3)


@given(st.integers(0, 2**32 - 1))
@a_few
def test_the_singular_value_decomposition_is_that_of_the_lecture_up_to_signs(seed):
    A = np.random.default_rng(seed).normal(size=(2, 2)) + 3 * np.eye(2)
    U, s, Vt = SVD(A)
    U_lecture, s_lecture, Vt_lecture = decompositions.svd_with_turn(A)
    assume(s_lecture[1] > 0.01 and s_lecture[0] - s_lecture[1] > 0.01)
    assert np.allclose(s, s_lecture, rtol=1e-6)
    signs = np.sign(np.sum(U * U_lecture, axis=0))
    assert np.allclose(U * signs, U_lecture, atol=1e-6)
    assert np.allclose(Vt * signs[:, None], Vt_lecture, atol=1e-6)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0, 180))
@a_few
def test_eigenvalues_and_eigenvectors_are_those_of_the_lecture(first, second, angle):
    A = decompositions.symmetric(first, second, angle)
    lam, U, g = SYM_EIG((A + A.T) / 2)
    values, vectors = decompositions.descending((A + A.T) / 2)
    assert np.allclose(lam, values)
    assert np.allclose(np.abs(U), np.abs(vectors))
    assert np.linalg.norm(A @ g) == pytest.approx(max(abs(first), abs(second)), abs=1e-9)


@given(st.floats(1, 1000), st.integers(0, 2**32 - 1))
@a_few
def test_errors_grow_as_in_the_lecture_and_at_most_by_the_condition_number(kappa, seed):
    A = conditioning.conditioned(kappa)
    b, e = np.random.default_rng(seed).normal(size=(2, 2))
    grown = conditioning.relative(np.linalg.solve(A, e), np.linalg.solve(A, b)) / conditioning.relative(e, b)
    assert AMPLIFICATION["error_amplification"](A, b, e) == pytest.approx(grown, rel=1e-9)
    assert AMPLIFICATION["error_amplification"](A, *AMPLIFICATION["worst_case"](A)) == pytest.approx(kappa, rel=1e-6)
    assert SUMMARY(A)["cond"] == pytest.approx(kappa, rel=1e-6)
