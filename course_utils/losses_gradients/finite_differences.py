"""Pictures of finite differences and of the layouts of derivatives.

Sources: CS7643-BACKPROP, "Gradient-based Optimization" and "Calculate gradients: finite differences"; CS7150-L1,
"Gradient and Hessian" and "Matrix Calculus".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    finish,
    new_figure,
    power_of_ten,
)

Real = float | np.floating | np.ndarray

FORWARD, CENTRAL = "forward", "central"
PLACE = 0.7  # where the errors of the difference quotients are measured
STEPS = np.logspace(-12, 0, 121)


def wave(x: Real) -> Real:
    """Return sin x + x^2 / 8, the curve of `draw_secant`, in the shape and precision of x (a scalar or an array)."""
    return np.sin(x) + x * x / 8


def wave_slope(x: Real) -> Real:
    """Return cos x + x / 4, the derivative of `wave`, in the shape of x (a scalar or an array)."""
    return np.cos(x) + x / 4


def quotient(f: Callable[[Real], Real], x: Real, h: Real, method: str) -> Real:
    """Return a difference quotient of f with step h, in the precision of x.

    x, h: scalars, or arrays of the same shape, which the result has too.
    method: FORWARD, (f(x + h) - f(x)) / h, or CENTRAL, (f(x + h) - f(x - h)) / (2 h).
    """
    if method == FORWARD:
        return (f(x + h) - f(x)) / h
    return (f(x + h) - f(x - h)) / (2 * h)


@in_browser("finite_differences.js", "secant", lambda: {"forward": FORWARD, "steps": np.linspace(0.01, 2, 100)})
def draw_secant(x: float, h: float, method: str) -> Picture:
    """Draw a curve, its tangent at x and the secant whose slope is the difference quotient with step h.

    method: FORWARD or CENTRAL.
    """
    slope, found = float(wave_slope(x)), float(quotient(wave, x, h, method))
    ends = np.array([x, x + h]) if method == FORWARD else np.array([x - h, x + h])
    figure, (left, right) = new_figure(1, 2, size=(8.8, 3.6), width_ratios=[5, 4])
    grid = np.linspace(-5, 5, 241)
    left.plot(grid, wave(grid), color=BLUE)
    for name, start, rise, look in (
        ("tangent", x, slope, {"color": GREY, "ls": "--"}),
        ("secant", ends[0], found, {"color": VERMILION}),
    ):
        places = np.array([-9.0, 9.0])
        label = f"{name}: {rise:z.3f}"
        left.plot(places, wave(start) + rise * (places - start), lw=1.5, label=label, gid=moving(name), **look)
    left.plot(ends, wave(ends), "o", color=VERMILION, ms=6, gid=moving("ends"))
    left.plot(x, wave(x), "o", color=ORANGE, mec=BLACK, ms=8, gid=moving("x"))
    left.set(xlabel="x", ylabel="f(x)", xlim=(-5, 5), ylim=(-2, 3.5), title=f"h = {h:.3g}, {method}")
    left.set(xticks=range(-4, 5, 2), yticks=[-2, 0, 2])
    left.legend(loc="lower left", fontsize=8)
    steps = np.linspace(0.01, 2, 100)
    for kind, colour in ((FORWARD, ORANGE), (CENTRAL, GREEN)):
        right.plot(steps, quotient(wave, x, steps, kind), color=colour, label=kind, gid=moving(kind))
    right.plot([-1, 3], [slope, slope], color=GREY, ls="--", lw=1.5, gid=moving("slope"))
    right.plot(h, found, "o", color=VERMILION, ms=8, gid=moving("quotient"))
    right.set(xlabel="h", ylabel="difference quotient", xlim=(-0.05, 2.05), title="its limit is the slope")
    right.set_xticks([0, 1, 2])
    right.locator_params(axis="y", nbins=4)
    right.legend(loc="best", fontsize=8)
    return finish(
        figure,
        f"A curve at x = {x:z.1f}, where its slope is {slope:z.4f}. The {method} difference quotient with h = {h:.3g} "
        f"is {found:z.4f}, off by {abs(found - slope):.1e}.",
    )


@cache
def quotient_errors(precision: str, method: str) -> np.ndarray:
    """Return |difference quotient - slope| of `wave` at PLACE per step of STEPS, (121,) float64.

    precision: "float32" or "float64". method: FORWARD or CENTRAL.
    """
    x = np.full(STEPS.shape, PLACE, dtype=precision)
    found = np.asarray(quotient(wave, x, STEPS.astype(precision), method), dtype=float)
    return np.abs(found - wave_slope(float(x[0])))


def draw_errors(h: float, precision: str, method: str) -> Picture:
    """Draw the error of forward and central differences in two precisions against the step, both on log scales.

    precision: "float32" or "float64". method: FORWARD or CENTRAL; the curve of this choice is the thick one.
    """
    figure, axes = new_figure(size=(7.2, 4.2))
    for dtype, colour in (("float32", VERMILION), ("float64", BLUE)):
        for kind, dash in ((FORWARD, "--"), (CENTRAL, "-")):
            strong = (dtype, kind) == (precision, method)
            errors = np.maximum(quotient_errors(dtype, kind), 1e-14)  # an error may happen to be 0, which has no log
            axes.plot(np.log10(STEPS), np.log10(errors), dash, color=colour, lw=2 if strong else 0.9,
                      label=f"{dtype}, {kind}")  # fmt: skip
    errors = quotient_errors(precision, method)
    here = int(np.abs(np.log10(STEPS) - np.log10(h)).argmin())
    axes.plot(np.log10(STEPS[here]), np.log10(max(errors[here], 1e-14)), "o", color=ORANGE, mec=BLACK, ms=9)
    ticks = np.arange(-12, 1, 3)
    axes.set_xticks(ticks, [power_of_ten(int(t)) for t in ticks])
    axes.set_yticks(ticks[:-1], [power_of_ten(int(t)) for t in ticks[:-1]])
    axes.set(xlabel="step h", ylabel="error of the slope", ylim=(-13, 1.5))
    axes.set_title(f"{precision}, {method}, h = {STEPS[here]:.0e}: error {errors[here]:.0e}")
    axes.legend(loc="lower left", fontsize=8)
    return finish(
        figure,
        f"Error of difference quotients against the step. {precision}, {method}, h = {STEPS[here]:.0e}: error "
        f"{errors[here]:.0e}. The slope itself is {wave_slope(PLACE):.4f}.",
    )


def stand_in(h: float) -> float:
    """Return a loss like that of the slide: 1.253468 at h = 0, with slope -2.5 and curvature 40."""
    return 1.253468 - 2.5 * h + 20 * h**2


def draw_card(h: float, digits: int) -> Picture:
    """Draw which slopes agree with two losses that are printed with `digits` decimals."""
    low, high = -6.0, 1.0
    steps = np.logspace(-6, -1, 101)
    middle = -2.5 + 20 * steps
    reach = 10.0**-digits / steps
    before, after = round(stand_in(0), digits), round(stand_in(h), digits)
    found, rounding = (after - before) / h, 10.0**-digits / h
    figure, axes = new_figure(size=(7.2, 3.8))
    band = np.clip([middle - reach, middle + reach], low, high)
    axes.fill_between(np.log10(steps), *band, color=BLUE, alpha=0.2, label="possible after rounding")
    axes.axhline(-2.5, color=GREY, ls="--", label="true slope −2.5")
    ends = np.clip([found - rounding, found, found + rounding], low, high)
    axes.plot(np.full(3, np.log10(h)), ends, color=VERMILION, lw=2)
    axes.plot(np.log10(h), ends[1], "o", color=VERMILION, mec=BLACK, ms=9, label="from the printed losses")
    axes.set_xticks(range(-6, 0), [power_of_ten(t) for t in range(-6, 0)])
    axes.set(xlabel="step h", ylabel="slope", ylim=(low, high), yticks=range(-6, 2, 2))
    axes.set_title(f"({after:.{digits}f} − {before:.{digits}f}) / {h:.1g} = {found:z.3g} ± {rounding:.1g}")
    axes.legend(loc="upper center", fontsize=8)
    return finish(
        figure,
        f"Losses printed with {digits} decimals, {before:.{digits}f} and {after:.{digits}f}, with h = {h:.1g}: the "
        f"slope is {found:z.3g}, plus or minus {rounding:.1g}. The true slope is -2.5.",
    )


# --- layouts ---------------------------------------------------------------------------------------------------------

LAYOUTS = {
    "f: Rᵐ → Rⁿ, Jacobian": "jacobian",
    "f: Rᵐ → R, gradient": "gradient",
    "f: Rᵐ → R, Hessian": "hessian",
    "f: Rᵐˣⁿ → R, gradient": "matrix",
}


def derivative(kind: str, m: int, n: int) -> tuple[tuple[int, ...], np.ndarray]:
    """Return the shape of x and torch's derivative of an example function.

    kind: a value of LAYOUTS. x has shape (m,), the derivative (n, m) for "jacobian", (m,) for "gradient" and (m, m)
    for "hessian"; for "matrix" x and the derivative have shape (m, n). float64.
    """
    weights = 0.6 * torch.sin(torch.arange(1.0, m * n + 1, dtype=torch.float64)).reshape(n, m)
    x = torch.linspace(-1, 1, m, dtype=torch.float64)
    scalar = lambda v: torch.exp(weights[0] @ v) + (v**4).sum() / 4
    derive, f, at = {
        "jacobian": (torch.autograd.functional.jacobian, lambda v: torch.tanh(weights @ v), x),
        "gradient": (torch.autograd.functional.jacobian, scalar, x),
        "hessian": (torch.autograd.functional.hessian, scalar, x),
        "matrix": (torch.autograd.functional.jacobian, lambda M: (M * M).sum() / 2, weights.T.clone()),
    }[kind]
    D = derive(f, at)
    assert isinstance(D, torch.Tensor), "one input and one output give one tensor"
    return tuple(at.shape), D.numpy()


def draw_layouts(example: str, m: int, n: int) -> Picture:
    """Draw a derivative as torch returns it, in numerator layout, and in denominator layout.

    example: a key of `LAYOUTS`. m: inputs; n: outputs (columns of x for the matrix), 1 to 6 each.
    """
    shape, D = derivative(LAYOUTS[example], m, n)
    numerator = np.atleast_2d(D) if LAYOUTS[example] != "matrix" else D.T
    figure, axes = new_figure(1, 3, size=(9, 3.4))
    grids = {"torch": np.atleast_2d(D), "numerator layout": numerator, "denominator layout": numerator.T}
    shapes = [D.shape, *(grid.shape for grid in list(grids.values())[1:])]
    for panel, (name, grid), original in zip(axes, grids.items(), shapes, strict=True):
        _grid(panel, grid)
        panel.set_title(f"{name}: {_shape(original)}")
    return finish(
        figure,
        f"{example} with x of shape {_shape(shape)}: torch returns shape {_shape(D.shape)}, numerator layout has "
        f"{_shape(shapes[1])}, denominator layout {_shape(shapes[2])}.",
    )


def _grid(axes: Axes, values: np.ndarray) -> None:
    """Draw a matrix as squares, all of them as large as those of a 6 x 6 matrix."""
    rows, columns = values.shape
    x, y = np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5
    axes.pcolormesh(x, y, values, cmap="PuOr", vmin=-1, vmax=1, edgecolors=BLACK, lw=0.5)
    axes.set(xlim=(-0.6, 5.6), ylim=(5.6, -0.6), xticks=range(columns), yticks=range(rows), aspect="equal")
    axes.set(xlabel="column", ylabel="row")
    axes.grid(visible=False)


def _shape(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
