"""What an answer may not use, and the sentence for one that does."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from course_utils.check import fingerprint, ruled_out
from course_utils.check.failed import Failed
from course_utils.check.uses import LOOPS, RECURSION, Use, imports_of, uses


class RuledOut(NamedTuple):
    """What a check cell has ruled out. names: what the answer defines; patterns: groups in their parts."""

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


# By the check cell that runs, for `watch.watch` while the student's code runs.
_in_force = RuledOut()


def rules_out(answer: str | Sequence[str], *rules: str) -> None:
    """Check that an answer does not use what its task rules out, and watch for it in the calls that follow.

        def matmul(A, B):
            return sum(np.outer(column, row) for column, row in zip(A.T, B))

        check.rules_out("matmul", "matrix products")
        check.call(matmul, np.eye(2), np.ones((2, 2))).equals(np.ones((2, 2)))

    answer: the name that the answer defines, or several.
    rules: "@", ".dot" (a method), "numpy.dot", "numpy.linalg.*", "for", "while", "comprehension", "recursion", or a
    group of `ruled_out.GROUPS`, such as "matrix products". Helpers of the lectures are ruled out without being named.

    The text of every cell that the answer depends on is read, under whatever names functions were imported.
    Raises Failed where the answer uses what is ruled out; the message quotes the student's line.
    """
    global _in_force
    _in_force = rule_out(_cells_that_ran(), answer, rules)


def rule_out(cells: Sequence[str], answer: str | Sequence[str], rules: Sequence[str]) -> RuledOut:
    """Return what `rules_out` rules out, where `cells` have run. Raises Failed as it does."""
    names = (answer,) if isinstance(answer, str) else tuple(answer)
    refuse(broken(cells, names, rules))
    return RuledOut(names, ruled_out.patterns(rules))


def refuse(sentence: str) -> None:
    """Note a sentence for what an answer uses, and raise Failed with it; do nothing where it is empty."""
    if sentence:
        fingerprint.note("used", sentence)
        raise Failed(sentence)


def _cells_that_ran() -> list[str]:
    """Return the sources of the cells of the notebook that asks, which IPython keeps as `In`."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__") != "__main__":
        frame = frame.f_back
    return list(frame.f_globals.get("In", [])) if frame else []


def in_force() -> RuledOut:
    """Return what the check cell that runs has ruled out."""
    return _in_force


def begin() -> None:
    """Begin a cell: nothing is ruled out."""
    global _in_force
    _in_force = RuledOut()


def broken(cells: Sequence[str], names: Sequence[str], rules: Sequence[str]) -> str:
    """Return the sentence for the first use of what is ruled out; empty where there is none.

    cells: the sources of the cells that have run. names: what the answer defines.
    """
    wanted = {rule: ruled_out.patterns([rule]) for rule in rules}
    wanted = {rule: each for rule, each in wanted.items() if any(ruled_out.may_be_in(cell, each) for cell in cells)}
    if not wanted and not any(map(ruled_out.may_import_a_lecture, cells)):
        return ""
    for name in names:
        for use in uses(cells, [name], together=names):
            if ruled_out.is_of_a_lecture(use.what):
                return _sentence(name, use, "a helper of the lectures: write it yourself")
            for rule, patterns in wanted.items():
                if any(ruled_out.matches(use.what, pattern) for pattern in patterns):
                    return _sentence(name, use, _why(rule))
    for use in imports_of(cells, names):
        if ruled_out.is_of_a_lecture(use.what):
            return (
                f"The cell of `{names[0]}` imports `{use.what}`, a helper of the lectures: none is there when answers "
                f"are graded\n  in your line: {use.line}"
            )
    return ""


def called(ruled: RuledOut, function: str, used: Iterable[Use]) -> str:
    """Return the sentence for what an answer has called while it ran; empty where `used` is.

    function: what the check called: the answer itself, or a driver of it.
    """
    name = function if function in ruled.names else ruled.names[0] if ruled.names else function
    return next((_sentence(name, use, _why(use.what)) for use in used), "")


def _why(rule: str) -> str:
    group = f" ({rule})" if rule in ruled_out.GROUPS else ""
    return f"which this task rules out{group}"


def _sentence(name: str, use: Use, why: str) -> str:
    text = f"`{name}` uses {_shown(use.what)}, {why}"
    return f"{text}\n  in your line: {use.line}" if use.line else f"{text}."


def _shown(what: str) -> str:
    if what in ("for", "while"):
        return f"a `{what}` loop"
    if what in LOOPS.values():
        return f"a {what}"
    if what == RECURSION:
        return "itself (it calls itself)"
    what = what.removeprefix("builtins.")
    return f"the method `{what}`" if what[:1] == "." else f"`{what}`"
