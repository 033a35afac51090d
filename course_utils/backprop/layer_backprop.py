"""Pictures of backprop through layers: sums and copies, one module of a stack, the order of a product of Jacobians.

Samples are rows, as in torch: `X: (n, i)`, `W: (o, i)`, `b: (o,)`, `Y = X W^T + b` (CS7643-BACKPROP, "Duality in
Fprop and Bprop" and the slides on the backward pass of a module; CIS5190-L15, "Recap: Backpropagation").
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from course_utils.drawing.graphs import Graph, Node, draw_graph
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure

COLUMN_SUMS, ROW_SUMS, TOTAL = "(3,)", "(n, 1)", "()"
AXES = {COLUMN_SUMS: 0, ROW_SUMS: 1, TOTAL: None}
SUM, COPY = "sum", "copy (broadcast)"
SIZES = (3, 5, 4, 2)
SAMPLES = 8
EACH, MATRICES, VECTOR = "from scratch,\nmatrices first", "D as matrices,\nshared prefix", "vector first"


class Stack(NamedTuple):
    """A stack of three modules with its data, its forward values and its gradients.

    inputs: of each module, three arrays (n, i). weights: (o, i) each. outgoing: dL/d(output) of each module, (n, o).
    d_weights, d_inputs: the gradients that each module computes, (o, i) and (n, i). target: (n, 2). loss: the mean
    squared error.
    """

    inputs: list[np.ndarray]
    weights: list[np.ndarray]
    outgoing: list[np.ndarray]
    d_weights: list[np.ndarray]
    d_inputs: list[np.ndarray]
    target: np.ndarray
    loss: float


def output_of(X: np.ndarray, weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return X, (n, 3), and the outputs of all modules, (n, o) each: tanh(h W^T), the last one without tanh.

    weights: (o, i) per module, in order.
    """
    values = [X]
    for W in weights[:-1]:
        values.append(np.tanh(values[-1] @ W.T))
    return [*values, values[-1] @ weights[-1].T]


@cache
def stack() -> Stack:
    """Return the stack of three modules of `draw_module`, with gradients computed by hand."""
    rng = np.random.default_rng(5)
    weights = [rng.normal(size=(o, i)) / np.sqrt(i) for i, o in pairwise(SIZES)]
    X, target = rng.normal(size=(SAMPLES, 3)), rng.normal(size=(SAMPLES, 2))
    values = output_of(X, weights)
    outgoing, d_weights, d_inputs = [2 * (values[-1] - target) / target.size], [], []
    for number in (2, 1, 0):
        inside = outgoing[0] if number == 2 else outgoing[0] * (1 - values[number + 1] ** 2)
        d_weights.insert(0, inside.T @ values[number])
        d_inputs.insert(0, inside @ weights[number])
        if number:
            outgoing.insert(0, d_inputs[0])
    loss = float(np.mean((values[-1] - target) ** 2))
    return Stack(values[:-1], weights, outgoing, d_weights, d_inputs, target, loss)


def loss_after(module: int, learning_rate: float) -> float:
    """Return the loss of the stack after one step W <- W - learning_rate dL/dW of module 1, 2 or 3 alone."""
    s = stack()
    weights = list(s.weights)
    weights[module - 1] = weights[module - 1] - learning_rate * s.d_weights[module - 1]
    return float(np.mean((output_of(s.inputs[0], weights)[-1] - s.target) ** 2))


def multiplications(sizes: Sequence[int]) -> dict[str, int]:
    """Count the multiplications of v^T J_m ... J_j for all j, in the orders EACH, MATRICES and VECTOR.

    sizes: the size of the input and of the output of each layer, so that J_j is (sizes[j], sizes[j - 1]) and v is
    (sizes[-1],).
    """
    k = sizes[-1]
    steps = [sizes[j] * sizes[j - 1] for j in range(len(sizes) - 1, 0, -1)]  # from the last layer to the first
    joined = [k * step for step in steps[1:]]  # D^(j+1) times the next Jacobian; the first D is J_m itself
    ends = sum(k * sizes[j - 1] for j in range(len(sizes) - 1, 0, -1))  # v^T times each of the products
    return {
        EACH: sum(sum(joined[:n]) for n in range(len(steps))) + ends,
        MATRICES: sum(joined) + ends,
        VECTOR: sum(steps),
    }


def in_order(jacobians: Sequence[np.ndarray], v: np.ndarray, order: str) -> list[np.ndarray]:
    """Return v^T J_m ... J_j, (1, n_(j-1)), for j = m, ..., 1, multiplied in one of three orders.

    jacobians: J_m, ..., J_1, last layer first, (n_j, n_(j-1)) each. v: (n_m,). order: EACH, MATRICES or VECTOR.
    """
    if order == VECTOR:
        rows = [v[None]]
        for J in jacobians:
            rows.append(rows[-1] @ J)
        return rows[1:]
    products = [jacobians[0]]
    for i in range(1, len(jacobians)):
        product = jacobians[0] if order == EACH else products[-1]
        for J in jacobians[1 : i + 1] if order == EACH else [jacobians[i]]:
            product = product @ J
        products.append(product)
    return [v[None] @ product for product in products]


