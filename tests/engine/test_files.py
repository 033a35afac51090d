"""Files alongside a notebook, the instructor's and the student's: they are there for the code that reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support.small_class import answered, grade, hand_in, results
from support.stock import graded_by_stock
from support.tiny_course import NAME, answer, check, command, make_course, nbgrader_metadata

from autograder.engine import submission
from autograder.engine.submission import files_alongside
from autograder.gradebook.nbgrader_course import Course

SETUP = "from pathlib import Path\nfrom course_utils import check\nNUMBERS = Path('data/numbers.txt').read_text()"
READ = '''\
def read(name):
    """Return the text of a file."""
    ### BEGIN SOLUTION
    return Path(name).read_text()
    ### END SOLUTION'''
TOTAL = """\
def total():
    ### BEGIN SOLUTION
    return sum(map(int, NUMBERS.split()))
    ### END SOLUTION"""
READS_MINE = "def read(name):\n    return Path(name).read_text() + Path('mine/notes.txt').read_text()"
LOOKS = """\
import os, stat
def read(name):
    found = sorted(os.path.relpath(os.path.join(f, n)) for f, _, names in os.walk('.') for n in names)
    raise ValueError(repr((found, stat.filemode(os.stat(name).st_mode))))"""


def master():
    cells = [
        new_code_cell(SETUP, metadata=nbgrader_metadata("setup", locked=True)),
        answer("total", TOTAL),
        check("total_check", "assert total() == sum(map(int, NUMBERS.split()))"),
        answer("read", READ),
        check("read_check", "assert read('data/numbers.txt') == NUMBERS"),
    ]
    return new_notebook(cells=cells)


def with_files(root: Path) -> Path:
    make_course(root, master())
    folder = root / "source" / NAME
    (folder / "data").mkdir()
    (folder / "data" / "numbers.txt").write_text("1 2 3")
    (folder / "solution.py").write_text("the answer")
    return root


def hand(root: Path, student: str, source: str = READS_MINE) -> Path:
    folder = hand_in(root, student, answered(source, master(), "read"))
    (folder / "mine").mkdir()
    (folder / "mine" / "notes.txt").write_text("")
    (folder / "data").mkdir()
    (folder / "data" / "numbers.txt").write_text("900")
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return with_files(tmp_path_factory.mktemp("files") / "course")


@pytest.fixture(scope="module")
def graded(root) -> dict[str, dict]:
    """Submissions that read, look, break what they read, and bring links, too much, and a file for a folder."""
    hand(root, "reads")
    (hand(root, "looks", LOOKS) / "secret").symlink_to(root / "source" / NAME / "solution.py")
    hand(root, "breaks", "os = __import__('os')\nos.chmod('data/numbers.txt', 0o600)\n" + WRITES)
    (hand(root, "much") / "zeros.bin").write_bytes(bytes(submission.MAX_FILES_BYTES))
    odd = hand(root, "odd")
    for path in (*odd.glob("data/*"),):
        path.unlink()
    (odd / "data").rmdir()
    (odd / "data").write_text("a file where the master has a folder")
    grade(root)
    return results(root)


WRITES = """\
open('data/numbers.txt', 'w').write('4')
def read(name):
    return '1 2 3'"""


def test_code_reads_the_masters_files_and_the_students_own(graded):
    assert (graded["reads"]["score"], graded["reads"]["remarks"]) == (2, [])


def test_the_file_of_the_master_is_taken_of_two_of_one_name_as_nbgrader_does(root, graded, tmp_path):
    stock = Course(with_files(tmp_path / "course"), stock=True)
    stock.generate(NAME)
    hand(stock.root, "reads")
    assert graded_by_stock(stock, NAME, "reads") is None
    assert stock.scores(NAME, "reads") == Course(root).scores(NAME, "reads") == {"total": (1, 1), "read": (1, 1)}


def test_nothing_else_is_there_and_copies_are_read_only(graded):
    message = graded["looks"]["checks"]["read_check"]["message"]
    assert "(['data/numbers.txt', 'mine/notes.txt'], '-r--r--r--')" in message


def test_what_a_student_does_to_a_copy_is_done_to_no_other(root, graded):
    assert graded["breaks"]["checks"]["read_check"]["score"] == 1
    assert (root / "source" / NAME / "data" / "numbers.txt").read_text() == "1 2 3"
    assert (root / "submitted" / "breaks" / NAME / "data" / "numbers.txt").read_text() == "900"


def test_what_goes_over_the_limit_is_left_out_and_said(graded):
    assert graded["much"]["score"] == 2
    assert graded["much"]["remarks"] == [
        "next to the notebook are more than 500 files or 32 MB; code found no 'zeros.bin' and none after it."
    ]


def test_a_file_that_has_the_name_of_a_folder_stops_nobody(root, graded):
    assert (graded["odd"]["status"], graded["odd"]["score"]) == ("graded", 2)
    assert (root / "autograded" / "odd" / NAME / "data" / "numbers.txt").read_text() == "1 2 3"


def test_a_changed_file_is_graded_again_by_a_resumed_run(root, graded):
    (root / "submitted" / "reads" / NAME / "mine" / "notes.txt").write_text("spoiled")
    assert "4 kept from an earlier run" in grade(root, "--resume")
    assert results(root)["reads"]["score"] == 1


def test_number_and_names_of_files_are_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(submission, "MAX_FILES", 2)
    for name in (b"a", b"b", b"c", b"\xff"):
        (tmp_path / "handed" / name.decode("utf-8", "surrogateescape")).parent.mkdir(exist_ok=True)
        (tmp_path / "handed" / name.decode("utf-8", "surrogateescape")).write_text("x")
    files, remarks = files_alongside(tmp_path / "handed", tmp_path / "none", [])
    assert (list(files), len(remarks)) == (["a", "b"], 1)


def test_without_a_sandbox_a_worker_has_a_folder_of_its_own_that_goes_with_it(root, graded):
    before = set(Path("/tmp").glob("worker-*"))
    done = command(root, "grade", NAME, "--student", "looks", "--sandbox", "none")
    assert done.returncode == 0, done.stderr
    assert "'data/numbers.txt', 'mine/notes.txt'" in results(root)["looks"]["checks"]["read_check"]["message"]
    assert set(Path("/tmp").glob("worker-*")) <= before
