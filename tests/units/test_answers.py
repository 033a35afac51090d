"""The proof of the tests: the checks of every exercise accept right answers and reject wrong ones, over five seeds."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.proofs import Proof, of_unit

from autograder.authoring.proof_report import misjudged
from autograder.authoring.prove import prove_exercise, read_unit
from autograder.engine.in_process import run_checks
from course_utils.check.seeds import STUDENT_SEED

ROOT = Path(__file__).parents[2]
UNITS = {path.name: read_unit(path.name, ROOT) for path in sorted((ROOT / "source").iterdir()) if path.is_dir()}
SEEDS = [STUDENT_SEED, 1, 2, 3, 4]  # `autograder prove --seeds N` takes more

every_exercise = pytest.mark.parametrize(
    ("unit", "exercise"),
    [
        pytest.param(unit, exercise, id=f"{unit}-{exercise.name}")
        for unit, (assignment, _) in UNITS.items()
        for exercise in assignment.exercises
    ],
)


@every_exercise
def test_right_answers_get_full_marks_and_wrong_ones_lose_some(unit, exercise):
    proof = Proof(
        f"answers to {unit}: {exercise.name}", [*of_unit(unit), ROOT / "autograder" / "prove.py", Path(__file__)]
    )
    proof.skip_if_made()
    assignment, answers = UNITS[unit]
    assert "\n".join(misjudged(prove_exercise(assignment, exercise, answers, SEEDS))) == ""
    proof.note()


@every_exercise
def test_the_catalogue_has_enough_to_prove_something(unit, exercise):
    _, answers = UNITS[unit]
    assert len(answers.right(exercise.name)) >= 2
    assert len(answers.wrong(exercise.name)) >= 7


@every_exercise
def test_an_untouched_stub_is_told_so_by_every_check(unit, exercise):
    assignment, _ = UNITS[unit]
    said = run_checks(assignment.setup, exercise.stub, exercise, STUDENT_SEED)
    assert list(said) == [cell.grade_id for cell in exercise.checks]
    assert all("is not implemented yet" in sentence for sentence, _ in said.values())


@every_exercise
def test_a_third_of_the_mistakes_is_found_before_anything_is_submitted(unit, exercise):
    """The visible check is there to help, not only to see that something runs."""
    assignment, answers = UNITS[unit]
    visible = exercise.checks[0].grade_id
    said = [
        run_checks(assignment.setup, answer.source, exercise, STUDENT_SEED) for answer in answers.wrong(exercise.name)
    ]
    assert sum(visible in sentences for sentences in said) >= len(said) / 3
