"""What unit 04 computes and draws, compared with scikit-learn, scipy, torch and the definitions."""

import re
from itertools import pairwise

import numpy as np
import pytest
import scipy
import torch
import torch.nn.functional as F
from sklearn.linear_model import LinearRegression, LogisticRegression

from course_utils.drawing import activations
from course_utils.drawing.activations import ACTIVATIONS
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
from course_utils.losses_gradients.finite_differences import CENTRAL, FORWARD, LAYOUTS
from course_utils.losses_gradients.gradient_descent import CAP, GRADIENT, LANDSCAPES, STEP

NUMBER = r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number) for number in found.groups()]


def gradient(leaf: torch.Tensor) -> np.ndarray:
    """Return the gradient that a backward pass has left in `leaf`."""
    assert leaf.grad is not None
    return leaf.grad.numpy()


def some_scores(n: int, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return 3 * rng.normal(size=(n, classes)), rng.integers(classes, size=n)


# --- models ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outlier", [models.OUTLIER, (-3.0, 4.0), (0.0, 0.0)])
def test_the_best_lines_are_those_of_scikit_learn_and_of_a_linear_program(outlier):
    x, y = models.near_a_line(*outlier)
    fit = LinearRegression().fit(x[:, None], y)
    assert np.allclose(models.least_squares_line(x, y), (fit.coef_[0], fit.intercept_))
    n = len(x)
    equations = np.column_stack([x, -x, np.ones(n), -np.ones(n), np.eye(n), -np.eye(n)])
    program = scipy.optimize.linprog(np.r_[np.zeros(4), np.ones(2 * n)], A_eq=equations, b_eq=y)
    weight, bias = models.least_absolute_line(x, y)
    assert np.isclose(np.abs(y - weight * x - bias).sum(), program.fun)


@pytest.mark.parametrize("places", [(0.5, 0.0, 1.5, -2.5), (-2.0, 1.3, 3.0, 4.0)])
def test_the_line_picture_states_torchs_losses(places):
    weight, bias, *outlier = places
    x, y = map(torch.tensor, models.near_a_line(*outlier))
    description = models.draw_line(weight, bias, tuple(outlier)).description
    shown = numbers(rf"L1 loss \(sum\) {NUMBER}, L2 loss \(sum\) {NUMBER}", description)
    losses_of_torch = [loss(weight * x + bias, y, reduction="sum").item() for loss in (F.l1_loss, F.mse_loss)]
    assert np.allclose(shown, losses_of_torch, atol=0.006)
    last = abs(y[-1] - weight * x[-1] - bias).item()
    shares = numbers(rf"contributes {NUMBER}% of L1 and {NUMBER}% of L2", description)
    assert np.allclose(shares, [100 * last / losses_of_torch[0], 100 * last**2 / losses_of_torch[1]], atol=0.6)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
def test_activations_and_their_slopes_are_those_of_torch(name):
    z = np.linspace(-30, 30, 1000)  # 0 is not among them
    leaf = torch.tensor(z, requires_grad=True)
    value = ACTIVATIONS[name].in_torch(leaf)
    upstream = torch.linspace(-1, 2, 1000, dtype=torch.float64)
    value.backward(upstream)
    assert np.allclose(ACTIVATIONS[name].function(z), value.detach(), atol=1e-12)
    assert np.allclose(upstream.numpy() * ACTIVATIONS[name].derivative(z), gradient(leaf), atol=1e-12)


def test_the_sigmoid_is_that_of_scipy_far_out_and_warns_of_nothing():
    z = np.array([-1000.0, -700.0, -40.0, -1.0, 0.0, 2.0, 40.0, 1000.0])
    with np.errstate(all="raise", under="ignore"):
        assert np.allclose(activations.sigmoid(z), scipy.special.expit(z), rtol=1e-14, atol=0)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "ReLU", "leaky ReLU"])
def test_the_neuron_picture_states_what_torch_computes(activation):
    z, a = numbers(rf"z = {NUMBER}, .* a = {NUMBER}", models.draw_neuron(-1.5, 0.4, 0.3, activation).description)
    expected = F.linear(torch.tensor(models.INPUTS), torch.tensor([-1.5, 0.4]).double()) + 0.3
    assert abs(z - expected) < 0.006
    assert abs(a - ACTIVATIONS[activation].in_torch(expected)) < 0.006


