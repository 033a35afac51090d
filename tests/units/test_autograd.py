"""What unit 06 computes and draws, compared with torch, scipy, finite differences and the definitions."""

import itertools
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.differentiate import derivative

from course_utils.autograd import (
    control_flow,
    custom_functions,
    static_graphs,
    torch_graphs,
    toy_autodiff,
    toy_autodiff_pictures,
)
from course_utils.autograd.toy_autodiff import leaf

NUMBER = r"(-?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?)"
RNG = np.random.default_rng(0)


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number.replace(",", "")) for number in found.groups()]


# --- the engine ------------------------------------------------------------------------------------------------------

A, B = RNG.normal(size=(2, 3, 4))
OPERATIONS = {
    "add": (toy_autodiff.ADD, torch.add, (A, B)),
    "subtract": (toy_autodiff.SUBTRACT, torch.sub, (A, B)),
    "multiply": (toy_autodiff.MULTIPLY, torch.mul, (A, B)),
    "divide": (toy_autodiff.DIVIDE, torch.div, (A, 2 + B**2)),
    "exp": (toy_autodiff.EXP, torch.exp, (A,)),
    "square": (toy_autodiff.SQUARE, torch.square, (A,)),
    "relu": (toy_autodiff.RELU, torch.relu, (A,)),
    "sigmoid": (toy_autodiff.SIGMOID, torch.sigmoid, (np.append(A, [-800.0, 800.0]),)),
    "sum": (toy_autodiff.SUM, torch.sum, (A,)),
    "matmul": (toy_autodiff.MATMUL, torch.matmul, (A, B.T)),
    "square matmul": (toy_autodiff.MATMUL, torch.matmul, (A[:, :3], B[:, :3])),
    "softmax": (toy_autodiff.SOFTMAX, lambda s: s.softmax(-1), (A + [[1000], [0], [-1000]],)),
    "mse": (toy_autodiff.MSE, F.mse_loss, (A, B)),
    "logistic": (toy_autodiff.LOGISTIC_NLL, F.binary_cross_entropy_with_logits, (np.array([-900, 0.3, 2, 900]), B[0])),
    "concatenate": (toy_autodiff.CONCATENATE, lambda *p: torch.cat(p, -1), (A, B[:, :1], A[:, :2])),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_the_value_and_the_gradients_of_torch(name):
    ours, theirs, inputs = OPERATIONS[name]
    tensors = [torch.tensor(array, requires_grad=True) for array in inputs]
    result = theirs(*tensors)
    upstream = np.random.default_rng(1).normal(size=result.shape)
    result.backward(torch.tensor(upstream))
    leaves = [leaf(array) for array in inputs]
    node = toy_autodiff.apply(ours, *leaves)
    assert node.value.shape == result.shape
    assert np.allclose(node.value, result.detach())
    gradients = toy_autodiff.backward(node, upstream)
    for node, tensor in zip(leaves, tensors, strict=True):
        assert gradients[node].shape == tensor.shape
        assert np.allclose(gradients[node], gradient(tensor))


def gradient(leaf: torch.Tensor) -> np.ndarray:
    """Return the gradient that a backward pass has left in `leaf`."""
    assert leaf.grad is not None
    return leaf.grad.numpy()


def mixed(x, y):
    """Return an expression in which values are used again, numbers stand at both sides, and every operator occurs."""
    u = 2 * x - y / 3
    v = (1 - u) * u + 5 / (y * y + 1) - 0.5
    return u * v + u / (v * v + 1.0) + x


def test_an_expression_with_shared_values_has_the_gradients_of_torch():
    x, y = leaf(A), leaf(B)
    a, b = (torch.tensor(node.value, requires_grad=True) for node in (x, y))
    upstream = np.random.default_rng(2).normal(size=A.shape)
    mixed(a, b).backward(torch.tensor(upstream))
    gradients = toy_autodiff.backward(mixed(x, y), upstream)
    assert np.allclose(gradients[x], gradient(a))
    assert np.allclose(gradients[y], gradient(b))


def test_arrays_at_the_left_of_an_operator_are_taken_whole():
    x = leaf(A)
    assert np.allclose(toy_autodiff.backward(B * x)[x], B)


def test_nothing_is_broadcast():
    with pytest.raises(ValueError, match=r"\(3, 4\) and \(4,\)"):
        leaf(A) + leaf(A[0])


def test_a_schedule_has_each_node_once_and_sources_first():
    x, y = leaf(A), leaf(B)
    result = mixed(x, y)
    order = toy_autodiff.schedule(result)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is result
    assert all(place[source] < place[node] for node in order for source in node.sources)
    assert set(toy_autodiff.breadth_first(result)) == set(order)


def test_a_chain_of_five_thousand_is_possible():
    x = leaf(0.1)
    node = x
    for _ in range(5000):
        node = node * 1.0
    assert toy_autodiff.backward(node)[x] == 1


def test_a_plan_gives_what_a_new_graph_gives_on_new_numbers():
    x, y = leaf(A), leaf(B)
    plan = toy_autodiff.Plan(mixed(x, y), [y, x])
    for scale in (1.0, -0.5):
        p, q = leaf(scale * A), leaf(B + scale)
        fresh = mixed(p, q)
        value, (of_y, of_x) = plan.run(q.value, p.value)
        assert np.allclose(value, fresh.value)
        assert np.allclose(of_x, toy_autodiff.backward(fresh)[p])
        assert np.allclose(of_y, toy_autodiff.backward(fresh)[q])


# --- pictures of the engine ------------------------------------------------------------------------------------------


def test_the_engine_picture_ends_with_the_numbers_of_the_slides():
    description = toy_autodiff_pictures.draw_engine(toy_autodiff_pictures.SUM_XXY, 9).description
    assert "value [[3, 1], [1, 2]], after 4 of 4" in description
    assert "x [[2, 2], [2, 2]], y [[1, 1], [1, 1]]" in description
    assert "value [[2, 1], [1, 1]]" in toy_autodiff_pictures.draw_engine(toy_autodiff_pictures.SUM_XY, 0).description
    assert "none yet" in toy_autodiff_pictures.draw_engine(toy_autodiff_pictures.SUM_XY, 0).description
    assert "value -12" in toy_autodiff_pictures.draw_engine(toy_autodiff_pictures.XYZ, 5).description
    assert "x -4, y -4, z 3" in toy_autodiff_pictures.draw_engine(toy_autodiff_pictures.XYZ, 5).description


@pytest.mark.parametrize("join", [toy_autodiff_pictures.JOIN_SUM, toy_autodiff_pictures.JOIN_PRODUCT])
@pytest.mark.parametrize("x", [-2.0, -0.3, 1.5])
def test_the_fork_picture_adds_to_the_slope_and_overwriting_loses_a_branch(join, x):
    function = {"eˣ + x²": lambda t: np.exp(t) + t**2, "eˣ · x²": lambda t: np.exp(t) * t**2}[join]
    right = derivative(function, x).df
    pattern = rf"contribute {NUMBER} and {NUMBER}; (?:added|overwritten), x holds {NUMBER}\. The slope of L is {NUMBER}"
    one, other, held, slope = numbers(pattern, toy_autodiff_pictures.draw_fork(join, x, False).description)
    assert np.allclose([one + other, held, slope], right, atol=2e-4)
    one, other, held, slope = numbers(pattern, toy_autodiff_pictures.draw_fork(join, x, True).description)
    assert held in (one, other)
    assert np.isclose(slope, right, atol=1e-4)


@pytest.mark.parametrize("a", [-3.0, 0.5, 2.0])
def test_only_the_topological_order_gives_the_gradient(a):
    right = derivative(lambda t: t**2 + 9 * t**4, a).df
    pattern = rf"holds the gradient {NUMBER}; the correct gradient is {NUMBER}"
    shown = numbers(pattern, toy_autodiff_pictures.draw_order(toy_autodiff_pictures.TOPOLOGICAL, 6, a).description)
    assert np.allclose(shown, right, atol=1e-3)
    held, must = numbers(
        pattern, toy_autodiff_pictures.draw_order(toy_autodiff_pictures.BREADTH_FIRST, 6, a).description
    )
    assert held == 2 * a
    assert np.isclose(must, right, atol=1e-3)


def test_runs_are_counted_as_the_definitions_say():
    assert toy_autodiff_pictures.runs_for_jacobian(7, 2) == {
        "central differences": 14,
        "forward mode": 7,
        "reverse mode": 2,
    }


# --- graphs of torch -------------------------------------------------------------------------------------------------


def functions_of(tensor: torch.Tensor) -> set:
    """Return all backward functions behind a tensor except those of leaves, found by recursion."""
    found = set()

    def visit(function):
        if function is not None and function not in found and not hasattr(function, "variable"):
            found.add(function)
            for source, _ in function.next_functions:
                visit(source)

    visit(tensor.grad_fn)
    return found


@pytest.mark.parametrize("expression", [torch_graphs.SUM_OF_PRODUCTS, torch_graphs.TWO_LAYERS, torch_graphs.LOSS])
def test_a_walk_finds_every_backward_function_and_every_leaf(expression):
    result, leaves = torch_graphs.example(expression)
    graph = torch_graphs.walk(result, leaves)
    names = sorted(torch_graphs.short(function) for function in functions_of(result))
    assert sorted(node.label for node in graph.nodes.values() if node.kind != "leaf") == names
    assert {node.label for node in graph.nodes.values() if node.kind == "leaf"} - {"None"} == set(leaves)
    full = torch_graphs.walk(result, leaves, full=True)
    functions = sorted(node.label for node in full.nodes.values() if node.kind != "leaf")
    assert functions == sorted(function.name() for function in functions_of(result))


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_the_picture_of_a_network_counts_its_parameters_and_functions(layers):
    widths = [64] + [16] * (layers - 1) + [10]
    net = torch.nn.Sequential(*(torch.nn.Linear(i, o) for i, o in itertools.pairwise(widths)))
    pattern = rf"layers? and {NUMBER} parameters: {NUMBER} backward functions and {NUMBER} leaves"
    shown = numbers(pattern, torch_graphs.draw_image_to_loss(layers).description)
    loss, _ = torch_graphs.image_to_loss(layers)
    assert shown == [sum(p.numel() for p in net.parameters()), len(functions_of(loss)), 2 * layers]


def test_the_iteration_grows_a_graph_and_drops_it():
    counts = []
    for line in range(2, 6):
        counts += numbers(rf"{NUMBER} backward function", torch_graphs.draw_stage(line).description)
    assert counts == [1, 2, 3, 6]
    assert "no graph" in torch_graphs.draw_stage(1).description
    x, y, w1, w2 = (tensor.detach().numpy() for tensor in torch_graphs.running_example())
    hidden = x @ w1
    gradient = x.T @ (2 * (np.maximum(hidden, 0) @ w2 - y) @ w2.T * (hidden > 0))
    shown = numbers(rf"with norm {NUMBER}\.", torch_graphs.draw_stage(7).description)
    assert np.allclose(shown, np.linalg.norm(gradient), atol=0.06)


@pytest.mark.parametrize("x", [-1.3, 0.4, 1.5])
def test_derivatives_of_derivatives_are_right(x):
    values = [np.sin(x**2), 2 * x * np.cos(x**2), 2 * np.cos(x**2) - 4 * x**2 * np.sin(x**2)]
    shown = [numbers(rf" is {NUMBER};", torch_graphs.draw_derivatives(n, x).description)[0] for n in range(3)]
    assert np.allclose(shown, values, atol=1e-4)


@pytest.mark.parametrize("wanted", [(False, False, True), (True, False, False), (False, False, False)])
@pytest.mark.parametrize("no_grad", [False, True])
def test_tracking_follows_the_rule(wanted, no_grad):
    x, y, z = wanted
    a, b = (x or y) and not no_grad, (x or y or z) and not no_grad
    description = torch_graphs.draw_requires_grad(x, y, z, no_grad).description
    assert f"x {x}, y {y}, z {z}, a {a}, b {b}." in description
    assert f"backward {sum(wanted) if b else 0} of 3" in description


# --- upstream gradients, Functions, gradcheck ------------------------------------------------------------------------


@pytest.mark.parametrize(("upper", "lower", "times"), [(1, 1, 1), (2, 2, 1), (-0.5, 2, 3)])
def test_the_upstream_picture_holds_thirteen_times_v_for_each_call(upper, lower, times):
    description = custom_functions.draw_upstream(upper, lower, times).description
    shown = numbers(rf"x\.grad holds {NUMBER} and {NUMBER}\.", description)
    assert np.allclose(shown, [13 * upper * times, 13 * lower * times], atol=0.051)


def test_the_relu_of_the_slide_is_right_and_the_mistakes_are_seen_where_the_text_says():
    ramp = torch.linspace(2, -1, 6, dtype=torch.float64)
    right = custom_functions.gradient(None, ramp)
    assert torch.equal(custom_functions.gradient(custom_functions.MyReLU, ramp), right)
    assert torch.equal(right, ramp * (custom_functions.POINTS > 0))
    assert not torch.allclose(custom_functions.gradient(custom_functions.ForgetsUpstream, ramp), right)
    assert not torch.allclose(custom_functions.gradient(custom_functions.MasksUpstream, ramp), right)
    ones, signs = torch.ones(6, dtype=torch.float64), torch.linspace(-2, 2, 6, dtype=torch.float64)
    for mistake, unseen in ((custom_functions.ForgetsUpstream, ones), (custom_functions.MasksUpstream, signs)):
        assert torch.equal(custom_functions.gradient(mistake, unseen), custom_functions.gradient(None, unseen))


def test_the_function_picture_counts_the_differences():
    for function, count in (
        (custom_functions.SLIDE, 0),
        (custom_functions.NO_UPSTREAM, 3),
        (custom_functions.UPSTREAM_SIGN, 5),
    ):
        description = custom_functions.draw_function(function, 2.0, -1.0).description
        assert numbers(rf": {NUMBER} of 6 differ", description) == [count]


def test_my_relu_passes_gradcheck_away_from_the_kink():
    points = custom_functions.POINTS.clone().requires_grad_()
    assert torch.autograd.gradcheck(custom_functions.MyReLU.apply, points)
    assert torch.autograd.gradgradcheck(custom_functions.MyReLU.apply, points)


def test_difference_errors_are_those_of_the_closed_forms():
    steps = np.array([1e-2, 1e-1])
    errors = custom_functions.difference_errors(custom_functions.SMOOTH, 0.7, torch.float64, steps)
    sigma = 1 / (1 + np.exp(-0.7))
    exact = [(np.logaddexp(0, 0.7 + h) - np.logaddexp(0, 0.7 - h)) / (2 * h) - sigma for h in steps]
    assert np.allclose(errors, np.abs(exact), atol=1e-12)
    kink = custom_functions.difference_errors(custom_functions.KINKED, 1e-3, torch.float64, np.array([1e-4, 1e-2]))
    assert np.allclose(kink, [0, 1 - (1e-3 + 1e-2) / 2e-2], atol=1e-9)


@pytest.mark.parametrize(
    ("function", "distance", "dtype", "accepted"),
    [
        (custom_functions.KINKED, 1e-7, custom_functions.FLOAT64, False),
        (custom_functions.KINKED, 1e-5, custom_functions.FLOAT64, True),
        (custom_functions.SMOOTH, 1e-7, custom_functions.FLOAT64, True),
        (custom_functions.SMOOTH, 1.0, custom_functions.FLOAT32, False),
    ],
)
def test_gradcheck_refuses_at_kinks_and_in_single_precision(function, distance, dtype, accepted):
    description = custom_functions.draw_gradcheck(function, distance, dtype).description
    assert f"gradcheck returns {accepted}" in description


# --- control flow ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", control_flow.PROGRAMS)
@pytest.mark.parametrize("x", [0.6, 1.7, 3.3])
def test_a_program_has_the_slope_of_its_central_difference(program, x):
    h = 1e-6
    high, low = (control_flow.value_and_gradient(program, x + s)[0] for s in (h, -h))
    value, slope = control_flow.value_and_gradient(program, x)
    assert np.isclose(slope, (high - low) / (2 * h), atol=1e-5)
    pattern = rf"gives {NUMBER}, and the derivative {NUMBER}\."
    shown = numbers(pattern, control_flow.draw_program(program, x).description)
    assert np.allclose(shown, [value, slope], atol=1e-4)


def test_programs_compute_what_they_are_called():
    assert control_flow.value_and_gradient(control_flow.BRANCH, 3.0) == (9.0, 6.0)
    assert control_flow.value_and_gradient(control_flow.BRANCH, 0.5)[0] == np.exp(0.5)
    assert control_flow.value_and_gradient(control_flow.LOOP, 0.6) == (9.6, 16.0)
    assert np.isclose(control_flow.value_and_gradient(control_flow.ROOT, 4.0)[0], 2, atol=0.02)


# --- static graphs ---------------------------------------------------------------------------------------------------


def test_fusion_saves_passes_over_memory():
    assert [static_graphs.memory_passes(k, False) for k in (1, 4)] == [2, 8]
    assert [static_graphs.memory_passes(k, True) for k in (1, 4)] == [2, 2]
    assert "written 2 times, as written 8 times" in static_graphs.draw_fusion(4, True).description


def test_the_chain_is_what_torch_computes():
    values = np.linspace(-1, 1, 5)
    x, result = static_graphs.chain(values, length=7)
    start = torch.tensor(values, requires_grad=True)
    r = start
    for _ in range(7):
        r = torch.relu(torch.exp(r) * 0.3 - 0.2)
    r.sum().backward()
    assert np.allclose(result.value, r.detach())
    assert np.allclose(toy_autodiff.backward(result)[x], gradient(start))


def test_a_capture_lists_the_operations_in_order():
    [found] = static_graphs.captured(lambda x: torch.relu(x @ x.T).sum(), torch.ones(2, 3))
    assert [re.sub(r"_\d+$", "", name) for name in found][-2:] == ["relu", "sum"]
