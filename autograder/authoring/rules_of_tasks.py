"""What a task rules out: the line that students read, and the line of its checks, say the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from autograder.notebooks.assignment import Exercise, cells_of
from course_utils.check import ruled_out, rules

# How the line of a task begins that says what it rules out.
NOT = "**Not:**"

_LINE = re.compile(rf"^{re.escape(NOT)}(.+?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)


class _Call(NamedTuple):
    """One `check.rules_out`: the names that an answer defines, and what is ruled out."""

    names: tuple[str, ...]
    rules: tuple[str, ...]


def violations(exercise: Exercise, notebook: NotebookNode, setup: str) -> Iterator[str]:
    """Yield one sentence for each thing that is wrong with what the checks of an exercise rule out."""
    asked: list[_Call] = []
    for cell in exercise.checks:
        calls = list(_calls(ast.parse(cell.visible_source)))
        if len(calls) > 1 or None in calls:
            yield f"{cell.grade_id} must have one line check.rules_out(...), whose arguments are written out as texts."
            return
        asked.append(calls[0] if calls and calls[0] else _Call((), ()))
    if len(set(asked)) > 1:
        yield f"the checks of {exercise.name} rule out different things; give each the same line check.rules_out(...)."
        return
    names, wanted = asked[0] if asked else _Call((), ())
    line = _line(notebook, exercise)
    if names and set(names) != set(exercise.names):
        yield (
            f"the checks of {exercise.name} rule out something for {', '.join(names)}; it defines "
            f"{', '.join(exercise.names)}."
        )
    if wanted and not line:
        yield f'{exercise.name} rules out {wanted[0]}, and its task does not say so; begin a paragraph with "{NOT}".'
    for rule in wanted:
        if ruled_out.unknown(rule):
            yield f"{exercise.name} rules out {rule}, which is neither a group nor anything that is installed here."
        elif line and _last(rule) not in line:
            yield f"{exercise.name} rules out {rule}, which the line {NOT} of its task does not name."
    if line and not wanted:
        yield f"the task of {exercise.name} has a line {NOT}, and its checks do not rule out anything."
    if said := rules.broken([setup, exercise.answer], names, wanted):
        yield f"the solution of {exercise.name} breaks the rule of its own task: {' '.join(said.split())}"


def broken_by(exercise: Exercise, setup: str, answer: str) -> str:
    """Return the sentence that an answer to an exercise gets for what it uses, in a line; empty where there is none."""
    asked = next((call for cell in exercise.checks for call in _calls(ast.parse(cell.visible_source)) if call), None)
    return " ".join(rules.broken([setup, answer], asked.names, asked.rules).split()) if asked else ""


def _calls(tree: ast.AST) -> Iterator[_Call | None]:
    """Yield the arguments of each `check.rules_out`; None where one of them is not written out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check.rules_out":
            names, *ruled_out = [_texts(argument) for argument in node.args] or [()]
            is_written_out = names and all(len(texts) == 1 for texts in ruled_out)
            yield _Call(names, tuple(texts[0] for texts in ruled_out)) if is_written_out else None


def _texts(argument: ast.expr) -> tuple[str, ...]:
    """Return the texts of a text or a list of texts; nothing for any other expression."""
    match argument:
        case ast.Constant(str(text)):
            return (text,)
        case ast.List(parts) | ast.Tuple(parts):
            return tuple(text for part in parts for text in _texts(part))
        case _:
            return ()


def _line(notebook: NotebookNode, exercise: Exercise) -> str:
    """Return what the task says that it rules out; empty where it says nothing."""
    for cell in cells_of(notebook, exercise.name):
        if cell.cell_type == "markdown" and (found := _LINE.search(cell.source)):
            return found[1].replace("\n", " ")
    return ""


def _last(rule: str) -> str:
    """Return what the task has to name: a group as it is, of a full name its last part."""
    return rule if rule in ruled_out.GROUPS else rule.removesuffix(".*").rpartition(".")[2]
