"""Controls of pictures: sliders, choices, points to drag, iterations to play.

    explore(draw_direction, angle=Slider(0, 180, start=40, label="angle of g (degrees)"), centred=Toggle(True))

calls `draw_direction(angle=40, centred=True)`, which returns a `Picture`, and calls it again whenever a control moves.
The first picture is saved with the notebook, so a reader sees it where nothing runs.

    explore(draw_cycle, yours=cyclical_lr, mode=...)

hands the student's own function to a drawing function that has the parameter `yours`, which draws it on the reference
(`course_utils.drawing.yours`).
"""

from __future__ import annotations

import functools
import inspect
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets
import numpy as np

from course_utils.drawing.moving import module_of
from course_utils.drawing.pictures import Picture
from course_utils.drawing.stage import Stage

# Every demonstration that this kernel has made, in order. The tests sweep their controls.
DEMOS: list[Demo] = []


@dataclass(frozen=True)
class _Steps:
    """A number between `low` and `high` in steps of `step`; whole numbers where these three are `int`."""

    low: float
    high: float
    start: float
    label: str
    step: float = 1

    def nearest(self, number: float) -> float:
        """Return the value nearest to `number`."""
        value = _on_grid(number, self.low, self.high, self.step)
        return round(value) if all(isinstance(part, int) for part in (self.low, self.high, self.step)) else value

    def corners(self) -> list[float]:
        """Return the smallest and the largest number."""
        return [self.low, self.high]

    def sample(self, rng: np.random.Generator) -> float:
        """Draw one of the steps at random."""
        return self.nearest(self.low + self.step * int(rng.integers(round((self.high - self.low) / self.step) + 1)))


@dataclass(frozen=True)
class Slider(_Steps):
    """A number that is chosen by a slider."""

    def widget(self) -> ipywidgets.ValueWidget:
        """Return a slider for whole numbers or for floats."""
        kinds = (self.low, self.high, self.start, self.step)
        slider = ipywidgets.IntSlider if all(isinstance(k, int) for k in kinds) else ipywidgets.FloatSlider
        return slider(value=self.start, min=self.low, max=self.high, step=self.step, description=self.label)


@dataclass(frozen=True)
class LogSlider:
    """A power of ten between `10**low` and `10**high`; `start` is the exponent that it starts at."""

    low: float
    high: float
    start: float
    label: str
    step: float = 0.1

    def widget(self) -> ipywidgets.ValueWidget:
        """Return a slider with a logarithmic scale."""
        return ipywidgets.FloatLogSlider(
            value=10.0**self.start, base=10, min=self.low, max=self.high, step=self.step, description=self.label
        )

    def corners(self) -> list[float]:
        """Return the smallest and the largest number."""
        return [10.0**self.low, 10.0**self.high]

    def sample(self, rng: np.random.Generator) -> float:
        """Draw a number at random, uniformly in its logarithm."""
        return float(10.0 ** rng.uniform(self.low, self.high))


@dataclass(frozen=True)
class Choice:
    """One of several `options`; the first is selected at the start, or `start`."""

    options: Sequence[str]
    label: str
    start: str | None = None

    def widget(self) -> ipywidgets.ValueWidget:
        """Return a list to choose from."""
        return ipywidgets.Dropdown(
            options=list(self.options), value=self.start or self.options[0], description=self.label
        )

    def corners(self) -> list[str]:
        """Return all options."""
        return list(self.options)

    def sample(self, rng: np.random.Generator) -> str:
        """Draw an option at random."""
        return self.options[int(rng.integers(len(self.options)))]


@dataclass(frozen=True)
class Toggle:
    """Yes or no."""

    start: bool
    label: str

    def widget(self) -> ipywidgets.ValueWidget:
        """Return a box to tick."""
        return ipywidgets.Checkbox(value=self.start, indent=False, description=self.label)

    def corners(self) -> list[bool]:
        """Return both values."""
        return [False, True]

    def sample(self, rng: np.random.Generator) -> bool:
        """Draw one of both values at random."""
        return bool(rng.integers(2))


