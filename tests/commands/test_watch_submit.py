"""The student's side of the watcher: one command hands in and waits for the page."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from support.small_class import RIGHT, answered
from support.tiny_course import NAME, REPOSITORY, released
from support.watched import inbound, says, set_policy, watched_course, watching

import course_utils

ME = getpass.getuser()


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    return watched_course(tmp_path_factory.mktemp("submit") / "course", ME, policy="c.Watch.attempts_per_hour = 1")


@pytest.fixture
def desk(course, tmp_path) -> Path:
    """A student's kit, in a home of its own, with the answer written."""
    desk = tmp_path / "home" / "deep-learning"
    shutil.copytree(course / "release", desk / "release")
    shutil.copy(REPOSITORY / "nbgrader_config.py", desk)
    shutil.copytree(REPOSITORY / "course_utils", desk / "course_utils", ignore=shutil.ignore_patterns("__pycache__"))
    nbformat.write(answered(RIGHT, released(course)), desk / "release" / NAME / f"{NAME}.ipynb")
    return desk


def submit(course: Path, desk: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HOME": str(desk.parent), "JUPYTER_DATA_DIR": str(desk.parent / "data")}
    environment |= {"COURSE_EXCHANGE": str(course / "exchange"), "PYTHONPATH": str(desk)}
    command = [sys.executable, "-m", "course_utils.submit", *(words or (NAME,))]
    return subprocess.run(command, cwd=desk, env=environment, capture_output=True, text=True, timeout=300)


def test_without_a_watcher_the_work_is_handed_in_and_the_student_knows_what_to_do_later(course, desk):
    done = submit(course, desk)
    assert done.returncode == 0, done.stderr
    first, *_, last = done.stdout.splitlines()
    assert first.startswith(f"Handed in release/{NAME}/{NAME}.ipynb, saved ")
    assert first.endswith(": 1 of 1 answers are written.")
    assert last.startswith("Received; nobody is grading now, so it is graded later.")
    assert f"nbgrader fetch_feedback {NAME}" in last
    (folder,) = inbound(course).iterdir()
    shutil.rmtree(folder)


def test_with_a_watcher_the_student_reads_points_and_page_and_then_when_the_next_attempt_is_graded(course, desk):
    with watching(course):
        says(course, "Policy:")
        done = submit(course, desk)
        assert done.returncode == 0, done.stderr
        last = done.stdout.splitlines()[-1]
        assert last.startswith("Received; graded after ") and f": 1 of 1: release/{NAME}/feedback/" in last
        page = desk / last.rpartition(": ")[2]
        assert "Score: 1.0 / 1.0" in page.read_text()
        over = submit(course, desk).stdout.splitlines()
        assert "so it is graded at 20" in over[-2] and "fetch_feedback" in over[-1]
        set_policy(course, "c.Watch.attempts_per_hour = 0")
        says(course, "New policy")


def test_what_is_wrong_is_one_sentence_and_nothing_is_handed_in(course, desk):
    before = len(list(inbound(course).iterdir()))
    unknown = submit(course, desk, "99_none")
    assert unknown.returncode == 1
    assert unknown.stderr == "error: there is no folder release/99_none; name a unit, as in 02_pca_least_squares.\n"
    nobody = submit(course, desk, "one", "two")
    assert nobody.returncode == 2 and nobody.stderr.startswith("error: name one unit")
    shutil.copy(course / "release" / NAME / f"{NAME}.ipynb", desk / "release" / NAME)
    stubs = submit(course, desk, f"release/{NAME}/")
    assert stubs.returncode == 1 and "No answer is written" in stubs.stderr and "Traceback" not in stubs.stderr
    assert len(list(inbound(course).iterdir())) == before


def test_in_grading_the_button_is_nothing_and_in_a_notebook_it_is_one_import():
    assert course_utils.submit.button() is None


def test_both_makefiles_submit_by_the_same_command():
    for makefile in (REPOSITORY / "Makefile", REPOSITORY / "autograder" / "student_kit" / "files" / "Makefile"):
        assert '/python -m course_utils.submit "$(UNIT)"' in makefile.read_text()
