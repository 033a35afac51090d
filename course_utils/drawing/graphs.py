"""Computation graphs, drawn: forward values above the nodes, gradients below them, local derivatives on the edges.

    nodes = {"x": Node("x", -2, kind="leaf"), "y": Node("y", 5, kind="leaf"), "q": Node("+", 3, gradient=-4)}
    graph = Graph(nodes, [("x", "q"), ("y", "q")], local={("x", "q"): "× 1"})
    figure, axes = new_figure(size=size_of(graph))
    draw_graph(axes, graph, highlight=[("x", "q")])

Inputs are at the left, the output at the right: each node is as late as possible, one layer before the first node
that needs it (CS7643-BACKPROP, "Computational Graph": any directed acyclic graph).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection, PathCollection
from matplotlib.patches import Ellipse, Rectangle
from matplotlib.path import Path

from course_utils.drawing.pictures import BLACK, BLUE, GREY, VERMILION

Edge = tuple[str, str]
Place = tuple[float, float]
Bright = Mapping[Edge | str, str]

FORWARD, BACKWARD = BLUE, VERMILION
UNKNOWN = "?"  # the gradient of a node that is still to be found
FACES = {"leaf": "#FFFFFF", "operation": "#EAF3FA", "output": "#FBF3D0"}
LETTER, HALF_HEIGHT = 6.4, 0.17  # points that a letter takes; half the height of a node where layers are 1 apart


@dataclass(frozen=True)
class Node:
    """A node of a graph and what it shows.

    label: an operation or a name. value: its forward value, a number or a text. gradient: dL/d(value), likewise;
    None or UNKNOWN where it is not known yet. kind: "leaf" (box), "operation" (ellipse) or "output" (thick ellipse).
    """

    label: str
    value: float | str | None = None
    gradient: float | str | None = None
    kind: str = "operation"


@dataclass(frozen=True)
class Graph:
    """Nodes by name, edges (source, target) in the direction of the forward pass, and a text for some edges.

    An edge may be listed twice, as in x + x. Raises ValueError where an edge names an unknown node, or where the edges
    form a cycle.
    """

    nodes: Mapping[str, Node]
    edges: Sequence[Edge]
    local: Mapping[Edge, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        strangers = {name for edge in self.edges for name in edge} - set(self.nodes)
        if strangers:
            raise ValueError(f"edges name unknown nodes: {sorted(strangers)}")
        topological_order(self)

    def parents(self, name: str) -> list[str]:
        """Return the sources of the edges into node `name`."""
        return [source for source, target in self.edges if target == name]

    def children(self, name: str) -> list[str]:
        """Return the targets of the edges out of node `name`."""
        return [target for source, target in self.edges if source == name]


def topological_order(graph: Graph) -> list[str]:
    """Return the names of the nodes, each after all of its parents. Raises ValueError where there is a cycle."""
    waiting = {name: len(graph.parents(name)) for name in graph.nodes}
    order = [name for name, count in waiting.items() if count == 0]
    for name in order:  # grows while it is read
        for child in graph.children(name):
            waiting[child] -= 1
            if waiting[child] == 0:
                order.append(child)
    if len(order) < len(graph.nodes):
        raise ValueError(f"edges form a cycle through {sorted(set(graph.nodes) - set(order))}")
    return order


def layers_of(graph: Graph) -> dict[str, int]:
    """Return the layer of each node: the depth of the graph less the longest path from the node to an end."""
    to_go: dict[str, int] = {}
    for name in reversed(topological_order(graph)):
        to_go[name] = max((1 + to_go[child] for child in graph.children(name)), default=0)
    depth = max(to_go.values(), default=0)
    return {name: depth - steps for name, steps in to_go.items()}


def layout(graph: Graph) -> tuple[dict[str, Place], dict[Edge, list[Place]]]:
    """Return the place (x, y) of each node, and the places that each edge passes between its ends.

    x is the layer. In a layer nodes are 1 apart, centred at y = 0, ordered so that few edges cross; an edge over
    several layers has a place in each of them, so that it does not run through a node.
    """
    layer = layers_of(graph)
    columns: list[list[str | tuple[Edge, int]]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for name in graph.nodes:
        columns[layer[name]].append(name)
    neighbours: dict[object, list[object]] = {name: [] for name in graph.nodes}
    stops = {(s, t): [((s, t), i) for i in range(layer[s] + 1, layer[t])] for s, t in graph.edges}
    for (source, target), between in stops.items():
        for stop in between:
            columns[stop[1]].append(stop)
        chain = [source, *between, target]
        for one, other in pairwise(chain):
            neighbours.setdefault(one, []).append(other)
            neighbours.setdefault(other, []).append(one)
    _untangle(columns, neighbours)
    place = {
        item: (float(x), (len(column) - 1) / 2 - i) for x, column in enumerate(columns) for i, item in enumerate(column)
    }
    return {name: place[name] for name in graph.nodes}, {e: [place[stop] for stop in s] for e, s in stops.items()}


def _untangle(columns: list[list], neighbours: Mapping[object, list]) -> None:
    """Order each column by the mean height of its neighbours in the column before, then in the one after."""
    for step in (1, -1, 1):
        sweep = columns if step == 1 else columns[::-1]
        for before, column in pairwise(sweep):
            height = {item: i - (len(before) - 1) / 2 for i, item in enumerate(before)}
            old = {item: i - (len(column) - 1) / 2 for i, item in enumerate(column)}

            def mean(item: object, height: Mapping = height, old: Mapping = old) -> float:
                known = [height[other] for other in neighbours[item] if other in height]
                return float(np.mean(known)) if known else old[item]

            column.sort(key=mean)


def size_of(graph: Graph) -> tuple[float, float]:
    """Return the (width, height) in inches that a figure of `graph` alone should have."""
    places, between = layout(graph)
    heights = [y for _, y in [*places.values(), *(place for stops in between.values() for place in stops)]]
    layers = 1 + max(x for x, _ in places.values())
    return min(10.0, max(5.0, 1.4 * layers)), 0.9 + 0.85 * (1 + max(heights) - min(heights))


def number(value: float | str | None) -> str:
    """Write a number as the slides do: at most four decimals, no trailing zeros; a text stays as it is."""
    if value is None or isinstance(value, str):
        return value or ""
    if value and abs(value) < 5e-5:
        return f"{value:.1e}"
    return f"{value:z.4f}".rstrip("0").rstrip(".")


def draw_graph(
    axes: Axes, graph: Graph, highlight: Collection[Edge | str] | Bright = (), backward: bool = True
) -> None:
    """Draw `graph` into `axes`: values above the nodes, gradients below, `local` texts on the edges.

    highlight: edges, and names of nodes, that are drawn thick; a mapping gives each of them a colour of its own.
    backward: edges that carry a gradient point from the output to the inputs: highlighted ones, and those between two
    nodes whose gradients are shown. The caller sets a title.
    """
    places, between = layout(graph)
    everywhere = np.array([*places.values(), *(place for stops in between.values() for place in stops)])
    low, high = everywhere.min(axis=0), everywhere.max(axis=0)
    axes.set(xlim=(low[0] - 0.55, high[0] + 0.55), ylim=(low[1] - 0.6, high[1] + 0.6), xticks=[], yticks=[])
    axes.set(xlabel="above a node its value (→), below it the gradient (←)", ylabel="computation graph")
    axes.yaxis.label.set_visible(False)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    points = axes.get_window_extent().width / axes.figure.dpi * 72 / (high[0] - low[0] + 1.1)
    half = {name: min(0.42, (LETTER * len(node.label) / 2 + 8) / points) for name, node in graph.nodes.items()}
    bright = (
        highlight if isinstance(highlight, Mapping) else dict.fromkeys(highlight, BACKWARD if backward else FORWARD)
    )
    wires = _wires(graph, places, between, half)
    used = _backward_edges(graph, bright) if backward else set()
    _edges(axes, graph, wires, bright, used)
    _heads(axes, graph, wires, bright, used, 3 / points)
    _boxes(axes, graph, places, half, bright)
    for name, node in graph.nodes.items():
        x, y = places[name]
        fitting = 20 * half[name] * points * 0.85 / (LETTER * max(1, len(node.label)))
        _write(axes, x, y, node.label, BLACK, va="center_baseline", size=min(10, fitting))
        _write(axes, x, y + HALF_HEIGHT + 0.03, number(node.value), FORWARD, va="bottom")
        _write(axes, x, y - HALF_HEIGHT - 0.05, number(node.gradient), BACKWARD, va="top", weight="bold")


def _wires(
    graph: Graph, places: Mapping[str, Place], between: Mapping[Edge, list[Place]], half: Mapping[str, float]
) -> list[np.ndarray]:
    """Return the corners of each edge, (k, 2): out of the source's right side, into the target's left side."""
    copies, seen, wires = Counter(graph.edges), Counter(), []
    for edge in graph.edges:
        (x0, y0), (x1, y1) = (places[name] for name in edge)
        shift = 0.2 * (seen[edge] - (copies[edge] - 1) / 2)  # two edges x -> + are one above the other
        seen[edge] += 1
        start, end = (x0 + half[edge[0]], y0 + shift), (x1 - half[edge[1]], y1 + shift)
        wires.append(np.array([start, *((x, y + shift) for x, y in between[edge]), end]))
    return wires


def _backward_edges(graph: Graph, bright: Bright) -> set[Edge]:
    """Return the edges that have carried a gradient: highlighted, or between two nodes whose gradients are known."""
    known = {name for name, node in graph.nodes.items() if node.gradient not in (None, "", UNKNOWN)}
    return {edge for edge in graph.edges if edge in bright or known.issuperset(edge)}


def _edges(axes: Axes, graph: Graph, wires: Sequence[np.ndarray], bright: Bright, used: set[Edge]) -> None:
    curves = PathCollection([_smooth(wire) for wire in wires], facecolors="none", zorder=1)
    curves.set_edgecolor([bright.get(edge, BACKWARD if edge in used else GREY) for edge in graph.edges])
    curves.set_linewidth([3.2 if edge in bright else 1.2 for edge in graph.edges])
    axes.add_collection(curves, autolim=False)
    middles: dict[Edge, list[np.ndarray]] = {}
    for edge, wire in zip(graph.edges, wires, strict=True):
        middles.setdefault(edge, []).append((wire[0] + wire[1]) / 2)
    backing = {"fc": "white", "ec": "none", "pad": 2.5}  # a leading minus sign must not join the line
    for edge, text in graph.local.items():  # one text for both edges of x + x
        x, y = np.mean(middles[edge], axis=0)
        _write(axes, x, y, text, bright.get(edge, BLACK), va="center", size=8.5, bbox=backing)


def _smooth(corners: np.ndarray) -> Path:
    """Return a curve through `corners`, (k, 2), that leaves and enters each of them level."""
    vertices = [corners[0]]
    for start, end in pairwise(corners):
        middle = (start[0] + end[0]) / 2
        vertices += [(middle, start[1]), (middle, end[1]), end]
    return Path(vertices, [Path.MOVETO, *[Path.CURVE4] * (len(vertices) - 1)])


def _heads(axes: Axes, graph: Graph, wires: Sequence[np.ndarray], bright: Bright, used: set[Edge], gap: float) -> None:
    """Put an arrow head at the end of each wire, `gap` before the node; at its beginning where gradients run."""
    tips: dict[str, list[np.ndarray]] = {">": [], "<": []}
    looks: dict[str, list[tuple[str, int]]] = {">": [], "<": []}
    for edge, wire in zip(graph.edges, wires, strict=True):
        head = "<" if edge in used else ">"
        tips[head].append(wire[0] + [gap, 0] if head == "<" else wire[-1] - [gap, 0])
        looks[head].append((bright[edge], 60) if edge in bright else (BACKWARD if edge in used else GREY, 28))
    for head, places in tips.items():
        if places:
            colours, sizes = zip(*looks[head], strict=True)
            axes.scatter(*np.transpose(places), marker=head, c=colours, s=sizes, zorder=2)


def _boxes(axes: Axes, graph: Graph, places: Mapping[str, Place], half: Mapping[str, float], bright: Bright) -> None:
    shapes = []
    for name, node in graph.nodes.items():
        (x, y), width, height = places[name], 2 * half[name], 2 * HALF_HEIGHT
        box = Rectangle((x - width / 2, y - height / 2), width, height)
        shapes.append(box if node.kind == "leaf" else Ellipse((x, y), width, height))
    patches = PatchCollection(shapes, facecolors=[FACES[node.kind] for node in graph.nodes.values()], zorder=3)
    patches.set_edgecolor([bright.get(name, BLACK) for name in graph.nodes])
    patches.set_linewidth(
        [3.0 if name in bright else 2.2 if node.kind == "output" else 1.0 for name, node in graph.nodes.items()]
    )
    axes.add_collection(patches, autolim=False)


def _write(axes: Axes, x: float, y: float, text: str, colour: str, **look: Any) -> None:
    if text:
        label = axes.text(x, y, text, color=colour, ha="center", zorder=4, **look)
        label.set_in_layout(False)  # it lies inside the axes, and measuring it costs more than drawing it
