"""The page of one attempt, from its result and its graded notebook, as far as the policy shows it before the due date.

It asks no gradebook: a student gets it also while the database is away, and for an attempt that does not count.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.deadlines.moments import show
from autograder.engine.results import Result, Status
from autograder.feedback.page import NO_RESPONSE, Page, read_page, render
from autograder.feedback.redact import HideHiddenTests, without_folders
from autograder.feedback.write import (
    ERROR,
    HAND_IN_AGAIN,
    catalogue_of,
    explanations_of,
    moment_shown,
    remark_notes,
)
from autograder.notebooks.assignment import exercise_of, grade_id
from autograder.notebooks.regions import HIDDEN_TESTS, cut
from autograder.watching.timing import Timing

# What a student reads of a check that failed and whose message is not shown yet.
NOT_SHOWN = "Some of the hidden cases of this check fail. What they say is shown after the due date."

VISIBLE_ONLY = "This page has the visible checks alone, until {until}. The hidden ones count as well."
POINTS_ONLY = "Until {until}, this page has the points of the hidden checks and not what they say."
AS_LONG = "the work of everybody is due"


@dataclass(frozen=True)
class AttemptPage:
    """A page, and what a receipt says of it. score: None if there is no grade. hints: exercises that have one."""

    html: str
    score: float | None
    max_score: float
    hints: int
    visible_only: bool


def attempt_page(root: Path, result: Result, folder: Path, shown: str, timing: Timing) -> AttemptPage:
    """Return the page of an attempt.

    folder: of the graded notebook. shown: "visible", "points" or "all", as in the policy. Raises OSError or ValueError
    where the notebook cannot be read.
    """
    page = Page(result.assignment, result.student, title=result.assignment)
    page.submitted = moment_shown(root, result.submitted)
    if result.is_graded:
        notebook = nbformat.read(folder / f"{result.assignment}.ipynb", as_version=4)
        hidden = _hidden_checks(notebook)
        _read_result(notebook, result)
        HideHiddenTests().preprocess(notebook, ResourcesDict())
        seen = result if shown == "all" else _seen(result, hidden)
        if shown == "visible":
            notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in hidden]
        elif shown == "points":
            _hide_messages(notebook, hidden)
        explanations = explanations_of(root, result.assignment) if shown == "all" else {}
        read_page(page, notebook, seen, catalogue_of(root, result.assignment), explanations)
        page.score = sum(section.score for section in page.sections)
        page.max_score = sum(section.max_score for section in page.sections)
        if shown != "visible":  # where a part is not shown, a penalty would tell it
            page.penalty = timing.penalty(page.score, result.max_score)
            page.score -= page.penalty
        page.notes = _notes(result, shown, timing)
    else:
        page.notes = (
            [f"What you handed in could not be graded: {without_folders(result.reason)}", HAND_IN_AGAIN]
            if result.status != Status.ERROR
            else [ERROR]
        )
    points = 0.0 if page.score is None or shown == "visible" else page.max_score
    if said := timing.late.sentences(timing.zone, page.penalty, points):
        page.notes.append(said)
    hints = sum(bool(section.mistakes) for section in page.sections)
    return AttemptPage(render(page), page.score, page.max_score, hints, shown == "visible")


def _hidden_checks(notebook: NotebookNode) -> set[str]:
    """Return the checks that have hidden tests, in which case all of the check is hidden."""
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    return {grade_id(cell) for cell in checks if cut(cell.source, HIDDEN_TESTS).removed}


def _read_result(notebook: NotebookNode, result: Result) -> None:
    """Copy points from the result into the metadata of cells, as `ReadGrades` does from the gradebook."""
    for cell in notebook.cells:
        name, about = grade_id(cell), cell.metadata.get("nbgrader", {})
        if not name:
            continue
        check = result.checks.get(name)
        about["waits"] = name in result.waiting
        about["score"] = check.score if check else 0.0
        about["comment"] = NO_RESPONSE if name in result.unanswered else ""


def _seen(result: Result, hidden: set[str]) -> Result:
    """Return the result without the mistakes of exercises of which no visible check fails.

    A mistake is recognised by hidden cases as well, so its hint would tell of them.
    """
    seen = copy.deepcopy(result)
    failed = {exercise_of(name) for name, check in result.checks.items() if check.message and name not in hidden}
    for name, exercise in seen.exercises.items():
        if name not in failed:
            exercise.mistakes = []
    return seen


def _hide_messages(notebook: NotebookNode, hidden: set[str]) -> None:
    for cell in notebook.cells:
        if grade_id(cell) in hidden and any(output.output_type == "error" for output in cell.outputs):
            cell.outputs = [new_output("error", ename="Failed", evalue=NOT_SHOWN, traceback=[NOT_SHOWN])]


def _notes(result: Result, shown: str, timing: Timing) -> list[str]:
    until = show(timing.until, timing.zone) if timing.until else AS_LONG
    notes = [{"visible": VISIBLE_ONLY, "points": POINTS_ONLY}[shown].format(until=until)] if shown != "all" else []
    if result.reason:
        told = without_folders(result.reason).replace("The student's code", "Your code") if shown == "all" else ""
        notes.append(f"Some of your code was stopped or crashed. {told}".strip())
    return notes + remark_notes(result.remarks)
