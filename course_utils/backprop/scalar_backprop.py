"""Pictures of scalar backprop by hand: a function as a recipe, its forward values, its gradients edge by edge.

    SIMPLE = {"x": (), "y": (), "q": ("+", "x", "y"), "z": (), "f": ("×", "q", "z")}
    traced = trace(SIMPLE, x=-2, y=5, z=-4)
    traced.gradients["x"]  # -4

A recipe maps each node to its operation and the operands, in an order in which it can be computed. An input has (),
and the last node is the output (CS7643-BACKPROP, "Backpropagation: a simple example"; PYTORCH-INTRO, "Chain Rule").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from course_utils.drawing.graphs import Edge, Graph, Node, draw_graph, number
from course_utils.drawing.pictures import BLACK, BLUE, GREY, VERMILION, Picture, finish, new_figure

Recipe = Mapping[str, tuple[str, ...]]

SIMPLE: Recipe = {"x": (), "y": (), "q": ("+", "x", "y"), "z": (), "f": ("×", "q", "z")}
GATES: Recipe = {
    "x": (), "y": (), "z": (), "w": (),
    "p": ("×", "x", "y"), "m": ("max", "z", "w"), "s": ("+", "p", "m"), "f": ("2 ×", "s"),
}  # fmt: skip
EXP_PLUS_SQUARE, EXP_TIMES_SQUARE, X_TWICE = "eˣ + x²", "eˣ · x²", "x + x + y"
FORKS: Mapping[str, Recipe] = {
    EXP_PLUS_SQUARE: {"x": (), "g": ("exp", "x"), "h": ("square", "x"), "L": ("+", "g", "h")},
    EXP_TIMES_SQUARE: {"x": (), "g": ("exp", "x"), "h": ("square", "x"), "L": ("×", "g", "h")},
    X_TWICE: {"x": (), "y": (), "t": ("+", "x", "x"), "L": ("+", "t", "y")},
}
CHAIN: Mapping[int, Recipe] = {
    label: {
        "w": (), "x": (), "u": ("×", "w", "x"), "b": (), "z": ("+", "u", "b"), "a": ("σ", "z"), "L": (loss, "a"),
    }
    for label, loss in ((0, "−log(1−a)"), (1, "−log a"))
}  # fmt: skip
ROLES = {"add: replicator": "+", "max: router": "max", "mul: switcher": "×"}
TIES = {"1/2 and 1/2": (0.5, 0.5), "1 and 0": (1.0, 0.0), "0 and 1": (0.0, 1.0)}


class Operation(NamedTuple):
    """A scalar operation: its value, and its local derivatives, one per argument."""

    value: Callable[..., float]
    local: Callable[..., tuple[float, ...]]


def sigmoid(z: float) -> float:
    """Return 1 / (1 + e^-z) without overflow for any z."""
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


OPERATIONS: Mapping[str, Operation] = {
    "+": Operation(lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "×": Operation(lambda a, b: a * b, lambda a, b: (b, a)),
    "2 ×": Operation(lambda a: 2 * a, lambda a: (2.0,)),
    "max": Operation(max, lambda a, b: (float(a > b), float(b > a)) if a != b else (0.5, 0.5)),
    "exp": Operation(math.exp, lambda a: (math.exp(a),)),
    "square": Operation(lambda a: a * a, lambda a: (2 * a,)),
    "sin": Operation(math.sin, lambda a: (math.cos(a),)),
    "σ": Operation(sigmoid, lambda z: (sigmoid(z) * (1 - sigmoid(z)),)),
    "−log a": Operation(lambda a: -math.log(a), lambda a: (-1 / a,)),
    "−log(1−a)": Operation(lambda a: -math.log(1 - a), lambda a: (1 / (1 - a),)),
}


@dataclass(frozen=True)
class Trace:
    """An evaluated recipe: values and gradients d(output)/d(node) by node, local derivatives by operation node."""

    recipe: Recipe
    values: Mapping[str, float]
    local: Mapping[str, tuple[float, ...]]
    gradients: Mapping[str, float]

    @property
    def edges(self) -> list[Edge]:
        """Return the edges (source, target), in the order of the recipe."""
        return [(source, target) for target, step in self.recipe.items() for source in step[1:]]

    @property
    def output(self) -> str:
        """Return the name of the last node."""
        return list(self.recipe)[-1]

    def sent(self, edge: Edge) -> float:
        """Return the gradient that one edge sends back: upstream gradient times local derivative."""
        source, target = edge
        return self.gradients[target] * self.local[target][self.recipe[target].index(source) - 1]


def trace(recipe: Recipe, **inputs: float) -> Trace:
    """Evaluate `recipe` forward and backward; `inputs` has one number per input, by name."""
    values: dict[str, float] = {}
    local: dict[str, tuple[float, ...]] = {}
    for name, step in recipe.items():
        if not step:
            values[name] = float(inputs[name])
            continue
        operation, operands = OPERATIONS[step[0]], [values[source] for source in step[1:]]
        values[name] = operation.value(*operands)
        local[name] = operation.local(*operands)
    return Trace(recipe, values, local, backward(recipe, local))


def backward(recipe: Recipe, local: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return d(output)/d(node) by node, from the local derivatives of each operation node.

    Nodes are visited from last to first, so that the gradient of a node is complete before the node passes it on.
    """
    gradients = dict.fromkeys(recipe, 0.0)
    gradients[list(recipe)[-1]] = 1.0
    for name in reversed(list(recipe)):
        for source, derivative in zip(recipe[name][1:], local.get(name, ()), strict=True):
            gradients[source] += gradients[name] * derivative
    return gradients


