"""Sliders on pictures.

    explore(draw_direction, angle=Slider(0, 180, start=40, label="angle of g (degrees)"), centred=Toggle(True))

calls `draw_direction(angle=40, centred=True)`, which returns a `Picture`, and calls it again whenever a control moves.
The first picture is saved with the notebook, so a reader sees it where nothing runs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets
import numpy as np

from course_utils.drawing.pictures import Picture

# Every demonstration that this kernel has made, in order. The tests sweep their controls.
DEMOS: list[Demo] = []


@dataclass(frozen=True)
class Slider:
    """A number between `low` and `high` in steps of `step`; whole numbers where `low`, `high` and `step` are `int`."""

    low: float
    high: float
    start: float
    label: str
    step: float = 1

    def widget(self) -> ipywidgets.ValueWidget:
        """Return a slider for whole numbers or for floats."""
        kinds = (self.low, self.high, self.start, self.step)
        slider = ipywidgets.IntSlider if all(isinstance(k, int) for k in kinds) else ipywidgets.FloatSlider
        return slider(value=self.start, min=self.low, max=self.high, step=self.step, description=self.label)

    def corners(self) -> list[float]:
        """Return the smallest and the largest number."""
        return [self.low, self.high]

    def sample(self, rng: np.random.Generator) -> float:
        """Draw one of the steps at random."""
        steps = round((self.high - self.low) / self.step)
        return self.low + self.step * int(rng.integers(steps + 1))


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


Control = Slider | LogSlider | Choice | Toggle


def _arranged(widgets: Sequence[Any]) -> ipywidgets.Widget:
    """Stack the controls; more than three in two columns where the page has room, so that the picture stays visible."""
    labelled = [widget for widget in widgets if not isinstance(widget, ipywidgets.Checkbox)]
    label = max((len(widget.description) for widget in labelled), default=0)
    for widget in labelled:
        widget.style.description_width = f"{label}ch"  # no label is cut, and the sliders begin at one line
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
        self._widgets = {name: control.widget() for name, control in controls.items()}
        self._view = ipywidgets.HTML()
        self._box = ipywidgets.VBox([_arranged(list(self._widgets.values())), self._view])
        self._picture = self._show()
        for widget in self._widgets.values():
            widget.observe(self._show, names="value")

    @property
    def values(self) -> dict[str, Any]:
        """The present value of each control, by name."""
        return {name: widget.value for name, widget in self._widgets.items()}

    def corners(self) -> Iterator[dict[str, Any]]:
        """Yield every combination of the extreme values of the controls."""
        for combination in itertools.product(*(control.corners() for control in self.controls.values())):
            yield dict(zip(self.controls, combination, strict=True))

    def sample(self, rng: np.random.Generator) -> dict[str, Any]:
        """Return one value per control, drawn at random from those that it can take."""
        return {name: control.sample(rng) for name, control in self.controls.items()}

    def _show(self, change: object = None) -> Picture:
        picture = self.draw(**self.values)
        self._view.value = picture.html(is_live=True)
        return picture

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        bundle, metadata = self._picture._repr_mimebundle_()
        controls = self._box._repr_mimebundle_() or {}
        return bundle | controls | {"text/plain": self._picture.description}, metadata


def explore(draw: Callable[..., Picture], **controls: Control) -> Demo:
    """Put `controls` on the drawing function `draw`; shown as the last value of a cell.

    draw: takes each control's value by the control's name and returns a `Picture`.
    Raises TypeError where `draw` does not take a control of that name.
    """
    demo = Demo(draw, controls)
    DEMOS.append(demo)
    return demo
