"""What all pictures of answers share: how the reference looks, and what a picture without an answer is called."""

from __future__ import annotations

import textwrap

from course_utils.drawing.pictures import GREY

GHOST = {"color": GREY, "linewidth": 5, "alpha": 0.35}
"""How the line of a reference looks, under the student's own."""


def titled(title: str, trouble: str | None) -> str:
    """Return the title, which says so, and why in short, where `trouble` leaves only the reference to be drawn."""
    if trouble is None:
        return title
    reason = trouble.splitlines()[0].split(": ")[0]
    return f"{title}, only the reference\n{textwrap.fill(reason, 60)}"