def test_a_network_without_hidden_layers_is_the_best_line_and_counts_its_weights():
    x, target, made = models.network_fit(0, 5)
    assert np.allclose(made, LinearRegression().fit(x[:, None], target).predict(x[:, None]))
    for layers, width in ((1, 4), (2, 8), (3, 1)):
        sizes = [1, *[width] * layers, 1]
        model = torch.nn.Sequential(*(torch.nn.Linear(*pair) for pair in pairwise(sizes)))
        count = sum(parameter.numel() for parameter in model.parameters())
        text = models.draw_network(layers, width).description
        assert numbers(rf"weights and biases: {NUMBER}\.", text) == [count]


def test_the_parts_of_the_classifier_are_those_of_scikit_learn():
    X, labels, weight, bias = models.digit_classifier()
    fitted = LogisticRegression(C=0.1, max_iter=200).fit(X[:1000], labels[:1000])
    expected = fitted.predict_log_proba(X[1018:1019])[0, labels[1018]]
    assert np.allclose(losses.cross_entropy(X @ weight.T + bias, labels)[1018], -expected)


# --- logistic regression ---------------------------------------------------------------------------------------------


def test_binary_cross_entropy_is_that_of_torch_and_finite_far_out():
    z, y = np.array([-800.0, -2.0, 0.3, 5.0, 900.0]), np.array([1.0, 0.0, 0.7, 1.0, 0.0])
    expected = F.binary_cross_entropy_with_logits(torch.tensor(z), torch.tensor(y))
    assert np.isclose(logistic_regression.binary_cross_entropy(z, y), expected.item())


def test_the_fit_is_torchs_sgd_and_comes_to_scikit_learn():
    x, y = logistic_regression.tumours()
    places, costs = logistic_regression.fit(x, y, 0.7, 25)
    parameters = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([parameters], lr=0.7)
    for k in range(25):
        optimizer.zero_grad()
        cost = F.binary_cross_entropy_with_logits(parameters[0] * torch.tensor(x) + parameters[1], torch.tensor(y))
        assert np.isclose(cost.item(), costs[k])
        cost.backward()
        optimizer.step()
    assert np.allclose(places[-1], parameters.detach())
    fitted = LogisticRegression(C=np.inf, tol=1e-10).fit(x[:, None], y)
    assert np.allclose(
        logistic_regression.fit(x, y, 1.0, 2000)[0][-1], (fitted.coef_[0, 0], fitted.intercept_[0]), atol=1e-4
    )


@pytest.mark.parametrize("places", [(3.6, -0.6, 0.5), (3.6, -0.6, 0.1), (-2.0, 1.0, 0.75)])
def test_the_threshold_picture_counts_as_a_loop_does(places):
    weight, bias, threshold = places
    alarms, misses = numbers(
        rf"there are {NUMBER} false alarms and {NUMBER} misses", logistic_regression.draw_threshold(*places).description
    )
    x, y = logistic_regression.tumours()
    positive = scipy.special.expit(weight * x + bias) >= threshold
    assert alarms == sum(p and not t for p, t in zip(positive, y, strict=True))
    assert misses == sum(t and not p for p, t in zip(positive, y, strict=True))


@pytest.mark.parametrize(("precision", "last_right", "first_lost"), [("float32", 14.0, 18.0), ("float64", 26.0, 38.0)])
def test_the_way_through_the_probability_loses_the_gradient_and_the_other_does_not(precision, last_right, first_lost):
    curves = logistic_regression.saturated(precision)
    z, right = curves["z"], scipy.special.expit(curves["z"].astype(float))
    assert np.allclose(curves["BCEWithLogitsLoss"], [np.logaddexp(0, z), right], atol=1e-5)
    early, late = z <= last_right, z >= first_lost
    assert np.allclose(curves["BCELoss"][1, early], right[early], atol=0.1)
    assert np.all(curves["BCELoss"][:, late] == [[100], [0]])


def test_the_measured_growth_of_the_weight():
    growth = logistic_regression.weight_after(logistic_regression.SEPARABLE)[[10, 100, 1000, 10_000, 100_000]]
    assert [round(w, 1) for w in growth] == [2.1, 4.0, 6.2, 8.5, 10.8]
    x, y = np.transpose(logistic_regression.OVERLAPPING)
    fitted = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10).fit(x[:, None], y)
    assert np.isclose(
        logistic_regression.weight_after(logistic_regression.OVERLAPPING)[-1], fitted.coef_[0, 0], atol=1e-4
    )


