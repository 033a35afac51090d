"""What the prose and the pictures of unit 04 say, computed again; each test is named after its cell."""

import numpy as np
import pytest
import torch
from scipy import optimize
from scipy.special import expit
from scipy.special import softmax as softmax_of_scipy
from scipy.stats import gmean
from sklearn.linear_model import LogisticRegression
from torch.nn import functional as F

from course_utils.drawing import activations
from course_utils.drawing.digits import all_digits
from course_utils.losses_gradients import (
    confidence,
    finite_differences,
    gradient_descent,
    logistic_regression,
    losses,
    models,
    number_formats,
    ways_to_a_gradient,
)


def gradient_at(leaf: torch.Tensor) -> torch.Tensor:
    """Return the gradient that a backward pass has left at a leaf."""
    assert leaf.grad is not None
    return leaf.grad


def test_logistic_see_where_the_straight_line_stops_being_a_probability():
    x, y = logistic_regression.tumours()
    weight, bias = models.least_squares_line(x, y)
    assert -bias / weight == pytest.approx(-1.06, abs=0.005)
    assert (1 - bias) / weight == pytest.approx(1.78, abs=0.005)
    assert (weight * x + bias).min() == pytest.approx(-0.34, abs=0.005)
    assert (weight * x + bias).max() == pytest.approx(1.77, abs=0.005)


@pytest.mark.parametrize(("threshold", "missed", "alarms"), [(0.5, 45, 25), (0.1, 9, 148)])
def test_logistic_see_the_mistakes_of_each_kind_at_two_thresholds(threshold, missed, alarms):
    x, y = logistic_regression.tumours()
    assert (np.sum(y == 1), np.sum(y == 0)) == (212, 357)
    malignant = expit(3.6 * x - 0.6) >= threshold
    assert (np.sum(~malignant & (y == 1)), np.sum(malignant & (y == 0))) == (missed, alarms)
    said = logistic_regression.draw_threshold(3.6, -0.6, threshold).description
    assert f"{alarms} false alarms and {missed} misses" in said


@pytest.mark.parametrize("rate", [1, 10, 100, 1000, 10_000])
def test_erratum_always_on_separable_data_any_constant_rate_gets_there(rate):
    x, y = np.transpose(logistic_regression.SEPARABLE)
    costs = logistic_regression.fit(x, y, rate, 200)[1]
    assert (np.diff(costs) <= 0).all()
    assert costs[-1] < 0.01


@pytest.mark.parametrize("seed", range(10))
def test_erratum_always_a_shifted_separable_set_rises_at_most_at_first(seed):
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.uniform(-3, 0.4, size=6), rng.uniform(0.6, 3, size=6)])
    costs = logistic_regression.fit(x, (x > 0.5).astype(float), 100.0, 3000)[1]
    rises = np.flatnonzero(np.diff(costs) > 1e-12)
    assert len(rises) == 0 or rises.max() < 300
    assert costs[-1] < 0.05


def test_erratum_always_on_data_with_both_labels_at_one_place_a_large_rate_jumps():
    costs = logistic_regression.fit(np.array([10.0, -10.0, 10.0]), np.array([1.0, 0.0, 0.0]), 5.0, 200)[1]
    assert (np.diff(costs[-50:]) > 1).any()


# --- 1.6 A network ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first_seed", [0, 5, 10])
def test_network_see_each_further_layer_of_four_units_lowers_the_error(first_seed):
    one, two, three = (models.network_error(depth, 4, first_seed) for depth in (1, 2, 3))
    assert one > 0.15 > 0.01 > two > 2 * three


def test_network_see_the_errors_of_one_two_and_three_layers_of_four_units():
    assert models.network_error(1, 4) == pytest.approx(0.2, abs=0.05)
    assert models.network_error(2, 4) == pytest.approx(0.003, abs=0.002)
    assert models.network_error(3, 4) == pytest.approx(0.0005, abs=0.0004)


@pytest.mark.parametrize("first_seed", [0, 5, 10])
def test_network_see_one_wide_layer_with_as_many_parameters_does_as_well(first_seed):
    assert [models.network_parameters(*form) for form in ((1, 11), (2, 4), (3, 3))] == [34, 33, 34]
    wide, two, three = (models.network_error(*form, first_seed) for form in ((1, 11), (2, 4), (3, 3)))
    assert wide < 0.01
    assert wide < 2 * min(two, three)


@pytest.mark.parametrize("first_seed", [0, 5])
def test_network_see_a_line_without_a_hidden_layer_and_one_s_with_one_unit(first_seed):
    x, _, line = models.network_fit(0, 4, first_seed)
    assert np.allclose(np.diff(line, 2), 0, atol=1e-8)
    _, _, bend = models.network_fit(1, 1, first_seed)
    steps = np.diff(bend)
    assert (steps >= -1e-9).all() or (steps <= 1e-9).all()  # it rises or falls throughout: it does not wave
    assert len(x) == 80


def test_network_code_has_the_derivatives_of_central_differences():
    sizes, rng = [1, 3, 2, 1], np.random.default_rng(0)
    theta, x = rng.normal(size=17), np.linspace(-2, 2, 5)
    _, jacobian = models.forward_and_jacobian(theta, sizes, x)
    for j, change in enumerate(1e-6 * np.eye(17)):
        ahead, behind = (models.forward_and_jacobian(theta + sign * change, sizes, x)[0] for sign in (1, -1))
        assert jacobian[:, j] == pytest.approx((ahead - behind) / 2e-6, abs=1e-7)


# --- pictures ---------------------------------------------------------------------------------------------------------