def graph_of(traced: Trace, filled: int | None = None) -> Graph:
    """Return the graph of a trace that shows the gradients of the last `filled` nodes (None: of all nodes).

    An edge says "upstream × local" once its upstream gradient is known, and "× local" before that.
    """
    names = list(traced.recipe)
    known = names[len(names) - filled :] if filled is not None else names
    nodes = {}
    for name, step in traced.recipe.items():
        kind = "output" if name == traced.output else "operation" if step else "leaf"
        gradient = traced.gradients[name] if name in known else None
        nodes[name] = Node(f"{name}: {step[0]}" if step else name, traced.values[name], gradient, kind)
    copies, texts = Counter(traced.edges), {}
    for edge in traced.edges:
        source, target = edge
        local = traced.local[target][traced.recipe[target].index(source) - 1]
        upstream = f"{_brief(traced.gradients[target])} " if target in known else ""
        texts[edge] = f"{upstream}× {_brief(local)}" + (", twice" if copies[edge] == 2 else "")
    return Graph(nodes, traced.edges, texts)


def _brief(value: float) -> str:
    """Write a number with three digits; a very large or small one as 2.2e4, which fits on an edge."""
    text = f"{value:z.3g}"
    if "e" not in text:
        return text
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def draw_simple(x: float, y: float, z: float, step: int) -> Picture:
    """Draw f = (x + y) z with its values, and the gradients after `step` steps of the backward pass (0 to 5)."""
    traced = trace(SIMPLE, x=x, y=y, z=z)
    figure, axes = new_figure(size=(6.4, 3.1))
    _backward_until(axes, traced, step, "f = (x + y) z")
    return finish(figure, f"f = (x + y) z with x = {x}, y = {y}, z = {z}. {_so_far(traced, step)}")


def draw_gates(x: float, y: float, z: float, w: float, gate: str) -> Picture:
    """Draw f = 2 (x y + max(z, w)) with all of its gradients; the edges into one gate are highlighted.

    gate: a key of `ROLES`.
    """
    traced = trace(GATES, x=x, y=y, z=z, w=w)
    chosen = [name for name, step in GATES.items() if step and step[0] == ROLES[gate]]
    edges = [edge for edge in traced.edges if edge[1] in chosen]
    figure, axes = new_figure(size=(8.4, 4.4))
    draw_graph(axes, graph_of(traced), highlight=edges)
    axes.set_title(f"f = 2 (xy + max(z, w)): {gate}")
    (name,) = chosen
    sent = " and ".join(f"{number(traced.sent(edge))} to {edge[0]}" for edge in edges)
    return finish(
        figure,
        f"f = 2 (x y + max(z, w)) = {number(traced.values['f'])}, with gradients "
        f"{_gradients_in_words(traced, 'xyzw')}. The gate {gate} receives {number(traced.gradients[name])} and "
        f"sends {sent}.",
    )


def draw_tie(z: float, w: float, convention: str) -> Picture:
    """Draw the share of the upstream gradient that a max gate sends to z and to w.

    convention: a key of `TIES`, the shares at z = w.
    """
    to_z, to_w = TIES[convention] if z == w else (float(z > w), float(w > z))
    figure, (left, right) = new_figure(1, 2, size=(8.4, 3.2), width_ratios=[3, 2])
    left.hlines([0, 1], [-3, w], [w, 3], color=BLACK)
    left.plot([w, w], [0, 1], "o", color=BLACK, mfc="white")
    left.plot(w, TIES[convention][0], "o", color=BLACK)
    left.plot(z, to_z, "o", color=VERMILION, ms=10, mfc="none", mew=2)
    left.set(
        xlim=(-3.2, 3.2),
        ylim=(-0.15, 1.15),
        xticks=[-2, 0, 2],
        yticks=[0, 0.5, 1],
        xlabel="z",
        ylabel="∂m/∂z",
        title=f"m = max(z, w) at w = {w:g}",
    )
    right.bar(["to z", "to w"], [to_z, to_w], color=VERMILION, width=0.5)
    right.set(ylim=(0, 1.15), yticks=[0, 0.5, 1], ylabel="share of the upstream gradient", xlabel="branch")
    right.set_title("a tie" if z == w else "no tie: all of it to the larger")
    at_tie = f"Here they tie, and {convention} is the convention." if z == w else "Here they do not tie."
    return finish(
        figure,
        f"A max gate with z = {z:g} and w = {w:g}. It sends {to_z:g} of the upstream gradient to z and {to_w:g} to w, "
        f"together {to_z + to_w:g}. {at_tie}",
    )


