"""A small class in which everything happens that a page of feedback has to tell, graded by the engine."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path
from typing import cast

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.engine import results
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import CommentRow, GradeRow, SubmissionRow
from course_utils.drawing.pictures import finish, new_figure
from support.small_class import answered, grade, hand_in
from support.tiny_course import NAME, answer, check, command, make_course, nbgrader_metadata

DOUBLE = '''\
def double(x):
    """Return 2 x."""
    ### BEGIN SOLUTION
    twice_of_it = x + x
    return twice_of_it
    ### END SOLUTION'''
HALVE = DOUBLE.replace("double", "halve").replace("2 x", "x / 2").replace("x + x", "x / 2")
CHECK = """\
if double(2) != 4:
    raise check.Failed("double(2) should be 4.\\n  Here x is two.")"""
HIDDEN_CHECK = """\
# Hidden cases: other numbers.
### BEGIN HIDDEN TESTS
if double(-3.5) != -7:
    raise check.Failed("double gives the wrong number for a negative one.")
secret_argument = "/srv/course/secret"
### END HIDDEN TESTS"""
HALVE_CHECK = """\
if halve(9) != 4.5:
    raise check.Failed("halve(9) should be 4.5.")"""
CATALOGUE = """\
from answers import right, wrong


@right("double")
def by_two():
    def double(x):
        return 2 * x


@wrong("double", hint="Is what you return really larger than x?")
def unchanged():
    def double(x):
        return x


@wrong("halve", hint="Into how many parts do you divide?")
def a_third():
    def halve(x):
        return x / 3


@wrong("halve", hint="What do the shares sum up to?")
def one_of_three_shares():
    def halve(x):
        return x * 2 / 6
"""
LATE = """
from nbgrader.plugins import LateSubmissionPlugin

class OnePoint(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1.0

c.AssignLatePenalties.plugin_class = OnePoint
"""
RIGHT_DOUBLE, RIGHT_HALVE = "def double(x):\n    return 2 * x", "def halve(x):\n    return x / 2"
SEEN = "A line through the origin with slope 2."
TAGS = '</pre><script>alert("x")</script><img src="http://example.org/x.png" onerror="alert(1)">'
"""What a student may write into anything."""


def _png() -> str:
    """Return a real picture, as a notebook holds it."""
    figure, axes = new_figure()
    axes.plot([-1, 1], [-2, 2])
    axes.set(title="double", xlabel="x", ylabel="2 x")
    return base64.b64encode(finish(figure, SEEN).png()).decode()


def master() -> NotebookNode:
    """Return a master: two exercises, a picture after the first, and an answer that a person reads."""
    picture = new_code_cell("draw(double)")
    picture.metadata["tags"] = ["picture"]
    about = nbgrader_metadata("why", grade=True, solution=True, points=2)
    return new_notebook(
        cells=[
            new_markdown_cell("# Twice and half\n\nTwo functions and a question."),
            new_code_cell("from course_utils import check", metadata=nbgrader_metadata("setup", locked=True)),
            new_markdown_cell("### 1.1 Double (4 points, 5 minutes, difficulty 1/5)\n\nReturn $2x$."),
            answer("double", DOUBLE),
            check("double_check", CHECK),
            check("double_check_2", HIDDEN_CHECK, points=3),
            picture,
            new_markdown_cell("### 1.2 Halve (2 points, 5 minutes, difficulty 1/5)\n\nReturn $x / 2$."),
            answer("halve", HALVE),
            check("halve_check", HALVE_CHECK, points=2),
            new_markdown_cell("### 1.3 Why\n\nWhy is half of the double x?"),
            new_markdown_cell("BEGIN SOLUTION\nThe product is one.\nEND SOLUTION", metadata=about),
        ]
    )


def work(double: str, halve: str, why: str = "Because they cancel.", drawn: str = SEEN) -> NotebookNode:
    """Return what a student hands in; `drawn`: what the picture cell says of its picture."""
    notebook = master()
    for name, source in (("double", double), ("halve", halve), ("why", why)):
        answered(source, notebook, name)
    data, alt = {"image/png": _png(), "text/plain": "<Figure size 640x480>"}, {"image/png": {"alt": drawn}}
    cell = next(cell for cell in notebook.cells if "picture" in cell.metadata.get("tags", []))
    cell.outputs = [new_output("display_data", data=data, metadata=alt)]
    return notebook


