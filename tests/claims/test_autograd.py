"""The claims of lecture 06, each computed anew; a test names its cell."""

import itertools
import warnings
import weakref
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from scipy.special import softmax
from torch.utils.flop_counter import FlopCounterMode

from course_utils.autograd import (
    control_flow,
    custom_functions,
    static_graphs,
    torch_graphs,
    toy_autodiff,
    toy_autodiff_pictures,
)
from course_utils.drawing.digits import digits
from course_utils.drawing.graphs import Graph


def sizes(rounds: int) -> tuple[int, int]:
    """Return the symbols x in the derivative by the product rule, not simplified, and the operations of the graph."""
    in_formula, in_derivative, node = 1, 0, toy_autodiff.leaf(0.3)
    for _ in range(rounds):
        in_formula, in_derivative = 2 * in_formula, 2 * in_formula + 2 * in_derivative
        node = 4 * node * (1 - node)
    return in_derivative, sum(step.operation is not None for step in toy_autodiff.schedule(node))


def test_symbolic_code_the_formula_more_than_doubles_and_the_graph_grows_by_three():
    counts = [sizes(rounds) for rounds in range(1, 9)]
    assert [operations for _, operations in counts] == [3 * rounds for rounds in range(1, 9)]
    assert all(after > 2 * before for (before, _), (after, _) in itertools.pairwise(counts))
    assert counts[-1][0] == 2048


def trained_digits():
    """Return pixels, labels, weight and probabilities of a softmax classifier after 100 steps, by numpy."""
    X, labels, *_ = digits()
    W = np.zeros((10, 64))
    for _ in range(100):
        W -= 0.5 * (softmax(X @ W.T, axis=1) - np.eye(10)[labels]).T @ X / len(X)
    return X, labels, W, softmax(X @ W.T, axis=1)


def test_func_see_one_gradient_per_sample():
    X, labels, W, p = trained_digits()
    pulls = p - np.eye(10)[labels]
    gradients = np.einsum("nc,nd->ncd", pulls, X)
    norms, right = np.linalg.norm(pulls, axis=1) * np.linalg.norm(X, axis=1), p.argmax(axis=1) == labels
    assert gradients.shape == (1000, 10, 64) and gradients.size == 1000 * W.size
    assert np.count_nonzero(~right) == 53
    assert round(float(np.linalg.norm(gradients.mean(axis=0))), 3) == 0.069
    assert (round(norms[right].mean(), 1), round(norms[~right].mean(), 1)) == (1.1, 3.6)
    assert norms[~right].mean() / norms[right].mean() == pytest.approx(3, abs=0.3)
    assert not right[norms.argsort()[-16:]].any()
    one = torch.func.grad(lambda W, x, y: torch.nn.functional.cross_entropy(W @ x, y))
    X_, y_, W_ = torch.tensor(X[:20]), torch.tensor(labels[:20]), torch.tensor(W)
    assert np.allclose(torch.vmap(one, in_dims=(None, 0, 0))(W_, X_, y_), gradients[:20])


def rule(**more):
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])

    def backward(ctx, upstream):
        return upstream * (ctx.saved_tensors[0] > 0)

    parts = {"forward": lambda z: z.clamp(min=0), "setup_context": setup_context, "backward": backward}
    members = {name: staticmethod(part) for name, part in parts.items()}
    return type("MappedReLU", (torch.autograd.Function,), {**members, **more})


def test_erratum_apply_vmap_wants_a_rule_and_setup_context_is_not_enough():
    x = torch.tensor([-1.0, 2.0])
    with pytest.raises(RuntimeError, match="generate_vmap_rule"):
        torch.vmap(rule().apply)(x)
    assert torch.equal(torch.vmap(rule(generate_vmap_rule=True).apply)(x), torch.relu(x))


def gradient_at(leaf: torch.Tensor) -> torch.Tensor:
    """Return the gradient that a backward pass has left at a leaf."""
    assert leaf.grad is not None
    return leaf.grad


def functions_behind(result: torch.Tensor) -> dict[torch.autograd.graph.Node, int]:
    """Return the backward functions behind a tensor, each with the number of functions of its formula, not shared."""
    sizes: dict[torch.autograd.graph.Node, int] = {}

    def size(function):
        if function is None or hasattr(function, "variable"):
            return 0
        if function not in sizes:
            sizes[function] = 1 + sum(size(source) for source, _ in function.next_functions)
        return sizes[function]

    size(result.grad_fn)
    return sizes