def names_in(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_activation_demo_and_blobs_demo_every_curve_has_a_name():
    left = activations.draw_activation("tanh", 0.0, 10, here=False).figure.axes[0]
    assert names_in(left) == list(activations.ACTIVATIONS)
    right = gradient_descent.draw_blobs(20, "0.1").figure.axes[1]
    assert names_in(right) == [f"α = {name}" for name in gradient_descent.BLOB_RATES]


@pytest.mark.parametrize("name", activations.ACTIVATIONS)
def test_network_why_no_activation_falls_as_z_grows(name):
    assert (np.diff(activations.ACTIVATIONS[name].function(np.linspace(-6, 6, 1001))) >= 0).all()


def test_activation_see_what_the_stopwatch_measured():
    times = activations.MEASURED
    assert max(times, key=times.__getitem__) == activations.LAYER
    assert times[activations.LAYER] / times["tanh"] == pytest.approx(8, abs=0.5)
    assert (round(times["ReLU"], 1), round(times["tanh"], 1)) == (0.2, 2.5)


def test_ways_demo_an_error_of_zero_is_written():
    right = ways_to_a_gradient.draw_work(10).figure.axes[1]
    zeros = [way for way in ways_to_a_gradient.WAYS if ways_to_a_gradient.worst_error(way, 10) == 0]
    assert len(right.texts) == len(zeros) >= 1
    assert len(right.patches) == 0  # dots: a bar on a logarithmic axis has no beginning


@pytest.mark.parametrize("strength", [1e-4, 1e-2, 1.0])
def test_scale_demo_the_insets_show_the_minimum_away_from_the_axis(strength):
    for axes in losses.draw_scale(2.0, strength).figure.axes:
        (inset,) = axes.child_axes
        star = np.asarray(inset.lines[-1].get_ydata(), dtype=float)[0]
        low, high = inset.get_ylim()
        assert 0.1 < (star - low) / (high - low) < 0.5


# --- 1 Models and the neuron ------------------------------------------------------------------------------------------


def slopes_of_best_lines(outlier_y: float) -> tuple[float, float]:
    """Return the slopes of the best lines in L1 and in L2, by scipy, where the movable point is at (1.5, outlier_y)."""
    x, y = models.near_a_line(1.5, outlier_y)
    costs = np.r_[0, 0, np.ones(13)]  # slope, intercept and a bound on the size of each residual
    A, line = np.eye(13), np.column_stack([x, np.ones(13)])
    bounds = [(None, None)] * 2 + [(0, None)] * 13
    both_signs = optimize.linprog(costs, np.block([[-line, -A], [line, -A]]), np.r_[-y, y], bounds=bounds)
    return float(both_signs.x[0]), float(np.polyfit(x, y, 1)[0])


def test_line_see_what_the_movable_point_pays_and_how_far_it_turns_the_lines():
    x, y = models.near_a_line(*models.OUTLIER)
    away = np.abs(y - 0.8 * x - 0.5)
    assert round(100 * away[-1] / away.sum()) == 60 and round(100 * away[-1] ** 2 / (away**2).sum()) == 94
    least_absolute, least_squares = slopes_of_best_lines(models.OUTLIER[1])
    assert (round(least_absolute, 2), round(least_squares, 2)) == (0.83, 0.61)
    assert models.least_absolute_line(x, y)[0] == pytest.approx(least_absolute)
    slopes = np.array([slopes_of_best_lines(height) for height in (-4.0, -2.5, 0.0, 2.0, 4.0)])
    assert np.ptp(slopes[:, 0]) < 0.02 < 0.3 < np.ptp(slopes[:, 1])


@pytest.mark.parametrize("z", [17.0, 20.0, 50.0])
def test_erratum_saturation_the_sigmoid_is_1_and_the_clipped_loss_teaches_nothing(z):
    place, label = torch.tensor([z], requires_grad=True), torch.zeros(1)
    a = torch.sigmoid(place)
    assert a.item() == 1 and torch.log(1 - a).item() == -np.inf
    clipped, whole = F.binary_cross_entropy(a, label), F.binary_cross_entropy_with_logits(place, label)
    assert clipped.item() == 100 and whole.item() == pytest.approx(np.log1p(np.exp(z)))
    assert [torch.autograd.grad(loss, place)[0].item() for loss in (clipped, whole)] == [0, pytest.approx(1)]
    assert torch.sigmoid(torch.tensor(16.0)).item() < 1


@pytest.mark.parametrize(("precision", "last", "first_zero"), [("float32", 16.5, 16.75), ("float64", 27.5, 36.75)])
def test_saturation_see_how_far_the_loss_of_the_probability_teaches(precision, last, first_zero):
    curves = logistic_regression.saturated(precision)
    z, (loss, slope) = curves["z"], curves["BCELoss"]
    assert (
        z[slope == 0].min() == first_zero and (slope[z >= first_zero] == 0).all() and (slope[z < first_zero] > 0).all()
    )
    assert (loss[z >= first_zero] == 100).all() and np.abs(loss - np.logaddexp(0, z))[z <= last].max() < 0.6
    taught = (z >= 5) & (np.abs(slope - 1) < 0.01)
    assert z[taught].max() == last
    from_z, slope_from_z = curves["BCEWithLogitsLoss"]
    assert (np.diff(from_z) > 0).all() and slope_from_z[z >= 5].min() > 0.99


def test_separable_see_the_weight_climbs_and_stops_only_where_points_overlap():
    weights = logistic_regression.weight_after(logistic_regression.SEPARABLE)
    climbed = [round(float(weight), 1) for weight in weights[[10, 100, 1000, 10_000, 100_000]]]
    assert climbed == [2.1, 4.0, 6.2, 8.5, 10.8]
    x, y = np.transpose(logistic_regression.SEPARABLE)
    costs = [logistic_regression.binary_cross_entropy(w * x, y) for w in np.linspace(0, 30, 61)]
    assert (np.diff(costs) < 0).all()
    x, y = np.transpose(logistic_regression.OVERLAPPING)
    best = optimize.minimize_scalar(lambda w: logistic_regression.binary_cross_entropy(w * x, y), bounds=(0, 20)).x
    overlapping = logistic_regression.weight_after(logistic_regression.OVERLAPPING)
    assert round(float(best), 2) == round(overlapping[-1], 2) == 1.35


def test_neuron_see_the_sign_of_w_2_and_which_activations_give_exactly_0():
    z = lambda w_2: models.INPUTS @ np.array([1.0, w_2])
    assert z(-1.0) > z(0.0) > z(1.0) and models.INPUTS[1] == -0.5
    negative = -np.linspace(0.01, 700, 5000)
    zero = {name for name, one in activations.ACTIVATIONS.items() if not one.function(negative).any()}
    never = {name for name, one in activations.ACTIVATIONS.items() if one.function(negative).all()}
    assert zero == {"ReLU", "step"} and "sigmoid" in never
    assert activations.ACTIVATIONS["sigmoid"].function(np.array(-30.0)) < 1e-12


# --- 2 Losses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_softmax_see_only_differences_count_and_the_gradient_sums_to_0(seed):
    scores = torch.tensor(np.random.default_rng(seed).uniform(-6, 6, size=(1, 3)), requires_grad=True)
    F.cross_entropy(scores, torch.tensor([seed % 3])).backward()
    p = torch.softmax(scores, dim=1).detach()
    assert torch.allclose(torch.softmax(scores + 1, dim=1), p)
    gradient = gradient_at(scores)
    assert torch.allclose(gradient, p - torch.eye(3)[seed % 3]) and abs(gradient.sum().item()) < 1e-12


def test_softmax_see_far_ahead_loss_and_gradient_go_to_0_and_never_reach_it():
    ahead = np.arange(0.0, 30.0, 2.0)
    scores = np.column_stack([ahead, np.zeros((len(ahead), 2))])
    loss, pull = losses.cross_entropy(scores, np.zeros(len(ahead), dtype=int)), 1 - losses.softmax(scores)[:, 0]
    for values in (loss, pull):
        assert (np.diff(values) < 0).all() and 0 < values[-1] < 1e-11


@pytest.mark.parametrize("x", [-1000.0, -40.0, 0.3, 40.0, 1000.0])
def test_erratum_overflow_the_forms_that_do_not_overflow(x):
    scores = np.array([1000.0, 999.0, x])
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan((np.exp(scores) / np.exp(scores).sum())[0])
        left_form = np.exp(x) / (1 + np.exp(x))
    shifted = np.exp(scores - scores.max())
    assert np.allclose(shifted / shifted.sum(), softmax_of_scipy(scores))
    with np.errstate(over="raise"):
        chosen = 1 / (1 + np.exp(-x)) if x >= 0 else np.exp(x) / (1 + np.exp(x))
    assert chosen == pytest.approx(expit(x), abs=1e-300) and np.isnan(left_form) == (x == 1000)


def test_erratum_logits_a_softmax_before_the_loss_is_taken_twice():
    scores, labels = torch.randn(20, 4, generator=torch.Generator().manual_seed(0)), torch.arange(20) % 4
    loss, rows = torch.nn.CrossEntropyLoss(), torch.arange(20)
    log_p = torch.log_softmax(scores, dim=1)
    assert loss(scores, labels).item() == pytest.approx(-log_p[rows, labels].mean().item(), abs=1e-6)
    twice = torch.log_softmax(torch.softmax(scores, dim=1), dim=1)
    wrong = loss(torch.softmax(scores, dim=1), labels)  # no error is raised
    assert wrong.item() == pytest.approx(-twice[rows, labels].mean().item(), abs=1e-6)
    assert abs(wrong.item() - loss(scores, labels).item()) > 0.1


def pulls(margin: float, classes: int) -> list[float]:
    """Return by how much hinge loss and cross entropy pull on the correct score, by torch."""
    found = []
    for loss in (lambda s, y: classes * F.multi_margin_loss(s, y), F.cross_entropy):
        scores = torch.zeros(1, classes, dtype=torch.float64)
        scores[0, 0] = margin
        scores.requires_grad_()
        loss(scores, torch.tensor([0])).backward()
        found.append(-gradient_at(scores)[0, 0].item())
        assert torch.allclose(
            gradient_at(scores)[0, 1:], torch.tensor(found[-1] / (classes - 1), dtype=torch.float64)
        )  # shared
    return found


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_margin_see_how_hard_each_loss_pulls(classes):
    for margin in (1.1, 2.0, 5.0):
        hinge, entropy = pulls(margin, classes)
        assert hinge == 0 < entropy and losses.hinge(np.array([[margin] + [0] * (classes - 1)]), np.array([0])) == 0
    wanted = [pulls(margin, classes)[1] for margin in (1.1, 2.0, 5.0, 20.0)]
    assert wanted == sorted(wanted, reverse=True)
    for wrong in (-5.0, -50.0, -500.0):
        hinge, entropy = pulls(wrong, classes)
        assert hinge == pytest.approx(classes - 1) and entropy == pytest.approx(1, abs=0.01) and entropy <= 1


def best_scale(strength: float) -> list[float]:
    """Return k of the least sum of data loss and penalty on the ray k W, for hinge loss and cross entropy."""
    grid = np.linspace(0, 4, 401)
    hinge, entropy, penalty = losses.scaled_losses(grid)
    return [float(grid[(loss + strength * penalty).argmin()]) for loss in (hinge, entropy)]


def test_scale_see_where_the_two_losses_settle():
    X, labels, W = losses.separated()
    scores = 0.8 * X @ W.T
    rows = np.arange(len(X))
    others = np.where(np.eye(3, dtype=bool)[labels], -np.inf, scores).max(axis=1)
    assert (scores[rows, labels] - others).min() == pytest.approx(1)
    hinge, _, _ = losses.scaled_losses(np.array([0.78, 0.8 + 1e-9, 1.0, 3.0]))
    assert hinge[0] > 0 and np.allclose(hinge[1:], 0)
    stars = np.array([best_scale(strength) for strength in (1e-4, 1e-3, 1e-2, 1e-1, 1.0)])
    assert stars[0, 0] == pytest.approx(0.8) and round(stars[2, 1], 1) == 2.2
    assert (np.diff(stars, axis=0) <= 0).all() and (stars[-1] < 0.8).all()  # margins below 1 in the end


def test_scale_see_and_erratum_scale_the_cross_entropy_has_no_best_scale():
    hinge, entropy, _ = losses.scaled_losses(np.array([1.0, 2.0, 4.0, 8.0, 16.0]))
    assert (np.diff(entropy) < 0).all() and entropy[-1] < 1e-6 and not hinge.any()


@pytest.mark.parametrize("seed", range(5))
def test_erratum_scale_wherever_all_samples_are_right_twice_the_weights_have_less_cross_entropy(seed):
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(50, 4)), rng.normal(size=(3, 4))
    labels = (X @ W.T).argmax(axis=1)  # all right, however small the margins
    both = [losses.cross_entropy(k * X @ W.T, labels) for k in (1, 2)]
    assert (both[1] < both[0]).all()
    met = losses.hinge(X @ W.T, labels) == 0
    assert met.any() and not losses.hinge(2 * X @ W.T, labels)[met].any()


