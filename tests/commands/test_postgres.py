"""A gradebook in SQLite and in a real PostgreSQL: the same grades, several at once, down in the middle, and backups."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from nbgrader.api import Gradebook, Student
from support.postgres_here import Server, postgres_here, programs
from support.small_class import RIGHT, WRONG, hand_in
from support.tiny_course import NAME, make_course, master, write

from autograder.engine import results
from autograder.engine.isolation import strongest_level
from autograder.errors import CourseError
from autograder.export import export
from autograder.gradebook.backup import backup, restore
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import GradeRow, SubmissionRow
from autograder.gradebook.writer import Writer
from autograder.settings import gradebook_url

OTHER = "02_other"
CLASS = {"ash": RIGHT, "birch": WRONG, "cedar": RIGHT, "elm": "raise NotImplementedError", "fern": RIGHT}
SCORES = {"ash": 1.0, "birch": 0.0, "cedar": 1.0, "elm": 0.0, "fern": 1.0}

try:
    strongest_level()
except CourseError as error:
    pytestmark = pytest.mark.skip(reason=str(error))

needs_postgresql = pytest.mark.skipif(
    programs() is None, reason="PostgreSQL is missing: install it (Debian: apt-get install postgresql) to run these."
)


def course_at(address: str, root: Path) -> Path:
    """A course whose gradebook is at `address`; empty: in its own folder."""
    make_course(root)
    if address:
        assert f"the gradebook: {address}" in ended(start(root, "gradebook", address))
    return root


def start(root: Path, *words: str, program: str = "autograder.cli") -> subprocess.Popen:
    """Type a command in `root`, in an environment that is activated."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "HOME": str(root), "COLUMNS": "200"}
    command = [sys.executable, "-m", program, *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=root, env=environment, stdout=pipe, stderr=pipe, text=True)


def ended(process: subprocess.Popen) -> str:
    out, error = process.communicate(timeout=120)
    assert process.returncode == 0, out + error
    return out


def refused(process: subprocess.Popen) -> str:
    """Return the one sentence of a command that must fail."""
    out, error = process.communicate(timeout=120)
    assert process.returncode == 1 and error.count("\n") == 1 and error.startswith("error: "), out + error
    return error


def scores(root: Path, assignment: str = NAME) -> dict[str, float]:
    """The scores that the gradebook has, by student."""
    with Course(root).gradebook() as gradebook:
        rows = cast(list[SubmissionRow], gradebook.assignment_submissions(assignment))
        return {row.student_id: row.score for row in rows}


def set_score(root: Path, student: str, score: float) -> None:
    """Give a score by hand, as formgrader does."""
    with Course(root).gradebook() as gradebook:
        _first_grade(gradebook, student).manual_score = score
        gradebook.db.commit()


def _first_grade(gradebook: Gradebook, student: str) -> GradeRow:
    return cast(SubmissionRow, gradebook.find_submission(NAME, student)).notebooks[0].grades[0]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_here() as server:
        yield server


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def address(request) -> Iterator[str]:
    """Where gradebooks are while a test runs; empty: SQLite in the course's folder."""
    yield "" if request.param == "sqlite" else request.getfixturevalue("server").make("both")


@pytest.fixture(scope="module")
def graded(address, tmp_path_factory) -> Path:
    """A course in which two instructors have graded two assignments of one class at the same moment."""
    root = course_at(address, tmp_path_factory.mktemp("class") / "course")
    write(root / "source" / OTHER / f"{OTHER}.ipynb", master())
    for student, work in CLASS.items():
        folder = hand_in(root, student, work)
        folder.with_name(OTHER).mkdir()
        for path in folder.iterdir():
            (folder.with_name(OTHER) / path.name.replace(NAME, OTHER)).write_bytes(path.read_bytes())
    for run in [start(root, "grade", name, "-j", "1") for name in (NAME, OTHER)]:
        ended(run)
    return root


def test_two_instructors_who_grade_at_once_lose_nothing(graded):
    """They make the same tables and the same students; the scores are the same in SQLite and in PostgreSQL."""
    assert scores(graded, NAME) == SCORES == scores(graded, OTHER)


