"""The catalogue of answers: other right ways, the usual mistakes, and shortcuts, read from `answers/NN_topic.py`."""

from __future__ import annotations

import ast
import copy
import textwrap
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.notebooks import assignment

Kind = Literal["right", "wrong", "shortcut"]

# The argument by which a decorator says more of an answer.
_SAID_BY: dict[str, str] = {"wrong": "hint", "shortcut": "uses"}


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

    known: the names of the exercises; None accepts any name.
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
    seen: dict[tuple[str, str], Answer] = {}
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        answer = _answer(function, text.splitlines(), path)
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
    # The function takes no arguments, so its header is one line; the lines below it are the answer, with its comments.
    source = textwrap.dedent("\n".join(lines[function.lineno : function.end_lineno]))
    if not source.strip():
        raise CourseError(f"{_place(path, function)} has its body in the line of `def`; begin it in the next one.")
    return Answer(exercise, function.name, kind, hint, source)


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
        f'{_place(path, function)} must have one decorator: `@right("exercise")`, `@wrong("exercise", hint="...")` or '
        '`@shortcut("exercise", uses="...")`.'
    )


def _place(path: Path, function: ast.FunctionDef) -> str:
    return f"{path.name}, line {function.lineno}: {function.name}"
