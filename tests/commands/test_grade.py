"""`autograder grade` on a real class: the real sandbox, nbgrader's real gradebook, and what comes out of both."""

from __future__ import annotations

import copy
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from support.stock import graded_by_stock

from autograder.engine.isolation import strongest_level
from autograder.engine.worker import landlock
from autograder.errors import CourseError
from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.catalogue import load, submission
from autograder.operations.demo_class import CLASS
from course_utils.check.seeds import STUDENT_SEED

ROOT = Path(__file__).parents[2]
UNIT = "02_pca_least_squares"
HONEST = ("ash", "cedar", "fern", "juniper", "larch")

try:
    strongest_level()
except CourseError as error:
    pytestmark = pytest.mark.skip(reason=str(error))


@pytest.fixture(scope="module")
def catalogue():
    return load(ROOT / "answers" / f"{UNIT}.py")


@pytest.fixture(scope="module")
def released():
    return nbformat.read(ROOT / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)


def make_course(root: Path) -> Path:
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "source" / UNIT, root / "source" / UNIT)
    return root


def hand_in(root: Path, student: str, notebook=None, text: bytes | None = None) -> Path:
    path = root / "submitted" / student / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    path.with_name("timestamp.txt").write_text("2026-09-01 12:00:00.000000 UTC")
    path.write_bytes(text if text is not None else nbformat.writes(notebook).encode())
    return path


def answered(released, catalogue, way: int = 0, **other: str):
    """A released notebook with right answers, except for those in `other`."""
    answers = {name: catalogue.right(name)[way % len(catalogue.right(name))].source for name in catalogue.exercises}
    return submission(released, answers | other)


def run(root: Path, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "autograder.cli", "grade", UNIT, *options]
    environment = os.environ | {"COLUMNS": "100"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=300)


def graded(root: Path, *options: str) -> dict[str, dict]:
    """Grade, and return the results by student."""
    done = run(root, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return kept(root)


def kept(root: Path) -> dict[str, dict]:
    return {path.stem: json.loads(path.read_text()) for path in (root / ".results" / UNIT).glob("*.json")}


def points(result: dict) -> dict[str, tuple[float, float]]:
    return {name: (about["score"], about["max_score"]) for name, about in result["exercises"].items()}


@pytest.fixture(scope="module")
def demo(tmp_path_factory, released, catalogue):
    """The demo class, graded: (course folder, results, what was printed)."""
    root = make_course(tmp_path_factory.mktemp("demo"))
    for student in CLASS:
        student.work(hand_in(root, student.name, released), catalogue)
    done = run(root, "--json", "all.json")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return root, kept(root), done.stdout


def test_the_demo_class_gets_what_its_stories_say(demo):
    _, results, printed = demo
    assert {name for name, result in results.items() if result["status"] != "graded"} == {"willow"}
    totals = {name: result["score"] for name, result in results.items()}
    assert [totals[name] for name in ("ash", "birch", "cedar", "oak", "rowan")] == [50] * 5
    assert (totals["larch"], totals["maple"], totals["pine"], totals["willow"]) == (23, 0, 45, None)
    assert 50 > totals["elm"] > totals["ivy"] > totals["juniper"] > 0
    assert "willow was not graded" in printed and "is not JSON" in printed
    assert "1 without a grade, which is not a 0" in printed
    assert results["pine"]["remarks"] == ["the answer cell project is missing."]
    assert (
        len(results["maple"]["unanswered"]) == 9
        and "not implemented" in results["maple"]["checks"]["ridge_check"]["message"]
    )


def test_the_json_file_holds_every_submission_in_order(demo):
    root, results, _ = demo
    listed = json.loads((root / "all.json").read_text())
    assert [result["student"] for result in listed] == sorted(results)
    assert all(result == results[result["student"]] for result in listed)
    assert listed[0]["sandbox"] == "bubblewrap" and listed[0]["exercises"]["ridge"] == {
        "score": 6.0,
        "max_score": 6.0,
        "message": "",
        "mistakes": [],
        "why_unnamed": "",
    }


def test_scores_are_those_of_stock_nbgrader_exercise_by_exercise(demo, tmp_path):
    root, results, _ = demo
    stock = Course(make_course(tmp_path))
    stock.generate(UNIT)
    for student in HONEST:
        shutil.copytree(root / "submitted" / student, tmp_path / "submitted" / student)
        assert graded_by_stock(stock, UNIT, student) is None
        assert points(results[student]) == stock.scores(UNIT, student), student


def test_the_gradebook_holds_the_results_and_no_row_for_what_was_not_graded(demo):
    root, results, _ = demo
    course = Course(root)
    for student, result in results.items():
        scores = course.scores(UNIT, student)
        assert scores == (points(result) if result["score"] is not None else None), student
    with course.gradebook() as gradebook:
        found = gradebook.find_submission(UNIT, "maple")
        assert str(found.timestamp) == "2026-09-01 12:00:00" and not found.needs_manual_grade
        assert {comment.auto_comment for comment in found.notebooks[0].comments} == {"No response."}
        assert "willow" not in {student.id for student in gradebook.students}


def test_formgrader_and_feedback_work_on_what_was_written(demo):
    root, results, _ = demo
    course = Course(root)
    with course.gradebook() as gradebook:
        shown = {row["student"]: row["score"] for row in gradebook.submission_dicts(UNIT)}
    assert shown["ash"] == 50 and len(shown) == 13
    listed = {row["student"]: row["autograded"] for row in course._api.get_submissions(UNIT)}
    assert (listed["ash"], listed["willow"]) == (True, False)
    page = nbformat.read(root / "autograded" / "juniper" / UNIT / f"{UNIT}.ipynb", as_version=4)
    nbformat.validate(page)
    course.generate_feedback(UNIT, "juniper")
    html = (root / "feedback" / "juniper" / UNIT / f"{UNIT}.html").read_text()
    assert "has wrong values" in html and f"Score: {results['juniper']['score']} / 50.0" in html
    assert "BEGIN HIDDEN TESTS" not in html


def test_seeds_are_secret_of_each_student_and_reproduce(demo):
    root, results, _ = demo
    assert (root / ".course_secret").stat().st_mode & 0o777 == 0o600
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in root.glob(f".results/{UNIT}/*.json"))
    assert len({result["seed"] for result in results.values()} | {STUDENT_SEED}) == len(results) + 1
    assert all(0 <= result["seed"] < 2**63 for result in results.values())


