"""Plain checks: cells that assert, as nbgrader's do, and ask nothing of `course_utils.check`.

A plain check is *split* where it can be: it runs in the judge, with proxies instead of what answers define. Any other
runs *beside* the student's code: in a copy of the student's process, as under nbgrader. There, nobody can prove that
the verdict is the check's own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from nbformat import NotebookNode

from autograder.engine.names_of_checks import names_of
from autograder.engine.outputs import error_output
from autograder.engine.trusted_code import is_trusted
from autograder.notebooks.assignment import CheckCell, grade_id
from autograder.notebooks.code import parsed_cell

# The line of a check cell at which IPython's trace of an error points, first of all traces in it.
_ARROW = re.compile(r"^-+> *\d+ (.*)$", re.MULTILINE)

_COLOURS = re.compile(r"\x1b\[[\d;]*m")

# Characters of an error's text that go into a verdict.
MAX_QUOTED = 500

_IN_THE_LINE = " (in the line `"

# What is said where the line that failed is none that students have.
HIDDEN_TEST = "A hidden test fails"


@dataclass(frozen=True)
class PlainChecks:
    """How a judge runs the plain checks of a notebook.

    checks: by name, in the order of the notebook. beside: the names of those that run in the student's process, and
    why. given: source of what the instructor's cells import and define, for those that are split. stderr_costs: whether
    what a check writes to stderr costs its points.
    """

    checks: Mapping[str, CheckCell] = field(default_factory=dict[str, CheckCell])
    beside: Mapping[str, str] = field(default_factory=dict[str, str])
    given: str = ""
    stderr_costs: bool = False

    def read_by(self, name: str) -> list[str]:
        """Return the earlier plain checks that leave names which the check `name` reads, in order."""
        given, order = names_of(self.given).bound, [*self.checks]
        found, wanted = list[str](), {*names_of(self.checks[name].source).read} - given
        for earlier in reversed(order[: order.index(name)]):
            read, bound = names_of(self.checks[earlier].source)
            if bound & wanted:
                found.append(earlier)
                wanted |= read - given
        return found[::-1]


class Ended(NamedTuple):
    """How a plain check ended.

    message: empty where it passed. error: the text of the error that ended it. waits: the check gave no points that can
    be taken. stderr_mattered: it passed, and wrote to stderr.
    """

    score: float
    message: str = ""
    error: str = ""
    waits: bool = False
    stderr_mattered: bool = False


# How a check ends that wrote to stderr in a course where that costs its points.
LOUD = Ended(0.0, "The check passed and wrote to stderr, which gives no points in this course.")


def ended(outputs: Sequence[NotebookNode], check: CheckCell, stderr_costs: bool) -> Ended:
    """Return the points that the outputs of a check cell give, by nbgrader's rules: all, none, or the last expression.

    An error counts wherever it is among the outputs, and of several results the last.
    """
    errors = [output for output in outputs if output.output_type == "error"]
    if errors:
        return failed(errors[-1].ename, errors[-1].evalue, _line_of(errors[-1]), check)
    loud = any(output.output_type == "stream" and output.name == "stderr" for output in outputs)
    if loud and stderr_costs:
        return LOUD
    results = [output for output in outputs if output.output_type == "execute_result"]
    if not results:
        return Ended(check.points, stderr_mattered=loud)
    return partial_credit(str(results[-1].data.get("text/plain", "")), check)._replace(stderr_mattered=loud)


def partial_credit(result: str, check: CheckCell) -> Ended:
    """Return the points that the value of a check's last expression gives; `result`: as a cell shows it."""
    # Imported here, as it takes a while and this course's own checks need none of it.
    from nbgrader import utils  # pyright: ignore[reportMissingTypeStubs]

    partial_grade = cast("Callable[[dict[str, Any], float], float]", cast(Any, utils).get_partial_grade)
    try:
        score = float(partial_grade({"data": {"text/plain": result}}, check.points))
    except (KeyError, ValueError):
        said = f"The check gives {result[:40]} of {check.points:g} points, which nbgrader does not take."
        return Ended(0.0, said, waits=True)
    return Ended(score, f"The check gives {score:g} of {check.points:g} points." if score < check.points else "")


def as_shown(outputs: Sequence[NotebookNode], found: Ended, stderr_costs: bool) -> list[NotebookNode]:
    """Return the outputs of a check cell for the graded notebook, from which nbgrader would read the same points.

    An error says first what the verdict says. What was written to stderr is among the rest, where it costs nothing.
    """
    shown = [output for output in outputs if output.output_type != "error"]
    for output in shown:
        if output.get("name") == "stderr" and not stderr_costs:
            output.name = "stdout"
    errors = [output for output in outputs if output.output_type == "error"]
    if found.message and not found.score:
        shown.append(error_output("Failed", found.message))
        shown[-1].traceback += errors[-1].traceback if errors else []
    return shown


def result_output(score: float) -> NotebookNode:
    """Return the output of a check cell that gives a part of its points, as its last expression shows it."""
    data = NotebookNode({"text/plain": f"{score:g}"})
    return NotebookNode(output_type="execute_result", data=data, metadata=NotebookNode(), execution_count=None)


def given_source(master: NotebookNode) -> str:
    """Return what the instructor's cells import and define, without running anything else of them.

    That is imports, functions, classes and constants of all code cells except answers and checks, as far as they may
    handle a student's data in the judge.
    """
    kept: list[ast.stmt] = []
    for cell in master.cells:
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and not about.get("solution") and not about.get("grade"):
            kept += [statement for statement in parsed_cell(cell.source).body if _is_given(statement)]
    return "\n".join(map(ast.unparse, kept))


def _is_given(statement: ast.stmt) -> bool:
    if not is_trusted(statement):
        return False
    if isinstance(statement, ast.Assign):
        return all(isinstance(node, _CONSTANT) for node in ast.walk(statement.value))
    return isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))


_CONSTANT = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp, ast.USub, ast.expr_context)


def failed(name: str, text: str, line: str, check: CheckCell) -> Ended:
    """Return how a check ended that raised an error: what it says, and the line of the check, if students have it.

    name: the kind of the error, such as "NameError" or "AssertionError". text: of the error. line: of the check cell;
    empty where it is not known.
    """
    first, line = (text.strip().splitlines() or [""])[0][:MAX_QUOTED], line.strip()
    said = f"{name}: {first}".rstrip(": ")
    if line and line not in {own.strip() for own in check.visible_source.splitlines()}:
        message = f"{HIDDEN_TEST}: {said}" if first and name == "AssertionError" else f"{HIDDEN_TEST}."
    else:
        message = f"{said}{_IN_THE_LINE}{line}`)" if line else said
    return Ended(0.0, message, error=text)


def error_alone(message: str) -> str:
    """Return of a verdict of `failed` the error, as `in_process.named` says it of the catalogue's answers."""
    if message == f"{HIDDEN_TEST}.":
        return AssertionError.__name__
    return message.removeprefix(f"{HIDDEN_TEST}: ").partition(_IN_THE_LINE)[0]


def _line_of(error: NotebookNode) -> str:
    """Return the line of a cell in which an error happened, as IPython's trace shows it; empty where it shows none."""
    found = _ARROW.search(_COLOURS.sub("", "\n".join(error.traceback)))
    return found[1] if found else ""


def plain_cells(master: NotebookNode, checks: Sequence[CheckCell]) -> dict[str, CheckCell]:
    """Return the plain checks among `checks` by name, in the order in which the cells of `master` stand."""
    plain = {check.grade_id: check for check in checks if check.is_plain}
    return {name: plain[name] for cell in master.cells if (name := grade_id(cell)) in plain}
