"""In a notebook, a check that passes says so, and the explanation of an exercise comes when its checks have passed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from support.stock import graded_by_stock
from support.units import ROOT, UNITS

from autograder.authoring.hints import HIDDEN_CASES
from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.assignment import cells_of, read_assignment
from autograder.notebooks.catalogue import submission
from autograder.notebooks.explanations import SUMMARY, explanation_of, folded, without_explanation
from autograder.notebooks.format import read_notebook
from course_utils.check.failed import COLUMNS
from course_utils.check.live_hints import FILE
from course_utils.check.passed import line

UNIT = "02_pca_least_squares"
RIGHT = (
    "def covariance(X, k, ddof=1):\n    Z = X - k @ X / k.sum()\n    return Z.T @ (k[:, None] * Z) / (k.sum() - ddof)"
)
WRONG = "def covariance(X, k, ddof=1):\n    return X.T @ (k[:, None] * X) / (k.sum() - ddof)"
FIRST, SECOND = "covariance-check", "covariance-check-2"
ONE, OTHER = "Passed: `covariance`, check 1 of 2.", "Passed: `covariance`, check 2 of 2."
WHOLE = "Passed: `covariance`, visible cases. The hidden cases will try: as many features as samples, other ddof,"


def released() -> NotebookNode:
    return nbformat.read(ROOT / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> list[list[NotebookNode]]:
    """Run checks of a released notebook in a kernel; return the outputs of each, in the order of the run."""
    folder = tmp_path_factory.mktemp("student")
    shutil.copy(ROOT / "release" / UNIT / FILE, folder)
    cells = {cell.id: cell.source for cell in released().cells}
    run = ["setup", "covariance-answer", FIRST, RIGHT, FIRST, SECOND, FIRST, SECOND, WRONG, SECOND, FIRST, RIGHT,
           SECOND, FIRST]  # fmt: skip
    notebook = nbformat.v4.new_notebook(cells=[new_code_cell(cells.get(name, name)) for name in run])
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COURSE_PROGRESS", str(folder / "notes"))
        NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(folder)}}).execute()
    return [cell["outputs"] for name, cell in zip(run, notebook.cells, strict=True) if name in (FIRST, SECOND)]


def text(outputs: list[NotebookNode]) -> str:
    return " ".join(" ".join(output.text for output in outputs if output.output_type == "stream").split())


def explains(outputs: list[NotebookNode]) -> bool:
    return any("text/markdown" in output.get("data", {}) for output in outputs)


def test_each_check_that_passes_says_so_and_the_last_one_what_the_hidden_cases_will_try(shown):
    untouched, first, second, again, *_ = shown
    assert text(untouched) == ""
    assert text(first) == ONE
    assert text(second).startswith(WHOLE) and text(again).startswith(WHOLE)


def test_what_another_answer_passed_does_not_count_for_this_one(shown):
    second, first, second_again, whole = shown[5:]
    assert text(second) == OTHER  # the wrong answer gives an array, too
    assert first[0].output_type == "error" and text(first) == ""
    assert text(second_again) == OTHER
    assert text(whole).startswith(WHOLE)


def test_the_explanation_follows_the_check_that_completes_the_exercise_and_stands_there_once(shown):
    assert [explains(outputs) for outputs in shown] == [False, False, True, False, True, False, False, False, True]


def test_the_explanation_is_folded_and_has_a_form_in_plain_text(shown):
    [data] = [output.data for output in shown[2] if output.output_type == "display_data"]
    assert data["text/markdown"].startswith(f"<details><summary>{SUMMARY}</summary>\n\n")
    assert data["text/plain"].startswith(SUMMARY) and "<" not in data["text/plain"]


def test_what_follows_a_check_is_neither_a_value_nor_on_stderr(shown):
    """nbgrader reads the one as points and gives none for the other."""
    for outputs in shown:
        assert all(output.output_type in ("stream", "display_data", "error") for output in outputs)
        assert all(output.name == "stdout" for output in outputs if output.output_type == "stream")


def test_the_line_is_no_longer_than_jupyterlab_has_room_for():
    said = line("covariance", 2, 2, is_whole=True, hidden=", ".join(["as many features as samples"] * 9))
    assert max(map(len, said.splitlines())) <= COLUMNS
    assert line("covariance", 2, 2, is_whole=True, hidden="") == "Passed: `covariance`, visible cases."


def test_stock_nbgrader_gives_the_same_points_with_these_lines_and_without(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "source" / UNIT, tmp_path / "source" / UNIT)
    course = Course(tmp_path, stock=True)
    course.generate(UNIT)
    filled = submission(released(), {"covariance": RIGHT})
    for student in ("with", "without"):
        folder = tmp_path / "submitted" / student / UNIT
        folder.mkdir(parents=True)
        nbformat.write(filled, folder / f"{UNIT}.ipynb")
    shutil.copy(ROOT / "release" / UNIT / FILE, tmp_path / "submitted" / "with" / UNIT)
    said = {}
    for student in ("with", "without"):
        assert graded_by_stock(course, UNIT, student) is None
        said[student] = (tmp_path / "autograded" / student / UNIT / f"{UNIT}.ipynb").read_text(encoding="utf-8")
    assert ONE in said["with"] and ONE not in said["without"]
    scores = course.scores(UNIT, "with")
    assert scores and scores == course.scores(UNIT, "without") and scores["covariance"][0] > 0


@pytest.mark.parametrize("unit", UNITS)
def test_a_release_brings_each_explanation_to_those_who_pass_and_to_nobody_else(unit):
    asked = read_assignment(Path(ROOT / "source" / unit / f"{unit}.ipynb"))
    master = read_notebook(ROOT / "source" / unit / f"{unit}.ipynb")
    told = json.loads((ROOT / "release" / unit / FILE).read_text(encoding="utf-8"))["exercises"]
    for exercise in asked.exercises:
        explanation = explanation_of(cells_of(master, exercise.name))
        assert explanation and told[exercise.name]["explanation"] == folded(explanation)
        assert told[exercise.name]["hidden"] and "#" not in told[exercise.name]["hidden"]
    notebook = (ROOT / "release" / unit / f"{unit}.ipynb").read_text(encoding="utf-8")
    assert SUMMARY not in notebook


def test_a_comment_of_several_lines_says_all_of_what_is_hidden():
    found = HIDDEN_CASES.match("# Hidden cases: tall A,\n# wide A.\ncheck.runs(f)")
    assert found and found[1] == "tall A,\n# wide A."


def test_an_explanation_is_left_out_and_the_hints_above_it_stay():
    hint = "<details><summary>Hint 1</summary>\n\nWhich axis?\n\n</details>"
    assert without_explanation(f"{hint}\n{folded('Because.')}") == hint
    assert without_explanation(f"{folded('Because.')}\n{hint}").strip() == hint