def derivatives_of_sine(order: int) -> list[torch.Tensor]:
    """Return sin(x^2) at 1.5 and its derivatives, each with its graph."""
    x = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
    results = [torch.sin(x**2)]
    for _ in range(order):
        results.append(torch.autograd.grad(results[-1], x, create_graph=True)[0])
    return results


def runs_of_each_way(inputs: int, outputs: int) -> dict[str, int]:
    """Count the runs of three ways to the Jacobian of a random linear map, each of which must find the map itself."""
    matrix = torch.randn(outputs, inputs, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    point, runs = torch.ones(inputs, dtype=torch.float64, requires_grad=True), dict.fromkeys(["central", "forward"], 0)

    def f(x: torch.Tensor, way: str) -> torch.Tensor:
        runs[way] += 1
        return matrix.to(x.dtype) @ x

    units = torch.eye(inputs, dtype=torch.float64)
    by_difference = [(f(point + unit, "central") - f(point - unit, "central")) / 2 for unit in units]
    by_forward = [f(point + 1j * unit, "forward").imag for unit in units]  # i carries the derivative along
    result = matrix @ point
    units = torch.eye(outputs, dtype=torch.float64)
    by_reverse = [torch.autograd.grad(result, point, unit, retain_graph=True)[0] for unit in units]
    for found in (torch.stack(by_difference).T, torch.stack(by_forward).T, torch.stack(by_reverse)):
        torch.testing.assert_close(found, matrix)
    return {"central differences": runs["central"], "forward mode": runs["forward"], "reverse mode": len(by_reverse)}


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (30, 1), (1, 30), (5, 8), (8, 5)])
def test_ways_see_the_runs_drawn_are_those_that_find_the_jacobian_and_forward_wins_with_fewer_inputs(inputs, outputs):
    runs = runs_of_each_way(inputs, outputs)
    assert toy_autodiff_pictures.runs_for_jacobian(inputs, outputs) == runs
    assert (runs["forward mode"] < runs["reverse mode"]) == (inputs < outputs)


def test_ways_see_a_million_inputs_take_one_run_a_million_or_two_million():
    runs = toy_autodiff_pictures.runs_for_jacobian(10**6, 1)
    assert runs == {"reverse mode": 1, "forward mode": 10**6, "central differences": 2 * 10**6}
    drawn = toy_autodiff_pictures.draw_cost(inputs=1e6, outputs=1).description
    assert "central differences 2,000,000, forward mode 1,000,000, reverse mode 1" in drawn


def gradients_after_each_turn(expression: str) -> tuple[dict[str, toy_autodiff.Traced], list[dict]]:
    """Return the leaves of an expression by name, and the gradients that all nodes hold after each turn."""
    result, names = toy_autodiff_pictures.build(expression)
    turns = [dict(held) for held in toy_autodiff.backward_steps(toy_autodiff.schedule(result)[::-1])]
    return {name: node for node, name in names.items()}, turns


def test_engine_see_x_gets_both_its_contributions_in_the_third_turn():
    leaves, turns = gradients_after_each_turn(toy_autodiff_pictures.SUM_XXY)
    x_held = [held[leaves["x"]] for held in turns]
    assert [float(held.min()) for held in x_held] == [float(held.max()) for held in x_held] == [0, 0, 2, 2]
    assert np.array_equal(turns[-1][leaves["y"]], np.ones((2, 2)))
    result, _ = toy_autodiff_pictures.build(toy_autodiff_pictures.SUM_XXY)
    x_leaf = result.sources[0].sources[0]
    users = [node for node in toy_autodiff.schedule(result) if x_leaf in node.sources]
    assert [node.sources for node in users] == [(x_leaf, x_leaf)]  # one +, into which both edges lead
    third = toy_autodiff_pictures.draw_engine(toy_autodiff_pictures.SUM_XXY, step=3).description
    assert "x [[2, 2], [2, 2]], y [[1, 1], [1, 1]]" in third


