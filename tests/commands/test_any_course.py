"""Any nbgrader assignment gets from the engine, check by check, the marks that stock nbgrader gives."""

from __future__ import annotations

import copy
import importlib.util
import json
import shutil
from pathlib import Path

import nbgrader
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from support.plain_course import (
    NAME,
    STOCK_CONFIG,
    Shape,
    by_hand,
    cells,
    command,
    hand_in,
    notebook,
    released,
    results,
    task,
    write_course,
)
from support.plain_shapes import ALL, FIRST, FRAMES, IMPORTS, SECOND, THIRD
from support.stock import graded_by_stock

from autograder.gradebook.nbgrader_course import Course
from autograder.startup import find_own_programs

HAS_PANDAS = importlib.util.find_spec("pandas") is not None
SHAPES = (*ALL, FRAMES) if HAS_PANDAS else ALL
PAGE = (Path(__file__).parents[2] / "docs" / "any-course.md").read_text().splitlines()
CONFIG = f"{STOCK_CONFIG}c.Grading.stderr_costs = True\n"
MAY_FAIL = new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})
LOUD = """\
def squares(n):
    warnings.warn("slow")
    if n < 1:
        raise ValueError
    return [i**2 for i in range(1, n + 1)]"""


def masters() -> dict[str, NotebookNode]:
    """Return three notebooks in three formats: the first two without ids of cells."""

    def of(shapes: tuple[Shape, ...]) -> list[NotebookNode]:
        return [new_code_cell(IMPORTS), *(cell for shape in shapes for cell in cells(shape))]

    why = by_hand("why", "### BEGIN SOLUTION\nBecause.\n### END SOLUTION")
    read = [new_markdown_cell("Explain."), why, task("essay", "Write.\n### BEGIN MARK SCHEME\nx\n### END MARK SCHEME")]
    last = (*THIRD, FRAMES) if HAS_PANDAS else THIRD
    return {
        "problem1": notebook(*of(FIRST), minor=0),
        "problem2": notebook(*of(SECOND), copy.deepcopy(MAY_FAIL), *read, minor=4),
        "problem3": notebook(*of(last)),
    }


def answered(release: dict[str, NotebookNode], which: dict[str, str]) -> dict[str, NotebookNode]:
    made = copy.deepcopy(release)
    for each in made.values():
        for cell in each.cells:
            cell.source = which.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
    return made


def the_class(release: dict[str, NotebookNode]) -> dict[str, dict[str, NotebookNode]]:
    right = {shape.name: shape.answer for shape in SHAPES} | {"why": "It is."}
    return {
        "right": answered(release, right),
        "wrong": answered(release, {shape.name: shape.wrong for shape in SHAPES}),
        "untouched": release,
        "loud": answered(release, right | {"squares": LOUD, "price": "def price(:"}),
    }


@pytest.fixture(scope="module")
def courses(tmp_path_factory) -> tuple[Course, Course]:
    """Return the class as graded by the engine, and by stock nbgrader."""
    find_own_programs()
    stock = Course(write_course(tmp_path_factory.mktemp("any") / "stock", masters(), CONFIG), stock=True)
    stock.generate(NAME)
    for student, notebooks in the_class(released(stock.root)).items():
        hand_in(stock.root, student, notebooks)
    ours = write_course(tmp_path_factory.mktemp("any") / "ours", masters(), CONFIG)
    shutil.copytree(stock.root / "submitted", ours / "submitted")
    for student in ("right", "wrong", "untouched", "loud"):
        assert graded_by_stock(stock, NAME, student) is None, student
    done = command(ours, "grade", NAME)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return Course(ours), stock


def written(course: Course) -> dict[str, dict[str, tuple]]:
    """Return, by student and notebook/cell: score, most points, whether it waits for a person; and comments."""
    found: dict[str, dict[str, tuple]] = {}
    with course.gradebook() as gradebook:
        for row in gradebook.assignment_submissions(NAME):
            about = found.setdefault(row.student.id, {})
            for each in row.notebooks:
                for grade in each.grades:
                    waits = bool(grade.needs_manual_grade)
                    about[f"{each.name}/{grade.name}"] = (grade.auto_score, grade.max_score, waits)
                for comment in each.comments:
                    about[f"{each.name}/comment on {comment.name}"] = comment.auto_comment
    return found


