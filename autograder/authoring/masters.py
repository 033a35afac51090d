"""Read a master notebook and insist on the rules, naming all that it breaks at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.validate import gaps, violations
from autograder.errors import CourseError
from autograder.notebooks.assignment import SETUP, assignment_of, grade_id
from autograder.notebooks.catalogue import load
from autograder.notebooks.explanations import SUMMARY, is_unclosed
from autograder.notebooks.format import normalize, read_notebook
from autograder.notebooks.regions import ALL_MARKS, is_unbalanced, near_misses
from autograder.paths import catalogue_path, master_path, shown


def read_master(root: Path, name: str, only: Collection[str] = ()) -> NotebookNode:
    """Return the master of the assignment `name`, in the committed form.

    The rules for exercises (`autograder.authoring.validate`) hold for an assignment of this course's kind: with a setup
    cell, and with a catalogue of answers. Any other is plain nbgrader, of which only the delimiters must be right.
    only: as `violations` takes it.
    Raises CourseError where it is not a notebook; where it breaks rules, with a line for each.
    """
    path = master_path(root, name)
    notebook = normalize(read_notebook(path), keep_outputs=False)
    broken = list(_delimiters(notebook))
    if not broken and is_of_this_course(root, name, notebook):
        broken = violations(notebook, only)
    _refuse(path, root, broken)
    return notebook


def require_catalogue(root: Path, name: str, master: NotebookNode) -> None:
    """Raise CourseError, with a line for each, where the catalogue of `name` lacks answers to its exercises.

    An assignment of another kind than this course's may have any catalogue, or none.
    """
    path = catalogue_path(root, name)
    if is_of_this_course(root, name, master):
        assignment = assignment_of(master)
        catalogue = load(path, [exercise.name for exercise in assignment.exercises])
        lines = [line for each in assignment.exercises for line in gaps(each, catalogue, assignment.setup)]
        _refuse(path, root, lines)


def is_of_this_course(root: Path, name: str, master: NotebookNode | None = None) -> bool:
    """Say whether an assignment is of this course's kind: with a setup cell, and with a catalogue of answers.

    master: its notebook; None: it is read where that is needed.
    """
    if not catalogue_path(root, name).is_file():
        return False
    master = master or read_notebook(master_path(root, name))
    return any(grade_id(cell) == SETUP for cell in master.cells)


def _refuse(path: Path, root: Path, broken: Sequence[str]) -> None:
    if len(broken) == 1:
        raise CourseError(f"{shown(path, root)} breaks a rule for exercises: {broken[0]}")
    if broken:
        lines = "\n".join(f"  {sentence}" for sentence in broken)
        raise CourseError(f"{shown(path, root)} breaks {len(broken)} rules for exercises:\n{lines}")


def _delimiters(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        for line, meant in near_misses(cell.source):
            yield f'the cell {cell.id} has the line "{line}", which nbgrader does not know; write {meant}.'
        for marks in ALL_MARKS:
            if is_unbalanced(cell.source, marks):
                yield f"in the cell {cell.id} {marks.begin} and {marks.end} do not match."
        if cell.cell_type == "markdown" and is_unclosed(cell.source):
            yield (
                f'in the cell {cell.id} the block "{SUMMARY}", which the release leaves out, does not begin with '
                "<details> and end with </details>."
            )
