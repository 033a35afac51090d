"""The catalogue of answers: other right ways, the usual mistakes, and shortcuts, read from `answers/NN_topic.py`."""

from __future__ import annotations

import ast
import copy
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.notebooks import assignment

Kind = Literal["right", "wrong", "shortcut"]

# The argument by which a decorator says more of an answer.
_SAID_BY: dict[str, str] = {"wrong": "hint", "shortcut": "uses"}

# The decorator of what all answers to an exercise have, unless they define it themselves.
_SHARED = "shared"


@dataclass(frozen=True)
class Answer:
    """One answer to `exercise`. `source` replaces the exercise's answer cell.

    hint: of a wrong answer, the question that leads to the error; of a shortcut, what it uses; of a right one, empty.
    """

    exercise: str
    name: str
    kind: Kind
    hint: str
    source: str


@dataclass(frozen=True)
class Catalogue:
    """All answers of one file, in the order of the file."""

    answers: tuple[Answer, ...]

    @property
    def exercises(self) -> list[str]:
        """The exercises that have answers, in the order of the file."""
        return list(dict.fromkeys(answer.exercise for answer in self.answers))

    def right(self, exercise: str) -> list[Answer]:
        """Return the right answers to `exercise`."""
        return [answer for answer in self.answers if (answer.exercise, answer.kind) == (exercise, "right")]

    def wrong(self, exercise: str) -> list[Answer]:
        """Return the wrong answers to `exercise`."""
        return [answer for answer in self.answers if (answer.exercise, answer.kind) == (exercise, "wrong")]

    def shortcuts(self, exercise: str) -> list[Answer]:
        """Return the answers to `exercise` that give the right numbers without the work."""
        return [answer for answer in self.answers if (answer.exercise, answer.kind) == (exercise, "shortcut")]


