"""Pictures of reverse-mode differentiation at work: schedules, forks, gradient accumulation (unit 06, section 1).

Sources: CIS5190-L15, "Computation Graphs" and "Toy Implementation of Computation Graphs"; CS7643-BACKPROP, "Upstream
gradients add at fork branches" and "Reverse-mode automatic differentiation".
"""

from __future__ import annotations

import itertools

import numpy as np
from matplotlib.axes import Axes

from course_utils.autograd import toy_autodiff
from course_utils.autograd.toy_autodiff import Traced, leaf
from course_utils.drawing.graphs import Edge, Graph, Node, draw_graph
from course_utils.drawing.pictures import BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure

X, Y = np.array([[1, 0], [0, 1]]), np.array([[1, 1], [1, 0]])  # the matrices of the slide

SUM_XY, SUM_XXY, XYZ = "x + y, matrices", "x + x + y, matrices", "(x + y) z, numbers"
JOIN_SUM, JOIN_PRODUCT = "eˣ + x²", "eˣ · x²"
TOPOLOGICAL, BREADTH_FIRST = "reverse topological", "breadth first"
TURNS = "①②③④⑤⑥⑦⑧⑨"

Names = dict[Traced, str]


def build(expression: str) -> tuple[Traced, Names]:
    """Return the result of an expression, and the names of its leaves.

    expression: SUM_XY, SUM_XXY or XYZ.
    """
    if expression == XYZ:
        x, y, z = leaf(-2), leaf(5), leaf(-4)
        return (x + y) * z, {x: "x", y: "y", z: "z"}
    x, y = leaf(X), leaf(Y)
    return (x + y if expression == SUM_XY else x + x + y), {x: "x", y: "y"}


def fork(join: str, x: float) -> tuple[Traced, Names]:
    """Return e^x + x^2 or e^x x^2 as a graph that uses x twice, and the name of its leaf.

    join: JOIN_SUM or JOIN_PRODUCT.
    """
    start = leaf(x)
    left, right = toy_autodiff.apply(toy_autodiff.EXP, start), toy_autodiff.apply(toy_autodiff.SQUARE, start)
    return (left + right if join == JOIN_SUM else left * right), {start: "x"}


def long_and_short(a: float) -> tuple[Traced, Names]:
    """Return X + (3X)^2 with X = a^2: there is a short and a long path from X to the result."""
    start, three = leaf(a), leaf(3.0)
    middle = toy_autodiff.apply(toy_autodiff.SQUARE, start)
    return middle + toy_autodiff.apply(toy_autodiff.SQUARE, middle * three), {start: "a", three: "3", middle: "X"}


def graph_of(order: list[Traced], names: Names, gradients: dict[Traced, np.ndarray], local: bool = False) -> Graph:
    """Return the graph of the nodes of `order`, each marked with its turn.

    names: labels that replace the operation of some nodes. gradients: of some or all nodes, in the shapes of their
    values. local: write the local derivatives on the edges.
    """
    key = {node: f"n{i}" for i, node in enumerate(order)}
    nodes = {}
    for node in toy_autodiff.schedule(order[0]):  # so that the layout does not depend on `order`
        label = names.get(node) or _operation(node).name
        kind = "leaf" if node.operation is None else "output" if node is order[0] else "operation"
        turn = TURNS[order.index(node)]
        nodes[key[node]] = Node(f"{label} {turn}", _text(node.value), _text(gradients.get(node)), kind)
    edges = [(key[source], key[node]) for node in order for source in node.sources]
    factors = {edge: f"× {factor}" for node in order for edge, factor in _local(node, key)} if local else {}
    return Graph(nodes, edges, factors)


def _operation(node: Traced) -> toy_autodiff.Operation:
    assert node.operation is not None, "only leaves have no operation"
    return node.operation


def _local(node: Traced, key: dict[Traced, str]) -> list[tuple[Edge, str]]:
    if node.operation is None:
        return []
    values = [source.value for source in node.sources]
    derivatives = node.operation.backward(np.ones_like(node.value), node.value, *values)
    pairs = zip(node.sources, derivatives, strict=True)
    return [((key[source], key[node]), f"{float(derivative):z.3g}") for source, derivative in pairs]


def _text(value: np.ndarray | None) -> str | None:
    if value is None:
        return None
    return "\n".join("  ".join(f"{number:z.5g}" for number in row) for row in np.atleast_2d(value))


def _inline(value: np.ndarray) -> str:
    rows = ["[" + ", ".join(f"{number:z.5g}" for number in row) + "]" for row in np.atleast_2d(value)]
    return f"{float(value):z.5g}" if value.ndim == 0 else "[" + ", ".join(rows) + "]"


def _after(order: list[Traced], count: int) -> tuple[dict[Traced, np.ndarray], list[Edge | str]]:
    """Return the gradients after `count` turns of the nodes that have any, and the nodes and edges of the last turn."""
    start = {order[0]: np.ones_like(order[0].value)}
    *_, gradients = [start, *itertools.islice(toy_autodiff.backward_steps(order), count)]
    reached = {order[0]} | {source for node in order[:count] for source in node.sources}
    used: list[Edge | str] = []
    if count:
        now = order[count - 1]
        used = [f"n{order.index(now)}", *((f"n{order.index(s)}", f"n{order.index(now)}") for s in now.sources)]
    return {node: gradient for node, gradient in gradients.items() if node in reached}, used


