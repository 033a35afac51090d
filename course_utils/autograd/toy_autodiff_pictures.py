"""The engine at work, drawn: schedules, forks, and gradients that gather in the nodes (unit 06, section 1).

Sources: CIS5190-L15, "Computation Graphs" and "Toy Implementation of Computation Graphs"; CS7643-BACKPROP, "Upstream
gradients add at fork branches" and "Reverse-mode automatic differentiation".
"""

from __future__ import annotations

import itertools

import numpy as np

from course_utils.autograd import toy_autodiff
from course_utils.autograd.toy_autodiff import Traced, leaf
from course_utils.drawing.graphs import Edge, Graph, Node, draw_graph
from course_utils.drawing.pictures import BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure

X, Y = np.array([[1, 0], [0, 1]]), np.array([[1, 1], [1, 0]])
"""The matrices of the slide."""

SUM_XY, SUM_XXY, XYZ = "x + y, matrices", "x + x + y, matrices", "(x + y) z, numbers"
JOIN_SUM, JOIN_PRODUCT = "eˣ + x²", "eˣ · x²"
TOPOLOGICAL, BREADTH_FIRST = "reverse topological", "breadth first"
TURNS = "①②③④⑤⑥⑦⑧⑨"

Names = dict[Traced, str]


def build(expression: str) -> tuple[Traced, Names]:
    """Return the result of one of the three expressions and the names of its leaves."""
    if expression == XYZ:
        x, y, z = leaf(-2), leaf(5), leaf(-4)
        return (x + y) * z, {x: "x", y: "y", z: "z"}
    x, y = leaf(X), leaf(Y)
    return (x + y if expression == SUM_XY else x + x + y), {x: "x", y: "y"}


def fork(join: str, x: float) -> tuple[Traced, Names]:
    """Return e^x + x^2 or e^x x^2 as a graph in which x is used twice, and the name of its leaf."""
    start = leaf(x)
    left, right = toy_autodiff.apply(toy_autodiff.EXP, start), toy_autodiff.apply(toy_autodiff.SQUARE, start)
    return (left + right if join == JOIN_SUM else left * right), {start: "x"}


def long_and_short(a: float) -> tuple[Traced, Names]:
    """Return X + (3X)^2 with X = a^2: X reaches the result by a short path and by a long one."""
    start, three = leaf(a), leaf(3.0)
    middle = toy_autodiff.apply(toy_autodiff.SQUARE, start)
    return middle + toy_autodiff.apply(toy_autodiff.SQUARE, middle * three), {start: "a", three: "3", middle: "X"}


def graph_of(order: list[Traced], names: Names, gradients: dict[Traced, np.ndarray], local: bool = False) -> Graph:
    """Return the graph of the nodes of `order`, each marked with its turn; gradients are shown where there are any.

    names: texts for some nodes, in place of their operation. local: write the local derivatives on the edges.
    """
    key = {node: f"n{i}" for i, node in enumerate(order)}
    nodes = {}
    for node in toy_autodiff.schedule(order[0]):  # so that the places of the nodes do not depend on their turns
        label = names.get(node) or node.operation.name
        kind = "leaf" if node.operation is None else "output" if node is order[0] else "operation"
        turn = TURNS[order.index(node)]
        nodes[key[node]] = Node(f"{label} {turn}", _text(node.value), _text(gradients.get(node)), kind)
    edges = [(key[source], key[node]) for node in order for source in node.sources]
    factors = {edge: f"× {factor}" for node in order for edge, factor in _local(node, key)} if local else {}
    return Graph(nodes, edges, factors)


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
    """Return what the nodes hold after `count` turns, where anything has come yet, and what the last turn used."""
    start = {order[0]: np.ones_like(order[0].value)}
    *_, gradients = [start, *itertools.islice(toy_autodiff.backward_steps(order), count)]
    heard = {order[0]} | {source for node in order[:count] for source in node.sources}
    used = []
    if count:
        now = order[count - 1]
        used = [f"n{order.index(now)}", *((f"n{order.index(s)}", f"n{order.index(now)}") for s in now.sources)]
    return {node: gradient for node, gradient in gradients.items() if node in heard}, used


