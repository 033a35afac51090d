"""What a student gets back: verdicts without the hidden tests behind them.

`nbgrader_config.py` puts `HideHiddenTests` before the steps that turn a graded notebook into a page of HTML.
"""

from __future__ import annotations

import re

from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

from autograder.regions import HIDDEN_TESTS, cut, telling

# A path that begins at the root or at home, up to its last part: where the instructor's files are is not for students.
FOLDERS = re.compile(r"(?<![\w/.:~])~?/(?:[\w.@+-]+/)+")
STOPPED = ("CellTimeoutError", "KeyboardInterrupt")  # what nbgrader leaves behind when a cell takes too long
TOO_LONG = "This took longer than the time limit and was stopped."
WITHHELD = "(a line of a hidden test)"


class HideHiddenTests(NbGraderPreprocessor):
    """Take hidden tests out of cells, and what they would give away out of outputs.

    A graded cell that failed shows one sentence in place of its outputs, because a stack trace quotes the tests.
    Other outputs lose lines of hidden tests and the folders of absolute paths.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        cuts = [cut(cell.source, HIDDEN_TESTS) for cell in nb.cells]
        visible = "\n".join(part.kept for part in cuts)
        self._secrets = telling([line for part in cuts for line in part.removed], visible)
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        cell.source = cut(cell.source, HIDDEN_TESTS).kept
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
        elif "text/plain" in output.data:
            output.data["text/plain"] = self._clean(output.data["text/plain"])
        return output

    def _error(self, output: NotebookNode, lines: list[str]) -> NotebookNode:
        shown = [self._clean(line) for line in lines]
        return new_output("error", ename=output.ename, evalue=self._clean(output.evalue), traceback=shown)

    def _clean(self, text: str) -> str:
        lines = FOLDERS.sub("", strip_ansi(text)).split("\n")
        return "\n".join(WITHHELD if any(secret in line for secret in self._secrets) else line for line in lines)


def verdict(error: NotebookNode) -> str:
    """Return the one thing that a student should read of the output `error` of a check cell."""
    if error.ename == "Failed":
        return error.evalue
    if error.ename in STOPPED:
        return TOO_LONG
    first = next((line.strip() for line in error.evalue.splitlines() if line.strip()), "")
    return f"{error.ename}: {first}" if first else error.ename