def test_an_answer_written_for_the_known_inputs_gets_no_hidden_points(tmp_path, released, catalogue):
    root = make_course(tmp_path)
    source = "import os\ndef ridge(A, b, lam):\n    return repr((os.environ, A.tolist()))\n"
    hand_in(root, "ash", answered(released, catalogue, ridge=source))
    message = graded(root, "--seed", "7")["ash"]["checks"]["ridge_check"]["message"]
    again = graded(root, "--seed", "7")["ash"]
    assert again["checks"]["ridge_check"]["message"] == message and again["seed"] == 7
    assert "COURSE_CHECK_SEED" not in message


HOSTILE = {
    "an endless loop": ("def ridge(A, b, lam):\n    while True: pass", 44, "took more than 10 s of computing time"),
    "an exit": ("import os\ndef ridge(A, b, lam):\n    os._exit(0)", 44, "ended its process"),
    "a segmentation fault": ("import ctypes\ndef ridge(A, b, lam):\n    ctypes.string_at(0)", 44, "SIGSEGV"),
    "too much memory": ("def ridge(A, b, lam):\n    return [bytearray(1 << 28) for _ in range(400)]", 44, None),
    "sys.exit": ("import sys\ndef ridge(A, b, lam):\n    sys.exit(0)", 44, None),
    "an exit in the cell": ("import os; os._exit(0)", 44, "ended its process"),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, released, catalogue):
    """Students who do harm, and an honest one among them."""
    root = make_course(tmp_path_factory.mktemp("hostile"))
    with (root / "nbgrader_config.py").open("a") as settings:
        settings.write("\nc.Grading.call_cpu_seconds = 10\n")
    for number, (source, _, _) in enumerate(HOSTILE.values()):
        hand_in(root, f"h{number}", answered(released, catalogue, ridge=source))
    hand_in(root, "honest", answered(released, catalogue))
    return root, graded(root)


@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=list(HOSTILE))
def test_what_a_student_does_to_the_process_costs_that_exercise_alone(hostile, number):
    _, expected, words = list(HOSTILE.values())[number]
    result = hostile[1][f"h{number}"]
    assert result["score"] == expected
    assert points(result)["ridge"] == (0, 6)
    if words:
        assert result["status"] == "graded with crashes" and words in result["reason"]


def test_an_honest_student_among_them_gets_everything(hostile):
    assert (hostile[1]["honest"]["status"], hostile[1]["honest"]["score"]) == ("graded", 50)


def old_format(notebook) -> bytes:
    return json.dumps(nbformat.convert(copy.deepcopy(notebook), 3)).encode()  # convert changes what it is given


