"""An assignment is changed after the class was graded: old scores are not exported as new ones; there is a way on."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode
from support.small_class import RIGHT, answered, grade, hand_in
from support.tiny_course import NAME, answer, check, command, make_course, master, write

from autograder.authoring.release import generate


def two_exercises() -> NotebookNode:
    notebook = master()
    notebook.cells.append(
        answer("triple", "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION")
    )
    notebook.cells.append(check("triple_check", "assert triple(2) == 6"))
    return notebook


@pytest.fixture
def course(tmp_path) -> Path:
    """A course of two exercises in which one student was graded."""
    root = make_course(tmp_path / "course", two_exercises())
    generate(root)
    hand_in(root, "ash", answered(RIGHT, two_exercises()))
    grade(root)
    return root


def change(root: Path, notebook: NotebookNode) -> None:
    write(root / "source" / NAME / f"{NAME}.ipynb", notebook)


def exported(root: Path) -> dict[str, str]:
    assert command(root, "export").returncode == 0
    with (root / "grades.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    return row


def test_a_score_of_other_points_is_not_exported_until_it_is_graded_again(course):
    assert (exported(course)["status"], exported(course)["score"]) == ("graded", "2.0")
    notebook = two_exercises()
    notebook.cells[-1].metadata.nbgrader.points = 7
    change(course, notebook)
    generate(course)
    row = exported(course)
    assert (row["status"], row["score"]) == ("graded before the assignment was changed", "")
    assert row["reason"] == f"run `autograder grade {NAME} --regrade`."
    grade(course, "--regrade")
    row = exported(course)
    assert (row["status"], row["score"], row["max_score"]) == ("graded", "8.0", "8.0")


def test_an_exercise_that_was_removed_leaves_a_way_on_that_the_message_names(course):
    change(course, master())
    refused = command(course, "grade", NAME)
    assert refused.returncode != 0 and f"run `autograder generate {NAME}`" in refused.stderr
    refused = command(course, "generate", NAME)
    assert refused.returncode != 0 and "Traceback" not in refused.stderr
    steps = [step for step in re.findall(r"`([^`]+)`", " ".join(refused.stderr.split())) if step.count(" ")]
    assert len(steps) == 4
    for step in steps:
        type_in(course, step)
    row = exported(course)
    assert (row["status"], row["score"], row["max_score"]) == ("graded", "1.0", "1.0")


def type_in(root: Path, line: str) -> None:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(root)}
    done = subprocess.run(shlex.split(line), cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{line}: {done.stderr[-2000:]}"
