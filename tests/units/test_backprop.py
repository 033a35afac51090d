"""What unit 05 computes and draws, compared with torch, numpy, finite differences and the lectures' own numbers."""

import itertools
import re
import time

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course_utils.backprop import edge_puzzle, layer_backprop, network_backprop, scalar_backprop
from course_utils.drawing.graphs import Graph, Node, draw_graph, layers_of, layout, number, size_of, topological_order
from course_utils.drawing.pictures import finish, new_figure

NUMBER = r"(-?\d[\d,]*(?:\.\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(one.replace(",", "")) for one in found.groups()]


def gradient(leaf: torch.Tensor) -> np.ndarray:
    """Return the gradient that a backward pass has left in `leaf`."""
    assert leaf.grad is not None
    return leaf.grad.numpy()


def graph(edges: str, **options) -> Graph:
    """Return the graph of "a>b b>c", each node labelled with its name."""
    pairs = [(source, target) for source, _, target in (edge.partition(">") for edge in edges.split())]
    names = dict.fromkeys(itertools.chain.from_iterable(pairs))
    return Graph({name: Node(name, 1.0, 2.0) for name in names}, pairs, **options)


# --- graphs ----------------------------------------------------------------------------------------------------------

GRAPHS = {
    "chain": graph("a>b b>c c>d"),
    "diamond": graph("a>b a>c b>d c>d"),
    "short and long path": graph("a>b b>c c>d a>d"),
    "twice": graph("x>s x>s s>f y>f"),
    "one node": Graph({"x": Node("x")}, []),
    "two ends": graph("x>e x>s e>f x>f"),
    "wide": graph(" ".join(f"{a}>{b}" for a in "abcde" for b in "fgh") + " f>o g>o h>o a>o"),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_every_edge_runs_to_a_later_node_and_a_later_layer(name):
    order, layer = topological_order(GRAPHS[name]), layers_of(GRAPHS[name])
    assert sorted(order) == sorted(GRAPHS[name].nodes)
    for source, target in GRAPHS[name].edges:
        assert order.index(source) < order.index(target)
        assert layer[source] < layer[target]


def test_a_layer_is_the_depth_less_the_longest_path_to_an_end():
    assert layers_of(GRAPHS["short and long path"]) == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert layers_of(graph("x>q y>q q>f z>f")) == {"x": 0, "y": 0, "q": 1, "f": 2, "z": 1}


@pytest.mark.parametrize("name", GRAPHS)
def test_no_two_nodes_or_stops_of_an_edge_share_a_place(name):
    places, between = layout(GRAPHS[name])
    taken = [*places.values(), *itertools.chain.from_iterable(between.values())]
    assert len(set(taken)) == len(taken)
    for (source, target), stops in between.items():
        across = [x for x, _ in (places[source], *stops, places[target])]
        assert across == list(np.arange(across[0], across[-1] + 1))


def test_edges_that_need_not_cross_do_not():
    places, _ = layout(graph("a>d b>c d>f c>e"))
    assert (places["a"][1] > places["b"][1]) == (places["d"][1] > places["c"][1])


def test_a_cycle_and_an_unknown_node_are_rejected():
    with pytest.raises(ValueError, match=r"cycle through \['a', 'b'\]"):
        graph("a>b b>a x>a")
    with pytest.raises(ValueError, match=r"unknown nodes: \['b'\]"):
        Graph({"a": Node("a")}, [("a", "b")])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-4, "-4"),
        (-0.49873, "-0.4987"),
        (-0.0, "0"),
        (1e-6, "1.0e-06"),
        (100.0, "100"),
        (None, ""),
        ("(3, 4)", "(3, 4)"),
    ],
)
def test_numbers_are_written_as_on_the_slides(value, text):
    assert number(value) == text


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_shows_each_label_value_gradient_and_local_text(name):
    shown = Graph(GRAPHS[name].nodes, GRAPHS[name].edges, {edge: f"{edge}" for edge in GRAPHS[name].edges})
    _, axes = new_figure(size=size_of(shown))
    draw_graph(axes, shown)
    texts = [text.get_text() for text in axes.texts]
    expected = [
        text for node in shown.nodes.values() for text in (node.label, number(node.value), number(node.gradient))
    ]
    assert sorted(texts) == sorted([*filter(None, expected), *shown.local.values()])


