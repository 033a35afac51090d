"""The claims of lecture 08, each computed anew from the functions that draw its pictures; a test names its cell."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.drawing import digit_network
from course_utils.drawing.digits import digits
from course_utils.optimizers import (
    adaptive_rates,
    batch_size,
    gradient_accumulation,
    learning_rate_pictures,
    learning_rate_schedules,
    linear_scaling,
    momentum_rates,
    orthogonal_updates,
    update_rule_pictures,
    warm_up,
    weight_decay,
)
from course_utils.optimizers import update_rules as opt

GD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM = opt.RULES
ADAPTIVE = (ADAGRAD, RMSPROP, ADAM)


def losses_in_valley(method: str, learning_rate: float, steps: int = 2000) -> np.ndarray:
    value, gradient = opt.valley(50.0)
    return value(opt.run(opt.RULES[method], gradient, update_rule_pictures.START, learning_rate, steps))


def test_valley_see_doubling_a_small_rate_nearly_halves_the_updates():
    counts = [int(opt.settled_after(losses_in_valley(GD, rate), 1e-6)) for rate in (0.01, 0.02, 0.038)]
    assert counts == [860, 428, 224]


@pytest.mark.parametrize("kappa", [10.0, 50.0, 200.0])
def test_valley_see_rmsprop_settles_with_no_rate_and_the_other_methods_do(kappa):
    settled = {method: update_rule_pictures.steps_in_valley(kappa, method)[1] for method in opt.RULES}
    assert (settled[RMSPROP] == -1).all()
    assert all((settled[method] >= 0).any() for method in (MOMENTUM, NESTEROV, ADAGRAD, ADAM))


def test_valley_see_rmsprop_passes_once_and_ends_at_the_loss_of_its_jumps():
    losses = losses_in_valley(RMSPROP, 0.2)
    assert opt.steps_until(losses, 1e-6) == 46 and round(float(losses[-1]), 2) == 0.25
    for rate in (0.02, 0.2, 1.0):
        assert losses_in_valley(RMSPROP, rate, 4000)[-1] == pytest.approx(51 * rate**2 / 8, rel=0.01)


def test_valley_see_the_limit_of_momentum_is_1_9_times_that_of_gradient_descent():
    limits = [update_rule_pictures.limit(method, 50.0) or 0 for method in (GD, MOMENTUM)]
    assert limits[1] / limits[0] == pytest.approx(1.9)


def test_valley_demo_a_method_is_counted_from_when_its_loss_stays_low():
    description = update_rule_pictures.draw_valley(50.0, 0.2, RMSPROP).description
    assert "not for good" in description and "With none of 49 rates" in description


def left_after(distance: float) -> dict[str, int]:
    return {method: int(update_rule_pictures.path_from_saddle(method, distance)[1]) for method in opt.RULES}


def test_saddle_see_only_the_adaptive_methods_do_not_mind_a_small_start():
    near, nearer = left_after(1e-3), left_after(1e-6)
    assert near == {GD: 177, MOMENTUM: 46, NESTEROV: 43, ADAGRAD: 17, RMSPROP: 17, ADAM: 31}
    assert all(nearer[method] == near[method] for method in ADAPTIVE) and nearer[GD] == 353
    assert all(1.8 < nearer[method] / near[method] < 2.1 for method in (GD, MOMENTUM, NESTEROV))
    assert set(left_after(0.0).values()) == {-1}


@pytest.mark.parametrize("faster", [0.3, 1.0, 3.0])
def test_saddle_see_a_line_is_flat_or_rises_whatever_the_rate(faster):
    saddle, starts = opt.surfaces()["saddle"], np.array([[1.0, 1e-7], [1.0, 1e-5], [1.0, 1e-3]])
    for method, rule in opt.RULES.items():
        path = opt.run(rule, saddle.gradient, starts, faster * saddle.rates[method], 2000)
        far, middle, near = opt.steps_until(-np.abs(path[..., 1]), -1).tolist()
        if method in ADAPTIVE:
            assert 0 < near <= far <= 1.06 * near
        else:
            assert far - middle == pytest.approx(middle - near, abs=2) and middle > 1.4 * near


def test_saddle_demo_the_line_of_the_picture_is_that_of_single_runs():
    for method, counts in update_rule_pictures.updates_from_saddle().items():
        alone = [update_rule_pictures.path_from_saddle(method, d)[1] for d in update_rule_pictures.DISTANCES]
        assert counts.tolist() == [int(count) for count in alone]


def test_race_see_the_order_on_the_saddle():
    left = left_after(0.05)
    assert left == {GD: 77, MOMENTUM: 22, NESTEROV: 21, ADAGRAD: 17, RMSPROP: 17, ADAM: 29}
    for start in (0.001, 0.01, 0.05):
        left = left_after(start)
        assert max(left[ADAGRAD], left[RMSPROP]) < min(left[GD], left[MOMENTUM], left[NESTEROV], left[ADAM])
        assert max(left, key=lambda method: left[method]) == GD


def test_race_see_from_the_corner_only_the_adaptive_methods_are_sure_to_stay_on_the_map():
    paths = update_rule_pictures.race_paths("Beale's function", (-4.0, 2.0))
    west, east, south, north = opt.WINDOW
    inside = {method: bool(((path >= [west, south]) & (path <= [east, north])).all()) for method, path in paths.items()}
    assert all(inside[method] for method in ADAPTIVE) and not inside[MOMENTUM] and not inside[NESTEROV]


def test_erratum_fixed_order_sorted_labels_spoil_the_epoch():
    X, labels, X_new, labels_new = digits()
    for seed in range(3):
        accuracy = {}
        random = np.random.default_rng(seed).permutation(1000)
        for name, order in {"sorted": np.argsort(labels, kind="stable"), "shuffled": random}.items():
            w = digit_network.initial(seed)[None]
            for batch in np.split(order, 20):
                w = w - digit_network.gradient(w, X[batch], labels[batch])
            accuracy[name] = digit_network.loss_and_accuracy(w, X_new, labels_new)[1][0]
        assert accuracy["sorted"] < 0.25 and accuracy["shuffled"] > 0.7


def test_erratum_accumulates_the_velocity_weighs_all_gradients():
    gradients = np.random.default_rng(0).normal(size=8)
    w, state = np.zeros(1), (0.0, 0.0)
    for t, g in enumerate(gradients, start=1):
        w, state = opt.momentum(lambda w, g=g: np.array([g]), w, state, 0.1, t, mu=0.7)
    assert state[0] == pytest.approx(-0.1 * np.sum(0.7 ** np.arange(7, -1, -1) * gradients))


def test_momentum_see_where_the_methods_are_after_15_updates_and_how_far_they_swing():
    places = {method: update_rule_pictures.overshoot(method, 0.9) for method in (GD, MOMENTUM, NESTEROV)}
    assert abs(places[MOMENTUM][0][15, 0]) < 1 and abs(places[NESTEROV][0][15, 0]) < 1
    assert (places[GD][0][15, 0] + 8) / 8 == pytest.approx(0.25, abs=0.02)
    assert (round(places[MOMENTUM][1], 2), round(places[NESTEROV][1], 2)) == (2.36, 1.79)
    assert round(update_rule_pictures.overshoot(MOMENTUM, 0.99)[1], 2) == 7.17
    assert update_rule_pictures.overshoot(MOMENTUM, 0.7)[1] == update_rule_pictures.overshoot(NESTEROV, 0.7)[1] == 0


@pytest.mark.parametrize("mu", [0.7, 0.9, 0.99])
def test_momentum_see_across_the_valley_momentum_oscillates_and_gradient_descent_does_not(mu):
    assert np.abs(update_rule_pictures.overshoot(GD, mu)[0][1:, 1]).max() < 1e-12
    across = update_rule_pictures.overshoot(MOMENTUM, mu)[0][:101, 1]
    assert (np.diff(np.sign(across[:30])) != 0).sum() > 10
    peaks = [np.abs(across[start : start + 20]).max() for start in (0, 20, 40, 60, 80)]
    assert np.array(peaks[1:]) / peaks[:-1] == pytest.approx(np.full(4, mu**10), rel=0.3)  # sqrt(mu) per update


def fewest_updates(kappa: float, mu: float) -> int:
    """Return the updates with the best of 20 measured learning rates, the best one of the formula among them."""
    best = momentum_rates.best_rate(kappa, mu)
    return min(
        count
        for share in np.linspace(0.62, 1.0, 20)
        if (count := momentum_rates.updates_needed(kappa, mu, share * best)) > 0
    )


def test_erratum_names_which_momentum_is_better_depends_on_the_condition_number():
    for updates in (momentum_rates.updates_needed, fewest_updates):
        assert updates(50.0, 0.9) < updates(50.0, 0.0) < updates(50.0, 0.99)
        assert updates(10_000.0, 0.99) < updates(10_000.0, 0.9) < updates(10_000.0, 0.0)


@pytest.mark.parametrize("kappa", [9.0, 50.0, 1000.0])
def test_kappa_why_no_rate_and_no_momentum_keep_less_than_the_formula(kappa):
    mu = momentum_rates.best_momentum(kappa)
    least = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    worst = lambda alpha, mu: max(momentum_rates.kept(c, alpha, mu) for c in (1.0, kappa))
    assert worst(momentum_rates.best_rate(kappa, mu), mu) == pytest.approx(least, abs=1e-6)
    assert worst(momentum_rates.best_rate(kappa, 0.0), 0.0) == pytest.approx((kappa - 1) / (kappa + 1))
    tried = [worst(4 * share / (1 + kappa), m) for share in np.linspace(0.05, 1, 40) for m in np.linspace(0, 0.99, 34)]
    assert min(tried) > least - 1e-6


@pytest.mark.parametrize("kappa", [100.0, 1000.0, 10_000.0])
def test_kappa_why_how_many_updates_the_two_need(kappa):
    share = np.sqrt(momentum_rates.DONE / 64)  # of the error: the loss of the start is 64
    plain = momentum_rates.updates_needed(kappa, 0.0)
    heavy = momentum_rates.updates_needed(kappa, momentum_rates.best_momentum(kappa))
    assert plain == pytest.approx(kappa / 2 * np.log(1 / share), rel=0.02)
    assert 1.2 < heavy / (np.sqrt(kappa) / 2 * np.log(1 / share)) < 1.8  # a double root adds a factor t


def test_kappa_why_at_the_limit_a_root_is_minus_one():
    for mu in (0.0, 0.5, 0.9):
        assert np.roots([1, 2 * (1 + mu) - 1 - mu, mu]).min() == pytest.approx(-1)


def test_kappa_see_the_updates_at_a_thousand():
    best = momentum_rates.best_momentum(1000.0)
    counts = [momentum_rates.updates_needed(1000.0, mu) for mu in (best, 0.0, 0.99)]
    assert counts == [234, 4494, 2376] and round(best, 2) == 0.88
    assert fewest_updates(1000.0, 0.0) / fewest_updates(1000.0, best) * 1.3 > 4494 / 234


def test_kappa_see_the_slopes_are_one_and_a_half():
    large = momentum_rates.KAPPAS[momentum_rates.KAPPAS > 100]
    slope = lambda mus: np.polyfit(
        np.log(large), [np.log(momentum_rates.updates_needed(k, m)) for k, m in zip(large, mus, strict=True)], 1
    )[0]
    assert slope(np.zeros(len(large))) == pytest.approx(1, abs=0.02)
    assert slope([momentum_rates.best_momentum(k) for k in large]) == pytest.approx(0.5, abs=0.05)


def test_kappa_see_what_a_momentum_of_0_99_costs():
    ratio = lambda kappa: (
        momentum_rates.updates_needed(kappa, 0.99)
        / momentum_rates.updates_needed(kappa, momentum_rates.best_momentum(kappa))
    )
    assert (round(ratio(10_000.0)), round(ratio(50.0))) == (3, 46)


def test_adaptive_see_what_the_rare_parameter_gets():
    G, rates = 0.0, []
    for t in range(1, 201):
        G = 0.9 * G + 0.1 * (t % 10 == 0)
        rates.append(1 / np.sqrt(G) if G else np.inf)
    assert (round(rates[199], 2), round(rates[198], 1)) == (2.55, 4.1)
    assert "AdaGrad 0.0707 and 0.224; RMSProp 1 and 2.55" in adaptive_rates.draw_effective_rates(10, 0.9).description
    assert round(0.224 / 0.0707, 1) == round(np.sqrt(10), 1) and round(1 / np.sqrt(0.1), 2) == 3.16


@pytest.mark.parametrize(
    ("method", "best", "factor"), [(GD, 1.0, 8), (MOMENTUM, 10**-0.5, 29), (ADAM, 10**-1.25, 38)], ids=str
)
def test_rate_see_the_two_sides_of_the_best_rate(method, best, factor):
    losses = learning_rate_pictures.sweep(method).train_loss[-1]
    chosen = int(losses.argmin())
    assert 10 ** learning_rate_pictures.EXPONENTS[chosen] == pytest.approx(best)
    assert round(losses[chosen - 4] / losses[chosen]) == factor
    rates = best * np.array([0.1, 1.0, 10**0.5])
    for seed in (0, 1, 2):
        history = digit_network.train(opt.RULES[method], lambda t, losses: rates, 20, seed=seed)
        low, at_best, high = history.train_loss[-1]
        assert low > 5 * at_best and high > 30 * at_best
        assert history.accuracy[-1, 0] > 0.9 and (method != GD or high > np.log(10))


def test_rate_see_on_the_slope_momentum_is_gradient_descent_with_ten_times_the_rate():
    plain, heavy = (learning_rate_pictures.sweep(method).train_loss[-1] for method in (GD, MOMENTUM))
    assert np.allclose(heavy[2:9], plain[6:13], rtol=0.15)  # 0.0003 to 0.02 against 0.003 to 0.2


@pytest.mark.parametrize("distance", [0.0, 2.0, 4.0])
def test_cloud_see_four_times_the_batch_halves_the_cloud(distance):
    scaled = batch_size.deviations(distance) * np.sqrt(batch_size.SIZES)
    assert np.allclose(scaled[:6], scaled[:6].mean(), rtol=0.06) and scaled[8] < 0.8 * scaled[0]
    assert scaled[9] == pytest.approx(0, abs=1e-9)
    assert batch_size.deviations(distance)[[2, 4]] @ [1, -2] == pytest.approx(0, abs=0.1 * scaled[0])


def test_cloud_see_at_the_minimum_a_batch_gradient_is_noise():
    cloud = batch_size.batch_gradients(batch_size.minimum(), 4, 300)
    full = batch_size.sample_gradients(batch_size.minimum()).mean(axis=0)
    assert np.abs(full).max() < 1e-9 and np.sqrt(cloud.var(axis=0).sum()) > 1


def heights(w_1: float) -> list[float]:
    """Return f after an update of momentum and after one of Nesterov, from (w_1, 0.1) with mu = 0.9."""
    places = update_rule_pictures.next_places(np.array([w_1, 0.1]), update_rule_pictures.RHO, 0.9)
    return [round(float(opt.valley(4.0)[0](places[method])), 2) for method in (MOMENTUM, NESTEROV)]


def test_lookahead_see_the_heights_after_the_two_updates():
    assert heights(-0.3) == [0.33, 0.10] and heights(-1.5) == [0.13, 0.10]
    gradient = opt.valley(4.0)[1]
    assert gradient(np.array([-0.3, 0.1]))[0] < 0 < gradient(np.array([-0.3, 0.1]) + 0.9 * update_rule_pictures.RHO)[0]


def test_lookahead_see_on_a_quadratic_it_changes_the_update_by_the_same_vector_everywhere():
    rho, hessian = update_rule_pictures.RHO, np.diag([1.0, 4.0])
    for w in np.random.default_rng(0).uniform(-1.5, 1.5, size=(20, 2)):
        places = update_rule_pictures.next_places(w, rho, 0.9)
        change = places[NESTEROV] - places[MOMENTUM]
        assert np.allclose(change, -update_rule_pictures.LOOK_RATE * 0.9 * hessian @ rho)


@pytest.mark.parametrize("gradient", [1e-6, 1.0, 300.0])
def test_erratum_epsilon_the_first_step_of_rmsprop_is_ten_rates_whatever_the_gradient(gradient):
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    w.grad = torch.tensor([gradient, 0.0], dtype=torch.float64)
    torch.optim.RMSprop([w], lr=0.01, eps=0).step()
    first, unseen = w.tolist()
    assert first == pytest.approx(-10 * 0.01) and np.isnan(unseen)  # 0 / 0
    assert torch.optim.RMSprop([w]).defaults["alpha"] == 0.99


def adam_steps_in_torch(gradients: np.ndarray) -> np.ndarray:
    """Return the lengths of the steps of PyTorch's Adam in units of its learning rate."""
    w, lengths = torch.zeros(1, dtype=torch.float64, requires_grad=True), []
    optimizer = torch.optim.Adam([w], lr=1.0, eps=0)
    for g in gradients:
        before, w.grad = w.item(), torch.tensor([g])
        optimizer.step()
        lengths.append(abs(w.item() - before))
    return np.array(lengths)