def draw_fork(x: float, function: str, loose_end: bool) -> Picture:
    """Draw the graph of a function that uses x twice, and L(x) with the slope of both branches and of one.

    function: a key of `FORKS`. loose_end: add a node that the output does not depend on.
    """
    recipe = _with_loose_end(FORKS[function]) if loose_end else FORKS[function]
    traced = trace(recipe, x=x, y=1.0)
    figure, (left, right) = new_figure(1, 2, size=(9.4, 3.6), width_ratios=[3, 2])
    edges = [edge for edge in traced.edges if edge[0] == "x" and edge[1] != "s"]
    parts = [traced.sent(edge) for edge in edges]
    draw_graph(left, graph_of(traced), highlight=edges)
    left.set_title(f"L = {function}: " + " + ".join(number(part) for part in parts))
    xs = np.linspace(-2, 2, 81)
    height, slope = traced.values["L"], traced.gradients["x"]
    right.plot(xs, [trace(recipe, x=at, y=1.0).values["L"] for at in xs], color=BLACK, label="L(x)")
    right.plot(xs, height + slope * (xs - x), color=VERMILION, label="slope: both branches")
    right.plot(xs, height + parts[0] * (xs - x), color=GREY, ls="--", label="slope: first branch only")
    right.plot(x, height, "o", color=BLACK)
    right.set(
        ylim=(-3, 12), xticks=[-2, 0, 2], yticks=[0, 5, 10], xlabel="x", ylabel="L", title=f"dL/dx = {number(slope)}"
    )
    right.legend(loc="upper left", fontsize=9).set_in_layout(False)
    sent = " and ".join(number(part) for part in parts)
    extra = " The node s = sin x has no path to L: it sends back 0." if loose_end else ""
    return finish(figure, f"L = {function} at x = {x:g}: its two uses of x send {sent}, sum {number(slope)}.{extra}")


def draw_chain(w: float, x: float, b: float, label: str, step: int) -> Picture:
    """Draw the logistic chain u = w x, z = u + b, a = sigma(z), L, and below it the loss L(w) with its tangent.

    label: "y = 0" or "y = 1". step: 0 to 7, the number of nodes whose gradients are shown.
    """
    y = int(label[-1])
    traced = trace(CHAIN[y], w=w, x=x, b=b)
    figure, (top, bottom) = new_figure(2, 1, size=(9.6, 5.2), height_ratios=[5, 3])
    _backward_until(top, traced, step, f"logistic regression on one sample, {label}")
    ws = np.linspace(-4, 4, 81)
    bottom.plot(ws, [trace(CHAIN[y], w=at, x=x, b=b).values["L"] for at in ws], color=BLACK)
    slope = traced.gradients["w"]
    bottom.plot(ws, traced.values["L"] + slope * (ws - w), color=VERMILION)
    bottom.plot(w, traced.values["L"], "o", color=BLUE)
    bottom.set(xlabel="w", ylabel="L", xlim=(-4, 4), ylim=(-0.5, 8), xticks=[-4, -2, 0, 2, 4], yticks=[0, 4, 8])
    bottom.set_title(f"the loss L(w) and its tangent, of slope dL/dw = {number(slope)}")
    return finish(figure, f"u = w x, z = u + b, a = sigma(z), {label}, L = {traced.values['L']:.4f}. "
                  f"{_so_far(traced, step)}")  # fmt: skip


def _backward_until(axes: Axes, traced: Trace, step: int, title: str) -> None:
    """Draw a trace with the gradients of `step` nodes; the newest gradient and the edges that brought it are thick."""
    newest = list(traced.recipe)[len(traced.recipe) - step] if step else None
    used = [edge for edge in traced.edges if edge[0] == newest]
    draw_graph(axes, graph_of(traced, step), highlight=[*used, newest] if newest else ())
    axes.set_title(f"{title}: " + ("forward" if not step else f"backward, step {step}: d{traced.output}/d{newest}"))


def _so_far(traced: Trace, step: int) -> str:
    values = ", ".join(f"{name} = {number(traced.values[name])}" for name, made in traced.recipe.items() if made)
    filled = list(traced.recipe)[::-1][:step]
    return f"Forward: {values}. Backward so far: {_gradients_in_words(traced, filled) if step else 'nothing'}."


def _gradients_in_words(traced: Trace, names: Sequence[str]) -> str:
    return ", ".join(f"d{traced.output}/d{name} = {number(traced.gradients[name])}" for name in names)


def _with_loose_end(recipe: Recipe) -> Recipe:
    """Return `recipe` with a node s = sin x before the output, which no other node uses."""
    *before, last = recipe
    return {**{name: recipe[name] for name in before}, "s": ("sin", "x"), last: recipe[last]}
