"""Turn the output of programs and exceptions into parts of one sentence."""

from __future__ import annotations


def first_line(text: str, otherwise: str = "no reason given") -> str:
    """Return the first line of `text` that is not blank, without its full stop; `otherwise` if there is none."""
    return _lines(text, otherwise)[0]


def last_line(text: str, otherwise: str = "no reason given") -> str:
    """Return the last line of `text` that is not blank, without its full stop; `otherwise` if there is none."""
    return _lines(text, otherwise)[-1]


def counted(number: float, noun: str) -> str:
    """Return "1 student", "2 students", "2.5 points" for a noun whose plural ends in s."""
    shown = f"{number:g}" if isinstance(number, float) else str(number)
    return f"{shown} {noun}" if number == 1 else f"{shown} {noun}s"


def capitalized(sentence: str) -> str:
    """Return `sentence` with a capital first letter and every other one as it is."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _lines(text: str, otherwise: str) -> list[str]:
    return [line.strip().rstrip(".") for line in text.splitlines() if line.strip()] or [otherwise]