def test_highlighted_edges_are_thick_and_of_their_colour():
    _, axes = new_figure()
    draw_graph(axes, GRAPHS["diamond"], highlight={("a", "c"): "#009E73", "b": "#E69F00"})
    wires = axes.collections[0]
    assert [round(width, 1) for width in np.asarray(wires.get_linewidth())] == [1.2, 3.2, 1.2, 1.2]
    assert np.allclose(np.asarray(wires.get_edgecolor())[1], (0, 158 / 255, 115 / 255, 1))


def test_a_graph_of_twenty_nodes_is_not_searched_for_all_of_its_layouts():
    chain = graph(" ".join(f"n{i}>n{i + 1}" for i in range(19)))
    begin = time.process_time()  # of this process alone: a busy machine changes nothing
    figure, axes = new_figure(size=size_of(chain))
    draw_graph(axes, chain)
    finish(figure, "twenty nodes in a row").png()
    assert time.process_time() - begin < 20  # a search through all orders of twenty nodes would never end


# --- scalar backprop -------------------------------------------------------------------------------------------------

IN_TORCH = {
    "+": torch.add, "×": torch.mul, "2 ×": lambda a: 2 * a, "max": torch.maximum, "exp": torch.exp,
    "square": torch.square, "sin": torch.sin, "σ": torch.sigmoid,
    "−log a": lambda a: -torch.log(a), "−log(1−a)": lambda a: -torch.log(1 - a),
}  # fmt: skip
RECIPES = {
    "simple": scalar_backprop.SIMPLE, "gates": scalar_backprop.GATES, "puzzle": edge_puzzle.PUZZLE,
    **scalar_backprop.FORKS, **{f"y = {label}": recipe for label, recipe in scalar_backprop.CHAIN.items()},
    "all at once": {
        "x": (), "y": (), "a": ("×", "x", "y"), "b": ("exp", "a"), "c": ("+", "b", "x"), "d": ("max", "c", "a"),
        "e": ("sin", "d"), "g": ("square", "c"), "h": ("×", "e", "g"), "i": ("2 ×", "h"), "j": ("σ", "i"),
        "k": ("+", "j", "j"),
    },
}  # fmt: skip


def in_torch(recipe, inputs: dict[str, float]) -> tuple[float, dict[str, float]]:
    """Return the output of a recipe and the gradients of all its nodes, by autograd."""
    values = {}
    for name, step in recipe.items():
        if step:
            values[name] = IN_TORCH[step[0]](*(values[source] for source in step[1:]))
        else:
            values[name] = torch.tensor(inputs[name], dtype=torch.float64, requires_grad=True)
        values[name].retain_grad()
    values[name].backward()
    return values[name].item(), {key: 0.0 if v.grad is None else v.grad.item() for key, v in values.items()}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
@pytest.mark.parametrize("seed", range(3))
def test_values_and_gradients_of_a_trace_are_those_of_torch(recipe, seed):
    rng = np.random.default_rng(seed)
    inputs = {name: float(rng.normal()) for name, step in recipe.items() if not step}
    traced = scalar_backprop.trace(recipe, **inputs)
    output, gradients = in_torch(recipe, inputs)
    assert np.isclose(traced.values[traced.output], output)
    assert list(traced.gradients) == list(recipe)
    assert np.allclose(list(traced.gradients.values()), list(gradients.values()))


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_what_the_edges_send_adds_up_to_the_gradient(recipe):
    traced = scalar_backprop.trace(recipe, **{name: 0.3 + i for i, name in enumerate(recipe) if not recipe[name]})
    for name in recipe:
        sent = [traced.sent(edge) for edge in traced.edges if edge[0] == name]
        assert np.isclose(sum(sent), traced.gradients[name]) or name == traced.output


def test_the_sigmoid_does_not_overflow():
    assert scalar_backprop.sigmoid(-1000) == 0
    assert scalar_backprop.sigmoid(1000) == 1
    assert np.isclose(scalar_backprop.sigmoid(3), torch.sigmoid(torch.tensor(3.0, dtype=torch.float64)))


def test_gradients_are_filled_in_from_the_output():
    traced = scalar_backprop.trace(scalar_backprop.SIMPLE, x=-2, y=5, z=-4)
    for step, known in enumerate(["", "f", "fz", "fzq", "fzqy", "fzqyx"]):
        nodes = scalar_backprop.graph_of(traced, step).nodes
        assert {name for name, node in nodes.items() if node.gradient is not None} == set(known)
    local = scalar_backprop.graph_of(traced, 1).local
    assert local == {("x", "q"): "× 1", ("y", "q"): "× 1", ("q", "f"): "1 × -4", ("z", "f"): "1 × 3"}


