"""The pictures of assignment 01 against what is known of them, and with answers that go far astray."""

from __future__ import annotations

import re

import numpy as np
import pytest

from course_utils.drawing.pictures import Picture
from course_utils.linear_algebra import answers as yours
from course_utils.linear_algebra import matrices


def told(picture: Picture) -> tuple[list[float], list[float]]:
    """Return the numbers of the reference and those of the student's own."""
    reference, own = picture.description.split("reference:")[1].split("Yours")
    number = re.compile(r"nan|\d[\d.]*(?<!\.)")
    return [float(n) for n in number.findall(reference)], [float(n) for n in number.findall(own)]


def drawn(picture: Picture, label: str) -> np.ndarray:
    """Return the points of the line with this label, (n, 2)."""
    return next(np.asarray(line.get_xydata()) for line in picture.figure.axes[0].lines if line.get_label() == label)


def norm(x, p):
    return float(np.linalg.norm(x, p))


def mirrors(P, q, alpha, r, beta):
    once = np.exp(2j * alpha) * np.conj(P @ [1, 1j] - q @ [1, 1j]) + q @ [1, 1j]
    twice = np.exp(2j * beta) * np.conj(once - r @ [1, 1j]) + r @ [1, 1j]
    return {name: np.column_stack([z.real, z.imag]) for name, z in (("once", once), ("twice", twice))}


def svd(A):
    return tuple(np.linalg.svd(A, full_matrices=False))


def growth(A, b, e):
    inverse = np.linalg.inv(A)
    length = np.linalg.norm
    return length(inverse @ e) * length(b) / (length(inverse @ b) * length(e))


def worst(A):
    U = np.linalg.svd(A).U
    return U[:, 0], U[:, -1]


@pytest.mark.parametrize("p", [0.5, 1, 2, np.inf])
def test_every_point_on_the_border_of_a_unit_ball_has_length_1(p):
    border = drawn(yours.unit_balls(norm), f"yours, p = {p:g}")
    assert [np.linalg.norm(x, p) for x in border] == pytest.approx(np.ones(len(border)))
    assert np.abs(border).max() == pytest.approx(1)


def test_the_diagonal_is_cut_where_the_formula_says():
    reference, own = told(yours.unit_balls(lambda x, p: norm(2 * x, p)))
    assert reference == pytest.approx([2 ** (0.5 - 1 / p) for p in (0.5, 1, 2, np.inf)], abs=0.005)
    assert own == pytest.approx(np.array(reference) / 2, abs=0.01)


def test_a_length_of_zero_or_below_leaves_a_gap():
    _, own = told(yours.unit_balls(lambda x, p: float(x.sum()) if p == 1 else 0.0))
    assert np.isnan(own).tolist() == [True, False, True, True]


def test_the_letter_is_mirrored_in_both_lines():
    picture = yours.mirrored_letter(mirrors)
    reference, own = told(picture)
    assert own == reference
    for label, (point, degrees), before in (
        ("yours, one mirror", yours.LINES[0], matrices.LETTER.T),
        ("yours, both mirrors", yours.LINES[1], drawn(picture, "yours, one mirror")[:-1]),
    ):
        after = drawn(picture, label)[:-1]
        along = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        assert (after - before) @ along == pytest.approx(np.zeros(len(before)))
        halfway = (after + before) / 2 - point
        assert halfway[:, 0] * along[1] == pytest.approx(halfway[:, 1] * along[0])


@pytest.mark.parametrize(
    "draw",
    [yours.unit_balls, yours.mirrored_letter, lambda answer: yours.compressed_photograph(answer, k=15)],
    ids=["ball", "letter", "photo"],
)
def test_an_answer_that_writes_into_its_argument_spoils_no_reference(draw):
    def negated(x, *_):
        x *= -2
        return x

    def unimplemented(*_):
        raise NotImplementedError

    before = draw(unimplemented)
    draw(negated)
    assert draw(unimplemented).png() == before.png()


def test_a_letter_mirrored_in_the_wrong_order_is_told_from_the_reference():
    reference, own = told(yours.mirrored_letter(lambda P, q, alpha, r, beta: mirrors(P, r, beta, q, alpha)))
    assert own != reference


def test_the_error_of_a_photograph_is_that_of_the_singular_values_left_out():
    from course_utils.linear_algebra.norms_and_rank import grey_image

    photo = grey_image("flower")
    s = np.linalg.svd(photo, compute_uv=False)
    reference, own = told(yours.compressed_photograph(svd, k=15))
    assert own == reference == pytest.approx([np.sqrt(np.sum(s[15:] ** 2) / photo.size)], abs=5e-5)


def test_signs_that_do_not_belong_together_spoil_the_photograph():
    def turned(A):
        U, s, Vt = svd(A)
        return U * np.where(np.arange(len(s)) == 0, -1.0, 1.0), s, Vt

    (reference,), (own,) = told(yours.compressed_photograph(turned, k=15))
    assert own > 5 * reference


def test_the_error_grows_most_in_the_worst_case():
    picture = yours.amplification(growth, worst)
    reference, own = told(picture)
    assert own == reference == [yours.KAPPA] * 2
    angles, factors = drawn(picture, "yours").T
    (place, height) = drawn(picture, "your worst case")[0]
    assert angles[factors.argmax()] == pytest.approx(place, abs=1)
    assert height == pytest.approx(factors.max())
    assert factors.min() == pytest.approx(1)


@pytest.mark.parametrize("pair", [lambda A: (np.zeros(2), np.ones(2)), lambda A: (np.ones(2), np.zeros(2))])
def test_a_zero_vector_in_the_worst_case_can_be_drawn(pair):
    _, own = told(yours.amplification(growth, pair))
    assert own[0] == yours.KAPPA and np.isnan(own[1])


@pytest.mark.parametrize(
    "picture",
    [
        lambda: yours.unit_balls(lambda x, p: x),
        lambda: yours.unit_balls(lambda x, p: np.nan),
        lambda: yours.mirrored_letter(lambda P, *_: {"once": P, "twice": P.T}),
        lambda: yours.mirrored_letter(lambda P, *_: P),
        lambda: yours.compressed_photograph(lambda A: np.linalg.svd(A)[0], k=15),
        lambda: yours.amplification(growth, lambda A: None),
        lambda: yours.amplification(lambda A, b, e: 1 / 0, worst),
    ],
)
def test_what_cannot_be_drawn_leaves_the_reference_and_a_sentence(picture):
    picture = picture()
    title = picture.figure.get_suptitle() + picture.figure.axes[0].get_title()
    assert "only the reference" in title
    assert "Yours" not in picture.description
    assert picture.png()
