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

from course_utils.checks import init_normalization as drive
from course_utils.init_normalization.batch_norm import batch_norm, batch_norm_backward, running
from course_utils.init_normalization.dead_units import is_dead
from course_utils.init_normalization.initialization import (
    FAN_IN,
    FAN_OUT,
    HE,
    MEAN,
    XAVIER,
    fan_variance,
    passes,
    std_of,
)
from course_utils.init_normalization.input_scaling import mean_and_std, standardize
from course_utils.init_normalization.vanishing_gradients import value_and_slope

F = torch.nn.functional
ACTIVATION = solution("09_init_normalization", "activation")["activation"]
PRELU = solution("09_init_normalization", "PReLU")["PReLU"]
INIT_LAYER = solution("09_init_normalization", "init_layer")["init_layer"]
FORWARD_STATS = solution("09_init_normalization", "forward_stats")["forward_stats"]
DEEP_START = solution("09_init_normalization", "deep_start")["deep_start"]
STANDARDIZER = drive.a_standardizer("right")
BN_FORWARD = solution("09_init_normalization", "bn_forward")["bn_forward"]
RMS_NORM_BACKWARD = solution("09_init_normalization", "rms_norm_backward")["rms_norm_backward"]


@pytest.mark.parametrize("kind", ["tanh", "leaky_relu", "softplus", "silu"])
@given(arrays(float, sizes, elements=scores.filter(bool)))
@a_few
def test_activations_and_their_slopes_are_those_of_torch(kind, z):
    leaf = torch.tensor(z, requires_grad=True)
    y = -F.logsigmoid(-leaf) if kind == "softplus" else getattr(F, kind)(leaf)  # F.softplus is a line above 20
    (slope,) = torch.autograd.grad(y.sum(), leaf)
    value, derivative = ACTIVATION(kind, z)
    assert np.allclose(value, y.detach(), rtol=1e-12, atol=1e-300)
    assert np.allclose(derivative, slope, rtol=1e-9, atol=1e-14)


def _standardized_in_the_checks(train: np.ndarray, batch: np.ndarray) -> np.ndarray:
    scaler = STANDARDIZER()
    scaler.fit(train)
    return scaler.transform(batch)


def _standardized_in_the_lecture(train: np.ndarray, batch: np.ndarray) -> np.ndarray:
    return standardize(batch, *mean_and_std(train))


@pytest.mark.parametrize("standardized", [_standardized_in_the_checks, _standardized_in_the_lecture])
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
    y, running_mean, running_var = BN_FORWARD(x, gamma, beta, *running, True, 0.1, eps)
    close = partial(np.allclose, rtol=1e-6, atol=1e-6)  # a constant column is rounding, divided by the root of eps
    assert close(y, wanted.detach())
    assert close(batch_norm(x, gamma, beta, eps)[0], wanted.detach())
    assert close(running_mean, mean)
    assert close(running_var, var)
    dy = rng.normal(size=(n, 5))
    (dx,) = torch.autograd.grad(wanted, t, torch.tensor(dy))
    xhat = batch_norm(x, gamma, beta, eps)[1]
    found = batch_norm_backward(dy, xhat, gamma, x.var(axis=0), eps)[0]
    assert np.allclose(found, dx, rtol=1e-5, atol=1e-5 * np.abs(found).max())


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(9)


@pytest.mark.parametrize("kind, name", [("tanh", "tanh"), ("silu", "SiLU")])
def test_the_lecture_draws_the_activations_of_the_exercise(kind, name, rng):
    z = 5 * rng.normal(size=(4, 3))
    np.testing.assert_allclose(ACTIVATION(kind, z), value_and_slope(name, z, 0.2), atol=1e-12)


