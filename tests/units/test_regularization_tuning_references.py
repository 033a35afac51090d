"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from support.references import a_few, solution

SHIFT = solution("10_regularization_tuning", "shift_images")["shift_images"]


@given(st.integers(-7, 7), st.integers(-7, 7), st.floats(-2, 2))
@a_few
def test_shifted_images_are_those_of_scipy(dy, dx, fill):
    images = np.arange(1.0, 41.0).reshape(2, 4, 5)
    assert np.array_equal(SHIFT(images, dy, dx, fill), ndimage.shift(images, (0, dy, dx), order=0, cval=fill))