def descend(loss, start: float, steps: int) -> float:
    """Return the score that gradient descent with learning rate 1 reaches, by torch."""
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    for _ in range(steps):
        (slope,) = torch.autograd.grad(loss(x), x)
        x = (x - slope).detach().requires_grad_()
    return x.item()


def test_why_see_only_the_log_of_the_sigmoid_gets_away_from_a_wrong_answer():
    clipped, plain, log = lambda x: -x.clamp(0.01, 1).log(), lambda x: -torch.sigmoid(x), lambda x: -F.logsigmoid(x)
    ends = [descend(loss, -4.0, 5) for loss in (clipped, plain, log)]
    assert ends == pytest.approx(losses.after_steps(-4.0, 5))
    assert [end > 0 for end in ends] == [False, False, True] and ends[0] == -4 and round(ends[1], 1) == -3.9
    assert round(descend(plain, -4.0, 20), 1) == -3.6
    x = np.linspace(-6, 6, 49)
    assert np.allclose(-losses.why_slopes(x)[2], 1 - expit(x)) and 1 - expit(-4) > 0.98
    assert not losses.why_slopes(np.array([-4.0, 0.0, 1.0, 3.0]))[0].any()


def smoothed(margin, classes=10, epsilon=0.1):
    """Return the loss of a smoothed label by torch, a float64 tensor of no axis."""
    scores = torch.cat([margin.reshape(1), torch.zeros(classes - 1, dtype=torch.float64)])
    return F.cross_entropy(scores[None], torch.tensor([0]), label_smoothing=epsilon)


