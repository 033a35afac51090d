"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.references import a_few, sizes, solution

from course_utils.linear_algebra.vectors import lp

of_any_size = st.floats(-1e150, 1e150)
LP_NORM = solution("01_linear_algebra", "lp_norm")["lp_norm"]
SUMMARY = solution("01_linear_algebra", "svd_summary")["svd_summary"]


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
