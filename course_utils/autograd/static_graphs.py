"""Graphs that are built once: fused operations, what torch.compile captures and what it gains (unit 06, section 4).

Source: CS7643-BACKPROP, "@tf.function: compile static graph" and "Static vs Dynamic: Optimization".
"""

from __future__ import annotations

import shutil
import timeit
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from course_utils.autograd.toy_autodiff import EXP, RELU, Traced, apply, leaf
from course_utils.drawing.graphs import Graph, Node, draw_graph
from course_utils.drawing.pictures import (
    GREEN,
    GREY,
    Picture,
    finish,
    new_figure,
)

POINTWISE = ("× a", "+ b", "relu", "exp", "square")


def memory_passes(operations: int, fused: bool) -> int:
    """Count the reads and writes of an array in a sequence of pointwise operations, fused into one or not."""
    return 2 if fused else 2 * operations


def draw_fusion(operations: int, fused: bool) -> Picture:
    """Draw a sequence of pointwise operations on an array, fused or not, and its number of memory accesses."""
    names = POINTWISE[:operations]
    labels = [f"{operations} in one"] if fused else list(names)
    nodes = {"x": Node("x", kind="leaf"), **{label: Node(label) for label in labels}}
    nodes[labels[-1]] = Node(labels[-1], kind="output")
    chain = ["x", *labels]
    figure, (left, right) = new_figure(1, 2, size=(9.6, 2.8), width_ratios=[3, 1])
    draw_graph(left, Graph(nodes, list(pairwise(chain))))
    left.set_title(f"fused: {', '.join(names)}" if fused else "the graph as written")
    left.set_xlabel("each operation reads its input and writes its result")
    _two_bars(right, memory_passes(operations, False), memory_passes(operations, fused))
    return finish(
        figure,
        f"{operations} pointwise operations {'fused into one' if fused else 'one after the other'}: the array is read "
        f"or written {memory_passes(operations, fused)} times, as written {memory_passes(operations, False)} times.",
    )


def _two_bars(axes: Axes, written: int, now: int) -> None:
    axes.bar(["as written", "shown"], [written, now], color=(GREY, GREEN))
    axes.set(title=f"{now} passes over memory", xlabel="graph", ylabel="reads and writes", ylim=(0, 11))


def chain(values: ArrayLike, length: int = 50) -> tuple[Traced, Traced]:
    """Return (x, result) of `length` steps r <- relu(exp(r) * 0.3 - 0.2) on an array, computed by `toy_autodiff`.

    values: an array of any shape, which x and the result have too.
    """
    x = leaf(np.asarray(values))
    result = x
    for _ in range(length):
        result = apply(RELU, apply(EXP, result) * 0.3 - 0.2)
    return x, result


def has_compiler() -> bool:
    """Return whether there is a C++ compiler, which torch.compile needs."""
    return any(shutil.which(name) for name in ("c++", "g++", "clang++"))


def captured(function: Callable[..., torch.Tensor], *inputs: torch.Tensor) -> list[list[str]]:
    """Return the graphs that torch.compile captures of `function`, each as the list of its operations, in order.

    inputs: tensors of any shape, with which the function is called once. Nothing is compiled to machine code.
    """
    graphs: list[list[str]] = []

    def note(graph: torch.fx.GraphModule, example_inputs: list[torch.Tensor]) -> Callable[..., Any]:
        graphs.append([str(node.name) for node in graph.graph.nodes if node.op.startswith("call")])
        return graph.forward

    torch.compile(function, backend=note)(*inputs)
    return graphs


def time_compiled(
    function: Callable[..., torch.Tensor], *inputs: torch.Tensor, runs: int = 15
) -> dict[str, np.ndarray]:
    """Time calls of a function, compiled and as it is ("eager"), in seconds of the clock.

    inputs: tensors of any shape; no gradient is computed.
    Returns "warm-up", (1,), the first compiled call, which compiles, and "compiled" and "eager", (runs,) each. Their
    calls take turns, so that other work on the machine slows down both. Needs a C++ compiler.
    """
    seconds: dict[str, list[float]] = {"warm-up": [], "compiled": [], "eager": []}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's compiler imports a module of torch that warns
        compiled = torch.compile(function)
        seconds["warm-up"].append(timeit.timeit(lambda: compiled(*inputs), number=1))
        function(*inputs)
        for _ in range(runs):
            seconds["compiled"].append(timeit.timeit(lambda: compiled(*inputs), number=1))
            seconds["eager"].append(timeit.timeit(lambda: function(*inputs), number=1))
    return {name: np.array(times) for name, times in seconds.items()}