def best_margin(classes, epsilon):
    loss = lambda m: smoothed(torch.tensor(m, dtype=torch.float64), classes, epsilon).item()
    return optimize.minimize_scalar(loss, bounds=(-2, 30), method="bounded")


def test_smoothing_see_the_minimum_is_where_the_probabilities_are_the_target():
    found = best_margin(10, 0.1)
    p = softmax_of_scipy([found.x, *9 * [0.0]])
    assert p == pytest.approx([0.91, *9 * [0.01]], abs=1e-5)
    assert (round(found.x, 1), round(found.fun, 3)) == (4.5, 0.500)
    assert "smallest at margin 4.50, where it is 0.500" in confidence.draw_smoothing(0.1, 10, 6.0).description


def test_smoothing_see_at_margin_6_descent_lowers_the_score_and_without_smoothing_nowhere():
    margins = torch.linspace(-2, 12, 57, dtype=torch.float64).requires_grad_()
    slopes = {
        e: torch.stack([torch.autograd.grad(smoothed(m, 10, e), margins)[0].sum() for m in margins]) for e in (0.0, 0.1)
    }
    assert (slopes[0.0] < 0).all()
    assert torch.equal(slopes[0.1] > 0, margins > 4.51)
    assert round(softmax_of_scipy([6.0, *9 * [0.0]])[0], 3) == 0.978
    assert "smaller at every larger margin" in confidence.draw_smoothing(0.0, 10, 6.0).description


@pytest.mark.parametrize("classes", [2, 5, 10])
def test_smoothing_see_more_smoothing_has_its_minimum_at_a_smaller_margin(classes):
    margins = [best_margin(classes, epsilon).x for epsilon in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)]
    assert (np.diff(margins) < -0.1).all()


def sure_right_loss(temperature, part):
    """Return mean confidence, share of right answers and mean cross entropy, by torch."""
    _, labels, scores = confidence.overconfident()
    s, y = torch.tensor(scores[part]) / temperature, torch.tensor(labels[part])
    p = torch.softmax(s, dim=1)
    return p.amax(dim=1).mean().item(), (p.argmax(dim=1) == y).double().mean().item(), F.cross_entropy(s, y).item()


def error_of_calibration(temperature):
    """Return the expected calibration error of ten equal bins on the held-out images, sample by sample."""
    _, labels, scores = confidence.overconfident()
    bins = {}
    for s, label in zip(scores[700:], labels[700:], strict=True):
        p = softmax_of_scipy(s / temperature)
        bins.setdefault(int(min(10 * p.max(), 9)), []).append((p.max(), float(p.argmax() == label)))
    return sum(abs(np.sum([sure - right for sure, right in entries])) for entries in bins.values()) / 1097


HELD_OUT = slice(700, None)


def test_temperature_predict_all_training_images_are_right_and_certain():
    sure, right, _ = sure_right_loss(1.0, slice(0, 200))
    assert right == 1 and sure > 0.999


