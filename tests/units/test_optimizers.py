"""What unit 08 computes and draws, held against torch, numpy's eigenvalues, enumeration and closed forms."""

import itertools
import re

import numpy as np
import pytest
import scipy
import torch
import torch.nn.functional as F

from course_utils.drawing import digit_network
from course_utils.drawing.digits import digits
from course_utils.optimizers import (
    adaptive_rates,
    batch_size,
    gradient_accumulation,
    learning_rate_pictures,
    learning_rate_schedules,
    linear_scaling,
    orthogonal_updates,
    update_rule_pictures,
    warm_up,
    weight_decay,
)
from course_utils.optimizers import update_rules as opt

NUMBER = r"(-?\d+(?:\.\d+)?(?:e[-+]\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern.replace("NUMBER", NUMBER), text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number) for number in found.groups()]


# --- update rules ----------------------------------------------------------------------------------------------------

CONSTANT, FALLING = [2e-3] * 12, [2e-3] * 5 + [5e-4] * 7
START = (0.7, -1.2)


def by_torch(make, rates, start=START):
    """Places of an optimizer of torch on Beale's function."""
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer, places = make([w]), [start]
    for rate in rates:
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        opt.beale_value(w).backward()
        optimizer.step()
        places.append(w.tolist())
    return np.array(places)


def by_us(rule, rates, start=START, **settings):
    return opt.run(rule, opt.beale_gradient, start, lambda t: rates[t - 1], len(rates), **settings)


SAME = {
    "gradient descent": (opt.gradient_descent, {}, lambda w: torch.optim.SGD(w, lr=1)),
    "torch momentum": (opt.torch_momentum, {"mu": 0.7}, lambda w: torch.optim.SGD(w, lr=1, momentum=0.7)),
    "AdaGrad": (opt.adagrad, {}, lambda w: torch.optim.Adagrad(w, lr=1)),
    "RMSProp": (opt.rmsprop, {"decay": 0.8}, lambda w: torch.optim.RMSprop(w, lr=1, alpha=0.8)),
    "RMSProp's defaults": (opt.rmsprop, {}, lambda w: torch.optim.RMSprop(w, lr=1)),
    "Adam's defaults": (opt.adam, {}, lambda w: torch.optim.Adam(w, lr=1)),
    "Adam": (opt.adam, {"beta_1": 0.8, "beta_2": 0.9}, lambda w: torch.optim.Adam(w, lr=1, betas=(0.8, 0.9))),
}


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("rates", [CONSTANT, FALLING], ids=["constant", "falling"])
def test_a_rule_is_that_of_torch(name, rates):
    rule, settings, make = SAME[name]
    assert np.allclose(by_us(rule, rates, **settings), by_torch(make, rates), rtol=0, atol=1e-12)


def test_the_lectures_momentum_is_torchs_until_the_rate_falls():
    make = lambda w: torch.optim.SGD(w, lr=1, momentum=0.9)
    assert np.allclose(by_us(opt.momentum, CONSTANT), by_torch(make, CONSTANT))
    apart = np.abs(by_us(opt.momentum, FALLING) - by_torch(make, FALLING)).max(axis=1)
    assert np.allclose(apart[:6], 0) and (apart[6:] > 1e-3).all()


def test_torch_stores_nesterovs_lookahead_point():
    w = by_us(opt.nesterov, CONSTANT)
    rho = np.diff(w, axis=0, prepend=w[:1])
    assert np.allclose(
        w + 0.9 * rho, by_torch(lambda w: torch.optim.SGD(w, lr=1, momentum=0.9, nesterov=True), CONSTANT)
    )


def test_runs_side_by_side_are_the_runs_one_by_one():
    starts, rates = np.array([[1.0, 1.0], [-2.0, 0.5], [0.3, -0.4]]), np.array([[1e-3], [2e-3], [3e-3]])
    for rule in opt.RULES.values():
        together = opt.run(rule, opt.beale_gradient, starts, rates, 9)
        alone = [opt.run(rule, opt.beale_gradient, w, r[0], 9) for w, r in zip(starts, rates, strict=True)]
        assert np.allclose(together, np.stack(alone, axis=1))


