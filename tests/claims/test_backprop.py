"""What the prose and the pictures of unit 05 say, computed again; each test is named after its cell."""

import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from sklearn.linear_model import LogisticRegression
from torch.nn import functional as F

from course_utils.backprop import edge_puzzle, layer_backprop, network_backprop, scalar_backprop
from course_utils.drawing.graphs import BACKWARD
from course_utils.drawing.pictures import GREY


def gradient_at(leaf: torch.Tensor) -> torch.Tensor:
    """Return the gradient that a backward pass has left at a leaf."""
    assert leaf.grad is not None
    return leaf.grad


def heads(axes):
    """Return the number of arrow heads that point forward, and backward."""
    counts = {">": 0, "<": 0}
    for scatter in axes.collections:
        if hasattr(scatter, "get_sizes") and len(scatter.get_sizes()):
            tips = scatter.get_paths()[0].vertices[:, 0]
            mark = ">" if tips[0] > tips.mean() else "<"
            counts[mark] += len(scatter.get_offsets())
    return counts[">"], counts["<"]


@pytest.mark.parametrize(
    ("draw", "places", "steps"),
    [
        (scalar_backprop.draw_simple, {"x": -2, "y": 5, "z": -4}, 5),
        (scalar_backprop.draw_chain, {"w": 0.23, "x": 1.23, "b": 0.1, "label": "y = 1"}, 7),
    ],
    ids=["simple-demo", "logistic-demo"],
)
def test_simple_demo_and_logistic_demo_edges_that_carried_a_gradient_point_backward(draw, places, steps):
    for step in range(steps + 1):
        axes = draw(step=step, **places).figure.axes[0]
        forward, backward = heads(axes)
        assert backward == max(0, step - 1)  # one edge per node that has its gradient, none for the output
        assert forward + backward == steps - 1


def test_gates_demo_all_edges_point_backward_when_all_gradients_are_shown():
    picture = scalar_backprop.draw_gates(x=3, y=-4, z=2, w=-1, gate="max: router")
    assert heads(picture.figure.axes[0]) == (0, 7)


def test_fill_demo_only_typed_edges_point_backward():
    names = list(edge_puzzle.fields())
    nothing = edge_puzzle.draw_answers(**dict.fromkeys(names, "")).figure.axes[0]
    assert heads(nothing) == (len(names), 0)
    one = edge_puzzle.draw_answers(**dict.fromkeys(names, "") | {names[0]: "7"}).figure.axes[0]
    assert heads(one) == (len(names) - 1, 1)


def test_module_demo_modules_nearer_to_the_loss_have_sent_theirs():
    for module, waiting in ((3, 4), (2, 2), (1, 0)):
        axes = layer_backprop.draw_module(module, 1.0).figure.axes[0]
        forward, backward = heads(axes)
        assert (forward, backward) == (waiting, 7 - waiting)


def test_simple_see_edges_that_carried_a_gradient_are_red_and_the_others_grey():
    axes = scalar_backprop.draw_simple(x=-2, y=5, z=-4, step=3).figure.axes[0]
    colours = [tuple(np.round(colour, 3)) for colour in np.array(axes.collections[0].get_edgecolor())]
    backward, waiting = (tuple(np.round(np.array(to_rgba(colour)), 3)) for colour in (BACKWARD, GREY))
    assert colours.count(backward) == 2  # f -> z and f -> q
    assert colours.count(waiting) == 2