def test_temperature_see_overconfident_before_and_calibrated_after():
    T = confidence.fitted_temperature()
    assert round(T, 2) == 2.25
    before, after = sure_right_loss(1.0, HELD_OUT), sure_right_loss(T, HELD_OUT)
    assert [round(before[0], 2), round(before[1], 2), round(before[2], 3)] == [0.94, 0.83, 0.814]
    assert [round(after[0], 2), round(after[1], 2), round(after[2], 3)] == [0.84, 0.83, 0.536]
    assert before[1] == after[1]
    assert [round(error_of_calibration(t), 3) for t in (1.0, T)] == [0.111, 0.022]
    assert [confidence.calibration_error(confidence.held_out()[0] / t, confidence.held_out()[1]) for t in (1.0, T)] == (
        pytest.approx([error_of_calibration(t) for t in (1.0, T)])
    )


def test_temperature_see_all_dots_lie_below_the_diagonal_at_first():
    scores, labels = confidence.held_out()
    sure, right, _ = confidence.calibration(scores, labels)
    assert (right < sure).all()
    assert (softmax_of_scipy(scores[3]).argmax(), labels[3]) == (9, 2)


def test_temperature_see_a_large_temperature_loses_the_logarithm_of_10():
    losses_of = [sure_right_loss(t, HELD_OUT)[2] for t in (10.0, 100.0, 1e6)]
    assert (np.diff(losses_of) > 0).all() and losses_of[-1] == pytest.approx(np.log(10), abs=1e-3)
    assert round(np.log(10), 3) == 2.303


@pytest.mark.parametrize("split", [1, 2, 3])
def test_temperature_see_other_splits_of_the_digits_are_overconfident_too(split):
    X, labels = all_digits()
    order = np.random.default_rng(split).permutation(len(labels))
    X, labels = X[order], labels[order]
    model = LogisticRegression(C=1e4, max_iter=1000, tol=1e-8).fit(X[:200], labels[:200])
    s = X @ model.coef_.T + model.intercept_
    mean_loss = lambda t, part: losses.cross_entropy(s[part] / t, labels[part]).mean()
    T = optimize.minimize_scalar(lambda t: mean_loss(t, slice(200, 700)), bounds=(0.2, 20), method="bounded").x
    sure, right = (
        softmax_of_scipy(s[HELD_OUT], axis=1).max(axis=1).mean(),
        np.mean(s[HELD_OUT].argmax(1) == labels[HELD_OUT]),
    )
    assert sure > right + 0.03 and T > 1.3
    assert mean_loss(T, HELD_OUT) < mean_loss(1.0, HELD_OUT) - 0.05
    errors = [confidence.calibration_error(s[HELD_OUT] / t, labels[HELD_OUT]) for t in (1.0, T)]
    assert errors[1] < 0.7 * errors[0]


# --- 3 Gradients ------------------------------------------------------------------------------------------------------


def test_gradient_see_where_the_path_ends():
    path = lambda c: np.array([1.6, 0.05]) * (1 - 0.1 * np.array(c)) ** np.arange(31)[:, None]
    assert np.linalg.norm(path((1.0, 1.5))[-1]) < 0.1 and gradient_descent.stationary(np.array([1.0, 1.5])) == "minimum"
    saddle = path((1.0, -1.0))
    lengths = np.linalg.norm(np.diff(saddle, axis=0), axis=1)
    slowest = int(lengths.argmin())
    assert 0 < slowest < 29 and gradient_descent.stationary(np.array([1.0, -1.0])) == "saddle"
    assert abs(saddle[-1, 1]) > 10 * 0.05 and abs(saddle[-1, 0]) < 0.1
    drawn = gradient_descent.draw_stationary(1.0, -1.0).description
    assert f"({saddle[-1, 0]:.2f}, {saddle[-1, 1]:.2f}) after 30 steps" in drawn


def test_gradient_see_the_hessian_does_not_see_what_a_zero_eigenvalue_hides():
    origin = torch.zeros(2, dtype=torch.float64)
    functions = (lambda w: w[0] ** 2 + w[1] ** 4, lambda w: w[0] ** 2 - w[1] ** 4, lambda w: w[0] ** 2 + w[1] ** 3)
    hessians = [torch.autograd.functional.hessian(f, origin) for f in functions]
    assert all(np.array_equal(hessian, hessians[0]) for hessian in map(np.asarray, hessians))
    steps = [[np.sign(f(torch.tensor([0.0, h])).item()) for h in (-0.1, 0.1)] for f in functions]
    assert steps == [[1, 1], [-1, -1], [-1, 1]]  # a minimum along w_2, a maximum, neither
    assert gradient_descent.stationary(np.array([2.0, 0.0])) == "degenerate point"


@pytest.mark.parametrize(("signs", "is_minimum"), [((1, 1), True), ((1, -1), False), ((-1, -1), False)])
def test_erratum_stationary_a_zero_gradient_is_necessary_and_not_sufficient(signs, is_minimum):
    f = lambda w: (torch.tensor(signs) * w**2).sum(dim=-1)
    assert not torch.autograd.functional.jacobian(f, torch.zeros(2)).any()
    around = 0.1 * torch.randn(200, 2, generator=torch.Generator().manual_seed(0))
    assert bool((f(around) > 0).all()) == is_minimum


@pytest.mark.parametrize("seed", range(3))
def test_erratum_stationary_for_a_convex_loss_a_zero_gradient_is_enough(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=30), rng.integers(2, size=30).astype(float)
    cost = lambda w: logistic_regression.binary_cross_entropy(w[0] * x + w[1], y)
    found = optimize.minimize(cost, np.zeros(2)).x
    assert np.abs(np.asarray(optimize.approx_fprime(found, cost))).max() < 1e-4
    assert all(cost(w) > cost(found) - 1e-9 for w in found + rng.normal(size=(200, 2)))


