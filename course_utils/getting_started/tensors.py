"""Tensors: axes and indices, shared memory, and a first gradient.

Sources: HPML-L3, "Tensors" and "PyTorch Tensors"; PYTORCH-INTRO, "Tensor library"; CS7150-L1, "PyTorch: Tensors".
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

from course_utils.drawing.graphs import Edge, Graph, Node, draw_graph
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


def shape_of(rank: int, first: int) -> tuple[int, ...]:
    """Return a shape with `rank` axes, 1 to 3, for COUNT numbers; with two axes or three, the first has length `first`.

    With three axes the other two have lengths as equal as powers of 2 allow.
    """
    rest = COUNT // first
    second = 2 ** (rest.bit_length() // 2)
    return {1: (COUNT,), 2: (first, rest), 3: (first, second, rest // second)}[rank]


def draw_tensor(rank: int, first: str, axis: int, index: int, dtype: str) -> Picture:
    """Draw 64 numbers as a tensor with one, two or three axes, and the part that one index selects.

    axis: the axis that is indexed; the others have a colon. first: length of the first axis, one of FIRST_AXES.
    dtype: a key of DTYPES. The slices of a tensor with three axes are drawn side by side.
    """
    x = torch.arange(COUNT).to(DTYPES[dtype]).reshape(shape_of(rank, int(first)))
    expression = "x[" + ", ".join([":"] * axis + [str(index)] + [":"] * (rank - axis - 1)) + "]"
    chosen, result = torch.zeros(x.shape, dtype=torch.bool), ""
    try:
        selected = x[(slice(None),) * axis + (index,)]
        chosen[(slice(None),) * axis + (index,)] = True
        result = f"shape {tuple(selected.shape)}"
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
        f"{x.nbytes} bytes on the {x.device}. {expression} selects {int(chosen.sum())} of them: {result}.",
    )


def _cells(axes: Axes, x: torch.Tensor, chosen: torch.Tensor) -> None:
    """Draw each number of `x` in a square, slice by slice from left to right; those that are chosen in orange."""
    slices = x.reshape(1, 1, -1) if x.ndim == 1 else x.reshape(-1, *x.shape[-2:])
    marks = chosen.reshape(slices.shape)
    columns = slices.shape[2]
    wrap = columns if x.ndim > 1 else 32  # a vector is broken into two lines to fit the page
    k, i, j = np.indices(slices.shape).reshape(3, -1)
    places = np.column_stack([j % wrap + k * (columns + 0.7), -i - 1.3 * (j // wrap)])
    colours = np.where(marks.flatten().numpy(), ORANGE, PALE)
    cells = [Rectangle(place - 0.5, 1, 1) for place in places]
    axes.add_collection(PatchCollection(cells, facecolors=colours, edgecolors=GREY, linewidths=0.6))
    for (x_place, y_place), number in zip(places, slices.flatten().tolist(), strict=True):
        axes.text(x_place, y_place, f"{number:.0f}", ha="center", va="center", fontsize=7).set_in_layout(False)
    width, height = places[:, 0].max(), -places[:, 1].min()
    spare = max(0.0, 14 - width) / 2  # keeps the squares of a narrow tensor small
    axes.set(xlim=(-0.6 - spare, width + 0.6 + spare), ylim=(-max(height, 3) - 0.6, 0.6), xticks=[], yticks=[])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def share(maker: str, dtype: str, edit: str) -> tuple[np.ndarray, torch.Tensor, bool]:
    """Make an array `a`, (2, 3), and a tensor `t` from it, (2, 3), and edit one of them.

    maker: a key of MAKERS. dtype: of the array, one of ARRAY_DTYPES. edit: one of EDITS.
    Returns `a`, `t`, and whether they share memory.
    """
    a = np.arange(6).reshape(2, 3).astype(dtype)
    t = MAKERS[maker](a)
    shared = np.shares_memory(a, t.numpy())
    if edit == EDITS[0]:
        a[0, 1] = 9
    else:
        t[1, 2] = 9
    return a, t, shared


def draw_alias(maker: str, dtype: str, edit: str) -> Picture:
    """Draw an array and the tensor made from it after an edit of one of them; arguments as in `share`."""
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
    figure.suptitle(f"t = {maker};  {edit}:  {'shared memory' if shared else 'separate memory'}", fontsize=11)
    followed = int((a != start).sum() + (t.numpy() != start).sum()) == 2
    return finish(
        figure,
        f"After t = {maker} of a {dtype} array and then {edit}, the other one "
        f"{'changed too' if followed else 'did not change'}: they have {'shared' if shared else 'separate'} memory, "
        f"and t holds {t.numel()} numbers of type {str(t.dtype)[6:]}, {t.element_size()} bytes each.",
    )


def inner_product_graph(x: tuple[float, float], y: tuple[float, float]) -> Graph:
    """Return the computation graph of z = x₁y₁ + x₂y₂ with values and gradients: dz/dx_i = y_i, dz/dy_i = x_i."""
    nodes: dict[str, Node] = {}
    local: dict[Edge, str] = {}
    for i, x_i, y_i in zip("₁₂", x, y, strict=True):
        nodes[f"x{i}"] = Node(f"x{i}", x_i, gradient=y_i, kind="leaf")
        nodes[f"y{i}"] = Node(f"y{i}", y_i, gradient=x_i, kind="leaf")
        nodes[f"p{i}"] = Node(f"p{i}: ×", x_i * y_i, gradient=1)
        local |= {(f"x{i}", f"p{i}"): f"1 × {y_i:g}", (f"y{i}", f"p{i}"): f"1 × {x_i:g}", (f"p{i}", "z"): "1 × 1"}
    nodes["z"] = Node("z: +", x[0] * y[0] + x[1] * y[1], gradient=1, kind="output")
    return Graph(nodes, list(local), local)


def draw_first_gradient(x_1: float, x_2: float, y_1: float, y_2: float) -> Picture:
    """Draw the graph of z = x₁y₁ + x₂y₂ with its values, and the gradient that `z.backward()` stores at each input."""
    graph, z = inner_product_graph((x_1, x_2), (y_1, y_2)), x_1 * y_1 + x_2 * y_2
    figure, axes = new_figure(size=(7.2, 4.2))
    draw_graph(axes, graph, highlight=graph.edges)
    axes.set_title(f"z = sum(x · y) = {z:g}")
    return finish(
        figure,
        f"x = [{x_1:g}, {x_2:g}] and y = [{y_1:g}, {y_2:g}] give z = {z:g}. The backward pass gives "
        f"x.grad = [{y_1:g}, {y_2:g}], which is y, and y.grad = [{x_1:g}, {x_2:g}], which is x.",
    )


def product_time(side: int, device: torch.device, repeats: int = 5) -> float:
    """Return the time in seconds of one product of two (side, side) float32 matrices, the best of `repeats`.

    A first product is not counted, since it loads libraries. The clock is read when the device has finished: a GPU
    computes asynchronously.
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
