"""The solutions of the assignment, and helpers of the lecture, against libraries."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from support.references import a_few, solution

from course_utils.autograd import custom_functions, toy_autodiff
from course_utils.autograd.toy_autodiff import EXP, LOGISTIC_NLL, MATMUL, RELU, SIGMOID, SOFTMAX, Operation, leaf
from course_utils.checks import autograd as drive
from course_utils.checks.autograd import Node

UNIT = "06_autograd"
VALUE, BACKWARD, RELU_OF_MINE, SIGMOID_OF_MINE, LINEAR, FOCAL_LOSS, CHAIN, JACOBIAN = (
    solution(UNIT, name)[name]
    for name in (
        "Value",
        "backward",
        "MyReLU",
        "MySigmoid",
        "WeightNormLinear",
        "FocalLoss",
        "chain_gradient",
        "jacobian_by_vjp",
    )
)
RNG_SEEDS = st.integers(0, 2**32 - 1)
away_from_zero = st.floats(0.2, 3.0) | st.floats(-3.0, -0.2)


@pytest.mark.parametrize("n", [-2, -1, 0, 0.5, 1, 2, 3.5])
@given(st.floats(0.0, 4.0))
@a_few
def test_a_power_of_a_value_has_the_slope_that_torch_gives(n, x):
    assume(x > 1e-3 or (x == 0 and n >= 0))
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    power = leaf**n
    (slope,) = torch.autograd.grad(power, leaf)
    found = VALUE(x) ** n
    assert found.data == pytest.approx(power.item())
    assert found.local_gradients == pytest.approx((slope.item(),))


def test_a_power_of_a_value_at_0_has_the_slope_that_torch_gives():
    slopes = [(VALUE(0.0) ** n).local_gradients[0] for n in (0, 0.5, 1, 2)]
    assert slopes == [0.0, np.inf, 1.0, 0.0]


# --- the lecture's engine and the exercises ---------------------------------------------------------------------------


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def random_graph(seed: int, n: int = 12) -> tuple[list[Node], dict[Node, toy_autodiff.Traced]]:
    """Return the nodes of a graph, each after its parents, and the same graph in the lecture's engine."""
    rng, nodes, traced = np.random.default_rng(seed), [Node(1.0)], {}
    for i in range(1, n):
        parents = [nodes[-1], *(nodes[j] for j in rng.choice(i, size=rng.integers(3)))]  # some are used twice
        nodes.append(Node(1.0, parents, rng.normal(size=len(parents))))
    for node in nodes:
        pass_back = lambda g, out, *values, local=node.local_gradients: tuple(g * slope for slope in local)
        operation = Operation("", lambda *values: np.ones(()), pass_back)
        traced[node] = toy_autodiff.Traced(1.0, operation, [traced[parent] for parent in node.parents])
    return nodes, traced


def is_topological(order: list, parents_of: str) -> bool:
    place = {node: at for at, node in enumerate(order)}
    return len(place) == len(order) and all(
        place[parent] < place[node] for node in order for parent in getattr(node, parents_of)
    )


@given(away_from_zero, away_from_zero, st.floats(0.2, 3.0))
@a_few
def test_values_and_slopes_are_those_of_the_lectures_engine(x, y, z):
    formula = lambda exp, relu, x, y, z: (3 - x) / z + exp(y) * x - relu(x * y) / (2 + z * z) - 2 / z
    inputs = [VALUE(number) for number in (x, y, z)]
    root = formula(lambda v: v.exp(), lambda v: v.relu(), *inputs)
    BACKWARD(root)
    leaves = [leaf(number) for number in (x, y, z)]
    result = formula(lambda v: toy_autodiff.apply(EXP, v), lambda v: toy_autodiff.apply(RELU, v), *leaves)
    gradients = toy_autodiff.backward(result)
    assert root.data == pytest.approx(float(result.value))
    assert [v.grad for v in inputs] == pytest.approx([float(gradients[v]) for v in leaves])


@given(RNG_SEEDS)
@a_few
def test_the_order_of_the_nodes_is_as_good_as_the_lectures_schedule(seed):
    nodes, traced = random_graph(seed)
    order, schedule = drive.a_toposort("parents first")(nodes[-1]), toy_autodiff.schedule(traced[nodes[-1]])
    assert {traced[node] for node in order} == set(schedule)
    assert is_topological(order, "parents") and is_topological(schedule, "sources")


@given(RNG_SEEDS)
@a_few
def test_the_backward_pass_is_that_of_the_lectures_engine(seed):
    nodes, traced = random_graph(seed)
    BACKWARD(nodes[-1])
    gradients = toy_autodiff.backward(traced[nodes[-1]])
    assert [node.grad for node in nodes] == pytest.approx([float(gradients[traced[node]]) for node in nodes])