def test_adam_see_the_steps_with_and_without_correction():
    plain, corrected = adaptive_rates.adam_steps(np.ones(1000), 0.9, 0.999)
    assert np.allclose(adam_steps_in_torch(np.ones(300)), 1) and np.allclose(corrected, 1)
    t = np.arange(1, 1001)
    assert np.allclose(plain, (1 - 0.9**t) / np.sqrt(1 - 0.999**t))
    assert (round(plain[0], 2), round(plain.max(), 2), int(t[plain.argmax()])) == (3.16, 6.57, 12)
    assert round(plain[-1], 2) == 1.26
    assert (round(plain[:100].sum()), round(corrected[:100].sum())) == (466, 100)


def test_adam_why_the_average_of_two_gradients():
    w, state, means = np.zeros(1), (0.0, 0.0), []
    for t, g in enumerate((2.0, 4.0), start=1):
        w, state = opt.adam(lambda w, g=g: np.array([g]), w, state, 0.1, t)
        means.append((np.sum(state[0]), np.sum(state[0]) / (1 - 0.9**t)))
    assert np.allclose(means, [(0.2, 2.0), (0.58, 58 / 19)]) and round(58 / 19, 2) == 3.05


def kept_after_100(method: str, size: float) -> float:
    return round(float(weight_decay.forgotten(method, size)[100]), 2)