# --- losses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "classes"), [(1, 2), (4, 4), (7, 3)])
def test_losses_are_those_of_torch(n, classes):
    scores, labels = some_scores(n, classes)
    s, y = torch.tensor(scores), torch.tensor(labels)
    assert np.allclose(losses.softmax(scores), torch.softmax(s, dim=1))
    assert np.allclose(losses.cross_entropy(scores, labels), F.cross_entropy(s, y, reduction="none"))
    assert np.allclose(losses.hinge(scores, labels), classes * F.multi_margin_loss(s, y, reduction="none"))


def test_rows_far_apart_do_not_spoil_each_other():
    scores, labels = np.array([[1000.0, 999.0], [-1000.0, -1001.0]]), np.array([0, 1])
    expected = F.cross_entropy(torch.tensor(scores), torch.tensor(labels), reduction="none")
    assert np.allclose(losses.cross_entropy(scores, labels), expected)


@pytest.mark.parametrize("label", ["1", "2", "3"])
def test_the_softmax_picture_states_the_gradient_of_torch(label):
    scores = torch.tensor([[1.5, -2.0, 0.5]], requires_grad=True)
    loss = F.cross_entropy(scores, torch.tensor([int(label) - 1]))
    loss.backward()
    description = losses.draw_softmax(1.5, -2.0, 0.5, label).description
    assert abs(numbers(rf"loss is {NUMBER} ", description)[0] - loss.item()) < 6e-4
    shown = numbers(rf"scores {NUMBER}, {NUMBER}, {NUMBER}\.$", description)
    assert np.allclose(shown, gradient(scores)[0], atol=0.006)


@pytest.mark.parametrize(("margin", "classes"), [(-2.0, 3), (0.4, 2), (2.5, 10)])
def test_the_margin_picture_states_losses_and_pulls_of_torch(margin, classes):
    description = losses.draw_margin(margin, classes).description
    shown = numbers(rf"hinge loss is {NUMBER} .*of size {NUMBER}; .* is {NUMBER} .*of size {NUMBER}\.$", description)
    expected = []
    for loss, factor in ((F.multi_margin_loss, classes), (F.cross_entropy, 1)):
        scores = torch.zeros((1, classes), dtype=torch.float64)
        scores[0, 0] = margin
        value = factor * loss(scores.requires_grad_(), torch.tensor([0]))
        value.backward()
        expected += [value.item(), -gradient(scores)[0, 0].item()]
    assert np.allclose(shown, expected, atol=6e-4)


def test_the_smallest_margin_of_the_separated_clouds_is_that_promised():
    X, labels, W = losses.separated()
    scores = X @ W.T
    leads = [row[y] - max(np.delete(row, y)) for row, y in zip(scores, labels, strict=True)]
    assert np.isclose(min(leads), 1.25)
    hinge, entropy, square = losses.scaled_losses(np.array([0.6, 2.0]))
    for i, k in enumerate((0.6, 2.0)):
        s, y = torch.tensor(k * scores), torch.tensor(labels)
        assert np.isclose(hinge[i], 3 * F.multi_margin_loss(s, y).item())
        assert np.isclose(entropy[i], F.cross_entropy(s, y).item())
        assert np.isclose(square[i], np.linalg.norm(k * W) ** 2)


def test_the_star_of_the_scaled_losses_is_where_a_search_finds_it():
    description = losses.draw_scale(1.0, 0.02).description
    shown = numbers(rf"smallest at k = {NUMBER} for hinge and at k = {NUMBER} for", description)
    for i in range(2):
        total = lambda k, i=i: (lambda c: c[i][0] + 0.02 * c[2][0])(losses.scaled_losses(np.array([k])))
        found = scipy.optimize.minimize_scalar(total, bounds=(0, 4), method="bounded").x
        assert abs(shown[i] - found) < 0.03


def test_the_three_losses_of_a_score_and_their_slopes_are_those_of_torch():
    x = torch.tensor([-5.0, -0.7, 0.2, 0.9, 4.0], dtype=torch.float64, requires_grad=True)
    values = [-torch.log(x.clamp(losses.FLOOR, 1)), -torch.sigmoid(x), -F.logsigmoid(x)]
    upstream = torch.tensor([1.0, -1.0, 2.0, 0.5, 3.0], dtype=torch.float64)
    for value, ours, slope in zip(values, losses.why_losses(x.detach().numpy()), losses.why_slopes(x.detach().numpy()),
                                  strict=True):  # fmt: skip
        assert np.allclose(ours, value.detach())
        assert np.allclose(upstream.numpy() * slope, torch.autograd.grad(value, x, upstream)[0])