def test_engine_see_the_numbers_of_unit_05():
    leaves, turns = gradients_after_each_turn(toy_autodiff_pictures.XYZ)
    x, y, z = torch.tensor([-2.0, 5.0, -4.0], requires_grad=True)
    expected = [float(gradient) for gradient in torch.autograd.grad((x + y) * z, (x, y, z))]
    assert [float(turns[-1][leaves[name]]) for name in "xyz"] == expected == [-4, -4, 3]


def slopes(join: str, x: float, overwrite: bool = False) -> float:
    """Return the gradient that the engine finds for a function that uses x twice."""
    result, names = toy_autodiff_pictures.fork(join, x)
    *_, held = toy_autodiff.backward_steps(toy_autodiff.schedule(result)[::-1], add=not overwrite)
    return float(held[next(iter(names))])


def test_fork_see_added_the_branches_give_the_slope_and_overwritten_only_the_last_one():
    join = toy_autodiff_pictures.JOIN_SUM
    assert round(np.exp(1.5), 4) == 4.4817 and 2 * 1.5 == 3
    assert round(slopes(join, 1.5), 4) == 7.4817 and round(slopes(join, 1.5, overwrite=True), 4) == 4.4817
    x = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.grad(x.exp() + x**2, x)[0].item() == pytest.approx(slopes(join, 1.5))
    _, right = toy_autodiff_pictures.draw_fork(join, x=1.5, overwrite=False).figure.axes
    curve, line = right.get_lines()[:2]
    (grid, heights), (reach, ends) = (np.array(drawn.get_data()) for drawn in (curve, line))
    assert (np.interp(reach, grid, heights) > ends).all()  # a tangent lies below a convex curve


def test_fork_see_only_at_zero_the_mistake_cannot_be_seen_in_the_sum():
    places = np.linspace(-2, 2, 41).round(1)
    join = toy_autodiff_pictures.JOIN_SUM
    unseen = [x for x in places if slopes(join, x) == pytest.approx(slopes(join, x, overwrite=True))]
    assert unseen == [0]


def test_fork_see_the_branches_of_the_product_cancel_at_minus_two():
    join = toy_autodiff_pictures.JOIN_PRODUCT
    last = slopes(join, -2, overwrite=True)
    assert abs(last) == pytest.approx(4 * np.exp(-2)) and slopes(join, -2) == pytest.approx(0)
    assert slopes(join, -2) - last == pytest.approx(-last)  # what the other branch brings


def turn_of_x(order: list[toy_autodiff.Traced], names: dict[toy_autodiff.Traced, str]) -> tuple[int, float, float]:
    """Return the turn of X, what X holds when it has passed its gradient on, and what a holds in the end."""
    node = {name: node for node, name in names.items()}
    turns = [dict(held) for held in toy_autodiff.backward_steps(order)]
    place = order.index(node["X"])
    return place + 1, float(turns[place][node["X"]]), float(turns[-1][node["a"]])


def test_order_see_breadth_first_sends_four_and_the_72_never_leave():
    result, names = toy_autodiff_pictures.long_and_short(2.0)
    order = toy_autodiff.breadth_first(result)
    assert turn_of_x(order, names) == (2, 1, 4)
    *_, held = toy_autodiff.backward_steps(order)
    x_node = next(node for node, name in names.items() if name == "X")
    assert held[x_node] - 1 == 72


def test_order_see_in_reverse_topological_order_x_is_fifth_and_a_gets_292():
    result, names = toy_autodiff_pictures.long_and_short(2.0)
    assert turn_of_x(toy_autodiff.schedule(result)[::-1], names) == (5, 73, 292)
    a = torch.tensor(2.0, requires_grad=True)
    assert torch.autograd.grad(a**2 + (3 * a**2) ** 2, a)[0] == 73 * 2 * 2


def functions_of(graph: Graph) -> list[str]:
    return [node.label for node in graph.nodes.values() if node.kind != "leaf"]


def nones_of(graph: Graph) -> int:
    return sum(node.label == "None" for node in graph.nodes.values())


