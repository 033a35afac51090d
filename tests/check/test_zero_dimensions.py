"""A number may come as an array without axes, where the task asks for a number and not for a Python float."""

from __future__ import annotations

import pytest
from support.exercises import exercise_of, read
from support.units import ROOT

from autograder.engine.in_process import run_checks

LOSSES = [
    ("07_training", "fit", "return losses", "return [np.array(loss) for loss in losses]"),
]


@pytest.mark.parametrize(("unit", "name", "returned", "instead"), LOSSES)
def test_a_list_of_losses_may_hold_arrays_without_axes(unit, name, returned, instead, monkeypatch):
    monkeypatch.chdir(ROOT / "source" / unit)
    (assignment, _), exercise = read(unit), exercise_of(unit, name)
    assert returned in exercise.answer
    assert run_checks(assignment.setup, exercise.answer.replace(returned, instead), exercise, 5) == {}
