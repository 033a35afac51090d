"""Test it: what a student's test says of implementations that are right, and of implementations that are wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from course_utils.check import calls, fingerprint
from course_utils.check.failed import Failed


def catches(
    test: Callable[..., Any], right: Mapping[str, Any], wrong: Mapping[str, Any], *, least: int | None = None
) -> None:
    """Check that the student's `test` accepts every `right` implementation and rejects at least so many `wrong` ones.

        def test_mean(mean):
            assert mean(np.array([1.0, 2.0, 6.0])) == 3.0

        check.catches(test_mean, {"sums and divides": np.mean}, {"takes the middle": np.median}, least=1)

    test: takes an implementation and raises an error, such as that of an `assert`, where it finds a mistake.
    right, wrong: implementations, made by a driver, by what each does: words that follow "an implementation that".
    least: how many of the wrong ones are to be rejected; all where it is None.
    Raises Failed where a right one is rejected, and where too few wrong ones are; the message names one of them.
    """
    name = getattr(test, "__name__", "your test")
    for what, implementation in right.items():
        problem = calls.problem_found_by(test, implementation)
        if problem is not None:
            raise Failed(f"`{name}` rejects an implementation that is right: one that {what}. It {problem}")
    accepted = [what for what, implementation in wrong.items() if calls.problem_found_by(test, implementation) is None]
    caught, wanted = len(wrong) - len(accepted), len(wrong) if least is None else least
    fingerprint.note("caught", caught)
    if caught < wanted:
        raise Failed(
            f"`{name}` catches {caught} of {len(wrong)} wrong implementations; expected at least {wanted}.\n"
            f"  It accepts one that {accepted[0]}. On which input would that one be seen to be wrong?"
        )