def test_a_student_whom_another_instructor_adds_at_the_same_moment_is_written_all_the_same(graded):
    """The other's row was not there when we looked, and is there when we write; the database refuses ours at first."""
    result = results.load(graded, OTHER, "ash")
    assert result
    ours = replace(result, student="larch")
    with Course(graded).gradebook() as other, ThreadPoolExecutor(1) as pool:
        other.db.add(Student(id="larch"))
        other.db.flush()
        written = pool.submit(Writer(graded, OTHER).write, [ours])
        time.sleep(1)
        assert not written.done()
        other.db.commit()
        written.result(timeout=30)
        assert scores(graded, OTHER) == SCORES | {"larch": 1.0}
        other.remove_student("larch")


def test_the_one_setting_says_where_the_gradebook_is(graded, address):
    assert (graded / "gradebook.db").exists() == (address == "")
    assert gradebook_url(graded) == (address or f"sqlite:///{graded / 'gradebook.db'}")


def test_formgrader_and_both_exports_work_on_it(graded):
    shown = {row["student"]: (row["autograded"], row["score"]) for row in Course(graded)._api.get_submissions(NAME)}
    assert shown == {student: (True, score) for student, score in SCORES.items()}
    assert export(graded, graded / "ours.csv") == (10, 10)
    ended(start(graded, "export", "--to=stock.csv", program="nbgrader"))
    assert (graded / "stock.csv").read_text() == (graded / "ours.csv").read_text()
    with (graded / "ours.csv").open(newline="") as file:
        found = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file) if row["assignment"] == NAME}
    assert found == SCORES


def test_a_backup_brings_back_the_grades_as_they_were_and_keeps_those_that_were_there(graded):
    where = graded / ended(start(graded, "backup")).strip()
    assert where.parent.name == "backups" and where.stat().st_mode & 0o777 == 0o600
    set_score(graded, "ash", 0.25)
    assert "--force" in refused(start(graded, "restore", str(where)))
    assert scores(graded)["ash"] == 0.25

    said = ended(start(graded, "restore", str(where), "--force"))
    assert scores(graded) == SCORES == scores(graded, OTHER)
    kept = graded / said.partition("before: ")[2].strip()
    assert kept.stat().st_mode & 0o777 == 0o600
    restore(graded, kept, force=True)
    assert scores(graded) == SCORES | {"ash": 0.25}
    restore(graded, where, force=True)
    assert scores(graded) == SCORES