def test_walk_see_three_functions_and_one_none_and_what_the_loss_adds():
    graphs = {
        line: torch_graphs.walk(*torch_graphs.example(line)) for line in (torch_graphs.TWO_LAYERS, torch_graphs.LOSS)
    }
    layers, loss = graphs.values()
    assert functions_of(layers) == ["Mm", "Clamp", "Mm"] and nones_of(layers) == 1
    assert functions_of(loss) == ["Sum", "Pow", "Sub", "Mm", "Clamp", "Mm"] and nones_of(loss) == 2
    assert [node.label for node in layers.nodes.values() if node.kind == "leaf"].count("x") == 0


def function_behind(result: torch.Tensor, *places: int) -> Any:
    """Return the backward function that one finds by walking back through `next_functions`, one place per step."""
    function: Any = result.grad_fn
    for place in places:
        function = function.next_functions[place][0]
    return function


def test_walk_see_torch_holds_mmbackward0_and_none_where_the_data_is():
    layers, _ = torch_graphs.example(torch_graphs.TWO_LAYERS)
    assert function_behind(layers, 0, 0).name() == "MmBackward0" and function_behind(layers, 0, 0, 0) is None
    assert function_behind(layers, 0, 0, 1).variable.shape == (torch_graphs.D_IN, torch_graphs.H)
    loss, _ = torch_graphs.example(torch_graphs.LOSS)
    assert function_behind(loss, 0, 0).name() == "SubBackward0" and function_behind(loss, 0, 0, 1) is None


@pytest.mark.parametrize("wanted", [False, True])
def test_walk_see_a_gradient_of_the_data_is_never_computed_unless_it_is_wanted(wanted):
    x, _, w1, w2 = torch_graphs.running_example()
    product = x.requires_grad_(wanted).mm(w1)
    sent = []
    function_behind(product).register_hook(lambda to_inputs, _: sent.extend(part is not None for part in to_inputs))
    product.clamp(min=0).mm(w2).sum().backward()
    assert sent == [wanted, True]


def tracked_and_held(x: bool, y: bool, z: bool, no_grad: bool) -> tuple[dict[str, bool], list[str]]:
    """Return, as the picture says it, which tensors require a gradient, and which leaves hold one after backward."""
    said = torch_graphs.draw_requires_grad(x, y, z, no_grad).description
    flags, held = said.removeprefix("requires_grad: ").split(". After backward ")
    tracked = dict(flag.split(" ") for flag in flags.split(", "))
    names = held.split(": ")[1].removesuffix(".")
    return {name: flag == "True" for name, flag in tracked.items()}, [] if names == "none" else names.split(", ")


def test_requires_see_a_is_not_tracked_b_is_and_only_z_holds_all_ones():
    tracked, held = tracked_and_held(x=False, y=False, z=True, no_grad=False)
    assert tracked == {"x": False, "y": False, "z": True, "a": False, "b": True} and held == ["z"]
    x, y, z = torch.ones(5, 5), torch.ones(5, 5), torch.ones(5, 5, requires_grad=True)
    a = x + y
    b = a + z
    b.sum().backward()
    assert (a.requires_grad, b.requires_grad, x.grad, y.grad) == (False, True, None, None)
    assert z.grad is not None and torch.equal(z.grad, torch.ones(5, 5))
    axes = torch_graphs.draw_requires_grad(x=False, y=False, z=True, no_grad=False).figure.axes[0]
    assert [text.get_text() for text in axes.texts].count("all 1") == 1


@pytest.mark.parametrize(("y", "z"), list(itertools.product([False, True], repeat=2)))
def test_requires_see_switching_on_x_tracks_a(y, z):
    tracked, held = tracked_and_held(x=True, y=y, z=z, no_grad=False)
    assert tracked["a"] and tracked["b"] and "x" in held


@pytest.mark.parametrize(("x", "y", "z"), list(itertools.product([False, True], repeat=3)))
def test_requires_see_under_no_grad_b_is_not_tracked_and_has_no_backward(x, y, z):
    tracked, held = tracked_and_held(x, y, z, no_grad=True)
    assert not tracked["a"] and not tracked["b"] and held == []
    leaves = [torch.ones(2, requires_grad=required) for required in (x, y, z)]
    with torch.no_grad():
        b = leaves[0] + leaves[1] + leaves[2]
    with pytest.raises(RuntimeError, match="does not require grad"):
        b.sum().backward()


