"""Courses with nbgrader and nothing of this one: what cannot be graded waits, and what is protected is said."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from support import small_class, tiny_course
from support.plain_course import (
    NAME,
    STOCK_CONFIG,
    Shape,
    by_hand,
    cells,
    command,
    hand_in,
    notebook,
    results,
    write_course,
)
from support.plain_shapes import EXCEPTIONS, IMPORTS, NUMPY, VALUES

from autograder.gradebook.nbgrader_course import Course

HIDDEN = "assert standardize(np.eye(5)).shape == (5, 5)"


def of(*shapes: Shape) -> NotebookNode:
    return notebook(new_code_cell(IMPORTS), *(cell for shape in shapes for cell in cells(shape)))


def answered(made: NotebookNode, name: str, source: str) -> NotebookNode:
    made = copy.deepcopy(made)
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
            cell.source = source
    return made


def graded(root: Path, *options: str) -> str:
    done = command(root, "grade", NAME, *options)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return " ".join(done.stdout.split())


def one_check(name: str, answer: str, check: str) -> Shape:
    return Shape(name, f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION", answer, ((check, 1),))


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> tuple[Path, str]:
    """Return a course with much that is wrong in it, graded, and what was printed."""
    fails = one_check("three", "three = 4", "assert three == 3")
    lacks = one_check("four", "four = 4", "import no_such_package\nassert no_such_package.is_four(four)")
    other_kernel = of(NUMPY)
    other_kernel.metadata.kernelspec = {"display_name": "R", "language": "R", "name": "ir"}
    twice = of(EXCEPTIONS, EXCEPTIONS)
    notebooks = {"good": of(EXCEPTIONS, fails, lacks), "in_r": other_kernel, "twice": twice}
    root = write_course(tmp_path_factory.mktemp("broken") / "course", notebooks)
    hand_in(root, "ash", notebooks)
    hand_in(root, "elm", {"good": answered(notebooks["good"], "squares", EXCEPTIONS.wrong)})
    return root, graded(root)


def test_each_thing_that_cannot_be_graded_is_one_sentence_with_its_cell(broken):
    _, printed = broken
    assert "`good/three` is not graded in 2 submissions: the master itself fails good/test-three_0 here" in printed
    assert "fails good/test-four_0 here (ModuleNotFoundError: No module named 'no_such_package'" in printed
    assert "the master itself is written for the kernel R, and the autograder runs Python." in printed
    assert "has 2 cells with the grade_id squares, of which nbgrader allows one." in printed


def test_what_cannot_be_graded_waits_and_the_rest_is_graded(broken):
    root, _ = broken
    found = results(root)
    assert [found[name]["exercises"]["good/squares"]["score"] for name in ("ash", "elm")] == [2.5, 1]
    assert {"good/test-three_0", "in_r/test-standardize_0", "twice/test-squares_0"} <= set(found["ash"]["waiting"])
    with Course(root).gradebook() as gradebook:
        rows = {row.student.id: row for row in gradebook.assignment_submissions(NAME)}
        grades = {grade.name: grade for notebook in rows["ash"].notebooks for grade in notebook.grades}
    assert grades["test-three_0"].auto_score is None and grades["test-three_0"].needs_manual_grade
    assert grades["test-squares_0"].auto_score == 1


def test_a_notebook_that_was_not_handed_in_is_unanswered_and_that_is_said(tmp_path):
    notebooks = {"first": of(EXCEPTIONS), "second": of(NUMPY)}
    root = write_course(tmp_path / "course", notebooks)
    hand_in(root, "ash", {"first": notebooks["first"]})
    graded(root)
    found = results(root)["ash"]
    assert (found["score"], found["max_score"]) == (2.5, 5.5)
    assert "there is no second.ipynb in the submission; there is first.ipynb." in found["remarks"]


CONFIG = f"""{STOCK_CONFIG}
c.ClearSolutions.begin_solution_delimeter = "BEGIN ANSWER"
c.ClearSolutions.end_solution_delimeter = "END ANSWER"
c.ClearSolutions.code_stub = {{"python": "pass  # your turn"}}
c.ClearHiddenTests.begin_test_delimeter = "BEGIN SECRET"
c.ClearHiddenTests.end_test_delimeter = "END SECRET"
c.IncludeHeaderFooter.header = "header.ipynb"
"""


def test_a_courses_own_delimiters_stubs_and_header_are_those_of_its_settings(tmp_path):
    """The answer's cell has no region, so nbgrader replaces all of it; the header is all that imports numpy."""
    shape = Shape(
        "standardize",
        NUMPY.answer.replace("BEGIN SOLUTION", "BEGIN ANSWER").replace("END SOLUTION", "END ANSWER"),
        "def standardize(X):\n    pass  # your turn",
        ((f"assert standardize(np.eye(3)).shape == (3, 3)\n### BEGIN SECRET\n{HIDDEN}\n### END SECRET", 2),),
    )
    root = write_course(tmp_path / "course", {NAME: notebook(*cells(shape))}, CONFIG)
    header = notebook(new_code_cell("import numpy as np"))
    (root / "header.ipynb").write_text(nbformat.writes(header))
    right = notebook(*header.cells, *cells(shape))
    hand_in(root, "right", {NAME: right})
    hand_in(root, "untouched", {NAME: answered(right, "standardize", shape.wrong)})
    only_three = "def standardize(X):\n    return X[:3, :3]"
    hand_in(root, "wrong", {NAME: answered(right, "standardize", only_three)})
    graded(root)
    found = results(root)
    assert [found[name]["score"] for name in ("right", "untouched", "wrong")] == [2, 0, 0]
    assert found["untouched"]["unanswered"] == ["standardize"]
    assert found["wrong"]["exercises"]["standardize"]["message"] == "A hidden test fails."
    assert command(root, "feedback", NAME).returncode == 0
    for student in ("right", "wrong"):
        page = (root / "feedback" / student / NAME / f"{NAME}.html").read_text()
        assert "(5" not in page and "SECRET" not in page