def test_a_run_that_flies_off_is_held_and_stays_finite():
    for rule in opt.RULES.values():
        path = opt.run(rule, opt.beale_gradient, [-4.0, 2.0], 1.0, 200)
        assert np.isfinite(path).all() and np.abs(path).max() < opt.FAR


@pytest.mark.parametrize("name", opt.surfaces())
def test_gradients_of_surfaces_are_those_of_finite_differences(name):
    surface = opt.surfaces()[name]
    for w in np.random.default_rng(0).uniform(-2, 2, size=(4, 2)):
        assert scipy.optimize.check_grad(surface.value, surface.gradient, w) < 1e-4
    if surface.goal is not None:
        assert np.allclose(surface.gradient(np.array(surface.goal)), 0)


# --- pictures of rules -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["gradient descent", "momentum", "Nesterov"])
@pytest.mark.parametrize("mu", [0.5, 0.9])
def test_just_below_the_limit_a_bowl_holds_and_just_above_it_does_not(method, mu):
    limit = update_rule_pictures.limit(method, 30.0, mu)
    assert limit is not None
    settings = {} if method == "gradient descent" else {"mu": mu}
    ends = [
        np.abs(opt.run(opt.RULES[method], lambda w: 30 * w, [1.0], share * limit, 3000, **settings))[-1, 0]
        for share in (0.99, 1.01)
    ]
    assert ends[0] < 1e-6 and ends[1] > 1


def test_the_valley_needs_the_updates_of_the_closed_form():
    description = update_rule_pictures.draw_valley(50.0, 0.02, "gradient descent").description
    assert numbers(r"0\.02: NUMBER updates", description) == [np.ceil(np.log(1e-6 / 32) / np.log(0.98**2))]
    assert "diverges" in update_rule_pictures.draw_valley(50.0, 0.042, "gradient descent").description


def test_the_saddle_is_left_after_the_updates_of_the_closed_form_and_never_from_the_ridge():
    description = update_rule_pictures.draw_saddle(1e-3, False, "Adam").description
    assert numbers(r"descent NUMBER, momentum NUMBER", description) == [np.ceil(np.log(1e3) / np.log(1.04)), 46]
    assert update_rule_pictures.draw_saddle(1e-3, True, "Adam").description.count("never") == len(opt.RULES)


def test_one_update_from_the_lookahead_picture():
    w, rho, mu = np.array([-0.4, 0.3]), update_rule_pictures.RHO, 0.8
    places = update_rule_pictures.next_places(w, rho, mu)
    gradient = opt.valley(update_rule_pictures.LOOK_KAPPA)[1]
    for name, rule in (("momentum", opt.momentum), ("Nesterov", opt.nesterov)):
        after, _ = rule(gradient, w, (rho, 0.0), update_rule_pictures.LOOK_RATE, 1, mu=mu)
        assert np.allclose(places[name], after)


def test_the_race_describes_the_values_at_its_iterates():
    description = update_rule_pictures.draw_race("valley", (-4.0, 1.0), 40).description
    place = opt.run(opt.adam, opt.valley(20.0)[1], [-4.0, 1.0], opt.surfaces()["valley"].rates["Adam"], 40)[-1]
    assert np.allclose(numbers("Adam NUMBER", description), opt.valley(20.0)[0](place), rtol=0.01)


def test_adams_steps_are_those_of_the_rule_and_of_the_closed_form():
    gradients = np.random.default_rng(0).normal(size=30)
    plain, corrected = adaptive_rates.adam_steps(gradients, 0.8, 0.95)
    w, state = np.zeros(1), (0.0, 0.0)
    for t, g in enumerate(gradients, start=1):
        after, state = opt.adam(lambda w, g=g: np.array([g]), w, state, 1.0, t, beta_1=0.8, beta_2=0.95, eps=0.0)
        assert np.allclose(w - after, corrected[t - 1])
        assert np.allclose(state[0] / np.sqrt(state[1]), plain[t - 1])
        w = after
    description = adaptive_rates.draw_bias_correction(0.9, 0.999, 0.0).description
    assert numbers("correction: NUMBER at first, NUMBER at t = NUMBER, NUMBER at", description) == [
        3.162,
        6.57,
        12,
        1.26,
    ]


