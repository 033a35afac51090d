"""Pictures of the graphs that torch builds, read from `grad_fn` and `next_functions` (unit 06, sections 2 and 4).

Sources: CS7150-L1, "PyTorch: Computation Graph"; CS7643-BACKPROP, "PyTorch: Computational Graphs" and "PyTorch: Dynamic
Computation Graphs"; HPML-L3, "Computation Graphs" and "Autograd in PyTorch".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes

from course_utils.drawing.graphs import Edge, Graph, Node, draw_graph
from course_utils.drawing.pictures import Picture, finish, new_figure

SUM_OF_PRODUCTS, TWO_LAYERS, LOSS = "sum(x * y)", "x.mm(w1).clamp(min=0).mm(w2)", "(y_pred - y).pow(2).sum()"
N, D_IN, H, D_OUT = 4, 6, 5, 3  # the running example of the lectures, in small
CODE = (
    "x, y, w1, w2 = randn(…), …",
    "x.mm(w1)",
    ".clamp(min=0)",
    ".mm(w2)",
    "(y_pred - y).pow(2).sum()",
    "loss.backward()",
    "the next iteration begins",
)


def walk(result: torch.Tensor, names: Mapping[str, torch.Tensor], full: bool = False) -> Graph:
    """Return the graph behind `result.grad_fn`: one node per backward function, found through `next_functions`.

    result: a tensor of any shape. names: leaves that require a gradient, by name, of any shape. full: write MmBackward0
    instead of Mm. Where torch has None, for an input that needs no gradient, the graph has a leaf "None".
    Raises ValueError where `result` has no graph.
    """
    root = result.grad_fn
    if root is None:
        raise ValueError("the tensor has no grad_fn, so there is no graph behind it")
    leaves = {id(tensor): name for name, tensor in names.items()}
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    keys, waiting = {root: "f0"}, [root]
    while waiting:
        function = waiting.pop(0)
        key = keys[function]
        variable = getattr(function, "variable", None)
        if variable is None:
            label = function.name() if full else short(function)
            nodes[key] = Node(label, kind="output" if function is root else "operation")
        else:
            nodes[key] = Node(leaves.get(id(variable), "leaf"), _shape(variable), kind="leaf")
        for place, (source, _) in enumerate(function.next_functions):
            if source is None:
                nodes[f"{key} {place}"] = Node("None", kind="leaf")
                edges.append((f"{key} {place}", key))
            else:
                if source not in keys:
                    keys[source] = f"f{len(keys)}"
                    waiting.append(source)
                edges.append((keys[source], key))
    return Graph(nodes, edges)


def short(function: torch.autograd.graph.Node) -> str:
    """Return the name of a backward function without its suffix: Mm for MmBackward0."""
    return re.sub(r"Backward\d*$", "", function.name())


def _shape(tensor: torch.Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "scalar"


def counted(graph: Graph) -> str:
    """Write how many backward functions and how many leaves with a gradient a graph from `walk` has."""
    functions = [node for node in graph.nodes.values() if node.kind != "leaf"]
    leaves = [node for node in graph.nodes.values() if node.kind == "leaf" and node.label != "None"]
    return f"{_many(len(functions), 'backward function')} and {_many(len(leaves), 'leaf', 'leaves')} with a gradient"


def _many(count: int, one: str, more: str | None = None) -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


def example(expression: str) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return the result of an expression of the slides, and its leaves by name.

    expression: SUM_OF_PRODUCTS or LOSS, whose results are scalars, or TWO_LAYERS, whose result is (4, 3).
    """
    if expression == SUM_OF_PRODUCTS:
        x, y = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([3.0, 4.0], requires_grad=True)
        return torch.sum(x * y), {"x": x, "y": y}
    x, y, w1, w2 = running_example()
    y_pred = x.mm(w1).clamp(min=0).mm(w2)
    return (y_pred if expression == TWO_LAYERS else (y_pred - y).pow(2).sum()), {"w1": w1, "w2": w2}


