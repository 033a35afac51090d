"""What being late costs is what nbgrader says: the same plugin of the course, asked the same question."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from support.small_class import RIGHT, WRONG, grade, hand_in
from support.stock import graded_by_stock
from support.tiny_course import NAME, make_course

from autograder.gradebook.nbgrader_course import Course

PLUGIN = """
from nbgrader.plugins import LateSubmissionPlugin

class HalfADay(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        odd = {"excused": None, "rewarded": -1.0, "ruined": 1e6}
        return odd.get(student_id, score * 0.5 * total_seconds_late / 86400)

c.AssignLatePenalties.plugin_class = HalfADay
"""
CLASS = {
    "punctual": (RIGHT, "2026-09-01 12:00:00"),
    "late": (RIGHT, "2026-09-02 12:00:00"),
    "wrong": (WRONG, "2026-09-02 12:00:00"),
    "excused": (RIGHT, "2026-09-09 12:00:00"),
    "rewarded": (RIGHT, "2026-09-09 12:00:00"),
    "ruined": (RIGHT, "2026-09-09 12:00:00"),
}


def late_class(root: Path, stock: bool = False) -> Course:
    make_course(root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(PLUGIN)
    course = Course(root, stock)
    course.generate(NAME)
    course.set_due_date(NAME, datetime(2026, 9, 1, 12))
    for student, (source, when) in CLASS.items():
        hand_in(root, student, source, when)
    return course


def written(course: Course) -> dict[str, tuple]:
    """Return, by student: score, penalty, seconds late."""
    with course.gradebook() as gradebook:
        rows = {student: gradebook.find_submission(NAME, student) for student in CLASS}
        return {
            name: (row.score, row.late_submission_penalty, row.total_seconds_late, str(row.timestamp))
            for name, row in rows.items()
        }


@pytest.fixture(scope="module")
def ours(tmp_path_factory) -> Course:
    course = late_class(tmp_path_factory.mktemp("ours") / "course")
    grade(course.root)
    return course


def test_penalties_are_those_of_stock_nbgrader(ours, tmp_path):
    stock = late_class(tmp_path / "course", stock=True)
    for student in CLASS:
        assert graded_by_stock(stock, NAME, student) is None
    assert written(ours) == written(stock)
    assert {name: row[1] for name, row in written(ours).items()} == {
        "punctual": 0,
        "late": 0.5,
        "wrong": 0,
        "excused": 0,
        "rewarded": 0,
        "ruined": 1,
    }


def test_a_penalty_is_set_and_not_added_when_it_is_graded_again(ours):
    before = written(ours)
    grade(ours.root, "--student", "late", "--student", "ruined")
    assert written(ours) == before


def test_a_later_submission_in_time_has_no_penalty_any_more(ours):
    hand_in(ours.root, "late", RIGHT, "2026-09-01 11:00:00")
    grade(ours.root, "--student", "late")
    assert written(ours)["late"][:3] == (1, 0, 0)
