"""A small reverse-mode automatic differentiation engine on NumPy arrays, for the pictures and tables of unit 06.

    x, y, z = (leaf(value) for value in (-2.0, 5.0, -4.0))
    f = (x + y) * z  # computes the value, and records the operations
    backward(f)[x]  # array(-4.)

An `Operation` is what a framework must know about a layer: how to compute it, and how to pass a gradient back. Sources:
CIS5190-L15, "Toy Implementation of Computation Graphs"; CS7643-BACKPROP, "Deep Learning Framework = Differentiable
Programming Engine". All arrays are float64; nothing is broadcast except plain numbers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, softmax


@dataclass(frozen=True)
class Operation:
    """A layer: `forward(*inputs)` returns its result, `backward(upstream, result, *inputs)` one gradient per input.

    `upstream` has the shape of the result, and each gradient the shape of its input.
    """

    name: str
    forward: Callable[..., np.ndarray]
    backward: Callable[..., tuple[np.ndarray, ...]]


ADD = Operation("+", lambda a, b: a + b, lambda g, out, a, b: (g, g))
SUBTRACT = Operation("−", lambda a, b: a - b, lambda g, out, a, b: (g, -g))
MULTIPLY = Operation("×", lambda a, b: a * b, lambda g, out, a, b: (g * b, g * a))
DIVIDE = Operation("÷", lambda a, b: a / b, lambda g, out, a, b: (g / b, -g * out / b))
EXP = Operation("exp", np.exp, lambda g, out, a: (g * out,))
SQUARE = Operation("square", np.square, lambda g, out, a: (2 * g * a,))
RELU = Operation("relu", lambda a: np.maximum(a, 0), lambda g, out, a: (g * (a > 0),))
SIGMOID = Operation("sigmoid", expit, lambda g, out, a: (g * out * (1 - out),))
SUM = Operation("sum", lambda a: a.sum(), lambda g, out, a: (np.full(a.shape, g),))
MATMUL = Operation("@", lambda A, B: A @ B, lambda g, out, A, B: (g @ B.T, A.T @ g))
SOFTMAX = Operation(
    "softmax",
    lambda s: softmax(s, axis=-1),
    lambda g, p, s: (p * (g - (g * p).sum(axis=-1, keepdims=True)),),
)
MSE = Operation(
    "MSE",
    lambda a, y: np.mean((a - y) ** 2),
    lambda g, out, a, y: (g * 2 * (a - y) / a.size, g * 2 * (y - a) / a.size),
)
LOGISTIC_NLL = Operation(
    "logistic NLL",
    lambda z, y: np.mean(np.logaddexp(0, z) - y * z),
    lambda g, out, z, y: (g * (expit(z) - y) / z.size, -g * z / z.size),
)
CONCATENATE = Operation(
    "concatenate",
    lambda *parts: np.concatenate(parts, axis=-1),
    lambda g, out, *parts: tuple(np.split(g, np.cumsum([part.shape[-1] for part in parts])[:-1], axis=-1)),
)


class Traced:
    """An array that records the operation and the arrays that it was computed from.

    value: ndarray of any shape, float64. sources: the `Traced` inputs of the operation. A leaf has no sources and no
    operation.
    """

    __array_ufunc__ = None  # makes NumPy leave `array + traced` to `Traced.__radd__`

    def __init__(self, value: ArrayLike, operation: Operation | None = None, sources: Sequence[Traced] = ()) -> None:
        self.value = np.asarray(value, dtype=np.float64)
        self.operation = operation
        self.sources = tuple(sources)

    def __add__(self, other: Traced | float) -> Traced:
        return self._with(ADD, other)

    def __sub__(self, other: Traced | float) -> Traced:
        return self._with(SUBTRACT, other)

    def __mul__(self, other: Traced | float) -> Traced:
        return self._with(MULTIPLY, other)

    def __truediv__(self, other: Traced | float) -> Traced:
        return self._with(DIVIDE, other)

    def __radd__(self, other: float) -> Traced:
        return self._like(other) + self

    def __rsub__(self, other: float) -> Traced:
        return self._like(other) - self

    def __rmul__(self, other: float) -> Traced:
        return self._like(other) * self

    def __rtruediv__(self, other: float) -> Traced:
        return self._like(other) / self

    def _with(self, operation: Operation, other: Traced | float) -> Traced:
        other = other if isinstance(other, Traced) else self._like(other)
        if self.value.shape != other.value.shape:
            raise ValueError(
                f"{operation.name} of shapes {self.value.shape} and {other.value.shape}: nothing is broadcast"
            )
        return apply(operation, self, other)

    def _like(self, number: ArrayLike) -> Traced:
        return leaf(np.broadcast_to(number, self.value.shape))


def leaf(value: ArrayLike) -> Traced:
    """Return a leaf, such as data or a parameter: a value that was not computed from other nodes.

    value: a number or an array of any shape.
    """
    return Traced(value)


def apply(operation: Operation, *sources: Traced) -> Traced:
    """Apply `operation` to the values of `sources`, and record it in the result."""
    return Traced(operation.forward(*(source.value for source in sources)), operation, sources)


def schedule(result: Traced) -> list[Traced]:
    """Return every node that `result` depends on, itself included, in topological order: each once, after its sources.

    Without recursion, since a chain of a few thousand nodes is deeper than Python's recursion limit.
    """
    order, seen, stack = [], {result}, [(result, iter(result.sources))]
    while stack:
        node, waiting = stack[-1]
        source = next(waiting, None)
        if source is None:
            order.append(node)
            stack.pop()
        elif source not in seen:
            seen.add(source)
            stack.append((source, iter(source.sources)))
    return order


def breadth_first(result: Traced) -> list[Traced]:
    """Return the nodes by their shortest distance from `result`: a wrong order for the backward pass."""
    order, queue = [result], deque([result])
    while queue:
        for source in queue.popleft().sources:
            if source not in order:
                order.append(source)
                queue.append(source)
    return order


def backward_steps(
    order: Sequence[Traced], upstream: ArrayLike = 1.0, add: bool = True
) -> Iterator[dict[Traced, np.ndarray]]:
    """Send gradients back from `order[0]`, one node per step, and yield the gradients of all nodes after each step.

    It is always the same dictionary, which changes from step to step: copy what you keep. The gradient of a node has
    the shape of its value.

    order: the nodes in the order in which they pass their gradient on. The reverse of `schedule` is correct: it visits
        a node after all nodes that use it.
    upstream: gradient of the loss with respect to `order[0]`; a number stands for an array full of it.
    add: False shows the mistake of overwriting the gradient of another branch.
    """
    gradients = {node: np.zeros_like(node.value) for node in order}
    gradients[order[0]] = np.broadcast_to(np.asarray(upstream, dtype=np.float64), order[0].value.shape)
    for node in order:
        if node.operation is not None:
            values = (source.value for source in node.sources)
            sent = node.operation.backward(gradients[node], node.value, *values)
            for source, gradient in zip(node.sources, sent, strict=True):
                gradients[source] = gradients[source] + gradient if add else gradient
        yield gradients


def backward(result: Traced, upstream: ArrayLike = 1.0) -> dict[Traced, np.ndarray]:
    """Return the gradient of sum(upstream * result) with respect to every node that `result` depends on.

    upstream: a number, or an array in the shape of the result. Each gradient has the shape of its node's value.
    """
    *_, gradients = backward_steps(schedule(result)[::-1], upstream)
    return gradients


class Plan:
    """A static graph: the order is computed once, and then run on new values of the leaves without making new nodes."""

    def __init__(self, result: Traced, inputs: Sequence[Traced]) -> None:
        order = schedule(result)
        place = {node: i for i, node in enumerate(order)}
        self._start = [node.value for node in order]
        self._inputs = [place[node] for node in inputs]
        self._steps = [
            (place[node], node.operation, [place[source] for source in node.sources])
            for node in order
            if node.operation is not None
        ]

    def run(self, *values: ArrayLike) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return the result, and the gradient of its sum with respect to each input, for new values of the inputs.

        values: one per input, each in the shape of the input's first value, which its gradient has too.
        """
        held = list(self._start)
        for i, value in zip(self._inputs, values, strict=True):
            held[i] = np.asarray(value, dtype=np.float64)
        for i, operation, sources in self._steps:
            held[i] = operation.forward(*(held[j] for j in sources))
        gradients = [np.zeros_like(value) for value in held]
        gradients[-1] = np.ones_like(held[-1])
        for i, operation, sources in reversed(self._steps):
            sent = operation.backward(gradients[i], held[i], *(held[j] for j in sources))
            for j, gradient in zip(sources, sent, strict=True):
                gradients[j] = gradients[j] + gradient
        return held[-1], [gradients[i] for i in self._inputs]
