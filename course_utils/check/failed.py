"""The one way in which a check says no."""

from __future__ import annotations

from collections.abc import Callable


def _nothing() -> list[str]:
    return []


what_helps: Callable[[], list[str]] = _nothing
"""Lines to show a student below what is wrong; a notebook has some (`course_utils.check.live_hints`)."""


class Failed(AssertionError):
    """A check did not hold. Its text is what the student reads of it.

    nbgrader gives no points to a cell that ends in an error; IPython shows `_render_traceback_` in place of a trace.
    """

    def _render_traceback_(self) -> list[str]:
        return [*str(self).splitlines(), *what_helps()]
