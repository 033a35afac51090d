"""The proof of the tests in stock nbgrader: real kernels, nbgrader's own scores.

Answers to different exercises share a submission, so that a catalogue costs as many kernels as its longest exercise has
answers. A kernel takes seconds, and the same check cells judge the whole catalogue in test_answers.py and, through the
engine, in test_prove_units.py. So here each run grades the master, the untouched release and a few submissions drawn
anew. COURSE_DRAW=N, which a failing test prints, draws those of an earlier run; COURSE_PROOFS=all takes every one.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from nbformat import NotebookNode, read, write
from support.proofs import choice
from support.stock import graded_by_stock
from support.units import ROOT, UNITS

from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.catalogue import Answer, group, load, submission

IS_WHOLE = choice() == "all"
DRAWN = 2  # submissions per unit
DRAW = int(os.environ.get("COURSE_DRAW") or random.SystemRandom().randrange(10**6))

pytestmark = pytest.mark.proof("source/{unit}", "answers/{unit}.py", whole=IS_WHOLE)


class Graded(NamedTuple):
    """A class that stock nbgrader has graded. answers: by the name of the submission, then of the exercise."""

    course: Course
    unit: str
    answers: dict[str, dict[str, Answer]]


@pytest.fixture(scope="module", params=UNITS)
def graded(request, tmp_path_factory) -> Graded:
    """Grade master, untouched release and submissions made of the catalogue's answers."""
    print(f"COURSE_DRAW={DRAW}")
    return graded_class(request.param, tmp_path_factory.mktemp("course"))


def drawn(unit: str) -> dict[str, dict[str, Answer]]:
    """Return submissions made of the catalogue's answers, by name: all of them, or DRAWN at random."""
    groups = group(load(ROOT / "answers" / f"{unit}.py"))
    chosen = range(len(groups)) if IS_WHOLE else random.Random(f"{DRAW} {unit}").sample(range(len(groups)), DRAWN)
    return {f"group-{number}": groups[number] for number in sorted(chosen)}


def graded_class(unit: str, root: Path) -> Graded:
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "source" / unit, root / "source" / unit)
    course = Course(root, stock=True)
    course.generate(unit)
    groups = drawn(unit)
    released = read(root / "release" / unit / f"{unit}.ipynb", as_version=4)
    hand_in(root, unit, "master", read(ROOT / "source" / unit / f"{unit}.ipynb", as_version=4))
    hand_in(root, unit, "untouched", released)
    for student, answers in groups.items():
        filled = submission(released, {name: answer.source for name, answer in answers.items()})
        hand_in(root, unit, student, filled)
    for student in sorted(path.name for path in (root / "submitted").iterdir()):
        assert graded_by_stock(course, unit, student) is None, student
    return Graded(course, unit, groups)


def hand_in(root: Path, unit: str, student: str, notebook: NotebookNode) -> None:
    folder = root / "submitted" / student / unit
    folder.mkdir(parents=True)
    write(notebook, folder / f"{unit}.ipynb")


def test_the_master_scores_everything(graded):
    course, unit, _ = graded
    scores = course.scores(unit, "master")
    assert sum(maximum for _, maximum in scores.values()) == 50
    assert [name for name, (score, maximum) in scores.items() if score != maximum] == []


def test_the_untouched_release_scores_nothing_and_every_check_says_why(graded):
    course, unit, _ = graded
    assert {score for score, _ in course.scores(unit, "untouched").values()} == {0}
    notebook = read(course.root / "autograded" / "untouched" / unit / f"{unit}.ipynb", as_version=4)
    checks = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert len(checks) >= 2 * len(course.scores(unit, "untouched"))
    for cell in checks:
        errors = [output for output in cell.outputs if output.output_type == "error"]
        assert len(errors) == 1 and "is not implemented yet" in errors[0].evalue, cell.id


def test_every_right_answer_gets_full_marks_and_every_wrong_one_loses_some(graded):
    course, unit, groups = graded
    misjudged = []
    for student, answers in groups.items():
        scores = course.scores(unit, student)
        for name, answer in answers.items():
            score, maximum = scores[name]
            if (score == maximum) != (answer.kind == "right"):
                misjudged.append(f"{name}: {answer.kind} answer {answer.name} got {score:g} of {maximum:g}")
    assert misjudged == [], f"COURSE_DRAW={DRAW} draws these again"