def cut_off(picture):
    """Return the texts of a picture that reach beyond its edge."""
    picture.figure.canvas.draw()
    page = picture.figure.bbox
    texts = [text for axes in picture.figure.axes for text in axes.texts if text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    return [text for text, box in boxes if box.x0 < 0 or box.x1 > page.x1 or box.y0 < 0 or box.y1 > page.y1]


@pytest.mark.parametrize(("layers", "width", "outputs"), [(8, 50, 50), (12, 100, 100), (1, 2, 1), (12, 2, 100)])
@pytest.mark.parametrize("measure", [False, True])
def test_order_demo_no_label_is_cut_off(layers, width, outputs, measure):
    assert cut_off(layer_backprop.draw_order(layers, width, outputs, measure)) == []


def test_order_see_multiplications_of_eight_layers():
    counts = layer_backprop.multiplications([50] * 9)
    assert list(counts.values()) == [3_520_000, 895_000, 20_000]
    one = layer_backprop.multiplications([50] * 8 + [1])
    assert one[layer_backprop.MATRICES] / one[layer_backprop.VECTOR] == pytest.approx(1.02, abs=0.005)


def test_training_demo_and_network_demo_write_the_layer_in_brackets():
    picture = network_backprop.draw_training(network_backprop.MOONS, 1.0, 300)
    texts = [text.get_text() for axes in picture.figure.axes for text in axes.texts]
    assert any("W$^{[2]}$" in text for text in texts)
    assert not any("W²" in text or "A⁰" in text for text in texts)


def chain(w: float) -> tuple[torch.Tensor, list[float]]:
    """Return z of the logistic chain at x_1 = 1.23, b = 0.1 and label 1, and its gradients of w, b, a and z."""
    leaf, bias = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (w, 0.1))
    z = leaf * 1.23 + bias
    a = torch.sigmoid(z)
    loss = F.binary_cross_entropy(a, torch.ones_like(a))
    return z.detach(), [gradient.item() for gradient in torch.autograd.grad(loss, (leaf, bias, a, z))]


def test_logistic_see_the_gradients_at_the_start_and_their_ratio():
    _, (dw, db, *_) = chain(0.23)
    assert (round(dw, 4), round(db, 4)) == (-0.4987, -0.4054) and dw / db == pytest.approx(1.23)
    drawn = scalar_backprop.draw_chain(w=0.23, x=1.23, b=0.1, label="y = 1", step=7).description
    assert "dL/dw = -0.4987" in drawn and "dL/db = -0.4054" in drawn


def test_logistic_see_the_logarithm_undoes_what_the_sigmoid_flattens():
    z, (_, _, da, dz) = chain(-4.0)
    a = torch.sigmoid(z).item()
    assert round(a * (1 - a), 4) == 0.0079 and round(da) == -125 and dz == pytest.approx(-1, abs=0.01)
    z = z.requires_grad_()
    (squared,) = torch.autograd.grad((torch.sigmoid(z) - 1) ** 2, z)
    assert abs(squared.item()) < 0.02


def test_erratum_differentiable_functions_of_torch_choose_different_numbers_at_a_kink_and_agree_elsewhere():
    relus = (torch.relu, lambda x: x.clamp(min=0), lambda x: torch.maximum(x, torch.zeros(())))

    def slopes(place):
        x = torch.tensor(place, requires_grad=True)
        return {torch.autograd.grad(relu(x), x)[0].item() for relu in relus}

    assert slopes(0.0) == {0.0, 0.5, 1.0} and slopes(0.1) == {1.0} and slopes(-0.1) == {0.0}


def gates(x: float, y: float, z: float, w: float) -> tuple[float, list[float]]:
    """Return f = 2 (x y + max(z, w)) and its gradient, by torch."""
    four = torch.tensor([x, y, z, w], dtype=torch.float64, requires_grad=True)
    f = 2 * (four[0] * four[1] + torch.maximum(four[2], four[3]))
    f.backward()
    return f.item(), gradient_at(four).tolist()


def test_gates_see_the_gradients_and_what_a_larger_y_changes():
    assert gates(3, -4, 2, -1) == (-20, [-8, 6, 2, 0])
    assert gates(3, -40, 2, -1)[1] == [-80, 6, 2, 0]
    values, (f, slopes) = {"x": 3, "y": -4, "z": 2, "w": -1}, gates(3, -4, 2, -1)
    unmoved = [name for name in values if gates(**values | {name: values[name] + 0.01})[0] == f]
    assert unmoved == ["w"] and slopes[3] == 0 and gates(3, -4, 2, 2.5)[0] != f  # w above z
    traced = scalar_backprop.trace(scalar_backprop.GATES, **values)
    assert [traced.gradients[name] for name in "xyzw"] == slopes