# --- derivatives -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [-2.3, 0.0, 1.7])
def test_the_secant_picture_states_the_slope_of_torch_and_the_error_of_scipy(x):
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (torch.sin(leaf) + leaf**2 / 8).backward()
    description = finite_differences.draw_secant(x, 0.01, CENTRAL).description
    assert abs(numbers(rf"slope is {NUMBER}\. ", description)[0] - gradient(leaf).item()) < 6e-5
    forward = scipy.optimize.approx_fprime([x], lambda v: finite_differences.wave(v[0]), 1e-3)[0]
    assert np.isclose(
        finite_differences.quotient(finite_differences.wave, np.array(x), np.array(1e-3), FORWARD), forward
    )


def test_errors_fall_with_the_powers_that_the_lecture_names():
    steps = finite_differences.STEPS
    truncated = (steps > 1e-3) & (steps < 1e-1)
    for method, power in ((FORWARD, 1), (CENTRAL, 2)):
        errors = finite_differences.quotient_errors("float64", method)[truncated]
        assert np.polyfit(np.log10(steps[truncated]), np.log10(errors), 1)[0] == pytest.approx(power, abs=0.05)
    rounded_off = (steps > 1e-11) & (steps < 1e-9)
    errors = finite_differences.quotient_errors("float64", FORWARD)[rounded_off]
    assert np.polyfit(np.log10(steps[rounded_off]), np.log10(errors), 1)[0] == pytest.approx(-1, abs=0.4)
    best = {
        method: steps[finite_differences.quotient_errors("float64", method).argmin()] for method in (FORWARD, CENTRAL)
    }
    assert 1e-10 < best[FORWARD] < 1e-7
    assert 1e-7 < best[CENTRAL] < 1e-4
    lost = finite_differences.quotient_errors("float32", FORWARD)[steps < 1e-8]
    assert np.allclose(lost, finite_differences.wave_slope(finite_differences.PLACE), atol=1e-6)


def test_the_card_repeats_the_slide():
    description = finite_differences.draw_card(1e-4, 5).description
    assert "1.25347 and 1.25322" in description
    assert "slope is -2.5, plus or minus 0.1" in description


@pytest.mark.parametrize("way", ways_to_a_gradient.WAYS)
@pytest.mark.parametrize("n", [3, 8, 40])
def test_each_way_gives_torchs_gradient(way, n):
    leaf = torch.tensor(ways_to_a_gradient.factors(n), dtype=torch.float64, requires_grad=True)
    leaf.prod().backward()
    counter = ways_to_a_gradient.Counter()
    found = ways_to_a_gradient.WAYS[way](ways_to_a_gradient.factors(n), counter)
    assert np.allclose(found, gradient(leaf), rtol=1e-8)
    formulas = {
        "manual": 2 * n - 1,
        "symbolic": n * (n - 2),
        "numerical": 2 * n * (n - 1) + n,
        "automatic": 3 * (n - 1),
    }
    assert counter.count == formulas[way] == ways_to_a_gradient.work(way)[n - 3]


@pytest.mark.parametrize("x", [[2.0, 0.0, 3.0], [0.0, 0.0, 1.0, 5.0]])
def test_only_the_manual_way_fails_at_zero(x):
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    leaf.prod().backward()
    for way in ("symbolic", "numerical", "automatic"):
        assert np.allclose(ways_to_a_gradient.WAYS[way](x, ways_to_a_gradient.Counter()), gradient(leaf), atol=1e-8)
    with pytest.raises(ZeroDivisionError):
        ways_to_a_gradient.by_hand(x, ways_to_a_gradient.Counter())


SHAPES = {
    "jacobian": ("(2, 5)", "(2, 5)", "(5, 2)"),
    "gradient": ("(5,)", "(1, 5)", "(5, 1)"),
    "hessian": ("(5, 5)", "(5, 5)", "(5, 5)"),
    "matrix": ("(5, 2)", "(2, 5)", "(5, 2)"),
}


@pytest.mark.parametrize(("example", "kind"), LAYOUTS.items())
def test_the_layouts_have_the_shapes_of_the_table(example, kind):
    description = finite_differences.draw_layouts(example, 5, 2).description
    found = re.search(r"torch returns shape (.+), numerator layout has (.+), denominator layout (.+)\.$", description)
    assert found and found.groups() == SHAPES[kind]


