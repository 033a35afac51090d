"""A link that a student hands in is refused and named: at collect, by nbgrader's own grading, and for feedback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.small_class import answered, grade, hand_in, results
from support.tiny_course import NAME, command, make_course, released

from autograder.gradebook.nbgrader_course import Course

SECRET = "what only the instructor may read"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """A course with an assignment in its exchange, and with a file of the instructor's."""
    course = Course(make_course(tmp_path_factory.mktemp("links") / "course"))
    course.generate(NAME)
    course.release(NAME)
    (course.root / "secret.txt").write_text(SECRET)
    return course


def inbound(course: Course, student: str, work: str = "def double(x):\n    return 2 * x") -> Path:
    """Put a submission into the exchange and return its folder there."""
    folder = course.root / "exchange" / "deep-learning" / "inbound" / f"{student}+{NAME}+2026-09-01 12:00:00 UTC+abc"
    handed_in = hand_in(course.root, "template", answered(work, released(course.root)))
    shutil.copytree(handed_in, folder)
    shutil.rmtree(handed_in.parent)
    return folder


@pytest.fixture(scope="module")
def collected(course) -> tuple[Path, str]:
    """The folder of collected submissions, and what `nbgrader collect` said."""
    inbound(course, "honest")
    (inbound(course, "file") / "data.txt").symlink_to(course.root / "secret.txt")
    (inbound(course, "folder") / "data").symlink_to(course.root / "source")
    notebook = inbound(course, "notebook") / f"{NAME}.ipynb"
    notebook.unlink()
    notebook.symlink_to(course.root / "source" / NAME / f"{NAME}.ipynb")
    whole = inbound(course, "whole")
    shutil.rmtree(whole)
    whole.symlink_to(course.root / "source" / NAME)
    done = command(course.root, "collect", NAME, "--Exchange.root", str(course.root / "exchange"), module="nbgrader")
    assert done.returncode == 0, done.stderr
    return course.root / "submitted", done.stderr


def test_only_submissions_without_links_are_collected(collected):
    submitted, _ = collected
    assert [path.parent.name for path in submitted.glob(f"*/{NAME}")] == ["honest"]
    assert not [path for path in submitted.rglob("*") if path.is_symlink()]


@pytest.mark.parametrize(
    ("student", "where"), [("file", "/data.txt"), ("folder", "/data"), ("notebook", f"/{NAME}.ipynb"), ("whole", "")]
)
def test_the_link_is_named_in_one_sentence(collected, student, where):
    _, said = collected
    lines = [line for line in said.splitlines() if f"{student}'s submission" in line]
    assert len(lines) == 1 and "Traceback" not in said
    assert f"{student}+{NAME}+2026-09-01 12:00:00 UTC+abc{where} is a link. Only files" in lines[0]
    assert f"ask {student} to hand in again with `nbgrader submit`" in lines[0]


def test_nbgraders_own_grading_keeps_nothing_that_a_link_leads_to(course, collected):
    folder = hand_in(course.root, "late", answered("def double(x):\n    return 2 * x", released(course.root)))
    (folder / "data.txt").symlink_to(course.root / "secret.txt")
    assert course.autograde(NAME, "late") is None
    kept = [path.read_text() for path in (course.root / "autograded" / "late").rglob("*") if path.is_file()]
    assert kept and not any(SECRET in text for text in kept)
    (course.root / "submitted" / "other").mkdir()
    (course.root / "submitted" / "other" / NAME).symlink_to(course.root / "source" / NAME)
    assert course.autograde(NAME, "other") is not None
    assert results(course.root)["other"]["reason"].startswith(f"other/{NAME} is a link")
    assert not (course.root / "autograded" / "other" / NAME).exists()


def test_feedback_reads_no_graded_notebook_through_a_link(course, collected):
    hand_in(course.root, "last", answered("def double(x):\n    return 2 * x", released(course.root)))
    grade(course.root)
    page = course.root / "autograded" / "honest" / NAME / f"{NAME}.ipynb"
    page.unlink()
    page.symlink_to(course.root / "source" / NAME / f"{NAME}.ipynb")
    done = command(course.root, "feedback", NAME)
    assert "Traceback" not in done.stderr and f"honest/{NAME}/{NAME}.ipynb is a link" in done.stdout + done.stderr
    assert "BEGIN HIDDEN" not in "".join(path.read_text() for path in (course.root / "feedback").rglob("*.html"))
    assert (course.root / "feedback" / "last" / NAME / f"{NAME}.html").exists(), "the others get their pages"
