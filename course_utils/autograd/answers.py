"""Draw the answers to assignment 06.

CS7643-BACKPROP, "Reverse-mode automatic differentiation" to "PyTorch: New Autograd Functions".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils import check
from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLUE, GREY, VERMILION, Picture, arrow, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled


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