@pytest.mark.parametrize(("z", "w"), [(2.0, 2.0), (2.0, 1.5), (-1.0, 0.5)])
@pytest.mark.parametrize("convention", scalar_backprop.TIES)
def test_the_shares_of_a_tie_add_up_to_one(z, w, convention):
    to_z, to_w, total = numbers(
        rf"sends {NUMBER} .* and {NUMBER} to w, together {NUMBER}\.",
        scalar_backprop.draw_tie(z, w, convention).description,
    )
    assert to_z + to_w == total == 1
    assert z == w or (to_z, to_w) == (float(z > w), float(w > z))


@pytest.mark.parametrize("loose_end", [False, True])
@pytest.mark.parametrize("function", scalar_backprop.FORKS)
def test_the_fork_picture_states_the_slope(function, loose_end):
    x = torch.tensor(-0.7, dtype=torch.float64, requires_grad=True)
    {
        scalar_backprop.EXP_PLUS_SQUARE: x.exp() + x**2,
        scalar_backprop.EXP_TIMES_SQUARE: x.exp() * x**2,
        scalar_backprop.X_TWICE: x + x + 1,
    }[function].backward()
    description = scalar_backprop.draw_fork(-0.7, function, loose_end).description
    one, other, total = numbers(rf"send {NUMBER} and {NUMBER}, sum {NUMBER}", description)
    assert np.isclose(total, gradient(x), atol=6e-5)
    assert np.isclose(one + other, total, atol=2e-4)


# --- the exercise on paper -------------------------------------------------------------------------------------------

RIGHT = {"f_q": "-1", "f_m": "2", "m_y": "2.0005", "m_z": "0", "q_x": "-1", "q_y": " -1.0 "}


def test_there_is_a_field_for_each_edge_and_it_knows_the_answer():
    assert list(edge_puzzle.fields()) == list(RIGHT)
    for name, field in edge_puzzle.fields().items():
        assert field.corners()[1] == number(round(float(RIGHT[name]), 2))
        assert field.widget().value == ""


def test_right_answers_turn_green_and_complete_the_gradients():
    picture = edge_puzzle.draw_answers(**RIGHT)
    assert "6 of 6 edges" in picture.description
    assert "?" not in "".join(text.get_text() for text in picture.figure.axes[0].texts)


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("text", ["7", "-0.9", "two", "nan", "inf", "1e999"])
def test_a_wrong_answer_is_named_and_hides_the_gradient(name, text):
    picture = edge_puzzle.draw_answers(**RIGHT | {name: text})
    target, source = name.split("_")
    assert f"5 of 6 edges have the correct gradient; wrong: {source} to {target}." in picture.description
    assert "?" in [text.get_text() for text in picture.figure.axes[0].texts]


def test_an_empty_field_is_neither_right_nor_wrong():
    traced = edge_puzzle.puzzle()
    assert edge_puzzle.judge(traced, dict.fromkeys(traced.edges, "  ")) == {}
    assert edge_puzzle.judge(traced, {("q", "f"): "-1,0"}) == {("q", "f"): True}
    assert "0 of 6 edges" in edge_puzzle.draw_answers(**dict.fromkeys(RIGHT, "")).description


# --- layers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize(
    ("shape", "small"),
    [(layer_backprop.COLUMN_SUMS, (3,)), (layer_backprop.ROW_SUMS, (-1, 1)), (layer_backprop.TOTAL, ())],
)
def test_the_gradients_of_a_copy_are_those_of_torch(rows, shape, small):
    small = tuple(rows if n == -1 else n for n in small)
    upstream = np.random.default_rng(3).integers(-4, 6, size=(2, rows, 3))[1]
    leaf = torch.zeros(small, dtype=torch.float64, requires_grad=True)
    leaf.expand(rows, 3).backward(torch.tensor(upstream, dtype=torch.float64))
    description = layer_backprop.draw_duality(layer_backprop.COPY, shape, rows).description
    assert f"shape {small} to {(rows, 3)}." in description
    entries = re.search(r"entries: (.*)\.$", description)
    assert entries and [int(entry) for entry in entries[1].split(", ")] == gradient(leaf).ravel().tolist()


