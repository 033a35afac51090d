"""The look of the course's pictures: it is theirs alone, and `plt.rcParams` stay as the student has them.

Matplotlib gives an artist its look when it is made: a title when it is set, a line when it is drawn. So the axes of the
course put the style in force while they make one, and take it back.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from matplotlib import rcParams
from matplotlib.axes import Axes
from mpl_toolkits.mplot3d import Axes3D

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

P = ParamSpec("P")
R = TypeVar("R")

STYLE: dict[RcKeyType, Any] = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "font.size": 10,
    "grid.alpha": 0.25,
    "legend.edgecolor": "none",
    "legend.framealpha": 0.85,
    "lines.linewidth": 2,
}


@contextlib.contextmanager
def in_style() -> Iterator[None]:
    """Put STYLE in force inside the block. `matplotlib.rc_context` does the same ten times slower, for all settings."""
    before: dict[RcKeyType, Any] = {key: rcParams[key] for key in STYLE}
    rcParams.update(STYLE)
    try:
        yield
    finally:
        rcParams.update(before)


def _styled(method: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(method)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        with in_style():
            return method(*args, **kwargs)

    return styled


class StyledAxes(Axes):
    """Axes whose frame, grid, lines, titles and legends have the style of the course."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        with in_style():
            super().__init__(*args, **kwargs)
        self.tick_params(which="both", grid_alpha=STYLE["grid.alpha"])  # grid lines are made with the ticks, later

    plot = _styled(Axes.plot)
    axhline = _styled(Axes.axhline)
    axvline = _styled(Axes.axvline)
    axline = _styled(Axes.axline)
    hlines = _styled(Axes.hlines)
    vlines = _styled(Axes.vlines)
    scatter = _styled(Axes.scatter)
    contour = _styled(Axes.contour)
    legend = _styled(Axes.legend)
    set_title = _styled(Axes.set_title)


class StyledAxes3D(Axes3D):
    """Axes of R^3 whose lines, titles and legends have the style of the course."""

    __init__ = _styled(Axes3D.__init__)
    plot = _styled(Axes3D.plot)
    scatter = _styled(Axes3D.scatter)
    quiver = _styled(Axes3D.quiver)
    legend = _styled(Axes3D.legend)
    set_title = _styled(Axes3D.set_title)
