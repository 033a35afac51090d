"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from support.references import a_few, solution

VALUE = solution("06_autograd", "Value")["Value"]


@pytest.mark.parametrize("n", [-2, -1, 0, 0.5, 1, 2, 3.5])
@given(st.floats(0.0, 4.0))
@a_few
def test_a_power_of_a_value_has_the_slope_that_torch_gives(n, x):
    assume(x > 1e-3 or (x == 0 and n >= 0))
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    power = leaf**n
    (slope,) = torch.autograd.grad(power, leaf)
    found = VALUE(x) ** n
    assert found.data == pytest.approx(power.item())
    assert found.local_gradients == pytest.approx((slope.item(),))


def test_a_power_of_a_value_at_0_has_the_slope_that_torch_gives():
    slopes = [(VALUE(0.0) ** n).local_gradients[0] for n in (0, 0.5, 1, 2)]
    assert slopes == [0.0, np.inf, 1.0, 0.0]
