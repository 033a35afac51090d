"""The gradebook as a database: writers at the same time, and errors as one sentence."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from autograder.sentences import first_line

# Seconds to wait before each further attempt.
WAITS = (0.2, 1.0, 3.0)

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")


def retry(step: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Repeat `step` a few times while the database refuses it. `step` must be safe to repeat.

    Two instructors who grade at the same time may create the tables, or the row of one student, at the same moment. One
    of them is refused, and finds on the next attempt what the other has created. A server that restarts is waited for.
    Raises the last error of the database.
    """

    @functools.wraps(step)
    def repeated(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
        from sqlalchemy.exc import DBAPIError

        for wait in WAITS:
            try:
                return step(*args, **kwargs)
            except DBAPIError:
                time.sleep(wait)
        return step(*args, **kwargs)

    return repeated


def explain(error: Exception) -> str | None:
    """Return a sentence on `error` if it comes from the gradebook's database; None otherwise."""
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        return "a gradebook on PostgreSQL needs the package psycopg; run `pip install '.[postgresql]'` in the course."
    if "sqlalchemy" not in sys.modules:
        return None
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    if isinstance(error, DBAPIError):
        reason = first_line(str(error.orig), type(error.orig).__name__)
        return (
            f"the gradebook cannot be used ({reason}); the results so far are kept in .results/. When the database is "
            "back, run the command again, `autograder grade` with --resume."
        )
    if isinstance(error, (ArgumentError, NoSuchModuleError)):
        return "gradebook.url is not the address of a database; run `autograder gradebook postgresql://USER@HOST/NAME`."
    return None
