"""What unit 10 computes and draws, held against torch, scipy, scikit-learn, finite differences and the definitions."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy
import torch
from sklearn.gaussian_process.kernels import RBF, ConstantKernel
from sklearn.linear_model import Ridge
from torch import nn
from torch.nn import functional as F

from course_utils.drawing import digit_network, threads
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
from course_utils.regularization_tuning.noisy_digits import L1, L2

NUMBER = r"(-?\d+(?:\.\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number) for number in found.groups()]


# --- noisy digits and penalties --------------------------------------------------------------------------------------


def test_the_three_parts_are_disjoint_and_a_fifth_of_the_training_labels_is_wrong():
    s, (X, labels, X_more, labels_more) = noisy_digits.split(), digits()
    assert np.array_equal(np.concatenate([s.X, s.X_validation, s.X_test]), np.concatenate([X, X_more]))
    clean = np.concatenate([labels, labels_more])
    assert np.sum(s.labels != clean[:300]) == 60
    assert np.array_equal(np.concatenate([s.labels_validation, s.labels_test]), clean[300:])


def test_weights_and_biases_are_told_apart():
    W1, b1, W2, b2 = digit_network.unpack(noisy_digits.is_weight()[None].astype(float))
    assert W1.all() and W2.all() and not b1.any() and not b2.any()


@pytest.mark.parametrize(("penalty", "price"), [(L2, np.square), (L1, np.abs)])
def test_a_shrunk_weight_has_the_least_price(penalty, price):
    w = np.random.default_rng(0).normal(size=(2, 2410))
    amounts = np.array([[0.1], [0.6]])
    shrunk = noisy_digits.shrink(w, amounts, penalty)
    biases = ~noisy_digits.is_weight()
    assert np.array_equal(shrunk[:, biases], w[:, biases])
    for run in (0, 1):
        for i in (0, 5, 99, 2100):
            search = scipy.optimize.minimize_scalar(
                lambda u, w=w[run, i], a=amounts[run, 0]: (u - w) ** 2 / 2 + a * price(u), options={"xtol": 1e-12}
            )
            assert np.isclose(shrunk[run, i], search.x, atol=1e-6)


def test_a_run_is_that_of_torch_with_weight_decay_in_the_loss():
    s, rate, lam = noisy_digits.split(), 0.2, 0.01
    W1, b1, W2, b2 = (
        torch.tensor(part[0]).requires_grad_() for part in digit_network.unpack(digit_network.initial(3)[None])
    )
    X, labels, rng = torch.tensor(s.X), torch.tensor(s.labels), np.random.default_rng(3)
    for _ in range(2):
        for batch in digit_network.minibatches(300, 50, rng):
            loss = F.cross_entropy(torch.tanh(X[batch] @ W1 + b1) @ W2 + b2, labels[batch])
            for parameter, g in zip((W1, b1, W2, b2), torch.autograd.grad(loss, (W1, b1, W2, b2)), strict=True):
                shrink = 1 + 2 * rate * lam if parameter.shape[0] > 1 else 1
                parameter.data = (parameter.data - rate * g) / shrink
    ours = noisy_digits.train([rate, 0.5], [lam, 0.0], 2, seed=3)
    theirs = np.concatenate([parameter.detach().numpy().ravel() for parameter in (W1, b1, W2, b2)])
    assert np.allclose(ours.w[0], theirs, atol=1e-10)
    assert ours.train_loss.shape == (3, 2)
    final = F.cross_entropy(torch.tanh(X @ W1 + b1) @ W2 + b2, labels).item()
    assert np.isclose(ours.train_loss[-1, 0], final)


def test_the_penalty_picture_tells_what_the_weights_are():
    description = regularization.draw_penalty(10**-2.5, L1).description
    run = int(np.flatnonzero(regularization.EXPONENTS == -2.5)[0])
    weights = regularization.regularized(L1).w[run, noisy_digits.is_weight()]
    found = numbers(rf"weights {NUMBER}, {NUMBER}% of them", description)
    assert np.allclose(found, [np.sqrt(np.sum(weights**2)), 100 * np.mean(weights == 0)], atol=0.51)
    s = noisy_digits.split()
    W1, b1, W2, b2 = (part[0] for part in digit_network.unpack(regularization.regularized(L1).w[[run]]))
    right = [
        100 * np.mean((np.tanh(X @ W1 + b1) @ W2 + b2).argmax(axis=1) == labels)
        for X, labels in ((s.X, s.labels), (s.X_validation, s.labels_validation))
    ]
    assert np.allclose(numbers(rf"reproduces {NUMBER}% .* and {NUMBER}%", description), right, atol=0.06)


def test_l1_makes_more_zeros_with_a_larger_lambda_and_l2_makes_none():
    zeros = {
        penalty: np.mean(regularization.regularized(penalty).w[:, noisy_digits.is_weight()] == 0, axis=1)
        for penalty in (L1, L2)
    }
    assert np.all(np.diff(zeros[L1]) >= 0) and zeros[L1][-1] == 1 and not zeros[L2].any()


# --- double descent --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ridge", [0.0, 0.3])
@pytest.mark.parametrize("p", [30, 300])
def test_the_fit_on_random_features_is_that_of_scikit_learn(p, ridge):
    X, _, X_new, labels_new = digits()
    chosen, U, s, _ = double_descent.features(p, 3)
    labels = double_descent.noisy_labels(chosen, 0.2, 3)
    assert np.mean(labels != digits()[1][chosen]) == pytest.approx(0.2)
    directions = np.random.default_rng([3, p]).normal(size=(64, p))
    train, new = (double_descent.random_features(x, directions) for x in (X[chosen], X_new))
    assert np.allclose((U * s) @ (U * s).T, train @ train.T)
    targets = np.eye(10)[labels] - 0.1
    W = (
        np.linalg.lstsq(train, targets)[0]
        if ridge == 0
        else Ridge(ridge, fit_intercept=False).fit(train, targets).coef_.T
    )
    wrong = np.mean((new @ W).argmax(axis=1) != labels_new)
    _, test_error, norm = double_descent.fit(p, 0.2, ridge, 3)
    assert norm == pytest.approx(np.linalg.norm(W), rel=1e-3) and test_error == pytest.approx(wrong, abs=0.003)


def test_the_picture_of_double_descent_tells_its_curves():
    train, test, norm = double_descent.curves(0.2, 0.1)
    i = double_descent.WIDTHS.index(100)
    found = numbers(
        rf"With 100 features {NUMBER}% of .* reproduced, {NUMBER}% of .* weights is {NUMBER}\.",
        double_descent.draw_double_descent(0.2, "0.1", "100").description,
    )
    assert np.allclose(found, [100 * train[i], 100 * test[i], norm[i]], atol=0.51)


# --- early stopping --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("losses", "patience", "min_delta", "expected"),
    [
        ([3, 2, 1, 2, 3], 2, 0.0, (4, 2)),
        ([3, 2, 1, 2, 3], 1, 0.0, (3, 2)),
        ([3, 2, 2, 2, 1], 2, 0.0, (3, 1)),  # a tie is no improvement
        ([3, 2, 2.5, 1, 2, 2], 2, 0.0, (5, 3)),  # the count begins anew
        ([1.0, 0.95, 0.9, 0.85], 3, 0.1, (3, 3)),  # slow progress adds up against the best
        ([1.0, 0.95, 0.91, 0.95], 3, 0.1, (3, 0)),
        ([3, np.nan, 2, 1], 5, 0.0, (3, 3)),
    ],
)
def test_the_stopping_rule_on_small_cases(losses, patience, min_delta, expected):
    assert regularization.stopping_epoch(np.array(losses), patience, min_delta) == expected


def test_stopping_agrees_with_torchs_plateau_rule():
    loss = regularization.unregularized(1).validation_loss[:, 0]
    for patience in (1, 4, 10):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=patience - 1, threshold=0.0)
        rates = []
        for value in loss:
            plateau.step(value)
            rates.append(optimizer.param_groups[0]["lr"])
        assert regularization.stopping_epoch(loss, patience, 0.0)[0] == np.argmax(np.array(rates) < 1)


def test_descent_stopped_after_t_steps_is_the_closed_form():
    rng = np.random.default_rng(4)
    A, b, x = rng.normal(size=(9, 4)), rng.normal(size=9), np.zeros(4)
    for _ in range(37):
        x = x - 0.01 * 2 * A.T @ (A @ x - b)
    assert np.allclose(regularization.stopped_descent(A, b, 0.01, 37), x)
    assert np.allclose(regularization.stopped_descent(A, b, 0.01, 10**6), np.linalg.lstsq(A, b)[0])


# --- dropout ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 4, 8])
@pytest.mark.parametrize("p", [0.0, 0.3, 0.9])
def test_masks_are_all_different_and_their_chances_are_binomial(n, p):
    m = dropout.masks(n)
    assert len(np.unique(m, axis=0)) == 2**n
    chance = dropout.chances(m, p)
    by_count = [chance[m.sum(axis=1) == k].sum() for k in range(n + 1)]
    assert np.allclose(by_count, scipy.stats.binom(n, 1 - p).pmf(range(n + 1)))


@pytest.mark.parametrize("p", [0.1, 0.5, 0.75])
def test_scaled_weights_are_the_geometric_mean_for_one_layer_and_not_for_two(p):
    each, chance, options = dropout.predictions_of_masks(8, p, dropout.SHALLOW)
    _, scaled, mean, geometric = options.values()
    theirs = scipy.stats.gmean(each, axis=0, weights=np.tile(chance[:, None], (1, 3)))
    assert np.allclose(geometric, theirs / theirs.sum())
    assert np.allclose(scaled, geometric, atol=1e-12)
    assert np.allclose(mean, np.average(each, axis=0, weights=chance))
    assert not np.allclose(mean, geometric, atol=1e-3)
    _, _, deep = dropout.predictions_of_masks(8, p, dropout.DEEP)
    assert not np.allclose(deep[dropout.OPTIONS[1]], deep[dropout.OPTIONS[3]], atol=1e-3)


def test_without_dropping_all_options_agree():
    for depth in (dropout.SHALLOW, dropout.DEEP):
        _, _, options = dropout.predictions_of_masks(5, 0.0, depth)
        assert np.allclose(list(options.values()), next(iter(options.values())))


def test_the_thinned_picture_counts_active_connections():
    for iteration in range(1, 8):
        text = dropout.draw_thinned(0.5, iteration, False).description
        dropped, active = numbers(rf"{NUMBER} of the 11 hidden units are dropped and {NUMBER} of 74", text)
        possible = {
            4 * (6 - a) + (6 - a) * (5 - b) + 2 * (5 - b) for a in range(7) for b in range(6) if a + b == dropped
        }
        assert active in possible
    assert "all 74 connections" in dropout.draw_thinned(0.5, 1, True).description


def test_the_trained_digits_are_those_of_torch_and_failures_are_counted_right():
    W1, b1, W2, b2 = dropout.trained_digits()["0.5"]
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)).double()
    for parameter, value in zip(model.parameters(), (W1.T, b1, W2.T, b2), strict=True):
        parameter.data = torch.tensor(value)
    *_, X, labels = digits()
    right = np.mean(model(torch.tensor(X)).argmax(dim=1).numpy() == labels)
    counts, hits = dropout.accuracy_without("0.5")
    assert np.isclose(hits[0], right) and right > 0.95
    assert counts[0] == 0 and counts[-1] == 60 and hits[-1] < 0.6
    assert np.mean(hits[:12]) > np.mean(dropout.accuracy_without("0.0")[1][:12]) + 0.03


def test_the_passes_have_the_mean_and_spread_of_torchs_dropout():
    model = monte_carlo_dropout.curve_network().train()
    torch.manual_seed(1)
    places = [20, 60, 100]
    x = torch.tensor(monte_carlo_dropout.GRID[places], dtype=torch.float32)[:, None]
    with torch.no_grad():
        theirs = model(x.repeat(4000, 1)).reshape(4000, 3).numpy()
    ours = monte_carlo_dropout.passes()[:, places]
    assert np.allclose(ours.mean(axis=0), theirs.mean(axis=0), atol=5 * theirs.std(axis=0).max() / np.sqrt(300))
    assert np.allclose(ours.std(axis=0) / theirs.std(axis=0), 1, atol=0.25)


def test_the_band_is_wider_where_there_are_no_data():
    inside, outside = numbers(
        rf"deviation is {NUMBER} where there are data and {NUMBER} where",
        monte_carlo_dropout.draw_passes(300, 0.0).description,
    )
    assert outside > 3 * inside > 0


def test_one_thread_is_given_back():
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError), threads.one_thread():
        assert torch.get_num_threads() == 1
        raise ZeroDivisionError
    assert torch.get_num_threads() == before


# --- augmentation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("move", [(0, 0), (1, 0), (0, -2), (-3, 2)])
def test_shifts_are_those_of_torch_pad(move):
    images, _ = augmentation.new_images()
    down, right = move
    theirs = F.pad(torch.tensor(images[:5]), (right, -right, down, -down))
    assert np.array_equal(augmentation.shifted(images[:5], down, right), theirs.numpy())


@pytest.mark.parametrize(("angle", "turns"), [(0, 0), (90, 1), (180, 2), (-90, 3)])
def test_quarter_turns_are_exact_and_counter_clockwise(angle, turns):
    images, _ = augmentation.new_images()
    assert np.allclose(augmentation.rotated(images[:5], angle), np.rot90(images[:5], turns, axes=(1, 2)), atol=1e-9)


def test_the_augmentation_picture_describes_what_the_network_predicts():
    images, labels = augmentation.new_images()
    after = (np.rot90(images[5], 2) * 0.8)[None]
    p = augmentation.confidence(after)[0]
    text = augmentation.draw_augmentation(5, 180, 0, 0, 0.8, 0.0, False).description
    assert numbers(rf"classified as {NUMBER} with probability {NUMBER}", text) == [p.argmax(), round(p.max(), 2)]
    assert text.startswith(f"A {labels[5]} rotated by 180 degrees")


@pytest.mark.parametrize("kind", [augmentation.HANDWRITING, augmentation.SHIFTS])
def test_strength_0_changes_nothing_and_more_changes_more(kind):
    images, _ = augmentation.new_images()
    away = [
        np.abs(augmentation.distorted(images[:20], kind, strength, np.random.default_rng(0)) - images[:20]).mean()
        for strength in (0.0, 0.5, 1.0, 2.0)
    ]
    assert away[0] < 1e-9 and away == sorted(away)


def test_the_picture_of_strengths_tells_accuracies_that_were_measured():
    accuracies = 100 * augmentation.accuracy_by_strength(augmentation.SHIFTS, 100).mean(axis=0)
    found = numbers(
        rf"strength 1: {NUMBER}%, .* without augmentation {NUMBER}%",
        augmentation.draw_strength(augmentation.SHIFTS, 1.0, "100").description,
    )
    assert np.allclose(found, accuracies[[augmentation.STRENGTHS.index(1.0), 0]], atol=0.051)


# --- search ----------------------------------------------------------------------------------------------------------


def test_the_standard_error_is_that_of_the_binomial():
    for n in (50, 360, 10_000):
        assert np.isclose(hyperparameter_search.standard_error(0.9, n), scipy.stats.binom(n, 0.9).std() / n)


@pytest.mark.parametrize(
    ("kind", "validated"),
    [(hyperparameter_search.HELD_OUT, 2000), (hyperparameter_search.FOLDS, 8000)],
    ids=["held out", "folds"],
)
def test_the_split_picture_counts_who_validates(kind, validated):
    text = hyperparameter_search.draw_split(4.0, 20, kind).description
    found = numbers(rf"with {NUMBER} validation samples in all, .* error of {NUMBER} points", text)
    assert found == [validated, round(100 * scipy.stats.binom(validated, 0.95).std() / validated, 2)]


def test_random_beats_the_grid_as_often_as_the_picture_says():
    rng, wins = np.random.default_rng(9), 0
    for _ in range(2000):
        peak, random = rng.random(2), rng.random((9, 2))
        best = [
            hyperparameter_search.quality(points, peak, 0.3).max()
            for points in (hyperparameter_search.grid_points(), random)
        ]
        wins += best[1] > best[0]
    assert abs(wins / 2000 - hyperparameter_search.random_wins(0.3, 2)) < 5 * np.sqrt(0.25 / 500 + 0.25 / 2000)
    assert hyperparameter_search.random_wins(0.0, 4) > 0.9 > 0.5 > hyperparameter_search.random_wins(1.0, 2)


def test_the_map_holds_what_single_runs_give():
    row, column = 5, 6
    rate, lam = 10 ** hyperparameter_search.RATE_EXPONENTS[column], 10 ** hyperparameter_search.STRENGTH_EXPONENTS[row]
    alone = noisy_digits.train([rate], [lam], hyperparameter_search.EPOCHS, measure=False).validation_loss[-1, 0]
    assert np.isclose(hyperparameter_search.loss_map()[row, column], alone, atol=1e-8)
    assert np.isclose(
        hyperparameter_search.loss_at(
            hyperparameter_search.RATE_EXPONENTS[column], hyperparameter_search.STRENGTH_EXPONENTS[row]
        ),
        alone,
        atol=1e-8,
    )
    assert hyperparameter_search.loss_map().max() <= hyperparameter_search.WORST


@pytest.mark.parametrize(
    ("best", "factor", "expected"),
    [(-2.0, 0.5, (-2.5, -1.5)), (-2.0, 0.25, (-2.25, -1.75)), (-2.95, 0.5, (-3.95, -1.95)), (-1.2, 0.5, (-2.2, -0.2))],
)
def test_the_next_window_is_centred_and_narrower_unless_near_a_border(best, factor, expected):
    assert np.allclose(hyperparameter_search.next_window(-3.0, -1.0, best, factor), expected)


def test_a_search_has_its_trials_in_its_windows_and_tells_their_best():
    log = hyperparameter_search.search_rounds(hyperparameter_search.LOW, 4, 0.5)
    for window, trials, losses in log:
        assert np.all((trials >= [window[0], window[2]]) & (trials <= [window[1], window[3]]))
        assert np.allclose(losses, [hyperparameter_search.loss_at(*trial) for trial in trials])
    best = min(losses.min() for *_, losses in log)
    assert f"36 trials {best:.3f}" in hyperparameter_search.draw_windows(4, 0.5, hyperparameter_search.LOW).description


def test_the_surrogate_is_the_formula():
    x, y = np.array([-1.5, -0.7, 0.2]), np.array([1.0, 0.4, 2.0])
    mean, std = bayesian_optimization.surrogate(x, y)
    kernel = lambda a, b: (
        bayesian_optimization.SCALE**2 * np.exp(-((a[:, None] - b) ** 2) / (2 * bayesian_optimization.LENGTH**2))
    )
    K, k = kernel(x, x) + bayesian_optimization.JITTER * np.eye(3), kernel(x, bayesian_optimization.GRID)
    assert np.allclose(mean, y.mean() + k.T @ np.linalg.solve(K, y - y.mean()), atol=1e-6)
    assert np.allclose(std**2, bayesian_optimization.SCALE**2 - np.sum(k * np.linalg.solve(K, k), axis=0), atol=1e-6)
    assert np.allclose((ConstantKernel(0.25) * RBF(0.5))(x[:, None]), kernel(x, x))


@pytest.mark.parametrize(("mean", "std", "best"), [(0.3, 0.2, 0.25), (1.0, 0.5, 2.0), (0.0, 1.0, -1.0)])
def test_expected_improvement_is_the_integral(mean, std, best):
    density = scipy.stats.norm(mean, std).pdf
    integral, _ = scipy.integrate.quad(lambda f: (best - f) * density(f), mean - 12 * std, best)
    assert np.isclose(
        bayesian_optimization.expected_improvement(np.array(mean), np.array(std), best), integral, atol=1e-8
    )


def test_the_search_tries_where_the_rule_is_largest_and_finds_the_valley():
    x, y = bayesian_optimization.search(4, bayesian_optimization.BOUND, 2.0)
    mean, std = bayesian_optimization.surrogate(x, y)
    following, _ = bayesian_optimization.search(5, bayesian_optimization.BOUND, 2.0)
    assert following[-1] == bayesian_optimization.GRID[(mean - 2.0 * std).argmin()]
    _, losses = bayesian_optimization.search(10, bayesian_optimization.BOUND, 2.0)
    assert (
        losses.min()
        < bayesian_optimization.loss_at(bayesian_optimization.GRID, np.full(126, bayesian_optimization.STRENGTH)).min()
        + 0.01
    )


# --- the sweep -------------------------------------------------------------------------------------------------------


def test_the_script_is_bash_and_asks_for_as_many_tasks(tmp_path):
    path = tmp_path / "sweep.sh"
    path.write_text(hyperparameter_sweep.script(7))
    assert subprocess.run(["bash", "-n", path], capture_output=True, text=True).stderr == ""
    assert "#SBATCH --array=0-6\n" in path.read_text()
    assert path.read_text().startswith("#!/bin/bash\n#SBATCH")


def test_the_script_runs_as_slurm_would_run_it(tmp_path):
    runs = hyperparameter_sweep.random_runs(1, 2, np.random.default_rng(0))
    (tmp_path / "runs.json").write_text(json.dumps(runs))
    (tmp_path / "sweep.sh").write_text(hyperparameter_sweep.script(2))
    srun = tmp_path / "srun"
    srun.write_text('#!/bin/bash\nexec "$@"\n')
    srun.chmod(0o755)
    folders = [str(tmp_path), str(Path(sys.executable).parent), os.environ["PATH"]]
    settings = os.environ | {
        "PATH": os.pathsep.join(folders),
        "SLURM_ARRAY_TASK_COUNT": "2",
        "SLURM_ARRAY_TASK_ID": "1",
    }
    subprocess.run(["bash", "sweep.sh"], cwd=tmp_path, env=settings, check=True)
    (path,) = (tmp_path / "results").iterdir()
    result = json.loads(path.read_text())
    assert path.name == "run-001.json" and result["seed"] == 1
    assert {key: result[key] for key in runs[1]} == runs[1]
    assert result["validation_accuracy"] == hyperparameter_sweep.one_run(runs[1])["validation_accuracy"]


def test_tasks_share_the_runs_and_skip_what_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(hyperparameter_sweep, "one_run", lambda run: run)
    runs = [{"learning_rate": 0.1, "lam": 0.0, "seed": seed} for seed in range(7)]
    written = [hyperparameter_sweep.do_task(runs, tmp_path, task, 3) for task in range(3)]
    assert [len(paths) for paths in written] == [3, 2, 2]
    assert [result["seed"] for result in hyperparameter_sweep.collect(tmp_path)] == list(range(7))
    assert hyperparameter_sweep.do_task(runs, tmp_path, 0, 1) == []
    written[1][0].unlink()
    assert hyperparameter_sweep.do_task(runs, tmp_path, 0, 1) == [written[1][0]]


def test_a_local_task_that_fails_says_why(tmp_path):
    (tmp_path / "runs.json").write_text("{")
    with pytest.raises(RuntimeError, match="JSONDecodeError"):
        hyperparameter_sweep.run_local(tmp_path, tasks=1)


def test_settings_are_ranked_by_their_mean_loss():
    def result(rate, loss, accuracy):
        return {"learning_rate": rate, "lam": 0.0, "validation_loss": loss, "validation_accuracy": accuracy}

    lines = hyperparameter_sweep.by_setting(
        [result(0.1, 1.0, 0.6), result(0.2, 0.7, 0.8), result(0.1, 0.2, 0.8), result(0.2, 0.7, 0.8)]
    )
    assert [line["learning_rate"] for line in lines] == [0.1, 0.2]
    assert np.isclose(lines[0]["spread"], np.std([0.6, 0.8], ddof=1)) and lines[1]["spread"] == 0


def test_settings_are_log_uniform_and_each_has_every_seed():
    runs = hyperparameter_sweep.random_runs(400, 2, np.random.default_rng(0))
    assert [run["seed"] for run in runs[:4]] == [0, 1, 0, 1]
    rates = np.array([run["learning_rate"] for run in runs[::2]])
    assert scipy.stats.kstest(rates, scipy.stats.loguniform(10**-2, 10**0.5).cdf).pvalue > 0.01


def test_the_seed_picture_names_the_best_mean():
    validation, test = hyperparameter_sweep.seed_runs()
    again = noisy_digits.train([0.3], [0.003], hyperparameter_sweep.EPOCHS, seed=4)
    assert np.isclose(validation[hyperparameter_sweep.RATES.index(0.3), 4], again.accuracy[-1, 0])
    assert validation.shape == test.shape == (5, 10)
    best = hyperparameter_sweep.RATES[validation[:, [8, 9, 0]].mean(axis=1).argmax()]
    assert f"3 seeds from seed 8 on the best is {best} " in hyperparameter_sweep.draw_seeds(3, 8).description


# --- sanity checks ---------------------------------------------------------------------------------------------------


def test_ten_samples_are_overfitted_without_a_fault_and_repeatably():
    log = sanity_checks.overfit(sanity_checks.FINE)
    assert log.losses[-1] < 1e-4
    assert np.array_equal(log.losses, sanity_checks.overfit.__wrapped__(sanity_checks.FINE).losses)
    assert sanity_checks.overfit(sanity_checks.FINE, 1).losses[0] != log.losses[0]


def test_each_fault_leaves_its_trace():
    logs = {fault: sanity_checks.overfit(fault) for fault in sanity_checks.FAULTS}
    assert logs[sanity_checks.SOFTMAX].losses.min() > np.log(1 + 9 / np.e) - 1e-4
    assert logs[sanity_checks.SMALL_RATE].losses[-1] > 0.9 * logs[sanity_checks.FINE].losses[0]
    frozen = logs[sanity_checks.FROZEN].weights
    assert np.array_equal(frozen[0, :-1], frozen[-1, :-1]) and frozen[0, -1] != frozen[-1, -1]
    first = logs[sanity_checks.SIGMOIDS].gradients[0]
    assert np.all(np.diff(first) > 0) and first[-1] > 100 * first[0]
    assert logs[sanity_checks.HUGE].losses[0] > 100


def test_the_logged_gradient_is_the_slope_of_the_loss():
    model = sanity_checks.network(sanity_checks.FINE, torch.Generator().manual_seed(0)).double()
    X, labels, *_ = digits()
    X, labels, W = torch.tensor(X[:10]), torch.tensor(labels[:10]), list(model.parameters())[-2].data
    slopes, h = torch.zeros_like(W), 1e-6
    for i, j in np.ndindex(*W.shape):
        ends = []
        for step in (h, -h):
            W[i, j] += step
            ends.append(F.cross_entropy(model(X), labels).item())
            W[i, j] -= step
        slopes[i, j] = (ends[0] - ends[1]) / (2 * h)
    assert np.isclose(
        sanity_checks.overfit(sanity_checks.FINE).gradients[0, -1], slopes.square().mean().sqrt(), rtol=1e-3
    )
