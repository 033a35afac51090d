"""Where a check rejects the course's own answer, that exercise is graded for nobody, and all others are graded."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.small_class import answered, grade, hand_in, results
from support.tiny_course import DOUBLE, NAME, answer, check, command, make_course, nbgrader_metadata, write

BOTH = {"double": "def double(x):\n    return 2 * x", "triple": "def triple(x):\n    return 3 * x"}
SETUP = "from course_utils import check"
EXPLAINED = """\
<details><summary>Hint 1</summary>

How often?

</details>
<details><summary>Why it is so</summary>

Three times $x^2$ is $x^2 + x^2 + x^2$.

</details>"""


def master(three: int = 7, two: int = 4) -> NotebookNode:
    """Return a master of two exercises. three, two: what their checks take for the triple of 2 and its double."""
    triple = DOUBLE.replace("double", "triple").replace("x + x", "x + x + x").replace("2 x", "3 x")
    return new_notebook(
        cells=[
            new_code_cell(SETUP, metadata=nbgrader_metadata("setup", locked=True)),
            new_markdown_cell("# Tiny\n\n### 1.1 Double (1 point)"),
            answer("double", DOUBLE),
            check("double_check", f"check.call(double, 2).equals({two})"),
            new_markdown_cell("### 1.2 Triple (2 points)"),
            answer("triple", triple),
            check("triple_check", f"check.call(triple, 2).equals({three})"),
            check("triple_check_2", "check.call(triple, 0).equals(0)"),
            new_markdown_cell(EXPLAINED),
        ]
    )


def submission(**answers: str) -> NotebookNode:
    work = master()
    for name, source in (BOTH | answers).items():
        work = answered(source, work, name)
    return work


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = make_course(tmp_path / "course", master())
    hand_in(root, "ash", submission())
    hand_in(root, "birch", submission(double="def double(x):\n    return x"))
    return root


def exported(root: Path) -> dict[str, dict[str, str]]:
    done = command(root, "export", "--to", "grades.csv")
    assert done.returncode == 0, done.stderr
    rows = csv.DictReader(io.StringIO((root / "grades.csv").read_text(encoding="utf-8")))
    return {row["student_id"]: row for row in rows}


def page(root: Path, student: str) -> str:
    done = command(root, "feedback", NAME)
    assert done.returncode == 0, done.stderr
    text = (root / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    return " ".join(BeautifulSoup(text, "html.parser").get_text(" ").split())


@pytest.mark.parametrize("how", ["autograder", "nbgrader"])
def test_open_points_are_no_zero_in_the_export_and_none_in_feedback_and_report(how, course):
    if how == "autograder":
        grade(course)
    else:
        assert command(course, "generate", NAME).returncode == 0
        done = command(course, "autograde", NAME, module="nbgrader")
        assert done.returncode == 0, done.stderr
    for row in exported(course).values():
        assert (row["status"], row["score"]) == ("waits for manual grading", "")
        assert "`triple` is not graded" in row["remarks"]
    words = page(course, "ash")
    assert "1.2 Triple waits for your instructor" in words and "Not graded: the course's own answer fails" in words
    assert "expected 7" not in words
    done = command(course, "report", NAME)
    assert done.returncode == 0, done.stderr
    [report] = (course / "reports").rglob("*.html")
    shown = report.read_text(encoding="utf-8")
    assert "`triple` is not graded" in shown and "Nobody gets a point" not in shown


def test_one_exercise_is_left_open_until_the_master_is_mended_and_graded_by_resume(course):
    said = grade(course)
    assert "`triple` is not graded in 2 submissions: the master itself fails triple_check here (" in said
    assert f"`autograder grade {NAME} --resume`" in said
    made = results(course)
    assert {name: about["score"] for name, about in made.items()} == {"ash": 1.0, "birch": 0.0}
    assert all(set(about["exercises"]) == {"double"} for about in made.values())
    assert made["ash"]["waiting"] == ["triple_check", "triple_check_2"] and made["ash"]["max_score"] == 3.0

    assert "kept from an earlier run" not in grade(course, "--resume")  # the machine may have been at fault

    write(course / "source" / NAME / f"{NAME}.ipynb", master(three=6))
    assert "not graded" not in grade(course, "--resume")
    scores = {name: (row["status"], row["score"]) for name, row in exported(course).items()}
    assert scores == {"ash": ("graded", "3.0"), "birch": ("graded", "2.0")}


def test_a_master_that_fails_everywhere_stops_the_run(course):
    write(course / "source" / NAME / f"{NAME}.ipynb", master(two=5))
    done = command(course, "grade", NAME)
    assert done.returncode == 1 and "the master of 01_tiny itself fails double_check here" in done.stderr
    assert len(done.stderr.splitlines()) == 1 and results(course) == {}


def test_a_setup_cell_that_breaks_stops_the_run_in_one_sentence(course):
    broken = master(three=6)
    broken.cells[0].source = f"{SETUP}\nraise RuntimeError('no data')"
    write(course / "source" / NAME / f"{NAME}.ipynb", broken)
    done = command(course, "grade", NAME)
    assert done.returncode == 1 and done.stderr.startswith("error: ") and len(done.stderr.splitlines()) == 1
    assert results(course) == {}


def test_the_feedback_explains_each_exercise_whatever_was_scored(course):
    write(course / "source" / NAME / f"{NAME}.ipynb", master(three=6))
    hand_in(course, "cedar", submission(triple="def triple(x):\n    return x"))
    grade(course)
    assert command(course, "feedback", NAME).returncode == 0
    for student in ("ash", "cedar"):
        text = (course / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
        [explained] = BeautifulSoup(text, "html.parser").find_all(class_="explanation")
        assert [image["alt"] for image in explained.find_all("img")] == ["x^2", "x^2 + x^2 + x^2"]
        assert explained.get_text().startswith("Three times") and "$" not in explained.get_text()
