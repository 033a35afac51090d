"""The node of a computational graph that exercises of the unit use."""

from __future__ import annotations

from collections.abc import Iterable


class Node:
    """A number in a recorded computation: a `Value` of exercise 6.1 without the arithmetic.

    data: float, the number. grad: float, where a gradient is added up, 0.0 at first.
    parents: tuple of the nodes that it was computed from, () for an input; one that was used twice stands in it twice.
    local_gradients: tuple of floats, d data / d parent.data for each of the parents, in their order.
    """

    def __init__(
        self, data: float, parents: Iterable[Node] = (), local_gradients: Iterable[float] = (), grad: float = 0.0
    ) -> None:
        self.data, self.grad = float(data), float(grad)
        self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

    def __repr__(self) -> str:
        return f"Node(data={self.data:g}, grad={self.grad:g}, {len(self.parents)} parents)"