def test_effective_rates_are_one_over_the_root_of_what_was_summed():
    description = adaptive_rates.draw_effective_rates(7, 0.9).description
    seldom = np.sqrt(200 // 7)
    assert np.allclose(
        numbers("AdaGrad NUMBER and NUMBER; RMSProp NUMBER", description), [200**-0.5, 1 / seldom, 1], rtol=0.01
    )


# --- weight decay, Muon, warm-up and clipping, linear scaling --------------------------------------------------------


@pytest.mark.parametrize("rates", [CONSTANT, FALLING], ids=["constant", "falling"])
@pytest.mark.parametrize(
    ("method", "kind"), [(weight_decay.L2, torch.optim.Adam), (weight_decay.DECOUPLED, torch.optim.AdamW)]
)
def test_weight_decay_is_that_of_torch(method, kind, rates):
    rule = lambda gradient, w, state, rate, t: weight_decay.decayed_step(method, gradient, w, state, rate, t, 0.4)
    assert np.allclose(
        by_us(rule, rates), by_torch(lambda w: kind(w, lr=1, weight_decay=0.4), rates), rtol=0, atol=1e-12
    )


def test_the_picture_of_weight_decay_tells_what_the_runs_gave():
    description = weight_decay.draw_weight_decay("10").description
    left = [weight_decay.forgotten(m, size)[100] for m in weight_decay.COLOURS for size in (10**0.5, 10**-0.5)]
    pattern = "updates: Adam with L2 NUMBER and NUMBER; AdamW NUMBER and NUMBER"
    assert np.allclose(numbers(pattern, description), left, atol=0.006)
    best = [weight_decay.best_losses(method, 10.0).min() for method in weight_decay.COLOURS]
    assert np.allclose(numbers("loss: Adam with L2 NUMBER with .*; AdamW NUMBER with", description), best, atol=0.006)


@pytest.mark.parametrize("steps", [1, 5])
def test_muons_update_is_the_polynomial_of_the_matrix(steps):
    M = np.random.default_rng(0).normal(size=(8, 20))
    X = M / np.linalg.norm(M)
    for _ in range(steps):
        a, b, c = orthogonal_updates.COEFFICIENTS
        X = a * X + b * X @ X.T @ X + c * X @ X.T @ X @ X.T @ X
    assert np.abs(orthogonal_updates.update_of_muon(M, steps) - X).max() < 0.02
    before = np.linalg.svd(M, compute_uv=False) / np.linalg.norm(M)
    after = np.sort(orthogonal_updates.newton_schulz(before, steps))
    assert np.allclose(after, np.linalg.svd(X, compute_uv=False)[::-1])
    assert torch.optim.Muon([torch.zeros(2, 2)]).defaults["ns_coefficients"] == orthogonal_updates.COEFFICIENTS


@pytest.mark.parametrize("variant", warm_up.VARIANTS)
def test_warm_up_and_clipping_are_those_of_torch(variant):
    updates, bound = warm_up.VARIANTS[variant]
    X, labels, *_ = (torch.tensor(part) for part in digits())
    weights = [torch.nn.Parameter(part) for part in warm_up.initial(2)]
    optimizer = torch.optim.SGD(weights, lr=float(warm_up.RATES[2]), momentum=warm_up.MU)
    warming = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / updates, total_iters=max(updates - 1, 1))
    losses = []
    for batch in warm_up.batches(2)[:20]:
        h = X[batch]
        for i in range(0, len(weights), 2):
            h = F.linear(torch.relu(h) if i else h, weights[i], weights[i + 1])
        loss = F.cross_entropy(h, labels[batch])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, bound)
        optimizer.step()
        warming.step()
        losses.append(loss.item())
    assert np.allclose(warm_up.train(updates, bound, (1, 2)).losses[:20, 1, 2], losses, rtol=1e-6)


