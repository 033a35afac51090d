"""What is unusual about a submission is told wherever its score is: table, export, report and feedback page."""

from __future__ import annotations

import copy
import csv
import html
import re
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from support.small_class import RIGHT, grade, hand_in, results
from support.tiny_course import NAME, command, make_course, released

from autograder.authoring.release import generate
from autograder.grading.table import remark_lines

NO_ANSWER = "no answer is written: every answer cell is as it was released, or empty."
SAID = {
    "blank": [NO_ANSWER],
    "emptied": [NO_ANSWER],
    "above": [NO_ANSWER, "`double` is defined above its answer cell, which is as it was released and replaces it."],
    "between": [
        NO_ANSWER,
        "`double` is defined between its answer cell and its checks; that definition counts, as its answer cell is as "
        "it was released.",
    ],
    "below": [
        NO_ANSWER,
        "`double` is defined below its checks, too late to count; its answer cell is as it was released.",
    ],
    "replaced": [
        "`double` is defined between its answer cell and its checks; that definition counts, instead of the one in its "
        "answer cell."
    ],
    "usual": [],
}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    root = make_course(tmp_path_factory.mktemp("class") / "course")
    generate(root)
    blank = released(root)
    own = new_code_cell(RIGHT)
    hand_in(root, "blank", blank)
    hand_in(root, "emptied", with_answer(blank, ""))
    for student, place in {"above": 1, "between": 2, "below": 3}.items():
        hand_in(root, student, with_cell(blank, place, own))
    hand_in(root, "replaced", with_cell(with_answer(blank, RIGHT), 2, new_code_cell("double = 7")))
    hand_in(root, "usual", with_cell(with_answer(blank, RIGHT), 3, new_code_cell("%matplotlib inline\nhelper = 3")))
    return root


@pytest.fixture(scope="module")
def printed(course) -> str:
    return grade(course)


def text_of(page: Path) -> str:
    """Return what a page says, without its tags and character references."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")))


def with_answer(notebook: NotebookNode, source: str) -> NotebookNode:
    changed = copy.deepcopy(notebook)
    changed.cells[1].source = source
    return changed


def with_cell(notebook: NotebookNode, place: int, cell: NotebookNode) -> NotebookNode:
    changed = copy.deepcopy(notebook)
    changed.cells.insert(place, copy.deepcopy(cell))
    return changed


def test_each_unusual_submission_has_its_remarks_and_a_usual_one_has_none(course, printed):
    assert {student: result["remarks"] for student, result in results(course).items()} == SAID


def test_the_remark_tells_what_the_score_shows(course, printed):
    scores = {student: result["score"] for student, result in results(course).items()}
    counts = {student for student, said in SAID.items() if not said or "that definition counts, as" in said[-1]}
    assert {student for student, score in scores.items() if score} == counts == {"between", "usual"}


def test_the_table_marks_them_and_says_each_sentence_once_with_all_it_is_about(course, printed):
    marked = [line.split()[0] for line in printed.splitlines() if "graded *" in line]
    assert sorted(marked) == sorted(student for student, said in SAID.items() if said)
    assert f"above, below, between, blank, emptied: {NO_ANSWER}" in printed


def test_many_remarks_are_cut_with_a_way_to_see_them_all():
    lines = remark_lines([(f"s{number}", [f"remark {number}."]) for number in range(25)])
    assert lines[:2] == ["s0: remark 0.", "s1: remark 1."]
    assert lines[20:] == ["5 remarks more; `autograder report` has all."]


@pytest.mark.parametrize("form", ["csv", "table"])
def test_the_export_has_a_column_of_remarks(course, printed, form, tmp_path):
    done = command(course, "export", NAME, "--format", form, "--to", str(tmp_path / "grades.csv"))
    assert done.returncode == 0, done.stderr
    with (tmp_path / "grades.csv").open(newline="") as file:
        remarks = {line["student_id"]: line["remarks"] for line in csv.DictReader(file)}
    assert remarks["blank"] == f"N{NO_ANSWER[1:]}" and remarks["usual"] == ""
    assert "too late to count" in remarks["below"]


def test_report_and_feedback_page_say_the_same(course, printed):
    for step in ("report", "feedback"):
        done = command(course, step, NAME)
        assert done.returncode == 0, done.stderr
    (report,) = (course / "reports").rglob("*.html")
    assert f"N{NO_ANSWER[1:]}" in text_of(report)
    page = course / "feedback" / "below" / NAME / f"{NAME}.html"
    assert "too late to count" in text_of(page) and f"N{NO_ANSWER[1:]}" in text_of(page)
