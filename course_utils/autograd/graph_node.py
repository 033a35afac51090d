"""The node of a computational graph, for the exercises of unit 06 (CIS5190-L15, "Toy Implementation of Computation
Graphs"). Graded cells import it, so this module draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable


class Node:
    """A number in a recorded computation: a `Value` of exercise 6.1 without the arithmetic.

    data: float, the number. grad: float, the accumulated gradient, 0.0 at first.
    parents: tuple of the nodes that it was computed from, () for an input; a node that was used twice occurs twice.
    local_gradients: tuple of floats, d data / d parent.data per parent, in the order of `parents`.
    """

    def __init__(
        self, data: float, parents: Iterable[Node] = (), local_gradients: Iterable[float] = (), grad: float = 0.0
    ) -> None:
        self.data, self.grad = float(data), float(grad)
        self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

    def __repr__(self) -> str:
        return f"Node(data={self.data:g}, grad={self.grad:g}, {len(self.parents)} parents)"
