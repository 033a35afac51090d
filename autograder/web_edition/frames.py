"""Which positions of a demonstration's controls the web edition shows: a few frames, drawn when the site is built."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.drawing.sliders import Choice, Handle, LogSlider, Mark, Play, Slider, Toggle

# Frames of one demonstration. 170 demonstrations of 24 frames of 12 kB are 49 MB.
MOST = 24

# Positions of a slider, at least, where all combinations of all controls are drawn.
FEW = 4

# Frames at most with one control moved and the others at their start; what is left of MOST is for pairs.
MOST_ALONE = 16

_Stepped = Slider | LogSlider | Mark | Play

_NUMBER = re.compile(r"10\^\{?(-?\d+)\}?|(?<![\w.^{_-])(\d+(?:\.\d+)?)(?!\w|\.\d)")


@dataclass(frozen=True)
class Positions:
    """The positions of one control.

    kind: "slider", "choice", "toggle", "handle", "mark", "play", or "field", which has one position and no control on
    the page. values: what the drawing function takes. start: the index of the one that is shown first.
    """

    name: str
    label: str
    kind: str
    values: list[Any]
    start: int

    @property
    def texts(self) -> list[str]:
        """How each position is written next to the control."""
        return [_text(value) for value in self.values]


def mentioned_in(text: str) -> list[float]:
    """Return the numbers that a text of the lecture speaks of, in their order, each once."""
    found = (10.0 ** int(power) if power else float(plain) for power, plain in _NUMBER.findall(text))
    return list(dict.fromkeys(found))


def positions(controls: Mapping[str, Any], mentioned: Sequence[float] = ()) -> list[Positions]:
    """Return the positions of each control, so few that `combinations` of them are at most `MOST`.

    mentioned: numbers to which a slider should go if it can, the most important first.
    """
    for each in range(13, FEW - 1, -1):
        found = [_positions(name, control, each, mentioned) for name, control in controls.items()]
        if math.prod(len(its.values) for its in found) <= MOST:
            return found
    for each in range(8, 1, -1):
        found = [_positions(name, control, each, mentioned) for name, control in controls.items()]
        if 1 + sum(len(its.values) - 1 for its in found) <= MOST_ALONE:
            break
    return found


def combinations(of: Sequence[Positions]) -> list[tuple[int, ...]]:
    """Return the combinations of positions to draw, as indices, the start first.

    All of them if they are at most `MOST`; else each control by itself with the others at their start, and then, as far
    as there is room, every pair of the controls that have the fewest positions.
    """
    start = tuple(its.start for its in of)
    indices = [range(len(its.values)) for its in of]
    if math.prod(map(len, indices)) <= MOST:
        return [start, *(each for each in itertools.product(*indices) if each != start)]
    found = dict.fromkeys([start])
    for i, own in enumerate(indices):
        found |= dict.fromkeys(_moved(start, {i: k}) for k in own)
    pairs = sorted(itertools.combinations(range(len(of)), 2), key=lambda pair: math.prod(len(indices[i]) for i in pair))
    for i, j in pairs:
        more = dict.fromkeys(_moved(start, {i: k, j: m}) for k in indices[i] for m in indices[j])
        if len(found | more) <= MOST:
            found |= more
    return list(found)


def _moved(start: tuple[int, ...], to: dict[int, int]) -> tuple[int, ...]:
    return tuple(to.get(i, index) for i, index in enumerate(start))


def _positions(name: str, control: Any, each: int, mentioned: Sequence[float]) -> Positions:
    if isinstance(control, Toggle):
        return Positions(name, control.label, "toggle", [False, True], int(control.start))
    if isinstance(control, Choice):
        options = list(control.options)
        return Positions(name, control.label, "choice", options, options.index(control.start or options[0]))
    if isinstance(control, Handle):
        return Positions(name, control.label, "handle", _places(control, each), 0)
    if not isinstance(control, _Stepped):  # a field to type into, which a page without a kernel cannot answer
        return Positions(name, control.label, "field", [control.widget().value], 0)
    steps = round((control.high - control.low) / control.step)
    start = round((control.start - control.low) / control.step)
    chosen = _spread(start, steps, each, _steps_at(control, mentioned))
    kind = type(control).__name__.lower() if isinstance(control, Mark | Play) else "slider"
    return Positions(name, control.label, kind, [_value(control, k) for k in chosen], chosen.index(start))


def _places(control: Handle, each: int) -> list[tuple[float, float]]:
    """Return the start of a point, and places all over its rectangle or, at the start's distance, around the origin.

    A point has two coordinates, so there are more of them than the `each` positions of a slider.
    """
    if control.radius is not None:
        length, first = math.hypot(*control.start), math.atan2(control.start[1], control.start[0])
        count = max(2 * each - 4, 3)
        turns = [first + 2 * math.pi * k / count for k in range(count)]
        places = [(length * math.cos(turn), length * math.sin(turn)) for turn in turns]
    else:
        count = max(math.isqrt(2 * each - 1), 1)
        middles = [(k + 0.5) / count for k in range(count)]
        (left, right), (low, high) = control.x, control.y
        places = [(left + a * (right - left), low + b * (high - low)) for a in middles for b in middles]
    return list(dict.fromkeys([control.start, *map(control.nearest, places)]))


def _spread(start: int, steps: int, most: int, wanted: Iterable[int]) -> list[int]:
    """Choose `most` of the steps 0 to `steps`: start, ends, those that are wanted, and then the middles of gaps."""
    chosen = dict.fromkeys([start, 0, steps])
    for step in wanted:
        if len(chosen) < most:
            chosen[step] = None
    while len(chosen) < min(most, steps + 1):
        ordered = sorted(chosen)
        low, high = max(itertools.pairwise(ordered), key=lambda gap: gap[1] - gap[0])
        chosen[(low + high) // 2] = None
    return sorted(chosen)


def _steps_at(control: _Stepped, numbers: Sequence[float]) -> list[int]:
    """Return at which steps of a control these numbers are, as far as they are at one."""
    found: list[int] = []
    is_whole = isinstance(control.start, int)
    for number in numbers:
        if number < 10 and number == int(number) and not is_whole:
            continue  # a text has small whole numbers for many reasons
        place = math.log10(number) if isinstance(control, LogSlider) and number > 0 else number
        step = (place - control.low) / control.step
        if control.low <= place <= control.high and abs(step - round(step)) < 1e-6:
            found.append(round(step))
    return found


def _value(control: _Stepped, step: int) -> float:
    at = control.low + step * control.step
    return 10.0**at if isinstance(control, LogSlider) else control.nearest(at)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    return f"{float(f'{value:.4g}'):g}" if isinstance(value, float) else str(value)