@pytest.mark.parametrize("seed", range(5))
def test_gates_see_large_inputs_mean_large_gradients_of_the_weights(seed):
    generator = torch.Generator().manual_seed(seed)
    X, W = (torch.randn(n, 3, generator=generator, dtype=torch.float64) for n in (20, 1))

    def slopes(scale):
        weight = (W / scale).requires_grad_()  # the output stays as it is
        F.linear(X * scale, weight).square().sum().backward()
        return gradient_at(weight)

    scale = torch.tensor([1.0, 10.0, 100.0], dtype=torch.float64)
    assert torch.allclose(slopes(scale), scale * slopes(torch.ones_like(scale)))


def test_ties_see_the_shares_of_each_convention_add_up_to_1():
    assert all(sum(shares) == 1 for shares in scalar_backprop.TIES.values())
    for convention, (to_z, to_w) in scalar_backprop.TIES.items():
        tie = scalar_backprop.draw_tie(2.0, 2.0, convention).description
        assert f"It sends {to_z:g} of the upstream gradient to z and {to_w:g} to w, together 1" in tie
    h = 1e-3
    growth = (max(2 + h, 2 + h) - max(2, 2)) / h
    assert growth == pytest.approx(1) and growth != 0 + 0 and growth != 1 + 1


def test_ties_see_the_convention_matters_only_at_the_tie():
    def drawn(z, w):
        return {scalar_backprop.draw_tie(z, w, convention).description for convention in scalar_backprop.TIES}

    assert len(drawn(2.0, 2.0)) == 3 and len(drawn(2.0, 1.5)) == len(drawn(1.5, 2.0)) == 1


def test_fork_see_what_the_branches_send():
    x, sent = 1.5, {}
    for name, recipe in scalar_backprop.FORKS.items():
        traced = scalar_backprop.trace(recipe, x=x, y=1.0)
        sent[name] = [round(traced.sent(edge), 4) for edge in traced.edges if edge[0] == "x"]
        leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        by_name = {"eˣ + x²": leaf.exp() + leaf**2, "eˣ · x²": leaf.exp() * leaf**2, "x + x + y": leaf + leaf + 1}
        by_name[name].backward()
        assert traced.gradients["x"] == pytest.approx(gradient_at(leaf).item())
    assert list(sent.values()) == [[4.4817, 3], [10.0838, 13.4451], [1, 1]]
    assert [round(np.exp(x) + 2 * x, 4), round(np.exp(x) * (x**2 + 2 * x), 4)] == [7.4817, 23.5289]


@pytest.mark.parametrize("function", list(scalar_backprop.FORKS))
def test_fork_see_one_branch_is_no_tangent_and_a_loose_end_sends_nothing(function):
    picture = scalar_backprop.draw_fork(1.5, function, loose_end=True)
    assert "it sends back 0" in picture.description
    with_end = scalar_backprop.trace(scalar_backprop._with_loose_end(scalar_backprop.FORKS[function]), x=1.5, y=1.0)
    assert with_end.gradients["s"] == 0 and with_end.sent(("x", "s")) == 0
    curve, tangent, one_branch = picture.figure.axes[1].lines[:3]
    near = np.abs(np.asarray(curve.get_xdata()) - 1.5) < 0.06
    away = [
        np.ptp((np.asarray(curve.get_ydata()) - np.asarray(line.get_ydata()))[near]) for line in (tangent, one_branch)
    ]
    assert away[0] < 0.06 and away[1] > 0.09


def test_erratum_tree_a_program_that_assigns_returns_1_and_one_that_adds_returns_2():
    recipe = scalar_backprop.FORKS[scalar_backprop.X_TWICE]
    traced, assigned = scalar_backprop.trace(recipe, x=1.0, y=1.0), {"L": 1.0}
    for name in reversed(list(recipe)):
        for source, derivative in zip(recipe[name][1:], traced.local.get(name, ()), strict=True):
            assigned[source] = assigned[name] * derivative  # = where += is right
    x = torch.tensor(1.0, requires_grad=True)
    (x + x + 1).backward()
    assert assigned["x"] == 1 and traced.gradients["x"] == gradient_at(x).item() == 2