def test_decay_see_what_is_left_of_a_weight_with_large_and_one_with_small_gradients():
    assert [kept_after_100(weight_decay.DECOUPLED, size) for size in (0.1, 10.0)] == [0.61, 0.61]
    assert round(0.995**100, 2) == 0.61
    assert [kept_after_100(weight_decay.L2, size) for size in (10.0, 0.1)] == [0.95, 0.24]


def test_decay_why_where_the_two_come_to_rest():
    rests = {}
    for kind in (torch.optim.Adam, torch.optim.AdamW):
        generator = torch.Generator().manual_seed(0)
        w = torch.zeros(2, 400, dtype=torch.float64, requires_grad=True)
        size = torch.tensor([[5.0], [20.0]], dtype=torch.float64)  # of the gradients: nearly all of it is noise
        optimizer = kind([w], lr=0.01, weight_decay=0.05)
        for _ in range(6000):
            w.grad = (w.detach() - 1) + size * torch.randn(w.shape, generator=generator, dtype=torch.float64)
            optimizer.step()
        rests[kind] = w.mean(dim=1).tolist()
    assert rests[torch.optim.Adam] == pytest.approx([1 / 1.05] * 2, abs=0.12)
    assert rests[torch.optim.AdamW] == pytest.approx([1 / (1 + 0.05 * 5), 1 / (1 + 0.05 * 20)], abs=0.12)


