"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import StandardScaler
from support.references import a_few, numbers, scores, sizes, solution

from course_utils.init_normalization.batch_norm import batch_norm
from course_utils.init_normalization.input_scaling import mean_and_std, standardize

F = torch.nn.functional
ACTIVATION = solution("09_init_normalization", "activation")["activation"]
STANDARDIZER = solution("09_init_normalization", "Standardizer")["Standardizer"]
BN_FORWARD = solution("09_init_normalization", "bn_forward")["bn_forward"]
BN_BACKWARD = solution("09_init_normalization", "bn_backward")["bn_backward"]


@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
@pytest.mark.parametrize("kind", ["relu", "sigmoid", "tanh", "leaky_relu"])
@given(arrays(float, sizes, elements=scores.filter(bool)))
@a_few
def test_activations_and_their_slopes_are_those_of_torch(kind, z):
    leaf = torch.tensor(z, requires_grad=True)
    y = getattr(F, kind)(leaf)
    (slope,) = torch.autograd.grad(y.sum(), leaf)
    value, derivative = ACTIVATION(kind, z)
    assert np.allclose(value, y.detach(), rtol=1e-12, atol=1e-300)
    assert np.allclose(derivative, slope, rtol=1e-9, atol=1e-14)


def _standardized_by_the_solution(train: np.ndarray, batch: np.ndarray) -> np.ndarray:
    scaler = STANDARDIZER()
    scaler.fit(train)
    return scaler.transform(batch)


def _standardized_in_the_lecture(train: np.ndarray, batch: np.ndarray) -> np.ndarray:
    return standardize(batch, *mean_and_std(train))


@pytest.mark.parametrize("standardized", [_standardized_by_the_solution, _standardized_in_the_lecture])
@given(st.integers(2, 40), arrays(float, 5, elements=numbers), arrays(float, (3, 2), elements=numbers))
@a_few
def test_a_constant_feature_becomes_0_whatever_the_constant(standardized, n, constants, varied):
    assume(np.all(np.ptp(varied, axis=0) > 1e-3))
    train = np.hstack([np.tile(constants, (n, 1)), np.resize(varied, (n, 2))]) if n >= 3 else np.tile(constants, (n, 1))
    found = standardized(train, train)
    assert np.allclose(found, StandardScaler().fit_transform(train), rtol=1e-9, atol=1e-9)
    assert np.allclose(found[:, :5], 0, atol=1e-9)


@given(st.integers(2, 8), arrays(float, 3, elements=numbers), st.floats(1e-8, 0.1))
@a_few
def test_batch_normalization_is_that_of_torch_also_in_constant_columns(n, constants, eps):
    rng = np.random.default_rng(n)
    x = np.hstack([np.tile(constants, (n, 1)), rng.normal(size=(n, 2))])
    gamma, beta, running = rng.uniform(0.5, 2.0, size=5), rng.normal(size=5), (rng.normal(size=5), np.ones(5))
    t, scale, shift, mean, var = (torch.tensor(array) for array in (x, gamma, beta, *running))
    t.requires_grad_()
    wanted = F.batch_norm(t, mean, var, scale, shift, True, 0.1, eps)
    y, cache, running_mean, running_var = BN_FORWARD(x, gamma, beta, *running, True, 0.1, eps)
    close = partial(np.allclose, rtol=1e-6, atol=1e-6)  # a constant column is rounding, divided by the root of eps
    assert close(y, wanted.detach())
    assert close(batch_norm(x, gamma, beta, eps)[0], wanted.detach())
    assert close(running_mean, mean)
    assert close(running_var, var)
    dy = rng.normal(size=(n, 5))
    (dx,) = torch.autograd.grad(wanted, t, torch.tensor(dy))
    found = BN_BACKWARD(dy, cache)[0]
    assert np.allclose(found, dx, rtol=1e-5, atol=1e-5 * np.abs(found).max())
