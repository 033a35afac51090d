"""Wrong answers that the catalogue does not know, each with the entry whose idea it has, and the names they are given.

`tests/check/unseen/NN_topic.py` is read as a catalogue is. There `hint` is the name of an entry of the unit's own
catalogue, or "none" where no entry has the idea. Answers at even places are for tuning, the others are held out.
`tests/check/unseen/second/` holds answers that were written and labelled when the first had been tuned with.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.engine.class_run import ClassRun
from autograder.engine.grade_one import Task, load_unit
from autograder.engine.isolation import strongest_level
from autograder.notebooks.catalogue import Answer, group, load, submission
from autograder.paths import master_path

FOLDER = Path(__file__).parents[1] / "check" / "unseen"
SECOND = FOLDER / "second"
NO_ENTRY = "none"


@dataclass(frozen=True)
class Named:
    """An unseen answer, and what the engine called it. held_out: whether no one looked at it while tuning."""

    answer: Answer
    mistakes: list[str]
    why_unnamed: str
    is_rejected: bool
    held_out: bool

    @property
    def is_right(self) -> bool:
        return self.answer.hint in self.mistakes

    @property
    def is_wrong(self) -> bool:
        return bool(self.mistakes) and not self.is_right

    @property
    def has_entry(self) -> bool:
        return self.answer.hint != NO_ENTRY


def named(unit: str, root: Path = Path(), seed: int = 1, folder: Path = FOLDER) -> Iterator[Named]:
    """Grade the unseen answers to `unit` in `folder` as submissions are graded, and yield what each was called."""
    asked, unseen = load_unit(root, unit, None), load(folder / f"{unit}.py")
    places = {answer: place for place, answer in enumerate(unseen.answers)}
    groups = {f"s{number}": answered for number, answered in enumerate(group(unseen))}
    with tempfile.TemporaryDirectory(prefix="unseen-") as scratch:
        for name, answered in groups.items():
            folder = Path(scratch) / name
            folder.mkdir()
            sources = {exercise: answer.source for exercise, answer in answered.items()}
            nbformat.write(submission(asked.masters[0].notebook, sources), folder / f"{unit}.ipynb")
        tasks = [Task(name, Path(scratch) / name, seed, "") for name in groups]
        sample = [task.folder / f"{unit}.ipynb" for task in tasks]
        with ClassRun(asked, strongest_level(), len(os.sched_getaffinity(0)), sample) as run:
            for graded in run.results(tasks):
                for answer in groups[graded.student].values():
                    about = graded.exercises[answer.exercise]
                    held_out = places[answer] % 2 == 1
                    yield Named(answer, about.mistakes, about.why_unnamed, about.score < about.max_score, held_out)


def units() -> list[str]:
    return [path.stem for path in sorted(FOLDER.glob("*.py")) if master_path(Path(), path.stem).is_file()]