PATCHES = """\
import numpy as np
np.allclose = lambda *args, **kwargs: True
def standardize(X):
    return X"""


def test_code_that_replaces_what_a_check_asks_gains_nothing_where_the_check_is_split(tmp_path):
    root = write_course(tmp_path / "course", {NAME: of(NUMPY)})
    hand_in(root, "cheat", {NAME: answered(of(NUMPY), "standardize", PATCHES)})
    graded(root)
    checks = results(root)["cheat"]["checks"]
    assert not any(check["is_beside"] for check in checks.values())
    assert checks["test-standardize_1"]["score"] == 0


LOOKS = """\
import pathlib
files = [str(path) for path in pathlib.Path(".").rglob("*")]
class Equal:
    def __eq__(self, other): return True
corners = Equal()
rank, names = 2, ["a", "b"]"""


def test_beside_a_check_the_verdict_can_be_made_up_and_everything_else_is_kept(tmp_path):
    """What nbgrader loses here, too; the gradebook, the others and the text of later checks stay out of reach."""
    made = of(VALUES)
    root = write_course(tmp_path / "course", {NAME: made})
    cheat = answered(made, "constants", LOOKS)
    out_of_reach = [str(root / "gradebook.db"), str(root / "submitted"), str(root / "source" / NAME)]
    looks = f"import os\nprint('found', files, [path for path in {out_of_reach} if os.path.exists(path)], list(In))"
    cheat.cells.append(new_code_cell(looks))
    hand_in(root, "cheat", {NAME: cheat})
    hand_in(root, "oak", {NAME: answered(made, "constants", VALUES.wrong)})
    graded(root)
    found = results(root)
    assert found["cheat"]["checks"]["test-constants_2"] | {"message": ""} == {
        "score": 1,
        "max_score": 1,
        "message": "",
        "check_crashed": False,
        "is_beside": True,
        "stderr_mattered": False,
    }
    assert found["oak"]["score"] == 1
    page = nbformat.read(root / "autograded" / "cheat" / NAME / f"{NAME}.ipynb", as_version=4)
    shown = "".join(output.get("text", "") for cell in page.cells for output in cell.get("outputs", []))
    assert "found [] []" in shown
    assert "assert" not in shown  # no text of a check is in the history of the student's later cells


def test_what_is_shown_of_a_plain_class_says_which_checks_ran_beside_the_code(tmp_path):
    root = write_course(tmp_path / "course", {"first": of(EXCEPTIONS), "second": of(VALUES)})
    loud = EXCEPTIONS.answer.replace("### BEGIN SOLUTION", 'import sys; print("hm", file=sys.stderr)')
    hand_in(root, "ash", {"first": answered(of(EXCEPTIONS), "squares", loud), "second": of(VALUES)})
    printed = graded(root)
    assert "1 check ran beside the students' code" in printed
    assert results(root)["ash"]["score"] == 5.5  # stderr costs nothing
    doctor = command(root, "doctor", NAME)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "second/test-constants_2: runs beside the student's code: it looks at what is no plain data" in doctor.stdout
    assert "4 checks of 5 run apart from the student's code" in doctor.stdout
    assert command(root, "feedback", NAME).returncode == 0
    pages = {name: (root / "feedback" / "ash" / NAME / f"{name}.html").read_text() for name in ("first", "second")}
    assert ["ran beside your code" in pages[name] for name in ("first", "second")] == [False, True]
    assert command(root, "report", NAME).returncode == 0
    report = (root / "reports" / f"{NAME}.html").read_text()
    assert "second/test-constants_2 (in 1 of 1 submissions)" in report
    assert "first/test-squares_0 (ash)" in report


