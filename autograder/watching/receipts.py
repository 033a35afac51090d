"""What a student is told of an attempt, as a small JSON file beside the page; `course_utils.submit` shows it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from autograder.deadlines.moments import show
from autograder.sentences import counted
from autograder.watching.attempts import Attempt, State
from autograder.watching.page import AttemptPage


def receipt(attempt: Attempt, zone: tzinfo, page: AttemptPage | None = None) -> dict[str, Any]:
    """Return {state, text, is_final, has_page}. zone: of times that people read. page: of an attempt that was graded.

    text: for the student. is_final: whether nothing more is to be waited for now.
    """
    return {
        "state": str(attempt.state),
        "text": _text(attempt, zone, page),
        "is_final": attempt.state != State.RECEIVED,
        "has_page": page is not None,
    }


def _text(attempt: Attempt, zone: tzinfo, page: AttemptPage | None) -> str:
    match attempt.state:
        case State.RECEIVED:
            return "received; it is being graded"
        case State.WAITING:
            return (
                "received and kept; you have had as many graded attempts as your instructor allows for now, so it is "
                f"graded at {slot_shown(attempt, zone)}"
            )
        case State.PASSED_OVER:
            return "received and kept; a newer attempt of yours took its place in the queue, so this one is not graded"
        case State.CLOSED:
            return "received after the assignment had closed; it is kept and not graded"
        case State.REFUSED:
            return f"not taken: {attempt.why}; hand in again, with the notebook and its own files alone"
        case State.FAILED:
            return "received; grading failed, and not because of your work; your instructor has been told"
        case State.GRADED:
            return f"received; graded after {_seconds(attempt)}{_points(page)}"


def slot_shown(attempt: Attempt, zone: tzinfo) -> str:
    """Return when a waiting attempt is graded, as people read it."""
    minute = -(-attempt.slot // 60) * 60  # so that it is not told too early
    return show(datetime.fromtimestamp(minute, UTC), zone)


def _seconds(attempt: Attempt) -> str:
    seconds = max(0.0, attempt.graded_at - max(attempt.seen, attempt.slot))
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def _points(page: AttemptPage | None) -> str:
    if page is None:
        return ""
    if page.score is None:
        return ": it could not be graded, and the page says why"
    what = " for the visible checks" if page.visible_only else ""
    have = "has" if page.hints == 1 else "have"
    hints = f"; {counted(page.hints, 'exercise')} {have} a hint" if page.hints else ""
    return f": {round(page.score, 2):g} of {round(page.max_score, 2):g}{what}{hints}"
