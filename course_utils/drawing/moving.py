"""Parts of a picture that the browser draws, so that they follow a handle at once.

An artist is a moving part if its `gid` is `moving(NAME)`. In a live demonstration the picture comes without its moving
parts, and the browser draws them on top, from the data that `moving_parts` reads off the artists. An ES module may say
where they are for other values of the controls:

    @in_browser("vectors.js", "innerProduct")
    def draw_inner_product(y): ...

`vectors.js` is next to the module of the drawing function and exports `innerProduct(values, constants)`, which returns
{NAME: [[x, y], ...]} in data coordinates; `null` instead of a point interrupts a line. What it returns for some values
has to be what the drawing function draws for them, which the tests verify for every demonstration.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Annotation

Draw = TypeVar("Draw", bound=Callable[..., Any])

_MARK = "moving "
_DASHES = {"--": [3.7, 1.6], ":": [1.0, 1.65], "-.": [6.4, 1.6, 1.0, 1.6]}


def moving(name: str) -> str:
    """Return the `gid` of an artist that the browser draws; `name` is unique in the picture."""
    return _MARK + name


def in_browser(file: str, exported: str, constants: Callable[[], Mapping[str, Any]] = dict) -> Callable[[Draw], Draw]:
    """Say which function of an ES module computes the moving parts of a drawing function.

    file: the name of the module, in the folder of the module that defines the drawing function.
    exported: the name of the function that it exports.
    constants: returns what the module needs besides the values of the controls, as numbers, text, arrays and dicts.
    """
    folder = Path(inspect.stack()[1].filename).parent

    def mark(draw: Draw) -> Draw:
        vars(draw)["in_browser"] = (folder / file, exported, constants)
        return draw

    return mark


def module_of(draw: Callable[..., Any]) -> tuple[str, str, dict[str, Any]]:
    """Return the text of a drawing function's ES module, the name of the function, and its constants; empty if none."""
    file, exported, constants = getattr(draw, "in_browser", (None, "", dict))
    return (file.read_text(encoding="utf-8") if file else "", exported, plain(dict(constants())))


def plain(value: Any) -> Any:
    """Return `value` with arrays as lists and NumPy's numbers as Python's, so that JSON can write it."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


@contextlib.contextmanager
def without_moving_parts(figure: Figure) -> Iterator[None]:
    """Hide the moving parts of a figure inside the block."""
    hidden = [artist for _, artist in _marked(figure) if artist.get_visible()]
    for artist in hidden:
        artist.set_visible(False)
    try:
        yield
    finally:
        for artist in hidden:
            artist.set_visible(True)


def axes_of(figure: Figure) -> list[dict[str, Any]]:
    """Return where the axes of a drawn figure are: {box: [left, top, width, height] in pixels, x, y: limits, log}.

    log: whether each of the two axes is logarithmic.
    """
    height = figure.bbox.height
    return [
        {
            "box": [float(part) for part in (box.x0, height - box.y1, box.width, box.height)],
            "x": [float(limit) for limit in axes.get_xlim()],
            "y": [float(limit) for limit in axes.get_ylim()],
            "log": [axes.get_xscale() == "log", axes.get_yscale() == "log"],
        }
        for axes in figure.axes
        for box in [axes.get_window_extent()]
    ]


def moving_parts(figure: Figure) -> list[dict[str, Any]]:
    """Return the moving parts of a figure in the order in which they are drawn.

    Each is {name, axes: the index of its axes, kind: "line", "arrow", "area" or "points", points: [[x, y] or None, ...]
    in data coordinates} with its look, lengths in pixels. Raises TypeError for artists that the browser does not draw.
    """
    pixels = figure.dpi / 72
    parts = sorted(_marked(figure), key=lambda pair: pair[1].get_zorder())
    return [
        {"name": str(artist.get_gid()).removeprefix(_MARK), "axes": index} | _described(artist, pixels)
        for index, artist in parts
    ]


def _marked(figure: Figure) -> Iterator[tuple[int, Artist]]:
    for index, axes in enumerate(figure.axes):
        for artist in axes.get_children():
            if str(artist.get_gid()).startswith(_MARK):
                yield index, artist


def _described(artist: Artist, pixels: float) -> dict[str, Any]:
    part: dict[str, Any] = {"opacity": 1.0 if artist.get_alpha() is None else artist.get_alpha()}
    if isinstance(artist, Annotation):
        arrow: Any = artist.arrow_patch
        look = {"color": to_hex(arrow.get_edgecolor()), "width": arrow.get_linewidth() * pixels}
        return part | {"kind": "arrow", "points": _points([artist.xyann, artist.xy])} | look
    if isinstance(artist, LineCollection):
        colors, widths = np.asarray(artist.get_edgecolor()), np.asarray(artist.get_linewidth())
        points = [each for line in artist.get_segments() for each in [*_points(line), None]][:-1]
        return part | {"kind": "line", "points": points, "color": to_hex(colors[0]), "width": widths[0] * pixels}
    if isinstance(artist, Polygon):
        look = {"color": to_hex(artist.get_edgecolor()), "fill": to_hex(artist.get_facecolor())}
        return (
            part | {"kind": "area", "points": _points(artist.get_xy()), "width": artist.get_linewidth() * pixels} | look
        )
    if isinstance(artist, Rectangle):
        look = {"color": to_hex(artist.get_facecolor()), "fill": to_hex(artist.get_facecolor()), "width": 0}
        return part | {"kind": "area", "points": _points(artist.get_corners())} | look
    if isinstance(artist, Line2D):
        return part | {"points": _points(artist.get_xydata())} | _line_look(artist, pixels)
    raise TypeError(f"{type(artist).__name__} cannot be a moving part; use plot, fill, bar, arrow or a LineCollection.")


def _line_look(line: Line2D, pixels: float) -> dict[str, Any]:
    width, style = line.get_linewidth() * pixels, line.get_linestyle()
    if line.get_marker() not in ("None", "", None):
        look = {"marker": line.get_marker(), "size": line.get_markersize() * pixels}
        look["color"] = to_hex(line.get_markerfacecolor())
        look["edge"] = to_hex(line.get_markeredgecolor())
        look["line"] = width if style not in ("None", "") else 0
        return {"kind": "points", **look}
    dash = [length * width for length in _DASHES.get(str(style), [])]
    return {"kind": "line", "color": to_hex(line.get_color()), "width": width, "dash": dash}


def _points(places: Any) -> list[list[float] | None]:
    """Return places, (n, 2), as [x, y] of six digits; None where one is not finite: there a line is interrupted."""
    xy = np.asarray(places, dtype=float)
    return [[float(f"{x:.6g}"), float(f"{y:.6g}")] if np.isfinite(x + y) else None for x, y in xy.tolist()]
