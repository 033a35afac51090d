"""The regions of a cell that students do not see: between delimiters, as nbgrader calls them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from autograder.notebooks.explanations import without_explanation


class Marks(NamedTuple):
    """The delimiters of a region: words in the line above it and in the line below it."""

    begin: str
    end: str


SOLUTION = Marks("BEGIN SOLUTION", "END SOLUTION")
HIDDEN_TESTS = Marks("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
MARK_SCHEME = Marks("BEGIN MARK SCHEME", "END MARK SCHEME")
ALL_MARKS = (SOLUTION, HIDDEN_TESTS, MARK_SCHEME)

# What replaces a solution. `nbgrader_config.py` has the same texts; a test asserts that they agree.
STUB = 'raise NotImplementedError("Replace this line with your answer.")'
TEXT_STUB = "YOUR ANSWER HERE"

# How alike a line's words and a delimiter must be for it to be taken for a slip of the keyboard.
LIKENESS = 0.85

# Words, with what people put around a delimiter or between its words; code has other characters, too.
LIKE_A_DELIMITER = re.compile(r"[A-Za-z#*<>!_.:\s-]+")

SHORTEST_TELLING_LINE = 8  # characters; `return x` and shorter lines are everywhere and reveal nothing


class Cut(NamedTuple):
    """A source without its regions, and the lines that were in them."""

    kept: str
    removed: list[str]


def cut(source: str, marks: Marks, stub: str | None = None) -> Cut:
    """Take the regions between `marks` out of `source`; `stub`, indented like the delimiter, replaces each of them.

    A region that is never closed extends to the end of the source.
    """
    kept, removed, inside = [], [], False
    for line in source.split("\n"):
        if marks.begin in line:
            inside = True
            if stub is not None:
                kept.append(line[: len(line) - len(line.lstrip())] + stub)
        elif marks.end in line:
            inside = False
        else:
            (removed if inside else kept).append(line)
    return Cut("\n".join(kept), removed)


def is_unbalanced(source: str, marks: Marks) -> bool:
    """Return whether a delimiter in `source` lacks its counterpart, or regions of this kind are nested."""
    inside = False
    for line in source.split("\n"):
        if marks.begin in line or marks.end in line:
            if inside == (marks.begin in line):
                return True
            inside = not inside
    return inside


def near_misses(source: str) -> Iterator[tuple[str, str]]:
    """Yield (line, delimiter that was meant) for each line of `source` that is nearly a delimiter and is none.

    nbgrader knows the exact words only: what stands below "### BEGIN HIDDEN TEST" would go out to students.
    """
    known = [mark for marks in ALL_MARKS for mark in marks]
    for line in source.split("\n"):
        if LIKE_A_DELIMITER.fullmatch(line) and not any(mark in line for mark in known):
            words = " ".join(re.findall(r"[A-Z]+", line.upper()))
            for meant in difflib.get_close_matches(words, known, n=1, cutoff=LIKENESS):
                yield line.strip(), meant


def telling(lines: list[str], visible: str) -> set[str]:
    """Return those of `lines`, stripped, that would reveal something: not short, and not part of `visible`."""
    stripped = {line.strip() for line in lines}
    return {line for line in stripped if len(line) >= SHORTEST_TELLING_LINE and line not in visible}


def student_view(cell: NotebookNode) -> str:
    """Return the source of a master's `cell` as students see it."""
    stub = STUB if cell.cell_type == "code" else TEXT_STUB
    source = without_explanation(cell.source) if cell.cell_type == "markdown" else cell.source
    return cut(cut(source, SOLUTION, stub).kept, HIDDEN_TESTS).kept