def draw_duality(forward: str, shape: str, rows: int) -> Picture:
    """Draw a sum or a copy between (rows, 3) and a smaller shape: the forward pass above, the backward pass below.

    forward: SUM or COPY. shape: a key of `AXES`, the smaller shape.
    """
    rng = np.random.default_rng(3)
    large, upstream = rng.integers(-4, 6, size=(2, rows, 3))
    small, small_upstream = (_summed(array, shape) for array in rng.integers(-2, 4, size=(2, rows, 3)))
    if forward == SUM:
        values, gradients = (large, _summed(large, shape)), (np.broadcast_to(small_upstream, (rows, 3)), small_upstream)
    else:
        values, gradients = (small, np.broadcast_to(small, (rows, 3))), (_summed(upstream, shape), upstream)
    figure, panels = new_figure(2, 2, size=(7.6, 5.0))
    names = ("input", "output")
    for axes, array, name in zip(panels[0], values, names, strict=True):
        _table(axes, array, rows, "Blues", f"{name} →", BLUE)
    for axes, array, name in zip(panels[1], gradients, names, strict=True):
        _table(axes, array, rows, "Oranges", f"← gradient of the {name}", VERMILION)
    back = COPY if forward == SUM else SUM
    given, made = (array.shape for array in values)
    entries = ", ".join(str(entry) for entry in (gradients[0][0] if forward == SUM else np.ravel(gradients[0])))
    return finish(
        figure,
        f"Forward {forward}: shape {given} to {made}. Backward {back}: the upstream gradient of shape {made} becomes "
        f"one of shape {given}, {'its first row' if forward == SUM else 'its entries'}: {entries}.",
    )


def draw_module(module: int, learning_rate: float) -> Picture:
    """Draw a stack of modules, the gradients of module 1, 2 or 3, and the loss after one step of its weights."""
    s, rates = stack(), np.linspace(0, 4, 81)
    figure, (left, right) = new_figure(1, 2, size=(9.8, 3.8), width_ratios=[2, 1])
    graph, upstream = _stack_graph(module)
    sent = {edge: VERMILION for edge in graph.edges if edge[1] == f"h{module}"}
    draw_graph(left, graph, highlight={**sent, upstream: ORANGE})
    left.set_title(f"module {module}: one gradient comes in (orange), two go out (red)")
    square = float(np.sum(s.d_weights[module - 1] ** 2))
    after = loss_after(module, learning_rate)
    right.plot(rates, [loss_after(module, rate) for rate in rates], color=BLACK)
    right.plot(rates, s.loss - rates * square, color=GREY, ls="--")
    right.plot(learning_rate, after, "o", color=VERMILION, ms=9)
    right.set(
        xlabel="learning rate α", ylabel="L", ylim=(0, 2.5 * s.loss), xlim=(0, 4), xticks=[0, 2, 4], yticks=[0, 1, 2]
    )
    right.set_title(f"after W ← W − α ∂L/∂W: {after:.3f}")
    return finish(
        figure,
        f"Module {module} of 3 receives dL/dh{module} of shape {s.outgoing[module - 1].shape}. It computes "
        f"dL/dW{module} of shape {s.d_weights[module - 1].shape} and sends on dL/dh{module - 1} of shape "
        f"{s.d_inputs[module - 1].shape}. A step with learning rate {learning_rate:.2f} takes the loss from "
        f"{s.loss:.3f} to {after:.3f}.",
    )


def draw_order(layers: int, width: int, outputs: int, measure: bool) -> Picture:
    """Draw the product v^T J_m ... J_1 as rectangles, and the cost of three orders of multiplication.

    measure: also time the three orders on this machine.
    """
    sizes = [width] * layers + [outputs]
    counts = multiplications(sizes)
    figure, (left, right) = new_figure(1, 2, size=(9.8, 3.6), width_ratios=[1, 1])
    _rectangles(left, sizes)
    left.set_title(f"vᵀ and {layers} Jacobians of {width} columns")
    labels = [_cost(counts, order, sizes if measure else None) for order in counts]
    powers = np.log10(list(counts.values()))  # a bar for the logarithm is drawn faster than one on a logarithmic axis
    right.barh(list(counts), powers, color=[GREY, ORANGE, BLUE], height=0.6)
    for place, (power, label) in enumerate(zip(powers, labels, strict=True)):
        right.text(power + 0.1, place, label, va="center", fontsize=9).set_in_layout(False)
    right.set(xlabel="multiplications (powers of ten)", ylabel="order")
    right.set_xticks([0, 3, 6, 9], ["1", "10³", "10⁶", "10⁹"])
    right.set_xlim(0, max(powers) + 4)
    right.set_title("gradients of all layers")
    return finish(
        figure,
        f"{layers} layers of width {width} with {outputs} outputs. Vector first takes {counts[VECTOR]:,} "
        f"multiplications; matrices with a shared prefix {counts[MATRICES]:,}, {_times(counts, MATRICES)} as many; "
        f"each product from scratch {counts[EACH]:,}, {_times(counts, EACH)} as many.",
    )