def test_text_for_a_person_waits_in_its_notebook_and_untouched_text_does_not(tmp_path):
    why = notebook(by_hand("why", "### BEGIN SOLUTION\nBecause.\n### END SOLUTION"))
    notebooks = {"first": of(EXCEPTIONS), "second": why}
    root = write_course(tmp_path / "course", notebooks)
    hand_in(root, "ash", {"first": of(EXCEPTIONS), "second": answered(why, "why", "It is.")})
    hand_in(root, "elm", {"first": of(EXCEPTIONS), "second": answered(why, "why", "YOUR ANSWER HERE")})
    graded(root)
    found = results(root)
    assert (found["ash"]["waiting"], found["elm"]["waiting"]) == (["second/why"], [])
    assert found["elm"]["unanswered"] == ["second/why"]


def test_a_plain_exercise_is_graded_among_those_of_this_course(tmp_path):
    """Its check asks nothing of `course_utils`, and is named as its author likes."""
    mixed = tiny_course.master()
    solution = "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION"
    mixed.cells += [
        tiny_course.answer("triple", solution),
        tiny_course.check("is-it_three-times", "assert triple(2) == 6", 2),
    ]
    root = tiny_course.make_course(tmp_path / "course", mixed)
    small_class.hand_in(root, "ash", copy.deepcopy(mixed))
    wrong = small_class.answered("def triple(x):\n    return 2 * x", copy.deepcopy(mixed), "triple")
    small_class.hand_in(root, "elm", wrong)
    small_class.grade(root)
    found = small_class.results(root)
    assert [found[name]["exercises"]["triple"]["score"] for name in ("ash", "elm")] == [2, 0]
    assert found["elm"]["exercises"]["triple"]["message"] == "AssertionError (in the line `assert triple(2) == 6`)"
    assert found["elm"]["exercises"]["double"]["score"] == 1
    assert not any(check["is_beside"] for check in found["elm"]["checks"].values())


PART = "sum(triple(n) == 3 * n for n in range(4))"


def test_nbgraders_own_command_gives_the_same_points_for_plain_checks(tmp_path):
    """It reads them off the notebook: partial credit, and what went to stderr."""
    mixed = tiny_course.master()
    solution = "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION"
    loud = "import sys\nprint('hm', file=sys.stderr)\nassert {triple(1)} == {3}\n%time"
    mixed.cells += [
        tiny_course.answer("triple", solution),
        tiny_course.check("part", PART, 4),
        tiny_course.check("loud", loud, 1),
    ]
    root = tiny_course.make_course(tmp_path / "course", mixed)
    small_class.hand_in(root, "ash", small_class.answered("def triple(x):\n    return x ** 2 + 2 * x", mixed, "triple"))
    course = Course(root)
    course.generate(tiny_course.NAME)
    assert course.autograde(tiny_course.NAME, "ash") is None
    by_nbgrader = course.scores(tiny_course.NAME, "ash")
    small_class.grade(root)
    assert course.scores(tiny_course.NAME, "ash") == by_nbgrader
    assert by_nbgrader and (by_nbgrader["part"], by_nbgrader["loud"]) == ((2, 4), (1, 1))


FORMULA = Shape(
    "formula",
    "def formula(x):\n    ### BEGIN SOLUTION\n    return f'{x} + 1'\n    ### END SOLUTION",
    "def formula(x):\n    return f'{x} + 2'",
    (("assert eval(formula(2)) == 3", 2),),
)


def test_a_text_that_an_answer_returns_is_evaluated_in_the_sandbox_only(tmp_path):
    """Where the judge evaluated it, the student's text would run as the instructor."""
    root = write_course(tmp_path / "course", {NAME: of(FORMULA, EXCEPTIONS)})
    leaves = 'def formula(x):\n    return \'__import__("pathlib").Path("%s").write_text("x") and 3\''
    hand_in(root, "cheat", {NAME: answered(of(FORMULA, EXCEPTIONS), "formula", leaves % (tmp_path / "written"))})
    hand_in(root, "right", {NAME: of(FORMULA, EXCEPTIONS)})
    hand_in(root, "wrong", {NAME: answered(of(FORMULA, EXCEPTIONS), "formula", FORMULA.wrong)})
    graded(root)
    found = results(root)
    assert all(found[name]["checks"]["test-formula_0"]["is_beside"] for name in found)
    assert (found["right"]["score"], found["wrong"]["score"]) == (4.5, 2.5)
    assert not (tmp_path / "written").exists()
