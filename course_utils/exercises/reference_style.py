"""What all pictures of answers share: the look of the reference, and the title of a picture without an answer."""

from __future__ import annotations

import textwrap
from typing import Any

from course_utils.drawing.pictures import GREY

# The line of a reference, under the student's own.
REFERENCE_STYLE: dict[str, Any] = {"color": GREY, "linewidth": 5, "alpha": 0.35}


def titled(title: str, problem: str | None) -> str:
    """Return the title; where there is a `problem`, so that only the reference is drawn, with it in short."""
    if problem is None:
        return title
    reason = problem.splitlines()[0].split(": ")[0]
    return f"{title}, only the reference\n{textwrap.fill(reason, 60)}"
