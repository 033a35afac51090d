"""Due dates, grace, penalties and extensions: set by one command, obeyed by all, and said back in words."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import cast

import pytest
from support.in_process import refused, run
from support.small_class import RIGHT, WRONG, grade, hand_in
from support.tiny_course import NAME, enrol, make_course

from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import GradeRow, SubmissionRow

RULES = ("--grace", "10", "--percent", "12.5", "--cap", "50", "--close", "2026-11-10 12:00")

# In UTC; the work is due 2026-11-01 12:00 in Berlin, which is 11:00 UTC.
CLASS = {
    "punctual": (RIGHT, "2026-11-01 11:00:00"),
    "graced": (RIGHT, "2026-11-01 11:10:00"),
    "hours": (RIGHT, "2026-11-01 14:05:00"),
    "day": (RIGHT, "2026-11-02 11:00:00"),
    "second_day": (RIGHT, "2026-11-02 11:00:01"),
    "week": (RIGHT, "2026-11-08 11:00:00"),
    "closed": (RIGHT, "2026-11-10 11:00:01"),
    "extended": (RIGHT, "2026-11-03 11:00:00"),
    "extended_late": (RIGHT, "2026-11-05 11:11:00"),
    "extended_past_close": (RIGHT, "2026-11-12 11:00:00"),
    "wrong": (WRONG, "2026-11-02 11:00:00"),
}
PENALTIES = {
    **{"punctual": 0, "graced": 0, "hours": 0.125, "day": 0.125, "second_day": 0.25, "week": 0.5, "closed": 1},
    **{"extended": 0, "extended_late": 0.125, "extended_past_close": 0.5, "wrong": 0},
}


def rows(root: Path, name: str) -> dict[str, dict[str, str]]:
    with (root / name).open(newline="") as file:
        return {line["student_id"]: line for line in csv.DictReader(file)}


def penalties(course: Course) -> dict[str, float]:
    with course.gradebook() as gradebook:
        found = {name: cast(SubmissionRow, gradebook.find_submission(NAME, name)) for name in CLASS}
        return {name: row.late_submission_penalty for name, row in found.items()}


def late_class(root: Path) -> Path:
    make_course(root)
    run(root, "deadline", "--zone", "Europe/Berlin")
    run(root, "deadline", NAME, "2026-11-01", "12:00", *RULES)
    for student, (source, when) in CLASS.items():
        hand_in(root, student, source, when)
    run(root, "extend", NAME, "extended", "extended_late", "extended_past_close", "--days", "4")
    return root


@pytest.fixture(scope="module")
def late(tmp_path_factory) -> tuple[Path, str]:
    """A class with all kinds of lateness, graded; and what the command printed."""
    root = late_class(tmp_path_factory.mktemp("late") / "course")
    Course(root).generate(NAME)
    return root, grade(root)


def test_the_penalties_of_the_course_follow_grace_days_cap_closing_time_and_extensions(late):
    assert penalties(Course(late[0])) == PENALTIES


def test_nbgraders_own_autograde_gives_the_same_penalties(tmp_path):
    root = late_class(tmp_path / "course")
    course = Course(root)
    course.generate(NAME)
    for student in CLASS:
        assert course.autograde(NAME, student) is None
    assert penalties(course) == PENALTIES


def test_stock_nbgrader_takes_due_date_and_extension_from_the_gradebook(late, tmp_path):
    with Course(late[0]).gradebook() as gradebook:
        found = {name: cast(SubmissionRow, gradebook.find_submission(NAME, name)).total_seconds_late for name in CLASS}
    assert (found["extended"], found["extended_late"], found["day"]) == (0, 660, 86_400)


def test_the_table_after_grading_says_who_was_late_and_what_it_cost(late):
    lines = {line.split()[0]: line for line in late[1].splitlines() if line.strip()}
    assert "3 h 5 min, -0.125" in lines["hours"]
    assert "10 min, within the grace" in lines["graced"]
    assert "9 days, after it closed, -1" in lines["closed"]
    assert "late" in lines["student"] and "min" not in lines["punctual"]


@pytest.mark.parametrize("form", ["csv", "table"])
def test_the_export_says_how_late_and_until_when(late, form):
    run(late[0], "export", NAME, "--format", form, "--to", f"late.{form}")
    found = rows(late[0], f"late.{form}")
    assert {name: float(row["late_submission_penalty"]) for name, row in found.items()} == PENALTIES
    assert (found["hours"]["late"], found["hours"]["seconds_late"]) == ("3 h 5 min", "11100.0")
    assert (found["punctual"]["late"], found["punctual"]["extension_until"]) == ("", "")
    assert found["extended"]["extension_until"] == "2026-11-05 11:00:00"
    assert found["closed"]["score"] == "0.0" and found["second_day"]["score"] == "0.75"


def test_canvas_gets_the_score_after_the_penalty(late):
    run(late[0], "export", NAME, "--format", "canvas", "--to", "canvas.csv")
    with (late[0] / "canvas.csv").open(newline="") as file:
        scores = {line["SIS Login ID"]: line[NAME] for line in csv.DictReader(file)}
    assert (scores["hours"], scores["punctual"]) == ("0.875", "1.0")


def test_the_feedback_page_and_the_report_say_it(late):
    run(late[0], "feedback", NAME)
    page = lambda name: (late[0] / "feedback" / name / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "Handed in 3 h 5 min late; it was due 2026-11-01 12:00 CET." in page("hours")
    assert "Penalty: 0.125 of 1 points (12.5 % of the score per started day, at most 50 %)." in page("hours")
    assert "handed in 2026-11-01 15:05 CET" in page("hours")
    assert "within the grace period, so there is no penalty" in page("graced")
    assert "You have an extension until 2026-11-05 12:00 CET." in page("extended")
    assert "closed by then, so it counts 0" in page("closed")
    assert " late" not in page("punctual").split("</style>")[1]
    run(late[0], "report", NAME)
    report = (late[0] / "reports" / f"{NAME}.html").read_text(encoding="utf-8")
    assert "3 h 5 min" in report and "(extension until 2026-11-05 11:00:00 UTC)" in report


def test_points_given_by_hand_take_the_penalty_along(late):
    with Course(late[0]).gradebook() as gradebook:
        cast(GradeRow, gradebook.find_grade("double_check", NAME, NAME, "hours")).manual_score = 0.4
        gradebook.db.commit()
    run(late[0], "export", NAME, "--to", "by_hand.csv")
    row = rows(late[0], "by_hand.csv")["hours"]
    assert (row["raw_score"], row["late_submission_penalty"], row["score"]) == ("0.4", "0.05", "0.35")
    with Course(late[0]).gradebook() as gradebook:
        cast(GradeRow, gradebook.find_grade("double_check", NAME, NAME, "hours")).manual_score = None
        gradebook.db.commit()


def test_an_extension_after_grading_moves_the_penalty_at_once(tmp_path):
    root = make_course(tmp_path / "course")
    run(root, "deadline", NAME, "2026-11-01 12:00", "--percent", "10", "--of", "maximum")
    hand_in(root, "ann", RIGHT, "2026-11-02 13:00:00")
    grade(root)
    assert "ann: penalty 0.2 -> 0" in run(root, "extend", NAME, "ann", "--until", "2026-11-02 13:00")
    assert "ann: penalty 0 -> 0.2" in run(root, "extend", NAME, "ann", "--remove")
    assert "ann: penalty 0.2 -> 0" in run(root, "deadline", NAME, "--remove")
    assert Course(root).seconds_late(NAME, "ann") == 0


def test_the_command_says_back_what_it_understood(tmp_path):
    root = make_course(tmp_path / "course")
    enrol(root, "ann")
    run(root, "deadline", "--zone", "Europe/Berlin", "--percent", "10")
    said = run(root, "deadline", NAME, "2026-11-01")
    assert said == (
        f"{NAME}: due Sunday, 2026-11-01 23:59:59 CET (22:59:59 UTC); late: 10 % of the score per started day\n"
    )
    said = run(root, "deadline", NAME, "2026-07-01T23:59-05:00", "--grace", "15")
    assert "Thursday, 2026-07-02 06:59 CEST (04:59 UTC); 15 min of grace" in said
    assert "ann: extension until Friday, 2026-07-03 23:59 CEST (21:59 UTC)" in run(
        root, "extend", NAME, "ann", "--until", "2026-07-03 23:59"
    )
    assert "ann: extension until Friday" in run(root, "deadline")
    assert "2026-07-02 06:59 CEST" in run(root, "deadline", NAME)


def test_days_of_an_extension_are_days_of_the_calendar(tmp_path):
    root = make_course(tmp_path / "course")
    enrol(root, "ann")
    run(root, "deadline", NAME, "2026-10-24 23:59", "--zone", "Europe/Berlin")
    assert "Sunday, 2026-10-25 23:59 CET" in run(root, "extend", NAME, "ann", "--days", "1")


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("01.11.2026", "is not a date; write it as 2026-11-01"),
        ("next week", "is not a time zone"),
        ("2026-11-01 23:59 EST", "'EST' is not a time zone"),
        ("2026-03-29 02:30", "does not exist on the clocks of Europe/Berlin"),
        ("2026-10-25 02:30", "is shown twice on the clocks of Europe/Berlin"),
        ("2026-02-30", "is not a date"),
    ],
)
def test_a_date_that_cannot_be_meant_is_refused_and_changes_nothing(tmp_path, when, sentence):
    root = make_course(tmp_path / "course")
    run(root, "deadline", "--zone", "Europe/Berlin")
    before = (root / "deadlines.toml").read_bytes()
    assert sentence in refused(root, "deadline", NAME, when)
    assert (root / "deadlines.toml").read_bytes() == before


def test_what_makes_no_sense_is_one_sentence(tmp_path):
    root = make_course(tmp_path / "course")
    enrol(root, "anna")
    assert "there is no assignment 99" in refused(root, "deadline", "99", "2026-11-01")
    assert f"{NAME} has no due date; set it first" in refused(root, "extend", NAME, "anna", "--days", "1")
    assert "has no due date; give it, too" in refused(root, "deadline", NAME, "--percent", "10")
    run(root, "deadline", NAME, "2026-11-01 12:00")
    assert "no student ann " in (said := refused(root, "extend", NAME, "ann", "--days", "1")) and "mean anna?" in said
    assert "ends before the work is due" in refused(root, "extend", NAME, "anna", "--until", "2026-10-01")
    assert "say until when" in refused(root, "extend", NAME, "anna")
    assert "before the due date" in refused(root, "deadline", NAME, "--close", "2026-10-01")
    assert "number from 0 to 100" in refused(root, "deadline", NAME, "--percent", "120")
    assert "name it" in refused(root, "deadline", "--grace", "5")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zone = 5", "zone is 5; it must be the name of a time zone"),
        ("zone = 'Mars/Base'", "'Mars/Base' is not a time zone"),
        ("zones = 'UTC'", "sets zones, which is not a setting; did you mean zone?"),
        ("[assignments.01_tiny]\ngrace_minutes = 5", "assignments.01_tiny has no due"),
        ("[assignments.01_tiny]\ndue = 7", "assignments.01_tiny.due is 7; it must be a date"),
        ("[assignments.01_tiny]\ndue = 2026-11-01\ngrace_minute = 5", "did you mean grace_minutes?"),
        ("[penalty]\npercent = nan", "penalty.percent is NaN; it must be a number from 0 to 100"),
        ("[penalty]\npercent = 5\nper = 'week'", "penalty.per is 'week'; it must be one of day, hour, once"),
        ("due = = 3", "is not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place_before_anything_is_graded(tmp_path, text, sentence):
    root = make_course(tmp_path / "course")
    hand_in(root, "ann")
    (root / "deadlines.toml").write_text(text)
    assert sentence in refused(root, "deadline")
    assert sentence in refused(root, "grade", NAME)


def test_what_a_person_wrote_into_the_file_stays(tmp_path):
    root = make_course(tmp_path / "course")
    written = f"# the dean wants Sundays\n[assignments.{NAME}]\ndue = 2026-11-01 # a Sunday\n"
    (root / "deadlines.toml").write_text(written)
    assert "2026-11-01 23:59:59 UTC; 5 min of grace" in run(root, "deadline", NAME, "--grace", "5")
    assert (root / "deadlines.toml").read_text().startswith(written)