def test_every_kind_of_file_is_graded_or_gets_a_sentence(tmp_path, released, catalogue):
    root, right = make_course(tmp_path), answered(released, catalogue)
    text = nbformat.writes(right).encode()
    hand_in(root, "bom", text=b"\xef\xbb\xbf" + text)
    hand_in(root, "format3", text=old_format(right))
    hand_in(root, "many", long(right))
    hand_in(root, "large", large(right))
    hand_in(root, "truncated", text=text[:3000])
    hand_in(root, "empty", text=b"")
    hand_in(root, "list", text=b"[1, 2]")
    hand_in(root, "later", text=b'{"nbformat": 9, "cells": []}')
    hand_in(root, "deep", text=b"[" * 100_000)
    hand_in(root, "renamed", right).rename(root / "submitted" / "renamed" / UNIT / "mine.ipynb")
    link = hand_in(root, "link", right)
    link.unlink()
    link.symlink_to(root / "source" / UNIT / f"{UNIT}.ipynb")
    results = graded(root)
    assert {name for name, result in results.items() if result["score"] == 50} == {"bom", "format3", "many", "large"}
    for student, status, words in (
        ("truncated", "malformed", "is not JSON"),
        ("empty", "malformed", "is empty"),
        ("list", "malformed", "not a notebook"),
        ("later", "malformed", "format 9"),
        ("deep", "malformed", "is not JSON"),
        ("renamed", "missing", "there is mine.ipynb"),
        ("link", "malformed", "link"),
    ):
        assert results[student]["status"] == status and words in results[student]["reason"], results[student]
        assert results[student]["score"] is None


def long(notebook):
    """A notebook with 10,000 cells more."""
    extra = [new_code_cell("") if n % 2 else nbformat.v4.new_markdown_cell("note") for n in range(10_000)]
    return nbformat.v4.new_notebook(cells=[*copy.deepcopy(notebook["cells"]), *extra])


def large(notebook):
    """A notebook with 50 MB of output."""
    copy = nbformat.reads(nbformat.writes(notebook), as_version=4)
    copy.cells.append(new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="x" * 50_000_000)]))
    return copy


@pytest.mark.skipif(landlock.version() == 0, reason="the kernel has no Landlock")
def test_the_second_isolation_level_gives_the_same_marks_and_is_named_in_the_result(tmp_path, released, catalogue):
    root = make_course(tmp_path)
    hand_in(root, "right", answered(released, catalogue))
    hand_in(root, "exits", answered(released, catalogue, ridge=HOSTILE["an exit"][0]))
    results = graded(root, "--sandbox", "landlock")
    assert {name: (result["score"], result["sandbox"]) for name, result in results.items()} == {
        "right": (50, "landlock"),
        "exits": (44, "landlock"),
    }


