"""Commands run in this process: much faster than a process each, for tests that need many."""

from __future__ import annotations

import contextlib
from pathlib import Path

from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import CourseError


def run(root: Path, *words: str) -> str:
    """Run a command that must succeed, and return what it printed."""
    with contextlib.chdir(root):
        done = CliRunner().invoke(app, words)
    assert done.exception is None, done.exception
    return done.stdout


def refused(root: Path, *words: str) -> str:
    """Return the sentence by which a command refuses."""
    with contextlib.chdir(root):
        done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, CourseError), done
    return str(done.exception)