@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.AdamW])
def test_decay_see_the_optimizers_of_torch_forget_alike(kind):
    generator, left = torch.Generator().manual_seed(1), []
    for size in (10.0, 0.1):
        w = torch.ones(500, dtype=torch.float64, requires_grad=True)
        optimizer = kind([w], lr=0.01, weight_decay=0.5)
        for _ in range(100):
            w.grad = size * torch.randn(500, generator=generator, dtype=torch.float64)
            optimizer.step()
        left.append(w.mean().item())
    assert left == pytest.approx([0.61, 0.61] if kind is torch.optim.AdamW else [0.95, 0.24], abs=0.03)


def test_decay_see_the_best_losses_of_the_picture():
    best = lambda ratio: [round(float(weight_decay.best_losses(m, ratio).min()), 2) for m in weight_decay.COLOURS]
    assert [best(ratio) for ratio in (1.0, 100.0, 1000.0)] == [[0.38, 0.39], [0.62, 0.57], [0.90, 0.71]]
    chosen = lambda m, ratio: weight_decay.DECAYS[m][weight_decay.best_losses(m, ratio).argmin()]
    assert chosen(weight_decay.L2, 100.0) == weight_decay.DECAYS[weight_decay.L2].min()
    assert chosen(weight_decay.DECOUPLED, 1.0) == pytest.approx(0.1)
    assert chosen(weight_decay.L2, 1.0) == pytest.approx(0.0003, abs=0.0001)


@pytest.mark.parametrize("seed", range(5))
def test_decay_see_with_pixels_in_different_units_only_decoupled_decay_helps(seed):
    rates = (0.02, 0.05, 0.1, 0.3)
    one, other = (
        [weight_decay.validation_losses(m, ratio, seed, rates).min(axis=0) for m in weight_decay.COLOURS]
        for ratio in (1.0, 100.0)
    )
    assert abs(one[0].min() - one[1].min()) < 0.04
    l2, decoupled = other
    assert decoupled.min() < l2.min() - 0.005 and decoupled.min() < decoupled[0] - 0.01
    assert l2.min() > l2[0] - 0.01  # no decay is as good as the best


def test_muon_see_the_singular_values_before_and_after():
    M = orthogonal_updates.velocity("hidden layer, 32 × 64")
    before = np.linalg.svd(M, compute_uv=False)
    five, ten = (np.linalg.svd(orthogonal_updates.update_of_muon(M, n), compute_uv=False) for n in (5, 10))
    assert before[0] / before[-1] > 600 and 0.35 < five.min() < 0.45 and 1.1 < five.max() < 1.25
    assert 0.6 < ten.min() < 0.75 and 1.05 < ten.max() < 1.2
    assert round(float(orthogonal_updates.newton_schulz(np.ones(1), 1)[0]), 2) == 0.70
    assert 480 < orthogonal_updates.COEFFICIENTS[0] ** 5 < 490


@pytest.mark.parametrize("seed", range(3))
def test_muon_see_it_keeps_the_singular_vectors_and_never_settles_at_one(seed):
    M = np.random.default_rng(seed).normal(size=(16, 40))
    U, values, Vt = np.linalg.svd(M / np.linalg.norm(M), full_matrices=False)
    for steps in (5, 10, 20):
        inside = U.T @ orthogonal_updates.update_of_muon(M, steps) @ Vt.T
        lifted = np.diag(inside)
        assert np.abs(inside - np.diag(lifted)).max() < 0.1 and lifted.min() > 0.6
        assert np.abs(lifted - 1).max() > 0.1
    assert np.allclose(np.diag(U.T @ orthogonal_updates.update_of_muon(M, 5) @ Vt.T),
                       orthogonal_updates.newton_schulz(values, 5), atol=0.06)  # fmt: skip


