"""Saying which case a check is in, where it tries several."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from course_utils.check.failed import Failed


@contextlib.contextmanager
def case(sentence: str) -> Iterator[None]:
    """Add `sentence` to what the checks inside the `with` block say: "Here X is square and has rank 2."

    sentence: a clause without a full stop that tells what is special about the inputs.
    """
    try:
        yield
    except Failed as failed:
        raise Failed(f"{failed}\n  Here {sentence}.") from None
