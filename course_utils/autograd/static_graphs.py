"""Pictures of graphs that are built once: the cost of tracing, and fused operations (unit 06, section 4).

Source: CS7643-BACKPROP, "@tf.function: compile static graph" and "Static vs Dynamic: Optimization". The timings are
those of the slides, in seconds.
"""

from __future__ import annotations

import shutil
import timeit
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
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
)

# Number of forward passes: the time in seconds that the slides give.
DYNAMIC = {10: 0.02520249200000535, 1000: 2.3648411540000325}
STATIC = {10: 0.03932226699998864, 1000: 1.1723986679999143}

POINTWISE = ("× a", "+ b", "relu", "exp", "square")


def traced_and_run(timings: dict[int, float]) -> tuple[float, float]:
    """Return (seconds of tracing, seconds per run), from the times for two different numbers of calls."""
    (few, short), (many, long) = sorted(timings.items())
    run = (long - short) / (many - few)
    return short - few * run, run


def break_even(tracing: float, run: float, dynamic: float) -> float:
    """Return the number of calls n after which tracing has paid off: tracing + n run = n dynamic."""
    return tracing / (dynamic - run)


def draw_calls(calls: float, tracing_ms: float) -> Picture:
    """Draw the total and the mean time of `calls` forward passes, with a tracing time of `tracing_ms` milliseconds."""
    run, dynamic = 1000 * traced_and_run(STATIC)[1], 1000 * DYNAMIC[1000] / 1000
    n = np.logspace(0, 4, 81)
    figure, (left, right) = new_figure(1, 2, size=(8.8, 3.6), width_ratios=[3, 2])
    left.loglog(n, n * dynamic, color=ORANGE, label="dynamic")
    left.loglog(n, tracing_ms + n * run, color=BLUE, label="static")
    for timings, colour in ((DYNAMIC, ORANGE), (STATIC, BLUE)):
        left.plot(list(timings), [1000 * seconds for seconds in timings.values()], "o", color=colour)
    left.axvline(calls, color=GREY, lw=1)
    left.set(title="all calls (dots: the slides)", xlabel="number of calls", ylabel="milliseconds")
    powers_of_ten(left.xaxis, range(5))
    powers_of_ten(left.yaxis, range(5))
    left.legend()
    right.bar(["dynamic", "static"], [dynamic, run], color=(ORANGE, BLUE), label="running")
    right.bar(["static"], [tracing_ms / calls], bottom=[run], color=VERMILION, label="tracing")
    right.set(
        title=f"mean of {calls:,.0f} calls",
        xlabel="kind of graph",
        ylabel="milliseconds",
        ylim=(0, 1.4 * max(dynamic, run + tracing_ms / calls)),
    )
    right.legend(labels=["running", "tracing"], handles=[right.patches[1], right.patches[2]], loc="upper left")
    static, paid_off = run + tracing_ms / calls, break_even(tracing_ms, run, dynamic)
    return finish(
        figure,
        f"Milliseconds per call, over {calls:,.0f} calls: dynamic {dynamic:.2f}, static {static:.2f}, of which tracing "
        f"{tracing_ms / calls:.2f}. Tracing for {tracing_ms:.0f} ms has paid off after {paid_off:.0f} calls.",
    )


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


def captured(function: Callable[..., torch.Tensor], *inputs: torch.Tensor) -> list[str]:
    """Return the operations that torch.compile finds in `function`, in order, without compiling them.

    inputs: tensors of any shape, with which the function is called once.
    """
    found: list[str] = []

    def note(graph: torch.fx.GraphModule, example_inputs: list[torch.Tensor]) -> Callable[..., Any]:
        found.extend(str(node.name) for node in graph.graph.nodes if node.op.startswith("call"))
        return graph.forward

    torch.compile(function, backend=note)(*inputs)
    return found


def time_compiled(function: Callable[..., torch.Tensor], *inputs: torch.Tensor, repeat: int = 20) -> dict[str, float]:
    """Time the first compiled call, later compiled calls and calls without compilation, in seconds.

    inputs: tensors of any shape. Of later calls and of calls without compilation the fastest of `repeat` counts.
    Needs a C++ compiler, and ten seconds or more. The times depend on the machine and differ from run to run.
    """
    compiled = torch.compile(function)
    with torch.no_grad():
        return {
            "first compiled call": timeit.timeit(lambda: compiled(*inputs), number=1),
            "later compiled call": min(timeit.repeat(lambda: compiled(*inputs), number=1, repeat=repeat)),
            "without compiling": min(timeit.repeat(lambda: function(*inputs), number=1, repeat=repeat)),
        }
