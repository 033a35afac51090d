"""Errors of the engine's trusted side. `autograder/errors.py` shows them among all others."""

from __future__ import annotations

from autograder.engine.results import Status
from autograder.engine.worker.errors import EngineError


class WorkerLost(EngineError):
    """The worker, or its copy, has ended or cannot be used any further. The text says how: "ended its process"."""


class Refused(EngineError):
    """A path of a submission that is not opened. The text says which and why: "elm/01_tiny/data is a link"."""


class UnreadableSubmission(EngineError):
    """A submission that cannot be graded. The text is a sentence for instructor and student; `status`: its status."""

    def __init__(self, status: Status, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class MachineFailed(BaseException):
    """The machine, and not the submission, is why it could not be judged. The text is a clause that says what failed.

    No `except Exception` of a check cell may take it for a student's error.
    """
