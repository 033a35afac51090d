"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.references import a_few, scores, sizes, solution

from course_utils.losses_gradients.losses import cross_entropy as cross_entropy_of_scores
from course_utils.losses_gradients.losses import softmax

F = torch.nn.functional
SIGMOID = solution("04_losses_gradients", "sigmoid")["sigmoid"]
BCE = solution("04_losses_gradients", "bce_with_logits")["bce_with_logits"]
XENT = solution("04_losses_gradients", "softmax_xent")["softmax_xent"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(arrays(float, sizes, elements=scores))
@a_few
def test_a_sigmoid_has_full_precision_and_no_overflow(dtype, z):
    z = z.astype(dtype)
    with np.errstate(over="raise", invalid="raise"):
        found = SIGMOID(z)
    wanted = np.exp(-np.logaddexp(0, -z.astype(float)))
    normal = wanted > np.finfo(dtype).tiny
    assert found.dtype == dtype
    assert np.allclose(found[normal], wanted[normal], rtol=8 * np.finfo(dtype).eps, atol=0)


@given(arrays(float, 4, elements=scores), arrays(float, 4, elements=st.floats(0, 1)))
@a_few
def test_a_binary_cross_entropy_is_that_of_torch(z, y):
    logits = torch.tensor(z, requires_grad=True)
    wanted = F.binary_cross_entropy_with_logits(logits, torch.tensor(y))
    (gradient,) = torch.autograd.grad(wanted, logits)
    loss, dz = BCE(z, y)
    assert loss == pytest.approx(wanted.item(), rel=1e-12, abs=1e-14)
    assert np.allclose(dz, gradient, rtol=1e-10, atol=1e-14)


@given(arrays(float, (3, 4), elements=scores), arrays(np.int64, 3, elements=st.integers(0, 3)))
@a_few
def test_a_cross_entropy_is_that_of_torch(s, y):
    leaf = torch.tensor(s, requires_grad=True)
    each = F.cross_entropy(leaf, torch.tensor(y), reduction="none")
    (gradient,) = torch.autograd.grad(each.mean(), leaf)
    loss, ds = XENT(s, y)
    assert loss == pytest.approx(each.mean().item(), rel=1e-12, abs=1e-12)
    assert np.allclose(ds, gradient, rtol=1e-10, atol=1e-14)
    assert np.allclose(cross_entropy_of_scores(s, y), each.detach(), rtol=1e-12, atol=1e-12)
    assert np.allclose(softmax(s), torch.softmax(leaf, dim=1).detach(), rtol=1e-10, atol=1e-14)
