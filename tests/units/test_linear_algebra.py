"""What unit 01 computes and draws, held against torch, scipy and the definitions."""

import re

import numpy as np
import pytest
import scipy
import torch

from course_utils.drawing.geometry import unit_vector
from course_utils.drawing.pictures import three_digits
from course_utils.linear_algebra import conditioning, decompositions, matrices, norms_and_rank, vectors
from course_utils.linear_algebra.decompositions import PRESETS
from course_utils.linear_algebra.norms_and_rank import MEASURED, ROUNDING
from course_utils.linear_algebra.vectors import COUNT, MAXIMUM, SLIDER_P

NUMBER = r"(-?\d+(?:\.\d+)?(?:e[+-]\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number) for number in found.groups()]


def texts(pattern: str, text: str) -> tuple[str, ...]:
    """Return the groups of `pattern` where it is found in `text`."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return found.groups()


def matrix(seed: int, shape: tuple[int, int] = (2, 2)) -> np.ndarray:
    """Return entries from -2 to 2 with one digit, as sliders give them."""
    return np.random.default_rng(seed).integers(-20, 21, size=shape) / 10


# --- vectors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0, 0.3, 1, 1.5, 2, 7, np.inf])
@pytest.mark.parametrize("x", [[-1, 2], [0, 0, 0], [3, 0, -2, 0.5], [-1e200, 1e200]])
def test_lp_is_that_of_torch_also_where_powers_overflow(x, p):
    x = np.array(x, dtype=float)
    scale = max(np.abs(x).max(), 1) if p > 0 else 1
    authority = torch.linalg.vector_norm(torch.tensor(x / scale), ord=p).item() * scale
    assert np.isclose(vectors.lp(x, p), authority, rtol=1e-12)


def test_lp_refuses_negative_p():
    with pytest.raises(ValueError, match="negative"):
        vectors.lp([1.0], -1)


@pytest.mark.parametrize("p", [0.1, 0.5, 1, 2, 10, np.inf])
def test_the_sphere_has_length_one_passes_the_axes_and_goes_once_around(p):
    points = vectors.sphere(p)
    assert np.allclose(np.linalg.norm(points, p, axis=0), 1)
    assert all(np.isclose(points.T, tip).all(axis=1).any() for tip in [(1, 0), (0, 1), (-1, 0), (0, -1)])
    assert np.allclose(points[:, 0], points[:, -1])
    angles = np.unwrap(np.arctan2(*points[::-1]))
    assert np.isclose(abs(angles[-1] - angles[0]), 2 * np.pi)


@pytest.mark.parametrize(("angle", "length"), [(0, 1.0), (70, 1.5), (110, 3.0), (200, 2.0), (290, 0.5), (360, 1.0)])
def test_the_inner_product_picture_tells_product_and_angle(angle, length):
    turn = np.exp(1j * np.radians([20, angle])) * [2, length]
    product = (turn[0].conjugate() * turn[1]).real
    description = vectors.draw_inner_product((turn[1].real, turn[1].imag)).description
    assert abs(numbers(rf"x \. y = {NUMBER}", description)[0] - product) < 0.006
    between = abs(np.degrees(np.angle(turn[1] / turn[0])))
    assert abs(numbers(rf"them is {NUMBER} degrees", description)[0] - between) < 0.6
    assert ("orthogonal" in description) == (abs(product) < 1e-9)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9, 1.0, 2.0, 10.0])
@pytest.mark.parametrize("triangle", [False, True])
def test_the_ball_picture_tells_the_length_of_the_sum_and_whether_it_is_a_norm(p, triangle):
    description = vectors.draw_unit_ball(p, SLIDER_P, triangle).description
    length = torch.linalg.vector_norm(torch.ones(2, dtype=torch.float64), ord=p).item()
    assert np.isclose(numbers(rf"has length {NUMBER}", description)[0], length, rtol=1e-3)
    assert ("not a norm" in description) == (length > 2)


def test_the_ball_picture_of_the_two_ends():
    assert "has length 1, inside" in vectors.draw_unit_ball(2.0, MAXIMUM, True).description
    assert "Not a norm." in vectors.draw_unit_ball(2.0, COUNT, True).description


# --- matrices --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [1, 2])
@pytest.mark.parametrize("column", [1, 2, 3, 4])
def test_the_product_picture_adds_up_to_the_entry_of_torch(row, column):
    product = torch.tensor(matrices.A_OF_PRODUCT) @ torch.tensor(matrices.B_OF_PRODUCT)
    description = matrices.draw_product(row, column).description
    total, result = texts(r"is (.*) = (-?\d+)\.$", description)
    terms = re.findall(r"\((-?\d+)\)\((-?\d+)\)", total)
    assert len(terms) == 3
    assert sum(int(a) * int(b) for a, b in terms) == int(result) == product[row - 1, column - 1]


WORDS = {
    "Toeplitz": {"Toeplitz"},
    "circulant": {"Toeplitz", "circulant"},
    "cyclic shift": {"orthogonal", "Toeplitz", "circulant"},
    "diagonal": {"diagonal", "symmetric"},
    "identity": {"diagonal", "symmetric", "orthogonal", "Toeplitz", "circulant"},
    "symmetric": {"symmetric"},
    "orthogonal (cosines)": {"orthogonal"},
    "none of these": set(),
}


@pytest.mark.parametrize("size", range(3, 9))
@pytest.mark.parametrize("kind", matrices.MATRICES)
def test_the_gallery_shows_what_the_words_say(kind, size):
    A = np.asarray(matrices.MATRICES[kind](size), dtype=float)
    by_definition = {
        "diagonal": np.count_nonzero(A) == np.count_nonzero(np.diag(A)),
        "symmetric": scipy.linalg.issymmetric(A, atol=1e-12),
        "orthogonal": np.allclose(scipy.linalg.svdvals(A), 1),
        "Toeplitz": np.allclose(A, scipy.linalg.toeplitz(A[:, 0], A[0])),
        "circulant": np.allclose(A, scipy.linalg.circulant(A[:, 0])),
    }
    assert {word for word, holds in by_definition.items() if holds} == WORDS[kind]


@pytest.mark.parametrize("kind", matrices.MATRICES)
def test_the_gallery_tells_the_words(kind):
    description = matrices.draw_special(kind, 5).description
    count, told = texts(r"has (\d) of the five properties: (.*)\.$", description)
    assert int(count) == len(WORDS[kind])
    assert set(told.split(", ")) == (WORDS[kind] or {"none"})


@pytest.mark.parametrize("kernel", matrices.KERNELS)
@pytest.mark.parametrize("row", [1, 5, 20])
def test_the_convolution_picture_tells_what_the_fourier_transform_gives(kernel, row):
    column = matrices.kernel_column(kernel)
    result = np.fft.ifft(np.fft.fft(column) * np.fft.fft(matrices.SIGNAL)).real
    description = matrices.draw_circulant(kernel, row).description
    assert abs(numbers(rf"C x is {NUMBER}", description)[0] - result[row - 1]) < 0.006
    (told,) = texts(r"weights at ([\d, ]+),", description)
    weights = scipy.linalg.circulant(column)[row - 1]
    assert [int(k) for k in told.split(", ")] == [k + 1 for k in range(20) if weights[k]]


@pytest.mark.parametrize("angle", [0, 30, 90, 215, 360])
@pytest.mark.parametrize("mirror", [False, True])
def test_the_rotation_picture_shows_an_orthogonal_matrix(angle, mirror):
    turn = np.exp(1j * np.radians(angle))
    assert np.allclose(matrices.givens(angle) @ [2, 1], [(turn * (2 + 1j)).real, (turn * (2 + 1j)).imag])
    description = matrices.draw_orthogonal(angle, mirror).description
    Q = np.array(numbers(rf"\[\[{NUMBER}, {NUMBER}\], \[{NUMBER}, {NUMBER}\]\]", description)).reshape(2, 2)
    sign = -1 if mirror else 1
    assert np.allclose(Q, [[turn.real, -sign * turn.imag], [turn.imag, sign * turn.real]], atol=0.006)
    assert numbers(rf"determinant {NUMBER}\.", description) == [sign]


# --- decompositions --------------------------------------------------------------------------------------------------

SPECIAL = [np.zeros((2, 2)), np.eye(2), -np.eye(2), np.ones((2, 2)), np.diag([-2.0, 2]), np.diag([2.0], 1)]
CASES = [matrix(seed) for seed in range(8)] + SPECIAL + [np.array([[0.0, 1], [1, 0]]), np.array([[1.0, 2], [3, 1]])]


@pytest.mark.parametrize("A", CASES, ids=lambda A: str(A.tolist()))
def test_the_svd_turns_first_and_mirrors_only_for_a_negative_determinant(A):
    U, s, Vt = decompositions.svd_with_turn(A)
    assert np.allclose(U @ np.diag(s) @ Vt, A)
    assert np.allclose(s, scipy.linalg.svdvals(A))
    assert np.allclose([U.T @ U, Vt @ Vt.T], np.eye(2))
    assert np.isclose(np.linalg.det(Vt), 1)
    assert Vt[0, 0] >= 0
    assert np.isclose(np.linalg.det(U), -1 if np.linalg.det(A) < -1e-9 else 1)


@pytest.mark.parametrize("A", CASES, ids=lambda A: str(A.tolist()))
def test_the_svd_picture_tells_two_turns_a_scaling_and_a_mirror_that_make_the_matrix(A):
    description = decompositions.draw_svd(*A.T.tolist()).description
    first, one, two = numbers(rf"V\^T rotates by {NUMBER} .* by {NUMBER} and {NUMBER}, U", description)
    (second,) = numbers(rf"U (?:reflects and )?rotates by {NUMBER} degrees", description)
    mirror = np.diag([1, -1 if "reflects" in description else 1])
    before, after = (scipy.linalg.expm(np.radians(a) * np.array([[0, -1], [1, 0]])) for a in (first, second))
    assert np.allclose(after @ mirror @ np.diag([one, two]) @ before, A, atol=0.08)  # whole degrees are told
    assert ("det U = -1" in description) == ("reflects" in description)
    assert abs(numbers(rf"det A = {NUMBER}", description)[0] - np.linalg.det(A)) < 0.006


@pytest.mark.parametrize("eigenvalues", [(3, 1), (1, -5), (-1, -2), (2, 2), (0, 4)])
@pytest.mark.parametrize("turn", [0, 25, 140])
def test_symmetric_matrices_have_the_eigenvalues_and_directions_asked_for(eigenvalues, turn):
    A = decompositions.symmetric(*eigenvalues, angle=turn)
    assert np.allclose(A, A.T)
    direction = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    assert np.allclose(A @ direction, eigenvalues[0] * direction)
    values, U = decompositions.descending(A)
    assert np.allclose(values, torch.linalg.eigvalsh(torch.tensor(A)).flip(0))
    assert np.allclose(A @ U, U * values)


@pytest.mark.parametrize("eigenvalues", [(3.0, 1.0), (1.0, -5.0), (-1.0, 2.0), (-4.0, 4.0), (2.0, 2.0), (0.0, 0.0)])
def test_the_amplification_picture_names_the_direction_that_a_search_finds(eigenvalues):
    turn, angle = 35, 80
    A = decompositions.symmetric(*eigenvalues, angle=turn)
    degrees = np.arange(180)
    length = np.linalg.norm(A @ np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]), axis=0)
    description = decompositions.draw_symmetric(*eigenvalues, turn=turn, angle=angle).description
    (place,) = numbers(rf"U_1 at {NUMBER}", description)
    assert place == (turn if eigenvalues[0] >= eigenvalues[1] else turn + 90)
    told, largest = numbers(rf"stretched to {NUMBER}; at most {NUMBER}", description)
    assert abs(told - length[angle]) < 0.006
    assert abs(largest - length.max()) < 0.06
    if np.ptp(length) < 1e-9:
        assert "equally" in description
    else:
        best = int(place) if description.endswith("along U_1.") else int(place + 90) % 180
        assert degrees[length.argmax()] == best


@pytest.mark.parametrize(("preset", "lines"), list(zip(PRESETS, [[45, 135], [0, 90], [0, 135], [0], []], strict=True)))
def test_lines_that_are_mapped_to_themselves(preset, lines):
    A = np.array(PRESETS[preset], dtype=float)
    assert np.allclose(decompositions.eigen_angles(A), lines)
    degrees = np.arange(180)
    bent = decompositions.line_angle(A, np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))]))
    assert list(degrees[bent < 1e-4]) == lines
    directions = np.exp(1j * np.radians(degrees))
    images = (A[0] + 1j * A[1]) @ np.stack([np.real(directions), np.imag(directions)])
    turned = np.degrees(np.abs(np.angle(images / directions)))
    assert np.allclose(bent, np.minimum(turned, 180 - turned), atol=1e-5)


KINDS = [((2, 0.5), "positive definite"), ((2, 0), "positive semi-definite"), ((0, 0), "positive semi-definite"),
    ((1.5, -1), "indefinite"), ((-0.5, 1), "indefinite"), ((-1, -2), "negative definite"),
    ((0, -2), "negative semi-definite")]  # fmt: skip


@pytest.mark.parametrize(("eigenvalues", "kind"), KINDS)
@pytest.mark.parametrize("turn", [0, 30, 45, 180])
def test_the_surface_is_named_by_the_signs_of_the_eigenvalues(eigenvalues, kind, turn):
    description = decompositions.draw_form(*map(float, eigenvalues), turn=turn).description
    assert f", {kind}. On" in description
    assert numbers(rf"goes from {NUMBER} to {NUMBER}", description) == sorted(eigenvalues)


# --- operators -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2, 2), (3, 5), (4, 1)])
def test_matrix_norms_are_those_of_torch(shape):
    A = matrix(1, shape)
    kinds = (1, np.inf, "fro", 2, "nuc")
    assert np.allclose(
        norms_and_rank.matrix_norms(A), [torch.linalg.matrix_norm(torch.tensor(A), ord=k) for k in kinds]
    )
    assert np.allclose(norms_and_rank.entry_norms(A), [torch.norm(torch.tensor(A), p=p) for p in (1, np.inf, 2)])


@pytest.mark.parametrize("A", CASES, ids=lambda A: str(A.tolist()))
def test_the_norm_picture_tells_the_norms(A):
    description = norms_and_rank.draw_norms(*A.ravel()).description
    pattern = rf"1-norm {NUMBER}, infinity-norm {NUMBER}, Frobenius {NUMBER}, spectral {NUMBER}, nuclear {NUMBER}\."
    authority = [np.linalg.norm(A, kind) for kind in (1, np.inf, "fro", 2, "nuc")]
    assert np.allclose(numbers(pattern, description), authority, atol=0.006)
    told = numbers(rf"gives {NUMBER}, {NUMBER}, {NUMBER}", description)
    assert np.allclose(told, [np.linalg.norm(A.ravel(), p) for p in (1, np.inf, 2)], atol=0.006)


@pytest.mark.parametrize("size", [2, 5, 12])
def test_traces_stay_below_the_bound_and_reach_it_at_the_transpose(size):
    ratios = norms_and_rank.trace_ratios(size)
    A, B = np.random.default_rng(size).normal(size=(2, 1000, size, size))
    assert np.isclose(ratios[7], np.trace(A[7] @ B[7]) / np.linalg.norm(A[7]) / np.linalg.norm(B[7]))
    assert np.abs(ratios).max() < 1
    told = [numbers(rf"it is {NUMBER}\.", norms_and_rank.draw_trace(t, size).description)[0] for t in (0.5, 0.8, 1.0)]
    assert told == sorted(told)
    assert told[-1] == 1
    assert told[0] < 1


@pytest.mark.parametrize("image", norms_and_rank.IMAGES)
@pytest.mark.parametrize("k", [1, 10, 142])
def test_the_low_rank_picture_tells_the_error_of_the_nearest_matrix(image, k):
    A, near = norms_and_rank.grey_image(image), norms_and_rank.low_rank(image, k)
    assert A.shape == (142, 213)
    assert A.min() >= 0
    assert A.max() <= 1
    assert torch.linalg.matrix_rank(torch.tensor(near)) == k
    rest = scipy.linalg.svdvals(A)[k:]
    assert np.isclose(np.linalg.norm(A - near), np.linalg.norm(rest))
    description = norms_and_rank.draw_low_rank(image, k).description
    error, needed, entries = numbers(rf"error {NUMBER} .* from {NUMBER} instead of {NUMBER} numbers", description)
    assert abs(error - np.linalg.norm(A - near) / np.linalg.norm(A)) < 6e-4
    U, s, Vt = scipy.linalg.svd(A, full_matrices=False)
    assert needed == U[:, :k].size + s[:k].size + Vt[:k].size
    assert entries == A.size


def test_a_rank_85_photograph_takes_more_numbers_than_the_photograph():
    more = [k for k in range(1, 143) if k * (142 + 213 + 1) > 142 * 213]
    assert more[0] == 85


@pytest.mark.parametrize(
    ("noise", "tolerance", "rank"),
    [(ROUNDING, 1e-15, 3), (ROUNDING, 1e-10, 3), (ROUNDING, 0.1, 3), (ROUNDING, 1.0, 0), (ROUNDING, 1e-18, None),
     (MEASURED, 1e-15, 8), (MEASURED, 1e-8, 8), (MEASURED, 1e-6, 3), (MEASURED, 0.1, 3)],
)  # fmt: skip
def test_the_rank_picture_counts_as_torch_does(noise, tolerance, rank):
    s = norms_and_rank.nearly_of_low_rank(noise)
    told, again = numbers(
        rf", {NUMBER} of 8 are counted: rank {NUMBER};", norms_and_rank.draw_rank(tolerance, noise).description
    )
    assert told == again
    if rank is None:  # below rounding the count differs from one machine to the next
        assert told > 3
    else:
        authority = torch.linalg.matrix_rank(torch.diag(torch.tensor(s)), rtol=tolerance)
        assert told == rank == authority


@pytest.mark.parametrize(
    ("value", "text"), [(0.0012345, "0.00123"), (7071.2, "7070"), (10_000.0, "10000"), (3.0, "3"), (0.0, "0")]
)
def test_three_digits_and_no_power_of_ten(value, text):
    assert three_digits(value) == text


# --- conditioning ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kappa", [1.0, 3.7, 100.0, 1e4])
def test_the_conditioned_matrix_has_its_condition_number_and_directions(kappa):
    A = conditioning.conditioned(kappa)
    assert np.isclose(torch.linalg.cond(torch.tensor(A)), kappa)
    assert np.isclose(np.linalg.norm(A, 2), 1)
    v, u = (np.array([np.cos(np.radians(a)), np.sin(np.radians(a))]) for a in (conditioning.RIGHT, conditioning.LEFT))
    assert np.allclose(A @ v, u)


@pytest.mark.parametrize("kappa", [1.0, 10.0, 1e4])
@pytest.mark.parametrize(("angle_b", "e"), [(40, (-0.1, 0.1)), (120, (0.5, -0.5)), (0, (0.05, 0.0))])
@pytest.mark.parametrize("worst_case", [False, True])
def test_the_perturbation_picture_tells_errors_that_stay_within_the_bound(kappa, angle_b, e, worst_case):
    description = conditioning.draw_perturbation(kappa, angle_b, *e, worst_case=worst_case).description
    of_b, of_x, growth, bound = numbers(
        rf"of b is {NUMBER}, that of x is {NUMBER}\. .* factor of {NUMBER}; at most {NUMBER} is", description
    )
    assert bound == kappa
    assert np.isclose(of_b, np.linalg.norm(e), rtol=0.006)
    assert np.isclose(growth, of_x / of_b, rtol=0.02)
    assert growth <= kappa * 1.006
    if worst_case:
        assert np.isclose(growth, kappa, rtol=0.006)
    else:
        b = np.array([np.cos(np.radians(angle_b)), np.sin(np.radians(angle_b))])
        inverse = scipy.linalg.inv(conditioning.conditioned(kappa))
        assert np.isclose(of_x, np.linalg.norm(inverse @ e) / np.linalg.norm(inverse @ b), rtol=0.006)


def test_without_an_error_nothing_grows():
    assert "both relative errors are 0." in conditioning.draw_perturbation(100.0, 40, 0.0, 0.0, True).description


def test_along_the_second_singular_vector_no_error_grows():
    for e in np.random.default_rng(0).uniform(-0.5, 0.5, size=(20, 2)):
        description = conditioning.draw_perturbation(1e4, 120, *e, worst_case=False).description
        assert numbers(rf"factor of {NUMBER};", description)[0] <= 1


@pytest.mark.parametrize("kappa", [1.0, 10.0, 100.0])
def test_the_descent_is_that_of_torch_and_no_other_rate_is_better_in_the_worst_direction(kappa):
    curvature = torch.tensor([1 / kappa, 1.0], dtype=torch.float64)

    def left_over(learning_rate: float) -> np.ndarray:
        w = torch.ones(2, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=learning_rate)
        for _ in range(30):
            optimizer.zero_grad()
            (0.5 * (curvature * w**2).sum()).backward()
            optimizer.step()
        return w.detach().numpy()

    best = 2 / (1 + 1 / kappa)
    path = conditioning.quadratic_descent(kappa, 30)
    assert path.shape == (2, 31)
    assert np.allclose(path[:, -1], left_over(best))
    others = [np.abs(left_over(rate * best)).max() for rate in (0.9, 0.97, 1.03)]
    assert min(others) > np.abs(path[:, -1]).max()


PROMISES = [
    (vectors.draw_inner_product, (3 * unit_vector(20),), "x . y = 6.00"),
    (vectors.draw_inner_product, (1.5 * unit_vector(290),), "they are orthogonal"),
    (vectors.draw_unit_ball, (0.5, SLIDER_P, True), "has length 4, more than"),
    (vectors.draw_unit_ball, (0.1, SLIDER_P, True), "has length 1024, more than"),
    (vectors.draw_unit_ball, (1.0, SLIDER_P, True), "has length 2, inside"),
    (matrices.draw_product, (2, 3), "(-1)(0) + (3)(-1) + (1)(4) = 1"),
    (matrices.draw_circulant, ("mean of three neighbours", 1), "weights at 1, 2, 20"),
    (decompositions.draw_symmetric, (3.0, -5.0, 30, 70), "at most 5.0 is possible, along U_2, not U_1"),
    (norms_and_rank.draw_norms, (1.0, -2.0, 3.0, 4.0), "1-norm 6.00, infinity-norm 7.00"),
    (norms_and_rank.draw_norms, (4.0, 4.0, 4.0, 4.0), "Frobenius 8.00, spectral 8.00, nuclear 8.00"),
    (conditioning.draw_descent, (1.0, 1), "after 1 step the distance to the minimum is less than 0.001"),
    (conditioning.draw_descent, (10.0, 20), "each step multiplies it by 0.818"),
    (conditioning.draw_descent, (100.0, 50), "minimum is 0.368 of"),
]


@pytest.mark.parametrize(("draw", "places", "promise"), PROMISES)
def test_the_pictures_show_what_the_lecture_says_you_should_see(draw, places, promise):
    assert promise in draw(*places).description