def test_fill_see_what_each_edge_sends():
    x, y, z = 3.0, -1.0, -4.0
    q, m = x + y, max(y, z)
    traced = edge_puzzle.puzzle()
    sent = {edge: traced.sent(edge) for edge in traced.edges}
    assert (q, m) == (2, -1) and y > z
    assert sent == {("x", "q"): -1, ("y", "q"): -1, ("y", "m"): 2, ("z", "m"): 0, ("q", "f"): m, ("m", "f"): q}
    leaves = torch.tensor([x, y, z], requires_grad=True)
    ((leaves[0] + leaves[1]) * torch.maximum(leaves[1], leaves[2])).backward()
    assert gradient_at(leaves).tolist() == [-1, -1 + 2, 0]


@pytest.mark.parametrize("small", [(3,), (4, 1), ()])
def test_duality_see_a_copy_forward_is_a_sum_backward_and_a_sum_a_copy(small):
    upstream = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
    copied = torch.zeros(small, requires_grad=True)
    copied.expand(4, 3).backward(upstream)
    axes = {(3,): (0,), (4, 1): (1,), (): (0, 1)}[small]
    expected = upstream.sum(dim=axes, keepdim=small == (4, 1))
    assert gradient_at(copied).shape == small and torch.allclose(gradient_at(copied), expected)
    array = torch.zeros(4, 3, requires_grad=True)
    array.sum(dim=axes, keepdim=small == (4, 1)).backward(expected)
    assert torch.equal(gradient_at(array), expected.expand(4, 3))  # every summand of a sum gets the same
    assert small != () or len(gradient_at(array).unique()) == 1


@pytest.mark.parametrize("samples", [1, 8, 12])
def test_network_see_the_weights_of_four_neurons_after_five(samples):
    layer = torch.nn.Linear(5, 4)
    assert (layer.weight.numel(), layer.bias.numel()) == (20, 4)
    picture = network_backprop.draw_network(hidden=5, layer=2, samples=samples)
    orange = [lines for lines in picture.figure.axes[0].collections if isinstance(lines, LineCollection)][1]
    assert len(orange.get_segments()) == 20
    assert f"W (4, 5), b (4,), Z and A ({samples}, 4)" in picture.description


def test_module_see_the_shapes_and_the_best_step_of_module_2():
    stack = layer_backprop.stack()
    assert [gradients[1].shape for gradients in (stack.outgoing, stack.d_weights, stack.d_inputs)] == [
        (8, 4),
        (4, 5),
        (8, 5),
    ]
    rates = np.linspace(0, 4, 81)
    after = np.array([layer_backprop.loss_after(2, rate) for rate in rates])
    assert rates[after.argmin()] == pytest.approx(1) and [round(after[0], 3), round(after.min(), 3)] == [1.083, 0.526]
    higher = after[1:] > after[0]
    assert rates[1:][higher].min() == pytest.approx(2.65) and higher[np.argmax(higher) :].all()


@pytest.mark.parametrize("module", [1, 2, 3])
def test_module_see_the_gradients_are_those_of_torch_and_the_step_follows_the_tangent_at_first(module):
    stack = layer_backprop.stack()
    weights = [torch.tensor(W, requires_grad=True) for W in stack.weights]
    h = torch.tensor(stack.inputs[0])
    for W in weights[:-1]:
        h = torch.tanh(h @ W.T)
    F.mse_loss(h @ weights[-1].T, torch.tensor(stack.target)).backward()
    gradient = gradient_at(weights[module - 1]).numpy()
    assert np.allclose(stack.d_weights[module - 1], gradient)
    fall = stack.loss - layer_backprop.loss_after(module, 1e-3)
    assert fall == pytest.approx(1e-3 * np.sum(gradient**2), rel=0.01)