def test_muon_see_a_direction_without_a_gradient_gets_a_part_of_the_update():
    M = orthogonal_updates.velocity("output layer, 10 × 32")
    assert np.abs(M.sum(axis=0)).max() < 1e-12  # the gradients of the classes add up to 0
    update = orthogonal_updates.update_of_muon(M, 5)
    along = np.linalg.norm(np.ones(10) @ update) / np.sqrt(10)
    assert 0.05 < along < 0.5
    rounded = torch.tensor(M / np.linalg.norm(M)).bfloat16().double().numpy()
    assert 1e-5 < np.linalg.svd(rounded, compute_uv=False)[-1] < 1e-3


def trained(variant: str, rate: float, seeds: tuple[int, ...] = warm_up.SEEDS) -> int:
    ends = warm_up.train(*warm_up.VARIANTS[variant], seeds).ends
    return int((ends[:, warm_up.RATES.tolist().index(rate)] < warm_up.TRAINED).sum())


def test_warm_see_how_many_starts_train_with_each_remedy():
    assert [trained(variant, 0.02) for variant in warm_up.VARIANTS] == [1, 6, 6, 6]
    assert [trained(variant, 0.04) for variant in warm_up.VARIANTS] == [0, 4, 6, 6]
    assert trained(warm_up.CLIPPED, 0.08) == 6 and len(warm_up.SEEDS) == 6


def test_warm_see_without_a_remedy_the_loss_stalls_at_that_of_a_guess():
    runs = warm_up.train(*warm_up.VARIANTS[warm_up.NEITHER])
    assert np.allclose(runs.losses[30:, :, warm_up.RATES.tolist().index(0.08)], np.log(10), atol=0.15)
    first = runs.losses[0, :, 0]
    assert (round(first.min()), round(first.max())) == (14, 61)


@pytest.mark.parametrize("seed", [0, 3])
def test_warm_see_where_it_stalls_all_units_of_a_layer_are_dead(seed):
    X, labels, *_ = (torch.tensor(part) for part in digits())
    weights = [nn.Parameter(part) for part in warm_up.initial(seed)]
    optimizer = torch.optim.SGD(weights, lr=0.08, momentum=0.9)

    def layers(h: torch.Tensor) -> list[torch.Tensor]:
        outputs = []
        for i in range(0, len(weights), 2):
            h = F.linear(torch.relu(h) if i else h, weights[i], weights[i + 1])
            outputs.append(h)
        return outputs

    for batch in warm_up.batches(seed):
        optimizer.zero_grad()
        F.cross_entropy(layers(X[batch])[-1], labels[batch]).backward()
        optimizer.step()
    *hidden, logits = layers(X)
    assert any(bool((layer <= 0).all()) for layer in hidden) and logits.std(dim=0).max() == 0


def test_warm_see_the_first_gradients_are_the_long_ones():
    norms = warm_up.train(*warm_up.VARIANTS[warm_up.CLIPPED]).norms[:, :, warm_up.RATES.tolist().index(0.04)]
    assert round(float(np.median(norms[0]))) == 76 and 1.5 < np.median(norms[100:]) < 2.5


def test_warm_see_each_variant_at_its_best_rate_and_the_price_at_small_ones():
    ends = {variant: warm_up.medians(variant) for variant in warm_up.VARIANTS}
    assert [round(float(end.min()), 2) for end in ends.values()] == [0.39, 0.25, 0.15, 0.17]
    assert ends[warm_up.CLIPPED][0] > 1.5 * ends[warm_up.NEITHER][0]


def test_warm_see_twelve_other_starts():
    seeds = tuple(range(50, 62))
    assert [trained(variant, 0.04, seeds) >= 9 for variant in warm_up.VARIANTS] == [False, True, True, True]
    assert trained(warm_up.NEITHER, 0.04, seeds) <= 3
    best = [warm_up.medians(variant, seeds).min() for variant in warm_up.VARIANTS]
    assert best[0] > 1.3 * best[1] > 1.3 * best[2]


def test_scaling_see_the_losses_of_the_three_rules():
    linear, root, same = linear_scaling.losses().T
    k = {int(factor): i for i, factor in enumerate(linear_scaling.FACTORS)}
    assert linear[: k[8] + 1].min() > 0.165 and linear[: k[8] + 1].max() < 0.185
    assert [round(float(loss), 2) for loss in (linear[k[16]], linear[k[32]])] == [0.21, 0.57] and linear[k[64]] > 10
    assert 3 < linear[k[32]] / linear[0] < 3.6 and round(float(same[k[8]]), 1) == 1.0 and (np.diff(same) > 0).all()
    between = slice(1, k[32])
    assert (linear[between] < root[between]).all() and (root[1:] < same[1:]).all()
    assert root[k[64]] == min(linear[k[64]], root[k[64]], same[k[64]])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_scaling_see_with_other_seeds_the_rule_fails_at_the_same_rate(seed):
    linear, root, same = linear_scaling.losses(seed).T
    assert np.allclose(linear[:4], linear[0], rtol=0.06) and linear[6] > 10 and same[3] > 5 * linear[3]
    assert linear[5] > 1.2 * linear[0] and root[6] < same[6]


def test_scaling_why_the_first_order_of_what_the_rule_neglects():
    for k in (2, 4, 10):
        for total in (0.01, 0.02):
            gap = float(linear_scaling.kept(total, k) - linear_scaling.kept(total, 1)) / total
            assert gap == pytest.approx((k - 1) / 2 * total / k, rel=0.02)
    small = [float(linear_scaling.kept(0.02 * k, k)) for k in (4, 25, 100)]
    assert [round(kept, 3) for kept in small] == [0.922, 0.603, 0.133]
    assert [float(linear_scaling.kept(0.02 * k, 1)) for k in (4, 25, 100)] == pytest.approx([0.92, 0.5, -1])


