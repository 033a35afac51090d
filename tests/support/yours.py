"""A student's own function in a demonstration of a lecture: right, wrong, and broken in every usual way."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import nbformat
import numpy as np

from course_utils.drawing.pictures import Picture
from course_utils.drawing.sliders import Demo
from support import lecture_rules
from support.units import ROOT

Function = Callable[..., Any]


def demonstration(unit: str, cell: str, own: Function | None = None) -> Demo:
    """Return the demonstration of a cell of a lecture; with `own`, as a reader writes it: `yours=own` at its end."""
    cells = {each.id: each.source for each in nbformat.read(ROOT / "notebooks" / f"{unit}.ipynb", as_version=4).cells}
    names: dict[str, Any] = {"own": own}
    exec("\n".join(source for name, source in cells.items() if name.startswith("imports")), names)
    source = cells[cell]
    return eval(source if own is None else f"{source.rstrip().removesuffix(')')}yours=own)", names)


def broken(right: Function) -> dict[str, Function]:
    """Return functions of the name of `right` that are broken, by what is wrong with them."""

    def spoilt(spoil: Callable[[Any], Any]) -> Function:
        def own(*args: Any, **kwargs: Any) -> Any:
            value = right(*args, **kwargs)
            return (spoil(value[0]), *value[1:]) if isinstance(value, tuple) else spoil(value)

        return functools.wraps(right)(own)

    def raises(*args: Any, **kwargs: Any) -> Any:
        raise ValueError("the sum of $x_1$ is\nnot 1")

    return {
        "raises": functools.wraps(right)(raises),
        "returns None": functools.wraps(right)(lambda *args, **kwargs: None),
        "wrong shape": spoilt(lambda value: np.stack([value, value])),
        "NaN": spoilt(lambda value: value * np.nan),
    }


def assert_broken_functions_are_said_to_be_so(unit: str, cell: str, right: Function, **values: Any) -> None:
    """Check that a broken function leaves the reference as it is, and that one sentence says what is wrong.

    values: of controls, if another place than the start is to be looked at.
    """
    alone = demonstration(unit, cell)
    values = alone.values | values
    expected = alone.draw(**values)
    pictures = {"right": demonstration(unit, cell, right).draw(**values).png()}
    for name, function in broken(right).items():
        picture = demonstration(unit, cell, function).draw(**values)
        said = picture.description.removeprefix(f"{expected.description} ")
        assert said.startswith("Yours cannot be drawn: ") and right.__name__ in said, (name, said)
        assert "\n" not in said and "Traceback" not in said, name
        assert lines(picture) == lines(expected), name
        assert picture.png() not in pictures.values(), name
        pictures[name] = picture.png()


def lines(picture: Picture) -> list[int]:
    """Return how many lines the axes of a picture have."""
    return [len(axes.lines) for axes in picture.figure.axes]


def sweep(unit: str, cell: str, own: Function) -> list[str]:
    """Move the controls of a demonstration that shows `own`; return what is wrong with a picture."""
    return lecture_rules.sweep(demonstration(unit, cell, own), np.random.default_rng(0), inside=2)[0]


def said(unit: str, cell: str, own: Function, **values: Any) -> str:
    """Return what a demonstration says of `own`, at its start or with other values of its controls."""
    demo = demonstration(unit, cell, own)
    description = demo.draw(**demo.values | values).description
    return description[description.index("Yours") :]
