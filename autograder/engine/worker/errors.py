"""Errors of a conversation between judge and worker. `autograder/errors.py` shows them among all others.

They stand here, and need nothing from elsewhere, because the sandbox shows the worker this folder and no more.
"""

from __future__ import annotations


class EngineError(Exception):
    """One submission, or one worker, cannot be used any further. The others can."""


class ConnectionClosed(EngineError):
    """The other side has closed the channel, as a process does that dies."""


class TimedOut(EngineError):
    """The other side has not answered, or not read, within its time. (`TimeoutError` is what a socket raises.)"""


class ProtocolError(EngineError):
    """Bytes that are not a frame, or data that exceed a limit. The text is a sentence without its full stop."""
