"""Drivers of unit 06: autodiff engines and custom autograd Functions."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from course_utils import check

Function = type[torch.autograd.Function]  # a class of the student's

# Methods of tensors that exercise 6.5 applies to an output; an underscore at the end means: in place.
AFTERWARDS = ("neg", "neg_", "exp", "exp_", "relu", "relu_", "square", "square_")


class Node:
    """A number in a recorded computation: a `Value` of exercise 6.1 without the arithmetic.

    data: float, the number. grad: float, the accumulated gradient, 0.0 at first.
    parents: tuple of the nodes that it was computed from, () for an input; a node that was used twice occurs twice.
    local_gradients: tuple of floats, d data / d parent.data per parent, in the order of `parents`.
    Source: CIS5190-L15, "Toy Implementation of Computation Graphs".
    """

    def __init__(
        self, data: float, parents: Iterable[Node] = (), local_gradients: Iterable[float] = (), grad: float = 0.0
    ) -> None:
        self.data, self.grad = float(data), float(grad)
        self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

    def __repr__(self) -> str:
        return f"Node(data={self.data:g}, grad={self.grad:g}, {len(self.parents)} parents)"


def faulty_sigmoid_gradient(x: torch.Tensor, upstream: torch.Tensor, afterwards: list[str]) -> torch.Tensor:
    """Return the gradient of x through a sigmoid: the code of exercise 6.5, which has a fault.

    x, upstream: (...,), floating point; afterwards: names of AFTERWARDS. The gradient is (...,), too.
    """

    class FaultySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.y = torch.sigmoid(x)
            return ctx.y

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output * ctx.y * (1 - ctx.y)

    x = x.clone().requires_grad_()
    y = FaultySigmoid.apply(x)
    for name in afterwards:
        y = getattr(y, name)()
    return torch.autograd.grad(y, x, upstream)[0]


@check.driver
def value_and_slopes(value_class: type, expression: str, numbers: dict[str, float]) -> dict[str, Any]:
    """`Value` in an expression.

    expression: such as "(x + y) * z"; numbers: the inputs, by name. Returns the value, its derivative with respect to
    each input, read off the recorded parents and local gradients, and the inputs afterwards, by name.
    """
    inputs = {name: value_class(number) for name, number in numbers.items()}
    root = eval(expression, {}, inputs)
    return {
        "value": root.data,
        "gradients": {name: _over_all_paths(root, node) for name, node in inputs.items()},
        "inputs afterwards": {name: node.data for name, node in inputs.items()},
    }


@check.driver
def a_toposort(variant: str) -> Callable[[Node], list[Node]]:
    """a `toposort`

    variant: "parents first" is right; "children first" and "no inputs" are wrong. Returns a function of a root.
    """

    def toposort(root: Node) -> list[Node]:
        result: list[Node] = []
        visited: set[Node] = set()
        pending = [(root, False)]
        while pending:
            top, is_ready = pending.pop()
            if is_ready:
                result.append(top)
            elif top not in visited:
                visited.add(top)
                pending += [(top, True), *((parent, False) for parent in top.parents)]
        if variant == "no inputs":
            return [node for node in result if node.parents]
        return result[::-1] if variant == "children first" else result

    return toposort


@check.driver
def gradients_after(
    backward: Callable[..., Any],
    parents: list[list[int]],
    local_gradients: list[list[float]],
    before: list[float],
    calls: int,
) -> np.ndarray:
    """Every node's gradient after `backward`.

    parents, local_gradients: of each node; the root is the last one. before: their `.grad` at the start; calls: how
    often `backward` is called. Returns an array (n_nodes,).
    """
    nodes = _graph(parents, [1.0] * len(parents))
    for node, local, grad in zip(nodes, local_gradients, before, strict=True):
        node.local_gradients, node.grad = tuple(local), grad
    for _ in range(calls):
        backward(nodes[-1])
    return np.array([float(node.grad) for node in nodes])


@check.driver
def gradients_of_a_ladder(backward: Callable[..., Any], local_gradients: list[list[float]]) -> np.ndarray:
    """Every node's gradient after `backward`.

    Each node was computed from the one before it, used twice. Stops a walk that takes every path by itself.
    Returns an array (n_nodes,).
    """

    class Watched(Node):
        reads = 0

        def __getattribute__(self, name: str) -> Any:
            if name == "local_gradients":
                self.reads += 1
                if self.reads > 100:
                    raise RuntimeError("one node is handled again and again; each should be handled once")
            return super().__getattribute__(name)

    nodes: list[Node] = [Watched(1.0)]
    for local in local_gradients:
        nodes.append(Watched(1.0, [nodes[-1], nodes[-1]], local))
    backward(nodes[-1])
    return np.array([float(node.grad) for node in nodes])


@check.driver
def both_ways(function: Function, x: torch.Tensor, upstream: torch.Tensor, *others: Any) -> dict[str, Any]:
    """Forward and backward pass of your Function.

    x, upstream: (...,); others: the arguments of `apply` after x. Returns the output, the nodes of the graph from it to
    x, the gradient of x, and what x and upstream hold afterwards, by name.
    """
    x, upstream = x.clone().requires_grad_(), upstream.clone()
    y = function.apply(x, *others)
    nodes = _nodes_behind(y, function)
    (grad_input,) = torch.autograd.grad(y, x, upstream, allow_unused=True)
    return {
        "x afterwards": x.detach(),
        "output": y.detach(),
        "nodes from the output to x": nodes,
        "grad_output afterwards": upstream,
        "grad_input": grad_input,
    }


@check.driver
def gradient_through(
    function: Function, x: torch.Tensor, upstream: torch.Tensor, afterwards: list[str]
) -> torch.Tensor | None:
    """The gradient of x by your Function.

    x, upstream: (...,); afterwards: methods of tensors, of AFTERWARDS, applied to the output one after the other.
    Raises ValueError where one of them is not listed there.
    """
    if not set(afterwards) <= set(AFTERWARDS):
        raise ValueError(f"afterwards may hold {', '.join(AFTERWARDS)}; received {afterwards!r}")
    x = x.clone().requires_grad_()
    y = function.apply(x)
    for name in afterwards:
        y = getattr(y, name)()
    return torch.autograd.grad(y, x, upstream, allow_unused=True)[0]


@check.driver
def of_a_transposed_input(function: Function, x: torch.Tensor, upstream: torch.Tensor, *others: Any) -> tuple[Any, ...]:
    """Your Function of x.T, backwards from an expanded grad_output.

    x: (m, n); upstream: (), expanded to all entries of the output. Returns the output and the gradient of x.T.
    """
    x = x.t().requires_grad_()
    y = function.apply(x, *others)
    return y.detach(), *torch.autograd.grad(y, x, upstream.expand_as(y), allow_unused=True)


@check.driver
def used_twice(
    function: Function, inputs: list[torch.Tensor], others: list[list[Any]], upstreams: list[torch.Tensor]
) -> tuple[Any, ...]:
    """Your Function, used for a and for b in one graph.

    inputs: a and b, (...,); others: the further arguments of each use; upstreams: of each output, (...,). Returns the
    gradients of a and b.
    """
    leaves = [x.clone().requires_grad_() for x in inputs]
    outputs = [function.apply(leaf, *more) for leaf, more in zip(leaves, others, strict=True)]
    total = torch.stack([(g * y).sum() for g, y in zip(upstreams, outputs, strict=True)]).sum()
    return torch.autograd.grad(total, leaves, allow_unused=True)


@check.driver
def differentiated_twice(
    function: Function, x: torch.Tensor, upstream: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    """The gradient of (v * grad_input).sum(), with grad_input from your Function.

    x, v: (...,); upstream: of the shape of the output. Returns it with respect to x and to grad_output, zeros where no
    graph leads there.
    """
    x, upstream = x.clone().requires_grad_(), upstream.clone().requires_grad_()
    (grad_input,) = torch.autograd.grad(function.apply(x), x, upstream, create_graph=True)
    if not grad_input.requires_grad:
        return torch.zeros_like(x), torch.zeros_like(upstream)
    second = torch.autograd.grad(grad_input, (x, upstream), v, allow_unused=True)
    leaves = zip((x, upstream), second, strict=True)
    return tuple(torch.zeros_like(leaf) if gradient is None else gradient for leaf, gradient in leaves)


@check.driver
def gradcheck(function: Function, *inputs: torch.Tensor) -> bool:
    """`torch.autograd.gradcheck` of your Function."""
    leaves = [x.clone().requires_grad_() for x in inputs]
    return torch.autograd.gradcheck(function.apply, leaves, raise_exception=False)


@check.driver
def gradgradcheck(function: Function, x: torch.Tensor) -> bool:
    """`torch.autograd.gradgradcheck` of your Function.

    x: (...,).
    """
    return torch.autograd.gradgradcheck(function.apply, x.clone().requires_grad_(), raise_exception=False)


@check.driver
def weight_norm_gradients(
    function: Any, x: torch.Tensor, V: torch.Tensor, m: torch.Tensor, upstream: torch.Tensor
) -> Any:
    """`WeightNormLinear.gradients`.

    x: (n, i); V: (o, i); m: (o,); upstream: (n, o). Returns what it returns.
    """
    return function.gradients(x, V, m, upstream)


@check.driver
def weight_norm_both_ways(
    function: Function, x: torch.Tensor, V: torch.Tensor, m: torch.Tensor, upstream: torch.Tensor, trained: list[str]
) -> dict[str, Any]:
    """Forward and backward pass of `WeightNormLinear`.

    x: (n, i); V: (o, i); m: (o,); upstream: (n, o); trained: which of "x", "V", "m" require a gradient. Returns the
    output, the nodes of the graph behind it, and the gradients of what is trained, by name.
    """
    leaves = {name: t.detach().requires_grad_(name in trained) for name, t in (("x", x), ("V", V), ("m", m))}
    y = function.apply(*leaves.values())
    nodes = _nodes_behind(y, function)
    gradients = torch.autograd.grad(y, [leaves[name] for name in trained], upstream, allow_unused=True)
    return {
        "output": y.detach(),
        "nodes behind the output": nodes,
        "gradients": dict(zip(trained, gradients, strict=True)),
    }


@check.driver
def focal_gradients(function: Any, s: torch.Tensor, y: torch.Tensor, gamma: float) -> Any:
    """`FocalLoss.gradients`.

    s: (n, C); y: (n,). Returns what it returns.
    """
    return function.gradients(s, y, gamma)


@check.driver
def focal_loss_both_ways(
    function: Function, s: torch.Tensor, y: torch.Tensor, gamma: float, a: float, b: float
) -> dict[str, Any]:
    """Forward and backward pass of `FocalLoss`.

    s: (n, C); y: (n,); the end of the graph is a L + b L^2, and the graph is walked twice. Returns s afterwards, the
    loss, the nodes of the graph from it to s, and the gradients of s, by name.
    """
    s = s.clone().requires_grad_()
    L = function.apply(s, y, gamma)
    nodes, total = _nodes_behind(L, function), a * L + b * L**2
    (first,) = torch.autograd.grad(total, s, retain_graph=True, allow_unused=True)
    first = None if first is None else first.clone()
    (second,) = torch.autograd.grad(total, s, allow_unused=True)
    return {
        "s afterwards": s.detach(),
        "loss": L.detach(),
        "nodes from the loss to s": nodes,
        "gradient of s": first,
        "gradient of s on the second walk of the graph": second,
    }


@check.driver
def gradcheck_of_focal_loss(function: Function, s: torch.Tensor, y: torch.Tensor, gamma: float) -> bool:
    """`torch.autograd.gradcheck` of 3.7 L + L ** 2 with L from `FocalLoss`.

    s: (n, C); y: (n,).
    """

    def total(s: torch.Tensor) -> torch.Tensor:
        L = function.apply(s, y, gamma)
        return 3.7 * L + L**2

    return torch.autograd.gradcheck(total, s.clone().requires_grad_(), raise_exception=False)


@check.driver
def gradient_of_a_chain(
    chain_gradient: Callable[..., Any], layers: dict[str, np.ndarray], x: np.ndarray, upstream: np.ndarray
) -> Any:
    """`chain_gradient`.

    layers: as `random_chain` draws them; x, upstream: (d,). Returns what it returns.
    """
    forward, backward, _ = _layers(layers, x)
    return chain_gradient(forward, backward, len(layers["scale"]), x, upstream)


@check.driver
def gradient_and_costs(
    chain_gradient: Callable[..., Any], layers: dict[str, np.ndarray], x: np.ndarray, upstream: np.ndarray
) -> dict[str, Any]:
    """`chain_gradient`.

    layers: as `random_chain` draws them; x, upstream: (d,), where d is 10,000 or more. Returns the gradient, how often
    `forward` was called, and for how many vectors like x memory was in use at once, x and upstream not counted.
    """
    forward, backward, calls = _layers(layers, x)
    tracemalloc.start()
    try:
        gradient = chain_gradient(forward, backward, len(layers["scale"]), x, upstream)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return {"gradient": gradient, "calls of forward": len(calls), "vectors in memory": round(peak / x.nbytes)}


@check.driver
def jacobian_of(
    jacobian_by_vjp: Callable[..., Any], formula: str, A: torch.Tensor, x: torch.Tensor, trained: bool
) -> dict[str, Any]:
    """`jacobian_by_vjp`.

    formula: of f, such as "A @ x"; A: (m, n); x: (n,), which requires a gradient and has a `.grad` of sevens if
    `trained`. Returns J, and x, its `requires_grad` and its `.grad` afterwards, by name.
    """
    x = x.clone().requires_grad_(trained)
    x.grad = torch.full_like(x, 7.0) if trained else None
    J = jacobian_by_vjp(lambda x: eval(formula, {"torch": torch, "A": A, "x": x}), x)
    return {
        "J": J,
        "x afterwards": x.detach(),
        "x.requires_grad afterwards": x.requires_grad,
        "x.grad afterwards": x.grad,
    }


@check.driver
def passes_through(passes: Callable[..., Any], formula: str, x: torch.Tensor) -> int:
    """`jacobian_by_vjp_passes`.

    formula: of the loss, such as "(x ** 4).sum()"; x: (n,). Returns what was counted. Counts passes itself, too, and
    raises RuntimeError where there were fewer than that.
    """
    arrived = 0

    def arrives(_: torch.Tensor) -> None:
        nonlocal arrived
        arrived += 1

    def loss(x: torch.Tensor) -> torch.Tensor:
        x = x.view_as(x)
        if x.requires_grad:
            x.register_hook(arrives)
        return eval(formula, {"torch": torch, "x": x})

    counted = int(passes(loss, x.clone()))
    if arrived < counted:
        raise RuntimeError(f"{counted} passes were reported, and {arrived} arrived at the input of the loss")
    return counted


def random_chain(rng: np.random.Generator, n: int, d: int) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Return n layers at random, and the vectors x and upstream, (d,).

    Layer k maps x to scale[k] * sin(x) + share[k] * roll(x, shift[k]): the layers are these three arrays (n,), by name.
    """
    layers = {
        "scale": rng.uniform(0.95, 1.15, n),
        "share": rng.uniform(0.6, 0.8, n),
        "shift": rng.integers(1, d, n),
    }
    return layers, rng.normal(size=d), rng.normal(size=d)


