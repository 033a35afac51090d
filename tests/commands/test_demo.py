"""The demo class goes through the whole cycle, and what comes out is what an instructor and a student should see."""

from __future__ import annotations

import csv
import html
import json
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from nbformat import read
from rich.console import Console

from autograder.notebooks.catalogue import load
from autograder.notebooks.regions import HIDDEN_TESTS, SOLUTION, cut, telling
from autograder.operations.demo import Row, _remarks, _table

ROOT = Path(__file__).parents[2]
UNIT = "02_pca_least_squares"


def run_demo(folder: Path, *options: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("autograder"), "demo", "--folder", folder, *options]
    environment = {"COLUMNS": "80", "PATH": "/usr/bin:/bin", "HOME": str(Path.home())}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo: not the course's own, which a maintainer may be looking at."""
    return tmp_path_factory.mktemp("demo") / "class"


@pytest.fixture(scope="module")
def table(demo: Path) -> str:
    """What `autograder demo` prints of one assignment."""
    done = run_demo(demo, UNIT)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def row(table: str, student: str) -> list[str]:
    line = next(line.strip() for line in table.splitlines() if re.match(rf" *{student} .*(graded|malformed)[ ,]", line))
    found = re.fullmatch(rf"{student} +(.*?)  +(graded, late|graded|malformed) +(.*)", line)
    assert found, line
    did, status, points = found.groups()
    return [student, did, status, *points.split()]


def test_every_student_is_in_the_table_with_status_points_and_total(table):
    for student in ("ash", "birch", "cedar", "oak", "rowan"):
        assert row(table, student)[2:] == [row(table, student)[2], "6", "5", "5", "7", "5", "5", "6", "6", "5", "50"]
    assert row(table, "oak")[2] == "graded, late"
    assert row(table, "maple")[2:] == ["graded", *["0"] * 9, "0"]
    assert row(table, "larch")[3:] == ["6", "5", "5", "7", "0", "0", "0", "0", "0", "23"]
    assert row(table, "pine")[4] == "0" and row(table, "pine")[-1] == "45"
    assert row(table, "willow")[2:] == ["malformed", *["–"] * 10]
    assert table.count("willow was not graded: 02_pca_least_squares.ipynb is not JSON") == 1
    assert table.count("is not JSON") == 1
    totals = [int(row(table, student)[-1]) for student in ("elm", "fern", "hazel", "ivy", "juniper")]
    assert totals == sorted(totals, reverse=True) and 0 < totals[-1] < totals[0] < 50


def test_a_second_run_does_nothing_again_and_prints_the_same_table(table, demo):
    again = run_demo(demo, UNIT)
    assert again.returncode == 0
    assert "Nothing has changed" in again.stdout
    assert row(again.stdout, "ivy") == row(table, "ivy")


def test_the_submissions_went_through_the_exchange(table, demo):
    inbound = list((demo / "exchange" / "deep-learning" / "inbound").iterdir())
    assert len(inbound) == 14
    assert len(list((demo / "submitted").glob(f"*/{UNIT}/timestamp.txt"))) == 14


def test_the_exported_grades_are_those_of_the_table(table, demo):
    with (demo / "grades.csv").open() as file:
        lines = {line["student_id"]: line for line in csv.DictReader(file)}
    for student in ("ash", "fern", "juniper", "maple"):
        assert float(lines[student]["score"]) == float(row(table, student)[-1])
    assert (lines["willow"]["status"], lines["willow"]["score"]) == ("malformed", "")


def handed_in(demo: Path, student: str) -> Path:
    return demo / "submitted" / student / UNIT / f"{UNIT}.ipynb"


def test_feedback_has_no_hidden_test_no_solution_and_no_path(table, demo):
    pages = sorted((demo / "feedback").glob(f"*/{UNIT}/*.html"))
    assert len(pages) == 13  # all but the one that could not be read
    master = read(ROOT / "source" / UNIT / f"{UNIT}.ipynb", as_version=4)
    visible = "\n".join(cut(cut(cell.source, HIDDEN_TESTS).kept, SOLUTION).kept for cell in master.cells)
    hidden = telling([line for cell in master.cells for line in cut(cell.source, HIDDEN_TESTS).removed], visible)
    assert len(hidden) > 50
    # The class answers in its own words, so the solution's lines are looked for in the page of who did nothing.
    solution = telling([line for cell in master.cells for line in cut(cell.source, SOLUTION).removed], visible)
    for page in pages:
        text = as_text(page)
        own = "\n".join(cell.source for cell in read(handed_in(demo, page.parts[-3]), as_version=4).cells)
        secrets = {line for line in hidden if line not in own} | (solution if page.parts[-3] == "maple" else set())
        assert [line for line in secrets if line in text] == []
        assert str(ROOT) not in text and "Traceback" not in text


