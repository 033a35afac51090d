"""Remarks on a submission that its score alone does not tell: no answer is written, or one stands in another cell."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from nbformat import NotebookNode

from autograder.engine.plan import Plan
from autograder.notebooks.assignment import Assignment, Exercise, defined_names, grade_id


def remarks(assignment: Assignment, planned: Plan, unanswered: Collection[str]) -> list[str]:
    """Return one sentence for each unusual thing about the answers in `planned`, for students and instructors.

    unanswered: the names of the answers that are as they were released, or empty.
    """
    names = [exercise.name for exercise in assignment.exercises if exercise.answer]
    names += [part.grade_id for part in assignment.by_hand if not part.is_task]
    moved = [sentence for exercise in assignment.exercises for sentence in _moved(exercise, planned, unanswered)]
    if names and all(name in unanswered for name in names):
        return ["no answer is written: every answer cell is as it was released, or empty.", *moved]
    return moved


def _moved(exercise: Exercise, planned: Plan, unanswered: Collection[str]) -> Iterator[str]:
    """Yield a sentence where the student's own cells define what `exercise` asks for, by where they stand."""
    cells, own = list(zip(planned.cells, planned.kinds, strict=True)), {c.grade_id for c in exercise.checks}
    answers = [
        place for place, (cell, kind) in enumerate(cells) if kind == "answer" and grade_id(cell) == exercise.name
    ]
    checks = [place for place, (cell, kind) in enumerate(cells) if kind == "check" and grade_id(cell) in own]
    if not answers or not checks:
        return
    is_open, is_empty = exercise.name in unanswered, not any(cells[place][0].source.strip() for place in answers)
    said = set[str]()
    for place, (cell, kind) in enumerate(cells):
        for name in _defined(cell) if kind == "students" else ():
            if name in exercise.names:
                said.add(_sentence(name, place, answers[-1], checks, is_open, is_empty))
    yield from sorted(said - {""})


def _sentence(name: str, place: int, answer: int, checks: list[int], is_open: bool, is_empty: bool) -> str:
    """Return what is to be said of `name`, which the cell at `place` defines; empty if nothing is.

    answer, checks: the places of the answer cell and of the checks. is_open: the answer cell is as it was released, or
    empty, as is_empty says.
    """
    if place > checks[-1]:
        return f"`{name}` is defined below its checks, too late to count{_open(is_open)}."
    if place > checks[0]:
        return f"`{name}` is defined anew between its checks; only those below see it{_open(is_open)}."
    if place > answer:
        why = ", as its answer cell is as it was released" if is_open else ", instead of the one in its answer cell"
        return f"`{name}` is defined between its answer cell and its checks; that definition counts{why}."
    if is_open and is_empty:
        return f"`{name}` is defined above its answer cell, which is empty; that definition counts."
    if is_open:
        return f"`{name}` is defined above its answer cell, which is as it was released and replaces it."
    return ""


def _open(is_open: bool) -> str:
    return "; its answer cell is as it was released" if is_open else ""


def _defined(cell: NotebookNode) -> list[str]:
    """Return the names that a cell defines; none where it is not plain Python."""
    try:
        return list(defined_names(ast.parse(cell.source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