@dataclass(frozen=True)
class Handle:
    """A point (x, y) that is dragged on the picture, or moved with the arrow keys.

    start: where it is first, in data coordinates; it goes to the nearest place where it may be.
    x, y: (smallest, largest); one number in both keeps it on a line. step: of both coordinates.
    radius: (smallest, largest) distance from the origin; the handle then moves in steps of `turn` degrees around it,
    and of `step` away from it. axes: the index of the axes that it belongs to.
    """

    start: tuple[float, float]
    label: str
    x: tuple[float, float] = (-1.0, 1.0)
    y: tuple[float, float] = (-1.0, 1.0)
    step: float = 0.1
    radius: tuple[float, float] | None = None
    turn: float = 1.0
    axes: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", self.nearest(self.start))

    def for_browser(self) -> dict[str, Any]:
        """Return what the browser needs to show and to move the handle."""
        radius = None if self.radius is None else list(self.radius)
        limits = {"x": list(self.x), "y": list(self.y), "step": self.step, "radius": radius, "turn": self.turn}
        return {"kind": "handle", "label": self.label, "axes": self.axes} | limits

    def nearest(self, place: Sequence[float]) -> tuple[float, float]:
        """Return the value nearest to a place (x, y)."""
        x, y = place
        if self.radius is None:
            return _on_grid(x, *self.x, self.step), _on_grid(y, *self.y, self.step)
        angle = math.radians(round(math.degrees(math.atan2(y, x)) / self.turn) * self.turn)
        length = _on_grid(math.hypot(x, y), *self.radius, self.step)
        return round(length * math.cos(angle), 9), round(length * math.sin(angle), 9)

    def corners(self) -> list[tuple[float, float]]:
        """Return the corners of its rectangle; around the origin, the nearest and farthest points in four ways."""
        if self.radius is None:
            return list(dict.fromkeys(itertools.product(self.x, self.y)))
        ways = ((1, 0), (0, 1), (-1, 0), (0, -1))
        return list(dict.fromkeys(self.nearest((far * x, far * y)) for far in self.radius for x, y in ways))

    def sample(self, rng: np.random.Generator) -> tuple[float, float]:
        """Draw one of its places at random."""
        if self.radius is None:
            return self.nearest((rng.uniform(*self.x), rng.uniform(*self.y)))
        angle, length = rng.uniform(0, 2 * math.pi), rng.uniform(*self.radius)
        return self.nearest((length * math.cos(angle), length * math.sin(angle)))


@dataclass(frozen=True)
class Mark(_Steps):
    """A number that is dragged on the picture: along its x axis, along its y axis, or, in degrees, around the origin.

    along: "x", "y" or "angle". at: the other coordinate; for an angle the distance from the origin.
    axes: the index of the axes that it belongs to.
    """

    along: str = "x"
    at: float = 0.0
    axes: int = 0

    def for_browser(self) -> dict[str, Any]:
        """Return what the browser needs to show and to move the mark."""
        limits = {"low": self.low, "high": self.high, "step": self.step}
        return {"kind": "mark", "label": self.label, "axes": self.axes, "along": self.along, "at": self.at} | limits


@dataclass(frozen=True)
class Play(_Steps):
    """The number of an iteration, with buttons that play it and go one step on or back."""

    def for_browser(self) -> dict[str, Any]:
        """Return what the browser needs to show the buttons."""
        return {"kind": "play", "label": self.label, "low": self.low, "high": self.high, "step": self.step}


def _on_grid(value: float, low: float, high: float, step: float) -> float:
    inside = min(max(value, low), high)
    return min(max(round(low + round((inside - low) / step) * step, 9), low), high)


OnStage = Handle | Mark | Play
Control = Slider | LogSlider | Choice | Toggle | OnStage