def test_copied_and_deleted_cells_have_their_defined_outcome(tmp_path, released, catalogue):
    root, right = make_course(tmp_path), answered(released, catalogue)
    twice = answered(released, catalogue, ridge="def ridge(A, b, lam):\n    return 0")
    place = next(
        n for n, cell in enumerate(twice.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == "ridge"
    )
    twice.cells.insert(
        place + 1, next(c for c in right.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "ridge")
    )
    hand_in(root, "twice", text=json.dumps(twice).encode())
    without = copy.deepcopy(right)
    without.cells = [cell for cell in without.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != "ridge"]
    hand_in(root, "without", without)
    results = graded(root)
    assert results["twice"]["score"] == 50 and "occurs 2 times" in results["twice"]["remarks"][0]
    assert results["without"]["score"] == 44 and results["without"]["unanswered"] == ["ridge"]
    for student in results:
        Course(root).generate_feedback(UNIT, student)


def test_a_run_killed_in_the_middle_is_resumed_and_loses_nothing(tmp_path, released, catalogue):
    root = make_course(tmp_path)
    for number in range(12):
        hand_in(root, f"s{number:02}", answered(released, catalogue, number))
    command = [sys.executable, "-m", "autograder.cli", "grade", UNIT, "-j", "2"]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(list((root / ".results").glob("*/*.json"))) < 4:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {path: path.stat().st_mtime_ns for path in (root / ".results").glob("*/*.json")}
    assert 4 <= len(before) < 12
    done = run(root, "--resume")
    assert f"{len(before)} kept from an earlier run" in done.stdout, done.stdout + done.stderr
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert {result["score"] for result in kept(root).values()} == {50} and len(kept(root)) == 12
    course = Course(root)
    assert all(total(course, f"s{n:02}") == 50 for n in range(12))
    with course.gradebook() as gradebook:
        assert len(gradebook.assignment_submissions(UNIT)) == 12


def test_a_regrade_says_whose_score_moved_and_which_check_did_it(tmp_path, released, catalogue):
    root, wrong = make_course(tmp_path), "def ridge(A, b, lam):\n    return 0"
    path = hand_in(root, "ash", answered(released, catalogue, ridge=wrong))
    hand_in(root, "oak", answered(released, catalogue))
    graded(root)
    nbformat.write(answered(released, catalogue), path)
    hand_in(root, "new", answered(released, catalogue))
    before = kept(root)
    asked = run(root, "--regrade", "--dry-run")
    moved = "ridge_check 0 -> 2, ridge_check_2 0 -> 2, ridge_check_3 0 -> 2"
    assert f"Scores would move:\n  ash: 44 -> 50 (+6); {moved}\n" in asked.stdout
    assert "nothing was written" in asked.stdout and kept(root) == before
    assert total(Course(root), "ash") == 44
    done = run(root, "--regrade")
    assert "Scores that moved:\n  ash: 44 -> 50 (+6)" in done.stdout and "oak:" not in done.stdout
    assert set(kept(root)) == {"ash", "oak"}
    assert total(Course(root), "ash") == 50


def test_a_grade_given_by_hand_is_kept_and_flagged_when_ours_changes(tmp_path, released, catalogue):
    root = make_course(tmp_path)
    path = hand_in(root, "ash", answered(released, catalogue))
    graded(root)
    by_hand(root, 1.5)
    graded(root)
    assert by_hand(root) == (1.5, 2.0, False)
    nbformat.write(answered(released, catalogue, ridge="def ridge(A, b, lam):\n    return 0"), path)
    graded(root)
    assert by_hand(root) == (1.5, 0.0, True)


def total(course: Course, student: str) -> float:
    """Return the points that the gradebook has of a student."""
    return sum(score for score, _ in (course.scores(UNIT, student) or {}).values())


def by_hand(root: Path, score: float | None = None) -> tuple[float, float, bool]:
    """Give a grade by hand where there is one to give; return (manual score, ours, to be looked at)."""
    with Course(root).gradebook() as gradebook:
        grade: Any = gradebook.find_grade("ridge_check", UNIT, UNIT, "ash")  # nbgrader declares columns, not values
        if score is not None:
            grade.manual_score, grade.needs_manual_grade = score, False
            gradebook.db.commit()
        return grade.manual_score, grade.auto_score, grade.needs_manual_grade


def test_a_result_that_cannot_be_read_is_named_and_made_again(tmp_path, released, catalogue):
    """A regrade counts it as graded, and --resume does not keep it."""
    root = make_course(tmp_path)
    for student in ("ash", "oak"):
        hand_in(root, student, answered(released, catalogue))
    graded(root)
    damaged = root / ".results" / UNIT / "ash.json"
    whole = damaged.read_text()
    for option, text in (("--resume", whole[:200]), ("--regrade", whole.replace('"format": 2', '"format": 3'))):
        damaged.write_text(text)
        done = run(root, option)
        assert done.returncode == 0, done.stderr
        assert "ash.json cannot be read as a result" in done.stdout and "oak.json" not in done.stdout
        assert json.loads(damaged.read_text())["score"] == 50


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--student", "nobody"), "nobody has no folder"),
        (("--regrade",), "nothing of 02_pca_least_squares has been graded yet"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, released, options, words):
    root = make_course(tmp_path)
    hand_in(root, "ash", released)
    done = run(root, *options)
    assert done.returncode == 1 and done.stderr.startswith("error: ") and words in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not (root / ".results").exists()


def test_no_submission_and_an_unknown_assignment_are_one_sentence_each(tmp_path):
    root = make_course(tmp_path)
    done = run(root)
    assert done.returncode == 1 and "there is no submission of" in done.stderr
    command = [sys.executable, "-m", "autograder.cli", "grade", "99_none"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("error: there is no assignment 99_none")


def test_an_exercise_whose_master_fails_is_left_open_and_the_others_are_graded(tmp_path, released):
    root = make_course(tmp_path)
    path = root / "source" / UNIT / f"{UNIT}.ipynb"
    master = nbformat.read(path, as_version=4)
    cell = next(cell for cell in master.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "ridge")
    cell.source = cell.source.replace("lam * ", "2 * lam * ")
    nbformat.write(master, path)
    hand_in(root, "ash", released)
    done = run(root)
    assert done.returncode == 0, done.stderr
    assert "`ridge` is not graded in 1 submission: the master itself fails ridge_check here" in done.stdout
