"""Replies to checks that call the student's functions directly, as in `assert double(2) == 4`.

`check.call` and its like record replies themselves; here it is done for cells that use none of them, in the judge's
proxies and around the functions of the catalogue's answers alike.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from types import FunctionType
from typing import Any

from course_utils.check import fingerprint

_RECORDS_ITSELF = re.compile(r"\bcheck\.(call|runs|raises|read|catches|prediction)\b")


def calls_directly(source: str) -> bool:
    """Say whether a check cell calls the student's names itself."""
    return not _RECORDS_ITSELF.search(source)


def recorded(names: dict[str, Any], source: str) -> dict[str, Any]:
    """Return the names of an answer for a check cell: functions note their replies if the cell calls them directly."""
    if not calls_directly(source):
        return names
    under_way: list[str] = []  # what an answer's function calls itself is no reply
    return {
        name: _noting(value, under_way) if isinstance(value, FunctionType) else value for name, value in names.items()
    }


def _noting(function: Callable[..., Any], under_way: list[str]) -> Callable[..., Any]:
    @functools.wraps(function)
    def noting(*args: Any, **kwargs: Any) -> Any:
        if under_way:
            return function(*args, **kwargs)
        under_way.append(function.__name__)
        try:
            value = function(*args, **kwargs)
        except Exception as error:
            fingerprint.note("raised", type(error).__name__)
            raise
        finally:
            under_way.clear()
        fingerprint.note("returned", value)
        return value

    return noting
