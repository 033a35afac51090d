"""A submission of any size: what is too large is not read, and stops nobody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.small_class import grade, hand_in, results
from support.tiny_course import NAME, make_course

HUGE = 1 << 40


def sparse(path: Path) -> None:
    """Make a file of a terabyte that takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(HUGE)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    made = make_course(tmp_path_factory.mktemp("sizes") / "course")
    sparse(hand_in(made, "notebook") / f"{NAME}.ipynb")
    sparse(hand_in(made, "time") / "timestamp.txt")
    (timed := hand_in(made, "pipe") / "timestamp.txt").unlink(missing_ok=True)
    os.mkfifo(timed)
    sparse(hand_in(made, "data") / "data.bin")
    many = hand_in(made, "many") / "many"
    many.mkdir()
    for number in range(12_000):
        (many / str(number)).touch()
    deep = hand_in(made, "deep")
    for _ in range(300):
        deep /= "d"
    deep.mkdir(parents=True)
    hand_in(made, "honest")
    return made


@pytest.fixture(scope="module")
def graded(root) -> dict[str, dict]:
    grade(root, "-j", "1")
    return results(root)


def test_a_notebook_of_a_terabyte_is_malformed_and_says_why(graded):
    assert graded["notebook"]["status"] == "malformed"
    assert graded["notebook"]["reason"] == f"{NAME}.ipynb has {HUGE >> 20} MB, more than 100."


@pytest.mark.parametrize("student", ["time", "pipe", "data", "many", "deep", "honest"])
def test_what_lies_next_to_the_notebook_costs_no_points(graded, student):
    assert (graded[student]["status"], graded[student]["score"]) == ("graded", graded["honest"]["score"])


def test_more_files_than_are_looked_at_are_told_and_not_copied(root, graded):
    for student in ("many", "deep"):
        [remark] = graded[student]["remarks"]
        assert "holds more than 5,000 files and folders, or folders nested more than 30 deep" in remark
        copied = {path.name for path in (root / "autograded" / student / NAME).iterdir()}
        assert copied == {f"{NAME}.ipynb", "timestamp.txt"}


def test_a_file_that_is_too_large_is_neither_read_nor_copied(root, graded):
    assert "more than 500 files or 32 MB" in graded["data"]["remarks"][0]
    assert not (root / "autograded" / "data" / NAME / "data.bin").exists()
