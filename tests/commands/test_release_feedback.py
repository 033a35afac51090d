"""Pages of feedback reach the students: whatever the instructor's umask, and whoever did not use the exchange."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support.small_class import grade, hand_in
from support.tiny_course import NAME, make_course

from autograder.authoring.release import generate


@pytest.fixture(scope="module", params=[0o077, 0o027], ids=oct)
def released(request, tmp_path_factory) -> tuple[Path, str]:
    """A course whose feedback was written and released under a umask, and what the release said."""
    root = make_course(tmp_path_factory.mktemp("class") / "course")
    generate(root)
    type_in(root, "nbgrader", "release_assignment", NAME)
    for student in ("ash", "by_mail", "zelkova"):  # who comes by mail is neither the first nor the last
        folder = hand_in(root, student)
        if student != "by_mail":
            (folder / "submission_secret.txt").write_text(student * 10)
    grade(root)
    type_in(root, "autograder", "feedback", NAME, umask=request.param)
    return root, type_in(root, "nbgrader", "release_feedback", NAME, umask=request.param)


def type_in(root: Path, *words: str, umask: int = 0o022) -> str:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(root)}
    done = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, umask=umask)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def test_a_submission_without_a_secret_keeps_nobody_elses_page_back_and_is_named(released):
    root, said = released
    assert len(pages(root)) == 2
    page = root / "feedback" / "by_mail" / NAME / f"{NAME}.html"
    assert f"by_mail did not hand in through the exchange and cannot fetch feedback from it; send {page}" in said
    assert "Traceback" not in said


def test_students_can_read_the_pages(released):
    root, _ = released
    assert {stat.S_IMODE(page.stat().st_mode) for page in pages(root)} == {0o644}


def pages(root: Path) -> list[Path]:
    return sorted((root / "exchange" / "deep-learning" / "feedback").glob("*.html"))
