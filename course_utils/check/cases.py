"""Saying which case a check is in, where it tries several."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from course_utils.check.failed import Failed


@contextlib.contextmanager
def case(sentence: str) -> Generator[None]:
    """Add `sentence` to the message of a check that fails inside the `with` block: "Here X is square."

        for n in (1, 5):
            with check.case(f"X has {n} rows"):
                check.call(np.transpose, np.ones((n, 3))).has_shape(3, n)

    sentence: a clause without a full stop that names what is special about the inputs.
    Raises Failed where the block does, with the sentence added.
    """
    try:
        yield
    except Failed as failed:
        stop = "" if sentence.endswith(("?", "!")) else "."
        raise Failed(f"{failed}\n  Here {sentence}{stop}") from None
