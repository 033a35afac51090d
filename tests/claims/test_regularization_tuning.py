"""The claims of lecture 10, each computed anew from the functions that draw its pictures; a test names its cell."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, softmax
from torch import nn
from torch.nn import functional as F

from course_utils.drawing.digits import digits
from course_utils.regularization_tuning import (
    augmentation,
    bayesian_optimization,
    double_descent,
    dropout,
    hyperparameter_search,
    hyperparameter_sweep,
    monte_carlo_dropout,
    noisy_digits,
    regularization,
    sanity_checks,
)


def percent(share: float) -> int:
    return round(100 * float(share))


def run_at(exponent: float) -> int:
    """Return the number of the run with this exponent of lambda."""
    return int(np.abs(regularization.EXPONENTS - exponent).argmin())


def penalized(penalty: str, exponent: float) -> tuple[float, float, np.ndarray]:
    """Return the share of noisy and of new labels that a run has right, and its weights without biases."""
    run, history = run_at(exponent), regularization.regularized(penalty)
    fitted = regularization.train_accuracy(penalty)[run]
    return fitted, history.accuracy[-1, run], history.w[run, noisy_digits.is_weight()]


def test_strength_see_what_the_networks_reproduce_and_have_right():
    weak, new, heavy = penalized(noisy_digits.L2, -5)
    assert (percent(weak), percent(new)) == (93, 77)
    fitted, right, faint = penalized(noisy_digits.L2, -2.25)
    assert (percent(fitted), right) == (81, 0.895) and np.linalg.norm(faint) < np.linalg.norm(heavy) / 2
    _, accuracy, sparse = penalized(noisy_digits.L1, -2.5)
    assert accuracy == pytest.approx(right, abs=0.011) and percent(np.mean(sparse == 0)) == 48
    assert round(10**-2.25, 4) == 0.0056 and round(10**-2.5, 3) == 0.003


def test_strength_see_l1_blanks_first_the_pixels_at_the_left_and_right_where_digits_are_blank():
    images = noisy_digits.first_layer(regularization.regularized(noisy_digits.L1).w)[run_at(-2.5)]
    blank = np.mean(images == 0, axis=0)  # (8, 8), over hidden units
    assert blank[:, [0, 7]].mean() > 0.9 and blank[:, 1:7].mean() < 0.4
    ink = np.mean(noisy_digits.split().X > 0, axis=0).reshape(8, 8)
    assert np.corrcoef(blank.ravel(), ink.ravel())[0, 1] < -0.9


def test_strength_see_what_too_much_of_either_does():
    _, right, _ = penalized(noisy_digits.L2, -1.5)
    _, guessed, weights = penalized(noisy_digits.L1, -1.5)
    assert percent(right) == 81 and percent(guessed) == 10 and not weights.any()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_strength_see_a_penalty_helps_whatever_the_seed(seed):
    strengths = [1e-5, 10**-2.25]
    history = noisy_digits.train([regularization.RATE] * 2, strengths, regularization.EPOCHS, seed=seed, measure=False)
    weak, strong = history.accuracy[-1]
    assert strong > weak + 0.05


def error(p: int, noise: float = 0.2, ridge: float = 0.0) -> int:
    """Return the test error in percent with p features, as in the picture."""
    return percent(double_descent.curves(noise, ridge)[1][double_descent.WIDTHS.index(p)])


def test_descent_see_the_errors_and_the_norm_of_the_picture():
    assert [error(p) for p in (40, 100, 2000)] == [38, 86, 30]
    assert (error(100, noise=0.0), error(2000, ridge=1.0)) == (80, 22)
    assert round(double_descent.curves(0.2, 0.0)[2][double_descent.WIDTHS.index(100)], -1) == 160


@pytest.mark.parametrize("first", [0, 100])
def test_descent_see_the_error_falls_rises_to_one_feature_per_sample_and_falls_again(first):
    at = {p: i for i, p in enumerate(double_descent.WIDTHS)}
    for noise in (0.0, 0.2, 0.4):
        train, test, norm = double_descent.curves(noise, 0.0, first)
        assert test.argmax() == norm.argmax() == at[double_descent.SAMPLES] and test.max() > 0.75
        assert not train[at[105] :].any() and (np.diff(norm[at[105] :]) < 0).all()
        assert test[-1] < test[: at[100]].min() and test[at[40]] < min(test[at[10]], test[at[90]])


@pytest.mark.parametrize("first", [0, 100])
def test_descent_see_a_ridge_removes_the_peak(first):
    costs = lambda test: np.max(test - np.minimum.accumulate(test))
    for noise in (0.0, 0.2):
        assert costs(double_descent.curves(noise, 0.0, first)[1]) > 0.4
        assert costs(double_descent.curves(noise, 1.0, first)[1]) <= 0.02


def test_thinned_see_the_networks_and_the_wires_that_live():
    hidden = dropout.SIZES[1:3]
    assert 2 ** sum(hidden) == len(dropout.masks(sum(hidden))) == 2048
    masks = dropout.masks(sum(hidden))
    live = np.mean(masks[:, : hidden[0]].sum(axis=1) * masks[:, hidden[0] :].sum(axis=1))  # p = 1/2: all alike
    assert live / np.prod(hidden) == 0.25
    assert "At test time all 74 connections are active" in dropout.draw_thinned(0.5, 1, True).description
    shown = {dropout.draw_thinned(0.5, iteration, False).description for iteration in range(1, 5)}
    assert len(shown) == 4


@pytest.mark.parametrize("p", [0.2, 0.5])
def test_thinned_see_the_form_without_division_multiplies_the_weights_by_q(p):
    h, W = np.random.default_rng(0).uniform(0.5, 1.5, size=5), np.random.default_rng(1).normal(size=(2, 5))
    m = dropout.masks(5)
    trained = dropout.chances(m, p) @ (m * h @ W.T)  # the mean of what the next layer gets in training
    assert np.allclose(trained, ((1 - p) * W) @ h)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.8])
def test_erratum_keep_torch_drops_with_p_and_divides_by_the_rest(p):
    torch.manual_seed(1)
    y = F.dropout(torch.ones(100_000), p=p)
    assert float((y == 0).double().mean()) == pytest.approx(p, abs=0.01)
    assert y[y != 0].numpy() == pytest.approx(1 / (1 - p))


def test_missing_see_what_half_of_the_units_cost():
    hits = {share: dropout.accuracy_without(share)[1] for share in dropout.SHARES}
    counts = dropout.accuracy_without("0.0")[0]
    half = list(counts).index(32)
    cost = {share: 100 * (accuracy[0] - accuracy[half]) for share, accuracy in hits.items()}
    assert (round(cost["0.0"]), round(cost["0.5"])) == (14, 4)
    assert min(hits, key=lambda share: hits[share][0]) == "0.8"
    assert 100 * (hits["0.0"][0] - hits["0.8"][0]) == pytest.approx(1, abs=0.2)
    best = np.array([max(hits, key=lambda share, k=k: hits[share][k]) for k in range(len(counts))])
    assert counts[best == "0.8"].tolist() == [48, 52, 56, 60]


def accuracy_when_units_fail(p: float, seed: int) -> np.ndarray:
    """Train 64-64-10 in PyTorch; return the accuracy with 0, 32 and 56 failing units, the others rescaled, (3,)."""
    X, labels, X_new, labels_new = digits()
    X, labels = torch.tensor(X, dtype=torch.float32), torch.tensor(labels)
    X_new, labels_new = torch.tensor(X_new, dtype=torch.float32), torch.tensor(labels_new)
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(p), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(15):
        for batch in torch.randperm(len(X)).split(50):
            optimizer.zero_grad()
            F.cross_entropy(model(X[batch]), labels[batch]).backward()
            optimizer.step()
    hits = np.zeros(3)
    with torch.no_grad():
        hidden = model[:2](X_new)
        for _ in range(12):
            order = torch.randperm(64)
            for i, k in enumerate((0, 32, 56)):
                keep = torch.zeros(64)
                keep[order[k:]] = 64 / (64 - k)
                hits[i] += (model[3](hidden * keep).argmax(dim=1) == labels_new).double().mean().item() / 12
    return hits


def test_missing_see_networks_with_other_initial_weights():
    best = set()
    for seed in (0, 1):
        hits = {p: accuracy_when_units_fail(p, seed) for p in (0.0, 0.5, 0.8)}
        cost = {p: accuracy[0] - accuracy[1] for p, accuracy in hits.items()}
        assert cost[0.0] > 2 * cost[0.5] and hits[0.8][0] < min(hits[0.0][0], hits[0.5][0])
        best.add(max(hits, key=lambda p: hits[p][2]))
    assert best == {0.5, 0.8}


@pytest.mark.parametrize("depth", [dropout.SHALLOW, dropout.DEEP])
def test_ensemble_see_which_of_the_four_agree(depth):
    as_trained, scaled, mean, geometric = dropout.OPTIONS
    for n in range(1, 9):
        for p in (0.1, 0.5, 0.85):
            options = dropout.predictions_of_masks(n, p, depth)[2]
            assert np.allclose(options[scaled], options[geometric]) == (depth == dropout.SHALLOW or n == 1)
            assert not np.allclose(options[mean], options[geometric], atol=1e-4)
        options = dropout.predictions_of_masks(n, 0.0, depth)[2]
        assert all(np.allclose(options[name], options[mean]) for name in dropout.OPTIONS)
    options = dropout.predictions_of_masks(8, 0.5, depth)[2]
    assert options[mean].max() < options[geometric].max() < options[as_trained].max()
    assert options[scaled].max() < options[as_trained].max()
    if depth == dropout.DEEP:
        assert [round(options[name][0], 2) for name in (scaled, geometric, mean)] == [0.86, 0.85, 0.76]


def test_erratum_halve_scaling_twice_makes_the_signal_too_small():
    torch.manual_seed(0)
    h, p = torch.rand(200_000) + 0.5, 0.2
    trained = nn.Dropout(p).train()(h).mean().item()
    stopped = nn.Dropout(p).eval()(h)
    assert torch.equal(stopped, h) and trained == pytest.approx(h.mean().item(), rel=0.01)
    assert (1 - p) * stopped.mean().item() < 0.85 * trained
    first_proposed = (torch.rand(200_000) >= p) * h  # no division
    assert first_proposed.mean().item() == pytest.approx((1 - p) * h.mean().item(), rel=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_erratum_halve_scaled_weights_give_the_geometric_mean_of_one_layer_and_not_the_mean(seed):
    rng = np.random.default_rng(seed)
    h, W, U, p = rng.uniform(0.5, 1.5, size=6), rng.normal(size=(3, 6)), rng.normal(size=(3, 3)), 0.3
    m = dropout.masks(6)
    chance = np.prod(np.where(m == 1, 1 - p, p), axis=1)
    geometric = lambda logits: softmax(chance @ log_softmax(logits, axis=1))
    scaled = softmax((1 - p) * W @ h)
    assert np.allclose(geometric((m * h) @ W.T), scaled)
    assert not np.allclose(chance @ softmax((m * h) @ W.T, axis=1), scaled, atol=1e-3)
    hidden = lambda inputs: np.maximum(inputs @ W.T, 0) @ U.T
    assert not np.allclose(geometric(hidden(m * h)), softmax(hidden((1 - p) * h)), atol=1e-6)


def test_mc_see_the_band_is_wide_outside_the_data_and_does_not_narrow():
    inside = np.abs(monte_carlo_dropout.GRID) <= monte_carlo_dropout.INSIDE
    passes = monte_carlo_dropout.passes()
    std = passes.std(axis=0, ddof=1)
    assert (round(std[inside].mean(), 2), round(std[~inside].mean(), 2)) == (0.11, 0.57)
    for count in (75, 150):
        assert passes[:count].std(axis=0, ddof=1).mean() == pytest.approx(std.mean(), rel=0.05)


def test_mc_see_the_error_of_the_mean_falls_with_the_root_of_the_passes():
    passes = monte_carlo_dropout.passes()  # (300, 121)
    spread = lambda T: passes[: 300 // T * T].reshape(-1, T, 121).mean(axis=1).std(axis=0, ddof=1).mean()
    assert spread(1) / spread(4) == pytest.approx(2, rel=0.1) and spread(1) / spread(9) == pytest.approx(3, rel=0.15)


def band(p: float, noise: float) -> float:
    """Return the mean spread of dropout passes between -2 and 2 after training on data with this noise."""
    rng = np.random.default_rng(1)
    x = torch.tensor(rng.uniform(-2, 2, 80), dtype=torch.float32)[:, None]
    y = x + torch.sin(3 * x) / 2 + noise * torch.tensor(rng.normal(size=(80, 1)), dtype=torch.float32)
    torch.manual_seed(0)
    hidden = [nn.Linear(1, 64), nn.ReLU(), nn.Dropout(p), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(p)]
    model = nn.Sequential(*hidden, nn.Linear(64, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(300):
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()
    with torch.no_grad():
        return model(torch.linspace(-2, 2, 41)[:, None].repeat(200, 1, 1)).std(dim=0).mean().item()


def test_mc_see_the_band_depends_on_p_and_not_on_the_noise():
    quiet, loud, more = band(0.1, 0.05), band(0.1, 0.8), band(0.4, 0.05)
    assert more > 1.4 * quiet and loud < 2 * quiet and loud < 0.8 / 3  # sixteen times the noise


def test_stopping_see_where_each_patience_stops():
    history = regularization.unregularized(0)
    loss, accuracy = history.validation_loss[:, 0], history.accuracy[:, 0]
    stops = [regularization.stopping_epoch(loss, *setting) for setting in ((1, 0.0), (15, 0.0), (15, 0.05))]
    assert [stop for stop, _ in stops] == [17, 60, 39] and stops[1][1] == loss.argmin() == 45
    assert all(88 <= percent(accuracy[best]) <= 90 for _, best in stops) and percent(accuracy[-1]) == 76


@pytest.mark.parametrize("run", [0, 1, 2])
def test_stopping_see_loss_and_accuracy_turn_at_different_epochs(run):
    history = regularization.unregularized(run)
    loss, accuracy = history.validation_loss[:, 0], history.accuracy[:, 0]
    assert abs(int(accuracy.argmax()) - int(loss.argmin())) > 10
    _, best = regularization.stopping_epoch(loss, 15, 0.0)
    assert accuracy[best] > accuracy[-1] + 0.08


@pytest.mark.parametrize("run", [0, 1, 2])
def test_erratum_patience_the_first_increase_comes_long_before_the_best_epoch(run):
    loss = regularization.unregularized(run).validation_loss[:, 0]
    increase = int(np.argmax(np.diff(loss) > 0)) + 1
    assert increase < 0.6 * loss.argmin()
    for patience in (1, 5, 15):
        stop, best = regularization.stopping_epoch(loss, patience, 0.0)
        assert stop - best == patience
    smooth = np.cosh(np.linspace(-1, 2, 40))
    first = int(np.argmax(np.diff(smooth) > 0)) + 1
    assert regularization.stopping_epoch(smooth, 1, 0.0) == (first, smooth.argmin())


def right_when(count: int | None = augmentation.TESTED, **change: Any) -> np.ndarray:
    """Return whether each of the first `count` new digits is read right after a change, (count,)."""
    images, labels = augmentation.new_images()
    settings: dict[str, Any] = {"angle": 0, "down": 0, "right": 0, "brightness": 1, "noise": 0, "flip": False} | change
    return augmentation.confidence(augmentation.changed(images[:count], **settings)).argmax(axis=1) == labels[:count]


def test_augmentation_see_half_a_turn_makes_the_six_a_nine():
    images, labels = augmentation.new_images()
    read = augmentation.confidence(augmentation.changed(images[[5]], 180, 0, 0, 1.0, 0.0, False))[0]
    assert labels[5] == 6 and read.argmax() == 9 and round(read[9], 2) == 1.0


def test_augmentation_see_which_digits_survive_a_mirror():
    _, labels = augmentation.new_images()
    mirrored = right_when(None, flip=True)
    shares = np.array([mirrored[labels == digit].mean() for digit in range(10)])
    assert percent(mirrored.mean()) == percent(right_when(flip=True).mean()) == 42
    assert not shares[[3, 5, 6]].any() and shares[0] > 0.95
    assert shares[[4, 8]] == pytest.approx(0.8, abs=0.02) and np.delete(shares, [0, 4, 8]).max() < 0.65


def test_augmentation_see_what_a_turn_and_a_shift_cost():
    plain = right_when().mean()
    turned = [round(100 * (plain - right_when(angle=angle).mean()), 1) for angle in (10, -10)]
    assert turned == [11.5, 23.5]
    shifted = [right_when(**move).mean() for move in ({"down": 1}, {"down": -1}, {"right": 1}, {"right": -1})]
    assert all(share / plain == pytest.approx(0.5, abs=0.07) for share in shifted)


def test_erratum_labels_sixes_turn_into_nines_and_most_mirrored_digits_are_not_read():
    images, labels = augmentation.new_images()
    turned = augmentation.confidence(augmentation.rotated(images[labels == 6], 180)).argmax(axis=1)
    assert np.mean(turned == 9) > 0.9
    mirrored = right_when(None, flip=True)
    assert sum(mirrored[labels == digit].mean() < 0.65 for digit in range(10)) == 7


def test_split_see_the_standard_errors():
    n = round(10**3.25)
    points = lambda samples: 100 * np.random.default_rng(0).binomial(samples, 0.95, size=100_000).std() / samples
    assert (round(0.2 * n), round(0.8 * n)) == (356, 1422)
    assert points(356) == pytest.approx(1.16, abs=0.02) and points(1422) == pytest.approx(0.58, abs=0.01)
    assert round(0.05 * 10**6) == 50_000 and round(points(50_000), 1) == 0.1
    drawn = hyperparameter_search.draw_split(3.25, 20, hyperparameter_search.FOLDS).description
    assert "1422 validation samples" in drawn and "0.58 points" in drawn


def random_beats_grid(weights: list[float], problems: int = 20_000) -> float:
    """Return in which share of problems 3^d random trials come nearer to the peak than a grid of 3 values each."""
    rng, d, wins, chunk = np.random.default_rng(7), len(weights), 0, 2000
    grid = np.stack(np.meshgrid(*[[1 / 6, 1 / 2, 5 / 6]] * d), axis=-1).reshape(-1, d)
    for _ in range(problems // chunk):
        peak = rng.random((chunk, 1, d))
        least = [
            np.sum((np.array(weights) * (trials - peak)) ** 2, axis=2).min(axis=1)
            for trials in (rng.random((chunk, 3**d, d)), grid)
        ]
        wins += np.sum(least[0] < least[1])
    return wins / problems


def test_grid_see_the_values_that_are_tried_and_who_wins():
    grid, random = hyperparameter_search.grid_points(), np.random.default_rng(4).random((9, 2))
    assert len(np.unique(grid[:, 0].round(9))) == 3 and len(np.unique(random[:, 0])) == 9
    wins = [hyperparameter_search.random_wins(0.0, d) for d in (2, 3, 4)]
    assert [percent(share) for share in wins] == [70, 87, 96]
    for d, share in zip((2, 3, 4), wins, strict=True):
        assert random_beats_grid([1.0] + [0.0] * (d - 1), 10_000) == pytest.approx(share, abs=0.03)
        assert 1 - hyperparameter_search.random_wins(1.0, d) == pytest.approx(2 / 3, abs=0.035)
        assert random_beats_grid([1.0] * d, 10_000) == pytest.approx(1 / 3, abs=0.04)


def test_grid_see_with_one_parameter_three_even_values_beat_three_random_ones():
    assert percent(hyperparameter_search.random_wins(0.0, 1)) == 38
    assert random_beats_grid([1.0]) == pytest.approx(0.38, abs=0.02)


def test_erratum_grid_what_decides_is_how_many_parameters_matter():
    assert random_beats_grid([1.0, 0.0]) > 0.65 and random_beats_grid([1.0, 1.0, 1.0, 1.0], 4000) < 0.4


def test_windows_see_what_the_whole_map_and_the_small_rates_find():
    found = np.minimum.accumulate(
        [losses.min() for *_, losses in hyperparameter_search.search_rounds(hyperparameter_search.WIDE, 4, 0.5)]
    )
    assert round(found[-1], 3) == 0.58 and round(hyperparameter_search.loss_map().min(), 3) == 0.577
    assert hyperparameter_search.loss_map().size == 88 and 4 * 9 == 36
    log = hyperparameter_search.search_rounds(hyperparameter_search.LOW, 6, 0.5)
    windows = np.array([window[:2] for window, *_ in log])
    assert np.allclose(np.ptp(windows, axis=1), 0.6) and (np.diff(windows[:, 0]) > 0).all()
    losses = [losses.min() for *_, losses in log]
    assert losses[3] > 0.63 and losses[4] < 0.58  # round 5


def test_windows_see_diverged_runs_and_the_window_that_closes():
    diverged = hyperparameter_search.loss_map() == hyperparameter_search.WORST
    assert diverged.any() and not diverged[:, :-2].any()
    fast, slow = (hyperparameter_search.search_rounds(hyperparameter_search.HIGH, 6, factor) for factor in (0.25, 0.5))
    best = lambda log: min(losses.min() for *_, losses in log)
    (low, high, *_), valley = fast[-1][0], hyperparameter_search.RATE_EXPONENTS[6]
    assert high - low < 0.5 / 3 and low > valley and 0.57 < best(slow) < best(fast) and round(best(fast), 3) == 0.587


def test_windows_see_of_twenty_searches_more_end_above_the_valley_where_windows_shrink_fast(monkeypatch):
    generator, above = np.random.default_rng, {}
    for factor in (0.25, 0.5):
        least = []
        for seed in range(20):
            monkeypatch.setattr(np.random, "default_rng", lambda _, seed=seed: generator(seed))
            log = hyperparameter_search.search_rounds(hyperparameter_search.HIGH, 6, factor)
            least.append(min(losses.min() for *_, losses in log))
        above[factor] = int(np.sum(np.array(least) > 0.6))
    assert above == {0.25: 6, 0.5: 3}


def test_bayes_see_where_the_trials_go():
    bound = bayesian_optimization.BOUND
    x, y = bayesian_optimization.search(9, bound, 2.0)
    assert x[0] < x[2] < x[1] and round(y[:4].min(), 3) == 0.663
    assert round(y.min(), 3) == 0.621 and round(10 ** x[y.argmin()], 2) == 0.32 and y.argmin() == 8
    strengths = np.full(len(bayesian_optimization.GRID), bayesian_optimization.STRENGTH)
    curve = hyperparameter_search.loss_at(bayesian_optimization.GRID, strengths)
    assert y.min() == curve.min()
    grid = bayesian_optimization.GRID
    mean, std = bayesian_optimization.surrogate(x[:2], y[:2])
    assert grid[(mean - 2 * std).argmin()] == x[2] and np.interp(x[2], grid, std) > 0.9 * bayesian_optimization.SCALE


def test_bayes_see_without_doubt_the_search_creeps():
    x, y = bayesian_optimization.search(10, bayesian_optimization.BOUND, 0.0)
    assert round(y[9], 3) == round(y.min(), 3) == 0.646
    steps = [abs(x[k] - x[y[:k].argmin()]) for k in range(2, 10)]
    assert max(steps) < 0.4 and bayesian_optimization.search(4, bayesian_optimization.BOUND, 2.0)[1].min() < y[:7].min()


def test_bayes_see_the_model_smooths_over_the_edge_where_training_diverges():
    x, y = bayesian_optimization.search(9, bayesian_optimization.BOUND, 2.0)
    mean, std = bayesian_optimization.surrogate(x, y)
    at_one = np.abs(bayesian_optimization.GRID).argmin()
    curve = hyperparameter_search.loss_at(bayesian_optimization.GRID, np.full(126, bayesian_optimization.STRENGTH))
    assert [round(float(values[at_one]), 2) for values in (mean, std, curve)] == [1.34, 0.05, 0.69]
    assert np.abs(np.diff(curve)[at_one:]).max() > 1.4 * np.abs(np.diff(mean)[at_one:]).max()


def test_seeds_see_single_seeds_name_another_rate_four_times_of_ten():
    validation, _ = hyperparameter_sweep.seed_runs()
    rates, mean = np.array(hyperparameter_sweep.RATES), validation.mean(axis=1)
    order = rates[mean.argsort()[::-1]]
    assert order[:2].tolist() == [0.2, 0.3] and np.sort(mean)[-1] - np.sort(mean)[-2] < 0.01
    named = rates[validation.argmax(axis=0)]
    assert np.sum(named == 0.2) == 6 and named[0] == 0.1
    spread = 100 * validation.std(axis=1, ddof=1)
    assert spread[:3] == pytest.approx(1, abs=0.4) and (spread[3:] > 3).all()
    assert (validation[3:].min(axis=1) < np.median(validation[3:], axis=1) - 0.05).all()


def test_erratum_seeds_one_seed_hides_a_spread_larger_than_what_it_compares():
    validation, test = hyperparameter_sweep.seed_runs()
    rate = hyperparameter_sweep.RATES.index(0.3)
    assert (round(test[rate].min(), 3), round(test[rate].max(), 3)) == (0.873, 0.907)
    difference = validation[1] - validation[2]  # 0.2 against 0.3, the same seed for both
    assert difference.min() < 0 < difference.max()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_recipe_see_the_losses_of_the_faults(seed):
    losses = {fault: sanity_checks.overfit(fault, seed).losses for fault in sanity_checks.FAULTS}
    assert losses[sanity_checks.FINE][0] == pytest.approx(np.log(10), abs=0.7)
    assert losses[sanity_checks.FINE][50] < 1.2e-5
    least = np.log(1 + 9 / np.e)
    assert round(least, 2) == 1.46 and losses[sanity_checks.SOFTMAX].min() > least - 1e-4
    slow = losses[sanity_checks.SMALL_RATE]
    assert slow[-1] > 0.9 * slow[0]
    if seed == 0:
        assert (round(losses[sanity_checks.FINE][0], 1), round(slow[-1], 2)) == (2.6, 2.47)
        assert losses[sanity_checks.FINE][50] < 1e-5
    frozen = losses[sanity_checks.FROZEN]
    assert frozen[-1] < 0.2 and frozen[50] > 1000 * losses[sanity_checks.FINE][50]
    assert losses[sanity_checks.HUGE][0] > 200 and losses[sanity_checks.HUGE][-1] < 1e-3


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_recipe_see_weights_that_do_not_move_and_gradients_that_vanish(seed):
    weights = sanity_checks.overfit(sanity_checks.FROZEN, seed).weights
    assert np.ptp(weights, axis=0)[:2].max() == 0 and np.ptp(weights, axis=0)[2] > 0
    gradients = sanity_checks.overfit(sanity_checks.SIGMOIDS, seed).gradients
    assert 100 < gradients[0, -1] / gradients[0, 0] < 1000


def test_questions_dropping_what_should_be_kept_multiplies_by_5_and_nothing_changes_at_test_time():
    torch.manual_seed(0)
    assert (F.dropout(torch.ones(1000), p=0.8).max().item(), F.dropout(torch.ones(1000), p=0.2).max().item()) == (
        pytest.approx(5),
        pytest.approx(1.25),
    )
    assert torch.equal(nn.Dropout(0.8).eval()(torch.arange(3.0)), torch.arange(3.0))


def test_questions_dropping_80_percent_underfits_and_training_accuracy_lies_far_below_validation_accuracy():
    X, labels, X_new, labels_new = (torch.tensor(part) for part in digits())
    torch.manual_seed(0)
    hidden = [nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.8), nn.Linear(32, 32), nn.ReLU(), nn.Dropout(0.8)]
    model = nn.Sequential(*hidden, nn.Linear(32, 10)).double()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(10):
        for batch in torch.randperm(len(X)).split(50):
            optimizer.zero_grad()
            F.cross_entropy(model(X[batch]), labels[batch]).backward()
            optimizer.step()
    right = lambda X, y: (model(X).argmax(dim=1) == y).double().mean().item()
    in_training = right(X, labels)
    model.eval()
    assert in_training < right(X_new, labels_new) - 0.2


def test_questions_the_best_of_200_measurements_is_lucky():
    rng = np.random.default_rng(0)
    true = rng.normal(0.96, 0.005, size=(2000, 200)).clip(0, 1)  # settings that differ by half a point
    measured = rng.binomial(360, true) / 360
    chosen = measured.argmax(axis=1)
    rows = np.arange(2000)
    assert np.mean(measured[rows, chosen] > true[rows, chosen]) > 0.99
    assert 0.7 < 100 * measured[:, 0].std() < 1.3


def means(kind: str, size: int) -> dict[float, float]:
    """Return the mean accuracy in percent for each strength, on the training sets of the picture."""
    found = 100 * augmentation.accuracy_by_strength(kind, size).mean(axis=0)
    return dict(zip(augmentation.STRENGTHS, found, strict=True))


@pytest.mark.parametrize("first", [0, 10, 20])
def test_strength_of_copies_see_handwriting_gains_on_every_training_set_of_100_and_shifts_on_none(first):
    k = augmentation.STRENGTHS.index(0.75)
    gain = lambda kind, size: [
        accuracy[1:] - accuracy[0] for accuracy in augmentation.accuracy_by_strength(kind, size, first)
    ]
    gained = np.array(gain(augmentation.HANDWRITING, 100))
    assert gained[:, k - 1].min() > 0 and 0.015 < gained[:, k - 1].mean() < 0.03 and gained[:, -1].max() < -0.05
    assert np.mean(gain(augmentation.SHIFTS, 100), axis=0).max() < 0
    if first == 0:
        assert np.mean(gain(augmentation.SHIFTS, 500), axis=0).max() < -0.02
        assert np.mean(gain(augmentation.HANDWRITING, 500), axis=0).max() < 0.005


def test_strength_of_copies_see_the_accuracies_of_the_picture():
    hundred = means(augmentation.HANDWRITING, 100)
    assert (round(hundred[0.0], 1), round(hundred[0.75], 1), round(hundred[0.0] - hundred[2.0])) == (88.9, 90.7, 14)
    assert max(hundred, key=lambda strength: hundred[strength]) == 0.75


@pytest.mark.parametrize("seed", [0, 1])
def test_helps_see_augmentation_helps_on_new_digits_that_are_not_changed(seed):
    plain, augmented = (
        {size: augmentation.accuracy_on_placed(size, augment, seed).mean() for size in augmentation.SIZES}
        for augment in (False, True)
    )
    gains = [augmented[size] - plain[size] for size in augmentation.SIZES]
    assert gains[0] > 0.2 and gains[1] > 0.1 and gains[2] > 0.03 and abs(gains[3]) < 0.04
    assert gains == sorted(gains, reverse=True)
    assert augmented[200] > plain[500] - 0.01
    if seed == 0:
        assert [round(100 * accuracy[size]) for size in (100, 200) for accuracy in (plain, augmented)] == [
            38,
            67,
            53,
            75,
        ]


def test_erratum_decay_only_adamw_leaves_the_gradient_alone():
    def step(kind, decay, lam=0.0):
        w = torch.tensor([3.0], requires_grad=True)
        w.grad = torch.ones(1) + 2 * lam * w.detach()
        kind([w], lr=0.1, weight_decay=decay).step()
        return w.item()

    for kind in (torch.optim.SGD, torch.optim.Adam):  # weight_decay = 2 lambda is the penalty lambda ||W||^2
        assert step(kind, 2 * 0.3) == pytest.approx(step(kind, 0.0, lam=0.3))
    assert step(torch.optim.AdamW, 2 * 0.3) != pytest.approx(step(torch.optim.AdamW, 0.0, lam=0.3))
    assert step(torch.optim.AdamW, 0.5) == pytest.approx(3 - 0.1 * 0.5 * 3 - 0.1)
    assert np.isclose(step(torch.optim.Adam, 0.5), 2.9)  # the decay is lost in the division
