"""Tensors: axes and indices, who shares whose memory, and the first gradient, drawn.

HPML-L3, "Tensors" and "PyTorch Tensors"; PYTORCH-INTRO, "Tensor library"; CS7150-L1, "PyTorch: Tensors".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle

from course_utils.backprop.scalar_backprop import Recipe, graph_of, trace
from course_utils.drawing.graphs import draw_graph
from course_utils.drawing.pictures import GREY, ORANGE, Picture, finish, new_figure

PALE = "#EAF3FA"
TWO_COLOURS = ListedColormap([PALE, ORANGE])

COUNT = 64
FIRST_AXES = ("1", "2", "4", "8", "16")
DTYPES: Mapping[str, torch.dtype] = {
    "float32": torch.float32, "float64": torch.float64, "int64": torch.int64, "uint8": torch.uint8,
}  # fmt: skip

MAKERS: Mapping[str, Callable[[np.ndarray], torch.Tensor]] = {
    "torch.from_numpy(a)": torch.from_numpy,
    "torch.tensor(a)": torch.tensor,
    "torch.as_tensor(a)": torch.as_tensor,
    "torch.from_numpy(a).clone()": lambda a: torch.from_numpy(a).clone(),
    "torch.from_numpy(a).float()": lambda a: torch.from_numpy(a).float(),
}
ARRAY_DTYPES = ("float64", "float32", "int64")
EDITS = ("a[0, 1] = 9", "t[1, 2] = 9")

PRODUCT: Recipe = {
    "x₁": (), "y₁": (), "x₂": (), "y₂": (), "p₁": ("×", "x₁", "y₁"), "p₂": ("×", "x₂", "y₂"), "z": ("+", "p₁", "p₂"),
}  # fmt: skip


def shape_of(rank: int, first: int) -> tuple[int, ...]:
    """Return the shape with `rank` axes, 1 to 3, of COUNT numbers whose first axis has `first` of them.

    With three axes what is left is shared by the other two as evenly as powers of 2 allow. One axis has all of them.
    """
    rest = COUNT // first
    second = 2 ** (rest.bit_length() // 2)
    return {1: (COUNT,), 2: (first, rest), 3: (first, second, rest // second)}[rank]


def draw_tensor(rank: int, first: str, axis: int, index: int, dtype: str) -> Picture:
    """Draw 64 numbers as a tensor with one, two or three axes, and what one index takes out of it.

    axis: the axis that the index is for; the others have a colon. The slices of a tensor with three axes lie beside
    one another.
    """
    x = torch.arange(COUNT).to(DTYPES[dtype]).reshape(shape_of(rank, int(first)))
    expression = "x[" + ", ".join([":"] * axis + [str(index)] + [":"] * (rank - axis - 1)) + "]"
    chosen, result = torch.zeros(x.shape, dtype=torch.bool), ""
    try:
        taken = x[(slice(None),) * axis + (index,)]
        chosen[(slice(None),) * axis + (index,)] = True
        result = f"shape {tuple(taken.shape)}"
    except IndexError as error:
        result = f"IndexError: {str(error).split(' (')[0]}"
    figure, axes = new_figure(size=(8.2, 3.2))
    _cells(axes, x, chosen)
    axes.set_title(f"x.shape = {tuple(x.shape)}     {expression}: {result}", fontsize=10)
    axes.set_xlabel(f"x.dtype {dtype}, x.device {x.device}, x.stride() {x.stride()}, {x.nbytes} bytes")
    axes.set_ylabel("x")
    return finish(
        figure,
        f"A tensor of shape {tuple(x.shape)} with {x.ndim} ax{'i' if x.ndim == 1 else 'e'}s and 64 numbers of {dtype}, "
        f"{x.nbytes} bytes on the {x.device}. {expression} takes {int(chosen.sum())} of them: {result}.",
    )


def _cells(axes: Axes, x: torch.Tensor, chosen: torch.Tensor) -> None:
    """Draw each number of `x` in a square, slice beside slice; those that are chosen in orange."""
    slices = x.reshape(1, 1, -1) if x.ndim == 1 else x.reshape(-1, *x.shape[-2:])
    marks = chosen.reshape(slices.shape)
    columns = slices.shape[2]
    wrap = columns if x.ndim > 1 else 32  # a vector is broken into two lines, only to fit the page
    k, i, j = np.indices(slices.shape).reshape(3, -1)
    places = np.column_stack([j % wrap + k * (columns + 0.7), -i - 1.3 * (j // wrap)])
    colours = np.where(marks.flatten().numpy(), ORANGE, PALE)
    cells = [Rectangle(place - 0.5, 1, 1) for place in places]
    axes.add_collection(PatchCollection(cells, facecolors=colours, edgecolors=GREY, linewidths=0.6))
    for place, number in zip(places, slices.flatten().tolist(), strict=True):
        axes.text(*place, f"{number:.0f}", ha="center", va="center", fontsize=7).set_in_layout(False)
    width, height = places[:, 0].max(), -places[:, 1].min()
    spare = max(0.0, 14 - width) / 2  # few columns do not grow wide
    axes.set(xlim=(-0.6 - spare, width + 0.6 + spare), ylim=(-max(height, 3) - 0.6, 0.6), xticks=[], yticks=[])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def share(maker: str, dtype: str, edit: str) -> tuple[np.ndarray, torch.Tensor, bool]:
    """Make a (2, 3) array `a` and a tensor `t` of it, edit one, and return both; and whether they share memory."""
    a = np.arange(6).reshape(2, 3).astype(dtype)
    t = MAKERS[maker](a)
    shared = np.shares_memory(a, t.numpy())
    if edit == EDITS[0]:
        a[0, 1] = 9
    else:
        t[1, 2] = 9
    return a, t, shared


def draw_alias(maker: str, dtype: str, edit: str) -> Picture:
    """Draw an array and the tensor made of it after an edit of one of them: does the other follow?"""
    a, t, shared = share(maker, dtype, edit)
    figure, (left, right) = new_figure(1, 2, size=(7.6, 2.5))
    start = np.arange(6).reshape(2, 3)
    for axes, values, name in ((left, a, f"a, {a.dtype}"), (right, t.numpy(), f"t, {str(t.dtype)[6:]}")):
        changed = values != start
        axes.imshow(changed, cmap=TWO_COLOURS, vmin=0, vmax=1, aspect="auto")
        for (i, j), value in np.ndenumerate(values):
            axes.text(j, i, f"{value}", ha="center", va="center", fontsize=13, weight="bold" if changed[i, j] else None)
        axes.set(xticks=[], yticks=[], title=name, xlabel=f"changed: {int(changed.sum())}", ylabel="values")
        axes.grid(visible=False)
    figure.suptitle(f"t = {maker};  {edit}:  {'one memory' if shared else 'two memories'}", fontsize=11)
    followed = int((a != start).sum() + (t.numpy() != start).sum()) == 2
    return finish(
        figure,
        f"After t = {maker} of a {dtype} array, and {edit}, the other one "
        f"{'changed too' if followed else 'stayed as it was'}: they have {'one memory' if shared else 'two memories'}, "
        f"and t holds {str(t.dtype)[6:]} of {t.element_size()} bytes each.",
    )


def draw_first_gradient(x_1: float, x_2: float, y_1: float, y_2: float) -> Picture:
    """Draw z = x₁y₁ + x₂y₂ with its values, and the gradient that `z.backward()` puts at each input."""
    traced = trace(PRODUCT, **{"x₁": x_1, "x₂": x_2, "y₁": y_1, "y₂": y_2})
    figure, axes = new_figure(size=(7.2, 4.2))
    draw_graph(axes, graph_of(traced), highlight=traced.edges)
    axes.set_title(f"z = sum(x · y) = {traced.values['z']:g}")
    x, y = ([traced.gradients[f"{name}{i}"] for i in "₁₂"] for name in "xy")
    return finish(
        figure,
        f"x = [{x_1:g}, {x_2:g}] and y = [{y_1:g}, {y_2:g}] give z = {traced.values['z']:g}. The gradients that come "
        f"back are x.grad = [{x[0]:g}, {x[1]:g}], which is y, and y.grad = [{y[0]:g}, {y[1]:g}], which is x.",
    )


def product_time(side: int, device: torch.device, repeats: int = 5) -> float:
    """Return the seconds of one product of two (side, side) float32 matrices on `device`, the best of `repeats`.

    A first product is not counted: it loads libraries. The clock is read when the device has finished, since a GPU
    works on while Python goes ahead.
    """
    A = torch.ones(side, side, device=device)
    seconds = []
    for _ in range(repeats + 1):
        begin = time.perf_counter()
        A @ A
        if device.type == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - begin)
    return min(seconds[1:])