def test_an_epoch_of_the_deep_network_visits_each_sample_once():
    first = warm_up.batches(0)[: 1000 // warm_up.BATCH]
    assert sorted(first.flatten().tolist()) == list(range(1000))


def test_large_batches_are_trained_as_any_others():
    history = digit_network.train(opt.gradient_descent, lambda t, losses: np.array([0.2]), 6, lambda epoch: 20)
    linear = linear_scaling.losses()[2, 0]
    assert linear == pytest.approx(history.train_loss[-1, 0]) and history.updates[-1] == 6 * 50
    description = linear_scaling.draw_linear_scaling(2).description
    assert numbers("of 20: rate × k NUMBER", description) == pytest.approx([linear], rel=0.05)
    assert numbers("leave the share NUMBER", description) == pytest.approx([0.75**4], abs=0.005)


# --- the digits network ----------------------------------------------------------------------------------------------


def torch_network(w):
    W1, b1, W2, b2 = (torch.tensor(part[0], requires_grad=True) for part in digit_network.unpack(w))
    return [W1, b1, W2, b2], lambda X: torch.tanh(torch.tensor(X) @ W1 + b1) @ W2 + b2


def test_loss_and_gradient_of_several_runs_are_those_of_torch():
    X, labels, _, _ = digits()
    w = np.stack([digit_network.initial(seed) for seed in (0, 1)])
    gradients, (losses, accuracies) = (
        digit_network.gradient(w, X[:7], labels[:7]),
        digit_network.loss_and_accuracy(w, X[:7], labels[:7]),
    )
    for run in range(2):
        parameters, model = torch_network(w[run : run + 1])
        loss = F.cross_entropy(model(X[:7]), torch.tensor(labels[:7]))
        flat = torch.cat([g.ravel() for g in torch.autograd.grad(loss, parameters)])
        assert np.allclose(gradients[run], flat) and np.isclose(losses[run], loss.item())
        assert accuracies[run] == (model(X[:7]).argmax(1).numpy() == labels[:7]).mean()


@pytest.mark.parametrize(("n", "k"), [(12, 3), (10, 4), (5, 7), (6, 1)])
def test_minibatches_visit_each_sample_once_in_a_new_order(n, k):
    rng = np.random.default_rng(0)
    one, other = digit_network.minibatches(n, k, rng), digit_network.minibatches(n, k, rng)
    assert [len(batch) for batch in one[:-1]] == [k] * (len(one) - 1) and 0 < len(one[-1]) <= k
    for batches in (one, other):
        assert sorted(np.concatenate(batches)) == list(range(n))
    assert np.concatenate(one).tolist() != np.concatenate(other).tolist()


def test_training_runs_side_by_side_and_counts_updates():
    rates = np.array([0.1, 0.5])
    both = digit_network.train(opt.momentum, lambda t, losses: rates, 2, lambda epoch: (50, 100)[epoch])
    alone = digit_network.train(opt.momentum, lambda t, losses: rates[1:], 2, lambda epoch: (50, 100)[epoch])
    assert both.updates.tolist() == [0, 20, 30]
    assert np.allclose(both.train_loss[:, 1:], alone.train_loss) and np.allclose(both.accuracy[:, 1:], alone.accuracy)
    assert (both.train_loss[-1] < both.train_loss[0]).all()


def test_wrong_labels_raise_the_floor_of_the_training_loss():
    right, wrong = (
        digit_network.train(opt.momentum, lambda t, losses: np.array([0.1]), 3, wrong=share).train_loss[-1, 0]
        for share in (0.0, 0.5)
    )
    assert wrong > right + 0.5


# --- schedules -------------------------------------------------------------------------------------------------------


def rates_of_torch(make, steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler, rates = make(torch.optim.lr_scheduler, optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


T = np.arange(15)


@pytest.mark.parametrize(
    ("ours", "make"),
    [
        (learning_rate_schedules.exponential(T, 0.3, 0.2), lambda lr, o: lr.ExponentialLR(o, np.exp(-0.2))),
        (learning_rate_schedules.inverse(T, 0.3, 0.2), lambda lr, o: lr.LambdaLR(o, lambda t: 1 / (1 + 0.2 * t))),
        (learning_rate_schedules.polynomial(T, 0.3, 9, 1.5), lambda lr, o: lr.PolynomialLR(o, 9, power=1.5)),
        (learning_rate_schedules.multi_step(T, 0.3, [4, 5, 11], 0.5), lambda lr, o: lr.MultiStepLR(o, [4, 5, 11], 0.5)),
        (learning_rate_schedules.cosine(T, 0.3, 14), lambda lr, o: lr.CosineAnnealingLR(o, 14)),
    ],
    ids=["exponential", "inverse", "polynomial", "multi-step", "cosine"],
)
def test_a_schedule_is_that_of_torch(ours, make):
    assert np.allclose(ours, rates_of_torch(make, len(T)), rtol=0, atol=1e-12)


def test_cosine_stays_at_0_past_its_end():
    assert np.max(learning_rate_schedules.cosine(np.array([14, 20, 28]), 0.3, 14)) < 1e-12


@pytest.mark.parametrize("step_size", [4, 5])
@pytest.mark.parametrize("mode", learning_rate_pictures.MODES)
def test_a_cycle_is_that_of_torch(mode, step_size):
    make = lambda lr, o: lr.CyclicLR(o, 0.1, 0.7, step_size, mode=mode, gamma=0.93, cycle_momentum=False)
    assert np.allclose(
        learning_rate_schedules.cyclical(np.arange(31), 0.1, 0.7, step_size, mode, 0.93), rates_of_torch(make, 31)
    )


def test_reduce_on_plateau_is_that_of_torch_for_each_run():
    losses = np.abs(np.random.default_rng(2).normal(size=(40, 3))) + np.linspace(1, 0.5, 40)[:, None]
    ours, rates = learning_rate_schedules.ReduceOnPlateau(np.full(3, 0.3), np.array([0.1, 0.5, 0.9]), patience=2), []
    for loss in losses:
        rates.append(ours.step(loss))
    for run, factor in enumerate((0.1, 0.5, 0.9)):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
        plateau, expected = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=factor, patience=2), []
        for loss in losses[:, run]:
            plateau.step(loss)
            expected.append(optimizer.param_groups[0]["lr"])
        # torch leaves a reduction out that would change the rate by less than 1e-8
        assert np.allclose(np.array(rates)[:, run], expected, atol=1e-7)
    assert len({tuple(row) for row in np.round(rates, 12)}) > 2


def test_the_pictures_of_rates_tell_what_the_runs_gave():
    description = learning_rate_pictures.draw_rate(-1.0, "momentum").description
    history = learning_rate_pictures.sweep("momentum")
    column = list(learning_rate_pictures.EXPONENTS).index(-1.0)
    assert np.allclose(numbers("training loss NUMBER and", description), history.train_loss[-1, column], rtol=0.1)
    assert np.allclose(learning_rate_pictures.decayed("cosine").rates[-1, 0], 0)
    assert learning_rate_pictures.decayed("multi-step").rates[-1, :-1] == pytest.approx(
        10 ** (-learning_rate_pictures.STRENGTHS / 2)
    )
    assert (np.diff(learning_rate_pictures.decayed("reduce on plateau").rates, axis=0) <= 0).all()


def test_the_smoothed_loss_is_a_mean_of_those_so_far():
    values = np.random.default_rng(0).normal(size=20)
    weights = 0.7 ** np.arange(20)[::-1]
    assert np.isclose(learning_rate_pictures.smoothed(values, 0.7)[-1], np.average(values, weights=weights))


# --- batch size ------------------------------------------------------------------------------------------------------


def test_sample_gradients_average_to_that_of_torch():
    X, y = batch_size.line_data()
    w = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
    (((torch.tensor(X) @ w - torch.tensor(y)) ** 2).mean() / 2).backward()
    assert w.grad is not None
    assert np.allclose(batch_size.sample_gradients(w.detach().numpy()).mean(axis=0), w.grad)


def test_the_deviation_of_a_batch_is_that_of_all_batches(monkeypatch):
    X, y = batch_size.line_data()
    monkeypatch.setattr(batch_size, "line_data", lambda: (X[:7], y[:7]))
    monkeypatch.setattr(batch_size, "N", 7)
    w = np.array([0.5, 1.5])
    for size in (1, 3, 6):
        means = [
            batch_size.sample_gradients(w)[list(batch)].mean(axis=0) for batch in itertools.combinations(range(7), size)
        ]
        assert np.isclose(batch_size.expected_deviation(w, size), np.sqrt(np.var(means, axis=0).sum()))


def test_measured_deviations_follow_the_formula():
    w = batch_size.minimum() + [1.0, 0.0]
    expected = batch_size.expected_deviation(w, batch_size.SIZES)
    assert np.allclose(batch_size.deviations(1.0), expected, rtol=0.2, atol=1e-12)


@pytest.mark.parametrize("mu", [0.0, 0.9])
def test_the_excess_loss_depends_on_the_noise_scale_alone(mu):
    scales, costs = batch_size.floors(mu)
    middle = (scales > 0.3) & (scales < 10)
    assert middle.sum() > 8
    assert np.allclose(costs[middle] / batch_size.predicted_excess(scales[middle]), 1, atol=0.5)


def test_excess_loss_is_a_difference_of_losses():
    X, y = batch_size.line_data()
    loss = lambda w: np.mean((X @ w - y) ** 2) / 2
    w = np.array([3.0, 0.7])
    assert np.isclose(batch_size.excess_loss(w), loss(w) - loss(batch_size.minimum()))


def test_the_noise_scale_of_the_lecture():
    assert batch_size.noise_scale(0.1, 50_000, 128) == pytest.approx(38.9625)
    assert batch_size.noise_scale(0.1, 64, 64, 0.9) == 0
    assert batch_size.noise_scale(0.1, 50_000, 128, 0.9) == pytest.approx(389.625)


def test_growing_the_batch_saves_updates_and_keeps_the_loss():
    runs = batch_size.trade(5)
    assert [int(run.updates[-1]) for run in runs.values()] == [900, 900, 6 * 50 + 6 * 10 + 6 * 2]
    falls, grows = runs[batch_size.DECAY], runs[batch_size.GROW]
    assert abs(falls.validation_loss[-1, 0] - grows.validation_loss[-1, 0]) < 0.05


# --- accumulation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", range(1, 9))
def test_the_working_loop_is_the_big_batch_and_the_printed_one_does_nothing(k):
    results = gradient_accumulation.compare(k, False)
    (_, printed, calls), (_, works, steps), (_, big, big_steps) = results.values()
    assert calls == 1 and np.ptp(printed) == 0
    assert steps == big_steps == -(-gradient_accumulation.BATCHES // k)
    assert np.isclose(works[-1], big[-1], rtol=1e-12) and works[-1] < works[0]


def test_batch_norm_parts_the_two():
    (_, works, _), (_, big, _) = list(gradient_accumulation.compare(4, True).values())[1:]
    assert abs(works[4] - big[1]) > 0.01


def test_activations_grow_with_the_batch_and_the_rest_does_not():
    parameters = sum(
        p.numel() for p in torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.Linear(32, 10)).parameters()
    )
    assert gradient_accumulation.memory(50) == (3 * 4 * parameters, 4 * 50 * 106)
    assert gradient_accumulation.memory(100)[1] == 2 * gradient_accumulation.memory(50)[1]
