"""Grades as CSV: what could not be graded has a status and no score, and what was taken back does not stand."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pytest
from support.small_class import RIGHT, WRONG, grade, hand_in, results
from support.tiny_course import NAME, command, enrol, make_course

from autograder import export
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import GradeRow

BROKEN = b'{"cells": ['


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    """A class in which everything happens, graded and exported by both commands."""
    root = make_course(tmp_path_factory.mktemp("class") / "course")
    for student, work in (("right", RIGHT), ("wrong", WRONG), ("broken", BROKEN), ("crash", "import os; os._exit(0)")):
        hand_in(root, student, work)
    (hand_in(root, "renamed") / f"{NAME}.ipynb").rename(root / "submitted" / "renamed" / NAME / "mine.ipynb")
    grade(root)
    hand_in(root, "later")
    enrol(root, "absent", first_name='A, "B"', last_name="C", email="a@example.org")
    assert command(root, "export").stdout == "grades.csv: 7 rows, 3 with a score\n"
    done = nbgrader(root, "export", "--to=by_nbgrader.csv")
    assert done.returncode == 0, done.stderr[-2000:]
    return root


def nbgrader(root: Path, *words: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(root)}
    return subprocess.run(["nbgrader", *words], cwd=root, env=environment, capture_output=True, text=True)


def lines(root: Path, name: str = "grades.csv") -> dict[str, dict[str, str]]:
    with (root / name).open(newline="") as file:
        return {line["student_id"]: line for line in csv.DictReader(file)}


def test_only_what_was_graded_has_a_score(exported):
    found = {name: (line["status"], line["score"]) for name, line in lines(exported).items()}
    assert found == {
        "absent": ("nothing submitted", ""),
        "broken": ("malformed", ""),
        "crash": ("graded with crashes", "0.0"),
        "later": ("not graded", ""),
        "renamed": ("missing", ""),
        "right": ("graded", "1.0"),
        "wrong": ("graded", "0.0"),
    }


def test_a_line_says_who_when_and_why(exported):
    found = lines(exported)
    assert "is not JSON" in found["broken"]["reason"] and "there is mine.ipynb" in found["renamed"]["reason"]
    absent = found["absent"]
    assert (absent["first_name"], absent["last_name"], absent["email"]) == ('A, "B"', "C", "a@example.org")
    assert {line["max_score"] for line in found.values()} == {"1.0"}
    assert found["broken"]["timestamp"].startswith("2026-09-01 12:00:00")


def test_nbgraders_own_command_writes_the_same_file(exported):
    assert (exported / "by_nbgrader.csv").read_bytes() == (exported / "grades.csv").read_bytes()
    assert nbgrader(exported, "export", "--to=two.csv", '--student=["right", "broken"]').returncode == 0
    assert set(lines(exported, "two.csv")) == {"right", "broken"}


def test_an_unknown_assignment_is_one_sentence(exported):
    done = command(exported, "export", "99_none")
    assert done.returncode == 1 and done.stderr == f"error: the gradebook has no assignment 99_none; it has {NAME}.\n"


@pytest.mark.parametrize("form", ["table", "canvas", "moodle", "brightspace", "blackboard", "gradescope"])
def test_a_format_for_one_assignment_asks_for_one(exported, form):
    done = command(exported, "export", f"--format={form}")
    assert done.returncode == 1 and done.stderr.startswith("error: this format takes one assignment")
    done = command(exported, "export", NAME, "--format", form, "--to", f"{form}.csv")
    lines = 7 if form in ("table", "canvas") else 3
    assert done.stdout == f"{form}.csv: {lines} rows, 3 with a score\n", done.stderr


def test_each_format_is_one_module():
    modules = {path.stem for path in Path(export.__file__).parent.glob("as_*.py")}
    assert modules == {f"as_{form}" for form in export.Format}


# ---- a submission that cannot be read, after one that was graded


@pytest.fixture
def graded(tmp_path) -> Path:
    root = make_course(tmp_path / "course")
    hand_in(root, "ash")
    hand_in(root, "oak")
    grade(root)
    return root


def row(root: Path, student: str) -> list[tuple]:
    """Return (given by the engine, given by hand, asks for a look) of each part."""
    with Course(root).gradebook() as gradebook:
        notebook = gradebook.find_submission(NAME, student).notebooks[0]
        return [(grade.auto_score, grade.manual_score, grade.needs_manual_grade) for grade in notebook.grades]


def test_what_cannot_be_read_takes_the_earlier_points_back_and_says_so(graded):
    hand_in(graded, "ash", BROKEN, "2026-09-02 12:00:00")
    told = grade(graded)
    assert "ash was not graded:" in told
    assert "ash: 1 -> malformed; the points of the earlier submission are taken back" in told
    assert results(graded)["ash"]["score"] is None
    assert (row(graded, "ash"), row(graded, "oak")) == ([(None, None, True)], [(1, None, False)])
    assert not (graded / "autograded" / "ash" / NAME).exists()
    listed = {about["student"]: about["autograded"] for about in Course(graded)._api.get_submissions(NAME)}
    assert listed == {"ash": False, "oak": True}
    command(graded, "export")
    assert (lines(graded)["ash"]["status"], lines(graded)["ash"]["score"]) == ("malformed", "")

    hand_in(graded, "ash", RIGHT, "2026-09-03 12:00:00")
    assert "ash: malformed -> 1" in grade(graded)
    assert row(graded, "ash") == [(1, None, False)]


def test_a_grade_by_hand_outlives_a_submission_that_cannot_be_read(graded):
    with Course(graded).gradebook() as gradebook:
        cast(GradeRow, gradebook.find_grade("double_check", NAME, NAME, "ash")).manual_score = 0.5
        gradebook.db.commit()
    hand_in(graded, "ash", BROKEN)
    grade(graded)
    assert row(graded, "ash") == [(None, 0.5, True)]


def test_points_of_an_earlier_submission_are_not_exported_for_one_that_came_since(graded):
    """Also where nbgrader's own `autograde` has met a notebook that it cannot read, and left the gradebook alone."""
    hand_in(graded, "ash", BROKEN, "2026-09-02 12:00:00")
    assert Course(graded).autograde(NAME, "ash") is not None
    assert row(graded, "ash") == [(1, None, False)]
    command(graded, "export")
    line = lines(graded)["ash"]
    assert (line["status"], line["score"]) == ("handed in again since it was graded", "")


def test_what_waits_for_a_look_has_no_score_yet(graded):
    with Course(graded).gradebook() as gradebook:
        cast(GradeRow, gradebook.find_grade("double_check", NAME, NAME, "ash")).needs_manual_grade = True
        gradebook.db.commit()
    command(graded, "export")
    assert (lines(graded)["ash"]["status"], lines(graded)["ash"]["score"]) == ("waits for manual grading", "")
