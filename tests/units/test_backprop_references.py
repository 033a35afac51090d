"""The solutions of the assignment, and helpers of the lecture, against libraries and against each other."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.references import a_few, scores, sizes, solution

from course_utils.backprop import layer_backprop, network_backprop, scalar_backprop
from course_utils.checks import backprop as drive
from course_utils.drawing.activations import ACTIVATIONS

F = torch.nn.functional
ACT_BACKWARD = solution("05_backprop", "act_backward")["act_backward"]
seeds = st.integers(0, 2**32 - 1)
values = st.floats(-10, 10)


@functools.cache
def solved(exercise: str) -> Callable[..., Any]:
    return solution("05_backprop", exercise)[exercise]


@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
@pytest.mark.parametrize("kind", ["relu", "sigmoid", "tanh"])
@given(arrays(float, sizes, elements=scores.filter(bool)))
@a_few
def test_the_gradient_of_an_activation_is_that_of_torch(kind, z):
    leaf = torch.tensor(z, requires_grad=True)
    (slope,) = torch.autograd.grad(getattr(F, kind)(leaf).sum(), leaf)
    assert np.allclose(ACT_BACKWARD(np.full_like(z, 3.0), z, kind), 3 * slope, rtol=1e-9, atol=1e-14)


@a_few
@given(seeds)
def test_the_slopes_of_the_lectures_activations_are_those_of_the_exercise(seed):
    dout, z = np.random.default_rng(seed).normal(size=(2, 5)) * 3
    for name, kind in (("ReLU", "relu"), ("sigmoid", "sigmoid"), ("tanh", "tanh")):
        np.testing.assert_allclose(dout * ACTIVATIONS[name].derivative(z), ACT_BACKWARD(dout, z, kind), atol=1e-14)


@a_few
@given(values, values, values)
def test_an_input_of_two_gates_gets_what_the_lectures_trace_gives_it(x, y, z):
    graph = {"x": (), "y": (), "z": (), "p": ("+", "x", "y"), "q": ("+", "x", "z"), "f": ("×", "p", "q")}
    traced, answer = scalar_backprop.trace(graph, x=x, y=y, z=z), solved("backprop_xyz")(x, y, z)
    assert {name: traced.values[name] for name in "pqf"} == {name: answer[name] for name in "pqf"}
    gradients = {name: answer[f"d{name}"] for name in "pqxyz"}
    assert {name: traced.gradients[name] for name in "pqxyz"} == pytest.approx(gradients)


@a_few
@given(values, values, values)
def test_the_gates_with_a_fork_get_what_the_lectures_trace_gives_them(x, y, z):
    graph = {"x": (), "y": (), "z": (), "s": ("+", "x", "y"), "m": ("max", "x", "z"), "f": ("×", "s", "m")}
    traced, answer = scalar_backprop.trace(graph, x=x, y=y, z=z), solved("backprop_gates")(x, y, z)
    assert traced.values["f"] == pytest.approx(answer["f"])
    assert traced.gradients["y"] == answer["dy"]
    if x != z:  # at a tie any split is right
        assert [traced.gradients[name] for name in "xz"] == pytest.approx([answer["dx"], answer["dz"]])
    together = answer["dx"] + answer["dz"]
    assert traced.gradients["x"] + traced.gradients["z"] == pytest.approx(together, abs=1e-12)


@a_few
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3), st.sampled_from([0, 1]))
def test_labels_of_both_signs_give_the_logistic_chain_of_the_lecture(x, w, b, label):
    traced = scalar_backprop.trace(scalar_backprop.CHAIN[label], w=w, x=x, b=b)
    answer = solved("logistic_chain")(x, w, b, 2 * label - 1)
    of_the_lecture = {name: traced.values[name] for name in "uzL"}
    of_the_lecture |= {"dL_dw": traced.gradients["w"], "dL_db": traced.gradients["b"]}
    assert of_the_lecture == pytest.approx({name: float(answer[name]) for name in of_the_lecture}, rel=1e-9)


def test_the_stack_of_the_lecture_goes_back_through_each_module_as_that_of_torch():
    stack = layer_backprop.stack()
    leaves = [torch.tensor(value, requires_grad=True) for value in (stack.inputs[0], *stack.weights)]
    values = [leaves[0]]
    for number, weight in enumerate(leaves[1:]):
        Z = F.linear(values[-1], weight)
        values.append(Z if number == 2 else torch.tanh(Z))
    np.testing.assert_allclose(values[-1].detach(), layer_backprop.output_of(stack.inputs[0], stack.weights)[-1])
    gradients = torch.autograd.grad(values[-1], [*values[:3], *leaves[1:]], torch.from_numpy(stack.outgoing[2]))
    for found, of_the_lecture in zip(gradients, [*stack.d_inputs, *stack.d_weights], strict=True):
        np.testing.assert_allclose(found, of_the_lecture, rtol=1e-9, atol=1e-14)


@a_few
@given(seeds, st.integers(1, 5), st.integers(1, 5))
def test_the_sums_of_the_lecture_are_the_backward_of_broadcasting(seed, n, d):
    g = np.random.default_rng(seed).normal(size=(n, d))
    shapes = {layer_backprop.COLUMN_SUMS: (d,), layer_backprop.ROW_SUMS: (n, 1), layer_backprop.TOTAL: ()}
    for name, shape in shapes.items():
        np.testing.assert_allclose(
            layer_backprop._summed(g, name), drive.an_unbroadcast("one by one")(g, shape), rtol=1e-9
        )


@a_few
@given(seeds, st.lists(st.integers(1, 5), min_size=2, max_size=5))
def test_each_order_of_the_lecture_ends_with_the_row_of_the_exercise(seed, widths):
    rng = np.random.default_rng(seed)
    Js = [rng.normal(size=(after, before)) for before, after in itertools.pairwise(widths)]
    v = rng.normal(size=widths[-1])
    answers = {first: solved("chain_product")(Js, v, first) for first in ("row", "matrices")}
    assert answers["row"][1] == layer_backprop.multiplications(widths)[layer_backprop.VECTOR]
    for order in (layer_backprop.EACH, layer_backprop.MATRICES, layer_backprop.VECTOR):
        for row, _ in answers.values():
            np.testing.assert_allclose(layer_backprop.in_order(Js[::-1], v, order)[-1], row, rtol=1e-9, atol=1e-12)


@a_few
@given(seeds)
def test_the_network_of_the_lecture_is_that_of_the_exercises(seed):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(7, 2)), rng.integers(2, size=(7, 1)).astype(float)
    params = network_backprop.initial(seed)
    Z, A1 = network_backprop.logits(params, X)
    A, cache = solved("mlp_forward")(params, X)
    np.testing.assert_allclose(network_backprop.probabilities(Z), A, rtol=1e-9)
    np.testing.assert_allclose(cache[1], A1)
    slopes, J = network_backprop.gradients(params, X, Y)
    for name, slope in solved("mlp_backward")(params, cache, Y).items():
        np.testing.assert_allclose(slopes[name], slope, rtol=1e-9, atol=1e-14)
    assert pytest.approx(J, rel=1e-9) == F.binary_cross_entropy(torch.tensor(A), torch.tensor(Y)).item()


def test_the_training_of_the_lecture_is_the_one_that_the_exercises_make_up():
    kept, costs = network_backprop.train_network(network_backprop.MOONS, 0.5)
    X, Y = network_backprop.points(network_backprop.MOONS)
    params = network_backprop.initial(0)
    for cost in costs[:100]:
        A, cache = solved("mlp_forward")(params, X)
        assert cost == pytest.approx(-np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A)), rel=1e-7)
        gradients = solved("mlp_backward")(params, cache, Y)
        params = {name: value - 0.5 * gradients[name] for name, value in params.items()}
    for name, value in kept[100 // network_backprop.EVERY].items():
        np.testing.assert_allclose(params[name], value, rtol=1e-7, atol=1e-9)