def test_layouts_see_torch_mixes_the_layouts_by_one_rule():
    W = torch.randn(2, 5)
    jacobian = torch.autograd.functional.jacobian(lambda v: torch.tanh(W @ v), torch.zeros(5))
    assert jacobian.shape == (2, 5) and torch.allclose(jacobian[1], W[1])  # a row per output
    assert torch.autograd.functional.jacobian(lambda M: (M**2).sum(), torch.zeros(5, 2)).shape == (5, 2)
    assert torch.autograd.functional.jacobian(lambda v: (v**2).sum(), torch.zeros(5)).shape == (5,)
    assert torch.autograd.functional.jacobian(lambda M: M.T @ torch.ones(5), torch.zeros(5, 2)).shape == (2, 5, 2)
    drawn = [finite_differences.draw_layouts(example, 5, 2).description for example in finite_differences.LAYOUTS]
    assert "torch returns shape (2, 5), numerator layout has (2, 5)" in drawn[0]
    assert "torch returns shape (5, 2), numerator layout has (2, 5), denominator layout (5, 2)" in drawn[3]
    _, hessian = finite_differences.derivative("hessian", 5, 2)
    assert np.allclose(hessian, hessian.T)


@pytest.mark.parametrize("x", [-2.0, 0.5, 1.0, 2.0])
def test_secant_see_the_errors_of_the_two_quotients(x):
    error = lambda h, method: finite_differences.quotient(finite_differences.wave, x, h, method) - (np.cos(x) + x / 4)
    forward, central = finite_differences.FORWARD, finite_differences.CENTRAL
    assert error(0.01, forward) / error(0.005, forward) == pytest.approx(2, rel=0.05)
    assert error(0.01, central) / error(0.005, central) == pytest.approx(4, rel=0.05)
    left, right = error(-0.01, forward), error(0.01, forward)
    assert left * right < 0 and (left + right) / 2 == pytest.approx(error(0.01, central))
    assert abs(error(0.01, central)) < 0.1 * min(abs(left), abs(right))


def printed_slope(h: float, digits: int) -> tuple[float, float]:
    """Return the quotient of two printed losses, and how far off rounding can have put it."""
    before, after = (round(finite_differences.stand_in(step), digits) for step in (0, h))
    return (after - before) / h, 2 * 0.5 * 10.0**-digits / h


def test_card_see_the_slope_of_printed_losses():
    assert printed_slope(1e-4, 5) == pytest.approx((-2.5, 0.1)) and printed_slope(1e-6, 5) == pytest.approx((0, 10))
    slope, rounding = printed_slope(1e-2, 5)
    assert round(slope, 1) == -2.3 and abs(slope + 2.5) > 100 * rounding
    assert abs(printed_slope(1e-6, 9)[0] + 2.5) < 0.01  # more digits allow a smaller step


def slope_of_errors(precision: str, method: str, low: float, high: float) -> float:
    """Return the slope of the error against h on log-log axes between two steps."""
    h, errors = finite_differences.STEPS, finite_differences.quotient_errors(precision, method)
    chosen = (h >= low) & (h <= high)
    return float(np.polyfit(np.log10(h[chosen]), np.log10(np.maximum(errors[chosen], 1e-16)), 1)[0])


def test_errors_see_the_slopes_on_both_sides():
    forward, central = finite_differences.FORWARD, finite_differences.CENTRAL
    assert slope_of_errors("float64", forward, 1e-6, 0.05) == pytest.approx(1, abs=0.02)
    assert slope_of_errors("float64", central, 1e-4, 0.05) == pytest.approx(2, abs=0.02)
    assert slope_of_errors("float64", forward, 1e-12, 1e-9) == pytest.approx(-1, abs=0.25)
    assert slope_of_errors("float64", central, 1e-12, 1e-7) == pytest.approx(-1, abs=0.25)


def test_errors_see_the_best_steps_and_a_step_that_is_lost():
    def best(method):
        errors = np.log10(np.maximum(finite_differences.quotient_errors("float64", method), 1e-16))
        smooth = np.convolve(errors, np.ones(11) / 11, "valid")  # half a decade to each side
        return finite_differences.STEPS[5:-5][smooth.argmin()]

    assert 10**-8.5 < best(finite_differences.FORWARD) < 10**-7.5 and 1e-6 < best(finite_differences.CENTRAL) < 1e-5
    x, h = np.float32(finite_differences.PLACE), np.float32(1e-8)
    assert x + h == x and finite_differences.quotient(finite_differences.wave, x, h, "forward") == 0


def test_erratum_differences_only_the_central_quotient_finds_a_small_mistake():
    x = np.linspace(-2, 2, 9)
    slope, mistake = np.cos(x) + x / 4, 1e-5
    quotient = lambda h, method: finite_differences.quotient(finite_differences.wave, x, h, method)
    forward, central = quotient(1e-4, "forward"), quotient(1e-5, "central")
    assert np.abs(forward - slope).max() > mistake > 1e4 * np.abs(central - slope).max()
    single = finite_differences.quotient(finite_differences.wave, np.float32(0.7), np.float32(1e-4), "central")
    assert abs(single - (np.cos(0.7) + 0.7 / 4)) > mistake


def test_ways_see_the_multiplications_of_the_four_ways():
    n = np.arange(3, ways_to_a_gradient.MOST_FACTORS + 1)
    work = {way: ways_to_a_gradient.work(way) for way in ways_to_a_gradient.WAYS}
    assert (work["symbolic"] == n * (n - 2)).all() and (work["numerical"] == 2 * n * (n - 1) + n).all()
    assert (work["automatic"] == 3 * (n - 1)).all() and (np.diff(work["manual"], 2) == 0).all()
    counter = ways_to_a_gradient.Counter()
    ways_to_a_gradient.product(ways_to_a_gradient.factors(40), counter)
    assert work["automatic"][-1] == 3 * counter.count == 117 and work["numerical"][-1] == 3160


@pytest.mark.parametrize("n", [3, 10, 40])
def test_ways_see_only_the_numerical_way_is_inexact(n):
    errors = {way: ways_to_a_gradient.worst_error(way, n) for way in ways_to_a_gradient.WAYS}
    assert [way for way, error in errors.items() if error > 1e-14] == ["numerical"]


