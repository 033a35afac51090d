"""Reduce a graded notebook to what its student may see: the verdicts, without hidden tests, and the grades.

`autograder.feedback.page` makes the page after these two steps.
"""

from __future__ import annotations

import re
from typing import cast

from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

from autograder.gradebook.rows import NotebookRow
from autograder.notebooks.assignment import grade_id
from autograder.notebooks.nbgrader_master import hidden_test_marks
from autograder.notebooks.regions import cut, telling

# A path that begins at the root or at home, up to its last part: it would show where the instructor's files are.
FOLDERS = re.compile(r"(?<![\w/.:~])~?/(?:[\w.@+-]+/)+")
STOPPED = ("CellTimeoutError", "KeyboardInterrupt")  # the errors that nbgrader notes when a cell takes too long
TOO_LONG = "This took longer than the time limit and was stopped."
WITHHELD = "(a line of a hidden test)"


class HideHiddenTests(NbGraderPreprocessor):
    """Remove hidden tests from cells, and lines of them from outputs.

    A graded cell that failed shows one sentence instead of its outputs, because a stack trace quotes the tests. From
    other outputs, and from descriptions of pictures, lines of hidden tests and folders of absolute paths are removed.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return (`nb`, changed in place, `resources`)."""
        # Marks that a student wrote hide nothing: there might be thousands of lines to look for in all others.
        self._marks = hidden_test_marks(self.config)
        cuts = [cut(cell.source, self._marks) for cell in nb.cells if _is_check(cell)]
        visible = "\n".join(part.kept for part in cuts)
        self._secrets = telling([line for part in cuts for line in part.removed], visible)
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return (`cell`, changed in place, `resources`)."""
        if _is_check(cell):
            cell.source = cut(cell.source, self._marks).kept
        if cell.cell_type == "code":
            errors = [output for output in cell.outputs if output.output_type == "error"]
            if is_grade(cell) and errors:
                cell.outputs = [self._error(errors[-1], [verdict(errors[-1])])]
            else:
                cell.outputs = [self._clean_output(output) for output in cell.outputs]
        return cell, resources

    def _clean_output(self, output: NotebookNode) -> NotebookNode:
        if output.output_type == "stream":
            output.text = self._clean(output.text)
        elif output.output_type == "error":
            return self._error(output, output.traceback)
        else:
            if "text/plain" in output.data:
                output.data["text/plain"] = self._clean(output.data["text/plain"])
            for about in output.metadata.values():
                if isinstance(about, dict) and isinstance(about.get("alt"), str):
                    about["alt"] = self._clean(about["alt"])
        return output

    def _error(self, output: NotebookNode, lines: list[str]) -> NotebookNode:
        shown = [self._clean(line) for line in lines]
        return new_output("error", ename=output.ename, evalue=self._clean(output.evalue), traceback=shown)

    def _clean(self, text: str) -> str:
        lines = without_folders(strip_ansi(text)).split("\n")
        return "\n".join(WITHHELD if any(secret in line for secret in self._secrets) else line for line in lines)


def _is_check(cell: NotebookNode) -> bool:
    """Say whether the instructor wrote a cell that gives points."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade")) and not about.get("solution")


class ReadGrades(NbGraderPreprocessor):
    """Copy grades from the gradebook into the metadata of cells and into `resources["nbgrader"]`.

    A cell gets score, points, by_hand (a person gave them), waits (a person has yet to look) and comment; resources get
    score (after the penalty), max_score and late_penalty. Raises MissingEntry if the gradebook has no submission.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return (`nb`, changed in place, `resources`, changed in place)."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            found = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
            row = cast(NotebookRow, found)
            penalty = row.late_submission_penalty or 0.0
            about |= {"score": row.score - penalty, "max_score": row.max_score, "late_penalty": penalty}
            known: dict[str, dict] = {comment.name: {"comment": comment.comment} for comment in row.comments}
            for grade in row.grades:
                known[grade.name] = known.get(grade.name, {}) | {
                    "score": grade.score,
                    "points": grade.max_score,
                    "by_hand": grade.manual_score is not None,
                    "waits": bool(grade.needs_manual_grade),
                }
        for cell in nb.cells:
            cell.metadata.get("nbgrader", {}).update(known.get(grade_id(cell), {}))
        return nb, resources


def without_folders(text: str) -> str:
    """Return `text` in which absolute paths are reduced to their last part."""
    return FOLDERS.sub("", text)


def verdict(error: NotebookNode) -> str:
    """Return the sentence that the student reads instead of the output `error` of a check cell."""
    if error.ename == "Failed":
        return error.evalue
    if error.ename in STOPPED:
        return TOO_LONG
    first = next((line.strip() for line in error.evalue.splitlines() if line.strip()), "")
    return f"{error.ename}: {first}" if first else error.ename