def right_after(data: str, learning_rate: float, step: int) -> float:
    """Return the percentage of samples that the network of `draw_training` has right after a step."""
    X, Y = network_backprop.points(data)
    parameters = network_backprop.train_network(data, learning_rate)[0][step // network_backprop.EVERY]
    return round(100 * float(np.mean((network_backprop.logits(parameters, X)[0] > 0) == (Y > 0.5))), 1)


def test_training_see_how_many_are_right():
    moons = network_backprop.MOONS
    assert [right_after(moons, 1.0, step) for step in (0, 100, 600)] == [44.7, 87.3, 98.7]
    assert right_after(moons, 0.01, 600) == 78.3
    costs = network_backprop.train_network(moons, 1.0)[1]
    assert costs[80:121] == pytest.approx(0.24, abs=0.016)
    assert (np.diff(network_backprop.train_network(moons, 10.0)[1]) > 0.02).sum() > 20


def test_training_see_the_boundary_is_nearly_straight_before_it_bends():
    X, _ = network_backprop.points(network_backprop.MOONS)
    kept, _ = network_backprop.train_network(network_backprop.MOONS, 1.0)
    like_a_line = []
    for parameters in (kept[5], kept[30]):  # steps 100 and 600
        own = network_backprop.logits(parameters, X)[0][:, 0] > 0
        like_a_line.append(LogisticRegression(C=1e4).fit(X, own).score(X, own))
    assert like_a_line[0] > 0.97 and like_a_line[1] < 0.9


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_training_see_with_ten_times_the_rate_all_units_die_on_the_circles(seed):
    X, Y = network_backprop.points(network_backprop.CIRCLES)
    parameters, biases = network_backprop.initial(seed), []
    for step in range(200):
        slopes, cost = network_backprop.gradients(parameters, X, Y)
        if step >= 20:
            assert not network_backprop.logits(parameters, X)[1].any()  # every ReLU gives 0
            assert not any(slopes[name].any() for name in ("W1", "b1", "W2"))
            biases.append(parameters["b2"].item())
        parameters = {name: parameters[name] - 10 * slopes[name] for name in parameters}
    assert (np.diff(np.sign(biases)) != 0).all() and round(cost, 3) == 1.044
    assert right_after(network_backprop.CIRCLES, 10.0, 600) == 50


def test_questions_the_gradients_on_the_four_edges():
    x, y = (torch.tensor(value, requires_grad=True) for value in (3.0, 1.0))
    total, difference = x + y, x - y
    sent = torch.autograd.grad(total * difference, (total, difference, x, y))
    assert [gradient.item() for gradient in sent] == [2, 4, 6, -2] == [2, 4, 2 * 3.0, -2 * 1.0]
    assert (total.item(), difference.item()) == (4, 2) and 2 + 4 == 6 and 2 - 4 == -2


@pytest.mark.parametrize("samples", [1, 5, 20])
def test_questions_a_mean_makes_the_gradient_of_the_bias_too_small_by_the_number_of_samples(samples):
    X, y = torch.randn(samples, 3), torch.randn(samples, 2)
    layer = torch.nn.Linear(3, 2)
    output = layer(X)
    output.retain_grad()
    F.mse_loss(output, y).backward()
    assert torch.allclose(gradient_at(output).sum(dim=0), gradient_at(layer.bias))
    assert torch.allclose(samples * gradient_at(output).mean(dim=0), gradient_at(layer.bias))


def test_questions_a_jacobian_takes_a_pass_per_row_backward_and_a_pass_per_column_forward():
    W, x = torch.randn(50, 2), torch.randn(2)
    function = lambda x: torch.tanh(W @ x)
    rows = [torch.autograd.functional.vjp(function, x, row)[1] for row in torch.eye(50)]  # a pass for each output
    columns = [torch.autograd.functional.jvp(function, x, column)[1] for column in torch.eye(2)]  # and for each input
    jacobian = torch.autograd.functional.jacobian(function, x)
    assert (len(rows), len(columns)) == jacobian.shape
    assert np.allclose(np.array(rows), jacobian) and np.allclose(np.array(columns).T, jacobian)
