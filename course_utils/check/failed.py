"""The one error by which a check says what is wrong with an answer."""

from __future__ import annotations

import textwrap
from collections.abc import Callable


def _none() -> list[str]:
    return []


# Lines to show a student below what is wrong. In a notebook `course_utils.check.live_hints` puts its hints here.
hint_lines: Callable[[], list[str]] = _none

# Characters per line, which JupyterLab has room for at 1280 pixels beside its file browser.
COLUMNS = 88


class Failed(AssertionError):
    """A check has failed; the text is what the student reads.

        Q = np.array([[0.6, -0.8], [0.8, 0.6]])
        if np.linalg.det(Q) < 0:
            raise check.Failed("`turn`: the determinant is negative. Is it a reflection?")

    The questions of `Received` raise it, so a check cell seldom needs to. nbgrader gives no points to a cell that ends
    in an error; IPython shows `_render_traceback_` instead of a traceback.
    """

    def _render_traceback_(self) -> list[str]:
        return [part for line in [*str(self).splitlines(), *hint_lines()] for part in wrapped(line)]


def wrapped(line: str) -> list[str]:
    """Break a line between words: JupyterLab breaks one that is too long wherever its edge is, inside words, too."""
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, COLUMNS, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [
        ""
    ]