# --- 4 Gradient descent -----------------------------------------------------------------------------------------------


def end_of(landscape: str, start: float, learning_rate: float, rule: str = gradient_descent.GRADIENT) -> float:
    slope = gradient_descent.LANDSCAPES[landscape][1]
    return float(gradient_descent.descent_path(slope, start, learning_rate, rule)[0][-1])


def test_descent_see_which_valley_a_start_leads_to():
    f = gradient_descent.LANDSCAPES["hills"][0]
    grid = np.linspace(-9, 9, 18_001)
    lowest = grid[f(grid).argmin()]
    assert lowest == pytest.approx(-1.56, abs=0.005) and round(end_of("hills", 8.0, 0.1), 2) == 7.63
    valleys = grid[1:-1][(f(grid[1:-1]) < f(grid[:-2])) & (f(grid[1:-1]) < f(grid[2:]))]
    assert valleys[np.abs(valleys - 8).argmin()] == pytest.approx(7.63, abs=0.01)  # the nearest
    arrive = [start for start in np.arange(-9, 9.1, 0.5) if abs(end_of("hills", start, 0.1) - lowest) < 0.01]
    assert (min(arrive), max(arrive)) == (-3, 0) and len(arrive) == 7


def test_descent_see_the_limit_in_the_bowl_is_5():
    slope = gradient_descent.LANDSCAPES["bowl"][1]
    for start in (-9.0, 2.0, 8.0):
        for rate, converges in ((0.1, True), (4.9, True), (5.1, False)):
            x = start
            steps = [abs(x - 3)]
            for _ in range(50):
                x -= rate * slope(x)
                steps.append(abs(x - 3))
            assert (np.diff(steps) < 0).all() == converges and (np.diff(steps) > 0).all() != converges


def test_descent_see_with_a_tiny_rate_the_rule_of_the_slide_stops_after_one_update():
    for _, slope in gradient_descent.LANDSCAPES.values():
        path, reason = gradient_descent.descent_path(slope, 8.0, 1e-6, gradient_descent.STEP)
        assert (len(path) - 1, reason) == (1, "small step") and abs(slope(path[-1])) > 1
        assert gradient_descent.descent_path(slope, 8.0, 1e-6, gradient_descent.GRADIENT)[1] == "cap"


@pytest.mark.parametrize("start", [-9.0, 0.0, 8.0])
def test_erratum_stop_a_small_step_says_nothing_and_a_run_that_diverges_never_takes_one(start):
    slope = lambda x: 2 * (x - 3)
    steps = lambda rate: np.abs(rate * slope(3 + (start - 3) * (1 - 2 * rate) ** np.arange(200)))
    assert steps(1e-7)[0] < 1e-5 and abs(slope(start)) > 5
    assert (np.diff(steps(1.05)) > 0).all() and steps(1.05).min() > 1


def test_rates_see_what_three_rates_do_on_three_bowls():
    def kinds(curvature):
        found = gradient_descent.draw_rates(curvature).description.split("Learning rate ")[1]
        return [part.rstrip(".").split(", ")[1] for part in found.split("; ")]

    assert kinds(2.0) == ["slow", "good", "diverges"] and 2 / 2.0 == 1
    assert kinds(0.5)[2] == kinds(1.0)[2] == "good" and kinds(0.5)[:2] == ["slow", "slow"]
    assert kinds(4.0)[1] == kinds(4.5)[1] == "zigzag"
    for curvature in (0.5, 2.0, 4.0):
        shrinks = [abs((1 - rate * curvature) ** 60) < 1 for rate in gradient_descent.RATES]
        assert shrinks == [rate < 2 / curvature for rate in gradient_descent.RATES]


def test_erratum_rate_the_scale_of_the_data_and_a_sum_change_the_curvature():
    x, y = logistic_regression.tumours()

    def largest_curvature(x, total=False):
        scores = torch.tensor(np.column_stack([x, np.ones_like(x)]))
        loss = lambda w: F.binary_cross_entropy_with_logits(
            scores @ w, torch.tensor(y), reduction="sum" if total else "mean"
        )
        return torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss, torch.zeros(2).double())).max().item()

    assert largest_curvature(10 * x) == pytest.approx(100 * largest_curvature(x), rel=0.02)
    assert largest_curvature(x, total=True) == pytest.approx(len(x) * largest_curvature(x))
    after = {rate: logistic_regression.fit(x, y, rate, 100)[1][-1] for rate in (0.01, 10.0)}
    assert after[0.01] > 0.5 and after[10.0] < 0.3


def test_loop_see_the_first_cost_and_what_gets_smaller():
    x, y = logistic_regression.tumours()
    places, costs = logistic_regression.fit(x, y, gradient_descent.LOOP_RATE, gradient_descent.LOOP_STEPS)
    assert round(costs[0], 4) == round(np.log(2), 4) == 0.6931 and (expit(0 * x) == 0.5).all()
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert (np.diff(steps) < 0).all() and (np.diff(costs) < 0).all()  # step = 1 times gradient


def test_blobs_see_the_loss_at_first_and_the_accuracy_after_five_steps():
    X, labels = gradient_descent.blobs()
    W, b, loss = gradient_descent.train_softmax(1.0)
    assert round(loss[0], 3) == round(np.log(3), 3) == 1.099 and (np.diff(loss) < 0).all()
    accuracy = [np.mean((X @ W[step].T + b[step]).argmax(axis=1) == labels) for step in range(201)]
    assert accuracy[0] < 0.4 and all(0.94 <= share < 0.95 for share in accuracy[5:])
    sure = [losses.softmax(X @ W[step].T + b[step]).max(axis=1).mean() for step in (5, 50, 200)]
    assert sure == sorted(sure) and loss[5] > 1.5 * loss[200]


