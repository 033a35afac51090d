"""The claims of lecture 09, each computed anew from the functions that draw its pictures; a test names its cell."""

import itertools
import re

import numpy as np
import pytest
import scipy.stats
import torch
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from torch import nn
from torch.nn import functional as F

from course_utils.drawing.threads import one_thread
from course_utils.init_normalization import (
    batch_norm,
    batch_norm_training,
    dead_units,
    initialization,
    input_scaling,
    normalization_axes,
    residual_stack,
    vanishing_gradients,
)

Z = np.linspace(-50, 50, 100_001)


def slopes(name: str, z: np.ndarray = Z) -> np.ndarray:
    return vanishing_gradients.value_and_slope(name, z, 0.25)[1]


def test_slopes_see_how_steep_each_activation_is():
    assert slopes("sigmoid").max() == pytest.approx(0.25) and slopes("tanh").max() == pytest.approx(1)
    at = np.array([-5.0, 5.0])
    assert slopes("sigmoid", at).round(3).tolist() == [0.007] * 2 and slopes("tanh", at).round(4).tolist() == [2e-4] * 2
    rectifiers = {"ReLU": torch.relu, "leaky ReLU": lambda z: F.leaky_relu(z, 0.1), "ELU": F.elu}
    for name in ("ReLU", "leaky ReLU", vanishing_gradients.PRELU, "ELU"):
        assert (slopes(name)[Z > 1e-9] == 1).all()
        if name in rectifiers:
            z = torch.tensor([-3.0, 2.0], dtype=torch.float64, requires_grad=True)
            (slope,) = torch.autograd.grad(rectifiers[name](z).sum(), z)
            assert slopes(name, np.array([-3.0, 2.0])) == pytest.approx(slope.numpy())
    assert not slopes("ReLU")[Z < 0].any()
    assert all((slopes(name)[Z < 0] > 0).all() for name in ("leaky ReLU", vanishing_gradients.PRELU))


@pytest.mark.parametrize("name", ["SiLU", "GELU"])
def test_slopes_see_silu_and_gelu_are_smooth_and_dip_below_0(name):
    value, slope = vanishing_gradients.value_and_slope(name, Z, 0.25)
    assert value.min() < -0.1 and slope.min() < -0.05 and np.abs(np.diff(slope)).max() < 2e-3
    assert np.abs(np.diff(slopes("ReLU"))).max() == 1  # a kink


def test_slopes_see_nothing_keeps_the_slope_of_a_prelu_between_0_and_1():
    for target, low, high in ((-1.0, -np.inf, 0.0), (2.0, 1.0, np.inf)):
        slope, z = torch.tensor(0.25), torch.linspace(-3, -1, 20)
        for _ in range(50):
            slope.requires_grad_()
            (gradient,) = torch.autograd.grad(F.mse_loss(F.prelu(z, slope), target * z), slope)
            slope = (slope - 0.1 * gradient).detach()
        assert low < slope < high


def product(weight: float, *, steepest: bool, activation: str = "sigmoid") -> float:
    return float(np.prod(vanishing_gradients.chain(activation, weight, 10, steepest)[1]))


def test_product_see_the_products_of_ten_factors():
    assert product(1, steepest=True) == pytest.approx(9.5e-7, rel=0.01)
    factors = [vanishing_gradients.chain("sigmoid", weight, 10, True)[1] for weight in (4, 8)]
    assert [set(ten) for ten in factors] == [{1.0}, {2.0}] and product(8, steepest=True) == 1024
    z, factor = vanishing_gradients.chain("sigmoid", 8, 10, False)
    assert round(z[-1], 1) == 8 and round(factor[-1] / 8, 4) == 0.0003
    h = start = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    for _ in range(10):
        h = torch.sigmoid(8 * h)
    (gradient,) = torch.autograd.grad(h, start)
    assert round(np.log10(gradient.item())) == -24 == round(np.log10(product(8, steepest=False)))


@pytest.mark.parametrize("weight", [2.0, 4.0, 8.0])
def test_product_see_of_the_three_only_relu_explodes_with_the_bias_and_without(weight):
    exploded = lambda name: [product(weight, steepest=steepest, activation=name) > 1 for steepest in (True, False)]
    assert exploded("ReLU") == [True, True]
    assert not exploded("tanh")[1] and not exploded("sigmoid")[1]
    falls = {name: bool((np.diff(slopes(name)[Z > 0.1]) < 0).any()) for name in ("sigmoid", "tanh", "ReLU")}
    assert falls == {"sigmoid": True, "tanh": True, "ReLU": False}


@pytest.mark.parametrize(("weight", "factor"), [(1.0, 0.25), (4.0, 1.0), (8.0, 2.0)])
def test_erratum_quarter_the_weight_is_part_of_the_factor(weight, factor):
    h = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(torch.sigmoid(weight * h - weight * 0.5), h)
    assert gradient.item() == pytest.approx(factor) and slopes("sigmoid").max() <= 0.25