def test_feedback_says_what_was_wrong_in_the_words_of_the_check(table, demo):
    text = as_text(next((demo / "feedback" / "maple").glob("*/*.html")))
    assert text.count("`orthonormal_basis` is not implemented yet") == 2
    assert "has wrong values" in as_text(next((demo / "feedback" / "juniper").glob("*/*.html")))


def test_mistakes_are_called_by_their_names_in_the_feedback_and_in_the_report(table, demo):
    hints = [answer.hint for answer in load(ROOT / "answers" / f"{UNIT}.py").answers if answer.kind == "wrong"]
    told = {name: as_text(demo / "feedback" / name / UNIT / f"{UNIT}.html") for name in ("ash", "juniper")}
    assert [hint for hint in hints if hint in told["ash"]] == []
    assert len({hint for hint in hints if hint in told["juniper"]}) == 9  # one of each exercise
    report = as_text(demo / "reports" / f"{UNIT}.html")
    named = {name for answer in exercises(demo, "juniper").values() for name in answer["mistakes"]}
    assert len(named) == 9 and [name for name in named if name.replace("_", " ") not in report] == []


def test_students_get_the_hints_with_the_assignment(table, demo):
    assert (demo / "students" / "ash" / UNIT / "hints.json").read_text() == (
        ROOT / "release" / UNIT / "hints.json"
    ).read_text()


def exercises(demo: Path, student: str) -> dict[str, dict]:
    return json.loads((demo / ".results" / UNIT / f"{student}.json").read_text())["exercises"]


def test_a_folder_that_the_demo_did_not_make_is_left_alone(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "mine.txt").write_text("keep me")
    done = run_demo(tmp_path / "demo", UNIT)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and "was not made by the demo" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "demo" / "mine.txt").read_text() == "keep me"


def test_no_test_runs_the_demo_in_the_folder_of_the_course_itself():
    own = re.compile(r"""(ROOT|REPOSITORY) / ["']demo["']""")
    assert [path.name for path in (ROOT / "tests").rglob("*.py") if own.search(path.read_text(encoding="utf-8"))] == []


# ---- the table on a narrow terminal


def printed(renderable: object, width: int = 80) -> list[str]:
    console = Console(width=width, file=StringIO(), force_terminal=False)
    console.print(renderable)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def ten_exercises(student: str = "ash", story: str = "all right, another way", status: str = "graded, late") -> Row:
    return Row(UNIT, student, story, status, {f"exercise_{i}": (10.0, 10.0) for i in range(10)})


def test_on_80_columns_the_total_of_ten_exercises_is_shown_and_the_last_exercises_give_way():
    rows = [ten_exercises(), Row(UNIT, "willow", "a file cut in half", "malformed")]
    console = Console(width=80)
    lines = printed(_table(UNIT, rows, console))
    assert max(map(len, lines)) <= 80
    [ash], [willow] = ([line for line in lines if line.strip().startswith(name)] for name in ("ash", "willow"))
    assert ash.split()[-1] == "100" and "graded, late" in ash and willow.split()[-1] == "–"
    assert any("total" in line for line in lines)
    assert "more on a wider screen" in " ".join(" ".join(lines).split())


def test_on_a_wide_terminal_all_exercises_are_shown():
    console = Console(width=200)
    text = " ".join(printed(_table(UNIT, [ten_exercises()], console), width=200))
    assert "10 exercise_9" in text and "wider screen" not in text


def test_a_broken_file_is_reported_once_for_all_assignments():
    rows = [
        Row(unit, "willow", "a file cut in half", "malformed", reason=f"{unit}.ipynb is not JSON (line {n}).")
        for n, unit in enumerate(("01_a", "02_b", "03_c"))
    ]
    crash = Row("02_b", "ash", "all right", "graded with crashes", {"a": (0.0, 1.0)}, "The student's code ended.")
    assert list(_remarks([*rows, crash])) == [
        "willow was not graded: 01_a.ipynb is not JSON (line 0). (and 2 more assignments like this)",
        "ash was graded, but The student's code ended.",
    ]


def as_text(page: Path) -> str:
    """The words of a page of HTML, without its tags, styles and scripts."""
    text = re.sub(r"(?s)<(style|script)\b.*?</\1>", "", page.read_text(encoding="utf-8"))
    return html.unescape(re.sub(r"<[^>]+>", "", text))
