"""What one submission can take of the machine, and what a busy machine can do to a submission."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support.attacked import ASSIGNMENT, LIMITS, MASTER, POINTS, judged, scores, submission

from autograder.engine import judge as judge_module
from autograder.engine import time_limits
from autograder.engine.errors import MachineFailed
from autograder.engine.isolation import strongest_level
from autograder.engine.judge import Judge
from autograder.engine.plan import plan
from autograder.engine.sandbox import Sandbox
from course_utils.check import plain

# A cell after which the worker gets almost no CPU as long as `busy_cpu` runs.
LAST_IN_LINE = "import os\nos.sched_setaffinity(0, {CPU})\nos.nice(19)"
CPU = min(os.sched_getaffinity(0))
COMPUTES = """\
import time
def total(X):
    began = time.process_time()
    while time.process_time() - began < 0.3:
        pass
    return X.sum(axis=1)"""


@pytest.fixture(scope="module")
def sandbox():
    made = Sandbox(strongest_level(), ["numpy", "torch", "course_utils.check"], LIMITS)
    yield made
    made.close()


@contextlib.contextmanager
def busy_cpu(programs: int = 3):
    """Keep one CPU busy with programs that come before the worker."""
    spin = f"import os\nos.sched_setaffinity(0, {{{CPU}}})\nprint(flush=True)\nwhile True:\n    pass"
    command = [sys.executable, "-c", spin]
    spinning = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(programs)]
    try:
        for process in spinning:
            assert process.stdout and process.stdout.readline(), "it spins"
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def starved(sandbox, wall_seconds: float):
    attack = {"ANSWERS": {"total": COMPUTES}, "BEFORE": [LAST_IN_LINE.replace("CPU", str(CPU))]}
    with busy_cpu():
        return judged(sandbox, submission(attack), {"call_wall_seconds": wall_seconds, "cell_wall_seconds": 60.0})


def test_a_right_answer_that_gets_no_cpu_for_longer_than_its_limit_gets_its_points(sandbox):
    trial = starved(sandbox, 1.0)
    assert scores(trial.judged) == POINTS, trial.judged.crashes


def test_a_machine_that_is_too_busy_to_grade_is_blamed_and_not_the_answer(sandbox, monkeypatch):
    monkeypatch.setattr(time_limits, "PATIENCE", 0.2)  # 0.3 s: less than it takes with half a CPU
    with pytest.raises(MachineFailed, match=r"this machine was too busy to grade it: .* for a CPU; grade fewer"):
        starved(sandbox, 1.5)


def test_a_worker_that_the_kernel_ends_for_want_of_memory_is_the_machines_fault(sandbox):
    """The kernel's signal, sent from outside."""
    attack = {"ANSWERS": {"total": "import time\ndef total(X):\n    time.sleep(60)"}}
    judge = Judge(ASSIGNMENT, plan(MASTER, submission(attack)), sandbox)

    def end_it() -> None:
        while not judge._copy and not judge._ran:
            time.sleep(0.05)
        time.sleep(0.5)
        worker = judge._worker
        assert worker
        os.kill(worker._pid, signal.SIGKILL)

    threading.Thread(target=end_it).start()
    with pytest.raises(MachineFailed, match="this machine ran out of memory"):
        judge.judge()
    judge.close()


def test_where_memory_is_short_the_kernel_ends_a_worker_first(sandbox):
    worker = sandbox.start_worker()
    worker.wait_until_ready()
    assert Path(f"/proc/{worker._pid}/oom_score_adj").read_text().strip() == "1000"
    worker.kill()


def test_large_replies_are_not_all_kept_and_judged_all_the_same(sandbox, monkeypatch):
    monkeypatch.setattr(judge_module, "MAX_RECORDED", 900_000)
    large = "def softplus(x):\n    return torch.zeros(60_000, dtype=torch.float64)"
    found = judged(sandbox, submission({"ANSWERS": {"softplus": large}})).judged
    kept = {name: [plain.is_tensor(note.value) for note in notes] for name, notes in found.replies.items()}
    assert kept["softplus_check"] == [True], "480 kB"
    assert kept["softplus_check_2"] == [False], "as much again"
    assert found.verdicts["softplus_check_2"].score == 0 and found.replies["momentum_check"]
