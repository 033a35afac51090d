"""The solutions of the assignment, and helpers of the lecture, against libraries and against each other."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from scipy.stats import kstest
from sklearn.linear_model import Ridge
from support.references import a_few, solution
from torch import nn
from torch.nn import functional as F

from course_utils.checks import regularization_tuning as drive
from course_utils.regularization_tuning import (
    augmentation,
    hyperparameter_search,
    hyperparameter_sweep,
    monte_carlo_dropout,
    noisy_digits,
    regularization,
)
from course_utils.regularization_tuning import dropout as dropout_of_the_lecture

UNIT = "10_regularization_tuning"
DROPOUT_PENALTY = solution(UNIT, "dropout_penalty")["dropout_penalty"]
DROPOUT = solution(UNIT, "dropout")["dropout"]
MY_DROPOUT = solution(UNIT, "MyDropout")["MyDropout"]
MC_DROPOUT = solution(UNIT, "mc_dropout")["mc_dropout"]
TEST_EARLY_STOPPING = solution(UNIT, "test_early_stopping")["test_early_stopping"]
SHIFT = solution(UNIT, "shift_images")["shift_images"]
SAMPLE = solution(UNIT, "sample_log_uniform")["sample_log_uniform"]
COARSE_TO_FINE = solution(UNIT, "next_window")

seeds = st.integers(0, 2**32 - 1)


@given(st.integers(-7, 7), st.integers(-7, 7), st.floats(-2, 2))
@a_few
def test_shifted_images_are_those_of_scipy(dy, dx, fill):
    images = np.arange(1.0, 41.0).reshape(2, 4, 5)
    assert np.array_equal(SHIFT(images, dy, dx, fill), ndimage.shift(images, (0, dy, dx), order=0, cval=fill))


@given(st.integers(-9, 9), st.integers(-9, 9), seeds)
@a_few
def test_the_lecture_shifts_images_as_the_exercise_does(dy, dx, seed):
    images = np.random.default_rng(seed).random((3, 8, 8))
    assert np.array_equal(SHIFT(images, dy, dx), augmentation.shifted(images, dy, dx))


@pytest.mark.parametrize(("power", "in_the_lecture"), [(2, noisy_digits.L2), (1, noisy_digits.L1)])
@given(seeds, st.floats(1e-6, 1e-4))
@a_few
def test_the_lecture_shrinks_weights_by_the_gradient_of_the_penalty(power, in_the_lecture, seed, amount):
    is_weight = noisy_digits.is_weight()
    w = np.random.default_rng(seed).uniform(0.01, 1.0, is_weight.size) * np.where(np.arange(is_weight.size) % 2, 1, -1)
    shrunk = noisy_digits.shrink(w, np.full(1, amount), in_the_lecture)
    weights = torch.tensor(w[is_weight], requires_grad=True)
    (gradient,) = torch.autograd.grad(amount * weights.abs().pow(power).sum(), weights)
    assert np.allclose((w - shrunk)[is_weight], gradient, rtol=1e-3, atol=1e-12)
    assert np.array_equal(shrunk[~is_weight], w[~is_weight])


@given(st.floats(0.05, 0.9), seeds)
@a_few
def test_the_expected_loss_of_dropout_is_the_mean_over_many_masks_of_torch(p, seed):
    rng = np.random.default_rng(seed)
    X, Y, W, b = (rng.normal(size=shape) for shape in ((3, 4), (3, 2), (2, 4), 2))
    expected = DROPOUT_PENALTY(X, Y, W, b, p, 1.0)["expected_loss"]
    torch.default_generator.manual_seed(seed)
    inputs = F.dropout(torch.from_numpy(X).expand(20_000, 3, 4), p)
    losses = (F.linear(inputs, *map(torch.from_numpy, (W, b))) - torch.from_numpy(Y)).square().sum(dim=2).mean(dim=1)
    assert abs(losses.mean() - expected) < 6 * losses.std() / 20_000**0.5


@given(st.floats(0.01, 10.0), seeds)
@a_few
def test_dropout_on_features_of_one_size_is_ridge_regression(lam, seed):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(9, 4)), rng.normal(size=(9, 3))
    X /= np.sqrt(np.mean(X**2, axis=0))
    p = DROPOUT_PENALTY(X, Y, np.zeros((3, 4)), np.zeros(3), 0.5, lam)["p"]
    best = DROPOUT_PENALTY(X, Y, np.zeros((3, 4)), np.zeros(3), p, lam)["best"]
    assert np.allclose(best, Ridge(alpha=9 * lam, fit_intercept=False).fit(X, Y).coef_)


@given(st.floats(0.05, 0.9), seeds)
@a_few
def test_masks_of_the_exercise_are_as_likely_as_those_of_the_lecture(p, seed):
    _, kept = DROPOUT(np.ones((4000, 3)), p, np.random.default_rng(seed))
    masks = dropout_of_the_lecture.masks(3)
    found = np.array([(kept == mask.astype(bool)).all(axis=1).mean() for mask in masks])
    wanted = dropout_of_the_lecture.chances(masks, p)
    assert np.all(np.abs(found - wanted) < 6 * np.sqrt(wanted * (1 - wanted) / 4000) + 1e-9)


@given(st.floats(0.05, 0.9), seeds)
@a_few
def test_the_module_and_the_function_drop_and_scale_alike(p, seed):
    x = np.random.default_rng(seed).normal(size=(20, 30)) + 5
    y, kept = DROPOUT(x, p, np.random.default_rng(seed))
    torch.default_generator.manual_seed(seed)
    of_module = MY_DROPOUT(p)(torch.from_numpy(x)).numpy()
    both = kept & (of_module != 0)
    assert np.allclose(y[both], of_module[both], rtol=1e-12)


@given(st.integers(2, 40))
@a_few
def test_the_spread_of_passes_is_that_of_the_lecture(T):
    """The picture of the lecture divides the sum of squares by T - 1, and so does the exercise."""
    place = 0.5
    here = int(np.abs(monte_carlo_dropout.GRID - place).argmin())
    some = torch.from_numpy(monte_carlo_dropout.passes()[:T, here])
    passes = iter(some)

    class Recorded(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return next(passes).reshape(1, 1)

    mean, std = MC_DROPOUT(Recorded(), torch.zeros(1, 1), T)
    drawn = monte_carlo_dropout.draw_passes(T, place).description
    assert f"the mean is {mean.item():z.3f} and the standard deviation {std.item():.3f}" in drawn


@pytest.mark.parametrize("in_training", [True, False])
@given(seeds)
@a_few
def test_the_faulty_passes_of_the_exercise_are_right_where_all_modules_are_in_one_mode(in_training, seed):
    norm, found = nn.BatchNorm1d(3), []
    model, x = nn.Sequential(norm, nn.Sequential(nn.Dropout(0.3), nn.ReLU()), nn.Linear(3, 2)), torch.rand(4, 3)
    for function in (MC_DROPOUT, drive.faulty_mc_dropout):
        torch.default_generator.manual_seed(seed)
        found.append(function(model.train(in_training), x, 5))
        assert all(module.training is in_training for module in model.modules())
        assert not norm.state_dict()["running_mean"].any()
    torch.testing.assert_close(*found)


@given(st.integers(1, 12), st.floats(0.0, 0.3), seeds)
@a_few
def test_what_the_test_of_early_stopping_accepts_stops_and_keeps_as_the_lecture_does(patience, min_delta, seed):
    early_stopping = drive.an_early_stopping("counts")
    TEST_EARLY_STOPPING(early_stopping)
    losses = 2 * 0.97 ** np.arange(80) + 0.1 * np.random.default_rng(seed).normal(size=80)
    stopper, stop = early_stopping(patience, min_delta), len(losses) - 1
    for epoch, loss in enumerate(losses):
        if stopper.step(loss, {"epoch": torch.tensor(epoch)}):
            stop = epoch
            break
    assert (stop, stopper.best_epoch) == regularization.stopping_epoch(losses, patience, min_delta)
    assert stopper.state["epoch"] == stopper.best_epoch


@given(st.floats(-6, 1), st.floats(0.5, 6), st.floats(0.0, 1.0), st.floats(0.1, 0.9))
@a_few
def test_the_next_window_is_that_of_the_lecture_on_the_log_scale(low, width, share, factor):
    edge = hyperparameter_search.EDGE
    share = 0.5 if min(abs(share - edge), abs(share - 1 + edge)) < 1e-6 else share  # at the bound rounding decides
    best = low + share * width
    wanted = hyperparameter_search.next_window(low, low + width, best, factor)
    window = COARSE_TO_FINE["next_window"](10**low, 10 ** (low + width), 10**best, factor, edge)
    assert np.allclose(np.log10(window), wanted, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_six_rounds_come_nearer_as_the_explanation_says(seed):
    """On average about six times; in the worst case 32 * 3 / 23 times, the ratio of the spacings."""
    places = np.random.default_rng(seed).uniform(-6.0, 0.0, size=2000)
    assert 5.5 < COARSE_TO_FINE["next_window_gain"](places) < 6.6
    search, farthest = COARSE_TO_FINE["next_window_search"], []
    for budget in ((1, 24), (6, 4)):
        found = [search(lambda u, e=e: abs(np.log10(u) - e), 1e-6, 1.0, *budget) for e in places]
        farthest.append(np.abs(np.log10(found) - places).max())
    assert farthest[0] / farthest[1] == pytest.approx(32 * 3 / 23, rel=0.02)


def test_learning_rates_of_the_lecture_are_drawn_as_in_the_exercise():
    runs = hyperparameter_sweep.random_runs(2000, 1, np.random.default_rng(0))
    rates = np.array([run["learning_rate"] for run in runs])
    drawn = SAMPLE(2000, 10**6, 10**9, np.random.default_rng(1))  # so large that they are as good as continuous
    for numbers, lo, hi in ((rates, 10**-2, 10**0.5), (drawn, 10**6, 10**9)):
        share = np.log(numbers / lo) / np.log(hi / lo)
        assert kstest(share, "uniform").pvalue > 1e-6
