"""nbgrader's own cycle with the settings of the course: fair grades, and feedback without the hidden tests."""

from __future__ import annotations

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from tiny_course import DOUBLE, DOUBLE_CHECK, NAME, REPOSITORY, check, command, make_course, released

from autograder.feedback import TOO_LONG, HideHiddenTests
from autograder.regions import HIDDEN_TESTS, SOLUTION, cut

SECRETS = cut(DOUBLE_CHECK, HIDDEN_TESTS).removed + cut(DOUBLE, SOLUTION).removed
NOISE = """\
import os, sys, warnings
def double(x):
    warnings.warn("careful")
    print("a word on stderr", file=sys.stderr)
    os.write(2, b"[W1121 02:33:20 NNPACK.cpp:61] Could not initialize NNPACK!")
    return 2 * x"""
TROUBLE = "import numpy as np\nnp.linalg.inv(np.zeros((2, 2)))"


def noisy(notebook):
    """Right, with noise on stderr, and the check cell deleted."""
    notebook.cells[1].source = NOISE
    del notebook.cells[2]


def wrong(notebook):
    notebook.cells[1].source = "def double(x):\n    return 2 * abs(x)"
    notebook.cells.append(new_code_cell(TROUBLE, id="trouble"))


def endless(notebook):
    notebook.cells[1].source = "def double(x):\n    while True:\n        pass"


def marked(notebook):
    """A student who writes nbgrader's marks must not stop the run for all."""
    notebook.cells[1].source = "def double(x):\n    ### BEGIN HIDDEN TESTS\n    return 2 * x"


CLASS = {"noisy": noisy, "wrong": wrong, "endless": endless, "marked": marked}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course in which a class has been graded by nbgrader and has its feedback."""
    root = make_course(tmp_path_factory.mktemp("graded"))
    assert command(root, "generate").returncode == 0
    for student, work in CLASS.items():
        notebook = released(root)
        work(notebook)
        path = root / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    for step in (["autograde", NAME, "--Execute.timeout=3"], ["generate_feedback", NAME]):
        done = command(root, *step, module="nbgrader")
        assert done.returncode == 0, done.stderr
    return root


def feedback(root, student):
    """The words of a student's page of feedback."""
    page = (root / "feedback" / student / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    return BeautifulSoup(page, "html.parser").find("body").get_text()


def scores(root):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "deep-learning") as gradebook:
        return {submission.student.id: submission.score for submission in gradebook.assignment_submissions(NAME)}


def test_warnings_and_native_noise_cost_no_points_and_a_missing_check_comes_back(graded):
    assert scores(graded) == {"noisy": 1, "wrong": 0, "endless": 0, "marked": 1}


def test_the_graded_notebook_holds_what_feedback_must_not_show(graded):
    notebook = (graded / "autograded" / "wrong" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert "secret_argument" in notebook and "site-packages" in notebook


@pytest.mark.parametrize("student", CLASS)
def test_feedback_shows_no_hidden_test_no_solution_and_no_folder(student, graded):
    page = feedback(graded, student)
    for secret in SECRETS:
        assert secret.strip() not in page
    assert "site-packages" not in page and str(graded) not in page and str(REPOSITORY) not in page
    assert not re.search(r"(?<![\w/:.])~?/\w+/\w+", page)


def test_feedback_of_a_failed_check_is_the_sentence_of_the_check(graded):
    page = feedback(graded, "wrong")
    assert "double gives the wrong number for a negative one." in page
    assert "check.Failed" not in page and "Failed:" not in page
    assert "assert double(2) == 4" in page, "the visible test stays"


def test_an_error_in_the_students_own_cell_keeps_its_trace(graded):
    page = feedback(graded, "wrong")
    assert "np.linalg.inv(np.zeros((2, 2)))" in page and "LinAlgError: Singular matrix" in page
    assert "_linalg.py" in page, "the file is named, its folder is not"


def test_a_check_that_ran_too_long_says_so(graded):
    text = feedback(graded, "endless")
    assert "The student's code took longer than" in text and "and was stopped" in text


# --- what a check cell can die of


def shown(*outputs, source="assert double(2) == 4\n### BEGIN HIDDEN TESTS\nhidden_line = 1\n### END HIDDEN TESTS"):
    """What a student sees of a graded cell that showed `outputs`."""
    cell = check("double_check", source)
    cell.outputs = list(outputs)
    notebook, _ = HideHiddenTests().preprocess(new_notebook(cells=[cell]), {})
    return notebook.cells[0]


def died(ename, evalue):
    trace = ["\x1b[0;31m---\x1b[0m", "Cell In[3], line 2\n----> \x1b[32mhidden_line\x1b[39m = 1", f"{ename}: {evalue}"]
    return new_output("error", ename=ename, evalue=evalue, traceback=trace)


DEATHS = {
    "a check that says no": (died("Failed", "Row 2 is\noff by 2."), "Row 2 is\noff by 2."),
    "nothing to unpack": (died("TypeError", "cannot unpack None"), "TypeError: cannot unpack None"),
    "no words": (died("AssertionError", ""), "AssertionError"),
    "numbers that were expected": (
        died("AssertionError", "\nNot equal to tolerance rtol=1e-07\n\n DESIRED: array([3.25])"),
        "AssertionError: Not equal to tolerance rtol=1e-07",
    ),
    "a file": (died("FileNotFoundError", "no '/home/ada/course/x.csv'"), "FileNotFoundError: no 'x.csv'"),
    "a quoted test": (died("SyntaxError", "invalid: hidden_line = 1"), "(a line of a hidden test)"),
    "too long a time": (died("KeyboardInterrupt", ""), TOO_LONG),
}


@pytest.mark.parametrize(("death", "sentence"), DEATHS.values(), ids=DEATHS)
def test_a_failed_check_is_reduced_to_one_sentence(death, sentence):
    cell = shown(new_output("stream", text="printed on the way\n"), death)
    (output,) = cell.outputs
    assert output.traceback == [sentence]
    assert "hidden_line" not in str(cell)


def test_what_a_passed_check_printed_loses_hidden_lines_and_folders():
    printed = new_output(
        "stream", text="see /home/ada/course/data.csv\nIn[3]: hidden_line = 1\nhttps://a.org/b/c 1/2/3\n"
    )
    (output,) = shown(printed).outputs
    assert output.text == "see data.csv\n(a line of a hidden test)\nhttps://a.org/b/c 1/2/3\n"


def test_a_picture_is_left_alone():
    picture = new_output("display_data", data={"image/jpeg": "/9j/4AAQ/Sk/ZJRg", "text/plain": "<Figure>"})
    assert shown(picture).outputs[0].data["image/jpeg"] == "/9j/4AAQ/Sk/ZJRg"
