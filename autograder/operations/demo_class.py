"""The demo class: fourteen students, from perfect to untouched, late or with a broken file.

Their work is made from the catalogue of answers (`answers/`), so a new unit has a class as soon as it has answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.notebooks.catalogue import Answer, Catalogue, submission

Chosen = dict[str, Answer]
Spoil = Callable[[Path], None]


def _nothing(path: Path) -> None:
    pass


@dataclass(frozen=True)
class DemoStudent:
    """One student. `choose` picks the answers that are handed in, `spoil` then damages the file."""

    name: str
    story: str
    choose: Callable[[Catalogue], Chosen]
    spoil: Spoil = _nothing
    late: bool = False

    def work(self, notebook: Path, catalogue: Catalogue) -> None:
        """Fill in the fetched notebook in place."""
        answers = {exercise: answer.source for exercise, answer in self.choose(catalogue).items()}
        nbformat.write(submission(nbformat.read(notebook, as_version=4), answers), notebook)
        self.spoil(notebook)


def right(way: int) -> Callable[[Catalogue], Chosen]:
    """Choose right answers everywhere; `way` counts through the different ones."""
    return lambda catalogue: {name: _nth(catalogue.right(name), way) for name in catalogue.exercises}


def mistaken(way: int, every: int) -> Callable[[Catalogue], Chosen]:
    """Choose a usual mistake in each `every`-th exercise, right answers in the others."""

    def choose(catalogue: Catalogue) -> Chosen:
        chosen = right(way)(catalogue)
        for number, name in enumerate(catalogue.exercises):
            if (number + way) % every == 0:
                chosen[name] = _nth(catalogue.wrong(name), way)
        return chosen

    return choose


def first_half(catalogue: Catalogue) -> Chosen:
    """Choose right answers in the first half, and leave the rest as it was released."""
    exercises = catalogue.exercises
    return {name: answer for name, answer in right(0)(catalogue).items() if name in exercises[: len(exercises) // 2]}


def untouched(catalogue: Catalogue) -> Chosen:
    """Choose no answers."""
    return {}


def cut_the_file(path: Path) -> None:
    """Cut the file in half, so that it is not JSON, as a full disk does."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: len(text) // 2], encoding="utf-8")


def delete_an_answer_cell(path: Path) -> None:
    """Delete the second answer cell."""
    notebook = nbformat.read(path, as_version=4)
    answers = [cell for cell in notebook.cells if _is_answer(cell)]
    notebook.cells.remove(answers[1])
    nbformat.write(notebook, path)


def delete_a_check_cell(path: Path) -> None:
    """Delete the first check cell."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.remove(next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")))
    nbformat.write(notebook, path)


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _nth(answers: list[Answer], number: int) -> Answer:
    return answers[number % len(answers)]


CLASS = (
    DemoStudent("ash", "all right", right(0)),
    DemoStudent("birch", "all right, another way", right(1)),
    DemoStudent("cedar", "all right, a third way", right(2)),
    DemoStudent("elm", "one mistake in five", mistaken(0, every=5)),
    DemoStudent("fern", "one mistake in four", mistaken(1, every=4)),
    DemoStudent("hazel", "one mistake in three", mistaken(2, every=3)),
    DemoStudent("ivy", "one mistake in two", mistaken(3, every=2)),
    DemoStudent("juniper", "mistakes everywhere", mistaken(4, every=1)),
    DemoStudent("larch", "half done", first_half),
    DemoStudent("maple", "untouched", untouched),
    DemoStudent("oak", "all right, but late", right(0), late=True),
    DemoStudent("pine", "deleted an answer cell", right(1), delete_an_answer_cell),
    DemoStudent("rowan", "deleted a check cell", right(0), delete_a_check_cell),
    DemoStudent("willow", "a file cut in half", right(0), cut_the_file),
)