def running_example() -> tuple[torch.Tensor, ...]:
    """Return x (4, 6), y (4, 3) and the weights w1 (6, 5), w2 (5, 3) of a small version of the lectures' network."""
    generator = torch.Generator().manual_seed(0)
    shapes = (N, D_IN), (N, D_OUT), (D_IN, H), (H, D_OUT)
    x, y, w1, w2 = (torch.randn(shape, generator=generator) for shape in shapes)
    return x, y, w1.requires_grad_(), w2.requires_grad_()


def image_to_loss(layers: int) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return the cross entropy, a scalar, of an 8 x 8 image after a network, and the parameters by name.

    layers: the number of linear layers, of 16 units each except the last, which has 10; ReLU between them. The weight
    "W1" is (16, 64), the bias "b1" (16,), and so on.
    """
    generator = torch.Generator().manual_seed(0)
    widths = [64] + [16] * (layers - 1) + [10]
    h, leaves = torch.rand((1, 64), generator=generator), {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(widths), start=1):
        weight = torch.randn((fan_out, fan_in), generator=generator).requires_grad_()
        bias = torch.zeros(fan_out, requires_grad=True)
        leaves |= {f"W{layer}": weight, f"b{layer}": bias}
        h = F.linear(h if layer == 1 else h.relu(), weight, bias)
    return F.cross_entropy(h, torch.tensor([3])), leaves


def draw_walk(expression: str, full: bool) -> Picture:
    """Draw the graph that `grad_fn` and `next_functions` hold after one line of code.

    expression: SUM_OF_PRODUCTS, TWO_LAYERS or LOSS. full: write MmBackward0 instead of Mm.
    """
    result, leaves = example(expression)
    graph = walk(result, leaves, full)
    figure, axes = new_figure(size=(9.6, 3.4))
    _plain(axes, graph)
    axes.set_title(expression)
    return finish(figure, f"The graph behind {expression}: {counted(graph)}. {_chain(result)}")


def draw_image_to_loss(layers: int) -> Picture:
    """Draw the graph of a network of `layers` linear layers, from an 8 x 8 image to its loss."""
    loss, leaves = image_to_loss(layers)
    graph = walk(loss, leaves)
    figure, axes = new_figure(size=(9.6, 3.8))
    _plain(axes, graph)
    axes.set_title(f"from image to loss: {layers} linear layers")
    parameters = sum(leaf.numel() for leaf in leaves.values())
    return finish(figure, f"A network of {layers} layers and {parameters:,} parameters: {counted(graph)}.")


def _plain(axes: Axes, graph: Graph, highlight: Collection[Edge | str] = ()) -> None:
    draw_graph(axes, graph, highlight)
    axes.set_xlabel("values →, gradients ←; above a leaf its shape")


def _chain(result: torch.Tensor) -> str:
    names, function = [], result.grad_fn
    while function is not None and not hasattr(function, "variable"):
        names.append(function.name())
        function = function.next_functions[0][0]
    return "Along the first inputs: " + ", ".join(names) + "."


def _stages() -> list[tuple[Graph, str]]:
    """Return the graph of the running example after each line of CODE, and a sentence about it."""
    x, y, w1, w2 = running_example()
    leaves = {"w1": w1, "w2": w2}
    results = [x.mm(w1)]
    results.append(results[-1].clamp(min=0))
    results.append(results[-1].mm(w2))
    results.append((results[-1] - y).pow(2).sum())
    graphs = [walk(result, leaves) for result in results]
    results[-1].backward()
    gradients = {name: _grad(leaf) for name, leaf in leaves.items()}
    held = {name: Node(f"{name}.grad", _shape(gradient), kind="leaf") for name, gradient in gradients.items()}
    bare = {name: Node(name, _shape(leaf), kind="leaf") for name, leaf in leaves.items()}
    data = {"x": Node("x", f"{N}×{D_IN}", kind="leaf"), "y": Node("y", f"{N}×{D_OUT}", kind="leaf")}
    return [
        (Graph(data | bare, []), "four tensors, no graph"),
        *((graph, f"{counted(graph)}, built while the values are computed") for graph in graphs),
        (graphs[-1], "gradients run along the paths from the loss to w1 and w2"),
        (
            Graph(data | held, []),
            f"the graph is freed; w1.grad stays, with norm {float(gradients['w1'].norm()):.1f}",
        ),
    ]


def _grad(leaf: torch.Tensor) -> torch.Tensor:
    assert leaf.grad is not None, "a backward pass has reached every leaf"
    return leaf.grad


STAGES = len(CODE)


def draw_stage(line: int) -> Picture:
    """Draw the graph of the running example after the first `line` lines of an iteration, 1 to STAGES."""
    graph, sentence = _stages()[line - 1]
    figure, axes = new_figure(size=(9.6, 3.4))
    used = [edge for edge in graph.edges if graph.nodes[edge[0]].label != "None"] if line == 6 else ()
    _plain(axes, graph, highlight=used)
    axes.set_title(f"line {line}:  {CODE[line - 1]}")
    return finish(figure, f"After line {line}, {CODE[line - 1]}: {sentence}.")


def draw_derivatives(order: int, x: float) -> Picture:
    """Draw the graph of sin(x²) (order 0) or of its first or second derivative, which a backward pass has built."""
    start = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    result = torch.sin(start**2)
    for _ in range(order):  # computes the gradient, and adds nodes to the graph
        (result,) = torch.autograd.grad(result, start, create_graph=True)
    graph = walk(result, {"x": start})
    figure, axes = new_figure(size=(9.6, 4.2))
    _plain(axes, graph)
    name = ("sin(x²)", "its derivative", "its second derivative")[order]
    axes.set_title(f"{name} = {result.item():z.3f} at x = {x:.1f}")
    return finish(figure, f"{name} at x = {x:.1f} is {result.item():z.4f}; its graph has {counted(graph)}.")


def draw_requires_grad(x: bool, y: bool, z: bool, no_grad: bool) -> Picture:
    """Draw which of a = x + y and b = a + z torch tracks, for leaves x, y, z that require a gradient or not."""
    leaves = {name: torch.ones(5, 5, requires_grad=required) for name, required in (("x", x), ("y", y), ("z", z))}
    with torch.set_grad_enabled(not no_grad):
        a = leaves["x"] + leaves["y"]
        b = a + leaves["z"]
    if b.requires_grad:
        b.sum().backward()
    tracked = {name: tensor.requires_grad for name, tensor in {**leaves, "a": a, "b": b}.items()}
    labels = {"a": "a = x + y", "b": "b = a + z"}
    nodes = {
        name: Node(
            labels.get(name, name), str(required), _grad_text(leaves.get(name)), "operation" if name in "ab" else "leaf"
        )
        for name, required in tracked.items()
    }
    edges = [("x", "a"), ("y", "a"), ("a", "b"), ("z", "b")]
    figure, axes = new_figure(size=(7.2, 3.4))
    draw_graph(axes, Graph(nodes, edges), [edge for edge in edges if tracked[edge[0]] and tracked[edge[1]]])
    axes.set_xlabel("above a node: requires_grad; below a leaf: .grad after b.sum().backward()")
    axes.set_title(f"b.requires_grad is {b.requires_grad}")
    got = [name for name, tensor in leaves.items() if tensor.grad is not None]
    flags = ", ".join(f"{name} {required}" for name, required in tracked.items())
    return finish(
        figure,
        f"requires_grad: {flags}. After backward {len(got)} of 3 leaves hold a gradient: {', '.join(got) or 'none'}.",
    )


def _grad_text(leaf: torch.Tensor | None) -> str | None:
    if leaf is None:
        return None
    return "None" if leaf.grad is None else f"all {float(np.unique(leaf.grad)[0]):.0f}"