@pytest.mark.parametrize("upper", [-1.0, 0.0, 1.0])
def test_lab_see_each_entry_is_scaled_by_its_own_v_and_calls_add_up(upper):
    x, v = torch.full((2, 2), 2.0, requires_grad=True), torch.tensor([[upper] * 2, [2.0] * 2])
    z = 2 * x * x + 5 * x
    for calls in (1, 2, 3):
        z.backward(v, retain_graph=True)
        assert torch.equal(gradient_at(x), calls * 13 * v)
    assert (13 * v[1, 0].item(), 3 * 13 * v[1, 0].item()) == (26, 78)
    assert upper != 1 or (13 * upper, 39 * upper) == (13, 39)
    assert f"holds {39 * upper:.1f} and 78.0" in custom_functions.draw_upstream(upper, 2.0, 3).description


def test_erratum_update_the_tracked_update_raises_and_a_new_tensor_stops_after_one_update():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    (w**2).sum().backward()
    with pytest.raises(RuntimeError, match="in-place"):
        w -= 0.1 * gradient_at(w)
    w = w - 0.1 * gradient_at(w)  # works once
    (w**2).sum().backward()
    with pytest.warns(UserWarning, match="not a leaf"):
        assert not w.is_leaf and w.grad is None
    v = torch.tensor([1.0, 2.0], requires_grad=True)
    for updates in (1, 2, 3):
        v.grad = None
        (v**2).sum().backward()
        with torch.no_grad():
            v -= 0.1 * gradient_at(v)
        assert v.is_leaf and v.tolist() == pytest.approx([0.8**updates, 2 * 0.8**updates])


def wrong(function: str, upstream: torch.Tensor) -> int:
    """Return how many of the six gradients of a Function differ from those of torch.relu."""
    ours = custom_functions.gradient(custom_functions.FUNCTIONS[function], upstream)
    return int((~torch.isclose(ours, custom_functions.gradient(None, upstream))).sum())


def test_function_see_which_upstream_gradients_hide_a_mistake():
    forgets, masks = custom_functions.NO_UPSTREAM, custom_functions.UPSTREAM_SIGN
    ones, from_minus_2_to_2 = torch.ones(6).double(), torch.linspace(-2, 2, 6).double()
    assert wrong(forgets, ones) == 0 == wrong(masks, from_minus_2_to_2)
    assert wrong(masks, ones) and wrong(forgets, from_minus_2_to_2)
    x = custom_functions.POINTS.clone().requires_grad_()
    custom_functions.ForgetsUpstream.apply(x).sum().backward()
    assert torch.equal(gradient_at(x), (x > 0).double())  # y.sum().backward() does not find it


