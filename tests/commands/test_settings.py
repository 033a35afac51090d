"""Settings of grading: limits in nbgrader_config.py, and COURSE_SANDBOX, as the commands read them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode
from support.small_class import RIGHT, grade, hand_in, results
from support.tiny_course import NAME, answer, command, make_course, master, nbgrader_metadata, write

from autograder.engine.isolation import strongest_level
from autograder.errors import CourseError
from autograder.settings import Limits, limits

try:
    strongest_level()
except CourseError as error:
    pytestmark = pytest.mark.skip(reason=str(error))

LIMITS = """
c.Grading.call_cpu_seconds = 0.5
c.Grading.call_wall_seconds = 8
c.Grading.memory_bytes = 1 << 30
"""
HELPER = """
def compute():
    n = 0
    while True:
        n += 1
"""
CLASS = {
    "sleeps": "import time\ndef double(x):\n    time.sleep(1.5)\n    return 2 * x",
    "computes": HELPER + "def double(x):\n    compute()",
    "forks": HELPER + "import os\ndef double(x):\n    os.fork() or compute()\n    os.wait()",
    "waits": "import time\ndef double(x):\n    time.sleep(3600)",
}


def settings(root: Path, text: str) -> Path:
    """Make the tiny course with more settings, and return its root."""
    make_course(root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(text)
    return root


@pytest.fixture(scope="module")
def limited(tmp_path_factory) -> dict[str, dict]:
    root = settings(tmp_path_factory.mktemp("limited"), LIMITS)
    for student, work in CLASS.items():
        hand_in(root, student, work)
    grade(root)
    return results(root)


@pytest.mark.parametrize(
    ("student", "score", "message"),
    [
        ("sleeps", 1, ""),
        ("computes", 0, "The student's code took more than 0.5 s of computing time and was stopped."),
        ("forks", 0, "The student's code took more than 0.5 s of computing time and was stopped."),
        ("waits", 0, "The student's code was still running after 8 s and was stopped."),
    ],
)
def test_what_computes_is_limited_by_cpu_time_and_what_waits_by_wall_clock_time(limited, student, score, message):
    about = limited[student]["exercises"]["double"]
    assert (about["score"], about["message"]) == (score, message)


def test_a_limit_of_the_course_is_the_one_that_is_used(tmp_path):
    assert limits(make_course(tmp_path / "usual")) == Limits()
    assert limits(settings(tmp_path / "other", LIMITS)).memory_bytes == 1 << 30


def test_a_submission_as_a_whole_has_a_limit_on_what_it_computes(tmp_path):
    root = settings(tmp_path, "c.Grading.submission_cpu_seconds = 1.0\n")
    hand_in(root, "ash", CLASS["computes"])
    grade(root)
    message = results(root)["ash"]["exercises"]["double"]["message"]
    assert message.endswith("was stopped, as the submission had used up its 1 s of computing time.")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("c.Grading.call_cpu_second = 5", "c.Grading.call_cpu_second, which is not a limit; did you mean"),
        ("c.Grading.nonsense = 5", "c.Grading.nonsense, which is not a limit; there are memory_bytes"),
        ("c.Grading.call_cpu_seconds = '5'", "c.Grading.call_cpu_seconds to '5'; it must be a number above 0."),
        ("c.Grading.call_cpu_seconds = -1", "c.Grading.call_cpu_seconds to -1; it must be a number above 0."),
        ("c.Grading.processes = 10.5", "c.Grading.processes to 10.5; it must be a whole number above 0."),
        ("c.Grading.processes = True", "c.Grading.processes to True; it must be a whole number above 0."),
        ("c.Grading.processes = = 1", "nbgrader_config.py cannot be read (SyntaxError"),
    ],
)
def test_a_setting_that_is_wrong_is_one_sentence(tmp_path, setting, sentence):
    root = settings(tmp_path, setting)
    hand_in(root, "ash")
    done = command(root, "grade", NAME)
    assert done.returncode == 1 and sentence in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (root / ".results").exists()


def typed(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    programs = Path(sys.executable).parent
    environment = os.environ | environment | {"PATH": f"{programs}:{os.environ['PATH']}"}
    return subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize(
    "words",
    [("autograder", "grade", NAME), ("autograder", "prove", NAME), ("nbgrader", "autograde", NAME)],
    ids=" ".join,
)
def test_a_misspelt_sandbox_is_one_sentence(tmp_path, words):
    root = make_course(tmp_path)
    course_files(root)
    done = typed(root, *words, COURSE_SANDBOX="bubblewarp")
    sentence = "COURSE_SANDBOX is set to bubblewarp: there is no isolation level bubblewarp; choose one of bubblewrap"
    assert done.returncode != 0 and sentence in done.stderr, done.stderr
    if words[0] == "autograder":
        assert len(done.stderr.splitlines()) == 1


def test_grade_takes_the_sandbox_that_the_environment_names_and_the_option_goes_before_it(tmp_path):
    root = make_course(tmp_path)
    course_files(root)
    for options, level in (((), "none"), (("--sandbox", strongest_level()), strongest_level())):
        done = typed(root, "autograder", "grade", NAME, *options, COURSE_SANDBOX="none")
        assert (done.returncode, done.stderr) == (0, "")
        assert results(root)["ash"]["sandbox"] == level


def course_files(root: Path) -> None:
    """Have one student hand in, and put a catalogue and a release there."""
    hand_in(root, "ash", RIGHT)
    (root / "answers").mkdir()
    (root / "answers" / f"{NAME}.py").write_text("")
    assert command(root, "generate", NAME).returncode == 0


def test_a_process_that_ends_while_it_grades_for_nbgrader_is_reported_with_its_last_words(tmp_path):
    root = make_course(tmp_path)
    course_files(root)
    write(root / "source" / NAME / f"{NAME}.ipynb", dying_master())
    done = typed(root, "nbgrader", "autograde", NAME)
    assert done.returncode != 0
    assert "the process that grades has ended (no licence for this library)" in done.stderr, done.stderr


def dying_master() -> NotebookNode:
    """A master whose set-up ends the process that runs it."""
    notebook = master()
    setup = 'import os, sys\nprint("no licence for this library", file=sys.stderr, flush=True)\nos._exit(3)'
    cell = answer("setup", setup)
    cell.metadata = NotebookNode(nbgrader_metadata("setup", locked=True))
    notebook.cells.insert(1, cell)
    return notebook
