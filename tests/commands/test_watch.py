"""The watcher at work on a real exchange: feedback within seconds, and one sentence on whatever is wrong."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.small_class import RIGHT, WRONG
from support.tiny_course import DOUBLE_CHECK, NAME, answer, check, command, enrol, write
from support.watched import (
    attempts,
    found_with,
    inbound,
    log,
    receipt_of,
    says,
    score,
    set_policy,
    submit,
    told,
    wait_for,
    watched_course,
    watching,
)

from autograder.authoring.release import generate
from autograder.engine.results import load

ME = getpass.getuser()
STUDENTS = ("ada", "bob", "cyd", "dot", "fay", "gus", "hal", "ian", "mal", ME)
LIMIT = "c.Watch.attempts_per_hour = 2"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    return watched_course(tmp_path_factory.mktemp("watched") / "course", *STUDENTS, policy=LIMIT)


@pytest.fixture(scope="module", autouse=True)
def watcher(course):
    with watching(course) as process:
        says(course, "Watching all assignments")
        yield process


def nbgrader(course: Path, folder: Path, *words: str) -> str:
    programs = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder.parent)}
    environment |= {"COURSE_EXCHANGE": str(course / "exchange"), "JUPYTER_DATA_DIR": str(folder.parent / "data")}
    done = subprocess.run(["nbgrader", *words], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def test_a_submission_is_graded_and_nbgrader_fetches_its_page(course, tmp_path):
    desk = tmp_path / "home" / "course"
    desk.mkdir(parents=True)
    shutil.copytree(course / "release", desk / "release")
    shutil.copy(course / "nbgrader_config.py", desk)
    work = desk / "release" / NAME / f"{NAME}.ipynb"
    work.write_text(
        work.read_text().replace('raise NotImplementedError(\\"Replace this line with your answer.\\")', "return 2 * x")
    )
    nbgrader(course, desk, "submit", NAME)
    wait_for(lambda: attempts(course, ME) and attempts(course, ME)[-1]["is_recorded"], log(course))
    nbgrader(course, desk, "fetch_feedback", NAME)
    (page,) = (desk / "release" / NAME / "feedback").glob(f"*/{NAME}.html")
    assert "Score: 1.0 / 1.0" in page.read_text()
    assert score(course, ME) == (1, 1)


def test_the_course_has_submission_result_and_graded_notebook_as_after_the_three_commands(course):
    told(submit(course, "ada", WRONG))
    wait_for(lambda: score(course, "ada") == (0, 1), "the gradebook has the score")
    assert "return x" in (course / "submitted" / "ada" / NAME / f"{NAME}.ipynb").read_text()
    assert "return x" in (course / "autograded" / "ada" / NAME / f"{NAME}.ipynb").read_text()
    kept = load(course, NAME, "ada")
    assert kept and kept.score == 0
    done = command(course, "grade", NAME, "--resume", "--student", "ada")
    assert "0 submissions in" in done.stdout and "1 kept from an earlier run" in done.stdout


def test_the_student_is_told_the_points_and_how_long_it_took(course):
    copy = submit(course, "bob")
    text = told(copy)
    assert text.startswith("received; graded after ") and text.endswith(" s: 1 of 1")
    assert found_with(copy, ".html").is_file()


def test_who_is_not_enrolled_is_named_and_graded_once_they_are(course):
    copy = submit(course, "eve")
    says(course, "eve is not enrolled; run `autograder roster FILE` or `nbgrader db student add eve`.")
    assert receipt_of(copy) == {}
    enrol(course, "eve")
    told(copy)


def test_an_attempt_over_the_limit_waits_and_a_newer_one_takes_its_place(course):
    for _ in range(2):
        told(submit(course, "cyd"))
    third = submit(course, "cyd", WRONG)
    assert "so it is graded at 20" in told(third, "waiting")
    fourth = submit(course, "cyd")
    assert "a newer attempt of yours took its place" in told(third, "passed over")
    told(fourth, "waiting")
    assert score(course, "cyd") == (1, 1)
    assert not found_with(fourth, ".html").exists()


def test_a_link_in_a_submission_is_refused_and_its_student_is_told(course):
    copy = submit(course, "ian")  # taken, so that there is a folder to plant
    told(copy)
    planted = inbound(course) / f"mal+{NAME}+2026-11-01 12:00:00.000000 UTC+AAAAAAAAAAAA"
    shutil.copytree(copy, planted)
    (planted / "timestamp.txt").write_text("2026-11-01 12:00:00.000000 UTC")
    (planted / "submission_secret.txt").write_text("5" * 128)
    (planted / "notes.txt").symlink_to(course / "source" / NAME / f"{NAME}.ipynb")
    planted.chmod(0o777)
    says(course, f"mal's submission of {NAME} is not taken: {planted.name}/notes.txt is a link.")
    (refused,) = attempts(course, "mal")
    assert refused["state"] == "refused"
    assert not (course / "submitted" / "mal").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can give a folder to somebody else.")
def test_a_submission_in_another_students_name_is_left_where_it_is(course):
    copy = submit(course, "hal")
    told(copy)
    other = next(user for user in pwd.getpwall() if user.pw_uid != 0)
    forged = inbound(course) / f"hal+{NAME}+2026-11-02 12:00:00.000000 UTC+BBBBBBBBBBBB"
    shutil.copytree(copy, forged)
    os.chown(forged, other.pw_uid, -1)
    forged.chmod(0o777)
    says(course, f"{forged.name} is left in the exchange: it belongs to {other.pw_name} and not to hal.")
    assert len(attempts(course, "hal")) == 1


def test_names_and_assignments_that_make_no_sense_are_named(course):
    (inbound(course) / "nonsense").mkdir()
    (inbound(course) / "gus+99_none+2026-11-01 12:00:00 UTC+x").mkdir()
    says(course, "'nonsense' in the exchange is left out: its name is not STUDENT+ASSIGNMENT+TIME")
    says(course, "gus's submission of 99_none waits in the exchange: there is no source/99_none.")


def test_a_partial_upload_is_graded_when_it_is_whole(course):
    whole = submit(course, "gus")
    told(whole)
    part = inbound(course) / f"gus+{NAME}+2027-01-01 12:00:00.000000 UTC+CCCCCCCCCCCC"
    part.mkdir(mode=0o755)
    text = (whole / f"{NAME}.ipynb").read_bytes()
    (part / f"{NAME}.ipynb").write_bytes(text[: len(text) // 2])
    (part / "timestamp.txt").write_text("2027-01-01 12:00:00.000000 UTC")
    told(submit(course, "fay"))  # the watcher has listed the folder meanwhile
    assert len(attempts(course, "gus")) == 1
    (part / f"{NAME}.ipynb").write_bytes(text)
    (part / "submission_secret.txt").write_text("7" * 128)
    part.chmod(0o777)
    wait_for(lambda: len(attempts(course, "gus")) == 2 and attempts(course, "gus")[1]["state"] == "graded", log(course))
    assert attempts(course, "gus")[1]["value"] == 1


def test_a_second_watcher_refuses_and_says_who_is_there(course, watcher):
    done = command(course, "watch")
    assert done.returncode == 1
    assert f"process {watcher.pid} on " in done.stderr and "watches this course already" in done.stderr


def test_status_shows_queue_wait_policy_and_who_is_over_the_limit(course):
    said = command(course, "status").stdout
    assert "The watcher, process" in said and "has run for" in said
    assert "attempts: 2 per hour, 20 per day" in said
    assert "(median)" in said and "over the limit: cyd, next at 20" in said
    page = (course / "reports" / "watch.html").read_text()
    assert 'http-equiv="refresh"' in page and "cyd" in page


def test_a_bad_policy_is_one_sentence_and_a_good_one_is_used_without_a_restart(course):
    set_policy(course, "c.Watch.attempts_per_hour = 3\nc.Watch.attempts_per_day = 2")
    says(course, "The settings have changed and are not used: nbgrader_config.py: c.Watch.attempts_per_hour is 3")
    set_policy(course, "c.Watch.attempts_per_hour = 0")
    says(course, "New policy: shown before the due date: points; the last attempt counts; attempts: 20 per day.")
    wait_for(lambda: attempts(course, "cyd")[3]["state"] == "graded", "what waited is graded")


def test_nothing_is_graded_after_the_close_unless_the_student_gets_more_time(course):
    done = command(course, "deadline", NAME, "2026-09-01 12:00", "--close", "2026-09-02 12:00")
    assert done.returncode == 0, done.stderr
    copy = submit(course, "dot")
    assert "after the assignment had closed" in told(copy, "closed")
    assert attempts(course, "dot")[0]["value"] is None
    assert command(course, "extend", NAME, "dot", "--until", "2099-01-01 12:00").returncode == 0
    told(copy)
    (course / "deadlines.toml").unlink()


def test_feedback_comes_while_the_gradebook_is_away_which_is_written_when_it_is_back(course):
    database = course / "gradebook.db"
    kept = database.read_bytes()
    database.write_bytes(b"away for a minute" * 100)
    try:
        told(submit(course, "fay", WRONG))
        says(course, "the gradebook cannot be used (file is not a database)")
    finally:
        database.write_bytes(kept)
    says(course, "The gradebook is written again.")
    wait_for(lambda: score(course, "fay") == (0, 1), "the later attempt is in the gradebook")


def test_an_exchange_that_is_gone_is_one_sentence_until_it_is_back(course):
    inbound(course).rename(course / "elsewhere")
    says(course, "cannot be listed (No such file or directory); it is tried again.")
    (course / "elsewhere").rename(inbound(course))
    says(course, "The exchange can be listed again.")


def test_a_new_master_is_used_without_a_restart_and_earlier_scores_are_not_changed_silently(course):
    before = score(course, "bob")
    stricter = [answer("double", "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x + 1\n    ### END SOLUTION")]
    stricter.append(check("double_check", DOUBLE_CHECK.replace("== 4", "== 5").replace("!= -6", "!= -5")))
    from nbformat.v4 import new_notebook

    write(course / "source" / NAME / f"{NAME}.ipynb", new_notebook(cells=stricter))
    generate(course)
    says(course, f"`autograder grade {NAME} --regrade --dry-run` says whose score would move.")
    text = told(submit(course, "ada", RIGHT))
    assert text.endswith(": 0 of 1")
    assert score(course, "bob") == before


def test_the_first_signal_ends_it_cleanly_and_the_sign_that_somebody_grades_goes(course, watcher):
    sign = course / "exchange" / "deep-learning" / "feedback" / "watching.json"
    assert sign.is_file()
    watcher.send_signal(signal.SIGTERM)
    assert watcher.wait(120) == 0
    assert not sign.exists()
    assert "The watcher ended at" in command(course, "status").stdout
