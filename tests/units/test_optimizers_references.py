"""The solutions of the assignment, and helpers of the lecture, against libraries and against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.references import a_few, solution

from course_utils.checks import optimizers as drive
from course_utils.drawing import digit_network
from course_utils.optimizers import batch_size, gradient_accumulation, update_rules
from course_utils.optimizers import learning_rate_schedules as schedules

F = torch.nn.functional
SOLUTIONS: dict[str, Any] = {
    name: function
    for exercise in (
        "sgd_step",
        "momentum_step",
        "nesterov_rate",
        "adagrad_step",
        "adam_step",
        "test_minibatches",
        "designed_lr",
        "cyclical_lr",
        "train_accumulate",
        "gradient_noise",
    )
    for name, function in solution("08_optimizers", exercise).items()
}
seeds = st.integers(0, 2**32 - 1)
rates = st.floats(1e-3, 1.0)


def steps_of(rule: update_rules.Rule, w: np.ndarray, gradients: np.ndarray, lr: float, **settings: float) -> np.ndarray:
    """Return the iterates of a rule of the lecture under given gradients, (steps, d)."""
    path, state = [w], (0.0, 0.0)
    for t, g in enumerate(gradients, start=1):
        after, state = rule(lambda _, g=g: g, path[-1], state, lr, t, **settings)
        path.append(after)
    return np.array(path[1:])


def steps_of_the_exercise(name: str, w: np.ndarray, gradients: np.ndarray, *settings: Any) -> np.ndarray:
    path, state = [w], None
    for g in gradients:
        after, state = SOLUTIONS[name](path[-1], g, state, *settings)
        path.append(after)
    return np.array(path[1:])


@a_few
@given(seeds, rates, st.floats(0.0, 0.99))
def test_the_update_rules_of_the_lecture_are_those_of_the_exercises(seed, lr, share):
    rng = np.random.default_rng(seed)
    w, gradients = rng.normal(size=3), rng.normal(size=(6, 3))
    for rule, settings, asked in (
        (update_rules.momentum, {"mu": share}, ("momentum_step", lr, share, "lecture")),
        (update_rules.torch_momentum, {"mu": share}, ("momentum_step", lr, share, "torch")),
        (update_rules.adagrad, {}, ("adagrad_step", lr)),
        (update_rules.rmsprop, {"decay": share}, ("rmsprop_step", lr, share)),
        (update_rules.adam, {}, ("adam_step", lr)),
        (update_rules.adam, {"beta_1": share, "beta_2": 0.9}, ("adam_step", lr, 0.0, share, 0.9)),
    ):
        name, *values = asked
        of_the_exercise = steps_of_the_exercise(name, w, gradients, *values)
        np.testing.assert_allclose(steps_of(rule, w, gradients, lr, **settings), of_the_exercise, rtol=1e-9)


def test_the_faulty_adamw_of_the_exercise_agrees_with_that_of_torch_where_its_one_test_looks():
    for gradient, is_close in ((1.0, True), (100.0, False)):
        weight = torch.randn(5, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
        optimizer = torch.optim.AdamW([weight], lr=0.01, weight_decay=0.1)
        w, state = weight.detach().numpy().copy(), None
        for _ in range(10):
            weight.grad = torch.full_like(weight, gradient)
            optimizer.step()
            w, state = drive.faulty_adam_step(w, np.full(5, gradient), state, 0.01, 0.1)
        assert np.allclose(w, weight.detach().numpy(), rtol=1e-6) is is_close


@a_few
@given(st.floats(0.01, 0.99), st.floats(0.0, 0.99))
def test_nesterov_of_the_lecture_converges_as_the_exercise_says(h, mu):
    rate = SOLUTIONS["nesterov_rate"](h, mu)
    walked = update_rules.run(update_rules.nesterov, lambda w: h * w, np.ones(1), 1.0, 6, mu=mu)[:, 0]
    np.testing.assert_allclose(walked[2:], rate["p"] * walked[1:-1] + rate["q"] * walked[:-2], atol=1e-12)
    best = SOLUTIONS["nesterov_rate"](h, rate["best_mu"])
    assert best["kept"] == pytest.approx(rate["best_kept"], abs=1e-6)
    assert rate["kept"] >= rate["best_kept"] - 1e-6


@a_few
@given(seeds, rates, st.floats(0.0, 2.0))
def test_a_step_with_implicit_decay_is_a_step_of_the_lecture_with_the_slope_of_the_penalty_at_its_end(seed, lr, wd):
    w, g = np.random.default_rng(seed).normal(size=(2, 4))
    end = SOLUTIONS["sgd_step"](w, g, lr, wd)
    stepped, _ = update_rules.gradient_descent(lambda _: g + wd * end, w, (0.0, 0.0), lr, 1)
    np.testing.assert_allclose(stepped, end)


def test_the_best_constant_rate_of_the_exercise_reaches_what_its_task_says_and_the_solution_a_tenth_of_it():
    constant = min(drive.losses_of_a_schedule(np.full(drive.UPDATES, lr), 1)[-1] for lr in np.arange(0.1, 0.12, 0.002))
    assert constant == pytest.approx(1.0, abs=0.05)
    rates = drive.rates_of_a_schedule(SOLUTIONS["designed_lr"])
    assert drive.losses_of_a_schedule(rates, 1)[-1] < 0.07
    assert drive.outcome_of(drive.losses_of_a_schedule([0.12] * 9, 1)).startswith("the runs diverge at update")


@a_few
@given(st.integers(0, 200), rates, rates, st.integers(1, 30), st.floats(0.5, 1.0))
def test_the_cycles_of_the_lecture_are_those_of_the_exercise(it, base, height, step_size, gamma):
    for mode in (schedules.TRIANGULAR, schedules.TRIANGULAR2, schedules.EXP_RANGE):
        arguments = it, base, base + height, step_size, mode, gamma
        assert SOLUTIONS["cyclical_lr"](*arguments) == pytest.approx(float(schedules.cyclical(*arguments)), rel=1e-9)


@a_few
@given(seeds, st.integers(1, 7), st.integers(1, 7))
def test_the_noise_scale_of_the_lecture_is_in_proportion_to_the_noise_of_the_exercise(seed, one, other):
    gradients = np.random.default_rng(seed).normal(size=(8, 2))
    noise = [SOLUTIONS["gradient_noise"](gradients, B) for B in (one, other)]
    scales = [batch_size.noise_scale(0.1, 8, B, 0.5) for B in (one, other)]
    assert noise[0] / noise[1] == pytest.approx(scales[0] / scales[1], rel=1e-9)


def test_the_batches_of_the_lectures_network_pass_the_test_of_the_exercise():
    def minibatches(X, y, k, rng):
        return [(X[batch], y[batch]) for batch in digit_network.minibatches(len(X), k, rng)]

    SOLUTIONS["test_minibatches"](minibatches)


@pytest.mark.parametrize("k", [1, 2, 3, 5, 12])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_working_loop_of_the_lecture_trains_as_that_of_the_exercise(k, batch_norm):
    lecture, batches = gradient_accumulation, gradient_accumulation.batches()
    models = [lecture.network(batch_norm), lecture.network(batch_norm)]
    of_the_lecture, of_the_exercise = (torch.optim.SGD(model.parameters(), lr=0.3) for model in models)
    *_, steps = lecture.right_loop(models[0], of_the_lecture, batches, k)
    assert SOLUTIONS["train_accumulate"](models[1], of_the_exercise, lecture.mean_loss, batches, k) == steps
    for one, other in zip(models[0].parameters(), models[1].parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-12)


def test_accumulated_steps_leave_a_frozen_layer_alone():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
    model[0].requires_grad_(False)
    before = [parameter.clone() for parameter in model.parameters()]
    batches = [(torch.ones(n, 2), torch.zeros(n, 1)) for n in (3, 1, 2)]
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    assert SOLUTIONS["train_accumulate"](model, opt, F.mse_loss, batches, 2) == 2
    kept = [torch.equal(old, new) for old, new in zip(before, model.parameters(), strict=True)]
    assert kept == [True, True, False, False]
