"""The solutions of the assignment, and helpers of the lecture, against libraries and against each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import LogisticRegression
from support.references import a_few, scores, sizes, solution

from course_utils.checks import losses_gradients as drive
from course_utils.drawing.activations import sigmoid as sigmoid_of_the_lecture
from course_utils.losses_gradients import finite_differences, gradient_descent, logistic_regression, losses
from course_utils.losses_gradients.losses import cross_entropy as cross_entropy_of_scores
from course_utils.losses_gradients.losses import softmax
from course_utils.losses_gradients.ways_to_a_gradient import Counter, numerical

F = torch.nn.functional
SIGMOID = solution("04_losses_gradients", "sigmoid")["sigmoid"]
BCE = solution("04_losses_gradients", "bce_with_logits")["bce_with_logits"]
XENT = solution("04_losses_gradients", "tempered_xent")["tempered_xent"]
SVM = solution("04_losses_gradients", "svm_loss")["svm_loss"]
REGULARIZED = solution("04_losses_gradients", "regularized")["regularized"]
GRADIENT = drive.a_numerical_gradient("central")
JACOBIAN = solution("04_losses_gradients", "numerical_jacobian")["numerical_jacobian"]
DESCENT = solution("04_losses_gradients", "gradient_descent")["gradient_descent"]
seeds = st.integers(0, 2**32 - 1)


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


@given(
    arrays(float, (3, 4), elements=scores),
    arrays(np.int64, 3, elements=st.integers(0, 3)),
    st.floats(0.25, 4),
    st.floats(0, 0.9),
)
@a_few
def test_a_cross_entropy_is_that_of_torch(s, y, T, eps):
    leaf, temperature = torch.tensor(s, requires_grad=True), torch.tensor(T, dtype=torch.double, requires_grad=True)
    wanted = F.cross_entropy(leaf / temperature, torch.tensor(y), label_smoothing=eps)
    ds, dT = torch.autograd.grad(wanted, [leaf, temperature])
    answer = XENT(s, y, T, eps)
    assert answer["loss"] == pytest.approx(wanted.item(), rel=1e-12, abs=1e-12)
    assert np.allclose(answer["ds"], ds, rtol=1e-9, atol=1e-13)
    assert answer["dT"] == pytest.approx(dT.item(), rel=1e-9, abs=1e-10)


@a_few
@given(arrays(float, 4, elements=scores), arrays(float, 4, elements=st.floats(0, 1)))
def test_sigmoid_and_cross_entropy_of_the_lecture_are_those_of_the_exercises(z, y):
    assert np.allclose(sigmoid_of_the_lecture(z), SIGMOID(z), rtol=1e-12, atol=1e-15)
    assert logistic_regression.binary_cross_entropy(z, y) == pytest.approx(BCE(z, y)[0], rel=1e-12, abs=1e-14)


@a_few
@given(arrays(float, (3, 4), elements=scores), arrays(np.int64, 3, elements=st.integers(0, 3)))
def test_the_losses_of_scores_of_the_lecture_are_those_of_the_exercises(s, y):
    assert losses.hinge(s, y).mean() == pytest.approx(SVM(s, y)[0], rel=1e-12, abs=1e-12)
    answer = XENT(s, y, 1.0, 0.0)
    assert cross_entropy_of_scores(s, y).mean() == pytest.approx(answer["loss"], rel=1e-12, abs=1e-12)
    assert np.allclose(softmax(s), answer["p"], rtol=1e-10, atol=1e-14)
    assert np.allclose((softmax(s) - np.eye(4)[y]) / 3, answer["ds"], rtol=1e-10, atol=1e-14)


@a_few
@given(seeds, st.floats(0.01, 1.0))
def test_a_softmax_step_of_the_lecture_uses_the_gradient_of_the_exercise(seed, lr):
    rng = np.random.default_rng(seed)
    W, b, X, labels = rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=(5, 2)), rng.integers(3, size=5)
    stepped_W, stepped_b, loss = gradient_descent.softmax_step(W, b, X, labels, lr)
    answer = XENT(X @ W.T + b, labels, 1.0, 0.0)
    assert loss == pytest.approx(answer["loss"], rel=1e-12)
    assert np.allclose(stepped_W, W - lr * answer["ds"].T @ X, rtol=1e-12)
    assert np.allclose(stepped_b, b - lr * answer["ds"].sum(axis=0), rtol=1e-12)


def test_the_penalty_of_the_lecture_is_that_of_the_exercise():
    _, _, W = losses.separated()
    factors = np.array([0.5, 1.0, 3.0])
    penalties = losses.scaled_losses(factors)[2]
    wanted = [REGULARIZED(0.0, {"W": k * W}, 1.0, "l2") for k in factors]
    assert np.allclose(penalties, wanted, rtol=1e-12)


@a_few
@given(st.floats(-3, 3), st.floats(1e-4, 1.0))
def test_the_central_quotient_of_the_lecture_is_the_gradient_and_the_jacobian_of_the_exercises(x, h):
    wave = finite_differences.wave
    wanted = finite_differences.quotient(wave, x, h, finite_differences.CENTRAL)
    assert GRADIENT(lambda v: wave(v[0]), np.array([x]), h)[0] == pytest.approx(wanted, rel=1e-7, abs=1e-9)
    assert JACOBIAN(lambda v: wave(v), np.array([x]), h)[0, 0] == pytest.approx(wanted, rel=1e-7, abs=1e-9)


@a_few
@given(arrays(float, 4, elements=st.floats(0.5, 2)))
def test_the_numerical_way_of_the_lecture_is_the_gradient_of_the_exercise(x):
    found = GRADIENT(lambda v: float(np.prod(v)), x, 1e-5)
    assert np.allclose(numerical(x.tolist(), Counter()), found, rtol=1e-7)


@a_few
@given(st.floats(-5, 5), st.floats(0.02, 0.9))
def test_the_descent_of_the_lecture_stops_where_that_of_the_exercise_does(start, lr):
    slope = lambda x: 2 * (x - 3)
    path, reason = gradient_descent.descent_path(slope, start, lr, gradient_descent.GRADIENT)
    x, k = DESCENT(slope, np.array([start]), lr, gradient_descent.MAX_UPDATES, gradient_descent.TOLERANCE)
    assert (k, x[0]) == (len(path) - 1, pytest.approx(path[-1], rel=1e-12))
    assert (reason == "cap") == (k == gradient_descent.MAX_UPDATES)


@a_few
@given(seeds, st.floats(0.05, 1.0), st.integers(0, 20))
def test_the_logistic_fit_of_the_lecture_follows_the_gradient_of_the_exercise(seed, lr, steps):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=8), rng.integers(2, size=8).astype(float)
    places, _ = logistic_regression.fit(x, y, lr, steps)
    gradient, w, b = drive.gradient_on_a_budget(x[:, None], y, steps), np.zeros(1), 0.0
    for _ in range(steps):
        dw, db = gradient(w, b)
        w, b = w - lr * dw, b - lr * db
    assert np.allclose(places[-1], [w[0], b], rtol=1e-9, atol=1e-12)
    with pytest.raises(RuntimeError, match="budget is spent"):
        gradient(w, b)


def test_a_model_trained_to_the_end_has_learnt_what_scikit_learn_learns():
    data = drive.clinic(np.random.default_rng(0))
    minimum = LogisticRegression(C=np.inf, tol=1e-10).fit((data.X - data.X.mean(axis=0)) / data.X.std(axis=0), data.y)
    w = minimum.coef_[0] / data.X.std(axis=0)
    b = minimum.intercept_[0] - w @ data.X.mean(axis=0)
    assert drive.share_learnt(w, b, data) == pytest.approx(1, abs=1e-6)
    assert drive.share_learnt(np.zeros(5), 0.0, data) == pytest.approx(0, abs=1e-12)
