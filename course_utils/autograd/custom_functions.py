"""Pictures of upstream gradients: in `backward`, in a custom autograd Function, and in gradcheck (unit 06).

Sources: HPML-L3, "PyTorch Tensors, Functions and Gradients"; CS7643-BACKPROP, "PyTorch: New Autograd Functions".
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from torch.autograd import gradcheck
from torch.autograd.function import FunctionCtx

from course_utils.drawing.graphs import Graph, Node, draw_graph
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
)

SLIDE, NO_UPSTREAM, UPSTREAM_SIGN = (
    "MyReLU of the slide",
    "forgets the upstream gradient",
    "masks by the upstream sign",
)
KINKED, SMOOTH = "relu, with a kink at 0", "softplus, smooth"
FLOAT64, FLOAT32 = "float64", "float32"
EPS, ATOL, RTOL = 1e-6, 1e-5, 1e-3  # the defaults of gradcheck
POINTS = torch.tensor([-2.0, -1.2, -0.4, 0.5, 1.1, 1.9], dtype=torch.float64)


class MyReLU(torch.autograd.Function):
    """ReLU as the slide writes it; the gradient at 0 is the upstream one (`torch.relu` has 0 there)."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: torch.Tensor) -> torch.Tensor:
        """Return max(x, 0), elementwise, in the shape of x."""
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, grad_output: torch.Tensor) -> torch.Tensor:
        """Return dL/dx from dL/dy = grad_output, both in the shape of x."""
        (x,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[x < 0] = 0
        return grad_input


class ForgetsUpstream(MyReLU):
    """ReLU with a mistake: the backward pass returns the local derivative alone."""

    @staticmethod
    def backward(ctx: Any, grad_output: torch.Tensor) -> torch.Tensor:
        """Return dy/dx instead of dL/dx, in the shape of grad_output."""
        (x,) = ctx.saved_tensors
        return (x > 0).to(grad_output.dtype)


class MasksUpstream(MyReLU):
    """ReLU with a mistake: the backward pass masks by the sign of the upstream gradient instead of the input."""

    @staticmethod
    def backward(ctx: Any, grad_output: torch.Tensor) -> torch.Tensor:
        """Return grad_output where it is positive and 0 elsewhere, in the shape of grad_output."""
        return grad_output.clamp(min=0)


FUNCTIONS = {SLIDE: MyReLU, NO_UPSTREAM: ForgetsUpstream, UPSTREAM_SIGN: MasksUpstream}


def gradient(function: type[torch.autograd.Function] | None, upstream: torch.Tensor) -> torch.Tensor:
    """Return dL/dx of a Function at POINTS, (6,), for the upstream gradient dL/dy, (6,); None stands for torch.relu."""
    x = POINTS.clone().requires_grad_()
    (dx,) = torch.autograd.grad(function.apply(x) if function else torch.relu(x), x, upstream)
    return dx


def draw_function(function: str, left: float, right: float) -> Picture:
    """Draw input, upstream gradient and returned gradient of a Function.

    function: a key of `FUNCTIONS`. left, right: the first and the last of six equally spaced upstream gradients.
    """
    upstream = torch.linspace(left, right, len(POINTS), dtype=torch.float64)
    given, expected = gradient(FUNCTIONS[function], upstream), gradient(None, upstream)
    wrong = int((~torch.isclose(given, expected)).sum())
    figure, (top, bottom) = new_figure(2, 1, size=(6.8, 4.4), sharex=True)
    place = np.arange(len(POINTS))
    _bars(top, {"x": (POINTS, GREY), "y = relu(x)": (POINTS.clamp(min=0), SKY), "upstream dL/dy": (upstream, ORANGE)})
    top.set(title="forward pass, and upstream gradient", ylabel="value", xlabel=" ")
    _bars(bottom, {"dL/dx it returns": (given, VERMILION), "dL/dx of torch.relu": (expected, BLUE)})
    bottom.set(title=f"{function}: {wrong} of 6 gradients differ", ylabel="value", xlabel="entry", xticks=place)
    return finish(
        figure,
        f"{function}: upstream gradients from {left:.1f} to {right:.1f} at six inputs, three of them negative. It "
        f"returns {_row(given)}; torch.relu returns {_row(expected)}: {wrong} of 6 differ.",
    )


def _bars(axes: Axes, series: dict[str, tuple[torch.Tensor, str]]) -> None:
    width = 0.8 / len(series)
    for i, (label, (heights, colour)) in enumerate(series.items()):
        shift = (i - (len(series) - 1) / 2) * width
        axes.bar(np.arange(len(heights)) + shift, heights.numpy(), width, color=colour, label=label)
    axes.axhline(0, color=BLACK, lw=0.8)
    axes.set(ylim=(-2.4, 3.4))
    axes.legend(loc="upper left", ncols=3, fontsize=8)


def _row(values: torch.Tensor) -> str:
    return "(" + ", ".join(f"{value:z.2f}" for value in values.flatten().tolist()) + ")"


def draw_upstream(upper: float, lower: float, times: int) -> Picture:
    """Draw z = 2x² + 5x at x = 2 everywhere, after `times` calls of z.backward(v); v is (2, 2), one value per row."""
    x = torch.full((2, 2), 2.0, dtype=torch.float64, requires_grad=True)
    v = torch.tensor([[upper, upper], [lower, lower]], dtype=torch.float64)
    z = 2 * (x * x) + 5 * x
    calls = f"{times} call" + ("" if times == 1 else "s")
    x.grad = torch.zeros_like(x)
    accumulated = [x.grad.clone()]
    for _ in range(times):
        z.backward(v, retain_graph=True)
        accumulated.append(x.grad.clone())
    total = accumulated[-1]
    nodes = {
        "x": Node("x", _matrix(x.detach()), _matrix(total), "leaf"),
        "z": Node("z = 2x² + 5x", _matrix(z.detach()), _matrix(v), "output"),
    }
    figure, (left, right) = new_figure(1, 2, size=(8.4, 3.2), width_ratios=[3, 2])
    draw_graph(left, Graph(nodes, [("x", "z")], {("x", "z"): "× 13"}), [("x", "z")])
    left.set(title="below z: the argument v; below x: x.grad", xlabel="values →, gradients ←")
    for before, after, colour in zip(accumulated, accumulated[1:], (BLUE, SKY, GREEN), strict=False):
        added, below = (after - before)[:, 0].numpy(), before[:, 0].numpy()
        right.bar(["upper row", "lower row"], added, bottom=below, color=colour, ec="white")
    right.axhline(0, color=BLACK, lw=0.8)
    right.set(title=f"x.grad after {calls} of z.backward(v)", xlabel="x", ylabel="x.grad", ylim=(-85, 85))
    return finish(
        figure,
        f"x is 2 everywhere, z = 2x² + 5x is 18, dz/dx is 13. After {calls} of z.backward(v) with v = {upper:.1f} in "
        f"the upper row and {lower:.1f} in the lower one, x.grad holds {total[0, 0]:z.1f} and {total[1, 0]:z.1f}.",
    )


def _matrix(values: torch.Tensor) -> str:
    return "\n".join("   ".join(f"{value:z.4g}" for value in row) for row in values.tolist())


def value_of(name: str, x: torch.Tensor) -> torch.Tensor:
    """Return relu (name KINKED) or softplus, log(1 + e^x), (name SMOOTH) of x, elementwise, in the shape of x."""
    return x.relu() if name == KINKED else torch.logaddexp(x, torch.zeros_like(x))


def difference_errors(name: str, x: float, dtype: torch.dtype, steps: np.ndarray) -> np.ndarray:
    """Return |(f(x+h) - f(x-h)) / 2h - f'(x)| per step h, (k,) float64, where f'(x) is the derivative by autograd.

    name: KINKED or SMOOTH. dtype: of the computation. steps: the values of h, (k,).
    """
    point = torch.tensor(x, dtype=dtype, requires_grad=True)
    (derivative,) = torch.autograd.grad(value_of(name, point), point)
    h = torch.tensor(steps, dtype=dtype)
    slope = (value_of(name, point.detach() + h) - value_of(name, point.detach() - h)) / (2 * h)
    return (slope - derivative).abs().numpy().astype(np.float64)


@cache
def gradcheck_accepts(name: str, x: float, dtype: torch.dtype) -> bool:
    """Return whether gradcheck accepts torch's own, correct gradient at x; a rejection is an error of gradcheck.

    name: KINKED or SMOOTH.
    """
    point = torch.tensor([x], dtype=dtype, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # in float32 gradcheck warns that it will most likely fail
        return gradcheck(lambda x: value_of(name, x), point, raise_exception=False)


def draw_gradcheck(function: str, distance: float, dtype: str) -> Picture:
    """Draw the error of central differences against the step, at a point `distance` to the right of 0.

    function: KINKED or SMOOTH. dtype: FLOAT64 or FLOAT32. Errors below 1e-17 are drawn at 1e-17, since a logarithmic
    axis has no 0.
    """
    kind = torch.float64 if dtype == FLOAT64 else torch.float32
    steps = np.logspace(-10, 0, 61)
    errors = difference_errors(function, distance, kind, steps)
    accepted = gradcheck_accepts(function, distance, kind)
    figure, axes = new_figure(size=(6.8, 3.8))
    axes.loglog(steps, np.maximum(errors, 1e-17), color=BLUE, label=f"error in {dtype}")
    axes.axvline(EPS, color=VERMILION, ls="--", label="the step of gradcheck, 1e-6")
    axes.axhline(ATOL + RTOL, color=ORANGE, ls=":", label="its tolerance for a gradient of 1")
    axes.axvline(distance, color=GREY, lw=1, label="distance to 0")
    axes.set(xlabel="step h", ylabel="error of the central difference", ylim=(1e-18, 10), xlim=(1e-10, 1))
    powers_of_ten(axes.xaxis, range(-10, 1, 2))
    powers_of_ten(axes.yaxis, range(-15, 1, 5))
    axes.set_title(f"x = {distance:.1e}: gradcheck returns {accepted}")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=8, ncols=2)
    at_eps = difference_errors(function, distance, kind, np.array([EPS]))[0]
    missed = f"{at_eps:.1e}" if at_eps > 1e-9 else "less than 1e-9"  # below that it is rounding noise
    return finish(
        figure,
        f"Error of the central difference of {function}, at x = {distance:.1e} in {dtype}: with the step 1e-6 it "
        f"misses the derivative by {missed}. gradcheck returns {accepted}.",
    )