@pytest.mark.parametrize("step", [1, 20, 200])
def test_blobs_see_the_borders_are_straight(step):
    W, b, _ = gradient_descent.train_softmax(0.1)
    difference, offset = W[step, 0] - W[step, 1], b[step, 0] - b[step, 1]
    along = np.array([-difference[1], difference[0]]) / np.linalg.norm(difference)
    line = -offset * difference / (difference @ difference) + np.linspace(-5, 5, 11)[:, None] * along
    scores = line @ W[step].T + b[step]
    assert np.allclose(scores[:, 0], scores[:, 1])


def rounded_to(dtype, value):
    return torch.tensor(value, dtype=torch.float64).to(dtype).double().item()


def test_formats_see_a_thousand_updates_of_a_thousandth():
    for name, end in {"bfloat16": 1.0, "float16": 1.977}.items():
        value = 1.0
        for _ in range(1000):  # each sum exactly, in float64, and then rounded
            value = rounded_to(number_formats.FORMATS[name], value + rounded_to(number_formats.FORMATS[name], 0.001))
        assert round(value, 3) == end
        assert number_formats.repeated(name, 1.0, 0.001)[-1] == value
    moves = np.diff(number_formats.repeated("float16", 1.0, 0.001))
    assert (moves > 0).all() and (moves != 0.001).all()


def test_formats_see_from_a_quarter_on_bfloat16_moves_up_to_a_half():
    values = number_formats.repeated("bfloat16", 0.25, 0.001)
    assert values[-1] == values[-100] == 0.5 and (np.diff(values) >= 0).all() and values[100] > 0.3
    gaps = [torch.nextafter(x, torch.tensor(1e9).bfloat16()) - x for x in torch.tensor([0.25, 0.5, 1.0]).bfloat16()]
    assert [gap.item() for gap in gaps] == [2**-9, 2**-8, 2**-7]
    assert f"{gaps[1].item():.4f}" == "0.0039" and gaps[1] / 2 > 0.001 > gaps[0] / 2


@pytest.mark.parametrize("seed", range(3))
def test_formats_see_an_update_is_lost_where_the_spacing_is_more_than_twice_as_large(seed):
    rng = np.random.default_rng(seed)
    for name, dtype in number_formats.FORMATS.items():
        x = rounded_to(dtype, rng.uniform(0.01, 10))
        gap = (torch.nextafter(torch.tensor(x, dtype=dtype), torch.tensor(1e4, dtype=dtype)) - x).double().item()
        assert number_formats.spacing(name, np.array(x)) == pytest.approx(gap)
        assert rounded_to(dtype, x + 0.49 * gap) == x and rounded_to(dtype, x + 0.51 * gap) > x


def test_formats_master_the_smallest_numbers_of_float16():
    assert rounded_to(torch.float16, 2.9e-8) == 0 < rounded_to(torch.float16, 3.1e-8)
    assert rounded_to(torch.bfloat16, 2.9e-8) > 0
    limits = [torch.finfo(dtype) for dtype in number_formats.FORMATS.values()]
    assert [round(-np.log2(limit.eps)) for limit in limits] == [7, 10, 23]  # bits of the fraction
    assert [f"{limit.max:.1e}" for limit in limits] == ["3.4e+38", "6.6e+04", "3.4e+38"]


def test_formats_master_see_weights_in_16_bits_stop_and_a_master_copy_does_not():
    alone, master, full = (
        number_formats.digits_trained(*formats)
        for formats in (("bfloat16", "bfloat16"), ("float32", "bfloat16"), ("float32", "float32"))
    )
    assert round(alone["loss"], 3) == 0.651 and alone["moving"] == 0
    assert round(master["loss"], 3) == round(full["loss"], 3) == 0.243
    X, labels = all_digits()
    W, one_hot = np.zeros((10, 64)), np.eye(10)[labels[:1000]]
    for _ in range(1000):
        W -= 0.1 * (softmax_of_scipy(X[:1000] @ W.T, axis=1) - one_hot).T @ X[:1000] / 1000
    assert full["loss"] == pytest.approx(losses.cross_entropy(X[:1000] @ W.T, labels[:1000]).mean(), abs=1e-4)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_formats_master_see_the_same_at_other_learning_rates(rate):
    alone = number_formats.digits_trained("bfloat16", "bfloat16", 1000, rate)
    master = number_formats.digits_trained("float32", "bfloat16", 1000, rate)
    assert alone["moving"] == 0 and alone["loss"] > 1.5 * master["loss"]


# --- Three questions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_questions_a_loss_of_2_30_is_a_tenth_in_the_geometric_mean(seed):
    scores, labels = torch.randn(1000, 10, generator=torch.Generator().manual_seed(seed)), torch.arange(1000) % 10
    p = torch.softmax(scores, dim=1)[torch.arange(1000), labels].numpy()
    loss = F.cross_entropy(scores, labels).item()
    assert gmean(p) == pytest.approx(np.exp(-loss), rel=1e-4) and p.std() > 0.05
    assert round(np.log(10), 3) == 2.303 and np.exp(-2.303) == pytest.approx(0.1, abs=1e-4)


def test_questions_listing_every_sample_twice_halves_the_limit_of_a_sum_only():
    X = np.random.default_rng(0).normal(size=(30, 3))
    limit = lambda X, divide: 2 / np.linalg.eigvalsh(X.T @ X / divide).max()
    twice = np.concatenate([X, X])
    assert limit(twice, 60) == pytest.approx(limit(X, 30)) and limit(twice, 1) == pytest.approx(limit(X, 1) / 2)


def test_questions_a_right_gradient_agrees_to_eight_digits_in_float64_only():
    x = np.linspace(-2, 2, 41)
    slope = np.cos(x) + x / 4

    def digits(precision, h):
        found = finite_differences.quotient(
            finite_differences.wave, x.astype(precision), np.dtype(precision).type(h), "central"
        )
        return -np.log10(np.abs(found - slope) / np.abs(slope).max() + 1e-17)

    assert 2.5 < np.median(digits("float32", 1e-4)) < 4.5 and digits("float64", 1e-5).min() > 8