def test_the_gradient_of_a_sum_is_the_same_in_every_row():
    row = [
        int(entry)
        for entry in layer_backprop.draw_duality(layer_backprop.SUM, layer_backprop.TOTAL, 4)
        .description[:-1]
        .split(": ")[-1]
        .split(", ")
    ]
    assert len(set(row)) == 1


def stack_in_torch() -> tuple[torch.Tensor, list[torch.Tensor], list[torch.Tensor]]:
    s = layer_backprop.stack()
    weights = [torch.tensor(W, requires_grad=True) for W in s.weights]
    values = [torch.tensor(s.inputs[0], requires_grad=True)]
    for i, W in enumerate(weights):
        values.append(F.linear(values[-1], W) if i == 2 else torch.tanh(F.linear(values[-1], W)))
        values[-1].retain_grad()
    loss = F.mse_loss(values[-1], torch.tensor(s.target))
    loss.backward()
    return loss, weights, values


def test_the_stack_of_modules_has_the_gradients_of_torch():
    s, (loss, weights, values) = layer_backprop.stack(), stack_in_torch()
    assert np.isclose(s.loss, loss.item())
    for i in range(3):
        assert np.allclose(s.d_weights[i], gradient(weights[i]))
        assert np.allclose(s.d_inputs[i], gradient(values[i]))
        assert np.allclose(s.outgoing[i], gradient(values[i + 1]))
        assert np.allclose(s.inputs[i], values[i].detach())


@pytest.mark.parametrize("module", [1, 2, 3])
def test_a_small_step_of_a_module_follows_its_tangent(module):
    s, rate = layer_backprop.stack(), 1e-5
    slope = (layer_backprop.loss_after(module, rate) - layer_backprop.loss_after(module, -rate)) / (2 * rate)
    assert np.isclose(slope, -np.sum(s.d_weights[module - 1] ** 2))
    assert layer_backprop.loss_after(module, 0) == pytest.approx(s.loss)


class Counted(np.ndarray):
    """An array that counts the multiplications of every matrix product that it takes part in."""

    total = 0

    def __matmul__(self, other):
        Counted.total += self.shape[0] * self.shape[1] * other.shape[1]
        return super().__matmul__(other)


@pytest.mark.parametrize("sizes", [[4, 3], [5, 5, 5], [7, 2, 6, 3], [3, 8, 4, 4, 1], [50] * 9])
@pytest.mark.parametrize("order", [layer_backprop.EACH, layer_backprop.MATRICES, layer_backprop.VECTOR])
def test_the_multiplications_are_those_that_are_done(sizes, order):
    rng = np.random.default_rng(0)
    jacobians = [rng.normal(size=(o, i)).view(Counted) for i, o in zip(sizes[-2::-1], sizes[:0:-1], strict=True)]
    v = rng.normal(size=sizes[-1])
    Counted.total = 0
    rows = layer_backprop.in_order(jacobians, v.view(Counted), order)
    assert Counted.total == layer_backprop.multiplications(sizes)[order]
    assert [row.shape for row in rows] == [(1, n) for n in sizes[-2::-1]]
    product = np.eye(sizes[-1])
    for J, row in zip(jacobians, rows, strict=True):
        product = np.dot(product, np.asarray(J))
        assert np.allclose(np.asarray(row)[0], v @ product)


# --- the two-layer network -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [network_backprop.MOONS, network_backprop.CIRCLES])
def test_the_gradients_of_the_network_are_those_of_torch(data):
    X, Y = network_backprop.points(data)
    weights = {
        name: torch.tensor(value + 0.1, requires_grad=True) for name, value in network_backprop.initial(3).items()
    }
    hidden = torch.relu(F.linear(torch.tensor(X), weights["W1"], weights["b1"]))
    loss = F.binary_cross_entropy_with_logits(F.linear(hidden, weights["W2"], weights["b2"]), torch.tensor(Y))
    loss.backward()
    found, J = network_backprop.gradients({name: value.detach().numpy() for name, value in weights.items()}, X, Y)
    assert np.isclose(J, loss.item())
    for name, weight in weights.items():
        assert np.allclose(found[name], gradient(weight))


def test_the_cost_and_the_sigmoid_do_not_overflow():
    Z, Y = np.array([[-1000.0], [1000], [3]]), np.array([[1.0], [1], [0]])
    assert np.allclose(network_backprop.probabilities(Z), torch.sigmoid(torch.tensor(Z)))
    assert np.isclose(network_backprop.cost(Z, Y), F.binary_cross_entropy_with_logits(torch.tensor(Z), torch.tensor(Y)))


