"""Pictures of programs with branches and loops, as graphs that are built while they run (unit 06, section 4).

Source: CS7643-BACKPROP, "Beyond mathematical functions: control flows, backpropagate through algorithms" and "PyTorch:
Dynamic Computation Graphs".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from course_utils.autograd.toy_autodiff import EXP, SQUARE, Traced, apply, backward, leaf, schedule
from course_utils.drawing.graphs import Graph, Node, draw_graph
from course_utils.drawing.pictures import BLUE, GREY, VERMILION, Picture, finish, new_figure

BRANCH, LOOP, ROOT = "if: x² or eˣ", "while: double until 8", "Newton's square root"
LOW, HIGH = 0.2, 4.0  # the interval of x on which the programs are drawn


def branch(x: Traced) -> Traced:
    """Return x² where x is above 2, and eˣ otherwise."""
    if x.value > 2:
        return apply(SQUARE, x)
    return apply(EXP, x)


def loop(x: Traced) -> Traced:
    """Double x until it is at least 8."""
    y = x
    while y.value < 8:
        y = y + y
    return y


def newton_root(x: Traced) -> Traced:
    """Return the square root by Newton's iteration r <- (r + x/r)/2 from r = 1, until r² is within 1% of x."""
    r = 0.5 * (1.0 + x)
    while abs(r.value**2 - x.value) > 0.01 * x.value:
        r = 0.5 * (r + x / r)
    return r


PROGRAMS: dict[str, Callable[[Traced], Traced]] = {BRANCH: branch, LOOP: loop, ROOT: newton_root}


def value_and_gradient(program: str, x: float) -> tuple[float, float]:
    """Run a program at x, and return its result and its derivative, computed from the graph of that run.

    program: a key of `PROGRAMS`.
    """
    start = leaf(x)
    result = PROGRAMS[program](start)
    return float(result.value), float(backward(result)[start])


def graph_of_run(program: str, x: float) -> Graph:
    """Return the graph that one run of a program has built, with values and gradients.

    program: a key of `PROGRAMS`. The name of a constant is its value.
    """
    start = leaf(x)
    result = PROGRAMS[program](start)
    gradients, order = backward(result), schedule(result)
    key = {node: f"n{i}" for i, node in enumerate(order)}
    nodes = {}
    for node in order:
        if node.operation is None:
            constant = node is not start
            label = f"{float(node.value):g}" if constant else "x"
            gradient = None if constant else float(gradients[node])
            nodes[key[node]] = Node(label, None if constant else float(node.value), gradient, "leaf")
        else:
            kind = "output" if node is result else "operation"
            nodes[key[node]] = Node(node.operation.name, _short(node.value), _short(gradients[node]), kind)
    return Graph(nodes, [(key[source], key[node]) for node in order for source in node.sources])


def _short(value: np.ndarray) -> str:
    return f"{float(value):z.3g}"


@cache
def _curve(program: str) -> tuple[np.ndarray, np.ndarray]:
    grid = np.linspace(LOW, HIGH, 400)
    values = np.array([value_and_gradient(program, x)[0] for x in grid])
    jumps = np.abs(np.diff(values)) > 0.3
    return np.insert(grid, np.flatnonzero(jumps) + 1, np.nan), np.insert(values, np.flatnonzero(jumps) + 1, np.nan)


def _pieces(program: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the pieces of the curve between its jumps."""
    grid, values = _curve(program)
    parts = np.ma.clump_unmasked(np.ma.masked_invalid(values))
    return [(grid[part], values[part]) for part in parts]


def draw_program(program: str, x: float) -> Picture:
    """Draw the graph of one run of a program at x, and the function with the slope that the graph gives.

    program: a key of `PROGRAMS`.
    """
    value, slope = value_and_gradient(program, x)
    graph = graph_of_run(program, x)
    count = sum(node.kind != "leaf" for node in graph.nodes.values())
    figure, (left, right) = new_figure(1, 2, size=(10.0, 3.6), width_ratios=[5, 2])
    draw_graph(left, graph)
    left.set_title(f"{program}: this run made {count} operation{'s' if count > 1 else ''}")
    for grid, values in _pieces(program):
        right.plot(grid, values, color=GREY)
    reach = np.array([x - 0.5, x + 0.5])
    right.plot(reach, value + slope * (reach - x), color=VERMILION)
    right.plot([x], [value], "o", color=BLUE)
    right.set(title=f"slope {slope:z.3f}", xlabel="x", ylabel="result")
    return finish(
        figure,
        f"{program} at x = {x:.2f}: a run of {count} operations gives {value:z.4f}, and the derivative {slope:z.4f}.",
    )
