"""What a task rules out: the line that students read, and the line of its checks, say the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.notebooks.assignment import Exercise, cells_of
from course_utils.check import ruled_out, rules

# How the line of a task begins that says what it rules out.
NOT = "**Not:**"

_LINE = re.compile(rf"^{re.escape(NOT)}(.+?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)


def violations(exercise: Exercise, notebook: NotebookNode, setup: str) -> Iterator[str]:
    """Yield one sentence for each thing that is wrong with what the checks of an exercise rule out."""
    asked: list[tuple[str, ...]] = []
    for cell in exercise.checks:
        calls = list(_calls(ast.parse(cell.visible_source)))
        if len(calls) > 1 or None in calls:
            yield f"{cell.grade_id} must have one line check.rules_out(...), whose arguments are written out as texts."
            return
        asked.append(calls[0] or () if calls else ())
    if len(set(asked)) > 1:
        yield f"the checks of {exercise.name} rule out different things; give each the same line check.rules_out(...)."
        return
    names, wanted = set(asked[0][:1]) if asked else set[str](), asked[0][1:] if asked else ()
    line = _line(notebook, exercise)
    if wanted and not line:
        yield f'{exercise.name} rules out {wanted[0]}, and its task does not say so; begin a paragraph with "{NOT}".'
    for rule in wanted:
        if ruled_out.unknown(rule):
            yield f"{exercise.name} rules out {rule}, which is neither a group nor anything that is installed here."
        elif line and _last(rule) not in line:
            yield f"{exercise.name} rules out {rule}, which the line {NOT} of its task does not name."
    if line and not wanted:
        yield f"the task of {exercise.name} has a line {NOT}, and its checks do not rule out anything."
    if said := rules.broken([setup, exercise.answer], sorted(names), wanted):
        yield f"the solution of {exercise.name} breaks the rule of its own task: {' '.join(said.split())}"


def _calls(tree: ast.AST) -> Iterator[tuple[str, ...] | None]:
    """Yield the arguments of each `check.rules_out`; None where one of them is no text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check.rules_out":
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield tuple(texts) if len(texts) == len(node.args) else None


def _line(notebook: NotebookNode, exercise: Exercise) -> str:
    """Return what the task says that it rules out; empty where it says nothing."""
    for cell in cells_of(notebook, exercise.name):
        if cell.cell_type == "markdown" and (found := _LINE.search(cell.source)):
            return found[1].replace("\n", " ")
    return ""


def _last(rule: str) -> str:
    """Return what the task has to name: a group as it is, of a full name its last part."""
    return rule if rule in ruled_out.GROUPS else rule.removesuffix(".*").rpartition(".")[2]