# --- descent ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_the_slopes_of_the_landscapes_are_central_differences(landscape):
    f, slope = LANDSCAPES[landscape]
    x = np.linspace(-9, 9, 41)
    assert np.allclose(slope(x), (f(x + 1e-5) - f(x - 1e-5)) / 2e-5, atol=1e-7)


def test_each_rule_stops_for_its_own_reason():
    _, slope = LANDSCAPES["bowl"]
    places, reason = gradient_descent.descent_path(slope, 8.0, 1.0, GRADIENT)
    assert reason == "small gradient"
    assert abs(slope(places[-1])) < 1e-4 <= abs(slope(places[-2]))
    places, reason = gradient_descent.descent_path(slope, 8.0, 1.0, STEP)
    assert reason == "small step"
    assert abs(places[-1] - places[-2]) < 1e-4 <= abs(places[-2] - places[-3])
    places, reason = gradient_descent.descent_path(slope, 8.0, 1.0, CAP)
    assert (reason, len(places)) == ("cap", gradient_descent.MAX_UPDATES + 1)
    assert gradient_descent.descent_path(slope, 8.0, 1e-6, STEP)[0].size == 2
    assert gradient_descent.descent_path(slope, 3.0, 1.0, GRADIENT)[0].size == 1
    assert gradient_descent.descent_path(slope, 8.0, 6.0, GRADIENT)[1] == "diverged"


@pytest.mark.parametrize("learning_rate", [0.05, 0.3])
def test_the_places_are_those_of_torchs_sgd(learning_rate):
    places, _ = gradient_descent.descent_path(LANDSCAPES["hills"][1], -5.5, learning_rate, CAP)
    x = torch.tensor(-5.5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=learning_rate)
    for place in places:
        assert np.isclose(x.item(), place)
        optimizer.zero_grad()
        (x**2 / 20 + x / 10 + torch.cos(2 * x)).backward()
        optimizer.step()


@pytest.mark.parametrize("eigenvalues", [(1.0, 2.0), (1.0, -0.5), (-2.0, -2.0), (0.0, 1.0)])
def test_a_stationary_point_is_what_its_neighbours_say(eigenvalues):
    around = np.stack([np.cos(turn := np.linspace(0, 2 * np.pi, 60)), np.sin(turn)])
    values = np.array(eigenvalues) @ around**2
    name = gradient_descent.stationary(np.array(eigenvalues))
    assert (name == "minimum") == (values > 0).all()
    assert (name == "maximum") == (values < 0).all()
    assert (name == "saddle") == (values.min() < 0 < values.max())


def test_the_softmax_classifier_is_trained_as_torch_trains_it():
    X, labels = gradient_descent.blobs()
    model = torch.nn.Linear(2, 3, dtype=torch.float64)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    weights, biases, history = gradient_descent.train_softmax(0.1)
    for k in range(30):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(torch.tensor(X)), torch.tensor(labels))
        assert np.isclose(loss.item(), history[k])
        loss.backward()
        optimizer.step()
    assert np.allclose(weights[30], model.weight.detach())
    assert np.allclose(biases[30], model.bias.detach())


@pytest.mark.parametrize("step", [0, 7, 40])
def test_the_loop_picture_states_the_gradient_of_torch(step):
    description = gradient_descent.draw_loop(step).description
    x, y = map(torch.tensor, logistic_regression.tumours())
    start = torch.tensor(logistic_regression.fit(*logistic_regression.tumours(), 1.0, step)[0][-1], requires_grad=True)
    F.binary_cross_entropy_with_logits(start[0] * x + start[1], y).backward()
    assert np.allclose(numbers(rf"gradient \({NUMBER}, {NUMBER}\)", description), gradient(start), atol=6e-5)


