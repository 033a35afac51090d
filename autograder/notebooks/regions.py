"""The regions of a cell that students do not see, between marks that nbgrader knows."""

from __future__ import annotations

from typing import NamedTuple

from nbformat import NotebookNode


class Marks(NamedTuple):
    """The words by which a line begins and ends a region."""

    begin: str
    end: str


SOLUTION = Marks("BEGIN SOLUTION", "END SOLUTION")
HIDDEN_TESTS = Marks("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
MARK_SCHEME = Marks("BEGIN MARK SCHEME", "END MARK SCHEME")
ALL_MARKS = (SOLUTION, HIDDEN_TESTS, MARK_SCHEME)

STUB = 'raise NotImplementedError("Replace this line with your answer.")'
"""What stands in place of a solution; `nbgrader_config.py` says the same, and a test that they agree."""
TEXT_STUB = "YOUR ANSWER HERE"

SHORTEST_TELLING_LINE = 8  # characters; `return x` and shorter stand everywhere and give nothing away


class Cut(NamedTuple):
    """A source without its regions, and the lines that stood in them."""

    kept: str
    removed: list[str]


def cut(source: str, marks: Marks, stub: str | None = None) -> Cut:
    """Take the regions between `marks` out of `source`; `stub`, indented like the mark, takes the place of each.

    A region that is never closed runs to the end of the source.
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
    """Say whether a mark in `source` lacks its counterpart, or a region holds another of its kind."""
    inside = False
    for line in source.split("\n"):
        if marks.begin in line or marks.end in line:
            if inside == (marks.begin in line):
                return True
            inside = not inside
    return inside


def telling(lines: list[str], visible: str) -> set[str]:
    """Return those of `lines`, stripped, that give something away: not short, and not part of the text `visible`."""
    stripped = {line.strip() for line in lines}
    return {line for line in stripped if len(line) >= SHORTEST_TELLING_LINE and line not in visible}


def student_view(cell: NotebookNode) -> str:
    """Return the source of the master's `cell` as a student is to see it."""
    stub = STUB if cell.cell_type == "code" else TEXT_STUB
    return cut(cut(cell.source, SOLUTION, stub).kept, HIDDEN_TESTS).kept