@one_thread()
def gradients_of_layers(network: str, depth: int, seed: int) -> np.ndarray:
    """Return the norms of the gradients of the weights, (depth,), like `gradient_norms` with another seed."""
    activation, std, _ = vanishing_gradients.NETWORKS[network]
    rng, sizes = np.random.default_rng(seed), [64] + [64] * (depth - 1) + [10]
    weights = [
        torch.tensor(rng.normal(size=(fan_out, fan_in)) * std(fan_in, fan_out), requires_grad=True)
        for fan_in, fan_out in itertools.pairwise(sizes)
    ]
    X, labels = input_scaling.standardized_digits()
    h = torch.tensor(X[:128])
    for weight in weights[:-1]:
        h = activation(h @ weight.T)
    loss = F.cross_entropy(h @ weights[-1].T, torch.tensor(labels[:128]))
    return np.array([float(gradient.norm()) for gradient in torch.autograd.grad(loss, weights)])


def test_depth_see_what_sigmoids_leave_of_the_last_gradient():
    ratios = [vanishing_gradients.gradient_norms("sigmoid, Xavier", depth)[[0, -1]] for depth in (10, 20)]
    assert [float(f"{first / last:.0e}") for first, last in ratios] == [4e-6, 2e-12]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_depth_see_sigmoids_make_a_straight_line_and_the_others_are_level(seed):
    depths = np.arange(20)
    logs = {name: np.log10(gradients_of_layers(name, 20, seed)) for name in vanishing_gradients.NETWORKS}
    assert np.corrcoef(depths, logs["sigmoid, Xavier"])[0, 1] > 0.999
    for name in ("tanh, Xavier", "ReLU, He", "ReLU, σ = 0.01"):
        assert np.ptp(logs[name]) < 1.2 < np.ptp(logs["sigmoid, Xavier"]) / 8


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_depth_see_small_weights_leave_a_level_curve_far_below(seed):
    tiny = np.log10(gradients_of_layers("ReLU, σ = 0.01", 10, seed))
    assert round(tiny.mean()) == -11 and np.ptp(tiny) < 1
    assert np.log10(gradients_of_layers("ReLU, σ = 0.01", 20, seed)).mean() < -22


def test_dead_see_what_happens_to_64_relus():
    ends = {rate: dead_units.lives(rate, 0.0, "ReLU") for rate in (0.1, 10**0.5)}
    dead, accuracy, _ = ends[0.1]
    assert dead[0] * 64 == dead[-1] * 64 == 4 and round(100 * accuracy[-1]) == 93
    dead, accuracy, _ = ends[10**0.5]
    assert (round(100 * dead[20]), round(100 * dead[-1])) == (92, 98)
    assert accuracy.max() > 0.6 and accuracy[-1] < 0.15


@pytest.mark.parametrize("rate", [0.01, 0.1, 1.0, 10.0])
def test_dead_see_with_bias_minus_1_a_relu_never_comes_on_and_a_leaky_one_may(rate):
    dead, accuracy, _ = dead_units.lives(rate, -1.0, "ReLU")
    assert (dead == 1).all() and accuracy.max() < 0.15
    assert dead_units.lives(rate, -1.0, "leaky ReLU")[0][0] == 1


def test_dead_see_the_leaky_relu_learns_at_1_and_not_at_3_16():
    dead, accuracy, _ = dead_units.lives(1.0, -1.0, "leaky ReLU")
    assert round(100 * accuracy[-1]) == 69 and dead[0] == 1 > dead[-1] and slopes("leaky ReLU")[0] == 0.1
    for bias in (0.0, -1.0):
        assert dead_units.lives(10**0.5, bias, "leaky ReLU")[1][-1] < 0.15


def digits_of_300() -> tuple[torch.Tensor, torch.Tensor]:
    X, labels = dead_units.first_digits()
    return torch.tensor(X), torch.tensor(labels)