def test_a_backup_never_takes_the_place_of_a_file(graded, tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(CourseError, match="exists already"):
        backup(graded, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_file_that_is_no_backup_is_refused_and_the_gradebook_stays(graded, address, tmp_path):
    whole = backup(graded, tmp_path / "whole").read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    middle = len(whole) // 4
    (tmp_path / "spoilt").write_bytes(whole[:middle] + bytes(64) + whole[middle + 64 :])
    with zipfile.ZipFile(tmp_path / "photos", "w") as photos:
        photos.writestr("cat.png", "a cat")
    (tmp_path / "text").write_text("grades")
    cats = sqlite3.connect(tmp_path / "cats")
    cats.execute("CREATE TABLE cats (name)")
    cats.close()
    of_the_other = "is a backup of a gradebook in SQLite" if address else "is damaged, or not a gradebook"
    for name, words in {
        "absent": "there is no file",
        "text": "is not a backup of a gradebook",
        "cats": of_the_other,
        "half": "half is damaged; take another backup",
        "spoilt": "spoilt is damaged; take another backup",
        "photos": "photos contains no gradebook",
    }.items():
        with pytest.raises(CourseError, match=words):
            restore(graded, tmp_path / name, force=True)
    assert scores(graded) == SCORES


def test_a_backup_is_whole_while_somebody_writes(graded, address, tmp_path):
    """What a writer has begun and not ended is not in the backup, and does not spoil it."""
    copy = tmp_path / "copy"
    with Gradebook(gradebook_url(graded), "deep-learning") as gradebook:
        _first_grade(gradebook, "ash").manual_score = 0.5
        gradebook.db.flush()
        backup(graded, copy)
        gradebook.db.rollback()
    set_score(graded, "ash", 0.75)
    restore(graded, copy, force=True)
    assert scores(graded) == SCORES


def test_a_new_course_has_nothing_to_back_up_and_takes_a_backup_without_force(graded, address, tmp_path, request):
    fresh = course_at(request.getfixturevalue("server").make("fresh") if address else "", tmp_path / "fresh")
    where = backup(graded, tmp_path / "copy")
    with pytest.raises(CourseError, match="there is no gradebook yet"):
        backup(fresh)
    assert restore(fresh, where).before is None
    assert scores(fresh) == SCORES


def test_what_a_course_has_outside_git_comes_back_in_a_new_clone(graded, address, tmp_path, request):
    """Also the address of the gradebook, where the clone has no gradebook of its own yet."""
    lost = {
        "deadlines.toml": f'[assignments.{NAME}]\ndue = "2030-01-01"\n',
        "sections.csv": "student_id,section\nash,A\n",
    }
    for name, text in lost.items():
        (graded / name).write_text(text)
        request.addfinalizer((graded / name).unlink)
    lost[".course_secret"] = (graded / ".course_secret").read_text()
    where = backup(graded, tmp_path / "all.zip")
    clone = make_course(tmp_path / "clone")
    said = ended(start(clone, "restore", str(where), *["--force"] * bool(address)))
    assert {name: (clone / name).read_text() for name in lost} == lost
    assert (clone / ".course_secret").stat().st_mode & 0o777 == 0o600
    assert all(name in said for name in lost) and gradebook_url(clone).startswith(address or f"sqlite:///{clone}")
    assert scores(clone) == SCORES


def test_a_file_that_differs_from_the_backup_is_replaced_only_with_force_and_kept(graded, tmp_path, request):
    sections = graded / "sections.csv"
    request.addfinalizer(sections.unlink)
    sections.write_text("student_id,section\nash,A\n")
    where = backup(graded, tmp_path / "all.zip")
    sections.write_text("student_id,section\nash,B\n")
    with pytest.raises(CourseError, match=r"a gradebook and another sections.csv already; --force"):
        restore(graded, where)
    assert sections.read_text().endswith("ash,B\n")
    kept = restore(graded, where, force=True).before
    assert kept and sections.read_text().endswith("ash,A\n")
    restore(graded, kept, force=True)
    assert sections.read_text().endswith("ash,B\n")


def test_a_backup_that_an_earlier_version_wrote_is_taken(tmp_path):
    root = make_course(tmp_path / "course")
    hand_in(root, "ash", RIGHT)
    ended(start(root, "grade", NAME))
    (tmp_path / "old.db").write_bytes((root / "gradebook.db").read_bytes())
    set_score(root, "ash", 0.25)
    restore(root, tmp_path / "old.db", force=True)
    assert scores(root) == {"ash": 1.0}


@needs_postgresql
def test_a_server_that_goes_away_in_the_middle_costs_a_sentence_and_no_result(server, tmp_path):
    root = course_at(server.make("down"), tmp_path / "course")
    hand_in(root, "ash", RIGHT)
    hand_in(root, "birch", f"import time; time.sleep(2)\n{RIGHT}")
    run = start(root, "grade", NAME, "-j", "1")
    while results.load(root, NAME, "ash") is None:
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    server.stop()
    try:
        error = refused(run)
        assert "the gradebook cannot be used" in error and "--resume" in error
        kept = [student for student in ("ash", "birch") if results.load(root, NAME, student)]
    finally:
        server.start()
    assert f"{len(kept)} kept from an earlier run" in ended(start(root, "grade", NAME, "--resume"))
    assert scores(root) == {"ash": 1.0, "birch": 1.0}


NO_ADDRESSES = {
    "postgres//nonsense": "is not the kind of an address of a gradebook",
    "oracle9://x/y": "oracle9 is not the kind of an address of a gradebook",
    "postgresql+psycopg2://x/y": "postgresql+psycopg2 is not the kind of an address of a gradebook",
    "mysql://x/y": "mysql is not the kind of an address of a gradebook",
    "postgresql://course:verysecret@127.0.0.1/grades": "has a password in it; put that into ~/.pgpass",
}


@pytest.mark.parametrize(("url", "words"), NO_ADDRESSES.items())
@pytest.mark.parametrize("way", ["command", "file"])
def test_what_is_no_address_of_a_gradebook_gets_a_sentence_without_its_password(tmp_path, url, words, way):
    root = make_course(tmp_path / "course")
    if way == "file":
        (root / "gradebook.url").write_text(url)
    error = refused(start(root, *(("gradebook", url) if way == "command" else ("export",))))
    assert words in error and "verysecret" not in error
    assert (root / "gradebook.url").exists() == (way == "file")


def test_where_nothing_answers_the_course_stays_where_it_was(tmp_path):
    root = make_course(tmp_path / "course")
    error = refused(start(root, "gradebook", "postgresql://course@127.0.0.1:1/gradebook"))
    assert "the gradebook cannot be used" in error
    assert not (root / "gradebook.url").exists()


@needs_postgresql
def test_a_shell_without_any_setting_finds_the_gradebook_of_a_course_that_was_moved(server, tmp_path):
    """As cron, a second instructor and JupyterLab from a menu do; what was in SQLite stays there and is not used."""
    root = make_course(tmp_path / "course")
    hand_in(root, "ash", RIGHT)
    ended(start(root, "grade", NAME))
    said = ended(start(root, "gradebook", server.make("moved")))
    assert "gradebook.db; it stays as it is" in said and "--resume" in said
    ended(start(root, "grade", NAME, "--resume"))
    set_score(root, "ash", 0.25)
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(root)}
    words = [sys.executable, "-m", "autograder.cli", "backup"]
    done = subprocess.run(words, cwd=root, env=bare, capture_output=True, text=True, check=False)
    with zipfile.ZipFile(root / done.stdout.strip()) as backup:
        assert [name for name in backup.namelist() if name.endswith(".dump")], done.stderr
    set_score(root, "ash", 0.5)
    restore(root, root / done.stdout.strip(), force=True)
    assert scores(root) == {"ash": 0.25}
    ended(start(root, "gradebook", "sqlite"))
    assert scores(root) == {"ash": 1.0}


def test_a_shell_that_names_another_gradebook_than_the_course_is_told_so(tmp_path, monkeypatch):
    root = make_course(tmp_path / "course")
    monkeypatch.setenv("COURSE_DB_URL", f"sqlite:///{tmp_path / 'other.db'}")
    for command, program in ((("export",), "autograder.cli"), (("export",), "nbgrader")):
        process = start(root, *command, program=program)
        _, error = process.communicate(timeout=120)
        assert process.returncode == 1
        assert error.strip() == (
            "error: COURSE_DB_URL is not where this course has its gradebook; unset it, or change the course with "
            "`autograder gradebook ADDRESS`."
        )
    assert not (tmp_path / "other.db").exists()


def damaged(root: Path, how: str) -> None:
    path = root / "gradebook.db"
    content = path.read_bytes()
    middle = len(content) // 2
    spoilt = {
        "text": b"these were grades\n" * 1000,
        "cut": content[:middle],
        "zeros": content[:8192] + bytes(middle) + content[8192 + middle :],
    }
    path.write_bytes(spoilt[how])


@pytest.mark.parametrize("how", ["text", "cut", "zeros"])
def test_a_damaged_gradebook_is_not_backed_up_and_a_good_backup_takes_its_place(tmp_path, how):
    root = make_course(tmp_path / "course")
    hand_in(root, "ash", RIGHT)
    ended(start(root, "grade", NAME))
    (root / "sections.csv").write_text("student_id,section\nash,A\n")
    good = backup(root)
    damaged(root, how)
    bad = (root / "gradebook.db").read_bytes()
    with pytest.raises(CourseError, match="the gradebook is damaged, so no backup was made"):
        backup(root, root / "new.db")
    assert not (root / "new.db").exists()
    (root / "sections.csv").write_text("student_id,section\nash,B\n")
    kept = restore(root, good, force=True).before
    assert kept and (kept / "gradebook.db").read_bytes() == bad
    assert (kept / "sections.csv").read_text() == "student_id,section\nash,B\n"
    assert (root / "sections.csv").read_text() == "student_id,section\nash,A\n"
    assert scores(root) == {"ash": 1.0}