def test_adam_see_with_noise_the_steps_become_shorter():
    means = []
    for noise in (0.5, 1.0, 3.0):
        lengths = adam_steps_in_torch(1 + noise * np.random.default_rng(0).normal(size=1000))
        assert (lengths[100:] < 1).mean() > 0.9
        means.append(lengths[100:].mean())
    assert means == sorted(means, reverse=True) and means[0] < 0.95


def test_erratum_rates_which_of_six_rates_is_best():
    rates = np.array([1e-4, 3e-4, 1e-3, 1e-2, 0.1, 1.0])
    for rule, best in ((opt.momentum, 0.1), (opt.adam, 0.01)):
        for seed in (0, 1):
            accuracy = digit_network.train(rule, lambda t, losses: rates, 20, seed=seed).accuracy[-1]
            assert rates[accuracy.argmax()] == best and accuracy[1] < accuracy[2] < accuracy.max() - 0.03


def lowest_rate(batches: int, smoothing: float) -> float:
    rates, losses = learning_rate_pictures.range_test(batches)
    return float(rates[learning_rate_pictures.smoothed(losses, smoothing).argmin()])


def test_range_see_where_the_smoothed_loss_is_lowest_and_explodes():
    rates, losses = learning_rate_pictures.range_test(150)
    smooth = learning_rate_pictures.smoothed(losses, 0.8)
    assert rates[smooth.argmin()] == pytest.approx(1, abs=0.1)
    wall = rates[np.argmax((smooth > np.log(10)) & (rates > 1))]
    sweep = learning_rate_pictures.sweep(GD).train_loss[-1]
    diverged = 10 ** learning_rate_pictures.EXPONENTS[sweep > np.log(10)].min()
    assert 1 < wall < 10**0.5 and diverged == pytest.approx(10**0.5)
    lows = [lowest_rate(batches, 0.8) for batches in range(50, 301, 50)]
    assert (round(min(lows), 1), round(max(lows), 1)) == (0.8, 1.5)
    assert all(lowest_rate(batches, 0.95) >= lowest_rate(batches, 0.8) for batches in range(50, 301, 50))


def jump(losses: np.ndarray) -> float:
    """Return by how much a loss, (epochs,), goes up and down in the last five epochs."""
    return float(np.ptp(losses[-5:]))


@pytest.mark.parametrize("kind", learning_rate_pictures.KINDS)
def test_schedule_see_with_a_schedule_the_losses_settle(kind):
    history = learning_rate_pictures.decayed(kind)
    for losses in (history.train_loss, history.validation_loss):
        assert (np.diff(losses[-5:, -1]) > 0.02).any() and (np.diff(losses[-5:, -1]) < -0.02).any()  # constant rate
        for run in np.flatnonzero(learning_rate_pictures.STRENGTHS >= 1):
            assert jump(losses[:, run]) < 0.5 * jump(losses[:, -1])
    constant = history.accuracy[-learning_rate_pictures.LAST :, -1]
    assert (round(100 * constant.min()), round(100 * constant.max())) == (88, 96)


@pytest.mark.parametrize("seed", [1, 2])
def test_schedule_see_with_another_seed_they_settle_too(seed):
    cosine = lambda t: learning_rate_schedules.cosine((t - 1) * 20 / 1000, 1.0, 16)
    rate_at = lambda t, losses: np.array([1.0, cosine(t)])
    history = digit_network.train(opt.gradient_descent, rate_at, 16, lambda epoch: 20, wrong=0.15, seed=seed)
    constant, settled = (jump(history.validation_loss[:, run]) for run in (0, 1))
    assert settled < 0.3 * constant


def test_schedule_see_the_inverse_schedule_with_strength_4_stops_learning():
    inverse = learning_rate_pictures.decayed(learning_rate_schedules.INVERSE)
    slow, gentle = (int(np.abs(learning_rate_pictures.STRENGTHS - strength).argmin()) for strength in (4.0, 0.5))
    for losses in (inverse.train_loss, inverse.validation_loss):
        assert jump(losses[:, slow]) < 0.02 and losses[-5:, slow].min() > losses[-5:, gentle].max()


@pytest.mark.parametrize("seed", [0, 1])
def test_schedule_see_without_wrong_labels_a_constant_rate_does_as_well(seed):
    cosine = lambda t: learning_rate_schedules.cosine((t - 1) * 20 / 1000, 1.0, 16)
    rate_at = lambda t, losses: np.array([1.0, cosine(t)])
    history = digit_network.train(opt.gradient_descent, rate_at, 16, lambda epoch: 20, seed=seed)
    assert (history.train_loss[-1] < 0.03).all()
    assert abs(history.accuracy[-1, 0] - history.accuracy[-1, 1]) < 0.01


def test_erratum_validation_in_ten_epochs_the_defaults_do_nothing():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    plateau, rates = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer), []
    for epoch in range(15):
        plateau.step(1.0 + epoch)  # worse with every epoch
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates[:10] == [0.5] * 10 and min(rates) == pytest.approx(0.05)
    assert (plateau.factor, plateau.patience) == (0.1, 10)


def test_cycle_see_the_length_of_a_cycle_and_its_first_peak():
    make = torch.optim.lr_scheduler.CyclicLR
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler, rates = make(optimizer, 0.1, 1.0, step_size_up=60, cycle_momentum=False), []
    for _ in range(241):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert np.allclose(rates[:121], rates[120:]) and int(np.argmax(rates[:120])) == 60