@pytest.mark.parametrize("activation", [torch.tanh, torch.relu])
def test_erratum_zero_only_the_last_bias_learns(activation):
    X, labels = digits_of_300()
    shapes = [(16, 64), (16,), (10, 16), (10,)]
    parameters = [torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    for _ in range(20):
        W1, b1, W2, b2 = parameters
        loss = F.cross_entropy(activation(X @ W1.T + b1) @ W2.T + b2, labels)
        gradients = torch.autograd.grad(loss, parameters)
        assert [bool(gradient.any()) for gradient in gradients] == [False, False, False, True]
        parameters = [(p - 0.5 * g).detach().requires_grad_() for p, g in zip(parameters, gradients, strict=True)]


def test_erratum_zero_with_sigmoids_both_weights_change_and_the_units_stay_identical():
    X, labels = digits_of_300()
    shapes = [(16, 64), (16,), (10, 16), (10,)]
    parameters = [torch.zeros(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    changed = []
    for _ in range(3):
        W1, b1, W2, b2 = parameters
        loss = F.cross_entropy(torch.sigmoid(X @ W1.T + b1) @ W2.T + b2, labels)
        gradients = torch.autograd.grad(loss, parameters)
        parameters = [(p - 0.5 * g).detach().requires_grad_() for p, g in zip(parameters, gradients, strict=True)]
        changed.append((bool(gradients[0].any()), bool(gradients[2].any())))
    assert changed == [(False, True), (True, True), (True, True)]
    assert torch.allclose(parameters[0], parameters[0][:1].expand(16, 64))
    assert torch.allclose(parameters[2], parameters[2][:, :1].expand(10, 16))


def test_erratum_zero_logistic_regression_learns_from_zeros():
    X, labels = digits_of_300()
    W = torch.zeros(10, 64, dtype=torch.float64, requires_grad=True)
    for _ in range(100):
        (gradient,) = torch.autograd.grad(F.cross_entropy(X @ W.T, labels), W)
        W = (W - 0.5 * gradient).detach().requires_grad_()
    assert ((X @ W.T).argmax(dim=1) == labels).double().mean() > 0.9


def spread(passed: initialization.Passes) -> np.ndarray:
    """Return the standard deviation of the activations of each layer, (5,)."""
    return np.array([h.std() for h in passed.H])


def test_histograms_see_small_weights():
    passed = initialization.five_layers(initialization.NORMAL, 0.01, "tanh")
    deviations = spread(passed)
    assert (round(deviations[0], 2), round(deviations[-1], 4), round(passed.to_z[0], 4)) == (0.07, 0.0002, 0.0025)
    assert deviations[:-1] / deviations[1:] == pytest.approx(4.5, abs=0.1)
    assert 0.01 * np.sqrt(500) == pytest.approx(1 / 4.5, rel=0.02)


def test_histograms_see_large_weights():
    passed = initialization.five_layers(initialization.NORMAL, 1.0, "tanh")
    assert round(100 * np.mean(np.abs(passed.H[-1]) > 0.99)) == 90
    assert (round(passed.to_z[-1], 2), round(passed.to_z[0])) == (0.16, 41) and (np.diff(passed.to_z) < 0).all()
    assert round(spread(initialization.five_layers(initialization.NORMAL, 1.0, "ReLU"))[-1], -4) == 270_000


@pytest.mark.parametrize(
    ("scheme", "activation"),
    [(initialization.NORMAL, "tanh"), (initialization.XAVIER, "tanh"), (initialization.HE, "ReLU")],
)
def test_histograms_see_what_stays_level(scheme, activation):
    passed = initialization.five_layers(scheme, 10**-1.35, activation)  # 0.045
    for sizes in (spread(passed), passed.to_z):
        assert max(sizes) / min(sizes) < 1.5
    assert scheme != initialization.HE or round(spread(passed)[-1], 2) == 0.75


def test_histograms_see_half_of_all_relus_give_0():
    shares = [np.mean(h == 0) for h in initialization.five_layers(initialization.HE, 1.0, "ReLU").H]
    assert np.array(shares) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_erratum_saturation_weights_stretch_more_than_saturated_slopes_take(seed):
    rng = np.random.default_rng(seed)
    W, vectors = rng.normal(size=(500, 500)), rng.normal(size=(500, 50))
    stretched = np.linalg.norm(W.T @ vectors, axis=0) / np.linalg.norm(vectors, axis=0)
    assert stretched.mean() == pytest.approx(22, abs=1)
    drawn = [rng.normal(size=(500, 500)).astype(np.float32) for _ in range(4)]
    passed = initialization.passes(rng.normal(size=(64, 500)).astype(np.float32), drawn, "tanh")
    assert np.mean(np.abs(passed.H[-1]) > 0.99) > 0.85 and passed.to_h[0] > 50 * passed.to_h[-1]


def deep(gain: float, activation: str, seed: int) -> tuple[float, float]:
    """Return the mean square of the signal after 30 layers, and the squared gradient at the input."""
    rng = np.random.default_rng(seed)
    weights = [np.float32(np.sqrt(gain / 128)) * rng.standard_normal((128, 128), dtype=np.float32) for _ in range(30)]
    passed = initialization.passes(initialization.noise(128), weights, activation)
    return passed.forward[-1] ** 2, passed.to_h[0] ** 2


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_gain_see_which_gain_is_level(seed):
    for activation, gain in (("linear", 1), ("ReLU", 2)):
        assert all(0.2 < size < 5 for size in deep(gain, activation, seed))
        for other in (gain / 2, gain * 2):
            assert all(abs(np.log10(size)) > 7 for size in deep(other, activation, seed))
    assert round(np.log10(deep(1, "ReLU", seed)[0])) in (-9, -10)
    assert round(np.log10(2.0**-30)) == -9
    assert 0.01 < deep(1, "tanh", seed)[0] < 0.02


def test_gain_see_the_numbers_of_the_picture():
    drawn = {gain: initialization.deep(gain, "tanh", 30) for gain in (1.0, 2.0, 4.0)}
    assert round(initialization.deep(1.0, "ReLU", 30).forward[-1] ** 2 * 1e9) == 1
    assert round(drawn[1.0].forward[-1] ** 2, 3) == 0.016
    assert (round(drawn[2.0].to_h[0] ** 2), round(drawn[4.0].to_h[0] ** 2, -3)) == (7, 8000)
    for gain in (2.0, 4.0):
        assert np.ptp(drawn[gain].forward[10:] ** 2) < 0.05  # settled


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_gain_see_other_weights_give_gradients_of_the_same_order(seed):
    assert 5 < deep(2, "tanh", seed)[1] < 20 and 3000 < deep(4, "tanh", seed)[1] < 20_000


def test_fans_see_one_pass_is_level_with_either_fan():
    for rule, level, jumping in ((initialization.FAN_IN, 0, 1), (initialization.FAN_OUT, 1, 0)):
        forward, expected, backward, back_expected = initialization.alternating(rule, 64)
        measured, predicted = (forward, backward), (expected, back_expected)
        assert predicted[level] == pytest.approx(1) and max(measured[level]) / min(measured[level]) < 1.7
        assert len(set(np.round(predicted[jumping], 6))) == 2
        assert max(predicted[jumping]) / min(predicted[jumping]) == pytest.approx(512 / 64)
        assert measured[jumping] == pytest.approx(predicted[jumping], rel=0.3)
    backward = initialization.alternating(initialization.FAN_IN, 64)[3]
    assert set(np.round(backward, 6)) == {1, 64 / 512}


@pytest.mark.parametrize("narrow", [16, 64, 256])
def test_fans_see_the_mean_of_both_loses_the_same_factor_in_each_pair(narrow):
    _, forward, _, backward = initialization.alternating(initialization.MEAN, narrow)
    pair = 4 * 512 * narrow / (512 + narrow) ** 2
    assert forward[2:] / forward[:-2] == pytest.approx(pair) and backward[:-2] / backward[2:] == pytest.approx(pair)
    assert pair < 1 and (narrow != 64 or round(pair, 1) == 0.4)
    measured = initialization.alternating(initialization.MEAN, narrow)
    assert measured[0][6] < measured[0][0] and measured[2][0] < measured[2][6]


def steps_in_valley(scale: float, *, standardized: bool = False) -> tuple[float, int]:
    """Return the condition number, and the updates of gradient descent to a millionth of the distance."""
    X = input_scaling.two_features(scale)
    X = StandardScaler().fit_transform(X) if standardized else X
    H, w, count = X.T @ X / len(X), input_scaling.START.copy(), 0
    rate = 2 / np.linalg.eigvalsh(H).sum()
    while np.linalg.norm(w) > 1e-6 * np.linalg.norm(input_scaling.START):
        w, count = w - rate * H @ w, count + 1
    return float(np.linalg.cond(H)), count


def test_scaling_see_twice_the_scale_is_four_times_the_steps():
    assert [steps_in_valley(scale)[1] for scale in (10, 30)] == [672, 6038]
    for scale in (5, 10, 15):
        (kappa, steps), (larger, more) = steps_in_valley(scale), steps_in_valley(2 * scale)
        assert more / steps == pytest.approx(4, rel=0.02) and larger / kappa == pytest.approx(4, rel=0.02)


@pytest.mark.parametrize("scale", [1, 5, 30])
def test_scaling_see_standardized_7_steps_are_enough(scale):
    kappa, steps = steps_in_valley(scale, standardized=True)
    assert steps == 7 and np.sqrt(kappa) < 1.2  # the ratio of the axes of a contour


def test_scaling_see_descent_bounces_along_the_weight_of_the_wide_feature():
    X = input_scaling.two_features(10)
    way = input_scaling.path(X.T @ X / len(X), 20)
    flips = (np.diff(np.sign(way), axis=0) != 0).sum(axis=0)
    assert flips[1] == 20 and flips[0] == 0 and abs(way[20, 0]) > 0.6 * abs(way[0, 0])


@pytest.mark.parametrize("outlier", [50.0, 1000.0])
def test_erratum_outliers_the_outlier_becomes_1_and_quartiles_do_not_mind_it(outlier):
    train = np.array([[1.0], [2.0], [3.0], [4.0], [outlier]])
    scaled = MinMaxScaler().fit_transform(train)
    assert scaled[4].item() == 1 and scaled[:4].max() < 0.07
    assert np.ptp(RobustScaler().fit_transform(train)[:4]) == pytest.approx(1.5)


def correct(fitted_on: str, rows: int, second: int) -> int:
    """Return how many of `rows` test samples the pictured classifier has right."""
    text = input_scaling.draw_ruler(fitted_on, rows, second).description
    return int(re.findall(r"correct on (\d+) of", text)[0])


def test_ruler_see_how_many_are_correct():
    assert (correct(input_scaling.TEST, 40, 100), correct(input_scaling.TRAIN, 40, 100)) == (19, 39)
    assert correct(input_scaling.TEST, 40, 50) == correct(input_scaling.TRAIN, 40, 50)
    weight, bias = input_scaling._classifier()
    assert abs(bias) / np.linalg.norm(weight) < 0.02  # the line passes nearly through 0
    train, test, _ = input_scaling.two_classes()
    for second in (0, 100):
        cloud = StandardScaler().fit_transform(test[second // 100, :40])
        assert np.allclose(cloud.mean(axis=0), 0) and 10 < correct(input_scaling.TEST, 40, second) < 30
        assert correct(input_scaling.TRAIN, 40, second) >= 39
    half = np.concatenate([test[0, :20], test[1, :20]])
    assert np.abs((half.mean(axis=0) - train.mean(axis=0)) / train.std(axis=0)).max() < 0.2
    assert not half[:1].std(axis=0).any()


def test_shift_see_the_mean_of_the_pictured_input():
    means = batch_norm_training.shifts(batch_norm_training.WITHOUT)[:, :, 3].mean(axis=1)
    assert means[[0, -1]].round(2).tolist() == [0.04, 0.88] and np.abs(np.diff(means)).mean() > 0.2


def wandering(place: str, learning_rate: float, seed: int) -> float:
    """Return the range of the mean of an input of layer 3 in 100 steps: the median of 32 inputs."""
    X, _ = batch_norm_training.digit_tensors()
    model = batch_norm_training.network(place, seed)
    below = model[: 4 if place == batch_norm_training.WITHOUT else 6]
    means = batch_norm_training.train(model, learning_rate, lambda _: below(X[:200]).detach().mean(dim=0).numpy())
    return float(np.median(np.ptp(np.array(means), axis=0)))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_shift_see_with_batch_norm_mean_and_spread_stay_nearly_put(seed):
    without, before, after = (wandering(place, 0.3, seed) for place in batch_norm_training.PLACES)
    assert max(before, after) < 0.2 < 2 * without / 5
    for place in (batch_norm_training.BEFORE, batch_norm_training.AFTER):
        deviations = batch_norm_training.shifts(place).std(axis=1)
        assert np.ptp(deviations, axis=0).max() < 0.25


@pytest.mark.parametrize("rate", [0.1, 0.3])
def test_erratum_covariate_the_shift_can_be_seen(rate):
    without, before, _ = (wandering(place, rate, 0) for place in batch_norm_training.PLACES)
    assert without > 3 * before


def normalized(batch: int = 64, gamma: float = 1.0, beta: float = 0.0, eps: float = 1e-5) -> tuple[np.ndarray, ...]:
    """Return a batch of the pictured samples before and after batch normalization."""
    x = batch_norm.skewed()[:batch]
    return x, batch_norm.batch_norm(x, np.full(2, gamma), np.full(2, beta), eps)[0]


@pytest.mark.parametrize("array", ["before", "after"])
def test_layer_see_the_correlation_and_the_tail_stay(array):
    points = dict(zip(("before", "after"), normalized(), strict=True))[array]
    assert round(np.corrcoef(points.T)[0, 1], 3) == 0.970
    assert scipy.stats.skew(points) == pytest.approx(scipy.stats.skew(normalized()[0]), abs=1e-6)
    assert (scipy.stats.skew(points) > 2).all()


def test_layer_see_small_batches_and_a_large_epsilon():
    assert normalized(batch=1, beta=0.7)[1] == pytest.approx(0.7)
    for pair in np.random.default_rng(0).normal(size=(10, 2, 1)):
        assert np.sort(batch_norm.batch_norm(pair, np.ones(1), np.zeros(1), 1e-12)[1].ravel()) == pytest.approx([-1, 1])
    x, y = normalized(eps=0.01)
    assert round(x[:, 1].var(), 2) == 0.02 and round(y[:, 1].std(), 2) == 0.81
    y = normalized(gamma=2.5, beta=-1.5)[1]
    assert y.mean(axis=0) == pytest.approx(-1.5) and y.std(axis=0) == pytest.approx(2.5, rel=1e-3)


def test_running_see_how_fast_the_initial_0_is_forgotten():
    of_the_start = [batch_norm.weights_of_batches(0.1, k)[0] for k in range(61)]
    assert round(of_the_start[5], 2) == 0.59
    assert [next(k for k, weight in enumerate(of_the_start) if weight < share) for share in (0.1, 0.01)] == [22, 44]
    assert batch_norm.weights_of_batches(0.9, 1)[0] == pytest.approx(0.1)
    means, _ = batch_norm.running(batch_norm.batches_of_a_feature(8), 0.1)
    assert (round(means[4], 2), round(batch_norm.skewed()[:, 0].mean(), 2)) == (1.36, 3.23)


def test_running_see_a_large_momentum_jumps_and_larger_batches_jump_less():
    def jumps(momentum: float, size: int) -> float:
        return float(np.diff(batch_norm.running(batch_norm.batches_of_a_feature(size), momentum)[0][20:]).std())

    assert jumps(0.9, 8) > 5 * jumps(0.1, 8)
    for momentum in (0.1, 0.9):
        assert jumps(momentum, 64) < jumps(momentum, 8) < jumps(momentum, 2)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_erratum_standard_shape_and_correlation_survive(seed):
    rng = np.random.default_rng(seed)
    first = rng.exponential(size=2000)
    x = torch.tensor(np.column_stack([first, first + rng.uniform(size=2000)]))
    xhat = F.batch_norm(x, None, None, training=True, eps=1e-12).numpy()
    assert xhat.mean(axis=0) == pytest.approx(0) and xhat.var(axis=0) == pytest.approx(1)
    assert scipy.stats.skew(xhat) == pytest.approx(scipy.stats.skew(x.numpy())) and scipy.stats.skew(xhat)[0] > 1
    assert (
        np.corrcoef(xhat.T)[0, 1] == pytest.approx(np.corrcoef(x.numpy().T)[0, 1]) and np.corrcoef(xhat.T)[0, 1] > 0.9
    )


@pytest.mark.parametrize("sample", [[3.0, 5.0], [-100.0, 0.0]])
def test_erratum_divide_the_output_is_beta_whatever_the_sample_was(sample):
    layer, one = nn.BatchNorm1d(2), torch.tensor([sample])
    beta = np.array([0.5, 0.7])
    assert batch_norm.batch_norm(one.numpy(), np.ones(2), beta)[0] == pytest.approx(beta[None])
    assert ((one - one.mean(0)) / one.var(0, correction=0).sqrt()).isnan().all()
    with pytest.raises(ValueError, match="more than 1 value"):
        layer(one)
    assert torch.allclose(layer.eval()(one), one, rtol=1e-4)


def test_erratum_why_affine_a_sigmoid_behind_it_stays_in_its_linear_part():
    xhat = np.random.default_rng(0).normal(size=1000)
    errors = []
    for scale in (1.0, 5.0):
        z = scale * xhat
        h = 1 / (1 + np.exp(-z))
        errors.append(1 - np.corrcoef(z, h)[0, 1] ** 2)
    assert errors[0] < 0.02 < errors[1] / 5


def test_erratum_why_affine_the_layer_can_choose_any_mean_and_scale_even_the_old_ones():
    x = batch_norm.skewed()
    mean, std = x.mean(axis=0), np.sqrt(x.var(axis=0) + 1e-5)
    assert np.allclose(batch_norm.batch_norm(x, std, mean)[0], x)
    y = batch_norm.batch_norm(x, np.array([3.0, 0.2]), np.array([-7.0, 4.0]))[0]
    assert y.mean(axis=0) == pytest.approx([-7, 4]) and y.std(axis=0) == pytest.approx([3, 0.2], rel=1e-3)


@pytest.mark.parametrize("n", [2, 5, 16])
def test_erratum_inference_torch_normalizes_with_n_and_remembers_n_minus_1(n):
    x, layer = torch.randn(n, 3, generator=torch.Generator().manual_seed(n)).double(), nn.BatchNorm1d(3, momentum=1.0)
    layer = layer.double()
    y = layer(x)
    assert torch.allclose(y, (x - x.mean(0)) / (x.var(0, correction=0) + 1e-5).sqrt())
    remembered = layer.get_buffer("running_var")
    assert torch.allclose(remembered, x.var(0, correction=1)) and not torch.allclose(remembered, x.var(0, correction=0))
    new = torch.ones(1, 3).double()
    by_hand = (new - layer.get_buffer("running_mean")) / (remembered + 1e-5).sqrt()
    assert torch.allclose(layer.eval()(new), by_hand)


def percent(batch: int, order: str = batch_norm_training.SHUFFLED) -> int:
    return round(100 * batch_norm_training.in_train_mode(batch, order))


def test_modes_see_the_accuracies_in_both_modes():
    model = batch_norm_training.trained_network()
    assert round(100 * batch_norm_training.accuracy(model)) == 89 and percent(2) == 30
    sizes = np.arange(2, 129)
    accuracies = np.array(
        [batch_norm_training.in_train_mode(int(size), batch_norm_training.SHUFFLED) for size in sizes]
    )
    assert accuracies[sizes >= 98].min() > 0.885 and accuracies[sizes <= 64].max() < 0.881
    assert accuracies[sizes < 95].mean() < 0.885 and percent(128) == 89
    assert all(percent(size, batch_norm_training.SORTED) <= 12 for size in (2, 3, 4, 6, 8))
    X, _ = batch_norm_training.digit_tensors()
    with torch.no_grad():
        whole, single = model(X[1000:]), torch.cat([model(x[None]) for x in X[1000:1100]])
    assert torch.allclose(whole[:100], single)  # in evaluation the batch does not matter


@pytest.mark.parametrize("batch", [2, 8, 32, 128])
def test_modes_see_sorted_digits_are_worse(batch):
    assert percent(batch, batch_norm_training.SORTED) < percent(batch) - 10


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_questions_xavier_halves_the_mean_square_in_each_relu_layer(seed):
    rng, x = np.random.default_rng(seed), np.random.default_rng(9).normal(size=(64, 256))
    kept = {}
    for scheme in (initialization.XAVIER, initialization.HE):
        std = initialization.std_of(scheme, 0, 256, 256)
        kept[scheme] = initialization.passes(x, [std * rng.normal(size=(256, 256)) for _ in range(10)], "ReLU")
    squares = {scheme: float(passed.forward[-1] ** 2) for scheme, passed in kept.items()}
    assert 0.4 < squares[initialization.XAVIER] * 2**10 < 2.5 and 0.4 < squares[initialization.HE] < 2.5
    assert round(2.0**-10, 3) == 0.001


@pytest.mark.parametrize(("W1", "b1", "dead"), [(0.0, 0.0, False), (0.1, -50.0, True)])
def test_questions_zeros_and_dead_units_look_alike_except_for_z(W1, b1, dead):
    X, labels = digits_of_300()
    network = [torch.full((16, 64), W1), torch.full((16,), b1), torch.full((10, 16), W1), torch.zeros(10)]
    weights = [part.double().requires_grad_() for part in network]
    z = X @ weights[0].T + weights[1]
    loss = F.cross_entropy(torch.relu(z) @ weights[2].T + weights[3], labels)
    gradients = torch.autograd.grad(loss, weights)
    assert [bool(gradient.any()) for gradient in gradients] == [False, False, False, True]
    assert bool((z < 0).all()) == dead and bool((z == 0).all()) != dead


@pytest.mark.parametrize("dead", [0, 1])
def test_questions_only_a_dead_last_hidden_layer_stops_all_weights(dead):
    X, labels = digits_of_300()
    generator = torch.Generator().manual_seed(0)
    sizes, h, weights = [64, 16, 16, 10], X, []
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(sizes)):
        weights.append((0.1 * torch.randn(fan_out, fan_in, dtype=X.dtype, generator=generator)).requires_grad_())
        z = h @ weights[-1].T + (-50.0 if layer == dead else 0.1)
        h = torch.relu(z) if layer < 2 else z
    gradients = torch.autograd.grad(F.cross_entropy(h, labels), weights)
    assert [bool(gradient.any()) for gradient in gradients] == [False, False, dead == 0]


def test_questions_a_network_on_statistics_of_a_batch_gives_every_single_image_the_same_class():
    X, _ = batch_norm_training.digit_tensors()
    model = batch_norm_training.trained_network()

    def scores(h):
        for module in model:
            if isinstance(module, nn.BatchNorm1d):
                h = (h - h.mean(0)) / (h.var(0, correction=0) + module.eps).sqrt() * module.weight + module.bias
            else:
                h = module(h)
        return h

    with torch.no_grad():
        alone = torch.cat([scores(x[None]) for x in X[1000:1050]])
        together, evaluated = (f(X[1000:1256]).argmax(dim=1) for f in (scores, model))
    assert torch.allclose(alone, alone[:1].expand_as(alone)) and len(set(alone.argmax(dim=1).tolist())) == 1
    assert (together == evaluated).double().mean() > 0.9


@pytest.mark.parametrize("activation", ["tanh", "ReLU"])
def test_symmetry_see_from_zero_the_hidden_weights_stay_zero(activation):
    weights, _ = dead_units.training_run(dead_units.STARTS[0], activation)
    assert not weights.any()
    assert dead_units.training_run(dead_units.STARTS[0], "sigmoid")[0][-1].any()


def test_erratum_fans_the_ratio_is_that_of_the_outer_widths_whatever_lies_between():
    rng = np.random.default_rng(0)
    for _ in range(5):
        widths = rng.integers(10, 500, size=7)
        pairs = list(itertools.pairwise(widths))
        keep = lambda rule, fan: np.prod([initialization.fan_variance(rule, *pair) * pair[fan] / 2 for pair in pairs])  # noqa: B023
        assert keep(initialization.FAN_IN, 0) == pytest.approx(1) == keep(initialization.FAN_OUT, 1)
        assert keep(initialization.FAN_IN, 1) == pytest.approx(widths[-1] / widths[0])
        assert keep(initialization.FAN_OUT, 0) == pytest.approx(widths[0] / widths[-1])


@pytest.mark.parametrize(
    ("rate", "before", "without", "behind"),
    [("0.01", 56, 45, 71), ("1", 94, 17, 92), ("3", 91, 10, 65), ("10", 10, 10, 10)],
)
def test_rates_see_the_accuracies(rate, before, without, behind):
    text = batch_norm_training.draw_rates(rate, batch_norm_training.BEFORE).description
    assert list(map(int, re.findall(r"(\d+)%", text))) == [before, without, behind]


def test_erratum_default_linear_layers_have_biases_and_a_sixth_of_hes_variance():
    torch.manual_seed(0)
    layer = nn.Linear(600, 400)
    assert layer.bias.abs().min().item() > 0
    assert 600**0.5 * layer.weight.abs().max().item() == pytest.approx(1, abs=1e-3)
    he = nn.init.kaiming_normal_(torch.empty(400, 600), nonlinearity="relu")
    assert (he.var() / layer.weight.var()).item() == pytest.approx(6, rel=0.03)


def moved_by(norm: str, factor: float, added: float) -> np.ndarray:
    """Return how far the output of each sample moves when sample 1 is changed, (6,)."""
    before, after = (normalization_axes.numbers(6, *change) for change in ((), (factor, added)))
    with torch.no_grad():
        layer = {
            normalization_axes.BATCH_NORM: nn.BatchNorm1d(5),
            normalization_axes.LAYER_NORM: nn.LayerNorm(5),
            normalization_axes.RMS_NORM: nn.RMSNorm(5, eps=1e-5),
        }[norm].double()
        outputs = [layer(torch.tensor(x)).numpy() for x in (before, after)]
    assert np.allclose(outputs[1], normalization_axes.normalized(norm, after))
    return np.abs(outputs[1] - outputs[0]).max(axis=1)


def test_axes_see_only_batch_norm_moves_the_other_samples():
    own, second, *_ = moved_by(normalization_axes.BATCH_NORM, 10, 0)
    assert own > 1 and round(second, 2) == 1.56
    for norm in (normalization_axes.LAYER_NORM, normalization_axes.RMS_NORM):
        for change in ((10, 0), (1, 10), (7, 3)):
            assert not moved_by(norm, *change)[1:].any()
        assert moved_by(norm, 10, 0)[0] < 1e-4


def test_axes_see_what_is_added_to_a_sample_cancels_with_layer_norm_only():
    assert moved_by(normalization_axes.LAYER_NORM, 1, 10)[0] < 1e-10
    assert round(moved_by(normalization_axes.RMS_NORM, 1, 10)[0], 1) == 1.6


def test_axes_see_a_batch_of_one():
    alone, batch = normalization_axes.numbers(1), normalization_axes.numbers(6)
    assert not normalization_axes.normalized(normalization_axes.BATCH_NORM, 3 * alone + 1).any()
    for norm in (normalization_axes.LAYER_NORM, normalization_axes.RMS_NORM):
        one, many = (normalization_axes.normalized(norm, x) for x in (alone, batch))
        assert np.array_equal(one[0], many[0]) and one.any()


def growth(kind: str, depth: int, seed: int) -> tuple[float, float]:
    """Return the factors by which the signal grows on its way forward and the gradient on its way back."""
    signal, gradient = residual_stack.sizes(kind, depth, seed)
    return signal[-1] / signal[0], gradient[0] / gradient[-1]


def test_stack_see_signal_and_gradient_of_the_picture():
    assert [float(f"{factor:.2g}") for factor in growth(residual_stack.SKIP, 20, 0)] == [290, 680]
    signal, _ = residual_stack.sizes(residual_stack.PRE_NORM, 50)
    assert [round(signal[i], 1) for i in (0, -1)] == [1.1, 6.4]
    assert round(growth(residual_stack.PRE_NORM, 50, 0)[1]) == 9


@pytest.mark.parametrize("seed", range(4))
def test_stack_see_skip_connections_alone_explode_and_pre_norm_grows_slowly(seed):
    assert min(growth(residual_stack.SKIP, 50, seed)) > 1e6
    signal, gradient = growth(residual_stack.PRE_NORM, 50, seed)
    assert 4 < signal < 10 and 4 < gradient < 16
    plain, normed = (growth(kind, 50, seed) for kind in (residual_stack.PLAIN, residual_stack.NORMED))
    assert plain[0] < 0.2 < 0.7 < normed[0] < 1.3 and 0.3 < normed[1] < 10


def test_stack_see_with_pre_norm_the_mean_square_is_1_plus_l():
    squares = [residual_stack.sizes(residual_stack.PRE_NORM, 50, seed)[0] ** 2 for seed in range(20)]
    assert np.mean(squares, axis=0) == pytest.approx(1 + np.arange(51), rel=0.15)


def learned(kind: str, depth: int, seed: int = 0) -> float:
    return residual_stack.training(kind, depth, residual_stack.best_rate(kind, depth), seed)[-1]


OTHERS = (residual_stack.PLAIN, residual_stack.NORMED, residual_stack.SKIP)


def test_stack_see_what_the_four_kinds_learn():
    assert all(learned(kind, 5) > 0.65 for kind in residual_stack.KINDS)
    for depth, percent, least in ((20, 90, 50), (50, 88, 21)):
        assert round(100 * learned(residual_stack.PRE_NORM, depth)) == percent
        assert max(round(100 * learned(kind, depth)) for kind in OTHERS) <= least


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("depth", [20, 50])
def test_stack_see_pre_norm_is_far_ahead_with_other_first_weights_too(depth, seed):
    assert learned(residual_stack.PRE_NORM, depth, seed) > max(learned(kind, depth, seed) for kind in OTHERS) + 0.4
    if depth == 50:
        assert max(learned(kind, depth, seed) for kind in OTHERS) < 0.3


@pytest.mark.parametrize("kind", residual_stack.KINDS)
@pytest.mark.parametrize("depth", residual_stack.BEST)
def test_stack_see_the_neighbours_of_a_best_rate_are_not_better(kind, depth):
    i = residual_stack.RATES.index(residual_stack.best_rate(kind, depth))
    mean = lambda rate: np.mean([residual_stack.training(kind, depth, rate, seed)[-1] for seed in range(3)])
    assert max(map(mean, residual_stack.RATES[i - 1 : i + 2])) < mean(residual_stack.RATES[i]) + 0.04