def draw_engine(expression: str, step: int) -> Picture:
    """Draw the graph of an expression after `step` nodes have passed their gradient on.

    expression: SUM_XY, SUM_XXY or XYZ.
    """
    result, names = build(expression)
    order = toy_autodiff.schedule(result)[::-1]
    count = min(step, len(order))
    gradients, used = _after(order, count)
    figure, axes = new_figure(size=(7.2, 4.2))
    draw_graph(axes, graph_of(order, names, gradients), highlight=used)
    axes.set_title(f"{expression}: {count} of {len(order)} nodes have passed their gradient on")
    held = [f"{names[node]} {_inline(gradients[node])}" for node in names if node in gradients]
    return finish(
        figure,
        f"The graph of {expression}, value {_inline(result.value)}, after {count} of {len(order)} backward steps. "
        f"Gradients at the leaves: {', '.join(held) or 'none yet'}.",
    )


def draw_fork(join: str, x: float, overwrite: bool) -> Picture:
    """Draw the graph of a function that uses x twice, the gradients of its branches, and the slope of the function.

    join: JOIN_SUM or JOIN_PRODUCT. overwrite: show the mistake of overwriting the gradient of the other branch.
    """
    result, names = fork(join, x)
    order = toy_autodiff.schedule(result)[::-1]
    *_, held = toy_autodiff.backward_steps(order, add=not overwrite)
    (start,) = names
    gradient = float(held[start])
    figure, (left, right) = new_figure(1, 2, size=(8.8, 3.4), width_ratios=[3, 2])
    draw_graph(left, graph_of(order, names, held, local=True), highlight=_edges_into(order, start))
    left.set_title("the later branch overwrites" if overwrite else "the branches add")
    _tangent(right, join, x, float(result.value), gradient)
    branches = [float(held[node]) * float(_derivative(node)) for node in result.sources]
    one, other = branches
    return finish(
        figure,
        f"L = {join} at x = {x:.1f} is {float(result.value):z.4f}. The branches contribute {one:z.4f} and "
        f"{other:z.4f}; {'overwritten' if overwrite else 'added'}, x holds {gradient:z.4f}. The slope of L is "
        f"{float(toy_autodiff.backward(result)[start]):z.4f}.",
    )


def _edges_into(order: list[Traced], start: Traced) -> list[Edge]:
    return [(f"n{order.index(start)}", f"n{i}") for i, node in enumerate(order) if start in node.sources]


def _derivative(node: Traced) -> np.ndarray:
    return _operation(node).backward(np.ones_like(node.value), node.value, *(source.value for source in node.sources))[
        0
    ]


def _tangent(axes: Axes, join: str, x: float, value: float, gradient: float) -> None:
    grid = np.linspace(x - 1.2, x + 1.2, 100)
    axes.plot(grid, np.exp(grid) + grid**2 if join == JOIN_SUM else np.exp(grid) * grid**2, color=GREY, label="L(x)")
    reach = np.array([x - 0.7, x + 0.7])
    axes.plot(reach, value + gradient * (reach - x), color=VERMILION, label="slope = gradient of x")
    axes.plot([x], [value], "o", color=BLUE)
    axes.set(title=f"gradient of x: {gradient:z.3f}", xlabel="x", ylabel="L")
    axes.legend(loc="upper left")


def draw_order(order: str, step: int, a: float) -> Picture:
    """Draw X + (3X)^2, X = a^2, while its nodes pass their gradients on in a correct or a wrong order.

    order: TOPOLOGICAL or BREADTH_FIRST. step: the number of nodes that have passed their gradient on.
    """
    result, names = long_and_short(a)
    nodes = toy_autodiff.schedule(result)[::-1] if order == TOPOLOGICAL else toy_autodiff.breadth_first(result)
    count = min(step, len(nodes))
    gradients, used = _after(nodes, count)
    figure, axes = new_figure(size=(8.8, 3.4))
    draw_graph(axes, graph_of(nodes, names, gradients), highlight=used)
    start = next(iter(names))
    held, correct = float(gradients.get(start, 0.0)), float(toy_autodiff.backward(result)[start])
    axes.set_title(f"{order}: after {count} of {len(nodes)} turns, a holds {held:z.4g}")
    return finish(
        figure,
        f"X + (3X)^2 with X = a^2 at a = {a:.1f}, backward pass in {order} order, after {count} of "
        f"{len(nodes)} turns: a holds the gradient {held:z.4f}; the correct gradient is {correct:z.4f}.",
    )


def runs_for_jacobian(inputs: int, outputs: int) -> dict[str, int]:
    """Count the runs, forward or backward, that the Jacobian of a function from R^inputs to R^outputs takes."""
    return {"central differences": 2 * inputs, "forward mode": inputs, "reverse mode": outputs}


def draw_cost(inputs: float, outputs: float) -> Picture:
    """Draw how many runs of a function, forward or backward, its Jacobian takes in three ways.

    inputs, outputs: rounded to whole numbers.
    """
    n, m = round(inputs), round(outputs)
    cost = runs_for_jacobian(n, m)
    figure, axes = new_figure(size=(6.4, 2.8))
    axes.barh(list(cost), [count - 0.5 for count in cost.values()], color=(ORANGE, GREEN, BLUE), left=0.5)
    for i, count in enumerate(cost.values()):
        axes.text(count * 1.4, i, f"{count:,}", va="center")
    axes.set(xscale="log", xlim=(0.5, 2e8), xlabel="runs of the function (logarithmic)", ylabel="method")
    axes.minorticks_off()  # drawing all 72 of them would take longer than the rest of the picture
    axes.set_title(f"the whole Jacobian: n = {n:,}, m = {m:,}")
    counts = ", ".join(f"{way} {count:,}" for way, count in cost.items())
    return finish(figure, f"Runs that the Jacobian of a function takes, for n = {n:,} and m = {m:,}: {counts}.")
