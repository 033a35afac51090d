"""The gradebook as a database: where it is, how several may write into it, and its trouble as one sentence."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

VARIABLE = "COURSE_DB_URL"
WAITS = (0.2, 1.0, 3.0)
"""Seconds to wait before each further try."""

Given, Made = ParamSpec("Given"), TypeVar("Made")


def patient(step: Callable[Given, Made]) -> Callable[Given, Made]:
    """Have `step`, which may be done twice, done again where the database would not.

    Two instructors who grade at the same time may make the tables, or the row of one student, at the same moment. One
    of them is refused, and finds at the next try what the other has made. A server that is started anew is waited for.
    """

    @functools.wraps(step)
    def patiently(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        from sqlalchemy.exc import DBAPIError

        for wait in WAITS:
            try:
                return step(*args, **kwargs)
            except DBAPIError:
                time.sleep(wait)
        return step(*args, **kwargs)

    return patiently


def trouble(error: Exception) -> str | None:
    """Return a sentence where `error` comes from the gradebook's database; None where it does not."""
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        return "a gradebook on PostgreSQL needs the package psycopg; run `pip install '.[postgresql]'` in the course."
    if "sqlalchemy" not in sys.modules:
        return None
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    if isinstance(error, DBAPIError):
        reason = next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__).rstrip(".")
        return (
            f"the gradebook cannot be used ({reason}); the results so far are kept in .results/. When it is back, "
            "run the command again, `autograder grade` with --resume."
        )
    if isinstance(error, (ArgumentError, NoSuchModuleError)):
        return f"{VARIABLE} names no database; write postgresql://USER@HOST/NAME, or leave it out for SQLite."
    return None