def _slip() -> NotebookNode:
    """Two usual mistakes, a picture pasted into the text, and a cell of the student's own."""
    notebook = work("def double(x):\n    return x", "def halve(x):\n    return x / 3", "See ![](attachment:sketch.png)")
    notebook.cells[-1].attachments = {"sketch.png": {"image/png": _png()}}
    notebook.cells.append(new_code_cell("print('tried', double(4))"))
    return notebook


def _hostile() -> NotebookNode:
    quoted = repr(TAGS)
    double = f"print({quoted})\ndef double(x):\n    raise ValueError({quoted})  # {TAGS}"
    notebook = work(double, RIGHT_HALVE, TAGS, TAGS)
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    show = f"from IPython.display import HTML, SVG, display\ndisplay(HTML({quoted}))\nSVG(data={drawing!r})"
    notebook.cells += [new_markdown_cell(f"### {TAGS}"), new_code_cell(show)]
    return notebook


def taught_class(root: Path) -> Path:
    """Make a course in `root` whose class has been graded and whose pages have been written; return `root`.

    sound (late) · slip (two mistakes, read by a person) · hostile · crash · untouched · broken (no JSON) · renamed ·
    ours (grading failed) · again (handed in again since) · fresh (not graded) · read (no JSON, graded by hand).
    """
    make_course(root, master())
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(LATE)
    (root / "answers").mkdir()
    (root / "answers" / f"{NAME}.py").write_text(CATALOGUE)
    course = Course(root)
    course.generate(NAME)
    course.set_due_date(NAME, datetime(2026, 9, 2))
    hand_in(root, "sound", work(RIGHT_DOUBLE, RIGHT_HALVE), "2026-09-03 12:00:00")
    hand_in(root, "slip", _slip())
    hand_in(root, "hostile", _hostile())
    hand_in(root, "crash", work("import os\ndef double(x):\n    os._exit(0)", RIGHT_HALVE))
    hand_in(root, "untouched", (root / "release" / NAME / f"{NAME}.ipynb").read_bytes())
    for student in ("broken", "read"):
        hand_in(root, student, b'{"cells": [')
    (hand_in(root, "renamed", master()) / f"{NAME}.ipynb").rename(root / "submitted" / "renamed" / NAME / "mine.ipynb")
    for student in ("again", "ours"):
        hand_in(root, student, work(RIGHT_DOUBLE, RIGHT_HALVE))
    grade(root)
    hand_in(root, "again", work(RIGHT_DOUBLE, RIGHT_HALVE), "2026-09-01 20:00:00")
    hand_in(root, "fresh", work(RIGHT_DOUBLE, RIGHT_HALVE))
    _fail(root, "ours")
    _read(course)
    done = command(root, "feedback", NAME)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    (root / "told.txt").write_text(done.stdout)
    return root


def _fail(root: Path, student: str) -> None:
    """Keep a result that says that grading failed."""
    result = results.load(root, NAME, student)
    assert result
    result.status, result.reason = (
        results.Status.ERROR,
        "The judge ended with -9 and without a result; grade it with --resume.",
    )
    results.save(root, result)


def _read(course: Course) -> None:
    """Give points and comments by hand, as formgrader does."""
    with course.gradebook() as gradebook:
        why = cast(GradeRow, gradebook.find_grade("why", NAME, NAME, "slip"))
        why.manual_score, why.needs_manual_grade = 1.25, False
        for name, comment in {"why": f"Say which law.\nThen it is whole. {TAGS}", "double": "Nearly!"}.items():
            cast(CommentRow, gradebook.find_comment(name, NAME, NAME, "slip")).manual_comment = comment
        gradebook.add_student("read")
        with gradebook.db.no_autoflush:
            submission = cast(SubmissionRow, gradebook.update_or_create_submission(NAME, "read"))
            for part in submission.notebooks[0].grades:
                part.manual_score = 1.0
        gradebook.db.commit()