def end_of_chain(layers: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the output (d,) of the last of `layers`, (n,) each, for the input x (d,) of the first one."""
    forward, _, _ = _layers(layers, x)
    for k in range(len(layers["scale"])):
        x = forward(k, x)
    return x


def _layers(
    layers: dict[str, np.ndarray], x: np.ndarray
) -> tuple[Callable[[int, np.ndarray], np.ndarray], Callable[[int, np.ndarray, np.ndarray], np.ndarray], list[int]]:
    """Return `forward` and `backward` for vectors like x, and the list of the calls of `forward`.

    Each call allocates one vector, which it returns.
    """
    buffer, calls = np.empty_like(x), []
    scale, share, shift = layers["scale"], layers["share"], layers["shift"].tolist()

    def forward(k: int, x: np.ndarray) -> np.ndarray:
        calls.append(k)
        y = np.sin(x)
        y *= scale[k]
        np.multiply(x, share[k], out=buffer)
        y[shift[k] :] += buffer[: -shift[k]]
        y[: shift[k]] += buffer[-shift[k] :]
        return y

    def backward(k: int, x: np.ndarray, upstream: np.ndarray) -> np.ndarray:
        gradient = np.cos(x)
        gradient *= scale[k]
        gradient *= upstream
        np.multiply(upstream, share[k], out=buffer)
        gradient[: -shift[k]] += buffer[shift[k] :]
        gradient[-shift[k] :] += buffer[: shift[k]]
        return gradient

    return forward, backward, calls


def _over_all_paths(node: Any, of: Any) -> float:
    """Return d node / d of: the sum over all paths between them, of which a short formula has few."""
    if node is of:
        return 1.0
    steps = zip(node.parents, node.local_gradients, strict=False)
    return sum((local * _over_all_paths(parent, of) for parent, local in steps), 0.0)


def _graph(parents: list[list[int]], numbers: list[float]) -> list[Node]:
    """Return the nodes of a graph, each after those that it was computed from; they are made in another order."""
    made = {i: Node(numbers[i]) for i in sorted(range(len(numbers)), key=lambda i: (i % 3, -i))}
    nodes = [made[i] for i in range(len(numbers))]
    for node, above in zip(nodes, parents, strict=True):
        node.parents = tuple(nodes[i] for i in above)
    return nodes


def _nodes_behind(y: torch.Tensor, function: Function) -> str:
    """Name the nodes of autograd's graph behind y, leaves left out; "your backward" is that of `function`."""
    names, waiting = [], [y.grad_fn]
    for node in waiting:
        if node is not None and node.name() != "torch::autograd::AccumulateGrad" and len(names) < 10:
            names.append("your backward" if getattr(node, "_forward_cls", None) is function else node.name())
            waiting += [behind for behind, _ in node.next_functions]
    return ", ".join(names)