@pytest.mark.parametrize("a", [0.25, 1.5, -0.5])
def test_leaky_relu_and_prelu_are_the_prelu_of_the_lecture(a, rng):
    z = rng.normal(size=(4, 3))
    lecture = value_and_slope("PReLU", z, a)
    np.testing.assert_allclose(ACTIVATION("leaky_relu", z, alpha=a), lecture)
    x = torch.tensor(z, requires_grad=True)
    y = PRELU(1, a).double()(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    np.testing.assert_allclose((y.detach(), slope), lecture)


@pytest.mark.parametrize("fan_in, fan_out", [(600, 300), (200, 900)])
def test_weights_have_the_variances_of_the_lecture(fan_in, fan_out, rng):
    found = {scheme: INIT_LAYER(scheme, fan_in, fan_out, rng)[0].std() for scheme in ("xavier", "he", "he_out")}
    lecture = {
        "xavier": std_of(XAVIER, 0.0, fan_in, fan_out),
        "he": std_of(HE, 0.0, fan_in, fan_out),
        "he_out": fan_variance(FAN_OUT, fan_in, fan_out) ** 0.5,
    }
    assert found == pytest.approx(lecture, rel=0.02)
    assert lecture["xavier"] ** 2 == pytest.approx(fan_variance(MEAN, fan_in, fan_out) / 2)  # that one is for ReLU
    assert lecture["he"] ** 2 == pytest.approx(fan_variance(FAN_IN, fan_in, fan_out))


@pytest.mark.parametrize("name, act", [("tanh", np.tanh), ("ReLU", lambda z: np.maximum(z, 0))])
def test_the_spread_of_layers_is_that_of_the_lectures_forward_pass(name, act, rng):
    X, Ws = rng.normal(size=(7, 5)), [rng.normal(size=shape) for shape in ((6, 5), (4, 6), (3, 4))]
    std, saturation = FORWARD_STATS(X, Ws, act)
    H = passes(X, Ws, name).H
    np.testing.assert_allclose(std, [h.std() for h in H])
    np.testing.assert_allclose(saturation, [np.mean(np.abs(h) > 0.99) for h in H])


def test_the_lecture_standardizes_new_data_as_the_exercise_does(rng):
    train, new = rng.normal(size=(9, 3)) * [1, 30, 0.2] + 4, rng.normal(size=(4, 3))
    np.testing.assert_allclose(
        _standardized_in_the_lecture(train, new), _standardized_in_the_checks(train, new), rtol=1e-12
    )


@pytest.mark.parametrize("momentum", [0.1, 0.4])
def test_running_statistics_are_those_of_the_lecture(momentum, rng):
    x, mean, var = rng.normal(size=(5, 8)) + 2, np.zeros(1), np.ones(1)
    means, variances = running(x, momentum)
    for batch, wanted in zip(x, zip(means, variances, strict=True), strict=True):
        _, mean, var = BN_FORWARD(batch[:, None], np.ones(1), np.zeros(1), mean, var, True, momentum)
        assert (mean.item(), var.item()) == pytest.approx(wanted)


@pytest.mark.parametrize("n, d, eps", [(6, 3, 1e-5), (4, 4, 0.5)])
def test_batch_norm_forward_is_that_of_the_lecture(n, d, eps, rng):
    x, gamma, beta = rng.normal(size=(n, d)), rng.normal(size=d), rng.normal(size=d)
    y, *_ = BN_FORWARD(x, gamma, beta, np.zeros(d), np.ones(d), True, eps=eps)
    np.testing.assert_allclose(y, batch_norm(x, gamma, beta, eps)[0])


@given(st.integers(1, 6), st.integers(1, 6), st.floats(1e-6, 1.0))
@a_few
def test_rms_normalization_has_the_gradients_of_torch(n, d, eps):
    rng = np.random.default_rng([n, d])
    x, gain, dy = rng.normal(size=(n, d)), rng.normal(size=d), rng.normal(size=(n, d))
    leaves = [torch.tensor(array, requires_grad=True) for array in (x, gain)]
    y = F.rms_norm(leaves[0], (d,), leaves[1], eps)
    found = RMS_NORM_BACKWARD(dy, x, gain, eps)
    for name, wanted in zip(("dx", "dgain"), torch.autograd.grad(y, leaves, torch.tensor(dy)), strict=True):
        np.testing.assert_allclose(found[name], wanted, rtol=1e-9, atol=1e-9)


def test_rows_that_mirror_each_other_make_batch_norm_of_the_lecture_rms_normalization(rng):
    """With a row and its negative in every column the mean is 0, and what is left is the root mean square."""
    x, up, eps = rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), 0.1
    r = np.sqrt((x**2).mean(axis=1) + eps)
    dy, xhat = (np.concatenate([part.T, -part.T]) for part in (up, x / r[:, None]))
    dx, *_ = batch_norm_backward(dy, xhat, np.ones(4), r**2 - eps, eps)
    np.testing.assert_allclose(RMS_NORM_BACKWARD(up, x, np.ones(3), eps)["dx"], dx[:3].T)


def test_dead_units_of_the_exercise_are_those_of_the_lecture(rng):
    z = rng.normal(size=(3, 40)) - 0.7
    found = drive.measured_at_start([(np.eye(40), np.zeros(40)), (np.zeros((2, 40)), np.zeros(2))], z)
    assert 0 < found["dead"] == is_dead(z).mean() < 1
    assert found["smallest std"] == found["largest std"] == np.maximum(z, 0).std()


def test_the_deep_start_passes_on_what_its_first_layer_puts_out(rng):
    X, widths = rng.normal(size=(50, 2)), [2, 6, 6, 6, 2]
    layers = DEEP_START(widths, X, rng)
    assert drive.has_widths(layers, widths)
    found = drive.measured_at_start(layers, X)
    assert found["smallest std"] == pytest.approx(found["largest std"])
