"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis.extra.numpy import arrays
from support.references import a_few, scores, sizes, solution

F = torch.nn.functional
ACT_BACKWARD = solution("05_backprop", "act_backward")["act_backward"]


@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
@pytest.mark.parametrize("kind", ["relu", "sigmoid", "tanh"])
@given(arrays(float, sizes, elements=scores.filter(bool)))
@a_few
def test_the_gradient_of_an_activation_is_that_of_torch(kind, z):
    leaf = torch.tensor(z, requires_grad=True)
    (slope,) = torch.autograd.grad(getattr(F, kind)(leaf).sum(), leaf)
    assert np.allclose(ACT_BACKWARD(np.full_like(z, 3.0), z, kind), 3 * slope, rtol=1e-9, atol=1e-14)
