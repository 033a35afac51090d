"""Files for learning management systems, read back as their importers read them."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest
from support.small_class import RIGHT, WRONG, grade, hand_in
from support.tiny_course import NAME, command, enrol, make_course

BROKEN = b'{"cells": ['
HANDED_IN = {"ash": RIGHT, "007": WRONG, "@at": RIGHT, "=1+1": RIGHT, "-dash": WRONG, "broken": BROKEN}
SCORES = {"ash": 1.0, "007": 0.0, "@at": 1.0, "=1+1": 1.0, "-dash": 0.0}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A class with logins that look like formulas and numbers, one unreadable hand-in, and one student without."""
    root = make_course(tmp_path_factory.mktemp("class") / "course")
    for student, work in HANDED_IN.items():
        hand_in(root, student, work)
    grade(root)
    enrol(root, "ash", first_name="Points Possible", last_name="of Ash", email="ash@example.org")
    enrol(root, "absent", first_name="=A", last_name="B")
    return root


def written(root: Path, form: str, *options: str) -> Path:
    done = command(root, "export", NAME, "--format", form, "--to", f"{form}.out", *options)
    assert done.returncode == 0, done.stderr
    return root / f"{form}.out"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def moodles(path: Path) -> dict[str, float]:
    """What Moodle makes of a file: an empty score is 0 in a new item, and a line without a user is the last one's."""
    user, found = "", {}
    for line in table(path):
        user = line["username"] or user
        found[user] = float(line[NAME] or 0)
    return found


def brightspaces(path: Path, item: str) -> dict[str, float]:
    """What Brightspace makes of it: the item is what stands before "Points Grade", and a line ends in #."""
    lines = table(path)
    assert all(line["End-of-Line Indicator"] == "#" for line in lines)
    return {line["Username"]: float(line[f"{item} Points Grade"]) for line in lines}


def blackboards(path: Path, column: str) -> dict[str, float]:
    """What Blackboard makes of it, which wants quotation marks around every value."""
    text = path.read_text(encoding="utf-8")
    assert all(line.startswith('"') and line.endswith('"') for line in text.splitlines())
    return {line["Username"]: float(line[column]) for line in table(path)}


def test_moodle_reads_the_scores_of_those_who_have_one_and_of_nobody_else(course):
    assert moodles(written(course, "moodle")) == SCORES


def test_brightspace_reads_the_scores_into_the_item_that_is_named(course):
    assert brightspaces(written(course, "brightspace"), NAME) == SCORES
    assert brightspaces(written(course, "brightspace", "--heading", "Assignment 2"), "Assignment 2") == SCORES


def test_blackboard_reads_the_scores_into_the_column_with_its_id(course):
    assert blackboards(written(course, "blackboard"), f"{NAME} [Total Pts: 1 Score]") == SCORES
    heading = "Assignment 2 [Total Pts: 50 Score] |31415"
    assert blackboards(written(course, "blackboard", "--heading", heading), heading) == SCORES


def test_gradescope_reads_a_score_and_a_test_per_exercise_for_each_who_was_graded(course):
    with zipfile.ZipFile(written(course, "gradescope")) as files:
        found = {Path(name).parent.name: json.loads(files.read(name)) for name in files.namelist()}
    assert {student: about["score"] for student, about in found.items()} == SCORES
    for about in found.values():
        assert set(about) == {"score", "visibility", "tests"}
        (test,) = about["tests"]
        assert test["max_score"] == 1.0 and test["score"] == about["score"]
        assert test["visibility"] == about["visibility"] == "after_published"


def test_canvas_finds_students_by_logins_that_look_like_formulas_and_takes_no_name_for_its_own_row(course):
    first, *students = table(written(course, "canvas", "--heading", "Assignment 2 (17)"))
    assert (first["Student"].strip(), first["Assignment 2 (17)"]) == ("Points Possible", "1")
    scores = {line["SIS Login ID"]: line["Assignment 2 (17)"] for line in students}
    assert scores == {student: str(score) for student, score in SCORES.items()} | {"broken": "", "absent": ""}
    names = {line["SIS Login ID"]: line["Student"] for line in students}
    assert names["absent"] == "'=A B" and "Points Possible" not in names.values() and names["ash"] == "ash"


def test_an_option_that_a_format_does_not_have_is_one_sentence(course):
    for words, sentence in {
        ("--format", "table", "--heading", "x"): "--heading is about the column of one assignment; add --format canvas",
        (
            "--format",
            "moodle",
            "--drop-lowest",
            "1",
        ): "--drop-lowest is about the total of the course; add",
    }.items():
        done = command(course, "export", NAME, *words)
        assert done.returncode == 1 and sentence in done.stderr and len(done.stderr.splitlines()) == 1
