"""What the steps of the watcher share: the course, its settings, the attempts, and whom to tell what does not work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from autograder.watching.attempts import Attempt, Attempts, State
from autograder.watching.publish import Feedback
from autograder.watching.settings import Settings
from autograder.watching.timing import Timing, timing
from autograder.watching.troubles import Troubles


def _nobody(attempt: Attempt) -> None:
    """Take no further step."""


@dataclass
class Context:
    """The state that all steps see. Only the watcher itself replaces `settings` and `feedback`.

    only: the assignments that are graded; empty for all. due: due dates as the gradebook has them. follow: has the next
    steps of an attempt done, after its state has changed.
    """

    root: Path
    only: list[str]
    settings: Settings
    attempts: Attempts
    troubles: Troubles
    feedback: Feedback
    due: dict[str, datetime | None] = field(default_factory=dict)
    follow: Callable[[Attempt], None] = _nobody

    @property
    def zone(self) -> tzinfo:
        """The zone of times that people read."""
        return self.settings.deadlines.zone

    def timing(self, attempt: Attempt) -> Timing:
        """Return what the deadlines say of an attempt."""
        return timing(self.settings.deadlines, self.due.get(attempt.assignment), attempt)

    def set_state(self, attempt: Attempt, state: State) -> None:
        """Set a state that the student is to learn of."""
        attempt.state, attempt.is_published = state, False
        self.save(attempt)
        self.follow(attempt)

    def save(self, attempt: Attempt) -> None:
        """Write the state of an attempt; where that fails, a later step writes it, or the next watcher decides anew."""
        try:
            attempt.save()
        except OSError as error:
            sentence = f"{attempt.folder} cannot be written ({error.strerror})."
            self.troubles.failed(("save", attempt.name), sentence)
