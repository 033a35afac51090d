"""`verify.agree` is believed by every lecture notebook, so it must not pass what differs."""

import numpy as np
import pytest
import torch

from course_utils.drawing.verify import Disagreement, agree, aligned, rounded


def test_agreement_prints_one_line_that_is_the_same_on_every_machine(capsys):
    agree(0.1 + 0.2, 0.3, "a + b", by="arithmetic", atol=1e-12)
    agree(0.3, 0.3, "a + b", by="arithmetic", atol=1e-12)
    first, second = capsys.readouterr().out.splitlines()
    assert first == second == "holds: a + b  (arithmetic, largest difference below 1e-12)"


@pytest.mark.parametrize(
    ("ours", "authority"),
    [
        (np.eye(2), torch.eye(2, dtype=torch.float64)),
        (torch.ones(3, requires_grad=True), [1, 1, 1]),
        (np.array([1.0, np.inf]), np.array([1.0, np.inf])),
        (2, np.float32(2)),
    ],
)
def test_arrays_tensors_lists_and_numbers_are_compared_alike(ours, authority):
    agree(ours, authority, "formula", by="authority")


@pytest.mark.parametrize(
    ("ours", "authority", "sentence"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 4.0], "received 3, expected 4 (numpy) at index (2,); 1 of 3 numbers differ"),
        ([[1.0, 2.0], [5.0, 4.0]], [[1.0, 2.5], [3.0, 4.0]], "at index (1, 0); 2 of 4"),
        (1.0, 1.1, "received 1, expected 1.1 (numpy); 1 of 1"),
        (np.ones((3, 1)), np.ones(3), "received shape (3, 1), expected (3,) (numpy)"),
        (np.ones(1), 1.0, "received shape (1,), expected ()"),
        ([1.0, np.nan], [1.0, 2.0], "received nan, expected 2"),
        ([np.nan], [np.nan], "received nan, expected nan"),
        ([np.inf], [-np.inf], "received inf, expected -inf"),
        ([1.0], [1.0 + 1e-9], "differ by more than 1e-10"),
    ],
)
def test_a_disagreement_says_what_was_received_what_was_expected_and_where(ours, authority, sentence, capsys):
    with pytest.raises(Disagreement) as caught:
        agree(ours, authority, "C = X X^T", by="numpy")
    assert str(caught.value).startswith("C = X X^T: ")
    assert sentence in str(caught.value)
    assert capsys.readouterr().out == ""


def test_columns_take_the_sign_of_those_they_are_compared_with():
    like = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 3)))[0]
    assert np.array_equal(aligned(like * [1, -1, -1], like), like)


def test_rounding_leaves_no_minus_zero():
    assert str(rounded([-1e-9, 0.12345])) == "[0.    0.123]"
    assert str(rounded(-1e-9)) == "0.0"
