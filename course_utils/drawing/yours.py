"""The student's own function in a demonstration: `explore(draw, yours=my_function, ...)` of a lecture.

A drawing function that an exercise belongs to has the parameter `yours`. It calls the function by `guarded_call`, draws
the result over the reference in the style YOURS, and says in one sentence how both compare; where the result cannot be
drawn, the sentence says why, and the picture shows the reference alone.

    def draw_cycle(mode: str, step_size: int, yours: Function | None = None) -> Picture:
        ...
        said = ""
        if yours is not None:
            own = guarded_call(yours, t, like=reference)
            if own.problem is None:
                axes.plot(t, own.value, **YOURS)
            said = compared(own, reference)
        return finish_with(figure, "A cyclical learning rate ...", said)
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from course_utils.drawing.guarded_call import GuardedCall
from course_utils.drawing.pictures import BLACK, Picture, finish

Function = Callable[..., Any]  # the student's, which may return anything

# Dashes, so that the reference can be seen below what coincides with it.
YOURS: dict[str, Any] = {"color": BLACK, "linewidth": 1.6, "linestyle": "--", "zorder": 6, "label": "yours"}

LONGEST = 240  # letters of a sentence: an error may quote a whole array


def compared(own: GuardedCall, reference: Any) -> str:
    """Say in one sentence how a student's result compares with the reference, or why it cannot be drawn.

    reference: an array of any shape or a tuple of arrays, as `own.value` is.
    """
    if own.problem is not None:
        return not_drawn(own.problem)
    pairs = list(zip(_parts(own.value), _parts(reference), strict=True))
    if all(np.allclose(mine, theirs, rtol=1e-6, atol=1e-6) for mine, theirs in pairs):
        return "Yours coincides with the reference."
    largest = max(float(np.max(np.abs(np.subtract(mine, theirs)))) for mine, theirs in pairs)
    return f"Yours differs from the reference, by up to {largest:.3g}."


def not_drawn(problem: str) -> str:
    """Say in one sentence why a student's result cannot be drawn. problem: of a `GuardedCall`."""
    reason = "; ".join(line.strip() for line in problem.splitlines())
    return f"Yours cannot be drawn: {textwrap.shorten(reason, LONGEST, placeholder=' ...')}"


def finish_with(figure: Figure, description: str, said: str) -> Picture:
    """Finish a picture as `pictures.finish` does, with what is `said` of the student's function; empty without one."""
    if not said:
        return finish(figure, description)
    columns = int(13 * figure.get_size_inches()[0])
    figure.suptitle(textwrap.fill(said, columns), fontsize="medium", parse_math=False)
    return finish(figure, f"{description} {said}")


def clipped(values: Any) -> np.ndarray:
    """Return an array of any shape with its numbers between -10^6 and 10^6, which every axis can take."""
    return np.clip(values, -1e6, 1e6)


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