def upstream_gradients(count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn((count, len(custom_functions.POINTS)), generator=generator, dtype=torch.float64)


def test_function_see_the_second_mistake_is_right_exactly_where_upstream_has_the_sign_of_the_input():
    signs = custom_functions.POINTS.sign()
    ends = [place / 2 for place in range(-4, 5)]  # the positions of the sliders
    drawn = [torch.linspace(*pair, len(signs), dtype=torch.float64) for pair in itertools.product(ends, ends)]
    for upstream in [*drawn, *upstream_gradients(50), *(upstream_gradients(50).abs() * signs)]:
        agrees = bool((upstream * signs >= 0).all())
        assert (wrong(custom_functions.UPSTREAM_SIGN, upstream) == 0) == agrees


def test_function_see_both_signs_on_either_side_of_zero_find_both_mistakes():
    left, right = custom_functions.POINTS < 0, custom_functions.POINTS > 0
    mixed = [
        upstream
        for upstream in upstream_gradients(200)
        if all(upstream[side].min() < 0 < upstream[side].max() for side in (left, right))
    ]
    assert len(mixed) > 50
    for upstream in mixed:
        assert wrong(custom_functions.NO_UPSTREAM, upstream) and wrong(custom_functions.UPSTREAM_SIGN, upstream)
        assert not wrong(custom_functions.SLIDE, upstream)


def accepted(function, x: float, dtype: torch.dtype) -> bool:
    """Return whether gradcheck accepts the gradient of torch at x."""
    point = torch.tensor([x], dtype=dtype, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gradcheck warns of float32
        return torch.autograd.gradcheck(function, point, raise_exception=False)


def test_check_see_the_step_reaches_over_the_kink():
    assert not accepted(torch.relu, 1e-7, torch.float64)
    h, x = 1e-6, 1e-7
    assert (max(x + h, 0) - max(x - h, 0)) / (2 * h) == pytest.approx(0.55)
    distances = np.append(np.logspace(-9, 0, 28)[np.arange(28) != 9], [0.99e-6, 1.01e-6])  # not 1e-6 itself
    assert [accepted(torch.relu, x, torch.float64) for x in distances] == (distances > 1e-6).tolist()


@pytest.mark.parametrize("x", [1e-3, 0.1, 1.0])
def test_check_see_in_float32_the_differences_are_worse_by_eight_to_nine_powers_of_ten(x):
    steps = np.logspace(-8, -6, 41)
    single, double = (
        custom_functions.difference_errors(custom_functions.SMOOTH, x, dtype, steps)
        for dtype in (torch.float32, torch.float64)
    )
    assert 7.5 < np.median(np.log10(single / np.maximum(double, 1e-17))) < 9.5
    assert np.log10(2.0 ** (52 - 23)) == pytest.approx(8.7, abs=0.05)  # the ratio of the two machine epsilons


def test_check_see_softplus_in_float32_is_off_by_a_per_cent_or_more_at_most_distances_and_rejected():
    distances = 10.0 ** np.arange(-9, 0.05, 0.1)  # the positions of the slider
    errors = np.array(
        [
            custom_functions.difference_errors(custom_functions.SMOOTH, x, torch.float32, np.array([1e-6]))[0]
            for x in distances
        ]
    )
    relative = errors * (1 + np.exp(-distances))
    assert np.mean(relative > 0.01) > 0.8 and relative.max() < 0.1
    softplus = torch.nn.functional.softplus
    assert np.mean([not accepted(softplus, x, torch.float32) for x in distances]) > 0.9
    assert all(accepted(softplus, x, torch.float64) for x in distances)


def labels(graph: Graph) -> list[str]:
    return [node.label for node in graph.nodes.values()]


def test_dynamic_see_each_line_adds_its_nodes_and_the_next_iteration_begins_with_none():
    graphs = [graph for graph, _ in torch_graphs._stages()]
    functions = [sorted(set(labels(graph)) - {"x", "y", "w1", "w2", "None"}) for graph in graphs]
    assert functions[0] == [] and functions[1] == ["Mm"]
    counts = [sum(node.kind != "leaf" for node in graph.nodes.values()) for graph in graphs]
    assert counts[:6] == [0, 1, 2, 3, 6, 6] and counts[6] == 0
    assert [label for label in labels(graphs[6]) if label.startswith("w")] == ["w1.grad", "w2.grad"]


def test_dynamic_see_the_gradients_run_to_the_weights_and_only_there():
    graph = torch_graphs._stages()[5][0]
    leaves = [key for key, node in graph.nodes.items() if node.label in ("w1", "w2")]
    reached, edges = set(leaves), set()
    while new := {(source, end) for source, end in graph.edges if source in reached} - edges:
        edges |= new
        reached |= {end for _, end in new}
    assert edges == {edge for edge in graph.edges if graph.nodes[edge[0]].label != "None"}
    x, y, w1, w2 = torch_graphs.running_example()
    (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum().backward()
    assert [part.grad is not None for part in (x, y, w1, w2)] == [False, False, True, True]


class Witness:
    """Something that lives as long as a node of a graph that holds it."""


def test_dynamic_see_the_nodes_go_when_their_results_are_assigned_anew_and_gradients_stay():
    x, y, w1, w2 = torch_graphs.running_example()
    y_pred = x.mm(w1).clamp(min=0).mm(w2)
    loss = (y_pred - y).pow(2).sum()
    witness = Witness()
    function_behind(loss, 0, 0).metadata["witness"] = witness
    alive = weakref.ref(witness)
    del witness
    loss.backward()
    assert alive() is not None
    loss = y_pred = x.mm(w1)
    assert alive() is None and y_pred is loss
    assert w1.grad is not None and w2.grad is not None


def test_erratum_freed_the_graph_itself_is_still_there():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = (x**2).sum()
    loss.backward()
    assert function_behind(loss, 0).name() == "PowBackward0" and function_behind(loss, 0, 0).variable is x
    with pytest.raises(RuntimeError, match="freed"):
        function_behind(loss, 0)._saved_self  # noqa: B018 - to read it is the test


def test_erratum_freed_the_saved_values_are_gone_and_there_are_two_ways_back():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = x.pow(3).sum()
    loss.backward()
    with pytest.raises(RuntimeError, match="Saved intermediate values of the graph are freed"):
        loss.backward()
    nothing_saved = x.sum()
    nothing_saved.backward()
    nothing_saved.backward()  # no saved values, no error
    for keep in (True, False):
        x.grad = None
        loss = x.pow(3).sum()
        loss.backward(retain_graph=keep)
        (loss if keep else x.pow(3).sum()).backward()
        assert torch.equal(gradient_at(x), 2 * 3 * x.detach() ** 2)


def test_control_see_four_doublings_and_the_places_of_the_jumps():
    assert control_flow.value_and_gradient(control_flow.LOOP, 0.6) == pytest.approx((9.6, 16))
    grid = np.linspace(control_flow.LOW, control_flow.HIGH, 3801)  # thousandths
    values = np.array([control_flow.value_and_gradient(control_flow.LOOP, x)[0] for x in grid])
    jumps = grid[1:][np.diff(values) < -1]
    assert jumps == pytest.approx([0.25, 0.5, 1, 2, 4], abs=1.5e-3)
    for place in jumps.round(2):
        results = [control_flow.value_and_gradient(control_flow.LOOP, place + h) for h in (-1e-6, 1e-6)]
        assert results[0][0] - results[1][0] == pytest.approx(8, abs=1e-3)  # a jump of 8
        assert [slope for _, slope in results] == [16 / place, 8 / place]


def test_control_see_newton_takes_three_steps_from_1():
    x = torch.tensor(4.0, dtype=torch.float64, requires_grad=True)
    r, rounds = torch.ones((), dtype=torch.float64), 0
    while abs(r**2 - x) > 0.01 * x:
        r, rounds = (r + x / r) / 2, rounds + 1
    r.backward()
    value, slope = control_flow.value_and_gradient(control_flow.ROOT, 4.0)
    assert rounds == 3 and (value, slope) == pytest.approx((r.item(), gradient_at(x).item()))
    assert round(slope, 4) == 0.2509 and 1 / (2 * np.sqrt(4)) == 0.25


def test_grow_see_the_numbers_of_operations():
    behind = [functions_behind(result) for result in derivatives_of_sine(8)]
    assert [len(nodes) for nodes in behind[:3]] == [2, 6, 19]
    assert (len(behind[8]), max(behind[8].values())) == (1131, 12_621)
    x = sympy.symbols("x")
    assert sympy.count_ops(sympy.diff(sympy.sin(x**2), x, 2)) == 9
    drawn = torch_graphs.draw_derivatives(2, 1.5).description
    assert "19 backward functions" in drawn


def test_grow_see_none_marks_the_constant_1():
    found = 0
    for result in derivatives_of_sine(2):
        for function in functions_behind(result):
            sides = zip(function.next_functions, ("_saved_self", "_saved_other"), strict=False)
            for (source, _), saved in sides:
                if source is None:
                    found += 1
                    assert getattr(function, saved).item() == 1
    assert found == 1 + 4


def test_erratum_timing_tracing_and_running_from_two_totals():
    dynamic, static = {10: 0.0252, 1000: 2.3648}, {10: 0.03932, 1000: 1.1724}  # seconds, on the slides
    run, tracing = np.polyfit([10, 1000], [static[n] for n in (10, 1000)], 1)
    assert (round(1000 * run, 2), round(1000 * tracing)) == (1.14, 28)
    assert round(dynamic[1000], 2) == 2.36
    assert static[10] > dynamic[10] and static[1000] < dynamic[1000]
    paid = [n for n in range(1, 1001) if tracing + n * run < n * dynamic[1000] / 1000]
    assert paid == list(range(23, 1001))


@pytest.mark.skipif(not static_graphs.has_compiler(), reason="torch.compile needs a C++ compiler")
def test_compile_time_see_one_pass_over_memory_takes_less_time_than_five():
    def pointwise(x):
        return torch.exp(torch.relu(x * 0.3 + 0.1)) ** 2

    x = torch.randn(2000, 2000, generator=torch.Generator().manual_seed(0))
    times = static_graphs.time_compiled(pointwise, x)
    fastest = {name: seconds.min() for name, seconds in times.items()}  # other work on the machine only adds to a time
    assert fastest["compiled"] < fastest["eager"]
    assert fastest["warm-up"] > 10 * fastest["eager"]
    assert static_graphs.captured(pointwise, x) == [["mul", "add", "relu", "exp", "pow_1"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert torch.allclose(torch.compile(pointwise)(x), pointwise(x))


@pytest.mark.parametrize("operations", [1, 2, 3, 4, 5])
def test_fusion_see_the_passes_over_memory(operations):
    passes = [static_graphs.memory_passes(operations, fused) for fused in (False, True)]
    assert passes[0] / passes[1] == operations  # a read and a write each; fused, one read and one write
    assert operations != 4 or passes == [8, 2]
    assert operations != 1 or passes[0] == passes[1]


@pytest.mark.parametrize("n", [256, 1024])
def test_fusion_see_a_matrix_product_computes_a_lot_for_every_number_that_it_reads(n):
    with FlopCounterMode(display=False) as counter:
        torch.mm(torch.empty(n, n, device="meta"), torch.empty(n, n, device="meta"))
    per_number = counter.get_total_flops() / (2 * n * n)
    assert per_number == n > 100 * 1  # a pointwise operation computes one thing per number


def test_erratum_static_trace_is_deprecated_and_torch_is_eager_unless_asked():
    with pytest.warns(DeprecationWarning, match="trace"):
        torch.jit.trace(torch.relu, torch.ones(2))
    assert torch.relu(torch.ones(2, requires_grad=True)).grad_fn is not None  # computed at once, with its graph
    assert static_graphs.captured(lambda x: torch.relu(x * 2), torch.ones(2)) == [["mul", "relu"]]


def test_questions_two_calls_add_up_and_overwriting_keeps_one_contribution():
    x = torch.tensor(3.0, requires_grad=True)
    y, added, overwritten = x * x, [], []
    for keep in (True, False):
        y.backward(retain_graph=keep)
        added.append(gradient_at(x).item())
        start = toy_autodiff.leaf(3.0)
        *_, held = toy_autodiff.backward_steps(toy_autodiff.schedule(start * start)[::-1], add=False)
        overwritten.append(held[start])
    assert added == [6, 12] and overwritten == [3, 3]


class ChangesSaved(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.slope = (x > 0).to(x.dtype)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, *upstream):
        ctx.slope *= upstream[0]  # in place, in what forward has saved
        return ctx.slope.clone()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_questions_a_sum_and_one_call_do_not_see_either_mistake(seed):
    x = torch.randn(10, generator=torch.Generator().manual_seed(seed)).requires_grad_()
    expected = (x > 0).float()
    (forgetful,) = torch.autograd.grad(custom_functions.ForgetsUpstream.apply(x).sum(), x)
    assert torch.equal(forgetful, expected)
    y, upstream = ChangesSaved.apply(x), torch.arange(1.0, 11.0)
    once, twice = (torch.autograd.grad(y, x, upstream, retain_graph=True)[0] for _ in range(2))
    assert torch.equal(once, expected * upstream) and not torch.equal(twice, once)
    (summed,) = torch.autograd.grad(ChangesSaved.apply(x).sum(), x)
    assert torch.equal(summed, expected)


def test_questions_a_shared_encoder_is_freed_and_both_repairs_give_the_same_gradients():
    x, w = torch.randn(5, 3), torch.randn(3, 3, requires_grad=True)
    heads, passes = (torch.randn(3, 1), torch.randn(3, 1)), []

    def losses():
        w.grad = None
        code = torch.tanh(x @ w)
        passes.clear()
        code.register_hook(passes.append)
        return [(code @ head).pow(2).mean() for head in heads]

    first, second = losses()
    first.backward()
    with pytest.raises(RuntimeError, match="freed"):
        second.backward()
    torch.stack(losses()).sum().backward()
    assert len(passes) == 1
    together = gradient_at(w)
    first, second = losses()
    first.backward(retain_graph=True)
    second.backward()
    assert len(passes) == 2 and torch.allclose(gradient_at(w), together, atol=1e-5)
