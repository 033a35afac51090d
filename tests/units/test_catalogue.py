"""The catalogue of answers: how it is read, how answers get into a notebook, how they share submissions."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tiny_course import master

from autograder.errors import CourseError
from autograder.notebooks.catalogue import Answer, Catalogue, group, load, submission

CATALOGUE = '''
"""Answers."""

import numpy as np

from answers import right, wrong


@right("double")
def by_adding():
    # Twice the same.
    import math

    def double(x):
        """Return
        2 x."""
        return x + x


@wrong("double", hint="What is twice 3?")
def squared():
    def double(x):
        return x**2
'''


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "01_tiny.py"
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


def test_the_body_of_a_decorated_function_is_the_answer(path):
    catalogue = load(path, ["double"])
    assert catalogue.exercises == ["double"]
    (adding,), (squared,) = catalogue.right("double"), catalogue.wrong("double")
    assert (adding.name, adding.hint) == ("by_adding", "")
    assert (squared.name, squared.hint) == ("squared", "What is twice 3?")
    assert squared.source == "def double(x):\n    return x**2"
    assert adding.source.startswith("# Twice the same.\nimport math\n\ndef double(x):")
    names = {}
    exec(adding.source, names)
    assert names["double"](4) == 8


def test_what_answers_share_is_in_each_that_does_not_define_it_itself(path):
    other = '@wrong("double", hint="Half of what?")\ndef a_half():\n    HALF = 0.4  # nearly\n'
    path.write_text(CATALOGUE + SHARED + other, encoding="utf-8")
    adding, squared, half = load(path, ["double"]).answers
    assert squared.source == "def double(x):\n    return x**2\n\nHALF = 0.5"
    assert adding.source.endswith("return x + x\n\nHALF = 0.5") and "2 * x" not in adding.source
    assert half.source == "HALF = 0.4  # nearly\n\ndef double(x):\n    return 2 * x"


def test_nothing_in_a_catalogue_is_run(path):
    path.write_text('raise SystemExit("this was run")\n' + CATALOGUE, encoding="utf-8")
    assert len(load(path).answers) == 2


SHARED = """
@shared("double")
def parts():
    def double(x):
        return 2 * x

    HALF = 0.5
"""
ANSWER = '@right("double")\ndef other():\n    double = None\n'
BAD = {
    "an unknown exercise": (
        CATALOGUE + '@right("triple")\ndef other():\n    triple = None\n',
        "01_tiny.py, line 25: other answers the exercise triple, which the assignment does not have; it has double.",
    ),
    "a name twice": (
        CATALOGUE + ANSWER.replace("other", "squared"),
        "01_tiny.py, line 25: squared is the second answer of this name to double; give it another.",
    ),
    "no hint": (
        CATALOGUE.replace(', hint="What is twice 3?"', ""),
        '01_tiny.py, line 21: squared is a wrong answer without a hint; write `hint="..."`.',
    ),
    "an empty hint": (
        CATALOGUE.replace("What is twice 3?", " "),
        '01_tiny.py, line 21: squared is a wrong answer without a hint; write `hint="..."`.',
    ),
    "a shortcut that does not say what it uses": (
        CATALOGUE + ANSWER.replace("right", "shortcut"),
        '01_tiny.py, line 25: other is a shortcut that does not say what it uses; write `uses="..."`.',
    ),
    "no decorator": (
        CATALOGUE + "def helper():\n    pass\n",
        "01_tiny.py, line 24: helper must have one decorator: "
        '`@right("exercise")`, `@wrong("exercise", hint="...")`, `@shortcut("exercise", uses="...")` or '
        '`@shared("exercise")`.',
    ),
    "another decorator": (
        CATALOGUE + ANSWER.replace("right", "true"),
        '01_tiny.py, line 25: other must have one decorator: `@right("exercise")`, `@wrong("exercise", hint="...")`, '
        '`@shortcut("exercise", uses="...")` or `@shared("exercise")`.',
    ),
    "a hint for a right answer": (
        CATALOGUE + ANSWER.replace('"double"', '"double", hint="No."'),
        '01_tiny.py, line 25: other must have one decorator: `@right("exercise")`, `@wrong("exercise", hint="...")`, '
        '`@shortcut("exercise", uses="...")` or `@shared("exercise")`.',
    ),
    "two functions of shared parts": (
        CATALOGUE + SHARED + SHARED,
        "01_tiny.py, line 33: parts is the second `@shared` of double; put the two into one function.",
    ),
    "a body beside def": (
        CATALOGUE + '@right("double")\ndef other(): double = None\n',
        "01_tiny.py, line 25: other has its body in the line of `def`; begin it in the next one.",
    ),
}


@pytest.mark.parametrize("mistake", BAD)
def test_a_mistake_in_a_catalogue_is_told_in_one_sentence(mistake, path):
    text, sentence = BAD[mistake]
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        load(path, ["double"])
    assert str(caught.value) == sentence


def test_a_catalogue_that_is_missing_or_not_python_is_told_in_one_sentence(path):
    path.write_text("def (:\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"01_tiny\.py is not Python \(.*\); fix it\."):
        load(path)
    path.unlink()
    with pytest.raises(CourseError, match=r"there is no catalogue of answers .*01_tiny\.py"):
        load(path)


def test_answers_take_the_place_of_answer_cells_and_of_nothing_else(path):
    notebook = master()
    filled = submission(notebook, {"double": load(path).answers[1].source})
    before = {cell.id: cell.source for cell in notebook.cells}
    changed = [cell for cell in filled.cells if cell.source != before[cell.id]]
    assert [cell.source for cell in changed] == ["def double(x):\n    return x**2"]
    assert changed[0].metadata.nbgrader.grade_id == "double"


def test_an_answer_to_an_exercise_that_the_notebook_lacks_is_refused():
    with pytest.raises(CourseError, match="the notebook has no answer cell triple; it has double"):
        submission(master(), {"triple": "triple = None"})


@pytest.mark.parametrize("sizes", [{"a": 1}, {"a": 3, "b": 1, "c": 2}, {"a": 2, "b": 2}, {}])
def test_answers_share_as_few_submissions_as_the_longest_exercise_needs(sizes):
    answers = tuple(Answer(e, f"way_{i}", "right", "", "") for e, size in sizes.items() for i in range(size))
    groups = group(Catalogue(answers))
    assert len(groups) == max(sizes.values(), default=0)
    assert sorted((a.exercise, a.name) for row in groups for a in row.values()) == sorted(
        (a.exercise, a.name) for a in answers
    )
    assert all(row[exercise].exercise == exercise for row in groups for exercise in row)
