"""Plain exercises, in the spirit of the example that nbgrader comes with, get from the engine what nbgrader gives."""

from __future__ import annotations

import copy

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.small_class import answered, grade, hand_in, results
from support.stock import graded_by_stock
from support.tiny_course import NAME, answer, check, make_course, nbgrader_metadata, released

from autograder.gradebook.nbgrader_course import Course

SETUP = "%matplotlib inline\nimport matplotlib.pyplot as plt"
SQUARES = '''\
def squares(n):
    """Return [1, 4, ..., n ** 2]; a ValueError where n is not a positive number."""
    ### BEGIN SOLUTION
    if n < 1:
        raise ValueError("n must be at least 1")
    return [i ** 2 for i in range(1, n + 1)]
    ### END SOLUTION'''
SUM = '''\
def sum_of_squares(n):
    """Return the sum of the first n squares."""
    ### BEGIN SOLUTION
    return sum(squares(n))
    ### END SOLUTION'''
PLOT = """\
fig, ax = plt.subplots()
### BEGIN SOLUTION
ax.plot(squares(10))
### END SOLUTION"""
WHY = """\
Why does the sum grow like the cube of n?

BEGIN SOLUTION
It is the area under a parabola.
END SOLUTION"""
REFUSES = """\
for n in (0, -3):
    try:
        squares(n)
    except ValueError:
        pass
    else:
        raise AssertionError(f"no ValueError for {n}")"""
HIDDEN = "### BEGIN HIDDEN TESTS\nassert squares(10)[-1] == 100\n### END HIDDEN TESTS"


def by_hand(cell: NotebookNode, name: str, points: int) -> NotebookNode:
    cell.metadata = nbgrader_metadata(name, solution=True, grade=True, points=points)
    return cell


def master() -> NotebookNode:
    cells = [
        new_code_cell(SETUP),
        answer("squares", SQUARES),
        check("squares_check", f"assert squares(1) == [1]\nassert squares(3) == [1, 4, 9]\n{HIDDEN}"),
        check("squares_check_2", REFUSES),
        answer("sum_of_squares", SUM),
        check("sum_of_squares_check", "assert sum_of_squares(1) == 1\nassert sum_of_squares(11) == 506", 2),
        by_hand(new_code_cell(PLOT), "plot", 3),
        by_hand(new_markdown_cell(WHY), "why", 4),
    ]
    return new_notebook(cells=cells)


def handed_in(release: NotebookNode) -> dict[str, NotebookNode]:
    """Return a class: the master itself, the untouched release, and what happens between the two."""
    right = copy.deepcopy(master())
    loud = "import warnings\n" + SQUARES.replace("return [", "warnings.warn('slow'); return [")
    return {
        "right": right,
        "untouched": copy.deepcopy(release),
        "careless": answered(SQUARES.replace("n < 1", "False"), copy.deepcopy(right), "squares"),
        "off_by_one": answered(SQUARES.replace("n + 1", "n"), copy.deepcopy(right), "squares"),
        "typo": answered("def squares(n:\n    return 1", copy.deepcopy(right), "squares"),
        "loud": answered(loud, copy.deepcopy(right), "squares"),
        "silent": answered(release.cells[7].source, copy.deepcopy(right), "why"),
        "draws_nothing": answered(release.cells[6].source, copy.deepcopy(right), "plot"),
        "own_cell": new_notebook(cells=[*copy.deepcopy(right).cells, new_code_cell("squares = None")]),
        "raises": answered("def sum_of_squares(n):\n    return squares(n)[n]", copy.deepcopy(right), "sum_of_squares"),
    }


@pytest.fixture(scope="module")
def courses(tmp_path_factory) -> tuple[Course, Course]:
    """Return the class as graded by the engine, and by stock nbgrader."""
    graded = []
    for stock in (False, True):
        root = make_course(tmp_path_factory.mktemp("class") / "course", master())
        course = Course(root, stock)
        course.generate(NAME)
        for student, notebook in handed_in(released(root)).items():
            hand_in(root, student, notebook)
            if stock:
                assert graded_by_stock(course, NAME, student) is None
        if not stock:
            grade(root)
        graded.append(course)
    return tuple(graded)


def written(course: Course) -> dict[str, dict[str, tuple]]:
    """Return, by student and cell: score, whether it waits for a person, and the automatic comment."""
    found: dict[str, dict[str, tuple]] = {}
    with course.gradebook() as gradebook:
        for row in gradebook.assignment_submissions(NAME):
            (notebook,) = row.notebooks
            found[row.student.id] = {
                grade.name: (grade.auto_score, grade.max_score, bool(grade.needs_manual_grade))
                for grade in notebook.grades
            } | {f"comment on {comment.name}": comment.auto_comment for comment in notebook.comments}
    return found


def test_every_cell_of_every_submission_gets_what_nbgrader_gives(courses):
    ours, stock = map(written, courses)
    assert len(ours) == 10
    for student in stock:
        assert ours[student] == stock[student], student


def test_answers_to_be_read_wait_for_a_person_and_untouched_ones_do_not(courses):
    found = written(courses[0])
    assert (found["right"]["plot"], found["right"]["why"]) == ((None, 3, True), (None, 4, True))
    assert (found["untouched"]["plot"], found["untouched"]["why"]) == ((0, 3, False), (0, 4, False))
    assert found["silent"]["why"] == (0, 4, False) and found["silent"]["comment on why"] == "No response."


def test_the_result_says_which_answers_wait(courses):
    found = results(courses[0].root)
    assert (found["right"]["score"], found["right"]["max_score"]) == (4, 11)
    assert (found["right"]["waiting"], found["draws_nothing"]["waiting"]) == (["plot", "why"], ["why"])
    assert found["untouched"]["unanswered"] == ["squares", "sum_of_squares", "plot", "why"]


def test_a_grade_by_hand_ends_the_waiting_until_another_submission_comes(courses):
    root = courses[0].root

    def waits() -> bool:
        with courses[0].gradebook() as gradebook:
            return gradebook.find_submission(NAME, "right").needs_manual_grade

    with courses[0].gradebook() as gradebook:
        for name in ("plot", "why"):
            part = gradebook.find_grade(name, NAME, NAME, "right")
            part.manual_score, part.needs_manual_grade = 2.0, False
        gradebook.db.commit()
    grade(root, "--student", "right")
    assert not waits() and sum(score for score, _ in courses[0].scores(NAME, "right").values()) == 8
    hand_in(root, "right", master(), "2026-09-02 12:00:00")
    printed = " ".join(grade(root, "--student", "right").split())
    assert "1 with answers that wait for manual grading" in printed
    assert waits()


def test_a_text_that_is_to_be_read_is_kept_as_the_student_wrote_it(courses):
    courses[0].generate_feedback(NAME, "off_by_one")
    page = (courses[0].root / "feedback" / "off_by_one" / NAME / f"{NAME}.html").read_text()
    assert "the area under a parabola" in page