def test_cycle_see_where_the_accuracy_dips():
    history = learning_rate_pictures.cycled(60)
    after = {updates: history.accuracy[i] for i, updates in enumerate(history.updates.tolist())}
    triangular, others = (np.array([after[t][run] for t in (200, 300)]) for run in (0, slice(1, 3)))
    assert triangular == pytest.approx(0.93, abs=0.01) and others.min() > 0.95
    assert min(after[t][0] for t in (240, 360)) > triangular.max() + 0.03


def test_cycle_see_the_cycles_end_ahead_of_a_fixed_rate_that_is_too_small():
    for step_size in (20, 40, 60, 80, 100):
        *cycles, fixed = learning_rate_pictures.cycled(step_size).accuracy[-1]
        assert {round(accuracy, 2) for accuracy in cycles} <= {0.96, 0.97} and round(fixed, 2) == 0.95
    rates = np.array([0.1, 1.0])
    for seed in (0, 1, 2):
        small, large = digit_network.train(opt.gradient_descent, lambda t, losses: rates, 20, seed=seed).accuracy[-1]
        assert large > small + 0.015 and large > max(cycles) - 0.01


def test_noise_see_only_the_noise_scale_counts():
    g, cost = batch_size.floors(0.0)
    assert np.allclose(cost / batch_size.predicted_excess(g), 1, atol=0.26)
    for power in range(5):  # B and the rate 0.05 doubled, B at most 32 of 512
        assert g[power + 1, 2] == pytest.approx(g[power, 1], rel=0.05)
        assert cost[power + 1, 2] == pytest.approx(cost[power, 1], rel=0.3)
    assert g[8, 2] < 0.7 * g[7, 1]  # from B = 128 to 256


def test_noise_see_momentum_moves_the_points_along_the_line_and_off_it_where_g_is_largest():
    (g, cost), (heavy, heavy_cost) = batch_size.floors(0.0), batch_size.floors(0.9)
    assert np.allclose(heavy, 10 * g) and (heavy_cost > 5 * cost).all()
    away = heavy_cost / batch_size.predicted_excess(heavy)
    assert np.unravel_index(heavy.argmax(), heavy.shape) == np.unravel_index(away.argmax(), away.shape) == (0, 2)
    assert away.max() > 10 and np.allclose(away[3:], 1, atol=0.26)


