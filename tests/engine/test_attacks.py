"""Attacks on the engine: each file of `attacks/` gains nothing, harms nobody, and the result tells what happened.

A file says what it tries in its docstring, and some of:

    ANSWERS = {exercise: source}   what stands in the answer cells; the others hold right answers
    BEFORE, AFTER = [source, ...]  more cells, before the first and behind the last
    def tamper(notebook)           any other change to the submitted notebook
    FORGES = True                  a cell before all others defines what writes to the judge's socket (FORGERY)
    LIMITS = {name: value}         limits in which it differs from the others
    SCORES = {exercise: points}    what these exercises must get; the others must get all of their points
    TELLS = "..."                  words that the result must hold: in a message, a crash, a remark or an output
    SECONDS = 3                    how much CPU time judge and workers may use: the clock's depends on the machine

All are tried on the strongest isolation level. On the second, those are that attack the sandbox itself, or all of them
if the environment has ALL_ATTACKS_ON_ALL_LEVELS.
"""

from __future__ import annotations

import os
import runpy

import nbformat
import pytest
from support.attacked import ASSIGNMENT, ATTACKS, FOLDER, LIMITS, MASTER, POINTS, Trial, judged, scores, submission
from support.gate import record_use
from support.proofs import is_gate

from autograder.engine.isolation import ISOLATION, IsolationLevel
from autograder.engine.sandbox import Sandbox

LEVELS = (IsolationLevel.BUBBLEWRAP, IsolationLevel.LANDLOCK)
ON_THE_SANDBOX = (
    *("daemon_left_behind", "descriptors", "environment", "fills_its_folder", "fork_bomb", "gradebook_by_sqlite"),
    *("left_for_the_next_submission", "limits_raised", "memory_bomb", "network", "os_exit_in_a_call"),
    *("ptrace_and_other_users", "reads_the_instructors_files", "shell_commands", "signals_to_everybody"),
    *("symbolic_links", "unmounts_what_hides_the_supervisors", "writes_outside_its_folder"),
)
SECOND = ATTACKS if is_gate() or "ALL_ATTACKS_ON_ALL_LEVELS" in os.environ else ON_THE_SANDBOX

# What an attack dies of that no longer finds the engine's modules and classes, and so attacks nothing.
BROKEN_BY_A_RENAME = ("No module named 'autograder", "No module named 'course_utils", "worker.codec' has no attribute")

CASES = [*((LEVELS[0], name) for name in ATTACKS), *((LEVELS[1], name) for name in SECOND)]


@pytest.fixture(scope="module", params=LEVELS)
def sandbox(request):
    if not ISOLATION[request.param].works_here():
        pytest.skip(f"{request.param} does not work here")
    made = Sandbox(request.param, ["numpy", "torch", "course_utils.check"], LIMITS)
    record_use(str(request.param))
    yield made
    made.close()


def all_text(trial: Trial) -> str:
    """Return all the text of a result."""
    messages = [verdict.message for verdict in trial.judged.verdicts.values()]
    outputs = [str(cell.get("outputs")) for cell in trial.judged.notebook.cells]
    return "\n".join([*messages, *trial.judged.crashes, *trial.plan.remarks, *outputs])


@pytest.mark.parametrize(("sandbox", "name"), CASES, indirect=["sandbox"])
def test_an_attack_gains_nothing_harms_nobody_and_is_told(sandbox, name):
    attack = runpy.run_path(str(FOLDER / f"{name}.py"))
    trial = judged(sandbox, submission(attack), attack.get("LIMITS"))
    found, text = trial.judged, all_text(trial)

    assert scores(found) == POINTS | attack["SCORES"], text[:3000]
    assert attack.get("TELLS", "") in text, text[:3000]
    assert not any(name in text for name in BROKEN_BY_A_RENAME), text[:3000]
    assert trial.cpu_seconds < attack.get("SECONDS", 5), f"{trial.cpu_seconds:.1f} s"
    nbformat.validate(found.notebook)
    nbformat.writes(found.notebook).encode("utf-8")
    for verdict in found.verdicts.values():
        assert len(verdict.message) < 5_000
        assert all(char.isprintable() or char in "\n\t" for char in verdict.message)

    honest = judged(sandbox, MASTER).judged
    assert (scores(honest), honest.crashes) == (POINTS, []), "the next submission suffers"


def test_the_untouched_release_gets_nothing(sandbox):
    stubs = {exercise.name: exercise.stub for exercise in ASSIGNMENT.exercises}
    found = judged(sandbox, submission({"ANSWERS": stubs})).judged
    assert set(scores(found).values()) == {0.0}
    assert found.crashes == []


def test_there_are_at_least_sixty_attacks():
    assert len(ATTACKS) >= 60
