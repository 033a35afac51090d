"""The demo class goes through the whole cycle, and what comes out is what an instructor and a student should see."""

from __future__ import annotations

import csv
import html
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat import read

from autograder.notebooks.catalogue import load
from autograder.notebooks.regions import HIDDEN_TESTS, SOLUTION, cut, telling

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo"
UNIT = "02_pca_least_squares"


def run_demo(*options: str, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    command = [Path(sys.executable).with_name("autograder"), "demo", *options]
    environment = {"COLUMNS": "80", "PATH": "/usr/bin:/bin", "HOME": str(Path.home())}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def table() -> str:
    """What `autograder demo` prints of one assignment."""
    done = run_demo(UNIT)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def row(table: str, student: str) -> list[str]:
    line = next(line.strip() for line in table.splitlines() if re.match(rf" *{student} .*(graded|malformed)[ ,]", line))
    did, status, points = re.fullmatch(rf"{student} +(.*?)  +(graded, late|graded|malformed) +(.*)", line).groups()
    return [student, did, status, *points.split()]


def test_every_student_is_in_the_table_with_status_points_and_total(table):
    for student in ("ash", "birch", "cedar", "oak", "rowan"):
        assert row(table, student)[2:] == [row(table, student)[2], "6", "5", "5", "7", "5", "5", "6", "6", "5", "50"]
    assert row(table, "oak")[2] == "graded, late"
    assert row(table, "maple")[2:] == ["graded", *["0"] * 9, "0"]
    assert row(table, "larch")[3:] == ["6", "5", "5", "7", "0", "0", "0", "0", "0", "23"]
    assert row(table, "pine")[4] == "0" and row(table, "pine")[-1] == "45"
    assert row(table, "willow")[2:] == ["malformed", *["–"] * 10]
    assert "willow was not graded: 02_pca_least_squares.ipynb is not JSON" in table
    totals = [int(row(table, student)[-1]) for student in ("elm", "fern", "hazel", "ivy", "juniper")]
    assert totals == sorted(totals, reverse=True) and 0 < totals[-1] < totals[0] < 50


def test_a_second_run_is_quick_and_prints_the_same_table(table):
    start = time.perf_counter()
    again = run_demo(UNIT)
    assert again.returncode == 0
    assert "Nothing has changed" in again.stdout
    assert row(again.stdout, "ivy") == row(table, "ivy")
    assert time.perf_counter() - start < 10


def test_the_submissions_went_through_the_exchange(table):
    inbound = list((DEMO / "exchange" / "deep-learning" / "inbound").iterdir())
    assert len(inbound) == 14
    assert len(list((DEMO / "submitted").glob(f"*/{UNIT}/timestamp.txt"))) == 14


def test_the_exported_grades_are_those_of_the_table(table):
    with (DEMO / "grades.csv").open() as file:
        lines = {line["student_id"]: line for line in csv.DictReader(file)}
    for student in ("ash", "fern", "juniper", "maple"):
        assert float(lines[student]["score"]) == float(row(table, student)[-1])
    assert (lines["willow"]["status"], lines["willow"]["score"]) == ("malformed", "")


def test_feedback_has_no_hidden_test_no_solution_and_no_path(table):
    pages = sorted((DEMO / "feedback").glob(f"*/{UNIT}/*.html"))
    assert len(pages) == 13  # all but the one that could not be read
    master = read(ROOT / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)
    visible = "\n".join(cut(cut(cell.source, HIDDEN_TESTS).kept, SOLUTION).kept for cell in master.cells)
    hidden = telling([line for cell in master.cells for line in cut(cell.source, HIDDEN_TESTS).removed], visible)
    assert len(hidden) > 50
    # The class answers in its own words, so the solution's lines are looked for in the page of who did nothing.
    solution = telling([line for cell in master.cells for line in cut(cell.source, SOLUTION).removed], visible)
    for page in pages:
        text = as_text(page)
        secrets = hidden | (solution if page.parts[-3] == "maple" else set())
        assert [line for line in secrets if line in text] == []
        assert str(ROOT) not in text and "Traceback" not in text


def test_feedback_says_what_was_wrong_in_the_words_of_the_check(table):
    text = as_text(next((DEMO / "feedback" / "maple").glob("*/*.html")))
    assert text.count("`orthonormal_basis` is not implemented yet") == 2
    assert "has wrong values" in as_text(next((DEMO / "feedback" / "juniper").glob("*/*.html")))


def test_mistakes_are_called_by_their_names_in_the_feedback_and_in_the_report(table):
    hints = [answer.hint for answer in load(ROOT / "answers" / f"{UNIT}.py").answers if answer.kind == "wrong"]
    told = {name: as_text(DEMO / "feedback" / name / UNIT / f"{UNIT}.html") for name in ("ash", "juniper")}
    assert [hint for hint in hints if hint in told["ash"]] == []
    assert len([hint for hint in hints if hint in told["juniper"]]) == 9
    report = as_text(DEMO / "reports" / f"{UNIT}.html")
    named = {answer["mistake"] for answer in exercises("juniper").values()}
    assert len(named) == 9 and [name for name in named if name.replace("_", " ") not in report] == []


def test_students_get_the_hints_with_the_assignment(table):
    assert (DEMO / "students" / "ash" / UNIT / "hints.json").read_text() == (
        ROOT / "release" / UNIT / "hints.json"
    ).read_text()


def exercises(student: str) -> dict[str, dict]:
    return json.loads((DEMO / ".results" / UNIT / f"{student}.json").read_text())["exercises"]


def test_a_demo_folder_that_somebody_else_made_is_left_alone(tmp_path):
    for name in ("nbgrader_config.py", "source", "answers"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "mine.txt").write_text("keep me")
    done = run_demo(cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and "was not made by the demo" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "demo" / "mine.txt").read_text() == "keep me"


def as_text(page: Path) -> str:
    """The words of a page of HTML, without its tags, styles and scripts."""
    text = re.sub(r"(?s)<(style|script)\b.*?</\1>", "", page.read_text(encoding="utf-8"))
    return html.unescape(re.sub(r"<[^>]+>", "", text))