def test_trade_see_the_two_run_together_and_one_of_them_needs_fewer_updates():
    runs = batch_size.trade(5)
    losses = {name: history.validation_loss[:, 0] for name, history in runs.items()}
    falls, grows, neither = (losses[name] for name in (batch_size.DECAY, batch_size.GROW, batch_size.CONSTANT))
    assert np.abs(falls - grows).max() < 0.03
    assert max(np.ptp(falls[-6:]), np.ptp(grows[-6:])) < 0.02 < 0.07 < np.ptp(neither[-6:])
    assert [runs[name].updates[-1] for name in (batch_size.GROW, batch_size.DECAY)] == [372, 900]
    assert 6 * (1000 // 20 + 1000 // 100 + 1000 // 500) == 372
    scales = [batch_size.noise_scale(rate, 1000, size, 0.9) for rate, size in ((0.1, 20), (0.1 / 25, 20), (0.1, 500))]
    assert [round(scale, 6) for scale in scales] == [49, 1.96, 1]


def test_trade_see_with_another_seed_they_run_together_too():
    level = lambda epoch: sum(epoch >= turn for turn in batch_size.TURNS)
    rates = (lambda t, losses: np.array([0.1 / 5 ** level((t - 1) // 50)]), lambda t, losses: np.array([0.1]))
    sizes = (lambda epoch: 20, lambda epoch: 20 * 5 ** level(epoch))
    falls, grows = (
        digit_network.train(opt.momentum, rate_at, 18, batch_at, wrong=0.15, seed=1).validation_loss[:, 0]
        for rate_at, batch_at in zip(rates, sizes, strict=True)
    )
    assert np.abs(falls - grows).max() < 0.04 and max(np.ptp(falls[-6:]), np.ptp(grows[-6:])) < 0.02


def test_sharp_see_what_a_shift_costs():
    gaps = [float(batch_size.two_minima(np.array(place - 0.3), 20.0)) for place in batch_size.PLACES]
    assert [round(gap, 2) for gap in gaps] == [0.02, 0.90]
    assert gaps == pytest.approx([curvature * 0.3**2 / 2 for curvature in (0.5, 20.0)])


def test_sharp_see_rescaling_a_relu_network_changes_its_curvature_and_not_its_function():
    x = torch.linspace(-1, 2, 20, dtype=torch.float64)
    output = lambda w: w[1] * torch.relu(w[0] * x)
    loss = lambda w: ((output(w) - x) ** 2).mean()
    w, scaled = torch.tensor([0.5, 0.8]).double(), torch.tensor([0.5 * 10, 0.8 / 10]).double()
    curvature = [torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss, v)).max() for v in (w, scaled)]
    assert torch.allclose(output(w), output(scaled)) and curvature[1] > 20 * curvature[0]


def test_sharp_see_a_larger_batch_takes_longer_to_escape():
    escaped = []
    for size in (1, 4, 16):
        rng, w = np.random.default_rng(0), np.full(300, 2.0)
        barrier = (2 * np.sqrt(40) - 2) / (np.sqrt(40) + 1)  # where the bowls of curvature 0.5 and 20 meet
        for _ in range(200):
            inside = w > barrier
            w = np.where(inside, w - 0.02 * (20 * (w - 2) + 12 * rng.normal(size=300) / np.sqrt(size)), w)
        escaped.append(np.mean(w <= barrier))
    assert escaped == sorted(escaped, reverse=True) and escaped[0] > 0.9 and escaped[2] < 0.1


def test_accumulation_see_the_printed_loop_ends_where_it_began_and_the_working_one_is_the_big_batch():
    for k in range(1, 9):
        slide, right, big = gradient_accumulation.compare(k, False).values()
        assert np.ptp(slide[1]) == 0 and right[2] == big[2] == -(-12 // k)
        ends = [i for i, seen in enumerate(right[0]) if seen in big[0]]  # where both have updated
        assert np.allclose(right[1][ends], big[1]) and right[1][-1] < right[1][0]
    assert gradient_accumulation.compare(5, False)[gradient_accumulation.RIGHT][2] == 3


def test_accumulation_see_with_batch_norm_they_part_and_only_the_big_batch_needs_more_memory():
    for k in range(2, 9):
        _, right, big = gradient_accumulation.compare(k, True).values()
        assert abs(right[1][-1] - big[1][-1]) > 5e-4
    kept = [gradient_accumulation.memory(50 * k) for k in (1, 2, 8)]
    assert len({fixed for fixed, _ in kept}) == 1 and [moving // kept[0][1] for _, moving in kept] == [1, 2, 8]


def accumulated(sizes: list[int], by_share: bool, batch_norm: bool = False) -> bool:
    """Return whether the gradients of micro-batches add up to that of the batch that they make together."""
    torch.manual_seed(0)
    X, y = torch.randn(sum(sizes), 3, dtype=torch.float64), torch.randn(sum(sizes), 1, dtype=torch.float64)
    norm = [nn.BatchNorm1d(4, track_running_stats=False)] if batch_norm else []
    model = nn.Sequential(nn.Linear(3, 4), *norm, nn.Tanh(), nn.Linear(4, 1)).double()
    for inputs, targets in zip(X.split(sizes), y.split(sizes), strict=True):
        share = len(inputs) / len(X) if by_share else 1 / len(sizes)
        (F.mse_loss(model(inputs), targets) * share).backward()
    parameters = list(model.parameters())
    together = torch.autograd.grad(F.mse_loss(model(X), y), parameters)
    return all(torch.allclose(p.grad, g) for p, g in zip(parameters, together, strict=True) if p.grad is not None)


def test_erratum_division_micro_batches_have_to_be_of_one_size_or_weighed():
    assert accumulated([4, 4, 4], by_share=False) and not accumulated([4, 4, 2], by_share=False)
    assert accumulated([4, 4, 2], by_share=True)
    assert not any(accumulated(sizes, True, batch_norm=True) for sizes in ([4, 4, 4], [4, 4, 2]))


def diverges(rule: opt.Rule, curvature: float, learning_rate: float) -> bool:
    path = opt.run(rule, lambda w: curvature * w, [1.0], learning_rate, 400)
    return bool(np.abs(path[-20:]).max() > 1)


def test_questions_momentum_would_not_diverge_and_nesterov_would():
    for curvature in np.linspace(2 / 0.05 + 0.1, 2 / 0.03 - 0.1, 7):  # stable with 0.03, divergent with 0.05
        assert not diverges(opt.gradient_descent, curvature, 0.03) and diverges(opt.gradient_descent, curvature, 0.05)
        assert not diverges(opt.momentum, curvature, 0.05) and diverges(opt.nesterov, curvature, 0.05)
    assert [round(1.9 * rate, 3) for rate in (0.03, 0.05)] == [0.057, 0.095] and round(1.9 / 2.8, 2) == 0.68
    assert [round(1.9 / 2.8 * rate, 3) for rate in (0.03, 0.05)] == [0.020, 0.034]
    limit = 1.9 / 2.8 * 2 / 50
    assert not diverges(opt.nesterov, 50.0, 0.99 * limit) and diverges(opt.nesterov, 50.0, 1.02 * limit)


def test_questions_after_a_drop_of_the_rate_the_velocity_of_the_lecture_keeps_its_speed():
    rate_at = lambda t: 0.1 if t <= 50 else 0.01
    steps = {
        rule: -np.diff(opt.run(rule, np.ones_like, [0.0], rate_at, 80)[:, 0])
        for rule in (opt.momentum, opt.torch_momentum)
    }
    ours, theirs = steps[opt.momentum], steps[opt.torch_momentum]
    assert np.allclose(ours[:50], theirs[:50]) and ours[50] > 0.9 * ours[49]
    assert theirs[50] == pytest.approx(0.1 * theirs[49], rel=0.01) and (ours[50:60] > 3 * theirs[50:60]).all()


def test_questions_four_devices_take_four_times_the_rate_and_the_curvature_sets_the_same_limit():
    scale = lambda rate, size: batch_size.noise_scale(rate, 1_000_000, size)
    assert scale(0.4, 256) == pytest.approx(scale(0.1, 64), rel=1e-3)
    limits = [update_rule_pictures.limit(GD, 5.0)] * 2
    assert (
        limits[0] == 2 / 5 and diverges(opt.gradient_descent, 5.0, 0.41) and not diverges(opt.gradient_descent, 5, 0.1)
    )


def test_hand_see_the_end_of_a_schedule_settles_the_run_and_its_beginning_says_where():
    last = lambda *rates: learning_rate_pictures.by_hand(rates).accuracy[-learning_rate_pictures.LAST :].T
    ours, constant = last(1.0, 1.0, 0.5, 0.0)
    assert [f"{ours.min():.2f}", f"{ours.max():.2f}"] == ["0.95", "0.96"]
    assert [f"{constant.min():.2f}", f"{constant.max():.2f}"] == ["0.88", "0.96"]
    assert np.allclose(*last(1.0, 1.0, 1.0, 1.0))  # this is the constant rate
    early = learning_rate_pictures.by_hand((0.2, 0.1, 0.0, 0.0))
    assert {f"{accuracy:.2f}" for accuracy in last(0.2, 0.1, 0.0, 0.0)[0]} == {"0.94"}
    assert early.train_loss[-1, 0] > learning_rate_pictures.by_hand((1.0, 1.0, 0.5, 0.0)).train_loss[-1, 0]
    assert last(2.0, 1.0, 0.3, 0.0)[0].max() < 0.8
