"""What unit 09 computes and draws, held against torch, scikit-learn, scipy and the definitions."""

import re

import numpy as np
import pytest
import scipy
import torch
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from torch.nn import functional as F

from course_utils.drawing.activations import ACTIVATIONS
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

NUMBER = r"(-?\d+(?:\.\d+)?(?:e[+-]\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number) for number in found.groups()]


# --- activations and products of slopes ------------------------------------------------------------------------------

TORCH = {
    "PReLU": lambda z: F.prelu(z, torch.tensor([0.3]).double()),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ReLU": torch.relu,
    "ELU": F.elu,
    "SiLU": lambda z: z * torch.sigmoid(z),
    "GELU": lambda z: z * torch.distributions.Normal(0.0, 1.0).cdf(z),
}


@pytest.mark.parametrize("name", TORCH)
def test_values_and_slopes_are_those_of_torch(name):
    z = torch.tensor([-4.0, -1.3, -0.2, 0.4, 2.5]).double().requires_grad_()
    expected = TORCH[name](z)
    (slope,) = torch.autograd.grad(expected.sum(), z)
    ours = vanishing_gradients.value_and_slope(name, z.detach().numpy(), 0.3)
    assert np.allclose(ours, [expected.detach(), slope], atol=1e-6)


@pytest.mark.parametrize(("name", "phi"), [("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("ReLU", torch.relu)])
@pytest.mark.parametrize("weight", [0.5, 1.0, 3.0])
def test_the_factors_of_a_chain_multiply_to_its_derivative(name, phi, weight):
    start = torch.tensor(0.5).double().requires_grad_()
    end = start
    for _ in range(7):
        end = phi(weight * end)
    end.backward()
    _, factors = vanishing_gradients.chain(name, weight, 7, steepest=False)
    assert start.grad is not None
    assert np.isclose(np.prod(factors), start.grad)
    told = numbers(rf"product of all {NUMBER};", vanishing_gradients.draw_product(7, weight, name, False).description)
    assert np.isclose(told, np.prod(factors), rtol=0.06).all()


@pytest.mark.parametrize(("name", "steepest"), [("sigmoid", 0.25), ("tanh", 1.0), ("ReLU", 1.0)])
def test_at_its_steepest_a_chain_has_the_largest_slopes(name, steepest):
    assert np.allclose(vanishing_gradients.chain(name, 3.0, 4, steepest=True)[1], 3 * steepest)


def test_gradient_norms_fall_with_sigmoids_and_stay_with_he():
    sigmoid, relu = (vanishing_gradients.gradient_norms(name, 10) for name in ("sigmoid, Xavier", "ReLU, He"))
    assert sigmoid.shape == relu.shape == (10,)
    assert 1e-7 < sigmoid[0] / sigmoid[-1] < 1e-4
    assert 0.1 < relu[0] / relu[-1] < 10


# --- hidden units ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "ReLU", "leaky ReLU"])
def test_a_step_of_the_network_is_that_of_the_formulas(activation):
    network = dead_units.random_network(8, bias=-0.1)
    X, labels = dead_units.first_digits()
    z = X @ network.W1.T + network.b1
    h = ACTIVATIONS[activation].function(z)
    logits = h @ network.W2.T + network.b2
    upstream = (scipy.special.softmax(logits, axis=1) - np.eye(10)[labels]) / len(X)
    dz = upstream @ network.W2 * ACTIVATIONS[activation].derivative(z)
    after, our_z, accuracy = dead_units.step(network, activation, 0.7)
    assert np.allclose(our_z, z)
    assert accuracy == pytest.approx(accuracy_score(labels, logits.argmax(axis=1)))
    gradients = {"W1": dz.T @ X, "b1": dz.sum(axis=0), "W2": upstream.T @ h, "b2": upstream.sum(axis=0)}
    for name, gradient in gradients.items():
        assert np.allclose(getattr(after, name), getattr(network, name) - 0.7 * gradient, atol=1e-12)


def test_a_unit_that_was_active_once_is_not_dead():
    z = np.array([[-1.0, -1.0, 0.0], [-2.0, 1e-9, -3.0]])
    assert list(dead_units.is_dead(z)) == [True, False, True]


def test_a_bias_far_below_zero_kills_relu_units_for_good_and_leaky_ones_learn():
    dead, accuracy, _ = dead_units.lives(1.0, -1.0, "ReLU")
    assert (dead == 1).all() and accuracy[-1] < 0.2
    assert dead_units.lives(1.0, -1.0, "leaky ReLU")[1][-1] > 0.4
    assert numbers(rf"steps {NUMBER}%", dead_units.draw_dead(3.0, 0.0, "ReLU").description)[0] > 90


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "ReLU"])
def test_equal_units_stay_equal_and_random_ones_do_not(activation):
    weights, accuracy = dead_units.training_run(dead_units.CONSTANT, activation)
    assert np.allclose(weights[-1], weights[-1][0], atol=1e-12)
    assert np.linalg.matrix_rank(weights[-1], rtol=1e-8) == dead_units.rank(weights[-1]) == 1
    random, better = dead_units.training_run(dead_units.RANDOM, activation)
    assert dead_units.rank(random[-1]) == 16
    assert better[-1] > accuracy[-1] + 0.4


def test_from_zero_weights_tanh_and_relu_do_not_move():
    for activation in ("tanh", "ReLU"):
        assert not dead_units.training_run(dead_units.ZERO, activation)[0].any()
    assert dead_units.training_run(dead_units.ZERO, "sigmoid")[0][-1].any()
    assert "all equal" in dead_units.draw_symmetry(dead_units.ZERO, "sigmoid", 200).description


# --- first weights ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("activation", "phi"), [("linear", lambda z: z), ("tanh", torch.tanh), ("ReLU", torch.relu)])
def test_the_two_passes_are_those_of_autograd(activation, phi):
    rng = np.random.default_rng(1)
    X, weights = rng.normal(size=(9, 5)), [rng.normal(size=shape) for shape in ((7, 5), (6, 7), (3, 6))]
    ours = initialization.passes(X, weights, activation)
    zs, hs = [], [torch.tensor(X, requires_grad=True)]
    for weight in weights:
        zs.append(hs[-1] @ torch.tensor(weight).T)
        hs.append(phi(zs[-1]))
    upstream = torch.tensor(np.random.default_rng(1).standard_normal((9, 3), dtype=np.float32)).double()
    gradients = torch.autograd.grad(hs[-1], [*zs, hs[0]], upstream / upstream.norm())
    assert np.allclose(ours.to_z, [float(g.norm()) for g in gradients[:-1]], rtol=1e-5)
    assert np.isclose(ours.to_h[0], float(gradients[-1].norm()), rtol=1e-5) and ours.to_h[-1] == 1
    assert np.allclose(ours.forward, [float(h.detach().square().mean().sqrt()) for h in hs])


@pytest.mark.parametrize("scheme", [initialization.XAVIER, initialization.HE])
def test_the_schemes_have_the_spread_of_torch(scheme):
    weight = torch.empty(300, 900, dtype=torch.float64)
    initialize = {
        initialization.XAVIER: torch.nn.init.xavier_normal_,
        initialization.HE: lambda w, generator: torch.nn.init.kaiming_normal_(
            w, nonlinearity="relu", generator=generator
        ),
    }[scheme]
    initialize(weight, generator=torch.Generator().manual_seed(0))
    assert np.isclose(initialization.std_of(scheme, 0.0, fan_in=900, fan_out=300), float(weight.std()), rtol=0.01)


def test_what_the_slide_prints_for_xavier_is_half_the_variance():
    one, other = (initialization.std_of(s, 0.0, 64, 500) for s in (initialization.HALF, initialization.XAVIER))
    assert np.isclose(one**2 * 2, other**2)


def test_histograms_count_every_entry_once():
    h = np.random.default_rng(0).normal(size=(50, 40))
    ours = initialization.histogram(h, -1.0, 1.0)
    expected, _ = np.histogram(h.clip(-1, 1), bins=initialization.BINS, range=(-1, 1))
    assert ours.sum() == h.size
    assert np.abs(ours - expected).max() <= 1


@pytest.mark.parametrize("narrow", [64, 512])
@pytest.mark.parametrize("rule", initialization.FANS)
def test_what_is_expected_of_changing_widths_is_what_comes_near(rule, narrow):
    forward, expected, backward, back_expected = initialization.alternating(rule, narrow)
    assert np.abs(np.log(forward / expected)).max() < 0.5
    assert np.abs(np.log(backward / back_expected)).max() < 0.5
    if rule == initialization.FAN_IN:
        assert np.allclose(expected, 1) and np.isclose(back_expected[0], narrow / 512)
    if rule == initialization.FAN_OUT:
        assert np.allclose(back_expected, 1) and np.isclose(expected[-1], 512 / narrow)


@pytest.mark.parametrize(("activation", "gain"), [("linear", 1.0), ("ReLU", 2.0)])
def test_the_right_gain_keeps_the_signal_through_thirty_layers(activation, gain):
    kept = numbers(rf"from 1 to {NUMBER};", initialization.draw_depth(gain, activation, 30).description)
    lost = numbers(rf"from 1 to {NUMBER};", initialization.draw_depth(gain / 2, activation, 30).description)
    assert 0.2 < kept[0] < 5
    assert np.isclose(np.log2(lost[0] / kept[0]), -30, atol=0.3)


# --- scales of inputs ------------------------------------------------------------------------------------------------


def test_scaling_is_that_of_scikit_learn_constant_features_included():
    X = np.column_stack([np.random.default_rng(0).normal(3, 5, size=20), np.full(20, 7.0), np.arange(20.0)])
    assert np.allclose(input_scaling.standardize(X, *input_scaling.mean_and_std(X)), StandardScaler().fit_transform(X))
    assert np.allclose(input_scaling.min_max(X, X.min(axis=0), X.max(axis=0)), MinMaxScaler().fit_transform(X))


@pytest.mark.parametrize("scale", [1, 4, 30])
def test_gradient_descent_goes_where_the_loop_goes_and_needs_as_many_steps(scale):
    X = input_scaling.two_features(scale)
    H = X.T @ X / len(X)
    w, steps = input_scaling.START.copy(), 0
    learning_rate = 2 / np.linalg.eigvalsh(H).sum()
    while np.linalg.norm(w) >= 1e-6 * np.linalg.norm(input_scaling.START):
        w, steps = w - learning_rate * H @ w, steps + 1
        if steps == 5:
            assert np.allclose(input_scaling.path(H, 5)[-1], w)
    assert abs(input_scaling.steps_needed(H) - steps) <= 1


def test_the_statistics_of_a_test_set_of_one_class_spoil_it():
    pattern = rf"correct on {NUMBER} of 40"
    (own,) = numbers(pattern, input_scaling.draw_ruler(input_scaling.TEST, 40, 100).description)
    (right,) = numbers(pattern, input_scaling.draw_ruler(input_scaling.TRAIN, 40, 100).description)
    assert own < 30 < 38 <= right


# --- batch normalization ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 7, 64])
def test_batch_norm_and_its_gradient_are_those_of_torch(n):
    rng = np.random.default_rng(n)
    x, gamma, beta, grad_output = (
        rng.normal(2, 3, (n, 4)),
        rng.normal(size=4),
        rng.normal(size=4),
        rng.normal(size=(n, 4)),
    )
    leaves = [torch.tensor(part, requires_grad=True) for part in (x, gamma, beta)]
    expected = F.batch_norm(leaves[0], None, None, *leaves[1:], training=True, eps=1e-3)
    expected.backward(torch.tensor(grad_output))
    y, xhat = batch_norm.batch_norm(x, gamma, beta, 1e-3)
    assert np.allclose(y, expected.detach())
    ours = batch_norm.batch_norm_backward(grad_output, xhat, gamma, x.var(axis=0), 1e-3)
    for gradient, leaf in zip(ours, leaves, strict=True):
        assert leaf.grad is not None
        assert np.allclose(gradient, leaf.grad, atol=1e-10)


@pytest.mark.parametrize("momentum", [0.01, 0.3, 1.0])
def test_running_statistics_are_those_of_torch(momentum):
    layer = torch.nn.BatchNorm1d(1, momentum=momentum).double()
    x = np.random.default_rng(5).normal(2, 3, size=(9, 16))
    for batch in x:
        layer(torch.tensor(batch)[:, None])
    means, variances = batch_norm.running(x, momentum)
    expected = layer.state_dict()
    assert np.allclose([means[-1], variances[-1]], [expected["running_mean"][0], expected["running_var"][0]])


def test_the_layer_picture_tells_mean_and_scale_and_a_correlation_that_stays():
    description = batch_norm.draw_layer(2.0, -1.0, 1e-5, 100).description
    assert numbers(rf"means {NUMBER} and {NUMBER}, standard deviations {NUMBER} and {NUMBER};", description) == [
        -1, -1, 2, pytest.approx(2, abs=0.01),
    ]  # fmt: skip
    before, after = numbers(rf"was {NUMBER} and is {NUMBER}", description)
    assert before == after == pytest.approx(np.corrcoef(batch_norm.skewed()[:100].T)[0, 1], abs=6e-4)
    assert "means -1.00 and -1.000" in batch_norm.draw_layer(2.0, -1.0, 1e-5, 1).description


@pytest.mark.parametrize("place", batch_norm_training.PLACES)
def test_batch_norm_stands_where_its_name_says(place):
    kinds = [type(module).__name__ for module in batch_norm_training.network(place)][:3]
    assert (
        kinds
        == {
            batch_norm_training.WITHOUT: ["Linear", "ReLU", "Linear"],
            batch_norm_training.BEFORE: ["Linear", "BatchNorm1d", "ReLU"],
            batch_norm_training.AFTER: ["Linear", "ReLU", "BatchNorm1d"],
        }[place]
    )


def test_one_step_of_training_is_that_of_torch_sgd():
    ours, theirs = (batch_norm_training.network(batch_norm_training.BEFORE) for _ in range(2))
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.2)
    X, labels = batch_norm_training.digit_tensors()
    i = torch.randint(1000, (batch_norm_training.BATCH,), generator=torch.Generator().manual_seed(1))
    F.cross_entropy(theirs(X[i]), labels[i]).backward()
    optimizer.step()
    seen = batch_norm_training.train(ours, 0.2, lambda model: model.state_dict()["0.weight"].clone())
    assert len(seen) == batch_norm_training.STEPS + 1
    assert torch.allclose(seen[1], theirs.state_dict()["0.weight"])
    assert not torch.allclose(seen[0], seen[1])