PROMISES = [
    (models.draw_line, (0.8, 0.5, (1.5, -2.5)), "contributes 60% of L1 and 94% of L2"),
    (models.draw_line, (0.8, 0.5, (1.5, -2.5)), "slope 0.83 in L1 and 0.61 in L2"),
    (logistic_regression.draw_threshold, (3.6, -0.6, 0.5), "25 false alarms and 45 misses"),
    (logistic_regression.draw_threshold, (3.6, -0.6, 0.5), "from -0.34 to 1.77"),
    (logistic_regression.draw_separable, (1000.0, True), "steps w = 1.35"),
    (activations.draw_activation, ("sigmoid", 0.0, 10, False), "multiplied are 9.5e-07"),
    (models.draw_network, (1, 4), "error 0.2"),
    (confidence.draw_smoothing, (0.0, 3, 1.0), "smaller at every larger margin"),
    (confidence.draw_temperature, (1.0, 3), "94.1% sure on average and right in 83.0%"),
    (number_formats.draw_updates, ("bfloat16", 1.0, 0.001), "0 of them change it, and it ends at 1; exact is 2"),
    (losses.draw_scale, (2.0, 0.01), "k = 0.80 for hinge and at k = 2.20"),
    (losses.draw_why, (-4.0, 5), "-4.00 on -ln clip(x), -3.91 on -sigma(x) and 0.19"),
    (losses.draw_why, (-4.0, 20), "-3.57 on -sigma(x)"),
    (finite_differences.draw_card, (1e-6, 5), "slope is 0, plus or minus 1e+01"),
    (finite_differences.draw_card, (1e-2, 5), "slope is -2.3, plus or minus 0.001"),
    (ways_to_a_gradient.draw_work, (40,), "numerical 3160, automatic 117"),
    (ways_to_a_gradient.draw_work, (40,), "less than 1e-8, that of the others less than 1e-14"),
    (gradient_descent.draw_descent, (8.0, 0.1, "hills", GRADIENT), "at x = 7.631"),
    (gradient_descent.draw_descent, (-3.0, 0.1, "hills", GRADIENT), "at x = -1.557"),
    (gradient_descent.draw_descent, (0.0, 0.1, "hills", GRADIENT), "at x = -1.557"),
    (gradient_descent.draw_descent, (8.0, 1e-6, "hills", STEP), "1 update, stopped by: small step"),
    (gradient_descent.draw_descent, (8.0, 5.2, "bowl", GRADIENT), "diverged"),
    (gradient_descent.draw_rates, (2.0,), "0.96, slow; 0.4: factor 0.20, good; 1.02: factor -1.04, diverges"),
    (gradient_descent.draw_rates, (0.5,), "1.02: factor 0.49, good"),
    (gradient_descent.draw_rates, (4.0,), "0.4: factor -0.60, zigzag"),
    (gradient_descent.draw_loop, (0,), "cost 0.6931"),
    (gradient_descent.draw_blobs, (0, "1"), "cross entropy 1.099"),
    (gradient_descent.draw_blobs, (5, "1"), "94.7%"),
    (gradient_descent.draw_blobs, (200, "1"), "94.7%"),
]


@pytest.mark.parametrize(("draw", "places", "promise"), PROMISES)
def test_the_pictures_show_what_the_lecture_says_you_should_see(draw, places, promise):
    assert promise in draw(*places).description


# --- confidence, and numbers of 16 bits ------------------------------------------------------------------------------


@pytest.mark.parametrize(("classes", "epsilon"), [(2, 0.0), (3, 0.3), (10, 0.1)])
def test_the_loss_of_a_smoothed_label_is_that_of_torch(classes, epsilon):
    margins = np.array([-3.0, 0.0, 0.4, 9.0])
    scores = torch.zeros(4, classes, dtype=torch.float64)
    scores[:, 0] = torch.tensor(margins)
    theirs = F.cross_entropy(scores, torch.zeros(4, dtype=torch.int64), reduction="none", label_smoothing=epsilon)
    assert np.allclose(confidence.smoothed_loss(margins, classes, epsilon), theirs)


def test_the_bins_of_a_calibration_hold_every_sample_and_a_certain_one_is_in_the_last():
    scores = np.log([[0.55, 0.45], [0.6 - 1e-9, 0.4 + 1e-9], [0.2, 0.8], [0.85, 0.15], [1e-300, 1.0]])
    sure, right, count = confidence.calibration(scores, np.array([0, 1, 1, 0, 0]))
    assert count.tolist() == [2, 2, 1]
    assert np.allclose(sure, [0.575, 0.825, 1.0]) and np.allclose(right, [0.5, 1.0, 0.0])
    assert np.isclose(confidence.calibration_error(scores, np.array([0, 1, 1, 0, 0])), (2 * 0.075 + 2 * 0.175 + 1) / 5)


@pytest.mark.parametrize("name", number_formats.FORMATS)
def test_the_spacing_is_the_way_to_the_next_number(name):
    x = torch.tensor([1e-4, 0.0625, 0.9, 1.0, 3.5, 60000.0], dtype=number_formats.FORMATS[name])
    gaps = torch.nextafter(x, torch.full_like(x, torch.finfo(x.dtype).max)) - x
    assert np.array_equal(number_formats.spacing(name, x.double().numpy()), gaps.double().numpy())