def draw_engine(expression: str, step: int) -> Picture:
    """Draw an expression as the engine holds it, after `step` nodes have passed their gradient on."""
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
    """Draw a value that is used twice, the gradients of its branches, and the slope that they must give."""
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
        f"L = {join} at x = {x:.1f} is {float(result.value):z.4f}. The branches bring {one:z.4f} and {other:z.4f}; "
        f"{'overwritten' if overwrite else 'added'}, x holds {gradient:z.4f}. The slope of L is "
        f"{float(toy_autodiff.backward(result)[start]):z.4f}.",
    )


def _edges_into(order: list[Traced], start: Traced) -> list[Edge]:
    return [(f"n{order.index(start)}", f"n{i}") for i, node in enumerate(order) if start in node.sources]


def _derivative(node: Traced) -> np.ndarray:
    return node.operation.backward(1.0, node.value, *(source.value for source in node.sources))[0]


def _tangent(axes, join: str, x: float, value: float, gradient: float) -> None:
    grid = np.linspace(x - 1.2, x + 1.2, 100)
    axes.plot(grid, np.exp(grid) + grid**2 if join == JOIN_SUM else np.exp(grid) * grid**2, color=GREY, label="L(x)")
    reach = np.array([x - 0.7, x + 0.7])
    axes.plot(reach, value + gradient * (reach - x), color=VERMILION, label="slope = gradient held")
    axes.plot([x], [value], "o", color=BLUE)
    axes.set(title=f"gradient held {gradient:z.3f}", xlabel="x", ylabel="L")
    axes.legend(loc="upper left")


def draw_order(order: str, step: int, a: float) -> Picture:
    """Draw X + (3X)^2, X = a^2, while its nodes pass their gradients on in a right order or in a wrong one."""
    result, names = long_and_short(a)
    nodes = toy_autodiff.schedule(result)[::-1] if order == TOPOLOGICAL else toy_autodiff.breadth_first(result)
    count = min(step, len(nodes))
    gradients, used = _after(nodes, count)
    figure, axes = new_figure(size=(8.8, 3.4))
    draw_graph(axes, graph_of(nodes, names, gradients), highlight=used)
    start = next(iter(names))
    held, right = float(gradients.get(start, 0.0)), float(toy_autodiff.backward(result)[start])
    axes.set_title(f"{order}: after {count} of {len(nodes)} turns, a holds {held:z.4g}")
    return finish(
        figure,
        f"X + (3X)^2 with X = a^2 at a = {a:.1f}, nodes taking turns in {order} order, after "
        f"{count} of {len(nodes)} turns: a holds the gradient "
        f"{held:z.4f}; in the end it must hold {right:z.4f}.",
    )


def passes(inputs: int, outputs: int) -> dict[str, int]:
    """Return how often a function of `inputs` numbers that gives `outputs` numbers is run for its whole Jacobian."""
    return {"central differences": 2 * inputs, "forward mode": inputs, "reverse mode": outputs}


def draw_cost(inputs: float, outputs: float) -> Picture:
    """Draw how many runs of a function, forward or backward, its whole Jacobian takes in three ways."""
    n, m = round(inputs), round(outputs)
    cost = passes(n, m)
    figure, axes = new_figure(size=(6.4, 2.8))
    axes.barh(list(cost), [count - 0.5 for count in cost.values()], color=(ORANGE, GREEN, BLUE), left=0.5)
    for i, count in enumerate(cost.values()):
        axes.text(count * 1.4, i, f"{count:,}", va="center")
    axes.set(xscale="log", xlim=(0.5, 2e8), xlabel="runs of the function (logarithmic)", ylabel="way")
    axes.minorticks_off()  # 72 of them would take longer than all the rest
    axes.set_title(f"the whole Jacobian: n = {n:,}, m = {m:,}")
    told = ", ".join(f"{way} {count:,}" for way, count in cost.items())
    return finish(figure, f"Runs that the Jacobian of a function takes, for n = {n:,} and m = {m:,}: {told}.")
