"""Whatever is killed, each attempt is graded once and nothing is lost."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from pathlib import Path

import pytest
from support.small_class import RIGHT, WRONG
from support.tiny_course import NAME
from support.watched import (
    attempts,
    finish,
    inbound,
    log,
    receipt_of,
    says,
    score,
    start,
    submit,
    told,
    wait_for,
    watched_course,
    watching,
)

STUDENTS = [f"s{number}" for number in range(8)]


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    return watched_course(tmp_path_factory.mktemp("killed") / "course", *STUDENTS, "slow")


def children(pid: int) -> list[int]:
    """Return the processes that `pid` has started, and those that they have started."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            child = int(path.parent.name)
            found += [child, *children(child)]
    return found


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_a_watcher_that_is_killed_at_random_moments_grades_each_attempt_once(course):
    chance = random.Random(18)
    copies = {student: submit(course, student, chance.choice([RIGHT, WRONG])) for student in STUDENTS[:4]}
    for killed, student in enumerate(STUDENTS[4:]):
        process = start(course)
        wait_for(lambda killed=killed: log(course).count("Watching all assignments") > killed, log(course))
        copies[student] = submit(course, student, chance.choice([RIGHT, WRONG]))
        time.sleep(chance.uniform(0, 6))
        family = children(process.pid)
        kill(process.pid)
        process.wait()
        wait_for(lambda family=family: not any(Path(f"/proc/{pid}/exe").exists() for pid in family), "no lane is left")
    finish(course)
    found = attempts(course)
    assert sorted(attempt["student"] for attempt in found) == STUDENTS
    assert len({attempt["name"] for attempt in found}) == len(list(inbound(course).iterdir())) == len(STUDENTS)
    for attempt in found:
        assert (attempt["state"], attempt["is_published"], attempt["is_recorded"]) == ("graded", True, True)
        assert score(course, attempt["student"]) == (attempt["value"], 1)
        assert receipt_of(copies[attempt["student"]])["has_page"]
    assert sorted(path.stem for path in (course / ".results" / NAME).glob("*.json")) == STUDENTS


def test_the_next_watcher_repeats_nothing_that_is_done_and_mends_what_is_damaged(course):
    before = {attempt["student"]: attempt["graded_at"] for attempt in attempts(course)}
    (cut_off,) = course.glob(f".attempts/{NAME}/s0/*/attempt.json")  # killed between the result and the state
    kept = cut_off.with_name("result.json").read_bytes()
    state = json.loads(cut_off.read_text()) | {"state": "received", "graded_at": 0.0, "value": None, "counts": False}
    cut_off.write_text(json.dumps(state | {"is_published": False, "is_recorded": False}))
    (damaged,) = course.glob(f".attempts/{NAME}/s1/*/attempt.json")
    damaged.write_text('{"state": "gra')
    finish(course)
    assert f"{damaged} cannot be read" in log(course)
    assert cut_off.with_name("result.json").read_bytes() == kept
    found = {attempt["student"]: attempt for attempt in attempts(course)}
    assert {name: found[name]["graded_at"] for name in STUDENTS[2:]} == {name: before[name] for name in STUDENTS[2:]}
    assert all(attempt["state"] == "graded" and attempt["is_recorded"] for attempt in found.values())


SLOW = "import time\n\ndef double(x):\n    time.sleep(30)\n    return 2 * x"


def test_a_slow_submission_holds_no_quick_one_and_a_killed_class_run_is_started_again(course):
    with watching(course, "--jobs", "1", status=130) as process:
        slow = submit(course, "slow", SLOW)
        wait_for(lambda: receipt_of(slow), "it is received")
        told(submit(course, "s2"))
        assert receipt_of(slow)["state"] == "received"
        (lane, *_) = [
            pid for pid in children(process.pid) if b"watching.lane" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        kill(lane)
        says(course, f"slow's attempt at {NAME} was not graded: the process that graded it ended; it is tried again.")
        told(submit(course, "s3"))
        process.send_signal(signal.SIGTERM)  # the slow one is to be finished first, and then the second signal comes
    assert attempts(course, "slow")[0]["state"] == "received"


def test_a_watcher_in_standby_takes_over_when_the_first_is_killed(course):
    first = start(course)
    says(course, "Watching all")
    wait_for(lambda: (course / ".attempts" / "lock").read_text().startswith(f"process {first.pid} "), "the lock")
    second = start(course, "--standby")
    says(course, "this watcher takes over when that one ends.")
    kill(first.pid)
    first.wait()
    wait_for(lambda: (course / ".attempts" / "lock").read_text().startswith(f"process {second.pid} "), "the lock")
    told(submit(course, "s5"))
    second.send_signal(signal.SIGINT)
    assert second.wait(120) == 0
