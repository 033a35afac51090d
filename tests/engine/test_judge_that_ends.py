"""A judge that the machine ends: the submission has an error that says so, and all others have their points."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from support.small_class import hand_in
from support.tiny_course import NAME, make_course

from autograder.engine.class_run import ClassRun
from autograder.engine.grade_one import Task, load_unit
from autograder.engine.isolation import strongest_level
from autograder.engine.results import Status
from course_utils.check.seeds import SEED_VARIABLE


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (signal.SIGKILL, "The judge was killed, as a machine that runs out of memory does; give it more"),
        (signal.SIGTERM, "The judge was ended by SIGTERM, which is not the student's doing"),
    ],
)
def test_a_judge_that_is_ended_is_told_without_a_number_and_harms_nobody(tmp_path, kind, said):
    root = make_course(tmp_path)
    slow = hand_in(root, "slow", "import time\ndef double(x):\n    time.sleep(60)")
    seed = os.environ.get(SEED_VARIABLE)
    tasks = [Task("slow", slow, 1, ""), Task("honest", hand_in(root, "honest"), 1, "")]

    with ClassRun(load_unit(root, NAME, None), strongest_level(), jobs=1) as run:

        def end_it() -> None:
            while not run._running:
                time.sleep(0.05)
            time.sleep(1)
            (judge,) = run._running.values()
            os.kill(judge._pid, kind)

        threading.Thread(target=end_it).start()
        found = {result.student: result for result in run.results(tasks)}

    assert os.environ.get(SEED_VARIABLE) == seed
    assert (found["slow"].status, found["slow"].score) == (Status.ERROR, None)
    assert found["slow"].reason.startswith(said)
    assert (found["honest"].status, found["honest"].score) == (Status.GRADED, found["honest"].max_score)