@given(RNG_SEEDS)
@a_few
def test_my_relu_is_that_of_the_lecture_for_x_and_for_minus_x(seed):
    x, upstream = map(torch.from_numpy, drawn(seed, (4, 3), (2, 4, 3)))
    relu, found = custom_functions.MyReLU.apply, []
    for function in (RELU_OF_MINE.apply, lambda x: torch.stack([relu(x), relu(-x)])):
        given_x = x.clone().requires_grad_()
        y = function(given_x)
        found.append((y.detach(), *torch.autograd.grad(y, given_x, upstream)))
    torch.testing.assert_close(*found)


@given(RNG_SEEDS)
@a_few
def test_my_sigmoid_passes_back_what_the_lectures_engine_does(seed):
    x, upstream = drawn(seed, (5,), (5,))
    of_x = torch.from_numpy(3 * x).requires_grad_()
    y = SIGMOID_OF_MINE.apply(of_x)
    (gradient,) = torch.autograd.grad(y, of_x, torch.from_numpy(upstream))
    value = SIGMOID.forward(3 * x)
    np.testing.assert_allclose(y.detach(), value)
    np.testing.assert_allclose(gradient, SIGMOID.backward(upstream, value, 3 * x)[0])


@given(RNG_SEEDS)
@a_few
def test_the_product_of_the_weight_norm_layer_passes_back_what_the_lectures_engine_does(seed):
    x, V, m, upstream = drawn(seed, (4, 3), (2, 3), (2,), (4, 2))
    found = LINEAR.gradients(*map(torch.from_numpy, (x, V, m, upstream)))
    W = found["W"].numpy()
    np.testing.assert_allclose(np.linalg.norm(W, axis=1), np.abs(m))
    expected_of_x, expected_of_W_T = MATMUL.backward(upstream, MATMUL.forward(x, W.T), x, W.T)
    np.testing.assert_allclose(found["dx"], expected_of_x)
    np.testing.assert_allclose(found["dW"], expected_of_W_T.T)


@given(RNG_SEEDS, st.floats(-5, 5))
@a_few
def test_focal_loss_of_two_classes_with_gamma_0_is_the_lectures_logistic_loss(seed, upstream):
    (z,) = drawn(seed, (6,))
    y = np.random.default_rng(seed).integers(2, size=6)
    s = torch.from_numpy(np.stack([np.zeros(6), z], axis=1)).requires_grad_()
    loss = FOCAL_LOSS.apply(s, torch.from_numpy(y), 0.0)
    (gradient,) = torch.autograd.grad(upstream * loss, s)
    value = LOGISTIC_NLL.forward(z, y)
    assert loss.item() == pytest.approx(float(value))
    np.testing.assert_allclose(gradient[:, 1], LOGISTIC_NLL.backward(upstream, value, z, y)[0])


@given(RNG_SEEDS, st.integers(1, 12))
@a_few
def test_the_gradient_of_a_chain_is_what_the_lectures_engine_passes_back(seed, n):
    layers, x, upstream = drive.random_chain(np.random.default_rng(seed), n, 5)
    result = bottom = leaf(x)
    for scale, share, shift in zip(*layers.values(), strict=True):
        layer = Operation(
            "layer",
            lambda v, a=scale, c=share, s=int(shift): a * np.sin(v) + c * np.roll(v, s),
            lambda g, out, v, a=scale, c=share, s=int(shift): (g * a * np.cos(v) + c * np.roll(g, -s),),
        )
        result = toy_autodiff.apply(layer, result)
    np.testing.assert_allclose(drive.end_of_chain(layers, x), result.value)
    gradient = drive.gradient_of_a_chain(CHAIN, layers, x, upstream)
    np.testing.assert_allclose(gradient, toy_autodiff.backward(result, upstream)[bottom])


def test_the_usual_backward_pass_has_an_input_per_layer_in_memory_and_the_solution_far_fewer():
    def usual(forward, backward, n, x, upstream):
        inputs = [x]
        for k in range(n - 1):
            inputs.append(forward(k, inputs[-1]))
        for k in reversed(range(n)):
            upstream = backward(k, inputs[k], upstream)
        return upstream

    chain = drive.random_chain(np.random.default_rng(0), 64, 20_000)
    one, other = (drive.gradient_and_costs(answer, *chain) for answer in (usual, CHAIN))
    assert (one["calls of forward"], one["vectors in memory"]) == (63, 65)
    assert other["calls of forward"] <= 128
    assert other["vectors in memory"] == 12
    np.testing.assert_array_equal(one["gradient"], other["gradient"])


@given(RNG_SEEDS)
@a_few
def test_the_rows_of_the_jacobian_are_what_the_lectures_engine_passes_back(seed):
    A, x = drawn(seed, (3, 2), (2,))
    J = JACOBIAN(lambda x: torch.softmax(torch.from_numpy(A) @ x, dim=0), torch.from_numpy(x))
    column = leaf(x[:, None])
    result = toy_autodiff.apply(
        Operation("T", np.transpose, lambda g, *_: (g.T,)), toy_autodiff.apply(MATMUL, leaf(A), column)
    )
    result = toy_autodiff.apply(SOFTMAX, result)
    rows = [toy_autodiff.backward(result, unit[None])[column].ravel() for unit in np.eye(3)]
    np.testing.assert_allclose(J, rows)