def load(path: Path, known: Collection[str] | None = None) -> Catalogue:
    """Read the catalogue at `path`. It is parsed, not run.

    known: the names of the exercises; None accepts any name. What stands under `@shared("name")` is part of every
    answer to this exercise that does not define it itself.
    Raises CourseError if the file is missing or not Python, if an answer's decorator is none of `@right("name")`,
    `@wrong("name", hint="...")` and `@shortcut("name", uses="...")`, if its exercise is unknown or its hint missing,
    and if a name is used twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
    except FileNotFoundError:
        raise CourseError(f"there is no catalogue of answers {path}; write one, or check its name.") from None
    except (SyntaxError, ValueError) as error:
        raise CourseError(f"{path} is not Python ({error}); fix it.") from None
    lines, functions = text.splitlines(), [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    shared = _shared(functions, lines, path)
    seen: dict[tuple[str, str], Answer] = {}
    for function in (function for function in functions if not _shared_by(function)):
        answer = _answer(function, lines, path)
        answer = replace(answer, source=_with_shared(answer.source, shared.get(answer.exercise, "")))
        if known is not None and answer.exercise not in known:
            raise CourseError(
                f"{_place(path, function)} answers the exercise {answer.exercise}, which the assignment does not have; "
                f"it has {', '.join(known)}."
            )
        if (answer.exercise, answer.name) in seen:
            raise CourseError(
                f"{_place(path, function)} is the second answer of this name to {answer.exercise}; give it another."
            )
        seen[answer.exercise, answer.name] = answer
    return Catalogue(tuple(seen.values()))


def load_if_there(path: Path) -> Catalogue:
    """Read the catalogue at `path`; a course without one has an empty one. Raises CourseError as `load` does."""
    return load(path) if path.is_file() else Catalogue(())


def submission(notebook: NotebookNode, answers: Mapping[str, str]) -> NotebookNode:
    """Return a copy of a released (or master) notebook whose answer cells hold `answers`, {exercise: source}.

    Raises CourseError if the notebook has no answer cell of that name.
    """
    filled = copy.deepcopy(notebook)
    cells = {assignment.grade_id(cell): cell for cell in assignment.answer_cells(filled)}
    for exercise, source in answers.items():
        if exercise not in cells:
            raise CourseError(f"the notebook has no answer cell {exercise}; it has {', '.join(cells)}.")
        cells[exercise].source = source
    return filled


def group(catalogue: Catalogue) -> list[dict[str, Answer]]:
    """Pack all answers into as few submissions as possible, each answer into one of them.

    Returns one dict per submission, {exercise: answer}. Later submissions leave out exercises with few answers.
    """
    kinds = (catalogue.right, catalogue.wrong, catalogue.shortcuts)
    queues = [[answer for of_kind in kinds for answer in of_kind(exercise)] for exercise in catalogue.exercises]
    return [{answer.exercise: answer for answer in row if answer} for row in zip_longest(*queues)]


def _answer(function: ast.FunctionDef, lines: list[str], path: Path) -> Answer:
    kind, exercise, hint = _decoration(function, path)
    if kind == "wrong" and not hint.strip():
        raise CourseError(f'{_place(path, function)} is a wrong answer without a hint; write `hint="..."`.')
    if kind == "shortcut" and not hint.strip():
        raise CourseError(f'{_place(path, function)} is a shortcut that does not say what it uses; write `uses="..."`.')
    source = _body(function, lines)
    if not source.strip():
        raise CourseError(f"{_place(path, function)} has its body in the line of `def`; begin it in the next one.")
    return Answer(exercise, function.name, kind, hint, source)


def _body(function: ast.FunctionDef, lines: list[str]) -> str:
    """Return the body of a function that takes no arguments, so that its header is one line, with its comments."""
    return textwrap.dedent("\n".join(lines[function.lineno : function.end_lineno]))


def _shared_by(function: ast.FunctionDef) -> str:
    """Return the exercise whose answers share the body of a function; "" if it is an answer itself."""
    match function.decorator_list:
        case [ast.Call(func=ast.Name(name), args=[ast.Constant(str(exercise))], keywords=[])] if name == _SHARED:
            return exercise
    return ""


def _shared(functions: Sequence[ast.FunctionDef], lines: list[str], path: Path) -> dict[str, str]:
    """Return, by exercise, what its answers share. Raises CourseError where an exercise has two such functions."""
    found: dict[str, str] = {}
    for function in functions:
        if exercise := _shared_by(function):
            if exercise in found:
                raise CourseError(
                    f"{_place(path, function)} is the second `@{_SHARED}` of {exercise}; put the two into one function."
                )
            found[exercise] = _body(function, lines)
    return found


def _with_shared(source: str, shared: str) -> str:
    """Return an answer followed by those definitions of `shared` whose names it does not define."""
    if not shared:
        return source
    own = set(assignment.defined_names(ast.parse(source)))
    lines = shared.splitlines()
    parts = [
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(shared).body
        if own.isdisjoint(assignment.defined_names(ast.Module([node], [])))
    ]
    return "\n\n".join([source.rstrip("\n"), *parts])


def _decoration(function: ast.FunctionDef, path: Path) -> tuple[Kind, str, str]:
    """Return (kind, exercise, hint or what a shortcut uses)."""
    match function.decorator_list:
        case [
            ast.Call(
                func=ast.Name("right" | "wrong" | "shortcut" as kind),
                args=[ast.Constant(str(exercise))],
                keywords=keywords,
            )
        ]:
            match keywords:
                case [ast.keyword(argument, ast.Constant(str(said)))] if argument == _SAID_BY.get(kind):
                    return kind, exercise, said
                case []:
                    return kind, exercise, ""
                case _:
                    pass
    raise CourseError(
        f'{_place(path, function)} must have one decorator: `@right("exercise")`, `@wrong("exercise", hint="...")`, '
        '`@shortcut("exercise", uses="...")` or `@shared("exercise")`.'
    )


def _place(path: Path, function: ast.FunctionDef) -> str:
    return f"{path.name}, line {function.lineno}: {function.name}"
