"""The pictures of the course have their own look, and the student's own plots keep theirs."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
import pytest

from course_utils.drawing.pictures import Picture, finish, in_space, new_figure
from course_utils.drawing.style import STYLE, in_style

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

OTHER_LOOKS: dict[RcKeyType, Any] = {
    "axes.grid": False,
    "axes.spines.right": True,
    "axes.spines.top": True,
    "axes.titlesize": 20,
    "font.size": 17,
    "grid.alpha": 1.0,
    "legend.edgecolor": "red",
    "legend.framealpha": 0.1,
    "lines.linewidth": 9,
}


def drawn() -> Picture:
    """Draw all that takes a look from STYLE: lines, titles, legends, grids, in a plane and in space."""
    figure, (flat, solid) = new_figure(1, 2)
    x = np.linspace(0.1, 3, 20)
    flat.semilogy(x, np.exp(x), label="e")
    flat.contour(x, x, np.add.outer(x, x**2))
    flat.scatter(x, x, marker="x")
    flat.axhline(1)
    flat.axvline(2)
    flat.axline((0, 1), (1, 2))
    flat.hlines([1, 2], 0, 3)
    flat.vlines([1], 1, 3)
    flat.step(x, x)
    flat.set_xticks([0, 1, 2], ["a", "b", "c"])
    flat.set(title="a title", xlabel="x")
    flat.legend()
    space = in_space(solid)
    space.plot([0, 1], [0, 1], [0, 1], label="diagonal")
    space.scatter([0], [0], 1, marker="x")
    space.quiver(0, 0, 0, 1, 1, 1)
    space.set_title("another title")
    space.legend()
    return finish(figure, "All that takes a look from the style.")


def test_import_and_drawing_leave_the_settings_of_the_student_alone():
    """In a process of its own, for an import happens once."""
    code = """
        import matplotlib
        before = dict(matplotlib.rcParams)
        from course_utils.drawing.pictures import finish, new_figure
        figure, axes = new_figure()
        axes.plot([1, 2], label="line")
        axes.legend()
        finish(figure, "A line.").png()
        changed = [key for key in before if matplotlib.rcParams[key] != before[key]]
        assert not changed, changed
    """
    ran = subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_pictures_look_the_same_whatever_the_student_has_set():
    assert OTHER_LOOKS.keys() == STYLE.keys()
    expected = drawn().png()
    with matplotlib.rc_context(OTHER_LOOKS):
        assert drawn().png() == expected
        assert {key: matplotlib.rcParams[key] for key in OTHER_LOOKS} == OTHER_LOOKS


def test_each_setting_of_the_style_is_seen_in_a_picture(monkeypatch):
    """So that a method that forgets the style would be seen to differ above."""
    expected = drawn().png()
    for key in STYLE.keys() - {"font.size"}:
        with monkeypatch.context() as patched:
            patched.setitem(STYLE, key, OTHER_LOOKS[key])
            assert drawn().png() != expected, key


def test_the_style_ends_where_drawing_fails():
    before = dict(matplotlib.rcParams)
    with pytest.raises(ZeroDivisionError), in_style():
        raise ZeroDivisionError
    _, axes = new_figure()
    with pytest.raises(ValueError):
        axes.plot([1, 2], [1, 2, 3])
    assert dict(matplotlib.rcParams) == before
