"""Attacks on the engine: each file of `attacks/` gains nothing, harms nobody, and the result tells what happened.

A file says what it tries in its docstring, and some of:

    ANSWERS = {exercise: source}   what stands in the answer cells; the others hold right answers
    BEFORE, AFTER = [source, ...]  more cells, before the first and behind the last
    def tamper(notebook)           any other change to the submitted notebook
    FORGES = True                  a cell before all others defines what writes to the judge's socket (FORGERY below)
    SCORES = {exercise: points}    what these exercises must get; the others must get all of their points
    TELLS = "..."                  words that the result must hold: in a message, a crash, a remark or an output
    SECONDS = 3                    how long it may take

All are tried on the first rung of the sandbox. On the second, those are that go for the walls, or all of them where the
environment has ALL_ATTACKS_ON_ALL_RUNGS.
"""

from __future__ import annotations

import os
import runpy
import shutil
import time

import nbformat
import pytest
from support.attacked import ASSIGNMENT, ATTACKS, FOLDER, LIMITS, MASTER, POINTS, judged, scores, submission

from autograder.engine.judge import Judged
from autograder.engine.plan import Plan
from autograder.engine.sandbox import Sandbox
from autograder.engine.worker import landlock

RUNGS = {"bubblewrap": shutil.which("bwrap") is not None, "landlock": landlock.version() > 0}
ON_THE_WALLS = (
    *("daemon_left_behind", "descriptors", "environment", "fills_its_folder", "fork_bomb", "gradebook_by_sqlite"),
    *("left_for_the_next_submission", "limits_raised", "memory_bomb", "network", "os_exit_in_a_call"),
    *("ptrace_and_other_users", "reads_the_instructors_files", "shell_commands", "signals_to_everybody"),
    *("symbolic_links", "unmounts_what_hides_the_keepers", "writes_outside_its_folder"),
)
SECOND = ATTACKS if "ALL_ATTACKS_ON_ALL_RUNGS" in os.environ else ON_THE_WALLS
CASES = [*(("bubblewrap", name) for name in ATTACKS), *(("landlock", name) for name in SECOND)]


@pytest.fixture(scope="module", params=RUNGS)
def sandbox(request):
    if not RUNGS[request.param]:
        pytest.skip(f"there is no {request.param} here")
    walls = Sandbox(request.param, ["numpy", "torch", "course_utils.check"], LIMITS)
    yield walls
    walls.close()


def all_that_is_told(found: Judged, planned: Plan) -> str:
    """Return all the text of a result."""
    messages = [verdict.message for verdict in found.verdicts.values()]
    outputs = [str(cell.get("outputs")) for cell in found.notebook.cells]
    return "\n".join([*messages, *found.crashes, *planned.remarks, *outputs])


@pytest.mark.parametrize(("sandbox", "name"), CASES, indirect=["sandbox"])
def test_an_attack_gains_nothing_harms_nobody_and_is_told(sandbox, name):
    attack = runpy.run_path(str(FOLDER / f"{name}.py"))
    began = time.monotonic()
    found, planned = judged(sandbox, submission(attack))
    took = time.monotonic() - began

    assert scores(found) == POINTS | attack["SCORES"], all_that_is_told(found, planned)[:3000]
    assert attack.get("TELLS", "") in all_that_is_told(found, planned)
    assert took < attack.get("SECONDS", 5), f"{took:.1f} s"
    nbformat.validate(found.notebook)
    nbformat.writes(found.notebook).encode("utf-8")
    for verdict in found.verdicts.values():
        assert len(verdict.message) < 5_000
        assert all(char.isprintable() or char in "\n\t" for char in verdict.message)

    honest, _ = judged(sandbox, MASTER)
    assert (scores(honest), honest.crashes) == (POINTS, []), "the next submission suffers"


def test_the_untouched_release_gets_nothing(sandbox):
    stubs = {exercise.name: exercise.stub for exercise in ASSIGNMENT.exercises}
    found, _ = judged(sandbox, submission({"ANSWERS": stubs}))
    assert set(scores(found).values()) == {0.0}
    assert found.crashes == []


def test_there_are_at_least_sixty_attacks():
    assert len(ATTACKS) >= 60