def _arranged(widgets: Sequence[Any]) -> ipywidgets.Widget:
    """Stack the controls; more than three in two columns where the page has room, so that the picture stays visible."""
    labelled = [widget for widget in widgets if not isinstance(widget, ipywidgets.Checkbox)]
    label = max((len(widget.description) for widget in labelled), default=0)
    for widget in labelled:
        widget.style.description_width = f"{label + 1}ch"  # no label is cut, and the sliders begin at one line
    for widget in widgets:  # as wide as there is room for; where that is little, the slider goes below its label
        widget.layout = ipywidgets.Layout(width="auto", min_width="0", height="auto", flex_flow="row wrap")
    is_one_column = len(widgets) <= 3
    columns = "minmax(0, 1fr)" if is_one_column else "repeat(auto-fit, minmax(min(100%, 28em), 1fr))"
    layout = ipywidgets.Layout(grid_template_columns=columns, max_width="36em" if is_one_column else "72em")
    return ipywidgets.GridBox(widgets, layout=layout)


class Demo:
    """A drawing function and its controls. `explore` makes it.

    `draw(**values) -> Picture` takes the value of each control by name.
    """

    def __init__(self, draw: Callable[..., Picture], controls: dict[str, Control]) -> None:
        self.draw = draw
        self.controls = controls
        on_stage = {name: control for name, control in controls.items() if isinstance(control, OnStage)}
        others = {name: control for name, control in controls.items() if not isinstance(control, OnStage)}
        self._on_stage = on_stage
        self._widgets = {name: control.widget() for name, control in others.items()}
        self._moved: dict[str, Any] = {name: control.start for name, control in on_stage.items()}
        self._stage = Stage(
            [{"name": name} | control.for_browser() for name, control in on_stage.items()], *module_of(draw)
        )
        arranged = [_arranged(list(self._widgets.values()))] if self._widgets else []
        self._box = ipywidgets.VBox([*arranged, self._stage])
        self._picture = self._show()
        self._stage.on_move(self._move)
        for widget in self._widgets.values():
            widget.observe(lambda change: self._show(), names="value")

    @property
    def values(self) -> dict[str, Any]:
        """The present value of each control, by name."""
        return {name: self._moved[name] if name in self._moved else self._widgets[name].value for name in self.controls}

    def corners(self) -> Iterator[dict[str, Any]]:
        """Yield every combination of the extreme values of the controls."""
        for combination in itertools.product(*(control.corners() for control in self.controls.values())):
            yield dict(zip(self.controls, combination, strict=True))

    def sample(self, rng: np.random.Generator) -> dict[str, Any]:
        """Return one value per control, drawn at random from those that it can take."""
        return {name: control.sample(rng) for name, control in self.controls.items()}

    def _show(self, answered: str = "") -> Picture:
        picture = self.draw(**self.values)
        self._stage.show(picture, self.values, answered)
        return picture

    def _move(self, values: dict[str, Any], number: str) -> None:
        """Draw the picture that a view has asked for; one that cannot be drawn is an answer, too."""
        for name in self._on_stage.keys() & values.keys():
            self._moved[name] = self._on_stage[name].nearest(values[name])
        try:
            self._show(answered=number)
        except Exception:
            self._stage.no_picture(answered=number)
            raise

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        bundle, metadata = self._picture._repr_mimebundle_()
        controls = self._box._repr_mimebundle_() or {}
        return bundle | controls | {"text/plain": self._picture.description}, metadata


def explore(draw: Callable[..., Picture], *, yours: Callable[..., Any] | None = None, **controls: Control) -> Demo:
    """Put `controls` on the drawing function `draw`; shown as the last value of a cell.

    draw: takes each control's value by the control's name and returns a `Picture`.
    yours: the student's own function, for a `draw` that has the parameter `yours`.
    Raises TypeError where `draw` does not take a control of that name, or has no place for a function of the student's.
    """
    demo = Demo(draw if yours is None else _with_yours(draw, yours), controls)
    DEMOS.append(demo)
    return demo


def _with_yours(draw: Callable[..., Picture], yours: Callable[..., Any]) -> Callable[..., Picture]:
    """Return `draw` with the student's function as its argument `yours`, under its name and with its ES module."""
    if "yours" not in inspect.signature(draw).parameters:
        raise TypeError(f"{draw.__name__} shows no function of yours: no exercise belongs to this picture.")

    @functools.wraps(draw)
    def with_yours(**values: Any) -> Picture:
        return draw(**values, yours=yours)

    return with_yours
