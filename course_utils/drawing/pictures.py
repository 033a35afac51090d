"""Pictures: one style, a palette that colour-blind readers can tell apart, and a description computed from the data.

A drawing function returns a `Picture`. Shown in a notebook or on the web it is a PNG with its description below it;
where pictures cannot be shown (a terminal, a screen reader) the description replaces it.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast, overload

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d import Axes3D
from numpy.typing import ArrayLike

from course_utils.drawing.style import StyledAxes, StyledAxes3D, in_style

# Okabe and Ito's palette ("Color Universal Design", 2008): eight colours that stay apart in all common forms of
# colour blindness.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = PALETTE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY = "#8C8C8C"  # for what is only a reference: grids, reference lines, expected curves

DOTS_PER_INCH = 100


@dataclass(frozen=True)
class Picture:
    """A drawn figure and one or two sentences that say what is to be seen in it, with its numbers."""

    figure: Figure
    description: str

    def png(self) -> bytes:
        """Return the picture as the bytes of a PNG file."""
        buffer = io.BytesIO()
        with in_style():  # `savefig` would go over the figure twice, which costs a quarter of the time
            cast("FigureCanvasAgg", self.figure.canvas).print_png(buffer)
        return buffer.getvalue()

    def _html(self, png: str) -> str:
        width, height = self.figure.get_size_inches() * self.figure.dpi
        text = html.escape(self.description)
        # Width and height keep the page from jumping while the next picture loads.
        return (
            f'<figure style="margin:0"><img alt="{text}" width="{width:.0f}" height="{height:.0f}" '
            f'style="max-width:100%;height:auto" src="data:image/png;base64,{png}">'
            f'<figcaption style="line-height:1.4">{text}</figcaption></figure>'
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        # JupyterLab and nbconvert show the HTML. The PNG is for what takes no HTML: feedback pages, LaTeX.
        png = base64.b64encode(self.png()).decode()
        return (
            {"text/html": self._html(png), "image/png": png, "text/plain": self.description},
            {"image/png": {"alt": self.description}},
        )


@overload
def new_figure(*, size: tuple[float, float] = (6.4, 4.0), **axes_options: Any) -> tuple[Figure, Axes]: ...
@overload
def new_figure(
    rows: int, columns: int = 1, size: tuple[float, float] = (6.4, 4.0), **axes_options: Any
) -> tuple[Figure, np.ndarray]: ...
def new_figure(
    rows: int = 1, columns: int = 1, size: tuple[float, float] = (6.4, 4.0), **axes_options: Any
) -> tuple[Figure, Any]:
    """Make an empty figure in the style of the course.

    rows, columns: the grid of axes, handed to `Figure.subplots` with `axes_options`.
    size: (width, height) in inches, at DOTS_PER_INCH.
    Returns (figure, axes); axes is one `Axes`, or an array of them as `Figure.subplots` gives it.
    The figure is not known to pyplot, so that a slider that redraws it a thousand times leaves nothing behind.
    """
    figure = Figure(figsize=size, dpi=DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, subplot_kw={"axes_class": StyledAxes}, **axes_options)


def in_space(axes: Axes, reach: float = 1.0) -> Axes3D:
    """Put axes of R^3 in the place of the flat `axes`, from -reach to reach, seen from above and one side.

    What is drawn later lies on top, as in a flat picture.
    """
    figure, place = axes.figure, axes.get_subplotspec()
    axes.remove()
    space = StyledAxes3D(figure, place, computed_zorder=False)
    figure.add_subplot(space)
    space.set(xlim=(-reach, reach), ylim=(-reach, reach), zlim=(-reach, reach))
    for i, axis in enumerate((space.xaxis, space.yaxis, space.zaxis), start=1):
        axis.set_label_text(f"coordinate {i}")
        axis.set_ticks([-round(reach / 2, 1), 0, round(reach / 2, 1)])
    space.set_box_aspect((1, 1, 1), zoom=1.1)  # pyright: ignore[reportArgumentType] - the stub says int, the code takes any number
    space.view_init(elev=22, azim=-58)
    return space


def finish(figure: Figure, description: str) -> Picture:
    """Fit the axes into the figure and return it with its description."""
    with in_style():
        figure.tight_layout()
    return Picture(figure, description)


def arrow(
    axes: Axes,
    tip: ArrayLike,
    color: str,
    label: str | None = None,
    start: ArrayLike = (0.0, 0.0),
    gid: str | None = None,
) -> None:
    """Draw the vector `tip - start`, both (2,), as an arrow in a plane; `label` goes into the legend.

    gid: see `moving.moving`.
    """
    (x, y), (x0, y0) = np.asarray(tip), np.asarray(start)
    look = {"arrowstyle": "-|>", "color": color, "lw": 2}
    axes.annotate("", xy=(x, y), xytext=(x0, y0), arrowprops=look, gid=gid)
    if label is not None:
        axes.plot([], [], color=color, label=label)


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: float) -> str:
    """Write 10⁻⁴ for -4: plain text is drawn faster than a formula."""
    return "10" + str(int(exponent)).translate(_RAISED)


def three_digits(value: float) -> str:
    """Write a number to three significant digits; below a million without a power of ten."""
    return f"{float(f'{value:.3g}'):g}"


def powers_of_ten(axis: Axis, exponents: Iterable[int]) -> None:
    """Put the ticks of a logarithmic axis at powers of ten, and take the small ones between them away."""
    axis.axes.minorticks_off()
    labels = {10.0**exponent: power_of_ten(exponent) for exponent in exponents}
    axis.set_ticks(list(labels), labels.values())