def _times(counts: dict[str, int], order: str) -> str:
    return f"{counts[order] / counts[VECTOR]:.3g} times"


def _cost(counts: dict[str, int], order: str, sizes: Sequence[int] | None) -> str:
    """Write the number of multiplications of an order and, where `sizes` are given, their time on this machine."""
    text = f"{counts[order]:,}" + ("" if order == VECTOR else f"\n{_times(counts, order)} as many")
    if sizes is None:
        return text
    jacobians = [np.full((sizes[j], sizes[j - 1]), 1 / sizes[j - 1]) for j in range(len(sizes) - 1, 0, -1)]
    begin = time.perf_counter()
    in_order(jacobians, np.ones(sizes[-1]), order)
    return f"{text}\n{1000 * (time.perf_counter() - begin):.2f} ms"


def _summed(array: np.ndarray, shape: str) -> np.ndarray:
    return array.sum(axis=AXES[shape], keepdims=shape == ROW_SUMS)


def _table(axes: Axes, array: np.ndarray, rows: int, colours: str, title: str, colour: str) -> None:
    """Draw the numbers of an array in a grid of squares, at the top left of an area for (rows, 3)."""
    grid = np.atleast_2d(array)
    axes.imshow(grid, cmap=colours, vmin=-12, vmax=36)
    for (row, column), entry in np.ndenumerate(grid):
        axes.text(column, row, f"{entry}", ha="center", va="center", color=colour, weight="bold").set_in_layout(False)
    axes.set(xlim=(-0.5, 2.5), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[], title=title)
    axes.set(xlabel=f"shape {array.shape}", ylabel="rows")
    axes.spines[:].set_visible(False)


def _stack_graph(module: int) -> tuple[Graph, tuple[str, str]]:
    """Return the graph of the stack when the backward pass reaches `module`, and the edge of its upstream gradient.

    Values and gradients are shown by their shapes.
    """
    s = stack()
    nodes, edges = {"h0": Node("h0 = X", str(s.inputs[0].shape), kind="leaf")}, []
    for i, (W, out) in enumerate(zip(s.weights, s.outgoing, strict=True), start=1):
        nodes[f"W{i}"] = Node(f"W{i}", str(W.shape), str(W.shape) if i >= module else None, "leaf")
        nodes[f"h{i}"] = Node(f"h{i}", str(out.shape), str(out.shape) if i >= module - 1 else None)
        edges += [(f"h{i - 1}", f"h{i}"), (f"W{i}", f"h{i}")]
    if module == 1:
        nodes["h0"] = Node("h0 = X", str(s.inputs[0].shape), str(s.inputs[0].shape), "leaf")
    nodes["L"] = Node("L", f"{s.loss:.3f}", "1", "output")
    edges.append(("h3", "L"))
    return Graph(nodes, edges), edges[-1] if module == 3 else (f"h{module}", f"h{module + 1}")


def _rectangles(axes: Axes, sizes: Sequence[int]) -> None:
    """Draw v^T and the Jacobians as rectangles of their shapes, and below them the partial products of two orders."""
    factors = [(1, sizes[-1]), *((sizes[j], sizes[j - 1]) for j in range(len(sizes) - 1, 0, -1))]
    side, boxes, colours = 1.3 * max(sizes), [], []
    for place, (_, columns) in enumerate(factors):
        matrix = (sizes[-1], columns) if place else (0, 0)  # the product of the Jacobians so far, without v
        for level, (shape, colour) in enumerate(((factors[place], GREY), ((1, columns), BLUE), (matrix, ORANGE))):
            height, width = shape
            corner = (place * side - width / 2, -1.5 * level * side - height / 2)
            boxes.append(Rectangle(corner, width, height))
            colours.append(colour)
        name = f"J{len(sizes) - place}" if place else "vᵀ"
        axes.text(place * side, 0.6 * side, name, ha="center", fontsize=9).set_in_layout(False)
    axes.add_collection(PatchCollection(boxes, facecolor=colours, edgecolor=colours, lw=1.5))
    axes.set(
        xlim=(-side, len(factors) * side - side / 3), ylim=(-3.8 * side, 1.2 * side), xlabel="factors, left to right"
    )
    axes.set(xticks=[], yticks=[0, -1.5 * side, -3 * side], yticklabels=["factors", "vector\nfirst", "D as\nmatrices"])
    axes.set_ylabel("partial products")
    axes.grid(visible=False)
