"""The proof of the tests: the checks of every exercise accept right answers and reject wrong ones."""

from __future__ import annotations

from functools import cache

import pytest
from support.exercises import exercise_of, read
from support.proofs import choice
from support.units import UNITS, exercise_names

from autograder.authoring.proof import Result
from autograder.authoring.proof_report import misjudged
from autograder.authoring.prove import prove_exercise
from autograder.engine.in_process import run_checks
from course_utils.check.seeds import STUDENT_SEED

# A student's own seed. test_prove_units.py judges all by one of grading, and `autograder prove --seeds N` by more.
SEEDS = [STUDENT_SEED] if choice() != "all" else [STUDENT_SEED, 2, 3, 4, 5]

every_exercise = pytest.mark.parametrize(
    ("unit", "exercise"),
    [pytest.param(unit, name, id=f"{unit}-{name}") for unit in UNITS for name in exercise_names(unit)],
)


@cache
def judged(unit: str, name: str, seed: int) -> list[Result]:
    assignment, answers = read(unit)
    return list(prove_exercise(assignment, exercise_of(unit, name), answers, [seed]))


@pytest.mark.parametrize("unit", UNITS)
def test_the_exercises_of_a_unit_are_those_that_are_proved(unit):
    assignment, _ = read(unit)
    assert [exercise.name for exercise in assignment.exercises] == exercise_names(unit)


@every_exercise
@pytest.mark.proof("source/{unit}", "answers/{unit}.py")
def test_right_answers_get_full_marks_and_wrong_ones_lose_some(unit, exercise):
    """Numbers copied from a visible check are right under the student's own seed, so shortcuts are graded by others."""
    results = [
        result
        for seed in SEEDS
        for result in judged(unit, exercise, seed)
        if seed != STUDENT_SEED or result.answer.kind != "shortcut"
    ]
    assert "\n".join(misjudged(results)) == ""


@every_exercise
def test_the_catalogue_has_enough_to_prove_something(unit, exercise):
    _, answers = read(unit)
    assert len(answers.right(exercise)) >= 2
    assert len(answers.wrong(exercise)) >= 7


@every_exercise
def test_an_untouched_stub_is_told_so_by_every_check(unit, exercise):
    assignment, asked = read(unit)[0], exercise_of(unit, exercise)
    said = run_checks(assignment.setup, asked.stub, asked, STUDENT_SEED)
    assert list(said) == [cell.grade_id for cell in asked.checks]
    assert all("is not implemented yet" in sentence for sentence, _ in said.values())


@every_exercise
@pytest.mark.proof("source/{unit}", "answers/{unit}.py")
def test_a_third_of_the_mistakes_is_found_before_anything_is_submitted(unit, exercise):
    """The visible check is there to help, not only to see that something runs."""
    visible = exercise_of(unit, exercise).checks[0].grade_id
    wrong = [result for result in judged(unit, exercise, STUDENT_SEED) if result.answer.kind == "wrong"]
    assert sum(visible in result.outcomes for result in wrong) >= len(wrong) / 3
