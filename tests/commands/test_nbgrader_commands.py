"""nbgrader's own commands, as an instructor and a student type them in the root of a course."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.engine.isolation import strongest_level
from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.catalogue import load, submission
from autograder.settings import nbgrader_config

ROOT = Path(__file__).parents[2]
UNIT = "02_pca_least_squares"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "source" / UNIT, root / "source" / UNIT)
    return root


def nbgrader(course: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
    """Type `nbgrader ...` with the environment's folder on the path, as an activated environment has it."""
    programs = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(course)}
    return subprocess.run(["nbgrader", *words], cwd=cwd or course, env=environment, capture_output=True, text=True)


def must(course: Path, *words: str, cwd: Path | None = None) -> str:
    done = nbgrader(course, *words, cwd=cwd)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def test_the_commands_take_an_assignment_from_its_source_to_the_exported_grades(course):
    notebook = f"{UNIT}.ipynb"
    assert "Success! Your notebook passes all the tests." in must(course, "validate", f"source/{UNIT}/{notebook}")
    must(course, "generate_assignment", UNIT)
    assert (course / "release" / UNIT / notebook).read_bytes() == (ROOT / "release" / UNIT / notebook).read_bytes()
    must(course, "release_assignment", UNIT)

    desk = course / "desk"
    desk.mkdir()
    shutil.copy(course / "nbgrader_config.py", desk)
    setting = f"--Exchange.root={course / 'exchange'}"
    must(course, "fetch_assignment", UNIT, setting, cwd=desk)
    handed_in = desk / "release" / UNIT / notebook
    catalogue = load(ROOT / "answers" / f"{UNIT}.py")
    answers = {name: catalogue.right(name)[0].source for name in catalogue.exercises if name != "ridge"}
    nbformat.write(submission(nbformat.read(handed_in, as_version=4), answers), handed_in)
    assert "`ridge` is not implemented yet" in must(course, "validate", str(handed_in), cwd=desk)
    must(course, "submit", UNIT, setting, cwd=desk)

    must(course, "collect", UNIT)
    must(course, "autograde", UNIT)
    must(course, "generate_feedback", UNIT)
    must(course, "release_feedback", UNIT)
    must(course, "export", "--to=grades.csv")
    with (course / "grades.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["assignment"], float(row["score"]), float(row["max_score"])) == (UNIT, 44.0, 50.0)
    (page,) = (course / "feedback").glob(f"*/{UNIT}/*.html")
    assert "`ridge` is not implemented yet" in page.read_text(encoding="utf-8")


def test_autograde_judges_apart_from_the_students_code(course):
    """What would get full marks where the tests run in the student's process gets none, and the result says why."""
    must(course, "generate_assignment", UNIT, "--force")
    released = nbformat.read(course / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)
    forged = "from course_utils import check\ncheck.call = check.runs = lambda *_, **__: check\ncheck.equals = print\n"
    catalogue = load(ROOT / "answers" / f"{UNIT}.py")
    answers = {"ridge": forged, "project": catalogue.right("project")[0].source}
    path = course / "submitted" / "mallory" / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(submission(released, answers), path)
    must(course, "autograde", UNIT, "--student", "mallory")
    scores = Course(course).scores(UNIT, "mallory") or {}
    assert {name: score for name, (score, _) in scores.items() if score} == {"project": 5.0}
    result = json.loads((course / ".results" / UNIT / "mallory.json").read_text())
    assert result["score"] == 5.0 and result["sandbox"] == strongest_level()
    assert "`ridge` is not defined" in result["exercises"]["ridge"]["message"]
    with Course(course).gradebook() as gradebook:
        comments = gradebook.find_submission(UNIT, "mallory").notebooks[0].comments
        said = {comment.name: comment.auto_comment for comment in comments}
    assert said["ridge"] is None and said["project"] is None and said["covariance"] == "No response."


def test_formgraders_pages_are_made_without_a_warning_about_settings(course, caplog):
    HTMLExporter(config=nbgrader_config(course)).from_notebook_node(new_notebook(cells=[new_markdown_cell("x")]))
    assert caplog.messages == []


def test_an_assignment_that_does_not_exist_is_named(course):
    done = nbgrader(course, "generate_assignment", "99_no_such_unit")
    assert done.returncode != 0
    assert "99_no_such_unit" in done.stderr
    assert not (course / "release" / "99_no_such_unit").exists()
