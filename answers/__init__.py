"""How students answer: for every exercise other right answers, and the usual wrong ones.

A file a unit. The body of each decorated function, dedented, takes the place of the exercise's answer cell, after the
setup cell of the assignment. The function's name is the name of the way, or of the mistake; nothing calls it, and the
files are read, not imported. Wrong answers carry a hint: the question that leads to the error, without the code.

    @wrong("pca_fit", hint="Variance is about the mean. Is the mean of every feature 0 before the SVD?")
    def not_centred():
        def pca_fit(X, k):
            ...

`autograder prove` shows that every right answer gets full marks and every wrong one loses some.
"""

from __future__ import annotations

from collections.abc import Callable


def right(exercise: str) -> Callable[[Callable], Callable]:
    """Mark a function whose body is a right answer to `exercise`."""
    return lambda way: way


def wrong(exercise: str, *, hint: str) -> Callable[[Callable], Callable]:
    """Mark a function whose body is a wrong answer to `exercise`; `hint` is one sentence, best a question."""
    return lambda mistake: mistake
