"""How students answer: for every exercise other right answers, the usual wrong ones, and shortcuts.

A file a unit. The body of each decorated function, dedented, takes the place of the exercise's answer cell, after the
setup cell of the assignment. The function's name is the name of the way, or of the mistake; nothing calls it, and the
files are read, not imported. Wrong answers carry a hint: the question that leads to the error, without the code.

    @wrong("pca_fit", hint="Variance is about the mean. Is the mean of every feature 0 before the SVD?")
    def not_centred():
        def pca_fit(X, k):
            ...

A shortcut has the right numbers without the work: the one call of a library or of a lecture's helper that the task
rules out, the numbers of the visible check, another model where one is to be trained. It says what it uses.

    @shortcut("matmul", uses="`@`")
    def the_operator():
        ...

What many answers to an exercise have alike stands once: each has it that does not define it itself.

    @shared("act_backward")
    def parts():
        def act_backward_fault():
            return "b"

`autograder prove` shows that every right answer gets full marks, every wrong one loses some, and every shortcut all.
"""

from __future__ import annotations

from collections.abc import Callable


def right(exercise: str) -> Callable[[Callable], Callable]:
    """Mark a function whose body is a right answer to `exercise`."""
    return lambda way: way


def wrong(exercise: str, *, hint: str) -> Callable[[Callable], Callable]:
    """Mark a function whose body is a wrong answer to `exercise`; `hint` is one sentence, best a question."""
    return lambda mistake: mistake


def shortcut(exercise: str, *, uses: str) -> Callable[[Callable], Callable]:
    """Mark a function whose body answers `exercise` without the work; `uses` says by what."""
    return lambda way: way


def shared(exercise: str) -> Callable[[Callable], Callable]:
    """Mark a function whose definitions belong to every answer to `exercise` that does not define them itself."""
    return lambda parts: parts
