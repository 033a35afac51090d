"""The student's own functions in the demonstrations of unit 08: update rules in the race, a cyclical learning rate."""

from __future__ import annotations

import pytest
from support.references import solution
from support.yours import assert_broken_functions_are_said_to_be_so, demonstration, said, sweep

from course_utils.optimizers import your_rule

UNIT, RACE, CYCLE = "08_optimizers", "race-demo", "cycle-demo"
STEPS = {
    name: function
    for exercise in ("sgd_step", "momentum_step", "adagrad_step", "adam_step")
    for name, function in solution(UNIT, exercise).items()
    if name in your_rule.STEPS
}
CYCLICAL = solution(UNIT, "cyclical_lr")["cyclical_lr"]


@pytest.mark.parametrize("name", your_rule.STEPS)
def test_a_right_step_coincides_with_its_method_on_every_surface(name):
    method, _ = your_rule.STEPS[name]
    for surface in ("Beale's function", "saddle", "valley"):
        assert said(UNIT, RACE, STEPS[name], surface=surface) == f"Yours coincides with {method}."


def test_a_step_without_bias_correction_takes_another_path():
    def adam_step(w, g, state, lr):
        m, v = (0.0, 0.0) if state is None else state
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        return w - lr * m / (v**0.5 + 1e-8), (m, v)

    assert said(UNIT, RACE, adam_step, surface="valley").startswith("Yours differs from Adam, by up to ")
    pictures = [demonstration(UNIT, RACE, own)._picture.png() for own in (adam_step, STEPS["adam_step"])]
    assert pictures[0] != pictures[1]


def test_a_step_that_diverges_is_held_where_it_was_as_the_methods_are():
    assert said(UNIT, RACE, STEPS["momentum_step"], start=(-4.0, 2.0)) == "Yours coincides with momentum."


def test_a_function_that_no_exercise_asks_for_is_told_the_names():
    assert said(UNIT, RACE, lambda w: w) == (
        "Yours has to be one of sgd_step, momentum_step, adagrad_step, rmsprop_step, adam_step."
    )


def test_a_right_cycle_coincides_in_every_mode_and_a_wrong_one_does_not():
    for mode in ("triangular", "triangular2", "exp_range"):
        assert said(UNIT, CYCLE, CYCLICAL, mode=mode) == "Yours coincides with the reference."
    wrong = lambda it, base, mx, step_size, mode, gamma: CYCLICAL(it + step_size, base, mx, step_size, mode, gamma)
    assert said(UNIT, CYCLE, wrong) == "Yours differs from the reference, by up to 0.9."


@pytest.mark.parametrize(("cell", "right"), [(RACE, STEPS["adam_step"]), (CYCLE, CYCLICAL)])
def test_a_broken_function_is_said_to_be_so_and_the_picture_stays(cell, right):
    assert_broken_functions_are_said_to_be_so(UNIT, cell, right)


@pytest.mark.parametrize(("cell", "right"), [(RACE, STEPS["adam_step"]), (CYCLE, CYCLICAL)])
def test_a_picture_with_a_function_of_the_students_can_be_drawn_for_every_value_of_its_controls(cell, right):
    assert sweep(UNIT, cell, right) == []


def test_a_picture_that_no_exercise_belongs_to_says_so():
    with pytest.raises(TypeError, match="draw_valley shows no function of yours"):
        demonstration(UNIT, "valley-demo", CYCLICAL)
