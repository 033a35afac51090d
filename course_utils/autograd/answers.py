"""Draw the answers to assignment 06.

CS7643-BACKPROP, "Reverse-mode automatic differentiation" to "PyTorch: New Autograd Functions".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Arc

from course_utils import check
from course_utils.autograd.graph_node import Node
from course_utils.drawing.pictures import BLUE, GREY, VERMILION, Picture, arrow, finish, new_figure
from course_utils.exercises.guarded_call import guarded_call
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled

# Keeps the name of a node readable where an edge passes behind it.
NAME_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}


def value_curve(Value: type) -> Picture:
    """Draw f(x) = relu(x) exp(-x) + x^2 / (1 + x^2) and its derivative, both computed with the student's `Value`."""
    xs = np.linspace(-2.0, 3.0, 60)  # none of them is 0, where relu has no derivative
    x = torch.tensor(xs, requires_grad=True)
    y = _f(x)
    reference = y.detach().numpy(), torch.autograd.grad(y.sum(), x)[0].numpy()

    @check.driver
    def curves(xs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """`Value`."""
        inputs = [Value(float(x)) for x in xs]
        roots = [_f(x) for x in inputs]
        return _floats(root.data for root in roots), _floats(map(_slope, roots, inputs))

    yours, problem = guarded_call(curves, xs, like=reference)
    return _curves(
        "A function and its derivative by Value",
        "relu(x) exp(-x) + x²/(1 + x²)",
        ("f", "f'"),
        xs,
        reference,
        yours,
        problem,
    )


def sigmoid_curves(MySigmoid: type[torch.autograd.Function]) -> Picture:
    """Draw the sigmoid and its first two derivatives, all computed with the student's `MySigmoid`."""
    xs = np.linspace(-6.0, 6.0, 61)
    y = 1 / (1 + np.exp(-xs))
    reference = y, y * (1 - y), y * (1 - y) * (1 - 2 * y)

    @check.driver
    def curves(xs: np.ndarray) -> tuple[np.ndarray, ...]:
        """`MySigmoid`."""
        x = torch.tensor(xs, requires_grad=True)
        y = MySigmoid.apply(x)
        (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        second = _gradient_or_zeros(first.sum(), x)
        return tuple(curve.detach().numpy() for curve in (y, first, second))

    yours, problem = guarded_call(curves, xs, like=reference)
    return _curves(
        "A function and two derivatives by MySigmoid",
        "sigmoid",
        ("value", "first", "second"),
        xs,
        reference,
        yours,
        problem,
    )


def order(toposort: Callable[[Node], list]) -> Picture:
    """Draw the nodes of X + (3 X)^2, X = a a, in the order in which `toposort` returns them; each edge is an arc.

    An edge that runs from left to right is drawn above the line, one that runs back below it. Raises nothing: where
    `toposort` fails or returns anything but the five nodes, once each, the picture shows the reference and says why.
    """
    names = ("a", "X = a a", "T = 3 X", "S = T T", "X + S")
    parents = ((), (0, 0), (1,), (2, 2), (1, 3))
    edges = [(parent, child) for child, above in enumerate(parents) for parent in sorted(set(above))]

    @check.driver
    def places(parents: tuple) -> list[int]:
        """`toposort`."""
        nodes: list[Node] = []
        for above in parents:
            nodes.append(Node(1.0, [nodes[i] for i in above]))
        number = {id(node): i for i, node in enumerate(nodes)}
        found = [number.get(id(node), -1) for node in toposort(nodes[-1])]
        if sorted(found) != list(range(len(nodes))):
            raise ValueError(f"{len(found)} entries, which are not the {len(nodes)} nodes, each exactly once")
        return found

    yours, problem = guarded_call(places, parents)
    reference = list(range(len(names)))
    figure, axes = new_figure(size=(6.8, 3.4))
    _arcs(axes, reference if yours is None else yours, edges, names, is_reference=yours is None)
    axes.set(xlabel="position in the list", ylabel="below: edges that run back")
    axes.set_title(titled("Topological order of X + (3 X)²", problem))
    return finish(
        figure,
        f"Reference: {_order_in_words(reference, edges)} "
        f"{problem if yours is None else f'Yours: {_order_in_words(yours, edges)}'}",
    )


def small_squares(jacobian_by_vjp: Callable[..., torch.Tensor]) -> Picture:
    """Draw the image of a grid under a map of the plane, and the columns of the Jacobian at nine points as arrows.

    jacobian_by_vjp: takes the map and a point, (2,) float64, and returns the Jacobian, (2, 2).
    """
    points = torch.cartesian_prod(*[torch.tensor([-1.0, 0.0, 1.0], dtype=torch.float64)] * 2)
    reference = torch.stack([torch.autograd.functional.jacobian(_bend, point) for point in points]).numpy()

    @check.driver
    def jacobians(points: torch.Tensor) -> np.ndarray:
        """`jacobian_by_vjp`."""
        return np.stack([jacobian_by_vjp(_bend, point.clone()).detach().numpy() for point in points])

    yours, problem = guarded_call(jacobians, points, like=reference)
    figure, axes = new_figure(size=(5.6, 4.6))
    _grid(axes)
    for starts, J, width in ((points, reference, 5.0), (points, yours, 1.6)):
        if J is not None:
            _columns(axes, torch.stack([_bend(point) for point in starts]).numpy(), J, is_reference=width > 2)
    axes.plot([], [], label="reference", **REFERENCE_STYLE)
    if yours is not None:
        axes.plot([], [], color=BLUE, label="your column 1: move x₁")
        axes.plot([], [], color=VERMILION, label="your column 2: move x₂")
    axes.set(xlabel="f₁", ylabel="f₂", aspect="equal")
    axes.set_title(titled("Columns of the Jacobian on a curved grid", problem))
    axes.legend(loc="lower right", fontsize="small")
    return finish(
        figure,
        f"A curved grid and nine points. Reference: {_jacobian_in_words(reference)} "
        f"{problem if yours is None else f'Yours: {_jacobian_in_words(yours)}'}",
    )


# --- computation -----------------------------------------------------------------------------------------------------


def _f(x: Any) -> Any:
    """Return f(x) for a tensor, or for a student's `Value`."""
    return x.relu() * (-x).exp() + x**2 / (1 + x**2)


def _bend(x: torch.Tensor) -> torch.Tensor:
    """Map the plane smoothly to itself, (2,) to (2,), with a Jacobian that is symmetric nowhere on the grid."""
    return torch.stack([x[0] + 0.4 * torch.sin(2 * x[1]), x[1] + 0.25 * x[0] ** 2 + 0.15 * x[0]])


def _slope(node: Any, of: Any) -> float:
    """Return d node / d of by the chain rule: the sum over all paths, which are few in a short formula."""
    if node is of:
        return 1.0
    return sum(local * _slope(parent, of) for parent, local in zip(node.parents, node.local_gradients, strict=False))


def _floats(numbers: Iterable[Any]) -> np.ndarray:
    return np.array([float(number) for number in numbers])


def _gradient_or_zeros(total: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Return d total / d x, (n,), or zeros where no graph connects the two."""
    if not total.requires_grad:
        return torch.zeros_like(x)
    (gradient,) = torch.autograd.grad(total, x, allow_unused=True)
    return torch.zeros_like(x) if gradient is None else gradient


# --- drawing ---------------------------------------------------------------------------------------------------------


def _curves(
    title: str,
    ylabel: str,
    names: tuple[str, ...],
    xs: np.ndarray,
    reference: tuple[np.ndarray, ...],
    yours: tuple[np.ndarray, ...] | None,
    problem: str | None,
) -> Picture:
    """Draw one panel per curve, the reference under the student's own."""
    figure, panels = new_figure(1, len(names), size=(2.9 * len(names), 3.2))
    for i, (panel, name) in enumerate(zip(panels, names, strict=True)):
        panel.plot(xs, reference[i], label="reference", **REFERENCE_STYLE)
        if yours is not None:
            panel.plot(xs, yours[i], color=BLUE, linewidth=1.5, label="yours")
        panel.set(title=name, xlabel="x", ylabel=ylabel if i == 0 else name)
    panels[0].legend(loc="lower right")
    figure.suptitle(titled(title, problem), fontsize="medium")
    return finish(
        figure,
        f"{len(names)} curves. Reference: {_curves_in_words(names, reference)} "
        f"{problem if yours is None else f'Yours: {_curves_in_words(names, yours)}'}",
    )


def _curves_in_words(names: tuple[str, ...], curves: tuple[np.ndarray, ...]) -> str:
    ranges = [f"{name} from {c.min() + 0.0:.3f} to {c.max():.3f}" for name, c in zip(names, curves, strict=True)]
    return ", ".join(ranges) + "."


def _arcs(
    axes: Axes, found: list[int], edges: list[tuple[int, int]], names: tuple[str, ...], is_reference: bool
) -> None:
    place = {node: at for at, node in enumerate(found)}
    for parent, child in edges:
        start, end = place[parent], place[child]
        forwards = start < end
        colour = GREY if is_reference else BLUE if forwards else VERMILION
        angles = (0, 180) if forwards else (180, 360)
        width = abs(end - start)
        axes.add_patch(
            Arc(((start + end) / 2, 0), width, 0.8 * width, theta1=angles[0], theta2=angles[1], color=colour, lw=2)
        )
    axes.scatter(range(len(found)), [0] * len(found), s=60, color=GREY if is_reference else BLUE, zorder=3)
    for at, node in enumerate(found):
        axes.annotate(
            names[node], (at, 0), xytext=(0, -18), textcoords="offset points", ha="center", bbox=NAME_BOX, zorder=4
        )
    axes.set(xlim=(-0.6, len(found) - 0.4), ylim=(-1.5, 1.9), yticks=[], xticks=range(len(found)))


def _order_in_words(found: list[int], edges: list[tuple[int, int]]) -> str:
    forwards = sum(found.index(parent) < found.index(child) for parent, child in edges)
    return f"{len(found)} nodes, {len(edges)} edges, {forwards} of them from left to right."


def _grid(axes: Axes) -> None:
    along = torch.linspace(-1.4, 1.4, 41, dtype=torch.float64)
    for fixed in torch.linspace(-1.4, 1.4, 8, dtype=torch.float64):
        for line in (torch.stack([along, fixed.expand(41)]), torch.stack([fixed.expand(41), along])):
            axes.plot(*_bend(line).numpy(), color=GREY, linewidth=0.6, alpha=0.6)


def _columns(axes: Axes, starts: np.ndarray, jacobians: np.ndarray, is_reference: bool) -> None:
    for start, J in zip(starts, jacobians, strict=True):
        for column, colour in zip(J.T, (BLUE, VERMILION), strict=True):
            tip = start + 0.45 * column
            if is_reference:
                axes.plot(*np.stack([start, tip], axis=1), **REFERENCE_STYLE)
            else:
                arrow(axes, tip, colour, start=start)


def _jacobian_in_words(jacobians: np.ndarray) -> str:
    rows = "; ".join(" ".join(f"{entry:.2f}" for entry in row) for row in jacobians[-1] + 0.0)
    return f"at (1, 1) the Jacobian has the rows {rows}."
