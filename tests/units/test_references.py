"""Solutions and helpers of lectures against libraries, on inputs that nobody chose: constants, tiny and huge numbers.

What is drawn are the inputs that break exact comparisons of computed floats, overflow, or divide by 0.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage, special, stats
from sklearn.metrics import mutual_info_score
from sklearn.preprocessing import StandardScaler
from support.units import ROOT

from autograder.authoring.prove import read_unit
from autograder.engine.in_process import namespace
from course_utils.init_normalization.batch_norm import batch_norm
from course_utils.init_normalization.input_scaling import mean_and_std, standardize
from course_utils.linear_algebra.vectors import lp
from course_utils.losses_gradients.losses import cross_entropy as cross_entropy_of_scores
from course_utils.losses_gradients.losses import softmax
from course_utils.probability import information
from course_utils.probability.gaussians import mass_inside
from course_utils.probability.mutual_information import mutual_information as mutual_information_of_lecture

F = torch.nn.functional

a_few = settings(max_examples=60, deadline=None, derandomize=True)
sizes = st.integers(1, 6)
numbers = st.floats(-1e3, 1e3)
of_any_size = st.floats(-1e150, 1e150)
scores = st.floats(-1000, 1000)
chances = st.one_of(st.just(0.0), st.floats(1e-200, 1e-10), st.floats(1e-3, 1.0))


def solution(unit: str, exercise: str) -> dict[str, Any]:
    """Return the names that the solution of an exercise defines, with those of the setup cell."""
    assignment, _ = read_unit(unit, ROOT)
    (found,) = [each for each in assignment.exercises if each.name == exercise]
    return namespace(assignment.setup, found.answer)


LP_NORM = solution("01_linear_algebra", "lp_norm")["lp_norm"]
SUMMARY = solution("01_linear_algebra", "svd_summary")["svd_summary"]
CONDITIONAL = solution("03_probability", "conditional")["conditional"]
ENTROPY = solution("03_probability", "entropy")
INFORMATION = solution("03_probability", "mutual_information")["mutual_information"]
ELLIPSE = solution("03_probability", "ellipse_axes")["ellipse_axes"]
SIGMOID = solution("04_losses_gradients", "sigmoid")["sigmoid"]
BCE = solution("04_losses_gradients", "bce_with_logits")["bce_with_logits"]
XENT = solution("04_losses_gradients", "softmax_xent")["softmax_xent"]
ACT_BACKWARD = solution("05_backprop", "act_backward")["act_backward"]
VALUE = solution("06_autograd", "Value")["Value"]
ACCUMULATE = solution("08_optimizers", "train_accumulate")["train_accumulate"]
ACTIVATION = solution("09_init_normalization", "activation")["activation"]
STANDARDIZER = solution("09_init_normalization", "Standardizer")["Standardizer"]
BN_FORWARD = solution("09_init_normalization", "bn_forward")["bn_forward"]
BN_BACKWARD = solution("09_init_normalization", "bn_backward")["bn_backward"]
SHIFT = solution("10_regularization_tuning", "shift_images")["shift_images"]

both_norms = pytest.mark.parametrize("norm", [LP_NORM, lp], ids=["solution", "lecture"])


def distribution(weights: np.ndarray) -> np.ndarray:
    assume(weights.sum() > 0.1)
    return weights / weights.sum()


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


@given(arrays(float, (3, 4), elements=chances))
@a_few
def test_rows_of_a_conditional_table_add_up_to_1_or_are_0(weights):
    joint = distribution(weights)
    sums = CONDITIONAL(joint).sum(axis=1)
    assert np.allclose(sums, joint.any(axis=1), atol=1e-12)


@given(arrays(float, 5, elements=chances), arrays(float, 5, elements=chances), st.floats(1.1, 20))
@a_few
def test_entropies_are_those_of_scipy(p, q, base):
    p, q = distribution(p), distribution(q)
    wanted = {
        "entropy": special.entr(p).sum(),
        "cross_entropy": -special.xlogy(p, q).sum(),
        "kl": special.rel_entr(p, q).sum(),
    }
    for name, value in wanted.items():
        for found in (ENTROPY[name], getattr(information, name)):
            given_one = (p,) if name == "entropy" else (p, q)
            assert found(*given_one, base) == pytest.approx(value / np.log(base), rel=1e-9, abs=1e-14), name


@pytest.mark.parametrize("information_of", [INFORMATION, mutual_information_of_lecture], ids=["solution", "lecture"])
@given(arrays(int, (3, 4), elements=st.integers(0, 9)))
@a_few
def test_mutual_information_is_that_of_scikit_learn(information_of, counts):
    assume(counts.sum() > 0)
    wanted = mutual_info_score(None, None, contingency=counts)
    assert information_of(counts / counts.sum(), np.e) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("information_of", [INFORMATION, mutual_information_of_lecture], ids=["solution", "lecture"])
def test_mutual_information_is_finite_where_the_product_of_two_rare_events_is_0_in_float64(information_of):
    assert information_of(np.array([[1.0, 0.0], [0.0, 1e-200]])) == pytest.approx(0, abs=1e-12)


@given(st.floats(-12, -0.001))
@a_few
def test_an_ellipse_holds_its_mass_however_small(exponent):
    mass = 10**exponent
    half_lengths, _ = ELLIPSE(np.diag([4.0, 1.0]), mass)
    k = np.sqrt(stats.chi2(2).ppf(mass))
    assert half_lengths == pytest.approx([2 * k, k], rel=1e-9)
    assert mass_inside(k) == pytest.approx(mass, rel=1e-9)


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
    if kind != "leaky_relu":
        assert np.allclose(ACT_BACKWARD(np.full_like(z, 3.0), z, kind), 3 * slope, rtol=1e-9, atol=1e-14)


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


def test_accumulated_steps_leave_a_frozen_layer_alone():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
    model[0].requires_grad_(False)
    before = [parameter.clone() for parameter in model.parameters()]
    batches = [(torch.ones(n, 2), torch.zeros(n, 1)) for n in (3, 1, 2)]
    assert ACCUMULATE(model, torch.optim.SGD(model.parameters(), lr=0.1), F.mse_loss, batches, 2) == 2
    kept = [torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True)]
    assert kept == [True, True, False, False]


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


@given(st.integers(-7, 7), st.integers(-7, 7), st.floats(-2, 2))
@a_few
def test_shifted_images_are_those_of_scipy(dy, dx, fill):
    images = np.arange(1.0, 41.0).reshape(2, 4, 5)
    assert np.array_equal(SHIFT(images, dy, dx, fill), ndimage.shift(images, (0, dy, dx), order=0, cval=fill))
