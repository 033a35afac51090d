"""A class of three small exercises in which everything happens that a report tells."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.notebooks.assignment import assignment_of
from support.small_class import answered, grade, hand_in
from support.tiny_course import NAME, answer, check, enrol, make_course, master

FORMULA = "=cmd|' C calc'!A0"
SPREAD = '''\
def spread(numbers):
    """Return the largest minus the smallest, and where both are."""
    ### BEGIN SOLUTION
    return max(numbers) - min(numbers), numbers.index(max(numbers)), numbers.index(min(numbers))
    ### END SOLUTION'''
LONG = '''\
def spread(numbers):
    """By Lola."""
    largest, smallest = numbers[0], numbers[0]
    at_largest, at_smallest = 0, 0
    for place in range(1, len(numbers)):
        # lola was here
        if numbers[place] > largest:
            largest, at_largest = numbers[place], place
        if numbers[place] < smallest:
            smallest, at_smallest = numbers[place], place
    return largest - smallest, at_largest, at_smallest'''
RENAMED = """\
def spread(values):
    top, low = values[0], values[0]
    i, j = 0, 0
    # one pass
    for k in range(1, len(values)):
        if values[k] > top:
            top, i = values[k], k
        if values[k] < low:
            low, j = values[k], k
    return (top - low,   i, j)   # done"""
ANSWERS = """\
from answers import right, wrong


@wrong("double", hint="Is 2 x more than x?")
def not_doubled():
    def double(x):
        return x


@right("spread")
def by_sorting():
    def spread(numbers):
        ordered = sorted(range(len(numbers)), key=lambda place: numbers[place])
        smallest, largest = ordered[0], ordered[-1]
        difference = numbers[largest] - numbers[smallest]
        places = {"largest": largest, "smallest": smallest, "difference": difference}
        return places["difference"], places["largest"], places["smallest"]
"""
RIGHT, WRONG = (
    "def double(x):\n    return 2 * x",
    'def double(x):\n    "By {0}."\n    # {0}\n    of_{0} = x\n    return of_{0}',
)
CATALOGUED = ANSWERS.split("def by_sorting():\n")[1].replace("\n    ", "\n")[4:]


def three_exercises() -> NotebookNode:
    """The master: `double`, `spread`, and `riddle`, which nobody solves."""
    notebook = master()
    test = "assert spread([3, 1, 7]) == (6, 2, 1)"
    nobody = "assert riddle(1) == 'never'"
    notebook.cells += [
        new_markdown_cell("### Exercise 2. Spread (easy)"),
        answer("spread", SPREAD),
        check("spread_check", f"from course_utils import check\n\n{test}", points=2),
        new_markdown_cell("### Exercise 3. A riddle (hard)"),
        answer("riddle", "def riddle(x):\n    ### BEGIN SOLUTION\n    return 'never'\n    ### END SOLUTION"),
        check("riddle_check", f"from course_utils import check\n\n{nobody}"),
    ]
    return notebook


def work(**sources: str) -> NotebookNode:
    notebook = three_exercises()
    for name, source in sources.items():
        notebook = answered(source, notebook, name)
    return answered("def riddle(x):\n    return x", notebook, "riddle")


CLASS = {
    "maple": {"double": assignment_of(three_exercises()).exercises[0].stub},
    "ash": {"double": RIGHT, "spread": "def spread(n):\n    return 0, 0, 0"},
    "birch": {"double": WRONG.format("birch"), "spread": CATALOGUED},
    "cedar": {"double": WRONG.format("cedar"), "spread": CATALOGUED},
    "lola": {"double": RIGHT, "spread": LONG},
    "mona": {"double": RIGHT, "spread": RENAMED},
    "crash": {
        "double": "import os; os._exit(0)",
        "spread": LONG.replace("place in range(1,", "place in range(0,")[:60],
    },
    FORMULA: {
        "double": WRONG.format("x") + "\n<b>",
        "spread": "def spread(n):\n    return '<script>alert(1)</script>'",
    },
}


def graded_class(root: Path) -> Path:
    """Make the course in `root`, grade the class, and let the gradebook know somebody who handed nothing in."""
    make_course(root, three_exercises())
    (root / "answers").mkdir()
    (root / "answers" / f"{NAME}.py").write_text(ANSWERS)
    for student, sources in CLASS.items():
        hand_in(root, student, work(**sources))
    hand_in(root, "broken", b'{"cells": [')
    grade(root)
    enrol(root, "absent", first_name="<i>A</i>", last_name="=cmd|' /C calc'!A0")
    enrol(root, "ash", first_name="Ada", last_name="Ash", lms_user_id="4711")
    return root