@pytest.mark.parametrize("data", [network_backprop.MOONS, network_backprop.CIRCLES])
def test_training_separates_the_classes_and_keeps_its_history(data):
    kept, costs = network_backprop.train_network(data, 1.0)
    X, Y = network_backprop.points(data)
    assert len(kept) == 31
    assert len(costs) == 601
    assert np.mean((network_backprop.logits(kept[-1], X)[0] > 0) == (Y > 0.5)) > 0.98
    for i in (0, 7, 30):
        assert np.isclose(network_backprop.cost(network_backprop.logits(kept[i], X)[0], Y), costs[20 * i])


def test_at_a_rate_of_ten_every_relu_dies_on_the_circles():
    X, Y = network_backprop.points(network_backprop.CIRCLES)
    last = network_backprop.train_network(network_backprop.CIRCLES, 10.0)[0][-1]
    assert not network_backprop.logits(last, X)[1].any()
    assert not network_backprop.gradients(last, X, Y)[0]["W1"].any()


def test_the_network_picture_counts_weights_and_shapes():
    description = network_backprop.draw_network(5, 2, 8).description
    assert "Layer 2 has 20 weights" in description
    assert "W (4, 5), b (4,), Z and A (8, 4)" in description


PROMISES = [
    (scalar_backprop.draw_simple, (-2, 5, -4, 5),
     "f = -12. Backward so far: df/df = 1, df/dz = 3, df/dq = -4, df/dy = -4,"),
    (scalar_backprop.draw_gates, (3, -4, 2, -1, "max: router"),
     "= -20, with gradients df/dx = -8, df/dy = 6, df/dz = 2, df/dw = 0."),
    (scalar_backprop.draw_fork, (1.5, scalar_backprop.EXP_PLUS_SQUARE, False), "send 4.4817 and 3, sum 7.4817"),
    (scalar_backprop.draw_fork, (1.5, scalar_backprop.EXP_TIMES_SQUARE, False),
     "send 10.0838 and 13.4451, sum 23.5289"),
    (scalar_backprop.draw_fork, (1.5, scalar_backprop.X_TWICE, True),
     "sum 2. The node s = sin x has no path to L: it sends back 0."),
    (scalar_backprop.draw_chain, (0.23, 1.23, 0.1, "y = 1", 7), "dL/db = -0.4054"),
    (scalar_backprop.draw_chain, (0.23, 1.23, 0.1, "y = 1", 7), "dL/dw = -0.4987"),
    (scalar_backprop.draw_chain, (-4.0, 1.23, 0.1, "y = 1", 7), "dL/dz = -0.99"),
    (scalar_backprop.draw_chain, (-4.0, 1.23, 0.1, "y = 1", 7), "dL/da = -124."),
    (layer_backprop.draw_module, (2, 1.0), "receives dL/dh2 of shape (8, 4)"),
    (layer_backprop.draw_module, (2, 1.0), "dL/dW2 of shape (4, 5) and sends on dL/dh1 of shape (8, 5)"),
    (layer_backprop.draw_module, (2, 1.0), "from 1.083 to 0.526"),
    (layer_backprop.draw_order, (8, 50, 50, False), "Vector first takes 20,000 multiplications"),
    (layer_backprop.draw_order, (8, 50, 50, False), "895,000, 44.8 times"),
    (layer_backprop.draw_order, (8, 50, 50, False), "3,520,000, 176 times"),
    (layer_backprop.draw_order, (8, 50, 1, False), "1.02 times"),
    (network_backprop.draw_training, (network_backprop.MOONS, 1.0, 0), "44.7%"),
    (network_backprop.draw_training, (network_backprop.MOONS, 1.0, 100), "cost 0.241, 87.3%"),
    (network_backprop.draw_training, (network_backprop.MOONS, 1.0, 600), "98.7%"),
    (network_backprop.draw_training, (network_backprop.MOONS, 0.01, 600), "78.3%"),
    (network_backprop.draw_training, (network_backprop.CIRCLES, 10.0, 600), "cost 1.044, 50.0%"),
]  # fmt: skip


@pytest.mark.parametrize(("draw", "places", "promise"), PROMISES)
def test_the_pictures_show_what_the_lecture_says_you_should_see(draw, places, promise):
    assert promise in draw(*places).description


def test_a_module_overshoots_where_the_lecture_says():
    assert layer_backprop.loss_after(2, 2.6) < layer_backprop.stack().loss < layer_backprop.loss_after(2, 2.8)