@pytest.mark.parametrize("order", [batch_norm_training.SHUFFLED, batch_norm_training.SORTED])
def test_the_accuracy_in_train_mode_is_that_of_torch_in_train_mode(order):
    state = {name: value.clone() for name, value in batch_norm_training.trained_network().state_dict().items()}
    model = batch_norm_training.network(batch_norm_training.BEFORE)
    model.load_state_dict(state)
    X, labels = (part[1000:] for part in batch_norm_training.digit_tensors())
    shuffled = torch.randperm(len(X), generator=torch.Generator().manual_seed(0))
    places = torch.argsort(labels, stable=True) if order == batch_norm_training.SORTED else shuffled
    with torch.no_grad():
        right = [model(X[i]).argmax(dim=1) == labels[i] for i in places[: 797 // 50 * 50].split(50)]
    assert batch_norm_training.in_train_mode(50, order) == pytest.approx(float(torch.cat(right).double().mean()))
    after = batch_norm_training.trained_network().state_dict()
    assert all(torch.equal(after[name], value) for name, value in state.items())


def test_batch_norm_tolerates_a_learning_rate_that_breaks_the_plain_network():
    k = batch_norm_training.RATES.index(1.0)
    plain, before, after = (batch_norm_training.tolerance(place)[k] for place in batch_norm_training.PLACES)
    assert plain < 0.5 < 0.85 < min(before, after)


def test_inputs_of_a_layer_shift_less_with_batch_norm():
    moved = [
        np.abs(np.diff(batch_norm_training.shifts(p).mean(axis=1)[[0, -1]], axis=0)).mean()
        for p in batch_norm_training.PLACES
    ]
    assert moved[0] > 3 * max(moved[1:])


# --- layer norm and residual stacks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("norm", normalization_axes.NORMS)
def test_the_three_norms_are_those_of_torch(norm):
    x = np.random.default_rng(0).normal(3, 2, size=(6, 5))
    layer = {
        normalization_axes.BATCH_NORM: torch.nn.BatchNorm1d(5),
        normalization_axes.LAYER_NORM: torch.nn.LayerNorm(5),
        normalization_axes.RMS_NORM: torch.nn.RMSNorm(5, eps=1e-5),
    }[norm].double()
    assert np.allclose(normalization_axes.normalized(norm, x), layer(torch.tensor(x)).detach())


@pytest.mark.parametrize("norm", normalization_axes.NORMS)
def test_the_picture_of_the_axes_tells_how_far_the_samples_move(norm):
    before, after = normalization_axes.numbers(4), normalization_axes.numbers(4, 3.0, 2.0)
    assert np.array_equal(after[0], 3 * before[0] + 2) and np.array_equal(after[1:], before[1:])
    moved = np.abs(normalization_axes.normalized(norm, after) - normalization_axes.normalized(norm, before)).max(axis=1)
    text = normalization_axes.draw_axes(norm, 4, 3.0, 2.0).description
    found = numbers(rf"output by up to {NUMBER} and that of the other samples by up to {NUMBER}\.", text)
    assert np.allclose(found, [moved[0], moved[1:].max()], atol=0.0051)


@pytest.mark.parametrize("kind", residual_stack.KINDS)
def test_a_stack_computes_what_modules_of_torch_compute(kind):
    params = residual_stack.parameters(3, seed=5)
    X = residual_stack.pixels()[:7]
    look = residual_stack.KINDS[kind]
    h = hidden = X @ params[0].T
    for weight in params[1:4]:
        entering = torch.nn.LayerNorm(32).double()(h) if look.has_norm else h
        h = (h if look.has_skip else 0) + torch.relu(entering) @ weight.T
    logits = torch.relu(torch.nn.LayerNorm(32).double()(h) if look.has_norm else h) @ params[4].T
    ours, H = residual_stack.forward(params, X, kind)
    assert torch.allclose(ours, logits) and torch.allclose(H[0], hidden) and torch.allclose(H[-1], h) and len(H) == 4


def test_a_stack_that_is_trained_does_not_change_what_is_drawn_next():
    once = residual_stack.training.__wrapped__(residual_stack.PRE_NORM, 2, 0.3, 0)
    again = residual_stack.training.__wrapped__(residual_stack.PRE_NORM, 2, 0.3, 0)
    assert np.array_equal(once, again) and once[-1] > once[0] + 0.5
    text = residual_stack.draw_stack(residual_stack.PLAIN, "5").description
    signal, gradient = residual_stack.sizes(residual_stack.PLAIN, 5)
    (ratio,) = numbers(rf"first layer is {NUMBER} times", text)
    assert ratio == pytest.approx(gradient[0] / gradient[-1], rel=0.01) and f"to {signal[-1]:.3g}," in text


@pytest.mark.parametrize("momentum", [0.05, 0.1, 0.9, 1.0])
def test_the_weights_of_batches_in_a_running_mean_are_those_that_it_is_made_of(momentum):
    x = np.random.default_rng(1).normal(3, 1, size=(7, 5))
    for count in range(8):
        weights = batch_norm.weights_of_batches(momentum, count)
        assert weights.sum() == pytest.approx(1)
        mean = weights[1:] @ x[:count].mean(axis=1)
        assert mean == pytest.approx(np.append(0.0, batch_norm.running(x, momentum)[0])[count])