@pytest.mark.parametrize("student", ["right", "wrong", "untouched", "loud"])
def test_every_check_of_every_notebook_gets_what_nbgrader_gives(courses, student):
    ours, stock = (written(course)[student] for course in courses)
    assert len(stock) > 50
    assert {name: (ours.get(name), about) for name, about in stock.items() if ours.get(name) != about} == {}


def test_the_class_has_full_none_and_partial_marks(courses):
    found = written(courses[0])
    assert found["right"]["problem1/test-is_prime_0"][0] == 4
    assert found["wrong"]["problem1/test-is_prime_0"][0] == 1
    assert found["wrong"]["problem1/test-squares_0"][0] == 1 and found["wrong"]["problem1/test-squares_1"][0] == 0
    assert found["loud"]["problem1/test-squares_0"][0] == 0  # stderr, which costs in this course


def test_results_say_which_checks_ran_beside_the_students_code(courses):
    checks = results(courses[0].root)["right"]["checks"]
    for shape in SHAPES:
        own = [about["is_beside"] for name, about in checks.items() if f"/test-{shape.name}_" in name]
        assert own and any(own) != shape.is_split, shape.name
        how = "split" if shape.is_split else "beside the code" if all(own) else "partly beside the code"
        assert f"| {how} | equal |" in next(line for line in PAGE if line.startswith(f"| `{shape.name}` |"))


def test_what_is_no_plain_data_is_looked_at_beside_and_that_is_said_of_this_student_alone(courses):
    found = results(courses[0].root)
    name = "problem2/test-firsts_0"
    assert (found["right"]["checks"][name]["is_beside"], found["wrong"]["checks"][name]["is_beside"]) == (False, True)
    assert found["wrong"]["checks"][name]["score"] == 1


GUIDE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
GUIDES_CONFIG = f'{CONFIG}c.IncludeHeaderFooter.header = "source/header.ipynb"\n'


@pytest.fixture(scope="module")
def guides(tmp_path_factory) -> tuple[Course, Course]:
    """Return the course of nbgrader's own guide, as graded by the engine and by stock nbgrader."""
    find_own_programs()
    made = []
    for name in ("ours", "stock"):
        root = tmp_path_factory.mktemp("guide") / name
        for part in ("source", "submitted"):
            shutil.copytree(GUIDE / part, root / part)
        (root / "nbgrader_config.py").write_text(GUIDES_CONFIG)
        shutil.copy(GUIDE / "autotests.yml", root)
        made.append(Course(root, stock=name == "stock"))
    ours, stock = made
    done = command(ours.root, "grade", NAME)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    stock.generate(NAME)
    for student in ("bitdiddle", "hacker"):
        assert graded_by_stock(stock, NAME, student) is None, student
    return ours, stock


def test_nbgraders_own_guide_gets_the_same_marks(guides):
    """Two notebooks of format 4.0, plain asserts, a task of words, and code that a person reads."""
    ours, stock = map(written, guides)
    assert set(stock) == {"bitdiddle", "hacker"}
    assert ours == stock


def test_autotest_lines_are_checks_as_nbgrader_makes_them(guides):
    root, name = guides[0].root, "ps1_autotest"
    shutil.copytree(root / "source" / name, root / "submitted" / "right" / name)
    shutil.copytree(root / "source" / name, root / "submitted" / "wrong" / name)
    path = root / "submitted" / "wrong" / name / "problem1.ipynb"
    path.write_text(path.read_text().replace("i ** 2", "i ** 3"))
    done = command(root, "grade", name)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    found = {path.stem: json.loads(path.read_text()) for path in (root / ".results" / name).glob("*.json")}
    assert found["right"]["score"] == 3 and found["wrong"]["score"] < 3
